/* Secrets: how they come into a config, and that they do not come out in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "config/config.h"
#include "postgres/server/settings.h"

#define TABLES "tables: [public.*]}\n"
#define SINK   "sink: {type: stdout}\n"

static const leat_postgres_source_settings *postgres_of(const leat_config *config)
{
    return config->source.settings;
}

static leat_status parse(const char *text, const char *name, leat_config *config, leat_buffer *problems)
{
    leat_error error;
    return leat_config_parse(text, strlen(text), name, config, problems, &error);
}

static void assert_url(const char *written, const char *expected)
{
    leat_buffer text = {0};
    leat_buffer_printf(&text, "name: shop\nsource: {type: postgres, url: %s, " TABLES SINK, written);
    leat_config config;
    leat_buffer problems = {0};
    parse(leat_buffer_string(&text), "shop.yaml", &config, &problems);
    assert_string_equal(leat_buffer_string(&problems), "");
    assert_string_equal(config.source.url, expected);
    leat_config_free(&config);
    leat_buffer_free(&problems);
    leat_buffer_free(&text);
}

static void puts_in_variables(void **state)
{
    (void)state;
    setenv("LEAT_TEST_PASSWORD", "hunter2", 1);
    setenv("LEAT_TEST_TRICK", "${LEAT_TEST_PASSWORD}", 1);
    assert_url("\"postgresql://u:${LEAT_TEST_PASSWORD}@db/x\"", "postgresql://u:hunter2@db/x");
    assert_url("\"host=db password='${LEAT_TEST_PASSWORD}${LEAT_TEST_PASSWORD}'\"",
               "host=db password='hunter2hunter2'");
    /* What is put in is not looked at again. */
    assert_url("\"host=db password=${LEAT_TEST_TRICK}\"", "host=db password=${LEAT_TEST_PASSWORD}");
    assert_url("\"host=db password=$${x}$y$\"", "host=db password=${x}$y$");
}

static void puts_in_values_of_any_type(void **state)
{
    (void)state;
    setenv("LEAT_TEST_WORKERS", "7", 1);
    setenv("LEAT_TEST_NO", "false", 1);
    leat_config config;
    leat_buffer problems = {0};
    leat_status status =
        parse("name: shop\nsource: {type: postgres, url: \"postgres://db/x\", snapshot_workers: "
              "\"${LEAT_TEST_WORKERS}\", manage: \"${LEAT_TEST_NO}\", " TABLES SINK
              "retry:\n  first_delay: ${LEAT_TEST_WORKERS}ms\n",
              "shop.yaml", &config, &problems);
    assert_string_equal(leat_buffer_string(&problems), "");
    assert_int_equal(status, LEAT_OK);
    assert_int_equal(config.source.snapshot_workers, 7);
    assert_false(postgres_of(&config)->manage);
    assert_int_equal(config.retry.first_delay, 7000);
    leat_config_free(&config);
    leat_buffer_free(&problems);
}

static void write_file(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* Parses a config in a folder with the file `secret`, whose content becomes the password. */
static leat_status parse_with_file(const char *folder, const char *content, size_t length,
                                   leat_config *config, leat_buffer *problems)
{
    char secret[128];
    char name[128];
    snprintf(secret, sizeof secret, "%s/secret", folder);
    snprintf(name, sizeof name, "%s/shop.yaml", folder);
    write_file(secret, content, length);
    leat_status status =
        parse("name: shop\nsource: {type: postgres, url: \"host=db password=${file:secret}\", " TABLES SINK,
              name, config, problems);
    unlink(secret);
    return status;
}

static void puts_in_files(void **state)
{
    (void)state;
    static const struct {
        const char *content;
        const char *url;
    } cases[] = {
        {"hunter2", "host=db password=hunter2"},
        {"hunter2\n", "host=db password=hunter2"},
        {"hunter2\r\n", "host=db password=hunter2"},
        {"hunter2\n\n", "host=db password=hunter2\n"}, /* one line end only */
        {"", "host=db password="},
    };
    char folder[] = "/tmp/leat-config-XXXXXX";
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        leat_config config;
        leat_buffer problems = {0};
        parse_with_file(folder, cases[i].content, strlen(cases[i].content), &config, &problems);
        assert_string_equal(leat_buffer_string(&problems), "");
        assert_string_equal(config.source.url, cases[i].url);
        leat_config_free(&config);
        leat_buffer_free(&problems);
    }
    rmdir(folder);
}

static void assert_file_refused(const char *folder, const char *content, size_t length, const char *part)
{
    leat_config config;
    leat_buffer problems = {0};
    assert_int_equal(parse_with_file(folder, content, length, &config, &problems), LEAT_USAGE);
    if (strstr(leat_buffer_string(&problems), part) == NULL)
        fail_msg("\"%s\" is not in: %s", part, leat_buffer_string(&problems));
    leat_config_free(&config);
    leat_buffer_free(&problems);
}

static void refuses_files_that_hold_no_secret(void **state)
{
    (void)state;
    char folder[] = "/tmp/leat-config-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_file_refused(folder, "a\0b", 3, "does not hold UTF-8 text");
    assert_file_refused(folder, "\xff\xfe", 2, "does not hold UTF-8 text");
    char *large = leat_allocate(65537);
    memset(large, 'x', 65537);
    assert_file_refused(folder, large, 65537, "larger than the 65536 bytes");
    leat_release(large);
    rmdir(folder);
}

static void assert_problem(const char *value, const char *expected)
{
    leat_buffer text = {0};
    leat_buffer_printf(
        &text, "name: shop\nstate: %s\nsource: {type: postgres, url: \"host=db\", " TABLES SINK, value);
    leat_config config;
    leat_buffer problems = {0};
    assert_int_equal(parse(leat_buffer_string(&text), "shop.yaml", &config, &problems), LEAT_USAGE);
    assert_string_equal(leat_buffer_string(&problems), expected);
    leat_config_free(&config);
    leat_buffer_free(&problems);
    leat_buffer_free(&text);
}

static void names_what_cannot_be_put_in(void **state)
{
    (void)state;
    unsetenv("LEAT_TEST_UNSET");
    assert_problem(
        "${LEAT_TEST_UNSET}",
        "shop.yaml:2:8: `state`: the environment variable `LEAT_TEST_UNSET` is not set. Set it before "
        "leat starts, or write $${ for the characters ${\n");
    assert_problem("${file:/nonexistent/x}",
                   "shop.yaml:2:8: `state`: cannot open /nonexistent/x: No such file or directory\n");
    assert_problem("${file:}", "shop.yaml:2:8: `state`: ${file:} names no file\n");
    assert_problem("a${b", "shop.yaml:2:8: `state`: a `${` here has no `}`\n");
    assert_problem(
        "\"${hunter 2}\"",
        "shop.yaml:2:8: `state`: what stands in ${…} is not the name of an environment variable. Write "
        "${NAME}, ${file:PATH}, or $${ for the characters ${ themselves\n");
    setenv("LEAT_TEST_BYTES", "\xff", 1);
    assert_problem("${LEAT_TEST_BYTES}",
                   "shop.yaml:2:8: `state`: the environment variable `LEAT_TEST_BYTES` does "
                   "not hold UTF-8 text\n");
    setenv("LEAT_TEST_EMPTY", "", 1);
    assert_problem("${LEAT_TEST_EMPTY}", "shop.yaml:2:8: `state` is empty\n");
}

/* A config that puts much in many times must not take the machine's memory. */
static void bounds_what_is_put_in(void **state)
{
    (void)state;
    char *large = leat_allocate(60001);
    memset(large, 'x', 60000);
    setenv("LEAT_TEST_LARGE", large, 1);
    leat_buffer text = {0};
    leat_buffer_append_string(&text, "name: shop\nsource:\n  tables:\n");
    for (int i = 0; i < 1000; i++)
        leat_buffer_append_string(&text, "    - a.${LEAT_TEST_LARGE}\n");
    leat_config config;
    leat_buffer problems = {0};
    assert_int_equal(parse(leat_buffer_string(&text), "shop.yaml", &config, &problems), LEAT_USAGE);
    assert_non_null(strstr(leat_buffer_string(&problems), "more than 1048576 bytes in all"));
    leat_config_free(&config);
    leat_buffer_free(&problems);
    leat_buffer_free(&text);
    leat_release(large);
    unsetenv("LEAT_TEST_LARGE");
}

/* Every way to get a value wrong, with "hunter2" as the value: no message may hold it. */
static void never_shows_a_secret(void **state)
{
    (void)state;
    setenv("LEAT_TEST_SECRET", "hunter2", 1);
    static const char *const texts[] = {
        "source: {url: hunter2}",
        "source: {url: \"mysql://u:hunter2@h/x\"}",
        "source: {url: [hunter2]}",
        "source: {url: {hunter2: x}}",
        "source: {url: !hunter2 x}",
        "source: {url: *hunter2}",
        "source: {url: \"postgres://u:hunter2@h/x\", url: hunter2}",
        "source: postgresql://u:hunter2@h/x",
        "source: {postgresql://u:hunter2@h/x}",
        "source: {postgresql://u:hunter2@h/x: y}",
        "source: {\"host=x password=hunter2\": y}",
        "sink: {type: \"postgresql://u:hunter2@h/x\"}",
        "state: [\"postgresql://u:hunter2@h/x\"]",
        "name: postgresql://u:hunter2@h/x",
        "name: host=x password=hunter2",
        "name: ${LEAT_TEST_SECRET} ",
        "name: \"${LEAT_TEST_SECRET} \"",
        "log: {level: \"${LEAT_TEST_SECRET}\"}",
        "retry: {first_delay: \"${LEAT_TEST_SECRET}\"}",
        "source: {manage: \"${LEAT_TEST_SECRET}\", snapshot_workers: \"${LEAT_TEST_SECRET}\"}",
        "source: {tables: [\"${LEAT_TEST_SECRET}\"], slot: \"${LEAT_TEST_SECRET}-\"}",
        "source: {type: \"${LEAT_TEST_SECRET}\"}",
        "source: {url: \"postgres://u:hunter2@h/x",
        "source: {url: postgres://u:hunter2@h/x\n  tables: x",
        "source:\n  url: postgres://u:hunter2@h/x\n type: x",
        "source: {url: \"postgres://u:hunter2@h/${LEAT_TEST_UNSET}\"}",
    };
    unsetenv("LEAT_TEST_UNSET");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        leat_config config;
        leat_buffer problems = {0};
        leat_error error;
        assert_int_equal(leat_config_parse(texts[i], strlen(texts[i]), "x", &config, &problems, &error),
                         LEAT_USAGE);
        if (strstr(leat_buffer_string(&problems), "hunter2") != NULL ||
            strstr(error.message, "hunter2") != NULL || strstr(error.mend, "hunter2") != NULL)
            fail_msg("%s gives its secret away: %s", texts[i], leat_buffer_string(&problems));
        leat_config_free(&config);
        leat_buffer_free(&problems);
    }
}

static void assert_redacted(const char *url, const char *expected)
{
    char *redacted = leat_config_redact(url);
    assert_string_equal(redacted, expected);
    leat_release(redacted);
}

static void redacts_urls(void **state)
{
    (void)state;
    assert_redacted("postgresql://leat@db:5432/shop?sslmode=require",
                    "postgresql://leat@db:5432/shop?sslmode=require");
    assert_redacted("postgresql://leat:pw@db/shop", "postgresql://leat:***@db/shop");
    assert_redacted("postgresql://leat:@db/shop", "postgresql://leat:***@db/shop");
    assert_redacted("postgresql://:pw@/shop", "postgresql://:***@/shop");
    assert_redacted("postgresql://u:pw@h1:1,h2:2/shop", "postgresql://u:***@h1:1,h2:2/shop");
    assert_redacted("postgresql://u:pw@[::1]:5432/shop", "postgresql://u:***@[::1]:5432/shop");
    assert_redacted("postgresql:///shop?host=/run/x&user=u&password=pw&sslmode=disable",
                    "postgresql:///shop?host=/run/x&user=u&password=***&sslmode=disable");
    assert_redacted("postgresql://h/d?p%61ssword=pw&sslpassword=x",
                    "postgresql://h/d?p%61ssword=***&sslpassword=***");
    assert_redacted("postgresql://h/d?PASSWORD=pw", "postgresql://h/d?PASSWORD=***");
    assert_redacted("postgresql://h:5432/d?user=a@b", "postgresql://h:5432/d?user=a@b");
    assert_redacted("mysql://root:pw@db/shop", "mysql://root:***@db/shop");
    assert_redacted("", "");
    assert_null(leat_config_redact(NULL));
}

/* Passwords with characters that ought to have been escaped: nothing of them may be left. Every password here
 * is made of the letters x and z, which stand nowhere else. */
static void redacts_malformed_urls(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "postgresql://u:xx@zz@h/d",           "postgresql://u:xx/zz@h/d",
        "postgresql://u:xx?zz@h/d",           "postgresql://u:xx:zz@h/d",
        "postgresql://u:xx@/zz@h/d",          "postgresql://u:12/zz@h/d",
        "postgresql://u:xx/zz?a=1@h/d",       "postgresql://u:xx?a=zz@h/d",
        "postgresql://h/d?password=xx&zz",    "postgresql://h/d?password=xx@zz",
        "postgresql://h/d?password=xx:zz@xx", "postgresql://h?password=xx@zz",
        "postgresql://h?password=xx:zz@xx",   "postgresql://h?password=xx",
        "postgresql://u@h?password=xx@zz",    "postgresql://u:xx@h?password=xx@zz&a=b",
        "postgresql://h:1/d?password=xx@zz",  "postgresql://u:xx@h/d?password=zz@xx",
        "postgresql://u:xx@h/d? password=zz", "postgresql://u:xx@h/d?a=b&password=zz&c",
    };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        char *redacted = leat_config_redact(urls[i]);
        if (strpbrk(redacted, "xz") != NULL)
            fail_msg("%s became %s", urls[i], redacted);
        leat_release(redacted);
    }
}

static void redacts_pairs(void **state)
{
    (void)state;
    assert_redacted("host=db user=leat password=pw dbname=shop",
                    "host=db user=leat password=*** dbname=shop");
    assert_redacted("password='p w' host=db", "password=*** host=db");
    assert_redacted("password = 'p\\' w'  host = db", "password = ***  host = db");
    assert_redacted("password=p\\ w host=db", "password=*** host=db");
    assert_redacted("password='unfinished host=db", "password=***");
    assert_redacted("sslpassword=x oauth_client_secret=y scram_client_key=z passfile=/f",
                    "sslpassword=*** oauth_client_secret=*** scram_client_key=*** passfile=/f");
    assert_redacted("password=se cret host=db", "password=*** *** host=db");
    assert_redacted("password: hunter2", "password: ***");
    assert_redacted("password=", "password=***");
    assert_redacted("host=db options='-c a=b'", "host=db options='-c a=b'");
    assert_redacted("public.orders", "public.orders");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_in_variables),
        cmocka_unit_test(puts_in_values_of_any_type),
        cmocka_unit_test(puts_in_files),
        cmocka_unit_test(refuses_files_that_hold_no_secret),
        cmocka_unit_test(names_what_cannot_be_put_in),
        cmocka_unit_test(bounds_what_is_put_in),
        cmocka_unit_test(never_shows_a_secret),
        cmocka_unit_test(redacts_urls),
        cmocka_unit_test(redacts_malformed_urls),
        cmocka_unit_test(redacts_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
