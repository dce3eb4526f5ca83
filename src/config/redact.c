/* Connection texts without their secrets. Errs on the side of hiding too much: a text that its reader would
 * refuse as malformed may still hold a password. */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "config/config.h"

static const char STARS[] = "***";

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

/* The parameter's name with %XX decoded (libpq decodes names too) and in lower case, cut at 63 bytes. */
static void decode_name(leat_slice name, char decoded[64])
{
    size_t length = 0;
    for (size_t i = 0; i < name.length && length < 63; i++) {
        int byte = name.data[i];
        if (byte == '%' && i + 2 < name.length && hex_digit(name.data[i + 1]) >= 0 &&
            hex_digit(name.data[i + 2]) >= 0) {
            byte = hex_digit(name.data[i + 1]) * 16 + hex_digit(name.data[i + 2]);
            i += 2;
        }
        decoded[length++] = (char)tolower(byte);
    }
    decoded[length] = '\0';
}

/* libpq's password, sslpassword, oauth_client_secret, scram_client_key, scram_server_key, and what others
 * call theirs. */
static bool is_secret_name(leat_slice name)
{
    static const char *const parts[] = {"password", "passwd", "pwd", "secret", "token", "scram_"};
    char decoded[64];
    decode_name(name, decoded);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(decoded, parts[i]) != NULL)
            return true;
    return false;
}

/* ':' and digits up to the path or the parameters, as in "db:5432/shop". */
static bool is_port(const char *colon)
{
    size_t digits = strspn(colon + 1, "0123456789");
    return digits > 0 && strchr("/?,", colon[1 + digits]) != NULL;
}

/* Whether an '@' that comes after a '/' may end a password with an unescaped '/' in it: everything but
 * "host:port/name?parameter=some@thing" may. `colon` stands before `at`. */
static bool may_end_password(const char *colon, const char *at)
{
    const char *question = memchr(colon, '?', (size_t)(at - colon));
    return !is_port(colon) || question == NULL;
}

/* The '?' behind which parameters begin: an '=' follows it, and no '@' before that. */
static const char *parameters_of(const char *text)
{
    const char *question = strchr(text, '?');
    while (question != NULL && question[1 + strcspn(question + 1, "@=")] != '=')
        question = strchr(question + 1, '?');
    return question;
}

/* Where a user part that begins with an '@' before any '/' ends: the last '@' before the parameters, because
 * a password with an unescaped '@' is a mistake that must not show it. Parameters without a '/' before them
 * look like such a part: then all is hidden. */
static const char *end_of_plain_user(const char *authority, const char *at, const char *end)
{
    const char *parameters = parameters_of(at);
    const char *last = memrchr(authority, '@', (size_t)((parameters != NULL ? parameters : end) - authority));
    return *strpbrk(authority, ":?@") == '?' ? end : last;
}

/* Where "user:password" ends; the text's end where no end can be told. NULL: there is no such part. */
static const char *end_of_user(const char *authority)
{
    const char *end = authority + strlen(authority);
    const char *first = strpbrk(authority, "@/");
    const char *at = strrchr(authority, '@');
    if (first == NULL || at == NULL)
        return NULL;
    if (*first == '@')
        return end_of_plain_user(authority, first, end);
    const char *colon = memchr(authority, ':', (size_t)(at - authority));
    const char *parameters = parameters_of(authority);
    bool in_parameters = parameters != NULL && colon != NULL && parameters < colon;
    return colon != NULL && !in_parameters && may_end_password(colon, at) ? end : NULL;
}

/* Appends the user part, its password hidden, and gives what follows. */
static const char *redact_user(const char *authority, leat_buffer *out)
{
    const char *end = end_of_user(authority);
    if (end == NULL)
        return authority;
    size_t user = strcspn(authority, ":?");
    if (user >= (size_t)(end - authority))
        leat_buffer_append(out, authority, (size_t)(end - authority));
    else
        leat_buffer_printf(out, "%.*s%s", (int)user + 1, authority, STARS);
    return end;
}

/* Whether "name=" begins here: only then does '&' end the secret before it. */
static bool begins_parameter(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_%");
    return length > 0 && text[length] == '=';
}

static const char *end_of_parameter(const char *text)
{
    const char *end = strchr(text, '&');
    while (end != NULL && !begins_parameter(end + 1))
        end = strchr(end + 1, '&');
    return end != NULL ? end : text + strlen(text);
}

static void redact_parameters(const char *text, leat_buffer *out)
{
    while (*text != '\0') {
        const char *end = end_of_parameter(text);
        const char *equals = memchr(text, '=', (size_t)(end - text));
        if (equals != NULL && is_secret_name(leat_slice_of(text, (size_t)(equals - text)))) {
            leat_buffer_append(out, text, (size_t)(equals - text) + 1);
            leat_buffer_append_string(out, STARS);
        } else {
            leat_buffer_append(out, text, (size_t)(end - text));
        }
        if (*end == '&')
            leat_buffer_append_byte(out, '&');
        text = *end == '&' ? end + 1 : end;
    }
}

static void redact_url(const char *url, const char *authority, leat_buffer *out)
{
    leat_buffer_append(out, url, (size_t)(authority - url));
    const char *rest = redact_user(authority, out);
    const char *question = strchr(rest, '?');
    if (question == NULL) {
        leat_buffer_append_string(out, rest);
        return;
    }
    leat_buffer_append(out, rest, (size_t)(question - rest) + 1);
    redact_parameters(question + 1, out);
}

/* Behind a key=value's value: to the closing quote, or to white space; a backslash takes the next character
 * along (libpq, "Keyword/Value Connection Strings"). */
static const char *end_of_value(const char *text)
{
    bool quoted = *text == '\'';
    if (quoted)
        text++;
    while (*text != '\0') {
        if (quoted ? *text == '\'' : isspace((unsigned char)*text) != 0)
            return quoted ? text + 1 : text;
        if (*text == '\\' && text[1] != '\0')
            text++;
        text++;
    }
    return text;
}

static const char *skip_space(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

/* "name = value name2='value'"; a word that is no such pair is hidden once a secret came before it, because
 * it may be the rest of one. */
static void redact_pairs(const char *text, leat_buffer *out)
{
    bool secret_before = false;
    while (*text != '\0') {
        const char *name = skip_space(text);
        leat_buffer_append(out, text, (size_t)(name - text));
        const char *name_end = name + strcspn(name, "= \t\n\r\f\v");
        const char *equals = skip_space(name_end);
        bool pair = *equals == '=' && name_end > name;
        const char *value = pair ? skip_space(equals + 1) : name_end;
        const char *end = pair ? end_of_value(value) : name + strcspn(name, " \t\n\r\f\v");
        bool secret = pair && is_secret_name(leat_slice_of(name, (size_t)(name_end - name)));
        bool hidden = secret || (!pair && secret_before && end > name);
        leat_buffer_append(out, name, (size_t)((hidden ? (pair ? value : name) : end) - name));
        if (hidden)
            leat_buffer_append_string(out, STARS);
        secret_before = secret_before || is_secret_name(leat_slice_of(name, (size_t)(name_end - name)));
        text = end;
    }
}

/* Behind "scheme://", or NULL when the text does not begin so. */
static const char *authority_of(const char *text)
{
    size_t scheme = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
    return scheme > 0 && strncmp(text + scheme, "://", 3) == 0 ? text + scheme + 3 : NULL;
}

char *leat_config_redact(const char *url)
{
    if (url == NULL)
        return NULL;
    leat_buffer out = {0};
    const char *authority = authority_of(url);
    if (authority != NULL)
        redact_url(url, authority, &out);
    else
        redact_pairs(url, &out);
    return leat_buffer_detach_string(&out);
}
