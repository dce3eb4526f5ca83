#include "demo/event.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { MICROSECONDS = 1000 * 1000 };

/* How an operation looks. */
typedef struct operation_look {
    const char *word;
    leat_style style;
} operation_look;

static operation_look look_of(leat_operation operation)
{
    switch (operation) {
    case LEAT_CREATE:
        return (operation_look){"insert", LEAT_STYLE_GREEN};
    case LEAT_UPDATE:
        return (operation_look){"update", LEAT_STYLE_YELLOW};
    case LEAT_DELETE:
        return (operation_look){"delete", LEAT_STYLE_RED};
    case LEAT_READ:
        return (operation_look){"row", LEAT_STYLE_DIM};
    case LEAT_TRUNCATE:
        return (operation_look){"truncate", LEAT_STYLE_RED};
    case LEAT_MESSAGE:
        return (operation_look){"message", LEAT_STYLE_CYAN};
    }
    return (operation_look){"?", LEAT_STYLE_PLAIN};
}

static void append_value(leat_buffer *out, const json_t *value)
{
    if (json_is_string(value)) {
        leat_buffer_append_string(out, json_string_value(value));
        return;
    }
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    leat_buffer_append_string(out, text == NULL ? "?" : text);
    free(text);
}

/* The row itself: leat's own fields begin with two underscores. */
static void append_fields(leat_buffer *out, leat_slice json)
{
    json_t *object = json_loadb((const char *)json.data, json.length, 0, NULL);
    const char *name;
    json_t *value;
    const char *before = "";
    json_object_foreach(object, name, value)
    {
        if (strncmp(name, "__", 2) == 0 || json_is_null(value))
            continue;
        leat_buffer_printf(out, "%s%s=", before, name);
        append_value(out, value);
        before = " ";
    }
    json_decref(object);
}

/* "12:03:04.123" of a wall time, in UTC; "12:03:04    " where it is a whole second, as in logs that count no
 * parts of them. */
static void append_time(leat_buffer *out, int64_t wall_microseconds)
{
    char text[LEAT_CLOCK_TEXT_SIZE];
    leat_clock_format(wall_microseconds, text);
    const char *time = strchr(text, 'T');
    int length = wall_microseconds % MICROSECONDS == 0 ? 8 : 12;
    leat_buffer_printf(out, "%-12.*s", length, time == NULL ? text : time + 1);
}

void leat_demo_event_line(const char *table, leat_operation operation, int64_t commit_time, leat_slice json,
                          const leat_terminal *terminal, size_t width, leat_buffer *out)
{
    operation_look look = look_of(operation);
    leat_buffer line = {0};
    leat_buffer_append_string(&line, "  ");
    append_time(&line, commit_time);
    leat_buffer_printf(&line, "  %-6s  %-11s  ", look.word, table);
    append_fields(&line, json);
    leat_buffer_append_string(out, leat_terminal_style(terminal, look.style));
    leat_text_clip(out, leat_buffer_string(&line), width, terminal->unicode);
    leat_buffer_printf(out, "%s\n", leat_terminal_style(terminal, LEAT_STYLE_PLAIN));
    leat_buffer_free(&line);
}
