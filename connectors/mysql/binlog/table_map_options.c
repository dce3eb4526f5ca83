/* The optional metadata (either server's sql/log_event.cc, Table_map_log_event::init_metadata_fields). */
#include "mysql/binlog/read.h"
#include "mysql/binlog/table_map_parts.h"

typedef enum option {
    OPTION_SIGNEDNESS = 1,
    OPTION_DEFAULT_CHARSET = 2,
    OPTION_COLUMN_CHARSET = 3,
    OPTION_COLUMN_NAME = 4,
    OPTION_SET_LABELS = 5,
    OPTION_ENUM_LABELS = 6,
    OPTION_GEOMETRY_TYPE = 7,
    OPTION_PRIMARY_KEY = 8,
    OPTION_PRIMARY_KEY_WITH_PREFIX = 9,
    OPTION_LABEL_DEFAULT_CHARSET = 10,
    OPTION_LABEL_COLUMN_CHARSET = 11,
    OPTION_VISIBILITY = 12,
    OPTION_DIMENSIONS = 13,
} option;

/* A field being read: the cursor is over its value alone. */
typedef struct option_reader {
    leat_cursor *cursor;
    leat_arena *arena;
    leat_binlog_table_map *map;
    bool mariadb;
} option_reader;

/* Which columns a field is about, and so what "the third" means in it. */
typedef bool column_filter(const option_reader *reader, leat_mysql_type type);

static bool is_any(const option_reader *reader, leat_mysql_type type)
{
    (void)reader;
    (void)type;
    return true;
}

static bool is_numeric(const option_reader *reader, leat_mysql_type type)
{
    (void)reader;
    return leat_mysql_type_is_numeric(type);
}

/* MySQL counts its VECTOR as one, MariaDB its GEOMETRY (both of them binary). */
static bool is_character(const option_reader *reader, leat_mysql_type type)
{
    switch ((int)type) {
    case LEAT_MYSQL_VARCHAR:
    case LEAT_MYSQL_STRING:
    case LEAT_MYSQL_BLOB:
    case LEAT_MYSQL_COMPRESSED_VARCHAR:
    case LEAT_MYSQL_COMPRESSED_BLOB:
    case LEAT_MYSQL_VECTOR:
        return true;
    case LEAT_MYSQL_GEOMETRY:
        return reader->mariadb;
    default:
        return false;
    }
}

static bool is_set(const option_reader *reader, leat_mysql_type type)
{
    (void)reader;
    return type == LEAT_MYSQL_SET;
}

static bool is_enum(const option_reader *reader, leat_mysql_type type)
{
    (void)reader;
    return type == LEAT_MYSQL_ENUM;
}

static bool is_labelled(const option_reader *reader, leat_mysql_type type)
{
    return is_set(reader, type) || is_enum(reader, type);
}

static bool is_geometry(const option_reader *reader, leat_mysql_type type)
{
    (void)reader;
    return type == LEAT_MYSQL_GEOMETRY;
}

static bool is_vector(const option_reader *reader, leat_mysql_type type)
{
    (void)reader;
    return type == LEAT_MYSQL_VECTOR;
}

/* The next column from `from` on that the field is about; NULL when there is none. */
static leat_binlog_column *next_column(const option_reader *reader, column_filter *filter, size_t *from)
{
    while (*from < reader->map->column_count) {
        leat_binlog_column *column = &reader->map->columns[(*from)++];
        if (filter(reader, column->layout.type))
            return column;
    }
    return NULL;
}

static unsigned read_number(leat_cursor *cursor)
{
    uint64_t number = leat_binlog_packed(cursor);
    if (number > INT32_MAX)
        leat_cursor_fail(cursor);
    return (unsigned)number;
}

/* ---- Bits ---- */

static leat_slice read_bits(const option_reader *reader, column_filter *filter)
{
    size_t count = 0;
    size_t from = 0;
    while (next_column(reader, filter, &from) != NULL)
        count++;
    return leat_cursor_bytes(reader->cursor, (count + 7) / 8);
}

static void read_signedness(const option_reader *reader)
{
    leat_slice bits = read_bits(reader, is_numeric);
    size_t from = 0;
    size_t bit = 0;
    for (leat_binlog_column *column;
         bits.length > 0 && (column = next_column(reader, is_numeric, &from)) != NULL; bit++)
        column->is_unsigned = leat_binlog_high_bit(bits, bit);
}

static void read_visibility(const option_reader *reader)
{
    leat_slice bits = read_bits(reader, is_any);
    for (size_t i = 0; bits.length > 0 && i < reader->map->column_count; i++)
        reader->map->columns[i].invisible = !leat_binlog_high_bit(bits, i);
}

/* ---- Charsets: as a list, or as the most common one and those that differ ---- */

static void read_column_charsets(const option_reader *reader, column_filter *filter)
{
    size_t from = 0;
    for (leat_binlog_column *column; (column = next_column(reader, filter, &from)) != NULL;)
        column->collation = read_number(reader->cursor);
}

/* Pairs come in the columns' order; `differing` is the place among the columns of the field. */
static void read_default_charset(const option_reader *reader, column_filter *filter)
{
    unsigned common = read_number(reader->cursor);
    bool pending = leat_cursor_remaining(reader->cursor) > 0;
    size_t differing = pending ? leat_binlog_packed(reader->cursor) : 0;
    size_t from = 0;
    size_t place = 0;
    for (leat_binlog_column *column; (column = next_column(reader, filter, &from)) != NULL; place++) {
        column->collation = common;
        if (!pending || place != differing)
            continue;
        column->collation = read_number(reader->cursor);
        pending = leat_cursor_remaining(reader->cursor) > 0;
        differing = pending ? leat_binlog_packed(reader->cursor) : 0;
    }
    if (pending)
        leat_cursor_fail(reader->cursor);
}

/* ---- Names and labels ---- */

static void read_names(const option_reader *reader)
{
    for (size_t i = 0; i < reader->map->column_count; i++)
        reader->map->columns[i].name = leat_binlog_packed_bytes(reader->cursor);
}

static void read_column_labels(const option_reader *reader, leat_binlog_column *column)
{
    size_t count = leat_binlog_packed(reader->cursor);
    if (count > leat_cursor_remaining(reader->cursor)) { /* each has a byte of length at least */
        leat_cursor_fail(reader->cursor);
        return;
    }
    leat_slice *labels = leat_arena_allocate_array(reader->arena, count, sizeof *labels);
    for (size_t i = 0; i < count; i++)
        labels[i] = leat_binlog_packed_bytes(reader->cursor);
    column->labels = labels;
    column->label_count = count;
}

static void read_labels(const option_reader *reader, column_filter *filter)
{
    size_t from = 0;
    for (leat_binlog_column *column; (column = next_column(reader, filter, &from)) != NULL;)
        read_column_labels(reader, column);
}

/* ---- Others ---- */

static void read_geometry_types(const option_reader *reader)
{
    size_t from = 0;
    for (leat_binlog_column *column; (column = next_column(reader, is_geometry, &from)) != NULL;)
        column->geometry = (int)read_number(reader->cursor);
}

static void read_dimensions(const option_reader *reader)
{
    size_t from = 0;
    for (leat_binlog_column *column; (column = next_column(reader, is_vector, &from)) != NULL;)
        column->dimensions = read_number(reader->cursor);
}

/* A key cannot have more columns than the table. */
static void read_primary_key(const option_reader *reader, bool with_prefix)
{
    leat_binlog_table_map *map = reader->map;
    size_t *places = leat_arena_allocate_array(reader->arena, map->column_count, sizeof *places);
    size_t count = 0;
    while (leat_cursor_remaining(reader->cursor) > 0) {
        uint64_t place = leat_binlog_packed(reader->cursor);
        if (with_prefix)
            (void)leat_binlog_packed(reader->cursor); /* how many characters; 0: all */
        if (place >= map->column_count || count == map->column_count)
            leat_cursor_fail(reader->cursor);
        else
            places[count++] = (size_t)place;
    }
    map->primary_key = places;
    map->primary_key_count = count;
}

static void note_metadata(leat_binlog_table_map *map, uint8_t kind)
{
    if (kind == OPTION_COLUMN_NAME)
        map->metadata = LEAT_BINLOG_METADATA_FULL;
    else if (kind <= OPTION_COLUMN_CHARSET && map->metadata == LEAT_BINLOG_METADATA_NONE)
        map->metadata = LEAT_BINLOG_METADATA_MINIMAL;
}

/* A kind that is unknown is passed over: the metadata are optional, and none changes how rows lie. */
static void read_option(const option_reader *reader, uint8_t kind)
{
    switch (kind) {
    case OPTION_SIGNEDNESS:
        read_signedness(reader);
        break;
    case OPTION_DEFAULT_CHARSET:
        read_default_charset(reader, is_character);
        break;
    case OPTION_COLUMN_CHARSET:
        read_column_charsets(reader, is_character);
        break;
    case OPTION_COLUMN_NAME:
        read_names(reader);
        break;
    case OPTION_SET_LABELS:
        read_labels(reader, is_set);
        break;
    case OPTION_ENUM_LABELS:
        read_labels(reader, is_enum);
        break;
    case OPTION_GEOMETRY_TYPE:
        read_geometry_types(reader);
        break;
    case OPTION_PRIMARY_KEY:
    case OPTION_PRIMARY_KEY_WITH_PREFIX:
        read_primary_key(reader, kind == OPTION_PRIMARY_KEY_WITH_PREFIX);
        break;
    case OPTION_LABEL_DEFAULT_CHARSET:
        read_default_charset(reader, is_labelled);
        break;
    case OPTION_LABEL_COLUMN_CHARSET:
        read_column_charsets(reader, is_labelled);
        break;
    case OPTION_VISIBILITY:
        read_visibility(reader);
        break;
    case OPTION_DIMENSIONS:
        read_dimensions(reader);
        break;
    default:
        (void)leat_binlog_rest(reader->cursor);
    }
}

void leat_binlog_read_options(leat_cursor *cursor, bool mariadb, leat_arena *arena,
                              leat_binlog_table_map *map)
{
    while (leat_cursor_remaining(cursor) > 0) {
        uint8_t kind = leat_cursor_u8(cursor);
        leat_cursor value = leat_cursor_narrow(cursor, leat_binlog_packed(cursor));
        option_reader reader = {.cursor = &value, .arena = arena, .map = map, .mariadb = mariadb};
        read_option(&reader, kind);
        note_metadata(map, kind);
        if (leat_cursor_failed(&value) || leat_cursor_remaining(&value) > 0)
            leat_cursor_fail(cursor);
    }
}
