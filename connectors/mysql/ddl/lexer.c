#include "mysql/ddl/lexer.h"

#include "base/number.h"

leat_ddl_lexer leat_ddl_lexer_open(leat_slice sql, const leat_mysql_ddl_context *context)
{
    return (leat_ddl_lexer){.cursor = leat_cursor_open(sql), .context = context, .previous = LEAT_DDL_END};
}

static bool has_mode(const leat_ddl_lexer *lexer, uint64_t bit)
{
    return (lexer->context->sql_mode & bit) != 0;
}

static bool is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_blank(int byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r') || byte == '\0';
}

/* Every byte above ASCII is part of a character that names may have. */
static bool is_word_byte(int byte)
{
    return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           byte == '$' || byte >= 0x80;
}

/* The byte behind the next one, or -1. */
static int peek_second(const leat_cursor *cursor)
{
    leat_cursor ahead = *cursor;
    if (leat_cursor_remaining(&ahead) < 2)
        return -1;
    (void)leat_cursor_u8(&ahead);
    return leat_cursor_peek(&ahead);
}

/* What `cursor` went over since it stood where `before` stands. */
static leat_slice between(leat_cursor before, const leat_cursor *cursor)
{
    return leat_cursor_bytes(&before, leat_cursor_remaining(&before) - leat_cursor_remaining(cursor));
}

static leat_slice take_word(leat_cursor *cursor)
{
    leat_cursor before = *cursor;
    while (is_word_byte(leat_cursor_peek(cursor)))
        (void)leat_cursor_u8(cursor);
    return between(before, cursor);
}

static leat_slice take_digits(leat_cursor *cursor, unsigned most)
{
    leat_cursor before = *cursor;
    for (unsigned i = 0; i < most && is_digit(leat_cursor_peek(cursor)); i++)
        (void)leat_cursor_u8(cursor);
    return between(before, cursor);
}

static void skip_line(leat_cursor *cursor)
{
    while (leat_cursor_remaining(cursor) > 0 && leat_cursor_u8(cursor) != '\n')
        continue;
}

/* Up to the end of a comment whose start is behind the cursor. An inner comment has an end of its own. */
static void skip_comment(leat_cursor *cursor)
{
    unsigned depth = 1;
    while (depth > 0 && leat_cursor_remaining(cursor) > 0) {
        uint8_t byte = leat_cursor_u8(cursor);
        int next = leat_cursor_peek(cursor);
        if (byte == '*' && next == '/')
            depth--;
        else if (byte == '/' && next == '*')
            depth++;
        else
            continue;
        (void)leat_cursor_u8(cursor);
    }
}

/* Plain comments do not nest. */
static void skip_plain_comment(leat_cursor *cursor)
{
    while (leat_cursor_remaining(cursor) > 0)
        if (leat_cursor_u8(cursor) == '*' && leat_cursor_peek(cursor) == '/') {
            (void)leat_cursor_u8(cursor);
            return;
        }
}

enum {
    /* Versions that MariaDB takes for MySQL's alone in comments without an M (its sql_lex.cc). */
    FIRST_FOREIGN_VERSION = 50700,
    LAST_FOREIGN_VERSION = 99999,
};

/* Whether what follows the mark is code for the server that wrote the statement; a version, which is five or
 * six digits, is consumed. */
static bool is_executed(leat_ddl_lexer *lexer, bool only_mariadb)
{
    leat_cursor before = lexer->cursor;
    leat_slice digits = take_digits(&lexer->cursor, 6);
    uint64_t version = 0;
    if (digits.length < 5)
        lexer->cursor = before;
    else
        (void)leat_number_parse_digits(digits, &version);
    if (only_mariadb && !lexer->context->mariadb)
        return false;
    if (lexer->context->mariadb && !only_mariadb && version >= FIRST_FOREIGN_VERSION &&
        version <= LAST_FOREIGN_VERSION)
        return false;
    return version <= lexer->context->version;
}

/* Behind the two bytes of a comment's start. */
static void open_comment(leat_ddl_lexer *lexer)
{
    leat_cursor *cursor = &lexer->cursor;
    bool only_mariadb = leat_cursor_peek(cursor) == 'M' && peek_second(cursor) == '!';
    if (only_mariadb)
        (void)leat_cursor_u8(cursor);
    if (leat_cursor_peek(cursor) != '!' || (only_mariadb && !lexer->context->mariadb)) {
        skip_plain_comment(cursor);
        return;
    }
    (void)leat_cursor_u8(cursor);
    if (is_executed(lexer, only_mariadb))
        lexer->in_executable = true;
    else
        skip_comment(cursor);
}

/* Passes over one blank or comment; false where there is none. */
static bool skip_one(leat_ddl_lexer *lexer)
{
    leat_cursor *cursor = &lexer->cursor;
    int first = leat_cursor_peek(cursor);
    int second = peek_second(cursor);
    if (is_blank(first)) {
        (void)leat_cursor_u8(cursor);
    } else if (first == '#') {
        skip_line(cursor);
    } else if (first == '-' && second == '-') {
        leat_cursor ahead = *cursor;
        (void)leat_cursor_bytes(&ahead, 2);
        int third = leat_cursor_peek(&ahead);
        if (third > ' ' && third != 0x7f)
            return false;
        skip_line(cursor);
    } else if (first == '/' && second == '*') {
        (void)leat_cursor_bytes(cursor, 2);
        open_comment(lexer);
    } else if (lexer->in_executable && first == '*' && second == '/') {
        (void)leat_cursor_bytes(cursor, 2);
        lexer->in_executable = false;
    } else {
        return false;
    }
    return true;
}

/* Up to the quote that ends it; the cursor stands behind the first one. */
static leat_ddl_token take_quoted(leat_ddl_lexer *lexer, uint8_t quote, leat_ddl_token_kind kind)
{
    leat_cursor *cursor = &lexer->cursor;
    leat_cursor before = *cursor;
    bool escapes = kind == LEAT_DDL_STRING && !has_mode(lexer, LEAT_DDL_NO_BACKSLASH_ESCAPES);
    while (leat_cursor_remaining(cursor) > 0) {
        leat_cursor here = *cursor;
        uint8_t byte = leat_cursor_u8(cursor);
        bool pair = (byte == '\\' && escapes) || (byte == quote && leat_cursor_peek(cursor) == quote);
        if (pair && leat_cursor_remaining(cursor) > 0)
            (void)leat_cursor_u8(cursor);
        else if (byte == quote)
            return (leat_ddl_token){.kind = kind, .text = between(before, &here), .symbol = quote};
    }
    return (leat_ddl_token){.kind = LEAT_DDL_BROKEN};
}

static bool is_all(leat_slice text, bool (*allowed)(int byte))
{
    for (size_t i = 0; i < text.length; i++)
        if (!allowed(text.data[i]))
            return false;
    return text.length > 0;
}

static bool is_hex_digit(int byte)
{
    return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static bool is_bit(int byte)
{
    return byte == '0' || byte == '1';
}

/* 0x1F and 0b01: `text` without the mark. False for anything else. */
static bool is_marked(leat_slice word, uint8_t mark, bool (*allowed)(int byte), leat_ddl_token *token,
                      leat_ddl_token_kind kind)
{
    leat_cursor cursor = leat_cursor_open(word);
    if (leat_cursor_u8(&cursor) != '0' || leat_cursor_u8(&cursor) != mark)
        return false;
    leat_slice rest = leat_cursor_bytes(&cursor, leat_cursor_remaining(&cursor));
    if (!is_all(rest, allowed))
        return false;
    *token = (leat_ddl_token){.kind = kind, .text = rest};
    return true;
}

/* Digits, then an exponent's letter and, it may be, its digits. */
static bool is_mantissa(leat_slice word)
{
    leat_cursor cursor = leat_cursor_open(word);
    (void)take_digits(&cursor, UINT32_MAX);
    uint8_t letter = leat_cursor_u8(&cursor);
    (void)take_digits(&cursor, UINT32_MAX);
    return (letter == 'e' || letter == 'E') && leat_cursor_remaining(&cursor) == 0;
}

/* "e-5" behind a mantissa whose letter was the last thing taken. */
static void take_signed_exponent(leat_cursor *cursor, leat_slice word)
{
    uint8_t last = word.length > 0 ? word.data[word.length - 1] : 0;
    int sign = leat_cursor_peek(cursor);
    if ((last != 'e' && last != 'E') || (sign != '-' && sign != '+') || !is_digit(peek_second(cursor)))
        return;
    (void)leat_cursor_u8(cursor);
    (void)take_digits(cursor, UINT32_MAX);
}

static void take_fraction(leat_cursor *cursor)
{
    if (leat_cursor_peek(cursor) != '.')
        return;
    (void)leat_cursor_u8(cursor);
    take_signed_exponent(cursor, take_word(cursor));
}

/* A word that begins with a digit may be a number or a name. */
static leat_ddl_token take_number_or_word(leat_ddl_lexer *lexer)
{
    leat_cursor *cursor = &lexer->cursor;
    leat_cursor before = *cursor;
    leat_ddl_token token;
    leat_slice word = take_word(cursor);
    if (is_marked(word, 'x', is_hex_digit, &token, LEAT_DDL_HEX) ||
        is_marked(word, 'b', is_bit, &token, LEAT_DDL_BITS))
        return token;
    if (is_all(word, is_digit))
        take_fraction(cursor);
    else if (is_mantissa(word))
        take_signed_exponent(cursor, word);
    else
        return (leat_ddl_token){.kind = LEAT_DDL_WORD, .text = word};
    return (leat_ddl_token){.kind = LEAT_DDL_NUMBER, .text = between(before, cursor)};
}

/* X'1F', B'01' and N'text': a letter with a quotation right behind it. */
static leat_ddl_token take_word_or_literal(leat_ddl_lexer *lexer)
{
    leat_slice word = take_word(&lexer->cursor);
    leat_ddl_token token = {.kind = LEAT_DDL_WORD, .text = word};
    if (word.length != 1 || leat_cursor_peek(&lexer->cursor) != '\'')
        return token;
    leat_ddl_token_kind kind = LEAT_DDL_WORD;
    switch (word.data[0] | 0x20) {
    case 'x':
        kind = LEAT_DDL_HEX;
        break;
    case 'b':
        kind = LEAT_DDL_BITS;
        break;
    case 'n':
        kind = LEAT_DDL_STRING;
        break;
    default:
        return token;
    }
    return take_quoted(lexer, leat_cursor_u8(&lexer->cursor), kind);
}

static leat_ddl_token take_symbol(leat_ddl_lexer *lexer)
{
    leat_cursor *cursor = &lexer->cursor;
    leat_cursor before = *cursor;
    uint8_t symbol = leat_cursor_u8(cursor);
    if (symbol == '`' || (symbol == '"' && has_mode(lexer, LEAT_DDL_ANSI_QUOTES)))
        return take_quoted(lexer, symbol, LEAT_DDL_NAME);
    if (symbol == '\'' || symbol == '"')
        return take_quoted(lexer, symbol, LEAT_DDL_STRING);
    bool behind_name = lexer->previous == LEAT_DDL_WORD || lexer->previous == LEAT_DDL_NAME;
    if (symbol == '.' && !behind_name && is_digit(leat_cursor_peek(cursor))) {
        take_signed_exponent(cursor, take_word(cursor));
        return (leat_ddl_token){.kind = LEAT_DDL_NUMBER, .text = between(before, cursor)};
    }
    return (leat_ddl_token){.kind = LEAT_DDL_SYMBOL, .text = between(before, cursor), .symbol = symbol};
}

leat_ddl_token leat_ddl_lexer_next(leat_ddl_lexer *lexer)
{
    while (skip_one(lexer))
        continue;
    int first = leat_cursor_peek(&lexer->cursor);
    leat_ddl_token token = {.kind = LEAT_DDL_END};
    if (first < 0)
        token.kind = lexer->in_executable ? LEAT_DDL_BROKEN : LEAT_DDL_END;
    else if (is_digit(first))
        token = take_number_or_word(lexer);
    else if (is_word_byte(first))
        token = take_word_or_literal(lexer);
    else
        token = take_symbol(lexer);
    if (first < 0)
        lexer->in_executable = false;
    lexer->previous = token.kind;
    return token;
}

/* The character that a backslash and `byte` stand for; before % and _ the backslash stays. */
static void append_escaped(leat_buffer *out, uint8_t byte)
{
    static const char letters[] = "0btnrZ";
    static const char meanings[] = {'\0', '\b', '\t', '\n', '\r', 0x1a};
    const char *found = byte == '\0' ? NULL : strchr(letters, byte);
    if (byte == '%' || byte == '_')
        leat_buffer_append_byte(out, '\\');
    leat_buffer_append_byte(out, found == NULL ? byte : (uint8_t)meanings[found - letters]);
}

void leat_ddl_token_append(const leat_ddl_lexer *lexer, const leat_ddl_token *token, leat_buffer *out)
{
    bool quoted = token->kind == LEAT_DDL_NAME || token->kind == LEAT_DDL_STRING;
    bool escapes = token->kind == LEAT_DDL_STRING && !has_mode(lexer, LEAT_DDL_NO_BACKSLASH_ESCAPES);
    leat_cursor cursor = leat_cursor_open(token->text);
    while (leat_cursor_remaining(&cursor) > 0) {
        uint8_t byte = leat_cursor_u8(&cursor);
        if (byte == '\\' && escapes && leat_cursor_remaining(&cursor) > 0) {
            append_escaped(out, leat_cursor_u8(&cursor));
            continue;
        }
        leat_buffer_append_byte(out, byte);
        if (quoted && byte == token->symbol && leat_cursor_peek(&cursor) == byte)
            (void)leat_cursor_u8(&cursor);
    }
}
