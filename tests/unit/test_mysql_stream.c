/* The stream's transactions: what is an event, in which order, at which position; what counts and what does
 * not. */
#include "mysql_stream_player.h"

#define COUNT(cases) (sizeof(cases) / sizeof(cases)[0])

/* ---- Order and ends ---- */

static void transactions(void **state)
{
    (void)state;
    static const stream_case cases[] = {
        {"begin_table_rows_commit", "mariadb",
         "gtid 2 | map a | write a 1 x 2 null | update a 1 x 1 y | delete a 2 null | xid",
         "begin 0-1-2 | table a | c a 1 x | c a 2 null | u a 1 x > 1 y | d a 2 null | commit 0-1-2", NULL},
        {"mysql_begins_by_query", "mysql", "gtid 2 | query BEGIN | map a | write a 1 x | xid",
         "begin :2 | table a | c a 1 x | commit :1-2", NULL},
        {"tables_without_transactions_end_by_commit", "mysql",
         "gtid 2 | query BEGIN | map a | write a 1 x | query COMMIT",
         "begin :2 | table a | c a 1 x | commit :1-2", NULL},
        {"table_is_announced_once", "mariadb",
         "gtid 2 | map a | write a 1 x | xid | gtid 3 | map a | write a 2 x | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2 | begin 0-1-3 | c a 2 x | commit 0-1-3", NULL},
        {"key_change", "mariadb", "gtid 2 | map a | update a 1 x 2 x | xid",
         "begin 0-1-2 | table a | k a 1 x > 2 x | commit 0-1-2", NULL},
        {"whole_transaction_rolled_back", "mariadb",
         "gtid 2 | map a | write a 1 x | query ROLLBACK | gtid 3 | map a | write a 2 x | xid",
         "begin 0-1-3 | table a | c a 2 x | commit 0-1-3", NULL},
        {"one_statement_with_several_maps", "mariadb",
         "gtid 2 | map a | map b | update a 1 x 1 y | update b 7 p 7 q | xid",
         "begin 0-1-2 | table a | u a 1 x > 1 y | table b | u b 7 p > 7 q | commit 0-1-2", NULL},
        {"trigger_on_a_table_that_is_not_captured", "mariadb",
         "gtid 2 | map a | map other.n | write a 1 x | write other.n 2 x | write a 3 x | xid",
         "begin 0-1-2 | table a | c a 1 x | c a 3 x | commit 0-1-2", NULL},
        {"rows_event_that_only_ends_a_statement", "mariadb",
         "gtid 2 | map a | write a 1 x | event 23 0 ffffff000000010001ff | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2", NULL},
        {"annotations_and_rows_queries_say_nothing", "mysql",
         "gtid 2 | query BEGIN | event 29 0x80 0131 | map a | write a 1 x | xid",
         "begin :2 | table a | c a 1 x | commit :1-2", NULL},
        {"log_ends_in_a_transaction", "mariadb", "gtid 2 | map a | write a 1 x", "", NULL},
    };
    play_cases(cases, COUNT(cases));
}

static void filtered(void **state)
{
    (void)state;
    static const stream_case cases[] = {
        {"transaction_of_other_tables", "mariadb", "gtid 2 | map other.n | write other.n 1 x | xid | mark A",
         "moved 0-1-2/binlog.000001:A", NULL},
        {"several_of_them", "mysql",
         "gtid 2 | query BEGIN | map other.n | write other.n 1 x | xid | gtid 3 | query BEGIN | map other.n "
         "| "
         "write other.n 1 x | xid | mark A",
         "moved :1-3/binlog.000001:A", NULL},
        {"before_and_behind_ours", "mariadb",
         "gtid 2 | map other.n | write other.n 1 x | xid | gtid 3 | map a | write a 1 x | xid | gtid 4 | "
         "query COMMIT",
         "begin 0-1-3 | table a | c a 1 x | commit 0-1-3 | moved 0-1-4", NULL},
        {"statements_of_no_interest", "mysql", "gtid 2 | query CREATE USER u | gtid 3 | query FLUSH TABLES",
         "moved :1-3", NULL},
        {"empty_transaction", "mysql", "gtid 2 | query BEGIN | query COMMIT", "moved :1-2", NULL},
    };
    play_cases(cases, COUNT(cases));
}

/* A position is told when there is a pause, or it has been long, or there were very many. */
static void heartbeats_of_filtered_transactions_are_few(void **state)
{
    player *world = open_world(state);
    const char *found = play(world, "mariadb", FROM_MARIADB, "gtid 2 | many 1000 map other.n | xid");
    expect_transcript("one", found, "moved 0-1-2");
    leat_buffer script = {0};
    for (unsigned i = 2; i < 1002; i++)
        leat_buffer_printf(&script, "gtid %u | map other.n | write other.n 1 x | xid | ", i);
    leat_buffer_append_string(&script, "gtid 1002 | xid");
    found = play(world, "mariadb", FROM_MARIADB, leat_buffer_string(&script));
    expect_transcript("many", found, "moved 0-1-1002");
    assert_true(world->heartbeats < 100);
    leat_buffer_free(&script);
    close_world(world);
}

/* ---- Positions ---- */

static void positions(void **state)
{
    (void)state;
    static const stream_case cases[] = {
        {"offset_behind_each_transaction", "mariadb",
         "gtid 2 | map a | write a 1 x | xid | mark A | gtid 3 | map a | write a 2 x | xid | mark B",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2/binlog.000001:A | begin 0-1-3 | c a 2 x | commit "
         "0-1-3/binlog.000001:B",
         NULL},
        {"domains_stand_side_by_side", "mariadb",
         "gtid 2 | map a | write a 1 x | xid | gtid 7 5 | map a | write a 2 x | xid | gtid 3 | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2 | begin 5-1-7 | c a 2 x | commit 0-1-2,5-1-7 | "
         "moved 0-1-3,5-1-7",
         NULL},
        {"places_are_hidden_inside_transactions", "mariadb",
         "hidden | gtid 2 | map a | write a 1 x | xid | mark A | gtid 3 | map a | write a 2 x | query COMMIT "
         "| mark B",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2/binlog.000001:A | begin 0-1-3 | c a 2 x | commit "
         "0-1-3/binlog.000001:B",
         NULL},
        {"beyond_4_gib_in_the_last_transaction", "mariadb",
         "at 4294967000 | gtid 2 | map a | write a 1 x*300 | write a 2 x | xid | mark A | rotate "
         "binlog.000002 | artificial binlog.000002 | format | mark B",
         "begin 0-1-2 | table a | c a 1 x*300 | c a 2 x | commit 0-1-2/binlog.000001:A | moved "
         "0-1-2/binlog.000002:B",
         NULL},
        {"file_goes_on_in_the_next", "mariadb",
         "gtid 2 | map a | write a 1 x | xid | rotate binlog.000002 | artificial binlog.000002 | format | "
         "gtid 3 | map a | write a 2 x | xid | mark A",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2/binlog.000001:A | "
         "begin 0-1-3 | c a 2 x | commit 0-1-3/binlog.000002:A",
         NULL},
        {"heartbeat_between_transactions", "mariadb", "gtid 2 | xid | mark A | heartbeat binlog.000001 5000",
         "moved 0-1-2/binlog.000001:5000", NULL},
        {"heartbeat_in_a_transaction_moves_nothing", "mariadb",
         "gtid 2 | map a | heartbeat binlog.000001 5000 | write a 1 x | xid | mark A",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2/binlog.000001:A", NULL},
        {"heartbeat_in_a_transaction_without_places", "mariadb",
         "hidden | gtid 2 | map a | heartbeat binlog.000001 5000 | write a 1 x | xid | mark A",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2/binlog.000001:A", NULL},
        {"transaction_without_gtid", "mysql", "gtid 0 | query BEGIN | map a | write a 1 x | xid | mark A",
         "begin binlog.000001:127 | table a | c a 1 x | commit :1/binlog.000001:A", NULL},
    };
    play_cases(cases, COUNT(cases));
}

static void positions_by_file(void **state)
{
    player *world = open_world(state);
    const char *found =
        play(world, "mysql", "binlog.000001:4",
             "gtid 0 | query BEGIN | map a | write a 1 x | xid | mark A | gtid 0 | query "
             "BEGIN | map other.n | write other.n 1 x | xid | mark B | rotate binlog.000002 | "
             "artificial binlog.000002 | format | mark C | heartbeat binlog.000002 C");
    expect_transcript("files", found,
                      "begin binlog.000001:127 | table a | c a 1 x | commit binlog.000001:A | moved "
                      "binlog.000002:C");
    close_world(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transactions),
        cmocka_unit_test(filtered),
        cmocka_unit_test(heartbeats_of_filtered_transactions_are_few),
        cmocka_unit_test(positions),
        cmocka_unit_test(positions_by_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
