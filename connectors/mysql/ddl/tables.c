/* DROP, RENAME and TRUNCATE of whole tables. */
#include "mysql/ddl/parser.h"

/* WAIT n, NOWAIT, RESTRICT, CASCADE and MariaDB's words about TRUNCATE's storage: of no interest. */
static void skip_endings(leat_ddl_parser *parser)
{
    static const char *const words[] = {"NOWAIT", "RESTRICT", "CASCADE", NULL};
    for (;;) {
        if (leat_ddl_accept(parser, "WAIT"))
            leat_ddl_advance(parser);
        else if (!leat_ddl_accept_any(parser, words) && !leat_ddl_accept_pair(parser, "DROP", "STORAGE") &&
                 !leat_ddl_accept_pair(parser, "REUSE", "STORAGE"))
            return;
    }
}

/* "[IF EXISTS] a, b.c" */
static void read_dropped_tables(leat_ddl_parser *parser, bool temporary)
{
    parser->statement->kind = LEAT_MYSQL_DROP_TABLE;
    bool if_exists = leat_ddl_accept_if_exists(parser);
    do {
        leat_mysql_effect *effect = leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_DROP, leat_ddl_table(parser));
        effect->if_exists = if_exists;
        effect->temporary = temporary;
    } while (leat_ddl_accept_symbol(parser, ','));
    skip_endings(parser);
}

/* "[IF EXISTS] name ON table" */
static void read_dropped_index(leat_ddl_parser *parser)
{
    parser->statement->kind = LEAT_MYSQL_ALTER_TABLE;
    leat_mysql_change *change = leat_ddl_change(parser);
    leat_ddl_item *item = leat_ddl_add_item(parser, change, LEAT_DDL_DROP_INDEX);
    item->conditional = leat_ddl_accept_if_exists(parser);
    item->name = leat_ddl_name(parser);
    leat_ddl_expect(parser, "ON");
    leat_mysql_effect *effect = leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_CHANGE, leat_ddl_table(parser));
    effect->change = change;
    leat_ddl_skip_rest(parser);
}

static void read_dropped_database(leat_ddl_parser *parser)
{
    parser->statement->kind = LEAT_MYSQL_DATABASE;
    bool if_exists = leat_ddl_accept_if_exists(parser);
    leat_mysql_table_name every = {.database = leat_ddl_name(parser), .name = NULL};
    parser->statement->database = every.database;
    leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_DROP_DATABASE, every)->if_exists = if_exists;
}

void leat_ddl_read_drop(leat_ddl_parser *parser)
{
    static const char *const tables[] = {"TABLE", "TABLES", "SEQUENCE", NULL};
    static const char *const databases[] = {"DATABASE", "SCHEMA", NULL};
    static const char *const accounts[] = {"USER", "ROLE", "SERVER", NULL};
    bool temporary = leat_ddl_accept(parser, "TEMPORARY");
    if (!leat_ddl_accept(parser, "ONLINE"))
        (void)leat_ddl_accept(parser, "OFFLINE");
    if (leat_ddl_accept_any(parser, tables))
        read_dropped_tables(parser, temporary);
    else if (leat_ddl_accept(parser, "INDEX"))
        read_dropped_index(parser);
    else if (leat_ddl_accept_any(parser, databases))
        read_dropped_database(parser);
    else
        parser->statement->kind = leat_ddl_at_any(parser, accounts) ? LEAT_MYSQL_ACCOUNT : LEAT_MYSQL_OTHER;
}

/* "[IF EXISTS] a TO b, c TO d": one after the other, so that two may change places. */
static void read_renamed_tables(leat_ddl_parser *parser)
{
    parser->statement->kind = LEAT_MYSQL_RENAME_TABLE;
    bool if_exists = leat_ddl_accept_if_exists(parser);
    do {
        leat_mysql_effect *effect = leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_RENAME, leat_ddl_table(parser));
        effect->if_exists = if_exists;
        skip_endings(parser);
        leat_ddl_expect(parser, "TO");
        effect->other = leat_ddl_table(parser);
    } while (leat_ddl_accept_symbol(parser, ','));
}

void leat_ddl_read_rename(leat_ddl_parser *parser)
{
    static const char *const tables[] = {"TABLE", "TABLES", NULL};
    if (leat_ddl_accept_any(parser, tables))
        read_renamed_tables(parser);
    else if (leat_ddl_at(parser, "USER"))
        parser->statement->kind = LEAT_MYSQL_ACCOUNT;
    else
        leat_ddl_trouble(parser, "what it renames is not known");
}

void leat_ddl_read_truncate(leat_ddl_parser *parser)
{
    parser->statement->kind = LEAT_MYSQL_TRUNCATE_TABLE;
    (void)leat_ddl_accept(parser, "TABLE");
    (void)leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_TRUNCATE, leat_ddl_table(parser));
    skip_endings(parser);
}
