/* The guard against DDL between the slot and the copy.
 *
 * A snapshot sees old rows, but only in the files and with the columns that a table has now: after a TRUNCATE
 * or a rewrite the table looks empty, after an ADD COLUMN its rows have columns that the stream does not know
 * of yet, and nothing says so. pg_class and pg_attribute themselves are rows, so the anchor still reads them
 * as they were; another session reads them as they are. Equal means that nothing happened in between, and the
 * locks see to it that nothing will. */
#include <string.h>

#include "postgres/server/result.h"
#include "postgres/snapshot/plan.h"

enum { COLUMN_OID, COLUMN_NAME, COLUMN_FILE, COLUMN_COLUMNS, COLUMN_COUNT };

static void append_query(leat_buffer *sql, const leat_postgres_snapshot_plan *plan)
{
    leat_buffer_append_string(
        sql, "SELECT c.oid, n.nspname || '.' || c.relname, c.relfilenode, (SELECT string_agg(concat_ws(' ',"
             " a.attnum, quote_ident(a.attname), a.atttypid, a.atttypmod, a.attgenerated), ', '"
             " ORDER BY a.attnum) FROM pg_attribute a"
             " WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)"
             " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY(");
    leat_postgres_snapshot_plan_append_array(sql, plan);
    leat_buffer_append_string(sql, ") ORDER BY c.oid");
}

static const char *what_changed(int column)
{
    switch (column) {
    case COLUMN_NAME:
        return "renamed";
    case COLUMN_FILE:
        return "truncated or rewritten";
    case COLUMN_COLUMNS:
        return "altered";
    default:
        return "dropped";
    }
}

static leat_status refuse(const char *table, const char *what, leat_error *error)
{
    return leat_error_set(error, LEAT_RETRY,
                          "table %s was %s between the making of the slot and the snapshot: the first start "
                          "begins again",
                          table, what);
}

static leat_status compare(const PGresult *then, const PGresult *now, leat_error *error)
{
    for (int row = 0; row < PQntuples(then); row++) {
        const char *name = leat_postgres_result_text(then, row, COLUMN_NAME);
        if (row >= PQntuples(now))
            return refuse(name, "dropped", error);
        for (int column = 0; column < COLUMN_COUNT; column++)
            if (strcmp(leat_postgres_result_text(then, row, column),
                       leat_postgres_result_text(now, row, column)) != 0)
                return refuse(name, what_changed(column), error);
    }
    return LEAT_OK;
}

leat_status leat_postgres_snapshot_plan_guard(const leat_source_options *options,
                                              const leat_postgres_snapshot_plan *plan,
                                              leat_postgres_session *anchor, leat_error *error)
{
    leat_buffer sql = {0};
    PGresult *then = NULL;
    PGresult *now = NULL;
    leat_postgres_session *present = NULL;
    append_query(&sql, plan);
    leat_status status = leat_postgres_session_open(options, LEAT_POSTGRES_SQL, &present, error);
    if (status == LEAT_OK)
        status = leat_postgres_query(anchor, leat_buffer_string(&sql), &then, error);
    if (status == LEAT_OK)
        status = leat_postgres_query(present, leat_buffer_string(&sql), &now, error);
    if (status == LEAT_OK)
        status = compare(then, now, error);
    PQclear(then);
    PQclear(now);
    leat_postgres_session_close(present);
    leat_buffer_free(&sql);
    return status;
}
