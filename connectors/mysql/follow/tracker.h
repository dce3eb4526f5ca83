/* The schema tracker: the definitions of tables as of the stream's place in the log, kept, moved on by DDL,
 * checked against each TABLE_MAP, and remembered over restarts.
 *
 * What is kept in the notebook under "table:NAME" is a list of definitions with the positions they hold from,
 * so that after a restart, which may be before a DDL that was already seen, the one that counts there is
 * found. Under "database:NAME" are the positions at which a database of that name was dropped, with every
 * table that was in it.
 *
 * The room: tracker.c knows tables, databases.c and database_collations.c databases; apply.c moves on by a
 * statement, settle.c meets a TABLE_MAP; definition_history.h is one table's list. It uses ddl/, catalog/ and
 * definition/, and is told everything by the stream. */
#ifndef LEAT_MYSQL_FOLLOW_TRACKER_H
#define LEAT_MYSQL_FOLLOW_TRACKER_H

#include "leat/source.h"
#include "mysql/binlog/table_map.h"
#include "mysql/charset/collations.h"
#include "mysql/ddl/ddl.h"
#include "mysql/definition/definition.h"

/* Opaque. Pump thread. */
typedef struct leat_mysql_tracker leat_mysql_tracker;

/* Positions are given as texts. That of an event is where its transaction ends: a stream that starts there
 * has it behind itself. */

/* What the server's catalog says of a table now; `*definition` NULL when there is no such table. */
typedef leat_status (*leat_mysql_tracker_definition_lookup)(void *context, const char *database,
                                                            const char *name,
                                                            leat_mysql_definition **definition,
                                                            leat_error *error);

/* The default collation of a database now, to be freed; NULL when there is no such database. */
typedef leat_status (*leat_mysql_tracker_database_lookup)(void *context, const char *database,
                                                          char **collation, leat_error *error);

typedef struct leat_mysql_tracker_lookups {
    leat_mysql_tracker_definition_lookup definition;
    leat_mysql_tracker_database_lookup database_collation;
    void *context;
} leat_mysql_tracker_lookups;

/* `options` and `collations` outlive it. The catalog is asked over a session of its own, opened and closed
 * for each question, which are rare. */
leat_mysql_tracker *leat_mysql_tracker_open(const leat_source_options *options,
                                            const leat_mysql_collations *collations, bool mariadb);
void leat_mysql_tracker_close(leat_mysql_tracker *tracker); /* NULL is fine */

/* The server does not tell names apart that differ in case only (lower_case_table_names 1 or 2): statements
 * may then spell a name otherwise than the log's rows do. To be said before anything else. */
void leat_mysql_tracker_fold_names(leat_mysql_tracker *tracker);

/* Another way to ask the catalog. */
void leat_mysql_tracker_set_lookups(leat_mysql_tracker *tracker, const leat_mysql_tracker_lookups *lookups);

/* Records what the catalog says of a table at `position` (the snapshot's, or a first start's), in place of
 * all that was known of it. */
leat_status leat_mysql_tracker_record(leat_mysql_tracker *tracker, const leat_mysql_definition *definition,
                                      const char *position, leat_error *error);

/* From here on the stream stands at `position`: what is known is what held there. May be said again, also of
 * an earlier position. */
void leat_mysql_tracker_start(leat_mysql_tracker *tracker, const char *position);

/* The definition that the rows behind `map` have, borrowed until the next call about this table. With FULL
 * metadata the map decides and what is known enriches; without, what is known must fit the map, else the
 * catalog is asked and what it says must. LEAT_OPERATOR with a sentence and a mend when nothing fits. */
leat_status leat_mysql_tracker_settle(leat_mysql_tracker *tracker, const leat_binlog_table_map *map,
                                      const char *position, const leat_mysql_definition **definition,
                                      leat_error *error);

/* The definition that a table has at the stream's place, for a statement that has no TABLE_MAP: what is
 * known, else what the catalog says, recorded from `position` on; NULL when there is no such table any more.
 * Borrowed as above. */
leat_status leat_mysql_tracker_current(leat_mysql_tracker *tracker, const char *database, const char *name,
                                       const char *position, const leat_mysql_definition **definition,
                                       leat_error *error);

/* Applies a statement's effects on captured tables; `position` is the statement's transaction. Of an
 * unreadable statement, the tables that it names are looked up before their next rows. `server_collation` is
 * the session's collation_server, which a new database gets that names none; NULL where it is not known. */
leat_status leat_mysql_tracker_apply(leat_mysql_tracker *tracker, const leat_mysql_statement *statement,
                                     const char *server_collation, const char *position, leat_error *error);

/* Everything up to `position` is durable: what only held before it is forgotten. */
leat_status leat_mysql_tracker_acknowledge(leat_mysql_tracker *tracker, const char *position,
                                           leat_error *error);

#endif
