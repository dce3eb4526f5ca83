#include "postgres/server/sql_text.h"

static void append_quoted(leat_buffer *sql, const char *text, char quote)
{
    leat_buffer_append_byte(sql, (uint8_t)quote);
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] == quote)
            leat_buffer_append_byte(sql, (uint8_t)quote);
        leat_buffer_append_byte(sql, (uint8_t)text[i]);
    }
    leat_buffer_append_byte(sql, (uint8_t)quote);
}

void leat_postgres_append_identifier(leat_buffer *sql, const char *name)
{
    append_quoted(sql, name, '"');
}

/* standard_conforming_strings is pinned on, so a backslash is an ordinary character. */
void leat_postgres_append_literal(leat_buffer *sql, const char *text)
{
    append_quoted(sql, text, '\'');
}

void leat_postgres_append_qualified(leat_buffer *sql, const char *schema, const char *name)
{
    leat_postgres_append_identifier(sql, schema);
    leat_buffer_append_byte(sql, '.');
    leat_postgres_append_identifier(sql, name);
}
