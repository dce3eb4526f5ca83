#include "avro/container_format.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/list.h"
#include "base/memory.h"

enum { READ_AHEAD = 128 * 1024, LONGEST_BLOCK_HEAD = 20, MOST_HEADER_BYTES = 64 * 1024 * 1024 };

/* A source's largest rows are near 1 GiB, and an event can hold two of them. */
static const uint64_t most_block_bytes = UINT64_C(0x7fffffff);

/* ---- Bytes ---- */

leat_status leat_container_walk_file(leat_container_walk *walk, const char *path, leat_error *error)
{
    struct stat about;
    walk->path = leat_duplicate_string(path);
    walk->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (walk->descriptor < 0 || fstat(walk->descriptor, &about) != 0)
        return leat_error_system(error, LEAT_FAILED, errno, "cannot read %s", path);
    if (!S_ISREG(about.st_mode))
        return leat_error_set(error, LEAT_FAILED, "cannot read %s: it is not a regular file", path);
    walk->size = (uint64_t)about.st_size;
    return LEAT_OK;
}

void leat_container_walk_memory(leat_container_walk *walk, leat_slice bytes)
{
    walk->descriptor = -1;
    walk->memory = bytes;
    walk->size = bytes.length;
}

void leat_container_walk_close(leat_container_walk *walk)
{
    if (walk->descriptor >= 0)
        close(walk->descriptor);
    leat_buffer_free(&walk->window);
    leat_buffer_free(&walk->header);
    leat_buffer_free(&walk->plain);
    leat_codec_close(walk->codec);
    leat_release(walk->entries);
    leat_release(walk->path);
}

static leat_status fill_window(leat_container_walk *walk, uint64_t offset, size_t length, leat_error *error)
{
    leat_buffer_reset(&walk->window);
    walk->window_offset = offset;
    while (walk->window.length < length) {
        size_t wanted = length - walk->window.length;
        uint8_t *at = leat_buffer_reserve(&walk->window, wanted);
        ssize_t got = pread(walk->descriptor, at, wanted, (off_t)(offset + walk->window.length));
        if (got == 0)
            return LEAT_OK;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return leat_error_system(error, LEAT_FAILED, errno, "cannot read %s", walk->path);
        leat_buffer_commit(&walk->window, (size_t)got);
    }
    return LEAT_OK;
}

/* Up to `length` bytes from `offset` on; fewer only at the end. Valid until the next call. */
static leat_status view(leat_container_walk *walk, uint64_t offset, uint64_t length, leat_slice *bytes,
                        leat_error *error)
{
    uint64_t left = offset < walk->size ? walk->size - offset : 0;
    if (length > left)
        length = left;
    leat_slice held = walk->memory;
    uint64_t start = offset;
    if (walk->descriptor >= 0) {
        bool inside =
            offset >= walk->window_offset && offset - walk->window_offset + length <= walk->window.length;
        uint64_t ahead = length > READ_AHEAD ? length : READ_AHEAD;
        leat_status status =
            inside ? LEAT_OK : fill_window(walk, offset, (size_t)(ahead < left ? ahead : left), error);
        if (status != LEAT_OK)
            return status;
        held = leat_buffer_slice(&walk->window);
        start = offset - walk->window_offset;
    }
    leat_cursor cursor = leat_cursor_open(held);
    (void)leat_cursor_bytes(&cursor, (size_t)(start < held.length ? start : held.length));
    size_t there = leat_cursor_remaining(&cursor);
    *bytes = leat_cursor_bytes(&cursor, (size_t)(length < there ? length : there));
    return LEAT_OK;
}

static leat_container_find torn(const leat_container_walk *walk, leat_error *error, const char *what)
{
    leat_error_set(error, LEAT_FAILED, "%s at byte %llu: %s", walk->path != NULL ? walk->path : "container",
                   (unsigned long long)walk->offset, what);
    return LEAT_CONTAINER_TORN;
}

/* ---- Header ---- */

static void add_entry(leat_container_walk *walk, leat_slice key, leat_slice value)
{
    walk->entries =
        leat_list_room(walk->entries, walk->entry_count, &walk->entry_capacity, sizeof *walk->entries);
    walk->entries[walk->entry_count++] = (leat_container_entry){.key = key, .value = value};
}

static leat_slice take_bytes(leat_cursor *cursor)
{
    int64_t length = leat_cursor_varint(cursor);
    if (length < 0)
        leat_cursor_fail(cursor);
    return leat_cursor_bytes(cursor, length < 0 ? 0 : (size_t)length);
}

/* Avro specification, "Maps": blocks of entries; a negative count has the block's size behind it. */
static void take_map(leat_container_walk *walk, leat_cursor *cursor)
{
    for (int64_t count = leat_cursor_varint(cursor); count != 0; count = leat_cursor_varint(cursor)) {
        uint64_t entries = count < 0 ? 0 - (uint64_t)count : (uint64_t)count;
        if (count < 0 && leat_cursor_varint(cursor) < 0)
            leat_cursor_fail(cursor);
        for (uint64_t i = 0; i < entries && !leat_cursor_failed(cursor); i++) {
            leat_slice key = take_bytes(cursor);
            leat_slice value = take_bytes(cursor);
            if (!leat_cursor_failed(cursor))
                add_entry(walk, key, value);
        }
    }
}

/* False where `bytes` do not hold a whole header. */
static bool parse_header(leat_container_walk *walk, leat_slice bytes)
{
    leat_cursor cursor = leat_cursor_open(bytes);
    walk->entry_count = 0;
    leat_slice magic = leat_cursor_bytes(&cursor, sizeof LEAT_CONTAINER_MAGIC - 1);
    if (leat_cursor_failed(&cursor) || !leat_slice_equals_string(magic, LEAT_CONTAINER_MAGIC))
        return false;
    take_map(walk, &cursor);
    leat_slice sync = leat_cursor_bytes(&cursor, LEAT_CONTAINER_SYNC_BYTES);
    if (leat_cursor_failed(&cursor))
        return false;
    memcpy(walk->sync, sync.data, sync.length);
    walk->offset = bytes.length - leat_cursor_remaining(&cursor);
    return true;
}

/* Looks at more and more of the file until the header is whole: it says nowhere how long it is. */
static leat_container_find find_header(leat_container_walk *walk, leat_error *error)
{
    leat_slice bytes;
    uint64_t length = READ_AHEAD;
    for (;; length *= 4) {
        if (view(walk, 0, length, &bytes, error) != LEAT_OK)
            return LEAT_CONTAINER_UNREADABLE;
        if (parse_header(walk, bytes))
            break;
        if (bytes.length < length || length >= MOST_HEADER_BYTES || bytes.length < 4 ||
            memcmp(bytes.data, LEAT_CONTAINER_MAGIC, 4) != 0)
            return torn(walk, error, "this is no Avro container file, or its header is cut short");
    }
    leat_buffer_append(&walk->header, bytes.data, (size_t)walk->offset);
    parse_header(walk, leat_buffer_slice(&walk->header));
    return LEAT_CONTAINER_WHOLE;
}

bool leat_container_walk_entry(const leat_container_walk *walk, const char *key, leat_slice *value)
{
    for (size_t i = 0; i < walk->entry_count; i++)
        if (leat_slice_equals_string(walk->entries[i].key, key)) {
            *value = walk->entries[i].value;
            return true;
        }
    return false;
}

static leat_container_find open_codec(leat_container_walk *walk, leat_error *error)
{
    leat_slice name;
    leat_codec_kind kind = LEAT_CODEC_NULL;
    if (leat_container_walk_entry(walk, "avro.codec", &name)) {
        char *text = leat_duplicate_bytes(name.data, name.length);
        bool known = leat_codec_parse(text, &kind);
        leat_release(text);
        if (!known) {
            leat_error_fail(error, LEAT_FAILED, "leat reads the codecs null, deflate, snappy and zstandard",
                            "%s is compressed with %.*s", walk->path != NULL ? walk->path : "the container",
                            LEAT_SLICE_FORMAT(name));
            return LEAT_CONTAINER_UNREADABLE;
        }
    }
    walk->codec = leat_codec_open(kind, 0);
    return LEAT_CONTAINER_WHOLE;
}

leat_container_find leat_container_walk_header(leat_container_walk *walk, leat_error *error)
{
    leat_slice schema;
    leat_container_find found = find_header(walk, error);
    if (found != LEAT_CONTAINER_WHOLE)
        return found;
    if (!leat_container_walk_entry(walk, "avro.schema", &schema))
        return torn(walk, error, "the header has no avro.schema");
    return open_codec(walk, error);
}

/* ---- Blocks ---- */

/* A block's head: how many records, in how many bytes, beginning where. */
typedef struct block_head {
    uint64_t records;
    uint64_t length;
    uint64_t data; /* offset in the file */
} block_head;

static leat_container_find find_head(leat_container_walk *walk, block_head *head, leat_error *error)
{
    leat_slice bytes;
    if (view(walk, walk->offset, LONGEST_BLOCK_HEAD, &bytes, error) != LEAT_OK)
        return LEAT_CONTAINER_UNREADABLE;
    if (bytes.length == 0)
        return LEAT_CONTAINER_END;
    leat_cursor cursor = leat_cursor_open(bytes);
    int64_t records = leat_cursor_varint(&cursor);
    int64_t length = leat_cursor_varint(&cursor);
    if (leat_cursor_failed(&cursor) || records <= 0 || length < 0)
        return torn(walk, error, "no block begins here, or it is cut short");
    head->records = (uint64_t)records;
    head->length = (uint64_t)length;
    head->data = walk->offset + bytes.length - leat_cursor_remaining(&cursor);
    uint64_t left = walk->size - head->data;
    if (left < LEAT_CONTAINER_SYNC_BYTES || head->length > left - LEAT_CONTAINER_SYNC_BYTES)
        return torn(walk, error, "the block goes beyond the end of the file");
    if (head->length > most_block_bytes)
        return torn(walk, error, "the block is larger than any that leat writes");
    return LEAT_CONTAINER_WHOLE;
}

/* The block's plain bytes; uncompressed ones are not copied. */
static leat_container_find expand(leat_container_walk *walk, leat_slice packed, leat_slice *plain,
                                  leat_error *error)
{
    *plain = packed;
    if (leat_codec_kind_of(walk->codec) == LEAT_CODEC_NULL)
        return LEAT_CONTAINER_WHOLE;
    leat_buffer_reset(&walk->plain);
    leat_error inner;
    if (leat_codec_expand(walk->codec, packed, (size_t)most_block_bytes, &walk->plain, &inner) != LEAT_OK)
        return torn(walk, error, inner.message);
    *plain = leat_buffer_slice(&walk->plain);
    return LEAT_CONTAINER_WHOLE;
}

leat_container_find leat_container_walk_block(leat_container_walk *walk, uint64_t *records, leat_slice *plain,
                                              leat_error *error)
{
    block_head head;
    leat_slice bytes;
    leat_container_find found = find_head(walk, &head, error);
    if (found != LEAT_CONTAINER_WHOLE)
        return found;
    if (view(walk, head.data, head.length + LEAT_CONTAINER_SYNC_BYTES, &bytes, error) != LEAT_OK)
        return LEAT_CONTAINER_UNREADABLE;
    leat_cursor cursor = leat_cursor_open(bytes);
    leat_slice packed = leat_cursor_bytes(&cursor, (size_t)head.length);
    leat_slice sync = leat_cursor_bytes(&cursor, LEAT_CONTAINER_SYNC_BYTES);
    if (leat_cursor_failed(&cursor) || !leat_slice_equal(sync, leat_slice_of(walk->sync, sizeof walk->sync)))
        return torn(walk, error, "the block does not end with the file's sync marker");
    found = expand(walk, packed, plain, error);
    if (found != LEAT_CONTAINER_WHOLE)
        return found;
    /* Every record of ours has a byte at least, and a reader must not be sent round for nothing. */
    if (head.records > plain->length)
        return torn(walk, error, "the block claims more records than it has bytes");
    *records = head.records;
    walk->offset = head.data + head.length + LEAT_CONTAINER_SYNC_BYTES;
    return LEAT_CONTAINER_WHOLE;
}
