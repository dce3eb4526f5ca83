"""What `leat check` finds on MariaDB and MySQL, and that its mends mend."""

import json

from lib.leat import DONE, OPERATOR
from lib.testing import MYSQL_SERVERS, assert_equal, mysql_servers, own_server, wait_until

PASSWORD = "secret"


def check(leat):
    return json.loads(leat.run("check", "--json").stdout)["findings"]


def amiss(leat):
    """Codes of findings that are not fine, with the finding; the last one of each."""
    return {finding["code"]: finding for finding in check(leat) if finding["level"] != "fine"}


def run_mend(server, finding):
    for statement in finding["mend"].split("\n"):
        server.sql(statement.split(" -- ")[0], database=None)


def expect(found, code, level, *words):
    assert code in found, f"no finding {code} among {sorted(found)}"
    assert_equal(found[code]["level"], level, f"level of {code}")
    for word in words:
        assert word in found[code]["message"], f"{word!r} is not in {found[code]['message']!r}"


@mysql_servers(*MYSQL_SERVERS)
def test_nothing_is_amiss_on_a_good_server(context):
    context.server.sql("create table a (id int primary key)")
    leat = context.leat()
    assert_equal(amiss(leat), {})
    leat.run("check").expect(DONE)


SETTINGS = {
    "binlog_format": ("'STATEMENT'", "error"),
    "binlog_row_image": ("'MINIMAL'", "warning"),
    "binlog_row_metadata": ("'MINIMAL'", "warning"),
    "binlog_expire_logs_seconds": ("3600", "warning"),
}
CODES = {"binlog_expire_logs_seconds": "log_keep"}


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_settings_that_can_be_changed_while_it_runs(context):
    server = context.server
    server.sql("create table a (id int primary key)")
    for name, (value, _) in SETTINGS.items():
        server.sql(f"set global {name} = {value}")
    leat = context.leat()
    found = amiss(leat)
    for name, (_, level) in SETTINGS.items():
        code = CODES.get(name, name)
        expect(found, code, level)
        run_mend(server, found[code])
    assert_equal(amiss(leat), {})


@mysql_servers("mariadb-10.11", "mysql-9.7")
def test_account_gets_its_rights_by_the_mends(context):
    """From next to nothing to everything, by nothing but the statements that the check prints."""
    server = context.server
    server.sql(
        f"""create table a (id int primary key, secret int);
            create table `we``ird.x` (id int primary key) engine = MyISAM;
            create user 'l''eat'@'%' identified by '{PASSWORD}';
            grant select (id) on test.a to 'l''eat'@'%';
            grant insert on test.`we``ird.x` to 'l''eat'@'%'"""
    )
    leat = context.leat(source={"url": server.url(user="l'eat", password=PASSWORD)})
    leat.run("check").expect(OPERATOR)
    findings = [finding for finding in check(leat) if finding["mend"] and "GRANT " in finding["mend"]]
    codes = {finding["code"] for finding in findings}
    wanted = {"replication_rights", "lock_rights", "select"}
    assert_equal(codes, wanted if server.is_mariadb else wanted | {"snapshot_rights"})
    assert_equal(len([finding for finding in findings if finding["code"] == "select"]), 2, "tables that cannot be read")
    for finding in findings:
        run_mend(server, finding)
    assert_equal(list(amiss(leat)), ["engine"])
    leat.drain()


@mysql_servers("mysql-9.7", "mariadb-11.8")
def test_rights_by_a_role(context):
    server = context.server
    server.sql(
        f"""create table a (id int primary key);
            create role reader;
            grant select, reload, replication slave, replication client on *.* to reader;
            create user leat@'%' identified by '{PASSWORD}';
            grant reader to leat@'%'"""
    )
    server.sql("set default role reader " + ("for" if server.is_mariadb else "to") + " leat@'%'")
    assert_equal(amiss(context.leat(source={"url": server.url(user="leat", password=PASSWORD)})), {})


@mysql_servers(*MYSQL_SERVERS)
def test_tables_that_will_surprise(context):
    server = context.server
    server.sql(
        """create table keyless (id int, unique (id));
           create table old (id int primary key) engine = MyISAM;
           create table dates (d date not null primary key);
           create view v as select 1 as a"""
    )
    leat = context.leat(source={"tables": ["test.*", "test.v", "nosuch.*", "test.a?b"]})
    findings = check(leat)
    found = {(finding["code"], finding["object"]): finding for finding in findings}
    for code, thing, level in (
        ("key", "table test.keyless", "warning"),
        ("engine", "table test.old", "warning"),
        ("relation_kind", "table test.v", "warning"),
        ("pattern", "nosuch.*", "warning"),
        ("pattern", "test.a?b", "warning"),
        ("tables", "source.tables", "fine"),
    ):
        assert (code, thing) in found, f"no {code} of {thing} in {sorted(found)}"
        assert_equal(found[(code, thing)]["level"], level, f"level of {code}")
    surprised = {finding["object"] for finding in findings if finding["level"] != "fine"}
    assert_equal(surprised & {"table test.dates", "table test.a"}, set())
    assert_equal(("zero_dates", "server") in found, server.is_mariadb)  # MySQL's sql_mode forbids them by default
    run_mend(server, found[("engine", "table test.old")])
    assert "engine" not in amiss(leat)


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_cascades_that_no_log_tells_of(context):
    """With the right to read alone, which hides foreign keys in MariaDB's information_schema."""
    server = context.server
    server.sql(
        f"""create table p (id int primary key);
            create table c (id int primary key, p int, constraint `f``k` foreign key (p) references p (id)
                on delete cascade on update set null);
            create table still (id int primary key, p int, foreign key (p) references p (id) on delete restrict);
            create user leat@'%' identified by '{PASSWORD}';
            grant select on test.* to leat@'%';
            grant reload, replication slave, replication client on *.* to leat@'%'"""
    )
    leat = context.leat(source={"url": server.url(user="leat", password=PASSWORD)})
    found = amiss(leat)
    if not server.is_mariadb:
        assert_equal(found, {})
        server.restart(settings={"innodb-native-foreign-keys": "ON"})
        found = amiss(leat)
    expect(found, "cascade", "warning", "rows of test.c", "change of test.p", "f`k", "ON DELETE CASCADE ON UPDATE SET NULL")
    assert_equal(list(found), ["cascade"])


@mysql_servers("mariadb-10.11", "mariadb-11.8")
def test_system_versioned_tables_are_told_of(context):
    context.server.sql(
        """create table a (id int primary key) with system versioning;
           create table b (id int primary key, s timestamp(6) generated always as row start,
               e timestamp(6) generated always as row end, period for system_time (s, e)) with system versioning;
           create sequence numbers"""
    )
    leat = context.leat(source={"tables": ["test.*", "test.numbers"]})
    findings = check(leat)
    versioned = {finding["object"] for finding in findings if finding["code"] == "system_versioning"}
    assert_equal(versioned, {"table test.a", "table test.b"})
    assert_equal(list(amiss(leat)), ["relation_kind"])


@mysql_servers("mariadb-10.11", "mariadb-11.8")
def test_tables_that_are_versioned_by_transactions(context):
    """The server logs statements of them, with binlog_format = ROW too."""
    context.server.sql(
        """create table a (id int primary key, s bigint unsigned generated always as row start,
               e bigint unsigned generated always as row end, period for system_time (s, e)) with system versioning;
           create table b (id int primary key) with system versioning"""
    )
    found = amiss(context.leat())
    expect(found, "system_versioning", "error", "test.a", "as statements")
    assert_equal(list(found), ["system_versioning"])
    assert_equal(amiss(context.leat(source={"tables": ["test.b"]})), {})


@mysql_servers("mysql-9.7")
@own_server
def test_server_without_a_log(context):
    server = context.server
    server.sql("create table a (id int primary key)")
    server.restart(settings={"disable-log-bin": "ON"})
    leat = context.leat()
    found = amiss(leat)
    expect(found, "log_bin", "error")
    assert_equal(list(found), ["log_bin"])
    leat.run("check").expect(OPERATOR)


@mysql_servers("mysql-9.7")
@own_server
def test_positions_by_file(context):
    server = context.server
    server.sql("create table a (id int primary key)")
    for mode in ("ON_PERMISSIVE", "OFF_PERMISSIVE", "OFF"):
        server.sql(f"set global gtid_mode = {mode}")
    leat = context.leat()
    found = amiss(leat)
    expect(found, "gtid", "warning", "gtid_mode is OFF")
    run_mend(server, found["gtid"])
    assert_equal(amiss(leat), {})


@mysql_servers("mariadb-10.11", "mysql-9.7")
@own_server
def test_databases_that_the_log_leaves_out(context):
    server = context.server
    server.sql("create table a (id int primary key)")
    server.restart(settings={"binlog-ignore-db": "test"})
    leat = context.leat()
    expect(amiss(leat), "binlog_filter", "error", "test", "binlog_ignore_db")
    server.create_database("other")
    server.sql("create table a (id int primary key)", database="other")
    leat = context.leat(source={"tables": ["other.*"]})
    expect(amiss(leat), "binlog_filter", "warning", "filters")


@mysql_servers("mariadb-10.11")
@own_server
def test_replica_that_logs_nothing_of_its_source(context):
    source = context.new_server("source")
    source.sql("create table a (id int primary key)")
    replica = context.new_server("server", settings={"log-slave-updates": "OFF"}, database=False)
    replica.follow(source)
    leat = context.leat()
    expect(amiss(leat), "log_replica_updates", "error", "replica")
    expect(amiss(leat), "gtid", "warning", "gtid_strict_mode")
    replica.restart(settings={"log-slave-updates": "ON", "gtid-strict-mode": "ON"})
    assert "log_replica_updates" not in amiss(leat)
    # What the replica calls itself is taken at its source.
    number = int(replica.value("select @@server_id", database=None))
    other = context.leat(source={"url": source.url(), "server_id": number})
    wait_until(lambda: "replica_id" in amiss(other), what="the replica to be listed at its source")
    expect(amiss(other), "replica_id", "warning", str(number))


@mysql_servers("mysql-9.7")
def test_prepared_transactions_that_a_snapshot_waits_for(context):
    server = context.server
    server.sql(f"create table a (id int primary key); create user leat identified by '{PASSWORD}'")
    server.sql("grant select, reload, replication slave, replication client on *.* to leat")
    server.sql("xa start 'x'; insert into a values (1); xa end 'x'; xa prepare 'x'")
    leat = context.leat(source={"url": server.url(user="leat", password=PASSWORD)})
    found = amiss(leat)
    expect(found, "xa_rights", "warning")
    run_mend(server, found["xa_rights"])
    expect(amiss(leat), "xa_prepared", "warning", ": 1;")
    server.sql("xa commit 'x'")
    assert_equal(amiss(leat), {})


@mysql_servers("mariadb-10.11")
@own_server
def test_server_that_cannot_be_reached_is_a_finding(context):
    server = context.server
    leat = context.leat()
    server.stop()
    found = amiss(leat)
    expect(found, "connection", "error")
    assert_equal(list(found), ["connection"])
