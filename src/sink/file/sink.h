/* The file sink: Avro object container files in a folder tree, exactly once. docs/events.md is its user's
 * side.
 *
 *   <path>/<schema>.<table>/v=<version>/dt=<YYYY-MM-DD>/<first position>-<last position>.avro
 *   <path>/_schema/<schema>.<table>/v=<version>.avsc
 *
 * Positions are those of the records (leat_record.sequence), the date is that of the commit, in UTC. What has
 * such a name is whole; a file at work is a dot-file beside it. A file belongs to one version and one date.
 * The header of each says leat.pipeline, leat.table, leat.version and leat.first. The schema of a version is
 * there before its first data.
 *
 * A commit within a transaction makes durable; one at a boundary gives the finished files their names. A sink
 * that has failed takes nothing more and must be opened again. */
#ifndef LEAT_SINK_FILE_SINK_H
#define LEAT_SINK_FILE_SINK_H

#include "avro/codec.h"
#include "base/log.h"
#include "sink/kind.h"

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

extern const leat_sink_kind leat_sink_file;

/* Texts of `options` outlive the sink. LEAT_USAGE or LEAT_OPERATOR with the mend when the folder cannot be
 * used. */
leat_status leat_sink_file_open(const leat_sink_file_options *options, leat_sink **sink, leat_error *error);

#endif
