/* The ledger: received, durable, acknowledged; three positions, never one.
 *
 * A source believes an acknowledgement and throws its log away, so a slip here is silent, permanent loss.
 * Everything that decides what may be acknowledged is in this file and has its own property tests:
 *
 *     acknowledged ≤ durable ≤ received,  each only goes forward,  only at transaction ends,  in order.
 *
 * A call that would break this changes nothing and fails. One thread (the pump's).
 */
#ifndef LEAT_PIPELINE_LEDGER_H
#define LEAT_PIPELINE_LEDGER_H

#include <stdint.h>

#include "base/error.h"

typedef struct leat_ledger leat_ledger;

/* Orders two log texts; leat_source_ops.compare. */
typedef leat_status (*leat_ledger_compare)(const char *left, const char *right, int *order,
                                           leat_error *error);

/* Starts at `durable` (a log text, copied; NULL: nothing yet), which counts as received and may be
 * acknowledged again. */
leat_ledger *leat_ledger_open(leat_ledger_compare compare, const char *durable);
void leat_ledger_close(leat_ledger *ledger);

/* A transaction ended at `log`, or nothing of ours stands in the log up to there. Refuses to go backward. */
leat_status leat_ledger_receive(leat_ledger *ledger, const char *log, leat_error *error);

/* A commit of the sink begins; the ticket stands for everything received so far. Tickets are settled in
 * order. */
uint64_t leat_ledger_mark(leat_ledger *ledger);

/* The commit with this ticket, and all before it, is durable. Refuses a ticket never given or settled
 * already. */
leat_status leat_ledger_settle(leat_ledger *ledger, uint64_t ticket, leat_error *error);

/* What may be acknowledged now, or NULL when that is acknowledged already. Valid until the next settle. */
const char *leat_ledger_acknowledgeable(const leat_ledger *ledger);

/* The source was told that everything up to leat_ledger_acknowledgeable is durable. */
void leat_ledger_acknowledge(leat_ledger *ledger);

/* The three positions; "" for none. Valid until the next change of each. */
const char *leat_ledger_received(const leat_ledger *ledger);
const char *leat_ledger_durable(const leat_ledger *ledger);
const char *leat_ledger_acknowledged(const leat_ledger *ledger);

#endif
