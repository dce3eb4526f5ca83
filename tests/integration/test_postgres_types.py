"""Types of PostgreSQL that change, go, or do not fit. All types: tests/conformance/types_of_postgres.py."""

from lib.files import read_rows
from lib.testing import assert_equal, postgres_majors


@postgres_majors(15, 18)
def test_a_type_that_has_gone_does_not_stop_the_stream(context):
    """The log still has its values when the catalogs no longer know the type."""
    server = context.server
    server.sql("create type mood as enum ('sad', 'happy'); create table a (id int primary key, m mood)")
    leat = context.leat()
    leat.drain()
    server.sql("insert into a values (1, 'sad'); alter table a drop column m; drop type mood; insert into a values (2)")
    leat.drain()
    rows = read_rows(context.lake, "public.a")
    assert_equal([(row["id"], row.get("m")) for row in rows], [(1, "sad"), (2, None)])


@postgres_majors(15)
def test_enum_label_renamed_and_added(context):
    server = context.server
    server.sql("create type mood as enum ('a', 'b'); create table t (id int primary key, m mood)")
    leat = context.leat()
    leat.drain()
    server.sql("insert into t values (1, 'a'); alter type mood rename value 'a' to 'A'; insert into t values (2, 'A')")
    server.sql("alter type mood add value 'c'")
    server.sql("insert into t values (3, 'c')")
    leat.drain()
    assert_equal([row["m"] for row in read_rows(context.lake, "public.t")], ["a", "A", "c"])


@postgres_majors(15)
def test_unrepresentable_in_a_key(context):
    """An infinite date in the primary key: null and a note, not a stop."""
    server = context.server
    server.sql("create table t (id int, until timestamptz, primary key (id, until)); insert into t values (1, 'infinity')")
    leat = context.leat()
    leat.drain()
    server.sql("insert into t values (2, '-infinity'); delete from t where id = 1")
    leat.drain()
    rows = read_rows(context.lake, "public.t")
    assert_equal([row["__op"] for row in rows], ["r", "c", "d"])
    assert_equal([row["__notes"][0]["text"] for row in rows], ["infinity", "-infinity", "infinity"])
