#include "demo/workload.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/signals.h"
#include "demo/commits.h"
#include "demo/sql.h"

enum { PAUSE_MICROSECONDS = 15 * 1000 /* between two transactions */ };

struct leat_demo_workload {
    const leat_demo_server *server;
    const leat_demo_shop *shop;
    int64_t duration;
    pthread_t thread;
    bool started;
    atomic_bool stop;
    atomic_bool done;
    atomic_uint_fast64_t changes;
    leat_demo_commits commits;
    /* The thread's own until it has ended. */
    leat_demo_client *client;
    uint64_t random;
    bool altered;
    leat_error error;
};

/* ---- One statement ---- */

/* Runs it, with a number or two in it, and adds the rows that it changed. */
static leat_status change(leat_demo_workload *workload, const char *sql, uint64_t first, uint64_t second,
                          uint64_t *rows)
{
    return leat_demo_sql_run(workload->server->kind, workload->client, sql, first, second, rows, NULL,
                             &workload->error);
}

static leat_status run(leat_demo_workload *workload, const char *sql)
{
    return change(workload, sql, 0, 0, NULL);
}

/* As `change`, for a statement that gives a number. */
static leat_status ask(leat_demo_workload *workload, const char *sql, uint64_t first, uint64_t *rows,
                       uint64_t *value)
{
    *value = 0;
    return leat_demo_sql_run(workload->server->kind, workload->client, sql, first, 0, rows, value,
                             &workload->error);
}

/* ---- The customers ---- */

/* xorshift64*: the demo looks alike every time. */
static uint64_t random_below(leat_demo_workload *workload, uint64_t limit)
{
    uint64_t x = workload->random;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    workload->random = x;
    return x * UINT64_C(2685821657736338717) % limit;
}

/* After the alteration some new orders are gifts. */
static leat_status place(leat_demo_workload *workload, uint64_t *rows)
{
    const leat_demo_shop *shop = workload->shop;
    uint64_t order;
    uint64_t dice = random_below(workload, 1000);
    bool gift = workload->altered && dice % 2 == 0;
    leat_status status =
        ask(workload, gift ? shop->place_gift : shop->place_order, 1 + dice % 9, rows, &order);
    if (status == LEAT_OK)
        status = change(workload, shop->add_items, order, dice, rows);
    return status == LEAT_OK ? change(workload, shop->add_up, order, 0, rows) : status;
}

static leat_status forget(leat_demo_workload *workload, uint64_t place_in_shop, uint64_t *rows)
{
    uint64_t order;
    leat_status status = ask(workload, workload->shop->some_order, place_in_shop, NULL, &order);
    if (status == LEAT_OK)
        status = change(workload, workload->shop->forget_items, order, 0, rows);
    return status == LEAT_OK ? change(workload, workload->shop->forget_order, order, 0, rows) : status;
}

/* What one customer does. */
static leat_status act(leat_demo_workload *workload, uint64_t *rows)
{
    uint64_t dice = random_below(workload, 100);
    uint64_t somebody = 1 + random_below(workload, 60);
    if (dice < 55)
        return place(workload, rows);
    if (dice < 75)
        return change(workload, workload->shop->move_on, somebody, 0, rows);
    if (dice < 88)
        return change(workload, workload->shop->visit, somebody % 3, 0, rows);
    if (dice < 94)
        return change(workload, workload->shop->join, random_below(workload, 1000000), 0, rows);
    return forget(workload, somebody, rows);
}

/* Its changes count once they are committed; when they were is known before they can arrive. */
static leat_status transact(leat_demo_workload *workload)
{
    uint64_t rows = 0;
    leat_status status = run(workload, "BEGIN");
    if (status == LEAT_OK)
        status = act(workload, &rows);
    if (status != LEAT_OK)
        return status;
    leat_demo_commits_add(&workload->commits, rows, leat_clock_monotonic());
    status = run(workload, "COMMIT");
    if (status == LEAT_OK)
        atomic_fetch_add(&workload->changes, rows);
    return status;
}

static leat_status work(leat_demo_workload *workload)
{
    int64_t start = leat_clock_monotonic();
    int64_t passed = 0;
    leat_status status = LEAT_OK;
    while (status == LEAT_OK && passed < workload->duration && !atomic_load(&workload->stop)) {
        if (!workload->altered && passed > workload->duration / 2) {
            status = run(workload, workload->shop->alteration);
            workload->altered = true;
        } else {
            status = transact(workload);
        }
        leat_clock_sleep(PAUSE_MICROSECONDS);
        passed = leat_clock_monotonic() - start;
    }
    return status;
}

static void *thread_main(void *context)
{
    leat_demo_workload *workload = context;
    const leat_demo_kind *kind = workload->server->kind;
    leat_status status = kind->connect(workload->server, "shop", &workload->client, &workload->error);
    if (status == LEAT_OK)
        status = work(workload);
    /* What failed stands in workload->error. Nothing more is to come, perhaps not even from the server. */
    if (status != LEAT_OK)
        leat_signals_request_stop();
    kind->close(workload->client);
    atomic_store(&workload->done, true);
    return NULL;
}

leat_demo_workload *leat_demo_workload_start(const leat_demo_server *server, int64_t duration)
{
    leat_demo_workload *workload = leat_allocate(sizeof *workload);
    workload->server = server;
    workload->shop = server->kind->shop;
    workload->duration = duration;
    workload->random = UINT64_C(88172645463325252);
    leat_demo_commits_open(&workload->commits);
    int number = pthread_create(&workload->thread, NULL, thread_main, workload);
    workload->started = number == 0;
    if (!workload->started) {
        leat_error_system(&workload->error, LEAT_FAILED, number, "cannot start the demo's workload");
        atomic_store(&workload->done, true);
    }
    return workload;
}

bool leat_demo_workload_done(const leat_demo_workload *workload, uint64_t *changes)
{
    /* In this order: what was counted before `done` was set is seen. */
    bool done = atomic_load(&workload->done);
    *changes = atomic_load(&workload->changes);
    return done;
}

int64_t leat_demo_workload_commit_time(leat_demo_workload *workload, uint64_t number)
{
    return leat_demo_commits_time(&workload->commits, number);
}

leat_status leat_demo_workload_end(leat_demo_workload *workload, leat_error *error)
{
    if (workload == NULL)
        return LEAT_OK;
    atomic_store(&workload->stop, true);
    if (workload->started)
        pthread_join(workload->thread, NULL);
    leat_status status = workload->error.message[0] == '\0' ? LEAT_OK : workload->error.status;
    if (status != LEAT_OK)
        *error = workload->error;
    leat_demo_commits_close(&workload->commits);
    leat_release(workload);
    return status;
}
