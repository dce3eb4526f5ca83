/* What is different between two definitions of a table. */
#ifndef LEAT_HISTORY_COMPARE_H
#define LEAT_HISTORY_COMPARE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

typedef enum leat_change_kind {
    LEAT_CHANGE_ADDED,       /* column; `to` is its type */
    LEAT_CHANGE_DROPPED,     /* column; `from` is its type */
    LEAT_CHANGE_RENAMED,     /* column, under its new name; `from` and `to` are the names */
    LEAT_CHANGE_RETYPED,     /* column; types as the database writes them */
    LEAT_CHANGE_NULLABILITY, /* column; "null" or "not null" */
    LEAT_CHANGE_DEFAULT,     /* column; expressions, NULL for none */
    LEAT_CHANGE_LABELS,      /* column; an enum's, with commas between */
    LEAT_CHANGE_COMMENT,     /* column, or the table where `column` is NULL */
    LEAT_CHANGE_KEY,         /* the table's; `from` and `to` are its columns in key order with commas between,
                              * NULL for none */
    LEAT_CHANGE_ENCODING,    /* column; the database says nothing new, but its Avro type is another */
} leat_change_kind;

typedef struct leat_definition_change {
    leat_change_kind kind;
    const char *column;
    const char *from;
    const char *to;
} leat_definition_change;

/* "added", "dropped"… as events say it. */
const char *leat_change_kind_name(leat_change_kind kind);

/* Compares two texts of leat_schema_definition: what happened to the columns of `newer` in their order, then
 * the columns that are gone, then the table. Columns are the same by their number in the source where both
 * have one, else by name. Array and texts live in `arena`. LEAT_FAILED for a text that is no definition. */
leat_status leat_history_compare(const char *older, const char *newer, leat_arena *arena,
                                 leat_definition_change **changes, size_t *count, leat_error *error);

#endif
