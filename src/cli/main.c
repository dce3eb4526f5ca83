#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/commands.h"

/* A standard descriptor that came closed would be the number of the next file opened: of the state store,
 * say, and events written to standard output would go into it. In its place stands one that can only fail:
 * what is to be written to can only be read, and the other way round. */
static void occupy_standard_descriptors(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) != descriptor)
            _exit(1);
}

int main(int count, char **words)
{
    occupy_standard_descriptors();
    return leat_cli_main(count, words);
}
