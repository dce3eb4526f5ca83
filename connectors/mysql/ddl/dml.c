/* Rows changed by a statement that is not in row format: which tables it names. */
#include "mysql/ddl/parser.h"

#include <strings.h>

/* Up to one of these words, or the end. */
static void skip_to(leat_ddl_parser *parser, const char *const *words)
{
    while (!leat_ddl_at_end(parser) && !leat_ddl_at_any(parser, words))
        if (leat_ddl_at_symbol(parser, '('))
            leat_ddl_skip_group(parser);
        else
            leat_ddl_advance(parser);
}

static void skip_words(leat_ddl_parser *parser, const char *const *words)
{
    while (leat_ddl_accept_any(parser, words))
        continue;
}

static const char *const priorities[] = {"LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "QUICK", "IGNORE", NULL};

/* A table where a name stands; what else stands there is passed over. */
static void read_reference(leat_ddl_parser *parser)
{
    if (leat_ddl_at_name(parser))
        (void)leat_ddl_table(parser);
}

/* "a JOIN (b, c AS x) ON …, d": a table stands at the start, behind a comma, behind JOIN, and behind the
 * parenthesis that opens such a list. Tables of subqueries are only read. */
static void read_references(leat_ddl_parser *parser, const char *const *until)
{
    bool expected = true;
    while (!leat_ddl_at_end(parser) && !leat_ddl_at_any(parser, until)) {
        leat_ddl_token next = leat_ddl_peek(parser);
        bool opens = leat_ddl_at_symbol(parser, '(');
        if (opens && (!expected || leat_ddl_token_is(&next, "SELECT") || leat_ddl_token_is(&next, "WITH"))) {
            leat_ddl_skip_group(parser);
            expected = false;
        } else if (expected && leat_ddl_at_name(parser) && !leat_ddl_at(parser, "LATERAL")) {
            read_reference(parser);
            expected = false;
        } else {
            expected |= leat_ddl_at_symbol(parser, ',') || leat_ddl_at(parser, "JOIN") ||
                        leat_ddl_at(parser, "STRAIGHT_JOIN");
            leat_ddl_advance(parser);
        }
    }
}

/* INSERT and REPLACE */
static void read_insert(leat_ddl_parser *parser)
{
    skip_words(parser, priorities);
    (void)leat_ddl_accept(parser, "INTO");
    read_reference(parser);
}

static void read_update(leat_ddl_parser *parser)
{
    static const char *const until[] = {"SET", NULL};
    skip_words(parser, priorities);
    read_references(parser, until);
}

/* "DELETE FROM t …", "DELETE t, u FROM refs …", "DELETE FROM t, u USING refs …". The targets of the last two
 * may be aliases; the tables are among the references. */
static void read_delete(leat_ddl_parser *parser)
{
    static const char *const from[] = {"FROM", NULL};
    static const char *const until[] = {"WHERE", "ORDER", "LIMIT", "RETURNING", "USING", NULL};
    skip_words(parser, priorities);
    skip_to(parser, from);
    leat_ddl_expect(parser, "FROM");
    size_t before = parser->tables.count;
    read_references(parser, until);
    if (!leat_ddl_accept(parser, "USING"))
        return;
    parser->tables.count = before;
    read_references(parser, until);
}

/* LOAD DATA and LOAD XML … INTO TABLE t */
static void read_load(leat_ddl_parser *parser)
{
    static const char *const until[] = {"INTO", NULL};
    skip_to(parser, until);
    leat_ddl_expect(parser, "INTO");
    leat_ddl_expect(parser, "TABLE");
    read_reference(parser);
}

/* Tables with accounts in them: a statement about these must not be shown. */
static bool is_about_accounts(const leat_mysql_table_name *table)
{
    static const char *const names[] = {"user",          "global_priv",       "db",
                                        "tables_priv",   "columns_priv",      "procs_priv",
                                        "proxies_priv",  "servers",           "password_history",
                                        "roles_mapping", "slave_master_info", "default_roles"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(table->database, "mysql") == 0 && strcasecmp(table->name, names[i]) == 0)
            return true;
    return false;
}

/* Whether what follows calls nothing that might change rows elsewhere: a name with a parenthesis behind it
 * may be a stored function. */
static bool calls_nothing(leat_ddl_parser *parser)
{
    static const char *const harmless[] = {
        "VALUES", "VALUE", "ROW", "NOW", "CURRENT_TIMESTAMP", "UNIX_TIMESTAMP", "FROM_UNIXTIME",
        "IN",     "AND",   "OR",  "KEY", "UTC_TIMESTAMP",     "UUID",           NULL};
    while (!leat_ddl_at_end(parser)) {
        leat_ddl_token next = leat_ddl_peek(parser);
        bool call = leat_ddl_at_name(parser) && next.kind == LEAT_DDL_SYMBOL && next.symbol == '(';
        if ((call && !leat_ddl_at_any(parser, harmless)) || leat_ddl_at(parser, "SELECT"))
            return false;
        leat_ddl_advance(parser);
    }
    return parser->trouble == NULL;
}

/* A trigger or a function may touch any table; only the server's own database has no triggers. An INSERT's
 * list of columns looks like a call; it is passed over. */
static void settle(leat_ddl_parser *parser)
{
    bool own = parser->tables.count > 0;
    for (size_t i = 0; i < parser->tables.count; i++) {
        const leat_mysql_table_name *table = parser->tables.items[i];
        own &= strcasecmp(table->database, "mysql") == 0;
        if (is_about_accounts(table)) {
            parser->statement->kind = LEAT_MYSQL_ACCOUNT;
            return;
        }
    }
    if (leat_ddl_at_symbol(parser, '('))
        leat_ddl_skip_group(parser);
    parser->statement->tables_complete = own && calls_nothing(parser);
}

/* Nothing that can be told: CALL, DO, SELECT with functions in it. */
static void read_unknown(leat_ddl_parser *parser)
{
    (void)parser;
}

static const struct {
    const char *word;
    void (*read)(leat_ddl_parser *parser);
} verbs[] = {
    {"INSERT", read_insert},  {"REPLACE", read_insert}, {"UPDATE", read_update},
    {"DELETE", read_delete},  {"CALL", read_unknown},   {"DO", read_unknown},
    {"SELECT", read_unknown}, {"VALUES", read_unknown}, {"TABLE", read_unknown},
};

/* "WITH a AS (…), b (x) AS (…) UPDATE …": up to the verb. */
static void skip_common_tables(leat_ddl_parser *parser)
{
    static const char *const until[] = {"UPDATE", "DELETE", "SELECT", "INSERT", "REPLACE", NULL};
    if (leat_ddl_accept(parser, "WITH"))
        skip_to(parser, until);
}

/* MariaDB's ANALYZE [FORMAT=…] runs the statement behind it. */
static void skip_analyze(leat_ddl_parser *parser)
{
    static const char *const runs[] = {"FORMAT", "UPDATE", "DELETE", "INSERT", "REPLACE", "SELECT", NULL};
    leat_ddl_parser ahead = *parser;
    if (!leat_ddl_accept(&ahead, "ANALYZE") || !leat_ddl_at_any(&ahead, runs))
        return;
    leat_ddl_advance(parser);
    if (leat_ddl_accept(parser, "FORMAT")) {
        leat_ddl_expect_symbol(parser, '=');
        leat_ddl_advance(parser);
    }
}

bool leat_ddl_read_dml(leat_ddl_parser *parser)
{
    bool found = leat_ddl_at_symbol(parser, '(');
    skip_analyze(parser);
    skip_common_tables(parser);
    if (leat_ddl_accept_pair(parser, "LOAD", "DATA") || leat_ddl_accept_pair(parser, "LOAD", "XML")) {
        found = true;
        read_load(parser);
    }
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs && !found; i++)
        if (leat_ddl_accept(parser, verbs[i].word)) {
            found = true;
            verbs[i].read(parser);
        }
    if (!found)
        return false;
    parser->statement->kind = LEAT_MYSQL_DML;
    settle(parser);
    return true;
}
