#include "mysql/catalog/selection.h"

#include "leat/table.h"
#include "mysql/catalog/catalog.h"

bool leat_mysql_selects(const leat_source_options *options, const char *database, const char *name)
{
    leat_arena names = {0};
    bool selected = leat_mysql_catalog_captures(options->tables, options->table_count, database,
                                                leat_table_name_join(database, name, &names));
    leat_arena_free(&names);
    return selected;
}
