/* What a table was, from which position on: the list that the notebook keeps of it. */
#ifndef LEAT_MYSQL_FOLLOW_DEFINITION_HISTORY_H
#define LEAT_MYSQL_FOLLOW_DEFINITION_HISTORY_H

#include "mysql/definition/definition.h"
#include "mysql/gtid/position.h"

typedef enum leat_mysql_definition_state {
    LEAT_MYSQL_DEFINITION_DROPPED, /* there is no such table */
    LEAT_MYSQL_DEFINITION_UNKNOWN, /* there is one, but what it is like cannot be told from what was seen */
    LEAT_MYSQL_DEFINITION_KNOWN,
} leat_mysql_definition_state;

typedef struct leat_mysql_definition_entry {
    char *position; /* holds from here on */
    leat_mysql_definition_state state;
    leat_mysql_definition *definition; /* of a known one, else NULL */
} leat_mysql_definition_entry;

/* In the order of the log; no two at one position. Zero-initialise; leat_mysql_definition_history_clear ends
 * it. */
typedef struct leat_mysql_definition_history {
    leat_mysql_definition_entry *entries;
    size_t count;
    size_t capacity;
} leat_mysql_definition_history;

void leat_mysql_definition_history_clear(leat_mysql_definition_history *history);

/* What holds now: the last entry; NULL where nothing was ever seen of the table. */
const leat_mysql_definition_entry *
leat_mysql_definition_history_now(const leat_mysql_definition_history *history);

/* The definition that holds now, or NULL. */
leat_mysql_definition *leat_mysql_definition_history_known(const leat_mysql_definition_history *history);

/* Whether the table exists now, as far as was seen. */
bool leat_mysql_definition_history_exists(const leat_mysql_definition_history *history);

/* From `position` on the table is so; takes `definition` (NULL unless known). False when that is nothing new.
 * What else was said of the same position is forgotten: of one statement, its end counts. */
bool leat_mysql_definition_history_append(leat_mysql_definition_history *history, const char *position,
                                          leat_mysql_definition_state state,
                                          leat_mysql_definition *definition);

/* Drops what holds only from later than `place`, and what cannot be compared with it. */
void leat_mysql_definition_history_return(leat_mysql_definition_history *history,
                                          const leat_mysql_position *place, bool mariadb);

/* Whether there is anything that a durable place could make needless. */
bool leat_mysql_definition_history_forgettable(const leat_mysql_definition_history *history);

/* Drops what held only before `place`; true when there was something, or when the table was dropped by then,
 * so that nothing is left to remember. */
bool leat_mysql_definition_history_forget(leat_mysql_definition_history *history,
                                          const leat_mysql_position *place, bool mariadb);

/* The notebook's text, and back into an empty history. LEAT_FAILED for a text that is none. */
void leat_mysql_definition_history_write(const leat_mysql_definition_history *history, leat_buffer *out);
leat_status leat_mysql_definition_history_read(leat_slice text, leat_mysql_definition_history *history,
                                               leat_error *error);

/* Whether the position that `text` names is at `place` or before it; not where that cannot be told. */
bool leat_mysql_definition_position_holds(const char *text, const leat_mysql_position *place, bool mariadb);

#endif
