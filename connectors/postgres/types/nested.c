#include "postgres/types/nested.h"

#include "base/encode.h"
#include "base/number.h"
#include "postgres/types/scalar.h"
#include "postgres/types/text_quoted.h"

/* The branches of ["null", T]. */
enum { NULL_BRANCH = 0, VALUE_BRANCH = 1 };

/* An Avro array or map is written as one block whose count stands before it; the count is known at its end.
 * One byte is kept for it, and what follows moves in the rare case that it takes more. Where the block
 * begins. */
static size_t begin_block(leat_buffer *out)
{
    leat_buffer_append_byte(out, 0);
    return out->length - 1;
}

/* Puts the count before the block and the empty block that ends the array behind it. The byte kept by
 * begin_block is that empty block already when there is nothing before it. */
static void end_block(leat_buffer *out, size_t begin, size_t count)
{
    if (count == 0)
        return;
    size_t content = out->length - begin - 1;
    leat_encode_long(out, (int64_t)count);
    size_t width = out->length - begin - 1 - content;
    uint8_t prefix[10];
    memcpy(prefix, out->data + begin + 1 + content, width);
    memmove(out->data + begin + width, out->data + begin + 1, content);
    memcpy(out->data + begin, prefix, width);
    out->data[begin + width + content] = 0;
}

static leat_encoding encode_null(leat_buffer *out)
{
    leat_encode_long(out, NULL_BRANCH);
    return LEAT_ENCODED;
}

static leat_encoding encode_present(const leat_encoder *part, leat_slice text, leat_buffer *out)
{
    leat_encode_long(out, VALUE_BRANCH);
    return part->encode(part, text, out);
}

/* Whether the whole text was read and nothing in it was wrong. */
static leat_encoding finish(const leat_cursor *cursor)
{
    bool whole = !leat_cursor_failed(cursor) && leat_cursor_remaining(cursor) == 0;
    return whole ? LEAT_ENCODED : LEAT_MALFORMED;
}

/* A bound of an array's dimension. */
static int64_t read_bound(leat_cursor *cursor, uint8_t stop)
{
    int64_t bound = 0;
    leat_slice text = leat_postgres_read_bare(cursor, stop, stop, "");
    if (leat_cursor_failed(cursor) || !leat_number_parse_integer(text, &bound))
        leat_cursor_fail(cursor);
    return bound;
}

/* "[1:3]=" where an array does not simply begin at 1 in every dimension. False when Avro's arrays, which know
 * no bounds, cannot say the same. */
static bool read_bounds(leat_cursor *cursor)
{
    if (leat_cursor_peek(cursor) != '[')
        return true;
    unsigned dimensions = 0;
    int64_t lower = 1;
    for (; leat_cursor_peek(cursor) == '['; dimensions++) {
        leat_postgres_expect(cursor, '[');
        lower = read_bound(cursor, ':');
        leat_postgres_expect(cursor, ':');
        (void)read_bound(cursor, ']');
        leat_postgres_expect(cursor, ']');
    }
    leat_postgres_expect(cursor, '=');
    return dimensions == 1 && lower == 1;
}

/* Reads over an array whose elements are of no interest, so that a broken one is not taken for one that Avro
 * cannot hold. */
static void skip_array(leat_cursor *cursor, leat_postgres_scratch *scratch)
{
    size_t depth = 0;
    do {
        int next = leat_cursor_peek(cursor);
        if (next == '"') {
            (void)leat_postgres_read_quoted(cursor, LEAT_POSTGRES_BACKSLASH, scratch);
            continue;
        }
        (void)leat_cursor_u8(cursor);
        if (next == '{')
            depth++;
        else if (next == '}')
            depth--;
        else if (depth == 0)
            leat_cursor_fail(cursor);
    } while (depth > 0 && !leat_cursor_failed(cursor));
}

/* One element; the cursor stands behind it afterwards. */
static leat_encoding encode_element(const leat_encoder *encoder, leat_cursor *cursor,
                                    leat_postgres_scratch *scratch, leat_buffer *out)
{
    leat_slice text;
    bool quoted = leat_cursor_peek(cursor) == '"';
    if (quoted)
        text = leat_postgres_read_quoted(cursor, LEAT_POSTGRES_BACKSLASH, scratch);
    else
        text = leat_postgres_read_bare(cursor, encoder->delimiter, '}', "\"\\{");
    if (leat_cursor_failed(cursor) || (!quoted && text.length == 0))
        return LEAT_MALFORMED;
    if (!quoted && leat_slice_equals_string(text, "NULL"))
        return encode_null(out);
    return encode_present(encoder->parts, text, out);
}

/* What stands between the braces, with the cursor behind the opening one. */
static leat_encoding encode_elements(const leat_encoder *encoder, leat_cursor *cursor,
                                     leat_postgres_scratch *scratch, leat_buffer *out)
{
    size_t count = 0;
    size_t begin = begin_block(out);
    while (leat_cursor_peek(cursor) != '}') {
        if (count > 0)
            leat_postgres_expect(cursor, (char)encoder->delimiter);
        leat_encoding answer = encode_element(encoder, cursor, scratch, out);
        if (answer != LEAT_ENCODED)
            return answer;
        count++;
    }
    leat_postgres_expect(cursor, '}');
    end_block(out, begin, count);
    return finish(cursor);
}

static leat_encoding encode_array_text(const leat_encoder *encoder, leat_slice native,
                                       leat_postgres_scratch *scratch, leat_buffer *out)
{
    leat_cursor cursor = leat_cursor_open(native);
    bool plain = read_bounds(&cursor);
    leat_cursor body = cursor;
    leat_postgres_expect(&cursor, '{');
    if (leat_cursor_failed(&cursor))
        return LEAT_MALFORMED;
    if (plain && leat_cursor_peek(&cursor) != '{')
        return encode_elements(encoder, &cursor, scratch, out);
    skip_array(&body, scratch);
    return finish(&body) == LEAT_ENCODED ? LEAT_UNREPRESENTABLE : LEAT_MALFORMED;
}

static leat_encoding encode_array(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    leat_postgres_scratch scratch;
    leat_postgres_scratch_start(&scratch);
    leat_encoding answer = encode_array_text(encoder, native, &scratch, out);
    leat_postgres_scratch_end(&scratch);
    return answer;
}

leat_encoder leat_postgres_array_encoder(const leat_encoder *element, uint8_t delimiter, leat_arena *arena)
{
    leat_avro_type *type = leat_arena_allocate(arena, sizeof *type);
    *type = (leat_avro_type){.kind = LEAT_AVRO_ARRAY, .items = element->type, .items_nullable = true};
    return (leat_encoder){.encode = encode_array,
                          .type = type,
                          .partial = true,
                          .delimiter = delimiter,
                          .part_count = 1,
                          .parts = element};
}

/* One attribute of a composite. */
static leat_slice read_field(leat_cursor *cursor, leat_postgres_scratch *scratch, bool *null)
{
    bool quoted = leat_cursor_peek(cursor) == '"';
    leat_slice text = quoted ? leat_postgres_read_quoted(cursor, LEAT_POSTGRES_DOUBLED, scratch)
                             : leat_postgres_read_bare(cursor, ',', ')', "\"\\(");
    *null = !quoted && text.length == 0;
    return text;
}

/* How many fields the text has, read to its end; 0 when it is no composite's. */
static size_t count_fields(leat_slice native, leat_postgres_scratch *scratch)
{
    leat_cursor cursor = leat_cursor_open(native);
    size_t count = 0;
    bool null = false;
    leat_postgres_expect(&cursor, '(');
    do {
        if (count > 0)
            leat_postgres_expect(&cursor, ',');
        (void)read_field(&cursor, scratch, &null);
        count++;
    } while (leat_cursor_peek(&cursor) == ',');
    leat_postgres_expect(&cursor, ')');
    return finish(&cursor) == LEAT_ENCODED ? count : 0;
}

/* The catalogs show the type as it is now and the log a value as it was, and nothing in the stream tells that
 * attributes came or went between the two: so fields that do not fit the attributes are no sign of a broken
 * stream. */
static leat_encoding encode_composite_text(const leat_encoder *encoder, leat_slice native,
                                           leat_postgres_scratch *scratch, leat_buffer *out)
{
    size_t count = count_fields(native, scratch);
    if (count != encoder->part_count)
        return count == 0 ? LEAT_MALFORMED : LEAT_UNREPRESENTABLE;
    leat_cursor cursor = leat_cursor_open(native);
    for (size_t i = 0; i < count; i++) {
        bool null = false;
        (void)leat_cursor_u8(&cursor); /* the parenthesis or comma that count_fields has seen */
        leat_slice text = read_field(&cursor, scratch, &null);
        leat_encoding answer = null ? encode_null(out) : encode_present(&encoder->parts[i], text, out);
        if (answer != LEAT_ENCODED)
            return LEAT_UNREPRESENTABLE;
    }
    return LEAT_ENCODED;
}

static leat_encoding encode_composite(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    leat_postgres_scratch scratch;
    leat_postgres_scratch_start(&scratch);
    leat_encoding answer = encode_composite_text(encoder, native, &scratch, out);
    leat_postgres_scratch_end(&scratch);
    return answer;
}

leat_encoder leat_postgres_composite_encoder(const leat_encoder *parts, const char *const *names,
                                             size_t count, leat_arena *arena)
{
    leat_avro_field *fields = leat_arena_allocate_array(arena, count, sizeof *fields);
    for (size_t i = 0; i < count; i++)
        fields[i] = (leat_avro_field){.name = names[i], .type = parts[i].type, .nullable = true};
    leat_avro_type *type = leat_arena_allocate(arena, sizeof *type);
    *type = (leat_avro_type){.kind = LEAT_AVRO_RECORD, .field_count = count, .fields = fields};
    return (leat_encoder){
        .encode = encode_composite, .type = type, .partial = true, .part_count = count, .parts = parts};
}

/* "key"=>"value" or "key"=>NULL. */
static leat_encoding encode_pair(const leat_encoder *text_encoder, leat_cursor *cursor,
                                 leat_postgres_scratch *scratch, leat_buffer *out)
{
    leat_slice key = leat_postgres_read_quoted(cursor, LEAT_POSTGRES_BACKSLASH, scratch);
    leat_postgres_expect(cursor, '=');
    leat_postgres_expect(cursor, '>');
    if (leat_cursor_failed(cursor))
        return LEAT_MALFORMED;
    leat_encoding answer = text_encoder->encode(text_encoder, key, out);
    if (answer != LEAT_ENCODED)
        return answer;
    if (leat_cursor_peek(cursor) == 'N') {
        leat_slice word = leat_cursor_bytes(cursor, 4);
        return leat_slice_equals_string(word, "NULL") ? encode_null(out) : LEAT_MALFORMED;
    }
    leat_slice value = leat_postgres_read_quoted(cursor, LEAT_POSTGRES_BACKSLASH, scratch);
    return leat_cursor_failed(cursor) ? LEAT_MALFORMED : encode_present(text_encoder, value, out);
}

static leat_encoding encode_hstore_text(const leat_encoder *encoder, leat_slice native,
                                        leat_postgres_scratch *scratch, leat_buffer *out)
{
    leat_cursor cursor = leat_cursor_open(native);
    size_t count = 0;
    size_t begin = begin_block(out);
    while (leat_cursor_remaining(&cursor) > 0) {
        if (count > 0) {
            leat_postgres_expect(&cursor, ',');
            leat_postgres_expect(&cursor, ' ');
        }
        leat_encoding answer = encode_pair(encoder->parts, &cursor, scratch, out);
        if (answer != LEAT_ENCODED)
            return answer;
        count++;
    }
    end_block(out, begin, count);
    return finish(&cursor);
}

static leat_encoding encode_hstore(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    leat_postgres_scratch scratch;
    leat_postgres_scratch_start(&scratch);
    leat_encoding answer = encode_hstore_text(encoder, native, &scratch, out);
    leat_postgres_scratch_end(&scratch);
    return answer;
}

static leat_encoding encode_vector(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    leat_cursor cursor = leat_cursor_open(native);
    size_t count = 0;
    size_t begin = begin_block(out);
    leat_postgres_expect(&cursor, '[');
    do {
        if (count > 0)
            leat_postgres_expect(&cursor, ',');
        leat_slice text = leat_postgres_read_bare(&cursor, ',', ']', "");
        if (leat_cursor_failed(&cursor))
            return LEAT_MALFORMED;
        leat_encoding answer = encoder->parts->encode(encoder->parts, text, out);
        if (answer != LEAT_ENCODED)
            return answer;
        count++;
    } while (leat_cursor_peek(&cursor) == ',');
    leat_postgres_expect(&cursor, ']');
    end_block(out, begin, count);
    return finish(&cursor);
}

static const leat_avro_type plain_string = {.kind = LEAT_AVRO_STRING};
static const leat_avro_type plain_float = {.kind = LEAT_AVRO_FLOAT};
static const leat_avro_type hstore_type = {
    .kind = LEAT_AVRO_MAP, .items = &plain_string, .items_nullable = true};
static const leat_avro_type vector_type = {
    .kind = LEAT_AVRO_ARRAY, .items = &plain_float, .connect_name = "io.debezium.data.FloatVector"};

const leat_encoder leat_postgres_hstore_encoder = {
    .encode = encode_hstore, .type = &hstore_type, .part_count = 1, .parts = &leat_postgres_text_encoder};
const leat_encoder leat_postgres_vector_encoder = {
    .encode = encode_vector, .type = &vector_type, .part_count = 1, .parts = &leat_postgres_float_encoder};
