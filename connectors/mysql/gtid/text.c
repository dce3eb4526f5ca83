#include "mysql/gtid/text.h"

#include "base/number.h"

void leat_mysql_gtid_skip_blanks(leat_cursor *cursor)
{
    for (int next = leat_cursor_peek(cursor); next == ' ' || next == '\n' || next == '\r' || next == '\t';
         next = leat_cursor_peek(cursor))
        leat_cursor_u8(cursor);
}

uint64_t leat_mysql_gtid_read_number(leat_cursor *cursor, uint64_t most)
{
    leat_cursor start = *cursor;
    size_t length = 0;
    for (int next = leat_cursor_peek(cursor); next >= '0' && next <= '9'; next = leat_cursor_peek(cursor)) {
        leat_cursor_u8(cursor);
        length++;
    }
    uint64_t number = 0;
    if (!leat_number_parse_unsigned(leat_cursor_bytes(&start, length), &number) || number > most)
        leat_cursor_fail(cursor);
    return number;
}
