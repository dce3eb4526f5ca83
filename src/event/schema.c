#include "event/schema.h"

#include <avro.h>
#include <jansson.h>
#include <string.h>

#include "avro/json_build.h"
#include "base/memory.h"
#include "event/names.h"
#include "event/type_json.h"

/* What one schema is made from, while it is made. */
typedef struct making {
    const leat_table *table;
    const leat_schema_options *options;
    const leat_column_names *names;
    const char *space;
    leat_arena arena;
} making;

static making make(const leat_table *table, const leat_schema_options *options)
{
    making with = {.table = table, .options = options};
    with.names = leat_names_make(table, &with.arena);
    with.space = leat_names_namespace(table, options->prefix, &with.arena);
    return with;
}

/* A null in a column of the key is possible only where its type cannot hold every value of the source. */
static bool required_in_key(const leat_column *column)
{
    return column->key_ordinal > 0 && !column->encoder.partial;
}

static void put_table_facts(const leat_table *table, json_t *record)
{
    leat_json_put_text(record, "leat.database", table->database);
    leat_json_put_text(record, "leat.schema", table->schema);
    leat_json_put_text(record, "leat.table", table->name);
    leat_json_put_text(record, "leat.comment", table->comment);
}

static json_t *plain_field(const char *name, const char *type)
{
    return leat_field_json(name, json_string(type));
}

static json_t *plain_nullable_field(const char *name, const char *type)
{
    return leat_nullable_field_json(name, json_string(type));
}

static json_t *logical_type(const char *type, const char *logical)
{
    json_t *object = json_object();
    leat_json_put(object, "type", json_string(type));
    leat_json_put(object, "logicalType", json_string(logical));
    return object;
}

static json_t *what_enum(void)
{
    static const char *const symbols[] = {"unchanged", "absent", "unrepresentable", "truncated"};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++)
        leat_json_add(list, json_string(symbols[i]));
    json_t *type = json_object();
    leat_json_put(type, "type", json_string("enum"));
    leat_json_put(type, "name", json_string("What"));
    leat_json_put(type, "symbols", list);
    return type;
}

static json_t *notes_field(const char *name)
{
    json_t *fields = json_array();
    leat_json_add(fields, plain_field("column", "string"));
    leat_json_add(fields, leat_field_json("what", what_enum()));
    leat_json_add(fields, plain_nullable_field("text", "string"));
    json_t *type = json_object();
    leat_json_put(type, "type", json_string("array"));
    leat_json_put(type, "items", leat_record_json("Note", NULL, fields));
    return leat_nullable_field_json(name, type);
}

static json_t *flat_record(const making *with)
{
    json_t *fields = json_array();
    leat_json_add(fields, plain_field("__op", "string"));
    leat_json_add(fields, leat_field_json("__ts", logical_type("long", "timestamp-micros")));
    leat_json_add(fields, plain_field("__seq", "string"));
    leat_json_add(fields, plain_nullable_field("__tx", "string"));
    leat_json_add(fields, plain_field("__deleted", "boolean"));
    leat_json_add(fields, notes_field("__notes"));
    for (size_t i = 0; i < with->table->column_count; i++)
        leat_json_add(fields, leat_column_json(&with->table->columns[i], &with->names[i], false));
    json_t *record = leat_record_json("Value", with->space, fields);
    put_table_facts(with->table, record);
    return record;
}

static json_t *row_record(const making *with)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < with->table->column_count; i++) {
        const leat_column *column = &with->table->columns[i];
        leat_json_add(fields, leat_column_json(column, &with->names[i], required_in_key(column)));
    }
    json_t *record = leat_record_json("Value", NULL, fields);
    put_table_facts(with->table, record);
    return record;
}

/* Debezium's own declaration: the string comes first because the default is one. */
static json_t *snapshot_field(void)
{
    json_t *parameters = json_object();
    leat_json_put(parameters, "allowed", json_string("true,first,last,false,incremental"));
    json_t *text = json_object();
    leat_json_put(text, "type", json_string("string"));
    leat_json_put(text, "connect.parameters", parameters);
    leat_json_put(text, "connect.default", json_string("false"));
    leat_json_put(text, "connect.name", json_string("io.debezium.data.Enum"));
    json_t *both = json_array();
    leat_json_add(both, text);
    leat_json_add(both, json_string("null"));
    json_t *field = leat_field_json("snapshot", both);
    leat_json_put(field, "default", json_string("false"));
    return field;
}

static const char *fact_type(leat_fact_kind kind)
{
    switch (kind) {
    case LEAT_FACT_INT:
        return "int";
    case LEAT_FACT_LONG:
        return "long";
    case LEAT_FACT_STRING:
        break;
    }
    return "string";
}

static json_t *source_record(const making *with)
{
    json_t *fields = json_array();
    leat_json_add(fields, plain_field("version", "string"));
    leat_json_add(fields, plain_field("connector", "string"));
    leat_json_add(fields, plain_field("name", "string"));
    leat_json_add(fields, plain_field("ts_ms", "long"));
    leat_json_add(fields, plain_nullable_field("ts_us", "long"));
    leat_json_add(fields, plain_nullable_field("ts_ns", "long"));
    leat_json_add(fields, snapshot_field());
    leat_json_add(fields, plain_field("db", "string"));
    if (with->table->schema != NULL)
        leat_json_add(fields, plain_field("schema", "string"));
    leat_json_add(fields, plain_field("table", "string"));
    leat_json_add(fields, plain_nullable_field("sequence", "string"));
    for (size_t i = 0; i < with->options->fact_field_count; i++) {
        const leat_fact_field *fact = &with->options->fact_fields[i];
        leat_json_add(fields, plain_nullable_field(fact->name, fact_type(fact->kind)));
    }
    return leat_record_json("Source", NULL, fields);
}

static json_t *transaction_record(void)
{
    json_t *fields = json_array();
    leat_json_add(fields, plain_field("id", "string"));
    leat_json_add(fields, plain_field("total_order", "long"));
    leat_json_add(fields, plain_field("data_collection_order", "long"));
    return leat_record_json("Transaction", NULL, fields);
}

static json_t *debezium_record(const making *with)
{
    json_t *fields = json_array();
    leat_json_add(fields, leat_nullable_field_json("before", row_record(with)));
    leat_json_add(fields, plain_nullable_field("after", "Value"));
    leat_json_add(fields, leat_field_json("source", source_record(with)));
    leat_json_add(fields, plain_field("op", "string"));
    leat_json_add(fields, plain_field("ts_ms", "long"));
    leat_json_add(fields, plain_field("ts_us", "long"));
    leat_json_add(fields, plain_field("ts_ns", "long"));
    leat_json_add(fields, leat_nullable_field_json("transaction", transaction_record()));
    leat_json_add(fields, notes_field("notes"));
    return leat_record_json("Envelope", with->space, fields);
}

static json_t *key_record(const making *with)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < with->table->key_count; i++) {
        size_t place = with->table->key_columns[i];
        const leat_column *column = &with->table->columns[place];
        leat_json_add(fields, leat_column_json(column, &with->names[place], required_in_key(column)));
    }
    return leat_record_json("Key", with->space, fields);
}

/* Avro C reads the text once: a schema that a reader will not take must never get into a file. */
static leat_status checked(const making *with, char *text, char **json, leat_error *error)
{
    avro_schema_t schema = NULL;
    if (avro_schema_from_json_length(text, strlen(text), &schema) == 0) {
        avro_schema_decref(schema);
        *json = text;
        return LEAT_OK;
    }
    leat_release(text);
    const char *name = with->table->name;
    return leat_error_fail(error, LEAT_FAILED,
                           "This is a fault in leat. Please report it with the table's definition",
                           "the Avro schema made for table %s is not one: %s", name, avro_strerror());
}

leat_status leat_schema_value(const leat_table *table, const leat_schema_options *options, char **json,
                              leat_error *error)
{
    making with = make(table, options);
    json_t *record = options->envelope == LEAT_ENVELOPE_FLAT ? flat_record(&with) : debezium_record(&with);
    leat_status status = checked(&with, leat_json_finish(record, 0), json, error);
    leat_arena_free(&with.arena);
    return status;
}

leat_status leat_schema_key(const leat_table *table, const leat_schema_options *options, char **json,
                            leat_error *error)
{
    *json = NULL;
    if (table->key_count == 0)
        return LEAT_OK;
    making with = make(table, options);
    leat_status status = checked(&with, leat_json_finish(key_record(&with), 0), json, error);
    leat_arena_free(&with.arena);
    return status;
}
