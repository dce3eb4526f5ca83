#include "cli/demo_server.h"

#include <errno.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "cli/demo_binaries.h"
#include "cli/scratch.h"

enum {
    SECOND = 1000 * 1000,
    MAKE_TIMEOUT = 60 * SECOND,
    START_TIMEOUT = 30 * SECOND,
    STOP_TIMEOUT = 5 * SECOND,
    LOOK_EVERY = 20 * 1000,
    TAIL_SIZE = 600, /* of the server's log, shown when it fails */
};

/* The server's log, or another file in its folder. Heap. */
static char *path_in(const leat_demo_server *server, const char *name)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", server->folder, name);
    return leat_buffer_detach_string(&path);
}

/* PostgreSQL refuses to run as root, and rightly. */
static leat_status choose_user(leat_demo_server *server, leat_error *error)
{
    if (geteuid() != 0)
        return LEAT_OK;
    static const char *const names[] = {"postgres", "nobody"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs yet */
        const struct passwd *entry = getpwnam(names[i]);
        if (entry != NULL && entry->pw_uid != 0) {
            server->user = (leat_child_user){.name = names[i], .user = entry->pw_uid, .group = entry->pw_gid};
            return LEAT_OK;
        }
    }
    leat_error_set(error, LEAT_FAILED,
                   "PostgreSQL does not run as root, and there is no user postgres or "
                   "nobody to run it as");
    return leat_error_mend(error, "Run leat demo as another user");
}

static leat_status make_folder(const leat_demo_server *server, leat_error *error)
{
    if (mkdir(server->folder, 0700) != 0)
        return leat_error_system(error, LEAT_FAILED, errno, "cannot make %s", server->folder);
    if (server->user.name != NULL && chown(server->folder, server->user.user, server->user.group) != 0)
        return leat_error_system(error, LEAT_FAILED, errno, "cannot give %s to user %s", server->folder,
                                 server->user.name);
    return LEAT_OK;
}

/* The end of the server's log as part of a sentence. */
static leat_status fail_with_log(const leat_demo_server *server, const char *what, leat_error *error)
{
    char *path = path_in(server, "log");
    char tail[TAIL_SIZE + 1] = "";
    FILE *log = fopen(path, "r");
    if (log != NULL) {
        if (fseek(log, -TAIL_SIZE, SEEK_END) != 0)
            rewind(log);
        tail[fread(tail, 1, TAIL_SIZE, log)] = '\0';
        fclose(log);
    }
    leat_release(path);
    leat_error_set(error, LEAT_FAILED, "%s; it said:\n%s", what, tail);
    return LEAT_FAILED;
}

/* Starts one of PostgreSQL's programs as the server's user; its output goes to the log. */
static leat_status start_program(const leat_demo_server *server, const char *program,
                                 const char *const *arguments, size_t count, pid_t *pid, leat_error *error)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", server->binaries, program);
    char *log = path_in(server, "log");
    char **words = leat_allocate_array(count + 2, sizeof *words);
    words[0] = leat_buffer_detach_string(&path);
    for (size_t i = 0; i < count; i++)
        words[i + 1] = leat_duplicate_string(arguments[i]);
    leat_status status = leat_child_start(words, &server->user, log, pid, error);
    for (size_t i = 0; i <= count; i++)
        leat_release(words[i]);
    leat_release(words);
    leat_release(log);
    return status;
}

static leat_status make_cluster(const leat_demo_server *server, bool (*stop_requested)(void),
                                leat_error *error)
{
    char *data = path_in(server, "data");
    const char *const arguments[] = {"--pgdata", data,         "--username", "postgres",    "--auth",
                                     "trust",    "--encoding", "UTF8",       "--no-locale", "--no-sync"};
    pid_t pid;
    leat_status status =
        start_program(server, "initdb", arguments, sizeof arguments / sizeof arguments[0], &pid, error);
    leat_release(data);
    if (status != LEAT_OK)
        return status;
    int exit_code;
    if (!leat_child_wait(pid, MAKE_TIMEOUT, stop_requested, &exit_code)) {
        leat_child_end(pid, SIGTERM, STOP_TIMEOUT);
        return stop_requested() ? LEAT_STOPPED : fail_with_log(server, "initdb took too long", error);
    }
    return exit_code == 0 ? LEAT_OK : fail_with_log(server, "initdb could not make a cluster", error);
}

static leat_status start_postgres(leat_demo_server *server, leat_error *error)
{
    char *data = path_in(server, "data");
    /* Nothing in it outlives the demo, so nothing has to be synced; what the demo shows is leat's own. */
    const char *const arguments[] = {"-D", data,
                                     "-k", server->folder,
                                     "-c", "listen_addresses=",
                                     "-c", "port=5432",
                                     "-c", "wal_level=logical",
                                     "-c", "fsync=off",
                                     "-c", "shared_buffers=32MB",
                                     "-c", "max_wal_senders=8",
                                     "-c", "max_replication_slots=8"};
    leat_status status = start_program(server, "postgres", arguments, sizeof arguments / sizeof arguments[0],
                                       &server->pid, error);
    leat_release(data);
    return status;
}

static leat_status wait_until_ready(leat_demo_server *server, bool (*stop_requested)(void), leat_error *error)
{
    char *url = leat_demo_server_url(server, "postgres");
    int64_t until = leat_clock_monotonic() + START_TIMEOUT;
    leat_status status = LEAT_OK;
    int exit_code;
    while (status == LEAT_OK && PQping(url) != PQPING_OK) {
        if (stop_requested()) {
            status = LEAT_STOPPED;
        } else if (leat_child_ended(server->pid, &exit_code)) {
            server->pid = 0;
            status = fail_with_log(server, "the demo's PostgreSQL ended as soon as it was started", error);
        } else if (leat_clock_monotonic() > until) {
            status = fail_with_log(server, "the demo's PostgreSQL takes no connections", error);
        }
        leat_clock_sleep(LOOK_EVERY);
    }
    leat_release(url);
    return status;
}

leat_status leat_demo_server_start(leat_demo_server *server, const char *folder, bool (*stop_requested)(void),
                                   leat_error *error)
{
    leat_status status = leat_demo_binaries_find(&server->binaries, &server->version, error);
    if (status == LEAT_OK)
        status = choose_user(server, error);
    if (status != LEAT_OK)
        return status;
    server->folder = leat_duplicate_string(folder);
    status = make_folder(server, error);
    if (status == LEAT_OK)
        status = make_cluster(server, stop_requested, error);
    if (status == LEAT_OK)
        status = start_postgres(server, error);
    return status == LEAT_OK ? wait_until_ready(server, stop_requested, error) : status;
}

/* Everything but letters, digits and what paths are made of, as %XX. */
static void append_escaped(leat_buffer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        bool plain = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
                     (*text >= '0' && *text <= '9') || strchr("/-_.~", *text) != NULL;
        if (plain)
            leat_buffer_append_byte(out, (uint8_t)*text);
        else
            leat_buffer_printf(out, "%%%02X", (unsigned)(uint8_t)*text);
    }
}

char *leat_demo_server_url(const leat_demo_server *server, const char *database)
{
    leat_buffer url = {0};
    leat_buffer_printf(&url, "postgresql://postgres@/%s?host=", database);
    append_escaped(&url, server->folder);
    leat_buffer_append_string(&url, "&port=5432");
    return leat_buffer_detach_string(&url);
}

char *leat_demo_server_command(const leat_demo_server *server)
{
    leat_buffer command = {0};
    if (server->user.name != NULL)
        leat_buffer_printf(&command, "runuser -u %s -- ", server->user.name);
    leat_buffer_printf(&command, "%s/postgres -D %s/data -k %s -c listen_addresses= -c wal_level=logical",
                       server->binaries, server->folder, server->folder);
    return leat_buffer_detach_string(&command);
}

void leat_demo_server_stop(leat_demo_server *server, bool keep)
{
    if (server->pid > 0)
        leat_child_end(server->pid, SIGINT, STOP_TIMEOUT);
    if (server->folder != NULL && !keep)
        leat_scratch_remove(server->folder);
    leat_release(server->binaries);
    leat_release(server->version);
    leat_release(server->folder);
    *server = (leat_demo_server){0};
}
