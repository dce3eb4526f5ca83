#include "demo/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { LOOK_EVERY = 10 * 1000, CANNOT_EXECUTE = 127 };

static bool become(const leat_child_user *user)
{
    if (user->name == NULL)
        return true;
    return initgroups(user->name, user->group) == 0 && setgid(user->group) == 0 && setuid(user->user) == 0;
}

/* The parent's handlers do not survive the exec, but what it ignores would. */
static void default_signals(void)
{
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

static _Noreturn void give_up(const char *what)
{
    leat_error error;
    leat_error_system(&error, LEAT_FAILED, errno, "cannot run %s", what);
    fprintf(stderr, "%s\n", error.message);
    _exit(CANNOT_EXECUTE);
}

/* In the child, up to its exec. Whatever fails is said in its output file. */
static _Noreturn void run_child(const leat_child_plan *plan, int output, pid_t parent)
{
    if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
        _exit(CANNOT_EXECUTE);
    int input = open(plan->input == NULL ? "/dev/null" : plan->input, O_RDONLY | O_CLOEXEC);
    if (input < 0 || dup2(input, STDIN_FILENO) < 0)
        give_up(plan->words[0]);
    setsid();
    default_signals();
    if (!become(&plan->user))
        give_up(plan->words[0]);
    /* After the change of user, which would undo it. The parent may have ended before it counted. */
    prctl(PR_SET_PDEATHSIG, plan->farewell);
    if (getppid() != parent)
        _exit(CANNOT_EXECUTE);
    execv(plan->words[0], plan->words);
    give_up(plan->words[0]);
}

leat_status leat_child_start(const leat_child_plan *plan, pid_t *pid, leat_error *error)
{
    int descriptor = open(plan->output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (descriptor < 0)
        return leat_error_system(error, LEAT_FAILED, errno, "cannot write %s", plan->output);
    pid_t parent = getpid();
    *pid = fork();
    if (*pid == 0)
        run_child(plan, descriptor, parent);
    int number = errno;
    close(descriptor);
    if (*pid < 0)
        return leat_error_system(error, LEAT_FAILED, number, "cannot start %s", plan->words[0]);
    return LEAT_OK;
}

static int exit_code_of(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool leat_child_ended(pid_t pid, int *exit_code)
{
    int status;
    if (waitpid(pid, &status, WNOHANG) != pid)
        return false;
    *exit_code = exit_code_of(status);
    return true;
}

bool leat_child_wait(pid_t pid, int64_t timeout, leat_stop stop, int *exit_code)
{
    int64_t until = leat_clock_monotonic() + timeout;
    while (!leat_child_ended(pid, exit_code)) {
        if (leat_clock_monotonic() >= until || leat_stop_requested(stop))
            return false;
        leat_clock_sleep(LOOK_EVERY);
    }
    return true;
}

void leat_child_end(pid_t pid, int signal, int64_t patience)
{
    int exit_code;
    kill(pid, signal);
    if (leat_child_wait(pid, patience, (leat_stop){0}, &exit_code))
        return;
    kill(pid, SIGKILL);
    while (waitpid(pid, &exit_code, 0) < 0 && errno == EINTR)
        ;
}

static _Noreturn void run_printer(char *const *words, int output)
{
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0 ||
        dup2(output, STDOUT_FILENO) < 0)
        _exit(CANNOT_EXECUTE);
    execvp(words[0], words);
    _exit(CANNOT_EXECUTE);
}

static void read_all(int descriptor, leat_buffer *out)
{
    for (;;) {
        ssize_t length = read(descriptor, leat_buffer_reserve(out, 4096), 4096);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            return;
        leat_buffer_commit(out, (size_t)length);
    }
}

bool leat_child_output(char *const *words, leat_buffer *out)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0)
        run_printer(words, ends[1]);
    close(ends[1]);
    if (pid > 0)
        read_all(ends[0], out);
    close(ends[0]);
    int status = 0;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid > 0 && exit_code_of(status) == 0;
}
