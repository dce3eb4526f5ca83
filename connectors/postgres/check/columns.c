#include "base/buffer.h"
#include "postgres/check/check.h"
#include "postgres/server/result.h"
#include "postgres/server/settings.h"

/* Columns of the captured tables (roots), each with why it is listed. */
static leat_status query_columns(leat_postgres_checkup *checkup, const char *rest, PGresult **rows,
                                 leat_error *error)
{
    leat_buffer sql = {0};
    leat_postgres_tables_append_relations(&sql, &checkup->tables);
    leat_buffer_append_string(&sql, rest);
    leat_status status = leat_postgres_query(checkup->session, leat_buffer_string(&sql), rows, error);
    leat_buffer_free(&sql);
    return status;
}

static void add_for_table(leat_postgres_checkup *checkup, leat_finding_level level, const char *code,
                          const char *full_name, const char *mend, leat_buffer *message)
{
    leat_buffer object = {0};
    leat_buffer_printf(&object, "table %s", full_name);
    leat_findings_add(checkup->findings, level, code, leat_buffer_string(&object), mend, "%s",
                      leat_buffer_string(message));
    leat_buffer_free(&object);
    leat_buffer_free(message);
}

/* ---- Generated ---- */

static const char generated_sql[] =
    "SELECT n.nspname || '.' || c.relname, a.attgenerated, string_agg(a.attname, ', ' ORDER BY a.attnum)"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " WHERE c.oid IN (SELECT root FROM relations) AND a.attgenerated <> ''"
    " GROUP BY 1, 2 ORDER BY 1, 2";

/* Whether the publication as it is, or as we would make it, has stored generated columns. */
static bool publishes_stored(const leat_postgres_checkup *checkup)
{
    if (checkup->version < 180000)
        return false;
    return checkup->publication.exists ? checkup->publication.generated_stored
                                       : leat_postgres_settings_of(checkup->options)->manage;
}

static void report_generated(leat_postgres_checkup *checkup, const PGresult *rows, int row)
{
    bool stored = leat_postgres_result_text(rows, row, 1)[0] == 's';
    if (stored && publishes_stored(checkup))
        return;
    bool can_be_published = stored && checkup->version >= 180000;
    leat_buffer mend = {0};
    leat_buffer message = {0};
    if (can_be_published) {
        leat_buffer_append_string(&mend, "ALTER PUBLICATION ");
        leat_postgres_append_identifier(&mend, checkup->names->publication);
        leat_buffer_append_string(&mend, " SET (publish_generated_columns = stored);");
    }
    leat_buffer_printf(&message,
                       "generated columns of %s (%s) come neither in the snapshot nor in the stream%s",
                       leat_postgres_result_text(rows, row, 0), leat_postgres_result_text(rows, row, 2),
                       can_be_published ? ": the publication leaves them out"
                       : stored         ? ": PostgreSQL publishes them from version 18 on"
                                        : ": PostgreSQL does not store them");
    add_for_table(checkup, LEAT_FINDING_WARNING, "generated_columns", leat_postgres_result_text(rows, row, 0),
                  mend.length == 0 ? NULL : leat_buffer_string(&mend), &message);
    leat_buffer_free(&mend);
}

static leat_status check_generated(leat_postgres_checkup *checkup, leat_error *error)
{
    PGresult *rows = NULL;
    leat_status status = query_columns(checkup, generated_sql, &rows, error);
    if (status != LEAT_OK)
        return status;
    for (int row = 0; row < PQntuples(rows); row++)
        report_generated(checkup, rows, row);
    PQclear(rows);
    return LEAT_OK;
}

/* ---- Stored out of line ---- */

/* Tables that really hold values out of line, and the statements that would bring those into the log: for a
 * partitioned table its own and one for each partition. */
static const char toasted_sql[] =
    "SELECT n.nspname || '.' || c.relname,"
    " (SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid"
    " AND a.attnum > 0 AND NOT a.attisdropped AND a.attlen = -1 AND a.attstorage IN ('x', 'e')),"
    " (SELECT string_agg(format('ALTER TABLE %I.%I REPLICA IDENTITY FULL;', mn.nspname, m.relname), ' '"
    " ORDER BY m.oid) FROM relations r JOIN pg_class m ON m.oid = r.oid"
    " JOIN pg_namespace mn ON mn.oid = m.relnamespace WHERE r.root = c.oid)"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.oid IN (SELECT r.root FROM relations r JOIN pg_class m ON m.oid = r.oid"
    " WHERE r.leaf AND m.relreplident <> 'f' AND m.reltoastrelid <> 0 AND pg_relation_size(m.reltoastrelid) "
    "> 0)"
    " ORDER BY 1";

static leat_status check_toasted(leat_postgres_checkup *checkup, leat_error *error)
{
    PGresult *rows = NULL;
    leat_status status = query_columns(checkup, toasted_sql, &rows, error);
    if (status != LEAT_OK)
        return status;
    for (int row = 0; row < PQntuples(rows); row++) {
        leat_buffer message = {0};
        leat_buffer_printf(
            &message,
            "%s has large values stored out of line (of %s): an UPDATE that leaves one as it is "
            "comes with null and the note \"unchanged\" for it; REPLICA IDENTITY FULL brings "
            "the value, at the cost of more log",
            leat_postgres_result_text(rows, row, 0), leat_postgres_result_text(rows, row, 1));
        add_for_table(checkup, LEAT_FINDING_WARNING, "unchanged_values",
                      leat_postgres_result_text(rows, row, 0), leat_postgres_result_text(rows, row, 2),
                      &message);
    }
    PQclear(rows);
    return LEAT_OK;
}

/* ---- Types without a form of their own ---- */

/* The server's text is what such values are in events. A domain is judged by what is under it; arrays and
 * composites by themselves. */
static const char text_types_sql[] =
    "SELECT n.nspname || '.' || c.relname, string_agg(a.attname || ' ' || format_type(a.atttypid, "
    "a.atttypmod),"
    " ', ' ORDER BY a.attnum) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " JOIN pg_type t ON t.oid = a.atttypid"
    " JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END"
    " WHERE c.oid IN (SELECT root FROM relations)"
    " AND (b.typtype IN ('r', 'm') OR (b.typtype = 'b' AND b.typcategory <> 'A' AND NOT b.typname = ANY("
    "'{bool,bit,varbit,int2,int4,int8,oid,xid8,float4,float8,numeric,bpchar,varchar,text,citext,name,char,"
    "bytea,uuid,json,jsonb,xml,date,time,timetz,timestamp,timestamptz,interval,hstore,point,geometry,"
    "geography,"
    "vector,halfvec}')) OR (b.typname = 'numeric' AND a.atttypmod = -1 AND t.typtype = 'b'))"
    " GROUP BY 1 ORDER BY 1";

static leat_status check_text_types(leat_postgres_checkup *checkup, leat_error *error)
{
    PGresult *rows = NULL;
    leat_status status = query_columns(checkup, text_types_sql, &rows, error);
    if (status != LEAT_OK)
        return status;
    for (int row = 0; row < PQntuples(rows); row++) {
        leat_buffer message = {0};
        leat_buffer_printf(&message, "these columns of %s come as the server's text: %s",
                           leat_postgres_result_text(rows, row, 0), leat_postgres_result_text(rows, row, 1));
        add_for_table(checkup, LEAT_FINDING_FINE, "text_types", leat_postgres_result_text(rows, row, 0), NULL,
                      &message);
    }
    PQclear(rows);
    return LEAT_OK;
}

leat_status leat_postgres_check_columns(leat_postgres_checkup *checkup, leat_error *error)
{
    if (checkup->tables.captured_count == 0)
        return LEAT_OK;
    leat_status status = check_generated(checkup, error);
    if (status == LEAT_OK)
        status = check_toasted(checkup, error);
    return status == LEAT_OK ? check_text_types(checkup, error) : status;
}
