#include "mysql/catalog/foreign_keys.h"

#include <string.h>

#include "base/buffer.h"
#include "mysql/catalog/sql_words.h"

/* Everything before the next `mark`, which is passed too; false, with nothing taken, where there is none. */
static bool take_until(leat_cursor *line, const char *mark, leat_slice *before)
{
    size_t length = strlen(mark);
    const uint8_t *found = memmem(line->at, leat_cursor_remaining(line), mark, length);
    if (found == NULL)
        return false;
    *before = leat_cursor_bytes(line, (size_t)(found - line->at));
    leat_cursor_bytes(line, length);
    return true;
}

/* A backtick in a name comes doubled, but from MariaDB 11.8 it comes as it is: the name ends where the words
 * after it begin. */
static const char *plain_name(leat_slice quoted, leat_arena *arena)
{
    char *name = leat_arena_slice_string(arena, quoted);
    size_t length = 0;
    for (size_t i = 0; i < quoted.length; i++) {
        name[length++] = (char)quoted.data[i];
        if (quoted.data[i] == '`' && i + 1 < quoted.length && quoted.data[i + 1] == '`')
            i++;
    }
    name[length] = '\0';
    return name;
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
    leat_slice name;
    leat_slice columns;
    *key = (leat_mysql_foreign_key){0};
    if (!leat_mysql_take_word(line, "  CONSTRAINT `") || !take_until(line, "` FOREIGN KEY (", &name) ||
        !take_until(line, ") REFERENCES ", &columns))
        return false;
    key->name = plain_name(name, arena);
    take_parent(line, arena, key);
    while (take_until(line, ")", &columns))
        continue;
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
