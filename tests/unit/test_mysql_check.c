/* The check's judgement of what a server says, without one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mysql/catalog/foreign_keys.h"
#include "mysql/check/check_internal.h"
#include "mysql/server/settings.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MOST_SETTINGS = 20, MOST_TABLES = 4 };

static const leat_mysql_server mysql97 = {.version = 90704, .version_text = "9.7.4", .gtid = true};
static const leat_mysql_server mysql57 = {.version = 50744, .version_text = "5.7.44"};
static const leat_mysql_server mariadb = {
    .mariadb = true, .version = 101119, .version_text = "10.11.19-MariaDB", .gtid = true};

/* A server on which everything is as it should be; `set` changes one thing. */
typedef struct stage {
    leat_mysql_setting settings[MOST_SETTINGS];
    leat_mysql_listed_table tables[MOST_TABLES];
    const leat_mysql_listed_table *captured[MOST_TABLES];
    leat_mysql_connected_replica replica;
    leat_source_options options;
    leat_mysql_source_settings own;
    leat_findings findings;
    leat_mysql_check_context check;
} stage;

static void set(stage *on, const char *name, const char *value)
{
    size_t at = 0;
    while (at < on->check.settings.count && strcmp(on->settings[at].name, name) != 0)
        at++;
    on->settings[at] = (leat_mysql_setting){name, value};
    on->check.settings.items = on->settings;
    if (at == on->check.settings.count)
        on->check.settings.count++;
}

static void add_table(stage *on, const char *database, const char *name, bool transactional)
{
    size_t at = on->check.captured_count;
    on->tables[at] = (leat_mysql_listed_table){
        .database = database, .name = name, .full_name = name, .transactional = transactional};
    on->captured[at] = &on->tables[at];
    on->check.captured = on->captured;
    on->check.captured_count++;
}

static void set_good(stage *on)
{
    static const char *const good[][2] = {
        {"log_bin", "ON"},
        {"server_id", "1"},
        {"binlog_format", "ROW"},
        {"binlog_row_image", "FULL"},
        {"binlog_row_metadata", "FULL"},
        {"binlog_row_value_options", ""},
        {"log_slave_updates", "ON"},
        {"binlog_expire_logs_seconds", "2592000"},
        {"gtid_mode", "ON"},
        {"gtid_strict_mode", "ON"},
    };
    for (size_t i = 0; i < COUNT(good); i++)
        set(on, good[i][0], good[i][1]);
}

static stage *begin(const leat_mysql_server *server)
{
    stage *on = calloc(1, sizeof *on);
    on->check.server = server;
    on->options.settings = &on->own;
    on->check.options = &on->options;
    on->check.findings = &on->findings;
    on->check.account = "'leat'@'%'";
    on->check.source_known = true;
    on->check.log = (leat_mysql_log_status){.allowed = true, .only = "", .ignore = ""};
    set_good(on);
    return on;
}

static void end(stage *on)
{
    leat_mysql_grants_free(&on->check.grants);
    leat_arena_free(&on->check.arena);
    leat_findings_free(&on->findings);
    free(on);
}

/* The finding of that code which is not fine; NULL. */
static const leat_finding *find(const stage *on, const char *code)
{
    for (size_t i = 0; i < on->findings.count; i++)
        if (on->findings.items[i].level != LEAT_FINDING_FINE && strcmp(on->findings.items[i].code, code) == 0)
            return &on->findings.items[i];
    return NULL;
}

static void expect_quiet(const stage *on)
{
    for (size_t i = 0; i < on->findings.count; i++)
        if (on->findings.items[i].level != LEAT_FINDING_FINE)
            fail_msg("%s", on->findings.items[i].message);
}

static void expect(const stage *on, leat_finding_level level, const char *code, const char *mend)
{
    const leat_finding *finding = find(on, code);
    assert_non_null(finding);
    assert_int_equal(finding->level, level);
    if (mend == NULL)
        assert_null(finding->mend);
    else
        assert_string_equal(finding->mend, mend);
}

static void run_all(stage *on)
{
    leat_error error;
    leat_mysql_check_log(&on->check);
    leat_mysql_check_replication(&on->check);
    leat_mysql_check_filters(&on->check);
    assert_int_equal(leat_mysql_check_keep(&on->check, &error), LEAT_OK);
}

/* ---- Settings ---- */

typedef struct setting_case {
    const leat_mysql_server *server;
    const char *name;
    const char *value;
    leat_finding_level level;
    const char *code;
    const char *mend;
} setting_case;

static const setting_case setting_cases[] = {
    {&mysql97, "log_bin", "OFF", LEAT_FINDING_ERROR, "log_bin",
     "in my.cnf, under [mysqld], then restart the server: log_bin = binlog"},
    {&mysql97, "server_id", "0", LEAT_FINDING_ERROR, "server_id", "SET PERSIST server_id = 1;"},
    {&mysql97, "binlog_format", "STATEMENT", LEAT_FINDING_ERROR, "binlog_format",
     "SET PERSIST binlog_format = 'ROW';"},
    {&mariadb, "binlog_format", "MIXED", LEAT_FINDING_ERROR, "binlog_format",
     "SET GLOBAL binlog_format = 'ROW'; -- and for the next start in my.cnf, under [mysqld]: binlog_format = "
     "ROW"},
    {&mysql57, "binlog_row_image", "MINIMAL", LEAT_FINDING_WARNING, "binlog_row_image",
     "SET GLOBAL binlog_row_image = 'FULL'; -- and for the next start in my.cnf, under [mysqld]: "
     "binlog_row_image = FULL"},
    {&mysql97, "binlog_row_image", "NOBLOB", LEAT_FINDING_WARNING, "binlog_row_image",
     "SET PERSIST binlog_row_image = 'FULL';"},
    {&mysql97, "binlog_row_metadata", "MINIMAL", LEAT_FINDING_WARNING, "binlog_row_metadata",
     "SET PERSIST binlog_row_metadata = 'FULL';"},
    {&mysql57, "binlog_row_metadata", "", LEAT_FINDING_WARNING, "binlog_row_metadata", NULL},
    {&mysql97, "binlog_error_action", "IGNORE_ERROR", LEAT_FINDING_WARNING, "binlog_error_action",
     "SET PERSIST binlog_error_action = 'ABORT_SERVER';"},
    {&mysql57, "gtid_mode", "ON_PERMISSIVE", LEAT_FINDING_WARNING, "gtid",
     "SET GLOBAL enforce_gtid_consistency = 'ON'; -- and for the next start in my.cnf, under [mysqld]: "
     "enforce_gtid_consistency = ON\n"
     "SET GLOBAL gtid_mode = 'ON'; -- and for the next start in my.cnf, under [mysqld]: gtid_mode = ON"},
    {&mysql97, "binlog_expire_logs_seconds", "3600", LEAT_FINDING_WARNING, "log_keep",
     "SET PERSIST binlog_expire_logs_seconds = 604800;"},
    {&mariadb, "max_binlog_total_size", "1000000", LEAT_FINDING_WARNING, "log_size",
     "SET GLOBAL max_binlog_total_size = 34359738368; -- and for the next start in my.cnf, under [mysqld]: "
     "max_binlog_total_size = 34359738368"},
};

static void each_setting_has_its_mend(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(setting_cases); i++) {
        const setting_case *at = &setting_cases[i];
        stage *on = begin(at->server);
        set(on, at->name, at->value);
        run_all(on);
        expect(on, at->level, at->code, at->mend);
        end(on);
    }
}

static void good_servers_get_no_word(void **state)
{
    (void)state;
    stage *on = begin(&mysql97);
    run_all(on);
    expect_quiet(on);
    end(on);
    on = begin(&mariadb);
    set(on, "gtid_strict_mode", "OFF"); /* alone it makes no numbers out of order */
    set(on, "log_slave_updates", "OFF");
    set(on, "binlog_row_image", "FULL_NODUP");
    run_all(on);
    expect_quiet(on);
    end(on);
}

static void without_a_log_nothing_else_matters(void **state)
{
    (void)state;
    stage *on = begin(&mysql57);
    set(on, "log_bin", "OFF");
    set(on, "binlog_format", "STATEMENT");
    run_all(on);
    assert_int_equal(on->findings.count, 1);
    end(on);
}

static void old_servers_are_refused(void **state)
{
    (void)state;
    static const leat_mysql_server old_mysql = {.version = 50651, .version_text = "5.6.51"};
    static const leat_mysql_server old_mariadb = {
        .mariadb = true, .version = 100244, .version_text = "10.2.44-MariaDB", .gtid = true};
    stage *on = begin(&old_mysql);
    leat_mysql_check_log(&on->check);
    expect(on, LEAT_FINDING_ERROR, "version", NULL);
    end(on);
    on = begin(&old_mariadb);
    leat_mysql_check_log(&on->check);
    expect(on, LEAT_FINDING_ERROR, "version", NULL);
    end(on);
}

static void partial_json_matters_only_without_whole_rows(void **state)
{
    (void)state;
    stage *on = begin(&mysql97);
    set(on, "binlog_row_value_options", "PARTIAL_JSON");
    run_all(on);
    expect_quiet(on);
    set(on, "binlog_row_image", "MINIMAL");
    run_all(on);
    expect(on, LEAT_FINDING_WARNING, "binlog_row_value_options",
           "SET PERSIST binlog_row_value_options = '';");
    end(on);
}

static void settings_of_amazon_stand_in_parameter_groups(void **state)
{
    (void)state;
    stage *on = begin(&mysql97);
    set(on, "basedir", "/rdsdbbin/mysql-8.0.35.R2/");
    set(on, "binlog_format", "MIXED");
    leat_mysql_check_log(&on->check);
    expect(on, LEAT_FINDING_ERROR, "binlog_format", "in the DB parameter group: binlog_format = ROW");
    end(on);
    on = begin(&mysql97);
    set(on, "aurora_version", "3.05.2");
    set(on, "binlog_format", "MIXED");
    leat_mysql_check_log(&on->check);
    expect(on, LEAT_FINDING_ERROR, "binlog_format", "in the DB cluster parameter group: binlog_format = ROW");
    end(on);
    on = begin(&mysql97);
    set(on, "aurora_version", "3.05.2");
    set(on, "log_bin", "OFF");
    leat_mysql_check_log(&on->check);
    expect(on, LEAT_FINDING_ERROR, "log_bin", "switch automated backups on: retention of one day or more");
    end(on);
}

static void log_is_kept_by_days_or_seconds_or_for_ever(void **state)
{
    (void)state;
    static const struct {
        const char *seconds;
        const char *days;
        const char *purge;
        bool short_time;
    } cases[] = {
        {"0", "0", "", false},          {"", "1", "", false},        /* MySQL 5.7 */
        {"0", "2.500000", "", false},                                /* MariaDB 10.11 */
        {"3600", "0.041667", "", true}, {"3600", "0", "OFF", false}, /* MySQL 8.0.29 and later */
        {"3600", "0", "ON", true},      {"86400", "0", "ON", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        stage *on = begin(&mysql97);
        leat_error error;
        set(on, "binlog_expire_logs_seconds", cases[i].seconds);
        set(on, "expire_logs_days", cases[i].days);
        set(on, "binlog_expire_logs_auto_purge", cases[i].purge);
        assert_int_equal(leat_mysql_check_keep(&on->check, &error), LEAT_OK);
        assert_int_equal(find(on, "log_keep") != NULL, cases[i].short_time);
        end(on);
    }
}

/* ---- Replication ---- */

static void replica_that_logs_nothing_is_an_error(void **state)
{
    (void)state;
    stage *on = begin(&mariadb);
    set(on, "log_slave_updates", "OFF");
    on->check.has_source = true;
    leat_mysql_check_replication(&on->check);
    expect(on, LEAT_FINDING_ERROR, "log_replica_updates",
           "in my.cnf, under [mysqld], then restart the server: log_slave_updates = ON");
    end(on);
    on = begin(&mysql57);
    set(on, "log_slave_updates", "OFF");
    on->check.source_known = false;
    leat_mysql_check_replication(&on->check);
    expect(on, LEAT_FINDING_WARNING, "log_replica_updates",
           "in my.cnf, under [mysqld], then restart the server: log_slave_updates = ON");
    end(on);
}

static void replica_by_file_is_warned_of(void **state)
{
    (void)state;
    stage *on = begin(&mysql57);
    on->check.has_source = true;
    leat_mysql_check_replication(&on->check);
    expect(on, LEAT_FINDING_WARNING, "replica", NULL);
    end(on);
}

static void loose_gtids_of_a_replica_are_warned_of(void **state)
{
    (void)state;
    stage *on = begin(&mariadb);
    set(on, "gtid_strict_mode", "OFF");
    on->check.has_source = true;
    leat_mysql_check_replication(&on->check);
    expect(on, LEAT_FINDING_WARNING, "gtid",
           "SET GLOBAL gtid_strict_mode = 'ON'; -- and for the next start in my.cnf, under [mysqld]: "
           "gtid_strict_mode = ON");
    end(on);
}

static void our_number_must_be_nobody_elses(void **state)
{
    (void)state;
    static const char mend[] = "set source.server_id to a number that no server and no other replica has";
    stage *on = begin(&mysql97);
    on->replica = (leat_mysql_connected_replica){.server_id = 7, .host = "other"};
    on->check.replicas = &on->replica;
    on->check.replica_count = 1;
    on->own.server_id = 8;
    leat_mysql_check_replication(&on->check);
    expect_quiet(on);
    on->own.server_id = 7;
    leat_mysql_check_replication(&on->check);
    expect(on, LEAT_FINDING_WARNING, "replica_id", mend);
    end(on);
    on = begin(&mysql97);
    on->own.server_id = 1;
    leat_mysql_check_replication(&on->check);
    expect(on, LEAT_FINDING_ERROR, "replica_id", mend);
    end(on);
}

/* ---- Filters ---- */

static void filtered_databases_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *only;
        const char *ignore;
        bool error;
    } cases[] = {
        {"", "shop", true},      {"", "other,shop,third", true}, {"", "shop2,2shop", false},
        {"other", "", true},     {"other,shop", "", false},      {"shop2", "shop", true},
        {"shop", "shop", false}, /* binlog_do_db decides alone where it is set */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        stage *on = begin(&mysql97);
        add_table(on, "shop", "a", true);
        add_table(on, "shop", "b", true);
        on->check.log.only = cases[i].only;
        on->check.log.ignore = cases[i].ignore;
        leat_mysql_check_filters(&on->check);
        assert_int_equal(on->findings.count, 1);
        assert_int_equal(on->findings.items[0].level,
                         cases[i].error ? LEAT_FINDING_ERROR : LEAT_FINDING_WARNING);
        end(on);
    }
}

/* ---- Grants ---- */

static void grants_as_servers_print_them(void **state)
{
    (void)state;
    leat_mysql_grants grants = {0};
    leat_mysql_grants_add(&grants, "GRANT `rr` TO `ok`@`%`");
    leat_mysql_grants_add(&grants, "GRANT SELECT, BINLOG MONITOR ON *.* TO `ok`@`%` IDENTIFIED BY PASSWORD "
                                   "'*D8 ON *.* GRANT ALL PRIVILEGES ON *.*'");
    leat_mysql_grants_add(&grants, "GRANT PROXY ON ``@`%` TO 'root'@'localhost' WITH GRANT OPTION");
    leat_mysql_grants_add(&grants,
                          "GRANT LOCK TABLES, INSERT (`a`, `RELOAD`) ON `we``ird ON x`.* TO `ok`@`%`");
    leat_mysql_grants_add(&grants, "GRANT SELECT ON `shop`.`orders` TO `ok`@`%`");
    leat_mysql_grants_add(&grants, "GRANT APPLICATION_PASSWORD_ADMIN,FLUSH_TABLES ON *.* TO `ok`@`%`");
    assert_true(leat_mysql_grants_global(&grants, "SELECT"));
    assert_true(leat_mysql_grants_global(&grants, "BINLOG MONITOR"));
    assert_true(leat_mysql_grants_global(&grants, "FLUSH_TABLES"));
    assert_false(leat_mysql_grants_global(&grants, "MONITOR"));
    assert_false(leat_mysql_grants_global(&grants, "RELOAD"));
    assert_false(leat_mysql_grants_global(&grants, "REPLICATION SLAVE"));
    assert_false(leat_mysql_grants_global(&grants, "LOCK TABLES"));
    assert_true(leat_mysql_grants_database(&grants, "LOCK TABLES", "we`ird ON x"));
    assert_false(leat_mysql_grants_database(&grants, "INSERT", "we`ird ON x"));
    assert_false(leat_mysql_grants_database(&grants, "LOCK TABLES", "shop"));
    leat_mysql_grants_free(&grants);
}

static void all_privileges_are_all(void **state)
{
    (void)state;
    leat_mysql_grants grants = {0};
    leat_mysql_grants_add(&grants, "GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION");
    assert_true(leat_mysql_grants_global(&grants, "REPLICATION SLAVE"));
    assert_true(leat_mysql_grants_database(&grants, "LOCK TABLES", "shop"));
    /* MySQL's partial_revokes */
    leat_mysql_grants_add(&grants, "REVOKE LOCK TABLES ON `shop`.* FROM `root`@`localhost`");
    assert_false(leat_mysql_grants_database(&grants, "LOCK TABLES", "shop"));
    assert_true(leat_mysql_grants_database(&grants, "LOCK TABLES", "other"));
    leat_mysql_grants_free(&grants);
}

static void databases_of_grants_are_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        const char *database;
        bool matches;
    } cases[] = {
        {"shop", "shop", true},
        {"shop", "shop2", false},
        {"sho_", "shop", true},
        {"sho\\_", "shop", false},
        {"sho\\_", "sho_", true},
        {"s%p", "shop", true},
        {"s%", "s", true},
        {"%op", "shoop", true},
        {"s%o%p", "sooop", true},
        {"s%q", "shop", false},
        {"\\%", "%", true},
        {"\\%", "x", false},
        {"shop%\\_x", "shop_1_x", true},
        {"", "shop", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        leat_mysql_grants grants = {0};
        leat_buffer line = {0};
        leat_buffer_printf(&line, "GRANT LOCK TABLES ON `%s`.* TO `a`@`b`", cases[i].pattern);
        leat_mysql_grants_add(&grants, leat_buffer_string(&line));
        assert_int_equal(leat_mysql_grants_database(&grants, "LOCK TABLES", cases[i].database),
                         cases[i].matches);
        leat_buffer_free(&line);
        leat_mysql_grants_free(&grants);
    }
}

static void half_a_grant_is_none(void **state)
{
    (void)state;
    static const char *const lines[] = {"",
                                        "GRANT",
                                        "GRANT ",
                                        "GRANT RELOAD",
                                        "GRANT RELOAD (",
                                        "GRANT RELOAD ON ",
                                        "GRANT RELOAD ON *",
                                        "GRANT RELOAD ON `",
                                        "RELOAD ON *.*"};
    for (size_t i = 0; i < COUNT(lines); i++) {
        leat_mysql_grants grants = {0};
        leat_mysql_grants_add(&grants, lines[i]);
        assert_false(leat_mysql_grants_global(&grants, "RELOAD"));
        leat_mysql_grants_free(&grants);
    }
}

static void accounts_are_quoted(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"leat@%", "'leat'@'%'"},
        {"le@at@10.0.%", "'le@at'@'10.0.%'"},
        {"lo'w@localhost", "'lo''w'@'localhost'"},
        {"@localhost", "''@'localhost'"},
    };
    leat_arena arena = {0};
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(leat_mysql_account_quote(cases[i][0], &arena), cases[i][1]);
    leat_arena_free(&arena);
}

/* ---- Rights ---- */

static void missing_rights_come_in_one_statement(void **state)
{
    (void)state;
    stage *on = begin(&mysql97);
    on->check.log.allowed = false;
    leat_mysql_check_rights(&on->check);
    expect(on, LEAT_FINDING_ERROR, "replication_rights",
           "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'leat'@'%';");
    end(on);
    on = begin(&mariadb);
    leat_mysql_grants_add(&on->check.grants, "GRANT REPLICATION SLAVE ON *.* TO `leat`@`%`");
    on->check.log.allowed = false;
    leat_mysql_check_rights(&on->check);
    expect(on, LEAT_FINDING_ERROR, "replication_rights", "GRANT BINLOG MONITOR ON *.* TO 'leat'@'%';");
    end(on);
}

static void mysql_that_lists_its_replicas_sends_its_log(void **state)
{
    (void)state;
    stage *on = begin(&mysql97);
    on->check.replicas_known = true;
    leat_mysql_check_rights(&on->check);
    expect_quiet(on);
    end(on);
    on = begin(&mariadb);
    on->check.replicas_known = true;
    leat_mysql_check_rights(&on->check);
    expect(on, LEAT_FINDING_ERROR, "replication_rights", "GRANT REPLICATION SLAVE ON *.* TO 'leat'@'%';");
    end(on);
}

static void snapshot_of_mysql_wants_a_lock(void **state)
{
    (void)state;
    stage *on = begin(&mysql97);
    on->check.replicas_known = true;
    add_table(on, "shop", "a", true);
    add_table(on, "store", "b", true);
    leat_mysql_check_rights(&on->check);
    expect(on, LEAT_FINDING_WARNING, "snapshot_rights",
           "GRANT LOCK TABLES ON `shop`.* TO 'leat'@'%';\nGRANT LOCK TABLES ON `store`.* TO 'leat'@'%';");
    assert_null(find(on, "lock_rights"));
    end(on);
    on = begin(&mysql97);
    on->check.replicas_known = true;
    add_table(on, "shop", "a", true);
    add_table(on, "store", "b", true);
    leat_mysql_grants_add(&on->check.grants, "GRANT LOCK TABLES ON `s%`.* TO `leat`@`%`");
    leat_mysql_check_rights(&on->check);
    expect_quiet(on);
    end(on);
}

static void amazon_has_no_lock_on_everything(void **state)
{
    (void)state;
    stage *on = begin(&mysql97);
    set(on, "basedir", "/rdsdbbin/mysql/");
    on->check.replicas_known = true;
    add_table(on, "shop", "a", true);
    add_table(on, "store", "b", true);
    leat_mysql_grants_add(&on->check.grants, "GRANT RELOAD ON *.* TO `leat`@`%`");
    leat_mysql_check_rights(&on->check);
    expect(on, LEAT_FINDING_WARNING, "snapshot_rights",
           "GRANT LOCK TABLES ON `shop`.* TO 'leat'@'%';\nGRANT LOCK TABLES ON `store`.* TO 'leat'@'%';");
    end(on);
}

static void tables_without_snapshots_must_be_locked(void **state)
{
    (void)state;
    stage *on = begin(&mariadb);
    leat_mysql_grants_add(&on->check.grants, "GRANT REPLICATION SLAVE ON *.* TO `leat`@`%`");
    add_table(on, "shop", "a", true);
    leat_mysql_check_rights(&on->check);
    expect_quiet(on);
    add_table(on, "store", "old", false);
    leat_mysql_check_rights(&on->check);
    expect(on, LEAT_FINDING_ERROR, "lock_rights", "GRANT LOCK TABLES ON `store`.* TO 'leat'@'%';");
    end(on);
}

/* ---- Foreign keys ---- */

static void foreign_keys_as_show_create_table_prints_them(void **state)
{
    (void)state;
    static const char sql[] =
        "CREATE TABLE `c.x` (\n"
        "  `id` int(11) NOT NULL COMMENT '  CONSTRAINT `no` FOREIGN KEY (`id`) REFERENCES `x` (`y`)',\n"
        "  `p` int(11) DEFAULT NULL,\n"
        "  PRIMARY KEY (`id`),\n"
        "  KEY `f``k` (`p`),\n"
        "  CONSTRAINT `plain` FOREIGN KEY (`q`) REFERENCES `p` (`id`),\n"
        "  CONSTRAINT `f``k` FOREIGN KEY (`p`, `we``ird, )`) REFERENCES `pa.r` (`id`, `x`) ON DELETE CASCADE "
        "ON UPDATE SET NULL,\n"
        "  CONSTRAINT `half` FOREIGN KEY (`p`) REFERENCES `other`.`p` (`id`) ON DELETE RESTRICT ON UPDATE "
        "SET "
        "DEFAULT,\n"
        "  CONSTRAINT `still` FOREIGN KEY (`p`) REFERENCES `p` (`id`) ON DELETE NO ACTION,\n"
        "  CONSTRAINT `c` CHECK (`p` > 0),\n"
        "  CONSTRAINT `f`k` FOREIGN KEY (`p`) REFERENCES `p` (`id`) ON UPDATE CASCADE\n" /* MariaDB 11.8 */
        ") ENGINE=InnoDB";
    leat_arena arena = {0};
    leat_mysql_foreign_keys keys;
    leat_mysql_foreign_keys_read(sql, &arena, &keys);
    assert_int_equal(keys.count, 5);
    assert_string_equal(keys.items[0].actions, "");
    assert_string_equal(keys.items[1].name, "f`k");
    assert_string_equal(keys.items[1].parent, "pa.r");
    assert_null(keys.items[1].parent_database);
    assert_string_equal(keys.items[1].actions, "ON DELETE CASCADE ON UPDATE SET NULL");
    assert_string_equal(keys.items[2].parent_database, "other");
    assert_string_equal(keys.items[2].parent, "p");
    assert_string_equal(keys.items[2].actions, "ON UPDATE SET DEFAULT");
    assert_string_equal(keys.items[3].actions, "");
    assert_string_equal(keys.items[4].name, "f`k");
    assert_string_equal(keys.items[4].actions, "ON UPDATE CASCADE");
    leat_arena_free(&arena);
}

static void no_foreign_key_in_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n", "  CONSTRAINT ", "  CONSTRAINT `a` FOREIGN KEY (`b",
                                        "  CONSTRAINT `a` FOREIGN KEY (`b`) REFERENCE"};
    leat_arena arena = {0};
    for (size_t i = 0; i < COUNT(texts); i++) {
        leat_mysql_foreign_keys keys;
        leat_mysql_foreign_keys_read(texts[i], &arena, &keys);
        assert_int_equal(keys.count, 0);
    }
    leat_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_setting_has_its_mend),
        cmocka_unit_test(good_servers_get_no_word),
        cmocka_unit_test(without_a_log_nothing_else_matters),
        cmocka_unit_test(old_servers_are_refused),
        cmocka_unit_test(partial_json_matters_only_without_whole_rows),
        cmocka_unit_test(settings_of_amazon_stand_in_parameter_groups),
        cmocka_unit_test(log_is_kept_by_days_or_seconds_or_for_ever),
        cmocka_unit_test(replica_that_logs_nothing_is_an_error),
        cmocka_unit_test(replica_by_file_is_warned_of),
        cmocka_unit_test(loose_gtids_of_a_replica_are_warned_of),
        cmocka_unit_test(our_number_must_be_nobody_elses),
        cmocka_unit_test(filtered_databases_are_found),
        cmocka_unit_test(grants_as_servers_print_them),
        cmocka_unit_test(all_privileges_are_all),
        cmocka_unit_test(databases_of_grants_are_patterns),
        cmocka_unit_test(half_a_grant_is_none),
        cmocka_unit_test(accounts_are_quoted),
        cmocka_unit_test(missing_rights_come_in_one_statement),
        cmocka_unit_test(mysql_that_lists_its_replicas_sends_its_log),
        cmocka_unit_test(snapshot_of_mysql_wants_a_lock),
        cmocka_unit_test(amazon_has_no_lock_on_everything),
        cmocka_unit_test(tables_without_snapshots_must_be_locked),
        cmocka_unit_test(foreign_keys_as_show_create_table_prints_them),
        cmocka_unit_test(no_foreign_key_in_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
