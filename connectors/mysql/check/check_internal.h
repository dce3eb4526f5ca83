/* The parts of the check, each about one subject.
 *
 * What the server says is read first, all of it, by leat_mysql_check_read; most parts then only judge, so
 * that they can be tested without a server. What a part returns other than LEAT_OK is that a question of its
 * own could not be asked. */
#ifndef LEAT_MYSQL_CHECK_CHECK_INTERNAL_H
#define LEAT_MYSQL_CHECK_CHECK_INTERNAL_H

#include <stdbool.h>

#include "leat/finding.h"
#include "mysql/catalog/catalog.h"
#include "mysql/check/grants.h"
#include "mysql/check/variables.h"
#include "mysql/server/session.h"

/* What SHOW MASTER STATUS says besides the position. */
typedef struct leat_mysql_log_status {
    bool allowed;       /* we may ask for it */
    const char *only;   /* binlog_do_db: databases with commas between; "" for all */
    const char *ignore; /* binlog_ignore_db */
} leat_mysql_log_status;

/* A replica that is connected to the server. */
typedef struct leat_mysql_connected_replica {
    int64_t server_id;
    const char *host; /* "" unknown */
} leat_mysql_connected_replica;

/* What is being looked at. Zero-initialise; leat_mysql_check_read fills it, …_close ends it. The findings
 * are the caller's. */
typedef struct leat_mysql_check_context {
    const leat_source_options *options;
    leat_mysql_session *session; /* borrowed; NULL where nothing is asked */
    const leat_mysql_server *server;
    leat_findings *findings;
    leat_arena arena;
    const char *account; /* as GRANT wants it: 'leat'@'%' */
    leat_mysql_settings settings;
    leat_mysql_grants grants;
    leat_mysql_log_status log;
    bool replicas_known;
    leat_mysql_connected_replica *replicas;
    size_t replica_count;
    bool source_known; /* whether it is a replica of another server itself */
    bool has_source;
    leat_mysql_table_list tables;
    const leat_mysql_listed_table **captured; /* those whose changes and rows we take */
    size_t captured_count;
} leat_mysql_check_context;

/* Reads all of the above over `session`, which must outlive it. */
leat_status leat_mysql_check_read(leat_mysql_check_context *check, const leat_source_options *options,
                                  leat_mysql_session *session, leat_findings *findings, leat_error *error);
void leat_mysql_check_close(leat_mysql_check_context *check);

/* Runs a statement that the account may have no right to: `*rows` is then NULL, and all is well. */
leat_status leat_mysql_check_try_query(leat_mysql_check_context *check, const char *sql, MYSQL_RES **rows,
                                       leat_error *error);

/* Whether a statement that failed with `status` has ended the check: we are to stop, or the connection is
 * gone. */
bool leat_mysql_check_is_lost(const leat_mysql_check_context *check, leat_status status);

/* Findings about the server, and about one table; the message is in printf's way. */
void leat_mysql_check_report_fine(leat_mysql_check_context *check, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void leat_mysql_check_report_table(leat_mysql_check_context *check, leat_finding_level level,
                                   const char *code, const char *full_name, const char *mend,
                                   const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Appends "table_schema IN ('a', 'b')" with the captured tables' databases, `column` for table_schema. */
void leat_mysql_check_append_databases(const leat_mysql_check_context *check, const char *column,
                                       leat_buffer *sql);

/* The captured table of that name; NULL. */
const leat_mysql_listed_table *leat_mysql_check_captured(const leat_mysql_check_context *check,
                                                         const char *database, const char *name);

/* Whether the log is there, and says in each row what a stream needs. */
void leat_mysql_check_log(leat_mysql_check_context *check);

/* How long the log stays. */
leat_status leat_mysql_check_keep(leat_mysql_check_context *check, leat_error *error);

/* GTIDs, whether the server is a replica itself, and whether our server_id is taken. */
void leat_mysql_check_replication(leat_mysql_check_context *check);

/* Rights that a stream and a snapshot need. */
void leat_mysql_check_rights(leat_mysql_check_context *check);

/* Patterns without a match; names selected that cannot be captured. */
void leat_mysql_check_patterns(leat_mysql_check_context *check);

/* Databases whose changes the server leaves out of its log. */
void leat_mysql_check_filters(leat_mysql_check_context *check);

/* Whether the captured tables can be read, shown by trying. */
leat_status leat_mysql_check_select(leat_mysql_check_context *check, leat_error *error);

/* Engines without snapshots, system versioning, generated columns that are not logged, tables without a key. */
leat_status leat_mysql_check_tables(leat_mysql_check_context *check, leat_error *error);

/* Foreign keys whose actions change rows that no log tells of. */
leat_status leat_mysql_check_cascades(leat_mysql_check_context *check, leat_error *error);

/* Values that events cannot hold. */
leat_status leat_mysql_check_values(leat_mysql_check_context *check, leat_error *error);

/* Distributed transactions that a snapshot waits for. */
leat_status leat_mysql_check_prepared(leat_mysql_check_context *check, leat_error *error);

#endif
