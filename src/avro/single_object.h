/* Avro's single-object encoding (Avro 1.11 specification, "Single-object encoding"): C3 01, the schema's
 * CRC-64-AVRO fingerprint little-endian, the record. */
#ifndef LEAT_AVRO_SINGLE_OBJECT_H
#define LEAT_AVRO_SINGLE_OBJECT_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

/* The CRC-64-AVRO fingerprint of a schema's Parsing Canonical Form ("Parsing Canonical Form for Schemas"). */
leat_status leat_single_object_fingerprint(const char *schema, uint64_t *fingerprint, leat_error *error);

/* The Parsing Canonical Form itself. Heap. */
leat_status leat_single_object_canonical(const char *schema, char **canonical, leat_error *error);

/* The ten bytes before the record. */
void leat_single_object_frame(uint64_t fingerprint, leat_buffer *out);

#endif
