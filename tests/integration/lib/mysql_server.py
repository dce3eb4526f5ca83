"""A MariaDB or MySQL server of a test's own."""

import os
import sys
import threading
import urllib.parse
from pathlib import Path

from lib.mysql_client import Connection, SqlError
from lib.testing import Skip, wait_until

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "servers"))
import common  # noqa: E402  (tests/servers/common.py)
import mysql  # noqa: E402  (tests/servers/mysql.py)
import mysql_binaries  # noqa: E402


class MysqlServer:
    """One server, in one folder. It ends with the test's process, however that ends.

    It has a database `test`, which statements are about unless another is named; without `database`, it has executed
    nothing of its own yet, as a replica must not.
    """

    def __init__(self, name, directory, settings=None, database=True):
        self.name = name
        self.has_database = database
        self.family, _, version = name.partition("-")
        self.version = tuple(int(part) for part in version.split("."))
        self.directory = Path(directory)
        self.settings = dict(settings or {})

    @property
    def is_mariadb(self):
        return self.family == "mariadb"

    # -- life --

    def start(self, settings=None):
        """Starts the server; its folder is made the first time. The port stays the same over all starts."""
        added = {**self.settings, **(settings or {})}
        self.settings = {}
        fresh = not (self.directory / "server.json").exists()
        try:
            mysql.start(self.name, self.directory, added, owner=os.getpid())
        except common.Unavailable as reason:
            raise Skip(str(reason)) from reason
        if fresh and self.has_database:
            self.sql("create database test character set utf8mb4", database=None)
        return self

    def stop(self, mode="fast"):
        """mode: fast, immediate or kill; the latter two are the same. Returns when the last process has gone."""
        mysql.stop(self.directory, "kill" if mode == "immediate" else mode)

    def kill9(self):
        self.stop("kill")

    def restart(self, mode="fast", settings=None):
        self.stop(mode)
        return self.start(settings)

    def enable_tls(self):
        """Restarts the server with a certificate. Returns the certificate's path, which the url's `ca` takes."""
        path = mysql.enable_tls(self.directory)
        self.restart()
        return path

    # -- facts --

    @property
    def port(self):
        return mysql.info(self.directory)["port"]

    @property
    def pid(self):
        """The server's process, or None when it does not run."""
        return mysql.info(self.directory)["pid"]

    @property
    def log(self):
        return (self.directory / "server.log").read_text(encoding="utf-8", errors="replace")

    def url(self, user="root", password=None, others=(), port=None, **parameters):
        """leat's url of this server by TCP, and of others after it; parameters are its own (tls=, ca=)."""
        who = urllib.parse.quote(user, safe="")
        if password is not None:
            who += ":" + urllib.parse.quote(password, safe="")
        hosts = ",".join(f"127.0.0.1:{number}" for number in [port or self.port, *(other.port for other in others)])
        query = "?" + urllib.parse.urlencode(parameters, safe="/") if parameters else ""
        return f"{self.family}://{who}@{hosts}/{query}"

    # -- SQL --

    def session(self, database="test"):
        """A connection that stays open: for transactions that a test leaves open for a while."""
        return Connection(self.directory / "server.sock", database)

    def rows(self, query, database="test"):
        """The rows of the last statement that has any: tuples of what the server prints, None for null."""
        with self.session(database) as session:
            return session.run(query)

    def sql(self, statements, database="test"):
        """Runs statements, and gives what the last one that has rows prints: a line a row, tabs between values."""
        return "\n".join("\t".join(value or "" for value in row) for row in self.rows(statements, database))

    def value(self, query, database="test"):
        """The only value of a query's only row."""
        ((found,),) = self.rows(query, database)
        return found

    def series(self, first, last):
        """What to select numbers from, as the column g."""
        if self.is_mariadb:
            return f"(select seq as g from seq_{first}_to_{last}) series"
        numbers = f"select {first} as g union all select g + 1 from numbers where g < {last}"
        return f"(with recursive numbers as ({numbers}) select g from numbers) series"

    def create_database(self, name):
        quoted = name.replace("`", "``")
        self.sql(f"create database `{quoted}`", database=None)

    def background(self, statements, database="test"):
        """Statements that run while the test goes on: a string, or many of them, one by one. wait() for it."""
        return Background(self.session(database), [statements] if isinstance(statements, str) else statements)

    # -- the log --

    def position(self):
        """(file, offset) of the end of the binlog."""
        statement = "show master status" if self.is_mariadb else "show binary log status"
        row = self.rows(statement)[0]
        return row[0], int(row[1])

    def end_log_file(self):
        """Begins a new binlog. Returns its name."""
        self.sql("flush binary logs", database=None)
        return self.position()[0]

    def purge_logs(self, before):
        """Removes the binlogs before the one of this name. A server keeps one that it may need after a crash for a
        moment longer, and says nothing."""

        def gone():
            self.sql(f"purge binary logs to '{before}'", database=None)
            return self.rows("show binary logs", database=None)[0][0] == before

        wait_until(gone, what=f"the binlogs before {before} to go")

    def reset_logs(self):
        self.sql("reset master" if self.is_mariadb else "reset binary logs and gtids", database=None)

    def follow(self, source):
        """Makes this server a replica of another one, by GTID."""
        if self.is_mariadb:
            place = f"master_host = '127.0.0.1', master_port = {source.port}, master_user = 'root', master_use_gtid = slave_pos"
            self.sql(f"change master to {place}; start slave", database=None)
        else:
            place = f"source_host = '127.0.0.1', source_port = {source.port}, source_user = 'root', source_auto_position = 1"
            self.sql(f"change replication source to {place}; start replica", database=None)

    def stop_following(self):
        self.sql("stop slave; reset slave all" if self.is_mariadb else "stop replica; reset replica all", database=None)

    def gtids(self):
        """All that the server has executed, as it prints it itself."""
        name = "gtid_binlog_pos" if self.is_mariadb else "gtid_executed"
        return self.value(f"select replace(@@global.{name}, '\\n', '')")


class Background(threading.Thread):
    """Works through statements on a connection of its own. A server that goes away ends it."""

    def __init__(self, session, statements):
        super().__init__(daemon=True)
        self.session = session
        self.statements = statements
        self.error = None
        self.start()

    def run(self):
        try:
            for statement in self.statements:
                self.session.run(statement)
        except (SqlError, OSError) as error:
            self.error = error
        finally:
            self.session.close()

    def wait(self, timeout=120):
        """0 when all went well, as of a process; 1 when the server refused something."""
        self.join(timeout)
        if self.is_alive():
            raise TimeoutError(f"the statements in the background were not done after {timeout} s")
        return 1 if self.error else 0
