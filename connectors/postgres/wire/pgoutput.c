#include "postgres/wire/pgoutput.h"

#include <string.h>

#include "base/cursor.h"

/* The fewest bytes that an element can have on the wire, to bound a count before anything is allocated. */
enum { SMALLEST_COLUMN = 10 /* flags, empty name, type, typmod */, SMALLEST_DATUM = 1, OID_BYTES = 4 };

/* One message being read. `problem` says why the cursor was failed, where it is more than a short message. */
typedef struct wire_reader {
    leat_cursor cursor;
    leat_arena *arena;
    const char *problem;
} wire_reader;

static void refuse(wire_reader *reader, const char *problem)
{
    if (!leat_cursor_failed(&reader->cursor))
        reader->problem = problem;
    leat_cursor_fail(&reader->cursor);
}

/* The next byte if it is one of `allowed`; else the message is refused at that byte. */
static char read_choice(wire_reader *reader, const char *allowed, const char *problem)
{
    int next = leat_cursor_peek(&reader->cursor);
    if (next == allowed[0]) /* nearly always */
        return (char)leat_cursor_u8(&reader->cursor);
    if (next == 0 || (next > 0 && strchr(allowed, next) == NULL)) {
        refuse(reader, problem);
        return 0;
    }
    return (char)leat_cursor_u8(&reader->cursor);
}

static uint8_t read_flags(wire_reader *reader, uint8_t known, const char *problem)
{
    int next = leat_cursor_peek(&reader->cursor);
    if (next >= 0 && (next & ~known) != 0)
        refuse(reader, problem);
    return leat_cursor_u8(&reader->cursor);
}

static int64_t read_time(wire_reader *reader)
{
    int64_t since_2000 = (int64_t)leat_cursor_u64be(&reader->cursor);
    int64_t since_1970;
    if (__builtin_add_overflow(since_2000, LEAT_POSTGRES_EPOCH, &since_1970)) {
        refuse(reader, "time out of range");
        return 0;
    }
    return since_1970;
}

static const char *read_text(wire_reader *reader)
{
    return leat_arena_slice_string(reader->arena, leat_cursor_string(&reader->cursor));
}

/* ---- Tuples: the hot path ---- */

/* Four bytes at once; the general reader's loop is what a profile of ten-column rows shows first. */
static inline bool read_length(leat_cursor *cursor, size_t *length)
{
    uint32_t wire;
    leat_slice bytes = leat_cursor_bytes(cursor, sizeof wire);
    if (__builtin_expect(bytes.data == NULL, 0))
        return false;
    memcpy(&wire, bytes.data, sizeof wire);
    *length = __builtin_bswap32(wire);
    return *length <= INT32_MAX;
}

/* One column; false when it cannot be read, with the cursor failed or `problem` set. */
static inline bool read_datum(leat_cursor *cursor, leat_datum *datum, const char **problem)
{
    size_t length;
    switch (leat_cursor_u8(cursor)) {
    case 't':
        if (__builtin_expect(!read_length(cursor, &length), 0)) {
            *problem = "negative length of a column";
            return false;
        }
        datum->value = leat_cursor_bytes(cursor, length);
        datum->kind = LEAT_DATUM_VALUE;
        return !leat_cursor_failed(cursor);
    case 'n':
        datum->value = leat_slice_of(NULL, 0);
        datum->kind = LEAT_DATUM_NULL;
        return true;
    case 'u':
        datum->value = leat_slice_of(NULL, 0);
        datum->kind = LEAT_DATUM_UNCHANGED;
        return true;
    case 'b':
        *problem = "a column in binary form, which was not asked for";
        return false;
    default:
        *problem = "a column of unknown kind";
        return false;
    }
}

static void read_tuple(wire_reader *reader, char kind, leat_pgoutput_tuple *tuple)
{
    size_t count = leat_cursor_u16be(&reader->cursor);
    if (count > leat_cursor_remaining(&reader->cursor) / SMALLEST_DATUM) {
        refuse(reader, "more columns than the message has bytes");
        return;
    }
    tuple->kind = kind;
    tuple->count = count;
    tuple->datums = leat_arena_allocate_array(reader->arena, count, sizeof *tuple->datums);
    leat_cursor cursor = reader->cursor; /* by value, so that the loop keeps it in registers */
    const char *problem = NULL;
    for (size_t i = 0; i < count; i++) {
        if (__builtin_expect(!read_datum(&cursor, &tuple->datums[i], &problem), 0)) {
            reader->cursor = cursor;
            refuse(reader, problem);
            return;
        }
    }
    reader->cursor = cursor;
}

static const char wrong_tuple[] = "a tuple of unexpected kind";

static void read_insert(wire_reader *reader, leat_pgoutput_message *message)
{
    message->relation = leat_cursor_u32be(&reader->cursor);
    read_tuple(reader, read_choice(reader, "N", wrong_tuple), &message->new_tuple);
}

static void read_update(wire_reader *reader, leat_pgoutput_message *message)
{
    message->relation = leat_cursor_u32be(&reader->cursor);
    char kind = read_choice(reader, "NKO", wrong_tuple);
    if (kind != 'N') {
        read_tuple(reader, kind, &message->old_tuple);
        kind = read_choice(reader, "N", wrong_tuple);
    }
    read_tuple(reader, kind, &message->new_tuple);
}

static void read_delete(wire_reader *reader, leat_pgoutput_message *message)
{
    message->relation = leat_cursor_u32be(&reader->cursor);
    read_tuple(reader, read_choice(reader, "KO", wrong_tuple), &message->old_tuple);
}

/* ---- Everything else ---- */

static void read_begin(wire_reader *reader, leat_pgoutput_message *message)
{
    message->lsn = leat_cursor_u64be(&reader->cursor);
    message->commit_time = read_time(reader);
    message->xid = leat_cursor_u32be(&reader->cursor);
}

static void read_commit(wire_reader *reader, leat_pgoutput_message *message)
{
    read_flags(reader, 0, "unknown flags of a commit");
    message->lsn = leat_cursor_u64be(&reader->cursor);
    message->end_lsn = leat_cursor_u64be(&reader->cursor);
    message->commit_time = read_time(reader);
}

static void read_origin(wire_reader *reader, leat_pgoutput_message *message)
{
    message->lsn = leat_cursor_u64be(&reader->cursor);
    message->name = leat_cursor_string(&reader->cursor);
}

static void read_column(wire_reader *reader, leat_postgres_relation_column *column)
{
    column->in_identity = read_flags(reader, 1, "unknown flags of a column") != 0;
    column->name = read_text(reader);
    column->type = leat_cursor_u32be(&reader->cursor);
    column->typmod = leat_cursor_i32be(&reader->cursor);
}

static void read_relation(wire_reader *reader, leat_pgoutput_message *message)
{
    leat_postgres_relation *relation = &message->definition;
    relation->identifier = leat_cursor_u32be(&reader->cursor);
    relation->schema = read_text(reader);
    if (*relation->schema == '\0')
        relation->schema = "pg_catalog";
    relation->name = read_text(reader);
    relation->replica_identity = read_choice(reader, "dnfi", "unknown replica identity");
    size_t count = leat_cursor_u16be(&reader->cursor);
    if (count > leat_cursor_remaining(&reader->cursor) / SMALLEST_COLUMN) {
        refuse(reader, "more columns than the message has room for");
        return;
    }
    leat_postgres_relation_column *columns = leat_arena_allocate_array(reader->arena, count, sizeof *columns);
    for (size_t i = 0; i < count; i++)
        read_column(reader, &columns[i]);
    relation->columns = columns;
    relation->column_count = count;
}

static void read_type(wire_reader *reader, leat_pgoutput_message *message)
{
    message->relation = leat_cursor_u32be(&reader->cursor);
    message->schema = leat_cursor_string(&reader->cursor);
    if (message->schema.length == 0)
        message->schema = leat_slice_of_string("pg_catalog");
    message->name = leat_cursor_string(&reader->cursor);
}

static void read_truncate(wire_reader *reader, leat_pgoutput_message *message)
{
    size_t count = leat_cursor_u32be(&reader->cursor);
    message->flags = read_flags(reader, 3, "unknown flags of a truncate");
    if (count > leat_cursor_remaining(&reader->cursor) / OID_BYTES) {
        refuse(reader, "more tables than the message has room for");
        return;
    }
    Oid *relations = leat_arena_allocate_array(reader->arena, count, sizeof *relations);
    for (size_t i = 0; i < count; i++)
        relations[i] = leat_cursor_u32be(&reader->cursor);
    message->relations = relations;
    message->relation_count = count;
}

static void read_message(wire_reader *reader, leat_pgoutput_message *message)
{
    message->transactional = read_flags(reader, 1, "unknown flags of a logical message") != 0;
    message->lsn = leat_cursor_u64be(&reader->cursor);
    message->name = leat_cursor_string(&reader->cursor);
    uint32_t length = leat_cursor_u32be(&reader->cursor);
    if (length > INT32_MAX)
        refuse(reader, "negative length of a logical message");
    message->content = leat_cursor_bytes(&reader->cursor, length);
}

typedef void (*read_function)(wire_reader *reader, leat_pgoutput_message *message);

typedef struct kind_reader {
    read_function read;
    const char *name;
    bool is_change; /* of a row: only relation and tuples are set */
} kind_reader;

static const kind_reader readers[256] = {
    [LEAT_PGOUTPUT_BEGIN] = {read_begin, "BEGIN", false},
    [LEAT_PGOUTPUT_COMMIT] = {read_commit, "COMMIT", false},
    [LEAT_PGOUTPUT_ORIGIN] = {read_origin, "ORIGIN", false},
    [LEAT_PGOUTPUT_RELATION] = {read_relation, "RELATION", false},
    [LEAT_PGOUTPUT_TYPE] = {read_type, "TYPE", false},
    [LEAT_PGOUTPUT_INSERT] = {read_insert, "INSERT", true},
    [LEAT_PGOUTPUT_UPDATE] = {read_update, "UPDATE", true},
    [LEAT_PGOUTPUT_DELETE] = {read_delete, "DELETE", true},
    [LEAT_PGOUTPUT_TRUNCATE] = {read_truncate, "TRUNCATE", false},
    [LEAT_PGOUTPUT_MESSAGE] = {read_message, "MESSAGE", false},
};

/* Kinds of later protocol versions are known by sight, so that their refusal says what brought them. */
static leat_status refuse_kind(uint8_t kind, leat_error *error)
{
    if (kind != 0 && strchr("bPKrp", kind) != NULL) {
        return leat_error_fail(error, LEAT_OPERATOR,
                               "give the pipeline a slot made without two_phase, and a new snapshot",
                               "pgoutput sent a message of two-phase commit ('%c'): the replication slot has "
                               "two_phase on, which stays with a slot for good",
                               kind);
    }
    if (kind != 0 && strchr("SEcA", kind) != NULL)
        return leat_error_set(error, LEAT_FAILED,
                              "pgoutput sent a message of a streamed transaction ('%c'), which was not asked "
                              "for",
                              kind);
    return leat_error_set(error, LEAT_FAILED, "pgoutput sent a message of unknown kind 0x%02x", kind);
}

static leat_status finish(const wire_reader *reader, const char *name, leat_error *error)
{
    const leat_cursor *cursor = &reader->cursor;
    if (reader->problem != NULL)
        return leat_error_set(error, LEAT_FAILED, "pgoutput %s message: %s at byte %td of %td", name,
                              reader->problem, cursor->failed_at - cursor->start,
                              cursor->end - cursor->start);
    leat_status status = leat_cursor_finish(cursor, LEAT_FAILED, "message", error);
    return leat_error_context(error, status, "pgoutput %s", name);
}

leat_status leat_pgoutput_decode(leat_slice bytes, leat_arena *arena, leat_pgoutput_message *message,
                                 leat_error *error)
{
    wire_reader reader = {.cursor = leat_cursor_open(bytes), .arena = arena};
    if (bytes.length == 0)
        return leat_error_set(error, LEAT_FAILED, "pgoutput sent an empty message");
    uint8_t kind = leat_cursor_u8(&reader.cursor);
    const kind_reader *known = &readers[kind];
    if (known->read == NULL)
        return refuse_kind(kind, error);
    /* To clear the whole message would be half of the work on a small row. */
    if (known->is_change)
        message->old_tuple = message->new_tuple = (leat_pgoutput_tuple){0};
    else
        memset(message, 0, sizeof *message);
    message->kind = (leat_pgoutput_kind)kind;
    known->read(&reader, message);
    if (__builtin_expect(reader.problem != NULL || reader.cursor.failed_at != NULL ||
                             reader.cursor.at != reader.cursor.end,
                         0))
        return finish(&reader, known->name, error);
    return LEAT_OK;
}
