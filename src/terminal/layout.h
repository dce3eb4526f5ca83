/* Columns of text, aligned. */
#ifndef LEAT_TERMINAL_LAYOUT_H
#define LEAT_TERMINAL_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"

typedef struct leat_layout_column {
    const char *heading; /* NULL in every column: no line of headings */
    bool right;          /* numbers stand right */
} leat_layout_column;

/* Set `columns` and `column_count` (at least 1), leave the rest zero; leat_layout_free ends it. */
typedef struct leat_layout {
    const leat_layout_column *columns;
    size_t column_count;
    leat_arena arena;
    const char **cells; /* row by row */
    size_t cell_count;
    size_t cell_capacity;
} leat_layout;

/* The next cell, left to right, row after row. */
void leat_layout_add(leat_layout *layout, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends the lines, each behind `indent` blanks. A row that is not full ends where it ends. */
void leat_layout_render(const leat_layout *layout, size_t indent, leat_buffer *out);

void leat_layout_free(leat_layout *layout);

#endif
