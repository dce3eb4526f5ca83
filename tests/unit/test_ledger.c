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

static leat_status compare(const char *left, const char *right, int *order, leat_error *error)
{
    (void)error;
    long l = strtol(left, NULL, 10);
    long r = strtol(right, NULL, 10);
    *order = l < r ? -1 : l > r;
    return LEAT_OK;
}

static long number(const char *text)
{
    return *text == '\0' ? 0 : strtol(text, NULL, 10);
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

enum { MOST_TICKETS = 4096 };

/* What the ledger should know: the position each ticket stands for, and the three positions as numbers. */
typedef struct model {
    long received, durable, acknowledged;
    long at_ticket[MOST_TICKETS];
    uint64_t last_ticket, settled;
} model;

static void check_invariants(const leat_ledger *ledger, const model *model)
{
    assert_int_equal(number(leat_ledger_received(ledger)), model->received);
    assert_int_equal(number(leat_ledger_durable(ledger)), model->durable);
    assert_int_equal(number(leat_ledger_acknowledged(ledger)), model->acknowledged);
    assert_true(model->acknowledged <= model->durable);
    assert_true(model->durable <= model->received);
}

static void random_receive(leat_ledger *ledger, model *model, uint32_t *seed)
{
    long delta = (long)(next_random(seed) % 7) - 2;
    long wanted = model->received + delta;
    char text[24];
    snprintf(text, sizeof text, "%ld", wanted < 1 ? 1 : wanted);
    leat_error error;
    leat_status status = leat_ledger_receive(ledger, text, &error);
    if (strtol(text, NULL, 10) < model->received) {
        assert_int_equal(status, LEAT_FAILED); /* never back */
        return;
    }
    assert_int_equal(status, LEAT_OK);
    model->received = strtol(text, NULL, 10);
}

static void random_mark(leat_ledger *ledger, model *model)
{
    if (model->last_ticket + 1 >= MOST_TICKETS)
        return;
    uint64_t ticket = leat_ledger_mark(ledger);
    assert_int_equal(ticket, model->last_ticket + 1);
    model->last_ticket = ticket;
    model->at_ticket[ticket] = model->received;
}

static void random_settle(leat_ledger *ledger, model *model, uint32_t *seed)
{
    uint64_t ticket = model->settled + next_random(seed) % 5;
    leat_error error;
    leat_status status = leat_ledger_settle(ledger, ticket, &error);
    if (ticket <= model->settled || ticket > model->last_ticket) {
        assert_int_equal(status, LEAT_FAILED); /* twice, or never begun: nothing changes */
        return;
    }
    assert_int_equal(status, LEAT_OK);
    model->settled = ticket;
    model->durable = model->at_ticket[ticket];
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
        leat_ledger *ledger = leat_ledger_open(compare, NULL);
        model model = {0};
        for (int step = 0; step < 500; step++) {
            long durable = model.durable, acknowledged = model.acknowledged;
            switch (next_random(&seed) % 4) {
            case 0:
                random_receive(ledger, &model, &seed);
                break;
            case 1:
                random_mark(ledger, &model);
                break;
            case 2:
                random_settle(ledger, &model, &seed);
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
    leat_ledger *ledger = leat_ledger_open(compare, "10");
    assert_int_equal(leat_ledger_receive(ledger, "20", &error), LEAT_OK);
    uint64_t ticket = leat_ledger_mark(ledger);
    assert_int_equal(leat_ledger_receive(ledger, "30", &error), LEAT_OK);
    assert_int_equal(leat_ledger_settle(ledger, ticket, &error), LEAT_OK);
    assert_string_equal(leat_ledger_durable(ledger), "20");
    assert_string_equal(leat_ledger_acknowledgeable(ledger), "20");
    assert_string_equal(leat_ledger_received(ledger), "30");
    leat_ledger_close(ledger);
}

static void a_restart_may_acknowledge_again_what_was_durable(void **state)
{
    (void)state;
    leat_ledger *ledger = leat_ledger_open(compare, "10");
    assert_string_equal(leat_ledger_acknowledgeable(ledger), "10");
    leat_ledger_acknowledge(ledger);
    assert_null(leat_ledger_acknowledgeable(ledger));
    leat_ledger_close(ledger);
}

static void nothing_is_acknowledged_before_anything_is_durable(void **state)
{
    (void)state;
    leat_error error;
    leat_ledger *ledger = leat_ledger_open(compare, NULL);
    assert_int_equal(leat_ledger_receive(ledger, "5", &error), LEAT_OK);
    leat_ledger_mark(ledger);
    assert_null(leat_ledger_acknowledgeable(ledger));
    leat_ledger_acknowledge(ledger);
    assert_string_equal(leat_ledger_acknowledged(ledger), "");
    leat_ledger_close(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(acknowledged_never_passes_durable_never_passes_received),
        cmocka_unit_test(what_arrives_after_the_mark_is_not_settled_with_it),
        cmocka_unit_test(a_restart_may_acknowledge_again_what_was_durable),
        cmocka_unit_test(nothing_is_acknowledged_before_anything_is_durable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
