/* The file sink: Avro object container files in a folder tree, exactly once. docs/files.md is its user's
 * side. */
#ifndef LEAT_SINK_FILE_H
#define LEAT_SINK_FILE_H

#include "avro/codec.h"
#include "base/log.h"
#include "leat/sink.h"
#include "state/state.h"

typedef struct leat_sink_file_options {
    const char *path; /* made where missing */
    leat_codec_kind codec;
    int codec_level;     /* 0: the codec's default */
    uint64_t roll_rows;  /* a file is finished when it has this many records… */
    uint64_t roll_bytes; /* …or bytes in the file… */
    int64_t roll_every;  /* …or has been open for so many microseconds */
    const char *pipeline;
    leat_state *state; /* lent; positions and files are committed through it */
    leat_log *log;
} leat_sink_file_options;

extern const leat_sink_ops leat_sink_file_ops;

/* Texts of `options` outlive the sink. LEAT_USAGE or LEAT_OPERATOR with the mend when the folder cannot be
 * used. */
leat_status leat_sink_file_open(const leat_sink_file_options *options, leat_sink **sink, leat_error *error);

#endif
