/* The MySQL and MariaDB source: one implementation, two names, so that a config says which it means. */
#ifndef LEAT_MYSQL_SOURCE_H
#define LEAT_MYSQL_SOURCE_H

#include "leat/source.h"

extern const leat_source_ops leat_mysql_source_ops;
extern const leat_source_ops leat_mariadb_source_ops;

#endif
