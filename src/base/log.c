#include "base/log.h"

#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"

enum { REMEMBERED_KINDS = 32, REPEATS_LET_THROUGH = 5, REPEAT_WINDOW_MICROSECONDS = 10 * 1000 * 1000 };

/* How often one kind of line came in the present window. A kind is known by its format string's text, an
 * error by its message's: `identity` is a hash of either; 0 means the entry is free. */
typedef struct repeat {
    uint64_t identity;
    char sample[96]; /* the first line of the kind, for the count that follows */
    int64_t window_start;
    unsigned count;
    leat_log_level level;
} repeat;

struct leat_log {
    int descriptor;
    leat_log_level least;
    leat_log_format format;
    leat_log_hook hook;
    void *hook_context;
    pthread_mutex_t lock; /* guards all below, and the order of lines */
    leat_buffer message;
    leat_buffer clean;
    leat_buffer line;
    repeat repeats[REMEMBERED_KINDS];
};

static const char *const level_names[] = {"debug", "info", "warning", "error"};

bool leat_log_level_parse(const char *text, leat_log_level *level)
{
    for (int i = LEAT_LOG_DEBUG; i <= LEAT_LOG_ERROR; i++) {
        if (strcmp(text, level_names[i]) == 0) {
            *level = (leat_log_level)i;
            return true;
        }
    }
    return false;
}

leat_log *leat_log_open(int descriptor, leat_log_level level, leat_log_format format)
{
    leat_log *log = leat_allocate(sizeof *log);
    log->descriptor = descriptor;
    log->least = level;
    log->format = format;
    pthread_mutex_init(&log->lock, NULL);
    return log;
}

void leat_log_set_hook(leat_log *log, leat_log_hook hook, void *context)
{
    pthread_mutex_lock(&log->lock);
    log->hook = hook;
    log->hook_context = context;
    pthread_mutex_unlock(&log->lock);
}

static void render_json(leat_log *log, const char *time, leat_log_level level, const char *message)
{
    json_t *object = json_pack("{s:s, s:s}", "time", time, "level", level_names[level]);
    json_object_set_new(object, "message", json_string(message));
    char *line = json_dumps(object, JSON_COMPACT);
    leat_buffer_printf(&log->line, "%s\n", line);
    free(line);
    json_decref(object);
}

/* Appends the message as UTF-8 whatever it is: it may carry bytes of the source, or be cut inside a
 * character. */
static void append_utf8(leat_buffer *out, leat_slice text)
{
    while (text.length > 0) {
        size_t valid = leat_utf8_valid_length(text);
        leat_buffer_append(out, text.data, valid);
        if (valid == text.length)
            return;
        leat_buffer_append_string(out, "\xef\xbf\xbd"); /* U+FFFD, the replacement character */
        text = leat_slice_of(text.data + valid + 1, text.length - valid - 1);
    }
}

/* One message is one line of text, and no message can make a terminal do something else. */
static void render_text(leat_log *log, const char *time, leat_log_level level, const char *message)
{
    leat_buffer_printf(&log->line, "%s %-7s ", time, level_names[level]);
    for (; *message != '\0'; message++)
        leat_buffer_append_byte(&log->line,
                                (uint8_t)*message < 0x20 || *message == 0x7f ? ' ' : (uint8_t)*message);
    leat_buffer_append_byte(&log->line, '\n');
}

static void write_whole(int descriptor, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EINTR)
            continue; /* a signal must not cost us a line */
        if (written <= 0)
            return; /* nowhere to report it */
        bytes += written;
        length -= (size_t)written;
    }
}

/* Under the lock. */
static void emit(leat_log *log, leat_log_level level, const char *message)
{
    char time[LEAT_CLOCK_TEXT_SIZE];
    leat_clock_format(leat_clock_wall(), time);
    leat_buffer_reset(&log->clean);
    append_utf8(&log->clean, leat_slice_of_string(message));
    leat_buffer_reset(&log->line);
    if (log->format == LEAT_LOG_JSON)
        render_json(log, time, level, leat_buffer_string(&log->clean));
    else
        render_text(log, time, level, leat_buffer_string(&log->clean));
    if (log->hook != NULL)
        log->hook(log->hook_context, true);
    write_whole(log->descriptor, log->line.data, log->line.length);
    if (log->hook != NULL)
        log->hook(log->hook_context, false);
}

/* Under the lock. Says how many lines were held back and starts the format's window afresh. */
static void report_held_back(leat_log *log, repeat *entry)
{
    if (entry->count > REPEATS_LET_THROUGH) {
        leat_buffer_reset(&log->message);
        leat_buffer_printf(&log->message, "%u more lines like this were held back: %s",
                           entry->count - REPEATS_LET_THROUGH, entry->sample);
        emit(log, entry->level, leat_buffer_string(&log->message));
    }
    *entry = (repeat){0};
}

/* FNV-1a; collisions only hold a line back that would have been written. */
static uint64_t identity_of(const char *text)
{
    uint64_t hash = 14695981039346656037u;
    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * 1099511628211u;
    return hash == 0 ? 1 : hash;
}

/* Under the lock. The entry of this kind of line, made from the oldest one when there is none. */
static repeat *find_repeat(leat_log *log, uint64_t identity, int64_t now)
{
    repeat *oldest = &log->repeats[0];
    for (size_t i = 0; i < REMEMBERED_KINDS; i++) {
        repeat *entry = &log->repeats[i];
        if (entry->identity != 0 && now - entry->window_start > REPEAT_WINDOW_MICROSECONDS)
            report_held_back(log, entry);
        if (entry->identity == identity)
            return entry;
        if (entry->window_start < oldest->window_start)
            oldest = entry;
    }
    report_held_back(log, oldest);
    *oldest = (repeat){.identity = identity, .window_start = now};
    return oldest;
}

/* Writes `text` unless its kind was repeated too often. Under the lock. */
static void write_kind(leat_log *log, leat_log_level level, const char *kind, leat_buffer *text)
{
    repeat *entry = find_repeat(log, identity_of(kind), leat_clock_monotonic());
    if (entry->count++ == 0) {
        entry->level = level;
        snprintf(entry->sample, sizeof entry->sample, "%s", leat_buffer_string(text));
    }
    if (entry->count <= REPEATS_LET_THROUGH)
        emit(log, level, leat_buffer_string(text));
}

void leat_log_write(leat_log *log, leat_log_level level, const char *format, ...)
{
    if (log == NULL || level < log->least)
        return;
    leat_buffer text = {0};
    va_list arguments;
    va_start(arguments, format);
    leat_buffer_vprintf(&text, format, arguments);
    va_end(arguments);
    leat_buffer_string(&text);
    pthread_mutex_lock(&log->lock);
    write_kind(log, level, format, &text);
    pthread_mutex_unlock(&log->lock);
    leat_buffer_free(&text);
}

void leat_log_error(leat_log *log, leat_log_level level, const leat_error *error)
{
    if (log == NULL || level < log->least)
        return;
    leat_buffer text = {0};
    leat_buffer_append_string(&text, error->message);
    if (error->mend[0] != '\0')
        leat_buffer_printf(&text, ". %s", error->mend);
    pthread_mutex_lock(&log->lock);
    write_kind(log, level, error->message, &text);
    pthread_mutex_unlock(&log->lock);
    leat_buffer_free(&text);
}

void leat_log_close(leat_log *log)
{
    if (log == NULL)
        return;
    for (size_t i = 0; i < REMEMBERED_KINDS; i++)
        report_held_back(log, &log->repeats[i]);
    pthread_mutex_destroy(&log->lock);
    leat_buffer_free(&log->message);
    leat_buffer_free(&log->clean);
    leat_buffer_free(&log->line);
    leat_release(log);
}
