#include "config/mistakes.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/list.h"
#include "base/memory.h"

enum { MOST_KEPT = 100 };

void leat_mistakes_add(leat_mistakes *mistakes, leat_place place, const char *format, ...)
{
    mistakes->count++;
    if (mistakes->kept == MOST_KEPT)
        return;
    mistakes->items =
        leat_list_room(mistakes->items, mistakes->kept, &mistakes->capacity, sizeof *mistakes->items);
    leat_buffer sentence = {0};
    va_list arguments;
    va_start(arguments, format);
    leat_buffer_vprintf(&sentence, format, arguments);
    va_end(arguments);
    mistakes->items[mistakes->kept++] = (leat_mistake){
        .place = place, .sentence = leat_arena_string(&mistakes->arena, leat_buffer_string(&sentence))};
    leat_buffer_free(&sentence);
}

/* By place; the sentences' addresses do not matter, so equal places keep an order by text that is stable. */
static int compare(const void *left, const void *right)
{
    const leat_mistake *a = left;
    const leat_mistake *b = right;
    if (a->place.line != b->place.line)
        return a->place.line < b->place.line ? -1 : 1;
    if (a->place.column != b->place.column)
        return a->place.column < b->place.column ? -1 : 1;
    return strcmp(a->sentence, b->sentence);
}

void leat_mistakes_render(leat_mistakes *mistakes, const char *file, leat_buffer *out)
{
    if (mistakes->kept > 0)
        qsort(mistakes->items, mistakes->kept, sizeof *mistakes->items, compare);
    for (size_t i = 0; i < mistakes->kept; i++) {
        const leat_mistake *mistake = &mistakes->items[i];
        if (mistake->place.line == 0)
            leat_buffer_printf(out, "%s: %s\n", file, mistake->sentence);
        else
            leat_buffer_printf(out, "%s:%zu:%zu: %s\n", file, mistake->place.line, mistake->place.column,
                               mistake->sentence);
    }
    if (mistakes->count > mistakes->kept)
        leat_buffer_printf(out, "%s: %zu more mistakes are not shown\n", file,
                           mistakes->count - mistakes->kept);
}

void leat_mistakes_free(leat_mistakes *mistakes)
{
    leat_arena_free(&mistakes->arena);
    leat_release(mistakes->items);
    *mistakes = (leat_mistakes){0};
}
