/* JSON values for schemas, in the order they are put together. */
#ifndef LEAT_AVRO_JSON_BUILD_H
#define LEAT_AVRO_JSON_BUILD_H

#include <jansson.h>

/* Puts `value` (taken over) under `key`, or at the end. Where jansson fails for want of memory the process
 * ends, as everywhere (base/memory.h). */
void leat_json_put(json_t *object, const char *key, json_t *value);
void leat_json_add(json_t *array, json_t *value);

/* A JSON string of a text from the source; bytes that are not UTF-8 are written as \xHH. */
json_t *leat_json_text(const char *text);

/* The same, or nothing put where `text` is NULL. */
void leat_json_put_text(json_t *object, const char *key, const char *text);

/* Compact text of `value`, which is released; leat_release the text. `flags` as for json_dumps. */
char *leat_json_finish(json_t *value, size_t flags);

#endif
