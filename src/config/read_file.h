/* A small file, whole. */
#ifndef LEAT_CONFIG_READ_FILE_H
#define LEAT_CONFIG_READ_FILE_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

/* Appends the file's bytes to `out`. Refuses (LEAT_USAGE, naming `path`) what cannot be read or holds more
 * than `most` bytes; reads no further than that, so that a device without an end does no harm. */
leat_status leat_read_file(const char *path, size_t most, leat_buffer *out, leat_error *error);

#endif
