#!/usr/bin/python3
"""Real Kafka clusters for tests: provided, started and stopped in folders of the caller's.

    kafka.py provide                           make the programs available; prints their folder
    kafka.py start DIR [--brokers N] [--owner PID] [NAME=VALUE...]
                                               make a cluster of 1 or 3 brokers (KRaft) in DIR and start it; prints its
                                               bootstrap servers. Where DIR holds one already, start that (the settings
                                               given are added to its own). With an owner, it ends when that process does
    kafka.py stop DIR [--node N] [--mode fast|kill]
    kafka.py restart DIR [--node N] [--mode ...] [NAME=VALUE...]
    kafka.py info DIR                          JSON: bootstrap servers, and of each node folder, port, pid

Kafka comes by Maven into $LEAT_TEST_CACHE, by default ${XDG_CACHE_HOME:-~/.cache}/leat-tests, and for root
/var/cache/leat-tests. Nothing here needs root where Java and Maven are installed.

Exit status 77: Kafka cannot be had on this machine; the reason is on standard output.
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common
import java
from common import ServerError, locked_cache, log_end, parse_settings, processes_of

VERSION = "3.9.1"
ARTIFACTS = [f"org.apache.kafka:kafka_2.13:{VERSION}", "org.slf4j:slf4j-simple:1.7.36"]
CLUSTER = "leatTestsLeatTestsLeaQ"
HEAP = "-Xmx256m"
STARTED = "Kafka Server started"
START_SECONDS = 120

SETTINGS = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,LOGIN:SASL_PLAINTEXT",
    # A second door, for who has a password. Nobody needs any rights unless a test says so.
    "sasl.enabled.mechanisms": "PLAIN",
    "listener.name.login.plain.sasl.jaas.config": "org.apache.kafka.common.security.plain.PlainLoginModule required "
    'user_leat="right";',
    "num.network.threads": "2",
    "num.io.threads": "2",
    "background.threads": "2",
    "log.cleaner.dedupe.buffer.size": "2097152",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    # No topic comes into being by being mentioned: leat makes its own.
    "auto.create.topics.enable": "false",
    # A broker that is killed must come back at once, and its clients be told of it at once.
    "group.initial.rebalance.delay.ms": "0",
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "controlled.shutdown.max.retries": "1",
}


def replicated(brokers):
    """What the number of brokers decides."""
    copies, in_sync = (3, 2) if brokers > 1 else (1, 1)
    return {
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": in_sync,
        "default.replication.factor": copies,
        "min.insync.replicas": in_sync,
    }


def provide():
    """The folder of Kafka's jars. Raises Unavailable."""
    return java.provide_jars(f"kafka-{VERSION}", ARTIFACTS)


# ---- a cluster's folder ----------------------------------------------------------------------------------------


def facts_of(directory):
    try:
        return json.loads((directory / "cluster.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ServerError(f"{directory} holds no cluster that was started by this script") from error


def info(directory):
    """Everything about a cluster that `start` made: a dict of plain values."""
    directory = Path(directory).resolve()
    facts = facts_of(directory)
    facts["brokers"] = ",".join(f"127.0.0.1:{node['port']}" for node in facts["nodes"])
    facts["login_brokers"] = ",".join(f"127.0.0.1:{node['login']}" for node in facts["nodes"])
    for node in facts["nodes"]:
        folder = directory / f"node{node['id']}"
        node.update({"directory": str(folder), "log": str(folder / "server.log"), "pid": node_pid(folder)})
    return facts


def node_pid(folder):
    running = processes_of(folder / "data")
    return running[0] if running else None


def start(directory, brokers=1, settings=None, owner=None):
    """Starts a cluster in `directory`, after making it if there is none. Returns info()."""
    directory = Path(directory).resolve()
    jars = provide()
    if not (directory / "cluster.json").exists():
        make_cluster(jars, directory, brokers)
    nodes = [directory / f"node{node['id']}" for node in facts_of(directory)["nodes"]]
    for folder in nodes:
        add_settings(folder, settings or {})
    start_nodes([folder for folder in nodes if node_pid(folder) is None], owner)
    return info(directory)


def start_node(directory, number, owner=None):
    """Starts one broker again that was stopped, without waiting for the others."""
    start_nodes([Path(directory).resolve() / f"node{number}"], owner)


def make_cluster(jars, directory, brokers):
    if brokers not in (1, 3):
        raise ServerError(f"a cluster has 1 or 3 brokers, not {brokers}")
    doors = ("port", "login", "controller")
    ports = iter(common.free_ports(brokers * len(doors)))
    nodes = [{"id": number + 1, **{door: next(ports) for door in doors}} for number in range(brokers)]
    voters = ",".join(f"{node['id']}@127.0.0.1:{node['controller']}" for node in nodes)
    for node in nodes:
        folder = directory / f"node{node['id']}"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder / "data", ignore_errors=True)
        (folder / "server.properties").write_text("", encoding="utf-8")
        addresses = {
            "node.id": node["id"],
            "controller.quorum.voters": voters,
            "listeners": f"{outer_doors(node)},CONTROLLER://127.0.0.1:{node['controller']}",
            "advertised.listeners": outer_doors(node),
            "log.dirs": folder / "data",
        }
        for part in (SETTINGS, replicated(brokers), addresses):
            add_settings(folder, part)
        shutil.copytree(data_template(jars, node["id"]), folder / "data")
    (directory / "cluster.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")


def outer_doors(node):
    return f"PLAINTEXT://127.0.0.1:{node['port']},LOGIN://127.0.0.1:{node['login']}"


def add_settings(folder, settings):
    """The last mention of a setting wins, so these are simply added."""
    with open(folder / "server.properties", "a", encoding="utf-8") as properties:
        for name, value in settings.items():
            properties.write(f"{name}={value}\n")


def data_template(jars, node):
    """A node's folder as Kafka makes it at first, to be copied: making one takes a virtual machine of its own."""
    target = common.cache_directory() / f"kafka-{VERSION}-data-{node}"
    with locked_cache("Kafka", "lock-kafka-data") as cache, tempfile.TemporaryDirectory(dir=cache) as scratch:
        if target.exists():
            return target
        properties = Path(scratch) / "server.properties"
        lines = {
            "process.roles": "broker,controller",
            "node.id": node,
            "controller.quorum.voters": f"{node}@127.0.0.1:1",
            "listeners": "PLAINTEXT://127.0.0.1:2,CONTROLLER://127.0.0.1:1",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": Path(scratch) / "data",
        }
        properties.write_text("".join(f"{name}={value}\n" for name, value in lines.items()), encoding="utf-8")
        command = [*virtual_machine(jars), "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", properties]
        run = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise ServerError(f"Kafka cannot make its first data folder: {common.last_line(run.stderr)}")
        (Path(scratch) / "data").rename(target)
    return target


def virtual_machine(jars):
    quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
    loud = "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info"
    return [java.java(), HEAP, *java.SMALL, quiet, loud, "-cp", f"{jars}/*"]


# ---- a cluster's life ------------------------------------------------------------------------------------------


def start_nodes(folders, owner):
    """Starts them all, for a quorum needs most of them, and waits until each takes connections."""
    seen = {folder: log_length(folder) for folder in folders}
    guards = {folder: common.start_guard(__file__, folder, owner) for folder in folders}
    until = time.monotonic() + START_SECONDS
    for folder in folders:
        while STARTED not in log_since(folder, seen[folder]):
            if guards[folder].poll() is not None or time.monotonic() > until:
                raise ServerError(f"the broker in {folder} did not start; the end of its log:\n{log_end(folder)}")
            time.sleep(0.05)


def log_length(folder):
    log = folder / "server.log"
    return log.stat().st_size if log.exists() else 0


def log_since(folder, offset):
    try:
        with open(folder / "server.log", "rb") as log:
            log.seek(offset)
            return log.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def grant(directory, *words):
    """Gives the account "leat" rights, in the words of Kafka's own command."""
    command = [*virtual_machine(provide()), "kafka.admin.AclCommand", "--bootstrap-server", info(directory)["brokers"]]
    command += ["--add", "--allow-principal", "User:leat", *words]
    run = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise ServerError(f"the rights cannot be given: {run.stdout}{run.stderr}")


def stop(directory, node=None, mode="fast", timeout=60):
    """Stops one broker, or all. Returns when their processes have gone; nothing happens where none runs."""
    signals = {"fast": signal.SIGTERM, "kill": signal.SIGKILL}
    if mode not in signals:
        raise ServerError(f"a broker cannot be stopped in the mode '{mode}', only {', '.join(signals)}")
    directory = Path(directory).resolve()
    folders = [directory / f"node{one['id']}" for one in facts_of(directory)["nodes"] if node in (None, one["id"])]
    for folder in folders:
        running = node_pid(folder)
        if running is not None:
            common.send(running, signals[mode])
    for folder in folders:
        common.end_processes(folder, None, signals[mode], timeout)


def guard(folder, owner):
    """A broker's parent, which ends with it."""
    with open(folder / "server.log", "ab") as log:
        return common.guard_server(
            [*virtual_machine(provide()), "kafka.Kafka", folder / "server.properties"],
            log,
            owner,
            signal.SIGKILL,
            cwd=folder / "data",
            env=java.environment(),
        )


# ---- command line ----------------------------------------------------------------------------------------------


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("provide")
    for name in ("start", "stop", "restart", "info"):
        made = commands.add_parser(name)
        made.add_argument("directory")
        if name == "start":
            made.add_argument("--brokers", type=int, default=1, choices=[1, 3])
        if name in ("stop", "restart"):
            made.add_argument("--node", type=int)
            made.add_argument("--mode", default="fast", choices=["fast", "kill"])
        if name in ("start", "restart"):
            made.add_argument("--owner", type=int)
            made.add_argument("settings", nargs="*", metavar="NAME=VALUE")
    return parser.parse_args()


def execute(arguments):
    command = arguments.command
    if command == "provide":
        print(provide())
    elif command == "start":
        settings = parse_settings(arguments.settings)
        print(start(arguments.directory, arguments.brokers, settings, arguments.owner)["brokers"])
    elif command == "stop":
        stop(arguments.directory, arguments.node, arguments.mode)
    elif command == "restart":
        stop(arguments.directory, arguments.node, arguments.mode)
        print(start(arguments.directory, settings=parse_settings(arguments.settings), owner=arguments.owner)["brokers"])
    elif command == "info":
        print(json.dumps(info(arguments.directory), indent=1))


if __name__ == "__main__":
    sys.exit(common.run_script(__file__, parse_arguments, execute, guard))
