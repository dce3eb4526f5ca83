#!/usr/bin/python3
"""Reads a topic of leat to its end:  read.py BROKERS TOPIC REGISTRY

Debian: apt install python3-confluent-kafka python3-avro
"""

import io
import json
import sys
import urllib.request

import avro.io
import avro.schema
from confluent_kafka import Consumer, KafkaError

brokers, topic, registry = sys.argv[1:]
readers = {}


def decode(data):
    """Confluent's framing: a zero, four bytes of the schema's id, the Avro record."""
    if data is None:
        return None
    number = int.from_bytes(data[1:5], "big")
    if number not in readers:
        with urllib.request.urlopen(f"{registry}/schemas/ids/{number}") as answer:
            readers[number] = avro.io.DatumReader(avro.schema.parse(json.load(answer)["schema"]))
    return readers[number].read(avro.io.BinaryDecoder(io.BytesIO(data[5:])))


consumer = Consumer(
    {
        "bootstrap.servers": brokers,
        "group.id": "read.py",
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
        "enable.partition.eof": True,
    }
)
consumer.subscribe([topic])
ended = set()
while not ended or len(ended) < len(consumer.assignment()):
    message = consumer.poll(1.0)
    if message is None:
        continue
    if message.error():
        if message.error().code() != KafkaError._PARTITION_EOF:
            sys.exit(str(message.error()))
        ended.add(message.partition())
        continue
    key, value = decode(message.key()), decode(message.value())
    operation = "tombstone" if value is None else value["op"]
    row = None if value is None else value["after"]
    print(json.dumps({"key": key, "op": operation, "row": row}, default=str))
consumer.close()
