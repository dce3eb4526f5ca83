"""Logins, and the rights that docs/operations.md names: with these it works, and without one it is said which."""

import json

from lib.leat import DONE, OPERATOR
from lib.testing import assert_equal, own_kafka, postgres_majors, timeout
from lib.topics import messages

# Everybody at the other door may do anything.
GUARDED = {
    "authorizer_class_name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super_users": "User:ANONYMOUS",
}
TABLE = "create table a (id int primary key); insert into a values (1)"


def sink(context, password="right", **changes):
    login = {"security.protocol": "sasl_plaintext", "sasl.mechanisms": "PLAIN", "sasl.username": "leat", "sasl.password": password}
    return context.kafka_sink(registry=False, brokers=context.kafka.login_brokers, kafka=login, **changes)


def errors(leat):
    report = json.loads(leat.run("check", "--json").stdout)
    return [finding["message"] for finding in report["findings"] if finding["level"] == "error"]


@timeout(180)
@postgres_majors(15)
@own_kafka
def test_the_documented_rights_are_enough(context):
    context.new_kafka(**GUARDED)
    kafka = context.kafka
    kafka.grant("--topic", f"{context.prefix}.", "--resource-pattern-type", "prefixed", *operations("Describe", "Write", "Create", "DescribeConfigs"))
    kafka.grant("--topic", context.topic("leat-positions"), *operations("Read"))
    kafka.grant("--transactional-id", f"leat-{context.prefix}.test", "--resource-pattern-type", "prefixed", *operations("Describe", "Write"))
    context.server.sql(TABLE)
    leat = context.leat(sink=sink(context, transactions=True, heartbeats=True))
    assert_equal(errors(leat), [])
    leat.drain()
    context.server.sql("insert into a values (2)")
    leat.drain()
    assert_equal(len(messages(kafka, context.topic("public.a"))), 2)


def operations(*names):
    return [word for name in names for word in ("--operation", name)]


@timeout(180)
@postgres_majors(15)
@own_kafka
def test_no_rights(context):
    context.new_kafka(**GUARDED)
    context.server.sql(TABLE)
    leat = context.leat(sink=sink(context))
    assert errors(leat), "the check finds nothing"
    result = leat.run("run", "--until-current").expect(OPERATOR)
    assert "authoriz" in result.stderr.lower(), result.stderr


@timeout(180)
@postgres_majors(15)
def test_wrong_password_is_not_shown(context):
    context.server.sql(TABLE)
    leat = context.leat(sink=sink(context, "hunter2"))
    assert errors(leat), "the check finds nothing"
    result = leat.run("run", "--until-current").expect(OPERATOR)
    assert "uthentication" in result.stderr, result.stderr
    check = leat.run("check")
    cat = leat.command("cat", f"kafka:///{context.topic('public.a')}", "--config", leat.config_path).wait()
    assert cat.code != DONE, cat.stdout
    status = leat.run("status")
    for one in (result, check, cat, status):
        assert "hunter2" not in one.stderr + one.stdout, one.stderr + one.stdout


@timeout(180)
@postgres_majors(15)
def test_cat_takes_its_login_from_a_config(context):
    context.server.sql(TABLE)
    leat = context.leat(sink=sink(context))
    leat.drain()
    lines = leat.command("cat", f"kafka:///{context.topic('public.a')}", "--config", leat.config_path).wait().expect(DONE).json_lines()
    assert_equal([line["key"] for line in lines], [{"id": 1}])
