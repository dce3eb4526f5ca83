#include "mysql/binlog/rows.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "mysql/binlog/image.h"
#include "mysql/binlog/inflate.h"
#include "mysql/binlog/read.h"

enum {
    TABLE_ID_SIZE = 6,
    FLAGS_SIZE = 2,
    /* PARTIAL_UPDATE_ROWS: a bitmap follows that says whose JSON values are diffs. */
    OPTION_PARTIAL_JSON = 1,
};

/* What a type says of its events. */
typedef struct rows_kind {
    leat_operation operation; /* 0: not rows */
    bool extended;            /* version 2: with a block of extra information */
    bool compressed;
    bool partial;
} rows_kind;

static const rows_kind kinds[] = {
    [LEAT_BINLOG_WRITE_ROWS_V1] = {.operation = LEAT_CREATE},
    [LEAT_BINLOG_UPDATE_ROWS_V1] = {.operation = LEAT_UPDATE},
    [LEAT_BINLOG_DELETE_ROWS_V1] = {.operation = LEAT_DELETE},
    [LEAT_BINLOG_WRITE_ROWS] = {.operation = LEAT_CREATE, .extended = true},
    [LEAT_BINLOG_UPDATE_ROWS] = {.operation = LEAT_UPDATE, .extended = true},
    [LEAT_BINLOG_DELETE_ROWS] = {.operation = LEAT_DELETE, .extended = true},
    [LEAT_BINLOG_PARTIAL_UPDATE_ROWS] = {.operation = LEAT_UPDATE, .extended = true, .partial = true},
    [LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1] = {.operation = LEAT_CREATE, .compressed = true},
    [LEAT_BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED_V1] = {.operation = LEAT_UPDATE, .compressed = true},
    [LEAT_BINLOG_MARIADB_DELETE_ROWS_COMPRESSED_V1] = {.operation = LEAT_DELETE, .compressed = true},
    [LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED] = {LEAT_CREATE, .extended = true, .compressed = true},
    [LEAT_BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED] = {LEAT_UPDATE, .extended = true, .compressed = true},
    [LEAT_BINLOG_MARIADB_DELETE_ROWS_COMPRESSED] = {LEAT_DELETE, .extended = true, .compressed = true},
};

struct leat_binlog_rows {
    const leat_binlog_plan *plan;
    leat_binlog_event event; /* for what errors say */
    rows_kind kind;
    bool one_empty_row; /* still to be given */
    leat_cursor data;
    leat_binlog_image before_image;
    leat_binlog_image after_image;
    leat_datum *before; /* these three have room for `capacity` columns */
    leat_datum *after;
    bool *partial;
    size_t capacity;
    leat_binlog_row row;
    leat_buffer inflated; /* the event's rows, where they were compressed */
    leat_arena values;    /* a row's inflated values */
    leat_binlog_inflater *inflater;
};

leat_binlog_rows *leat_binlog_rows_new(void)
{
    leat_binlog_rows *rows = leat_allocate(sizeof *rows);
    rows->inflater = leat_binlog_inflater_new();
    return rows;
}

void leat_binlog_rows_free(leat_binlog_rows *rows)
{
    if (rows == NULL)
        return;
    leat_binlog_inflater_free(rows->inflater);
    leat_buffer_free(&rows->inflated);
    leat_arena_free(&rows->values);
    leat_release(rows->before);
    leat_release(rows->after);
    leat_release(rows->partial);
    leat_release(rows);
}

static rows_kind kind_of(uint8_t type)
{
    return type < sizeof kinds / sizeof kinds[0] ? kinds[type] : (rows_kind){0};
}

bool leat_binlog_is_rows(uint8_t type)
{
    return kind_of(type).operation != 0;
}

leat_status leat_binlog_rows_table_id(const leat_binlog_event *event, uint64_t *table_id, leat_error *error)
{
    return leat_binlog_peek_table_id(event, table_id, error);
}

/* ---- Opening ---- */

static void make_room(leat_binlog_rows *rows, size_t count)
{
    if (count <= rows->capacity)
        return;
    rows->before = leat_reallocate(rows->before, count * sizeof *rows->before);
    rows->after = leat_reallocate(rows->after, count * sizeof *rows->after);
    rows->partial = leat_reallocate(rows->partial, count * sizeof *rows->partial);
    rows->capacity = count;
}

/* Only the rows are compressed, not what stands before them. */
static leat_status inflate_rows(leat_binlog_rows *rows, leat_cursor *cursor, leat_error *error)
{
    leat_binlog_deflated deflated;
    if (!leat_binlog_deflated_event(leat_binlog_rest(cursor), &deflated))
        return leat_binlog_refuse(&rows->event, error, "has rows compressed in an unknown way");
    leat_buffer_reset_bounded(&rows->inflated);
    uint8_t *room = leat_buffer_reserve(&rows->inflated, deflated.length);
    if (!leat_binlog_inflate(rows->inflater, &deflated, room))
        return leat_binlog_refuse(&rows->event, error, "has compressed rows that cannot be inflated");
    leat_buffer_commit(&rows->inflated, deflated.length);
    rows->data = leat_cursor_open(leat_buffer_slice(&rows->inflated));
    return LEAT_OK;
}

static void read_extra(leat_cursor *cursor)
{
    size_t length = leat_cursor_little_endian(cursor, 2); /* its own two bytes included */
    if (length < 2)
        leat_cursor_fail(cursor);
    else
        (void)leat_cursor_bytes(cursor, length - 2);
}

static void read_images(leat_binlog_rows *rows, leat_cursor *cursor)
{
    leat_binlog_image first = leat_binlog_image_open(rows->plan, cursor);
    rows->before_image = first;
    rows->after_image =
        rows->kind.operation == LEAT_UPDATE ? leat_binlog_image_open(rows->plan, cursor) : first;
}

static leat_status refuse_count(const leat_binlog_rows *rows, uint64_t count, leat_error *error)
{
    const leat_binlog_table_map *map = rows->plan->map;
    return leat_binlog_refuse(&rows->event, error,
                              "has rows of %llu columns for table %s.%s, and its TABLE_MAP %zu",
                              (unsigned long long)count, map->database, map->name, map->column_count);
}

static leat_status read_head(leat_binlog_rows *rows, leat_cursor *cursor, leat_error *error)
{
    uint64_t table_id = leat_cursor_little_endian(cursor, TABLE_ID_SIZE);
    (void)leat_cursor_bytes(cursor, FLAGS_SIZE); /* the end of a statement, and modes of the session */
    if (rows->kind.extended)
        read_extra(cursor);
    uint64_t count = leat_binlog_packed(cursor);
    if (leat_cursor_failed(cursor))
        return leat_binlog_finish(cursor, &rows->event, error);
    if (table_id != rows->plan->map->table_id)
        return leat_binlog_refuse(&rows->event, error, "is about table id %llu, and was read as about %llu",
                                  (unsigned long long)table_id,
                                  (unsigned long long)rows->plan->map->table_id);
    if (count != rows->plan->column_count)
        return refuse_count(rows, count, error);
    read_images(rows, cursor);
    return leat_cursor_failed(cursor) ? leat_binlog_finish(cursor, &rows->event, error) : LEAT_OK;
}

/* MySQL's minimal image of a row with nothing but defaults has no column and so no byte. There is at most one
 * such row in an event: the server refuses to log several (error 1534). */
static bool has_one_empty_row(const leat_binlog_rows *rows)
{
    return rows->kind.operation == LEAT_CREATE && rows->after_image.present_count == 0 &&
           leat_cursor_remaining(&rows->data) == 0;
}

static void prepare_row(leat_binlog_rows *rows)
{
    make_room(rows, rows->plan->column_count);
    rows->row = (leat_binlog_row){
        .operation = rows->kind.operation,
        .before = rows->kind.operation == LEAT_CREATE ? NULL : rows->before,
        .after = rows->kind.operation == LEAT_DELETE ? NULL : rows->after,
        .partial = rows->kind.partial ? rows->partial : NULL,
    };
    rows->one_empty_row = has_one_empty_row(rows);
}

leat_status leat_binlog_rows_open(leat_binlog_rows *rows, const leat_binlog_event *event,
                                  const leat_binlog_plan *plan, leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(event->body);
    rows->event = *event;
    rows->plan = plan;
    rows->kind = kind_of(event->type);
    rows->data = leat_cursor_open(leat_slice_of(NULL, 0));
    rows->one_empty_row = false;
    if (rows->kind.operation == 0)
        return leat_binlog_refuse(event, error, "was read as one of rows");
    leat_status status = read_head(rows, &cursor, error);
    if (status == LEAT_OK && rows->kind.compressed)
        status = inflate_rows(rows, &cursor, error);
    else
        rows->data = cursor;
    if (status == LEAT_OK)
        prepare_row(rows);
    return status;
}

/* ---- Rows ---- */

static bool has_old_temporal_type(const leat_binlog_table_map *map)
{
    for (size_t i = 0; i < map->column_count; i++)
        if (map->columns[i].layout.type == LEAT_MYSQL_OLD_TIMESTAMP ||
            map->columns[i].layout.type == LEAT_MYSQL_OLD_TIME ||
            map->columns[i].layout.type == LEAT_MYSQL_OLD_DATETIME)
            return true;
    return false;
}

/* MariaDB's temporal format of before 10.1 has fractions too, and the log does not say how many digits:
 * values are then longer than the width that they are read by. */
static leat_status refuse_row(const leat_binlog_rows *rows, const char *what, leat_error *error)
{
    const leat_binlog_table_map *map = rows->plan->map;
    leat_binlog_refuse(&rows->event, error, "has a row of table %s.%s that %s", map->database, map->name,
                       what);
    if (!has_old_temporal_type(map))
        return LEAT_FAILED;
    leat_error_mend(error,
                    "the table has columns in the temporal format of before MariaDB 10.1, whose fractions "
                    "the log does not tell of: run ALTER TABLE `%s`.`%s` FORCE, which gives them the "
                    "present one, and take a new snapshot of the table",
                    map->database, map->name);
    return LEAT_FAILED;
}

/* One value of a COMPRESSED column. */
static bool inflate_value(leat_binlog_rows *rows, leat_datum *datum)
{
    leat_binlog_deflated deflated;
    if (!leat_binlog_deflated_value(datum->value, &deflated))
        return false;
    datum->value = deflated.data;
    if (deflated.stored)
        return true;
    void *out = leat_arena_allocate(&rows->values, deflated.length);
    datum->value = leat_slice_of(out, deflated.length);
    return leat_binlog_inflate(rows->inflater, &deflated, out);
}

static leat_status inflate_values(leat_binlog_rows *rows, leat_datum *datums, leat_error *error)
{
    const leat_binlog_plan *plan = rows->plan;
    for (size_t i = 0; i < plan->compressed_count; i++) {
        leat_datum *datum = &datums[plan->compressed[i]];
        if (datum->kind == LEAT_DATUM_VALUE && !inflate_value(rows, datum))
            return refuse_row(rows, "has a compressed value that cannot be inflated", error);
    }
    return LEAT_OK;
}

static leat_status inflate_row(leat_binlog_rows *rows, leat_error *error)
{
    leat_arena_reset(&rows->values);
    leat_status status = rows->row.before == NULL ? LEAT_OK : inflate_values(rows, rows->row.before, error);
    if (status == LEAT_OK && rows->row.after != NULL)
        status = inflate_values(rows, rows->row.after, error);
    return status;
}

/* The bits of the JSON columns, those that the image leaves out included (MySQL's sql/log_event.cc,
 * Rows_log_event::pack_row); empty where no value is a diff. */
static leat_slice read_value_options(leat_binlog_rows *rows)
{
    uint64_t options = leat_binlog_packed(&rows->data);
    if ((options & ~(uint64_t)OPTION_PARTIAL_JSON) != 0)
        leat_cursor_fail(&rows->data);
    size_t bytes = (rows->plan->json_count + 7) / 8;
    return leat_cursor_bytes(&rows->data, options == OPTION_PARTIAL_JSON ? bytes : 0);
}

/* No diffs at all stand for a value that did not change. */
static void note_diffs(leat_binlog_rows *rows, leat_slice diffs)
{
    const leat_binlog_plan *plan = rows->plan;
    memset(rows->partial, 0, plan->column_count * sizeof *rows->partial);
    for (size_t i = 0; i < plan->json_count && diffs.length > 0; i++) {
        size_t column = plan->json[i];
        leat_datum *datum = &rows->after[column];
        if (!leat_binlog_bit(diffs, i) || datum->kind != LEAT_DATUM_VALUE)
            continue;
        rows->partial[column] = datum->value.length > 0;
        if (datum->value.length == 0)
            datum->kind = LEAT_DATUM_UNCHANGED;
    }
}

static void read_after(leat_binlog_rows *rows)
{
    if (__builtin_expect(!rows->kind.partial, 1)) {
        leat_binlog_image_read(rows->plan, &rows->after_image, &rows->data, rows->after);
        return;
    }
    leat_slice diffs = read_value_options(rows);
    leat_binlog_image_read(rows->plan, &rows->after_image, &rows->data, rows->after);
    if (!leat_cursor_failed(&rows->data))
        note_diffs(rows, diffs);
}

leat_status leat_binlog_rows_next(leat_binlog_rows *rows, const leat_binlog_row **row, leat_error *error)
{
    size_t left = leat_cursor_remaining(&rows->data);
    *row = NULL;
    if (left == 0 && !rows->one_empty_row)
        return LEAT_OK;
    if (rows->row.before != NULL)
        leat_binlog_image_read(rows->plan, &rows->before_image, &rows->data, rows->before);
    if (rows->row.after != NULL)
        read_after(rows);
    if (__builtin_expect(leat_cursor_failed(&rows->data), 0))
        return refuse_row(rows, "is cut off or malformed", error);
    if (__builtin_expect(leat_cursor_remaining(&rows->data) == left && !rows->one_empty_row, 0))
        return refuse_row(rows, "has no column and yet bytes behind it", error);
    rows->one_empty_row = false;
    *row = &rows->row;
    return rows->plan->compressed_count == 0 ? LEAT_OK : inflate_row(rows, error);
}
