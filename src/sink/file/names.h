/* How the file sink names things. All paths are relative to the sink's folder, but for leat_file_name_path's. */
#ifndef LEAT_SINK_FILE_NAMES_H
#define LEAT_SINK_FILE_NAMES_H

#include <stdbool.h>

#include "leat/table.h"

/* The part of a path that a table has: "<schema>.<table>", the schema's (or database's) part ending at the
 * first '.'. Percent-encoded are '%', '/', control bytes, '.' within the schema, and '.' or '_' at its
 * beginning (what begins so counts as hidden or as not data). What would be longer than a file name may be is
 * cut and ends in "%~" and 16 hex digits of a hash of the whole. Two tables never share one. Heap. */
char *leat_file_name_of_table(const leat_table *table);

/* "<table>/v=<version>/dt=<YYYY-MM-DD>" for the table part of a path and a commit time. Heap. */
char *leat_file_name_folder(const char *table_part, unsigned version, int64_t commit_time);

/* "<folder>/.<first>-<identity>-<16 random hex digits>.leat": a file at work. Heap. */
char *leat_file_name_working(const char *folder, const char *first, const char *identity);

/* "<folder>/<first>-<last>.avro", the folder being that of the working path. Heap. */
char *leat_file_name_final(const char *working, const char *first, const char *last);

/* "_schema/<table>/v=<version>.avsc" for a data file's path. Heap. */
char *leat_file_name_schema(const char *data_path);

/* "<root>/<relative>": the path on the disk. Heap. */
char *leat_file_name_path(const char *root, const char *relative);

/* Whether the file name (without folders) is that of a file at work of the store with this identity. */
bool leat_file_name_is_working(const char *name, const char *identity);

#endif
