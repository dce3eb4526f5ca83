#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the four headers it needs */
#include <cmocka.h>

#include "mysql/snapshot/xa.h"

static void assert_name(const char *const *row, const char *expected)
{
    leat_buffer name = {0};
    leat_mysql_xa_append_name(row, &name);
    assert_string_equal(leat_buffer_string(&name), expected);
    leat_buffer_free(&name);
}

/* MySQL 9.7: XA PREPARE 'a','b',7; XA RECOVER CONVERT XID. */
static void mysql_gives_hex_digits(void **state)
{
    (void)state;
    assert_name((const char *const[]){"7", "1", "1", "0x6162"}, "'a','b',7");
    assert_name((const char *const[]){"1", "0", "0", "0x"}, "'','',1");
}

/* What would end the quotes, or cannot be seen, stays hex; each part for itself. */
static void bytes_that_are_no_plain_text(void **state)
{
    (void)state;
    assert_name((const char *const[]){"1", "2", "0", "0xFF00"}, "X'FF00','',1");
    assert_name((const char *const[]){"1", "1", "1", "0x6127"}, "'a',X'27',1");
    assert_name((const char *const[]){"1", "1", "1", "0x5C0A"}, "X'5C',X'0A',1");
}

/* 64 bytes is the most that a part has. */
static void longest_part(void **state)
{
    static const char data[] = "0x"
                               "3132333435363738313233343536373831323334353637383132333435363738"
                               "3132333435363738313233343536373831323334353637383132333435363738";
    (void)state;
    assert_name((const char *const[]){"1", "64", "0", data},
                "'1234567812345678123456781234567812345678123456781234567812345678','',1");
}

/* MariaDB 10.11: XA RECOVER FORMAT='SQL' of the same. */
static void mariadb_gives_sql(void **state)
{
    (void)state;
    assert_name((const char *const[]){"7", "1", "1", "'a','b',7"}, "'a','b',7");
}

static void lengths_that_do_not_add_up(void **state)
{
    (void)state;
    assert_name((const char *const[]){"7", "3", "1", "0x6162"}, "6162");
    assert_name((const char *const[]){"7", "1", "0", "0x6162"}, "6162");
    assert_name((const char *const[]){"7", "99999999999999999999", "1", "0x6162"}, "6162");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mysql_gives_hex_digits),
        cmocka_unit_test(bytes_that_are_no_plain_text),
        cmocka_unit_test(longest_part),
        cmocka_unit_test(mariadb_gives_sql),
        cmocka_unit_test(lengths_that_do_not_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
