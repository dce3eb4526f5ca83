#include <inttypes.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "postgres/objects/names.h"
#include "postgres/server/settings.h"

/* A slot's name has at most NAMEDATALEN - 1 of [a-z0-9_]; a publication of the same name reads well. */
enum { LONGEST_NAME = 63, HASH_DIGITS = 8 };

static uint8_t legal_character(char character)
{
    uint8_t byte = (uint8_t)character;
    if (byte >= 'A' && byte <= 'Z')
        return (uint8_t)(byte | 0x20);
    bool legal = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
    return legal ? byte : '_';
}

/* FNV-1a, so that two long names that begin alike stay two. */
static uint32_t hash(const char *text)
{
    uint32_t value = UINT32_C(2166136261);
    for (size_t i = 0; text[i] != '\0'; i++)
        value = (value ^ (uint8_t)text[i]) * UINT32_C(16777619);
    return value;
}

static char *legal_name(const char *pipeline)
{
    leat_buffer name = {0};
    leat_buffer_append_string(&name, "leat_");
    for (size_t i = 0; pipeline[i] != '\0'; i++)
        leat_buffer_append_byte(&name, legal_character(pipeline[i]));
    if (name.length > LONGEST_NAME) {
        name.length = LONGEST_NAME - HASH_DIGITS - 1;
        leat_buffer_printf(&name, "_%08" PRIx32, hash(pipeline));
    }
    return leat_buffer_detach_string(&name);
}

void leat_postgres_names_resolve(const leat_source_options *options, leat_postgres_names *names)
{
    names->slot = leat_postgres_settings_of(options)->slot != NULL
                      ? leat_duplicate_string(leat_postgres_settings_of(options)->slot)
                      : legal_name(options->pipeline);
    names->publication = leat_postgres_settings_of(options)->publication != NULL
                             ? leat_duplicate_string(leat_postgres_settings_of(options)->publication)
                             : legal_name(options->pipeline);
}

void leat_postgres_names_free(leat_postgres_names *names)
{
    leat_release(names->slot);
    leat_release(names->publication);
    *names = (leat_postgres_names){0};
}
