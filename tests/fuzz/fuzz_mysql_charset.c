/* Text of a charset whose table a server filled, with whatever answers: a byte picks the charset, another the
 * question, two say how long its answer is, the rest is text. */
#include <stdlib.h>

#include "base/utf8.h"
#include "mysql/charset/collations_build.h"

static const struct {
    const char *name;
    unsigned longest;
} charsets[] = {{"latin2", 1}, {"ujis", 3},    {"gb18030", 4}, {"sjis", 2},
                {"euckr", 2},  {"utf16le", 4}, {"utf32", 4},   {"utf8mb4", 4}};
enum { CHARSETS = sizeof charsets / sizeof *charsets };

/* Stops the run: what the fuzzer reports is the input that led here. */
static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_text(const leat_mysql_charset *charset, leat_slice text)
{
    leat_buffer out = {0};
    leat_buffer_append_string(&out, "before");
    bool converted = leat_mysql_charset_append(charset, text, &out);
    require(out.length >= 6 && memcmp(out.data, "before", 6) == 0);
    require(converted || out.length == 6);
    require(leat_utf8_valid(leat_buffer_slice(&out)));
    require(!leat_mysql_charset_is_utf8(charset, text) || (converted && out.length == text.length + 6));
    leat_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    leat_cursor cursor = leat_cursor_open(leat_slice_of(data, size));
    size_t which = leat_cursor_u8(&cursor) % CHARSETS;
    size_t question = leat_cursor_u8(&cursor);
    leat_slice answer = leat_cursor_bytes(&cursor, (size_t)leat_cursor_little_endian(&cursor, 2));
    leat_slice text = leat_cursor_bytes(&cursor, leat_cursor_remaining(&cursor));
    if (leat_cursor_failed(&cursor))
        return 0;
    leat_mysql_collations *collations = leat_mysql_collations_new();
    leat_arena *arena = leat_mysql_collations_arena(collations);
    const leat_mysql_charset *charset =
        leat_mysql_collations_add_charset(collations, charsets[which].name, charsets[which].longest);
    if (question < leat_mysql_charset_questions(charset))
        leat_mysql_charset_answer(charset, question, answer, arena);
    leat_mysql_charset_complete(charset, arena);
    check_text(charset, text);
    leat_mysql_collations_free(collations);
    return 0;
}
