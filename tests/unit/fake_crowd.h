/* Many clients of a fake server at a time, each served in a thread of its own. */
#ifndef LEAT_TESTS_FAKE_CROWD_H
#define LEAT_TESTS_FAKE_CROWD_H

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"

enum { FAKE_CROWD_MOST = 64 };

/* Zero-initialise. */
typedef struct fake_crowd {
    int listener;
    void (*serve)(void *context, int client); /* in the client's thread; the crowd closes the socket */
    void *context;
    pthread_t door;
    pthread_t clients[FAKE_CROWD_MOST];
    size_t count;
} fake_crowd;

typedef struct fake_crowd_client {
    fake_crowd *crowd;
    int socket;
} fake_crowd_client;

static inline void *fake_crowd_serve(void *context)
{
    fake_crowd_client *client = context;
    client->crowd->serve(client->crowd->context, client->socket);
    close(client->socket);
    leat_release(client);
    return NULL;
}

static inline void *fake_crowd_let_in(void *context)
{
    fake_crowd *crowd = context;
    int socket;
    while ((socket = accept(crowd->listener, NULL, NULL)) >= 0) {
        fake_crowd_client *client = leat_allocate(sizeof *client);
        *client = (fake_crowd_client){.crowd = crowd, .socket = socket};
        if (crowd->count == FAKE_CROWD_MOST ||
            pthread_create(&crowd->clients[crowd->count++], NULL, fake_crowd_serve, client) != 0) {
            perror("fake crowd");
            abort();
        }
    }
    return NULL;
}

/* Lets clients in; what is in `crowd` already says how they are served. */
static inline void fake_crowd_start(fake_crowd *crowd)
{
    if (pthread_create(&crowd->door, NULL, fake_crowd_let_in, crowd) != 0) {
        perror("fake crowd");
        abort();
    }
}

/* Lets nobody in any more, and waits until everybody has gone. */
static inline void fake_crowd_stop(fake_crowd *crowd)
{
    shutdown(crowd->listener, SHUT_RDWR);
    pthread_join(crowd->door, NULL);
    for (size_t i = 0; i < crowd->count; i++)
        pthread_join(crowd->clients[i], NULL);
    close(crowd->listener);
}

/* A place where threads wait for each other: what comes behind it is done by all of them at once. */
typedef struct fake_meeting {
    pthread_mutex_t mutex;
    pthread_cond_t came;
    size_t here;
} fake_meeting;

static inline void fake_meeting_open(fake_meeting *meeting)
{
    pthread_mutex_init(&meeting->mutex, NULL);
    pthread_cond_init(&meeting->came, NULL);
    meeting->here = 0;
}

static inline void fake_meeting_close(fake_meeting *meeting)
{
    pthread_mutex_destroy(&meeting->mutex);
    pthread_cond_destroy(&meeting->came);
}

/* Returns once `expected` have come, who may have come long ago. */
static inline void fake_meeting_wait(fake_meeting *meeting, size_t expected)
{
    pthread_mutex_lock(&meeting->mutex);
    while (meeting->here < expected)
        pthread_cond_wait(&meeting->came, &meeting->mutex);
    pthread_mutex_unlock(&meeting->mutex);
}

static inline void fake_meeting_come(fake_meeting *meeting, size_t expected)
{
    pthread_mutex_lock(&meeting->mutex);
    meeting->here++;
    pthread_cond_broadcast(&meeting->came);
    pthread_mutex_unlock(&meeting->mutex);
    fake_meeting_wait(meeting, expected);
}

#endif
