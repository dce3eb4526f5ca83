/* What a new table gets that names no charset: as recorded of MariaDB 10.11 and MySQL 9.7, the default of its
 * database, whatever the session's variables are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mysql_tracker_world.h"

#define TRY(call) assert_int_equal(call, LEAT_OK)

static const char *const EVERYTHING[] = {"*.*"};

static int begin(void **state)
{
    *state = world_open(true, EVERYTHING, 1);
    world_start(*state, 1);
    return 0;
}

static int end(void **state)
{
    world_close(*state);
    return 0;
}

/* The collation of the first column, as statements alone tell it; NULL when it cannot be told. */
static const char *collation_of(world *world, unsigned at, const char *database, const char *table)
{
    const leat_mysql_definition *definition = NULL;
    world->lookups = 0;
    TRY(leat_mysql_tracker_current(world->tracker, database, table, world_position(world, at), &definition,
                                   &world->error));
    if (world->lookups > 0)
        return NULL;
    assert_non_null(definition);
    return definition->columns[0].collation;
}

static void new_table_takes_what_the_catalog_says_of_its_database(void **state)
{
    world *world = *state;
    world->database_collation = "latin1_swedish_ci";
    TRY(world_apply(world, 2, "CREATE TABLE a (x TEXT)"));
    TRY(world_apply(world, 3, "CREATE TABLE b (x TEXT)"));
    assert_string_equal(collation_of(world, 4, "shop", "a"), "latin1_swedish_ci");
    assert_string_equal(collation_of(world, 4, "shop", "b"), "latin1_swedish_ci");
    assert_int_equal(world->database_lookups, 1);
}

static void table_that_names_its_charset_does_not_care(void **state)
{
    world *world = *state;
    world->database_collation = "latin1_swedish_ci";
    TRY(world_apply(world, 2, "CREATE TABLE a (x TEXT) DEFAULT CHARSET=ucs2"));
    assert_string_equal(collation_of(world, 3, "shop", "a"), "ucs2_general_ci");
}

static void altered_default_holds_for_new_tables_only(void **state)
{
    world *world = *state;
    world->database_collation = "latin1_swedish_ci";
    TRY(world_apply(world, 2, "CREATE TABLE a (x TEXT)"));
    TRY(world_apply(world, 3, "ALTER DATABASE shop CHARACTER SET ucs2"));
    TRY(world_apply(world, 4, "CREATE TABLE b (x TEXT)"));
    TRY(world_apply(world, 5, "ALTER DATABASE COLLATE latin1_bin"));
    TRY(world_apply(world, 6, "CREATE TABLE c (x TEXT)"));
    assert_string_equal(collation_of(world, 7, "shop", "a"), "latin1_swedish_ci");
    assert_string_equal(collation_of(world, 7, "shop", "b"), "ucs2_general_ci");
    assert_string_equal(collation_of(world, 7, "shop", "c"), "latin1_bin");
}

/* The catalog is asked of what has gone since, and cannot say. */
static void database_made_and_gone_behind_our_back(void **state)
{
    world *world = *state;
    world->database_collation = NULL;
    TRY(world_apply(world, 2, "CREATE DATABASE named CHARACTER SET ucs2"));
    TRY(world_apply(world, 3, "CREATE TABLE named.a (x TEXT)"));
    TRY(world_apply(world, 4, "CREATE DATABASE plain"));
    TRY(world_apply(world, 5, "CREATE TABLE plain.a (x TEXT)"));
    TRY(world_apply(world, 6, "CREATE DATABASE IF NOT EXISTS perhaps"));
    TRY(world_apply(world, 7, "CREATE TABLE perhaps.a (x TEXT)"));
    assert_string_equal(collation_of(world, 8, "named", "a"), "ucs2_general_ci");
    assert_string_equal(collation_of(world, 8, "plain", "a"), "utf8mb4_general_ci");
    assert_null(collation_of(world, 8, "perhaps", "a"));
}

static void database_dropped_and_made_anew_has_a_new_default(void **state)
{
    world *world = *state;
    world->database_collation = "latin1_swedish_ci";
    TRY(world_apply(world, 2, "CREATE TABLE a (x TEXT)"));
    TRY(world_apply(world, 3, "DROP DATABASE shop"));
    TRY(world_apply(world, 4, "CREATE DATABASE shop CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin"));
    TRY(world_apply(world, 5, "CREATE TABLE a (x TEXT)"));
    assert_string_equal(collation_of(world, 6, "shop", "a"), "utf8mb4_bin");
}

static void converting_to_the_default_asks_too(void **state)
{
    world *world = *state;
    world->database_collation = "latin1_swedish_ci";
    TRY(world_apply(world, 2, "CREATE TABLE a (x TEXT) CHARSET ucs2"));
    TRY(world_apply(world, 3, "ALTER TABLE a CONVERT TO CHARACTER SET DEFAULT"));
    assert_string_equal(collation_of(world, 4, "shop", "a"), "latin1_swedish_ci");
}

static void catalog_out_of_reach_is_tried_again(void **state)
{
    world *world = *state;
    world->catalog_status = LEAT_RETRY;
    assert_int_equal(world_apply(world, 2, "CREATE TABLE a (x TEXT)"), LEAT_RETRY);
    world->catalog_status = LEAT_OK;
    TRY(world_apply(world, 2, "CREATE TABLE a (x TEXT)"));
    assert_string_equal(collation_of(world, 3, "shop", "a"), "utf8mb4_general_ci");
}

/* The catalog says what came of it all. */
static void default_altered_before_it_was_needed(void **state)
{
    world *world = *state;
    world->database_collation = "latin1_swedish_ci";
    TRY(world_record(world, 1, "CREATE TABLE first (id INT)"));
    world->database_collation = "ucs2_general_ci";
    TRY(world_apply(world, 2, "CREATE TABLE a (x TEXT)"));
    TRY(world_apply(world, 3, "ALTER DATABASE shop CHARACTER SET ucs2"));
    TRY(world_apply(world, 4, "CREATE TABLE b (x TEXT)"));
    assert_string_equal(collation_of(world, 5, "shop", "a"), "latin1_swedish_ci");
    assert_string_equal(collation_of(world, 5, "shop", "b"), "ucs2_general_ci");
    assert_int_equal(world->database_lookups, 1);
}

/* Over a restart too, which may be before what was followed already. */
static void start_before_an_altered_default(void **state)
{
    world *world = *state;
    world->database_collation = "latin1_swedish_ci";
    TRY(world_record(world, 1, "CREATE TABLE first (id INT)"));
    world->database_collation = "ucs2_general_ci";
    TRY(world_apply(world, 3, "ALTER DATABASE shop CHARACTER SET ucs2"));
    TRY(world_apply(world, 5, "DROP DATABASE shop"));
    TRY(world_apply(world, 6, "CREATE DATABASE shop COLLATE latin1_bin"));
    static const struct {
        unsigned from;
        const char *collation;
    } starts[] = {{2, "latin1_swedish_ci"}, {4, "ucs2_general_ci"}, {6, "latin1_bin"}};
    for (unsigned restarted = 0; restarted < 2; restarted++)
        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
            world_restart(world);
            world_start(world, starts[i].from);
            TRY(world_apply(world, starts[i].from + 1, "CREATE TABLE new (x TEXT)"));
            assert_string_equal(collation_of(world, starts[i].from + 1, "shop", "new"), starts[i].collation);
            assert_int_equal(world->database_lookups, 0);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(new_table_takes_what_the_catalog_says_of_its_database),
        TEST(table_that_names_its_charset_does_not_care),
        TEST(altered_default_holds_for_new_tables_only),
        TEST(database_made_and_gone_behind_our_back),
        TEST(database_dropped_and_made_anew_has_a_new_default),
        TEST(converting_to_the_default_asks_too),
        TEST(catalog_out_of_reach_is_tried_again),
        TEST(default_altered_before_it_was_needed),
        TEST(start_before_an_altered_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
