/* Triggers: who is told of which versions, and when; what a sink's readers get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "temporary_folder.h"
#include "trigger/announce.h"
#include "trigger/event.h"

#define VALUE_SCHEMA "{\"type\":\"record\",\"name\":\"Value\",\"fields\":[]}"

/* A subscriber that writes down what it is told: "public.orders 2<1 price:retyped; ". */
typedef struct listener {
    leat_subscriber subscriber;
    leat_buffer heard;
    bool fails;
} listener;

static leat_status listen(void *context, const leat_schema_change *change, leat_error *error)
{
    listener *by = context;
    if (by->fails)
        return leat_error_set(error, LEAT_RETRY, "nobody is there");
    leat_buffer_printf(&by->heard, "%s %u<%u", change->version.table, change->version.number,
                       change->has_previous ? change->previous.number : 0);
    for (size_t i = 0; i < change->change_count; i++)
        leat_buffer_printf(&by->heard, " %s:%s", change->changes[i].column,
                           leat_change_kind_name(change->changes[i].kind));
    leat_buffer_append_string(&by->heard, "; ");
    return LEAT_OK;
}

typedef struct fixture {
    temporary_folder folder;
    char path[TEMPORARY_PATH_SIZE];
    leat_state *state;
    leat_trigger *trigger;
    listener first;
    listener second;
    leat_error error;
} fixture;

static void open_listener(listener *by)
{
    *by = (listener){.subscriber = {.context = by, .schema_change = listen}};
}

static void open_all(fixture *test)
{
    assert_int_equal(leat_state_open(test->path, "shop", false, &test->state, &test->error), LEAT_OK);
    test->trigger = leat_trigger_open(test->state);
    open_listener(&test->first);
    open_listener(&test->second);
    leat_trigger_subscribe(test->trigger, &test->first.subscriber);
}

/* Without a commit this is what a crash leaves. */
static void close_all(fixture *test)
{
    leat_buffer_free(&test->first.heard);
    leat_buffer_free(&test->second.heard);
    leat_trigger_close(test->trigger);
    leat_state_close(test->state);
}

static void reopen_all(fixture *test)
{
    close_all(test);
    open_all(test);
}

static int set_up(void **context)
{
    fixture *test = leat_allocate(sizeof *test);
    temporary_folder_make(&test->folder);
    temporary_path(&test->folder, "leat.db", test->path);
    open_all(test);
    *context = test;
    return 0;
}

static int tear_down(void **context)
{
    fixture *test = *context;
    close_all(test);
    temporary_folder_remove(&test->folder);
    leat_release(test);
    return 0;
}

/* The history has a version of public.orders, whose one column is of this type. */
static void put_version(fixture *test, unsigned number, const char *type)
{
    leat_buffer definition = {0};
    leat_buffer_printf(
        &definition,
        "{\"columns\":[{\"name\":\"price\",\"field\":\"price\",\"attribute\":1,\"avro\":\"%s\","
        "\"leat.type\":\"%s\"}],\"table\":\"orders\"}",
        type, type);
    const leat_state_version version = {
        .table = "public.orders",
        .number = number,
        .fingerprint = "f00d",
        .position = "0/20+tx@3",
        .seen_at = INT64_C(1773129600000000),
        .value_schema = VALUE_SCHEMA,
        .definition = leat_buffer_string(&definition),
    };
    assert_int_equal(leat_state_version_put(test->state, &version, &test->error), LEAT_OK);
    leat_buffer_free(&definition);
}

static void tell(fixture *test, unsigned number)
{
    assert_int_equal(leat_trigger_version(test->trigger, "public.orders", number, &test->error), LEAT_OK);
}

static void settle(fixture *test, bool expect_any)
{
    bool any;
    assert_int_equal(leat_trigger_settle(test->trigger, &any, &test->error), LEAT_OK);
    assert_int_equal(any, expect_any);
}

static void commit(fixture *test)
{
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
}

static void expect_heard(listener *by, const char *expected)
{
    assert_string_equal(leat_buffer_string(&by->heard), expected);
}

/* ---- Who is told, and when ---- */

static void a_first_version_has_none_before(void **context)
{
    fixture *test = *context;
    put_version(test, 1, "integer");
    tell(test, 1);
    expect_heard(&test->first, "public.orders 1<0; ");
}

static void a_later_version_comes_with_what_it_changes(void **context)
{
    fixture *test = *context;
    put_version(test, 1, "integer");
    put_version(test, 2, "bigint");
    tell(test, 2);
    expect_heard(&test->first, "public.orders 2<1 price:retyped; ");
}

static void a_version_that_was_told_of_is_not_told_again(void **context)
{
    fixture *test = *context;
    put_version(test, 1, "integer");
    tell(test, 1);
    settle(test, true);
    commit(test);
    settle(test, false);
    tell(test, 1);
    expect_heard(&test->first, "public.orders 1<0; ");
    reopen_all(test);
    tell(test, 1);
    expect_heard(&test->first, "");
    put_version(test, 2, "bigint");
    tell(test, 2);
    expect_heard(&test->first, "public.orders 2<1 price:retyped; ");
}

/* The version was recorded, and durable; that somebody was told of it was not. */
static void a_crash_before_it_counts_as_told_tells_again(void **context)
{
    fixture *test = *context;
    put_version(test, 1, "integer");
    commit(test);
    tell(test, 1);
    reopen_all(test);
    tell(test, 1);
    expect_heard(&test->first, "public.orders 1<0; ");
    settle(test, true);
    reopen_all(test); /* settled, but its unit of work was not committed */
    tell(test, 1);
    expect_heard(&test->first, "public.orders 1<0; ");
}

static void all_subscribers_are_told(void **context)
{
    fixture *test = *context;
    leat_trigger_subscribe(test->trigger, &test->second.subscriber);
    put_version(test, 1, "integer");
    tell(test, 1);
    expect_heard(&test->first, "public.orders 1<0; ");
    expect_heard(&test->second, "public.orders 1<0; ");
}

static void a_subscriber_that_fails_ends_it_and_the_table_is_named(void **context)
{
    fixture *test = *context;
    leat_trigger_subscribe(test->trigger, &test->second.subscriber);
    put_version(test, 1, "integer");
    commit(test);
    test->first.fails = true;
    assert_int_equal(leat_trigger_version(test->trigger, "public.orders", 1, &test->error), LEAT_RETRY);
    assert_string_equal(test->error.message, "table public.orders: nobody is there");
    expect_heard(&test->second, "");
    reopen_all(test);
    tell(test, 1);
    expect_heard(&test->first, "public.orders 1<0; ");
}

/* Else whoever subscribes later would not be told of what stands in the history already. */
static void where_nobody_listens_nothing_counts_as_told(void **context)
{
    fixture *test = *context;
    leat_trigger *alone = leat_trigger_open(test->state);
    bool any;
    put_version(test, 1, "integer");
    assert_int_equal(leat_trigger_version(alone, "public.orders", 1, &test->error), LEAT_OK);
    assert_int_equal(leat_trigger_settle(alone, &any, &test->error), LEAT_OK);
    assert_false(any);
    leat_trigger_close(alone);
    tell(test, 1);
    expect_heard(&test->first, "public.orders 1<0; ");
}

static void a_version_that_the_history_does_not_have_is_passed_over(void **context)
{
    fixture *test = *context;
    put_version(test, 1, "integer");
    tell(test, 2);
    expect_heard(&test->first, "");
    settle(test, false);
}

static void a_definition_that_cannot_be_read_is_an_error(void **context)
{
    fixture *test = *context;
    put_version(test, 1, "\"");
    put_version(test, 2, "integer");
    assert_int_equal(leat_trigger_version(test->trigger, "public.orders", 2, &test->error), LEAT_FAILED);
    assert_non_null(strstr(test->error.message, "public.orders"));
}

/* ---- The sink as a subscriber ---- */

typedef struct fake_sink {
    leat_sink base;
    leat_buffer told;
    bool fails;
} fake_sink;

static leat_status fake_announce(leat_sink *base, const leat_announcement *announcement, leat_error *error)
{
    fake_sink *sink = (fake_sink *)(void *)base;
    if (sink->fails)
        return leat_error_set(error, LEAT_RETRY, "no broker");
    leat_buffer_printf(&sink->told, "%s %s", announcement->table, announcement->event);
    return LEAT_OK;
}

static const leat_sink_ops announcing_ops = {.type = "fake", .announce = fake_announce};
static const leat_sink_ops silent_ops = {.type = "fake"};

static leat_status announce_to(fixture *test, fake_sink *sink, unsigned number)
{
    leat_announcer announcer;
    leat_trigger *trigger = leat_trigger_open(test->state);
    leat_announcer_subscribe(&announcer, trigger, &sink->base, "shop-to-kafka");
    leat_status status = leat_trigger_version(trigger, "public.orders", number, &test->error);
    leat_trigger_close(trigger);
    return status;
}

/* Every byte: readers have this topic. */
static void readers_get_the_event_of_a_change(void **context)
{
    fixture *test = *context;
    fake_sink sink = {.base = {.ops = &announcing_ops}};
    put_version(test, 1, "integer");
    put_version(test, 2, "bigint");
    assert_int_equal(announce_to(test, &sink, 1), LEAT_OK);
    assert_string_equal(
        leat_buffer_string(&sink.told),
        "public.orders {\"pipeline\":\"shop-to-kafka\",\"table\":\"public.orders\",\"from_version\":null,"
        "\"to_version\":1,\"position\":\"0/20+tx@3\",\"ts\":\"2026-03-10T08:00:00.000000Z\",\"ddl\":null,"
        "\"by\":null,\"changes\":[],\"compatibility\":null,\"fingerprint\":\"f00d\",\"schema\":" VALUE_SCHEMA
        ",\"held\":false}");
    leat_buffer_reset(&sink.told);
    assert_int_equal(announce_to(test, &sink, 2), LEAT_OK);
    assert_string_equal(
        leat_buffer_string(&sink.told),
        "public.orders {\"pipeline\":\"shop-to-kafka\",\"table\":\"public.orders\",\"from_version\":1,"
        "\"to_version\":2,\"position\":\"0/20+tx@3\",\"ts\":\"2026-03-10T08:00:00.000000Z\",\"ddl\":null,"
        "\"by\":null,\"changes\":[{\"change\":\"retyped\",\"column\":\"price\",\"from\":\"integer\","
        "\"to\":\"bigint\"}],\"compatibility\":null,\"fingerprint\":\"f00d\",\"schema\":" VALUE_SCHEMA
        ",\"held\":false}");
    leat_buffer_free(&sink.told);
}

static void a_sink_that_tells_nobody_is_no_subscriber(void **context)
{
    fixture *test = *context;
    fake_sink sink = {.base = {.ops = &silent_ops}};
    put_version(test, 1, "integer");
    assert_int_equal(announce_to(test, &sink, 1), LEAT_OK);
    assert_false(leat_sink_announces(&sink.base));
    const leat_announcement news = {.table = "public.orders", .event = "{}"};
    assert_int_equal(leat_sink_announce(&sink.base, &news, &test->error), LEAT_OK);
    tell(test, 1);
    expect_heard(&test->first, "public.orders 1<0; ");
}

static void a_sink_that_cannot_announce_is_broken(void **context)
{
    fixture *test = *context;
    fake_sink sink = {.base = {.ops = &announcing_ops}, .fails = true};
    put_version(test, 1, "integer");
    assert_int_equal(announce_to(test, &sink, 1), LEAT_RETRY);
    assert_string_equal(test->error.message, "table public.orders: no broker");
    assert_true(sink.base.broken);
    assert_int_equal(announce_to(test, &sink, 1), LEAT_FAILED);
}

#define TRIGGER_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRIGGER_TEST(a_first_version_has_none_before),
        TRIGGER_TEST(a_later_version_comes_with_what_it_changes),
        TRIGGER_TEST(a_version_that_was_told_of_is_not_told_again),
        TRIGGER_TEST(a_crash_before_it_counts_as_told_tells_again),
        TRIGGER_TEST(all_subscribers_are_told),
        TRIGGER_TEST(a_subscriber_that_fails_ends_it_and_the_table_is_named),
        TRIGGER_TEST(where_nobody_listens_nothing_counts_as_told),
        TRIGGER_TEST(a_version_that_the_history_does_not_have_is_passed_over),
        TRIGGER_TEST(a_definition_that_cannot_be_read_is_an_error),
        TRIGGER_TEST(readers_get_the_event_of_a_change),
        TRIGGER_TEST(a_sink_that_tells_nobody_is_no_subscriber),
        TRIGGER_TEST(a_sink_that_cannot_announce_is_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
