#include "postgres/server/settings.h"

#define AT(field) offsetof(leat_postgres_source_settings, field)

static const leat_setting settings[] = {
    {
        .path = "source.slot",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(slot),
        .form = "^[a-z0-9_]{1,63}$",
        .form_words = "1 to 63 of the characters a-z, 0-9 and `_`",
        .default_note = "`leat_` and the pipeline's name, its `-` as `_`",
        .purpose = "The replication slot's name.",
        .example = "leat_shop",
    },
    {
        .path = "source.publication",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(publication),
        .form = "^.{1,63}$",
        .form_words = "1 to 63 characters on one line",
        .default_note = "`leat_` and the pipeline's name, its `-` as `_`",
        .purpose = "The publication's name.",
        .example = "leat_shop",
    },
    {
        .path = "source.manage",
        .type = LEAT_SETTING_BOOLEAN,
        .offset = AT(manage),
        .default_text = "true",
        .purpose =
            "Whether leat makes the publication and the slot where they are missing, for exactly the "
            "captured tables. With `false` it takes both as somebody else made them, and only compares.",
        .example = "false",
    },
    {
        .path = "source.messages",
        .type = LEAT_SETTING_BOOLEAN,
        .offset = AT(messages),
        .default_text = "false",
        .purpose = "Whether logical messages (`pg_logical_emit_message`) become events too.",
        .example = "true",
    },
};

const leat_setting_group leat_postgres_setting_group = {
    .size = sizeof(leat_postgres_source_settings),
    .settings = settings,
    .setting_count = LEAT_COUNT_OF(settings),
};
