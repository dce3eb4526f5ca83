/* A position in a binlog (leat_position.log of this connector).
 *
 * Text form: "GTIDS/FILE:OFFSET", e.g. "0-1-100/binlog.000003:1234" or
 * "3e11fa47-…:1-77/binlog.000003:1234"; without GTIDs just "binlog.000003:1234"; with GTIDs and nothing done
 * yet "/binlog.000001:157"; with GTIDs alone "0-1-100/". Bytes of a file's name that a position's text form
 * needs for itself ('+', '@', '%', '/', ':'), and all that is not printable ASCII, are written %XX. GTIDs
 * decide; file and offset then only serve people and the measure of lag, as another server's files are
 * others.
 *
 * The room: positions, and what they are made of: set.h (MySQL's GTID sets), state.h (MariaDB's). Pure; it
 * uses nothing of the connector. */
#ifndef LEAT_MYSQL_GTID_POSITION_H
#define LEAT_MYSQL_GTID_POSITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "mysql/gtid/set.h"
#include "mysql/gtid/state.h"

/* Zero-initialise; owns what it points to. At most one of `set` and `state` is there; none: by file. */
typedef struct leat_mysql_position {
    leat_mysql_gtid_set *set;       /* MySQL with GTIDs */
    leat_mariadb_gtid_state *state; /* MariaDB */
    char *file; /* NULL only where GTIDs are there: nothing is known of the place in a file */
    uint64_t offset;
} leat_mysql_position;

/* LEAT_FAILED for a text that is none. `mariadb` tells how GTIDs are read. */
leat_status leat_mysql_position_parse(const char *text, bool mariadb, leat_mysql_position *position,
                                      leat_error *error);
void leat_mysql_position_format(const leat_mysql_position *position, leat_buffer *out);
void leat_mysql_position_copy(leat_mysql_position *to, const leat_mysql_position *from);
void leat_mysql_position_set_file(leat_mysql_position *position, leat_slice file, uint64_t offset);
void leat_mysql_position_clear(leat_mysql_position *position);

/* -1, 0, 1 as `left` stands before, at or after `right`: by GTIDs where both have them, else by the number at
 * the end of the file's name and the offset. LEAT_FAILED when neither contains the other, or one is by GTID
 * and the other is not, or the files are not of one series. */
leat_status leat_mysql_position_compare(const leat_mysql_position *left, const leat_mysql_position *right,
                                        int *order, leat_error *error);

/* The number at the end of a binlog's name: 3 of "binlog.000003". False where there is none. */
bool leat_mysql_file_number(leat_slice file, uint64_t *number);

#endif
