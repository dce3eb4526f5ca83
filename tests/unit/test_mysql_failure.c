/* What failures mean. The texts are those that MariaDB 10.11 and MySQL 9.7 sent, and, where said, older ones
 * of their message files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mysql/server/failure.h"

static const struct {
    unsigned number;
    const char *text;
    leat_status status;
} failures[] = {
    {1040, "Too many connections", LEAT_RETRY},
    {1045, "Access denied for user 'leat'@'localhost' (using password: YES)", LEAT_OPERATOR},
    {1053, "Server shutdown in progress", LEAT_RETRY},
    {1064, "You have an error in your SQL syntax", LEAT_FAILED},
    {1130, "Host '10.0.0.7' is not allowed to connect to this MariaDB server", LEAT_OPERATOR},
    {1142, "SELECT command denied to user 'leat'@'localhost' for table `shop`.`t`", LEAT_OPERATOR},
    {1205, "Lock wait timeout exceeded; try restarting transaction", LEAT_RETRY},
    {1213, "Deadlock found when trying to get lock; try restarting transaction", LEAT_RETRY},
    {1227, "Access denied; you need (at least one of) the REPLICATION SLAVE privilege(s)", LEAT_OPERATOR},
    {1412, "Table definition has changed, please retry transaction", LEAT_RETRY},
    {1927, "Connection was killed", LEAT_RETRY},
    {2002, "Can't connect to server on '127.0.0.1' (111)", LEAT_RETRY},
    {2005, "Unknown server host 'no.such.invalid' (-2)", LEAT_RETRY},
    {2013, "Lost connection to server during query", LEAT_RETRY},
    {2026, "TLS/SSL error: self-signed certificate in certificate chain", LEAT_OPERATOR},
    {2026, "TLS/SSL error: Validation of SSL server certificate failed", LEAT_OPERATOR},
    {2026, "TLS/SSL error: SSL is required, but the server does not support it", LEAT_OPERATOR},
    {2026, "TLS/SSL error: unexpected eof while reading", LEAT_RETRY},
    {2026, "TLS/SSL error: Connection reset by peer", LEAT_RETRY},
    {2059, "Authentication plugin 'auth_gssapi_client' cannot be loaded", LEAT_OPERATOR},
    {3159, "Connections using insecure transport are prohibited while --require_secure_transport=ON.",
     LEAT_OPERATOR},
    {4031, "The client was disconnected by the server because of inactivity.", LEAT_RETRY},
    {65000, "no such error", LEAT_FAILED},
};

static void failures_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (leat_mysql_classify(failures[i].number, failures[i].text) != failures[i].status)
            fail_msg("%u %s", failures[i].number, failures[i].text);
    assert_int_equal(leat_mysql_classify(2026, NULL), LEAT_OPERATOR);
}

static void a_failure_has_context_number_and_mend(void **state)
{
    (void)state;
    leat_error error;
    leat_status status =
        leat_mysql_failure(1045, "Access\n denied", &error, "cannot connect to %s", "db:3306");
    assert_int_equal(status, LEAT_OPERATOR);
    assert_int_equal(error.status, LEAT_OPERATOR);
    assert_string_equal(error.message, "cannot connect to db:3306: Access denied [error 1045]");
    assert_non_null(strstr(error.mend, "CREATE USER"));
    assert_true(leat_error_has_code(&error, "MySQL 1045"));
    assert_int_equal(leat_mysql_failure(1064, "", &error, "it"), LEAT_FAILED);
    assert_string_equal(error.message, "it: the server gave no reason [error 1064]");
    assert_string_equal(error.mend, "");
    assert_int_equal(leat_mysql_failure(1213, NULL, NULL, "it"), LEAT_RETRY);
}

/* ---- Dumps ---- */

static const struct {
    unsigned number;
    const char *text;
    leat_status status;
    const char *says;
} refusals[] = {
    /* MySQL 9.7 */
    {1236,
     "Cannot replicate because the source purged required binary logs. Replicate the missing transactions "
     "from "
     "elsewhere, or provision a new replica from backup. Consider increasing the source's binary log "
     "expiration "
     "period. The GTID set sent by the replica is 'b2f83cdb-e716-11f1-b131-02fc00000001:1-3', and the "
     "missing "
     "transactions are 'b2f83cdb-e716-11f1-b131-02fc00000001:4-7'",
     LEAT_OPERATOR, "has purged binary logs"},
    {1236,
     "Replica has more GTIDs than the source has, using the source's SERVER_UUID. This may indicate that the "
     "the last "
     "binary log file was truncated or lost, e.g., after a power failure when sync_binlog != 1.",
     LEAT_OPERATOR, "does not have all the transactions"},
    {1236, "Could not find first log file name in binary log index file", LEAT_OPERATOR,
     "does not have the binary log file"},
    {1236, "Client requested source to start replication from position > file size", LEAT_OPERATOR,
     "is shorter"},
    {1236,
     "bogus data in log event; the first event 'binlog.000001' at 500, the last event read from "
     "'./binlog.000001' at "
     "127, the last byte read from './binlog.000001' at 519.",
     LEAT_OPERATOR, "not the beginning of an event"},
    {1236,
     "binlog truncated in the middle of event; consider out of disk space on source; the first event "
     "'binlog.000001' "
     "at 130, the last event read from './binlog.000001' at 127, the last byte read from './binlog.000001' "
     "at 1736.",
     LEAT_RETRY, "ends in the middle of an event"},
    {1236,
     "A replica with the same server_uuid/server_id as this replica has connected to the source; the first "
     "event "
     "'binlog.000003' at 4, the last event read from './binlog.000003' at 485, the last byte read from "
     "'./binlog.000003' at 485.",
     LEAT_OPERATOR, "another replica"},
    /* MariaDB 10.11 */
    {1236,
     "Could not find GTID state requested by slave in any binlog files. Probably the slave state is too old "
     "and "
     "required binlog files have been purged.",
     LEAT_OPERATOR, "has purged binary logs"},
    {1236,
     "Error: connecting slave requested to start from GTID 0-410-100, which is not in the master's binlog",
     LEAT_OPERATOR, "its history is another"},
    {1236,
     "Error: connecting slave requested to start from GTID 0-77-3, which is not in the master's binlog. "
     "Since the "
     "master's binlog contains GTIDs with higher sequence numbers, it probably means that the slave has "
     "diverged due "
     "to executing extra erroneous transactions",
     LEAT_OPERATOR, "its history is another"},
    {1236,
     "Client requested master to start replication from impossible position; the first event 'binlog.000001' "
     "at "
     "999999, the last event read from 'binlog.000001' at 4, the last byte read from 'binlog.000001' at 4.",
     LEAT_OPERATOR, "is shorter"},
    {1236,
     "log event entry exceeded max_allowed_packet; Increase max_allowed_packet on master; the first event "
     "'binlog.000001' at 500, the last event read from 'binlog.000001' at 500, the last byte read from "
     "'binlog.000001' at 519.",
     LEAT_OPERATOR, "not the beginning of an event"},
    {4052,
     "A slave with the same server_uuid/server_id is already connected; the first event 'binlog.000003' at "
     "4, the "
     "last event read from 'binlog.000003' at 565, the last byte read from 'binlog.000003' at 605.",
     LEAT_OPERATOR, "another replica"},
    /* MariaDB 11.8 */
    {4052,
     "A slave with the same server_id is already connected; the first event '.' at 4, the last event read "
     "from "
     "'binlog.000001' at 1054, the last byte read from 'binlog.000001' at 1085.",
     LEAT_OPERATOR, "another replica"},
    {1227, "Access denied; you need (at least one of) the REPLICATION SLAVE privilege(s) for this operation",
     LEAT_OPERATOR, "does not send its log"},
    /* MySQL's and MariaDB's message files */
    {1236,
     "The slave is connecting using CHANGE MASTER TO MASTER_AUTO_POSITION = 1, but the master has purged "
     "binary logs "
     "containing GTIDs that the slave requires.",
     LEAT_OPERATOR, "has purged binary logs"},
    {1236, "Slave has more GTIDs than the master has, using the master's SERVER_UUID.", LEAT_OPERATOR,
     "does not have all the transactions"},
    {1236, "A slave with the same server_uuid/server_id as this slave has connected to the master",
     LEAT_OPERATOR, "another replica"},
    {1236, "Binary log is not open", LEAT_OPERATOR, "writes no binary log"},
    {1236, "Misconfigured master - server id was not set", LEAT_OPERATOR, "server_id 0"},
    {1236,
     "The replication sender thread cannot start in AUTO_POSITION mode: this server has GTID_MODE = OFF "
     "instead of "
     "ON.",
     LEAT_OPERATOR, "has no GTIDs"},
    {1236,
     "Slave can not handle replication events with the checksum that master is configured to log; the first "
     "event",
     LEAT_FAILED, "knows no checksums"},
    {1236,
     "event read from binlog did not pass checksum algorithm check specified with --source-verify-checksum",
     LEAT_FAILED, "damaged"},
    {1236, "I/O error reading log event", LEAT_RETRY, "could not read its own log"},
    {1927, "Connection was killed", LEAT_RETRY, "does not send its log"},
    {1236, "something that no server has said yet", LEAT_FAILED, "something that no server has said yet"},
};

static void refusals_of_a_dump_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        leat_error error;
        leat_status status = leat_mysql_dump_failure(refusals[i].number, refusals[i].text, "db:3306",
                                                     "binlog.000009:77", &error);
        if (status != refusals[i].status || error.status != status ||
            strstr(error.message, refusals[i].says) == NULL)
            fail_msg("%s: %d %s", refusals[i].text, (int)status, error.message);
        assert_non_null(strstr(error.message, "db:3306"));
        assert_string_not_equal(error.code, "");
        assert_true(status != LEAT_OPERATOR || error.mend[0] != '\0');
    }
}

static void a_long_position_leaves_room_for_the_sentence(void **state)
{
    (void)state;
    char position[5000];
    leat_error error;
    memset(position, '7', sizeof position - 1);
    position[sizeof position - 1] = '\0';
    leat_mysql_dump_failure(1236, "Could not find first log file name in binary log index file", "db:3306",
                            position, &error);
    assert_non_null(strstr(error.message, "777..."));
    assert_non_null(strstr(error.message, "[error 1236]"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_are_told_apart),
        cmocka_unit_test(a_failure_has_context_number_and_mend),
        cmocka_unit_test(refusals_of_a_dump_are_told_apart),
        cmocka_unit_test(a_long_position_leaves_room_for_the_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
