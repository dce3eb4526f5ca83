/* The partition of a key, against what Kafka's Java client says: Utils.toPositive(Utils.murmur2(key)) modulo
 * the count, of kafka-clients 3.9.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sink/kafka/topics.h"

typedef struct golden {
    const char *key;
    size_t length;
    int32_t of_3;
    int32_t of_12;
    int32_t of_1000;
} golden;

static const golden goldens[] = {
    {"", 0, 0, 9, 681},
    {"a", 1, 1, 4, 524},
    {"ab", 2, 2, 2, 434},
    {"abc", 3, 0, 3, 107},
    {"abcd", 4, 2, 8, 100},
    {"abcde", 5, 1, 1, 741},
    {"abcdefghijklmnop", 16, 1, 4, 660},
    {"leat", 4, 0, 3, 91},
    {"\xc3\xbcn\xc3\xaf"
     "code",
     9, 1, 1, 253},
    {"1", 1, 0, 3, 159},
    {"12", 2, 1, 10, 238},
    {"123", 3, 2, 5, 165},
    {"1234", 4, 0, 0, 940},
    {"\x00", 1, 2, 8, 588},
    {"\xff", 1, 0, 3, 963},
    {"\xff\xff\xff", 3, 0, 6, 422},
    {"\x80\x7f\xfe\x01\x80", 5, 2, 2, 710},
    {"\x00\x00\x00\x00\x00\x00\x00\x00", 8, 2, 11, 715},
    {"\xc0\x01\x02\x03\xff\xee\xdd", 7, 2, 8, 316},
};

static void as_the_java_client(void **context)
{
    (void)context;
    for (size_t i = 0; i < sizeof goldens / sizeof goldens[0]; i++) {
        const golden *one = &goldens[i];
        leat_slice key = leat_slice_of(one->key, one->length);
        assert_int_equal(leat_kafka_partition(key, 1), 0);
        assert_int_equal(leat_kafka_partition(key, 3), one->of_3);
        assert_int_equal(leat_kafka_partition(key, 12), one->of_12);
        assert_int_equal(leat_kafka_partition(key, 1000), one->of_1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_the_java_client)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
