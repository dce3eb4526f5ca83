/* Contract: a source, the connector that tails one database's log. */
#ifndef LEAT_SOURCE_H
#define LEAT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/log.h"
#include "leat/event.h"
#include "leat/finding.h"
#include "leat/position.h"
#include "leat/setting.h"
#include "leat/stop.h"

/* What a connector must remember across restarts (identity of the server, slot made and not yet used…). The
 * pipeline lends it; a put is durable when it returns, or, while records wait for their commit, together with
 * them. Keys are the connector's own. Pump thread. */
typedef struct leat_notebook {
    void *context;
    /* The value of `key` as a heap string the caller releases, or NULL when there is none. */
    leat_status (*get)(void *context, const char *key, char **value, leat_error *error);
    /* Keeps `value` under `key`; a NULL value forgets the key. */
    leat_status (*put)(void *context, const char *key, const char *value, leat_error *error);
} leat_notebook;

/* Everything a source is made from. The source copies nothing: all of it outlives the source. */
typedef struct leat_source_options {
    const char *pipeline; /* the pipeline's name */
    const char *type;     /* as in the config: postgres, mysql, mariadb */
    const char *url;
    const char *const
        *tables; /* patterns of "schema.table"; a leading '!' excludes; see leat_patterns_match */
    size_t table_count;
    const void *settings; /* those that its kind alone has: the struct of the kind's group, filled */
    const char *folder;   /* where the source may keep files of its own; made by it when it needs it */
    unsigned snapshot_workers;
    int64_t connect_timeout; /* microseconds */
    int64_t heartbeat_every; /* microseconds between position reports to the server when idle */
    leat_log *log;
    const leat_notebook *notebook;
    leat_stop stop; /* asked in every wait; true ends the call with LEAT_STOPPED */
} leat_source_options;

/* A captured table as `discover` lists it. Texts live in the list's arena. */
typedef struct leat_discovered_table {
    const char *name;     /* "schema.table" */
    int64_t row_estimate; /* -1 unknown */
    int64_t bytes;        /* -1 unknown */
} leat_discovered_table;

typedef struct leat_discovery {
    leat_arena arena;
    leat_discovered_table *tables;
    size_t count;
} leat_discovery;

/* How far the server's log has got, for lag. */
typedef struct leat_source_progress {
    char *current;          /* log text of the server's end of log; the caller releases it */
    int64_t bytes_behind;   /* from `acknowledged` to `current`; -1 unknown */
    int64_t bytes_retained; /* log that the server keeps for us; -1 unknown */
} leat_source_progress;

typedef struct leat_source leat_source;

/* What a connector's source can do. One thread (the pump's) calls all of these, one at a time. */
typedef struct leat_source_ops {
    /* Everything that would go wrong, each with its mend. Changes nothing on the server. An unreachable
     * server is a finding too; only what keeps the check itself from working is an error. */
    leat_status (*check)(leat_source *source, leat_findings *findings, leat_error *error);

    /* The tables that the patterns select now. */
    leat_status (*discover)(leat_source *source, leat_discovery *discovery, leat_error *error);

    /* Sets up what a first start needs and begins the initial snapshot: `next` then gives SNAPSHOT_BEGIN,
     * rows, SNAPSHOT_END; after that `start` is called with the end's position. A snapshot cut short by a
     * crash begins again from nothing. */
    leat_status (*snapshot)(leat_source *source, leat_error *error);

    /* Sets up what a first start needs without a snapshot; gives the log text to `start` from (heap). */
    leat_status (*begin_without_snapshot)(leat_source *source, char **log, leat_error *error);

    /* Streams what comes after `position`. Refuses (LEAT_OPERATOR) when the server cannot give exactly that.
     * A transaction that `position` has cut is given again from its begin. */
    leat_status (*start)(leat_source *source, const leat_position *position, leat_error *error);

    /* The next event; waits at most `timeout` microseconds. Answers the server's keepalives as it goes. */
    leat_status (*next)(leat_source *source, int64_t timeout, const leat_event **event, leat_error *error);

    /* Everything up to `log` is durable here: the server may forget it. */
    leat_status (*acknowledge)(leat_source *source, const char *log, leat_error *error);

    /* Keeps the connection alive while the pump waits for something else; reads no changes. */
    leat_status (*keep_alive)(leat_source *source, leat_error *error);

    /* Where the server's log ends now, and how far behind `acknowledged` (may be NULL) is. Needs no `start`.
     */
    leat_status (*progress)(leat_source *source, const char *acknowledged, leat_source_progress *progress,
                            leat_error *error);

    /* Where the source stands, once it has been started: at the position that it was started at, then at that
     * of the last event that had one, or further where nothing of ours stood in the log in between. Lives
     * until the next call of `next`. The text is made when it is asked for. */
    leat_log_place (*place)(leat_source *source);

    /* Whether that place is at `log` or behind it. LEAT_FAILED for a text that is none of ours, and where the
     * two cannot be compared. */
    leat_status (*covers)(leat_source *source, const char *log, bool *covers, leat_error *error);

    /* Frees everything and ends the connections. Never fails; the server keeps what is not acknowledged. */
    void (*close)(leat_source *source);
} leat_source_ops;

/* What every source is: the first member of the connector's own struct, set by its `open`. */
struct leat_source {
    const leat_source_ops *ops;
    const struct leat_source_kind *kind;
    const leat_source_options *options;
};

/* What `source.url` is like for a kind of source; kinds may share one. */
typedef struct leat_source_url {
    const char *form;    /* extended regular expression of the whole, without ^ and $ */
    const char *words;   /* its forms for people, Markdown: "`postgresql://…`, or `…`" */
    const char *begin;   /* what its urls begin with, Markdown: "`mysql://` or `mariadb://`" */
    const char *purpose; /* whole sentences for the reference, Markdown */
    const char *example;
} leat_source_url;

/* A kind of source: what is known of it before one is made. Constant. */
typedef struct leat_source_kind {
    const char *type;                   /* as in the config: "postgres" */
    const char *connector;              /* as events name it (Debezium's word): "postgresql" */
    const leat_fact_field *fact_fields; /* what leat_event.facts hold, in order */
    size_t fact_field_count;

    const char *summary;                /* which servers, and how: for the reference, Markdown */
    const leat_source_url *url;         /* what urls are like */
    const leat_setting_group *settings; /* that it alone, or its family, has; NULL: none */

    /* Makes a source of this kind from options; connects to nothing yet. LEAT_USAGE for a url that makes no
     * sense. */
    leat_status (*open)(const struct leat_source_kind *kind, const leat_source_options *options,
                        leat_source **source, leat_error *error);
} leat_source_kind;

/* All kinds there are, in the order of the reference; connectors/sources.c lists them. */
extern const leat_source_kind *const leat_sources[];
extern const size_t leat_source_count;

/* The kind of that type; NULL for none. */
const leat_source_kind *leat_source_kind_find(const char *type);

/* ---- The calls, each as leat_source_ops says ---- */

static inline leat_status leat_source_check(leat_source *source, leat_findings *findings, leat_error *error)
{
    return source->ops->check(source, findings, error);
}

static inline leat_status leat_source_discover(leat_source *source, leat_discovery *discovery,
                                               leat_error *error)
{
    return source->ops->discover(source, discovery, error);
}

static inline leat_status leat_source_snapshot(leat_source *source, leat_error *error)
{
    return source->ops->snapshot(source, error);
}

static inline leat_status leat_source_begin_without_snapshot(leat_source *source, char **log,
                                                             leat_error *error)
{
    return source->ops->begin_without_snapshot(source, log, error);
}

static inline leat_status leat_source_start(leat_source *source, const leat_position *position,
                                            leat_error *error)
{
    return source->ops->start(source, position, error);
}

static inline leat_status leat_source_next(leat_source *source, int64_t timeout, const leat_event **event,
                                           leat_error *error)
{
    return source->ops->next(source, timeout, event, error);
}

static inline leat_status leat_source_acknowledge(leat_source *source, const char *log, leat_error *error)
{
    return source->ops->acknowledge(source, log, error);
}

static inline leat_status leat_source_keep_alive(leat_source *source, leat_error *error)
{
    return source->ops->keep_alive(source, error);
}

static inline leat_status leat_source_ask_progress(leat_source *source, const char *acknowledged,
                                                   leat_source_progress *progress, leat_error *error)
{
    return source->ops->progress(source, acknowledged, progress, error);
}

static inline leat_log_place leat_source_place(leat_source *source)
{
    return source->ops->place(source);
}

static inline leat_status leat_source_covers(leat_source *source, const char *log, bool *covers,
                                             leat_error *error)
{
    return source->ops->covers(source, log, covers, error);
}

/* NULL is fine. */
static inline void leat_source_close(leat_source *source)
{
    if (source != NULL)
        source->ops->close(source);
}

#endif
