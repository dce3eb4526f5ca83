/* What the tracker is made of; for the files that implement tracker.h. */
#ifndef LEAT_MYSQL_FOLLOW_TRACKER_INTERNAL_H
#define LEAT_MYSQL_FOLLOW_TRACKER_INTERNAL_H

#include "mysql/follow/definition_history.h"
#include "mysql/follow/tracker.h"

/* One table that was met. */
typedef struct leat_mysql_tracked_table {
    char *key;      /* full name, folded where names are */
    char *database; /* folded likewise */
    leat_mysql_definition_history history;
    bool changed; /* the notebook has another history than this */
} leat_mysql_tracked_table;

/* From a position on a database is gone, or has this default collation. */
typedef struct leat_mysql_database_moment {
    char *position;
    bool dropped;
    char *collation; /* NULL: only the catalog knows */
} leat_mysql_database_moment;

/* A database that tables were met of. */
typedef struct leat_mysql_tracked_database {
    char *name;
    leat_mysql_database_moment *moments; /* oldest first, none of them later than now */
    size_t count;
    size_t capacity;
    bool collation_asked; /* of the catalog, since nothing else tells the default */
    char *collation;      /* that it told; NULL: it has no such database */
} leat_mysql_tracked_database;

struct leat_mysql_tracker {
    const leat_source_options *options;
    const leat_mysql_collations *collations;
    bool mariadb;
    bool fold;
    leat_mysql_tracker_lookups lookups;
    leat_mysql_position place; /* where the stream began: what the notebook says of later is not taken */
    bool started;              /* there is one */
    leat_mysql_tracked_table **tables; /* sorted by key */
    size_t count;
    size_t capacity;
    leat_mysql_tracked_database *databases;
    size_t database_count;
    size_t database_capacity;
    leat_arena scratch; /* reset by every function of tracker.h */
};

/* ---- names.c ---- */

/* `text` in lower case where names are folded, else as it is; in scratch. */
const char *leat_mysql_tracker_fold(leat_mysql_tracker *tracker, const char *text);

/* ---- tracker.c ---- */

/* The table's history, read from the notebook when it is met for the first time. */
leat_status leat_mysql_tracker_table(leat_mysql_tracker *tracker, const char *database, const char *name,
                                     leat_mysql_tracked_table **table, leat_error *error);

/* Writes the table's history into the notebook, where it changed. */
leat_status leat_mysql_tracker_save(leat_mysql_tracker *tracker, leat_mysql_tracked_table *table,
                                    leat_error *error);

/* ---- databases.c ---- */

/* What the notebook knows of a database that tables are met of. */
leat_status leat_mysql_tracker_database(leat_mysql_tracker *tracker, const char *name,
                                        leat_mysql_tracked_database **database, leat_error *error);

/* The position of its last drop up to now, or NULL. */
const char *leat_mysql_tracker_dropped_at(const leat_mysql_tracked_database *database);

/* The database of this name, with all its tables, is dropped at `position`. */
leat_status leat_mysql_tracker_drop_database(leat_mysql_tracker *tracker, const char *name,
                                             const char *position, leat_error *error);

/* Forgets what is later than the place. */
void leat_mysql_tracker_return_databases(leat_mysql_tracker *tracker);
void leat_mysql_tracker_free_databases(leat_mysql_tracker *tracker);

/* What a new table of the database gets that names no charset, borrowed until the database's next change;
 * NULL when that cannot be told. */
leat_status leat_mysql_tracker_database_collation(leat_mysql_tracker *tracker, const char *name,
                                                  const char **collation, leat_error *error);

/* Follows CREATE and ALTER DATABASE; DROP is leat_mysql_tracker_drop_database. */
leat_status leat_mysql_tracker_follow_database(leat_mysql_tracker *tracker,
                                               const leat_mysql_statement *statement,
                                               const char *server_collation, const char *position,
                                               leat_error *error);

/* Keeps what the catalog says of the database as what is so at `position`, where leat begins; once. */
leat_status leat_mysql_tracker_record_database(leat_mysql_tracker *tracker, const char *name,
                                               const char *position, leat_error *error);

/* Keeps a moment, in the notebook too. */
leat_status leat_mysql_tracker_note_database(leat_mysql_tracker *tracker,
                                             leat_mysql_tracked_database *database, const char *position,
                                             bool dropped, const char *collation, leat_error *error);

/* Forgets what the catalog told, to be asked for again. */
void leat_mysql_tracker_forget_collation(leat_mysql_tracked_database *database);

/* Forgets all moments, but not in the notebook. */
void leat_mysql_tracker_clear_database(leat_mysql_tracked_database *database);

#endif
