/* Contract: what a column becomes in Avro. Connectors build these; avro/ turns them into schema JSON. */
#ifndef LEAT_AVRO_TYPE_H
#define LEAT_AVRO_TYPE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum leat_avro_kind {
    LEAT_AVRO_BOOLEAN,
    LEAT_AVRO_INT,
    LEAT_AVRO_LONG,
    LEAT_AVRO_FLOAT,
    LEAT_AVRO_DOUBLE,
    LEAT_AVRO_BYTES,
    LEAT_AVRO_STRING,
    LEAT_AVRO_ARRAY,
    LEAT_AVRO_MAP,
    LEAT_AVRO_RECORD,
} leat_avro_kind;

typedef enum leat_avro_logical {
    LEAT_LOGICAL_NONE,
    LEAT_LOGICAL_DECIMAL,
    LEAT_LOGICAL_UUID,
    LEAT_LOGICAL_DATE,
    LEAT_LOGICAL_TIME_MICROS,
    LEAT_LOGICAL_TIMESTAMP_MICROS,
    LEAT_LOGICAL_LOCAL_TIMESTAMP_MICROS,
} leat_avro_logical;

typedef struct leat_avro_type leat_avro_type;

typedef struct leat_avro_field {
    const char *name; /* the source's own; avro/ makes it safe */
    const leat_avro_type *type;
    bool nullable; /* then the field is ["null", type], default null */
} leat_avro_field;

/* A type without its nullability (a column's stands in leat_column). Immutable once built; owned by the
 * leat_table whose columns point to it, or of static storage. */
struct leat_avro_type {
    leat_avro_kind kind;
    leat_avro_logical logical;
    int precision; /* of a decimal */
    int scale;
    const char
        *connect_name; /* matching semantic name of Kafka Connect or Debezium for "connect.name"; or NULL */
    const leat_avro_type *items; /* of an array or map */
    bool items_nullable;         /* then they are ["null", items] */
    size_t field_count;          /* of a record; its name is made from the column's place */
    const leat_avro_field *fields;
};

#endif
