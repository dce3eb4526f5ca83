#include "mysql/ddl/parser.h"

/* First words of statements that are about no table's rows or definition. */
static const char *const other_words[] = {
    "ANALYZE",  "BINLOG",   "CACHE",   "CHECK",     "CHECKSUM", "CLONE", "DEALLOCATE", "DESC",    "DESCRIBE",
    "EXECUTE",  "EXPLAIN",  "FLUSH",   "GET",       "HANDLER",  "HELP",  "INSTALL",    "KILL",    "LOAD",
    "LOCK",     "OPTIMIZE", "PREPARE", "PURGE",     "REPAIR",   "RESET", "RESIGNAL",   "RESTART", "SHOW",
    "SHUTDOWN", "SIGNAL",   "STOP",    "UNINSTALL", "UNLOCK",   "USE",   "BACKUP",     NULL,
};

/* First words of statements about accounts, or with passwords in them. */
static const char *const account_words[] = {"GRANT", "REVOKE", "CHANGE", "START", NULL};

/* SET PASSWORD and the roles'; everything else that SET does stays with its session. */
static void read_set(leat_ddl_parser *parser)
{
    static const char *const accounts[] = {"PASSWORD", "ROLE", NULL};
    bool account = leat_ddl_at_any(parser, accounts) || leat_ddl_at_pair(parser, "DEFAULT", "ROLE");
    parser->statement->kind = account ? LEAT_MYSQL_ACCOUNT : LEAT_MYSQL_OTHER;
}

static const struct {
    const char *word;
    void (*read)(leat_ddl_parser *parser);
} verbs[] = {
    {"CREATE", leat_ddl_read_create}, {"ALTER", leat_ddl_read_alter},       {"DROP", leat_ddl_read_drop},
    {"RENAME", leat_ddl_read_rename}, {"TRUNCATE", leat_ddl_read_truncate}, {"SET", read_set},
};

/* MariaDB's SET STATEMENT variable = value, … FOR statement: the statement counts. */
static void skip_set_statement(leat_ddl_parser *parser)
{
    while (leat_ddl_accept_pair(parser, "SET", "STATEMENT"))
        while (!leat_ddl_accept(parser, "FOR") && !leat_ddl_at_end(parser))
            leat_ddl_skip_value(parser);
}

static void read_statement(leat_ddl_parser *parser)
{
    while (leat_ddl_accept_symbol(parser, ';'))
        continue;
    skip_set_statement(parser);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (leat_ddl_accept(parser, verbs[i].word)) {
            verbs[i].read(parser);
            return;
        }
    if (leat_ddl_read_transaction(parser) || leat_ddl_read_dml(parser))
        return;
    if (leat_ddl_at_any(parser, account_words))
        parser->statement->kind = LEAT_MYSQL_ACCOUNT;
    else if (!leat_ddl_at_end(parser) && !leat_ddl_at_any(parser, other_words))
        leat_ddl_trouble(parser, "its first word is not known");
}

static bool is_about_tables(leat_mysql_statement_kind kind)
{
    switch ((int)kind) {
    case LEAT_MYSQL_CREATE_TABLE:
    case LEAT_MYSQL_ALTER_TABLE:
    case LEAT_MYSQL_DROP_TABLE:
    case LEAT_MYSQL_RENAME_TABLE:
    case LEAT_MYSQL_TRUNCATE_TABLE:
    case LEAT_MYSQL_DATABASE:
        return true;
    default:
        return false;
    }
}

/* What was not read to its end was not understood. */
static void expect_end(leat_ddl_parser *parser)
{
    if (!is_about_tables(parser->statement->kind))
        return;
    while (leat_ddl_accept_symbol(parser, ';'))
        continue;
    if (!leat_ddl_at_end(parser))
        leat_ddl_trouble(parser, "it goes on behind what was understood");
}

static void take_effects(leat_ddl_parser *parser)
{
    size_t count = parser->effects.count;
    leat_mysql_effect *effects = leat_arena_allocate_array(parser->arena, count + 1, sizeof *effects);
    for (size_t i = 0; i < count; i++) {
        const leat_mysql_effect *effect = parser->effects.items[i];
        effects[i] = *effect;
    }
    parser->statement->effects = effects;
    parser->statement->effect_count = count;
}

static void take_tables(leat_ddl_parser *parser)
{
    size_t count = parser->tables.count;
    leat_mysql_table_name *tables = leat_arena_allocate_array(parser->arena, count + 1, sizeof *tables);
    for (size_t i = 0; i < count; i++) {
        const leat_mysql_table_name *table = parser->tables.items[i];
        tables[i] = *table;
    }
    parser->statement->tables = tables;
    parser->statement->table_count = count;
}

/* Trouble in a statement that has nothing to do with tables is none: it was not read to its end. */
static void finish(leat_ddl_parser *parser)
{
    leat_mysql_statement *statement = parser->statement;
    if (parser->trouble != NULL && statement->kind != LEAT_MYSQL_ACCOUNT) {
        *statement = (leat_mysql_statement){.kind = LEAT_MYSQL_UNREADABLE, .reason = parser->trouble};
    } else if (is_about_tables(statement->kind)) {
        take_effects(parser);
        return;
    }
    if (statement->kind == LEAT_MYSQL_UNREADABLE || statement->kind == LEAT_MYSQL_DML)
        take_tables(parser);
}

void leat_mysql_ddl_read(leat_slice sql, const leat_mysql_ddl_context *context, leat_arena *arena,
                         leat_mysql_statement *statement)
{
    leat_ddl_parser parser = {
        .context = context,
        .arena = arena,
        .lexer = leat_ddl_lexer_open(sql, context),
        .statement = statement,
    };
    *statement = (leat_mysql_statement){.kind = LEAT_MYSQL_OTHER};
    leat_ddl_advance(&parser);
    read_statement(&parser);
    expect_end(&parser);
    finish(&parser);
}
