"""The first state of MariaDB and MySQL: one point for all workers, whoever writes, alters or locks meanwhile."""

import shutil
import signal
import time

from lib.events import events, operations, rebuild
from lib.files import check_folder, data_files, fast_rows
from lib.leat import DONE, OPERATOR
from lib.testing import MYSQL_SERVERS, assert_equal, mysql_servers, own_server, timeout, wait_until

MARIADB = ("mariadb-10.11", "mariadb-11.8")
MYSQL = ("mysql-9.7",)
# It reads `big` first, and nothing beside it.
ONE_WORKER = {"snapshot_workers": 1}
QUICK = {"first_delay": "100ms", "longest_delay": "200ms"}


def make_account(server, *rights):
    """Its url. It may read the log and the tables; `rights` come on top."""
    server.sql("create user leat; grant select on *.* to leat; grant replication slave, replication client on *.* to leat")
    for right in rights:
        server.sql(f"grant {right} to leat")
    return server.url(user="leat")


def expect_stored(context, table, columns, key):
    """The events make exactly what the server has."""
    found = [(operation, row) for operation, row in events(context, f"test.{table}")]
    made = rebuild(found, key)
    stored = context.server.rows(f"select {', '.join(columns)} from {table}")
    assert_equal(sorted(tuple(str(row[column]) for column in columns) for row in made.values()), sorted(stored), table)


READING_BIG = "select count(*) from information_schema.processlist where info like 'SELECT `id`%`big`%' and command = 'Query'"


def begin_and_hold(context, leat):
    """A leat that is stopped (SIGSTOP) while it reads `big`, which is larger than all buffers on the way."""
    with context.server.session() as session:
        for _ in range(20):
            wait_until(lambda: session.value(READING_BIG) == "0", what="the run before to be forgotten")
            process = leat.start("run", "--until-current")
            wait_until(lambda: session.value(READING_BIG) != "0", what=lambda: f"the snapshot to begin: {process.stderr}", interval=0.001)
            process.signal(signal.SIGSTOP)
            # A busy machine lets the signal come late: the server is still sending only when leat is in the middle.
            time.sleep(0.2)
            if session.value(READING_BIG) != "0":
                return process
            process.kill9()
            forget(leat)
    raise AssertionError("the snapshot was always faster than the signal")


def forget(leat):
    """What a run has left behind."""
    shutil.rmtree(leat.config["sink"]["path"], ignore_errors=True)
    for path in leat.config["state"].parent.glob(leat.config["state"].name + "*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def make_big(server):
    server.sql("create table big (id int primary key, v varchar(250))")
    server.sql(f"insert into big select g, repeat('v', 250) from {server.series(1, 200_000)}; analyze table big")


# ---- workers ---------------------------------------------------------------------------------------------------


@timeout(200)
@mysql_servers(*MYSQL_SERVERS)
def test_large_tables_are_divided_without_gap_or_overlap(context):
    """By an integer that leads the key: with signs, at the ends of its type, with holes, in a key of several columns."""
    server, rows = context.server, 210_000
    series = server.series(0, rows - 1)
    server.sql("create table signs (id bigint primary key, v int)")
    server.sql(f"insert into signs select cast(g as signed) * 3 - 300000, g from {series}")
    server.sql("insert into signs values (-9223372036854775808, 1), (9223372036854775807, 2)")
    server.sql("create table huge (id bigint unsigned, part char(1), primary key (id, part))")
    server.sql(f"insert into huge select 18446744073709551615 - cast(g div 2 as unsigned), if(g % 2, 'a', 'b') from {series}")
    server.sql("create table filled (id int(10) zerofill primary key)")
    server.sql(f"insert into filled select g from {series}; analyze table signs, huge, filled")
    context.leat(source={"snapshot_workers": 3}).drain()
    check_folder(context.lake)
    assert_equal(sorted(row["id"] for row in fast_rows(context.lake, "test.filled")), list(range(rows)))
    signs = sorted(row["id"] for row in fast_rows(context.lake, "test.signs"))
    assert_equal(signs, [-(2**63), *range(-300000, 3 * rows - 300000, 3), 2**63 - 1])
    found = sorted((int.from_bytes(row["id"], "big", signed=True), row["part"]) for row in fast_rows(context.lake, "test.huge"))
    assert_equal(found, sorted((2**64 - 1 - g // 2, "a" if g % 2 else "b") for g in range(rows)))


@timeout(200)
@mysql_servers(*MYSQL_SERVERS)
def test_workers_see_one_point_under_load(context):
    """Each transaction writes to all tables: they have come as far in each when the stream takes over."""
    server, tables = context.server, ("a", "b", "c", "d")
    for table in tables:
        server.sql(f"create table {table} (id int primary key)")
    transaction = "begin; " + " ".join(f"insert into {table} values (%d);" for table in tables) + " commit"
    workload = [server.background([transaction % ((number,) * 4) for number in range(first, 9000, 3)]) for first in range(3)]
    leat = context.leat(source={"snapshot_workers": 4})
    leat.drain()
    for one in workload:
        assert_equal(one.wait(), 0, "exit status of the workload")
    leat.drain()
    reads = []
    for table in tables:
        found = events(context, f"test.{table}")
        assert_equal(sorted(row["id"] for _, row in found), list(range(9000)), table)
        reads.append(sorted(row["id"] for operation, row in found if operation == "r"))
    assert reads[0], "nothing was there yet when the snapshot was taken"
    for one in reads[1:]:
        assert_equal(one, reads[0], "rows of the snapshot")


# ---- locks -----------------------------------------------------------------------------------------------------


@timeout(200)
@mysql_servers(*MYSQL_SERVERS)
def test_tables_of_engines_without_snapshots(context):
    """They are locked until they are read, and those that wait to write to them, or to alter them, hold nothing up."""
    server = context.server
    server.sql("create table a (id int primary key, v int) engine=MyISAM; create table i (id int primary key, v int)")
    server.sql(f"insert into a select g, g from {server.series(1, 50_000)}; insert into i select * from a")
    engine = "Aria" if server.is_mariadb else "MyISAM"
    server.sql(f"create table b (id int primary key, v int) engine={engine}; insert into b values (1, 1)")
    writes = [f"insert into {table} values ({number}, 0)" for number in range(60_000, 66_000) for table in ("a", "i")]
    workload = server.background(writes)
    alteration = server.background([f"alter table b comment 'number {number}'" for number in range(30)])
    leat = context.leat(source={"snapshot_workers": 2}, retry=QUICK)
    leat.drain()
    assert_equal((workload.wait(), alteration.wait()), (0, 0), "exit statuses of the workload")
    leat.drain()
    for table in ("a", "i"):
        expect_stored(context, table, ("id", "v"), ("id",))
    assert_equal(operations(context, "test.b"), ["r"])


@mysql_servers("mariadb-10.11", "mysql-9.7")
def test_engine_without_snapshots_and_no_right_to_lock(context):
    server = context.server
    server.sql("create table a (id int primary key) engine=MyISAM; insert into a values (1)")
    url = make_account(server)
    result = context.leat(source={"url": url}).run("run", "--until-current").expect(OPERATOR)
    assert "test.a" in result.stderr and "LOCK TABLES" in result.stderr, result.stderr
    server.sql("grant lock tables on test.* to leat")
    context.leat(source={"url": url}).drain()
    assert_equal(check_folder(context.lake), {"test.a": 1})


def rights_of_degrees(context, *rights):
    """A snapshot under load by an account with these rights: how the events and the table compare."""
    server = context.server
    server.sql("create table a (id int primary key, v int)")
    workload = server.background([f"insert into a values ({number}, 0)" for number in range(8000)])
    wait_until(lambda: int(server.value("select count(*) from a")) > 500, what="rows to be there")
    leat = context.leat(source={"url": make_account(server, *rights), "snapshot_workers": 3})
    process = leat.start("run", "--until-current")
    process.wait().expect(DONE)
    assert_equal(workload.wait(), 0, "exit status of the workload")
    leat.drain()
    return process.stderr, [(operation, row["id"]) for operation, row in events(context, "test.a")]


@mysql_servers(*MYSQL)
def test_account_that_may_only_lock_tables(context):
    log, found = rights_of_degrees(context, "lock tables on test.*")
    assert "tries" not in log, log
    assert_equal(sorted(identity for _, identity in found), list(range(8000)), "each row once")


@mysql_servers(*MYSQL)
def test_account_that_may_only_lock_the_server(context):
    log, found = rights_of_degrees(context, "reload on *.*")
    assert "tries FLUSH TABLES WITH READ LOCK" in log and "come again" not in log, log
    assert_equal(sorted(identity for _, identity in found), list(range(8000)), "each row once")


@mysql_servers(*MYSQL)
def test_account_that_may_not_lock_at_all(context):
    """What is written in the moment of the snapshot may come twice, and is said to; nothing is missing."""
    log, found = rights_of_degrees(context)
    assert "may be in it and come again" in log, log
    assert_equal(sorted({identity for _, identity in found}), list(range(8000)), "rows")
    reads = [identity for operation, identity in found if operation == "r"]
    assert_equal(sorted(set(reads)), sorted(reads), "rows of the snapshot")


@mysql_servers(*MYSQL)
def test_query_that_runs_for_long_is_not_waited_for(context):
    """By nobody: a global lock that waits for it keeps others from its tables until it ends."""
    server = context.server
    server.sql("create table a (id int primary key, v int); insert into a values (1, 1)")
    url = make_account(server, "reload, process on *.*")
    with server.session() as session:
        session.send("select sleep(100) from a")
        for number, account in enumerate((server.url(), url)):
            lake = context.directory / f"lake{number}"
            context.leat(source={"url": account}, sink={"path": lake}, state=context.directory / f"state{number}.db").drain()
            assert_equal([row["__op"] for row in fast_rows(lake, "test.a")], ["r"])
            server.sql("update a set v = v + 1")
        assert not session.is_answered(), "the query was over before"


@mysql_servers(*MYSQL)
def test_transaction_that_stays_open(context):
    """It keeps the captured tables from being locked, and the server not."""
    server = context.server
    server.sql("create table a (id int primary key, v int); insert into a values (1, 1)")
    with server.session() as session:
        session.run("begin; update a set v = 2")
        leat = context.leat()
        leat.drain()
        assert "come again" not in leat.processes[0].stderr, leat.processes[0].stderr
        session.run("commit")
    leat.drain()
    assert_equal([(operation, row["v"]) for operation, row in events(context, "test.a")], [("r", 1), ("u", 2)])


# ---- definitions that change -----------------------------------------------------------------------------------


@timeout(200)
@mysql_servers("mariadb-10.11", "mysql-9.7")
def test_definition_changed_between_the_point_and_the_reading(context):
    """Nothing keeps a table that is not read yet from being altered, truncated or replaced by another."""
    server = context.server
    make_big(server)
    changes = (
        ("alter table a add w int default 5", {(1, 1, 5), (2, 2, 5)}),
        ("truncate a; insert into a (id, v) values (3, 3)", {(3, 3, None)}),
        ("rename table a to old, b to a, old to b", {(7, 7, None)}),
    )
    for number, (change, expected) in enumerate(changes):
        server.sql("drop table if exists a, b; create table b (id int primary key, v int); insert into b values (7, 7)")
        # The servers tell the age of a table in seconds.
        server.sql("do sleep(1.1); create table a (id int primary key, v int); insert into a values (1, 1), (2, 2)")
        lake = context.directory / f"lake{number}"
        leat = context.leat(sink={"path": lake}, state=context.directory / f"state{number}.db", source=ONE_WORKER, retry=QUICK)
        process = begin_and_hold(context, leat)
        server.sql(change)
        process.signal(signal.SIGCONT)
        result = process.wait().expect(DONE)
        assert "begins again" in result.stderr, f"{change}: {result.stderr}"
        found = {(row["id"], row["v"], row.get("w")) for row in fast_rows(lake, "test.a")}
        assert_equal(found, expected, change)
        assert_equal(check_folder(lake)["test.big"], 200_000)


@timeout(200)
@mysql_servers("mariadb-10.11", "mysql-9.7")
def test_table_altered_as_soon_as_it_is_read(context):
    """The ALTER waits for the reading and for nothing else, and the snapshot goes on."""
    server = context.server
    make_big(server)
    server.sql("create table a (id int primary key, v int); insert into a values (1, 1)")
    process = begin_and_hold(context, context.leat(source=ONE_WORKER, retry=QUICK))
    with server.session() as session:
        session.send("alter table big add w int")
        process.signal(signal.SIGCONT)
        result = process.wait().expect(DONE)
        session.answer()
    assert "begins again" not in result.stderr, result.stderr
    assert_equal(check_folder(context.lake), {"test.a": 1, "test.big": 200_000})


# ---- what else may be in the way -------------------------------------------------------------------------------


@timeout(200)
@mysql_servers("mariadb-10.11", "mysql-9.7")
def test_stop_while_a_table_is_waited_for(context):
    server = context.server
    make_big(server)
    server.sql("create table a (id int primary key, v int); insert into a values (1, 1)")
    process = begin_and_hold(context, context.leat(source=ONE_WORKER))
    with server.session() as session:
        session.run("lock tables a write")
        process.signal(signal.SIGCONT)
        waiting = "select count(*) from information_schema.processlist where state like 'Waiting for table metadata lock%'"
        wait_until(lambda: server.value(waiting) != "0", what="the worker to wait")
        process.interrupt(timeout=5).expect(DONE)
    assert_equal(data_files(context.lake), [], "visible files of a snapshot that is not whole")


@timeout(200)
@mysql_servers("mariadb-10.11", "mysql-9.7")
@own_server
def test_server_killed_in_the_snapshot(context):
    server = context.server
    make_big(server)
    leat = context.leat(source={"snapshot_workers": 2}, retry=QUICK)
    process = begin_and_hold(context, leat)
    server.kill9()
    process.signal(signal.SIGCONT)
    wait_until(lambda: "trying again" in process.stderr, what="leat to say that it tries again")
    server.start()
    process.wait().expect(DONE)
    assert_equal(check_folder(context.lake), {"test.big": 200_000})
    assert_equal(sorted(row["id"] for row in fast_rows(context.lake, "test.big")), list(range(1, 200_001)))


@mysql_servers(*MYSQL_SERVERS)
def test_names_that_need_quotes_and_columns_that_do_not_show(context):
    server = context.server
    invisible = "c int invisible default 9" if server.is_mariadb else "c int default 9 invisible"
    server.sql(f"create table `we``ird \"x\" -- y` (`co``l` int primary key, `select` text, g int as (`co``l` + 1) virtual, {invisible})")
    server.sql("insert into `we``ird \"x\" -- y` (`co``l`, `select`) values (1, null), (2, ''), (3, '\\0')")
    context.leat().drain()
    (table,) = [path.name for path in context.lake.iterdir() if path.is_dir() and not path.name.startswith(("_", "."))]
    rows = [tuple(value for name, value in row.items() if not name.startswith("__")) for row in fast_rows(context.lake, table)]
    assert_equal(sorted(rows), [(1, None, 2, 9), (2, "", 3, 9), (3, "\0", 4, 9)])


@mysql_servers(*MARIADB)
def test_versioned_table_gives_its_present_rows(context):
    server = context.server
    server.sql("create table a (id int primary key, v int) with system versioning; insert into a values (1, 1), (2, 1)")
    server.sql("update a set v = 2 where id = 1; delete from a where id = 2")
    context.leat().drain()
    assert_equal([(row["__op"], row["id"], row["v"]) for row in fast_rows(context.lake, "test.a")], [("r", 1, 2)])
