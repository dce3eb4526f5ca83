/* The tables of the store, their migrations, and whose store it is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "state/store.h"

/* PRAGMA application_id of our stores: "LEAT". */
enum { APPLICATION_ID = 0x4C454154 };

/* Step n leads from layout n to layout n + 1 and is never changed once released. PRAGMA user_version says
 * which one a store has.
 *
 * The triggers keep the totals of published files and let old ones go, in the same unit of work: a store
 * lives for years, its lake may not. */
static const char *const layout_steps[] = {
    "CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE notebook (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE durable_position ("
    " only INTEGER PRIMARY KEY CHECK (only = 1),"
    " log TEXT, cut_transaction TEXT, ordinal INTEGER NOT NULL,"
    " committed_at INTEGER NOT NULL, records INTEGER NOT NULL) STRICT;"
    "CREATE TABLE table_version ("
    " table_name TEXT NOT NULL, number INTEGER NOT NULL, fingerprint TEXT NOT NULL, position TEXT NOT NULL,"
    " seen_at INTEGER NOT NULL, value_schema TEXT NOT NULL, definition TEXT NOT NULL,"
    " PRIMARY KEY (table_name, number)) STRICT;"
    "CREATE TABLE sink_file ("
    " id INTEGER PRIMARY KEY, working_path TEXT NOT NULL UNIQUE, final_path TEXT,"
    " table_name TEXT NOT NULL, version INTEGER NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,"
    " length INTEGER NOT NULL, records INTEGER NOT NULL, stage INTEGER NOT NULL) STRICT;"
    "CREATE INDEX sink_file_stage ON sink_file (stage);"
    "CREATE TABLE published_total ("
    " only INTEGER PRIMARY KEY CHECK (only = 1),"
    " files INTEGER NOT NULL, records INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;"
    "INSERT INTO published_total VALUES (1, 0, 0, 0);"
    "CREATE TRIGGER published_by_insert AFTER INSERT ON sink_file WHEN NEW.stage = 2 BEGIN"
    " UPDATE published_total SET files = files + 1, records = records + NEW.records, bytes = bytes + "
    "NEW.length;"
    " DELETE FROM sink_file WHERE stage = 2 AND id <= NEW.id - 10000; END;"
    "CREATE TRIGGER published_by_update AFTER UPDATE ON sink_file WHEN NEW.stage = 2 AND OLD.stage <> 2 BEGIN"
    " UPDATE published_total SET files = files + 1, records = records + NEW.records, bytes = bytes + "
    "NEW.length;"
    " DELETE FROM sink_file WHERE stage = 2 AND id <= NEW.id - 10000; END;"
    "CREATE TABLE table_count ("
    " name TEXT PRIMARY KEY, version INTEGER NOT NULL, records INTEGER NOT NULL,"
    " snapshot_records INTEGER NOT NULL, last_change INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
    /* What the Kafka sink must remember. */
    "CREATE TABLE registered_schema ("
    " registry TEXT NOT NULL, subject TEXT NOT NULL, hash TEXT NOT NULL, id INTEGER NOT NULL,"
    " PRIMARY KEY (registry, subject, hash)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE announced_version ("
    " table_name TEXT NOT NULL, number INTEGER NOT NULL,"
    " PRIMARY KEY (table_name, number)) STRICT, WITHOUT ROWID;",
};

enum { NEWEST_LAYOUT = sizeof layout_steps / sizeof layout_steps[0] };

static leat_status ask_number(leat_state *state, const char *sql, int64_t *number, leat_error *error)
{
    leat_query query = leat_query_begin(state, sql, "cannot read the layout");
    *number = leat_query_row(&query) ? leat_query_get_integer(&query, 0) : 0;
    return leat_query_end(&query, error);
}

static leat_status not_ours(const leat_state *state, leat_error *error)
{
    return leat_error_fail(error, LEAT_OPERATOR, "Set `state` to a file of its own, or move this one away.",
                           "%s is not a state store of leat", state->path);
}

static leat_status newer(const leat_state *state, int64_t layout, leat_error *error)
{
    return leat_error_fail(error, LEAT_OPERATOR, "Run the leat that wrote it, or a newer one.",
                           "state store %s has layout %" PRId64 ", and this leat knows layouts up to %d",
                           state->path, layout, (int)NEWEST_LAYOUT);
}

/* Which layout the store has; 0 for a file without any table. */
static leat_status find_layout(leat_state *state, int64_t *layout, leat_error *error)
{
    int64_t application;
    int64_t tables = 0;
    leat_status status = ask_number(state, "PRAGMA application_id", &application, error);
    if (status == LEAT_OK)
        status = ask_number(state, "PRAGMA user_version", layout, error);
    if (status == LEAT_OK)
        status = ask_number(state, "SELECT count(*) FROM sqlite_schema", &tables, error);
    if (status != LEAT_OK)
        return status;
    bool empty = application == 0 && *layout == 0 && tables == 0;
    if (!empty && application != APPLICATION_ID)
        return not_ours(state, error);
    return *layout > NEWEST_LAYOUT ? newer(state, *layout, error) : LEAT_OK;
}

static leat_status run_steps(leat_state *state, int64_t layout, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (int64_t i = layout; status == LEAT_OK && i < NEWEST_LAYOUT; i++)
        status = leat_store_execute(state, layout_steps[i], "cannot lay out the store", error);
    if (status != LEAT_OK)
        return status;
    char pragmas[96];
    snprintf(pragmas, sizeof pragmas, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             (int)APPLICATION_ID, (int)NEWEST_LAYOUT);
    return leat_store_execute(state, pragmas, "cannot lay out the store", error);
}

static leat_status put_fact(leat_state *state, const char *name, const char *value, leat_error *error)
{
    leat_query query = leat_query_begin(state, "INSERT INTO fact (name, value) VALUES (?, ?)",
                                        "cannot write the store's own facts");
    leat_query_text(&query, name);
    leat_query_text(&query, value);
    return leat_query_run(&query, error);
}

static leat_status make_identity(char *identity, leat_error *error)
{
    uint64_t number;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        return leat_error_set(error, LEAT_FAILED, "the system gives no random numbers");
    snprintf(identity, LEAT_STORE_IDENTITY_SIZE, "%016" PRIx64, number);
    return LEAT_OK;
}

static leat_status sign(leat_state *state, leat_error *error)
{
    char identity[LEAT_STORE_IDENTITY_SIZE];
    leat_status status = make_identity(identity, error);
    if (status == LEAT_OK)
        status = put_fact(state, "pipeline", state->pipeline, error);
    return status == LEAT_OK ? put_fact(state, "identity", identity, error) : status;
}

/* Layout and signature in one transaction: a store is whole or empty. */
static leat_status bring_up_to_date(leat_state *state, int64_t layout, leat_error *error)
{
    if (layout == NEWEST_LAYOUT)
        return LEAT_OK;
    leat_status status = leat_store_execute(state, "BEGIN IMMEDIATE", "cannot lay out the store", error);
    if (status != LEAT_OK)
        return status;
    status = run_steps(state, layout, error);
    if (status == LEAT_OK && layout == 0)
        status = sign(state, error);
    if (status == LEAT_OK)
        status = leat_store_execute(state, "COMMIT", "cannot lay out the store", error);
    if (status != LEAT_OK)
        sqlite3_exec(state->database, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

static leat_status get_fact(leat_state *state, const char *name, leat_arena *arena, const char **value,
                            leat_error *error)
{
    leat_query query =
        leat_query_begin(state, "SELECT value FROM fact WHERE name = ?", "cannot read the store's own facts");
    leat_query_text(&query, name);
    const char *found = leat_query_row(&query) ? leat_query_get_text(&query, 0, arena) : NULL;
    *value = found != NULL ? found : "";
    leat_status status = leat_query_end(&query, error);
    return status == LEAT_OK && found == NULL ? not_ours(state, error) : status;
}

static leat_status other_pipeline(const leat_state *state, const char *owner, leat_error *error)
{
    leat_error_set(error, LEAT_OPERATOR, "state store %s belongs to pipeline \"%s\", not to \"%s\"",
                   state->path, owner, state->pipeline);
    leat_error_mend(error,
                    "Give each pipeline a state store of its own (setting `state`), or set `name` "
                    "back to \"%s\".",
                    owner);
    return LEAT_OPERATOR;
}

static leat_status check_signature(leat_state *state, leat_error *error)
{
    leat_arena scratch = {0};
    const char *owner;
    const char *identity;
    leat_status status = get_fact(state, "pipeline", &scratch, &owner, error);
    if (status == LEAT_OK)
        status = get_fact(state, "identity", &scratch, &identity, error);
    if (status == LEAT_OK && strcmp(owner, state->pipeline) != 0)
        status = other_pipeline(state, owner, error);
    if (status == LEAT_OK)
        snprintf(state->identity, sizeof state->identity, "%s", identity);
    leat_arena_free(&scratch);
    return status;
}

leat_status leat_store_layout(leat_state *state, leat_error *error)
{
    int64_t layout;
    leat_status status = find_layout(state, &layout, error);
    if (status != LEAT_OK)
        return status;
    if (state->read_only && layout < NEWEST_LAYOUT) {
        return leat_error_fail(error, LEAT_FAILED,
                               "Start the pipeline first: `leat run` brings it up to date.",
                               "state store %s is empty or of an older layout", state->path);
    }
    if (!state->read_only)
        status = bring_up_to_date(state, layout, error);
    return status == LEAT_OK ? check_signature(state, error) : status;
}
