#include "history/history.h"

#include <string.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/map.h"
#include "base/memory.h"

enum { FINGERPRINT_SIZE = 65 };

/* A version that was handed out, and the texts it points to. */
typedef struct settled {
    struct settled *older;
    leat_table_version version;
    char fingerprint[FINGERPRINT_SIZE];
    char *value_schema;
    char *key_schema;
} settled;

struct leat_history {
    leat_state *state;
    const leat_schema_options *options;
    leat_log *log;
    settled *all;   /* superseded ones too: whoever was given one may still use it */
    leat_map names; /* of tables; at the same place of the list is a table's newest version in this process */
    settled **newest;
    size_t newest_count;
    size_t newest_capacity;
};

leat_history *leat_history_open(leat_state *state, const leat_schema_options *options, leat_log *log)
{
    leat_history *history = leat_allocate(sizeof *history);
    history->state = state;
    history->options = options;
    history->log = log;
    return history;
}

static void release_settled(settled *entry)
{
    leat_table_release(entry->version.table);
    leat_release(entry->value_schema);
    leat_release(entry->key_schema);
    leat_release(entry);
}

void leat_history_close(leat_history *history)
{
    if (history == NULL)
        return;
    while (history->all != NULL) {
        settled *entry = history->all;
        history->all = entry->older;
        release_settled(entry);
    }
    leat_map_free(&history->names);
    leat_release(history->newest);
    leat_release(history);
}

/* NULL for a table that nothing was settled for yet. */
static settled *find_newest(const leat_history *history, const char *name)
{
    size_t place;
    return leat_map_find(&history->names, leat_slice_of_string(name), &place) ? history->newest[place] : NULL;
}

static void make_newest(leat_history *history, const char *name, settled *entry)
{
    size_t place;
    if (leat_map_add(&history->names, leat_slice_of_string(name), &place)) {
        history->newest = leat_list_room(history->newest, history->newest_count, &history->newest_capacity,
                                         sizeof(settled *));
        history->newest_count++;
    }
    history->newest[place] = entry;
}

/* A version without its number. */
static leat_status describe(const leat_history *history, leat_table *table, const char *fingerprint,
                            settled **described, leat_error *error)
{
    settled *entry = leat_allocate(sizeof *entry);
    memcpy(entry->fingerprint, fingerprint, FINGERPRINT_SIZE);
    leat_status status = leat_schema_value(table, history->options, &entry->value_schema, error);
    if (status == LEAT_OK)
        status = leat_schema_key(table, history->options, &entry->key_schema, error);
    entry->version = (leat_table_version){
        .table = leat_table_hold(table),
        .fingerprint = entry->fingerprint,
        .value_schema = entry->value_schema,
        .key_schema = entry->key_schema,
    };
    if (status == LEAT_OK)
        *described = entry;
    else
        release_settled(entry);
    return status;
}

static bool is_same(const leat_state_version *known, const settled *entry)
{
    return strcmp(known->fingerprint, entry->fingerprint) == 0 &&
           strcmp(known->value_schema, entry->value_schema) == 0;
}

static leat_status record(const leat_history *history, const char *name, const char *position,
                          const settled *entry, leat_error *error)
{
    char *definition = leat_schema_definition(entry->version.table);
    leat_state_version version = {
        .table = name,
        .number = entry->version.number,
        .fingerprint = entry->fingerprint,
        .position = position,
        .seen_at = leat_clock_wall(),
        .value_schema = entry->value_schema,
        .definition = definition,
    };
    leat_status status = leat_state_version_put(history->state, &version, error);
    leat_release(definition);
    if (status == LEAT_OK)
        leat_log_write(history->log, version.number == 1 ? LEAT_LOG_DEBUG : LEAT_LOG_INFO,
                       "table %s has version %u from position %s on", name, version.number, position);
    return status;
}

/* The newest recorded version that is the same as the entry; 0 for none. */
static leat_status find_recorded(const leat_history *history, const char *name, const settled *entry,
                                 unsigned *number, leat_error *error)
{
    leat_arena scratch = {0};
    leat_state_version *versions;
    size_t count;
    *number = 0;
    leat_status status = leat_state_version_list(history->state, name, &scratch, &versions, &count, error);
    for (size_t i = 0; status == LEAT_OK && i < count; i++)
        if (is_same(&versions[i], entry))
            *number = versions[i].number;
    leat_arena_free(&scratch);
    return status;
}

/* Gives the version the number of the newest one recorded when it is the same, else the next. */
static leat_status number_newest(const leat_history *history, const char *name, const char *position,
                                 settled *entry, bool *fresh, leat_error *error)
{
    leat_arena scratch = {0};
    leat_state_version known;
    bool found;
    leat_status status = leat_state_version_latest(history->state, name, &scratch, &known, &found, error);
    if (status == LEAT_OK) {
        *fresh = !found || !is_same(&known, entry);
        entry->version.number = !found ? 1 : *fresh ? known.number + 1 : known.number;
        if (*fresh)
            status = record(history, name, position, entry, error);
    }
    leat_arena_free(&scratch);
    return status;
}

static leat_status number(const leat_history *history, const char *name, const char *position, bool replayed,
                          settled *entry, bool *fresh, leat_error *error)
{
    if (replayed) {
        leat_status status = find_recorded(history, name, entry, &entry->version.number, error);
        if (status != LEAT_OK || entry->version.number > 0)
            return status;
    }
    return number_newest(history, name, position, entry, fresh, error);
}

static leat_status settle_anew(leat_history *history, leat_table *table, const char *name,
                               const char *fingerprint, const char *position, bool replayed, bool *fresh,
                               leat_error *error)
{
    settled *entry;
    leat_status status = describe(history, table, fingerprint, &entry, error);
    if (status != LEAT_OK)
        return status;
    status = number(history, name, position, replayed, entry, fresh, error);
    if (status != LEAT_OK) {
        release_settled(entry);
        return status;
    }
    entry->older = history->all;
    history->all = entry;
    make_newest(history, name, entry);
    return LEAT_OK;
}

static leat_status settle(leat_history *history, leat_table *table, const char *name, const char *position,
                          bool replayed, const leat_table_version **version, bool *fresh, leat_error *error)
{
    char fingerprint[FINGERPRINT_SIZE];
    leat_schema_fingerprint(table, fingerprint);
    *fresh = false;
    const settled *known = find_newest(history, name);
    if (known == NULL || strcmp(known->fingerprint, fingerprint) != 0) {
        leat_status status = settle_anew(history, table, name, fingerprint, position, replayed, fresh, error);
        if (status != LEAT_OK)
            return leat_error_context(error, status, "table %s", name);
        known = find_newest(history, name);
    }
    *version = &known->version;
    return LEAT_OK;
}

leat_status leat_history_settle(leat_history *history, leat_table *table, const char *position, bool replayed,
                                const leat_table_version **version, bool *fresh, leat_error *error)
{
    leat_arena scratch = {0};
    const char *name = leat_table_full_name(table, &scratch);
    leat_status status = settle(history, table, name, position, replayed, version, fresh, error);
    leat_arena_free(&scratch);
    return status;
}
