/* Topics: names, whose they are, and what is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kafka_brokers.h"
#include "kafka_mock_admin.h"
#include "sink/kafka/client.h"
#include "sink/kafka/topics.h"

/* ---- Names ---- */

typedef struct named {
    const char *database;
    const char *schema;
    const char *table;
    const char *topic;
} named;

static void names_are_safe_and_readable(void **context)
{
    (void)context;
    static const named expected[] = {
        {"app", "public", "orders", "shop.public.orders"},
        {"app", NULL, "orders", "shop.app.orders"},
        {"app", "public", "Order Items", "shop.public.Order_Items"},
        {"app", "public", "a-b_c.d", "shop.public.a-b_c.d"},
        {"app",
         "gr\xc3\xbc\xc3\x9f"
         "e",
         "\xe2\x82\xac/$", "shop.gr__e.___"}, /* a character is one '_' */
        {"app", "public", "\t\x7f:", "shop.public.___"},
        {"app", "a.b", "c\"\"d\"", "shop.a.b.c__d_"},
    };
    leat_sink_kafka_options options = {.prefix = "shop"};
    leat_arena arena = {0};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        leat_table table = {
            .database = expected[i].database, .schema = expected[i].schema, .name = expected[i].table};
        const char *topic;
        leat_error error;
        assert_int_equal(leat_kafka_topic_of_table(&options, &table, &arena, &topic, &error), LEAT_OK);
        assert_string_equal(topic, expected[i].topic);
        const char *full_name = leat_table_full_name(&table, &arena);
        assert_int_equal(leat_kafka_topic_of_name(&options, full_name, &arena, &topic, &error), LEAT_OK);
        assert_string_equal(topic, expected[i].topic);
    }
    assert_string_equal(leat_kafka_own_topic(&options, "schemas", &arena), "shop.schemas");
    leat_arena_free(&arena);
}

static void a_name_longer_than_kafka_allows(void **context)
{
    (void)context;
    char name[249 - sizeof "shop.public." + 2 + 1];
    leat_sink_kafka_options options = {.prefix = "shop"};
    leat_table table = {.database = "app", .schema = "public", .name = name};
    leat_arena arena = {0};
    const char *topic;
    leat_error error;
    memset(name, 'x', sizeof name);
    name[sizeof name - 2] = '\0';
    assert_int_equal(leat_kafka_topic_of_table(&options, &table, &arena, &topic, &error), LEAT_OK);
    assert_int_equal(strlen(topic), 249);
    name[sizeof name - 2] = 'x';
    name[sizeof name - 1] = '\0';
    assert_int_equal(leat_kafka_topic_of_table(&options, &table, &arena, &topic, &error), LEAT_USAGE);
    leat_arena_free(&arena);
}

static void two_tables_never_share_a_topic(void **context)
{
    (void)context;
    leat_kafka_topic_claims claims = {0};
    leat_error error;
    char topic[16];
    for (int i = 0; i < 100; i++) {
        snprintf(topic, sizeof topic, "shop.a.t%d", i);
        assert_int_equal(leat_kafka_topic_claim(&claims, topic, topic + 5, &error), LEAT_OK);
    }
    assert_int_equal(leat_kafka_topic_claim(&claims, "shop.a.b_c", "a.\"b c\"", &error), LEAT_OK);
    assert_int_equal(leat_kafka_topic_claim(&claims, "shop.a.b_c", "a.\"b c\"", &error), LEAT_OK);
    assert_int_equal(leat_kafka_topic_claim(&claims, "shop.a.b_c", "a.b_c", &error), LEAT_OPERATOR);
    assert_non_null(strstr(error.message, "a.b_c"));
    assert_non_null(strstr(error.message, "a.\"b c\""));
    leat_kafka_topic_claims_free(&claims);
    leat_kafka_topic_claims_free(&claims);
}

/* ---- On brokers ---- */

typedef struct fixture {
    kafka_brokers brokers;
    rd_kafka_t *client;
    leat_error error;
} fixture;

static int start(void **context)
{
    fixture *test = leat_allocate(sizeof *test);
    kafka_brokers_start(&test->brokers, 3);
    kafka_brokers_property(&test->brokers, "socket.timeout.ms", "2000");
    assert_int_equal(leat_kafka_client_open(&test->brokers.options, LEAT_KAFKA_IDEMPOTENT_PRODUCER, NULL,
                                            NULL, &test->client, &test->error),
                     LEAT_OK);
    *context = test;
    return 0;
}

static int stop(void **context)
{
    fixture *test = *context;
    leat_kafka_client_close(test->client);
    kafka_brokers_stop(&test->brokers);
    leat_release(test);
    return 0;
}

static void create(const fixture *test, const char *name, int partitions)
{
    assert_int_equal(rd_kafka_mock_topic_create(test->brokers.cluster, name, partitions, 2), 0);
}

static leat_status ensure(fixture *test, leat_kafka_topic_wish *wishes, size_t count)
{
    return leat_kafka_topics_ensure(&test->brokers.options, test->client, wishes, count, &test->error);
}

/* These brokers cannot tell of settings, as where we have no right to read them. */
static void what_is_there_is_seen_without_its_settings(void **context)
{
    fixture *test = *context;
    const char *const names[] = {"shop.a.t", "shop.a.u"};
    leat_kafka_topic_facts facts[2];
    create(test, "shop.a.u", 2);
    assert_int_equal(
        leat_kafka_topics_look(&test->brokers.options, test->client, names, 2, facts, &test->error), LEAT_OK);
    assert_false(facts[0].exists);
    assert_true(facts[1].exists);
    assert_false(facts[1].described);
    /* Looking has made nothing, though these brokers make every topic that is asked for by name. */
    assert_int_equal(
        leat_kafka_topics_look(&test->brokers.options, test->client, names, 2, facts, &test->error), LEAT_OK);
    assert_false(facts[0].exists);
}

static void what_is_there_is_enough(void **context)
{
    fixture *test = *context;
    leat_kafka_topic_wish wishes[] = {{.name = "shop.a.t"}, {.name = "shop.leat-positions", .own = true}};
    create(test, "shop.a.t", 3);
    create(test, "shop.leat-positions", 1);
    assert_int_equal(ensure(test, wishes, 2), LEAT_OK);
    assert_int_equal(wishes[0].partition_count, 3);
    assert_int_equal(wishes[1].partition_count, 1);
}

static void missing_topics_are_named_where_none_are_made(void **context)
{
    fixture *test = *context;
    leat_kafka_topic_wish wishes[] = {{.name = "shop.a.t"}, {.name = "shop.a.u"}, {.name = "shop.a.v"}};
    create(test, "shop.a.u", 3);
    assert_int_equal(ensure(test, wishes, 3), LEAT_OPERATOR);
    assert_non_null(strstr(test->error.message, "shop.a.t, shop.a.v"));
    assert_null(strstr(test->error.message, "shop.a.u"));
}

static void brokers_that_cannot_make_topics(void **context)
{
    fixture *test = *context;
    leat_kafka_topic_wish wish = {.name = "shop.a.t"};
    test->brokers.options.manage = true;
    assert_int_equal(ensure(test, &wish, 1), LEAT_FAILED);
    assert_non_null(strstr(test->error.message, "cannot make"));
}

static void a_number_of_partitions_that_cannot_be(void **context)
{
    fixture *test = *context;
    leat_kafka_topic_wish wish = {.name = "shop.a.t", .partitions = 100001};
    const leat_kafka_topic_wish *const wishes[] = {&wish};
    assert_int_equal(
        leat_kafka_topics_create(&test->brokers.options, test->client, wishes, 1, true, &test->error),
        LEAT_USAGE);
    assert_non_null(strstr(test->error.message, "100001"));
}

static void our_own_topic_with_more_than_one_partition(void **context)
{
    fixture *test = *context;
    leat_kafka_topic_wish wish = {.name = "shop.leat-positions", .own = true};
    create(test, "shop.leat-positions", 2);
    assert_int_equal(ensure(test, &wish, 1), LEAT_OPERATOR);
    assert_non_null(strstr(test->error.message, "2 partitions"));
}

static void a_partition_without_a_leader_is_waited_for_in_vain(void **context)
{
    fixture *test = *context;
    leat_kafka_topic_wish wish = {.name = "shop.a.t"};
    create(test, "shop.a.t", 2);
    rd_kafka_mock_partition_set_leader(test->brokers.cluster, "shop.a.t", 1, -1);
    assert_int_equal(ensure(test, &wish, 1), LEAT_RETRY);
    assert_non_null(strstr(test->error.message, "shop.a.t"));
}

static void a_topic_that_is_not_ours_to_use(void **context)
{
    fixture *test = *context;
    leat_kafka_topic_wish wish = {.name = "shop.a.t"};
    create(test, "shop.a.t", 2);
    rd_kafka_mock_topic_set_error(test->brokers.cluster, "shop.a.t",
                                  RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    assert_int_equal(ensure(test, &wish, 1), LEAT_OPERATOR);
    assert_non_null(strstr(test->error.message, "shop.a.t"));
}

static void brokers_that_are_away(void **context)
{
    fixture *test = *context;
    leat_kafka_topic_wish wish = {.name = "shop.a.t"};
    rd_kafka_mock_broker_set_down(test->brokers.cluster, -1);
    assert_int_equal(ensure(test, &wish, 1), LEAT_RETRY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_safe_and_readable),
        cmocka_unit_test(a_name_longer_than_kafka_allows),
        cmocka_unit_test(two_tables_never_share_a_topic),
        cmocka_unit_test_setup_teardown(what_is_there_is_seen_without_its_settings, start, stop),
        cmocka_unit_test_setup_teardown(what_is_there_is_enough, start, stop),
        cmocka_unit_test_setup_teardown(missing_topics_are_named_where_none_are_made, start, stop),
        cmocka_unit_test_setup_teardown(brokers_that_cannot_make_topics, start, stop),
        cmocka_unit_test_setup_teardown(a_number_of_partitions_that_cannot_be, start, stop),
        cmocka_unit_test_setup_teardown(our_own_topic_with_more_than_one_partition, start, stop),
        cmocka_unit_test_setup_teardown(a_partition_without_a_leader_is_waited_for_in_vain, start, stop),
        cmocka_unit_test_setup_teardown(a_topic_that_is_not_ours_to_use, start, stop),
        cmocka_unit_test_setup_teardown(brokers_that_are_away, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
