/* Names of topics, whose they are, and where keys go in them. */
#include "sink/kafka/topics.h"

#include <string.h>

#include "base/buffer.h"
#include "base/list.h"
#include "base/memory.h"

enum { LONGEST_NAME = 249 }; /* org.apache.kafka.common.internals.Topic */

struct leat_kafka_topic_claim {
    char *topic;
    char *table;
};

static bool is_legal(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '.' || byte == '_' || byte == '-';
}

/* A character of UTF-8 is one '_', however many bytes it has. */
static void append_safe(leat_buffer *name, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        uint8_t byte = (uint8_t)*at;
        if (is_legal(byte))
            leat_buffer_append_byte(name, byte);
        else if ((byte & 0xc0) != 0x80)
            leat_buffer_append_byte(name, '_');
    }
}

static const char *keep(leat_buffer *name, leat_arena *arena)
{
    const char *kept = leat_arena_slice_string(arena, leat_buffer_slice(name));
    leat_buffer_free(name);
    return kept;
}

static leat_status check_length(const char *topic, leat_error *error)
{
    size_t length = strlen(topic);
    if (length <= LONGEST_NAME)
        return LEAT_OK;
    return leat_error_fail(error, LEAT_USAGE, "Choose a shorter prefix, or leave the table out.",
                           "the topic's name %s has %zu characters; Kafka allows %d", topic, length,
                           LONGEST_NAME);
}

leat_status leat_kafka_topic_of_table(const leat_sink_kafka_options *options, const leat_table *table,
                                      leat_arena *arena, const char **topic, leat_error *error)
{
    leat_buffer name = {0};
    leat_buffer_append_string(&name, options->prefix);
    leat_buffer_append_byte(&name, '.');
    append_safe(&name, table->schema != NULL ? table->schema : table->database);
    leat_buffer_append_byte(&name, '.');
    append_safe(&name, table->name);
    *topic = keep(&name, arena);
    return check_length(*topic, error);
}

/* A part in quotes stands for what is in them, a quote in it being doubled. */
leat_status leat_kafka_topic_of_name(const leat_sink_kafka_options *options, const char *full_name,
                                     leat_arena *arena, const char **topic, leat_error *error)
{
    leat_buffer plain = {0};
    leat_buffer name = {0};
    bool quoted = false;
    for (const char *at = full_name; *at != '\0'; at++) {
        bool doubled = quoted && at[0] == '"' && at[1] == '"';
        if (*at == '"' && !doubled) {
            quoted = !quoted;
            continue;
        }
        leat_buffer_append_byte(&plain, (uint8_t)*at);
        at += doubled;
    }
    leat_buffer_append_string(&name, options->prefix);
    leat_buffer_append_byte(&name, '.');
    append_safe(&name, leat_buffer_string(&plain));
    leat_buffer_free(&plain);
    *topic = keep(&name, arena);
    return check_length(*topic, error);
}

const char *leat_kafka_own_topic(const leat_sink_kafka_options *options, const char *name, leat_arena *arena)
{
    return leat_arena_printf(arena, "%s.%s", options->prefix, name);
}

/* ---- Claims ---- */

static const char *owner_of(const leat_kafka_topic_claims *claims, const char *topic)
{
    for (size_t i = 0; i < claims->count; i++)
        if (strcmp(claims->items[i].topic, topic) == 0)
            return claims->items[i].table;
    return NULL;
}

static void add_claim(leat_kafka_topic_claims *claims, const char *topic, const char *table)
{
    claims->items = leat_list_room(claims->items, claims->count, &claims->capacity, sizeof *claims->items);
    claims->items[claims->count++] = (struct leat_kafka_topic_claim){
        .topic = leat_duplicate_string(topic),
        .table = leat_duplicate_string(table),
    };
}

leat_status leat_kafka_topic_claim(leat_kafka_topic_claims *claims, const char *topic, const char *table,
                                   leat_error *error)
{
    const char *owner = owner_of(claims, topic);
    if (owner == NULL) {
        add_claim(claims, topic, table);
        return LEAT_OK;
    }
    if (strcmp(owner, table) == 0)
        return LEAT_OK;
    return leat_error_fail(error, LEAT_OPERATOR,
                           "Leave one of them out of the source's tables, or replicate it by a pipeline of "
                           "its own with another prefix.",
                           "the tables %s and %s would share the topic %s", owner, table, topic);
}

void leat_kafka_topic_claims_free(leat_kafka_topic_claims *claims)
{
    for (size_t i = 0; i < claims->count; i++) {
        leat_release(claims->items[i].topic);
        leat_release(claims->items[i].table);
    }
    leat_release(claims->items);
    *claims = (leat_kafka_topic_claims){0};
}

/* ---- Partitions: Java's default partitioner ---- */

/* MurmurHash2, 32 bits (public domain; Austin Appleby), with the seed of Kafka's clients
 * (org.apache.kafka.common.utils.Utils.murmur2). */
static const uint32_t seed = 0x9747b28cu;
static const uint32_t multiplier = 0x5bd1e995u;

static uint32_t word_at(leat_slice bytes, size_t at)
{
    return (uint32_t)bytes.data[at] | (uint32_t)bytes.data[at + 1] << 8 | (uint32_t)bytes.data[at + 2] << 16 |
           (uint32_t)bytes.data[at + 3] << 24;
}

static uint32_t murmur2(leat_slice bytes)
{
    uint32_t hash = seed ^ (uint32_t)bytes.length;
    size_t words_end = bytes.length & ~(size_t)3;
    for (size_t at = 0; at < words_end; at += 4) {
        uint32_t word = word_at(bytes, at) * multiplier;
        hash = (hash * multiplier) ^ ((word ^ (word >> 24)) * multiplier);
    }
    for (size_t at = bytes.length; at > words_end; at--)
        hash ^= (uint32_t)bytes.data[at - 1] << 8 * (at - 1 - words_end);
    if (words_end < bytes.length)
        hash *= multiplier;
    hash = (hash ^ (hash >> 13)) * multiplier;
    return hash ^ (hash >> 15);
}

int32_t leat_kafka_partition(leat_slice key, int32_t partition_count)
{
    /* Java makes its signed hash positive by dropping the sign's bit. */
    return (int32_t)(murmur2(key) & 0x7fffffffu) % partition_count;
}
