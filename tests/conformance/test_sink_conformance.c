/* One suite for every sink: what include/leat/sink.h promises. What became visible is read back by others'
 * code: files by Avro C, lines by jansson. */
#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/sink_samples.h"
#include "../unit/temporary_folder.h"
#include "sink/file.h"
#include "sink/stdout.h"
#include "state/state.h"

enum { MOST_VERSIONS = 128 };

typedef struct fixture fixture;

/* One kind of sink, and what its medium cannot do. */
typedef struct kind {
    const char *name;
    const leat_sink_ops *ops;
    leat_status (*open)(fixture *world);
    bool (*read)(const fixture *world, sample_rows *rows);
    bool holds_transactions; /* what a cut transaction has brought stays invisible */
} kind;

struct fixture {
    const kind *kind;
    temporary_folder folder;
    char state_path[TEMPORARY_PATH_SIZE];
    char sink_path[TEMPORARY_PATH_SIZE];
    int output;
    leat_state *state;
    leat_sink *sink;
    leat_position position; /* what recover said */
    leat_error error;
    leat_table_version *versions[MOST_VERSIONS];
    leat_sink_table *tables[MOST_VERSIONS];
    size_t version_count;
};

/* ---- The kinds ---- */

static leat_status open_file(fixture *world)
{
    leat_sink_file_options options = {.path = world->sink_path,
                                      .codec = LEAT_CODEC_DEFLATE,
                                      .roll_rows = 1000000,
                                      .roll_bytes = 1 << 28,
                                      .roll_every = INT64_C(3600) * 1000000,
                                      .pipeline = "shop",
                                      .state = world->state};
    return leat_sink_file_open(&options, &world->sink, &world->error);
}

static bool read_files(const fixture *world, sample_rows *rows)
{
    return sample_read_lake(world->sink_path, rows);
}

static leat_status open_stdout(fixture *world)
{
    world->output = open(world->sink_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    return leat_sink_stdout_open(world->output, world->state, &world->sink, &world->error);
}

static bool read_lines(const fixture *world, sample_rows *rows)
{
    FILE *file = fopen(world->sink_path, "r");
    json_error_t error;
    json_t *line;
    while ((line = json_loadf(file, JSON_DISABLE_EOF_CHECK, &error)) != NULL) {
        sample_row *row = sample_rows_add(rows);
        const json_t *event = json_object_get(line, "event");
        snprintf(row->table, sizeof row->table, "%s", json_string_value(json_object_get(line, "table")));
        row->version = (unsigned)json_integer_value(json_object_get(line, "version"));
        row->id = json_integer_value(json_object_get(event, "id"));
        row->note_length = json_string_length(json_object_get(event, "note"));
        json_decref(line);
    }
    /* Nothing but white space may be left. */
    bool good = fgetc(file) == EOF || json_error_code(&error) == json_error_premature_end_of_input;
    fclose(file);
    return good;
}

static const kind kinds[] = {
    {.name = "file",
     .ops = &leat_sink_file_ops,
     .open = open_file,
     .read = read_files,
     .holds_transactions = true},
    {.name = "stdout", .ops = &leat_sink_stdout_ops, .open = open_stdout, .read = read_lines},
};

/* ---- The world of a test ---- */

static void open_world(fixture *world)
{
    assert_int_equal(leat_state_open(world->state_path, "shop", false, &world->state, &world->error),
                     LEAT_OK);
    assert_int_equal(world->kind->open(world), LEAT_OK);
    leat_position_clear(&world->position);
    assert_int_equal(world->kind->ops->recover(world->sink, &world->position, &world->error), LEAT_OK);
    for (size_t i = 0; i < world->version_count; i++)
        assert_int_equal(
            world->kind->ops->open_table(world->sink, world->versions[i], &world->tables[i], &world->error),
            LEAT_OK);
}

static void close_world(fixture *world)
{
    if (world->sink != NULL)
        world->kind->ops->close(world->sink);
    leat_state_close(world->state);
    if (world->output >= 0)
        close(world->output);
    world->sink = NULL;
    world->state = NULL;
    world->output = -1;
}

static void reopen_world(fixture *world)
{
    close_world(world);
    open_world(world);
}

static int set_up(void **context)
{
    fixture *made = leat_allocate(sizeof *made);
    made->kind = *context;
    made->output = -1;
    temporary_folder_make(&made->folder);
    temporary_path(&made->folder, "leat.db", made->state_path);
    temporary_path(&made->folder, "sink", made->sink_path);
    *context = made;
    open_world(made);
    return 0;
}

static int tear_down(void **context)
{
    fixture *world = *context;
    close_world(world);
    for (size_t i = 0; i < world->version_count; i++)
        sample_version_free(world->versions[i]);
    leat_position_clear(&world->position);
    temporary_folder_remove(&world->folder);
    leat_release(world);
    return 0;
}

/* Gives the table's place in the world. */
static size_t add_version(fixture *world, const char *name, unsigned number)
{
    size_t place = world->version_count++;
    assert_true(place < MOST_VERSIONS);
    world->versions[place] = sample_version("public", name, number);
    assert_int_equal(world->kind->ops->open_table(world->sink, world->versions[place], &world->tables[place],
                                                  &world->error),
                     LEAT_OK);
    return place;
}

static void append_note(fixture *world, size_t place, int64_t id, const char *note)
{
    bool full;
    assert_int_equal(sample_append(world->kind->ops, world->sink, world->tables[place],
                                   world->versions[place], id, note, sample_time, &full, &world->error),
                     LEAT_OK);
}

static void append(fixture *world, size_t place, int64_t from, int64_t to)
{
    for (int64_t id = from; id <= to; id++)
        append_note(world, place, id, "hello");
}

static void commit(fixture *world, const char *log, const char *transaction, uint64_t ordinal)
{
    leat_position position = {0};
    leat_position_set(&position, log, transaction, ordinal);
    leat_status status = world->kind->ops->commit(world->sink, &position, &world->error);
    if (status != LEAT_OK)
        print_error("%s\n", world->error.message);
    assert_int_equal(status, LEAT_OK);
    leat_position_clear(&position);
}

static void finish(fixture *world, const char *log)
{
    world->kind->ops->finish(world->sink);
    commit(world, log, NULL, 0);
}

static void expect_recovered(const fixture *world, const char *expected)
{
    char *text = leat_position_format(&world->position);
    assert_string_equal(text, expected);
    leat_release(text);
}

/* The rows of the version, in order, are exactly the ids from `from` to `to`. */
static void expect_rows(const fixture *world, size_t place, int64_t from, int64_t to)
{
    sample_rows rows = {0};
    assert_true(world->kind->read(world, &rows));
    const leat_table_version *version = world->versions[place];
    char name[256];
    snprintf(name, sizeof name, "%s.%s", version->table->schema, version->table->name);
    int64_t next = from;
    for (size_t i = 0; i < rows.count; i++) {
        if (strcmp(rows.items[i].table, name) != 0 || rows.items[i].version != version->number)
            continue;
        assert_int_equal(rows.items[i].id, next);
        next++;
    }
    assert_int_equal(next, to + 1);
    sample_rows_free(&rows);
}

static size_t count_rows(const fixture *world)
{
    sample_rows rows = {0};
    assert_true(world->kind->read(world, &rows));
    size_t count = rows.count;
    sample_rows_free(&rows);
    return count;
}

/* ---- The cases ---- */

static void a_new_sink_stands_nowhere(void **context)
{
    fixture *world = *context;
    assert_null(world->position.log);
    assert_true(leat_position_at_boundary(&world->position));
}

static void nothing_is_visible_before_a_commit(void **context)
{
    fixture *world = *context;
    size_t table = add_version(world, "orders", 1);
    append(world, table, 1, 100);
    assert_int_equal(count_rows(world), 0);
    close_world(world);
    assert_int_equal(count_rows(world), 0);
}

static void everything_is_visible_after_finish_and_commit(void **context)
{
    fixture *world = *context;
    size_t table = add_version(world, "orders", 1);
    append(world, table, 1, 20000);
    finish(world, "0/10");
    expect_rows(world, table, 1, 20000);
    assert_int_equal(count_rows(world), 20000);
}

static void recover_gives_the_last_committed_position(void **context)
{
    fixture *world = *context;
    size_t table = add_version(world, "orders", 1);
    append(world, table, 1, 3);
    commit(world, "0/10", NULL, 0);
    append(world, table, 4, 6);
    commit(world, "0/20", NULL, 0);
    append(world, table, 7, 9);
    reopen_world(world);
    expect_recovered(world, "0/20");
}

static void a_commit_without_records_moves_the_position(void **context)
{
    fixture *world = *context;
    commit(world, "0/10", NULL, 0);
    commit(world, "0/30", NULL, 0);
    reopen_world(world);
    expect_recovered(world, "0/30");
    assert_int_equal(count_rows(world), 0);
}

static void what_was_not_committed_is_forgotten_and_can_come_again(void **context)
{
    fixture *world = *context;
    size_t table = add_version(world, "orders", 1);
    append(world, table, 1, 10);
    commit(world, "0/10", NULL, 0);
    append(world, table, 11, 15);
    reopen_world(world);
    expect_recovered(world, "0/10");
    append(world, table, 11, 20);
    finish(world, "0/20");
    expect_rows(world, table, 1, 20);
    assert_int_equal(count_rows(world), 20);
}

static void a_cut_transaction_is_durable(void **context)
{
    fixture *world = *context;
    size_t table = add_version(world, "orders", 1);
    append(world, table, 1, 10);
    commit(world, "0/10", NULL, 0);
    append(world, table, 11, 1000);
    commit(world, "0/10", "tx7", 990);
    append(world, table, 1001, 1010);
    reopen_world(world);
    expect_recovered(world, "0/10+tx7@990");
    append(world, table, 1001, 1200);
    commit(world, "0/10", "tx7", 1190);
    finish(world, "0/20");
    expect_rows(world, table, 1, 1200);
    assert_int_equal(count_rows(world), 1200);
}

static void a_cut_transaction_is_invisible_until_its_end(void **context)
{
    fixture *world = *context;
    size_t table = add_version(world, "orders", 1);
    world->kind->ops->finish(world->sink); /* would show everything at a boundary */
    append(world, table, 1, 1000);
    commit(world, "0/10", "tx7", 1000);
    assert_int_equal(count_rows(world), 0);
    reopen_world(world);
    assert_int_equal(count_rows(world), 0);
    add_version(world, "orders", 2); /* finishes the files of version 1 */
    commit(world, "0/10", "tx7", 1000);
    assert_int_equal(count_rows(world), 0);
    finish(world, "0/20");
    expect_rows(world, table, 1, 1000);
}

static void many_tables_at_once(void **context)
{
    fixture *world = *context;
    enum { TABLES = 100 };
    for (size_t i = 0; i < TABLES; i++) {
        char name[32];
        snprintf(name, sizeof name, "table_%zu", i);
        add_version(world, name, 1);
    }
    for (int64_t id = 1; id <= 40; id++) {
        for (size_t i = 0; i < TABLES; i++)
            append(world, i, id, id);
        if (id % 10 == 0)
            commit(world, "0/10", id % 20 == 0 ? NULL : "tx", id % 20 == 0 ? 0 : (uint64_t)id);
    }
    reopen_world(world);
    finish(world, "0/20");
    for (size_t i = 0; i < TABLES; i += 9)
        expect_rows(world, i, 1, 40);
    assert_int_equal(count_rows(world), TABLES * 40);
}

static void a_new_version_has_a_place_of_its_own(void **context)
{
    fixture *world = *context;
    size_t first = add_version(world, "orders", 1);
    size_t other = add_version(world, "customers", 1);
    append(world, first, 1, 10);
    append(world, other, 1, 5);
    size_t second = add_version(world, "orders", 2);
    append(world, second, 11, 20);
    commit(world, "0/10", NULL, 0);
    /* What a version will not add to any more need not wait. */
    expect_rows(world, first, 1, 10);
    append(world, second, 21, 30);
    finish(world, "0/20");
    expect_rows(world, first, 1, 10);
    expect_rows(world, second, 11, 30);
    expect_rows(world, other, 1, 5);
    assert_int_equal(count_rows(world), 35);
}

static void records_of_every_size(void **context)
{
    fixture *world = *context;
    size_t table = add_version(world, "orders", 1);
    static const size_t lengths[] = {0, 1, 63, 64, 8191, 65535, 65536, 300000, 5000000, 3};
    enum { COUNT = sizeof lengths / sizeof lengths[0] };
    for (size_t i = 0; i < COUNT; i++) {
        char *note = leat_allocate(lengths[i] + 1);
        memset(note, 'x', lengths[i]);
        append_note(world, table, (int64_t)i, note);
        leat_release(note);
    }
    finish(world, "0/10");
    sample_rows rows = {0};
    assert_true(world->kind->read(world, &rows));
    assert_int_equal(rows.count, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(rows.items[i].note_length, lengths[i]);
    sample_rows_free(&rows);
}

static void full_asks_for_a_commit_and_a_commit_ends_it(void **context)
{
    fixture *world = *context;
    size_t table = add_version(world, "orders", 1);
    char *note = leat_allocate(1000001);
    memset(note, 'x', 1000000);
    bool full = false;
    int64_t id = 0;
    for (; id < 100 && !full; id++)
        assert_int_equal(sample_append(world->kind->ops, world->sink, world->tables[table],
                                       world->versions[table], id, note, sample_time, &full, &world->error),
                         LEAT_OK);
    assert_true(full);
    assert_true(id > 1);
    leat_release(note);
    commit(world, "0/10", NULL, 0);
    assert_int_equal(sample_append(world->kind->ops, world->sink, world->tables[table],
                                   world->versions[table], id, "", sample_time, &full, &world->error),
                     LEAT_OK);
    assert_false(full);
}

static void counters_count(void **context)
{
    fixture *world = *context;
    size_t table = add_version(world, "orders", 1);
    leat_buffer value = {0};
    sample_value(world->versions[table], 1, "hello", &value);
    append(world, table, 1, 10);
    leat_sink_counters counters;
    world->kind->ops->counters(world->sink, &counters);
    assert_int_equal(counters.records, 10);
    assert_int_equal(counters.bytes, 10 * value.length);
    leat_buffer_free(&value);
    commit(world, "0/10", NULL, 0);
    int64_t committed_at;
    uint64_t records;
    assert_int_equal(leat_state_position_facts(world->state, &committed_at, &records, &world->error),
                     LEAT_OK);
    assert_int_equal(records, 10);
    leat_arena arena = {0};
    leat_state_table *tables;
    size_t count;
    assert_int_equal(leat_state_table_list(world->state, &arena, &tables, &count, &world->error), LEAT_OK);
    assert_int_equal(count, 1);
    assert_string_equal(tables[0].name, "public.orders");
    assert_int_equal(tables[0].records, 10);
    assert_int_equal(tables[0].last_change, sample_time);
    leat_arena_free(&arena);
}

static void what_else_is_in_the_unit_of_work_goes_with_the_commit(void **context)
{
    fixture *world = *context;
    leat_state_version version = {.table = "public.orders",
                                  .number = 1,
                                  .fingerprint = "f",
                                  .position = "0/1",
                                  .value_schema = "{}",
                                  .definition = "{}"};
    leat_arena arena = {0};
    bool found;
    assert_int_equal(leat_state_version_put(world->state, &version, &world->error), LEAT_OK);
    reopen_world(world);
    assert_int_equal(
        leat_state_version_latest(world->state, "public.orders", &arena, &version, &found, &world->error),
        LEAT_OK);
    assert_false(found);
    assert_int_equal(leat_state_version_put(world->state, &version, &world->error), LEAT_OK);
    commit(world, "0/10", NULL, 0);
    reopen_world(world);
    assert_int_equal(
        leat_state_version_latest(world->state, "public.orders", &arena, &version, &found, &world->error),
        LEAT_OK);
    assert_true(found);
    leat_arena_free(&arena);
}

static void many_short_runs_add_up(void **context)
{
    fixture *world = *context;
    size_t table = add_version(world, "orders", 1);
    for (int64_t run = 0; run < 20; run++) {
        char log[32];
        snprintf(log, sizeof log, "0/%" PRId64, run + 1);
        append(world, table, run * 7 + 1, run * 7 + 7);
        if (run % 3 == 0)
            finish(world, log);
        else
            commit(world, log, NULL, 0);
        reopen_world(world);
        expect_recovered(world, log);
    }
    finish(world, "0/99");
    expect_rows(world, table, 1, 140);
    assert_int_equal(count_rows(world), 140);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    struct CMUnitTest tests[] = {
        CASE(a_new_sink_stands_nowhere),
        CASE(nothing_is_visible_before_a_commit),
        CASE(everything_is_visible_after_finish_and_commit),
        CASE(recover_gives_the_last_committed_position),
        CASE(a_commit_without_records_moves_the_position),
        CASE(what_was_not_committed_is_forgotten_and_can_come_again),
        CASE(a_cut_transaction_is_durable),
        CASE(many_tables_at_once),
        CASE(a_new_version_has_a_place_of_its_own),
        CASE(records_of_every_size),
        CASE(full_asks_for_a_commit_and_a_commit_ends_it),
        CASE(counters_count),
        CASE(what_else_is_in_the_unit_of_work_goes_with_the_commit),
        CASE(many_short_runs_add_up),
        /* Only for those that hold transactions. */
        CASE(a_cut_transaction_is_invisible_until_its_end),
    };
    enum { ALL = sizeof tests / sizeof tests[0] };
    int failures = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        for (size_t j = 0; j < ALL; j++)
            tests[j].initial_state = (void *)(uintptr_t)&kinds[i]; /* set_up reads it only */
        size_t count = kinds[i].holds_transactions ? ALL : ALL - 1;
        print_message("sink: %s\n", kinds[i].name);
        failures += _cmocka_run_group_tests(kinds[i].name, tests, count, NULL, NULL);
    }
    return failures;
}
