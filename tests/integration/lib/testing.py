"""What a test file needs besides its context: marks, skipping, waiting, comparing.

    from lib.testing import mysql_servers, postgres_majors, timeout, wait_until

    @postgres_majors(14, 15, 16, 17, 18)
    def test_rows_arrive(context): ...

    @mysql_servers("mariadb-10.11", "mysql-9.7")
    def test_more_rows_arrive(context): ...

A test fails by raising anything but Skip. `context` is lib.context.Context.
"""

import time


class Skip(Exception):
    """This test cannot run on this machine; the text says what is missing."""


class Failure(AssertionError):
    """What was expected did not come true."""


def skip(reason):
    raise Skip(reason)


POSTGRES_MAJORS = (14, 15, 16, 17, 18)
MYSQL_SERVERS = ("mariadb-10.11", "mariadb-11.8", "mysql-9.7")


def servers(*versions):
    """The test runs once for each of these servers: a PostgreSQL by its major (15), a MariaDB or MySQL by its name
    ("mariadb-10.11"). Without this mark: 15 only."""
    return mark("servers", versions)


def postgres_majors(*majors):
    return servers(*majors)


def mysql_servers(*names):
    return servers(*names)


def every_version(test):
    """The test runs with each version of a server in every run: for what differs from version to version. Without this
    mark a full run takes one PostgreSQL and one MariaDB for each test, by turns (runner.py --every-version: all)."""
    return mark("every_version", True)(test)


def own_server(test):
    """context.server is this test's alone: for one that restarts or stops it, or that changes its settings. The servers of
    other tests come to them empty, and go on to the next one."""
    return mark("own_server", True)(test)


def own_kafka(test):
    """context.kafka and context.registry are this test's alone: for one that stops them or looks at all that is in them."""
    return mark("own_kafka", True)(test)


def without_server(test):
    """The test runs once, and context.server is not available to it."""
    return mark("servers", (None,))(test)


def timeout(seconds):
    """The test is stopped and has failed after this long. Without this mark: 120 seconds."""
    return mark("timeout", seconds)


def release_build(test):
    """context.leat() runs the release build: for tests of memory or of much data, where sanitizers tell nothing."""
    return mark("build", "release")(test)


def mark(name, value):
    def decorate(test):
        setattr(test, name, value)
        return test

    return decorate


def wait_until(predicate, timeout=30, what=None, interval=0.05):
    """Calls predicate until it gives something true, and returns that. Fails after `timeout` seconds.

    `what` says in the failure what was waited for; it may be a function, called only then.
    """
    until = time.monotonic() + timeout
    while True:
        found = predicate()
        if found:
            return found
        if time.monotonic() > until:
            text = what() if callable(what) else what
            raise Failure(f"waited {timeout} s in vain for {text or predicate.__name__}")
        time.sleep(interval)


def assert_equal(found, expected, what="value"):
    """Like assert found == expected, but says where two lists or dicts differ first."""
    if found == expected:
        return
    raise Failure(f"{what}: {first_difference(found, expected)}")


def first_difference(found, expected):
    if isinstance(found, (list, tuple)) and isinstance(expected, (list, tuple)):
        for index, (one, other) in enumerate(zip(found, expected)):
            if one != other:
                return f"[{index}] {first_difference(one, other)}"
        return f"found {len(found)} items where {len(expected)} were expected{surplus(found, expected)}"
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in [*expected, *(key for key in found if key not in expected)]:
            if key not in found or key not in expected or found[key] != expected[key]:
                absent = "nothing"
                return f"[{key!r}] {first_difference(found.get(key, absent), expected.get(key, absent))}"
    return f"found {shorten(found)}, expected {shorten(expected)}"


def surplus(found, expected):
    longer = found if len(found) > len(expected) else expected
    if len(found) == len(expected):
        return ""
    return f"; the first without a partner: {shorten(longer[min(len(found), len(expected))])}"


def shorten(value, longest=400):
    text = repr(value)
    return text if len(text) <= longest else f"{text[:longest]}... ({len(text)} characters)"
