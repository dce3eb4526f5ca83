/* The DDL reader: the first byte picks server and sql_mode, the rest is statements with ";;" between them,
 * which are read and applied to one table, one after the other. */
#include <stdlib.h>

#include "base/utf8.h"
#include "mysql/charset/collations.h"
#include "mysql/ddl/ddl.h"

/* Stops the run: what the fuzzer reports is the input that led here. */
static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_statement(const leat_mysql_statement *statement)
{
    require((statement->reason != NULL) == (statement->kind == LEAT_MYSQL_UNREADABLE));
    require(statement->kind != LEAT_MYSQL_ACCOUNT ||
            (statement->effect_count == 0 && statement->table_count == 0));
    for (size_t i = 0; i < statement->effect_count; i++) {
        const leat_mysql_effect *effect = &statement->effects[i];
        require(effect->table.database != NULL);
        require((effect->table.name == NULL) == (effect->kind == LEAT_MYSQL_EFFECT_DROP_DATABASE));
        require((effect->change != NULL) ==
                (effect->kind == LEAT_MYSQL_EFFECT_DEFINE || effect->kind == LEAT_MYSQL_EFFECT_CHANGE));
    }
    for (size_t i = 0; i < statement->table_count; i++)
        require(statement->tables[i].database != NULL && statement->tables[i].name != NULL);
}

/* What every definition holds, however it came to be. */
static void check_definition(const leat_mysql_definition *definition)
{
    require(definition->column_count > 0);
    for (size_t i = 0; i < definition->column_count; i++) {
        const leat_mysql_column *column = &definition->columns[i];
        require(column->name != NULL && column->type_text != NULL);
        require(leat_mysql_definition_column(definition, column->name) == column);
    }
    for (size_t i = 0; i < definition->index_count; i++)
        for (size_t j = 0; j < definition->indexes[i].column_count; j++)
            require(leat_mysql_definition_column(definition, definition->indexes[i].columns[j]) != NULL);
}

/* A definition that a change did not fit is not to be trusted: the next one begins anew. */
static leat_mysql_definition *apply(const leat_mysql_effect *effect, const leat_mysql_collations *collations,
                                    bool mariadb, leat_mysql_definition *definition)
{
    leat_buffer reason = {0};
    if (effect->kind == LEAT_MYSQL_EFFECT_DEFINE) {
        leat_mysql_definition_free(definition);
        definition = leat_mysql_definition_new("d", "t");
    }
    if (leat_mysql_change_apply(effect->change, collations, "latin1_swedish_ci", mariadb, definition,
                                &reason)) {
        require(reason.length == 0);
        check_definition(definition);
    } else {
        require(reason.length > 0);
        leat_mysql_definition_free(definition);
        definition = leat_mysql_definition_new("d", "t");
    }
    leat_buffer_free(&reason);
    return definition;
}

static leat_mysql_definition *run(leat_slice sql, const leat_mysql_ddl_context *context,
                                  const leat_mysql_collations *collations, leat_mysql_definition *definition)
{
    leat_arena arena = {0};
    leat_mysql_statement statement;
    leat_mysql_ddl_read(sql, context, &arena, &statement);
    check_statement(&statement);
    for (size_t i = 0; i < statement.effect_count; i++)
        if (statement.effects[i].change != NULL)
            definition = apply(&statement.effects[i], collations, context->mariadb, definition);
    leat_arena_free(&arena);
    return definition;
}

/* Length up to ";;". */
static size_t first_statement(leat_slice text)
{
    size_t length = 0;
    while (length < text.length &&
           !(text.data[length] == ';' && length + 1 < text.length && text.data[length + 1] == ';'))
        length++;
    return length;
}

static void run_all(leat_slice text, const leat_mysql_ddl_context *context)
{
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_mysql_definition *definition = leat_mysql_definition_new("d", "t");
    for (;;) {
        size_t length = first_statement(text);
        definition = run(leat_slice_of(text.data, length), context, collations, definition);
        if (length == text.length)
            break;
        text = leat_slice_of(text.data + length + 2, text.length - length - 2);
    }
    leat_mysql_definition_free(definition);
    leat_mysql_collations_free(collations);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned versions[] = {50744, 80045, 90704, 100600, 101119, 110806};
    static const uint64_t modes[] = {0, 0x4, 0x100000, 0x100004, 0x200, 0x1};
    if (size == 0 || !leat_utf8_valid(leat_slice_of(data, size)))
        return 0;
    const leat_mysql_ddl_context context = {
        .database = "d",
        .sql_mode = modes[data[0] % 6],
        .mariadb = data[0] / 6 % 6 >= 3,
        .version = versions[data[0] / 6 % 6],
        .explicit_timestamps = data[0] % 3,
    };
    run_all(leat_slice_of(data + 1, size - 1), &context);
    return 0;
}
