#include "registry/registry.h"

#include <jansson.h>
#include <string.h>

#include "avro/json_build.h"
#include "base/memory.h"
#include "registry/http.h"

enum {
    REASON_SIZE = 700, /* of a registry's sentence in our error; some hold whole schemas */
    FRAME_MAGIC = 0,
};

struct leat_registry {
    leat_registry_http *http;
    bool incompatible; /* the last registration was */
};

leat_status leat_registry_open(const leat_registry_options *options, leat_registry **registry,
                               leat_error *error)
{
    leat_registry_http *http;
    leat_status status = leat_registry_http_open(options, &http, error);
    if (status != LEAT_OK)
        return status;
    leat_registry *opened = leat_allocate(sizeof *opened);
    opened->http = http;
    *registry = opened;
    return LEAT_OK;
}

void leat_registry_close(leat_registry *registry)
{
    if (registry == NULL)
        return;
    leat_registry_http_close(registry->http);
    leat_release(registry);
}

const char *leat_registry_url(const leat_registry *registry)
{
    return leat_registry_http_url(registry->http);
}

/* ---- What a registry says when it does not do what it was asked ---- */

/* "…, {oldSchema: '…'}, …": Confluent repeats whole schemas behind its reasons. */
static size_t length_without_schemas(const char *text)
{
    static const char *const beginnings[] = {", {oldSchemaVersion:", ", {oldSchema:"};
    size_t length = strlen(text);
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        const char *found = strstr(text, beginnings[i]);
        if (found != NULL && (size_t)(found - text) < length)
            length = (size_t)(found - text);
    }
    return length;
}

/* The sentence of the answer {"error_code": 409, "message": "…"}, or the answer itself; printable. */
static void take_reason(leat_slice answer, int *code, char *reason)
{
    json_t *parsed = json_loadb((const char *)answer.data, answer.length, 0, NULL);
    const char *message = json_string_value(json_object_get(parsed, "message"));
    *code = (int)json_integer_value(json_object_get(parsed, "error_code"));
    leat_slice text = message != NULL ? leat_slice_of(message, length_without_schemas(message)) : answer;
    size_t length = text.length < REASON_SIZE - 1 ? text.length : REASON_SIZE - 1;
    for (size_t i = 0; i < length; i++)
        reason[i] = (char)(text.data[i] < 0x20 || text.data[i] == 0x7F ? ' ' : text.data[i]);
    reason[length] = '\0';
    json_decref(parsed);
}

static leat_status refuse_credentials(const leat_registry *registry, long code, const char *reason,
                                      leat_error *error)
{
    leat_error_set(error, LEAT_OPERATOR, "the schema registry at %s refuses us (%ld): %s",
                   leat_registry_url(registry), code, reason);
    leat_error_mend(error, code == 403
                               ? "Give leat's account there the right to read and register schemas."
                               : "Look at the registry's settings `user` and `password`, or `token`.");
    return LEAT_OPERATOR;
}

static leat_status refuse_place(const leat_registry *registry, long code, leat_error *error)
{
    return leat_error_fail(
        error, LEAT_OPERATOR,
        "Set the registry's `url` to where its API is; Apicurio has it at \"/apis/ccompat/v7\".",
        "what answers at %s is no schema registry (%ld)", leat_registry_url(registry), code);
}

static bool may_pass(long code)
{
    return code >= 500 || code == 429 || code == 408;
}

/* What every request may meet. */
static leat_status explain(const leat_registry *registry, long code, leat_slice answer, leat_error *error)
{
    int error_code;
    char reason[REASON_SIZE];
    take_reason(answer, &error_code, reason);
    if (code == 401 || code == 403 || code == 407)
        return refuse_credentials(registry, code, reason, error);
    if (code == 404 || code == 405 || (code >= 300 && code < 400))
        return refuse_place(registry, code, error);
    leat_error_set(error, may_pass(code) ? LEAT_RETRY : LEAT_FAILED,
                   "the schema registry at %s answers %ld: %s", leat_registry_url(registry), code, reason);
    if (!may_pass(code))
        return LEAT_FAILED;
    leat_error_mend(error, "leat tries again; look at the registry's log.");
    return LEAT_RETRY;
}

/* The answer as JSON; NULL, and an error, for anything else. */
static json_t *parse(const leat_registry *registry, leat_slice answer, leat_error *error)
{
    json_t *parsed = json_loadb((const char *)answer.data, answer.length, 0, NULL);
    if (parsed == NULL)
        (void)refuse_place(registry, 200, error);
    return parsed;
}

/* ---- Registering ---- */

static leat_status refuse_incompatible(const leat_registry *registry, const char *subject, leat_slice answer,
                                       leat_error *error)
{
    int code;
    char reason[REASON_SIZE];
    take_reason(answer, &code, reason);
    leat_error_set(error, LEAT_OPERATOR, "the schema registry at %s refuses the new schema of %s: %s",
                   leat_registry_url(registry), subject, reason);
    leat_error_mend(error,
                    "Set the compatibility of subject %s to one that allows this change (PUT "
                    "%s/config/%s), or undo the change of the table, then start leat again: it goes "
                    "on where it stopped.",
                    subject, leat_registry_url(registry), subject);
    return LEAT_OPERATOR;
}

/* 422 with 42205: the subject, or the registry, is read-only. */
static leat_status refuse_invalid(const leat_registry *registry, const char *subject, leat_slice answer,
                                  leat_error *error)
{
    int code;
    char reason[REASON_SIZE];
    take_reason(answer, &code, reason);
    bool forbidden = code == 42205;
    leat_error_set(error, forbidden ? LEAT_OPERATOR : LEAT_FAILED,
                   "the schema registry at %s %s the schema of %s: %s", leat_registry_url(registry),
                   forbidden ? "does not take" : "calls invalid", subject, reason);
    if (!forbidden)
        return LEAT_FAILED;
    leat_error_mend(error, "Set the registry's mode to READWRITE.");
    return LEAT_OPERATOR;
}

static leat_status take_identifier(const leat_registry *registry, leat_slice answer, uint32_t *identifier,
                                   leat_error *error)
{
    json_t *parsed = parse(registry, answer, error);
    if (parsed == NULL)
        return LEAT_OPERATOR;
    const json_t *number = json_object_get(parsed, "id");
    json_int_t value = json_integer_value(number);
    bool good = json_is_integer(number) && value >= 0 && value <= UINT32_MAX;
    json_decref(parsed);
    if (!good)
        return refuse_place(registry, 200, error);
    *identifier = (uint32_t)value;
    return LEAT_OK;
}

static char *registration(const char *schema)
{
    json_t *body = json_object();
    leat_json_put(body, "schemaType", json_string("AVRO"));
    leat_json_put(body, "schema", json_string(schema));
    return leat_json_finish(body, 0);
}

leat_status leat_registry_register(leat_registry *registry, const char *subject, const char *schema,
                                   uint32_t *identifier, leat_error *error)
{
    char *escaped = leat_registry_http_escape(registry->http, subject);
    char *body = registration(schema);
    leat_buffer path = {0};
    leat_buffer_printf(&path, "/subjects/%s/versions", escaped);
    long code;
    leat_slice answer;
    leat_status status =
        leat_registry_http_ask(registry->http, leat_buffer_string(&path), body, &code, &answer, error);
    leat_buffer_free(&path);
    leat_release(body);
    leat_release(escaped);
    registry->incompatible = status == LEAT_OK && code == 409;
    if (status != LEAT_OK)
        return status;
    if (code == 409)
        return refuse_incompatible(registry, subject, answer, error);
    if (code == 422)
        return refuse_invalid(registry, subject, answer, error);
    return code == 200 ? take_identifier(registry, answer, identifier, error)
                       : explain(registry, code, answer, error);
}

bool leat_registry_found_incompatible(const leat_registry *registry)
{
    return registry->incompatible;
}

/* ---- Reading ---- */

leat_status leat_registry_fetch(leat_registry *registry, uint32_t identifier, char **schema,
                                leat_error *error)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "/schemas/ids/%u", identifier);
    long code;
    leat_slice answer;
    leat_status status =
        leat_registry_http_ask(registry->http, leat_buffer_string(&path), NULL, &code, &answer, error);
    leat_buffer_free(&path);
    if (status != LEAT_OK)
        return status;
    if (code == 404)
        return leat_error_set(error, LEAT_FAILED, "the schema registry at %s has no schema with id %u",
                              leat_registry_url(registry), identifier);
    if (code != 200)
        return explain(registry, code, answer, error);
    json_t *parsed = parse(registry, answer, error);
    if (parsed == NULL)
        return LEAT_OPERATOR;
    *schema = leat_duplicate_string(json_string_value(json_object_get(parsed, "schema")));
    json_decref(parsed);
    return *schema != NULL ? LEAT_OK : refuse_place(registry, code, error);
}

leat_status leat_registry_probe(leat_registry *registry, char **compatibility, leat_error *error)
{
    long code;
    leat_slice answer;
    *compatibility = NULL;
    leat_status status = leat_registry_http_ask(registry->http, "/config", NULL, &code, &answer, error);
    if (status != LEAT_OK)
        return status;
    if (code != 200)
        return explain(registry, code, answer, error);
    json_t *parsed = parse(registry, answer, error);
    if (parsed == NULL)
        return LEAT_OPERATOR;
    *compatibility = leat_duplicate_string(json_string_value(json_object_get(parsed, "compatibilityLevel")));
    json_decref(parsed);
    return LEAT_OK;
}

void leat_registry_frame(uint32_t identifier, leat_buffer *out)
{
    leat_buffer_append_byte(out, FRAME_MAGIC);
    for (int shift = 24; shift >= 0; shift -= 8)
        leat_buffer_append_byte(out, (uint8_t)(identifier >> shift));
}
