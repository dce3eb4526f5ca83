#include "mysql/dump/replica.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/number.h"
#include "mysql/server/settings.h"

static const char server_id_key[] = "server_id";
static const char uuid_key[] = "replica_uuid";

enum { UUID_BYTES = 16, UUID_LENGTH = 36 };

static leat_status draw(void *bytes, size_t length, leat_error *error)
{
    ssize_t drawn = getrandom(bytes, length, 0);
    if (drawn == (ssize_t)length)
        return LEAT_OK;
    return leat_error_system(error, LEAT_FAILED, drawn < 0 ? errno : EIO, "cannot get random numbers");
}

/* ---- Server id ---- */

/* From 2^30 to 2^32 - 1: the two highest bits are not both zero. */
static leat_status make_server_id(char **text, leat_error *error)
{
    uint32_t number = 0;
    leat_buffer out = {0};
    leat_status status = draw(&number, sizeof number, error);
    if (status != LEAT_OK)
        return status;
    if (number >> 30 == 0)
        number |= (uint32_t)1 << 31;
    leat_buffer_printf(&out, "%" PRIu32, number);
    *text = leat_buffer_detach_string(&out);
    return LEAT_OK;
}

static bool read_server_id(const char *text, leat_mysql_replica *replica)
{
    uint64_t number = 0;
    if (!leat_number_parse_digits(leat_slice_of_string(text), &number) || number == 0 || number > UINT32_MAX)
        return false;
    replica->server_id = (uint32_t)number;
    return true;
}

/* ---- UUID ---- */

/* A random one (RFC 4122, version 4). */
static leat_status make_uuid(char **text, leat_error *error)
{
    uint8_t bytes[UUID_BYTES];
    leat_buffer out = {0};
    leat_status status = draw(bytes, sizeof bytes, error);
    if (status != LEAT_OK)
        return status;
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < UUID_BYTES; i++)
        leat_buffer_printf(&out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
    *text = leat_buffer_detach_string(&out);
    return LEAT_OK;
}

static bool read_uuid(const char *text, leat_mysql_replica *replica)
{
    if (strlen(text) != UUID_LENGTH)
        return false;
    memcpy(replica->uuid, text, UUID_LENGTH + 1);
    return true;
}

/* ---- Both ---- */

/* What the notebook has under `key`, or what is made now and kept there. */
static leat_status remembered(const leat_notebook *notebook, const char *key,
                              leat_status (*make)(char **text, leat_error *error),
                              bool (*read)(const char *text, leat_mysql_replica *replica),
                              leat_mysql_replica *replica, leat_error *error)
{
    char *text = NULL;
    leat_status status = notebook->get(notebook->context, key, &text, error);
    if (status == LEAT_OK && text == NULL) {
        status = make(&text, error);
        if (status == LEAT_OK)
            status = notebook->put(notebook->context, key, text, error);
    }
    if (status == LEAT_OK && !read(text, replica))
        status = leat_error_set(error, LEAT_FAILED, "the state has a %s that is none: \"%s\"", key, text);
    leat_release(text);
    return status;
}

leat_status leat_mysql_replica_resolve(const leat_source_options *options, leat_mysql_replica *replica,
                                       leat_error *error)
{
    leat_status status = LEAT_OK;
    *replica = (leat_mysql_replica){.server_id = leat_mysql_settings_server_id(options)};
    if (leat_mysql_settings_server_id(options) == 0)
        status = remembered(options->notebook, server_id_key, make_server_id, read_server_id, replica, error);
    if (status == LEAT_OK)
        status = remembered(options->notebook, uuid_key, make_uuid, read_uuid, replica, error);
    return status;
}
