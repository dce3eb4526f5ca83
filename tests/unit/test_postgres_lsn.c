/* LSN texts. What they must be is PostgreSQL's own: pg_lsn prints and compares so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "postgres/wire/lsn.h"

static const struct {
    const char *text; /* as the server prints it */
    leat_lsn lsn;     /* text::pg_lsn - '0/0', asked of a server */
} known[] = {
    {"0/0", UINT64_C(0)},
    {"0/1", UINT64_C(1)},
    {"0/16B3748", UINT64_C(23803720)},
    {"16/B374D848", UINT64_C(97500059720)},
    {"FFFFFFFF/FFFFFFFF", UINT64_C(18446744073709551615)},
    {"1/0", UINT64_C(4294967296)},
};

static void prints_as_the_server_does(void **state)
{
    (void)state;
    char text[LEAT_LSN_TEXT_SIZE];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_string_equal(leat_lsn_format(known[i].lsn, text), known[i].text);
}

static void reads_what_the_server_prints(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        leat_lsn lsn = 42;
        assert_true(leat_lsn_parse(known[i].text, &lsn));
        assert_true(lsn == known[i].lsn);
    }
}

static void refuses_everything_else(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",     "0",    "0/",  "/0",   "0/0 ",        " 0/0",        "0/0/0",           "G/0", "0/G", "0x1/0",
        "-1/0", "0/-1", "0,0", "1/ 0", "123456789/0", "0/123456789", "mysql-bin.000001"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        leat_lsn lsn;
        assert_false(leat_lsn_parse(wrong[i], &lsn));
    }
    leat_lsn lsn;
    assert_false(leat_lsn_parse(NULL, &lsn));
}

static void sortable_form_sorts_like_the_number(void **state)
{
    (void)state;
    static const leat_lsn ascending[] = {
        0, 9, 10, 15, 16, 0xFFFFFFFF, 0x100000000, 0x1234567890ABCDEF, UINT64_MAX};
    char last[LEAT_LSN_SORTABLE_SIZE];
    char text[LEAT_LSN_SORTABLE_SIZE];
    leat_lsn_format_sortable(ascending[0], last);
    assert_string_equal(last, "0000000000000000");
    for (size_t i = 1; i < sizeof ascending / sizeof ascending[0]; i++) {
        leat_lsn_format_sortable(ascending[i], text);
        assert_int_equal(strlen(text), 16);
        assert_true(strcmp(last, text) < 0);
        memcpy(last, text, sizeof last);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_as_the_server_does),
        cmocka_unit_test(reads_what_the_server_prints),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(sortable_form_sorts_like_the_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
