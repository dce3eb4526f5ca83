"""Readers of topics that know nothing of leat but its documented framing: Debian's Python client, and our own strict
decoder of Avro.
"""

import json
import struct
import time
import urllib.request

from lib.container import reader_for
from lib.testing import Failure, Skip

PATIENCE_SECONDS = 60


class Message:
    """One message as it stands in its topic. `key` and `value` are bytes or None; `at` is (partition, offset)."""

    def __init__(self, message):
        self.topic = message.topic()
        self.at = (message.partition(), message.offset())
        self.key = message.key()
        self.value = message.value()
        self.headers = dict(message.headers() or [])
        self.time = message.timestamp()[1]

    @property
    def partition(self):
        return self.at[0]


def messages(kafka, topic, committed=True):
    """Every message of a topic up to its present end, each partition in order, as a reader of committed data sees it,
    or as one that also sees what was aborted."""
    try:
        import confluent_kafka  # pylint: disable=import-outside-toplevel
    except ImportError as error:
        raise Skip("Debian's python3-confluent-kafka is not installed") from error
    consumer = confluent_kafka.Consumer(
        {
            "bootstrap.servers": kafka.brokers,
            "group.id": "leat-tests",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed" if committed else "read_uncommitted",
            "check.crcs": True,
        }
    )
    try:
        return read_to_end(consumer, topic, confluent_kafka)
    finally:
        consumer.close()


class Ends:
    """Where the next message of each partition of a topic will be."""

    def __init__(self, kafka, topic):
        import confluent_kafka  # pylint: disable=import-outside-toplevel

        self.consumer = confluent_kafka.Consumer({"bootstrap.servers": kafka.brokers, "group.id": "leat-tests"})
        partitions = self.consumer.list_topics(topic, timeout=30).topics[topic].partitions
        self.places = [confluent_kafka.TopicPartition(topic, number) for number in partitions]

    def total(self):
        """It grows with whatever comes in, committed or not."""
        return sum(self.consumer.get_watermark_offsets(place, timeout=30)[1] for place in self.places)

    def close(self):
        self.consumer.close()


def read_to_end(consumer, topic, client):
    described = consumer.list_topics(topic, timeout=30).topics[topic]
    if described.error is not None:
        raise Failure(f"the topic {topic}: {described.error}")
    consumer.assign([client.TopicPartition(topic, number, client.OFFSET_BEGINNING) for number in described.partitions])
    found, open_partitions = [], set(described.partitions)
    until = time.monotonic() + PATIENCE_SECONDS
    while open_partitions:
        # A batch that is not full lasts as long as it may.
        batch = consumer.consume(5000, timeout=0.1)
        if batch:
            until = time.monotonic() + PATIENCE_SECONDS
        if time.monotonic() > until:
            raise Failure(f"the topic {topic} gives nothing more, and is not at its end in {sorted(open_partitions)}")
        for message in batch:
            if message.error() is None:
                found.append(Message(message))
            elif message.error().code() == client.KafkaError._PARTITION_EOF:  # pylint: disable=protected-access
                open_partitions.discard(message.partition())
            else:
                raise Failure(f"the topic {topic}: {message.error()}")
    return sorted(found, key=lambda message: message.at)


# ---- what the bytes mean ---------------------------------------------------------------------------------------


class RegistryDecoder:
    """Confluent's framing: a zero, the schema's id, the record."""

    def __init__(self, url):
        self.url = url
        self.readers = {}

    def __call__(self, data):
        if data is None:
            return None
        if data[:1] != b"\0" or len(data) < 5:
            raise Failure(f"{data[:16]!r} is not framed as Confluent's readers want it")
        (number,) = struct.unpack(">I", data[1:5])
        if number not in self.readers:
            with urllib.request.urlopen(f"{self.url}/schemas/ids/{number}", timeout=30) as answer:
                self.readers[number] = reader_for(json.loads(json.load(answer)["schema"]), {})
        return whole(self.readers[number], data, 5)


class TopicDecoder:
    """Avro's single-object encoding, with the schemas from the topic <prefix>.schemas."""

    def __init__(self, kafka, prefix):
        self.readers = {}
        for message in messages(kafka, f"{prefix}.schemas"):
            # The key is the fingerprint in hex, as a person reads it.
            self.readers[int(message.key, 16)] = reader_for(json.loads(message.value), {})

    def __call__(self, data):
        if data is None:
            return None
        if data[:2] != b"\xc3\x01" or len(data) < 10:
            raise Failure(f"{data[:16]!r} is not Avro's single-object encoding")
        (fingerprint,) = struct.unpack("<Q", data[2:10])
        return whole(self.readers[fingerprint], data, 10)


def whole(read, data, start):
    value, end = read(data, start)
    if end != len(data):
        raise Failure(f"{len(data) - end} bytes are left behind a record")
    return value


# ---- events ----------------------------------------------------------------------------------------------------


class Event:
    """A message of a table's topic, decoded. Of a tombstone, `value` is None."""

    def __init__(self, message, decode):
        self.message = message
        self.key = decode(message.key)
        self.value = decode(message.value)
        self.headers = message.headers
        self.partition = message.partition

    @property
    def op(self):
        return "tombstone" if self.value is None else self.value["op"]


def events(kafka, topic, decode):
    return [Event(message, decode) for message in messages(kafka, topic)]


# ---- where keys belong -----------------------------------------------------------------------------------------


def murmur2(data):
    """The hash of Kafka's clients in Java, as org.apache.kafka.common.utils.Utils computes it. A signed number."""
    mask, mixer = 0xFFFFFFFF, 0x5BD1E995
    value = 0x9747B28C ^ len(data)
    whole_words = len(data) // 4 * 4
    for (word,) in struct.iter_unpack("<I", data[:whole_words]):
        word = word * mixer & mask
        word = (word ^ word >> 24) * mixer & mask
        value = (value * mixer & mask) ^ word
    rest = data[whole_words:]
    if rest:
        value = (value ^ int.from_bytes(rest, "little")) * mixer & mask
    value = (value ^ value >> 13) * mixer & mask
    return value ^ value >> 15


def partition_of(key, partitions):
    """Where Java's default partitioner puts a key."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
