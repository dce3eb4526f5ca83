/* Statements about transactions. */
#include "mysql/ddl/parser.h"

static bool is(leat_ddl_parser *parser, leat_mysql_statement_kind kind)
{
    parser->statement->kind = kind;
    return true;
}

/* ROLLBACK [WORK] TO [SAVEPOINT] name; the rest of ROLLBACK's forms end the transaction. */
static bool read_rollback(leat_ddl_parser *parser)
{
    (void)leat_ddl_accept(parser, "WORK");
    if (!leat_ddl_accept(parser, "TO"))
        return is(parser, LEAT_MYSQL_ROLLBACK);
    leat_ddl_token next = leat_ddl_peek(parser);
    if (leat_ddl_at(parser, "SAVEPOINT") && (next.kind == LEAT_DDL_WORD || next.kind == LEAT_DDL_NAME))
        leat_ddl_advance(parser);
    parser->statement->savepoint = leat_ddl_name(parser);
    return is(parser, LEAT_MYSQL_ROLLBACK_TO);
}

static bool read_savepoint(leat_ddl_parser *parser)
{
    parser->statement->savepoint = leat_ddl_name(parser);
    return is(parser, LEAT_MYSQL_SAVEPOINT);
}

/* global [, branch [, format]]; the server's default format is 1. */
static void read_xid(leat_ddl_parser *parser)
{
    leat_mysql_statement *statement = parser->statement;
    statement->xid_global = leat_ddl_bytes(parser);
    statement->xid_branch = leat_slice_of("", 0);
    statement->xid_format = 1;
    if (!leat_ddl_accept_symbol(parser, ','))
        return;
    statement->xid_branch = leat_ddl_bytes(parser);
    if (!leat_ddl_accept_symbol(parser, ','))
        return;
    uint64_t format = leat_ddl_number(parser);
    if (format > UINT32_MAX)
        leat_ddl_trouble(parser, "the format of its XID is none");
    statement->xid_format = (uint32_t)format;
}

static bool read_xa(leat_ddl_parser *parser)
{
    static const struct {
        const char *verb;
        leat_mysql_statement_kind kind;
    } verbs[] = {
        {"START", LEAT_MYSQL_XA_START},   {"BEGIN", LEAT_MYSQL_XA_START},
        {"END", LEAT_MYSQL_XA_END},       {"PREPARE", LEAT_MYSQL_XA_PREPARE},
        {"COMMIT", LEAT_MYSQL_XA_COMMIT}, {"ROLLBACK", LEAT_MYSQL_XA_ROLLBACK},
    };
    if (leat_ddl_at(parser, "RECOVER"))
        return is(parser, LEAT_MYSQL_OTHER);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (leat_ddl_accept(parser, verbs[i].verb)) {
            read_xid(parser);
            parser->statement->one_phase = leat_ddl_accept_pair(parser, "ONE", "PHASE");
            return is(parser, verbs[i].kind);
        }
    leat_ddl_trouble(parser, "its XA verb is not known");
    return true;
}

bool leat_ddl_read_transaction(leat_ddl_parser *parser)
{
    if (leat_ddl_accept(parser, "BEGIN") || leat_ddl_accept_pair(parser, "START", "TRANSACTION"))
        return is(parser, LEAT_MYSQL_BEGIN);
    if (leat_ddl_accept(parser, "COMMIT"))
        return is(parser, LEAT_MYSQL_COMMIT);
    if (leat_ddl_accept(parser, "ROLLBACK"))
        return read_rollback(parser);
    if (leat_ddl_accept(parser, "SAVEPOINT"))
        return read_savepoint(parser);
    if (leat_ddl_accept_pair(parser, "RELEASE", "SAVEPOINT"))
        return is(parser, LEAT_MYSQL_OTHER);
    return leat_ddl_accept(parser, "XA") && read_xa(parser);
}
