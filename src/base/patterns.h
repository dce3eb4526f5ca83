/* Patterns that choose tables. */
#ifndef LEAT_BASE_PATTERNS_H
#define LEAT_BASE_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether `name` ("schema.table") is chosen by the list: '*' stands for any run of characters, '?' for one; a
 * pattern with a leading '!' takes away what it matches, wherever it stands in the list; an empty list
 * chooses all. A list of exclusions only chooses everything else. */
bool leat_patterns_match(const char *const *patterns, size_t count, const char *name);

#endif
