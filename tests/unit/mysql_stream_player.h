/* The stream, played scripts of binlog events (mysql_stream_script.h), and what it gives as text.
 *
 * Before the script the server sends the artificial ROTATE and the FORMAT_DESCRIPTION of binlog.000001. A
 * transcript has what the stream gives, " | " between: "begin NAME", "table NAME", "c a 1 x", "u a 1 x > 1 y"
 * ("k" where the key changed), "d a 1", "t a", "commit POSITION", "moved POSITION" for the
 * last heartbeat when nothing came behind it (when others come is a matter of time), and at the end "refused
 * operator", "refused failed" where it was not the script's end. Positions stand without their offset unless
 * the script has marks. */
#ifndef LEAT_TESTS_MYSQL_STREAM_PLAYER_H
#define LEAT_TESTS_MYSQL_STREAM_PLAYER_H

#include "mysql_stream_script.h"

/* ---- The transcript ---- */

__attribute__((format(printf, 2, 3))) static inline void say(player *player, const char *format, ...)
{
    va_list arguments;
    if (player->moved_from != SIZE_MAX)
        player->transcript.length = player->moved_from;
    va_start(arguments, format);
    if (player->transcript.length > 0)
        leat_buffer_append_string(&player->transcript, " | ");
    leat_buffer_vprintf(&player->transcript, format, arguments);
    va_end(arguments);
    player->moved_from = SIZE_MAX;
}

static inline void say_value(leat_buffer *out, const leat_column *column, const leat_datum *datum)
{
    enum { LONG_TEXT = 32 };
    leat_slice value = datum->value;
    if (datum->kind != LEAT_DATUM_VALUE)
        leat_buffer_append_string(out, datum->kind == LEAT_DATUM_NULL     ? " null"
                                       : datum->kind == LEAT_DATUM_ABSENT ? " -"
                                                                          : " =");
    else if (strncmp(column->type_text, "int", 3) == 0)
        leat_buffer_printf(out, " %d",
                           (int32_t)(value.data[0] | value.data[1] << 8 | value.data[2] << 16 |
                                     (uint32_t)value.data[3] << 24));
    else if (strcmp(column->type_text, "json") == 0 && value.length > 0 && value.data[0] < ' ')
        leat_buffer_append_string(out, " {}");
    else if (value.length > LONG_TEXT)
        leat_buffer_printf(out, " %c*%zu", value.data[0], value.length);
    else if (strncmp(column->type_text, "timestamp", 9) == 0)
        leat_buffer_append_string(out, " T");
    else
        leat_buffer_printf(out, " %.*s", LEAT_SLICE_FORMAT(value));
}

static inline void say_image(leat_buffer *out, const leat_table *table, const leat_datum *datums)
{
    for (size_t i = 0; i < table->column_count; i++)
        say_value(out, &table->columns[i], &datums[i]);
}

static inline void say_row(player *player, const leat_event *event)
{
    leat_buffer *out = &player->transcript;
    char operation = event->key_changed ? 'k' : (char)event->operation;
    say(player, "%c %s", operation, event->table->name);
    if (event->before != NULL)
        say_image(out, event->table, event->before);
    if (event->before != NULL && event->after != NULL)
        leat_buffer_append_string(out, " >");
    if (event->after != NULL)
        say_image(out, event->table, event->after);
}

/* The position with a mark for its offset, without uuid. */
static inline void say_position(player *player, const char *position)
{
    leat_buffer *out = &player->transcript;
    const char *offset = strrchr(position, ':') + 1;
    if (strncmp(position, PLAYER_UUID, strlen(PLAYER_UUID)) == 0)
        position += strlen(PLAYER_UUID);
    if (!player->marked) {
        leat_buffer_printf(out, " %.*s", (int)strcspn(position, "/"), position);
        return;
    }
    leat_buffer_printf(out, " %.*s", (int)(offset - position), position);
    for (size_t i = 0; i < PLAYER_MARKS; i++)
        if (player->marks[i] == strtoull(offset, NULL, 10)) {
            leat_buffer_append_byte(out, (uint8_t)('A' + i));
            return;
        }
    leat_buffer_append_string(out, offset);
}

/* The position of the event; its key goes forward, and is that of the text. */
static inline void say_place(player *player, const leat_event *event)
{
    leat_log_place place = leat_mysql_stream_place(player->stream);
    assert_true(leat_slice_equal(event->order, place.order));
    assert_int_equal(place.order.length, sizeof player->order);
    assert_true(memcmp(player->order, place.order.data, sizeof player->order) <= 0);
    memcpy(player->order, place.order.data, sizeof player->order);
    say_position(player, place.log);
}

static inline void say_moved(player *player, const leat_event *event)
{
    if (player->moved_from != SIZE_MAX)
        player->transcript.length = player->moved_from;
    size_t from = player->transcript.length;
    say(player, "moved");
    say_place(player, event);
    player->moved_from = from;
    player->heartbeats++;
}

static inline void say_event(player *player, const leat_event *event)
{
    leat_slice name = event->transaction.name;
    switch ((int)event->kind) {
    case LEAT_EVENT_IDLE:
        break;
    case LEAT_EVENT_BEGIN:
        if (name.length > strlen(PLAYER_UUID) && memcmp(name.data, PLAYER_UUID, strlen(PLAYER_UUID)) == 0)
            name = leat_slice_of(name.data + strlen(PLAYER_UUID), name.length - strlen(PLAYER_UUID));
        say(player, "begin %.*s", LEAT_SLICE_FORMAT(name));
        break;
    case LEAT_EVENT_TABLE:
        say(player, "table %s", event->table->name);
        break;
    case LEAT_EVENT_ROW:
        say_row(player, event);
        break;
    case LEAT_EVENT_TRUNCATE:
        say(player, "t %s", event->tables[0]->name);
        break;
    case LEAT_EVENT_COMMIT:
        say(player, "commit");
        say_place(player, event);
        break;
    case LEAT_EVENT_HEARTBEAT:
        say_moved(player, event);
        break;
    default:
        fail_msg("an event of kind %d", (int)event->kind);
    }
}

/* ---- Playing ---- */

/* What is read ahead is bounded, so that of a long script not everything can have been given. */
static inline void player_wait(player *player)
{
    enum { MOST_READ_AHEAD = 1 << 20 };
    size_t bytes = 0;
    for (size_t i = 0; i < player->writer->count; i++)
        bytes += player->writer->events[i].length + sizeof(size_t);
    pthread_mutex_lock(&player->mutex);
    while (bytes < MOST_READ_AHEAD && !player->is_over)
        pthread_cond_wait(&player->all_given, &player->mutex);
    pthread_mutex_unlock(&player->mutex);
}

static inline void player_start(player *player, const char *from)
{
    leat_mysql_position position = {0};
    assert_int_equal(leat_mysql_position_parse(from, player->mariadb, &position, &player->error), LEAT_OK);
    player->server = (leat_mysql_server){.mariadb = player->mariadb, .version = 101119, .gtid = true};
    player->tracker = leat_mysql_tracker_open(&player->options, player->collations, player->mariadb);
    const leat_mysql_tracker_lookups lookups = {player_look_up, player_look_up_database, player};
    leat_mysql_tracker_set_lookups(player->tracker, &lookups);
    leat_mysql_tracker_start(player->tracker, from);
    const leat_mysql_stream_options options = {.source = &player->options,
                                               .server = &player->server,
                                               .collations = player->collations,
                                               .tracker = player->tracker,
                                               .epoch = 1};
    player->stream = leat_mysql_stream_open(&options, &position, player_next, player_interrupt, player);
    leat_mysql_position_clear(&position);
    memcpy(player->order, leat_mysql_stream_place(player->stream).order.data, sizeof player->order);
}

/* The stream to its end. */
static inline void player_run(player *player)
{
    const leat_event *event;
    leat_buffer_reset(&player->transcript);
    player->moved_from = SIZE_MAX;
    player->heartbeats = 0;
    while ((player->status = leat_mysql_stream_next(player->stream, LONG_WAIT, &event, &player->error)) ==
           LEAT_OK)
        say_event(player, event);
    if (player->status != LEAT_RETRY)
        say(player, "refused %s",
            player->status == LEAT_OPERATOR ? "operator"
            : player->status == LEAT_FAILED ? "failed"
                                            : "otherwise");
}

/* Plays a script that begins with the dialect: "mariadb" or "mysql", and the position in it. The stream stays
 * open. */
static inline const char *play(player *player, const char *dialect, const char *from, const char *script)
{
    player_stop(player);
    player->mariadb = strcmp(dialect, "mariadb") == 0;
    player->writer = leat_allocate(sizeof *player->writer);
    player->writer->mariadb = player->mariadb;
    player->writer->offset = 4;
    player->table_count = 0;
    player->given = 0;
    player->is_over = player->marked = false;
    memset(player->marks, 0, sizeof player->marks);
    player_go_on(player, "binlog.000001", LEAT_BINLOG_FLAG_ARTIFICIAL);
    write_format(player->writer);
    player_write(player, script);
    player_start(player, from);
    player_wait(player);
    player_run(player);
    return leat_buffer_string(&player->transcript);
}

#define FROM_MARIADB "0-1-1/binlog.000001:4"
#define FROM_MYSQL   PLAYER_UUID ":1/binlog.000001:4"

static inline player *open_world(void **state)
{
    player *world = leat_allocate(sizeof *world);
    player_open(world);
    *state = world;
    return world;
}

static inline void close_world(player *world)
{
    player_close(world);
    leat_release(world);
}

typedef struct stream_case {
    const char *name;
    const char *dialect;
    const char *script;
    const char *transcript;
    const char *says; /* a part of the error's text */
} stream_case;

static inline void expect_transcript(const char *name, const char *found, const char *expected)
{
    if (strcmp(found, expected) != 0)
        fail_msg("%s:\n  gave     %s\n  expected %s", name, found, expected);
}

/* Each in a world of its own. */
static inline void play_cases(const stream_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void *state;
        player *player = open_world(&state);
        const char *from = strcmp(cases[i].dialect, "mariadb") == 0 ? FROM_MARIADB : FROM_MYSQL;
        const char *found = play(player, cases[i].dialect, from, cases[i].script);
        if (player->status != LEAT_RETRY && cases[i].says == NULL)
            print_error("%s: %s\n", cases[i].name, player->error.message);
        expect_transcript(cases[i].name, found, cases[i].transcript);
        if (cases[i].says != NULL && strstr(player->error.message, cases[i].says) == NULL)
            fail_msg("%s: \"%s\" is not in: %s", cases[i].name, cases[i].says, player->error.message);
        close_world(player);
    }
}

#endif
