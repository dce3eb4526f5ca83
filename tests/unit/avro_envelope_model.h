/* A table of every kind, and rows of it as a test knows them: what each column should come out as. */
#ifndef LEAT_TESTS_AVRO_ENVELOPE_MODEL_H
#define LEAT_TESTS_AVRO_ENVELOPE_MODEL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "avro_rows.h"
#include "base/memory.h"
#include "event/envelope.h"

/* ---- A table of every kind ---- */

static const leat_avro_type boolean_type = {.kind = LEAT_AVRO_BOOLEAN};
static const leat_avro_type int_type = {.kind = LEAT_AVRO_INT};
static const leat_avro_type long_type = {.kind = LEAT_AVRO_LONG};
static const leat_avro_type float_type = {.kind = LEAT_AVRO_FLOAT};
static const leat_avro_type double_type = {.kind = LEAT_AVRO_DOUBLE};
static const leat_avro_type bytes_type = {.kind = LEAT_AVRO_BYTES};
static const leat_avro_type string_type = {.kind = LEAT_AVRO_STRING};
static const leat_avro_type decimal_type = {
    .kind = LEAT_AVRO_BYTES, .logical = LEAT_LOGICAL_DECIMAL, .precision = 12, .scale = 2};

enum { ID, FLAG, SMALL, BIG, REAL, WIDE, BLOB, WORD, PRICE, AREA, COLUMNS };

static leat_table *make_table(void)
{
    static const leat_column columns[COLUMNS] = {
        [ID] = {.name = "id", .encoder = {.encode = encode_native_long, .type = &long_type}},
        [FLAG] = {.name = "flag", .encoder = {.encode = encode_native_boolean, .type = &boolean_type}},
        [SMALL] = {.name = "small", .encoder = {.encode = encode_native_int, .type = &int_type}},
        [BIG] = {.name = "big", .encoder = {.encode = encode_native_long, .type = &long_type}},
        [REAL] = {.name = "real", .encoder = {.encode = encode_native_float, .type = &float_type}},
        [WIDE] = {.name = "wi-de", .encoder = {.encode = encode_native_double, .type = &double_type}},
        [BLOB] = {.name = "blob", .encoder = {.encode = encode_native_bytes, .type = &bytes_type}},
        [WORD] = {.name = "word",
                  .type_text = "text",
                  .encoder = {.encode = encode_native_bytes, .type = &string_type}},
        [PRICE] = {.name = "price", .encoder = {.encode = encode_native_decimal, .type = &decimal_type}},
        [AREA] = {.name = "area",
                  .type_text = "bigint",
                  .encoder = {.encode = encode_native_long, .type = &long_type, .partial = true}},
    };
    leat_table *table = leat_table_new();
    table->database = "db";
    table->schema = "public";
    table->name = "things";
    table->columns = leat_arena_allocate_array(&table->arena, COLUMNS, sizeof *columns);
    memcpy(table->columns, columns, sizeof columns);
    table->column_count = COLUMNS;
    leat_table_set_key(table, (const size_t[]){AREA, ID}, 2);
    table->key_mend = "ask the source for it";
    return table;
}

/* The place is known by its mark, whatever it is called, and "lsn" alone makes none. */
static const leat_fact_field fact_fields[] = {{.name = "offset", .kind = LEAT_FACT_LONG, .place = true},
                                              {.name = "origin", .kind = LEAT_FACT_STRING}};
static const leat_fact_field unmarked_fields[] = {{.name = "lsn", .kind = LEAT_FACT_LONG},
                                                  {.name = "pos", .kind = LEAT_FACT_LONG}};

static leat_schema_options options_of(leat_envelope_kind kind)
{
    return (leat_schema_options){
        .envelope = kind, .prefix = "shop", .fact_fields = fact_fields, .fact_field_count = 2};
}

/* ---- A row as the test knows it: what each column should come out as ---- */

typedef struct model_cell {
    leat_datum_kind kind;
    bool unrepresentable;
    int64_t number;
    float real;
    double wide;
    uint8_t bytes[600];
    size_t length;
    uint8_t native[600];
    size_t native_length;
} model_cell;

typedef struct model_row {
    model_cell cells[COLUMNS];
    leat_datum datums[COLUMNS];
} model_row;

static uint64_t random64(void)
{
    uint64_t value = 0;
    for (int i = 0; i < 5; i++)
        value = value << 15 ^ (uint64_t)rand();
    return value >> (rand() % 64);
}

static void set_native(model_cell *cell, const void *from, size_t length)
{
    memcpy(cell->native, from, length);
    cell->native_length = length;
}

static void fill_text(model_cell *cell)
{
    cell->length = (size_t)rand() % (rand() % 8 == 0 ? sizeof cell->bytes : 30);
    for (size_t i = 0; i < cell->length; i++)
        cell->bytes[i] = (uint8_t)(1 + rand() % 126);
    set_native(cell, cell->bytes, cell->length);
}

/* A price in cents becomes its text here, and two's complement bytes for Avro C. */
static void fill_price(model_cell *cell)
{
    char text[40];
    int64_t cents = (int64_t)(random64() % 1000000000000) * (rand() % 2 ? 1 : -1);
    int length = snprintf(text, sizeof text, "%s%lld.%02d", cents < 0 ? "-" : "",
                          (long long)llabs(cents / 100), (int)llabs(cents % 100));
    set_native(cell, text, (size_t)length);
    cell->length = 1;
    while (cell->length < 8 &&
           (cents < -(INT64_C(1) << (8 * cell->length - 1)) || cents >= INT64_C(1) << (8 * cell->length - 1)))
        cell->length++;
    for (size_t i = 0; i < cell->length; i++)
        cell->bytes[i] = (uint8_t)((uint64_t)cents >> (8 * (cell->length - 1 - i)));
}

static void fill_number(model_cell *cell, size_t column)
{
    int64_t number = (int64_t)random64() * (rand() % 2 ? 1 : -1);
    int32_t narrow = (int32_t)number;
    uint8_t truth = (uint8_t)(number & 1);
    cell->number = column == SMALL ? narrow : column == FLAG ? truth : number;
    if (column == SMALL)
        set_native(cell, &narrow, sizeof narrow);
    else if (column == FLAG)
        set_native(cell, &truth, 1);
    else
        set_native(cell, &number, sizeof number);
}

static void fill_value(model_cell *cell, size_t column)
{
    uint32_t bits = (uint32_t)random64();
    uint64_t wide_bits = random64();
    switch (column) {
    case REAL:
        memcpy(&cell->real, &bits, sizeof bits); /* NaNs and infinities among them */
        set_native(cell, &bits, sizeof bits);
        break;
    case WIDE:
        memcpy(&cell->wide, &wide_bits, sizeof wide_bits);
        set_native(cell, &wide_bits, sizeof wide_bits);
        break;
    case BLOB:
    case WORD:
        fill_text(cell);
        break;
    case PRICE:
        fill_price(cell);
        break;
    default:
        fill_number(cell, column);
    }
}

static bool can_be_unrepresentable(size_t column)
{
    return column == SMALL || column == BIG || column == REAL || column == WIDE || column == AREA;
}

/* `trouble`: how many in a hundred columns are not plain values. */
static void fill(model_row *row, int trouble)
{
    memset(row, 0, sizeof *row);
    for (size_t i = 0; i < COLUMNS; i++) {
        model_cell *cell = &row->cells[i];
        bool odd = i != ID && rand() % 100 < trouble;
        cell->kind = odd ? (leat_datum_kind)(rand() % 5) : LEAT_DATUM_VALUE;
        fill_value(cell, i);
        if (odd && cell->kind == LEAT_DATUM_VALUE && can_be_unrepresentable(i)) {
            cell->unrepresentable = true;
            cell->native_length = 1;
            cell->native[0] = 'x';
        }
        row->datums[i] =
            (leat_datum){.kind = cell->kind, .value = leat_slice_of(cell->native, cell->native_length)};
    }
}

#endif
