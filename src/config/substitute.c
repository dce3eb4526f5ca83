#include "config/substitute.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "config/read_file.h"

/* A secret is small; a config that needs more than this in all has gone wrong. */
enum { MOST_FILE_BYTES = 65536, MOST_BYTES_IN_ALL = 1048576 };

static const char FILE_SCHEME[] = "file:";

const char *leat_path_from(leat_arena *arena, const char *folder, const char *path)
{
    if (path[0] == '/' || folder[0] == '\0')
        return leat_arena_string(arena, path);
    while (strncmp(path, "./", 2) == 0)
        path += 2;
    const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
    return leat_arena_printf(arena, "%s%s%s", folder, slash, path);
}

static bool is_variable_name(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return *name != '\0' && strchr(letters, *name) != NULL && name[strspn(name, allowed)] == '\0';
}

/* Everything that is put in passes here. `what` names where it came from. */
static leat_status put_in(leat_substitution *substitution, leat_slice content, const char *what,
                          leat_buffer *out, leat_error *error)
{
    bool has_nul = content.length > 0 && memchr(content.data, 0, content.length) != NULL;
    if (has_nul || leat_utf8_valid_length(content) != content.length)
        return leat_error_set(error, LEAT_USAGE, "%s does not hold UTF-8 text", what);
    if (content.length > MOST_BYTES_IN_ALL - substitution->used)
        return leat_error_set(error, LEAT_USAGE, "what ${…} puts into this file is more than %d bytes in all",
                              MOST_BYTES_IN_ALL);
    substitution->used += content.length;
    leat_buffer_append_slice(out, content);
    return LEAT_OK;
}

static leat_status put_variable(leat_substitution *substitution, const char *name, leat_buffer *out,
                                leat_error *error)
{
    if (!is_variable_name(name)) {
        return leat_error_fail(error, LEAT_USAGE,
                               "Write ${NAME}, ${file:PATH}, or $${ for the characters ${ themselves",
                               "what stands in ${…} is not the name of an environment variable");
    }
    const char *value = getenv(name); /* NOLINT(concurrency-mt-unsafe): nothing in leat sets variables */
    if (value == NULL) {
        return leat_error_fail(error, LEAT_USAGE,
                               "Set it before leat starts, or write $${ for the characters ${",
                               "the environment variable `%s` is not set", name);
    }
    const char *what = leat_arena_printf(substitution->arena, "the environment variable `%s`", name);
    return put_in(substitution, leat_slice_of_string(value), what, out, error);
}

/* A file written by hand or by `echo` ends in a line end that is no part of the secret. */
static leat_slice without_line_end(leat_slice content)
{
    if (content.length > 0 && content.data[content.length - 1] == '\n')
        content.length--;
    if (content.length > 0 && content.data[content.length - 1] == '\r')
        content.length--;
    return content;
}

static leat_status put_file(leat_substitution *substitution, const char *path, leat_buffer *out,
                            leat_error *error)
{
    if (*path == '\0')
        return leat_error_set(error, LEAT_USAGE, "${file:} names no file");
    const char *whole = leat_path_from(substitution->arena, substitution->folder, path);
    leat_buffer content = {0};
    leat_status status = leat_read_file(whole, MOST_FILE_BYTES, &content, error);
    if (status == LEAT_OK)
        status = put_in(substitution, without_line_end(leat_buffer_slice(&content)), whole, out, error);
    leat_buffer_free(&content);
    return status;
}

/* Puts in what stands between "${" and `end`, the place of its "}". */
static leat_status put_reference(leat_substitution *substitution, const char *start, const char *end,
                                 leat_buffer *out, leat_error *error)
{
    const char *reference =
        leat_arena_slice_string(substitution->arena, leat_slice_of(start, (size_t)(end - start)));
    size_t scheme = sizeof FILE_SCHEME - 1;
    if (strncmp(reference, FILE_SCHEME, scheme) == 0)
        return put_file(substitution, reference + scheme, out, error);
    return put_variable(substitution, reference, out, error);
}

static leat_status expand(leat_substitution *substitution, const char *text, leat_buffer *out, bool *hidden,
                          leat_error *error)
{
    const char *at = text;
    while (*at != '\0') {
        if (strncmp(at, "$${", 3) == 0) {
            leat_buffer_append_string(out, "${");
            at += 3;
        } else if (strncmp(at, "${", 2) == 0) {
            const char *end = strchr(at, '}');
            if (end == NULL)
                return leat_error_set(error, LEAT_USAGE, "a `${` here has no `}`");
            *hidden = true;
            leat_status status = put_reference(substitution, at + 2, end, out, error);
            if (status != LEAT_OK)
                return status;
            at = end + 1;
        } else {
            leat_buffer_append_byte(out, (uint8_t)*at++);
        }
    }
    return LEAT_OK;
}

leat_status leat_substitute(leat_substitution *substitution, const char *text, const char **result,
                            bool *hidden, leat_error *error)
{
    *hidden = false;
    leat_buffer out = {0};
    leat_status status = expand(substitution, text, &out, hidden, error);
    *result = leat_arena_slice_string(substitution->arena, leat_buffer_slice(&out));
    leat_buffer_free(&out);
    return status;
}
