/* Where the stream stands in the log: the position that every transaction that has ended is part of, and the
 * file that events are read from. */
#ifndef LEAT_MYSQL_STREAM_PLACE_H
#define LEAT_MYSQL_STREAM_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "mysql/gtid/position.h"

/* What a transaction adds to a position's GTIDs. */
typedef struct leat_mysql_transaction_gtid {
    enum { LEAT_MYSQL_NO_GTID, LEAT_MYSQL_SET_GTID, LEAT_MYSQL_STATE_GTID } kind;
    leat_mysql_gtid set;     /* of MySQL */
    leat_mariadb_gtid state; /* of MariaDB */
} leat_mysql_transaction_gtid;

enum { LEAT_MYSQL_ORDER_SIZE = 16 };

/* Pump thread. Zero-initialise; owns what it points to. Its fields are read by all of the stream, and written
 * by the functions below alone. */
typedef struct leat_mysql_place {
    leat_mysql_position position; /* covers every transaction that has ended */
    leat_buffer position_text;    /* of `position`, where it is valid */
    bool position_text_valid;
    leat_buffer file;     /* that events are read from now */
    uint64_t file_number; /* at the end of its name; 0: it has none */
    uint64_t next_offset; /* of the next event in it, where the server does not say */
    bool moved;           /* `position` went on and no event said so yet */
    int64_t moved_said;   /* monotonic time when moves were told by an event of their own */
    unsigned moves;       /* since an event said the position */
    uint64_t covered;     /* transactions that ended since the stream began */
    uint8_t order[LEAT_MYSQL_ORDER_SIZE];
} leat_mysql_place;

void leat_mysql_place_open(leat_mysql_place *place, const leat_mysql_position *from);
void leat_mysql_place_clear(leat_mysql_place *place);

/* The text of the position, for as long as it does not move. */
const char *leat_mysql_place_position_text(leat_mysql_place *place);

/* The key of the position (leat_log_place.order), until it is asked for again. */
leat_slice leat_mysql_place_order(leat_mysql_place *place);

/* The file's name, for as long as no other is entered. */
static inline const char *leat_mysql_place_file(const leat_mysql_place *place)
{
    return place->file.length == 0 ? "" : (const char *)place->file.data;
}

/* From here on events are of that file, the next one at `offset`; the position stays. True when it is another
 * file than before. */
bool leat_mysql_place_enter_file(leat_mysql_place *place, leat_slice file, uint64_t offset);

/* Between transactions: the log was read up to there. A position that is behind it moves. */
void leat_mysql_place_reach(leat_mysql_place *place, leat_slice file, uint64_t offset);

/* A transaction has ended at `end` of the file: the position covers it. LEAT_FAILED, and nothing moves, when
 * its GTID is one that MariaDB's position has left behind: by it, the position would go back. */
leat_status leat_mysql_place_cover(leat_mysql_place *place, const leat_mysql_transaction_gtid *gtid,
                                   uint64_t end, leat_error *error);

/* Appends the text of the position as it will be when a transaction ends at `end` of the file. */
void leat_mysql_place_format_behind(const leat_mysql_place *place, const leat_mysql_transaction_gtid *gtid,
                                    uint64_t end, leat_buffer *out);

/* An event is given that has the position. */
void leat_mysql_place_said(leat_mysql_place *place);

enum { LEAT_MYSQL_SEQUENCE_SIZE = 25 };

/* A transaction's sequence (leat_transaction.sequence), into `text` of LEAT_MYSQL_SEQUENCE_SIZE: 24 hex
 * digits of epoch, number of the binlog file, and the place in it where the transaction begins. */
void leat_mysql_sequence(unsigned epoch, uint64_t file_number, uint64_t offset, char *text);

#endif
