#include "registry/http.h"

#include <curl/curl.h>
#include <string.h>

#include "base/memory.h"

enum {
    /* A schema of a table with thousands of columns is a few megabytes. */
    LARGEST_ANSWER = 16 * 1024 * 1024,
};

struct leat_registry_http {
    CURL *curl;
    CURLU *place; /* the url, taken apart */
    char *url;
    struct curl_slist *headers;
    leat_buffer answer;
    bool too_large;
    leat_stop stop;
    char reason[CURL_ERROR_SIZE];
};

/* ---- Opening ---- */

static leat_status refuse_url(const char *why, leat_error *error)
{
    /* The url itself is not shown: a password may stand in it. */
    return leat_error_fail(error, LEAT_USAGE,
                           "Write it as \"http://host:8081\", or with \"https\" or a path.",
                           "the registry's url is none: %s", why);
}

static void drop_slashes(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '/')
        text[--length] = '\0';
}

static char *take_part(CURLU *place, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    if (curl_url_get(place, part, &text, flags) != CURLUE_OK)
        return NULL;
    char *copy = leat_duplicate_string(text);
    curl_free(text);
    return copy;
}

static bool is_http(CURLU *place)
{
    char *scheme = take_part(place, CURLUPART_SCHEME, 0);
    bool good = scheme != NULL && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    leat_release(scheme);
    return good;
}

static bool has_part(CURLU *place, CURLUPart part)
{
    char *text = take_part(place, part, 0);
    leat_release(text);
    return text != NULL;
}

static void set_credentials(leat_registry_http *http, const leat_registry_options *options)
{
    char *user = take_part(http->place, CURLUPART_USER, CURLU_URLDECODE);
    char *password = take_part(http->place, CURLUPART_PASSWORD, CURLU_URLDECODE);
    if (options->token != NULL) {
        curl_easy_setopt(http->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        curl_easy_setopt(http->curl, CURLOPT_XOAUTH2_BEARER, options->token);
    } else if (options->user != NULL || user != NULL) {
        curl_easy_setopt(http->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(http->curl, CURLOPT_USERNAME, options->user != NULL ? options->user : user);
        const char *secret = options->password != NULL ? options->password : password;
        curl_easy_setopt(http->curl, CURLOPT_PASSWORD, secret != NULL ? secret : "");
    }
    leat_release(user);
    leat_release(password);
}

/* Takes the url apart, and the credentials out of it, so that no error can show them. */
static leat_status set_url(leat_registry_http *http, const leat_registry_options *options, leat_error *error)
{
    CURLUcode code = curl_url_set(http->place, CURLUPART_URL, options->url, 0);
    if (code != CURLUE_OK)
        return refuse_url(curl_url_strerror(code), error);
    if (!is_http(http->place))
        return refuse_url("its scheme is neither http nor https", error);
    if (has_part(http->place, CURLUPART_QUERY) || has_part(http->place, CURLUPART_FRAGMENT))
        return refuse_url("it has a query or a fragment", error);
    set_credentials(http, options);
    curl_url_set(http->place, CURLUPART_USER, NULL, 0);
    curl_url_set(http->place, CURLUPART_PASSWORD, NULL, 0);
    http->url = take_part(http->place, CURLUPART_URL, 0);
    if (http->url == NULL)
        return refuse_url("it cannot be put together again", error);
    drop_slashes(http->url);
    return LEAT_OK;
}

/* Takes what comes, up to a bound. Less taken than given makes curl stop. */
static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
    leat_registry_http *http = context;
    size_t length = size * count;
    if (http->answer.length + length > LARGEST_ANSWER) {
        http->too_large = true;
        return 0;
    }
    leat_buffer_append(&http->answer, bytes, length);
    return length;
}

static int look_for_stop(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                         curl_off_t up)
{
    const leat_registry_http *http = context;
    (void)down_total;
    (void)down;
    (void)up_total;
    (void)up;
    return leat_stop_requested(http->stop) ? 1 : 0;
}

static void set_transport(leat_registry_http *http, const leat_registry_options *options)
{
    CURL *curl = http->curl;
    long timeout = (long)(options->timeout / 1000);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->reason);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, http);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_for_stop);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, http);
    if (options->ca != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca);
    if (options->certificate != NULL)
        curl_easy_setopt(curl, CURLOPT_SSLCERT, options->certificate);
    if (options->key != NULL)
        curl_easy_setopt(curl, CURLOPT_SSLKEY, options->key);
}

static bool set_headers(leat_registry_http *http)
{
    static const char *const headers[] = {
        "Content-Type: application/vnd.schemaregistry.v1+json",
        "Accept: application/vnd.schemaregistry.v1+json, application/json",
        "Expect:", ("User-Agent: leat/" LEAT_VERSION), /* one text of two */
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct curl_slist *longer = curl_slist_append(http->headers, headers[i]);
        if (longer == NULL)
            return false;
        http->headers = longer;
    }
    return curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, http->headers) == CURLE_OK;
}

leat_status leat_registry_http_open(const leat_registry_options *options, leat_registry_http **http,
                                    leat_error *error)
{
    leat_registry_http *made = leat_allocate(sizeof *made);
    made->stop = options->stop;
    made->curl = curl_easy_init();
    made->place = curl_url();
    leat_status status = LEAT_OK;
    if (made->curl == NULL || made->place == NULL || !set_headers(made))
        status = leat_error_set(error, LEAT_FAILED, "libcurl cannot be used");
    if (status == LEAT_OK)
        status = set_url(made, options, error);
    if (status == LEAT_OK) {
        set_transport(made, options);
        *http = made;
    } else {
        leat_registry_http_close(made);
    }
    return status;
}

void leat_registry_http_close(leat_registry_http *http)
{
    if (http == NULL)
        return;
    curl_easy_cleanup(http->curl);
    curl_url_cleanup(http->place);
    curl_slist_free_all(http->headers);
    leat_buffer_free(&http->answer);
    leat_release(http->url);
    leat_release(http);
}

const char *leat_registry_http_url(const leat_registry_http *http)
{
    return http->url;
}

char *leat_registry_http_escape(const leat_registry_http *http, const char *segment)
{
    char *escaped = curl_easy_escape(http->curl, segment, 0);
    char *copy = leat_duplicate_string(escaped != NULL ? escaped : "");
    curl_free(escaped);
    return copy;
}

/* ---- Asking ---- */

/* What a person has to mend; everything else may pass by itself. */
static const char *mend_of(CURLcode code)
{
    switch ((int)code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
        return "Give the certificates that signed the registry's in the registry's setting `ca`, or use the "
               "host's name that its certificate has.";
    case CURLE_SSL_CACERT_BADFILE:
        return "Let the registry's setting `ca` name a readable file of certificates in PEM form.";
    case CURLE_SSL_CERTPROBLEM:
        return "Look at the registry's settings `certificate` and `key`: both name readable PEM files that "
               "belong together.";
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_NOT_BUILT_IN:
        return "Use a libcurl that was built with TLS.";
    default:
        return NULL;
    }
}

static leat_status explain(const leat_registry_http *http, CURLcode code, leat_error *error)
{
    const char *reason = http->reason[0] != '\0' ? http->reason : curl_easy_strerror(code);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return leat_error_set(error, LEAT_STOPPED, "stopped while the schema registry was asked");
    if (http->too_large)
        return leat_error_set(error, LEAT_FAILED, "the schema registry at %s answers with more than %d bytes",
                              http->url, (int)LARGEST_ANSWER);
    const char *mend = mend_of(code);
    return leat_error_fail(error, mend != NULL ? LEAT_OPERATOR : LEAT_RETRY,
                           mend != NULL ? mend
                                        : "See that it runs, and that the registry's setting `url` is right.",
                           "the schema registry at %s cannot be reached: %s", http->url, reason);
}

leat_status leat_registry_http_ask(leat_registry_http *http, const char *path, const char *body, long *code,
                                   leat_slice *answer, leat_error *error)
{
    leat_buffer url = {0};
    leat_buffer_printf(&url, "%s%s", http->url, path);
    leat_buffer_reset_bounded(&http->answer);
    http->too_large = false;
    http->reason[0] = '\0';
    curl_easy_setopt(http->curl, CURLOPT_URL, leat_buffer_string(&url));
    if (body != NULL) {
        curl_easy_setopt(http->curl, CURLOPT_POST, 1L);
        curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
        curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, body);
    } else {
        curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
    }
    CURLcode result = curl_easy_perform(http->curl);
    leat_buffer_free(&url);
    if (result != CURLE_OK)
        return explain(http, result, error);
    curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, code);
    *answer = leat_buffer_slice(&http->answer);
    return LEAT_OK;
}
