/* What we call ourselves: made once, remembered, and never what cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_notebook.h"
#include "mysql/dump/replica.h"
#include "mysql/server/settings.h"

static leat_status resolve(fake_notebook *book, uint32_t server_id, leat_mysql_replica *replica,
                           leat_error *error)
{
    const leat_mysql_source_settings settings = {.server_id = server_id};
    leat_source_options options = {.settings = &settings, .notebook = &book->notebook};
    return leat_mysql_replica_resolve(&options, replica, error);
}

static void it_is_made_once(void **state)
{
    (void)state;
    fake_notebook book;
    leat_mysql_replica first;
    leat_mysql_replica second;
    leat_error error;
    fake_notebook_open(&book);
    assert_int_equal(resolve(&book, 0, &first, &error), LEAT_OK);
    assert_int_equal(resolve(&book, 0, &second, &error), LEAT_OK);
    assert_true(first.server_id >= (uint32_t)1 << 30);
    assert_int_equal(first.server_id, second.server_id);
    assert_string_equal(first.uuid, second.uuid);
    fake_notebook_free(&book);
}

static void a_uuid_is_random_and_of_version_4(void **state)
{
    (void)state;
    char before[sizeof((leat_mysql_replica *)0)->uuid] = "";
    for (int i = 0; i < 20; i++) {
        fake_notebook book;
        leat_mysql_replica replica;
        leat_error error;
        fake_notebook_open(&book);
        assert_int_equal(resolve(&book, 0, &replica, &error), LEAT_OK);
        assert_int_equal(strlen(replica.uuid), 36);
        assert_int_equal(strspn(replica.uuid, "0123456789abcdef-"), 36);
        for (size_t dash = 8; dash <= 23; dash += 5)
            assert_int_equal(replica.uuid[dash], '-');
        assert_int_equal(replica.uuid[14], '4');
        assert_non_null(strchr("89ab", replica.uuid[19]));
        assert_string_not_equal(replica.uuid, before);
        memcpy(before, replica.uuid, sizeof before);
        fake_notebook_free(&book);
    }
}

static void a_configured_server_id_is_taken_and_not_remembered(void **state)
{
    (void)state;
    fake_notebook book;
    leat_mysql_replica replica;
    leat_error error;
    fake_notebook_open(&book);
    assert_int_equal(resolve(&book, 4711, &replica, &error), LEAT_OK);
    assert_int_equal(replica.server_id, 4711);
    assert_null(*fake_note(&book, "server_id"));
    fake_notebook_free(&book);
}

static void a_damaged_state_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        const char *value;
    } damages[] = {{"server_id", "0"}, {"server_id", "4294967296"}, {"server_id", "-1"},
                   {"server_id", ""},  {"replica_uuid", "abc"},     {"server_id", "12a"}};
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        fake_notebook book;
        leat_mysql_replica replica;
        leat_error error;
        fake_notebook_open(&book);
        *fake_note(&book, damages[i].key) = leat_duplicate_string(damages[i].value);
        assert_int_equal(resolve(&book, 0, &replica, &error), LEAT_FAILED);
        assert_non_null(strstr(error.message, damages[i].key));
        fake_notebook_free(&book);
    }
}

static void a_state_that_cannot_be_used_is_told(void **state)
{
    (void)state;
    fake_notebook book;
    leat_mysql_replica replica;
    leat_error error;
    fake_notebook_open(&book);
    book.broken = true;
    assert_int_equal(resolve(&book, 0, &replica, &error), LEAT_FAILED);
    assert_non_null(strstr(error.message, "broken"));
    fake_notebook_free(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_made_once),
        cmocka_unit_test(a_uuid_is_random_and_of_version_4),
        cmocka_unit_test(a_configured_server_id_is_taken_and_not_remembered),
        cmocka_unit_test(a_damaged_state_is_refused),
        cmocka_unit_test(a_state_that_cannot_be_used_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
