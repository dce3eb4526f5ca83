/* The schema registry's client, against a server of the test's own. The answers are those of Confluent's
 * registry (its API reference) and of Apicurio 2.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "fake_http.h"
#include "registry/registry.h"

#define SCHEMA "{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}"

typedef struct fixture {
    fake_http server;
    char url[128];
    leat_registry_options options;
    leat_registry *registry;
    leat_error error;
} fixture;

static int set_up(void **context)
{
    fixture *test = leat_allocate(sizeof *test);
    setenv("no_proxy", "127.0.0.1", 1);
    test->options = (leat_registry_options){.timeout = 5000000};
    *context = test;
    return 0;
}

static int tear_down(void **context)
{
    fixture *test = *context;
    leat_registry_close(test->registry);
    if (test->server.port != 0) {
        fake_http_stop(&test->server);
        fake_http_free(&test->server);
    }
    leat_release(test);
    return 0;
}

/* Starts a server that answers so, and a registry that asks it. `authority` stands before host and port. */
static void start(fixture *test, const char *authority, const char *path, const fake_http_answer *answers)
{
    test->server.answers = answers;
    fake_http_start(&test->server);
    snprintf(test->url, sizeof test->url, "http://%s127.0.0.1:%u%s", authority, test->server.port, path);
    test->options.url = test->url;
    assert_int_equal(leat_registry_open(&test->options, &test->registry, &test->error), LEAT_OK);
}

static leat_status register_one(fixture *test, uint32_t *identifier)
{
    return leat_registry_register(test->registry, "shop.public.orders-value", SCHEMA, identifier,
                                  &test->error);
}

static void expect_heard(fixture *test, const char *text)
{
    char *heard = fake_http_heard(&test->server);
    if (strstr(heard, text) == NULL)
        fail_msg("not in what was asked: %s\n%s", text, heard);
    leat_release(heard);
}

static void expect_unheard(fixture *test, const char *text)
{
    char *heard = fake_http_heard(&test->server);
    if (strstr(heard, text) != NULL)
        fail_msg("in what was asked: %s\n%s", text, heard);
    leat_release(heard);
}

/* ---- */

static void registering_asks_as_the_api_says(void **context)
{
    fixture *test = *context;
    static const fake_http_answer answers[] = {{.code = 200, .body = "{\"id\":4294967295}"}, {0}};
    uint32_t identifier = 0;
    start(test, "", "/apis/ccompat/v7/", answers);
    assert_int_equal(register_one(test, &identifier), LEAT_OK);
    assert_true(identifier == UINT32_MAX);
    expect_heard(test, "POST /apis/ccompat/v7/subjects/shop.public.orders-value/versions HTTP/1.1\r\n");
    expect_heard(test, "\r\nContent-Type: application/vnd.schemaregistry.v1+json\r\n");
    expect_heard(test, "\r\n\r\n{\"schemaType\":\"AVRO\",\"schema\":\"{\\\"type\\\":\\\"record\\\","
                       "\\\"name\\\":\\\"R\\\",\\\"fields\\\":[]}\"}");
    expect_unheard(test, "Authorization");
}

static void a_subject_is_escaped(void **context)
{
    fixture *test = *context;
    static const fake_http_answer answers[] = {{.code = 200, .body = "{\"id\":1}"}, {0}};
    uint32_t identifier;
    start(test, "", "", answers);
    assert_int_equal(leat_registry_register(test->registry, "a/b c?d", SCHEMA, &identifier, &test->error),
                     LEAT_OK);
    expect_heard(test, "POST /subjects/a%2Fb%20c%3Fd/versions HTTP/1.1\r\n");
}

/* What a registry answers, what it means, and what the sentence has. */
typedef struct refusal {
    fake_http_answer answer[2];
    leat_status status;
    const char *says;
} refusal;

static const refusal refusals[] = {
    {{{.code = 409,
       .body = "{\"error_code\":409,\"message\":\"Schema being registered is incompatible with an earlier "
               "schema for subject \\\"s-value\\\", details: [{errorType:'TYPE_MISMATCH', description:'The "
               "type (path '/fields/1/type') of a field in the new schema does not match'}, "
               "{oldSchemaVersion: 1}, {oldSchema: '{...}'}]\"}"}},
     LEAT_OPERATOR,
     "/fields/1/type"},
    {{{.code = 422, .body = "{\"error_code\":42201,\"message\":\"Either the input schema is invalid\"}"}},
     LEAT_FAILED,
     "Either the input schema is invalid"},
    {{{.code = 422, .body = "{\"error_code\":42205,\"message\":\"Subject s is in read-only mode\"}"}},
     LEAT_OPERATOR,
     "read-only mode"},
    {{{.code = 401, .body = "{\"error_code\":401,\"message\":\"Unauthorized\"}"}}, LEAT_OPERATOR, "401"},
    {{{.code = 403, .body = "forbidden"}}, LEAT_OPERATOR, "forbidden"},
    {{{.code = 404, .body = "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}"}},
     LEAT_OPERATOR,
     "no schema registry"},
    {{{.code = 302, .body = "", .header = "Location: http://127.0.0.1:1/\r\n"}}, LEAT_OPERATOR, "302"},
    {{{.code = 429, .body = "slow down"}}, LEAT_RETRY, "slow down"},
    {{{.code = 500, .body = "{\"error_code\":50003,\"message\":\"Error while forwarding\"}"}},
     LEAT_RETRY,
     "Error while forwarding"},
    {{{.code = 503, .body = ""}}, LEAT_RETRY, "503"},
    {{{.code = 413, .body = "too large"}}, LEAT_FAILED, "too large"},
    {{{.code = 200, .body = "<html>"}}, LEAT_OPERATOR, "no schema registry"},
    {{{.code = 200, .body = "{\"id\":\"1\"}"}}, LEAT_OPERATOR, "no schema registry"},
    {{{.code = 200, .body = "{\"id\":-1}"}}, LEAT_OPERATOR, "no schema registry"},
    {{{.code = 200, .body = "{\"id\":4294967296}"}}, LEAT_OPERATOR, "no schema registry"},
    {{{.code = 200, .body = "[]"}}, LEAT_OPERATOR, "no schema registry"},
};

static void every_refusal_has_its_meaning(void **context)
{
    fixture *test = *context;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        uint32_t identifier = 7;
        start(test, "", "", refusals[i].answer);
        leat_status status = register_one(test, &identifier);
        if (status != refusals[i].status || strstr(test->error.message, refusals[i].says) == NULL)
            fail_msg("%s: %d %s", refusals[i].answer[0].body, (int)status, test->error.message);
        assert_int_equal(identifier, 7);
        assert_true(status == LEAT_FAILED || test->error.mend[0] != '\0');
        leat_registry_close(test->registry);
        test->registry = NULL;
        fake_http_stop(&test->server);
        test->server.port = 0;
    }
    fake_http_free(&test->server);
}

static void an_incompatible_schema_names_subject_and_no_old_schema(void **context)
{
    fixture *test = *context;
    uint32_t identifier;
    start(test, "", "", refusals[0].answer);
    assert_int_equal(register_one(test, &identifier), LEAT_OPERATOR);
    assert_non_null(strstr(test->error.message, "shop.public.orders-value"));
    assert_null(strstr(test->error.message, "oldSchema"));
    assert_non_null(strstr(test->error.mend, "/config/shop.public.orders-value"));
}

static void a_redirect_is_not_followed(void **context)
{
    fixture *test = *context;
    fake_http elsewhere = {.answers = (const fake_http_answer[]){{.code = 200, .body = "{\"id\":1}"}, {0}}};
    char header[96];
    fake_http_start(&elsewhere);
    snprintf(header, sizeof header, "Location: http://127.0.0.1:%u/x\r\n", elsewhere.port);
    const fake_http_answer answers[] = {{.code = 307, .body = "", .header = header}, {0}};
    uint32_t identifier;
    test->options.user = "leat";
    test->options.password = "secret";
    start(test, "", "", answers);
    assert_int_equal(register_one(test, &identifier), LEAT_OPERATOR);
    assert_int_equal(fake_http_requests(&elsewhere), 0);
    fake_http_stop(&elsewhere);
    fake_http_free(&elsewhere);
}

/* "leat:pass word" and "url:p@ss" in base64. */
static void credentials_come_from_settings_or_url_and_never_show(void **context)
{
    fixture *test = *context;
    static const fake_http_answer answers[] = {{.code = 500, .body = ""}, {0}};
    uint32_t identifier;
    start(test, "url:p%40ss@", "", answers);
    assert_int_equal(register_one(test, &identifier), LEAT_RETRY);
    expect_heard(test, "\r\nAuthorization: Basic dXJsOnBAc3M=\r\n");
    assert_null(strstr(test->error.message, "p%40ss"));
    assert_null(strstr(test->error.message, "url:"));
    assert_null(strstr(leat_registry_url(test->registry), "url"));
    leat_registry_close(test->registry);
    test->options.user = "leat";
    test->options.password = "pass word";
    assert_int_equal(leat_registry_open(&test->options, &test->registry, &test->error), LEAT_OK);
    assert_int_equal(register_one(test, &identifier), LEAT_RETRY);
    expect_heard(test, "\r\nAuthorization: Basic bGVhdDpwYXNzIHdvcmQ=\r\n");
}

static void a_token_is_a_bearer(void **context)
{
    fixture *test = *context;
    static const fake_http_answer answers[] = {{.code = 200, .body = "{\"id\":5}"}, {0}};
    uint32_t identifier;
    test->options.token = "abc.def";
    start(test, "", "", answers);
    assert_int_equal(register_one(test, &identifier), LEAT_OK);
    expect_heard(test, "\r\nAuthorization: Bearer abc.def\r\n");
}

static void a_registry_that_is_away_may_come_back(void **context)
{
    fixture *test = *context;
    static const fake_http_answer answers[] = {{.code = 200, .body = "{\"id\":5}"}, {0}};
    uint32_t identifier = 0;
    start(test, "", "", answers);
    fake_http_stop(&test->server);
    assert_int_equal(register_one(test, &identifier), LEAT_RETRY);
    assert_non_null(strstr(test->error.message, test->url));
    fake_http_start(&test->server);
    assert_int_equal(register_one(test, &identifier), LEAT_OK);
    assert_int_equal(identifier, 5);
}

static void silence_ends_with_the_timeout(void **context)
{
    fixture *test = *context;
    static const fake_http_answer answers[] = {{.code = FAKE_HTTP_SILENCE}, {0}};
    uint32_t identifier;
    test->options.timeout = 300000;
    start(test, "", "", answers);
    assert_int_equal(register_one(test, &identifier), LEAT_RETRY);
}

static bool always(void *context)
{
    (void)context;
    return true;
}

static void a_stop_ends_the_wait(void **context)
{
    fixture *test = *context;
    static const fake_http_answer answers[] = {{.code = FAKE_HTTP_SILENCE}, {0}};
    uint32_t identifier;
    test->options.timeout = INT64_C(3600) * 1000000;
    test->options.stop.requested = always;
    start(test, "", "", answers);
    assert_int_equal(register_one(test, &identifier), LEAT_STOPPED);
}

static void an_endless_answer_is_cut(void **context)
{
    fixture *test = *context;
    enum { LENGTH = 17 * 1024 * 1024 };
    char *long_body = leat_allocate(LENGTH + 1);
    memset(long_body, 'x', LENGTH);
    const fake_http_answer answers[] = {{.code = 200, .body = long_body}, {0}};
    char *schema = NULL;
    start(test, "", "", answers);
    assert_int_equal(leat_registry_fetch(test->registry, 1, &schema, &test->error), LEAT_FAILED);
    assert_null(schema);
    leat_release(long_body);
}

static void a_schema_is_fetched_by_its_id(void **context)
{
    fixture *test = *context;
    static const fake_http_answer answers[] = {
        {.code = 200, .body = "{\"schema\":\"\\\"long\\\"\"}"},
        {.code = 404, .body = "{\"error_code\":40403,\"message\":\"Schema not found\"}"},
        {.code = 200, .body = "{\"schema\":7}"},
        {0}};
    char *schema = NULL;
    start(test, "", "", answers);
    assert_int_equal(leat_registry_fetch(test->registry, 4000000000u, &schema, &test->error), LEAT_OK);
    assert_string_equal(schema, "\"long\"");
    leat_release(schema);
    schema = NULL;
    expect_heard(test, "GET /schemas/ids/4000000000 HTTP/1.1\r\n");
    assert_int_equal(leat_registry_fetch(test->registry, 9, &schema, &test->error), LEAT_FAILED);
    assert_non_null(strstr(test->error.message, "id 9"));
    assert_int_equal(leat_registry_fetch(test->registry, 9, &schema, &test->error), LEAT_OPERATOR);
    assert_null(schema);
}

static void a_probe_tells_the_compatibility(void **context)
{
    fixture *test = *context;
    static const fake_http_answer answers[] = {{.code = 200, .body = "{\"compatibilityLevel\":\"BACKWARD\"}"},
                                               {.code = 200, .body = "{}"},
                                               {.code = 404, .body = ""},
                                               {0}};
    char *compatibility = NULL;
    start(test, "", "", answers);
    assert_int_equal(leat_registry_probe(test->registry, &compatibility, &test->error), LEAT_OK);
    assert_string_equal(compatibility, "BACKWARD");
    leat_release(compatibility);
    assert_int_equal(leat_registry_probe(test->registry, &compatibility, &test->error), LEAT_OK);
    assert_null(compatibility);
    assert_int_equal(leat_registry_probe(test->registry, &compatibility, &test->error), LEAT_OPERATOR);
}

static void urls_that_are_none_are_refused_without_showing_them(void **context)
{
    fixture *test = *context;
    static const char *const bad[] = {"",
                                      "registry",
                                      "ftp://registry",
                                      "http://",
                                      "http://user:secret@host:99999999",
                                      "http://h/?secret=1",
                                      "http://h/#secret"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        test->options.url = bad[i];
        if (leat_registry_open(&test->options, &test->registry, &test->error) != LEAT_USAGE)
            fail_msg("taken: %s", bad[i]);
        assert_null(strstr(test->error.message, "secret"));
        assert_string_not_equal(test->error.mend, "");
    }
}

static void the_frame_is_zero_and_the_id_big_endian(void **context)
{
    (void)context;
    leat_buffer frame = {0};
    leat_registry_frame(0x01020304, &frame);
    static const uint8_t expected[] = {0, 1, 2, 3, 4};
    assert_int_equal(frame.length, sizeof expected);
    assert_memory_equal(frame.data, expected, sizeof expected);
    leat_buffer_free(&frame);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(registering_asks_as_the_api_says),
        TEST(a_subject_is_escaped),
        TEST(every_refusal_has_its_meaning),
        TEST(an_incompatible_schema_names_subject_and_no_old_schema),
        TEST(a_redirect_is_not_followed),
        TEST(credentials_come_from_settings_or_url_and_never_show),
        TEST(a_token_is_a_bearer),
        TEST(a_registry_that_is_away_may_come_back),
        TEST(silence_ends_with_the_timeout),
        TEST(a_stop_ends_the_wait),
        TEST(an_endless_answer_is_cut),
        TEST(a_schema_is_fetched_by_its_id),
        TEST(a_probe_tells_the_compatibility),
        TEST(urls_that_are_none_are_refused_without_showing_them),
        TEST(the_frame_is_zero_and_the_id_big_endian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
