/* Statements. They are sent, waited for so that a wait can be ended, and only then read. */
#include <poll.h>
#include <string.h>

#include "base/memory.h"
#include "mysql/server/client.h"
#include "mysql/server/session_internal.h"

/* As much of a statement as an error needs to show which one it was. */
enum { STATEMENT_SHOWN = 120 };

static leat_status statement_failure(leat_mysql_session *session, const char *sql, leat_error *error)
{
    leat_buffer context = {0};
    bool cut = strlen(sql) > STATEMENT_SHOWN;
    leat_buffer_printf(&context, "\"%.*s%s\" failed", STATEMENT_SHOWN, sql, cut ? "..." : "");
    leat_status status = leat_mysql_session_failure(session, leat_buffer_string(&context), error);
    leat_buffer_free(&context);
    return status;
}

/* Nothing of an answer is here before the statement was sent, so that the socket tells when it begins. */
static leat_status wait_for_answer(leat_mysql_session *session, const char *sql, leat_error *error)
{
    leat_mysql_patience patience = {
        .deadline = INT64_MAX, .stop = session->options->stop, .interrupted = &session->interrupted};
    leat_mysql_wait wait = leat_mysql_wait_for_socket(session->socket, POLLIN, &patience,
                                                      LEAT_MYSQL_STOP_QUESTION_MILLISECONDS, NULL);
    if (wait == LEAT_MYSQL_WAIT_OVER)
        return LEAT_OK;
    session->left = true;
    if (wait == LEAT_MYSQL_WAIT_STOPPED)
        return leat_error_set(error, LEAT_STOPPED, "asked to stop");
    return statement_failure(session, sql, error);
}

/* Up to where the result's rows, if it has any, are to be read. */
static leat_status run(leat_mysql_session *session, const char *sql, leat_error *error)
{
    if (session->left)
        return leat_error_set(error, LEAT_RETRY, "the session with %s was left in the middle of a statement",
                              session->server.address);
    if (mysql_send_query(session->connection, sql, (unsigned long)strlen(sql)) != 0)
        return statement_failure(session, sql, error);
    leat_status status = wait_for_answer(session, sql, error);
    if (status != LEAT_OK)
        return status;
    if (mysql_read_query_result(session->connection) != 0)
        return statement_failure(session, sql, error);
    return LEAT_OK;
}

static leat_status set_results(leat_mysql_session *session, bool utf8, leat_error *error)
{
    if (session->utf8_results == utf8)
        return LEAT_OK;
    leat_status status =
        run(session,
            utf8 ? "SET SESSION character_set_results = utf8mb4" : "SET SESSION character_set_results = NULL",
            error);
    if (status == LEAT_OK)
        session->utf8_results = utf8;
    return status;
}

leat_status leat_mysql_query(leat_mysql_session *session, const char *sql, MYSQL_RES **result,
                             leat_error *error)
{
    *result = NULL;
    leat_status status = set_results(session, true, error);
    if (status == LEAT_OK)
        status = run(session, sql, error);
    if (status != LEAT_OK)
        return status;
    *result = mysql_store_result(session->connection);
    if (*result == NULL && mysql_errno(session->connection) != 0)
        return statement_failure(session, sql, error);
    return LEAT_OK;
}

leat_status leat_mysql_select(leat_mysql_session *session, const char *sql, MYSQL_RES **result,
                              leat_error *error)
{
    *result = NULL;
    leat_status status = set_results(session, false, error);
    if (status == LEAT_OK)
        status = run(session, sql, error);
    if (status != LEAT_OK)
        return status;
    *result = mysql_use_result(session->connection);
    if (*result == NULL)
        return statement_failure(session, sql, error);
    return LEAT_OK;
}

leat_status leat_mysql_execute(leat_mysql_session *session, const char *sql, leat_error *error)
{
    leat_status status = run(session, sql, error);
    if (status != LEAT_OK)
        return status;
    MYSQL_RES *result = mysql_store_result(session->connection);
    if (result == NULL && mysql_errno(session->connection) != 0)
        return statement_failure(session, sql, error);
    mysql_free_result(result);
    return LEAT_OK;
}

leat_status leat_mysql_value(leat_mysql_session *session, const char *sql, char **value, leat_error *error)
{
    MYSQL_RES *result = NULL;
    *value = NULL;
    leat_status status = leat_mysql_query(session, sql, &result, error);
    if (status != LEAT_OK || result == NULL)
        return status;
    MYSQL_ROW row = mysql_fetch_row(result);
    if (row != NULL && row[0] != NULL)
        *value = leat_duplicate_bytes(row[0], mysql_fetch_lengths(result)[0]);
    mysql_free_result(result);
    return LEAT_OK;
}

/* SHOW prints a variable's name and then its value, as people know it (ON, not 1), but cuts long values. */
static leat_status show_variable(leat_mysql_session *session, const char *name, char **value,
                                 leat_error *error)
{
    leat_buffer sql = {0};
    MYSQL_RES *result = NULL;
    leat_buffer_append_string(&sql, "SHOW GLOBAL VARIABLES WHERE Variable_name = ");
    leat_mysql_append_literal(&sql, name);
    leat_status status = leat_mysql_query(session, leat_buffer_string(&sql), &result, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return status;
    MYSQL_ROW row = result == NULL ? NULL : mysql_fetch_row(result);
    *value = leat_duplicate_string(row == NULL || row[1] == NULL ? "" : row[1]);
    mysql_free_result(result);
    return LEAT_OK;
}

leat_status leat_mysql_variable(leat_mysql_session *session, const char *name, char **value,
                                leat_error *error)
{
    enum { NEVER_CUT = 1000 };
    leat_status status = show_variable(session, name, value, error);
    if (status != LEAT_OK || strlen(*value) < NEVER_CUT)
        return status;
    leat_buffer sql = {0};
    leat_release(*value);
    *value = NULL;
    leat_buffer_append_string(&sql, "SELECT @@global.");
    leat_mysql_append_identifier(&sql, name);
    status = leat_mysql_value(session, leat_buffer_string(&sql), value, error);
    leat_buffer_free(&sql);
    return status;
}

/* ---- Names and texts in SQL ---- */

static void append_doubling(leat_buffer *sql, const char *text, char quote, char also)
{
    leat_buffer_append_byte(sql, (uint8_t)quote);
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] == quote || (also != '\0' && text[i] == also))
            leat_buffer_append_byte(sql, (uint8_t)text[i]);
        leat_buffer_append_byte(sql, (uint8_t)text[i]);
    }
    leat_buffer_append_byte(sql, (uint8_t)quote);
}

void leat_mysql_append_identifier(leat_buffer *sql, const char *name)
{
    append_doubling(sql, name, '`', '\0');
}

/* NO_BACKSLASH_ESCAPES is never on in our sessions, so a backslash has to be doubled. */
void leat_mysql_append_literal(leat_buffer *sql, const char *text)
{
    append_doubling(sql, text, '\'', '\\');
}

void leat_mysql_append_qualified(leat_buffer *sql, const char *database, const char *name)
{
    leat_mysql_append_identifier(sql, database);
    leat_buffer_append_byte(sql, '.');
    leat_mysql_append_identifier(sql, name);
}
