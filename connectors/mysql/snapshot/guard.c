#include "mysql/snapshot/guard.h"

#include <string.h>

#include "base/memory.h"

static bool same_text(const char *left, const char *right)
{
    return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

static leat_status refuse(const leat_mysql_snapshot_table *table, const char *what, leat_error *error)
{
    return leat_error_fail(
        error, LEAT_RETRY, "hold schema changes of the captured tables back until the snapshot is over",
        "table %s was %s while the snapshot was taken: it begins again", table->listed->full_name, what);
}

static leat_status compare(const leat_mysql_snapshot_guard *guard, size_t table, leat_error *error)
{
    const leat_mysql_snapshot_table *planned = &guard->plan->tables[table];
    leat_mysql_snapshot_table now = {.listed = planned->listed};
    leat_status status = leat_mysql_catalog_definition(
        guard->session, guard->collations, now.listed->database, now.listed->name, &now.definition, error);
    if (status == LEAT_OK)
        status = leat_mysql_snapshot_read_made(guard->session, now.listed->database, now.listed->name,
                                               &now.made, error);
    if (status == LEAT_OK && now.definition == NULL)
        status = refuse(planned, "dropped or renamed", error);
    else if (status == LEAT_OK && !leat_mysql_definition_equal(planned->definition, now.definition))
        status = refuse(planned, "altered", error);
    else if (status == LEAT_OK && !same_text(planned->made, now.made))
        status = refuse(planned, "truncated, renamed or made anew", error);
    leat_mysql_definition_free(now.definition);
    leat_release(now.made);
    return status;
}

void leat_mysql_snapshot_guard_open(leat_mysql_snapshot_guard *guard, const leat_mysql_snapshot_plan *plan,
                                    const leat_mysql_collations *collations, leat_mysql_session *session)
{
    guard->plan = plan;
    guard->collations = collations;
    guard->session = session;
    pthread_mutex_init(&guard->mutex, NULL);
}

void leat_mysql_snapshot_guard_close(leat_mysql_snapshot_guard *guard)
{
    pthread_mutex_destroy(&guard->mutex);
}

leat_status leat_mysql_snapshot_guard_check(leat_mysql_snapshot_guard *guard, size_t table, leat_error *error)
{
    pthread_mutex_lock(&guard->mutex);
    leat_status status = compare(guard, table, error);
    pthread_mutex_unlock(&guard->mutex);
    return status;
}
