/* What an account may do, as SHOW GRANTS tells. */
#ifndef LEAT_MYSQL_CHECK_GRANTS_H
#define LEAT_MYSQL_CHECK_GRANTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* One line: privileges on one object. */
typedef struct leat_mysql_grant {
    const char *privileges; /* in upper case, each between commas: ",SELECT,LOCK TABLES," */
    const char *database;   /* as the grant spells it, where % and _ are wildcards; "*" for all */
    const char *table;      /* "*" for all */
    bool revoked;           /* taken away again from a grant on all (MySQL's partial revokes) */
} leat_mysql_grant;

/* Zero-initialise; leat_mysql_grants_free ends it. */
typedef struct leat_mysql_grants {
    leat_arena arena;
    leat_mysql_grant *items;
    size_t count;
    size_t capacity;
} leat_mysql_grants;

/* Takes in one line of SHOW GRANTS; a line that grants no privileges (a role, PROXY) is passed over. Only
 * what stands before the account is read: behind it may be a password's hash. */
void leat_mysql_grants_add(leat_mysql_grants *grants, const char *line);
void leat_mysql_grants_free(leat_mysql_grants *grants);

/* Whether a privilege ("REPLICATION SLAVE") is granted on everything. */
bool leat_mysql_grants_global(const leat_mysql_grants *grants, const char *privilege);

/* Whether a privilege is granted on every table of a database. */
bool leat_mysql_grants_database(const leat_mysql_grants *grants, const char *privilege, const char *database);

/* An account as CURRENT_USER() gives it ("leat@10.0.%") in the way GRANT wants it
 * ('leat'@'10.0.%'). */
const char *leat_mysql_account_quote(const char *account, leat_arena *arena);

#endif
