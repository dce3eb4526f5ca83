#!/usr/bin/python3
"""leat into Kafka: beside librdkafka alone, and beside PostgreSQL's own client, in one run. Called by run.sh.

All of it runs on this machine: the databases, a broker, a registry, leat, and the clients that look what arrived. What
counts is what a reader of committed data gets.
"""

import functools
import statistics
import subprocess
import sys
import time
from pathlib import Path

import bench_postgres
from bench import Bench, run, timed

from lib.kafka_server import Kafka, Registry
from lib.leat import to_yaml
from lib.mysql_server import MysqlServer
from lib.server import Server

CLIENTS = Path(__file__).resolve().parent / "bench_kafka_clients.py"

# Four columns, about 30 bytes a row as text.
COLUMNS = "id bigint primary key, customer int, amount decimal(12,2), state varchar(10)"
ROW = """select seq, seq % 50000, (seq % 100000) / 100.0, elt(seq % 4 + 1, 'new', 'paid', 'sent', 'done')
         from seq_{first}_to_{last}"""

PARTITIONS = 3
RATE = 1000  # commits per second
WARM_UP = 2 * RATE
COMMITS = 10 * RATE
LATENCY_WAYS = {
    "exactly_once": {},
    "exactly_once, commit_every 10ms": {"commit_every": "10ms"},
    "at_least_once": {"delivery": "at_least_once"},
    "at_least_once, linger.ms 5": {"delivery": "at_least_once", "properties": {"linger.ms": "5"}},
}


class Servers:
    """Each started at the first mention."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []

    def start(self):
        self.folder.mkdir()

    def stop(self, _mode):
        for server in self.started:
            server.stop()

    def begin(self, server):
        self.started.append(server.start())
        return server

    @functools.cached_property
    def kafka(self):
        return self.begin(Kafka(self.folder / "kafka"))

    @functools.cached_property
    def registry(self):
        return self.begin(Registry(self.folder / "registry"))

    @functools.cached_property
    def mariadb(self):
        settings = {"max-binlog-size": "1G", "innodb-buffer-pool-size": "1G", "innodb-flush-log-at-trx-commit": "2"}
        return self.begin(MysqlServer("mariadb-10.11", self.folder / "mariadb", settings))

    @functools.cached_property
    def postgres(self):
        return self.begin(Server(15, self.folder / "postgres", {"max_wal_size": "8GB", "checkpoint_timeout": "1h"}))


class KafkaBench(Bench):
    parts = ("mariadb", "postgres", "latency")

    def __init__(self, options):
        super().__init__(options, Servers)
        self.replay_program = Path(options.leat).with_name("bench_kafka_replay")

    # -- pipelines: each has a table's name, and topics of its own --

    def source(self, table):
        if table == "postgres":
            url = f"host=127.0.0.1 port={self.server.postgres.port} user=postgres dbname=postgres"
            return {"type": "postgres", "url": url, "tables": ["public.postgres"]}
        return {"type": "mariadb", "url": self.server.mariadb.url(tls="off"), "tables": [f"test.{table}"]}

    def pipeline(self, name, table, delivery="exactly_once", properties=None, **changes):
        """A pipeline that stands at the log's end."""
        folder = self.folder / name
        folder.mkdir()
        sink = {
            "type": "kafka",
            "brokers": self.server.kafka.brokers,
            "registry": {"url": self.server.registry.url},
            "prefix": name,
            "partitions": PARTITIONS,
            "delivery": delivery,
            "kafka": properties or {},
            **changes,
        }
        source = {**self.source(table), "snapshot": False}
        config = {"name": name, "source": source, "sink": sink, "state": folder / "state.db"}
        (folder / "leat.yaml").write_text(to_yaml(config), encoding="utf-8")
        self.drain(folder)
        return folder

    def topic(self, folder, table):
        return f"{folder.name}.{self.full_name(table)}"

    def count(self, folder, table):
        command = [sys.executable, CLIENTS, "count", self.server.kafka.brokers, self.topic(folder, table)]
        return int(subprocess.check_output(command))

    def drain_counted(self, folder, table):
        figures = self.drain(folder)
        found = self.count(folder, table)
        if found != self.rows:
            raise SystemExit(f"{folder.name}: {found} records in the topic where {self.rows} were expected")
        return figures

    # -- MariaDB --

    def replay(self, folder, table, codec):
        """The same messages by librdkafka alone."""
        command = [self.replay_program, self.server.kafka.brokers, self.topic(folder, table), codec, str(self.rows)]
        return {"wall": float(subprocess.check_output(command))}

    def mariadb(self):
        self.server.mariadb.sql(f"create table small ({COLUMNS})")
        ways = [("exactly_once", "lz4"), ("at_least_once", "lz4"), ("exactly_once", "none"), ("exactly_once", "zstd")]
        pipelines = []
        for number in range(1 + self.rounds):
            for way in ways if number % 2 else reversed(ways):
                delivery, codec = way
                properties = {"compression.type": codec}
                folder = self.pipeline(f"small{number}-{delivery}-{codec}", "small", delivery, properties)
                pipelines.append((way, folder))
        with self.server.mariadb.session() as session:
            for first in range(1, self.rows + 1, 1000):
                session.run(f"insert into small {ROW.format(first=first, last=min(first + 999, self.rows))}")
        ours, peers = {way: [] for way in ways}, {way: [] for way in ways}
        for way, folder in pipelines:
            ours[way].append(self.drain_counted(folder, "small"))
            peers[way].append(self.replay(folder, "small", way[1]))
        for way in ways:
            # The first round does not count: a broker that has just begun is slow.
            self.compare(f"MariaDB, {', '.join(way)}", ours[way][1:], peers[way][1:], "librdkafka alone")
        self.tell_cost(*(ours[delivery, "lz4"][1:] for delivery in ("exactly_once", "at_least_once")))

    def tell_cost(self, once, least):
        cost = statistics.median(mine["wall"] / theirs["wall"] for mine, theirs in zip(once, least)) - 1
        self.results["cost_of_exactly_once"] = cost
        print(f"exactly once costs {100 * cost:.1f} %")

    # -- PostgreSQL --

    def postgres(self):
        """Each reader has a slot of its own, made before the rows were written."""
        sql = self.server.postgres.sql
        sql(f"create table postgres ({bench_postgres.COLUMNS})")
        sql("create publication everything for all tables")
        pipelines = []
        for number in range(1 + self.rounds):
            sql(f"select pg_create_logical_replication_slot('peer{number}', 'pgoutput')")
            pipelines.append(self.pipeline(f"postgres{number}", "postgres"))
        sql(bench_postgres.statements_of("postgres", 1, self.rows))
        end = self.server.postgres.value("select pg_current_wal_lsn()")
        peers, ours = [], []
        for number, folder in enumerate(pipelines):
            peers.append(bench_postgres.recvlogical(self.server.postgres.port, f"peer{number}", end))
            ours.append(self.drain_counted(folder, "postgres"))
        self.compare("PostgreSQL, exactly_once, lz4", ours[1:], peers[1:], "pg_recvlogical")

    # -- from a commit's return to a reader of committed data --

    def latency(self):
        self.server.mariadb.sql(f"create table latency ({COLUMNS})")
        for number in range(self.rounds):
            for place, (name, changes) in enumerate(LATENCY_WAYS.items()):
                self.latency_of(name, f"latency{number}-{place}", changes)

    def latency_of(self, way, name, changes):
        self.server.mariadb.sql("truncate table latency")
        folder = self.pipeline(name, "latency", **changes)
        self.server.mariadb.sql("insert into latency values (0, 0, 0, 'new')")
        self.drain(folder)  # which makes the topic
        with open(folder / "leat.log", "ab") as log:
            leat = subprocess.Popen([self.leat, "run", folder / "leat.yaml", "--log-level", "warning"], stderr=log)
        try:
            self.write_and_read(folder)
        finally:
            leat.terminate()
            leat.wait()
        self.tell_latency(way, folder)

    def write_and_read(self, folder):
        last = WARM_UP + COMMITS
        command = [sys.executable, CLIENTS, "arrivals", self.server.kafka.brokers, self.topic(folder, "latency")]
        with subprocess.Popen([*command, str(last), folder / "arrived"]) as reader:
            time.sleep(2)  # until all have begun
            socket = self.server.mariadb.directory.resolve() / "server.sock"
            timed([sys.executable, CLIENTS, "write", socket, "latency", "1", str(last), str(RATE), folder / "written"])
            if reader.wait() != 0:
                raise SystemExit(f"{folder.name}: not all has arrived")

    def tell_latency(self, way, folder):
        written, arrived = times_of(folder / "written"), times_of(folder / "arrived")
        counted = range(WARM_UP + 1, WARM_UP + COMMITS + 1)
        found = sorted((arrived[number] - written[number]) / 1e6 for number in counted)
        rate = (COMMITS - 1) * 1e9 / (written[counted[-1]] - written[counted[0]])
        p50, p99, most = found[COMMITS // 2], found[COMMITS * 99 // 100], found[-1]
        figures = {"commits_per_second": rate, "p50_ms": p50, "p99_ms": p99, "most_ms": most}
        self.results.setdefault(f"latency, {way}", []).append(figures)
        print(f"latency, {way}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, most {most:.1f} ms, at {rate:,.0f} commits/s")


def times_of(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return {int(number): int(at) for number, at in (line.split() for line in lines)}


if __name__ == "__main__":
    run(KafkaBench, __doc__, "build/bench-kafka.json")
