#include "mysql/ddl/apply.h"

#include <strings.h>

/* The columns of a row's life that MariaDB adds by itself (its sql/handler.cc), as the catalog's reader has
 * them: the catalog itself does not show them, rows have them. */
static const char *const life_names[] = {"row_start", "row_end"};

/* Whether the last two columns are the server's own. */
static bool has_hidden_life(const leat_mysql_definition *definition)
{
    size_t count = definition->column_count;
    if (definition->kind != LEAT_MYSQL_VERSIONED_TABLE || count < 2)
        return false;
    for (size_t i = 0; i < 2; i++) {
        const leat_mysql_column *column = &definition->columns[count - 2 + i];
        if (!column->invisible || !column->generated || strcasecmp(column->name, life_names[i]) != 0)
            return false;
    }
    return true;
}

static bool is_said(const leat_ddl_charset *charset)
{
    return charset->charset != NULL || charset->collation != NULL || charset->fallback;
}

/* What CONVERT TO CHARACTER SET makes of all columns, and of the table where that says nothing else. */
static bool apply_conversion(leat_ddl_applying *applying)
{
    leat_mysql_definition *definition = applying->definition;
    const leat_ddl_charset *convert = applying->change->convert;
    if (convert == NULL)
        return true;
    applying->converted = leat_ddl_collation(applying, convert, definition->collation);
    if (applying->converted == NULL)
        return false;
    definition->collation = leat_ddl_keep(applying, applying->converted->name);
    return true;
}

/* The table's own charset, which columns that name none inherit. */
static bool apply_charset(leat_ddl_applying *applying)
{
    const leat_mysql_change *change = applying->change;
    leat_mysql_definition *definition = applying->definition;
    const char *inherited = change->creates ? applying->database_collation : definition->collation;
    if (!change->creates && !is_said(&change->charset))
        return true;
    const leat_mysql_collation *collation = leat_ddl_collation(applying, &change->charset, inherited);
    if (collation == NULL)
        return false;
    definition->collation = leat_ddl_keep(applying, collation->name);
    return true;
}

static bool apply_options(leat_ddl_applying *applying)
{
    const leat_mysql_change *change = applying->change;
    leat_mysql_definition *definition = applying->definition;
    if (change->engine != NULL)
        definition->engine = leat_ddl_keep(applying, change->engine);
    if (change->comment != NULL)
        definition->comment = change->comment[0] == '\0' ? NULL : leat_ddl_keep(applying, change->comment);
    if (change->creates && change->sequence)
        definition->kind = LEAT_MYSQL_SEQUENCE;
    return apply_conversion(applying) && apply_charset(applying);
}

/* The name that this statement gives the column that ends a row's life; NULL. */
static const char *find_row_end(const leat_mysql_change *change)
{
    for (size_t i = 0; i < change->items.count; i++) {
        const leat_ddl_item *item = change->items.items[i];
        if (item->column != NULL && item->column->row_end)
            return item->column->name;
    }
    return NULL;
}

/* Where the statement leaves a versioned table; `hidden` as it was before it. */
static void settle_versioning(leat_ddl_applying *applying)
{
    leat_mysql_definition *definition = applying->definition;
    const char *row_end = find_row_end(applying->change);
    if (applying->change->versioning == LEAT_DDL_VERSIONING_WITHOUT) {
        applying->hidden = false;
        definition->kind = LEAT_MYSQL_BASE_TABLE;
        definition->row_end = NULL;
    } else if (row_end != NULL || (applying->change->versioning == LEAT_DDL_VERSIONING_WITH &&
                                   definition->kind != LEAT_MYSQL_VERSIONED_TABLE)) {
        applying->hidden = row_end == NULL;
        definition->kind = LEAT_MYSQL_VERSIONED_TABLE;
        definition->row_end = row_end == NULL ? life_names[1] : leat_ddl_keep(applying, row_end);
    }
}

/* A column that ends a row's life may have got another name. */
static void follow_row_end(leat_ddl_applying *applying)
{
    leat_mysql_definition *definition = applying->definition;
    for (size_t i = 0; i < applying->column_count && definition->row_end != NULL; i++)
        if (strcasecmp(applying->columns[i].origin, definition->row_end) == 0) {
            definition->row_end = applying->columns[i].column.name;
            return;
        }
}

static bool add_hidden_life(leat_ddl_applying *applying)
{
    leat_ddl_type type = {.class = LEAT_DDL_TEMPORAL, .name = "timestamp", .has_length = true, .length = 6};
    for (size_t i = 0; i < 2; i++) {
        leat_mysql_column *column = &applying->columns[applying->column_count++].column;
        *column = (leat_mysql_column){.name = life_names[i], .invisible = true, .generated = true};
        if (!leat_ddl_apply_type(applying, &type, column))
            return false;
    }
    return true;
}

static void take_columns(leat_ddl_applying *applying)
{
    leat_mysql_definition *definition = applying->definition;
    size_t count = applying->column_count;
    definition->columns = leat_arena_allocate_array(&definition->arena, count, sizeof *definition->columns);
    definition->column_count = count;
    for (size_t i = 0; i < count; i++)
        definition->columns[i] = applying->columns[i].column;
}

bool leat_mysql_change_apply(const leat_mysql_change *change, const leat_mysql_collations *collations,
                             const char *database_collation, bool mariadb, leat_mysql_definition *definition,
                             leat_buffer *reason)
{
    leat_ddl_applying applying = {
        .change = change,
        .collations = collations,
        .database_collation = database_collation,
        .mariadb = mariadb,
        .definition = definition,
        .reason = reason,
        .hidden = has_hidden_life(definition),
    };
    if (!apply_options(&applying) || !leat_ddl_apply_columns(&applying))
        return false;
    follow_row_end(&applying);
    settle_versioning(&applying);
    if (!leat_ddl_apply_indexes(&applying))
        return false;
    if (applying.hidden && !add_hidden_life(&applying))
        return false;
    if (applying.column_count == 0)
        return leat_ddl_misfit(&applying, "it leaves no column");
    take_columns(&applying);
    return true;
}

bool leat_mysql_change_asks_database(const leat_mysql_change *change)
{
    return change->creates || change->convert != NULL;
}
