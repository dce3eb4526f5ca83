#include <string.h>

#include "base/buffer.h"
#include "postgres/check/check.h"
#include "postgres/server/result.h"

/* For everything that holds rows: its replica identity, that of its root, and the indexes that serve or could
 * serve as one. An index serves when it is valid, not deferrable, whole and over columns that are not null.
 *
 * A partition's own identity decides whether it can be updated and what the log holds of the old row, its
 * root's decides how the stream names that: where only one of the two is FULL, the old row would be taken for
 * what it is not. */
static const char identity_sql[] =
    "SELECT n.nspname, c.relname, c.relreplident, root.relreplident, rn.nspname, root.relname, root.relkind "
    "= 'p',"
    " EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND i.indisvalid"
    " AND i.indimmediate),"
    " EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident AND i.indisvalid"
    " AND i.indimmediate),"
    " (SELECT min(ic.relname) FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid"
    " WHERE i.indrelid = c.oid AND i.indisunique AND NOT i.indisprimary AND i.indisvalid AND i.indimmediate"
    " AND i.indpred IS NULL AND i.indexprs IS NULL"
    " AND NOT EXISTS (SELECT FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) k"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k WHERE NOT a.attnotnull)),"
    " (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),"
    " CASE WHEN c.reltuples > 0 THEN (pg_relation_size(c.oid) / c.reltuples)::bigint ELSE 0 END,"
    " c.reltoastrelid <> 0 AND pg_relation_size(c.reltoastrelid) > 0"
    " FROM relations r JOIN pg_class c ON c.oid = r.oid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_class root ON root.oid = r.root JOIN pg_namespace rn ON rn.oid = root.relnamespace"
    " WHERE r.leaf AND c.relkind = 'r' ORDER BY 1, 2";

/* One table that holds rows. Texts live as long as the result. */
typedef struct identity_row {
    const char *schema;
    const char *name;
    char identity;
    char root_identity;
    const char *root_schema;
    const char *root_name;
    bool partition;
    bool has_primary;
    bool has_chosen;
    const char *candidate; /* NULL for none */
    int64_t columns;
    int64_t row_bytes;
    bool toasted;
} identity_row;

/* Beyond this a full old row for each update and delete is felt in the log. */
enum { WIDE_COLUMNS = 50, WIDE_BYTES = 500 };

static identity_row read_row(const PGresult *rows, int row)
{
    return (identity_row){
        .schema = leat_postgres_result_text(rows, row, 0),
        .name = leat_postgres_result_text(rows, row, 1),
        .identity = leat_postgres_result_text(rows, row, 2)[0],
        .root_identity = leat_postgres_result_text(rows, row, 3)[0],
        .root_schema = leat_postgres_result_text(rows, row, 4),
        .root_name = leat_postgres_result_text(rows, row, 5),
        .partition = leat_postgres_result_true(rows, row, 6),
        .has_primary = leat_postgres_result_true(rows, row, 7),
        .has_chosen = leat_postgres_result_true(rows, row, 8),
        .candidate = PQgetisnull(rows, row, 9) ? NULL : leat_postgres_result_text(rows, row, 9),
        .columns = leat_postgres_result_number(rows, row, 10, 0),
        .row_bytes = leat_postgres_result_number(rows, row, 11, 0),
        .toasted = leat_postgres_result_true(rows, row, 12),
    };
}

static void add(leat_postgres_checkup *checkup, leat_finding_level level, const char *code,
                const identity_row *table, const leat_buffer *mend, leat_buffer *message)
{
    leat_buffer object = {0};
    leat_buffer statement = {0};
    leat_buffer_printf(&object, "table %s.%s", table->schema, table->name);
    if (mend != NULL)
        leat_buffer_append_slice(&statement, leat_buffer_slice(mend));
    leat_findings_add(checkup->findings, level, code, leat_buffer_string(&object),
                      mend == NULL ? NULL : leat_buffer_string(&statement), "%s",
                      leat_buffer_string(message));
    leat_buffer_free(&statement);
    leat_buffer_free(&object);
    leat_buffer_free(message);
}

static void append_identity(leat_buffer *sql, const char *schema, const char *name, const char *identity)
{
    leat_buffer_append_string(sql, "ALTER TABLE ");
    leat_postgres_append_qualified(sql, schema, name);
    leat_buffer_printf(sql, " REPLICA IDENTITY %s", identity);
}

static bool is_usable(const identity_row *table)
{
    return table->identity == 'f' || (table->identity == 'd' && table->has_primary) ||
           (table->identity == 'i' && table->has_chosen);
}

static const char *what_is_missing(const identity_row *table)
{
    switch (table->identity) {
    case 'd':
        return "it has no primary key (or a deferrable one)";
    case 'i':
        return "the index chosen for it is gone or not valid";
    default:
        return "it is set to NOTHING";
    }
}

static void report_unusable(leat_postgres_checkup *checkup, const identity_row *table)
{
    leat_buffer mend = {0};
    leat_buffer message = {0};
    if (table->has_primary) {
        append_identity(&mend, table->schema, table->name, "DEFAULT;");
    } else if (table->candidate != NULL) {
        append_identity(&mend, table->schema, table->name, "USING INDEX ");
        leat_postgres_append_identifier(&mend, table->candidate);
        leat_buffer_append_byte(&mend, ';');
    } else {
        append_identity(&mend, table->schema, table->name, "FULL;");
    }
    leat_buffer_printf(&message,
                       "%s.%s has no usable replica identity (%s): once its changes are published, every "
                       "UPDATE and DELETE on it fails",
                       table->schema, table->name, what_is_missing(table));
    if (!table->has_primary && table->candidate == NULL)
        leat_buffer_append_string(&message, "; a primary key is the better mend where there can be one");
    add(checkup, LEAT_FINDING_ERROR, "replica_identity", table, &mend, &message);
    leat_buffer_free(&mend);
}

static void report_disagreement(leat_postgres_checkup *checkup, const identity_row *table)
{
    leat_buffer mend = {0};
    leat_buffer message = {0};
    bool root_full = table->root_identity == 'f';
    append_identity(&mend, root_full ? table->schema : table->root_schema,
                    root_full ? table->name : table->root_name, "FULL;");
    leat_buffer_printf(&message,
                       "%s.%s is a partition of %s.%s, and only %s of the two has REPLICA IDENTITY FULL: old "
                       "rows would be misread",
                       table->schema, table->name, table->root_schema, table->root_name,
                       root_full ? "the second" : "the first");
    add(checkup, LEAT_FINDING_ERROR, "partition_identity", table, &mend, &message);
    leat_buffer_free(&mend);
}

static void report_wide(leat_postgres_checkup *checkup, const identity_row *table)
{
    leat_buffer mend = {0};
    leat_buffer message = {0};
    append_identity(&mend, table->schema, table->name, "DEFAULT;");
    leat_buffer_printf(&message,
                       "%s.%s has REPLICA IDENTITY FULL with %lld columns and about %lld bytes a row: each "
                       "UPDATE and DELETE writes the whole old row to the log; the primary key would do",
                       table->schema, table->name, (long long)table->columns, (long long)table->row_bytes);
    add(checkup, LEAT_FINDING_WARNING, "replica_identity_full", table, &mend, &message);
    leat_buffer_free(&mend);
}

/* The full old row has its use where values are stored out of line: nothing else tells an unchanged one. */
static bool is_needlessly_full(const identity_row *table)
{
    return table->identity == 'f' && table->has_primary && !table->toasted && !table->partition &&
           (table->columns > WIDE_COLUMNS || table->row_bytes > WIDE_BYTES);
}

/* Only matters where changes come under the root's name. */
static bool disagrees(const leat_postgres_checkup *checkup, const identity_row *table)
{
    bool via_root = !checkup->publication.exists || checkup->publication.via_root;
    return table->partition && via_root && (table->identity == 'f') != (table->root_identity == 'f');
}

static void check_row(leat_postgres_checkup *checkup, const identity_row *table)
{
    if (!is_usable(table))
        report_unusable(checkup, table);
    else if (disagrees(checkup, table))
        report_disagreement(checkup, table);
    else if (is_needlessly_full(table))
        report_wide(checkup, table);
}

leat_status leat_postgres_check_identity(leat_postgres_checkup *checkup, leat_error *error)
{
    if (checkup->tables.captured_count == 0)
        return LEAT_OK;
    leat_buffer sql = {0};
    PGresult *rows = NULL;
    leat_postgres_tables_append_relations(&sql, &checkup->tables);
    leat_buffer_append_string(&sql, identity_sql);
    leat_status status = leat_postgres_query(checkup->session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return leat_error_context(error, status, "cannot look at replica identities");
    size_t before = leat_findings_count(checkup->findings, LEAT_FINDING_ERROR);
    for (int row = 0; row < PQntuples(rows); row++) {
        identity_row table = read_row(rows, row);
        check_row(checkup, &table);
    }
    PQclear(rows);
    if (leat_findings_count(checkup->findings, LEAT_FINDING_ERROR) == before)
        leat_findings_add(checkup->findings, LEAT_FINDING_FINE, "replica_identity", "source.tables", NULL,
                          "every captured table has a usable replica identity");
    return LEAT_OK;
}
