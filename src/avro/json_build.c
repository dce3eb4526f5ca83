#include "avro/json_build.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"

static void need(int held)
{
    if (held)
        return;
    fputs("leat: out of memory while making a schema\n", stderr);
    abort();
}

void leat_json_put(json_t *object, const char *key, json_t *value)
{
    need(json_object_set_new_nocheck(object, key, value) == 0);
}

void leat_json_add(json_t *array, json_t *value)
{
    need(json_array_append_new(array, value) == 0);
}

json_t *leat_json_text(const char *text)
{
    leat_buffer safe = {0};
    leat_utf8_append_escaped(&safe, leat_slice_of_string(text));
    json_t *string = json_string_nocheck(leat_buffer_string(&safe));
    leat_buffer_free(&safe);
    need(string != NULL);
    return string;
}

void leat_json_put_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL)
        leat_json_put(object, key, leat_json_text(text));
}

char *leat_json_finish(json_t *value, size_t flags)
{
    char *text = json_dumps(value, JSON_COMPACT | flags);
    need(text != NULL);
    char *copy = leat_duplicate_string(text);
    free(text); /* jansson's own allocation, not ours to release */
    json_decref(value);
    return copy;
}
