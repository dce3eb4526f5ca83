/* Topics before a run: those that are there compared, the making of the others rehearsed. */
#include <string.h>

#include "base/memory.h"
#include "sink/kafka/admin.h"
#include "sink/kafka/sink_internal.h"

enum { MOST_NAMES = 5 };

typedef struct checkup {
    leat_kafka_sink *sink;
    rd_kafka_t *client;
    leat_findings *findings;
    leat_arena arena;
    leat_kafka_topic_claims claims;
    leat_kafka_topic_wish *wishes;
    const char **names;
    leat_kafka_topic_facts *facts;
    size_t count;
} checkup;

static void add(checkup *work, leat_finding_level level, const char *code, const char *topic,
                const leat_error *error)
{
    leat_findings_add_error(work->findings, level, code, leat_arena_printf(&work->arena, "topic %s", topic),
                            error);
}

/* "a, b, c and 9 more": the names of those whose existence is `exists`. */
static const char *list_names(checkup *work, bool exists, size_t *count)
{
    leat_buffer text = {0};
    *count = 0;
    for (size_t i = 0; i < work->count; i++)
        if (work->facts[i].exists == exists && ++*count <= MOST_NAMES)
            leat_buffer_printf(&text, "%s%s", *count > 1 ? ", " : "", work->names[i]);
    if (*count > MOST_NAMES)
        leat_buffer_printf(&text, " and %zu more", *count - MOST_NAMES);
    const char *kept = leat_arena_slice_string(&work->arena, leat_buffer_slice(&text));
    leat_buffer_free(&text);
    return kept;
}

/* ---- Which ---- */

static void wish_for_table(checkup *work, const char *table)
{
    leat_error error = {0};
    const char *topic;
    leat_status status = leat_kafka_topic_of_name(&work->sink->options, table, &work->arena, &topic, &error);
    if (status == LEAT_OK)
        status = leat_kafka_topic_claim(&work->claims, topic, table, &error);
    if (status != LEAT_OK) {
        leat_findings_add_error(work->findings, LEAT_FINDING_ERROR, "topic_name",
                                leat_arena_printf(&work->arena, "table %s", table), &error);
        return;
    }
    work->wishes[work->count++] = (leat_kafka_topic_wish){
        .name = topic,
        .partitions = work->sink->options.partitions,
        .replication = work->sink->options.replication,
        .cleanup = work->sink->options.cleanup,
    };
}

static void list_wishes(checkup *work, const char *const *tables, size_t table_count)
{
    leat_kafka_own *owns[LEAT_KAFKA_OWN_TOPICS];
    size_t most = table_count + LEAT_KAFKA_OWN_TOPICS;
    work->wishes = leat_arena_allocate_array(&work->arena, most, sizeof *work->wishes);
    work->names = leat_arena_allocate_array(&work->arena, most, sizeof *work->names);
    work->facts = leat_arena_allocate_array(&work->arena, most, sizeof *work->facts);
    work->count = leat_kafka_own_wishes(work->sink, owns, work->wishes);
    for (size_t i = 0; i < table_count; i++)
        wish_for_table(work, tables[i]);
    for (size_t i = 0; i < work->count; i++)
        work->names[i] = work->wishes[i].name;
}

/* ---- Those that are there ---- */

static void compare_cleanup(checkup *work, size_t index)
{
    const leat_kafka_topic_wish *wish = &work->wishes[index];
    const leat_kafka_topic_facts *facts = &work->facts[index];
    leat_error error;
    if (wish->own || !leat_kafka_topic_is_compacted(facts))
        return;
    leat_error_set(&error, LEAT_OPERATOR,
                   "it has cleanup.policy=%s and takes no record without a key: a table without one, or a "
                   "truncate, would stop the run",
                   facts->cleanup);
    add(work, LEAT_FINDING_WARNING, "topic_compacted", wish->name, &error);
}

static void compare_settings(checkup *work, size_t index)
{
    leat_error error = {0};
    uint64_t batch = leat_kafka_client_number(work->client, "batch.size");
    if (!work->facts[index].described)
        return;
    if (leat_kafka_topic_compare(&work->wishes[index], &work->facts[index], batch, &error) != LEAT_OK)
        add(work, LEAT_FINDING_ERROR, "topic_settings", work->names[index], &error);
    compare_cleanup(work, index);
}

static const struct rd_kafka_metadata_topic *find(const struct rd_kafka_metadata *metadata, const char *name)
{
    for (int i = 0; i < metadata->topic_cnt; i++)
        if (strcmp(metadata->topics[i].topic, name) == 0)
            return &metadata->topics[i];
    return NULL;
}

static void check_leaders(checkup *work, const struct rd_kafka_metadata_topic *topic)
{
    leat_error error;
    int missing = 0;
    for (int i = 0; i < topic->partition_cnt; i++)
        missing += topic->partitions[i].leader < 0;
    if (missing == 0)
        return;
    leat_error_fail(&error, LEAT_RETRY, "Bring the brokers that have replicas of it back.",
                    "%d of its %d partitions have no leader", missing, topic->partition_cnt);
    add(work, LEAT_FINDING_ERROR, "topic_leader", topic->topic, &error);
}

static leat_status compare_partitions(checkup *work, leat_error *error)
{
    const struct rd_kafka_metadata *metadata;
    leat_status status = leat_kafka_metadata(&work->sink->options, work->client, NULL, &metadata, error);
    if (status != LEAT_OK)
        return status;
    for (size_t i = 0; i < work->count; i++) {
        leat_error refusal = {0};
        const struct rd_kafka_metadata_topic *topic = find(metadata, work->names[i]);
        if (topic == NULL || !work->facts[i].exists)
            continue;
        check_leaders(work, topic);
        if (leat_kafka_topic_compare_partitions(&work->wishes[i], &work->facts[i], topic, &refusal) !=
            LEAT_OK)
            add(work, LEAT_FINDING_ERROR, "topic_partitions", work->names[i], &refusal);
    }
    rd_kafka_metadata_destroy(metadata);
    return LEAT_OK;
}

static void tell_unread(checkup *work)
{
    size_t unread = 0;
    for (size_t i = 0; i < work->count; i++)
        unread += work->facts[i].exists && !work->facts[i].described;
    if (unread > 0)
        leat_findings_add(work->findings, LEAT_FINDING_WARNING, "topic_settings_unread", "kafka",
                          "Let leat's user DESCRIBE_CONFIGS the topics of its prefix",
                          "the settings of %zu topics cannot be read: what a run needs of them is unknown",
                          unread);
}

static leat_status check_present(checkup *work, leat_error *error)
{
    size_t count;
    const char *names = list_names(work, true, &count);
    if (count == 0)
        return LEAT_OK;
    size_t errors = leat_findings_count(work->findings, LEAT_FINDING_ERROR);
    for (size_t i = 0; i < work->count; i++)
        if (work->facts[i].exists)
            compare_settings(work, i);
    tell_unread(work);
    leat_status status = compare_partitions(work, error);
    if (status == LEAT_OK && leat_findings_count(work->findings, LEAT_FINDING_ERROR) == errors)
        leat_findings_add(work->findings, LEAT_FINDING_FINE, "topics", "kafka", NULL,
                          "%zu of the topics are there: %s", count, names);
    return status;
}

/* ---- Those that are not ---- */

static void refuse_missing(checkup *work)
{
    for (size_t i = 0; i < work->count; i++) {
        if (work->facts[i].exists)
            continue;
        const leat_kafka_topic_wish *wish = &work->wishes[i];
        const char *mend = leat_arena_printf(
            &work->arena, "Set sink.manage_topics, or: kafka-topics.sh --create --topic %s%s", wish->name,
            wish->own ? " --partitions 1 --config cleanup.policy=compact" : "");
        leat_findings_add(work->findings, LEAT_FINDING_ERROR, "topic_missing",
                          leat_arena_printf(&work->arena, "topic %s", wish->name), mend,
                          "it is not there, and leat is not to make it");
    }
}

static leat_status rehearse(checkup *work, const char *names, size_t count)
{
    leat_error error = {0};
    const leat_kafka_topic_wish **missing =
        leat_arena_allocate_array(&work->arena, work->count, sizeof *missing);
    size_t at = 0;
    for (size_t i = 0; i < work->count; i++)
        if (!work->facts[i].exists)
            missing[at++] = &work->wishes[i];
    leat_status status =
        leat_kafka_topics_create(&work->sink->options, work->client, missing, count, true, &error);
    if (status == LEAT_OK)
        leat_findings_add(work->findings, LEAT_FINDING_FINE, "topics_to_make", "kafka", NULL,
                          "%zu of the topics are not there; a run makes them: %s", count, names);
    else if (status != LEAT_STOPPED)
        leat_findings_add_error(work->findings, LEAT_FINDING_ERROR, "topics_to_make", "kafka", &error);
    return status == LEAT_STOPPED ? status : LEAT_OK;
}

static leat_status check_missing(checkup *work, leat_error *error)
{
    size_t count;
    const char *names = list_names(work, false, &count);
    if (count == 0)
        return LEAT_OK;
    if (work->sink->options.manage)
        return rehearse(work, names, count) == LEAT_OK
                   ? LEAT_OK
                   : leat_error_set(error, LEAT_STOPPED, "the check was stopped");
    refuse_missing(work);
    return LEAT_OK;
}

/* ---- Names that brokers hold for one ---- */

static bool is_alike(const char *one, const char *other)
{
    for (; *one != '\0' && *other != '\0'; one++, other++)
        if (*one != *other && !((*one == '.' || *one == '_') && (*other == '.' || *other == '_')))
            return false;
    return *one == *other;
}

/* Kafka does not make the second of two such topics. Where both are there already, it is no Kafka. */
static void refuse_alike(checkup *work, size_t place)
{
    for (size_t i = 0; i < place; i++) {
        if ((work->facts[i].exists && work->facts[place].exists) ||
            !is_alike(work->names[i], work->names[place]))
            continue;
        leat_findings_add(work->findings, LEAT_FINDING_ERROR, "topic_name",
                          leat_arena_printf(&work->arena, "topic %s", work->names[place]),
                          "Leave one of the two tables out of the source's tables, or replicate it by a "
                          "pipeline of its own with another prefix.",
                          "the topics %s and %s differ in '.' and '_' alone, which Kafka holds for the same",
                          work->names[i], work->names[place]);
        return;
    }
}

static void check_names(checkup *work)
{
    for (size_t i = 1; i < work->count; i++)
        refuse_alike(work, i);
}

/* ---- How large ---- */

static void tell_largest(checkup *work)
{
    size_t largest = 0;
    for (size_t i = 0; i < work->count; i++)
        if (!work->wishes[i].own && work->facts[i].largest > 0 &&
            (largest == 0 || work->facts[i].largest < largest))
            largest = work->facts[i].largest;
    if (largest > 0)
        leat_findings_add(work->findings, LEAT_FINDING_FINE, "message_size", "kafka", NULL,
                          "messages of up to %zu bytes are taken; a larger record %s", largest,
                          work->sink->options.large == LEAT_KAFKA_LARGE_SPILL ? "goes to a file"
                                                                              : "stops the run");
}

static leat_status check_all(checkup *work, leat_error *error)
{
    leat_status status = leat_kafka_topics_look(&work->sink->options, work->client, work->names, work->count,
                                                work->facts, error);
    if (status == LEAT_OK)
        check_names(work);
    if (status == LEAT_OK)
        status = check_present(work, error);
    if (status == LEAT_OK)
        status = check_missing(work, error);
    if (status == LEAT_OK)
        tell_largest(work);
    else if (status != LEAT_STOPPED)
        leat_findings_add_error(work->findings, LEAT_FINDING_ERROR, "topics", "kafka", error);
    return status == LEAT_STOPPED ? status : LEAT_OK;
}

leat_status leat_kafka_check_topics(leat_kafka_sink *sink, rd_kafka_t *client, const char *const *tables,
                                    size_t table_count, leat_findings *findings, leat_error *error)
{
    checkup work = {.sink = sink, .client = client, .findings = findings};
    list_wishes(&work, tables, table_count);
    leat_status status = check_all(&work, error);
    leat_kafka_topic_claims_free(&work.claims);
    leat_arena_free(&work.arena);
    return status;
}
