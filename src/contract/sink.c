#include "leat/sink.h"

#include "base/list.h"
#include "base/memory.h"

static leat_status refuse_broken(const leat_sink *sink, leat_error *error)
{
    return leat_error_set(error, LEAT_FAILED,
                          "the %s sink failed before and must be opened again to find out where it stands",
                          sink->ops->type);
}

static leat_status break_unless_ok(leat_sink *sink, leat_status status)
{
    sink->broken = sink->broken || status != LEAT_OK;
    return status;
}

leat_status leat_sink_recover(leat_sink *sink, leat_position *position, leat_error *error)
{
    if (sink->broken)
        return refuse_broken(sink, error);
    return break_unless_ok(sink, sink->ops->recover(sink, position, error));
}

/* ---- Tables ---- */

static leat_sink_table *make_table(const leat_sink *sink, const leat_table_version *version)
{
    leat_arena scratch = {0};
    leat_sink_table *table = leat_allocate(sink->ops->table_size);
    table->version = version;
    table->name = leat_duplicate_string(leat_table_full_name(version->table, &scratch));
    leat_arena_free(&scratch);
    return table;
}

static void free_table(const leat_sink *sink, leat_sink_table *table)
{
    if (sink->ops->close_table != NULL)
        sink->ops->close_table(table);
    leat_release(table->name);
    leat_release(table);
}

static void keep_table(leat_sink *sink, leat_sink_table *table)
{
    sink->tables =
        leat_list_room(sink->tables, sink->table_count, &sink->table_capacity, sizeof *sink->tables);
    sink->tables[sink->table_count++] = table;
}

leat_status leat_sink_open_table(leat_sink *sink, const leat_table_version *version, leat_sink_table **table,
                                 leat_error *error)
{
    if (sink->broken)
        return refuse_broken(sink, error);
    leat_sink_table *made = make_table(sink, version);
    leat_status status = sink->ops->open_table(sink, made, error);
    if (status != LEAT_OK) {
        free_table(sink, made);
        return break_unless_ok(sink, status);
    }
    keep_table(sink, made);
    *table = made;
    return LEAT_OK;
}

/* ---- Records ---- */

static void count(leat_sink *sink, const leat_record *record)
{
    leat_sink_table *table = record->table;
    if (table->records == 0) {
        table->noted = sink->noted;
        sink->noted = table;
    }
    table->records++;
    table->snapshot_records += record->snapshot;
    if (record->commit_time > table->last_change)
        table->last_change = record->commit_time;
    sink->counters.records++;
    sink->counters.bytes += record->value.length;
    sink->records_since_commit++;
}

leat_status leat_sink_append(leat_sink *sink, const leat_record *record, bool *full, leat_error *error)
{
    if (__builtin_expect(sink->broken, 0))
        return refuse_broken(sink, error);
    leat_status status = sink->ops->append(sink, record, full, error);
    if (__builtin_expect(status != LEAT_OK, 0))
        return break_unless_ok(sink, status);
    count(sink, record);
    return LEAT_OK;
}

static void forget_counts(leat_sink *sink)
{
    for (leat_sink_table *table = sink->noted; table != NULL; table = table->noted)
        table->records = table->snapshot_records = 0;
    sink->noted = NULL;
    sink->records_since_commit = 0;
}

leat_status leat_sink_commit(leat_sink *sink, const leat_position *position, leat_error *error)
{
    if (sink->broken)
        return refuse_broken(sink, error);
    leat_status status = sink->ops->commit(sink, position, error);
    if (status == LEAT_OK)
        forget_counts(sink);
    return break_unless_ok(sink, status);
}

leat_status leat_sink_boundary(leat_sink *sink, const leat_boundary *boundary, leat_error *error)
{
    if (sink->broken)
        return refuse_broken(sink, error);
    if (!sink->traits.wants_boundaries)
        return LEAT_OK;
    return break_unless_ok(sink, sink->ops->boundary(sink, boundary, error));
}

bool leat_sink_announces(const leat_sink *sink)
{
    return sink->ops->announce != NULL;
}

leat_status leat_sink_announce(leat_sink *sink, const leat_announcement *announcement, leat_error *error)
{
    if (sink->broken)
        return refuse_broken(sink, error);
    if (!leat_sink_announces(sink))
        return LEAT_OK;
    return break_unless_ok(sink, sink->ops->announce(sink, announcement, error));
}

/* ---- Time, and the end ---- */

bool leat_sink_due(leat_sink *sink, int64_t now)
{
    return sink->ops->due != NULL && sink->ops->due(sink, now);
}

void leat_sink_finish(leat_sink *sink)
{
    if (sink->ops->finish != NULL)
        sink->ops->finish(sink);
}

void leat_sink_close(leat_sink *sink)
{
    if (sink == NULL)
        return;
    for (size_t i = 0; i < sink->table_count; i++)
        free_table(sink, sink->tables[i]);
    leat_release(sink->tables);
    sink->ops->close(sink);
}
