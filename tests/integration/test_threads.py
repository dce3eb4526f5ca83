"""The threads of a source beside the pump's, with every sink whose libraries the thread sanitizer can follow (run.sh runs
these with a leat built with it, and again with all others)."""

from lib.events import events
from lib.leat import DONE
from lib.testing import assert_equal, servers, timeout, wait_until

EVERY_SOURCE = (15, "mariadb-10.11", "mysql-9.7")
TABLES = ("a", "b", "c", "d")
ROWS = 3000


def folder(context):
    return "test" if isinstance(context.version, str) else "public"


def make_tables(context):
    """Large enough that each takes several of the blocks in which rows go from worker to pump."""
    for table in TABLES:
        context.server.sql(f"create table {table} (id int primary key, v varchar(400))")
        rows = ", ".join(f"({number}, repeat('v', 400))" for number in range(ROWS))
        context.server.sql(f"insert into {table} values {rows}")


def write_meanwhile(context):
    """Transactions over all tables, while the snapshot is taken and the stream takes over."""
    transaction = "begin; " + " ".join(f"insert into {table} values (%d, 'x');" for table in TABLES) + " commit"
    return context.server.background([transaction % ((number,) * 4) for number in range(ROWS, 2 * ROWS // 3 + ROWS)])


def expected_ids():
    return list(range(2 * ROWS // 3 + ROWS))


@timeout(200)
@servers(*EVERY_SOURCE)
def test_workers_and_stream_into_files(context):
    make_tables(context)
    workload = write_meanwhile(context)
    leat = context.leat(source={"snapshot_workers": 3})
    leat.drain()
    assert_equal(workload.wait(), 0, "exit status of the workload")
    leat.drain()
    for table in TABLES:
        found = events(context, f"{folder(context)}.{table}")
        assert_equal(sorted(row["id"] for _, row in found), expected_ids(), table)


@timeout(200)
@servers(*EVERY_SOURCE)
def test_workers_and_stream_into_standard_output(context):
    make_tables(context)
    workload = write_meanwhile(context)
    leat = context.leat(context.config(source={"snapshot_workers": 3}, sink={"type": "stdout", "path": None}))
    lines = leat.drain().json_lines()
    assert_equal(workload.wait(), 0, "exit status of the workload")
    lines += leat.drain().json_lines()
    for table in TABLES:
        found = [line["event"]["id"] for line in lines if line["table"].endswith(f".{table}")]
        assert_equal(sorted(found), expected_ids(), table)


@timeout(200)
@servers(*EVERY_SOURCE)
def test_stop_while_workers_read(context):
    """Whenever the stop comes, every thread ends; what was not read is read by the next run."""
    make_tables(context)
    leat = context.leat(source={"snapshot_workers": 3})
    process = leat.start()
    wait_until(lambda: "begins" in process.stderr, what="the snapshot to begin", interval=0.002)
    process.terminate().expect(DONE)
    leat.drain()
    for table in TABLES:
        found = events(context, f"{folder(context)}.{table}")
        assert_equal(sorted({row["id"] for _, row in found}), list(range(ROWS)), table)
