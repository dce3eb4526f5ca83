#!/usr/bin/python3
"""Runs the integration tests: every function test_* of every test_*.py, each in a process of its own. They stand in
tests/integration and tests/conformance unless folders are named.

    runner.py [--folder DIR]... [--jobs N] [--logs DIR] [--grace SECONDS] [--every-version] [--list] [PART-OF-A-NAME...]

A test's name is FILE.FUNCTION[SERVER], as in test_stream.test_update[16] or [mysql-9.7]. One line is printed for each, then
`N passed, N failed, N skipped`. The exit status is 0 when none failed, 1 when some did, 2 when no test has such a name, and
130 when interrupted. What a failed test wrote and logged is kept under --logs.

Tests share servers (lib/shared.py), which are started when the first of them needs one.
"""

import argparse
import ctypes
import importlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import zlib
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

HERE = Path(__file__).resolve().parent
INTEGRATION = HERE.parent
CONFORMANCE = INTEGRATION.parent / "conformance"
LOGS = INTEGRATION.parents[1] / "build" / "test-logs" / "integration"
sys.path.insert(0, str(INTEGRATION))

from lib.context import Context  # noqa: E402
from lib.mysql_server import common, mysql_binaries  # noqa: E402
from lib.server import postgres_binaries  # noqa: E402
from lib.shared import Shared  # noqa: E402
from lib.testing import Skip  # noqa: E402

DEFAULT_SERVERS = (15,)
DEFAULT_TIMEOUT = 120
LARGEST_KEPT_FILE = 2 * 1024 * 1024


class Case:
    """One function with one server version (or None)."""

    def __init__(self, path, function, version):
        self.path = path
        self.function = function
        self.version = version
        self.timeout = getattr(function, "timeout", DEFAULT_TIMEOUT)
        # A server that is lent to it while it runs.
        self.borrows = version is not None and not getattr(function, "own_server", False)
        suffix = f"[{version}]" if version else ""
        self.name = f"{path.stem}.{function.__name__}{suffix}"


class Outcome:
    """kind is passed, failed or skipped; reason is for the latter two."""

    def __init__(self, name, kind, reason="", seconds=0.0):
        self.name = name
        self.kind = kind
        self.reason = reason
        self.seconds = seconds

    def __str__(self):
        if self.kind == "passed":
            return f"ok {self.name} ({self.seconds:.1f} s)"
        if self.kind == "skipped":
            return f"skipped {self.name}: {self.reason}"
        return f"FAILED {self.name} ({self.seconds:.1f} s): {self.reason}"


# ---- finding tests ---------------------------------------------------------------------------------------------


def collect(folders, filters):
    """The cases whose name holds one of the filters, and failed outcomes for files that cannot be read."""
    sys.path[:0] = [str(folder) for folder in folders]
    cases, failures = [], []
    for path in sorted(path for folder in folders for path in folder.glob("test_*.py")):
        try:
            module = importlib.import_module(path.stem)
        except Exception:  # pylint: disable=broad-except
            failures.append(Outcome(path.stem, "failed", f"cannot be imported\n{traceback.format_exc()}"))
            continue
        for name, function in vars(module).items():
            if name.startswith("test_") and callable(function) and function.__module__ == path.stem:
                versions = getattr(function, "servers", DEFAULT_SERVERS)
                cases += [Case(path, function, version) for version in versions]
    wanted = [case for case in cases if matches(case.name, filters)]
    return wanted, [failure for failure in failures if matches(failure.name, filters)]


def matches(name, filters):
    return not filters or any(part in name for part in filters)


def take_turns(cases, absent):
    """The cases without those of other versions of the same server, of which each test takes one that is there. Which one
    hangs on the test's name, so that every version has its share of tests, and the same one every time."""
    groups = {}
    for case in cases:
        groups.setdefault((case.path, case.function, family(case.version)), []).append(case)
    taken = set()
    for (_, function, _), group in groups.items():
        there = [case for case in group if case.version not in absent] or group
        turn = zlib.crc32(function.__name__.encode()) % len(there)
        taken.update(group if getattr(function, "every_version", False) else [there[turn]])
    return [case for case in cases if case in taken]


def family(version):
    """"mariadb" of "mariadb-10.11"; "postgres"; None."""
    return version.split("-")[0] if isinstance(version, str) else version and "postgres"


def missing_servers(cases):
    """For each server version that cannot be had here, the Outcome's kind and reason of its tests. Fetches those that can
    be. A program that is there and does not run is a failure."""
    missing = {}
    for version in sorted({case.version for case in cases if case.version}, key=str):
        binaries = mysql_binaries if isinstance(version, str) else postgres_binaries
        try:
            binaries.provide(version)
        except common.Unavailable as reason:
            missing[version] = ("skipped", str(reason))
        except common.ServerError as reason:
            missing[version] = ("failed", str(reason))
    return missing


# ---- which test is next ----------------------------------------------------------------------------------------


class Agenda:
    """The cases that have yet to run, and the shared servers' seats: (version, number), idle or lent to one test."""

    def __init__(self, cases):
        # Those that may take long come first, so that none of them is left alone at the end.
        self.pending = sorted(cases, key=lambda case: -case.timeout)
        self.idle = set()
        self.seats = set()
        self.numbers = itertools.count()
        self.lock = threading.Lock()

    def take(self):
        """The next case and its seat (None where it borrows no server)."""
        with self.lock:
            case = next(filter(self.is_free, self.pending), None) or self.pending[0]
            self.pending.remove(case)
            return case, self.find_seat(case.version) if case.borrows else None

    def is_free(self, case):
        """Whether it needs no second server of a version of which one runs."""
        versions = {version for version, _ in self.seats}
        return not case.borrows or case.version not in versions or case.version in {version for version, _ in self.idle}

    def find_seat(self, version):
        seat = next((seat for seat in self.idle if seat[0] == version), (version, next(self.numbers)))
        self.idle.discard(seat)
        self.seats.add(seat)
        return seat

    def give_back(self, seat, usable):
        with self.lock:
            if usable:
                self.idle.add(seat)
            else:
                self.seats.discard(seat)


# ---- running one test: the parent's side -----------------------------------------------------------------------


class Runner:
    """Runs cases, some at once, each in a child process that leads a group of its own."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.scratch = Path(tempfile.mkdtemp(prefix="leat-it-"))
        # Servers run as another user when we are root, and must get to their folders.
        self.scratch.chmod(0o755)
        self.shared = Shared(self.scratch / "shared", os.getpid())
        self.shared.folder.mkdir()
        self.children = {}
        self.lock = threading.Lock()
        self.stopping = False

    def choose(self, cases):
        """The cases of this run, and for those that cannot run an Outcome."""
        absent = missing_servers(cases)
        if not (self.arguments.every_version or self.arguments.filters):
            cases = take_turns(cases, absent)
        outcomes = [Outcome(case.name, *absent[case.version]) for case in cases if case.version in absent]
        return [case for case in cases if case.version not in absent], outcomes

    def run_all(self, cases, report):
        agenda = Agenda(cases)
        with ThreadPoolExecutor(self.arguments.jobs) as executor:
            runs = [executor.submit(self.run_next, agenda, number) for number in range(len(agenda.pending))]
            try:
                for run in as_completed(runs):
                    report(run.result())
            except BaseException:
                self.stop(runs)
                raise
            finally:
                executor.shutdown()
                self.shared.close(agenda.seats)
                shutil.rmtree(self.scratch, ignore_errors=True)

    def stop(self, runs):
        for run in runs:
            run.cancel()
        with self.lock:
            self.stopping = True
            for child in self.children.values():
                signal_group(child, signal.SIGTERM)

    def run_next(self, agenda, number):
        case, seat = agenda.take()
        directory = self.scratch / str(number)
        directory.mkdir()
        started = time.monotonic()
        reason = self.run_child(case, seat, directory)
        outcome = judge(case, directory, reason)
        outcome.seconds = time.monotonic() - started
        if seat is not None:
            # What a test that went wrong has left in a server is nothing that another one should find.
            usable = outcome.kind != "failed"
            if not usable:
                self.shared.discard(*seat, log=directory / "server.log")
            agenda.give_back(seat, usable)
        if outcome.kind == "failed":
            outcome.reason += f"\n  kept in {self.keep(case, directory)}"
        shutil.rmtree(directory, ignore_errors=True)
        return outcome

    def run_child(self, case, seat, directory):
        """Runs the test to its end, or to its time's. Returns why it did not end by itself, if so."""
        call = {
            "path": str(case.path),
            "function": case.function.__name__,
            "version": case.version,
            "directory": str(directory),
            "shared": str(self.shared.folder),
            "owner": os.getpid(),
            "seat": seat and seat[1],
        }
        command = [sys.executable, __file__, "--child", json.dumps(call)]
        with open(directory / "output.txt", "wb") as output:
            with self.lock:
                if self.stopping:
                    return "stopped"
                child = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
                )
                self.children[child.pid] = child
        try:
            child.wait(case.timeout)
            return None
        except subprocess.TimeoutExpired:
            signal_group(child, signal.SIGTERM)
            try:
                child.wait(self.arguments.grace)
            except subprocess.TimeoutExpired:
                pass
            return f"not done after {case.timeout} s"
        finally:
            # Whatever the test started and left behind ends with it.
            signal_group(child, signal.SIGKILL)
            child.wait()
            with self.lock:
                del self.children[child.pid]

    def keep(self, case, directory):
        """Copies what explains a failure: logs, outputs, configurations, files; not the servers' data."""
        target = self.arguments.logs / case.name

        def unwanted(folder, names):
            paths = [Path(folder) / name for name in names]
            return {path.name for path in paths if path.name == "data" or not is_worth_keeping(path)}

        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(directory, target, ignore=unwanted, symlinks=True)
        return target


def is_worth_keeping(path):
    return path.is_dir() or (path.is_file() and path.stat().st_size <= LARGEST_KEPT_FILE)


def signal_group(child, number):
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        pass


def judge(case, directory, reason):
    """A test has passed only when it has said so itself, in a file: an exit status of 0 may come from anywhere."""
    try:
        said = json.loads((directory / "outcome.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        said = {"kind": "failed", "reason": "its process ended without an outcome"}
    if reason is not None:
        said = {"kind": "failed", "reason": reason}
    if said["kind"] == "failed":
        said["reason"] += indent(tail(directory / "output.txt"))
    return Outcome(case.name, said["kind"], said["reason"])


def tail(path, lines=60):
    return path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]


def indent(lines):
    return "".join(f"\n    {line}" for line in lines)


# ---- running one test: the child's side ------------------------------------------------------------------------


class Stopped(BaseException):
    """SIGTERM: the time is up, or the run is over."""


def stop_child(*_):
    raise Stopped("stopped here by its runner")


def run_as_child(call):
    """Runs one test. `call` is what Runner.run_child says of it."""
    signal.signal(signal.SIGTERM, stop_child)
    # Background jobs of a shell have SIGINT ignored, and leat would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, int(signal.SIGTERM))
    path, directory = Path(call["path"]), Path(call["directory"])
    sys.path.insert(0, str(path.parent))
    outcome = {"kind": "failed", "reason": "it raised an exception"}
    try:
        function = getattr(importlib.import_module(path.stem), call["function"])
        context = Context(
            directory,
            call["version"],
            getattr(function, "build", "asan"),
            Shared(call["shared"], call["owner"]),
            call["seat"],
            getattr(function, "own_kafka", False),
        )
        try:
            function(context)
        finally:
            context.close()
        context.check_what_is_left()
        outcome = {"kind": "passed", "reason": ""}
    except Skip as reason:
        outcome = {"kind": "skipped", "reason": str(reason)}
    except BaseException as error:  # pylint: disable=broad-except
        traceback.print_exc()
        outcome["reason"] = f"{type(error).__name__}: {error}".strip().splitlines()[0]
    (directory / "outcome.json").write_text(json.dumps(outcome), encoding="utf-8")


# ---- command line ----------------------------------------------------------------------------------------------


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=lambda text: Path(text).resolve(), action="append", dest="folders")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--logs", type=lambda text: Path(text).resolve(), default=LOGS)
    # What a stopped test gets to end its servers and write down where it stood, in seconds.
    parser.add_argument("--grace", type=float, default=20)
    # A test otherwise runs with one version of each server, if no filter picks it.
    parser.add_argument("--every-version", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("filters", nargs="*", metavar="PART-OF-A-NAME")
    return parser.parse_args()


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--child":
        run_as_child(json.loads(sys.argv[2]))
        return 0
    arguments = parse_arguments()
    cases, outcomes = collect(arguments.folders or [INTEGRATION, CONFORMANCE], arguments.filters)
    if not cases and not outcomes and arguments.filters:
        print(f"no test has {' or '.join(arguments.filters)} in its name")
        return 2
    if arguments.list:
        print("\n".join(case.name for case in cases))
        return 0
    shutil.rmtree(arguments.logs, ignore_errors=True)
    # SIGINT too: to a background job of a shell it is ignored until somebody asks for it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)

    def report(outcome):
        outcomes.append(outcome)
        print(f"[{len(outcomes)}/{count}] {outcome}", flush=True)

    try:
        run = Runner(arguments)
        cases, known = run.choose(cases)
        known += outcomes
        outcomes, count = [], len(cases) + len(known)
        for outcome in known:
            report(outcome)
        run.run_all(cases, report)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        return 130
    counts = [sum(outcome.kind == kind for outcome in outcomes) for kind in ("passed", "failed", "skipped")]
    print(f"{counts[0]} passed, {counts[1]} failed, {counts[2]} skipped")
    return 1 if counts[1] else 0


if __name__ == "__main__":
    sys.exit(main())
