/* Contract: findings of a check, each with its mend. */
#ifndef LEAT_FINDING_H
#define LEAT_FINDING_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

typedef enum leat_finding_level {
    LEAT_FINDING_FINE,    /* checked and good */
    LEAT_FINDING_WARNING, /* works, but will surprise somebody */
    LEAT_FINDING_ERROR,   /* a run would fail or lose something */
} leat_finding_level;

typedef struct leat_finding {
    leat_finding_level level;
    const char *code;    /* stable, for programs: "wal_level", "replica_identity" */
    const char *object;  /* "server", "table public.orders" … */
    const char *message; /* one sentence */
    const char *mend;    /* the SQL or setting that mends it; NULL where there is nothing to do */
} leat_finding;

/* Zero-initialise; leat_findings_free ends it. */
typedef struct leat_findings {
    leat_arena arena;
    leat_finding *items;
    size_t count;
    size_t capacity;
} leat_findings;

/* Adds a finding. `code` is a literal; the texts are copied; `mend` may be NULL. */
void leat_findings_add(leat_findings *findings, leat_finding_level level, const char *code,
                       const char *object, const char *mend, const char *message_format, ...)
    __attribute__((format(printf, 6, 7)));

/* Adds an error as a finding: its message and its mend. */
void leat_findings_add_error(leat_findings *findings, leat_finding_level level, const char *code,
                             const char *object, const leat_error *error);

/* How many findings are of this level. */
size_t leat_findings_count(const leat_findings *findings, leat_finding_level level);

void leat_findings_free(leat_findings *findings);

#endif
