#include "terminal/terminal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEFAULT_WIDTH = 80, NARROWEST_WIDTH = 20 };

/* The variable's value; NULL where it is not set, or empty, which by custom is the same. */
static const char *value_of(const char *variable)
{
    const char *value =
        getenv(variable); /* NOLINT(concurrency-mt-unsafe): nothing changes variables while threads run */
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The first of the variables that is set decides, as for setlocale(3). */
static bool locale_is_utf8(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = value_of(variables[i]);
        if (value != NULL)
            return strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL;
    }
    return false;
}

leat_terminal leat_terminal_look(int descriptor)
{
    bool screen = isatty(descriptor) == 1;
    const char *kind = value_of("TERM");
    bool dumb = kind == NULL || strcmp(kind, "dumb") == 0;
    return (leat_terminal){
        .descriptor = descriptor,
        .interactive = screen && !dumb,
        .colour = screen && !dumb && value_of("NO_COLOR") == NULL,
        .unicode = screen && locale_is_utf8(),
    };
}

size_t leat_terminal_width(const leat_terminal *terminal)
{
    struct winsize size;
    if (ioctl(terminal->descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return DEFAULT_WIDTH;
    return size.ws_col < NARROWEST_WIDTH ? NARROWEST_WIDTH : size.ws_col;
}

const char *leat_terminal_style(const leat_terminal *terminal, leat_style style)
{
    static const char *const sequences[] = {"\033[0m",  "\033[1m",  "\033[2m", "\033[31m",
                                            "\033[32m", "\033[33m", "\033[36m"};
    return terminal->colour ? sequences[style] : "";
}

/* Bytes 10xxxxxx continue a code point; every other byte begins one. */
static bool begins_code_point(char byte)
{
    return ((uint8_t)byte & 0xc0) != 0x80;
}

size_t leat_text_width(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += begins_code_point(*text) ? 1 : 0;
    return width;
}

/* How many bytes the first `width` code points take. */
static size_t bytes_of_columns(const char *text, size_t width)
{
    size_t at = 0;
    for (; text[at] != '\0'; at++) {
        if (begins_code_point(text[at])) {
            if (width == 0)
                break;
            width--;
        }
    }
    return at;
}

void leat_text_clip(leat_buffer *out, const char *text, size_t width, bool unicode)
{
    const char *ellipsis = unicode ? "…" : "...";
    size_t ellipsis_width = leat_text_width(ellipsis);
    if (leat_text_width(text) <= width) {
        leat_buffer_append_string(out, text);
    } else if (width <= ellipsis_width) {
        leat_buffer_append(out, text, bytes_of_columns(text, width));
    } else {
        leat_buffer_append(out, text, bytes_of_columns(text, width - ellipsis_width));
        leat_buffer_append_string(out, ellipsis);
    }
}
