/* The pgoutput decoder on any bytes: it must refuse or decode, within the bytes and the time they take. What
 * it decodes must lie inside the message. */
#include <stdlib.h>

#include "postgres/wire/pgoutput.h"

static void must_be_inside(leat_slice part, leat_slice whole)
{
    if (part.length > 0 && (part.data < whole.data || part.data + part.length > whole.data + whole.length))
        abort();
}

static void must_hold_datums_of(const leat_pgoutput_tuple *tuple, leat_slice whole)
{
    for (size_t i = 0; i < tuple->count; i++)
        must_be_inside(tuple->datums[i].value, whole);
}

static void must_hold_texts(const leat_postgres_relation *relation)
{
    size_t length = 0;
    for (size_t i = 0; i < relation->column_count; i++)
        length += strlen(relation->columns[i].name);
    if (relation->identifier != 0 &&
        length + strlen(relation->schema) + strlen(relation->name) > SIZE_MAX / 2)
        abort();
}

static bool has_texts(leat_pgoutput_kind kind)
{
    return kind == LEAT_PGOUTPUT_MESSAGE || kind == LEAT_PGOUTPUT_ORIGIN || kind == LEAT_PGOUTPUT_TYPE;
}

/* Of a row's change, nothing but the relation and the tuples is set. */
static void must_hold_together(const leat_pgoutput_message *message, leat_slice whole)
{
    must_hold_datums_of(&message->old_tuple, whole);
    must_hold_datums_of(&message->new_tuple, whole);
    if (has_texts(message->kind)) {
        must_be_inside(message->content, whole);
        must_be_inside(message->name, whole);
    }
    if (message->kind == LEAT_PGOUTPUT_RELATION)
        must_hold_texts(&message->definition);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    leat_arena arena = {0};
    leat_pgoutput_message message;
    leat_error error;
    leat_slice whole = leat_slice_of(data, size);
    if (leat_pgoutput_decode(whole, &arena, &message, &error) == LEAT_OK)
        must_hold_together(&message, whole);
    leat_arena_free(&arena);
    return 0;
}
