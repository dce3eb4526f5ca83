/* Sessions: what is sent at the start, and what is made of every way it can go wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_postgres.h"
#include "postgres/server/failure.h"
#include "postgres/server/session.h"

static const leat_stop never = {0};

static leat_status open_session(const char *url, leat_postgres_session_kind kind, leat_stop stop,
                                leat_error *error)
{
    leat_source_options options = {
        .pipeline = "shop", .url = url, .connect_timeout = 500 * 1000, .stop = stop};
    leat_postgres_session *session;
    leat_status status = leat_postgres_session_open(&options, kind, &session, error);
    if (status == LEAT_OK)
        leat_postgres_session_close(session);
    return status;
}

static void assert_says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}

/* ---- What is sent ---- */

static void welcome(fake_postgres *server)
{
    fake_welcome(server);
    (void)fake_receive(server);
}

static int set_up_server(void **state, const char *version, fake_postgres_script script)
{
    fake_postgres *server = leat_allocate(sizeof *server);
    fake_start(server, version, script);
    *state = server;
    return 0;
}

static int set_up_welcome(void **state)
{
    return set_up_server(state, "15.4", welcome);
}

static int tear_down(void **state)
{
    fake_postgres *server = *state;
    fake_free(server);
    leat_release(server);
    return 0;
}

static void settings_that_shape_text_are_pinned_after_the_users_own(void **state)
{
    static const char *const pinned[] = {" -c datestyle=ISO,YMD",
                                         " -c intervalstyle=iso_8601",
                                         " -c extra_float_digits=3",
                                         " -c timezone=UTC",
                                         " -c bytea_output=hex",
                                         " -c lc_monetary=C",
                                         " -c lc_numeric=C",
                                         " -c search_path= ",
                                         " -c statement_timeout=0",
                                         " -c lock_timeout=0",
                                         " -c idle_session_timeout=0",
                                         " -c row_security=off",
                                         " -c standard_conforming_strings=on",
                                         " -c idle_in_transaction_session_timeout=0"};
    fake_postgres *server = *state;
    char url[2 * TEMPORARY_PATH_SIZE];
    leat_error error = {0};
    snprintf(url, sizeof url, "%s options='-c datestyle=German -c wal_sender_timeout=5s'", server->url);
    assert_int_equal(open_session(url, LEAT_POSTGRES_SQL, never, &error), LEAT_OK);
    fake_join(server);
    const char *options = fake_parameter(server, "options");
    assert_ptr_equal(strstr(options, "-c datestyle=German -c wal_sender_timeout=5s"), options);
    for (size_t i = 0; i < sizeof pinned / sizeof pinned[0]; i++)
        assert_says(options, pinned[i]);
    assert_string_equal(fake_parameter(server, "client_encoding"), "UTF8");
    assert_string_equal(fake_parameter(server, "application_name"), "leat/shop");
    assert_null(fake_parameter(server, "replication"));
}

static void a_replication_session_asks_for_its_database(void **state)
{
    fake_postgres *server = *state;
    char url[2 * TEMPORARY_PATH_SIZE];
    leat_error error = {0};
    snprintf(url, sizeof url, "%s application_name=mine", server->url);
    assert_int_equal(open_session(url, LEAT_POSTGRES_REPLICATION, never, &error), LEAT_OK);
    fake_join(server);
    assert_string_equal(fake_parameter(server, "replication"), "database");
    assert_string_equal(fake_parameter(server, "database"), "shop");
    assert_string_equal(fake_parameter(server, "application_name"), "mine");
}

/* ---- What the server refuses ---- */

static void refuse_password(fake_postgres *server)
{
    fake_send_error(server, "28P01", "password authentication failed for user \"tester\"");
}

static int set_up_refusal(void **state)
{
    return set_up_server(state, "15.4", refuse_password);
}

static void refused_credentials_are_for_the_operator_and_never_shown(void **state)
{
    fake_postgres *server = *state;
    leat_error error = {0};
    assert_int_equal(open_session(server->url, LEAT_POSTGRES_SQL, never, &error), LEAT_OPERATOR);
    fake_join(server);
    assert_says(error.message, server->folder.path);
    assert_says(error.message, "5432");
    assert_says(error.message, "\"shop\"");
    assert_says(error.message, "\"tester\"");
    assert_says(error.message, "password authentication failed");
    assert_true(leat_error_has_code(&error, "SQLSTATE 28P01"));
    assert_says(error.mend, "pg_hba.conf");
    assert_null(strstr(error.message, "opensesame"));
    assert_null(strstr(error.mend, "opensesame"));
}

static void say_starting(fake_postgres *server)
{
    fake_send_error(server, "57P03", "the database system is starting up");
}

static int set_up_starting(void **state)
{
    return set_up_server(state, "15.4", say_starting);
}

static void a_server_that_is_starting_is_tried_again(void **state)
{
    fake_postgres *server = *state;
    leat_error error = {0};
    assert_int_equal(open_session(server->url, LEAT_POSTGRES_SQL, never, &error), LEAT_RETRY);
    fake_join(server);
    assert_says(error.message, "starting up");
}

static int set_up_old(void **state)
{
    return set_up_server(state, "13.11", welcome);
}

static void an_old_server_is_refused_with_its_version(void **state)
{
    fake_postgres *server = *state;
    leat_error error = {0};
    assert_int_equal(open_session(server->url, LEAT_POSTGRES_SQL, never, &error), LEAT_OPERATOR);
    fake_join(server);
    assert_says(error.message, "13.11");
    assert_says(error.mend, "PostgreSQL 14");
}

/* ---- A server that says nothing ---- */

static void say_nothing(fake_postgres *server)
{
    (void)fake_receive(server);
}

static int set_up_silent(void **state)
{
    return set_up_server(state, "15.4", say_nothing);
}

static void silence_ends_at_the_timeout(void **state)
{
    fake_postgres *server = *state;
    leat_error error = {0};
    assert_int_equal(open_session(server->url, LEAT_POSTGRES_SQL, never, &error), LEAT_RETRY);
    fake_join(server);
    assert_says(error.message, "did not answer within 500 ms");
}

static bool stop_now(void *context)
{
    (void)context;
    return true;
}

static void a_stop_ends_the_wait(void **state)
{
    fake_postgres *server = *state;
    leat_error error = {0};
    assert_int_equal(open_session(server->url, LEAT_POSTGRES_SQL, (leat_stop){.requested = stop_now}, &error),
                     LEAT_STOPPED);
    fake_join(server);
}

static void nobody_there_is_tried_again(void **state)
{
    (void)state;
    leat_error error = {0};
    assert_int_equal(open_session("host=/nonexistent port=5432 user=u dbname=d password=opensesame",
                                  LEAT_POSTGRES_SQL, never, &error),
                     LEAT_RETRY);
    assert_says(error.message, "/nonexistent:5432");
    assert_says(error.mend, "source.url");
    assert_null(strstr(error.message, "opensesame"));
}

/* ---- Urls ---- */

static void a_url_that_makes_no_sense_is_refused_without_showing_it(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "postgresql://u:open%zzsesame@host/db",
        "host=localhost password=open sesame",
        "postgresql://u:p@host/db?opensesame=1",
        "opensesame",
        "postgresql://u:open/sesame@host/db",
        "postgresql://u:12345/sesame@host:5432/db?sslmode=require",
        "postgres://u:open@sesame@host/db",
        "postgresql://u:opensesame/a?b@host/db",
        "postgresql://u:opensesame/a?sslmode=@host/db",
        "host=localhost port=opensesame",
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        leat_error error = {0};
        assert_int_equal(leat_postgres_check_url(urls[i], &error), LEAT_USAGE);
        assert_says(error.message, "source.url");
        assert_null(strstr(error.message, "sesame"));
        assert_int_equal(open_session(urls[i], LEAT_POSTGRES_SQL, never, &error), LEAT_USAGE);
        assert_null(strstr(error.message, "sesame"));
    }
}

static void every_form_that_libpq_knows_is_taken(void **state)
{
    (void)state;
    leat_error error = {0};
    assert_int_equal(leat_postgres_check_url("postgresql://leat@db/shop?sslmode=verify-full", &error),
                     LEAT_OK);
    assert_int_equal(leat_postgres_check_url("postgres://a:1,b:2/shop?target_session_attrs=primary", &error),
                     LEAT_OK);
    assert_int_equal(
        leat_postgres_check_url("postgresql://leat:%40%2F@%2Frun%2Fdb/shop?options=a@b/c", &error), LEAT_OK);
    assert_int_equal(leat_postgres_check_url("postgresql://leat:a?b@db/shop", &error), LEAT_OK);
    assert_int_equal(leat_postgres_check_url("postgresql:///shop?host=/run/db", &error), LEAT_OK);
    assert_int_equal(leat_postgres_check_url("host=db password=a@b/c@d", &error), LEAT_OK);
    assert_int_equal(leat_postgres_check_url("host=db dbname=shop user='o''b'", &error), LEAT_USAGE);
    assert_int_equal(leat_postgres_check_url("host=db dbname=shop user='o\\'b'", &error), LEAT_OK);
}

static void a_wrong_value_in_a_url_is_a_mistake_of_the_config(void **state)
{
    (void)state;
    leat_error error = {0};
    assert_int_equal(open_session("host=/tmp sslmode=perhaps", LEAT_POSTGRES_SQL, never, &error), LEAT_USAGE);
    assert_says(error.message, "sslmode");
    assert_int_equal(open_session("host=localhost port=99999", LEAT_POSTGRES_SQL, never, &error), LEAT_USAGE);
}

/* ---- Failures of statements ---- */

static void failures_are_judged_by_state(void **state)
{
    (void)state;
    static const struct {
        const char *sqlstate;
        leat_status status;
    } expected[] = {
        {"08006", LEAT_RETRY},    {"57P01", LEAT_RETRY},    {"57P02", LEAT_RETRY},
        {"57P03", LEAT_RETRY},    {"57P04", LEAT_OPERATOR}, {"57014", LEAT_RETRY},
        {"53300", LEAT_RETRY},    {"53100", LEAT_RETRY},    {"53400", LEAT_OPERATOR},
        {"55006", LEAT_RETRY},    {"55P03", LEAT_RETRY},    {"40001", LEAT_RETRY},
        {"40P01", LEAT_RETRY},    {"25P03", LEAT_RETRY},    {"28000", LEAT_OPERATOR},
        {"28P01", LEAT_OPERATOR}, {"3D000", LEAT_OPERATOR}, {"42501", LEAT_OPERATOR},
        {"42704", LEAT_OPERATOR}, {"55000", LEAT_OPERATOR}, {"58P01", LEAT_OPERATOR},
        {"42601", LEAT_FAILED},   {"XX000", LEAT_FAILED},   {"22012", LEAT_FAILED},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        if (leat_postgres_classify(expected[i].sqlstate) != expected[i].status)
            fail_msg("%s is judged %d", expected[i].sqlstate, leat_postgres_classify(expected[i].sqlstate));
    assert_int_equal(leat_postgres_classify(NULL), LEAT_RETRY);
}

static void refuse_statement(fake_postgres *server)
{
    fake_welcome(server);
    (void)fake_receive_query(server);
    fake_send_error(server, "42501", "permission denied for table orders");
    fake_send_ready(server);
    (void)fake_receive(server);
}

static int set_up_refused_statement(void **state)
{
    return set_up_server(state, "15.4", refuse_statement);
}

static void a_failed_statement_is_told_with_a_mend_for_the_role(void **state)
{
    fake_postgres *server = *state;
    leat_source_options options = {.pipeline = "shop", .url = server->url, .connect_timeout = 5000000};
    leat_postgres_session *session = NULL;
    leat_error error = {0};
    assert_int_equal(leat_postgres_session_open(&options, LEAT_POSTGRES_SQL, &session, &error), LEAT_OK);
    assert_int_equal(leat_postgres_execute(session, "SELECT 1 FROM orders", &error), LEAT_OPERATOR);
    leat_postgres_session_close(session);
    fake_join(server);
    assert_says(error.message, "\"SELECT 1 FROM orders\" failed: permission denied for table orders");
    assert_says(error.message, "42501");
    assert_says(error.mend, "\"tester\"");
    assert_true(leat_error_has_code(&error, "SQLSTATE 42501"));
}

/* A text that fills a whole error, and behind it what decides. */
static void refuse_lengthily(fake_postgres *server)
{
    char text[3000];
    memset(text, 'm', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    fake_welcome(server);
    (void)fake_receive_query(server);
    fake_send_error(server, "55P03", text);
    fake_send_ready(server);
    (void)fake_receive(server);
}

static int set_up_lengthy_refusal(void **state)
{
    return set_up_server(state, "15.4", refuse_lengthily);
}

static void a_server_s_long_text_does_not_hide_its_code(void **state)
{
    fake_postgres *server = *state;
    leat_source_options options = {.pipeline = "shop", .url = server->url, .connect_timeout = 5000000};
    leat_postgres_session *session = NULL;
    leat_error error = {0};
    assert_int_equal(leat_postgres_session_open(&options, LEAT_POSTGRES_SQL, &session, &error), LEAT_OK);
    assert_int_equal(leat_postgres_execute(session, "LOCK TABLE orders", &error), LEAT_RETRY);
    leat_postgres_session_close(session);
    fake_join(server);
    assert_null(strstr(error.message, "55P03"));
    assert_true(leat_error_has_code(&error, LEAT_POSTGRES_LOCK_NOT_AVAILABLE));
}

/* ---- Quoting ---- */

static void names_and_literals_are_quoted_for_any_content(void **state)
{
    (void)state;
    leat_buffer sql = {0};
    leat_postgres_append_qualified(&sql, "we\"ird", "t'able");
    leat_buffer_append_byte(&sql, ' ');
    leat_postgres_append_literal(&sql, "o'b\\n\"");
    assert_string_equal(leat_buffer_string(&sql), "\"we\"\"ird\".\"t'able\" 'o''b\\n\"'");
    leat_buffer_free(&sql);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(settings_that_shape_text_are_pinned_after_the_users_own,
                                        set_up_welcome, tear_down),
        cmocka_unit_test_setup_teardown(a_replication_session_asks_for_its_database, set_up_welcome,
                                        tear_down),
        cmocka_unit_test_setup_teardown(refused_credentials_are_for_the_operator_and_never_shown,
                                        set_up_refusal, tear_down),
        cmocka_unit_test_setup_teardown(a_server_that_is_starting_is_tried_again, set_up_starting, tear_down),
        cmocka_unit_test_setup_teardown(an_old_server_is_refused_with_its_version, set_up_old, tear_down),
        cmocka_unit_test_setup_teardown(silence_ends_at_the_timeout, set_up_silent, tear_down),
        cmocka_unit_test_setup_teardown(a_stop_ends_the_wait, set_up_silent, tear_down),
        cmocka_unit_test(nobody_there_is_tried_again),
        cmocka_unit_test(a_url_that_makes_no_sense_is_refused_without_showing_it),
        cmocka_unit_test(every_form_that_libpq_knows_is_taken),
        cmocka_unit_test(a_wrong_value_in_a_url_is_a_mistake_of_the_config),
        cmocka_unit_test(failures_are_judged_by_state),
        cmocka_unit_test_setup_teardown(a_server_s_long_text_does_not_hide_its_code, set_up_lengthy_refusal,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_failed_statement_is_told_with_a_mend_for_the_role,
                                        set_up_refused_statement, tear_down),
        cmocka_unit_test(names_and_literals_are_quoted_for_any_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
