/* Java's default partitioner. */
#include "sink/kafka/topics.h"

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
