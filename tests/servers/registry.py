#!/usr/bin/python3
"""A real schema registry for tests: Apicurio, which speaks Confluent's API below /apis/ccompat/v7.

    registry.py provide                        make the programs available; prints their folder
    registry.py start DIR [--owner PID]        start a registry that keeps its schemas in DIR; prints its URL. Where DIR
                                               holds one already, start that. With an owner, it ends when that process
                                               does
    registry.py stop DIR [--mode fast|kill]
    registry.py info DIR                       JSON: url, port, log, pid

It comes by Maven into $LEAT_TEST_CACHE, by default ${XDG_CACHE_HOME:-~/.cache}/leat-tests, and for root
/var/cache/leat-tests. Exit status 77: it cannot be had on this machine; the reason is on standard output.
"""

import argparse
import http.client
import json
import signal
import sys
import time
import urllib.request
from pathlib import Path

import common
import java
from common import ServerError, log_end, processes_of

VERSION = "2.5.11.Final"
ARTIFACT = f"io.apicurio:apicurio-registry-app:{VERSION}:tar.gz:all"
HEAP = "-Xmx192m"
START_SECONDS = 150


def provide():
    """The folder of the registry's jars. Raises Unavailable."""
    return java.provide_archive(f"apicurio-{VERSION}", ARTIFACT)


def info(directory):
    directory = Path(directory).resolve()
    try:
        facts = json.loads((directory / "registry.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ServerError(f"{directory} holds no registry that was started by this script") from error
    running = processes_of(directory / "data")
    facts["url"] = f"http://127.0.0.1:{facts['port']}/apis/ccompat/v7"
    facts["log"] = str(directory / "server.log")
    facts["pid"] = running[0] if running else None
    return facts


def start(directory, owner=None):
    directory = Path(directory).resolve()
    provide()
    (directory / "data").mkdir(parents=True, exist_ok=True)
    if not (directory / "registry.json").exists():
        (directory / "registry.json").write_text(json.dumps({"port": common.free_port()}), encoding="utf-8")
    guard = common.start_guard(__file__, directory, owner)
    until = time.monotonic() + START_SECONDS
    while not answers(info(directory)["url"]):
        if guard.poll() is not None or time.monotonic() > until:
            stop(directory, "kill")
            raise ServerError(f"the registry in {directory} did not start; the end of its log:\n{log_end(directory)}")
        time.sleep(0.1)
    return info(directory)


def answers(url):
    try:
        with urllib.request.urlopen(f"{url}/subjects", timeout=10) as answer:
            return answer.status == 200
    except (OSError, http.client.HTTPException):
        return False


def stop(directory, mode="fast", timeout=30):
    """Stops the registry and waits until it has gone. Nothing happens when it does not run."""
    number = {"fast": signal.SIGTERM, "kill": signal.SIGKILL}[mode]
    common.end_processes(directory, info(directory)["pid"], number, timeout)


def guard(directory, owner):
    jars = provide()
    (program,) = jars.glob("*-runner.jar")
    settings = {
        "quarkus.http.host": "127.0.0.1",
        "quarkus.http.port": info(directory)["port"],
        "quarkus.log.level": "WARN",
        # In memory, which is its default, schemas would go with the process.
        "quarkus.datasource.jdbc.url": f"jdbc:h2:file:{directory}/data/registry",
        "quarkus.datasource.jdbc.initial-size": "2",
        "quarkus.datasource.jdbc.min-size": "2",
    }
    options = [f"-D{name}={value}" for name, value in settings.items()]
    with open(directory / "server.log", "ab") as log:
        return common.guard_server(
            [java.java(), HEAP, *java.SMALL, *options, "-jar", program],
            log,
            owner,
            signal.SIGKILL,
            cwd=directory / "data",
            env=java.environment(),
        )


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("provide")
    for name in ("start", "stop", "info"):
        made = commands.add_parser(name)
        made.add_argument("directory")
        if name == "start":
            made.add_argument("--owner", type=int)
        if name == "stop":
            made.add_argument("--mode", default="fast", choices=["fast", "kill"])
    return parser.parse_args()


def execute(arguments):
    if arguments.command == "provide":
        print(provide())
    elif arguments.command == "start":
        print(start(arguments.directory, arguments.owner)["url"])
    elif arguments.command == "stop":
        stop(arguments.directory, arguments.mode)
    elif arguments.command == "info":
        print(json.dumps(info(arguments.directory), indent=1))


if __name__ == "__main__":
    sys.exit(common.run_script(__file__, parse_arguments, execute, guard))
