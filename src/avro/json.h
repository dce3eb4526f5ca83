/* Avro records as JSON for people and for the stdout sink; Avro C decodes the values. */
#ifndef LEAT_AVRO_JSON_H
#define LEAT_AVRO_JSON_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

/* Decodes records of one schema. Opaque; one thread. */
typedef struct leat_json_decoder leat_json_decoder;

/* `schema_json` is our own, with logical types. LEAT_FAILED when it cannot be understood; among that are
 * schemas of others that contain themselves. */
leat_status leat_json_decoder_open(const char *schema_json, leat_json_decoder **decoder, leat_error *error);
void leat_json_decoder_close(leat_json_decoder *decoder);

/* Takes one record off the front of `bytes` (which moves on) and appends one line of JSON, without the
 * newline. Unions are shown by their value; logical types as people write them (dates, timestamps in ISO
 * 8601, decimals as exact text in a string); bytes as "\\x…" hex; a 64-bit integer as a JSON number, exact;
 * NaN and infinities as strings. Years beyond four digits and before the year 0000 (1 BC) have a sign. A byte
 * of a string that is not UTF-8 is shown as U+FFFD. LEAT_FAILED, with nothing appended and `bytes` as they
 * were, where no such record stands. */
leat_status leat_json_decoder_next(leat_json_decoder *decoder, leat_slice *bytes, leat_buffer *out,
                                   leat_error *error);

#endif
