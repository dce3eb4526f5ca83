#include "pipeline/ledger.h"

#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

/* The key of a place; of no bytes before the stream has begun, which is before all others. */
typedef struct order_key {
    uint8_t bytes[LEAT_ORDER_MOST];
    size_t length;
} order_key;

typedef struct ledger_place {
    order_key order;
    char *log; /* NULL: nothing yet */
} ledger_place;

struct leat_ledger {
    order_key received;
    ledger_place durable;
    ledger_place marked; /* what the commit under way makes durable; log NULL: none is */
    char *acknowledged;
};

/* ---- Keys and places ---- */

static leat_slice slice_of(const order_key *key)
{
    return leat_slice_of(key->bytes, key->length);
}

/* Keys of one source have one length; the empty one stands before them. */
static int compare(const order_key *left, const order_key *right)
{
    size_t both = left->length < right->length ? left->length : right->length;
    int order = memcmp(left->bytes, right->bytes, both);
    return order != 0 ? order : (left->length > right->length) - (left->length < right->length);
}

static void append_hex(leat_buffer *out, const order_key *key)
{
    for (size_t i = 0; i < key->length; i++)
        leat_buffer_printf(out, "%02X", key->bytes[i]);
}

static leat_status refuse(const char *what, const order_key *one, const char *relation,
                          const order_key *other, leat_error *error)
{
    leat_buffer left = {0};
    leat_buffer right = {0};
    append_hex(&left, one);
    append_hex(&right, other);
    leat_error_set(error, LEAT_FAILED, "%s: %s %s %s", what, leat_buffer_string(&left), relation,
                   leat_buffer_string(&right));
    leat_buffer_free(&left);
    leat_buffer_free(&right);
    return LEAT_FAILED;
}

/* Copies a key that may stand beside those that were received. */
static leat_status take(const leat_ledger *ledger, leat_slice order, order_key *taken, leat_error *error)
{
    size_t wanted = ledger->received.length;
    if (order.length > LEAT_ORDER_MOST || (wanted != 0 && order.length != wanted))
        return leat_error_set(error, LEAT_FAILED,
                              "the source gave a place with a key of %zu bytes where %zu were expected",
                              order.length, wanted != 0 ? wanted : (size_t)LEAT_ORDER_MOST);
    *taken = (order_key){.length = order.length};
    if (order.length > 0)
        memcpy(taken->bytes, order.data, order.length);
    return LEAT_OK;
}

static void replace(char **slot, const char *text)
{
    char *copy = leat_duplicate_string(text);
    leat_release(*slot);
    *slot = copy;
}

/* ---- Open and close ---- */

leat_ledger *leat_ledger_open(const char *durable)
{
    leat_ledger *ledger = leat_allocate(sizeof *ledger);
    ledger->durable.log = leat_duplicate_string(durable);
    return ledger;
}

void leat_ledger_close(leat_ledger *ledger)
{
    if (ledger == NULL)
        return;
    leat_release(ledger->durable.log);
    leat_release(ledger->marked.log);
    leat_release(ledger->acknowledged);
    leat_release(ledger);
}

leat_status leat_ledger_begin(leat_ledger *ledger, leat_slice order, leat_error *error)
{
    order_key begun = {0};
    leat_status status = take(ledger, order, &begun, error);
    if (status != LEAT_OK)
        return status;
    if (order.length == 0)
        return leat_error_set(error, LEAT_FAILED, "the stream begins at a place without a key");
    if (ledger->durable.log == NULL || ledger->received.length != 0)
        return leat_error_set(error, LEAT_FAILED, "the stream begins %s",
                              ledger->durable.log == NULL ? "at no durable position" : "a second time");
    ledger->received = ledger->durable.order = begun;
    return LEAT_OK;
}

/* ---- Received ---- */

leat_status leat_ledger_receive(leat_ledger *ledger, leat_slice order, leat_error *error)
{
    order_key received = {0};
    if (order.length == 0)
        return leat_error_set(error, LEAT_FAILED, "the source gave a place without a key");
    leat_status status = take(ledger, order, &received, error);
    if (status != LEAT_OK)
        return status;
    if (compare(&received, &ledger->received) < 0)
        return refuse("the source went back in its log", &received, "came after", &ledger->received, error);
    ledger->received = received;
    return LEAT_OK;
}

/* ---- Durable ---- */

leat_status leat_ledger_mark(leat_ledger *ledger, const leat_log_place *place, leat_error *error)
{
    order_key order = {0};
    leat_status status = take(ledger, place->order, &order, error);
    if (status != LEAT_OK)
        return status;
    if (compare(&order, &ledger->received) > 0)
        return refuse("a commit would cover what was not received", &order, "is behind", &ledger->received,
                      error);
    if (compare(&order, &ledger->durable.order) < 0)
        return refuse("a commit would take back what is durable", &order, "is before", &ledger->durable.order,
                      error);
    ledger->marked.order = order;
    replace(&ledger->marked.log, place->log);
    return LEAT_OK;
}

leat_status leat_ledger_settle(leat_ledger *ledger, leat_error *error)
{
    if (ledger->marked.log == NULL)
        return leat_error_set(error, LEAT_FAILED, "a commit was settled that never began, or a second time");
    leat_release(ledger->durable.log);
    ledger->durable = ledger->marked;
    ledger->marked.log = NULL;
    return LEAT_OK;
}

bool leat_ledger_is_ahead(const leat_ledger *ledger)
{
    return compare(&ledger->received, &ledger->durable.order) > 0;
}

/* ---- Acknowledged ---- */

const char *leat_ledger_acknowledgeable(const leat_ledger *ledger)
{
    if (ledger->durable.log == NULL)
        return NULL;
    bool told = ledger->acknowledged != NULL && strcmp(ledger->acknowledged, ledger->durable.log) == 0;
    return told ? NULL : ledger->durable.log;
}

void leat_ledger_acknowledge(leat_ledger *ledger)
{
    if (ledger->durable.log != NULL)
        replace(&ledger->acknowledged, ledger->durable.log);
}

/* ---- To look at ---- */

leat_log_place leat_ledger_durable(const leat_ledger *ledger)
{
    const char *log = ledger->durable.log;
    return (leat_log_place){.order = slice_of(&ledger->durable.order), .log = log == NULL ? "" : log};
}

leat_slice leat_ledger_received(const leat_ledger *ledger)
{
    return slice_of(&ledger->received);
}

const char *leat_ledger_acknowledged(const leat_ledger *ledger)
{
    return ledger->acknowledged == NULL ? "" : ledger->acknowledged;
}
