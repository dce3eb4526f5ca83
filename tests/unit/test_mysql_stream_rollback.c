/* What was rolled back is no event: savepoints, and transactions that are too large to be held. */
#include "mysql_stream_player.h"

#define COUNT(cases) (sizeof(cases) / sizeof(cases)[0])

/* ---- Savepoints ---- */

static void savepoints(void **state)
{
    (void)state;
    static const stream_case cases[] = {
        {"rows_behind_it_are_taken_back", "mariadb",
         "gtid 2 | map a | write a 1 x | query SAVEPOINT `s` | map a | write a 2 x | query ROLLBACK TO `s` | "
         "map a | write a 3 x | xid",
         "begin 0-1-2 | table a | c a 1 x | c a 3 x | commit 0-1-2", NULL},
        {"name_is_compared_without_case", "mariadb",
         "gtid 2 | map a | write a 1 x | query SAVEPOINT `One` | map a | write a 2 x | query ROLLBACK TO "
         "`oNE` | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2", NULL},
        {"name_with_an_accent", "mariadb",
         "gtid 2 | map a | write a 1 x | query SAVEPOINT `é` | write a 2 x | query ROLLBACK TO `é` | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2", NULL},
        {"names_that_differ_beside_an_accent", "mariadb",
         "gtid 2 | map a | write a 1 x | query SAVEPOINT `é1` | write a 2 x | query SAVEPOINT `é2` | write a "
         "3 x | "
         "query ROLLBACK TO `é1` | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2", NULL},
        {"accent_may_be_all_that_differs", "mariadb", /* the server's second savepoint replaced its first */
         "gtid 2 | map a | write a 1 x | query SAVEPOINT `e` | write a 2 x | query SAVEPOINT `é` | write a 3 "
         "x | query "
         "ROLLBACK TO `e` | xid",
         "refused operator", "savepoint"},
        {"same_name_again_replaces_it", "mariadb",
         "gtid 2 | map a | write a 1 x | query SAVEPOINT `s` | write a 2 x | query SAVEPOINT `S` | write a 3 "
         "x | query ROLLBACK TO `s` | write a 4 x | query ROLLBACK TO `s` | xid",
         "begin 0-1-2 | table a | c a 1 x | c a 2 x | commit 0-1-2", NULL},
        {"back_over_several", "mariadb",
         "gtid 2 | map a | write a 1 x | query SAVEPOINT `s` | write a 2 x | query SAVEPOINT `t` | write a 3 "
         "x | query ROLLBACK TO `s` | write a 4 x | xid",
         "begin 0-1-2 | table a | c a 1 x | c a 4 x | commit 0-1-2", NULL},
        {"savepoint_that_was_taken_back_itself", "mariadb",
         "gtid 2 | map a | write a 1 x | query SAVEPOINT `s` | write a 2 x | query SAVEPOINT `t` | query "
         "ROLLBACK TO `s` | query ROLLBACK TO `t` | xid",
         "refused operator", "savepoint \"t\""},
        {"nothing_is_left", "mariadb",
         "gtid 2 | query SAVEPOINT `s` | map a | write a 1 x | query ROLLBACK TO `s` | xid", "moved 0-1-2",
         NULL},
        {"names_do_not_outlive_their_transaction", "mariadb",
         "gtid 2 | query SAVEPOINT `s` | xid | gtid 3 | map a | write a 1 x | query ROLLBACK TO `s` | xid",
         "refused operator", "does not set"},
    };
    play_cases(cases, COUNT(cases));
}

/* ---- Large transactions ---- */

static void large_transactions(void **state)
{
    (void)state;
    static const stream_case cases[] = {
        {"given_as_it_comes", "mariadb",
         "gtid 2 | map other.n | map a | write a 1 x*60000 | many 99 write other.n 1 x*60000 | map a | write "
         "a 2 y | xid | "
         "mark A",
         "begin 0-1-2 | table a | c a 1 x*60000 | c a 2 y | commit 0-1-2/binlog.000001:A", NULL},
        {"event_that_makes_it_large_is_its_end", "mariadb",
         "gtid 2 | map other.n | map a | many 69 write other.n 1 x*60000 | write a 1 x*63000 | xid",
         "begin 0-1-2 | table a | c a 1 x*63000 | commit 0-1-2", NULL},
        {"rolled_back_after_rows_were_given", "mariadb",
         "gtid 2 | map other.n | map a | write a 1 x | many 99 write other.n 1 x*60000 | query ROLLBACK",
         "begin 0-1-2 | table a | c a 1 x | refused operator", "0-1-2"},
        {"rolled_back_with_nothing_of_ours", "mariadb",
         "gtid 2 | map other.n | map a | many 99 write other.n 1 x*60000 | query ROLLBACK | gtid 3 | map a | "
         "write a 1 x | "
         "xid",
         "begin 0-1-3 | table a | c a 1 x | commit 0-1-3", NULL},
        {"savepoint_before_it_was_large", "mariadb",
         "gtid 2 | map other.n | map a | write a 1 x | query SAVEPOINT `s` | write a 2 x | many 299 write "
         "other.n 1 "
         "x*60000 | query ROLLBACK TO `s` | write a 3 x | xid",
         "begin 0-1-2 | table a | c a 1 x | c a 3 x | commit 0-1-2", NULL},
        {"savepoint_after_rows_were_given", "mariadb",
         "gtid 2 | map other.n | map a | write a 1 x | many 99 write other.n 1 x*60000 | query SAVEPOINT `s` "
         "| write a 2 x "
         "| many 199 write other.n 1 x*60000 | query ROLLBACK TO `s` | write a 3 x | xid",
         "begin 0-1-2 | table a | c a 1 x | c a 3 x | commit 0-1-2", NULL},
        {"savepoint_after_rows_were_given_is_kept", "mariadb",
         "gtid 2 | map other.n | map a | write a 1 x | many 99 write other.n 1 x*60000 | query SAVEPOINT `s` "
         "| write a 2 x "
         "| many 199 write other.n 1 x*60000 | write a 3 x | xid | mark A",
         "begin 0-1-2 | table a | c a 1 x | c a 2 x | c a 3 x | commit 0-1-2/binlog.000001:A", NULL},
        {"rolled_back_behind_a_savepoint_after_rows_were_given", "mariadb",
         "gtid 2 | map other.n | map a | write a 1 x | many 99 write other.n 1 x*60000 | query SAVEPOINT `s` "
         "| write a 2 x "
         "| query ROLLBACK",
         "begin 0-1-2 | table a | c a 1 x | refused operator", "rolled back"},
        {"back_to_a_savepoint_that_was_not_in_the_log", "mariadb",
         "gtid 2 | map other.n | map a | write a 1 x | many 99 write other.n 1 x*60000 | query ROLLBACK TO "
         "`s` | xid",
         "begin 0-1-2 | table a | c a 1 x | refused operator", "savepoint \"s\""},
        {"small_one_behind_a_large_one", "mariadb",
         "gtid 2 | map other.n | map a | many 99 write other.n 1 x*60000 | xid | gtid 3 | map a | write a 1 "
         "x | query "
         "ROLLBACK | gtid 4 | map a | write a 2 x | xid",
         "begin 0-1-4 | table a | c a 2 x | commit 0-1-4", NULL},
    };
    play_cases(cases, COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(savepoints),
        cmocka_unit_test(large_transactions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
