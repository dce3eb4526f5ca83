/* The seam of the demo: all that differs between the kinds of databases it can show. */
#ifndef LEAT_DEMO_KIND_H
#define LEAT_DEMO_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "demo/words.h"

typedef struct leat_demo_server leat_demo_server;

/* A connection; each kind has its own. */
typedef struct leat_demo_client leat_demo_client;

/* The installed programs of a server. Heap texts. */
typedef struct leat_demo_binaries {
    char *server;  /* its path */
    char *maker;   /* the path of what makes its first data: a program, or SQL for the server itself */
    char *version; /* "15.4" */
} leat_demo_binaries;

/* The shop's life as SQL. $1 and $2 stand for whole numbers. Lists are ended by NULL. */
typedef struct leat_demo_shop {
    const char *database;      /* makes the database "shop" */
    const char *const *tables; /* in it: makes customers, orders and order_items */
    const char *customers;     /* makes those numbered $1 to $2 */
    const char *orders;        /* of all customers; $1 to $2 */
    const char *items;         /* two for each of the orders $1 to $2 */
    const char *analyse;       /* so that the server knows how large its tables are */

    /* What customers do; somebody or something is the first that has the number $1 or a higher one. */
    const char *place_order; /* gives the order's number */
    const char *place_gift;  /* likewise, after the alteration */
    const char *add_items;   /* to the order $1, what $2 makes of it */
    const char *add_up;      /* the order $1 */
    const char *move_on;     /* an order */
    const char *visit;       /* of a customer */
    const char *join;        /* of a new customer, unless $1 is one already */
    const char *some_order;  /* gives an order's number */
    const char *forget_items;
    const char *forget_order;
    const char *alteration;
} leat_demo_shop;

typedef struct leat_demo_kind {
    const char *name;             /* what --source and a config's source.type call it */
    const char *title;            /* what people call it */
    const char *schema;           /* what the names of the shop's tables begin with */
    const char *const *users;     /* who can run it for root, the best one first */
    const char *const *variables; /* of the environment, that are set for the user's own databases */
    const leat_demo_shop *shop;

    /* ---- Its programs ---- */
    const char *const *programs;    /* what the server's may be called */
    const char *const *places;      /* folders where it may be besides those of PATH; patterns */
    const char *const *ask_folder;  /* a command that prints one more folder; NULL for none */
    const char *const *ask_version; /* options by which the program prints its version */
    const char *oldest;             /* version that will do */
    const char *maker;              /* what its maker is called */
    const char *package;            /* of Debian, that has both */
    /* The version, heap, in what the program prints; NULL where it is another program. */
    char *(*read_version)(const char *printed);
    /* What makes the data of the server at this path; heap, or NULL where that is not installed. */
    char *(*find_maker)(const char *server);

    /* ---- Its server ---- */
    /* The words of the command that makes the data in the empty folder "data", and what it has to read. */
    leat_status (*make)(const leat_demo_server *server, leat_demo_words *words, leat_buffer *input,
                        leat_error *error);
    /* The words of the command that runs the server on it. */
    void (*run)(const leat_demo_server *server, leat_demo_words *words);
    const char *const *haste; /* options for a server of whose data nothing has to survive */
    int end;                  /* the signal by which it ends soon and in order */
    bool (*takes_connections)(const leat_demo_server *server);
    char *(*url)(const leat_demo_server *server); /* for a config; heap */

    /* ---- Its clients ---- */
    /* `database` NULL: none of ours yet. Whatever the outcome, close `client`; one thread. */
    leat_status (*connect)(const leat_demo_server *server, const char *database, leat_demo_client **client,
                           leat_error *error);
    /* `rows` (may be NULL) grows by the rows that were changed, `value` (may be NULL) gets the number that
     * came back, where one did. */
    leat_status (*query)(leat_demo_client *client, const char *sql, uint64_t *rows, uint64_t *value,
                         leat_error *error);
    void (*close)(leat_demo_client *client);
} leat_demo_kind;

extern const leat_demo_kind leat_demo_postgres;
extern const leat_demo_kind leat_demo_mariadb;

#endif
