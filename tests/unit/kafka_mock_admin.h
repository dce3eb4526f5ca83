/* The mock cluster of librdkafka 2.0.2 names a controller that is none of its brokers, so that a request for
 * the controller waits in vain. Here, in the test's own program, such requests go to its first broker, which
 * says that it does not know them. */
#ifndef LEAT_TESTS_KAFKA_MOCK_ADMIN_H
#define LEAT_TESTS_KAFKA_MOCK_ADMIN_H

#include <dlfcn.h>
#include <librdkafka/rdkafka.h>

enum { KAFKA_MOCK_FIRST_BROKER = 1 };

static inline void kafka_mock_admin_send_to_first(const rd_kafka_AdminOptions_t *options)
{
    char reason[256];
    rd_kafka_AdminOptions_set_broker((rd_kafka_AdminOptions_t *)options, KAFKA_MOCK_FIRST_BROKER, reason,
                                     sizeof reason);
}

void rd_kafka_DescribeConfigs(rd_kafka_t *client, rd_kafka_ConfigResource_t **resources, size_t count,
                              const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *queue)
{
    void (*real)(rd_kafka_t *, rd_kafka_ConfigResource_t **, size_t, const rd_kafka_AdminOptions_t *,
                 rd_kafka_queue_t *);
    *(void **)&real = dlsym(RTLD_NEXT, "rd_kafka_DescribeConfigs");
    kafka_mock_admin_send_to_first(options);
    real(client, resources, count, options, queue);
}

void rd_kafka_CreateTopics(rd_kafka_t *client, rd_kafka_NewTopic_t **topics, size_t count,
                           const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *queue)
{
    void (*real)(rd_kafka_t *, rd_kafka_NewTopic_t **, size_t, const rd_kafka_AdminOptions_t *,
                 rd_kafka_queue_t *);
    *(void **)&real = dlsym(RTLD_NEXT, "rd_kafka_CreateTopics");
    kafka_mock_admin_send_to_first(options);
    real(client, topics, count, options, queue);
}

#endif
