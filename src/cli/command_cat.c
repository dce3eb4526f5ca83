/* leat cat: events in files and topics as JSON lines. */
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "avro/container.h"
#include "avro/json.h"
#include "cli/cat.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "reader/event_files.h"
#include "terminal/output.h"

static const leat_option options[] = {
    {.name = "limit",
     .kind = LEAT_OPTION_NUMBER,
     .offset = offsetof(leat_cat_settings, limit),
     .argument = "N",
     .least = 0,
     .most = UINT64_MAX,
     .help = "at most so many events, of all files and topics together"},
    {.name = "schema",
     .kind = LEAT_OPTION_FLAG,
     .offset = offsetof(leat_cat_settings, schema),
     .help = "show each file's Avro schema instead of its events"},
    {.name = "from",
     .kind = LEAT_OPTION_TEXT,
     .offset = offsetof(leat_cat_settings, from),
     .argument = "PLACE",
     .help = "where to begin in a topic: beginning, end, an offset, or a time (2026-03-10T08:00:00Z)"},
    {.name = "follow",
     .kind = LEAT_OPTION_FLAG,
     .offset = offsetof(leat_cat_settings, follow),
     .help = "at a topic's end, wait for more"},
    {.name = "registry",
     .kind = LEAT_OPTION_TEXT,
     .offset = offsetof(leat_cat_settings, registry),
     .argument = "URL",
     .help = "the schema registry of a topic's messages"},
    {.name = "config",
     .kind = LEAT_OPTION_TEXT,
     .offset = offsetof(leat_cat_settings, config),
     .argument = "CONFIG",
     .help = "a pipeline's config: brokers, registry and logins are taken from its sink"},
};

static leat_status show_record(leat_cat_run *run, leat_json_decoder *decoder, leat_slice *plain,
                               leat_error *error)
{
    /* A record that turns out to be broken leaves no half line behind. */
    size_t whole = run->out.length;
    leat_status status = leat_json_decoder_next(decoder, plain, &run->out, error);
    if (status != LEAT_OK) {
        run->out.length = whole;
        return status;
    }
    leat_buffer_append_byte(&run->out, '\n');
    leat_cat_count(run);
    return LEAT_OK;
}

static leat_status show_block(leat_cat_run *run, leat_json_decoder *decoder, uint64_t records,
                              leat_slice plain, leat_error *error)
{
    for (uint64_t i = 0; i < records && !run->over; i++) {
        leat_status status = show_record(run, decoder, &plain, error);
        if (status != LEAT_OK)
            return status;
    }
    if (!run->over && plain.length > 0)
        return leat_error_set(error, LEAT_FAILED,
                              "a block holds %zu bytes more than its %" PRIu64 " records take", plain.length,
                              records);
    return LEAT_OK;
}

/* The reader names the file in its errors; what is wrong inside a block does not know it. */
static leat_status show_blocks(leat_cat_run *run, leat_container_reader *reader, leat_json_decoder *decoder,
                               const char *path, leat_error *error)
{
    bool end = false;
    leat_status status = LEAT_OK;
    while (status == LEAT_OK && !run->over) {
        uint64_t records = 0;
        leat_slice plain = {0};
        status = leat_container_next_block(reader, &records, &plain, &end, error);
        if (status != LEAT_OK || end)
            break;
        status = show_block(run, decoder, records, plain, error);
        if (status != LEAT_OK)
            leat_error_context(error, status, "%s", path);
    }
    return status;
}

static leat_status show_events(leat_cat_run *run, leat_container_reader *reader, const char *path,
                               leat_error *error)
{
    leat_json_decoder *decoder;
    leat_status status = leat_json_decoder_open(leat_container_schema(reader), &decoder, error);
    if (status != LEAT_OK) {
        leat_error_context(error, status, "%s", path);
        return status;
    }
    status = show_blocks(run, reader, decoder, path, error);
    leat_json_decoder_close(decoder);
    return status;
}

/* Indented where Avro's JSON is JSON to us too, else as it stands in the file. */
static void show_schema(leat_cat_run *run, const char *schema)
{
    json_t *parsed = json_loads(schema, JSON_DECODE_ANY, NULL);
    char *text = parsed == NULL ? NULL : json_dumps(parsed, JSON_INDENT(2) | JSON_ENCODE_ANY);
    leat_buffer_printf(&run->out, "%s\n", text == NULL ? schema : text);
    free(text);
    json_decref(parsed);
}

/* What was read of a broken file before the break is shown; the sentence comes behind it. */
static void show_file(leat_cat_run *run, const char *path)
{
    leat_error error = {0};
    leat_container_reader *reader;
    leat_status status = leat_container_open(path, &reader, &error);
    if (status == LEAT_OK) {
        if (run->settings->schema)
            show_schema(run, leat_container_schema(reader));
        else
            status = show_events(run, reader, path, &error);
        leat_container_reader_close(reader);
    }
    leat_cat_flush(run);
    if (status != LEAT_OK)
        run->exit_code = leat_output_failure(&error);
}

/* What is not there is told before anything is shown. */
static leat_status list_files(const leat_arguments *arguments, leat_event_files *files, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; status == LEAT_OK && i < arguments->operand_count; i++)
        if (!leat_cat_is_topic(arguments->operands[i]))
            status = leat_event_files_add(files, arguments->operands[i], error);
    return status;
}

static void show_topics(leat_cat_run *run, const leat_arguments *arguments)
{
    for (size_t i = 0; i < arguments->operand_count && !run->over; i++)
        if (leat_cat_is_topic(arguments->operands[i]))
            leat_cat_topic(run, arguments->operands[i]);
}

static int cat(const leat_cat_settings *settings, const leat_arguments *arguments)
{
    leat_event_files files = {0};
    leat_error error = {0};
    leat_cat_run run = {.settings = settings, .over = settings->limit == 0};
    if (list_files(arguments, &files, &error) != LEAT_OK) {
        run.exit_code = leat_output_failure(&error);
    } else {
        for (size_t i = 0; i < files.count && !run.over; i++)
            show_file(&run, files.paths[i]);
        show_topics(&run, arguments);
    }
    leat_buffer_free(&run.out);
    leat_event_files_free(&files);
    return run.exit_code;
}

static int execute(const leat_command *command, const char *program, int count, char **words)
{
    (void)program;
    leat_cat_settings settings = {.limit = UINT64_MAX};
    leat_arguments arguments;
    int exit_code;
    if (!leat_cli_parse(command, count, words, &settings, &arguments, &exit_code))
        return exit_code;
    exit_code = cat(&settings, &arguments);
    leat_arguments_free(&arguments);
    return exit_code;
}

const leat_command leat_command_cat = {
    .name = "cat",
    .operands = "FILE|TOPIC...",
    .least_operands = 1,
    .most_operands = SIZE_MAX,
    .summary = "events in files and topics, as JSON lines",
    .about = "Shows the records of Avro object container files, leat's own or anyone's, one line of JSON\n"
             "each. Of a folder, all .avro files below it are shown in the order of their names. Of a torn\n"
             "or broken file, what is whole is shown; the exit code then is 1.\n"
             "\n"
             "Of a topic, named kafka://HOST:PORT/TOPIC, all committed messages are shown with partition,\n"
             "offset, time, key and headers, each partition in order. Avro is read in a registry's framing\n"
             "and in single-object encoding; other bytes are shown as JSON, text or hex.",
    .example = "  leat cat lake/public.orders --limit 10\n"
               "  leat cat lake | jq 'select(.__op == \"d\")'\n"
               "  leat cat kafka://broker:9092/shop.public.orders --registry http://registry:8081 --follow",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .execute = execute,
};
