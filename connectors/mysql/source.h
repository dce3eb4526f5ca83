/* The MySQL and MariaDB source: one implementation, two names, so that a config says which it means. */
#ifndef LEAT_MYSQL_SOURCE_H
#define LEAT_MYSQL_SOURCE_H

#include "leat/source.h"

extern const leat_source_kind leat_mysql_source;
extern const leat_source_kind leat_mariadb_source;

#endif
