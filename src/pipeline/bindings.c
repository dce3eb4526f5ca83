#include "pipeline/bindings.h"

#include "base/list.h"
#include "base/memory.h"

/* There is one object for a version, so its address is its name. */
static leat_slice key_of(const leat_table_version *const *version)
{
    return leat_slice_of(version, sizeof *version);
}

static leat_binding *find(const leat_bindings *bindings, const leat_table_version *version)
{
    size_t place;
    return leat_map_find(&bindings->places, key_of(&version), &place) ? bindings->items[place] : NULL;
}

static void keep(leat_bindings *bindings, leat_binding *binding)
{
    leat_map_add(&bindings->places, key_of(&binding->version), &binding->place);
    bindings->items =
        leat_list_room(bindings->items, bindings->count, &bindings->capacity, sizeof *bindings->items);
    bindings->items[bindings->count++] = binding;
}

/* The board shows tables by name, whichever version is the newest. */
static size_t show_on_board(leat_board *board, const leat_table_version *version, bool fresh)
{
    leat_arena scratch = {0};
    size_t place = leat_board_table(board, leat_table_full_name(version->table, &scratch));
    leat_arena_free(&scratch);
    board->tables[place].version = version->number;
    if (fresh) {
        board->status.versions++;
        if (board->observer.version != NULL)
            board->observer.version(board->observer.context, version);
    }
    return place;
}

static leat_status bind(leat_bindings *bindings, const leat_table_version *version, bool fresh,
                        leat_binding **binding, leat_error *error)
{
    leat_sink_table *sink_table;
    leat_status status = leat_sink_open_table(bindings->sink, version, &sink_table, error);
    if (status != LEAT_OK)
        return status;
    if (!version->table->of_messages)
        status = leat_trigger_version(bindings->trigger, sink_table->name, version->number, error);
    if (status != LEAT_OK)
        return status;
    *binding = leat_allocate(sizeof **binding);
    **binding = (leat_binding){
        .version = version,
        .table = version->table,
        .envelope =
            leat_envelope_open(version->table, bindings->schema, bindings->connector, bindings->pipeline),
        .sink_table = sink_table,
        .board_place = show_on_board(bindings->board, version, fresh),
    };
    keep(bindings, *binding);
    return LEAT_OK;
}

/* A version may be described again by a table that is encoded from other native bytes: the snapshot's text
 * and the log's binary form, or another charset. The newest description is the one that rows come in. */
static void describe_anew(const leat_bindings *bindings, leat_binding *binding, leat_table *table)
{
    if (binding->table == table)
        return;
    leat_envelope_close(binding->envelope);
    binding->table = table; /* held by its envelope, so no other table has this address */
    binding->envelope = leat_envelope_open(table, bindings->schema, bindings->connector, bindings->pipeline);
}

leat_status leat_bindings_attach(leat_bindings *bindings, leat_table *table, const char *position,
                                 bool replayed, leat_error *error)
{
    const leat_table_version *version;
    bool fresh;
    leat_status status =
        leat_history_settle(bindings->history, table, position, replayed, &version, &fresh, error);
    if (status != LEAT_OK)
        return status;
    leat_binding *binding = find(bindings, version);
    if (binding == NULL)
        status = bind(bindings, version, fresh, &binding, error);
    if (status == LEAT_OK) {
        describe_anew(bindings, binding, table);
        table->attachment = binding;
    }
    return status;
}

void leat_bindings_free(leat_bindings *bindings)
{
    for (size_t i = 0; i < bindings->count; i++) {
        leat_envelope_close(bindings->items[i]->envelope);
        leat_release(bindings->items[i]);
    }
    leat_release(bindings->items);
    leat_map_free(&bindings->places);
    bindings->items = NULL;
    bindings->count = bindings->capacity = 0;
}
