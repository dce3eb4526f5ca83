/* What brokers take from librdkafka alone: the messages that a topic has are sent to it again, from memory.
 *
 * usage: bench_kafka_replay BROKERS TOPIC CODEC MESSAGES
 *
 * Prints seconds, from the first message that is queued to the last one acknowledged. The producer's
 * properties are those of leat's, without transactions. */
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"

enum {
    SAMPLE = 100 * 1000,
    WAIT_MILLISECONDS = 10 * 1000,
    SENDS_BETWEEN_POLLS = 1024,
};

typedef struct setting {
    const char *name;
    const char *value;
} setting;

typedef struct sample {
    rd_kafka_message_t **messages; /* as the consumer gave them: it lives as long as they do */
    size_t count;
} sample;

static void fail(const char *what, const char *reason)
{
    fprintf(stderr, "bench_kafka_replay: %s: %s\n", what, reason);
    _Exit(1);
}

static void delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
    (void)client;
    (void)opaque;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail("a message was not delivered", rd_kafka_err2str(message->err));
}

static rd_kafka_t *open_client(rd_kafka_type_t type, const setting *settings, size_t count)
{
    char reason[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (size_t i = 0; i < count; i++)
        if (rd_kafka_conf_set(conf, settings[i].name, settings[i].value, reason, sizeof reason) !=
            RD_KAFKA_CONF_OK)
            fail(settings[i].name, reason);
    if (type == RD_KAFKA_PRODUCER)
        rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_t *client = rd_kafka_new(type, conf, reason, sizeof reason);
    if (client == NULL)
        fail("cannot open a client", reason);
    return client;
}

/* ---- The messages ---- */

static void assign(rd_kafka_t *client, rd_kafka_topic_t *topic)
{
    const struct rd_kafka_metadata *metadata;
    const char *name = rd_kafka_topic_name(topic);
    if (rd_kafka_metadata(client, 0, topic, &metadata, WAIT_MILLISECONDS) != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail(name, "the brokers do not answer");
    int partitions = metadata->topics[0].partition_cnt;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int i = 0; i < partitions; i++)
        rd_kafka_topic_partition_list_add(list, name, i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(client, list);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_metadata_destroy(metadata);
}

/* The messages of the topic's beginning. */
static sample take_sample(rd_kafka_t *client, const char *name)
{
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, name, NULL);
    assign(client, topic);
    rd_kafka_topic_destroy(topic);
    sample taken = {.messages = leat_allocate(SAMPLE * sizeof(rd_kafka_message_t *))};
    while (taken.count < SAMPLE) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(client, WAIT_MILLISECONDS);
        if (message == NULL || message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
            fail(name, "too few messages");
        taken.messages[taken.count++] = message;
    }
    rd_kafka_unsubscribe(client);
    rd_kafka_assign(client, NULL);
    return taken;
}

/* ---- Sending ---- */

static void send_one(rd_kafka_t *client, rd_kafka_topic_t *topic, const rd_kafka_message_t *message)
{
    while (rd_kafka_produce(topic, message->partition, RD_KAFKA_MSG_F_COPY, message->payload, message->len,
                            message->key, message->key_len, NULL) != 0) {
        if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            fail("a message cannot be sent", rd_kafka_err2str(rd_kafka_last_error()));
        rd_kafka_poll(client, 1);
    }
}

static void replay(rd_kafka_t *client, const char *name, const sample *taken, uint64_t count)
{
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, name, NULL);
    for (uint64_t i = 0; i < count; i++) {
        send_one(client, topic, taken->messages[i % taken->count]);
        if (i % SENDS_BETWEEN_POLLS == 0)
            rd_kafka_poll(client, 0);
    }
    while (rd_kafka_flush(client, WAIT_MILLISECONDS) != RD_KAFKA_RESP_ERR_NO_ERROR)
        ;
    rd_kafka_topic_destroy(topic);
}

int main(int argument_count, char **arguments)
{
    uint64_t count = 0;
    if (argument_count != 5 || !leat_number_parse_unsigned(leat_slice_of_string(arguments[4]), &count))
        fail("usage", "bench_kafka_replay BROKERS TOPIC CODEC MESSAGES");
    const setting consumer_settings[] = {
        {"bootstrap.servers", arguments[1]},
        {"group.id", "bench"},
        {"enable.auto.commit", "false"},
    };
    const setting producer_settings[] = {
        {"bootstrap.servers", arguments[1]},
        {"compression.type", arguments[3]},
        {"enable.idempotence", "true"},
        {"acks", "all"},
        {"linger.ms", "1"},
        {"batch.size", "1000000"},
        {"queue.buffering.max.messages", "100000"},
        {"queue.buffering.max.kbytes", "32768"},
        {"socket.nagle.disable", "true"},
    };
    rd_kafka_t *consumer = open_client(RD_KAFKA_CONSUMER, consumer_settings,
                                       sizeof consumer_settings / sizeof consumer_settings[0]);
    sample taken = take_sample(consumer, arguments[2]);
    rd_kafka_t *producer = open_client(RD_KAFKA_PRODUCER, producer_settings,
                                       sizeof producer_settings / sizeof producer_settings[0]);
    int64_t started = leat_clock_monotonic();
    replay(producer, arguments[2], &taken, count);
    int64_t microseconds = leat_clock_monotonic() - started;
    printf("%" PRId64 ".%06" PRId64 "\n", microseconds / 1000000, microseconds % 1000000);
    rd_kafka_destroy(producer);
    /* What the consumer holds ends with the process. */
    return 0;
}
