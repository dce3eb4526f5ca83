/* CREATE: tables, indexes and sequences; what else there is, is told apart. */
#include "mysql/ddl/parser.h"

static const char *const select_words[] = {"SELECT", "WITH", "VALUES", "TABLE", NULL};

static bool at_select(const leat_ddl_parser *parser)
{
    return leat_ddl_at_any(parser, select_words) && !leat_ddl_at_pair(parser, "WITH", "SYSTEM");
}

/* "(SELECT …" and "((SELECT …" */
static bool at_select_group(const leat_ddl_parser *parser)
{
    leat_ddl_parser ahead = *parser;
    if (!leat_ddl_at_symbol(parser, '('))
        return false;
    while (leat_ddl_accept_symbol(&ahead, '('))
        continue;
    return at_select(&ahead);
}

static void read_elements(leat_ddl_parser *parser, leat_mysql_change *change)
{
    leat_ddl_expect_symbol(parser, '(');
    do
        if (!leat_ddl_read_index(parser, change))
            leat_ddl_read_column(parser, change, leat_ddl_add_item(parser, change, LEAT_DDL_ADD_COLUMN));
    while (leat_ddl_accept_symbol(parser, ','));
    leat_ddl_expect_symbol(parser, ')');
}

static bool at_select_start(const leat_ddl_parser *parser)
{
    static const char *const words[] = {"AS", "IGNORE", "REPLACE", NULL};
    return leat_ddl_at_any(parser, words) || at_select(parser) || at_select_group(parser);
}

static void skip_partitions(leat_ddl_parser *parser)
{
    if (!leat_ddl_accept(parser, "PARTITION"))
        return;
    leat_ddl_expect(parser, "BY");
    while (!leat_ddl_at_end(parser) && !leat_ddl_at_symbol(parser, ';') && !at_select_start(parser) &&
           !leat_ddl_at_pair(parser, "START", "TRANSACTION"))
        leat_ddl_skip_value(parser);
}

static void read_options(leat_ddl_parser *parser, leat_mysql_change *change)
{
    do
        while (leat_ddl_read_option(parser, change))
            continue;
    while (leat_ddl_accept_symbol(parser, ','));
    skip_partitions(parser);
    (void)leat_ddl_accept_pair(parser, "START", "TRANSACTION");
}

static bool has_columns(const leat_mysql_change *change)
{
    for (size_t i = 0; i < change->items.count; i++) {
        const leat_ddl_item *item = change->items.items[i];
        if (item->kind == LEAT_DDL_ADD_COLUMN)
            return true;
    }
    return false;
}

/* LIKE other, or (LIKE other). */
static bool read_like(leat_ddl_parser *parser, leat_mysql_effect *effect)
{
    leat_ddl_token next = leat_ddl_peek(parser);
    bool enclosed = leat_ddl_at_symbol(parser, '(') && leat_ddl_token_is(&next, "LIKE");
    if (enclosed)
        leat_ddl_advance(parser);
    if (!leat_ddl_accept(parser, "LIKE"))
        return false;
    effect->kind = LEAT_MYSQL_EFFECT_LIKE;
    effect->other = leat_ddl_table(parser);
    if (enclosed)
        leat_ddl_expect_symbol(parser, ')');
    return true;
}

/* A definition that columns of a select add to, or that the engine finds by itself, cannot be told. */
static void read_definition(leat_ddl_parser *parser, leat_mysql_effect *effect)
{
    leat_mysql_change *change = leat_ddl_change(parser);
    change->creates = true;
    if (leat_ddl_at_symbol(parser, '(') && !at_select_group(parser))
        read_elements(parser, change);
    read_options(parser, change);
    effect->kind = LEAT_MYSQL_EFFECT_DEFINE;
    effect->change = change;
    bool selects = at_select_start(parser);
    if (selects)
        leat_ddl_skip_rest(parser);
    if (selects || !has_columns(change)) {
        effect->kind = LEAT_MYSQL_EFFECT_FORGET;
        effect->change = NULL;
    }
}

void leat_ddl_read_create_table(leat_ddl_parser *parser, bool or_replace, bool temporary)
{
    parser->statement->kind = LEAT_MYSQL_CREATE_TABLE;
    bool if_not_exists = leat_ddl_accept_if_not_exists(parser);
    leat_mysql_effect *effect = leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_DEFINE, leat_ddl_table(parser));
    effect->if_exists = if_not_exists;
    effect->or_replace = or_replace;
    effect->temporary = temporary;
    if (!read_like(parser, effect))
        read_definition(parser, effect);
}

/* "[IF NOT EXISTS] name [USING …] ON table (parts) options" */
void leat_ddl_read_create_index(leat_ddl_parser *parser, bool unique, bool or_replace)
{
    parser->statement->kind = LEAT_MYSQL_ALTER_TABLE;
    leat_mysql_change *change = leat_ddl_change(parser);
    leat_ddl_item *item = leat_ddl_add_item(parser, change, LEAT_DDL_ADD_INDEX);
    leat_ddl_index *index = leat_arena_allocate(parser->arena, sizeof *index);
    item->or_replace = or_replace;
    item->conditional = leat_ddl_accept_if_not_exists(parser);
    item->index = index;
    index->kind = unique ? LEAT_DDL_INDEX_UNIQUE : LEAT_DDL_INDEX_OTHER;
    index->name = leat_ddl_name(parser);
    while (!leat_ddl_accept(parser, "ON") && !leat_ddl_at_end(parser))
        leat_ddl_advance(parser);
    leat_mysql_effect *effect = leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_CHANGE, leat_ddl_table(parser));
    effect->change = change;
    leat_ddl_read_index_parts(parser, index);
    leat_ddl_skip_rest(parser);
}

static void add_sequence_column(leat_ddl_parser *parser, leat_mysql_change *change, const char *name,
                                const leat_ddl_type *type)
{
    leat_ddl_column *column = leat_arena_allocate(parser->arena, sizeof *column);
    column->name = name;
    column->type = *type;
    column->nullability = LEAT_DDL_NOT_NULL;
    leat_ddl_add_item(parser, change, LEAT_DDL_ADD_COLUMN)->column = column;
}

/* The eight columns that every sequence has (MariaDB's sql/sql_sequence.cc); from 11.5 on the first four have
 * the sequence's own type. */
static void add_sequence_columns(leat_ddl_parser *parser, leat_mysql_change *change, leat_ddl_type type)
{
    static const char *const values[] = {"next_not_cached_value", "minimum_value", "maximum_value",
                                         "start_value"};
    leat_ddl_type big = {
        .class = LEAT_DDL_INTEGER, .name = "bigint", .width = 20, .has_length = true, .length = 21};
    leat_ddl_type flag = {.class = LEAT_DDL_INTEGER,
                          .name = "tinyint",
                          .width = 4,
                          .has_length = true,
                          .length = 1,
                          .is_unsigned = true};
    if (type.class != LEAT_DDL_INTEGER)
        type = big;
    type.has_length = true;
    type.length = type.width + 1u;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        add_sequence_column(parser, change, values[i], &type);
    add_sequence_column(parser, change, "increment", &big);
    big.is_unsigned = true;
    add_sequence_column(parser, change, "cache_size", &big);
    add_sequence_column(parser, change, "cycle_option", &flag);
    big.is_unsigned = false;
    add_sequence_column(parser, change, "cycle_count", &big);
}

void leat_ddl_read_sequence(leat_ddl_parser *parser, bool or_replace, bool temporary)
{
    leat_ddl_type type = {.class = LEAT_DDL_PLAIN};
    parser->statement->kind = LEAT_MYSQL_CREATE_TABLE;
    bool if_not_exists = leat_ddl_accept_if_not_exists(parser);
    leat_mysql_effect *effect = leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_DEFINE, leat_ddl_table(parser));
    leat_mysql_change *change = leat_ddl_change(parser);
    effect->if_exists = if_not_exists;
    effect->or_replace = or_replace;
    effect->temporary = temporary;
    effect->change = change;
    change->creates = change->sequence = true;
    if (leat_ddl_accept(parser, "AS"))
        leat_ddl_read_type(parser, &type);
    add_sequence_columns(parser, change, type);
    leat_ddl_skip_rest(parser);
}
