"""The Kafka sink on real brokers with a real registry, read by a client that is not ours."""

import json
import random
import shutil
import threading

from lib.leat import DONE, FAILED, OPERATOR
from lib.middle import Telling, is_behind, kill_in_the_middle, until_hits
from lib.testing import Failure, assert_equal, own_kafka, postgres_majors, servers, timeout, wait_until
from lib.topics import RegistryDecoder, TopicDecoder, events, messages, partition_of

BOTH = (15, "mariadb-10.11")
QUICK = {"first_delay": "50ms", "longest_delay": "500ms"}
TABLE = "create table a (id int primary key, v varchar(100), n numeric(10,2))"


def schema(context):
    return "test" if isinstance(context.version, str) else "public"


def topic(context, table="a"):
    return context.topic(f"{schema(context)}.{table}")


def series(context, first, last):
    return f"generate_series({first}, {last}) g" if schema(context) == "public" else f"(select seq g from seq_{first}_to_{last}) s"


def kafka_leat(context, registry=True, **changes):
    sink = context.kafka_sink(registry, **changes.pop("sink", {}))
    return context.leat(sink=sink, retry=QUICK, **changes)


def decoder(context):
    return RegistryDecoder(context.registry.url)


def said(process, text):
    """Waits until leat has said so; the whole log is in the failure."""
    wait_until(lambda: text in process.stderr, 60, what=lambda: f"leat to say '{text}'; it said:\n{process.stderr[-3000:]}")


def streams(context):
    """Waits until a leat reads PostgreSQL's log."""
    active = "select active from pg_replication_slots"
    wait_until(lambda: context.server.value(active) == "t", 60, what="a leat that streams")


# ---- what arrives ----------------------------------------------------------------------------------------------


@timeout(180)
@servers(*BOTH)
def test_every_kind_of_event(context):
    """Operations, keys, tombstones, headers and partitions, as docs/events.md has them."""
    context.server.sql(f"{TABLE}; insert into a values (1, 'one', 1.50), (2, 'two', null)")
    leat = kafka_leat(context, sink={"partitions": 4})
    leat.drain()
    context.server.sql(
        """insert into a values (3, 'three', -0.01);
           update a set v = 'one more' where id = 1;
           update a set id = 20 where id = 2;
           delete from a where id = 3"""
    )
    leat.drain()
    found = events(context.kafka, topic(context), decoder(context))
    by_key = {}
    for event in found:
        by_key.setdefault(event.key["id"], []).append(event)
    operations = {key: [event.op for event in list_of] for key, list_of in by_key.items()}
    assert_equal(operations, {1: ["r", "u"], 2: ["r", "d", "tombstone"], 20: ["c"], 3: ["c", "d", "tombstone"]})
    check_values(by_key)
    check_source(context, by_key[3][0].value)
    check_changed_key(context, by_key)
    for event in found:
        if event.value is not None:
            assert event.value["ts_us"] >= event.value["source"]["ts_us"], event.value
        assert_equal(event.partition, partition_of(event.message.key[5:], 4), f"partition of {event.key}")
    assert len({event.partition for event in found}) > 1, "all keys are in one partition"


def check_values(by_key):
    update = by_key[1][1].value
    assert_equal(update["after"], {"id": 1, "v": "one more", "n": (150).to_bytes(2, "big")})
    created = by_key[3][0].value
    assert_equal((created["before"], created["after"]["n"]), (None, b"\xff"))
    deleted = by_key[3][1].value
    assert_equal((deleted["before"]["id"], deleted["after"]), (3, None))
    assert_equal([by_key[key][0].value["source"]["snapshot"] for key in (1, 3)], ["true", "false"], "snapshot")


def check_source(context, value):
    source = value["source"]
    mysql = schema(context) == "test"
    assert_equal(source["connector"], "mariadb" if mysql else "postgresql")
    assert_equal((source["name"], source["table"]), ("test", "a"))
    assert_equal(source["db" if mysql else "schema"], schema(context))
    assert value["ts_ms"] >= source["ts_ms"] > 1_600_000_000_000, value


def check_changed_key(context, by_key):
    """Each half of a changed key names the other."""
    decode = decoder(context)
    assert_equal(decode(by_key[2][1].headers["__debezium.newkey"]), {"id": 20})
    assert_equal(decode(by_key[20][0].headers["__debezium.oldkey"]), {"id": 2})
    assert_equal([event.headers for event in by_key[3]], [{}, {}, {}], "headers of what is no changed key")


@timeout(180)
@servers(*BOTH)
def test_truncate_and_table_without_a_key(context):
    identity = "; alter table a replica identity full" if schema(context) == "public" else ""
    context.server.sql(f"create table a (v int); create table b (id int primary key){identity}")
    leat = kafka_leat(context)
    leat.drain()
    context.server.sql("insert into a values (1), (1); insert into b values (1); truncate table a; truncate table b")
    leat.drain()
    for table in ("a", "b"):
        found = events(context.kafka, topic(context, table), decoder(context))
        expected = ["c", "c", "t"] if table == "a" else ["c", "t"]
        assert_equal([event.op for event in found], expected, table)
        assert_equal(found[-1].key, None, "key of a truncate")
    assert f"{topic(context)}-key" not in context.registry.subjects()


@timeout(180)
@postgres_majors(15)
def test_flat_envelope_has_no_tombstones(context):
    context.server.sql(f"{TABLE}; insert into a values (1, 'one', null)")
    leat = kafka_leat(context, sink={"envelope": "flat"})
    leat.drain()
    context.server.sql("delete from a")
    leat.drain()
    found = events(context.kafka, topic(context), decoder(context))
    assert_equal([event.value["__op"] for event in found], ["r", "d"])


@timeout(180)
@postgres_majors(15)
def test_logical_messages(context):
    context.server.sql(TABLE)
    leat = kafka_leat(context, source={"messages": True})
    leat.drain()
    context.server.sql("select pg_logical_emit_message(true, 'hello', 'from the log')")
    leat.drain()
    found = events(context.kafka, context.topic("message"), decoder(context))
    assert_equal([event.op for event in found], ["m"])


# ---- schemas ---------------------------------------------------------------------------------------------------


@timeout(180)
@servers(*BOTH)
def test_schema_evolves_in_the_registry(context):
    context.server.sql(f"{TABLE}; insert into a values (1, 'one', null)")
    leat = kafka_leat(context)
    leat.drain()
    context.server.sql("alter table a add column extra int; insert into a values (2, 'two', null, 7)")
    context.server.sql("alter table a drop column v; insert into a values (3, 0, 8)")
    leat.drain()
    versions = context.registry.versions(f"{topic(context)}-value")
    columns = [[field["name"] for field in schema_of_row(version)["fields"]] for _, version in versions]
    assert_equal(columns, [["id", "v", "n"], ["id", "v", "n", "extra"], ["id", "n", "extra"]])
    found = messages(context.kafka, topic(context))
    used = [int.from_bytes(message.value[1:5], "big") for message in found]
    assert_equal(used, [number for number, _ in versions], "ids in the messages")
    assert_equal(len({message.key[:5] for message in found}), 1, "the key's schema did not change")
    check_schema_changes(context)


def schema_of_row(envelope):
    (after,) = (field for field in envelope["fields"] if field["name"] == "before")
    return after["type"][1]


def check_schema_changes(context):
    """The topic that tells of them."""
    news = [json.loads(message.value) for message in messages(context.kafka, context.topic("schema-changes"))]
    table = f"{schema(context)}.a"
    assert_equal([(one["table"], one["from_version"], one["to_version"]) for one in news], [(table, None, 1), (table, 1, 2), (table, 2, 3)])
    changes = [[(change["change"], change["column"]) for change in one["changes"]] for one in news[1:]]
    assert_equal(changes, [[("added", "extra")], [("dropped", "v")]])


@timeout(240)
@postgres_majors(15)
@own_kafka
def test_registry_that_is_away(context):
    """A new version waits for it; what is known already does not."""
    context.server.sql(f"{TABLE}; insert into a values (1, 'one', null)")
    leat = kafka_leat(context)
    leat.drain()
    process = leat.start()
    streams(context)
    context.server.sql("insert into a values (2, 'known', null)")
    wait_until(lambda: len(messages(context.kafka, topic(context))) == 2, what="the second row")
    context.registry.stop()
    context.server.sql("insert into a values (3, 'still known', null)")
    wait_until(lambda: len(messages(context.kafka, topic(context))) == 3, what="the third row")
    context.server.sql("alter table a add column extra int; insert into a values (4, 'new', null, 1)")
    said(process, "registry")
    said(process, "trying again")
    assert process.running(), process.stderr
    context.registry.start()
    wait_until(lambda: len(messages(context.kafka, topic(context))) == 4, 60, what="the row of the new version")
    process.terminate().expect(DONE)
    found = events(context.kafka, topic(context), decoder(context))
    assert_equal([event.key["id"] for event in found], [1, 2, 3, 4])


@timeout(180)
@postgres_majors(15)
def test_incompatible_schema_stops_with_the_registry_s_word(context):
    context.server.sql(f"{TABLE}; insert into a values (1, 'one', null)")
    leat = kafka_leat(context)
    leat.drain()
    context.registry.ask(f"/config/{topic(context)}-value", {"compatibility": "FULL"}, "PUT")
    context.server.sql("alter table a alter column v type int using 1; insert into a values (2, 2, null)")
    result = leat.run("run", "--until-current").expect(OPERATOR)
    for word in (f"{topic(context)}-value", "ompatib", "`v`" if "`v`" in result.stderr else "v"):
        assert word in result.stderr, result.stderr


@timeout(180)
@servers(*BOTH)
def test_without_a_registry(context):
    """Single-object encoding, with the schemas in a topic of their own."""
    context.server.sql(f"{TABLE}; insert into a values (1, 'one', null)")
    leat = kafka_leat(context, registry=False)
    leat.drain()
    context.server.sql("alter table a add column extra int; insert into a values (2, 'two', null, 7); delete from a where id = 1")
    leat.drain()
    found = events(context.kafka, topic(context), TopicDecoder(context.kafka, context.prefix))
    assert_equal([(event.op, event.key["id"]) for event in found], [("r", 1), ("c", 2), ("d", 1), ("tombstone", 1)])
    assert_equal(found[1].value["after"]["extra"], 7)


# ---- transactions and heartbeats -------------------------------------------------------------------------------


@timeout(180)
@servers(*BOTH)
def test_transactions_are_told_with_counts(context):
    context.server.sql("create table a (id int primary key); create table b (id int primary key)")
    leat = kafka_leat(context, sink={"transactions": True})
    leat.drain()
    context.server.sql("begin; insert into a values (1), (2), (3); insert into b values (1); delete from a where id = 1; commit")
    context.server.sql("insert into b values (2)")
    leat.drain()
    told = events(context.kafka, context.topic("transactions"), decoder(context))
    kinds = [event.value["status"] for event in told]
    assert_equal(kinds, ["BEGIN", "END", "BEGIN", "END"])
    counts = [table_counts(event.value) for event in told if event.value["status"] == "END"]
    assert_equal(counts, [(5, {f"{schema(context)}.a": 4, f"{schema(context)}.b": 1}), (1, {f"{schema(context)}.b": 1})])
    rows = events(context.kafka, topic(context), decoder(context)) + events(context.kafka, topic(context, "b"), decoder(context))
    orders = [event.value["transaction"] for event in rows if event.value and event.value["transaction"]["id"] == told[0].value["id"]]
    assert_equal(sorted(order["total_order"] for order in orders), [1, 2, 3, 4, 5])


def table_counts(value):
    return value["event_count"], {one["data_collection"]: one["event_count"] for one in value["data_collections"]}


@timeout(180)
@postgres_majors(15)
def test_heartbeats_of_a_quiet_pipeline(context):
    """Positions that move without records of ours: readers see that the pipeline is alive."""
    context.server.sql(f"{TABLE}; create schema other; create table other.x (id int)")
    leat = kafka_leat(context, sink={"heartbeats": True}, source={"heartbeat_every": "1s"})
    leat.drain()
    process = leat.start()
    streams(context)
    before = len(messages(context.kafka, context.topic("heartbeat")))
    context.server.sql("insert into other.x select * from generate_series(1, 1000)")
    wait_until(lambda: len(messages(context.kafka, context.topic("heartbeat"))) > before, 30, what="a heartbeat")
    process.terminate().expect(DONE)


# ---- exactly once ----------------------------------------------------------------------------------------------


class Load:
    """Small and larger transactions of inserts, each row updated once in a later one; with numbers from `first` on, until
    it is enough, and no more than `most` of them."""

    def __init__(self, context, first=1, most=30_000):
        self.context = context
        self.next = first
        self.end = first + most
        self.enough = threading.Event()
        self.work = context.server.background(self.statements())

    def statements(self):
        while self.next < self.end and not self.enough.is_set():
            size = min(random.choice((1, 10, 100, 500)), self.end - self.next)
            last = self.next + size - 1
            yield f"insert into a select g, concat('v', g), 0 from {series(self.context, self.next, last)}"
            yield f"update a set n = n + 1 where id between {self.next} and {last}"
            self.next = last + 1

    def finish(self):
        """Ends it. Returns its last number."""
        self.enough.set()
        assert_equal(self.work.wait(), 0, "exit status of the workload")
        return self.next - 1


def kill_under_load(context, count, kill):
    """Until so many of kill(leat's watch, number) hit a leat in the middle. Returns the last number of the load."""
    last = 0

    def one_round(number):
        nonlocal last
        load = Load(context, last + 1)
        hit = kill(number, Telling(context.kafka, topic(context)))
        last = load.finish()
        return hit

    until_hits(one_round, count, most=2 * count)
    return last


def expect_each_change_once(context, count):
    """Of every key its insert, then its update, and nothing else; keys of one partition in the order of the log."""
    seen = {}
    sequences = {}
    for event in events(context.kafka, topic(context), decoder(context)):
        value = event.value
        seen.setdefault(event.key["id"], []).append((value["op"], value["after"]["n"]))
        order = order_of(value["source"])
        if order is not None:
            assert order > sequences.get(event.partition, ()), f"partition {event.partition}: {order} after {sequences[event.partition]}"
            sequences[event.partition] = order
    expected = [("c", b"\x00"), ("u", b"\x64")]
    wrong = {key: found for key, found in seen.items() if found != expected}
    if wrong:
        raise Failure(f"{len(wrong)} keys have other changes than theirs, as {list(wrong.items())[:5]}")
    assert_equal(sorted(seen), list(range(1, count + 1)), "keys")


def order_of(source):
    """What sorts in the order of the log: PostgreSQL's commit LSN, in hex, and the ordinal."""
    if source["connector"] != "postgresql":
        return None
    commit, _, ordinal = json.loads(source["sequence"])
    return (int(commit, 16), int(ordinal))


@timeout(600)
@servers(*BOTH)
@own_kafka
def test_kill_9_of_leat_and_of_the_broker_under_load(context):
    """Time and again, always in the middle; a reader of committed data sees every change once, in order."""
    random.seed(5)
    context.server.sql(TABLE)
    leat = kafka_leat(context, sink={"partitions": 3, "commit_every": "50ms"})
    leat.drain()

    def kill(number, telling):
        if number % 3 == 2:
            return kill_the_broker(context, leat, telling)
        return kill_in_the_middle(leat, telling, longest_wait=0.1)

    rows = kill_under_load(context, 10, kill)
    leat.drain(timeout=240)
    expect_each_change_once(context, rows)


def kill_the_broker(context, leat, telling):
    """While a leat writes, which lives to see it back. Whether that was in the middle."""
    process = leat.start()
    telling.wait(process)
    with process.held():
        behind = is_behind(leat)
        context.kafka.kill9()
    context.kafka.start()
    telling = Telling(context.kafka, topic(context))
    wait_until(lambda: telling.amount() > 0 or not is_behind(leat), 60, what=lambda: f"leat to go on; it said:\n{process.stderr[-3000:]}")
    assert process.running(), process.stderr
    process.kill9()
    return behind


def lose_while_behind(context, leat, process, node):
    """Loses a broker, unless leat happens to be through with all that there is. Whether it was lost."""
    Telling(context.kafka, topic(context)).wait(process)
    with process.held():
        behind = is_behind(leat)
        if behind:
            context.kafka.kill9(node)
    return behind


def expect_progress(leat, process):
    """By what leat says: a client that asks for a topic's end may wait for ever for the broker that is lost."""

    def durable():
        return json.loads(leat.run("status", "--json").expect(DONE).stdout)["durable"]

    before = durable()
    wait_until(lambda: durable() != before, 60, what=lambda: f"leat to go on; it said:\n{process.stderr[-3000:]}")


@timeout(400)
@postgres_majors(15)
@own_kafka
def test_a_broker_of_three_is_lost(context):
    """The rest goes on, and leat with them: it neither ends nor repeats."""
    random.seed(6)
    context.new_kafka(3)
    context.server.sql(TABLE)
    leat = kafka_leat(context, sink={"partitions": 6, "commit_every": "50ms"})
    leat.drain()
    process = leat.start()
    rows = 0
    for node in (1, 2, 3):
        load = Load(context, rows + 1, most=200_000)
        until_hits(lambda _: lose_while_behind(context, leat, process, node), 1, most=50)
        expect_progress(leat, process)  # two of three are enough
        rows = load.finish()
        context.kafka.start(node)
    assert process.running(), process.stderr
    process.terminate().expect(DONE)
    leat.drain()
    expect_each_change_once(context, rows)


@timeout(240)
@postgres_majors(15)
def test_at_least_once_loses_nothing(context):
    random.seed(7)
    context.server.sql(TABLE)
    leat = kafka_leat(context, sink={"delivery": "at_least_once", "commit_every": "50ms"})
    leat.drain()
    rows = kill_under_load(context, 5, lambda _, telling: kill_in_the_middle(leat, telling, longest_wait=0.1))
    leat.drain()
    last, firsts = {}, {}
    for event in events(context.kafka, topic(context), decoder(context)):
        key, operation = event.key["id"], event.op
        firsts.setdefault(key, operation)
        last[key] = (operation, event.value["after"]["n"])
    assert_equal(sorted(last), list(range(1, rows + 1)), "keys")
    assert_equal(set(firsts.values()), {"c"}, "what comes first of a key")
    assert_equal(set(last.values()), {("u", b"\x64")}, "what comes last of a key")


@timeout(180)
@postgres_majors(15)
def test_of_two_instances_the_older_is_shut_out(context):
    """Somebody starts the pipeline a second time, elsewhere, with a copy of its state: the first one must not go on
    beside it."""
    context.server.sql(TABLE)
    first = kafka_leat(context)
    first.drain()
    other = context.directory / "other.db"
    shutil.copy(context.state, other)
    older = first.start()
    streams(context)
    second = kafka_leat(context, state=other)
    younger = second.start()
    context.server.sql("insert into a values (1, 'one', null)")
    result = older.wait(60).expect(OPERATOR)
    assert "another" in result.stderr, result.stderr
    streams(context)
    context.server.sql("insert into a values (2, 'two', null)")
    wait_until(lambda: len(messages(context.kafka, topic(context))) >= 2, 60, what=lambda: f"both rows; the younger said:\n{younger.stderr}")
    younger.terminate().expect(DONE)
    found = events(context.kafka, topic(context), decoder(context))
    assert_equal([event.key["id"] for event in found], [1, 2])


# ---- what goes wrong -------------------------------------------------------------------------------------------


@timeout(180)
@postgres_majors(15)
def test_topic_deleted_under_us(context):
    """What was in it is gone; leat says so and makes another, or stops: it does not go on in silence."""
    context.server.sql(f"{TABLE}; insert into a values (1, 'one', null)")
    leat = kafka_leat(context)
    leat.drain()
    process = leat.start()
    streams(context)
    context.server.sql("insert into a values (2, 'two', null)")
    wait_until(lambda: len(messages(context.kafka, topic(context))) == 2, what="the second row")
    context.kafka.delete_topic(topic(context))
    context.server.sql("insert into a values (3, 'three', null)")
    said(process, topic(context))
    wait_until(lambda: not process.running() or topic(context) in context.topics(), 90, what="leat to decide")
    process.terminate()
    leat.drain()
    found = events(context.kafka, topic(context), decoder(context))
    assert_equal([event.key["id"] for event in found], [3], "what came after the end of the first topic")


@timeout(180)
@postgres_majors(15)
def test_positions_topic_deleted(context):
    """Then Kafka no longer knows where the pipeline stands, and the state store does: a person has to choose."""
    context.server.sql(f"{TABLE}; insert into a values (1, 'one', null)")
    leat = kafka_leat(context)
    leat.drain()
    context.kafka.delete_topic(context.topic("leat-positions"))
    result = leat.run("run", "--until-current").expect(OPERATOR)
    assert "leat-positions" in result.stderr, result.stderr


@timeout(180)
@postgres_majors(15)
def test_record_too_large_is_named(context):
    context.server.sql("create table a (id int primary key, v text)")
    leat = kafka_leat(context)
    leat.drain()
    size = 20 << 20
    context.server.sql(f"insert into a values (1, 'small'); insert into a select 2, string_agg(md5(g::text), '') from generate_series(1, {size // 32}) g")
    result = leat.run("run", "--until-current")
    assert result.code in (FAILED, OPERATOR), result.code
    for word in ("public.a", "message.max.bytes", "spill"):
        assert word in result.stderr, f"'{word}' is not in:\n{result.stderr}"
    leat.configure(context.config(sink=context.kafka_sink(large="spill", spill_path=context.directory / "spilled"), retry=QUICK))
    leat.drain()
    check_spilled(context, size)


def check_spilled(context, size):
    found = messages(context.kafka, topic(context))
    assert_equal([bool(message.headers) for message in found], [False, True])
    decode = decoder(context)
    assert_equal(decode(found[0].value)["after"]["v"], "small")
    spilled = decode(found[1].value)
    assert "leat.spilled" in found[1].headers, found[1].headers
    path = context.directory / "spilled"
    (file,) = [one for one in path.rglob("*") if one.is_file()]
    assert str(file.name) in json.dumps(spilled), spilled
    assert file.stat().st_size > size, file.stat().st_size


@timeout(180)
@postgres_majors(15)
@own_kafka
def test_connections_to_the_broker_are_cut(context):
    """A network that comes and goes: nothing is lost, nothing comes twice."""
    context.server.sql(TABLE)
    leat = kafka_leat(context, sink={"commit_every": "50ms"})
    leat.drain()
    process = leat.start()
    for number in range(1, 6):
        with process.held():
            # So these rows cannot be through before the broker has gone.
            context.server.sql(f"insert into a select g, 'x', 0 from generate_series({number * 1000}, {number * 1000 + 999}) g")
            context.kafka.stop("kill" if number % 2 else "fast")
        context.kafka.start()
    streams(context)
    wait_until(lambda: len(messages(context.kafka, topic(context))) == 5000, 60, what="all rows")
    process.terminate().expect(DONE)
    ids = [event.key["id"] for event in events(context.kafka, topic(context), decoder(context))]
    assert_equal(ids, list(range(1000, 6000)))


# ---- the commands ----------------------------------------------------------------------------------------------


@timeout(180)
@postgres_majors(15)
def test_status_says_where_events_go(context):
    context.server.sql(f"{TABLE}; insert into a values (1, 'one', null)")
    leat = kafka_leat(context)
    leat.drain()
    text = leat.run("status").expect(DONE).stdout
    assert context.kafka.brokers in text and "files" not in text, text
    report = json.loads(leat.run("status", "--json").expect(DONE).stdout)
    assert_equal(report["sink"], {"type": "kafka", "to": context.kafka.brokers})
    assert_equal(report["records"], 1)
    assert report["durable"], report


@timeout(120)
@postgres_majors(15)
def test_mistakes_in_properties_are_told_before_anything_happens(context):
    context.server.sql(TABLE)
    for properties, words in (
        ({"acks": 1}, ["acks"]),
        ({"linger.mss": 5}, ["linger.mss"]),
        ({"sasl.password": "hunter2", "security.protocol": "nonsense"}, ["security.protocol"]),
    ):
        leat = kafka_leat(context, registry=False, sink={"kafka": properties})
        result = leat.run("run", "--until-current")
        assert_equal(result.code, 2, result.stderr)
        for word in words:
            assert word in result.stderr, result.stderr
        assert "hunter2" not in result.stderr
    assert_equal(context.topics(), {})
