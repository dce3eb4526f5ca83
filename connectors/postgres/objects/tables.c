#include "postgres/objects/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/patterns.h"
#include "postgres/server/result.h"

/* Views and the like are listed too, so that the check can say why a name that was selected is not captured.
 */
static const char list_sql[] =
    "SELECT c.oid, n.nspname, c.relname, n.nspname || '.' || c.relname, c.relkind, c.relpersistence,"
    " CASE WHEN c.relispartition THEN array_to_string(ARRAY("
    "SELECT a.relid::oid FROM pg_partition_ancestors(c.oid) a WHERE a.relid <> c.oid), ' ') ELSE '' END"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v')"
    " AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
    " ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"";

enum { COLUMN_OID, COLUMN_SCHEMA, COLUMN_NAME, COLUMN_FULL_NAME, COLUMN_KIND, COLUMN_PERSISTENCE, COLUMN_UP };

/* OIDs in order, to be searched. */
typedef struct oid_set {
    Oid *items;
    size_t count;
} oid_set;

static int compare_oids(const void *left, const void *right)
{
    Oid a = *(const Oid *)left;
    Oid b = *(const Oid *)right;
    return (a > b) - (a < b);
}

static bool has_oid(const oid_set *set, Oid oid)
{
    return bsearch(&oid, set->items, set->count, sizeof oid, compare_oids) != NULL;
}

static bool is_matched(const leat_source_options *options, const PGresult *rows, int row)
{
    return leat_patterns_match(options->tables, options->table_count,
                               leat_postgres_result_text(rows, row, COLUMN_FULL_NAME));
}

static oid_set collect_matched(const leat_source_options *options, const PGresult *rows)
{
    oid_set matched = {.items = leat_allocate_array((size_t)PQntuples(rows) + 1, sizeof(Oid))};
    for (int row = 0; row < PQntuples(rows); row++)
        if (is_matched(options, rows, row))
            matched.items[matched.count++] = leat_postgres_result_oid(rows, row, COLUMN_OID);
    qsort(matched.items, matched.count, sizeof(Oid), compare_oids);
    return matched;
}

/* `ancestors` is a list of OIDs with blanks between. */
static bool has_matched_ancestor(const oid_set *matched, const char *ancestors)
{
    char *rest = NULL;
    for (const char *at = ancestors; *at != '\0'; at = rest) {
        Oid ancestor = (Oid)strtoul(at, &rest, 10);
        if (rest == at)
            return false;
        if (has_oid(matched, ancestor))
            return true;
    }
    return false;
}

static bool is_captured(const leat_postgres_table_entry *entry)
{
    return entry->matched && !entry->within && (entry->kind == 'r' || entry->kind == 'p') &&
           entry->persistence == 'p';
}

static leat_postgres_table_entry read_entry(const PGresult *rows, int row, leat_arena *arena)
{
    return (leat_postgres_table_entry){
        .identifier = leat_postgres_result_oid(rows, row, COLUMN_OID),
        .schema = leat_arena_string(arena, leat_postgres_result_text(rows, row, COLUMN_SCHEMA)),
        .name = leat_arena_string(arena, leat_postgres_result_text(rows, row, COLUMN_NAME)),
        .full_name = leat_arena_string(arena, leat_postgres_result_text(rows, row, COLUMN_FULL_NAME)),
        .kind = leat_postgres_result_text(rows, row, COLUMN_KIND)[0],
        .persistence = leat_postgres_result_text(rows, row, COLUMN_PERSISTENCE)[0],
    };
}

static size_t count_wanted(const leat_source_options *options, const PGresult *rows, const oid_set *matched)
{
    size_t count = 0;
    for (int row = 0; row < PQntuples(rows); row++)
        count += is_matched(options, rows, row) ||
                 has_matched_ancestor(matched, leat_postgres_result_text(rows, row, COLUMN_UP));
    return count;
}

static void fill(const leat_source_options *options, const PGresult *rows, leat_postgres_tables *tables)
{
    oid_set matched = collect_matched(options, rows);
    size_t room = count_wanted(options, rows, &matched);
    leat_postgres_table_entry *entries = leat_arena_allocate_array(&tables->arena, room + 1, sizeof *entries);
    tables->entries = entries;
    tables->captured = leat_arena_allocate_array(&tables->arena, room + 1, sizeof *tables->captured);
    for (int row = 0; row < PQntuples(rows); row++) {
        bool is_match = is_matched(options, rows, row);
        bool is_within = has_matched_ancestor(&matched, leat_postgres_result_text(rows, row, COLUMN_UP));
        if (!is_match && !is_within)
            continue;
        leat_postgres_table_entry *entry = &entries[tables->count++];
        *entry = read_entry(rows, row, &tables->arena);
        entry->matched = is_match;
        entry->within = is_within;
        if (is_captured(entry))
            tables->captured[tables->captured_count++] = entry;
    }
    leat_release(matched.items);
}

leat_status leat_postgres_tables_list(leat_postgres_session *session, const leat_source_options *options,
                                      leat_postgres_tables *tables, leat_error *error)
{
    PGresult *rows = NULL;
    leat_status status = leat_postgres_query(session, list_sql, &rows, error);
    if (status != LEAT_OK)
        return leat_error_context(error, status, "cannot list the tables");
    fill(options, rows, tables);
    PQclear(rows);
    return LEAT_OK;
}

void leat_postgres_tables_free(leat_postgres_tables *tables)
{
    leat_arena_free(&tables->arena);
    *tables = (leat_postgres_tables){0};
}

void leat_postgres_tables_append_array(leat_buffer *sql, const leat_postgres_tables *tables)
{
    leat_buffer_append_string(sql, "'{");
    for (size_t i = 0; i < tables->captured_count; i++)
        leat_buffer_printf(sql, "%s%u", i == 0 ? "" : ",", tables->captured[i]->identifier);
    leat_buffer_append_string(sql, "}'::oid[]");
}

void leat_postgres_tables_append_relations(leat_buffer *sql, const leat_postgres_tables *tables)
{
    /* pg_partition_tree gives nothing for a table that has nothing to do with partitions. */
    leat_buffer_append_string(sql, "WITH relations AS (SELECT r.root, COALESCE(t.relid::oid, r.root) AS oid,"
                                   " COALESCE(t.isleaf, true) AS leaf FROM unnest(");
    leat_postgres_tables_append_array(sql, tables);
    leat_buffer_append_string(sql, ") AS r(root) LEFT JOIN LATERAL pg_partition_tree(r.root) AS t ON true) ");
}

static void append_patterns(leat_buffer *text, const leat_source_options *options)
{
    for (size_t i = 0; i < options->table_count; i++)
        leat_buffer_printf(text, "%s\"%s\"", i == 0 ? "" : ", ", options->tables[i]);
}

leat_status leat_postgres_tables_require(const leat_postgres_tables *tables,
                                         const leat_source_options *options, leat_error *error)
{
    if (tables->captured_count > 0)
        return LEAT_OK;
    leat_buffer patterns = {0};
    append_patterns(&patterns, options);
    leat_error_set(error, LEAT_USAGE, "source.tables [%s] selects no table of this database",
                   leat_buffer_string(&patterns));
    leat_buffer_free(&patterns);
    leat_error_mend(error, "correct the patterns (they are held against \"schema.table\"), or the "
                           "database in source.url");
    return LEAT_USAGE;
}
