/* The Avro names of a table's columns, and of the records inside them. */
#ifndef LEAT_EVENT_NAMES_H
#define LEAT_EVENT_NAMES_H

#include "base/arena.h"
#include "leat/table.h"

/* Names within one type; shaped like the type. */
typedef struct leat_type_names {
    const char *record;                  /* of a record; else NULL */
    const char *const *fields;           /* of a record, one a field */
    const struct leat_type_names *parts; /* a record's one a field; an array's or map's one; else NULL */
} leat_type_names;

typedef struct leat_column_names {
    const char *field;
    leat_type_names type;
} leat_column_names;

/* One for each of the table's columns, in their order, made in `arena`.
 *
 * A column whose own name Avro allows keeps it. Of those that must be changed, each in turn gets its safe
 * name, and where that is taken already, its place in the table (from 1) behind it. The fields that the flat
 * envelope puts around the columns count as taken, in both envelopes, so that a column has one name. Records
 * are named after the path that leads to them, and avoid our own. The names depend on the table alone. */
const leat_column_names *leat_names_make(const leat_table *table, leat_arena *arena);

/* The namespace of the table's schemas: prefix (which may have dots), schema or database, table; each part
 * made safe. In `arena`. */
const char *leat_names_namespace(const leat_table *table, const char *prefix, leat_arena *arena);

#endif
