/* Scripts of binlog events.
 *
 * A script is commands with " | " between them; each writes an event (mysql_event_writer.h) or sets
 * something:
 *
 *   gtid N [DOMAIN] · ddl N · prepared N XID · completed N XID · alter N EXTRA [START] · tagged N TAG     a
 * GTID event; MySQL has gtid and tagged query SQL · temporary SQL     QUERY; with the flag of statements that
 * used a temporary table xid · prepare XID · one_phase XID · stop · incident TEXT · event TYPE FLAGS [HEX]
 *   map TABLE [ID [COLUMNS]]      COLUMNS as in "id:i*,v:s": INT, VARCHAR, TIMESTAMP(6) (t), * the key
 *   write TABLE VALUES · delete TABLE VALUES · update TABLE VALUES > VALUES     a value: 1, text, null,
 * x*40000 many N COMMAND                that command N times, the first value of rows counting up rotate FILE
 * · artificial FILE · format · heartbeat FILE OFFSET payload · end                 TRANSACTION_PAYLOAD of
 * what is written between captured NAME                 an event of mysql_events.h at OFFSET the file goes on
 * there mark LETTER                   that letter stands for the present offset in the text of positions
 *   hidden                        no event says its place but GTID, XID and QUERY
 *   minimal                       from here on maps say no names
 *   catalog CREATE TABLE … · uncatalog TABLE     what the server would say of its tables once all is played
 */
#ifndef LEAT_TESTS_MYSQL_STREAM_SCRIPT_H
#define LEAT_TESTS_MYSQL_STREAM_SCRIPT_H

#include "mysql_stream_world.h"

/* ---- Tables and rows ---- */

/* "id:i*,v:s" */
static inline void player_set_columns(made_table *table, const char *text)
{
    table->column_count = 0;
    while (*text != '\0') {
        assert_true(table->column_count < MADE_COLUMNS);
        size_t place = table->column_count++;
        size_t length = strcspn(text, ":");
        snprintf(table->names[place], sizeof table->names[place], "%.*s", (int)length, text);
        text += length;
        assert_true(*text == ':');
        table->columns[place] = (made_column){table->names[place], text[1], text[2] == '*'};
        text += strcspn(text, ",");
        text += *text == ',';
    }
}

static inline made_table *player_table(player *player, const char *name)
{
    for (size_t i = 0; i < player->table_count; i++)
        if (strcmp(player->tables[i].name, name) == 0)
            return &player->tables[i];
    assert_true(player->table_count < MADE_TABLES);
    made_table *table = &player->tables[player->table_count++];
    snprintf(table->name, sizeof table->name, "%s", name);
    table->table_id = 10 + player->table_count;
    player_set_columns(table, "id:i*,v:s");
    return table;
}

/* The next word of `*text`, which goes on behind it; in `word`, of 64 bytes. Empty at the end. */
static inline const char *next_word(const char **text, char *word)
{
    enum { WORD_SIZE = 64 };
    size_t length = strcspn(*text, " ");
    snprintf(word, WORD_SIZE, "%.*s", (int)length, *text);
    *text += length;
    *text += strspn(*text, " ");
    return word;
}

static inline uint64_t next_number(const char **text)
{
    char word[64];
    return strtoull(next_word(text, word), NULL, 0);
}

static inline void put_varchar(leat_buffer *out, const char *word)
{
    const char *star = strchr(word, '*');
    size_t length = star == NULL ? strlen(word) : strtoull(star + 1, NULL, 10);
    put_number(out, length, 2);
    if (star == NULL)
        leat_buffer_append(out, word, length);
    else
        memset(leat_buffer_reserve(out, length), word[0], length), leat_buffer_commit(out, length);
}

/* A moment is said in hex, as its bytes are. */
static inline void put_moment(leat_buffer *out, const char *word)
{
    leat_buffer bytes = {0};
    leat_buffer_append_slice(out, bytes_of_hex(&bytes, word));
    leat_buffer_free(&bytes);
}

/* One image: a null bitmap and values. */
static inline void put_image(player *player, const made_table *table, const char **values)
{
    leat_buffer content = {0};
    unsigned nulls = 0;
    char word[64];
    for (size_t i = 0; i < table->column_count; i++) {
        next_word(values, word);
        if (strcmp(word, "null") == 0)
            nulls |= 1U << i;
        else if (table->columns[i].kind == 'i')
            put_number(&content,
                       (uint64_t)(strtoll(word, NULL, 10) + (i == 0 ? (long long)player->counter : 0)), 4);
        else if (table->columns[i].kind == 's')
            put_varchar(&content, word);
        else
            put_moment(&content, word);
    }
    put_number(&player->writer->body, nulls, 1);
    leat_buffer_append_slice(&player->writer->body, leat_buffer_slice(&content));
    leat_buffer_free(&content);
}

static inline void player_rows(player *player, uint8_t type, const char *rest)
{
    char word[64];
    const made_table *table = player_table(player, next_word(&rest, word));
    begin_rows(player->writer, type, table->table_id, table->column_count);
    while (*rest != '\0') {
        put_image(player, table, &rest);
        if (*rest == '>')
            next_word(&rest, word);
    }
    write_event(player->writer, type, 0);
}

static inline void player_map(player *player, const char *rest)
{
    char word[64];
    char name[64];
    const char *dot = strchr(next_word(&rest, name), '.');
    made_table *table = player_table(player, name);
    if (*rest != '\0')
        table->table_id = next_number(&rest);
    if (*rest != '\0')
        player_set_columns(table, next_word(&rest, word));
    snprintf(word, sizeof word, "%.*s", dot == NULL ? 4 : (int)(dot - name), dot == NULL ? "shop" : name);
    write_map(player->writer, table->table_id, word, dot == NULL ? name : dot + 1, table->columns,
              table->column_count);
}

/* ---- Commands ---- */

static inline void player_gtid(player *player, const char *kind, const char *rest)
{
    char xid[64];
    made_gtid gtid = {.sequence = next_number(&rest)};
    if (strcmp(kind, "tagged") == 0) {
        write_tagged_gtid(player->writer, gtid.sequence, rest);
        return;
    }
    if (!player->mariadb) {
        write_mysql_gtid(player->writer, gtid.sequence);
        return;
    }
    if (strcmp(kind, "ddl") == 0) {
        gtid.flags = 1 | 32;
    } else if (strcmp(kind, "alter") == 0) {
        gtid.flags = 1 | 32;
        gtid.extra = (uint8_t)next_number(&rest);
        gtid.alter_start = next_number(&rest);
    } else if (strcmp(kind, "gtid") == 0) {
        gtid.flags = 4 | 8;
        gtid.domain = (uint32_t)next_number(&rest);
    } else {
        gtid.flags = strcmp(kind, "prepared") == 0 ? 64 | 12 : 128 | 13;
        gtid.xid = next_word(&rest, xid);
    }
    write_mariadb_gtid(player->writer, &gtid);
}

static inline void player_event(player *player, const char *rest)
{
    leat_buffer bytes = {0};
    uint8_t type = (uint8_t)next_number(&rest);
    uint16_t flags = (uint16_t)next_number(&rest);
    leat_buffer_append_slice(&player->writer->body, bytes_of_hex(&bytes, rest));
    write_event(player->writer, type, flags);
    leat_buffer_free(&bytes);
}

static inline void player_go_on(player *player, const char *file, uint16_t flags)
{
    write_rotate(player->writer, file, 4, flags);
    player->writer->offset = 4;
}

static inline void player_mark(player *player, char letter)
{
    player->marked = true;
    player->marks[letter - 'A'] = player->writer->offset;
}

/* Events of the log itself, and what is no event. False when it is none of these. */
static inline bool player_log_command(player *player, const char *verb, const char *rest)
{
    char word[64];
    event_writer *writer = player->writer;
    if (strcmp(verb, "rotate") == 0) {
        player_go_on(player, rest, 0);
    } else if (strcmp(verb, "artificial") == 0) {
        player_go_on(player, rest, LEAT_BINLOG_FLAG_ARTIFICIAL);
    } else if (strcmp(verb, "format") == 0) {
        write_format(writer);
    } else if (strcmp(verb, "heartbeat") == 0) {
        next_word(&rest, word);
        write_heartbeat(writer, word, *rest >= 'A' ? player->marks[*rest - 'A'] : next_number(&rest));
    } else if (strcmp(verb, "stop") == 0) {
        write_event(writer, LEAT_BINLOG_STOP, 0);
    } else if (strcmp(verb, "captured") == 0) {
        write_captured(writer, rest);
    } else if (strcmp(verb, "event") == 0) {
        player_event(player, rest);
    } else if (strcmp(verb, "at") == 0) {
        writer->offset = next_number(&rest);
    } else if (strcmp(verb, "mark") == 0) {
        player_mark(player, *rest);
    } else if (strcmp(verb, "hidden") == 0) {
        writer->places_hidden = true;
    } else if (strcmp(verb, "minimal") == 0) {
        writer->nameless = true;
    } else if (strcmp(verb, "catalog") == 0) {
        player_create(player, rest);
    } else if (strcmp(verb, "uncatalog") == 0) {
        player_drop(player, rest);
    } else {
        return false;
    }
    return true;
}

static inline bool player_transaction_command(player *player, const char *verb, const char *rest)
{
    event_writer *writer = player->writer;
    if (strcmp(verb, "xid") == 0)
        write_xid(writer);
    else if (strcmp(verb, "query") == 0)
        write_query(writer, rest, 0);
    else if (strcmp(verb, "temporary") == 0)
        write_query(writer, rest, 4);
    else if (strcmp(verb, "prepare") == 0)
        write_xa_prepare(writer, rest, false);
    else if (strcmp(verb, "one_phase") == 0)
        write_xa_prepare(writer, rest, true);
    else if (strcmp(verb, "incident") == 0)
        write_incident(writer, rest);
    else if (strcmp(verb, "payload") == 0)
        writer->in_payload = true;
    else if (strcmp(verb, "end") == 0)
        write_payload(writer);
    else
        return false;
    return true;
}

static inline void player_command(player *player, const char *command)
{
    char verb[64];
    const char *rest = command;
    next_word(&rest, verb);
    if (strcmp(verb, "many") == 0) {
        uint64_t count = next_number(&rest);
        for (player->counter = 0; player->counter < count; player->counter++)
            player_command(player, rest);
        player->counter = 0;
    } else if (strcmp(verb, "map") == 0) {
        player_map(player, rest);
    } else if (strcmp(verb, "write") == 0) {
        player_rows(player, LEAT_BINLOG_WRITE_ROWS_V1, rest);
    } else if (strcmp(verb, "update") == 0) {
        player_rows(player, LEAT_BINLOG_UPDATE_ROWS_V1, rest);
    } else if (strcmp(verb, "delete") == 0) {
        player_rows(player, LEAT_BINLOG_DELETE_ROWS_V1, rest);
    } else if (!player_log_command(player, verb, rest) && !player_transaction_command(player, verb, rest)) {
        player_gtid(player, verb, rest);
    }
}

static inline void player_write(player *player, const char *script)
{
    static const char between[] = " | ";
    while (*script != '\0') {
        const char *end = strstr(script, between);
        size_t length = end == NULL ? strlen(script) : (size_t)(end - script);
        char *command = leat_duplicate_bytes(script, length);
        player_command(player, command);
        leat_release(command);
        script += length + (end == NULL ? 0 : sizeof between - 1);
    }
}

#endif
