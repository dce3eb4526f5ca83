#include "history/compare.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"
#include "base/list.h"

/* A comparison at work. */
typedef struct comparing {
    json_t *older;
    json_t *newer;
    leat_arena *arena;
    leat_definition_change *changes;
    size_t count;
    size_t capacity;
} comparing;

const char *leat_change_kind_name(leat_change_kind kind)
{
    static const char *const names[] = {
        [LEAT_CHANGE_ADDED] = "added",     [LEAT_CHANGE_DROPPED] = "dropped",
        [LEAT_CHANGE_RENAMED] = "renamed", [LEAT_CHANGE_RETYPED] = "retyped",
        [LEAT_CHANGE_DEFAULT] = "default", [LEAT_CHANGE_NULLABILITY] = "nullability",
        [LEAT_CHANGE_LABELS] = "labels",   [LEAT_CHANGE_COMMENT] = "comment",
        [LEAT_CHANGE_KEY] = "key",         [LEAT_CHANGE_ENCODING] = "encoding",
    };
    return names[kind];
}

static void add(comparing *with, leat_change_kind kind, const char *column, const char *from, const char *to)
{
    with->changes =
        leat_arena_list_room(with->arena, with->changes, with->count, &with->capacity, sizeof *with->changes);
    with->changes[with->count++] = (leat_definition_change){
        .kind = kind,
        .column = leat_arena_string(with->arena, column),
        .from = leat_arena_string(with->arena, from),
        .to = leat_arena_string(with->arena, to),
    };
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static bool same_text(const char *left, const char *right)
{
    return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

/* ---- Columns ---- */

static json_t *columns_of(const json_t *definition)
{
    return json_object_get(definition, "columns");
}

static json_int_t attribute_of(const json_t *column)
{
    return json_integer_value(json_object_get(column, "attribute"));
}

/* A name that went to another column with another number is another column. */
static bool same_column(const json_t *left, const json_t *right)
{
    json_int_t number = attribute_of(left);
    json_int_t other = attribute_of(right);
    return number > 0 && other > 0 ? number == other
                                   : same_text(text_of(left, "name"), text_of(right, "name"));
}

static json_t *find_column(json_t *definition, const json_t *wanted)
{
    json_t *columns = columns_of(definition);
    for (size_t i = 0; i < json_array_size(columns); i++)
        if (same_column(json_array_get(columns, i), wanted))
            return json_array_get(columns, i);
    return NULL;
}

static const char *nullability(const json_t *column)
{
    return json_is_true(json_object_get(column, "leat.nullable")) ? "null" : "not null";
}

static const char *labels_of(const json_t *column, leat_arena *arena)
{
    const json_t *labels = json_object_get(column, "leat.enum");
    if (!json_is_array(labels))
        return NULL;
    leat_buffer text = {0};
    for (size_t i = 0; i < json_array_size(labels); i++)
        leat_buffer_printf(&text, "%s%s", i > 0 ? "," : "", json_string_value(json_array_get(labels, i)));
    const char *kept = leat_arena_string(arena, leat_buffer_string(&text));
    leat_buffer_free(&text);
    return kept;
}

static void compare_text(comparing *with, leat_change_kind kind, const char *column, const char *from,
                         const char *to)
{
    if (!same_text(from, to))
        add(with, kind, column, from, to);
}

/* A field's name follows from the column's, and from those before it where two would have the same. */
static bool same_encoding(const json_t *older, const json_t *newer)
{
    return json_equal(json_object_get(older, "avro"), json_object_get(newer, "avro")) &&
           (same_text(text_of(older, "field"), text_of(newer, "field")) ||
            !same_text(text_of(older, "name"), text_of(newer, "name"))) &&
           json_is_true(json_object_get(older, "partial")) == json_is_true(json_object_get(newer, "partial"));
}

static void compare_types(comparing *with, const json_t *older, const json_t *newer)
{
    const char *name = text_of(newer, "name");
    const char *from = text_of(older, "leat.type");
    const char *to = text_of(newer, "leat.type");
    if (!same_text(from, to))
        add(with, LEAT_CHANGE_RETYPED, name, from, to);
    else if (!same_encoding(older, newer))
        add(with, LEAT_CHANGE_ENCODING, name, NULL, NULL);
}

static void compare_column(comparing *with, const json_t *older, const json_t *newer)
{
    const char *name = text_of(newer, "name");
    compare_text(with, LEAT_CHANGE_RENAMED, name, text_of(older, "name"), name);
    compare_types(with, older, newer);
    compare_text(with, LEAT_CHANGE_NULLABILITY, name, nullability(older), nullability(newer));
    compare_text(with, LEAT_CHANGE_DEFAULT, name, text_of(older, "leat.default"),
                 text_of(newer, "leat.default"));
    compare_text(with, LEAT_CHANGE_LABELS, name, labels_of(older, with->arena),
                 labels_of(newer, with->arena));
    compare_text(with, LEAT_CHANGE_COMMENT, name, text_of(older, "leat.comment"),
                 text_of(newer, "leat.comment"));
}

static void compare_columns(comparing *with)
{
    json_t *columns = columns_of(with->newer);
    for (size_t i = 0; i < json_array_size(columns); i++) {
        json_t *column = json_array_get(columns, i);
        json_t *before = find_column(with->older, column);
        if (before == NULL)
            add(with, LEAT_CHANGE_ADDED, text_of(column, "name"), NULL, text_of(column, "leat.type"));
        else
            compare_column(with, before, column);
    }
    columns = columns_of(with->older);
    for (size_t i = 0; i < json_array_size(columns); i++) {
        json_t *column = json_array_get(columns, i);
        if (find_column(with->newer, column) == NULL)
            add(with, LEAT_CHANGE_DROPPED, text_of(column, "name"), text_of(column, "leat.type"), NULL);
    }
}

/* ---- The table ---- */

static const json_t *key_column(const json_t *definition, json_int_t ordinal)
{
    const json_t *columns = columns_of(definition);
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const json_t *column = json_array_get(columns, i);
        if (json_integer_value(json_object_get(column, "key")) == ordinal)
            return column;
    }
    return NULL;
}

static const char *key_of(const json_t *definition, leat_arena *arena)
{
    leat_buffer text = {0};
    const json_t *column;
    for (json_int_t ordinal = 1; (column = key_column(definition, ordinal)) != NULL; ordinal++)
        leat_buffer_printf(&text, "%s%s", ordinal > 1 ? "," : "", text_of(column, "name"));
    const char *kept = text.length > 0 ? leat_arena_string(arena, leat_buffer_string(&text)) : NULL;
    leat_buffer_free(&text);
    return kept;
}

/* Whether the key is made of the same columns, whatever they are called by now. */
static bool same_key(const comparing *with)
{
    for (json_int_t ordinal = 1;; ordinal++) {
        const json_t *older = key_column(with->older, ordinal);
        const json_t *newer = key_column(with->newer, ordinal);
        if (older == NULL || newer == NULL)
            return older == newer;
        if (!same_column(older, newer))
            return false;
    }
}

/* ---- */

static bool is_definition(const json_t *parsed)
{
    const json_t *columns = columns_of(parsed);
    if (!json_is_array(columns))
        return false;
    for (size_t i = 0; i < json_array_size(columns); i++)
        if (text_of(json_array_get(columns, i), "name") == NULL)
            return false;
    return true;
}

static void compare(comparing *with)
{
    compare_columns(with);
    if (!same_key(with))
        add(with, LEAT_CHANGE_KEY, NULL, key_of(with->older, with->arena), key_of(with->newer, with->arena));
    compare_text(with, LEAT_CHANGE_COMMENT, NULL, text_of(with->older, "comment"),
                 text_of(with->newer, "comment"));
}

leat_status leat_history_compare(const char *older, const char *newer, leat_arena *arena,
                                 leat_definition_change **changes, size_t *count, leat_error *error)
{
    comparing with = {.arena = arena};
    with.older = json_loads(older, 0, NULL);
    with.newer = json_loads(newer, 0, NULL);
    leat_status status = LEAT_OK;
    if (is_definition(with.older) && is_definition(with.newer))
        compare(&with);
    else
        status = leat_error_set(error, LEAT_FAILED, "a recorded definition of a table cannot be read");
    *changes = with.changes;
    *count = with.count;
    json_decref(with.older);
    json_decref(with.newer);
    return status;
}
