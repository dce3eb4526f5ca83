#include "event/type_json.h"

#include "avro/json_build.h"

static const char *const kind_names[] = {
    [LEAT_AVRO_BOOLEAN] = "boolean", [LEAT_AVRO_INT] = "int",       [LEAT_AVRO_LONG] = "long",
    [LEAT_AVRO_FLOAT] = "float",     [LEAT_AVRO_DOUBLE] = "double", [LEAT_AVRO_BYTES] = "bytes",
    [LEAT_AVRO_STRING] = "string",   [LEAT_AVRO_ARRAY] = "array",   [LEAT_AVRO_MAP] = "map",
    [LEAT_AVRO_RECORD] = "record",
};

static const char *const logical_names[] = {
    [LEAT_LOGICAL_NONE] = NULL,
    [LEAT_LOGICAL_DECIMAL] = "decimal",
    [LEAT_LOGICAL_UUID] = "uuid",
    [LEAT_LOGICAL_DATE] = "date",
    [LEAT_LOGICAL_TIME_MICROS] = "time-micros",
    [LEAT_LOGICAL_TIMESTAMP_MICROS] = "timestamp-micros",
    [LEAT_LOGICAL_LOCAL_TIMESTAMP_MICROS] = "local-timestamp-micros",
};

static json_t *nullable(json_t *type)
{
    json_t *both = json_array();
    leat_json_add(both, json_string("null"));
    leat_json_add(both, type);
    return both;
}

json_t *leat_field_json(const char *name, json_t *type)
{
    json_t *field = json_object();
    leat_json_put(field, "name", json_string(name));
    leat_json_put(field, "type", type);
    return field;
}

json_t *leat_nullable_field_json(const char *name, json_t *type)
{
    json_t *field = leat_field_json(name, nullable(type));
    leat_json_put(field, "default", json_null());
    return field;
}

json_t *leat_record_json(const char *name, const char *space, json_t *fields)
{
    json_t *record = json_object();
    leat_json_put(record, "type", json_string("record"));
    leat_json_put(record, "name", json_string(name));
    if (space != NULL)
        leat_json_put(record, "namespace", json_string(space));
    leat_json_put(record, "fields", fields);
    return record;
}

static json_t *record_type(const leat_avro_type *type, const leat_type_names *names)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < type->field_count; i++) {
        const leat_avro_field *from = &type->fields[i];
        json_t *inner = leat_type_json(from->type, &names->parts[i]);
        json_t *field = from->nullable ? leat_nullable_field_json(names->fields[i], inner)
                                       : leat_field_json(names->fields[i], inner);
        leat_json_put(field, "leat.name", leat_json_text(from->name));
        leat_json_add(fields, field);
    }
    return leat_record_json(names->record, NULL, fields);
}

static json_t *items_type(const leat_avro_type *type, const leat_type_names *names)
{
    json_t *items = leat_type_json(type->items, names->parts);
    if (type->items_nullable)
        items = nullable(items);
    json_t *object = json_object();
    leat_json_put(object, "type", json_string(kind_names[type->kind]));
    leat_json_put(object, type->kind == LEAT_AVRO_ARRAY ? "items" : "values", items);
    return object;
}

static json_t *plain_type(const leat_avro_type *type)
{
    if (type->logical == LEAT_LOGICAL_NONE && type->connect_name == NULL)
        return json_string(kind_names[type->kind]);
    json_t *object = json_object();
    leat_json_put(object, "type", json_string(kind_names[type->kind]));
    return object;
}

static void put_logical(const leat_avro_type *type, json_t *object)
{
    if (type->logical != LEAT_LOGICAL_NONE)
        leat_json_put(object, "logicalType", json_string(logical_names[type->logical]));
    if (type->logical == LEAT_LOGICAL_DECIMAL) {
        leat_json_put(object, "precision", json_integer(type->precision));
        leat_json_put(object, "scale", json_integer(type->scale));
    }
    leat_json_put_text(object, "connect.name", type->connect_name);
}

json_t *leat_type_json(const leat_avro_type *type, const leat_type_names *names)
{
    json_t *json = type->kind == LEAT_AVRO_RECORD ? record_type(type, names)
                   : type->items != NULL          ? items_type(type, names)
                                                  : plain_type(type);
    if (json_is_object(json))
        put_logical(type, json);
    return json;
}

void leat_column_facts_json(const leat_column *column, json_t *object)
{
    leat_json_put_text(object, "leat.type", column->type_text);
    leat_json_put(object, "leat.nullable", json_boolean(column->nullable));
    leat_json_put_text(object, "leat.default", column->default_text);
    leat_json_put_text(object, "leat.comment", column->comment);
    if (column->label_count == 0)
        return;
    json_t *labels = json_array();
    for (size_t i = 0; i < column->label_count; i++)
        leat_json_add(labels, leat_json_text(column->labels[i]));
    leat_json_put(object, "leat.enum", labels);
}

json_t *leat_column_json(const leat_column *column, const leat_column_names *names, bool required)
{
    json_t *type = leat_type_json(column->encoder.type, &names->type);
    json_t *field =
        required ? leat_field_json(names->field, type) : leat_nullable_field_json(names->field, type);
    leat_json_put(field, "leat.name", leat_json_text(column->name));
    leat_column_facts_json(column, field);
    return field;
}
