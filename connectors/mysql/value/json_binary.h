/* MySQL's binary JSON: its text, as the server prints it, and partial updates. */
#ifndef LEAT_MYSQL_VALUE_JSON_BINARY_H
#define LEAT_MYSQL_VALUE_JSON_BINARY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

/* Appends the text of a binary document: the server's own form (", " and ": " between parts), exact for
 * decimals, 64-bit integers and doubles; opaque values as the server prints them. An empty document is the
 * JSON null. False, with `out` as it was, for bytes that are none (sql/json_binary.h). */
bool leat_mysql_json_append(leat_slice document, leat_buffer *out);

/* Applies the diffs of a PARTIAL_UPDATE_ROWS value to a binary document and appends the result's text.
 * (A text begins with a byte of 0x20 or more and a document with one below, so that an encoder takes either.)
 * False, with `out` as it was, when document, diffs or paths do not fit each other. */
bool leat_mysql_json_patch(leat_slice document, leat_slice diffs, leat_buffer *out);

#endif
