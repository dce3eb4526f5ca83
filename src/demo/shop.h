/* The demo's shop: a database with three related tables. */
#ifndef LEAT_DEMO_SHOP_H
#define LEAT_DEMO_SHOP_H

#include "demo/server.h"
#include "leat/stop.h"

/* Its life in the words of each kind of database. */
extern const leat_demo_shop leat_demo_postgres_shop;
extern const leat_demo_shop leat_demo_mariadb_shop;

/* Makes the database "shop" on the server, and in it three tables with about `rows` rows altogether. Gives
 * how many there are. LEAT_STOPPED when `stop` said so meanwhile. */
leat_status leat_demo_shop_make(const leat_demo_server *server, uint64_t rows, leat_stop stop, uint64_t *made,
                                leat_error *error);

#endif
