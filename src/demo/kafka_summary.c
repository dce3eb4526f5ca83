#include "demo/kafka_summary.h"

#include <inttypes.h>

#include "demo/recount.h"
#include "terminal/human.h"
#include "terminal/layout.h"

static const char *const tables[] = {"customers", "order_items", "orders"};

static const leat_layout_column topic_columns[] = {
    {.heading = "topic"},
    {.heading = "existing rows", .right = true},
    {.heading = "changes", .right = true},
    {.heading = "tombstones", .right = true},
    {.heading = "schemas"},
};

static void add_topic(leat_layout *layout, leat_demo_recount *counted)
{
    char text[LEAT_HUMAN_SIZE];
    leat_layout_add(layout, "%s", counted->topic);
    leat_layout_add(layout, "%s", leat_human_count(counted->existing, text));
    leat_layout_add(layout, "%s", leat_human_count(counted->changes, text));
    leat_layout_add(layout, "%s", leat_human_count(counted->tombstones, text));
    leat_layout_add(layout, "%s", leat_buffer_string(&counted->schemas));
}

static void add_up(leat_demo_recount *total, const leat_demo_recount *counted)
{
    total->existing += counted->existing;
    total->changes += counted->changes;
    total->deletes += counted->deletes;
    total->tombstones += counted->tombstones;
    total->repeated += counted->repeated;
}

static leat_status count_topics(leat_demo_kafka *kafka, const leat_demo_outcome *outcome, leat_layout *layout,
                                leat_demo_recount *total, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; status == LEAT_OK && i < sizeof tables / sizeof tables[0]; i++) {
        leat_demo_recount counted;
        const char *table = leat_arena_printf(&kafka->arena, "%s.%s", outcome->schema, tables[i]);
        status = leat_demo_recount_table(kafka, table, &counted, error);
        if (status == LEAT_OK) {
            add_topic(layout, &counted);
            add_up(total, &counted);
        }
        leat_demo_recount_free(&counted);
    }
    return status;
}

static leat_status compare_counts(const leat_demo_outcome *outcome, const leat_demo_recount *total,
                                  leat_error *error)
{
    if (total->existing == outcome->existing_made && total->changes == outcome->changes_made &&
        total->repeated == 0 && total->tombstones == total->deletes)
        return LEAT_OK;
    return leat_error_set(error, LEAT_FAILED,
                          "the database had %" PRIu64 " rows and %" PRIu64
                          " changes, but the topics hold %" PRIu64 " and %" PRIu64 ", %" PRIu64
                          " of these more than once, and %" PRIu64 " tombstones of %" PRIu64
                          " deletes: this is a fault of leat",
                          outcome->existing_made, outcome->changes_made, total->existing, total->changes,
                          total->repeated, total->tombstones, total->deletes);
}

static void put_verdict(const leat_demo_outcome *outcome, leat_buffer *out)
{
    char existing[LEAT_HUMAN_SIZE];
    char changes[LEAT_HUMAN_SIZE];
    leat_buffer_printf(out,
                       "\n  Each of the %s rows and %s changes of the database is in the topics, once, as "
                       "readers with read_committed see it.\n",
                       leat_human_count(outcome->existing_made, existing),
                       leat_human_count(outcome->changes_made, changes));
}

static void put_lag(const leat_demo_outcome *outcome, leat_buffer *out)
{
    char typical[LEAT_HUMAN_SIZE];
    char longest[LEAT_HUMAN_SIZE];
    if (outcome->typical_lag >= 0)
        leat_buffer_printf(out,
                           "  Lag from commit in the database to such a reader: half of them within %s, the "
                           "slowest %s.\n",
                           leat_human_duration(outcome->typical_lag, typical),
                           leat_human_duration(outcome->longest_lag, longest));
}

leat_status leat_demo_kafka_summarise(leat_demo_kafka *kafka, const leat_demo_outcome *outcome,
                                      leat_buffer *out, leat_error *error)
{
    leat_demo_recount total = {0};
    leat_layout layout = {.columns = topic_columns,
                          .column_count = sizeof topic_columns / sizeof topic_columns[0]};
    leat_status status = count_topics(kafka, outcome, &layout, &total, error);
    leat_layout_render(&layout, 2, out);
    leat_layout_free(&layout);
    if (status == LEAT_OK)
        status = compare_counts(outcome, &total, error);
    if (status == LEAT_OK)
        put_verdict(outcome, out);
    put_lag(outcome, out);
    return status;
}

void leat_demo_kafka_commands(const leat_demo_kafka *kafka, const leat_demo_outcome *outcome,
                              const char *config, leat_buffer *out)
{
    const char *brokers = kafka->options.brokers;
    const char *prefix = kafka->options.prefix;
    const char *registry = kafka->registry_shown;
    leat_buffer_printf(out, "\nThe topics stay. Read on in them:\n  %s cat kafka://%s/%s.%s.orders%s%s\n",
                       outcome->program, brokers, prefix, outcome->schema,
                       registry == NULL ? "" : " --registry ", registry == NULL ? "" : registry);
    /* Not every kcat knows Avro. */
    leat_buffer_printf(out,
                       "  kcat -b %s -C -e -X isolation.level=read_committed -f '%%T %%o: %%S bytes\\n' -t "
                       "%s.%s.orders\n",
                       brokers, prefix, outcome->schema);
    leat_buffer_printf(out, "  %s status %s\n", outcome->program, config);
    if (outcome->server != NULL)
        leat_buffer_printf(out, "\nThe database is stopped and kept. This starts it again:\n  %s\n",
                           outcome->server);
    leat_buffer_printf(out, "\nEverything else is in %s; remove that when you are done.\n", outcome->folder);
}
