#include "mysql/binlog/read.h"

#include <stdarg.h>
#include <stdio.h>

enum { NAME_ROOM = 32, PLACE_ROOM = 96, SENTENCE_ROOM = 512 };

/* Events inside a TRANSACTION_PAYLOAD, artificial ones and many of MariaDB's have no place of their own. */
static void describe(const leat_binlog_event *event, char *place)
{
    char name[NAME_ROOM];
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
