/* schemas/config.schema.json, JSON Schema 2020-12, from the table of settings. */
#include <jansson.h>
#include <string.h>

#include "base/memory.h"
#include "config/config.h"
#include "config/settings.h"
#include "config/values.h"

/* A ${…} may stand for a value of any type; only leat, which knows the environment, can check that. */
static json_t *substitution_schema(void)
{
    return json_pack("{s:s, s:s}", "type", "string", "pattern", "\\$\\{");
}

static json_t *text_schema(const leat_setting *setting)
{
    json_t *schema = json_pack("{s:s, s:i}", "type", "string", "minLength", 1);
    if (setting->form != NULL)
        json_object_set_new(schema, "pattern", json_string(setting->form));
    return schema;
}

static json_t *choice_schema(const leat_setting *setting)
{
    json_t *names = json_array();
    for (size_t i = 0; i < setting->choice_count; i++) {
        json_array_append_new(names, json_string(setting->choices[i].name));
        /* What YAML reads as nothing is this word to leat. */
        if (strcmp(setting->choices[i].name, "null") == 0)
            json_array_append_new(names, json_null());
    }
    return json_pack("{s:o}", "enum", names);
}

static json_t *integer_schema(const leat_setting *setting)
{
    return json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum", (json_int_t)setting->least, "maximum",
                     (json_int_t)setting->most);
}

/* "^(0|[1-9][0-9]*)(us|ms|…)$" */
static json_t *quantity_schema(const leat_unit *units, size_t count)
{
    leat_buffer pattern = {0};
    leat_buffer_append_string(&pattern, "^(0|[1-9][0-9]*)(");
    for (size_t i = 0; i < count; i++)
        leat_buffer_printf(&pattern, "%s%s", i > 0 ? "|" : "", units[i].name);
    leat_buffer_append_string(&pattern, ")$");
    json_t *schema = json_pack("{s:s, s:s}", "type", "string", "pattern", leat_buffer_string(&pattern));
    leat_buffer_free(&pattern);
    return schema;
}

static json_t *list_schema(const leat_setting *setting)
{
    return json_pack("{s:s, s:i, s:{s:[o, o]}}", "type", "array", "minItems", 1, "items", "anyOf",
                     text_schema(setting), substitution_schema());
}

/* Texts with commas between: a pattern of the whole would be a poor explanation, so that only leat checks
 * them.
 */
static json_t *joined_schema(void)
{
    return json_pack("{s:s, s:i}", "type", "string", "minLength", 1);
}

/* A property's value may be a number or a truth in YAML; leat takes it as it is written. */
static json_t *map_schema(const leat_setting *setting)
{
    return json_pack("{s:[s, s], s:{s:s}, s:{s:[s, s, s]}}", "type", "object", "null", "propertyNames",
                     "pattern", setting->form, "additionalProperties", "type", "string", "number", "boolean");
}

/* Adds every form a value may have. */
static void add_forms(const leat_setting *setting, json_t *forms)
{
    switch (setting->type) {
    case LEAT_SETTING_TEXT:
    case LEAT_SETTING_PATH:
    case LEAT_SETTING_CHOICE:
        json_array_append_new(forms,
                              setting->choice_count > 0 ? choice_schema(setting) : text_schema(setting));
        break;
    case LEAT_SETTING_BOOLEAN:
        json_array_append_new(forms, json_pack("{s:s}", "type", "boolean"));
        break;
    case LEAT_SETTING_INTEGER:
        json_array_append_new(forms, integer_schema(setting));
        break;
    case LEAT_SETTING_SIZE:
        json_array_append_new(forms, quantity_schema(leat_size_units, leat_size_unit_count));
        json_array_append_new(forms, integer_schema(setting));
        break;
    case LEAT_SETTING_DURATION:
        json_array_append_new(forms, quantity_schema(leat_duration_units, leat_duration_unit_count));
        if (setting->least == 0)
            json_array_append_new(forms, json_pack("{s:i}", "const", 0));
        break;
    case LEAT_SETTING_TEXT_LIST:
        json_array_append_new(forms, list_schema(setting));
        return;
    case LEAT_SETTING_JOINED:
        json_array_append_new(forms, list_schema(setting));
        json_array_append_new(forms, joined_schema());
        return;
    case LEAT_SETTING_MAP:
        json_array_append_new(forms, map_schema(setting));
        return;
    }
    json_array_append_new(forms, substitution_schema());
}

/* The default as a JSON value: what YAML would read from its text. One that depends on the name or on the
 * type is only told. */
static json_t *default_value(const leat_setting_table *table, const leat_setting *setting)
{
    bool depends = leat_setting_special(table, setting->path, 0) != NULL;
    if (setting->default_text == NULL || depends || strstr(setting->default_text, "NAME") != NULL)
        return NULL;
    json_t *value = json_loads(setting->default_text, JSON_DECODE_ANY, NULL);
    return value != NULL ? value : json_string(setting->default_text);
}

/* Markdown's code marks mean nothing to an editor's tooltip. */
/* "\nDefault: 1s; 250ms with type: kafka" */
static void append_special_defaults(const leat_setting_table *table, const leat_setting *setting,
                                    leat_buffer *out)
{
    const leat_special_default *special;
    for (size_t i = 0; (special = leat_setting_special(table, setting->path, i)) != NULL; i++) {
        if (i == 0)
            leat_buffer_printf(out, "\nDefault: %s", setting->default_text);
        leat_buffer_printf(out, "; %s with ", special->text);
        leat_setting_append_types(out, special->types);
    }
}

static json_t *description(const leat_setting_table *table, const leat_setting *setting)
{
    leat_buffer text = {0};
    leat_buffer_append_string(&text, setting->purpose);
    for (size_t i = 0; i < setting->choice_count; i++)
        leat_buffer_printf(&text, "\n%s: %s", setting->choices[i].name, setting->choices[i].meaning);
    if (setting->default_text == NULL && setting->default_note != NULL)
        leat_buffer_printf(&text, "\nDefault: %s", setting->default_note);
    append_special_defaults(table, setting, &text);
    size_t kept = 0;
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] != '`')
            text.data[kept++] = text.data[i];
    json_t *value = json_stringn((const char *)text.data, kept);
    leat_buffer_free(&text);
    return value;
}

static json_t *setting_schema(const leat_setting_table *table, const leat_setting *setting)
{
    json_t *forms = json_array();
    add_forms(setting, forms);
    json_t *schema = json_pack("{s:o}", "description", description(table, setting));
    json_object_set_new(schema, "anyOf", forms);
    json_t *standard = default_value(table, setting);
    if (standard != NULL)
        json_object_set_new(schema, "default", standard);
    return schema;
}

/* The `type`s that this member of a section, a setting or a section of settings, makes sense with; NULL: any.
 */
static const char *types_wanted_by(const leat_setting_table *table, const char *path)
{
    size_t index = leat_setting_find(table, path);
    if (index != SIZE_MAX)
        return table->entries[index].only_for;
    for (size_t i = 0; i < table->count; i++)
        if (leat_setting_is_member(table->entries[i].setting.path, path))
            return table->entries[i].only_for;
    return NULL;
}

static bool wants(const leat_setting_table *table, const char *path, const char *section, const char *types)
{
    const char *wanted = leat_setting_is_member(path, section) ? types_wanted_by(table, path) : NULL;
    return wanted != NULL && strcmp(wanted, types) == 0;
}

static json_t *list_of_types(const char *types)
{
    json_t *list = json_array();
    for (const char *at = types; *at != '\0'; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        json_array_append_new(list, json_stringn(at, word));
        at += word;
    }
    return list;
}

/* What makes sense with these `type`s only: with them it may be required, with another it must not be there.
 */
static json_t *condition(const leat_setting_table *table, const leat_section *section, const char *types)
{
    json_t *required = json_array();
    json_t *forbidden = json_object();
    for (size_t i = 0; i < table->count; i++) {
        const leat_setting *setting = &table->entries[i].setting;
        if (!wants(table, setting->path, section->path, types))
            continue;
        json_object_set_new(forbidden, leat_setting_key(setting->path), json_false());
        if (setting->required)
            json_array_append_new(required, json_string(leat_setting_key(setting->path)));
    }
    for (size_t i = 0; i < table->section_count; i++)
        if (wants(table, table->sections[i].path, section->path, types))
            json_object_set_new(forbidden, leat_setting_key(table->sections[i].path), json_false());
    return json_pack("{s:{s:{s:{s:o}}}, s:{s:o}, s:{s:o}}", "if", "properties", "type", "enum",
                     list_of_types(types), "then", "required", required, "else", "properties", forbidden);
}

/* Whether a setting before this one wants the same types, so that their condition is there already. */
static bool is_repeated(const leat_setting_table *table, size_t index, const leat_section *section)
{
    for (size_t i = 0; i < index; i++)
        if (wants(table, table->entries[i].setting.path, section->path, table->entries[index].only_for))
            return true;
    return false;
}

/* The conditions are on the `type` of a top-level section: its inner ones have none to ask. */
static void add_conditions(const leat_setting_table *table, const leat_section *section, json_t *schema)
{
    json_t *all = json_array();
    for (size_t i = 0; i < table->count; i++) {
        const leat_setting_entry *entry = &table->entries[i];
        if (leat_setting_is_member(entry->setting.path, section->path) && entry->only_for != NULL &&
            !is_repeated(table, i, section))
            json_array_append_new(all, condition(table, section, entry->only_for));
    }
    if (json_array_size(all) > 0 && leat_setting_is_member(section->path, ""))
        json_object_set(schema, "allOf", all);
    json_decref(all);
}

static bool section_is_required(const leat_setting_table *table, const leat_section *section)
{
    for (size_t i = 0; i < table->count; i++)
        if (leat_setting_is_member(table->entries[i].setting.path, section->path) &&
            table->entries[i].setting.required)
            return true;
    return false;
}

static json_t *section_schema(const leat_setting_table *table, const leat_section *section);

static void add_members(const leat_setting_table *table, const leat_section *section, json_t *properties,
                        json_t *required)
{
    for (size_t i = 0; i < table->count; i++) {
        const leat_setting *setting = &table->entries[i].setting;
        if (!leat_setting_is_member(setting->path, section->path))
            continue;
        const char *key = leat_setting_key(setting->path);
        json_object_set_new(properties, key, setting_schema(table, setting));
        if (setting->required && table->entries[i].only_for == NULL)
            json_array_append_new(required, json_string(key));
    }
    for (size_t i = 0; i < table->section_count; i++) {
        const leat_section *inner = &table->sections[i];
        if (!leat_setting_is_member(inner->path, section->path))
            continue;
        const char *key = leat_setting_key(inner->path);
        json_object_set_new(properties, key, section_schema(table, inner));
        if (section_is_required(table, inner) && !inner->optional)
            json_array_append_new(required, json_string(key));
    }
}

/* Recursion is bounded by the depth of the table. A section whose lines are all commented out is null. */
static json_t *section_schema(const leat_setting_table *table, const leat_section *section)
{
    json_t *properties = json_object();
    json_t *required = json_array();
    add_members(table, section, properties, required);
    json_t *type =
        section_is_required(table, section) ? json_string("object") : json_pack("[s, s]", "object", "null");
    json_t *schema = json_pack("{s:s, s:o, s:b, s:o, s:o}", "description", section->purpose, "type", type,
                               "additionalProperties", 0, "required", required, "properties", properties);
    add_conditions(table, section, schema);
    return schema;
}

void leat_config_write_json_schema(leat_buffer *out)
{
    leat_setting_table table;
    leat_setting_table_open(&table);
    json_t *schema = json_pack("{s:s, s:s}", "$schema", "https://json-schema.org/draft/2020-12/schema",
                               "title", "The config file of a leat pipeline");
    json_object_update_new(schema, section_schema(&table, &table.sections[0]));
    json_object_set_new(
        schema, "description",
        json_string("One pipeline: one source, one sink. docs/settings.md is the reference."));
    char *text = json_dumps(schema, JSON_INDENT(2));
    leat_buffer_printf(out, "%s\n", text);
    leat_release(text);
    json_decref(schema);
    leat_setting_table_close(&table);
}
