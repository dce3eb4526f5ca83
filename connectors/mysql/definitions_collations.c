/* The default collations of databases, which new tables get that name none. No event of a table's tells them
 * (c.f. leat_mysql_change_apply), so that the catalog is asked once, and the statements that change them are
 * followed from there on. */
#include "base/memory.h"
#include "mysql/definitions_parts.h"

leat_status leat_definitions_database_collation(leat_mysql_definitions *definitions, const char *name,
                                                const char **collation, leat_error *error)
{
    leat_tracked_database *database;
    leat_status status =
        leat_definitions_database(definitions, leat_definitions_fold(definitions, name), &database, error);
    if (status == LEAT_OK && !database->collation_known) {
        status = definitions->lookups.database_collation(definitions->lookups.context, name,
                                                         &database->collation, error);
        database->collation_known = status == LEAT_OK;
    }
    *collation = status == LEAT_OK ? database->collation : NULL;
    return status;
}

void leat_definitions_forget_collation(leat_tracked_database *database)
{
    leat_release(database->collation);
    database->collation = NULL;
    database->collation_known = false;
}

/* What CREATE or ALTER DATABASE makes the default; NULL where only the catalog knows. */
static const char *named_collation(const leat_mysql_definitions *definitions,
                                   const leat_mysql_statement *statement, const char *server_collation)
{
    if (statement->database_collation != NULL)
        return statement->database_collation;
    if (statement->database_charset == NULL)
        return statement->database_created ? server_collation : NULL;
    const leat_mysql_collation *collation =
        leat_mysql_collation_of_charset(definitions->collations, statement->database_charset);
    return collation == NULL ? NULL : collation->name;
}

leat_status leat_definitions_follow_database(leat_mysql_definitions *definitions,
                                             const leat_mysql_statement *statement,
                                             const char *server_collation, leat_error *error)
{
    if (statement->database == NULL)
        return LEAT_OK;
    leat_tracked_database *database;
    leat_status status = leat_definitions_database(
        definitions, leat_definitions_fold(definitions, statement->database), &database, error);
    if (status != LEAT_OK)
        return status;
    const char *named = named_collation(definitions, statement, server_collation);
    leat_definitions_forget_collation(database);
    if (named != NULL) {
        database->collation = leat_duplicate_string(named);
        database->collation_known = true;
    }
    return LEAT_OK;
}
