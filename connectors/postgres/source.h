/* The PostgreSQL source. */
#ifndef LEAT_POSTGRES_SOURCE_H
#define LEAT_POSTGRES_SOURCE_H

#include "leat/source.h"

extern const leat_source_ops leat_postgres_source_ops;

#endif
