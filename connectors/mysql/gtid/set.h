/* MySQL's GTID sets: for each (uuid, tag) sorted, disjoint intervals of transaction numbers.
 *
 * Text form: "uuid:1-5:7:tag:1-3,uuid:…"; a tag binds the intervals after it (MySQL 8.3+). Spaces and line
 * ends may stand anywhere between parts, as the server prints them. */
#ifndef LEAT_MYSQL_GTID_SET_H
#define LEAT_MYSQL_GTID_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

enum { LEAT_MYSQL_UUID_SIZE = 16, LEAT_MYSQL_UUID_TEXT_SIZE = 36, LEAT_MYSQL_TAG_SIZE = 32 };

/* One transaction's name. */
typedef struct leat_mysql_gtid {
    uint8_t uuid[LEAT_MYSQL_UUID_SIZE];
    char tag[LEAT_MYSQL_TAG_SIZE + 1]; /* "" for none */
    uint64_t number;                   /* from 1 */
} leat_mysql_gtid;

/* "uuid:7" or "uuid:tag:7". */
void leat_mysql_gtid_format(const leat_mysql_gtid *gtid, leat_buffer *out);

/* Opaque: a set. */
typedef struct leat_mysql_gtid_set leat_mysql_gtid_set;

leat_mysql_gtid_set *leat_mysql_gtid_set_new(void);
leat_mysql_gtid_set *leat_mysql_gtid_set_copy(const leat_mysql_gtid_set *set);
void leat_mysql_gtid_set_free(leat_mysql_gtid_set *set); /* NULL is fine */

/* Adds what a text names; LEAT_FAILED, with the set as it was, for a text that is none. */
leat_status leat_mysql_gtid_set_parse(leat_mysql_gtid_set *set, leat_slice text, leat_error *error);
void leat_mysql_gtid_set_add(leat_mysql_gtid_set *set, const leat_mysql_gtid *gtid);
void leat_mysql_gtid_set_union(leat_mysql_gtid_set *set, const leat_mysql_gtid_set *other);
void leat_mysql_gtid_set_subtract(leat_mysql_gtid_set *set, const leat_mysql_gtid_set *other);
bool leat_mysql_gtid_set_contains(const leat_mysql_gtid_set *set, const leat_mysql_gtid_set *part);

/* The canonical text, uuids sorted, as the server prints it but without line ends. Adding transactions in
 * order must keep this cheap: it is called after each transaction. */
void leat_mysql_gtid_set_format(const leat_mysql_gtid_set *set, leat_buffer *out);

/* COM_BINLOG_DUMP_GTID's encoding, tagged only when a tag is in the set (protocols: rpl_gtid_set.cc,
 * Gtid_set::encode). */
void leat_mysql_gtid_set_encode(const leat_mysql_gtid_set *set, leat_buffer *out);

#endif
