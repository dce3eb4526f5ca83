/* Definitions as one line of JSON. What is false, zero or not there is left out. */
#include "mysql/definition/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"

static const char *const kinds[] = {
    [LEAT_MYSQL_BASE_TABLE] = "table",
    [LEAT_MYSQL_VERSIONED_TABLE] = "versioned",
    [LEAT_MYSQL_SEQUENCE] = "sequence",
    [LEAT_MYSQL_VIEW] = "view",
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const char *const specials[] = {
    [LEAT_MYSQL_PLAIN] = "plain", [LEAT_MYSQL_UUID] = "uuid",     [LEAT_MYSQL_INET4] = "inet4",
    [LEAT_MYSQL_INET6] = "inet6", [LEAT_MYSQL_FLOATS] = "floats",
};
enum { SPECIALS = sizeof specials / sizeof *specials };

/* ---- Out ---- */

void leat_mysql_json_append_text(leat_buffer *out, const char *text)
{
    if (text == NULL) {
        leat_buffer_append_string(out, "null");
        return;
    }
    leat_buffer utf8 = {0}; /* a text that is none must not make the whole unreadable */
    leat_utf8_append_escaped(&utf8, leat_slice_of_string(text));
    leat_buffer_append_byte(out, '"');
    for (size_t i = 0; i < utf8.length; i++) {
        uint8_t byte = utf8.data[i];
        if (byte < 0x20)
            leat_buffer_printf(out, "\\u%04x", (unsigned)byte);
        else if (byte == '"' || byte == '\\')
            leat_buffer_printf(out, "\\%c", (char)byte);
        else
            leat_buffer_append_byte(out, byte);
    }
    leat_buffer_append_byte(out, '"');
    leat_buffer_free(&utf8);
}

/* Begins a member of an object that has one already. */
static void append_key(leat_buffer *out, const char *key)
{
    leat_buffer_printf(out, ",\"%s\":", key);
}

static void append_text(leat_buffer *out, const char *key, const char *text)
{
    if (text == NULL)
        return;
    append_key(out, key);
    leat_mysql_json_append_text(out, text);
}

static void append_true(leat_buffer *out, const char *key, bool value)
{
    if (!value)
        return;
    append_key(out, key);
    leat_buffer_append_string(out, "true");
}

static void append_texts(leat_buffer *out, const char *key, const char *const *texts, size_t count)
{
    append_key(out, key);
    leat_buffer_append_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            leat_buffer_append_byte(out, ',');
        leat_mysql_json_append_text(out, texts[i]);
    }
    leat_buffer_append_byte(out, ']');
}

static void append_column(leat_buffer *out, const leat_mysql_column *column)
{
    leat_buffer_append_string(out, "{\"name\":");
    leat_mysql_json_append_text(out, column->name);
    append_text(out, "type", column->type_text);
    append_key(out, "layout");
    leat_buffer_printf(out, "[%d,%" PRIu32 ",%u,%u]", (int)column->layout.type, column->layout.length,
                       (unsigned)column->layout.precision, (unsigned)column->layout.scale);
    if (column->special != LEAT_MYSQL_PLAIN)
        append_text(out, "special", specials[column->special]);
    append_true(out, "unsigned", column->is_unsigned);
    append_true(out, "nullable", column->nullable);
    append_true(out, "invisible", column->invisible);
    append_true(out, "generated", column->generated);
    append_text(out, "collation", column->collation);
    if (column->label_count > 0)
        append_texts(out, "labels", column->labels, column->label_count);
    append_text(out, "default", column->default_text);
    append_text(out, "comment", column->comment);
    leat_buffer_append_byte(out, '}');
}

static void append_index(leat_buffer *out, const leat_mysql_index *index)
{
    leat_buffer_append_string(out, "{\"name\":");
    leat_mysql_json_append_text(out, index->name);
    append_texts(out, "columns", index->columns, index->column_count);
    append_true(out, "expression", index->expression);
    leat_buffer_append_byte(out, '}');
}

void leat_mysql_definition_write(const leat_mysql_definition *definition, leat_buffer *out)
{
    leat_buffer_append_string(out, "{\"database\":");
    leat_mysql_json_append_text(out, definition->database);
    append_text(out, "name", definition->name);
    append_text(out, "kind", kinds[definition->kind]);
    append_text(out, "collation", definition->collation);
    append_text(out, "engine", definition->engine);
    append_text(out, "comment", definition->comment);
    append_text(out, "row_end", definition->row_end);
    append_key(out, "columns");
    for (size_t i = 0; i < definition->column_count; i++) {
        leat_buffer_append_byte(out, i == 0 ? '[' : ',');
        append_column(out, &definition->columns[i]);
    }
    leat_buffer_append_string(out, definition->column_count == 0 ? "[]" : "]");
    append_key(out, "indexes");
    for (size_t i = 0; i < definition->index_count; i++) {
        leat_buffer_append_byte(out, i == 0 ? '[' : ',');
        append_index(out, &definition->indexes[i]);
    }
    leat_buffer_append_string(out, definition->index_count == 0 ? "[]}" : "]}");
}

/* ---- In ---- */

/* One object being read. `failed` is sticky, as a cursor's; a member that nobody asked for is a failure. */
typedef struct members {
    const json_t *value;
    size_t taken;
    leat_arena *arena;
    bool *failed;
} members;

static members open_members(const json_t *value, leat_arena *arena, bool *failed)
{
    if (!json_is_object(value))
        *failed = true;
    return (members){.value = value, .arena = arena, .failed = failed};
}

static void close_members(members *object)
{
    if (json_object_size(object->value) != object->taken)
        *object->failed = true;
}

/* The member, or NULL where there is none. */
static json_t *take(members *object, const char *key)
{
    json_t *value = json_object_get(object->value, key);
    object->taken += value != NULL;
    return value;
}

static const char *text_of(leat_arena *arena, const json_t *value, bool *failed)
{
    if (!json_is_string(value)) {
        *failed = true;
        return "";
    }
    return leat_arena_string(arena, json_string_value(value));
}

static const char *take_text(members *object, const char *key)
{
    return text_of(object->arena, take(object, key), object->failed);
}

static const char *take_optional(members *object, const char *key)
{
    json_t *value = take(object, key);
    return value == NULL ? NULL : text_of(object->arena, value, object->failed);
}

static bool take_true(members *object, const char *key)
{
    json_t *value = take(object, key);
    if (value != NULL && !json_is_true(value))
        *object->failed = true;
    return value != NULL;
}

/* The place of the member's text among `names`; without the member 0. */
static unsigned take_choice(members *object, const char *key, const char *const *names, unsigned count)
{
    const char *text = take_optional(object, key);
    unsigned at = 0;
    while (text != NULL && at < count && strcmp(text, names[at]) != 0)
        at++;
    if (at == count)
        *object->failed = true;
    return at;
}

static const json_t *take_array(members *object, const char *key, size_t *count)
{
    const json_t *array = take(object, key);
    *count = json_array_size(array);
    if (!json_is_array(array))
        *object->failed = true;
    return array;
}

static const char *const *take_texts(members *object, const char *key, size_t *count)
{
    const json_t *array = take_array(object, key, count);
    const char **texts = leat_arena_allocate_array(object->arena, *count, sizeof *texts);
    for (size_t i = 0; i < *count; i++)
        texts[i] = text_of(object->arena, json_array_get(array, i), object->failed);
    return texts;
}

static uint32_t number_of(const json_t *value, uint32_t most, bool *failed)
{
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 || number > most) {
        *failed = true;
        return 0;
    }
    return (uint32_t)number;
}

static leat_mysql_layout take_layout(members *object)
{
    size_t count;
    const json_t *numbers = take_array(object, "layout", &count);
    if (count != 4)
        *object->failed = true;
    return (leat_mysql_layout){
        .type = (leat_mysql_type)number_of(json_array_get(numbers, 0), UINT8_MAX, object->failed),
        .length = number_of(json_array_get(numbers, 1), UINT32_MAX, object->failed),
        .precision = (uint8_t)number_of(json_array_get(numbers, 2), UINT8_MAX, object->failed),
        .scale = (uint8_t)number_of(json_array_get(numbers, 3), UINT8_MAX, object->failed),
    };
}

static leat_mysql_column read_column(const json_t *value, leat_arena *arena, bool *failed)
{
    members object = open_members(value, arena, failed);
    leat_mysql_column column = {
        .name = take_text(&object, "name"),
        .type_text = take_text(&object, "type"),
        .layout = take_layout(&object),
        .special = (leat_mysql_special)take_choice(&object, "special", specials, SPECIALS),
        .is_unsigned = take_true(&object, "unsigned"),
        .nullable = take_true(&object, "nullable"),
        .invisible = take_true(&object, "invisible"),
        .generated = take_true(&object, "generated"),
        .collation = take_optional(&object, "collation"),
        .default_text = take_optional(&object, "default"),
        .comment = take_optional(&object, "comment"),
    };
    if (json_object_get(value, "labels") != NULL)
        column.labels = take_texts(&object, "labels", &column.label_count);
    close_members(&object);
    return column;
}

static leat_mysql_index read_index(const json_t *value, leat_arena *arena, bool *failed)
{
    members object = open_members(value, arena, failed);
    leat_mysql_index index = {.name = take_text(&object, "name")};
    index.columns = take_texts(&object, "columns", &index.column_count);
    index.expression = take_true(&object, "expression");
    close_members(&object);
    return index;
}

static void read_parts(members *object, leat_mysql_definition *definition)
{
    const json_t *columns = take_array(object, "columns", &definition->column_count);
    definition->columns =
        leat_arena_allocate_array(object->arena, definition->column_count, sizeof *definition->columns);
    for (size_t i = 0; i < definition->column_count; i++)
        definition->columns[i] = read_column(json_array_get(columns, i), object->arena, object->failed);
    const json_t *indexes = take_array(object, "indexes", &definition->index_count);
    definition->indexes =
        leat_arena_allocate_array(object->arena, definition->index_count, sizeof *definition->indexes);
    for (size_t i = 0; i < definition->index_count; i++)
        definition->indexes[i] = read_index(json_array_get(indexes, i), object->arena, object->failed);
}

leat_mysql_definition *leat_mysql_definition_from_json(const json_t *value)
{
    bool failed = false;
    leat_mysql_definition *definition = leat_mysql_definition_new("", "");
    members object = open_members(value, &definition->arena, &failed);
    definition->database = take_text(&object, "database");
    definition->name = take_text(&object, "name");
    definition->kind = (leat_mysql_table_kind)take_choice(&object, "kind", kinds, KINDS);
    definition->collation = take_optional(&object, "collation");
    definition->engine = take_optional(&object, "engine");
    definition->comment = take_optional(&object, "comment");
    definition->row_end = take_optional(&object, "row_end");
    read_parts(&object, definition);
    close_members(&object);
    if (!failed)
        return definition;
    leat_mysql_definition_free(definition);
    return NULL;
}

leat_status leat_mysql_definition_read(leat_slice text, leat_mysql_definition **definition, leat_error *error)
{
    json_error_t mistake = {0};
    json_t *value = json_loadb((const char *)text.data, text.length, JSON_REJECT_DUPLICATES, &mistake);
    *definition = value == NULL ? NULL : leat_mysql_definition_from_json(value);
    json_decref(value);
    if (*definition != NULL)
        return LEAT_OK;
    return leat_error_set(error, LEAT_FAILED, "this is no table's definition as leat writes them: %.*s",
                          LEAT_SLICE_FORMAT(text));
}
