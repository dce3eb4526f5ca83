/* The words that settings choose among. For settings.c alone. */
#ifndef LEAT_CONFIG_SETTINGS_CHOICES_H
#define LEAT_CONFIG_SETTINGS_CHOICES_H

#include "config/config.h"
#include "config/settings.h"

static const leat_choice source_types[] = {
    {"postgres", 0, "PostgreSQL 14 to 18, by logical replication with `pgoutput`"},
    {"mysql", 0, "MySQL 5.7 to 9, by its binary log in row format"},
    {"mariadb", 0, "MariaDB 10.3 to 12, by its binary log in row format"},
};

static const leat_choice sink_types[] = {
    {"file", 0, "Avro object container files in a folder tree, each row in exactly one of them"},
    {"kafka", 0,
     "a topic for each table on Kafka, or on what speaks its protocol, with or without a schema registry"},
    {"stdout", 0,
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

static const leat_choice deliveries[] = {
    {"exactly_once", LEAT_DELIVERY_EXACTLY_ONCE,
     "records and position are committed in one Kafka transaction; readers with `read_committed` see each "
     "record once"},
    {"at_least_once", LEAT_DELIVERY_AT_LEAST_ONCE,
     "no transactions; after a crash the last records may come again"},
};

static const leat_choice cleanups[] = {
    {"delete", 0, "old records go by age or size, as the topic says"},
    {"compact", 0, "the last record of each key stays"},
    {"compact,delete", 0, "both"},
};

static const leat_choice larges[] = {
    {"fail", LEAT_LARGE_FAIL, "leat stops with the table, the key and the size"},
    {"spill", LEAT_LARGE_SPILL,
     "the value goes to a file in `sink.spill_path`, and its message says which, in the header "
     "`leat.spilled`"},
};

#endif
