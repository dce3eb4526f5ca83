#include "base/error.h"

#include <stdio.h>
#include <string.h>

/* Puts ": text" behind the first `length` characters of the message; what does not fit is cut. */
static void append_reason(leat_error *error, int length, const char *text)
{
    size_t at = length < 0 ? 0 : (size_t)length;
    size_t room = at < sizeof error->message ? sizeof error->message - at : 0;
    if (room < 3)
        return;
    size_t wanted = strnlen(text, room - 3);
    memcpy(error->message + at, ": ", 2);
    memcpy(error->message + at + 2, text, wanted);
    error->message[at + 2 + wanted] = '\0';
}

/* Fills an error anew; gives the length that the whole message has. */
static int fill(leat_error *error, leat_status status, const char *mend, const char *format,
                va_list arguments) __attribute__((format(printf, 4, 0)));

static int fill(leat_error *error, leat_status status, const char *mend, const char *format,
                va_list arguments)
{
    error->status = status;
    error->code[0] = '\0';
    snprintf(error->mend, sizeof error->mend, "%s", mend);
    return vsnprintf(error->message, sizeof error->message, format, arguments);
}

leat_status leat_error_set(leat_error *error, leat_status status, const char *format, ...)
{
    if (error == NULL)
        return status;
    va_list arguments;
    va_start(arguments, format);
    fill(error, status, "", format, arguments);
    va_end(arguments);
    return status;
}

leat_status leat_error_fail(leat_error *error, leat_status status, const char *mend, const char *format, ...)
{
    if (error == NULL)
        return status;
    va_list arguments;
    va_start(arguments, format);
    fill(error, status, mend, format, arguments);
    va_end(arguments);
    return status;
}

void leat_error_set_code(leat_error *error, const char *format, ...)
{
    if (error == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->code, sizeof error->code, format, arguments);
    va_end(arguments);
}

bool leat_error_has_code(const leat_error *error, const char *code)
{
    return error != NULL && strcmp(error->code, code) == 0;
}

void leat_error_mend(leat_error *error, const char *format, ...)
{
    if (error == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->mend, sizeof error->mend, format, arguments);
    va_end(arguments);
}

leat_status leat_error_context(leat_error *error, leat_status status, const char *format, ...)
{
    if (error == NULL || status == LEAT_OK)
        return status;
    char inner[sizeof error->message];
    memcpy(inner, error->message, sizeof inner);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    append_reason(error, length, inner);
    return status;
}

leat_status leat_error_system(leat_error *error, leat_status status, int number, const char *format, ...)
{
    if (error == NULL)
        return status;
    va_list arguments;
    va_start(arguments, format);
    int length = fill(error, status, "", format, arguments);
    va_end(arguments);
    leat_error_set_code(error, "errno %d", number);
    char reason[256];
    /* The GNU strerror_r returns the text and may leave the buffer unused; it is the thread-safe one. */
    append_reason(error, length, strerror_r(number, reason, sizeof reason));
    return status;
}

int leat_status_exit_code(leat_status status)
{
    switch (status) {
    case LEAT_OK:
    case LEAT_STOPPED:
        return 0;
    case LEAT_RETRY:
    case LEAT_FAILED:
        return 1;
    case LEAT_USAGE:
        return 2;
    case LEAT_OPERATOR:
        return 3;
    }
    return 1;
}
