"""Failures that come back, and words that must not be shown."""

import os
import subprocess

from lib.leat import DONE, FAILED, USAGE
from lib.testing import assert_equal, timeout, wait_until


@timeout(60)
def test_give_up_when_what_was_read_can_never_be_written(context):
    """Reading again what cannot be delivered is no success: the policy gives up."""
    context.server.sql("create table a (id int primary key)")
    leat = context.leat(
        context.config(
            sink={"type": "stdout", "path": None},
            retry={"first_delay": "50ms", "longest_delay": "200ms", "give_up_after": "2s"},
        )
    )
    leat.drain()
    context.server.sql("insert into a values (1)")
    with open("/dev/full", "wb") as full:
        run = subprocess.run(
            [context.binary, "run", "--until-current", leat.config_path],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ,
            timeout=45,
        )
    assert run.returncode == FAILED, (run.returncode, run.stderr)
    assert "space" in run.stderr.lower(), run.stderr


def test_stop_in_the_snapshot_names_the_slot_that_stays(context):
    context.server.sql("create table a (id int primary key); insert into a select generate_series(1, 300000)")
    leat = context.leat()
    process = leat.start()
    wait_until(lambda: "begins" in process.stderr, what="the snapshot to begin", interval=0.005)
    stopped = process.terminate().expect(DONE)
    assert "pg_drop_replication_slot('leat_test')" in stopped.stderr, stopped.stderr
    assert "pg_drop_replication_slot" not in leat.drain().stderr
    assert_equal(context.server.value("select count(*) from pg_replication_slots"), "1", "slots")


def test_closed_standard_output(context):
    """Its number must not become that of another file, which would then get the events."""
    context.server.sql("create table a (id int primary key)")
    leat = context.leat(context.config(sink={"type": "stdout", "path": None}))
    leat.drain()
    context.server.sql("insert into a values (1)")
    closed = subprocess.run(
        ["sh", "-c", 'exec "$0" run --until-current "$1" >&-', context.binary, leat.config_path],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
        timeout=60,
    )
    assert closed.returncode == FAILED, (closed.returncode, closed.stderr)
    assert "standard output" in closed.stderr, closed.stderr
    assert_equal([line["event"]["id"] for line in leat.drain().json_lines()], [1])


def test_names_do_not_steer_the_terminal(context):
    context.server.sql('create table "a\x1b[31mred\nline" (id int primary key); insert into "a\x1b[31mred\nline" values (1)')
    leat = context.leat()
    leat.drain()
    shown = leat.run("status").stdout
    assert "\x1b" not in shown and "[31mred line" in shown, shown


def test_password_with_a_slash_is_refused_and_not_shown(context):
    """Given as it stands in a url, its parts would be taken for port and database, and be named in messages."""
    for password in ("s3cr/et", "12345/s3cret", "s3cr@et", "s3cr%et", "s3cr/a?b"):
        url = f"postgresql://cdc:{password}@127.0.0.1:{context.server.port}/postgres"
        leat = context.leat(source={"url": url})
        for command in (("run",), ("check",), ("check", "--json"), ("status",), ("status", "--json")):
            result = leat.run(*command)
            assert "s3cr" not in result.stdout + result.stderr, (command, result.stdout, result.stderr)
        assert leat.run("run").code == USAGE, password
