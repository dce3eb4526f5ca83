"""docs/consumers.md: what it tells people to run is run here, and gives what it shows."""

import re
import subprocess
import sys
from pathlib import Path

from lib.kafka_server import common
from lib.leat import DONE
from lib.testing import Failure, Skip, assert_equal, postgres_majors, timeout

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "servers"))
import java  # noqa: E402  (tests/servers/java.py)

JARS = ["io.apicurio:apicurio-registry-serdes-avro-serde:2.5.11.Final", "org.slf4j:slf4j-nop:1.7.36"]

# What is different each time: times, places in the log, numbers of transactions, and sizes that follow from these.
CHANGING = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z|\b[0-9A-F]+/[0-9A-F]+\b|[0-9A-F]{16}|\b\d{3,}\b")


def shown(command):
    """What the page shows below a command that begins like this."""
    lines = iter((ROOT / "docs" / "consumers.md").read_text(encoding="utf-8").splitlines())
    for line in lines:
        if line.startswith(f"$ {command}"):
            return [found for found in iter(lambda: next(lines), "```")]
    raise Failure(f"docs/consumers.md does not show '{command}'")


def compare(context, command, output):
    """The page's pipeline is `shop`, and so are its topics."""
    output = output.replace(context.prefix, "shop")
    mask = [CHANGING.sub("#", line) for line in output.splitlines()]
    assert_equal(mask, [CHANGING.sub("#", line) for line in shown(command)], f"lines of {command}")


def run(*words):
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True, cwd=ROOT, check=False, timeout=120)
    if result.returncode != 0:
        raise Failure(f"{words[0]} ended with {result.returncode}:\n{result.stderr[-3000:]}")
    return result.stdout


def jars():
    try:
        return java.provide_jars("apicurio-serde-2.5.11.Final", JARS)
    except common.Unavailable as reason:
        raise Skip(str(reason)) from reason


def shop(context, registry=True):
    """The events that the page shows."""
    context.server.sql(
        """create table orders (id int primary key, customer text, total numeric(10,2));
           alter table orders replica identity full;
           insert into orders values (1, 'Ada', 12.50), (2, 'Bert', null)"""
    )
    leat = context.leat(context.config(name="shop", sink=context.kafka_sink(registry)))
    leat.drain()
    context.server.sql(
        """update orders set total = 99.00 where id = 2;
           delete from orders where id = 1;
           alter table orders add column note text;
           insert into orders values (3, 'Cleo', 0.05, 'new')"""
    )
    leat.drain()
    return leat


@timeout(180)
@postgres_majors(15)
def test_leat_cat(context):
    leat = shop(context)
    words = [f"kafka://{context.kafka.brokers}/{context.topic('public.orders')}", "--registry", context.registry.url, "--from", "3", "--limit", "1"]
    compare(context, "leat cat kafka://localhost:9092/shop.public.orders --registry", leat.command("cat", *words).wait().expect(DONE).stdout)


@timeout(180)
@postgres_majors(15)
def test_kcat(context):
    shop(context)
    program = ["kcat", "-C", "-b", context.kafka.brokers, "-e", "-q"]
    try:
        output = run(*program, "-t", context.topic("public.orders"), "-f", "%p %o: key of %K bytes, value of %S\\n")
    except FileNotFoundError as error:
        raise Skip("kcat is not installed") from error
    compare(context, "kcat -C -b localhost:9092 -t shop.public.orders", output)
    compare(context, "kcat -C -b localhost:9092 -t shop.leat-positions", run(*program, "-t", context.topic("leat-positions"), "-f", "%k %s\\n", "-o", "-2", "-c", "1"))


@timeout(180)
@postgres_majors(15)
def test_python(context):
    shop(context)
    output = run("/usr/bin/python3", "docs/consumers/read.py", context.kafka.brokers, context.topic("public.orders"), context.registry.url)
    compare(context, "python3 docs/consumers/read.py", output)


@timeout(240)
@postgres_majors(15)
def test_java_with_a_registry(context):
    folder = jars()
    shop(context)
    registry = context.registry.url.replace("ccompat/v7", "registry/v2")
    output = run(java.java(), "-cp", f"{folder}/*", "docs/consumers/Read.java", context.kafka.brokers, context.topic("public.orders"), registry)
    compare(context, "java -cp 'lib/*' docs/consumers/Read.java", output)


@timeout(240)
@postgres_majors(15)
def test_java_without_a_registry(context):
    folder = jars()
    shop(context, registry=False)
    output = run(java.java(), "-cp", f"{folder}/*", "docs/consumers/ReadWithoutRegistry.java", context.kafka.brokers, context.topic("public.orders"), context.prefix)
    compare(context, "java -cp 'lib/*' docs/consumers/ReadWithoutRegistry.java", output)


@timeout(120)
@postgres_majors(15)
def test_java_puts_keys_into_the_same_partitions(context):
    """The murmur2 that tests compare with is Kafka's own."""
    from lib.topics import partition_of  # pylint: disable=import-outside-toplevel

    folder = jars()
    program = context.directory / "Murmur.java"
    program.write_text(
        """import org.apache.kafka.common.utils.Utils;
        public class Murmur {
            public static void main(String[] words) {
                for (String word : words) {
                    byte[] key = java.util.HexFormat.of().parseHex(word);
                    System.out.println(Utils.toPositive(Utils.murmur2(key)) % 7);
                }
            }
        }""",
        encoding="utf-8",
    )
    keys = [bytes(range(length)) + b"\xff" * (length % 3) for length in range(1, 20)]
    printed = run(java.java(), "-cp", f"{folder}/*", program, *(key.hex() for key in keys))
    assert_equal([partition_of(key, 7) for key in keys], [int(line) for line in printed.split()])
