/* Where a pipeline's records have gone so far. */
#ifndef LEAT_PIPELINE_DESTINATION_H
#define LEAT_PIPELINE_DESTINATION_H

#include "config/config.h"
#include "state/state.h"

/* Sees that the config's sink is the one that the position in the state store belongs to, and remembers it.
 * Sinks that let the store hold their position would go on with it in each other's place, and each would miss
 * what the other got. LEAT_OPERATOR when it is another. */
leat_status leat_destination_settle(const leat_config *config, leat_state *state, leat_error *error);

#endif
