#include "mysql/types/types.h"

#include "mysql/types/facts.h"

static const leat_mysql_charset *charset_of(const leat_mysql_column *column,
                                            const leat_mysql_collations *collations)
{
    const leat_mysql_collation *collation =
        column->collation == NULL ? NULL : leat_mysql_collation_by_name(collations, column->collation);
    return collation == NULL ? NULL : collation->charset;
}

static leat_encoder resolve_encoder(const leat_mysql_column *column, const leat_mysql_collations *collations,
                                    leat_mysql_form form, leat_arena *arena)
{
    leat_encoder encoder = leat_mysql_bytes_encoder;
    (void)(leat_mysql_special_encoder(column, form, arena, &encoder) ||
           leat_mysql_number_encoder(column, form, arena, &encoder) ||
           leat_mysql_text_encoder(column, charset_of(column, collations), form, arena, &encoder) ||
           leat_mysql_label_encoder(column, form, arena, &encoder) ||
           leat_mysql_time_encoder(column, form, arena, &encoder));
    return encoder;
}

void leat_mysql_type_resolve(const leat_mysql_column *column, const leat_mysql_collations *collations,
                             leat_mysql_form form, leat_arena *arena, leat_column *to)
{
    const char **labels = leat_arena_allocate_array(arena, column->label_count, sizeof *labels);
    for (size_t i = 0; i < column->label_count; i++)
        labels[i] = leat_arena_string(arena, column->labels[i]);
    to->labels = column->label_count == 0 ? NULL : labels;
    to->label_count = column->label_count;
    to->type_text = leat_arena_string(arena, column->type_text);
    to->encoder = resolve_encoder(column, collations, form, arena);
}

/* What a DOUBLE prints gives it back, but not when it has a number of decimals or is filled with zeros. */
static bool prints_all(const leat_mysql_column *column)
{
    return column->layout.type == LEAT_MYSQL_DOUBLE && column->type_text != NULL &&
           strchr(column->type_text, '(') == NULL && strstr(column->type_text, "zerofill") == NULL;
}

/* A FLOAT prints six digits; a product with 1 is a DOUBLE, which has all and prints all, the sign of a zero
 * too. ENUM and SET as numbers are free of charsets and of labels with nothing in them. */
void leat_mysql_select_expression(const leat_mysql_column *column, leat_buffer *sql)
{
    bool is_float = column->layout.type == LEAT_MYSQL_FLOAT ||
                    (column->layout.type == LEAT_MYSQL_DOUBLE && !prints_all(column));
    bool is_label = column->layout.type == LEAT_MYSQL_ENUM || column->layout.type == LEAT_MYSQL_SET;
    if (is_label)
        leat_buffer_append_string(sql, "cast(");
    leat_mysql_append_identifier(sql, column->name);
    if (is_float)
        leat_buffer_append_string(sql, " * 1e0");
    if (is_label)
        leat_buffer_append_string(sql, " as unsigned)");
}
