/* What in the log cannot be gone on from: the sentences, and what to do. */
#include "mysql/stream/stream_internal.h"

leat_status leat_mysql_refuse_rollback(const leat_mysql_stream *stream, leat_error *error)
{
    return leat_error_fail(error, LEAT_OPERATOR, "Start anew with another state file and an empty sink",
                           "transaction %s in %s was rolled back, but is so large that rows of it were "
                           "delivered before its end was seen",
                           (const char *)stream->current.name.data, leat_mysql_place_file(&stream->place));
}

leat_status leat_mysql_refuse_savepoint(const leat_mysql_stream *stream, const char *name, leat_error *error)
{
    return leat_error_fail(error, LEAT_OPERATOR, "Start anew with another state file and an empty sink",
                           "transaction %s in %s was rolled back to a savepoint \"%s\" that the log does not "
                           "set: which rows were rolled back cannot be told",
                           (const char *)stream->current.name.data, leat_mysql_place_file(&stream->place),
                           name);
}

leat_status leat_mysql_refuse_prepared(const leat_mysql_stream *stream, leat_error *error)
{
    return leat_error_fail(
        error, LEAT_OPERATOR,
        "Start anew with another state file and an empty sink, so that a new snapshot sees those rows",
        "transaction %s commits an XA transaction that was prepared before this pipeline began, or whose "
        "file is gone from %s: its rows cannot be known",
        (const char *)stream->current.name.data, stream->options.source->folder);
}

leat_status leat_mysql_refuse_unlogged_rows(const leat_mysql_stream *stream,
                                            const leat_mysql_table_name *table, leat_error *error)
{
    if (table == NULL)
        leat_error_set(
            error, LEAT_OPERATOR,
            "transaction %s in %s changed rows by a statement that is not in row format, and which "
            "tables it touched cannot be told",
            (const char *)stream->current.name.data, leat_mysql_place_file(&stream->place));
    else
        leat_error_set(
            error, LEAT_OPERATOR,
            "transaction %s in %s changed rows of %s.%s by a statement that is not in row format: what "
            "they are now cannot be told",
            (const char *)stream->current.name.data, leat_mysql_place_file(&stream->place), table->database,
            table->name);
    leat_error_mend(error, "Let every session use binlog_format = ROW, and start anew with another state "
                           "file and an empty sink, so that a new snapshot sees those rows");
    return LEAT_OPERATOR;
}

leat_status leat_mysql_refuse_load(const leat_mysql_stream *stream, leat_error *error)
{
    return leat_error_fail(
        error, LEAT_OPERATOR,
        "Let every session use binlog_format = ROW, and start anew with another state file and an empty sink",
        "transaction %s in %s loaded rows by LOAD DATA in statement format: what they are cannot be told",
        (const char *)stream->current.name.data, leat_mysql_place_file(&stream->place));
}
