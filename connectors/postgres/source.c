/* The PostgreSQL source: puts set-up, snapshot and stream behind the contract of leat/source.h. */
#include "postgres/source.h"
#include "base/memory.h"
#include "postgres/catalog/catalog.h"
#include "postgres/check/check.h"
#include "postgres/objects/identity.h"
#include "postgres/server/session.h"
#include "postgres/server/settings.h"
#include "postgres/setup/setup.h"
#include "postgres/snapshot/snapshot.h"
#include "postgres/stream/stream.h"
#include "postgres/wire/lsn.h"

struct source {
    leat_source base;
    leat_postgres_names names;
    leat_postgres_catalog *catalog;   /* from the first session on */
    leat_postgres_snapshot *snapshot; /* until the stream starts */
    leat_postgres_stream *stream;
    leat_postgres_session *progress; /* for progress alone; NULL until asked, and after a failure */
};

static struct source *source_of(leat_source *source)
{
    return (struct source *)(void *)source;
}

/* ---- Close ---- */

/* Who stops in the middle of the snapshot may not come back, and the server's disk would fill. */
static void tell_of_slot(const struct source *source)
{
    const leat_source_options *options = source->base.options;
    if (source->snapshot != NULL && leat_stop_requested(options->stop))
        leat_log_write(options->log, LEAT_LOG_WARNING,
                       "stopped before the snapshot was over: slot \"%s\" stays and the server keeps its log "
                       "until the next start; if there will be none: SELECT pg_drop_replication_slot('%s');",
                       source->names.slot, source->names.slot);
}

static void source_close(leat_source *opaque)
{
    struct source *source = source_of(opaque);
    tell_of_slot(source);
    leat_postgres_stream_close(source->stream);
    leat_postgres_snapshot_close(source->snapshot);
    leat_postgres_session_close(source->progress);
    if (source->catalog != NULL)
        leat_postgres_catalog_close(source->catalog);
    leat_postgres_names_free(&source->names);
    leat_release(source);
}

static leat_status source_check(leat_source *opaque, leat_findings *findings, leat_error *error)
{
    struct source *source = source_of(opaque);
    return leat_postgres_check(source->base.options, &source->names, findings, error);
}

static leat_status source_discover(leat_source *opaque, leat_discovery *discovery, leat_error *error)
{
    return leat_postgres_discover(source_of(opaque)->base.options, discovery, error);
}

/* ---- First start ---- */

/* A replication session, and the catalog of the database that it is connected to. */
static leat_status open_replication(struct source *source, leat_postgres_session **session, leat_error *error)
{
    leat_status status =
        leat_postgres_session_open(source->base.options, LEAT_POSTGRES_REPLICATION, session, error);
    if (status == LEAT_OK && source->catalog == NULL)
        source->catalog = leat_postgres_catalog_open(source->base.options,
                                                     PQdb(leat_postgres_session_connection(*session)));
    return status;
}

/* Publication and slot; the session is then inside the slot's snapshot. */
static leat_status create(struct source *source, leat_postgres_session **session, leat_lsn *point,
                          leat_error *error)
{
    leat_status status = open_replication(source, session, error);
    if (status != LEAT_OK)
        return status;
    status = leat_postgres_setup_create(source->base.options, &source->names, *session, point, error);
    if (status != LEAT_OK)
        leat_postgres_session_close(*session);
    return status;
}

static leat_status source_snapshot(leat_source *opaque, leat_error *error)
{
    struct source *source = source_of(opaque);
    leat_postgres_session *anchor;
    leat_lsn point;
    leat_status status = create(source, &anchor, &point, error);
    if (status != LEAT_OK)
        return status;
    return leat_postgres_snapshot_open(source->base.options, &source->names, anchor, point, source->catalog,
                                       &source->snapshot, error);
}

static leat_status source_begin_without_snapshot(leat_source *opaque, char **log, leat_error *error)
{
    leat_postgres_session *session;
    leat_lsn point;
    leat_status status = create(source_of(opaque), &session, &point, error);
    if (status != LEAT_OK)
        return status;
    leat_postgres_session_close(session); /* the slot stays; its snapshot is not wanted */
    char text[LEAT_LSN_TEXT_SIZE];
    *log = leat_duplicate_string(leat_lsn_format(point, text));
    return LEAT_OK;
}

/* ---- Stream ---- */

static leat_status parse_position(const char *log, leat_lsn *lsn, leat_error *error)
{
    if (leat_lsn_parse(log, lsn))
        return LEAT_OK;
    return leat_error_set(error, LEAT_FAILED, "\"%s\" is not a position in a PostgreSQL log",
                          log == NULL ? "" : log);
}

/* The first start is complete once its position is durable, which it is when streaming starts for the first
 * time: nothing is recorded of it yet. A crash before this line comes by it again. */
static leat_status complete_first_start(struct source *source, leat_postgres_session *session,
                                        leat_error *error)
{
    const leat_notebook *notebook = source->base.options->notebook;
    char *identity = NULL;
    leat_status status = notebook->get(notebook->context, LEAT_POSTGRES_IDENTITY_KEY, &identity, error);
    if (status == LEAT_OK && identity == NULL)
        status = leat_postgres_setup_complete(source->base.options, &source->names, session, error);
    leat_release(identity);
    return status;
}

/* Server, database, publication and slot are those that `position` belongs to. */
static leat_status verify(struct source *source, leat_lsn position, leat_error *error)
{
    leat_postgres_session *session;
    leat_status status = leat_postgres_session_open(source->base.options, LEAT_POSTGRES_SQL, &session, error);
    if (status != LEAT_OK)
        return status;
    status = complete_first_start(source, session, error);
    if (status == LEAT_OK)
        status = leat_postgres_setup_verify(source->base.options, &source->names, session, position, error);
    leat_postgres_session_close(session);
    return status;
}

static leat_status source_start(leat_source *opaque, const leat_position *position, leat_error *error)
{
    struct source *source = source_of(opaque);
    leat_lsn from = 0;
    leat_postgres_session *session;
    leat_status status = parse_position(position->log, &from, error);
    if (status != LEAT_OK)
        return status;
    leat_postgres_snapshot_close(source->snapshot);
    leat_postgres_stream_close(source->stream);
    source->snapshot = NULL;
    source->stream = NULL;
    status = verify(source, from, error);
    if (status == LEAT_OK)
        status = open_replication(source, &session, error);
    if (status != LEAT_OK)
        return status;
    return leat_postgres_stream_open(source->base.options, &source->names, session, source->catalog, from,
                                     &source->stream, error);
}

static leat_status source_next(leat_source *opaque, int64_t timeout, const leat_event **event,
                               leat_error *error)
{
    struct source *source = source_of(opaque);
    if (source->stream != NULL)
        return leat_postgres_stream_next(source->stream, timeout, event, error);
    if (source->snapshot != NULL)
        return leat_postgres_snapshot_next(source->snapshot, timeout, event, error);
    return leat_error_set(error, LEAT_FAILED, "the PostgreSQL source was asked for events before its start");
}

/* Before the stream there is nobody to tell; it begins at a durable position and says so then. */
static leat_status source_acknowledge(leat_source *opaque, const char *log, leat_error *error)
{
    struct source *source = source_of(opaque);
    leat_lsn lsn = 0;
    leat_status status = parse_position(log, &lsn, error);
    if (status != LEAT_OK || source->stream == NULL)
        return status;
    return leat_postgres_stream_acknowledge(source->stream, lsn, error);
}

static leat_status source_keep_alive(leat_source *opaque, leat_error *error)
{
    struct source *source = source_of(opaque);
    return source->stream == NULL ? LEAT_OK : leat_postgres_stream_keep_alive(source->stream, error);
}

static leat_log_place source_place(leat_source *opaque)
{
    return leat_postgres_stream_place(source_of(opaque)->stream);
}

static leat_status source_covers(leat_source *opaque, const char *log, bool *covers, leat_error *error)
{
    leat_lsn lsn = 0;
    leat_status status = parse_position(log, &lsn, error);
    if (status == LEAT_OK)
        *covers = leat_postgres_stream_covers(source_of(opaque)->stream, lsn);
    return status;
}

/* ---- Progress ---- */

/* A standby can only decode what it has replayed. */
static leat_status ask_progress(struct source *source, PGresult **result, leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql, "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
                                    " ELSE pg_current_wal_flush_lsn() END,"
                                    " (SELECT restart_lsn FROM pg_replication_slots WHERE slot_name = ");
    leat_postgres_append_literal(&sql, source->names.slot);
    leat_buffer_append_string(&sql, ")");
    leat_status status = LEAT_OK;
    if (source->progress == NULL)
        status =
            leat_postgres_session_open(source->base.options, LEAT_POSTGRES_SQL, &source->progress, error);
    if (status == LEAT_OK)
        status = leat_postgres_query(source->progress, leat_buffer_string(&sql), result, error);
    leat_buffer_free(&sql);
    return status;
}

/* Bytes from `from` to `to`; -1 unless both are known. */
static int64_t distance(const char *from, const char *to)
{
    leat_lsn from_lsn;
    leat_lsn to_lsn;
    if (!leat_lsn_parse(from, &from_lsn) || !leat_lsn_parse(to, &to_lsn))
        return -1;
    return to_lsn > from_lsn ? (int64_t)(to_lsn - from_lsn) : 0;
}

static leat_status source_progress(leat_source *opaque, const char *acknowledged,
                                   leat_source_progress *progress, leat_error *error)
{
    struct source *source = source_of(opaque);
    PGresult *result;
    leat_status status = ask_progress(source, &result, error);
    if (status != LEAT_OK) {
        leat_postgres_session_close(source->progress);
        source->progress = NULL;
        return status;
    }
    const char *current = PQgetvalue(result, 0, 0);
    *progress = (leat_source_progress){
        .current = leat_duplicate_string(current),
        .bytes_behind = distance(acknowledged, current),
        .bytes_retained = distance(PQgetvalue(result, 0, 1), current),
    };
    PQclear(result);
    return LEAT_OK;
}

/* ---- The kind ---- */

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
    leat_status status = leat_postgres_check_url(options->url, error);
    if (status != LEAT_OK)
        return status;
    struct source *made = leat_allocate(sizeof *made);
    made->base = (leat_source){.ops = &source_ops, .kind = kind, .options = options};
    leat_postgres_names_resolve(options, &made->names);
    *source = &made->base;
    return LEAT_OK;
}

static const leat_source_url url = {
    .form = "postgres(ql)?://.*|[ \t\n]*[a-z_]+[ \t\n]*=.*",
    .words = "`postgresql://user@host:port/database`, `host=… dbname=… user=…`",
    .begin = "`postgresql://`",
    .purpose = "PostgreSQL: a libpq url (`postgresql://…`) or a libpq list of `key=value` pairs, with any of "
               "libpq's parameters, TLS ones included.",
    .example = "postgresql://leat:${SHOP_PASSWORD}@db.example/shop?sslmode=verify-full",
};

const leat_source_kind leat_postgres_source = {
    .type = "postgres",
    .connector = "postgresql",
    .fact_fields = leat_postgres_fact_fields,
    .fact_field_count = LEAT_POSTGRES_FACT_COUNT,
    .summary = "PostgreSQL 14 to 18, by logical replication with `pgoutput`",
    .url = &url,
    .settings = &leat_postgres_setting_group,
    .open = source_open,
};
