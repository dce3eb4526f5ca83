/* Statements in the log: what ends transactions, changes definitions, empties tables, or must stop us. */
#include <string.h>

#include "mysql/catalog/selection.h"
#include "mysql/stream/stream_internal.h"

/* ---- Reading ---- */

/* Most statements are these, and need no tokenizer. */
static bool read_common(leat_slice sql, leat_mysql_statement *statement)
{
    static const struct {
        const char *text;
        leat_mysql_statement_kind kind;
    } common[] = {
        {"BEGIN", LEAT_MYSQL_BEGIN}, {"COMMIT", LEAT_MYSQL_COMMIT}, {"ROLLBACK", LEAT_MYSQL_ROLLBACK}};
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        if (leat_slice_equals_string(sql, common[i].text)) {
            *statement = (leat_mysql_statement){.kind = common[i].kind};
            return true;
        }
    return false;
}

/* The server that wrote the log, as leat_mysql_server.version has it: "8.0.45-log", "10.11.19-MariaDB-log",
 * with "5.5.5-" before it in old MariaDBs. */
static unsigned version_of(const leat_mysql_stream *stream)
{
    leat_slice text = leat_slice_of_string(stream->format.server_version);
    static const char disguise[] = "5.5.5-";
    leat_cursor cursor = leat_cursor_open(text);
    if (text.length > sizeof disguise - 1 && memcmp(text.data, disguise, sizeof disguise - 1) == 0)
        leat_cursor_bytes(&cursor, sizeof disguise - 1);
    unsigned parts[3] = {0};
    for (size_t part = 0; part < 3; part++) {
        for (int digit; (digit = leat_cursor_peek(&cursor)) >= '0' && digit <= '9'; leat_cursor_u8(&cursor))
            parts[part] = parts[part] * 10 + (unsigned)(digit - '0');
        if (leat_cursor_peek(&cursor) != '.')
            break;
        leat_cursor_u8(&cursor);
    }
    return parts[0] * 10000 + parts[1] * 100 + parts[2];
}

/* The statement in UTF-8. Where a byte is no character of the client's charset the text is taken as it is:
 * names that matter are compared with names that are right. */
static leat_slice text_of(leat_mysql_stream *stream, const leat_binlog_query *query)
{
    const leat_mysql_collation *collation =
        leat_mysql_collation_by_id(stream->options.collations, query->client_collation);
    leat_buffer text = {0};
    if (collation == NULL || leat_mysql_charset_is_binary(collation->charset) ||
        !leat_mysql_charset_append(collation->charset, query->sql, &text)) {
        leat_buffer_free(&text);
        return query->sql;
    }
    leat_slice kept =
        leat_slice_of(leat_arena_slice_string(&stream->arena, leat_buffer_slice(&text)), text.length);
    leat_buffer_free(&text);
    return kept;
}

leat_status leat_mysql_statement_read(leat_mysql_stream *stream, const leat_binlog_event *event,
                                      leat_binlog_query *query, leat_mysql_statement *statement,
                                      leat_error *error)
{
    leat_arena_reset(&stream->arena);
    leat_status status = leat_binlog_parse_query(event, &stream->arena, query, error);
    if (status != LEAT_OK || read_common(query->sql, statement))
        return status;
    const leat_mysql_ddl_context context = {
        .database = leat_arena_slice_string(&stream->arena, query->database),
        .sql_mode = query->sql_mode,
        .mariadb = stream->mariadb,
        .version = version_of(stream),
    };
    leat_mysql_ddl_read(text_of(stream, query), &context, &stream->arena, statement);
    return LEAT_OK;
}

/* ---- Rows that no event tells of ---- */

static bool captured(const leat_mysql_stream *stream, const leat_mysql_table_name *table)
{
    return leat_mysql_selects(stream->options.source, table->database, table->name);
}

static leat_status refuse_unlogged_rows(const leat_mysql_stream *stream, const leat_mysql_table_name *table,
                                        leat_error *error)
{
    if (table == NULL)
        leat_error_set(
            error, LEAT_OPERATOR,
            "transaction %s in %s changed rows by a statement that is not in row format, and which "
            "tables it touched cannot be told",
            (const char *)stream->current.name.data, (const char *)stream->file.data);
    else
        leat_error_set(
            error, LEAT_OPERATOR,
            "transaction %s in %s changed rows of %s.%s by a statement that is not in row format: what "
            "they are now cannot be told",
            (const char *)stream->current.name.data, (const char *)stream->file.data, table->database,
            table->name);
    return leat_error_mend(error,
                           "Let every session use binlog_format = ROW, and start anew with another state "
                           "file and an empty sink, so that a new snapshot sees those rows");
}

/* What a statement does to other tables is nothing to us, but for what triggers and cascades may do behind
 * it, which nobody can tell: that is said, and does not stop the stream. */
static leat_status judge_dml(const leat_mysql_stream *stream, const leat_mysql_statement *statement,
                             leat_error *error)
{
    for (size_t i = 0; i < statement->table_count; i++)
        if (captured(stream, &statement->tables[i]))
            return refuse_unlogged_rows(stream, &statement->tables[i], error);
    if (statement->table_count == 0)
        return statement->tables_complete ? LEAT_OK : refuse_unlogged_rows(stream, NULL, error);
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
    leat_mysql_position behind = {0};
    leat_buffer text = {0};
    leat_mysql_position_copy(&behind, &stream->position);
    if (stream->current.has_set_gtid && behind.set != NULL)
        leat_mysql_gtid_set_add(behind.set, &stream->current.gtid);
    if (stream->current.has_state_gtid && behind.state != NULL)
        leat_mariadb_gtid_state_advance(behind.state, &stream->current.state_gtid);
    leat_mysql_position_set_file(&behind, leat_buffer_slice(&stream->file),
                                 stream->event_offset + stream->at.length);
    leat_mysql_position_format(&behind, &text);
    const char *kept = leat_arena_string(&stream->arena, leat_buffer_string(&text));
    leat_buffer_free(&text);
    leat_mysql_position_clear(&behind);
    return kept;
}

static bool changes_definitions(const leat_mysql_statement *statement)
{
    for (size_t i = 0; i < statement->effect_count; i++)
        if (statement->effects[i].kind != LEAT_MYSQL_EFFECT_TRUNCATE)
            return true;
    return statement->kind == LEAT_MYSQL_UNREADABLE || statement->kind == LEAT_MYSQL_DATABASE;
}

static leat_status apply(leat_mysql_stream *stream, const leat_binlog_query *query,
                         const leat_mysql_statement *statement, leat_error *error)
{
    if (!changes_definitions(statement))
        return LEAT_OK;
    const leat_mysql_collation *collation =
        leat_mysql_collation_by_id(stream->options.collations, query->server_collation);
    leat_mysql_maps_forget(stream->maps);
    return leat_mysql_definitions_apply(stream->options.definitions, statement,
                                        collation == NULL ? NULL : collation->name, position_behind(stream),
                                        error);
}

/* Rows that went with their partition or tablespace, or changed places with another table's, are in no event.
 */
static void tell_of_partitions(const leat_mysql_stream *stream, const leat_mysql_statement *statement)
{
    for (size_t i = 0; i < statement->effect_count; i++) {
        const leat_mysql_effect *effect = &statement->effects[i];
        if (effect->kind != LEAT_MYSQL_EFFECT_TRUNCATE_PARTITION || !captured(stream, &effect->table))
            continue;
        leat_log_write(stream->options.source->log, LEAT_LOG_WARNING,
                       "transaction %s dropped, emptied or exchanged a partition of %s.%s, or its "
                       "tablespace: the log does "
                       "not say which rows went or came, so there are no events for them",
                       (const char *)stream->current.name.data, effect->table.database, effect->table.name);
    }
}

/* A truncated table is announced like one with rows. What is not known of it the catalog may. */
static leat_status truncate(leat_mysql_stream *stream, const leat_mysql_statement *statement,
                            leat_error *error)
{
    const leat_mysql_effect *effect = statement->effects;
    if (effect->temporary || !captured(stream, &effect->table))
        return LEAT_OK;
    const leat_mysql_definition *definition;
    leat_status status = leat_mysql_definitions_current(stream->options.definitions, effect->table.database,
                                                        effect->table.name, leat_mysql_position_text(stream),
                                                        &definition, error);
    if (status != LEAT_OK || definition == NULL)
        return status;
    leat_mysql_known_table *table =
        leat_mysql_maps_table(stream->maps, effect->table.database, effect->table.name);
    leat_mysql_known_table_define(table, definition, stream->options.collations);
    stream->giving = (leat_mysql_giving){.table = table, .truncate = true, .offset = stream->event_offset};
    return LEAT_OK;
}

static leat_status change_tables(leat_mysql_stream *stream, const leat_binlog_query *query,
                                 const leat_mysql_statement *statement, leat_error *error)
{
    if (stream->current.void_alter)
        return LEAT_OK;
    tell_of_partitions(stream, statement);
    leat_status status = apply(stream, query, statement, error);
    if (status == LEAT_OK && statement->kind == LEAT_MYSQL_TRUNCATE_TABLE)
        status = truncate(stream, statement, error);
    return status;
}

/* ---- All kinds ---- */

leat_status leat_mysql_refuse_rollback(const leat_mysql_stream *stream, leat_error *error)
{
    leat_error_set(
        error, LEAT_OPERATOR,
        "transaction %s in %s was rolled back, but is so large that rows of it were delivered before its "
        "end was seen",
        (const char *)stream->current.name.data, (const char *)stream->file.data);
    return leat_error_mend(error, "Start anew with another state file and an empty sink");
}

leat_status leat_mysql_refuse_savepoint(const leat_mysql_stream *stream, const char *name, leat_error *error)
{
    leat_error_set(
        error, LEAT_OPERATOR,
        "transaction %s in %s was rolled back to a savepoint \"%s\" that the log does not set: which "
        "rows were rolled back cannot be told",
        (const char *)stream->current.name.data, (const char *)stream->file.data, name);
    return leat_error_mend(error, "Start anew with another state file and an empty sink");
}

static leat_status complete_prepared(leat_mysql_stream *stream, const leat_mysql_statement *statement,
                                     leat_error *error)
{
    const leat_binlog_xid xid = {
        .format = statement->xid_format, .global = statement->xid_global, .branch = statement->xid_branch};
    if (statement->kind == LEAT_MYSQL_XA_ROLLBACK)
        return leat_mysql_prepared_drop(stream, &xid, error);
    leat_status status = leat_mysql_prepared_load(stream, &xid, error);
    if (status != LEAT_OK)
        return status;
    /* Its rows come next, and behind them this commit. */
    stream->has_carried = true;
    stream->carried = stream->at;
    stream->carried.type = LEAT_BINLOG_XID;
    stream->carried.body = leat_slice_of(NULL, 0);
    leat_mysql_fetch_from(stream, stream->prepared_group, LEAT_MYSQL_COMMITTED);
    return LEAT_OK;
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
        return (stream->feed == LEAT_MYSQL_DIRECT || stream->in_payload) && stream->current.begun
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
