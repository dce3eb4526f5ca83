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

leat_status leat_error_set(leat_error *error, leat_status status, const char *format, ...)
{
    if (error == NULL)
        return status;
    va_list arguments;
    va_start(arguments, format);
    error->status = status;
    error->mend[0] = '\0';
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

leat_status leat_error_mend(leat_error *error, const char *format, ...)
{
    if (error == NULL)
        return LEAT_FAILED;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->mend, sizeof error->mend, format, arguments);
    va_end(arguments);
    return error->status;
}

leat_status leat_error_context(leat_error *error, const char *format, ...)
{
    if (error == NULL)
        return LEAT_FAILED;
    char inner[sizeof error->message];
    memcpy(inner, error->message, sizeof inner);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    append_reason(error, length, inner);
    return error->status;
}

leat_status leat_error_system(leat_error *error, leat_status status, int number, const char *format, ...)
{
    if (error == NULL)
        return status;
    va_list arguments;
    va_start(arguments, format);
    error->status = status;
    error->mend[0] = '\0';
    int length = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
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
