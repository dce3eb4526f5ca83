/* Names and texts in SQL. */
#include "mysql/server/session.h"

static void append_doubling(leat_buffer *sql, const char *text, char quote, char also)
{
    leat_buffer_append_byte(sql, (uint8_t)quote);
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] == quote || (also != '\0' && text[i] == also))
            leat_buffer_append_byte(sql, (uint8_t)text[i]);
        leat_buffer_append_byte(sql, (uint8_t)text[i]);
    }
    leat_buffer_append_byte(sql, (uint8_t)quote);
}

void leat_mysql_append_identifier(leat_buffer *sql, const char *name)
{
    append_doubling(sql, name, '`', '\0');
}

/* NO_BACKSLASH_ESCAPES is never on in our sessions, so a backslash has to be doubled. */
void leat_mysql_append_literal(leat_buffer *sql, const char *text)
{
    append_doubling(sql, text, '\'', '\\');
}

void leat_mysql_append_qualified(leat_buffer *sql, const char *database, const char *name)
{
    leat_mysql_append_identifier(sql, database);
    leat_buffer_append_byte(sql, '.');
    leat_mysql_append_identifier(sql, name);
}
