/* The url of a MySQL or MariaDB source:
 *
 *   mysql://USER[:PASSWORD]@HOST[:PORT][,HOST[:PORT]...][/][?tls=MODE&ca=FILE&cert=FILE&key=FILE&socket=PATH]
 *
 * `mariadb://` is the same. User and password are percent-decoded; an IPv6 host stands in brackets. tls is
 * `verify` (chain and host name), `required` (encrypted, unverified), `preferred` (default) or `off`; with
 * `ca` given and no tls, `verify`. `socket` is a Unix socket's path and stands for the host. A database in
 * the path is refused with a mend: tables name it. */
#ifndef LEAT_MYSQL_SERVER_URL_H
#define LEAT_MYSQL_SERVER_URL_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

typedef enum leat_mysql_tls {
    LEAT_MYSQL_TLS_PREFERRED,
    LEAT_MYSQL_TLS_OFF,
    LEAT_MYSQL_TLS_REQUIRED,
    LEAT_MYSQL_TLS_VERIFY,
} leat_mysql_tls;

typedef struct leat_mysql_host {
    const char *name;
    unsigned port;
} leat_mysql_host;

/* Texts live in the arena that it was parsed into. */
typedef struct leat_mysql_url {
    const char *user;
    const char *password; /* NULL for none */
    const leat_mysql_host *hosts;
    size_t host_count;
    const char *socket; /* NULL for TCP */
    leat_mysql_tls tls;
    const char *ca;
    const char *certificate;
    const char *key;
} leat_mysql_url;

/* LEAT_USAGE names what is wrong, never the password. */
leat_status leat_mysql_url_parse(const char *text, leat_arena *arena, leat_mysql_url *url, leat_error *error);

#endif
