/* Kinds of sinks: what is known of one before it is opened.
 *
 * A new sink is a folder beside this file and a line in sinks.c: src/config reads its settings, and makes their
 * reference, from what its kind says of them. */
#ifndef LEAT_SINK_KIND_H
#define LEAT_SINK_KIND_H

#include "base/buffer.h"
#include "base/log.h"
#include "event/schema.h"
#include "leat/finding.h"
#include "leat/setting.h"
#include "leat/sink.h"
#include "leat/stop.h"
#include "state/state.h"

/* What a config says of its sink. Texts live as long as the config. */
typedef struct leat_sink_config {
    const struct leat_sink_kind *kind;
    const void *settings; /* the struct of the kind's group, filled */
    const char *pipeline; /* the pipeline's name */
    const char *prefix;
    leat_envelope_kind envelope;
} leat_sink_config;

/* What a sink is lent; all of it outlives the sink. */
typedef struct leat_sink_lent {
    leat_state *state; /* NULL where nothing is to be kept: a check */
    leat_log *log;
    leat_stop stop;
    int output; /* standard output, for who writes to it */
} leat_sink_lent;

/* Constant. What may be NULL says so; sinks.c alone looks. */
typedef struct leat_sink_kind {
    const char *type;                   /* as in the config: "file" */
    const char *summary;                /* what becomes of events: for the reference, Markdown */
    bool keeps_files;                   /* the state store has counts of its files, for status */
    bool takes_output;                  /* standard output is its */
    bool checks_by_table;               /* its check says something of each table's place */
    const leat_setting_group *settings; /* that it alone has; NULL: none */

    leat_status (*open)(const leat_sink_config *config, const leat_sink_lent *lent, leat_sink **sink,
                        leat_error *error);

    /* NULL: nothing of its own can go wrong. */
    leat_status (*check)(const leat_sink_config *config, const leat_sink_lent *lent,
                         const char *const *tables, size_t table_count, leat_findings *findings,
                         leat_error *error);

    /* Appends what makes a sink another one, for which a position does not hold. NULL: its type alone. */
    void (*identity)(const leat_sink_config *config, leat_buffer *out);

    /* Where events go, for programs: a path, brokers. A text of the config, or constant. */
    const char *(*address)(const leat_sink_config *config);

    /* The same for people, appended. NULL: as the address. */
    void (*place)(const leat_sink_config *config, leat_buffer *out);
} leat_sink_kind;

/* All kinds there are; sinks.c lists them. */
extern const leat_sink_kind *const leat_sinks[];
extern const size_t leat_sink_count;

/* The kind of that type; NULL for none. */
const leat_sink_kind *leat_sink_kind_find(const char *type);

/* ---- The sink that a config names ---- */

/* Makes it; it connects to nothing yet. Borrows from the config. LEAT_USAGE or LEAT_OPERATOR with the mend for
 * settings that make no sense or a place that cannot be used. */
leat_status leat_sink_open(const leat_sink_config *config, const leat_sink_lent *lent, leat_sink **sink,
                           leat_error *error);

/* What a run would find wanting, of these tables (full names) too where the kind checks by table. Changes
 * nothing. What cannot be reached is a finding; LEAT_STOPPED, or LEAT_USAGE for settings that a run would
 * refuse. `lent->state` is not looked at. */
leat_status leat_sink_check(const leat_sink_config *config, const leat_sink_lent *lent,
                            const char *const *tables, size_t table_count, leat_findings *findings,
                            leat_error *error);

/* Appends what tells it from every other: "kafka with the prefix shop". */
void leat_sink_identity(const leat_sink_config *config, leat_buffer *out);

/* Appends where events go, for people. */
void leat_sink_place(const leat_sink_config *config, leat_buffer *out);

#endif
