/* A server that speaks just enough of PostgreSQL's protocol to say what a test wants it to say, and that
 * keeps what it was told. Byte layouts: PostgreSQL documentation, "Message Formats". */
#ifndef LEAT_TESTS_FAKE_POSTGRES_H
#define LEAT_TESTS_FAKE_POSTGRES_H

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "temporary_folder.h"

typedef struct fake_postgres fake_postgres;

/* What the server does with one client; runs in the server's thread. */
typedef void (*fake_postgres_script)(fake_postgres *server);

struct fake_postgres {
    temporary_folder folder;
    char url[TEMPORARY_PATH_SIZE];
    int listener;
    int client;
    pthread_t thread;
    fake_postgres_script script;
    const char *version;
    void *context;       /* the script's; the test sets it after the start, before a client comes */
    bool gone;           /* the client is: nothing that was sent since has arrived */
    leat_buffer startup; /* parameters of the startup packet: NUL-terminated names and values */
    leat_buffer message; /* the last message that was read, without type and length */
};

/* ---- Out ---- */

static inline void fake_big_endian(leat_buffer *out, uint64_t value, unsigned width)
{
    for (unsigned i = width; i > 0; i--)
        leat_buffer_append_byte(out, (uint8_t)(value >> (8 * (i - 1))));
}

static inline void fake_write(fake_postgres *server, const void *bytes, size_t length)
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

static inline void fake_send(fake_postgres *server, char type, leat_slice body)
{
    leat_buffer out = {0};
    leat_buffer_append_byte(&out, (uint8_t)type);
    fake_big_endian(&out, body.length + 4, 4);
    leat_buffer_append_slice(&out, body);
    fake_write(server, out.data, out.length);
    leat_buffer_free(&out);
}

/* ErrorResponse with severity, SQLSTATE and message. */
static inline void fake_send_error(fake_postgres *server, const char *state, const char *text)
{
    leat_buffer body = {0};
    const char *const fields[] = {"SFATAL", "VFATAL", "C", "M"};
    const char *const values[] = {"", "", state, text};
    for (size_t i = 0; i < 4; i++) {
        leat_buffer_printf(&body, "%s%s", fields[i], values[i]);
        leat_buffer_append_byte(&body, 0);
    }
    leat_buffer_append_byte(&body, 0);
    fake_send(server, 'E', leat_buffer_slice(&body));
    leat_buffer_free(&body);
}

static inline void fake_send_ready(fake_postgres *server)
{
    fake_send(server, 'Z', leat_slice_of_string("I"));
}

/* AuthenticationOk, the version, ReadyForQuery. */
static inline void fake_welcome(fake_postgres *server)
{
    leat_buffer body = {0};
    fake_send(server, 'R', leat_slice_of("\0\0\0\0", 4));
    leat_buffer_append(&body, "server_version", sizeof "server_version");
    leat_buffer_append(&body, server->version, strlen(server->version) + 1);
    fake_send(server, 'S', leat_buffer_slice(&body));
    leat_buffer_free(&body);
    fake_send_ready(server);
}

/* CommandComplete, ReadyForQuery. */
static inline void fake_send_done(fake_postgres *server, const char *tag)
{
    fake_send(server, 'C', leat_slice_of(tag, strlen(tag) + 1));
    fake_send_ready(server);
}

/* CopyOutResponse, text, no columns told. */
static inline void fake_start_copy_out(fake_postgres *server)
{
    fake_send(server, 'H', leat_slice_of("\0\0\0", 3));
}

/* CopyBothResponse, text, no columns. */
static inline void fake_start_copy(fake_postgres *server)
{
    fake_send(server, 'W', leat_slice_of("\0\0\0", 3));
}

/* CopyData with an XLogData. */
static inline void fake_send_data(fake_postgres *server, uint64_t lsn, leat_slice payload)
{
    leat_buffer body = {0};
    leat_buffer_append_byte(&body, 'w');
    fake_big_endian(&body, lsn, 8);
    fake_big_endian(&body, lsn, 8);
    fake_big_endian(&body, 0, 8);
    leat_buffer_append_slice(&body, payload);
    fake_send(server, 'd', leat_buffer_slice(&body));
    leat_buffer_free(&body);
}

static inline void fake_send_keepalive(fake_postgres *server, uint64_t end, bool reply)
{
    leat_buffer body = {0};
    leat_buffer_append_byte(&body, 'k');
    fake_big_endian(&body, end, 8);
    fake_big_endian(&body, 0, 8);
    leat_buffer_append_byte(&body, reply ? 1 : 0);
    fake_send(server, 'd', leat_buffer_slice(&body));
    leat_buffer_free(&body);
}

/* ---- In ---- */

static inline bool fake_read(fake_postgres *server, void *bytes, size_t length)
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

static inline bool fake_read_body(fake_postgres *server)
{
    uint8_t size[4];
    if (!fake_read(server, size, sizeof size))
        return false;
    size_t length = ((size_t)size[0] << 24 | (size_t)size[1] << 16 | (size_t)size[2] << 8 | size[3]) - 4;
    leat_buffer_reset(&server->message);
    if (!fake_read(server, leat_buffer_reserve(&server->message, length + 1), length))
        return false;
    leat_buffer_commit(&server->message, length);
    return true;
}

/* The type of the client's next message, whose body is then in `message`; 0 when it has gone. */
static inline char fake_receive(fake_postgres *server)
{
    char type;
    return fake_read(server, &type, 1) && fake_read_body(server) ? type : '\0';
}

/* Reads a Query; its text lives until the next read. */
static inline const char *fake_receive_query(fake_postgres *server)
{
    return fake_receive(server) == 'Q' ? leat_buffer_string(&server->message) : "";
}

typedef struct fake_status {
    uint64_t written;
    uint64_t flushed;
    uint64_t applied;
    bool asks;
} fake_status;

static inline uint64_t fake_number(const uint8_t *at)
{
    uint64_t value = 0;
    for (size_t i = 0; i < 8; i++)
        value = value << 8 | at[i];
    return value;
}

/* Reads the client's next standby status update; false when something else comes. */
static inline bool fake_receive_status(fake_postgres *server, fake_status *status)
{
    if (fake_receive(server) != 'd' || server->message.length != 34 || server->message.data[0] != 'r')
        return false;
    const uint8_t *body = server->message.data;
    *status =
        (fake_status){fake_number(body + 1), fake_number(body + 9), fake_number(body + 17), body[33] != 0};
    return true;
}

/* ---- The server ---- */

/* Takes the startup packet of the client that has come, and plays the script for it. */
static inline void fake_serve(fake_postgres *server)
{
    if (!fake_read_body(server))
        return;
    leat_buffer_append_slice(&server->startup, leat_buffer_slice(&server->message));
    server->script(server);
}

static inline void *fake_run(void *context)
{
    fake_postgres *server = context;
    server->client = accept(server->listener, NULL, NULL);
    if (server->client < 0)
        return NULL;
    fake_serve(server);
    close(server->client);
    return NULL;
}

/* Opens the door, through which nobody is let yet. */
static inline void fake_listen(fake_postgres *server, const char *version, fake_postgres_script script)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    temporary_folder_make(&server->folder);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", server->folder.path);
    snprintf(server->url, sizeof server->url,
             "host=%s port=5432 user=tester dbname=shop password=opensesame sslmode=disable",
             server->folder.path);
    server->version = version;
    server->script = script;
    server->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (server->listener < 0 || bind(server->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(server->listener, 8) != 0) {
        perror("fake server");
        abort();
    }
}

/* Starts a server for one client. */
static inline void fake_start(fake_postgres *server, const char *version, fake_postgres_script script)
{
    fake_listen(server, version, script);
    if (pthread_create(&server->thread, NULL, fake_run, server) != 0) {
        perror("fake server");
        abort();
    }
}

/* Waits for the script's end; what the server was told can then be looked at. */
static inline void fake_join(fake_postgres *server)
{
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

static inline void fake_free(fake_postgres *server)
{
    temporary_folder_remove(&server->folder);
    leat_buffer_free(&server->startup);
    leat_buffer_free(&server->message);
}

/* The value of a startup parameter; NULL when it was not sent. */
static inline const char *fake_parameter(fake_postgres *server, const char *name)
{
    const char *end = (const char *)server->startup.data + server->startup.length;
    const char *at = (const char *)server->startup.data + 4; /* behind the protocol version */
    while (at < end && *at != '\0') {
        const char *value = at + strlen(at) + 1;
        if (strcmp(at, name) == 0)
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}

#endif
