/* What every sink is given by its base: a made-up one that has no code for it counts, keeps its tables, and
 * takes nothing more once it has failed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "config/settings.h"
#include "sink/file/settings.h"
#include "sink/kafka/settings.h"
#include "sink/kind.h"
#include "sink_samples.h"

/* The call that fails; the others of its kind do not. */
typedef enum step { NONE, RECOVER, OPEN_TABLE, APPEND, COMMIT } step;

typedef struct made_up_sink {
    leat_sink base;
    step fails;
    unsigned calls; /* that reached it */
    unsigned *closed_tables;
    bool *closed;
} made_up_sink;

typedef struct made_up_table {
    leat_sink_table base;
    unsigned *closed;
} made_up_table;

static made_up_sink *made_up_of(leat_sink *sink)
{
    return (made_up_sink *)(void *)sink;
}

static leat_status take(leat_sink *sink, step which, leat_error *error)
{
    made_up_sink *made_up = made_up_of(sink);
    made_up->calls++;
    return made_up->fails == which ? leat_error_set(error, LEAT_RETRY, "as told") : LEAT_OK;
}

static leat_status recover(leat_sink *sink, leat_position *position, leat_error *error)
{
    leat_position_set(position, "0/1", NULL, 0);
    return take(sink, RECOVER, error);
}

static leat_status open_table(leat_sink *sink, leat_sink_table *table, leat_error *error)
{
    ((made_up_table *)(void *)table)->closed = made_up_of(sink)->closed_tables;
    return take(sink, OPEN_TABLE, error);
}

static void close_table(leat_sink_table *table)
{
    ++*((made_up_table *)(void *)table)->closed;
}

static leat_status append(leat_sink *sink, const leat_record *record, bool *full, leat_error *error)
{
    (void)record;
    *full = true;
    return take(sink, APPEND, error);
}

static leat_status commit(leat_sink *sink, const leat_position *position, leat_error *error)
{
    (void)position;
    return take(sink, COMMIT, error);
}

static void close_made_up(leat_sink *sink)
{
    *made_up_of(sink)->closed = true;
    leat_release(sink);
}

/* No more than it must have. */
static const leat_sink_ops made_up_ops = {
    .type = "made-up",
    .table_size = sizeof(made_up_table),
    .recover = recover,
    .open_table = open_table,
    .close_table = close_table,
    .append = append,
    .commit = commit,
    .close = close_made_up,
};

static leat_status open_made_up(const leat_sink_config *config, const leat_sink_lent *lent, leat_sink **sink,
                                leat_error *error)
{
    (void)config;
    (void)lent;
    (void)error;
    made_up_sink *made = leat_allocate(sizeof *made);
    made->base.ops = &made_up_ops;
    *sink = &made->base;
    return LEAT_OK;
}

static const leat_sink_kind made_up = {.type = "made-up", .open = open_made_up};

/* ---- The world of a test ---- */

typedef struct fixture {
    leat_sink *sink;
    leat_table_version *orders;
    leat_table_version *customers;
    unsigned closed_tables;
    bool closed;
    leat_position position;
    leat_error error;
} fixture;

static int set_up(void **context)
{
    fixture *world = leat_allocate(sizeof *world);
    assert_int_equal(made_up.open(NULL, NULL, &world->sink, &world->error), LEAT_OK);
    made_up_of(world->sink)->closed_tables = &world->closed_tables;
    made_up_of(world->sink)->closed = &world->closed;
    world->orders = sample_version("public", "orders", 3);
    world->customers = sample_version("public", "customers", 1);
    *context = world;
    return 0;
}

static int tear_down(void **context)
{
    fixture *world = *context;
    leat_sink_close(world->sink);
    sample_version_free(world->orders);
    sample_version_free(world->customers);
    leat_position_clear(&world->position);
    leat_release(world);
    return 0;
}

static leat_sink_table *open_one(fixture *world, const leat_table_version *version)
{
    leat_sink_table *table;
    assert_int_equal(leat_sink_open_table(world->sink, version, &table, &world->error), LEAT_OK);
    return table;
}

static leat_status try_append(fixture *world, leat_sink_table *table, const char *value, int64_t time)
{
    bool full = false;
    const leat_record record = {.table = table,
                                .operation = LEAT_CREATE,
                                .snapshot = time == 0,
                                .value = leat_slice_of_string(value),
                                .commit_time = time};
    return leat_sink_append(world->sink, &record, &full, &world->error);
}

static void append_one(fixture *world, leat_sink_table *table, const char *value, int64_t time)
{
    assert_int_equal(try_append(world, table, value, time), LEAT_OK);
}

/* ---- The cases ---- */

static void records_are_counted(void **context)
{
    fixture *world = *context;
    leat_sink_table *orders = open_one(world, world->orders);
    append_one(world, orders, "abc", 7);
    append_one(world, orders, "", 5);
    assert_int_equal(world->sink->counters.records, 2);
    assert_int_equal(world->sink->counters.bytes, 3);
    assert_int_equal(world->sink->records_since_commit, 2);
    assert_int_equal(leat_sink_commit(world->sink, &world->position, &world->error), LEAT_OK);
    assert_int_equal(world->sink->counters.records, 2);
    assert_int_equal(world->sink->records_since_commit, 0);
}

static void tables_with_records_are_noted_until_the_commit(void **context)
{
    fixture *world = *context;
    leat_sink_table *orders = open_one(world, world->orders);
    leat_sink_table *customers = open_one(world, world->customers);
    assert_string_equal(orders->name, "public.orders");
    assert_ptr_equal(orders->version, world->orders);
    assert_null(world->sink->noted);
    append_one(world, orders, "a", 0);
    append_one(world, orders, "b", 9);
    append_one(world, orders, "c", 8);
    assert_ptr_equal(world->sink->noted, orders);
    assert_null(orders->noted);
    assert_int_equal(orders->records, 3);
    assert_int_equal(orders->snapshot_records, 1);
    assert_int_equal(orders->last_change, 9);
    append_one(world, customers, "d", 1);
    assert_ptr_equal(world->sink->noted, customers);
    assert_ptr_equal(customers->noted, orders);
    assert_int_equal(leat_sink_commit(world->sink, &world->position, &world->error), LEAT_OK);
    assert_null(world->sink->noted);
    assert_int_equal(orders->records, 0);
    append_one(world, orders, "e", 2);
    assert_ptr_equal(world->sink->noted, orders);
    assert_null(orders->noted);
    assert_int_equal(orders->records, 1);
    assert_int_equal(orders->snapshot_records, 0);
}

/* Nothing gets through any more. */
static void expect_broken(fixture *world)
{
    unsigned calls = made_up_of(world->sink)->calls;
    leat_sink_table *table;
    assert_true(world->sink->broken);
    assert_int_equal(leat_sink_open_table(world->sink, world->customers, &table, &world->error), LEAT_FAILED);
    assert_int_equal(leat_sink_commit(world->sink, &world->position, &world->error), LEAT_FAILED);
    assert_int_equal(leat_sink_recover(world->sink, &world->position, &world->error), LEAT_FAILED);
    assert_string_equal(
        world->error.message,
        "the made-up sink failed before and must be opened again to find out where it stands");
    assert_int_equal(made_up_of(world->sink)->calls, calls);
}

static void a_recover_that_fails_breaks(void **context)
{
    fixture *world = *context;
    made_up_of(world->sink)->fails = RECOVER;
    assert_int_equal(leat_sink_recover(world->sink, &world->position, &world->error), LEAT_RETRY);
    expect_broken(world);
}

static void a_table_that_fails_breaks_and_is_freed(void **context)
{
    fixture *world = *context;
    leat_sink_table *table = NULL;
    made_up_of(world->sink)->fails = OPEN_TABLE;
    assert_int_equal(leat_sink_open_table(world->sink, world->orders, &table, &world->error), LEAT_RETRY);
    assert_null(table);
    assert_int_equal(world->closed_tables, 1);
    assert_int_equal(world->sink->table_count, 0);
    expect_broken(world);
}

static void a_record_that_fails_breaks_and_is_not_counted(void **context)
{
    fixture *world = *context;
    leat_sink_table *orders = open_one(world, world->orders);
    append_one(world, orders, "a", 1);
    made_up_of(world->sink)->fails = APPEND;
    assert_int_equal(try_append(world, orders, "b", 2), LEAT_RETRY);
    assert_int_equal(world->sink->counters.records, 1);
    assert_int_equal(orders->records, 1);
    assert_int_equal(try_append(world, orders, "c", 3), LEAT_FAILED);
    expect_broken(world);
}

static void a_commit_that_fails_breaks_and_keeps_the_counts(void **context)
{
    fixture *world = *context;
    leat_sink_table *orders = open_one(world, world->orders);
    append_one(world, orders, "a", 1);
    made_up_of(world->sink)->fails = COMMIT;
    assert_int_equal(leat_sink_commit(world->sink, &world->position, &world->error), LEAT_RETRY);
    assert_int_equal(orders->records, 1);
    assert_int_equal(world->sink->records_since_commit, 1);
    expect_broken(world);
}

static void what_it_does_not_have_is_not_called(void **context)
{
    fixture *world = *context;
    const leat_boundary boundary = {.end = true};
    assert_false(leat_sink_due(world->sink, 1));
    leat_sink_finish(world->sink);
    assert_int_equal(leat_sink_boundary(world->sink, &boundary, &world->error), LEAT_OK);
    assert_int_equal(made_up_of(world->sink)->calls, 0);
    leat_sink_close(NULL);
}

static void close_frees_every_table(void **context)
{
    fixture *world = *context;
    enum { MANY = 40 };
    for (int i = 0; i < MANY; i++)
        (void)open_one(world, i % 2 == 0 ? world->orders : world->customers);
    leat_sink_close(world->sink);
    world->sink = NULL;
    assert_int_equal(world->closed_tables, MANY);
    assert_true(world->closed);
}

/* ---- The list of kinds ---- */

static void the_words_of_the_setting_are_the_kinds(void **context)
{
    (void)context;
    leat_setting_table table;
    leat_setting_table_open(&table);
    const leat_setting *setting = &table.entries[leat_setting_find(&table, "sink.type")].setting;
    assert_int_equal(setting->choice_count, leat_sink_count);
    for (size_t i = 0; i < leat_sink_count; i++) {
        assert_string_equal(setting->choices[i].name, leat_sinks[i]->type);
        assert_ptr_equal(leat_sink_kind_find(leat_sinks[i]->type), leat_sinks[i]);
    }
    assert_null(leat_sink_kind_find("made-up"));
    leat_setting_table_close(&table);
}

static void each_kind_says_what_and_where_it_is(void **context)
{
    (void)context;
    static const leat_file_settings file = {.path = "/lake"};
    static const leat_kafka_settings kafka = {.brokers = "broker:9092"};
    static const struct {
        const char *type;
        const void *settings;
        const char *identity;
        const char *address;
        const char *place;
    } expected[] = {
        {"file", &file, "file", "/lake", "/lake"},
        {"kafka", &kafka, "kafka with the prefix shop", "broker:9092", "Kafka at broker:9092, topics shop.…"},
        {"stdout", NULL, "stdout", "standard output", "standard output"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const leat_sink_config config = {.kind = leat_sink_kind_find(expected[i].type),
                                         .settings = expected[i].settings,
                                         .prefix = "shop"};
        leat_buffer text = {0};
        leat_sink_identity(&config, &text);
        assert_string_equal(leat_buffer_string(&text), expected[i].identity);
        leat_buffer_reset(&text);
        leat_sink_place(&config, &text);
        assert_string_equal(leat_buffer_string(&text), expected[i].place);
        assert_string_equal(config.kind->address(&config), expected[i].address);
        leat_buffer_free(&text);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(records_are_counted),
        TEST(tables_with_records_are_noted_until_the_commit),
        TEST(a_recover_that_fails_breaks),
        TEST(a_table_that_fails_breaks_and_is_freed),
        TEST(a_record_that_fails_breaks_and_is_not_counted),
        TEST(a_commit_that_fails_breaks_and_keeps_the_counts),
        TEST(what_it_does_not_have_is_not_called),
        TEST(close_frees_every_table),
        cmocka_unit_test(the_words_of_the_setting_are_the_kinds),
        cmocka_unit_test(each_kind_says_what_and_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
