/* Which tables the config selects. */
#ifndef LEAT_MYSQL_CATALOG_SELECTION_H
#define LEAT_MYSQL_CATALOG_SELECTION_H

#include "leat/source.h"

/* leat_mysql_catalog_captures by the parts of a name. Any thread. */
bool leat_mysql_selects(const leat_source_options *options, const char *database, const char *name);

#endif
