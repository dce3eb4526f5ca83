/* Mistakes in a config file: collected, so that all of them can be reported at once, in the file's order. */
#ifndef LEAT_CONFIG_MISTAKES_H
#define LEAT_CONFIG_MISTAKES_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"

/* Where in the file, counted from 1; line 0 stands for the file as a whole. */
typedef struct leat_place {
    size_t line;
    size_t column; /* in characters */
} leat_place;

typedef struct leat_mistake {
    leat_place place;
    const char *sentence;
} leat_mistake;

/* Zero-initialise; leat_mistakes_free ends it. */
typedef struct leat_mistakes {
    leat_arena arena;
    leat_mistake *items;
    size_t kept; /* in `items`; a file of nothing but mistakes is not repeated in full */
    size_t capacity;
    size_t count; /* all of them */
} leat_mistakes;

/* Adds a mistake: a sentence that names the setting and what is wrong, and its mend. Must hold no secret. */
void leat_mistakes_add(leat_mistakes *mistakes, leat_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends one line a mistake, "file:line:column: sentence", sorted by place. */
void leat_mistakes_render(leat_mistakes *mistakes, const char *file, leat_buffer *out);

void leat_mistakes_free(leat_mistakes *mistakes);

#endif
