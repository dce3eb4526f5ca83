#include "sink/file/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"

enum {
    LONGEST_PART = 255, /* NAME_MAX of every file system in use */
    HASH_SUFFIX = 18,   /* "%~" and 16 hex digits */
};

static bool is_unsafe(uint8_t byte)
{
    return byte < 0x20 || byte == 0x7f || byte == '/' || byte == '%';
}

/* What begins with these counts as hidden or as not data. */
static bool would_hide(const leat_buffer *path, uint8_t byte)
{
    bool is_first = path->length == 0 || path->data[path->length - 1] == '/';
    return is_first && (byte == '.' || byte == '_');
}

/* Percent-encodes what is unsafe, and `also` where it is not 0. */
static void append_safe(leat_buffer *path, const char *name, uint8_t also)
{
    for (const char *at = name; *at != '\0'; at++) {
        uint8_t byte = (uint8_t)*at;
        if (is_unsafe(byte) || byte == also || would_hide(path, byte))
            leat_buffer_printf(path, "%%%02X", byte);
        else
            leat_buffer_append_byte(path, byte);
    }
}

/* FNV-1a, 64 bits (public domain; Fowler, Noll, Vo). */
static uint64_t hash_of(leat_slice bytes)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < bytes.length; i++)
        hash = (hash ^ bytes.data[i]) * 0x100000001b3u;
    return hash;
}

/* Cuts between characters of UTF-8. A name that was not cut never has "%~" in it. */
static void shorten(leat_buffer *part)
{
    uint64_t hash = hash_of(leat_buffer_slice(part));
    size_t length = LONGEST_PART - HASH_SUFFIX;
    while (length > 0 && (part->data[length] & 0xc0) == 0x80)
        length--;
    part->length = length;
    leat_buffer_printf(part, "%%~%016" PRIx64, hash);
}

char *leat_file_name_of_table(const leat_table *table)
{
    leat_buffer part = {0};
    append_safe(&part, table->schema != NULL ? table->schema : table->database, '.');
    leat_buffer_append_byte(&part, '.');
    append_safe(&part, table->name, 0);
    if (part.length > LONGEST_PART)
        shorten(&part);
    return leat_buffer_detach_string(&part);
}

char *leat_file_name_folder(const char *table_part, unsigned version, int64_t commit_time)
{
    char date[LEAT_CLOCK_TEXT_SIZE];
    leat_clock_format_date(commit_time, date);
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/v=%u/dt=%s", table_part, version, date);
    return leat_buffer_detach_string(&path);
}

static uint64_t random_number(void)
{
    uint64_t number;
    /* Cannot fail for so few bytes once the system is up; if it did, the time still tells files apart, and a
     * name that is taken is refused by the creation. */
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        number = (uint64_t)leat_clock_monotonic();
    return number;
}

char *leat_file_name_working(const char *folder, const char *first, const char *identity)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/.", folder);
    append_safe(&path, first, 0);
    leat_buffer_printf(&path, "-%s-%016" PRIx64 ".leat", identity, random_number());
    return leat_buffer_detach_string(&path);
}

char *leat_file_name_final(const char *working, const char *first, const char *last)
{
    leat_buffer path = {0};
    const char *slash = strrchr(working, '/');
    leat_buffer_append(&path, working, (size_t)(slash - working) + 1);
    append_safe(&path, first, 0);
    leat_buffer_append_byte(&path, '-');
    append_safe(&path, last, 0);
    leat_buffer_append_string(&path, ".avro");
    return leat_buffer_detach_string(&path);
}

char *leat_file_name_schema(const char *data_path)
{
    const char *version = strstr(data_path, "/v=");
    size_t version_length = strcspn(version + 1, "/");
    leat_buffer path = {0};
    leat_buffer_printf(&path, "_schema/%.*s/%.*s.avsc", (int)(version - data_path), data_path,
                       (int)version_length, version + 1);
    return leat_buffer_detach_string(&path);
}

bool leat_file_name_is_working(const char *name, const char *identity)
{
    size_t length = strlen(name);
    char ending[64];
    /* ".<first>-<identity>-<16 digits>.leat" */
    int marked = snprintf(ending, sizeof ending, "-%s-", identity);
    size_t tail = (size_t)marked + 16 + strlen(".leat");
    return name[0] == '.' && length > tail && strcmp(name + length - 5, ".leat") == 0 &&
           memcmp(name + length - tail, ending, (size_t)marked) == 0;
}

char *leat_file_name_path(const char *root, const char *relative)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", root, relative);
    return leat_buffer_detach_string(&path);
}
