/* How transactions are named and places are kept, over restarts too. */
#include "mysql_stream_player.h"

#define COUNT(cases) (sizeof(cases) / sizeof(cases)[0])

static void names(void **state)
{
    (void)state;
    static const stream_case cases[] = {
        {"tagged", "mysql", "tagged 5 blue | query BEGIN | map a | write a 1 x | xid",
         "begin :blue:5 | table a | c a 1 x | commit :1:blue:5", NULL},
        {"tagged_and_not_side_by_side", "mysql",
         "tagged 1 blue | query BEGIN | xid | gtid 2 | query BEGIN | xid | tagged 2 blue | query BEGIN | map "
         "a "
         "| write a 1 x | xid",
         "begin :blue:2 | table a | c a 1 x | commit :1-2:blue:1-2", NULL},
        {"numbers_with_a_hole", "mysql",
         "gtid 2 | query BEGIN | xid | gtid 4 | query BEGIN | map a | write a 1 x | xid",
         "begin :4 | table a | c a 1 x | commit :1-2:4", NULL},
        {"domain_that_was_not_there", "mariadb", "gtid 9 3 | map a | write a 1 x | xid",
         "begin 3-1-9 | table a | c a 1 x | commit 0-1-1,3-1-9", NULL},
        {"two_phase_alter", "mariadb",
         "gtid 2 | map a | write a 1 x | xid | alter 3 2 | query ALTER TABLE a ADD w INT | gtid 4 | map a | "
         "write a 2 x | xid | alter 5 4 3 | query ALTER TABLE a ADD w INT | gtid 6 | map a 20 id:i*,v:s,w:i "
         "| "
         "write a 3 x 7 | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2 | begin 0-1-4 | c a 2 x | commit 0-1-4 | begin "
         "0-1-6 | "
         "table a | c a 3 x 7 | commit 0-1-6",
         NULL},
        {"two_phase_alter_withdrawn", "mariadb",
         "alter 2 2 | query ALTER TABLE a ADD w INT | alter 3 8 2 | query ALTER TABLE a ADD w INT | gtid 4 | "
         "map "
         "a | write a 2 x | xid",
         "begin 0-1-4 | table a | c a 2 x | commit 0-1-4", NULL},
    };
    play_cases(cases, COUNT(cases));
}

/* A position says where to begin: what the server sends is what comes behind it. */
static void resumes(void **state)
{
    player *world = open_world(state);
    const char *found = play(world, "mariadb", FROM_MARIADB, "gtid 2 | map a | write a 1 x | xid | mark A");
    expect_transcript("first", found, "begin 0-1-2 | table a | c a 1 x | commit 0-1-2/binlog.000001:A");
    found = play(world, "mariadb", "0-1-2/binlog.000001:700",
                 "at 700 | gtid 3 | map a | write a 2 x | xid | mark A");
    expect_transcript("behind it", found, "begin 0-1-3 | table a | c a 2 x | commit 0-1-3/binlog.000001:A");
    found = play(world, "mariadb", "0-1-3,4-1-4/", "gtid 5 4 | map a | write a 3 x | xid | mark A");
    expect_transcript("by GTID alone", found,
                      "begin 4-1-5 | table a | c a 3 x | commit 0-1-3,4-1-5/binlog.000001:A");
    close_world(world);
}

/* A stop between two rows of a transaction: what was given of it is given again. */
static void stops_in_a_transaction(void **state)
{
    player *world = open_world(state);
    const char *found = play(world, "mysql", FROM_MYSQL, "gtid 2 | query BEGIN | map a | write a 1 x");
    expect_transcript("held back", found, "");
    found =
        play(world, "mysql", FROM_MYSQL,
             "gtid 2 | query BEGIN | map other.n | map a | write a 1 x | many 99 write other.n 1 x*60000");
    expect_transcript("too large to be held back", found, "begin :2 | table a | c a 1 x");
    found =
        play(world, "mysql", FROM_MYSQL, "gtid 2 | query BEGIN | map a | write a 1 x | write a 2 x | xid");
    expect_transcript("from its beginning", found, "begin :2 | table a | c a 1 x | c a 2 x | commit :1-2");
    close_world(world);
}

/* ---- What stands in the place of events ---- */

#define PAYLOAD_UUID "a6c7a12c-e716-11f1-af90-02fc00000001" /* of the server that it is from */

static void payloads(void **state)
{
    (void)state;
    static const stream_case cases[] = {
        {"events_inside_count", "mysql",
         "gtid 2 | payload | query BEGIN | map a | write a 1 x | update a 1 x 1 y | xid | end | mark A | "
         "gtid 3 | "
         "query BEGIN | map a | delete a 1 y | xid | mark B",
         "begin :2 | table a | c a 1 x | u a 1 x > 1 y | commit :1-2/binlog.000001:A | begin :3 | d a 1 y | "
         "commit :1-3/binlog.000001:B",
         NULL},
        {"tables_of_others", "mysql",
         "gtid 2 | payload | query BEGIN | map other.n | write other.n 1 x | xid | end | mark A",
         "moved :1-2/binlog.000001:A", NULL},
        {"captured", "mysql", "captured mysql_gtid_tagged | captured mysql_payload",
         "begin " PAYLOAD_UUID ":mytag:4 | table a | c a 8 cccccccccccccccccccc | c a 9 dddddddddddddddddddd "
         "| u a 8 cccccccccccccccccccc > 8 e | commit :1," PAYLOAD_UUID ":mytag:4",
         NULL},
        {"tables_without_transactions", "mysql",
         "gtid 2 | payload | query BEGIN | map a | write a 1 x | query COMMIT | end",
         "begin :2 | table a | c a 1 x | commit :1-2", NULL},
        {"savepoint_inside", "mysql",
         "gtid 2 | payload | query BEGIN | map a | write a 1 x | query SAVEPOINT `s` | write a 2 x | xid | "
         "end",
         "begin :2 | table a | c a 1 x | c a 2 x | commit :1-2", NULL},
        {"rolled_back_to_a_savepoint_inside",
         "mysql", /* servers cut the transaction before they compress it */
         "gtid 2 | payload | query BEGIN | map a | write a 1 x | query SAVEPOINT `s` | write a 2 x | query "
         "ROLLBACK "
         "TO `s` | write a 3 x | xid | end",
         "begin :2 | table a | c a 1 x | c a 2 x | refused operator", "savepoint"},
    };
    play_cases(cases, COUNT(cases));
}

/* More than is held back of other transactions. */
static void large_payload(void **state)
{
    player *world = open_world(state);
    const char *found =
        play(world, "mysql", FROM_MYSQL,
             "gtid 2 | payload | query BEGIN | map other.n | map a | write a 1 x | many 80 write other.n 1 "
             "x*60000 | write a 2 y | xid | end | gtid 3 | query BEGIN | map a | write a 3 y | xid");
    expect_transcript(
        "large", found,
        "begin :2 | table a | c a 1 x | c a 2 y | commit :1-2 | begin :3 | c a 3 y | commit :1-3");
    close_world(world);
}

static void partial_rows(void **state)
{
    (void)state;
    static const stream_case cases[] = {
        {"captured", "mysql",
         "gtid 2 | query BEGIN | captured mysql_map_j | captured mysql_write_j | captured mysql_partial_one "
         "| captured "
         "mysql_partial_unchanged | captured mysql_partial_none | captured mysql_partial_null | xid",
         "begin :2 | table j | c j 1 {} {} 5 | u j 1 {} {} 5 > 1 {\"a\": 5, \"b\": [1, 2]} {} 6 | u j 1 {} "
         "{} 6 > 1 {} {} 7 | "
         "u j 1 {} {} 7 > 1 {} {} 7 | u j 1 {} {} 7 > 1 {\"b\": 3} null 7 | commit :1-2",
         NULL},
        {"without_the_document_that_it_changes", "mysql",
         "gtid 2 | query BEGIN | captured mysql_map_j | captured mysql_partial_minimal | xid",
         "begin :2 | table j | u j 1 - - - > 1 - - - | commit :1-2", NULL},
    };
    play_cases(cases, COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),    cmocka_unit_test(resumes),       cmocka_unit_test(stops_in_a_transaction),
        cmocka_unit_test(payloads), cmocka_unit_test(large_payload), cmocka_unit_test(partial_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
