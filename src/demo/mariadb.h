/* MariaDB's part of the demo, by files: its programs and server, its clients, its shop. */
#ifndef LEAT_DEMO_MARIADB_H
#define LEAT_DEMO_MARIADB_H

#include "demo/server.h"

/* The path of the server's socket. Heap. */
char *leat_demo_mariadb_socket(const leat_demo_server *server);

bool leat_demo_mariadb_takes_connections(const leat_demo_server *server);
leat_status leat_demo_mariadb_connect(const leat_demo_server *server, const char *database,
                                      leat_demo_client **client, leat_error *error);
leat_status leat_demo_mariadb_query(leat_demo_client *client, const char *sql, uint64_t *rows,
                                    uint64_t *value, leat_error *error);
void leat_demo_mariadb_close(leat_demo_client *client);

extern const leat_demo_shop leat_demo_mariadb_shop;

#endif
