#!/usr/bin/python3
"""leat beside PostgreSQL's own clients, in one run, on one server. Called by run.sh."""

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

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
from lib.leat import to_yaml  # noqa: E402
from lib.server import Server, psql_environment  # noqa: E402

# Ten columns, about 170 bytes a row as text.
COLUMNS = """id bigint primary key, customer integer, created timestamptz, amount numeric(12,2), state text,
             note text, weight double precision, paid boolean, reference uuid, day date"""
ROW = """select g, g % 50000, '2026-01-01'::timestamptz + g * interval '1 second', (g % 100000) / 100.0,
         (array['new','paid','sent','done'])[g % 4 + 1], 'a note of an order, about fifty bytes long, ' || g,
         g / 7.0::float8, g % 2 = 0, md5(g::text)::uuid, '2026-01-01'::date + (g % 365)
         from generate_series({first}, {last}) g"""


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
    def __init__(self, options):
        self.leat = options.leat
        self.rows = options.rows
        self.rounds = options.rounds
        self.folder = Path(tempfile.mkdtemp(prefix="leat-bench-"))
        self.folder.chmod(0o755)
        self.server = Server(15, self.folder / "server", {"max_wal_size": "8GB", "checkpoint_timeout": "1h"})
        self.results = {"rows": self.rows, "rounds": self.rounds, "cores": os.cpu_count()}

    def close(self):
        self.server.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def config(self, name, table, codec="deflate", **source):
        """A pipeline over TCP on loopback, as the clients it is compared with."""
        folder = self.folder / name
        folder.mkdir()
        url = f"host=127.0.0.1 port={self.server.port} user=postgres dbname=postgres"
        config = {
            "name": name,
            "source": {"type": "postgres", "url": url, "tables": [f"public.{table}"], **source},
            "sink": {"type": "file", "path": folder / "lake", "codec": codec},
            "state": folder / "state.db",
        }
        (folder / "leat.yaml").write_text(to_yaml(config), encoding="utf-8")
        return folder

    def drain(self, folder, expected=None, table=None):
        command = [self.leat, "run", folder / "leat.yaml", "--until-current", "--log-level", "warning"]
        figures = timed(command, stderr=subprocess.DEVNULL)
        if expected is not None:
            found = self.count(folder / "lake", f"public.{table}")
            if found != expected:
                raise SystemExit(f"{folder}: {found} rows in the files where {expected} were expected")
        return figures

    def count(self, lake, table):
        """In a process of its own: what this one uses in memory would show in the peaks of those it starts."""
        script = "import sys, pathlib; from lib.files import count_rows; print(count_rows(pathlib.Path(sys.argv[1]), sys.argv[2]))"
        command = [sys.executable, "-c", script, lake, table]
        return int(subprocess.check_output(command, cwd=Path(__file__).resolve().parents[1] / "integration"))

    def load(self, table, first, last, in_one=False):
        """Transactions of a thousand rows, or one."""
        if in_one:
            self.server.sql(f"insert into {table} {ROW.format(first=first, last=last)}")
            return
        statements = [
            f"insert into {table} {ROW.format(first=at, last=min(at + 999, last))};" for at in range(first, last + 1, 1000)
        ]
        self.server.sql("\n".join(statements))

    # -- the stream --

    def recvlogical(self, slot, end):
        from postgres_binaries import psql

        program = Path(psql()).resolve().parent / "pg_recvlogical"
        if not program.exists():
            program = "/usr/lib/postgresql/15/bin/pg_recvlogical"
        command = f"""{program} -h 127.0.0.1 -p {self.server.port} -U postgres -d postgres -S {slot}
            --start -o proto_version=1 -o publication_names=everything --endpos={end} -f - | cat > /dev/null"""
        return timed(["sh", "-c", " ".join(command.split())], env=psql_environment())

    def stream(self):
        """Each reader has a slot of its own, made before the rows were written."""
        sql = self.server.sql
        sql(f"create table stream ({COLUMNS})")
        sql("create publication everything for table stream")
        pipelines = []
        for number in range(self.rounds):
            sql(f"select pg_create_logical_replication_slot('peer{number}', 'pgoutput')")
            for codec in ("null", "deflate"):
                folder = self.config(f"stream{number}{codec}", "stream", codec, snapshot=False)
                self.drain(folder)
                pipelines.append((codec, folder))
        self.load("stream", 1, self.rows)
        end = self.server.value("select pg_current_wal_lsn()")
        peers, ours = [], {"null": [], "deflate": []}
        for number in range(self.rounds):
            peers.append(self.recvlogical(f"peer{number}", end))
            for codec, folder in pipelines[2 * number : 2 * number + 2]:
                ours[codec].append(self.drain(folder, self.rows, "stream"))
        for name, figures in ours.items():
            self.compare(f"stream, {name} codec", figures, peers, "pg_recvlogical")

    # -- the snapshot --

    def copy(self):
        from postgres_binaries import psql

        command = [str(psql()), "-X", "-h", "127.0.0.1", "-p", str(self.server.port), "-U", "postgres"]
        command += ["-d", "postgres", "-c", "copy snap to stdout"]
        return timed(command, stdout=subprocess.DEVNULL, env=psql_environment())

    def snapshot(self):
        self.server.sql(f"create table snap ({COLUMNS})")
        self.load("snap", 1, self.rows, in_one=True)
        self.server.sql("vacuum analyze snap; checkpoint")
        self.copy()
        ways = [(workers, codec) for workers in (1, 2) for codec in ("null", "deflate")]
        peers, ours = [], {way: [] for way in ways}
        for number in range(self.rounds):
            peers.append(self.copy())
            for workers, codec in ways:
                folder = self.config(f"snap{number}{workers}{codec}", "snap", codec, snapshot_workers=workers)
                ours[workers, codec].append(self.drain(folder, self.rows, "snap"))
                self.server.sql(f"select pg_drop_replication_slot('leat_snap{number}{workers}{codec}')")
                shutil.rmtree(folder)
        for (workers, codec), figures in ours.items():
            self.compare(f"snapshot, {codec} codec, {workers} connection(s)", figures, peers, "psql copy")

    # -- memory --

    def large(self):
        """One transaction of five times the rows."""
        rows = 5 * self.rows
        self.server.sql(f"create table large ({COLUMNS})")
        folder = self.config("large", "large", snapshot=False)
        self.drain(folder)
        self.load("large", 1, rows, in_one=True)
        figures = self.drain(folder, rows, "large")
        self.results["large"] = {**figures, "rows": rows}
        print(f"one transaction of {rows} rows: {rows / figures['wall']:,.0f} rows/s, peak memory {figures['peak_mb']:.1f} MB")

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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leat", required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["stream", "snapshot", "large", "start"])
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), help="where the run is kept")
    options = parser.parse_args()
    bench = Bench(options)
    try:
        bench.server.start()
        for part in ("start", "stream", "snapshot", "large"):
            if options.only in (None, part):
                getattr(bench, part)()
    finally:
        bench.close()
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(bench.results, indent=2) + "\n", encoding="utf-8")
    print(f"the whole run is kept in {options.json}")


if __name__ == "__main__":
    main()
