/* The catalog's statements over a scripted server: rows as MariaDB 10.11 and MySQL 9.7 gave them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_mysql.h"
#include "mysql/catalog/catalog.h"

#define TABLE   "SELECT table_type"
#define COLUMNS "SELECT column_name"
#define INDEXES "SELECT index_name"
#define LIST    "SELECT table_schema"

#define INT_COLUMN(name, null) name "\tint\tint\t" null "\t\\N\t\\N\t\t\t\n"

static bool never(void *context)
{
    (void)context;
    return false;
}

typedef struct stage {
    fake_mysql server;
    char url[64];
    leat_source_options options;
    leat_mysql_session *session;
    leat_mysql_collations *collations;
} stage;

static void begin(stage *on, const char *version, const fake_mysql_answer *answers)
{
    leat_error error;
    *on = (stage){.server = {.version = version, .answers = answers}};
    fake_mysql_start(&on->server);
    bool mariadb = strstr(version, "MariaDB") != NULL;
    snprintf(on->url, sizeof on->url, "mysql://leat@127.0.0.1:%u/?tls=off", on->server.port);
    on->options = (leat_source_options){.pipeline = "shop",
                                        .type = mariadb ? "mariadb" : "mysql",
                                        .url = on->url,
                                        .connect_timeout = 5000000,
                                        .stop.requested = never};
    on->collations = leat_mysql_collations_usual();
    assert_int_equal(leat_mysql_session_open(&on->options, &on->session, &error), LEAT_OK);
}

static void end(stage *on)
{
    leat_mysql_session_close(on->session);
    leat_mysql_collations_free(on->collations);
    fake_mysql_stop(&on->server);
    fake_mysql_free(&on->server);
}

static leat_status read_definition(stage *on, leat_mysql_definition **definition, leat_error *error)
{
    return leat_mysql_catalog_definition(on->session, on->collations, "sh'op", "t", definition, error);
}

static void definition_with_its_unique_indexes(void **state)
{
    (void)state;
    static const fake_mysql_answer answers[] = {
        {TABLE, 0, "BASE TABLE\tInnoDB\tutf8mb4_general_ci\tit's"},
        {COLUMNS, 0, INT_COLUMN("a", "NO") INT_COLUMN("b", "YES") INT_COLUMN("c", "NO")},
        {INDEXES, 0, "PRIMARY\tc\nPRIMARY\ta\nexpr\t\\N\nmixed\ta\nmixed\t\\N\nmixed\tb\nplain\tb\n"},
        {NULL, 0, NULL},
    };
    stage on;
    leat_error error;
    leat_mysql_definition *definition = NULL;
    begin(&on, "9.7.4", answers);
    assert_int_equal(read_definition(&on, &definition, &error), LEAT_OK);
    assert_int_equal(definition->kind, LEAT_MYSQL_BASE_TABLE);
    assert_string_equal(definition->database, "sh'op");
    assert_string_equal(definition->comment, "it's");
    assert_int_equal(definition->column_count, 3);
    assert_int_equal(definition->index_count, 4);
    assert_string_equal(definition->indexes[0].columns[0], "c");
    assert_string_equal(definition->indexes[0].columns[1], "a");
    assert_int_equal(definition->indexes[1].column_count, 0);
    assert_true(definition->indexes[1].expression);
    assert_int_equal(definition->indexes[2].column_count, 2);
    assert_string_equal(definition->indexes[2].columns[1], "b");
    assert_true(definition->indexes[2].expression);
    assert_false(definition->indexes[3].expression);
    leat_mysql_definition_free(definition);
    end(&on);
}

static void names_are_quoted_as_literals(void **state)
{
    (void)state;
    static const fake_mysql_answer answers[] = {{TABLE, 0, ""}, {NULL, 0, NULL}};
    stage on;
    leat_error error;
    leat_mysql_definition *definition = NULL;
    begin(&on, "10.11.19-MariaDB", answers);
    assert_int_equal(read_definition(&on, &definition, &error), LEAT_OK);
    assert_null(definition);
    leat_mysql_session_close(on.session);
    on.session = NULL;
    fake_mysql_stop(&on.server);
    assert_non_null(
        strstr(leat_buffer_string(&on.server.heard), "WHERE table_schema = 'sh''op' AND table_name = 't'"));
    fake_mysql_free(&on.server);
    leat_mysql_collations_free(on.collations);
}

static void versioned_table_that_names_its_end(void **state)
{
    (void)state;
    static const fake_mysql_answer answers[] = {
        {TABLE, 0, "SYSTEM VERSIONED\tInnoDB\tlatin1_swedish_ci\t"},
        {COLUMNS, 0,
         INT_COLUMN("a",
                    "NO") "rs\tbigint\tbigint(20) unsigned\tNO\t\\N\t\\N\tSTORED GENERATED\t\tROW START\n"
                          "re\tbigint\tbigint(20) unsigned\tNO\t\\N\t\\N\tSTORED GENERATED\t\tROW END\n"},
        {INDEXES, 0, "PRIMARY\ta\nPRIMARY\tre\n"},
        {NULL, 0, NULL},
    };
    stage on;
    leat_error error;
    leat_mysql_definition *definition = NULL;
    begin(&on, "10.11.19-MariaDB", answers);
    assert_int_equal(read_definition(&on, &definition, &error), LEAT_OK);
    assert_int_equal(definition->kind, LEAT_MYSQL_VERSIONED_TABLE);
    assert_string_equal(definition->row_end, "re");
    assert_int_equal(definition->column_count, 3);
    leat_mysql_definition_free(definition);
    end(&on);
}

static void versioned_table_that_names_none(void **state)
{
    (void)state;
    static const fake_mysql_answer answers[] = {
        {TABLE, 0, "SYSTEM VERSIONED\tInnoDB\tlatin1_swedish_ci\t"},
        {COLUMNS, 0, INT_COLUMN("a", "NO")},
        {INDEXES, 0, "PRIMARY\ta\n"},
        {NULL, 0, NULL},
    };
    stage on;
    leat_error error;
    leat_mysql_definition *definition = NULL;
    begin(&on, "10.11.19-MariaDB", answers);
    assert_int_equal(read_definition(&on, &definition, &error), LEAT_OK);
    assert_int_equal(definition->column_count, 3);
    assert_string_equal(definition->row_end, "row_end");
    leat_mysql_definition_free(definition);
    end(&on);
}

static void columns_and_indexes_of_two_moments_are_not_taken(void **state)
{
    (void)state;
    static const fake_mysql_answer answers[] = {
        {TABLE, 0, "BASE TABLE\tInnoDB\tutf8mb4_general_ci\t"},
        {COLUMNS, 0, INT_COLUMN("a", "NO")},
        {INDEXES, 0, "PRIMARY\tdropped\n"},
        {NULL, 0, NULL},
    };
    stage on;
    leat_error error;
    leat_mysql_definition *definition = NULL;
    begin(&on, "9.7.4", answers);
    assert_int_equal(read_definition(&on, &definition, &error), LEAT_RETRY);
    assert_null(definition);
    assert_non_null(strstr(error.message, "sh'op.t"));
    end(&on);
}

static void refusal_names_the_table(void **state)
{
    (void)state;
    static const fake_mysql_answer answers[] = {
        {TABLE, 0, "BASE TABLE\tInnoDB\tutf8mb4_general_ci\t"},
        {COLUMNS, 1227, "Access denied; you need (at least one of) the X privilege(s) for this operation"},
        {NULL, 0, NULL},
    };
    stage on;
    leat_error error;
    leat_mysql_definition *definition = NULL;
    begin(&on, "9.7.4", answers);
    assert_int_equal(read_definition(&on, &definition, &error), LEAT_OPERATOR);
    assert_null(definition);
    assert_non_null(strstr(error.message, "sh'op.t"));
    end(&on);
}

/* ---- The list ---- */

static const fake_mysql_answer list_answers[] = {
    {LIST, 0,
     "shop\tz\tBASE TABLE\tInnoDB\t5\t16384\n"
     "mysql\tuser\tVIEW\t\\N\t\\N\t\\N\n"
     "shop\tB\tBASE TABLE\tMyISAM\t\\N\t\\N\n"
     "a.b\tc\tSYSTEM VERSIONED\tInnoDB\t0\t0\n"
     "shop\tv\tVIEW\t\\N\t\\N\t\\N\n"},
    {NULL, 0, NULL},
};

static void list_is_in_order_of_bytes(void **state)
{
    (void)state;
    static const char *const names[] = {"\"a.b\".c", "shop.B", "shop.v", "shop.z"};
    stage on;
    leat_error error;
    leat_mysql_table_list list = {0};
    begin(&on, "10.11.19-MariaDB", list_answers);
    assert_int_equal(leat_mysql_catalog_list(on.session, NULL, 0, &list, &error), LEAT_OK);
    assert_int_equal(list.count, 4);
    for (size_t i = 0; i < list.count; i++)
        assert_string_equal(list.items[i].full_name, names[i]);
    assert_int_equal(list.items[0].kind, LEAT_MYSQL_VERSIONED_TABLE);
    assert_false(list.items[1].transactional);
    assert_int_equal(list.items[1].row_estimate, -1);
    assert_true(list.items[3].transactional);
    assert_int_equal(list.items[3].row_estimate, 5);
    assert_int_equal(list.items[3].bytes, 16384);
    leat_mysql_table_list_free(&list);
    end(&on);
}

static void views_are_not_discovered(void **state)
{
    (void)state;
    static const char *const patterns[] = {"shop.*"};
    stage on;
    leat_error error;
    leat_discovery discovery = {0};
    begin(&on, "9.7.4", list_answers);
    leat_mysql_session_close(on.session);
    on.session = NULL;
    on.options.tables = patterns;
    on.options.table_count = 1;
    assert_int_equal(leat_mysql_discover(&on.options, &discovery, &error), LEAT_OK);
    assert_int_equal(discovery.count, 2);
    assert_string_equal(discovery.tables[0].name, "shop.B");
    assert_string_equal(discovery.tables[1].name, "shop.z");
    leat_arena_free(&discovery.arena);
    end(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(definition_with_its_unique_indexes),
        cmocka_unit_test(names_are_quoted_as_literals),
        cmocka_unit_test(versioned_table_that_names_its_end),
        cmocka_unit_test(versioned_table_that_names_none),
        cmocka_unit_test(columns_and_indexes_of_two_moments_are_not_taken),
        cmocka_unit_test(refusal_names_the_table),
        cmocka_unit_test(list_is_in_order_of_bytes),
        cmocka_unit_test(views_are_not_discovered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
