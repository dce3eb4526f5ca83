#include "mysql/follow/definition_history.h"

#include <string.h>

#include "base/list.h"
#include "base/memory.h"
#include "mysql/definition/json.h"

/* ---- What is in it ---- */

static void clear_entry(leat_mysql_definition_entry *entry)
{
    leat_release(entry->position);
    leat_mysql_definition_free(entry->definition);
    *entry = (leat_mysql_definition_entry){0};
}

void leat_mysql_definition_history_clear(leat_mysql_definition_history *history)
{
    for (size_t i = 0; i < history->count; i++)
        clear_entry(&history->entries[i]);
    leat_release(history->entries);
    *history = (leat_mysql_definition_history){0};
}

const leat_mysql_definition_entry *
leat_mysql_definition_history_now(const leat_mysql_definition_history *history)
{
    return history->count == 0 ? NULL : &history->entries[history->count - 1];
}

leat_mysql_definition *leat_mysql_definition_history_known(const leat_mysql_definition_history *history)
{
    return history->count == 0 ? NULL : history->entries[history->count - 1].definition;
}

bool leat_mysql_definition_history_exists(const leat_mysql_definition_history *history)
{
    const leat_mysql_definition_entry *now = leat_mysql_definition_history_now(history);
    return now != NULL && now->state != LEAT_MYSQL_DEFINITION_DROPPED;
}

/* ---- Later ---- */

static bool says(const leat_mysql_definition_entry *now, leat_mysql_definition_state state,
                 const leat_mysql_definition *definition)
{
    if (now == NULL || now->state != state)
        return false;
    return state != LEAT_MYSQL_DEFINITION_KNOWN || leat_mysql_definition_equal(now->definition, definition);
}

static void push(leat_mysql_definition_history *history, leat_mysql_definition_entry entry)
{
    history->entries =
        leat_list_room(history->entries, history->count, &history->capacity, sizeof *history->entries);
    history->entries[history->count++] = entry;
}

bool leat_mysql_definition_history_append(leat_mysql_definition_history *history, const char *position,
                                          leat_mysql_definition_state state,
                                          leat_mysql_definition *definition)
{
    const leat_mysql_definition_entry *now = leat_mysql_definition_history_now(history);
    if (says(now, state, definition)) {
        leat_mysql_definition_free(definition);
        return false;
    }
    leat_mysql_definition_entry entry = {
        .position = leat_duplicate_string(position), .state = state, .definition = definition};
    if (now != NULL && strcmp(now->position, position) == 0)
        clear_entry(&history->entries[--history->count]);
    push(history, entry);
    return true;
}

/* ---- Places ---- */

bool leat_mysql_definition_position_holds(const char *text, const leat_mysql_position *place, bool mariadb)
{
    leat_mysql_position position = {0};
    int order = 0;
    bool comparable = leat_mysql_position_parse(text, mariadb, &position, NULL) == LEAT_OK &&
                      leat_mysql_position_compare(&position, place, &order, NULL) == LEAT_OK;
    leat_mysql_position_clear(&position);
    return comparable && order <= 0;
}

void leat_mysql_definition_history_return(leat_mysql_definition_history *history,
                                          const leat_mysql_position *place, bool mariadb)
{
    size_t kept = 0;
    for (size_t i = 0; i < history->count; i++) {
        if (leat_mysql_definition_position_holds(history->entries[i].position, place, mariadb))
            history->entries[kept++] = history->entries[i];
        else
            clear_entry(&history->entries[i]);
    }
    history->count = kept;
}

bool leat_mysql_definition_history_forgettable(const leat_mysql_definition_history *history)
{
    return history->count > 1 || (history->count == 1 && !leat_mysql_definition_history_exists(history));
}

bool leat_mysql_definition_history_forget(leat_mysql_definition_history *history,
                                          const leat_mysql_position *place, bool mariadb)
{
    size_t gone = 0; /* entries that another one, or nothing at all, has taken the place of */
    while (gone + 1 < history->count &&
           leat_mysql_definition_position_holds(history->entries[gone + 1].position, place, mariadb))
        gone++;
    const leat_mysql_definition_entry *first = history->count == 0 ? NULL : &history->entries[gone];
    if (first != NULL && first->state == LEAT_MYSQL_DEFINITION_DROPPED &&
        leat_mysql_definition_position_holds(first->position, place, mariadb))
        gone++;
    if (gone == 0)
        return false;
    for (size_t i = 0; i < gone; i++)
        clear_entry(&history->entries[i]);
    history->count -= gone;
    memmove(history->entries, &history->entries[gone], history->count * sizeof *history->entries);
    return true;
}

/* ---- The notebook's text ---- */

static void append_entry(leat_buffer *out, const leat_mysql_definition_entry *entry)
{
    leat_buffer_append_string(out, "{\"position\":");
    leat_mysql_json_append_text(out, entry->position);
    if (entry->state == LEAT_MYSQL_DEFINITION_UNKNOWN) {
        leat_buffer_append_string(out, ",\"unknown\":true}");
        return;
    }
    leat_buffer_append_string(out, ",\"definition\":");
    if (entry->definition == NULL)
        leat_buffer_append_string(out, "null");
    else
        leat_mysql_definition_write(entry->definition, out);
    leat_buffer_append_byte(out, '}');
}

void leat_mysql_definition_history_write(const leat_mysql_definition_history *history, leat_buffer *out)
{
    leat_buffer_append_byte(out, '[');
    for (size_t i = 0; i < history->count; i++) {
        if (i > 0)
            leat_buffer_append_string(out, ",\n");
        append_entry(out, &history->entries[i]);
    }
    leat_buffer_append_byte(out, ']');
}

static bool read_state(const json_t *value, leat_mysql_definition_entry *entry)
{
    const json_t *definition = json_object_get(value, "definition");
    entry->state = json_is_null(definition) ? LEAT_MYSQL_DEFINITION_DROPPED : LEAT_MYSQL_DEFINITION_KNOWN;
    if (json_is_true(json_object_get(value, "unknown")))
        entry->state = LEAT_MYSQL_DEFINITION_UNKNOWN;
    if (entry->state == LEAT_MYSQL_DEFINITION_KNOWN)
        entry->definition = leat_mysql_definition_from_json(definition);
    return entry->state != LEAT_MYSQL_DEFINITION_KNOWN || entry->definition != NULL;
}

static bool read_entry(const json_t *value, leat_mysql_definition_history *history)
{
    leat_mysql_definition_entry entry = {0};
    const char *position = json_string_value(json_object_get(value, "position"));
    if (position == NULL || json_object_size(value) != 2 || !read_state(value, &entry))
        return false;
    entry.position = leat_duplicate_string(position);
    push(history, entry);
    return true;
}

leat_status leat_mysql_definition_history_read(leat_slice text, leat_mysql_definition_history *history,
                                               leat_error *error)
{
    json_error_t mistake = {0};
    json_t *list = json_loadb((const char *)text.data, text.length, JSON_REJECT_DUPLICATES, &mistake);
    bool good = json_is_array(list);
    for (size_t i = 0; good && i < json_array_size(list); i++)
        good = read_entry(json_array_get(list, i), history);
    json_decref(list);
    if (good)
        return LEAT_OK;
    leat_mysql_definition_history_clear(history);
    return leat_error_set(error, LEAT_FAILED, "this is no list of definitions as leat writes them: %.*s",
                          LEAT_SLICE_FORMAT(text));
}
