#!/usr/bin/python3
"""leat beside PostgreSQL's own clients, in one run, on one server. Called by run.sh."""

import shutil
import subprocess
from pathlib import Path

from bench import Bench, run, timed

from lib.server import Server, psql_environment

# Ten columns, about 170 bytes a row as text.
COLUMNS = """id bigint primary key, customer integer, created timestamptz, amount numeric(12,2), state text,
             note text, weight double precision, paid boolean, reference uuid, day date"""
ROW = """select g, g % 50000, '2026-01-01'::timestamptz + g * interval '1 second', (g % 100000) / 100.0,
         (array['new','paid','sent','done'])[g % 4 + 1], 'a note of an order, about fifty bytes long, ' || g,
         g / 7.0::float8, g % 2 = 0, md5(g::text)::uuid, '2026-01-01'::date + (g % 365)
         from generate_series({first}, {last}) g"""


def statements_of(table, first, last):
    """Transactions of a thousand rows."""
    step = 1000
    return "\n".join(
        f"insert into {table} {ROW.format(first=at, last=min(at + step - 1, last))};" for at in range(first, last + 1, step)
    )


def recvlogical(port, slot, end):
    """PostgreSQL's own reader, of all that was written up to `end`."""
    from postgres_binaries import psql

    program = Path(psql()).resolve().parent / "pg_recvlogical"
    if not program.exists():
        program = "/usr/lib/postgresql/15/bin/pg_recvlogical"
    command = f"""{program} -h 127.0.0.1 -p {port} -U postgres -d postgres -S {slot}
        --start -o proto_version=1 -o publication_names=everything --endpos={end} -f - | cat > /dev/null"""
    return timed(["sh", "-c", " ".join(command.split())], env=psql_environment())


class PostgresBench(Bench):
    parts = ("start", "stream", "snapshot", "large")

    def __init__(self, options):
        super().__init__(options, lambda folder: Server(15, folder, {"max_wal_size": "8GB", "checkpoint_timeout": "1h"}))

    def source(self, table):
        url = f"host=127.0.0.1 port={self.server.port} user=postgres dbname=postgres"
        return {"type": "postgres", "url": url, "tables": [f"public.{table}"]}

    def load(self, table, first, last, in_one=False):
        """Transactions of a thousand rows, or one."""
        if in_one:
            self.server.sql(f"insert into {table} {ROW.format(first=first, last=last)}")
            return
        self.server.sql(statements_of(table, first, last))

    # -- the stream --

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
            peers.append(recvlogical(self.server.port, f"peer{number}", end))
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


if __name__ == "__main__":
    run(PostgresBench, __doc__, "build/bench.json")
