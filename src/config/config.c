#include "config/config.h"

#include <string.h>

#include "config/assign.h"
#include "config/bind.h"
#include "config/check.h"
#include "config/document.h"
#include "config/mistakes.h"
#include "config/read_file.h"
#include "config/settings.h"

enum { MOST_FILE_BYTES = 1048576 };

/* The folder a file is in; "" for the present one. */
static const char *folder_of(leat_arena *arena, const char *file)
{
    const char *slash = strrchr(file, '/');
    if (slash == NULL)
        return "";
    size_t length = slash == file ? 1 : (size_t)(slash - file);
    return leat_arena_slice_string(arena, leat_slice_of(file, length));
}

/* The structs that the groups' settings fill: the config itself, and one for each group of a kind. */
static void **make_structs(leat_config *config, const leat_setting_table *table)
{
    void **filled = leat_arena_allocate_array(&config->arena, table->group_count, sizeof *filled);
    for (size_t i = 0; i < table->group_count; i++)
        filled[i] = table->groups[i].only_for == NULL
                        ? config
                        : leat_arena_allocate(&config->arena, table->groups[i].group->size);
    return filled;
}

/* Fills every field from the file or from its default; the name stands first in the table, because other
 * defaults are made from it. */
static void fill(const leat_filling *filling, const leat_binding *binding)
{
    for (size_t i = 0; i < filling->table->count; i++) {
        const leat_setting_entry *entry = &filling->table->entries[i];
        const leat_node *node = binding->nodes[i];
        filling->right[i] =
            node != NULL ? leat_assign(filling, entry, node) : leat_assign_default(filling, entry);
    }
}

static const void *filled_of(const leat_filling *filling, const leat_setting_group *group)
{
    return group == NULL ? NULL : filling->filled[leat_setting_group_find(filling->table, group)];
}

/* The kinds that the file names, each with what it alone has. */
static void find_kinds(const leat_filling *filling)
{
    leat_config *config = filling->config;
    if (config->source.type != NULL) {
        config->source.kind = leat_source_kind_find(config->source.type);
        config->source.settings = filled_of(filling, config->source.kind->settings);
    }
    if (config->sink.type != NULL) {
        config->sink.kind = leat_sink_kind_find(config->sink.type);
        config->sink.settings = filled_of(filling, config->sink.kind->settings);
    }
}

static void read_tree(const leat_node *root, leat_arena *scratch, leat_config *config,
                      leat_mistakes *mistakes)
{
    leat_setting_table table;
    leat_setting_table_open(&table);
    leat_substitution substitution = {.arena = scratch, .folder = folder_of(scratch, config->file)};
    const leat_filling filling = {
        .config = config,
        .table = &table,
        .filled = make_structs(config, &table),
        .right = leat_arena_allocate_array(scratch, table.count, sizeof *filling.right),
        .substitution = &substitution,
        .mistakes = mistakes,
    };
    leat_binding binding = leat_bind(scratch, &table, root, mistakes);
    fill(&filling, &binding);
    find_kinds(&filling);
    leat_check(&filling, &binding);
    leat_setting_table_close(&table);
}

static void read_text(leat_slice text, leat_config *config, leat_mistakes *mistakes)
{
    leat_arena scratch = {0};
    const leat_node *root = leat_document_read(&scratch, text, mistakes);
    if (root != NULL)
        read_tree(root, &scratch, config, mistakes);
    leat_arena_free(&scratch);
}

leat_sink_config leat_config_sink(const leat_config *config)
{
    return (leat_sink_config){
        .kind = config->sink.kind,
        .settings = config->sink.settings,
        .pipeline = config->name,
        .prefix = config->sink.prefix,
        .envelope = config->sink.envelope,
    };
}

leat_status leat_config_parse(const char *text, size_t length, const char *name, leat_config *config,
                              leat_buffer *problems, leat_error *error)
{
    *config = (leat_config){0};
    config->file = leat_arena_string(&config->arena, name);
    leat_mistakes mistakes = {0};
    if (length > MOST_FILE_BYTES)
        leat_mistakes_add(&mistakes, (leat_place){0}, "it is larger than the %d bytes of a config file",
                          MOST_FILE_BYTES);
    else
        read_text(leat_slice_of(text, length), config, &mistakes);
    leat_mistakes_render(&mistakes, name, problems);
    size_t count = mistakes.count;
    leat_mistakes_free(&mistakes);
    if (count == 0) {
        config->folder = leat_arena_printf(&config->arena, "%s.held", config->state);
        return LEAT_OK;
    }
    leat_status status =
        leat_error_fail(error, LEAT_USAGE, "docs/settings.md describes every setting",
                        "the config file %s has %zu mistake%s", name, count, count == 1 ? "" : "s");
    leat_error_set_code(error, "%s", LEAT_CONFIG_MISTAKES);
    return status;
}

leat_status leat_config_load(const char *path, leat_config *config, leat_buffer *problems, leat_error *error)
{
    *config = (leat_config){0};
    leat_buffer text = {0};
    leat_error reading;
    leat_status status = leat_read_file(path, MOST_FILE_BYTES, &text, &reading);
    if (status == LEAT_OK) {
        status = leat_config_parse((const char *)text.data, text.length, path, config, problems, error);
    } else {
        leat_buffer_printf(problems, "%s\n", reading.message);
        leat_error_set(error, status, "the config file cannot be used: %s", reading.message);
    }
    leat_buffer_free(&text);
    return status;
}

void leat_config_free(leat_config *config)
{
    leat_arena_free(&config->arena);
    *config = (leat_config){0};
}
