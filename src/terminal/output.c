#include "terminal/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/slice.h"
#include "base/utf8.h"

int leat_output_failure(const leat_error *error)
{
    fprintf(stderr, "leat: %s\n", error->message);
    if (error->mend[0] != '\0')
        fprintf(stderr, "      %s\n", error->mend);
    return leat_status_exit_code(error->status);
}

static int say_write_failed(int number)
{
    leat_error error = {0};
    leat_error_system(&error, LEAT_FAILED, number, "cannot write to standard output");
    return leat_output_failure(&error);
}

bool leat_output_write(const leat_buffer *text, int *exit_code)
{
    size_t written = 0;
    while (written < text->length) {
        ssize_t now = write(STDOUT_FILENO, text->data + written, text->length - written);
        if (now < 0 && errno == EINTR)
            continue;
        if (now <= 0) {
            *exit_code = errno == EPIPE ? 0 : say_write_failed(errno);
            return false;
        }
        written += (size_t)now;
    }
    return true;
}

bool leat_output_write_json(json_t *object, int *exit_code)
{
    leat_buffer line = {0};
    char *text = json_dumps(object, JSON_COMPACT);
    leat_buffer_printf(&line, "%s\n", text);
    free(text);
    json_decref(object);
    bool written = leat_output_write(&line, exit_code);
    leat_buffer_free(&line);
    return written;
}

json_t *leat_output_json_text(const char *text)
{
    if (text == NULL)
        return json_null();
    leat_buffer escaped = {0};
    leat_utf8_append_escaped(&escaped, leat_slice_of_string(text));
    json_t *value = json_string(leat_buffer_string(&escaped));
    leat_buffer_free(&escaped);
    return value;
}
