/* The snapshot's workers over a scripted server: several copy at once, one's failure is all's, and they can be
 * stopped in the middle. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_crowd.h"
#include "fake_postgres.h"
#include "postgres/snapshot/worker.h"
#include "postgres/wire/copy_text.h"

enum { WORKERS = 3, RANGES = 12, ROWS = 400, FILLING = 1000, LONG_TIME = 20 * 1000 * 1000 };

/* ---- The server: tables p0, p1, ... whose rows are a number and a filling ---- */

/* What COPY of a table meets. */
typedef enum fate { GIVEN, REFUSED, SILENT, ENDLESS } fate;

typedef struct world {
    fake_postgres server;
    fake_crowd crowd;
    fake_meeting copying; /* clients whose first COPY has come */
    fate fates[RANGES];
    leat_postgres_snapshot_table table;
    leat_postgres_relation_column columns[2];
    leat_postgres_snapshot_part parts[RANGES];
    char names[RANGES][8];
    leat_postgres_snapshot_range ranges[RANGES];
    leat_postgres_snapshot_plan plan;
    leat_source_options options;
    leat_postgres_snapshot_workers *workers;
    leat_pool *pool;
} world;

static void send_row(fake_postgres *server, size_t table, size_t row)
{
    leat_buffer body = {0};
    leat_buffer_printf(&body, "%zu\t", table * ROWS + row);
    memset(leat_buffer_reserve(&body, FILLING), 'x', FILLING);
    leat_buffer_commit(&body, FILLING);
    leat_buffer_append_byte(&body, '\n');
    fake_send(server, 'd', leat_buffer_slice(&body));
    leat_buffer_free(&body);
}

static void give(fake_postgres *server, size_t table)
{
    fake_start_copy_out(server);
    for (size_t i = 0; i < ROWS; i++)
        send_row(server, table, i);
    fake_send(server, 'c', (leat_slice){0});
    fake_send_done(server, "COPY");
}

static void copy(world *world, fake_postgres *server, size_t table)
{
    switch (world->fates[table]) {
    case GIVEN:
        give(server, table);
        return;
    case REFUSED:
        fake_send_error(server, "42501", "permission denied for table p0");
        fake_send_ready(server);
        return;
    case SILENT:
        fake_start_copy_out(server);
        while (fake_receive(server) != '\0')
            ;
        return;
    case ENDLESS:
        fake_start_copy_out(server);
        for (size_t i = 0; !server->gone; i++)
            send_row(server, table, i);
        return;
    }
}

static void play(fake_postgres *server)
{
    static const char before_number[] = "COPY \"public\".\"p";
    world *world = server->context;
    bool came = false;
    char type;
    fake_welcome(server);
    while (!server->gone && (type = fake_receive(server)) == 'Q') {
        const char *sql = leat_buffer_string(&server->message);
        if (strncmp(sql, before_number, strlen(before_number)) != 0) {
            fake_send_done(server, "SET");
            continue;
        }
        /* No row goes out before each worker has asked for some: they do work at the same time. */
        size_t table = strtoul(sql + strlen(before_number), NULL, 10);
        if (!came)
            fake_meeting_come(&world->copying, WORKERS);
        came = true;
        copy(world, server, table);
    }
}

/* A request to cancel is a client too: it sends a startup packet of its own kind, and expects nothing. */
static bool is_cancel(const fake_postgres *server)
{
    return server->startup.length == 12 && memcmp(server->startup.data, "\x04\xd2\x16\x2e", 4) == 0;
}

static void greet(fake_postgres *server)
{
    if (!is_cancel(server))
        play(server);
}

static void serve(void *context, int client)
{
    world *world = context;
    fake_postgres one = {
        .client = client, .version = world->server.version, .script = greet, .context = world};
    fake_serve(&one);
    leat_buffer_free(&one.startup);
    leat_buffer_free(&one.message);
}

/* ---- The plan: one table of many partitions, each copied whole ---- */

static void make_plan(world *world)
{
    world->columns[0] = (leat_postgres_relation_column){.name = "id"};
    world->columns[1] = (leat_postgres_relation_column){.name = "filling"};
    world->table = (leat_postgres_snapshot_table){
        .relation = {.schema = "public", .name = "p", .columns = world->columns, .column_count = 2},
        .ranges = RANGES};
    for (size_t i = 0; i < RANGES; i++) {
        snprintf(world->names[i], sizeof world->names[i], "p%zu", i);
        world->parts[i] = (leat_postgres_snapshot_part){.schema = "public", .name = world->names[i]};
        world->ranges[i] = (leat_postgres_snapshot_range){.part = &world->parts[i], .whole = true};
    }
    world->plan = (leat_postgres_snapshot_plan){.tables = &world->table,
                                                .table_count = 1,
                                                .parts = world->parts,
                                                .part_count = RANGES,
                                                .ranges = world->ranges,
                                                .range_count = RANGES};
}

static void begin(world *world)
{
    leat_error error = {0};
    make_plan(world);
    fake_meeting_open(&world->copying);
    fake_listen(&world->server, "15.4", NULL);
    world->crowd = (fake_crowd){.listener = world->server.listener, .serve = serve, .context = world};
    fake_crowd_start(&world->crowd);
    world->options = (leat_source_options){.pipeline = "shop",
                                           .url = world->server.url,
                                           .connect_timeout = LONG_TIME,
                                           .snapshot_workers = WORKERS};
    leat_status status = leat_postgres_snapshot_workers_open(&world->options, &world->plan, "00000003-1",
                                                             &world->workers, &world->pool, &error);
    if (status != LEAT_OK)
        fail_msg("%s", error.message);
}

/* Ends only when every client's thread has: what they are in the middle of must have been broken off. */
static void end(world *world)
{
    leat_pool_close(world->pool);
    leat_postgres_snapshot_workers_close(world->workers);
    fake_crowd_stop(&world->crowd);
    fake_meeting_close(&world->copying);
    fake_free(&world->server);
}

/* ---- Tests ---- */

/* Counts the batch's rows; each comes once, whole. */
static void keep_rows(leat_postgres_snapshot_batch *batch, bool *seen)
{
    leat_copy_text text = leat_copy_text_open(batch->bytes, batch->length);
    leat_datum datums[2];
    leat_error error;
    while (!leat_copy_text_at_end(&text)) {
        char number[24] = "";
        assert_int_equal(leat_copy_text_row(&text, datums, 2, &error), LEAT_OK);
        assert_in_range(datums[0].value.length, 1, sizeof number - 1);
        memcpy(number, datums[0].value.data, datums[0].value.length);
        size_t row = strtoul(number, NULL, 10);
        assert_in_range(row, 0, RANGES * ROWS - 1);
        assert_false(seen[row]);
        assert_int_equal(datums[1].value.length, FILLING);
        seen[row] = true;
    }
}

static void rows_of_all_workers_arrive_whole_and_once(void **state)
{
    (void)state;
    world world = {0};
    bool seen[RANGES * ROWS] = {0};
    size_t ended = 0;
    begin(&world);
    while (ended < RANGES) {
        leat_parcel *parcel = NULL;
        leat_pool_answer answer = leat_pool_next(world.pool, LONG_TIME, &parcel);
        assert_int_equal(answer, LEAT_POOL_PARCEL);
        keep_rows((leat_postgres_snapshot_batch *)parcel, seen);
        ended += parcel->last;
        leat_postgres_snapshot_return_batch(world.pool, parcel);
    }
    for (size_t i = 0; i < RANGES * ROWS; i++)
        assert_true(seen[i]);
    leat_parcel *more = NULL;
    assert_int_equal(leat_pool_next(world.pool, 0, &more), LEAT_POOL_NOTHING);
    end(&world);
}

/* While one worker waits for a server that says nothing, and another for room in the queue. */
static void the_failure_of_one_worker_ends_the_others(void **state)
{
    (void)state;
    world world = {.fates = {REFUSED, SILENT, ENDLESS}};
    leat_error error = {0};
    leat_parcel *parcel = NULL;
    leat_pool_answer answer;
    begin(&world);
    while ((answer = leat_pool_next(world.pool, LONG_TIME, &parcel)) == LEAT_POOL_PARCEL)
        leat_postgres_snapshot_return_batch(world.pool, parcel);
    assert_int_equal(answer, LEAT_POOL_FAILED);
    assert_int_equal(leat_pool_failure(world.pool, &error), LEAT_OPERATOR);
    assert_int_equal(error.status, LEAT_OPERATOR);
    assert_non_null(strstr(error.message, "copying public.p0"));
    assert_non_null(strstr(error.message, "permission denied for table p0"));
    end(&world);
}

static void workers_in_the_middle_of_a_copy_are_interrupted(void **state)
{
    (void)state;
    world world = {.fates = {SILENT, ENDLESS, SILENT}};
    leat_error error = {0};
    leat_parcel *parcel = NULL;
    begin(&world);
    fake_meeting_wait(&world.copying, WORKERS);
    assert_int_equal(leat_pool_next(world.pool, LONG_TIME, &parcel), LEAT_POOL_PARCEL);
    assert_false(parcel->last);
    leat_postgres_snapshot_return_batch(world.pool, parcel);
    assert_int_equal(leat_pool_failure(world.pool, &error), LEAT_OK);
    end(&world);
}

static void a_session_that_cannot_enter_the_snapshot_opens_nothing(void **state)
{
    (void)state;
    world world = {0};
    leat_error error = {0};
    make_plan(&world);
    temporary_folder_make(&world.server.folder);
    snprintf(world.server.url, sizeof world.server.url, "host=%s user=tester dbname=shop sslmode=disable",
             world.server.folder.path);
    world.options = (leat_source_options){
        .pipeline = "shop", .url = world.server.url, .connect_timeout = LONG_TIME, .snapshot_workers = 2};
    assert_int_equal(leat_postgres_snapshot_workers_open(&world.options, &world.plan, "00000003-1",
                                                         &world.workers, &world.pool, &error),
                     LEAT_RETRY);
    assert_null(world.workers);
    assert_non_null(strstr(error.message, "snapshot worker"));
    fake_free(&world.server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_all_workers_arrive_whole_and_once),
        cmocka_unit_test(the_failure_of_one_worker_ends_the_others),
        cmocka_unit_test(workers_in_the_middle_of_a_copy_are_interrupted),
        cmocka_unit_test(a_session_that_cannot_enter_the_snapshot_opens_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
