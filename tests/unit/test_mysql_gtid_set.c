/* GTID sets. What they must be is what MySQL 9.7 says: GTID_SUBTRACT, GTID_SUBSET, and the bytes of its own
 * PREVIOUS_GTIDS events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "mysql/gtid/set.h"

#define LOW   "00000000-0000-0000-0000-000000000001"
#define FIRST "3e11fa47-71ca-11e1-9e33-c80aa9429562"
#define NEXT  "3e11fa47-71ca-11e1-9e33-c80aa9429563"
#define HIGH  "ffffffff-ffff-ffff-ffff-fffffffffffe"

static leat_mysql_gtid_set *set_of(const char *text)
{
    leat_mysql_gtid_set *set = leat_mysql_gtid_set_new();
    leat_error error;
    assert_int_equal(leat_mysql_gtid_set_parse(set, leat_slice_of_string(text), &error), LEAT_OK);
    return set;
}

static void assert_set(const leat_mysql_gtid_set *set, const char *text)
{
    leat_buffer out = {0};
    leat_mysql_gtid_set_format(set, &out);
    assert_string_equal(leat_buffer_string(&out), text);
    leat_buffer_free(&out);
}

/* SELECT GTID_SUBTRACT(left, ''), GTID_SUBTRACT(CONCAT(left, ',', right), ''), GTID_SUBTRACT(left, right),
 * GTID_SUBSET(right, left), line ends taken out. */
static const struct {
    const char *left;
    const char *right;
    const char *canonical;
    const char *joined;
    const char *rest;
    bool contains;
} asked[] = {
    {FIRST ":30:27-37:16:a1:13:1-11:1-4," FIRST ":a1:16-19:7-17", FIRST ":a1:1", FIRST ":16:27-37:a1:1-19",
     FIRST ":16:27-37:a1:1-19", FIRST ":16:27-37:a1:2-19", true},
    {FIRST ":a:5-15:28-31," NEXT ":14-24:4-7:4," FIRST ":1-4:14-17", FIRST ":a:10-13:12-15:7-8",
     FIRST ":1-4:14-17:a:5-15:28-31," NEXT ":4-7:14-24", FIRST ":1-4:14-17:a:5-15:28-31," NEXT ":4-7:14-24",
     FIRST ":1-4:14-17:a:5-6:9:28-31," NEXT ":4-7:14-24", true},
    {NEXT ":4-14", NEXT ":10-13:6:11-12", NEXT ":4-14", NEXT ":4-14", NEXT ":4-5:7-9:14", true},
    {FIRST ":1-2:22-23:5-15", FIRST ":22:23:11", FIRST ":1-2:5-15:22-23", FIRST ":1-2:5-15:22-23",
     FIRST ":1-2:5-10:12-15", true},
    {LOW ":6-9:5:1:7-17:a:15:a1:29-39:18", LOW ":16:1:7-8:13", LOW ":1:5-17:a:15:a1:18:29-39",
     LOW ":1:5-17:a:15:a1:18:29-39", LOW ":5-6:9-12:14-15:17:a:15:a1:18:29-39", true},
    {FIRST ":11-12", FIRST ":9-12", FIRST ":11-12", FIRST ":9-12", "", false},
    {FIRST ":25", FIRST ":22-25:10", FIRST ":25", FIRST ":10:22-25", "", false},
    {LOW ":mytag:21-31:_x:24-34:12", LOW ":29:mytag:13-23:16-19:a1:12", LOW ":_x:12:24-34:mytag:21-31",
     LOW ":29:_x:12:24-34:a1:12:mytag:13-31", LOW ":_x:12:24-34:mytag:24-31", false},
    {FIRST ":_x:7-8:11-14:mytag:26:15:26-27:7", FIRST ":3-4:10:25:mytag:25:28-38:2:4-7",
     FIRST ":_x:7-8:11-14:mytag:7:15:26-27", FIRST ":3-4:10:25:_x:7-8:11-14:mytag:2:4-7:15:25-38",
     FIRST ":_x:7-8:11-14:mytag:15:26-27", false},
    {FIRST ":2-5:26-29:21-24:10:a1:5-15:25:11:16-17:mytag:19:3", FIRST ":mytag:28-38:19:_x:3-13",
     FIRST ":2-5:10:21-24:26-29:a1:5-17:25:mytag:3:19",
     FIRST ":2-5:10:21-24:26-29:_x:3-13:a1:5-17:25:mytag:3:19:28-38",
     FIRST ":2-5:10:21-24:26-29:a1:5-17:25:mytag:3", false},
    {FIRST ":3-13:13," NEXT ":17:16:28:6-9", FIRST ":11," FIRST ":1", FIRST ":3-13," NEXT ":6-9:16-17:28",
     FIRST ":1:3-13," NEXT ":6-9:16-17:28", FIRST ":3-10:12-13," NEXT ":6-9:16-17:28", false},
    {FIRST ":_x:2:24," FIRST ":30-40:19:10", FIRST ":24:6-16:19:1-4," FIRST ":21-31:7-10",
     FIRST ":10:19:30-40:_x:2:24", FIRST ":1-4:6-16:19:21-40:_x:2:24", FIRST ":32-40:_x:2:24", false},
    {NEXT ":30:10-13:25," FIRST ":27-28:27-30:21-22:20", NEXT ":10:1-2," FIRST ":19-20:2:25:16",
     FIRST ":20-22:27-30," NEXT ":10-13:25:30", FIRST ":2:16:19-22:25:27-30," NEXT ":1-2:10-13:25:30",
     FIRST ":21-22:27-30," NEXT ":11-13:25:30", false},
    {NEXT ":a1:16-19:2:24," NEXT ":10-13:20:8", FIRST ":29:23-24:30-40:1-11," NEXT ":28-38:12-13:7-8",
     NEXT ":8:10-13:20:a1:2:16-19:24", FIRST ":1-11:23-24:29-40," NEXT ":7-8:10-13:20:28-38:a1:2:16-19:24",
     NEXT ":10-11:20:a1:2:16-19:24", false},
    {FIRST ":_x:6-16:29-39:a1:13", FIRST ":_x:10-20:11", FIRST ":_x:6-16:29-39:a1:13",
     FIRST ":_x:6-20:29-39:a1:13", FIRST ":_x:6-9:29-39:a1:13", false},
    {FIRST ":19-22:28:9:_x:22:26-27:8:3-4", FIRST ":mytag:2:16:_x:4-7:8-18:8",
     FIRST ":9:19-22:28:_x:3-4:8:22:26-27", FIRST ":9:19-22:28:_x:3-18:22:26-27:mytag:2:16",
     FIRST ":9:19-22:28:_x:3:22:26-27", false},
    {FIRST ":11:_x:9:27-37:13-14:a1:9:17-20", FIRST ":a:15-18:3-4:2-3:19:_x:6-16:5-8:7:9",
     FIRST ":11:_x:9:13-14:27-37:a1:9:17-20", FIRST ":11:_x:5-16:27-37:a:2-4:15-19:a1:9:17-20",
     FIRST ":11:_x:27-37:a1:9:17-20", false},
    {"", FIRST ":15:24:a1:6-9:17-20:a:14:12-13:3-4", "", FIRST ":15:24:a:3-4:12-14:a1:6-9:17-20", "", false},
    {NEXT ":12-22", "", NEXT ":12-22", NEXT ":12-22", NEXT ":12-22", true},
};
enum { ASKED = sizeof asked / sizeof *asked };

static void computes_as_the_server_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < ASKED; i++) {
        leat_mysql_gtid_set *left = set_of(asked[i].left);
        leat_mysql_gtid_set *right = set_of(asked[i].right);
        assert_set(left, asked[i].canonical);
        assert_int_equal(leat_mysql_gtid_set_contains(left, right), asked[i].contains);
        leat_mysql_gtid_set *joined = leat_mysql_gtid_set_copy(left);
        leat_mysql_gtid_set_union(joined, right);
        assert_set(joined, asked[i].joined);
        leat_mysql_gtid_set_subtract(left, right);
        assert_set(left, asked[i].rest);
        leat_mysql_gtid_set_free(left);
        leat_mysql_gtid_set_free(right);
        leat_mysql_gtid_set_free(joined);
    }
}

/* Left as a person or an older server might write it, right as GTID_SUBTRACT(left, '') answers. */
static const struct {
    const char *text;
    const char *canonical;
} spellings[] = {
    {"", ""},
    {" \n", ""},
    {FIRST ":1-9223372036854775806", FIRST ":1-9223372036854775806"},
    {"," FIRST ":1", FIRST ":1"},
    {FIRST ":1,", FIRST ":1"},
    {FIRST ":1,," FIRST ":4", FIRST ":1:4"},
    {" " FIRST " : 1 - 3 : 5 , " FIRST ":7", FIRST ":1-3:5:7"},
    {"3E11FA47-71CA-11E1-9E33-C80AA9429562:1", FIRST ":1"},
    {FIRST ":1:MyTag:2", FIRST ":1:mytag:2"},
    {FIRST ":a:1:_b:2:3:a1:4", FIRST ":_b:2-3:a:1:a1:4"},
    {FIRST ":1-5:5:6-9", FIRST ":1-9"},
    {FIRST ":01", FIRST ":1"},
    {FIRST ":a:1," FIRST ":b:2," FIRST ":3," FIRST ":a0:1," FIRST ":_:1," FIRST ":A:5",
     FIRST ":3:_:1:a:1:5:a0:1:b:2"},
    {FIRST ":a2345678901234567890123456789012:1", FIRST ":a2345678901234567890123456789012:1"},
    {FIRST ":1\n:2,\n" FIRST ":9", FIRST ":1-2:9"},
};

static void reads_what_people_and_servers_write(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        leat_mysql_gtid_set *set = set_of(spellings[i].text);
        assert_set(set, spellings[i].canonical);
        leat_mysql_gtid_set_free(set);
    }
}

static void refuses_other_texts_and_keeps_the_set(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        FIRST,
        FIRST ":",
        FIRST ":0-4",
        FIRST ":5-3",
        FIRST ":+1",
        FIRST ":1:",
        FIRST ":1::2",
        FIRST ":1-",
        FIRST ":1-2-3",
        FIRST ":1 2",
        FIRST ":a",
        FIRST ":a:b:1",
        FIRST ":1:a",
        FIRST ":-a:1",
        FIRST ":1-9223372036854775807",
        FIRST ":18446744073709551617",
        FIRST ":99999999999999999999999999999999999999999",
        FIRST ":a23456789012345678901234567890123:1",
        FIRST ":1;" NEXT ":1",
        FIRST ":1" NEXT ":1",
        "3e11fa47-71ca-11e1-9e33-c80aa942956:1",
        "3e11fa47-71ca-11e1-9e33-c80aa9429562ff:1",
        "3e11fa4771ca11e19e33c80aa9429562:1",
        "3e11fa47-71ca-11e1-9e33_c80aa9429562:1",
        "3e11fa47-71ca-11e1-9e33-c80aa942956g:1",
        "0-1-100",
        "-",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        leat_mysql_gtid_set *set = set_of(HIGH ":1-5");
        leat_error error = {0};
        assert_int_equal(leat_mysql_gtid_set_parse(set, leat_slice_of_string(wrong[i]), &error), LEAT_FAILED);
        assert_true(strlen(error.message) > 0);
        assert_set(set, HIGH ":1-5");
        leat_mysql_gtid_set_free(set);
    }
}

/* Bodies of PREVIOUS_GTIDS events of MySQL 9.7, which are in the same encoding as the command. */
static const struct {
    const char *text;
    const char *hex;
} encodings[] = {
    {FIRST ":1-3:7:a:300-301:mytag:2," HIGH ":_b:77",
     "0104000000000001"
     "3e11fa4771ca11e19e33c80aa942956200020000000000000001000000000000000400000000000000"
     "07000000000000000800000000000000"
     "3e11fa4771ca11e19e33c80aa9429562026101000000000000002c010000000000002e01000000000000"
     "3e11fa4771ca11e19e33c80aa94295620a6d7974616701000000000000000200000000000000"
     "0300000000000000"
     "fffffffffffffffffffffffffffffffe045f6201000000000000004d000000000000004e00000000000000"},
    {FIRST ":a2345678901234567890123456789012:9",
     "01010000000000013e11fa4771ca11e19e33c80aa9429562"
     "406132333435363738393031323334353637383930313233343536373839303132"
     "010000000000000009000000000000000a00000000000000"},
    /* Without tags the older form, which every version takes: the event's, without the zero lengths of tags.
     */
    {FIRST ":1-3:7," HIGH ":9223372036854775806",
     "0200000000000000"
     "3e11fa4771ca11e19e33c80aa942956202000000000000000100000000000000040000000000000007000000000000000800"
     "000000000000"
     "fffffffffffffffffffffffffffffffe0100000000000000feffffffffffff7fffffffffffffff7f"},
    {"", "0000000000000000"},
};

static void encodes_as_the_server_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        leat_mysql_gtid_set *set = set_of(encodings[i].text);
        leat_slice hex = leat_slice_of_string(encodings[i].hex);
        uint8_t bytes[512];
        assert_true(leat_hex_decode(hex, bytes));
        leat_buffer out = {0};
        leat_mysql_gtid_set_encode(set, &out);
        assert_int_equal(out.length, hex.length / 2);
        assert_memory_equal(out.data, bytes, out.length);
        leat_buffer_free(&out);
        leat_mysql_gtid_set_free(set);
    }
}

static void one_transaction_has_a_name(void **state)
{
    (void)state;
    leat_mysql_gtid gtid = {.number = INT64_MAX - 1};
    assert_true(leat_hex_decode(leat_slice_of_string("3e11fa4771ca11e19e33c80aa9429562"), gtid.uuid));
    leat_buffer out = {0};
    leat_mysql_gtid_format(&gtid, &out);
    assert_string_equal(leat_buffer_string(&out), FIRST ":9223372036854775806");
    leat_buffer_reset(&out);
    memcpy(gtid.tag, "mytag", sizeof "mytag");
    gtid.number = 1;
    leat_mysql_gtid_format(&gtid, &out);
    assert_string_equal(leat_buffer_string(&out), FIRST ":mytag:1");
    leat_buffer_free(&out);
}

/* ---- Against a naive model: a flag for every number of a few groups ---- */

enum { GROUPS = 4, NUMBERS = 40 };

/* In the order of the text. */
static const struct {
    const char *uuid;
    uint8_t bytes[LEAT_MYSQL_UUID_SIZE];
    char tag[LEAT_MYSQL_TAG_SIZE + 1];
} groups[GROUPS] = {
    {LOW, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, ""},
    {LOW, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, "a"},
    {LOW, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, "b"},
    {"01000000-0000-0000-0000-000000000000", {1}, ""},
};

typedef struct model {
    bool has[GROUPS][NUMBERS + 2]; /* from 1; the ends are never in */
} model;

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static void model_text(const model *model, leat_buffer *out)
{
    const char *uuid = "";
    for (size_t g = 0; g < GROUPS; g++) {
        bool named = false;
        for (unsigned from = 1; from <= NUMBERS; from++) {
            if (!model->has[g][from])
                continue;
            if (!named && strcmp(uuid, groups[g].uuid) != 0)
                leat_buffer_printf(out, "%s%s", *uuid == '\0' ? "" : ",", groups[g].uuid);
            if (!named && *groups[g].tag != '\0')
                leat_buffer_printf(out, ":%s", groups[g].tag);
            named = true;
            uuid = groups[g].uuid;
            unsigned to = from;
            while (model->has[g][to + 1])
                to++;
            leat_buffer_printf(out, from == to ? ":%u" : ":%u-%u", from, to);
            from = to;
        }
    }
}

static void assert_model(const leat_mysql_gtid_set *set, const model *model)
{
    leat_buffer out = {0};
    model_text(model, &out);
    assert_set(set, leat_buffer_string(&out));
    leat_buffer_free(&out);
}

static leat_mysql_gtid random_gtid(uint64_t *seed, model *model)
{
    size_t g = next_random(seed) % GROUPS;
    leat_mysql_gtid gtid = {.number = 1 + next_random(seed) % NUMBERS};
    memcpy(gtid.uuid, groups[g].bytes, sizeof gtid.uuid);
    memcpy(gtid.tag, groups[g].tag, sizeof gtid.tag);
    model->has[g][gtid.number] = true;
    return gtid;
}

static leat_mysql_gtid_set *random_set(uint64_t *seed, model *model)
{
    leat_mysql_gtid_set *set = leat_mysql_gtid_set_new();
    for (size_t left = next_random(seed) % 120; left > 0; left--) {
        leat_mysql_gtid gtid = random_gtid(seed, model);
        leat_mysql_gtid_set_add(set, &gtid);
    }
    assert_model(set, model);
    return set;
}

static void agrees_with_a_naive_model(void **state)
{
    (void)state;
    uint64_t seed = 42;
    for (int round = 0; round < 400; round++) {
        model left = {0};
        model right = {0};
        leat_mysql_gtid_set *left_set = random_set(&seed, &left);
        leat_mysql_gtid_set *right_set = random_set(&seed, &right);
        leat_mysql_gtid_set *joined = leat_mysql_gtid_set_copy(left_set);
        model both = left;
        model rest = left;
        for (size_t g = 0; g < GROUPS; g++) {
            for (size_t n = 1; n <= NUMBERS; n++) {
                both.has[g][n] = left.has[g][n] || right.has[g][n];
                rest.has[g][n] = left.has[g][n] && !right.has[g][n];
            }
        }
        leat_mysql_gtid_set_union(joined, right_set);
        assert_model(joined, &both);
        assert_true(leat_mysql_gtid_set_contains(joined, left_set));
        assert_int_equal(leat_mysql_gtid_set_contains(left_set, right_set),
                         memcmp(&both, &left, sizeof left) == 0);
        leat_mysql_gtid_set_subtract(left_set, right_set);
        assert_model(left_set, &rest);
        /* What was cut can be added to again. */
        leat_mysql_gtid gtid = random_gtid(&seed, &rest);
        leat_mysql_gtid_set_add(left_set, &gtid);
        assert_model(left_set, &rest);
        leat_mysql_gtid_set_free(left_set);
        leat_mysql_gtid_set_free(right_set);
        leat_mysql_gtid_set_free(joined);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_as_the_server_does),
        cmocka_unit_test(reads_what_people_and_servers_write),
        cmocka_unit_test(refuses_other_texts_and_keeps_the_set),
        cmocka_unit_test(encodes_as_the_server_does),
        cmocka_unit_test(one_transaction_has_a_name),
        cmocka_unit_test(agrees_with_a_naive_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
