/* Encoders of dates and times. */
#include "base/encode.h"
#include "mysql/types/facts.h"
#include "mysql/value/time_parts.h"

static leat_encoding append_date(const leat_mysql_moment *moment, leat_buffer *out)
{
    int32_t days = 0;
    if (!leat_mysql_moment_days(moment, &days))
        return LEAT_UNREPRESENTABLE;
    leat_encode_long(out, days);
    return LEAT_ENCODED;
}

static leat_encoding append_datetime(const leat_mysql_moment *moment, leat_buffer *out)
{
    int64_t microseconds = 0;
    if (!leat_mysql_moment_since_1970(moment, &microseconds))
        return LEAT_UNREPRESENTABLE;
    leat_encode_long(out, microseconds);
    return LEAT_ENCODED;
}

static leat_encoding append_span(const leat_mysql_moment *moment, leat_buffer *out)
{
    leat_encode_long(out, leat_mysql_moment_span(moment));
    return LEAT_ENCODED;
}

/* Zero stands for the zero date, and so there is no value for the beginning of 1970. */
static leat_encoding append_instant(uint32_t seconds, unsigned microsecond, leat_buffer *out)
{
    if (seconds == 0 && microsecond == 0)
        return LEAT_UNREPRESENTABLE;
    leat_encode_long(out, (int64_t)seconds * 1000000 + microsecond);
    return LEAT_ENCODED;
}

static unsigned fraction_of(const leat_encoder *encoder)
{
    return leat_mysql_facts_of(encoder)->fraction;
}

static leat_encoding encode_date(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    leat_mysql_moment moment;
    return leat_mysql_moment_read_date(native, &moment) ? append_date(&moment, out) : LEAT_MALFORMED;
}

static leat_encoding encode_date_text(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    leat_mysql_moment moment;
    return leat_mysql_moment_parse_date(native, &moment) ? append_date(&moment, out) : LEAT_MALFORMED;
}

static leat_encoding encode_datetime(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    leat_mysql_moment moment;
    return leat_mysql_moment_read_datetime(native, fraction_of(encoder), &moment)
               ? append_datetime(&moment, out)
               : LEAT_MALFORMED;
}

static leat_encoding encode_old_datetime(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    leat_mysql_moment moment;
    return leat_mysql_moment_read_old_datetime(native, &moment) ? append_datetime(&moment, out)
                                                                : LEAT_MALFORMED;
}

/* TIMESTAMP too: the session's time zone is UTC. */
static leat_encoding encode_datetime_text(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    leat_mysql_moment moment;
    return leat_mysql_moment_parse_datetime(native, &moment) ? append_datetime(&moment, out) : LEAT_MALFORMED;
}

static leat_encoding encode_timestamp(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    uint32_t seconds = 0;
    unsigned microsecond = 0;
    return leat_mysql_moment_read_instant(native, fraction_of(encoder), &seconds, &microsecond)
               ? append_instant(seconds, microsecond, out)
               : LEAT_MALFORMED;
}

static leat_encoding encode_old_timestamp(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    uint32_t seconds = 0;
    return leat_mysql_moment_read_old_instant(native, &seconds) ? append_instant(seconds, 0, out)
                                                                : LEAT_MALFORMED;
}

static leat_encoding encode_time(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    leat_mysql_moment moment;
    return leat_mysql_moment_read_span(native, fraction_of(encoder), &moment) ? append_span(&moment, out)
                                                                              : LEAT_MALFORMED;
}

static leat_encoding encode_old_time(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    leat_mysql_moment moment;
    return leat_mysql_moment_read_old_span(native, &moment) ? append_span(&moment, out) : LEAT_MALFORMED;
}

static leat_encoding encode_time_text(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    leat_mysql_moment moment;
    return leat_mysql_moment_parse_span(native, &moment) ? append_span(&moment, out) : LEAT_MALFORMED;
}

static void describe_date(const leat_encoder *encoder, leat_slice native, leat_buffer *text)
{
    leat_mysql_moment moment;
    if (leat_mysql_moment_read_date(native, &moment))
        leat_mysql_moment_append_date(&moment, text);
    else
        leat_mysql_describe_hex(encoder, native, text);
}

static void describe_datetime(const leat_encoder *encoder, leat_slice native, leat_buffer *text)
{
    leat_mysql_moment moment;
    if (leat_mysql_moment_read_datetime(native, fraction_of(encoder), &moment))
        leat_mysql_moment_append_datetime(&moment, fraction_of(encoder), text);
    else
        leat_mysql_describe_hex(encoder, native, text);
}

static void describe_old_datetime(const leat_encoder *encoder, leat_slice native, leat_buffer *text)
{
    leat_mysql_moment moment;
    if (leat_mysql_moment_read_old_datetime(native, &moment))
        leat_mysql_moment_append_datetime(&moment, 0, text);
    else
        leat_mysql_describe_hex(encoder, native, text);
}

static void append_instant_text(const leat_encoder *encoder, uint32_t seconds, unsigned microsecond,
                                leat_buffer *text)
{
    leat_mysql_moment moment;
    leat_mysql_moment_of_instant(seconds, microsecond, &moment);
    leat_mysql_moment_append_datetime(&moment, fraction_of(encoder), text);
}

static void describe_timestamp(const leat_encoder *encoder, leat_slice native, leat_buffer *text)
{
    uint32_t seconds = 0;
    unsigned microsecond = 0;
    if (leat_mysql_moment_read_instant(native, fraction_of(encoder), &seconds, &microsecond))
        append_instant_text(encoder, seconds, microsecond, text);
    else
        leat_mysql_describe_hex(encoder, native, text);
}

static void describe_old_timestamp(const leat_encoder *encoder, leat_slice native, leat_buffer *text)
{
    uint32_t seconds = 0;
    if (leat_mysql_moment_read_old_instant(native, &seconds))
        append_instant_text(encoder, seconds, 0, text);
    else
        leat_mysql_describe_hex(encoder, native, text);
}

static void describe_time(const leat_encoder *encoder, leat_slice native, leat_buffer *text)
{
    leat_mysql_moment moment;
    if (leat_mysql_moment_read_span(native, fraction_of(encoder), &moment))
        leat_mysql_moment_append_span(&moment, fraction_of(encoder), text);
    else
        leat_mysql_describe_hex(encoder, native, text);
}

static void describe_old_time(const leat_encoder *encoder, leat_slice native, leat_buffer *text)
{
    leat_mysql_moment moment;
    if (leat_mysql_moment_read_old_span(native, &moment))
        leat_mysql_moment_append_span(&moment, 0, text);
    else
        leat_mysql_describe_hex(encoder, native, text);
}

static const leat_avro_type date_type = {
    .kind = LEAT_AVRO_INT, .logical = LEAT_LOGICAL_DATE, .connect_name = "io.debezium.time.Date"};
static const leat_avro_type datetime_type = {.kind = LEAT_AVRO_LONG,
                                             .logical = LEAT_LOGICAL_LOCAL_TIMESTAMP_MICROS,
                                             .connect_name = "io.debezium.time.MicroTimestamp"};
/* Debezium's name for an instant, ZonedTimestamp, is that of a string. */
static const leat_avro_type timestamp_type = {.kind = LEAT_AVRO_LONG,
                                              .logical = LEAT_LOGICAL_TIMESTAMP_MICROS};
/* A span of up to 838 hours either way; Avro's times end with the day. */
static const leat_avro_type time_type = {.kind = LEAT_AVRO_LONG,
                                         .connect_name = "io.debezium.time.MicroTime"};

static const struct {
    const leat_avro_type *type;
    leat_encode_function encode; /* from the log */
    leat_describe_function describe;
    leat_encode_function encode_text;
    leat_mysql_type of;
    bool partial;
} times[] = {
    {&date_type, encode_date, describe_date, encode_date_text, LEAT_MYSQL_DATE, true},
    {&datetime_type, encode_datetime, describe_datetime, encode_datetime_text, LEAT_MYSQL_DATETIME2, true},
    {&datetime_type, encode_old_datetime, describe_old_datetime, encode_datetime_text,
     LEAT_MYSQL_OLD_DATETIME, true},
    {&timestamp_type, encode_timestamp, describe_timestamp, encode_datetime_text, LEAT_MYSQL_TIMESTAMP2,
     true},
    {&timestamp_type, encode_old_timestamp, describe_old_timestamp, encode_datetime_text,
     LEAT_MYSQL_OLD_TIMESTAMP, true},
    {&time_type, encode_time, describe_time, encode_time_text, LEAT_MYSQL_TIME2, false},
    {&time_type, encode_old_time, describe_old_time, encode_time_text, LEAT_MYSQL_OLD_TIME, false},
};

bool leat_mysql_time_encoder(const leat_mysql_column *column, leat_mysql_form form, leat_arena *arena,
                             leat_encoder *encoder)
{
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        if (times[i].of != column->layout.type)
            continue;
        leat_mysql_facts *facts = leat_arena_allocate(arena, sizeof *facts);
        facts->fraction = column->layout.scale;
        bool binary = form == LEAT_MYSQL_BINLOG;
        *encoder = (leat_encoder){.encode = binary ? times[i].encode : times[i].encode_text,
                                  .describe = binary ? times[i].describe : NULL,
                                  .facts = facts,
                                  .type = times[i].type,
                                  .partial = times[i].partial};
        return true;
    }
    return false;
}
