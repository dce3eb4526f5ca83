/* The pgoutput decoder, on messages that a server made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "pgoutput_messages.h"
#include "postgres/wire/pgoutput.h"

typedef struct fixture {
    leat_arena arena;
    leat_buffer bytes;
    leat_pgoutput_message message;
    leat_error error;
} fixture;

static int set_up(void **state)
{
    *state = leat_allocate(sizeof(fixture));
    return 0;
}

static int tear_down(void **state)
{
    fixture *test = *state;
    leat_arena_free(&test->arena);
    leat_buffer_free(&test->bytes);
    leat_release(test);
    return 0;
}

static leat_status decode(fixture *test)
{
    leat_arena_reset(&test->arena);
    return leat_pgoutput_decode(leat_buffer_slice(&test->bytes), &test->arena, &test->message, &test->error);
}

static const leat_pgoutput_message *decoded(fixture *test, const char *name)
{
    leat_buffer_reset(&test->bytes);
    append_message(&test->bytes, name);
    if (decode(test) != LEAT_OK)
        fail_msg("%s: %s", name, test->error.message);
    return &test->message;
}

static leat_status decode_hex(fixture *test, const char *hex)
{
    leat_buffer_reset(&test->bytes);
    append_hex(&test->bytes, hex);
    return decode(test);
}

static void assert_value(const leat_datum *datum, const char *text)
{
    assert_int_equal(datum->kind, LEAT_DATUM_VALUE);
    assert_true(leat_slice_equals_string(datum->value, text));
}

/* ---- Each kind ---- */

/* Numbers were asked of the server: '0/199F458'::pg_lsn - '0/0' and the like. */
static void begin_and_commit(void **state)
{
    const leat_pgoutput_message *message = decoded(*state, "begin");
    assert_int_equal(message->kind, LEAT_PGOUTPUT_BEGIN);
    assert_int_equal(message->lsn, 26866776);
    assert_int_equal(message->commit_time, INT64_C(1795412883088379));
    assert_int_equal(message->xid, 748);

    message = decoded(*state, "commit");
    assert_int_equal(message->kind, LEAT_PGOUTPUT_COMMIT);
    assert_int_equal(message->lsn, 26866776);
    assert_int_equal(message->end_lsn, 26866824);
    assert_int_equal(message->commit_time, INT64_C(1795412883088379));
}

/* date -u -d '2024-03-10 08:00:00' +%s */
static void origin(void **state)
{
    const leat_pgoutput_message *message = decoded(*state, "begin_with_origin");
    assert_int_equal(message->commit_time, INT64_C(1710057600000000));

    message = decoded(*state, "origin");
    leat_lsn given;
    assert_true(leat_lsn_parse("16/B374D848", &given));
    assert_int_equal(message->kind, LEAT_PGOUTPUT_ORIGIN);
    assert_true(message->lsn == given);
    assert_true(leat_slice_equals_string(message->name, "elsewhere"));
}

static void type(void **state)
{
    const leat_pgoutput_message *message = decoded(*state, "type");
    assert_int_equal(message->kind, LEAT_PGOUTPUT_TYPE);
    assert_int_equal(message->relation, 16393);
    assert_true(leat_slice_equals_string(message->schema, "public"));
    assert_true(leat_slice_equals_string(message->name, "mood"));
}

/* Type OIDs are those of pg_type.dat: int4 23, varchar 1043, text 25; varchar(20) has typmod 24. */
static void relation(void **state)
{
    static const struct {
        const char *name;
        Oid type;
        int32_t typmod;
        bool in_identity;
    } expected[] = {
        {"id", 23, -1, true}, {"name", 1043, 24, false}, {"mood", 16393, -1, false}, {"note", 25, -1, false}};
    const leat_pgoutput_message *message = decoded(*state, "relation_plain");
    const leat_postgres_relation *definition = &message->definition;
    assert_int_equal(message->kind, LEAT_PGOUTPUT_RELATION);
    assert_int_equal(definition->identifier, 16397);
    assert_string_equal(definition->schema, "public");
    assert_string_equal(definition->name, "plain");
    assert_int_equal(definition->replica_identity, 'd');
    assert_int_equal(definition->column_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(definition->columns[i].name, expected[i].name);
        assert_int_equal(definition->columns[i].type, expected[i].type);
        assert_int_equal(definition->columns[i].typmod, expected[i].typmod);
        assert_int_equal(definition->columns[i].in_identity, expected[i].in_identity);
    }
    assert_int_equal(decoded(*state, "relation_whole")->definition.replica_identity, 'f');
}

/* "The empty string for pg_catalog" (documentation of the Relation and Type messages). */
static void empty_schema_is_pg_catalog(void **state)
{
    fixture *test = *state;
    assert_int_equal(decode_hex(test, "52000040010074006400"
                                      "00"),
                     LEAT_OK);
    assert_string_equal(test->message.definition.schema, "pg_catalog");
    assert_int_equal(decode_hex(test, "590000400100696e743400"), LEAT_OK);
    assert_true(leat_slice_equals_string(test->message.schema, "pg_catalog"));
    assert_true(leat_slice_equals_string(test->message.name, "int4"));
}

static void insert(void **state)
{
    const leat_pgoutput_message *message = decoded(*state, "insert");
    assert_int_equal(message->kind, LEAT_PGOUTPUT_INSERT);
    assert_int_equal(message->relation, 16397);
    assert_int_equal(message->old_tuple.kind, 0);
    assert_int_equal(message->new_tuple.kind, 'N');
    assert_int_equal(message->new_tuple.count, 4);
    assert_value(&message->new_tuple.datums[0], "1");
    assert_value(&message->new_tuple.datums[1], "one");
    assert_value(&message->new_tuple.datums[2], "ok");
    assert_int_equal(message->new_tuple.datums[3].kind, LEAT_DATUM_NULL);
}

static void update(void **state)
{
    const leat_pgoutput_message *message = decoded(*state, "update_same_key");
    assert_int_equal(message->kind, LEAT_PGOUTPUT_UPDATE);
    assert_int_equal(message->old_tuple.kind, 0);
    assert_null(message->old_tuple.datums);
    assert_value(&message->new_tuple.datums[1], "uno");

    message = decoded(*state, "update_new_key");
    assert_int_equal(message->old_tuple.kind, 'K');
    assert_int_equal(message->old_tuple.count, 4);
    assert_value(&message->old_tuple.datums[0], "1");
    assert_int_equal(message->old_tuple.datums[1].kind, LEAT_DATUM_NULL);
    assert_value(&message->new_tuple.datums[0], "2");

    message = decoded(*state, "update_full");
    assert_int_equal(message->old_tuple.kind, 'O');
    assert_int_equal(message->old_tuple.datums[1].value.length, 3000);
    assert_int_equal(message->new_tuple.datums[1].kind, LEAT_DATUM_UNCHANGED);
}

static void delete (void **state)
{
    const leat_pgoutput_message *message = decoded(*state, "delete_key");
    assert_int_equal(message->kind, LEAT_PGOUTPUT_DELETE);
    assert_int_equal(message->old_tuple.kind, 'K');
    assert_value(&message->old_tuple.datums[0], "2");
    assert_null(message->new_tuple.datums);

    message = decoded(*state, "delete_full");
    assert_int_equal(message->old_tuple.kind, 'O');
    assert_int_equal(message->old_tuple.datums[1].value.length, 3000);
}

static void truncate_message(void **state)
{
    const leat_pgoutput_message *message = decoded(*state, "truncate");
    assert_int_equal(message->kind, LEAT_PGOUTPUT_TRUNCATE);
    assert_int_equal(message->flags, 3); /* CASCADE and RESTART IDENTITY */
    assert_int_equal(message->relation_count, 2);
    assert_int_equal(message->relations[0], 16397);
    assert_int_equal(message->relations[1], 16418);
}

static void logical_message(void **state)
{
    const leat_pgoutput_message *message = decoded(*state, "message_alone");
    assert_int_equal(message->kind, LEAT_PGOUTPUT_MESSAGE);
    assert_false(message->transactional);
    assert_int_equal(message->lsn, 26866192);
    assert_true(leat_slice_equals_string(message->name, "alone"));
    assert_true(leat_slice_equals_string(message->content, "outside"));

    message = decoded(*state, "message_inside");
    assert_true(message->transactional);
    assert_int_equal(message->lsn, 26893592);
    assert_true(leat_slice_equals_string(message->content, "two\nlines"));
}

/* ---- What must be refused ---- */

static void every_truncation_is_refused(void **state)
{
    fixture *test = *state;
    for (size_t i = 0; i < PGOUTPUT_MESSAGE_COUNT; i++) {
        leat_buffer whole = {0};
        append_hex(&whole, pgoutput_messages[i].hex);
        for (size_t length = 0; length < whole.length; length++) {
            /* A copy of just this length, so that a sanitizer sees the first byte read beyond it. */
            void *copy = leat_duplicate_bytes(whole.data, length);
            void *exact = leat_reallocate(copy, length == 0 ? 1 : length);
            leat_arena_reset(&test->arena);
            leat_status status = leat_pgoutput_decode(leat_slice_of(exact, length), &test->arena,
                                                      &test->message, &test->error);
            leat_release(exact);
            if (status != LEAT_FAILED)
                fail_msg("%s cut to %zu bytes gave status %d", pgoutput_messages[i].name, length, status);
        }
        leat_buffer_free(&whole);
    }
}

static void a_byte_too_many_is_refused(void **state)
{
    fixture *test = *state;
    for (size_t i = 0; i < PGOUTPUT_MESSAGE_COUNT; i++) {
        leat_buffer_reset(&test->bytes);
        append_hex(&test->bytes, pgoutput_messages[i].hex);
        leat_buffer_append_byte(&test->bytes, 0);
        assert_int_equal(decode(test), LEAT_FAILED);
        assert_non_null(strstr(test->error.message, "1 bytes"));
    }
}

static void unknown_kinds_are_refused(void **state)
{
    fixture *test = *state;
    for (int kind = 0; kind < 256; kind++) {
        if (kind != 0 && strchr("BCORYIUDTM", kind) != NULL)
            continue;
        uint8_t bytes[64] = {(uint8_t)kind};
        leat_status status = leat_pgoutput_decode(leat_slice_of(bytes, sizeof bytes), &test->arena,
                                                  &test->message, &test->error);
        bool two_phase = kind != 0 && strchr("bPKrp", kind) != NULL;
        assert_int_equal(status, two_phase ? LEAT_OPERATOR : LEAT_FAILED);
        if (two_phase)
            assert_non_null(strstr(test->error.message, "two_phase"));
    }
}

static void assert_refused(fixture *test, const char *hex, const char *reason)
{
    assert_int_equal(decode_hex(test, hex), LEAT_FAILED);
    if (strstr(test->error.message, reason) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", test->error.message, reason);
}

static void unknown_flags_and_kinds_inside_are_refused(void **state)
{
    assert_refused(*state, "4301(00*24)", "unknown flags of a commit at byte 1");
    assert_refused(*state, "54(00*4)04", "unknown flags of a truncate");
    assert_refused(*state, "4d02(00*8)0000(00*4)", "unknown flags of a logical message");
    assert_refused(*state, "520000400161006200780000", "unknown replica identity");
    assert_refused(*state, "5200004001610062006400010261000000001700000000", "unknown flags of a column");
    assert_refused(*state, "49000040014f0000", "tuple of unexpected kind");
    assert_refused(*state, "44000040014e0000", "tuple of unexpected kind");
    assert_refused(*state, "55000040014b00004b0000", "tuple of unexpected kind");
    assert_refused(*state, "49000040014e000162000000013100", "binary form");
    assert_refused(*state, "49000040014e000178", "column of unknown kind");
}

static void lengths_and_counts_that_cannot_be_are_refused(void **state)
{
    assert_refused(*state, "49000040014e000174ffffffff", "negative length of a column");
    assert_refused(*state, "49000040014e0001747fffffff31", "truncated");
    assert_refused(*state, "49000040014effff6e", "more columns than the message has bytes");
    assert_refused(*state,
                   "520000400161006200"
                   "64ffff(00*20)",
                   "more columns than the message has room for");
    assert_refused(*state, "54ffffffff0000004001", "more tables than the message has room for");
    assert_refused(*state, "4d00(00*8)00ffffffff", "negative length of a logical message");
    assert_refused(*state, "42(00*8)7fffffffffffffff00000001", "time out of range");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(begin_and_commit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(origin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(type, set_up, tear_down),
        cmocka_unit_test_setup_teardown(relation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(empty_schema_is_pg_catalog, set_up, tear_down),
        cmocka_unit_test_setup_teardown(insert, set_up, tear_down),
        cmocka_unit_test_setup_teardown(update, set_up, tear_down),
        cmocka_unit_test_setup_teardown(delete, set_up, tear_down),
        cmocka_unit_test_setup_teardown(truncate_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(logical_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_truncation_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_byte_too_many_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_kinds_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_flags_and_kinds_inside_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lengths_and_counts_that_cannot_be_are_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
