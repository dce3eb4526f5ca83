/* Avro C as the reader of what the Kafka sink has written. */
#ifndef LEAT_TESTS_SINK_STREAM_AVRO_H
#define LEAT_TESTS_SINK_STREAM_AVRO_H

#include <avro.h>

#include "sink_stream.h"

/* A field of one Avro C value as text. */
static inline const char *stream_avro_text(avro_value_t *record, const char *name)
{
    avro_value_t field;
    const char *text = NULL;
    size_t size;
    assert_int_equal(avro_value_get_by_name(record, name, &field, NULL), 0);
    assert_int_equal(avro_value_get_string(&field, &text, &size), 0);
    return text;
}

static inline int64_t stream_avro_long(avro_value_t *record, const char *name)
{
    avro_value_t field;
    int64_t number = 0;
    assert_int_equal(avro_value_get_by_name(record, name, &field, NULL), 0);
    assert_int_equal(avro_value_get_long(&field, &number), 0);
    return number;
}

/* Reads the record behind a frame of `skip` bytes by Avro C, to its end. */
static inline avro_value_t stream_avro_decode(const char *schema_text, const leat_buffer *bytes, size_t skip)
{
    avro_schema_t schema;
    avro_value_t value;
    assert_int_equal(avro_schema_from_json_length(schema_text, strlen(schema_text), &schema), 0);
    avro_value_iface_t *class = avro_generic_class_from_schema(schema);
    assert_int_equal(avro_generic_value_new(class, &value), 0);
    avro_reader_t reader =
        avro_reader_memory((const char *)bytes->data + skip, (int64_t)(bytes->length - skip));
    assert_int_equal(avro_value_read(reader, &value), 0);
    char rest;
    assert_int_not_equal(avro_read(reader, &rest, 1), 0);
    avro_reader_free(reader);
    avro_value_iface_decref(class);
    avro_schema_decref(schema);
    return value;
}

#endif
