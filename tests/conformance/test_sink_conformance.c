/* One suite for every sink: what include/leat/sink.h promises. What became visible is read back by others'
 * code: files by Avro C, lines by jansson, messages by librdkafka's consumer and Avro C.
 *
 * Kafka's is librdkafka's mock cluster, and with LEAT_TEST_KAFKA=HOST:PORT that cluster as well, which must
 * take messages of 8 MiB (message.max.bytes); topics are left behind there. */
#include "sink_world.h"

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
    leat_sink_finish(world->sink); /* would show everything at a boundary */
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
        assert_int_equal(sample_append(world->sink, world->tables[table], world->versions[table], id, note,
                                       sample_time, &full, &world->error),
                         LEAT_OK);
    assert_true(full);
    assert_true(id > 1);
    leat_release(note);
    commit(world, "0/10", NULL, 0);
    assert_int_equal(sample_append(world->sink, world->tables[table], world->versions[table], id, "",
                                   sample_time, &full, &world->error),
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
    assert_int_equal(world->sink->counters.records, 10);
    assert_int_equal(world->sink->counters.bytes, 10 * value.length);
    assert_ptr_equal(world->sink->noted, world->tables[table]);
    assert_string_equal(world->tables[table]->name, "public.orders");
    assert_int_equal(world->tables[table]->records, 10);
    assert_int_equal(world->tables[table]->last_change, sample_time);
    leat_buffer_free(&value);
    commit(world, "0/10", NULL, 0);
    int64_t committed_at;
    uint64_t records;
    assert_int_equal(leat_state_position_facts(world->state, &committed_at, &records, &world->error),
                     LEAT_OK);
    assert_int_equal(records, 10);
    assert_null(world->sink->noted);
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

/* A case, and what a kind must be capable of for it. */
typedef struct case_of_sinks {
    struct CMUnitTest test;
    bool holds_transactions;
    bool hides;
    bool keeps_all;
} case_of_sinks;

#define CASE(function, ...)                                                                                  \
    {                                                                                                        \
        .test = cmocka_unit_test_setup_teardown(function, set_up, tear_down), __VA_ARGS__                    \
    }

static const case_of_sinks cases[] = {
    CASE(a_new_sink_stands_nowhere),
    CASE(nothing_is_visible_before_a_commit, .hides = true),
    CASE(everything_is_visible_after_finish_and_commit),
    CASE(recover_gives_the_last_committed_position),
    CASE(a_commit_without_records_moves_the_position),
    CASE(what_was_not_committed_is_forgotten_and_can_come_again, .hides = true),
    CASE(a_cut_transaction_is_durable, .hides = true),
    CASE(many_tables_at_once),
    CASE(a_new_version_has_a_place_of_its_own),
    CASE(records_of_every_size, .keeps_all = true),
    CASE(full_asks_for_a_commit_and_a_commit_ends_it),
    CASE(counters_count),
    CASE(what_else_is_in_the_unit_of_work_goes_with_the_commit),
    CASE(many_short_runs_add_up),
    CASE(a_cut_transaction_is_invisible_until_its_end, .holds_transactions = true),
};

enum { ALL = sizeof cases / sizeof cases[0] };

static bool suits(const kind *kind, const case_of_sinks *one)
{
    return (kind->holds_transactions || !one->holds_transactions) && (kind->hides || !one->hides) &&
           (kind->keeps_all || !one->keeps_all);
}

static int run(const kind *kind)
{
    struct CMUnitTest tests[ALL];
    size_t count = 0;
    for (size_t i = 0; i < ALL; i++) {
        if (!suits(kind, &cases[i]))
            continue;
        tests[count] = cases[i].test;
        tests[count++].initial_state = (void *)(uintptr_t)kind; /* set_up reads it only */
    }
    print_message("sink: %s\n", kind->name);
    return _cmocka_run_group_tests(kind->name, tests, count, NULL, NULL);
}

int main(void)
{
    int failures = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].open != open_live || sink_kafka_live_brokers() != NULL)
            failures += run(&kinds[i]);
    return failures;
}
