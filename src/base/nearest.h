/* The nearest right name, for whoever mistyped one. */
#ifndef LEAT_BASE_NEAREST_H
#define LEAT_BASE_NEAREST_H

#include <stddef.h>

/* Which of `names` was most likely meant by `text`: the one fewest slips of a finger away (a letter too many,
 * missing, wrong, or swapped with its neighbour), case aside, or that `text` is the beginning of. NULL when
 * none is near enough to be worth suggesting. */
const char *leat_nearest(const char *text, const char *const *names, size_t count);

#endif
