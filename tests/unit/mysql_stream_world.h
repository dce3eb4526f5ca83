/* The world that a stream is played in by tests: notebook, catalog, the thread that gives it a script's
 * events. */
#ifndef LEAT_TESTS_MYSQL_STREAM_WORLD_H
#define LEAT_TESTS_MYSQL_STREAM_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "base/memory.h"
#include "mysql/stream/stream.h"
#include "mysql_event_writer.h"
#include "temporary_folder.h"

enum { PLAYER_NOTES = 64, PLAYER_MARKS = 26, MADE_TABLES = 16, MADE_COLUMNS = 8, LONG_WAIT = 60000000 };

#define PLAYER_UUID "11111111-1111-1111-1111-111111111111"

/* A table as the script's rows have it. */
typedef struct made_table {
    char name[64];
    uint64_t table_id;
    made_column columns[MADE_COLUMNS];
    char names[MADE_COLUMNS][16];
    size_t column_count;
} made_table;

typedef struct player {
    bool mariadb;
    temporary_folder folder;
    char *notes[PLAYER_NOTES][2];
    leat_mysql_definition *catalog[MADE_TABLES];
    leat_notebook notebook;
    leat_source_options options;
    leat_mysql_server server;
    leat_mysql_collations *collations;
    leat_mysql_tracker *tracker;
    leat_mysql_stream *stream;
    leat_error error;
    leat_status status;

    event_writer *writer;
    made_table tables[MADE_TABLES];
    size_t table_count;
    uint64_t marks[PLAYER_MARKS];
    bool marked;
    size_t counter; /* of `many` */

    uint8_t order[LEAT_ORDER_MOST]; /* of the last event with a position */

    size_t given;          /* events that the stream's thread got; its own */
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t all_given;
    bool is_over;

    leat_buffer transcript;
    size_t heartbeats;
    size_t moved_from; /* where the transcript's last "moved" begins; SIZE_MAX: something else came behind */
} player;

/* ---- What a stream asks of its surroundings ---- */

static inline leat_status player_get(void *context, const char *key, char **value, leat_error *error)
{
    player *player = context;
    (void)error;
    *value = NULL;
    for (size_t i = 0; i < PLAYER_NOTES; i++)
        if (player->notes[i][0] != NULL && strcmp(player->notes[i][0], key) == 0)
            *value = leat_duplicate_string(player->notes[i][1]);
    return LEAT_OK;
}

static inline leat_status player_put(void *context, const char *key, const char *value, leat_error *error)
{
    player *player = context;
    size_t place = 0;
    (void)error;
    while (player->notes[place][0] != NULL && strcmp(player->notes[place][0], key) != 0)
        place++;
    assert_true(place < PLAYER_NOTES - 1);
    leat_release(player->notes[place][1]);
    if (player->notes[place][0] == NULL)
        player->notes[place][0] = leat_duplicate_string(key);
    player->notes[place][1] = leat_duplicate_string(value);
    return LEAT_OK;
}

static inline leat_status player_look_up_database(void *context, const char *database, char **collation,
                                                  leat_error *error)
{
    (void)context;
    (void)database;
    (void)error;
    *collation = leat_duplicate_string("utf8mb4_general_ci");
    return LEAT_OK;
}

/* The catalog: what the test has made, see player_create. */
static inline leat_status player_look_up(void *context, const char *database, const char *name,
                                         leat_mysql_definition **definition, leat_error *error)
{
    player *player = context;
    (void)error;
    *definition = NULL;
    for (size_t i = 0; i < MADE_TABLES && player->catalog[i] != NULL; i++)
        if (strcmp(player->catalog[i]->database, database) == 0 &&
            strcmp(player->catalog[i]->name, name) == 0)
            *definition = leat_mysql_definition_copy(player->catalog[i]);
    return LEAT_OK;
}

/* The stream's thread: the script's events, then a failure. */
static inline leat_status player_next(void *context, leat_slice *event, leat_error *error)
{
    player *player = context;
    if (player->given < player->writer->count) {
        *event = player->writer->events[player->given++];
        return LEAT_OK;
    }
    pthread_mutex_lock(&player->mutex);
    player->is_over = true;
    pthread_cond_signal(&player->all_given);
    pthread_mutex_unlock(&player->mutex);
    return leat_error_set(error, LEAT_RETRY, "the script is over");
}

static inline void player_interrupt(void *context)
{
    (void)context;
}

/* ---- Open and close ---- */

static inline void player_open(player *player)
{
    static const char *const patterns[] = {"shop.*"};
    *player = (struct player){.collations = leat_mysql_collations_usual()};
    temporary_folder_make_fast(&player->folder);
    player->notebook = (leat_notebook){player, player_get, player_put};
    player->options = (leat_source_options){
        .tables = patterns, .table_count = 1, .folder = player->folder.path, .notebook = &player->notebook};
    pthread_mutex_init(&player->mutex, NULL);
    pthread_cond_init(&player->all_given, NULL);
}

static inline void player_stop(player *player)
{
    leat_mysql_stream_close(player->stream);
    leat_mysql_tracker_close(player->tracker);
    player->stream = NULL;
    player->tracker = NULL;
    if (player->writer != NULL)
        writer_free(player->writer);
    leat_release(player->writer);
    player->writer = NULL;
}

static inline void player_close(player *player)
{
    player_stop(player);
    leat_mysql_collations_free(player->collations);
    for (size_t i = 0; i < PLAYER_NOTES; i++) {
        leat_release(player->notes[i][0]);
        leat_release(player->notes[i][1]);
    }
    for (size_t i = 0; i < MADE_TABLES; i++)
        leat_mysql_definition_free(player->catalog[i]);
    leat_buffer_free(&player->transcript);
    pthread_cond_destroy(&player->all_given);
    pthread_mutex_destroy(&player->mutex);
    temporary_folder_remove(&player->folder);
}

/* The catalog does not have this table any more. */
static inline void player_drop(player *player, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < MADE_TABLES && player->catalog[i] != NULL; i++) {
        if (strcmp(player->catalog[i]->name, name) == 0)
            leat_mysql_definition_free(player->catalog[i]);
        else
            player->catalog[count++] = player->catalog[i];
    }
    while (count < MADE_TABLES)
        player->catalog[count++] = NULL;
}

/* The catalog has this table of shop from now on. */
static inline void player_create(player *player, const char *sql)
{
    size_t place = 0;
    leat_arena arena = {0};
    leat_buffer reason = {0};
    leat_mysql_statement statement;
    const leat_mysql_ddl_context context = {
        .database = "shop", .mariadb = player->mariadb, .version = 101119};
    leat_mysql_ddl_read(leat_slice_of_string(sql), &context, &arena, &statement);
    assert_int_equal(statement.effect_count, 1);
    leat_mysql_definition *made = leat_mysql_definition_new("shop", statement.effects[0].table.name);
    if (!leat_mysql_change_apply(statement.effects[0].change, player->collations, "utf8mb4_general_ci",
                                 player->mariadb, made, &reason))
        fail_msg("%s: %s", sql, leat_buffer_string(&reason));
    player_drop(player, made->name);
    while (player->catalog[place] != NULL)
        place++;
    assert_true(place < MADE_TABLES);
    player->catalog[place] = made;
    leat_buffer_free(&reason);
    leat_arena_free(&arena);
}

#endif
