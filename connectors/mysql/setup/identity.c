#include "mysql/setup/identity.h"

#include "base/cursor.h"
#include "base/memory.h"
#include "base/number.h"

/* The notebook has "EPOCH SERVER" under this key. */
static const char key[] = "identity";

static bool parse(const char *text, leat_mysql_identity *identity)
{
    leat_slice all = leat_slice_of_string(text);
    size_t digits = strcspn(text, " ");
    leat_cursor cursor = leat_cursor_open(all);
    uint64_t epoch = 0;
    bool good = leat_number_parse_digits(leat_cursor_bytes(&cursor, digits), &epoch) && epoch >= 1 &&
                epoch < UINT32_MAX;
    leat_cursor_u8(&cursor);
    leat_slice server = leat_cursor_bytes(&cursor, leat_cursor_remaining(&cursor));
    if (!good || leat_cursor_failed(&cursor))
        return false;
    identity->epoch = (unsigned)epoch;
    identity->server = leat_duplicate_bytes(server.data, server.length);
    return true;
}

leat_status leat_mysql_identity_load(const leat_source_options *options, leat_mysql_identity *identity,
                                     leat_error *error)
{
    const leat_notebook *notebook = options->notebook;
    char *text = NULL;
    *identity = (leat_mysql_identity){.epoch = 0};
    leat_status status = notebook->get(notebook->context, key, &text, error);
    if (status == LEAT_OK && text != NULL && !parse(text, identity))
        status = leat_error_set(error, LEAT_FAILED, "the state has a server's identity that is none: \"%s\"",
                                text);
    leat_release(text);
    return status;
}

leat_status leat_mysql_identity_keep(const leat_source_options *options, const char *server, unsigned epoch,
                                     leat_error *error)
{
    const leat_notebook *notebook = options->notebook;
    leat_buffer text = {0};
    leat_buffer_printf(&text, "%u %s", epoch, server);
    leat_status status = notebook->put(notebook->context, key, leat_buffer_string(&text), error);
    leat_buffer_free(&text);
    return status;
}
