#include "cli/demo_workload.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

enum {
    PAUSE_MICROSECONDS = 15 * 1000, /* between two transactions */
    SMALLEST_SHOP = 100,            /* rows: fewer and there is nobody to order anything */
};

struct leat_demo_workload {
    char *url;
    int64_t duration;
    pthread_t thread;
    bool started;
    atomic_bool stop;
    atomic_bool done;
    atomic_uint_fast64_t changes;
    /* The thread's own until it has ended. */
    PGconn *connection;
    uint64_t random;
    bool altered;
    leat_error error;
};

/* Of every ten rows one is a customer, three are orders and six are items of them. */
static const char shop_tables[] = "CREATE TYPE order_status AS ENUM ('new', 'paid', 'shipped', 'returned');"
                                  "CREATE TABLE customers ("
                                  " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                                  " name text NOT NULL,"
                                  " email varchar(80) UNIQUE,"
                                  " active boolean NOT NULL DEFAULT true,"
                                  " interests text[] NOT NULL DEFAULT '{}',"
                                  " profile jsonb,"
                                  " joined timestamptz NOT NULL DEFAULT now());"
                                  "CREATE TABLE orders ("
                                  " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                                  " customer_id bigint NOT NULL REFERENCES customers,"
                                  " status order_status NOT NULL DEFAULT 'new',"
                                  " total numeric(12,2) NOT NULL DEFAULT 0,"
                                  " placed timestamptz NOT NULL DEFAULT now());"
                                  "CREATE TABLE order_items ("
                                  " order_id bigint NOT NULL REFERENCES orders,"
                                  " line integer NOT NULL,"
                                  " product text NOT NULL,"
                                  " quantity integer NOT NULL,"
                                  " price numeric(10,2) NOT NULL,"
                                  " PRIMARY KEY (order_id, line));";

static const char shop_customers[] =
    "INSERT INTO customers (name, email, active, interests, profile, joined)"
    " SELECT (ARRAY['Ada','Grace','Edsger','Barbara','Donald','Frances','Dennis','Radia'])[1 + i % 8]"
    "   || ' ' || (ARRAY['Miller','Weaver','Cooper','Smith','Baker','Fletcher','Turner'])[1 + i % 7],"
    "  'customer' || i || '@example.com', i % 11 <> 0,"
    "  (ARRAY['tea','books','bicycles','maps'])[1 : 1 + i % 4],"
    "  jsonb_build_object('language', (ARRAY['en','de','fr'])[1 + i % 3], 'visits', i % 40),"
    "  now() - i * interval '1 hour'"
    " FROM generate_series(1, $1::integer) AS i";

static const char shop_orders[] = "INSERT INTO orders (customer_id, status, total, placed)"
                                  " SELECT 1 + i % (SELECT count(*) FROM customers), "
                                  "(ARRAY['paid','shipped','shipped','returned'])[1 + i % 4]"
                                  "  ::order_status, (i % 900) + 0.95, now() - i * interval '1 minute'"
                                  " FROM generate_series(1, $1::integer) AS i";

static const char shop_items[] =
    "INSERT INTO order_items"
    " SELECT id, line, (ARRAY['kettle','atlas','saddle','novel','lamp'])[1 + (id + line) % 5],"
    "  1 + id % 3, 4.99 + id % 50"
    " FROM orders, generate_series(1, 2) AS line";

/* After the alteration some new orders are gifts. */
static const char place_order[] =
    "INSERT INTO orders (customer_id) SELECT id FROM customers WHERE id >= $1::bigint ORDER BY id LIMIT 1"
    " RETURNING id";
static const char place_gift_order[] =
    "INSERT INTO orders (customer_id, gift, coupon) SELECT id, true, 'SPRING' || id FROM customers"
    " WHERE id >= $1::bigint ORDER BY id LIMIT 1 RETURNING id";
static const char add_items[] =
    "INSERT INTO order_items SELECT $1::bigint, line,"
    " (ARRAY['kettle','atlas','saddle','novel','lamp'])[1 + ($2::bigint + line) % 5], 1 + line % 3,"
    " 4.99 + $2::bigint % 50 FROM generate_series(1, 1 + $2::bigint % 3) AS line";
static const char add_up[] =
    "UPDATE orders SET total = (SELECT sum(quantity * price) FROM order_items WHERE order_id = $1::bigint)"
    " WHERE id = $1::bigint";
static const char move_on[] =
    "UPDATE orders SET status = CASE status WHEN 'new' THEN 'paid' WHEN 'paid' THEN 'shipped'"
    " ELSE 'returned' END::order_status"
    " WHERE id = (SELECT id FROM orders WHERE id >= $1::bigint AND status <> 'returned' ORDER BY id LIMIT 1)";
static const char visit[] =
    "UPDATE customers SET profile = jsonb_set(profile, '{visits}',"
    " to_jsonb((profile->>'visits')::integer + 1)), active = true"
    " WHERE id = (SELECT id FROM customers WHERE id >= $1::bigint ORDER BY id LIMIT 1)";
static const char join_shop[] =
    "INSERT INTO customers (name, email, interests, profile)"
    " VALUES ('Margaret Reeve', 'new' || $1::bigint || '@example.com', '{maps}', '{\"visits\": 1}')"
    " ON CONFLICT (email) DO NOTHING";
static const char forget_items[] = "DELETE FROM order_items WHERE order_id = $1::bigint";
static const char forget_order[] = "DELETE FROM orders WHERE id = $1::bigint";
static const char some_order[] = "SELECT id FROM orders WHERE id >= $1::bigint ORDER BY id LIMIT 1";

static const char alteration[] =
    "ALTER TABLE orders ADD COLUMN gift boolean NOT NULL DEFAULT false, ADD COLUMN coupon text";

const char *leat_demo_workload_alteration(void)
{
    return alteration;
}

/* ---- One statement ---- */

static leat_status fail(PGconn *connection, const char *what, leat_error *error)
{
    const char *message = PQerrorMessage(connection);
    return leat_error_set(error, LEAT_FAILED, "the demo's database: %s: %.*s", what,
                          (int)strcspn(message, "\n"), message);
}

/* What matters comes back as an error; the rest has no place among the events. */
static void ignore_notice(void *context, const char *message)
{
    (void)context;
    (void)message;
}

static leat_status connect_to(const char *url, PGconn **connection, leat_error *error)
{
    *connection = PQconnectdb(url);
    PQsetNoticeProcessor(*connection, ignore_notice, NULL);
    return PQstatus(*connection) == CONNECTION_OK ? LEAT_OK : fail(*connection, "cannot connect", error);
}

/* Runs a statement with up to two numbers in it. `rows` (may be NULL) grows by the rows it changed, `value`
 * (may be NULL) gets the number it returned, where it did. */
static leat_status run(PGconn *connection, const char *sql, uint64_t first, uint64_t second, uint64_t *rows,
                       uint64_t *value, leat_error *error)
{
    char texts[2][24];
    snprintf(texts[0], sizeof texts[0], "%" PRIu64, first);
    snprintf(texts[1], sizeof texts[1], "%" PRIu64, second);
    const char *const parameters[] = {texts[0], texts[1]};
    int count = strstr(sql, "$2") != NULL ? 2 : strstr(sql, "$1") != NULL ? 1 : 0;
    PGresult *result = PQexecParams(connection, sql, count, NULL, parameters, NULL, NULL, 0);
    ExecStatusType outcome = PQresultStatus(result);
    leat_status status =
        outcome == PGRES_COMMAND_OK || outcome == PGRES_TUPLES_OK ? LEAT_OK : fail(connection, sql, error);
    if (rows != NULL)
        *rows += strtoull(PQcmdTuples(result), NULL, 10);
    if (value != NULL && PQntuples(result) > 0)
        *value = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return status;
}

/* Several statements without parameters. */
static leat_status run_script(PGconn *connection, const char *sql, leat_error *error)
{
    PGresult *result = PQexec(connection, sql);
    leat_status status = PQresultStatus(result) == PGRES_COMMAND_OK
                             ? LEAT_OK
                             : fail(connection, "cannot make the shop", error);
    PQclear(result);
    return status;
}

/* ---- The shop ---- */

static leat_status fill_shop(PGconn *connection, uint64_t rows, uint64_t *made, leat_error *error)
{
    uint64_t size = rows < SMALLEST_SHOP ? SMALLEST_SHOP : rows;
    leat_status status = run_script(connection, shop_tables, error);
    if (status == LEAT_OK)
        status = run(connection, shop_customers, size / 10, 0, made, NULL, error);
    if (status == LEAT_OK)
        status = run(connection, shop_orders, size * 3 / 10, 0, made, NULL, error);
    if (status == LEAT_OK)
        status = run(connection, shop_items, 0, 0, made, NULL, error);
    /* So that the server knows how large its tables are. */
    return status == LEAT_OK ? run_script(connection, "ANALYZE", error) : status;
}

leat_status leat_demo_shop_make(const char *server_url, const char *shop_url, uint64_t rows, uint64_t *made,
                                leat_error *error)
{
    PGconn *connection;
    *made = 0;
    leat_status status = connect_to(server_url, &connection, error);
    if (status == LEAT_OK)
        status = run_script(connection, "CREATE DATABASE shop", error);
    PQfinish(connection);
    if (status != LEAT_OK)
        return status;
    status = connect_to(shop_url, &connection, error);
    if (status == LEAT_OK)
        status = fill_shop(connection, rows, made, error);
    PQfinish(connection);
    return status;
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

static leat_status place(leat_demo_workload *workload, uint64_t *rows)
{
    uint64_t order = 0;
    uint64_t dice = random_below(workload, 1000);
    leat_error *error = &workload->error;
    const char *sql = workload->altered && dice % 2 == 0 ? place_gift_order : place_order;
    leat_status status = run(workload->connection, sql, 1 + dice % 9, 0, rows, &order, error);
    if (status == LEAT_OK)
        status = run(workload->connection, add_items, order, dice, rows, NULL, error);
    return status == LEAT_OK ? run(workload->connection, add_up, order, 0, rows, NULL, error) : status;
}

static leat_status forget(leat_demo_workload *workload, uint64_t place_in_shop, uint64_t *rows)
{
    uint64_t order = 0;
    leat_error *error = &workload->error;
    leat_status status = run(workload->connection, some_order, place_in_shop, 0, NULL, &order, error);
    if (status == LEAT_OK)
        status = run(workload->connection, forget_items, order, 0, rows, NULL, error);
    return status == LEAT_OK ? run(workload->connection, forget_order, order, 0, rows, NULL, error) : status;
}

/* What one customer does. */
static leat_status act(leat_demo_workload *workload, uint64_t *rows)
{
    uint64_t dice = random_below(workload, 100);
    uint64_t somebody = 1 + random_below(workload, 60);
    if (dice < 55)
        return place(workload, rows);
    if (dice < 75)
        return run(workload->connection, move_on, somebody, 0, rows, NULL, &workload->error);
    if (dice < 88)
        return run(workload->connection, visit, somebody % 3, 0, rows, NULL, &workload->error);
    if (dice < 94)
        return run(workload->connection, join_shop, random_below(workload, 1000000), 0, rows, NULL,
                   &workload->error);
    return forget(workload, somebody, rows);
}

/* Its changes count once they are committed. */
static leat_status transact(leat_demo_workload *workload)
{
    uint64_t rows = 0;
    leat_status status = run(workload->connection, "BEGIN", 0, 0, NULL, NULL, &workload->error);
    if (status == LEAT_OK)
        status = act(workload, &rows);
    if (status == LEAT_OK)
        status = run(workload->connection, "COMMIT", 0, 0, NULL, NULL, &workload->error);
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
            status = run(workload->connection, alteration, 0, 0, NULL, NULL, &workload->error);
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
    if (connect_to(workload->url, &workload->connection, &workload->error) == LEAT_OK)
        (void)work(workload); /* what fails stands in workload->error */
    PQfinish(workload->connection);
    atomic_store(&workload->done, true);
    return NULL;
}

leat_demo_workload *leat_demo_workload_start(const char *shop_url, int64_t duration)
{
    leat_demo_workload *workload = leat_allocate(sizeof *workload);
    workload->url = leat_duplicate_string(shop_url);
    workload->duration = duration;
    workload->random = UINT64_C(88172645463325252);
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
    leat_release(workload->url);
    leat_release(workload);
    return status;
}
