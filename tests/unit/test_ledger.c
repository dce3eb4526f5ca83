/* Properties of the ledger, over random histories against a model that is too simple to be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/ledger.h"

enum { KEY_SIZE = 8 };

/* A place: the number as a key that sorts bytewise, and a text that does not ("9" is behind "10"). */
typedef struct numbered {
    uint8_t key[KEY_SIZE];
    char text[24];
    leat_log_place place;
} numbered;

static const leat_log_place *at(numbered *it, uint64_t number)
{
    for (size_t i = 0; i < KEY_SIZE; i++)
        it->key[i] = (uint8_t)(number >> (8 * (KEY_SIZE - 1 - i)));
    snprintf(it->text, sizeof it->text, "%llu", (unsigned long long)number);
    it->place = (leat_log_place){.order = leat_slice_of(it->key, KEY_SIZE), .log = it->text};
    return &it->place;
}

static uint64_t number_of(leat_slice order)
{
    uint64_t number = 0;
    for (size_t i = 0; i < order.length; i++)
        number = number << 8 | order.data[i];
    return number;
}

static uint64_t number(const char *text)
{
    return *text == '\0' ? 0 : strtoull(text, NULL, 10);
}

static leat_status receive(leat_ledger *ledger, uint64_t where, leat_error *error)
{
    numbered it;
    return leat_ledger_receive(ledger, at(&it, where)->order, error);
}

static leat_status mark(leat_ledger *ledger, uint64_t where, leat_error *error)
{
    numbered it;
    return leat_ledger_mark(ledger, at(&it, where), error);
}

/* At `durable`, and the stream begun there. */
static leat_ledger *begun(uint64_t durable)
{
    numbered it;
    leat_error error;
    leat_ledger *ledger = leat_ledger_open(at(&it, durable)->log);
    assert_int_equal(leat_ledger_begin(ledger, it.place.order, &error), LEAT_OK);
    return ledger;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* What the ledger should know, as numbers; `marked` 0: no commit is under way. */
typedef struct model {
    uint64_t received, durable, acknowledged, marked;
} model;

static void check_invariants(const leat_ledger *ledger, const model *model)
{
    assert_int_equal(number_of(leat_ledger_received(ledger)), model->received);
    assert_int_equal(number_of(leat_ledger_durable(ledger).order), model->durable);
    assert_int_equal(number(leat_ledger_durable(ledger).log), model->durable);
    assert_int_equal(number(leat_ledger_acknowledged(ledger)), model->acknowledged);
    assert_int_equal(leat_ledger_is_ahead(ledger), model->received > model->durable);
    assert_true(model->acknowledged <= model->durable);
    assert_true(model->durable <= model->received);
}

/* Somewhere around `middle`, and never nowhere. */
static uint64_t around(uint64_t middle, uint32_t *seed)
{
    uint64_t wanted = middle + next_random(seed) % 7;
    return wanted <= 3 ? 1 : wanted - 2;
}

static void random_receive(leat_ledger *ledger, model *model, uint32_t *seed)
{
    uint64_t wanted = around(model->received, seed);
    leat_error error;
    leat_status status = receive(ledger, wanted, &error);
    if (wanted < model->received) {
        assert_int_equal(status, LEAT_FAILED); /* never back */
        return;
    }
    assert_int_equal(status, LEAT_OK);
    model->received = wanted;
}

/* A commit that begins replaces one that was never settled: its sink failed. */
static void random_mark(leat_ledger *ledger, model *model, uint32_t *seed)
{
    uint64_t wanted = next_random(seed) % 2 ? model->received : around(model->durable, seed);
    leat_error error;
    leat_status status = mark(ledger, wanted, &error);
    if (wanted > model->received || wanted < model->durable) {
        assert_int_equal(status, LEAT_FAILED); /* neither what did not come, nor back */
        return;
    }
    assert_int_equal(status, LEAT_OK);
    model->marked = wanted;
}

static void random_settle(leat_ledger *ledger, model *model)
{
    leat_error error;
    leat_status status = leat_ledger_settle(ledger, &error);
    if (model->marked == 0) {
        assert_int_equal(status, LEAT_FAILED); /* twice, or never begun: nothing changes */
        return;
    }
    assert_int_equal(status, LEAT_OK);
    model->durable = model->marked;
    model->marked = 0;
}

static void random_acknowledge(leat_ledger *ledger, model *model)
{
    const char *log = leat_ledger_acknowledgeable(ledger);
    if (log == NULL) {
        assert_int_equal(model->acknowledged, model->durable);
        return;
    }
    assert_int_equal(number(log), model->durable);
    leat_ledger_acknowledge(ledger);
    model->acknowledged = model->durable;
}

static void acknowledged_never_passes_durable_never_passes_received(void **state)
{
    (void)state;
    for (uint32_t round = 1; round <= 300; round++) {
        uint32_t seed = round;
        uint64_t first = 1 + round % 300; /* keys of one byte and of more */
        leat_ledger *ledger = begun(first);
        model model = {.received = first, .durable = first};
        for (int step = 0; step < 500; step++) {
            uint64_t durable = model.durable, acknowledged = model.acknowledged;
            switch (next_random(&seed) % 4) {
            case 0:
                random_receive(ledger, &model, &seed);
                break;
            case 1:
                random_mark(ledger, &model, &seed);
                break;
            case 2:
                random_settle(ledger, &model);
                break;
            default:
                random_acknowledge(ledger, &model);
                break;
            }
            check_invariants(ledger, &model);
            assert_true(model.durable >= durable);
            assert_true(model.acknowledged >= acknowledged);
        }
        leat_ledger_close(ledger);
    }
}

static void what_arrives_after_the_mark_is_not_settled_with_it(void **state)
{
    (void)state;
    leat_error error;
    leat_ledger *ledger = begun(10);
    assert_int_equal(receive(ledger, 20, &error), LEAT_OK);
    assert_int_equal(mark(ledger, 20, &error), LEAT_OK);
    assert_int_equal(receive(ledger, 30, &error), LEAT_OK);
    assert_int_equal(leat_ledger_settle(ledger, &error), LEAT_OK);
    assert_string_equal(leat_ledger_durable(ledger).log, "20");
    assert_string_equal(leat_ledger_acknowledgeable(ledger), "20");
    assert_int_equal(number_of(leat_ledger_received(ledger)), 30);
    assert_true(leat_ledger_is_ahead(ledger));
    leat_ledger_close(ledger);
}

static void a_restart_may_acknowledge_again_what_was_durable(void **state)
{
    (void)state;
    leat_ledger *ledger = begun(10);
    assert_false(leat_ledger_is_ahead(ledger));
    assert_string_equal(leat_ledger_acknowledgeable(ledger), "10");
    leat_ledger_acknowledge(ledger);
    assert_null(leat_ledger_acknowledgeable(ledger));
    leat_ledger_close(ledger);
}

static void nothing_is_acknowledged_before_anything_is_durable(void **state)
{
    (void)state;
    leat_error error;
    leat_ledger *ledger = leat_ledger_open(NULL);
    assert_int_equal(leat_ledger_mark(ledger, &(leat_log_place){.log = "5"}, &error), LEAT_OK);
    assert_null(leat_ledger_acknowledgeable(ledger));
    leat_ledger_acknowledge(ledger);
    assert_string_equal(leat_ledger_acknowledged(ledger), "");
    leat_ledger_close(ledger);
}

/* A snapshot's end, or where reading begins without one, is committed before any place has a key. */
static void the_first_position_is_durable_before_the_stream_begins(void **state)
{
    (void)state;
    numbered it;
    leat_error error;
    leat_ledger *ledger = leat_ledger_open(NULL);
    assert_int_equal(leat_ledger_begin(ledger, at(&it, 7)->order, &error), LEAT_FAILED);
    assert_int_equal(leat_ledger_mark(ledger, at(&it, 7), &error), LEAT_FAILED); /* was not received */
    assert_int_equal(leat_ledger_mark(ledger, &(leat_log_place){.log = "7"}, &error), LEAT_OK);
    assert_int_equal(leat_ledger_settle(ledger, &error), LEAT_OK);
    assert_string_equal(leat_ledger_acknowledgeable(ledger), "7");
    assert_int_equal(leat_ledger_begin(ledger, it.place.order, &error), LEAT_OK);
    assert_false(leat_ledger_is_ahead(ledger));
    assert_int_equal(leat_ledger_begin(ledger, it.place.order, &error), LEAT_FAILED);
    assert_int_equal(receive(ledger, 6, &error), LEAT_FAILED);
    assert_string_equal(error.message, "the source went back in its log: 0000000000000006 came after "
                                       "0000000000000007");
    assert_int_equal(receive(ledger, 8, &error), LEAT_OK);
    leat_ledger_close(ledger);
}

static void keys_that_cannot_be_compared_are_refused(void **state)
{
    (void)state;
    static const uint8_t bytes[LEAT_ORDER_MOST + 1] = {0xff};
    leat_error error;
    leat_ledger *ledger = begun(10);
    assert_int_equal(leat_ledger_receive(ledger, leat_slice_of(bytes, 0), &error), LEAT_FAILED);
    assert_int_equal(leat_ledger_receive(ledger, leat_slice_of(bytes, KEY_SIZE - 1), &error), LEAT_FAILED);
    assert_int_equal(leat_ledger_receive(ledger, leat_slice_of(bytes, KEY_SIZE + 1), &error), LEAT_FAILED);
    assert_int_equal(leat_ledger_mark(ledger, &(leat_log_place){.log = "10"}, &error), LEAT_FAILED);
    assert_int_equal(number_of(leat_ledger_received(ledger)), 10);
    leat_ledger_close(ledger);
    ledger = leat_ledger_open("10");
    assert_int_equal(leat_ledger_begin(ledger, leat_slice_of(bytes, 0), &error), LEAT_FAILED);
    assert_int_equal(leat_ledger_begin(ledger, leat_slice_of(bytes, sizeof bytes), &error), LEAT_FAILED);
    leat_ledger_close(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(acknowledged_never_passes_durable_never_passes_received),
        cmocka_unit_test(what_arrives_after_the_mark_is_not_settled_with_it),
        cmocka_unit_test(a_restart_may_acknowledge_again_what_was_durable),
        cmocka_unit_test(nothing_is_acknowledged_before_anything_is_durable),
        cmocka_unit_test(the_first_position_is_durable_before_the_stream_begins),
        cmocka_unit_test(keys_that_cannot_be_compared_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
