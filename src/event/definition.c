/* The canonical definition of a table, and its fingerprint. */
#include <jansson.h>

#include "avro/json_build.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "event/names.h"
#include "event/schema.h"
#include "event/type_json.h"

/* Whether the type is partial shows in a schema only for a column of the key. */
static void put_key(const leat_column *column, json_t *object)
{
    if (column->key_ordinal == 0)
        return;
    leat_json_put(object, "key", json_integer(column->key_ordinal));
    leat_json_put(object, "partial", json_boolean(column->encoder.partial));
}

static json_t *column_definition(const leat_column *column, const leat_column_names *names)
{
    json_t *object = json_object();
    leat_json_put(object, "name", leat_json_text(column->name));
    leat_json_put(object, "field", json_string(names->field));
    leat_json_put(object, "avro", leat_type_json(column->encoder.type, &names->type));
    leat_json_put(object, "attribute", json_integer(column->attribute));
    put_key(column, object);
    leat_column_facts_json(column, object);
    return object;
}

char *leat_schema_definition(const leat_table *table)
{
    leat_arena arena = {0};
    const leat_column_names *names = leat_names_make(table, &arena);
    json_t *columns = json_array();
    for (size_t i = 0; i < table->column_count; i++)
        leat_json_add(columns, column_definition(&table->columns[i], &names[i]));
    json_t *definition = json_object();
    leat_json_put_text(definition, "database", table->database);
    leat_json_put_text(definition, "schema", table->schema);
    leat_json_put_text(definition, "table", table->name);
    leat_json_put_text(definition, "comment", table->comment);
    leat_json_put(definition, "columns", columns);
    leat_arena_free(&arena);
    return leat_json_finish(definition, JSON_SORT_KEYS);
}

void leat_schema_fingerprint(const leat_table *table, char *hex)
{
    char *definition = leat_schema_definition(table);
    leat_sha256_hex(leat_slice_of_string(definition), hex);
    leat_release(definition);
}
