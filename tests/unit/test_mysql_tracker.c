/* Which definition rows have: over statements, restarts, renames, and statements that were not understood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mysql_tracker_world.h"

#define FULL    LEAT_BINLOG_METADATA_FULL
#define MINIMAL LEAT_BINLOG_METADATA_MINIMAL

#define A2    "CREATE TABLE a (id INT PRIMARY KEY, n VARCHAR(20))"
#define A3    "CREATE TABLE a (id INT PRIMARY KEY, n VARCHAR(20), more DATE)"
#define B2    "CREATE TABLE b (id BIGINT PRIMARY KEY, d DATE)"
#define A2_IS "id int(11), n varchar(20)"
#define A3_IS "id int(11), n varchar(20), more date"
#define B2_IS "id bigint(20), d date"

#define TRY(call) assert_int_equal(call, LEAT_OK)

static const char *const captured[] = {"shop.*", "!shop.hidden*"};

static int begin(void **state)
{
    *state = world_open(true, captured, 2);
    return 0;
}

static int end(void **state)
{
    world_close(*state);
    return 0;
}

/* Rows of a table made by `sql` are settled, and these are their columns. */
static void assert_settles(world *world, unsigned at, const char *sql, leat_binlog_metadata metadata,
                           const char *columns)
{
    const leat_mysql_definition *definition = NULL;
    assert_int_equal(world_settle(world, at, sql, metadata, &definition), LEAT_OK);
    assert_string_equal(world_columns(world, definition), columns);
}

static void assert_cost(const world *world, size_t puts, size_t lookups)
{
    assert_int_equal(world->puts, puts);
    assert_int_equal(world->lookups, lookups);
}

/* ---- Without surprises ---- */

static void what_the_snapshot_recorded_serves_its_rows(void **state)
{
    world *world = *state;
    TRY(world_record(world, 1, A2));
    TRY(world_record(world, 1, B2));
    world_start(world, 1);
    assert_settles(world, 2, A2, MINIMAL, A2_IS);
    assert_settles(world, 2, A2, FULL, A2_IS);
    assert_settles(world, 3, B2, MINIMAL, B2_IS);
    assert_cost(world, 2, 0);
    world_restart(world);
    world_start(world, 3);
    assert_settles(world, 4, A2, MINIMAL, A2_IS);
    assert_cost(world, 0, 0);
}

static void statements_move_definitions_on(void **state)
{
    world *world = *state;
    TRY(world_record(world, 1, A2));
    world_start(world, 1);
    TRY(world_apply(world, 2, "ALTER TABLE a ADD more DATE"));
    assert_cost(world, 2, 0);
    assert_settles(world, 3, A3, MINIMAL, A3_IS);
    TRY(world_apply(world, 4, B2));
    assert_settles(world, 5, B2, MINIMAL, B2_IS);
    assert_cost(world, 3, 0);
}

static void what_concerns_no_definition_is_not_written(void **state)
{
    world *world = *state;
    static const char *const statements[] = {
        "ALTER TABLE a ADD INDEX (n)",
        "TRUNCATE TABLE a",
        "CREATE TABLE IF NOT EXISTS a (other INT)",
        "CREATE TABLE IF NOT EXISTS a LIKE b",
        "CREATE TEMPORARY TABLE a (other INT)",
        "DROP TEMPORARY TABLE a",
        "DROP TABLE IF EXISTS nowhere",
        "ALTER TABLE nowhere ADD x INT",
        "CREATE TABLE hidden_1 (x INT)",
        "CREATE TABLE elsewhere.a (x INT)",
        "ALTER TABLE elsewhere.a ADD x INT",
        "RENAME TABLE elsewhere.a TO elsewhere.b",
        "DROP TABLE elsewhere.a",
        "CREATE VIEW v AS SELECT 1",
    };
    TRY(world_record(world, 1, A2));
    world_start(world, 1);
    world->puts = 0;
    for (unsigned i = 0; i < sizeof statements / sizeof *statements; i++)
        TRY(world_apply(world, 2 + i, statements[i]));
    assert_settles(world, 50, A2, MINIMAL, A2_IS);
    assert_cost(world, 0, 0);
}

/* Where tables only change places, there is nothing in between worth keeping. */
static void one_statement_leaves_one_entry(void **state)
{
    world *world = *state;
    TRY(world_record(world, 1, A2));
    TRY(world_record(world, 1, B2));
    world_start(world, 1);
    world->puts = 0;
    TRY(world_apply(world, 2, "RENAME TABLE a TO x, b TO a, x TO b"));
    assert_int_equal(world->puts, 3);
    assert_null(strstr(world_noted(world, "table:shop.a"), "\"definition\":null"));
    assert_settles(world, 3, "CREATE TABLE a (id BIGINT PRIMARY KEY, d DATE)", MINIMAL, B2_IS);
    assert_settles(world, 3, "CREATE TABLE b (id INT PRIMARY KEY, n VARCHAR(20))", MINIMAL, A2_IS);
}

/* ---- Restarts ---- */

/* Statements at positions from 2 on, and what rows of a and b are like behind each. */
static const struct {
    const char *statement;
    const char *a;
    const char *a_is;
    const char *b;
    const char *b_is;
} course[] = {
    {"ALTER TABLE a ADD more DATE", A3, A3_IS, B2, B2_IS},
    {"ALTER TABLE b CHANGE d day DATE", A3, A3_IS, "CREATE TABLE b (id BIGINT PRIMARY KEY, day DATE)",
     "id bigint(20), day date"},
    {"RENAME TABLE a TO x, b TO a, x TO b", "CREATE TABLE a (id BIGINT PRIMARY KEY, day DATE)",
     "id bigint(20), day date", "CREATE TABLE b (id INT PRIMARY KEY, n VARCHAR(20), more DATE)", A3_IS},
    {"RENAME TABLE a TO hidden_a, b TO a, hidden_a TO b", A3, A3_IS,
     "CREATE TABLE b (id BIGINT PRIMARY KEY, day DATE)", "id bigint(20), day date"},
    {"DROP TABLE b", A3, A3_IS, NULL, NULL},
    {"CREATE TABLE IF NOT EXISTS b LIKE a", A3, A3_IS,
     "CREATE TABLE b (id INT PRIMARY KEY, n VARCHAR(20), more DATE)", A3_IS},
    {"CREATE TABLE IF NOT EXISTS b (no INT)", A3, A3_IS,
     "CREATE TABLE b (id INT PRIMARY KEY, n VARCHAR(20), more DATE)", A3_IS},
    {"ALTER TABLE b DROP n, RENAME TO c", A3, A3_IS, NULL, NULL},
    {"CREATE OR REPLACE TABLE a (z INT PRIMARY KEY)", "CREATE TABLE a (z INT PRIMARY KEY)", "z int(11)", NULL,
     NULL},
    {"ALTER TABLE c RENAME b", "CREATE TABLE a (z INT PRIMARY KEY)", "z int(11)",
     "CREATE TABLE b (id INT PRIMARY KEY, more DATE)", "id int(11), more date"},
    {"DROP DATABASE shop", NULL, NULL, NULL, NULL},
    {"CREATE TABLE IF NOT EXISTS b (y DATE)", NULL, NULL, "CREATE TABLE b (y DATE)", "y date"},
    {"CREATE TABLE a (q INT, w INT)", "CREATE TABLE a (q INT, w INT)", "q int(11), w int(11)",
     "CREATE TABLE b (y DATE)", "y date"},
};
enum { COURSE = sizeof course / sizeof *course };

/* Goes on from behind statement `from`; rows are looked at behind those of which `rows` has the bit. */
static void follow_course(world *world, size_t from, unsigned rows)
{
    for (size_t i = from; i < COURSE; i++) {
        unsigned at = 2 + 2 * (unsigned)i;
        TRY(world_apply(world, at, course[i].statement));
        if ((rows >> i & 1) != 0 && course[i].a != NULL)
            assert_settles(world, at + 1, course[i].a, MINIMAL, course[i].a_is);
        if ((rows >> i & 1) != 0 && course[i].b != NULL)
            assert_settles(world, at + 1, course[i].b, MINIMAL, course[i].b_is);
    }
}

static void record_course(world *world)
{
    TRY(world_record(world, 1, A2));
    TRY(world_record(world, 1, B2));
    world_start(world, 1);
}

static void a_restart_anywhere_changes_nothing(void **state)
{
    world *world = *state;
    record_course(world);
    follow_course(world, 0, ~0U);
    /* From each place, with everything in the notebook that a run up to the end has left there; tables are
     * met again at different times. */
    static const unsigned looks[] = {~0U, 0x1555, 0x0aaa, 0x1000, 0};
    for (size_t look = 0; look < sizeof looks / sizeof *looks; look++) {
        for (size_t from = COURSE; from > 0; from--) {
            world_restart(world);
            world_start(world, 1 + 2 * (unsigned)(from - 1));
            follow_course(world, from - 1, looks[look]);
            assert_int_equal(world->lookups, 0);
        }
    }
}

/* The same with a tracker that lives on: the connection was lost, and the stream begins where it was durable.
 */
static void going_back_changes_nothing(void **state)
{
    world *world = *state;
    record_course(world);
    follow_course(world, 0, ~0U);
    for (size_t from = COURSE; from > 0; from--) {
        world_start(world, 1 + 2 * (unsigned)(from - 1));
        follow_course(world, from - 1, from % 2 == 0 ? ~0U : 0x1249);
    }
    assert_int_equal(world->lookups, 0);
}

static void a_statement_counts_only_from_its_position_on(void **state)
{
    world *world = *state;
    TRY(world_record(world, 1, A2));
    world_start(world, 1);
    TRY(world_apply(world, 5, "ALTER TABLE a ADD more DATE"));
    world_restart(world);
    world_start(world, 4);
    assert_settles(world, 5, A2, MINIMAL, A2_IS);
    world_restart(world);
    world_start(world, 5);
    assert_settles(world, 6, A3, MINIMAL, A3_IS);
    assert_cost(world, 0, 0);
}

/* Positions by file and by GTID have no order: what they were about is asked anew. */
static void what_has_no_place_in_this_log_is_not_taken(void **state)
{
    world *world = *state;
    TRY(world_record(world, 1, A2));
    world_set_catalog(world, A3);
    world_restart(world);
    leat_mysql_tracker_start(world->tracker, "b.000001:4");
    assert_settles(world, 2, A3, MINIMAL, A3_IS);
    assert_int_equal(world->lookups, 1);
}

static void acknowledged_history_is_forgotten(void **state)
{
    world *world = *state;
    TRY(world_record(world, 1, A2));
    TRY(world_record(world, 1, B2));
    world_start(world, 1);
    TRY(world_apply(world, 3, "ALTER TABLE a ADD more DATE"));
    TRY(world_apply(world, 5, "ALTER TABLE a DROP n"));
    TRY(world_apply(world, 7, "DROP TABLE b"));
    world->puts = 0;
    TRY(leat_mysql_tracker_acknowledge(world->tracker, world_position(world, 2), &world->error));
    assert_int_equal(world->puts, 0);
    TRY(leat_mysql_tracker_acknowledge(world->tracker, world_position(world, 4), &world->error));
    assert_int_equal(world->puts, 1);
    assert_null(strstr(world_noted(world, "table:shop.a"), "0-1-1/"));
    assert_non_null(strstr(world_noted(world, "table:shop.a"), "0-1-3/"));
    TRY(leat_mysql_tracker_acknowledge(world->tracker, world_position(world, 9), &world->error));
    assert_int_equal(world->puts, 3);
    assert_null(strstr(world_noted(world, "table:shop.a"), "0-1-3/"));
    assert_null(world_noted(world, "table:shop.b"));
    TRY(leat_mysql_tracker_acknowledge(world->tracker, world_position(world, 9), &world->error));
    assert_int_equal(world->puts, 3);
    world_restart(world);
    world_start(world, 9);
    assert_settles(world, 10, "CREATE TABLE a (id INT PRIMARY KEY, more DATE)", MINIMAL,
                   "id int(11), more date");
}

static void a_new_snapshot_begins_a_new_history(void **state)
{
    world *world = *state;
    TRY(world_record(world, 5, A2));
    world_restart(world);
    /* The server was set up anew: its numbers are smaller than those of before. */
    TRY(world_record(world, 2, A3));
    world_start(world, 2);
    assert_settles(world, 3, A3, MINIMAL, A3_IS);
    world_restart(world);
    world_start(world, 2);
    assert_settles(world, 3, A3, MINIMAL, A3_IS);
    assert_cost(world, 0, 0);
}

/* ---- What the log says, and the catalog ---- */

static void a_full_map_decides_over_what_was_known(void **state)
{
    world *world = *state;
    TRY(world_record(world, 1, "CREATE TABLE a (id INT PRIMARY KEY, n VARCHAR(20) COMMENT 'kept')"));
    world_start(world, 1);
    world->puts = 0;
    /* The ALTER was not in the log: sql_log_bin = 0. */
    const leat_mysql_definition *definition = NULL;
    TRY(world_settle(world, 2, A3, FULL, &definition));
    assert_string_equal(world_columns(world, definition), A3_IS);
    assert_string_equal(definition->columns[1].comment, "kept");
    assert_cost(world, 1, 0);
    assert_settles(world, 3, A3, FULL, A3_IS);
    world_restart(world);
    world_start(world, 2);
    assert_settles(world, 3, A3, MINIMAL, A3_IS);
    assert_cost(world, 0, 0);
}

static void a_table_nobody_knows_is_looked_up_once(void **state)
{
    world *world = *state;
    world_start(world, 1);
    world_set_catalog(world, "CREATE TABLE a (id INT PRIMARY KEY, n VARCHAR(20) COMMENT 'said')");
    const leat_mysql_definition *definition = NULL;
    TRY(world_settle(world, 2, A2, FULL, &definition));
    assert_string_equal(definition->columns[1].comment, "said");
    assert_cost(world, 1, 1);
    assert_settles(world, 3, A2, FULL, A2_IS);
    assert_cost(world, 1, 1);
}

static void a_catalog_that_moved_on_adds_what_agrees(void **state)
{
    world *world = *state;
    world_start(world, 1);
    world_set_catalog(world, "CREATE TABLE a (id INT PRIMARY KEY COMMENT 'said', n INT COMMENT 'other')");
    const leat_mysql_definition *definition = NULL;
    TRY(world_settle(world, 2, A2, FULL, &definition));
    assert_string_equal(definition->columns[0].comment, "said");
    assert_string_equal(definition->columns[1].name, "n");
    assert_int_equal(definition->columns[1].layout.type, LEAT_MYSQL_VARCHAR);
    assert_null(definition->columns[1].comment);
}

static void a_full_map_is_enough_for_a_table_that_is_gone(void **state)
{
    world *world = *state;
    world_start(world, 1);
    const leat_mysql_definition *definition = NULL;
    TRY(world_settle(world, 2, A2, FULL, &definition));
    assert_int_equal(definition->column_count, 2);
    assert_string_equal(definition->columns[1].name, "n");
    assert_cost(world, 1, 1);
}

static void an_unreachable_catalog_is_tried_again(void **state)
{
    world *world = *state;
    const leat_mysql_definition *definition = NULL;
    static const leat_binlog_metadata kinds[] = {FULL, MINIMAL};
    world_start(world, 1);
    world_set_catalog(world, A2);
    for (size_t i = 0; i < 2; i++) {
        world->catalog_status = LEAT_RETRY;
        assert_int_equal(world_settle(world, 2, A2, kinds[i], &definition), LEAT_RETRY);
        assert_non_null(strstr(world->error.message, "shop.a"));
    }
    assert_int_equal(world->puts, 0);
    world->catalog_status = LEAT_OK;
    assert_settles(world, 2, A2, MINIMAL, A2_IS);
}

static void without_names_the_catalog_must_fit(void **state)
{
    world *world = *state;
    TRY(world_record(world, 1, A2));
    world_start(world, 1);
    world->puts = 0;
    world_set_catalog(world, A3);
    assert_settles(world, 2, A3, MINIMAL, A3_IS);
    assert_cost(world, 1, 1);
    assert_settles(world, 3, A3, MINIMAL, A3_IS);
    assert_cost(world, 1, 1);
}

static void what_fits_nothing_needs_an_operator(void **state)
{
    world *world = *state;
    static const char *const catalogs[] = {
        NULL, A2, "CREATE TABLE a (id INT PRIMARY KEY, n VARCHAR(20), more DATETIME)"};
    TRY(world_record(world, 1, A2));
    world_start(world, 1);
    world->puts = 0;
    for (size_t i = 0; i < sizeof catalogs / sizeof *catalogs; i++) {
        const leat_mysql_definition *definition = NULL;
        world_set_catalog(world, catalogs[i]);
        assert_int_equal(world_settle(world, 2, A3, MINIMAL, &definition), LEAT_OPERATOR);
        assert_non_null(strstr(world->error.message, "shop.a"));
        assert_non_null(strstr(world->error.mend, "SET GLOBAL binlog_row_metadata = 'FULL'"));
    }
    assert_non_null(strstr(world->error.message, "column 3, more"));
    assert_int_equal(world->puts, 0);
    /* What was known is still so. */
    assert_settles(world, 3, A2, MINIMAL, A2_IS);
}

/* TRUNCATE has no map. */
static void a_table_without_rows_is_known_or_looked_up(void **state)
{
    world *world = *state;
    const leat_mysql_definition *definition = NULL;
    TRY(world_record(world, 1, A2));
    world_start(world, 1);
    world->puts = 0;
    TRY(leat_mysql_tracker_current(world->tracker, "shop", "a", world_position(world, 2), &definition,
                                   &world->error));
    assert_string_equal(world_columns(world, definition), A2_IS);
    assert_cost(world, 0, 0);
    TRY(leat_mysql_tracker_current(world->tracker, "shop", "b", world_position(world, 3), &definition,
                                   &world->error));
    assert_null(definition);
    world_set_catalog(world, B2);
    TRY(leat_mysql_tracker_current(world->tracker, "shop", "b", world_position(world, 4), &definition,
                                   &world->error));
    assert_string_equal(world_columns(world, definition), B2_IS);
    assert_cost(world, 1, 2);
    assert_settles(world, 5, B2, MINIMAL, B2_IS);
    world->catalog_status = LEAT_RETRY;
    assert_int_equal(leat_mysql_tracker_current(world->tracker, "shop", "c", world_position(world, 5),
                                                &definition, &world->error),
                     LEAT_RETRY);
}

/* ---- Statements that leave something open ---- */

static void what_cannot_be_told_is_looked_up(void **state)
{
    world *world = *state;
    static const char *const statements[] = {
        "ALTER TABLE a DROP COLUMN never_there",        "CREATE OR REPLACE TABLE a AS SELECT * FROM b",
        "CREATE OR REPLACE TABLE a LIKE hidden_a",      "CREATE OR REPLACE TABLE a LIKE elsewhere.x",
        "CREATE OR REPLACE TABLE a LIKE nowhere",       "RENAME TABLE a TO old_a, hidden_a TO a",
        "RENAME TABLE a TO hidden_a, elsewhere.x TO a",
    };
    world_set_catalog(world, A3);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        TRY(world_record(world, 1, A2));
        /* What is in the notebook of a table that is not captured is from other times. */
        TRY(world_record(world, 1, "CREATE TABLE hidden_a (id INT PRIMARY KEY, n VARCHAR(20), more DATE)"));
        world_start(world, 1);
        TRY(world_apply(world, 2, statements[i]));
        /* Also after a restart, and although rows look as they did before. */
        world_restart(world);
        world_start(world, 2);
        assert_settles(world, 3, A3, MINIMAL, A3_IS);
        assert_int_equal(world->lookups, 1);
        world_restart(world);
    }
}

static void an_unreadable_statement_makes_its_tables_unknown(void **state)
{
    world *world = *state;
    static const leat_mysql_table_name names[] = {{"shop", "a"}, {"elsewhere", "a"}};
    leat_mysql_statement statement = {.kind = LEAT_MYSQL_UNREADABLE, .tables = names, .table_count = 2};
    TRY(world_record(world, 1, A2));
    world_start(world, 1);
    world->puts = 0;
    world_set_catalog(world, A3);
    TRY(leat_mysql_tracker_apply(world->tracker, &statement, "utf8mb4_general_ci", world_position(world, 2),
                                 &world->error));
    assert_settles(world, 3, A3, MINIMAL, A3_IS);
    assert_cost(world, 2, 1);
}

static void what_is_unknown_exists_all_the_same(void **state)
{
    world *world = *state;
    TRY(world_record(world, 1, A2));
    world_start(world, 1);
    TRY(world_apply(world, 2, "ALTER TABLE a DROP COLUMN never_there"));
    TRY(world_apply(world, 3, "CREATE TABLE IF NOT EXISTS a (x INT)"));
    TRY(world_apply(world, 4, "ALTER TABLE a ADD y INT"));
    world_set_catalog(world, A3);
    assert_settles(world, 5, A3, MINIMAL, A3_IS);
    TRY(world_apply(world, 6, "ALTER TABLE a DROP COLUMN never_there"));
    TRY(world_apply(world, 7, "DROP TABLE a"));
    TRY(world_apply(world, 8, "CREATE TABLE IF NOT EXISTS a (x INT)"));
    world->lookups = 0;
    assert_settles(world, 9, "CREATE TABLE a (x INT)", MINIMAL, "x int(11)");
    assert_int_equal(world->lookups, 0);
}

/* ---- Databases ---- */

static void a_dropped_database_takes_tables_along_that_nobody_met(void **state)
{
    world *world = *state;
    TRY(world_record(world, 1, A2));
    world_restart(world);
    world_start(world, 1);
    TRY(world_apply(world, 5, "DROP DATABASE shop"));
    assert_int_equal(world->puts, 0); /* the database's list alone is written */
    /* The table is met in a later run. */
    world_restart(world);
    world_start(world, 6);
    TRY(world_apply(world, 7, "CREATE TABLE IF NOT EXISTS a (x INT)"));
    assert_settles(world, 8, "CREATE TABLE a (x INT)", MINIMAL, "x int(11)");
    /* And before the drop it is what it was. */
    world_restart(world);
    world_start(world, 4);
    assert_settles(world, 5, A2, MINIMAL, A2_IS);
    assert_int_equal(world->lookups, 0);
}

static void drops_of_a_database_do_not_pile_up(void **state)
{
    world *world = *state;
    for (unsigned i = 1; i < 20; i++) {
        world_restart(world);
        world_start(world, 10 * i);
        TRY(world_apply(world, 10 * i + 1, "DROP DATABASE shop"));
    }
    assert_true(strlen(world_noted(world, "database:shop")) < 80);
}

/* ---- Names ---- */

static void names_may_differ_in_case_where_the_server_says_so(void **state)
{
    world *world = *state;
    TRY(world_record(world, 1, A2));
    world_restart(world);
    leat_mysql_tracker_fold_names(world->tracker);
    world_start(world, 1);
    TRY(world_apply(world, 2, "ALTER TABLE SHOP.A ADD more DATE"));
    assert_settles(world, 3, A3, MINIMAL, A3_IS);
    TRY(world_apply(world, 4, "CREATE TABLE BigName (x INT)"));
    const leat_mysql_definition *definition = NULL;
    TRY(world_settle(world, 5, "CREATE TABLE bigname (x INT)", MINIMAL, &definition));
    assert_string_equal(definition->name, "bigname");
    TRY(world_apply(world, 6, "RENAME TABLE A TO Hidden_A, BIGNAME TO a"));
    assert_settles(world, 7, "CREATE TABLE a (x INT)", MINIMAL, "x int(11)");
    assert_int_equal(world->lookups, 0);
}

static void names_in_other_case_are_other_tables(void **state)
{
    world *world = *state;
    TRY(world_record(world, 1, A2));
    world_start(world, 1);
    TRY(world_apply(world, 2, "ALTER TABLE A ADD more DATE"));
    assert_settles(world, 3, A2, MINIMAL, A2_IS);
}

static void names_with_dots_stay_apart(void **state)
{
    world *world = *state;
    TRY(world_record(world, 1, "CREATE TABLE `x.y` (one INT)"));
    TRY(world_record(world, 1, "CREATE TABLE `shop.x`.y (two INT)"));
    world_start(world, 1);
    assert_settles(world, 2, "CREATE TABLE `x.y` (one INT)", MINIMAL, "one int(11)");
    assert_settles(world, 2, "CREATE TABLE `shop.x`.y (two INT)", MINIMAL, "two int(11)");
}

/* ---- The notebook ---- */

static void a_damaged_notebook_is_told_of(void **state)
{
    world *world = *state;
    static const char *const damaged[] = {"", "{}", "[1]", "[{\"position\":\"0-1-1/b.000001:4\"}]",
                                          "[{\"position\":\"0-1-1/b.000001:4\",\"definition\":{}}]"};
    world_start(world, 1);
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        const leat_mysql_definition *definition = NULL;
        TRY(world_put(world, "table:shop.a", damaged[i], &world->error));
        assert_int_equal(world_settle(world, 2, A2, FULL, &definition), LEAT_FAILED);
        assert_non_null(strstr(world->error.message, "shop.a"));
    }
    TRY(world_put(world, "table:shop.a", NULL, &world->error));
    TRY(world_put(world, "database:shop", "{}", &world->error));
    TRY(world_put(world, "table:shop.a", "[]", &world->error));
    const leat_mysql_definition *definition = NULL;
    assert_int_equal(world_settle(world, 2, A2, FULL, &definition), LEAT_FAILED);
    assert_int_equal(world_apply(world, 3, "DROP DATABASE shop"), LEAT_FAILED);
    TRY(world_put(world, "database:shop", NULL, &world->error));
    world_set_catalog(world, A2);
    assert_settles(world, 2, A2, FULL, A2_IS);
}

static void what_cannot_be_kept_is_not_handed_out(void **state)
{
    world *world = *state;
    const leat_mysql_definition *definition = NULL;
    world_start(world, 1);
    world_set_catalog(world, A2);
    world->notebook_fails = true;
    assert_int_equal(world_settle(world, 2, A2, FULL, &definition), LEAT_RETRY);
    assert_null(definition);
    assert_int_equal(world_apply(world, 3, B2), LEAT_RETRY);
    assert_non_null(strstr(world->error.message, "shop."));
    assert_int_equal(world_record(world, 3, B2), LEAT_RETRY);
}

static void gtid_sets_order_histories_as_well(void **state)
{
    (void)state;
    world *world = world_open(false, captured, 2);
    TRY(world_record(world, 1, A2));
    world_start(world, 1);
    TRY(world_apply(world, 5, "ALTER TABLE a ADD more DATE"));
    world_restart(world);
    world_start(world, 4);
    assert_settles(world, 5, A2, MINIMAL, "id int, n varchar(20)");
    world_restart(world);
    world_start(world, 5);
    assert_settles(world, 6, A3, MINIMAL, "id int, n varchar(20), more date");
    assert_int_equal(world->lookups, 0);
    world_close(world);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(what_the_snapshot_recorded_serves_its_rows),
        TEST(statements_move_definitions_on),
        TEST(what_concerns_no_definition_is_not_written),
        TEST(one_statement_leaves_one_entry),
        TEST(a_restart_anywhere_changes_nothing),
        TEST(going_back_changes_nothing),
        TEST(a_statement_counts_only_from_its_position_on),
        TEST(what_has_no_place_in_this_log_is_not_taken),
        TEST(acknowledged_history_is_forgotten),
        TEST(a_new_snapshot_begins_a_new_history),
        TEST(a_full_map_decides_over_what_was_known),
        TEST(a_table_nobody_knows_is_looked_up_once),
        TEST(a_catalog_that_moved_on_adds_what_agrees),
        TEST(a_full_map_is_enough_for_a_table_that_is_gone),
        TEST(an_unreachable_catalog_is_tried_again),
        TEST(without_names_the_catalog_must_fit),
        TEST(what_fits_nothing_needs_an_operator),
        TEST(a_table_without_rows_is_known_or_looked_up),
        TEST(what_cannot_be_told_is_looked_up),
        TEST(an_unreadable_statement_makes_its_tables_unknown),
        TEST(what_is_unknown_exists_all_the_same),
        TEST(a_dropped_database_takes_tables_along_that_nobody_met),
        TEST(drops_of_a_database_do_not_pile_up),
        TEST(names_may_differ_in_case_where_the_server_says_so),
        TEST(names_in_other_case_are_other_tables),
        TEST(names_with_dots_stay_apart),
        TEST(a_damaged_notebook_is_told_of),
        TEST(what_cannot_be_kept_is_not_handed_out),
        cmocka_unit_test(gtid_sets_order_histories_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
