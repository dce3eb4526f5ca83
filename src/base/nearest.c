#include "base/nearest.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum {
    LONGEST_NAME = 64,   /* no name of ours is longer; a longer text is no slip of a finger */
    SHORTEST_PREFIX = 3, /* fewer letters are the beginning of too many names */
};

static unsigned least(unsigned left, unsigned right)
{
    return left < right ? left : right;
}

static int lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter;
}

static bool swapped(const char *left, const char *right, size_t i, size_t j)
{
    return i > 1 && j > 1 && lower(left[i - 1]) == lower(right[j - 2]) &&
           lower(left[i - 2]) == lower(right[j - 1]);
}

/* Optimal string alignment distance. Only three rows of the matrix are ever looked at, so that is how many
 * there are. */
static unsigned slips_between(const char *left, size_t left_length, const char *right, size_t right_length)
{
    unsigned rows[3][LONGEST_NAME + 1];
    for (size_t j = 0; j <= right_length; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= left_length; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3];
        const unsigned *two_above = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= right_length; j++) {
            unsigned wrong = lower(left[i - 1]) == lower(right[j - 1]) ? 0 : 1;
            row[j] = least(above[j - 1] + wrong, least(above[j], row[j - 1]) + 1);
            if (swapped(left, right, i, j))
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[left_length % 3][right_length];
}

static unsigned slips(const char *text, const char *name)
{
    size_t length = strlen(text);
    size_t name_length = strlen(name);
    if (length > LONGEST_NAME || name_length > LONGEST_NAME)
        return LONGEST_NAME;
    if (length >= SHORTEST_PREFIX && strncasecmp(text, name, length) == 0)
        return least(1, (unsigned)(name_length - length));
    return slips_between(text, length, name, name_length);
}

const char *leat_nearest(const char *text, const char *const *names, size_t count)
{
    const char *best = NULL;
    /* One slip in a short word, one more for every four letters. */
    unsigned most = 1 + (unsigned)(strlen(text) / 4);
    for (size_t i = 0; i < count; i++) {
        unsigned distance = slips(text, names[i]);
        if (distance <= most && distance < strlen(names[i])) {
            best = names[i];
            if (distance == 0)
                break;
            most = distance - 1;
        }
    }
    return best;
}
