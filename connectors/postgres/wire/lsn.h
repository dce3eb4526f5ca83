/* Log sequence numbers and PostgreSQL's clock. */
#ifndef LEAT_POSTGRES_WIRE_LSN_H
#define LEAT_POSTGRES_WIRE_LSN_H

#include <stdbool.h>
#include <stdint.h>

typedef uint64_t leat_lsn; /* a byte's place in the write-ahead log; 0 is none */

enum { LEAT_LSN_TEXT_SIZE = 24, LEAT_LSN_SORTABLE_SIZE = 17 };

/* "16/B374D848" as the server prints it. `text` holds LEAT_LSN_TEXT_SIZE. Returns `text`. */
char *leat_lsn_format(leat_lsn lsn, char *text);

/* Sixteen upper-case hex digits: sorts bytewise like the number. `text` holds LEAT_LSN_SORTABLE_SIZE. */
char *leat_lsn_format_sortable(leat_lsn lsn, char *text);

/* Reads the server's form; false for anything else. */
bool leat_lsn_parse(const char *text, leat_lsn *lsn);

/* PostgreSQL counts microseconds from 2000-01-01 UTC, we from 1970-01-01. */
#define LEAT_POSTGRES_EPOCH INT64_C(946684800000000)

#endif
