#include "leat/position.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

void leat_position_set(leat_position *position, const char *log, const char *transaction, uint64_t ordinal)
{
    /* Copies first: the parts may be the position's own. */
    leat_position fresh = {.log = leat_duplicate_string(log),
                           .transaction = leat_duplicate_string(transaction),
                           .ordinal = ordinal};
    leat_position_clear(position);
    *position = fresh;
}

void leat_position_copy(leat_position *to, const leat_position *from)
{
    leat_position_set(to, from->log, from->transaction, from->ordinal);
}

void leat_position_clear(leat_position *position)
{
    leat_release(position->log);
    leat_release(position->transaction);
    *position = (leat_position){0};
}

char *leat_position_format(const leat_position *position)
{
    leat_buffer text = {0};
    leat_buffer_append_string(&text, position->log == NULL ? "" : position->log);
    if (position->transaction != NULL)
        leat_buffer_printf(&text, "+%s@%" PRIu64, position->transaction, position->ordinal);
    return leat_buffer_detach_string(&text);
}

static bool parse_ordinal(const char *text, uint64_t *ordinal)
{
    if (*text < '0' || *text > '9')
        return false;
    char *end;
    errno = 0;
    *ordinal = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0';
}

leat_status leat_position_parse(const char *text, leat_position *position, leat_error *error)
{
    const char *plus = strchr(text, '+');
    if (plus == NULL) {
        leat_position_set(position, *text == '\0' ? NULL : text, NULL, 0); /* "" is: nothing yet */
        return LEAT_OK;
    }
    const char *at = strrchr(plus, '@');
    uint64_t ordinal;
    if (at == NULL || at == plus + 1 || !parse_ordinal(at + 1, &ordinal))
        return leat_error_set(error, LEAT_FAILED,
                              "position \"%s\" is not of the form LOG+TRANSACTION@ORDINAL", text);
    char *log = leat_duplicate_bytes(text, (size_t)(plus - text));
    char *transaction = leat_duplicate_bytes(plus + 1, (size_t)(at - plus - 1));
    leat_position_set(position, *log == '\0' ? NULL : log, transaction, ordinal);
    leat_release(log);
    leat_release(transaction);
    return LEAT_OK;
}
