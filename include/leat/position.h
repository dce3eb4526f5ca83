/* Contract: a position in a source's log. */
#ifndef LEAT_POSITION_H
#define LEAT_POSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

/* A place in the log as the source gives it while it streams. `order` is its key: of one length for the whole of
 * a source's life, at most LEAT_ORDER_MOST bytes, and bytewise in the order of the log; good for nothing once the
 * source is closed. `log` is the text that outlives it (leat_position.log). */
enum { LEAT_ORDER_MOST = 16 };

typedef struct leat_log_place {
    leat_slice order;
    const char *log;
} leat_log_place;

/* Everything up to the commit at `log` is covered, and the first `ordinal` changes of the transaction that is
 * named `transaction` and follows it. Only the connector can read a `log` text. Zero-initialise; owns its
 * strings. */
typedef struct leat_position {
    char *log;         /* the connector's text, e.g. "0/16B3748" or a GTID set; NULL: nothing yet */
    char *transaction; /* the connector's name of a transaction that was cut; NULL at a transaction's end */
    uint64_t ordinal;  /* how many of its changes are covered; 0 at a transaction's end */
} leat_position;

/* At the end of a transaction, so that everything covered is whole. */
static inline bool leat_position_at_boundary(const leat_position *position)
{
    return position->transaction == NULL;
}

/* Makes `position` a copy of the given parts (texts may be NULL), releasing what it had. */
void leat_position_set(leat_position *position, const char *log, const char *transaction, uint64_t ordinal);
void leat_position_copy(leat_position *to, const leat_position *from);
void leat_position_clear(leat_position *position);

/* The text form, "LOG" or "LOG+TRANSACTION@ORDINAL"; the caller releases it. */
char *leat_position_format(const leat_position *position);

/* Reads the text form. LEAT_FAILED names what is wrong with it. */
leat_status leat_position_parse(const char *text, leat_position *position, leat_error *error);

#endif
