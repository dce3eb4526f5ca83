/* A column's charset and type: which collation it inherits, and what that makes of the type. */
#include <strings.h>

#include "mysql/ddl/apply.h"
#include "mysql/ddl/parser.h"
#include "mysql/definition/column_type.h"

bool leat_ddl_misfit(leat_ddl_applying *applying, const char *format, ...)
{
    va_list arguments;
    if (applying->reason == NULL || applying->reason->length > 0)
        return false;
    va_start(arguments, format);
    leat_buffer_vprintf(applying->reason, format, arguments);
    va_end(arguments);
    return false;
}

const char *leat_ddl_keep(leat_ddl_applying *applying, const char *text)
{
    return leat_arena_string(&applying->definition->arena, text);
}

/* Under the name and, as MariaDB lets them be written, without the charset before it. */
static const leat_mysql_collation *name_collation(leat_ddl_applying *applying, const char *name,
                                                  const leat_mysql_collation *base)
{
    const leat_mysql_collation *found = leat_mysql_collation_by_name(applying->collations, name);
    if (found != NULL || base == NULL)
        return found;
    const char *charset = leat_mysql_charset_name(base->charset);
    if (strcasecmp(name, "DEFAULT") == 0)
        return leat_mysql_collation_of_charset(applying->collations, charset);
    leat_buffer text = {0};
    leat_buffer_printf(&text, "%s_%s", charset, name);
    found = leat_mysql_collation_by_name(applying->collations, leat_buffer_string(&text));
    leat_buffer_free(&text);
    return found;
}

/* CHARACTER SET DEFAULT: MySQL takes the database's collation, MariaDB the one that its charset has before
 * character_set_collations, which is what the catalog follows, makes another of it. */
static const leat_mysql_collation *database_collation(leat_ddl_applying *applying)
{
    const char *name = applying->database_collation;
    const leat_mysql_collation *found =
        name == NULL ? NULL : leat_mysql_collation_by_name(applying->collations, name);
    if (found == NULL || !applying->mariadb)
        return found;
    const char *charset = leat_mysql_charset_name(found->charset);
    bool unicode = strncmp(charset, "utf", 3) == 0 || strcmp(charset, "ucs2") == 0;
    return unicode ? name_collation(applying, "general_ci", found)
                   : leat_mysql_collation_of_charset(applying->collations, charset);
}

static const leat_mysql_collation *base_collation(leat_ddl_applying *applying,
                                                  const leat_ddl_charset *charset, const char *fallback)
{
    if (charset->fallback)
        return database_collation(applying);
    if (charset->charset == NULL)
        return fallback == NULL ? NULL : leat_mysql_collation_by_name(applying->collations, fallback);
    return leat_mysql_collation_of_charset(applying->collations, charset->charset);
}

const leat_mysql_collation *leat_ddl_collation(leat_ddl_applying *applying, const leat_ddl_charset *charset,
                                               const char *fallback)
{
    const leat_mysql_collation *found = base_collation(applying, charset, fallback);
    if (charset->collation != NULL)
        found = name_collation(applying, charset->collation, found);
    else if (charset->binary && found != NULL && !leat_mysql_charset_is_binary(found->charset))
        found = name_collation(applying, "bin", found);
    if (found == NULL)
        (void)leat_ddl_misfit(applying, "a charset or a collation of it is not known");
    return found;
}

/* Whether the type has a charset at all. */
static bool has_charset(const leat_ddl_applying *applying, const leat_ddl_type *type)
{
    switch ((int)type->class) {
    case LEAT_DDL_CHARACTERS:
    case LEAT_DDL_VARIABLE:
    case LEAT_DDL_LONG:
    case LEAT_DDL_LABELS:
        return true;
    default:
        return type->class == LEAT_DDL_JSON && applying->mariadb;
    }
}

/* What a type of characters has that names no charset itself. */
static const char *inherited(const leat_ddl_applying *applying, const leat_ddl_type *type)
{
    if (type->class == LEAT_DDL_JSON)
        return "utf8mb4_bin";
    if (type->national) {
        const leat_mysql_collation *national =
            leat_mysql_collation_of_charset(applying->collations, "utf8mb3");
        return national == NULL ? NULL : national->name;
    }
    return applying->definition->collation;
}

static bool set_text(leat_ddl_applying *applying, const leat_ddl_type *type, const leat_ddl_text_facts *facts,
                     leat_mysql_column *column)
{
    leat_buffer text = {0};
    bool known = leat_ddl_type_append(type, facts, &text) &&
                 leat_mysql_column_type_read(leat_buffer_string(&text), applying->collations,
                                             &applying->definition->arena, column);
    leat_buffer_free(&text);
    return known || leat_ddl_misfit(applying, "the type of column %s is not known", column->name);
}

/* With a collation that is settled; NULL for bytes, or for a type without. */
static bool apply_type(leat_ddl_applying *applying, const leat_ddl_type *type,
                       const leat_mysql_collation *collation, leat_mysql_column *column)
{
    bool text = has_charset(applying, type);
    leat_ddl_text_facts facts = {
        .mariadb = applying->mariadb,
        .version = applying->change->version,
        .longest = collation == NULL ? 1 : leat_mysql_charset_longest(collation->charset),
        .binary = collation == NULL || leat_mysql_charset_is_binary(collation->charset),
    };
    column->collation = NULL;
    if (text)
        column->collation = facts.binary ? "binary" : leat_ddl_keep(applying, collation->name);
    return set_text(applying, type, &facts, column);
}

bool leat_ddl_apply_type(leat_ddl_applying *applying, const leat_ddl_type *type, leat_mysql_column *column)
{
    const leat_mysql_collation *collation = NULL;
    if (has_charset(applying, type) && !type->bytes) {
        collation = leat_ddl_collation(applying, &type->charset, inherited(applying, type));
        if (collation == NULL)
            return false;
        if (applying->converted != NULL && !leat_mysql_charset_is_binary(collation->charset))
            collation = applying->converted;
    }
    return apply_type(applying, type, collation, column);
}

/* As many characters as the old type has room for, in the new charset. */
static void ask_for_characters(leat_ddl_type *type, unsigned longest)
{
    static const struct {
        const char *name;
        uint64_t bytes;
    } sizes[] = {
        {"tinytext", UINT8_MAX}, {"text", UINT16_MAX}, {"mediumtext", 0xffffff}, {"longtext", UINT32_MAX}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (strcmp(type->name, sizes[i].name) == 0) {
            type->has_length = true;
            type->length = sizes[i].bytes / longest;
        }
}

bool leat_ddl_convert_column(leat_ddl_applying *applying, leat_mysql_column *column)
{
    const leat_mysql_collation *old =
        column->collation == NULL ? NULL
                                  : leat_mysql_collation_by_name(applying->collations, column->collation);
    if (applying->converted == NULL || old == NULL || leat_mysql_charset_is_binary(old->charset))
        return true;
    leat_mysql_ddl_context context = {
        .database = "", .mariadb = applying->mariadb, .version = applying->change->version};
    leat_mysql_statement unused = {0};
    leat_ddl_parser parser = {.context = &context,
                              .arena = &applying->definition->arena,
                              .lexer = leat_ddl_lexer_open(leat_slice_of_string(column->type_text), &context),
                              .statement = &unused};
    leat_ddl_type type;
    leat_ddl_advance(&parser);
    leat_ddl_read_type(&parser, &type);
    if (type.class == LEAT_DDL_LONG)
        ask_for_characters(&type, leat_mysql_charset_longest(old->charset));
    return apply_type(applying, &type, applying->converted, column);
}
