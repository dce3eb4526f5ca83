/* What the tracker of definitions is made of; for the files that implement definitions.h. */
#ifndef LEAT_MYSQL_FOLLOW_DEFINITIONS_PARTS_H
#define LEAT_MYSQL_FOLLOW_DEFINITIONS_PARTS_H

#include "mysql/follow/definition_history.h"
#include "mysql/follow/definitions.h"

/* One table that was met. */
typedef struct leat_tracked_table {
    char *key;      /* full name, folded where names are */
    char *database; /* folded likewise */
    leat_definition_history history;
    bool changed; /* the notebook has another history than this */
} leat_tracked_table;

/* From a position on a database is gone, or has this default collation. */
typedef struct leat_database_moment {
    char *position;
    bool dropped;
    char *collation; /* NULL: only the catalog knows */
} leat_database_moment;

/* A database that tables were met of. */
typedef struct leat_tracked_database {
    char *name;
    leat_database_moment *moments; /* oldest first, none of them later than now */
    size_t count;
    bool collation_asked; /* of the catalog, since nothing else tells the default */
    char *collation;      /* that it told; NULL: it has no such database */
} leat_tracked_database;

struct leat_mysql_definitions {
    const leat_source_options *options;
    const leat_mysql_collations *collations;
    bool mariadb;
    bool fold;
    leat_mysql_definition_lookups lookups;
    leat_mysql_position place;   /* where the stream began: what the notebook says of later is not taken */
    bool started;                /* there is one */
    leat_tracked_table **tables; /* sorted by key */
    size_t count;
    size_t capacity;
    leat_tracked_database *databases;
    size_t database_count;
    size_t database_capacity;
    leat_arena scratch; /* reset by every function of definitions.h */
};

/* ---- names.c ---- */

/* `text` in lower case where names are folded, else as it is; in scratch. */
const char *leat_definitions_fold(leat_mysql_definitions *definitions, const char *text);

/* ---- definitions.c ---- */

/* The table's history, read from the notebook when it is met for the first time. */
leat_status leat_definitions_table(leat_mysql_definitions *definitions, const char *database,
                                   const char *name, leat_tracked_table **table, leat_error *error);

/* Writes the table's history into the notebook, where it changed. */
leat_status leat_definitions_save(leat_mysql_definitions *definitions, leat_tracked_table *table,
                                  leat_error *error);

/* ---- databases.c ---- */

/* What the notebook knows of a database that tables are met of. */
leat_status leat_definitions_database(leat_mysql_definitions *definitions, const char *name,
                                      leat_tracked_database **database, leat_error *error);

/* The position of its last drop up to now, or NULL. */
const char *leat_definitions_dropped_at(const leat_tracked_database *database);

/* The database of this name, with all its tables, is dropped at `position`. */
leat_status leat_definitions_drop_database(leat_mysql_definitions *definitions, const char *name,
                                           const char *position, leat_error *error);

/* Forgets what is later than the place. */
void leat_definitions_return_databases(leat_mysql_definitions *definitions);
void leat_definitions_free_databases(leat_mysql_definitions *definitions);

/* What a new table of the database gets that names no charset, borrowed until the database's next change;
 * NULL when that cannot be told. */
leat_status leat_definitions_database_collation(leat_mysql_definitions *definitions, const char *name,
                                                const char **collation, leat_error *error);

/* Follows CREATE and ALTER DATABASE; DROP is leat_definitions_drop_database. */
leat_status leat_definitions_follow_database(leat_mysql_definitions *definitions,
                                             const leat_mysql_statement *statement,
                                             const char *server_collation, const char *position,
                                             leat_error *error);

/* Keeps what the catalog says of the database as what is so at `position`, where leat begins; once. */
leat_status leat_definitions_record_database(leat_mysql_definitions *definitions, const char *name,
                                             const char *position, leat_error *error);

/* Keeps a moment, in the notebook too. */
leat_status leat_definitions_note_database(leat_mysql_definitions *definitions,
                                           leat_tracked_database *database, const char *position,
                                           bool dropped, const char *collation, leat_error *error);

/* Forgets what the catalog told, to be asked for again. */
void leat_definitions_forget_collation(leat_tracked_database *database);

/* Forgets all moments, but not in the notebook. */
void leat_definitions_clear_database(leat_tracked_database *database);

#endif
