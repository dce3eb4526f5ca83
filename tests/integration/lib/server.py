"""A PostgreSQL server: a test's own, or one that is lent to it."""

import json
import os
import subprocess
import sys
import urllib.parse
from pathlib import Path

from lib.background import Background
from lib.lending import Lent
from lib.testing import Failure, Skip

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "servers"))
import postgres  # noqa: E402  (tests/servers/postgres.py)
import postgres_binaries  # noqa: E402

FIELD_SEPARATOR = "\x1f"
ROW_SEPARATOR = "\x1e"
NULL = "\x1dnull"


class SqlError(Failure):
    """psql refused; the text is its standard error."""


# What is set for the whole server, which a test that is lent one must not change.
SETTINGS = """select name, setting from pg_file_settings where applied
              union all select setrole::regrole::text, setconfig::text from pg_db_role_setting
                  where setdatabase = 0 and setrole in (0, 'postgres'::regrole)
              order by 1, 2"""
ROLES = "select rolname from pg_roles where rolname !~ '^pg_' and rolname <> 'postgres'"
OTHERS = "pid <> pg_backend_pid() and backend_type in ('client backend', 'walsender')"
# Slots stand before the databases that they are of, and roles go last, for they own things.
EMPTYING = f"""
select pg_terminate_backend(pid) from pg_stat_activity where {OTHERS};
do $$ begin
    while exists (select from pg_stat_activity where {OTHERS}) loop
        perform pg_sleep(0.005), pg_stat_clear_snapshot();
    end loop;
end $$;
select pg_drop_replication_slot(slot_name) from pg_replication_slots;
select format('drop database %I', datname) from pg_database where datname !~ '^template' \\gexec
select format('drop role %I', rolname) from ({ROLES}) r \\gexec
create database postgres template template0;
"""


class Server(Lent):
    """One cluster, in one folder. It ends with its owner, by default the present process, however that ends."""

    def __init__(self, major, directory, settings=None, auth="trust", owner=None):
        self.major = major
        self.directory = Path(directory)
        self.settings = dict(settings or {})
        self.auth = auth
        self.owner = owner or os.getpid()

    # -- life --

    def start(self, settings=None):
        """Starts the server; the cluster is made the first time. The port stays the same over all starts."""
        self.refuse_if_lent("started")
        added = {**self.settings, **(settings or {})}
        self.settings = {}
        try:
            postgres.start(self.major, self.directory, added, owner=self.owner, auth=self.auth)
        except postgres_binaries.Unavailable as reason:
            raise Skip(str(reason)) from reason
        return self

    def stop(self, mode="fast"):
        """mode: fast, smart, immediate or kill. Returns when the last process has gone."""
        self.refuse_if_lent("stopped")
        postgres.stop(self.directory, mode)

    def kill9(self):
        self.stop("kill")

    def restart(self, mode="fast", settings=None):
        self.stop(mode)
        return self.start(settings)

    def reload(self):
        postgres.reload(self.directory)

    def require_passwords(self, method="scram-sha-256"):
        """TCP connections, which url() gives, need a password from now on; sql() goes on without."""
        self.refuse_if_lent("given other rules of access")
        postgres.require(self.directory, method)

    def enable_tls(self):
        """Returns the path of the certificate that sslrootcert takes."""
        self.refuse_if_lent("given a certificate")
        path = postgres.enable_tls(self.directory)
        self.reload()
        return path

    # -- being lent --

    def remember_settings(self):
        (self.directory / "at-first.json").write_text(json.dumps(self.rows(SETTINGS)), encoding="utf-8")

    def changed_settings(self):
        """Those of the whole server that are not as they were remembered."""
        before = json.loads((self.directory / "at-first.json").read_text(encoding="utf-8"))
        return sorted({tuple(row) for row in before} ^ set(self.rows(SETTINGS, database="template1")))

    def empty(self):
        """Makes it what it was at first, but for its age: one database of the usual name with nothing in it."""
        self.sql(EMPTYING, database="template1")

    # -- facts --

    @property
    def port(self):
        return postgres.info(self.directory)["port"]

    @property
    def pid(self):
        """The postmaster's process, or None when it does not run."""
        return postgres.info(self.directory)["pid"]

    @property
    def log(self):
        return self.log_since_lent(self.directory / "server.log")

    def url(self, database="postgres", user="postgres", password=None, **parameters):
        """A connection URL by TCP; parameters are libpq's own (sslmode=...)."""
        who = urllib.parse.quote(user, safe="")
        if password is not None:
            who += ":" + urllib.parse.quote(password, safe="")
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        return f"postgresql://{who}@127.0.0.1:{self.port}/{urllib.parse.quote(database, safe='')}{query}"

    # -- SQL --

    def sql(self, statements, database="postgres", user="postgres", timeout=None):
        """Runs statements by psql and returns what it prints, unaligned, tuples only, without the last line end."""
        command = self.psql_command(database, user) + ["-f", "-"]
        run = subprocess.run(
            command, input=statements, capture_output=True, text=True, env=psql_environment(), timeout=timeout
        )
        if run.returncode != 0:
            raise SqlError(run.stderr.strip())
        return run.stdout.removesuffix("\n")

    def rows(self, query, database="postgres", user="postgres"):
        """The rows of one query: tuples of what the server prints, None for null."""
        command = self.psql_command(database, user)
        command += ["-F", FIELD_SEPARATOR, "-R", ROW_SEPARATOR, "-P", f"null={NULL}", "-f", "-"]
        run = subprocess.run(command, input=query, capture_output=True, text=True, env=psql_environment())
        if run.returncode != 0:
            raise SqlError(run.stderr.strip())
        text = run.stdout.removesuffix("\n")
        if not text:
            return []
        return [
            tuple(None if field == NULL else field for field in row.split(FIELD_SEPARATOR))
            for row in text.split(ROW_SEPARATOR)
        ]

    def value(self, query, database="postgres"):
        """The only value of a query's only row."""
        ((found,),) = self.rows(query, database)
        return found

    def series(self, first, last):
        """What to select numbers from, as the column g."""
        return f"generate_series({first}, {last}) g"

    def create_database(self, name):
        quoted = name.replace('"', '""')
        self.sql(f'create database "{quoted}"')

    def session(self, database="postgres", user="postgres"):
        """A connection that stays open: for transactions that a test leaves open for a while."""
        return Session(self.psql_command(database, user))

    def background(self, statements, database="postgres", user="postgres"):
        """Statements that run while the test goes on: a text for one psql, or many of them, one by one. wait() for it."""
        if not isinstance(statements, str):
            return Background(self.session(database, user), statements)
        process = subprocess.Popen(
            self.psql_command(database, user) + ["-f", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=open(self.directory / "background.log", "ab"),
            text=True,
            env=psql_environment(),
        )
        process.stdin.write(statements)
        process.stdin.close()
        return process

    def psql_command(self, database, user):
        command = [str(postgres_binaries.psql()), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        return command + ["-h", str(self.directory), "-p", str(self.port), "-U", user, "-d", database]


class Session:
    """One open connection. Use as a context manager, or close() it."""

    END = "the-end-of-this-answer"

    def __init__(self, command):
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=psql_environment(),
        )

    def send(self, statements):
        """Sends statements without waiting for them; answer() waits."""
        self.process.stdin.write(f"{statements}\n;\n\\echo {self.END}\n")
        self.process.stdin.flush()

    def answer(self):
        lines = []
        for line in self.process.stdout:
            if line.rstrip("\n") == self.END:
                return "\n".join(lines)
            lines.append(line.rstrip("\n"))
        raise SqlError("\n".join(lines))

    def run(self, statements):
        """Runs statements and returns what psql prints, notices included."""
        self.send(statements)
        return self.answer()

    def close(self):
        """Ends the connection; an open transaction is rolled back."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def psql_environment():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment["PGCLIENTENCODING"] = "UTF8"
    return environment
