#include "mysql/catalog/facts.h"

#include <string.h>
#include <strings.h>

#include "base/patterns.h"
#include "mysql/catalog/catalog.h"
#include "mysql/definition/column_type.h"
#include "mysql/server/result.h"

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

/* ---- Tables ---- */

leat_mysql_table_kind leat_mysql_catalog_kind(const char *table_type)
{
    if (strcmp(table_type, "BASE TABLE") == 0)
        return LEAT_MYSQL_BASE_TABLE;
    if (strcmp(table_type, "SYSTEM VERSIONED") == 0)
        return LEAT_MYSQL_VERSIONED_TABLE;
    if (strcmp(table_type, "SEQUENCE") == 0)
        return LEAT_MYSQL_SEQUENCE;
    return LEAT_MYSQL_VIEW;
}

/* engines.transactions says another thing: NDB has transactions and no snapshot. */
bool leat_mysql_catalog_engine_has_snapshots(const char *engine)
{
    static const char *const engines[] = {"InnoDB", "RocksDB", "TokuDB"};
    return is_one_of(engine, engines, sizeof engines / sizeof *engines);
}

/* Whether `database` is one of the server's own: mysql, sys, information_schema, performance_schema. */
static bool is_servers_own(const char *database)
{
    static const char *const own[] = {"mysql", "sys", "information_schema", "performance_schema"};
    return is_one_of(database, own, sizeof own / sizeof *own);
}

static bool names_database(const char *pattern, const char *database)
{
    size_t length = strlen(database);
    return strncmp(pattern, database, length) == 0 && pattern[length] == '.';
}

bool leat_mysql_catalog_database_named(const char *database, const char *const *patterns,
                                       size_t pattern_count)
{
    for (size_t i = 0; i < pattern_count; i++)
        if (names_database(patterns[i], database))
            return true;
    return false;
}

/* Of the patterns that include, only those that name the database count for the server's own. */
static bool captures_servers_own(const char *const *patterns, size_t pattern_count, const char *database,
                                 const char *full_name)
{
    bool chosen = false;
    for (size_t i = 0; i < pattern_count; i++) {
        const char *pattern = patterns[i];
        const char *excluded = &pattern[1];
        if (pattern[0] == '!' && leat_patterns_match(&excluded, 1, full_name))
            return false;
        if (pattern[0] != '!' && names_database(pattern, database))
            chosen = chosen || leat_patterns_match(&pattern, 1, full_name);
    }
    return chosen;
}

bool leat_mysql_catalog_captures(const char *const *patterns, size_t pattern_count, const char *database,
                                 const char *full_name)
{
    return is_servers_own(database) ? captures_servers_own(patterns, pattern_count, database, full_name)
                                    : leat_patterns_match(patterns, pattern_count, full_name);
}

/* ---- Columns ---- */

const char leat_mysql_catalog_column_list[] =
    "column_name, data_type, column_type, is_nullable, collation_name, column_default, extra, column_comment,"
    " generation_expression";

/* MySQL gives no collation for what is of charset binary, MariaDB for ENUM and SET does. */
static const char *column_collation(const char *const *row)
{
    static const char *const types[] = {"binary",     "varbinary", "tinyblob", "blob",
                                        "mediumblob", "longblob",  "enum",     "set"};
    if (row[LEAT_MYSQL_CATALOG_COLLATION] != NULL)
        return row[LEAT_MYSQL_CATALOG_COLLATION];
    const char *type = leat_mysql_row_text(row, LEAT_MYSQL_CATALOG_DATA_TYPE);
    return is_one_of(type, types, sizeof types / sizeof *types) ? "binary" : NULL;
}

/* MariaDB quotes what is a literal, so that the word NULL alone is no default but none. */
static const char *column_default(const char *const *row, bool mariadb)
{
    const char *text = row[LEAT_MYSQL_CATALOG_DEFAULT];
    return mariadb && text != NULL && strcmp(text, "NULL") == 0 ? NULL : text;
}

static bool is_generated(const char *const *row)
{
    return leat_mysql_row_text(row, LEAT_MYSQL_CATALOG_GENERATION)[0] != '\0';
}

/* A type that is not known keeps its text and has a layout that no row has: it comes as text where the log
 * says itself how it lies, and is refused where it does not. */
static void read_type(const char *text, const leat_mysql_collations *collations, leat_arena *arena,
                      leat_mysql_column *column)
{
    if (leat_mysql_column_type_read(text, collations, arena, column))
        return;
    column->type_text = leat_arena_string(arena, text);
    column->layout = (leat_mysql_layout){.type = LEAT_MYSQL_OLD_DECIMAL};
    column->special = LEAT_MYSQL_PLAIN;
}

void leat_mysql_catalog_column(const char *const *row, bool mariadb, const leat_mysql_collations *collations,
                               leat_arena *arena, leat_mysql_column *column)
{
    const char *comment = leat_mysql_row_text(row, LEAT_MYSQL_CATALOG_COMMENT);
    *column = (leat_mysql_column){
        .name = leat_arena_string(arena, row[LEAT_MYSQL_CATALOG_NAME]),
        .nullable = strcmp(leat_mysql_row_text(row, LEAT_MYSQL_CATALOG_NULLABLE), "YES") == 0,
        .invisible = strstr(leat_mysql_row_text(row, LEAT_MYSQL_CATALOG_EXTRA), "INVISIBLE") != NULL,
        .generated = is_generated(row),
        .collation = leat_arena_string(arena, column_collation(row)),
        .default_text = leat_arena_string(arena, column_default(row, mariadb)),
        .comment = comment[0] == '\0' ? NULL : leat_arena_string(arena, comment),
    };
    read_type(leat_mysql_row_text(row, LEAT_MYSQL_CATALOG_TYPE), collations, arena, column);
}

/* ---- System versioning ---- */

bool leat_mysql_catalog_is_row_end(const char *const *row)
{
    return strcasecmp(leat_mysql_row_text(row, LEAT_MYSQL_CATALOG_GENERATION), "ROW END") == 0;
}

void leat_mysql_catalog_add_row_life(const leat_mysql_collations *collations,
                                     leat_mysql_definition *definition)
{
    static const char *const names[] = {"row_start", "row_end"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        leat_mysql_column *column = &definition->columns[definition->column_count++];
        *column = (leat_mysql_column){.name = names[i], .invisible = true, .generated = true};
        read_type("timestamp(6)", collations, &definition->arena, column);
    }
    definition->row_end = names[1];
}
