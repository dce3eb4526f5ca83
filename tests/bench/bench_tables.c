/* What it costs to meet many tables for the first time: history, bindings, board, sink, and the names that the
 * MySQL stream keeps. One line a measurement; a start is not quadratic when microseconds per table stay level.
 *
 * usage: bench_tables [TABLES...]      (default 1000 10000 50000) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../unit/avro_rows.h"
#include "base/memory.h"
#include "mysql/stream/maps.h"
#include "pipeline/bindings.h"

static const leat_avro_type long_type = {.kind = LEAT_AVRO_LONG};

static const leat_column id_column = {.name = "id",
                                      .encoder = {.encode = encode_native_long, .type = &long_type}};

static void die_unless_ok(leat_status status, const leat_error *error)
{
    if (status == LEAT_OK)
        return;
    fprintf(stderr, "bench_tables: %s\n", error->message);
    exit(1);
}

/* CPU time: the machine may have others to serve. */
static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void say(const char *what, size_t count, double start)
{
    double seconds = seconds_now() - start;
    printf("%-24s %8zu tables %9.3f s %9.2f us/table\n", what, count, seconds, seconds * 1e6 / (double)count);
}

/* ---- A sink that keeps nothing ---- */

static leat_status open_table(leat_sink *sink, leat_sink_table *table, leat_error *error)
{
    (void)sink;
    (void)table;
    (void)error;
    return LEAT_OK;
}

static void close_sink(leat_sink *sink)
{
    (void)sink;
}

static const leat_sink_ops nothing_ops = {
    .type = "nothing", .table_size = sizeof(leat_sink_table), .open_table = open_table, .close = close_sink};

/* ---- Measurements ---- */

static leat_table *make_table(size_t number)
{
    leat_table *table = leat_table_new();
    table->database = "shop";
    table->schema = "public";
    table->name = leat_arena_printf(&table->arena, "a_table_of_many_%zu", number);
    table->columns = leat_arena_allocate_array(&table->arena, 1, sizeof id_column);
    memcpy(table->columns, &id_column, sizeof id_column);
    table->column_count = 1;
    leat_table_set_key(table, (const size_t[]){0}, 1);
    return table;
}

static void remove_store(const char *folder)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        leat_buffer path = {0};
        leat_buffer_printf(&path, "%s/state.db%s", folder, ends[i]);
        unlink(leat_buffer_string(&path));
        leat_buffer_free(&path);
    }
    rmdir(folder);
}

static void attach_all(leat_state *state, leat_table **tables, size_t count, const char *what)
{
    leat_error error = {0};
    leat_schema_options schema = {.prefix = "shop"};
    leat_pipeline_observer observer = {0};
    leat_sink sink = {.ops = &nothing_ops};
    leat_board board;
    leat_board_open(&board, &observer);
    leat_bindings bindings = {.history = leat_history_open(state, &schema, NULL),
                              .sink = &sink,
                              .trigger = leat_trigger_open(state),
                              .board = &board,
                              .schema = &schema,
                              .connector = "postgresql",
                              .pipeline = "shop"};
    double start = seconds_now();
    for (size_t i = 0; i < count; i++)
        die_unless_ok(leat_bindings_attach(&bindings, tables[i], "0/1", false, &error), &error);
    die_unless_ok(leat_state_commit(state, &error), &error);
    say(what, count, start);
    leat_bindings_free(&bindings);
    leat_trigger_close(bindings.trigger);
    leat_history_close(bindings.history);
    leat_sink_close(&sink);
    leat_board_close(&board);
}

static void measure_bindings(size_t count)
{
    leat_error error = {0};
    char folder[] = "/tmp/bench_tables.XXXXXX";
    if (mkdtemp(folder) == NULL)
        exit(1);
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/state.db", folder);
    leat_state *state;
    die_unless_ok(leat_state_open(leat_buffer_string(&path), "shop", false, &state, &error), &error);
    leat_table **tables = leat_allocate_array(count, sizeof *tables);
    for (size_t i = 0; i < count; i++)
        tables[i] = make_table(i);
    attach_all(state, tables, count, "first start");
    attach_all(state, tables, count, "a later start");
    for (size_t i = 0; i < count; i++)
        leat_table_release(tables[i]);
    leat_release(tables);
    leat_state_close(state);
    leat_buffer_free(&path);
    remove_store(folder);
}

static void measure_mysql_names(size_t count)
{
    leat_mysql_maps *maps = leat_mysql_maps_new();
    double start = seconds_now();
    for (size_t i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof name, "a_table_of_many_%zu", i);
        leat_mysql_maps_table(maps, "shop", name);
    }
    say("names of a MySQL stream", count, start);
    leat_mysql_maps_free(maps);
}

int main(int count, char **words)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    static const char *const usual[] = {"1000", "10000", "50000"};
    size_t many = count > 1 ? (size_t)count - 1 : sizeof usual / sizeof usual[0];
    for (size_t i = 0; i < many; i++) {
        size_t tables = strtoul(count > 1 ? words[i + 1] : usual[i], NULL, 10);
        if (tables == 0)
            return 2;
        measure_bindings(tables);
        measure_mysql_names(tables);
    }
    return 0;
}
