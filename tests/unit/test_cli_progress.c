/* What a run says about how it is getting on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/progress_text.h"

enum { SECOND = 1000000 };

static void assert_described(const leat_pipeline_status *status, leat_progress_pace pace,
                             const char *expected)
{
    leat_buffer out = {0};
    leat_progress_describe(status, &pace, &out);
    assert_string_equal(leat_buffer_string(&out), expected);
    leat_buffer_free(&out);
}

static leat_pipeline_status status_of(leat_pipeline_phase phase, const leat_pipeline_table *tables,
                                      size_t count)
{
    return (leat_pipeline_status){
        .phase = phase,
        .received = "",
        .durable = "",
        .acknowledged = "",
        .tables = tables,
        .table_count = count,
    };
}

static void a_snapshot_tells_tables_rows_rate_and_time_left(void **state)
{
    (void)state;
    static const leat_pipeline_table tables[] = {
        {.name = "public.done",
         .in_snapshot = true,
         .snapshot_done = true,
         .snapshot_records = 500,
         .snapshot_estimate = 400},
        {.name = "public.big", .in_snapshot = true, .snapshot_records = 2500, .snapshot_estimate = 9500},
        {.name = "public.next", .in_snapshot = true, .snapshot_estimate = 2000},
        {.name = "public.other", .snapshot_estimate = -1}, /* not part of the snapshot */
    };
    leat_pipeline_status status = status_of(LEAT_PHASE_SNAPSHOT, tables, 4);
    /* 3,000 of 500 + 9,500 + 2,000 rows; 9,000 are left: nine seconds at 1,000 a second. */
    assert_int_equal(leat_progress_time_left(&status, 1000), 9 * SECOND);
    assert_described(&status, (leat_progress_pace){.rate = 1000, .lag = -1},
                     "snapshot: 1 of 3 tables done, 3,000 rows (25%), 1.00k rows/s, ETA 9.0 s"
                     " | public.big 26%");
}

static void a_long_list_of_tables_is_cut(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    leat_pipeline_table tables[6];
    for (size_t i = 0; i < 6; i++)
        tables[i] = (leat_pipeline_table){
            .name = names[i], .in_snapshot = true, .snapshot_records = 1, .snapshot_estimate = 2};
    leat_pipeline_status status = status_of(LEAT_PHASE_SNAPSHOT, tables, 6);
    assert_described(&status, (leat_progress_pace){.rate = 1, .lag = -1},
                     "snapshot: 0 of 6 tables done, 6 rows (50%), 1 rows/s, ETA 6.0 s"
                     " | a 50%, b 50%, c 50%, d 50% and 2 more");
}

static void a_table_of_unknown_size_has_no_time_left(void **state)
{
    (void)state;
    static const leat_pipeline_table tables[] = {
        {.name = "public.a", .in_snapshot = true, .snapshot_records = 12345, .snapshot_estimate = -1}};
    leat_pipeline_status status = status_of(LEAT_PHASE_SNAPSHOT, tables, 1);
    assert_int_equal(leat_progress_time_left(&status, 1000), -1);
    assert_described(&status, (leat_progress_pace){.rate = 1000, .lag = -1},
                     "snapshot: 0 of 1 table done, 12,345 rows, 1.00k rows/s | public.a 12.3k");
}

/* Estimates are old: while rows still come, nothing is said to be complete. */
static void more_rows_than_expected_are_not_the_end(void **state)
{
    (void)state;
    static const leat_pipeline_table tables[] = {
        {.name = "public.a", .in_snapshot = true, .snapshot_records = 50, .snapshot_estimate = 10}};
    leat_pipeline_status status = status_of(LEAT_PHASE_SNAPSHOT, tables, 1);
    assert_described(&status, (leat_progress_pace){.rate = 5, .lag = -1},
                     "snapshot: 0 of 1 table done, 50 rows, 5 rows/s | public.a 99%");
}

static void no_rate_is_no_time_left(void **state)
{
    (void)state;
    static const leat_pipeline_table tables[] = {
        {.name = "public.a", .in_snapshot = true, .snapshot_records = 5, .snapshot_estimate = 10}};
    leat_pipeline_status status = status_of(LEAT_PHASE_SNAPSHOT, tables, 1);
    assert_int_equal(leat_progress_time_left(&status, 0), -1);
    status.table_count = 0;
    assert_int_equal(leat_progress_time_left(&status, 1000), -1);
}

static void a_stream_tells_records_rate_and_lag(void **state)
{
    (void)state;
    leat_pipeline_status status = status_of(LEAT_PHASE_STREAMING, NULL, 0);
    status.records = 1234567;
    status.durable = "0/16B3748";
    status.sink.files = 2;
    assert_described(&status, (leat_progress_pace){.rate = 157321, .lag = 350000},
                     "streaming: 1,234,567 records, 157k/s, lag 350 ms, 2 files, durable to 0/16B3748");
    assert_described(&status, (leat_progress_pace){.lag = 350000, .idle = true},
                     "streaming: 1,234,567 records, nothing new, 2 files, durable to 0/16B3748");
}

static void a_stream_that_has_not_begun_claims_nothing(void **state)
{
    (void)state;
    leat_pipeline_status status = status_of(LEAT_PHASE_STREAMING, NULL, 0);
    status.records = 1;
    assert_described(&status, (leat_progress_pace){.lag = -1}, "streaming: 1 record, 0/s");
}

static void every_phase_says_something(void **state)
{
    (void)state;
    leat_pipeline_status status = status_of(LEAT_PHASE_CONNECTING, NULL, 0);
    status.running_for = 3 * SECOND;
    assert_described(&status, (leat_progress_pace){.lag = -1}, "connecting, since 3.0 s");
    status.phase = LEAT_PHASE_RETRYING;
    assert_described(&status, (leat_progress_pace){.lag = -1}, "waiting to try again");
    status.phase = LEAT_PHASE_STOPPING;
    assert_described(&status, (leat_progress_pace){.lag = -1}, "finishing what has arrived");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_snapshot_tells_tables_rows_rate_and_time_left),
        cmocka_unit_test(a_long_list_of_tables_is_cut),
        cmocka_unit_test(a_table_of_unknown_size_has_no_time_left),
        cmocka_unit_test(more_rows_than_expected_are_not_the_end),
        cmocka_unit_test(no_rate_is_no_time_left),
        cmocka_unit_test(a_stream_tells_records_rate_and_lag),
        cmocka_unit_test(a_stream_that_has_not_begun_claims_nothing),
        cmocka_unit_test(every_phase_says_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
