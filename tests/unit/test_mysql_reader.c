/* The reader: order, bounds, lending, failures, and that it always ends. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "mysql/dump/reader.h"

enum { LONG_TIME = 20 * 1000 * 1000, LARGE = 3 << 20 };

/* Gives events of the sizes in turn, `count` in all, each filled with its number; then fails, or waits for
 * the interrupt. */
typedef struct script {
    const size_t *sizes;
    size_t size_count;
    size_t count;
    bool fails;
    uint8_t *bytes; /* one buffer for all events, as the client library has */
    size_t given;
    pthread_mutex_t mutex;
    pthread_cond_t interrupted;
    bool is_interrupted;
    size_t asked; /* calls so far, under the mutex */
    pthread_cond_t was_asked;
} script;

static leat_status wait_for_interrupt(script *script, leat_error *error)
{
    pthread_mutex_lock(&script->mutex);
    while (!script->is_interrupted)
        pthread_cond_wait(&script->interrupted, &script->mutex);
    pthread_mutex_unlock(&script->mutex);
    return leat_error_set(error, LEAT_RETRY, "interrupted");
}

static leat_status next(void *context, leat_slice *event, leat_error *error)
{
    script *script = context;
    pthread_mutex_lock(&script->mutex);
    script->asked++;
    pthread_cond_signal(&script->was_asked);
    pthread_mutex_unlock(&script->mutex);
    if (script->given == script->count && script->fails)
        return leat_error_set(error, LEAT_OPERATOR, "the script is over");
    if (script->given == script->count)
        return wait_for_interrupt(script, error);
    size_t size = script->sizes[script->given % script->size_count];
    memset(script->bytes, (int)(script->given & 0xff), size);
    *event = leat_slice_of(script->bytes, size);
    script->given++;
    return LEAT_OK;
}

static void interrupt(void *context)
{
    script *script = context;
    pthread_mutex_lock(&script->mutex);
    script->is_interrupted = true;
    pthread_cond_broadcast(&script->interrupted);
    pthread_mutex_unlock(&script->mutex);
}

static void prepare(script *made, const size_t *sizes, size_t size_count, size_t count, bool fails)
{
    *made = (script){.sizes = sizes, .size_count = size_count, .count = count, .fails = fails};
    made->bytes = leat_allocate(LARGE);
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->interrupted, NULL);
    pthread_cond_init(&made->was_asked, NULL);
}

static void dispose(script *script)
{
    pthread_cond_destroy(&script->interrupted);
    pthread_cond_destroy(&script->was_asked);
    pthread_mutex_destroy(&script->mutex);
    leat_release(script->bytes);
}

static void wait_until_asked(script *script, size_t times)
{
    pthread_mutex_lock(&script->mutex);
    while (script->asked < times)
        pthread_cond_wait(&script->was_asked, &script->mutex);
    pthread_mutex_unlock(&script->mutex);
}

static size_t times_asked(script *script)
{
    pthread_mutex_lock(&script->mutex);
    size_t asked = script->asked;
    pthread_mutex_unlock(&script->mutex);
    return asked;
}

static void assert_event(leat_slice event, const size_t *sizes, size_t size_count, size_t number)
{
    assert_int_equal(event.length, sizes[number % size_count]);
    for (size_t i = 0; i < event.length; i += event.length < 4096 ? 1 : event.length - 1)
        assert_int_equal(event.data[i], number & 0xff);
}

static const size_t mixed[] = {1, 100, 8192, 0, 700 * 1024, 19, LARGE, 31, 1 << 20, (1 << 20) + 1, 50};
enum { MIXED = sizeof mixed / sizeof *mixed };

static void events_come_in_order_whatever_their_sizes(void **state)
{
    (void)state;
    enum { EVENTS = 400 };
    script script;
    prepare(&script, mixed, MIXED, EVENTS, true);
    leat_mysql_reader *reader = leat_mysql_reader_open(next, interrupt, &script);
    leat_mysql_reading reading;
    leat_slice event;
    leat_error error;
    for (size_t i = 0; i < EVENTS; i++) {
        assert_int_equal(leat_mysql_reader_next(reader, LONG_TIME, &reading, &event, &error), LEAT_OK);
        assert_int_equal(reading, LEAT_MYSQL_READ_EVENT);
        assert_event(event, mixed, MIXED, i);
    }
    for (int i = 0; i < 3; i++) {
        error = (leat_error){.status = LEAT_OK};
        assert_int_equal(leat_mysql_reader_next(reader, LONG_TIME, &reading, &event, &error), LEAT_OPERATOR);
        assert_int_equal(error.status, LEAT_OPERATOR);
        assert_string_equal(error.message, "the script is over");
        assert_false(leat_mysql_reader_ready(reader));
    }
    leat_mysql_reader_close(reader);
    dispose(&script);
}

static void a_quiet_source_is_no_event(void **state)
{
    (void)state;
    static const size_t sizes[] = {10};
    script script;
    prepare(&script, sizes, 1, 1, false);
    leat_mysql_reader *reader = leat_mysql_reader_open(next, interrupt, &script);
    leat_mysql_reading reading;
    leat_slice event;
    assert_int_equal(leat_mysql_reader_next(reader, LONG_TIME, &reading, &event, NULL), LEAT_OK);
    assert_int_equal(reading, LEAT_MYSQL_READ_EVENT);
    assert_int_equal(leat_mysql_reader_next(reader, 1000, &reading, &event, NULL), LEAT_OK);
    assert_int_equal(reading, LEAT_MYSQL_READ_NOTHING);
    assert_int_equal(leat_mysql_reader_next(reader, 0, &reading, &event, NULL), LEAT_OK);
    assert_int_equal(reading, LEAT_MYSQL_READ_NOTHING);
    assert_false(leat_mysql_reader_ready(reader));
    leat_mysql_reader_close(reader);
    dispose(&script);
}

static void what_is_there_is_ready(void **state)
{
    (void)state;
    static const size_t sizes[] = {10};
    script script;
    prepare(&script, sizes, 1, 3, false);
    leat_mysql_reader *reader = leat_mysql_reader_open(next, interrupt, &script);
    leat_mysql_reading reading;
    leat_slice event;
    wait_until_asked(&script, 4); /* three were handed over, the fourth is waited for */
    for (int i = 0; i < 3; i++) {
        assert_true(leat_mysql_reader_ready(reader));
        assert_int_equal(leat_mysql_reader_next(reader, 0, &reading, &event, NULL), LEAT_OK);
        assert_int_equal(reading, LEAT_MYSQL_READ_EVENT);
    }
    assert_false(leat_mysql_reader_ready(reader));
    leat_mysql_reader_close(reader);
    dispose(&script);
}

/* The thread reads on until what it has read ahead fills its bound, and stops there. */
static void reading_ahead_is_bounded(void **state)
{
    (void)state;
    static const size_t sizes[] = {64 * 1024};
    enum { WOULD_BE_WITHOUT = 10000, AT_MOST = (4 << 20) / (64 * 1024) + 1 };
    script script;
    prepare(&script, sizes, 1, WOULD_BE_WITHOUT, true);
    leat_mysql_reader *reader = leat_mysql_reader_open(next, interrupt, &script);
    wait_until_asked(&script, 20);
    leat_clock_sleep(50 * 1000);
    assert_in_range(times_asked(&script), 20, AT_MOST);
    leat_mysql_reader_close(reader);
    assert_in_range(script.asked, 20, AT_MOST);
    dispose(&script);
}

/* The source's next call may overwrite what it lent, so that it comes only after the pump is done. */
static void a_lent_event_stays_until_the_next_is_asked_for(void **state)
{
    (void)state;
    static const size_t sizes[] = {LARGE};
    script script;
    prepare(&script, sizes, 1, 3, true);
    leat_mysql_reader *reader = leat_mysql_reader_open(next, interrupt, &script);
    leat_mysql_reading reading;
    leat_slice event;
    leat_error error;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(leat_mysql_reader_next(reader, LONG_TIME, &reading, &event, &error), LEAT_OK);
        leat_clock_sleep(5 * 1000);
        assert_ptr_equal(event.data, script.bytes);
        assert_int_equal(times_asked(&script), i + 1);
        assert_event(event, sizes, 1, i);
    }
    assert_int_equal(leat_mysql_reader_next(reader, LONG_TIME, &reading, &event, &error), LEAT_OPERATOR);
    leat_mysql_reader_close(reader);
    dispose(&script);
}

/* ---- Closing ---- */

static void closes_while_the_source_waits(void **state)
{
    (void)state;
    script script;
    prepare(&script, mixed, MIXED, 0, false);
    leat_mysql_reader *reader = leat_mysql_reader_open(next, interrupt, &script);
    wait_until_asked(&script, 1);
    leat_mysql_reader_close(reader);
    dispose(&script);
}

static void closes_while_there_is_no_room(void **state)
{
    (void)state;
    static const size_t sizes[] = {700 * 1024};
    script script;
    prepare(&script, sizes, 1, 1000, false);
    leat_mysql_reader *reader = leat_mysql_reader_open(next, interrupt, &script);
    wait_until_asked(&script, 3);
    leat_mysql_reader_close(reader);
    dispose(&script);
}

static void closes_while_an_event_is_lent(void **state)
{
    (void)state;
    static const size_t sizes[] = {LARGE};
    for (int taken = 0; taken < 2; taken++) {
        script script;
        leat_mysql_reading reading;
        leat_slice event;
        prepare(&script, sizes, 1, 1000, false);
        leat_mysql_reader *reader = leat_mysql_reader_open(next, interrupt, &script);
        wait_until_asked(&script, 1);
        if (taken == 1)
            assert_int_equal(leat_mysql_reader_next(reader, LONG_TIME, &reading, &event, NULL), LEAT_OK);
        leat_mysql_reader_close(reader);
        dispose(&script);
    }
}

static void closes_after_a_failure_and_before_anything(void **state)
{
    (void)state;
    script script;
    prepare(&script, mixed, MIXED, 0, true);
    leat_mysql_reader_close(leat_mysql_reader_open(next, interrupt, &script));
    dispose(&script);
    leat_mysql_reader_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_come_in_order_whatever_their_sizes),
        cmocka_unit_test(a_quiet_source_is_no_event),
        cmocka_unit_test(what_is_there_is_ready),
        cmocka_unit_test(reading_ahead_is_bounded),
        cmocka_unit_test(a_lent_event_stays_until_the_next_is_asked_for),
        cmocka_unit_test(closes_while_the_source_waits),
        cmocka_unit_test(closes_while_there_is_no_room),
        cmocka_unit_test(closes_while_an_event_is_lent),
        cmocka_unit_test(closes_after_a_failure_and_before_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
