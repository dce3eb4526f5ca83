/* Rows read, and as text to compare with: a value in hex, or 'in quotes' where its column has text and it is
 * printable; "null", "-" for absent, "=" for unchanged, "~" in front of diffs; of a value longer than 40
 * bytes its beginning and length. */
#ifndef LEAT_TEST_MYSQL_ROW_READER_H
#define LEAT_TEST_MYSQL_ROW_READER_H

#include "mysql/binlog/rows.h"
#include "mysql_event_reader.h"

enum { LONGEST_SHOWN = 40, SHOWN_OF_LONGER = 8 };

static inline bool is_shown_as_text(const leat_binlog_column *column, leat_slice value)
{
    bool text = column->layout.type == LEAT_MYSQL_VARCHAR || column->layout.type == LEAT_MYSQL_STRING ||
                column->layout.type == LEAT_MYSQL_BLOB || column->layout.type == LEAT_MYSQL_COMPRESSED_BLOB ||
                column->layout.type == LEAT_MYSQL_COMPRESSED_VARCHAR;
    for (size_t i = 0; i < value.length; i++)
        text = text && value.data[i] >= ' ' && value.data[i] <= '~';
    return text;
}

static inline void append_value(leat_buffer *out, const leat_binlog_column *column, leat_slice value)
{
    leat_slice shown = value;
    if (value.length > LONGEST_SHOWN)
        shown.length = SHOWN_OF_LONGER;
    if (is_shown_as_text(column, shown))
        leat_buffer_printf(out, "'%.*s'", LEAT_SLICE_FORMAT(shown));
    else
        for (size_t i = 0; i < shown.length; i++)
            leat_buffer_printf(out, "%02x", shown.data[i]);
    if (shown.length < value.length)
        leat_buffer_printf(out, "..%zu", value.length);
}

static inline void append_datums(leat_buffer *out, const leat_binlog_table_map *map, const leat_datum *datums,
                                 const bool *partial)
{
    for (size_t i = 0; i < map->column_count; i++) {
        leat_buffer_append_string(out, i == 0 ? "" : " ");
        if (partial != NULL && partial[i])
            leat_buffer_append_string(out, "~");
        switch (datums[i].kind) {
        case LEAT_DATUM_NULL:
            leat_buffer_append_string(out, "null");
            break;
        case LEAT_DATUM_NO_KEY: /* no row image tells the key alone and says so */
        case LEAT_DATUM_ABSENT:
            leat_buffer_append_string(out, "-");
            break;
        case LEAT_DATUM_UNCHANGED:
            leat_buffer_append_string(out, "=");
            break;
        case LEAT_DATUM_VALUE:
            append_value(out, &map->columns[i], datums[i].value);
            break;
        }
    }
}

/* "c: AFTER", "u: BEFORE > AFTER" or "d: BEFORE". */
static inline void append_row(leat_buffer *out, const leat_binlog_table_map *map, const leat_binlog_row *row)
{
    leat_buffer_printf(out, "%c: ", (char)row->operation);
    if (row->before != NULL)
        append_datums(out, map, row->before, NULL);
    if (row->before != NULL && row->after != NULL)
        leat_buffer_append_string(out, " > ");
    if (row->after != NULL)
        append_datums(out, map, row->after, row->partial);
}

typedef struct rows_reader {
    event_reader reader; /* the first: the shared functions take it for theirs */
    leat_arena maps;
    leat_buffer map_raw;
    leat_binlog_table_map map;
    const leat_binlog_plan *plan;
    leat_binlog_rows *rows;
    leat_buffer text;
} rows_reader;

static inline int set_up_rows(void **state)
{
    rows_reader *test = leat_allocate(sizeof *test);
    test->rows = leat_binlog_rows_new();
    *state = test;
    return 0;
}

static inline int tear_down_rows(void **state)
{
    rows_reader *test = *state;
    leat_binlog_rows_free(test->rows);
    leat_arena_free(&test->maps);
    leat_buffer_free(&test->map_raw);
    leat_buffer_free(&test->text);
    return tear_down_reader(state);
}

static inline void know_map(rows_reader *test, const leat_binlog_event *event)
{
    leat_arena_reset(&test->maps);
    must(&test->reader, leat_binlog_parse_table_map(event, &test->maps, &test->map, &test->reader.error),
         "map");
    test->plan = leat_binlog_plan_make(&test->map, &test->maps);
}

static inline leat_status begin_rows(rows_reader *test, const leat_binlog_event *event)
{
    return leat_binlog_rows_open(test->rows, event, test->plan, &test->reader.error);
}

/* All rows of the event, a line each; or the error's text. */
static inline const char *rows_text(rows_reader *test, const leat_binlog_event *event)
{
    const leat_binlog_row *row = NULL;
    leat_buffer_reset(&test->text);
    leat_status status = begin_rows(test, event);
    while (status == LEAT_OK) {
        status = leat_binlog_rows_next(test->rows, &row, &test->reader.error);
        if (status == LEAT_OK && row == NULL)
            break;
        if (status == LEAT_OK)
            append_row(&test->text, &test->map, row);
        leat_buffer_append_string(&test->text, "\n");
    }
    if (status != LEAT_OK)
        leat_buffer_printf(&test->text, "error: %s\n", test->reader.error.message);
    return leat_buffer_string(&test->text);
}

static inline void assert_rows(rows_reader *test, const char *map, const char *name, const char *expected)
{
    know_map(test, opened(&test->reader, map));
    const char *text = rows_text(test, opened(&test->reader, name));
    if (strcmp(text, expected) != 0)
        fail_msg("%s:\n%sexpected:\n%s", name, text, expected);
}

static inline leat_status read_all(event_reader *reader, const leat_binlog_event *event)
{
    rows_reader *test = (rows_reader *)reader; /* its first member */
    return strstr(rows_text(test, event), "error: ") == NULL ? LEAT_OK : LEAT_FAILED;
}

#endif
