/* What the tracker of definitions is made of; for the files that implement definitions.h. */
#ifndef LEAT_MYSQL_DEFINITIONS_PARTS_H
#define LEAT_MYSQL_DEFINITIONS_PARTS_H

#include "mysql/definition_history.h"
#include "mysql/definitions.h"

/* One table that was met. */
typedef struct leat_tracked_table {
    char *key;      /* full name, folded where names are */
    char *database; /* folded likewise */
    leat_definition_history history;
    bool changed; /* the notebook has another history than this */
} leat_tracked_table;

/* Positions at which a database was dropped, oldest first, none of them later than now. */
typedef struct leat_tracked_database {
    char *name;
    char **drops;
    size_t count;
} leat_tracked_database;

struct leat_mysql_definitions {
    const leat_source_options *options;
    const leat_mysql_collations *collations;
    bool mariadb;
    bool fold;
    leat_mysql_definition_lookup lookup;
    void *lookup_context;
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

/* The table's history, read from the notebook when it is met for the first time. */
leat_status leat_definitions_table(leat_mysql_definitions *definitions, const char *database,
                                   const char *name, leat_tracked_table **table, leat_error *error);

/* Writes the table's history into the notebook, where it changed. */
leat_status leat_definitions_save(leat_mysql_definitions *definitions, leat_tracked_table *table,
                                  leat_error *error);

/* `text` in lower case where names are folded, else as it is; in scratch. */
const char *leat_definitions_fold(leat_mysql_definitions *definitions, const char *text);

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

/* The real leat_mysql_definition_lookup; the context is the tracker. */
leat_status leat_definitions_ask_catalog(void *context, const char *database, const char *name,
                                         leat_mysql_definition **definition, leat_error *error);

#endif
