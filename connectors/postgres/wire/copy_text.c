#include "postgres/wire/copy_text.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = LEAT_COPY_TEXT_PADDING };

/* One bit for each byte of the block that is a tab, a newline or a backslash. The scan spends its time here:
 * most bytes of most rows are none of the three. */
#ifdef __SSE2__
static inline uint32_t mark_block(const uint8_t *block)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)block);
    __m128i found = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'))),
        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    return (uint32_t)_mm_movemask_epi8(found);
}
#else
static inline uint32_t mark_block(const uint8_t *block)
{
    uint32_t marks = 0;
    for (uint32_t i = 0; i < BLOCK; i++) {
        uint32_t found = block[i] == '\t' || block[i] == '\n' || block[i] == '\\';
        marks |= found << i;
    }
    return marks;
}
#endif

leat_copy_text leat_copy_text_open(uint8_t *bytes, size_t length)
{
    return (leat_copy_text){.bytes = bytes, .length = length, .marks = length == 0 ? 0 : mark_block(bytes)};
}

/* The place of the next mark, which is consumed; the text's length when there is none. */
static inline size_t next_mark(leat_copy_text *text)
{
    while (text->marks == 0) {
        if (text->length - text->block <= BLOCK)
            return text->length;
        text->block += BLOCK;
        text->marks = mark_block(text->bytes + text->block);
    }
    size_t place = text->block + (size_t)__builtin_ctz(text->marks);
    text->marks &= text->marks - 1;
    /* The last block reaches into the padding, where anything may stand. */
    return place < text->length ? place : text->length;
}

static int digit_value(uint8_t character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    if (character >= 'A' && character <= 'F')
        return character - 'A' + 10;
    return -1;
}

/* A run of at most `longest` digits of `base` at `*at`, as a byte (more bits fall away, as the server has
 * it). */
static uint8_t read_number(const uint8_t *bytes, size_t end, size_t *at, int base, size_t longest)
{
    unsigned value = 0;
    for (size_t taken = 0; taken < longest && *at < end; taken++) {
        int digit = digit_value(bytes[*at]);
        if (digit < 0 || digit >= base)
            break;
        value = value * (unsigned)base + (unsigned)digit;
        (*at)++;
    }
    return (uint8_t)(value & 0xff);
}

static uint8_t plain_escape(uint8_t letter)
{
    switch (letter) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'v':
        return '\v';
    default:
        return letter;
    }
}

/* The byte that the escape at `*at` (behind its backslash) stands for. COPY TO writes only the one-letter
 * ones; the numbers are part of the format all the same. */
static uint8_t read_escape(const uint8_t *bytes, size_t end, size_t *at)
{
    uint8_t letter = bytes[*at];
    if (letter >= '0' && letter <= '7')
        return read_number(bytes, end, at, 8, 3);
    (*at)++;
    if (letter == 'x' && *at < end && digit_value(bytes[*at]) >= 0)
        return read_number(bytes, end, at, 16, 2);
    return plain_escape(letter);
}

/* Undoes the escapes of bytes[start, end) in place; the result is never longer. Returns its length. The row's
 * scan has seen to it that a backslash is not the last byte. */
static size_t undo_escapes(uint8_t *bytes, size_t start, size_t end)
{
    size_t from = start;
    size_t to = start;
    while (from < end) {
        const uint8_t *backslash = memchr(bytes + from, '\\', end - from);
        size_t plain = backslash == NULL ? end - from : (size_t)(backslash - (bytes + from));
        memmove(bytes + to, bytes + from, plain);
        from += plain;
        to += plain;
        if (from == end)
            break;
        from++;
        bytes[to++] = read_escape(bytes, end, &from);
    }
    return to - start;
}

static void set_datum(leat_datum *datum, uint8_t *bytes, size_t start, size_t end, bool escaped)
{
    datum->kind = LEAT_DATUM_VALUE;
    datum->value = leat_slice_of(bytes + start, end - start);
    if (!escaped)
        return;
    if (leat_slice_equals_string(datum->value, "\\N")) {
        datum->kind = LEAT_DATUM_NULL;
        datum->value = leat_slice_of(NULL, 0);
        return;
    }
    datum->value.length = undo_escapes(bytes, start, end);
}

/* The end of the field that begins at `start`: the place of the tab or newline behind it, or the text's
 * length. */
static inline size_t find_field_end(leat_copy_text *text, bool *escaped)
{
    size_t covered = text->length; /* the byte that a backslash before it takes its meaning from */
    for (;;) {
        size_t place = next_mark(text);
        if (place == text->length)
            return place;
        if (place == covered)
            continue;
        if (text->bytes[place] != '\\')
            return place;
        *escaped = true;
        covered = place + 1;
    }
}

static leat_status refuse_row(leat_copy_text *text, leat_error *error, const char *what, size_t count)
{
    text->at = text->length;
    return leat_error_set(error, LEAT_FAILED, "a row of COPY %s (%zu columns were asked for)", what, count);
}

leat_status leat_copy_text_row(leat_copy_text *text, leat_datum *datums, size_t count, leat_error *error)
{
    size_t start = text->at;
    for (size_t column = 0;; column++) {
        bool escaped = false;
        size_t end = find_field_end(text, &escaped);
        if (end == text->length)
            return refuse_row(text, error, "has no end", count);
        bool last = text->bytes[end] == '\n';
        /* A table without columns has rows all the same: empty lines. */
        if (count == 0 && last && end == start) {
            text->at = end + 1;
            return LEAT_OK;
        }
        if (column >= count)
            return refuse_row(text, error, "has too many columns", count);
        set_datum(&datums[column], text->bytes, start, end, escaped);
        start = end + 1;
        if (!last)
            continue;
        if (column + 1 != count)
            return refuse_row(text, error, "has too few columns", count);
        text->at = start;
        return LEAT_OK;
    }
}
