/* The config file: what it gives, and what it says of every mistake. */
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
#include "sink/file/settings.h"

#define SOURCE "source: {type: postgres, url: \"postgresql://leat@db/shop\", tables: [public.*]}\n"
#define SINK   "sink: {type: stdout}\n"

static const leat_postgres_source_settings *postgres_of(const leat_config *config)
{
    return config->source.settings;
}

static const leat_file_settings *file_of(const leat_config *config)
{
    return config->sink.settings;
}

typedef struct parsed_text {
    leat_status status;
    leat_config config;
    leat_buffer problems;
    leat_error error;
} parsed_text;

static parsed_text parse_bytes(const void *text, size_t length, const char *name)
{
    parsed_text result = {0};
    result.status = leat_config_parse(text, length, name, &result.config, &result.problems, &result.error);
    return result;
}

static parsed_text parse(const char *text)
{
    return parse_bytes(text, strlen(text), "shop.yaml");
}

static void finish(parsed_text *result)
{
    leat_config_free(&result->config);
    leat_buffer_free(&result->problems);
}

/* All of the mistakes, word for word: a sentence too many is a fault as well. */
static void assert_problems(const char *text, const char *expected)
{
    parsed_text result = parse(text);
    assert_string_equal(leat_buffer_string(&result.problems), expected);
    assert_int_equal(result.status, expected[0] == '\0' ? LEAT_OK : LEAT_USAGE);
    finish(&result);
}

static void assert_problem_has(const char *text, const char *part)
{
    parsed_text result = parse(text);
    assert_int_equal(result.status, LEAT_USAGE);
    if (strstr(leat_buffer_string(&result.problems), part) == NULL)
        fail_msg("\"%s\" is not in: %s", part, leat_buffer_string(&result.problems));
    finish(&result);
}

static void fills_every_default(void **state)
{
    (void)state;
    parsed_text result = parse("name: shop\n" SOURCE "sink: {type: file, path: lake}\n");
    assert_int_equal(result.status, LEAT_OK);
    const leat_config *config = &result.config;
    assert_string_equal(config->file, "shop.yaml");
    assert_string_equal(config->name, "shop");
    assert_string_equal(config->state, "./shop.leat.db");
    assert_string_equal(config->source.type, "postgres");
    assert_string_equal(config->source.url, "postgresql://leat@db/shop");
    assert_int_equal(config->source.table_count, 1);
    assert_string_equal(config->source.tables[0], "public.*");
    assert_null(postgres_of(config)->slot);
    assert_null(postgres_of(config)->publication);
    assert_true(postgres_of(config)->manage);
    assert_false(postgres_of(config)->messages);
    assert_true(config->source.snapshot);
    assert_int_equal(config->source.snapshot_workers, 2);
    assert_int_equal(config->source.connect_timeout, 10000000);
    assert_int_equal(config->source.heartbeat_every, 10000000);
    assert_string_equal(config->sink.type, "file");
    assert_string_equal(file_of(config)->path, "lake");
    assert_int_equal(file_of(config)->codec, LEAT_CODEC_DEFLATE);
    assert_int_equal(file_of(config)->codec_level, 0);
    assert_int_equal(file_of(config)->roll_rows, 1000000);
    assert_int_equal(file_of(config)->roll_bytes, 268435456);
    assert_int_equal(file_of(config)->roll_every, 60000000);
    assert_int_equal(config->sink.commit_every, 1000000);
    assert_int_equal(config->sink.envelope, LEAT_ENVELOPE_FLAT);
    assert_string_equal(config->sink.prefix, "shop");
    assert_int_equal(config->retry.first_delay, 250000);
    assert_int_equal(config->retry.longest_delay, 30000000);
    assert_int_equal(config->retry.give_up_after, 0);
    assert_int_equal(config->log.level, LEAT_LOG_INFO);
    assert_int_equal(config->log.format, LEAT_LOG_TEXT);
    finish(&result);
}

static void takes_every_setting(void **state)
{
    (void)state;
    parsed_text result = parse("name: shop_2-b\n"
                               "state: /var/lib/leat/x.db\n"
                               "source:\n"
                               "  type: postgres\n"
                               "  url: host=db password='a b' dbname=shop\n"
                               "  tables:\n"
                               "    - public.orders\n"
                               "    - \"!*.audit_?\"\n"
                               "  slot: my_slot\n"
                               "  publication: My Publication\n"
                               "  manage: false\n"
                               "  messages: true\n"
                               "  snapshot: false\n"
                               "  snapshot_workers: 64\n"
                               "  connect_timeout: 1m\n"
                               "  heartbeat_every: 2500ms\n"
                               "sink:\n"
                               "  type: file\n"
                               "  path: /data/lake\n"
                               "  codec: zstandard\n"
                               "  codec_level: 19\n"
                               "  roll: {rows: 5, bytes: 64kB, every: 2d}\n"
                               "  commit_every: 20ms\n"
                               "  envelope: debezium\n"
                               "  prefix: a.b\n"
                               "retry: {first_delay: 1s, longest_delay: 1h, give_up_after: 1d}\n"
                               "log: {level: debug, format: json}\n");
    assert_string_equal(leat_buffer_string(&result.problems), "");
    const leat_config *config = &result.config;
    assert_string_equal(config->name, "shop_2-b");
    assert_string_equal(config->state, "/var/lib/leat/x.db");
    assert_string_equal(config->source.url, "host=db password='a b' dbname=shop");
    assert_int_equal(config->source.table_count, 2);
    assert_string_equal(config->source.tables[1], "!*.audit_?");
    assert_string_equal(postgres_of(config)->slot, "my_slot");
    assert_string_equal(postgres_of(config)->publication, "My Publication");
    assert_false(postgres_of(config)->manage);
    assert_true(postgres_of(config)->messages);
    assert_false(config->source.snapshot);
    assert_int_equal(config->source.snapshot_workers, 64);
    assert_int_equal(config->source.connect_timeout, 60000000);
    assert_int_equal(config->source.heartbeat_every, 2500000);
    assert_string_equal(file_of(config)->path, "/data/lake");
    assert_int_equal(file_of(config)->codec, LEAT_CODEC_ZSTANDARD);
    assert_int_equal(file_of(config)->codec_level, 19);
    assert_int_equal(file_of(config)->roll_rows, 5);
    assert_int_equal(file_of(config)->roll_bytes, 64000);
    assert_int_equal(file_of(config)->roll_every, INT64_C(172800000000));
    assert_int_equal(config->sink.commit_every, 20000);
    assert_int_equal(config->sink.envelope, LEAT_ENVELOPE_DEBEZIUM);
    assert_string_equal(config->sink.prefix, "a.b");
    assert_int_equal(config->retry.first_delay, 1000000);
    assert_int_equal(config->retry.longest_delay, INT64_C(3600000000));
    assert_int_equal(config->retry.give_up_after, INT64_C(86400000000));
    assert_int_equal(config->log.level, LEAT_LOG_DEBUG);
    assert_int_equal(config->log.format, LEAT_LOG_JSON);
    finish(&result);
}

static void takes_paths_from_its_folder(void **state)
{
    (void)state;
    const char *text = "name: shop\n" SOURCE "sink: {type: file, path: ./lake}\n";
    parsed_text result = parse_bytes(text, strlen(text), "/etc/leat/shop.yaml");
    assert_string_equal(result.config.state, "/etc/leat/shop.leat.db");
    assert_string_equal(file_of(&result.config)->path, "/etc/leat/lake");
    finish(&result);
    result = parse_bytes(text, strlen(text), "/shop.yaml");
    assert_string_equal(file_of(&result.config)->path, "/lake");
    finish(&result);
    result = parse_bytes(text, strlen(text), "conf/shop.yaml");
    assert_string_equal(file_of(&result.config)->path, "conf/lake");
    finish(&result);
}

/* YAML reads `codec: null` as nothing; here it is a codec's name. An empty section is one commented out. */
static void takes_what_yaml_calls_null(void **state)
{
    (void)state;
    parsed_text result =
        parse("name: shop\n" SOURCE "sink: {type: file, path: x, codec: null}\nlog:\nretry: ~\n");
    assert_string_equal(leat_buffer_string(&result.problems), "");
    assert_int_equal(file_of(&result.config)->codec, LEAT_CODEC_NULL);
    finish(&result);
    assert_problems("name: shop\nstate:\n" SOURCE SINK,
                    "shop.yaml:2:7: `state` has no value. Give it one, for example "
                    "`state: /var/lib/leat/shop.db`, or take it out\n");
}

static void reports_all_mistakes_at_once(void **state)
{
    (void)state;
    assert_problems(
        "nme: shop\n"
        "sorce: {}\n"
        "source:\n"
        "  type: postgresql\n"
        "  tabels: [a.b]\n"
        "  manage: yes\n"
        "  snapshot_workers: 65\n"
        "sink:\n"
        "  type: file\n"
        "  roll: {every: 60}\n"
        "  path: [a]\n"
        "triggers: []\n",
        "shop.yaml:1:1: `name` is missing. For example `name: shop`\n"
        "shop.yaml:1:1: unknown key `nme`; did you mean `name`?\n"
        "shop.yaml:2:1: unknown key `sorce`; did you mean `source`?\n"
        "shop.yaml:3:1: `source.tables` is missing. For example `tables: [\"public.*\", "
        "\"!public.audit_*\"]`\n"
        "shop.yaml:3:1: `source.url` is missing. For example "
        "`url: postgresql://leat:${SHOP_PASSWORD}@db.example/shop?sslmode=verify-full`\n"
        "shop.yaml:4:9: `source.type` must be one of `postgres`, `mysql`, `mariadb`, not `postgresql`; did "
        "you "
        "mean `postgres`?\n"
        "shop.yaml:5:3: unknown key `tabels`; did you mean `tables`?\n"
        "shop.yaml:6:11: `source.manage` must be `true` or `false`, not `yes`\n"
        "shop.yaml:7:21: `source.snapshot_workers` must be from 1 to 64, not `65`\n"
        "shop.yaml:10:17: `sink.roll.every` must be a duration such as `60s` (a whole number and one of us, "
        "ms, "
        "s, m, h, d), not `60`\n"
        "shop.yaml:11:9: `sink.path` must be a single value, not a list. For example `path: ./lake`\n"
        "shop.yaml:12:1: unknown key `triggers`. docs/settings.md lists all there are\n");
}

static void summary_counts_the_mistakes(void **state)
{
    (void)state;
    parsed_text result = parse("name: shop\nx: 1\n" SINK);
    assert_string_equal(result.error.message, "the config file shop.yaml has 4 mistakes");
    finish(&result);
    result = parse("name: shop\nfoo: 1\n" SOURCE SINK);
    assert_string_equal(result.error.message, "the config file shop.yaml has 1 mistake");
    finish(&result);
}

static void points_to_the_right_section(void **state)
{
    (void)state;
    assert_problems("name: shop\ntables: [a.b]\n" SOURCE SINK,
                    "shop.yaml:2:1: unknown key `tables` here; did you mean `source.tables`?\n");
    assert_problems("name: shop\nsink.type: file\n" SOURCE SINK,
                    "shop.yaml:2:1: unknown key `sink.type`. docs/settings.md lists all there are\n");
}

static void refuses_what_does_not_go_together(void **state)
{
    (void)state;
    assert_problems("name: shop\n" SOURCE "sink: {type: stdout, path: x, roll: {rows: 5}}\n",
                    "shop.yaml:3:28: `sink.path` makes no sense with `type: stdout`, only with `type: file`. "
                    "Take it out\n"
                    "shop.yaml:3:44: `sink.roll.rows` makes no sense with `type: stdout`, only with `type: "
                    "file`. Take it out\n");
    assert_problems("name: shop\nsource: {type: mariadb, url: \"postgresql://leat@db/shop\", tables: "
                    "[shop.*], slot: x}\n" SINK,
                    "shop.yaml:2:30: `source.url` is none for `type: mariadb`, whose urls begin with "
                    "`mysql://` or `mariadb://`\n"
                    "shop.yaml:2:83: `source.slot` makes no sense with `type: mariadb`, only with `type: "
                    "postgres`. Take it out\n");
    assert_problems("name: shop\nsource: {type: postgres, url: \"mysql://leat@db/\", tables: [shop.*], "
                    "server_id: 7}\n" SINK,
                    "shop.yaml:2:31: `source.url` is none for `type: postgres`, whose urls begin with "
                    "`postgresql://`\n"
                    "shop.yaml:2:80: `source.server_id` makes no sense with `type: postgres`, only with "
                    "`type: mysql` or `type: mariadb`. Take it out\n");
    assert_problems("name: shop\n" SOURCE "sink: {type: file}\n",
                    "shop.yaml:3:1: `sink.path` is missing. For example `path: ./lake`\n");
    assert_problems("name: shop\n" SOURCE "sink: {type: file, path: x, codec: snappy, codec_level: 1}\n",
                    "shop.yaml:3:57: `sink.codec_level` makes no sense with the codec `snappy`, which has no "
                    "levels. Take it out\n");
    assert_problems("name: shop\n" SOURCE "sink: {type: file, path: x, codec_level: 13}\n",
                    "shop.yaml:3:42: `sink.codec_level` must be from 1 to 12 (or 0 for the default) with the "
                    "codec `deflate`\n");
    assert_problems("name: shop\n" SOURCE SINK "retry: {first_delay: 31s}\n",
                    "shop.yaml:4:22: `retry.first_delay` must not be longer than `retry.longest_delay`\n");
}

static void refuses_keys_given_twice(void **state)
{
    (void)state;
    assert_problems("name: shop\nname: shop\n" SOURCE SINK SINK,
                    "shop.yaml:2:1: `name` stands here for the second time; the first is in line 1. Take one "
                    "of them out\n"
                    "shop.yaml:5:1: `sink` stands here for the second time; the first is in line 4. Take one "
                    "of them out\n");
}

static void checks_names(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "Shop", "-shop", "my shop", "sh.op", "größe", "a23456789012345678901234567890123456789012345678901"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        leat_buffer text = {0};
        leat_buffer_printf(&text, "name: %s\n" SOURCE SINK, bad[i]);
        assert_problem_has(leat_buffer_string(&text), "shop.yaml:1:7: `name` must be 1 to 50 of");
        leat_buffer_free(&text);
    }
    assert_problem_has("name: \"\"\n" SOURCE SINK, "shop.yaml:1:7: `name` is empty");
    assert_problems("name: 2024\n" SOURCE SINK, "");
}

/* A whole config with these tables; the caller frees it. */
static leat_buffer with_tables(const char *tables)
{
    leat_buffer text = {0};
    leat_buffer_printf(&text,
                       "name: shop\nsource: {type: postgres, url: \"postgres://db/shop\", tables: %s}\n" SINK,
                       tables);
    return text;
}

static void assert_tables_refused(const char *tables, const char *part)
{
    leat_buffer text = with_tables(tables);
    assert_problem_has(leat_buffer_string(&text), part);
    leat_buffer_free(&text);
}

static void assert_tables_taken(const char *tables)
{
    leat_buffer text = with_tables(tables);
    assert_problems(leat_buffer_string(&text), "");
    leat_buffer_free(&text);
}

static void checks_table_patterns(void **state)
{
    (void)state;
    static const char *const bad[] = {"[orders]",  "[\"*\"]",     "[.orders]",
                                      "[public.]", "[\"!!a.b\"]", "[a.b, orders]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_tables_refused(bad[i], "`source.tables` must be `schema.table`");
    assert_tables_taken("[a.b]");
    assert_tables_taken("[\"*.*\"]");
    assert_tables_taken("[\"!a.b*\"]");
    assert_tables_taken("[\"odd name.with.dots\"]");
    assert_tables_refused("[]", "`source.tables` is an empty list");
    assert_tables_refused("public.*", "`source.tables` must be a list of texts, not a single value");
}

/* What a newcomer meets first: patterns that YAML reads as a tag or an alias. */
static void explains_the_traps_of_yaml(void **state)
{
    (void)state;
    assert_problem_has("name: shop\nsource: {type: postgres, url: \"postgres://db/shop\", tables: [public.*, "
                       "!public.audit_x ]}\n" SINK,
                       "shop.yaml:2:72: YAML takes a leading `!` for a tag");
    assert_problem_has("name: *orders\n" SOURCE SINK, "shop.yaml:1:7: a leading `*` is a YAML alias");
    assert_problem_has("name: *.orders\n" SOURCE SINK, "belong in quotes");
    assert_problem_has("name: !!str shop\n" SOURCE SINK, "tag");
    assert_problem_has("name: shop\n<<: {a: b}\n" SOURCE SINK, "merge keys (`<<`) are not supported");
}

static void refuses_quotes_around_numbers(void **state)
{
    (void)state;
    assert_problems("name: shop\n" SOURCE SINK "log: {level: \"info\"}\nretry: {first_delay: \"1s\"}\n", "");
    assert_problem_has("name: shop\nsource: {snapshot_workers: \"2\"}\n" SINK,
                       "shop.yaml:2:28: `source.snapshot_workers` must stand without quotes");
    assert_problem_has("name: shop\nsource: {manage: 'true'}\n" SINK,
                       "shop.yaml:2:18: `source.manage` must stand without quotes");
}

static void resolves_aliases(void **state)
{
    (void)state;
    parsed_text result = parse("name: &name shop\n" SOURCE "sink: {type: stdout, prefix: *name}\n");
    assert_string_equal(leat_buffer_string(&result.problems), "");
    assert_string_equal(result.config.sink.prefix, "shop");
    finish(&result);
    assert_problem_has("name: shop\nsource: &s\n  tables: *s\n" SINK, "refers to what it is part of");
    /* A mistake that comes by an alias is told where the alias stands. */
    assert_problem_has("name: &n shop\nlog: {level: *n}\n" SOURCE SINK,
                       "shop.yaml:2:14: `log.level` must be");
}

/* The shapes of attack on a YAML reader; each must end at once, with a mistake. */
static void survives_hostile_files(void **state)
{
    (void)state;
    leat_buffer text = {0};
    for (int i = 0; i < 100000; i++)
        leat_buffer_append_byte(&text, '[');
    assert_problem_has(leat_buffer_string(&text), "nested more than 32 levels");
    leat_buffer_reset(&text);
    leat_buffer_append_string(&text, "a0: &a0 x\n");
    for (int i = 1; i < 30; i++) /* "billion laughs": would be 9^29 texts if aliases were multiplied */
        leat_buffer_printf(&text, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1,
                           i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    assert_problem_has(leat_buffer_string(&text), "unknown key `a29`");
    leat_buffer_reset(&text);
    for (int i = 0; i < 200000; i++)
        leat_buffer_append_string(&text, "- \n");
    assert_problem_has(leat_buffer_string(&text), "more than 100000 values");
    leat_buffer_reset(&text);
    for (int i = 0; i < 200; i++)
        leat_buffer_printf(&text, "- &a%d x\n", i);
    assert_problem_has(leat_buffer_string(&text), "more than 100 anchors");
    leat_buffer_reset(&text);
    for (int i = 0; i < 5000; i++)
        leat_buffer_printf(&text, "key%d: x\n", i);
    assert_problem_has(leat_buffer_string(&text), "shop.yaml: 4905 more mistakes are not shown\n");
    leat_buffer_reset(&text);
    while (text.length <= 1048576)
        leat_buffer_append_string(&text, "# a comment\n");
    assert_problem_has(leat_buffer_string(&text), "shop.yaml: it is larger than the 1048576 bytes");
    leat_buffer_free(&text);
}

static void refuses_what_is_no_single_document(void **state)
{
    (void)state;
    assert_problems("name: shop\n" SOURCE SINK "---\nname: other\n",
                    "shop.yaml:4:1: a second YAML document begins here. One file holds one pipeline: take it "
                    "out, with its `---`\n");
    assert_problem_has("", "shop.yaml:1:1: `name` is missing");
    assert_problem_has("# nothing\n", "shop.yaml:1:1: `sink.type` is missing");
    assert_problem_has("- a\n", "shop.yaml:1:1: the file must hold settings (`key: value`), not a list");
    assert_problem_has("just text",
                       "shop.yaml:1:1: the file must hold settings (`key: value`), not a single value");
    assert_problem_has("name: shop\nsource: postgres\n" SINK,
                       "shop.yaml:2:9: `source` must hold settings (`key: value`), not a single value");
    assert_problem_has("? [a, b]\n: c\n", "shop.yaml:1:3: a key must be a plain name");
    assert_problem_has("name: shop\n\tstate: x\n", "shop.yaml:2:");
    assert_problem_has("name: \"shop\n", "this is not YAML");
}

static void refuses_bytes_that_are_no_text(void **state)
{
    (void)state;
    assert_problem_has("name: shop\nstate: \"g\xc3\xb6\xff\"\n",
                       "shop.yaml:2:11: this byte (0xff) is not UTF-8");
    assert_problem_has("name: shop\nstate: \"a\\0b\"\n" SOURCE SINK,
                       "shop.yaml:2:8: a text must not hold the NUL");
    assert_problem_has("name: shop\nstate: a\x01\n", "shop.yaml:2:9: this is not YAML");
    parsed_text result = parse_bytes("name: sh\0op\n", 12, "shop.yaml");
    assert_int_equal(result.status, LEAT_USAGE);
    finish(&result);
    static const uint8_t utf16[] = {0xff, 0xfe, 'n', 0, ':', 0};
    result = parse_bytes(utf16, sizeof utf16, "shop.yaml");
    assert_non_null(strstr(leat_buffer_string(&result.problems), "shop.yaml:1:1: this byte (0xff)"));
    finish(&result);
    assert_problems("\xef\xbb\xbfname: shop\n" SOURCE SINK, ""); /* a byte order mark is legal */
}

static void loads_from_a_file(void **state)
{
    (void)state;
    char folder[] = "/tmp/leat-config-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char path[64];
    snprintf(path, sizeof path, "%s/shop.yaml", folder);
    FILE *file = fopen(path, "w");
    fputs("name: shop\n" SOURCE SINK, file);
    fclose(file);
    leat_config config;
    leat_buffer problems = {0};
    leat_error error;
    assert_int_equal(leat_config_load(path, &config, &problems, &error), LEAT_OK);
    assert_string_equal(config.file, path);
    assert_true(strncmp(config.state, folder, strlen(folder)) == 0);
    leat_config_free(&config);
    unlink(path);
    assert_int_equal(leat_config_load(path, &config, &problems, &error), LEAT_USAGE);
    assert_non_null(strstr(error.message, "No such file or directory"));
    assert_non_null(strstr(leat_buffer_string(&problems), path));
    leat_config_free(&config);
    assert_int_equal(leat_config_load(folder, &config, &problems, &error), LEAT_USAGE);
    assert_non_null(strstr(error.message, "Is a directory"));
    leat_config_free(&config);
    assert_int_equal(leat_config_load("/dev/zero", &config, &problems, &error), LEAT_USAGE);
    assert_non_null(strstr(error.message, "larger than"));
    leat_config_free(&config);
    leat_buffer_free(&problems);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_every_default),
        cmocka_unit_test(takes_every_setting),
        cmocka_unit_test(takes_paths_from_its_folder),
        cmocka_unit_test(takes_what_yaml_calls_null),
        cmocka_unit_test(reports_all_mistakes_at_once),
        cmocka_unit_test(summary_counts_the_mistakes),
        cmocka_unit_test(points_to_the_right_section),
        cmocka_unit_test(refuses_what_does_not_go_together),
        cmocka_unit_test(refuses_keys_given_twice),
        cmocka_unit_test(checks_names),
        cmocka_unit_test(checks_table_patterns),
        cmocka_unit_test(explains_the_traps_of_yaml),
        cmocka_unit_test(refuses_quotes_around_numbers),
        cmocka_unit_test(resolves_aliases),
        cmocka_unit_test(survives_hostile_files),
        cmocka_unit_test(refuses_what_is_no_single_document),
        cmocka_unit_test(refuses_bytes_that_are_no_text),
        cmocka_unit_test(loads_from_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
