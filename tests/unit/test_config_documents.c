/* docs/settings.md and schemas/config.schema.json say what the table of settings says. With the argument
 * --write this program mends them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "config/config.h"
#include "config/read_file.h"
#include "config/settings.h"

typedef struct generated {
    const char *path;
    void (*write)(leat_buffer *out);
} generated;

static const generated documents[] = {
    {LEAT_SOURCE_DIRECTORY "/docs/settings.md", leat_config_write_markdown},
    {LEAT_SOURCE_DIRECTORY "/schemas/config.schema.json", leat_config_write_json_schema},
};

static const char *program;

static void assert_document_current(const generated *document)
{
    leat_buffer wanted = {0};
    leat_buffer found = {0};
    leat_error error;
    document->write(&wanted);
    if (leat_read_file(document->path, 1 << 20, &found, &error) != LEAT_OK)
        fail_msg("%s. To mend it: %s --write", error.message, program);
    if (!leat_slice_equal(leat_buffer_slice(&wanted), leat_buffer_slice(&found)))
        fail_msg("%s is not what the table of settings says. To mend it: %s --write", document->path,
                 program);
    leat_buffer_free(&wanted);
    leat_buffer_free(&found);
}

static void reference_is_current(void **state)
{
    (void)state;
    assert_document_current(&documents[0]);
}

static void schema_is_current(void **state)
{
    (void)state;
    assert_document_current(&documents[1]);
}

/* The first block of YAML in the reference is a whole config: who copies it must not be let down. */
static void example_of_the_reference_is_right(void **state)
{
    (void)state;
    leat_buffer reference = {0};
    leat_config_write_markdown(&reference);
    const char *start = strstr(leat_buffer_string(&reference), "```yaml\n") + strlen("```yaml\n");
    const char *end = strstr(start, "```");
    assert_non_null(end);
    setenv("SHOP_PASSWORD", "x", 1);
    leat_config config;
    leat_buffer problems = {0};
    leat_error error;
    leat_status status =
        leat_config_parse(start, (size_t)(end - start), "shop.yaml", &config, &problems, &error);
    assert_string_equal(leat_buffer_string(&problems), "");
    assert_int_equal(status, LEAT_OK);
    leat_config_free(&config);
    leat_buffer_free(&problems);
    leat_buffer_free(&reference);
}

/* What some settings need beside them. */
static const struct companion {
    const char *path;
    const char *section;
    const char *lines;
} companions[] = {
    {"sink.codec_level", "sink", "  codec: zstandard\n"},
    {"sink.large", "sink", "  spill_path: spilled\n"},
    {"sink.spill_path", "sink", "  large: spill\n"},
    {"sink.registry.user", "sink.registry", "    password: x\n"},
    {"sink.registry.password", "sink.registry", "    user: leat\n"},
    {"sink.registry.certificate", "sink.registry", "    key: leat.key\n"},
    {"sink.registry.key", "sink.registry", "    certificate: leat.pem\n"},
};

static bool is_for(const leat_setting_entry *entry, const char *type)
{
    return entry->only_for != NULL && leat_setting_is_for(entry->only_for, type);
}

/* What a section has to hold so that this setting may stand in the file. */
static const char *base_of(const char *section, const leat_setting_entry *entry)
{
    if (strcmp(section, "source") == 0)
        return is_for(entry, "mysql")
                   ? "  type: mysql\n  url: mysql://leat:x@db.example/\n  tables: [shop.*]\n"
                   : "  type: postgres\n  url: postgresql://leat:x@db.example/shop\n  tables: [public.*]\n";
    if (strcmp(section, "sink") == 0)
        return is_for(entry, "kafka") ? "  type: kafka\n  brokers: k1:9092\n"
                                      : "  type: file\n  path: ./lake\n";
    return strcmp(section, "sink.registry") == 0 ? "    url: http://registry:8081\n" : "";
}

/* The setting's line, and what it needs beside it. */
static void put_example(leat_buffer *text, const leat_setting *setting, const char *section)
{
    const char *indent = strchr(section, '.') != NULL ? "    " : *section != '\0' ? "  " : "";
    leat_buffer_printf(text, "%s%s: %s\n", indent, leat_setting_key(setting->path), setting->example);
    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++)
        if (strcmp(companions[i].path, setting->path) == 0 && strcmp(companions[i].section, section) == 0)
            leat_buffer_append_string(text, companions[i].lines);
}

static void put_file_around(leat_buffer *text, const leat_setting_entry *entry)
{
    const leat_setting *setting = &entry->setting;
    static const char *const sections[] = {"",      "source", "sink", "sink.roll", "sink.registry",
                                           "retry", "log"};
    leat_buffer_append_string(text, "name: shop\n");
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        bool inner = strchr(sections[i], '.') != NULL;
        bool holds = leat_setting_is_member(setting->path, sections[i]);
        if (inner && !holds)
            continue;
        if (sections[i][0] != '\0')
            leat_buffer_printf(text, "%s%s:\n%s", inner ? "  " : "", leat_setting_key(sections[i]),
                               base_of(sections[i], entry));
        if (holds)
            put_example(text, setting, sections[i]);
    }
}

/* Every setting's own example is right where it may stand. The required ones are in all the files. */
static void examples_of_settings_are_right(void **state)
{
    (void)state;
    setenv("KAFKA_PASSWORD", "x", 1);
    setenv("REGISTRY_PASSWORD", "x", 1);
    setenv("REGISTRY_TOKEN", "x", 1);
    leat_setting_table table;
    leat_setting_table_open(&table);
    for (size_t i = 0; i < table.count; i++) {
        if (table.entries[i].setting.required)
            continue;
        leat_buffer text = {0};
        put_file_around(&text, &table.entries[i]);
        leat_config config;
        leat_buffer problems = {0};
        leat_error error;
        leat_status status =
            leat_config_parse((const char *)text.data, text.length, "x", &config, &problems, &error);
        if (status != LEAT_OK)
            fail_msg("the example of %s: %s", table.entries[i].setting.path, leat_buffer_string(&problems));
        leat_config_free(&config);
        leat_buffer_free(&problems);
        leat_buffer_free(&text);
    }
    leat_setting_table_close(&table);
}

/* The schema is JSON of the dialect it names, and knows every setting. */
static void schema_holds_every_setting(void **state)
{
    (void)state;
    leat_buffer out = {0};
    leat_config_write_json_schema(&out);
    json_error_t error;
    json_t *schema = json_loadb((const char *)out.data, out.length, JSON_REJECT_DUPLICATES, &error);
    if (schema == NULL)
        fail_msg("line %d: %s", error.line, error.text);
    assert_string_equal(json_string_value(json_object_get(schema, "$schema")),
                        "https://json-schema.org/draft/2020-12/schema");
    leat_setting_table table;
    leat_setting_table_open(&table);
    for (size_t i = 0; i < table.count; i++) {
        json_t *at = schema;
        char path[64];
        snprintf(path, sizeof path, "%s", table.entries[i].setting.path);
        char *rest = NULL;
        for (char *part = strtok_r(path, ".", &rest); part != NULL; part = strtok_r(NULL, ".", &rest))
            at = json_object_get(json_object_get(at, "properties"), part);
        if (json_string_length(json_object_get(at, "description")) == 0)
            fail_msg("%s has no description in the schema", table.entries[i].setting.path);
    }
    leat_setting_table_close(&table);
    json_decref(schema);
    leat_buffer_free(&out);
}

static int write_documents(void)
{
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        leat_buffer text = {0};
        documents[i].write(&text);
        FILE *file = fopen(documents[i].path, "w");
        if (file == NULL || fwrite(text.data, 1, text.length, file) != text.length || fclose(file) != 0) {
            perror(documents[i].path);
            return 1;
        }
        leat_buffer_free(&text);
    }
    return 0;
}

int main(int argument_count, char **arguments)
{
    program = arguments[0];
    if (argument_count == 2 && strcmp(arguments[1], "--write") == 0)
        return write_documents();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_is_current),
        cmocka_unit_test(schema_is_current),
        cmocka_unit_test(example_of_the_reference_is_right),
        cmocka_unit_test(examples_of_settings_are_right),
        cmocka_unit_test(schema_holds_every_setting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
