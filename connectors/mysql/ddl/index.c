/* Constraints and indexes. */
#include "mysql/ddl/parser.h"

static const char *const index_words[] = {"INDEX", "KEY", NULL};

/* "a", "a(10) DESC", "(a + b)", MariaDB's "p WITHOUT OVERLAPS". */
static void read_part(leat_ddl_parser *parser, leat_ddl_index *index)
{
    const char *name = NULL;
    if (leat_ddl_at_symbol(parser, '(')) {
        leat_ddl_skip_group(parser);
    } else {
        name = leat_ddl_name(parser);
        if (leat_ddl_at_symbol(parser, '('))
            leat_ddl_skip_group(parser);
    }
    if (!leat_ddl_accept(parser, "ASC"))
        (void)leat_ddl_accept(parser, "DESC");
    if (leat_ddl_accept_pair(parser, "WITHOUT", "OVERLAPS"))
        index->overlaps = name;
    else
        leat_ddl_list_add(&index->parts, parser->arena, name);
}

void leat_ddl_read_index_parts(leat_ddl_parser *parser, leat_ddl_index *index)
{
    leat_ddl_expect_symbol(parser, '(');
    do
        read_part(parser, index);
    while (leat_ddl_accept_symbol(parser, ','));
    leat_ddl_expect_symbol(parser, ')');
}

/* USING BTREE, TYPE BTREE. */
static bool accept_method(leat_ddl_parser *parser)
{
    leat_ddl_token next = leat_ddl_peek(parser);
    bool type = leat_ddl_at(parser, "TYPE") && next.kind == LEAT_DDL_WORD;
    if (!type && !leat_ddl_at(parser, "USING"))
        return false;
    leat_ddl_advance(parser);
    leat_ddl_advance(parser);
    return true;
}

/* What follows an index's parts says nothing that is kept. */
static bool skip_index_option(leat_ddl_parser *parser)
{
    static const char *const flags[] = {"VISIBLE", "INVISIBLE", "IGNORED", NULL};
    static const char *const with_value[] = {
        "KEY_BLOCK_SIZE", "COMMENT", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE", "WITH", NULL};
    leat_ddl_token next = leat_ddl_peek(parser);
    bool equals = next.kind == LEAT_DDL_SYMBOL && next.symbol == '=' && leat_ddl_at_name(parser);
    if (accept_method(parser) || leat_ddl_accept_any(parser, flags) ||
        leat_ddl_accept_pair(parser, "NOT", "IGNORED"))
        return true;
    if (!equals && !leat_ddl_at_any(parser, with_value))
        return false;
    if (leat_ddl_accept(parser, "WITH"))
        leat_ddl_expect(parser, "PARSER");
    else
        leat_ddl_advance(parser);
    (void)leat_ddl_accept_symbol(parser, '=');
    leat_ddl_skip_value(parser);
    return true;
}

/* "[IF NOT EXISTS] [name] [USING …] (parts) options" */
static void read_body(leat_ddl_parser *parser, leat_ddl_item *item, leat_ddl_index *index)
{
    item->conditional |= leat_ddl_accept_if_not_exists(parser);
    bool named = leat_ddl_at_name(parser) && !accept_method(parser);
    if (named) {
        const char *name = leat_ddl_name(parser);
        if (index->kind != LEAT_DDL_INDEX_PRIMARY)
            index->name = name;
        (void)accept_method(parser);
    }
    leat_ddl_read_index_parts(parser, index);
    while (skip_index_option(parser))
        continue;
}

/* What stands before a constraint. */
typedef struct prefix {
    const char *symbol; /* NULL: none */
    bool conditional;   /* IF NOT EXISTS */
} prefix;

static leat_ddl_index *add_index(leat_ddl_parser *parser, leat_mysql_change *change, leat_ddl_index_kind kind,
                                 const prefix *before, leat_ddl_item **item)
{
    leat_ddl_index *index = leat_arena_allocate(parser->arena, sizeof *index);
    index->kind = kind;
    index->name = kind == LEAT_DDL_INDEX_PRIMARY ? "PRIMARY" : before->symbol;
    *item = leat_ddl_add_item(parser, change, LEAT_DDL_ADD_INDEX);
    (*item)->index = index;
    (*item)->conditional = before->conditional;
    return index;
}

static void read_foreign(leat_ddl_parser *parser, leat_mysql_change *change, const prefix *before)
{
    leat_ddl_item *item = NULL;
    leat_ddl_index *index = add_index(parser, change, LEAT_DDL_INDEX_FOREIGN, before, &item);
    leat_ddl_expect(parser, "KEY");
    (void)leat_ddl_accept_if_not_exists(parser);
    if (leat_ddl_at_name(parser)) {
        const char *name = leat_ddl_name(parser);
        index->name = before->symbol != NULL ? before->symbol : name;
    }
    leat_ddl_read_index_parts(parser, index);
    leat_ddl_expect(parser, "REFERENCES");
    leat_ddl_read_references(parser);
}

/* MariaDB's PERIOD FOR name (start, end); SYSTEM_TIME's columns are known by themselves. */
static void read_period(leat_ddl_parser *parser, leat_mysql_change *change)
{
    bool conditional = leat_ddl_accept_if_not_exists(parser);
    const char *name = leat_ddl_name(parser);
    leat_ddl_expect_symbol(parser, '(');
    const char *start = leat_ddl_name(parser);
    leat_ddl_expect_symbol(parser, ',');
    const char *end = leat_ddl_name(parser);
    leat_ddl_expect_symbol(parser, ')');
    leat_ddl_item *item = leat_ddl_add_item(parser, change, LEAT_DDL_ADD_PERIOD);
    item->name = name;
    item->new_name = start;
    item->after = end;
    item->conditional = conditional;
}

static bool read_constraint(leat_ddl_parser *parser, leat_mysql_change *change, const prefix *before)
{
    leat_ddl_item *item = NULL;
    if (leat_ddl_accept(parser, "PRIMARY")) {
        leat_ddl_index *index = add_index(parser, change, LEAT_DDL_INDEX_PRIMARY, before, &item);
        leat_ddl_expect(parser, "KEY");
        read_body(parser, item, index);
    } else if (leat_ddl_accept(parser, "UNIQUE")) {
        leat_ddl_index *index = add_index(parser, change, LEAT_DDL_INDEX_UNIQUE, before, &item);
        (void)leat_ddl_accept_any(parser, index_words);
        read_body(parser, item, index);
    } else if (leat_ddl_accept(parser, "FOREIGN")) {
        read_foreign(parser, change, before);
    } else if (leat_ddl_accept(parser, "CHECK")) {
        leat_ddl_skip_group(parser);
        (void)(leat_ddl_accept(parser, "ENFORCED") || leat_ddl_accept_pair(parser, "NOT", "ENFORCED"));
    } else {
        return false;
    }
    return true;
}

/* [CONSTRAINT [IF NOT EXISTS] [symbol]] and what must follow it. */
static void read_named_constraint(leat_ddl_parser *parser, leat_mysql_change *change)
{
    static const char *const kinds[] = {"PRIMARY", "UNIQUE", "FOREIGN", "CHECK", NULL};
    prefix before = {.conditional = leat_ddl_accept_if_not_exists(parser)};
    if (!leat_ddl_at_any(parser, kinds))
        before.symbol = leat_ddl_name(parser);
    if (!read_constraint(parser, change, &before))
        leat_ddl_trouble(parser, "a constraint's kind is not known");
}

bool leat_ddl_read_index(leat_ddl_parser *parser, leat_mysql_change *change)
{
    static const char *const special[] = {"FULLTEXT", "SPATIAL", NULL};
    static const prefix nothing = {0};
    leat_ddl_item *item = NULL;
    if (leat_ddl_accept(parser, "CONSTRAINT")) {
        read_named_constraint(parser, change);
        return true;
    }
    if (leat_ddl_accept_pair(parser, "PERIOD", "FOR")) {
        read_period(parser, change);
        return true;
    }
    bool vector =
        leat_ddl_accept_pair(parser, "VECTOR", "INDEX") || leat_ddl_accept_pair(parser, "VECTOR", "KEY");
    if (vector || leat_ddl_accept_any(parser, special) || leat_ddl_at_any(parser, index_words)) {
        leat_ddl_index *index = add_index(parser, change, LEAT_DDL_INDEX_OTHER, &nothing, &item);
        (void)leat_ddl_accept_any(parser, index_words);
        read_body(parser, item, index);
        return true;
    }
    return read_constraint(parser, change, &nothing);
}
