/* The server's settings that the check judges, and how each kind of server is told to change one. */
#ifndef LEAT_MYSQL_CHECK_VARIABLES_H
#define LEAT_MYSQL_CHECK_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "mysql/server/session.h"

typedef struct leat_mysql_setting {
    const char *name;
    const char *value;
} leat_mysql_setting;

/* Zero-initialise; the arena's owner ends it. */
typedef struct leat_mysql_settings {
    const leat_mysql_setting *items;
    size_t count;
} leat_mysql_settings;

/* Reads all of them with one statement; texts in `arena`. */
leat_status leat_mysql_settings_read(leat_mysql_session *session, leat_arena *arena,
                                     leat_mysql_settings *settings, leat_error *error);

/* The value of a global variable, "" where this server has none of that name. */
const char *leat_mysql_setting_text(const leat_mysql_settings *settings, const char *name);

/* Whether it is ON. */
bool leat_mysql_setting_on(const leat_mysql_settings *settings, const char *name);

/* The whole number at its start; `otherwise` where there is none. */
int64_t leat_mysql_setting_number(const leat_mysql_settings *settings, const char *name, int64_t otherwise);

/* Whether the server is one of Amazon's, whose settings stand in a parameter group. */
bool leat_mysql_settings_amazon(const leat_mysql_settings *settings);

/* Appends the statement, or the line of the configuration, that sets it now and for the next start. */
void leat_mysql_append_setting(leat_buffer *mend, const leat_mysql_server *server,
                               const leat_mysql_settings *settings, const char *name, const char *value);

/* The same for a setting that needs a restart. */
void leat_mysql_append_static_setting(leat_buffer *mend, const leat_mysql_settings *settings,
                                      const char *name, const char *value);

#endif
