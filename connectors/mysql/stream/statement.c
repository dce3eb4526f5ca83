/* Statements in the log: what ends transactions, changes definitions, empties tables, or must stop us. */
#include "mysql/catalog/catalog.h"
#include "mysql/stream/stream_internal.h"

/* ---- Rows that no event tells of ---- */

static bool is_captured(const leat_mysql_stream *stream, const leat_mysql_table_name *table)
{
    return leat_mysql_catalog_selects(stream->options.source, table->database, table->name);
}

/* What a statement does to other tables is nothing to us, but for what triggers and cascades may do behind
 * it, which nobody can tell: that is said, and does not stop the stream. */
static leat_status judge_dml(const leat_mysql_stream *stream, const leat_mysql_statement *statement,
                             leat_error *error)
{
    for (size_t i = 0; i < statement->table_count; i++)
        if (is_captured(stream, &statement->tables[i]))
            return leat_mysql_refuse_unlogged_rows(stream, &statement->tables[i], error);
    if (statement->table_count == 0)
        return statement->tables_complete ? LEAT_OK : leat_mysql_refuse_unlogged_rows(stream, NULL, error);
    if (!statement->tables_complete)
        leat_log_write(
            stream->options.source->log, LEAT_LOG_WARNING,
            "transaction %s changed rows of %s.%s by a statement that is not in row format: if triggers or "
            "foreign keys made it change captured tables too, there are no events for that",
            (const char *)stream->current.name.data, statement->tables[0].database,
            statement->tables[0].name);
    return LEAT_OK;
}

/* ---- Definitions ---- */

/* The log's place behind the transaction at hand, from which on its DDL holds. In stream->arena. */
static const char *position_behind(leat_mysql_stream *stream)
{
    leat_buffer text = {0};
    leat_mysql_place_format_behind(&stream->place, &stream->current.gtid,
                                   stream->event_offset + stream->at.length, &text);
    const char *kept = leat_arena_string(&stream->arena, leat_buffer_string(&text));
    leat_buffer_free(&text);
    return kept;
}

static bool changes_definitions(const leat_mysql_statement *statement)
{
    for (size_t i = 0; i < statement->effect_count; i++)
        if (statement->effects[i].kind != LEAT_MYSQL_EFFECT_TRUNCATE)
            return true;
    return statement->kind == LEAT_MYSQL_UNREADABLE || statement->kind == LEAT_MYSQL_DATABASE;
}

static leat_status apply_statement(leat_mysql_stream *stream, const leat_binlog_query *query,
                                   const leat_mysql_statement *statement, leat_error *error)
{
    if (!changes_definitions(statement))
        return LEAT_OK;
    const leat_mysql_collation *collation =
        leat_mysql_collation_by_id(stream->options.collations, query->server_collation);
    leat_mysql_maps_forget(stream->maps);
    return leat_mysql_tracker_apply(stream->options.tracker, statement,
                                    collation == NULL ? NULL : collation->name, position_behind(stream),
                                    error);
}

/* Rows that went with their partition or tablespace, or changed places with another table's, are in no
 * event. */
static void tell_of_partitions(const leat_mysql_stream *stream, const leat_mysql_statement *statement)
{
    for (size_t i = 0; i < statement->effect_count; i++) {
        const leat_mysql_effect *effect = &statement->effects[i];
        if (effect->kind != LEAT_MYSQL_EFFECT_TRUNCATE_PARTITION || !is_captured(stream, &effect->table))
            continue;
        leat_log_write(stream->options.source->log, LEAT_LOG_WARNING,
                       "transaction %s dropped, emptied or exchanged a partition of %s.%s, or its "
                       "tablespace: the log does "
                       "not say which rows went or came, so there are no events for them",
                       (const char *)stream->current.name.data, effect->table.database, effect->table.name);
    }
}

/* A truncated table is announced like one with rows. What is not known of it the catalog may. */
static leat_status give_truncate(leat_mysql_stream *stream, const leat_mysql_statement *statement,
                                 leat_error *error)
{
    const leat_mysql_effect *effect = statement->effects;
    if (effect->temporary || !is_captured(stream, &effect->table))
        return LEAT_OK;
    const leat_mysql_definition *definition;
    leat_status status =
        leat_mysql_tracker_current(stream->options.tracker, effect->table.database, effect->table.name,
                                   leat_mysql_place_position_text(&stream->place), &definition, error);
    if (status != LEAT_OK || definition == NULL)
        return status;
    leat_mysql_known_table *table =
        leat_mysql_maps_table(stream->maps, effect->table.database, effect->table.name);
    leat_mysql_known_table_define(table, definition, stream->options.collations);
    leat_mysql_rows_begin_truncate(stream, table);
    return LEAT_OK;
}

static leat_status change_tables(leat_mysql_stream *stream, const leat_binlog_query *query,
                                 const leat_mysql_statement *statement, leat_error *error)
{
    if (stream->current.void_alter)
        return LEAT_OK;
    tell_of_partitions(stream, statement);
    leat_status status = apply_statement(stream, query, statement, error);
    if (status == LEAT_OK && statement->kind == LEAT_MYSQL_TRUNCATE_TABLE)
        status = give_truncate(stream, statement, error);
    return status;
}

/* ---- All kinds ---- */

static leat_status complete_prepared(leat_mysql_stream *stream, const leat_mysql_statement *statement,
                                     leat_error *error)
{
    const leat_binlog_xid xid = {
        .format = statement->xid_format, .global = statement->xid_global, .branch = statement->xid_branch};
    const char *sequence = stream->current.sequence;
    bool found;
    if (statement->kind == LEAT_MYSQL_XA_ROLLBACK)
        return leat_mysql_prepared_drop(&stream->prepared, &xid, sequence, error);
    leat_status status = leat_mysql_prepared_load(&stream->prepared, &xid, sequence, &found, error);
    if (status == LEAT_OK && !found)
        status = leat_mysql_refuse_prepared(stream, error);
    if (status == LEAT_OK)
        leat_mysql_fetch_prepared(stream);
    return status;
}

leat_status leat_mysql_statement_handle(leat_mysql_stream *stream, bool *ended, leat_error *error)
{
    leat_binlog_query query;
    leat_mysql_statement statement;
    leat_status status = leat_mysql_statement_read(stream, &stream->at, &query, &statement, error);
    *ended = false;
    if (status != LEAT_OK)
        return status;
    if (!stream->current.has_thread) {
        stream->current.has_thread = true;
        stream->current.thread = query.thread;
    }
    switch (statement.kind) {
    case LEAT_MYSQL_COMMIT:
        *ended = true;
        return LEAT_OK;
    case LEAT_MYSQL_ROLLBACK:
        *ended = true;
        return stream->current.begun ? leat_mysql_refuse_rollback(stream, error) : LEAT_OK;
    case LEAT_MYSQL_SAVEPOINT:
        leat_mysql_fetch_hold(stream, statement.savepoint);
        return LEAT_OK;
    case LEAT_MYSQL_BEGIN:
    case LEAT_MYSQL_XA_START:
    case LEAT_MYSQL_XA_END:
    case LEAT_MYSQL_XA_PREPARE:
        return LEAT_OK;
    case LEAT_MYSQL_ROLLBACK_TO: /* of a group it was heeded when it came */
        return (stream->feed.state == LEAT_MYSQL_DIRECT || stream->feed.in_payload) && stream->current.begun
                   ? leat_mysql_refuse_savepoint(stream, statement.savepoint, error)
                   : LEAT_OK;
    case LEAT_MYSQL_XA_COMMIT:
        *ended = statement.one_phase && stream->current.standalone;
        return statement.one_phase ? LEAT_OK : complete_prepared(stream, &statement, error);
    case LEAT_MYSQL_XA_ROLLBACK:
        *ended = true;
        return complete_prepared(stream, &statement, error);
    case LEAT_MYSQL_DML:
        *ended = stream->current.standalone;
        return judge_dml(stream, &statement, error);
    case LEAT_MYSQL_OTHER:
    case LEAT_MYSQL_ACCOUNT:
    case LEAT_MYSQL_CREATE_TABLE:
    case LEAT_MYSQL_ALTER_TABLE:
    case LEAT_MYSQL_DROP_TABLE:
    case LEAT_MYSQL_RENAME_TABLE:
    case LEAT_MYSQL_TRUNCATE_TABLE:
    case LEAT_MYSQL_DATABASE:
    case LEAT_MYSQL_UNREADABLE:
        break;
    }
    *ended = stream->current.standalone;
    return change_tables(stream, &query, &statement, error);
}
