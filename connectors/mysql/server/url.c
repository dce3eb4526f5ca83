#include "mysql/server/url.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cursor.h"
#include "base/hex.h"
#include "base/number.h"

enum { DEFAULT_PORT = 3306, LARGEST_PORT = 65535 };

typedef struct url_parser {
    leat_cursor rest;
    leat_arena *arena;
    leat_mysql_url *url;
    bool tls_given;
    leat_error *error;
} url_parser;

/* What is said of a url never has a part of it, but for the names of parameters: a password that was not
 * encoded can turn up as any part. */
static leat_status refuse(const url_parser *parser, const char *what)
{
    return leat_error_fail(parser->error, LEAT_USAGE,
                           "write it as mysql://USER:PASSWORD@HOST:PORT, with special characters in user and "
                           "password percent-encoded (@ is %40, / is %2F, % is %25)",
                           "source.url %s", what);
}

/* ---- Pieces of text ---- */

/* Up to the first of the characters in `ends`, which stays, or to the end. */
static leat_slice take_until(leat_cursor *cursor, const char *ends)
{
    leat_cursor ahead = *cursor;
    size_t length = 0;
    for (int next = leat_cursor_peek(&ahead); next >= 0 && strchr(ends, next) == NULL;
         next = leat_cursor_peek(&ahead)) {
        leat_cursor_u8(&ahead);
        length++;
    }
    return leat_cursor_bytes(cursor, length);
}

/* Takes `character` when it comes next. */
static bool take(leat_cursor *cursor, char character)
{
    if (leat_cursor_peek(cursor) != character)
        return false;
    leat_cursor_u8(cursor);
    return true;
}

static bool holds(leat_slice text, char character)
{
    return text.length > 0 && memchr(text.data, character, text.length) != NULL;
}

/* The byte behind a '%'. A NUL would end the text early wherever it is used, so it is refused too. */
static bool decode_escape(leat_cursor *cursor, uint8_t *byte)
{
    leat_slice digits = leat_cursor_bytes(cursor, 2);
    return digits.length == 2 && leat_hex_decode(digits, byte) && *byte != 0;
}

/* The text with its percent escapes undone, in the arena; NULL when one is none. */
static const char *decode(const url_parser *parser, leat_slice text)
{
    leat_cursor cursor = leat_cursor_open(text);
    leat_buffer plain = {0};
    bool good = true;
    while (good && leat_cursor_remaining(&cursor) > 0) {
        uint8_t byte = leat_cursor_u8(&cursor);
        if (byte == '%')
            good = decode_escape(&cursor, &byte);
        leat_buffer_append_byte(&plain, byte);
    }
    const char *decoded = good ? leat_arena_slice_string(parser->arena, leat_buffer_slice(&plain)) : NULL;
    leat_buffer_free(&plain);
    return decoded;
}

/* ---- User and password ---- */

static leat_status parse_user(url_parser *parser, leat_slice text)
{
    leat_cursor cursor = leat_cursor_open(text);
    parser->url->user = decode(parser, take_until(&cursor, ":"));
    if (take(&cursor, ':')) {
        parser->url->password = decode(parser, take_until(&cursor, ""));
        if (parser->url->password == NULL)
            return refuse(parser, "has a % in its password that two hex digits do not follow");
    }
    if (parser->url->user == NULL)
        return refuse(parser, "has a % in its user's name that two hex digits do not follow");
    return *parser->url->user == '\0' ? refuse(parser, "names no user") : LEAT_OK;
}

/* ---- Hosts ---- */

static leat_status parse_port(const url_parser *parser, leat_slice text, unsigned *port)
{
    uint64_t number = 0;
    if (!leat_number_parse_digits(text, &number) || number < 1 || number > LARGEST_PORT)
        return refuse(parser, "has a port that is no number from 1 to 65535");
    *port = (unsigned)number;
    return LEAT_OK;
}

static leat_status parse_host(const url_parser *parser, leat_slice text, leat_mysql_host *host)
{
    leat_cursor cursor = leat_cursor_open(text);
    bool bracketed = take(&cursor, '[');
    leat_slice name = take_until(&cursor, bracketed ? "]" : ":");
    if (bracketed && !take(&cursor, ']'))
        return refuse(parser, "has a [ without its ]");
    host->name = decode(parser, name);
    host->port = DEFAULT_PORT;
    if (host->name == NULL || *host->name == '\0')
        return refuse(parser, "has a host without a name");
    if (take(&cursor, ':'))
        return parse_port(parser, take_until(&cursor, ""), &host->port);
    if (leat_cursor_remaining(&cursor) > 0)
        return refuse(parser, "has something other than a port behind an address in brackets");
    return LEAT_OK;
}

static size_t count_hosts(leat_slice text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.length; i++)
        count += text.data[i] == ',';
    return count;
}

/* No host at all is fine as long as there is a socket, which is known later. */
static leat_status parse_hosts(url_parser *parser, leat_slice text)
{
    if (text.length == 0)
        return LEAT_OK;
    leat_cursor cursor = leat_cursor_open(text);
    size_t count = count_hosts(text);
    leat_mysql_host *hosts = leat_arena_allocate_array(parser->arena, count, sizeof *hosts);
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < count && status == LEAT_OK; i++) {
        status = parse_host(parser, take_until(&cursor, ","), &hosts[i]);
        take(&cursor, ',');
    }
    parser->url->hosts = hosts;
    parser->url->host_count = count;
    return status;
}

static leat_status parse_authority(url_parser *parser)
{
    leat_slice text = take_until(&parser->rest, "/?");
    leat_cursor cursor = leat_cursor_open(text);
    leat_slice user = take_until(&cursor, "@");
    if (!take(&cursor, '@'))
        return refuse(parser, "names no user");
    leat_slice hosts = take_until(&cursor, "");
    leat_cursor after = parser->rest;
    if (holds(hosts, '@') || holds(take_until(&after, ""), '@'))
        return refuse(parser, "has an @ too many: an @, / or ? in user, password or a file's name must be "
                              "written as %40, %2F or %3F");
    leat_status status = parse_user(parser, user);
    return status == LEAT_OK ? parse_hosts(parser, hosts) : status;
}

static leat_status parse_path(url_parser *parser)
{
    take(&parser->rest, '/');
    if (take_until(&parser->rest, "?").length == 0)
        return LEAT_OK;
    refuse(parser, "names a database");
    leat_error_mend(parser->error,
                    "leave it away: source.tables selects tables as database.table, from any number of "
                    "databases");
    return LEAT_USAGE;
}

/* ---- Parameters ---- */

static leat_status set_tls(url_parser *parser, const char *value)
{
    static const struct {
        const char *name;
        leat_mysql_tls tls;
    } modes[] = {
        {"preferred", LEAT_MYSQL_TLS_PREFERRED},
        {"off", LEAT_MYSQL_TLS_OFF},
        {"required", LEAT_MYSQL_TLS_REQUIRED},
        {"verify", LEAT_MYSQL_TLS_VERIFY},
    };
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(modes[i].name, value) != 0)
            continue;
        parser->url->tls = modes[i].tls;
        parser->tls_given = true;
        return LEAT_OK;
    }
    return refuse(parser, "has a tls that is none of preferred, off, required and verify");
}

/* Where a parameter's text goes; NULL for an unknown one. */
static const char **text_parameter(leat_mysql_url *url, leat_slice name)
{
    const struct {
        const char *name;
        const char **text;
    } known[] = {{"ca", &url->ca}, {"cert", &url->certificate}, {"key", &url->key}, {"socket", &url->socket}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (leat_slice_equals_string(name, known[i].name))
            return known[i].text;
    return NULL;
}

static leat_status refuse_parameter(const url_parser *parser, leat_slice name)
{
    return leat_error_fail(parser->error, LEAT_USAGE, "the parameters are tls, ca, cert, key and socket",
                           "source.url has an unknown parameter \"%.*s\"", LEAT_SLICE_FORMAT(name));
}

static leat_status parse_parameter(url_parser *parser, leat_slice text)
{
    leat_cursor cursor = leat_cursor_open(text);
    leat_slice name = take_until(&cursor, "=");
    take(&cursor, '=');
    const char *value = decode(parser, take_until(&cursor, ""));
    bool is_tls = leat_slice_equals_string(name, "tls");
    const char **place = text_parameter(parser->url, name);
    if (!is_tls && place == NULL)
        return refuse_parameter(parser, name);
    if (value == NULL || *value == '\0')
        return refuse(parser, "has a parameter without a value");
    if (is_tls ? parser->tls_given : *place != NULL)
        return refuse(parser, "has a parameter twice");
    if (is_tls)
        return set_tls(parser, value);
    *place = value;
    return LEAT_OK;
}

static leat_status parse_parameters(url_parser *parser)
{
    leat_status status = LEAT_OK;
    if (!take(&parser->rest, '?'))
        return LEAT_OK;
    while (status == LEAT_OK && leat_cursor_remaining(&parser->rest) > 0) {
        status = parse_parameter(parser, take_until(&parser->rest, "&"));
        take(&parser->rest, '&');
    }
    return status;
}

/* ---- What parts say of each other ---- */

static leat_status settle_tls(const url_parser *parser)
{
    leat_mysql_url *url = parser->url;
    if (url->ca != NULL && !parser->tls_given)
        url->tls = LEAT_MYSQL_TLS_VERIFY;
    if (url->ca != NULL && url->tls != LEAT_MYSQL_TLS_VERIFY)
        return refuse(parser, "has a ca, which only tls=verify looks at");
    if ((url->certificate == NULL) != (url->key == NULL))
        return refuse(parser, "has only one of cert and key, which belong together");
    if (url->certificate != NULL && url->tls == LEAT_MYSQL_TLS_OFF)
        return refuse(parser, "has a cert, which tls=off does not show");
    return LEAT_OK;
}

/* A socket's place in the list is that of one host, so that whoever goes through the hosts finds it. */
static leat_status settle_socket(const url_parser *parser)
{
    static const leat_mysql_host local[] = {{"localhost", 0}};
    leat_mysql_url *url = parser->url;
    if (url->socket == NULL)
        return url->host_count == 0 ? refuse(parser, "names no host") : LEAT_OK;
    if (url->host_count > 1 || (url->host_count == 1 && strcmp(url->hosts[0].name, "localhost") != 0))
        return refuse(parser, "has both a host and a socket");
    if (url->tls == LEAT_MYSQL_TLS_REQUIRED || url->tls == LEAT_MYSQL_TLS_VERIFY)
        return refuse(parser, "asks for TLS on a Unix socket, which no network sees");
    url->tls = LEAT_MYSQL_TLS_OFF;
    url->hosts = local;
    url->host_count = 1;
    return LEAT_OK;
}

static bool take_scheme(leat_cursor *cursor)
{
    leat_slice scheme = take_until(cursor, ":");
    bool known = leat_slice_equals_string(scheme, "mysql") || leat_slice_equals_string(scheme, "mariadb");
    return known && take(cursor, ':') && take(cursor, '/') && take(cursor, '/');
}

leat_status leat_mysql_url_parse(const char *text, leat_arena *arena, leat_mysql_url *url, leat_error *error)
{
    leat_error ignored;
    url_parser parser = {.arena = arena, .url = url, .error = error == NULL ? &ignored : error};
    parser.rest = leat_cursor_open(leat_slice_of_string(text == NULL ? "" : text));
    *url = (leat_mysql_url){0};
    if (!take_scheme(&parser.rest))
        return refuse(&parser, "does not begin with mysql:// or mariadb://");
    leat_status status = parse_authority(&parser);
    if (status == LEAT_OK)
        status = parse_path(&parser);
    if (status == LEAT_OK)
        status = parse_parameters(&parser);
    if (status == LEAT_OK)
        status = settle_tls(&parser);
    return status == LEAT_OK ? settle_socket(&parser) : status;
}
