/* Before streaming: where the log ends, whose it is, and every way in which a position cannot be gone on
 * from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_mysql.h"
#include "fake_notebook.h"
#include "mysql/setup/setup.h"

#define UUID  "3e11fa47-71ca-11e1-9e33-c80aa9429562"
#define OTHER "b2f83cdb-e716-11f1-b131-02fc00000001"

typedef struct stage {
    fake_mysql server;
    fake_notebook book;
    char url[128];
    leat_source_options options;
} stage;

static void prepare(stage *it, const char *version, const fake_mysql_answer *answers, const char *identity)
{
    const char *type = strstr(version, "MariaDB") == NULL ? "mysql" : "mariadb";
    *it = (stage){.server = {.version = version, .answers = answers}};
    fake_notebook_open(&it->book);
    *fake_note(&it->book, "identity") = leat_duplicate_string(identity);
    fake_mysql_start(&it->server);
    snprintf(it->url, sizeof it->url, "mysql://tester@127.0.0.1:%u", it->server.port);
    it->options = (leat_source_options){.pipeline = "shop",
                                        .type = type,
                                        .url = it->url,
                                        .connect_timeout = 10 * 1000 * 1000,
                                        .notebook = &it->book.notebook};
}

static void dispose(stage *it)
{
    fake_mysql_stop(&it->server);
    fake_mysql_free(&it->server);
    fake_notebook_free(&it->book);
}

/* ---- The end of the log ---- */

static const struct {
    const char *version;
    const fake_mysql_answer answers[4];
    leat_status status;
    const char *wanted;
} log_ends[] = {
    {"9.7.4",
     {{"SHOW BINARY LOG STATUS", 0, "binlog.000003\t1234\t\t\t" UUID ":1-5, " OTHER ":1"}, {NULL, 0, NULL}},
     LEAT_OK,
     UUID ":1-5," OTHER ":1/binlog.000003:1234"},
    {"8.0.45",
     {{"SHOW MASTER STATUS", 0, "binlog.000001\t157\t\t\t"}, {NULL, 0, NULL}},
     LEAT_OK,
     "/binlog.000001:157"},
    {"8.0.45",
     {{"SELECT @@server_uuid", 0, UUID "\tOFF"},
      {"SHOW MASTER STATUS", 0, "b.000001\t157\t\t\t"},
      {NULL, 0, NULL}},
     LEAT_OK,
     "b.000001:157"},
    {"10.11.19-MariaDB",
     {{"SHOW MASTER STATUS", 0, "mdb.000002\t77\t\t"},
      {"SELECT @@global.gtid_binlog_pos", 0, "0-1-9,2-1-3"},
      {NULL, 0, NULL}},
     LEAT_OK,
     "0-1-9,2-1-3/mdb.000002:77"},
    {"10.11.19-MariaDB",
     {{"SHOW MASTER STATUS", 0, ""}, {"SELECT @@global.gtid_binlog_pos", 0, ""}, {NULL, 0, NULL}},
     LEAT_OPERATOR,
     NULL},
    {"9.7.4", {{"SHOW BINARY LOG STATUS", 0, ""}, {NULL, 0, NULL}}, LEAT_OPERATOR, NULL},
    {"9.7.4",
     {{"SHOW BINARY LOG STATUS", 1227, "Access denied; you need REPLICATION CLIENT"}, {NULL, 0, NULL}},
     LEAT_OPERATOR,
     NULL},
    {"9.7.4", {{"SHOW BINARY LOG STATUS", 0, "binlog.000003\tfar"}, {NULL, 0, NULL}}, LEAT_FAILED, NULL},
};

static void the_end_of_the_log_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof log_ends / sizeof *log_ends; i++) {
        stage it;
        leat_error error;
        leat_buffer text = {0};
        leat_mysql_session *session;
        leat_mysql_position position = {0};
        prepare(&it, log_ends[i].version, log_ends[i].answers, NULL);
        assert_int_equal(leat_mysql_session_open(&it.options, &session, &error), LEAT_OK);
        leat_status status = leat_mysql_log_end(session, &position, &error);
        if (status != log_ends[i].status)
            fail_msg("%zu: %d %s", i, (int)status, error.message);
        if (status == LEAT_OK) {
            leat_mysql_position_format(&position, &text);
            assert_string_equal(leat_buffer_string(&text), log_ends[i].wanted);
        } else {
            assert_null(position.file);
            assert_null(position.set);
        }
        leat_mysql_session_close(session);
        leat_mysql_position_clear(&position);
        leat_buffer_free(&text);
        dispose(&it);
    }
}

/* ---- Positions ---- */

#define MYSQL_SETS    "SELECT @@global.log_bin, @@global.gtid_executed, @@global.gtid_purged"
#define WAIT_FOR_SET  "SELECT WAIT_FOR_EXECUTED_GTID_SET"
#define MARIADB_STATE "SELECT @@global.log_bin, @@global.gtid_binlog_pos"
#define LOGS          "SHOW BINARY LOGS"

typedef struct verified {
    const char *name;
    const char *version;
    const char *identity; /* in the notebook */
    const char *position;
    const fake_mysql_answer answers[4];
    leat_status status;
    unsigned epoch;
    const char *then; /* in the notebook afterwards, or what the error says */
} verified;

static const verified cases[] = {
    {"first_call",
     "9.7.4",
     NULL,
     UUID ":1-5/b.000001:4",
     {{MYSQL_SETS, 0, "1\t" UUID ":1-9\t" UUID ":1-3"}},
     LEAT_OK,
     1,
     "1 " UUID},
    {"same_server",
     "9.7.4",
     "3 " UUID,
     UUID ":1-5/b.000001:4",
     {{MYSQL_SETS, 0, "1\t" UUID ":1-9\t"}},
     LEAT_OK,
     3,
     "3 " UUID},
    {"failover_with_all",
     "9.7.4",
     "3 " OTHER,
     OTHER ":1-5/b.000001:4",
     {{MYSQL_SETS, 0, "1\t" OTHER ":1-5," UUID ":1\t"}},
     LEAT_OK,
     4,
     "4 " UUID},
    {"failover_with_a_loss",
     "9.7.4",
     "3 " OTHER,
     OTHER ":1-5/b.000001:4",
     {{MYSQL_SETS, 0, "1\t" OTHER ":1-4," UUID ":1\t"}, {WAIT_FOR_SET, 0, "1"}},
     LEAT_OPERATOR,
     0,
     "another server than the one read before and does not have " OTHER ":5"},
    {"server_that_is_behind_for_a_moment",
     "9.7.4",
     "3 " UUID,
     UUID ":1-5/b.000001:4",
     {{MYSQL_SETS, 0, "1\t" UUID ":1-4\t"}, {WAIT_FOR_SET, 0, "0"}},
     LEAT_OK,
     3,
     "3 " UUID},
    {"server_that_was_set_back",
     "9.7.4",
     "3 " UUID,
     UUID ":1-5/b.000001:4",
     {{MYSQL_SETS, 0, "1\t\t"}, {WAIT_FOR_SET, 0, "1"}},
     LEAT_OPERATOR,
     0,
     "set back to an earlier state"},
    {"purged",
     "9.7.4",
     "3 " UUID,
     UUID ":1-5/b.000001:4",
     {{MYSQL_SETS, 0, "1\t" UUID ":1-9\t" UUID ":1-7"}},
     LEAT_OPERATOR,
     0,
     "has purged binary logs with " UUID ":6-7"},
    {"purged_before_anything_was_read",
     "9.7.4",
     "3 " UUID,
     "/b.000001:4",
     {{MYSQL_SETS, 0, "1\t" UUID ":1-9\t" UUID ":1-7"}},
     LEAT_OPERATOR,
     0,
     "has purged binary logs with " UUID ":1-7"},
    {"gtids_switched_off",
     "9.7.4",
     "3 " UUID,
     UUID ":1-5/b.000001:4",
     {{"SELECT @@server_uuid", 0, UUID "\tOFF"}},
     LEAT_OPERATOR,
     0,
     "gtid_mode is not ON"},
    /* The dump would begin behind them. */
    {"gtids_switched_off_and_on_again",
     "9.7.4",
     "3 " UUID,
     UUID ":1-5/b.000002:99",
     {{MYSQL_SETS, 0, "1\t" UUID ":1-9\t"},
      {LOGS, 0, "b.000001\t500\tNo\nb.000002\t300\tNo\nb.000003\t77\tNo\nb.000004\t77\tNo"},
      {"SHOW BINLOG EVENTS IN 'b.000003'", 0,
       "b.000003\t4\tFormat_desc\t1\t127\t\nb.000003\t127\tPrevious_gtids\t1\t200\t\nb.000003\t200\t"
       "Anonymous_Gtid\t1\t279\tSET @@SESSION.GTID_NEXT= 'ANONYMOUS'"}},
     LEAT_OPERATOR,
     0,
     "without GTIDs in b.000003"},
    {"gtids_in_all_later_files",
     "9.7.4",
     "3 " UUID,
     UUID ":1-5/b.000002:99",
     {{MYSQL_SETS, 0, "1\t" UUID ":1-9\t"},
      {LOGS, 0, "b.000001\t500\tNo\nb.000002\t300\tNo\nb.000003\t77\tNo"},
      {"SHOW BINLOG EVENTS IN 'b.000003'", 0,
       "b.000003\t4\tFormat_desc\t1\t127\t\nb.000003\t127\tPrevious_gtids\t1\t200\t\nb."
       "000003\t200\tGtid\t1\t279\t"}},
     LEAT_OK,
     3,
     "3 " UUID},
    {"log_switched_off",
     "9.7.4",
     "3 " UUID,
     UUID ":1-5/b.000001:4",
     {{MYSQL_SETS, 0, "0\t" UUID ":1-9\t"}},
     LEAT_OPERATOR,
     0,
     "writes no binary log"},
    {"file_on_the_same_server",
     "8.0.45",
     "1 " UUID,
     "b.000002:77",
     {{LOGS, 0, "b.000001\t500\tNo\nb.000002\t77\tNo"}},
     LEAT_OK,
     1,
     "1 " UUID},
    {"file_on_another_server",
     "8.0.45",
     "1 " OTHER,
     "b.000002:77",
     {{LOGS, 0, "b.000001\t500\tNo\nb.000002\t77\tNo"}},
     LEAT_OPERATOR,
     0,
     "means nothing there"},
    {"file_that_was_purged",
     "8.0.45",
     "1 " UUID,
     "b.000002:77",
     {{LOGS, 0, "b.000003\t500\tNo\nb.000004\t77\tNo"}},
     LEAT_OPERATOR,
     0,
     "any more: it was purged"},
    {"file_after_a_reset",
     "8.0.45",
     "1 " UUID,
     "b.000002:77",
     {{LOGS, 0, "b.000001\t500\tNo"}},
     LEAT_OPERATOR,
     0,
     "yet: its logs were reset"},
    {"file_that_is_shorter",
     "8.0.45",
     "1 " UUID,
     "b.000002:77",
     {{LOGS, 0, "b.000002\t76\tNo"}},
     LEAT_OPERATOR,
     0,
     "ends at 76"},
    {"file_without_a_log",
     "8.0.45",
     "1 " UUID,
     "b.000002:77",
     {{LOGS, 1381, "You are not using binary logging"}},
     LEAT_OPERATOR,
     0,
     "not using binary logging"},
    {"mariadb_first_call",
     "10.11.19-MariaDB",
     NULL,
     "0-1-5/m.000001:4",
     {{MARIADB_STATE, 0, "1\t0-1-9"}},
     LEAT_OK,
     1,
     "1 db1:3306/7"},
    {"mariadb_failover_with_all",
     "10.11.19-MariaDB",
     "1 db0:3306/6",
     "0-6-5,1-6-2/m.000001:4",
     {{MARIADB_STATE, 0, "1\t0-7-9,1-6-2"}},
     LEAT_OK,
     2,
     "2 db1:3306/7"},
    {"mariadb_failover_with_a_loss",
     "10.11.19-MariaDB",
     "1 db0:3306/6",
     "0-6-5,1-6-2/m.000001:4",
     {{MARIADB_STATE, 0, "1\t0-7-4,1-6-2"}},
     LEAT_OPERATOR,
     0,
     "does not have 0-6-5,1-6-2"},
    /* The dump would take the domain for somebody else's and begin anywhere. */
    {"mariadb_after_a_reset",
     "10.11.19-MariaDB",
     "1 db1:3306/7",
     "0-1-5/m.000001:4",
     {{MARIADB_STATE, 0, "1\t"}},
     LEAT_OPERATOR,
     0,
     "its log ends at \"\""},
    {"mariadb_log_switched_off",
     "10.11.19-MariaDB",
     "1 db1:3306/7",
     "0-1-5/m.000001:4",
     {{MARIADB_STATE, 0, "0\t0-1-9"}},
     LEAT_OPERATOR,
     0,
     "writes no binary log"},
    {"damaged_identity",
     "10.11.19-MariaDB",
     "db1:3306/7",
     "0-1-5/m.000001:4",
     {{MARIADB_STATE, 0, "1\t0-1-9"}},
     LEAT_FAILED,
     0,
     "identity"},
    {"identity_of_epoch_0",
     "10.11.19-MariaDB",
     "0 db1:3306/7",
     "0-1-5/m.000001:4",
     {{MARIADB_STATE, 0, "1\t0-1-9"}},
     LEAT_FAILED,
     0,
     "identity"},
};

static leat_mysql_position position_of(const verified *wanted)
{
    leat_error error;
    leat_mysql_position position = {0};
    bool mariadb = strstr(wanted->version, "MariaDB") != NULL;
    if (leat_mysql_position_parse(wanted->position, mariadb, &position, &error) != LEAT_OK)
        fail_msg("%s: %s", wanted->name, error.message);
    return position;
}

static void positions_are_held_against_the_server(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const verified *wanted = &cases[i];
        stage it;
        leat_error error;
        unsigned epoch = 0;
        leat_mysql_session *session;
        leat_mysql_position position = position_of(wanted);
        prepare(&it, wanted->version, wanted->answers, wanted->identity);
        leat_status status = leat_mysql_setup_session(&it.options, &position, &session, &epoch, &error);
        if (status != wanted->status)
            fail_msg("%s: %d %s", wanted->name, (int)status, error.message);
        if (status == LEAT_OK) {
            assert_int_equal(epoch, wanted->epoch);
            assert_string_equal(*fake_note(&it.book, "identity"), wanted->then);
        } else {
            if (strstr(error.message, wanted->then) == NULL)
                fail_msg("%s: %s", wanted->name, error.message);
            assert_true(status == LEAT_FAILED || error.mend[0] != '\0');
            assert_null(session);
            assert_true(wanted->identity == NULL ||
                        strcmp(*fake_note(&it.book, "identity"), wanted->identity) == 0);
        }
        leat_mysql_session_close(session);
        leat_mysql_position_clear(&position);
        dispose(&it);
    }
}

static void the_first_host_that_has_all_is_taken(void **state)
{
    (void)state;
    static const fake_mysql_answer behind[] = {
        {MYSQL_SETS, 0, "1\t" UUID ":1-4\t"}, {WAIT_FOR_SET, 0, "1"}, {NULL, 0, NULL}};
    static const fake_mysql_answer whole[] = {{MYSQL_SETS, 0, "1\t" UUID ":1-5\t"}, {NULL, 0, NULL}};
    stage lagging;
    stage complete;
    leat_error error;
    unsigned epoch = 0;
    char url[256];
    leat_mysql_session *session;
    leat_mysql_position position = {0};
    prepare(&lagging, "9.7.4", behind, NULL);
    prepare(&complete, "9.7.4", whole, NULL);
    assert_int_equal(leat_mysql_position_parse(UUID ":1-5/b.000001:4", false, &position, &error), LEAT_OK);
    snprintf(url, sizeof url, "mysql://tester@127.0.0.1:%u,127.0.0.1:%u", lagging.server.port,
             complete.server.port);
    lagging.options.url = url;
    assert_int_equal(leat_mysql_setup_session(&lagging.options, &position, &session, &epoch, &error),
                     LEAT_OK);
    char port[16];
    snprintf(port, sizeof port, ":%u", complete.server.port);
    assert_non_null(strstr(leat_mysql_session_server(session)->address, port));
    assert_int_equal(epoch, 1);
    leat_mysql_session_close(session);
    leat_mysql_position_clear(&position);
    dispose(&lagging);
    dispose(&complete);
}

static void a_notebook_that_fails_is_told(void **state)
{
    (void)state;
    stage it;
    leat_error error;
    unsigned epoch = 0;
    leat_mysql_session *session;
    leat_mysql_position position = {0};
    prepare(&it, "9.7.4", NULL, NULL);
    it.book.broken = true;
    assert_int_equal(leat_mysql_position_parse(UUID ":1-5/b.000001:4", false, &position, &error), LEAT_OK);
    assert_int_equal(leat_mysql_setup_session(&it.options, &position, &session, &epoch, &error), LEAT_FAILED);
    leat_mysql_position_clear(&position);
    dispose(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_of_the_log_is_found),
        cmocka_unit_test(positions_are_held_against_the_server),
        cmocka_unit_test(the_first_host_that_has_all_is_taken),
        cmocka_unit_test(a_notebook_that_fails_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
