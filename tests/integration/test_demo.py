"""leat demo, with each database that it can show: it tells the truth, and leaves nothing that it does not name."""

import os
import re
import shutil
import signal
import socket
import subprocess
from decimal import Decimal
from pathlib import Path

from lib.events import rebuild, without_ours
from lib.files import check_folder, check_order, read_rows
from lib.leat import DONE, FAILED, USAGE
from lib.testing import Skip, assert_equal, own_kafka, servers, timeout, wait_until, without_server
from lib.topics import RegistryDecoder, TopicDecoder, events

# The marks say what has to be installed. The server that a demo runs is its own.
each_database = servers(15, "mariadb-10.11")
SCRATCH = re.compile(r"(/\S*/leat-demo-\w{6})/server")
ROWS = {"customers": 100, "orders": 300, "order_items": 600}


class Demo:
    """A running `leat demo`. Its folder goes away with it, whatever it has left there."""

    def __init__(self, context, *arguments):
        self.source, self.schema = ("mariadb", "shop") if isinstance(context.version, str) else ("postgres", "public")
        leat = context.leat({"name": "unused"})
        self.process = leat.command("demo", "--source", self.source, "--rows", sum(ROWS.values()), *arguments)
        self.folder = None

    def __enter__(self):
        self.folder = wait_until(self.find_folder, what=lambda: f"its server; it said: {self.process.stderr}")
        return self

    def __exit__(self, *_):
        self.process.kill9()
        wait_until(lambda: not self.processes(), what=lambda: f"the processes {self.processes()} to end")
        shutil.rmtree(self.folder, ignore_errors=True)

    def find_folder(self):
        """Where the first of its children works."""
        for pid in self.children():
            found = SCRATCH.search(command_of(pid))
            if found:
                return Path(found.group(1))
        return None

    def children(self):
        return [pid for pid in all_processes() if parent_of(pid) == self.process.pid]

    def processes(self):
        """Everybody who was started on its folder."""
        return [pid for pid in all_processes() if f"{self.folder}/" in command_of(pid) and pid != os.getpid()]

    def wait_for_changes(self):
        wait_until(lambda: "Now the changes" in self.process.stdout, what=lambda: f"changes; it said: {self.process.stderr}")

    def expect_nothing_left(self):
        assert_equal(self.processes(), [])
        assert not self.folder.exists(), f"{self.folder} is left, with {os.listdir(self.folder)}"

    def read(self, table):
        rows = read_rows(self.folder / "lake", f"{self.schema}.{table}", logical=True)
        check_order(rows)
        return rows


def all_processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def read_proc(pid, name):
    """What the kernel says of a process; nothing where it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def command_of(pid):
    return read_proc(pid, "cmdline").replace("\0", " ")


def parent_of(pid):
    found = re.search(r"^PPid:\s+(\d+)$", read_proc(pid, "status"), re.MULTILINE)
    return int(found.group(1)) if found else None


# ---- what it shows ---------------------------------------------------------------------------------------------


def final_state(demo):
    """{table: {key: row}}: what its events make of nothing."""
    keys = {"customers": ["id"], "orders": ["id"], "order_items": ["order_id", "line"]}
    return {
        table: rebuild([(row["__op"], without_ours(row)) for row in demo.read(table)], key)
        for table, key in keys.items()
    }


def check_shop(shop):
    """What holds in the shop whatever its customers did, because they did it in whole transactions."""
    totals = {}
    for item in shop["order_items"].values():
        assert (item["order_id"],) in shop["orders"], f"an item of no order: {item}"
        totals[item["order_id"]] = totals.get(item["order_id"], Decimal(0)) + item["quantity"] * item["price"]
    for order in shop["orders"].values():
        assert (order["customer_id"],) in shop["customers"], f"an order of no customer: {order}"
    placed = [order for (number,), order in shop["orders"].items() if number > ROWS["orders"]]
    assert placed, "nobody has placed an order"
    for order in placed:
        assert_equal(order["total"], totals[order["id"]])


def check_alteration(rows):
    """Columns that came in the middle: rows before have none of them, and all rows after have."""
    has_gift = ["gift" in row for row in rows]
    assert_equal(has_gift, sorted(has_gift))
    assert {False, True} == set(has_gift), "the table was not altered while it was used"
    after = [row for row in rows if "gift" in row and row["__op"] in "cu"]
    assert {bool(row["gift"]) for row in after} == {False, True}, "no gift, or nothing else"
    for row in after:
        assert_equal(row["coupon"], f"SPRING{row['customer_id']}" if row["gift"] else None)


def promised_records(text):
    found = re.search(r"Each of the ([\d,]+) rows and ([\d,]+) changes of the database is in the files, once", text)
    assert found, text
    return tuple(int(number.replace(",", "")) for number in found.groups())


@timeout(180)
@each_database
def test_its_events_are_what_happened(context):
    with Demo(context, "--seconds", "4") as demo:
        result = demo.process.wait().expect(DONE)
        assert_equal(demo.processes(), [])
        assert_equal(result.stderr, "")
        assert f"Everything is in {demo.folder};" in result.stdout, result.stdout
        assert "somebody ran: ALTER TABLE orders" in result.stdout, result.stdout
        existing, changes = promised_records(result.stdout)
        counts = check_folder(demo.folder / "lake")
        assert_equal(existing, sum(ROWS.values()))
        assert_equal(sum(counts.values()), existing + changes)
        for table, count in ROWS.items():
            assert_equal([row["__op"] for row in demo.read(table)].count("r"), count)
        check_shop(final_state(demo))
        check_alteration(demo.read("orders"))
        assert not (demo.folder / "server").exists(), "the server's data is left"


@timeout(180)
@each_database
def test_the_commands_that_it_names_work(context):
    with Demo(context, "--seconds", "1") as demo:
        result = demo.process.wait().expect(DONE)
        named = re.findall(r"^  (\S+/leat) (cat|status) (.+)$", result.stdout, re.MULTILINE)
        assert_equal([command for _, command, _ in named], ["cat", "cat", "status"])
        leat = context.leat({"name": "unused"})
        for _, command, arguments in named:
            shown = leat.command(command, *arguments.split()).wait().expect(DONE)
            assert shown.stdout, f"{command} {arguments} shows nothing"


@timeout(180)
@each_database
def test_server_is_kept_where_that_is_wished(context):
    with Demo(context, "--seconds", "1", "--keep") as demo:
        result = demo.process.wait().expect(DONE)
        assert_equal(demo.processes(), [])
        assert (demo.folder / "server" / "data").is_dir()
        assert re.search(rf"This starts it again:\n  .*{demo.folder}/server/data", result.stdout), result.stdout


# ---- a Kafka of the user's -------------------------------------------------------------------------------------

KEYS = {"customers": ["id"], "orders": ["id"], "order_items": ["order_id", "line"]}


def kafka_sink(context, registry=False):
    words = ["--sink", f"kafka://{context.kafka.brokers}"]
    return [*words, "--registry", context.registry.url] if registry else words


def told_prefix(text):
    found = re.search(r"all topics of this demo begin with (demo-\w{6})\.", text)
    assert found, text
    return found.group(1)


def told_topics(text):
    """{topic: (existing rows, changes, tombstones)} of its table at the end."""
    lines = re.findall(r"^  (demo-\w{6}\.\S+) +([\d,]+) +([\d,]+) +([\d,]+)  ", text, re.MULTILINE)
    return {topic: tuple(int(number.replace(",", "")) for number in numbers) for topic, *numbers in lines}


def state_of(found, key):
    """{key: row} of what the events of a topic make of nothing; each of them tells its key as well."""
    rows = {}
    for event in found:
        if event.op == "tombstone":
            assert tuple(event.key.values()) not in rows, "a tombstone of what is not deleted"
            continue
        row = event.value["before" if event.op == "d" else "after"]
        number = tuple(row[name] for name in key)
        assert_equal(tuple(event.key.values()), number)
        assert (number in rows) == (event.op in "ud"), f"{event.op} of {number}"
        rows.pop(number, None)
        if event.op != "d":
            rows[number] = row
    return rows


def check_topics(context, demo, text, decode):
    """What it tells of its topics is what another reader finds there. Gives the state of each table."""
    prefix, state = told_prefix(text), {}
    for table, key in KEYS.items():
        topic = f"{prefix}.{demo.schema}.{table}"
        found = events(context.kafka, topic, decode)
        operations = [event.op for event in found]
        changes = sum(operations.count(letter) for letter in "cud")
        assert_equal(told_topics(text)[topic], (operations.count("r"), changes, operations.count("tombstone")))
        assert_equal(operations.count("r"), ROWS[table])
        assert_equal(operations.count("tombstone"), operations.count("d"))
        state[table] = state_of(found, key)
    return state


def check_kafka_demo(context, registry):
    with Demo(context, "--seconds", "4", "--keep", *kafka_sink(context, registry)) as demo:
        text = demo.process.wait().expect(DONE).stdout
        prefix = told_prefix(text)
        decode = RegistryDecoder(context.registry.url) if registry else TopicDecoder(context.kafka, prefix)
        state = check_topics(context, demo, text, decode)
        for order, _ in state["order_items"]:
            assert (order,) in state["orders"], f"an item of no order: {order}"
        told = re.search(r"Each of the ([\d,]+) rows and ([\d,]+) changes of the database is in the topics, once", text)
        assert told, text
        assert_equal(int(told.group(2).replace(",", "")), sum(changes for _, changes, _ in told_topics(text).values()))
        assert "somebody ran: ALTER TABLE orders" in text, text
        schemas = re.findall(rf"^  {prefix}\.{demo.schema}\.orders: schema (\w+)$", text, re.MULTILINE)
        assert len(set(schemas)) == 2, f"the schemas {schemas} are shown; {text}"
        if registry:
            subject = f"{prefix}.{demo.schema}.orders-value"
            assert_equal([int(schema) for schema in schemas], [number for number, _ in context.registry.versions(subject)])
        check_named_commands(context, text)


def check_named_commands(context, text):
    leat = context.leat({"name": "unused"})
    named = re.findall(r"^  (\S+/leat) (cat|status) (.+)$", text, re.MULTILINE)
    assert_equal([command for _, command, _ in named], ["cat", "status"])
    for _, command, arguments in named:
        assert leat.command(command, *arguments.split()).wait().expect(DONE).stdout, f"{command} {arguments}"
    line = re.search(r"^  (kcat .+)$", text, re.MULTILINE)
    assert line, text
    if shutil.which("kcat") is None:
        raise Skip("kcat is not installed")
    shown = subprocess.run(["sh", "-c", line.group(1)], stdout=subprocess.PIPE, check=True, timeout=60)
    assert shown.stdout, f"{line.group(1)} shows nothing"


@timeout(180)
@each_database
def test_kafka_with_a_registry(context):
    check_kafka_demo(context, registry=True)


@timeout(180)
@each_database
def test_kafka_without_a_registry(context):
    check_kafka_demo(context, registry=False)


@timeout(180)
@each_database
@own_kafka
def test_kafka_is_left_as_it_was(context):
    context.kafka.make_topic("demo-else")
    with Demo(context, "--seconds", "1", *kafka_sink(context)) as demo:
        text = demo.process.wait().expect(DONE).stdout
        assert f"The 6 topics {told_prefix(text)}.* are deleted." in text, text
        assert_equal(context.kafka.topics(), {"demo-else": 1})
        demo.expect_nothing_left()


@timeout(180)
@each_database
@own_kafka
def test_kafka_interrupted_in_the_middle(context):
    with Demo(context, "--seconds", "60", *kafka_sink(context, registry=True)) as demo:
        demo.wait_for_changes()
        assert context.kafka.topics(), "there are no topics to look at"
        result = expect_clean_stop(demo, signal.SIGINT)
        assert "its topics are deleted" in result.stderr, result.stderr
        assert_equal(context.kafka.topics(), {})


def expect_no_demo(context, code, *words):
    """It ends before it makes anything."""
    leat = context.leat({"name": "unused"})
    result = leat.command("demo", *words).wait(30).expect(code)
    assert_equal(result.stdout, "")
    return result.stderr


@without_server
def test_kafka_refuses_connections(context):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        told = expect_no_demo(context, FAILED, "--sink", f"kafka://{address}")
    assert "cannot reach the brokers" in told and address in told, told


@without_server
def test_kafka_says_nothing(context):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        told = expect_no_demo(context, FAILED, "--sink", f"kafka://{address}")
    assert "cannot reach the brokers" in told and address in told, told


@without_server
@own_kafka
def test_registry_is_away(context):
    url = context.registry.url
    context.registry.stop()
    told = expect_no_demo(context, FAILED, *kafka_sink(context), "--registry", url)
    assert "the schema registry at" in told, told
    assert_equal(context.kafka.topics(), {})


@without_server
def test_sinks_that_are_none(context):
    for words in (["http://a:1"], ["kafka://"], ["kafka://a:1/topic"], ['kafka://a"b'], ["kafka://a:1", "--registry", "http://a b"]):
        assert "--" in expect_no_demo(context, USAGE, "--sink", *words)
    told = expect_no_demo(context, USAGE, "--registry", "http://127.0.0.1:1")
    assert "--sink kafka://" in told, told


# ---- what goes wrong -------------------------------------------------------------------------------------------


def expect_clean_stop(demo, number):
    demo.process.signal(number)
    result = demo.process.wait(30).expect(DONE)
    assert "stopped early" in result.stderr, result.stderr
    demo.expect_nothing_left()
    return result


@each_database
def test_interrupted_while_the_server_is_made(context):
    with Demo(context) as demo:
        expect_clean_stop(demo, signal.SIGINT)


@each_database
def test_interrupted_in_the_middle(context):
    with Demo(context, "--seconds", "60") as demo:
        demo.wait_for_changes()
        expect_clean_stop(demo, signal.SIGINT)


@each_database
def test_terminated_in_the_middle(context):
    with Demo(context, "--seconds", "60") as demo:
        demo.wait_for_changes()
        expect_clean_stop(demo, signal.SIGTERM)


@each_database
def test_server_dies(context):
    with Demo(context, "--seconds", "60") as demo:
        demo.wait_for_changes()
        for pid in demo.children():
            os.kill(pid, signal.SIGKILL)
        result = demo.process.wait(60).expect(FAILED)
        assert "the demo's database: " in result.stderr, result.stderr
        wait_until(lambda: not demo.processes(), what="the server's own children to end")
        demo.expect_nothing_left()


@each_database
def test_no_server_survives_a_killed_demo(context):
    with Demo(context, "--seconds", "60") as demo:
        demo.wait_for_changes()
        assert demo.processes(), "there is no server to look at"
        demo.process.kill9()
        wait_until(lambda: not demo.processes(), what=lambda: f"the processes {demo.processes()} to end")


@without_server
def test_wrong_source(context):
    result = context.leat({"name": "unused"}).command("demo", "--source", "oracle").wait().expect(USAGE)
    for word in ("oracle", "postgres", "mariadb"):
        assert word in result.stderr, result.stderr
