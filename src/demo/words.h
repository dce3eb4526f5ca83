/* The words of a command. */
#ifndef LEAT_DEMO_WORDS_H
#define LEAT_DEMO_WORDS_H

#include <stddef.h>

#include "base/buffer.h"

/* Zero-initialise; leat_demo_words_free ends it. */
typedef struct leat_demo_words {
    char **list; /* heap texts, ended by NULL; NULL while there are none */
    size_t count;
    size_t capacity; /* the NULL stands in it too */
} leat_demo_words;

/* Adds one word. */
void leat_demo_words_add(leat_demo_words *words, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds copies of several, up to the NULL. */
void leat_demo_words_add_all(leat_demo_words *words, const char *const *list);

void leat_demo_words_free(leat_demo_words *words);

/* Appends them as they are typed in a shell: with blanks between, and quoted where that is needed. */
void leat_demo_words_line(const leat_demo_words *words, leat_buffer *out);

#endif
