/* A notebook in memory. */
#ifndef LEAT_TESTS_FAKE_NOTEBOOK_H
#define LEAT_TESTS_FAKE_NOTEBOOK_H

#include <string.h>

#include "base/memory.h"
#include "leat/source.h"

enum { FAKE_NOTES = 8 };

typedef struct fake_notebook {
    leat_notebook notebook; /* lend this */
    char *keys[FAKE_NOTES];
    char *values[FAKE_NOTES];
    bool broken; /* nothing can be read or written */
} fake_notebook;

static inline char **fake_note(fake_notebook *book, const char *key)
{
    size_t place = 0;
    while (book->keys[place] != NULL && strcmp(book->keys[place], key) != 0)
        place++;
    if (book->keys[place] == NULL)
        book->keys[place] = leat_duplicate_string(key);
    return &book->values[place];
}

static inline leat_status fake_notebook_get(void *context, const char *key, char **value, leat_error *error)
{
    fake_notebook *book = context;
    if (book->broken)
        return leat_error_set(error, LEAT_FAILED, "the notebook is broken");
    *value = leat_duplicate_string(*fake_note(book, key));
    return LEAT_OK;
}

static inline leat_status fake_notebook_put(void *context, const char *key, const char *value,
                                            leat_error *error)
{
    fake_notebook *book = context;
    if (book->broken)
        return leat_error_set(error, LEAT_FAILED, "the notebook is broken");
    char **note = fake_note(book, key);
    leat_release(*note);
    *note = leat_duplicate_string(value);
    return LEAT_OK;
}

static inline void fake_notebook_open(fake_notebook *book)
{
    *book = (fake_notebook){.notebook = {book, fake_notebook_get, fake_notebook_put}};
}

static inline void fake_notebook_free(fake_notebook *book)
{
    for (size_t i = 0; i < FAKE_NOTES; i++) {
        leat_release(book->keys[i]);
        leat_release(book->values[i]);
    }
}

#endif
