/* MySQL and MariaDB types: what each becomes in Avro, and its encoders from the binlog's bytes and from the
 * text protocol's, which give the same.
 *
 * The room: table_build.h makes a leat_table of a definition, whose columns' encoders are here, each kind in
 * a file (facts.h). It uses definition/, charset/ and value/, and of server/ the
 * quoting of names. */
#ifndef LEAT_MYSQL_TYPES_TYPES_H
#define LEAT_MYSQL_TYPES_TYPES_H

#include "leat/table.h"
#include "mysql/charset/collations.h"
#include "mysql/definition/definition.h"

typedef enum leat_mysql_form {
    LEAT_MYSQL_BINLOG, /* values as leat_binlog_row has them */
    LEAT_MYSQL_TEXT,   /* values as a SELECT of leat_mysql_select_expression gives them */
} leat_mysql_form;

/* Fills encoder, type text and labels of `to`; everything is made in `arena`, `collations` outlives it. Never
 * fails: a type that is unknown becomes a string or bytes. */
void leat_mysql_type_resolve(const leat_mysql_column *column, const leat_mysql_collations *collations,
                             leat_mysql_form form, leat_arena *arena, leat_column *to);

/* Appends what to select for a column so that LEAT_MYSQL_TEXT encoders get all of it: most often the quoted
 * name, for FLOAT an expression that prints every digit. */
void leat_mysql_select_expression(const leat_mysql_column *column, leat_buffer *sql);

#endif
