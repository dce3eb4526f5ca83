/* Which server is installed. */
#ifndef LEAT_DEMO_BINARIES_H
#define LEAT_DEMO_BINARIES_H

#include "demo/kind.h"

/* The newest server of this kind (in PATH, in the usual places, or where the kind's own program says) with
 * what makes its data. LEAT_FAILED, with the mend, when there is none that is new enough. Whatever the
 * outcome, leat_demo_binaries_free cleans up. */
leat_status leat_demo_binaries_find(const leat_demo_kind *kind, leat_demo_binaries *binaries,
                                    leat_error *error);
void leat_demo_binaries_free(leat_demo_binaries *binaries);

#endif
