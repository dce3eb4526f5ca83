#include "pipeline/ledger.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

/* A commit of the sink that has begun: what will be durable once it has ended. */
typedef struct pending {
    uint64_t ticket;
    char *log;
} pending;

struct leat_ledger {
    leat_ledger_compare compare;
    char *received;
    char *durable;
    char *acknowledged;
    uint64_t last_ticket;
    pending *pending; /* oldest first; a handful at most, as many as a sink has commits under way */
    size_t pending_count;
    size_t pending_capacity;
};

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

static void replace(char **slot, const char *text)
{
    char *copy = leat_duplicate_string(text);
    leat_release(*slot);
    *slot = copy;
}

leat_ledger *leat_ledger_open(leat_ledger_compare compare, const char *durable)
{
    leat_ledger *ledger = leat_allocate(sizeof *ledger);
    ledger->compare = compare;
    ledger->received = leat_duplicate_string(durable);
    ledger->durable = leat_duplicate_string(durable);
    return ledger;
}

void leat_ledger_close(leat_ledger *ledger)
{
    if (ledger == NULL)
        return;
    for (size_t i = 0; i < ledger->pending_count; i++)
        leat_release(ledger->pending[i].log);
    leat_release(ledger->pending);
    leat_release(ledger->received);
    leat_release(ledger->durable);
    leat_release(ledger->acknowledged);
    leat_release(ledger);
}

leat_status leat_ledger_receive(leat_ledger *ledger, const char *log, leat_error *error)
{
    if (ledger->received != NULL) {
        int order;
        leat_status status = ledger->compare(log, ledger->received, &order, error);
        if (status != LEAT_OK)
            return status;
        if (order < 0)
            return leat_error_set(error, LEAT_FAILED,
                                  "the source went back in its log: %s came after %s had been received", log,
                                  ledger->received);
        if (order == 0)
            return LEAT_OK;
    }
    replace(&ledger->received, log);
    return LEAT_OK;
}

uint64_t leat_ledger_mark(leat_ledger *ledger)
{
    if (ledger->pending_count == ledger->pending_capacity) {
        ledger->pending_capacity = ledger->pending_capacity == 0 ? 4 : ledger->pending_capacity * 2;
        ledger->pending =
            leat_reallocate(ledger->pending, ledger->pending_capacity * sizeof *ledger->pending);
    }
    pending *entry = &ledger->pending[ledger->pending_count++];
    entry->ticket = ++ledger->last_ticket;
    entry->log = leat_duplicate_string(ledger->received);
    return entry->ticket;
}

/* Takes the oldest pending commit off and makes its position the durable one. */
static void settle_oldest(leat_ledger *ledger)
{
    leat_release(ledger->durable);
    ledger->durable = ledger->pending[0].log;
    ledger->pending_count--;
    memmove(ledger->pending, ledger->pending + 1, ledger->pending_count * sizeof *ledger->pending);
}

leat_status leat_ledger_settle(leat_ledger *ledger, uint64_t ticket, leat_error *error)
{
    if (ticket > ledger->last_ticket)
        return leat_error_set(error, LEAT_FAILED, "a commit was settled that never began");
    if (ledger->pending_count == 0 || ticket < ledger->pending[0].ticket)
        return leat_error_set(error, LEAT_FAILED, "a commit was settled twice");
    while (ledger->pending_count > 0 && ledger->pending[0].ticket <= ticket)
        settle_oldest(ledger);
    return LEAT_OK;
}

const char *leat_ledger_acknowledgeable(const leat_ledger *ledger)
{
    if (ledger->durable == NULL)
        return NULL;
    bool told = ledger->acknowledged != NULL && strcmp(ledger->acknowledged, ledger->durable) == 0;
    return told ? NULL : ledger->durable;
}

void leat_ledger_acknowledge(leat_ledger *ledger)
{
    if (ledger->durable != NULL)
        replace(&ledger->acknowledged, ledger->durable);
}

const char *leat_ledger_received(const leat_ledger *ledger)
{
    return or_empty(ledger->received);
}

const char *leat_ledger_durable(const leat_ledger *ledger)
{
    return or_empty(ledger->durable);
}

const char *leat_ledger_acknowledged(const leat_ledger *ledger)
{
    return or_empty(ledger->acknowledged);
}
