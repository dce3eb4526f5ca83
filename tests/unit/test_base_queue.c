#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
/* after the four headers it needs */
#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/queue.h"

static void gives_items_in_order(void **state)
{
    (void)state;
    leat_queue *queue = leat_queue_open(1000);
    int numbers[100];
    /* More than the first ring holds, and taken from the middle of it, so that growing has a wrap to unfold.
     */
    for (int i = 0; i < 10; i++)
        assert_true(leat_queue_push(queue, &numbers[i], 1));
    void *item = NULL;
    for (int i = 0; i < 7; i++) {
        assert_int_equal(leat_queue_pop(queue, 0, &item), LEAT_QUEUE_ITEM);
        assert_ptr_equal(item, &numbers[i]);
    }
    for (int i = 10; i < 100; i++)
        assert_true(leat_queue_push(queue, &numbers[i], 1));
    for (int i = 7; i < 100; i++) {
        assert_int_equal(leat_queue_pop(queue, 0, &item), LEAT_QUEUE_ITEM);
        assert_ptr_equal(item, &numbers[i]);
    }
    assert_int_equal(leat_queue_pop(queue, 0, &item), LEAT_QUEUE_TIMEOUT);
    leat_queue_free(queue);
}

static void waits_no_longer_than_asked(void **state)
{
    (void)state;
    leat_queue *queue = leat_queue_open(10);
    void *item = NULL;
    int64_t before = leat_clock_monotonic();
    assert_int_equal(leat_queue_pop(queue, 20000, &item), LEAT_QUEUE_TIMEOUT);
    assert_true(leat_clock_monotonic() - before >= 20000);
    leat_queue_free(queue);
}

static void gives_what_is_inside_after_closing(void **state)
{
    (void)state;
    leat_queue *queue = leat_queue_open(10);
    int number = 0;
    assert_true(leat_queue_push(queue, &number, 1));
    leat_queue_close(queue);
    assert_false(leat_queue_push(queue, &number, 1));
    void *item = NULL;
    assert_int_equal(leat_queue_pop(queue, 1000000, &item), LEAT_QUEUE_ITEM);
    assert_ptr_equal(item, &number);
    assert_int_equal(leat_queue_pop(queue, 1000000, &item), LEAT_QUEUE_CLOSED);
    leat_queue_free(queue);
}

typedef struct attempt {
    leat_queue *queue;
    atomic_int pushed;
    bool answer;
    size_t bytes;
} attempt;

static void *push_one(void *context)
{
    attempt *pushing = context;
    pushing->answer = leat_queue_push(pushing->queue, pushing, pushing->bytes);
    atomic_store(&pushing->pushed, 1);
    return NULL;
}

/* A push that has nowhere to go is asleep; a while without an answer is the only sign of that. */
static void assert_still_waiting(attempt *pushing)
{
    leat_clock_sleep(20000);
    assert_int_equal(atomic_load(&pushing->pushed), 0);
}

static void a_full_queue_holds_the_pusher_until_there_is_room(void **state)
{
    (void)state;
    leat_queue *queue = leat_queue_open(100);
    int first = 0;
    assert_true(leat_queue_push(queue, &first, 60));
    attempt pushing = {.queue = queue, .bytes = 41};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, push_one, &pushing), 0);
    assert_still_waiting(&pushing);
    void *item = NULL;
    assert_int_equal(leat_queue_pop(queue, 0, &item), LEAT_QUEUE_ITEM);
    pthread_join(thread, NULL);
    assert_true(pushing.answer);
    assert_int_equal(leat_queue_pop(queue, 0, &item), LEAT_QUEUE_ITEM);
    assert_ptr_equal(item, &pushing);
    leat_queue_free(queue);
}

static void an_item_above_the_limit_goes_alone(void **state)
{
    (void)state;
    leat_queue *queue = leat_queue_open(100);
    int first = 0;
    assert_true(leat_queue_push(queue, &first, 1));
    attempt pushing = {.queue = queue, .bytes = SIZE_MAX};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, push_one, &pushing), 0);
    assert_still_waiting(&pushing);
    void *item = NULL;
    assert_int_equal(leat_queue_pop(queue, 0, &item), LEAT_QUEUE_ITEM);
    assert_int_equal(leat_queue_pop(queue, 10000000, &item), LEAT_QUEUE_ITEM);
    assert_ptr_equal(item, &pushing);
    pthread_join(thread, NULL);
    leat_queue_free(queue);
}

static void closing_wakes_a_waiting_pusher(void **state)
{
    (void)state;
    leat_queue *queue = leat_queue_open(1);
    int first = 0;
    assert_true(leat_queue_push(queue, &first, 1));
    attempt pushing = {.queue = queue, .bytes = 1};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, push_one, &pushing), 0);
    assert_still_waiting(&pushing);
    leat_queue_close(queue);
    pthread_join(thread, NULL);
    assert_false(pushing.answer);
    leat_queue_free(queue);
}

enum { PRODUCERS = 4, ITEMS_EACH = 20000 };

typedef struct production {
    leat_queue *queue;
    unsigned number;
} production;

typedef struct serial {
    unsigned producer;
    unsigned ordinal;
} serial;

static void *produce(void *context)
{
    production *producer = context;
    for (unsigned i = 0; i < ITEMS_EACH; i++) {
        serial *parcel = leat_allocate(sizeof *parcel);
        parcel->producer = producer->number;
        parcel->ordinal = i;
        if (!leat_queue_push(producer->queue, parcel, 1 + i % 7))
            leat_release(parcel);
    }
    return NULL;
}

static void many_producers_lose_and_reorder_nothing(void **state)
{
    (void)state;
    leat_queue *queue = leat_queue_open(50);
    production producers[PRODUCERS];
    pthread_t threads[PRODUCERS];
    for (unsigned i = 0; i < PRODUCERS; i++) {
        producers[i] = (production){.queue = queue, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, produce, &producers[i]), 0);
    }
    unsigned next[PRODUCERS] = {0};
    for (unsigned i = 0; i < PRODUCERS * ITEMS_EACH; i++) {
        void *item = NULL;
        assert_int_equal(leat_queue_pop(queue, 30000000, &item), LEAT_QUEUE_ITEM);
        serial *parcel = item;
        assert_int_equal(parcel->ordinal, next[parcel->producer]);
        next[parcel->producer]++;
        leat_release(parcel);
    }
    for (unsigned i = 0; i < PRODUCERS; i++)
        pthread_join(threads[i], NULL);
    void *item = NULL;
    assert_int_equal(leat_queue_pop(queue, 0, &item), LEAT_QUEUE_TIMEOUT);
    leat_queue_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_items_in_order),
        cmocka_unit_test(waits_no_longer_than_asked),
        cmocka_unit_test(gives_what_is_inside_after_closing),
        cmocka_unit_test(a_full_queue_holds_the_pusher_until_there_is_room),
        cmocka_unit_test(an_item_above_the_limit_goes_alone),
        cmocka_unit_test(closing_wakes_a_waiting_pusher),
        cmocka_unit_test(many_producers_lose_and_reorder_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
