#include "base/buffer.h"
#include "postgres/objects/tables.h"
#include "postgres/server/result.h"
#include "postgres/setup/setup.h"

/* Of a partitioned table all its partitions together. An estimate is unknown when a part of it is: a table
 * that was never analysed says -1. */
static const char sizes_sql[] =
    "SELECT n.nspname, c.relname,"
    " (SELECT CASE WHEN min(m.reltuples) < 0 THEN -1 ELSE sum(m.reltuples::numeric)::bigint END"
    " FROM relations r JOIN pg_class m ON m.oid = r.oid WHERE r.root = c.oid AND r.leaf),"
    " (SELECT sum(pg_total_relation_size(r.oid))::bigint FROM relations r WHERE r.root = c.oid AND r.leaf)"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid IN (SELECT root FROM "
    "relations)"
    " ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"";

static void keep_tables(const PGresult *rows, leat_discovery *discovery)
{
    discovery->count = (size_t)PQntuples(rows);
    discovery->tables =
        leat_arena_allocate_array(&discovery->arena, discovery->count + 1, sizeof *discovery->tables);
    for (size_t i = 0; i < discovery->count; i++) {
        int row = (int)i;
        discovery->tables[i] = (leat_discovered_table){
            .name = leat_table_name_join(leat_postgres_result_text(rows, row, 0),
                                         leat_postgres_result_text(rows, row, 1), &discovery->arena),
            .row_estimate = leat_postgres_result_number(rows, row, 2, -1),
            .bytes = leat_postgres_result_number(rows, row, 3, -1),
        };
    }
}

static leat_status measure(leat_postgres_session *session, const leat_postgres_tables *tables,
                           leat_discovery *discovery, leat_error *error)
{
    leat_buffer sql = {0};
    PGresult *rows = NULL;
    leat_postgres_tables_append_relations(&sql, tables);
    leat_buffer_append_string(&sql, sizes_sql);
    leat_status status = leat_postgres_query(session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return status;
    keep_tables(rows, discovery);
    PQclear(rows);
    return LEAT_OK;
}

leat_status leat_postgres_discover(const leat_source_options *options, leat_discovery *discovery,
                                   leat_error *error)
{
    leat_postgres_session *session = NULL;
    leat_postgres_tables tables = {0};
    leat_status status = leat_postgres_session_open(options, LEAT_POSTGRES_SQL, &session, error);
    if (status != LEAT_OK)
        return status;
    /* Sizes are asked of tables that somebody may be holding. */
    status = leat_postgres_execute(session, "SET lock_timeout = '10s'", error);
    if (status == LEAT_OK)
        status = leat_postgres_tables_list(session, options, &tables, error);
    if (status == LEAT_OK)
        status = measure(session, &tables, discovery, error);
    leat_postgres_tables_free(&tables);
    leat_postgres_session_close(session);
    return status;
}
