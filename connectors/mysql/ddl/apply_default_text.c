/* Defaults as information_schema.columns.column_default prints them: MySQL the bare value, MariaDB an
 * expression that can be run. What the server would write another way than it was written (a number with
 * another count of digits, a date that it completes, an expression) is not told. */
#include "base/cursor.h"
#include "mysql/ddl/apply.h"

static bool is_integer(leat_mysql_type type)
{
    switch ((int)type) {
    case LEAT_MYSQL_TINY:
    case LEAT_MYSQL_SHORT:
    case LEAT_MYSQL_INT24:
    case LEAT_MYSQL_LONG:
    case LEAT_MYSQL_LONGLONG:
        return true;
    default:
        return false;
    }
}

static bool is_text(const leat_mysql_column *column)
{
    switch ((int)column->layout.type) {
    case LEAT_MYSQL_VARCHAR:
    case LEAT_MYSQL_STRING:
    case LEAT_MYSQL_ENUM:
        return column->collation != NULL && strcmp(column->collation, "binary") != 0;
    default:
        return false;
    }
}

/* Digits without zeros before them, and a sign it may be: what is printed as it was written. */
static bool is_plain_number(const char *text)
{
    const char *digits = *text == '-' ? text + 1 : text;
    size_t length = strlen(digits);
    bool zero = length == 1 && *digits == '0' && digits == text;
    return length > 0 && length < 20 && strspn(digits, "0123456789") == length && (zero || *digits != '0');
}

/* "2024-01-31" for DATE, "2024-01-31 10:20:30" for DATETIME and TIMESTAMP without a fraction. */
static bool has_form(const char *text, const char *form)
{
    size_t length = strlen(form);
    if (strlen(text) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    return true;
}

static bool is_plain_time(const leat_mysql_column *column, const char *text)
{
    if (column->layout.type == LEAT_MYSQL_DATE)
        return has_form(text, "0000-00-00");
    bool moment = column->layout.type == LEAT_MYSQL_DATETIME2 || column->layout.type == LEAT_MYSQL_TIMESTAMP2;
    return moment && column->layout.scale == 0 && has_form(text, "0000-00-00 00:00:00");
}

/* A quoted text as MariaDB prints one; NULL where it escapes what has no form in every version. */
static const char *quote(leat_ddl_applying *applying, const char *value)
{
    leat_buffer text = {0};
    leat_buffer_append_byte(&text, '\'');
    for (const char *at = value; *at != '\0'; at++)
        leat_buffer_append_string(&text, (const char[]){*at, *at == '\'' ? '\'' : '\0', '\0'});
    leat_buffer_append_byte(&text, '\'');
    const char *kept = strchr(value, '\\') == NULL && strpbrk(value, "\n\r\t\b\032") == NULL
                           ? leat_ddl_keep(applying, leat_buffer_string(&text))
                           : NULL;
    leat_buffer_free(&text);
    return kept;
}

static const char *string_text(leat_ddl_applying *applying, const char *value,
                               const leat_mysql_column *column)
{
    if (is_integer(column->layout.type))
        return is_plain_number(value) ? leat_ddl_keep(applying, value) : NULL;
    if (!is_text(column) && !is_plain_time(column, value))
        return NULL;
    return applying->mariadb ? quote(applying, value) : leat_ddl_keep(applying, value);
}

static const char *now_text(leat_ddl_applying *applying, const char *digits)
{
    const char *name = applying->mariadb ? "current_timestamp" : "CURRENT_TIMESTAMP";
    bool bare = *digits == '\0' || strcmp(digits, "0") == 0;
    if (bare)
        return applying->mariadb ? "current_timestamp()" : "CURRENT_TIMESTAMP";
    return leat_arena_printf(&applying->definition->arena, "%s(%s)", name, digits);
}

const char *leat_ddl_default_text(leat_ddl_applying *applying, const leat_ddl_default *initial,
                                  const leat_mysql_column *column)
{
    switch (initial->kind) {
    case LEAT_DDL_DEFAULT_NUMBER:
        if (is_text(column))
            return string_text(applying, initial->text, column);
        return is_integer(column->layout.type) && is_plain_number(initial->text)
                   ? leat_ddl_keep(applying, initial->text)
                   : NULL;
    case LEAT_DDL_DEFAULT_STRING:
        return string_text(applying, initial->text, column);
    case LEAT_DDL_DEFAULT_NOW:
        return now_text(applying, initial->text);
    case LEAT_DDL_DEFAULT_NONE:
    case LEAT_DDL_DEFAULT_NULL:
    case LEAT_DDL_DEFAULT_OTHER:
        break;
    }
    return NULL;
}
