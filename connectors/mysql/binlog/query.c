/* QUERY, and MariaDB's QUERY_COMPRESSED (sql/log_event.cc of either server, Query_log_event). */
#include "mysql/binlog/inflate.h"
#include "mysql/binlog/read.h"

/* Status variables. What is of no use here is only known by its length. */
enum {
    VARIABLE_SQL_MODE = 1,
    VARIABLE_CHARSET = 4,
    VARIABLE_DATABASE_CHARSET = 8,
};

/* How the variables that are passed over lie: a number of bytes, or one of these. */
enum {
    BEHIND_LENGTH = 101,  /* a byte that says how many follow */
    WITH_NUL = 102,       /* the same and a NUL */
    TWO_TEXTS = 103,      /* user and host, each behind its length */
    DATABASE_NAMES = 104, /* a count and as many texts with NUL */
    PAIRS = 105,          /* a count and as many pairs of u16 */
    ALTER_FLAGS = 106,    /* a byte, and for two bits of it a u64 */
    UNKNOWN = 0,
};

enum { MANY_DATABASES = 254, COMMIT_OR_ROLLBACK_ALTER = 12 };

static const uint8_t variable_sizes[] = {
    [0] = 4,             /* flags */
    [2] = WITH_NUL,      /* catalog, as MySQL 5.0 wrote it */
    [3] = 4,             /* auto increment */
    [5] = BEHIND_LENGTH, /* time zone */
    [6] = BEHIND_LENGTH, /* catalog */
    [7] = 2,             /* names of months */
    [9] = 8,             /* map of tables for a multi-table update */
    [10] = 4,            /* length as the first server wrote it */
    [11] = TWO_TEXTS,    /* definer */
    [12] = DATABASE_NAMES,
    [13] = 3,            /* microseconds */
    [16] = 1,            /* explicit_defaults_for_timestamp */
    [17] = 8,            /* xid of DDL */
    [18] = 2,            /* default collation of utf8mb4 */
    [19] = 1,            /* sql_require_primary_key */
    [20] = 1,            /* default_table_encryption */
    [128] = 3,           /* MariaDB: microseconds */
    [129] = 8,           /* MariaDB: xid of DDL */
    [130] = ALTER_FLAGS, /* MariaDB: part of a two-phase ALTER */
    [131] = PAIRS,       /* MariaDB 11.3: character_set_collations; in front of the charsets */
};

static void skip_database_names(leat_cursor *cursor)
{
    unsigned count = leat_cursor_u8(cursor);
    if (count == MANY_DATABASES)
        return;
    for (unsigned i = 0; i < count; i++)
        (void)leat_cursor_string(cursor);
}

static void skip_alter_flags(leat_cursor *cursor)
{
    if ((leat_cursor_u8(cursor) & COMMIT_OR_ROLLBACK_ALTER) != 0)
        (void)leat_cursor_bytes(cursor, 8);
}

static void skip_text(leat_cursor *cursor)
{
    (void)leat_cursor_bytes(cursor, leat_cursor_u8(cursor));
}

static void skip_variable(leat_cursor *cursor, uint8_t size)
{
    switch (size) {
    case BEHIND_LENGTH:
        skip_text(cursor);
        break;
    case WITH_NUL:
        skip_text(cursor);
        (void)leat_cursor_u8(cursor);
        break;
    case TWO_TEXTS:
        skip_text(cursor);
        skip_text(cursor);
        break;
    case DATABASE_NAMES:
        skip_database_names(cursor);
        break;
    case PAIRS:
        (void)leat_cursor_bytes(cursor, leat_cursor_u8(cursor) * (size_t)4);
        break;
    case ALTER_FLAGS:
        skip_alter_flags(cursor);
        break;
    default:
        (void)leat_cursor_bytes(cursor, size);
    }
}

static uint16_t read_u16(leat_cursor *cursor)
{
    return (uint16_t)leat_cursor_little_endian(cursor, 2);
}

/* False at a code that is unknown: how long it is is unknown too, and with that where the next one begins.
 * Servers write the ones we read first. */
static bool read_variable(leat_cursor *cursor, leat_binlog_query *query)
{
    uint8_t code = leat_cursor_u8(cursor);
    if (code == VARIABLE_SQL_MODE) {
        query->sql_mode = leat_cursor_little_endian(cursor, 8);
    } else if (code == VARIABLE_CHARSET) {
        query->client_collation = read_u16(cursor);
        (void)read_u16(cursor); /* the connection's: what literals are converted to */
        query->server_collation = read_u16(cursor);
    } else if (code == VARIABLE_DATABASE_CHARSET) {
        query->database_collation = read_u16(cursor);
    } else if (code < sizeof variable_sizes && variable_sizes[code] != UNKNOWN) {
        skip_variable(cursor, variable_sizes[code]);
    } else {
        return false;
    }
    return true;
}

static bool read_variables(leat_slice variables, leat_binlog_query *query)
{
    leat_cursor cursor = leat_cursor_open(variables);
    while (leat_cursor_remaining(&cursor) > 0 && read_variable(&cursor, query)) {
    }
    return !leat_cursor_failed(&cursor);
}

static void read_body(leat_cursor *cursor, leat_binlog_query *query)
{
    query->thread = (uint32_t)leat_cursor_little_endian(cursor, 4);
    (void)leat_cursor_little_endian(cursor, 4); /* seconds that it took */
    uint8_t database_length = leat_cursor_u8(cursor);
    query->error_code = read_u16(cursor);
    leat_slice variables = leat_cursor_bytes(cursor, read_u16(cursor));
    query->database = leat_cursor_bytes(cursor, database_length);
    leat_slice nul = leat_cursor_bytes(cursor, 1);
    if (nul.data != NULL && (nul.data[0] != 0 || !read_variables(variables, query)))
        leat_cursor_fail(cursor);
    query->sql = leat_binlog_rest(cursor);
}

/* Statements are seldom compressed, so an inflater is made for each. */
static leat_status inflate_text(const leat_binlog_event *event, leat_arena *arena, leat_binlog_query *query,
                                leat_error *error)
{
    leat_binlog_deflated deflated;
    if (!leat_binlog_deflated_event(query->sql, &deflated))
        return leat_binlog_refuse(event, error, "has a compressed text of an unknown kind");
    void *text = leat_arena_allocate(arena, deflated.length);
    leat_binlog_inflater *inflater = leat_binlog_inflater_new();
    bool inflated = leat_binlog_inflate(inflater, &deflated, text);
    leat_binlog_inflater_free(inflater);
    if (!inflated)
        return leat_binlog_refuse(event, error, "has a compressed text that cannot be inflated");
    query->sql = leat_slice_of(text, deflated.length);
    return LEAT_OK;
}

leat_status leat_binlog_parse_query(const leat_binlog_event *event, leat_arena *arena,
                                    leat_binlog_query *query, leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(event->body);
    *query = (leat_binlog_query){0};
    read_body(&cursor, query);
    leat_status status = leat_binlog_finish(&cursor, event, error);
    if (status == LEAT_OK && event->type == LEAT_BINLOG_MARIADB_QUERY_COMPRESSED)
        return inflate_text(event, arena, query, error);
    return status;
}
