/* What a GTID set is made of; for the files that implement gtid_set.h. */
#ifndef LEAT_MYSQL_GTID_SET_GROUPS_H
#define LEAT_MYSQL_GTID_SET_GROUPS_H

#include "mysql/gtid/gtid_set.h"
#include "mysql/gtid/intervals.h"

/* The transactions of one (uuid, tag).
 *
 * A set's text is asked for after every transaction, which nearly always moves the end of one group's last
 * interval by one. So a group keeps its text but for that end: `head`, ":tag:1-5:7", is as of `intervals`
 * whenever a function of gtid_set.h returns. */
typedef struct leat_gtid_group {
    uint8_t uuid[LEAT_MYSQL_UUID_SIZE];
    char uuid_text[LEAT_MYSQL_UUID_TEXT_SIZE];
    char tag[LEAT_MYSQL_TAG_SIZE + 1];
    leat_gtid_intervals intervals; /* never empty when a function of gtid_set.h returns */
    leat_buffer head;
    bool stale; /* `head` is not as of `intervals` */
} leat_gtid_group;

struct leat_mysql_gtid_set {
    leat_gtid_group *groups; /* sorted by uuid, then tag, bytewise: the server's order */
    size_t count;
    size_t capacity;
    size_t last; /* the group that was added to last */
};

/* The group of (uuid, tag), made where there is none. Valid until the next one is made. */
leat_gtid_group *leat_gtid_set_group(leat_mysql_gtid_set *set, const uint8_t *uuid, const char *tag);

/* The group of (uuid, tag), or NULL. */
const leat_gtid_group *leat_gtid_set_find(const leat_mysql_gtid_set *set, const uint8_t *uuid,
                                          const char *tag);

/* Makes the heads of stale groups anew. */
void leat_gtid_set_refresh(leat_mysql_gtid_set *set);

/* "3e11fa47-71ca-11e1-9e33-c80aa9429562", without a NUL. */
void leat_gtid_uuid_format(const uint8_t *uuid, char *text);

#endif
