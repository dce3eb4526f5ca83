#include "mysql/dump/reader.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "common/thread.h"

enum {
    RUN_BYTES = 2 << 20,  /* of each of the two buffers: what is read ahead is bounded by both */
    LENT_BYTES = 1 << 20, /* larger events are lent, not copied */
};

/* What becomes of an event that is lent. It comes after everything in `filling`, and nothing is read after it
 * until it is given back. */
typedef enum lending {
    LENDING_NOTHING,
    LENDING_OFFERED, /* the thread waits for the pump to take it and give it back */
    LENDING_TAKEN,   /* the pump has it until it asks for the next event */
} lending;

/* The thread and the pump share what `mutex` is named with; the rest is one's alone. */
struct leat_mysql_reader {
    leat_mysql_event_source next;         /* constant */
    leat_mysql_event_interrupt interrupt; /* constant */
    void *context;                        /* constant */
    pthread_t thread;                     /* pump */
    bool started;                         /* pump */
    leat_buffer reading;                  /* pump: runs of length and bytes … */
    size_t read;                          /* pump: … of which so many are used */
    pthread_mutex_t mutex;                /* guards what follows */
    pthread_cond_t came;                  /* an event, or the end */
    pthread_cond_t room;                  /* `filling` was emptied, or the lent event given back */
    leat_buffer filling;                  /* as `reading` */
    lending lending;
    leat_slice lent;
    bool pump_waits;
    bool closing;
    leat_status status; /* not LEAT_OK: the source has failed and the thread is over */
    leat_error error;
};

/* ---- Thread ---- */

/* Room for at least one event, however large, is there when nothing is in the buffer. */
static bool has_room(const leat_mysql_reader *reader, size_t length)
{
    return reader->filling.length == 0 || reader->filling.length + length <= RUN_BYTES;
}

static void tell_pump(leat_mysql_reader *reader)
{
    if (reader->pump_waits)
        pthread_cond_signal(&reader->came);
}

static void append(leat_mysql_reader *reader, leat_slice event)
{
    leat_buffer_append(&reader->filling, &event.length, sizeof event.length);
    leat_buffer_append_slice(&reader->filling, event);
    tell_pump(reader);
}

static void lend(leat_mysql_reader *reader, leat_slice event)
{
    reader->lent = event;
    reader->lending = LENDING_OFFERED;
    tell_pump(reader);
    while (!reader->closing && reader->lending != LENDING_NOTHING)
        pthread_cond_wait(&reader->room, &reader->mutex);
}

/* False when it is over. */
static bool hand_over(leat_mysql_reader *reader, leat_slice event)
{
    pthread_mutex_lock(&reader->mutex);
    if (event.length > LENT_BYTES) {
        lend(reader, event);
    } else {
        while (!reader->closing && !has_room(reader, event.length + sizeof event.length))
            pthread_cond_wait(&reader->room, &reader->mutex);
        if (!reader->closing)
            append(reader, event);
    }
    bool over = reader->closing;
    pthread_mutex_unlock(&reader->mutex);
    return !over;
}

static void end(leat_mysql_reader *reader, leat_status status, const leat_error *error)
{
    pthread_mutex_lock(&reader->mutex);
    reader->error = *error;
    reader->status = status;
    tell_pump(reader);
    pthread_mutex_unlock(&reader->mutex);
}

static void *run(void *opaque)
{
    leat_mysql_reader *reader = opaque;
    leat_error error = {.status = LEAT_OK};
    leat_status status;
    bool open = true;
    do {
        leat_slice event;
        status = reader->next(reader->context, &event, &error);
        if (status == LEAT_OK)
            open = hand_over(reader, event);
    } while (status == LEAT_OK && open);
    if (status != LEAT_OK)
        end(reader, status, &error);
    return NULL;
}

/* ---- Open and close ---- */

static void open_locks(leat_mysql_reader *reader)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    /* A wall clock that is set back must not lengthen a wait. */
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&reader->mutex, NULL);
    pthread_cond_init(&reader->came, &attributes);
    pthread_cond_init(&reader->room, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void start_thread(leat_mysql_reader *reader)
{
    int failure = leat_thread_start(&reader->thread, run, reader);
    reader->started = failure == 0;
    if (failure != 0)
        reader->status = leat_error_system(&reader->error, LEAT_RETRY, failure,
                                           "cannot start the thread that reads the log");
}

leat_mysql_reader *leat_mysql_reader_open(leat_mysql_event_source next, leat_mysql_event_interrupt interrupt,
                                          void *context)
{
    leat_mysql_reader *reader = leat_allocate(sizeof *reader);
    reader->next = next;
    reader->interrupt = interrupt;
    reader->context = context;
    open_locks(reader);
    start_thread(reader);
    return reader;
}

/* The thread waits either here, where it looks at `closing`, or in the source, which the interrupt ends. */
void leat_mysql_reader_close(leat_mysql_reader *reader)
{
    if (reader == NULL)
        return;
    pthread_mutex_lock(&reader->mutex);
    reader->closing = true;
    pthread_cond_signal(&reader->room);
    pthread_mutex_unlock(&reader->mutex);
    if (reader->started) {
        reader->interrupt(reader->context);
        pthread_join(reader->thread, NULL);
    }
    pthread_cond_destroy(&reader->came);
    pthread_cond_destroy(&reader->room);
    pthread_mutex_destroy(&reader->mutex);
    leat_buffer_free(&reader->reading);
    leat_buffer_free(&reader->filling);
    leat_release(reader);
}

/* ---- Pump ---- */

static bool take_from_run(leat_mysql_reader *reader, leat_slice *event)
{
    size_t length = 0;
    if (reader->read == reader->reading.length)
        return false;
    memcpy(&length, reader->reading.data + reader->read, sizeof length);
    *event = leat_slice_of(reader->reading.data + reader->read + sizeof length, length);
    reader->read += sizeof length + length;
    return true;
}

static void give_back(leat_mysql_reader *reader)
{
    if (reader->lending != LENDING_TAKEN)
        return;
    reader->lending = LENDING_NOTHING;
    pthread_cond_signal(&reader->room);
}

static struct timespec deadline_after(int64_t microseconds)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += microseconds / 1000000;
    deadline.tv_nsec += microseconds % 1000000 * 1000;
    if (deadline.tv_nsec >= 1000000000) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000;
    }
    return deadline;
}

static bool is_idle(const leat_mysql_reader *reader)
{
    return reader->filling.length == 0 && reader->lending == LENDING_NOTHING && reader->status == LEAT_OK;
}

static void wait_for_event(leat_mysql_reader *reader, int64_t timeout)
{
    if (!is_idle(reader) || timeout <= 0)
        return;
    struct timespec deadline = deadline_after(timeout);
    int outcome = 0;
    reader->pump_waits = true;
    while (is_idle(reader) && outcome != ETIMEDOUT)
        outcome = pthread_cond_timedwait(&reader->came, &reader->mutex, &deadline);
    reader->pump_waits = false;
}

/* The used-up run for the one that the thread has filled meanwhile. */
static void change_places(leat_mysql_reader *reader)
{
    leat_buffer used = reader->reading;
    reader->reading = reader->filling;
    reader->filling = used;
    leat_buffer_reset(&reader->filling);
    reader->read = 0;
    pthread_cond_signal(&reader->room);
}

/* What comes next by the order that it was read in: the run, the lent event behind it, the failure behind
 * all. */
static leat_status take_from_thread(leat_mysql_reader *reader, leat_mysql_reading *reading, leat_slice *event,
                                    leat_error *error)
{
    *reading = LEAT_MYSQL_READ_EVENT;
    if (reader->filling.length > 0) {
        change_places(reader);
        take_from_run(reader, event);
    } else if (reader->lending == LENDING_OFFERED) {
        reader->lending = LENDING_TAKEN;
        *event = reader->lent;
    } else {
        *reading = LEAT_MYSQL_READ_NOTHING;
        if (reader->status != LEAT_OK && error != NULL)
            *error = reader->error;
        return reader->status;
    }
    return LEAT_OK;
}

leat_status leat_mysql_reader_next(leat_mysql_reader *reader, int64_t timeout, leat_mysql_reading *reading,
                                   leat_slice *event, leat_error *error)
{
    *reading = LEAT_MYSQL_READ_EVENT;
    if (take_from_run(reader, event))
        return LEAT_OK;
    pthread_mutex_lock(&reader->mutex);
    give_back(reader);
    wait_for_event(reader, timeout);
    leat_status status = take_from_thread(reader, reading, event, error);
    pthread_mutex_unlock(&reader->mutex);
    return status;
}

bool leat_mysql_reader_ready(leat_mysql_reader *reader)
{
    if (reader->read < reader->reading.length)
        return true;
    pthread_mutex_lock(&reader->mutex);
    bool ready = reader->filling.length > 0 || reader->lending == LENDING_OFFERED;
    pthread_mutex_unlock(&reader->mutex);
    return ready;
}
