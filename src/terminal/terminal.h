/* What a stream can show: whether a person sits there, how wide it is, colour, Unicode. */
#ifndef LEAT_TERMINAL_TERMINAL_H
#define LEAT_TERMINAL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

typedef struct leat_terminal {
    int descriptor;
    bool interactive; /* a terminal that can move its cursor */
    bool colour;      /* interactive, and NO_COLOR is not set */
    bool unicode;     /* a terminal whose locale is UTF-8 */
} leat_terminal;

typedef enum leat_style {
    LEAT_STYLE_PLAIN, /* ends any other */
    LEAT_STYLE_BOLD,
    LEAT_STYLE_DIM,
    LEAT_STYLE_RED,
    LEAT_STYLE_GREEN,
    LEAT_STYLE_YELLOW,
    LEAT_STYLE_CYAN,
} leat_style;

leat_terminal leat_terminal_look(int descriptor);

/* Columns now (people resize windows); 80 where nobody knows. */
size_t leat_terminal_width(const leat_terminal *terminal);

/* The escape sequence that begins `style`, or "" without colour. */
const char *leat_terminal_style(const leat_terminal *terminal, leat_style style);

/* Columns that UTF-8 text takes, one for each code point. */
size_t leat_text_width(const char *text);

/* Appends `text`, cut to `width` columns with an ellipsis where it is longer; never inside a code point. */
void leat_text_clip(leat_buffer *out, const char *text, size_t width, bool unicode);

#endif
