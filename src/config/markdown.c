/* docs/settings.md, from the table of settings. */
#include <string.h>

#include "config/config.h"
#include "config/settings.h"
#include "config/values.h"

static const char INTRODUCTION[] =
    "# Settings\n"
    "\n"
    "One YAML file describes one pipeline: one source, one sink. A whole one:\n"
    "\n"
    "```yaml\n"
    "%s"
    "```\n"
    "\n"
    "Everything else has a default. `leat check CONFIG` reads the file, reports every mistake in it at once "
    "with "
    "line and column, and then looks at the database. "
    "`schemas/config.schema.json` describes the file to editors: with the YAML language server, this first "
    "line "
    "gives completion and checks while you type.\n"
    "\n"
    "```yaml\n"
    "# yaml-language-server: $schema=schemas/config.schema.json\n"
    "```\n"
    "\n"
    "## Values\n"
    "\n"
    "- **Text** needs quotes where YAML would read something else: around what begins with one of "
    "``! * & @ %% ` { [``, and around what holds `: ` or ` #`.\n"
    "- **Durations** are a whole number and a unit: %s. `0` needs none.\n"
    "- **Sizes** are a whole number and a unit: %s. A number alone is bytes.\n"
    "- **Relative paths** are taken from the folder of the config file.\n"
    "- **`${NAME}`** in any value is replaced by the environment variable, **`${file:PATH}`** by the content "
    "of a "
    "file (at most 64 KiB; a line end behind it does not count). What is put in is not looked at again, and "
    "is "
    "never shown in messages. `$${` stands for the two characters `${`. A variable that is not set and a "
    "file "
    "that cannot be read are mistakes.\n"
    "- Anchors and aliases work; merge keys, tags and second documents do not. A file may have 1 MiB.\n";

static void append_unit_names(const leat_unit *units, size_t count, leat_buffer *out)
{
    for (size_t i = 0; i < count; i++)
        leat_buffer_printf(out, "%s`%s`", i > 0 ? ", " : "", units[i].name);
}

static void write_introduction(leat_buffer *out)
{
    leat_buffer durations = {0};
    leat_buffer sizes = {0};
    append_unit_names(leat_duration_units, leat_duration_unit_count, &durations);
    append_unit_names(leat_size_units, leat_size_unit_count, &sizes);
    leat_buffer_printf(out, INTRODUCTION, leat_settings_example, leat_buffer_string(&durations),
                       leat_buffer_string(&sizes));
    leat_buffer_free(&durations);
    leat_buffer_free(&sizes);
}

static bool has_range(const leat_setting *setting)
{
    return setting->most > 0;
}

/* Whose form it is, where that is not the whole value's. */
static const char *word_before_form(leat_setting_type type)
{
    if (type == LEAT_SETTING_TEXT_LIST || type == LEAT_SETTING_JOINED)
        return "each ";
    return type == LEAT_SETTING_MAP ? "each name is " : "";
}

static void write_type(const leat_setting *setting, leat_buffer *out)
{
    leat_buffer_append_string(out, "- **Type:** ");
    leat_setting_describe_type(setting, out);
    if (has_range(setting)) {
        leat_buffer_append_string(out, ", ");
        leat_setting_describe_range(setting, out);
    }
    if (setting->form != NULL)
        leat_buffer_printf(out, "; %s%s", word_before_form(setting->type), setting->form_words);
    leat_buffer_append_string(out, "\n");
}

/* A default that is made from the name is told by its note alone, unless it is a pattern to show. */
static void write_default(const leat_setting_table *table, const leat_setting *setting, leat_buffer *out)
{
    if (setting->required) {
        leat_buffer_printf(
            out, "- **Required**%s\n",
            table->sections[leat_setting_section(table, setting->path)].optional ? " in this section" : "");
        return;
    }
    bool only_note = setting->default_text == NULL || strcmp(setting->default_text, "NAME") == 0;
    leat_buffer_append_string(out, "- **Default:** ");
    if (!only_note)
        leat_buffer_printf(out, "`%s`", setting->default_text);
    if (!only_note && setting->default_note != NULL)
        leat_buffer_printf(out, " (%s)", setting->default_note);
    if (only_note)
        leat_buffer_append_string(out, setting->default_note);
    const leat_special_default *special;
    for (size_t i = 0; (special = leat_setting_special(table, setting->path, i)) != NULL; i++) {
        leat_buffer_printf(out, "; `%s` with ", special->text);
        leat_setting_append_types(out, special->types);
    }
    leat_buffer_append_string(out, "\n");
}

static void write_choices(const leat_setting *setting, leat_buffer *out)
{
    for (size_t i = 0; i < setting->choice_count; i++)
        leat_buffer_printf(out, "  - `%s`: %s\n", setting->choices[i].name, setting->choices[i].meaning);
}

static void write_setting(const leat_setting_table *table, const leat_setting_entry *entry, leat_buffer *out)
{
    const leat_setting *setting = &entry->setting;
    leat_buffer_printf(out, "\n### `%s`\n\n%s\n\n", setting->path, setting->purpose);
    write_type(setting, out);
    write_choices(setting, out);
    write_default(table, setting, out);
    if (entry->only_for != NULL) {
        leat_buffer_append_string(out, "- **Only with** ");
        leat_setting_append_types(out, entry->only_for);
        leat_buffer_append_byte(out, '\n');
    }
    if (setting->secret)
        leat_buffer_append_string(out, "- **Secret:** never shown\n");
    leat_buffer_printf(out, "- **Example:** `%s: %s`\n", leat_setting_key(setting->path), setting->example);
}

void leat_config_write_markdown(leat_buffer *out)
{
    leat_setting_table table;
    leat_setting_table_open(&table);
    write_introduction(out);
    for (size_t i = 0; i < table.section_count; i++) {
        const leat_section *section = &table.sections[i];
        leat_buffer_printf(out, "\n## %s\n\n%s\n", section->title, section->purpose);
        for (size_t j = 0; j < table.count; j++)
            if (leat_setting_is_member(table.entries[j].setting.path, section->path))
                write_setting(&table, &table.entries[j], out);
    }
    leat_setting_table_close(&table);
}
