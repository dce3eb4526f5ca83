/* What stands behind a table's columns, or in an ALTER TABLE among its other parts. */
#include "mysql/ddl/parser.h"

/* Options that say nothing of columns and have one value behind them, with an equals sign or without. */
static const char *const known_options[] = {
    "AUTOEXTEND_SIZE",
    "AUTO_INCREMENT",
    "AVG_ROW_LENGTH",
    "CHECKSUM",
    "COMPRESSION",
    "CONNECTION",
    "DELAY_KEY_WRITE",
    "ENCRYPTION",
    "ENGINE_ATTRIBUTE",
    "INSERT_METHOD",
    "KEY_BLOCK_SIZE",
    "MAX_ROWS",
    "MIN_ROWS",
    "NODEGROUP",
    "PACK_KEYS",
    "PAGE_CHECKSUM",
    "PASSWORD",
    "ROW_FORMAT",
    "SECONDARY_ENGINE",
    "SECONDARY_ENGINE_ATTRIBUTE",
    "STATS_AUTO_RECALC",
    "STATS_PERSISTENT",
    "STATS_SAMPLE_PAGES",
    "STORAGE",
    "TABLESPACE",
    "TABLE_CHECKSUM",
    "TRANSACTIONAL",
    "UNION",
    NULL,
};

static void skip_option_value(leat_ddl_parser *parser)
{
    (void)leat_ddl_accept_symbol(parser, '=');
    leat_ddl_skip_value(parser);
}

/* Names of engines as the catalog writes them. */
static const char *engine_name(const char *written)
{
    static const char *const names[] = {"InnoDB",     "MyISAM",    "MEMORY",     "Aria",        "CSV",
                                        "ARCHIVE",    "BLACKHOLE", "FEDERATED",  "CONNECT",     "ROCKSDB",
                                        "ndbcluster", "SPIDER",    "MRG_MyISAM", "Columnstore", "S3",
                                        "Mroonga",    "TokuDB"};
    leat_ddl_token token = {.kind = LEAT_DDL_WORD, .text = leat_slice_of_string(written)};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (leat_ddl_token_is(&token, names[i]))
            return names[i];
    if (leat_ddl_token_is(&token, "HEAP"))
        return "MEMORY";
    return leat_ddl_token_is(&token, "MERGE") ? "MRG_MyISAM" : written;
}

static void read_charset(leat_ddl_parser *parser, leat_ddl_charset *charset)
{
    (void)leat_ddl_accept_symbol(parser, '=');
    charset->fallback = leat_ddl_accept(parser, "DEFAULT");
    charset->charset = charset->fallback ? NULL : leat_ddl_read_charset_name(parser);
}

static void read_sequence(leat_ddl_parser *parser, leat_mysql_change *change)
{
    (void)leat_ddl_accept_symbol(parser, '=');
    change->sequence =
        !(parser->token.kind == LEAT_DDL_NUMBER && leat_slice_equals_string(parser->token.text, "0"));
    leat_ddl_skip_value(parser);
}

static bool read_known(leat_ddl_parser *parser, leat_mysql_change *change)
{
    if (leat_ddl_accept(parser, "ENGINE") || leat_ddl_accept(parser, "TYPE"))
        change->engine = engine_name(leat_ddl_read_charset_name(parser));
    else if (leat_ddl_accept_charset(parser))
        read_charset(parser, &change->charset);
    else if (leat_ddl_accept(parser, "COLLATE"))
        change->charset.collation = leat_ddl_read_charset_name(parser);
    else if (leat_ddl_accept_pair(parser, "WITH", "SYSTEM"))
        change->versioning = LEAT_DDL_VERSIONING_WITH, leat_ddl_expect(parser, "VERSIONING");
    else if (leat_ddl_accept(parser, "SEQUENCE"))
        read_sequence(parser, change);
    else
        return false;
    return true;
}

static bool read_comment(leat_ddl_parser *parser, leat_mysql_change *change)
{
    if (!leat_ddl_accept(parser, "COMMENT"))
        return false;
    (void)leat_ddl_accept_symbol(parser, '=');
    change->comment = leat_ddl_text(parser);
    return true;
}

/* An engine's own options, which MariaDB takes, have an equals sign. */
static bool at_assignment(const leat_ddl_parser *parser)
{
    leat_ddl_token next = leat_ddl_peek(parser);
    return leat_ddl_at_name(parser) && next.kind == LEAT_DDL_SYMBOL && next.symbol == '=';
}

/* START TRANSACTION is MySQL's mark of a CREATE TABLE … SELECT, whose rows follow. */
bool leat_ddl_read_option(leat_ddl_parser *parser, leat_mysql_change *change)
{
    if (leat_ddl_accept_pair(parser, "START", "TRANSACTION"))
        return true;
    (void)leat_ddl_accept(parser, "DEFAULT");
    if (read_known(parser, change) || read_comment(parser, change))
        return true;
    if (leat_ddl_accept_pair(parser, "DATA", "DIRECTORY") ||
        leat_ddl_accept_pair(parser, "INDEX", "DIRECTORY")) {
        skip_option_value(parser);
        return true;
    }
    if (!leat_ddl_at_any(parser, known_options) && !at_assignment(parser))
        return false;
    leat_ddl_advance(parser);
    skip_option_value(parser);
    return true;
}
