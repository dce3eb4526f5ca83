#include "postgres/types/spatial.h"

#include "base/encode.h"
#include "base/hex.h"
#include "postgres/types/scalar.h"
#include "postgres/types/text_quoted.h"

static leat_encoding encode_point(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    leat_cursor cursor = leat_cursor_open(native);
    leat_postgres_expect(&cursor, '(');
    leat_slice x = leat_postgres_read_bare(&cursor, ',', ',', "");
    leat_postgres_expect(&cursor, ',');
    leat_slice y = leat_postgres_read_bare(&cursor, ')', ')', "");
    leat_postgres_expect(&cursor, ')');
    if (leat_cursor_failed(&cursor) || leat_cursor_remaining(&cursor) > 0)
        return LEAT_MALFORMED;
    leat_encoding answer = encoder->parts->encode(encoder->parts, x, out);
    return answer == LEAT_ENCODED ? encoder->parts->encode(encoder->parts, y, out) : answer;
}

/* EWKB: postgis/doc/ZMSgeoms.txt. Flags in the type word of a geometry; ISO WKB adds thousands instead. */
static const uint32_t has_z = 0x80000000u;
static const uint32_t has_m = 0x40000000u;
static const uint32_t has_srid = 0x20000000u;
enum { ISO_Z = 1000, ISO_M = 2000, ORDINATE = 8, DEEPEST = 32 };

/* A geometry being copied. The header read last belongs to the geometry that is copied now. */
typedef struct conversion {
    leat_cursor in;
    leat_buffer *out;
} conversion;

typedef struct header {
    bool little_endian;
    uint32_t kind;    /* without flags */
    unsigned flags;   /* has_z, has_m, has_srid */
    size_t dimension; /* bytes of one position */
} header;

static uint32_t read_word(leat_cursor *in, bool little_endian)
{
    return (uint32_t)(little_endian ? leat_cursor_little_endian(in, 4) : leat_cursor_big_endian(in, 4));
}

static void append_word(leat_buffer *out, uint32_t word, bool little_endian)
{
    for (unsigned i = 0; i < 4; i++)
        leat_buffer_append_byte(out, (uint8_t)(word >> 8 * (little_endian ? i : 3 - i)));
}

static header read_header(leat_cursor *in)
{
    uint8_t order = leat_cursor_u8(in);
    if (order > 1)
        leat_cursor_fail(in);
    header found = {.little_endian = order == 1};
    uint32_t word = read_word(in, found.little_endian);
    found.flags = word & (has_z | has_m | has_srid);
    found.kind = word & ~(has_z | has_m | has_srid);
    found.dimension = (size_t)(2 + ((word & has_z) != 0) + ((word & has_m) != 0)) * ORDINATE;
    return found;
}

static void append_header(leat_buffer *out, const header *written)
{
    uint32_t kind = written->kind;
    kind += (written->flags & has_z) != 0 ? ISO_Z : 0;
    kind += (written->flags & has_m) != 0 ? ISO_M : 0;
    leat_buffer_append_byte(out, written->little_endian ? 1 : 0);
    append_word(out, kind, written->little_endian);
}

static void copy_bytes(conversion *going, size_t length)
{
    leat_buffer_append_slice(going->out, leat_cursor_bytes(&going->in, length));
}

static uint32_t copy_count(conversion *going, const header *of)
{
    uint32_t count = read_word(&going->in, of->little_endian);
    append_word(going->out, count, of->little_endian);
    return count;
}

static void copy_positions(conversion *going, const header *of)
{
    uint32_t count = copy_count(going, of);
    copy_bytes(going, count * of->dimension);
}

static void copy_rings(conversion *going, const header *of)
{
    uint32_t count = copy_count(going, of);
    for (uint32_t i = 0; i < count && !leat_cursor_failed(&going->in); i++)
        copy_positions(going, of);
}

static leat_encoding copy_body(conversion *going, const header *of, unsigned depth);

/* Whole geometries with headers of their own; PostGIS gives a spatial reference only to the outermost. */
static leat_encoding copy_members(conversion *going, const header *of, unsigned depth)
{
    uint32_t count = copy_count(going, of);
    for (uint32_t i = 0; i < count && !leat_cursor_failed(&going->in); i++) {
        header member = read_header(&going->in);
        if (leat_cursor_failed(&going->in) || (member.flags & has_srid) != 0)
            return LEAT_MALFORMED;
        append_header(going->out, &member);
        leat_encoding answer = copy_body(going, &member, depth + 1);
        if (answer != LEAT_ENCODED)
            return answer;
    }
    return LEAT_ENCODED;
}

/* What follows the header, by the kind of geometry (OGC 06-103r4, "Well-known Binary Representation"; 17 is
 * PostGIS's triangle). Nesting is bounded by DEEPEST. */
static leat_encoding copy_body(conversion *going, const header *of, unsigned depth)
{
    if (depth > DEEPEST)
        return LEAT_UNREPRESENTABLE;
    switch (of->kind) {
    case 1: /* point */
        copy_bytes(going, of->dimension);
        break;
    case 2: /* line string */
    case 8: /* circular string */
        copy_positions(going, of);
        break;
    case 3:  /* polygon */
    case 17: /* triangle */
        copy_rings(going, of);
        break;
    case 4:  /* multipoint */
    case 5:  /* multilinestring */
    case 6:  /* multipolygon */
    case 7:  /* collection */
    case 9:  /* compound curve */
    case 10: /* curve polygon */
    case 11: /* multicurve */
    case 12: /* multisurface */
    case 15: /* polyhedral surface */
    case 16: /* triangulated irregular network */
        return copy_members(going, of, depth);
    default:
        return LEAT_UNREPRESENTABLE;
    }
    return LEAT_ENCODED;
}

/* The record's fields: wkb, then srid as ["null", int]. The WKB's length is known beforehand: what the
 * spatial reference took is all that goes. */
static leat_encoding encode_ewkb(leat_slice ewkb, leat_buffer *out)
{
    conversion going = {.in = leat_cursor_open(ewkb), .out = out};
    header outermost = read_header(&going.in);
    bool referenced = (outermost.flags & has_srid) != 0;
    uint32_t srid = referenced ? read_word(&going.in, outermost.little_endian) : 0;
    if (leat_cursor_failed(&going.in))
        return LEAT_MALFORMED;
    leat_encode_long(out, (int64_t)ewkb.length - (referenced ? 4 : 0));
    append_header(out, &outermost);
    leat_encoding answer = copy_body(&going, &outermost, 0);
    if (answer != LEAT_ENCODED)
        return answer;
    if (leat_cursor_failed(&going.in) || leat_cursor_remaining(&going.in) > 0)
        return LEAT_MALFORMED;
    leat_encode_long(out, referenced ? 1 : 0);
    if (referenced)
        leat_encode_long(out, (int32_t)srid);
    return LEAT_ENCODED;
}

static leat_encoding encode_geometry(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    leat_postgres_scratch scratch;
    leat_postgres_scratch_start(&scratch);
    size_t length = native.length / 2;
    uint8_t *ewkb = leat_postgres_scratch_take(&scratch, length);
    leat_encoding answer = LEAT_MALFORMED;
    if (native.length % 2 == 0 && leat_hex_decode(native, ewkb))
        answer = encode_ewkb(leat_slice_of(ewkb, length), out);
    leat_postgres_scratch_end(&scratch);
    return answer;
}

static const leat_avro_type int_type = {.kind = LEAT_AVRO_INT};
static const leat_avro_type double_type = {.kind = LEAT_AVRO_DOUBLE};
static const leat_avro_type bytes_type = {.kind = LEAT_AVRO_BYTES};

static const leat_avro_field point_fields[] = {
    {.name = "x", .type = &double_type},
    {.name = "y", .type = &double_type},
};
static const leat_avro_field geometry_fields[] = {
    {.name = "wkb", .type = &bytes_type},
    {.name = "srid", .type = &int_type, .nullable = true},
};

static const leat_avro_type point_type = {.kind = LEAT_AVRO_RECORD, .field_count = 2, .fields = point_fields};
static const leat_avro_type geometry_type = {.kind = LEAT_AVRO_RECORD,
                                             .connect_name = "io.debezium.data.geometry.Geometry",
                                             .field_count = 2,
                                             .fields = geometry_fields};
static const leat_avro_type geography_type = {.kind = LEAT_AVRO_RECORD,
                                              .connect_name = "io.debezium.data.geometry.Geography",
                                              .field_count = 2,
                                              .fields = geometry_fields};

const leat_encoder leat_postgres_point_encoder = {
    .encode = encode_point, .type = &point_type, .part_count = 1, .parts = &leat_postgres_double_encoder};
const leat_encoder leat_postgres_geometry_encoder = {
    .encode = encode_geometry, .type = &geometry_type, .partial = true};
const leat_encoder leat_postgres_geography_encoder = {
    .encode = encode_geometry, .type = &geography_type, .partial = true};
