/* Types and columns as schema JSON. */
#ifndef LEAT_EVENT_TYPE_JSON_H
#define LEAT_EVENT_TYPE_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "event/names.h"
#include "leat/avro_type.h"
#include "leat/table.h"

/* "int", or an object where the type has more to say. */
json_t *leat_type_json(const leat_avro_type *type, const leat_type_names *names);

/* A column's field: name, type, default, then the source's facts. `required`: the bare type and no default;
 * else ["null", type] with default null. */
json_t *leat_column_json(const leat_column *column, const leat_column_names *names, bool required);

/* Adds leat.type, leat.nullable, leat.default, leat.comment and leat.enum. */
void leat_column_facts_json(const leat_column *column, json_t *object);

/* {"name": …, "type": …}, and the same with ["null", type] and default null. `type` is taken over. */
json_t *leat_field_json(const char *name, json_t *type);
json_t *leat_nullable_field_json(const char *name, json_t *type);

/* A record of fields (taken over). `space` is its namespace; NULL: that of the record around it. */
json_t *leat_record_json(const char *name, const char *space, json_t *fields);

#endif
