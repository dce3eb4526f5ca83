/* The default collations of databases, which new tables get that name none. No event of a table's tells them
 * (c.f. leat_mysql_change_apply), so that the catalog is asked where leat begins, and the statements that
 * change them are followed from there on. */
#include <string.h>

#include "base/memory.h"
#include "mysql/follow/tracker_internal.h"

static leat_status ask(leat_mysql_tracker *tracker, const char *name, leat_mysql_tracked_database *database,
                       leat_error *error)
{
    leat_status status =
        tracker->lookups.database_collation(tracker->lookups.context, name, &database->collation, error);
    database->collation_asked = status == LEAT_OK;
    return status;
}

/* What the last statement said; NULL where it did not. */
static const char *told_collation(const leat_mysql_tracked_database *database)
{
    return database->count == 0 ? NULL : database->moments[database->count - 1].collation;
}

leat_status leat_mysql_tracker_database_collation(leat_mysql_tracker *tracker, const char *name,
                                                  const char **collation, leat_error *error)
{
    leat_mysql_tracked_database *database;
    leat_status status =
        leat_mysql_tracker_database(tracker, leat_mysql_tracker_fold(tracker, name), &database, error);
    *collation = status == LEAT_OK ? told_collation(database) : NULL;
    if (status != LEAT_OK || *collation != NULL)
        return status;
    if (!database->collation_asked)
        status = ask(tracker, name, database, error);
    *collation = status == LEAT_OK ? database->collation : NULL;
    return status;
}

leat_status leat_mysql_tracker_record_database(leat_mysql_tracker *tracker, const char *name,
                                               const char *position, leat_error *error)
{
    leat_mysql_tracked_database *database;
    leat_status status =
        leat_mysql_tracker_database(tracker, leat_mysql_tracker_fold(tracker, name), &database, error);
    if (status != LEAT_OK)
        return status;
    if (told_collation(database) != NULL &&
        strcmp(database->moments[database->count - 1].position, position) == 0)
        return LEAT_OK;
    leat_mysql_tracker_forget_collation(database);
    status = ask(tracker, name, database, error);
    if (status != LEAT_OK || database->collation == NULL)
        return status;
    leat_mysql_tracker_clear_database(database);
    return leat_mysql_tracker_note_database(tracker, database, position, false, database->collation, error);
}

/* What CREATE or ALTER DATABASE makes the default; NULL where only the catalog knows. */
static const char *named_collation(const leat_mysql_tracker *tracker, const leat_mysql_statement *statement,
                                   const char *server_collation)
{
    if (statement->database_collation != NULL)
        return statement->database_collation;
    if (statement->database_charset == NULL)
        return statement->database_created ? server_collation : NULL;
    const leat_mysql_collation *collation =
        leat_mysql_collation_of_charset(tracker->collations, statement->database_charset);
    return collation == NULL ? NULL : collation->name;
}

leat_status leat_mysql_tracker_follow_database(leat_mysql_tracker *tracker,
                                               const leat_mysql_statement *statement,
                                               const char *server_collation, const char *position,
                                               leat_error *error)
{
    bool drops = statement->effect_count > 0;
    if (statement->kind != LEAT_MYSQL_DATABASE || drops || statement->database == NULL)
        return LEAT_OK;
    leat_mysql_tracked_database *database;
    leat_status status = leat_mysql_tracker_database(
        tracker, leat_mysql_tracker_fold(tracker, statement->database), &database, error);
    if (status != LEAT_OK)
        return status;
    leat_mysql_tracker_forget_collation(database);
    return leat_mysql_tracker_note_database(tracker, database, position, false,
                                            named_collation(tracker, statement, server_collation), error);
}
