/* The MySQL and MariaDB source: puts set-up, snapshot and stream behind the contract of leat/source.h. */
#include <string.h>

#include "base/memory.h"
#include "mysql/catalog/catalog.h"
#include "mysql/check/check.h"
#include "mysql/dump/replica.h"
#include "mysql/dump/transport.h"
#include "mysql/server/settings.h"
#include "mysql/server/url.h"
#include "mysql/setup/setup.h"
#include "mysql/snapshot/snapshot.h"
#include "mysql/source.h"
#include "mysql/stream/stream.h"

/* Heartbeats tell a dead connection from a quiet one; more often than this they would only cost. */
enum { LEAST_HEARTBEAT = 1000 * 1000, MOST_HEARTBEAT = 30 * 1000 * 1000 };

struct source {
    leat_source base;
    bool mariadb;
    leat_mysql_collations *collations; /* from the first session on */
    leat_mysql_tracker *tracker;       /* likewise */
    leat_mysql_snapshot *snapshot;     /* until the stream starts */
    leat_mysql_session *dump;          /* the stream's; read by its thread */
    leat_mysql_stream *stream;
    leat_mysql_session *progress;       /* for progress alone; NULL until asked, and after a failure */
    char *asked;                        /* the text that `covers` was asked for last, and… */
    leat_mysql_position asked_position; /* …what it says: who drains a log asks for one again and again */
};

static struct source *source_of(leat_source *source)
{
    return (struct source *)(void *)source;
}

/* ---- Close ---- */

static void close_stream(struct source *source)
{
    leat_mysql_stream_close(source->stream);
    leat_mysql_session_close(source->dump);
    source->stream = NULL;
    source->dump = NULL;
}

static void source_close(leat_source *opaque)
{
    struct source *source = source_of(opaque);
    close_stream(source);
    leat_mysql_snapshot_close(source->snapshot);
    leat_mysql_session_close(source->progress);
    leat_mysql_tracker_close(source->tracker);
    leat_mysql_collations_free(source->collations);
    leat_mysql_position_clear(&source->asked_position);
    leat_release(source->asked);
    leat_release(source);
}

static leat_status source_check(leat_source *opaque, leat_findings *findings, leat_error *error)
{
    return leat_mysql_check(source_of(opaque)->base.options, findings, error);
}

static leat_status source_discover(leat_source *opaque, leat_discovery *discovery, leat_error *error)
{
    return leat_mysql_discover(source_of(opaque)->base.options, discovery, error);
}

/* ---- First start ---- */

/* What the server knows of charsets, and what we know of tables. */
static leat_status learn(struct source *source, leat_mysql_session *session, leat_error *error)
{
    leat_status status = LEAT_OK;
    if (source->collations == NULL)
        status = leat_mysql_collations_load(session, &source->collations, error);
    if (status != LEAT_OK || source->tracker != NULL)
        return status;
    source->tracker = leat_mysql_tracker_open(source->base.options, source->collations, source->mariadb);
    char *folding = NULL;
    status = leat_mysql_variable(session, "lower_case_table_names", &folding, error);
    if (status == LEAT_OK && (strcmp(folding, "1") == 0 || strcmp(folding, "2") == 0))
        leat_mysql_tracker_fold_names(source->tracker);
    leat_release(folding);
    return status;
}

static leat_status source_snapshot(leat_source *opaque, leat_error *error)
{
    struct source *source = source_of(opaque);
    leat_mysql_session *session;
    leat_status status = leat_mysql_session_open(source->base.options, &session, error);
    if (status != LEAT_OK)
        return status;
    status = learn(source, session, error);
    leat_mysql_session_close(session);
    if (status != LEAT_OK)
        return status;
    return leat_mysql_snapshot_open(source->base.options, source->collations, source->tracker,
                                    &source->snapshot, error);
}

static leat_status record_table(struct source *source, leat_mysql_session *session,
                                const leat_mysql_listed_table *listed, const char *position,
                                leat_error *error)
{
    leat_mysql_definition *definition;
    leat_status status = leat_mysql_catalog_definition(session, source->collations, listed->database,
                                                       listed->name, &definition, error);
    if (status != LEAT_OK || definition == NULL)
        return status;
    status = leat_mysql_tracker_record(source->tracker, definition, position, error);
    leat_mysql_definition_free(definition);
    return status;
}

/* The definitions as they are now: what the first rows of the log have. */
static leat_status record_tables(struct source *source, leat_mysql_session *session, const char *position,
                                 leat_error *error)
{
    leat_mysql_table_list list = {0};
    leat_status status = leat_mysql_catalog_list(session, source->base.options->tables,
                                                 source->base.options->table_count, &list, error);
    for (size_t i = 0; status == LEAT_OK && i < list.count; i++)
        status = record_table(source, session, &list.items[i], position, error);
    leat_mysql_table_list_free(&list);
    return status;
}

static leat_status log_end_text(leat_mysql_session *session, char **text, leat_error *error)
{
    leat_mysql_position end = {0};
    leat_buffer formatted = {0};
    leat_status status = leat_mysql_log_end(session, &end, error);
    if (status == LEAT_OK) {
        leat_mysql_position_format(&end, &formatted);
        *text = leat_buffer_detach_string(&formatted);
    }
    leat_mysql_position_clear(&end);
    leat_buffer_free(&formatted);
    return status;
}

static leat_status source_begin_without_snapshot(leat_source *opaque, char **log, leat_error *error)
{
    struct source *source = source_of(opaque);
    leat_mysql_session *session;
    leat_status status = leat_mysql_session_open(source->base.options, &session, error);
    if (status != LEAT_OK)
        return status;
    status = learn(source, session, error);
    if (status == LEAT_OK)
        status = log_end_text(session, log, error);
    if (status == LEAT_OK)
        status = record_tables(source, session, *log, error);
    leat_mysql_session_close(session);
    return status;
}

/* ---- Stream ---- */

static int64_t heartbeat_of(const leat_source_options *options)
{
    int64_t wanted = options->heartbeat_every;
    return wanted < LEAST_HEARTBEAT ? LEAST_HEARTBEAT : wanted > MOST_HEARTBEAT ? MOST_HEARTBEAT : wanted;
}

/* GTIDs in the form of their kind; none: by file. */
static void describe_gtids(const leat_mysql_position *from, leat_mysql_dump *dump, leat_buffer *text,
                           leat_buffer *encoded)
{
    if (from->set != NULL) {
        leat_mysql_gtid_set_format(from->set, text);
        leat_mysql_gtid_set_encode(from->set, encoded);
        dump->gtid_set = leat_buffer_slice(encoded);
    }
    if (from->state != NULL)
        leat_mariadb_gtid_state_format(from->state, text);
    if (from->set != NULL || from->state != NULL)
        dump->gtids = leat_buffer_string(text);
}

static leat_status open_dump(struct source *source, const leat_mysql_position *from, leat_error *error)
{
    leat_mysql_replica replica;
    leat_buffer text = {0};
    leat_buffer encoded = {0};
    leat_status status = leat_mysql_replica_resolve(source->base.options, &replica, error);
    if (status != LEAT_OK)
        return status;
    leat_mysql_dump dump = {
        .server_id = replica.server_id,
        .uuid = replica.uuid,
        .file = from->file == NULL ? "" : from->file,
        .offset = from->offset,
        .heartbeat = heartbeat_of(source->base.options),
    };
    describe_gtids(from, &dump, &text, &encoded);
    status = leat_mysql_transport_open(source->dump, &dump, error);
    leat_buffer_free(&encoded);
    leat_buffer_free(&text);
    return status;
}

static leat_status next_raw(void *context, leat_slice *event, leat_error *error)
{
    return leat_mysql_transport_next(context, event, error);
}

static void interrupt(void *context)
{
    leat_mysql_session_interrupt(context);
}

static leat_status open_stream(struct source *source, const leat_mysql_position *from, leat_error *error)
{
    leat_mysql_stream_options options = {.source = source->base.options};
    leat_status status =
        leat_mysql_setup_session(source->base.options, from, &source->dump, &options.epoch, error);
    if (status == LEAT_OK)
        status = learn(source, source->dump, error);
    if (status == LEAT_OK)
        status = open_dump(source, from, error);
    if (status != LEAT_OK)
        return status;
    options.server = leat_mysql_session_server(source->dump);
    options.collations = source->collations;
    options.tracker = source->tracker;
    source->stream = leat_mysql_stream_open(&options, from, next_raw, interrupt, source->dump);
    return LEAT_OK;
}

static leat_status source_start(leat_source *opaque, const leat_position *position, leat_error *error)
{
    struct source *source = source_of(opaque);
    leat_mysql_position from = {0};
    leat_status status = leat_mysql_position_parse(position->log, source->mariadb, &from, error);
    if (status != LEAT_OK)
        return status;
    leat_mysql_snapshot_close(source->snapshot);
    source->snapshot = NULL;
    close_stream(source);
    status = open_stream(source, &from, error);
    if (status == LEAT_OK)
        leat_mysql_tracker_start(source->tracker, position->log);
    leat_mysql_position_clear(&from);
    return status;
}

static leat_status source_next(leat_source *opaque, int64_t timeout, const leat_event **event,
                               leat_error *error)
{
    struct source *source = source_of(opaque);
    if (source->stream != NULL)
        return leat_mysql_stream_next(source->stream, timeout, event, error);
    if (source->snapshot != NULL)
        return leat_mysql_snapshot_next(source->snapshot, timeout, event, error);
    return leat_error_set(error, LEAT_FAILED, "the MySQL source was asked for events before its start");
}

/* The server keeps its log by time, not for us; but what we keep for a restart can go. */
static leat_status source_acknowledge(leat_source *opaque, const char *log, leat_error *error)
{
    struct source *source = source_of(opaque);
    return source->stream == NULL ? LEAT_OK : leat_mysql_stream_acknowledge(source->stream, log, error);
}

/* The reader's thread reads on by itself until it has enough. */
static leat_status source_keep_alive(leat_source *opaque, leat_error *error)
{
    (void)opaque;
    (void)error;
    return LEAT_OK;
}

/* ---- Positions ---- */

static leat_log_place source_place(leat_source *opaque)
{
    return leat_mysql_stream_place(source_of(opaque)->stream);
}

static leat_status read_asked(struct source *source, const char *log, leat_error *error)
{
    if (source->asked != NULL && strcmp(source->asked, log) == 0)
        return LEAT_OK;
    leat_status status = leat_mysql_position_parse(log, source->mariadb, &source->asked_position, error);
    if (status != LEAT_OK)
        return status;
    leat_release(source->asked);
    source->asked = leat_duplicate_string(log);
    return LEAT_OK;
}

static leat_status source_covers(leat_source *opaque, const char *log, bool *covers, leat_error *error)
{
    struct source *source = source_of(opaque);
    leat_status status = read_asked(source, log, error);
    return status == LEAT_OK
               ? leat_mysql_stream_covers(source->stream, &source->asked_position, covers, error)
               : status;
}

static leat_status ask_progress(struct source *source, const char *acknowledged,
                                leat_source_progress *progress, leat_error *error)
{
    leat_status status = LEAT_OK;
    if (source->progress == NULL)
        status = leat_mysql_session_open(source->base.options, &source->progress, error);
    if (status == LEAT_OK)
        status = log_end_text(source->progress, &progress->current, error);
    if (status == LEAT_OK && acknowledged != NULL)
        status = leat_mysql_bytes_behind(source->progress, acknowledged, &progress->bytes_behind, error);
    return status;
}

static leat_status source_progress(leat_source *opaque, const char *acknowledged,
                                   leat_source_progress *progress, leat_error *error)
{
    struct source *source = source_of(opaque);
    *progress = (leat_source_progress){.bytes_behind = -1, .bytes_retained = -1};
    leat_status status = ask_progress(source, acknowledged, progress, error);
    if (status == LEAT_OK)
        return LEAT_OK;
    leat_release(progress->current);
    progress->current = NULL;
    leat_mysql_session_close(source->progress);
    source->progress = NULL;
    return status;
}

/* ---- The kinds ---- */

static const leat_source_ops source_ops = {
    .check = source_check,
    .discover = source_discover,
    .snapshot = source_snapshot,
    .begin_without_snapshot = source_begin_without_snapshot,
    .start = source_start,
    .next = source_next,
    .acknowledge = source_acknowledge,
    .keep_alive = source_keep_alive,
    .progress = source_progress,
    .place = source_place,
    .covers = source_covers,
    .close = source_close,
};

static leat_status source_open(const leat_source_kind *kind, const leat_source_options *options,
                               leat_source **source, leat_error *error)
{
    leat_arena arena = {0};
    leat_mysql_url url;
    leat_status status = leat_mysql_url_parse(options->url, &arena, &url, error);
    leat_arena_free(&arena);
    if (status != LEAT_OK)
        return status;
    struct source *made = leat_allocate(sizeof *made);
    made->mariadb = kind == &leat_mariadb_source;
    made->base = (leat_source){.ops = &source_ops, .kind = kind, .options = options};
    *source = &made->base;
    return LEAT_OK;
}

static const leat_source_url url = {
    .form = "(mysql|mariadb)://.*",
    .words = "`mysql://user@host:port/`",
    .begin = "`mysql://` or `mariadb://`",
    .purpose =
        "MySQL and MariaDB: `mysql://USER:PASSWORD@HOST:PORT/`, with several `HOST:PORT`, separated by "
        "commas, where the log may go on at another server, and with the parameters `tls` "
        "(`preferred`, `off`, `required`, `verify`), `ca`, `cert`, `key` and `socket`.",
    .example = "mysql://leat:${SHOP_PASSWORD}@db.example/",
};

const leat_source_kind leat_mysql_source = {
    .type = "mysql",
    .connector = "mysql",
    .fact_fields = leat_mysql_fact_fields,
    .fact_field_count = LEAT_MYSQL_FACT_COUNT,
    .summary = "MySQL 5.7 to 9, by its binary log in row format",
    .url = &url,
    .settings = &leat_mysql_setting_group,
    .open = source_open,
};

const leat_source_kind leat_mariadb_source = {
    .type = "mariadb",
    .connector = "mariadb",
    .fact_fields = leat_mysql_fact_fields,
    .fact_field_count = LEAT_MYSQL_FACT_COUNT,
    .summary = "MariaDB 10.3 to 12, by its binary log in row format",
    .url = &url,
    .settings = &leat_mysql_setting_group,
    .open = source_open,
};
