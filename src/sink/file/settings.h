/* The settings of the file sink. */
#ifndef LEAT_SINK_FILE_SETTINGS_H
#define LEAT_SINK_FILE_SETTINGS_H

#include <stdint.h>

#include "avro/codec.h"
#include "leat/setting.h"

/* Texts live as long as the config; durations in microseconds, sizes in bytes. */
typedef struct leat_file_settings {
    const char *path;
    leat_codec_kind codec;
    int64_t codec_level;
    uint64_t roll_rows;
    uint64_t roll_bytes;
    int64_t roll_every;
} leat_file_settings;

extern const leat_setting_group leat_file_setting_group;

#endif
