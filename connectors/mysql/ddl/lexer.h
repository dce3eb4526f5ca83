/* The words of an SQL statement: comments passed over, executable comments opened, quotes seen through.
 *
 * Lexical rules: MySQL's and MariaDB's reference manuals, "Language Structure", and what the servers do. */
#ifndef LEAT_MYSQL_DDL_LEXER_H
#define LEAT_MYSQL_DDL_LEXER_H

#include "base/buffer.h"
#include "base/cursor.h"
#include "mysql/ddl/ddl.h"

typedef enum leat_ddl_token_kind {
    LEAT_DDL_END,    /* of the statement; again and again */
    LEAT_DDL_BROKEN, /* a quotation or an executable comment that does not end; then END */
    LEAT_DDL_WORD,   /* unquoted: a keyword or a name */
    LEAT_DDL_NAME,   /* quoted; `text` is what stands between the quotes */
    LEAT_DDL_STRING, /* likewise */
    LEAT_DDL_NUMBER,
    LEAT_DDL_HEX,  /* `text` is the digits */
    LEAT_DDL_BITS, /* likewise */
    LEAT_DDL_SYMBOL,
} leat_ddl_token_kind;

/* `text` is of the statement, escapes and doubled quotes still in it. */
typedef struct leat_ddl_token {
    leat_ddl_token_kind kind;
    leat_slice text;
    uint8_t symbol; /* of SYMBOL: the character; of NAME and STRING: the quote */
} leat_ddl_token;

/* A value: a copy reads on from the same place, which is how parsers look ahead. */
typedef struct leat_ddl_lexer {
    leat_cursor cursor;
    const leat_mysql_ddl_context *context;
    bool in_executable;           /* between an executable comment's start and end */
    leat_ddl_token_kind previous; /* a point behind a name begins no number */
} leat_ddl_lexer;

/* Bits of sql_mode that a text's reading hangs on (MySQL's sql/query_options.h, MariaDB's sql_class.h). */
enum {
    LEAT_DDL_REAL_AS_FLOAT = 0x1,
    LEAT_DDL_ANSI_QUOTES = 0x4,
    LEAT_DDL_ORACLE = 0x200, /* MariaDB */
    LEAT_DDL_MAXDB = 0x1000, /* MariaDB */
    LEAT_DDL_NO_BACKSLASH_ESCAPES = 0x100000,
};

leat_ddl_lexer leat_ddl_lexer_open(leat_slice sql, const leat_mysql_ddl_context *context);
leat_ddl_token leat_ddl_lexer_next(leat_ddl_lexer *lexer);

/* Appends what a NAME, STRING or WORD says: doubled quotes halved, escapes undone. */
void leat_ddl_token_append(const leat_ddl_lexer *lexer, const leat_ddl_token *token, leat_buffer *out);

#endif
