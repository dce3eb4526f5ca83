/* Tables, records and readers for tests of sinks. Records are encoded, and files read back, by Avro C. */
#ifndef LEAT_TESTS_SINK_SAMPLES_H
#define LEAT_TESTS_SINK_SAMPLES_H

#include <avro.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "leat/sink.h"

#define SAMPLE_FIELDS "{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"note\",\"type\":\"string\"}"
#define SAMPLE_SCHEMA                                                                                        \
    "{\"type\":\"record\",\"name\":\"Value\",\"namespace\":\"shop\",\"fields\":[" SAMPLE_FIELDS
static const char sample_schema_1[] = SAMPLE_SCHEMA "]}";
static const char sample_schema_2[] = SAMPLE_SCHEMA ",{\"name\":\"extra\",\"type\":\"int\"}]}";

/* 2026-03-10 08:00 UTC. */
static const int64_t sample_time = INT64_C(1773129600) * 1000000;

/* A version of a table. From version 2 on there is a field more. */
static inline leat_table_version *sample_version(const char *schema, const char *name, unsigned number)
{
    leat_table *table = leat_table_new();
    table->database = "shop";
    table->schema = leat_arena_string(&table->arena, schema);
    table->name = leat_arena_string(&table->arena, name);
    leat_table_version *version = leat_allocate(sizeof *version);
    version->table = table;
    version->number = number;
    version->fingerprint = "";
    version->value_schema = number == 1 ? sample_schema_1 : sample_schema_2;
    return version;
}

static inline void sample_version_free(leat_table_version *version)
{
    leat_table_release(version->table);
    leat_release(version);
}

/* The Avro bytes of a record, behind what `out` holds. */
static inline void sample_value(const leat_table_version *version, int64_t id, const char *note,
                                leat_buffer *out)
{
    avro_schema_t schema;
    avro_value_t value;
    avro_value_t field;
    if (avro_schema_from_json_length(version->value_schema, strlen(version->value_schema), &schema) != 0)
        abort();
    avro_value_iface_t *class = avro_generic_class_from_schema(schema);
    avro_generic_value_new(class, &value);
    avro_value_get_by_name(&value, "id", &field, NULL);
    avro_value_set_long(&field, id);
    avro_value_get_by_name(&value, "note", &field, NULL);
    avro_value_set_string(&field, note);
    if (avro_value_get_by_name(&value, "extra", &field, NULL) == 0)
        avro_value_set_int(&field, 7);
    size_t size;
    avro_value_sizeof(&value, &size);
    avro_writer_t writer = avro_writer_memory((char *)leat_buffer_reserve(out, size), (int64_t)size);
    if (avro_value_write(writer, &value) != 0)
        abort();
    leat_buffer_commit(out, size);
    avro_writer_free(writer);
    avro_value_decref(&value);
    avro_value_iface_decref(class);
    avro_schema_decref(schema);
}

/* As the sources make them: fixed width, sorted as the ids are. */
static inline void sample_sequence(int64_t id, char *text, size_t size)
{
    snprintf(text, size, "%016" PRIX64 ".%010d", (uint64_t)id, 1);
}

/* Appends a record whose sequence follows from its id. */
static inline leat_status sample_append(leat_sink *sink, leat_sink_table *table,
                                        const leat_table_version *version, int64_t id, const char *note,
                                        int64_t commit_time, bool *full, leat_error *error)
{
    leat_buffer value = {0};
    char sequence[64];
    leat_slice frame = table->value_frame;
    sample_sequence(id, sequence, sizeof sequence);
    leat_buffer_append_slice(&value, frame);
    sample_value(version, id, note, &value);
    leat_record record = {.table = table,
                          .operation = LEAT_CREATE,
                          .value = leat_slice_of(value.data + frame.length, value.length - frame.length),
                          .sequence = leat_slice_of_string(sequence),
                          .commit_time = commit_time};
    leat_status status = leat_sink_append(sink, &record, full, error);
    leat_buffer_free(&value);
    return status;
}

/* One record read back. `table` is the name it was found under. */
typedef struct sample_row {
    char table[128];
    unsigned version;
    int64_t id;
    size_t note_length;
} sample_row;

typedef struct sample_rows {
    sample_row *items;
    size_t count;
    size_t capacity;
} sample_rows;

static inline void sample_rows_free(sample_rows *rows)
{
    leat_release(rows->items);
    *rows = (sample_rows){0};
}

static inline sample_row *sample_rows_add(sample_rows *rows)
{
    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity == 0 ? 64 : rows->capacity * 2;
        rows->items = leat_reallocate(rows->items, rows->capacity * sizeof *rows->items);
    }
    sample_row *row = &rows->items[rows->count++];
    memset(row, 0, sizeof *row);
    return row;
}

static inline void sample_take_value(avro_value_t *value, const char *table, unsigned version,
                                     sample_rows *rows)
{
    sample_row *row = sample_rows_add(rows);
    snprintf(row->table, sizeof row->table, "%s", table);
    row->version = version;
    avro_value_t field;
    const char *note;
    avro_value_get_by_name(value, "id", &field, NULL);
    avro_value_get_long(&field, &row->id);
    avro_value_get_by_name(value, "note", &field, NULL);
    avro_value_get_string(&field, &note, &row->note_length);
    row->note_length--; /* Avro C counts the NUL */
    int extra = 7;
    if (avro_value_get_by_name(value, "extra", &field, NULL) == 0)
        avro_value_get_int(&field, &extra);
    if (extra != 7)
        abort();
}

/* Every record of a container; false when Avro C cannot read it to its end. */
static inline bool sample_read_file(const char *path, const char *table, unsigned version, sample_rows *rows)
{
    avro_file_reader_t reader;
    if (avro_file_reader(path, &reader) != 0)
        return false;
    avro_schema_t schema = avro_file_reader_get_writer_schema(reader);
    avro_value_iface_t *class = avro_generic_class_from_schema(schema);
    avro_value_t value;
    avro_generic_value_new(class, &value);
    int result;
    while ((result = avro_file_reader_read_value(reader, &value)) == 0) {
        sample_take_value(&value, table, version, rows);
        avro_value_reset(&value);
    }
    avro_value_decref(&value);
    avro_value_iface_decref(class);
    avro_schema_decref(schema);
    avro_file_reader_close(reader);
    return result == EOF;
}

/* The paths below a folder, relative to it, sorted; folders are left out. */
typedef struct sample_paths {
    char **items;
    size_t count;
} sample_paths;

static inline void sample_paths_add(sample_paths *paths, const char *relative)
{
    paths->items = leat_reallocate(paths->items, (paths->count + 1) * sizeof *paths->items);
    paths->items[paths->count++] = leat_duplicate_string(relative);
}

static inline void sample_paths_walk(const char *root, const char *relative, sample_paths *paths)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", root, relative);
    DIR *folder = opendir(leat_buffer_string(&path));
    if (folder == NULL)
        sample_paths_add(paths, relative);
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        leat_buffer_reset(&path);
        leat_buffer_printf(&path, "%s%s%s", relative, *relative == '\0' ? "" : "/", entry->d_name);
        sample_paths_walk(root, leat_buffer_string(&path), paths);
    }
    if (folder != NULL)
        closedir(folder);
    leat_buffer_free(&path);
}

static inline int sample_compare_paths(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static inline void sample_paths_list(const char *root, sample_paths *paths)
{
    sample_paths_walk(root, "", paths);
    if (paths->count > 0)
        qsort(paths->items, paths->count, sizeof *paths->items, sample_compare_paths);
}

static inline void sample_paths_free(sample_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        leat_release(paths->items[i]);
    leat_release(paths->items);
    *paths = (sample_paths){0};
}

static inline bool sample_is_data_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t length = strlen(name);
    return name[0] != '.' && length > 5 && strcmp(name + length - 5, ".avro") == 0;
}

/* Every record of every file with a final name, in the order of the paths. False for a file that cannot be
 * read, or that lies elsewhere than at <table>/v=<version>/dt=<date>/. */
static inline bool sample_read_lake(const char *root, sample_rows *rows)
{
    sample_paths paths = {0};
    bool good = true;
    sample_paths_list(root, &paths);
    for (size_t i = 0; i < paths.count; i++) {
        if (!sample_is_data_file(paths.items[i]))
            continue;
        char table[128];
        char path[1024];
        unsigned version;
        char date[16];
        snprintf(path, sizeof path, "%s/%s", root, paths.items[i]);
        good = good && sscanf(paths.items[i], "%127[^/]/v=%u/dt=%10[0-9-]/", table, &version, date) == 3;
        good = good && sample_read_file(path, table, version, rows);
    }
    sample_paths_free(&paths);
    return good;
}

#endif
