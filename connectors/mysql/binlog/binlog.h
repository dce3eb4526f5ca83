/* Binlog events, decoded: what each says, as slices of the raw event. Stateless but for the format
 * description; every byte goes through the cursor. Sources: MySQL's libs/mysql/binlog/event, MariaDB's
 * sql/log_event.h.
 *
 * The room: this header opens events and parses the small ones; table_map.h, rows.h and payload.h have the
 * large ones. Nothing here knows what an event means for a table or a transaction: that is the stream's. It
 * uses gtid/ and value/layout.h. */
#ifndef LEAT_MYSQL_BINLOG_BINLOG_H
#define LEAT_MYSQL_BINLOG_BINLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"
#include "mysql/gtid/set.h"
#include "mysql/gtid/state.h"

typedef enum leat_binlog_type {
    LEAT_BINLOG_QUERY = 2,
    LEAT_BINLOG_STOP = 3,
    LEAT_BINLOG_ROTATE = 4,
    LEAT_BINLOG_INTVAR = 5,
    LEAT_BINLOG_RAND = 13,
    LEAT_BINLOG_USER_VAR = 14,
    LEAT_BINLOG_FORMAT_DESCRIPTION = 15,
    LEAT_BINLOG_XID = 16,
    LEAT_BINLOG_BEGIN_LOAD_QUERY = 17,
    LEAT_BINLOG_EXECUTE_LOAD_QUERY = 18,
    LEAT_BINLOG_TABLE_MAP = 19,
    LEAT_BINLOG_WRITE_ROWS_V1 = 23,
    LEAT_BINLOG_UPDATE_ROWS_V1 = 24,
    LEAT_BINLOG_DELETE_ROWS_V1 = 25,
    LEAT_BINLOG_INCIDENT = 26,
    LEAT_BINLOG_HEARTBEAT = 27,
    LEAT_BINLOG_IGNORABLE = 28,
    LEAT_BINLOG_ROWS_QUERY = 29,
    LEAT_BINLOG_WRITE_ROWS = 30,
    LEAT_BINLOG_UPDATE_ROWS = 31,
    LEAT_BINLOG_DELETE_ROWS = 32,
    LEAT_BINLOG_GTID = 33,
    LEAT_BINLOG_ANONYMOUS_GTID = 34,
    LEAT_BINLOG_PREVIOUS_GTIDS = 35,
    LEAT_BINLOG_TRANSACTION_CONTEXT = 36,
    LEAT_BINLOG_VIEW_CHANGE = 37,
    LEAT_BINLOG_XA_PREPARE = 38,
    LEAT_BINLOG_PARTIAL_UPDATE_ROWS = 39,
    LEAT_BINLOG_TRANSACTION_PAYLOAD = 40,
    LEAT_BINLOG_HEARTBEAT_V2 = 41,
    LEAT_BINLOG_GTID_TAGGED = 42,
    LEAT_BINLOG_MARIADB_ANNOTATE_ROWS = 160,
    LEAT_BINLOG_MARIADB_CHECKPOINT = 161,
    LEAT_BINLOG_MARIADB_GTID = 162,
    LEAT_BINLOG_MARIADB_GTID_LIST = 163,
    LEAT_BINLOG_MARIADB_START_ENCRYPTION = 164,
    LEAT_BINLOG_MARIADB_QUERY_COMPRESSED = 165,
    LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1 = 166,
    LEAT_BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED_V1 = 167,
    LEAT_BINLOG_MARIADB_DELETE_ROWS_COMPRESSED_V1 = 168,
    LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED = 169,
    LEAT_BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED = 170,
    LEAT_BINLOG_MARIADB_DELETE_ROWS_COMPRESSED = 171,
} leat_binlog_type;

enum {
    LEAT_BINLOG_HEADER_SIZE = 19,
    /* The most that max_allowed_packet, and with it an event, can be; checked where something is inflated. */
    LEAT_BINLOG_MOST_BYTES = 1 << 30,
    LEAT_BINLOG_FLAG_ARTIFICIAL = 0x20,
    LEAT_BINLOG_FLAG_IGNORABLE = 0x80,
};

/* What the FORMAT_DESCRIPTION event says of the events after it. Zero-initialised it stands for "none seen
 * yet", when only an artificial ROTATE may come, whose checksum is what was asked for (CRC32). */
typedef struct leat_binlog_format {
    bool seen;
    bool checksum;            /* events end in a CRC32 */
    bool mariadb;             /* MariaDB's events and habits, as the list of types tells */
    uint8_t post_header[256]; /* length by type; 0 for types it does not list */
    char server_version[51];
    uint32_t created;
} leat_binlog_format;

/* A raw event taken apart. Slices are of the raw event. */
typedef struct leat_binlog_event {
    uint32_t timestamp; /* seconds, as the session set it: data only */
    uint8_t type;       /* leat_binlog_type, or unknown */
    uint32_t server_id;
    uint32_t length;  /* of the whole event */
    uint32_t log_pos; /* end in its file, modulo 2^32; 0: the server does not say */
    uint16_t flags;
    bool mariadb;    /* the format's */
    leat_slice body; /* after the header, without checksum; FORMAT_DESCRIPTION's with its own */
} leat_binlog_event;

/* Takes the header off and verifies length and CRC32. `embedded`: inside a TRANSACTION_PAYLOAD, without a
 * checksum. LEAT_FAILED names type and place. */
leat_status leat_binlog_open(const leat_binlog_format *format, leat_slice raw, bool embedded,
                             leat_binlog_event *event, leat_error *error);

enum { LEAT_BINLOG_TYPE_NAME_SIZE = 32 };

/* "TABLE_MAP", or "type 77". Static, or in `text`, which holds LEAT_BINLOG_TYPE_NAME_SIZE bytes. */
const char *leat_binlog_type_name(uint8_t type, char *text);

/* `body_with_checksum` is what leat_binlog_open gives for a FORMAT_DESCRIPTION. */
leat_status leat_binlog_parse_format(leat_slice body_with_checksum, leat_binlog_format *format,
                                     leat_error *error);

typedef struct leat_binlog_rotate {
    uint64_t offset;
    leat_slice file;
} leat_binlog_rotate;
leat_status leat_binlog_parse_rotate(leat_slice body, leat_binlog_rotate *rotate, leat_error *error);

/* GTID, ANONYMOUS_GTID and GTID_TAGGED of MySQL. */
typedef struct leat_binlog_gtid {
    bool anonymous;
    leat_mysql_gtid gtid;
    int64_t commit_time; /* microseconds since 1970, at the server that sends; 0 unknown (before 8.0.1) */
    uint64_t length;     /* of the transaction in bytes; 0 unknown */
} leat_binlog_gtid;
leat_status leat_binlog_parse_gtid(const leat_binlog_event *event, leat_binlog_gtid *gtid, leat_error *error);

/* A distributed transaction's name, in the one form that all its events are compared by. */
typedef struct leat_binlog_xid {
    uint32_t format;
    leat_slice global;
    leat_slice branch;
} leat_binlog_xid;

/* MARIADB_GTID: replaces BEGIN unless standalone. */
typedef struct leat_binlog_mariadb_gtid {
    leat_mariadb_gtid gtid; /* server_id from the event's header */
    bool standalone;        /* one event follows, and no terminator */
    bool ddl;
    bool transactional;
    bool prepared;  /* XA PREPARE: the group waits for its completion */
    bool completed; /* XA COMMIT or ROLLBACK of `xid` */
    leat_binlog_xid xid;
    bool start_alter; /* binlog_alter_two_phase */
    bool commit_alter;
    bool rollback_alter;
    uint64_t alter_start; /* sequence of the START ALTER that commit and rollback are about */
    bool has_thread;
    uint32_t thread;
} leat_binlog_mariadb_gtid;
leat_status leat_binlog_parse_mariadb_gtid(const leat_binlog_event *event, leat_binlog_mariadb_gtid *gtid,
                                           leat_error *error);

/* QUERY. */
typedef struct leat_binlog_query {
    uint32_t thread;
    uint16_t error_code;
    leat_slice database;
    leat_slice sql;              /* in `charset` */
    uint64_t sql_mode;           /* 0 when not said */
    uint16_t client_collation;   /* 0 when not said */
    uint16_t server_collation;   /* collation_server: what CREATE DATABASE falls back to; 0 when not said */
    uint16_t database_collation; /* 0 when not said */
} leat_binlog_query;
/* For QUERY_COMPRESSED the text is inflated into `arena`; else `arena` is not used. */
leat_status leat_binlog_parse_query(const leat_binlog_event *event, leat_arena *arena,
                                    leat_binlog_query *query, leat_error *error);

typedef struct leat_binlog_xa_prepare {
    bool one_phase; /* committed at once */
    leat_binlog_xid xid;
} leat_binlog_xa_prepare;
leat_status leat_binlog_parse_xa_prepare(const leat_binlog_event *event, leat_binlog_xa_prepare *prepare,
                                         leat_error *error);

/* HEARTBEAT: where the server has got to. */
leat_status leat_binlog_parse_heartbeat(const leat_binlog_event *event, leat_binlog_rotate *place,
                                        leat_error *error);

typedef struct leat_binlog_incident {
    uint16_t number;
    leat_slice message;
} leat_binlog_incident;
leat_status leat_binlog_parse_incident(const leat_binlog_event *event, leat_binlog_incident *incident,
                                       leat_error *error);

#endif
