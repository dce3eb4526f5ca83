/* Errors: what may be done next, and a sentence for a person. */
#ifndef LEAT_BASE_ERROR_H
#define LEAT_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

/* What every function that can fail returns. The order is that of severity among failures. */
typedef enum leat_status {
    LEAT_OK = 0,
    LEAT_STOPPED,  /* somebody asked us to stop; nothing is wrong */
    LEAT_RETRY,    /* may pass by itself: try again after a pause */
    LEAT_FAILED,   /* will not pass by trying again (exit code 1) */
    LEAT_USAGE,    /* the command line or the config is wrong (exit code 2) */
    LEAT_OPERATOR, /* a person has a choice to make (exit code 3) */
} leat_status;

/* Owned by the caller, who passes its address down; holds no heap. Valid when a function returned non-OK. */
typedef struct leat_error {
    leat_status status;
    char message[1024]; /* names the object and what happened */
    char mend[1024];    /* what the reader can do about it; may be empty */
    /* What it is for programs: who numbers it and the number, e.g. "SQLSTATE 55P03", "MySQL 1205" (MariaDB
     * too), "Kafka 29", "SQLite 11", "errno 28"; "" where nobody does. Whoever decides by an error asks this,
     * never the message, which is for people, and cut where it is long. */
    char code[24];
} leat_error;

/* Fills `error` (which may be NULL) with a sentence, an empty mend and no code, and returns `status`. */
leat_status leat_error_set(leat_error *error, leat_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* leat_error_set with a mend that is no format, in one step. Returns `status`, for NULL too. */
leat_status leat_error_fail(leat_error *error, leat_status status, const char *mend, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds the code to an error just set; what wraps the error afterwards keeps it. NULL is fine. */
void leat_error_set_code(leat_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether the error (which may be NULL: no) carries this code. */
bool leat_error_has_code(const leat_error *error, const char *code);

/* Adds a mend that is a format to an error just set. NULL is fine. */
void leat_error_mend(leat_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "context: " before the message of the error that a step failed with, e.g. the table or file that it was
 * about; where the step's `status` is LEAT_OK there is no error, and nothing happens. Returns `status`, for a
 * NULL error too, so that it can end a function. */
leat_status leat_error_context(leat_error *error, leat_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Message and code from errno `number`, e.g. leat_error_system(e, LEAT_FAILED, errno, "cannot write %s", path). */
leat_status leat_error_system(leat_error *error, leat_status status, int number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The program's exit code for a final status: 0 done, 1 failed, 2 usage or config, 3 operator must act. */
int leat_status_exit_code(leat_status status);

#endif
