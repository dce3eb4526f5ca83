/* Which files a user means by a path. */
#ifndef LEAT_READER_EVENT_FILES_H
#define LEAT_READER_EVENT_FILES_H

#include <stddef.h>

#include "base/error.h"

/* Zero-initialise; leat_event_files_free ends it. */
typedef struct leat_event_files {
    char **paths;
    size_t count;
    size_t capacity;
} leat_event_files;

/* Adds the file at `path`, or of a folder all ".avro" files below it in the order of their names (versions by
 * number, "v=2" before "v=10"), so that a table's come in log order. What begins with a dot is not finished
 * and is left out. LEAT_FAILED when there is nothing at `path`, or no such file in it. */
leat_status leat_event_files_add(leat_event_files *files, const char *path, leat_error *error);

void leat_event_files_free(leat_event_files *files);

#endif
