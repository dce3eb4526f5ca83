/* What kind of statement a text is, and which tables it is about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

#include "mysql_ddl_statements.h"

enum { ANSI_QUOTES = 0x4, NO_BACKSLASH_ESCAPES = 0x100000 };

typedef struct expectation {
    const char *sql;
    const char *expected; /* as describe_statement has it */
} expectation;

static const leat_mysql_ddl_context mysql = {.database = "d", .version = 80045};
static const leat_mysql_ddl_context mariadb = {.database = "d", .mariadb = true, .version = 101119};
static const leat_mysql_ddl_context quoting = {
    .database = "d", .sql_mode = ANSI_QUOTES | NO_BACKSLASH_ESCAPES, .version = 80045};

static bool reads_as(const char *sql, const leat_mysql_ddl_context *context, const char *expected)
{
    leat_arena arena = {0};
    leat_buffer text = {0};
    leat_mysql_statement statement;
    leat_mysql_ddl_read(leat_slice_of_string(sql), context, &arena, &statement);
    assert_true((statement.reason != NULL) == (statement.kind == LEAT_MYSQL_UNREADABLE));
    describe_statement(&statement, &text);
    bool equal = strcmp(leat_buffer_string(&text), expected) == 0;
    if (!equal)
        print_error("%s\n  ours:     %s (%s)\n  expected: %s\n", sql, leat_buffer_string(&text),
                    statement.reason ? statement.reason : "", expected);
    leat_buffer_free(&text);
    leat_arena_free(&arena);
    return equal;
}

static void check(const expectation *all, size_t count, const leat_mysql_ddl_context *context)
{
    size_t failures = 0;
    for (size_t i = 0; i < count; i++)
        failures += !reads_as(all[i].sql, context, all[i].expected);
    assert_int_equal(failures, 0);
}

#define CHECK(list, context) check(list, sizeof(list) / sizeof *(list), context)

static void statements_with_accounts_or_passwords_are_told(void **state)
{
    static const char *const texts[] = {
        "CREATE USER 'a'@'%' IDENTIFIED WITH 'caching_sha2_password' AS '$A$005$secret'",
        "create or replace user if not exists a identified by 'secret'",
        "ALTER USER a@localhost IDENTIFIED BY 'secret' RETAIN CURRENT PASSWORD",
        "ALTER USER IF EXISTS a DISCARD OLD PASSWORD",
        "DROP USER IF EXISTS a, b",
        "RENAME USER a TO b",
        "CREATE ROLE r WITH ADMIN CURRENT_USER",
        "DROP ROLE r",
        "GRANT ALL ON *.* TO a IDENTIFIED BY 'secret' WITH GRANT OPTION",
        "REVOKE ALL PRIVILEGES, GRANT OPTION FROM a",
        "SET PASSWORD FOR a = 'secret'",
        "SET PASSWORD = PASSWORD('secret')",
        "SET ROLE ALL",
        "SET DEFAULT ROLE r FOR a",
        "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (USER 'u', PASSWORD 'secret')",
        "ALTER SERVER s OPTIONS (PASSWORD 'secret')",
        "CHANGE MASTER TO MASTER_PASSWORD='secret'",
        "CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD='secret'",
        "START REPLICA PASSWORD='secret'",
        "SET STATEMENT max_statement_time=1 FOR SET PASSWORD = 'secret'",
        "/* x */ grant /*!50000 select */ on a.* to b",
        "INSERT INTO mysql.user VALUES ('%','a','secret')",
        "update `mysql`.`global_priv` set priv = 'secret'",
        "DELETE FROM mysql.db WHERE user = 'a'",
        "REPLACE mysql.servers VALUES ('secret')",
        "CREATE USER 'a' IDENTIFIED BY 'unclosed",
        "GRANT 'unclosed",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_true(reads_as(texts[i], &mariadb, "account") && reads_as(texts[i], &mysql, "account"));
}

static void statements_about_no_table_are_told(void **state)
{
    static const char *const texts[] = {
        "",
        ";",
        "# Dummy event replacing event type 160 that slave cannot handle.",
        "/* nothing */",
        "-- nothing",
        "create procedure p() begin drop table t; if 1 then insert into t values (1); end if; end",
        "CREATE DEFINER=`root`@`localhost` PROCEDURE `d`.`p`(a int) comment 'x' create table t (a int)",
        "CREATE DEFINER=root@localhost FUNCTION f() RETURNS int RETURN 1",
        "CREATE DEFINER = CURRENT_USER() TRIGGER t BEFORE INSERT ON t FOR EACH ROW SET new.a = 1",
        "CREATE DEFINER=table@`%` EVENT e ON SCHEDULE EVERY 1 DAY DO TRUNCATE TABLE t",
        "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`a`@`b` SQL SECURITY DEFINER VIEW `v` AS select 1",
        "CREATE AGGREGATE FUNCTION IF NOT EXISTS f RETURNS STRING SONAME 'x.so'",
        "CREATE PACKAGE BODY p AS PROCEDURE x; END",
        "CREATE FUNCTION f() RETURNS int LANGUAGE JAVASCRIPT AS $$ drop table t; ' $$",
        "ALTER PROCEDURE p COMMENT 'x'",
        "ALTER EVENT e DISABLE",
        "ALTER ALGORITHM=MERGE VIEW v AS SELECT 1",
        "DROP PROCEDURE IF EXISTS p",
        "DROP VIEW v, w",
        "DROP TRIGGER t",
        "DROP TABLESPACE ts",
        "CREATE TABLESPACE ts ADD DATAFILE 'x.ibd'",
        "CREATE UNDO TABLESPACE u ADD DATAFILE 'x.ibu'",
        "CREATE LOGFILE GROUP g ADD UNDOFILE 'x'",
        "CREATE OR REPLACE SPATIAL REFERENCE SYSTEM 1000000 NAME 'x'",
        "CREATE RESOURCE GROUP r TYPE = USER",
        "ALTER INSTANCE ROTATE INNODB MASTER KEY",
        "ANALYZE TABLE t",
        "ANALYZE NO_WRITE_TO_BINLOG TABLE t UPDATE HISTOGRAM ON c",
        "OPTIMIZE TABLE t",
        "REPAIR TABLE t",
        "CHECK TABLE t",
        "FLUSH TABLES",
        "flush local tables d.t with read lock",
        "FLUSH PRIVILEGES",
        "LOAD INDEX INTO CACHE t",
        "CACHE INDEX t IN c",
        "INSTALL PLUGIN x SONAME 'y'",
        "UNINSTALL COMPONENT 'x'",
        "LOCK TABLES t WRITE",
        "UNLOCK TABLES",
        "LOCK INSTANCE FOR BACKUP",
        "SET @x = 1",
        "SET SESSION sql_mode = 'ANSI'",
        "SET NAMES utf8mb4",
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "USE d",
        "SHOW TABLES",
        "EXPLAIN SELECT 1",
        "HELP 'x'",
        "PREPARE s FROM 'drop table t'",
        "RELEASE SAVEPOINT a",
        "XA RECOVER",
        "ALTER SEQUENCE s RESTART 5",
        "BINLOG 'abc'",
        "RESET MASTER",
        "PURGE BINARY LOGS TO 'x'",
        "SIGNAL SQLSTATE '45000'",
        "KILL 5",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_true(reads_as(texts[i], &mysql, "other"));
}

static void transactions(void **state)
{
    static const expectation list[] = {
        {"BEGIN", "begin"},
        {"begin work;", "begin"},
        {"START TRANSACTION WITH CONSISTENT SNAPSHOT", "begin"},
        {"COMMIT", "commit"},
        {"/* c */ commit and chain", "commit"},
        {"ROLLBACK", "rollback"},
        {"rollback work", "rollback"},
        {"SAVEPOINT `a``b`", "savepoint a`b"},
        {"SAVEPOINT s1", "savepoint s1"},
        {"ROLLBACK TO `s 1`", "rollback to s 1"},
        {"rollback work to savepoint s1", "rollback to s1"},
        {"ROLLBACK TO SAVEPOINT", "rollback to SAVEPOINT"},
        {"XA START X'7831',X'',1", "xa start 1:7831:"},
        {"XA BEGIN 'x1'", "xa start 1:7831:"},
        {"XA END X'7831',X'62',1", "xa end 1:7831:62"},
        {"XA PREPARE 'a','b',4294967295", "xa prepare 4294967295:61:62"},
        {"XA COMMIT X'7831',X'',1", "xa commit 1:7831:"},
        {"XA COMMIT X'7831',X'',1 ONE PHASE", "xa commit 1:7831: one phase"},
        {"XA ROLLBACK 0x7831ff", "xa rollback 1:7831ff:"},
        {"XA COMMIT X'7831',X'',4294967296", "unreadable"},
        {"XA COMMIT x1", "unreadable"},
        {"XA FLY 'x1'", "unreadable"},
    };
    (void)state;
    CHECK(list, &mysql);
}

static void rows_changed_by_statements(void **state)
{
    static const expectation list[] = {
        {"INSERT INTO t VALUES (1)", "dml d.t"},
        {"insert low_priority ignore shop.t (a) select * from u", "dml shop.t"},
        {"REPLACE DELAYED `t` SET a = 1", "dml d.t"},
        {"UPDATE t SET a = 1", "dml d.t"},
        {"update ignore t as x join (u, v) using (a) left join w.w on 1 set x.a = 1", "dml d.t d.u d.v w.w"},
        {"UPDATE t, (SELECT a FROM u) s SET t.a = 1", "dml d.t"},
        {"UPDATE t STRAIGHT_JOIN u USE INDEX (i) SET t.a = 1", "dml d.t d.u"},
        {"DELETE FROM t WHERE a = 1", "dml d.t"},
        {"DELETE QUICK FROM shop.t ORDER BY a LIMIT 1", "dml shop.t"},
        {"DELETE x, y FROM t AS x JOIN u AS y ON 1 WHERE 1", "dml d.t d.u"},
        {"DELETE FROM x USING t AS x, u WHERE 1", "dml d.t d.u"},
        {"LOAD DATA INFILE 'f' REPLACE INTO TABLE t FIELDS TERMINATED BY ','", "dml d.t"},
        {"LOAD DATA LOCAL INFILE '/tmp/x' INTO TABLE `shop`.`t` (a, @b)", "dml shop.t"},
        {"LOAD XML INFILE 'f' INTO TABLE t", "dml d.t"},
        {"WITH c AS (SELECT 1 UNION SELECT a FROM z) UPDATE t JOIN c SET t.a = 1", "dml d.t d.c"},
        {"WITH RECURSIVE c (n) AS (SELECT 1) DELETE FROM t WHERE a IN (SELECT n FROM c)", "dml d.t"},
        {"CALL p()", "dml"},
        {"DO f()", "dml"},
        {"SELECT f()", "dml"},
        {"(SELECT f())", "dml"},
        {"ANALYZE FORMAT=JSON UPDATE t SET a = 1", "dml d.t"},
        {"ANALYZE DELETE FROM t", "dml d.t"},
        /* No triggers stand on the server's own tables. */
        {"INSERT INTO mysql.rds_heartbeat2(id, value) values (1,1) ON DUPLICATE KEY UPDATE value = 1",
         "dml mysql.rds_heartbeat2 and no other"},
        {"REPLACE INTO mysql.x VALUES (now(), 'a')", "dml mysql.x and no other"},
        {"UPDATE mysql.x SET a = 1", "dml mysql.x and no other"},
        {"UPDATE mysql.x SET a = shop.f(1)", "dml mysql.x"},
        {"INSERT INTO mysql.x SELECT f(1)", "dml mysql.x"},
        {"UPDATE mysql.x, t SET x.a = 1", "dml mysql.x d.t"},
        {"DELETE t WHERE", "unreadable"},
    };
    (void)state;
    CHECK(list, &mariadb);
}

static void tables_dropped_renamed_and_emptied(void **state)
{
    static const expectation list[] = {
        {"DROP TABLE IF EXISTS `a`,`x`.`l`,`nosuch` /* generated by server */",
         "drop table | drop d.a if | drop x.l if | drop d.nosuch if"},
        {"DROP TEMPORARY TABLE IF EXISTS `t`", "drop table | drop d.t if temporary"},
        {"drop tables a , b cascade;", "drop table | drop d.a | drop d.b"},
        {"DROP SEQUENCE s", "drop table | drop d.s"},
        {"DROP TABLE t WAIT 5 RESTRICT", "drop table | drop d.t"},
        {"rename table a to a_old, k to a", "rename table | rename d.a d.a_old | rename d.k d.a"},
        {"RENAME TABLES x.a TO b, c TO y.d", "rename table | rename x.a d.b | rename d.c y.d"},
        {"RENAME TABLE IF EXISTS a WAIT 3 TO b", "rename table | rename d.a d.b if"},
        {"TRUNCATE t", "truncate table | truncate d.t"},
        {"truncate table `x`.`a.b` WAIT 5", "truncate table | truncate x.a.b"},
        {"TRUNCATE TABLE t DROP STORAGE", "truncate table | truncate d.t"},
        {"alter table a.t rename to b.t", "alter table | rename a.t b.t"},
        {"alter table a.t rename u", "alter table | rename a.t d.u"},
        {"alter table t add c int, rename u, drop d", "alter table | change d.t | rename d.t d.u"},
        {"alter table t exchange partition p with table x.u", "alter table | lost rows d.t | lost rows x.u"},
        {"ALTER TABLE t TRUNCATE PARTITION ALL", "alter table | lost rows d.t"},
        {"ALTER TABLE t DROP PARTITION IF EXISTS p0, p1", "alter table | lost rows d.t"},
        {"ALTER TABLE t IMPORT PARTITION p TABLESPACE", "alter table | lost rows d.t"},
        {"ALTER TABLE t DISCARD TABLESPACE", "alter table | lost rows d.t"},
        {"ALTER TABLE t CONVERT PARTITION p TO TABLE u",
         "alter table | like d.u d.t | lost rows d.t | lost rows d.u"},
        {"ALTER TABLE t CONVERT TABLE u TO PARTITION p VALUES LESS THAN (5)",
         "alter table | lost rows d.t | drop d.u"},
        {"ALTER TABLE t ADD PARTITION (PARTITION p VALUES IN (1, ')'))", "alter table"},
        {"ALTER TABLE t REORGANIZE PARTITION a INTO (PARTITION b VALUES LESS THAN (1))", "alter table"},
        {"ALTER TABLE t FORCE", "alter table"},
        {"ALTER TABLE IF EXISTS t ADD a int", "alter table | change d.t if"},
        {"ALTER TABLE t", "alter table"},
        {"drop database if exists `x y`", "database x y - - | drop database x y.* if"},
        {"DROP SCHEMA d", "database d - - | drop database d.*"},
        {"CREATE DATABASE IF NOT EXISTS x DEFAULT CHARACTER SET = latin1 COLLATE latin1_bin",
         "database x latin1 latin1_bin"},
        {"create schema x", "database x - -"},
        {"ALTER DATABASE CHARACTER SET utf8mb4", "database d utf8mb4 -"},
        {"ALTER DATABASE x COLLATE = 'utf8mb4_bin' READ ONLY = 1", "database x - utf8mb4_bin"},
    };
    (void)state;
    CHECK(list, &mariadb);
}

static void tables_created(void **state)
{
    static const expectation list[] = {
        {"CREATE TABLE t (a int)", "create table | define d.t"},
        {"create table T2.q (a int);", "create table | define T2.q"},
        {"create table .t (a int)", "create table | define d.t"},
        {"CREATE OR REPLACE TEMPORARY TABLE t (a int)", "create table | define d.t replace temporary"},
        {"CREATE TABLE IF NOT EXISTS t LIKE x.y", "create table | like d.t x.y if"},
        {"CREATE TABLE t (LIKE u)", "create table | like d.t d.u"},
        {"CREATE TABLE t AS SELECT 1", "create table | forget d.t"},
        {"CREATE TABLE t (a int) ENGINE=InnoDB SELECT * FROM u", "create table | forget d.t"},
        {"CREATE TABLE t (a int) REPLACE AS SELECT ';' FROM u", "create table | forget d.t"},
        {"CREATE TABLE t ((SELECT 1) UNION (SELECT 2))", "create table | forget d.t"},
        {"CREATE TABLE t PARTITION BY HASH (a) PARTITIONS 2 AS WITH c AS (SELECT 1 AS a) SELECT a FROM c",
         "create table | forget d.t"},
        {"CREATE TABLE t TABLE u", "create table | forget d.t"},
        {"CREATE TABLE t ENGINE=CONNECT TABLE_TYPE=MYSQL", "create table | forget d.t"},
        {"CREATE TABLE `t` (\n  `a` int DEFAULT NULL\n) START TRANSACTION", "create table | define d.t"},
        {"CREATE SEQUENCE IF NOT EXISTS s START WITH 5", "create table | define d.s if"},
        {"CREATE UNIQUE INDEX i ON t (a)", "alter table | change d.t"},
        {"CREATE INDEX IF NOT EXISTS i USING BTREE ON x.t (a(10) DESC) COMMENT 'x' LOCK=NONE",
         "alter table | change x.t"},
        {"CREATE FULLTEXT INDEX i ON t (a) WITH PARSER ngram", "alter table | change d.t"},
        {"DROP INDEX i ON x.t ALGORITHM=INPLACE", "alter table | change x.t"},
        {"ALTER SEQUENCE s AS int", "alter table | forget d.s"},
        {"SET STATEMENT a=1, b='FOR' FOR CREATE TABLE t (a int)", "create table | define d.t"},
    };
    (void)state;
    CHECK(list, &mariadb);
}

static void what_is_not_understood_says_so_and_names_its_tables(void **state)
{
    static const expectation list[] = {
        {"FROBNICATE TABLE t", "unreadable"},
        {"CREATE", "unreadable"},
        {"ALTER x", "unreadable"},
        {"CREATE TABLE t (a int, b frob frob)", "unreadable d.t"},
        {"CREATE TABLE t (a int", "unreadable d.t"},
        {"CREATE TABLE t (a int) )", "unreadable d.t"},
        {"CREATE TABLE t (a int); DROP TABLE u", "unreadable d.t"},
        {"CREATE TABLE", "unreadable"},
        {"CREATE TABLE t", "create table | forget d.t"},
        {"ALTER TABLE x.t FROBNICATE COLUMN a", "unreadable x.t"},
        {"ALTER TABLE t ADD COLUMN a int, FROB a", "unreadable d.t"},
        {"ALTER TABLE t RENAME COLUMN a b", "unreadable d.t"},
        {"ALTER TABLE t DROP COLUMN", "unreadable d.t"},
        {"ALTER TABLE t ADD a int 'x'", "unreadable d.t"},
        {"ALTER TABLE t COMMENT 'x", "unreadable d.t"},
        {"ALTER TABLE t /*! ADD a int", "unreadable d.t"},
        {"RENAME TABLE a TO b, c", "unreadable d.a d.b d.c"},
        {"RENAME COLUMN a TO b", "unreadable"},
        {"DROP TABLE a, b FROB", "unreadable d.a d.b"},
        {"DROP TABLE a,", "unreadable d.a"},
        {"TRUNCATE 'a'", "unreadable"},
        {"CREATE TABLE t (a varchar(99999999999999999999))", "unreadable d.t"},
        {"CREATE TABLE t (a enum())", "unreadable d.t"},
        {"ALTER TABLE t ALTER INDEX i FROB", "unreadable d.t"},
        {"ALTER TABLE t CONVERT TO LATIN", "unreadable d.t"},
        {"IMPORT TABLE FROM 'x.sdi'", "unreadable"},
    };
    (void)state;
    CHECK(list, &mysql);
}

static void a_reason_repeats_nothing_of_the_statement(void **state)
{
    static const char *const texts[] = {
        "CREATE TABLE secret (secret frob(secret) 'secret')",
        "secret",
        "ALTER TABLE secret SECRET secret",
        "DROP TABLE secret secret",
        "RENAME secret TO secret",
        "XA secret 'secret'",
        "CREATE TABLE t (a int) ENGINE=FEDERATED CONNECTION='mysql://u:secret@h/d",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        leat_arena arena = {0};
        leat_mysql_statement statement;
        leat_mysql_ddl_read(leat_slice_of_string(texts[i]), &mysql, &arena, &statement);
        assert_int_equal(statement.kind, LEAT_MYSQL_UNREADABLE);
        assert_null(strstr(statement.reason, "secret"));
        assert_null(strstr(statement.reason, "SECRET"));
        leat_arena_free(&arena);
    }
}

static void comments_for_versions_and_servers(void **state)
{
    static const char text[] =
        "DROP TABLE a /*!50001 , b1 */ /*!50700 , b2 */ /*!080045 , b3 */ /*!80046 , b4 */"
        " /*!99999 , b5 */ /*!100100 , b6 */ /*M! , b7 */ /*M!100100 , b8 */"
        " /*M!110100 , b9 */ /*! , c1 */ /*!, c2 /* , c3 */, c4 */ /* , c5 */ -- , c6\n# , c7\n";
    (void)state;
    assert_true(reads_as(text, &mysql,
                         "drop table | drop d.a | drop d.b1 | drop d.b2 | drop d.b3 | drop d.c1 | drop d.c2"
                         " | drop d.c4"));
    assert_true(reads_as(text, &mariadb,
                         "drop table | drop d.a | drop d.b1 | drop d.b6 | drop d.b7 | drop d.b8"
                         " | drop d.c1 | drop d.c2 | drop d.c4"));
}

static void a_comment_that_is_not_executed_has_inner_ones(void **state)
{
    static const expectation list[] = {
        {"DROP TABLE a /*!99999 , b /* inner */ , c */ , e", "drop table | drop d.a | drop d.e"},
        {"DROP TABLE a /* , b /* inner */ , c", "drop table | drop d.a | drop d.c"},
        {"/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER t BEFORE INSERT ON u FOR "
         "EACH"
         " ROW SET @a = 1 */",
         "other"},
        {"/*!40000 DROP DATABASE IF EXISTS `x`*/", "database x - - | drop database x.* if"},
        {"DROP TABLE a--b", "unreadable d.a"},
        {"DROP TABLE a --\tb", "drop table | drop d.a"},
        {"DROP/**/TABLE/**/a", "drop table | drop d.a"},
    };
    (void)state;
    CHECK(list, &mysql);
}

static void names_and_quotes(void **state)
{
    static const expectation list[] = {
        {"DROP TABLE `a``b`, `x.y`.`z`, größe, $a, 1a, a.2b, a . b",
         "drop table | drop d.a`b | drop x.y.z | drop d.größe | drop d.$a | drop d.1a | drop a.2b | drop "
         "a.b"},
        {"DROP TABLE `IF`, `select`", "drop table | drop d.IF | drop d.select"},
        {"DROP TABLE \"a\"", "unreadable"},
        {"INSERT INTO t VALUES ('a\\'; DROP TABLE u', \"b\\\"\")", "dml d.t"},
        {"CREATE TABLE t (a enum('it''s', 'b\\'', \"q\"\"\", 'c\\\\') DEFAULT 'b\\'')",
         "create table | define d.t"},
        {"CREATE TABLE t (a int COMMENT 'x\\')", "unreadable d.t"},
    };
    static const expectation ansi[] = {
        {"DROP TABLE \"a\"\"b\", \"x\".\"y\"", "drop table | drop d.a\"b | drop x.y"},
        {"CREATE TABLE \"t\" (\"a\" int COMMENT 'x\\')", "create table | define d.t"},
        {"INSERT INTO \"t\" VALUES ('a\\')", "dml d.t"},
    };
    (void)state;
    CHECK(list, &mysql);
    CHECK(ansi, &quoting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_with_accounts_or_passwords_are_told),
        cmocka_unit_test(statements_about_no_table_are_told),
        cmocka_unit_test(transactions),
        cmocka_unit_test(rows_changed_by_statements),
        cmocka_unit_test(tables_dropped_renamed_and_emptied),
        cmocka_unit_test(tables_created),
        cmocka_unit_test(what_is_not_understood_says_so_and_names_its_tables),
        cmocka_unit_test(a_reason_repeats_nothing_of_the_statement),
        cmocka_unit_test(comments_for_versions_and_servers),
        cmocka_unit_test(a_comment_that_is_not_executed_has_inner_ones),
        cmocka_unit_test(names_and_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
