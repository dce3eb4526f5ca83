/* From a definition to what events carry. */
#ifndef LEAT_MYSQL_TYPES_TABLE_BUILD_H
#define LEAT_MYSQL_TYPES_TABLE_BUILD_H

#include "leat/table.h"
#include "mysql/charset/collations.h"
#include "mysql/definition/definition.h"
#include "mysql/types/types.h"

/* A leat_table (held once) whose columns' encoders take values of `form`. */
leat_table *leat_mysql_table_build(const leat_mysql_definition *definition,
                                   const leat_mysql_collations *collations, leat_mysql_form form);

#endif
