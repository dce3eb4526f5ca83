/* Rows of COPY … TO STDOUT in text format. PostgreSQL documentation, "COPY", File Formats, Text Format. */
#ifndef LEAT_POSTGRES_WIRE_COPY_TEXT_H
#define LEAT_POSTGRES_WIRE_COPY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "leat/event.h"

/* How many bytes behind the text must be readable (of any content): the scan looks at whole blocks. */
enum { LEAT_COPY_TEXT_PADDING = 16 };

/* A place in a run of rows, each ended by its newline. The bytes are the caller's; escapes are undone in
 * place, so a text is read once. Made by leat_copy_text_open. */
typedef struct leat_copy_text {
    uint8_t *bytes;
    size_t length;
    size_t at;      /* the next row begins here */
    size_t block;   /* the block that `marks` is of */
    uint32_t marks; /* tabs, newlines and backslashes of the block that are still to come */
} leat_copy_text;

leat_copy_text leat_copy_text_open(uint8_t *bytes, size_t length);

static inline bool leat_copy_text_at_end(const leat_copy_text *text)
{
    return text->at == text->length;
}

/* Reads the next row into `count` datums (null or value), whose slices point into the text. LEAT_FAILED for
 * a row with another number of columns or without its end; nothing can be read after that. */
leat_status leat_copy_text_row(leat_copy_text *text, leat_datum *datums, size_t count, leat_error *error);

#endif
