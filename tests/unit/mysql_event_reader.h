/* What the tests of the binlog decoder share: captured and made events, opened. */
#ifndef LEAT_TEST_MYSQL_EVENT_READER_H
#define LEAT_TEST_MYSQL_EVENT_READER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libdeflate.h>

#include "base/arena.h"
#include "base/memory.h"
#include "mysql/binlog/binlog.h"
#include "mysql_events.h"

typedef struct event_reader {
    leat_arena arena;
    leat_buffer raw;
    leat_buffer body;
    leat_binlog_format format;
    leat_binlog_event event;
    leat_error error;
} event_reader;

static inline int set_up_reader(void **state)
{
    *state = leat_allocate(sizeof(event_reader));
    return 0;
}

static inline int tear_down_reader(void **state)
{
    event_reader *reader = *state;
    leat_arena_free(&reader->arena);
    leat_buffer_free(&reader->raw);
    leat_buffer_free(&reader->body);
    leat_release(reader);
    return 0;
}

static inline void must(event_reader *reader, leat_status status, const char *what)
{
    if (status != LEAT_OK)
        fail_msg("%s: %s", what, reader->error.message);
}

/* Reads the FORMAT_DESCRIPTION of that name. */
static inline void know_format(event_reader *reader, const char *name)
{
    leat_binlog_event event;
    leat_binlog_format none = {0};
    leat_slice raw = captured_event(&reader->raw, name);
    must(reader, leat_binlog_open(&none, raw, false, &event, &reader->error), name);
    must(reader, leat_binlog_parse_format(event.body, &reader->format, &reader->error), name);
}

/* The captured event of that name, opened; its bytes stay until the next one. */
static inline const leat_binlog_event *opened(event_reader *reader, const char *name)
{
    know_format(reader, strncmp(name, "maria", 5) == 0 ? "maria_format" : "mysql_format");
    leat_slice raw = captured_event(&reader->raw, name);
    must(reader, leat_binlog_open(&reader->format, raw, false, &reader->event, &reader->error), name);
    return &reader->event;
}

/* An event of that type with the body that `hex` stands for, as leat_binlog_open would give it. */
static inline const leat_binlog_event *made(event_reader *reader, uint8_t type, const char *hex)
{
    reader->event = (leat_binlog_event){.type = type, .server_id = 7, .log_pos = 1234};
    reader->event.body = bytes_of_hex(&reader->body, hex);
    return &reader->event;
}

/* The event's first `length` bytes of body, in memory that ends there. */
static inline leat_binlog_event cut(const leat_binlog_event *event, size_t length, void **memory)
{
    leat_binlog_event shorter = *event;
    *memory = leat_duplicate_bytes(event->body.data, length);
    void *tight = leat_reallocate(*memory, length == 0 ? 1 : length);
    *memory = tight;
    shorter.body = leat_slice_of(tight, length);
    return shorter;
}

/* A parser under test, with what it needs. */
typedef leat_status event_parser(event_reader *reader, const leat_binlog_event *event);

/* Every shorter body must be refused, but for those of the lengths in `allowed` (ended by 0). */
static inline void refuses_shorter(event_reader *reader, const char *name, event_parser *parse,
                                   const size_t *allowed)
{
    const leat_binlog_event event = *opened(reader, name);
    must(reader, parse(reader, &event), name);
    for (size_t length = 0; length < event.body.length; length++) {
        void *memory;
        bool fine = false;
        for (size_t i = 0; allowed != NULL && allowed[i] != 0; i++)
            fine = fine || allowed[i] == length;
        leat_binlog_event shorter = cut(&event, length, &memory);
        leat_status status = parse(reader, &shorter);
        leat_release(memory);
        if ((status == LEAT_OK) != fine)
            fail_msg("%s: its first %zu bytes were %s", name, length, fine ? "refused" : "taken");
        leat_arena_reset(&reader->arena);
    }
}

/* A byte more must be refused. */
static inline void refuses_longer(event_reader *reader, const char *name, event_parser *parse)
{
    const leat_binlog_event *event = opened(reader, name);
    leat_buffer_reset(&reader->body);
    leat_buffer_append_slice(&reader->body, event->body);
    leat_buffer_append_byte(&reader->body, 0x5a);
    leat_binlog_event longer = *event;
    longer.body = leat_buffer_slice(&reader->body);
    if (parse(reader, &longer) == LEAT_OK)
        fail_msg("%s: a byte more was taken", name);
}

static inline void assert_text(leat_slice slice, const char *text)
{
    if (!leat_slice_equals_string(slice, text))
        fail_msg("\"%.*s\" is not \"%s\"", LEAT_SLICE_FORMAT(slice), text);
}

#endif
