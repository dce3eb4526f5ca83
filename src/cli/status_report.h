/* Where a pipeline stands, as its state store and its source tell, whether it is running or not. */
#ifndef LEAT_CLI_STATUS_REPORT_H
#define LEAT_CLI_STATUS_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "config/config.h"
#include "leat/source.h"
#include "state/state.h"

/* Texts and arrays live in `arena`. leat_status_report_free ends it. */
typedef struct leat_status_report {
    leat_arena arena;
    int64_t made_at; /* wall microseconds */

    long process;         /* the leat that runs this pipeline now; 0 for none */
    bool ever_ran;        /* there is a state store; else everything up to `reachable` is empty */
    const char *durable;  /* text form; NULL: nothing is durable yet */
    int64_t committed_at; /* when that became durable; 0 never */
    uint64_t records;     /* ever made durable */
    leat_state_table *tables;
    size_t table_count;
    leat_state_version *versions; /* by table and number */
    size_t version_count;
    uint64_t files; /* finished ones */
    uint64_t file_records;
    uint64_t file_bytes;
    size_t open_files;

    bool reachable;             /* the source answered */
    const char *source_message; /* why not; NULL where it is reachable */
    const char *source_mend;    /* what can be done about it; may be empty */
    const char *current;        /* end of the source's log; NULL unknown */
    int64_t bytes_behind;       /* -1 unknown */
    int64_t bytes_retained;     /* -1 unknown */
    int64_t lag;                /* microseconds that what is durable is behind at most; -1 unknown */
} leat_status_report;

/* Fills the report. What the source does not tell stands in the report; what the state store does not tell is
 * an error. */
leat_status leat_status_report_make(const leat_config *config, leat_status_report *report, leat_error *error);
void leat_status_report_free(leat_status_report *report);

/* For people, and for programs (the caller releases the object). */
void leat_status_report_text(const leat_status_report *report, const leat_config *config, leat_buffer *out);
json_t *leat_status_report_json(const leat_status_report *report, const leat_config *config);

#endif
