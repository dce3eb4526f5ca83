/* The log itself: files that end, events of other kinds, and ids of tables. */
#include "mysql_stream_player.h"

#define COUNT(cases) (sizeof(cases) / sizeof(cases)[0])

/* ---- Ends of logs ---- */

static void logs_that_end_or_begin_again(void **state)
{
    (void)state;
    static const stream_case cases[] = {
        {"file_ends_in_a_transaction_whose_server_died", "mariadb",
         "gtid 2 | map a | write a 1 x | artificial binlog.000002 | format | gtid 3 | map a | write a 2 x | "
         "xid",
         "begin 0-1-3 | table a | c a 2 x | commit 0-1-3", NULL},
        {"same_place_again", "mariadb",
         "artificial binlog.000001 | format | gtid 2 | map a | write a 1 x | xid | artificial binlog.000001 "
         "| format | gtid 3 | map a | write a 2 x | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2 | begin 0-1-3 | c a 2 x | commit 0-1-3", NULL},
        {"server_stops_and_comes_back", "mariadb",
         "gtid 2 | map a | write a 1 x | xid | stop | artificial binlog.000002 | format | gtid 3 | map a | "
         "write a 2 x | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2 | begin 0-1-3 | c a 2 x | commit 0-1-3", NULL},
        {"large_transaction_ends_with_its_file", "mariadb",
         "gtid 2 | map other.n | map a | write a 1 x | many 99 write other.n 1 x*60000 | artificial "
         "binlog.000002 | format | gtid 3 | xid",
         "begin 0-1-2 | table a | c a 1 x | refused operator", "0-1-2"},
        {"large_transaction_of_others_ends_with_its_file", "mariadb",
         "gtid 2 | map other.n | many 99 write other.n 1 x*60000 | artificial binlog.000002 | format | gtid "
         "3 | map a | write a 1 x | xid",
         "begin 0-1-3 | table a | c a 1 x | commit 0-1-3", NULL},
        {"transaction_begins_in_another", "mysql",
         "gtid 2 | query BEGIN | map a | write a 1 x | gtid 3 | query BEGIN | xid", "refused failed",
         "before"},
        {"end_of_nothing", "mysql", "xid", "refused failed", "did not begin"},
        {"rows_of_no_transaction", "mysql", "map a | write a 1 x", "refused failed", "outside"},
    };
    play_cases(cases, COUNT(cases));
}

/* ---- Events of other kinds ---- */

static void other_events(void **state)
{
    (void)state;
    static const stream_case cases[] = {
        {"incident_between_transactions", "mariadb",
         "gtid 2 | map a | write a 1 x | xid | incident lost something | gtid 3 | map a | write a 2 x | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2 | refused operator", "lost something"},
        {"incident_in_a_transaction", "mysql",
         "gtid 2 | query BEGIN | map a | write a 1 x | incident lost something | xid",
         "begin :2 | table a | c a 1 x | refused operator", "lost something"},
        {"unknown_event", "mariadb", "gtid 2 | xid | event 77 0 00", "refused failed", "type 77"},
        {"unknown_event_in_a_transaction", "mysql",
         "gtid 2 | query BEGIN | map a | write a 1 x | event 99 0 00 | xid",
         "begin :2 | table a | c a 1 x | refused failed", "type 99"},
        {"unknown_event_that_may_be_ignored", "mariadb",
         "event 77 0x80 00 | gtid 2 | map a | event 77 0x80 00 | write a 1 x | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2", NULL},
        {"lists_of_gtids_and_checkpoints_move_the_place", "mariadb",
         "gtid 2 | xid | event 163 0 00000000 | event 161 0 0d00000062696e6c6f672e303030303031 | mark A",
         "moved 0-1-2/binlog.000001:A", NULL},
        {"previous_gtids_move_the_place", "mysql", "gtid 2 | query BEGIN | xid | event 35 0x80 00 | mark A",
         "moved :1-2/binlog.000001:A", NULL},
        {"variables_of_statements_say_nothing", "mariadb",
         "gtid 2 | event 5 0 020100000000000000 | event 13 0 01000000000000000200000000000000 | map a | "
         "write a 1 x | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2", NULL},
    };
    play_cases(cases, COUNT(cases));
}

/* ---- Maps ---- */

static void maps(void **state)
{
    (void)state;
    static const stream_case cases[] = {
        {"id_of_another_definition", "mariadb",
         "gtid 2 | map a 7 | write a 1 x | xid | gtid 3 | map a 7 id:i*,v:s,w:i | write a 2 x 5 | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2 | begin 0-1-3 | table a | c a 2 x 5 | commit 0-1-3",
         NULL},
        {"id_of_another_table", "mariadb", "gtid 2 | map a 7 | write a 1 x | map b 7 | write b 2 x | xid",
         "begin 0-1-2 | table a | c a 1 x | table b | c b 2 x | commit 0-1-2", NULL},
        {"id_of_a_table_that_is_not_captured", "mariadb",
         "gtid 2 | map a 7 | write a 1 x | map other.n 7 | write other.n 2 x | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2", NULL},
        {"another_id_of_the_same_table", "mariadb",
         "gtid 2 | map a 7 | write a 1 x | map a 8 | write a 2 x | xid",
         "begin 0-1-2 | table a | c a 1 x | c a 2 x | commit 0-1-2", NULL},
        {"rows_without_a_map", "mariadb", "gtid 2 | map a 7 | write b 1 x | xid", "refused failed",
         "no TABLE_MAP"},
        {"ids_begin_anew_with_each_file", "mariadb",
         "gtid 2 | map a 7 | write a 1 x | xid | rotate binlog.000002 | artificial binlog.000002 | format | "
         "gtid 3 | write a 2 x | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2 | refused failed", "no TABLE_MAP"},
        {"row_that_does_not_fit", "mariadb", "gtid 2 | map a 7 | event 23 0 0700000000000100020301 | xid",
         "begin 0-1-2 | table a | refused failed", "shop.a"},
    };
    play_cases(cases, COUNT(cases));
}

/* Ids that never come again: a server whose tables do not fit its cache opens them anew all the time. */
static void very_many_ids(void **state)
{
    player *world = open_world(state);
    leat_buffer script = {0};
    leat_buffer expected = {0};
    for (unsigned i = 2; i < 2500; i++) {
        const char *between = i == 2499 ? "" : " | ";
        leat_buffer_printf(&script, "gtid %u | map a %u | map other.n %u | write a %u x | xid%s", i, 2 * i,
                           2 * i + 1, i, between);
        leat_buffer_printf(&expected, "begin 0-1-%u | %sc a %u x | commit 0-1-%u%s", i,
                           i == 2 ? "table a | " : "", i, i, between);
    }
    const char *found = play(world, "mariadb", FROM_MARIADB, leat_buffer_string(&script));
    expect_transcript("ids", found, leat_buffer_string(&expected));
    leat_buffer_free(&expected);
    leat_buffer_free(&script);
    close_world(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logs_that_end_or_begin_again),
        cmocka_unit_test(other_events),
        cmocka_unit_test(maps),
        cmocka_unit_test(very_many_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
