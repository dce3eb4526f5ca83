#include "base/patterns.h"

/* Classic two-pointer glob: on a mismatch go back to the last star and let it take one more character. */
static bool matches(const char *pattern, const char *text)
{
    const char *star = NULL;
    const char *star_text = NULL;
    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            star_text = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star + 1;
            text = ++star_text;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

bool leat_patterns_match(const char *const *patterns, size_t count, const char *name)
{
    bool any_inclusion = false;
    bool chosen = false;
    for (size_t i = 0; i < count; i++) {
        bool excludes = patterns[i][0] == '!';
        if (excludes) {
            if (matches(patterns[i] + 1, name))
                return false;
            continue;
        }
        any_inclusion = true;
        chosen = chosen || matches(patterns[i], name);
    }
    return chosen || !any_inclusion;
}
