#include "postgres/wire/wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "base/memory.h"

enum {
    MICROSECONDS_IN_SECOND = 1000 * 1000,
    /* wal_sender_timeout is 60 s by default and seldom under 20. */
    LONGEST_STATUS_SPACING = 10 * MICROSECONDS_IN_SECOND,
    /* A peer that is gone without a word is only noticed by sending to it (keepalives and tcp_user_timeout
     * then end the connection). Silence alone proves nothing: a server may read its log for minutes without
     * finding anything for us, and would begin again after a reconnect. */
    SILENCE_BEFORE_ASKING = 30 * MICROSECONDS_IN_SECOND,
    KEEP_ALIVE_SPACING = 500 * 1000,
    QUESTION_SPACING = 10 * 1000,
    LONGEST_POLL = 100 * 1000, /* how soon a stop is seen */
    FIRST_SLEEP = 500,
    SHORTEST_SLEEP = 100,
    /* A read that brought this much has filled libpq's buffer, which is 16 kB large at first: more is waiting
     * already. */
    FULL_READ = 12 * 1024,
    /* libpq's buffer doubles when it is read into without being emptied, and stays as large: fewer reads,
     * each with an acknowledgement of TCP's behind it. */
    GROWING_READS = 4, /* up to 64 kB */
    FULL_GROWN_READ = 48 * 1024,
    FAREWELL = 300 * 1000,
};

/* The server sends each message by itself, so a reader that wakes for each spends its time on system calls.
 * While data flows it sleeps between reads, for as long as it takes to find about so many messages: more
 * would fill the socket and stop the server. A Unix socket holds fewer than 300 small ones; TCP's buffer
 * grows with what is taken out of it. */
typedef struct gathering {
    size_t messages;
    int64_t longest_sleep;
} gathering;

static const gathering from_unix_socket = {.messages = 150, .longest_sleep = 2000};
static const gathering from_tcp = {.messages = 600, .longest_sleep = 4000};

struct leat_postgres_wire {
    const leat_source_options *options;
    leat_postgres_session *session;
    PGconn *connection;
    char *buffer; /* libpq's copy of the present message */
    leat_lsn received;
    leat_lsn acknowledged;
    leat_lsn server_end;
    int64_t status_sent_at;
    int64_t heard_at;
    int64_t asked_at;
    bool question_open; /* a keepalive was asked for and has not come */
    bool server_waits;  /* asked for an answer, and nobody has taken the question yet */
    bool output_waits;  /* libpq could not send everything at once */
    bool broken;        /* nothing more can be read; what has arrived is still to be taken */
    bool encrypted;     /* libpq then gives no more than one record a read */
    bool grown;         /* libpq's buffer is */
    const gathering *gathering;
    int64_t sleep;   /* while data flows */
    size_t gathered; /* messages since the last pause */
    size_t messages; /* taken since the last read */
    size_t bytes;
};

static bool is_local(PGconn *connection)
{
    struct sockaddr_storage name = {0};
    socklen_t length = sizeof name;
    return getsockname(PQsocket(connection), (struct sockaddr *)&name, &length) == 0 &&
           name.ss_family == AF_UNIX;
}

leat_postgres_wire *leat_postgres_wire_open(const leat_source_options *options,
                                            leat_postgres_session *session, leat_lsn from)
{
    leat_postgres_wire *wire = leat_allocate(sizeof *wire);
    wire->options = options;
    wire->session = session;
    wire->connection = leat_postgres_session_connection(session);
    wire->received = from;
    wire->acknowledged = from;
    wire->heard_at = leat_clock_monotonic();
    wire->encrypted = PQsslInUse(wire->connection) != 0 || PQgssEncInUse(wire->connection) != 0;
    wire->gathering = is_local(wire->connection) ? &from_unix_socket : &from_tcp;
    (void)PQsetnonblocking(wire->connection, 1);
    return wire;
}

/* ---- Out ---- */

static void append_big_endian(leat_buffer *out, uint64_t value)
{
    for (unsigned shift = 64; shift > 0; shift -= 8)
        leat_buffer_append_byte(out, (uint8_t)(value >> (shift - 8)));
}

static leat_status lost(leat_postgres_wire *wire, leat_error *error)
{
    return leat_postgres_failure(wire->connection, NULL, error, "the replication connection to %s:%s broke",
                                 PQhost(wire->connection), PQport(wire->connection));
}

static leat_status flush(leat_postgres_wire *wire, leat_error *error)
{
    int left = PQflush(wire->connection);
    wire->output_waits = left == 1;
    return left < 0 ? lost(wire, error) : LEAT_OK;
}

/* Standby status update: written, flushed and applied positions, our clock, whether we want an answer. */
static void encode_status(const leat_postgres_wire *wire, bool ask, leat_buffer *out)
{
    leat_buffer_append_byte(out, 'r');
    append_big_endian(out, wire->received);
    append_big_endian(out, wire->acknowledged);
    append_big_endian(out, wire->acknowledged);
    append_big_endian(out, (uint64_t)(leat_clock_wall() - LEAT_POSTGRES_EPOCH));
    leat_buffer_append_byte(out, ask ? 1 : 0);
}

/* libpq takes it whole or not at all (its buffer is full because the server does not read); then the next
 * time it is due will do, as a later status says all that an earlier one did. */
static leat_status send_status(leat_postgres_wire *wire, bool ask, leat_error *error)
{
    leat_buffer status = {0};
    encode_status(wire, ask, &status);
    int taken = PQputCopyData(wire->connection, (const char *)status.data, (int)status.length);
    leat_buffer_free(&status);
    if (taken < 0)
        return lost(wire, error);
    wire->status_sent_at = leat_clock_monotonic();
    if (taken > 0 && ask) {
        wire->question_open = true;
        wire->asked_at = wire->status_sent_at;
    }
    return flush(wire, error);
}

static leat_status send_due_status(leat_postgres_wire *wire, int64_t now, leat_error *error)
{
    int64_t spacing = wire->options->heartbeat_every < LONGEST_STATUS_SPACING ? wire->options->heartbeat_every
                                                                              : LONGEST_STATUS_SPACING;
    bool ask = !wire->question_open && now - wire->heard_at >= SILENCE_BEFORE_ASKING;
    if (ask || now - wire->status_sent_at >= spacing)
        return send_status(wire, ask, error);
    return LEAT_OK;
}

leat_lsn leat_postgres_wire_server_end(const leat_postgres_wire *wire)
{
    return wire->server_end;
}

bool leat_postgres_wire_server_waits(leat_postgres_wire *wire)
{
    bool waits = wire->server_waits && wire->acknowledged < wire->server_end;
    wire->server_waits = false;
    return waits;
}

void leat_postgres_wire_received(leat_postgres_wire *wire, leat_lsn lsn)
{
    if (lsn > wire->received)
        wire->received = lsn;
}

leat_status leat_postgres_wire_acknowledge(leat_postgres_wire *wire, leat_lsn lsn, leat_error *error)
{
    if (lsn > wire->received) {
        char wanted[LEAT_LSN_TEXT_SIZE];
        char received[LEAT_LSN_TEXT_SIZE];
        return leat_error_set(error, LEAT_FAILED,
                              "refused to acknowledge %s, as only %s was received: the log between would be "
                              "lost",
                              leat_lsn_format(lsn, wanted), leat_lsn_format(wire->received, received));
    }
    if (lsn <= wire->acknowledged)
        return LEAT_OK;
    wire->acknowledged = lsn;
    return send_status(wire, false, error);
}

leat_status leat_postgres_wire_keep_alive(leat_postgres_wire *wire, leat_error *error)
{
    int64_t now = leat_clock_monotonic();
    if (!wire->question_open && now - wire->asked_at >= QUESTION_SPACING)
        return send_status(wire, true, error);
    if (now - wire->status_sent_at >= KEEP_ALIVE_SPACING)
        return send_status(wire, false, error);
    return wire->output_waits ? flush(wire, error) : LEAT_OK;
}

/* ---- In ---- */

static leat_status take_data(leat_cursor *cursor, leat_postgres_frame *frame, leat_error *error)
{
    frame->start = leat_cursor_u64be(cursor);
    (void)leat_cursor_u64be(cursor); /* for a logical slot the same again */
    /* Wrapping is harmless: a clock that far out is a wrong clock, and only messages show it. */
    frame->sent_at = (int64_t)(leat_cursor_u64be(cursor) + (uint64_t)LEAT_POSTGRES_EPOCH);
    frame->payload = leat_cursor_bytes(cursor, leat_cursor_remaining(cursor));
    return leat_cursor_finish(cursor, LEAT_FAILED, "the server's XLogData", error);
}

static leat_status take_keepalive(leat_postgres_wire *wire, leat_cursor *cursor, leat_error *error)
{
    leat_lsn end = leat_cursor_u64be(cursor);
    (void)leat_cursor_u64be(cursor); /* the server's clock */
    bool reply = leat_cursor_u8(cursor) != 0;
    leat_status status = leat_cursor_finish(cursor, LEAT_FAILED, "the server's keepalive", error);
    if (status != LEAT_OK)
        return status;
    wire->question_open = false;
    wire->server_waits = wire->server_waits || reply;
    if (end > wire->server_end)
        wire->server_end = end;
    return reply ? send_status(wire, false, error) : LEAT_OK;
}

/* One message of the COPY; `found` when it is XLogData. */
static leat_status take(leat_postgres_wire *wire, size_t length, leat_postgres_frame *frame, bool *found,
                        leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(leat_slice_of(wire->buffer, length));
    wire->messages++;
    wire->bytes += length;
    uint8_t kind = leat_cursor_u8(&cursor);
    if (__builtin_expect(kind == 'w', 1)) {
        *found = true;
        return take_data(&cursor, frame, error);
    }
    if (kind == 'k')
        return take_keepalive(wire, &cursor, error);
    return leat_error_set(error, LEAT_FAILED, "the server sent a replication message of unknown kind 0x%02x",
                          kind);
}

/* The COPY is over: why, stands in the result behind it (a failure may come this late, as the server looks up
 * its publication at the first change). */
static leat_status ended(leat_postgres_wire *wire, leat_error *error)
{
    PGresult *result = PQgetResult(wire->connection);
    leat_status status;
    if (result != NULL && PQresultStatus(result) == PGRES_FATAL_ERROR)
        status = leat_postgres_failure(wire->connection, result, error, "the server ended the stream");
    else if (PQstatus(wire->connection) == CONNECTION_BAD)
        status = lost(wire, error);
    else
        status = leat_error_set(error, LEAT_RETRY,
                                "the server ended the stream without an error: it is shutting down");
    PQclear(result);
    return status;
}

leat_status leat_postgres_wire_fetch(leat_postgres_wire *wire, leat_postgres_frame *frame, bool *found,
                                     leat_error *error)
{
    leat_status status = LEAT_OK;
    *found = false;
    while (status == LEAT_OK && !*found) {
        PQfreemem(wire->buffer);
        wire->buffer = NULL;
        int length = PQgetCopyData(wire->connection, &wire->buffer, 1);
        if (length == 0)
            return wire->broken ? lost(wire, error) : LEAT_OK;
        if (length == -1)
            return ended(wire, error);
        if (length < 0)
            return lost(wire, error);
        status = take(wire, (size_t)length, frame, found, error);
    }
    return status;
}

static leat_status poll_socket(leat_postgres_wire *wire, int64_t wait, bool *ready, leat_error *error)
{
    short events = (short)(wire->output_waits ? POLLIN | POLLOUT : POLLIN);
    struct pollfd socket = {.fd = PQsocket(wire->connection), .events = events};
    const struct timespec timeout = {.tv_sec = wait / MICROSECONDS_IN_SECOND,
                                     .tv_nsec = wait % MICROSECONDS_IN_SECOND * 1000};
    int count = ppoll(&socket, 1, &timeout, NULL);
    if (count < 0 && errno != EINTR)
        return leat_error_system(error, LEAT_RETRY, errno, "cannot wait for the replication connection");
    *ready = count > 0;
    return LEAT_OK;
}

static int64_t limited(int64_t wait, int64_t most)
{
    return wait < 0 ? 0 : wait > most ? most : wait;
}

static void adapt_sleep(leat_postgres_wire *wire)
{
    size_t wanted = wire->gathering->messages;
    if (wire->gathered > wanted)
        wire->sleep = wire->sleep / 2 < SHORTEST_SLEEP ? SHORTEST_SLEEP : wire->sleep / 2;
    else if (wire->gathered < wanted / 2)
        wire->sleep = limited(wire->sleep * 2, wire->gathering->longest_sleep);
}

static bool is_full(const leat_postgres_wire *wire)
{
    return wire->bytes >= (wire->grown ? FULL_GROWN_READ : FULL_READ);
}

/* Lets time pass until a read is worth its system call. The first messages after a quiet time are never kept
 * waiting: they end a poll. */
static leat_status pause(leat_postgres_wire *wire, int64_t wait, bool *ready, leat_error *error)
{
    *ready = true;
    if (is_full(wire) || (wire->encrypted && wire->messages > 0))
        return LEAT_OK;
    if (wire->gathered == 0 || wire->output_waits) {
        wire->sleep = FIRST_SLEEP;
        return poll_socket(wire, limited(wait, LONGEST_POLL), ready, error);
    }
    leat_clock_sleep(limited(wait, wire->sleep));
    adapt_sleep(wire);
    wire->gathered = 0;
    return LEAT_OK;
}

/* A poll does not see what stands decrypted in the TLS library, half a record at most: a second read takes
 * it.
 */
static bool read_arrived(leat_postgres_wire *wire, bool ready)
{
    bool alive = true;
    unsigned reads = wire->encrypted ? 2 : ready ? 1 : 0;
    if (!wire->encrypted && !wire->grown && is_full(wire))
        reads = GROWING_READS;
    wire->messages = wire->bytes = 0;
    for (unsigned i = 0; i < reads && alive; i++)
        alive = PQconsumeInput(wire->connection) != 0;
    wire->grown = wire->grown || reads == GROWING_READS;
    return alive;
}

leat_status leat_postgres_wire_wait(leat_postgres_wire *wire, int64_t deadline, leat_error *error)
{
    int64_t now = leat_clock_monotonic();
    if (wire->messages > 0)
        wire->heard_at = now;
    wire->gathered += wire->messages;
    if (leat_stop_requested(wire->options->stop))
        return leat_error_set(error, LEAT_STOPPED, "asked to stop");
    leat_status status = send_due_status(wire, now, error);
    bool ready = false;
    if (status == LEAT_OK)
        status = pause(wire, deadline - now, &ready, error);
    if (status == LEAT_OK && wire->output_waits)
        status = flush(wire, error);
    if (status != LEAT_OK)
        return status;
    wire->broken = !read_arrived(wire, ready);
    return LEAT_OK;
}

/* ---- The end ---- */

/* Reads and forgets what still comes. True when the server has ended its side. */
static bool drain(leat_postgres_wire *wire)
{
    char *ignored = NULL;
    int length;
    while ((length = PQgetCopyData(wire->connection, &ignored, 1)) > 0)
        PQfreemem(ignored);
    return length < 0;
}

/* A socket that is closed while unread data stands in it is reset, and the reset may overtake our last
 * status: so the server gets a moment to answer. */
static void say_goodbye(leat_postgres_wire *wire)
{
    leat_error ignored;
    bool ready;
    if (send_status(wire, false, &ignored) != LEAT_OK || PQputCopyEnd(wire->connection, NULL) < 0 ||
        PQflush(wire->connection) < 0)
        return;
    int64_t until = leat_clock_monotonic() + FAREWELL;
    for (int64_t now; !drain(wire) && (now = leat_clock_monotonic()) < until;)
        if (poll_socket(wire, until - now, &ready, &ignored) != LEAT_OK || !PQconsumeInput(wire->connection))
            return;
}

void leat_postgres_wire_close(leat_postgres_wire *wire)
{
    if (wire == NULL)
        return;
    PQfreemem(wire->buffer);
    if (PQstatus(wire->connection) == CONNECTION_OK)
        say_goodbye(wire);
    leat_postgres_session_close(wire->session);
    leat_release(wire);
}
