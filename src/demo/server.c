#include "demo/server.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "demo/binaries.h"
#include "demo/scratch.h"

enum {
    SECOND = 1000 * 1000,
    MAKE_TIMEOUT = 120 * SECOND,
    START_TIMEOUT = 60 * SECOND,
    MAKER_STOP_TIMEOUT = SECOND,
    STOP_TIMEOUT = 5 * SECOND,
    KEEP_TIMEOUT = 60 * SECOND, /* for an end in order, of a server whose data is kept */
    LOOK_EVERY = 20 * 1000,
    TAIL_SIZE = 800, /* of the server's log, shown when it fails */
};

/* The server's log, or another file in its folder. Heap. */
static char *path_in(const leat_demo_server *server, const char *name)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", server->folder, name);
    return leat_buffer_detach_string(&path);
}

static leat_status refuse_root(const leat_demo_kind *kind, leat_error *error)
{
    leat_buffer users = {0};
    for (const char *const *name = kind->users; *name != NULL; name++)
        leat_buffer_printf(&users, "%s%s", name == kind->users ? "" : " or ", *name);
    leat_error_set(error, LEAT_FAILED, "%s does not run as root, and there is no user %s to run it as",
                   kind->title, leat_buffer_string(&users));
    leat_buffer_free(&users);
    leat_error_mend(error, "Run leat demo as another user");
    return LEAT_FAILED;
}

/* Database servers refuse to run as root, and rightly. */
static leat_status choose_user(leat_demo_server *server, leat_error *error)
{
    if (geteuid() != 0)
        return LEAT_OK;
    for (const char *const *name = server->kind->users; *name != NULL; name++) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs yet */
        const struct passwd *entry = getpwnam(*name);
        if (entry != NULL && entry->pw_uid != 0) {
            server->user = (leat_child_user){.name = *name, .user = entry->pw_uid, .group = entry->pw_gid};
            return LEAT_OK;
        }
    }
    return refuse_root(server->kind, error);
}

static leat_status make_folder(const leat_demo_server *server, const char *path, leat_error *error)
{
    if (mkdir(path, 0700) != 0)
        return leat_error_system(error, LEAT_FAILED, errno, "cannot make %s", path);
    if (server->user.name != NULL && chown(path, server->user.user, server->user.group) != 0)
        return leat_error_system(error, LEAT_FAILED, errno, "cannot give %s to user %s", path,
                                 server->user.name);
    return LEAT_OK;
}

/* Its superuser has no password: nobody else may come near its socket. */
static leat_status make_folders(const leat_demo_server *server, leat_error *error)
{
    char *data = path_in(server, "data");
    leat_status status = make_folder(server, server->folder, error);
    if (status == LEAT_OK)
        status = make_folder(server, data, error);
    leat_release(data);
    return status;
}

/* The end of the server's log, in whole lines, as part of a sentence. */
static leat_status fail_with_log(const leat_demo_server *server, const char *what, leat_error *error)
{
    char *path = path_in(server, "log");
    char tail[TAIL_SIZE + 1] = "";
    const char *said = tail;
    FILE *log = fopen(path, "r");
    if (log != NULL) {
        bool cut = fseek(log, -TAIL_SIZE, SEEK_END) == 0;
        if (!cut)
            rewind(log);
        tail[fread(tail, 1, TAIL_SIZE, log)] = '\0';
        fclose(log);
        const char *line = strchr(tail, '\n');
        if (cut && line != NULL)
            said = line + 1;
    }
    leat_release(path);
    leat_error_set(error, LEAT_FAILED, "%s %s; it said:\n%s", server->kind->title, what, said);
    return LEAT_FAILED;
}

/* Starts a command as the server's user; its output goes to the log. */
static leat_status start_command(const leat_demo_server *server, const leat_demo_words *words,
                                 const char *input, pid_t *pid, leat_error *error)
{
    char *log = path_in(server, "log");
    const leat_child_plan plan = {
        .words = words->list,
        .user = server->user,
        .input = input,
        .output = log,
        .farewell = server->kind->end,
    };
    leat_status status = leat_child_start(&plan, pid, error);
    leat_release(log);
    return status;
}

static leat_status write_input(const char *path, const leat_buffer *input, leat_error *error)
{
    FILE *file = fopen(path, "w");
    bool written = file != NULL && fwrite(input->data, 1, input->length, file) == input->length;
    if (file != NULL && fclose(file) != 0)
        written = false;
    return written ? LEAT_OK : leat_error_system(error, LEAT_FAILED, errno, "cannot write %s", path);
}

static leat_status start_maker(const leat_demo_server *server, pid_t *pid, leat_error *error)
{
    leat_demo_words words = {0};
    leat_buffer input = {0};
    char *path = path_in(server, "input");
    leat_status status = server->kind->make(server, &words, &input, error);
    if (status == LEAT_OK && input.length > 0)
        status = write_input(path, &input, error);
    if (status == LEAT_OK)
        status = start_command(server, &words, input.length > 0 ? path : NULL, pid, error);
    leat_release(path);
    leat_buffer_free(&input);
    leat_demo_words_free(&words);
    return status;
}

static leat_status make_data(const leat_demo_server *server, leat_stop stop, leat_error *error)
{
    pid_t pid;
    leat_status status = start_maker(server, &pid, error);
    if (status != LEAT_OK)
        return status;
    int exit_code;
    if (!leat_child_wait(pid, MAKE_TIMEOUT, stop, &exit_code)) {
        leat_child_end(pid, SIGTERM, MAKER_STOP_TIMEOUT);
        return leat_stop_requested(stop) ? LEAT_STOPPED
                                         : fail_with_log(server, "took too long to make its data", error);
    }
    return exit_code == 0 ? LEAT_OK : fail_with_log(server, "could not make its data", error);
}

static leat_status start_server(leat_demo_server *server, leat_error *error)
{
    leat_demo_words words = {0};
    server->kind->run(server, &words);
    leat_demo_words_add_all(&words, server->kind->haste);
    leat_status status = start_command(server, &words, NULL, &server->pid, error);
    leat_demo_words_free(&words);
    return status;
}

static leat_status wait_until_ready(leat_demo_server *server, leat_stop stop, leat_error *error)
{
    int64_t until = leat_clock_monotonic() + START_TIMEOUT;
    leat_status status = LEAT_OK;
    int exit_code;
    while (status == LEAT_OK && !server->kind->takes_connections(server)) {
        if (leat_stop_requested(stop)) {
            status = LEAT_STOPPED;
        } else if (leat_child_ended(server->pid, &exit_code)) {
            server->pid = 0;
            status = fail_with_log(server, "ended as soon as it was started", error);
        } else if (leat_clock_monotonic() > until) {
            status = fail_with_log(server, "was started, but takes no connections", error);
        }
        leat_clock_sleep(LOOK_EVERY);
    }
    return status;
}

leat_status leat_demo_server_start(leat_demo_server *server, const leat_demo_kind *kind, const char *folder,
                                   leat_stop stop, leat_error *error)
{
    server->kind = kind;
    leat_status status = leat_demo_binaries_find(kind, &server->binaries, error);
    if (status == LEAT_OK)
        status = choose_user(server, error);
    if (status != LEAT_OK)
        return status;
    server->folder = leat_duplicate_string(folder);
    status = make_folders(server, error);
    if (status == LEAT_OK)
        status = make_data(server, stop, error);
    if (status == LEAT_OK)
        status = start_server(server, error);
    return status == LEAT_OK ? wait_until_ready(server, stop, error) : status;
}

char *leat_demo_server_command(const leat_demo_server *server)
{
    leat_demo_words words = {0};
    leat_buffer line = {0};
    if (server->user.name != NULL) {
        const char *const as_user[] = {"runuser", "-u", server->user.name, "--", NULL};
        leat_demo_words_add_all(&words, as_user);
    }
    server->kind->run(server, &words);
    leat_demo_words_line(&words, &line);
    leat_demo_words_free(&words);
    return leat_buffer_detach_string(&line);
}

void leat_demo_server_stop(leat_demo_server *server, bool keep)
{
    if (server->pid > 0)
        leat_child_end(server->pid, server->kind->end, keep ? KEEP_TIMEOUT : STOP_TIMEOUT);
    if (server->folder != NULL && !keep)
        leat_scratch_remove(server->folder);
    leat_demo_binaries_free(&server->binaries);
    leat_release(server->folder);
    *server = (leat_demo_server){0};
}
