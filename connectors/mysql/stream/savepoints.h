/* The savepoints of a transaction that is held back, each with the place in the group that a rollback to it
 * takes back to. */
#ifndef LEAT_MYSQL_STREAM_SAVEPOINTS_H
#define LEAT_MYSQL_STREAM_SAVEPOINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct leat_mysql_savepoint {
    char *name;
    uint64_t size; /* of the group when it was set */
} leat_mysql_savepoint;

/* Pump thread. Zero-initialise; …_free ends it. */
typedef struct leat_mysql_savepoints {
    leat_mysql_savepoint *items; /* oldest first */
    size_t count;
    size_t capacity;
} leat_mysql_savepoints;

void leat_mysql_savepoints_add(leat_mysql_savepoints *savepoints, const char *name, uint64_t size);

/* Back to the newest one of that name: those behind it are forgotten, `*size` is what it was set with. False
 * when there is none, or it cannot be told which one the server means. */
bool leat_mysql_savepoints_return(leat_mysql_savepoints *savepoints, const char *name, uint64_t *size);

/* Forgets all. */
void leat_mysql_savepoints_forget(leat_mysql_savepoints *savepoints);
void leat_mysql_savepoints_free(leat_mysql_savepoints *savepoints);

#endif
