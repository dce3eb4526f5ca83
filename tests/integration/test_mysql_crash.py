"""kill -9 and its friends, rows and transactions of great size, on MariaDB and MySQL."""

import random

from lib.events import first_run
from lib.files import check_folder, check_order, count_rows, data_files, fast_rows
from lib.leat import DONE
from lib.middle import Writing, is_behind, kill_in_the_middle, until_hits
from lib.testing import assert_equal, mysql_servers, own_server, release_build, timeout, wait_until

QUICK = {"first_delay": "100ms", "longest_delay": "500ms"}


def load(server, first, last):
    """Small transactions, with a huge one among them, and now and then the end of a log file."""
    at = first
    while at <= last:
        size = min(random.choice((1, 10, 100, 1000, 30000)), last - at + 1)
        yield f"insert into a select g, concat(repeat('v', 50), g) from {server.series(at, at + size - 1)}"
        at += size
        if random.random() < 0.1:
            yield "flush binary logs"


def expect_each_row_once(context, count):
    check_folder(context.lake)
    rows = list(fast_rows(context.lake, "test.a"))
    check_order(rows)
    assert_equal([row["id"] for row in rows], list(range(1, count + 1)), "ids of the stream")


@timeout(400)
@mysql_servers("mariadb-10.11", "mysql-9.7")
@own_server
def test_kill_9_ten_times_under_load(context):
    """With log files that end, and a server that is restarted in the middle of it."""
    random.seed(1)
    sink = {"roll": {"rows": 20000, "every": "2s"}, "commit_every": "50ms"}
    leat = first_run(context, "create table a (id int primary key, v varchar(100))", sink=sink, retry=QUICK)
    rows = 30_000

    def kill(number):
        workload = context.server.background(load(context.server, number * rows + 1, (number + 1) * rows))
        if number == 5:
            assert_equal(workload.wait(), 0, "exit status of the workload")
            context.server.restart()
        hit = kill_in_the_middle(leat, Writing(context.lake))
        assert_equal(workload.wait(), 0, "exit status of the workload")
        return hit

    rounds = until_hits(kill, 10, most=20)
    leat.drain()
    expect_each_row_once(context, rounds * rows)


@timeout(300)
@mysql_servers("mariadb-10.11", "mariadb-11.8", "mysql-9.7")
@own_server
def test_server_killed_in_mid_stream(context):
    """The server goes away and comes back; leat waits, says so, and goes on."""
    random.seed(3)
    leat = first_run(context, "create table a (id int primary key, v varchar(100))", sink={"commit_every": "100ms", "roll": {"every": "500ms"}}, retry=QUICK)
    process = leat.start()
    done = 0
    for mode in ("kill", "fast", "kill"):
        with process.held():
            writing = Writing(context.lake)
            for statement in load(context.server, done + 1, done + 30_000):
                context.server.sql(statement)
        done += 30_000
        writing.wait(process)
        with process.held():
            assert is_behind(leat), "all rows were through before the server went away"
        context.server.stop(mode)
        wait_until(lambda: "trying again" in process.stderr, what="leat to say that it tries again")
        assert process.running(), process.stderr
        context.server.start()
    context.server.sql(f"insert into a values ({done + 1}, 'last')")
    wait_until(lambda: sum(1 for _ in fast_rows(context.lake, "test.a")) == done + 1, 60, what=lambda: f"the last row; leat said:\n{process.stderr[-2000:]}")
    process.terminate().expect(DONE)
    expect_each_row_once(context, done + 1)


@release_build
@timeout(400)
@mysql_servers("mariadb-10.11", "mysql-9.7")
def test_five_million_rows_in_one_transaction(context):
    """Bounded memory; and killed in the middle, the rest follows."""
    rows = 5_000_000
    leat = first_run(context, "create table a (id int primary key, v varchar(40)) ", sink={"roll": {"rows": 1_000_000}})
    context.server.sql(f"insert into a select g, concat('the value of row number ', g) from {context.server.series(1, rows)}")
    writing = Writing(context.lake)
    process = leat.start()
    writing.wait(process)
    process.kill9()
    assert_equal(data_files(context.lake), [], "visible files of a transaction that is not whole")
    result = leat.drain(timeout=200)
    check_folder(context.lake)
    assert_equal(count_rows(context.lake, "test.a"), rows)
    assert result.peak_memory < 64 << 20, f"peak memory {result.peak_memory / 1e6} MB"


@release_build
@timeout(300)
@mysql_servers("mariadb-10.11", "mysql-9.7")
def test_row_of_forty_megabytes(context):
    """By snapshot and by stream; larger than a packet of the protocol, and than every buffer of ours."""
    size = 40 << 20
    make = f"create table a (id int primary key, v longblob); insert into a values (1, repeat('x', {size}))"
    leat = first_run(context, make)
    context.server.sql(f"insert into a values (2, repeat('yz', {size // 2})); insert into a values (3, 'small'); delete from a where id = 2")
    result = leat.drain()
    found = [(row["__op"], row["id"], len(row["v"]), row["v"][:2], row["v"][-2:]) for row in fast_rows(context.lake, "test.a")]
    assert_equal(found, [("r", 1, size, b"xx", b"xx"), ("c", 2, size, b"yz", b"yz"), ("c", 3, 5, b"sm", b"ll"), ("d", 2, size, b"yz", b"yz")])
    print(f"peak memory {result.peak_memory / 1e6:.1f} MB")
    assert result.peak_memory < 6 * size, f"peak memory {result.peak_memory / 1e6} MB"
