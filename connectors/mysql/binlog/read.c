#include "mysql/binlog/read.h"

#include <stdarg.h>
#include <stdio.h>

enum { PLACE_ROOM = 96, SENTENCE_ROOM = 512 };

static const char *const type_names[] = {
    [LEAT_BINLOG_QUERY] = "QUERY",
    [LEAT_BINLOG_STOP] = "STOP",
    [LEAT_BINLOG_ROTATE] = "ROTATE",
    [LEAT_BINLOG_INTVAR] = "INTVAR",
    [LEAT_BINLOG_RAND] = "RAND",
    [LEAT_BINLOG_USER_VAR] = "USER_VAR",
    [LEAT_BINLOG_FORMAT_DESCRIPTION] = "FORMAT_DESCRIPTION",
    [LEAT_BINLOG_XID] = "XID",
    [LEAT_BINLOG_BEGIN_LOAD_QUERY] = "BEGIN_LOAD_QUERY",
    [LEAT_BINLOG_EXECUTE_LOAD_QUERY] = "EXECUTE_LOAD_QUERY",
    [LEAT_BINLOG_TABLE_MAP] = "TABLE_MAP",
    [LEAT_BINLOG_WRITE_ROWS_V1] = "WRITE_ROWS_V1",
    [LEAT_BINLOG_UPDATE_ROWS_V1] = "UPDATE_ROWS_V1",
    [LEAT_BINLOG_DELETE_ROWS_V1] = "DELETE_ROWS_V1",
    [LEAT_BINLOG_INCIDENT] = "INCIDENT",
    [LEAT_BINLOG_HEARTBEAT] = "HEARTBEAT",
    [LEAT_BINLOG_IGNORABLE] = "IGNORABLE",
    [LEAT_BINLOG_ROWS_QUERY] = "ROWS_QUERY",
    [LEAT_BINLOG_WRITE_ROWS] = "WRITE_ROWS",
    [LEAT_BINLOG_UPDATE_ROWS] = "UPDATE_ROWS",
    [LEAT_BINLOG_DELETE_ROWS] = "DELETE_ROWS",
    [LEAT_BINLOG_GTID] = "GTID",
    [LEAT_BINLOG_ANONYMOUS_GTID] = "ANONYMOUS_GTID",
    [LEAT_BINLOG_PREVIOUS_GTIDS] = "PREVIOUS_GTIDS",
    [LEAT_BINLOG_TRANSACTION_CONTEXT] = "TRANSACTION_CONTEXT",
    [LEAT_BINLOG_VIEW_CHANGE] = "VIEW_CHANGE",
    [LEAT_BINLOG_XA_PREPARE] = "XA_PREPARE",
    [LEAT_BINLOG_PARTIAL_UPDATE_ROWS] = "PARTIAL_UPDATE_ROWS",
    [LEAT_BINLOG_TRANSACTION_PAYLOAD] = "TRANSACTION_PAYLOAD",
    [LEAT_BINLOG_HEARTBEAT_V2] = "HEARTBEAT_V2",
    [LEAT_BINLOG_GTID_TAGGED] = "GTID_TAGGED",
    [LEAT_BINLOG_MARIADB_ANNOTATE_ROWS] = "ANNOTATE_ROWS",
    [LEAT_BINLOG_MARIADB_CHECKPOINT] = "BINLOG_CHECKPOINT",
    [LEAT_BINLOG_MARIADB_GTID] = "GTID (MariaDB)",
    [LEAT_BINLOG_MARIADB_GTID_LIST] = "GTID_LIST",
    [LEAT_BINLOG_MARIADB_START_ENCRYPTION] = "START_ENCRYPTION",
    [LEAT_BINLOG_MARIADB_QUERY_COMPRESSED] = "QUERY_COMPRESSED",
    [LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1] = "WRITE_ROWS_COMPRESSED_V1",
    [LEAT_BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED_V1] = "UPDATE_ROWS_COMPRESSED_V1",
    [LEAT_BINLOG_MARIADB_DELETE_ROWS_COMPRESSED_V1] = "DELETE_ROWS_COMPRESSED_V1",
    [LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED] = "WRITE_ROWS_COMPRESSED",
    [LEAT_BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED] = "UPDATE_ROWS_COMPRESSED",
    [LEAT_BINLOG_MARIADB_DELETE_ROWS_COMPRESSED] = "DELETE_ROWS_COMPRESSED",
};

const char *leat_binlog_type_name(uint8_t type, char *text)
{
    if (type < sizeof type_names / sizeof type_names[0] && type_names[type] != NULL)
        return type_names[type];
    snprintf(text, LEAT_BINLOG_TYPE_NAME_SIZE, "type %u", type);
    return text;
}

/* Events inside a TRANSACTION_PAYLOAD, artificial ones and many of MariaDB's have no place of their own. */
static void describe(const leat_binlog_event *event, char *place)
{
    char name[LEAT_BINLOG_TYPE_NAME_SIZE];
    const char *type = leat_binlog_type_name(event->type, name);
    if (event->log_pos == 0)
        snprintf(place, PLACE_ROOM, "the binlog event %s", type);
    else
        snprintf(place, PLACE_ROOM, "the binlog event %s that ends at %u", type, event->log_pos);
}

leat_status leat_binlog_finish(const leat_cursor *cursor, const leat_binlog_event *event, leat_error *error)
{
    char place[PLACE_ROOM];
    if (__builtin_expect(cursor->failed_at == NULL && cursor->at == cursor->end, 1))
        return LEAT_OK;
    describe(event, place);
    return leat_cursor_finish(cursor, LEAT_FAILED, place, error);
}

leat_status leat_binlog_refuse(const leat_binlog_event *event, leat_error *error, const char *format, ...)
{
    char place[PLACE_ROOM];
    char sentence[SENTENCE_ROOM];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    describe(event, place);
    return leat_error_set(error, LEAT_FAILED, "%s %s", place, sentence);
}
