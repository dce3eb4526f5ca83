/* Held groups of binlog events: order, cutting back to a savepoint, overflow into a file, keeping and
 * loading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "mysql/stream/group.h"
#include "temporary_folder.h"

enum { LARGE = 3 << 20 };

static int make_folder(void **state)
{
    temporary_folder *folder = leat_allocate(sizeof *folder);
    temporary_folder_make(folder);
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    temporary_folder_remove(*state);
    leat_release(*state);
    return 0;
}

static const char *folder_of(void **state)
{
    return ((const temporary_folder *)*state)->path;
}

static leat_binlog_event event_of(uint32_t number, leat_slice body)
{
    return (leat_binlog_event){
        .timestamp = number,
        .type = LEAT_BINLOG_QUERY,
        .server_id = 7,
        .length = (uint32_t)body.length + LEAT_BINLOG_HEADER_SIZE,
        .log_pos = 100 + number,
        .flags = 8,
        .body = body,
    };
}

static void append(leat_mysql_group *group, uint32_t number, size_t length)
{
    leat_error error;
    char *bytes = leat_allocate(length + 1);
    memset(bytes, (int)('a' + number % 26), length);
    leat_binlog_event event = event_of(number, leat_slice_of(bytes, length));
    assert_int_equal(leat_mysql_group_append(group, &event, &error), LEAT_OK);
    leat_release(bytes);
}

static void expect_event(leat_mysql_group *group, uint32_t number, size_t length)
{
    leat_error error;
    leat_binlog_event event;
    bool found;
    assert_int_equal(leat_mysql_group_next(group, &event, &found, &error), LEAT_OK);
    assert_true(found);
    assert_int_equal(event.timestamp, number);
    assert_int_equal(event.type, LEAT_BINLOG_QUERY);
    assert_int_equal(event.server_id, 7);
    assert_int_equal(event.length, length + LEAT_BINLOG_HEADER_SIZE);
    assert_int_equal(event.log_pos, 100 + number);
    assert_int_equal(event.flags, 8);
    assert_int_equal(event.body.length, length);
    for (size_t i = 0; i < length; i++)
        if (event.body.data[i] != 'a' + number % 26)
            fail_msg("event %u has another byte at %zu", number, i);
}

static void expect_end(leat_mysql_group *group)
{
    leat_error error;
    leat_binlog_event event;
    bool found;
    assert_int_equal(leat_mysql_group_next(group, &event, &found, &error), LEAT_OK);
    assert_false(found);
}

static void events_come_back_in_order(void **state)
{
    leat_mysql_group *group = leat_mysql_group_new(folder_of(state));
    append(group, 1, 10);
    append(group, 2, 0);
    append(group, 3, 500);
    for (int time = 0; time < 2; time++) {
        leat_mysql_group_rewind(group);
        expect_event(group, 1, 10);
        expect_event(group, 2, 0);
        expect_event(group, 3, 500);
        expect_end(group);
    }
    leat_mysql_group_reset(group);
    leat_mysql_group_rewind(group);
    expect_end(group);
    leat_mysql_group_free(group);
}

static void cut_takes_back_what_came_after_the_mark(void **state)
{
    leat_error error;
    leat_mysql_group *group = leat_mysql_group_new(folder_of(state));
    append(group, 1, 10);
    uint64_t mark = leat_mysql_group_size(group);
    append(group, 2, 20);
    assert_int_equal(leat_mysql_group_cut(group, mark, &error), LEAT_OK);
    append(group, 3, 30);
    leat_mysql_group_rewind(group);
    expect_event(group, 1, 10);
    expect_event(group, 3, 30);
    expect_end(group);
    leat_mysql_group_free(group);
}

/* Large enough to go to a file more than once; one cut leads into the file, one into what is in memory. */
static void overflow_to_a_file_keeps_order_and_can_be_cut(void **state)
{
    leat_error error;
    leat_mysql_group *group = leat_mysql_group_new(folder_of(state));
    for (uint32_t i = 0; i < 8; i++)
        append(group, i, LARGE);
    uint64_t in_file = leat_mysql_group_size(group);
    for (uint32_t i = 8; i < 12; i++)
        append(group, i, LARGE);
    assert_int_equal(leat_mysql_group_cut(group, in_file, &error), LEAT_OK);
    append(group, 20, 5);
    uint64_t in_memory = leat_mysql_group_size(group);
    append(group, 21, 5);
    assert_int_equal(leat_mysql_group_cut(group, in_memory, &error), LEAT_OK);
    append(group, 22, LARGE);
    leat_mysql_group_rewind(group);
    for (uint32_t i = 0; i < 8; i++)
        expect_event(group, i, LARGE);
    expect_event(group, 20, 5);
    expect_event(group, 22, LARGE);
    expect_end(group);
    leat_mysql_group_free(group);
}

static void kept_group_is_loaded_by_another(void **state)
{
    leat_error error;
    bool found;
    leat_mysql_group *group = leat_mysql_group_new(folder_of(state));
    leat_mysql_group *other = leat_mysql_group_new(folder_of(state));
    for (uint32_t i = 0; i < 5; i++)
        append(group, i, LARGE);
    assert_int_equal(leat_mysql_group_keep(group, "one.prepared", &error), LEAT_OK);
    assert_int_equal(leat_mysql_group_load(other, "one.prepared", &found, &error), LEAT_OK);
    assert_true(found);
    leat_mysql_group_rewind(other);
    for (uint32_t i = 0; i < 5; i++)
        expect_event(other, i, LARGE);
    expect_end(other);
    assert_int_equal(leat_mysql_group_load(other, "none.prepared", &found, &error), LEAT_OK);
    assert_false(found);
    leat_mysql_group_free(other);
    leat_mysql_group_free(group);
}

/* What a crash of the disk left half: said, not read. */
static void kept_group_that_is_not_whole_is_refused(void **state)
{
    leat_error error;
    leat_binlog_event event;
    bool found;
    char path[512];
    leat_mysql_group *group = leat_mysql_group_new(folder_of(state));
    append(group, 1, 100);
    assert_int_equal(leat_mysql_group_keep(group, "half.prepared", &error), LEAT_OK);
    snprintf(path, sizeof path, "%s/half.prepared", folder_of(state));
    for (off_t size = 1; size < 127; size += 9) {
        assert_int_equal(truncate(path, 127 - size), 0);
        assert_int_equal(leat_mysql_group_load(group, "half.prepared", &found, &error), LEAT_OK);
        leat_mysql_group_rewind(group);
        assert_int_equal(leat_mysql_group_next(group, &event, &found, &error), LEAT_FAILED);
    }
    leat_mysql_group_free(group);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_come_back_in_order),
        cmocka_unit_test(cut_takes_back_what_came_after_the_mark),
        cmocka_unit_test(overflow_to_a_file_keeps_order_and_can_be_cut),
        cmocka_unit_test(kept_group_is_loaded_by_another),
        cmocka_unit_test(kept_group_that_is_not_whole_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
