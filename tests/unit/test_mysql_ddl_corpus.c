/* The DDL reader beside two servers: mysql_ddl_recorded_*.txt hold the statements that were in their logs and
 * what their information_schema said after each; reading and applying the same statements must say the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

#include "base/memory.h"
#include "mysql/charset/collations_build.h"
#include "mysql/ddl/ddl.h"
#include "mysql/definition/column_type.h"

enum { MOST_TABLES = 64, MOST_FIELDS = 64, MOST_DATABASES = 8 };

typedef struct database {
    char *name;
    char *collation;
} database;

/* What is known while a recording is replayed. */
typedef struct replay {
    leat_mysql_collations *collations;
    bool mariadb;
    unsigned version;
    database databases[MOST_DATABASES];
    size_t database_count;
    leat_mysql_definition *tables[MOST_TABLES]; /* NULL: a free place */
    bool forgotten[MOST_TABLES];                /* the text did not tell */
    leat_mysql_definition *expected;            /* being read from the recording; NULL for none */
    leat_arena arena;
    char *statement; /* the last one, for messages */
    size_t statements;
    size_t failures;
} replay;

/* A line's fields, between tabs; \n, \t, \r and \\ undone. */
typedef struct fields {
    char *text[MOST_FIELDS];
    size_t count;
} fields;

static char unescape(char letter)
{
    switch (letter) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    default:
        return letter;
    }
}

static fields split(char *line)
{
    fields found = {.text = {line}, .count = 1};
    char *to = line;
    for (char *from = line; *from != '\0' && *from != '\n'; from++) {
        if (*from == '\t') {
            *to++ = '\0';
            assert_true(found.count < MOST_FIELDS);
            found.text[found.count++] = to;
        } else {
            *to++ = *from == '\\' ? unescape(*++from) : *from;
        }
    }
    *to = '\0';
    return found;
}

/* "-" is nothing; "=text" a text that may be empty. */
static const char *optional(const char *field)
{
    return *field == '=' ? field + 1 : strcmp(field, "-") == 0 ? NULL : field;
}

static const char *collation_of(const replay *on, const char *name)
{
    for (size_t i = 0; i < on->database_count; i++)
        if (strcmp(on->databases[i].name, name) == 0)
            return on->databases[i].collation;
    return NULL;
}

static void set_collation(replay *on, const char *name, const char *collation)
{
    size_t i = 0;
    while (i < on->database_count && strcmp(on->databases[i].name, name) != 0)
        i++;
    assert_true(i < MOST_DATABASES);
    if (i == on->database_count)
        on->databases[on->database_count++].name = leat_duplicate_string(name);
    leat_release(on->databases[i].collation);
    on->databases[i].collation = leat_duplicate_string(collation);
}

/* ---- The tables as the statements leave them ---- */

static size_t find_table(const replay *on, const char *base, const char *name)
{
    for (size_t i = 0; i < MOST_TABLES; i++)
        if (on->tables[i] != NULL && strcmp(on->tables[i]->database, base) == 0 &&
            strcmp(on->tables[i]->name, name) == 0)
            return i;
    return MOST_TABLES;
}

static void drop_table(replay *on, const char *base, const char *name)
{
    size_t place = find_table(on, base, name);
    if (place == MOST_TABLES)
        return;
    leat_mysql_definition_free(on->tables[place]);
    on->tables[place] = NULL;
}

static void drop_database(replay *on, const char *base)
{
    for (size_t i = 0; i < MOST_TABLES; i++)
        if (on->tables[i] != NULL && (base == NULL || strcmp(on->tables[i]->database, base) == 0)) {
            leat_mysql_definition_free(on->tables[i]);
            on->tables[i] = NULL;
        }
}

static size_t put_table(replay *on, leat_mysql_definition *definition)
{
    size_t place = 0;
    drop_table(on, definition->database, definition->name);
    while (place < MOST_TABLES && on->tables[place] != NULL)
        place++;
    assert_true(place < MOST_TABLES);
    on->tables[place] = definition;
    on->forgotten[place] = false;
    return place;
}

static void complain(replay *on, const char *what, const char *ours, const char *theirs)
{
    on->failures++;
    print_error("%s\n    %s\n  ours:   %s\n  theirs: %s\n", on->statement, what, ours, theirs);
}

static void apply_change(replay *on, const leat_mysql_effect *effect, leat_mysql_definition *definition)
{
    leat_buffer reason = {0};
    if (!leat_mysql_change_apply(effect->change, on->collations, collation_of(on, effect->table.database),
                                 on->mariadb, definition, &reason))
        complain(on, "cannot be applied", leat_buffer_string(&reason), "");
    leat_buffer_free(&reason);
}

/* A copy of `definition` under another name. */
static void put_copy(replay *on, const leat_mysql_definition *definition, leat_mysql_table_name name,
                     bool forgotten)
{
    leat_mysql_definition *copy = leat_mysql_definition_copy(definition);
    copy->database = leat_arena_string(&copy->arena, name.database);
    copy->name = leat_arena_string(&copy->arena, name.name);
    on->forgotten[put_table(on, copy)] = forgotten;
}

static void create_table(replay *on, const leat_mysql_effect *effect)
{
    size_t model = MOST_TABLES;
    if (effect->if_exists && find_table(on, effect->table.database, effect->table.name) < MOST_TABLES)
        return;
    leat_mysql_definition *definition = leat_mysql_definition_new(effect->table.database, effect->table.name);
    switch ((int)effect->kind) {
    case LEAT_MYSQL_EFFECT_LIKE:
        leat_mysql_definition_free(definition);
        model = find_table(on, effect->other.database, effect->other.name);
        assert_true(model < MOST_TABLES);
        put_copy(on, on->tables[model], effect->table, on->forgotten[model]);
        break;
    case LEAT_MYSQL_EFFECT_FORGET:
        on->forgotten[put_table(on, definition)] = true;
        break;
    default:
        (void)put_table(on, definition);
        apply_change(on, effect, definition);
        break;
    }
}

static void rename_table(replay *on, const leat_mysql_effect *effect)
{
    size_t place = find_table(on, effect->table.database, effect->table.name);
    if (place == MOST_TABLES) {
        complain(on, "renames what is not there", effect->table.name, "");
        return;
    }
    leat_mysql_definition *definition = on->tables[place];
    definition->database = leat_arena_string(&definition->arena, effect->other.database);
    definition->name = leat_arena_string(&definition->arena, effect->other.name);
}

static void change_table(replay *on, const leat_mysql_effect *effect)
{
    size_t place = find_table(on, effect->table.database, effect->table.name);
    if (place < MOST_TABLES && !on->forgotten[place])
        apply_change(on, effect, on->tables[place]);
    else if (place == MOST_TABLES && !effect->if_exists)
        complain(on, "changes what is not there", effect->table.name, "");
}

static void follow(replay *on, const leat_mysql_effect *effect)
{
    if (effect->temporary)
        return;
    switch (effect->kind) {
    case LEAT_MYSQL_EFFECT_DEFINE:
    case LEAT_MYSQL_EFFECT_LIKE:
    case LEAT_MYSQL_EFFECT_FORGET:
        create_table(on, effect);
        break;
    case LEAT_MYSQL_EFFECT_CHANGE:
        change_table(on, effect);
        break;
    case LEAT_MYSQL_EFFECT_DROP:
        drop_table(on, effect->table.database, effect->table.name);
        break;
    case LEAT_MYSQL_EFFECT_RENAME:
        rename_table(on, effect);
        break;
    case LEAT_MYSQL_EFFECT_DROP_DATABASE:
        drop_database(on, effect->table.database);
        break;
    case LEAT_MYSQL_EFFECT_TRUNCATE:
    case LEAT_MYSQL_EFFECT_TRUNCATE_PARTITION:
        break;
    }
}

static void run_statement(replay *on, const fields *line)
{
    leat_mysql_ddl_context context = {
        .database = strcmp(line->text[1], "-") == 0 ? "" : line->text[1],
        .sql_mode = strtoull(line->text[2], NULL, 16),
        .mariadb = on->mariadb,
        .version = on->version,
        .explicit_timestamps = strcmp(line->text[3], "on") == 0    ? LEAT_MYSQL_SETTING_ON
                               : strcmp(line->text[3], "off") == 0 ? LEAT_MYSQL_SETTING_OFF
                                                                   : LEAT_MYSQL_SETTING_UNSAID,
    };
    leat_mysql_statement statement;
    leat_release(on->statement);
    on->statement = leat_duplicate_string(line->text[4]);
    on->statements++;
    leat_mysql_ddl_read(leat_slice_of_string(on->statement), &context, &on->arena, &statement);
    if (statement.kind == LEAT_MYSQL_UNREADABLE)
        complain(on, "cannot be read", statement.reason, "");
    for (size_t i = 0; i < statement.effect_count; i++)
        follow(on, &statement.effects[i]);
    leat_arena_reset(&on->arena);
}

/* ---- The tables as the recording has them ---- */

static void begin_table(replay *on, const fields *line)
{
    leat_mysql_definition *table = leat_mysql_definition_new(line->text[1], line->text[2]);
    enum { MOST_COLUMNS = 64, MOST_INDEXES = 16 };
    table->columns = leat_arena_allocate_array(&table->arena, MOST_COLUMNS, sizeof *table->columns);
    table->indexes = leat_arena_allocate_array(&table->arena, MOST_INDEXES, sizeof *table->indexes);
    table->kind = *line->text[3] == 'v'   ? LEAT_MYSQL_VERSIONED_TABLE
                  : *line->text[3] == 's' ? LEAT_MYSQL_SEQUENCE
                                          : LEAT_MYSQL_BASE_TABLE;
    table->collation = leat_arena_string(&table->arena, line->text[4]);
    table->engine = leat_arena_string(&table->arena, optional(line->text[5]));
    table->comment = leat_arena_string(&table->arena, optional(line->text[6]));
    on->expected = table;
}

static void add_column(replay *on, const fields *line)
{
    leat_mysql_definition *table = on->expected;
    leat_mysql_column *column = &table->columns[table->column_count++];
    *column = (leat_mysql_column){
        .name = leat_arena_string(&table->arena, line->text[1]),
        .nullable = strchr(line->text[3], 'n') != NULL,
        .invisible = strchr(line->text[3], 'i') != NULL,
        .generated = strchr(line->text[3], 'g') != NULL,
        .collation = leat_arena_string(&table->arena, optional(line->text[4])),
        .default_text = leat_arena_string(&table->arena, optional(line->text[5])),
        .comment = leat_arena_string(&table->arena, optional(line->text[6])),
    };
    assert_true(leat_mysql_column_type_read(line->text[2], on->collations, &table->arena, column));
}

static void add_index(const replay *on, const fields *line)
{
    leat_mysql_definition *table = on->expected;
    leat_mysql_index *index = &table->indexes[table->index_count++];
    const char **names = leat_arena_allocate_array(&table->arena, line->count, sizeof *names);
    for (size_t i = 3; i < line->count; i++)
        names[i - 3] = leat_arena_string(&table->arena, line->text[i]);
    *index = (leat_mysql_index){.name = leat_arena_string(&table->arena, line->text[1]),
                                .columns = names,
                                .column_count = line->count - 3,
                                .expression = *line->text[2] == 'e'};
}

static void describe_column(const leat_mysql_column *column, leat_buffer *text)
{
    leat_buffer_printf(text, "%s %s layout %d,%u,%u,%u%s%s%s%s collate %s comment %s", column->name,
                       column->type_text, (int)column->layout.type, column->layout.length,
                       column->layout.precision, column->layout.scale, column->is_unsigned ? " unsigned" : "",
                       column->nullable ? " null" : "", column->invisible ? " invisible" : "",
                       column->generated ? " generated" : "", column->collation ? column->collation : "-",
                       column->comment ? column->comment : "-");
}

static void describe_index(const leat_mysql_index *index, leat_buffer *text)
{
    leat_buffer_printf(text, "index %s%s (", index->name, index->expression ? " expression" : "");
    for (size_t i = 0; i < index->column_count; i++)
        leat_buffer_printf(text, "%s,", index->columns[i]);
    leat_buffer_append_string(text, ")");
}

static void describe_table(const leat_mysql_definition *table, bool with_engine, leat_buffer *text)
{
    leat_buffer_printf(text, "%s.%s kind %d collate %s engine %s comment %s", table->database, table->name,
                       (int)table->kind, table->collation ? table->collation : "-",
                       with_engine && table->engine ? table->engine : "-",
                       table->comment ? table->comment : "-");
}

static void compare_texts(replay *on, leat_buffer *ours, leat_buffer *theirs)
{
    if (!leat_slice_equal(leat_buffer_slice(ours), leat_buffer_slice(theirs)))
        complain(on, "differs", leat_buffer_string(ours), leat_buffer_string(theirs));
    leat_buffer_reset(ours);
    leat_buffer_reset(theirs);
}

/* A default that is not plain is not told; one that is told is right. */
static void compare_defaults(replay *on, const leat_mysql_column *ours, const leat_mysql_column *theirs)
{
    if (ours->default_text != NULL &&
        (theirs->default_text == NULL || strcmp(ours->default_text, theirs->default_text) != 0))
        complain(on, ours->name, ours->default_text, theirs->default_text ? theirs->default_text : "-");
}

static void compare_columns(replay *on, const leat_mysql_definition *ours, leat_buffer *left,
                            leat_buffer *right)
{
    const leat_mysql_definition *theirs = on->expected;
    for (size_t i = 0; i < ours->column_count || i < theirs->column_count; i++) {
        if (i < ours->column_count)
            describe_column(&ours->columns[i], left);
        if (i < theirs->column_count)
            describe_column(&theirs->columns[i], right);
        compare_texts(on, left, right);
        if (i < ours->column_count && i < theirs->column_count)
            compare_defaults(on, &ours->columns[i], &theirs->columns[i]);
    }
}

static void compare_indexes(replay *on, const leat_mysql_definition *ours, leat_buffer *left,
                            leat_buffer *right)
{
    const leat_mysql_definition *theirs = on->expected;
    for (size_t i = 0; i < ours->index_count || i < theirs->index_count; i++) {
        if (i < ours->index_count)
            describe_index(&ours->indexes[i], left);
        if (i < theirs->index_count)
            describe_index(&theirs->indexes[i], right);
        compare_texts(on, left, right);
    }
}

static void compare(replay *on, const leat_mysql_definition *ours)
{
    leat_buffer left = {0};
    leat_buffer right = {0};
    describe_table(ours, ours->engine != NULL, &left);
    describe_table(on->expected, ours->engine != NULL, &right);
    compare_texts(on, &left, &right);
    compare_columns(on, ours, &left, &right);
    compare_indexes(on, ours, &left, &right);
    leat_buffer_free(&left);
    leat_buffer_free(&right);
}

/* Called where the recording's description of a table ends. What the text did not tell is learnt. */
static void end_table(replay *on)
{
    leat_mysql_definition *expected = on->expected;
    if (expected == NULL)
        return;
    size_t place = find_table(on, expected->database, expected->name);
    if (place == MOST_TABLES)
        complain(on, "is not known", "", expected->name);
    else if (!on->forgotten[place])
        compare(on, on->tables[place]);
    if (place == MOST_TABLES || on->forgotten[place])
        (void)put_table(on, expected);
    else
        leat_mysql_definition_free(expected);
    on->expected = NULL;
}

/* ---- Recordings ---- */

static void run_table_line(replay *on, const fields *line)
{
    const char *what = line->text[0];
    if (strcmp(what, "column") == 0) {
        add_column(on, line);
        return;
    }
    if (strcmp(what, "index") == 0) {
        add_index(on, line);
        return;
    }
    end_table(on);
    if (strcmp(what, "table") == 0)
        begin_table(on, line);
    else if (strcmp(what, "gone") == 0 && find_table(on, line->text[1], line->text[2]) < MOST_TABLES)
        complain(on, "is still there", line->text[2], "");
}

static void run_line(replay *on, char *text)
{
    fields line = split(text);
    const char *what = line.text[0];
    run_table_line(on, &line);
    if (strcmp(what, "statement") == 0) {
        run_statement(on, &line);
    } else if (strcmp(what, "case") == 0) {
        drop_database(on, NULL);
    } else if (strcmp(what, "database") == 0) {
        set_collation(on, line.text[1], line.text[2]);
    } else if (strcmp(what, "server") == 0) {
        on->mariadb = strcmp(line.text[1], "mariadb") == 0;
        on->version = (unsigned)strtoul(line.text[2], NULL, 10);
    } else if (strcmp(what, "collation") == 0) {
        (void)leat_mysql_collations_add_charset(on->collations, line.text[3],
                                                (unsigned)strtoul(line.text[4], NULL, 10));
        (void)leat_mysql_collations_add(on->collations, (unsigned)strtoul(line.text[1], NULL, 10),
                                        line.text[2], line.text[3], strcmp(line.text[5], "default") == 0);
    }
}

static void end(replay *on)
{
    end_table(on);
    drop_database(on, NULL);
    for (size_t i = 0; i < on->database_count; i++) {
        leat_release(on->databases[i].name);
        leat_release(on->databases[i].collation);
    }
    leat_release(on->statement);
    leat_arena_free(&on->arena);
    leat_mysql_collations_free(on->collations);
}

static void play(const char *path, size_t least_statements)
{
    enum { LONGEST_LINE = 8192 };
    replay on = {.collations = leat_mysql_collations_new()};
    char *line = leat_allocate(LONGEST_LINE);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, LONGEST_LINE, file) != NULL)
        run_line(&on, line);
    fclose(file);
    leat_release(line);
    end(&on);
    assert_true(on.statements >= least_statements);
    assert_int_equal(on.failures, 0);
}

static void mariadb_10_11(void **state)
{
    (void)state;
    play(LEAT_SOURCE_DIRECTORY "/tests/unit/mysql_ddl_recorded_mariadb_10_11.txt", 200);
}

static void mariadb_11_8(void **state)
{
    (void)state;
    play(LEAT_SOURCE_DIRECTORY "/tests/unit/mysql_ddl_recorded_mariadb_11_8.txt", 200);
}

static void mysql_9_7(void **state)
{
    (void)state;
    play(LEAT_SOURCE_DIRECTORY "/tests/unit/mysql_ddl_recorded_mysql_9_7.txt", 170);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mariadb_10_11),
        cmocka_unit_test(mariadb_11_8),
        cmocka_unit_test(mysql_9_7),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
