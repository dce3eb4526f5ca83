/* Names and texts in SQL. */
#ifndef LEAT_POSTGRES_SERVER_SQL_TEXT_H
#define LEAT_POSTGRES_SERVER_SQL_TEXT_H

#include "base/buffer.h"

/* An identifier or string literal, quoted for any content, appended to `sql`. */
void leat_postgres_append_identifier(leat_buffer *sql, const char *name);
void leat_postgres_append_literal(leat_buffer *sql, const char *text);
/* "schema"."table" */
void leat_postgres_append_qualified(leat_buffer *sql, const char *schema, const char *name);

#endif
