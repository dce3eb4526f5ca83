/* The refusals of a binlog dump. Almost all come as error 1236, so their texts decide: MySQL's
 * sql/rpl_binlog_sender.cc and sql/share/messages_to_clients.txt, MariaDB's sql/sql_repl.cc and
 * sql/share/errmsg-utf8.txt; the words "master" and "slave" became "source" and "replica" over time, so they
 * are in none of the texts below. */
#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"
#include "mysql/server/failure.h"

enum {
    SAME_REPLICA = 4052,            /* MariaDB: ER_SLAVE_SAME_ID */
    FATAL_WHILE_READING_LOG = 1236, /* ER_MASTER_FATAL_ERROR_READING_BINLOG and its later names */
};

/* '$' stands for the server's address in a sentence, '@' for the position. */
typedef struct refusal {
    const char *text; /* part of what the server says */
    leat_status status;
    const char *sentence;
    const char *mend;
} refusal;

static const char begin_anew[] =
    "begin anew with a snapshot: move this pipeline's state and output away and run again; if "
    "another server still has that log, point source.url at it";
static const char purged_mend[] =
    "begin anew with a snapshot: move this pipeline's state and output away and run again; if another server "
    "still has that log, point source.url at it; to keep logs longer raise binlog_expire_logs_seconds";
static const char ahead_mend[] =
    "if this is the wrong server or an old copy of it, point source.url at the right one; else, as what was "
    "already delivered is not in this server's history, begin anew with a snapshot: move this pipeline's "
    "state "
    "and output away";
static const char offset_mend[] = "if this is the wrong server, point source.url at the right one; if its "
                                  "logs were reset, begin anew with a "
                                  "snapshot: move this pipeline's state and output away";
static const char identity_mend[] =
    "give each its own source.server_id; a copy of a pipeline's state folder has the same identity as the "
    "original and must not run beside it";
static const char gtid_mode_mend[] =
    "set gtid_mode = ON and enforce_gtid_consistency = ON at the server again; what was written meanwhile "
    "without GTIDs can only be had by beginning anew with a snapshot";

static const refusal refusals[] = {
    /* MariaDB's text for a purged state says that files "have been purged", as MySQL's does. */
    {"purged", LEAT_OPERATOR, "$ has purged binary logs that are still needed to read on from @",
     purged_mend},
    {"GTID state requested", LEAT_OPERATOR,
     "$ has no binary log with position @: it was purged, or never was there", purged_mend},
    {"more GTIDs than", LEAT_OPERATOR,
     "$ does not have all the transactions of position @: it was set back to an earlier state, or lost them "
     "in "
     "a failover",
     ahead_mend},
    {"is not in the", LEAT_OPERATOR,
     "$ does not have the last transaction of position @: its history is another", ahead_mend},
    {"is missing the GTID", LEAT_OPERATOR,
     "$ does not have the last transaction of position @: its history is another", ahead_mend},
    {"first log file name", LEAT_OPERATOR, "$ does not have the binary log file of position @ (any more)",
     purged_mend},
    {"> file size", LEAT_OPERATOR,
     "the binary log file of position @ is shorter than that on $: the logs were reset, or it is another "
     "server",
     offset_mend},
    {"impossible position", LEAT_OPERATOR,
     "the binary log file of position @ is shorter than that on $: the logs were reset, or it is another "
     "server",
     offset_mend},
    /* What a server says when it is sent into the middle of an event. A real event larger than its own
     * max_allowed_packet cannot be in its log. */
    {"exceeded max_allowed_packet", LEAT_OPERATOR,
     "position @ is not the beginning of an event on $: the logs were reset, or it is another server",
     offset_mend},
    {"bogus data in log event", LEAT_OPERATOR,
     "position @ is not the beginning of an event on $: the logs were reset, or it is another server",
     offset_mend},
    {"with the same server_", LEAT_OPERATOR,
     "another replica with this pipeline's server_id or uuid has connected to $ and taken its place",
     identity_mend},
    {"Binary log is not open", LEAT_OPERATOR, "$ writes no binary log",
     "switch it on (log_bin in the server's configuration), restart the server, and begin anew with a "
     "snapshot"},
    {"server id was not set", LEAT_OPERATOR, "$ has server_id 0 and sends no log",
     "set server_id in the server's configuration, different from every other server's"},
    {"server_id was not set", LEAT_OPERATOR, "$ has server_id 0 and sends no log",
     "set server_id in the server's configuration, different from every other server's"},
    {"GTID_MODE = OFF", LEAT_OPERATOR, "$ has no GTIDs (gtid_mode is not ON), and position @ is one of GTIDs",
     gtid_mode_mend},
    {"anonymous transaction", LEAT_OPERATOR,
     "the log of $ has transactions without GTIDs after position @, which is one of GTIDs", gtid_mode_mend},
    {"can not handle replication events", LEAT_FAILED,
     "$ does not send its log from @: it takes leat for a replica that knows no checksums", NULL},
    {"checksum", LEAT_FAILED, "$ found an event in its own log damaged (checksum) when reading on from @",
     begin_anew},
    {"crc check", LEAT_FAILED, "$ found an event in its own log damaged (checksum) when reading on from @",
     begin_anew},
    {"could not find next log", LEAT_OPERATOR,
     "$ misses a binary log file that its index has, after position @", begin_anew},
    {"truncated in the middle", LEAT_RETRY, "the log of $ ends in the middle of an event after position @",
     "leat tries again; if it stays so the server's disk may be full or the file damaged, or the logs were "
     "reset and the position is not an event's beginning: then begin anew with a snapshot"},
    {"I/O error", LEAT_RETRY, "$ could not read its own log after position @", NULL},
    {"could not open", LEAT_RETRY, "$ could not open its own log at position @", NULL},
    {"Failed to open", LEAT_RETRY, "$ could not open its own log at position @", NULL},
    {"memory allocation failed", LEAT_RETRY, "$ had no memory to send its log from @", NULL},
    {"unknown error reading", LEAT_RETRY, "$ could not read its own log after position @", NULL},
};

static const refusal *find_refusal(unsigned number, const char *text)
{
    if (number != FATAL_WHILE_READING_LOG && number != SAME_REPLICA)
        return NULL;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const refusal *found = &refusals[i];
        if (strstr(text, found->text) != NULL)
            return found;
    }
    return NULL;
}

/* A GTID set can be longer than an error: its beginning is enough to find it by. */
static void append_position(leat_buffer *line, const char *position)
{
    enum { SHOWN = 200 };
    size_t length = strlen(position);
    leat_buffer_append(line, position, length > SHOWN ? SHOWN : length);
    if (length > SHOWN)
        leat_buffer_append_string(line, "...");
}

static void append_sentence(leat_buffer *line, const char *sentence, const char *address,
                            const char *position)
{
    for (size_t i = 0; sentence[i] != '\0'; i++) {
        if (sentence[i] == '$')
            leat_buffer_append_string(line, address);
        else if (sentence[i] == '@')
            append_position(line, position);
        else
            leat_buffer_append_byte(line, (uint8_t)sentence[i]);
    }
}

leat_status leat_mysql_dump_failure(unsigned number, const char *text, const char *address,
                                    const char *position, leat_error *error)
{
    const char *words = text == NULL ? "" : text;
    const refusal *found = find_refusal(number, words);
    if (found == NULL)
        return leat_mysql_failure(number, words, error, "%s does not send its log from %s", address,
                                  position);
    leat_buffer line = {0};
    append_sentence(&line, found->sentence, address, position);
    leat_error_set(error, found->status, "%s (the server says: %s [error %u])", leat_buffer_string(&line),
                   words, number);
    leat_error_set_code(error, "MySQL %u", number);
    if (found->mend != NULL)
        leat_error_mend(error, "%s", found->mend);
    leat_buffer_free(&line);
    return found->status;
}
