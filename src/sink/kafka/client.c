#include "sink/kafka/client.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sink/kafka/properties.h"

/* What a client's callbacks need; its opaque. Made before it and freed after it. `log` is for every thread,
 * the rest for the one that polls. */
typedef struct listener {
    leat_log *log;
    void *context;
    void (*delivered)(rd_kafka_t *, const rd_kafka_message_t *, void *);
    rd_kafka_resp_err_t trouble;
    int64_t troubled_at;
    char text[512];
} listener;

/* What on_error or the failure of a call tells as well, and properties of producers that are set for a
 * consumer ("CONFWARN"): they are set for whom they concern. */
static bool is_told_elsewhere(const char *facility)
{
    static const char *const facilities[] = {"CONFWARN", "FAIL", "FATAL", "TXNERR", "TERMINATE"};
    for (size_t i = 0; i < sizeof facilities / sizeof facilities[0]; i++)
        if (strcmp(facilities[i], facility) == 0)
            return true;
    return false;
}

/* Brokers that have just started; librdkafka asks again, and whoever has waited for too long tells. */
static bool is_told_to_all(const char *text)
{
    return strstr(text, rd_kafka_err2str(RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS)) != NULL;
}

/* librdkafka's own threads. */
static void on_log(const rd_kafka_t *client, int level, const char *facility, const char *text)
{
    const listener *heard = rd_kafka_opaque(client);
    bool grave = level <= LOG_WARNING && !is_told_elsewhere(facility) && !is_told_to_all(text);
    leat_log_write(heard->log, grave ? LEAT_LOG_WARNING : LEAT_LOG_DEBUG, "kafka: %s: %s", facility, text);
}

/* That no broker is left says less than what became of one. */
static bool says_more(const listener *heard, rd_kafka_resp_err_t code)
{
    return code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || heard->trouble == RD_KAFKA_RESP_ERR_NO_ERROR;
}

static void on_error(rd_kafka_t *client, int code, const char *reason, void *opaque)
{
    listener *heard = opaque;
    (void)client;
    bool told = code == RD_KAFKA_RESP_ERR__FATAL; /* by the call that fails for it */
    leat_log_write(heard->log, told ? LEAT_LOG_DEBUG : LEAT_LOG_WARNING, "kafka: %s", reason);
    heard->troubled_at = leat_clock_monotonic();
    if (!says_more(heard, (rd_kafka_resp_err_t)code))
        return;
    heard->trouble = (rd_kafka_resp_err_t)code;
    snprintf(heard->text, sizeof heard->text, "%s", reason);
}

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
    const listener *heard = opaque;
    if (heard->delivered != NULL)
        heard->delivered(client, message, heard->context);
}

static bool is_producer(leat_kafka_role role)
{
    return role == LEAT_KAFKA_TRANSACTIONAL_PRODUCER || role == LEAT_KAFKA_IDEMPOTENT_PRODUCER;
}

static void set_callbacks(rd_kafka_conf_t *conf, leat_kafka_role role, listener *heard)
{
    rd_kafka_conf_set_opaque(conf, heard);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    if (is_producer(role))
        rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
}

/* Takes `conf` over. */
static leat_status make(rd_kafka_conf_t *conf, leat_kafka_role role, rd_kafka_t **client, leat_error *error)
{
    char reason[512];
    *client =
        rd_kafka_new(is_producer(role) ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, conf, reason, sizeof reason);
    if (*client != NULL)
        return LEAT_OK;
    bool exhausted = rd_kafka_last_error() == RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE;
    rd_kafka_conf_destroy(conf);
    leat_error_set(error, exhausted ? LEAT_RETRY : LEAT_USAGE, "librdkafka cannot make a client: %s", reason);
    leat_error_mend(error, exhausted ? "Give leat more threads, memory or open files."
                                     : "Correct the sink's kafka properties.");
    return exhausted ? LEAT_RETRY : LEAT_USAGE;
}

leat_status leat_kafka_client_open(const leat_sink_kafka_options *options, leat_kafka_role role, void *opaque,
                                   void (*delivered)(rd_kafka_t *, const rd_kafka_message_t *, void *),
                                   rd_kafka_t **client, leat_error *error)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    leat_status status = leat_kafka_properties_apply(options, role, conf, error);
    if (status != LEAT_OK) {
        rd_kafka_conf_destroy(conf);
        return status;
    }
    listener *heard = leat_allocate(sizeof *heard);
    *heard = (listener){.log = options->log, .context = opaque, .delivered = delivered};
    set_callbacks(conf, role, heard);
    status = make(conf, role, client, error);
    if (status != LEAT_OK)
        leat_release(heard);
    return status;
}

rd_kafka_resp_err_t leat_kafka_client_trouble(const rd_kafka_t *client, int64_t since, const char **text)
{
    const listener *heard = rd_kafka_opaque(client);
    bool recent = heard->trouble != RD_KAFKA_RESP_ERR_NO_ERROR && heard->troubled_at >= since;
    *text = recent ? heard->text : "";
    return recent ? heard->trouble : RD_KAFKA_RESP_ERR_NO_ERROR;
}

uint64_t leat_kafka_client_number(rd_kafka_t *client, const char *name)
{
    return leat_kafka_properties_number(rd_kafka_conf(client), name);
}

void leat_kafka_client_close(rd_kafka_t *client)
{
    if (client == NULL)
        return;
    listener *heard = rd_kafka_opaque(client);
    heard->delivered = NULL;
    rd_kafka_destroy(client);
    leat_release(heard);
}
