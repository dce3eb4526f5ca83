"""A MariaDB or MySQL server: a test's own, or one that is lent to it."""

import contextlib
import json
import os
import sys
import urllib.parse
from pathlib import Path

from lib.background import Background
from lib.lending import Lent
from lib.mysql_client import Connection, SqlError
from lib.testing import Skip, wait_until

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "servers"))
import common  # noqa: E402  (tests/servers/common.py)
import mysql  # noqa: E402  (tests/servers/mysql.py)
import mysql_binaries  # noqa: E402


# What tells of the present, and what goes with the log that is reset.
OF_THE_MOMENT = ("gtid_", "timestamp", "innodb_buffer_pool_load")
SYSTEM_DATABASES = ("mysql", "sys", "information_schema", "performance_schema")


class MysqlServer(Lent):
    """One server, in one folder. It ends with its owner, by default the present process, however that ends.

    It has a database `test`, which statements are about unless another is named; without `database`, it has executed
    nothing of its own yet, as a replica must not.
    """

    def __init__(self, name, directory, settings=None, database=True, owner=None):
        self.name = name
        self.has_database = database
        self.family, _, version = name.partition("-")
        self.version = tuple(int(part) for part in version.split("."))
        self.directory = Path(directory)
        self.settings = dict(settings or {})
        self.owner = owner or os.getpid()

    @property
    def is_mariadb(self):
        return self.family == "mariadb"

    # -- life --

    def start(self, settings=None):
        """Starts the server; its folder is made the first time. The port stays the same over all starts."""
        self.refuse_if_lent("started")
        added = {**self.settings, **(settings or {})}
        self.settings = {}
        fresh = not (self.directory / "server.json").exists()
        try:
            mysql.start(self.name, self.directory, added, owner=self.owner)
        except common.Unavailable as reason:
            raise Skip(str(reason)) from reason
        if fresh and self.has_database:
            self.make_database()
        return self

    def make_database(self):
        self.sql("create database test character set utf8mb4", database=None)

    def stop(self, mode="fast"):
        """mode: fast, immediate or kill; the latter two are the same. Returns when the last process has gone."""
        self.refuse_if_lent("stopped")
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

    # -- being lent --

    def settings_now(self):
        schema = "information_schema" if self.is_mariadb else "performance_schema"
        rows = self.rows(f"select lower(variable_name), variable_value from {schema}.global_variables", database=None)
        return {row for row in rows if not row[0].startswith(OF_THE_MOMENT)}

    def accounts_now(self):
        return set(self.rows("select user, host from mysql.user", database=None))

    def remember_settings(self):
        found = {"settings": sorted(self.settings_now(), key=str), "accounts": sorted(self.accounts_now())}
        (self.directory / "at-first.json").write_text(json.dumps(found), encoding="utf-8")

    def at_first(self, what):
        found = json.loads((self.directory / "at-first.json").read_text(encoding="utf-8"))
        return {tuple(row) for row in found[what]}

    def changed_settings(self):
        """Those of the whole server that are not as they were remembered."""
        return sorted(self.at_first("settings") ^ self.settings_now(), key=str)

    def empty(self):
        """Makes it what it was at first, but for its age: one database of the usual name with nothing in it, and a log
        that begins with that."""
        with self.session(None) as session:
            self.end_other_sessions(session)
            for statement in self.removals(session):
                session.run(statement)
        self.reset_logs()
        self.make_database()

    def end_other_sessions(self, session):
        """And waits until they have gone: what they hold, nobody else can remove."""
        def gone():
            found = session.run(
                "select id from information_schema.processlist where id <> connection_id() and command <> 'Daemon'"
                " and user not in ('system user', 'event_scheduler')"
            )
            for (number,) in found:
                with contextlib.suppress(SqlError):  # it has gone by itself
                    session.run(f"kill {number}")
            return not found

        wait_until(gone, what="the connections to end", interval=0.005)

    def removals(self, session):
        """The statements that remove what a test may have made."""
        for number, gtrid_length, bqual_length, data in session.run("xa recover"):
            data, at = data.encode("utf-8", "surrogateescape"), int(gtrid_length)
            parts = (data[:at], data[at : at + int(bqual_length)])
            yield f"xa rollback {', '.join(f'0x{part.hex()}' if part else chr(39) * 2 for part in parts)}, {number}"
        for (name,) in session.run("select schema_name from information_schema.schemata"):
            if name not in SYSTEM_DATABASES:
                yield "drop database `{}`".format(name.replace("`", "``"))
        for user, host in self.accounts_now() - self.at_first("accounts"):
            # A role of MariaDB has no host.
            yield "drop {} '{}'{}".format("user" if host else "role", user.replace("'", "''"), f"@'{host}'" if host else "")

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
        return self.log_since_lent(self.directory / "server.log")

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
