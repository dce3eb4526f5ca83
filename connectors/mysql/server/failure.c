#include "mysql/server/failure.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"

/* Numbers: MySQL's and MariaDB's server error references, and the client libraries' errmsg.h (2000 to 2999,
 * 5000 to 5099). An entry with a `text` holds where the failure's own has that in it, and stands before the
 * number's other entries. What is not listed is a failure that trying again does not mend. */
typedef struct failure_rule {
    unsigned number;
    leat_status status;
    const char *text;
    const char *mend;
} failure_rule;

static const char check_address[] = "check host and port in source.url, that the server runs and listens "
                                    "there (bind_address), and firewalls on the way";
static const char check_credentials[] =
    "check user and password in source.url, and that the server has such a user for connections from this "
    "machine: CREATE USER 'leat'@'%' IDENTIFIED BY '...'; one with REQUIRE SSL or X509 needs tls, or cert "
    "and key, in "
    "source.url too";
static const char grant_rights[] =
    "give the user the rights that 'leat check' lists: REPLICATION SLAVE and REPLICATION CLIENT (MariaDB: "
    "BINLOG MONITOR) for the log, SELECT on the captured tables, and RELOAD or LOCK TABLES for the snapshot";
static const char check_tls[] =
    "check tls, ca, cert and key in source.url: with tls=verify the host's name must be in the server's "
    "certificate, and ca (or this system's certificates) must be its issuer";
static const char free_connections[] =
    "leat tries again; if it stays so, raise max_connections, or end sessions that are not needed";
static const char use_other_plugin[] =
    "give the user an authentication that leat can do, e.g. ALTER USER ... IDENTIFIED WITH "
    "caching_sha2_password BY '...' (clear-text passwords are only sent with tls=verify)";

static const failure_rule rules[] = {
    {1021, LEAT_RETRY, NULL, "leat tries again; the server's disk is full: free room there"},
    {1037, LEAT_RETRY, NULL, NULL}, /* out of memory */
    {1038, LEAT_RETRY, NULL, NULL}, /* out of sort memory */
    {1040, LEAT_RETRY, NULL, free_connections},
    {1041, LEAT_RETRY, NULL, NULL}, /* out of resources */
    {1043, LEAT_RETRY, NULL, NULL}, /* bad handshake */
    {1044, LEAT_OPERATOR, NULL, grant_rights},
    {1045, LEAT_OPERATOR, NULL, check_credentials},
    {1047, LEAT_RETRY, NULL, NULL}, /* Galera: not yet prepared */
    {1049, LEAT_OPERATOR, NULL, "check the databases' names in source.tables"},
    {1053, LEAT_RETRY, NULL, NULL}, /* shutting down */
    {1079, LEAT_RETRY, NULL, NULL}, /* shutdown complete */
    {1080, LEAT_RETRY, NULL, NULL}, /* forcing close of thread */
    {1129, LEAT_OPERATOR, NULL, "let this machine in again at the server: FLUSH HOSTS"},
    {1130, LEAT_OPERATOR, NULL, check_credentials},
    {1142, LEAT_OPERATOR, NULL, grant_rights},
    {1143, LEAT_OPERATOR, NULL, grant_rights},
    {1152, LEAT_RETRY, NULL, NULL}, /* aborted connection */
    {1158, LEAT_RETRY, NULL, NULL}, /* network */
    {1159, LEAT_RETRY, NULL, NULL},
    {1160, LEAT_RETRY, NULL, NULL},
    {1161, LEAT_RETRY, NULL, NULL},
    {1184, LEAT_RETRY, NULL, NULL}, /* new aborting connection */
    {1203, LEAT_RETRY, NULL, "leat tries again; if it stays so, raise max_user_connections"},
    {1205, LEAT_RETRY, NULL, NULL}, /* lock wait timeout */
    {1206, LEAT_RETRY, NULL, NULL}, /* lock table full */
    {1213, LEAT_RETRY, NULL, NULL}, /* deadlock */
    {1226, LEAT_RETRY, NULL, "leat tries again; if it stays so, raise the user's resource limits"},
    {1227, LEAT_OPERATOR, NULL, grant_rights},
    {1251, LEAT_OPERATOR, NULL, use_other_plugin},
    {1275, LEAT_OPERATOR, NULL, use_other_plugin},
    {1317, LEAT_RETRY, NULL, NULL}, /* interrupted */
    {1370, LEAT_OPERATOR, NULL, grant_rights},
    {1381, LEAT_OPERATOR, NULL,
     "switch the binary log on (log_bin in the server's configuration) and restart it"},
    {1412, LEAT_RETRY, NULL, NULL}, /* table definition has changed */
    {1524, LEAT_OPERATOR, NULL, use_other_plugin},
    {1698, LEAT_OPERATOR, NULL, check_credentials},
    {1820, LEAT_OPERATOR, NULL, "set the user a new password: ALTER USER ... IDENTIFIED BY '...'"},
    {1862, LEAT_OPERATOR, NULL, "set the user a new password: ALTER USER ... IDENTIFIED BY '...'"},
    {1927, LEAT_RETRY, NULL, NULL}, /* MariaDB: connection was killed */
    {1969, LEAT_RETRY, NULL, NULL}, /* MariaDB: max_statement_time */
    {2002, LEAT_RETRY, NULL, check_address},
    {2003, LEAT_RETRY, NULL, check_address},
    {2004, LEAT_RETRY, NULL, check_address},
    {2005, LEAT_RETRY, NULL, "check the host's name in source.url"},
    {2006, LEAT_RETRY, NULL, NULL}, /* server has gone away */
    {2012, LEAT_RETRY, NULL, NULL}, /* error in handshake */
    {2013, LEAT_RETRY, NULL, NULL}, /* lost connection */
    {2026, LEAT_RETRY, "onnection reset", check_tls},
    {2026, LEAT_RETRY, "onnection timed out", check_tls},
    {2026, LEAT_RETRY, "unexpected eof", check_tls},
    {2026, LEAT_RETRY, "unexpectedly closed", check_tls},
    {2026, LEAT_RETRY, "roken pipe", check_tls},
    {2026, LEAT_OPERATOR, NULL, check_tls},
    {2049, LEAT_OPERATOR, NULL, use_other_plugin},
    {2055, LEAT_RETRY, NULL, NULL}, /* lost connection, with more words */
    {2058, LEAT_OPERATOR, NULL, use_other_plugin},
    {2059, LEAT_OPERATOR, NULL, use_other_plugin},
    {2061, LEAT_OPERATOR, NULL, use_other_plugin},
    {3024, LEAT_RETRY, NULL, NULL}, /* max_execution_time */
    {3032, LEAT_RETRY, NULL, NULL}, /* offline mode */
    {3118, LEAT_OPERATOR, NULL, "unlock the user: ALTER USER ... ACCOUNT UNLOCK"},
    {3159, LEAT_OPERATOR, NULL,
     "the server lets nobody in without TLS: set tls=required or tls=verify in source.url"},
    {3169, LEAT_RETRY, NULL, NULL}, /* session was killed */
    {3955, LEAT_OPERATOR, NULL, "the user is blocked after failed logins: ALTER USER ... ACCOUNT UNLOCK"},
    {4031, LEAT_RETRY, NULL, NULL}, /* disconnected for being idle */
    {4151, LEAT_OPERATOR, NULL, "unlock the user: ALTER USER ... ACCOUNT UNLOCK"},
    {5010, LEAT_OPERATOR, NULL, use_other_plugin}, /* Connector/C, from here on */
    {5012, LEAT_OPERATOR, NULL, use_other_plugin},
    {5013, LEAT_RETRY, NULL, NULL}, /* network */
    {5014, LEAT_RETRY, NULL, NULL},
};

static const failure_rule *find_rule(unsigned number, const char *text)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].number == number && (rules[i].text == NULL || strstr(text, rules[i].text) != NULL))
            return &rules[i];
    return NULL;
}

leat_status leat_mysql_classify(unsigned number, const char *text)
{
    const failure_rule *rule = find_rule(number, text == NULL ? "" : text);
    return rule == NULL ? LEAT_FAILED : rule->status;
}

/* On one line: servers' texts may have newlines. */
static void append_flattened(leat_buffer *line, const char *text)
{
    bool blank = false;
    for (size_t i = 0; text[i] != '\0'; i++) {
        bool space = isspace((unsigned char)text[i]) != 0;
        if (!space && blank)
            leat_buffer_append_byte(line, ' ');
        if (!space)
            leat_buffer_append_byte(line, (uint8_t)text[i]);
        blank = space;
    }
}

leat_status leat_mysql_failure(unsigned number, const char *text, leat_error *error,
                               const char *context_format, ...)
{
    const char *words = text == NULL || *text == '\0' ? "the server gave no reason" : text;
    const failure_rule *rule = find_rule(number, words);
    leat_status status = rule == NULL ? LEAT_FAILED : rule->status;
    leat_buffer line = {0};
    va_list arguments;
    va_start(arguments, context_format);
    leat_buffer_vprintf(&line, context_format, arguments);
    va_end(arguments);
    leat_buffer_append_string(&line, ": ");
    append_flattened(&line, words);
    leat_error_set(error, status, "%s [error %u]", leat_buffer_string(&line), number);
    leat_error_set_code(error, "MySQL %u", number);
    if (rule != NULL && rule->mend != NULL)
        leat_error_mend(error, "%s", rule->mend);
    leat_buffer_free(&line);
    return status;
}
