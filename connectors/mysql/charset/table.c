/* Charsets of one to four bytes a character by tables that the server itself fills, so that text becomes what
 * the server would make of it: iconv differs from it in hundreds of characters of Big5, and here and there in
 * the others. */
#include "mysql/charset/charset.h"

#include "base/hex.h"
#include "base/memory.h"

enum { SS2 = 0x8e, SS3 = 0x8f, NO_CHARACTER = LEAT_MYSQL_NO_CHARACTER };

/* A range of bytes, both ends in it. */
typedef struct range {
    uint8_t first;
    uint8_t last;
} range;

/* The servers refuse to convert what has not the form of a character, so that nothing else may be asked for.
 * Which bytes make characters of two: strings/ctype-*.c of the servers (the macros is…head and is…tail). */
typedef struct shape {
    const char *charset;
    range leads[2]; /* unused ones {1, 0} */
    range trails[3];
    range triples; /* second and third byte behind SS3 */
    range singles; /* of one byte, beside ASCII */
} shape;

static const shape shapes[] = {
    {"big5", {{0xa1, 0xf9}, {1, 0}}, {{0x40, 0x7e}, {0xa1, 0xfe}, {1, 0}}, {1, 0}, {1, 0}},
    {"cp932", {{0x81, 0x9f}, {0xe0, 0xfc}}, {{0x40, 0x7e}, {0x80, 0xfc}, {1, 0}}, {1, 0}, {0xa1, 0xdf}},
    {"eucjpms", {{0xa1, 0xfe}, {0x8e, 0x8e}}, {{0xa1, 0xfe}, {1, 0}, {1, 0}}, {0xa1, 0xfe}, {1, 0}},
    {"euckr", {{0x81, 0xfe}, {1, 0}}, {{0x41, 0x5a}, {0x61, 0x7a}, {0x81, 0xfe}}, {1, 0}, {1, 0}},
    {"gb18030", {{0x81, 0xfe}, {1, 0}}, {{0x40, 0x7e}, {0x80, 0xfe}, {1, 0}}, {1, 0}, {1, 0}},
    {"gb2312", {{0xa1, 0xf7}, {1, 0}}, {{0xa1, 0xfe}, {1, 0}, {1, 0}}, {1, 0}, {1, 0}},
    {"gbk", {{0x81, 0xfe}, {1, 0}}, {{0x40, 0x7e}, {0x80, 0xfe}, {1, 0}}, {1, 0}, {1, 0}},
    {"sjis", {{0x81, 0x9f}, {0xe0, 0xfc}}, {{0x40, 0x7e}, {0x80, 0xfc}, {1, 0}}, {1, 0}, {0xa1, 0xdf}},
    {"ujis", {{0xa1, 0xfe}, {0x8e, 0x8e}}, {{0xa1, 0xfe}, {1, 0}, {1, 0}}, {0xa1, 0xfe}, {1, 0}},
};

static const shape *shape_of(const char *charset)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (strcmp(shapes[i].charset, charset) == 0)
            return &shapes[i];
    return NULL;
}

bool leat_mysql_charset_wants_table(const char *charset, unsigned longest)
{
    return longest == 1 || shape_of(charset) != NULL;
}

static uint16_t *new_row(leat_arena *arena, size_t count)
{
    uint16_t *row = leat_arena_allocate_array(arena, count, sizeof *row);
    for (size_t i = 0; i < count; i++)
        row[i] = NO_CHARACTER;
    return row;
}

leat_mysql_charset_table *leat_mysql_charset_table_new(unsigned longest, leat_arena *arena)
{
    leat_mysql_charset_table *table = leat_arena_allocate(arena, sizeof *table);
    if (longest > 1) {
        table->pairs = leat_arena_allocate_array(arena, 256, sizeof *table->pairs);
        table->triples = leat_arena_allocate_array(arena, 256, sizeof *table->triples);
    }
    for (size_t i = 0; i < 256; i++)
        table->single[i] = NO_CHARACTER;
    return table;
}

/* GB18030: from the first byte 0x90 on the other planes, in order; below it the basic plane's rest. */
static uint32_t next_quadruple(const leat_mysql_charset_table *table, uint8_t first, leat_cursor *cursor)
{
    enum { PLANES = 0x90, FIRST_OF_PLANES = 0x10000, LAST = 0x10ffff };
    uint32_t second = (uint32_t)leat_cursor_u8(cursor) - 0x30;
    uint32_t third = (uint32_t)leat_cursor_u8(cursor) - 0x81;
    uint32_t fourth = (uint32_t)leat_cursor_u8(cursor) - 0x30;
    if (second > 9 || third > 125 || fourth > 9)
        return NO_CHARACTER;
    uint32_t row = first - (first < PLANES ? 0x81u : PLANES);
    uint32_t place = ((row * 10 + second) * 126 + third) * 10 + fourth;
    if (first >= PLANES)
        return place <= LAST - FIRST_OF_PLANES ? FIRST_OF_PLANES + place : NO_CHARACTER;
    return place < LEAT_MYSQL_QUADRUPLES ? table->quadruples[place] : NO_CHARACTER;
}

static uint32_t next_of_row(const uint16_t *row, leat_cursor *cursor)
{
    uint8_t trail = leat_cursor_u8(cursor);
    return row == NULL || trail < LEAT_MYSQL_FIRST_TRAIL ? NO_CHARACTER : row[trail - LEAT_MYSQL_FIRST_TRAIL];
}

static bool is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

uint32_t leat_mysql_charset_table_next(const leat_mysql_charset_table *table, leat_cursor *cursor)
{
    uint8_t first = leat_cursor_u8(cursor);
    uint32_t character = table->single[first];
    if (character != NO_CHARACTER)
        return character;
    if (table->pairs == NULL)
        leat_cursor_fail(cursor);
    else if (table->quadruples != NULL && first > 0x80 && first < 0xff && is_digit(leat_cursor_peek(cursor)))
        character = next_quadruple(table, first, cursor);
    else if (first == SS3 && table->pairs[first] == NULL)
        character = next_of_row(table->triples[leat_cursor_u8(cursor)], cursor);
    else
        character = next_of_row(table->pairs[first], cursor);
    if (character == NO_CHARACTER)
        leat_cursor_fail(cursor);
    return character;
}

/* What a question asks for: all characters of one byte, or those of one row. */
typedef struct question {
    enum { SINGLES, PAIRS, TRIPLES } what;
    uint8_t lead; /* the byte before the last */
    const shape *shape;
} question;

static size_t range_size(range of)
{
    return of.last < of.first ? 0 : (size_t)(of.last - of.first) + 1;
}

static bool is_within(uint8_t byte, range of)
{
    return byte >= of.first && byte <= of.last;
}

/* Question number `place`; false behind the last. */
static bool find_question(const leat_mysql_charset *charset, size_t place, question *found)
{
    *found = (question){.what = SINGLES, .shape = shape_of(charset->name)};
    if (place == 0 || found->shape == NULL)
        return place == 0;
    const range *leads = found->shape->leads;
    range asked[] = {leads[0], leads[1], found->shape->triples};
    place--;
    for (size_t i = 0; i < 3; i++) {
        if (place < range_size(asked[i])) {
            found->what = i < 2 ? PAIRS : TRIPLES;
            found->lead = (uint8_t)(asked[i].first + place);
            return true;
        }
        place -= range_size(asked[i]);
    }
    return false;
}

/* The last bytes that a question asks for. A line feed stands for itself: it separates. */
static bool is_asked(const question *asked, uint8_t last)
{
    if (asked->what == SINGLES)
        return last != '\n' &&
               (asked->shape == NULL || last < 0x80 || is_within(last, asked->shape->singles));
    if (asked->what == TRIPLES)
        return is_within(last, asked->shape->triples);
    if (asked->lead == SS2 && asked->shape->triples.last != 0) /* half-width katakana */
        return last >= 0xa1 && last <= 0xdf;
    const range *trails = asked->shape->trails;
    return is_within(last, trails[0]) || is_within(last, trails[1]) || is_within(last, trails[2]);
}

static void append_question(const leat_mysql_charset *charset, const question *asked, leat_buffer *sql)
{
    leat_buffer_append_string(sql, ", hex(convert(convert(0x");
    for (unsigned last = 0; last < 256; last++) {
        if (!is_asked(asked, (uint8_t)last))
            continue;
        if (asked->what == TRIPLES)
            leat_buffer_printf(sql, "%02x", SS3);
        if (asked->what != SINGLES)
            leat_buffer_printf(sql, "%02x", asked->lead);
        leat_buffer_printf(sql, "%02x0a", last);
    }
    leat_buffer_printf(sql, " using %s) using ucs2))", charset->name);
}

size_t leat_mysql_charset_questions(const leat_mysql_charset *charset)
{
    question asked;
    size_t count = 0;
    while (charset->kind == LEAT_MYSQL_CHARSET_TABLE && find_question(charset, count, &asked))
        count++;
    return count;
}

void leat_mysql_charset_ask(const leat_mysql_charset *charset, leat_buffer *sql)
{
    question asked;
    size_t count = leat_mysql_charset_questions(charset);
    for (size_t place = 0; place < count && find_question(charset, place, &asked); place++)
        append_question(charset, &asked, sql);
}

/* Four hex digits. */
static uint32_t next_hex_unit(leat_cursor *cursor)
{
    leat_slice digits = leat_cursor_bytes(cursor, 4);
    uint8_t bytes[2] = {0, 0};
    if (digits.length == 0 || !leat_hex_decode(digits, bytes))
        leat_cursor_fail(cursor);
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

/* The next answer, to its line feed. A question mark or a replacement character where none was asked about
 * says that the server knows of no character, and so does anything but one character. */
static uint16_t next_answer(leat_cursor *cursor, bool question_mark)
{
    size_t count = 0;
    uint32_t character = NO_CHARACTER;
    for (uint32_t unit = next_hex_unit(cursor); unit != '\n' && !leat_cursor_failed(cursor);
         unit = next_hex_unit(cursor), count++)
        character = unit;
    if (count != 1 || leat_cursor_failed(cursor) || (character == '?' && !question_mark) ||
        character == 0xfffd)
        return NO_CHARACTER;
    return (uint16_t)character;
}

static void read_singles(leat_mysql_charset_table *table, const question *asked, leat_cursor *answers)
{
    for (unsigned byte = 0; byte < 256; byte++)
        if (is_asked(asked, (uint8_t)byte))
            table->single[byte] = next_answer(answers, byte == '?');
    table->single['\n'] = '\n';
    table->ascii = true;
    for (unsigned byte = 0; byte < 0x80; byte++)
        table->ascii = table->ascii && table->single[byte] == byte;
}

static const uint16_t *read_row(const question *asked, leat_cursor *answers, leat_arena *arena)
{
    uint16_t *row = new_row(arena, LEAT_MYSQL_TRAILS);
    for (unsigned last = LEAT_MYSQL_FIRST_TRAIL; last < 256; last++)
        if (is_asked(asked, (uint8_t)last))
            row[last - LEAT_MYSQL_FIRST_TRAIL] = next_answer(answers, false);
    return row;
}

void leat_mysql_charset_answer(const leat_mysql_charset *charset, size_t place, leat_slice hex,
                               leat_arena *arena)
{
    question asked;
    leat_cursor answers = leat_cursor_open(hex);
    if (!find_question(charset, place, &asked))
        return;
    if (asked.what == SINGLES)
        read_singles(charset->table, &asked, &answers);
    else if (asked.what == PAIRS)
        charset->table->pairs[asked.lead] = read_row(&asked, &answers, arena);
    else
        charset->table->triples[asked.lead] = read_row(&asked, &answers, arena);
}

/* Marks the characters that two bytes reach. */
static void mark_reached(const leat_mysql_charset_table *table, bool *reached)
{
    for (unsigned lead = 0; lead < 256; lead++)
        for (unsigned i = 0; table->pairs[lead] != NULL && i < LEAT_MYSQL_TRAILS; i++)
            reached[table->pairs[lead][i]] = true;
}

/* GB18030's four bytes count those characters of the basic plane that two bytes do not reach, in order. The
 * edition of 2005 made U+1E3F a character of two bytes and gave its place to the private one that had these
 * before. */
static const uint16_t *count_quadruples(const bool *reached, leat_arena *arena)
{
    enum { RETURNED = 0x1e3f, DISPLACED = 0xe7c7, END = 0x10000 };
    bool exchanged = reached[RETURNED] && !reached[DISPLACED];
    uint16_t *quadruples = new_row(arena, LEAT_MYSQL_QUADRUPLES);
    size_t count = 0;
    for (uint32_t character = 0x80; character < END && count < LEAT_MYSQL_QUADRUPLES; character++) {
        if (exchanged && character == RETURNED)
            quadruples[count++] = DISPLACED;
        else if (!reached[character] && (character < 0xd800 || character > 0xdfff) &&
                 !(exchanged && character == DISPLACED))
            quadruples[count++] = (uint16_t)character;
    }
    return quadruples;
}

void leat_mysql_charset_complete(const leat_mysql_charset *charset, leat_arena *arena)
{
    if (charset->kind != LEAT_MYSQL_CHARSET_TABLE || strcmp(charset->name, "gb18030") != 0)
        return;
    bool *reached = leat_allocate_array(0x10000, sizeof *reached);
    mark_reached(charset->table, reached);
    charset->table->quadruples = count_quadruples(reached, arena);
    leat_release(reached);
}
