/* What would go wrong with Kafka and the registry, before it does. */
#include <string.h>

#include "base/memory.h"
#include "sink/kafka/admin.h"
#include "sink/kafka/sink_internal.h"

/* ---- Brokers ---- */

static leat_status count_brokers(const leat_kafka_sink *sink, rd_kafka_t *client, leat_findings *findings,
                                 leat_error *error)
{
    const struct rd_kafka_metadata *metadata;
    leat_status status = leat_kafka_metadata(&sink->options, client, NULL, &metadata, error);
    if (status != LEAT_OK)
        return status;
    leat_findings_add(findings, LEAT_FINDING_FINE, "kafka_connection", "kafka", NULL,
                      "%s answers: %d broker%s", sink->options.brokers, metadata->broker_cnt,
                      metadata->broker_cnt == 1 ? "" : "s");
    rd_kafka_metadata_destroy(metadata);
    return LEAT_OK;
}

static leat_status check_brokers(leat_kafka_sink *sink, rd_kafka_t *client, const char *const *tables,
                                 size_t table_count, leat_findings *findings, leat_error *error)
{
    leat_status status = leat_kafka_reach(&sink->options, client, error);
    if (status == LEAT_OK)
        status = count_brokers(sink, client, findings, error);
    if (status == LEAT_OK)
        return leat_kafka_check_topics(sink, client, tables, table_count, findings, error);
    if (status != LEAT_STOPPED)
        leat_findings_add_error(findings, LEAT_FINDING_ERROR, "kafka_connection", "kafka", error);
    return status;
}

/* ---- Transactions ---- */

/* The pipeline's own id would shut out a leat that runs. No pipeline's name has a '.'. */
static leat_status begin_with_own_id(const leat_kafka_sink *sink, leat_error *error)
{
    leat_arena scratch = {0};
    leat_sink_kafka_options options = sink->options;
    leat_kafka_producer *producer;
    options.pipeline = leat_arena_printf(&scratch, "%s.check", sink->options.pipeline);
    leat_status status = leat_kafka_producer_open(&options, &producer, error);
    if (status == LEAT_OK)
        leat_kafka_producer_close(producer);
    leat_arena_free(&scratch);
    return status;
}

static leat_status check_transactions(const leat_kafka_sink *sink, leat_findings *findings, leat_error *error)
{
    if (!leat_kafka_is_exactly_once(sink))
        return LEAT_OK;
    leat_status status = begin_with_own_id(sink, error);
    if (status == LEAT_OK)
        leat_findings_add(findings, LEAT_FINDING_FINE, "kafka_transactions", "kafka", NULL,
                          "transactions of leat are allowed");
    else if (status != LEAT_STOPPED)
        leat_findings_add_error(findings, LEAT_FINDING_ERROR, "kafka_transactions", "kafka", error);
    return status;
}

static leat_status check_kafka(leat_kafka_sink *sink, const char *const *tables, size_t table_count,
                               leat_findings *findings, leat_error *error)
{
    rd_kafka_t *client;
    leat_status status = leat_kafka_client_open(&sink->options, LEAT_KAFKA_ADMIN, NULL, NULL, &client, error);
    if (status != LEAT_OK)
        return status;
    status = check_brokers(sink, client, tables, table_count, findings, error);
    leat_kafka_client_close(client);
    return status == LEAT_OK ? check_transactions(sink, findings, error) : status;
}

/* ---- Registry ---- */

static void tell_compatibility(const leat_kafka_sink *sink, const char *compatibility,
                               leat_findings *findings)
{
    bool none = compatibility != NULL && strcmp(compatibility, "NONE") == 0;
    leat_findings_add(findings, none ? LEAT_FINDING_WARNING : LEAT_FINDING_FINE, "registry_compatibility",
                      "registry", none ? "Set the registry's compatibility to BACKWARD or stricter" : NULL,
                      none ? "%s takes every schema (%s): readers meet versions that they cannot read"
                           : "%s answers; what is incompatible by %s stops the run",
                      leat_registry_url(sink->registry), compatibility != NULL ? compatibility : "its rules");
}

static leat_status check_registry(const leat_kafka_sink *sink, leat_findings *findings, leat_error *error)
{
    if (sink->registry == NULL) {
        leat_findings_add(findings, LEAT_FINDING_FINE, "registry", "registry", NULL,
                          "there is none: schemas go to the topic %s", sink->schemas.name);
        return LEAT_OK;
    }
    char *compatibility;
    leat_status status = leat_registry_probe(sink->registry, &compatibility, error);
    if (status == LEAT_OK) {
        tell_compatibility(sink, compatibility, findings);
        leat_release(compatibility);
    } else if (status != LEAT_STOPPED) {
        leat_findings_add_error(findings, LEAT_FINDING_ERROR, "registry", "registry", error);
    }
    return status;
}

/* ---- */

leat_status leat_sink_kafka_check(const leat_sink_kafka_options *options, const char *const *tables,
                                  size_t table_count, leat_findings *findings, leat_error *error)
{
    leat_sink *opened;
    leat_status status = leat_sink_kafka_open(options, &opened, error);
    if (status != LEAT_OK)
        return status;
    leat_kafka_sink *sink = leat_kafka_sink_of(opened);
    status = check_kafka(sink, tables, table_count, findings, error);
    if (status != LEAT_STOPPED && status != LEAT_USAGE)
        status = check_registry(sink, findings, error);
    leat_sink_close(opened);
    return status == LEAT_STOPPED || status == LEAT_USAGE ? status : LEAT_OK;
}
