#include "terminal/layout.h"

#include <stdarg.h>

#include "base/list.h"
#include "base/memory.h"
#include "terminal/terminal.h"

enum { GAP = 2 };

/* A name may hold any character; none can end a line or make a terminal do something else. */
static void blank_controls(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
}

void leat_layout_add(leat_layout *layout, const char *format, ...)
{
    layout->cells =
        leat_list_room(layout->cells, layout->cell_count, &layout->cell_capacity, sizeof *layout->cells);
    leat_buffer text = {0};
    va_list arguments;
    va_start(arguments, format);
    leat_buffer_vprintf(&text, format, arguments);
    va_end(arguments);
    char *cell = leat_arena_string(&layout->arena, leat_buffer_string(&text));
    blank_controls(cell);
    layout->cells[layout->cell_count++] = cell;
    leat_buffer_free(&text);
}

static size_t column_width(const leat_layout *layout, size_t column)
{
    const char *heading = layout->columns[column].heading;
    size_t widest = heading == NULL ? 0 : leat_text_width(heading);
    for (size_t i = column; i < layout->cell_count; i += layout->column_count) {
        size_t width = leat_text_width(layout->cells[i]);
        if (width > widest)
            widest = width;
    }
    return widest;
}

static void blanks(leat_buffer *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        leat_buffer_append_byte(out, ' ');
}

static void put_cell(leat_buffer *out, const char *text, size_t width, bool right, bool last)
{
    size_t padding = width - leat_text_width(text);
    if (right)
        blanks(out, padding);
    leat_buffer_append_string(out, text);
    if (!right && !last)
        blanks(out, padding);
    if (!last)
        blanks(out, GAP);
}

static void put_headings(const leat_layout *layout, const size_t *widths, size_t indent, leat_buffer *out)
{
    if (layout->columns[0].heading == NULL)
        return;
    blanks(out, indent);
    for (size_t i = 0; i < layout->column_count; i++)
        put_cell(out, layout->columns[i].heading, widths[i], layout->columns[i].right,
                 i + 1 == layout->column_count);
    leat_buffer_append_byte(out, '\n');
}

void leat_layout_render(const leat_layout *layout, size_t indent, leat_buffer *out)
{
    if (layout->column_count == 0)
        return;
    size_t *widths = leat_allocate_array(layout->column_count, sizeof *widths);
    for (size_t i = 0; i < layout->column_count; i++)
        widths[i] = column_width(layout, i);
    put_headings(layout, widths, indent, out);
    for (size_t i = 0; i < layout->cell_count; i++) {
        size_t column = i % layout->column_count;
        bool last = column + 1 == layout->column_count || i + 1 == layout->cell_count;
        if (column == 0)
            blanks(out, indent);
        put_cell(out, layout->cells[i], widths[column], layout->columns[column].right, last);
        if (last)
            leat_buffer_append_byte(out, '\n');
    }
    leat_release(widths);
}

void leat_layout_free(leat_layout *layout)
{
    leat_release(layout->cells);
    leat_arena_free(&layout->arena);
    *layout = (leat_layout){.columns = layout->columns, .column_count = layout->column_count};
}
