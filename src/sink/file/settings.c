#include "sink/file/settings.h"

#include <inttypes.h>

#define AT(field) offsetof(leat_file_settings, field)

_Static_assert(sizeof(leat_codec_kind) == sizeof(unsigned), "choices are stored as unsigned");

static const leat_choice codecs[] = {
    {"null", LEAT_CODEC_NULL, "not compressed"},
    {"deflate", LEAT_CODEC_DEFLATE, "the one compressing codec that every Avro reader has"},
    {"snappy", LEAT_CODEC_SNAPPY, "fast, larger files"},
    {"zstandard", LEAT_CODEC_ZSTANDARD, "fast and small, where all your readers have it"},
};

static const leat_setting settings[] = {
    {
        .path = "sink.path",
        .type = LEAT_SETTING_PATH,
        .offset = AT(path),
        .required = true,
        .purpose = "The folder that the files go to; made where missing. What has its final name in it is "
                   "whole and is not touched again.",
        .example = "./lake",
    },
    {
        .path = "sink.codec",
        .type = LEAT_SETTING_CHOICE,
        .offset = AT(codec),
        .default_text = "deflate",
        LEAT_CHOICES_OF(codecs),
        .purpose = "How the blocks inside the files are compressed.",
        .example = "zstandard",
    },
    {
        .path = "sink.codec_level",
        .type = LEAT_SETTING_INTEGER,
        .offset = AT(codec_level),
        .default_text = "0",
        .default_note = "the codec's default, which is 1 for both",
        .most = 19,
        .purpose = "How hard to compress: `deflate` knows 1 to 12, `zstandard` 1 to 19, the others no "
                   "levels. Higher is smaller and slower.",
        .example = "3",
    },
    {
        .path = "sink.roll.rows",
        .type = LEAT_SETTING_INTEGER,
        .offset = AT(roll_rows),
        .default_text = "1000000",
        .least = 1,
        .most = UINT64_C(1000000000000),
        .purpose = "Finish a file when it has this many records.",
        .example = "100000",
    },
    {
        .path = "sink.roll.bytes",
        .type = LEAT_SETTING_SIZE,
        .offset = AT(roll_bytes),
        .default_text = "256MiB",
        .least = LEAT_KIBIBYTE,
        .most = LEAT_TEBIBYTE,
        .purpose = "Finish a file when it has this many bytes, as compressed.",
        .example = "1GiB",
    },
    {
        .path = "sink.roll.every",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(roll_every),
        .default_text = "60s",
        .least = 100 * LEAT_MILLISECOND,
        .most = 30 * LEAT_DAY,
        .purpose = "Finish a file when it has been open for this long: the longest that a reader of the "
                   "files waits for a change.",
        .example = "15m",
    },
};

static const leat_section sections[] = {
    {.path = "sink.roll",
     .title = "`sink.roll`: when a file is finished",
     .purpose = "A file is finished when the first of these limits is reached, when its table's definition "
                "changes, or when leat stops. It gets its final name, and is seen by readers, once the "
                "transaction it ends in is whole."},
};

static int64_t most_level(leat_codec_kind codec)
{
    switch (codec) {
    case LEAT_CODEC_NULL:
    case LEAT_CODEC_SNAPPY:
        return 0;
    case LEAT_CODEC_DEFLATE:
        return 12;
    case LEAT_CODEC_ZSTANDARD:
        return 19;
    }
    return 0;
}

static const char *codec_name(leat_codec_kind codec)
{
    for (size_t i = 0; i < LEAT_COUNT_OF(codecs); i++)
        if (codecs[i].value == (unsigned)codec)
            return codecs[i].name;
    return "";
}

static void review(const void *filled, const leat_setting_review *review)
{
    const leat_file_settings *settings_read = filled;
    if (!review->is_right(review->context, "sink.codec") ||
        !review->is_right(review->context, "sink.codec_level"))
        return;
    int64_t most = most_level(settings_read->codec);
    if (settings_read->codec_level <= most)
        return;
    const char *codec = codec_name(settings_read->codec);
    if (most == 0)
        review->refuse(
            review->context, "sink.codec_level", "sink.codec",
            "`sink.codec_level` makes no sense with the codec `%s`, which has no levels. Take it out", codec);
    else
        review->refuse(review->context, "sink.codec_level", "sink.codec",
                       "`sink.codec_level` must be from 1 to %" PRId64
                       " (or 0 for the default) with the codec `%s`",
                       most, codec);
}

const leat_setting_group leat_file_setting_group = {
    .size = sizeof(leat_file_settings),
    .settings = settings,
    .setting_count = LEAT_COUNT_OF(settings),
    .sections = sections,
    .section_count = LEAT_COUNT_OF(sections),
    .review = review,
};
