/* ALTER TABLE: a list of changes, table options and partitions' verbs among them. */
#include "mysql/ddl/parser.h"

typedef struct alteration {
    leat_mysql_table_name table;
    leat_mysql_change *change;
    const leat_mysql_table_name *renamed; /* NULL: keeps its name */
} alteration;

static void read_place(leat_ddl_parser *parser, leat_ddl_item *item)
{
    if (leat_ddl_accept(parser, "FIRST")) {
        item->place = LEAT_DDL_PLACE_FIRST;
    } else if (leat_ddl_accept(parser, "AFTER")) {
        item->place = LEAT_DDL_PLACE_AFTER;
        item->after = leat_ddl_name(parser);
    }
}

/* A column's definition with its place. `name` is the column that becomes it; NULL: the one of its name. */
static void read_column(leat_ddl_parser *parser, alteration *into, leat_ddl_item_kind kind, const char *name,
                        bool conditional)
{
    leat_ddl_item *item = leat_ddl_add_item(parser, into->change, kind);
    item->conditional = conditional;
    leat_ddl_read_column(parser, into->change, item);
    item->name = name == NULL ? item->column->name : name;
    read_place(parser, item);
}

/* "(a int, b int, key (a))" */
static void read_added_list(leat_ddl_parser *parser, alteration *into, bool conditional)
{
    leat_ddl_expect_symbol(parser, '(');
    do
        if (!leat_ddl_read_index(parser, into->change))
            read_column(parser, into, LEAT_DDL_ADD_COLUMN, NULL, conditional);
    while (leat_ddl_accept_symbol(parser, ','));
    leat_ddl_expect_symbol(parser, ')');
}

static void read_add(leat_ddl_parser *parser, alteration *into)
{
    bool column = leat_ddl_accept(parser, "COLUMN");
    if (!column && leat_ddl_accept(parser, "PARTITION")) {
        leat_ddl_skip_rest(parser);
    } else if (!column && leat_ddl_accept_pair(parser, "SYSTEM", "VERSIONING")) {
        into->change->versioning = LEAT_DDL_VERSIONING_WITH;
    } else if (column || !leat_ddl_read_index(parser, into->change)) {
        bool conditional = leat_ddl_accept_if_not_exists(parser);
        if (leat_ddl_at_symbol(parser, '('))
            read_added_list(parser, into, conditional);
        else
            read_column(parser, into, LEAT_DDL_ADD_COLUMN, NULL, conditional);
    }
}

static void add_drop(leat_ddl_parser *parser, alteration *into, leat_ddl_item_kind kind, const char *name,
                     bool conditional)
{
    leat_ddl_item *item = leat_ddl_add_item(parser, into->change, kind);
    item->name = name;
    item->conditional = conditional;
}

/* Rows are gone from a table, or others there, and no event tells of them. */
static void note_rows(leat_ddl_parser *parser, leat_mysql_table_name table)
{
    (void)leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_TRUNCATE_PARTITION, table);
}

static void read_lost_partitions(leat_ddl_parser *parser, alteration *into)
{
    note_rows(parser, into->table);
    leat_ddl_skip_rest(parser);
}

static void read_dropped_column(leat_ddl_parser *parser, alteration *into)
{
    (void)leat_ddl_accept(parser, "COLUMN");
    bool conditional = leat_ddl_accept_if_exists(parser);
    add_drop(parser, into, LEAT_DDL_DROP_COLUMN, leat_ddl_name(parser), conditional);
    if (!leat_ddl_accept(parser, "RESTRICT"))
        (void)leat_ddl_accept(parser, "CASCADE");
}

/* A constraint may be a unique index, or something that is not kept. */
static void read_dropped_index(leat_ddl_parser *parser, alteration *into)
{
    bool conditional = leat_ddl_accept_if_exists(parser);
    add_drop(parser, into, LEAT_DDL_DROP_INDEX, leat_ddl_name(parser), conditional);
}

static void read_drop(leat_ddl_parser *parser, alteration *into)
{
    static const char *const indexes[] = {"INDEX", "KEY", "CONSTRAINT", NULL};
    if (leat_ddl_accept_any(parser, indexes)) {
        read_dropped_index(parser, into);
    } else if (leat_ddl_accept_pair(parser, "PRIMARY", "KEY")) {
        add_drop(parser, into, LEAT_DDL_DROP_INDEX, "PRIMARY", false);
    } else if (leat_ddl_accept_pair(parser, "FOREIGN", "KEY") || leat_ddl_accept(parser, "CHECK") ||
               leat_ddl_accept_pair(parser, "PERIOD", "FOR")) {
        (void)leat_ddl_accept_if_exists(parser);
        (void)leat_ddl_name(parser);
    } else if (leat_ddl_accept(parser, "PARTITION")) {
        read_lost_partitions(parser, into);
    } else if (leat_ddl_accept_pair(parser, "SYSTEM", "VERSIONING")) {
        into->change->versioning = LEAT_DDL_VERSIONING_WITHOUT;
    } else {
        read_dropped_column(parser, into);
    }
}

static void read_renaming(leat_ddl_parser *parser, alteration *into, leat_ddl_item_kind kind)
{
    bool conditional = leat_ddl_accept_if_exists(parser);
    leat_ddl_item *item = leat_ddl_add_item(parser, into->change, kind);
    item->conditional = conditional;
    item->name = leat_ddl_name(parser);
    leat_ddl_expect(parser, "TO");
    item->new_name = leat_ddl_name(parser);
}

static void read_rename(leat_ddl_parser *parser, alteration *into)
{
    static const char *const indexes[] = {"INDEX", "KEY", NULL};
    if (leat_ddl_accept(parser, "COLUMN")) {
        read_renaming(parser, into, LEAT_DDL_RENAME_COLUMN);
    } else if (leat_ddl_accept_any(parser, indexes)) {
        read_renaming(parser, into, LEAT_DDL_RENAME_INDEX);
    } else {
        if (!leat_ddl_accept(parser, "TO") && !leat_ddl_accept(parser, "AS"))
            (void)leat_ddl_accept_symbol(parser, '=');
        leat_mysql_table_name *renamed = leat_arena_allocate(parser->arena, sizeof *renamed);
        *renamed = leat_ddl_table(parser);
        into->renamed = renamed;
    }
}

static void read_change(leat_ddl_parser *parser, alteration *into)
{
    (void)leat_ddl_accept(parser, "COLUMN");
    bool conditional = leat_ddl_accept_if_exists(parser);
    const char *name = leat_ddl_name(parser);
    read_column(parser, into, LEAT_DDL_CHANGE_COLUMN, name, conditional);
}

static void read_modify(leat_ddl_parser *parser, alteration *into)
{
    (void)leat_ddl_accept(parser, "COLUMN");
    bool conditional = leat_ddl_accept_if_exists(parser);
    read_column(parser, into, LEAT_DDL_CHANGE_COLUMN, NULL, conditional);
}

static void read_altered_column(leat_ddl_parser *parser, alteration *into)
{
    (void)leat_ddl_accept(parser, "COLUMN");
    bool conditional = leat_ddl_accept_if_exists(parser);
    leat_ddl_item *item = leat_ddl_add_item(parser, into->change, LEAT_DDL_SET_DEFAULT);
    item->conditional = conditional;
    item->name = leat_ddl_name(parser);
    if (leat_ddl_accept_pair(parser, "DROP", "DEFAULT"))
        return;
    leat_ddl_expect(parser, "SET");
    if (leat_ddl_accept(parser, "DEFAULT")) {
        item->initial = leat_ddl_read_default(parser);
        return;
    }
    item->kind = LEAT_DDL_SET_VISIBLE;
    item->visible = leat_ddl_accept(parser, "VISIBLE");
    if (!item->visible)
        leat_ddl_expect(parser, "INVISIBLE");
}

/* Of an index nothing is kept that may be altered; of a constraint neither. */
static void read_alter(leat_ddl_parser *parser, alteration *into)
{
    static const char *const others[] = {"INDEX", "KEY", "CHECK", "CONSTRAINT", NULL};
    static const char *const states[] = {"VISIBLE", "INVISIBLE", "IGNORED", "ENFORCED", NULL};
    if (!leat_ddl_accept_any(parser, others)) {
        read_altered_column(parser, into);
        return;
    }
    (void)leat_ddl_accept_if_exists(parser);
    (void)leat_ddl_name(parser);
    (void)leat_ddl_accept(parser, "NOT");
    if (!leat_ddl_accept_any(parser, states))
        leat_ddl_trouble(parser, "what it alters in an index is not known");
}

/* EXCHANGE PARTITION p WITH TABLE other */
static void read_exchange(leat_ddl_parser *parser, alteration *into)
{
    leat_ddl_expect(parser, "PARTITION");
    (void)leat_ddl_name(parser);
    leat_ddl_expect(parser, "WITH");
    leat_ddl_expect(parser, "TABLE");
    note_rows(parser, into->table);
    note_rows(parser, leat_ddl_table(parser));
    leat_ddl_skip_rest(parser);
}

/* MariaDB's CONVERT PARTITION p TO TABLE other makes a table of a partition, its rows included. */
static void read_partition_to_table(leat_ddl_parser *parser, alteration *into)
{
    (void)leat_ddl_name(parser);
    leat_ddl_expect(parser, "TO");
    leat_ddl_expect(parser, "TABLE");
    leat_mysql_table_name other = leat_ddl_table(parser);
    leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_LIKE, other)->other = into->table;
    note_rows(parser, into->table);
    note_rows(parser, other);
    leat_ddl_skip_rest(parser);
}

/* And CONVERT TABLE other TO PARTITION p … the other way. */
static void read_table_to_partition(leat_ddl_parser *parser, alteration *into)
{
    leat_mysql_table_name other = leat_ddl_table(parser);
    note_rows(parser, into->table);
    (void)leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_DROP, other);
    leat_ddl_skip_rest(parser);
}

static void read_convert(leat_ddl_parser *parser, alteration *into)
{
    if (leat_ddl_accept(parser, "PARTITION")) {
        read_partition_to_table(parser, into);
        return;
    }
    if (leat_ddl_accept(parser, "TABLE")) {
        read_table_to_partition(parser, into);
        return;
    }
    leat_ddl_charset *charset = leat_arena_allocate(parser->arena, sizeof *charset);
    leat_ddl_expect(parser, "TO");
    if (!leat_ddl_accept_charset(parser))
        leat_ddl_trouble(parser, "what it converts to is not known");
    charset->fallback = leat_ddl_accept(parser, "DEFAULT");
    charset->charset = charset->fallback ? NULL : leat_ddl_read_charset_name(parser);
    if (leat_ddl_accept(parser, "COLLATE"))
        charset->collation = leat_ddl_read_charset_name(parser);
    into->change->convert = charset;
}

/* DISCARD or IMPORT [PARTITION …] TABLESPACE: other rows, and no events. */
static void read_tablespace(leat_ddl_parser *parser, alteration *into)
{
    note_rows(parser, into->table);
    leat_ddl_skip_rest(parser);
}

static void skip_value(leat_ddl_parser *parser, alteration *into)
{
    (void)into;
    (void)leat_ddl_accept_symbol(parser, '=');
    leat_ddl_advance(parser);
}

static void skip_word(leat_ddl_parser *parser, alteration *into)
{
    (void)into;
    leat_ddl_advance(parser);
}

static void skip_all(leat_ddl_parser *parser, alteration *into)
{
    (void)into;
    leat_ddl_skip_rest(parser);
}

static void skip_nothing(leat_ddl_parser *parser, alteration *into)
{
    (void)parser;
    (void)into;
}

/* A part's first word, or first two, consumed, and who reads on. */
static const struct {
    const char *word;
    const char *second; /* NULL: none */
    void (*read)(leat_ddl_parser *parser, alteration *into);
} parts[] = {
    {"ADD", NULL, read_add},
    {"DROP", NULL, read_drop},
    {"CHANGE", NULL, read_change},
    {"MODIFY", NULL, read_modify},
    {"ALTER", NULL, read_alter},
    {"RENAME", NULL, read_rename},
    {"CONVERT", NULL, read_convert},
    {"EXCHANGE", NULL, read_exchange},
    {"TRUNCATE", "PARTITION", read_lost_partitions},
    {"DISCARD", NULL, read_tablespace},
    {"IMPORT", NULL, read_tablespace},
    {"ALGORITHM", NULL, skip_value},
    {"LOCK", NULL, skip_value},
    {"ENABLE", "KEYS", skip_nothing},
    {"DISABLE", "KEYS", skip_nothing},
    {"WITH", "VALIDATION", skip_nothing},
    {"WITHOUT", "VALIDATION", skip_nothing},
    {"FORCE", NULL, skip_nothing},
    {"NOWAIT", NULL, skip_nothing},
    {"WAIT", NULL, skip_word},
    {"SECONDARY_LOAD", NULL, skip_all},
    {"SECONDARY_UNLOAD", NULL, skip_all},
    {"ORDER", "BY", skip_all},
    {"PARTITION", "BY", skip_all},
    {"REMOVE", "PARTITIONING", skip_nothing},
    {"UPGRADE", "PARTITIONING", skip_nothing},
    {"REORGANIZE", "PARTITION", skip_all},
    {"COALESCE", "PARTITION", skip_all},
    {"REBUILD", "PARTITION", skip_all},
    {"OPTIMIZE", "PARTITION", skip_all},
    {"ANALYZE", "PARTITION", skip_all},
    {"CHECK", "PARTITION", skip_all},
    {"REPAIR", "PARTITION", skip_all},
};

static bool read_part(leat_ddl_parser *parser, alteration *into)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        bool here = parts[i].second == NULL ? leat_ddl_accept(parser, parts[i].word)
                                            : leat_ddl_accept_pair(parser, parts[i].word, parts[i].second);
        if (here) {
            parts[i].read(parser, into);
            return true;
        }
    }
    return leat_ddl_read_option(parser, into->change);
}

static bool says_something(const leat_mysql_change *change)
{
    return change->items.count > 0 || change->convert != NULL || change->engine != NULL ||
           change->comment != NULL || change->charset.charset != NULL || change->charset.collation != NULL ||
           change->charset.fallback || change->versioning != LEAT_DDL_VERSIONING_UNSAID;
}

static void read_parts(leat_ddl_parser *parser, alteration *into)
{
    do
        while (read_part(parser, into))
            continue;
    while (leat_ddl_accept_symbol(parser, ','));
}

void leat_ddl_read_alter_table(leat_ddl_parser *parser)
{
    parser->statement->kind = LEAT_MYSQL_ALTER_TABLE;
    bool if_exists = leat_ddl_accept_if_exists(parser);
    alteration into = {.table = leat_ddl_table(parser), .change = leat_ddl_change(parser)};
    read_parts(parser, &into);
    if (says_something(into.change)) {
        leat_mysql_effect *effect = leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_CHANGE, into.table);
        effect->change = into.change;
        effect->if_exists = if_exists;
    }
    if (into.renamed != NULL) {
        leat_mysql_effect *effect = leat_ddl_effect(parser, LEAT_MYSQL_EFFECT_RENAME, into.table);
        effect->other = *into.renamed;
        effect->if_exists = if_exists;
    }
}
