/* Schemas of table versions: shape, names, facts, fingerprints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <avro.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/memory.h"
#include "event/schema.h"
#include "leat/table.h"

static const leat_avro_type long_type = {.kind = LEAT_AVRO_LONG};
static const leat_avro_type string_type = {.kind = LEAT_AVRO_STRING};
static const leat_avro_type date_type = {
    .kind = LEAT_AVRO_INT, .logical = LEAT_LOGICAL_DATE, .connect_name = "io.debezium.time.Date"};
static const leat_avro_type decimal_type = {
    .kind = LEAT_AVRO_BYTES, .logical = LEAT_LOGICAL_DECIMAL, .precision = 10, .scale = 2};
static const leat_avro_field inner_fields[] = {{.name = "city", .type = &string_type, .nullable = true},
                                               {.name = "zip-code", .type = &long_type}};
static const leat_avro_type inner_record = {
    .kind = LEAT_AVRO_RECORD, .field_count = 2, .fields = inner_fields};
static const leat_avro_field outer_fields[] = {{.name = "home", .type = &inner_record, .nullable = true},
                                               {.name = "note", .type = &string_type}};
static const leat_avro_type outer_record = {
    .kind = LEAT_AVRO_RECORD, .field_count = 2, .fields = outer_fields};
static const leat_avro_type record_array = {
    .kind = LEAT_AVRO_ARRAY, .items = &inner_record, .items_nullable = true};
static const leat_avro_type string_map = {
    .kind = LEAT_AVRO_MAP, .items = &string_type, .items_nullable = true};

static const leat_fact_field facts[] = {{.name = "txId", .kind = LEAT_FACT_LONG},
                                        {.name = "origin", .kind = LEAT_FACT_STRING}};

static const leat_schema_options flat = {.envelope = LEAT_ENVELOPE_FLAT, .prefix = "shop"};
static const leat_schema_options debezium = {
    .envelope = LEAT_ENVELOPE_DEBEZIUM, .prefix = "shop", .fact_fields = facts, .fact_field_count = 2};

static leat_column column_of(const char *name, const leat_avro_type *type)
{
    return (leat_column){.name = name, .type_text = "text", .nullable = true, .encoder = {.type = type}};
}

static leat_table *table_of(const leat_column *columns, size_t count)
{
    leat_table *table = leat_table_new();
    table->database = "db";
    table->schema = "public";
    table->name = "orders";
    table->columns = leat_arena_allocate_array(&table->arena, count, sizeof *columns);
    memcpy(table->columns, columns, count * sizeof *columns);
    table->column_count = count;
    return table;
}

static leat_table *orders(void)
{
    static const char *const labels[] = {"new", "paid"};
    leat_column columns[] = {
        column_of("id", &long_type),         column_of("placed", &date_type),
        column_of("total", &decimal_type),   column_of("status", &string_type),
        column_of("address", &outer_record),
    };
    columns[0].nullable = false;
    columns[0].attribute = 1;
    columns[1].comment = "when \"it\" was placed – naïvely";
    columns[2].type_text = "numeric(10,2)";
    columns[2].default_text = "0.00";
    columns[3].labels = labels;
    columns[3].label_count = 2;
    leat_table *table = table_of(columns, 5);
    leat_table_set_key(table, (const size_t[]){0}, 1);
    return table;
}

static char *value_text(const leat_table *table, const leat_schema_options *options)
{
    char *text = NULL;
    leat_error error = {0};
    if (leat_schema_value(table, options, &text, &error) != LEAT_OK)
        fail_msg("%s", error.message);
    return text;
}

static json_t *value_json(const leat_table *table, const leat_schema_options *options)
{
    char *text = value_text(table, options);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    leat_release(text);
    return json;
}

static const char *string_at(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static json_t *field_at(json_t *record, size_t place)
{
    return json_array_get(json_object_get(record, "fields"), place);
}

static void the_flat_schema_is_this(void **state)
{
    (void)state;
    static const char wanted[] =
        "{\"type\":\"record\",\"name\":\"Value\",\"namespace\":\"shop.public.orders\",\"fields\":["
        "{\"name\":\"__op\",\"type\":\"string\"},"
        "{\"name\":\"__ts\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}},"
        "{\"name\":\"__seq\",\"type\":\"string\"},"
        "{\"name\":\"__tx\",\"type\":[\"null\",\"string\"],\"default\":null},"
        "{\"name\":\"__deleted\",\"type\":\"boolean\"},"
        "{\"name\":\"__notes\",\"type\":[\"null\",{\"type\":\"array\",\"items\":{\"type\":\"record\","
        "\"name\":\"Note\",\"fields\":[{\"name\":\"column\",\"type\":\"string\"},{\"name\":\"what\","
        "\"type\":{\"type\":\"enum\",\"name\":\"What\",\"symbols\":[\"unchanged\",\"absent\","
        "\"unrepresentable\",\"truncated\"]}},{\"name\":\"text\",\"type\":[\"null\",\"string\"],"
        "\"default\":null}]}}],\"default\":null},"
        "{\"name\":\"id\",\"type\":[\"null\",\"long\"],\"default\":null,\"leat.name\":\"id\","
        "\"leat.type\":\"text\",\"leat.nullable\":false},"
        "{\"name\":\"placed\",\"type\":[\"null\",{\"type\":\"int\",\"logicalType\":\"date\","
        "\"connect.name\":\"io.debezium.time.Date\"}],\"default\":null,\"leat.name\":\"placed\","
        "\"leat.type\":\"text\",\"leat.nullable\":true,"
        "\"leat.comment\":\"when \\\"it\\\" was placed – naïvely\"},"
        "{\"name\":\"total\",\"type\":[\"null\",{\"type\":\"bytes\",\"logicalType\":\"decimal\","
        "\"precision\":10,\"scale\":2}],\"default\":null,\"leat.name\":\"total\","
        "\"leat.type\":\"numeric(10,2)\",\"leat.nullable\":true,\"leat.default\":\"0.00\"},"
        "{\"name\":\"status\",\"type\":[\"null\",\"string\"],\"default\":null,\"leat.name\":\"status\","
        "\"leat.type\":\"text\",\"leat.nullable\":true,\"leat.enum\":[\"new\",\"paid\"]},"
        "{\"name\":\"address\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"address\",\"fields\":["
        "{\"name\":\"home\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"address_home\",\"fields\":["
        "{\"name\":\"city\",\"type\":[\"null\",\"string\"],\"default\":null,\"leat.name\":\"city\"},"
        "{\"name\":\"zip_code\",\"type\":\"long\",\"leat.name\":\"zip-code\"}]}],\"default\":null,"
        "\"leat.name\":\"home\"},{\"name\":\"note\",\"type\":\"string\",\"leat.name\":\"note\"}]}],"
        "\"default\":null,\"leat.name\":\"address\",\"leat.type\":\"text\",\"leat.nullable\":true}],"
        "\"leat.database\":\"db\",\"leat.schema\":\"public\",\"leat.table\":\"orders\"}";
    leat_table *table = orders();
    char *text = value_text(table, &flat);
    assert_string_equal(text, wanted);
    leat_release(text);
    leat_table_release(table);
}

static void assert_fields(json_t *record, const char *const *names, size_t count)
{
    assert_int_equal(json_array_size(json_object_get(record, "fields")), count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(string_at(field_at(record, i), "name"), names[i]);
}

static void assert_nullable(json_t *field)
{
    json_t *type = json_object_get(field, "type");
    assert_true(json_is_array(type));
    assert_string_equal(json_string_value(json_array_get(type, 0)), "null");
    assert_true(json_is_null(json_object_get(field, "default")));
}

static void the_debezium_schema_has_its_fields(void **state)
{
    (void)state;
    static const char *const envelope[] = {"before", "after", "source",      "op",   "ts_ms",
                                           "ts_us",  "ts_ns", "transaction", "notes"};
    static const char *const source[] = {"version",  "connector", "name",  "ts_ms",  "ts_us",
                                         "ts_ns",    "snapshot",  "db",    "schema", "table",
                                         "sequence", "txId",      "origin"};
    static const char *const row[] = {"id", "placed", "total", "status", "address"};
    leat_table *table = orders();
    json_t *json = value_json(table, &debezium);
    assert_string_equal(string_at(json, "name"), "Envelope");
    assert_string_equal(string_at(json, "namespace"), "shop.public.orders");
    assert_fields(json, envelope, 9);
    json_t *value = json_array_get(json_object_get(field_at(json, 0), "type"), 1);
    assert_string_equal(string_at(value, "name"), "Value");
    assert_fields(value, row, 5);
    assert_string_equal(string_at(field_at(value, 0), "type"), "long"); /* of the key: required */
    assert_null(json_object_get(field_at(value, 0), "default"));
    for (size_t i = 1; i < 5; i++)
        assert_nullable(field_at(value, i));
    assert_nullable(field_at(json, 0));
    assert_nullable(field_at(json, 1));
    assert_nullable(field_at(json, 7));
    assert_nullable(field_at(json, 8));
    json_t *after = json_object_get(field_at(json, 1), "type");
    assert_string_equal(json_string_value(json_array_get(after, 1)), "Value");
    assert_fields(json_object_get(field_at(json, 2), "type"), source, 13);
    json_decref(json);
    leat_table_release(table);
}

static void the_key_is_required_unless_its_type_is_partial(void **state)
{
    (void)state;
    char *text = NULL;
    leat_error error = {0};
    leat_table *table = orders();
    leat_table_set_key(table, (const size_t[]){1, 0}, 2);
    table->columns[1].encoder.partial = true;
    assert_int_equal(leat_schema_key(table, &flat, &text, &error), LEAT_OK);
    assert_string_equal(text,
                        "{\"type\":\"record\",\"name\":\"Key\",\"namespace\":\"shop.public.orders\","
                        "\"fields\":[{\"name\":\"placed\",\"type\":[\"null\",{\"type\":\"int\","
                        "\"logicalType\":\"date\",\"connect.name\":\"io.debezium.time.Date\"}],"
                        "\"default\":null,\"leat.name\":\"placed\",\"leat.type\":\"text\","
                        "\"leat.nullable\":true,\"leat.comment\":\"when \\\"it\\\" was placed – naïvely\"},"
                        "{\"name\":\"id\",\"type\":\"long\",\"leat.name\":\"id\",\"leat.type\":\"text\","
                        "\"leat.nullable\":false}]}");
    leat_release(text);
    leat_table_set_key(table, NULL, 0);
    assert_int_equal(leat_schema_key(table, &flat, &text, &error), LEAT_OK);
    assert_null(text);
    leat_table_release(table);
}

static void names_are_made_safe(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"plain_1", "plain_1"}, {"a-b", "a_b"},      {"1st", "_1st"},
                                           {"größe", "gr__e"},     {"日本", "__"},      {"", "_"},
                                           {"a b.c", "a_b_c"},     {"_x", "_x"},        {"\xff\xfe", "__"},
                                           {"x\x80y", "x_y"},      {"$price", "_price"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *safe = leat_schema_safe_name(pairs[i][0]);
        assert_string_equal(safe, pairs[i][1]);
        leat_release(safe);
    }
}

/* The names that the columns get, in order; the schema's own text says which. */
static void assert_named(const char *const *originals, const char *const *wanted, size_t count)
{
    leat_column columns[16] = {{0}};
    for (size_t i = 0; i < count; i++)
        columns[i] = column_of(originals[i], &long_type);
    leat_table *table = table_of(columns, count);
    json_t *json = value_json(table, &flat);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(string_at(field_at(json, 6 + i), "name"), wanted[i]);
        assert_string_equal(string_at(field_at(json, 6 + i), "leat.name"), originals[i]);
    }
    json_decref(json);
    leat_table_release(table);
}

static void colliding_names_get_their_place(void **state)
{
    (void)state;
    static const char *const originals[] = {"a-b", "a_b", "a.b", "__op", "A_b", "a b", "__notes", "a_b_3"};
    static const char *const wanted[] = {"a_b_1", "a_b",   "a_b_3_2",   "__op_4",
                                         "A_b",   "a_b_6", "__notes_7", "a_b_3"};
    assert_named(originals, wanted, 8);
    static const char *const few[] = {"a-b", "a.b"};
    static const char *const few_wanted[] = {"a_b", "a_b_2"};
    assert_named(few, few_wanted, 2);
}

static void records_avoid_our_own_and_each_other(void **state)
{
    (void)state;
    leat_column columns[] = {column_of("Value", &inner_record), column_of("string", &inner_record),
                             column_of("a", &outer_record),     column_of("a_home", &inner_record),
                             column_of("list", &record_array),  column_of("tags", &string_map)};
    static const char *const wanted[] = {"Value_1", "string_2", "a", "a_home_4", "list"};
    leat_table *table = table_of(columns, 6);
    json_t *json = value_json(table, &flat);
    for (size_t i = 0; i < 5; i++) {
        json_t *type = json_array_get(json_object_get(field_at(json, 6 + i), "type"), 1);
        if (i == 4)
            type = json_array_get(json_object_get(type, "items"), 1);
        assert_string_equal(string_at(type, "name"), wanted[i]);
    }
    json_t *map = json_array_get(json_object_get(field_at(json, 11), "type"), 1);
    assert_string_equal(string_at(map, "type"), "map");
    json_decref(json);
    leat_table_release(table);
}

static void namespaces_are_made_safe_part_by_part(void **state)
{
    (void)state;
    leat_table *table = orders();
    table->schema = NULL; /* the database stands in its place */
    table->database = "shop-db";
    table->name = "order.lines";
    leat_schema_options options = flat;
    options.prefix = "acme-1.shop.";
    json_t *json = value_json(table, &options);
    assert_string_equal(string_at(json, "namespace"), "acme_1.shop._.shop_db.order_lines");
    json_decref(json);
    leat_table_release(table);
}

static void texts_that_are_not_utf8_are_escaped(void **state)
{
    (void)state;
    leat_column columns[] = {column_of("caf\xe9", &long_type)};
    columns[0].comment = "\xff\xc3\xa9";
    leat_table *table = table_of(columns, 1);
    json_t *json = value_json(table, &flat);
    assert_string_equal(string_at(field_at(json, 6), "name"), "caf_");
    assert_string_equal(string_at(field_at(json, 6), "leat.name"), "caf\\xe9");
    assert_string_equal(string_at(field_at(json, 6), "leat.comment"), "\\xffé");
    json_decref(json);
    leat_table_release(table);
}

/* Sixteen hundred columns: PostgreSQL's most. Avro C's own file writer fails at such a schema. */
static void a_very_wide_table_has_a_schema(void **state)
{
    (void)state;
    enum { COUNT = 1600 };
    static leat_column columns[COUNT];
    static char names[COUNT][24];
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "%s%zu", i % 2 ? "a-" : "a_", i / 2);
        columns[i] = column_of(names[i], &outer_record);
    }
    leat_table *table = table_of(columns, COUNT);
    json_t *json = value_json(table, &debezium);
    json_decref(json);
    leat_table_release(table);
}

/* ---- The fingerprint ---- */

static const char *fingerprint_of(const leat_table *table)
{
    static char texts[2][65];
    static int turn;
    turn = !turn;
    leat_schema_fingerprint(table, texts[turn]);
    return texts[turn];
}

static void the_definition_is_this(void **state)
{
    (void)state;
    leat_column columns[] = {column_of("id", &long_type), column_of("a-b", &date_type)};
    columns[0].attribute = 1;
    columns[1].attribute = 3;
    leat_table *table = table_of(columns, 2);
    leat_table_set_key(table, (const size_t[]){0}, 1);
    char *text = leat_schema_definition(table);
    assert_string_equal(text,
                        "{\"columns\":[{\"attribute\":1,\"avro\":\"long\",\"field\":\"id\",\"key\":1,"
                        "\"leat.nullable\":true,\"leat.type\":\"text\",\"name\":\"id\",\"partial\":false},"
                        "{\"attribute\":3,\"avro\":{\"connect.name\":\"io.debezium.time.Date\","
                        "\"logicalType\":\"date\",\"type\":\"int\"},\"field\":\"a_b\",\"leat.nullable\":true,"
                        "\"leat.type\":\"text\",\"name\":\"a-b\"}],\"database\":\"db\",\"schema\":\"public\","
                        "\"table\":\"orders\"}");
    leat_release(text);
    /* The digest of that text by sha256sum. */
    assert_string_equal(fingerprint_of(table),
                        "7430169f8c5cbb4429507398b8a88c0bab8fffcec3f698185f57cf1fb07eb46e");
    leat_table_release(table);
}

static void the_fingerprint_holds_while_nothing_changes(void **state)
{
    (void)state;
    leat_table *one = orders();
    leat_table *other = orders();
    other->identifier = 4711; /* the same table made anew */
    assert_string_equal(fingerprint_of(one), fingerprint_of(other));
    leat_table_release(one);
    leat_table_release(other);
}

typedef void (*change_function)(leat_table *table);

static void change_name(leat_table *table)
{
    table->name = "orders2";
}
static void change_table_comment(leat_table *table)
{
    table->comment = "x";
}
static void change_column_name(leat_table *table)
{
    table->columns[3].name = "state";
}
static void change_column_blank(leat_table *table)
{
    table->columns[4].name = "address ";
}
static void change_type(leat_table *table)
{
    table->columns[3].encoder.type = &long_type;
}
static void change_type_text(leat_table *table)
{
    table->columns[3].type_text = "varchar(10)";
}
static void change_scale(leat_table *table)
{
    static const leat_avro_type other = {
        .kind = LEAT_AVRO_BYTES, .logical = LEAT_LOGICAL_DECIMAL, .precision = 10, .scale = 3};
    table->columns[2].encoder.type = &other;
}
static void change_logical(leat_table *table)
{
    static const leat_avro_type other = {.kind = LEAT_AVRO_INT, .connect_name = "io.debezium.time.Date"};
    table->columns[1].encoder.type = &other;
}
static void change_connect_name(leat_table *table)
{
    static const leat_avro_type other = {.kind = LEAT_AVRO_INT, .logical = LEAT_LOGICAL_DATE};
    table->columns[1].encoder.type = &other;
}
static void change_nullable(leat_table *table)
{
    table->columns[1].nullable = false;
}
static void change_default(leat_table *table)
{
    table->columns[2].default_text = NULL;
}
static void change_comment(leat_table *table)
{
    table->columns[1].comment = "another";
}
static void change_labels(leat_table *table)
{
    table->columns[3].label_count = 1;
}
static void change_key(leat_table *table)
{
    leat_table_set_key(table, (const size_t[]){0, 1}, 2);
}
static void change_partial_key(leat_table *table)
{
    table->columns[0].encoder.partial = true;
}
static void change_attribute(leat_table *table)
{
    table->columns[0].attribute = 9;
}
static void change_count(leat_table *table)
{
    table->column_count--;
}
static void change_order(leat_table *table)
{
    leat_column first = table->columns[1];
    table->columns[1] = table->columns[2];
    table->columns[2] = first;
}

static void the_fingerprint_changes_with_every_fact(void **state)
{
    (void)state;
    static const change_function changes[] = {
        change_name,      change_table_comment, change_column_name, change_column_blank, change_type,
        change_type_text, change_scale,         change_logical,     change_connect_name, change_nullable,
        change_default,   change_comment,       change_labels,      change_key,          change_partial_key,
        change_attribute, change_count,         change_order};
    enum { COUNT = sizeof changes / sizeof changes[0] };
    char seen[COUNT + 1][65];
    leat_table *table = orders();
    leat_schema_fingerprint(table, seen[COUNT]);
    leat_table_release(table);
    for (size_t i = 0; i < COUNT; i++) {
        table = orders();
        changes[i](table);
        leat_schema_fingerprint(table, seen[i]);
        leat_table_release(table);
        assert_string_not_equal(seen[i], seen[COUNT]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(seen[i], seen[k]);
    }
}

/* What only matters to the encoding of a column outside the key is no fact of the schema. */
static void a_partial_column_outside_the_key_is_no_other_version(void **state)
{
    (void)state;
    leat_table *one = orders();
    leat_table *other = orders();
    other->columns[1].encoder.partial = true;
    char *left = value_text(one, &debezium);
    char *right = value_text(other, &debezium);
    assert_string_equal(left, right);
    assert_string_equal(fingerprint_of(one), fingerprint_of(other));
    leat_release(left);
    leat_release(right);
    leat_table_release(one);
    leat_table_release(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_flat_schema_is_this),
        cmocka_unit_test(the_debezium_schema_has_its_fields),
        cmocka_unit_test(the_key_is_required_unless_its_type_is_partial),
        cmocka_unit_test(names_are_made_safe),
        cmocka_unit_test(colliding_names_get_their_place),
        cmocka_unit_test(records_avoid_our_own_and_each_other),
        cmocka_unit_test(namespaces_are_made_safe_part_by_part),
        cmocka_unit_test(texts_that_are_not_utf8_are_escaped),
        cmocka_unit_test(a_very_wide_table_has_a_schema),
        cmocka_unit_test(the_definition_is_this),
        cmocka_unit_test(the_fingerprint_holds_while_nothing_changes),
        cmocka_unit_test(the_fingerprint_changes_with_every_fact),
        cmocka_unit_test(a_partial_column_outside_the_key_is_no_other_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
