/* The quoting that arrays, composites and hstores share in the server's text form. */
#ifndef LEAT_POSTGRES_TYPES_TEXT_QUOTED_H
#define LEAT_POSTGRES_TYPES_TEXT_QUOTED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/cursor.h"
#include "base/slice.h"

/* Where text without its quoting goes: on the stack as long as it is short, so that a row costs no heap.
 * Start with leat_postgres_scratch_start, end with leat_postgres_scratch_end. */
typedef struct leat_postgres_scratch {
    uint8_t near[256];
    leat_buffer far;
} leat_postgres_scratch;

/* Only `far` needs a value, and zeroing the rest for every array would cost more than reading one. */
static inline void leat_postgres_scratch_start(leat_postgres_scratch *scratch)
{
    scratch->far = (leat_buffer){0};
}

/* `size` bytes, valid until the next take or the end. Never NULL. */
uint8_t *leat_postgres_scratch_take(leat_postgres_scratch *scratch, size_t size);
void leat_postgres_scratch_end(leat_postgres_scratch *scratch);

/* Consumes `wanted`; a failed cursor when something else stands there. */
void leat_postgres_expect(leat_cursor *cursor, char wanted);

/* How a quote inside quotes is written. */
typedef enum leat_postgres_quoting {
    LEAT_POSTGRES_BACKSLASH, /* \" (arrays, hstores) */
    LEAT_POSTGRES_DOUBLED,   /* "" or \" (composites) */
} leat_postgres_quoting;

/* "…" with the opening quote next: its content without the quoting, in the text itself where it has no
 * escapes, else in the scratch. A failed cursor when the quote does not end. */
leat_slice leat_postgres_read_quoted(leat_cursor *cursor, leat_postgres_quoting quoting,
                                     leat_postgres_scratch *scratch);

/* Characters up to, not including, the nearest of the two stops; `refused` are characters that would have
 * been quoted, and fail the cursor, as does the end of the text. */
leat_slice leat_postgres_read_bare(leat_cursor *cursor, uint8_t separator, uint8_t closing,
                                   const char *refused);

#endif
