/* The choice of a table's key, without a server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

#include "postgres/catalog/key.h"

enum { MOST_COLUMNS = 8 };

/* Columns are letters: "abc" is a relation with three columns whose numbers in the catalogs are 1, 2 and 3;
 * an upper-case letter is a column of the announced identity, and one that the catalogs do not know stands
 * behind a minus ("-A"). */
typedef struct situation {
    const char *columns;
    char announced; /* replica identity; 0 for a snapshot */
    bool gone;
    char present; /* replica identity in the catalogs */
    const char *primary;
    const char *identity;
    const char *unique;
    const char *expected;
} situation;

typedef struct stage {
    leat_postgres_relation_column columns[MOST_COLUMNS];
    int attributes[MOST_COLUMNS];
    leat_postgres_relation relation;
    leat_postgres_catalog_index indexes[3];
    int index_attributes[3][MOST_COLUMNS];
    leat_postgres_catalog_answer answer;
} stage;

static void set_columns(stage *on, const situation *what)
{
    bool unknown = false;
    size_t count = 0;
    for (const char *at = what->columns; *at != '\0'; at++) {
        if (*at == '-') {
            unknown = true;
            continue;
        }
        bool flagged = *at >= 'A' && *at <= 'Z';
        on->columns[count].in_identity = flagged;
        on->attributes[count++] = unknown ? 0 : (*at | 0x20) - 'a' + 1;
        unknown = false;
    }
    on->relation.columns = on->columns;
    on->relation.column_count = count;
    on->relation.replica_identity = what->announced;
}

static void add_index(stage *on, leat_postgres_index_role role, const char *letters)
{
    if (letters == NULL)
        return;
    size_t place = on->answer.index_count++;
    for (size_t i = 0; letters[i] != '\0'; i++)
        on->index_attributes[place][i] = letters[i] - 'a' + 1;
    on->indexes[place] = (leat_postgres_catalog_index){
        .role = role, .attributes = on->index_attributes[place], .attribute_count = strlen(letters)};
    on->answer.indexes = on->indexes;
}

/* The key as letters of the columns' places. */
static void assert_key(const situation *what)
{
    stage on = {0};
    size_t places[MOST_COLUMNS];
    char found[MOST_COLUMNS + 1] = "";
    set_columns(&on, what);
    on.answer.found = !what->gone;
    on.answer.replica_identity = what->present;
    add_index(&on, LEAT_POSTGRES_PRIMARY, what->primary);
    add_index(&on, LEAT_POSTGRES_IDENTITY, what->identity);
    add_index(&on, LEAT_POSTGRES_UNIQUE, what->unique);
    size_t count = leat_postgres_key_choose(&on.relation, &on.answer, on.attributes, places);
    for (size_t i = 0; i < count; i++)
        found[i] = (char)('a' + places[i]);
    if (strcmp(found, what->expected) != 0)
        fail_msg("columns %s, identity %c: the key is '%s' instead of '%s'", what->columns, what->announced,
                 found, what->expected);
}

static void assert_keys(const situation *situations, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_key(&situations[i]);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void indexes_in_their_order(void **state)
{
    (void)state;
    static const situation situations[] = {
        {"Abc", 'd', false, 'd', "a", NULL, "b", "a"},
        {"ABc", 'd', false, 'd', "ba", NULL, NULL, "ba"}, /* key order, not column order */
        {"abC", 'i', false, 'i', NULL, "c", "b", "c"},
        {"abc", 'n', false, 'n', NULL, NULL, "bc", "bc"},
        {"abc", 'd', false, 'd', NULL, NULL, "b", "b"},
        {"abc", 'd', false, 'd', NULL, NULL, NULL, ""},
        {"ABC", 'f', false, 'f', "b", NULL, NULL, "b"}, /* FULL announces every column */
        {"ABC", 'f', false, 'f', NULL, NULL, NULL, ""},
    };
    assert_keys(situations, COUNT(situations));
}

static void keys_that_the_relation_lacks(void **state)
{
    (void)state;
    static const situation situations[] = {
        {"bc", 'd', false, 'd', "a", NULL, NULL, ""},
        {"bc", 'd', false, 'd', "ab", NULL, NULL, ""},
        {"Bc", 'd', false, 'd', "ab", NULL, NULL, ""}, /* a part of the key is no key */
        {"BC", 'f', false, 'f', "ab", NULL, "c", "b"}, /* the unique one, now at the second place */
    };
    assert_keys(situations, COUNT(situations));
}

/* The old row of a delete has the identity's columns and no others. */
static void keys_that_a_delete_cannot_tell(void **state)
{
    (void)state;
    static const situation situations[] = {
        {"aBc", 'i', false, 'i', "a", "b", NULL, "b"},
        {"ABc", 'i', false, 'i', "a", "ab", NULL, "a"},
        {"Abc", 'd', false, 'i', "a", "b", NULL, "a"},  /* the identity was another when this was logged */
        {"Abc", 'i', false, 'i', "a", NULL, NULL, "a"}, /* the primary key is named as the identity */
    };
    assert_keys(situations, COUNT(situations));
}

/* A snapshot has no announcement and must choose what the stream will. */
static void snapshots_choose_as_the_stream_does(void **state)
{
    (void)state;
    static const situation situations[] = {
        {"abc", 0, false, 'd', "ba", NULL, "c", "ba"}, {"abc", 0, false, 'i', "a", "b", NULL, "b"},
        {"abc", 0, false, 'i', "a", NULL, NULL, "a"},  {"abc", 0, false, 'f', "b", NULL, NULL, "b"},
        {"abc", 0, false, 'n', NULL, NULL, "c", "c"},  {"abc", 0, false, 'd', NULL, NULL, NULL, ""},
        {"bc", 0, false, 'd', "ab", NULL, NULL, ""},   {"abc", 0, true, 0, NULL, NULL, NULL, ""},
    };
    assert_keys(situations, COUNT(situations));
}

static void what_the_stream_announced(void **state)
{
    (void)state;
    static const situation situations[] = {
        {"-A-b-C", 'd', true, 0, NULL, NULL, NULL, "ac"}, /* the table is gone */
        {"-A-b", 'i', true, 0, NULL, NULL, NULL, "a"},    {"-A-B", 'f', true, 0, NULL, NULL, NULL, ""},
        {"-Ab", 'd', false, 'd', "c", NULL, NULL, "a"},  /* the key's column has another name now */
        {"-A-Bc", 'd', false, 'd', "d", NULL, NULL, ""}, /* not the key of today */
    };
    assert_keys(situations, COUNT(situations));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(indexes_in_their_order),
        cmocka_unit_test(keys_that_the_relation_lacks),
        cmocka_unit_test(keys_that_a_delete_cannot_tell),
        cmocka_unit_test(snapshots_choose_as_the_stream_does),
        cmocka_unit_test(what_the_stream_announced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
