#include "postgres/server/failure.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "postgres/server/sql_text.h"

/* SQLSTATE classes and codes (PostgreSQL documentation, appendix A); the longest matching prefix rules. In a
 * mend, '@' stands for the role's name. What is not listed is a failure that trying again does not mend. */
typedef struct state_rule {
    const char *prefix;
    leat_status status;
    const char *mend; /* used when the server gives no hint; NULL for none */
} state_rule;

static const char check_credentials[] =
    "check user and password in source.url, and that pg_hba.conf lets role @ in from this machine";
static const char free_connections[] =
    "leat tries again; if it stays so, raise max_connections or max_wal_senders, or end sessions not needed";

static const state_rule state_rules[] = {
    {"08", LEAT_RETRY, NULL},
    {"25P03", LEAT_RETRY, NULL}, /* idle_in_transaction_session_timeout */
    {"25P04", LEAT_RETRY, NULL}, /* transaction_timeout */
    {"28", LEAT_OPERATOR, check_credentials},
    {"3D000", LEAT_OPERATOR, "check the database's name in source.url"},
    {"40", LEAT_RETRY, NULL}, /* serialization failure, deadlock, conflict with recovery */
    {"42501", LEAT_OPERATOR,
     "give role @ the right that is missing: ALTER ROLE @ REPLICATION for the stream, GRANT SELECT ON TABLE "
     "… "
     "TO @ for the snapshot, GRANT CREATE ON DATABASE … TO @ and ownership of the tables for a publication"},
    {"42704", LEAT_OPERATOR,
     "if slot or publication was dropped, changes since then are lost to this pipeline: start it anew with a "
     "snapshot, or check the names in the config"},
    {"53", LEAT_RETRY, NULL},
    {"53300", LEAT_RETRY, free_connections},
    {"53400", LEAT_OPERATOR, "raise max_replication_slots and restart the server, or drop slots not needed"},
    {"55000", LEAT_OPERATOR, "run 'leat check' with this config: it names what stands in the way"},
    {"55006", LEAT_RETRY, "leat tries again; if it stays so, another consumer holds the slot: end it"},
    {"55P03", LEAT_RETRY, NULL}, /* lock_timeout */
    {"57", LEAT_RETRY, NULL},    /* cancelled, shutting down, starting up */
    {"57P04", LEAT_OPERATOR, "the database was dropped: check source.url"},
    {"58030", LEAT_RETRY, NULL},
    {"58P01", LEAT_OPERATOR,
     "the server no longer has a file it needs, e.g. log that the slot should have kept: see its own log, "
     "and "
     "start the pipeline anew with a snapshot"},
};

/* Failures of libpq itself have no SQLSTATE, only its texts (it speaks English as long as nobody calls
 * setlocale). Any other is the network's, which may pass. */
static const struct {
    const char *text;
    leat_status status;
    const char *mend;
} library_rules[] = {
    {"password", LEAT_OPERATOR, check_credentials},
    {"certificate", LEAT_OPERATOR, "check sslmode, sslrootcert, sslcert and sslkey in source.url"},
    {"private key", LEAT_OPERATOR, "check sslcert and sslkey in source.url"},
    {"does not support SSL", LEAT_OPERATOR, "turn ssl on at the server, or lower sslmode in source.url"},
    {"channel binding", LEAT_OPERATOR, "check channel_binding in source.url"},
    {"GSSAPI", LEAT_OPERATOR, "check gssencmode in source.url"},
    {"definition of service", LEAT_OPERATOR, "check service in source.url and the service file"},
    {"service file", LEAT_OPERATOR, "check service in source.url and the service file"},
    {"value", LEAT_USAGE, "correct that value in source.url"},
    {"invalid port number", LEAT_USAGE, "correct the port in source.url"},
    {"could not match", LEAT_USAGE, "give as many ports as hosts in source.url"},
};

static const state_rule *find_rule(const char *sqlstate)
{
    const state_rule *best = NULL;
    for (size_t i = 0; i < sizeof state_rules / sizeof *state_rules; i++) {
        const state_rule *rule = &state_rules[i];
        if (strncmp(sqlstate, rule->prefix, strlen(rule->prefix)) == 0 &&
            (best == NULL || strlen(rule->prefix) > strlen(best->prefix)))
            best = rule;
    }
    return best;
}

leat_status leat_postgres_classify(const char *sqlstate)
{
    if (sqlstate == NULL)
        return LEAT_RETRY;
    const state_rule *rule = find_rule(sqlstate);
    return rule == NULL ? LEAT_FAILED : rule->status;
}

/* Puts the mend, with the role's name for each '@'. */
static void mend_with_role(leat_error *error, const char *mend, const PGconn *connection)
{
    const char *role = connection == NULL ? NULL : PQuser(connection);
    leat_buffer text = {0};
    for (size_t i = 0; mend[i] != '\0'; i++) {
        if (mend[i] == '@')
            leat_postgres_append_identifier(&text, role == NULL ? "" : role);
        else
            leat_buffer_append_byte(&text, (uint8_t)mend[i]);
    }
    leat_error_mend(error, "%s", leat_buffer_string(&text));
    leat_buffer_free(&text);
}

/* The text on one line, without blanks at its ends: libpq's messages have newlines, and indented lines of
 * advice ("Is the server running…") that our mends say better. */
static void append_flattened(leat_buffer *line, const char *text)
{
    bool blank = false;
    for (size_t i = 0; text[i] != '\0'; i++) {
        while (text[i] == '\n' && text[i + 1] == '\t')
            i += strcspn(text + i + 1, "\n") + 1;
        if (text[i] == '\0')
            break;
        bool space = isspace((unsigned char)text[i]) != 0;
        if (!space && blank && line->length > 0)
            leat_buffer_append_byte(line, ' ');
        if (!space)
            leat_buffer_append_byte(line, (uint8_t)text[i]);
        blank = space;
    }
}

static void append_part(leat_buffer *line, const PGresult *result, int field, const char *before,
                        const char *after)
{
    const char *text = PQresultErrorField(result, field);
    if (text == NULL)
        return;
    leat_buffer_append_string(line, before);
    append_flattened(line, text);
    leat_buffer_append_string(line, after);
}

/* The server's words: message, detail, context and SQLSTATE. */
static void append_server_text(leat_buffer *line, const PGresult *result)
{
    append_part(line, result, PG_DIAG_MESSAGE_PRIMARY, "", "");
    append_part(line, result, PG_DIAG_MESSAGE_DETAIL, "; ", "");
    append_part(line, result, PG_DIAG_CONTEXT, " (", ")");
    append_part(line, result, PG_DIAG_SQLSTATE, " [SQLSTATE ", "]");
}

static void append_library_text(leat_buffer *line, const PGconn *connection)
{
    const char *text = connection == NULL ? "" : PQerrorMessage(connection);
    if (*text == '\0')
        text = "the connection ended without a word";
    leat_buffer reason = {0};
    append_flattened(&reason, text);
    leat_buffer_append_slice(line, leat_buffer_slice(&reason));
    leat_buffer_free(&reason);
}

leat_status leat_postgres_failure(PGconn *connection, const PGresult *result, leat_error *error,
                                  const char *context_format, ...)
{
    const char *sqlstate = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *hint = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    const state_rule *rule = sqlstate == NULL ? NULL : find_rule(sqlstate);
    leat_buffer line = {0};
    va_list arguments;
    va_start(arguments, context_format);
    leat_buffer_vprintf(&line, context_format, arguments);
    va_end(arguments);
    leat_buffer_append_string(&line, ": ");
    if (sqlstate != NULL)
        append_server_text(&line, result);
    else
        append_library_text(&line, connection);
    leat_status status =
        leat_error_set(error, leat_postgres_classify(sqlstate), "%s", leat_buffer_string(&line));
    if (sqlstate != NULL)
        leat_error_set_code(error, "SQLSTATE %.5s", sqlstate);
    if (error != NULL && hint != NULL)
        leat_error_mend(error, "%s", hint);
    else if (error != NULL && rule != NULL && rule->mend != NULL)
        mend_with_role(error, rule->mend, connection);
    leat_buffer_free(&line);
    return status;
}

/* The SQLSTATE in a message of PQERRORS_VERBOSE ("FATAL:  28P01: …", the severity in any language): the last
 * one, as libpq goes on to the next host only when it could not connect. NULL when there is none. */
static const char *find_state(const char *text)
{
    const char *found = NULL;
    for (const char *at = strstr(text, ":  "); at != NULL; at = strstr(at + 1, ":  ")) {
        const char *state = at + 3;
        size_t length = strspn(state, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (length == 5 && state[5] == ':')
            found = state;
    }
    return found;
}

/* The server's words in a verbose message, without SQLSTATE and source location. */
static void append_refusal(leat_buffer *line, const char *state)
{
    const char *text = state + strlen("28P01: ");
    const char *end = strstr(text, "\nLOCATION:");
    size_t length = end == NULL ? strlen(text) : (size_t)(end - text);
    leat_buffer copy = {0};
    leat_buffer_append(&copy, text, length);
    append_flattened(line, leat_buffer_string(&copy));
    leat_buffer_free(&copy);
    leat_buffer_printf(line, " [SQLSTATE %.5s]", state);
}

static void append_address(leat_buffer *line, const PGconn *connection)
{
    const char *database = PQdb(connection);
    const char *user = PQuser(connection);
    leat_buffer_printf(
        line, "cannot connect to PostgreSQL at %s:%s (database \"%s\", user \"%s\"): ", PQhost(connection),
        PQport(connection), database == NULL ? "" : database, user == NULL ? "" : user);
}

/* The text without what stands in quotes: names that users chose must not decide what a failure is. */
static void append_unquoted(leat_buffer *plain, const char *text)
{
    bool quoted = false;
    for (size_t i = 0; text[i] != '\0'; i++) {
        quoted = quoted != (text[i] == '"');
        if (!quoted)
            leat_buffer_append_byte(plain, (uint8_t)text[i]);
    }
}

static leat_status library_failure(const char *text, const char *line, const PGconn *connection,
                                   leat_error *error)
{
    static const char unreachable[] =
        "check host and port in source.url, and that the server runs and listens "
        "there (listen_addresses, firewalls)";
    leat_status status = LEAT_RETRY;
    const char *mend = unreachable;
    leat_buffer plain = {0};
    append_unquoted(&plain, text);
    for (size_t i = 0; i < sizeof library_rules / sizeof *library_rules && mend == unreachable; i++) {
        if (strstr(leat_buffer_string(&plain), library_rules[i].text) == NULL)
            continue;
        status = library_rules[i].status;
        mend = library_rules[i].mend;
    }
    leat_buffer_free(&plain);
    leat_error_set(error, status, "%s", line);
    if (error != NULL)
        mend_with_role(error, mend, connection);
    return status;
}

/* libpq's own words without the address that our sentence already has, when only one was tried. */
static const char *without_address(const char *text)
{
    const char *reason = strstr(text, " failed: ");
    if (reason == NULL || strstr(reason + 1, " failed: ") != NULL)
        return text;
    return reason + strlen(" failed: ");
}

leat_status leat_postgres_connect_failure(const PGconn *connection, leat_error *error)
{
    const char *text = PQerrorMessage(connection);
    const char *state = find_state(text);
    const state_rule *rule = state == NULL ? NULL : find_rule(state);
    leat_buffer line = {0};
    leat_status status;
    append_address(&line, connection);
    if (state == NULL) {
        append_flattened(&line, without_address(text));
        status = library_failure(text, leat_buffer_string(&line), connection, error);
    } else {
        append_refusal(&line, state);
        status = leat_error_set(error, leat_postgres_classify(state), "%s", leat_buffer_string(&line));
        leat_error_set_code(error, "SQLSTATE %.5s", state);
        if (error != NULL && rule != NULL && rule->mend != NULL)
            mend_with_role(error, rule->mend, connection);
    }
    leat_buffer_free(&line);
    return status;
}
