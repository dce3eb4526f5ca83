/* How fast rows become Avro records, and blocks become compressed: one line a measurement.
 *
 * usage: bench_encode [ROWS]      (default 2000000)
 *
 * Encoders are the cheapest possible, so that what is measured is the envelope, not a source's types. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit/avro_rows.h"
#include "avro/container.h"
#include "base/clock.h"
#include "base/memory.h"
#include "event/envelope.h"

static const leat_avro_type boolean_type = {.kind = LEAT_AVRO_BOOLEAN};
static const leat_avro_type int_type = {.kind = LEAT_AVRO_INT};
static const leat_avro_type long_type = {.kind = LEAT_AVRO_LONG};
static const leat_avro_type double_type = {.kind = LEAT_AVRO_DOUBLE};
static const leat_avro_type bytes_type = {.kind = LEAT_AVRO_BYTES};
static const leat_avro_type string_type = {.kind = LEAT_AVRO_STRING};

enum { COLUMNS = 10, VARIANTS = 1024, TEXT_BYTES = 64 };

static const leat_column columns[COLUMNS] = {
    {.name = "id", .encoder = {.encode = encode_native_long, .type = &long_type}},
    {.name = "customer", .encoder = {.encode = encode_native_long, .type = &long_type}},
    {.name = "quantity", .encoder = {.encode = encode_native_int, .type = &int_type}},
    {.name = "discount", .encoder = {.encode = encode_native_int, .type = &int_type}},
    {.name = "city", .encoder = {.encode = encode_native_bytes, .type = &string_type}},
    {.name = "street", .encoder = {.encode = encode_native_bytes, .type = &string_type}},
    {.name = "remark", .encoder = {.encode = encode_native_bytes, .type = &string_type}},
    {.name = "weight", .encoder = {.encode = encode_native_double, .type = &double_type}},
    {.name = "digest", .encoder = {.encode = encode_native_bytes, .type = &bytes_type}},
    {.name = "paid", .encoder = {.encode = encode_native_boolean, .type = &boolean_type}},
};

typedef struct sample {
    int64_t id;
    int64_t customer;
    int32_t quantity;
    double weight;
    uint8_t paid;
    char texts[3][TEXT_BYTES];
    uint8_t digest[16];
    leat_datum datums[COLUMNS];
} sample;

static leat_datum value_of(const void *data, size_t length)
{
    return (leat_datum){.kind = LEAT_DATUM_VALUE, .value = leat_slice_of(data, length)};
}

static void fill(sample *row, int number)
{
    row->id = number;
    row->customer = number * 7919 % 100000;
    row->quantity = number % 90;
    row->weight = number * 0.25;
    row->paid = number % 3 == 0;
    snprintf(row->texts[0], TEXT_BYTES, "city %d", number % 300);
    snprintf(row->texts[1], TEXT_BYTES, "%d, a street of some length", number % 120);
    snprintf(row->texts[2], TEXT_BYTES, "remark about order number %d", number);
    for (size_t i = 0; i < sizeof row->digest; i++)
        row->digest[i] = (uint8_t)((unsigned)number * 2654435761U >> (i % 24));
    row->datums[0] = value_of(&row->id, sizeof row->id);
    row->datums[1] = value_of(&row->customer, sizeof row->customer);
    row->datums[2] = value_of(&row->quantity, sizeof row->quantity);
    row->datums[3] = (leat_datum){.kind = LEAT_DATUM_NULL};
    for (size_t i = 0; i < 3; i++)
        row->datums[4 + i] = value_of(row->texts[i], strlen(row->texts[i]));
    row->datums[7] = value_of(&row->weight, sizeof row->weight);
    row->datums[8] = value_of(row->digest, sizeof row->digest);
    row->datums[9] = value_of(&row->paid, 1);
}

static leat_table *make_table(void)
{
    leat_table *table = leat_table_new();
    table->database = "shop";
    table->schema = "public";
    table->name = "orders";
    table->columns = leat_arena_allocate_array(&table->arena, COLUMNS, sizeof *columns);
    memcpy(table->columns, columns, sizeof columns);
    table->column_count = COLUMNS;
    leat_table_set_key(table, (const size_t[]){0}, 1);
    return table;
}

static void die(const leat_error *error)
{
    fprintf(stderr, "bench_encode: %s\n", error->message);
    exit(1);
}

static leat_change change_of(const leat_transaction *transaction, const sample *row, uint64_t ordinal)
{
    return (leat_change){.operation = LEAT_CREATE,
                         .after = row->datums,
                         .transaction = transaction,
                         .sequence = leat_slice_of_string("00000000016B3748.000000002A"),
                         .ordinal = ordinal,
                         .table_ordinal = ordinal,
                         .made_at = INT64_C(1773129600123456)};
}

static const leat_transaction transaction_of_all = {.name = {(const uint8_t *)"771", 3},
                                                    .identifier = {(const uint8_t *)"771", 3},
                                                    .sequence = {(const uint8_t *)"00000000016B3748", 16},
                                                    .commit_time = INT64_C(1773129600000000)};

static void measure_envelope(leat_envelope_kind kind, const sample *rows, long count)
{
    leat_error error = {0};
    leat_buffer out = {0};
    uint64_t bytes = 0;
    leat_table *table = make_table();
    leat_schema_options options = {.envelope = kind, .prefix = "shop"};
    leat_envelope *envelope = leat_envelope_open(table, &options, "postgresql", "shop");
    int64_t start = leat_clock_cpu();
    for (long i = 0; i < count; i++) {
        leat_change change = change_of(&transaction_of_all, &rows[i % VARIANTS], (uint64_t)i + 1);
        leat_buffer_reset(&out);
        if (leat_envelope_value(envelope, &change, &out, NULL, &error) != LEAT_OK)
            die(&error);
        bytes += out.length;
    }
    double seconds = (double)(leat_clock_cpu() - start) / 1e6;
    printf("envelope %-9s  %6.2f M rows/s  %4llu bytes a record\n",
           kind == LEAT_ENVELOPE_FLAT ? "flat" : "debezium", (double)count / seconds / 1e6,
           (unsigned long long)(bytes / (uint64_t)count));
    leat_envelope_close(envelope);
    leat_table_release(table);
    leat_buffer_free(&out);
}

/* Encoding and writing together, into a file that is removed. */
static void measure_container(leat_codec_kind kind, const char *path, const sample *rows, long count)
{
    leat_error error = {0};
    leat_buffer out = {0};
    uint64_t bytes = 0;
    char *schema = NULL;
    leat_table *table = make_table();
    leat_schema_options options = {.envelope = LEAT_ENVELOPE_FLAT, .prefix = "shop"};
    leat_envelope *envelope = leat_envelope_open(table, &options, "postgresql", "shop");
    leat_codec *codec = leat_codec_open(kind, 0);
    leat_container_writer *writer;
    if (leat_schema_value(table, &options, &schema, &error) != LEAT_OK ||
        leat_container_create(path, schema, codec, NULL, 0, &writer, &error) != LEAT_OK)
        die(&error);
    int64_t start = leat_clock_cpu();
    for (long i = 0; i < count; i++) {
        leat_change change = change_of(&transaction_of_all, &rows[i % VARIANTS], (uint64_t)i + 1);
        leat_buffer_reset(&out);
        if (leat_envelope_value(envelope, &change, &out, NULL, &error) != LEAT_OK ||
            leat_container_append(writer, leat_buffer_slice(&out), &error) != LEAT_OK)
            die(&error);
        bytes += out.length;
    }
    if (leat_container_flush(writer, &error) != LEAT_OK)
        die(&error);
    double seconds = (double)(leat_clock_cpu() - start) / 1e6;
    printf("into file %-9s %6.2f M rows/s  %5.1f %% of the bytes\n", leat_codec_name(kind),
           (double)count / seconds / 1e6, 100.0 * (double)leat_container_length(writer) / (double)bytes);
    leat_container_close(writer);
    unlink(path);
    leat_codec_close(codec);
    leat_envelope_close(envelope);
    leat_table_release(table);
    leat_release(schema);
    leat_buffer_free(&out);
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 2000000;
    char folder[] = "/tmp/leat-bench-XXXXXX";
    char path[sizeof folder + 16];
    if (count <= 0 || mkdtemp(folder) == NULL) {
        fprintf(stderr, "usage: bench_encode [ROWS]\n");
        return 2;
    }
    snprintf(path, sizeof path, "%s/rows.avro", folder);
    sample *rows = leat_allocate_array(VARIANTS, sizeof *rows);
    for (int i = 0; i < VARIANTS; i++)
        fill(&rows[i], i);
    measure_envelope(LEAT_ENVELOPE_FLAT, rows, count);
    measure_envelope(LEAT_ENVELOPE_DEBEZIUM, rows, count);
    measure_container(LEAT_CODEC_NULL, path, rows, count);
    measure_container(LEAT_CODEC_DEFLATE, path, rows, count);
    measure_container(LEAT_CODEC_SNAPPY, path, rows, count);
    measure_container(LEAT_CODEC_ZSTANDARD, path, rows, count);
    leat_release(rows);
    rmdir(folder);
    return 0;
}
