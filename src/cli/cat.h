/* The inside of `leat cat`, that command_cat.c (files) and cat_topic.c (topics) share. */
#ifndef LEAT_CLI_CAT_H
#define LEAT_CLI_CAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

typedef struct leat_cat_settings {
    uint64_t limit;
    bool schema;
    /* Of topics; texts are NULL where they were not given. */
    bool follow;
    const char *from;
    const char *registry;
    const char *config;
} leat_cat_settings;

/* What lasts over all files and topics. */
typedef struct leat_cat_run {
    const leat_cat_settings *settings;
    uint64_t shown;
    leat_buffer out; /* lines not yet written */
    bool over;       /* the limit is reached, the reader has gone, or somebody wants us to stop */
    int exit_code;
} leat_cat_run;

/* Writes what waits in `out`. */
void leat_cat_flush(leat_cat_run *run);

/* Counts the line that was just put into `out`, and writes when enough has come together. */
void leat_cat_count(leat_cat_run *run);

/* Whether the operand is a topic's, "kafka://…". */
bool leat_cat_is_topic(const char *operand);

/* Shows a topic's messages. What goes wrong is said, and is in the run's exit code. */
void leat_cat_topic(leat_cat_run *run, const char *operand);

#endif
