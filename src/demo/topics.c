#include "demo/topics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/memory.h"
#include "base/signals.h"
#include "demo/message.h"
#include "sink/kafka/client.h"
#include "sink/kafka/topics.h"

enum {
    QUIET_MILLISECONDS = 40, /* what belongs together has arrived by then, in whichever topics */
    SHOW_EVERY = 300 * 1000, /* microseconds between two transactions that are shown */
    ROWS_SHOWN_OF_TABLE = 2,
    BATCH = 512,
};

/* A record that was sent and has not been seen yet. */
typedef struct sent_change {
    uint64_t number; /* in the order of the log, over all tables */
    int64_t committed;
} sent_change;

/* What the pump and the reader share of a topic is under the lock of all. */
typedef struct demo_topic {
    leat_arena arena; /* its name's, which the text refers to */
    rd_kafka_topic_t *handle;
    char *table;             /* its name, to be shown */
    leat_message_text *text; /* the reader's */
    leat_buffer schema;      /* of the newest message; the reader's */
    uint64_t rows_sent;      /* of the snapshot */
    uint64_t rows_seen;
    sent_change *changes; /* sent */
    size_t change_count;
    size_t change_capacity;
    size_t changes_seen;
    char *words; /* of a version that no record has come of yet; NULL: none */
} demo_topic;

/* A message that may be shown. */
typedef struct arrival {
    rd_kafka_message_t *message;
    demo_topic *topic;
    sent_change change;
} arrival;

struct leat_demo_topics {
    const leat_demo_kafka *kafka;
    leat_demo_view *view;
    rd_kafka_t *client;
    rd_kafka_queue_t *queue; /* of all topics */
    pthread_t thread;
    bool started;
    atomic_bool stop;

    pthread_mutex_t lock;
    demo_topic **list;
    size_t count;
    size_t capacity;
    uint64_t sent; /* changes */
    leat_error error;

    /* The reader's. */
    arrival batch[BATCH];
    size_t batch_count;
    int64_t last_shown;
    leat_demo_message message;
};

/* ---- The pump's side ---- */

static demo_topic *find(leat_demo_topics *topics, const char *table)
{
    for (size_t i = 0; i < topics->count; i++)
        if (strcmp(topics->list[i]->table, table) == 0)
            return topics->list[i];
    return NULL;
}

static leat_status open_topic(leat_demo_topics *topics, const leat_table *table, demo_topic *topic,
                              leat_error *error)
{
    const leat_demo_kafka *kafka = topics->kafka;
    const char *name;
    leat_status status = leat_kafka_topic_of_table(&kafka->options, table, &topic->arena, &name, error);
    if (status == LEAT_OK)
        status = leat_message_text_open(&kafka->options, name,
                                        kafka->registry.url == NULL ? NULL : &kafka->registry, &topic->text,
                                        error);
    if (status == LEAT_OK) {
        topic->handle = rd_kafka_topic_new(topics->client, name, NULL);
        if (rd_kafka_consume_start_queue(topic->handle, 0, 0, topics->queue) != 0)
            status = leat_kafka_failure(&kafka->options, rd_kafka_last_error(), NULL, error,
                                        "cannot read the topic %s", name);
    }
    return status;
}

static void keep_error(leat_demo_topics *topics, const leat_error *error)
{
    pthread_mutex_lock(&topics->lock);
    if (topics->error.message[0] == '\0')
        topics->error = *error;
    pthread_mutex_unlock(&topics->lock);
    leat_signals_request_stop();
}

static demo_topic *add(leat_demo_topics *topics, const leat_table *table)
{
    leat_error error = {0};
    demo_topic *made = leat_allocate(sizeof *made);
    made->table = leat_duplicate_string(table->name);
    pthread_mutex_lock(&topics->lock);
    topics->list = leat_list_room(topics->list, topics->count, &topics->capacity, sizeof(demo_topic *));
    topics->list[topics->count++] = made;
    leat_status status = open_topic(topics, table, made, &error);
    pthread_mutex_unlock(&topics->lock);
    if (status != LEAT_OK)
        keep_error(topics, &error);
    return made;
}

void leat_demo_topics_version(leat_demo_topics *topics, const leat_table_version *version, const char *words)
{
    demo_topic *topic = find(topics, version->table->name);
    if (topic == NULL)
        topic = add(topics, version->table);
    pthread_mutex_lock(&topics->lock);
    leat_release(topic->words);
    topic->words = leat_duplicate_string(words);
    pthread_mutex_unlock(&topics->lock);
}

static void add_change(demo_topic *topic, sent_change change)
{
    topic->changes =
        leat_list_room(topic->changes, topic->change_count, &topic->change_capacity, sizeof *topic->changes);
    topic->changes[topic->change_count++] = change;
}

void leat_demo_topics_sent(leat_demo_topics *topics, const leat_table_version *version, bool snapshot,
                           int64_t committed)
{
    demo_topic *topic = find(topics, version->table->name);
    pthread_mutex_lock(&topics->lock);
    if (topic != NULL && snapshot)
        topic->rows_sent++;
    else if (topic != NULL)
        add_change(topic, (sent_change){.number = ++topics->sent, .committed = committed});
    pthread_mutex_unlock(&topics->lock);
}

/* ---- The reader's side ---- */

static leat_status show(leat_demo_topics *topics, const arrival *arrived, leat_error *error)
{
    leat_demo_message *message = &topics->message;
    leat_status status = leat_demo_message_read(arrived->topic->text, arrived->message, message, error);
    if (status == LEAT_OK)
        leat_demo_view_event(topics->view, arrived->topic->table, message->operation, message->commit_time,
                             leat_buffer_slice(&message->row));
    return status;
}

/* Of a table's version: its words, once records of it are there, and by which schema those are read. */
static void show_schema(leat_demo_topics *topics, demo_topic *topic, const rd_kafka_message_t *message)
{
    leat_buffer schema = {0};
    if (leat_demo_message_schema(message, &schema) &&
        !leat_slice_equal(leat_buffer_slice(&schema), leat_buffer_slice(&topic->schema))) {
        pthread_mutex_lock(&topics->lock);
        char *words = topic->words;
        topic->words = NULL;
        pthread_mutex_unlock(&topics->lock);
        bool altered = topic->schema.length > 0;
        leat_demo_view_say(topics->view, "%s  %s: %s\n%s", words == NULL ? "" : words,
                           rd_kafka_topic_name(message->rkt), leat_buffer_string(&schema),
                           altered ? "\n" : "");
        leat_release(words);
        leat_buffer_reset(&topic->schema);
        leat_buffer_append_slice(&topic->schema, leat_buffer_slice(&schema));
    }
    leat_buffer_free(&schema);
}

/* Records of one commit of the database were committed at one time. */
static size_t count_like(const leat_demo_topics *topics, int64_t committed)
{
    size_t count = 0;
    for (size_t i = 0; i < topics->batch_count; i++)
        count += topics->batch[i].change.committed == committed;
    return count;
}

static int compare_arrivals(const void *left, const void *right)
{
    const arrival *a = left;
    const arrival *b = right;
    return (a->change.number > b->change.number) - (a->change.number < b->change.number);
}

/* One transaction, whole: more at a time nobody can read. */
static leat_status show_one_transaction(leat_demo_topics *topics, leat_error *error)
{
    int64_t chosen = topics->batch[0].change.committed;
    for (size_t i = 1; i < topics->batch_count; i++)
        if (count_like(topics, topics->batch[i].change.committed) > count_like(topics, chosen))
            chosen = topics->batch[i].change.committed;
    qsort(topics->batch, topics->batch_count, sizeof topics->batch[0], compare_arrivals);
    leat_status status = LEAT_OK;
    for (size_t i = 0; status == LEAT_OK && i < topics->batch_count; i++)
        if (topics->batch[i].change.committed == chosen)
            status = show(topics, &topics->batch[i], error);
    return status;
}

static void drop_batch(leat_demo_topics *topics)
{
    for (size_t i = 0; i < topics->batch_count; i++)
        rd_kafka_message_destroy(topics->batch[i].message);
    topics->batch_count = 0;
}

static leat_status end_batch(leat_demo_topics *topics, leat_error *error)
{
    int64_t now = leat_clock_monotonic();
    leat_status status = LEAT_OK;
    if (topics->batch_count > 0 && now - topics->last_shown >= SHOW_EVERY) {
        topics->last_shown = now;
        status = show_one_transaction(topics, error);
    }
    drop_batch(topics);
    return status;
}

/* Which of the records sent it is: a topic has one partition, and so one order. */
static bool take_sent(leat_demo_topics *topics, demo_topic *topic, sent_change *change)
{
    pthread_mutex_lock(&topics->lock);
    bool existing = topic->rows_seen < topic->rows_sent;
    *change = (sent_change){.committed = -1};
    if (existing)
        topic->rows_seen++;
    else if (topic->changes_seen < topic->change_count)
        *change = topic->changes[topic->changes_seen++];
    pthread_mutex_unlock(&topics->lock);
    return existing;
}

/* Takes the message over. */
static leat_status take_record(leat_demo_topics *topics, demo_topic *topic, rd_kafka_message_t *message,
                               leat_error *error)
{
    arrival arrived = {.message = message, .topic = topic};
    leat_status status = LEAT_OK;
    show_schema(topics, topic, message);
    bool existing = take_sent(topics, topic, &arrived.change);
    leat_demo_view_arrived(topics->view, existing, arrived.change.committed);
    if (!existing) {
        topics->batch[topics->batch_count++] = arrived;
        return topics->batch_count == BATCH ? end_batch(topics, error) : LEAT_OK;
    }
    if (topic->rows_seen <= ROWS_SHOWN_OF_TABLE)
        status = show(topics, &arrived, error);
    rd_kafka_message_destroy(message);
    return status;
}

static demo_topic *topic_of(leat_demo_topics *topics, const rd_kafka_message_t *message)
{
    demo_topic *found = NULL;
    pthread_mutex_lock(&topics->lock);
    for (size_t i = 0; found == NULL && i < topics->count; i++)
        if (topics->list[i]->handle != NULL &&
            strcmp(rd_kafka_topic_name(topics->list[i]->handle), rd_kafka_topic_name(message->rkt)) == 0)
            found = topics->list[i];
    pthread_mutex_unlock(&topics->lock);
    return found;
}

/* Of what is no record, only failures that stay matter. Takes the message over. */
static leat_status take_message(leat_demo_topics *topics, rd_kafka_message_t *message, leat_error *error)
{
    demo_topic *topic = message->rkt == NULL ? NULL : topic_of(topics, message);
    rd_kafka_resp_err_t code = message->err;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && topic != NULL && message->payload != NULL)
        return take_record(topics, topic, message, error);
    leat_status status = LEAT_OK;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__PARTITION_EOF &&
        leat_kafka_classify(code) != LEAT_RETRY)
        status = leat_kafka_failure(&topics->kafka->options, code, rd_kafka_message_errstr(message), error,
                                    "cannot read the demo's topics");
    rd_kafka_message_destroy(message);
    return status;
}

static void *thread_main(void *context)
{
    leat_demo_topics *topics = context;
    leat_error error = {0};
    leat_status status = LEAT_OK;
    while (status == LEAT_OK && !atomic_load(&topics->stop)) {
        rd_kafka_message_t *message = rd_kafka_consume_queue(topics->queue, QUIET_MILLISECONDS);
        status = message == NULL ? end_batch(topics, &error) : take_message(topics, message, &error);
        rd_kafka_poll(topics->client, 0);
    }
    drop_batch(topics);
    if (status != LEAT_OK)
        keep_error(topics, &error);
    return NULL;
}

/* ---- Begin and end ---- */

leat_status leat_demo_topics_start(const leat_demo_kafka *kafka, leat_demo_view *view,
                                   leat_demo_topics **topics, leat_error *error)
{
    leat_demo_topics *made = leat_allocate(sizeof *made);
    *topics = made;
    made->kafka = kafka;
    made->view = view;
    pthread_mutex_init(&made->lock, NULL);
    leat_status status =
        leat_kafka_client_open(&kafka->options, LEAT_KAFKA_READER, NULL, NULL, &made->client, error);
    if (status != LEAT_OK)
        return status;
    made->queue = rd_kafka_queue_new(made->client);
    int number = pthread_create(&made->thread, NULL, thread_main, made);
    made->started = number == 0;
    return made->started ? LEAT_OK
                         : leat_error_system(error, LEAT_FAILED, number, "cannot start the demo's reader");
}

static void close_topic(demo_topic *topic)
{
    if (topic->handle != NULL) {
        rd_kafka_consume_stop(topic->handle, 0);
        rd_kafka_topic_destroy(topic->handle);
    }
    leat_message_text_close(topic->text);
    leat_buffer_free(&topic->schema);
    leat_arena_free(&topic->arena);
    leat_release(topic->table);
    leat_release(topic->changes);
    leat_release(topic->words);
    leat_release(topic);
}

static void release(leat_demo_topics *topics)
{
    for (size_t i = 0; i < topics->count; i++)
        close_topic(topics->list[i]);
    if (topics->queue != NULL)
        rd_kafka_queue_destroy(topics->queue);
    leat_kafka_client_close(topics->client);
    pthread_mutex_destroy(&topics->lock);
    leat_demo_message_free(&topics->message);
    leat_release(topics->list);
    leat_release(topics);
}

leat_status leat_demo_topics_end(leat_demo_topics *topics, leat_error *error)
{
    if (topics == NULL)
        return LEAT_OK;
    atomic_store(&topics->stop, true);
    if (topics->started)
        pthread_join(topics->thread, NULL);
    leat_status status = topics->error.message[0] == '\0' ? LEAT_OK : topics->error.status;
    if (status != LEAT_OK)
        *error = topics->error;
    release(topics);
    return status;
}
