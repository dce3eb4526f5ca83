#!/usr/bin/python3
"""Real MariaDB and MySQL servers for tests: provided, started and stopped in folders of the caller's.

    mysql.py provide NAME                      make the programs available; prints their folder
    mysql.py start NAME DIR [--owner PID] [NAME=VALUE...]
                                               make a data folder in DIR and start a server on it; prints its URL.
                                               Where DIR holds one already, start that (the settings given are added
                                               to its own). With an owner, the server ends when that process does
    mysql.py stop DIR [--mode fast|kill]
    mysql.py restart DIR [--mode ...] [NAME=VALUE...]
    mysql.py tls DIR                           certificate for 127.0.0.1 and localhost; holds from the next start on
    mysql.py info DIR                          JSON: name, url, host, port, socket, data folder, log, pid
    mysql.py sql DIR [DATABASE]                the mariadb client with the statements from standard input

NAME is mariadb-10.11 (Debian 12's), mariadb-11.8 (Debian 13's) or mysql-9.7 (of Debian's unstable release). The latter
two are unpacked, not installed, in $LEAT_TEST_CACHE, by default ${XDG_CACHE_HOME:-~/.cache}/leat-tests, and for root
/var/cache/leat-tests. Nothing here needs root.

Exit status 77: that server cannot be had on this machine; the reason is on standard output.
"""

import argparse
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import common
from common import ServerError, log_end, parse_settings, processes_of, works_in
from mysql_binaries import RELEASES, as_present_user, client, data_template, provide

# A Unix socket's path may have 107 bytes.
LONGEST_DIRECTORY = 107 - len("/server.sock")

SETTINGS = {
    "bind-address": "127.0.0.1",
    "log-bin": "binlog",
    "binlog-format": "ROW",
    "binlog-row-image": "FULL",
    "binlog-row-metadata": "FULL",
    "innodb-buffer-pool-size": "64M",
    "max-allowed-packet": "256M",
    "secure-file-priv": "",
    # What a test measures is never the disk, and no test pulls the plug of the machine itself; but servers are killed,
    # and what they have said to be committed must have left the process.
    "innodb-flush-log-at-trx-commit": "2",
    "innodb-doublewrite": "OFF",
    "sync-binlog": "0",
}
FAMILY_SETTINGS = {
    "mysql": {
        "mysqlx": "OFF",
        "gtid-mode": "ON",
        "enforce-gtid-consistency": "ON",
        "log-error-verbosity": "2",
        "innodb-redo-log-capacity": "128M",
        # Tests make their rows by counting.
        "cte-max-recursion-depth": "4294967295",
        # A quarter of the memory, for tables about statements that nobody here asks about.
        "performance-schema-instrument": "%=OFF",
    },
    "mariadb": {"innodb-log-file-size": "32M"},
}


# ---- a server's folder -----------------------------------------------------------------------------------------


def info(directory):
    """Everything about a server that `start` made: a dict of plain values."""
    directory = Path(directory).resolve()
    try:
        facts = json.loads((directory / "server.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ServerError(f"{directory} holds no server that was started by this script") from error
    facts["host"] = "127.0.0.1"
    facts["url"] = f"mysql://root@127.0.0.1:{facts['port']}/"
    facts["socket"] = str(directory / "server.sock")
    facts["data"] = str(directory / "data")
    facts["log"] = str(directory / "server.log")
    facts["pid"] = server_pid(directory)
    return facts


def start(name, directory, settings=None, owner=None):
    """Starts a server in `directory`, after making its data folder if it holds none. Returns info()."""
    directory = Path(directory).resolve()
    if len(str(directory)) > LONGEST_DIRECTORY:
        raise ServerError(f"{directory} is too long for the path of a Unix socket; choose a shorter folder")
    installation = provide(name)
    fresh = not (directory / "server.json").exists()
    if fresh:
        make_folder(installation, directory)
    if server_pid(directory) is not None:
        raise ServerError(f"the server in {directory} runs already")
    add_settings(directory, settings or {})
    for attempt in range(5):
        if fresh:
            choose_port(name, directory)
        if launch(directory, owner):
            return info(directory)
        if not fresh or "TCP/IP port" not in log_end(directory, 40) or attempt == 4:
            break
    raise ServerError(f"the server in {directory} did not start; the end of its log:\n{log_end(directory)}")


def make_folder(installation, directory):
    template = data_template(installation)
    directory.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(directory / "data", ignore_errors=True)
    command = ["cp", "-a", "--sparse=always", "--reflink=auto", template, directory / "data"]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    (directory / "tmp").mkdir(exist_ok=True)
    (directory / "server.cnf").write_text("[mysqld]\n", encoding="utf-8")
    places = {
        "datadir": directory / "data",
        "tmpdir": directory / "tmp",
        "socket": directory / "server.sock",
        "pid-file": directory / "server.pid",
    }
    for part in (as_present_user(), installation.places(), places, SETTINGS, FAMILY_SETTINGS[installation.family]):
        add_settings(directory, part)


def add_settings(directory, settings):
    """The last mention of a setting wins, so these are simply added. A value of None is an option without one."""
    with open(directory / "server.cnf", "a", encoding="utf-8") as configuration:
        for name, value in settings.items():
            configuration.write(f"{name}\n" if value is None else f"{name}={value}\n")


def choose_port(name, directory):
    """The port serves as the server's id too: servers of one machine, which may replicate each other, differ in it."""
    port = common.free_port()
    add_settings(directory, {"port": port, "server-id": port})
    (directory / "server.json").write_text(json.dumps({"name": name, "port": port}), encoding="utf-8")


# ---- a server's life -------------------------------------------------------------------------------------------


def launch(directory, owner):
    """Starts a guard, which starts the server. True once the server takes connections, False when it ended."""
    for name in ("server.sock", "server.pid"):
        (directory / name).unlink(missing_ok=True)
    guard = common.start_guard(__file__, directory, owner)
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if guard.poll() is not None:
            return False
        if is_ready(directory):
            return True
        time.sleep(0.02)
    stop(directory, "kill")
    return False


def is_ready(directory):
    """Whether the server greets who connects. Its socket is there only a little before that."""
    if server_pid(directory) is None:
        return False
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        try:
            connection.connect(str(directory / "server.sock"))
            greeting = connection.recv(5)
        except OSError:
            return False
    protocol_version = 10
    return len(greeting) == 5 and greeting[4] == protocol_version


def server_pid(directory):
    """The running server's process, or None. A number left by a killed server may meanwhile be another process's."""
    try:
        text = (directory / "server.pid").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    return int(text) if text.isdigit() and works_in(int(text), directory / "data") else None


def stop(directory, mode="fast", timeout=90):
    """Stops the server and waits until its last process has gone. Nothing happens when it does not run."""
    signals = {"fast": signal.SIGTERM, "kill": signal.SIGKILL}
    if mode not in signals:
        raise ServerError(f"a server cannot be stopped in the mode '{mode}', only {', '.join(signals)}")
    directory = Path(directory).resolve()
    running = processes_of(directory / "data")
    common.end_processes(directory, running[0] if running else None, signals[mode], timeout)


def restart(directory, mode="fast", settings=None, owner=None):
    facts = info(directory)
    stop(directory, mode)
    return start(facts["name"], directory, settings, owner)


def enable_tls(directory):
    """Gives the server a certificate signed by itself, for its next start. Returns its path, which serves as `ca`."""
    directory = Path(directory).resolve()
    certificate, key = directory / "server.crt", directory / "server.key"
    common.make_certificate(certificate, key)
    add_settings(directory, {"ssl-cert": certificate, "ssl-key": key, "ssl-ca": certificate})
    return certificate


def guard(directory, owner):
    """The server's parent, which ends with it. What it leaves in mid-write is thrown away with its folder."""
    installation = provide(info(directory)["name"])
    # The data folder is its working folder from the first moment on: by that it is known.
    with open(directory / "server.log", "ab") as log:
        return common.guard_server(
            [*installation.command(), f"--defaults-file={directory / 'server.cnf'}"],
            log,
            owner,
            signal.SIGKILL,
            cwd=directory / "data",
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "HOME": "/"},
        )


# ---- command line ----------------------------------------------------------------------------------------------


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, *positionals):
        made = commands.add_parser(name)
        for positional in positionals:
            made.add_argument(positional, choices=RELEASES if positional == "name" else None)
        return made

    command("provide", "name")
    starting = command("start", "name", "directory")
    starting.add_argument("--owner", type=int)
    starting.add_argument("settings", nargs="*", metavar="NAME=VALUE")
    command("stop", "directory").add_argument("--mode", default="fast", choices=["fast", "kill"])
    restarting = command("restart", "directory")
    restarting.add_argument("--mode", default="fast", choices=["fast", "kill"])
    restarting.add_argument("--owner", type=int)
    restarting.add_argument("settings", nargs="*", metavar="NAME=VALUE")
    command("tls", "directory")
    command("info", "directory")
    command("sql", "directory").add_argument("database", nargs="?")
    return parser.parse_args()


def run_sql(directory, database):
    command = [str(client()), "--no-defaults", "--default-character-set=utf8mb4", "-uroot"]
    command += [f"--socket={info(directory)['socket']}", *([database] if database else [])]
    return subprocess.run(command, check=False).returncode


def execute(arguments):
    command = arguments.command
    if command == "provide":
        print(provide(arguments.name).root)
    elif command == "start":
        settings = parse_settings(arguments.settings)
        print(start(arguments.name, arguments.directory, settings, arguments.owner)["url"])
    elif command == "stop":
        stop(arguments.directory, arguments.mode)
    elif command == "restart":
        settings = parse_settings(arguments.settings)
        print(restart(arguments.directory, arguments.mode, settings, arguments.owner)["url"])
    elif command == "tls":
        print(enable_tls(arguments.directory))
    elif command == "info":
        print(json.dumps(info(arguments.directory), indent=1))
    elif command == "sql":
        return run_sql(arguments.directory, arguments.database)
    return 0


if __name__ == "__main__":
    sys.exit(common.run_script(__file__, parse_arguments, execute, guard))
