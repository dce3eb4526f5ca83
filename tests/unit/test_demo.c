/* What of the demo needs no server: its statements, words and urls, what it knows of commits, which of
 * the installed servers it takes, and how it is told of a Kafka. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/memory.h"
#include "demo/binaries.h"
#include "demo/commits.h"
#include "demo/event.h"
#include "demo/kafka.h"
#include "demo/message.h"
#include "demo/sql.h"
#include "demo/url.h"
#include "demo/words.h"
#include "temporary_folder.h"

/* ---- Texts ---- */

static void assert_sql(const char *statement, const char *expected)
{
    leat_buffer out = {0};
    leat_demo_sql_append(&out, statement, 7, UINT64_MAX);
    assert_string_equal(leat_buffer_string(&out), expected);
    leat_buffer_free(&out);
}

static void statements_get_their_numbers(void **state)
{
    (void)state;
    assert_sql("SELECT 1", "SELECT 1");
    assert_sql("$1 + $2 + $1", "7 + 18446744073709551615 + 7");
    assert_sql("new$1@x", "new7@x");
    assert_sql("seq_$1_to_$2", "seq_7_to_18446744073709551615");
}

static void other_dollars_stay(void **state)
{
    (void)state;
    assert_sql("json_set(profile, '$.visits', $1)", "json_set(profile, '$.visits', 7)");
    assert_sql("$3 $", "$3 $");
    assert_sql("$$1", "$7");
}

static void paths_in_urls_are_escaped(void **state)
{
    (void)state;
    leat_buffer out = {0};
    leat_demo_url_append(&out, "/tmp/a-b_c.d~1/caf\xc3\xa9 &?%#=+");
    assert_string_equal(leat_buffer_string(&out), "/tmp/a-b_c.d~1/caf%C3%A9%20%26%3F%25%23%3D%2B");
    leat_buffer_free(&out);
}

static void words_are_quoted_for_a_shell(void **state)
{
    (void)state;
    static const char *const plain[] = {"-c", "port=5432", NULL};
    leat_demo_words words = {0};
    leat_buffer line = {0};
    leat_demo_words_line(&words, &line);
    assert_string_equal(leat_buffer_string(&line), "");
    leat_demo_words_add(&words, "%s/bin/%s", "/usr", "postgres");
    leat_demo_words_add_all(&words, plain);
    leat_demo_words_add(&words, "two words");
    leat_demo_words_add(&words, "it's");
    leat_demo_words_add(&words, "%s", "");
    leat_demo_words_add(&words, "$HOME");
    assert_int_equal(words.count, 7);
    assert_null(words.list[7]);
    leat_demo_words_line(&words, &line);
    assert_string_equal(leat_buffer_string(&line),
                        "/usr/bin/postgres -c port=5432 'two words' 'it'\\''s' '' '$HOME'");
    leat_demo_words_free(&words);
    leat_buffer_free(&line);
}

/* A time of the 23rd of November 2026, 11:32:30 UTC, and some microseconds. */
static void assert_event_begins(int64_t microseconds, const char *expected)
{
    static const char json[] = "{\"__op\": \"c\", \"id\": 7, \"name\": \"tea\", \"coupon\": null}";
    const leat_terminal terminal = {.interactive = false};
    leat_buffer out = {0};
    leat_demo_event_line("orders", LEAT_CREATE, INT64_C(1795433550000000) + microseconds,
                         leat_slice_of(json, sizeof json - 1), &terminal, 160, &out);
    assert_string_equal(leat_buffer_string(&out), expected);
    leat_buffer_free(&out);
}

static void times_are_as_fine_as_the_log(void **state)
{
    (void)state;
    assert_event_begins(0, "  11:32:30      insert  orders       id=7 name=tea\n");
    assert_event_begins(45678, "  11:32:30.045  insert  orders       id=7 name=tea\n");
}

/* ---- Commits ---- */

static void changes_find_their_commit(void **state)
{
    (void)state;
    leat_demo_commits commits;
    leat_demo_commits_open(&commits);
    assert_int_equal(leat_demo_commits_time(&commits, 1), -1);
    leat_demo_commits_add(&commits, 2, 100);
    leat_demo_commits_add(&commits, 0, 150);
    leat_demo_commits_add(&commits, 1, 200);
    assert_int_equal(leat_demo_commits_time(&commits, 1), 100);
    assert_int_equal(leat_demo_commits_time(&commits, 2), 100);
    assert_int_equal(leat_demo_commits_time(&commits, 3), 200);
    assert_int_equal(leat_demo_commits_time(&commits, 4), -1);
    leat_demo_commits_add(&commits, 5, 300);
    assert_int_equal(leat_demo_commits_time(&commits, 8), 300);
    leat_demo_commits_close(&commits);
}

static void commits_are_many(void **state)
{
    (void)state;
    leat_demo_commits commits;
    leat_demo_commits_open(&commits);
    for (int64_t i = 1; i <= 5000; i++)
        leat_demo_commits_add(&commits, 3, i);
    for (uint64_t change = 1; change <= 15000; change++)
        assert_int_equal(leat_demo_commits_time(&commits, change), (change + 2) / 3);
    leat_demo_commits_close(&commits);
}

/* ---- Versions ---- */

static void assert_version(const leat_demo_kind *kind, const char *printed, const char *expected)
{
    char *version = kind->read_version(printed);
    if (expected == NULL)
        assert_null(version);
    else
        assert_string_equal(version, expected);
    leat_release(version);
}

static void versions_are_read_from_what_programs_print(void **state)
{
    (void)state;
    assert_version(&leat_demo_postgres, "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n", "15.20");
    assert_version(&leat_demo_postgres, "postgres (PostgreSQL) 19beta1\n", "19beta1");
    assert_version(&leat_demo_postgres, "something else\n", NULL);
    assert_version(&leat_demo_mariadb,
                   "mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)\n",
                   "10.11.19");
    assert_version(
        &leat_demo_mariadb,
        "/usr/sbin/mariadbd  Ver 11.8.6-MariaDB-0+deb13u1 from Debian for debian-linux-gnu on x86_64 (-- "
        "Please help get to 10k stars at https://github.com/MariaDB/Server)\n",
        "11.8.6");
}

static void mysql_is_no_mariadb(void **state)
{
    (void)state;
    assert_version(&leat_demo_mariadb, "/usr/sbin/mysqld  Ver 9.7.4 for Linux on x86_64 ((Debian))\n", NULL);
}

/* ---- Which server ---- */

static char *fake_version(const char *printed)
{
    return strncmp(printed, "fake ", 5) == 0 ? leat_duplicate_bytes(printed + 5, strcspn(printed + 5, "\n"))
                                             : NULL;
}

/* "maker" in the server's folder. */
static char *fake_maker(const char *server)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%.*s/maker", (int)(strrchr(server, '/') - server), server);
    char *maker = leat_buffer_detach_string(&path);
    if (access(maker, X_OK) == 0)
        return maker;
    leat_release(maker);
    return NULL;
}

/* A machine of which the test says what is installed there. */
typedef struct fake_machine {
    temporary_folder folder;
    char pattern[TEMPORARY_PATH_SIZE];
    const char *places[2];
    leat_demo_kind kind;
} fake_machine;

static const char *const fake_programs[] = {"leat-test-fake-server", NULL};
static const char *const fake_options[] = {"--version", NULL};

static int set_up(void **state)
{
    fake_machine *machine = leat_allocate(sizeof *machine);
    temporary_folder_make(&machine->folder);
    machine->places[0] = temporary_path(&machine->folder, "*", machine->pattern);
    machine->kind = (leat_demo_kind){
        .title = "Fake",
        .programs = fake_programs,
        .places = machine->places,
        .ask_version = fake_options,
        .oldest = "10.5",
        .maker = "maker",
        .package = "fake-server",
        .read_version = fake_version,
        .find_maker = fake_maker,
    };
    *state = machine;
    return 0;
}

static int tear_down(void **state)
{
    fake_machine *machine = *state;
    temporary_folder_remove(&machine->folder);
    leat_release(machine);
    return 0;
}

static void write_program(const fake_machine *machine, const char *folder, const char *name,
                          const char *prints)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", machine->folder.path, folder);
    mkdir(leat_buffer_string(&path), 0755);
    leat_buffer_printf(&path, "/%s", name);
    FILE *file = fopen(leat_buffer_string(&path), "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\necho '%s'\n", prints);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(leat_buffer_string(&path), 0755), 0);
    leat_buffer_free(&path);
}

static void install(const fake_machine *machine, const char *folder, const char *prints)
{
    write_program(machine, folder, fake_programs[0], prints);
    write_program(machine, folder, "maker", "");
}

static void assert_found(const fake_machine *machine, const char *folder, const char *version)
{
    leat_demo_binaries found;
    leat_error error = {0};
    leat_buffer server = {0};
    leat_buffer_printf(&server, "%s/%s/%s", machine->folder.path, folder, fake_programs[0]);
    assert_int_equal(leat_demo_binaries_find(&machine->kind, &found, &error), LEAT_OK);
    assert_string_equal(found.server, leat_buffer_string(&server));
    assert_string_equal(found.version, version);
    leat_demo_binaries_free(&found);
    leat_buffer_free(&server);
}

static void assert_refused(const fake_machine *machine, const char *words)
{
    leat_demo_binaries found;
    leat_error error = {0};
    assert_int_equal(leat_demo_binaries_find(&machine->kind, &found, &error), LEAT_FAILED);
    if (strstr(error.message, words) == NULL)
        fail_msg("'%s' is not in: %s", words, error.message);
    assert_string_equal(error.mend, "apt-get install fake-server");
    leat_demo_binaries_free(&found);
}

static void nothing_installed(void **state)
{
    assert_refused(*state, "the demo runs a Fake server of its own, and none is installed here");
}

static void newest_is_taken(void **state)
{
    install(*state, "a", "fake 10.6.1");
    install(*state, "b", "fake 10.11.2");
    install(*state, "c", "fake 9.20");
    assert_found(*state, "b", "10.11.2");
}

static void another_program_of_that_name(void **state)
{
    install(*state, "a", "other 99.1");
    assert_refused(*state, "none is installed here");
    install(*state, "b", "fake 10.5");
    assert_found(*state, "b", "10.5");
}

static void all_are_too_old(void **state)
{
    install(*state, "a", "fake 10.4.30");
    install(*state, "b", "fake 5.5");
    assert_refused(*state, "the newest Fake here is 10.4.30");
}

static void server_without_its_maker(void **state)
{
    write_program(*state, "a", fake_programs[0], "fake 11.8");
    assert_refused(*state, "but maker, which makes its data, is not installed");
    install(*state, "b", "fake 10.6");
    assert_found(*state, "b", "10.6");
}

static void program_that_fails(void **state)
{
    install(*state, "a", "fake 11.8'; exit 1; '");
    assert_refused(*state, "none is installed here");
}

/* ---- Kafka ---- */

static void assert_config(const char *sink, const char *registry, const char *expected)
{
    leat_demo_kafka kafka;
    leat_error error = {0};
    leat_buffer out = {0};
    assert_int_equal(leat_demo_kafka_open(sink, registry, &kafka, &error), LEAT_OK);
    kafka.options.prefix = "demo-x";
    leat_demo_kafka_config(&kafka, &out);
    assert_string_equal(leat_buffer_string(&out), expected);
    leat_buffer_free(&out);
    leat_demo_kafka_close(&kafka);
}

static void brokers_and_registry_get_into_the_config(void **state)
{
    (void)state;
    assert_config("kafka://a:9092", NULL,
                  "sink:\n  type: kafka\n  brokers: \"a:9092\"\n  prefix: demo-x\n  partitions: 1\n");
    assert_config("kafka://[::1]:9092,b-2.example_c:1/", "https://u:p%24@r:8081/x",
                  "sink:\n  type: kafka\n  brokers: \"[::1]:9092,b-2.example_c:1\"\n  prefix: demo-x\n"
                  "  partitions: 1\n  registry: {url: \"https://u:p%24@r:8081/x\"}\n");
}

static void password_of_a_registry_is_not_shown(void **state)
{
    (void)state;
    leat_demo_kafka kafka;
    leat_error error = {0};
    assert_int_equal(leat_demo_kafka_open("kafka://a", "https://u:p@r:8081/", &kafka, &error), LEAT_OK);
    assert_string_equal(kafka.registry_shown, "https://r:8081");
    leat_demo_kafka_close(&kafka);
}

static void no_kafka_is_files(void **state)
{
    (void)state;
    leat_demo_kafka kafka;
    leat_error error = {0};
    assert_int_equal(leat_demo_kafka_open(NULL, NULL, &kafka, &error), LEAT_OK);
    assert_null(kafka.options.brokers);
    leat_demo_kafka_close(&kafka);
}

static void sinks_that_are_no_kafka(void **state)
{
    static const struct {
        const char *sink;
        const char *registry;
    } refused[] = {
        {"", NULL},           {"kafka", NULL},         {"kafka://", NULL},
        {"kafka:///t", NULL}, {"kafka://a:1/t", NULL}, {"kafka://a\"b", NULL},
        {"file://x", NULL},   {"kafka://a b", NULL},   {"kafka://a${HOME}", NULL},
        {NULL, "http://r"},   {"kafka://a", ""},       {"kafka://a", "http://r/${file:/etc/passwd}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        leat_demo_kafka kafka;
        leat_error error = {0};
        if (leat_demo_kafka_open(refused[i].sink, refused[i].registry, &kafka, &error) != LEAT_USAGE)
            fail_msg("case %zu is taken", i);
        assert_string_not_equal(error.mend, "");
        leat_demo_kafka_close(&kafka);
    }
}

static void assert_schema(const char *bytes, size_t length, const char *expected)
{
    char payload[16];
    leat_buffer out = {0};
    memcpy(payload, bytes, length);
    const rd_kafka_message_t message = {.payload = payload, .len = length};
    assert_int_equal(leat_demo_message_schema(&message, &out), expected != NULL);
    if (expected != NULL)
        assert_string_equal(leat_buffer_string(&out), expected);
    leat_buffer_free(&out);
}

static void schemas_are_named_by_what_stands_before_the_record(void **state)
{
    (void)state;
    assert_schema("\0\0\1\0\7rest", 9, "schema 65543");
    assert_schema("\xC3\x01\x01\x23\x45\x67\x89\xAB\xCD\xEF!", 11, "schema efcdab8967452301");
    assert_schema("\0\0\1", 3, NULL);
    assert_schema("\xC3\x01\x01", 3, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_get_their_numbers),
        cmocka_unit_test(other_dollars_stay),
        cmocka_unit_test(paths_in_urls_are_escaped),
        cmocka_unit_test(words_are_quoted_for_a_shell),
        cmocka_unit_test(times_are_as_fine_as_the_log),
        cmocka_unit_test(changes_find_their_commit),
        cmocka_unit_test(commits_are_many),
        cmocka_unit_test(versions_are_read_from_what_programs_print),
        cmocka_unit_test(mysql_is_no_mariadb),
        cmocka_unit_test_setup_teardown(nothing_installed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(newest_is_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_program_of_that_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_are_too_old, set_up, tear_down),
        cmocka_unit_test_setup_teardown(server_without_its_maker, set_up, tear_down),
        cmocka_unit_test_setup_teardown(program_that_fails, set_up, tear_down),
        cmocka_unit_test(brokers_and_registry_get_into_the_config),
        cmocka_unit_test(password_of_a_registry_is_not_shown),
        cmocka_unit_test(no_kafka_is_files),
        cmocka_unit_test(sinks_that_are_no_kafka),
        cmocka_unit_test(schemas_are_named_by_what_stands_before_the_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
