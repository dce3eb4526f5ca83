/* MariaDB's GTID state: the last transaction of each domain. Text form "0-1-100,1-2-5", sorted by domain. */
#ifndef LEAT_MYSQL_GTID_STATE_H
#define LEAT_MYSQL_GTID_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

typedef struct leat_mariadb_gtid {
    uint32_t domain;
    uint32_t server_id;
    uint64_t sequence;
} leat_mariadb_gtid;

void leat_mariadb_gtid_format(const leat_mariadb_gtid *gtid, leat_buffer *out);

/* Opaque. */
typedef struct leat_mariadb_gtid_state leat_mariadb_gtid_state;

leat_mariadb_gtid_state *leat_mariadb_gtid_state_new(void);
leat_mariadb_gtid_state *leat_mariadb_gtid_state_copy(const leat_mariadb_gtid_state *state);
void leat_mariadb_gtid_state_free(leat_mariadb_gtid_state *state); /* NULL is fine */

/* Advances by what a text names; LEAT_FAILED, with the state as it was, for a text that is none. */
leat_status leat_mariadb_gtid_state_parse(leat_mariadb_gtid_state *state, leat_slice text, leat_error *error);

/* Makes `gtid` the last of its domain. */
void leat_mariadb_gtid_state_advance(leat_mariadb_gtid_state *state, const leat_mariadb_gtid *gtid);

/* Whether the last of `gtid`'s domain has a greater sequence number than `gtid`. */
bool leat_mariadb_gtid_state_is_behind(const leat_mariadb_gtid_state *state, const leat_mariadb_gtid *gtid);

/* Whether every domain of `part` is in `state` with at least the same sequence number. */
bool leat_mariadb_gtid_state_contains(const leat_mariadb_gtid_state *state,
                                      const leat_mariadb_gtid_state *part);
void leat_mariadb_gtid_state_format(const leat_mariadb_gtid_state *state, leat_buffer *out);

#endif
