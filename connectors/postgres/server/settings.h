/* The settings that sources of PostgreSQL alone have. */
#ifndef LEAT_POSTGRES_SERVER_SETTINGS_H
#define LEAT_POSTGRES_SERVER_SETTINGS_H

#include <stdbool.h>

#include "leat/setting.h"
#include "leat/source.h"

typedef struct leat_postgres_source_settings {
    const char *slot;        /* replication slot; NULL: made from the pipeline's name */
    const char *publication; /* likewise */
    bool manage;             /* make slot and publication where missing; false: taken as given */
    bool messages;           /* logical messages too */
} leat_postgres_source_settings;

extern const leat_setting_group leat_postgres_setting_group;

/* Those of a source that was made with these options. */
static inline const leat_postgres_source_settings *
leat_postgres_settings_of(const leat_source_options *options)
{
    return options->settings;
}

#endif
