/* Applying a change: the definition being changed, and what its parts need of each other. */
#ifndef LEAT_MYSQL_DDL_APPLY_H
#define LEAT_MYSQL_DDL_APPLY_H

#include "mysql/ddl/change.h"

/* A column of the new list. */
typedef struct leat_ddl_work {
    leat_mysql_column column;
    const char *origin; /* its name before; of a new one its own */
} leat_ddl_work;

typedef struct leat_ddl_applying {
    const leat_mysql_change *change;
    const leat_mysql_collations *collations;
    const char *database_collation;
    bool mariadb;
    leat_mysql_definition *definition; /* its arena takes all that stays */
    leat_buffer *reason;
    const leat_mysql_collation
        *converted;         /* CONVERT TO CHARACTER SET: what every column gets; NULL without */
    leat_ddl_work *columns; /* the new ones, in their order */
    size_t column_count;
    size_t former_count; /* how many of the definition's columns are not `hidden` */
    bool hidden; /* the last two columns tell a row's life, and are the server's own: they stay the last */
} leat_ddl_applying;

/* Always false, with a clause in `reason`. */
bool leat_ddl_misfit(leat_ddl_applying *applying, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

const char *leat_ddl_keep(leat_ddl_applying *applying, const char *text); /* NULL gives NULL */

/* The collation that `charset` names, `fallback` where it names none; NULL, with a reason, for an unknown
 * one. */
const leat_mysql_collation *leat_ddl_collation(leat_ddl_applying *applying, const leat_ddl_charset *charset,
                                               const char *fallback);

/* Sets collation, type text and what follows from it. */
bool leat_ddl_apply_type(leat_ddl_applying *applying, const leat_ddl_type *type, leat_mysql_column *column);

/* Of a column that is there, where the statement converts: a TEXT keeps room for as many characters. */
bool leat_ddl_convert_column(leat_ddl_applying *applying, leat_mysql_column *column);

/* A type as the catalog prints it. `longest` is of the charset's characters; `binary` a charset that is
 * none. */
typedef struct leat_ddl_text_facts {
    bool mariadb;
    unsigned version;
    unsigned longest;
    bool binary;
} leat_ddl_text_facts;
bool leat_ddl_type_append(const leat_ddl_type *type, const leat_ddl_text_facts *facts, leat_buffer *text);

/* A default as the catalog prints it, in the definition's arena; NULL for none, and where it is not plain. */
const char *leat_ddl_default_text(leat_ddl_applying *applying, const leat_ddl_default *initial,
                                  const leat_mysql_column *column);

/* The new column of this name; NULL. */
leat_mysql_column *leat_ddl_column_named(const leat_ddl_applying *applying, const char *name);

bool leat_ddl_apply_columns(leat_ddl_applying *applying);
bool leat_ddl_apply_indexes(leat_ddl_applying *applying);

#endif
