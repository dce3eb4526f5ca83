#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* after the four headers it needs */
#include <cmocka.h>

#include "base/memory.h"
#include "postgres/check/check.h"
#include "postgres/objects/identity.h"
#include "postgres/server/settings.h"
#include "postgres/setup/setup.h"

/* ---- Names ---- */

static const leat_postgres_source_settings made_from_the_name;

static void assert_names(const char *pipeline, const char *expected)
{
    const leat_source_options options = {.pipeline = pipeline, .settings = &made_from_the_name};
    leat_postgres_names names;
    leat_postgres_names_resolve(&options, &names);
    assert_string_equal(names.slot, expected);
    assert_string_equal(names.publication, expected);
    leat_postgres_names_free(&names);
}

static void names_are_made_legal(void **state)
{
    (void)state;
    assert_names("shop", "leat_shop");
    assert_names("Shop-EU.2", "leat_shop_eu_2");
    assert_names("caf\xc3\xa9", "leat_caf__");
    /* 5 and 58 characters fit, 59 do not. */
    assert_names("1234567890123456789012345678901234567890123456789012345678",
                 "leat_1234567890123456789012345678901234567890123456789012345678");
}

static void long_names_stay_different_and_legal(void **state)
{
    (void)state;
    const leat_source_options first = {.settings = &made_from_the_name,
                                       .pipeline =
                                           "12345678901234567890123456789012345678901234567890123456789a"};
    const leat_source_options second = {.settings = &made_from_the_name,
                                        .pipeline =
                                            "12345678901234567890123456789012345678901234567890123456789b"};
    leat_postgres_names names;
    leat_postgres_names others;
    leat_postgres_names_resolve(&first, &names);
    leat_postgres_names_resolve(&second, &others);
    assert_int_equal(strlen(names.slot), 63);
    assert_int_equal(strspn(names.slot, "abcdefghijklmnopqrstuvwxyz0123456789_"), 63);
    assert_string_not_equal(names.slot, others.slot);
    leat_postgres_names_free(&names);
    leat_postgres_names_free(&others);
}

static void given_names_are_taken_as_they_are(void **state)
{
    (void)state;
    const leat_postgres_source_settings settings = {.slot = "mine", .publication = "My Pub"};
    const leat_source_options options = {.pipeline = "shop", .settings = &settings};
    leat_postgres_names names;
    leat_postgres_names_resolve(&options, &names);
    assert_string_equal(names.slot, "mine");
    assert_string_equal(names.publication, "My Pub");
    leat_postgres_names_free(&names);
}

/* ---- Identity ---- */

static const leat_postgres_recorded_table recorded_tables[] = {
    {16402, "public.a", 16460}, {0, "public.gone, \xc3\xa9:=\n", 0}, {4294967295u, "x.y", 4294967295u}};

static void an_identity_survives_the_notebook(void **state)
{
    (void)state;
    const leat_postgres_identity identity = {
        .system = "7711236910684332745",
        .timeline = 3,
        .database = 4294967295u,
        .publication = 16458,
        .publication_name = "My\n=Pub \xc3\xa9",
        .slot = "leat_shop",
        .tables = recorded_tables,
        .table_count = 3,
    };
    leat_postgres_identity read = {0};
    char *text = leat_postgres_identity_format(&identity);
    assert_int_equal(leat_postgres_identity_parse(text, &read, NULL), LEAT_OK);
    assert_string_equal(read.system, identity.system);
    assert_int_equal(read.timeline, 3);
    assert_int_equal(read.database, 4294967295u);
    assert_int_equal(read.publication, 16458);
    assert_string_equal(read.publication_name, identity.publication_name);
    assert_string_equal(read.slot, "leat_shop");
    assert_int_equal(read.table_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(read.tables[i].identifier, recorded_tables[i].identifier);
        assert_int_equal(read.tables[i].membership, recorded_tables[i].membership);
        assert_string_equal(read.tables[i].name, recorded_tables[i].name);
    }
    leat_postgres_identity_free(&read);
    leat_release(text);
}

static void a_name_that_went_away_is_remembered_without_its_identifier(void **state)
{
    (void)state;
    static const leat_postgres_recorded_table before[] = {
        {7, "public.a", 0}, {8, "public.b", 0}, {0, "public.c", 0}};
    static const leat_postgres_recorded_table after[] = {{9, "public.a", 0}, {10, "public.d", 0}};
    const leat_postgres_identity earlier = {.tables = before, .table_count = 3};
    leat_postgres_identity present = {.tables = after, .table_count = 2};
    leat_postgres_identity_remember(&present, &earlier);
    static const leat_postgres_recorded_table expected[] = {
        {9, "public.a", 0}, {10, "public.d", 0}, {0, "public.b", 0}, {0, "public.c", 0}};
    assert_int_equal(present.table_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(present.tables[i].identifier, expected[i].identifier);
        assert_string_equal(present.tables[i].name, expected[i].name);
    }
    leat_postgres_identity_free(&present);
}

static void assert_no_identity(const char *text)
{
    leat_postgres_identity read = {0};
    leat_error error;
    assert_int_equal(leat_postgres_identity_parse(text, &read, &error), LEAT_FAILED);
    leat_postgres_identity_free(&read);
}

static void a_damaged_record_is_refused(void **state)
{
    (void)state;
    static const char good[] = "system=1\ntimeline=1\ndatabase=5\npublication=6\npublication_name=61\n"
                               "slot=62\ntables=7.9:61,8.10:62\n";
    leat_postgres_identity read = {0};
    assert_int_equal(leat_postgres_identity_parse(good, &read, NULL), LEAT_OK);
    leat_postgres_identity_free(&read);
    assert_no_identity("");
    assert_no_identity("system=1\ntimeline=1\n");
    assert_no_identity(
        "system=1\ntimeline=x\ndatabase=5\npublication=6\npublication_name=61\nslot=62\ntables=7.9:61\n");
    assert_no_identity(
        "system=1\ntimeline=1\ndatabase=5\npublication=6\npublication_name=6\nslot=62\ntables=7.9:61\n");
    assert_no_identity(
        "system=1\ntimeline=1\ndatabase=5\npublication=6\npublication_name=zz\nslot=62\ntables=7.9:61\n");
    assert_no_identity(
        "system=1\ntimeline=1\ndatabase=4294967296\npublication=6\npublication_name=61\nslot=62\n"
        "tables=7.9:61\n");
    assert_no_identity(
        "system=1\ntimeline=1\ndatabase=5\npublication=6\npublication_name=61\nslot=62\ntables=7.9:61,x\n");
    assert_no_identity(
        "system=1\ntimeline=1\ndatabase=5\npublication=6\npublication_name=61\nslot=62\ntables=7:61\n");
    assert_no_identity(
        "system=1\ntimeline=1\ndatabase=5\npublication=6\npublication_name=61\nslot=62\ntables=7.9\n");
    assert_no_identity(
        "system=1\ntimeline=1\ndatabase=5\npublication=6\npublication_name=61\nslot=62\ntables=7.9:6\n");
}

/* ---- Slot ---- */

static void assert_judged(const leat_postgres_slot *slot, const char *code)
{
    leat_findings findings = {0};
    leat_postgres_slot_judge(slot, "leat_shop", &findings);
    if (code == NULL) {
        assert_int_equal(findings.count, 0);
    } else {
        assert_int_equal(findings.count, 1);
        assert_string_equal(findings.items[0].code, code);
        assert_int_equal(findings.items[0].level, LEAT_FINDING_ERROR);
        assert_string_equal(findings.items[0].object, "slot leat_shop");
    }
    leat_findings_free(&findings);
}

static void a_slot_is_judged(void **state)
{
    (void)state;
    const leat_postgres_slot good = {
        .exists = true, .logical = true, .plugin = "pgoutput", .database = "shop", .wal_status = "reserved"};
    leat_postgres_slot slot = good;
    assert_judged(&slot, NULL);
    slot.plugin[0] = 'x';
    assert_judged(&slot, "slot_kind");
    slot = good;
    slot.logical = false;
    assert_judged(&slot, "slot_kind");
    slot = good;
    slot.other_database = true;
    assert_judged(&slot, "slot_database");
    slot = good;
    slot.two_phase = true;
    assert_judged(&slot, "slot_two_phase");
    slot = good;
    slot.synced = slot.temporary = true;
    assert_judged(&slot, "slot_synced");
    slot = good;
    strcpy(slot.wal_status, "lost");
    assert_judged(&slot, "slot_lost");
    slot = good;
    strcpy(slot.invalidation, "rows_removed");
    assert_judged(&slot, "slot_lost");
}

/* ---- Statements and refusals ---- */

static void the_publication_is_for_exactly_the_tables(void **state)
{
    (void)state;
    const leat_postgres_table_entry plain = {.schema = "public", .name = "a"};
    const leat_postgres_table_entry strange = {.schema = "S", .name = "we\"ird"};
    const leat_postgres_table_entry *captured[] = {&plain, &strange};
    const leat_postgres_tables tables = {.captured = captured, .captured_count = 2};
    leat_buffer sql = {0};
    leat_postgres_publication_append_create(&sql, "leat_shop", &tables, 150000);
    assert_string_equal(leat_buffer_string(&sql),
                        "CREATE PUBLICATION \"leat_shop\" FOR TABLE ONLY \"public\".\"a\", ONLY "
                        "\"S\".\"we\"\"ird\" WITH (publish = 'insert, update, delete, truncate', "
                        "publish_via_partition_root = true);");
    leat_buffer_reset(&sql);
    leat_postgres_publication_append_create(&sql, "leat_shop", &tables, 180000);
    assert_non_null(strstr(leat_buffer_string(&sql), ", publish_generated_columns = stored);"));
    leat_buffer_free(&sql);
}

static void a_refusal_has_the_words_of_the_first_error(void **state)
{
    (void)state;
    leat_findings findings = {0};
    leat_error error;
    leat_findings_add(&findings, LEAT_FINDING_WARNING, "a", "x", "no", "surprising");
    assert_int_equal(leat_postgres_refuse_by_findings(&findings, &error), LEAT_OK);
    leat_findings_add(&findings, LEAT_FINDING_ERROR, "b", "x", "DO THIS;", "wrong");
    leat_findings_add(&findings, LEAT_FINDING_ERROR, "c", "x", NULL, "worse");
    assert_int_equal(leat_postgres_refuse_by_findings(&findings, &error), LEAT_OPERATOR);
    assert_string_equal(error.message, "wrong");
    assert_string_equal(error.mend, "DO THIS;");
    leat_findings_free(&findings);
}

static void a_statement_that_does_not_fit_is_not_cut(void **state)
{
    (void)state;
    leat_findings findings = {0};
    leat_error error;
    char mend[sizeof error.mend + 1];
    memset(mend, 'x', sizeof mend - 1);
    mend[sizeof mend - 1] = '\0';
    leat_findings_add(&findings, LEAT_FINDING_ERROR, "b", "x", mend, "wrong");
    assert_int_equal(leat_postgres_refuse_by_findings(&findings, &error), LEAT_OPERATOR);
    assert_null(strstr(error.mend, "xx"));
    assert_non_null(strstr(error.mend, "leat check"));
    leat_findings_free(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_made_legal),
        cmocka_unit_test(long_names_stay_different_and_legal),
        cmocka_unit_test(given_names_are_taken_as_they_are),
        cmocka_unit_test(an_identity_survives_the_notebook),
        cmocka_unit_test(a_name_that_went_away_is_remembered_without_its_identifier),
        cmocka_unit_test(a_damaged_record_is_refused),
        cmocka_unit_test(a_slot_is_judged),
        cmocka_unit_test(the_publication_is_for_exactly_the_tables),
        cmocka_unit_test(a_refusal_has_the_words_of_the_first_error),
        cmocka_unit_test(a_statement_that_does_not_fit_is_not_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
