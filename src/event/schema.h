/* Avro schemas of table versions. */
#ifndef LEAT_EVENT_SCHEMA_H
#define LEAT_EVENT_SCHEMA_H

#include <stddef.h>

#include "base/error.h"
#include "leat/event.h"
#include "leat/table.h"

/* The two shapes of an event; docs/events.md describes them.
 *
 * debezium: record Envelope; `before` and `after` are ["null", Value]; the columns of the key are required in
 * Value, every other column is ["null", T] with default null. flat: record Value, our fields before the
 * columns; every column is ["null", T], those of the key too, because the record of a truncate has no row,
 * and nothing is ever filled with zeros. The Key record is the same for both. A key column whose type cannot
 * hold every value of the source (leat_encoder.partial) is ["null", T] everywhere. */
typedef enum leat_envelope_kind { LEAT_ENVELOPE_FLAT, LEAT_ENVELOPE_DEBEZIUM } leat_envelope_kind;

/* What a schema is made from besides the table. */
typedef struct leat_schema_options {
    leat_envelope_kind envelope;
    const char *prefix;                 /* first part of every namespace and topic */
    const leat_fact_field *fact_fields; /* of the source, for the debezium envelope's Source record */
    size_t fact_field_count;
} leat_schema_options;

/* The value schema's JSON, compact, complete with logical types, defaults, connect.name and leat.* facts;
 * parsed once by Avro C as a check. Heap; the caller releases it. */
leat_status leat_schema_value(const leat_table *table, const leat_schema_options *options, char **json,
                              leat_error *error);

/* The key schema's JSON, or NULL (and LEAT_OK) for a table without a key. Heap. */
leat_status leat_schema_key(const leat_table *table, const leat_schema_options *options, char **json,
                            leat_error *error);

/* The table's canonical JSON: sorted keys, no white space; names, types with their logical types, and every
 * fact that stands in a schema, besides each column's `attribute`, by which the history knows a rename.
 * Independent of envelope and prefix, and of the table's identifier in the source. Heap. */
char *leat_schema_definition(const leat_table *table);

/* SHA-256 of leat_schema_definition, as 64 hex digits (`hex` holds 65 bytes). */
void leat_schema_fingerprint(const leat_table *table, char *hex);

/* A name that Avro allows: each character that it forbids becomes '_', a leading digit gets one before it.
 * Heap. */
char *leat_schema_safe_name(const char *name);

#endif
