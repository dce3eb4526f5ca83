/* Every encoder of MySQL's values, in both forms: the first byte picks a type, the second the form, the rest
 * is the value. */
#include <stdlib.h>

#include "mysql/charset/collations.h"
#include "mysql/definition/column_type.h"
#include "mysql/types/types.h"

static const struct {
    const char *type;
    const char *collation;
} columns[] = {
    {"tinyint", NULL},
    {"smallint unsigned", NULL},
    {"mediumint", NULL},
    {"int unsigned", NULL},
    {"bigint", NULL},
    {"bigint unsigned", NULL},
    {"year", NULL},
    {"float", NULL},
    {"double", NULL},
    {"decimal(10,2)", NULL},
    {"decimal(65,30)", NULL},
    {"bit(1)", NULL},
    {"bit(19)", NULL},
    {"date", NULL},
    {"time", NULL},
    {"time(3)", NULL},
    {"time(6)", NULL},
    {"datetime", NULL},
    {"datetime(5)", NULL},
    {"timestamp", NULL},
    {"timestamp(2)", NULL},
    {"time /* mariadb-5.3 */", NULL},
    {"datetime /* mariadb-5.3 */", NULL},
    {"timestamp /* mariadb-5.3 */", NULL},
    {"char(10)", "utf8mb4_general_ci"},
    {"char(10)", "ucs2_general_ci"},
    {"varchar(10)", "latin1_swedish_ci"},
    {"text", "utf16_general_ci"},
    {"varchar(10)", "nobody_knows_ci"},
    {"binary(5)", "binary"},
    {"blob", "binary"},
    {"enum('a','b''c','')", "latin1_swedish_ci"},
    {"set('a','','c','d','e','f','g','h','i')", "latin1_swedish_ci"},
    {"json", NULL},
    {"geometry", NULL},
    {"vector(3)", NULL},
    {"uuid", NULL},
    {"inet4", NULL},
    {"inet6", NULL},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* Stops the run: what the fuzzer reports is the input that led here. */
static void require(bool condition)
{
    if (!condition)
        abort();
}

/* Encodes the same value alone and behind other bytes: the answers are equal, and what stood there before is
 * never touched. */
static void check_encoder(const leat_encoder *encoder, leat_slice native)
{
    leat_buffer alone = {0};
    leat_buffer behind = {0};
    leat_buffer_append_string(&behind, "before");
    leat_encoding first = encoder->encode(encoder, native, &alone);
    leat_encoding second = encoder->encode(encoder, native, &behind);
    require(first == second);
    require(memcmp(behind.data, "before", 6) == 0);
    if (first == LEAT_ENCODED) {
        require(alone.length > 0 && behind.length == alone.length + 6);
        require(memcmp(behind.data + 6, alone.data, alone.length) == 0);
    }
    leat_buffer_reset(&alone);
    if (encoder->describe != NULL)
        encoder->describe(encoder, native, &alone);
    leat_buffer_free(&behind);
    leat_buffer_free(&alone);
}

static void check_column(size_t place, leat_mysql_form form, leat_slice native)
{
    leat_arena arena = {0};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_mysql_column column = {.name = "c", .collation = columns[place].collation};
    leat_column to = {0};
    require(leat_mysql_column_type_read(columns[place].type, collations, &arena, &column));
    leat_mysql_type_resolve(&column, collations, form, &arena, &to);
    check_encoder(&to.encoder, native);
    leat_mysql_collations_free(collations);
    leat_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1)
        check_column(data[0] % COLUMNS, data[1] % 2 == 0 ? LEAT_MYSQL_BINLOG : LEAT_MYSQL_TEXT,
                     leat_slice_of(data + 2, size - 2));
    return 0;
}
