/* Scratch folders. */
#ifndef LEAT_DEMO_SCRATCH_H
#define LEAT_DEMO_SCRATCH_H

#include "base/error.h"

/* A new folder under the system's place for temporary files, named "PREFIX-XXXXXX". Heap. A server that runs
 * as another user can pass through it. */
leat_status leat_scratch_make(const char *prefix, char **path, leat_error *error);

/* Removes it with everything in it; what cannot be removed stays. */
void leat_scratch_remove(const char *path);

#endif
