/* XA transactions: rows count when they are committed, maybe by another session, file or run of leat. */
#include <dirent.h>

#include "mysql_stream_player.h"

#define COUNT(cases) (sizeof(cases) / sizeof(cases)[0])

static void mariadb_in_one_run(void **state)
{
    (void)state;
    static const stream_case cases[] = {
        {"committed_later", "mariadb",
         "prepared 2 x | map a | write a 1 x | prepare x | gtid 3 | map a | write a 2 y | xid | completed 4 "
         "x | query "
         "XA COMMIT X'78',X'',1",
         "begin 0-1-3 | table a | c a 2 y | commit 0-1-3 | begin 0-1-4 | c a 1 x | commit 0-1-4", NULL},
        {"rolled_back_later", "mariadb",
         "prepared 2 x | map a | write a 1 x | prepare x | completed 3 x | query XA ROLLBACK X'78',X'',1",
         "moved 0-1-3", NULL},
        {"in_one_phase", "mariadb", "gtid 2 | map a | write a 1 x | xid",
         "begin 0-1-2 | table a | c a 1 x | commit 0-1-2", NULL},
        {"same_name_again", "mariadb",
         "prepared 2 x | map a | write a 1 x | prepare x | completed 3 x | query XA COMMIT X'78',X'',1 | "
         "prepared 4 x "
         "| map a | write a 2 y | prepare x | completed 5 x | query XA COMMIT X'78',X'',1",
         "begin 0-1-3 | table a | c a 1 x | commit 0-1-3 | begin 0-1-5 | c a 2 y | commit 0-1-5", NULL},
        {"two_at_a_time", "mariadb",
         "prepared 2 x | map a | write a 1 x | prepare x | prepared 3 y | map b | write b 2 y | prepare y | "
         "completed "
         "4 y | query XA COMMIT X'79',X'',1 | completed 5 x | query XA COMMIT X'78',X'',1",
         "begin 0-1-4 | table b | c b 2 y | commit 0-1-4 | begin 0-1-5 | table a | c a 1 x | commit 0-1-5",
         NULL},
        {"nothing_of_ours", "mariadb",
         "prepared 2 x | map other.n | write other.n 1 x | prepare x | completed 3 x | query XA COMMIT "
         "X'78',X'',1",
         "moved 0-1-3", NULL},
        {"prepared_before_we_began", "mariadb", "completed 2 x | query XA COMMIT X'78',X'',1",
         "refused operator", "XA"},
        {"rollback_of_what_was_prepared_before_we_began", "mariadb",
         "completed 2 x | query XA ROLLBACK X'78',X'',1", "moved 0-1-2", NULL},
        {"too_large_for_memory", "mariadb",
         "prepared 2 x | map other.n | map a | write a 1 x | many 200 write other.n 1 x*60000 | write a 2 x "
         "| prepare x "
         "| completed 3 x | query XA COMMIT X'78',X'',1",
         "begin 0-1-3 | table a | c a 1 x | c a 2 x | commit 0-1-3", NULL},
        {"prepared_and_lost", "mariadb",
         "prepared 2 x | map a | write a 1 x | artificial binlog.000002 | format | gtid 3 | map a | write a "
         "2 y | xid",
         "begin 0-1-3 | table a | c a 2 y | commit 0-1-3", NULL},
    };
    play_cases(cases, COUNT(cases));
}

static void mysql_in_one_run(void **state)
{
    (void)state;
    static const stream_case cases[] = {
        {"committed_later", "mysql",
         "gtid 2 | query XA START X'78',X'',1 | map a | write a 1 x | query XA END X'78',X'',1 | prepare x | "
         "gtid 3 | "
         "query XA COMMIT X'78',X'',1",
         "begin :3 | table a | c a 1 x | commit :1-3", NULL},
        {"rolled_back_later", "mysql",
         "gtid 2 | query XA START X'78',X'',1 | map a | write a 1 x | query XA END X'78',X'',1 | prepare x | "
         "gtid 3 | "
         "query XA ROLLBACK X'78',X'',1",
         "moved :1-3", NULL},
        {"in_one_phase", "mysql",
         "gtid 2 | query XA START X'78',X'',1 | map a | write a 1 x | query XA END X'78',X'',1 | one_phase x",
         "begin :2 | table a | c a 1 x | commit :1-2", NULL},
    };
    play_cases(cases, COUNT(cases));
}

static size_t kept_files(const player *world)
{
    size_t count = 0;
    DIR *folder = opendir(world->folder.path);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

#define PREPARE   "prepared 2 x | map a | write a 1 x | prepare x"
#define COMMIT    "completed 3 x | query XA COMMIT X'78',X'',1"
#define COMMITTED "begin 0-1-3 | table a | c a 1 x | commit 0-1-3"

/* The file stays until the end is durable, as long as a restart may bring the end again. */
static void over_restarts(void **state)
{
    player *world = open_world(state);
    expect_transcript("prepared", play(world, "mariadb", FROM_MARIADB, PREPARE), "moved 0-1-2");
    assert_int_equal(kept_files(world), 1);
    expect_transcript("committed", play(world, "mariadb", "0-1-2/binlog.000001:500", "at 500 | " COMMIT),
                      COMMITTED);
    assert_int_equal(kept_files(world), 1);
    expect_transcript("again", play(world, "mariadb", "0-1-2/binlog.000001:500", "at 500 | " COMMIT),
                      COMMITTED);
    expect_transcript("from the prepare", play(world, "mariadb", FROM_MARIADB, PREPARE " | " COMMIT),
                      COMMITTED);
    play(world, "mariadb", "0-1-3/binlog.000001:900", "at 900 | gtid 4 | xid");
    assert_int_equal(kept_files(world), 0);
    close_world(world);
}

static void rolled_back_over_restarts(void **state)
{
    player *world = open_world(state);
    play(world, "mariadb", FROM_MARIADB, PREPARE);
    const char *end = "at 500 | completed 3 x | query XA ROLLBACK X'78',X'',1";
    expect_transcript("once", play(world, "mariadb", "0-1-2/binlog.000001:500", end), "moved 0-1-3");
    expect_transcript("again", play(world, "mariadb", "0-1-2/binlog.000001:500", end), "moved 0-1-3");
    play(world, "mariadb", "0-1-3/binlog.000001:900", "at 900 | gtid 4 | xid");
    assert_int_equal(kept_files(world), 0);
    close_world(world);
}

/* What becomes durable while the stream goes on clears up too; what is not yet over stays. */
static void acknowledged(void **state)
{
    player *world = open_world(state);
    play(world, "mariadb", FROM_MARIADB,
         PREPARE " | " COMMIT " | prepared 4 y | map a | write a 2 y | prepare y");
    assert_int_equal(kept_files(world), 2);
    assert_int_equal(leat_mysql_stream_acknowledge(world->stream, "0-1-2/binlog.000001:300", &world->error),
                     LEAT_OK);
    assert_int_equal(kept_files(world), 2);
    assert_int_equal(leat_mysql_stream_acknowledge(world->stream, "0-1-3/binlog.000001:2000", &world->error),
                     LEAT_OK);
    assert_int_equal(kept_files(world), 1);
    close_world(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mariadb_in_one_run), cmocka_unit_test(mysql_in_one_run),
        cmocka_unit_test(over_restarts),      cmocka_unit_test(rolled_back_over_restarts),
        cmocka_unit_test(acknowledged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
