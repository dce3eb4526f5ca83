#include "config/bind.h"

#include <string.h>

#include "base/nearest.h"

typedef struct tree_walk {
    const leat_setting_table *table;
    leat_arena *arena;
    leat_binding *binding;
    leat_mistakes *mistakes;
} tree_walk;

bool leat_node_is_null(const leat_node *node)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    if (node->kind != LEAT_NODE_SCALAR || !node->plain)
        return false;
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        if (strcmp(node->text, nulls[i]) == 0)
            return true;
    return false;
}

/* Whether a key may be shown: a secret that slipped into a key's place looks like no name. */
static bool looks_like_a_name(const char *key)
{
    size_t length = strlen(key);
    return length > 0 && length <= 50 &&
           strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == length;
}

/* A setting of another section with exactly this key, as for `tables` outside `source`. */
static const char *find_elsewhere(const leat_setting_table *table, const char *key)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(leat_setting_key(table->entries[i].setting.path), key) == 0)
            return table->entries[i].setting.path;
    return NULL;
}

/* The member of the section that was probably meant, NULL when none is near. */
static const char *find_nearest(const tree_walk *walk, const char *section, const char *key)
{
    const leat_setting_table *table = walk->table;
    size_t most = table->count + table->section_count;
    const char **candidates = leat_arena_allocate_array(walk->arena, most, sizeof *candidates);
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        if (leat_setting_is_member(table->entries[i].setting.path, section))
            candidates[count++] = leat_setting_key(table->entries[i].setting.path);
    for (size_t i = 0; i < table->section_count; i++)
        if (leat_setting_is_member(table->sections[i].path, section))
            candidates[count++] = leat_setting_key(table->sections[i].path);
    return leat_nearest(key, candidates, count);
}

static void report_unknown(tree_walk *walk, const char *section, const leat_node *key)
{
    if (strcmp(key->text, "<<") == 0) {
        leat_mistakes_add(walk->mistakes, key->place,
                          "merge keys (`<<`) are not supported. Write the settings out here");
        return;
    }
    if (!looks_like_a_name(key->text)) {
        leat_mistakes_add(walk->mistakes, key->place,
                          "unknown key (not shown: it does not look like the name of a setting)");
        return;
    }
    const char *nearest = find_nearest(walk, section, key->text);
    const char *elsewhere = nearest == NULL ? find_elsewhere(walk->table, key->text) : NULL;
    if (nearest != NULL)
        leat_mistakes_add(walk->mistakes, key->place, "unknown key `%s`; did you mean `%s`?", key->text,
                          nearest);
    else if (elsewhere != NULL)
        leat_mistakes_add(walk->mistakes, key->place, "unknown key `%s` here; did you mean `%s`?", key->text,
                          elsewhere);
    else
        leat_mistakes_add(walk->mistakes, key->place,
                          "unknown key `%s`. docs/settings.md lists all there are", key->text);
}

static void report_repeated(tree_walk *walk, const char *path, leat_place first, const leat_node *key)
{
    leat_mistakes_add(walk->mistakes, key->place,
                      "`%s` stands here for the second time; the first is in line %zu. Take one of them out",
                      path, first.line);
}

static void bind_section(tree_walk *walk, size_t index, const leat_node *value);

static void bind_member(tree_walk *walk, const char *section, const leat_node *key, const leat_node *value)
{
    const char *path =
        section[0] == '\0' ? key->text : leat_arena_printf(walk->arena, "%s.%s", section, key->text);
    /* A dot inside a key would reach into another section: "sink.type" is no key. */
    bool member = leat_setting_is_member(path, section);
    size_t setting = member ? leat_setting_find(walk->table, path) : SIZE_MAX;
    size_t inner = member ? leat_section_find(walk->table, path) : SIZE_MAX;
    if (setting != SIZE_MAX) {
        const leat_node **slot = &walk->binding->nodes[setting];
        if (*slot != NULL)
            report_repeated(walk, path, (*slot)->place, key);
        else
            *slot = value;
    } else if (inner != SIZE_MAX) {
        leat_place *slot = &walk->binding->sections[inner];
        if (slot->line != 0) {
            report_repeated(walk, path, *slot, key);
        } else {
            *slot = key->place;
            bind_section(walk, inner, value);
        }
    } else {
        report_unknown(walk, section, key);
    }
}

/* Recursion is bounded by the table: a section is entered once, and holds only sections of longer paths. */
static void bind_section(tree_walk *walk, size_t index, const leat_node *value)
{
    const char *path = walk->table->sections[index].path;
    if (value->mistaken || leat_node_is_null(value))
        return; /* all of its lines may be commented out; what is missing is found later */
    if (value->kind != LEAT_NODE_MAPPING) {
        leat_mistakes_add(walk->mistakes, value->place, "%s%s%s must hold settings (`key: value`), not %s",
                          path[0] == '\0' ? "the file" : "`", path, path[0] == '\0' ? "" : "`",
                          value->kind == LEAT_NODE_LIST ? "a list" : "a single value");
        return;
    }
    for (const leat_node *key = value->first; key != NULL && key->next != NULL; key = key->next->next) {
        if (key->mistaken)
            continue;
        if (key->kind != LEAT_NODE_SCALAR)
            leat_mistakes_add(walk->mistakes, key->place, "a key must be a plain name");
        else
            bind_member(walk, path, key, key->next);
    }
}

leat_binding leat_bind(leat_arena *arena, const leat_setting_table *table, const leat_node *root,
                       leat_mistakes *mistakes)
{
    leat_binding binding = {
        .nodes = leat_arena_allocate_array(arena, table->count, sizeof *binding.nodes),
        .sections = leat_arena_allocate_array(arena, table->section_count, sizeof *binding.sections),
    };
    tree_walk walk = {.table = table, .arena = arena, .binding = &binding, .mistakes = mistakes};
    size_t whole = leat_section_find(table, "");
    binding.sections[whole] = (leat_place){.line = 1, .column = 1};
    bind_section(&walk, whole, root);
    return binding;
}
