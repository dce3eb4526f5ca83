#include "demo/words.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "base/list.h"
#include "base/memory.h"

static void take(leat_demo_words *words, char *word)
{
    words->list = leat_list_room(words->list, words->count + 1, &words->capacity, sizeof *words->list);
    words->list[words->count++] = word;
    words->list[words->count] = NULL;
}

void leat_demo_words_add(leat_demo_words *words, const char *format, ...)
{
    leat_buffer word = {0};
    va_list arguments;
    va_start(arguments, format);
    leat_buffer_vprintf(&word, format, arguments);
    va_end(arguments);
    take(words, leat_buffer_detach_string(&word));
}

void leat_demo_words_add_all(leat_demo_words *words, const char *const *list)
{
    for (; *list != NULL; list++)
        take(words, leat_duplicate_string(*list));
}

void leat_demo_words_free(leat_demo_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        leat_release(words->list[i]);
    leat_release(words->list);
    *words = (leat_demo_words){0};
}

/* Nothing in it means anything to a shell. */
static bool is_plain(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:,+@%";
    return *word != '\0' && word[strspn(word, plain)] == '\0';
}

static void append_quoted(leat_buffer *out, const char *word)
{
    leat_buffer_append_byte(out, '\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            leat_buffer_append_string(out, "'\\''");
        else
            leat_buffer_append_byte(out, (uint8_t)*word);
    }
    leat_buffer_append_byte(out, '\'');
}

void leat_demo_words_line(const leat_demo_words *words, leat_buffer *out)
{
    for (size_t i = 0; i < words->count; i++) {
        if (i > 0)
            leat_buffer_append_byte(out, ' ');
        if (is_plain(words->list[i]))
            leat_buffer_append_string(out, words->list[i]);
        else
            append_quoted(out, words->list[i]);
    }
}
