/* A file sink over a folder and a state store of its own, for tests. */
#ifndef LEAT_TESTS_SINK_LAKE_H
#define LEAT_TESTS_SINK_LAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "avro/container.h"
#include "sink/file/sink.h"
#include "sink_samples.h"
#include "state/state.h"
#include "temporary_folder.h"

enum { LAKE_VERSIONS = 64 };

typedef struct lake {
    temporary_folder folder;
    char state_path[TEMPORARY_PATH_SIZE];
    char path[TEMPORARY_PATH_SIZE];
    leat_sink_file_options options;
    leat_state *state;
    leat_sink *sink;
    leat_position position;
    leat_error error;
    leat_table_version *versions[LAKE_VERSIONS];
    leat_sink_table *tables[LAKE_VERSIONS];
    size_t version_count;
} lake;

/* State and sink, not yet recovered. */
static inline leat_status lake_open_sink(lake *lake)
{
    leat_status status = leat_state_open(lake->state_path, "shop", false, &lake->state, &lake->error);
    if (status != LEAT_OK)
        return status;
    lake->options.state = lake->state;
    return leat_sink_file_open(&lake->options, &lake->sink, &lake->error);
}

static inline leat_status lake_try_open(lake *lake)
{
    leat_status status = lake_open_sink(lake);
    leat_position_clear(&lake->position);
    if (status == LEAT_OK)
        status = leat_sink_recover(lake->sink, &lake->position, &lake->error);
    for (size_t i = 0; status == LEAT_OK && i < lake->version_count; i++)
        status = leat_sink_open_table(lake->sink, lake->versions[i], &lake->tables[i], &lake->error);
    return status;
}

static inline void lake_close(lake *lake)
{
    if (lake->sink != NULL)
        leat_sink_close(lake->sink);
    leat_state_close(lake->state);
    lake->sink = NULL;
    lake->state = NULL;
}

static inline void lake_open(lake *lake)
{
    leat_status status = lake_try_open(lake);
    if (status != LEAT_OK)
        print_error("%s. %s\n", lake->error.message, lake->error.mend);
    assert_int_equal(status, LEAT_OK);
}

static inline void lake_reopen(lake *lake)
{
    lake_close(lake);
    lake_open(lake);
}

static inline int lake_set_up(void **context)
{
    lake *made = leat_allocate(sizeof *made);
    temporary_folder_make(&made->folder);
    temporary_path(&made->folder, "leat.db", made->state_path);
    temporary_path(&made->folder, "lake", made->path);
    made->options = (leat_sink_file_options){.path = made->path,
                                             .codec = LEAT_CODEC_DEFLATE,
                                             .roll_rows = 1000000,
                                             .roll_bytes = 1 << 28,
                                             .roll_every = INT64_C(3600) * 1000000,
                                             .pipeline = "shop"};
    *context = made;
    lake_open(made);
    return 0;
}

static inline int lake_tear_down(void **context)
{
    lake *lake = *context;
    lake_close(lake);
    for (size_t i = 0; i < lake->version_count; i++)
        sample_version_free(lake->versions[i]);
    leat_position_clear(&lake->position);
    temporary_folder_remove(&lake->folder);
    leat_release(lake);
    return 0;
}

static inline size_t lake_add(lake *lake, const char *schema, const char *name, unsigned number)
{
    size_t place = lake->version_count++;
    assert_true(place < LAKE_VERSIONS);
    lake->versions[place] = sample_version(schema, name, number);
    assert_int_equal(
        leat_sink_open_table(lake->sink, lake->versions[place], &lake->tables[place], &lake->error), LEAT_OK);
    return place;
}

static inline leat_status lake_try_append(lake *lake, size_t place, int64_t id, int64_t time)
{
    bool full;
    return sample_append(lake->sink, lake->tables[place], lake->versions[place], id, "hello", time, &full,
                         &lake->error);
}

static inline void lake_append(lake *lake, size_t place, int64_t from, int64_t to)
{
    for (int64_t id = from; id <= to; id++)
        assert_int_equal(lake_try_append(lake, place, id, sample_time), LEAT_OK);
}

static inline leat_status lake_try_commit(lake *lake, const char *log, const char *transaction,
                                          uint64_t ordinal)
{
    leat_position position = {0};
    leat_position_set(&position, log, transaction, ordinal);
    leat_status status = leat_sink_commit(lake->sink, &position, &lake->error);
    leat_position_clear(&position);
    return status;
}

static inline void lake_commit(lake *lake, const char *log, const char *transaction, uint64_t ordinal)
{
    leat_status status = lake_try_commit(lake, log, transaction, ordinal);
    if (status != LEAT_OK)
        print_error("%s. %s\n", lake->error.message, lake->error.mend);
    assert_int_equal(status, LEAT_OK);
}

static inline void lake_finish(lake *lake, const char *log)
{
    leat_sink_finish(lake->sink);
    lake_commit(lake, log, NULL, 0);
}

/* What lies under the sink's folder is exactly this, sorted as strcmp sorts; each but the last ends with a
 * newline.
 */
static inline void lake_expect_paths(const lake *lake, const char *expected)
{
    sample_paths paths = {0};
    leat_buffer text = {0};
    sample_paths_list(lake->path, &paths);
    for (size_t i = 0; i < paths.count; i++)
        leat_buffer_printf(&text, "%s\n", paths.items[i]);
    assert_string_equal(leat_buffer_string(&text), expected);
    leat_buffer_free(&text);
    sample_paths_free(&paths);
}

/* The one file at work, as a path on the disk. */
static inline void lake_working_file(const lake *lake, char *path, size_t size)
{
    sample_paths paths = {0};
    size_t found = 0;
    sample_paths_list(lake->path, &paths);
    for (size_t i = 0; i < paths.count; i++)
        if (strstr(paths.items[i], "/.") != NULL) {
            snprintf(path, size, "%s/%s", lake->path, paths.items[i]);
            found++;
        }
    assert_int_equal(found, 1);
    sample_paths_free(&paths);
}

/* The visible rows are exactly the ids from `from` to `to`, in order. */
static inline void lake_expect_rows(const lake *lake, int64_t from, int64_t to)
{
    sample_rows rows = {0};
    assert_true(sample_read_lake(lake->path, &rows));
    assert_int_equal(rows.count, to - from + 1);
    for (size_t i = 0; i < rows.count; i++)
        assert_int_equal(rows.items[i].id, from + (int64_t)i);
    sample_rows_free(&rows);
}

#endif
