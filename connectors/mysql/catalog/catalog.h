/* What the server's information_schema says of tables now: lists of them, one's definition, and which of them
 * the config selects.
 *
 * The room: facts.h reads the words of information_schema, foreign_keys.h and sql_words.h what SHOW CREATE
 * TABLE prints. It uses definition/, charset/ and server/, and knows nothing of the log. */
#ifndef LEAT_MYSQL_CATALOG_CATALOG_H
#define LEAT_MYSQL_CATALOG_CATALOG_H

#include "leat/source.h"
#include "mysql/charset/collations.h"
#include "mysql/definition/definition.h"
#include "mysql/server/session.h"

/* One line of the list of tables. */
typedef struct leat_mysql_listed_table {
    const char *database;
    const char *name;
    const char *full_name; /* leat_table_name_join */
    leat_mysql_table_kind kind;
    const char *engine;
    bool transactional;   /* its engine takes part in consistent snapshots */
    int64_t row_estimate; /* -1 unknown */
    int64_t bytes;        /* -1 unknown */
} leat_mysql_listed_table;

typedef struct leat_mysql_table_list {
    leat_arena arena;
    leat_mysql_listed_table *items;
    size_t count;
} leat_mysql_table_list;

/* Whether the patterns select a table: by its full name, and in the server's own databases (mysql, sys,
 * information_schema, performance_schema) only by a pattern that spells the database out. */
bool leat_mysql_catalog_captures(const char *const *patterns, size_t pattern_count, const char *database,
                                 const char *full_name);

/* The same by the parts of a name and the config's patterns. Any thread. */
bool leat_mysql_catalog_selects(const leat_source_options *options, const char *database, const char *name);

/* All tables, of any kind, that the patterns select so; by database and name. */
leat_status leat_mysql_catalog_list(leat_mysql_session *session, const char *const *patterns,
                                    size_t pattern_count, leat_mysql_table_list *list, leat_error *error);
void leat_mysql_table_list_free(leat_mysql_table_list *list);

/* One table's definition; `*definition` NULL when there is no such table (or no right to see it). */
leat_status leat_mysql_catalog_definition(leat_mysql_session *session,
                                          const leat_mysql_collations *collations, const char *database,
                                          const char *name, leat_mysql_definition **definition,
                                          leat_error *error);

/* leat_mysql_catalog_definition over a session of its own, opened and closed for the question. */
leat_status leat_mysql_catalog_ask_definition(const leat_source_options *options,
                                              const leat_mysql_collations *collations, const char *database,
                                              const char *name, leat_mysql_definition **definition,
                                              leat_error *error);

/* The default collation of a database, to be freed; NULL when there is no such database. Over a session of
 * its own likewise. */
leat_status leat_mysql_catalog_ask_database(const leat_source_options *options, const char *database,
                                            char **collation, leat_error *error);

/* leat_source_ops.discover: the tables that the config selects and that can be captured. */
leat_status leat_mysql_discover(const leat_source_options *options, leat_discovery *discovery,
                                leat_error *error);

#endif
