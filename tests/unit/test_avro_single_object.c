/* Canonical forms and fingerprints: expected values are those of Avro's own Java library
 * (SchemaNormalization of avro 1.11.3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "avro/single_object.h"
#include "base/memory.h"

typedef struct sample {
    const char *schema;
    const char *canonical;
    uint64_t fingerprint;
} sample;

static const sample samples[] = {
    {"\"null\"", "\"null\"", UINT64_C(0x63dd24e7cc258f8a)},
    {"\"boolean\"", "\"boolean\"", UINT64_C(0x9f42fc78a4d4f764)},
    {"\"int\"", "\"int\"", UINT64_C(0x7275d51a3f395c8f)},
    {"\"long\"", "\"long\"", UINT64_C(0xd054e14493f41db7)},
    {"\"float\"", "\"float\"", UINT64_C(0x4d7c02cb3ea8d790)},
    {"\"double\"", "\"double\"", UINT64_C(0x8e7535c032ab957e)},
    {"\"bytes\"", "\"bytes\"", UINT64_C(0x4fc016dac3201965)},
    {"{\"type\":\"string\",\"avro.java.string\":\"String\"}", "\"string\"", UINT64_C(0x8f014872634503c7)},
    {"[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}]", "[\"null\",\"long\"]",
     UINT64_C(0x98ca1358ed40804a)},
    {"{\"type\":\"array\",\"items\":{\"type\":\"map\",\"values\":[\"null\",\"bytes\"]}}",
     "{\"type\":\"array\",\"items\":{\"type\":\"map\",\"values\":[\"null\",\"bytes\"]}}",
     UINT64_C(0x63def4b2e3a986e0)},
    {"{\"type\":\"enum\",\"name\":\"Suit\",\"namespace\":\"x.y\",\"doc\":\"d\",\"symbols\":[\"A\",\"B\"],"
     "\"default\":\"A\"}",
     "{\"name\":\"x.y.Suit\",\"type\":\"enum\",\"symbols\":[\"A\",\"B\"]}", UINT64_C(0x5e9e48b6df70cc10)},
    {"{\"type\":\"fixed\",\"size\":16,\"name\":\"a.b.Md5\",\"namespace\":\"ignored\",\"aliases\":[\"old\"]}",
     "{\"name\":\"a.b.Md5\",\"type\":\"fixed\",\"size\":16}", UINT64_C(0x0661cf6e94c1f82c)},
    {"{\"type\":\"record\",\"name\":\"Value\",\"namespace\":\"shop.public.orders\",\"leat.table\":\"orders\","
     "\"fields\":[{\"name\":\"id\",\"type\":\"long\",\"leat.name\":\"id\"},{\"name\":\"price\",\"type\":["
     "\"null\",{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":10,\"scale\":2}],\"default\":"
     "null,\"doc\":\"caf\\u00e9\"},{\"name\":\"next\",\"type\":[\"null\",\"Value\"],\"default\":null},{"
     "\"name\":\"inner\",\"type\":{\"type\":\"record\",\"name\":\"Inner\",\"fields\":[{\"name\":\"of\","
     "\"type\":\"Value\"},{\"name\":\"self\",\"type\":[\"null\",\"Inner\"]}]},\"order\":\"ignore\"}]}",
     "{\"name\":\"shop.public.orders.Value\",\"type\":\"record\",\"fields\":[{\"name\":\"id\",\"type\":"
     "\"long\"},{\"name\":\"price\",\"type\":[\"null\",\"bytes\"]},{\"name\":\"next\",\"type\":[\"null\","
     "\"shop.public.orders.Value\"]},{\"name\":\"inner\",\"type\":{\"name\":\"shop.public.orders.Inner\","
     "\"type\":\"record\",\"fields\":[{\"name\":\"of\",\"type\":\"shop.public.orders.Value\"},{\"name\":"
     "\"self\",\"type\":[\"null\",\"shop.public.orders.Inner\"]}]}}]}",
     UINT64_C(0x99348341ca6b97c6)},
    {"{\"type\":\"record\",\"name\":\"Outer\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"record\","
     "\"name\":\"p.In\",\"fields\":[{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[]"
     "}},{\"name\":\"o\",\"type\":\"E\"}]}},{\"name\":\"b\",\"type\":\"p.E\"}]}",
     "{\"name\":\"Outer\",\"type\":\"record\",\"fields\":[{\"name\":\"a\",\"type\":{\"name\":\"p.In\","
     "\"type\":\"record\",\"fields\":[{\"name\":\"e\",\"type\":{\"name\":\"p.E\",\"type\":\"enum\","
     "\"symbols\":[]}},{\"name\":\"o\",\"type\":\"p.E\"}]}},{\"name\":\"b\",\"type\":\"p.E\"}]}",
     UINT64_C(0x7f6d4a5761a17be4)},
    {"{\"type\":\"error\",\"name\":\"Oops\",\"fields\":[]}",
     "{\"name\":\"Oops\",\"type\":\"record\",\"fields\":[]}", UINT64_C(0xa04181120e2329cf)},
};

static void the_canonical_form_is_that_of_java(void **context)
{
    (void)context;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        char *canonical;
        leat_error error;
        assert_int_equal(leat_single_object_canonical(samples[i].schema, &canonical, &error), LEAT_OK);
        assert_string_equal(canonical, samples[i].canonical);
        leat_release(canonical);
    }
}

static void the_fingerprint_is_that_of_java(void **context)
{
    (void)context;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        uint64_t fingerprint = 0;
        leat_error error;
        assert_int_equal(leat_single_object_fingerprint(samples[i].schema, &fingerprint, &error), LEAT_OK);
        assert_true(fingerprint == samples[i].fingerprint);
    }
}

/* The canonical form of a canonical form is itself. */
static void canonical_forms_stay(void **context)
{
    (void)context;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        char *canonical;
        leat_error error;
        assert_int_equal(leat_single_object_canonical(samples[i].canonical, &canonical, &error), LEAT_OK);
        assert_string_equal(canonical, samples[i].canonical);
        leat_release(canonical);
    }
}

static void what_is_no_schema_is_refused(void **context)
{
    (void)context;
    static const char *const bad[] = {
        "",
        "{",
        "7",
        "{}",
        "{\"type\":\"record\"}",
        "{\"type\":\"record\",\"name\":\"R\"}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\"}]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[7]}",
        "{\"type\":\"record\",\"name\":\"quo\\\"te\",\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"\",\"fields\":[]}",
        "{\"type\":\"enum\",\"name\":\"E\"}",
        "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[1]}",
        "{\"type\":\"fixed\",\"name\":\"F\",\"size\":\"4\"}",
        "{\"type\":\"array\"}",
        "{\"type\":\"map\"}",
        "[\"null\",]",
        "{\"type\":\"string\",\"type\":\"long\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char *canonical = NULL;
        leat_error error = {0};
        if (leat_single_object_canonical(bad[i], &canonical, &error) != LEAT_FAILED)
            fail_msg("taken: %s", bad[i]);
        assert_string_not_equal(error.message, "");
        assert_null(canonical);
    }
}

static void deep_nesting_is_refused_and_overflows_nothing(void **context)
{
    (void)context;
    leat_buffer deep = {0};
    for (size_t i = 0; i < 1500; i++)
        leat_buffer_append_string(&deep, "{\"type\":");
    leat_buffer_append_string(&deep, "\"long\"");
    for (size_t i = 0; i < 1500; i++)
        leat_buffer_append_byte(&deep, '}');
    char *canonical;
    leat_error error;
    assert_int_equal(leat_single_object_canonical(leat_buffer_string(&deep), &canonical, &error),
                     LEAT_FAILED);
    leat_buffer_free(&deep);
}

/* Avro 1.11 specification, "Single-object encoding": C3 01, eight bytes little-endian. */
static void the_frame_is_marker_and_fingerprint(void **context)
{
    (void)context;
    leat_buffer frame = {0};
    leat_single_object_frame(UINT64_C(0x63dd24e7cc258f8a), &frame);
    static const uint8_t expected[] = {0xC3, 0x01, 0x8a, 0x8f, 0x25, 0xcc, 0xe7, 0x24, 0xdd, 0x63};
    assert_int_equal(frame.length, sizeof expected);
    assert_memory_equal(frame.data, expected, sizeof expected);
    leat_buffer_free(&frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_canonical_form_is_that_of_java),
        cmocka_unit_test(the_fingerprint_is_that_of_java),
        cmocka_unit_test(canonical_forms_stay),
        cmocka_unit_test(what_is_no_schema_is_refused),
        cmocka_unit_test(deep_nesting_is_refused_and_overflows_nothing),
        cmocka_unit_test(the_frame_is_marker_and_fingerprint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
