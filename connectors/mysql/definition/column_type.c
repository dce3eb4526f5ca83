#include "mysql/definition/column_type.h"

#include "base/cursor.h"
#include "base/list.h"
#include "mysql/definition/column_type_names.h"

const leat_mysql_column_type_name leat_mysql_column_type_names[LEAT_MYSQL_COLUMN_TYPE_NAME_COUNT] = {
    {.name = "tinyint", .type = LEAT_MYSQL_TINY},
    {.name = "smallint", .type = LEAT_MYSQL_SHORT},
    {.name = "mediumint", .type = LEAT_MYSQL_INT24},
    {.name = "int", .type = LEAT_MYSQL_LONG},
    {.name = "bigint", .type = LEAT_MYSQL_LONGLONG},
    {.name = "float", .type = LEAT_MYSQL_FLOAT},
    {.name = "double", .type = LEAT_MYSQL_DOUBLE},
    {.name = "decimal", .type = LEAT_MYSQL_DECIMAL, .arguments = LEAT_MYSQL_PRECISION},
    {.name = "year", .type = LEAT_MYSQL_YEAR},
    {.name = "date", .type = LEAT_MYSQL_DATE},
    {.name = "time", .type = LEAT_MYSQL_TIME2, .arguments = LEAT_MYSQL_FRACTION},
    {.name = "datetime", .type = LEAT_MYSQL_DATETIME2, .arguments = LEAT_MYSQL_FRACTION},
    {.name = "timestamp", .type = LEAT_MYSQL_TIMESTAMP2, .arguments = LEAT_MYSQL_FRACTION},
    {.name = "bit", .type = LEAT_MYSQL_BIT, .arguments = LEAT_MYSQL_BITS},
    {.name = "char", .type = LEAT_MYSQL_STRING, .arguments = LEAT_MYSQL_CHARACTERS},
    {.name = "varchar", .type = LEAT_MYSQL_VARCHAR, .arguments = LEAT_MYSQL_CHARACTERS},
    {.name = "binary", .type = LEAT_MYSQL_STRING, .arguments = LEAT_MYSQL_BYTES, .binary = true},
    {.name = "varbinary", .type = LEAT_MYSQL_VARCHAR, .arguments = LEAT_MYSQL_BYTES, .binary = true},
    {.name = "tinytext", .type = LEAT_MYSQL_BLOB, .length = 1},
    {.name = "text", .type = LEAT_MYSQL_BLOB, .length = 2},
    {.name = "mediumtext", .type = LEAT_MYSQL_BLOB, .length = 3},
    {.name = "longtext", .type = LEAT_MYSQL_BLOB, .length = 4},
    {.name = "tinyblob", .type = LEAT_MYSQL_BLOB, .length = 1, .binary = true},
    {.name = "blob", .type = LEAT_MYSQL_BLOB, .length = 2, .binary = true},
    {.name = "mediumblob", .type = LEAT_MYSQL_BLOB, .length = 3, .binary = true},
    {.name = "longblob", .type = LEAT_MYSQL_BLOB, .length = 4, .binary = true},
    {.name = "xmltype", .type = LEAT_MYSQL_BLOB, .length = 4},
    {.name = "enum", .type = LEAT_MYSQL_ENUM, .arguments = LEAT_MYSQL_LABELS},
    {.name = "set", .type = LEAT_MYSQL_SET, .arguments = LEAT_MYSQL_LABELS},
    {.name = "json", .type = LEAT_MYSQL_JSON, .length = 4},
    {.name = "geometry", .type = LEAT_MYSQL_GEOMETRY, .length = 4},
    {.name = "point", .type = LEAT_MYSQL_GEOMETRY, .length = 4},
    {.name = "linestring", .type = LEAT_MYSQL_GEOMETRY, .length = 4},
    {.name = "polygon", .type = LEAT_MYSQL_GEOMETRY, .length = 4},
    {.name = "multipoint", .type = LEAT_MYSQL_GEOMETRY, .length = 4},
    {.name = "multilinestring", .type = LEAT_MYSQL_GEOMETRY, .length = 4},
    {.name = "multipolygon", .type = LEAT_MYSQL_GEOMETRY, .length = 4},
    {.name = "geomcollection", .type = LEAT_MYSQL_GEOMETRY, .length = 4},
    {.name = "geometrycollection", .type = LEAT_MYSQL_GEOMETRY, .length = 4},
    {.name = "vector", .type = LEAT_MYSQL_VECTOR, .length = 4, .arguments = LEAT_MYSQL_DIMENSIONS},
    {.name = "uuid", .type = LEAT_MYSQL_STRING, .length = 16, .special = LEAT_MYSQL_UUID},
    {.name = "inet4", .type = LEAT_MYSQL_STRING, .length = 4, .special = LEAT_MYSQL_INET4},
    {.name = "inet6", .type = LEAT_MYSQL_STRING, .length = 16, .special = LEAT_MYSQL_INET6},
};

uint32_t leat_mysql_label_bytes(leat_mysql_type type, size_t label_count)
{
    if (type == LEAT_MYSQL_ENUM)
        return label_count < 256 ? 1 : 2;
    uint32_t bytes = (uint32_t)(label_count + 7) / 8;
    return bytes > 4 ? 8 : bytes;
}

/* A type's text being read. */
typedef struct reading {
    leat_cursor cursor;
    const leat_mysql_collations *collations;
    leat_arena *arena;
    leat_mysql_column *column;
} reading;

static bool take(leat_cursor *cursor, const char *text)
{
    leat_cursor ahead = *cursor;
    size_t length = strlen(text);
    if (leat_cursor_remaining(cursor) < length ||
        !leat_slice_equals_string(leat_cursor_bytes(&ahead, length), text))
        return false;
    *cursor = ahead;
    return true;
}

static void expect(leat_cursor *cursor, const char *text)
{
    if (!take(cursor, text))
        leat_cursor_fail(cursor);
}

static bool is_letter(int byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static const leat_mysql_column_type_name *read_name(leat_cursor *cursor)
{
    const uint8_t *start = cursor->at;
    while (is_letter(leat_cursor_peek(cursor)))
        (void)leat_cursor_u8(cursor);
    leat_slice name = leat_slice_of(start, (size_t)(cursor->at - start));
    for (size_t i = 0; i < LEAT_MYSQL_COLUMN_TYPE_NAME_COUNT; i++)
        if (leat_slice_equals_string(name, leat_mysql_column_type_names[i].name))
            return &leat_mysql_column_type_names[i];
    return NULL;
}

/* At least one digit, and at most what a LONGTEXT has bytes. */
static uint32_t read_number(leat_cursor *cursor)
{
    uint64_t number = 0;
    unsigned digits = 0;
    for (int next = leat_cursor_peek(cursor); next >= '0' && next <= '9'; next = leat_cursor_peek(cursor)) {
        number = number * 10 + leat_cursor_u8(cursor) - '0';
        if (++digits > 10 || number > UINT32_MAX)
            leat_cursor_fail(cursor);
    }
    if (digits == 0)
        leat_cursor_fail(cursor);
    return (uint32_t)number;
}

/* "(10)", "(10,2)", or nothing: how many numbers. */
static unsigned read_numbers(leat_cursor *cursor, uint32_t numbers[2])
{
    if (!take(cursor, "("))
        return 0;
    unsigned count = 1;
    numbers[0] = read_number(cursor);
    if (take(cursor, ",")) {
        numbers[1] = read_number(cursor);
        count = 2;
    }
    expect(cursor, ")");
    return count;
}

/* What information_schema escapes in a label; a quote is doubled. */
static uint8_t unescape(uint8_t byte)
{
    switch (byte) {
    case '0':
        return 0;
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    default:
        return byte;
    }
}

/* A label in quotes. A NUL within cannot be kept in a text and fails. */
static const char *read_label(leat_cursor *cursor, leat_arena *arena)
{
    leat_cursor start = *cursor;
    char *label = NULL;
    for (unsigned pass = 0; pass < 2; pass++) { /* the first one measures */
        size_t length = 0;
        *cursor = start;
        expect(cursor, "'");
        while (!leat_cursor_failed(cursor)) {
            uint8_t byte = leat_cursor_u8(cursor);
            if (byte == '\'' && !take(cursor, "'"))
                break;
            if (byte == '\\')
                byte = unescape(leat_cursor_u8(cursor));
            if (byte == 0)
                leat_cursor_fail(cursor);
            if (label != NULL)
                label[length] = (char)byte;
            length++;
        }
        if (label == NULL)
            label = leat_arena_allocate(arena, length + 1);
    }
    return label;
}

static void read_labels(reading *going)
{
    enum { MOST_LABELS = 65535 };
    leat_mysql_column *column = going->column;
    const char **labels = NULL;
    size_t capacity = 0;
    column->label_count = 0;
    expect(&going->cursor, "(");
    do {
        labels = leat_arena_list_room(going->arena, labels, column->label_count, &capacity, sizeof *labels);
        labels[column->label_count++] = read_label(&going->cursor, going->arena);
    } while (take(&going->cursor, ",") && column->label_count < MOST_LABELS);
    expect(&going->cursor, ")");
    column->labels = labels;
    column->layout.length = leat_mysql_label_bytes(column->layout.type, column->label_count);
}

/* Bytes that a character of the column takes at most. */
static uint32_t longest_character(const reading *going)
{
    const leat_mysql_collation *collation =
        going->column->collation == NULL
            ? NULL
            : leat_mysql_collation_by_name(going->collations, going->column->collation);
    return collation == NULL ? 1 : leat_mysql_charset_longest(collation->charset);
}

/* MariaDB's vector is bytes that hold floats, MySQL's a type of its own. MariaDB has known vectors for longer
 * than it has had these collations, and MySQL has none of them. */
static void settle_vector(const reading *going, unsigned count, uint32_t dimensions)
{
    leat_mysql_column *column = going->column;
    if (count == 0 || leat_mysql_collation_by_name(going->collations, "utf8mb4_uca1400_ai_ci") == NULL)
        return;
    column->layout = (leat_mysql_layout){.type = LEAT_MYSQL_VARCHAR, .length = dimensions * 4};
    column->special = LEAT_MYSQL_FLOATS;
}

static void settle_decimal(leat_mysql_layout *layout, unsigned count, const uint32_t numbers[2])
{
    layout->precision = count > 0 && numbers[0] <= 65 ? (uint8_t)numbers[0] : 10;
    layout->scale = count > 1 && numbers[1] <= layout->precision ? (uint8_t)numbers[1] : 0;
}

static void read_arguments(reading *going, leat_mysql_arguments what)
{
    leat_mysql_layout *layout = &going->column->layout;
    uint32_t numbers[2] = {0, 0};
    unsigned count = what == LEAT_MYSQL_LABELS ? 0 : read_numbers(&going->cursor, numbers);
    switch (what) {
    case LEAT_MYSQL_WIDTH:
        break;
    case LEAT_MYSQL_FRACTION:
        if (numbers[0] > 6)
            leat_cursor_fail(&going->cursor);
        layout->scale = (uint8_t)numbers[0];
        break;
    case LEAT_MYSQL_PRECISION:
        settle_decimal(layout, count, numbers);
        break;
    case LEAT_MYSQL_CHARACTERS:
        layout->length = (count == 0 ? 1 : numbers[0]) * longest_character(going);
        break;
    case LEAT_MYSQL_BYTES:
    case LEAT_MYSQL_BITS:
        layout->length = count == 0 ? 1 : numbers[0];
        break;
    case LEAT_MYSQL_LABELS:
        read_labels(going);
        break;
    case LEAT_MYSQL_DIMENSIONS:
        settle_vector(going, count, numbers[0]);
        break;
    }
}

static void compress(leat_cursor *cursor, leat_mysql_layout *layout)
{
    if (layout->type == LEAT_MYSQL_VARCHAR)
        layout->type = LEAT_MYSQL_COMPRESSED_VARCHAR;
    else if (layout->type == LEAT_MYSQL_BLOB)
        layout->type = LEAT_MYSQL_COMPRESSED_BLOB;
    else
        leat_cursor_fail(cursor);
}

/* The temporal formats of before MySQL 5.6, which a server that knows the newer ones marks. */
static void age(leat_cursor *cursor, leat_mysql_layout *layout)
{
    if (layout->type == LEAT_MYSQL_TIMESTAMP2)
        layout->type = LEAT_MYSQL_OLD_TIMESTAMP;
    else if (layout->type == LEAT_MYSQL_DATETIME2)
        layout->type = LEAT_MYSQL_OLD_DATETIME;
    else if (layout->type == LEAT_MYSQL_TIME2)
        layout->type = LEAT_MYSQL_OLD_TIME;
    else
        leat_cursor_fail(cursor);
}

static void read_attribute(leat_cursor *cursor, leat_mysql_column *column)
{
    if (take(cursor, " unsigned"))
        column->is_unsigned = true;
    else if (take(cursor, LEAT_MYSQL_COMPRESSED_MARK))
        compress(cursor, &column->layout);
    else if (take(cursor, LEAT_MYSQL_OLD_MARK) || take(cursor, " /* 5.5 binary format */"))
        age(cursor, &column->layout);
    else if (!take(cursor, " zerofill") && !take(cursor, " /* mysql-5.6 */"))
        leat_cursor_fail(cursor);
}

bool leat_mysql_column_type_read(const char *type_text, const leat_mysql_collations *collations,
                                 leat_arena *arena, leat_mysql_column *column)
{
    reading going = {.cursor = leat_cursor_open(leat_slice_of_string(type_text)),
                     .collations = collations,
                     .arena = arena,
                     .column = column};
    const leat_mysql_column_type_name *name = read_name(&going.cursor);
    if (name == NULL)
        return false;
    column->layout = (leat_mysql_layout){.type = name->type, .length = name->length};
    column->special = name->special;
    column->is_unsigned = name->type == LEAT_MYSQL_YEAR; /* as TABLE_MAP has it */
    column->labels = NULL;
    column->label_count = 0;
    if (name->binary)
        column->collation = "binary";
    read_arguments(&going, name->arguments);
    while (leat_cursor_remaining(&going.cursor) > 0)
        read_attribute(&going.cursor, column);
    column->type_text = leat_arena_string(arena, type_text);
    return !leat_cursor_failed(&going.cursor);
}
