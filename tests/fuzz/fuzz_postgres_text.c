/* Every parser of the server's text form: the first byte picks a type, the rest is the value. */
#include <stdlib.h>

#include "base/arena.h"
#include "postgres/types/types.h"

enum {
    ITEM = 90001,
    MOOD,
    GEOMETRY,
    HSTORE,
    VECTOR,
    ITEMS,
    INTEGERS = 1007,
    TEXTS = 1009,
    BOXES = 1020,
    ANY = -1,
    NUMERIC_38_10 = ((38 << 16) | 10) + 4
};

static const leat_postgres_type_field item_fields[] = {
    {"id", 23, ANY},      {"label", 25, ANY},    {"price", 1700, NUMERIC_38_10}, {"at", 1184, ANY},
    {"tags", TEXTS, ANY}, {"more", HSTORE, ANY}, {"place", GEOMETRY, ANY},
};

static const leat_postgres_type_fact facts[] = {
    {.identifier = INTEGERS, .kind = 'b', .name = "_int4", .element = 23, .delimiter = ','},
    {.identifier = TEXTS, .kind = 'b', .name = "_text", .element = 25, .delimiter = ','},
    {.identifier = BOXES, .kind = 'b', .name = "_box", .element = 603, .delimiter = ';'},
    {.identifier = ITEM, .kind = 'c', .name = "item", .fields = item_fields, .field_count = 7},
    {.identifier = GEOMETRY, .kind = 'b', .name = "geometry"},
    {.identifier = HSTORE, .kind = 'b', .name = "hstore"},
    {.identifier = VECTOR, .kind = 'b', .name = "vector"},
    {.identifier = ITEMS, .kind = 'b', .name = "_item", .element = ITEM, .delimiter = ','},
};

static const struct {
    Oid type;
    int32_t typmod;
} columns[] = {
    {16, ANY},     {17, ANY},     {20, ANY},       {21, ANY},
    {23, ANY},     {25, ANY},     {26, ANY},       {5069, ANY},
    {700, ANY},    {701, ANY},    {1082, ANY},     {1083, ANY},
    {1114, ANY},   {1184, ANY},   {1186, ANY},     {1560, 1},
    {1700, ANY},   {2950, ANY},   {600, ANY},      {ITEM, ANY},
    {ITEMS, ANY},  {TEXTS, ANY},  {BOXES, ANY},    {INTEGERS, ANY},
    {HSTORE, ANY}, {VECTOR, ANY}, {GEOMETRY, ANY}, {1700, NUMERIC_38_10},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static const leat_postgres_type_fact *find_fact(void *context, Oid type)
{
    (void)context;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (facts[i].identifier == type)
            return &facts[i];
    return NULL;
}

/* Stops the run: what the fuzzer reports is the input that led here. */
static void require(bool condition)
{
    if (!condition)
        abort();
}

/* Encodes the same value alone and behind other bytes: the answers are equal, and what stood there before is
 * never touched. */
static void check_column(size_t place, leat_slice text)
{
    leat_arena arena = {0};
    leat_buffer alone = {0};
    leat_buffer behind = {0};
    leat_column column = {0};
    leat_postgres_type_resolve(columns[place].type, columns[place].typmod, find_fact, NULL, &arena, &column);
    leat_buffer_append_string(&behind, "before");
    leat_encoding first = column.encoder.encode(&column.encoder, text, &alone);
    leat_encoding second = column.encoder.encode(&column.encoder, text, &behind);
    require(first == second);
    require(memcmp(behind.data, "before", 6) == 0);
    if (first == LEAT_ENCODED) {
        require(alone.length > 0 && behind.length == alone.length + 6);
        require(memcmp(behind.data + 6, alone.data, alone.length) == 0);
    }
    leat_buffer_free(&behind);
    leat_buffer_free(&alone);
    leat_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0)
        check_column(data[0] % COLUMNS, leat_slice_of(data + 1, size - 1));
    return 0;
}
