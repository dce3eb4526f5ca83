#include "postgres/stream/row.h"

static leat_status check_columns(const leat_postgres_known_relation *known, const leat_pgoutput_tuple *tuple,
                                 leat_error *error)
{
    if (__builtin_expect(tuple->kind == 0 || tuple->count == known->column_count, 1))
        return LEAT_OK;
    return leat_error_set(error, LEAT_FAILED,
                          "a change of table %s.%s has %zu columns, but %zu were announced",
                          known->table->schema, known->table->name, tuple->count, known->column_count);
}

/* A 'K' tuple has nulls where it has nothing to say. */
static void leave_out_others(const leat_postgres_known_relation *known, const leat_pgoutput_tuple *old_tuple)
{
    if (old_tuple->kind != 'K')
        return;
    for (size_t i = 0; i < old_tuple->count; i++)
        if (!known->in_identity[i])
            old_tuple->datums[i].kind = LEAT_DATUM_NO_KEY;
}

static void fill_unchanged(const leat_pgoutput_tuple *new_tuple, const leat_pgoutput_tuple *old_tuple)
{
    for (size_t i = 0; i < new_tuple->count; i++) {
        leat_datum_kind old_kind = old_tuple->datums[i].kind;
        if (new_tuple->datums[i].kind == LEAT_DATUM_UNCHANGED &&
            (old_kind == LEAT_DATUM_VALUE || old_kind == LEAT_DATUM_NULL))
            new_tuple->datums[i] = old_tuple->datums[i];
    }
}

/* What either row does not tell counts as the same. */
static bool differs(const leat_datum *old_datum, const leat_datum *new_datum)
{
    bool old_known = old_datum->kind == LEAT_DATUM_VALUE || old_datum->kind == LEAT_DATUM_NULL;
    bool new_known = new_datum->kind == LEAT_DATUM_VALUE || new_datum->kind == LEAT_DATUM_NULL;
    if (!old_known || !new_known)
        return false;
    return old_datum->kind != new_datum->kind || !leat_slice_equal(old_datum->value, new_datum->value);
}

static bool key_differs(const leat_table *table, const leat_datum *before, const leat_datum *after)
{
    for (size_t i = 0; i < table->key_count; i++) {
        size_t column = table->key_columns[i];
        if (differs(&before[column], &after[column]))
            return true;
    }
    return false;
}

static void fill_update(const leat_postgres_known_relation *known, const leat_pgoutput_message *message,
                        leat_event *event)
{
    const leat_pgoutput_tuple *old_tuple = &message->old_tuple;
    event->operation = LEAT_UPDATE;
    event->after = message->new_tuple.datums;
    if (old_tuple->kind == 0)
        return;
    leave_out_others(known, old_tuple);
    fill_unchanged(&message->new_tuple, old_tuple);
    event->key_changed = key_differs(known->table, old_tuple->datums, event->after);
    if (old_tuple->kind == 'O' || event->key_changed)
        event->before = old_tuple->datums;
}

leat_status leat_postgres_row_fill(const leat_postgres_known_relation *known, leat_pgoutput_message *message,
                                   leat_event *event, leat_error *error)
{
    leat_status status = check_columns(known, &message->new_tuple, error);
    if (status == LEAT_OK)
        status = check_columns(known, &message->old_tuple, error);
    if (status != LEAT_OK)
        return status;
    event->table = known->table;
    if (message->kind == LEAT_PGOUTPUT_INSERT) {
        event->operation = LEAT_CREATE;
        event->after = message->new_tuple.datums;
    } else if (message->kind == LEAT_PGOUTPUT_UPDATE) {
        fill_update(known, message, event);
    } else {
        event->operation = LEAT_DELETE;
        leave_out_others(known, &message->old_tuple);
        event->before = message->old_tuple.datums;
    }
    return LEAT_OK;
}
