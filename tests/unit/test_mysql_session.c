/* Sessions: what is sent at the start, what is made of every way it can go wrong, and that each wait can be
 * ended. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_mysql.h"
#include "mysql/server/session.h"

enum { URL_SIZE = 128 };

static leat_source_options options_for(const char *type, const char *url)
{
    return (leat_source_options){
        .pipeline = "shop", .type = type, .url = url, .connect_timeout = 10 * 1000 * 1000};
}

static void url_of(const fake_mysql *server, char *url)
{
    snprintf(url, URL_SIZE, "mysql://tester:opensesame@127.0.0.1:%u", server->port);
}

/* Opens a session on a server and gives the outcome; a session that came about is closed again. */
static leat_status try_to_open(fake_mysql *server, const char *type, leat_error *error)
{
    char url[URL_SIZE];
    leat_mysql_session *session = NULL;
    fake_mysql_start(server);
    url_of(server, url);
    leat_source_options options = options_for(type, url);
    leat_status status = leat_mysql_session_open(&options, &session, error);
    assert_true((status == LEAT_OK) == (session != NULL));
    leat_mysql_session_close(session);
    fake_mysql_stop(server);
    fake_mysql_free(server);
    return status;
}

static void assert_says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}

/* ---- What a session is ---- */

typedef struct opened {
    fake_mysql server;
    char url[URL_SIZE];
    leat_source_options options;
    leat_mysql_session *session;
} opened;

static void open_on(opened *it, const char *type, const char *version, const fake_mysql_answer *answers)
{
    leat_error error;
    *it = (opened){.server = {.version = version, .answers = answers}};
    fake_mysql_start(&it->server);
    url_of(&it->server, it->url);
    it->options = options_for(type, it->url);
    if (leat_mysql_session_open(&it->options, &it->session, &error) != LEAT_OK)
        fail_msg("%s", error.message);
}

static void close_opened(opened *it)
{
    leat_mysql_session_close(it->session);
    fake_mysql_stop(&it->server);
    fake_mysql_free(&it->server);
}

static void a_mariadb_server_is_known(void **state)
{
    (void)state;
    opened it;
    open_on(&it, "mariadb", "5.5.5-10.11.19-MariaDB-log", NULL);
    const leat_mysql_server *server = leat_mysql_session_server(it.session);
    char address[32];
    snprintf(address, sizeof address, "127.0.0.1:%u", it.server.port);
    assert_true(server->mariadb);
    assert_int_equal(server->version, 101119);
    assert_string_equal(server->identity, "db1:3306/7");
    assert_string_equal(server->address, address);
    assert_true(server->gtid);
    close_opened(&it);
}

static void a_mysql_server_is_known(void **state)
{
    (void)state;
    opened it;
    open_on(&it, "mysql", "8.0.45", NULL);
    const leat_mysql_server *server = leat_mysql_session_server(it.session);
    assert_false(server->mariadb);
    assert_int_equal(server->version, 80045);
    assert_string_equal(server->identity, "3e11fa47-71ca-11e1-9e33-c80aa9429562");
    assert_true(server->gtid);
    close_opened(&it);
}

static void a_gtid_mode_on_the_way_is_none(void **state)
{
    (void)state;
    static const fake_mysql_answer answers[] = {{"SELECT @@server_uuid", 0, "u\tON_PERMISSIVE"},
                                                {NULL, 0, NULL}};
    opened it;
    open_on(&it, "mysql", "8.0.45", answers);
    assert_false(leat_mysql_session_server(it.session)->gtid);
    close_opened(&it);
}

static void settings_are_pinned(void **state)
{
    (void)state;
    opened it;
    open_on(&it, "mysql", "8.0.45", NULL);
    close_opened(&it);
    open_on(&it, "mysql", "8.0.45", NULL);
    leat_mysql_session_close(it.session);
    fake_mysql_stop(&it.server);
    const char *heard = leat_buffer_string(&it.server.heard);
    static const char *const parts[] = {"SET NAMES utf8mb4",
                                        "time_zone = '+00:00'",
                                        "sql_mode = ''",
                                        "max_execution_time = 0",
                                        "show_gipk_in_create_table_and_information_schema = ON",
                                        "autocommit = 1",
                                        "REPEATABLE READ"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_says(heard, parts[i]);
    fake_mysql_free(&it.server);
}

/* ---- Refusals ---- */

static void a_server_of_the_other_kind_is_the_operators(void **state)
{
    (void)state;
    leat_error error;
    fake_mysql server = {.version = "10.11.19-MariaDB"};
    assert_int_equal(try_to_open(&server, "mysql", &error), LEAT_OPERATOR);
    assert_says(error.message, "is MariaDB 10.11.19-MariaDB, not MySQL as source.type says");
    assert_says(error.mend, "source.type: mariadb");
    server = (fake_mysql){.version = "9.7.4"};
    assert_int_equal(try_to_open(&server, "mariadb", &error), LEAT_OPERATOR);
    assert_says(error.message, "is MySQL 9.7.4, not MariaDB");
}

static void say_full(fake_mysql *server)
{
    server->sequence = 0;
    fake_mysql_send_error(server, 1040, "Too many connections");
}

static void a_full_server_is_tried_again(void **state)
{
    (void)state;
    leat_error error;
    fake_mysql server = {.instead = say_full};
    assert_int_equal(try_to_open(&server, "mysql", &error), LEAT_RETRY);
    assert_says(error.message, "Too many connections [error 1040]");
}

static void refuse_password(fake_mysql *server)
{
    server->version = "9.7.4";
    fake_mysql_greet(server);
    fake_mysql_receive(server);
    fake_mysql_send_error(server, 1045, "Access denied for user 'tester'@'localhost' (using password: YES)");
}

static void a_refused_password_is_the_operators_and_not_shown(void **state)
{
    (void)state;
    leat_error error;
    fake_mysql server = {.instead = refuse_password};
    assert_int_equal(try_to_open(&server, "mysql", &error), LEAT_OPERATOR);
    assert_says(error.message, "as user \"tester\"");
    assert_null(strstr(error.message, "opensesame"));
    assert_says(error.mend, "user and password");
}

/* A server that asks for the password in clear text, on a connection that anybody may listen to. */
static void ask_for_clear_text(fake_mysql *server)
{
    static const char request[] = "\xfemysql_clear_password";
    server->version = "9.7.4";
    fake_mysql_greet(server);
    fake_mysql_receive(server);
    fake_mysql_send(server, leat_slice_of(request, sizeof request));
    while (fake_mysql_receive(server))
        leat_buffer_append_slice(&server->heard, leat_buffer_slice(&server->message));
}

static void the_password_is_not_sent_in_clear_text(void **state)
{
    (void)state;
    leat_error error;
    char url[URL_SIZE];
    leat_mysql_session *session;
    fake_mysql server = {.instead = ask_for_clear_text};
    fake_mysql_start(&server);
    url_of(&server, url);
    leat_source_options options = options_for("mysql", url);
    leat_status status = leat_mysql_session_open(&options, &session, &error);
    if (status != LEAT_OPERATOR)
        fail_msg("%s", error.message);
    fake_mysql_stop(&server);
    assert_null(strstr(leat_buffer_string(&server.heard), "opensesame"));
    fake_mysql_free(&server);
}

static void tls_that_is_demanded_and_not_offered_is_the_operators(void **state)
{
    (void)state;
    static const char *const modes[] = {"required", "verify"};
    for (size_t i = 0; i < 2; i++) {
        leat_error error;
        char url[URL_SIZE];
        leat_mysql_session *session;
        fake_mysql server = {.version = "9.7.4"};
        fake_mysql_start(&server);
        snprintf(url, sizeof url, "mysql://tester:opensesame@127.0.0.1:%u?tls=%s", server.port, modes[i]);
        leat_source_options options = options_for("mysql", url);
        assert_int_equal(leat_mysql_session_open(&options, &session, &error), LEAT_OPERATOR);
        assert_null(session);
        fake_mysql_stop(&server);
        assert_int_equal(server.heard.length, 0);
        fake_mysql_free(&server);
    }
}

static void a_server_that_hangs_up_is_tried_again(void **state)
{
    (void)state;
    leat_error error;
    fake_mysql server = {.instead = fake_mysql_greet, .version = "9.7.4"};
    assert_int_equal(try_to_open(&server, "mysql", &error), LEAT_RETRY);
}

/* ---- Waits ---- */

static bool stop_now(void *context)
{
    (void)context;
    return true;
}

static void a_silent_server_runs_into_the_timeout(void **state)
{
    (void)state;
    leat_error error;
    char url[URL_SIZE];
    leat_mysql_session *session;
    fake_mysql server = {.instead = fake_mysql_wait_for_end};
    fake_mysql_start(&server);
    url_of(&server, url);
    leat_source_options options = options_for("mysql", url);
    options.connect_timeout = 200 * 1000;
    assert_int_equal(leat_mysql_session_open(&options, &session, &error), LEAT_RETRY);
    assert_says(error.message, "did not answer within 200 ms");
    options = options_for("mysql", url);
    options.stop.requested = stop_now;
    assert_int_equal(leat_mysql_session_open(&options, &session, &error), LEAT_STOPPED);
    fake_mysql_stop(&server);
    fake_mysql_free(&server);
}

static atomic_bool stopping;

static bool stop_when_told(void *context)
{
    (void)context;
    return atomic_load(&stopping);
}

static void *stop_soon(void *context)
{
    (void)context;
    atomic_store(&stopping, true);
    return NULL;
}

static void *interrupt_session(void *context)
{
    leat_mysql_session_interrupt(context);
    return NULL;
}

static const fake_mysql_answer hangs[] = {{"HANG", FAKE_MYSQL_SILENCE, NULL}, {NULL, 0, NULL}};

static void a_stop_ends_a_statement(void **state)
{
    (void)state;
    opened it;
    leat_error error;
    pthread_t thread;
    open_on(&it, "mysql", "8.0.45", hangs);
    atomic_store(&stopping, false);
    it.options.stop.requested = stop_when_told;
    pthread_create(&thread, NULL, stop_soon, NULL);
    assert_int_equal(leat_mysql_execute(it.session, "HANG", &error), LEAT_STOPPED);
    pthread_join(thread, NULL);
    assert_int_equal(leat_mysql_execute(it.session, "SET x", &error), LEAT_RETRY);
    assert_says(error.message, "left in the middle");
    close_opened(&it);
}

static void an_interrupt_ends_a_statement(void **state)
{
    (void)state;
    opened it;
    leat_error error;
    pthread_t thread;
    open_on(&it, "mysql", "8.0.45", hangs);
    pthread_create(&thread, NULL, interrupt_session, it.session);
    assert_int_equal(leat_mysql_execute(it.session, "HANG", &error), LEAT_RETRY);
    pthread_join(thread, NULL);
    assert_says(error.message, "interrupted");
    close_opened(&it);
}

/* ---- Several hosts ---- */

static void the_first_host_that_serves_is_taken(void **state)
{
    (void)state;
    leat_error error;
    char url[URL_SIZE];
    leat_mysql_session *session;
    fake_mysql full = {.instead = say_full};
    fake_mysql good = {.version = "8.0.45"};
    fake_mysql_start(&full);
    fake_mysql_start(&good);
    snprintf(url, sizeof url, "mysql://tester@127.0.0.1:%u,127.0.0.1:%u", full.port, good.port);
    leat_source_options options = options_for("mysql", url);
    assert_int_equal(leat_mysql_session_host_count(&options), 2);
    assert_int_equal(leat_mysql_session_open(&options, &session, &error), LEAT_OK);
    char port[16];
    snprintf(port, sizeof port, ":%u", good.port);
    assert_says(leat_mysql_session_server(session)->address, port);
    leat_mysql_session_close(session);
    assert_int_equal(leat_mysql_session_open_host(&options, 0, &session, &error), LEAT_RETRY);
    assert_int_equal(leat_mysql_session_open_host(&options, 2, &session, &error), LEAT_USAGE);
    fake_mysql_stop(&full);
    fake_mysql_stop(&good);
    fake_mysql_free(&full);
    fake_mysql_free(&good);
}

/* What a person must do is only told when no host is left that might serve later. */
static void a_host_that_may_come_back_is_waited_for(void **state)
{
    (void)state;
    leat_error error;
    char url[URL_SIZE];
    leat_mysql_session *session;
    fake_mysql other = {.version = "10.11.19-MariaDB"};
    fake_mysql full = {.instead = say_full};
    fake_mysql_start(&other);
    fake_mysql_start(&full);
    snprintf(url, sizeof url, "mysql://tester@127.0.0.1:%u,127.0.0.1:%u", other.port, full.port);
    leat_source_options options = options_for("mysql", url);
    assert_int_equal(leat_mysql_session_open(&options, &session, &error), LEAT_RETRY);
    assert_says(error.message, "Too many connections");
    snprintf(url, sizeof url, "mysql://tester@127.0.0.1:%u,127.0.0.1:%u", other.port, other.port);
    assert_int_equal(leat_mysql_session_open(&options, &session, &error), LEAT_OPERATOR);
    assert_says(error.message, "is MariaDB");
    fake_mysql_stop(&other);
    fake_mysql_stop(&full);
    fake_mysql_free(&other);
    fake_mysql_free(&full);
}

static void a_url_that_is_none_is_a_usage_error(void **state)
{
    (void)state;
    leat_error error;
    leat_mysql_session *session;
    leat_source_options options = options_for("mysql", "mysql://");
    assert_int_equal(leat_mysql_session_host_count(&options), 0);
    assert_int_equal(leat_mysql_session_open(&options, &session, &error), LEAT_USAGE);
}

/* ---- Statements ---- */

static void values_and_failures_of_statements(void **state)
{
    (void)state;
    static const fake_mysql_answer answers[] = {{"SELECT one", 0, "eins\tzwei\ndrei\tvier"},
                                                {"SELECT null", 0, "\\N"},
                                                {"SELECT nothing", 0, ""},
                                                {"SELECT bad", 1142, "SELECT denied"},
                                                {"SELECT locked", 1205, "waited"},
                                                {NULL, 0, NULL}};
    opened it;
    leat_error error;
    char *value;
    open_on(&it, "mysql", "8.0.45", answers);
    assert_int_equal(leat_mysql_value(it.session, "SELECT one", &value, &error), LEAT_OK);
    assert_string_equal(value, "eins");
    leat_release(value);
    assert_int_equal(leat_mysql_value(it.session, "SELECT null", &value, &error), LEAT_OK);
    assert_null(value);
    assert_int_equal(leat_mysql_value(it.session, "SELECT nothing", &value, &error), LEAT_OK);
    assert_null(value);
    assert_int_equal(leat_mysql_value(it.session, "SET done", &value, &error), LEAT_OK);
    assert_null(value);
    assert_int_equal(leat_mysql_value(it.session, "SELECT bad", &value, &error), LEAT_OPERATOR);
    assert_says(error.message, "\"SELECT bad\" failed on 127.0.0.1:");
    assert_int_equal(leat_mysql_value(it.session, "SELECT locked", &value, &error), LEAT_RETRY);
    close_opened(&it);
}

/* SHOW cuts a long value: then it is selected. */
static void a_variable_comes_whole(void **state)
{
    (void)state;
    char shown[1100] = "gtid_executed\t";
    memset(shown + strlen(shown), 'x', 1024);
    const fake_mysql_answer answers[] = {
        {"SHOW GLOBAL VARIABLES WHERE Variable_name = 'gtid_executed'", 0, shown},
        {"SELECT @@global.`gtid_executed`", 0, "the whole of it"},
        {"SHOW GLOBAL VARIABLES WHERE Variable_name = 'log_bin'", 0, "log_bin\tON"},
        {"SHOW GLOBAL VARIABLES", 0, ""},
        {NULL, 0, NULL}};
    static const char *const expected[][2] = {
        {"gtid_executed", "the whole of it"}, {"log_bin", "ON"}, {"no_such", ""}};
    opened it;
    leat_error error;
    open_on(&it, "mysql", "8.0.45", answers);
    for (size_t i = 0; i < 3; i++) {
        char *value;
        assert_int_equal(leat_mysql_variable(it.session, expected[i][0], &value, &error), LEAT_OK);
        assert_string_equal(value, expected[i][1]);
        leat_release(value);
    }
    close_opened(&it);
}

/* Rows of user data come in their columns' own charsets, everything else as UTF-8. */
static void results_are_asked_for_in_the_right_charset(void **state)
{
    (void)state;
    static const fake_mysql_answer answers[] = {{"SELECT", 0, "1"}, {NULL, 0, NULL}};
    opened it;
    leat_error error;
    MYSQL_RES *rows;
    open_on(&it, "mariadb", "10.11.19-MariaDB", fake_mysql_usual_answers);
    it.server.answers = answers;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(leat_mysql_select(it.session, "SELECT a", &rows, &error), LEAT_OK);
        assert_string_equal(mysql_fetch_row(rows)[0], "1");
        assert_null(mysql_fetch_row(rows));
        mysql_free_result(rows);
    }
    assert_int_equal(leat_mysql_query(it.session, "SELECT b", &rows, &error), LEAT_OK);
    mysql_free_result(rows);
    leat_mysql_session_close(it.session);
    fake_mysql_stop(&it.server);
    const char *heard = strstr(leat_buffer_string(&it.server.heard), "SELECT @@hostname");
    assert_non_null(heard);
    assert_string_equal(strchr(heard, '\n') + 1,
                        "SET SESSION character_set_results = NULL\nSELECT a\nSELECT a\n"
                        "SET SESSION character_set_results = utf8mb4\nSELECT b\n");
    fake_mysql_free(&it.server);
}

static void sql_text_is_quoted(void **state)
{
    (void)state;
    leat_buffer sql = {0};
    leat_mysql_append_qualified(&sql, "a`b", "c\\d");
    leat_mysql_append_literal(&sql, "it's \\ \"x\" `y`");
    assert_string_equal(leat_buffer_string(&sql), "`a``b`.`c\\d`'it''s \\\\ \"x\" `y`'");
    leat_buffer_free(&sql);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mariadb_server_is_known),
        cmocka_unit_test(a_mysql_server_is_known),
        cmocka_unit_test(a_gtid_mode_on_the_way_is_none),
        cmocka_unit_test(settings_are_pinned),
        cmocka_unit_test(a_server_of_the_other_kind_is_the_operators),
        cmocka_unit_test(a_full_server_is_tried_again),
        cmocka_unit_test(a_refused_password_is_the_operators_and_not_shown),
        cmocka_unit_test(the_password_is_not_sent_in_clear_text),
        cmocka_unit_test(tls_that_is_demanded_and_not_offered_is_the_operators),
        cmocka_unit_test(a_server_that_hangs_up_is_tried_again),
        cmocka_unit_test(a_silent_server_runs_into_the_timeout),
        cmocka_unit_test(a_stop_ends_a_statement),
        cmocka_unit_test(an_interrupt_ends_a_statement),
        cmocka_unit_test(the_first_host_that_serves_is_taken),
        cmocka_unit_test(a_host_that_may_come_back_is_waited_for),
        cmocka_unit_test(a_url_that_is_none_is_a_usage_error),
        cmocka_unit_test(values_and_failures_of_statements),
        cmocka_unit_test(a_variable_comes_whole),
        cmocka_unit_test(results_are_asked_for_in_the_right_charset),
        cmocka_unit_test(sql_text_is_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
