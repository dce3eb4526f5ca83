/* Messages of our own: where transactions begin and end, news of tables, and that the log moves on. */
#include <jansson.h>

#include "avro/json_build.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/memory.h"
#include "leat/encode.h"
#include "sink/kafka/sink_internal.h"

/* The fields of Debezium's transaction topic, under its names. */
const char leat_kafka_transaction_key_schema[] =
    "{\"type\":\"record\",\"name\":\"TransactionKey\",\"namespace\":\"leat\","
    "\"connect.name\":\"io.debezium.connector.common.TransactionMetadataKey\",\"fields\":["
    "{\"name\":\"id\",\"type\":\"string\"}]}";

const char leat_kafka_transaction_value_schema[] =
    "{\"type\":\"record\",\"name\":\"TransactionValue\",\"namespace\":\"leat\","
    "\"connect.name\":\"io.debezium.connector.common.TransactionMetadataValue\",\"fields\":["
    "{\"name\":\"status\",\"type\":\"string\",\"doc\":\"BEGIN or END.\"},"
    "{\"name\":\"id\",\"type\":\"string\",\"doc\":\"As in the records' transaction.\"},"
    "{\"name\":\"event_count\",\"type\":[\"null\",\"long\"],\"default\":null},"
    "{\"name\":\"data_collections\",\"type\":[\"null\",{\"type\":\"array\",\"items\":{\"type\":\"record\","
    "\"name\":\"Collection\",\"connect.name\":\"event.collection\",\"fields\":["
    "{\"name\":\"data_collection\",\"type\":\"string\"},"
    "{\"name\":\"event_count\",\"type\":\"long\"}]}}],\"default\":null},"
    "{\"name\":\"ts_ms\",\"type\":\"long\",\"doc\":\"When it was committed at the source.\"}]}";

/* ---- Transactions ---- */

static leat_status make_transaction_frames(leat_kafka_sink *sink, leat_error *error)
{
    if (sink->transaction_value.length > 0)
        return LEAT_OK;
    const char *topic = sink->transactions.name;
    leat_status status = leat_kafka_schema_frame(sink, topic, "-key", leat_kafka_transaction_key_schema,
                                                 &sink->transaction_key, error);
    return status == LEAT_OK
               ? leat_kafka_schema_frame(sink, topic, "-value", leat_kafka_transaction_value_schema,
                                         &sink->transaction_value, error)
               : status;
}

/* Branches of ["null", T]. */
enum { BRANCH_NULL = 0, BRANCH_VALUE = 1 };

static void encode_counts(leat_buffer *out, const leat_boundary *boundary)
{
    leat_encode_long(out, BRANCH_VALUE);
    leat_encode_long(out, (int64_t)boundary->records);
    leat_encode_long(out, BRANCH_VALUE);
    if (boundary->table_count > 0)
        leat_encode_long(out, (int64_t)boundary->table_count);
    for (size_t i = 0; i < boundary->table_count; i++) {
        leat_encode_bytes(out, leat_slice_of_string(boundary->tables[i].name));
        leat_encode_long(out, (int64_t)boundary->tables[i].records);
    }
    leat_encode_long(out, 0); /* the end of the array */
}

static void encode_value(leat_buffer *out, const leat_kafka_frame *frame, const leat_boundary *boundary)
{
    leat_buffer_reset_bounded(out);
    leat_buffer_append_slice(out, leat_kafka_frame_slice(frame));
    leat_encode_bytes(out, leat_slice_of_string(boundary->end ? "END" : "BEGIN"));
    leat_encode_bytes(out, boundary->transaction->identifier);
    if (boundary->end) {
        encode_counts(out, boundary);
    } else {
        leat_encode_long(out, BRANCH_NULL);
        leat_encode_long(out, BRANCH_NULL);
    }
    leat_encode_long(out, boundary->transaction->commit_time / 1000);
}

leat_status leat_kafka_notice_boundary(leat_kafka_sink *sink, const leat_boundary *boundary,
                                       leat_error *error)
{
    leat_status status = make_transaction_frames(sink, error);
    if (status != LEAT_OK)
        return status;
    leat_buffer_reset_bounded(&sink->key);
    leat_buffer_append_slice(&sink->key, leat_kafka_frame_slice(&sink->transaction_key));
    leat_encode_bytes(&sink->key, boundary->transaction->identifier);
    encode_value(&sink->value, &sink->transaction_value, boundary);
    return leat_kafka_own_send(sink, &sink->transactions, leat_buffer_slice(&sink->key),
                               leat_buffer_slice(&sink->value), error);
}

/* ---- Tables ---- */

leat_status leat_kafka_notice_announcement(leat_kafka_sink *sink, const leat_announcement *announcement,
                                           leat_error *error)
{
    leat_kafka_commit_soon(sink);
    return leat_kafka_own_send(sink, &sink->changes, leat_slice_of_string(announcement->table),
                               leat_slice_of_string(announcement->event), error);
}

/* ---- Heartbeat ---- */

leat_status leat_kafka_notice_heartbeat(leat_kafka_sink *sink, const char *position, leat_error *error)
{
    json_t *object = json_object();
    leat_json_put(object, "ts_ms", json_integer(leat_clock_wall() / 1000));
    leat_json_put_text(object, "position", position);
    char *text = leat_json_finish(object, 0);
    leat_status status =
        leat_kafka_own_send(sink, &sink->heartbeat, leat_slice_of_string(sink->options.pipeline),
                            leat_slice_of_string(text), error);
    leat_release(text);
    return status;
}
