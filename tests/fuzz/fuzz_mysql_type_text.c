/* Column types as texts: what is read can be written, and reads as the same again. */
#include <stdlib.h>

#include "mysql/definition/column_type.h"

/* Stops the run: what the fuzzer reports is the input that led here. */
static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_again(const leat_mysql_collations *collations, leat_arena *arena,
                        const leat_mysql_column *column)
{
    leat_mysql_column written = *column;
    leat_mysql_column_type_write(collations, arena, &written);
    leat_mysql_column again = {.collation = column->collation};
    require(leat_mysql_column_type_read(written.type_text, collations, arena, &again));
    require(leat_mysql_layout_equal(again.layout, column->layout) && again.special == column->special);
    require(again.label_count == column->label_count);
    for (size_t i = 0; i < again.label_count; i++)
        require(strcmp(again.labels[i], column->labels[i]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {NULL, "utf8mb4_general_ci", "latin1_swedish_ci", "binary"};
    if (size == 0)
        return 0;
    leat_arena arena = {0};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    const char *text = leat_arena_slice_string(&arena, leat_slice_of(data + 1, size - 1));
    leat_mysql_column column = {.collation = names[data[0] % 4]};
    if (leat_mysql_column_type_read(text, collations, &arena, &column))
        check_again(collations, &arena, &column);
    leat_mysql_collations_free(collations);
    leat_arena_free(&arena);
    return 0;
}
