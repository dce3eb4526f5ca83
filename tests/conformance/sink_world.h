/* The world of the suite of sinks: their kinds, and one of them in a folder of its own. */
#ifndef LEAT_TESTS_SINK_WORLD_H
#define LEAT_TESTS_SINK_WORLD_H

#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/sink_samples.h"
#include "../unit/temporary_folder.h"
#include "sink/file/sink.h"
#include "sink/stdout/sink.h"
#include "sink_kafka.h"
#include "state/state.h"

enum { MOST_VERSIONS = 128 };

typedef struct fixture fixture;

/* One kind of sink, and what its medium cannot do. */
typedef struct kind {
    const char *name;
    leat_kafka_delivery delivery; /* of Kafka */
    leat_status (*open)(fixture *world);
    bool (*read)(const fixture *world, sample_rows *rows);
    void (*make_room)(fixture *world, const char *table); /* before a table is opened; may be NULL */
    bool holds_transactions; /* what a cut transaction has brought stays invisible */
    bool hides;              /* what was not committed is never visible */
    bool keeps_all;          /* however much it is */
} kind;

struct fixture {
    const kind *kind;
    temporary_folder folder;
    char state_path[TEMPORARY_PATH_SIZE];
    char sink_path[TEMPORARY_PATH_SIZE];
    int output;
    sink_kafka kafka;
    leat_state *state;
    leat_sink *sink;
    leat_position position; /* what recover said */
    leat_error error;
    leat_table_version *versions[MOST_VERSIONS];
    leat_sink_table *tables[MOST_VERSIONS];
    size_t version_count;
};

/* ---- The kinds ---- */

static inline leat_status open_file(fixture *world)
{
    leat_sink_file_options options = {.path = world->sink_path,
                                      .codec = LEAT_CODEC_DEFLATE,
                                      .roll_rows = 1000000,
                                      .roll_bytes = 1 << 28,
                                      .roll_every = INT64_C(3600) * 1000000,
                                      .pipeline = "shop",
                                      .state = world->state};
    return leat_sink_file_open(&options, &world->sink, &world->error);
}

static inline bool read_files(const fixture *world, sample_rows *rows)
{
    return sample_read_lake(world->sink_path, rows);
}

static inline leat_status open_stdout(fixture *world)
{
    world->output = open(world->sink_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    return leat_sink_stdout_open(world->output, world->state, &world->sink, &world->error);
}

static inline bool read_lines(const fixture *world, sample_rows *rows)
{
    FILE *file = fopen(world->sink_path, "r");
    json_error_t error;
    json_t *line;
    while ((line = json_loadf(file, JSON_DISABLE_EOF_CHECK, &error)) != NULL) {
        sample_row *row = sample_rows_add(rows);
        const json_t *event = json_object_get(line, "event");
        snprintf(row->table, sizeof row->table, "%s", json_string_value(json_object_get(line, "table")));
        row->version = (unsigned)json_integer_value(json_object_get(line, "version"));
        row->id = json_integer_value(json_object_get(event, "id"));
        row->note_length = json_string_length(json_object_get(event, "note"));
        json_decref(line);
    }
    /* Nothing but white space may be left. */
    bool good = fgetc(file) == EOF || json_error_code(&error) == json_error_premature_end_of_input;
    fclose(file);
    return good;
}

static inline leat_status open_kafka(fixture *world)
{
    const leat_sink_kafka_options options =
        sink_kafka_options(&world->kafka, world->kind->delivery, world->state);
    return leat_sink_kafka_open(&options, &world->sink, &world->error);
}

static inline leat_status open_mock(fixture *world)
{
    if (world->kafka.mock.cluster == NULL)
        sink_kafka_begin_mock(&world->kafka);
    return open_kafka(world);
}

static inline leat_status open_live(fixture *world)
{
    if (world->kafka.prefix[0] == '\0')
        sink_kafka_begin_live(&world->kafka);
    return open_kafka(world);
}

static inline void make_mock_room(fixture *world, const char *table)
{
    sink_kafka_mock_table(&world->kafka, table);
}

static inline bool read_kafka(const fixture *world, sample_rows *rows)
{
    return sink_kafka_read(&world->kafka, rows);
}

static const kind kinds[] = {
    {.name = "file",
     .open = open_file,
     .read = read_files,
     .holds_transactions = true,
     .hides = true,
     .keeps_all = true},
    {.name = "stdout", .open = open_stdout, .read = read_lines, .hides = true, .keeps_all = true},
    /* The mock shows what was aborted, and keeps 5 MiB a partition. */
    {.name = "kafka_exactly_once",
     .delivery = LEAT_KAFKA_EXACTLY_ONCE,
     .open = open_mock,
     .read = read_kafka,
     .make_room = make_mock_room},
    {.name = "kafka_at_least_once",
     .delivery = LEAT_KAFKA_AT_LEAST_ONCE,
     .open = open_mock,
     .read = read_kafka,
     .make_room = make_mock_room},
    {.name = "live_kafka_exactly_once",
     .delivery = LEAT_KAFKA_EXACTLY_ONCE,
     .open = open_live,
     .read = read_kafka,
     .hides = true,
     .keeps_all = true},
    {.name = "live_kafka_at_least_once",
     .delivery = LEAT_KAFKA_AT_LEAST_ONCE,
     .open = open_live,
     .read = read_kafka,
     .keeps_all = true},
};

/* ---- The world of a test ---- */

static inline void open_world(fixture *world)
{
    assert_int_equal(leat_state_open(world->state_path, "shop", false, &world->state, &world->error),
                     LEAT_OK);
    assert_int_equal(world->kind->open(world), LEAT_OK);
    leat_position_clear(&world->position);
    assert_int_equal(leat_sink_recover(world->sink, &world->position, &world->error), LEAT_OK);
    for (size_t i = 0; i < world->version_count; i++)
        assert_int_equal(
            leat_sink_open_table(world->sink, world->versions[i], &world->tables[i], &world->error), LEAT_OK);
}

static inline void close_world(fixture *world)
{
    if (world->sink != NULL)
        leat_sink_close(world->sink);
    leat_state_close(world->state);
    if (world->output >= 0)
        close(world->output);
    world->sink = NULL;
    world->state = NULL;
    world->output = -1;
}

static inline void reopen_world(fixture *world)
{
    close_world(world);
    open_world(world);
}

static inline int set_up(void **context)
{
    fixture *made = leat_allocate(sizeof *made);
    made->kind = *context;
    made->output = -1;
    temporary_folder_make(&made->folder);
    temporary_path(&made->folder, "leat.db", made->state_path);
    temporary_path(&made->folder, "sink", made->sink_path);
    *context = made;
    open_world(made);
    return 0;
}

static inline int tear_down(void **context)
{
    fixture *world = *context;
    close_world(world);
    for (size_t i = 0; i < world->version_count; i++)
        sample_version_free(world->versions[i]);
    sink_kafka_end(&world->kafka);
    leat_position_clear(&world->position);
    temporary_folder_remove(&world->folder);
    leat_release(world);
    return 0;
}

/* Gives the table's place in the world. */
static inline size_t add_version(fixture *world, const char *name, unsigned number)
{
    size_t place = world->version_count++;
    assert_true(place < MOST_VERSIONS);
    world->versions[place] = sample_version("public", name, number);
    if (world->kind->make_room != NULL)
        world->kind->make_room(world, name);
    assert_int_equal(
        leat_sink_open_table(world->sink, world->versions[place], &world->tables[place], &world->error),
        LEAT_OK);
    return place;
}

static inline void append_note(fixture *world, size_t place, int64_t id, const char *note)
{
    bool full;
    assert_int_equal(sample_append(world->sink, world->tables[place], world->versions[place], id, note,
                                   sample_time, &full, &world->error),
                     LEAT_OK);
}

static inline void append(fixture *world, size_t place, int64_t from, int64_t to)
{
    for (int64_t id = from; id <= to; id++)
        append_note(world, place, id, "hello");
}

static inline void commit(fixture *world, const char *log, const char *transaction, uint64_t ordinal)
{
    leat_position position = {0};
    leat_position_set(&position, log, transaction, ordinal);
    leat_status status = leat_sink_commit(world->sink, &position, &world->error);
    if (status != LEAT_OK)
        print_error("%s\n", world->error.message);
    assert_int_equal(status, LEAT_OK);
    leat_position_clear(&position);
}

static inline void finish(fixture *world, const char *log)
{
    leat_sink_finish(world->sink);
    commit(world, log, NULL, 0);
}

static inline void expect_recovered(const fixture *world, const char *expected)
{
    char *text = leat_position_format(&world->position);
    assert_string_equal(text, expected);
    leat_release(text);
}

/* The rows of the version, in order, are exactly the ids from `from` to `to`. */
static inline void expect_rows(const fixture *world, size_t place, int64_t from, int64_t to)
{
    sample_rows rows = {0};
    assert_true(world->kind->read(world, &rows));
    const leat_table_version *version = world->versions[place];
    char name[256];
    snprintf(name, sizeof name, "%s.%s", version->table->schema, version->table->name);
    int64_t next = from;
    for (size_t i = 0; i < rows.count; i++) {
        if (strcmp(rows.items[i].table, name) != 0 || rows.items[i].version != version->number)
            continue;
        assert_int_equal(rows.items[i].id, next);
        next++;
    }
    assert_int_equal(next, to + 1);
    sample_rows_free(&rows);
}

static inline size_t count_rows(const fixture *world)
{
    sample_rows rows = {0};
    assert_true(world->kind->read(world, &rows));
    size_t count = rows.count;
    sample_rows_free(&rows);
    return count;
}

#endif
