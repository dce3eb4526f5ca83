/* Rows events: the rows of one statement's part, one after the other, as datums of raw column values. */
#ifndef LEAT_MYSQL_BINLOG_ROWS_H
#define LEAT_MYSQL_BINLOG_ROWS_H

#include "base/cursor.h"
#include "leat/event.h"
#include "mysql/binlog/binlog.h"
#include "mysql/binlog/plan.h"

/* Reads the rows of one event. Opaque; made once for a stream and used for every event: its memory is
 * reused. */
typedef struct leat_binlog_rows leat_binlog_rows;

leat_binlog_rows *leat_binlog_rows_new(void);
void leat_binlog_rows_free(leat_binlog_rows *rows); /* NULL is fine */

/* Whether the type is one of the rows events (v1, v2, partial, MariaDB's compressed ones). */
bool leat_binlog_is_rows(uint8_t type);

/* The table that a rows event is about. */
leat_status leat_binlog_rows_table_id(const leat_binlog_event *event, uint64_t *table_id, leat_error *error);

/* Begins an event whose table `plan` describes; both outlive the reading. Inflates what is compressed.
 * LEAT_FAILED when the event's column count is not the map's. */
leat_status leat_binlog_rows_open(leat_binlog_rows *rows, const leat_binlog_event *event,
                                  const leat_binlog_plan *plan, leat_error *error);

/* One row. Arrays have the map's column count; slices are of the event or of `rows`, until the next call.
 *
 * A value's bytes are the content alone, without length prefix: little-endian integers of their own width,
 * the packed form of DECIMAL, TIME2, DATETIME2, TIMESTAMP2 and BIT, IEEE for FLOAT and DOUBLE, the number
 * of ENUM and SET, text and blobs as they are (COMPRESSED columns inflated), GEOMETRY with its SRID, JSON in
 * binary form. A column that the image leaves out is ABSENT, a JSON column whose diffs are none UNCHANGED. */
typedef struct leat_binlog_row {
    leat_operation operation; /* LEAT_CREATE, LEAT_UPDATE, LEAT_DELETE */
    leat_datum *before;       /* NULL for a create */
    leat_datum *after;        /* NULL for a delete */
    const bool *partial; /* NULL, or by column: `after`'s value is diffs (one behind the other, without the
                          * length of them all) to apply to `before`'s JSON */
} leat_binlog_row;

/* The next row; `*row` NULL at the end. */
leat_status leat_binlog_rows_next(leat_binlog_rows *rows, const leat_binlog_row **row, leat_error *error);

#endif
