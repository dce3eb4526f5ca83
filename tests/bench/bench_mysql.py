#!/usr/bin/python3
"""leat beside MariaDB's own clients, in one run, on one server. Called by run.sh."""

import shutil
import subprocess

from bench import Bench, run, timed

from lib.mysql_server import MysqlServer, mysql_binaries

# Ten columns, about 170 bytes a row as text.
COLUMNS = """id bigint primary key, customer int, created timestamp(6) null, amount decimal(12,2), state varchar(10),
             note varchar(100), weight double, paid boolean, reference uuid, day date"""
ROW = """select seq, seq % 50000, '2026-01-01' + interval seq second, (seq % 100000) / 100.0,
         elt(seq % 4 + 1, 'new', 'paid', 'sent', 'done'), concat('a note of an order, about fifty bytes long, ', seq),
         seq / 7e0, seq % 2 = 0,
         cast(concat(lpad(hex(seq), 8, '0'), '-0000-4000-8000-', lpad(hex(seq * 7919), 12, '0')) as uuid),
         '2026-01-01' + interval (seq % 365) day
         from seq_{first}_to_{last}"""


class MysqlBench(Bench):
    parts = ("start", "stream", "snapshot", "large", "wide")

    def __init__(self, options):
        settings = {"max-binlog-size": "1G", "innodb-buffer-pool-size": "1G", "innodb-log-file-size": "1G"}
        super().__init__(options, lambda folder: MysqlServer("mariadb-10.11", folder, settings))

    def source(self, table):
        return {"type": "mariadb", "url": self.server.url(tls="off"), "tables": [f"test.{table}"]}

    def load(self, table, first, last, in_one=False):
        """Transactions of a thousand rows, or one."""
        step = last if in_one else 1000
        with self.server.session() as session:
            for at in range(first, last + 1, step):
                session.run(f"insert into {table} {ROW.format(first=at, last=min(at + step - 1, last))}")

    def client(self, program, *arguments, **options):
        return timed([program, "--no-defaults", "-h127.0.0.1", f"-P{self.server.port}", "-uroot", *arguments], **options)

    # -- the stream --

    def binlog(self, first):
        """As it comes from the server, into files: the peer does not look into events, leat decodes each row."""
        folder = self.folder / "peer"
        folder.mkdir()
        arguments = ["--read-from-remote-server", "--raw", "--to-last-log", f"--result-file={folder}/", first]
        figures = self.client(mysql_binaries.binlog_client(), *arguments)
        shutil.rmtree(folder)
        return figures

    def stream(self):
        self.server.sql(f"create table stream ({COLUMNS})")
        first = self.server.end_log_file()
        pipelines = []
        for number in range(self.rounds):
            for codec in ("null", "deflate"):
                folder = self.config(f"stream{number}{codec}", "stream", codec, snapshot=False)
                self.drain(folder)
                pipelines.append((codec, folder))
        self.load("stream", 1, self.rows)
        peers, ours = [], {"null": [], "deflate": []}
        for number in range(self.rounds):
            peers.append(self.binlog(first))
            for codec, folder in pipelines[2 * number : 2 * number + 2]:
                ours[codec].append(self.drain(folder, self.rows, "stream"))
        for name, figures in ours.items():
            self.compare(f"stream, {name} codec", figures, peers, "mariadb-binlog --raw")

    # -- the snapshot --

    def select(self):
        arguments = ["-q", "-N", "-e", "select * from snap", "test"]
        return self.client(mysql_binaries.client(), *arguments, stdout=subprocess.DEVNULL)

    def snapshot(self):
        self.server.sql(f"create table snap ({COLUMNS})")
        self.load("snap", 1, self.rows, in_one=True)
        self.select()
        ways = [(workers, codec) for workers in (1, 2) for codec in ("null", "deflate")]
        peers, ours = [], {way: [] for way in ways}
        for number in range(self.rounds):
            peers.append(self.select())
            for workers, codec in ways:
                folder = self.config(f"snap{number}{workers}{codec}", "snap", codec, snapshot_workers=workers)
                ours[workers, codec].append(self.drain(folder, self.rows, "snap"))
                shutil.rmtree(folder)
        for (workers, codec), figures in ours.items():
            self.compare(f"snapshot, {codec} codec, {workers} connection(s)", figures, peers, "mariadb -q")

    # -- memory --

    def large(self):
        """One transaction of five times the rows."""
        rows = 5 * self.rows
        self.server.sql(f"create table large ({COLUMNS})")
        folder = self.config("large", "large", snapshot=False)
        self.drain(folder)
        self.load("large", 1, rows, in_one=True)
        self.tell("large", f"one transaction of {rows} rows", rows, self.drain(folder, rows, "large"))

    def wide(self):
        """One row of forty megabytes, by the stream and by a snapshot."""
        self.server.sql("create table wide (id int primary key, v longblob)")
        folder = self.config("wide", "wide", snapshot=False)
        self.drain(folder)
        self.server.sql(f"insert into wide values (1, repeat('wide', {10 << 20}))")
        self.tell("wide by stream", "one row of 40 MB by the stream", 1, self.drain(folder, 1, "wide"))
        folder = self.config("wides", "wide")
        self.tell("wide by snapshot", "one row of 40 MB by a snapshot", 1, self.drain(folder, 1, "wide"))

    def tell(self, name, what, rows, figures):
        self.results[name] = {**figures, "rows": rows}
        print(f"{what}: {rows / figures['wall']:,.0f} rows/s, peak memory {figures['peak_mb']:.1f} MB")


if __name__ == "__main__":
    run(MysqlBench, __doc__, "build/bench-mysql.json")
