/* An HTTP server on loopback that says what a test wants it to say, and keeps what it was asked. */
#ifndef LEAT_TESTS_FAKE_HTTP_H
#define LEAT_TESTS_FAKE_HTTP_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"

/* As an answer's code: nothing is said, and the connection stays. */
enum { FAKE_HTTP_SILENCE = -1 };

typedef struct fake_http_answer {
    int code;
    const char *body;
    const char *header; /* one more line with its end, or NULL */
} fake_http_answer;

typedef struct fake_http fake_http;

/* Gives the answer to a request; runs in the server's thread. The answer's body is static, or `text`. */
typedef fake_http_answer (*fake_http_handler)(fake_http *server, const char *request, const char *body);

struct fake_http {
    fake_http_handler handler; /* NULL: the answers below, one after the other; the last one stays */
    const fake_http_answer *answers;
    void *context; /* the handler's */
    int listener;
    int wake[2]; /* a byte here ends the thread */
    unsigned port;
    pthread_t thread;
    pthread_mutex_t mutex;
    leat_buffer heard; /* requests with their headers and bodies; under the mutex */
    size_t requests;   /* likewise */
    char *text;        /* the handler's last body, released with the next */
};

/* False when the test is over. */
static inline bool fake_http_wait(const fake_http *server, int descriptor)
{
    struct pollfd both[2] = {{.fd = descriptor, .events = POLLIN}, {.fd = server->wake[0], .events = POLLIN}};
    return poll(both, 2, -1) > 0 && both[1].revents == 0;
}

/* A request with its body in `request`; NULL when there is none. */
static inline const char *fake_http_read(const fake_http *server, int client, leat_buffer *request)
{
    size_t wanted = 0;
    const char *end = NULL;
    while (end == NULL || request->length < wanted) {
        if (!fake_http_wait(server, client))
            return NULL;
        ssize_t count = read(client, leat_buffer_reserve(request, 65536), 65536);
        if (count <= 0)
            return NULL;
        leat_buffer_commit(request, (size_t)count);
        const char *text = leat_buffer_string(request);
        end = strstr(text, "\r\n\r\n");
        const char *length = strcasestr(text, "Content-Length:");
        if (end != NULL)
            wanted = (size_t)(end + 4 - text) +
                     (length != NULL && length < end ? strtoul(length + 15, NULL, 10) : 0);
    }
    return strstr(leat_buffer_string(request), "\r\n\r\n") + 4;
}

static inline fake_http_answer fake_http_choose(fake_http *server, const char *request, const char *body)
{
    pthread_mutex_lock(&server->mutex);
    leat_buffer_append_string(&server->heard, request);
    leat_buffer_append_byte(&server->heard, '\n');
    server->requests++;
    pthread_mutex_unlock(&server->mutex);
    if (server->handler != NULL)
        return server->handler(server, request, body);
    const fake_http_answer *answer = server->answers;
    if (answer[1].code != 0)
        server->answers++;
    return *answer;
}

static inline void fake_http_say(int client, const fake_http_answer *answer)
{
    leat_buffer out = {0};
    leat_buffer_printf(&out, "HTTP/1.1 %d Said\r\nContent-Length: %zu\r\nConnection: close\r\n%s\r\n",
                       answer->code, strlen(answer->body), answer->header != NULL ? answer->header : "");
    leat_buffer_append_string(&out, answer->body);
    size_t at = 0;
    while (at < out.length) {
        ssize_t sent = send(client, out.data + at, out.length - at, MSG_NOSIGNAL);
        if (sent <= 0)
            break;
        at += (size_t)sent;
    }
    leat_buffer_free(&out);
}

static inline void fake_http_serve(fake_http *server, int client)
{
    leat_buffer request = {0};
    const char *body = fake_http_read(server, client, &request);
    if (body != NULL) {
        fake_http_answer answer = fake_http_choose(server, leat_buffer_string(&request), body);
        if (answer.code != FAKE_HTTP_SILENCE)
            fake_http_say(client, &answer);
        else
            (void)fake_http_wait(server, client);
    }
    leat_buffer_free(&request);
}

static inline void *fake_http_run(void *context)
{
    fake_http *server = context;
    while (fake_http_wait(server, server->listener)) {
        int client = accept(server->listener, NULL, NULL);
        if (client >= 0) {
            fake_http_serve(server, client);
            close(client);
        }
    }
    return NULL;
}

static inline void fake_http_listen(fake_http *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int on = 1;
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    address.sin_port = htons((uint16_t)server->port); /* 0 the first time */
    if (bind(server->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(server->listener, 8) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &length) != 0) {
        perror("fake_http");
        abort();
    }
    server->port = ntohs(address.sin_port);
}

/* Starts it, after a stop under the same port again. `answers` ends with one whose code is 0. */
static inline void fake_http_start(fake_http *server)
{
    fake_http_listen(server);
    if (pipe(server->wake) != 0 || pthread_mutex_init(&server->mutex, NULL) != 0 ||
        pthread_create(&server->thread, NULL, fake_http_run, server) != 0)
        abort();
}

static inline void fake_http_stop(fake_http *server)
{
    if (write(server->wake[1], "x", 1) != 1)
        abort();
    pthread_join(server->thread, NULL);
    pthread_mutex_destroy(&server->mutex);
    close(server->listener);
    close(server->wake[0]);
    close(server->wake[1]);
}

static inline void fake_http_free(fake_http *server)
{
    leat_buffer_free(&server->heard);
    leat_release(server->text);
}

static inline size_t fake_http_requests(fake_http *server)
{
    pthread_mutex_lock(&server->mutex);
    size_t count = server->requests;
    pthread_mutex_unlock(&server->mutex);
    return count;
}

/* Everything it was asked so far; heap. */
static inline char *fake_http_heard(fake_http *server)
{
    pthread_mutex_lock(&server->mutex);
    char *text = leat_duplicate_bytes(server->heard.data, server->heard.length);
    pthread_mutex_unlock(&server->mutex);
    return text;
}

#endif
