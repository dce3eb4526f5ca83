#include "demo/summary.h"

#include <inttypes.h>
#include <sys/stat.h>

#include "avro/container.h"
#include "reader/event_files.h"
#include "state/state.h"
#include "terminal/human.h"
#include "terminal/layout.h"

/* What stands in the output folder, counted there. */
typedef struct found_files {
    size_t files;
    uint64_t bytes;
    uint64_t records;
} found_files;

static const leat_layout_column table_columns[] = {
    {.heading = "table"},
    {.heading = "existing rows", .right = true},
    {.heading = "changes", .right = true},
    {.heading = "versions", .right = true},
};

static leat_status count_file(const char *path, found_files *found, leat_error *error)
{
    struct stat file;
    uint64_t length;
    uint64_t records;
    leat_status status = leat_container_scan(path, &length, &records, error);
    if (status != LEAT_OK)
        return status;
    if (stat(path, &file) != 0 || (uint64_t)file.st_size != length)
        return leat_error_set(error, LEAT_FAILED, "%s is torn", path);
    found->files++;
    found->bytes += length;
    found->records += records;
    return LEAT_OK;
}

static leat_status count_files(const char *folder, found_files *found, leat_error *error)
{
    leat_event_files files = {0};
    leat_status status = leat_event_files_add(&files, folder, error);
    for (size_t i = 0; status == LEAT_OK && i < files.count; i++)
        status = count_file(files.paths[i], found, error);
    leat_event_files_free(&files);
    return status;
}

static leat_status put_tables(const leat_config *config, leat_buffer *out, leat_error *error)
{
    leat_arena arena = {0};
    leat_state *state;
    leat_state_table *tables;
    size_t count;
    leat_status status = leat_state_open(config->state, config->name, true, &state, error);
    if (status != LEAT_OK)
        return status;
    status = leat_state_table_list(state, &arena, &tables, &count, error);
    leat_layout layout = {.columns = table_columns,
                          .column_count = sizeof table_columns / sizeof table_columns[0]};
    for (size_t i = 0; status == LEAT_OK && i < count; i++) {
        char text[LEAT_HUMAN_SIZE];
        leat_layout_add(&layout, "%s", tables[i].name);
        leat_layout_add(&layout, "%s", leat_human_count(tables[i].snapshot_records, text));
        leat_layout_add(&layout, "%s",
                        leat_human_count(tables[i].records - tables[i].snapshot_records, text));
        leat_layout_add(&layout, "%u", tables[i].version);
    }
    leat_layout_render(&layout, 2, out);
    leat_layout_free(&layout);
    leat_arena_free(&arena);
    leat_state_close(state);
    return status;
}

static void put_lag(const leat_demo_outcome *outcome, leat_buffer *out)
{
    char typical[LEAT_HUMAN_SIZE];
    char longest[LEAT_HUMAN_SIZE];
    if (outcome->typical_lag >= 0)
        leat_buffer_printf(out, "  Lag from commit to leat: half of them within %s, the slowest %s.\n",
                           leat_human_duration(outcome->typical_lag, typical),
                           leat_human_duration(outcome->longest_lag, longest));
}

/* Where the demo's files are. */
static const char *lake_of(const leat_config *config)
{
    const leat_sink_config sink = leat_config_sink(config);
    return sink.kind->address(&sink);
}

static void put_files(const leat_config *config, const found_files *found, leat_buffer *out)
{
    char records[LEAT_HUMAN_SIZE];
    char size[LEAT_HUMAN_SIZE];
    leat_buffer_printf(out, "  %zu Avro files with %s records (%s) in %s\n", found->files,
                       leat_human_count(found->records, records), leat_human_size(found->bytes, size),
                       lake_of(config));
}

static void put_commands(const leat_demo_outcome *outcome, const leat_config *config, leat_buffer *out)
{
    leat_buffer_printf(out, "\nLook at them:\n  %s cat %s/%s.orders --limit 3\n", outcome->program,
                       lake_of(config), outcome->schema);
    leat_buffer_printf(out, "  %s cat %s/%s.orders/v=2 --limit 3\n", outcome->program, lake_of(config),
                       outcome->schema);
    leat_buffer_printf(out, "  %s status %s\n", outcome->program, config->file);
    if (outcome->server != NULL)
        leat_buffer_printf(out, "\nThe database is stopped and kept. This starts it again:\n  %s\n",
                           outcome->server);
    leat_buffer_printf(out, "\nEverything is in %s; remove that when you are done.\n", outcome->folder);
}

static leat_status compare_counts(const leat_demo_outcome *outcome, const found_files *found,
                                  leat_error *error)
{
    uint64_t made = outcome->existing_made + outcome->changes_made;
    if (found->records == made)
        return LEAT_OK;
    return leat_error_set(error, LEAT_FAILED,
                          "the database had %" PRIu64 " rows and changes, but the files hold %" PRIu64
                          " records: this is a fault of leat",
                          made, found->records);
}

static void put_verdict(const leat_demo_outcome *outcome, leat_buffer *out)
{
    char existing[LEAT_HUMAN_SIZE];
    char changes[LEAT_HUMAN_SIZE];
    leat_buffer_printf(out, "\n  Each of the %s rows and %s changes of the database is in the files, once.\n",
                       leat_human_count(outcome->existing_made, existing),
                       leat_human_count(outcome->changes_made, changes));
}

leat_status leat_demo_summarise(const leat_demo_outcome *outcome, const leat_config *config, leat_buffer *out,
                                leat_error *error)
{
    found_files found = {0};
    leat_status status = put_tables(config, out, error);
    if (status == LEAT_OK)
        status = count_files(lake_of(config), &found, error);
    leat_status verdict = status == LEAT_OK ? compare_counts(outcome, &found, error) : status;
    if (verdict == LEAT_OK)
        put_verdict(outcome, out);
    put_files(config, &found, out);
    put_lag(outcome, out);
    put_commands(outcome, config, out);
    return verdict;
}
