#include "avro/single_object.h"

#include <string.h>

#include "base/memory.h"

/* Avro 1.11 specification, "Schema Fingerprints": the fingerprint of no bytes, which is the polynomial too.
 */
static const uint64_t fingerprint_of_nothing = UINT64_C(0xc15d213aa4d7a795);

/* What a byte comes to when it is shifted out. */
static uint64_t shifted_out(uint8_t byte)
{
    uint64_t value = byte;
    for (unsigned bit = 0; bit < 8; bit++)
        value = (value >> 1) ^ (fingerprint_of_nothing & (0 - (value & 1)));
    return value;
}

leat_status leat_single_object_fingerprint(const char *schema, uint64_t *fingerprint, leat_error *error)
{
    char *canonical;
    leat_status status = leat_single_object_canonical(schema, &canonical, error);
    if (status != LEAT_OK)
        return status;
    uint64_t value = fingerprint_of_nothing;
    for (const char *at = canonical; *at != '\0'; at++)
        value = (value >> 8) ^ shifted_out((uint8_t)(value ^ (uint8_t)*at));
    *fingerprint = value;
    leat_release(canonical);
    return LEAT_OK;
}

void leat_single_object_frame(uint64_t fingerprint, leat_buffer *out)
{
    leat_buffer_append_byte(out, 0xC3);
    leat_buffer_append_byte(out, 0x01);
    for (unsigned i = 0; i < 8; i++)
        leat_buffer_append_byte(out, (uint8_t)(fingerprint >> (8 * i)));
}
