#include "config/settings.h"

#include "config/config.h"
#include "config/settings_choices.h"

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

const leat_section leat_sections[] = {
    {.path = "", .title = "The pipeline", .purpose = "What belongs to the pipeline as a whole."},
    {.path = "source",
     .title = "`source`: where changes come from",
     .purpose = "The database whose log is read."},
    {.path = "sink", .title = "`sink`: where events go", .purpose = "What becomes of the changes."},
    {.path = "sink.roll",
     .title = "`sink.roll`: when a file is finished",
     .purpose = "A file is finished when the first of these limits is reached, when its table's definition "
                "changes, or when leat stops. It gets its final name, and is seen by readers, once the "
                "transaction it ends in is whole."},
    {.path = "sink.registry",
     .title = "`sink.registry`: the schema registry",
     .purpose = "Where the schemas of topics are kept, in Confluent's API, as Confluent, Apicurio, Karapace "
                "and Redpanda speak it. Messages then have Confluent's framing, and subjects are "
                "`<topic>-key` and `<topic>-value`. Without this section messages are in Avro's "
                "single-object encoding, and the schemas go to the topic `<prefix>.schemas`.",
     .optional = true},
    {.path = "retry",
     .title = "`retry`: when something does not work",
     .purpose = "What may pass by itself (a server that cannot be reached, a slot that is still in use) is "
                "tried again from the last durable position. The pause doubles from the first to the "
                "longest, and starts afresh once something has worked."},
    {.path = "log", .title = "`log`: what leat says of itself", .purpose = "Lines on standard error."},
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
        .form_words =
            "`postgresql://user@host:port/database`, `host=… dbname=… user=…`, or `mysql://user@host:port/`",
        .purpose =
            "How to connect. PostgreSQL: a libpq url (`postgresql://…`) or a libpq list of `key=value` "
            "pairs, with any of libpq's parameters, TLS ones included. MySQL and MariaDB: "
            "`mysql://USER:PASSWORD@HOST:PORT/`, with several `HOST:PORT`, separated by commas, where the "
            "log may go on at another server, and with the parameters `tls` (`preferred`, `off`, `required`, "
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
                      "and `?` for any one, and with a leading `!` to leave out what it matches",
        .purpose =
            "Which tables are captured, as patterns of `schema.table` (MySQL, MariaDB: `database.table`): "
            "`*` stands for any run of characters, `?` for any one. A leading `!` leaves out what the "
            "pattern matches, wherever it stands in the list; a list of nothing but such patterns captures "
            "everything else. Quotes are needed around what begins with `!` or `*`.",
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
        .purpose =
            "Whether leat makes the publication and the slot where they are missing, for exactly the "
            "captured tables. With `false` it takes both as somebody else made them, and only compares.",
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
        .purpose = "What the pipeline calls itself among the server's replicas. It must be unlike that of "
                   "the server and of every other replica of it: two with the same one throw each other out.",
        .example = "184054",
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
        .purpose = "How often an idle pipeline and the server tell each other that they are there. "
                   "PostgreSQL then knows how far the pipeline has got and can let go of its log: keep it "
                   "well below the server's `wal_sender_timeout`.",
        .example = "5s",
    },
    {
        .path = "sink.type",
        .type = LEAT_SETTING_TEXT,
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
        .purpose = "The folder that the files go to; made where missing. What has its final name in it is "
                   "whole and is not touched again.",
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
                   "levels. Higher is smaller and slower.",
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
        .purpose = "Finish a file when it has been open for this long: the longest that a reader of the "
                   "files waits for a change.",
        .example = "15m",
    },
    {
        .path = "sink.commit_every",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(sink.commit_every),
        .default_text = "1s",
        .special_type = "kafka",
        .special_default = "250ms",
        .least = 10 * MILLISECOND,
        .most = HOUR,
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
        .special_type = "kafka",
        .special_default = "debezium",
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
        .form_words = "1 to 100 of the characters A-Z, a-z, 0-9, `.`, `_` and `-`, beginning with a letter, "
                      "digit or `_`",
        .purpose = "The first part of every Avro namespace, and of every topic. Two pipelines must not have "
                   "the same one on the same brokers.",
        .example = "company.shop",
    },
    {
        .path = "sink.brokers",
        .type = LEAT_SETTING_JOINED,
        .offset = AT(sink.brokers),
        .required = true,
        .only_for = "kafka",
        .form = "^([A-Za-z_]+://)?([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?$",
        .form_words = "`HOST:PORT`; the port is 9092 where none is given",
        .purpose =
            "Where Kafka is reached first: one broker, or some of them. The others are learnt from these.",
        .example = "kafka-1.example:9092,kafka-2.example:9092",
    },
    {
        .path = "sink.delivery",
        .type = LEAT_SETTING_CHOICE,
        .offset = AT(sink.delivery),
        .default_text = "exactly_once",
        CHOICES(deliveries),
        .only_for = "kafka",
        .purpose = "What a crash may do. Choose it before the first start: each keeps the position in a "
                   "place of its own.",
        .example = "at_least_once",
    },
    {
        .path = "sink.partitions",
        .type = LEAT_SETTING_INTEGER,
        .offset = AT(sink.partitions),
        .default_text = "0",
        .default_note = "0: as many as the brokers give new topics",
        .most = 100000,
        .only_for = "kafka",
        .purpose = "How many partitions a table's topic gets when leat makes it. Records of one key are "
                   "always in one partition, in order; there is no order between partitions. A topic that is "
                   "there is taken as it is.",
        .example = "6",
    },
    {
        .path = "sink.replication",
        .type = LEAT_SETTING_INTEGER,
        .offset = AT(sink.replication),
        .default_text = "0",
        .default_note = "0: as many as the brokers give new topics",
        .most = INT16_MAX,
        .only_for = "kafka",
        .purpose = "How many replicas a topic gets when leat makes it. 3 survives the loss of a broker.",
        .example = "3",
    },
    {
        .path = "sink.cleanup",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(sink.cleanup),
        .default_note = "what the brokers give new topics, which is `delete` unless they are told otherwise",
        CHOICES(cleanups),
        .only_for = "kafka",
        .purpose = "What becomes of old records in a table's topic, when leat makes it (`cleanup.policy`). A "
                   "compacted topic is a copy of the table: with the envelope `debezium`, deleted rows leave "
                   "it by tombstones.",
        .example = "compact",
    },
    {
        .path = "sink.manage_topics",
        .type = LEAT_SETTING_BOOLEAN,
        .offset = AT(sink.manage_topics),
        .default_text = "true",
        .only_for = "kafka",
        .purpose = "Whether leat makes topics that are missing. With `false` it stops and names them.",
        .example = "false",
    },
    {
        .path = "sink.transactions",
        .type = LEAT_SETTING_BOOLEAN,
        .offset = AT(sink.transactions),
        .default_text = "false",
        .only_for = "kafka",
        .purpose = "Whether the topic `<prefix>.transactions` tells where each transaction of the source "
                   "begins and ends, and how many records of which tables it had.",
        .example = "true",
    },
    {
        .path = "sink.heartbeats",
        .type = LEAT_SETTING_BOOLEAN,
        .offset = AT(sink.heartbeats),
        .default_text = "false",
        .only_for = "kafka",
        .purpose = "Whether the topic `<prefix>.heartbeat` tells of positions that moved on without records, "
                   "so that readers can tell a quiet source from a pipeline that stands still.",
        .example = "true",
    },
    {
        .path = "sink.large",
        .type = LEAT_SETTING_CHOICE,
        .offset = AT(sink.large),
        .default_text = "fail",
        CHOICES(larges),
        .only_for = "kafka",
        .purpose =
            "What becomes of a record that is too large for a message, by the topic's `max.message.bytes` or "
            "by leat's `message.max.bytes` (16 MiB unless `sink.kafka` says otherwise).",
        .example = "spill",
    },
    {
        .path = "sink.spill_path",
        .type = LEAT_SETTING_PATH,
        .offset = AT(sink.spill_path),
        .default_note = "there is none; required with `large: spill`",
        .only_for = "kafka",
        .purpose = "The folder for values that are too large for messages. Readers must be able to reach it "
                   "by the same path. leat never removes a file from it.",
        .example = "/srv/leat/spilled",
    },
    {
        .path = "sink.kafka",
        .type = LEAT_SETTING_MAP,
        .offset = AT(sink.kafka),
        .count_offset = AT(sink.kafka_count),
        .default_note = "none",
        .only_for = "kafka",
        .secret = true,
        .form = "^[a-z][a-z0-9._]*$",
        .form_words = "a property of librdkafka, its dots included",
        .purpose = "Properties of librdkafka, for what leat has no setting of its own: above all encryption "
                   "and login (`security.protocol`, `sasl.mechanisms`, `sasl.username`, `sasl.password`, "
                   "`ssl.ca.location`), and sizes (`message.max.bytes`, `compression.type`). Those that "
                   "leat's guarantees rest on cannot be set. Relative paths are taken from the folder that "
                   "leat is started in.",
        .example = "{security.protocol: sasl_ssl, sasl.mechanisms: SCRAM-SHA-512, sasl.username: leat, "
                   "sasl.password: \"${KAFKA_PASSWORD}\"}",
    },
    {
        .path = "sink.registry.url",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(sink.registry.url),
        .required = true,
        .secret = true,
        .only_for = "kafka",
        .form = "^https?://[^ ]+$",
        .form_words = "`http://…` or `https://…`",
        .purpose = "Where the registry's API is. Apicurio has it below the path `/apis/ccompat/v7`.",
        .example = "https://registry.example:8081",
    },
    {
        .path = "sink.registry.user",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(sink.registry.user),
        .default_note = "none",
        .only_for = "kafka",
        .purpose = "The user for basic authentication.",
        .example = "leat",
    },
    {
        .path = "sink.registry.password",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(sink.registry.password),
        .default_note = "none",
        .secret = true,
        .only_for = "kafka",
        .purpose = "That user's password.",
        .example = "${REGISTRY_PASSWORD}",
    },
    {
        .path = "sink.registry.token",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(sink.registry.token),
        .default_note = "none",
        .secret = true,
        .only_for = "kafka",
        .purpose = "A token for bearer authentication, in place of user and password.",
        .example = "${REGISTRY_TOKEN}",
    },
    {
        .path = "sink.registry.ca",
        .type = LEAT_SETTING_PATH,
        .offset = AT(sink.registry.ca),
        .default_note = "the system's certificates",
        .only_for = "kafka",
        .purpose = "A file with the certificates that the registry's own is checked against (PEM).",
        .example = "/etc/leat/registry-ca.pem",
    },
    {
        .path = "sink.registry.certificate",
        .type = LEAT_SETTING_PATH,
        .offset = AT(sink.registry.certificate),
        .default_note = "none",
        .only_for = "kafka",
        .purpose = "leat's own certificate, where the registry asks for one (PEM).",
        .example = "/etc/leat/leat.pem",
    },
    {
        .path = "sink.registry.key",
        .type = LEAT_SETTING_PATH,
        .offset = AT(sink.registry.key),
        .default_note = "none",
        .only_for = "kafka",
        .purpose = "The key of that certificate (PEM).",
        .example = "/etc/leat/leat.key",
    },
    {
        .path = "sink.registry.timeout",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(sink.registry.timeout),
        .default_text = "10s",
        .least = 100 * MILLISECOND,
        .most = 10 * MINUTE,
        .only_for = "kafka",
        .purpose = "How long one request to the registry may take before it counts as failed.",
        .example = "30s",
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
        .purpose = "After how long without any success to give up and end with exit code 1, for those who "
                   "would rather be told by a supervisor.",
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
