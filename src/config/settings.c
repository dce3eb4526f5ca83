/* The settings that every pipeline has, whatever its source and sink. */
#include "config/settings.h"
#include "config/config.h"

#define AT(field) offsetof(leat_config, field)

_Static_assert(sizeof(leat_envelope_kind) == sizeof(unsigned) && sizeof(leat_log_level) == sizeof(unsigned) &&
                   sizeof(leat_log_format) == sizeof(unsigned),
               "choices are stored as unsigned");

static const leat_choice envelopes[] = {
    {"flat", LEAT_ENVELOPE_FLAT,
     "the row's columns side by side, with `__op`, `__ts`, `__seq` and a few more before them; for people "
     "with DuckDB, Spark or Trino"},
    {"debezium", LEAT_ENVELOPE_DEBEZIUM,
     "`before`, `after`, `source`, `op`…, the field names that Flink, Hudi, Materialize, ClickHouse and the "
     "Connect sinks read"},
};

static const leat_choice log_levels[] = {
    {"debug", LEAT_LOG_DEBUG, "everything, protocol steps included"},
    {"info", LEAT_LOG_INFO, "starts, stops, new table versions, what is retried"},
    {"warning", LEAT_LOG_WARNING, "what somebody should look at"},
    {"error", LEAT_LOG_ERROR, "only what ended a run"},
};

static const leat_choice log_formats[] = {
    {"text", LEAT_LOG_TEXT, "lines for people"},
    {"json", LEAT_LOG_JSON, "one JSON object a line, for log collectors"},
};

static const leat_section pipeline_sections[] = {
    {.path = "", .title = "The pipeline", .purpose = "What belongs to the pipeline as a whole."},
};

static const leat_setting pipeline_settings[] = {
    {
        .path = "name",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(name),
        .required = true,
        .form = "^[a-z0-9][a-z0-9_-]{0,49}$",
        .form_words = "1 to 50 of the characters a-z, 0-9, `_` and `-`, beginning with a letter or digit",
        .purpose =
            "The pipeline's name. The names of slot, publication, state file and topics are made from it, so "
            "that it must be unique among the pipelines of one database server, and stay the same.",
        .example = "shop",
    },
    {
        .path = "state",
        .type = LEAT_SETTING_PATH,
        .offset = AT(state),
        .default_text = "./NAME.leat.db",
        .default_note = "beside the config file, NAME being the pipeline's",
        .purpose =
            "The SQLite database that remembers positions, table versions and finished files. It belongs to "
            "the data: keep it on a disk that survives, and do not share it between pipelines.",
        .example = "/var/lib/leat/shop.db",
    },
};

static const leat_section source_sections[] = {
    {.path = "source",
     .title = "`source`: where changes come from",
     .purpose = "The database whose log is read."},
};

static const leat_setting source_settings[] = {
    {
        .path = "source.type", /* its choices are the kinds of sources */
        .type = LEAT_SETTING_TEXT,
        .offset = AT(source.type),
        .required = true,
        .purpose = "The kind of database.",
        .example = "postgres",
    },
    {
        .path = "source.url", /* its form, and more of its purpose, come from the kinds of sources */
        .type = LEAT_SETTING_TEXT,
        .offset = AT(source.url),
        .required = true,
        .secret = true,
        .purpose = "How to connect. A password can be taken from the environment or from a file; in a url it "
                   "must be percent-encoded where it holds one of `@ : / ? # %`, among pairs put it between "
                   "single quotes. Never shown in logs and messages.",
        .example = "postgresql://leat:${SHOP_PASSWORD}@db.example/shop?sslmode=verify-full",
    },
    {
        .path = "source.tables",
        .type = LEAT_SETTING_TEXT_LIST,
        .offset = AT(source.tables),
        .count_offset = AT(source.table_count),
        .required = true,
        .form = "^!?[^.!]+[.].+$",
        .form_words = "`schema.table` (MySQL, MariaDB: `database.table`), with `*` for any run of characters "
                      "and `?` for any one, and with a leading `!` to leave out what it matches",
        .purpose =
            "Which tables are captured, as patterns of `schema.table` (MySQL, MariaDB: `database.table`): "
            "`*` stands for any run of characters, `?` for any one. A leading `!` leaves out what the "
            "pattern matches, wherever it stands in the list; a list of nothing but such patterns captures "
            "everything else. Quotes are needed around what begins with `!` or `*`.",
        .example = "[\"public.*\", \"!public.audit_*\"]",
    },
    {
        .path = "source.snapshot",
        .type = LEAT_SETTING_BOOLEAN,
        .offset = AT(source.snapshot),
        .default_text = "true",
        .purpose = "Whether the first start copies the rows that are already there. With `false` only "
                   "changes from then on are captured.",
        .example = "false",
    },
    {
        .path = "source.snapshot_workers",
        .type = LEAT_SETTING_INTEGER,
        .offset = AT(source.snapshot_workers),
        .default_text = "2",
        .least = 1,
        .most = 64,
        .purpose = "How many connections copy rows at the same time during the snapshot. Each is one more "
                   "load on the server.",
        .example = "4",
    },
    {
        .path = "source.connect_timeout",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(source.connect_timeout),
        .default_text = "10s",
        .least = 100 * LEAT_MILLISECOND,
        .most = 10 * LEAT_MINUTE,
        .purpose = "How long one attempt to connect may take before it counts as failed.",
        .example = "30s",
    },
    {
        .path = "source.heartbeat_every",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(source.heartbeat_every),
        .default_text = "10s",
        .least = 100 * LEAT_MILLISECOND,
        .most = 10 * LEAT_MINUTE,
        .purpose = "How often an idle pipeline and the server tell each other that they are there. "
                   "PostgreSQL then knows how far the pipeline has got and can let go of its log: keep it "
                   "well below the server's `wal_sender_timeout`.",
        .example = "5s",
    },
};

static const leat_section sink_sections[] = {
    {.path = "sink", .title = "`sink`: where events go", .purpose = "What becomes of the changes."},
};

static const leat_setting sink_settings[] = {
    {
        .path = "sink.type", /* its choices are the kinds of sinks */
        .type = LEAT_SETTING_TEXT,
        .offset = AT(sink.type),
        .required = true,
        .purpose = "The kind of sink.",
        .example = "file",
    },
    {
        .path = "sink.commit_every",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(sink.commit_every),
        .default_text = "1s",
        .least = 10 * LEAT_MILLISECOND,
        .most = LEAT_HOUR,
        .purpose = "How often what has arrived is made durable while changes keep coming. Less often is a "
                   "little cheaper; more is read again after a crash. On Kafka it is how long a reader with "
                   "`read_committed` waits for a record.",
        .example = "5s",
    },
    {
        .path = "sink.envelope",
        .type = LEAT_SETTING_CHOICE,
        .offset = AT(sink.envelope),
        .default_text = "flat",
        LEAT_CHOICES_OF(envelopes),
        .purpose = "The shape of an event.",
        .example = "debezium",
    },
    {
        .path = "sink.prefix",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(sink.prefix),
        .default_text = "NAME",
        .default_note = "the pipeline's name",
        .form = "^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$",
        .form_words = "1 to 100 of the characters A-Z, a-z, 0-9, `.`, `_` and `-`, beginning with a letter, "
                      "digit or `_`",
        .purpose = "The first part of every Avro namespace, and of every topic. Two pipelines must not have "
                   "the same one on the same brokers.",
        .example = "company.shop",
    },
};

static const leat_section running_sections[] = {
    {.path = "retry",
     .title = "`retry`: when something does not work",
     .purpose = "What may pass by itself (a server that cannot be reached, a slot that is still in use) is "
                "tried again from the last durable position. The pause doubles from the first to the "
                "longest, and starts afresh once something has worked."},
    {.path = "log", .title = "`log`: what leat says of itself", .purpose = "Lines on standard error."},
};

static const leat_setting running_settings[] = {
    {
        .path = "retry.first_delay",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(retry.first_delay),
        .default_text = "250ms",
        .least = LEAT_MILLISECOND,
        .most = LEAT_HOUR,
        .purpose = "The pause before the second try.",
        .example = "1s",
    },
    {
        .path = "retry.longest_delay",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(retry.longest_delay),
        .default_text = "30s",
        .least = LEAT_MILLISECOND,
        .most = LEAT_DAY,
        .purpose = "The longest pause between two tries.",
        .example = "5m",
    },
    {
        .path = "retry.give_up_after",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(retry.give_up_after),
        .default_text = "0",
        .default_note = "never",
        .most = 365 * LEAT_DAY,
        .purpose = "After how long without any success to give up and end with exit code 1, for those who "
                   "would rather be told by a supervisor.",
        .example = "1h",
    },
    {
        .path = "log.level",
        .type = LEAT_SETTING_CHOICE,
        .offset = AT(log.level),
        .default_text = "info",
        LEAT_CHOICES_OF(log_levels),
        .purpose = "The least important lines that are written.",
        .example = "warning",
    },
    {
        .path = "log.format",
        .type = LEAT_SETTING_CHOICE,
        .offset = AT(log.format),
        .default_text = "text",
        LEAT_CHOICES_OF(log_formats),
        .purpose = "The form of the lines.",
        .example = "json",
    },
};

const leat_setting_group leat_common_groups[LEAT_COMMON_GROUPS] = {
    [LEAT_COMMON_PIPELINE] =
        {
            .size = sizeof(leat_config),
            .settings = pipeline_settings,
            .setting_count = LEAT_COUNT_OF(pipeline_settings),
            .sections = pipeline_sections,
            .section_count = LEAT_COUNT_OF(pipeline_sections),
        },
    [LEAT_COMMON_SOURCE] =
        {
            .size = sizeof(leat_config),
            .settings = source_settings,
            .setting_count = LEAT_COUNT_OF(source_settings),
            .sections = source_sections,
            .section_count = LEAT_COUNT_OF(source_sections),
        },
    [LEAT_COMMON_SINK] =
        {
            .size = sizeof(leat_config),
            .settings = sink_settings,
            .setting_count = LEAT_COUNT_OF(sink_settings),
            .sections = sink_sections,
            .section_count = LEAT_COUNT_OF(sink_sections),
        },
    [LEAT_COMMON_RUNNING] =
        {
            .size = sizeof(leat_config),
            .settings = running_settings,
            .setting_count = LEAT_COUNT_OF(running_settings),
            .sections = running_sections,
            .section_count = LEAT_COUNT_OF(running_sections),
        },
};

const char leat_settings_example[] = "name: shop\n"
                                     "source:\n"
                                     "  type: postgres\n"
                                     "  url: postgresql://leat:${SHOP_PASSWORD}@db.example/shop\n"
                                     "  tables: [\"public.*\", \"!public.audit_*\"]\n"
                                     "sink:\n"
                                     "  type: file\n"
                                     "  path: ./lake\n"
                                     "  roll: {rows: 1000000, bytes: 256MiB, every: 60s}\n"
                                     "state: ./shop.leat.db\n";
