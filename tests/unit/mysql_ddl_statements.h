/* A statement that was read, as one line of text. */
#ifndef LEAT_TEST_MYSQL_DDL_STATEMENTS_H
#define LEAT_TEST_MYSQL_DDL_STATEMENTS_H

#include "mysql/ddl/ddl.h"

static inline const char *statement_kind_name(leat_mysql_statement_kind kind)
{
    static const char *const names[] = {
        "other",       "account",      "begin",       "commit",     "rollback",     "savepoint",
        "rollback to", "xa start",     "xa end",      "xa prepare", "xa commit",    "xa rollback",
        "dml",         "create table", "alter table", "drop table", "rename table", "truncate table",
        "database",    "unreadable",
    };
    return names[kind];
}

static inline const char *effect_kind_name(leat_mysql_effect_kind kind)
{
    static const char *const names[] = {"define", "like",     "change",        "forget",   "drop",
                                        "rename", "truncate", "drop database", "lost rows"};
    return names[kind];
}

static inline void describe_effect(const leat_mysql_effect *effect, leat_buffer *text)
{
    leat_buffer_printf(text, " | %s %s.%s", effect_kind_name(effect->kind), effect->table.database,
                       effect->table.name == NULL ? "*" : effect->table.name);
    if (effect->other.name != NULL)
        leat_buffer_printf(text, " %s.%s", effect->other.database, effect->other.name);
    leat_buffer_printf(text, "%s%s%s", effect->if_exists ? " if" : "", effect->or_replace ? " replace" : "",
                       effect->temporary ? " temporary" : "");
}

static inline void describe_xid(const leat_mysql_statement *statement, leat_buffer *text)
{
    leat_buffer_printf(text, " %u:", statement->xid_format);
    for (size_t i = 0; i < statement->xid_global.length; i++)
        leat_buffer_printf(text, "%02x", (unsigned)statement->xid_global.data[i]);
    leat_buffer_append_byte(text, ':');
    for (size_t i = 0; i < statement->xid_branch.length; i++)
        leat_buffer_printf(text, "%02x", (unsigned)statement->xid_branch.data[i]);
    leat_buffer_append_string(text, statement->one_phase ? " one phase" : "");
}

/* "drop table | drop d.a if | drop d.b if" */
static inline void describe_statement(const leat_mysql_statement *statement, leat_buffer *text)
{
    leat_buffer_append_string(text, statement_kind_name(statement->kind));
    if (statement->savepoint != NULL)
        leat_buffer_printf(text, " %s", statement->savepoint);
    if (statement->xid_global.data != NULL)
        describe_xid(statement, text);
    if (statement->database != NULL)
        leat_buffer_printf(text, " %s %s %s", statement->database,
                           statement->database_charset ? statement->database_charset : "-",
                           statement->database_collation ? statement->database_collation : "-");
    for (size_t i = 0; i < statement->effect_count; i++)
        describe_effect(&statement->effects[i], text);
    for (size_t i = 0; i < statement->table_count; i++)
        leat_buffer_printf(text, " %s.%s", statement->tables[i].database, statement->tables[i].name);
    leat_buffer_append_string(text, statement->tables_complete ? " and no other" : "");
}

#endif
