/* Definitions as JSON, for those who keep more than one in a text. */
#ifndef LEAT_MYSQL_DEFINITION_JSON_H
#define LEAT_MYSQL_DEFINITION_JSON_H

#include <jansson.h>

#include "mysql/definition/definition.h"

/* Appends a text in quotes, or null for NULL. */
void leat_mysql_json_append_text(leat_buffer *out, const char *text);

/* What leat_mysql_definition_read makes of a text; NULL where the value is no definition. */
leat_mysql_definition *leat_mysql_definition_from_json(const json_t *value);

#endif
