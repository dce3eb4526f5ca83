/* Data types with all their aliases (MySQL's and MariaDB's reference manuals, "Data Types"). */
#include "mysql/ddl/parser.h"

typedef struct type_name {
    const char *word;
    const char *name;
    leat_ddl_class class;
    uint8_t width;  /* of integers */
    uint8_t length; /* BOOL is TINYINT(1) */
    bool bytes;
} type_name;

static const type_name type_names[] = {
    {.word = "TINYINT", .name = "tinyint", .class = LEAT_DDL_INTEGER, .width = 4},
    {.word = "INT1", .name = "tinyint", .class = LEAT_DDL_INTEGER, .width = 4},
    {.word = "BOOL", .name = "tinyint", .class = LEAT_DDL_INTEGER, .width = 4, .length = 1},
    {.word = "BOOLEAN", .name = "tinyint", .class = LEAT_DDL_INTEGER, .width = 4, .length = 1},
    {.word = "SMALLINT", .name = "smallint", .class = LEAT_DDL_INTEGER, .width = 6},
    {.word = "INT2", .name = "smallint", .class = LEAT_DDL_INTEGER, .width = 6},
    {.word = "MEDIUMINT", .name = "mediumint", .class = LEAT_DDL_INTEGER, .width = 9},
    {.word = "MIDDLEINT", .name = "mediumint", .class = LEAT_DDL_INTEGER, .width = 9},
    {.word = "INT3", .name = "mediumint", .class = LEAT_DDL_INTEGER, .width = 9},
    {.word = "INT", .name = "int", .class = LEAT_DDL_INTEGER, .width = 11},
    {.word = "INTEGER", .name = "int", .class = LEAT_DDL_INTEGER, .width = 11},
    {.word = "INT4", .name = "int", .class = LEAT_DDL_INTEGER, .width = 11},
    {.word = "BIGINT", .name = "bigint", .class = LEAT_DDL_INTEGER, .width = 20},
    {.word = "INT8", .name = "bigint", .class = LEAT_DDL_INTEGER, .width = 20},
    {.word = "DECIMAL", .name = "decimal", .class = LEAT_DDL_DECIMAL},
    {.word = "DEC", .name = "decimal", .class = LEAT_DDL_DECIMAL},
    {.word = "NUMERIC", .name = "decimal", .class = LEAT_DDL_DECIMAL},
    {.word = "FIXED", .name = "decimal", .class = LEAT_DDL_DECIMAL},
    {.word = "NUMBER", .name = "number", .class = LEAT_DDL_DECIMAL},
    {.word = "FLOAT", .name = "float", .class = LEAT_DDL_FLOATING},
    {.word = "FLOAT4", .name = "float", .class = LEAT_DDL_FLOATING},
    {.word = "DOUBLE", .name = "double", .class = LEAT_DDL_FLOATING},
    {.word = "FLOAT8", .name = "double", .class = LEAT_DDL_FLOATING},
    {.word = "REAL", .name = "real", .class = LEAT_DDL_FLOATING},
    {.word = "BIT", .name = "bit", .class = LEAT_DDL_BIT},
    {.word = "YEAR", .name = "year", .class = LEAT_DDL_YEAR},
    {.word = "DATE", .name = "date", .class = LEAT_DDL_PLAIN},
    {.word = "TIME", .name = "time", .class = LEAT_DDL_TEMPORAL},
    {.word = "DATETIME", .name = "datetime", .class = LEAT_DDL_TEMPORAL},
    {.word = "TIMESTAMP", .name = "timestamp", .class = LEAT_DDL_TEMPORAL},
    {.word = "CHAR", .name = "char", .class = LEAT_DDL_CHARACTERS},
    {.word = "CHARACTER", .name = "char", .class = LEAT_DDL_CHARACTERS},
    {.word = "NCHAR", .name = "char", .class = LEAT_DDL_CHARACTERS},
    {.word = "BINARY", .name = "char", .class = LEAT_DDL_CHARACTERS, .bytes = true},
    {.word = "VARCHAR", .name = "varchar", .class = LEAT_DDL_VARIABLE},
    {.word = "VARCHARACTER", .name = "varchar", .class = LEAT_DDL_VARIABLE},
    {.word = "VARCHAR2", .name = "varchar", .class = LEAT_DDL_VARIABLE},
    {.word = "NVARCHAR", .name = "varchar", .class = LEAT_DDL_VARIABLE},
    {.word = "VARBINARY", .name = "varchar", .class = LEAT_DDL_VARIABLE, .bytes = true},
    {.word = "RAW", .name = "varchar", .class = LEAT_DDL_VARIABLE, .bytes = true},
    {.word = "TINYTEXT", .name = "tinytext", .class = LEAT_DDL_LONG},
    {.word = "TEXT", .name = "text", .class = LEAT_DDL_LONG},
    {.word = "MEDIUMTEXT", .name = "mediumtext", .class = LEAT_DDL_LONG},
    {.word = "LONGTEXT", .name = "longtext", .class = LEAT_DDL_LONG},
    {.word = "CLOB", .name = "longtext", .class = LEAT_DDL_LONG},
    {.word = "LONG", .name = "mediumtext", .class = LEAT_DDL_LONG},
    {.word = "TINYBLOB", .name = "tinytext", .class = LEAT_DDL_LONG, .bytes = true},
    {.word = "BLOB", .name = "text", .class = LEAT_DDL_LONG, .bytes = true},
    {.word = "MEDIUMBLOB", .name = "mediumtext", .class = LEAT_DDL_LONG, .bytes = true},
    {.word = "LONGBLOB", .name = "longtext", .class = LEAT_DDL_LONG, .bytes = true},
    {.word = "ENUM", .name = "enum", .class = LEAT_DDL_LABELS},
    {.word = "SET", .name = "set", .class = LEAT_DDL_LABELS},
    {.word = "JSON", .name = "json", .class = LEAT_DDL_JSON},
    {.word = "VECTOR", .name = "vector", .class = LEAT_DDL_VECTOR},
    {.word = "GEOMETRY", .name = "geometry", .class = LEAT_DDL_PLAIN},
    {.word = "POINT", .name = "point", .class = LEAT_DDL_PLAIN},
    {.word = "LINESTRING", .name = "linestring", .class = LEAT_DDL_PLAIN},
    {.word = "POLYGON", .name = "polygon", .class = LEAT_DDL_PLAIN},
    {.word = "MULTIPOINT", .name = "multipoint", .class = LEAT_DDL_PLAIN},
    {.word = "MULTILINESTRING", .name = "multilinestring", .class = LEAT_DDL_PLAIN},
    {.word = "MULTIPOLYGON", .name = "multipolygon", .class = LEAT_DDL_PLAIN},
    {.word = "GEOMETRYCOLLECTION", .name = "geometrycollection", .class = LEAT_DDL_PLAIN},
    {.word = "GEOMCOLLECTION", .name = "geometrycollection", .class = LEAT_DDL_PLAIN},
    {.word = "UUID", .name = "uuid", .class = LEAT_DDL_PLAIN},
    {.word = "INET4", .name = "inet4", .class = LEAT_DDL_PLAIN},
    {.word = "INET6", .name = "inet6", .class = LEAT_DDL_PLAIN},
};

static void read_length(leat_ddl_parser *parser, leat_ddl_type *type)
{
    if (!leat_ddl_accept_symbol(parser, '('))
        return;
    type->has_length = true;
    type->length = leat_ddl_number(parser);
    if (leat_ddl_accept_symbol(parser, ',')) {
        type->has_decimals = true;
        type->decimals = leat_ddl_number(parser);
    }
    /* Oracle's way to say what a length counts, which MariaDB takes in its Oracle mode. */
    if (!leat_ddl_accept(parser, "CHAR"))
        (void)leat_ddl_accept(parser, "BYTE");
    leat_ddl_expect_symbol(parser, ')');
}

static void read_labels(leat_ddl_parser *parser, leat_ddl_type *type)
{
    leat_ddl_expect_symbol(parser, '(');
    do
        leat_ddl_list_add(&type->labels, parser->arena, leat_ddl_text(parser));
    while (leat_ddl_accept_symbol(parser, ','));
    leat_ddl_expect_symbol(parser, ')');
}

/* What the second and third word of a type's name make of it. */
static void read_more_words(leat_ddl_parser *parser, const char *word, leat_ddl_type *type)
{
    static const char *const varying[] = {"VARYING", "VARCHAR", "VARCHARACTER", NULL};
    type->national |= *word == 'N' && type->class != LEAT_DDL_DECIMAL;
    if (strcmp(word, "DOUBLE") == 0) {
        (void)leat_ddl_accept(parser, "PRECISION");
    } else if (strcmp(word, "LONG") == 0) {
        if (leat_ddl_accept(parser, "VARBINARY"))
            type->bytes = true;
        else if (!leat_ddl_accept_pair(parser, "CHAR", "VARYING") &&
                 !leat_ddl_accept_pair(parser, "CHARACTER", "VARYING"))
            (void)leat_ddl_accept_any(parser, varying);
    } else if (type->class == LEAT_DDL_CHARACTERS && !type->bytes && leat_ddl_accept_any(parser, varying)) {
        type->class = LEAT_DDL_VARIABLE;
        type->name = "varchar";
    }
}

/* What MariaDB's modes for other databases' dialects make of a type, and REAL_AS_FLOAT. */
static void follow_mode(const leat_ddl_parser *parser, leat_ddl_type *type)
{
    uint64_t mode = parser->context->sql_mode;
    bool oracle = parser->context->mariadb && (mode & LEAT_DDL_ORACLE) != 0;
    if (strcmp(type->name, "real") == 0 && (mode & LEAT_DDL_REAL_AS_FLOAT) != 0)
        type->name = "float";
    else if (oracle && strcmp(type->name, "date") == 0)
        *type = (leat_ddl_type){.class = LEAT_DDL_TEMPORAL, .name = "datetime"};
    else if (oracle && type->bytes && strcmp(type->name, "text") == 0)
        type->name = "longtext";
    else if (parser->context->mariadb && (mode & LEAT_DDL_MAXDB) != 0 && strcmp(type->name, "timestamp") == 0)
        type->name = "datetime";
}

/* REAL is DOUBLE; Oracle's NUMBER too without digits, else DECIMAL. */
static void settle_number(leat_ddl_type *type)
{
    if (strcmp(type->name, "real") == 0)
        type->name = "double";
    if (strcmp(type->name, "number") != 0)
        return;
    type->name = type->has_length ? "decimal" : "double";
    type->class = type->has_length ? LEAT_DDL_DECIMAL : LEAT_DDL_FLOATING;
}

static void read_arguments(leat_ddl_parser *parser, leat_ddl_type *type)
{
    if (type->class == LEAT_DDL_LABELS)
        read_labels(parser, type);
    else if (leat_ddl_at_symbol(parser, '(') && type->class == LEAT_DDL_UNKNOWN)
        leat_ddl_skip_group(parser);
    else
        read_length(parser, type);
    settle_number(type);
}

/* UNSIGNED, SIGNED, ZEROFILL and what concerns text, in any order and number. */
static void read_attributes(leat_ddl_parser *parser, leat_ddl_type *type)
{
    for (;;) {
        if (leat_ddl_accept(parser, "UNSIGNED")) {
            type->is_unsigned = true;
        } else if (leat_ddl_accept(parser, "ZEROFILL")) {
            type->zerofill = true;
        } else if (leat_ddl_accept(parser, "COMPRESSED")) {
            type->compressed = true;
            if (leat_ddl_accept_symbol(parser, '='))
                leat_ddl_skip_value(parser);
        } else if (!leat_ddl_accept(parser, "SIGNED") && !leat_ddl_read_type_charset(parser, type)) {
            break;
        }
    }
}

static void use_name(const type_name *name, leat_ddl_type *type)
{
    *type = (leat_ddl_type){
        .class = name->class,
        .name = name->name,
        .width = name->width,
        .bytes = name->bytes,
        .has_length = name->length > 0,
        .length = name->length,
    };
}

/* "mariadb_schema.date": MariaDB says whose type it is where the mode would give the word another sense. True
 * where the mode counts. */
static bool read_dialect(leat_ddl_parser *parser)
{
    bool own = leat_ddl_accept(parser, "mariadb_schema");
    if (own || leat_ddl_accept(parser, "oracle_schema") || leat_ddl_accept(parser, "maxdb_schema"))
        leat_ddl_expect_symbol(parser, '.');
    return !own;
}

void leat_ddl_read_type(leat_ddl_parser *parser, leat_ddl_type *type)
{
    bool follows_mode = read_dialect(parser);
    bool national = leat_ddl_accept(parser, "NATIONAL");
    *type = (leat_ddl_type){.class = LEAT_DDL_UNKNOWN, .name = ""};
    for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++)
        if (leat_ddl_accept(parser, type_names[i].word)) {
            use_name(&type_names[i], type);
            if (follows_mode)
                follow_mode(parser, type);
            read_more_words(parser, type_names[i].word, type);
            break;
        }
    if (type->class == LEAT_DDL_UNKNOWN)
        type->name = leat_ddl_name(parser);
    type->national |= national;
    read_arguments(parser, type);
    read_attributes(parser, type);
}

bool leat_ddl_accept_charset(leat_ddl_parser *parser)
{
    return leat_ddl_accept(parser, "CHARSET") || leat_ddl_accept_pair(parser, "CHARACTER", "SET") ||
           leat_ddl_accept_pair(parser, "CHAR", "SET");
}

const char *leat_ddl_read_charset_name(leat_ddl_parser *parser)
{
    (void)leat_ddl_accept_symbol(parser, '=');
    return leat_ddl_at_name(parser) ? leat_ddl_name(parser) : leat_ddl_text(parser);
}

bool leat_ddl_read_type_charset(leat_ddl_parser *parser, leat_ddl_type *type)
{
    leat_ddl_charset *charset = &type->charset;
    if (leat_ddl_accept_charset(parser))
        charset->charset = leat_ddl_read_charset_name(parser);
    else if (leat_ddl_accept(parser, "COLLATE"))
        charset->collation = leat_ddl_read_charset_name(parser);
    else if (leat_ddl_accept(parser, "BINARY"))
        charset->binary = true;
    else if (leat_ddl_accept(parser, "ASCII"))
        charset->charset = "latin1";
    else if (leat_ddl_accept(parser, "UNICODE"))
        charset->charset = "ucs2";
    else if (leat_ddl_accept(parser, "BYTE"))
        type->bytes = true;
    else
        return false;
    return true;
}
