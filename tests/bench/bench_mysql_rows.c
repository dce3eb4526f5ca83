/* How fast rows events become datums: one line a measurement.
 *
 * usage: bench_mysql_rows [ROWS]      (default 20000000)
 *
 * The events are made here, of about 8 kB each, as servers cut them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/memory.h"
#include "mysql/binlog/rows.h"

enum { EVENT_BYTES = 8192 };

typedef struct shape {
    const char *name;
    uint8_t type;
    const char *map;  /* body of the TABLE_MAP, hex */
    const char *head; /* of the rows event, up to the rows */
    const char *row;
} shape;

/* Table shop.t, id 10: (bigint), and (int, bigint, int, int, varchar(20), varchar(60), varchar(255) utf8mb4,
 * double, varbinary(16), tinyint), a row of which has 93 bytes. */
#define MAP         "0a000000000001000473686f7000017400"
#define TEN_COLUMNS MAP "0a030803030f0f0f050f01095000f000fc03081000ff03"
#define TEN_VALUES                                                                                           \
    "01000000020000000000000003000000040000000763697479203330153132302c206120737472656574206f66206c656e67"   \
    "0e0072656d61726b2061626f75742031000000000000f83f100123456789abcdef0123456789abcdef01"

static const shape shapes[] = {
    {"1 column, insert", LEAT_BINLOG_WRITE_ROWS, MAP "01080000", "0a00000000000100020001ff",
     "000102030405060708"},
    {"10 columns, insert", LEAT_BINLOG_WRITE_ROWS, TEN_COLUMNS, "0a0000000000010002000affff",
     "0000" TEN_VALUES},
    {"10 columns, update", LEAT_BINLOG_UPDATE_ROWS, TEN_COLUMNS, "0a0000000000010002000affffffff",
     "0000" TEN_VALUES "0000" TEN_VALUES},
    {"10 columns, minimal update", LEAT_BINLOG_UPDATE_ROWS, TEN_COLUMNS, "0a0000000000010002000a01000400",
     "0001000000"
     "0003000000"},
};

static void die(const leat_error *error)
{
    fprintf(stderr, "bench_mysql_rows: %s\n", error->message);
    exit(1);
}

static void append_hex(leat_buffer *out, const char *hex)
{
    leat_slice text = leat_slice_of_string(hex);
    if (!leat_hex_decode(text, leat_buffer_reserve(out, text.length / 2)))
        abort();
    leat_buffer_commit(out, text.length / 2);
}

static long make_event(const shape *of, leat_buffer *body)
{
    long rows = 0;
    append_hex(body, of->head);
    for (; body->length < EVENT_BYTES; rows++)
        append_hex(body, of->row);
    return rows;
}

static void measure(const shape *of, long wanted)
{
    leat_arena arena = {0};
    leat_buffer map_body = {0};
    leat_buffer body = {0};
    leat_binlog_table_map map;
    leat_error error = {0};
    append_hex(&map_body, of->map);
    leat_binlog_event event = {.type = LEAT_BINLOG_TABLE_MAP, .body = leat_buffer_slice(&map_body)};
    if (leat_binlog_parse_table_map(&event, &arena, &map, &error) != LEAT_OK)
        die(&error);
    const leat_binlog_plan *plan = leat_binlog_plan_make(&map, &arena);
    leat_binlog_rows *rows = leat_binlog_rows_new();
    long per_event = make_event(of, &body);
    event = (leat_binlog_event){.type = of->type, .body = leat_buffer_slice(&body)};
    long read = 0;
    int64_t start = leat_clock_cpu();
    while (read < wanted) {
        const leat_binlog_row *row = NULL;
        leat_status status = leat_binlog_rows_open(rows, &event, plan, &error);
        while (status == LEAT_OK && (status = leat_binlog_rows_next(rows, &row, &error)) == LEAT_OK &&
               row != NULL)
            read++;
        if (status != LEAT_OK)
            die(&error);
    }
    double seconds = (double)(leat_clock_cpu() - start) / 1e6;
    double bytes = (double)body.length / (double)per_event * (double)read;
    printf("%-28s %7.2f M rows/s  %7.0f MB/s\n", of->name, (double)read / seconds / 1e6,
           bytes / seconds / 1e6);
    leat_binlog_rows_free(rows);
    leat_buffer_free(&map_body);
    leat_buffer_free(&body);
    leat_arena_free(&arena);
}

int main(int argc, char **argv)
{
    long wanted = argc > 1 ? atol(argv[1]) : 20 * 1000 * 1000;
    if (wanted <= 0) {
        fprintf(stderr, "usage: bench_mysql_rows [ROWS]\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        measure(&shapes[i], wanted);
    return 0;
}
