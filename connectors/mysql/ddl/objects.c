/* CREATE and ALTER: what kind of object they are about. */
#include "mysql/ddl/parser.h"

typedef struct modifiers {
    bool or_replace;
    bool temporary;
    bool unique;
} modifiers;

/* "DEFINER = name@host", quoted or not, or CURRENT_USER: its names are no keywords. */
static void skip_definer(leat_ddl_parser *parser)
{
    leat_ddl_expect_symbol(parser, '=');
    leat_ddl_advance(parser);
    if (leat_ddl_accept_symbol(parser, '('))
        leat_ddl_expect_symbol(parser, ')');
    if (!leat_ddl_accept_symbol(parser, '@'))
        return;
    do
        leat_ddl_advance(parser);
    while (leat_ddl_accept_symbol(parser, '.'));
}

/* SQL SECURITY DEFINER names nobody. */
static bool at_definer(const leat_ddl_parser *parser)
{
    leat_ddl_token next = leat_ddl_peek(parser);
    return leat_ddl_at(parser, "DEFINER") && next.kind == LEAT_DDL_SYMBOL && next.symbol == '=';
}

static bool at_object(const leat_ddl_parser *parser)
{
    static const char *const objects[] = {
        "TABLE", "INDEX",    "DATABASE",  "SCHEMA",  "SEQUENCE", "VIEW",   "PROCEDURE", "FUNCTION",
        "EVENT", "TRIGGER",  "PACKAGE",   "USER",    "ROLE",     "SERVER", "LIBRARY",   "TABLESPACE",
        "GROUP", "INSTANCE", "REFERENCE", "CATALOG", "LOGFILE",  "UNDO",   "RESOURCE",  NULL};
    return leat_ddl_at_any(parser, objects);
}

/* Up to the word that says what it is about. Views, routines and the like have many before it. */
static modifiers read_modifiers(leat_ddl_parser *parser)
{
    modifiers found = {0};
    while (!at_object(parser) && !leat_ddl_at_end(parser)) {
        if (leat_ddl_accept_pair(parser, "OR", "REPLACE")) {
            found.or_replace = true;
        } else if (at_definer(parser)) {
            leat_ddl_advance(parser);
            skip_definer(parser);
        } else {
            found.temporary |= leat_ddl_at(parser, "TEMPORARY");
            found.unique |= leat_ddl_at(parser, "UNIQUE");
            leat_ddl_advance(parser);
        }
    }
    return found;
}

static bool is_account(const leat_ddl_parser *parser)
{
    static const char *const accounts[] = {"USER", "ROLE", "SERVER", NULL};
    return leat_ddl_at_any(parser, accounts);
}

/* "[IF NOT EXISTS] [name] options": ALTER may leave the name out. */
static void read_database(leat_ddl_parser *parser, bool created)
{
    leat_mysql_statement *statement = parser->statement;
    static const char *const options[] = {"DEFAULT", "CHARACTER",  "CHARSET", "COLLATE", "CHAR",
                                          "COMMENT", "ENCRYPTION", "READ",    "UPGRADE", NULL};
    statement->kind = LEAT_MYSQL_DATABASE;
    statement->database_created = !leat_ddl_accept_if_not_exists(parser) && created;
    statement->database = leat_ddl_at_any(parser, options) || !leat_ddl_at_name(parser)
                              ? leat_arena_string(parser->arena, parser->context->database)
                              : leat_ddl_name(parser);
    while (!leat_ddl_at_end(parser)) {
        if (leat_ddl_accept_charset(parser))
            statement->database_charset = leat_ddl_read_charset_name(parser);
        else if (leat_ddl_accept(parser, "COLLATE"))
            statement->database_collation = leat_ddl_read_charset_name(parser);
        else
            leat_ddl_advance(parser);
    }
}

void leat_ddl_read_create(leat_ddl_parser *parser)
{
    modifiers found = read_modifiers(parser);
    parser->statement->kind = is_account(parser) ? LEAT_MYSQL_ACCOUNT : LEAT_MYSQL_OTHER;
    if (leat_ddl_accept(parser, "TABLE"))
        leat_ddl_read_create_table(parser, found.or_replace, found.temporary);
    else if (leat_ddl_accept(parser, "INDEX"))
        leat_ddl_read_create_index(parser, found.unique, found.or_replace);
    else if (leat_ddl_accept(parser, "SEQUENCE"))
        leat_ddl_read_sequence(parser, found.or_replace, found.temporary);
    else if (leat_ddl_accept(parser, "DATABASE") || leat_ddl_accept(parser, "SCHEMA"))
        read_database(parser, true);
    else if (leat_ddl_at_end(parser))
        leat_ddl_trouble(parser, "what it creates is not known");
}

/* Only AS, of MariaDB from 11.5 on, changes what a sequence's table looks like. */
static void read_altered_sequence(leat_ddl_parser *parser)
{
    (void)leat_ddl_accept_if_exists(parser);
    leat_mysql_table_name table = leat_ddl_table(parser);
    parser->statement->kind = LEAT_MYSQL_OTHER;
    while (!leat_ddl_at_end(parser))
        if (leat_ddl_accept(parser, "AS")) {
            parser->statement->kind = LEAT_MYSQL_ALTER_TABLE;
            (void)leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_FORGET, table);
            leat_ddl_skip_rest(parser);
        } else {
            leat_ddl_advance(parser);
        }
}

void leat_ddl_read_alter(leat_ddl_parser *parser)
{
    (void)read_modifiers(parser);
    parser->statement->kind = is_account(parser) ? LEAT_MYSQL_ACCOUNT : LEAT_MYSQL_OTHER;
    if (leat_ddl_accept(parser, "TABLE"))
        leat_ddl_read_alter_table(parser);
    else if (leat_ddl_accept(parser, "SEQUENCE"))
        read_altered_sequence(parser);
    else if (leat_ddl_accept(parser, "DATABASE") || leat_ddl_accept(parser, "SCHEMA"))
        read_database(parser, false);
    else if (leat_ddl_at_end(parser))
        leat_ddl_trouble(parser, "what it alters is not known");
}
