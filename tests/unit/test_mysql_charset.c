/* Text of the servers' charsets as UTF-8. What a server answers to our questions, and what it makes of a
 * text, was asked of MySQL 9.7 with hex(convert(convert(0x… using CHARSET) using ucs2)) and … using utf8mb4.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "mysql/charset/collations_build.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* All bytes but 0a, which a 0a follows, from latin2. */
static const char latin2_answer[] =
    "0000000A0001000A0002000A0003000A0004000A0005000A0006000A0007000A0008000A0009000A000B000A000C000A"
    "000D000A000E000A000F000A0010000A0011000A0012000A0013000A0014000A0015000A0016000A0017000A0018000A"
    "0019000A001A000A001B000A001C000A001D000A001E000A001F000A0020000A0021000A0022000A0023000A0024000A"
    "0025000A0026000A0027000A0028000A0029000A002A000A002B000A002C000A002D000A002E000A002F000A0030000A"
    "0031000A0032000A0033000A0034000A0035000A0036000A0037000A0038000A0039000A003A000A003B000A003C000A"
    "003D000A003E000A003F000A0040000A0041000A0042000A0043000A0044000A0045000A0046000A0047000A0048000A"
    "0049000A004A000A004B000A004C000A004D000A004E000A004F000A0050000A0051000A0052000A0053000A0054000A"
    "0055000A0056000A0057000A0058000A0059000A005A000A005B000A005C000A005D000A005E000A005F000A0060000A"
    "0061000A0062000A0063000A0064000A0065000A0066000A0067000A0068000A0069000A006A000A006B000A006C000A"
    "006D000A006E000A006F000A0070000A0071000A0072000A0073000A0074000A0075000A0076000A0077000A0078000A"
    "0079000A007A000A007B000A007C000A007D000A007E000A007F000A0080000A0081000A0082000A0083000A0084000A"
    "0085000A0086000A0087000A0088000A0089000A008A000A008B000A008C000A008D000A008E000A008F000A0090000A"
    "0091000A0092000A0093000A0094000A0095000A0096000A0097000A0098000A0099000A009A000A009B000A009C000A"
    "009D000A009E000A009F000A00A0000A0104000A02D8000A0141000A00A4000A013D000A015A000A00A7000A00A8000A"
    "0160000A015E000A0164000A0179000A00AD000A017D000A017B000A00B0000A0105000A02DB000A0142000A00B4000A"
    "013E000A015B000A02C7000A00B8000A0161000A015F000A0165000A017A000A02DD000A017E000A017C000A0154000A"
    "00C1000A00C2000A0102000A00C4000A0139000A0106000A00C7000A010C000A00C9000A0118000A00CB000A011A000A"
    "00CD000A00CE000A010E000A0110000A0143000A0147000A00D3000A00D4000A0150000A00D6000A00D7000A0158000A"
    "016E000A00DA000A0170000A00DC000A00DD000A0162000A00DF000A0155000A00E1000A00E2000A0103000A00E4000A"
    "013A000A0107000A00E7000A010D000A00E9000A0119000A00EB000A011B000A00ED000A00EE000A010F000A0111000A"
    "0144000A0148000A00F3000A00F4000A0151000A00F6000A00F7000A0159000A016F000A00FA000A0171000A00FC000A"
    "00FD000A0163000A02D9000A";

/* ujis: the bytes below 80; rows a1 and 8e; row a2 behind 8f. */
static const char ujis_singles[] =
    "0000000A0001000A0002000A0003000A0004000A0005000A0006000A0007000A0008000A0009000A000B000A000C000A"
    "000D000A000E000A000F000A0010000A0011000A0012000A0013000A0014000A0015000A0016000A0017000A0018000A"
    "0019000A001A000A001B000A001C000A001D000A001E000A001F000A0020000A0021000A0022000A0023000A0024000A"
    "0025000A0026000A0027000A0028000A0029000A002A000A002B000A002C000A002D000A002E000A002F000A0030000A"
    "0031000A0032000A0033000A0034000A0035000A0036000A0037000A0038000A0039000A003A000A003B000A003C000A"
    "003D000A003E000A003F000A0040000A0041000A0042000A0043000A0044000A0045000A0046000A0047000A0048000A"
    "0049000A004A000A004B000A004C000A004D000A004E000A004F000A0050000A0051000A0052000A0053000A0054000A"
    "0055000A0056000A0057000A0058000A0059000A005A000A005B000A005C000A005D000A005E000A005F000A0060000A"
    "0061000A0062000A0063000A0064000A0065000A0066000A0067000A0068000A0069000A006A000A006B000A006C000A"
    "006D000A006E000A006F000A0070000A0071000A0072000A0073000A0074000A0075000A0076000A0077000A0078000A"
    "0079000A007A000A007B000A007C000A007D000A007E000A007F000A";
static const char ujis_a1[] =
    "3000000A3001000A3002000AFF0C000AFF0E000A30FB000AFF1A000AFF1B000AFF1F000AFF01000A309B000A309C000A"
    "00B4000AFF40000A00A8000AFF3E000AFFE3000AFF3F000A30FD000A30FE000A309D000A309E000A3003000A4EDD000A"
    "3005000A3006000A3007000A30FC000A2015000A2010000AFF0F000A005C000A301C000A2016000AFF5C000A2026000A"
    "2025000A2018000A2019000A201C000A201D000AFF08000AFF09000A3014000A3015000AFF3B000AFF3D000AFF5B000A"
    "FF5D000A3008000A3009000A300A000A300B000A300C000A300D000A300E000A300F000A3010000A3011000AFF0B000A"
    "2212000A00B1000A00D7000A00F7000AFF1D000A2260000AFF1C000AFF1E000A2266000A2267000A221E000A2234000A"
    "2642000A2640000A00B0000A2032000A2033000A2103000AFFE5000AFF04000A00A2000A00A3000AFF05000AFF03000A"
    "FF06000AFF0A000AFF20000A00A7000A2606000A2605000A25CB000A25CF000A25CE000A25C7000A";
static const char ujis_8e[] =
    "FF61000AFF62000AFF63000AFF64000AFF65000AFF66000AFF67000AFF68000AFF69000AFF6A000AFF6B000AFF6C000A"
    "FF6D000AFF6E000AFF6F000AFF70000AFF71000AFF72000AFF73000AFF74000AFF75000AFF76000AFF77000AFF78000A"
    "FF79000AFF7A000AFF7B000AFF7C000AFF7D000AFF7E000AFF7F000AFF80000AFF81000AFF82000AFF83000AFF84000A"
    "FF85000AFF86000AFF87000AFF88000AFF89000AFF8A000AFF8B000AFF8C000AFF8D000AFF8E000AFF8F000AFF90000A"
    "FF91000AFF92000AFF93000AFF94000AFF95000AFF96000AFF97000AFF98000AFF99000AFF9A000AFF9B000AFF9C000A"
    "FF9D000AFF9E000AFF9F000A";
static const char ujis_8fa2[] =
    "003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A"
    "003F000A003F000A02D8000A02C7000A00B8000A02D9000A02DD000A00AF000A02DB000A02DA000A007E000A0384000A"
    "0385000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A00A1000A00A6000A00BF000A"
    "003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A"
    "003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A"
    "003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A"
    "003F000A003F000A00BA000A00AA000A00A9000A00AE000A2122000A00A4000A2116000A003F000A003F000A003F000A"
    "003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A003F000A";

typedef struct expectation {
    const char *charset;
    const char *bytes; /* hex */
    const char *utf8;  /* NULL: no text */
} expectation;

/* Converts bytes that stand in memory of exactly their size, behind something else. */
static void assert_becomes(const leat_mysql_charset *charset, const expectation *expected)
{
    size_t length = strlen(expected->bytes) / 2;
    uint8_t *bytes = malloc(length == 0 ? 1 : length);
    leat_buffer out = {0};
    assert_non_null(bytes);
    assert_true(leat_hex_decode(leat_slice_of_string(expected->bytes), bytes));
    leat_buffer_append_string(&out, "before ");
    bool converted = leat_mysql_charset_append(charset, leat_slice_of(bytes, length), &out);
    free(bytes);
    if (converted != (expected->utf8 != NULL))
        fail_msg("%s %s was %s", expected->charset, expected->bytes, converted ? "converted" : "refused");
    assert_memory_equal(out.data, "before ", 7);
    if (strcmp(leat_buffer_string(&out) + 7, converted ? expected->utf8 : "") != 0)
        fail_msg("%s %s became %s", expected->charset, expected->bytes, leat_buffer_string(&out));
    leat_buffer_free(&out);
}

static const expectation usual[] = {
    {"utf8mb4", "", ""},
    {"utf8mb4", "61f09f8e89c3a4", "a\xf0\x9f\x8e\x89\xc3\xa4"},
    {"utf8mb4", "6162636465666768696aff", NULL},
    {"utf8mb4", "eda080", NULL},
    {"utf8mb3", "e282ac", "\xe2\x82\xac"},
    {"utf8", "e282ac", "\xe2\x82\xac"},
    {"ascii", "41426162636465666768", "ABabcdefgh"},
    {"ascii", "4180", NULL},
    {"latin1", "80e9818d9d", "\xe2\x82\xac\xc3\xa9\xc2\x81\xc2\x8d\xc2\x9d"},
    {"latin1", "4142434445464748e94142434445464748ff",
     "ABCDEFGH\xc3\xa9"
     "ABCDEFGH\xc3\xbf"},
    {"ucs2", "004100e920ac", "A\xc3\xa9\xe2\x82\xac"},
    {"ucs2", "004100", NULL},
    {"ucs2", "d83dde00", NULL},
    {"utf16", "0041d83dde00", "A\xf0\x9f\x98\x80"},
    {"utf16", "0041d83d", NULL},
    {"utf16", "de00d83d", NULL},
    {"utf16", "d83d0041", NULL},
};

static void usual_charsets_need_no_server(void **state)
{
    (void)state;
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    for (size_t i = 0; i < COUNT(usual); i++) {
        const leat_mysql_collation *collation = leat_mysql_collation_of_charset(collations, usual[i].charset);
        assert_non_null(collation);
        assert_becomes(collation->charset, &usual[i]);
    }
    leat_mysql_collations_free(collations);
}

static const expectation wide[] = {
    {"utf16le", "41003dd800de", "A\xf0\x9f\x98\x80"},
    {"utf16le", "41", NULL},
    {"utf32", "000000410001f600", "A\xf0\x9f\x98\x80"},
    {"utf32", "00110000", NULL},
    {"utf32", "0000d800", NULL},
    {"cp037", "41", NULL}, /* a charset of the future */
    {"binary", "41", NULL},
};

static void wide_and_unknown_charsets(void **state)
{
    (void)state;
    leat_mysql_collations *collations = leat_mysql_collations_new();
    for (size_t i = 0; i < COUNT(wide); i++)
        assert_becomes(leat_mysql_collations_add_charset(collations, wide[i].charset, 4), &wide[i]);
    leat_mysql_collations_free(collations);
}

static const expectation latin2[] = {
    {"latin2", "4142e1a1ffc4", "AB\xc3\xa1\xc4\x84\xcb\x99\xc3\x84"},
    {"latin2", "0a3f807f", "\n?\xc2\x80\x7f"},
};

static void single_byte_charset_by_the_servers_table(void **state)
{
    (void)state;
    leat_mysql_collations *collations = leat_mysql_collations_new();
    const leat_mysql_charset *charset = leat_mysql_collations_add_charset(collations, "latin2", 1);
    leat_buffer sql = {0};
    leat_mysql_charset_ask(charset, &sql);
    assert_int_equal(leat_mysql_charset_questions(charset), 1);
    assert_memory_equal(leat_buffer_string(&sql), ", hex(convert(convert(0x000a010a", 32);
    assert_non_null(strstr(leat_buffer_string(&sql), "090a0b0a"));
    assert_non_null(strstr(leat_buffer_string(&sql), "fe0aff0a using latin2) using ucs2))"));
    leat_mysql_charset_answer(charset, 0, leat_slice_of_string(latin2_answer),
                              leat_mysql_collations_arena(collations));
    for (size_t i = 0; i < COUNT(latin2); i++)
        assert_becomes(charset, &latin2[i]);
    leat_buffer_free(&sql);
    leat_mysql_collations_free(collations);
}

/* swe7 has letters where ASCII has brackets; greek has holes. */
static void table_that_is_not_ascii_and_has_holes(void **state)
{
    (void)state;
    static const expectation expected[] = {{"swe7", "415b3f", "A\xc3\x84?"}, {"swe7", "41ff", NULL}};
    leat_mysql_collations *collations = leat_mysql_collations_new();
    const leat_mysql_charset *charset = leat_mysql_collations_add_charset(collations, "swe7", 1);
    leat_buffer answer = {0};
    for (unsigned byte = 0; byte < 256; byte++)
        if (byte != '\n')
            leat_buffer_printf(&answer, "%04X000A", byte == 0x5b ? 0xc4u : byte < 0x80 ? byte : '?');
    leat_mysql_charset_answer(charset, 0, leat_buffer_slice(&answer),
                              leat_mysql_collations_arena(collations));
    for (size_t i = 0; i < COUNT(expected); i++)
        assert_becomes(charset, &expected[i]);
    leat_buffer_free(&answer);
    leat_mysql_collations_free(collations);
}

static const expectation ujis[] = {
    {"ujis", "41a1a1", "A\xe3\x80\x80"},
    {"ujis", "a1c0a1c1", "\\\xe3\x80\x9c"}, /* the full-width backslash is one, says the server */
    {"ujis", "8eb1", "\xef\xbd\xb1"},
    {"ujis", "8fa2b7", "~"},
    {"ujis", "8fa2b0", "\xcb\x87"},
    {"ujis", "8fa2a1", NULL},
    {"ujis", "8ee0", NULL},
    {"ujis", "a1", NULL},
    {"ujis", "a120", NULL},
    {"ujis", "8fa2", NULL},
    {"ujis", "8f", NULL},
    {"ujis", "80", NULL},
};

static void characters_of_two_and_three_bytes(void **state)
{
    (void)state;
    leat_mysql_collations *collations = leat_mysql_collations_new();
    leat_arena *arena = leat_mysql_collations_arena(collations);
    const leat_mysql_charset *charset = leat_mysql_collations_add_charset(collations, "ujis", 3);
    /* one byte; a1 to fe; 8e; behind 8f a1 to fe */
    assert_int_equal(leat_mysql_charset_questions(charset), 1 + 94 + 1 + 94);
    leat_mysql_charset_answer(charset, 0, leat_slice_of_string(ujis_singles), arena);
    leat_mysql_charset_answer(charset, 1, leat_slice_of_string(ujis_a1), arena);
    leat_mysql_charset_answer(charset, 2, leat_slice_of(NULL, 0), arena); /* a null */
    leat_mysql_charset_answer(charset, 95, leat_slice_of_string(ujis_8e), arena);
    leat_mysql_charset_answer(charset, 97, leat_slice_of_string(ujis_8fa2), arena);
    leat_mysql_charset_complete(charset, arena);
    for (size_t i = 0; i < COUNT(ujis); i++)
        assert_becomes(charset, &ujis[i]);
    leat_mysql_collations_free(collations);
}

/* With no row of two bytes known, the first of four is the first beyond ASCII. */
static const expectation gb18030[] = {
    {"gb18030", "8130813081308131", "\xc2\x80\xc2\x81"},
    {"gb18030", "90308130", "\xf0\x90\x80\x80"},
    {"gb18030", "9030e530", "\xf0\x90\x8f\xa8"},
    {"gb18030", "e3329a35", "\xf4\x8f\xbf\xbf"},
    {"gb18030", "e3329a36", NULL},
    {"gb18030", "8431a530", NULL},
    {"gb18030", "813081", NULL},
    {"gb18030", "81307f30", NULL},
    {"gb18030", "fe39fe39", NULL},
    {"gb18030", "ff308130", NULL},
};

static void characters_of_four_bytes(void **state)
{
    (void)state;
    leat_mysql_collations *collations = leat_mysql_collations_new();
    const leat_mysql_charset *charset = leat_mysql_collations_add_charset(collations, "gb18030", 4);
    leat_mysql_charset_complete(charset, leat_mysql_collations_arena(collations));
    for (size_t i = 0; i < COUNT(gb18030); i++)
        assert_becomes(charset, &gb18030[i]);
    leat_mysql_collations_free(collations);
}

static void collations_are_found_by_number_name_and_charset(void **state)
{
    (void)state;
    leat_mysql_collations *collations = leat_mysql_collations_new();
    (void)leat_mysql_collations_add_charset(collations, "utf8mb4", 4);
    (void)leat_mysql_collations_add_charset(collations, "utf8mb3", 3);
    assert_true(leat_mysql_collations_add(collations, 2304, "utf8mb4_uca1400_ai_ci", "utf8mb4", true));
    assert_true(leat_mysql_collations_add(collations, 45, "utf8mb4_general_ci", "utf8mb4", false));
    assert_true(leat_mysql_collations_add(collations, 33, "utf8mb3_general_ci", "utf8mb3", true));
    assert_false(leat_mysql_collations_add(collations, 8, "latin1_swedish_ci", "latin1", true));
    leat_mysql_collations_seal(collations);
    assert_string_equal(leat_mysql_collation_by_id(collations, 2304)->name, "utf8mb4_uca1400_ai_ci");
    assert_string_equal(leat_mysql_collation_by_id(collations, 33)->name, "utf8mb3_general_ci");
    assert_null(leat_mysql_collation_by_id(collations, 8));
    assert_int_equal(leat_mysql_collation_by_name(collations, "UTF8_general_ci")->identifier, 33);
    assert_int_equal(leat_mysql_collation_by_name(collations, "utf8mb4_GENERAL_ci")->identifier, 45);
    assert_null(leat_mysql_collation_by_name(collations, "general_ci"));
    assert_int_equal(leat_mysql_collation_of_charset(collations, "utf8mb4")->identifier, 2304);
    assert_int_equal(leat_mysql_collation_of_charset(collations, "utf8")->identifier, 33);
    assert_null(leat_mysql_collation_of_charset(collations, "latin1"));
    leat_mysql_collations_free(collations);
    leat_mysql_collations_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_charsets_need_no_server),
        cmocka_unit_test(wide_and_unknown_charsets),
        cmocka_unit_test(single_byte_charset_by_the_servers_table),
        cmocka_unit_test(table_that_is_not_ascii_and_has_holes),
        cmocka_unit_test(characters_of_two_and_three_bytes),
        cmocka_unit_test(characters_of_four_bytes),
        cmocka_unit_test(collations_are_found_by_number_name_and_charset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
