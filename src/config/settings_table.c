/* The groups of settings of all kinds, put together. */
#include <string.h>

#include "config/settings.h"
#include "leat/source.h"
#include "sink/kind.h"

/* ---- The kinds: what the table wants to know of either ---- */

typedef struct kind_facts {
    const char *type;
    const char *summary;
    const leat_setting_group *group; /* NULL: none of its own */
} kind_facts;

static kind_facts source_facts(size_t index)
{
    const leat_source_kind *kind = leat_sources[index];
    return (kind_facts){.type = kind->type, .summary = kind->summary, .group = kind->settings};
}

static kind_facts sink_facts(size_t index)
{
    const leat_sink_kind *kind = leat_sinks[index];
    return (kind_facts){.type = kind->type, .summary = kind->summary, .group = kind->settings};
}

typedef struct kind_list {
    kind_facts (*at)(size_t index);
    size_t count;
} kind_list;

static kind_list source_list(void)
{
    return (kind_list){.at = source_facts, .count = leat_source_count};
}

static kind_list sink_list(void)
{
    return (kind_list){.at = sink_facts, .count = leat_sink_count};
}

/* The kinds that have this group: "mysql mariadb". */
static const char *types_of(kind_list kinds, const leat_setting_group *group, leat_arena *arena)
{
    const char *types = NULL;
    for (size_t i = 0; i < kinds.count; i++) {
        kind_facts kind = kinds.at(i);
        if (kind.group == group)
            types = types == NULL ? kind.type : leat_arena_printf(arena, "%s %s", types, kind.type);
    }
    return types;
}

/* ---- Adding groups ---- */

static void add_group(leat_setting_table *table, const leat_setting_group *group, const char *types)
{
    for (size_t i = 0; i < group->section_count; i++)
        table->sections[table->section_count++] = group->sections[i];
    for (size_t i = 0; i < group->setting_count; i++)
        table->entries[table->count++] = (leat_setting_entry){
            .setting = group->settings[i],
            .only_for = types,
            .group = table->group_count,
        };
    for (size_t i = 0; i < group->default_count; i++)
        table->defaults[table->default_count++] = (leat_special_default){
            .path = group->defaults[i].path,
            .types = types,
            .text = group->defaults[i].text,
        };
    table->groups[table->group_count++] = (leat_setting_table_group){.group = group, .only_for = types};
}

/* Families share a group: it is added with the first of them. */
static void add_groups_of(leat_setting_table *table, kind_list kinds)
{
    for (size_t i = 0; i < kinds.count; i++) {
        const leat_setting_group *group = kinds.at(i).group;
        if (group != NULL && leat_setting_group_find(table, group) == SIZE_MAX)
            add_group(table, group, types_of(kinds, group, &table->arena));
    }
}

/* ---- What comes of the kinds ---- */

static void set_types(leat_setting_table *table, const char *path, kind_list kinds)
{
    leat_choice *choices = leat_arena_allocate_array(&table->arena, kinds.count, sizeof *choices);
    for (size_t i = 0; i < kinds.count; i++) {
        kind_facts kind = kinds.at(i);
        choices[i] = (leat_choice){.name = kind.type, .meaning = kind.summary};
    }
    leat_setting *setting = &table->entries[leat_setting_find(table, path)].setting;
    setting->choices = choices;
    setting->choice_count = kinds.count;
}

/* Each form of urls once, whoever shares it. */
static void set_url(leat_setting_table *table)
{
    leat_setting *setting = &table->entries[leat_setting_find(table, "source.url")].setting;
    leat_buffer form = {0};
    leat_buffer words = {0};
    leat_buffer purpose = {0};
    for (size_t i = 0; i < leat_source_count; i++) {
        const leat_source_url *url = leat_sources[i]->url;
        if (i > 0 && url == leat_sources[i - 1]->url)
            continue;
        leat_buffer_printf(&form, "%s%s", i > 0 ? "|" : "", url->form);
        leat_buffer_printf(&words, "%s%s", i > 0 ? ", or " : "", url->words);
        leat_buffer_printf(&purpose, " %s", url->purpose);
    }
    setting->form = leat_arena_printf(&table->arena, "^(%s)$", leat_buffer_string(&form));
    setting->form_words = leat_arena_string(&table->arena, leat_buffer_string(&words));
    setting->purpose =
        leat_arena_printf(&table->arena, "%s%s", setting->purpose, leat_buffer_string(&purpose));
    leat_buffer_free(&form);
    leat_buffer_free(&words);
    leat_buffer_free(&purpose);
}

/* ---- Open and close ---- */

static void count_group(leat_setting_table *most, const leat_setting_group *group)
{
    if (group == NULL)
        return;
    most->count += group->setting_count;
    most->section_count += group->section_count;
    most->default_count += group->default_count;
    most->group_count++;
}

/* A group that is shared is counted more than once: the most there can be. */
static leat_setting_table count_most(void)
{
    leat_setting_table most = {0};
    for (size_t i = 0; i < LEAT_COMMON_GROUPS; i++)
        count_group(&most, &leat_common_groups[i]);
    for (size_t i = 0; i < leat_source_count; i++)
        count_group(&most, leat_sources[i]->settings);
    for (size_t i = 0; i < leat_sink_count; i++)
        count_group(&most, leat_sinks[i]->settings);
    return most;
}

void leat_setting_table_open(leat_setting_table *table)
{
    leat_setting_table most = count_most();
    *table = (leat_setting_table){0};
    leat_arena *arena = &table->arena;
    table->entries = leat_arena_allocate_array(arena, most.count, sizeof *table->entries);
    table->sections = leat_arena_allocate_array(arena, most.section_count, sizeof *table->sections);
    table->groups = leat_arena_allocate_array(arena, most.group_count, sizeof *table->groups);
    table->defaults = leat_arena_allocate_array(arena, most.default_count, sizeof *table->defaults);
    for (size_t i = 0; i < LEAT_COMMON_GROUPS; i++) {
        add_group(table, &leat_common_groups[i], NULL);
        if (i == LEAT_COMMON_SOURCE)
            add_groups_of(table, source_list());
        else if (i == LEAT_COMMON_SINK)
            add_groups_of(table, sink_list());
    }
    set_types(table, "source.type", source_list());
    set_types(table, "sink.type", sink_list());
    set_url(table);
}

void leat_setting_table_close(leat_setting_table *table)
{
    leat_arena_free(&table->arena);
    *table = (leat_setting_table){0};
}
