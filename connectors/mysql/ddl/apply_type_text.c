/* Types as information_schema.columns.column_type prints them. */
#include "mysql/ddl/apply.h"

#include <ctype.h>

#include "mysql/definition/column_type_names.h"

enum {
    FIRST_WITHOUT_WIDTHS = 80019, /* MySQL's first version that prints no display widths */
    FIRST_GEOMCOLLECTION = 80011, /* MySQL's first version with this name */
    MOST_VARCHAR = 65535,         /* bytes; beyond them it is a TEXT, where the mode is not strict */
    MOST_VARCHAR_OF_MARIADB = 65532,
    DEFAULT_DIMENSIONS = 2048,
};

static bool prints_widths(const leat_ddl_text_facts *facts)
{
    return facts->mariadb || facts->version < FIRST_WITHOUT_WIDTHS;
}

static bool append_integer(const leat_ddl_type *type, const leat_ddl_text_facts *facts, leat_buffer *text)
{
    bool is_unsigned = type->is_unsigned || type->zerofill;
    uint64_t width = type->width - (is_unsigned && type->width < 20 ? 1u : 0u);
    bool flag = type->has_length && type->length == 1 && !is_unsigned && type->width == 4;
    if (type->has_length && type->length > 0)
        width = type->length;
    leat_buffer_append_string(text, type->name);
    if (prints_widths(facts) || type->zerofill || flag)
        leat_buffer_printf(text, "(%llu)", (unsigned long long)width);
    return true;
}

static bool append_decimal(const leat_ddl_type *type, leat_buffer *text)
{
    uint64_t precision = type->has_length && type->length > 0 ? type->length : 10;
    leat_buffer_printf(text, "decimal(%llu,%llu)", (unsigned long long)precision,
                       (unsigned long long)type->decimals);
    return true;
}

/* FLOAT(p) is a precision in bits, FLOAT(m,d) digits. */
static bool append_floating(const leat_ddl_type *type, leat_buffer *text)
{
    enum { MOST_BITS_OF_FLOAT = 24 };
    if (type->has_decimals)
        leat_buffer_printf(text, "%s(%llu,%llu)", type->name, (unsigned long long)type->length,
                           (unsigned long long)type->decimals);
    else if (type->has_length && type->length > MOST_BITS_OF_FLOAT)
        leat_buffer_append_string(text, "double");
    else
        leat_buffer_append_string(text, type->name);
    return true;
}

static bool append_sized(const char *name, uint64_t length, leat_buffer *text)
{
    leat_buffer_printf(text, "%s(%llu)", name, (unsigned long long)length);
    return true;
}

/* The smallest of the four that holds so many bytes. */
static bool append_long(uint64_t bytes, bool binary, leat_buffer *text)
{
    const char *size = "long";
    if (bytes <= UINT8_MAX)
        size = "tiny";
    else if (bytes <= UINT16_MAX)
        size = "";
    else if (bytes <= 0xffffff)
        size = "medium";
    leat_buffer_printf(text, "%s%s", size, binary ? "blob" : "text");
    return true;
}

/* TEXT and BLOB alone take a length. MariaDB takes 0 for none. */
static bool append_text(const leat_ddl_type *type, const leat_ddl_text_facts *facts, leat_buffer *text)
{
    size_t prefix = strlen(type->name) - strlen("text");
    if (type->has_length && (type->length > 0 || !facts->mariadb) && type->length <= UINT32_MAX)
        return append_long(type->length * (facts->binary ? 1 : facts->longest), facts->binary, text);
    leat_buffer_append(text, type->name, prefix);
    leat_buffer_append_string(text, facts->binary ? "blob" : "text");
    return true;
}

static bool append_variable(const leat_ddl_type *type, const leat_ddl_text_facts *facts, leat_buffer *text)
{
    uint64_t most = facts->mariadb ? MOST_VARCHAR_OF_MARIADB : MOST_VARCHAR;
    uint64_t bytes = type->length * (facts->binary ? 1 : facts->longest);
    if (!type->has_length || type->length > UINT32_MAX)
        return false;
    if (bytes > most)
        return append_long(bytes, facts->binary, text);
    return append_sized(facts->binary ? "varbinary" : "varchar", type->length, text);
}

static void append_label_byte(leat_buffer *text, char byte)
{
    const char *escaped = NULL;
    switch (byte) {
    case '\'':
        escaped = "''";
        break;
    case '\\':
        escaped = "\\\\";
        break;
    case '\n':
        escaped = "\\n";
        break;
    case '\r':
        escaped = "\\r";
        break;
    default:
        leat_buffer_append_byte(text, (uint8_t)byte);
        return;
    }
    leat_buffer_append_string(text, escaped);
}

/* Blanks at a label's end are lost, but for a charset that is none. */
static size_t label_length(const char *label, bool binary)
{
    size_t length = strlen(label);
    while (!binary && length > 0 && label[length - 1] == ' ')
        length--;
    return length;
}

static bool append_labels(const leat_ddl_type *type, const leat_ddl_text_facts *facts, leat_buffer *text)
{
    leat_buffer_append_string(text, type->name);
    for (size_t i = 0; i < type->labels.count; i++) {
        const char *label = type->labels.items[i];
        size_t length = label_length(label, facts->binary);
        leat_buffer_append_string(text, i == 0 ? "('" : ",'");
        for (size_t j = 0; j < length; j++)
            append_label_byte(text, label[j]);
        leat_buffer_append_byte(text, '\'');
    }
    leat_buffer_append_byte(text, ')');
    return true;
}

static bool append_plain(const leat_ddl_type *type, const leat_ddl_text_facts *facts, leat_buffer *text)
{
    bool collection = strcmp(type->name, "geometrycollection") == 0;
    if (collection && !facts->mariadb && facts->version >= FIRST_GEOMCOLLECTION)
        leat_buffer_append_string(text, "geomcollection");
    else
        for (const char *at = type->name; *at != '\0'; at++)
            leat_buffer_append_byte(text, (uint8_t)tolower((unsigned char)*at));
    return true;
}

static bool append_name(const leat_ddl_type *type, const leat_ddl_text_facts *facts, leat_buffer *text)
{
    switch (type->class) {
    case LEAT_DDL_INTEGER:
        return append_integer(type, facts, text);
    case LEAT_DDL_DECIMAL:
        return append_decimal(type, text);
    case LEAT_DDL_FLOATING:
        return append_floating(type, text);
    case LEAT_DDL_BIT:
        return append_sized("bit", type->length > 0 ? type->length : 1, text);
    case LEAT_DDL_YEAR:
        leat_buffer_append_string(text, prints_widths(facts) ? "year(4)" : "year");
        return true;
    case LEAT_DDL_TEMPORAL:
        if (type->length > 0)
            return append_sized(type->name, type->length, text);
        return append_plain(type, facts, text);
    case LEAT_DDL_CHARACTERS:
        return append_sized(facts->binary ? "binary" : "char", type->has_length ? type->length : 1, text);
    case LEAT_DDL_VARIABLE:
        return append_variable(type, facts, text);
    case LEAT_DDL_LONG:
        return append_text(type, facts, text);
    case LEAT_DDL_LABELS:
        return append_labels(type, facts, text);
    case LEAT_DDL_VECTOR:
        return append_sized("vector", type->has_length ? type->length : DEFAULT_DIMENSIONS, text);
    case LEAT_DDL_JSON:
        leat_buffer_append_string(text, facts->mariadb ? "longtext" : "json");
        return true;
    case LEAT_DDL_PLAIN:
    case LEAT_DDL_UNKNOWN:
        return append_plain(type, facts, text);
    }
    return false;
}

bool leat_ddl_type_append(const leat_ddl_type *type, const leat_ddl_text_facts *facts, leat_buffer *text)
{
    if (!append_name(type, facts, text))
        return false;
    if (type->is_unsigned || type->zerofill)
        leat_buffer_append_string(text, " unsigned");
    if (type->zerofill)
        leat_buffer_append_string(text, " zerofill");
    if (type->compressed)
        leat_buffer_append_string(text, LEAT_MYSQL_COMPRESSED_MARK);
    return true;
}
