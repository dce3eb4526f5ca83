/* What is remembered of types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

#include "postgres/catalog/facts.h"

enum { MOOD = 16400, MANY = 1000 };

static void facts_are_copied_and_replaced(void **state)
{
    (void)state;
    char name[] = "mood";
    char label[] = "sad";
    const char *labels[] = {label, "happy"};
    leat_postgres_facts *facts = leat_postgres_facts_open();
    assert_null(leat_postgres_facts_find(facts, MOOD));
    leat_postgres_type_fact fact = {.identifier = MOOD,
                                    .schema = "public",
                                    .name = name,
                                    .kind = 'e',
                                    .labels = labels,
                                    .label_count = 1};
    leat_postgres_facts_learn(facts, &fact);
    name[0] = label[0] = 'X';
    const leat_postgres_type_fact *found = leat_postgres_facts_find(facts, MOOD);
    assert_string_equal(found->name, "mood");
    assert_int_equal(found->label_count, 1);
    assert_string_equal(found->labels[0], "sad");
    label[0] = 's';
    fact.label_count = 2;
    leat_postgres_facts_learn(facts, &fact);
    found = leat_postgres_facts_find(facts, MOOD);
    assert_int_equal(found->label_count, 2);
    assert_string_equal(found->labels[1], "happy");
    leat_postgres_facts_close(facts);
}

static void names_from_the_stream_give_way_to_the_catalogs(void **state)
{
    (void)state;
    leat_postgres_facts *facts = leat_postgres_facts_open();
    leat_postgres_facts_note(facts, MOOD, "public", "noted");
    assert_string_equal(leat_postgres_facts_spelling(facts, MOOD, -1), "public.noted");
    assert_int_equal(((const leat_postgres_type_fact *)leat_postgres_facts_find(facts, MOOD))->kind, 0);
    leat_postgres_type_fact fact = {.identifier = MOOD, .schema = "public", .name = "mood", .kind = 'e'};
    leat_postgres_facts_learn(facts, &fact);
    leat_postgres_facts_note(facts, MOOD, "public", "noted");
    assert_string_equal(leat_postgres_facts_spelling(facts, MOOD, -1), "public.mood");
    leat_postgres_facts_close(facts);
}

static void spellings(void **state)
{
    (void)state;
    leat_postgres_facts *facts = leat_postgres_facts_open();
    assert_string_equal(leat_postgres_facts_spelling(facts, MOOD, -1), "type 16400");
    leat_postgres_facts_note(facts, MOOD, "", "int4"); /* pgoutput's "" is pg_catalog */
    assert_string_equal(leat_postgres_facts_spelling(facts, MOOD, -1), "int4");
    leat_postgres_facts_learn_spelling(facts, 1700, -1, "numeric");
    leat_postgres_facts_learn_spelling(facts, 1700, 655366, "numeric(10,2)");
    assert_string_equal(leat_postgres_facts_spelling(facts, 1700, 655366), "numeric(10,2)");
    assert_string_equal(leat_postgres_facts_spelling(facts, 1700, -1), "numeric");
    leat_postgres_facts_learn_spelling(facts, 1700, -1, "pg_catalog.numeric");
    assert_string_equal(leat_postgres_facts_spelling(facts, 1700, -1), "pg_catalog.numeric");
    leat_postgres_facts_close(facts);
}

static void many_types(void **state)
{
    (void)state;
    leat_postgres_facts *facts = leat_postgres_facts_open();
    for (Oid type = 1; type <= MANY; type++)
        leat_postgres_facts_note(facts, type, "s", "t");
    for (Oid type = 1; type <= MANY; type++)
        assert_int_equal(((const leat_postgres_type_fact *)leat_postgres_facts_find(facts, type))->identifier,
                         type);
    assert_null(leat_postgres_facts_find(facts, MANY + 1));
    leat_postgres_facts_close(facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_are_copied_and_replaced),
        cmocka_unit_test(names_from_the_stream_give_way_to_the_catalogs),
        cmocka_unit_test(spellings),
        cmocka_unit_test(many_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
