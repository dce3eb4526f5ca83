/* Geometries, vectors, and MariaDB's uuid, inet4 and inet6. What servers logged and printed for the literals
 * in the comments: MySQL 9.7, MariaDB 10.11 and 11.8, the text by leat_mysql_select_expression. The Avro
 * bytes are worked out from the literals. */
#include "mysql_types.h"

static const vector vectors[] = {
    {"geometry", NULL, "000000000101000000000000000000f03f0000000000000040",
     "\x00\x00\x00\x00\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\xf0?\x00\x00\x00\x00\x00\x00\x00@", 25,
     "2a0101000000000000000000f03f00000000000000400200", false}, /* ST_GeomFromText('POINT(1 2)') */
    {"geometry", NULL, "e610000001010000000000000000000040000000000000f03f",
     "\xe6\x10\x00\x00\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00@\x00\x00\x00\x00\x00\x00\xf0?", 25,
     "2a01010000000000000000000040000000000000f03f02cc43", false}, /* ST_GeomFromText('POINT(1 2)',4326) */
    {"point", NULL, "e61000000101000000000000000000f03f0000000000000040",
     "\xe6\x10\x00\x00\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\xf0?\x00\x00\x00\x00\x00\x00\x00@", 25,
     "2a0101000000000000000000f03f000000000000004002cc43", true}, /* ST_GeomFromText('POINT(1 2)',4326) */
    {"vector(3)", NULL, "0000803f000020c0cdcccc3d", "\x00\x00\x80?\x00\x00 \xc0\xcd\xcc\xcc=", 12,
     "060000803f000020c0cdcccc3d00", false}, /* STRING_TO_VECTOR('[1,-2.5,0.1]') */
    {"vector(2)", NULL, "0000803f000080be", "\x00\x00\x80?\x00\x00\x80\xbe", 8, "040000803f000080be00",
     true}, /* VEC_FromText('[1,-0.25]') */
    {"uuid", NULL, "123e4567e89b12d3a4564266141740", "123e4567-e89b-12d3-a456-426614174000", 36,
     "4831323365343536372d653839622d313264332d613435362d343236363134313734303030",
     true}, /* '123e4567-e89b-12d3-a456-426614174000' */
    {"uuid", NULL, "f47ac10b58cc4372a5670e02b2c3d479", "f47ac10b-58cc-4372-a567-0e02b2c3d479", 36,
     "4866343761633130622d353863632d343337322d613536372d306530326232633364343739",
     true}, /* 'f47ac10b-58cc-4372-a567-0e02b2c3d479' */
    {"uuid", NULL, "", "00000000-0000-0000-0000-000000000000", 36,
     "4830303030303030302d303030302d303030302d303030302d303030303030303030303030",
     true}, /* '00000000-0000-0000-0000-000000000000' */
    {"uuid", NULL, "01890a5dac96774bbcceb302099a80", "01890a5d-ac96-774b-bcce-b302099a8000", 36,
     "4830313839306135642d616339362d373734622d626363652d623330323039396138303030",
     true}, /* '01890a5d-ac96-774b-bcce-b302099a8000' */
    {"uuid", NULL, "123e4567e89b12d3a4564266141740", "123e4567-e89b-12d3-a456-426614174000", 36,
     "4831323365343536372d653839622d313264332d613435362d343236363134313734303030",
     true}, /* '123e4567-e89b-12d3-a456-426614174000' */
    {"uuid", NULL, "f47ac10b58cc4372a5670e02b2c3d479", "f47ac10b-58cc-4372-a567-0e02b2c3d479", 36,
     "4866343761633130622d353863632d343337322d613536372d306530326232633364343739",
     true},                                       /* 'f47ac10b-58cc-4372-a567-0e02b2c3d479' */
    {"inet6", NULL, "", "::", 2, "043a3a", true}, /* '::' */
    {"inet6", NULL, "00000000000000000000000000000001", "::1", 3, "063a3a31", true}, /* '::1' */
    {"inet6", NULL, "0001", "1::", 3, "06313a3a", true},                             /* '1::' */
    {"inet6", NULL, "20010db8000000000000ff0000428329", "2001:db8::ff00:42:8329", 22,
     "2c323030313a6462383a3a666630303a34323a38333239", true}, /* '2001:db8::ff00:42:8329' */
    {"inet6", NULL, "00010002000300040005000600070008", "1:2:3:4:5:6:7:8", 15,
     "1e313a323a333a343a353a363a373a38", true}, /* '1:2:3:4:5:6:7:8' */
    {"inet6", NULL, "00000000000000000000000001020304", "::1.2.3.4", 9, "123a3a312e322e332e34",
     true}, /* '::1.2.3.4' */
    {"inet6", NULL, "00000000000000000000ffffc0000280", "::ffff:192.0.2.128", 18,
     "243a3a666666663a3139322e302e322e313238", true}, /* '::ffff:192.0.2.128' */
    {"inet6", NULL, "00010000000300040005000600070008", "1::3:4:5:6:7:8", 14,
     "1c313a3a333a343a353a363a373a38", true}, /* '1::3:4:5:6:7:8' */
    {"inet6", NULL, "00010000000000040000000000000008", "1:0:0:4::8", 10, "14313a303a303a343a3a38",
     true}, /* '1:0:0:4::8' */
    {"inet6", NULL, "fe800000000000000001000000000001", "fe80::1:0:0:1", 13, "1a666538303a3a313a303a303a31",
     true},                                                                              /* 'fe80::1:0:0:1' */
    {"inet4", NULL, "", "0.0.0.0", 7, "0e302e302e302e30", true},                         /* '0.0.0.0' */
    {"inet4", NULL, "ff6409", "255.100.9.0", 11, "163235352e3130302e392e30", true},      /* '255.100.9.0' */
    {"inet4", NULL, "c0a8010a", "192.168.1.10", 12, "183139322e3136382e312e3130", true}, /* '192.168.1.10' */
};

static void special_types_are_the_same_from_log_and_text(void **state)
{
    (void)state;
    assert_vectors(vectors, COUNT(vectors));
}

static const refusal malformed[] = {
    {"geometry", NULL, LEAT_MYSQL_BINLOG, "000000"},
    {"vector(2)", NULL, LEAT_MYSQL_BINLOG, "000000"},
    {"uuid", NULL, LEAT_MYSQL_BINLOG, "0000000000000000000000000000000000"},
    {"uuid", NULL, LEAT_MYSQL_TEXT, "00"},
    {"inet4", NULL, LEAT_MYSQL_BINLOG, "0102030405"},
    {"inet6", NULL, LEAT_MYSQL_BINLOG, "0000000000000000000000000000000001"},
    {"inet6", NULL, LEAT_MYSQL_TEXT, "ff"},
};

static void what_is_no_value_stops(void **state)
{
    (void)state;
    assert_answers(LEAT_MALFORMED, malformed, COUNT(malformed));
}

/* MySQL takes any reference system of 32 bits; what is empty has none. */
static void reference_systems_at_the_ends(void **state)
{
    (void)state;
    static const refusal beyond[] = {{"point", NULL, LEAT_MYSQL_BINLOG, "00000080010100000000"}};
    static const vector ends[] = {
        {"point", NULL, "ffffff7f01", "\xff\xff\xff\x7f\x01", 5, "020102feffffff0f", false},
        {"point", NULL, "", "", 0, "0000", false},
    };
    assert_answers(LEAT_UNREPRESENTABLE, beyond, COUNT(beyond));
    assert_vectors(ends, COUNT(ends));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(special_types_are_the_same_from_log_and_text),
        cmocka_unit_test(what_is_no_value_stops),
        cmocka_unit_test(reference_systems_at_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
