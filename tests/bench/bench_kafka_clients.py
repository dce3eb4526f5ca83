#!/usr/bin/python3
"""The clients of bench_kafka.py, each a process of its own, so that they are not what is measured.

    bench_kafka_clients.py count BROKERS TOPIC      prints how many messages a reader of committed data gets
    bench_kafka_clients.py arrivals BROKERS TOPIC LAST FILE
                                                    keeps when each key from 0 to LAST arrived
    bench_kafka_clients.py write SOCKET TABLE FIRST LAST RATE FILE
                                                    so many commits per second, and when each had returned

A FILE has a line `ID NANOSECONDS` of each, by the machine's monotonic clock.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
from lib.mysql_client import Connection  # noqa: E402

PATIENCE_SECONDS = 60
FRAME_BYTES = 5  # a zero and the schema's id


def read(brokers, topic, handle, **settings):
    """Calls `handle` with a consumer at a topic's beginning, the numbers of its partitions, and the code of their end."""
    import confluent_kafka  # pylint: disable=import-outside-toplevel

    usual = {
        "bootstrap.servers": brokers,
        "group.id": "leat-bench",
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
    }
    consumer = confluent_kafka.Consumer({**usual, **settings})
    partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
    consumer.assign([confluent_kafka.TopicPartition(topic, number, 0) for number in partitions])
    handle(consumer, set(partitions), confluent_kafka.KafkaError._PARTITION_EOF)  # pylint: disable=protected-access
    consumer.close()


def count(brokers, topic):
    found = 0

    def until_end(consumer, open_partitions, end):
        nonlocal found
        last = time.monotonic()
        while open_partitions:
            batch = consumer.consume(5000, timeout=0.1)
            for message in batch:
                if message.error() is None:
                    found += 1
                elif message.error().code() == end:
                    open_partitions.discard(message.partition())
                else:
                    raise SystemExit(f"{topic}: {message.error()}")
            last = time.monotonic() if batch else last
            if time.monotonic() - last > PATIENCE_SECONDS:
                raise SystemExit(f"{topic} is not at its end in {sorted(open_partitions)}")

    read(brokers, topic, until_end, **{"enable.partition.eof": True})
    print(found)


def number_of(key):
    """An Avro long behind its frame; in Debezium's envelope a key is a record of the key's columns."""
    value = shift = 0
    for byte in key[FRAME_BYTES:]:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    return value >> 1 ^ -(value & 1)


def arrivals(brokers, topic, last, path):
    times = {}

    def until_all(consumer, _partitions, _end):
        silent_since = time.monotonic()
        while len(times) <= last:
            message = consumer.poll(1)
            now = time.monotonic_ns()
            if message is not None and message.error() is None:
                times[number_of(message.key())] = now
                silent_since = time.monotonic()
            elif time.monotonic() - silent_since > PATIENCE_SECONDS:
                raise SystemExit(f"{topic}: not all keys up to {last} arrive")

    read(brokers, topic, until_all, **{"fetch.wait.max.ms": 100})
    keep(times, path)


def write(socket, table, first, last, rate, path):
    connection = Connection(socket, "test")
    times = {}
    started = time.monotonic_ns()
    for number in range(first, last + 1):
        wait = started + (number - first) * 10**9 // rate - time.monotonic_ns()
        if wait > 0:
            time.sleep(wait / 10**9)
        connection.run(f"insert into {table} values ({number}, {number % 50000}, 12.34, 'new')")
        times[number] = time.monotonic_ns()
    keep(times, path)


def keep(times, path):
    Path(path).write_text("".join(f"{number} {at}\n" for number, at in times.items()), encoding="utf-8")


def main():
    command, *words = sys.argv[1:]
    if command == "count":
        count(*words)
    elif command == "arrivals":
        brokers, topic, last, path = words
        arrivals(brokers, topic, int(last), path)
    elif command == "write":
        socket, table, first, last, rate, path = words
        write(socket, table, int(first), int(last), int(rate), path)


if __name__ == "__main__":
    main()
