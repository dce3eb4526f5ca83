/* The ledger: received, durable, acknowledged; three positions, never one.
 *
 * A source believes an acknowledgement and throws its log away, so a slip here is silent, permanent loss.
 * Everything that decides what may be acknowledged is in this file and has its own property tests:
 *
 *     acknowledged ≤ durable ≤ received,  each only goes forward,  only at transaction ends,  in order.
 *
 * A call that would break this changes nothing and fails. Places are compared by their keys (leat_log_place),
 * bytewise; their texts are kept for whoever reads them, and never read here. One thread (the pump's).
 */
#ifndef LEAT_PIPELINE_LEDGER_H
#define LEAT_PIPELINE_LEDGER_H

#include <stdbool.h>

#include "base/error.h"
#include "leat/position.h"

typedef struct leat_ledger leat_ledger;

/* Starts at `durable` (a log text, copied; NULL: nothing yet), which counts as received and may be
 * acknowledged again. What is marked before the stream has begun has no key. */
leat_ledger *leat_ledger_open(const char *durable);
void leat_ledger_close(leat_ledger *ledger);

/* The stream begins right behind what is durable; `order` is the key of that place. */
leat_status leat_ledger_begin(leat_ledger *ledger, leat_slice order, leat_error *error);

/* A transaction ended at the place with this key, or nothing of ours stands in the log up to there. Refuses to
 * go backward. Costs the same whatever the place's text is like. */
leat_status leat_ledger_receive(leat_ledger *ledger, leat_slice order, leat_error *error);

/* A commit of the sink begins that makes everything up to `place` durable, which is copied. Refuses what was
 * not received yet, and what is behind the durable position. */
leat_status leat_ledger_mark(leat_ledger *ledger, const leat_log_place *place, leat_error *error);

/* The commit that was marked is durable. Refuses where none is; a mark is settled once. */
leat_status leat_ledger_settle(leat_ledger *ledger, leat_error *error);

/* What may be acknowledged now, or NULL when that is acknowledged already. Valid until the next settle. */
const char *leat_ledger_acknowledgeable(const leat_ledger *ledger);

/* The source was told that everything up to leat_ledger_acknowledgeable is durable. */
void leat_ledger_acknowledge(leat_ledger *ledger);

/* Whether something was received beyond what is durable. */
bool leat_ledger_is_ahead(const leat_ledger *ledger);

/* The place that is durable; its text is "" for none. Valid until the next settle. */
leat_log_place leat_ledger_durable(const leat_ledger *ledger);

/* The key of what is received, valid until the next receive; the text of what is acknowledged, "" for none. */
leat_slice leat_ledger_received(const leat_ledger *ledger);
const char *leat_ledger_acknowledged(const leat_ledger *ledger);

#endif
