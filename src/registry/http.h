/* Requests to the schema registry: what is sent, and how much is taken back. */
#ifndef LEAT_REGISTRY_HTTP_H
#define LEAT_REGISTRY_HTTP_H

#include "registry/registry.h"

/* Opaque. One thread; keeps its connection. */
typedef struct leat_registry_http leat_registry_http;

leat_status leat_registry_http_open(const leat_registry_options *options, leat_registry_http **http,
                                    leat_error *error);
void leat_registry_http_close(leat_registry_http *http); /* NULL is fine */

/* The url without user, password, and slashes at its end. Lives as long as `http`. */
const char *leat_registry_http_url(const leat_registry_http *http);

/* A segment of a path, escaped. Heap. */
char *leat_registry_http_escape(const leat_registry_http *http, const char *segment);

/* Asks for `path` ("/config") below the url: GET, or POST where there is a `body`. Gives the status code, and
 * the answer, which lives until the next call. Redirects are not followed: they could lead a password
 * elsewhere. LEAT_RETRY where nobody answers, LEAT_OPERATOR where TLS fails for a reason that stays,
 * LEAT_STOPPED. */
leat_status leat_registry_http_ask(leat_registry_http *http, const char *path, const char *body, long *code,
                                   leat_slice *answer, leat_error *error);

#endif
