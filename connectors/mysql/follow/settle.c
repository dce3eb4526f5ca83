/* Which definition the rows behind a TABLE_MAP have. */
#include <string.h>

#include "mysql/definition/map_match.h"
#include "mysql/follow/tracker_internal.h"

/* What a settling is about. */
typedef struct settling {
    leat_mysql_tracker *tracker;
    leat_mysql_tracked_table *table;
    const leat_binlog_table_map *map;
    const char *position;
    leat_buffer difference; /* between the map and what was known or looked up last */
    leat_error *error;
} settling;

static bool fits(settling *at, const leat_mysql_definition *definition)
{
    leat_buffer_reset(&at->difference);
    return definition != NULL &&
           leat_mysql_definition_fits(definition, at->map, at->tracker->collations, &at->difference);
}

static const char *difference_of(settling *at)
{
    return at->difference.length == 0 ? "nothing is known of it" : leat_buffer_string(&at->difference);
}

static leat_status look_up(settling *at, const char *database, const char *name,
                           leat_mysql_definition **definition)
{
    const leat_mysql_tracker *tracker = at->tracker;
    *definition = NULL;
    leat_status status =
        tracker->lookups.definition(tracker->lookups.context, database, name, definition, at->error);
    if (status != LEAT_OK)
        leat_error_context(at->error, status, "cannot look up table %s", at->table->key);
    return status;
}

/* The table is so from here on; takes `definition`. */
static leat_status keep(settling *at, leat_mysql_definition *definition)
{
    if (leat_mysql_definition_history_append(&at->table->history, at->position, LEAT_MYSQL_DEFINITION_KNOWN,
                                             definition))
        at->table->changed = true;
    return leat_mysql_tracker_save(at->tracker, at->table, at->error);
}

/* The map says everything that rows need; what was known, or the catalog says, adds what it does not. */
static leat_status settle_by_map(settling *at, const leat_mysql_definition *known)
{
    leat_mysql_definition *asked = NULL;
    if (known != NULL)
        leat_log_write(
            at->tracker->options->log, LEAT_LOG_INFO,
            "table %s: its definition is taken from the log, which differs from what was known: %s",
            at->table->key, difference_of(at));
    leat_status status = known == NULL ? look_up(at, at->map->database, at->map->name, &asked) : LEAT_OK;
    if (status != LEAT_OK)
        return status;
    leat_mysql_definition *made =
        leat_mysql_definition_from_map(at->map, known != NULL ? known : asked, at->tracker->collations);
    leat_mysql_definition_free(asked);
    return keep(at, made);
}

static leat_status refuse(settling *at, bool exists)
{
    return leat_error_fail(at->error, LEAT_OPERATOR,
                           "have the server log column names, with binlog_row_metadata=FULL in its "
                           "configuration and SET GLOBAL binlog_row_metadata = 'FULL'; then begin anew with "
                           "a snapshot, as what is in the log already stays as it is",
                           "table %s: rows in the log are of a definition that leat does not have (%s), and "
                           "the log does not say what the columns are",
                           at->table->key,
                           exists ? difference_of(at)
                                  : "it is not on the server any more, or not to be seen by leat's user");
}

/* The map says types alone: somebody else must say the names, and be right about the types. */
static leat_status settle_by_catalog(settling *at)
{
    const char *why = leat_arena_string(&at->tracker->scratch, difference_of(at));
    leat_mysql_definition *asked = NULL;
    leat_status status = look_up(at, at->map->database, at->map->name, &asked);
    if (status != LEAT_OK)
        return status;
    if (!fits(at, asked)) {
        status = refuse(at, asked != NULL);
        leat_mysql_definition_free(asked);
        return status;
    }
    leat_log_write(
        at->tracker->options->log, LEAT_LOG_WARNING,
        "table %s: its definition was not known where the log needs it (%s), and is taken from the "
        "server's catalog, which says what it is now; with binlog_row_metadata=FULL the log would say",
        at->table->key, why);
    return keep(at, asked);
}

/* The log's rows spell the name as it is stored; statements need not, where case does not matter. */
static void respell(leat_mysql_definition *known, const leat_binlog_table_map *map)
{
    if (strcmp(known->database, map->database) != 0)
        known->database = leat_arena_string(&known->arena, map->database);
    if (strcmp(known->name, map->name) != 0)
        known->name = leat_arena_string(&known->arena, map->name);
}

static leat_status settle(settling *at)
{
    leat_mysql_definition *known = leat_mysql_definition_history_known(&at->table->history);
    if (known != NULL)
        respell(known, at->map);
    if (fits(at, known))
        return LEAT_OK;
    return at->map->metadata == LEAT_BINLOG_METADATA_FULL ? settle_by_map(at, known) : settle_by_catalog(at);
}

leat_status leat_mysql_tracker_settle(leat_mysql_tracker *tracker, const leat_binlog_table_map *map,
                                      const char *position, const leat_mysql_definition **definition,
                                      leat_error *error)
{
    settling at = {.tracker = tracker, .map = map, .position = position, .error = error};
    leat_arena_reset(&tracker->scratch);
    leat_status status = leat_mysql_tracker_table(tracker, map->database, map->name, &at.table, error);
    if (status == LEAT_OK)
        status = settle(&at);
    if (status == LEAT_OK)
        *definition = leat_mysql_definition_history_known(&at.table->history);
    leat_buffer_free(&at.difference);
    return status;
}

/* Nothing is known of it: as it is now, it will serve for what has no rows. */
static leat_status ask_for_current(settling *at, const char *database, const char *name)
{
    leat_mysql_definition *asked;
    leat_status status = look_up(at, database, name, &asked);
    return status != LEAT_OK || asked == NULL ? status : keep(at, asked);
}

leat_status leat_mysql_tracker_current(leat_mysql_tracker *tracker, const char *database, const char *name,
                                       const char *position, const leat_mysql_definition **definition,
                                       leat_error *error)
{
    settling at = {.tracker = tracker, .position = position, .error = error};
    *definition = NULL;
    leat_arena_reset(&tracker->scratch);
    leat_status status = leat_mysql_tracker_table(tracker, database, name, &at.table, error);
    if (status == LEAT_OK && leat_mysql_definition_history_known(&at.table->history) == NULL)
        status = ask_for_current(&at, database, name);
    if (status == LEAT_OK)
        *definition = leat_mysql_definition_history_known(&at.table->history);
    return status;
}
