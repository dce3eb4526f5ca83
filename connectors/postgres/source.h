/* The PostgreSQL source. */
#ifndef LEAT_POSTGRES_SOURCE_H
#define LEAT_POSTGRES_SOURCE_H

#include "leat/source.h"

extern const leat_source_kind leat_postgres_source;

#endif
