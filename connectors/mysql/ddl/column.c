/* A column's definition: its type and what follows it. */
#include "mysql/ddl/parser.h"

static const char *const now_words[] = {"NOW", "CURRENT_TIMESTAMP", NULL};
static const char *const local_words[] = {"LOCALTIME", "LOCALTIMESTAMP",
                                          NULL}; /* MariaDB 11 keeps them apart */

/* "(6)", "()" or nothing; the digits. */
static const char *read_fraction(leat_ddl_parser *parser)
{
    const char *digits = "";
    if (!leat_ddl_accept_symbol(parser, '('))
        return digits;
    if (parser->token.kind == LEAT_DDL_NUMBER) {
        digits = leat_arena_slice_string(parser->arena, parser->token.text);
        leat_ddl_advance(parser);
    }
    leat_ddl_expect_symbol(parser, ')');
    return digits;
}

static leat_ddl_default read_number(leat_ddl_parser *parser, const char *sign)
{
    const char *text =
        leat_arena_printf(parser->arena, "%s%.*s", sign, LEAT_SLICE_FORMAT(parser->token.text));
    leat_ddl_advance(parser);
    return (leat_ddl_default){LEAT_DDL_DEFAULT_NUMBER, text};
}

/* A name with arguments, a sequence's next value, DATE'2024-01-01': passed over. */
static leat_ddl_default skip_expression(leat_ddl_parser *parser)
{
    static const char *const sequence_words[] = {"NEXT", "PREVIOUS", NULL};
    bool sequence = leat_ddl_at_any(parser, sequence_words);
    if (leat_ddl_at_symbol(parser, '(')) {
        leat_ddl_skip_group(parser);
        return (leat_ddl_default){.kind = LEAT_DDL_DEFAULT_OTHER};
    }
    leat_ddl_advance(parser);
    if (sequence && leat_ddl_accept(parser, "VALUE")) {
        leat_ddl_expect(parser, "FOR");
        leat_ddl_advance(parser);
    }
    while (leat_ddl_accept_symbol(parser, '.'))
        leat_ddl_advance(parser);
    if (leat_ddl_at_symbol(parser, '('))
        leat_ddl_skip_group(parser);
    else if (parser->token.kind == LEAT_DDL_STRING)
        leat_ddl_skip_value(parser);
    return (leat_ddl_default){.kind = LEAT_DDL_DEFAULT_OTHER};
}

leat_ddl_default leat_ddl_read_default(leat_ddl_parser *parser)
{
    if (leat_ddl_accept(parser, "NULL"))
        return (leat_ddl_default){.kind = LEAT_DDL_DEFAULT_NULL};
    if (leat_ddl_accept_any(parser, now_words))
        return (leat_ddl_default){LEAT_DDL_DEFAULT_NOW, read_fraction(parser)};
    if (leat_ddl_accept_any(parser, local_words))
        return (leat_ddl_default){LEAT_DDL_DEFAULT_OTHER, read_fraction(parser)};
    if (leat_ddl_accept(parser, "TRUE"))
        return (leat_ddl_default){LEAT_DDL_DEFAULT_NUMBER, "1"};
    if (leat_ddl_accept(parser, "FALSE"))
        return (leat_ddl_default){LEAT_DDL_DEFAULT_NUMBER, "0"};
    if (parser->token.kind == LEAT_DDL_STRING)
        return (leat_ddl_default){LEAT_DDL_DEFAULT_STRING, leat_ddl_text(parser)};
    const char *sign = leat_ddl_accept_symbol(parser, '-') ? "-" : "";
    (void)leat_ddl_accept_symbol(parser, '+');
    if (parser->token.kind == LEAT_DDL_NUMBER)
        return read_number(parser, sign);
    return skip_expression(parser);
}

/* GENERATED ALWAYS AS, or AS alone, and what follows. */
static void read_generated(leat_ddl_parser *parser, leat_ddl_column *column)
{
    column->generated = true;
    if (!leat_ddl_accept(parser, "ROW")) {
        leat_ddl_skip_group(parser);
        return;
    }
    column->row_start = leat_ddl_accept(parser, "START");
    column->row_end = !column->row_start && leat_ddl_accept(parser, "END");
    column->nullability = LEAT_DDL_NOT_NULL;
    if (!column->row_start && !column->row_end)
        leat_ddl_trouble(parser, "a column is generated in a way that is not known");
}

void leat_ddl_read_references(leat_ddl_parser *parser)
{
    static const char *const actions[] = {"RESTRICT", "CASCADE", NULL};
    leat_mysql_table_name parent = leat_ddl_table(parser);
    (void)parent;
    parser->tables.count -= parser->trouble == NULL; /* the parent is not changed */
    if (leat_ddl_at_symbol(parser, '('))
        leat_ddl_skip_group(parser);
    if (leat_ddl_accept(parser, "MATCH"))
        leat_ddl_advance(parser);
    while (leat_ddl_at_pair(parser, "ON", "DELETE") || leat_ddl_at_pair(parser, "ON", "UPDATE")) {
        leat_ddl_advance(parser);
        leat_ddl_advance(parser);
        if (!leat_ddl_accept_any(parser, actions) && !leat_ddl_accept_pair(parser, "SET", "NULL") &&
            !leat_ddl_accept_pair(parser, "SET", "DEFAULT") && !leat_ddl_accept_pair(parser, "NO", "ACTION"))
            leat_ddl_trouble(parser, "a reference's action is not known");
    }
}

/* An index on this column alone, which the server names. */
static void add_index(leat_ddl_parser *parser, leat_mysql_change *change, const leat_ddl_column *column,
                      leat_ddl_index_kind kind)
{
    leat_ddl_index *index = leat_arena_allocate(parser->arena, sizeof *index);
    index->kind = kind;
    index->name = kind == LEAT_DDL_INDEX_PRIMARY ? "PRIMARY" : NULL;
    leat_ddl_list_add(&index->parts, parser->arena, column->name);
    leat_ddl_add_item(parser, change, LEAT_DDL_ADD_INDEX)->index = index;
}

/* Said twice it is one. MariaDB makes no unique index where there is a primary key. */
static void add_indexes(leat_ddl_parser *parser, leat_mysql_change *change, const leat_ddl_column *column)
{
    if (column->is_unique && !(column->is_primary && parser->context->mariadb))
        add_index(parser, change, column, LEAT_DDL_INDEX_UNIQUE);
    if (column->is_primary)
        add_index(parser, change, column, LEAT_DDL_INDEX_PRIMARY);
}

static bool read_key(leat_ddl_parser *parser, leat_ddl_column *column)
{
    if (leat_ddl_accept(parser, "UNIQUE")) {
        (void)leat_ddl_accept(parser, "KEY");
        column->is_unique = true;
    } else if (leat_ddl_accept_pair(parser, "PRIMARY", "KEY") || leat_ddl_accept(parser, "KEY") ||
               leat_ddl_accept(parser, "PRIMARY")) {
        column->is_primary = true;
    } else if (leat_ddl_accept(parser, "REFERENCES")) {
        leat_ddl_read_references(parser);
    } else {
        return false;
    }
    return true;
}

static bool read_initial(leat_ddl_parser *parser, leat_ddl_column *column)
{
    if (leat_ddl_accept_pair(parser, "SERIAL", "DEFAULT")) {
        leat_ddl_expect(parser, "VALUE");
        column->nullability = LEAT_DDL_NOT_NULL;
        column->auto_increment = true;
        column->is_unique = true;
    } else if (leat_ddl_accept(parser, "DEFAULT")) {
        column->initial = leat_ddl_read_default(parser);
    } else if (leat_ddl_accept_pair(parser, "ON", "UPDATE")) {
        if (!leat_ddl_accept_any(parser, now_words) && !leat_ddl_accept_any(parser, local_words))
            leat_ddl_trouble(parser, "what a column is set to on updates is not known");
        (void)read_fraction(parser);
    } else {
        return false;
    }
    return true;
}

static bool read_generation(leat_ddl_parser *parser, leat_ddl_column *column)
{
    static const char *const storage[] = {"VIRTUAL", "STORED", "PERSISTENT", NULL};
    if (leat_ddl_accept_pair(parser, "GENERATED", "ALWAYS")) {
        leat_ddl_expect(parser, "AS");
        read_generated(parser, column);
    } else if (leat_ddl_accept(parser, "AS")) {
        read_generated(parser, column);
    } else {
        return leat_ddl_accept_any(parser, storage);
    }
    return true;
}

/* [CONSTRAINT [name]] CHECK (…) [[NOT] ENFORCED] */
static bool read_check(leat_ddl_parser *parser)
{
    if (leat_ddl_accept(parser, "CONSTRAINT") && !leat_ddl_at(parser, "CHECK"))
        (void)leat_ddl_name(parser);
    else if (!leat_ddl_at(parser, "CHECK"))
        return false;
    leat_ddl_expect(parser, "CHECK");
    leat_ddl_skip_group(parser);
    (void)(leat_ddl_accept(parser, "ENFORCED") || leat_ddl_accept_pair(parser, "NOT", "ENFORCED"));
    return true;
}

/* WITH or WITHOUT SYSTEM VERSIONING: one such column makes the table a versioned one. */
static bool read_versioning(leat_ddl_parser *parser, leat_mysql_change *change)
{
    bool with = leat_ddl_at_pair(parser, "WITH", "SYSTEM");
    if (!with && !leat_ddl_at_pair(parser, "WITHOUT", "SYSTEM"))
        return false;
    leat_ddl_advance(parser);
    leat_ddl_advance(parser);
    leat_ddl_expect(parser, "VERSIONING");
    if (with)
        change->versioning = LEAT_DDL_VERSIONING_WITH;
    return true;
}

/* What says nothing of how values look: a word and a value. MariaDB takes engines' own, by an equals sign. */
static bool skip_attribute(leat_ddl_parser *parser)
{
    static const char *const with_value[] = {
        "COLUMN_FORMAT", "STORAGE", "SRID", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE", NULL};
    leat_ddl_token next = leat_ddl_peek(parser);
    bool equals = next.kind == LEAT_DDL_SYMBOL && next.symbol == '=';
    if (leat_ddl_accept_pair(parser, "NOT", "SECONDARY") || leat_ddl_accept(parser, "VISIBLE"))
        return true;
    if (!leat_ddl_at_any(parser, with_value) && !(equals && leat_ddl_at_name(parser)))
        return false;
    leat_ddl_advance(parser);
    (void)leat_ddl_accept_symbol(parser, '=');
    leat_ddl_skip_value(parser);
    return true;
}

static bool read_plain_attribute(leat_ddl_parser *parser, leat_ddl_column *column)
{
    if (leat_ddl_accept_pair(parser, "NOT", "NULL"))
        column->nullability = LEAT_DDL_NOT_NULL;
    else if (leat_ddl_accept(parser, "NULL"))
        column->nullability = column->row_start || column->row_end ? LEAT_DDL_NOT_NULL : LEAT_DDL_NULL;
    else if (leat_ddl_accept(parser, "AUTO_INCREMENT"))
        column->auto_increment = true;
    else if (leat_ddl_accept(parser, "INVISIBLE"))
        column->invisible = true;
    else if (leat_ddl_accept(parser, "COMMENT"))
        column->comment = leat_ddl_text(parser);
    else
        return false;
    return true;
}

/* SERIAL is BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE. */
static bool read_serial(leat_ddl_parser *parser, leat_ddl_column *column)
{
    if (!leat_ddl_accept(parser, "SERIAL"))
        return false;
    column->type =
        (leat_ddl_type){.class = LEAT_DDL_INTEGER, .name = "bigint", .width = 20, .is_unsigned = true};
    column->nullability = LEAT_DDL_NOT_NULL;
    column->auto_increment = true;
    column->is_unique = true;
    return true;
}

void leat_ddl_read_column(leat_ddl_parser *parser, leat_mysql_change *change, leat_ddl_item *item)
{
    leat_ddl_column *column = leat_arena_allocate(parser->arena, sizeof *column);
    item->column = column;
    column->name = leat_ddl_name(parser);
    if (!read_serial(parser, column))
        leat_ddl_read_type(parser, &column->type);
    while (read_plain_attribute(parser, column) || read_initial(parser, column) || read_key(parser, column) ||
           read_generation(parser, column) || leat_ddl_read_type_charset(parser, &column->type) ||
           read_check(parser) || read_versioning(parser, change) || skip_attribute(parser))
        continue;
    add_indexes(parser, change, column);
}
