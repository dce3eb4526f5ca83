#include "demo/shop.h"

#include "demo/sql.h"

enum {
    SMALLEST_SHOP = 100, /* rows: fewer and there is nobody to order anything */
    ROWS_AT_ONCE = 20000,
};

typedef struct shop_making {
    const leat_demo_kind *kind;
    leat_demo_client *client;
    leat_stop stop;
    uint64_t made;
    leat_error *error;
} shop_making;

static leat_status run(shop_making *making, const char *sql)
{
    return leat_demo_sql_run(making->kind, making->client, sql, 0, 0, NULL, NULL, making->error);
}

/* In parts, so that a stop need not wait for all of them. */
static leat_status fill(shop_making *making, const char *sql, uint64_t count)
{
    leat_status status = LEAT_OK;
    for (uint64_t first = 1; status == LEAT_OK && first <= count; first += ROWS_AT_ONCE) {
        uint64_t last = first + ROWS_AT_ONCE - 1;
        if (leat_stop_requested(making->stop))
            return LEAT_STOPPED;
        status = leat_demo_sql_run(making->kind, making->client, sql, first, last < count ? last : count,
                                   &making->made, NULL, making->error);
    }
    return status;
}

static leat_status make_tables(shop_making *making)
{
    leat_status status = LEAT_OK;
    for (const char *const *sql = making->kind->shop->tables; status == LEAT_OK && *sql != NULL; sql++)
        status = run(making, *sql);
    return status;
}

/* Of every ten rows one is a customer, three are orders and six are items of them. */
static leat_status fill_tables(shop_making *making, uint64_t rows)
{
    const leat_demo_shop *shop = making->kind->shop;
    uint64_t size = rows < SMALLEST_SHOP ? SMALLEST_SHOP : rows;
    leat_status status = fill(making, shop->customers, size / 10);
    if (status == LEAT_OK)
        status = fill(making, shop->orders, size * 3 / 10);
    if (status == LEAT_OK)
        status = fill(making, shop->items, size * 3 / 10);
    return status == LEAT_OK ? run(making, shop->analyse) : status;
}

static leat_status make_database(const leat_demo_server *server, shop_making *making)
{
    leat_status status = server->kind->connect(server, NULL, &making->client, making->error);
    if (status == LEAT_OK)
        status = run(making, making->kind->shop->database);
    server->kind->close(making->client);
    return status;
}

leat_status leat_demo_shop_make(const leat_demo_server *server, uint64_t rows, leat_stop stop, uint64_t *made,
                                leat_error *error)
{
    shop_making making = {.kind = server->kind, .stop = stop, .error = error};
    *made = 0;
    leat_status status = make_database(server, &making);
    if (status != LEAT_OK)
        return status;
    status = server->kind->connect(server, "shop", &making.client, error);
    if (status == LEAT_OK)
        status = make_tables(&making);
    if (status == LEAT_OK)
        status = fill_tables(&making, rows);
    server->kind->close(making.client);
    *made = making.made;
    return status;
}
