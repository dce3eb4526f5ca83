#include "mysql/foreign_keys.h"

#include <string.h>

#include "base/buffer.h"
#include "mysql/sql_words.h"

/* Names in parentheses, which nobody needs. */
static void pass_columns(leat_cursor *line, leat_arena *arena)
{
    leat_mysql_take_word(line, " ");
    if (!leat_mysql_take_word(line, "("))
        return;
    do
        leat_mysql_take_name(line, arena);
    while (leat_mysql_take_word(line, ", ") || leat_mysql_take_word(line, ","));
    leat_mysql_take_word(line, ")");
}

/* " ON DELETE CASCADE" and the like; RESTRICT and NO ACTION, which change nothing, are not kept. */
static bool take_action(leat_cursor *line, const char *event, leat_buffer *actions)
{
    static const char *const names[] = {" CASCADE", " SET NULL", " SET DEFAULT", " RESTRICT", " NO ACTION"};
    enum { CHANGING = 3 };
    if (!leat_mysql_take_word(line, event))
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (leat_mysql_take_word(line, names[i])) {
            if (i < CHANGING)
                leat_buffer_printf(actions, "%s%s", &event[actions->length == 0], names[i]);
            return true;
        }
    return false;
}

static const char *take_actions(leat_cursor *line, leat_arena *arena)
{
    leat_buffer actions = {0};
    while (take_action(line, " ON DELETE", &actions) || take_action(line, " ON UPDATE", &actions))
        continue;
    const char *kept = leat_arena_string(arena, leat_buffer_string(&actions));
    leat_buffer_free(&actions);
    return kept;
}

static void take_parent(leat_cursor *line, leat_arena *arena, leat_mysql_foreign_key *key)
{
    key->parent = leat_mysql_take_name(line, arena);
    if (!leat_mysql_take_word(line, "."))
        return;
    key->parent_database = key->parent;
    key->parent = leat_mysql_take_name(line, arena);
}

static bool read_line(leat_cursor *line, leat_arena *arena, leat_mysql_foreign_key *key)
{
    *key = (leat_mysql_foreign_key){0};
    if (!leat_mysql_take_word(line, "  CONSTRAINT "))
        return false;
    key->name = leat_mysql_take_name(line, arena);
    if (!leat_mysql_take_word(line, " FOREIGN KEY"))
        return false;
    pass_columns(line, arena);
    if (!leat_mysql_take_word(line, " REFERENCES "))
        return false;
    take_parent(line, arena, key);
    pass_columns(line, arena);
    key->actions = take_actions(line, arena);
    return true;
}

static size_t count_lines(leat_slice text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.length; i++)
        count += text.data[i] == '\n';
    return count;
}

static leat_cursor take_line(leat_cursor *text)
{
    const uint8_t *end = memchr(text->at, '\n', leat_cursor_remaining(text));
    size_t length = end == NULL ? leat_cursor_remaining(text) : (size_t)(end - text->at);
    leat_cursor line = leat_cursor_narrow(text, length);
    leat_mysql_take_word(text, "\n");
    return line;
}

void leat_mysql_foreign_keys_read(const char *create_table, leat_arena *arena, leat_mysql_foreign_keys *keys)
{
    leat_cursor text = leat_cursor_open(leat_slice_of_string(create_table));
    size_t lines = count_lines(leat_slice_of_string(create_table));
    keys->items = leat_arena_allocate_array(arena, lines, sizeof *keys->items);
    keys->count = 0;
    while (leat_cursor_remaining(&text) > 0) {
        leat_cursor line = take_line(&text);
        if (read_line(&line, arena, &keys->items[keys->count]))
            keys->count++;
    }
}
