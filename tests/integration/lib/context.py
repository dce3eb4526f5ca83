"""What a test function is given."""

import os
from pathlib import Path

from lib.kafka_server import Kafka, Registry
from lib.leat import Leat
from lib.shared import server_kind
from lib.testing import Failure, Skip


class Context:
    """One test's folder, servers, and runs of leat.

    `shared` is lib.shared.Shared, and `seat` the number of the server there that is lent to this test; without a seat its
    server is its own. Without `shared`, all its servers are.
    """

    def __init__(self, directory, version, build, shared=None, seat=None, own_kafka=False):
        self.directory = Path(directory)
        self.version = version
        self.build = build
        self.shared = shared
        self.seat = seat
        self.own_kafka = own_kafka or shared is None
        # Topics of one test begin with this, and those of no other one do.
        self.prefix = f"t{os.getpid()}"
        self.lake = self.directory / "lake"
        self.state = self.directory / "state.db"
        self._servers = {}
        self._leats = []

    @property
    def server(self):
        """This test's server, there at the first mention: its own, or lent to it alone."""
        if "server" not in self._servers and self.seat is not None and self.version is not None:
            self._servers["server"] = self.shared.server(self.version, self.seat)
        return self._servers.get("server") or self.new_server("server")

    def new_server(self, name="server", version=None, settings=None, **options):
        """A started server of the test's own; the one named "server" is context.server, so that a test that is marked with
        own_server can give it settings first."""
        if name in self._servers:
            raise ValueError(f"there is a server '{name}' already")
        if name == "server" and self.seat is not None:
            raise Failure("context.server is shared with other tests; mark the test with own_server")
        version = version or self.version
        if version is None:
            raise ValueError("a test marked without_server has no server unless it names a version")
        server = server_kind(version)(version, self.directory / name, settings, **options).start()
        self._servers[name] = server
        return server

    @property
    def kafka(self):
        """The Kafka, there at the first mention: this test's own, or that of all, where its topics begin with its prefix."""
        if "kafka" not in self._servers and not self.own_kafka:
            self._servers["kafka"] = self.shared.kafka()
        return self._servers.get("kafka") or self.new_kafka()

    def new_kafka(self, brokers=1, **settings):
        """The Kafka that is context.kafka, with so many brokers and these of its settings."""
        if not self.own_kafka:
            raise Failure("context.kafka is shared with other tests; mark the test with own_kafka")
        self._servers["kafka"] = Kafka(self.directory / "kafka", brokers, settings).start()
        return self._servers["kafka"]

    @property
    def registry(self):
        """The schema registry, there at the first mention: this test's own where its Kafka is."""
        if "registry" not in self._servers:
            own = self.own_kafka
            self._servers["registry"] = Registry(self.directory / "registry").start() if own else self.shared.registry()
        return self._servers["registry"]

    def topic(self, name):
        """The name of a topic that no other test has."""
        return f"{self.prefix}.{name}"

    def topics(self):
        """{name: number of partitions} of the topics of this test."""
        return {name: count for name, count in self.kafka.topics().items() if name.startswith(f"{self.prefix}.")}

    def kafka_sink(self, registry=True, **changes):
        """The sink of a configuration: context.kafka with this test's prefix, with context.registry or without."""
        sink = {"type": "kafka", "path": None, "brokers": self.kafka.brokers, "prefix": self.prefix}
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
            if not server.lent:
                server.stop("immediate")
        if errors:
            raise errors[0]

    def check_what_is_left(self):
        """After a test that went well: what was lent to it is as it was. Its data are the next one's to remove."""
        server = self._servers.get("server")
        if server is not None and server.lent and (changed := server.changed_settings()):
            raise Failure(f"the shared server has settings that it had not before ({changed}); mark the test with own_server")


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
