#!/usr/bin/python3
"""Tests the harness itself: that what fails is reported as failed, what is skipped is not counted as passed, that
nothing stays behind, and that the readers of containers refuse what is not whole.

Uses Python's unittest rather than our runner, which is what is being tested. Ends like every stage in one line,
`N passed, N failed, N skipped`.
"""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from lib import container, files, runner, shared, testing  # noqa: E402
from lib.context import Context, merge  # noqa: E402
from lib.leat import to_yaml  # noqa: E402
from lib.mysql_client import SqlError as MysqlError  # noqa: E402
from lib.mysql_server import common, mysql_binaries  # noqa: E402
from lib.server import SqlError, postgres, postgres_binaries  # noqa: E402

RUNNER = HERE / "runner.py"

SAMPLE_TESTS = """
import os, signal, subprocess, sys, time
from lib.testing import Skip, mysql_servers, own_server, postgres_majors, release_build, skip, timeout, wait_until, without_server

@without_server
def test_passes(context):
    assert 1 + 1 == 2

@without_server
def test_fails(context):
    print("what the failing test printed")
    assert 1 + 1 == 3, "sums are wrong"

@without_server
def test_skips(context):
    skip("there is no such thing here")

@without_server
@timeout(1)
def test_hangs(context):
    time.sleep(100)

@without_server
@timeout(1)
def test_hangs_for_good(context):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(100)

@without_server
def test_ends_its_process_with_success(context):
    os._exit(0)

@without_server
def test_is_killed(context):
    os.kill(os.getpid(), signal.SIGKILL)

@without_server
def test_exits(context):
    sys.exit(0)

@without_server
def test_leaves_a_process_behind(context):
    subprocess.Popen(["sleep", "12345.25"])

@postgres_majors(9)
def test_of_a_server_nobody_has(context):
    context.server.sql("select 1")

@mysql_servers("mysql-3.23")
def test_of_another_server_nobody_has(context):
    context.server.sql("select 1")

@without_server
def test_with_server_although_without(context):
    context.server.sql("select 1")

@without_server
def test_waits_in_vain(context):
    wait_until(lambda: False, timeout=0.2, what="the cows to come home")

@without_server
def test_sanitizer_report_is_a_failure(context):
    context.leat({"name": "x"}).command("sanitizer").wait()

@without_server
def test_exit_status_other_than_expected(context):
    context.leat({"name": "x"}).run("exit", timeout=10).expect(0)

@without_server
def test_running_leat_is_ended(context):
    context.leat({"name": "x"}).start("sleep")

def test_stops_a_shared_server(context):
    context.server.stop()

def test_sets_a_shared_server(context):
    context.server.sql("alter system set work_mem = '5MB'")

def test_gives_a_shared_server_settings(context):
    context.new_server(settings={"work_mem": "5MB"})

@own_server
def test_does_so_with_its_own(context):
    context.new_server(settings={"work_mem": "5MB"}).restart()

@without_server
@release_build
def test_without_release_binary_is_skipped(context):
    context.leat({"name": "x"})
"""

FAKE_LEAT = """#!/bin/sh
case $1 in
sanitizer) echo "==1==ERROR: AddressSanitizer: heap-use-after-free on address" >&2; exit 0 ;;
exit) echo "the reason it gives" >&2; exit 3 ;;
sleep) exec sleep 54321.5 ;;
cat) shift; for file; do cat "$file"; done ;;
*) exit 2 ;;
esac
"""

SCHEMA = {
    "type": "record",
    "name": "Row",
    "namespace": "a.b",
    "fields": [
        {"name": "__seq", "type": "string"},
        {"name": "id", "type": "long"},
        {"name": "small", "type": "int"},
        {"name": "flag", "type": ["null", "boolean"], "default": None},
        {"name": "single", "type": "float"},
        {"name": "double", "type": "double"},
        {"name": "day", "type": ["null", {"type": "int", "logicalType": "date"}], "default": None},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["one", "two"]}},
        {"name": "again", "type": ["null", "Kind"], "default": None},
        {"name": "list", "type": {"type": "array", "items": ["null", "string"]}},
        {"name": "map", "type": {"type": "map", "values": "long"}},
        {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 3}},
        {
            "name": "inner",
            "type": {"type": "record", "name": "Inner", "fields": [{"name": "h", "type": "a.b.Hash"}]},
        },
    ],
}


def sample_row(number):
    return {
        "__seq": f"{number:010}",
        "id": (-1) ** number * 7**number % (1 << 63),
        "small": -number,
        "flag": [None, True, False][number % 3],
        "single": number / 2,
        "double": -number / 3,
        "day": None if number % 4 == 0 else number * 100,
        "price": b"\x01\x00" * (number % 3 + 1),
        "kind": ["one", "two"][number % 2],
        "again": "two" if number % 5 else None,
        "list": [None, "zwölf", ""][: number % 4],
        "map": {f"k{n}": n for n in range(number % 3)},
        "hash": bytes([number % 256, 1, 2]),
        "inner": {"h": b"abc"},
    }


def write_sample(path, codec, rows):
    """Written by python-avro, whose blocks are 16 kB or so; rows are as without logical types."""
    write_by_python_avro(path, "null" if codec == "deflate" else codec, rows)
    if codec == "deflate":
        deflate(path)


def deflate(path):
    """Rewrites a file of the codec null. python-avro's own deflate leaves three bytes of a zlib checksum after the
    deflate stream, which other readers ignore and ours refuses."""
    plain = container.Container(path)
    header = plain.data[: plain.first_block].replace(b"\x08null", b"\x0edeflate")
    blocks = []
    for count, data in plain.blocks():
        compressor = zlib.compressobj(wbits=-15)
        packed = compressor.compress(data) + compressor.flush()
        blocks.append(long_bytes(count) + long_bytes(len(packed)) + packed + plain.sync)
    path.write_bytes(header + b"".join(blocks))


def long_bytes(value):
    """A number that is not negative, as Avro writes it."""
    value, encoded = value << 1, bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(encoded + bytes([value]))


def write_by_python_avro(path, codec, rows):
    from avro.datafile import DataFileWriter
    from avro.io import DatumWriter
    from avro.schema import parse

    path.parent.mkdir(parents=True, exist_ok=True)
    plain = parse(json.dumps(files.without_logical_types(SCHEMA)))
    with open(path, "wb") as stream, DataFileWriter(stream, DatumWriter(), plain, codec=codec) as writer:
        for row in rows:
            writer.append(row)


def run_runner(*arguments, environment=None):
    run = subprocess.run(
        [sys.executable, RUNNER, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    return run.returncode, run.stdout


def processes_with(text):
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if text.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            pass
    return found


class Scratch(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="leat-st-", ignore_cleanup_errors=True)
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.folder.chmod(0o755)


class RunnerTest(Scratch):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="leat-st-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = Path(holder.name)
        (cls.folder / "test_sample.py").write_text(SAMPLE_TESTS, encoding="utf-8")
        (cls.folder / "test_broken.py").write_text("import nothing_of_this_name\n", encoding="utf-8")
        fake = cls.folder / "leat"
        fake.write_text(FAKE_LEAT, encoding="utf-8")
        fake.chmod(0o755)
        cls.environment = {"LEAT_BINARY": str(fake), "LEAT_RELEASE_BINARY": ""}
        cls.logs = cls.folder / "logs"
        cls.code, cls.output = run_runner(
            "--folder", cls.folder, "--logs", cls.logs, "--jobs", "4", "--grace", "1", environment=cls.environment
        )

    def setUp(self):
        pass

    def line_of(self, name):
        lines = [line for line in self.output.splitlines() if line.split(":")[0].split()[2:3] == [name]]
        self.assertEqual(len(lines), 1, f"{name} in:\n{self.output}")
        return lines[0].partition(" ")[2]

    def assert_failed(self, function, reason):
        line = self.line_of(f"test_sample.{function}")
        self.assertTrue(line.startswith("FAILED "), line)
        self.assertIn(reason, line)

    def test_last_line_counts_everything_once(self):
        functions = SAMPLE_TESTS.count("\ndef test_")
        self.assertEqual(self.output.splitlines()[-1], f"4 passed, {functions - 7} failed, 4 skipped")

    def test_exit_status(self):
        self.assertEqual(self.code, 1)
        run = ["--folder", self.folder, "--logs", self.logs / "other"]
        code, output = run_runner(*run, "test_passes", "test_skips", environment=self.environment)
        self.assertEqual((code, output.splitlines()[-1]), (0, "1 passed, 0 failed, 1 skipped"))

    def test_name_that_no_test_has(self):
        code, output = run_runner("--folder", self.folder, "--logs", self.logs / "none", "nothing_of_this", environment=self.environment)
        self.assertEqual((code, output), (2, "no test has nothing_of_this in its name\n"))

    def test_progress(self):
        counts = [line.split()[0] for line in self.output.splitlines() if line.startswith("[")]
        functions = SAMPLE_TESTS.count("\ndef test_")
        all_of_them = functions + 1  # with the file that cannot be imported
        self.assertEqual(counts, [f"[{number}/{all_of_them}]" for number in range(1, all_of_them + 1)])

    def test_shared_servers_are_guarded(self):
        for function in ("test_stops_a_shared_server", "test_sets_a_shared_server", "test_gives_a_shared_server_settings"):
            self.assertIn("mark the test with own_server", self.line_of(f"test_sample.{function}[15]"))
        self.assertTrue(self.line_of("test_sample.test_does_so_with_its_own[15]").startswith("ok "))

    def test_passing(self):
        self.assertRegex(self.line_of("test_sample.test_passes"), r"^ok test_sample\.test_passes \(\d+\.\d s\)$")

    def test_failing_shows_reason_and_output(self):
        self.assert_failed("test_fails", "sums are wrong")
        self.assertIn("what the failing test printed", self.output)

    def test_log_of_failing_is_kept_and_of_passing_is_not(self):
        kept = self.logs / "test_sample.test_fails" / "output.txt"
        self.assertIn("what the failing test printed", kept.read_text(encoding="utf-8"))
        self.assertFalse((self.logs / "test_sample.test_passes").exists())

    def test_skipping_shows_reason(self):
        self.assertEqual(
            self.line_of("test_sample.test_skips"), "skipped test_sample.test_skips: there is no such thing here"
        )

    def test_absent_server_and_absent_binary_are_skipped(self):
        self.assertIn("skipped", self.line_of("test_sample.test_of_a_server_nobody_has[9]"))
        self.assertIn("skipped", self.line_of("test_sample.test_of_another_server_nobody_has[mysql-3.23]"))
        self.assertIn("LEAT_RELEASE_BINARY", self.line_of("test_sample.test_without_release_binary_is_skipped"))

    def test_timeouts(self):
        self.assert_failed("test_hangs", "not done after 1 s")
        self.assert_failed("test_hangs_for_good", "not done after 1 s")

    def test_ending_without_an_outcome_is_a_failure(self):
        self.assert_failed("test_ends_its_process_with_success", "without an outcome")
        self.assert_failed("test_is_killed", "without an outcome")
        self.assert_failed("test_exits", "SystemExit")

    def test_misuse_is_a_failure_not_a_skip(self):
        self.assert_failed("test_with_server_although_without", "without_server")

    def test_vain_waiting(self):
        self.assert_failed("test_waits_in_vain", "for the cows to come home")

    def test_sanitizer_report(self):
        self.assert_failed("test_sanitizer_report_is_a_failure", "heap-use-after-free")

    def test_unexpected_exit_status_shows_what_was_printed(self):
        self.assert_failed("test_exit_status_other_than_expected", "ended with 3 where 0 was expected")
        self.assertIn("the reason it gives", self.output)

    def test_file_that_cannot_be_imported(self):
        lines = [line for line in self.output.splitlines() if " FAILED test_broken" in line]
        self.assertEqual(len(lines), 1)

    def test_nothing_stays_behind(self):
        self.assertEqual(processes_with("12345.25") + processes_with("54321.5"), [])


class TurnsTest(unittest.TestCase):
    EVERYWHERE = (15, 18, "mariadb-10.11", "mariadb-11.8", "mysql-9.7")

    def turns(self, functions, absent=()):
        """The versions that each function gets."""
        cases = [runner.Case(Path("test_x.py"), function, version) for function in functions for version in self.EVERYWHERE]
        taken = runner.take_turns(cases, absent)
        return [[case.version for case in taken if case.function is function] for function in functions]

    @staticmethod
    def functions(count):
        made = [lambda context: None for _ in range(count)]
        for number, function in enumerate(made):
            function.__name__ = f"test_{number}"
        return made

    def test_one_version_of_each_server_and_each_version_somewhere(self):
        found = self.turns(self.functions(40))
        for versions in found:
            self.assertEqual([runner.family(version) for version in versions], ["postgres", "mariadb", "mysql"])
        self.assertEqual({version for versions in found for version in versions}, set(self.EVERYWHERE))

    def test_what_is_absent_has_no_turn_unless_nothing_else_is_there(self):
        for versions in self.turns(self.functions(40), absent=("mariadb-11.8", "mysql-9.7")):
            self.assertEqual(versions[1:], ["mariadb-10.11", "mysql-9.7"])

    def test_mark_takes_them_all(self):
        self.assertEqual(self.turns([testing.every_version(*self.functions(1))]), [list(self.EVERYWHERE)])


class InterruptTest(Scratch):
    TEST = """
import time
def test_waits(context):
    context.server.sql("select 1")
    (context.directory.parent.parent / "running").write_text(str(context.server.pid))
    time.sleep(100)
"""

    def interrupted_by(self, number):
        (self.folder / "test_long.py").write_text(self.TEST, encoding="utf-8")
        runner = subprocess.Popen(
            [sys.executable, RUNNER, "--folder", self.folder, "--logs", self.folder / "logs"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": str(self.folder)},
        )
        running = self.folder / "running"
        testing.wait_until(lambda: running.exists() and running.read_text(), what="the test to run")
        self.assertNotEqual(processes_with(str(self.folder)), [])
        runner.send_signal(number)
        code = runner.wait(60)
        testing.wait_until(lambda: not processes_with(str(self.folder)), what="all processes to end")
        return code

    def test_interrupt(self):
        self.assertEqual(self.interrupted_by(signal.SIGINT), 130)

    def test_terminate(self):
        self.assertEqual(self.interrupted_by(signal.SIGTERM), 130)

    def test_kill(self):
        self.assertEqual(self.interrupted_by(signal.SIGKILL), -signal.SIGKILL)


class ServerTest(Scratch):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="leat-st-", ignore_cleanup_errors=True)
        cls.addClassCleanup(holder.cleanup)
        Path(holder.name).chmod(0o755)
        cls.context = Context(holder.name, postgres_binaries.DEBIAN_MAJOR, "asan")
        cls.addClassCleanup(cls.context.close)
        cls.server = cls.context.server

    def setUp(self):
        pass

    def test_server_can_decode(self):
        self.assertEqual(self.server.value("show wal_level"), "logical")

    def test_rows_tell_null_from_empty(self):
        query = "values ('a', null, ''), (E'two\\nlines', '|', 'x')"
        self.assertEqual(self.server.rows(query), [("a", None, ""), ("two\nlines", "|", "x")])
        self.assertEqual(self.server.rows("select 1 where false"), [])

    def test_sql_error(self):
        with self.assertRaisesRegex(SqlError, "nowhere"):
            self.server.sql("select 1; select * from nowhere")

    def test_session_keeps_its_transaction(self):
        self.server.sql("create table kept (a int)")
        with self.server.session() as session:
            session.run("begin; insert into kept values (1)")
            self.assertEqual(self.server.value("select count(*) from kept"), "0")
            session.run("commit")
            self.assertEqual(session.run("select a from kept"), "1")
            with self.assertRaises(SqlError):
                session.run("select nonsense")

    def test_kill_and_start_again(self):
        self.server.sql("create table survivor (a int); insert into survivor values (1)")
        port, pid = self.server.port, self.server.pid
        self.server.kill9()
        self.assertIsNone(self.server.pid)
        self.assertEqual(common.processes_of(self.server.directory / "data"), [])
        self.server.start()
        self.assertEqual(self.server.port, port)
        self.assertNotEqual(self.server.pid, pid)
        self.assertEqual(self.server.value("select a from survivor"), "1")

    def test_settings(self):
        server = self.context.new_server("other", settings={"wal_sender_timeout": "7s"})
        self.assertEqual(server.value("show wal_sender_timeout"), "7s")
        server.restart("immediate", {"wal_sender_timeout": "8s"})
        self.assertEqual(server.value("show wal_sender_timeout"), "8s")

    def test_passwords(self):
        server = self.context.new_server("secret", auth="scram-sha-256")
        server.sql("create role reader login password 'it''s'")
        command = [str(postgres_binaries.psql()), "-X", "-A", "-t", "-w", "-c", "select 1"]

        def answer(password):
            url = server.url(user="reader", password=password)
            return subprocess.run(command + [url], capture_output=True, text=True, check=False).stdout.strip()

        self.assertEqual(answer("it's"), "1")
        self.assertEqual(answer("wrong"), "")
        self.assertEqual(server.value("select 1"), "1")


class MysqlServerTest(Scratch):
    @classmethod
    def setUpClass(cls):
        try:
            mysql_binaries.provide("mariadb-10.11")
        except common.Unavailable as reason:
            raise unittest.SkipTest(str(reason))
        holder = tempfile.TemporaryDirectory(prefix="leat-st-", ignore_cleanup_errors=True)
        cls.addClassCleanup(holder.cleanup)
        cls.context = Context(holder.name, "mariadb-10.11", "asan")
        cls.addClassCleanup(cls.context.close)
        cls.server = cls.context.server

    def setUp(self):
        pass

    def test_server_can_decode(self):
        names = "@@log_bin, @@binlog_format, @@binlog_row_metadata, @@version like '10.11.%'"
        self.assertEqual(self.server.rows(f"select {names}"), [("1", "ROW", "FULL", "1")])

    def test_rows_tell_null_from_empty(self):
        query = "select 'a', null, '', 'NULL' union all select 'two\\nlines', '\\t|', 'ü', x'00'"
        self.assertEqual(self.server.rows(query), [("a", None, "", "NULL"), ("two\nlines", "\t|", "ü", "\0")])
        self.assertEqual(self.server.rows("select 1 from dual where false"), [])

    def test_rows_of_the_last_statement_that_has_any(self):
        statements = "create table several (a int); insert into several values (1), (2); select a from several; do 1"
        self.assertEqual(self.server.rows(statements), [("1",), ("2",)])

    def test_values_of_all_sizes(self):
        for size in (0, 250, 251, 65535, 65536, (1 << 24) - 1, (1 << 24) + 100):
            self.assertEqual(len(self.server.value(f"select repeat('x', {size})")), size)

    def test_sql_error(self):
        with self.assertRaisesRegex(MysqlError, "1146: .*nowhere"):
            self.server.sql("select 1; select * from nowhere; select 2")

    def test_session_keeps_its_transaction(self):
        self.server.sql("create table kept (a int)")
        with self.server.session() as session:
            session.run("begin; insert into kept values (1)")
            self.assertEqual(self.server.value("select count(*) from kept"), "0")
            session.run("commit")
            self.assertEqual(session.run("select a from kept"), [("1",)])
            with self.assertRaises(MysqlError):
                session.run("select nonsense")
            self.assertEqual(session.value("select 3"), "3")

    def test_background(self):
        self.server.sql("create table busy (a int)")
        self.assertEqual(self.server.background(f"insert into busy values ({n})" for n in range(5)).wait(), 0)
        self.assertEqual(self.server.value("select sum(a) from busy"), "10")
        self.assertEqual(self.server.background("insert into nowhere values (1)").wait(), 1)

    def test_kill_and_start_again(self):
        self.server.sql("create table survivor (a int); insert into survivor values (1)")
        port, pid = self.server.port, self.server.pid
        self.server.kill9()
        self.assertIsNone(self.server.pid)
        self.assertEqual(common.processes_of(self.server.directory / "data"), [])
        self.server.start()
        self.assertEqual(self.server.port, port)
        self.assertNotEqual(self.server.pid, pid)
        self.assertEqual(self.server.value("select a from survivor"), "1")

    def test_settings(self):
        server = self.context.new_server("other", settings={"net-write-timeout": "7"})
        self.assertEqual(server.value("select @@global.net_write_timeout"), "7")
        server.restart("fast", {"net-write-timeout": "8"})
        self.assertEqual(server.value("select @@global.net_write_timeout"), "8")
        self.assertNotEqual(server.value("select @@server_id"), self.server.value("select @@server_id"))

    def test_tls(self):
        server = self.context.new_server("secret")
        certificate = server.enable_tls()
        command = [mysql_binaries.client(), "--no-defaults", "-h127.0.0.1", f"-P{server.port}", "-uroot", "-N", "-B"]
        command += [f"--ssl-ca={certificate}", "--ssl-verify-server-cert", "-e", "show status like 'ssl_cipher'"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertRegex(run.stdout, "TLS_", run.stderr)


class AgendaTest(unittest.TestCase):
    @staticmethod
    def case(version, name="test_x", **marks):
        function = lambda context: None  # noqa: E731
        function.__name__ = name
        vars(function).update(marks)
        return runner.Case(Path("test_x.py"), function, version)

    def test_a_version_s_server_is_lent_to_one_test_at_a_time(self):
        agenda = runner.Agenda([self.case(15), self.case(15), self.case(18)])
        (first, seat), (second, other) = agenda.take(), agenda.take()
        self.assertEqual((first.version, second.version), (15, 18))
        self.assertNotEqual(seat, other)
        agenda.give_back(seat, usable=True)
        self.assertEqual(agenda.take()[1], seat)

    def test_nobody_waits_and_what_is_not_usable_is_lent_to_nobody(self):
        agenda = runner.Agenda([self.case(15) for _ in range(3)])
        first, second = agenda.take()[1], agenda.take()[1]
        self.assertNotEqual(first, second)
        agenda.give_back(first, usable=False)
        self.assertNotIn(agenda.take()[1], (first, second))
        self.assertEqual(len(agenda.seats), 2)

    def test_what_has_its_own_borrows_none(self):
        agenda = runner.Agenda([self.case(15), self.case(15, own_server=True), self.case(None)])
        self.assertEqual([agenda.take()[1] is None for _ in range(3)], [False, True, True])

    def test_the_longest_come_first(self):
        cases = [self.case(None, timeout=seconds) for seconds in (10, 300, 20)]
        agenda = runner.Agenda(cases)
        self.assertEqual([agenda.take()[0].timeout for _ in cases], [300, 20, 10])


class SharedServer(Scratch):
    """A server that one test leaves to the next."""

    VERSION = None

    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="leat-st-", ignore_cleanup_errors=True)
        cls.addClassCleanup(holder.cleanup)
        Path(holder.name).chmod(0o755)
        cls.shared = shared.Shared(holder.name, os.getpid())
        cls.addClassCleanup(cls.shared.discard, cls.VERSION, 0)

    def setUp(self):
        pass

    def check_databases(self, query, expected):
        server = self.shared.server(self.VERSION, 0)
        first = server.rows(query)
        server.sql("create table a (id int primary key)")
        server.create_database("it's \"other\"")
        pid = server.pid
        server = self.shared.server(self.VERSION, 0)
        self.assertEqual((server.rows(query), server.pid), (first, pid))
        self.assertEqual(first, expected)
        server.sql("create table a (id int primary key)")
        self.assertEqual(server.changed_settings(), [])


class SharedPostgresTest(SharedServer):
    VERSION = postgres_binaries.DEBIAN_MAJOR

    def test_databases(self):
        self.check_databases("select datname from pg_database where datname !~ 'template'", [("postgres",)])

    def test_roles_slots_and_connections(self):
        server = self.shared.server(self.VERSION, 0)
        server.sql("create role \"some body\"; create table b (); alter table b owner to \"some body\"")
        server.sql("select pg_create_logical_replication_slot('s', 'pgoutput')")
        session = server.session()
        self.addCleanup(session.close)
        session.run("begin; lock table b")
        server = self.shared.server(self.VERSION, 0)
        found = "(select count(*) from pg_replication_slots) + (select count(*) from pg_roles where rolname ~ 'some')"
        self.assertEqual(server.value(f"select {found}"), "0")

    def test_log_is_of_this_test_alone(self):
        server = self.shared.server(self.VERSION, 0)
        with self.assertRaises(SqlError):
            server.sql("select * from first_one")
        self.assertIn("first_one", server.log)
        self.assertNotIn("first_one", self.shared.server(self.VERSION, 0).log)


class SharedMariadbTest(SharedServer):
    VERSION = "mariadb-10.11"

    @classmethod
    def setUpClass(cls):
        try:
            mysql_binaries.provide(cls.VERSION)
        except common.Unavailable as reason:
            raise unittest.SkipTest(str(reason))
        super().setUpClass()

    def test_databases(self):
        query = "select schema_name from information_schema.schemata where schema_name not like '%\\_schema' and schema_name not in ('mysql', 'sys')"
        self.check_databases(query, [("test",)])

    def test_log(self):
        server = self.shared.server(self.VERSION, 0)
        first = server.position()[0], server.gtids()
        server.sql("create table a (id int primary key); flush binary logs; insert into a values (1)")
        server = self.shared.server(self.VERSION, 0)
        self.assertEqual((server.position()[0], server.gtids()), first)

    def test_accounts_prepared_transactions_and_connections(self):
        server = self.shared.server(self.VERSION, 0)
        server.sql("create user 'l''eat'@'%'; create role reader; create table a (id int primary key)")
        server.sql("xa start 'one','',7; insert into a values (1); xa end 'one','',7; xa prepare 'one','',7")
        session = server.session()
        self.addCleanup(session.close)
        session.run("begin; insert into a values (2)")
        server = self.shared.server(self.VERSION, 0)
        self.assertEqual(server.value("select count(*) from mysql.user where user in ('l''eat', 'reader')"), "0")
        self.assertEqual(server.rows("xa recover"), [])

    def test_settings_are_missed(self):
        server = self.shared.server(self.VERSION, 0)
        server.sql("set global binlog_row_image = 'MINIMAL'")
        self.assertEqual(server.changed_settings(), [("binlog_row_image", "FULL"), ("binlog_row_image", "MINIMAL")])
        server.sql("set global binlog_row_image = 'FULL'")


class SharedMysqlTest(SharedMariadbTest):
    VERSION = "mysql-9.7"


class ContainerTest(Scratch):
    ROWS = [sample_row(number) for number in range(1000)]

    def test_reads_what_python_avro_wrote(self):
        for codec in ("null", "deflate", "snappy", "zstandard"):
            with self.subTest(codec=codec):
                path = self.folder / f"{codec}.avro"
                write_sample(path, codec, self.ROWS)
                found = container.Container(path)
                self.assertGreater(len(list(found.blocks())), 1)
                self.assertEqual(found.count(), 1000)
                testing.assert_equal(list(found.records()), self.ROWS)
                testing.assert_equal(files.read_file(path), self.ROWS)

    def test_refuses_every_cut(self):
        path = self.folder / "cut.avro"
        write_sample(path, "deflate", self.ROWS[:300])
        whole = path.read_bytes()
        first_block = container.Container(path).first_block
        ends = {first_block, len(whole)}
        for block_end in range(first_block + 1, len(whole)):
            if whole[block_end - 16 : block_end] == whole[first_block - 16 : first_block]:
                ends.add(block_end)
        for size in range(0, len(whole), 7):
            if size in ends:
                continue
            path.write_bytes(whole[:size])
            with self.assertRaises(container.Malformed, msg=f"cut at {size}"):
                container.Container(path).count()

    def test_refuses_damage(self):
        for codec in ("deflate", "snappy", "zstandard", "null"):
            path = self.folder / f"{codec}.avro"
            write_sample(path, codec, self.ROWS[:20])
            whole = bytearray(path.read_bytes())
            # The last bytes of the block are its data, then 16 of the marker; each codec notices this one.
            for place in (-3, -17 if codec != "null" else container.Container(path).first_block):
                damaged = bytearray(whole)
                damaged[place] ^= 0xFF
                path.write_bytes(damaged)
                with self.subTest(codec=codec, place=place), self.assertRaises(container.Malformed):
                    list(container.Container(path).records())

    def test_refuses_bytes_that_no_record_uses(self):
        path = self.folder / "extra.avro"
        write_sample(path, "null", self.ROWS[:1])
        found = container.Container(path)
        ((count, data),) = found.blocks()
        longer = data + b"\0"
        header = found.data[: found.first_block]
        path.write_bytes(header + long_bytes(count) + long_bytes(len(longer)) + longer + found.sync)
        self.assertEqual(container.Container(path).count(), 1)
        with self.assertRaisesRegex(container.Malformed, "1 bytes after its last record"):
            list(container.Container(path).records())

    def test_refuses_bytes_after_the_deflate_stream(self):
        path = self.folder / "checksum.avro"
        write_by_python_avro(path, "deflate", self.ROWS[:1])
        with self.assertRaisesRegex(container.Malformed, "does not end where the block ends"):
            container.Container(path).count()

    def test_numbers(self):
        for value, encoded in ((0, "00"), (-1, "01"), (1, "02"), (-64, "7f"), (64, "8001"), (-(1 << 63), "ff" * 9 + "01")):
            self.assertEqual(container.read_long(bytes.fromhex(encoded), 0)[0], value)
        with self.assertRaises(container.Malformed):
            container.read_long(b"\xff" * 9 + b"\x02", 0)
        with self.assertRaises(container.Malformed):
            container.read_int(bytes.fromhex("8080808010"), 0)


class FilesTest(Scratch):
    def place(self, name, rows, version=1):
        path = self.folder / "lake" / "public.a" / f"v={version}" / "dt=2024-01-02" / name
        write_sample(path, "deflate", rows)
        return path

    def test_order_over_versions_and_counts(self):
        rows = [sample_row(number) for number in range(30)]
        self.place("0020-0029.avro", rows[20:], version=1)
        self.place("0000-0009.avro", rows[:10], version=1)
        self.place("0010-0019.avro", rows[10:20], version=2)
        lake = self.folder / "lake"
        (lake / "_schema").mkdir()
        testing.assert_equal(files.read_rows(lake, "public.a"), rows)
        testing.assert_equal(list(files.fast_rows(lake, "public.a")), rows)
        self.assertEqual(files.check_folder(lake), {"public.a": 30})
        self.assertEqual(files.count_rows(lake, "public.a"), 30)
        self.assertEqual(files.check_order(files.fast_rows(lake, "public.a")), 30)

    def test_hidden_file_is_noticed(self):
        path = self.place("0-1.avro", [sample_row(0)])
        path.with_name(".0-1.avro").write_bytes(b"")
        with self.assertRaisesRegex(testing.Failure, "hidden files are left"):
            files.check_folder(self.folder / "lake")

    def test_file_in_the_wrong_place_is_noticed(self):
        write_sample(self.folder / "lake" / "public.a" / "0-1.avro", "null", [sample_row(0)])
        with self.assertRaisesRegex(testing.Failure, "is not under"):
            files.check_folder(self.folder / "lake")

    def test_disorder_and_doubles_are_noticed(self):
        for order in ([0, 2, 1], [0, 1, 1]):
            with self.assertRaises(testing.Failure):
                files.check_order(sample_row(number) for number in order)


class TestCommandTest(Scratch):
    """tests/run.sh, in a tree whose tests and tools are doubles: each script notes that it ran, and says what the test wants."""

    SCRIPTS = ("packages.sh", "architecture.sh", "tidy.sh", "fuzz.sh")
    PROGRAMS = ("integration/lib/runner.py", "integration/lib/selftest.py")
    CTEST = """case "$*" in
*" -N "*) echo "  Test #1: test_one" ;;
*) echo "1/1 Test  #1: test_one .........   Passed    0.01 sec" ;;
esac"""

    def setUp(self):
        super().setUp()
        tests = self.folder / "tests"
        for name in ("unit/test_one.c", "conformance/test_two.c", "fuzz/fuzz_one.c"):
            (tests / name).parent.mkdir(parents=True, exist_ok=True)
            (tests / name).write_text("", encoding="utf-8")
        (tests / "run.sh").write_text((HERE.parents[1] / "run.sh").read_text(encoding="utf-8"), encoding="utf-8")
        for name in self.SCRIPTS:
            self.double(name, "echo 1 passed, 0 failed, 0 skipped")
        for name in self.PROGRAMS:
            (tests / name).parent.mkdir(parents=True, exist_ok=True)
            (tests / name).write_text("import sys\nprint('1 passed, 0 failed, 0 skipped')\nsys.exit('--list' in sys.argv)\n", encoding="utf-8")
        self.tools = self.folder / "bin"
        self.tools.mkdir()
        for name, commands in (("cmake", ""), ("ctest", self.CTEST), ("pkg-config", "")):
            self.tool(name, f"echo '{name}' \"$@\" >>ran\n{commands}")
        for preset in ("asan", "tsan"):
            log = self.folder / "build" / preset / "Testing" / "Temporary" / "LastTest.log"
            log.parent.mkdir(parents=True)
            log.write_text("", encoding="utf-8")

    def double(self, name, commands):
        (self.folder / "tests" / name).write_text(f"echo {name} >>ran\n{commands}\n", encoding="utf-8")

    def tool(self, name, commands):
        path = self.tools / name
        path.write_text(f"#!/bin/sh\n{commands}\n", encoding="utf-8")
        path.chmod(0o755)

    def start(self, *arguments):
        environment = {**os.environ, "PATH": f"{self.tools}:{os.environ['PATH']}"}
        command = ["sh", self.folder / "tests" / "run.sh", *arguments]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=environment)

    def run_it(self, *arguments):
        run = self.start(*arguments)
        output = run.communicate(timeout=60)[0]
        return run.returncode, output.splitlines()

    def ran(self):
        """What has been called, in this order."""
        path = self.folder / "ran"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def test_name_that_no_test_has_is_told_before_anything_is_done(self):
        self.assertEqual(self.run_it("nothing_of_this"), (2, ["no test has nothing_of_this in its name"]))
        self.assertEqual(self.run_it("--quick", "fuzz_one"), (2, ["no test has fuzz_one in its name"]))
        self.assertEqual(self.ran(), [])

    def test_last_line_counts_all_stages(self):
        code, lines = self.run_it()
        self.assertEqual((code, lines[-1]), (0, "9 passed, 0 failed, 0 skipped"), "\n".join(lines))
        for stage in ("unit", "threads", "release", "architecture", "tidy", "harness", "fuzz", "integration", "integration_threads"):
            self.assertEqual(sum(line.startswith(f"-- {stage}: 1 ok, 0 not, 0 skipped") for line in lines), 1, "\n".join(lines))

    def test_name_builds_and_runs_what_has_it(self):
        self.assertEqual(self.run_it("test_two")[1][-1], "1 passed, 0 failed, 0 skipped")
        self.assertIn("cmake --build build/asan --target test_two", self.ran())
        self.assertNotIn("fuzz.sh", self.ran())
        code, lines = self.run_it("fuzz_one")
        self.assertEqual((code, lines[-1]), (0, "1 passed, 0 failed, 0 skipped"), "\n".join(lines))
        self.assertIn("fuzz.sh", self.ran())

    def test_stage_that_fails_or_says_nothing_is_a_failure(self):
        for commands in ("exit 3", "exit 0", "echo 4 passed, 0 failed, 0 skipped; exit 1", "kill -9 $$"):
            with self.subTest(commands=commands):
                self.double("fuzz.sh", commands)
                code, lines = self.run_it("fuzz_one")
                self.assertEqual(code, 1, "\n".join(lines))
                self.assertRegex(lines[-1], "passed, 1 failed, 0 skipped")
        self.double("fuzz.sh", "echo 4 passed, 2 failed, 1 skipped; exit 1")
        self.assertEqual(self.run_it("fuzz_one")[1][-1], "4 passed, 2 failed, 1 skipped")

    def test_failure_beside_what_is_shown_counts(self):
        self.double("tidy.sh", "echo FAILED clang-tidy: a.c; echo 0 passed, 1 failed, 0 skipped; exit 1")
        code, lines = self.run_it()
        self.assertEqual((code, lines[-1]), (1, "8 passed, 1 failed, 0 skipped"), "\n".join(lines))
        self.assertIn("FAILED clang-tidy: a.c", lines)

    def test_interrupt_ends_all_that_runs(self):
        self.double("tidy.sh", "exec sleep 76543.25")
        run = self.start()
        testing.wait_until(lambda: processes_with("76543.25"), what="the stage to run")
        run.send_signal(signal.SIGTERM)
        self.assertEqual(run.wait(30), 130)
        run.stdout.close()
        testing.wait_until(lambda: not processes_with("76543.25"), what="the stage to end")


class ArchitectureTest(Scratch):
    """Each rule of tests/architecture.sh notices its breach."""

    BREACHES = {
        "rooms of src/ include only what is below": ("src/avro/a.c", '#include "sink/file/a.h"\n'),
        "rooms of a connector include what is on floors below": (
            "connectors/mysql/gtid/a.c",
            '#include "mysql/binlog/a.h"\n',
        ),
        "a sink does not know another": ("src/sink/file/a.c", '#include "sink/kafka/a.h"\n'),
        "connectors include leat/, base/ and common/ alone": ("connectors/one/a.c", '#include "two/source.h"\n'),
        "and have one front door": ("connectors/a.c", '#include "one/inner.h"\n'),
        "SQLite is known in src/state alone": ("src/sink/a.c", "#include <sqlite3.h>\n"),
        "functions without bounds": ("src/sink/a.c", "void f(char *a)\n{\n    strcpy(a, a);\n}\n"),
        "memory comes from base/memory.h alone": ("src/sink/a.c", "void *f(void)\n{\n    return malloc(1);\n}\n"),
        "nobody searches in the message of an error": (
            "src/sink/a.c",
            'int f(const leat_error *error)\n{\n    return strstr(error->message, "full") != 0;\n}\n',
        ),
        "lists grow in base/ alone": ("src/sink/a.c", "void f(list *a)\n{\n    a->capacity = a->capacity * 2;\n}\n"),
        "files have at most 600 lines": ("src/base/a.c", "/* a line */\n" * 601),
        "nothing is left to do later": ("src/base/a.c", "/* TO" + "DO: all of it */\n"),
        "files that pages for developers name are there": ("docs/developing.md", "Begin at `src/base/gone.h`.\n"),
        "headers are self-contained": ("src/base/a.h", "size_t f(void);\n"),
        "formatted by .clang-format": ("src/base/a.c", "int  f( void ){return 0;}\n"),
    }

    def run_on(self, files_of_tree):
        style = (HERE.parents[2] / ".clang-format").read_text(encoding="utf-8")
        usual = {".clang-format": style, "src/base/nothing.h": "", "connectors/two/source.h": "", "connectors/one/source.h": ""}
        for name, text in {**usual, **files_of_tree}.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        script = HERE.parents[1] / "architecture.sh"
        return subprocess.run(["sh", script, self.folder], capture_output=True, text=True, check=False)

    def test_nothing_wrong(self):
        inside = {
            "src/sink/a.c": '#include "avro/a.h"\n#include "leat/a.h"\n',
            "connectors/a.c": '#include "one/source.h"\n',
            "src/state/a.c": "#include <sqlite3.h>\n",
            "connectors/one/a.c": '#include "base/a.h"\n#include "one/inner.h"\n',
        }
        run = self.run_on(inside)
        self.assertEqual((run.returncode, run.stdout.count("FAILED")), (0, 0), run.stdout)

    def test_breaches(self):
        for rule, (name, text) in self.BREACHES.items():
            with self.subTest(rule=rule):
                run = self.run_on({name: text})
                failed = [line for line in run.stdout.splitlines() if line.startswith("FAILED")]
                self.assertEqual((run.returncode, len(failed)), (1, 1), run.stdout)
                self.assertIn(rule, failed[0])
                self.assertRegex(run.stdout, name)
                (self.folder / name).unlink()

    def test_mutable_global(self):
        library = self.folder / "build" / "release" / "libleat.a"
        library.parent.mkdir(parents=True)
        source = self.folder / "counter.c"
        for text, breaches in (
            ("static const int table[] = {1}; const char *const name = \"a\"; int f(int i) { return table[i]; }", 0),
            ("int f(void) { static int calls; return ++calls; }", 1),
            ("static __thread int calls = 3; int f(void) { return ++calls; }", 1),
        ):
            source.write_text(text, encoding="utf-8")
            subprocess.run(["cc", "-O2", "-fPIC", "-c", source, "-o", self.folder / "counter.o"], check=True)
            library.unlink(missing_ok=True)
            subprocess.run(["ar", "rc", library, self.folder / "counter.o"], check=True)
            run = self.run_on({})
            self.assertEqual(run.stdout.count("is a mutable global"), breaches, run.stdout)

    def circles_of(self, texts):
        """What the rule of circles says of these sources, compiled as the build would."""
        root = self.folder.resolve()
        build = root / "build" / "release"
        commands = []
        for name, text in texts.items():
            source, output = root / name, f"CMakeFiles/libleat.dir/{name}.o"
            for path in (source, build / output):
                path.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(text, encoding="utf-8")
            command = f"cc -o {output} -c {source}"
            subprocess.run(command.split(), cwd=build, check=True)
            commands.append({"directory": str(build), "command": command, "file": str(source)})
        (build / "compile_commands.json").write_text(json.dumps(commands), encoding="utf-8")
        return [line.strip() for line in self.run_on({}).stdout.splitlines() if "circle: " in line]

    def test_circle_of_two_files(self):
        calls = {"src/base/a.c": "void b(void); void a(void) { b(); }", "src/base/b.c": "void a(void); void b(void) { a(); }"}
        self.assertEqual(
            self.circles_of(calls),
            ["circle: src/base/a.c -> src/base/b.c (b); src/base/b.c -> src/base/a.c (a)"],
        )

    def test_circle_of_rooms_that_is_none_of_files(self):
        calls = {
            "src/base/a.c": "void b(void); void a(void) { b(); }",
            "src/avro/b.c": "void b(void) { }",
            "src/avro/c.c": "void d(void); void c(void) { d(); }",
            "src/base/d.c": "void d(void) { }",
        }
        self.assertEqual(
            self.circles_of(calls),
            ["rooms, circle: src/avro -> src/base (d); src/base -> src/avro (b)"],
        )

    def test_calls_in_one_direction_are_no_circle(self):
        calls = {"src/base/a.c": "void b(void); void a(void) { b(); }", "src/base/b.c": "void b(void) { }"}
        self.assertEqual(self.circles_of(calls), [])


class SmallThingsTest(unittest.TestCase):
    def test_yaml(self):
        text = to_yaml({"a": {"b": 'say "hi"', "c": [1, True, None], "p": Path("/x")}, "e": {}})
        self.assertEqual(text, 'a:\n  b: "say \\"hi\\""\n  c: [1, true, null]\n  p: "/x"\ne: {}\n')

    def test_merge(self):
        base = {"a": {"b": 1, "c": 2}, "d": 3}
        self.assertEqual(merge(base, {"a": {"c": None, "e": 4}, "d": 5}), {"a": {"b": 1, "e": 4}, "d": 5})
        self.assertEqual(base, {"a": {"b": 1, "c": 2}, "d": 3})

    def test_differences_are_found(self):
        for found, expected, text in (
            ([1, 2], [1, 3], "[1] found 2, expected 3"),
            ([1], [1, 2], "found 1 items where 2 were expected; the first without a partner: 2"),
            ([{"a": 1}], [{"a": None}], "[0] ['a'] found 1, expected None"),
            ({"a": 1, "b": 2}, {"a": 1}, "['b'] found 2, expected 'nothing'"),
        ):
            with self.assertRaises(testing.Failure) as raised:
                testing.assert_equal(found, expected, "x")
            self.assertEqual(str(raised.exception), f"x: {text}")
        testing.assert_equal([1, {"a": 2}], [1, {"a": 2}])

    def test_wait_until(self):
        started = time.monotonic()
        self.assertEqual(testing.wait_until(lambda: time.monotonic() - started > 0.1 and "there"), "there")


def main():
    stream = io.StringIO()
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    result = unittest.TextTestRunner(stream=stream, verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    if failed:
        print(stream.getvalue())
    skipped = len(result.skipped)
    # A sub-test that fails counts by itself, so this may count one test twice; never too few failures.
    print(f"{max(result.testsRun - failed - skipped, 0)} passed, {failed} failed, {skipped} skipped")
    return 0 if failed == 0 and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
