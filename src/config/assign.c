#include "config/assign.h"

#include <string.h>

#include "base/nearest.h"
#include "config/assignment.h"
#include "config/bind.h"
#include "config/values.h"

static bool refuse_choice(const leat_assignment *value)
{
    const leat_setting *setting = value->setting;
    leat_arena *arena = value->substitution->arena;
    const char **names = leat_arena_allocate_array(arena, setting->choice_count, sizeof *names);
    for (size_t i = 0; i < setting->choice_count; i++)
        names[i] = setting->choices[i].name;
    const char *nearest = value->hidden || setting->choice_count < 2
                              ? NULL
                              : leat_nearest(value->text, names, setting->choice_count);
    leat_buffer must_be = {0};
    leat_setting_describe_type(setting, &must_be);
    const char *hint = nearest == NULL ? NULL : leat_arena_printf(arena, "; did you mean `%s`?", nearest);
    leat_assignment_refuse(value, leat_buffer_string(&must_be), hint);
    leat_buffer_free(&must_be);
    return false;
}

static bool assign_choice(const leat_assignment *value)
{
    const leat_choice *choice = leat_assignment_find_choice(value->setting, value->text);
    if (choice == NULL)
        return refuse_choice(value);
    memcpy(leat_assignment_field(value), &choice->value, sizeof choice->value);
    return true;
}

static bool assign_boolean(const leat_assignment *value)
{
    bool yes = strcmp(value->text, "true") == 0;
    if (!yes && strcmp(value->text, "false") != 0)
        return leat_assignment_refuse(value, "`true` or `false`", NULL);
    memcpy(leat_assignment_field(value), &yes, sizeof yes);
    return true;
}

static void append_units(const leat_unit *units, size_t count, leat_buffer *out)
{
    for (size_t i = 0; i < count; i++)
        leat_buffer_printf(out, "%s%s", i > 0 ? ", " : "", units[i].name);
}

/* "a duration such as `60s` (a whole number and one of us, ms, s, m, h, d)" */
static bool refuse_number(const leat_assignment *value)
{
    leat_buffer must_be = {0};
    leat_buffer_append_string(&must_be, "a ");
    leat_setting_describe_type(value->setting, &must_be);
    if (value->setting->type != LEAT_SETTING_INTEGER) {
        leat_buffer_append_string(&must_be, " (a whole number and one of ");
        if (value->setting->type == LEAT_SETTING_SIZE)
            append_units(leat_size_units, leat_size_unit_count, &must_be);
        else
            append_units(leat_duration_units, leat_duration_unit_count, &must_be);
        leat_buffer_append_string(&must_be, ")");
    }
    leat_assignment_refuse(value, leat_buffer_string(&must_be), NULL);
    leat_buffer_free(&must_be);
    return false;
}

static bool refuse_range(const leat_assignment *value)
{
    leat_buffer must_be = {0};
    leat_setting_describe_range(value->setting, &must_be);
    leat_assignment_refuse(value, leat_buffer_string(&must_be), NULL);
    leat_buffer_free(&must_be);
    return false;
}

static bool assign_number(const leat_assignment *value)
{
    uint64_t number;
    bool understood = value->setting->type == LEAT_SETTING_SIZE ? leat_value_parse_size(value->text, &number)
                      : value->setting->type == LEAT_SETTING_DURATION
                          ? leat_value_parse_duration(value->text, &number)
                          : leat_value_parse_integer(value->text, &number);
    if (!understood)
        return refuse_number(value);
    if (number < value->setting->least || number > value->setting->most)
        return refuse_range(value);
    memcpy(leat_assignment_field(value), &number, sizeof number);
    return true;
}

static bool assign_text(const leat_assignment *value)
{
    if (value->setting->choice_count > 0 && leat_assignment_find_choice(value->setting, value->text) == NULL)
        return refuse_choice(value);
    regex_t compiled;
    const regex_t *form = leat_assignment_form(value->setting, &compiled);
    bool right = leat_assignment_check_text(value, form);
    if (form != NULL)
        regfree(&compiled);
    if (!right)
        return false;
    const char *text = value->setting->type == LEAT_SETTING_PATH
                           ? leat_path_from(&value->config->arena, value->substitution->folder, value->text)
                           : leat_arena_string(&value->config->arena, value->text);
    memcpy(leat_assignment_field(value), &text, sizeof text);
    return true;
}

static bool assign_one(const leat_assignment *value)
{
    switch (value->setting->type) {
    case LEAT_SETTING_TEXT:
    case LEAT_SETTING_PATH:
        return assign_text(value);
    case LEAT_SETTING_CHOICE:
        return assign_choice(value);
    case LEAT_SETTING_BOOLEAN:
        return assign_boolean(value);
    case LEAT_SETTING_INTEGER:
    case LEAT_SETTING_SIZE:
    case LEAT_SETTING_DURATION:
        return assign_number(value);
    case LEAT_SETTING_JOINED:
        return leat_assign_joined_text(value);
    case LEAT_SETTING_TEXT_LIST:
    case LEAT_SETTING_MAP:
        break;
    }
    return false;
}

static leat_assignment begin_assignment(const leat_filling *filling, const leat_setting_entry *entry)
{
    return (leat_assignment){.config = filling->config,
                             .setting = &entry->setting,
                             .filled = filling->filled[entry->group],
                             .substitution = filling->substitution,
                             .mistakes = filling->mistakes};
}

bool leat_assign(const leat_filling *filling, const leat_setting_entry *entry, const leat_node *node)
{
    if (node->mistaken)
        return false;
    leat_assignment value = begin_assignment(filling, entry);
    value.place = node->place;
    leat_setting_type type = entry->setting.type;
    if (type == LEAT_SETTING_TEXT_LIST)
        return leat_assign_list(&value, node);
    if (type == LEAT_SETTING_JOINED && node->kind == LEAT_NODE_LIST)
        return leat_assign_joined_list(&value, node);
    if (type == LEAT_SETTING_MAP)
        return leat_assign_map(&value, node);
    return leat_assignment_take_scalar(&value, node) && assign_one(&value);
}

/* The default with the `type` that the file names. */
static const char *default_for(const leat_filling *filling, const leat_setting *setting)
{
    const char *type = leat_assigned_type(filling, setting->path);
    const leat_special_default *special;
    for (size_t i = 0;
         type != NULL && (special = leat_setting_special(filling->table, setting->path, i)) != NULL; i++)
        if (leat_setting_is_for(special->types, type))
            return special->text;
    return setting->default_text;
}

/* The text with the pipeline's name in it; NULL when it needs a name that is not known. */
static const char *put_in_name(const leat_config *config, const char *text, leat_arena *arena)
{
    static const char mark[] = "NAME";
    const char *at = strstr(text, mark);
    if (at == NULL)
        return text;
    if (config->name == NULL)
        return NULL;
    return leat_arena_printf(arena, "%.*s%s%s", (int)(at - text), text, config->name, at + sizeof mark - 1);
}

bool leat_assign_default(const leat_filling *filling, const leat_setting_entry *entry)
{
    const char *standard = default_for(filling, &entry->setting);
    if (standard == NULL)
        return false;
    leat_assignment value = begin_assignment(filling, entry);
    value.text = put_in_name(filling->config, standard, filling->substitution->arena);
    return value.text != NULL && assign_one(&value);
}

const char *leat_assigned_type(const leat_filling *filling, const char *path)
{
    char of_type[64];
    size_t top = strcspn(path, ".");
    if (top + sizeof ".type" > sizeof of_type)
        return NULL;
    memcpy(of_type, path, top);
    memcpy(of_type + top, ".type", sizeof ".type");
    size_t index = leat_setting_find(filling->table, of_type);
    if (index == SIZE_MAX || !filling->right[index])
        return NULL;
    const leat_setting_entry *entry = &filling->table->entries[index];
    const char *type;
    memcpy(&type, (const unsigned char *)filling->filled[entry->group] + entry->setting.offset, sizeof type);
    return type;
}
