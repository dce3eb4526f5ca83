/* MySQL's binary JSON and its partial updates: documents as MySQL 9.7 logged them, and what it printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "mysql/value/json_binary.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct expectation {
    const char *hex;
    const char *text;
} expectation;

static const expectation documents[] = {
    {"0400", "null"},     /* cast('null' as json) */
    {"0401", "true"},     /* 'true' */
    {"0200000400", "[]"}, /* '[]' */
    {"0000000400", "{}"}, /* '{}' */
    {"0c0178", "\"x\""},  /* '"x"' */
    {"020d005f0005000005ffff05ff7f072b00050080072f00073300073700073b00093f00094700094f00095700008"
     "00000ff7fffffffff000000000100ffffff7f0000008000000000ffffff7fffffffffffffffff00000000000000"
     "0001000000",
     "[0, -1, 32767, 32768, -32768, -32769, 65535, 65536, 2147483647, 2147483648, -2147483649, "
     "4294967295, 4294967296]"}, /* json_array(0,-1,32767,32768,-32768,-32769,65535,65536,2147483647,21474
                                  */
    {"0203002500090d000915000a1d00ffffffffffffff7f0000000000000080ffffffffffffffff",
     "[9223372036854775807, -9223372036854775808, 18446744073709551615]"}, /* json_array(9223372036854775807,-9223372036854775808,184467440737095516
                                                                            */
    {"0003002e00190001001a0001001b000200050100021d000502006163626203001100040000040200000d0000000"
     "400",
     "{\"a\": 1, \"c\": [null, false, {}], \"bb\": 2}"}, /* json_object('a',1,'bb',2,'c',json_array(null,false,json_object()))
                                                          */
    {"020d0093000b2b000b33000b3b000b43000b4b000b53000b5b000b63000b6b000b73000b7b000b83000b8b00"
     "000000000000f03f00000000000000807dc39425ad49b2540000901ec4bcd64200003426f56b0c43350f63ba"
     "b4697b4303eb2af2548b11434cce61e3a79de43d9b2ba1869b84063d1656e79eaf03d23c0100000000000000"
     "ffffffffffffef7f9a9999999999b93f",
     "[1.0, -0.0, 1e100, 100000000000000.0, 1e15, 1.2345678901234568e17, 1234567890123456.8, "
     "0.00000000015, 0.00000000000001, 0.000000000000001, 5e-324, 1.7976931348623157e308, "
     "0.1]"}, /* json_array(1e0,-0e0,1e100,1e14,1e15,123456789012345678e0,1234567890123 */
    {"02050052000f13000f19000f1f000f27000f3000f60403028132f60403027ffaf60609008000000cf6070b02800"
     "0000000f620421e7a0a1f00c4653600c4653600c4653600c4653600c4653600c4653600fc18",
     "[1.50, -0.05, 12, 0.00, "
     "-99999999999999999999999999999999999.999999999999999999999999999999]"}, /* json_array(1.50,-0.05,cast(12
                                                                                 as
                                                                                 decimal(5,0)),cast(0
                                                                                 as decimal(3,2))
                                                                               */
    {"02050045000f13000f1d000f27000f31000f3b000a080000000000bab2190c08801a068310bab2190b080000000"
     "591cbffff0b0801000000000000000c08000000000042b219",
     "[\"2024-02-29\", \"2024-02-29 01:02:03.400000\", \"-838:59:59.000000\", "
     "\"00:00:00.000001\", \"2024-01-01 00:00:00.000000\"]"}, /* json_array(cast('2024-02-29' as
                                                                 date),cast('2024-02-29
                                                                 01:02:03.4' as  */
    {"02040056000f10000f14000f17000f1a000f0200ff0f01610f01160f3a00ff00ff00ff00ff00ff00ff00ff00ff0"
     "0ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff",
     "[\"base64:type15:AP8=\", \"base64:type15:YQ==\", \"base64:type15:Fg==\", "
     "\"base64:type15:AP8A/wD/AP8A/wD/AP8A/wD/AP8A/wD/AP8A/wD/AP8A/wD/AP8A/wD/AP8A/wD/AP8A/wD/"
     "AP8A\\n/w==\"]"}, /* json_array(x'00ff',cast('a' as binary),b'10110',repeat(x'00ff',29)) */
    {"0204002a000c10000c19000c22000c2900086122625c5c632f640808090a0c0d011f7f06c3a4f09f8e8900",
     "[\"a\\\"b\\\\\\\\c/d\", \"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\", "
     "\"\xc3\xa4\xf0\x9f\x8e\x89\", \"\"]"}, /* json_array('a"b\\\\c/d',char(8,9,10,12,13,1,31,127
                                                using utf8mb4),'ä🎉' */
    {"000200160012000000120003000c150005010061226200",
     "{\"\": \"\", \"a\\\"b\": 1}"}, /* json_object('','','a"b',1) */
    {"02010089000c0700800179797979797979797979797979797979797979797979797979797979797979797979797"
     "9797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979"
     "7979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797"
     "979",
     "[\"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
     "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\"]"}, /* json_array(repeat('y',128)) */
    {"", "null"}, /* what INSERT IGNORE leaves in a column that may not be null */
};

/* Changes of one document, with binlog_row_value_options = PARTIAL_JSON. */
static const char document[] =
    "000500b4002700010028000100290003002c0003002f0003000232000068000505000c8b00040100616f63206470616478227903"
    "003600050100050200020d00020029000503000c0a001e7171717171717171717171717171717171717171717171717171717171"
    "7102002300120001001300020005010000150078797901000e000b0001000c0c007a017728707070707070707070707070707070"
    "70707070707070707070707070707070707070707070707070";
static const expectation changes[] = {
    {"0006242e615b315d03050700", "{\"a\": [1, 7, [3, \"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\"]], \"o\": {\"x\": 1, "
                                 "\"yy\": {\"z\": \"w\"}}, "
                                 "\"c d\": 5, \"pad\": \"pppppppppppppppppppppppppppppppppppppppp\", "
                                 "\"x\\\"y\": true}"}, /* json_set(j,'$.a[1]',7)
                                                        */
    {"0105242e6e6577030c0176",
     "{\"a\": [1, 2, [3, \"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\"]], \"o\": {\"x\": 1, \"yy\": {\"z\": \"w\"}}, "
     "\"c d\": 5, \"new\": \"v\", \"pad\": \"pppppppppppppppppppppppppppppppppppppppp\", \"x\\\"y\": "
     "true}"}, /* json_set(j,'$.new','v') */
    {"0106242e615b395d020400", "{\"a\": [1, 2, [3, \"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\"], null], \"o\": "
                               "{\"x\": 1, \"yy\": {\"z\": "
                               "\"w\"}}, \"c d\": 5, \"pad\": \"pppppppppppppppppppppppppppppppppppppppp\", "
                               "\"x\\\"y\": true}"}, /* json_set(j,'$.a[9]',null)
                                                      */
    {"0206242e615b305d", "{\"a\": [2, [3, \"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\"]], \"o\": {\"x\": 1, \"yy\": "
                         "{\"z\": \"w\"}}, \"c "
                         "d\": 5, \"pad\": \"pppppppppppppppppppppppppppppppppppppppp\", \"x\\\"y\": "
                         "true}"}, /* json_remove(j,'$.a[0]')
                                    */
    {"0203242e6f",
     "{\"a\": [1, 2, [3, \"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\"]], \"c d\": 5, \"pad\": "
     "\"pppppppppppppppppppppppppppppppppppppppp\", \"x\\\"y\": true}"}, /* json_remove(j,'$.o') */
    {"0008242e6f2e79792e7a070ff60402018105", "{\"a\": [1, 2, [3, \"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\"]], "
                                             "\"o\": {\"x\": 1, \"yy\": {\"z\": 1.5}}, \"c "
                                             "d\": 5, \"pad\": \"pppppppppppppppppppppppppppppppppppppppp\", "
                                             "\"x\\\"y\": true}"}, /* json_replace(j,'$.o.yy.z',1.5)
                                                                    */
    {"0007242e2263206422070c0573686f7274", "{\"a\": [1, 2, [3, \"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\"]], "
                                           "\"o\": {\"x\": 1, \"yy\": {\"z\": \"w\"}}, "
                                           "\"c d\": \"short\", \"pad\": "
                                           "\"pppppppppppppppppppppppppppppppppppppppp\", \"x\\\"y\": "
                                           "true}"}, /* json_set(j,'$."c
                                                        d"','short')
                                                      */
    {"0008242e22785c2279221400010013000b000100020c006b010007000501000005242e6f2e78030502000205242e706164",
     "{\"a\": [1, 2, [3, \"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\"]], \"o\": {\"x\": 2, \"yy\": {\"z\": \"w\"}}, "
     "\"c d\": 5, \"x\\\"y\": {\"k\": [1]}}"}, /* json_remove(json_set(j,'$."x\\"y"',cast('{"k": [1]}' as
                                                  json),'$.o.x',2),'$.pad') */
    {"000c242e615b6c6173745d5b305d03056300", "{\"a\": [1, 2, [99, \"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\"]], "
                                             "\"o\": {\"x\": 1, \"yy\": {\"z\": \"w\"}}, "
                                             "\"c d\": 5, \"pad\": "
                                             "\"pppppppppppppppppppppppppppppppppppppppp\", \"x\\\"y\": "
                                             "true}"}, /* json_set(j,'$.a[last][0]',99)
                                                        */
    {"020b242e615b6c6173742d315d", "{\"a\": [1, [3, \"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\"]], \"o\": {\"x\": 1, "
                                   "\"yy\": {\"z\": \"w\"}}, \"c "
                                   "d\": 5, \"pad\": \"pppppppppppppppppppppppppppppppppppppppp\", "
                                   "\"x\\\"y\": true}"}, /* json_remove(j,'$.a[last-1]')
                                                          */
    {"0103242e62030501000003242e6203050200", "{\"a\": [1, 2, [3, \"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\"]], "
                                             "\"b\": 2, \"o\": {\"x\": 1, \"yy\": {\"z\": "
                                             "\"w\"}}, \"c d\": 5, \"pad\": "
                                             "\"pppppppppppppppppppppppppppppppppppppppp\", \"x\\\"y\": "
                                             "true}"}, /* json_set(json_set(j,'$.b',1),'$.b',2)
                                                        */
    {"010e242e225c6e5c7530303031c3a92203050100",
     "{\"a\": [1, 2, [3, \"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\"]], \"o\": {\"x\": 1, \"yy\": {\"z\": \"w\"}}, "
     "\"c d\": 5, \"pad\": \"pppppppppppppppppppppppppppppppppppppppp\", \"x\\\"y\": true, "
     "\"\\n\\u0001\xc3\xa9\": 1}"}, /* json_set(j,'$."\\n\\u0001é"',1) */
};

/* Bytes that stand in memory of exactly their size, so that a sanitizer sees a read behind them. */
static leat_slice from_hex(const char *hex)
{
    size_t length = strlen(hex) / 2;
    uint8_t *bytes = malloc(length == 0 ? 1 : length);
    assert_non_null(bytes);
    assert_true(leat_hex_decode(leat_slice_of_string(hex), bytes));
    return leat_slice_of(bytes, length);
}

static void free_slice(leat_slice slice)
{
    free((void *)(uintptr_t)slice.data);
}

static void prints_what_the_server_prints(void **state)
{
    (void)state;
    leat_buffer out = {0};
    for (size_t i = 0; i < COUNT(documents); i++) {
        leat_slice bytes = from_hex(documents[i].hex);
        leat_buffer_reset(&out);
        leat_buffer_append_string(&out, "before ");
        assert_true(leat_mysql_json_append(bytes, &out));
        assert_memory_equal(out.data, "before ", 7);
        assert_string_equal(leat_buffer_string(&out) + 7, documents[i].text);
        free_slice(bytes);
    }
    leat_buffer_free(&out);
}

static void applies_what_the_server_changed(void **state)
{
    (void)state;
    leat_buffer out = {0};
    leat_slice before = from_hex(document);
    for (size_t i = 0; i < COUNT(changes); i++) {
        leat_slice diffs = from_hex(changes[i].hex);
        leat_buffer_reset(&out);
        leat_buffer_append_string(&out, "before ");
        assert_true(leat_mysql_json_patch(before, diffs, &out));
        assert_memory_equal(out.data, "before ", 7);
        assert_string_equal(leat_buffer_string(&out) + 7, changes[i].text);
        free_slice(diffs);
    }
    free_slice(before);
    leat_buffer_free(&out);
}

/* A column that the statement named and left as it was. */
static void no_change_is_the_document(void **state)
{
    (void)state;
    leat_buffer out = {0};
    leat_slice before = from_hex("0200000400");
    assert_true(leat_mysql_json_patch(before, leat_slice_of(NULL, 0), &out));
    assert_string_equal(leat_buffer_string(&out), "[]");
    free_slice(before);
    leat_buffer_free(&out);
}

static const char *const broken[] = {
    "04",                       /* no literal */
    "0403",                     /* not one of the three */
    "05ff",                     /* half an integer */
    "0b000000000000f07f",       /* infinity */
    "0c0261",                   /* a string that ends too soon */
    "0c01ff",                   /* and one that is not UTF-8 */
    "0c8080808080",             /* a length without an end */
    "0dff",                     /* no such type */
    "02",                       /* no head */
    "0201000400",               /* a count beyond the size */
    "0201000700",               /* a size beyond the document */
    "020100070003ffff00",       /* a member beyond it */
    "0200000300",               /* a size below the head's */
    "000100120012000100",       /* keys beyond it */
    "0f0a0800000000000000ff",   /* a sign that no date has */
    "0ff603040281",             /* a decimal that ends too soon */
    "02020012000004000004000b", /* members within each other's head are no literals */
};

static void what_is_no_document_is_refused(void **state)
{
    (void)state;
    leat_buffer out = {0};
    leat_buffer_append_string(&out, "before");
    for (size_t i = 0; i < COUNT(broken); i++) {
        leat_slice bytes = from_hex(broken[i]);
        if (leat_mysql_json_append(bytes, &out))
            fail_msg("%s became %s", broken[i], leat_buffer_string(&out));
        assert_int_equal(out.length, 6);
        free_slice(bytes);
    }
    leat_buffer_free(&out);
}

/* Arrays of two elements that both are the next one, ninety deep: 2^90 empty arrays in 905 bytes. */
static void members_that_share_bytes_have_an_end(void **state)
{
    (void)state;
    enum { LEVELS = 90, HEAD = 10 };
    leat_buffer bytes = {0};
    leat_buffer out = {0};
    leat_buffer_append_byte(&bytes, 2);
    for (unsigned level = 0; level < LEVELS; level++) {
        unsigned left = (LEVELS - level) * HEAD + 4;
        uint8_t head[HEAD] = {2, 0, (uint8_t)left, (uint8_t)(left >> 8), 2, HEAD, 0, 2, HEAD, 0};
        leat_buffer_append(&bytes, head, HEAD);
    }
    leat_buffer_append(&bytes, "\x00\x00\x04", 4);
    assert_false(leat_mysql_json_append(leat_buffer_slice(&bytes), &out));
    leat_buffer_free(&out);
    leat_buffer_free(&bytes);
}

/* Of {"a": [1, 2]}: what does not fit it. */
static const char *const misfits[] = {
    "0003242e62030501ff",           /* $.b is not there to be replaced */
    "0103242e6103050100",           /* $.a is there already */
    "0203242e62",                   /* nor to be removed */
    "0206242e615b325d",             /* no third cell */
    "0109242e615b6c6173742b315d00", /* no path */
    "02012403",                     /* the whole cannot be removed */
    "020124",                       /* even alone */
    "0103242e61",                   /* no value */
    "0303242e61",                   /* no such operation */
    "0103242e62ff",                 /* no length */
    "0103242e6203ff",               /* a value that ends too soon */
    "01035b305d0204000000",         /* no $ */
    "01062e612e62322e020400",       /* another */
    "0103245b30030501",             /* no bracket */
    "0105242e2261220204000000",     /* there already, in quotes, and more behind it */
    "0103242e61030d0000",           /* a value of no type */
};

static void changes_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    leat_buffer out = {0};
    leat_slice before = from_hex("00010016000b000100020c006102000a00050100050200");
    leat_buffer_append_string(&out, "before");
    for (size_t i = 0; i < COUNT(misfits); i++) {
        leat_slice diffs = from_hex(misfits[i]);
        if (leat_mysql_json_patch(before, diffs, &out))
            fail_msg("%s made %s", misfits[i], leat_buffer_string(&out));
        assert_int_equal(out.length, 6);
        free_slice(diffs);
    }
    free_slice(before);
    leat_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_what_the_server_prints),
        cmocka_unit_test(applies_what_the_server_changed),
        cmocka_unit_test(no_change_is_the_document),
        cmocka_unit_test(what_is_no_document_is_refused),
        cmocka_unit_test(members_that_share_bytes_have_an_end),
        cmocka_unit_test(changes_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
