/* Scalar types: the server's text to Avro. */
#include "postgres_types.h"

#include <locale.h>

/* Texts and values as PostgreSQL 15 gave them with the pinned settings; the Avro bytes are those that
 * Python's avro.io.BinaryEncoder writes for the value. Values came from c - date '1970-01-01' (date)
 *   extract(epoch from c) * 1000000                                              (time, timestamptz)
 *   (c::date - date '1970-01-01')::numeric * 86400000000 + extract(epoch from c::time) * 1000000 (timestamp)
 *   encode(float8send(c), 'hex'), encode(float4send(c), 'hex'), encode(c, 'hex') (floats, bytea)
 *   c                                                                            (all others)
 * with the session's timezone set to the zone named, where one is named. */
static const vector vectors[] = {
    /* smallint */
    {21, -1, "0", "00"},
    {21, -1, "-32768", "ffff03"},
    {21, -1, "32767", "feff03"},
    /* integer */
    {23, -1, "0", "00"},
    {23, -1, "-1", "01"},
    {23, -1, "-2147483648", "ffffffff0f"},
    {23, -1, "2147483647", "feffffff0f"},
    /* bigint */
    {20, -1, "0", "00"},
    {20, -1, "-9223372036854775808", "ffffffffffffffffff01"},
    {20, -1, "9223372036854775807", "feffffffffffffffff01"},
    /* oid */
    {26, -1, "0", "00"},
    {26, -1, "4294967295", "feffffff1f"},
    /* xid8 */
    {5069, -1, "0", "00"},
    {5069, -1, "9223372036854775807", "feffffffffffffffff01"},
    /* real */
    {700, -1, "0", "00000000"},
    {700, -1, "-0", "00000080"},
    {700, -1, "1.5", "0000c03f"},
    {700, -1, "0.1", "cdcccc3d"},
    {700, -1, "3.4028235e+38", "ffff7f7f"},
    {700, -1, "1e-45", "01000000"},
    {700, -1, "1.1754944e-38", "00008000"},
    {700, -1, "1.6777216e+07", "0000804b"},
    {700, -1, "NaN", "0000c07f"},
    {700, -1, "Infinity", "0000807f"},
    {700, -1, "-Infinity", "000080ff"},
    /* double precision */
    {701, -1, "0", "0000000000000000"},
    {701, -1, "-0", "0000000000000080"},
    {701, -1, "0.1", "9a9999999999b93f"},
    {701, -1, "12.34", "ae47e17a14ae2840"},
    {701, -1, "1e+22", "92d54d06cff08044"},
    {701, -1, "9.999999999999999e+22", "f64ae1c7022db544"},
    {701, -1, "123456789012345.67", "6bde77832112dc42"},
    {701, -1, "1.7976931348623157e+308", "ffffffffffffef7f"},
    {701, -1, "5e-324", "0100000000000000"},
    {701, -1, "2.2250738585072014e-308", "0000000000001000"},
    {701, -1, "9.007199254740992e+15", "0000000000004043"},
    {701, -1, "NaN", "000000000000f87f"},
    {701, -1, "Infinity", "000000000000f07f"},
    {701, -1, "-Infinity", "000000000000f0ff"},
    /* numeric(10,2) */
    {1700, 655366, "0.00", "0200"},
    {1700, 655366, "-12.50", "04fb1e"},
    {1700, 655366, "99999999.99", "0a02540be3ff"},
    {1700, 655366, "-99999999.99", "0afdabf41c01"},
    {1700, 655366, "1.28", "040080"},
    {1700, 655366, "-1.28", "0280"},
    /* numeric(5) */
    {1700, 327684, "0", "0200"},
    {1700, 327684, "128", "040080"},
    {1700, 327684, "-128", "0280"},
    {1700, 327684, "-129", "04ff7f"},
    {1700, 327684, "99999", "0601869f"},
    /* date */
    {1082, -1, "1970-01-01", "00"},
    {1082, -1, "2024-02-29", "8cb502"},
    {1082, -1, "1969-12-31", "01"},
    {1082, -1, "1900-03-01", "c78e03"},
    {1082, -1, "2000-02-29", "90ac01"},
    {1082, -1, "0001-01-01", "f3e457"},
    {1082, -1, "0001-12-31 BC", "f5e457"},
    {1082, -1, "0005-02-29 BC", "c38058"},
    {1082, -1, "4713-01-01 BC", "cbf5a902"},
    {1082, -1, "9999-12-31", "c082e602"},
    {1082, -1, "10000-01-01", "c282e602"},
    {1082, -1, "5874897-12-31", "b287d6fd0f"},
    /* time */
    {1083, -1, "00:00:00", "00"},
    {1083, -1, "24:00:00", "8080bbdd8305"},
    {1083, -1, "23:59:59.999999", "feffbadd8305"},
    {1083, -1, "12:34:56.7", "c0a9a6bed102"},
    {1083, -1, "00:00:00.000001", "02"},
    /* timestamp */
    {1114, -1, "1970-01-01 00:00:00", "00"},
    {1114, -1, "2024-02-29 23:59:59.999999", "feffdce9c1a38906"},
    {1114, -1, "1969-12-31 23:59:59.5", "bf843d"},
    {1114, -1, "2000-01-01 12:00:00.25", "a082bba2e9c2ae03"},
    {1114, -1, "4713-01-02 00:00:00 BC", "ffffc6fd9ecb91ed05"},
    {1114, -1, "0001-12-31 23:59:59.999999 BC", "8180def2dfffdfdc01"},
    {1114, -1, "0001-01-01 00:00:00.000001", "fdffddf2dfffdfdc01"},
    {1114, -1, "12345-06-07 08:09:10", "80d68fcbac809c8b09"},
    {1114, -1, "294247-01-10 04:00:54.775807", "feffffffffffffffff01"},
    /* timestamptz */
    {1184, -1, "1970-01-01 00:00:00+00", "00"},
    {1184, -1, "2024-03-10 08:00:00.123456+00", "8089e8fcb9d28906"},
    {1184, -1, "0044-03-15 12:00:00+00 BC", "ffbf8a98b9c5d4e101"},
    /* timestamptz, timezone Asia/Kolkata */
    {1184, -1, "2024-03-10 13:30:00.5+05:30", "c08496fdb9d28906"},
    /* timestamptz, timezone America/St_Johns */
    {1184, -1, "2024-12-10 04:30:00-03:30", "8080bae2bbb99406"},
    /* timestamptz, timezone Africa/Monrovia */
    {1184, -1, "1959-12-31 23:15:30-00:44:30", "ffffe6a4bac38f01"},
    /* timestamptz, timezone Asia/Kathmandu */
    {1184, -1, "0044-03-15 17:41:16+05:41:16 BC", "ffbf8a98b9c5d4e101"},
    /* bytea */
    {17, -1, "\\x", "00"},
    {17, -1, "\\x00ff5c41", "0800ff5c41"},
    /* uuid */
    {2950, -1, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
     "4861306565626339392d396330622d346566382d626236642d366262396264333830613131"},
    /* interval */
    {1186, -1, "PT0S", "0850543053"},
    {1186, -1, "P1Y2M-3DT4H5M6.7S", "22503159324d2d3344543448354d362e3753"},
    {1186, -1, "P-1M1DT-0.000001S", "22502d314d3144542d302e30303030303153"},
    /* boolean, bit(1) */
    {16, -1, "t", "01"},
    {16, -1, "f", "00"},
    {1560, 1, "1", "01"},
    {1560, 1, "0", "00"},
    /* text: char(3), varchar, "char", money, bit(3), varbit, timetz, inet */
    {1042, 7, "a  ", "06612020"},
    {1043, -1, "", "00"},
    {25, -1, "p\xc3\xa4iv\xc3\xa4\xc3\xa4 \xf0\x9f\x8e\x89", "1c70c3a46976c3a4c3a420f09f8e89"},
    {18, -1, "", "00"},
    {790, -1, "$12.50", "0c2431322e3530"},
    {1560, 3, "101", "06313031"},
    {1562, -1, "1", "0231"},
    {1266, -1, "12:34:56+05:30", "1c31323a33343a35362b30353a3330"},
    {869, -1, "10.0.0.0/8", "1431302e302e302e302f38"},
    /* numeric that Avro's decimal cannot be: no precision; numeric(3,-2); numeric(2,5) */
    {1700, -1, "-1.500", "0c2d312e353030"},
    {1700, -1, "NaN", "064e614e"},
    {1700, 198658, "12300", "0a3132333030"},
    {1700, 131081, "0.00012", "0e302e3030303132"},
};

static const refusal unrepresentable[] = {
    {1082, -1, "infinity"},
    {1082, -1, "-infinity"},
    {1114, -1, "infinity"},
    {1114, -1, "-infinity"},
    {1184, -1, "infinity"},
    {1114, -1, "294247-01-10 04:00:54.775808"}, /* 2^63 microseconds since 1970 */
    {1114, -1, "294276-12-31 23:59:59.999999"}, /* PostgreSQL's last */
    {1184, -1, "294276-12-31 23:59:59.999999+00"},
    {1700, NUMERIC_10_2, "NaN"},
    {1700, NUMERIC_10_2, "Infinity"},
    {1700, NUMERIC_10_2, "-Infinity"},
    {1186, -1, "infinity"},
    {1186, -1, "-infinity"},
    {5069, -1, "9223372036854775808"},
    {5069, -1, "18446744073709551615"},
};

static const refusal malformed[] = {
    {16, -1, ""},
    {16, -1, "true"},
    {1560, 1, "2"},
    {1560, 1, "10"},
    {21, -1, ""},
    {21, -1, "-"},
    {21, -1, "32768"},
    {21, -1, "-32769"},
    {21, -1, "+1"},
    {21, -1, " 1"},
    {21, -1, "1 "},
    {21, -1, "1.0"},
    {23, -1, "2147483648"},
    {23, -1, "-2147483649"},
    {20, -1, "9223372036854775808"},
    {20, -1, "-9223372036854775809"},
    {20, -1, "99999999999999999999"},
    {26, -1, "-1"},
    {26, -1, "4294967296"},
    {5069, -1, "18446744073709551616"},
    {5069, -1, ""},
    {5069, -1, "-1"},
    {700, -1, "3.5e+38"},
    {700, -1, "1e-50"},
    {701, -1, ""},
    {701, -1, "-"},
    {701, -1, "."},
    {701, -1, "1."},
    {701, -1, ".5"},
    {701, -1, "1e5"},
    {701, -1, "1e+"},
    {701, -1, "1e+400"},
    {701, -1, "1e-400"},
    {701, -1, "1e+99999999999999999999"},
    {701, -1, "0x10"},
    {701, -1, "inf"},
    {701, -1, "nan"},
    {701, -1, "1,5"},
    {701, -1, "1.5 "},
    {701, -1, "1.00000000000000000000000000000000000000001"},
    {1700, NUMERIC_10_2, ""},
    {1700, NUMERIC_10_2, "1e3"},
    {1700, NUMERIC_10_2, "nan"},
    {1082, -1, ""},
    {1082, -1, "2024-02-30"},
    {1082, -1, "2023-02-29"},
    {1082, -1, "1900-02-29"},
    {1082, -1, "0000-01-01"},
    {1082, -1, "2024-13-01"},
    {1082, -1, "2024-00-01"},
    {1082, -1, "2024-01-00"},
    {1082, -1, "24-01-01"},
    {1082, -1, "2024-1-01"},
    {1082, -1, "2024/01/01"},
    {1082, -1, "2024-01-01 AD"},
    {1082, -1, "2024-01-01 BCE"},
    {1082, -1, "58748970-01-01"},
    {1082, -1, "-infinit"},
    {1083, -1, "24:00:00.000001"},
    {1083, -1, "24:00:01"},
    {1083, -1, "23:60:00"},
    {1083, -1, "23:00:60"},
    {1083, -1, "1:00:00"},
    {1083, -1, "01:00"},
    {1083, -1, "01:00:00."},
    {1083, -1, "01:00:00.1234567"},
    {1083, -1, "01:00:00+00"},
    {1114, -1, "2024-01-01"},
    {1114, -1, "2024-01-01T00:00:00"},
    {1114, -1, "2024-01-01 00:00:00+00"},
    {1114, -1, "2024-02-30 00:00:00"},
    {1184, -1, "2024-01-01 00:00:00"},
    {1184, -1, "2024-01-01 00:00:00+0"},
    {1184, -1, "2024-01-01 00:00:00+00:"},
    {1184, -1, "2024-01-01 00:00:00+00:00:00:00"},
    {1184, -1, "2024-01-01 00:00:00Z"},
    {17, -1, ""},
    {17, -1, "\\x0"},
    {17, -1, "\\x0g"},
    {17, -1, "00ff"},
    {17, -1, "\\\\ab"},
    {2950, -1, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1"},
    {2950, -1, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g"},
    {2950, -1, "a0eebc9949c0b-4ef8-bb6d-6bb9bd380a11"},
    {1186, -1, ""},
    {1186, -1, "1 day"},
};

static void values_of_every_scalar_type(void **state)
{
    (void)state;
    assert_vectors(NULL, vectors, COUNT(vectors));
}

static void values_that_avro_cannot_hold(void **state)
{
    (void)state;
    assert_refusals(NULL, LEAT_UNREPRESENTABLE, unrepresentable, COUNT(unrepresentable));
}

static void texts_that_are_no_value(void **state)
{
    (void)state;
    assert_refusals(NULL, LEAT_MALFORMED, malformed, COUNT(malformed));
}

static void mangled_texts(void **state)
{
    (void)state;
    mangle_vectors(NULL, vectors, COUNT(vectors));
}

/* A program that embeds us may have a comma for a decimal point. */
static void floats_in_another_locale(void **state)
{
    (void)state;
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL && setlocale(LC_NUMERIC, "de_DE") == NULL &&
        setlocale(LC_NUMERIC, "fr_FR.UTF-8") == NULL)
        skip();
    leat_arena arena = {0};
    leat_encoder encoder = encoder_of(NULL, 701, -1, &arena);
    assert_encodes(&encoder, "123456789012345.67", "6bde77832112dc42");
    assert_encodes(&encoder, "1.7976931348623157e+308", "ffffffffffffef7f");
    leat_arena_free(&arena);
    setlocale(LC_NUMERIC, "C");
}

/* Text in a SQL_ASCII database may be anything; Avro's strings may not. A text column stays usable as a key.
 */
static void text_that_is_not_utf8(void **state)
{
    (void)state;
    leat_arena arena = {0};
    leat_buffer out = {0};
    leat_encoder encoder = encoder_of(NULL, 25, -1, &arena);
    assert_int_equal(encode(&encoder,
                            "gr\xfc\xdf"
                            "e",
                            5, &out),
                     LEAT_UNREPRESENTABLE);
    assert_int_equal(encode(&encoder, "eight by\xc3", 9, &out), LEAT_UNREPRESENTABLE);
    assert_false(encoder.partial);
    leat_buffer_free(&out);
    leat_arena_free(&arena);
}

/* EVENTS' table, and Debezium's names where they mean the same. */
static void avro_types(void **state)
{
    (void)state;
    static const struct {
        Oid type;
        int32_t typmod;
        leat_avro_kind kind;
        leat_avro_logical logical;
        const char *connect_name;
    } expected[] = {
        {16, -1, LEAT_AVRO_BOOLEAN, LEAT_LOGICAL_NONE, NULL},
        {1560, 1, LEAT_AVRO_BOOLEAN, LEAT_LOGICAL_NONE, NULL},
        {1560, 8, LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, NULL},
        {1560, -1, LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, NULL},
        {1562, 1, LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, NULL},
        {21, -1, LEAT_AVRO_INT, LEAT_LOGICAL_NONE, NULL},
        {20, -1, LEAT_AVRO_LONG, LEAT_LOGICAL_NONE, NULL},
        {26, -1, LEAT_AVRO_LONG, LEAT_LOGICAL_NONE, NULL},
        {28, -1, LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, NULL}, /* xid */
        {700, -1, LEAT_AVRO_FLOAT, LEAT_LOGICAL_NONE, NULL},
        {701, -1, LEAT_AVRO_DOUBLE, LEAT_LOGICAL_NONE, NULL},
        {17, -1, LEAT_AVRO_BYTES, LEAT_LOGICAL_NONE, NULL},
        {1700, -1, LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, NULL},
        {1700, NUMERIC_10_2, LEAT_AVRO_BYTES, LEAT_LOGICAL_DECIMAL, "org.apache.kafka.connect.data.Decimal"},
        {2950, -1, LEAT_AVRO_STRING, LEAT_LOGICAL_UUID, "io.debezium.data.Uuid"},
        {114, -1, LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, "io.debezium.data.Json"},
        {3802, -1, LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, "io.debezium.data.Json"},
        {142, -1, LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, "io.debezium.data.Xml"},
        {3614, -1, LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, "io.debezium.data.Tsvector"},
        {1082, -1, LEAT_AVRO_INT, LEAT_LOGICAL_DATE, "io.debezium.time.Date"},
        {1083, -1, LEAT_AVRO_LONG, LEAT_LOGICAL_TIME_MICROS, "io.debezium.time.MicroTime"},
        {1266, -1, LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, NULL},
        {1114, -1, LEAT_AVRO_LONG, LEAT_LOGICAL_LOCAL_TIMESTAMP_MICROS, "io.debezium.time.MicroTimestamp"},
        {1184, -1, LEAT_AVRO_LONG, LEAT_LOGICAL_TIMESTAMP_MICROS, NULL},
        {1186, -1, LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, "io.debezium.time.Interval"},
        {3904, -1, LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, NULL},  /* int4range */
        {99999, -1, LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, NULL}, /* nothing is known of it */
    };
    leat_arena arena = {0};
    for (size_t i = 0; i < COUNT(expected); i++) {
        leat_encoder encoder = encoder_of(NULL, expected[i].type, expected[i].typmod, &arena);
        assert_int_equal(encoder.type->kind, expected[i].kind);
        assert_int_equal(encoder.type->logical, expected[i].logical);
        if (expected[i].connect_name == NULL)
            assert_null(encoder.type->connect_name);
        else
            assert_string_equal(encoder.type->connect_name, expected[i].connect_name);
    }
    leat_arena_free(&arena);
}

/* atttypmod as PostgreSQL 15 stores it for these columns. */
static void precision_and_scale(void **state)
{
    (void)state;
    static const struct {
        int32_t typmod;
        int precision; /* 0: no decimal but a string */
        int scale;
    } expected[] = {
        {655366, 10, 2},        /* numeric(10,2) */
        {65540, 1, 0},          /* numeric(1) */
        {65536004, 1000, 0},    /* numeric(1000) */
        {65537004, 1000, 1000}, /* numeric(1000,1000) */
        {198658, 0, 0},         /* numeric(3,-2) */
        {131081, 0, 0},         /* numeric(2,5) */
        {-1, 0, 0},             /* numeric */
    };
    leat_arena arena = {0};
    for (size_t i = 0; i < COUNT(expected); i++) {
        leat_encoder encoder = encoder_of(NULL, 1700, expected[i].typmod, &arena);
        bool decimal = expected[i].precision > 0;
        assert_int_equal(encoder.type->kind, decimal ? LEAT_AVRO_BYTES : LEAT_AVRO_STRING);
        assert_int_equal(encoder.partial, decimal);
        assert_int_equal(encoder.type->precision, expected[i].precision);
        assert_int_equal(encoder.type->scale, expected[i].scale);
    }
    leat_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_scalar_type),
        cmocka_unit_test(values_that_avro_cannot_hold),
        cmocka_unit_test(texts_that_are_no_value),
        cmocka_unit_test(mangled_texts),
        cmocka_unit_test(floats_in_another_locale),
        cmocka_unit_test(text_that_is_not_utf8),
        cmocka_unit_test(avro_types),
        cmocka_unit_test(precision_and_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
