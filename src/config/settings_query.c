#include "config/settings.h"

#include <inttypes.h>
#include <string.h>

#include "config/values.h"

const char *leat_setting_key(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL ? dot + 1 : path;
}

bool leat_setting_is_member(const char *path, const char *section)
{
    size_t length = strlen(section);
    if (length == 0)
        return *path != '\0' && strchr(path, '.') == NULL;
    return strncmp(path, section, length) == 0 && path[length] == '.' &&
           strchr(path + length + 1, '.') == NULL;
}

size_t leat_setting_find(const leat_setting_table *table, const char *path)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->entries[i].setting.path, path) == 0)
            return i;
    return SIZE_MAX;
}

size_t leat_section_find(const leat_setting_table *table, const char *path)
{
    for (size_t i = 0; i < table->section_count; i++)
        if (strcmp(table->sections[i].path, path) == 0)
            return i;
    return SIZE_MAX;
}

size_t leat_setting_section(const leat_setting_table *table, const char *path)
{
    size_t index = 0;
    while (!leat_setting_is_member(path, table->sections[index].path))
        index++;
    return index;
}

size_t leat_setting_group_find(const leat_setting_table *table, const leat_setting_group *group)
{
    for (size_t i = 0; i < table->group_count; i++)
        if (table->groups[i].group == group)
            return i;
    return SIZE_MAX;
}

const leat_special_default *leat_setting_special(const leat_setting_table *table, const char *path,
                                                 size_t index)
{
    for (size_t i = 0; i < table->default_count; i++)
        if (strcmp(table->defaults[i].path, path) == 0 && index-- == 0)
            return &table->defaults[i];
    return NULL;
}

bool leat_setting_is_for(const char *types, const char *type)
{
    size_t length = strlen(type);
    for (const char *at = types; *at != '\0'; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, type, length) == 0)
            return true;
        at += word;
    }
    return false;
}

void leat_setting_append_types(leat_buffer *out, const char *types)
{
    for (const char *at = types; *at != '\0'; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        leat_buffer_printf(out, "%s`type: %.*s`", at == types ? "" : " or ", (int)word, at);
        at += word;
    }
}

static void describe_choices(const leat_setting *setting, leat_buffer *out)
{
    if (setting->choice_count > 1)
        leat_buffer_append_string(out, "one of ");
    for (size_t i = 0; i < setting->choice_count; i++)
        leat_buffer_printf(out, "%s`%s`", i > 0 ? ", " : "", setting->choices[i].name);
}

void leat_setting_describe_type(const leat_setting *setting, leat_buffer *out)
{
    static const char *const words[] = {
        [LEAT_SETTING_TEXT] = "text",
        [LEAT_SETTING_PATH] =
            "path of a file or folder; a relative one is taken from the config file's folder",
        [LEAT_SETTING_CHOICE] = "",
        [LEAT_SETTING_BOOLEAN] = "`true` or `false`",
        [LEAT_SETTING_INTEGER] = "whole number",
        [LEAT_SETTING_SIZE] = "size such as `256MiB`",
        [LEAT_SETTING_DURATION] = "duration such as `60s`",
        [LEAT_SETTING_TEXT_LIST] = "list of texts",
        [LEAT_SETTING_JOINED] = "list of texts, or one text with commas between them",
        [LEAT_SETTING_MAP] = "group of `name: value`",
    };
    if (setting->choice_count > 0)
        describe_choices(setting, out);
    else
        leat_buffer_append_string(out, words[setting->type]);
}

static void format_limit(const leat_setting *setting, uint64_t limit, leat_buffer *out)
{
    if (setting->type == LEAT_SETTING_SIZE)
        leat_value_format_size(out, limit);
    else if (setting->type == LEAT_SETTING_DURATION)
        leat_value_format_duration(out, limit);
    else
        leat_buffer_printf(out, "%" PRIu64, limit);
}

void leat_setting_describe_range(const leat_setting *setting, leat_buffer *out)
{
    leat_buffer_append_string(out, "from ");
    format_limit(setting, setting->least, out);
    leat_buffer_append_string(out, " to ");
    format_limit(setting, setting->most, out);
}
