#include "mysql/ddl/parser.h"

#include <strings.h>

#include "base/list.h"
#include "base/number.h"
#include "base/utf8.h"

void leat_ddl_list_add(leat_ddl_list *list, leat_arena *arena, const void *item)
{
    list->items = leat_arena_list_room(arena, list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = item;
}

void leat_ddl_trouble(leat_ddl_parser *parser, const char *trouble)
{
    if (parser->trouble == NULL)
        parser->trouble = trouble;
    parser->token = (leat_ddl_token){.kind = LEAT_DDL_END};
}

void leat_ddl_advance(leat_ddl_parser *parser)
{
    if (parser->trouble != NULL)
        return;
    parser->token = leat_ddl_lexer_next(&parser->lexer);
    if (parser->token.kind == LEAT_DDL_BROKEN)
        leat_ddl_trouble(parser, "a quotation or a comment in it does not end");
}

leat_ddl_token leat_ddl_peek(const leat_ddl_parser *parser)
{
    leat_ddl_lexer ahead = parser->lexer;
    return parser->trouble == NULL ? leat_ddl_lexer_next(&ahead) : parser->token;
}

bool leat_ddl_token_is(const leat_ddl_token *token, const char *word)
{
    return token->kind == LEAT_DDL_WORD && token->text.length == strlen(word) &&
           strncasecmp((const char *)token->text.data, word, token->text.length) == 0;
}

bool leat_ddl_at(const leat_ddl_parser *parser, const char *word)
{
    return leat_ddl_token_is(&parser->token, word);
}

bool leat_ddl_at_pair(const leat_ddl_parser *parser, const char *first, const char *second)
{
    if (!leat_ddl_at(parser, first))
        return false;
    leat_ddl_token next = leat_ddl_peek(parser);
    return leat_ddl_token_is(&next, second);
}

bool leat_ddl_at_any(const leat_ddl_parser *parser, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (leat_ddl_at(parser, words[i]))
            return true;
    return false;
}

bool leat_ddl_at_symbol(const leat_ddl_parser *parser, char symbol)
{
    return parser->token.kind == LEAT_DDL_SYMBOL && parser->token.symbol == (uint8_t)symbol;
}

bool leat_ddl_at_end(const leat_ddl_parser *parser)
{
    return parser->token.kind == LEAT_DDL_END;
}

/* Consumes the token in hand when `there`. */
static bool accept(leat_ddl_parser *parser, bool there)
{
    if (there)
        leat_ddl_advance(parser);
    return there;
}

bool leat_ddl_accept(leat_ddl_parser *parser, const char *word)
{
    return accept(parser, leat_ddl_at(parser, word));
}

bool leat_ddl_accept_pair(leat_ddl_parser *parser, const char *first, const char *second)
{
    return accept(parser, leat_ddl_at_pair(parser, first, second)) && accept(parser, true);
}

bool leat_ddl_accept_any(leat_ddl_parser *parser, const char *const *words)
{
    return accept(parser, leat_ddl_at_any(parser, words));
}

bool leat_ddl_accept_symbol(leat_ddl_parser *parser, char symbol)
{
    return accept(parser, leat_ddl_at_symbol(parser, symbol));
}

void leat_ddl_expect(leat_ddl_parser *parser, const char *word)
{
    if (!leat_ddl_accept(parser, word))
        leat_ddl_trouble(parser, "a word stands in it that was not expected there");
}

void leat_ddl_expect_symbol(leat_ddl_parser *parser, char symbol)
{
    if (!leat_ddl_accept_symbol(parser, symbol))
        leat_ddl_trouble(parser, "a character stands in it that was not expected there");
}

bool leat_ddl_accept_if_exists(leat_ddl_parser *parser)
{
    return leat_ddl_accept_pair(parser, "IF", "EXISTS");
}

bool leat_ddl_accept_if_not_exists(leat_ddl_parser *parser)
{
    if (!leat_ddl_accept_pair(parser, "IF", "NOT"))
        return false;
    leat_ddl_expect(parser, "EXISTS");
    return true;
}

void leat_ddl_skip_group(leat_ddl_parser *parser)
{
    size_t depth = 0;
    do {
        if (leat_ddl_at_end(parser))
            leat_ddl_trouble(parser, "a parenthesis in it is not closed");
        else if (leat_ddl_at_symbol(parser, '('))
            depth++;
        else if (leat_ddl_at_symbol(parser, ')'))
            depth--;
        leat_ddl_advance(parser);
    } while (depth > 0 && parser->trouble == NULL);
}

/* _utf8mb4'text' and the like. */
static bool at_introducer(const leat_ddl_parser *parser)
{
    if (parser->token.kind != LEAT_DDL_WORD || parser->token.text.data[0] != '_')
        return false;
    leat_ddl_token_kind next = leat_ddl_peek(parser).kind;
    return next == LEAT_DDL_STRING || next == LEAT_DDL_HEX || next == LEAT_DDL_BITS;
}

void leat_ddl_skip_value(leat_ddl_parser *parser)
{
    if (leat_ddl_at_symbol(parser, '-') || leat_ddl_at_symbol(parser, '+') || at_introducer(parser))
        leat_ddl_advance(parser);
    if (leat_ddl_at_symbol(parser, '(')) {
        leat_ddl_skip_group(parser);
    } else {
        bool text = parser->token.kind == LEAT_DDL_STRING;
        leat_ddl_advance(parser);
        while (text && parser->token.kind == LEAT_DDL_STRING)
            leat_ddl_advance(parser);
    }
}

void leat_ddl_skip_rest(leat_ddl_parser *parser)
{
    while (!leat_ddl_at_end(parser))
        leat_ddl_advance(parser);
}

bool leat_ddl_at_name(const leat_ddl_parser *parser)
{
    return parser->token.kind == LEAT_DDL_WORD || parser->token.kind == LEAT_DDL_NAME;
}

/* What the token in hand says, consumed, in the arena. */
static const char *take_token(leat_ddl_parser *parser)
{
    leat_buffer text = {0};
    leat_ddl_token_append(&parser->lexer, &parser->token, &text);
    if (text.length > 0 && memchr(text.data, '\0', text.length) != NULL)
        leat_ddl_trouble(parser, "a name or a text in it has a NUL");
    const char *copy = leat_arena_slice_string(parser->arena, leat_buffer_slice(&text));
    leat_buffer_free(&text);
    leat_ddl_advance(parser);
    return copy;
}

const char *leat_ddl_name(leat_ddl_parser *parser)
{
    if (leat_ddl_at_name(parser))
        return take_token(parser);
    leat_ddl_trouble(parser, "a name is missing");
    return "";
}

/* Behind a point digits are a name too. */
static const char *take_second_name(leat_ddl_parser *parser)
{
    bool number = parser->token.kind == LEAT_DDL_NUMBER &&
                  memchr(parser->token.text.data, '.', parser->token.text.length) == NULL;
    return number ? take_token(parser) : leat_ddl_name(parser);
}

leat_mysql_table_name leat_ddl_table(leat_ddl_parser *parser)
{
    leat_mysql_table_name *table = leat_arena_allocate(parser->arena, sizeof *table);
    table->database = leat_arena_string(parser->arena, parser->context->database);
    if (leat_ddl_accept_symbol(parser, '.')) {
        table->name = take_second_name(parser);
    } else {
        table->name = leat_ddl_name(parser);
        if (leat_ddl_accept_symbol(parser, '.')) {
            table->database = table->name;
            table->name = take_second_name(parser);
        }
    }
    if (parser->trouble == NULL)
        leat_ddl_list_add(&parser->tables, parser->arena, table);
    return *table;
}

static unsigned hex_value(uint8_t digit)
{
    return digit <= '9' ? (unsigned)(digit - '0') : (unsigned)((digit | 0x20) - 'a' + 10);
}

/* An odd number of digits has a zero before them. */
static bool append_hex(leat_slice digits, leat_buffer *out)
{
    unsigned byte = 0;
    for (size_t i = 0; i < digits.length; i++) {
        unsigned value = hex_value(digits.data[i]);
        if (value > 15)
            return false;
        byte = byte << 4 | value;
        if ((digits.length - i) % 2 == 1) {
            leat_buffer_append_byte(out, (uint8_t)byte);
            byte = 0;
        }
    }
    return true;
}

/* The token in hand, and strings in a row with it. */
static void append_text(leat_ddl_parser *parser, leat_buffer *text)
{
    if (at_introducer(parser))
        leat_ddl_advance(parser);
    if (parser->token.kind == LEAT_DDL_HEX) {
        if (!append_hex(parser->token.text, text))
            leat_ddl_trouble(parser, "a hexadecimal literal in it is none");
        leat_ddl_advance(parser);
        return;
    }
    if (parser->token.kind != LEAT_DDL_STRING)
        leat_ddl_trouble(parser, "a text is missing");
    while (parser->token.kind == LEAT_DDL_STRING) {
        leat_ddl_token_append(&parser->lexer, &parser->token, text);
        leat_ddl_advance(parser);
    }
}

leat_slice leat_ddl_bytes(leat_ddl_parser *parser)
{
    leat_buffer text = {0};
    append_text(parser, &text);
    uint8_t *copy = leat_arena_allocate(parser->arena, text.length + 1);
    if (text.length > 0)
        memcpy(copy, text.data, text.length);
    leat_slice bytes = leat_slice_of(copy, text.length);
    leat_buffer_free(&text);
    return bytes;
}

const char *leat_ddl_text(leat_ddl_parser *parser)
{
    leat_slice bytes = leat_ddl_bytes(parser);
    if (!leat_utf8_valid(bytes) || (bytes.length > 0 && memchr(bytes.data, '\0', bytes.length) != NULL))
        leat_ddl_trouble(parser, "a text in it is no readable one");
    return leat_arena_slice_string(parser->arena, bytes);
}

uint64_t leat_ddl_number(leat_ddl_parser *parser)
{
    uint64_t value = 0;
    if (parser->token.kind != LEAT_DDL_NUMBER || !leat_number_parse_unsigned(parser->token.text, &value))
        leat_ddl_trouble(parser, "a number in it is missing or too large");
    leat_ddl_advance(parser);
    return value;
}

leat_mysql_effect *leat_ddl_effect(leat_ddl_parser *parser, leat_mysql_effect_kind kind,
                                   leat_mysql_table_name table)
{
    leat_mysql_effect *effect = leat_arena_allocate(parser->arena, sizeof *effect);
    effect->kind = kind;
    effect->table = table;
    leat_ddl_list_add(&parser->effects, parser->arena, effect);
    return effect;
}

leat_mysql_change *leat_ddl_change(leat_ddl_parser *parser)
{
    leat_mysql_change *change = leat_arena_allocate(parser->arena, sizeof *change);
    change->version = parser->context->version;
    change->explicit_timestamps = parser->context->explicit_timestamps;
    return change;
}

leat_ddl_item *leat_ddl_add_item(leat_ddl_parser *parser, leat_mysql_change *change, leat_ddl_item_kind kind)
{
    leat_ddl_item *item = leat_arena_allocate(parser->arena, sizeof *item);
    item->kind = kind;
    leat_ddl_list_add(&change->items, parser->arena, item);
    return item;
}
