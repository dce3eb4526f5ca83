#include "config/settings.h"

#include "config/config.h"

#define AT(field)    offsetof(leat_config, field)
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define CHOICES(of)  .choices = (of), .choice_count = COUNT(of)

#define MILLISECOND UINT64_C(1000)
#define SECOND      (1000 * MILLISECOND)
#define MINUTE      (60 * SECOND)
#define HOUR        (60 * MINUTE)
#define DAY         (24 * HOUR)
#define KIBIBYTE    UINT64_C(1024)
#define TEBIBYTE    (KIBIBYTE * KIBIBYTE * KIBIBYTE * KIBIBYTE)

static const leat_choice source_types[] = {
    {"postgres", 0, "PostgreSQL 14 to 18, by logical replication with `pgoutput`"},
    {"mysql", 0, "MySQL 5.7 to 9, by its binary log in row format"},
    {"mariadb", 0, "MariaDB 10.3 to 12, by its binary log in row format"},
};

static const leat_choice sink_types[] = {
    {"file", LEAT_SINK_FILE, "Avro object container files in a folder tree, each row in exactly one of them"},
    {"stdout", LEAT_SINK_STDOUT,
     "JSON lines on standard output, to look at or to pipe; after a crash the last lines may come again"},
};

static const leat_choice codecs[] = {
    {"null", LEAT_CODEC_NULL, "not compressed"},
    {"deflate", LEAT_CODEC_DEFLATE, "the one compressing codec that every Avro reader has"},
    {"snappy", LEAT_CODEC_SNAPPY, "fast, larger files"},
    {"zstandard", LEAT_CODEC_ZSTANDARD, "fast and small, where all your readers have it"},
};

static const leat_choice envelopes[] = {
    {"flat", LEAT_ENVELOPE_FLAT,
     "the row's columns side by side, with `__op`, `__ts`, `__seq` and a few more before them; for people "
     "with "
     "DuckDB, Spark or Trino"},
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

const leat_section leat_sections[] = {
    {"", "The pipeline", "What belongs to the pipeline as a whole."},
    {"source", "`source`: where changes come from", "The database whose log is read."},
    {"sink", "`sink`: where events go", "What becomes of the changes."},
    {"sink.roll", "`sink.roll`: when a file is finished",
     "A file is finished when the first of these limits is reached, when its table's definition changes, or "
     "when "
     "leat stops. It gets its final name, and is seen by readers, once the transaction it ends in is whole."},
    {"retry", "`retry`: when something does not work",
     "What may pass by itself (a server that cannot be reached, a slot that is still in use) is tried again "
     "from "
     "the last durable position. The pause doubles from the first to the longest, and starts afresh once "
     "something has worked."},
    {"log", "`log`: what leat says of itself", "Lines on standard error."},
};
const size_t leat_section_count = COUNT(leat_sections);

const leat_setting leat_settings[] = {
    {
        .path = "name",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(name),
        .required = true,
        .form = "^[a-z0-9][a-z0-9_-]{0,49}$",
        .form_words = "1 to 50 of the characters a-z, 0-9, `_` and `-`, beginning with a letter or digit",
        .purpose =
            "The pipeline's name. The names of slot, publication, state file and topics are made from it, "
            "so that it must be unique among the pipelines of one database server, and stay the same.",
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
    {
        .path = "source.type",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(source.type),
        .required = true,
        CHOICES(source_types),
        .purpose = "The kind of database.",
        .example = "postgres",
    },
    {
        .path = "source.url",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(source.url),
        .required = true,
        .secret = true,
        .form = "^(postgres(ql)?://.*|(mysql|mariadb)://.*|[ \t\n]*[a-z_]+[ \t\n]*=.*)$",
        .form_words = "`postgresql://user@host:port/database`, `host=… dbname=… user=…`, or "
                      "`mysql://user@host:port/`",
        .purpose =
            "How to connect. PostgreSQL: a libpq url (`postgresql://…`) or a libpq list of `key=value` "
            "pairs, "
            "with any of libpq's parameters, TLS ones included. MySQL and MariaDB: "
            "`mysql://USER:PASSWORD@HOST:PORT/`, with several `HOST:PORT`, separated by commas, where the "
            "log "
            "may go on at another server, and with the parameters `tls` (`preferred`, `off`, `required`, "
            "`verify`), `ca`, `cert`, `key` and `socket`. A password can be taken from the environment or "
            "from a file; in a url it must be percent-encoded where it holds one of `@ : / ? # %`, among "
            "pairs put it between single quotes. Never shown in logs and messages.",
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
                      "and `?` for any one, and with a leading "
                      "`!` to leave out what it matches",
        .purpose =
            "Which tables are captured, as patterns of `schema.table` (MySQL, MariaDB: `database.table`): "
            "`*` stands for any run of characters, "
            "`?` for any one. A leading `!` leaves out what the pattern matches, wherever it stands in the "
            "list; a list of nothing but such patterns captures everything else. Quotes are needed around "
            "what begins with `!` or `*`.",
        .example = "[\"public.*\", \"!public.audit_*\"]",
    },
    {
        .path = "source.slot",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(source.slot),
        .only_for = "postgres",
        .form = "^[a-z0-9_]{1,63}$",
        .form_words = "1 to 63 of the characters a-z, 0-9 and `_`",
        .default_note = "`leat_` and the pipeline's name, its `-` as `_`",
        .purpose = "The replication slot's name.",
        .example = "leat_shop",
    },
    {
        .path = "source.publication",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(source.publication),
        .only_for = "postgres",
        .form = "^.{1,63}$",
        .form_words = "1 to 63 characters on one line",
        .default_note = "`leat_` and the pipeline's name, its `-` as `_`",
        .purpose = "The publication's name.",
        .example = "leat_shop",
    },
    {
        .path = "source.manage",
        .type = LEAT_SETTING_BOOLEAN,
        .offset = AT(source.manage),
        .only_for = "postgres",
        .default_text = "true",
        .purpose = "Whether leat makes the publication and the slot where they are missing, for exactly the "
                   "captured "
                   "tables. With `false` it takes both as somebody else made them, and only compares.",
        .example = "false",
    },
    {
        .path = "source.messages",
        .type = LEAT_SETTING_BOOLEAN,
        .offset = AT(source.messages),
        .only_for = "postgres",
        .default_text = "false",
        .purpose = "Whether logical messages (`pg_logical_emit_message`) become events too.",
        .example = "true",
    },
    {
        .path = "source.server_id",
        .type = LEAT_SETTING_INTEGER,
        .offset = AT(source.server_id),
        .only_for = "mysql mariadb",
        .default_text = "0",
        .default_note = "0: one is made at the first start and remembered",
        .least = 0,
        .most = UINT32_MAX,
        .purpose =
            "What the pipeline calls itself among the server's replicas. It must be unlike that of the "
            "server and of every other replica of it: two with the same one throw each other out.",
        .example = "184054",
    },
    {
        .path = "source.snapshot",
        .type = LEAT_SETTING_BOOLEAN,
        .offset = AT(source.snapshot),
        .default_text = "true",
        .purpose =
            "Whether the first start copies the rows that are already there. With `false` only changes from "
            "then on are captured.",
        .example = "false",
    },
    {
        .path = "source.snapshot_workers",
        .type = LEAT_SETTING_INTEGER,
        .offset = AT(source.snapshot_workers),
        .default_text = "2",
        .least = 1,
        .most = 64,
        .purpose =
            "How many connections copy rows at the same time during the snapshot. Each is one more load on "
            "the server.",
        .example = "4",
    },
    {
        .path = "source.connect_timeout",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(source.connect_timeout),
        .default_text = "10s",
        .least = 100 * MILLISECOND,
        .most = 10 * MINUTE,
        .purpose = "How long one attempt to connect may take before it counts as failed.",
        .example = "30s",
    },
    {
        .path = "source.heartbeat_every",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(source.heartbeat_every),
        .default_text = "10s",
        .least = 100 * MILLISECOND,
        .most = 10 * MINUTE,
        .purpose =
            "How often an idle pipeline and the server tell each other that they are there. PostgreSQL "
            "then knows how far the pipeline has got and can let go of its log: keep it well below the "
            "server's `wal_sender_timeout`.",
        .example = "5s",
    },
    {
        .path = "sink.type",
        .type = LEAT_SETTING_CHOICE,
        .offset = AT(sink.type),
        .required = true,
        CHOICES(sink_types),
        .purpose = "The kind of sink.",
        .example = "file",
    },
    {
        .path = "sink.path",
        .type = LEAT_SETTING_PATH,
        .offset = AT(sink.path),
        .required = true,
        .only_for = "file",
        .purpose =
            "The folder that the files go to; made where missing. What has its final name in it is whole and "
            "is not touched again.",
        .example = "./lake",
    },
    {
        .path = "sink.codec",
        .type = LEAT_SETTING_CHOICE,
        .offset = AT(sink.codec),
        .default_text = "deflate",
        CHOICES(codecs),
        .only_for = "file",
        .purpose = "How the blocks inside the files are compressed.",
        .example = "zstandard",
    },
    {
        .path = "sink.codec_level",
        .type = LEAT_SETTING_INTEGER,
        .offset = AT(sink.codec_level),
        .default_text = "0",
        .default_note = "the codec's default, which is 1 for both",
        .most = 19,
        .only_for = "file",
        .purpose = "How hard to compress: `deflate` knows 1 to 12, `zstandard` 1 to 19, the others no "
                   "levels. Higher "
                   "is smaller and slower.",
        .example = "3",
    },
    {
        .path = "sink.roll.rows",
        .type = LEAT_SETTING_INTEGER,
        .offset = AT(sink.roll_rows),
        .default_text = "1000000",
        .least = 1,
        .most = UINT64_C(1000000000000),
        .only_for = "file",
        .purpose = "Finish a file when it has this many records.",
        .example = "100000",
    },
    {
        .path = "sink.roll.bytes",
        .type = LEAT_SETTING_SIZE,
        .offset = AT(sink.roll_bytes),
        .default_text = "256MiB",
        .least = KIBIBYTE,
        .most = TEBIBYTE,
        .only_for = "file",
        .purpose = "Finish a file when it has this many bytes, as compressed.",
        .example = "1GiB",
    },
    {
        .path = "sink.roll.every",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(sink.roll_every),
        .default_text = "60s",
        .least = 100 * MILLISECOND,
        .most = 30 * DAY,
        .only_for = "file",
        .purpose =
            "Finish a file when it has been open for this long: the longest that a reader of the files waits "
            "for a change.",
        .example = "15m",
    },
    {
        .path = "sink.commit_every",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(sink.commit_every),
        .default_text = "1s",
        .least = 10 * MILLISECOND,
        .most = HOUR,
        .purpose =
            "How often what has arrived is made durable while changes keep coming. Less often is a little "
            "cheaper; more is read again after a crash.",
        .example = "5s",
    },
    {
        .path = "sink.envelope",
        .type = LEAT_SETTING_CHOICE,
        .offset = AT(sink.envelope),
        .default_text = "flat",
        CHOICES(envelopes),
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
        .form_words =
            "1 to 100 of the characters A-Z, a-z, 0-9, `.`, `_` and `-`, beginning with a letter, digit or "
            "`_`",
        .purpose = "The first part of every Avro namespace.",
        .example = "company.shop",
    },
    {
        .path = "retry.first_delay",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(retry.first_delay),
        .default_text = "250ms",
        .least = MILLISECOND,
        .most = HOUR,
        .purpose = "The pause before the second try.",
        .example = "1s",
    },
    {
        .path = "retry.longest_delay",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(retry.longest_delay),
        .default_text = "30s",
        .least = MILLISECOND,
        .most = DAY,
        .purpose = "The longest pause between two tries.",
        .example = "5m",
    },
    {
        .path = "retry.give_up_after",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(retry.give_up_after),
        .default_text = "0",
        .default_note = "never",
        .most = 365 * DAY,
        .purpose =
            "After how long without any success to give up and end with exit code 1, for those who would "
            "rather be told by a supervisor.",
        .example = "1h",
    },
    {
        .path = "log.level",
        .type = LEAT_SETTING_CHOICE,
        .offset = AT(log.level),
        .default_text = "info",
        CHOICES(log_levels),
        .purpose = "The least important lines that are written.",
        .example = "warning",
    },
    {
        .path = "log.format",
        .type = LEAT_SETTING_CHOICE,
        .offset = AT(log.format),
        .default_text = "text",
        CHOICES(log_formats),
        .purpose = "The form of the lines.",
        .example = "json",
    },
};
const size_t leat_setting_count = COUNT(leat_settings);

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
