#include "mysql/catalog/sql_words.h"

#include <string.h>
#include <strings.h>

#include "base/buffer.h"

bool leat_mysql_take_word(leat_cursor *text, const char *word)
{
    size_t length = strlen(word);
    if (leat_cursor_remaining(text) < length || strncasecmp((const char *)text->at, word, length) != 0)
        return false;
    leat_cursor_bytes(text, length);
    return true;
}

static bool ends_bare_name(int byte)
{
    return byte == ' ' || byte == '.' || byte == ',' || byte == '(' || byte == ')' || byte == '\n';
}

const char *leat_mysql_take_name(leat_cursor *text, leat_arena *arena)
{
    leat_buffer name = {0};
    bool quoted = leat_mysql_take_word(text, "`");
    while (leat_cursor_remaining(text) > 0) {
        int next = leat_cursor_peek(text);
        if (!quoted && ends_bare_name(next))
            break;
        leat_cursor_u8(text);
        if (quoted && next == '`' && !leat_mysql_take_word(text, "`"))
            break;
        leat_buffer_append_byte(&name, (uint8_t)next);
    }
    const char *kept = leat_arena_string(arena, leat_buffer_string(&name));
    leat_buffer_free(&name);
    return kept;
}
