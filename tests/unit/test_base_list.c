/* Lists that grow, and the map from names to places in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/list.h"
#include "base/map.h"
#include "base/memory.h"

/* ---- Lists ---- */

static void lists_grow_and_keep(void **state)
{
    (void)state;
    uint64_t *items = NULL;
    size_t capacity = 0;
    size_t moves = 0;
    for (size_t count = 0; count < 100000; count++) {
        size_t before = capacity;
        items = leat_list_room(items, count, &capacity, sizeof *items);
        assert_true(capacity > count);
        moves += capacity != before;
        items[count] = count * 7;
    }
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(items[i], i * 7);
    assert_true(moves < 20); /* doubled, so what is copied stays in proportion */
    leat_release(items);
}

static void lists_in_arenas_grow_and_keep(void **state)
{
    (void)state;
    leat_arena arena = {0};
    uint64_t *items = NULL;
    size_t capacity = 0;
    for (size_t count = 0; count < 10000; count++) {
        items = leat_arena_list_room(&arena, items, count, &capacity, sizeof *items);
        assert_int_equal(items[count], 0);
        items[count] = count * 7 + 1;
    }
    for (size_t i = 0; i < 10000; i++)
        assert_int_equal(items[i], i * 7 + 1);
    leat_arena_free(&arena);
}

static void a_list_with_room_stays_where_it_is(void **state)
{
    (void)state;
    size_t capacity = 0;
    int *items = leat_list_room(NULL, 0, &capacity, sizeof *items);
    assert_ptr_equal(leat_list_room(items, capacity - 1, &capacity, sizeof *items), items);
    leat_release(items);
}

static void a_list_of_more_than_there_is_ends_the_process(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(STDERR_FILENO);
        size_t capacity = SIZE_MAX / 2 + 1;
        leat_release(leat_list_room(NULL, capacity, &capacity, 8));
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---- Maps ---- */

static leat_slice name_of(unsigned number, char text[32])
{
    snprintf(text, 32, "shop.table_%u", number);
    return leat_slice_of_string(text);
}

static void places_follow_the_order_of_names(void **state)
{
    (void)state;
    enum { NAMES = 20000 };
    leat_map map = {0};
    char text[32];
    size_t place = 99;
    assert_false(leat_map_find(&map, name_of(0, text), &place));
    assert_int_equal(place, 99);
    for (unsigned i = 0; i < NAMES; i++) {
        assert_true(leat_map_add(&map, name_of(i, text), &place));
        assert_int_equal(place, i);
        assert_false(leat_map_add(&map, name_of(i / 2, text), &place));
        assert_int_equal(place, i / 2);
    }
    assert_int_equal(map.count, NAMES);
    for (unsigned i = 0; i < NAMES; i++) {
        assert_true(leat_map_find(&map, name_of(i, text), &place));
        assert_int_equal(place, i);
    }
    assert_false(leat_map_find(&map, name_of(NAMES, text), &place));
    assert_int_equal(place, NAMES - 1);
    leat_map_free(&map);
}

static void names_are_bytes(void **state)
{
    (void)state;
    static const leat_slice names[] = {
        {(const uint8_t *)"", 0},
        {(const uint8_t *)"\0", 1},
        {(const uint8_t *)"\0\0", 2},
        {(const uint8_t *)"a", 1},
        {(const uint8_t *)"A", 1},
        {(const uint8_t *)"a\0", 2},
        {(const uint8_t *)"a\0b", 3},
        {(const uint8_t *)"a.b", 3},
        {(const uint8_t *)"a b", 3},
        {(const uint8_t *)"\xff", 1},
        {(const uint8_t *)"stra\xc3\x9f"
                          "e",
         7},
    };
    enum { NAMES = sizeof names / sizeof *names };
    leat_map map = {0};
    size_t place;
    for (size_t i = 0; i < NAMES; i++) {
        assert_true(leat_map_add(&map, names[i], &place));
        assert_int_equal(place, i);
    }
    for (size_t i = 0; i < NAMES; i++) {
        assert_true(leat_map_find(&map, names[i], &place));
        assert_int_equal(place, i);
    }
    assert_true(leat_map_find(&map, leat_slice_of(NULL, 0), &place));
    assert_int_equal(place, 0);
    leat_map_free(&map);
}

/* The caller's text may go: the map has its own. */
static void names_are_copied(void **state)
{
    (void)state;
    leat_map map = {0};
    char text[32];
    size_t place;
    assert_true(leat_map_add(&map, name_of(1, text), &place));
    memset(text, 'x', sizeof text);
    assert_true(leat_map_find(&map, name_of(1, text), &place));
    leat_map_free(&map);
}

static void the_last_name_can_be_taken_back(void **state)
{
    (void)state;
    leat_map map = {0};
    char text[32];
    size_t place;
    for (unsigned i = 0; i < 5000; i++) {
        assert_true(leat_map_add(&map, name_of(i, text), &place));
        assert_true(leat_map_add(&map, leat_slice_of_string("passing"), &place));
        leat_map_take_back(&map);
        assert_false(leat_map_find(&map, leat_slice_of_string("passing"), &place));
        assert_true(leat_map_find(&map, name_of(i, text), &place));
    }
    for (unsigned i = 5000; i > 0; i--) {
        for (unsigned j = 0; j < i; j += 997) {
            assert_true(leat_map_find(&map, name_of(j, text), &place));
            assert_int_equal(place, j);
        }
        leat_map_take_back(&map);
        assert_false(leat_map_find(&map, name_of(i - 1, text), &place));
    }
    assert_int_equal(map.count, 0);
    leat_map_free(&map);
}

static void a_freed_map_is_empty(void **state)
{
    (void)state;
    leat_map map = {0};
    size_t place;
    leat_map_free(&map);
    assert_true(leat_map_add(&map, leat_slice_of_string("a"), &place));
    leat_map_free(&map);
    assert_false(leat_map_find(&map, leat_slice_of_string("a"), &place));
    assert_true(leat_map_add(&map, leat_slice_of_string("b"), &place));
    assert_int_equal(place, 0);
    leat_map_free(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_grow_and_keep),
        cmocka_unit_test(lists_in_arenas_grow_and_keep),
        cmocka_unit_test(a_list_with_room_stays_where_it_is),
        cmocka_unit_test(a_list_of_more_than_there_is_ends_the_process),
        cmocka_unit_test(places_follow_the_order_of_names),
        cmocka_unit_test(names_are_bytes),
        cmocka_unit_test(names_are_copied),
        cmocka_unit_test(the_last_name_can_be_taken_back),
        cmocka_unit_test(a_freed_map_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
