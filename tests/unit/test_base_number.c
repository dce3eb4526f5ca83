/* Doubles read from text are those that the C library reads, in every way that text can be read. */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

#include "base/number.h"

enum { TEXT_SIZE = 64, SEED = 20250317 };

/* xorshift64*: the same numbers in every run. */
static uint64_t draw(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static void assert_same(const char *text)
{
    double expected = strtod(text, NULL);
    double found = 0;
    if (!leat_number_parse_double(leat_slice_of_string(text), &found))
        fail_msg("%s was refused", text);
    if (memcmp(&expected, &found, sizeof found) != 0)
        fail_msg("%s is %a, but was read as %a", text, expected, found);
}

/* As the server prints them: the shortest of 15 to 17 digits that gives the value back. */
static void print_shortest(char text[static TEXT_SIZE], double value)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, TEXT_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
}

static void doubles_of_any_size(void **state)
{
    (void)state;
    uint64_t random = SEED;
    for (int i = 0; i < 300000; i++) {
        char text[TEXT_SIZE];
        uint64_t bits = draw(&random);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        print_shortest(text, value);
        assert_same(text);
    }
}

/* The sizes that tables are full of, where powers of ten up to 10^27 are enough. */
static void doubles_of_usual_size(void **state)
{
    (void)state;
    uint64_t random = SEED;
    for (int i = 0; i < 1000000; i++) {
        char text[TEXT_SIZE];
        double value = ldexp((double)(draw(&random) >> 11), (int)(draw(&random) % 120) - 100);
        print_shortest(text, draw(&random) % 2 == 0 ? value : -value);
        assert_same(text);
    }
}

/* Up to 19 digits with a point anywhere: most are no double's own text. */
static void decimals(void **state)
{
    (void)state;
    uint64_t random = SEED;
    for (int i = 0; i < 1000000; i++) {
        char text[TEXT_SIZE];
        uint64_t most = 1;
        for (uint64_t digits = 1 + draw(&random) % 19; digits > 0; digits--)
            most *= 10;
        int exponent = (int)(draw(&random) % 61) - 30;
        snprintf(text, sizeof text, "%" PRIu64 "e%+d", draw(&random) % most, exponent);
        assert_same(text);
    }
}

/* Halfway between two doubles, and one to either side: what a first rounding to 64 bits could spoil. */
static void boundaries(void **state)
{
    (void)state;
    uint64_t random = SEED;
    for (int i = 0; i < 1000000; i++) {
        char text[TEXT_SIZE];
        unsigned extra = 1 + (unsigned)(draw(&random) % 10);
        uint64_t mantissa = (UINT64_C(1) << 52) | draw(&random) >> 12;
        uint64_t halfway = (2 * mantissa + 1) << (extra - 1);
        uint64_t number = halfway - 1 + draw(&random) % 3;
        snprintf(text, sizeof text, "%" PRIu64, number);
        assert_same(text);
        /* Times a power of ten the boundary is missed by little or met again. */
        snprintf(text, sizeof text, "%" PRIu64 "e%+d", number, (int)(draw(&random) % 54) - 27);
        assert_same(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_of_any_size),
        cmocka_unit_test(doubles_of_usual_size),
        cmocka_unit_test(decimals),
        cmocka_unit_test(boundaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
