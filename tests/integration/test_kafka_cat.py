"""`leat cat kafka://…`: topics as JSON lines."""

import json

from lib.leat import DONE, FAILED, USAGE
from lib.testing import assert_equal, postgres_majors, timeout, wait_until, without_server

TABLE = "create table a (id int primary key, n numeric(10,2)); insert into a values (1, 1.50), (2, null)"


def producer(context, **settings):
    import confluent_kafka  # pylint: disable=import-outside-toplevel

    return confluent_kafka.Producer({"bootstrap.servers": context.kafka.brokers, **settings})


def address(context, topic):
    return f"kafka://{context.kafka.brokers}/{context.topic(topic)}"


def cat(context, leat, topic, *options):
    return leat.command("cat", address(context, topic), *options).wait().expect(DONE).json_lines()


def operations(lines):
    return [(line["key"]["id"], line["value"]["op"] if line["value"] else None) for line in lines]


@timeout(180)
@postgres_majors(15)
def test_events_with_a_registry(context):
    context.server.sql(TABLE)
    leat = context.leat(sink=context.kafka_sink())
    leat.drain()
    context.server.sql("update a set id = 3 where id = 1; delete from a where id = 2")
    leat.drain()
    registry = ["--registry", context.registry.url]
    lines = cat(context, leat, "public.a", *registry)
    expected = [(1, "r"), (2, "r"), (1, "d"), (1, None), (3, "c"), (2, "d"), (2, None)]
    assert_equal(operations(lines), expected)
    assert_equal(lines[0]["value"]["after"], {"id": 1, "n": "1.50"})
    assert_equal([line["headers"] for line in lines if "headers" in line], [[{"name": "__debezium.newkey", "value": {"id": 3}}], [{"name": "__debezium.oldkey", "value": {"id": 1}}]])
    assert lines[0]["time"].startswith("20") and lines[0]["partition"] == 0, lines[0]
    # The marks that end transactions take offsets, too.
    assert lines[-1]["offset"] >= len(lines) - 1
    assert_equal(operations(cat(context, leat, "public.a", *registry, "--limit", "2")), expected[:2])
    assert_equal(operations(cat(context, leat, "public.a", *registry, "--from", str(lines[2]["offset"]))), expected[2:])
    assert_equal(operations(cat(context, leat, "public.a", *registry, "--from", lines[2]["time"])), expected[2:])
    assert_equal(cat(context, leat, "public.a", *registry, "--from", "end"), [])
    without = leat.command("cat", address(context, "public.a")).wait().expect(USAGE)
    assert "--registry" in without.stderr and without.stdout == "", without.stderr
    by_config = leat.command("cat", f"kafka:///{context.topic('public.a')}", "--config", leat.config_path).wait().expect(DONE)
    assert_equal(operations(by_config.json_lines()), expected)


@timeout(180)
@postgres_majors(15)
def test_events_without_a_registry_while_they_come(context):
    """Schemas that come into being meanwhile are found."""
    context.server.sql(TABLE)
    leat = context.leat(sink=context.kafka_sink(registry=False, partitions=3))
    leat.drain()
    follower = leat.command("cat", address(context, "public.a"), "--follow")

    def seen():
        return sorted(operations([json.loads(line) for line in follower.stdout.splitlines()]), key=str)

    wait_until(lambda: seen() == [(1, "r"), (2, "r")], what=lambda: f"two events, not {seen()}; {follower.stderr}")
    context.server.sql("alter table a add column extra int; insert into a values (3, 0, 7)")
    leat.drain()
    wait_until(lambda: seen() == [(1, "r"), (2, "r"), (3, "c")], what=lambda: f"the third, not {seen()}; {follower.stderr}")
    follower.terminate().expect(DONE)
    last = [line for line in cat(context, leat, "public.a") if line["key"]["id"] == 3]
    assert_equal(last[0]["value"]["after"], {"id": 3, "n": "0.00", "extra": 7})


@timeout(120)
@without_server
def test_bytes_of_others(context):
    """Texts, JSON, bytes, nothing; and of what is broken a sentence, and on it goes."""
    leat = context.leat("name: x\n")
    context.kafka.make_topic(context.topic("things"))
    client = producer(context)
    sent = [b"plain", b'{"a": 1.10,\n "b": null}', b"\xff\xfe", b"", None, b"123"]
    for value in sent:
        client.produce(context.topic("things"), value, key=b"k")
    client.produce(context.topic("things"), b"x", key=None, headers=[("twice", b"1"), ("twice", b"2"), ("none", None)])
    client.flush()
    lines = cat(context, leat, "things")
    assert_equal([line["value"] for line in lines], ["plain", {"a": 1.1, "b": None}, "\\xfffe", "", None, "123", "x"])
    assert_equal([line["key"] for line in lines], ["k"] * 6 + [None])
    assert_equal(lines[-1]["headers"], [{"name": "twice", "value": "1"}, {"name": "twice", "value": "2"}, {"name": "none", "value": None}])
    raw = leat.command("cat", address(context, "things")).wait().stdout
    assert '"a": 1.10,' in raw, "a number is shown as it stands"


@timeout(180)
@without_server
def test_broken_avro(context):
    leat = context.leat("name: x\n")
    context.kafka.make_topic(context.topic("things"))
    number = context.registry.ask(f"/subjects/{context.topic('things')}-value/versions", {"schema": json.dumps({"type": "record", "name": "R", "fields": [{"name": "s", "type": "string"}]})})["id"]
    frame = b"\0" + number.to_bytes(4, "big")
    client = producer(context)
    for value in (frame + b"\x04ab", frame + b"\x7fab", frame + b"\x02abc", b"\0\0\0\x7f\x7fx", b"\xc3\x01" + bytes(8) + b"x", frame + b"\x02a"):
        client.produce(context.topic("things"), value)
    client.flush()
    result = leat.command("cat", address(context, "things"), "--registry", context.registry.url).wait().expect(FAILED)
    assert_equal([line["value"] for line in result.json_lines()], [{"s": "ab"}, {"s": "a"}])
    for offset, words in ((1, "malformed"), (2, "2 bytes"), (3, "no schema with id 32639"), (4, "no topic of schemas")):
        told = [line for line in result.stderr.splitlines() if f"offset {offset}:" in line]
        assert len(told) == 1 and words in told[0], f"offset {offset}: {result.stderr}"


@timeout(120)
@without_server
def test_aborted_messages_are_not_shown(context):
    leat = context.leat("name: x\n")
    context.kafka.make_topic(context.topic("things"))
    client = producer(context, **{"transactional.id": context.prefix})
    client.init_transactions()
    for value, commit in (("no", False), ("yes", True), ("no more", False)):
        client.begin_transaction()
        client.produce(context.topic("things"), value)
        client.flush()
        if commit:
            client.commit_transaction()
        else:
            client.abort_transaction()
    assert_equal([line["value"] for line in cat(context, leat, "things")], ["yes"])


@timeout(120)
@without_server
def test_mistakes(context):
    leat = context.leat("name: x\n")
    for words, part in (
        ([f"kafka://{context.kafka.brokers}"], "names no topic"),
        ([f"kafka:///{context.topic('things')}"], "--config"),
        ([address(context, "nonesuch")], f"no topic {context.topic('nonesuch')}"),
        ([address(context, "x"), "--from", "yesterday"], "beginning, end, an offset"),
        ([address(context, "x"), "--schema"], "for files"),
    ):
        result = leat.command("cat", *words).wait()
        assert result.code in (FAILED, USAGE) and part in result.stderr, f"{words}: {result.code} {result.stderr}"
        assert_equal(result.stdout, "")
    assert_equal(context.topics(), {}, "topics made by looking")
