/* A server that speaks just enough of MySQL's protocol to say what a test wants it to say, and that keeps
 * what it was told. Byte layouts: MySQL's "Client/Server Protocol" (page_protocol_*) in its source
 * documentation. */
#ifndef LEAT_TESTS_FAKE_MYSQL_H
#define LEAT_TESTS_FAKE_MYSQL_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"

typedef struct fake_mysql fake_mysql;

/* As an answer's error: nothing is said, ever. */
enum { FAKE_MYSQL_SILENCE = 1 };

/* What is answered to a statement that begins with `statement`: an error, rows (cells by tab, rows by
 * newline, "\\N" null), or, with neither, that it is done. */
typedef struct fake_mysql_answer {
    const char *statement;
    unsigned error;
    const char *text;
} fake_mysql_answer;

/* What the server does with a dump, or in the place of everything; runs in the server's thread. */
typedef void (*fake_mysql_script)(fake_mysql *server);

struct fake_mysql {
    const char *version; /* "10.11.19-MariaDB" */
    const fake_mysql_answer
        *answers; /* ends with one whose statement is NULL; looked at before the usual ones */
    bool (*answer)(fake_mysql *server, const char *statement); /* asked before `answers`; false: not mine */
    void *context;                                             /* the test's */
    fake_mysql_script instead;                                 /* of a greeting; NULL: none */
    fake_mysql_script dump;
    int listener;
    unsigned port;
    int client;
    bool gone; /* the client is: nothing that was sent since has arrived */
    uint8_t sequence;
    pthread_t thread;
    leat_buffer message; /* the last packet that was read */
    leat_buffer heard;   /* statements, each with a newline */
    leat_buffer command; /* the last one that was no statement, e.g. a dump */
};

/* ---- Out ---- */

static inline void fake_mysql_number(leat_buffer *out, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        leat_buffer_append_byte(out, (uint8_t)(value >> (8 * i)));
}

static inline void fake_mysql_write(fake_mysql *server, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    while (length > 0) {
        ssize_t written = send(server->client, at, length, MSG_NOSIGNAL);
        if (written <= 0) {
            server->gone = true; /* what the test sees there is what counts */
            return;
        }
        at += written;
        length -= (size_t)written;
    }
}

/* A packet, in as many pieces as it takes. */
static inline void fake_mysql_send(fake_mysql *server, leat_slice body)
{
    enum { MOST = 0xffffff };
    size_t sent = 0;
    size_t piece;
    do {
        leat_buffer packet = {0};
        piece = body.length - sent > MOST ? MOST : body.length - sent;
        fake_mysql_number(&packet, piece, 3);
        fake_mysql_number(&packet, server->sequence++, 1);
        leat_buffer_append(&packet, body.data + sent, piece); /* one write: two would wait for each other */
        fake_mysql_write(server, packet.data, packet.length);
        sent += piece;
        leat_buffer_free(&packet);
    } while (piece == MOST);
}

static inline void fake_mysql_send_ok(fake_mysql *server)
{
    fake_mysql_send(server, leat_slice_of("\0\0\0\2\0\0\0", 7));
}

static inline void fake_mysql_send_eof(fake_mysql *server)
{
    fake_mysql_send(server, leat_slice_of("\xfe\0\0\2\0", 5));
}

static inline void fake_mysql_send_error(fake_mysql *server, unsigned number, const char *text)
{
    leat_buffer body = {0};
    leat_buffer_append_byte(&body, 0xff);
    fake_mysql_number(&body, number, 2);
    leat_buffer_append_string(&body, "#HY000");
    leat_buffer_append_string(&body, text);
    fake_mysql_send(server, leat_buffer_slice(&body));
    leat_buffer_free(&body);
}

/* An event of a dump. */
static inline void fake_mysql_send_event(fake_mysql *server, leat_slice event)
{
    leat_buffer body = {0};
    leat_buffer_append_byte(&body, 0);
    leat_buffer_append_slice(&body, event);
    fake_mysql_send(server, leat_buffer_slice(&body));
    leat_buffer_free(&body);
}

static inline void fake_mysql_text(leat_buffer *out, const char *text, size_t length)
{
    if (length < 251) {
        leat_buffer_append_byte(out, (uint8_t)length);
    } else {
        leat_buffer_append_byte(out, 0xfc);
        fake_mysql_number(out, length, 2);
    }
    leat_buffer_append(out, text, length);
}

static inline void fake_mysql_send_column(fake_mysql *server)
{
    leat_buffer body = {0};
    const char *const parts[] = {"def", "", "", "", "c", "c"};
    for (size_t i = 0; i < 6; i++)
        fake_mysql_text(&body, parts[i], strlen(parts[i]));
    leat_buffer_append_byte(&body, 12);
    fake_mysql_number(&body, 45, 2);   /* utf8mb4 */
    fake_mysql_number(&body, 1024, 4); /* length */
    leat_buffer_append_byte(&body, 253);
    fake_mysql_number(&body, 0, 5);
    fake_mysql_send(server, leat_buffer_slice(&body));
    leat_buffer_free(&body);
}

static inline void fake_mysql_send_row(fake_mysql *server, const char *row, size_t length)
{
    leat_buffer body = {0};
    for (size_t at = 0; at <= length;) {
        const char *tab = memchr(row + at, '\t', length - at);
        size_t cell = tab == NULL ? length - at : (size_t)(tab - (row + at));
        if (cell == 2 && memcmp(row + at, "\\N", 2) == 0)
            leat_buffer_append_byte(&body, 0xfb);
        else
            fake_mysql_text(&body, row + at, cell);
        at += cell + 1;
    }
    fake_mysql_send(server, leat_buffer_slice(&body));
    leat_buffer_free(&body);
}

/* What comes before a result's rows. */
static inline void fake_mysql_start_rows(fake_mysql *server, size_t columns)
{
    uint8_t count = (uint8_t)columns;
    fake_mysql_send(server, leat_slice_of(&count, 1));
    for (size_t i = 0; i < columns; i++)
        fake_mysql_send_column(server);
    fake_mysql_send_eof(server);
}

static inline void fake_mysql_send_rows(fake_mysql *server, const char *rows)
{
    size_t columns = 1;
    for (size_t i = 0; rows[i] != '\0' && rows[i] != '\n'; i++)
        columns += rows[i] == '\t';
    fake_mysql_start_rows(server, columns);
    while (*rows != '\0') {
        size_t length = strcspn(rows, "\n");
        fake_mysql_send_row(server, rows, length);
        rows += length + (rows[length] == '\n');
    }
    fake_mysql_send_eof(server);
}

/* ---- In ---- */

static inline bool fake_mysql_read(fake_mysql *server, void *bytes, size_t length)
{
    uint8_t *at = bytes;
    while (length > 0) {
        ssize_t got = recv(server->client, at, length, 0);
        if (got <= 0)
            return false;
        at += got;
        length -= (size_t)got;
    }
    return true;
}

/* Reads a packet into `message`; false when the client has gone. */
static inline bool fake_mysql_receive(fake_mysql *server)
{
    uint8_t header[4];
    if (!fake_mysql_read(server, header, sizeof header))
        return false;
    size_t length = (size_t)header[0] | (size_t)header[1] << 8 | (size_t)header[2] << 16;
    server->sequence = (uint8_t)(header[3] + 1);
    leat_buffer_reset(&server->message);
    if (!fake_mysql_read(server, leat_buffer_reserve(&server->message, length + 1), length))
        return false;
    leat_buffer_commit(&server->message, length);
    return true;
}

/* Waits until the client closes the connection. */
static inline void fake_mysql_wait_for_end(fake_mysql *server)
{
    while (fake_mysql_receive(server))
        ;
}

/* ---- The server ---- */

enum { FAKE_MYSQL_QUIT = 1, FAKE_MYSQL_QUERY = 3, FAKE_MYSQL_DUMP = 0x12, FAKE_MYSQL_DUMP_GTID = 0x1e };

/* No TLS; everything else a client of today wants. */
static inline void fake_mysql_greet(fake_mysql *server)
{
    leat_buffer body = {0};
    uint32_t abilities = 0x1 | 0x8 | 0x200 | 0x2000 | 0x8000 | 0x80000;
    leat_buffer_append_byte(&body, 10);
    leat_buffer_append(&body, server->version, strlen(server->version) + 1);
    fake_mysql_number(&body, 77, 4);
    leat_buffer_append(&body, "abcdefgh", 9);
    fake_mysql_number(&body, abilities & 0xffff, 2);
    leat_buffer_append_byte(&body, 45);
    fake_mysql_number(&body, 2, 2);
    fake_mysql_number(&body, abilities >> 16, 2);
    leat_buffer_append_byte(&body, 21);
    leat_buffer_append(&body, "\0\0\0\0\0\0\0\0\0\0", 10);
    leat_buffer_append(&body, "ijklmnopqrst", 13);
    leat_buffer_append(&body, "mysql_native_password", sizeof "mysql_native_password");
    server->sequence = 0;
    fake_mysql_send(server, leat_buffer_slice(&body));
    leat_buffer_free(&body);
}

static const fake_mysql_answer fake_mysql_usual_answers[] = {
    {"SELECT @@hostname, @@port, @@server_id", 0, "db1\t3306\t7"},
    {"SELECT @@server_uuid, @@global.gtid_mode", 0, "3e11fa47-71ca-11e1-9e33-c80aa9429562\tON"},
    {"S", 0, NULL},
    {NULL, 0, NULL},
};

static inline const fake_mysql_answer *fake_mysql_find(const fake_mysql_answer *answers,
                                                       const char *statement)
{
    for (; answers != NULL && answers->statement != NULL; answers++)
        if (strncmp(statement, answers->statement, strlen(answers->statement)) == 0)
            return answers;
    return NULL;
}

static inline void fake_mysql_answer_statement(fake_mysql *server)
{
    const char *statement = leat_buffer_string(&server->message) + 1;
    if (server->message.length <= 1)
        return fake_mysql_send_error(server, 1065, "Query was empty");
    leat_buffer_append_string(&server->heard, statement);
    leat_buffer_append_byte(&server->heard, '\n');
    if (server->answer != NULL && server->answer(server, statement))
        return;
    const fake_mysql_answer *answer = fake_mysql_find(server->answers, statement);
    if (answer == NULL)
        answer = fake_mysql_find(fake_mysql_usual_answers, statement);
    if (answer == NULL)
        fake_mysql_send_error(server, 1064, "You have an error in your SQL syntax");
    else if (answer->error == FAKE_MYSQL_SILENCE)
        fake_mysql_wait_for_end(server);
    else if (answer->error != 0)
        fake_mysql_send_error(server, answer->error, answer->text);
    else if (answer->text != NULL)
        fake_mysql_send_rows(server, answer->text);
    else
        fake_mysql_send_ok(server);
}

static inline void fake_mysql_serve(fake_mysql *server)
{
    fake_mysql_greet(server);
    if (!fake_mysql_receive(server))
        return;
    fake_mysql_send_ok(server);
    while (fake_mysql_receive(server) && server->message.data[0] != FAKE_MYSQL_QUIT) {
        if (server->message.data[0] == FAKE_MYSQL_QUERY) {
            fake_mysql_answer_statement(server);
            continue;
        }
        leat_buffer_reset(&server->command);
        leat_buffer_append_slice(&server->command, leat_buffer_slice(&server->message));
        if (server->dump != NULL)
            server->dump(server);
        return;
    }
}

static inline void *fake_mysql_run(void *context)
{
    fake_mysql *server = context;
    while ((server->client = accept(server->listener, NULL, NULL)) >= 0) {
        if (server->instead != NULL)
            server->instead(server);
        else
            fake_mysql_serve(server);
        close(server->client);
    }
    return NULL;
}

/* Opens the door, through which nobody is let yet. */
static inline void fake_mysql_listen(fake_mysql *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (server->listener < 0 || bind(server->listener, (struct sockaddr *)&address, size) != 0 ||
        listen(server->listener, 8) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &size) != 0) {
        perror("fake server");
        abort();
    }
    server->port = ntohs(address.sin_port);
    setsockopt(server->listener, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

/* Starts a server that takes one client after the other. What is in `server` already says how. */
static inline void fake_mysql_start(fake_mysql *server)
{
    fake_mysql_listen(server);
    if (pthread_create(&server->thread, NULL, fake_mysql_run, server) != 0) {
        perror("fake server");
        abort();
    }
}

/* Waits for the end of the client that is being served; what the server was told can then be looked at. */
static inline void fake_mysql_stop(fake_mysql *server)
{
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

static inline void fake_mysql_free(fake_mysql *server)
{
    leat_buffer_free(&server->message);
    leat_buffer_free(&server->heard);
    leat_buffer_free(&server->command);
}

#endif
