"""What a test function is given."""

import os
from pathlib import Path

from lib.kafka_server import Kafka, Registry
from lib.leat import Leat
from lib.mysql_server import MysqlServer
from lib.server import Server
from lib.testing import Skip


class Context:
    """One test's folder, server, and runs of leat. All of it goes away after the test."""

    def __init__(self, directory, version, build):
        self.directory = Path(directory)
        self.version = version
        self.build = build
        self.lake = self.directory / "lake"
        self.state = self.directory / "state.db"
        self._servers = {}
        self._leats = []

    @property
    def server(self):
        """This test's server, started at the first mention."""
        return self._servers.get("server") or self.new_server("server")

    def new_server(self, name="server", version=None, settings=None, **options):
        """A started server; the one named "server" is context.server, so a test can give it settings first."""
        if name in self._servers:
            raise ValueError(f"there is a server '{name}' already")
        version = version or self.version
        if version is None:
            raise ValueError("a test marked without_server has no server unless it names a version")
        kind = MysqlServer if isinstance(version, str) else Server
        server = kind(version, self.directory / name, settings, **options).start()
        self._servers[name] = server
        return server

    @property
    def kafka(self):
        """This test's Kafka, started at the first mention."""
        return self._servers.get("kafka") or self.new_kafka()

    def new_kafka(self, brokers=1, **settings):
        """The Kafka that is context.kafka, with so many brokers and these of its settings."""
        self._servers["kafka"] = Kafka(self.directory / "kafka", brokers, settings).start()
        return self._servers["kafka"]

    @property
    def registry(self):
        """This test's schema registry, started at the first mention."""
        if "registry" not in self._servers:
            self._servers["registry"] = Registry(self.directory / "registry").start()
        return self._servers["registry"]

    def kafka_sink(self, registry=True, **changes):
        """The sink of a configuration: context.kafka, with context.registry or without."""
        sink = {"type": "kafka", "path": None, "brokers": self.kafka.brokers}
        if registry:
            sink["registry"] = {"url": self.registry.url}
        return merge(sink, changes) if changes else sink

    def config(self, **changes):
        """A configuration for context.server with everything in this test's folder.

        Changes go into it part by part: config(source={"tables": ["public.a"]}) keeps the URL. A part that is None
        goes away.
        """
        usual = {
            "name": "test",
            "source": usual_source(self.version),
            "sink": {"type": "file", "path": self.lake},
            "state": self.state,
        }
        merged = merge(usual, changes)
        if "url" not in merged["source"]:
            merged["source"] = {"url": self.server.url(), **merged["source"]}
        return merged

    def leat(self, config=None, name=None, **changes):
        """A Leat with the given configuration, or the usual one with these changes."""
        name = name or f"leat{len(self._leats) + 1}"
        made = Leat(self.binary, self.directory, config or self.config(**changes), name)
        self._leats.append(made)
        return made

    @property
    def binary(self):
        variable = "LEAT_RELEASE_BINARY" if self.build == "release" else "LEAT_BINARY"
        path = os.environ.get(variable)
        if not path:
            raise Skip(f"the environment variable {variable} does not name a leat to test")
        if not os.access(path, os.X_OK):
            raise FileNotFoundError(f"{variable} is {path}, where no program is")
        return Path(path)

    def close(self):
        """Ends everything. The first thing that went wrong is raised after all has ended."""
        errors = []
        for leat in self._leats:
            try:
                leat.close()
            except Exception as error:  # pylint: disable=broad-except
                errors.append(error)
        for server in self._servers.values():
            server.stop("immediate")
        if errors:
            raise errors[0]


def usual_source(version):
    if isinstance(version, str):
        return {"type": version.partition("-")[0], "tables": ["test.*"]}
    return {"type": "postgres", "tables": ["public.*"]}


def merge(base, changes):
    merged = dict(base)
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged
