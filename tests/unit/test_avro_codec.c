/* Compression: round trips, limits, and data that is not what it should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avro/codec.h"

static const leat_codec_kind every_codec[] = {LEAT_CODEC_NULL, LEAT_CODEC_DEFLATE, LEAT_CODEC_SNAPPY,
                                              LEAT_CODEC_ZSTANDARD};

static void must(leat_status status, const leat_error *error)
{
    if (status != LEAT_OK)
        fail_msg("%s", error->message);
}

static leat_buffer sample(size_t length, bool random)
{
    leat_buffer bytes = {0};
    for (size_t i = 0; i < length; i++)
        leat_buffer_append_byte(&bytes, (uint8_t)(random ? rand() : (int)(i / 9)));
    return bytes;
}

static void names_go_both_ways(void **state)
{
    (void)state;
    static const char *const names[] = {"null", "deflate", "snappy", "zstandard"};
    leat_codec_kind kind;
    for (size_t i = 0; i < 4; i++) {
        assert_true(leat_codec_parse(names[i], &kind));
        assert_int_equal(kind, every_codec[i]);
        assert_string_equal(leat_codec_name(kind), names[i]);
    }
    assert_false(leat_codec_parse("bzip2", &kind));
    assert_false(leat_codec_parse("", &kind));
    assert_false(leat_codec_parse("Deflate", &kind));
}

static void one_state_serves_many_blocks(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 100, 65536, 65537, 1000000, 3};
    for (size_t i = 0; i < 4; i++) {
        leat_codec *codec = leat_codec_open(every_codec[i], 0);
        for (size_t k = 0; k < 12; k++) {
            leat_error error = {0};
            leat_buffer packed = {0};
            leat_buffer back = {0};
            leat_buffer plain = sample(lengths[k / 2], k % 2);
            leat_buffer_append_string(&packed, "before");
            leat_buffer_append_string(&back, "before");
            must(leat_codec_compress(codec, leat_buffer_slice(&plain), &packed, &error), &error);
            assert_memory_equal(packed.data, "before", 6); /* it appends */
            leat_slice data = leat_slice_of(packed.data + 6, packed.length - 6);
            must(leat_codec_expand(codec, data, plain.length, &back, &error), &error);
            assert_int_equal(back.length, plain.length + 6);
            assert_memory_equal(back.data, "before", 6);
            assert_memory_equal(back.data + 6, plain.data, plain.length);
            leat_buffer_free(&plain);
            leat_buffer_free(&packed);
            leat_buffer_free(&back);
        }
        leat_codec_close(codec);
    }
}

static void more_than_the_limit_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        leat_error error = {0};
        leat_buffer packed = {0};
        leat_buffer back = {0};
        leat_buffer plain = sample(300000, false);
        leat_codec *codec = leat_codec_open(every_codec[i], 0);
        must(leat_codec_compress(codec, leat_buffer_slice(&plain), &packed, &error), &error);
        leat_status status = leat_codec_expand(codec, leat_buffer_slice(&packed), 299999, &back, &error);
        assert_int_equal(status, LEAT_FAILED);
        assert_non_null(strstr(error.message, leat_codec_name(every_codec[i])));
        assert_non_null(strstr(error.message, "299999"));
        leat_codec_close(codec);
        leat_buffer_free(&plain);
        leat_buffer_free(&packed);
        leat_buffer_free(&back);
    }
}

/* Every shorter part of the compressed bytes is an error, and so are bytes behind them. */
static void cut_data_is_refused(void **state)
{
    (void)state;
    for (size_t i = 1; i < 4; i++) {
        leat_error error = {0};
        leat_buffer packed = {0};
        leat_buffer back = {0};
        leat_buffer plain = sample(2000, false);
        leat_codec *codec = leat_codec_open(every_codec[i], 0);
        must(leat_codec_compress(codec, leat_buffer_slice(&plain), &packed, &error), &error);
        for (size_t length = 0; length < packed.length; length++) {
            leat_slice part = leat_slice_of(packed.data, length);
            assert_int_equal(leat_codec_expand(codec, part, 100000, &back, &error), LEAT_FAILED);
        }
        size_t length = packed.length;
        leat_buffer_append_string(&packed, "something more");
        assert_int_equal(leat_codec_expand(codec, leat_buffer_slice(&packed), 100000, &back, &error),
                         LEAT_FAILED);
        /* and it still works after all that */
        leat_buffer_reset(&back);
        must(leat_codec_expand(codec, leat_slice_of(packed.data, length), 100000, &back, &error), &error);
        assert_int_equal(back.length, 2000);
        leat_codec_close(codec);
        leat_buffer_free(&plain);
        leat_buffer_free(&packed);
        leat_buffer_free(&back);
    }
}

/* "123456789" has the CRC-32 CBF43926 (the check value of the polynomial's catalogues). */
static void snappy_has_the_big_endian_checksum_behind_it(void **state)
{
    (void)state;
    leat_error error = {0};
    leat_buffer packed = {0};
    leat_buffer back = {0};
    leat_codec *codec = leat_codec_open(LEAT_CODEC_SNAPPY, 0);
    must(leat_codec_compress(codec, leat_slice_of_string("123456789"), &packed, &error), &error);
    assert_memory_equal(packed.data + packed.length - 4, "\xcb\xf4\x39\x26", 4);
    packed.data[packed.length - 1] ^= 1;
    assert_int_equal(leat_codec_expand(codec, leat_buffer_slice(&packed), 100, &back, &error), LEAT_FAILED);
    assert_non_null(strstr(error.message, "checksum"));
    leat_codec_close(codec);
    leat_buffer_free(&packed);
    leat_buffer_free(&back);
}

/* A length of 2 GiB claimed by seven bytes must not be believed. */
static void a_claimed_length_is_not_believed(void **state)
{
    (void)state;
    leat_error error = {0};
    leat_buffer back = {0};
    leat_codec *codec = leat_codec_open(LEAT_CODEC_SNAPPY, 0);
    leat_slice hostile = leat_slice_of("\xff\xff\xff\xff\x07\x00\x41"
                                       "abcd",
                                       11);
    assert_int_equal(leat_codec_expand(codec, hostile, 0x7fffffff, &back, &error), LEAT_FAILED);
    assert_true(back.capacity < 1000000);
    leat_codec_close(codec);
    leat_buffer_free(&back);
}

static void a_level_that_is_none_is_named(void **state)
{
    (void)state;
    static const struct {
        leat_codec_kind kind;
        int level;
    } wrong[] = {{LEAT_CODEC_DEFLATE, 13},
                 {LEAT_CODEC_DEFLATE, -1},
                 {LEAT_CODEC_ZSTANDARD, 20},
                 {LEAT_CODEC_ZSTANDARD, -3}};
    for (size_t i = 0; i < 4; i++) {
        leat_error error = {0};
        leat_buffer packed = {0};
        char level[12];
        snprintf(level, sizeof level, "%d", wrong[i].level);
        leat_codec *codec = leat_codec_open(wrong[i].kind, wrong[i].level);
        assert_int_equal(leat_codec_compress(codec, leat_slice_of_string("x"), &packed, &error), LEAT_FAILED);
        assert_non_null(strstr(error.message, level));
        leat_codec_close(codec);
        leat_buffer_free(&packed);
    }
}

static void a_higher_level_packs_tighter(void **state)
{
    (void)state;
    static const struct {
        leat_codec_kind kind;
        int level;
    } high[] = {{LEAT_CODEC_DEFLATE, 12}, {LEAT_CODEC_ZSTANDARD, 19}};
    leat_buffer plain = {0};
    static const char *const words[] = {"order",   "customer",  "street", "paid",
                                        "shipped", "Amsterdam", "Utrecht"};
    srand(3);
    for (int i = 0; i < 20000; i++)
        leat_buffer_printf(&plain, "%s %d ", words[rand() % 7], rand() % 100);
    for (size_t i = 0; i < 2; i++) {
        leat_error error = {0};
        leat_buffer least = {0};
        leat_buffer most = {0};
        leat_codec *low_codec = leat_codec_open(high[i].kind, 1);
        leat_codec *high_codec = leat_codec_open(high[i].kind, high[i].level);
        must(leat_codec_compress(low_codec, leat_buffer_slice(&plain), &least, &error), &error);
        must(leat_codec_compress(high_codec, leat_buffer_slice(&plain), &most, &error), &error);
        assert_true(most.length < least.length);
        leat_codec_close(low_codec);
        leat_codec_close(high_codec);
        leat_buffer_free(&least);
        leat_buffer_free(&most);
    }
    leat_buffer_free(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(one_state_serves_many_blocks),
        cmocka_unit_test(more_than_the_limit_is_refused),
        cmocka_unit_test(cut_data_is_refused),
        cmocka_unit_test(snappy_has_the_big_endian_checksum_behind_it),
        cmocka_unit_test(a_claimed_length_is_not_believed),
        cmocka_unit_test(a_level_that_is_none_is_named),
        cmocka_unit_test(a_higher_level_packs_tighter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
