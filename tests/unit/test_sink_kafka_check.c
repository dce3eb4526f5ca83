/* What a check finds of Kafka and the registry, on a mock cluster, which neither tells settings nor makes
 * topics; the suite of servers has the rest. */
#include "sink_stream.h"

static const leat_finding *find(const leat_findings *findings, const char *code)
{
    for (size_t i = 0; i < findings->count; i++)
        if (strcmp(findings->items[i].code, code) == 0)
            return &findings->items[i];
    return NULL;
}

static void check(stream *test, const char *const *tables, size_t count, leat_findings *findings)
{
    stream_expect_ok(test, leat_sink_kafka_check(&test->options, tables, count, findings, &test->error));
}

static void expect(const leat_findings *findings, const char *code, leat_finding_level level,
                   const char *object, const char *said)
{
    const leat_finding *found = find(findings, code);
    assert_non_null(found);
    assert_int_equal(found->level, level);
    assert_string_equal(found->object, object);
    assert_non_null(strstr(found->message, said));
    assert_true(level == LEAT_FINDING_FINE || found->mend != NULL);
}

static void what_is_there_is_fine(void **context)
{
    stream *test = *context;
    leat_findings findings = {0};
    static const char *const tables[] = {"public.orders", "public.\"a.b\""};
    kafka_mock_topic(&test->mock, "shop.public.orders", 4);
    kafka_mock_topic(&test->mock, "shop.public.a.b", 4);
    check(test, tables, 2, &findings);
    assert_int_equal(leat_findings_count(&findings, LEAT_FINDING_ERROR), 0);
    expect(&findings, "kafka_connection", LEAT_FINDING_FINE, "kafka", "1 broker");
    expect(&findings, "topics", LEAT_FINDING_FINE, "kafka", "5 of the topics");
    expect(&findings, "topic_settings_unread", LEAT_FINDING_WARNING, "kafka", "5 topics");
    expect(&findings, "kafka_transactions", LEAT_FINDING_FINE, "kafka", "allowed");
    expect(&findings, "registry", LEAT_FINDING_FINE, "registry", "shop.schemas");
    leat_findings_free(&findings);
}

static void topics_that_are_missing_are_named_where_leat_makes_none(void **context)
{
    stream *test = *context;
    leat_findings findings = {0};
    static const char *const tables[] = {"public.orders"};
    check(test, tables, 1, &findings);
    expect(&findings, "topic_missing", LEAT_FINDING_ERROR, "topic shop.public.orders", "not there");
    leat_findings_free(&findings);
}

static void two_tables_of_one_topic_are_an_error(void **context)
{
    stream *test = *context;
    leat_findings findings = {0};
    static const char *const tables[] = {"public.a_b", "public.a b"};
    kafka_mock_topic(&test->mock, "shop.public.a_b", 4);
    check(test, tables, 2, &findings);
    expect(&findings, "topic_name", LEAT_FINDING_ERROR, "table public.a b", "public.a_b");
    leat_findings_free(&findings);
}

/* A broker holds them for the same and makes the first only. */
static void two_topics_that_kafka_cannot_tell_apart_are_an_error(void **context)
{
    stream *test = *context;
    leat_findings findings = {0};
    static const char *const tables[] = {"a.b_c", "a_b.c"};
    kafka_mock_topic(&test->mock, "shop.a.b_c", 4);
    check(test, tables, 2, &findings);
    expect(&findings, "topic_name", LEAT_FINDING_ERROR, "topic shop.a_b.c", "shop.a.b_c");
    leat_findings_free(&findings);
}

static void brokers_that_are_away_are_a_finding_and_the_registry_is_asked_all_the_same(void **context)
{
    stream *test = *context;
    leat_findings findings = {0};
    static const leat_kafka_property brief[] = {{"socket.timeout.ms", "1000"}};
    test->options.brokers = "127.0.0.1:1";
    test->options.properties = brief;
    test->options.property_count = 1;
    check(test, NULL, 0, &findings);
    expect(&findings, "kafka_connection", LEAT_FINDING_ERROR, "kafka", "127.0.0.1:1");
    expect(&findings, "registry", LEAT_FINDING_FINE, "registry", "none");
    assert_null(find(&findings, "topics"));
    leat_findings_free(&findings);
}

/* ---- The registry ---- */

static fake_http_answer lenient(fake_http *server, const char *request, const char *body)
{
    (void)server;
    (void)body;
    bool config = strncmp(request, "GET /config ", 12) == 0;
    return (fake_http_answer){.code = config ? 200 : 404, .body = "{\"compatibilityLevel\":\"NONE\"}"};
}

static fake_http_answer strict(fake_http *server, const char *request, const char *body)
{
    (void)server;
    (void)request;
    (void)body;
    return (fake_http_answer){.code = 200, .body = "{\"compatibilityLevel\":\"FULL_TRANSITIVE\"}"};
}

static fake_http_answer closed(fake_http *server, const char *request, const char *body)
{
    (void)server;
    (void)request;
    (void)body;
    return (fake_http_answer){.code = 401, .body = "{\"error_code\":401,\"message\":\"Unauthorized\"}"};
}

static void the_registrys_rules_are_told(void **context)
{
    stream *test = *context;
    static const struct {
        fake_http_answer (*handler)(fake_http *, const char *, const char *);
        const char *code;
        leat_finding_level level;
        const char *said;
    } expected[] = {
        {lenient, "registry_compatibility", LEAT_FINDING_WARNING, "NONE"},
        {strict, "registry_compatibility", LEAT_FINDING_FINE, "FULL_TRANSITIVE"},
        {closed, "registry", LEAT_FINDING_ERROR, "127.0.0.1"},
    };
    stream_with_registry(test);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        leat_findings findings = {0};
        test->server.handler = expected[i].handler;
        check(test, NULL, 0, &findings);
        expect(&findings, expected[i].code, expected[i].level, "registry", expected[i].said);
        leat_findings_free(&findings);
    }
}

static void a_running_pipeline_is_not_shut_out(void **context)
{
    stream *test = *context;
    leat_findings findings = {0};
    leat_table_version *version = stream_version(test, "orders", 1, true);
    stream_open(test);
    const leat_record record = stream_record(stream_table(test, version), LEAT_CREATE, "k", "v");
    stream_append(test, &record);
    check(test, NULL, 0, &findings);
    expect(&findings, "kafka_transactions", LEAT_FINDING_FINE, "kafka", "allowed");
    stream_append(test, &record);
    stream_commit(test, "0/1");
    leat_findings_free(&findings);
    stream_version_free(version);
}

static void settings_that_a_run_would_refuse_are_mistakes(void **context)
{
    stream *test = *context;
    leat_findings findings = {0};
    static const leat_kafka_property bad[] = {{"enable.idempotence", "false"}};
    test->options.properties = bad;
    test->options.property_count = 1;
    assert_int_equal(leat_sink_kafka_check(&test->options, NULL, 0, &findings, &test->error), LEAT_USAGE);
    leat_findings_free(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(what_is_there_is_fine),
        STREAM_TEST(topics_that_are_missing_are_named_where_leat_makes_none),
        STREAM_TEST(two_tables_of_one_topic_are_an_error),
        STREAM_TEST(two_topics_that_kafka_cannot_tell_apart_are_an_error),
        STREAM_TEST(brokers_that_are_away_are_a_finding_and_the_registry_is_asked_all_the_same),
        STREAM_TEST(the_registrys_rules_are_told),
        STREAM_TEST(a_running_pipeline_is_not_shut_out),
        STREAM_TEST(settings_that_a_run_would_refuse_are_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
