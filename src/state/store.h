/* The inside of the state store, shared by the files of this room: the connection, its unit of work, and
 * statements. */
#ifndef LEAT_STATE_STORE_H
#define LEAT_STATE_STORE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "state/state.h"

enum { LEAT_STORE_STATEMENTS = 40, LEAT_STORE_IDENTITY_SIZE = 17 };

/* A statement that stays prepared, found again by the address of its text. */
typedef struct leat_store_statement {
    const char *sql;
    sqlite3_stmt *prepared;
} leat_store_statement;

struct leat_state {
    char *path; /* canonical: one file has one name, and so one lock */
    char *pipeline;
    char identity[LEAT_STORE_IDENTITY_SIZE];
    bool read_only;
    int lock;           /* descriptor of the lock file; -1 for read_only */
    sqlite3 *database;  /* NULL after a commit that failed, until the next use connects again */
    bool in_unit;       /* between BEGIN IMMEDIATE and its end */
    bool unit_failed;   /* a put or the commit failed: only a rollback leads on */
    bool commit_failed; /* what the log file holds of it is unknown to this connection: it must go */
    size_t statement_count;
    leat_store_statement statements[LEAT_STORE_STATEMENTS];
};

/* ---- store.c: the connection and its unit of work ---- */

/* Opens the connection where there is none. */
leat_status leat_store_ready(leat_state *state, leat_error *error);

/* Makes sure that a unit of work is open; refuses when the one at hand has failed or the store is read-only.
 */
leat_status leat_store_begin(leat_state *state, leat_error *error);

/* ---- layout.c: tables of the store, and its identity ---- */

/* Makes, migrates or (read-only) checks the layout, and compares the pipeline's name. */
leat_status leat_store_layout(leat_state *state, leat_error *error);

/* ---- lock.c ---- */

/* Takes the lock of the store at `path`; `lock` is a descriptor that holds it until closed. */
leat_status leat_store_lock(const char *path, int *lock, leat_error *error);

/* ---- failure.c ---- */

/* Runs SQL that needs no parameters and gives no rows. */
leat_status leat_store_execute(leat_state *state, const char *sql, const char *what, leat_error *error);

/* What may be done about a file that could not be opened: LEAT_RETRY for a full disk, LEAT_OPERATOR for a
 * missing right, else LEAT_FAILED. */
leat_status leat_store_open_status(int number);

/* What SQLite's `result` means for whoever runs leat. `what` says what was tried: "cannot record a file". */
leat_status leat_store_error(leat_state *state, int result, const char *what, leat_error *error);

/* ---- query.c: one use of a statement ---- */

/* Begun, bound in the order of its parameters, stepped, ended. The first error sticks; leat_query_end tells.
 */
typedef struct leat_query {
    leat_state *state;
    const char *what;
    sqlite3_stmt *statement; /* NULL after a failed begin: everything else is then a no-op */
    int parameter;
    int result;
} leat_query;

/* A question. `sql` is of static storage. */
leat_query leat_query_begin(leat_state *state, const char *sql, const char *what);
void leat_query_text(leat_query *query, const char *text); /* NULL is SQL's null; borrowed until the end */
void leat_query_integer(leat_query *query, int64_t value);
void leat_query_count(leat_query *query, uint64_t value);

/* Steps to the next row; false at the end and after an error. */
bool leat_query_row(leat_query *query);
char *leat_query_get_text(leat_query *query, int column, leat_arena *arena); /* NULL for SQL's null */
int64_t leat_query_get_integer(leat_query *query, int column);
uint64_t leat_query_get_count(leat_query *query, int column);

/* Releases the statement for its next use, and tells of the first error. */
leat_status leat_query_end(leat_query *query, leat_error *error);

/* Runs a statement that gives no rows to its end, as part of the unit of work (leat_store_begin came before).
 */
leat_status leat_query_run(leat_query *query, leat_error *error);

#endif
