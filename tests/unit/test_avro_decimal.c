/* Decimal text to Avro's bytes, against values made elsewhere and against libcrypto's big numbers. */
#include <openssl/bn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/encode.h"
#include "leat/encode.h"

typedef struct known {
    const char *text;
    int precision;
    int scale;
    const char *hex; /* of the unscaled value, by Python's int.to_bytes(…, "big", signed=True) */
} known;

static const known known_values[] = {
    {"0", 10, 2, "00"},
    {"-0.00", 10, 2, "00"},
    {"+1", 10, 2, "64"},
    {"1.27", 10, 2, "7f"},
    {"1.28", 10, 2, "0080"},
    {"-1.28", 10, 2, "80"},
    {"-1.29", 10, 2, "ff7f"},
    {"2.55", 10, 2, "00ff"},
    {"-2.56", 10, 2, "ff00"},
    {"327.67", 10, 2, "7fff"},
    {"-327.68", 10, 2, "8000"},
    {".5", 10, 2, "32"},
    {"5.", 10, 2, "01f4"},
    {"000123.4500", 10, 2, "3039"},
    {"12345678.90", 10, 2, "499602d2"},
    {"-12345678.90", 10, 2, "b669fd2e"},
    {"999999999999999999", 18, 0, "0de0b6b3a763ffff"},
    {"-999999999999999999", 18, 0, "f21f494c589c0001"},
    {"9223372036854775807", 19, 0, "7fffffffffffffff"},
    {"9223372036854775808", 19, 0, "008000000000000000"},
    {"-9223372036854775808", 19, 0, "8000000000000000"},
    {"-9223372036854775809", 19, 0, "ff7fffffffffffffff"},
    {"18446744073709551615", 20, 0, "00ffffffffffffffff"},
    {"79228162514264337593543950335", 29, 0, "00ffffffffffffffffffffffff"},
    {"-79228162514264337593543950336", 29, 0, "ff000000000000000000000000"},
    {"0.00000000000000000000000000001", 30, 29, "01"},
    {"-0.00000000000000000000000000001", 30, 29, "ff"},
    {"-0.00000000000000000000000000000", 30, 29, "00"},
    {"1", 30, 29, "01431e0fae6d7217caa0000000"},
};

static size_t from_hex(const char *hex, uint8_t *bytes)
{
    size_t length = strlen(hex) / 2;
    for (size_t i = 0; i < length; i++) {
        unsigned byte;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        bytes[i] = (uint8_t)byte;
    }
    return length;
}

/* The length's varint and the bytes, as Avro has them. */
static void assert_encodes(const char *text, int precision, int scale, const uint8_t *bytes, size_t length)
{
    leat_buffer out = {0};
    leat_buffer wanted = {0};
    leat_encode_bytes(&wanted, leat_slice_of(bytes, length));
    if (leat_encode_decimal_text(&out, leat_slice_of_string(text), precision, scale) != LEAT_ENCODED)
        fail_msg("\"%s\" was not encoded as decimal(%d,%d)", text, precision, scale);
    if (!leat_slice_equal(leat_buffer_slice(&out), leat_buffer_slice(&wanted)))
        fail_msg("\"%s\" as decimal(%d,%d) gave other bytes", text, precision, scale);
    leat_buffer_free(&out);
    leat_buffer_free(&wanted);
}

static void known_values_have_their_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known_values / sizeof known_values[0]; i++) {
        uint8_t bytes[64];
        size_t length = from_hex(known_values[i].hex, bytes);
        assert_encodes(known_values[i].text, known_values[i].precision, known_values[i].scale, bytes, length);
    }
}

/* Two's complement in the fewest bytes, by way of libcrypto. */
static size_t oracle_bytes(const char *unscaled, uint8_t *bytes)
{
    BIGNUM *number = NULL;
    assert_true(BN_dec2bn(&number, unscaled) > 0);
    if (BN_is_negative(number))
        assert_int_equal(BN_add_word(number, 1), 1); /* ~(|x| - 1) is -|x| */
    size_t length = (size_t)BN_num_bits(number) / 8 + 1;
    bool negative = unscaled[0] == '-' && strspn(unscaled, "-0") != strlen(unscaled);
    assert_int_equal(BN_bn2binpad(number, bytes, (int)length), (int)length);
    for (size_t i = 0; negative && i < length; i++)
        bytes[i] = (uint8_t)~bytes[i];
    BN_free(number);
    return length;
}

static void random_values_match_libcrypto(void **state)
{
    (void)state;
    srand(20260310);
    for (int round = 0; round < 20000; round++) {
        char text[1100];
        char unscaled[1100];
        size_t digits = 1 + (size_t)rand() % (round % 50 == 0 ? 1000 : 45);
        size_t scale = (size_t)rand() % (digits + 1);
        size_t at = 0;
        size_t plain = 0;
        if (rand() % 2)
            text[at++] = unscaled[plain++] = '-';
        for (size_t i = 0; i < digits; i++) {
            if (i == digits - scale)
                text[at++] = '.';
            text[at++] = unscaled[plain++] = (char)('0' + (rand() % 4 == 0 ? 0 : rand() % 10));
        }
        text[at] = unscaled[plain] = '\0';
        uint8_t bytes[600];
        size_t length = oracle_bytes(unscaled, bytes);
        assert_encodes(text, (int)digits, (int)scale, bytes, length);
    }
}

static void assert_answers(const char *text, int precision, int scale, leat_encoding wanted)
{
    leat_buffer out = {0};
    leat_encoding answer = leat_encode_decimal_text(&out, leat_slice_of_string(text), precision, scale);
    if (answer != wanted)
        fail_msg("\"%s\" as decimal(%d,%d): answer %d, wanted %d", text, precision, scale, answer, wanted);
    leat_buffer_free(&out);
}

static void what_does_not_fit_is_unrepresentable(void **state)
{
    (void)state;
    assert_answers("1.234", 10, 2, LEAT_UNREPRESENTABLE);
    assert_answers("123456789.00", 10, 2, LEAT_UNREPRESENTABLE);
    assert_answers("99999999.99", 10, 2, LEAT_ENCODED);
    assert_answers("100000000", 10, 2, LEAT_UNREPRESENTABLE);
    assert_answers("0.001", 3, 3, LEAT_ENCODED);
    assert_answers("1", 3, 3, LEAT_UNREPRESENTABLE);
    assert_answers("1.2300", 3, 2, LEAT_ENCODED);
    assert_answers("0000000000000000000000000000007", 1, 0, LEAT_ENCODED);
    assert_answers("100000000000000000000000000000000000000", 38, 0, LEAT_UNREPRESENTABLE);
}

static void what_is_no_number_is_malformed(void **state)
{
    (void)state;
    static const char *const texts[] = {"",         "-",         "+",   ".",    "-.",  "1e3", "NaN",
                                        "Infinity", " 1",        "1 ",  "1,5",  "--1", "+-1", "1.2.3",
                                        "0x1",      "1\xc2\xa0", "1..", "1.-2", "٣"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_answers(texts[i], 10, 2, LEAT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values_have_their_bytes),
        cmocka_unit_test(random_values_match_libcrypto),
        cmocka_unit_test(what_does_not_fit_is_unrepresentable),
        cmocka_unit_test(what_is_no_number_is_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
