"""Servers that a run starts once and that its tests share.

Of each version of a database server one stands ready and belongs to one test at a time, which finds it as if it had just
been made. (A second one of a version comes only when a test would have to wait.) The Kafka and its registry are there for
all tests at once: each has a prefix of its own for its topics.

What a test may not do to them it can do to a server of its own: `own_server` and `own_kafka` in lib.testing.
"""

import contextlib
import fcntl
import shutil
from pathlib import Path

from lib.kafka_server import Kafka, Registry
from lib.mysql_server import MysqlServer
from lib.server import Server


def server_kind(version):
    return MysqlServer if isinstance(version, str) else Server


def seat_name(version, seat):
    """The folder of a version's server. PostgreSQL's Unix sockets need a short one."""
    return f"{version}.{seat}"


class Shared:
    """What is shared, in one folder of the run's. `owner` is the run's process, with which everything ends."""

    def __init__(self, folder, owner):
        self.folder = Path(folder)
        self.owner = owner

    def server(self, version, seat):
        """The server of a version, empty. The caller is its only user until it has done with it."""
        directory = self.folder / seat_name(version, seat)
        server = server_kind(version)(version, directory, owner=self.owner)
        if directory.exists():
            server.empty()
        else:
            server.start()
            server.remember_settings()
        server.lend()
        return server

    def kafka(self):
        return self._ready("kafka", Kafka)

    def registry(self):
        return self._ready("registry", Registry)

    def _ready(self, name, kind):
        """Who comes first starts it, and who comes meanwhile waits for that."""
        with self._alone(name):
            made = kind(self.folder / name, owner=self.owner)
            if not made.runs():
                made.start()
            made.lend()
            return made

    @contextlib.contextmanager
    def _alone(self, name):
        with open(self.folder / f"{name}.lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def discard(self, version, seat, log=None):
        """Ends a server that nobody shall get any more. Its log goes to the file `log`."""
        directory = self.folder / seat_name(version, seat)
        if not directory.exists():
            return
        if log is not None and (directory / "server.log").exists():
            shutil.copyfile(directory / "server.log", log)
        if (directory / "server.json").exists():
            server_kind(version)(version, directory).stop("immediate")
        shutil.rmtree(directory, ignore_errors=True)

    def close(self, seats):
        """Ends everything: the servers on these seats (pairs of version and seat), Kafka and the registry."""
        for version, seat in seats:
            self.discard(version, seat)
        for name, kind in (("kafka", Kafka), ("registry", Registry)):
            made = kind(self.folder / name)
            if made.runs():
                made.stop("kill")
