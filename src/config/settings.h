/* All settings there are: those that every pipeline has and those of all kinds of sources and sinks, in one table,
 * which drives parsing, checking, defaults, the reference and the JSON schema. */
#ifndef LEAT_CONFIG_SETTINGS_H
#define LEAT_CONFIG_SETTINGS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "leat/setting.h"

/* What every pipeline has; these fill fields of leat_config itself. Those of the kinds stand behind the source's
 * and the sink's. */
enum {
    LEAT_COMMON_PIPELINE,
    LEAT_COMMON_SOURCE,
    LEAT_COMMON_SINK,
    LEAT_COMMON_RUNNING,
    LEAT_COMMON_GROUPS,
};
extern const leat_setting_group leat_common_groups[LEAT_COMMON_GROUPS];

/* A setting among all of them. */
typedef struct leat_setting_entry {
    leat_setting
        setting; /* as its group says, and what comes of the kinds: the words of a `type`, the forms of urls */
    const char
        *only_for; /* makes sense only with these `type`s, with a blank between them, in the same top-level
                             section; NULL: always */
    size_t group;  /* in the table */
} leat_setting_entry;

/* What a setting has in place of its default with some `type`s. */
typedef struct leat_special_default {
    const char *path;
    const char *types; /* as in only_for */
    const char *text;
} leat_special_default;

typedef struct leat_setting_table_group {
    const leat_setting_group *group;
    const char *only_for; /* as of its settings; NULL: it is one of leat_common_groups */
} leat_setting_table_group;

/* In the order of the reference: a section stands before those inside it, a `type` before what depends on it. */
typedef struct leat_setting_table {
    leat_arena arena;
    leat_setting_entry *entries;
    size_t count;
    leat_section *sections;
    size_t section_count;
    leat_setting_table_group *groups;
    size_t group_count;
    leat_special_default *defaults;
    size_t default_count;
} leat_setting_table;

/* Made anew where it is wanted; leat_setting_table_close frees it. */
void leat_setting_table_open(leat_setting_table *table);
void leat_setting_table_close(leat_setting_table *table);

/* Index of the setting or section of this path, or SIZE_MAX. */
size_t leat_setting_find(const leat_setting_table *table, const char *path);
size_t leat_section_find(const leat_setting_table *table, const char *path);

/* Index of the section that this setting is a member of. */
size_t leat_setting_section(const leat_setting_table *table, const char *path);

/* Index of the group, or SIZE_MAX. */
size_t leat_setting_group_find(const leat_setting_table *table, const leat_setting_group *group);

/* The special default number `index` of this setting, in the table's order; NULL behind the last. */
const leat_special_default *leat_setting_special(const leat_setting_table *table, const char *path,
                                                 size_t index);

/* Whether `type` is one of `types`, which is as in only_for. */
bool leat_setting_is_for(const char *types, const char *type);

/* "`type: mysql` or `type: mariadb`", of `types` as in only_for. */
void leat_setting_append_types(leat_buffer *out, const char *types);

/* A whole config file, for the reference. */
extern const char leat_settings_example[];

/* What is behind the last dot of a path. */
const char *leat_setting_key(const char *path);

/* Whether `path` is a direct member of the section: "sink.roll" and "sink.path" of "sink". */
bool leat_setting_is_member(const char *path, const char *section);

/* Appends what kind of value it takes: "a size such as 256MiB", "`true` or `false`". */
void leat_setting_describe_type(const leat_setting *setting, leat_buffer *out);

/* Appends the range "from 1s to 10m" of a number, size or duration. */
void leat_setting_describe_range(const leat_setting *setting, leat_buffer *out);

#endif
