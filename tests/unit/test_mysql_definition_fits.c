/* TABLE_MAPs held against definitions, and definitions made from them. Layouts, signs, charsets, labels and
 * keys of the maps are what MariaDB 10.11 and 11.8 and MySQL 9.7 sent for tables made so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mysql/definition/column_type.h"
#include "mysql/definition/map_match.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    LATIN1_SWEDISH = 8,
    LATIN1_BIN = 47,
    UTF8MB4_GENERAL = 45,
    UNKNOWN_COLLATION = 9999,
    MOST_COLUMNS = 12
};

/* ---- A table, twice ---- */

typedef struct column_text {
    const char *name;
    const char *type;
    const char *collation;
    bool nullable;
} column_text;

static const column_text shop_columns[] = {
    {"id", "int(10) unsigned", NULL, false},
    {"name", "varchar(20)", "latin1_swedish_ci", true},
    {"mood", "enum('a','\xc3\xa9')", "latin1_swedish_ci", true},
    {"at", "timestamp(3)", NULL, false},
    {"u", "uuid", NULL, true},
    {"y", "year(4)", NULL, true},
    {"p", "point", NULL, true},
};
enum { ID, NAME, MOOD, AT, UUID, YEAR, POINT, SHOP_COLUMNS };

static const char *const id_only[] = {"id"};

typedef struct stage {
    leat_mysql_collations *collations;
    leat_mysql_definition *definition;
    leat_binlog_table_map map;
    leat_binlog_column columns[MOST_COLUMNS];
    leat_slice labels[4];
    size_t key[4];
} stage;

static void add_column(stage *on, const column_text *from)
{
    leat_mysql_definition *definition = on->definition;
    leat_mysql_column *column = &definition->columns[definition->column_count++];
    column->name = from->name;
    column->collation = from->collation;
    column->nullable = from->nullable;
    assert_true(leat_mysql_column_type_read(from->type, on->collations, &definition->arena, column));
}

static void set_indexes(stage *on, const leat_mysql_index *indexes, size_t count)
{
    on->definition->indexes = leat_arena_allocate_array(&on->definition->arena, count, sizeof *indexes);
    memcpy(on->definition->indexes, indexes, count * sizeof *indexes);
    on->definition->index_count = count;
}

static void set_primary(stage *on, const char *const *columns, size_t count)
{
    set_indexes(on, &(leat_mysql_index){.name = "PRIMARY", .columns = columns, .column_count = count}, 1);
}

static void set_names(stage *on)
{
    for (size_t i = 0; i < on->definition->column_count; i++)
        on->columns[i].name = leat_slice_of_string(on->definition->columns[i].name);
}

static void set_key(stage *on, const size_t *places, size_t count)
{
    memcpy(on->key, places, count * sizeof *places);
    on->map.primary_key_count = count;
}

/* The columns' layouts and nullability alone are told by all maps. */
static void set_columns(stage *on, const column_text *columns, size_t count)
{
    on->definition->columns =
        leat_arena_allocate_array(&on->definition->arena, MOST_COLUMNS, sizeof *on->definition->columns);
    for (size_t i = 0; i < count; i++) {
        add_column(on, &columns[i]);
        on->columns[i] = (leat_binlog_column){
            .layout = on->definition->columns[i].layout, .nullable = columns[i].nullable, .geometry = -1};
    }
    on->map.column_count = count;
}

static stage begin(void)
{
    stage on = {.collations = leat_mysql_collations_usual(),
                .definition = leat_mysql_definition_new("shop", "orders")};
    on.map =
        (leat_binlog_table_map){.database = "shop", .name = "orders", .metadata = LEAT_BINLOG_METADATA_FULL};
    return on;
}

static void end(stage *on)
{
    leat_mysql_definition_free(on->definition);
    leat_mysql_collations_free(on->collations);
}

static void tell_minimal(stage *on)
{
    on->map.metadata = LEAT_BINLOG_METADATA_MINIMAL;
    on->columns[ID].is_unsigned = true;
    on->columns[YEAR].is_unsigned = true;
    on->columns[NAME].collation = LATIN1_SWEDISH;
    on->columns[UUID].collation = LEAT_MYSQL_COLLATION_BINARY;
    on->columns[POINT].collation = LEAT_MYSQL_COLLATION_BINARY; /* as MariaDB does */
    on->columns[POINT].geometry = 1;
}

static void tell_full(stage *on)
{
    tell_minimal(on);
    on->map.metadata = LEAT_BINLOG_METADATA_FULL;
    on->labels[0] = leat_slice_of("a", 1);
    on->labels[1] = leat_slice_of("\xe9", 1);
    on->columns[MOOD].labels = on->labels;
    on->columns[MOOD].label_count = 2;
    on->columns[MOOD].collation = LATIN1_SWEDISH;
    set_names(on);
    set_key(on, (const size_t[]){ID}, 1);
}

/* What `stage` begins with: a definition of the catalog, and the FULL map of the same table. */
static stage begin_shop(void)
{
    stage on = begin();
    set_columns(&on, shop_columns, SHOP_COLUMNS);
    set_primary(&on, id_only, 1);
    tell_full(&on);
    return on;
}

/* The map with what it points to: a stage is handed on by value, and may have moved. */
static const leat_binlog_table_map *map_of(stage *on)
{
    on->map.columns = on->columns;
    on->map.primary_key = on->map.primary_key_count == 0 ? NULL : on->key;
    if (on->columns[MOOD].label_count > 0)
        on->columns[MOOD].labels = on->labels;
    return &on->map;
}

static void expect_fit(stage *on)
{
    leat_buffer difference = {0};
    bool fits = leat_mysql_definition_fits(on->definition, map_of(on), on->collations, &difference);
    assert_string_equal(leat_buffer_string(&difference), "");
    assert_true(fits);
    leat_buffer_free(&difference);
}

static void expect_misfit(stage *on, const char *expected)
{
    leat_buffer difference = {0};
    const leat_binlog_table_map *map = map_of(on);
    assert_false(leat_mysql_definition_fits(on->definition, map, on->collations, &difference));
    assert_string_equal(leat_buffer_string(&difference), expected);
    leat_buffer_free(&difference);
    assert_false(leat_mysql_definition_fits(on->definition, map, on->collations, NULL));
}

static leat_mysql_definition *make(stage *on, const leat_mysql_definition *known)
{
    return leat_mysql_definition_from_map(map_of(on), known, on->collations);
}

/* ---- What fits ---- */

static void same_table_fits_at_every_level(void **state)
{
    (void)state;
    stage on = begin_shop();
    expect_fit(&on);
    end(&on);
    on = begin();
    set_columns(&on, shop_columns, SHOP_COLUMNS);
    set_primary(&on, id_only, 1);
    on.map.metadata = LEAT_BINLOG_METADATA_NONE;
    expect_fit(&on);
    tell_minimal(&on);
    expect_fit(&on);
    end(&on);
}

static void year_has_no_sign(void **state)
{
    (void)state;
    stage on = begin_shop();
    on.columns[YEAR].is_unsigned = false;
    expect_fit(&on);
    end(&on);
}

static void collation_of_the_same_charset_is_enough_without_names(void **state)
{
    (void)state;
    stage on = begin();
    set_columns(&on, shop_columns, SHOP_COLUMNS);
    tell_minimal(&on);
    on.columns[NAME].collation = LATIN1_BIN;
    expect_fit(&on);
    end(&on);
}

static void without_primary_key_the_log_names_a_unique_index(void **state)
{
    (void)state;
    static const char *const aa[] = {"name"};
    static const char *const bb[] = {"Id"}; /* as its CREATE INDEX spelled the column */
    static const leat_mysql_index indexes[] = {{.name = "aa", .columns = aa, .column_count = 1},
                                               {.name = "bb", .columns = bb, .column_count = 1}};
    stage on = begin_shop();
    set_indexes(&on, indexes, COUNT(indexes));
    expect_fit(&on);
    /* A unique index over a prefix is none that it names. */
    on.map.primary_key_count = 0;
    expect_fit(&on);
    end(&on);
}

/* ---- What does not ---- */

static void column_was_added(stage *on)
{
    on->columns[SHOP_COLUMNS] =
        (leat_binlog_column){.layout = {.type = LEAT_MYSQL_LONG}, .name = leat_slice_of_string("more")};
    on->map.column_count = SHOP_COLUMNS + 1;
}

static void column_was_dropped(stage *on)
{
    on->map.column_count = SHOP_COLUMNS - 1;
}

static void type_was_widened(stage *on)
{
    on->columns[ID].layout.type = LEAT_MYSQL_LONGLONG;
}

static void sign_was_taken(stage *on)
{
    on->columns[ID].is_unsigned = false;
}

static void column_was_renamed(stage *on)
{
    on->columns[NAME].name = leat_slice_of_string("title");
}

static void null_was_forbidden(stage *on)
{
    on->columns[NAME].nullable = false;
}

static void charset_changed_in_the_same_bytes(stage *on)
{
    on->columns[NAME].collation = UTF8MB4_GENERAL;
}

static void collation_changed(stage *on)
{
    on->columns[NAME].collation = LATIN1_BIN;
}

static void collation_is_unknown(stage *on)
{
    on->columns[NAME].collation = UNKNOWN_COLLATION;
}

static void uuid_became_text(stage *on)
{
    on->columns[UUID].collation = LATIN1_SWEDISH;
}

static void labels_changed_places(stage *on)
{
    on->labels[0] = leat_slice_of("\xe9", 1);
    on->labels[1] = leat_slice_of("a", 1);
}

static void label_was_added(stage *on)
{
    on->labels[2] = leat_slice_of("b", 1);
    on->columns[MOOD].label_count = 3;
}

static void geometry_changed_its_kind(stage *on)
{
    on->columns[POINT].geometry = 2;
}

static void column_went_out_of_sight(stage *on)
{
    on->columns[POINT].invisible = true;
}

static void fraction_was_added(stage *on)
{
    on->columns[AT].layout.scale = 6;
}

static void key_went(stage *on)
{
    on->map.primary_key_count = 0;
}

static void key_moved(stage *on)
{
    set_key(on, (const size_t[]){AT}, 1);
}

static void key_was_widened(stage *on)
{
    set_key(on, (const size_t[]){ID, AT}, 2);
}

static void names_what_differs(void **state)
{
    (void)state;
    static const struct {
        void (*change)(stage *on);
        const char *difference;
    } cases[] = {
        {column_was_added, "the log has 8 columns, the definition 7"},
        {column_was_dropped, "the log has 6 columns, the definition 7"},
        {type_was_widened, "column 1, id: the log has bigint unsigned, the definition int(10) unsigned"},
        {sign_was_taken, "column 1, id: the log has int, the definition int(10) unsigned"},
        {column_was_renamed, "column 2: the log calls it title, the definition name"},
        {null_was_forbidden,
         "column 2, name: the log has varchar(20) not null, the definition varchar(20) null"},
        {charset_changed_in_the_same_bytes,
         "column 2, name: the log has varchar(5) collate utf8mb4_general_ci, "
         "the definition varchar(20) collate latin1_swedish_ci"},
        {collation_changed, "column 2, name: the log has varchar(20) collate latin1_bin, the definition "
                            "varchar(20) collate latin1_swedish_ci"},
        {uuid_became_text, "column 5, u: the log has char(16) collate latin1_swedish_ci, the definition uuid "
                           "collate binary"},
        {labels_changed_places, "column 3, mood: the log has enum('\xc3\xa9','a'), the definition "
                                "enum('a','\xc3\xa9')"},
        {label_was_added, "column 3, mood: the log has enum('a','\xc3\xa9','b'), the definition "
                          "enum('a','\xc3\xa9')"},
        {geometry_changed_its_kind, "column 7, p: the log has linestring, the definition point"},
        {column_went_out_of_sight, "column 7, p: the log has point invisible, the definition point visible"},
        {fraction_was_added, "column 4, at: the log has timestamp(6), the definition timestamp(3)"},
        {key_went, "the log has no primary key, the definition (id)"},
        {key_moved, "the log has the key (at), the definition (id)"},
        {key_was_widened, "the log has the key (id, at), the definition (id)"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        stage on = begin_shop();
        cases[i].change(&on);
        expect_misfit(&on, cases[i].difference);
        end(&on);
    }
}

static void charset_differs_without_names(void **state)
{
    (void)state;
    stage on = begin();
    set_columns(&on, shop_columns, SHOP_COLUMNS);
    tell_minimal(&on);
    on.columns[NAME].collation = UTF8MB4_GENERAL;
    expect_misfit(&on, "column 2, name: the log has varchar(5) collate utf8mb4_general_ci, the definition "
                       "varchar(20) collate latin1_swedish_ci");
    end(&on);
}

static void key_without_any_index(void **state)
{
    (void)state;
    stage on = begin_shop();
    on.definition->index_count = 0;
    expect_misfit(&on, "the log has the key (id), the definition none");
    end(&on);
}

/* ---- System-versioned tables ---- */

static const column_text versioned_columns[] = {
    {"a", "int(11)", NULL, false},
    {"b", "int(11)", NULL, true},
    {"row_start", "timestamp(6)", NULL, false},
    {"row_end", "timestamp(6)", NULL, false},
};

static stage begin_versioned(const char *const *key, size_t count)
{
    stage on = begin();
    set_columns(&on, versioned_columns, COUNT(versioned_columns));
    on.definition->kind = LEAT_MYSQL_VERSIONED_TABLE;
    on.definition->row_end = "row_end";
    set_primary(&on, key, count);
    set_names(&on);
    set_key(&on, (const size_t[]){0, 3}, 2);
    return on;
}

static void end_of_a_rows_life_is_in_the_key_or_not(void **state)
{
    (void)state;
    static const char *const implicit[] = {"a"};
    static const char *const explicit_end[] = {"a", "row_end"};
    static const char *const other[] = {"b"};
    stage on = begin_versioned(implicit, 1);
    expect_fit(&on);
    set_primary(&on, explicit_end, 2);
    expect_fit(&on);
    set_primary(&on, other, 1);
    expect_misfit(&on, "the log has the key (a, row_end), the definition (b)");
    end(&on);
}

static void versioning_that_is_gone_is_not_kept(void **state)
{
    (void)state;
    static const char *const key[] = {"a"};
    stage on = begin_versioned(key, 1);
    on.map.column_count = 2;
    set_key(&on, (const size_t[]){0}, 1);
    leat_mysql_definition *made = make(&on, on.definition);
    assert_int_equal(made->kind, LEAT_MYSQL_BASE_TABLE);
    assert_null(made->row_end);
    leat_mysql_definition_free(made);
    end(&on);
}

/* ---- MariaDB's hidden hashes of long unique indexes ---- */

static const column_text long_columns[] = {
    {"a", "int(11)", NULL, false},
    {"t", "text", "latin1_swedish_ci", true},
};

static void add_hash(stage *on, const char *name)
{
    on->columns[on->map.column_count++] = (leat_binlog_column){.layout = {.type = LEAT_MYSQL_LONGLONG},
                                                               .nullable = true,
                                                               .is_unsigned = true,
                                                               .geometry = -1,
                                                               .name = leat_slice_of_string(name)};
}

static stage begin_long(void)
{
    static const char *const a[] = {"a"};
    static const char *const t[] = {"t"};
    static const leat_mysql_index indexes[] = {{.name = "PRIMARY", .columns = a, .column_count = 1},
                                               {.name = "t", .columns = t, .column_count = 1}};
    stage on = begin();
    set_columns(&on, long_columns, COUNT(long_columns));
    set_indexes(&on, indexes, COUNT(indexes));
    set_names(&on);
    set_key(&on, (const size_t[]){0}, 1);
    on.columns[1].collation = LATIN1_SWEDISH;
    return on;
}

static void hash_behind_the_columns_is_not_the_tables(void **state)
{
    (void)state;
    stage on = begin_long();
    add_hash(&on, "DB_ROW_HASH_1");
    expect_fit(&on);
    on.map.metadata = LEAT_BINLOG_METADATA_MINIMAL;
    expect_fit(&on);
    on.map.metadata = LEAT_BINLOG_METADATA_NONE;
    expect_fit(&on);
    end(&on);
}

static void made_from_a_map_without_its_hash(void **state)
{
    (void)state;
    stage on = begin_long();
    add_hash(&on, "DB_ROW_HASH_1");
    add_hash(&on, "DB_ROW_HASH_2");
    leat_mysql_definition *made = make(&on, NULL);
    assert_int_equal(made->column_count, 2);
    assert_true(leat_mysql_definition_fits(made, map_of(&on), on.collations, NULL));
    leat_mysql_definition_free(made);
    end(&on);
}

static void more_columns_than_hashes_are_a_misfit(void **state)
{
    (void)state;
    stage on = begin_long();
    on.map.metadata = LEAT_BINLOG_METADATA_MINIMAL;
    add_hash(&on, "");
    add_hash(&on, "");
    expect_misfit(&on, "the log has 4 columns, the definition 2");
    end(&on);
    on = begin_long();
    on.map.metadata = LEAT_BINLOG_METADATA_MINIMAL;
    add_hash(&on, "");
    on.columns[2].is_unsigned = false;
    expect_misfit(&on, "the log has 3 columns, the definition 2");
    end(&on);
    on = begin_long();
    on.map.metadata = LEAT_BINLOG_METADATA_MINIMAL;
    on.definition->index_count = 1; /* nothing that needs a hash */
    add_hash(&on, "");
    expect_misfit(&on, "the log has 3 columns, the definition 2");
    end(&on);
}

static void own_column_with_a_hashs_name_stays(void **state)
{
    (void)state;
    static const column_text columns[] = {{"t", "text", "latin1_swedish_ci", true},
                                          {"DB_ROW_HASH_1", "bigint(20) unsigned", NULL, true}};
    static const column_text alone[] = {{"n", "int(11)", NULL, true},
                                        {"DB_ROW_HASH_1", "bigint(20) unsigned", NULL, true}};
    stage on = begin();
    set_columns(&on, columns, COUNT(columns));
    set_names(&on);
    on.columns[0].collation = LATIN1_SWEDISH;
    on.columns[1].is_unsigned = true;
    expect_fit(&on);
    leat_mysql_definition *made = make(&on, on.definition);
    assert_true(leat_mysql_definition_equal(made, on.definition));
    leat_mysql_definition_free(made);
    end(&on);
    on = begin();
    set_columns(&on, alone, COUNT(alone)); /* nothing here needs a hash */
    set_names(&on);
    on.columns[1].is_unsigned = true;
    made = make(&on, NULL);
    assert_int_equal(made->column_count, 2);
    leat_mysql_definition_free(made);
    end(&on);
}

/* ---- Made from a map ---- */

typedef void (*map_change)(stage *on);

/* All that a FULL map may say, and that no definition at hand says. */
static const map_change changes[] = {
    column_was_added,
    column_was_dropped,
    type_was_widened,
    sign_was_taken,
    column_was_renamed,
    null_was_forbidden,
    charset_changed_in_the_same_bytes,
    collation_changed,
    collation_is_unknown,
    uuid_became_text,
    labels_changed_places,
    label_was_added,
    geometry_changed_its_kind,
    column_went_out_of_sight,
    fraction_was_added,
    key_went,
    key_moved,
    key_was_widened,
};

static void expect_fits_its_map(stage *on, const leat_mysql_definition *known)
{
    leat_buffer difference = {0};
    leat_mysql_definition *made = make(on, known);
    bool fits = leat_mysql_definition_fits(made, map_of(on), on->collations, &difference);
    assert_string_equal(leat_buffer_string(&difference), "");
    assert_true(fits);
    leat_buffer_free(&difference);
    leat_mysql_definition_free(made);
}

static void what_a_map_makes_fits_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(changes); i++) {
        stage on = begin_shop();
        changes[i](&on);
        expect_fits_its_map(&on, NULL);
        expect_fits_its_map(&on, on.definition);
        end(&on);
    }
}

static void enrich_all(stage *on)
{
    leat_mysql_definition *definition = on->definition;
    definition->comment = "table";
    definition->engine = "InnoDB";
    definition->collation = "latin1_swedish_ci";
    for (size_t i = 0; i < definition->column_count; i++) {
        definition->columns[i].comment = "column";
        definition->columns[i].default_text = "1";
    }
    definition->columns[UUID].invisible = true; /* MariaDB's map does not say so */
    definition->columns[POINT].generated = true;
}

static void what_is_known_and_fits_is_kept_whole(void **state)
{
    (void)state;
    static const char *const u[] = {"u", "at"};
    static const leat_mysql_index indexes[] = {{.name = "PRIMARY", .columns = id_only, .column_count = 1},
                                               {.name = "u", .columns = u, .column_count = 2}};
    stage on = begin_shop();
    enrich_all(&on);
    set_indexes(&on, indexes, COUNT(indexes));
    expect_fit(&on);
    leat_mysql_definition *made = make(&on, on.definition);
    assert_true(leat_mysql_definition_equal(made, on.definition));
    leat_mysql_definition_free(made);
    end(&on);
}

static void what_changed_is_the_maps_and_the_rest_stays(void **state)
{
    (void)state;
    stage on = begin_shop();
    enrich_all(&on);
    charset_changed_in_the_same_bytes(&on);
    type_was_widened(&on);
    null_was_forbidden(&on);
    leat_mysql_definition *made = make(&on, on.definition);
    assert_string_equal(made->columns[NAME].type_text, "varchar(5)");
    assert_string_equal(made->columns[NAME].collation, "utf8mb4_general_ci");
    assert_string_equal(made->columns[NAME].comment, "column");
    assert_false(made->columns[NAME].nullable);
    assert_string_equal(made->columns[ID].type_text, "bigint unsigned");
    assert_null(made->columns[ID].comment); /* another layout: nothing says that it is the same column */
    assert_string_equal(made->columns[UUID].type_text, "uuid");
    assert_int_equal(made->columns[UUID].special, LEAT_MYSQL_UUID);
    assert_string_equal(made->comment, "table");
    leat_mysql_definition_free(made);
    end(&on);
}

static void nothing_known_makes_plain_columns(void **state)
{
    (void)state;
    static const char *const types[] = {
        "int unsigned", "varchar(20)", "enum('a','\xc3\xa9')", "timestamp(3)", "binary(16)", "year", "point"};
    stage on = begin_shop();
    leat_mysql_definition *made = make(&on, NULL);
    for (size_t i = 0; i < COUNT(types); i++)
        assert_string_equal(made->columns[i].type_text, types[i]);
    assert_string_equal(made->columns[UUID].collation, "binary");
    assert_null(made->columns[POINT].collation);
    assert_string_equal(made->indexes[0].name, "PRIMARY");
    leat_mysql_definition_free(made);
    end(&on);
}

static void label_that_is_no_text_is_escaped(void **state)
{
    (void)state;
    stage on = begin_shop();
    on.columns[MOOD].collation = LEAT_MYSQL_COLLATION_BINARY;
    leat_mysql_definition *made = make(&on, NULL);
    assert_string_equal(made->columns[MOOD].labels[1], "\\xe9");
    leat_mysql_definition_free(made);
    expect_fits_its_map(&on, NULL);
    end(&on);
}

static void labels_without_a_charset_are_taken_as_they_are(void **state)
{
    (void)state;
    stage on = begin_shop();
    on.columns[MOOD].collation = 0; /* MySQL 8.0 before it told the charsets of ENUM and SET */
    on.labels[1] = leat_slice_of("\xc3\xa9", 2);
    expect_fits_its_map(&on, NULL);
    leat_mysql_definition *made = make(&on, on.definition);
    assert_string_equal(made->columns[MOOD].collation, "latin1_swedish_ci");
    assert_string_equal(made->columns[MOOD].labels[1], "\xc3\xa9");
    leat_mysql_definition_free(made);
    end(&on);
}

static void unknown_collation_has_a_name_of_its_own(void **state)
{
    (void)state;
    stage on = begin_shop();
    collation_is_unknown(&on);
    leat_mysql_definition *made = make(&on, on.definition);
    assert_string_equal(made->columns[NAME].collation, "collation 9999");
    leat_mysql_definition_free(made);
    end(&on);
}

static void vector_has_its_dimensions(void **state)
{
    (void)state;
    static const column_text columns[] = {{"v", "vector(3)", NULL, true}};
    stage on = begin();
    set_columns(&on, columns, 1);
    set_names(&on);
    on.columns[0] = (leat_binlog_column){.layout = {.type = LEAT_MYSQL_VECTOR, .length = 4},
                                         .nullable = true,
                                         .geometry = -1,
                                         .collation = LEAT_MYSQL_COLLATION_BINARY,
                                         .dimensions = 3,
                                         .name = leat_slice_of_string("v")};
    on.definition->columns[0].layout = on.columns[0].layout;
    on.definition->columns[0].special = LEAT_MYSQL_PLAIN;
    expect_fit(&on);
    on.columns[0].dimensions = 4;
    expect_misfit(&on, "column 1, v: the log has vector(4), the definition vector(3)");
    end(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_table_fits_at_every_level),
        cmocka_unit_test(year_has_no_sign),
        cmocka_unit_test(collation_of_the_same_charset_is_enough_without_names),
        cmocka_unit_test(without_primary_key_the_log_names_a_unique_index),
        cmocka_unit_test(names_what_differs),
        cmocka_unit_test(charset_differs_without_names),
        cmocka_unit_test(key_without_any_index),
        cmocka_unit_test(end_of_a_rows_life_is_in_the_key_or_not),
        cmocka_unit_test(versioning_that_is_gone_is_not_kept),
        cmocka_unit_test(hash_behind_the_columns_is_not_the_tables),
        cmocka_unit_test(made_from_a_map_without_its_hash),
        cmocka_unit_test(more_columns_than_hashes_are_a_misfit),
        cmocka_unit_test(own_column_with_a_hashs_name_stays),
        cmocka_unit_test(what_a_map_makes_fits_it),
        cmocka_unit_test(what_is_known_and_fits_is_kept_whole),
        cmocka_unit_test(what_changed_is_the_maps_and_the_rest_stays),
        cmocka_unit_test(nothing_known_makes_plain_columns),
        cmocka_unit_test(label_that_is_no_text_is_escaped),
        cmocka_unit_test(labels_without_a_charset_are_taken_as_they_are),
        cmocka_unit_test(unknown_collation_has_a_name_of_its_own),
        cmocka_unit_test(vector_has_its_dimensions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
