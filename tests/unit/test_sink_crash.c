/* The file sink, killed: before every single system call that leaves a trace on the disk, and at random
 * moments under load. Afterwards every record is there once, in order, none torn. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sink/file/sink.h"
#include "sink_samples.h"
#include "state/state.h"
#include "temporary_folder.h"

/* A log that can be read again from any position: transaction t (from 1) has `records` records with the ids
 * from (t - 1) * records + 1 on. Orders change their version in the middle of the log, within a transaction.
 */
typedef struct source {
    uint64_t transactions;
    uint64_t records;
    uint64_t cut_every;    /* records between commits within a transaction */
    uint64_t commit_every; /* transactions between commits */
    uint64_t roll_rows;
} source;

enum { ORDERS, CUSTOMERS, ORDERS_CHANGED, VERSIONS };

typedef struct fixture {
    temporary_folder folder;
    char state_path[TEMPORARY_PATH_SIZE];
    char lake[TEMPORARY_PATH_SIZE];
    source source;
    leat_table_version *versions[VERSIONS];
    bool in_child; /* where a failure must end the process, not the test */
} fixture;

static int set_up(void **context)
{
    fixture *test = leat_allocate(sizeof *test);
    temporary_folder_make_fast(&test->folder);
    temporary_path(&test->folder, "leat.db", test->state_path);
    temporary_path(&test->folder, "lake", test->lake);
    test->versions[ORDERS] = sample_version("public", "orders", 1);
    test->versions[CUSTOMERS] = sample_version("public", "customers", 1);
    test->versions[ORDERS_CHANGED] = sample_version("public", "orders", 2);
    *context = test;
    return 0;
}

static int tear_down(void **context)
{
    fixture *test = *context;
    for (size_t i = 0; i < VERSIONS; i++)
        sample_version_free(test->versions[i]);
    temporary_folder_remove(&test->folder);
    leat_release(test);
    return 0;
}

static uint64_t total(const source *source)
{
    return source->transactions * source->records;
}

/* Every third record is a customer's. */
static size_t version_of(const source *source, uint64_t id)
{
    if (id % 3 == 0)
        return CUSTOMERS;
    return id <= total(source) / 2 ? ORDERS : ORDERS_CHANGED;
}

/* ---- The run: in a child, which may be killed at any moment ---- */

typedef struct run {
    const fixture *test;
    leat_state *state;
    leat_sink *sink;
    leat_position position;
    leat_sink_table *tables[VERSIONS];
    leat_error error;
} run;

static void must(run *run, leat_status status)
{
    if (status == LEAT_OK)
        return;
    fprintf(stderr, "%s %s\n", run->error.message, run->error.mend);
    if (run->test->in_child)
        _exit(1);
    fail();
}

static void open_run(run *run, const fixture *test)
{
    memset(run, 0, sizeof *run);
    run->test = test;
    must(run, leat_state_open(test->state_path, "shop", false, &run->state, &run->error));
    leat_sink_file_options options = {.path = test->lake,
                                      .codec = LEAT_CODEC_DEFLATE,
                                      .roll_rows = test->source.roll_rows,
                                      .roll_bytes = 1 << 28,
                                      .roll_every = INT64_C(3600) * 1000000,
                                      .pipeline = "shop",
                                      .state = run->state};
    must(run, leat_sink_file_open(&options, &run->sink, &run->error));
    must(run, leat_sink_recover(run->sink, &run->position, &run->error));
}

static void commit(run *run, uint64_t transaction, uint64_t ordinal)
{
    char log[32];
    char name[32];
    bool whole = ordinal == run->test->source.records;
    snprintf(log, sizeof log, "%" PRIu64, whole ? transaction : transaction - 1);
    snprintf(name, sizeof name, "tx%" PRIu64, transaction);
    leat_position position = {0};
    leat_position_set(&position, log, whole ? NULL : name, whole ? 0 : ordinal);
    must(run, leat_sink_commit(run->sink, &position, &run->error));
    leat_position_clear(&position);
}

static void append(run *run, uint64_t id)
{
    size_t place = version_of(&run->test->source, id);
    if (run->tables[place] == NULL)
        must(run,
             leat_sink_open_table(run->sink, run->test->versions[place], &run->tables[place], &run->error));
    bool full;
    /* A day has four transactions. */
    int64_t time = sample_time + (int64_t)(id / (4 * run->test->source.records)) * INT64_C(86400000000);
    must(run, sample_append(run->sink, run->tables[place], run->test->versions[place], (int64_t)id,
                            "some text that takes its place in the file", time, &full, &run->error));
}

static void deliver_transaction(run *run, uint64_t transaction, uint64_t skip)
{
    const source *source = &run->test->source;
    for (uint64_t ordinal = skip + 1; ordinal <= source->records; ordinal++) {
        append(run, (transaction - 1) * source->records + ordinal);
        if (ordinal % source->cut_every == 0 && ordinal < source->records)
            commit(run, transaction, ordinal);
    }
    if (transaction % source->commit_every == 0)
        commit(run, transaction, source->records);
}

static void deliver_all(const fixture *test)
{
    run run;
    open_run(&run, test);
    uint64_t transaction = run.position.log == NULL ? 1 : strtoull(run.position.log, NULL, 10) + 1;
    uint64_t skip = run.position.ordinal;
    for (; transaction <= test->source.transactions; transaction++) {
        deliver_transaction(&run, transaction, skip);
        skip = 0;
    }
    leat_sink_finish(run.sink);
    commit(&run, test->source.transactions, test->source.records);
    leat_sink_close(run.sink);
    leat_state_close(run.state);
    leat_position_clear(&run.position);
}

static pid_t start(fixture *test)
{
    pid_t child = fork();
    if (child == 0) {
        test->in_child = true;
        deliver_all(test);
        _exit(0);
    }
    return child;
}

/* ---- What must hold ---- */

static int compare_ids(const void *left, const void *right)
{
    const sample_row *one = left;
    const sample_row *other = right;
    return one->id < other->id ? -1 : one->id > other->id;
}

/* Whatever is visible is whole, lies where it belongs, and is there once; within a version it is in order. */
static size_t expect_sound(const fixture *test)
{
    sample_rows rows = {0};
    assert_true(sample_read_lake(test->lake, &rows));
    for (size_t i = 1; i < rows.count; i++)
        if (strcmp(rows.items[i].table, rows.items[i - 1].table) == 0 &&
            rows.items[i].version == rows.items[i - 1].version)
            assert_true(rows.items[i].id > rows.items[i - 1].id);
    for (size_t i = 0; i < rows.count; i++) {
        const leat_table_version *version =
            test->versions[version_of(&test->source, (uint64_t)rows.items[i].id)];
        assert_int_equal(rows.items[i].version, version->number);
        assert_non_null(strstr(rows.items[i].table, version->table->name));
    }
    size_t count = rows.count;
    if (count > 0)
        qsort(rows.items, count, sizeof *rows.items, compare_ids);
    for (size_t i = 1; i < count; i++)
        assert_true(rows.items[i].id > rows.items[i - 1].id);
    sample_rows_free(&rows);
    return count;
}

static void expect_complete(const fixture *test)
{
    assert_int_equal(expect_sound(test), total(&test->source));
    sample_paths paths = {0};
    sample_paths_list(test->lake, &paths);
    for (size_t i = 0; i < paths.count; i++)
        assert_null(strstr(paths.items[i], "/."));
    sample_paths_free(&paths);
}

/* ---- Killed before each call ---- */

/* The calls that leave a trace on the disk. */
static const unsigned tracing_calls[] = {
#ifdef SYS_open
    SYS_open,
#endif
#ifdef SYS_mkdir
    SYS_mkdir,    SYS_unlink,  SYS_rename,
#endif
    SYS_openat,   SYS_mkdirat, SYS_unlinkat,  SYS_renameat2, SYS_write,
    SYS_pwrite64, SYS_pwritev, SYS_ftruncate, SYS_fsync,     SYS_fdatasync,
};

enum { TRACING_CALLS = sizeof tracing_calls / sizeof tracing_calls[0] };

/* Each of these calls stops this process for its tracer; the others run on, which is what makes this quick.
 */
static bool stop_before_tracing_calls(void)
{
    struct sock_filter filter[2 * TRACING_CALLS + 2];
    size_t count = 0;
    filter[count++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < TRACING_CALLS; i++) {
        filter[count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, tracing_calls[i], 0, 1);
        filter[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    }
    filter[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = (unsigned short)count, .filter = filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

typedef enum outcome { KILLED, ENDED, NOT_ALLOWED } outcome;

/* Exit code of a child that may not be traced. */
enum { MAY_NOT = 77 };

static pid_t start_traced(fixture *test)
{
    pid_t child = fork();
    if (child == 0) {
        test->in_child = true;
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(MAY_NOT);
        raise(SIGSTOP);
        if (!stop_before_tracing_calls())
            _exit(MAY_NOT);
        deliver_all(test);
        _exit(0);
    }
    return child;
}

/* Lets the child run until it is about to make its `nth` call that leaves a trace, and kills it there. */
static outcome kill_before_call(fixture *test, unsigned nth)
{
    pid_t child = start_traced(test);
    int status;
    unsigned calls = 0;
    while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        if (status >> 8 == SIGSTOP)
            ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL);
        if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8) && ++calls == nth)
            kill(child, SIGKILL);
        else
            ptrace(PTRACE_CONT, child, NULL, NULL);
    }
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGKILL);
        return KILLED;
    }
    if (WEXITSTATUS(status) == MAY_NOT)
        return NOT_ALLOWED;
    assert_int_equal(WEXITSTATUS(status), 0);
    return ENDED;
}

static void start_afresh(fixture *test)
{
    temporary_folder_remove(&test->folder);
    temporary_folder_make_fast(&test->folder);
    temporary_path(&test->folder, "leat.db", test->state_path);
    temporary_path(&test->folder, "lake", test->lake);
}

/* Every call in turn; now and then the run after it, its recovery above all, is killed as well, at a place
 * that moves. */
static void killed_before_each_call_that_leaves_a_trace(void **context)
{
    fixture *test = *context;
    test->source =
        (source){.transactions = 3, .records = 5, .cut_every = 3, .commit_every = 1, .roll_rows = 3};
    outcome outcome = KILLED;
    unsigned nth = 0;
    while (outcome == KILLED) {
        start_afresh(test);
        outcome = kill_before_call(test, ++nth);
        if (outcome == NOT_ALLOWED) {
            print_message("skipped: tracing a process is not allowed here\n");
            skip();
        }
        expect_sound(test);
        if (outcome == KILLED) {
            kill_before_call(test, 1 + nth * 13 % 90);
            expect_sound(test);
        }
        deliver_all(test);
        expect_complete(test);
    }
    /* A child that was never stopped would have ended at once. */
    assert_true(nth > 100);
}

/* ---- Killed at random ---- */

/* A linear congruential generator (Knuth's MMIX constants): the same moments in every run, machine
 * permitting. */
static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

static void killed_at_random_moments_under_load(void **context)
{
    fixture *test = *context;
    test->source =
        (source){.transactions = 400, .records = 50, .cut_every = 30, .commit_every = 3, .roll_rows = 700};
    uint64_t seed = 42;
    unsigned kills = 0;
    for (unsigned round = 0; round < 20; round++) {
        pid_t child = start(test);
        usleep((useconds_t)(next_random(&seed) % 120000));
        kill(child, SIGKILL);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFEXITED(status))
            assert_int_equal(WEXITSTATUS(status), 0);
        kills += WIFSIGNALED(status);
        expect_sound(test);
    }
    deliver_all(test);
    expect_complete(test);
    assert_true(kills > 0);
}

/* Asked for by the address sanitizer: freed memory that it keeps back makes every fork dearer. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=1";
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_before_each_call_that_leaves_a_trace, set_up, tear_down),
        cmocka_unit_test_setup_teardown(killed_at_random_moments_under_load, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
