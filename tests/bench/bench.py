"""What the benchmarks of all sources share: runs that are measured, pipelines, and the report."""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

INTEGRATION = Path(__file__).resolve().parents[1] / "integration"
sys.path.insert(0, str(INTEGRATION))
from lib.leat import to_yaml  # noqa: E402


def timed(command, **options):
    """Runs a command to its end: wall seconds, CPU seconds, peak memory of it alone. What runs before left to be
    written to the disk is written first."""
    os.sync()
    started = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {child.returncode}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / 1024}


class Bench:
    """One server, one folder, and figures. Subclasses have a method for each of `parts`."""

    parts = ()

    def __init__(self, options, kind):
        """`kind` makes the server from its folder."""
        self.leat = options.leat
        self.rows = options.rows
        self.rounds = options.rounds
        self.folder = Path(tempfile.mkdtemp(prefix="leat-bench-"))
        self.folder.chmod(0o755)
        self.server = kind(self.folder / "server")
        self.results = {"rows": self.rows, "rounds": self.rounds, "cores": os.cpu_count()}

    def close(self):
        self.server.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def source(self, table):
        """type, url and tables of a pipeline's config, over TCP on loopback, as the clients it is compared with."""
        raise NotImplementedError

    def full_name(self, table):
        return self.source(table)["tables"][0]

    def config(self, name, table, codec="deflate", **source):
        folder = self.folder / name
        folder.mkdir()
        config = {
            "name": name,
            "source": {**self.source(table), **source},
            "sink": {"type": "file", "path": folder / "lake", "codec": codec},
            "state": folder / "state.db",
        }
        (folder / "leat.yaml").write_text(to_yaml(config), encoding="utf-8")
        return folder

    def drain(self, folder, expected=None, table=None):
        command = [self.leat, "run", folder / "leat.yaml", "--until-current", "--log-level", "warning"]
        with open(folder / "leat.log", "ab") as log:
            figures = timed(command, stderr=log)
        if expected is not None:
            found = self.count(folder / "lake", self.full_name(table))
            if found != expected:
                raise SystemExit(f"{folder}: {found} rows in the files where {expected} were expected")
        return figures

    def count(self, lake, table):
        """In a process of its own: what this one uses in memory would show in the peaks of those it starts."""
        script = "import sys, pathlib; from lib.files import count_rows; print(count_rows(pathlib.Path(sys.argv[1]), sys.argv[2]))"
        command = [sys.executable, "-c", script, lake, table]
        return int(subprocess.check_output(command, cwd=INTEGRATION))

    # -- the first event --

    def start(self):
        """From the start of the process to the first line of the stdout sink, with one change waiting."""
        self.server.sql("create table start (id integer primary key)")
        folder = self.config("start", "start", snapshot=False)
        config = (folder / "leat.yaml").read_text(encoding="utf-8")
        config = config.replace('type: "file"', 'type: "stdout"')
        lines = [line for line in config.splitlines() if not line.strip().startswith(("path:", "codec:"))]
        (folder / "leat.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.drain_quietly(folder)
        times = []
        for number in range(10):
            self.server.sql(f"insert into start values ({number})")
            times.append(self.first_line(folder))
        self.results["start_to_first_event_ms"] = [round(1000 * seconds, 1) for seconds in times]
        print(f"start to first event: median {1000 * statistics.median(times):.0f} ms, most {1000 * max(times):.0f} ms")

    def drain_quietly(self, folder):
        timed([self.leat, "run", folder / "leat.yaml", "--until-current"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def first_line(self, folder):
        started = time.monotonic()
        command = [self.leat, "run", folder / "leat.yaml"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            child.stdout.readline()
            seconds = time.monotonic() - started
            child.terminate()
            child.stdout.read()
        return seconds

    # -- the report --

    def compare(self, name, ours, peers, peer):
        ratios = [theirs["wall"] / mine["wall"] for mine, theirs in zip(ours, peers)]
        best = {
            "rows_per_second": self.rows / statistics.median(f["wall"] for f in ours),
            "peer_rows_per_second": self.rows / statistics.median(f["wall"] for f in peers),
            "ratio": statistics.median(ratios),
            "ratios": ratios,
            "rows_per_cpu_second": self.rows / statistics.median(f["cpu"] for f in ours),
            "peak_mb": max(f["peak_mb"] for f in ours),
            "runs": ours,
            "peer_runs": peers,
        }
        self.results[name] = best
        print(
            f"{name}: {best['ratio']:.2f} x {peer} ({best['rows_per_second']:,.0f} against "
            f"{best['peer_rows_per_second']:,.0f} rows/s), {best['rows_per_cpu_second']:,.0f} rows per CPU-second, "
            f"peak memory {best['peak_mb']:.1f} MB"
        )


def run(kind, description, output):
    """The command line of a benchmark: `kind` is its Bench."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--leat", required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=kind.parts)
    parser.add_argument("--json", type=Path, default=Path(output), help="where the run is kept")
    options = parser.parse_args()
    bench = kind(options)
    try:
        bench.server.start()
        for part in kind.parts:
            if options.only in (None, part):
                getattr(bench, part)()
    finally:
        bench.close()
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(bench.results, indent=2) + "\n", encoding="utf-8")
    print(f"the whole run is kept in {options.json}")
