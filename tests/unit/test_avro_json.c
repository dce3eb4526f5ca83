/* Records as JSON: every kind of value, logical types, and bytes that are no record. */
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <jansson.h>

#include "avro/json.h"
#include "avro/json_text.h"
#include "base/encode.h"
#include "leat/encode.h"

static leat_json_decoder *open_decoder(const char *schema)
{
    leat_error error = {0};
    leat_json_decoder *decoder = NULL;
    if (leat_json_decoder_open(schema, &decoder, &error) != LEAT_OK)
        fail_msg("%s", error.message);
    return decoder;
}

static void assert_decodes(const char *schema, const leat_buffer *bytes, const char *wanted)
{
    leat_error error = {0};
    leat_buffer out = {0};
    leat_json_decoder *decoder = open_decoder(schema);
    leat_slice rest = leat_buffer_slice(bytes);
    if (leat_json_decoder_next(decoder, &rest, &out, &error) != LEAT_OK)
        fail_msg("%s", error.message);
    assert_int_equal(rest.length, 0);
    assert_string_equal(leat_buffer_string(&out), wanted);
    leat_buffer_free(&out);
    leat_json_decoder_close(decoder);
}

/* ---- Whole records ---- */

static const char everything[] =
    "{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"a.b\",\"fields\":["
    "{\"name\":\"yes\",\"type\":\"boolean\"},{\"name\":\"i\",\"type\":\"int\"},"
    "{\"name\":\"l\",\"type\":\"long\"},{\"name\":\"f\",\"type\":\"float\"},"
    "{\"name\":\"d\",\"type\":\"double\"},{\"name\":\"b\",\"type\":\"bytes\"},"
    "{\"name\":\"s\",\"type\":\"string\"},{\"name\":\"n\",\"type\":[\"null\",\"long\"],\"default\":null},"
    "{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"x\",\"y\"]}},"
    "{\"name\":\"x\",\"type\":{\"type\":\"fixed\",\"name\":\"F\",\"size\":3}},"
    "{\"name\":\"day\",\"type\":{\"type\":\"int\",\"logicalType\":\"date\"}},"
    "{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}},"
    "{\"name\":\"local\",\"type\":{\"type\":\"long\",\"logicalType\":\"local-timestamp-micros\"}},"
    "{\"name\":\"time\",\"type\":{\"type\":\"long\",\"logicalType\":\"time-micros\"}},"
    "{\"name\":\"price\",\"type\":[\"null\",{\"type\":\"bytes\",\"logicalType\":\"decimal\","
    "\"precision\":10,\"scale\":2}]},"
    "{\"name\":\"id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"}},"
    "{\"name\":\"list\",\"type\":{\"type\":\"array\",\"items\":[\"null\",\"int\"]}},"
    "{\"name\":\"map\",\"type\":{\"type\":\"map\",\"values\":[\"null\",\"string\"]}},"
    "{\"name\":\"in\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"In\",\"fields\":["
    "{\"name\":\"many\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":\"long\"}}}]}]},"
    "{\"name\":\"again\",\"type\":[\"null\",\"In\"]},{\"name\":\"full\",\"type\":\"a.b.F\"}]}";

static void put_text(leat_buffer *out, const char *text)
{
    leat_encode_bytes(out, leat_slice_of_string(text));
}

static void put_nested(leat_buffer *out)
{
    leat_encode_long(out, 1); /* the record's branch */
    leat_encode_long(out, 2); /* two arrays, */
    leat_encode_long(out, 0); /* an empty one, */
    leat_encode_long(out, 1);
    leat_encode_long(out, INT64_MIN); /* and one of one long */
    leat_encode_long(out, 0);
    leat_encode_long(out, 0);
}

/* By the specification's rules for binary encoding; sized and repeated blocks are among them. */
static leat_buffer everything_bytes(void)
{
    leat_buffer out = {0};
    leat_encode_boolean(&out, true);
    leat_encode_long(&out, INT32_MIN);
    leat_encode_long(&out, INT64_MAX);
    leat_encode_float(&out, 0.1f);
    leat_encode_double(&out, 0.1);
    leat_encode_bytes(&out, leat_slice_of("\x00\xffz", 3));
    put_text(&out, "a\"\\\n\x01/é");
    leat_encode_long(&out, 0);
    leat_encode_long(&out, 1);
    leat_buffer_append(&out, "\x01\x02\xab", 3);
    leat_encode_long(&out, 20000);
    leat_encode_long(&out, INT64_C(1773129600123456));
    leat_encode_long(&out, -1);
    leat_encode_long(&out, INT64_C(86400000000));
    leat_encode_long(&out, 1);
    leat_encode_bytes(&out, leat_slice_of("\xfb\x2e", 2));
    put_text(&out, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
    leat_encode_long(&out, -2); /* a sized block of two items in three bytes, then one of one */
    leat_encode_long(&out, 3);
    leat_encode_long(&out, 0);
    leat_encode_long(&out, 1);
    leat_encode_long(&out, 7);
    leat_encode_long(&out, 1);
    leat_encode_long(&out, 0);
    leat_encode_long(&out, 0);
    leat_encode_long(&out, 2);
    put_text(&out, "k1");
    leat_encode_long(&out, 1);
    put_text(&out, "v");
    put_text(&out, "k\"2");
    leat_encode_long(&out, 0);
    leat_encode_long(&out, 0);
    put_nested(&out);
    leat_encode_long(&out, 0);
    leat_buffer_append(&out, "abc", 3);
    return out;
}

static const char everything_json[] =
    "{\"yes\":true,\"i\":-2147483648,\"l\":9223372036854775807,\"f\":0.1,\"d\":0.1,"
    "\"b\":\"\\\\x00ff7a\",\"s\":\"a\\\"\\\\\\n\\u0001/é\",\"n\":null,\"e\":\"y\",\"x\":\"\\\\x0102ab\","
    "\"day\":\"2024-10-04\",\"at\":\"2026-03-10T08:00:00.123456Z\","
    "\"local\":\"1969-12-31T23:59:59.999999\",\"time\":\"24:00:00.000000\",\"price\":\"-12.34\","
    "\"id\":\"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\",\"list\":[null,7,null],"
    "\"map\":{\"k1\":\"v\",\"k\\\"2\":null},\"in\":{\"many\":[[],[-9223372036854775808]]},"
    "\"again\":null,\"full\":\"\\\\x616263\"}";

static void every_kind_of_value_is_shown(void **state)
{
    (void)state;
    leat_buffer bytes = everything_bytes();
    assert_decodes(everything, &bytes, everything_json);
    json_t *parsed = json_loads(everything_json, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(parsed); /* what was expected is JSON itself */
    json_decref(parsed);
    leat_buffer_free(&bytes);
}

static void records_come_off_the_front_one_by_one(void **state)
{
    (void)state;
    leat_error error = {0};
    leat_buffer bytes = {0};
    leat_buffer out = {0};
    for (int i = 0; i < 1000; i++) {
        leat_buffer one = everything_bytes();
        leat_buffer_append_slice(&bytes, leat_buffer_slice(&one));
        leat_buffer_free(&one);
    }
    leat_json_decoder *decoder = open_decoder(everything);
    leat_slice rest = leat_buffer_slice(&bytes);
    for (int i = 0; i < 1000; i++) {
        leat_buffer_reset(&out);
        assert_int_equal(leat_json_decoder_next(decoder, &rest, &out, &error), LEAT_OK);
        assert_string_equal(leat_buffer_string(&out), everything_json);
    }
    assert_int_equal(rest.length, 0);
    assert_int_equal(leat_json_decoder_next(decoder, &rest, &out, &error), LEAT_FAILED);
    leat_json_decoder_close(decoder);
    leat_buffer_free(&bytes);
    leat_buffer_free(&out);
}

static void a_record_cut_anywhere_is_refused(void **state)
{
    (void)state;
    leat_error error = {0};
    leat_buffer out = {0};
    leat_buffer bytes = everything_bytes();
    leat_json_decoder *decoder = open_decoder(everything);
    for (size_t length = 0; length < bytes.length; length++) {
        uint8_t *copy = malloc(length + 1);
        memcpy(copy, bytes.data, length);
        copy = realloc(copy, length == 0 ? 1 : length);
        leat_slice rest = leat_slice_of(copy, length);
        assert_int_equal(leat_json_decoder_next(decoder, &rest, &out, &error), LEAT_FAILED);
        assert_int_equal(out.length, 0);
        free(copy);
    }
    leat_json_decoder_close(decoder);
    leat_buffer_free(&bytes);
    leat_buffer_free(&out);
}

static void changed_bytes_are_json_or_refused(void **state)
{
    (void)state;
    srand(5);
    leat_error error = {0};
    leat_buffer out = {0};
    leat_buffer bytes = everything_bytes();
    leat_json_decoder *decoder = open_decoder(everything);
    int decoded = 0;
    for (int round = 0; round < 50000; round++) {
        uint8_t *copy = malloc(bytes.length);
        memcpy(copy, bytes.data, bytes.length);
        for (int i = rand() % 3; i >= 0; i--)
            copy[(size_t)rand() % bytes.length] = (uint8_t)rand();
        leat_slice rest = leat_slice_of(copy, bytes.length);
        leat_buffer_reset(&out);
        if (leat_json_decoder_next(decoder, &rest, &out, &error) == LEAT_OK) {
            json_t *parsed = json_loadb((const char *)out.data, out.length, JSON_ALLOW_NUL, NULL);
            if (parsed == NULL)
                fail_msg("not JSON: %s", leat_buffer_string(&out));
            json_decref(parsed);
            decoded++;
        }
        free(copy);
    }
    assert_true(decoded > 1000);
    leat_json_decoder_close(decoder);
    leat_buffer_free(&bytes);
    leat_buffer_free(&out);
}

/* ---- Single values ---- */

static const char *shown(leat_buffer *out)
{
    const char *text = leat_buffer_string(out);
    leat_buffer_reset(out);
    return text;
}

static void dates_are_proleptic_and_unbounded(void **state)
{
    (void)state;
    /* Days from 1970 by Python's date.toordinal() in the years it has; beyond them by whole eras of 146097
     * days (400 years). */
    static const struct {
        int64_t days;
        const char *text;
    } known[] = {
        {0, "\"1970-01-01\""},
        {-1, "\"1969-12-31\""},
        {11016, "\"2000-02-29\""},
        {11017, "\"2000-03-01\""},
        {-719162, "\"0001-01-01\""},
        {-719163, "\"0000-12-31\""}, /* 1 BC is the year 0000, a leap year */
        {-719162 - 366, "\"0000-01-01\""},
        {-719162 - 366 - 1, "\"-0001-12-31\""},
        {2932896, "\"9999-12-31\""},
        {2932897, "\"+10000-01-01\""},
        {-719162 - 366 - 146097 * 10, "\"-4000-01-01\""},
        {11016 + INT64_C(146097) * 1000, "\"+402000-02-29\""},
        {11016 - INT64_C(146097) * 20, "\"-6000-02-29\""},
        {-25509, "\"1900-02-28\""},
        {-25508, "\"1900-03-01\""},
    };
    leat_buffer out = {0};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        leat_json_append_date(&out, known[i].days);
        assert_string_equal(shown(&out), known[i].text);
    }
    leat_buffer_free(&out);
}

/* libc's calendar is proleptic Gregorian as well. */
static void timestamps_match_libc(void **state)
{
    (void)state;
    srand(17);
    leat_buffer out = {0};
    for (int round = 0; round < 100000; round++) {
        int64_t micros = (int64_t)((uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ (uint64_t)rand());
        micros = (rand() % 2 ? micros : -micros) >> (rand() % 20);
        time_t seconds = (time_t)(micros / 1000000 - (micros % 1000000 < 0));
        struct tm parts;
        assert_non_null(gmtime_r(&seconds, &parts));
        int64_t year = parts.tm_year + INT64_C(1900);
        char wanted[80];
        snprintf(wanted, sizeof wanted, "\"%s%04lld-%02d-%02dT%02d:%02d:%02d.%06dZ\"",
                 year < 0      ? "-"
                 : year > 9999 ? "+"
                               : "",
                 (long long)llabs(year), parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                 parts.tm_sec, (int)(micros - seconds * 1000000));
        leat_json_append_timestamp(&out, micros, true);
        assert_string_equal(shown(&out), wanted);
    }
    /* The ends of the range, by Python: divmod of 2**63 with a day's microseconds, and 400-year eras. */
    leat_json_append_timestamp(&out, INT64_MAX, false);
    assert_string_equal(shown(&out), "\"+294247-01-10T04:00:54.775807\"");
    leat_json_append_timestamp(&out, INT64_MIN, true);
    assert_string_equal(shown(&out), "\"-290308-12-21T19:59:05.224192Z\"");
    leat_buffer_free(&out);
}

static void times_of_day_are_shown_and_others_not_made_up(void **state)
{
    (void)state;
    leat_buffer out = {0};
    leat_json_append_time(&out, 0);
    assert_string_equal(shown(&out), "\"00:00:00.000000\"");
    leat_json_append_time(&out, INT64_C(86399999999));
    assert_string_equal(shown(&out), "\"23:59:59.999999\"");
    leat_json_append_time(&out, INT64_C(86400000001));
    assert_string_equal(shown(&out), "86400000001");
    leat_json_append_time(&out, -1);
    assert_string_equal(shown(&out), "-1");
    leat_buffer_free(&out);
}

/* Puts the point into libcrypto's decimal digits. */
static void oracle_decimal(const uint8_t *bytes, size_t length, size_t scale, char *text)
{
    BIGNUM *number = BN_bin2bn(bytes, (int)length, NULL);
    bool negative = length > 0 && (bytes[0] & 0x80) != 0;
    if (negative) {
        BIGNUM *modulus = BN_new();
        assert_int_equal(BN_set_bit(modulus, (int)length * 8), 1);
        assert_int_equal(BN_sub(number, modulus, number), 1);
        BN_free(modulus);
    }
    char *digits = BN_bn2dec(number);
    size_t count = strlen(digits);
    char *at = text;
    *at++ = '"';
    if (negative)
        *at++ = '-';
    for (size_t place = count > scale ? count : scale + 1; place > 0; place--) {
        *at++ = place > count ? '0' : digits[count - place];
        if (place == scale + 1 && scale > 0)
            *at++ = '.';
    }
    memcpy(at, "\"", 2);
    OPENSSL_free(digits);
    BN_free(number);
}

static void decimals_match_libcrypto(void **state)
{
    (void)state;
    srand(19);
    leat_buffer out = {0};
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[500];
        char wanted[2000];
        size_t length = (size_t)rand() % (round % 100 == 0 ? sizeof bytes : 20);
        size_t scale = (size_t)rand() % 40;
        for (size_t i = 0; i < length; i++)
            bytes[i] = rand() % 4 == 0 ? (rand() % 2 ? 0xff : 0) : (uint8_t)rand();
        oracle_decimal(bytes, length, scale, wanted);
        leat_json_append_decimal(&out, leat_slice_of(bytes, length), (int)scale);
        assert_string_equal(shown(&out), wanted);
    }
    leat_buffer_free(&out);
}

static void strings_are_json_whatever_their_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *json;
    } known[] = {
        {"", 0, "\"\""},
        {"plain", 5, "\"plain\""},
        {"\xff", 1, "\"\\ufffd\""},
        {"a\xc3", 2, "\"a\\ufffd\""},
        {"\xc3\xa9\x80z", 4, "\"é\\ufffdz\""},
        {"\xed\xa0\x80", 3, "\"\\ufffd\\ufffd\\ufffd\""}, /* a surrogate */
        {"\xc0\xaf", 2, "\"\\ufffd\\ufffd\""},            /* a slash in two bytes */
        {"\xf0\x9f\x98\x80", 4, "\"😀\""},
        {"\xf4\x90\x80\x80", 4, "\"\\ufffd\\ufffd\\ufffd\\ufffd\""}, /* beyond U+10FFFF */
        {"nul\0in", 6, "\"nul\\u0000in\""},
        {"\t\r\n\x1f\x7f", 5, "\"\\t\\r\\n\\u001f\\u007f\""},
    };
    leat_buffer out = {0};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        leat_json_append_string(&out, leat_slice_of(known[i].bytes, known[i].length));
        assert_string_equal(shown(&out), known[i].json);
        leat_buffer bytes = {0};
        leat_encode_bytes(&bytes, leat_slice_of(known[i].bytes, known[i].length));
        assert_decodes("\"string\"", &bytes, known[i].json);
        leat_buffer_free(&bytes);
    }
    leat_buffer_free(&out);
}

static void numbers_come_back_from_their_text(void **state)
{
    (void)state;
    srand(23);
    leat_buffer out = {0};
    for (int round = 0; round < 20000; round++) {
        uint64_t bits = (uint64_t)rand() << 40 ^ (uint64_t)rand() << 20 ^ (uint64_t)rand();
        uint32_t narrow_bits = (uint32_t)bits;
        double wide;
        float narrow;
        memcpy(&wide, &bits, sizeof wide);
        memcpy(&narrow, &narrow_bits, sizeof narrow);
        leat_json_append_double(&out, wide);
        const char *text = shown(&out);
        if (text[0] != '"')
            assert_true(strtod(text, NULL) == wide);
        leat_json_append_float(&out, narrow);
        text = shown(&out);
        if (text[0] != '"')
            assert_true(strtof(text, NULL) == narrow);
    }
    leat_json_append_double(&out, 1e300 * 1e10);
    assert_string_equal(shown(&out), "\"Infinity\"");
    leat_json_append_double(&out, -1e300 * 1e10);
    assert_string_equal(shown(&out), "\"-Infinity\"");
    leat_json_append_double(&out, strtod("nan", NULL));
    assert_string_equal(shown(&out), "\"NaN\"");
    leat_json_append_float(&out, strtof("nan", NULL));
    assert_string_equal(shown(&out), "\"NaN\"");
    leat_json_append_double(&out, 1.0 / 3.0);
    assert_string_equal(shown(&out), "0.3333333333333333");
    leat_json_append_float(&out, 16777216.0f);
    assert_string_equal(shown(&out), "16777216");
    leat_buffer_free(&out);
}

/* ---- Schemas ---- */

static void a_logical_type_that_does_not_fit_is_ignored(void **state)
{
    (void)state;
    leat_buffer bytes = {0};
    leat_encode_bytes(&bytes, leat_slice_of("\x05", 1));
    assert_decodes("{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":2,\"scale\":3}", &bytes,
                   "\"\\\\x05\"");
    assert_decodes("{\"type\":\"bytes\",\"logicalType\":\"decimal\"}", &bytes, "\"\\\\x05\"");
    assert_decodes("{\"type\":\"bytes\",\"logicalType\":\"date\"}", &bytes, "\"\\\\x05\"");
    assert_decodes("{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":2}", &bytes, "\"5\"");
    leat_buffer_free(&bytes);
}

static void assert_schema_refused(const char *schema)
{
    leat_error error = {0};
    leat_json_decoder *decoder = NULL;
    if (leat_json_decoder_open(schema, &decoder, &error) != LEAT_FAILED || decoder != NULL)
        fail_msg("this was taken: %s", schema);
    assert_true(error.message[0] != '\0');
}

static void hostile_schemas_are_refused(void **state)
{
    (void)state;
    static const char *const schemas[] = {
        "",
        "{",
        "\"wrong\"",
        "[]",
        "{}",
        "7",
        "{\"type\":\"record\",\"name\":\"R\"}",
        "{\"type\":\"record\",\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"1R\",\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"a..b\",\"fields\":[]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\"}]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"type\":\"int\"}]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a b\",\"type\":\"int\"}]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"self\",\"type\":\"R\"}]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"next\",\"type\":[\"null\",\"R\"]}]}",
        "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[]}",
        "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":\"xy\"}",
        "{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}",
        "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1000000000000}",
        "{\"type\":\"array\"}",
        ("[\"int\",{\"type\":\"fixed\",\"name\":\"F\",\"size\":1},"
         "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}]"),
    };
    for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++)
        assert_schema_refused(schemas[i]);
}

/* Each record twice in the next: a value of the last one would have 2^40 parts. */
static void a_schema_that_explodes_is_refused(void **state)
{
    (void)state;
    leat_buffer schema = {0};
    leat_buffer_append_string(&schema, "[{\"type\":\"record\",\"name\":\"R0\",\"fields\":[]}");
    for (int i = 1; i <= 40; i++)
        leat_buffer_printf(
            &schema,
            ",{\"type\":\"record\",\"name\":\"R%d\",\"fields\":[{\"name\":\"a\",\"type\":\"R%d\"},"
            "{\"name\":\"b\",\"type\":\"R%d\"}]}",
            i, i - 1, i - 1);
    leat_buffer_append_string(&schema, "]");
    assert_schema_refused(leat_buffer_string(&schema));
    leat_buffer_reset(&schema);
    for (int i = 0; i < 1000; i++)
        leat_buffer_append_string(&schema, "{\"type\":\"array\",\"items\":");
    leat_buffer_append_string(&schema, "\"int\"");
    for (int i = 0; i < 1000; i++)
        leat_buffer_append_string(&schema, "}");
    assert_schema_refused(leat_buffer_string(&schema));
    leat_buffer_free(&schema);
}

/* Items that take no bytes could be there any number of times; those that do must be there. */
static void endless_items_are_refused(void **state)
{
    (void)state;
    leat_error error = {0};
    leat_buffer bytes = {0};
    leat_buffer out = {0};
    assert_schema_refused("{\"type\":\"array\",\"items\":\"null\"}");
    assert_schema_refused("{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"R\",\"fields\":"
                          "[{\"name\":\"n\",\"type\":\"null\"}]}}");
    leat_encode_long(&bytes, INT64_MAX);
    leat_encode_long(&bytes, 0);
    leat_json_decoder *decoder = open_decoder("{\"type\":\"array\",\"items\":[\"null\",\"int\"]}");
    leat_slice rest = leat_buffer_slice(&bytes);
    assert_int_equal(leat_json_decoder_next(decoder, &rest, &out, &error), LEAT_FAILED);
    leat_json_decoder_close(decoder);
    leat_buffer_free(&bytes);
    leat_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_is_shown),
        cmocka_unit_test(records_come_off_the_front_one_by_one),
        cmocka_unit_test(a_record_cut_anywhere_is_refused),
        cmocka_unit_test(changed_bytes_are_json_or_refused),
        cmocka_unit_test(dates_are_proleptic_and_unbounded),
        cmocka_unit_test(timestamps_match_libc),
        cmocka_unit_test(times_of_day_are_shown_and_others_not_made_up),
        cmocka_unit_test(decimals_match_libcrypto),
        cmocka_unit_test(strings_are_json_whatever_their_bytes),
        cmocka_unit_test(numbers_come_back_from_their_text),
        cmocka_unit_test(a_logical_type_that_does_not_fit_is_ignored),
        cmocka_unit_test(hostile_schemas_are_refused),
        cmocka_unit_test(a_schema_that_explodes_is_refused),
        cmocka_unit_test(endless_items_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
