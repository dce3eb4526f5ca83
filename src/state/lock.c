/* Two processes on one store would each believe in its own position: a lock on a file beside it forbids that.
 *
 * flock(2), because it goes with the descriptor: a crash releases it, a leftover file means nothing. The pid
 * in the file is for the sentence only.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/memory.h"
#include "state/store.h"

enum { PID_TEXT_SIZE = 32 };

/* The pid that the holder wrote, or 0 when it has not come to that yet. */
static long holder_of(int lock)
{
    char text[PID_TEXT_SIZE] = {0};
    if (pread(lock, text, sizeof text - 1, 0) <= 0)
        return 0;
    return strtol(text, NULL, 10);
}

static leat_status refuse(const char *path, int lock, int number, leat_error *error)
{
    if (number != EWOULDBLOCK) {
        leat_error_system(error, LEAT_FAILED, number, "cannot lock %s", path);
        leat_error_mend(error, "Put the state store on a local disk: its file system has no locks.");
        return LEAT_FAILED;
    }
    long holder = holder_of(lock);
    if (holder > 0)
        leat_error_set(error, LEAT_RETRY, "state store %s is in use by process %ld", path, holder);
    else
        leat_error_set(error, LEAT_RETRY, "state store %s is in use by another process", path);
    leat_error_mend(error, "Stop the other leat, or give each pipeline a state store of its own "
                           "(setting `state`).");
    return LEAT_RETRY;
}

static void write_pid(int lock)
{
    char text[PID_TEXT_SIZE];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    /* Only the other's sentence is the poorer if this fails (a full disk). */
    if (ftruncate(lock, 0) == 0 && pwrite(lock, text, (size_t)length, 0) < 0)
        return;
}

leat_status leat_store_lock(const char *path, int *lock, leat_error *error)
{
    leat_arena scratch = {0};
    const char *lock_path = leat_arena_printf(&scratch, "%s.lock", path);
    leat_status status = LEAT_OK;
    int descriptor = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        int number = errno;
        status = leat_store_open_status(number);
        leat_error_system(error, status, number, "cannot open %s", lock_path);
        leat_error_mend(error, status == LEAT_RETRY
                                   ? "Free space on its disk."
                                   : "Let this user write there, or set `state` to a file in a folder "
                                     "that exists and can be written.");
    } else if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        status = refuse(path, descriptor, errno, error);
        close(descriptor);
    } else {
        write_pid(descriptor);
        *lock = descriptor;
    }
    leat_arena_free(&scratch);
    return status;
}

long leat_state_holder(const leat_state *state)
{
    leat_arena scratch = {0};
    int descriptor = open(leat_arena_printf(&scratch, "%s.lock", state->path), O_RDONLY | O_CLOEXEC);
    leat_arena_free(&scratch);
    if (descriptor < 0)
        return 0;
    /* Shared, so that two who ask do not see each other; gone with the descriptor. */
    bool held = flock(descriptor, LOCK_SH | LOCK_NB) != 0;
    long holder = held ? holder_of(descriptor) : 0;
    close(descriptor);
    return holder;
}
