/* leat demo: a scratch database, a workload, and its changes arriving; nothing to set up. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/signals.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "demo/kafka.h"
#include "demo/kafka_summary.h"
#include "demo/kind.h"
#include "demo/scratch.h"
#include "demo/server.h"
#include "demo/shop.h"
#include "demo/summary.h"
#include "demo/topics.h"
#include "demo/view.h"
#include "demo/workload.h"
#include "pipeline/pipeline.h"
#include "terminal/human.h"
#include "terminal/output.h"

enum {
    SECOND = 1000 * 1000,
    ARRIVAL_PATIENCE = 10 * SECOND, /* for the last change, once the workload has ended */
    GIVE_UP_AFTER = 10 * SECOND,    /* a server that cannot be reached */
};

static const leat_demo_kind *const kinds[] = {&leat_demo_postgres, &leat_demo_mariadb};
static const char *const kind_names[] = {"postgres", "mariadb", NULL};

typedef struct demo_settings {
    int source; /* a place in `kinds` */
    const char *sink;
    const char *registry;
    uint64_t rows;
    uint64_t seconds;
    bool keep;
} demo_settings;

static const leat_option options[] = {
    {.name = "source",
     .kind = LEAT_OPTION_CHOICE,
     .offset = offsetof(demo_settings, source),
     .argument = "DATABASE",
     .choices = kind_names,
     .help = "kind of the database (postgres)"},
    {.name = "sink",
     .kind = LEAT_OPTION_TEXT,
     .offset = offsetof(demo_settings, sink),
     .argument = "KAFKA",
     .help = "write to the Kafka kafka://HOST:PORT[,HOST:PORT...] rather than to files"},
    {.name = "registry",
     .kind = LEAT_OPTION_TEXT,
     .offset = offsetof(demo_settings, registry),
     .argument = "URL",
     .help = "the schema registry of that Kafka (none)"},
    {.name = "rows",
     .kind = LEAT_OPTION_NUMBER,
     .offset = offsetof(demo_settings, rows),
     .argument = "N",
     .least = 100,
     .most = 10000000,
     .help = "rows that stand in the tables at the start (10000)"},
    {.name = "seconds",
     .kind = LEAT_OPTION_NUMBER,
     .offset = offsetof(demo_settings, seconds),
     .argument = "N",
     .least = 1,
     .most = 3600,
     .help = "how long the tables are changed (6)"},
    {.name = "keep",
     .kind = LEAT_OPTION_FLAG,
     .offset = offsetof(demo_settings, keep),
     .help = "keep the database's folder too, to start it again, and the topics in Kafka"},
};

typedef struct demo_play {
    const demo_settings *settings;
    const leat_demo_kind *kind;
    const char *program;
    leat_terminal terminal;
    char *folder; /* everything of this demo */
    leat_demo_server server;
    leat_config config;
    leat_demo_view *view;
    leat_demo_kafka kafka;        /* brokers NULL: files */
    leat_demo_topics *topics;     /* NULL unless they are being read */
    leat_demo_workload *workload; /* NULL until the stream has begun */
    int64_t streaming_at;         /* monotonic; 0 before that */
    int64_t workload_done_at;     /* likewise; 0 while it works */
    uint64_t rows;                /* in the tables at the start */
    uint64_t changes;             /* that the workload made */
    uint64_t sent;                /* of these, by leat to its sink */
    bool all_arrived;
    bool too_late; /* some did not arrive in time */
} demo_play;

/* ---- Making ready ---- */

static bool to_kafka(const demo_play *demo)
{
    return demo->kafka.options.brokers != NULL;
}

/* The prefix of the topics is the folder's name, which nobody else has: "demo-be2nUy". */
static leat_status reach_kafka(demo_play *demo, leat_error *error)
{
    if (!to_kafka(demo))
        return LEAT_OK;
    const char *prefix = strrchr(demo->folder, '/') + sizeof "leat-" - 1 + 1;
    leat_status status = leat_demo_kafka_reach(&demo->kafka, prefix, error);
    if (status == LEAT_OK)
        leat_demo_view_say(demo->view, "Kafka answers at %s; all topics of this demo begin with %s.\n",
                           demo->kafka.options.brokers, prefix);
    return status;
}

/* What is set for the user's own databases must not reach the demo's. */
static void forget_environment(const leat_demo_kind *kind)
{
    for (const char *const *name = kind->variables; *name != NULL; name++)
        unsetenv(*name); /* NOLINT(concurrency-mt-unsafe): no other thread runs yet */
}

static char *path_in(const demo_play *demo, const char *name)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", demo->folder, name);
    return leat_buffer_detach_string(&path);
}

static leat_status start_server(demo_play *demo, leat_error *error)
{
    char time[LEAT_HUMAN_SIZE];
    int64_t began = leat_clock_monotonic();
    char *folder = path_in(demo, "server");
    leat_status status =
        leat_demo_server_start(&demo->server, demo->kind, folder, leat_signals_stop(), error);
    leat_release(folder);
    if (status != LEAT_OK)
        return status;
    leat_demo_view_say(demo->view, "%s %s is up, in a folder of its own (%s)\n", demo->kind->title,
                       demo->server.binaries.version,
                       leat_human_duration(leat_clock_monotonic() - began, time));
    return LEAT_OK;
}

static leat_status make_shop(demo_play *demo, leat_error *error)
{
    char count[LEAT_HUMAN_SIZE];
    leat_status status =
        leat_demo_shop_make(&demo->server, demo->settings->rows, leat_signals_stop(), &demo->rows, error);
    if (status == LEAT_OK)
        leat_demo_view_say(demo->view, "3 tables of a shop hold %s rows\n",
                           leat_human_count(demo->rows, count));
    return status;
}

/* For nobody else to read: a url may hold a password. */
static leat_status write_file(const char *path, leat_buffer *text, leat_error *error)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    bool written = file != NULL && fwrite(text->data, 1, text->length, file) == text->length;
    if (file != NULL && fclose(file) != 0)
        written = false;
    return written ? LEAT_OK : leat_error_system(error, LEAT_FAILED, errno, "cannot write %s", path);
}

/* The demo runs from a config file like any other pipeline, and leaves it to be looked at. */
static leat_status make_config(demo_play *demo, leat_error *error)
{
    leat_buffer text = {0};
    leat_buffer problems = {0};
    char *url = demo->kind->url(&demo->server);
    leat_buffer_printf(&text,
                       "name: demo\n"
                       "source:\n"
                       "  type: %s\n"
                       "  url: \"%s\"\n"
                       "  tables: [\"%s.*\"]\n"
                       "state: leat.db\n",
                       demo->kind->name, url, demo->kind->schema);
    leat_release(url);
    if (to_kafka(demo))
        leat_demo_kafka_config(&demo->kafka, &text);
    else
        leat_buffer_append_string(&text, "sink:\n"
                                         "  type: file\n"
                                         "  path: lake\n");
    char *path = path_in(demo, "demo.yaml");
    leat_status status = write_file(path, &text, error);
    if (status == LEAT_OK)
        status = leat_config_load(path, &demo->config, &problems, error);
    /* A pipeline's server may be away for days; this one is ours, and gone when it does not answer. */
    demo->config.retry.give_up_after = GIVE_UP_AFTER;
    leat_buffer_free(&text);
    leat_buffer_free(&problems);
    leat_release(path);
    return status;
}

/* ---- The run ---- */

static void on_record(void *context, const leat_table_version *version, const leat_record *record)
{
    demo_play *demo = context;
    int64_t committed = -1;
    if (!record->snapshot && demo->workload != NULL)
        committed = leat_demo_workload_commit_time(demo->workload, ++demo->sent);
    if (demo->topics != NULL)
        leat_demo_topics_sent(demo->topics, version, record->snapshot, committed);
    else
        leat_demo_view_record(demo->view, version, record, committed);
}

/* In topics nothing is there before it is committed; the words wait for that. */
static void on_version(void *context, const leat_table_version *version)
{
    demo_play *demo = context;
    leat_buffer words = {0};
    if (version->number > 1)
        leat_buffer_printf(&words, "\n  somebody ran: %s;\n", demo->kind->shop->alteration);
    leat_demo_view_version(demo->view, version, &words);
    if (demo->topics != NULL)
        leat_demo_topics_version(demo->topics, version, leat_buffer_string(&words));
    else
        leat_demo_view_say(demo->view, "%s%s", leat_buffer_string(&words), version->number > 1 ? "\n" : "");
    leat_buffer_free(&words);
}

/* The run ends when every change has arrived, when the last ones take too long, or when nobody looks. */
static void end_when_due(demo_play *demo)
{
    leat_demo_counts counts;
    leat_demo_view_counts(demo->view, &counts);
    bool done = leat_demo_workload_done(demo->workload, &demo->changes);
    int64_t now = leat_clock_monotonic();
    if (done && demo->workload_done_at == 0)
        demo->workload_done_at = now;
    demo->all_arrived = done && counts.changes >= demo->changes;
    demo->too_late = done && !demo->all_arrived && now - demo->workload_done_at > ARRIVAL_PATIENCE;
    if (demo->all_arrived || demo->too_late || counts.nobody_is_watching)
        leat_signals_request_stop();
}

/* Whether every existing row has arrived. In topics they do so a little later than leat is done with them. */
static bool rows_have_arrived(demo_play *demo)
{
    leat_demo_counts counts;
    leat_demo_view_counts(demo->view, &counts);
    int64_t now = leat_clock_monotonic();
    if (demo->streaming_at == 0)
        demo->streaming_at = now;
    int64_t moved_at = counts.moved_at > demo->streaming_at ? counts.moved_at : demo->streaming_at;
    bool arrived = demo->topics == NULL || counts.existing >= demo->rows;
    demo->too_late = !arrived && now - moved_at > ARRIVAL_PATIENCE;
    if (demo->too_late || counts.nobody_is_watching)
        leat_signals_request_stop();
    return arrived;
}

static void on_status(void *context, const leat_pipeline_status *status)
{
    demo_play *demo = context;
    if (status->phase != LEAT_PHASE_STREAMING || leat_signals_stopping())
        return;
    if (demo->workload == NULL && !rows_have_arrived(demo))
        return;
    if (demo->workload == NULL) {
        leat_demo_view_streaming(demo->view);
        demo->workload = leat_demo_workload_start(&demo->server, (int64_t)demo->settings->seconds * SECOND);
    } else {
        end_when_due(demo);
    }
}

static leat_status run_pipeline(demo_play *demo, leat_error *error)
{
    leat_log *log = leat_log_open(STDERR_FILENO, LEAT_LOG_WARNING, LEAT_LOG_TEXT);
    const leat_pipeline_options pipeline = {
        .config = &demo->config,
        .log = log,
        .stop = leat_signals_stop(),
        .observer = {.context = demo, .status = on_status, .record = on_record, .version = on_version},
        .output = STDOUT_FILENO,
    };
    leat_status status = leat_pipeline_run(&pipeline, error);
    /* The workload's failure is the earlier one: without it the run would not have ended so. */
    leat_error workload_error = {0};
    leat_error topics_error = {0};
    if (leat_demo_workload_end(demo->workload, &workload_error) != LEAT_OK && status == LEAT_OK) {
        *error = workload_error;
        status = error->status;
    }
    demo->workload = NULL;
    if (leat_demo_topics_end(demo->topics, &topics_error) != LEAT_OK && status == LEAT_OK) {
        *error = topics_error;
        status = error->status;
    }
    demo->topics = NULL;
    leat_log_close(log);
    if (status == LEAT_OK && demo->too_late)
        return leat_error_set(error, LEAT_FAILED, "the last of %" PRIu64 " %s had not arrived after %d s",
                              demo->workload_done_at == 0 ? demo->rows : demo->changes,
                              demo->workload_done_at == 0 ? "rows" : "changes", ARRIVAL_PATIENCE / SECOND);
    return status == LEAT_OK && !demo->all_arrived ? LEAT_STOPPED : status;
}

static leat_status play(demo_play *demo, leat_error *error)
{
    leat_status status = reach_kafka(demo, error);
    if (status == LEAT_OK)
        status = start_server(demo, error);
    if (status == LEAT_OK)
        status = make_shop(demo, error);
    if (status == LEAT_OK)
        status = make_config(demo, error);
    leat_demo_counts counts;
    leat_demo_view_counts(demo->view, &counts);
    if (status == LEAT_OK && (leat_signals_stopping() || counts.nobody_is_watching))
        status = LEAT_STOPPED;
    if (status == LEAT_OK) {
        leat_demo_view_say(demo->view, "\nleat reads what is there, then streams what is changed:\n\n");
        if (to_kafka(demo))
            status = leat_demo_topics_start(&demo->kafka, demo->view, &demo->topics, error);
    }
    if (status == LEAT_OK) {
        status = run_pipeline(demo, error);
    }
    return status;
}

/* ---- The end ---- */

/* Where the brokers do not allow it, that is told, and the topics stay. */
static void end_topics(demo_play *demo, const leat_demo_outcome *outcome, leat_buffer *out)
{
    leat_demo_kafka *kafka = &demo->kafka;
    const char *prefix = kafka->options.prefix;
    leat_error error = {0};
    size_t removed = 0;
    if (!demo->settings->keep && leat_demo_kafka_remove(kafka, &removed, &error) == LEAT_OK) {
        leat_buffer_printf(out,
                           "\nThe %zu topics %s.* are deleted. With --keep they stay, for\n"
                           "  %s cat kafka://%s/%s.%s.orders\nand other readers.\n",
                           removed, prefix, outcome->program, kafka->options.brokers, prefix,
                           outcome->schema);
        leat_scratch_remove(demo->folder);
    } else {
        if (!demo->settings->keep)
            leat_buffer_printf(out, "\n%s. %s\n", error.message, error.mend);
        leat_demo_kafka_commands(kafka, outcome, demo->config.file, out);
    }
    if (kafka->registry_shown != NULL)
        leat_buffer_printf(out, "The schemas stay in the registry, as %s.*-key and %s.*-value.\n", prefix,
                           prefix);
    kafka->reached = false;
}

static leat_status summarise(demo_play *demo, const leat_demo_outcome *outcome, leat_buffer *out,
                             leat_error *error)
{
    if (!to_kafka(demo))
        return leat_demo_summarise(outcome, &demo->config, out, error);
    leat_status status = leat_demo_kafka_summarise(&demo->kafka, outcome, out, error);
    if (status == LEAT_OK)
        end_topics(demo, outcome, out);
    return status;
}

static leat_status finish(demo_play *demo, leat_error *error)
{
    leat_demo_outcome outcome = {
        .existing_made = demo->rows,
        .changes_made = demo->changes,
        .schema = demo->kind->schema,
        .folder = demo->folder,
        .program = strchr(demo->program, '/') != NULL ? demo->program : "leat",
    };
    leat_demo_view_lags(demo->view, &outcome.typical_lag, &outcome.longest_lag);
    char *command = demo->settings->keep ? leat_demo_server_command(&demo->server) : NULL;
    outcome.server = command;
    leat_buffer text = {0};
    leat_status status = summarise(demo, &outcome, &text, error);
    leat_demo_view_say(demo->view, "\n%sWhat there is now%s\n\n%s",
                       leat_terminal_style(&demo->terminal, LEAT_STYLE_BOLD),
                       leat_terminal_style(&demo->terminal, LEAT_STYLE_PLAIN), leat_buffer_string(&text));
    leat_buffer_free(&text);
    leat_release(command);
    return status;
}

/* Whether there were any. */
static bool remove_topics(demo_play *demo)
{
    leat_error error = {0};
    size_t removed;
    if (!demo->kafka.reached || demo->settings->keep)
        return false;
    if (leat_demo_kafka_remove(&demo->kafka, &removed, &error) == LEAT_OK)
        return removed > 0;
    fprintf(stderr, "leat: the topics %s.* are left: %s\n", demo->kafka.options.prefix, error.message);
    return false;
}

/* What a demo that was cut short has made is of no use to anybody. */
static int clean_up(demo_play *demo, leat_status status, const leat_error *error)
{
    bool keep_server = demo->settings->keep && status == LEAT_OK;
    leat_demo_server_stop(&demo->server, keep_server);
    bool removed_topics = remove_topics(demo);
    if (status != LEAT_OK && demo->folder != NULL && !demo->settings->keep)
        leat_scratch_remove(demo->folder);
    leat_demo_counts counts;
    leat_demo_view_counts(demo->view, &counts);
    if (status == LEAT_STOPPED && !counts.nobody_is_watching)
        fprintf(stderr, "leat: stopped early; the demo's database is stopped and removed%s\n",
                removed_topics ? ", and its topics are deleted" : "");
    leat_demo_view_close(demo->view);
    leat_config_free(&demo->config);
    leat_demo_kafka_close(&demo->kafka);
    leat_release(demo->folder);
    return status == LEAT_OK || status == LEAT_STOPPED ? counts.exit_code : leat_output_failure(error);
}

static int play_demo(const demo_settings *settings, const char *program)
{
    demo_play demo = {
        .settings = settings,
        .kind = kinds[settings->source],
        .program = program,
        .terminal = leat_terminal_look(STDOUT_FILENO),
    };
    leat_error error = {0};
    forget_environment(demo.kind);
    demo.view = leat_demo_view_open(&demo.terminal);
    leat_status status = leat_demo_kafka_open(settings->sink, settings->registry, &demo.kafka, &error);
    if (status == LEAT_OK)
        status = leat_scratch_make("leat-demo", &demo.folder, &error);
    if (status == LEAT_OK)
        status = play(&demo, &error);
    if (status == LEAT_OK)
        status = finish(&demo, &error);
    return clean_up(&demo, status, &error);
}

static int execute(const leat_command *command, const char *program, int count, char **words)
{
    demo_settings settings = {.rows = 10000, .seconds = 6};
    leat_arguments arguments;
    int exit_code;
    if (!leat_cli_parse(command, count, words, &settings, &arguments, &exit_code))
        return exit_code;
    leat_arguments_free(&arguments);
    return play_demo(&settings, program);
}

const leat_command leat_command_demo = {
    .name = "demo",
    .operands = "",
    .least_operands = 0,
    .most_operands = 0,
    .summary = "a database of its own, and its changes arriving",
    .about =
        "Starts a PostgreSQL, or a MariaDB, of its own from the installed binaries, in a temporary folder\n"
        "and reached by a Unix socket only, with three related tables. Replicates them into Avro files\n"
        "while they are being changed, and altered, and shows the events as they arrive. Ends by itself\n"
        "after a few seconds; the database is stopped and removed, the files are kept and named.\n"
        "\n"
        "With --sink the events go to a Kafka that runs already and asks for no login, and are shown as a\n"
        "reader of its topics sees them. The topics have a prefix of their own, and are deleted at the\n"
        "end unless --keep says otherwise; nothing else there is touched.",
    .example = "  leat demo\n"
               "  leat demo --source mariadb\n"
               "  leat demo --sink kafka://localhost:9092 --registry http://localhost:8081\n"
               "  leat demo --rows 1000000 --seconds 20",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .execute = execute,
};
