#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* after the four headers it needs */
#include <cmocka.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "postgres/wire/copy_text.h"

enum { MOST_COLUMNS = 12 };

/* Text in memory of exactly its size and padding, so that a sanitizer sees a read behind it. The padding is
 * made of marks, which must not be taken for the text's own. */
static uint8_t *padded_copy(const void *text, size_t length)
{
    uint8_t *bytes = malloc(length + LEAT_COPY_TEXT_PADDING);
    assert_non_null(bytes);
    memcpy(bytes, text, length);
    memset(bytes + length, '\n', LEAT_COPY_TEXT_PADDING);
    return bytes;
}

static void assert_datum(const leat_datum *datum, const char *expected)
{
    if (expected == NULL) {
        assert_int_equal(datum->kind, LEAT_DATUM_NULL);
        return;
    }
    assert_int_equal(datum->kind, LEAT_DATUM_VALUE);
    assert_int_equal(datum->value.length, strlen(expected));
    assert_memory_equal(datum->value.data, expected, strlen(expected));
}

/* What PostgreSQL 15 wrote for `COPY g (a text, b text, c int, d text[], e bytea, f json) TO STDOUT`. */
static const char server_rows[] =
    "plain\t\t1\t{a,NULL,\"b c\"}\t\\\\x00ff5c\t{\"k\": \"v\"}\n"
    "\\N\t\\\\N\t\\N\t\\N\t\\N\t\\N\n"
    "tab\\there\tline\\nbreak\t-5\t{\"a\\\\\\\\b\",\"q\\\\\"q\"}\t\\\\x\t{\"a\":\"\\\\\\\\n\"}\n"
    "\\b\\f\\r\\v\\\\\t\\\\.\t0\t{}\t\\\\x5c\t[]\n"
    "gr\xc3\xbc\xc3\x9f"
    "e \xe6\xb0\xb4\x01\x1f\tN\t2147483647\t{\"\\t\"}\t\\\\x0a0d09\tnull\n";

/* What it had been given. */
static const char *const server_values[5][6] = {
    {"plain", "", "1", "{a,NULL,\"b c\"}", "\\x00ff5c", "{\"k\": \"v\"}"},
    {NULL, "\\N", NULL, NULL, NULL, NULL},
    {"tab\there", "line\nbreak", "-5", "{\"a\\\\b\",\"q\\\"q\"}", "\\x", "{\"a\":\"\\\\n\"}"},
    {"\b\f\r\v\\", "\\.", "0", "{}", "\\x5c", "[]"},
    {"gr\xc3\xbc\xc3\x9f"
     "e \xe6\xb0\xb4\x01\x1f",
     "N", "2147483647", "{\"\t\"}", "\\x0a0d09", "null"},
};

static void reads_what_a_server_wrote(void **state)
{
    (void)state;
    uint8_t *bytes = padded_copy(server_rows, sizeof server_rows - 1);
    leat_copy_text text = leat_copy_text_open(bytes, sizeof server_rows - 1);
    leat_datum datums[6];
    for (size_t row = 0; row < 5; row++) {
        assert_int_equal(leat_copy_text_row(&text, datums, 6, NULL), LEAT_OK);
        for (size_t column = 0; column < 6; column++)
            assert_datum(&datums[column], server_values[row][column]);
    }
    assert_true(leat_copy_text_at_end(&text));
    free(bytes);
}

static void assert_one_field(const char *row, const char *expected)
{
    uint8_t *bytes = padded_copy(row, strlen(row));
    leat_copy_text text = leat_copy_text_open(bytes, strlen(row));
    leat_datum datum;
    assert_int_equal(leat_copy_text_row(&text, &datum, 1, NULL), LEAT_OK);
    assert_datum(&datum, expected);
    assert_true(leat_copy_text_at_end(&text));
    free(bytes);
}

/* The format's own table of escapes, the parts that COPY TO does not use included. */
static void reads_every_escape_of_the_format(void **state)
{
    (void)state;
    assert_one_field("\\101\\1012\\7x\n", "AA2\ax");
    assert_one_field("\\x41\\x4g\\xg\\x4a5\n", "A\x04gxgJ5");
    assert_one_field("\\q\\N\n", "qN");
    assert_one_field("\\NN\n", "NN");
    assert_one_field("a\\\nb\n", "a\nb");
    assert_one_field("a\\\tb\n", "a\tb");
    assert_one_field("\\\\\\\\\n", "\\\\");
    assert_one_field("\n", "");
}

static leat_status read_rows(const void *row, size_t length, size_t columns)
{
    uint8_t *bytes = padded_copy(row, length);
    leat_copy_text text = leat_copy_text_open(bytes, length);
    leat_datum datums[MOST_COLUMNS];
    leat_status status = LEAT_OK;
    while (status == LEAT_OK && !leat_copy_text_at_end(&text))
        status = leat_copy_text_row(&text, datums, columns, NULL);
    free(bytes);
    return status;
}

static void refuses_another_number_of_columns(void **state)
{
    (void)state;
    assert_int_equal(read_rows("a\tb\n", 4, 2), LEAT_OK);
    assert_int_equal(read_rows("a\tb\n", 4, 1), LEAT_FAILED);
    assert_int_equal(read_rows("a\tb\n", 4, 3), LEAT_FAILED);
    assert_int_equal(read_rows("a\n", 2, 0), LEAT_FAILED);
    assert_int_equal(read_rows("\t\n", 2, 0), LEAT_FAILED);
    assert_int_equal(read_rows("\n\n\n", 3, 0), LEAT_OK);
}

static void refuses_a_row_cut_anywhere(void **state)
{
    (void)state;
    size_t row_ends = 0;
    for (size_t length = 0; length < sizeof server_rows; length++) {
        bool whole = length == 0 || server_rows[length - 1] == '\n';
        assert_int_equal(read_rows(server_rows, length, 6), whole ? LEAT_OK : LEAT_FAILED);
        row_ends += whole;
    }
    assert_int_equal(row_ends, 6);
}

/* A small generator of its own, so that a failure can be had again. */
static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* As the server's CopyAttributeOutText escapes. */
static void append_escaped(leat_buffer *out, const uint8_t *value, size_t length)
{
    static const char specials[] = "\b\f\n\r\t\v\\";
    static const char letters[] = "bfnrtv\\";
    for (size_t i = 0; i < length; i++) {
        const char *special = value[i] == 0 ? NULL : strchr(specials, value[i]);
        if (special != NULL)
            leat_buffer_append_byte(out, '\\');
        leat_buffer_append_byte(out, special == NULL ? value[i] : (uint8_t)letters[special - specials]);
    }
}

typedef struct random_field {
    bool null;
    size_t length;
    uint8_t bytes[60];
} random_field;

static void fill_randomly(random_field *field, uint32_t *seed)
{
    static const uint8_t favourites[] = "\\\t\n\rN.xb01";
    field->null = next_random(seed) % 8 == 0;
    field->length = next_random(seed) % sizeof field->bytes;
    for (size_t i = 0; i < field->length; i++)
        field->bytes[i] = next_random(seed) % 3 == 0 ? favourites[next_random(seed) % (sizeof favourites - 1)]
                                                     : (uint8_t)(1 + next_random(seed) % 255);
}

static void reads_back_random_rows(void **state)
{
    (void)state;
    enum { ROWS = 40, ROUNDS = 300 };
    static random_field fields[ROWS][MOST_COLUMNS];
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t seed = round + 1;
        size_t columns = 1 + next_random(&seed) % MOST_COLUMNS;
        leat_buffer out = {0};
        for (size_t row = 0; row < ROWS; row++)
            for (size_t column = 0; column < columns; column++) {
                random_field *field = &fields[row][column];
                fill_randomly(field, &seed);
                if (field->null)
                    leat_buffer_append_string(&out, "\\N");
                else
                    append_escaped(&out, field->bytes, field->length);
                leat_buffer_append_byte(&out, column + 1 == columns ? '\n' : '\t');
            }
        uint8_t *bytes = padded_copy(out.data, out.length);
        leat_copy_text text = leat_copy_text_open(bytes, out.length);
        for (size_t row = 0; row < ROWS; row++) {
            leat_datum datums[MOST_COLUMNS];
            assert_int_equal(leat_copy_text_row(&text, datums, columns, NULL), LEAT_OK);
            for (size_t column = 0; column < columns; column++) {
                const random_field *field = &fields[row][column];
                assert_int_equal(datums[column].kind, field->null ? LEAT_DATUM_NULL : LEAT_DATUM_VALUE);
                if (field->null)
                    continue;
                assert_int_equal(datums[column].value.length, field->length);
                assert_memory_equal(datums[column].value.data, field->bytes, field->length);
            }
        }
        assert_true(leat_copy_text_at_end(&text));
        free(bytes);
        leat_buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_a_server_wrote),
        cmocka_unit_test(reads_every_escape_of_the_format),
        cmocka_unit_test(refuses_another_number_of_columns),
        cmocka_unit_test(refuses_a_row_cut_anywhere),
        cmocka_unit_test(reads_back_random_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
