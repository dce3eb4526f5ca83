/* The config file. */
#ifndef LEAT_CONFIG_CONFIG_H
#define LEAT_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/log.h"
#include "event/schema.h"
#include "leat/source.h"
#include "sink/kind.h"

/* Every setting, checked and with defaults filled in. Texts live as long as the config. Durations in
 * microseconds, sizes in bytes. settings.c says of each what it is for. */
typedef struct leat_config {
    leat_arena arena;
    const char *file; /* path it came from */
    const char *name;
    const char *state;
    const char *folder; /* beside the state: what a source holds in files of its own */

    struct {
        const char *type;
        const leat_source_kind *kind;
        const void *settings; /* that its kind alone has: the struct of the kind's group */
        const char *url;      /* secret: never printed but through leat_config_redact */
        const char *const *tables;
        size_t table_count;
        bool snapshot; /* copy existing rows at the first start */
        uint64_t snapshot_workers;
        int64_t connect_timeout;
        int64_t heartbeat_every;
    } source;

    struct {
        const char *type;
        const leat_sink_kind *kind;
        const void *settings; /* likewise */
        int64_t commit_every; /* how often what has arrived is made durable while changes keep coming */
        leat_envelope_kind envelope;
        const char *prefix; /* defaults to name */
    } sink;

    struct {
        int64_t first_delay;
        int64_t longest_delay;
        int64_t give_up_after; /* 0: never */
    } retry;

    struct {
        leat_log_level level;
        leat_log_format format;
    } log;
} leat_config;

/* The code of the error that says how many mistakes a config has; each of them stands in `problems`. */
#define LEAT_CONFIG_MISTAKES "config mistakes"

/* Reads and checks a config file. On LEAT_USAGE `problems` (a buffer of text, one mistake a line,
 * "file:line:column: sentence. mend") has every mistake in it, and `error` a summary. Relative paths in the
 * file are taken from the folder the file is in. The caller frees with leat_config_free whatever the outcome.
 */
leat_status leat_config_load(const char *path, leat_config *config, leat_buffer *problems, leat_error *error);

/* The same from text; `name` stands for the file in messages and its folder for relative paths. */
leat_status leat_config_parse(const char *text, size_t length, const char *name, leat_config *config,
                              leat_buffer *problems, leat_error *error);
void leat_config_free(leat_config *config);

/* What it says of its sink, for whoever opens or checks that. Borrows from the config. */
leat_sink_config leat_config_sink(const leat_config *config);

/* A url with its password (and secret query parameters) replaced by "***". Heap. */
char *leat_config_redact(const char *url);

/* docs/settings.md and schemas/config.schema.json, generated from the one table of settings. */
void leat_config_write_markdown(leat_buffer *out);
void leat_config_write_json_schema(leat_buffer *out);

#endif
