/* The snapshot's workers over a scripted server: several read at once, one's failure is all's, and they can be
 * stopped in the middle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_crowd.h"
#include "fake_mysql.h"
#include "mysql/snapshot/worker.h"

enum { READERS = 2, UNITS = 12, LOCKED = 2, ROWS = 400, FILLING = 1000, LONG_TIME = 20 * 1000 * 1000 };

/* ---- The server: tables p0, p1, ... whose rows are a number and a filling ---- */

/* What a SELECT from a table meets. */
typedef enum fate { GIVEN, REFUSED, SILENT, ENDLESS } fate;

typedef struct world {
    fake_mysql server;
    fake_crowd crowd;
    fake_meeting reading; /* sessions whose first SELECT has come */
    size_t expected;      /* of them */
    fate fates[UNITS];
    char url[64];
    char names[UNITS][8];
    leat_mysql_listed_table listed[UNITS];
    leat_mysql_snapshot_table tables[UNITS];
    leat_mysql_snapshot_unit units[UNITS];
    leat_mysql_snapshot_plan plan;
    leat_mysql_session *readers[READERS];
    leat_mysql_snapshot_point point;
    leat_mysql_collations *collations;
    leat_source_options options;
    leat_mysql_snapshot_workers *workers;
    leat_pool *pool;
} world;

static const fake_mysql_answer answers[] = {
    {"SELECT table_type", 0, "BASE TABLE\tInnoDB\tutf8mb4_general_ci\t"},
    {"SELECT column_name", 0,
     "id\tint\tint\tNO\t\\N\t\\N\t\t\t\nfilling\ttext\ttext\tNO\t\\N\tutf8mb4_general_ci\t\t\t\n"},
    {"SELECT index_name", 0, "PRIMARY\tid\n"},
    {"ROLLBACK", 0, NULL},
    {"UNLOCK TABLES", 0, NULL},
    {NULL, 0, NULL},
};

static void send_row(fake_mysql *server, size_t table, size_t row)
{
    char text[24 + FILLING];
    int length = snprintf(text, 24, "%zu\t", table * ROWS + row);
    memset(text + length, 'x', FILLING);
    fake_mysql_send_row(server, text, (size_t)length + FILLING);
}

static void give(fake_mysql *server, size_t table)
{
    fake_mysql_start_rows(server, 2);
    for (size_t i = 0; i < ROWS; i++)
        send_row(server, table, i);
    fake_mysql_send_eof(server);
}

static void select_from(world *world, fake_mysql *server, size_t table)
{
    switch (world->fates[table]) {
    case GIVEN:
        give(server, table);
        return;
    case REFUSED:
        fake_mysql_send_error(server, 1142, "SELECT command denied to user");
        return;
    case SILENT:
        fake_mysql_wait_for_end(server);
        return;
    case ENDLESS:
        fake_mysql_start_rows(server, 2);
        for (size_t i = 0; !server->gone; i++)
            send_row(server, table, i);
        return;
    }
}

/* No row goes out before each session has asked for some: they do work at the same time. */
static bool answer_select(fake_mysql *server, const char *statement)
{
    static const char before_number[] = " FROM `shop`.`p";
    const char *from = strstr(statement, before_number);
    world *world = server->context;
    if (from == NULL)
        return false;
    if (server->dump == NULL) {
        server->dump = fake_mysql_wait_for_end; /* never played: it marks that the session has come */
        fake_meeting_come(&world->reading, world->expected);
    }
    select_from(world, server, strtoul(from + strlen(before_number), NULL, 10));
    return true;
}

static void serve(void *context, int client)
{
    world *world = context;
    fake_mysql one = {.version = "10.11.19-MariaDB",
                      .answers = answers,
                      .answer = answer_select,
                      .context = world,
                      .client = client};
    fake_mysql_serve(&one);
    fake_mysql_free(&one);
}

/* ---- The point ---- */

static void open_session(world *world, leat_mysql_session **session)
{
    leat_error error = {0};
    if (leat_mysql_session_open(&world->options, session, &error) != LEAT_OK)
        fail_msg("%s", error.message);
}

static void start_server(world *world)
{
    fake_meeting_open(&world->reading);
    fake_mysql_listen(&world->server);
    world->crowd = (fake_crowd){.listener = world->server.listener, .serve = serve, .context = world};
    fake_crowd_start(&world->crowd);
    snprintf(world->url, sizeof world->url, "mysql://leat@127.0.0.1:%u/?tls=off", world->server.port);
    world->options = (leat_source_options){
        .pipeline = "shop", .type = "mariadb", .url = world->url, .connect_timeout = LONG_TIME};
    world->collations = leat_mysql_collations_usual();
}

/* Each table is one unit; the first are the locker's. */
static void make_plan(world *world, size_t locked)
{
    leat_error error;
    for (size_t i = 0; i < UNITS; i++) {
        snprintf(world->names[i], sizeof world->names[i], "p%zu", i);
        world->listed[i] = (leat_mysql_listed_table){
            .database = "shop", .name = world->names[i], .full_name = world->names[i]};
        world->tables[i] = (leat_mysql_snapshot_table){.listed = &world->listed[i], .units = 1};
        world->units[i] = (leat_mysql_snapshot_unit){.table = i};
        assert_int_equal(leat_mysql_catalog_definition(world->point.control, world->collations, "shop",
                                                       world->names[i], &world->tables[i].definition, &error),
                         LEAT_OK);
    }
    world->plan = (leat_mysql_snapshot_plan){.tables = world->tables,
                                             .table_count = UNITS,
                                             .units = world->units,
                                             .unit_count = UNITS,
                                             .locked_units = locked};
}

static void begin(world *world, size_t locked)
{
    leat_error error = {0};
    start_server(world);
    world->point = (leat_mysql_snapshot_point){
        .options = &world->options, .plan = &world->plan, .readers = world->readers, .reader_count = READERS};
    open_session(world, &world->point.control);
    for (size_t i = 0; i < READERS; i++)
        open_session(world, &world->readers[i]);
    if (locked > 0)
        open_session(world, &world->point.locker);
    world->expected = READERS + (locked > 0);
    make_plan(world, locked);
    assert_int_equal(leat_mysql_snapshot_workers_open(&world->point, world->collations, &world->workers,
                                                      &world->pool, &error),
                     LEAT_OK);
}

/* Ends only when every client's thread has: what they are in the middle of must have been broken off. */
static void end(world *world)
{
    leat_pool_close(world->pool);
    leat_mysql_snapshot_workers_close(world->workers);
    for (size_t i = 0; i < READERS; i++)
        leat_mysql_session_close(world->readers[i]);
    leat_mysql_session_close(world->point.locker);
    leat_mysql_session_close(world->point.control);
    fake_crowd_stop(&world->crowd);
    fake_meeting_close(&world->reading);
    for (size_t i = 0; i < UNITS; i++)
        leat_mysql_definition_free(world->tables[i].definition);
    leat_mysql_collations_free(world->collations);
}

/* ---- Tests ---- */

/* Counts the block's rows; each comes once, whole. */
static void keep_rows(const leat_mysql_snapshot_block *block, bool *seen)
{
    leat_mysql_snapshot_rows rows = {.block = block};
    leat_datum datums[2];
    while (!leat_mysql_snapshot_rows_at_end(&rows)) {
        char number[24] = "";
        leat_mysql_snapshot_rows_next(&rows, datums, 2);
        assert_in_range(datums[0].value.length, 1, sizeof number - 1);
        memcpy(number, datums[0].value.data, datums[0].value.length);
        size_t row = strtoul(number, NULL, 10);
        assert_int_equal(row / ROWS, block->parcel.table);
        assert_false(seen[row]);
        assert_int_equal(datums[1].value.length, FILLING);
        seen[row] = true;
    }
}

static void assert_every_row_comes(world *world)
{
    bool seen[UNITS * ROWS] = {0};
    size_t ended = 0;
    while (ended < UNITS) {
        leat_parcel *parcel = NULL;
        leat_pool_answer answer = leat_pool_next(world->pool, LONG_TIME, &parcel);
        assert_int_equal(answer, LEAT_POOL_PARCEL);
        keep_rows((leat_mysql_snapshot_block *)parcel, seen);
        ended += parcel->last;
        leat_mysql_snapshot_block_return(world->pool, parcel);
    }
    for (size_t i = 0; i < UNITS * ROWS; i++)
        assert_true(seen[i]);
}

static void rows_of_all_workers_arrive_whole_and_once(void **state)
{
    (void)state;
    world world = {0};
    leat_parcel *more = NULL;
    begin(&world, 0);
    assert_every_row_comes(&world);
    assert_int_equal(leat_pool_next(world.pool, 0, &more), LEAT_POOL_NOTHING);
    end(&world);
}

static void the_locker_reads_beside_the_readers(void **state)
{
    (void)state;
    world world = {0};
    begin(&world, LOCKED);
    assert_every_row_comes(&world);
    end(&world);
}

/* While one session waits for a server that says nothing, and another for room in the queue. */
static void the_failure_of_one_worker_ends_the_others(void **state)
{
    (void)state;
    world world = {.fates = {SILENT, GIVEN, REFUSED, ENDLESS}};
    leat_error error = {0};
    leat_parcel *parcel = NULL;
    leat_pool_answer answer;
    begin(&world, LOCKED);
    while ((answer = leat_pool_next(world.pool, LONG_TIME, &parcel)) == LEAT_POOL_PARCEL)
        leat_mysql_snapshot_block_return(world.pool, parcel);
    assert_int_equal(answer, LEAT_POOL_FAILED);
    assert_int_equal(leat_pool_failure(world.pool, &error), LEAT_OPERATOR);
    assert_int_equal(error.status, LEAT_OPERATOR);
    assert_non_null(strstr(error.message, "reading p"));
    assert_non_null(strstr(error.message, "SELECT command denied to user"));
    end(&world);
}

static void workers_in_the_middle_of_a_table_are_interrupted(void **state)
{
    (void)state;
    world world = {.fates = {SILENT, GIVEN, ENDLESS, SILENT}};
    leat_error error = {0};
    leat_parcel *parcel = NULL;
    begin(&world, LOCKED);
    fake_meeting_wait(&world.reading, world.expected);
    assert_int_equal(leat_pool_next(world.pool, LONG_TIME, &parcel), LEAT_POOL_PARCEL);
    assert_false(parcel->last);
    leat_mysql_snapshot_block_return(world.pool, parcel);
    assert_int_equal(leat_pool_failure(world.pool, &error), LEAT_OK);
    end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_all_workers_arrive_whole_and_once),
        cmocka_unit_test(the_locker_reads_beside_the_readers),
        cmocka_unit_test(the_failure_of_one_worker_ends_the_others),
        cmocka_unit_test(workers_in_the_middle_of_a_table_are_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
