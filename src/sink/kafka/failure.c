/* What Kafka's error codes stand for: what may be done next, and the mend. */
#include "base/buffer.h"
#include "sink/kafka/client.h"

typedef struct meaning {
    rd_kafka_resp_err_t code;
    leat_status status;
    const char *mend; /* NULL where nothing but waiting helps */
} meaning;

/* ---- Mends that several codes share ---- */

static const char reach_brokers[] =
    "See that the brokers run and that this machine reaches them, by the addresses that they advertise too "
    "(advertised.listeners).";
static const char mend_login[] = "Set security.protocol, sasl.mechanisms, sasl.username and sasl.password in "
                                 "the sink's kafka properties as the brokers want them.";
static const char bring_replicas[] =
    "Bring the missing brokers back, or lower the topic's min.insync.replicas.";
static const char grant_topic[] =
    "Let leat's user DESCRIBE, READ and WRITE the topics of its prefix, and CREATE them where it makes them.";
static const char make_topic[] = "Make the topic, or let leat make topics (manage).";
static const char end_rival[] =
    "See that leat runs only once for this pipeline; another pipeline needs another name.";
static const char allow_size[] = "Raise max.message.bytes of the topic, and message.max.bytes in the sink's "
                                 "kafka properties where that is smaller.";
static const char name_otherwise[] =
    "Kafka holds names that differ in '.' and '_' alone for the same: choose another prefix; or, where both "
    "tables are this pipeline's, leave one of them out of the source's tables and replicate it by a pipeline "
    "of its own with another prefix.";
static const char newer_brokers[] = "leat needs Kafka 0.11 or newer, or a server that speaks like it.";

/* What is not here is LEAT_FAILED. */
static const meaning meanings[] = {
    {RD_KAFKA_RESP_ERR__TRANSPORT, LEAT_RETRY, reach_brokers},
    {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, LEAT_RETRY, reach_brokers},
    {RD_KAFKA_RESP_ERR__RESOLVE, LEAT_RETRY, "See that the names of the brokers resolve on this machine."},
    {RD_KAFKA_RESP_ERR__TIMED_OUT, LEAT_RETRY, reach_brokers},
    {RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, LEAT_RETRY, reach_brokers},
    {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, LEAT_RETRY, reach_brokers},
    {RD_KAFKA_RESP_ERR__BAD_MSG, LEAT_RETRY,
     "See that the sink's brokers are addresses of Kafka, and that security.protocol is what they speak "
     "there."},
    {RD_KAFKA_RESP_ERR__WAIT_COORD, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR__RETRY, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR__QUEUE_FULL, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR__STATE, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR__FATAL, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR__INCONSISTENT, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR__DESTROY, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR__PURGE_QUEUE, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE, LEAT_RETRY, "Give leat more threads, memory or open files."},
    {RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, LEAT_RETRY, reach_brokers},
    {RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, LEAT_RETRY, reach_brokers},
    {RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, LEAT_RETRY,
     "See that enough brokers run for the brokers' topic __transaction_state "
     "(transaction.state.log.replication.factor, transaction.state.log.min.isr)."},
    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_NOT_CONTROLLER, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, LEAT_RETRY, bring_replicas},
    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, LEAT_RETRY, bring_replicas},
    {RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, LEAT_RETRY, "Look at the disks of the brokers."},
    {RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE, LEAT_RETRY, NULL},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, LEAT_OPERATOR, mend_login},
    {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, LEAT_OPERATOR, mend_login},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, LEAT_OPERATOR, mend_login},
    {RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE, LEAT_OPERATOR, mend_login},
    {RD_KAFKA_RESP_ERR_SECURITY_DISABLED, LEAT_OPERATOR, mend_login},
    {RD_KAFKA_RESP_ERR__SSL, LEAT_OPERATOR,
     "Set security.protocol, ssl.ca.location and, where brokers ask for them, ssl.certificate.location and "
     "ssl.key.location in the sink's kafka properties."},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, LEAT_OPERATOR, grant_topic},
    {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, LEAT_OPERATOR,
     "Let leat's user DESCRIBE and WRITE transactional ids that begin with leat-, or use at-least-once "
     "delivery."},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, LEAT_OPERATOR,
     "Let leat's user IDEMPOTENT_WRITE on the cluster, and CREATE where it makes topics."},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, LEAT_OPERATOR, make_topic},
    {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, LEAT_OPERATOR, make_topic},
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, LEAT_OPERATOR, make_topic},
    {RD_KAFKA_RESP_ERR__FENCED, LEAT_OPERATOR, end_rival},
    {RD_KAFKA_RESP_ERR_PRODUCER_FENCED, LEAT_OPERATOR, end_rival},
    {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, LEAT_OPERATOR, end_rival},
    {RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT, LEAT_OPERATOR,
     "Set transaction.timeout.ms in the sink's kafka properties to no more than the brokers' "
     "transaction.max.timeout.ms, or raise that."},
    {RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, LEAT_OPERATOR,
     "Set the sink's replication to no more than the number of brokers."},
    {RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, LEAT_OPERATOR, "Set the sink's partitions to what brokers allow."},
    {RD_KAFKA_RESP_ERR_POLICY_VIOLATION, LEAT_OPERATOR,
     "Set the sink's partitions, replication and cleanup as the brokers' policy for new topics wants them, "
     "or "
     "make the topic yourself."},
    {RD_KAFKA_RESP_ERR_INVALID_CONFIG, LEAT_OPERATOR,
     "Make the topic yourself, with settings that the brokers take."},
    {RD_KAFKA_RESP_ERR_INVALID_RECORD, LEAT_OPERATOR,
     "A compacted topic takes no record without a key (a table that has none, a truncate): set its "
     "cleanup.policy to delete, if only for a while."},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, LEAT_OPERATOR, name_otherwise},
    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, LEAT_FAILED, allow_size},
    {RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, LEAT_FAILED, allow_size},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, LEAT_FAILED, newer_brokers},
    {RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, LEAT_FAILED, newer_brokers},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE, LEAT_FAILED,
     "Set compression.type in the sink's kafka properties to one that the brokers know, e.g. lz4."},
};

static const meaning *meaning_of(rd_kafka_resp_err_t code)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].code == code)
            return &meanings[i];
    return NULL;
}

leat_status leat_kafka_classify(rd_kafka_resp_err_t code)
{
    const meaning *found = meaning_of(code);
    return found != NULL ? found->status : LEAT_FAILED;
}

static leat_status fill(const leat_sink_kafka_options *options, rd_kafka_resp_err_t code, const char *reason,
                        leat_error *error, leat_buffer *context)
{
    const meaning *found = meaning_of(code);
    leat_status status = found != NULL ? found->status : LEAT_FAILED;
    if (reason == NULL || *reason == '\0')
        reason = rd_kafka_err2str(code);
    leat_error_set(error, status, "%s: %s (Kafka at %s)", leat_buffer_string(context), reason,
                   options->brokers);
    leat_error_set_code(error, "Kafka %d", (int)code);
    if (found != NULL && found->mend != NULL)
        leat_error_mend(error, "%s", found->mend);
    leat_buffer_free(context);
    return status;
}

leat_status leat_kafka_failure(const leat_sink_kafka_options *options, rd_kafka_resp_err_t code,
                               const char *reason, leat_error *error, const char *context_format, ...)
{
    leat_buffer context = {0};
    va_list arguments;
    va_start(arguments, context_format);
    leat_buffer_vprintf(&context, context_format, arguments);
    va_end(arguments);
    return fill(options, code, reason, error, &context);
}

leat_status leat_kafka_error_failure(const leat_sink_kafka_options *options, rd_kafka_error_t *reason,
                                     leat_error *error, const char *context_format, ...)
{
    leat_buffer context = {0};
    va_list arguments;
    va_start(arguments, context_format);
    leat_buffer_vprintf(&context, context_format, arguments);
    va_end(arguments);
    leat_status status =
        fill(options, rd_kafka_error_code(reason), rd_kafka_error_string(reason), error, &context);
    rd_kafka_error_destroy(reason);
    return status;
}
