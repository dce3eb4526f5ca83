/* The Parsing Canonical Form of a schema: Avro 1.11 specification, "Parsing Canonical Form for Schemas". */
#include <jansson.h>
#include <string.h>

#include "avro/single_object.h"
#include "base/arena.h"
#include "base/memory.h"

/* Schemas of others may nest as they like; a stack may not. */
enum { DEEPEST = 64 };

/* A schema on its way to its canonical text. */
typedef struct rewriting {
    leat_buffer out;
    leat_arena arena;
    leat_error *error;
} rewriting;

static leat_status rewrite(rewriting *with, json_t *schema, const char *space, unsigned depth);

static leat_status refuse(rewriting *with, const char *what, const char *name)
{
    return leat_error_set(with->error, LEAT_FAILED, "the Avro schema cannot be read: %s%s%s", what,
                          name != NULL ? " " : "", name != NULL ? name : "");
}

/* ---- Names ---- */

static bool is_primitive(const char *name)
{
    static const char *const primitives[] = {"null",  "boolean", "int",   "long",
                                             "float", "double",  "bytes", "string"};
    for (size_t i = 0; i < sizeof primitives / sizeof primitives[0]; i++)
        if (strcmp(name, primitives[i]) == 0)
            return true;
    return false;
}

/* Nothing that a JSON string would have to escape. */
static leat_status append_name(rewriting *with, const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.";
    if (name[0] == '\0' || name[strspn(name, allowed)] != '\0')
        return refuse(with, "it has a name that Avro forbids:", name);
    leat_buffer_printf(&with->out, "\"%s\"", name);
    return LEAT_OK;
}

/* [FULLNAMES] */
static const char *full_name(rewriting *with, const char *name, const char *space)
{
    if (strchr(name, '.') != NULL || space[0] == '\0')
        return name;
    return leat_arena_printf(&with->arena, "%s.%s", space, name);
}

/* [PRIMITIVES], or a reference by name. */
static leat_status append_reference(rewriting *with, const char *name, const char *space)
{
    return append_name(with, is_primitive(name) ? name : full_name(with, name, space));
}

static const char *text_of(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* The namespace that names inside a named type are in. */
static const char *space_within(rewriting *with, json_t *schema, const char *name, const char *around)
{
    const char *dot = strrchr(name, '.');
    if (dot != NULL)
        return leat_arena_slice_string(&with->arena, leat_slice_of(name, (size_t)(dot - name)));
    const char *own = text_of(schema, "namespace");
    return own != NULL ? own : around;
}

/* ---- Kinds of schemas; [ORDER] and [STRIP] are in what is written, and in which order ---- */

static leat_status append_list(rewriting *with, json_t *list, const char *space, unsigned depth)
{
    leat_status status = LEAT_OK;
    leat_buffer_append_byte(&with->out, '[');
    for (size_t i = 0; status == LEAT_OK && i < json_array_size(list); i++) {
        if (i > 0)
            leat_buffer_append_byte(&with->out, ',');
        status = rewrite(with, json_array_get(list, i), space, depth);
    }
    leat_buffer_append_byte(&with->out, ']');
    return status;
}

static leat_status append_field(rewriting *with, json_t *field, const char *space, unsigned depth)
{
    const char *name = text_of(field, "name");
    json_t *type = json_object_get(field, "type");
    if (name == NULL || type == NULL)
        return refuse(with, "a field without name or type", NULL);
    leat_buffer_append_string(&with->out, "{\"name\":");
    leat_status status = append_name(with, name);
    leat_buffer_append_string(&with->out, ",\"type\":");
    if (status == LEAT_OK)
        status = rewrite(with, type, space, depth);
    leat_buffer_append_byte(&with->out, '}');
    return status;
}

static leat_status append_fields(rewriting *with, json_t *record, const char *space, unsigned depth)
{
    json_t *fields = json_object_get(record, "fields");
    if (!json_is_array(fields))
        return refuse(with, "a record without fields", NULL);
    leat_status status = LEAT_OK;
    leat_buffer_append_string(&with->out, ",\"fields\":[");
    for (size_t i = 0; status == LEAT_OK && i < json_array_size(fields); i++) {
        if (i > 0)
            leat_buffer_append_byte(&with->out, ',');
        status = append_field(with, json_array_get(fields, i), space, depth);
    }
    leat_buffer_append_byte(&with->out, ']');
    return status;
}

static leat_status append_symbols(rewriting *with, json_t *schema)
{
    json_t *symbols = json_object_get(schema, "symbols");
    if (!json_is_array(symbols))
        return refuse(with, "an enum without symbols", NULL);
    leat_status status = LEAT_OK;
    leat_buffer_append_string(&with->out, ",\"symbols\":[");
    for (size_t i = 0; status == LEAT_OK && i < json_array_size(symbols); i++) {
        const char *symbol = json_string_value(json_array_get(symbols, i));
        if (i > 0)
            leat_buffer_append_byte(&with->out, ',');
        status = symbol == NULL ? refuse(with, "a symbol that is no text", NULL) : append_name(with, symbol);
    }
    leat_buffer_append_byte(&with->out, ']');
    return status;
}

static leat_status append_size(rewriting *with, json_t *schema)
{
    json_t *size = json_object_get(schema, "size");
    if (!json_is_integer(size))
        return refuse(with, "a fixed without a size", NULL);
    leat_buffer_printf(&with->out, ",\"size\":%lld", (long long)json_integer_value(size));
    return LEAT_OK;
}

static leat_status append_named(rewriting *with, json_t *schema, const char *kind, const char *around,
                                unsigned depth)
{
    const char *name = text_of(schema, "name");
    if (name == NULL)
        return refuse(with, "no name in a", kind);
    const char *space = space_within(with, schema, name, around);
    leat_buffer_append_string(&with->out, "{\"name\":");
    leat_status status = append_name(with, full_name(with, name, space));
    if (status != LEAT_OK)
        return status;
    leat_buffer_printf(&with->out, ",\"type\":\"%s\"", strcmp(kind, "error") == 0 ? "record" : kind);
    if (strcmp(kind, "enum") == 0)
        status = append_symbols(with, schema);
    else if (strcmp(kind, "fixed") == 0)
        status = append_size(with, schema);
    else
        status = append_fields(with, schema, space, depth);
    leat_buffer_append_byte(&with->out, '}');
    return status;
}

static leat_status append_container(rewriting *with, json_t *schema, const char *kind, const char *space,
                                    unsigned depth)
{
    const char *key = strcmp(kind, "array") == 0 ? "items" : "values";
    json_t *inner = json_object_get(schema, key);
    if (inner == NULL)
        return refuse(with, "nothing inside a", kind);
    leat_buffer_printf(&with->out, "{\"type\":\"%s\",\"%s\":", kind, key);
    leat_status status = rewrite(with, inner, space, depth);
    leat_buffer_append_byte(&with->out, '}');
    return status;
}

static leat_status append_object(rewriting *with, json_t *schema, const char *space, unsigned depth)
{
    json_t *type = json_object_get(schema, "type");
    const char *kind = json_string_value(type);
    if (type == NULL)
        return refuse(with, "an object without a type", NULL);
    if (kind == NULL)
        return rewrite(with, type, space, depth);
    if (strcmp(kind, "array") == 0 || strcmp(kind, "map") == 0)
        return append_container(with, schema, kind, space, depth);
    if (strcmp(kind, "record") == 0 || strcmp(kind, "error") == 0 || strcmp(kind, "enum") == 0 ||
        strcmp(kind, "fixed") == 0)
        return append_named(with, schema, kind, space, depth);
    return append_reference(with, kind, space);
}

static leat_status rewrite(rewriting *with, json_t *schema, const char *space, unsigned depth)
{
    if (depth == DEEPEST)
        return refuse(with, "it is nested too deep", NULL);
    if (json_is_string(schema))
        return append_reference(with, json_string_value(schema), space);
    if (json_is_array(schema))
        return append_list(with, schema, space, depth + 1);
    if (json_is_object(schema))
        return append_object(with, schema, space, depth + 1);
    return refuse(with, "a schema that is neither text, list nor object", NULL);
}

leat_status leat_single_object_canonical(const char *schema, char **canonical, leat_error *error)
{
    json_error_t reason;
    json_t *parsed = json_loads(schema, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &reason);
    if (parsed == NULL)
        return leat_error_set(error, LEAT_FAILED, "the Avro schema cannot be read: %s", reason.text);
    rewriting with = {.error = error};
    leat_status status = rewrite(&with, parsed, "", 0);
    if (status == LEAT_OK)
        *canonical = leat_buffer_detach_string(&with.out);
    leat_buffer_free(&with.out);
    leat_arena_free(&with.arena);
    json_decref(parsed);
    return status;
}
