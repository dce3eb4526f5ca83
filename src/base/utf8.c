#include "base/utf8.h"

/* The length of the character that begins with `lead`, and the range its second byte must lie in: that range
 * is what keeps overlong forms, surrogates and values above U+10FFFF out. 0: no character begins so. */
static size_t character_length(uint8_t lead, uint8_t *second_least, uint8_t *second_most)
{
    *second_least = 0x80;
    *second_most = 0xbf;
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    if (lead == 0xe0)
        *second_least = 0xa0;
    if (lead == 0xed)
        *second_most = 0x9f;
    if (lead == 0xf0)
        *second_least = 0x90;
    if (lead == 0xf4)
        *second_most = 0x8f;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

static bool character_is_valid(const uint8_t *bytes, size_t length, uint8_t second_least, uint8_t second_most)
{
    if (length > 1 && (bytes[1] < second_least || bytes[1] > second_most))
        return false;
    for (size_t i = 2; i < length; i++)
        if ((bytes[i] & 0xc0) != 0x80)
            return false;
    return true;
}

size_t leat_utf8_valid_length(leat_slice text)
{
    size_t at = 0;
    while (at < text.length) {
        uint8_t least;
        uint8_t most;
        size_t length = character_length(text.data[at], &least, &most);
        if (length == 0 || length > text.length - at ||
            !character_is_valid(text.data + at, length, least, most))
            break;
        at += length;
    }
    return at;
}
