#include "mysql/definition/column_type.h"
#include "mysql/definition/column_type_names.h"

static bool is_binary(const leat_mysql_column *column)
{
    return column->collation != NULL && strcmp(column->collation, "binary") == 0;
}

/* Types with one layout for a kind: by type, prefix length and whether it is bytes or text. Not those whose
 * name the layout does not tell: geometries, of which the first listed stands for all. */
static const leat_mysql_column_type_name *find_name(const leat_mysql_column *column, leat_mysql_type type)
{
    bool by_length = type == LEAT_MYSQL_BLOB;
    bool by_kind = by_length || type == LEAT_MYSQL_STRING || type == LEAT_MYSQL_VARCHAR;
    for (size_t i = 0; i < LEAT_MYSQL_COLUMN_TYPE_NAME_COUNT; i++) {
        const leat_mysql_column_type_name *name = &leat_mysql_column_type_names[i];
        if (name->type != type || name->special != column->special)
            continue;
        if ((by_length && name->length != column->layout.length) ||
            (by_kind && name->special == LEAT_MYSQL_PLAIN && name->binary != is_binary(column)))
            continue;
        return name;
    }
    return NULL;
}

/* The type as it is named: MariaDB's compressed columns and old temporal formats have the name of what they
 * are a form of. */
static leat_mysql_type named_type(leat_mysql_type type)
{
    switch ((int)type) {
    case LEAT_MYSQL_COMPRESSED_VARCHAR:
        return LEAT_MYSQL_VARCHAR;
    case LEAT_MYSQL_COMPRESSED_BLOB:
        return LEAT_MYSQL_BLOB;
    case LEAT_MYSQL_OLD_TIMESTAMP:
        return LEAT_MYSQL_TIMESTAMP2;
    case LEAT_MYSQL_OLD_DATETIME:
        return LEAT_MYSQL_DATETIME2;
    case LEAT_MYSQL_OLD_TIME:
        return LEAT_MYSQL_TIME2;
    default:
        return type;
    }
}

static const char *mark_of(leat_mysql_type type)
{
    if (type == LEAT_MYSQL_COMPRESSED_VARCHAR || type == LEAT_MYSQL_COMPRESSED_BLOB)
        return LEAT_MYSQL_COMPRESSED_MARK;
    return type == LEAT_MYSQL_OLD_TIMESTAMP || type == LEAT_MYSQL_OLD_DATETIME || type == LEAT_MYSQL_OLD_TIME
               ? LEAT_MYSQL_OLD_MARK
               : "";
}

static uint32_t longest_character(const leat_mysql_collations *collations, const leat_mysql_column *column)
{
    const leat_mysql_collation *collation =
        column->collation == NULL ? NULL : leat_mysql_collation_by_name(collations, column->collation);
    unsigned longest = collation == NULL ? 1 : leat_mysql_charset_longest(collation->charset);
    return longest == 0 ? 1 : longest;
}

static void append_label(const char *label, leat_buffer *text)
{
    leat_buffer_append_byte(text, '\'');
    for (const char *at = label; *at != '\0'; at++) {
        if (*at == '\'' || *at == '\\')
            leat_buffer_append_byte(text, (uint8_t)*at);
        if (*at == '\n' || *at == '\r')
            leat_buffer_append_string(text, *at == '\n' ? "\\n" : "\\r");
        else
            leat_buffer_append_byte(text, (uint8_t)*at);
    }
    leat_buffer_append_byte(text, '\'');
}

static void append_labels(const leat_mysql_column *column, leat_buffer *text)
{
    for (size_t i = 0; i < column->label_count; i++) {
        leat_buffer_append_byte(text, i == 0 ? '(' : ',');
        append_label(column->labels[i], text);
    }
    if (column->label_count > 0)
        leat_buffer_append_byte(text, ')');
}

static void append_arguments(const leat_mysql_column *column, leat_mysql_arguments what, uint32_t longest,
                             leat_buffer *text)
{
    const leat_mysql_layout *layout = &column->layout;
    switch (what) {
    case LEAT_MYSQL_WIDTH:
    case LEAT_MYSQL_DIMENSIONS:
        break;
    case LEAT_MYSQL_FRACTION:
        if (layout->scale > 0)
            leat_buffer_printf(text, "(%u)", (unsigned)layout->scale);
        break;
    case LEAT_MYSQL_PRECISION:
        leat_buffer_printf(text, "(%u,%u)", (unsigned)layout->precision, (unsigned)layout->scale);
        break;
    case LEAT_MYSQL_CHARACTERS:
        leat_buffer_printf(text, "(%u)", layout->length / longest);
        break;
    case LEAT_MYSQL_BYTES:
    case LEAT_MYSQL_BITS:
        leat_buffer_printf(text, "(%u)", layout->length);
        break;
    case LEAT_MYSQL_LABELS:
        append_labels(column, text);
        break;
    }
}

void leat_mysql_column_type_write(const leat_mysql_collations *collations, leat_arena *arena,
                                  leat_mysql_column *column)
{
    leat_buffer text = {0};
    const leat_mysql_column_type_name *name = find_name(column, named_type(column->layout.type));
    if (column->special == LEAT_MYSQL_FLOATS) {
        leat_buffer_printf(&text, "vector(%u)", column->layout.length / 4);
    } else if (name == NULL) {
        leat_buffer_printf(&text, "type %d", (int)column->layout.type);
    } else {
        leat_buffer_append_string(&text, name->name);
        append_arguments(column, name->arguments, longest_character(collations, column), &text);
        if (column->is_unsigned && leat_mysql_type_is_numeric(column->layout.type) &&
            column->layout.type != LEAT_MYSQL_YEAR)
            leat_buffer_append_string(&text, " unsigned");
        leat_buffer_append_string(&text, mark_of(column->layout.type));
    }
    column->type_text = leat_arena_slice_string(arena, leat_buffer_slice(&text));
    leat_buffer_free(&text);
}
