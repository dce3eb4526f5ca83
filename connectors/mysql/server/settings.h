/* The settings that sources of MySQL and MariaDB alone have. */
#ifndef LEAT_MYSQL_SERVER_SETTINGS_H
#define LEAT_MYSQL_SERVER_SETTINGS_H

#include <stdint.h>

#include "leat/setting.h"
#include "leat/source.h"

typedef struct leat_mysql_source_settings {
    uint64_t server_id; /* what we call ourselves as a replica; 0: made once and remembered. Of 32 bits */
} leat_mysql_source_settings;

extern const leat_setting_group leat_mysql_setting_group;

/* The server id of a source that was made with these options. */
static inline uint32_t leat_mysql_settings_server_id(const leat_source_options *options)
{
    const leat_mysql_source_settings *settings = options->settings;
    return (uint32_t)settings->server_id;
}

#endif
