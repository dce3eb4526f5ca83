/* The url of a MySQL source: what it may say, what is refused, and that a refusal never shows the password.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "mysql/server/url.h"

typedef struct good_url {
    const char *text;
    const char *user;
    const char *password;
    const char *hosts; /* "name port" by comma */
    leat_mysql_tls tls;
    const char *ca;
    const char *certificate;
    const char *key;
    const char *socket;
} good_url;

static const good_url good_urls[] = {
    {.text = "mysql://leat@db", .user = "leat", .hosts = "db 3306"},
    {.text = "mariadb://leat@db/", .user = "leat", .hosts = "db 3306"},
    {.text = "mysql://leat:secret@db:3307", .user = "leat", .password = "secret", .hosts = "db 3307"},
    {.text = "mysql://leat:@db", .user = "leat", .password = "", .hosts = "db 3306"},
    {.text = "mysql://a%40b:p%2Fw%3F%25%3a@db", .user = "a@b", .password = "p/w?%:", .hosts = "db 3306"},
    {.text = "mysql://leat:a:b@db", .user = "leat", .password = "a:b", .hosts = "db 3306"},
    {.text = "mysql://leat@a,b:3307,c", .user = "leat", .hosts = "a 3306,b 3307,c 3306"},
    {.text = "mysql://leat@[::1]:3307,[fe80::2%25eth0]",
     .user = "leat",
     .hosts = "::1 3307,fe80::2%eth0 3306"},
    {.text = "mysql://leat@db?tls=off", .user = "leat", .hosts = "db 3306", .tls = LEAT_MYSQL_TLS_OFF},
    {.text = "mysql://leat@db/?tls=required",
     .user = "leat",
     .hosts = "db 3306",
     .tls = LEAT_MYSQL_TLS_REQUIRED},
    {.text = "mysql://leat@db?tls=verify", .user = "leat", .hosts = "db 3306", .tls = LEAT_MYSQL_TLS_VERIFY},
    {.text = "mysql://leat@db?tls=preferred", .user = "leat", .hosts = "db 3306"},
    {.text = "mysql://leat@db?ca=/etc/ca.pem",
     .user = "leat",
     .hosts = "db 3306",
     .tls = LEAT_MYSQL_TLS_VERIFY,
     .ca = "/etc/ca.pem"},
    {.text = "mysql://leat@db?cert=c.pem&key=k%26.pem&tls=required",
     .user = "leat",
     .hosts = "db 3306",
     .tls = LEAT_MYSQL_TLS_REQUIRED,
     .certificate = "c.pem",
     .key = "k&.pem"},
    {.text = "mysql://leat@?socket=/run/mysqld/mysqld.sock",
     .user = "leat",
     .hosts = "localhost 0",
     .tls = LEAT_MYSQL_TLS_OFF,
     .socket = "/run/mysqld/mysqld.sock"},
    {.text = "mysql://leat@localhost/?socket=/s",
     .user = "leat",
     .hosts = "localhost 0",
     .tls = LEAT_MYSQL_TLS_OFF,
     .socket = "/s"},
};

static void assert_text(const char *got, const char *wanted)
{
    if (wanted == NULL)
        assert_null(got);
    else
        assert_string_equal(got, wanted);
}

static void good_urls_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good_urls / sizeof *good_urls; i++) {
        const good_url *wanted = &good_urls[i];
        leat_arena arena = {0};
        leat_mysql_url url;
        leat_error error;
        leat_buffer hosts = {0};
        if (leat_mysql_url_parse(wanted->text, &arena, &url, &error) != LEAT_OK)
            fail_msg("%s: %s", wanted->text, error.message);
        for (size_t host = 0; host < url.host_count; host++)
            leat_buffer_printf(&hosts, "%s%s %u", host > 0 ? "," : "", url.hosts[host].name,
                               url.hosts[host].port);
        assert_string_equal(leat_buffer_string(&hosts), wanted->hosts);
        assert_text(url.user, wanted->user);
        assert_text(url.password, wanted->password);
        assert_int_equal(url.tls, wanted->tls);
        assert_text(url.ca, wanted->ca);
        assert_text(url.certificate, wanted->certificate);
        assert_text(url.key, wanted->key);
        assert_text(url.socket, wanted->socket);
        leat_buffer_free(&hosts);
        leat_arena_free(&arena);
    }
}

static const struct {
    const char *text;
    const char *says;
} bad_urls[] = {
    {"", "begin with"},
    {"postgresql://u:S3CRET@h", "begin with"},
    {"mysql:/u:S3CRET@h", "begin with"},
    {"mysql://h", "no user"},
    {"mysql://u:S3CRET", "no user"},
    {"mysql://:S3CRET@h", "no user"},
    {"mysql://u:S3C@RET@h", "an @ too many"},
    {"mysql://u:S3C/RET@h", "no user"},
    {"mysql://u@h/S3C@RET", "an @ too many"},
    {"mysql://u@h:S3CRET", "port"},
    {"mysql://u@h:0", "port"},
    {"mysql://u@h:65536", "port"},
    {"mysql://u@h:", "port"},
    {"mysql://u@h:33060000000000000000000", "port"},
    {"mysql://u@", "no host"},
    {"mysql://u@a,,b", "without a name"},
    {"mysql://u@a,", "without a name"},
    {"mysql://u@[::1", "["},
    {"mysql://u@[::1]3306", "brackets"},
    {"mysql://u@::1", "without a name"},
    {"mysql://u%zz@h", "user's name"},
    {"mysql://u:S3CRET%2@h", "password"},
    {"mysql://u:S3CRET%00@h", "password"},
    {"mysql://u@h/shop", "database"},
    {"mysql://u@h/shop?tls=off", "database"},
    {"mysql://u@h?sslmode=require", "unknown parameter \"sslmode\""},
    {"mysql://u@h?tls=yes", "tls"},
    {"mysql://u@h?tls", "without a value"},
    {"mysql://u@h?ca=", "without a value"},
    {"mysql://u@h?tls=off&tls=off", "twice"},
    {"mysql://u@h?ca=a&ca=b", "twice"},
    {"mysql://u@h?tls=off&ca=a", "only tls=verify"},
    {"mysql://u@h?tls=required&ca=a", "only tls=verify"},
    {"mysql://u@h?cert=a", "belong together"},
    {"mysql://u@h?key=a", "belong together"},
    {"mysql://u@h?tls=off&cert=a&key=b", "cert"},
    {"mysql://u@h?socket=/s", "both a host and a socket"},
    {"mysql://u@localhost,localhost?socket=/s", "both a host and a socket"},
    {"mysql://u@?socket=/s&tls=verify", "Unix socket"},
    {"mysql://u@?socket=/s&ca=c", "Unix socket"},
};

static void bad_urls_are_refused_without_their_password(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_urls / sizeof *bad_urls; i++) {
        leat_arena arena = {0};
        leat_mysql_url url;
        leat_error error;
        if (leat_mysql_url_parse(bad_urls[i].text, &arena, &url, &error) != LEAT_USAGE)
            fail_msg("%s was taken", bad_urls[i].text);
        if (strstr(error.message, bad_urls[i].says) == NULL)
            fail_msg("%s: %s", bad_urls[i].text, error.message);
        assert_null(strstr(error.message, "S3C"));
        assert_null(strstr(error.mend, "S3C"));
        assert_true(error.mend[0] != '\0');
        leat_arena_free(&arena);
    }
}

static void a_url_that_is_missing_is_refused(void **state)
{
    (void)state;
    leat_arena arena = {0};
    leat_mysql_url url;
    assert_int_equal(leat_mysql_url_parse(NULL, &arena, &url, NULL), LEAT_USAGE);
    leat_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_urls_are_read),
        cmocka_unit_test(bad_urls_are_refused_without_their_password),
        cmocka_unit_test(a_url_that_is_missing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
