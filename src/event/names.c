#include "event/names.h"

#include <jansson.h>
#include <string.h>

#include "avro/json_build.h"
#include "base/buffer.h"
#include "event/schema.h"

/* Fields that the flat envelope puts before the columns. */
static const char *const own_fields[] = {"__op", "__ts", "__seq", "__tx", "__deleted", "__notes"};

/* Records and the enum of ours in the same namespace, and what Avro keeps for its own types. */
static const char *const own_types[] = {"Key",    "Value", "Envelope", "Source", "Transaction", "Note",
                                        "What",   "null",  "boolean",  "int",    "long",        "float",
                                        "double", "bytes", "string",   "record", "enum",        "array",
                                        "map",    "union", "fixed",    "error"};

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* Names in use, as the keys of an object. */
static json_t *taken_from(const char *const *names, size_t count)
{
    json_t *taken = json_object();
    for (size_t i = 0; i < count; i++)
        leat_json_put(taken, names[i], json_true());
    return taken;
}

static bool allowed(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_';
}

/* One '_' for each character, not for each byte of it. */
static void append_safe(leat_buffer *out, const char *name, size_t length)
{
    size_t start = out->length;
    bool inside = false;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)name[i];
        if (i == 0 && byte >= '0' && byte <= '9')
            leat_buffer_append_byte(out, '_');
        if (!inside || (byte & 0xc0) != 0x80)
            leat_buffer_append_byte(out, allowed(byte) ? byte : '_');
        inside = byte >= 0x80;
    }
    if (out->length == start)
        leat_buffer_append_byte(out, '_');
}

char *leat_schema_safe_name(const char *name)
{
    leat_buffer safe = {0};
    append_safe(&safe, name, strlen(name));
    return leat_buffer_detach_string(&safe);
}

static const char *safe_in(leat_arena *arena, const char *name)
{
    leat_buffer safe = {0};
    append_safe(&safe, name, strlen(name));
    const char *kept = leat_arena_string(arena, leat_buffer_string(&safe));
    leat_buffer_free(&safe);
    return kept;
}

/* Takes `wanted`, or what is free of wanted_PLACE, wanted_PLACE_2, wanted_PLACE_3… */
static const char *claim(json_t *taken, leat_arena *arena, const char *wanted, size_t place)
{
    const char *name = wanted;
    for (unsigned more = 1; json_object_get(taken, name) != NULL; more++)
        name = more == 1 ? leat_arena_printf(arena, "%s_%zu", wanted, place)
                         : leat_arena_printf(arena, "%s_%zu_%u", wanted, place, more);
    leat_json_put(taken, name, json_true());
    return name;
}

/* Gives each of the originals its name: first those that can keep their own, so that no neighbour's change
 * of name changes theirs. */
static const char *const *claim_all(json_t *taken, leat_arena *arena, const char *const *originals,
                                    size_t count)
{
    const char **names = leat_arena_allocate_array(arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        const char *safe = safe_in(arena, originals[i]);
        if (strcmp(safe, originals[i]) == 0 && json_object_get(taken, safe) == NULL)
            names[i] = claim(taken, arena, safe, i + 1);
    }
    for (size_t i = 0; i < count; i++)
        if (names[i] == NULL)
            names[i] = claim(taken, arena, safe_in(arena, originals[i]), i + 1);
    json_decref(taken);
    return names;
}

static leat_type_names type_names(json_t *records, leat_arena *arena, const leat_avro_type *type,
                                  const char *path, size_t place);

static const char *const *field_names(leat_arena *arena, const leat_avro_type *record)
{
    const char **originals = leat_arena_allocate_array(arena, record->field_count, sizeof *originals);
    for (size_t i = 0; i < record->field_count; i++)
        originals[i] = record->fields[i].name;
    return claim_all(json_object(), arena, originals, record->field_count);
}

static leat_type_names record_names(json_t *records, leat_arena *arena, const leat_avro_type *type,
                                    const char *path, size_t place)
{
    leat_type_names *parts = leat_arena_allocate_array(arena, type->field_count, sizeof *parts);
    leat_type_names names = {
        .record = claim(records, arena, path, place), .fields = field_names(arena, type), .parts = parts};
    for (size_t i = 0; i < type->field_count; i++)
        parts[i] = type_names(records, arena, type->fields[i].type,
                              leat_arena_printf(arena, "%s_%s", path, names.fields[i]), i + 1);
    return names;
}

static leat_type_names type_names(json_t *records, leat_arena *arena, const leat_avro_type *type,
                                  const char *path, size_t place)
{
    if (type->kind == LEAT_AVRO_RECORD)
        return record_names(records, arena, type, path, place);
    if (type->items == NULL)
        return (leat_type_names){0};
    leat_type_names *item = leat_arena_allocate(arena, sizeof *item);
    *item = type_names(records, arena, type->items, path, place);
    return (leat_type_names){.parts = item};
}

const leat_column_names *leat_names_make(const leat_table *table, leat_arena *arena)
{
    const char **originals = leat_arena_allocate_array(arena, table->column_count, sizeof *originals);
    for (size_t i = 0; i < table->column_count; i++)
        originals[i] = table->columns[i].name;
    const char *const *fields =
        claim_all(taken_from(own_fields, COUNT_OF(own_fields)), arena, originals, table->column_count);
    leat_column_names *names = leat_arena_allocate_array(arena, table->column_count, sizeof *names);
    json_t *records = taken_from(own_types, COUNT_OF(own_types));
    for (size_t i = 0; i < table->column_count; i++)
        names[i] = (leat_column_names){
            .field = fields[i],
            .type = type_names(records, arena, table->columns[i].encoder.type, fields[i], i + 1)};
    json_decref(records);
    return names;
}

static void append_prefix(leat_buffer *out, const char *prefix)
{
    for (const char *part = prefix;; part++) {
        size_t length = strcspn(part, ".");
        append_safe(out, part, length);
        leat_buffer_append_byte(out, '.');
        part += length;
        if (*part == '\0')
            return;
    }
}

const char *leat_names_namespace(const leat_table *table, const char *prefix, leat_arena *arena)
{
    const char *qualifier = table->schema != NULL ? table->schema : table->database;
    leat_buffer text = {0};
    append_prefix(&text, prefix);
    append_safe(&text, qualifier, strlen(qualifier));
    leat_buffer_append_byte(&text, '.');
    append_safe(&text, table->name, strlen(table->name));
    const char *kept = leat_arena_string(arena, leat_buffer_string(&text));
    leat_buffer_free(&text);
    return kept;
}
