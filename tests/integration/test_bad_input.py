"""What goes wrong, one test a thing: a sentence that names the object and the mend, the right exit status, nothing lost."""

import json
import os
import socket
import subprocess

from lib.files import check_folder, check_order, fast_rows, hidden_files
from lib.leat import DONE, FAILED, OPERATOR, USAGE
from lib.proxy import Proxy
from lib.testing import assert_equal, own_server, postgres_majors, skip, timeout, wait_until, without_server

QUICK_TO_GIVE_UP = {"first_delay": "50ms", "longest_delay": "100ms", "give_up_after": "1s"}


def expect_sentence(result, code, *words):
    """The exit status, and every one of these words somewhere on standard error."""
    result.expect(code)
    missing = [word for word in words if word not in result.stderr]
    assert not missing, f"nothing of {missing} in:\n{result.stderr}"


def started(context, rows=3, **changes):
    """A pipeline that has delivered table a with that many rows."""
    context.server.sql(
        f"create table a (id int primary key, v text); insert into a select g, 'v' from generate_series(1, {rows}) g"
    )
    leat = context.leat(retry=QUICK_TO_GIVE_UP, **changes)
    leat.drain()
    return leat


def ids(context):
    rows = list(fast_rows(context.lake, "public.a"))
    check_order(rows)
    return [row["id"] for row in rows]


@without_server
def test_unreachable_server(context):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    leat = context.leat(
        context.config(source={"url": f"postgresql://someone@127.0.0.1:{port}/shop"}, retry=QUICK_TO_GIVE_UP)
    )
    expect_sentence(leat.run(), FAILED, "127.0.0.1", str(port), "trying again")
    check = leat.run("check")
    assert check.code in (FAILED, OPERATOR), check.code
    assert str(port) in check.stdout + check.stderr


@own_server
def test_wrong_password(context):
    context.new_server(auth="scram-sha-256")
    context.server.sql("create role cdc login replication password 'right'")
    context.server.require_passwords()
    url = context.server.url(user="cdc", password="wr0ng-s3cret")
    leat = context.leat(source={"url": url}, retry=QUICK_TO_GIVE_UP)
    result = leat.run()
    expect_sentence(result, OPERATOR, "cdc", "password")
    for text in (result.stdout, result.stderr, leat.run("check").stdout, leat.run("status").stdout):
        assert "wr0ng-s3cret" not in text, text


def test_missing_database(context):
    leat = context.leat(source={"url": context.server.url(database="nowhere")}, retry=QUICK_TO_GIVE_UP)
    expect_sentence(leat.run(), OPERATOR, "nowhere")


@postgres_majors(14, 15, 18)
def test_slot_that_has_gone(context):
    leat = started(context)
    context.server.sql("select pg_drop_replication_slot('leat_test')")
    expect_sentence(leat.run(), OPERATOR, "leat_test")
    assert_equal(context.server.value("select count(*) from pg_replication_slots"), "0", "slots")


def test_slot_in_use(context):
    """Somebody else reads the slot: wait for it, say so, and give up by the policy."""
    leat = started(context)
    receiver = subprocess.Popen(
        ["/usr/lib/postgresql/15/bin/pg_recvlogical", "-d", context.server.url(), "-S", "leat_test", "--start", "-f", "-"]
        + ["-o", "proto_version=1", "-o", "publication_names=leat_test"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: context.server.value("select active from pg_replication_slots") == "t", what="the other reader")
        pid = context.server.value("select active_pid from pg_replication_slots")
        expect_sentence(leat.run(), FAILED, "leat_test", pid)
    finally:
        receiver.kill()
        receiver.wait()


@postgres_majors(14, 15, 18)
def test_slot_that_somebody_else_moved(context):
    leat = started(context)
    context.server.sql("insert into a values (10, 'lost'); select pg_replication_slot_advance('leat_test', pg_current_wal_lsn())")
    expect_sentence(leat.run(), OPERATOR, "leat_test")
    assert_equal(ids(context), [1, 2, 3])


@postgres_majors(15, 18)
def test_publication_made_again(context):
    leat = started(context)
    context.server.sql("drop publication leat_test; insert into a values (10, 'x'); create publication leat_test for table a")
    expect_sentence(leat.run(), OPERATOR, "leat_test", "publication")


def test_another_cluster(context):
    leat = started(context)
    other = context.new_server("other")
    other.sql("create table a (id int primary key, v text)")
    leat.configure(context.config(source={"url": other.url()}, retry=QUICK_TO_GIVE_UP))
    expect_sentence(leat.run(), OPERATOR, "system")


def test_state_file_lost(context):
    """The slot and the files are there, what we knew of them is not: a person decides."""
    leat = started(context)
    for path in context.directory.glob("state.db*"):
        path.unlink()
    before = check_folder(context.lake)
    result = leat.run()
    result.expect(OPERATOR)
    assert_equal(check_folder(context.lake), before)


def test_two_at_once(context):
    leat = started(context)
    first = leat.start()
    wait_until(lambda: context.server.value("select active from pg_replication_slots") == "t", what="the first to stream")
    second = leat.run()
    assert second.code in (FAILED, OPERATOR), second.code
    assert str(first.pid) in second.stderr, second.stderr
    first.terminate().expect(DONE)


@postgres_majors(14, 15, 18)
def test_not_enough_rights(context):
    server = context.server
    server.sql("create table a (id int primary key); create role cdc login")
    leat = context.leat(source={"url": server.url(user="cdc")}, retry=QUICK_TO_GIVE_UP)
    check = leat.run("check").expect(OPERATOR)
    assert "REPLICATION" in check.stdout.upper() and "GRANT SELECT" in check.stdout.upper(), check.stdout
    leat.run().expect(OPERATOR)


@postgres_majors(14, 15, 18)
@own_server
def test_check_names_mends_that_mend(context):
    """Every statement that check prints is run as it stands; then nothing is left to mend."""
    server = context.new_server(settings={"wal_level": "replica"})
    server.sql(
        """create table a (id int primary key, v text); create table nokey (v text);
           create unlogged table fleeting (id int primary key); create role cdc login; grant all on database postgres to cdc"""
    )
    leat = context.leat(source={"url": server.url(user="cdc"), "tables": ["public.a", "public.nokey"]})
    result = leat.run("check", "--json").expect(OPERATOR)
    findings = json.loads(result.stdout)["findings"]
    errors = {finding["code"]: finding for finding in findings if finding["level"] == "error"}
    assert "wal_level" in errors, errors
    for finding in findings:
        if finding["level"] == "error" and finding.get("mend"):
            for statement in finding["mend"].rstrip(";").split(";"):
                if statement.strip():
                    server.sql(statement)
    server.restart()
    after = leat.run("check", "--json")
    left = [f for f in json.loads(after.stdout)["findings"] if f["level"] == "error"]
    assert_equal(left, [])
    after.expect(DONE)
    leat.drain()


def test_path_that_is_no_folder(context):
    context.server.sql("create table a (id int primary key)")
    (context.directory / "file").write_text("")
    leat = context.leat(sink={"path": context.directory / "file" / "lake"}, retry=QUICK_TO_GIVE_UP)
    result = leat.run()
    assert result.code in (FAILED, USAGE, OPERATOR), result.code
    assert str(context.directory / "file") in result.stderr, result.stderr


@timeout(180)
def test_disk_full(context):
    """It is said, tried again, and once there is room nothing is missing."""
    if os.geteuid() != 0:
        skip("making a small disk needs root")
    disk = context.directory / "disk"
    disk.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, text=True)
    if mount.returncode != 0:
        skip(f"no small disk can be mounted here: {mount.stderr.strip()}")
    try:
        leat = started(
            context,
            sink={"path": disk / "lake", "codec": "null", "commit_every": "50ms"},
            state=disk / "state.db",
        )
        leat.configure(context.config(
            sink={"path": disk / "lake", "codec": "null", "commit_every": "50ms"}, state=disk / "state.db",
            retry={"first_delay": "50ms", "longest_delay": "200ms"}))
        process = leat.start()
        context.server.sql("insert into a select g, repeat('x', 100) from generate_series(4, 30000) g")
        wait_until(lambda: "trying again" in process.stderr, what="leat to say that the disk is full")
        assert "space" in process.stderr.lower(), process.stderr
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        end = context.server.value("select pg_current_wal_lsn()")
        wait_until(
            lambda: context.server.value(f"select confirmed_flush_lsn >= '{end}' from pg_replication_slots") == "t",
            timeout=60,
            what="everything to arrive",
        )
        process.terminate().expect(DONE)
        rows = list(fast_rows(disk / "lake", "public.a"))
        check_order(rows)
        assert_equal([row["id"] for row in rows], list(range(1, 30001)))
        assert not hidden_files(disk / "lake")
    finally:
        leat.close()
        subprocess.run(["umount", "-l", disk], check=False)


def test_connection_cut_in_mid_message(context):
    context.server.sql("create table a (id int primary key, v text)")
    proxy = Proxy(context.server.port)
    leat = context.leat(source={"url": proxy.url()}, retry={"first_delay": "50ms"}, sink={"commit_every": "20ms"})
    leat.drain()
    process = leat.start()
    for part in range(5):
        context.server.sql(
            f"insert into a select g, repeat('x', 1000) from generate_series({part * 2000 + 1}, {part * 2000 + 2000}) g"
        )
        proxy.cut()
    wait_until(lambda: "trying again" in process.stderr, what="leat to notice")
    end = context.server.value("select pg_current_wal_lsn()")
    wait_until(
        lambda: context.server.value(f"select confirmed_flush_lsn >= '{end}' from pg_replication_slots") == "t", timeout=60
    )
    process.terminate().expect(DONE)
    proxy.close()
    assert_equal(ids(context), list(range(1, 10001)))


def test_corrupt_message(context):
    """A column kind that does not exist: stop and say so, rather than guess."""
    leat = started(context)
    proxy = Proxy(context.server.port)
    # In an insert's tuple ('N', two columns) the second column's kind 't' becomes one that nobody knows.
    proxy.spoil = lambda data: data.replace(b"t\x00\x00\x00\x06spoilt", b"q\x00\x00\x00\x06spoilt")
    leat.configure(context.config(source={"url": proxy.url()}, retry=QUICK_TO_GIVE_UP))
    context.server.sql("insert into a values (4, 'spoilt')")
    result = leat.run("run", "--until-current")
    assert result.code == FAILED, (result.code, result.stderr)
    proxy.spoil = None
    leat.drain()
    proxy.close()
    assert_equal(ids(context), [1, 2, 3, 4])


@without_server
def test_config_mistakes_come_all_at_once_with_their_places(context):
    text = """name: shop
sorce:
  type: postgres
source:
  type: postgres
  url: postgresql://u:t0psecret@127.0.0.1/x
  snapshot_workers: many
sink:
  type: file
  path: ./lake
  roll: {rows: -5}
"""
    result = context.leat(text).run("check")
    expect_sentence(result, USAGE, ":2:1:", "sorce", "source", ":7:", "snapshot_workers", ":11:")
    assert "t0psecret" not in result.stderr


@without_server
def test_config_that_is_not_there(context):
    leat = context.leat("name: x")
    expect_sentence(leat.command("run", "nowhere.yaml").wait(), USAGE, "nowhere.yaml")


@without_server
def test_commands_and_options_that_are_not_there(context):
    leat = context.leat("name: x")
    expect_sentence(leat.command("rum").wait(), USAGE, "rum", "run")
    expect_sentence(leat.command("run", "--untill-current", "x.yaml").wait(), USAGE, "--until-current")


def test_table_dropped_and_made_again(context):
    leat = started(context)
    context.server.sql("drop table a; create table a (id int primary key, w int); insert into a values (7, 7)")
    result = leat.run("run", "--until-current")
    # The publication lost the table with the drop: whatever leat does, it must not pretend that all is well.
    assert result.code == OPERATOR, (result.code, result.stderr)
    assert "public.a" in result.stderr, result.stderr


@postgres_majors(14, 15, 18)
def test_table_taken_out_of_the_publication_and_put_back(context):
    """Nobody can say what was written meanwhile: it is said, once, and the stream goes on."""
    leat = started(context)
    context.server.sql(
        """alter publication leat_test drop table a; insert into a values (10, 'lost');
           alter publication leat_test add table only a; insert into a values (11, 'there')"""
    )
    result = leat.drain()
    assert "public.a was taken out of publication" in result.stderr, result.stderr
    assert_equal(ids(context), [1, 2, 3, 11])
    assert "taken out" not in leat.drain().stderr
