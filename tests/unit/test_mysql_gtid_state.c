/* MariaDB's GTID states. Texts are as gtid_binlog_pos and BINLOG_GTID_POS() print them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mysql/gtid/state.h"

static leat_mariadb_gtid_state *state_of(const char *text)
{
    leat_mariadb_gtid_state *state = leat_mariadb_gtid_state_new();
    leat_error error;
    assert_int_equal(leat_mariadb_gtid_state_parse(state, leat_slice_of_string(text), &error), LEAT_OK);
    return state;
}

static void assert_state(const leat_mariadb_gtid_state *state, const char *text)
{
    leat_buffer out = {0};
    leat_mariadb_gtid_state_format(state, &out);
    assert_string_equal(leat_buffer_string(&out), text);
    leat_buffer_free(&out);
}

static void reads_and_prints_sorted_by_domain(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *canonical;
    } cases[] = {
        {"", ""},
        {" ", ""},
        {"0-1-100", "0-1-100"},
        {"3-118-1,0-118-251", "0-118-251,3-118-1"},
        {" 0-1-100 , 1-2-5\n", "0-1-100,1-2-5"},
        {"4294967295-4294967295-18446744073709551615", "4294967295-4294967295-18446744073709551615"},
        {"10-1-1,9-1-1,5-1-1,7-1-1,1-1-1", "1-1-1,5-1-1,7-1-1,9-1-1,10-1-1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        leat_mariadb_gtid_state *read = state_of(cases[i].text);
        assert_state(read, cases[i].canonical);
        leat_mariadb_gtid_state_free(read);
    }
}

static void refuses_other_texts_and_keeps_the_state(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "0",
        "0-1",
        "0-1-",
        "-1-1",
        "0--1",
        "0-1-100,",
        ",0-1-100",
        "0-1-100,,1-1-1",
        "0-1-100 1-1-1",
        "0-1-100x",
        "0-1-100-2",
        "+0-1-100",
        "4294967296-1-1",
        "0-4294967296-1",
        "0-1-18446744073709551616",
        "0-1-100,0-2-90", /* gtid_binlog_state: more than one a domain */
        "3e11fa47-71ca-11e1-9e33-c80aa9429562:1",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        leat_mariadb_gtid_state *kept = state_of("0-1-7");
        leat_error error = {0};
        assert_int_equal(leat_mariadb_gtid_state_parse(kept, leat_slice_of_string(wrong[i]), &error),
                         LEAT_FAILED);
        assert_true(strlen(error.message) > 0);
        assert_state(kept, "0-1-7");
        leat_mariadb_gtid_state_free(kept);
    }
}

static void the_last_of_a_domain_counts(void **state)
{
    (void)state;
    leat_mariadb_gtid_state *now = state_of("0-1-100,7-1-3");
    leat_mariadb_gtid_state *copy = leat_mariadb_gtid_state_copy(now);
    leat_mariadb_gtid_state_advance(now, &(leat_mariadb_gtid){.domain = 7, .server_id = 2, .sequence = 4});
    leat_mariadb_gtid_state_advance(now, &(leat_mariadb_gtid){.domain = 2, .server_id = 1, .sequence = 1});
    /* Without gtid_strict_mode a number may be smaller than the one before it. */
    leat_mariadb_gtid_state_advance(now, &(leat_mariadb_gtid){.domain = 0, .server_id = 1, .sequence = 99});
    assert_state(now, "0-1-99,2-1-1,7-2-4");
    assert_state(copy, "0-1-100,7-1-3");
    leat_error error;
    assert_int_equal(leat_mariadb_gtid_state_parse(now, leat_slice_of_string("3-1-1,2-1-5"), &error),
                     LEAT_OK);
    assert_state(now, "0-1-99,2-1-5,3-1-1,7-2-4");
    leat_mariadb_gtid_state_free(now);
    leat_mariadb_gtid_state_free(copy);
}

static void contains_looks_at_every_domain(void **state)
{
    (void)state;
    static const struct {
        const char *whole;
        const char *part;
        bool contains;
    } cases[] = {
        {"", "", true},
        {"0-1-5", "", true},
        {"", "0-1-5", false},
        {"0-1-5", "0-1-5", true},
        {"0-1-5", "0-1-4", true},
        {"0-1-5", "0-1-6", false},
        {"0-1-5", "0-2-5", true}, /* another server's, one number: the domain's order is what counts */
        {"0-1-5,1-1-1", "0-1-5", true},
        {"0-1-5", "0-1-5,1-1-1", false},
        {"0-1-5,1-1-9", "0-1-6,1-1-1", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        leat_mariadb_gtid_state *whole = state_of(cases[i].whole);
        leat_mariadb_gtid_state *part = state_of(cases[i].part);
        assert_int_equal(leat_mariadb_gtid_state_contains(whole, part), cases[i].contains);
        leat_mariadb_gtid_state_free(whole);
        leat_mariadb_gtid_state_free(part);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_prints_sorted_by_domain),
        cmocka_unit_test(refuses_other_texts_and_keeps_the_state),
        cmocka_unit_test(the_last_of_a_domain_counts),
        cmocka_unit_test(contains_looks_at_every_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
