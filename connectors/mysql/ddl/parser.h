/* A reader of statements: one token in hand, and trouble that sticks, as the cursor's failure does: after it
 * every token is the end, so that parsers run straight on and the question is asked once. */
#ifndef LEAT_MYSQL_DDL_PARSER_H
#define LEAT_MYSQL_DDL_PARSER_H

#include "mysql/ddl/change.h"
#include "mysql/ddl/lexer.h"

typedef struct leat_ddl_parser {
    const leat_mysql_ddl_context *context;
    leat_arena *arena;
    leat_ddl_lexer lexer;
    leat_ddl_token token; /* the next, not consumed yet */
    const char *trouble;  /* a clause without text of the statement; NULL for none */
    leat_mysql_statement *statement;
    leat_ddl_list effects; /* const leat_mysql_effect * */
    leat_ddl_list tables;  /* const leat_mysql_table_name *: every table that was read, in order */
} leat_ddl_parser;

/* Only the first trouble counts. */
void leat_ddl_trouble(leat_ddl_parser *parser, const char *trouble);

void leat_ddl_advance(leat_ddl_parser *parser);
leat_ddl_token leat_ddl_peek(const leat_ddl_parser *parser); /* the token behind the one in hand */

/* Keywords are compared without regard to case; a quoted name is none. */
bool leat_ddl_token_is(const leat_ddl_token *token, const char *word);
bool leat_ddl_at(const leat_ddl_parser *parser, const char *word);
bool leat_ddl_at_pair(const leat_ddl_parser *parser, const char *first, const char *second);
bool leat_ddl_at_any(const leat_ddl_parser *parser, const char *const *words); /* NULL ends the list */
bool leat_ddl_at_symbol(const leat_ddl_parser *parser, char symbol);
bool leat_ddl_at_end(const leat_ddl_parser *parser);

/* Consume what is there; false and nothing consumed where it is not. */
bool leat_ddl_accept(leat_ddl_parser *parser, const char *word);
bool leat_ddl_accept_pair(leat_ddl_parser *parser, const char *first, const char *second);
bool leat_ddl_accept_any(leat_ddl_parser *parser, const char *const *words);
bool leat_ddl_accept_symbol(leat_ddl_parser *parser, char symbol);

/* Trouble where it is not. */
void leat_ddl_expect(leat_ddl_parser *parser, const char *word);
void leat_ddl_expect_symbol(leat_ddl_parser *parser, char symbol);

bool leat_ddl_accept_if_exists(leat_ddl_parser *parser);
bool leat_ddl_accept_if_not_exists(leat_ddl_parser *parser);

/* Passes over "( … )" with all that is in it. */
void leat_ddl_skip_group(leat_ddl_parser *parser);

/* Passes over one value: a group, or a token, with the sign or the introducer before it. */
void leat_ddl_skip_value(leat_ddl_parser *parser);

/* Passes over everything. */
void leat_ddl_skip_rest(leat_ddl_parser *parser);

/* A name, quoted or not, in the arena; "" with trouble where there is none. */
bool leat_ddl_at_name(const leat_ddl_parser *parser);
const char *leat_ddl_name(leat_ddl_parser *parser);

/* [database.]name; goes into `tables` too. */
leat_mysql_table_name leat_ddl_table(leat_ddl_parser *parser);

/* A string, or strings in a row, or hexadecimal bytes, in the arena and without its introducer; "" with
 * trouble where there is none. */
const char *leat_ddl_text(leat_ddl_parser *parser);
leat_slice leat_ddl_bytes(leat_ddl_parser *parser);

/* Digits; 0 with trouble where there are none. */
uint64_t leat_ddl_number(leat_ddl_parser *parser);

/* Adds an effect; what is returned is to be filled. */
leat_mysql_effect *leat_ddl_effect(leat_ddl_parser *parser, leat_mysql_effect_kind kind,
                                   leat_mysql_table_name table);

/* The parts of statements, each in a file of its own. */
bool leat_ddl_read_transaction(leat_ddl_parser *parser); /* false: none of a transaction's */
bool leat_ddl_read_dml(leat_ddl_parser *parser);         /* likewise */
void leat_ddl_read_create(leat_ddl_parser *parser);
void leat_ddl_read_create_table(leat_ddl_parser *parser, bool or_replace, bool temporary);
void leat_ddl_read_create_index(leat_ddl_parser *parser, bool unique, bool or_replace);
void leat_ddl_read_sequence(leat_ddl_parser *parser, bool or_replace, bool temporary);
void leat_ddl_read_alter(leat_ddl_parser *parser);
void leat_ddl_read_alter_table(leat_ddl_parser *parser);
void leat_ddl_read_drop(leat_ddl_parser *parser);
void leat_ddl_read_rename(leat_ddl_parser *parser);
void leat_ddl_read_truncate(leat_ddl_parser *parser);

/* A change to fill, for this statement's server. */
leat_mysql_change *leat_ddl_change(leat_ddl_parser *parser);
leat_ddl_item *leat_ddl_add_item(leat_ddl_parser *parser, leat_mysql_change *change, leat_ddl_item_kind kind);

/* "name type attributes": goes into `change` as `item`'s column, and behind it the indexes that it asks
 * for. */
void leat_ddl_read_column(leat_ddl_parser *parser, leat_mysql_change *change, leat_ddl_item *item);
void leat_ddl_read_type(leat_ddl_parser *parser, leat_ddl_type *type);

/* One of CHARACTER SET, COLLATE, BINARY, ASCII, UNICODE, BYTE; false where there is none. */
bool leat_ddl_read_type_charset(leat_ddl_parser *parser, leat_ddl_type *type);

/* The name behind CHARACTER SET or COLLATE, [=] before it where it may stand; it may be quoted as a
 * string. */
const char *leat_ddl_read_charset_name(leat_ddl_parser *parser);
bool leat_ddl_accept_charset(leat_ddl_parser *parser); /* CHARACTER SET, CHARSET, CHAR SET */

/* What may stand behind DEFAULT. */
leat_ddl_default leat_ddl_read_default(leat_ddl_parser *parser);

/* A table's constraint or index, in CREATE TABLE's list or behind ADD; false where a column stands. */
bool leat_ddl_read_index(leat_ddl_parser *parser, leat_mysql_change *change);
/* "(a, b(10) DESC, (a + b))" */
void leat_ddl_read_index_parts(leat_ddl_parser *parser, leat_ddl_index *index);
void leat_ddl_read_references(leat_ddl_parser *parser);

/* One table option; false where there is none. */
bool leat_ddl_read_option(leat_ddl_parser *parser, leat_mysql_change *change);

#endif
