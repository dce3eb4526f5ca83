/* The state store: what must survive. SQLite (WAL mode, synchronous=FULL); nothing outside this room writes
 * SQL.
 *
 * It is one unit of work at a time: every put below belongs to the transaction that the next
 * leat_state_commit makes durable as a whole; leat_state_rollback, close or a crash forgets it as a whole. So
 * whatever a batch changed (position, versions, files) becomes durable in one act. The notebook is durable
 * at once where no unit of work is open, and else belongs to it. One thread (the pump's). `leat status` opens
 * the same file read-only from another process.
 */
#ifndef LEAT_STATE_STATE_H
#define LEAT_STATE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "leat/position.h"
#include "leat/source.h"

typedef struct leat_state leat_state;

/* Opens or creates the store at `path` for the pipeline named so. LEAT_OPERATOR when it belongs to another
 * pipeline, is of a newer layout, or is no store of ours; LEAT_RETRY when another process holds it (two leats
 * on one store: refused by a lock, `path`.lock, that lives as long as the process). `read_only` needs an
 * existing file (LEAT_FAILED else) and takes no lock.
 *
 * Every function below: LEAT_RETRY when the disk is full, LEAT_OPERATOR when the store is damaged, else
 * LEAT_FAILED. A put that failed takes its whole unit of work with it: nothing can be put or committed until
 * leat_state_rollback has been called. */
leat_status leat_state_open(const char *path, const char *pipeline, bool read_only, leat_state **state,
                            leat_error *error);
/* Forgets an open unit of work. NULL is fine. */
void leat_state_close(leat_state *state);

leat_status leat_state_commit(leat_state *state, leat_error *error);
void leat_state_rollback(leat_state *state);

/* 16 hex digits that this store was given when it was made, unlike any other's: what is left on a disk under
 * this mark is this store's to clear away. Lives as long as the state. */
const char *leat_state_identity(const leat_state *state);

/* The process that holds this store for writing now; 0 for none. For a store opened read-only: whether the
 * pipeline is running. */
long leat_state_holder(const leat_state *state);

/* The durable position; `position` stays untouched where there is none. */
leat_status leat_state_position_get(leat_state *state, leat_position *position, leat_error *error);
/* Also keeps `committed_at` (wall microseconds) and adds `records` to the running count, for status. */
leat_status leat_state_position_put(leat_state *state, const leat_position *position, int64_t committed_at,
                                    uint64_t records, leat_error *error);
/* When the position was committed and how many records have been in all; zeros where there is none. */
leat_status leat_state_position_facts(leat_state *state, int64_t *committed_at, uint64_t *records,
                                      leat_error *error);

/* Lends the store as a connector's notebook; valid as long as the state. A put commits by itself, or
 * belongs to the unit of work that is open. */
leat_notebook leat_state_notebook(leat_state *state);

/* ---- Versions of tables ---- */
typedef struct leat_state_version {
    const char *table; /* "schema.table" */
    unsigned number;
    const char *fingerprint;
    const char *position; /* text form of the position it was first seen at */
    int64_t seen_at;      /* wall microseconds */
    const char *value_schema;
    const char *definition; /* canonical JSON of the definition, for comparing */
} leat_state_version;

leat_status leat_state_version_put(leat_state *state, const leat_state_version *version, leat_error *error);
/* The newest version of a table; `found` false where there is none. Texts live in `arena`. */
leat_status leat_state_version_latest(leat_state *state, const char *table, leat_arena *arena,
                                      leat_state_version *version, bool *found, leat_error *error);
/* All versions of `table` (NULL: of all tables), by table and number. Array and texts live in `arena`. */
leat_status leat_state_version_list(leat_state *state, const char *table, leat_arena *arena,
                                    leat_state_version **versions, size_t *count, leat_error *error);

/* Whether those who want to know of versions were told of this one. */
leat_status leat_state_announced_get(leat_state *state, const char *table, unsigned number, bool *announced,
                                     leat_error *error);
leat_status leat_state_announced_put(leat_state *state, const char *table, unsigned number,
                                     leat_error *error);

/* ---- Schemas in a registry, of the Kafka sink ---- */

/* The id that `subject` of the registry at the url `registry` has for the schema whose SHA-256 is `hash`. */
leat_status leat_state_schema_get(leat_state *state, const char *registry, const char *subject,
                                  const char *hash, uint32_t *identifier, bool *found, leat_error *error);
leat_status leat_state_schema_put(leat_state *state, const char *registry, const char *subject,
                                  const char *hash, uint32_t identifier, leat_error *error);

/* ---- Files of the file sink ---- */
typedef enum leat_state_file_stage {
    LEAT_FILE_OPEN,      /* a dot-file that grows; `length` bytes of it are durable */
    LEAT_FILE_FINISHED,  /* whole and durable, waiting for its final name */
    LEAT_FILE_PUBLISHED, /* has its final name */
} leat_state_file_stage;

typedef struct leat_state_file {
    const char *working_path; /* relative to the sink's path; the identity of the row */
    const char *final_path;   /* relative; NULL while open */
    const char *table;
    unsigned version;
    const char *first; /* sequence of its first and last record */
    const char *last;
    uint64_t length;
    uint64_t records;
    leat_state_file_stage stage;
} leat_state_file;

/* Adds the file, or replaces what is known of the one with this working path. */
leat_status leat_state_file_put(leat_state *state, const leat_state_file *file, leat_error *error);
/* Files in `stage`, in the order they were begun. Of those published only the newest ten thousand are kept,
 * so that the store does not grow with the lake. */
leat_status leat_state_file_list(leat_state *state, leat_state_file_stage stage, leat_arena *arena,
                                 leat_state_file **files, size_t *count, leat_error *error);
/* For status: counts of all files ever published, their records and bytes. */
leat_status leat_state_file_totals(leat_state *state, uint64_t *files, uint64_t *records, uint64_t *bytes,
                                   leat_error *error);

/* Whether the sink left no working file behind: then a start need not look for any. False at first. */
leat_status leat_state_tidy_get(leat_state *state, bool *tidy, leat_error *error);
leat_status leat_state_tidy_put(leat_state *state, bool tidy, leat_error *error);

/* ---- Tables, for status ---- */
typedef struct leat_state_table {
    const char *name;
    unsigned version;
    uint64_t records; /* ever made durable */
    uint64_t snapshot_records;
    int64_t last_change; /* commit time of the newest durable change, wall microseconds; 0 none */
} leat_state_table;

/* Adds to a table's running counts; `last_change` counts where it is newer than what is known. */
leat_status leat_state_table_add(leat_state *state, const char *name, unsigned version, uint64_t records,
                                 uint64_t snapshot_records, int64_t last_change, leat_error *error);
leat_status leat_state_table_list(leat_state *state, leat_arena *arena, leat_state_table **tables,
                                  size_t *count, leat_error *error);

#endif
