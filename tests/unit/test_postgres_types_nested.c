/* Types made of other types, and those of extensions: the server's text to Avro. */
#include "postgres_types.h"

enum {
    ITEM = 90001,
    MOOD = 90002,
    GEOMETRY = 90003,
    HSTORE = 90004,
    VECTOR = 90005,
    ITEMS = 90006,
    OUTER = 90007,
    GEOGRAPHY = 90008,
    CITEXT = 90009,
    AMOUNT = 90010,
    PRICE = 90011,
    MOODS = 90012,
    POINTS = 90013,
    EMPTY = 90014,
    MOOD_DOMAIN = 90015,
    PRICES = 90016,
    NO_EXTENSION = 90017,
    HALF_VECTOR = 90018,
};

static const leat_postgres_type_field item_fields[] = {
    {"id", 23, -1},     {"label", 25, -1},  {"price", 1700, ((6 << 16) | 2) + 4},
    {"tags", 1009, -1}, {"mood", MOOD, -1}, {"geo", GEOMETRY, -1},
};
static const leat_postgres_type_field outer_fields[] = {{"item", ITEM, -1}, {"items", ITEMS, -1}};
static const char *const moods[] = {"sad", "o k"};

/* What the catalogs say of them. */
static leat_postgres_type_fact facts[] = {
    {.identifier = 1007, .kind = 'b', .name = "_int4", .element = 23, .delimiter = ','},
    {.identifier = 1009, .kind = 'b', .name = "_text", .element = 25, .delimiter = ','},
    {.identifier = 1231, .kind = 'b', .name = "_numeric", .element = 1700, .delimiter = ','},
    {.identifier = 1020, .kind = 'b', .name = "_box", .element = 603, .delimiter = ';'},
    {.identifier = ITEM, .kind = 'c', .name = "item", .fields = item_fields, .field_count = 6},
    {.identifier = MOOD, .kind = 'e', .name = "mood", .labels = moods, .label_count = 2},
    {.identifier = GEOMETRY, .kind = 'b', .name = "geometry"},
    {.identifier = GEOGRAPHY, .kind = 'b', .name = "geography"},
    {.identifier = HSTORE, .kind = 'b', .name = "hstore"},
    {.identifier = VECTOR, .kind = 'b', .name = "vector"},
    {.identifier = HALF_VECTOR, .kind = 'b', .name = "halfvec"},
    {.identifier = CITEXT, .kind = 'b', .name = "citext"},
    {.identifier = ITEMS, .kind = 'b', .name = "_item", .element = ITEM, .delimiter = ','},
    {.identifier = OUTER, .kind = 'c', .name = "outer_t", .fields = outer_fields, .field_count = 2},
    {.identifier = AMOUNT, .kind = 'd', .name = "amount", .base = 1700, .base_typmod = NUMERIC_10_2},
    {.identifier = PRICE, .kind = 'd', .name = "price", .base = AMOUNT, .base_typmod = -1},
    {.identifier = PRICES, .kind = 'b', .name = "_price", .element = PRICE, .delimiter = ','},
    {.identifier = MOODS, .kind = 'b', .name = "_mood", .element = MOOD, .delimiter = ','},
    {.identifier = MOOD_DOMAIN, .kind = 'd', .name = "my_mood", .base = MOODS, .base_typmod = -1},
    {.identifier = POINTS, .kind = 'b', .name = "_point", .element = 600, .delimiter = ','},
    {.identifier = EMPTY, .kind = 'c', .name = "nothing"},
    {.identifier = NO_EXTENSION, .kind = 'e', .name = "vector", .labels = moods, .label_count = 2},
    {0},
};

/* Texts as PostgreSQL 15 gave them; the Avro bytes are those of Python's avro.io.BinaryEncoder for the values
 * that to_jsonb and hstore_to_jsonb gave. Geometries: PostGIS 3.3.2, wkb is ST_AsBinary(g), srid ST_SRID(g).
 * Vectors: IEEE 754 by Python's struct. */
static const vector vectors[] = {
    {1007, -1, "{}", "00"},
    {1007, -1, "{1,NULL,-3}", "06020200020500"},
    {1007, -1, "{2147483647}", "0202feffffff0f00"},
    {1009, -1,
     "{\"\",NULL,\"NULL\",\"null\",\"a,b\",\"q\\\"uote\",\"back\\\\slash\",\"{brace}\",\" space "
     "\",p\xc3\xa4iv\xc3\xa4}",
     "1402000002084e554c4c02086e756c6c0206612c62020c7122756f746502146261636b5c736c617368020e7b62726163657d020"
     "e20737061636520020e70c3a46976c3a400"},
    {1009, -1,
     "{1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,"
     "38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70}",
     "8c01020231020232020233020234020235020236020237020238020239020431300204313102043132020431330204313402043"
     "1350204313602043137020431380204313902043230020432310204323202043233020432340204323502043236020432370204"
     "3238020432390204333002043331020433320204333302043334020433350204333602043337020433380204333902043430020"
     "4343102043432020434330204343402043435020434360204343702043438020434390204353002043531020435320204353302"
     "0435340204353502043536020435370204353802043539020436300204363102043632020436330204363402043635020436360"
     "204363702043638020436390204373000"},
    {1231, NUMERIC_10_2, "{1.50,NULL,-0.01}", "0602040096000202ff00"},
    {1020, -1, "{(1,1),(0,0);(3,3),(2,2)}", "04021628312c31292c28302c3029021628332c33292c28322c322900"},
    {HSTORE, -1, "", "00"},
    {HSTORE, -1, "\"a\"=>\"1\", \"b\"=>NULL", "04026102023102620000"},
    {HSTORE, -1, "\"\"=>\"\", \"NULL\"=>\"NULL\", \"q\\\"k\\\\\"=>\"v, =>\\\"\"",
     "06000200084e554c4c02084e554c4c0871226b5c020c762c203d3e2200"},
    {OUTER, -1,
     "(\"(1,\"\"a \"\"\"\"q\"\"\"\", "
     "(b)\\\\\\\\\"\",,\"\"{\"\"\"\"x\\\\\\\\\"\"\"\"\\\\\\\\\\\\\\\\\"\"\"\",NULL,\"\"\"\"a "
     "b\"\"\"\"}\"\",\"\"o k\"\",)\",)",
     "020202021661202271222c202862295c000206020678225c0002066120620002066f206b0000"},
    {OUTER, -1,
     "(,\"{\"\"(1,\\\\\"\"a \\\\\"\"\\\\\"\"q\\\\\"\"\\\\\"\", "
     "(b)\\\\\\\\\\\\\\\\\\\\\"\",,\\\\\"\"{"
     "\\\\\"\"\\\\\"\"x\\\\\\\\\\\\\\\\\\\\\"\"\\\\\"\"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"\"\\\\\"\",NULL,"
     "\\\\\"\"\\\\\"\"a b\\\\\"\"\\\\\"\"}\\\\\"\",\\\\\"\"o k\\\\\"\",)\"\",NULL}\")",
     "000204020202021661202271222c202862295c000206020678225c0002066120620002066f206b000000"},
    {OUTER, -1, "(\"(,\"\"\"\",12.50,{},,)\",)", "02000200020404e20200000000"},
    {OUTER, -1, "(,\"{\"\"(,\\\\\"\"\\\\\"\",12.50,{},,)\"\",NULL}\")", "00020402000200020404e2020000000000"},
    {OUTER, -1, "(,)", "0000"},
    {OUTER, -1, "(,\"{NULL,NULL}\")", "000204000000"},
    /* SRID=4326;POINT(1.5 -2) */
    {GEOMETRY, -1, "0101000020E6100000000000000000F83F00000000000000C0",
     "2a0101000000000000000000f83f00000000000000c002cc43"},
    /* POINT EMPTY */
    {GEOMETRY, -1, "0101000000000000000000F87F000000000000F87F",
     "2a0101000000000000000000f87f000000000000f87f00"},
    /* LINESTRING M(1 2 3,4 5 6) */
    {GEOMETRY, -1,
     "010200004002000000000000000000F03F0000000000000040000000000000084000000000000010400000000000001440"
     "0000000000001840",
     "7201d207000002000000000000000000f03f0000000000000040000000000000084000000000000010400000000000001440"
     "000000000000184000"},
    /* SRID=3857;GEOMETRYCOLLECTION ZM(POINT ZM(1 2 3 4),POLYGON ZM EMPTY) */
    {GEOMETRY, -1,
     "01070000E0110F00000200000001010000C0000000000000F03F0000000000000040000000000000084000000000000010"
     "4001030000C000000000",
     "6e01bf0b00000200000001b90b0000000000000000f03f00000000000000400000000000000840000000000000104001bb0b"
     "00000000000002a23c"},
    /* POINT(1 2) */
    {GEOGRAPHY, -1, "0101000020E6100000000000000000F03F0000000000000040",
     "2a0101000000000000000000f03f000000000000004002cc43"},
    {600, -1, "(1.5,-2.25)", "000000000000f83f00000000000002c0"},
    {POINTS, -1, "{\"(1.5,-2.25)\",NULL}", "0402000000000000f83f00000000000002c00000"},
    {VECTOR, -1, "[1,2.5,-0.1]", "060000803f00002040cdccccbd00"},
    {HALF_VECTOR, -1, "[65504]", "0200e07f4700"},
    {CITEXT, -1, "MiXed", "0a4d69586564"},
    {MOOD, -1, "o k", "066f206b"},
    {MOOD, -1, "a label added later", "2661206c6162656c206164646564206c61746572"},
    {MOODS, -1, "{sad,NULL,\"o k\"}",
     "060206736164000206"
     "6f206b00"},
    {PRICE, -1, "-12.50", "04fb1e"},
    {PRICES, -1, "{-12.50}", "020204fb1e00"},
    {EMPTY, -1, "()", "042829"},
    {1007, -1, "[1:3]={1,NULL,-3}", "06020200020500"},
};

static const refusal unrepresentable[] = {
    {1007, -1, "{{1,2},{3,4}}"},
    {1007, -1, "{{{1}}}"},
    {1007, -1, "[0:1]={7,8}"},
    {1007, -1, "[-3:-3]={5}"},
    {1007, -1, "[2:2][1:2]={{1,2}}"},
    {1009, -1, "{{\"a}\",\"b{\\\"\"}}"},
    {PRICES, -1, "{NaN}"},
    {OUTER, -1, "(\"(1,a,NaN,{},sad,)\",)"},
    /* Attributes that came or went. */
    {OUTER, -1, "(,,)"},
    {OUTER, -1, "()"},
    {ITEM, -1, "(1,a,1.00)"},
    {ITEM, -1, "(a,1,1.00,{},sad,)"},
    /* A kind of geometry that no PostGIS has yet. */
    {GEOMETRY, -1, "0163000000"},
};

static const refusal malformed[] = {
    {1007, -1, ""},
    {1007, -1, "{"},
    {1007, -1, "}"},
    {1007, -1, "1,2"},
    {1007, -1, "{1,2"},
    {1007, -1, "{1,}"},
    {1007, -1, "{,1}"},
    {1007, -1, "{1,,2}"},
    {1007, -1, "{1}{2}"},
    {1007, -1, "{1} "},
    {1007, -1, "{1;2}"},
    {1007, -1, "{x}"},
    {1007, -1, "{null}"},
    {1007, -1, "{\"1}"},
    {1007, -1, "{\"1\"2}"},
    {1007, -1, "{1\\2}"},
    {1007, -1, "[1:3]{1,2,3}"},
    {1007, -1, "[1]={1}"},
    {1007, -1, "[1:]={1}"},
    {1007, -1, "[a:b]={1}"},
    {1007, -1, "[1:2"},
    {1007, -1, "{{1,2},{3,4}"},
    {1007, -1, "{{1,2}}}"},
    {1007, -1, "[0:1]={7,8"},
    {1007, -1, "[0:1]=7"},
    {1009, -1, "{\"a\\\"}"},
    {1020, -1, "{(1,1),(0,0);}"},
    {OUTER, -1, ""},
    {OUTER, -1, "("},
    {OUTER, -1, "(,"},
    {OUTER, -1, "(,) "},
    {OUTER, -1, "(,\"x)"},
    {OUTER, -1, "(a\"b,)"},
    {OUTER, -1, "1,2"},
    {HSTORE, -1, "a=>1"},
    {HSTORE, -1, "\"a\""},
    {HSTORE, -1, "\"a\"=>"},
    {HSTORE, -1, "\"a\"=>1"},
    {HSTORE, -1, "\"a\"=>NUL"},
    {HSTORE, -1, "\"a\"=>NULLL"},
    {HSTORE, -1, "\"a\"=>\"1\","},
    {HSTORE, -1, "\"a\"=>\"1\", "},
    {HSTORE, -1, "\"a\"=>\"1\"\"b\"=>\"2\""},
    {600, -1, ""},
    {600, -1, "(1)"},
    {600, -1, "(1,2"},
    {600, -1, "(1,2,3)"},
    {600, -1, "(1,x)"},
    {600, -1, "1,2"},
    {VECTOR, -1, ""},
    {VECTOR, -1, "[]"},
    {VECTOR, -1, "[1,]"},
    {VECTOR, -1, "[1"},
    {VECTOR, -1, "[1]]"},
    {VECTOR, -1, "{1}"},
    {GEOMETRY, -1, ""},
    {GEOMETRY, -1, "0"},
    {GEOMETRY, -1, "zz"},
    {GEOMETRY, -1, "02010000"},
    {GEOMETRY, -1, "0101000020E610"},
    {GEOMETRY, -1, "0101000000000000000000F83F00000000000000"},
    {GEOMETRY, -1, "0101000000000000000000F83F00000000000000C000"},
    {GEOMETRY, -1, "0102000000FFFFFFFF"},
    {GEOMETRY, -1, "0107000000FFFFFFFF"},
};

static void values_of_every_nested_type(void **state)
{
    (void)state;
    assert_vectors(facts, vectors, COUNT(vectors));
}

static void values_that_avro_cannot_hold(void **state)
{
    (void)state;
    assert_refusals(facts, LEAT_UNREPRESENTABLE, unrepresentable, COUNT(unrepresentable));
}

static void texts_that_are_no_value(void **state)
{
    (void)state;
    assert_refusals(facts, LEAT_MALFORMED, malformed, COUNT(malformed));
}

static void mangled_texts(void **state)
{
    (void)state;
    mangle_vectors(facts, vectors, COUNT(vectors));
}

/* Longer than what an encoder keeps on its stack: 'x\' a thousand times. */
static void long_escaped_text(void **state)
{
    (void)state;
    leat_arena arena = {0};
    leat_buffer text = {0};
    leat_buffer out = {0};
    leat_buffer_append_string(&text, "{\"");
    for (int i = 0; i < 1000; i++)
        leat_buffer_append_string(&text, "x\\\\");
    leat_buffer_append_string(&text, "\"}");
    leat_encoder encoder = encoder_of(facts, 1009, -1, &arena);
    assert_int_equal(encode(&encoder, leat_buffer_string(&text), text.length, &out), LEAT_ENCODED);
    assert_int_equal(out.length, 1 + 1 + 2 + 2000 + 1);
    for (size_t i = 0; i < 2000; i++)
        assert_int_equal(out.data[4 + i], i % 2 == 0 ? 'x' : '\\');
    leat_buffer_free(&out);
    leat_buffer_free(&text);
    leat_arena_free(&arena);
}

/* What comes before an array in a row stays, however the array's count moves it. */
static void arrays_behind_other_values(void **state)
{
    (void)state;
    leat_arena arena = {0};
    leat_buffer text = {0};
    leat_buffer out = {0};
    leat_buffer_append_string(&text, "{0");
    for (int i = 1; i < 9000; i++)
        leat_buffer_append_string(&text, ",0");
    leat_buffer_append_string(&text, "}");
    leat_buffer_append_string(&out, "before");
    leat_encoder encoder = encoder_of(facts, 1007, -1, &arena);
    assert_int_equal(encode(&encoder, leat_buffer_string(&text), text.length, &out), LEAT_ENCODED);
    assert_memory_equal(out.data, "before\xd0\x8c\x01", 9); /* 9000 as Avro's long */
    assert_int_equal(out.length, 9 + 2 * 9000 + 1);
    for (size_t i = 0; i < 9000; i++)
        assert_memory_equal(out.data + 9 + 2 * i, "\x02\x00", 2);
    assert_int_equal(out.data[out.length - 1], 0);
    leat_buffer_free(&out);
    leat_buffer_free(&text);
    leat_arena_free(&arena);
}

static leat_column resolve_column(Oid type, leat_arena *arena)
{
    leat_column column = {0};
    leat_postgres_type_resolve(type, -1, find_fact, facts, arena, &column);
    return column;
}

static void avro_types(void **state)
{
    (void)state;
    leat_arena arena = {0};
    const leat_avro_type *type = resolve_column(ITEMS, &arena).encoder.type;
    assert_int_equal(type->kind, LEAT_AVRO_ARRAY);
    assert_true(type->items_nullable);
    assert_int_equal(type->items->kind, LEAT_AVRO_RECORD);
    assert_int_equal(type->items->field_count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(type->items->fields[i].name, item_fields[i].name);
        assert_true(type->items->fields[i].nullable);
    }
    assert_int_equal(type->items->fields[2].type->logical, LEAT_LOGICAL_DECIMAL);
    type = resolve_column(HSTORE, &arena).encoder.type;
    assert_int_equal(type->kind, LEAT_AVRO_MAP);
    assert_true(type->items_nullable);
    type = resolve_column(VECTOR, &arena).encoder.type;
    assert_int_equal(type->kind, LEAT_AVRO_ARRAY);
    assert_false(type->items_nullable);
    assert_int_equal(type->items->kind, LEAT_AVRO_FLOAT);
    type = resolve_column(GEOMETRY, &arena).encoder.type;
    assert_string_equal(type->connect_name, "io.debezium.data.geometry.Geometry");
    assert_string_equal(type->fields[0].name, "wkb");
    assert_false(type->fields[0].nullable);
    assert_string_equal(type->fields[1].name, "srid");
    assert_true(type->fields[1].nullable);
    type = resolve_column(PRICE, &arena).encoder.type;
    assert_int_equal(type->precision, 10);
    assert_int_equal(type->scale, 2);
    leat_arena_free(&arena);
}

/* A type of one's own may have the name of an extension's. */
static void names_of_extensions_mean_base_types(void **state)
{
    (void)state;
    leat_arena arena = {0};
    leat_column column = resolve_column(NO_EXTENSION, &arena);
    assert_int_equal(column.encoder.type->kind, LEAT_AVRO_STRING);
    assert_int_equal(column.label_count, 2);
    leat_arena_free(&arena);
}

static void labels_of_enums(void **state)
{
    (void)state;
    static const Oid labelled[] = {MOOD, MOODS, MOOD_DOMAIN};
    leat_arena arena = {0};
    for (size_t i = 0; i < COUNT(labelled); i++) {
        leat_column column = resolve_column(labelled[i], &arena);
        assert_int_equal(column.label_count, 2);
        assert_string_equal(column.labels[0], "sad");
        assert_string_equal(column.labels[1], "o k");
        assert_ptr_not_equal(column.labels[1], moods[1]); /* its own copy */
    }
    assert_int_equal(resolve_column(ITEM, &arena).label_count, 0);
    assert_string_equal(resolve_column(MOOD, &arena).encoder.type->connect_name, "io.debezium.data.Enum");
    leat_arena_free(&arena);
}

enum { TOWER = 80000, STOREYS = 40, WIDE = 20 };

/* Each storey is a composite of `WIDE` fields of the next: 20^40 parts when taken to the end. */
static const leat_postgres_type_fact *find_storey(void *context, Oid type)
{
    (void)context;
    static leat_postgres_type_field fields[STOREYS][WIDE];
    static leat_postgres_type_fact storeys[STOREYS];
    if (type < TOWER || type >= TOWER + STOREYS)
        return NULL;
    size_t storey = type - TOWER;
    for (size_t i = 0; i < WIDE; i++)
        fields[storey][i] = (leat_postgres_type_field){.name = "f", .type = type + 1, .typmod = -1};
    storeys[storey] = (leat_postgres_type_fact){
        .identifier = type, .kind = 'c', .fields = fields[storey], .field_count = WIDE};
    return &storeys[storey];
}

static const leat_postgres_type_fact *find_itself(void *context, Oid type)
{
    static leat_postgres_type_fact fact;
    fact = (leat_postgres_type_fact){
        .identifier = type, .kind = *(char *)context, .base = type, .element = type, .delimiter = ','};
    return &fact;
}

/* No definition, however made, costs more than bounded time and depth. */
static void types_without_end(void **state)
{
    (void)state;
    leat_arena arena = {0};
    leat_column column = {0};
    char array = 'b';
    char domain = 'd';
    leat_postgres_type_resolve(TOWER, -1, find_storey, NULL, &arena, &column);
    assert_int_equal(column.encoder.type->kind, LEAT_AVRO_RECORD);
    leat_postgres_type_resolve(TOWER, -1, find_itself, &array, &arena, &column);
    assert_int_equal(column.encoder.type->kind, LEAT_AVRO_ARRAY);
    leat_postgres_type_resolve(TOWER, -1, find_itself, &domain, &arena, &column);
    assert_int_equal(column.encoder.type->kind, LEAT_AVRO_STRING);
    leat_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_nested_type),
        cmocka_unit_test(values_that_avro_cannot_hold),
        cmocka_unit_test(texts_that_are_no_value),
        cmocka_unit_test(mangled_texts),
        cmocka_unit_test(long_escaped_text),
        cmocka_unit_test(arrays_behind_other_values),
        cmocka_unit_test(avro_types),
        cmocka_unit_test(names_of_extensions_mean_base_types),
        cmocka_unit_test(labels_of_enums),
        cmocka_unit_test(types_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
