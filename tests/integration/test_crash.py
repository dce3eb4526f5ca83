"""kill -9 and its friends, for real: every row once, in order, and no torn file."""

import random
import signal

from lib.files import check_folder, check_order, data_files, fast_rows
from lib.leat import DONE
from lib.middle import Writing, is_behind, kill_in_the_middle, until_hits
from lib.testing import assert_equal, own_server, postgres_majors, release_build, timeout, wait_until


def load(first, last):
    """Small transactions, with a huge one among them."""
    statements = []
    at = first
    while at <= last:
        size = min(random.choice((1, 10, 100, 1000, 30000)), last - at + 1)
        statements.append(f"insert into a select g, repeat('v', 50) || g from generate_series({at}, {at + size - 1}) g;")
        at += size
    return "\n".join(statements)


def expect_each_row_once(context, count, snapshot=0):
    check_folder(context.lake)
    rows = list(fast_rows(context.lake, "public.a"))
    check_order(rows)
    assert_equal([row["id"] for row in rows[snapshot:]], list(range(snapshot + 1, count + 1)), "ids of the stream")
    assert_equal(sorted(row["id"] for row in rows[:snapshot]), list(range(1, snapshot + 1)), "ids of the snapshot")


@timeout(400)
def test_kill_9_ten_times_under_load(context):
    random.seed(1)
    context.server.sql("create table a (id int primary key, v text)")
    leat = context.leat(sink={"roll": {"rows": 20000, "every": "2s"}, "commit_every": "50ms"}, retry={"first_delay": "50ms"})
    leat.drain()
    rows = 40_000

    def kill(number):
        workload = context.server.background(load(number * rows + 1, (number + 1) * rows))
        hit = kill_in_the_middle(leat, Writing(context.lake))
        assert_equal(workload.wait(), 0, "exit status of the workload")
        return hit

    rounds = until_hits(kill, 10, most=20)
    leat.drain()
    expect_each_row_once(context, rounds * rows)


def kill_in_the_snapshot(context, leat):
    writing = Writing(context.lake)
    process = leat.start()
    writing.wait(process)
    process.kill9()
    assert_equal(data_files(context.lake), [], "visible files of a snapshot that is not whole")


@timeout(300)
def test_kill_9_in_the_snapshot(context):
    """A snapshot that was cut leaves nothing visible, and the next one has every row once."""
    random.seed(2)
    snapshot = 300_000
    context.server.sql(
        f"""create table a (id int primary key, v text);
            insert into a select g, repeat('v', 50) || g from generate_series(1, {snapshot}) g"""
    )
    leat = context.leat(sink={"roll": {"rows": 50000}}, retry={"first_delay": "50ms"})
    for _ in range(4):
        kill_in_the_snapshot(context, leat)
    context.server.sql("insert into a select g, 'later' from generate_series(300001, 300010) g")
    leat.drain()
    ids = sorted(row["id"] for row in fast_rows(context.lake, "public.a"))
    assert_equal(ids, list(range(1, snapshot + 11)))
    check_folder(context.lake)
    slots = context.server.value("select count(*) from pg_replication_slots")
    assert_equal(slots, "1", "slots")


@timeout(300)
@postgres_majors(15, 18)
@own_server
def test_server_killed_in_mid_stream(context):
    """The server goes away and comes back; leat waits, says so, and goes on."""
    random.seed(3)
    context.server.sql("create table a (id int primary key, v text)")
    leat = context.leat(retry={"first_delay": "100ms", "longest_delay": "500ms"}, sink={"commit_every": "100ms"})
    leat.drain()
    process = leat.start()
    done = 0
    for mode in ("kill", "immediate", "fast"):
        with process.held():
            writing = Writing(context.lake)
            context.server.sql(load(done + 1, done + 40_000))
        done += 40_000
        writing.wait(process)
        with process.held():
            assert is_behind(leat), "all rows were through before the server went away"
        context.server.stop(mode)
        wait_until(lambda: "trying again" in process.stderr, what="leat to say that it tries again")
        assert process.running()
        context.server.start()
    context.server.sql(load(done + 1, done + 1000))
    end = context.server.value("select pg_current_wal_lsn()")
    wait_until(
        lambda: context.server.value(f"select confirmed_flush_lsn >= '{end}' from pg_replication_slots") == "t", timeout=60
    )
    process.terminate().expect(DONE)
    expect_each_row_once(context, done + 1000)


@timeout(120)
def test_clean_stop_in_a_large_transaction(context):
    """SIGTERM in the middle: what is not whole stays out of sight, and the rest follows without a gap."""
    context.server.sql("create table a (id int primary key, v text)")
    leat = context.leat()
    leat.drain()
    context.server.sql("insert into a select g, repeat('v', 50) || g from generate_series(1, 300000) g")
    writing = Writing(context.lake)
    process = leat.start()
    writing.wait(process)
    with process.held():
        assert_equal(data_files(context.lake), [], "visible files of a transaction that is not whole")
        process.signal(signal.SIGTERM)
    process.wait().expect(DONE)
    assert_equal(data_files(context.lake), [], "visible files of a transaction that is not whole")
    leat.drain()
    expect_each_row_once(context, 300_000)


@release_build
@timeout(300)
def test_one_million_rows_in_one_transaction(context):
    """PG6, and bounded memory: killed in the middle, the rest follows; RSS stays under 64 MB."""
    context.server.sql("create table a (id int primary key, v text)")
    leat = context.leat(sink={"roll": {"rows": 200000}})
    leat.drain()
    context.server.sql("insert into a select g, repeat('v', 100) || g from generate_series(1, 1000000) g")
    writing = Writing(context.lake)
    process = leat.start()
    writing.wait(process)
    process.kill9()
    assert_equal(data_files(context.lake), [], "visible files of a transaction that is not whole")
    result = leat.drain(timeout=200)
    expect_each_row_once(context, 1_000_000)
    assert result.peak_memory < 64 << 20, f"peak memory {result.peak_memory / 1e6} MB"
