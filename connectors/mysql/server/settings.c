#include "mysql/server/settings.h"

static const leat_setting settings[] = {
    {
        .path = "source.server_id",
        .type = LEAT_SETTING_INTEGER,
        .offset = offsetof(leat_mysql_source_settings, server_id),
        .default_text = "0",
        .default_note = "0: one is made at the first start and remembered",
        .least = 0,
        .most = UINT32_MAX,
        .purpose = "What the pipeline calls itself among the server's replicas. It must be unlike that of "
                   "the server and of every other replica of it: two with the same one throw each other out.",
        .example = "184054",
    },
};

const leat_setting_group leat_mysql_setting_group = {
    .size = sizeof(leat_mysql_source_settings),
    .settings = settings,
    .setting_count = LEAT_COUNT_OF(settings),
};
