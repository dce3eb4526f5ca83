/* Deflated data in MariaDB's events and COMPRESSED columns. */
#ifndef LEAT_MYSQL_BINLOG_INFLATE_H
#define LEAT_MYSQL_BINLOG_INFLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* A header, read. */
typedef struct leat_binlog_deflated {
    bool stored;   /* not compressed at all: `data` is the value */
    bool raw;      /* deflate without zlib's header and checksum */
    size_t length; /* inflated; at most what `data` can make, and LEAT_BINLOG_MOST_BYTES */
    leat_slice data;
} leat_binlog_deflated;

/* Reads the header that QUERY_COMPRESSED and compressed rows events have in front of the zlib stream
 * (MariaDB's sql/log_event.cc, binlog_buf_compress). False for bytes that are none. */
bool leat_binlog_deflated_event(leat_slice bytes, leat_binlog_deflated *deflated);

/* The same for a value of a COMPRESSED column (sql/field_comp.cc). Empty values have no header. */
bool leat_binlog_deflated_value(leat_slice bytes, leat_binlog_deflated *deflated);

/* Opaque: what inflating needs; used again and again. */
typedef struct leat_binlog_inflater leat_binlog_inflater;

leat_binlog_inflater *leat_binlog_inflater_new(void);
void leat_binlog_inflater_free(leat_binlog_inflater *inflater); /* NULL is fine */

/* Inflates into `out`, which has room for deflated->length bytes. False when it is not exactly as many. */
bool leat_binlog_inflate(leat_binlog_inflater *inflater, const leat_binlog_deflated *deflated, void *out);

#endif
