#include "postgres/objects/publication.h"

#include <stdlib.h>

#include "postgres/server/result.h"

static leat_status read_properties(leat_postgres_session *session, const char *name,
                                   leat_postgres_publication *publication, leat_error *error)
{
    bool knows_generated = leat_postgres_session_version(session) >= 180000;
    leat_buffer sql = {0};
    leat_buffer_printf(
        &sql,
        "SELECT oid, puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot, %s"
        " FROM pg_publication WHERE pubname = ",
        knows_generated ? "pubgencols = 's'" : "false");
    leat_postgres_append_literal(&sql, name);
    PGresult *rows = NULL;
    leat_status status = leat_postgres_query(session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return status;
    publication->exists = PQntuples(rows) > 0;
    if (publication->exists) {
        publication->identifier = leat_postgres_result_oid(rows, 0, 0);
        publication->all_tables = leat_postgres_result_true(rows, 0, 1);
        publication->inserts = leat_postgres_result_true(rows, 0, 2);
        publication->updates = leat_postgres_result_true(rows, 0, 3);
        publication->deletes = leat_postgres_result_true(rows, 0, 4);
        publication->truncates = leat_postgres_result_true(rows, 0, 5);
        publication->via_root = leat_postgres_result_true(rows, 0, 6);
        publication->generated_stored = leat_postgres_result_true(rows, 0, 7);
    }
    PQclear(rows);
    return LEAT_OK;
}

static void keep_tables(const PGresult *rows, leat_postgres_publication *publication)
{
    size_t count = (size_t)PQntuples(rows);
    leat_postgres_published *tables =
        leat_arena_allocate_array(&publication->arena, count + 1, sizeof *tables);
    for (size_t i = 0; i < count; i++) {
        int row = (int)i;
        tables[i].identifier = leat_postgres_result_oid(rows, row, 0);
        tables[i].schema = leat_arena_string(&publication->arena, leat_postgres_result_text(rows, row, 1));
        tables[i].name = leat_arena_string(&publication->arena, leat_postgres_result_text(rows, row, 2));
        tables[i].restricted = leat_postgres_result_true(rows, row, 3);
        tables[i].membership = leat_postgres_result_oid(rows, row, 4);
    }
    publication->tables = tables;
    publication->count = count;
}

static leat_status read_tables(leat_postgres_session *session, const char *name,
                               leat_postgres_publication *publication, leat_error *error)
{
    bool knows_restrictions = leat_postgres_session_version(session) >= 150000;
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql, "SELECT c.oid, n.nspname, c.relname, ");
    if (knows_restrictions)
        leat_buffer_printf(
            &sql,
            "EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = %u AND r.prrelid = c.oid"
            " AND (r.prqual IS NOT NULL OR r.prattrs IS NOT NULL))",
            publication->identifier);
    else
        leat_buffer_append_string(&sql, "false");
    leat_buffer_printf(
        &sql,
        ", coalesce((SELECT r.oid FROM pg_publication_rel r WHERE r.prpubid = %u AND r.prrelid = "
        "c.oid), 0) FROM pg_get_publication_tables(",
        publication->identifier);
    leat_postgres_append_literal(&sql, name);
    leat_buffer_append_string(&sql, ") p JOIN pg_class c ON c.oid = p.relid"
                                    " JOIN pg_namespace n ON n.oid = c.relnamespace ORDER BY c.oid");
    PGresult *rows = NULL;
    leat_status status = leat_postgres_query(session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return status;
    keep_tables(rows, publication);
    PQclear(rows);
    return LEAT_OK;
}

leat_status leat_postgres_publication_read(leat_postgres_session *session, const char *name,
                                           leat_postgres_publication *publication, leat_error *error)
{
    leat_status status = read_properties(session, name, publication, error);
    if (status == LEAT_OK && publication->exists)
        status = read_tables(session, name, publication, error);
    return leat_error_context(error, status, "publication \"%s\"", name);
}

void leat_postgres_publication_free(leat_postgres_publication *publication)
{
    leat_arena_free(&publication->arena);
    *publication = (leat_postgres_publication){0};
}

static int compare_identifier(const void *key, const void *element)
{
    Oid wanted = *(const Oid *)key;
    Oid got = ((const leat_postgres_published *)element)->identifier;
    return (wanted > got) - (wanted < got);
}

const leat_postgres_published *leat_postgres_publication_find(const leat_postgres_publication *publication,
                                                              Oid identifier)
{
    if (publication->count == 0)
        return NULL;
    return bsearch(&identifier, publication->tables, publication->count, sizeof *publication->tables,
                   compare_identifier);
}

/* ONLY, because the children of an inheritance parent are tables of their own that the patterns select or do
 * not. For a partitioned table it changes nothing. */
void leat_postgres_publication_append_table(leat_buffer *sql, const char *schema, const char *name,
                                            bool first)
{
    leat_buffer_append_string(sql, first ? "ONLY " : ", ONLY ");
    leat_postgres_append_qualified(sql, schema, name);
}

void leat_postgres_publication_append_create(leat_buffer *sql, const char *name,
                                             const leat_postgres_tables *tables, int version)
{
    leat_buffer_append_string(sql, "CREATE PUBLICATION ");
    leat_postgres_append_identifier(sql, name);
    leat_buffer_append_string(sql, " FOR TABLE ");
    for (size_t i = 0; i < tables->captured_count; i++)
        leat_postgres_publication_append_table(sql, tables->captured[i]->schema, tables->captured[i]->name,
                                               i == 0);
    leat_buffer_append_string(
        sql, " WITH (publish = 'insert, update, delete, truncate', publish_via_partition_root = true");
    if (version >= 180000)
        leat_buffer_append_string(sql, ", publish_generated_columns = stored");
    leat_buffer_append_string(sql, ");");
}
