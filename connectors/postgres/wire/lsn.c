#include "postgres/wire/lsn.h"

#include <inttypes.h>
#include <stdio.h>

char *leat_lsn_format(leat_lsn lsn, char *text)
{
    snprintf(text, LEAT_LSN_TEXT_SIZE, "%" PRIX32 "/%" PRIX32, (uint32_t)(lsn >> 32), (uint32_t)lsn);
    return text;
}

char *leat_lsn_format_sortable(leat_lsn lsn, char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < 16; i++)
        text[i] = digits[lsn >> (60 - 4 * i) & 15];
    text[16] = '\0';
    return text;
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

/* One half: one to eight hex digits up to `end`. The address after it, or NULL. */
static const char *parse_half(const char *text, char end, uint32_t *half)
{
    size_t length = 0;
    uint32_t value = 0;
    for (int digit; length < 8 && (digit = hex_value(text[length])) >= 0; length++)
        value = value << 4 | (uint32_t)digit;
    if (length == 0 || text[length] != end)
        return NULL;
    *half = value;
    return &text[length + 1];
}

bool leat_lsn_parse(const char *text, leat_lsn *lsn)
{
    uint32_t high = 0;
    uint32_t low = 0;
    const char *rest = text == NULL ? NULL : parse_half(text, '/', &high);
    if (rest == NULL || parse_half(rest, '\0', &low) == NULL)
        return false;
    *lsn = (leat_lsn)high << 32 | low;
    return true;
}
