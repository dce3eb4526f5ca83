"""A Kafka cluster and a schema registry, a test's own or shared by all, with what tests do to them."""

import json
import os
import sys
import urllib.request
from pathlib import Path

from lib.lending import Lent
from lib.testing import Failure, Skip, wait_until

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "servers"))
import common  # noqa: E402  (tests/servers/common.py)
import kafka  # noqa: E402
import registry  # noqa: E402


class Kafka(Lent):
    """One cluster, in one folder. It ends with its owner, by default the present process, however that ends."""

    def __init__(self, directory, brokers=1, settings=None, owner=None):
        self.directory = Path(directory)
        self.count = brokers
        self.settings = {name.replace("_", "."): value for name, value in (settings or {}).items()}
        self.owner = owner or os.getpid()

    # -- life --

    def runs(self):
        return (self.directory / "cluster.json").exists() and kafka.info(self.directory)["nodes"][0]["pid"] is not None

    def start(self, node=None):
        """Starts all brokers, or one that was stopped."""
        self.refuse_if_lent("started")
        try:
            if node is not None:
                kafka.start_node(self.directory, node, owner=self.owner)
            else:
                kafka.start(self.directory, self.count, self.settings, owner=self.owner)
        except common.Unavailable as reason:
            raise Skip(str(reason)) from reason
        self.settings = {}
        return self

    def stop(self, mode="fast", node=None):
        self.refuse_if_lent("stopped")
        kafka.stop(self.directory, node, "fast" if mode == "fast" else "kill")

    def kill9(self, node=None):
        self.stop("kill", node)

    @property
    def brokers(self):
        return kafka.info(self.directory)["brokers"]

    # -- accounts --

    @property
    def login_brokers(self):
        """Where the account "leat" has to show its password, "right"."""
        return kafka.info(self.directory)["login_brokers"]

    def grant(self, *words):
        self.refuse_if_lent("given rights")
        kafka.grant(self.directory, *words)

    # -- topics, by an administrator of its own --

    def administrator(self):
        from confluent_kafka.admin import AdminClient  # pylint: disable=import-outside-toplevel

        return AdminClient({"bootstrap.servers": self.brokers, "socket.timeout.ms": "10000"})

    def topics(self):
        """{name: number of partitions} of all topics but Kafka's own."""
        found = self.administrator().list_topics(timeout=30).topics
        return {name: len(topic.partitions) for name, topic in found.items() if not name.startswith("__")}

    def make_topic(self, name, partitions=1, **settings):
        from confluent_kafka.admin import NewTopic  # pylint: disable=import-outside-toplevel

        config = {key.replace("_", "."): str(value) for key, value in settings.items()}
        topic = NewTopic(name, num_partitions=partitions, replication_factor=1, config=config)
        administrator = self.administrator()  # what it promises is kept only while it lives
        administrator.create_topics([topic])[name].result(30)
        wait_until(lambda: self.topics().get(name) == partitions, what=f"the topic {name}")

    def delete_topic(self, name):
        administrator = self.administrator()
        administrator.delete_topics([name])[name].result(30)
        wait_until(lambda: name not in self.topics(), what=f"the topic {name} to go")


class Registry(Lent):
    """A registry that keeps its schemas over its restarts."""

    def __init__(self, directory, owner=None):
        self.directory = Path(directory)
        self.owner = owner or os.getpid()

    def runs(self):
        return (self.directory / "registry.json").exists() and registry.info(self.directory)["pid"] is not None

    def start(self):
        self.refuse_if_lent("started")
        try:
            registry.start(self.directory, owner=self.owner)
        except common.Unavailable as reason:
            raise Skip(str(reason)) from reason
        return self

    def stop(self, mode="kill"):
        self.refuse_if_lent("stopped")
        registry.stop(self.directory, "fast" if mode == "fast" else "kill")

    @property
    def url(self):
        return registry.info(self.directory)["url"]

    def ask(self, path, body=None, method=None):
        """What the registry answers to a request, from JSON."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def subjects(self):
        return sorted(self.ask("/subjects"))

    def versions(self, subject):
        """[(id, schema)] of a subject, oldest first."""
        numbers = self.ask(f"/subjects/{subject}/versions")
        found = [self.ask(f"/subjects/{subject}/versions/{number}") for number in sorted(numbers)]
        if not found:
            raise Failure(f"the subject {subject} has no version")
        return [(version["id"], json.loads(version["schema"])) for version in found]
