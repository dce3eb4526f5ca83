/* What a statement in the log says. */
#include <string.h>

#include "mysql/stream/stream_internal.h"

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
