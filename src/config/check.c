#include "config/check.h"

#include <regex.h>
#include <stdarg.h>
#include <string.h>

#include "config/settings.h"

typedef struct whole_check {
    const leat_filling *filling;
    const leat_binding *binding;
    leat_mistakes *mistakes;
} whole_check;

/* ---- What is missing, and what makes no sense with the `type` ---- */

/* Where what is missing should have been: the innermost section that is in the file. */
static leat_place place_of_missing(const whole_check *checking, const leat_setting *setting)
{
    const leat_setting_table *table = checking->filling->table;
    leat_place place = {.line = 1, .column = 1};
    for (size_t i = 0; i < table->section_count; i++)
        if (leat_setting_is_member(setting->path, table->sections[i].path) &&
            checking->binding->sections[i].line != 0)
            place = checking->binding->sections[i];
    return place;
}

static void refuse_for_type(const whole_check *checking, const leat_setting_entry *entry, leat_place place,
                            const char *type)
{
    leat_buffer types = {0};
    leat_setting_append_types(&types, entry->only_for);
    leat_mistakes_add(checking->mistakes, place,
                      "`%s` makes no sense with `type: %s`, only with %s. Take it out", entry->setting.path,
                      type, leat_buffer_string(&types));
    leat_buffer_free(&types);
}

/* Whether the setting has to be there, where it applies. */
static bool is_wanted(const whole_check *checking, const leat_setting *setting)
{
    const leat_setting_table *table = checking->filling->table;
    size_t section = leat_setting_section(table, setting->path);
    bool left_out = table->sections[section].optional && checking->binding->sections[section].line == 0;
    return setting->required && !left_out;
}

static void check_presence(const whole_check *checking, size_t index)
{
    const leat_setting_entry *entry = &checking->filling->table->entries[index];
    const leat_setting *setting = &entry->setting;
    const leat_node *node = checking->binding->nodes[index];
    const char *type = entry->only_for == NULL ? NULL : leat_assigned_type(checking->filling, setting->path);
    bool applies = entry->only_for == NULL || (type != NULL && leat_setting_is_for(entry->only_for, type));
    if (node == NULL && applies && is_wanted(checking, setting))
        leat_mistakes_add(checking->mistakes, place_of_missing(checking, setting),
                          "`%s` is missing. For example `%s: %s`", setting->path,
                          leat_setting_key(setting->path), setting->example);
    if (node != NULL && type != NULL && !applies)
        refuse_for_type(checking, entry, node->place, type);
}

/* ---- What does not go together ---- */

static bool is_right(void *context, const char *path)
{
    const whole_check *checking = context;
    return checking->filling->right[leat_setting_find(checking->filling->table, path)];
}

static const leat_node *node_of(const whole_check *checking, const char *path)
{
    return checking->binding->nodes[leat_setting_find(checking->filling->table, path)];
}

static bool is_given(void *context, const char *path)
{
    return node_of(context, path) != NULL;
}

static void refuse(void *context, const char *first, const char *second, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void refuse(void *context, const char *first, const char *second, const char *format, ...)
{
    const whole_check *checking = context;
    const leat_node *node = node_of(checking, first);
    if (node == NULL)
        node = node_of(checking, second);
    leat_buffer sentence = {0};
    va_list arguments;
    va_start(arguments, format);
    leat_buffer_vprintf(&sentence, format, arguments);
    va_end(arguments);
    leat_mistakes_add(checking->mistakes, node != NULL ? node->place : (leat_place){0}, "%s",
                      leat_buffer_string(&sentence));
    leat_buffer_free(&sentence);
}

/* Another kind's url is most often a `type` that was forgotten when a config was copied. */
static void check_url(whole_check *checking)
{
    const leat_config *config = checking->filling->config;
    if (!is_right(checking, "source.type") || !is_right(checking, "source.url"))
        return;
    const leat_source_url *url = leat_source_kind_find(config->source.type)->url;
    leat_buffer form = {0};
    leat_buffer_printf(&form, "^(%s)$", url->form);
    regex_t compiled;
    bool fits = regcomp(&compiled, leat_buffer_string(&form), REG_EXTENDED | REG_NOSUB) != 0;
    if (!fits) {
        fits = regexec(&compiled, config->source.url, 0, NULL, 0) == 0;
        regfree(&compiled);
    }
    leat_buffer_free(&form);
    if (!fits)
        refuse(checking, "source.url", "source.type",
               "`source.url` is none for `type: %s`, whose urls begin with %s", config->source.type,
               url->begin);
}

static void check_delays(whole_check *checking)
{
    const leat_config *config = checking->filling->config;
    if (is_right(checking, "retry.first_delay") && is_right(checking, "retry.longest_delay") &&
        config->retry.first_delay > config->retry.longest_delay)
        refuse(checking, "retry.first_delay", "retry.longest_delay",
               "`retry.first_delay` must not be longer than `retry.longest_delay`");
}

/* Groups of kinds that the file does not name hold nothing but defaults; what stands in the file all the same is
 * refused for its `type`. */
static void review_groups(whole_check *checking)
{
    const leat_setting_review review = {
        .context = checking, .is_given = is_given, .is_right = is_right, .refuse = refuse};
    const leat_setting_table *table = checking->filling->table;
    for (size_t i = 0; i < table->group_count; i++)
        if (table->groups[i].group->review != NULL)
            table->groups[i].group->review(checking->filling->filled[i], &review);
}

void leat_check(const leat_filling *filling, const leat_binding *binding)
{
    whole_check checking = {.filling = filling, .binding = binding, .mistakes = filling->mistakes};
    for (size_t i = 0; i < filling->table->count; i++)
        check_presence(&checking, i);
    check_url(&checking);
    check_delays(&checking);
    review_groups(&checking);
}
