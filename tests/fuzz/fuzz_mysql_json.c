/* Binary JSON and its partial updates: two bytes say how long the document is, the rest is changes to it. */
#include <stdlib.h>

#include "base/utf8.h"
#include "mysql/value/json_binary.h"

/* Stops the run: what the fuzzer reports is the input that led here. */
static void require(bool condition)
{
    if (!condition)
        abort();
}

/* The text is UTF-8, and what stood before is never touched. A text is longer than its document by what
 * escapes (six for one), base64 and the punctuation of the smallest values take; a decimal of 81 digits is
 * the longest that three bytes can be. */
static void check(bool printed, const leat_buffer *out, size_t cost)
{
    require(out->length >= 6 && memcmp(out->data, "before", 6) == 0);
    require(printed == (out->length > 6));
    require(out->length <= 6 + 64 + 64 * cost);
    require(leat_utf8_valid(leat_buffer_slice(out)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    leat_buffer out = {0};
    leat_slice input = leat_slice_of(data, size);
    leat_cursor cursor = leat_cursor_open(input);
    size_t length = (size_t)leat_cursor_little_endian(&cursor, 2);
    leat_slice document = leat_cursor_bytes(&cursor, length);
    if (!leat_cursor_failed(&cursor)) {
        leat_slice diffs = leat_cursor_bytes(&cursor, leat_cursor_remaining(&cursor));
        leat_buffer_append_string(&out, "before");
        check(leat_mysql_json_append(document, &out), &out, document.length);
        leat_buffer_reset(&out);
        leat_buffer_append_string(&out, "before");
        check(leat_mysql_json_patch(document, diffs, &out), &out, document.length + diffs.length);
    }
    leat_buffer_free(&out);
    return 0;
}
