/* The schema registry: Confluent's REST API, as Confluent, Apicurio, Karapace and Redpanda speak it. */
#ifndef LEAT_REGISTRY_REGISTRY_H
#define LEAT_REGISTRY_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "leat/stop.h"

typedef struct leat_registry_options {
    const char *url;  /* "https://registry:8081", or with a path, as Apicurio's "/apis/ccompat/v7"; user and
                         password may stand in it */
    const char *user; /* basic authentication; NULL for none */
    const char *password;
    const char *token;       /* bearer authentication; NULL for none */
    const char *ca;          /* file of certificates to trust; NULL: the system's */
    const char *certificate; /* of ours, for mutual TLS; NULL for none */
    const char *key;
    int64_t timeout; /* microseconds for one request */
    leat_stop stop;  /* asked while a request waits, LEAT_STOPPED when true */
} leat_registry_options;

/* Opaque. One thread. */
typedef struct leat_registry leat_registry;

/* LEAT_USAGE for a url that is none. Connects to nothing yet. Texts of `options` outlive it. */
leat_status leat_registry_open(const leat_registry_options *options, leat_registry **registry,
                               leat_error *error);
void leat_registry_close(leat_registry *registry); /* NULL is fine */

/* The registry's url without user and password. Lives as long as the registry. */
const char *leat_registry_url(const leat_registry *registry);

/* Registers `schema` (Avro JSON) under `subject` and gives its id; the same schema gives the same id again.
 * LEAT_RETRY when the registry cannot be reached or answers 5xx or 429; LEAT_OPERATOR when it finds the
 * schema incompatible (409), with the registry's reasons, or refuses our credentials; LEAT_FAILED for what it
 * calls invalid (422). */
leat_status leat_registry_register(leat_registry *registry, const char *subject, const char *schema,
                                   uint32_t *identifier, leat_error *error);

/* Whether the last registration was refused because the schema is incompatible with those before. */
bool leat_registry_found_incompatible(const leat_registry *registry);

/* The schema of an id, for readers. LEAT_FAILED when there is none. The caller releases it. */
leat_status leat_registry_fetch(leat_registry *registry, uint32_t identifier, char **schema,
                                leat_error *error);

/* Whether the registry is there, and what it says its default compatibility is (heap; NULL unknown). */
leat_status leat_registry_probe(leat_registry *registry, char **compatibility, leat_error *error);

/* The five bytes before a message's Avro: 0, and the id big-endian (Confluent's wire format). */
void leat_registry_frame(uint32_t identifier, leat_buffer *out);

#endif
