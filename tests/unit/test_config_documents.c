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

/* Every setting's own example is right where it may stand. */
static void examples_of_settings_are_right(void **state)
{
    (void)state;
    setenv("SHOP_PASSWORD", "x", 1);
    for (size_t i = 0; i < leat_setting_count; i++) {
        const leat_setting *setting = &leat_settings[i];
        if (setting->required)
            continue; /* those are in the base text below, with their examples */
        leat_buffer text = {0};
        leat_buffer_append_string(&text, "name: shop\n");
        const char *sections[] = {"source", "sink", "sink.roll", "retry", "log"};
        bool for_mysql = setting->only_for != NULL && leat_setting_is_for(setting->only_for, "mysql");
        const char *bases[] = {
            for_mysql
                ? "  type: mysql\n  url: mysql://leat:${SHOP_PASSWORD}@db.example/\n  tables: [shop.*]\n"
                : "  type: postgres\n"
                  "  url: postgresql://leat:${SHOP_PASSWORD}@db.example/shop?sslmode=verify-full\n"
                  "  tables: [\"public.*\", \"!public.audit_*\"]\n",
            "  type: file\n  path: ./lake\n", "", "", ""};
        if (leat_setting_is_member(setting->path, ""))
            leat_buffer_printf(&text, "%s: %s\n", setting->path, setting->example);
        for (size_t j = 0; j < 5; j++) {
            bool inner = strcmp(sections[j], "sink.roll") == 0;
            leat_buffer_printf(&text, "%s:\n%s", inner ? "  roll" : sections[j], bases[j]);
            if (leat_setting_is_member(setting->path, sections[j]))
                leat_buffer_printf(&text, "%s  %s: %s\n", inner ? "  " : "", leat_setting_key(setting->path),
                                   setting->example);
            if (strcmp(setting->path, "sink.codec_level") == 0 && j == 1)
                leat_buffer_append_string(&text, "  codec: zstandard\n");
        }
        leat_config config;
        leat_buffer problems = {0};
        leat_error error;
        leat_status status =
            leat_config_parse((const char *)text.data, text.length, "x", &config, &problems, &error);
        if (status != LEAT_OK)
            fail_msg("the example of %s: %s", setting->path, leat_buffer_string(&problems));
        leat_config_free(&config);
        leat_buffer_free(&problems);
        leat_buffer_free(&text);
    }
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
    for (size_t i = 0; i < leat_setting_count; i++) {
        json_t *at = schema;
        char path[64];
        snprintf(path, sizeof path, "%s", leat_settings[i].path);
        char *rest = NULL;
        for (char *part = strtok_r(path, ".", &rest); part != NULL; part = strtok_r(NULL, ".", &rest))
            at = json_object_get(json_object_get(at, "properties"), part);
        if (json_string_length(json_object_get(at, "description")) == 0)
            fail_msg("%s has no description in the schema", leat_settings[i].path);
    }
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
