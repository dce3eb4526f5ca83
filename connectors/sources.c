/* Which kinds of source there are: a new one is a folder beside this file, and a line in it. */
#include <string.h>

#include "mysql/source.h"
#include "postgres/source.h"

const leat_source_kind *const leat_sources[] = {
    &leat_postgres_source,
    &leat_mysql_source,
    &leat_mariadb_source,
};
const size_t leat_source_count = sizeof leat_sources / sizeof leat_sources[0];

const leat_source_kind *leat_source_kind_find(const char *type)
{
    for (size_t i = 0; i < leat_source_count; i++)
        if (strcmp(type, leat_sources[i]->type) == 0)
            return leat_sources[i];
    return NULL;
}
