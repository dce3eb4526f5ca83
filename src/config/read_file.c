#include "config/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { PIECE_BYTES = 16384 };

/* One read(2) into the buffer: the bytes read, 0 at the end, -1 with errno. */
static ssize_t read_piece(int descriptor, leat_buffer *out)
{
    ssize_t got;
    do
        got = read(descriptor, leat_buffer_reserve(out, PIECE_BYTES), PIECE_BYTES);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        leat_buffer_commit(out, (size_t)got);
    return got;
}

leat_status leat_read_file(const char *path, size_t most, leat_buffer *out, leat_error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return leat_error_system(error, LEAT_USAGE, errno, "cannot open %s", path);
    size_t before = out->length;
    ssize_t got = 1;
    while (got > 0 && out->length - before <= most)
        got = read_piece(descriptor, out);
    int number = errno;
    close(descriptor);
    if (got < 0)
        return leat_error_system(error, LEAT_USAGE, number, "cannot read %s", path);
    if (out->length - before > most)
        return leat_error_set(error, LEAT_USAGE, "%s is larger than the %zu bytes that are allowed here",
                              path, most);
    return LEAT_OK;
}
