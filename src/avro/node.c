#include "avro/node.h"

#include <jansson.h>
#include <string.h>

#include "base/buffer.h"

enum { DEEPEST = 64, HEAVIEST = 1000 * 1000 };

/* A reading of one schema. */
typedef struct compiling {
    leat_arena *arena;
    json_t *named; /* full name to its place in `nodes`, for named types */
    leat_buffer nodes;
    leat_error *error;
} compiling;

static const char *const primitives[] = {
    [LEAT_NODE_NULL] = "null",   [LEAT_NODE_BOOLEAN] = "boolean", [LEAT_NODE_INT] = "int",
    [LEAT_NODE_LONG] = "long",   [LEAT_NODE_FLOAT] = "float",     [LEAT_NODE_DOUBLE] = "double",
    [LEAT_NODE_BYTES] = "bytes", [LEAT_NODE_STRING] = "string",
};

static const leat_node *compile(compiling *with, json_t *schema, const char *space, unsigned depth);

static leat_node *refuse(compiling *with, const char *what, const char *name)
{
    leat_error_set(with->error, LEAT_FAILED, "the Avro schema cannot be read: %s%s%s", what,
                   name != NULL ? " " : "", name != NULL ? name : "");
    return NULL;
}

static leat_node *new_node(compiling *with, leat_node_kind kind, size_t count)
{
    leat_node *node = leat_arena_allocate(with->arena, sizeof *node);
    node->kind = kind;
    node->count = count;
    node->weight = 1;
    node->empty = kind == LEAT_NODE_NULL || kind == LEAT_NODE_RECORD;
    node->defined = true;
    node->names = leat_arena_allocate_array(with->arena, count, sizeof *node->names);
    node->parts = leat_arena_allocate_array(with->arena, count, sizeof *node->parts);
    return node;
}

/* ---- Names ---- */

static bool is_name(const char *name)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return name[0] != '\0' && strchr(first, name[0]) != NULL && name[strspn(name, rest)] == '\0';
}

/* A list of names with dots between. */
static bool is_dotted_name(const char *name)
{
    char part[256];
    for (const char *at = name;; at++) {
        size_t length = strcspn(at, ".");
        if (length >= sizeof part)
            return false;
        memcpy(part, at, length);
        part[length] = '\0';
        if (!is_name(part))
            return false;
        at += length;
        if (*at == '\0')
            return true;
    }
}

static const char *full_name(compiling *with, const char *name, const char *space)
{
    if (strchr(name, '.') != NULL || space[0] == '\0')
        return name;
    return leat_arena_printf(with->arena, "%s.%s", space, name);
}

/* The namespace of a named type: before its last dot, else its own, else that around it. */
static const char *space_of(compiling *with, json_t *schema, const char *name, const char *around)
{
    const char *dot = strrchr(name, '.');
    if (dot != NULL)
        return leat_arena_slice_string(with->arena, leat_slice_of(name, (size_t)(dot - name)));
    const char *own = json_string_value(json_object_get(schema, "namespace"));
    return own != NULL ? own : around;
}

static const leat_node *node_at(const compiling *with, json_int_t place)
{
    const leat_node *node;
    memcpy(&node, with->nodes.data + (size_t)place * sizeof node, sizeof node);
    return node;
}

/* Registers a named type before its inside is read. False where the name is no name or known already. */
static bool define(compiling *with, leat_node *node, json_t *schema, const char **space)
{
    const char *name = json_string_value(json_object_get(schema, "name"));
    if (name == NULL || !is_dotted_name(name)) {
        refuse(with, "a type without a proper name:", name);
        return false;
    }
    *space = space_of(with, schema, name, *space);
    if ((*space)[0] != '\0' && !is_dotted_name(*space)) {
        refuse(with, "no namespace:", *space);
        return false;
    }
    const char *full = full_name(with, name, *space);
    size_t place = with->nodes.length / sizeof node;
    if (json_object_get(with->named, full) != NULL ||
        json_object_set_new(with->named, full, json_integer((json_int_t)place)) != 0) {
        refuse(with, "two definitions of", full);
        return false;
    }
    leat_buffer_append(&with->nodes, &node, sizeof node);
    return true;
}

static const leat_node *compile_name(compiling *with, const char *name, const char *space)
{
    for (size_t i = 0; i < sizeof primitives / sizeof primitives[0]; i++)
        if (strcmp(name, primitives[i]) == 0)
            return new_node(with, (leat_node_kind)i, 0);
    json_t *place = json_object_get(with->named, full_name(with, name, space));
    if (place == NULL)
        return refuse(with, "no such type:", name);
    const leat_node *node = node_at(with, json_integer_value(place));
    return node->defined ? node : refuse(with, "this type contains itself:", name);
}

/* ---- Types with parts ---- */

static bool set_part(compiling *with, leat_node *node, size_t place, json_t *schema, const char *space,
                     unsigned depth)
{
    const leat_node *part = compile(with, schema, space, depth + 1);
    if (part == NULL)
        return false;
    node->parts[place] = part;
    node->weight += part->weight;
    node->empty = node->empty && part->empty;
    if (node->weight <= HEAVIEST)
        return true;
    refuse(with, "it is too large", NULL);
    return false;
}

static bool set_name(compiling *with, leat_node *node, size_t place, json_t *value)
{
    const char *name = json_string_value(value);
    if (name == NULL || !is_name(name)) {
        refuse(with, "no name:", name);
        return false;
    }
    node->names[place] = leat_arena_string(with->arena, name);
    return true;
}

static const leat_node *compile_record(compiling *with, json_t *schema, const char *space, unsigned depth)
{
    json_t *fields = json_object_get(schema, "fields");
    if (!json_is_array(fields))
        return refuse(with, "a record without fields", NULL);
    leat_node *node = new_node(with, LEAT_NODE_RECORD, json_array_size(fields));
    node->defined = false;
    if (!define(with, node, schema, &space))
        return NULL;
    for (size_t i = 0; i < node->count; i++) {
        json_t *field = json_array_get(fields, i);
        if (!set_name(with, node, i, json_object_get(field, "name")) ||
            !set_part(with, node, i, json_object_get(field, "type"), space, depth))
            return NULL;
    }
    node->defined = true;
    return node;
}

static const leat_node *compile_enum(compiling *with, json_t *schema, const char *space)
{
    json_t *symbols = json_object_get(schema, "symbols");
    leat_node *node = new_node(with, LEAT_NODE_ENUM, json_array_size(symbols));
    if (node->count == 0)
        return refuse(with, "an enum without symbols", NULL);
    if (!define(with, node, schema, &space))
        return NULL;
    for (size_t i = 0; i < node->count; i++)
        if (!set_name(with, node, i, json_array_get(symbols, i)))
            return NULL;
    return node;
}

static const leat_node *compile_fixed(compiling *with, json_t *schema, const char *space)
{
    json_int_t size = json_integer_value(json_object_get(schema, "size"));
    leat_node *node = new_node(with, LEAT_NODE_FIXED, 0);
    if (size <= 0 || size > HEAVIEST)
        return refuse(with, "a fixed without a proper size", NULL);
    if (!define(with, node, schema, &space))
        return NULL;
    node->size = (size_t)size;
    node->weight = node->size;
    return node;
}

static const leat_node *compile_items(compiling *with, leat_node_kind kind, json_t *items, const char *space,
                                      unsigned depth)
{
    leat_node *node = new_node(with, kind, 1);
    if (!set_part(with, node, 0, items, space, depth))
        return NULL;
    /* Items without bytes could claim to be there any number of times. */
    if (kind == LEAT_NODE_ARRAY && node->parts[0]->empty)
        return refuse(with, "an array of nothing", NULL);
    return node;
}

static const leat_node *compile_union(compiling *with, json_t *branches, const char *space, unsigned depth)
{
    leat_node *node = new_node(with, LEAT_NODE_UNION, json_array_size(branches));
    if (node->count == 0)
        return refuse(with, "a union without branches", NULL);
    for (size_t i = 0; i < node->count; i++)
        if (!set_part(with, node, i, json_array_get(branches, i), space, depth))
            return NULL;
    return node;
}

/* ---- Logical types ---- */

typedef struct logical_rule {
    const char *name;
    leat_avro_logical logical;
    leat_node_kind kind; /* what it may stand on */
} logical_rule;

static const logical_rule logical_rules[] = {
    {"decimal", LEAT_LOGICAL_DECIMAL, LEAT_NODE_BYTES},
    {"uuid", LEAT_LOGICAL_UUID, LEAT_NODE_STRING},
    {"date", LEAT_LOGICAL_DATE, LEAT_NODE_INT},
    {"time-micros", LEAT_LOGICAL_TIME_MICROS, LEAT_NODE_LONG},
    {"timestamp-micros", LEAT_LOGICAL_TIMESTAMP_MICROS, LEAT_NODE_LONG},
    {"local-timestamp-micros", LEAT_LOGICAL_LOCAL_TIMESTAMP_MICROS, LEAT_NODE_LONG},
};

static bool decimal_is_proper(json_int_t precision, json_int_t scale)
{
    return precision > 0 && precision <= HEAVIEST && scale >= 0 && scale <= precision;
}

/* A logical type that does not fit is ignored, as the specification wants it. */
static leat_node *set_logical(leat_node *node, json_t *schema)
{
    const char *name = json_string_value(json_object_get(schema, "logicalType"));
    for (size_t i = 0; name != NULL && i < sizeof logical_rules / sizeof logical_rules[0]; i++)
        if (strcmp(name, logical_rules[i].name) == 0 && node->kind == logical_rules[i].kind)
            node->logical = logical_rules[i].logical;
    if (node->logical == LEAT_LOGICAL_DECIMAL) {
        json_int_t scale = json_integer_value(json_object_get(schema, "scale"));
        if (decimal_is_proper(json_integer_value(json_object_get(schema, "precision")), scale))
            node->scale = (int)scale;
        else
            node->logical = LEAT_LOGICAL_NONE;
    }
    return node;
}

static const leat_node *compile_primitive(compiling *with, json_t *schema, const char *type)
{
    for (size_t i = 0; i < sizeof primitives / sizeof primitives[0]; i++)
        if (strcmp(type, primitives[i]) == 0)
            return set_logical(new_node(with, (leat_node_kind)i, 0), schema);
    return refuse(with, "no such type:", type);
}

/* ---- The whole ---- */

static const leat_node *compile_object(compiling *with, json_t *schema, const char *space, unsigned depth)
{
    const char *type = json_string_value(json_object_get(schema, "type"));
    if (type == NULL)
        return refuse(with, "a type without its \"type\"", NULL);
    if (strcmp(type, "record") == 0)
        return compile_record(with, schema, space, depth);
    if (strcmp(type, "enum") == 0)
        return compile_enum(with, schema, space);
    if (strcmp(type, "fixed") == 0)
        return compile_fixed(with, schema, space);
    if (strcmp(type, "array") == 0)
        return compile_items(with, LEAT_NODE_ARRAY, json_object_get(schema, "items"), space, depth);
    if (strcmp(type, "map") == 0)
        return compile_items(with, LEAT_NODE_MAP, json_object_get(schema, "values"), space, depth);
    return compile_primitive(with, schema, type);
}

static const leat_node *compile(compiling *with, json_t *schema, const char *space, unsigned depth)
{
    if (depth > DEEPEST)
        return refuse(with, "it is nested too deeply", NULL);
    if (json_is_string(schema))
        return compile_name(with, json_string_value(schema), space);
    if (json_is_array(schema))
        return compile_union(with, schema, space, depth);
    if (json_is_object(schema))
        return compile_object(with, schema, space, depth);
    return refuse(with, "a type is missing", NULL);
}

leat_status leat_node_compile(const char *schema_json, leat_arena *arena, const leat_node **node,
                              leat_error *error)
{
    json_error_t problem;
    json_t *schema = json_loads(schema_json, JSON_DECODE_ANY, &problem);
    if (schema == NULL)
        return leat_error_set(error, LEAT_FAILED, "the Avro schema is not JSON: %s at line %d, column %d",
                              problem.text, problem.line, problem.column);
    compiling with = {.arena = arena, .named = json_object(), .error = error};
    *node = compile(&with, schema, "", 0);
    leat_buffer_free(&with.nodes);
    json_decref(with.named);
    json_decref(schema);
    return *node != NULL ? LEAT_OK : LEAT_FAILED;
}
