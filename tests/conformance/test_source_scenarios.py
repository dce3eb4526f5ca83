"""What every source must do alike: the same bodies, run against every kind of server."""

import json
import random
import time

from lib.events import events, first_run, operations, versions
from lib.files import check_folder, check_order, data_files, fast_rows, read_rows, schemas
from lib.leat import DONE
from lib.middle import Writing, kill_in_the_middle, until_hits
from lib.testing import MYSQL_SERVERS, assert_equal, servers, timeout, wait_until

EVERY_SOURCE = (15, 18, *MYSQL_SERVERS)


def folder(context):
    """The first part of the names of tables in the usual place."""
    return "test" if isinstance(context.version, str) else "public"


def named(context, table):
    return f"{folder(context)}.{table}"


def with_images(context, table):
    """SQL that makes the log hold all of a row that goes, where it does not by itself."""
    return "" if isinstance(context.version, str) else f"; alter table {table} replica identity full"


def quote(context, name):
    return f"`{name}`" if isinstance(context.version, str) else f'"{name}"'


def retype(context, table, column, kind):
    if isinstance(context.version, str):
        return f"alter table {table} modify {column} {kind}"
    return f"alter table {table} alter column {column} type {kind}"


def expect_ids_once(context, table, count):
    """Rows 1 to count, each by one event of the stream, in order."""
    check_folder(context.lake)
    rows = list(fast_rows(context.lake, named(context, table)))
    check_order(rows)
    assert_equal([row["id"] for row in rows], list(range(1, count + 1)), f"ids of {table}")


# ---- rows ------------------------------------------------------------------------------------------------------


@servers(14, 16, 17, *EVERY_SOURCE)
def test_insert_update_delete_arrive_in_order(context):
    make = f"create table a (id int primary key, v varchar(20)){with_images(context, 'a')}; insert into a values (1, 'old')"
    leat = first_run(context, make)
    context.server.sql("insert into a values (2, 'x'); update a set v = 'y' where id = 2; delete from a where id = 1")
    leat.drain()
    expected = [("r", 1, "old"), ("c", 2, "x"), ("u", 2, "y"), ("d", 1, "old")]
    found = events(context, named(context, "a"))
    assert_equal([(operation, row["id"], row["v"]) for operation, row in found], expected)
    assert_equal([row["__deleted"] for row in read_rows(context.lake, named(context, "a"))], [False, False, False, True])
    check_folder(context.lake)


@servers(*EVERY_SOURCE)
def test_key_change_is_a_delete_and_a_create(context):
    make = f"create table a (id int primary key, v varchar(20)){with_images(context, 'a')}; insert into a values (1, 'x')"
    leat = first_run(context, make)
    context.server.sql("update a set id = 2; update a set v = 'y'; update a set id = 3, v = 'z'")
    leat.drain()
    expected = [("r", 1, "x"), ("d", 1, "x"), ("c", 2, "x"), ("u", 2, "y"), ("d", 2, "y"), ("c", 3, "z")]
    found = [(operation, row["id"], row["v"]) for operation, row in events(context, named(context, "a"))]
    assert_equal(found, expected)


@servers(*EVERY_SOURCE)
def test_swapped_keys_in_one_statement(context):
    """A statement may change many keys; each row's delete and create stand side by side, in the order of the log."""
    leat = first_run(context, "create table a (id int primary key, v int); insert into a values (1, 10), (2, 20)")
    context.server.sql("begin; update a set id = 9 where id = 1; update a set id = 1 where id = 2; update a set id = 2 where id = 9; commit")
    leat.drain()
    found = [(operation, row["id"]) for operation, row in events(context, named(context, "a"))][2:]
    assert_equal(found, [("d", 1), ("c", 9), ("d", 2), ("c", 1), ("d", 9), ("c", 2)])


@servers(*EVERY_SOURCE)
def test_truncate_is_an_event(context):
    leat = first_run(context, "create table a (id int primary key); insert into a values (1)")
    context.server.sql("insert into a values (2)")
    context.server.sql("truncate table a")
    context.server.sql("insert into a values (1)")
    leat.drain()
    found = [(operation, row["id"]) for operation, row in events(context, named(context, "a"))]
    assert_equal(found, [("r", 1), ("c", 2), ("t", None), ("c", 1)])


@servers(*EVERY_SOURCE)
def test_tables_without_key_keep_equal_rows(context):
    make = f"create table a (v int){with_images(context, 'a')}; insert into a values (5), (5)"
    leat = first_run(context, make)
    context.server.sql("insert into a values (5), (5); insert into a values (6); update a set v = 7 where v = 6; delete from a where v = 7")
    leat.drain()
    found = [(operation, row["v"]) for operation, row in events(context, named(context, "a"))]
    assert_equal(found, [("r", 5), ("r", 5), ("c", 5), ("c", 5), ("c", 6), ("u", 7), ("d", 7)])


@servers(*EVERY_SOURCE)
def test_empty_table(context):
    """No rows, no files; the first row brings them."""
    leat = first_run(context, "create table a (id int primary key)")
    assert_equal(data_files(context.lake), [])
    context.server.sql("insert into a values (1); delete from a")
    leat.drain()
    assert_equal(operations(context, named(context, "a")), ["c", "d"])


@servers(*EVERY_SOURCE)
def test_rows_of_tables_not_chosen_stay_out(context):
    make = "create table orders (id int primary key); create table audit_log (id int primary key); create table audit_x (id int primary key)"
    leat = first_run(context, make, source={"tables": [named(context, "*"), "!" + named(context, "audit_*")]})
    context.server.sql("insert into orders values (1); insert into audit_log values (1); insert into audit_x values (1)")
    context.server.sql("alter table audit_log add v int; truncate table audit_log; drop table audit_x")
    leat.drain()
    assert_equal(check_folder(context.lake), {named(context, "orders"): 1})


@servers(*EVERY_SOURCE)
def test_what_was_rolled_back_never_happened(context):
    leat = first_run(context, "create table a (id int primary key, v varchar(20))")
    context.server.sql("begin; insert into a values (1, 'never'); rollback")
    context.server.sql(
        """begin; insert into a values (2, 'yes'); savepoint s; insert into a values (3, 'never'); update a set v = 'never';
           rollback to savepoint s; insert into a values (4, 'yes'); commit"""
    )
    leat.drain()
    found = [(operation, row["id"], row["v"]) for operation, row in events(context, named(context, "a"))]
    assert_equal(found, [("c", 2, "yes"), ("c", 4, "yes")])


@servers(*EVERY_SOURCE)
def test_names_that_avro_and_file_systems_forbid(context):
    table = quote(context, "a/b ü.x")
    names = ["1st col", "a-b", "a_b", "__op", "select", "ключ"]
    first, *others = (quote(context, name) for name in names)
    columns = ", ".join(f"{name} varchar(20)" for name in others)
    context.server.sql(f"create table {table} ({first} int primary key, {columns}); insert into {table} values (1, 'b', 'c', 'd', 'e', 'f')")
    leat = context.leat()
    leat.drain()
    context.server.sql(f"insert into {table} values (2, 'b', 'c', 'd', 'e', 'f')")
    leat.drain()
    ((place, count),) = check_folder(context.lake).items()
    assert_equal(count, 2)
    schema = schemas(context.lake, place)[0]
    originals = [field["leat.name"] for field in schema["fields"] if "leat.name" in field]
    assert_equal(originals, names)
    for number, row in enumerate(read_rows(context.lake, place)):
        by_original = {field["leat.name"]: row[field["name"]] for field in schema["fields"] if "leat.name" in field}
        assert_equal(by_original, dict(zip(names, [number + 1, "b", "c", "d", "e", "f"])))


@servers(*EVERY_SOURCE)
def test_debezium_envelope(context):
    make = f"create table a (id int primary key, v varchar(20)){with_images(context, 'a')}; insert into a values (1, 'x')"
    leat = first_run(context, make, sink={"envelope": "debezium"})
    context.server.sql("begin; update a set v = 'y'; update a set id = 2; delete from a; commit")
    leat.drain()
    rows = read_rows(context.lake, named(context, "a"))
    assert_equal([row["op"] for row in rows], ["r", "u", "d", "c", "d"])
    expected = [None, {"id": 1, "v": "x"}, {"id": 1, "v": "y"}, None, {"id": 2, "v": "y"}]
    assert_equal([row["before"] for row in rows], expected)
    expected = [{"id": 1, "v": "x"}, {"id": 1, "v": "y"}, None, {"id": 2, "v": "y"}, None]
    assert_equal([row["after"] for row in rows], expected)
    assert_equal([row["transaction"] and row["transaction"]["total_order"] for row in rows[1:]], [1, 2, 3, 4])
    sources = [row["source"] for row in rows]
    assert_equal({(source["name"], source["table"]) for source in sources}, {("test", "a")})
    assert_equal([source["snapshot"] != "false" for source in sources], [True, False, False, False, False])
    sequences = [source["sequence"] for source in sources]
    assert_equal(len(set(sequences)), len(sequences), "different sequences")


# ---- transactions, large and small -----------------------------------------------------------------------------


@servers(*EVERY_SOURCE)
def test_one_large_transaction(context):
    leat = first_run(context, "create table a (id int primary key, v varchar(100))")
    series = context.server.series(1, 150_000)
    context.server.sql(f"insert into a select g, concat('value ', g) from {series}")
    leat.drain()
    expect_ids_once(context, "a", 150_000)
    transactions = {row["__tx"] for row in fast_rows(context.lake, named(context, "a"))}
    assert_equal(len(transactions), 1, "transactions")


@servers(*EVERY_SOURCE)
def test_many_small_transactions(context):
    leat = first_run(context, "create table a (id int primary key, v varchar(20))")
    for first in range(1, 3001, 500):
        context.server.sql(";".join(f"insert into a values ({number}, 'x')" for number in range(first, first + 500)))
    leat.drain()
    expect_ids_once(context, "a", 3000)
    rows = list(fast_rows(context.lake, named(context, "a")))
    assert_equal(len({row["__tx"] for row in rows}), 3000, "transactions")
    stamps = [row["__ts"] for row in rows]
    assert_equal(stamps, sorted(stamps), "times")
    assert abs(stamps[-1] / 1e6 - time.time()) < 300, "the commit time is not about now"


@servers(*EVERY_SOURCE)
def test_transactions_side_by_side(context):
    """Two connections write in turns; each transaction's rows stand together, at its commit."""
    leat = first_run(context, "create table a (id int primary key)")
    with context.server.session() as one, context.server.session() as other:
        one.run("begin")
        other.run("begin")
        for number in range(10):
            one.run(f"insert into a values ({number})")
            other.run(f"insert into a values ({100 + number})")
        other.run("commit")
        one.run("commit")
    leat.drain()
    found = [row["id"] for _, row in events(context, named(context, "a"))]
    assert_equal(found, [*range(100, 110), *range(10)])


# ---- starting and stopping -------------------------------------------------------------------------------------


@servers(*EVERY_SOURCE)
def test_until_current_twice(context):
    """The second run has nothing to do, and adds nothing."""
    leat = first_run(context, "create table a (id int primary key); insert into a values (1), (2)")
    context.server.sql("insert into a values (3)")
    leat.drain()
    before = data_files(context.lake)
    for _ in range(2):
        leat.drain()
    assert_equal(data_files(context.lake), before)
    assert_equal([row["id"] for _, row in events(context, named(context, "a"))], [1, 2, 3])


@servers(*EVERY_SOURCE)
def test_without_snapshot(context):
    """Only what comes after the first start."""
    make = "create table a (id int primary key); insert into a values (1), (2)"
    leat = first_run(context, make, source={"snapshot": False})
    context.server.sql("insert into a values (3); delete from a where id = 1")
    leat.drain()
    found = [(operation, row["id"]) for operation, row in events(context, named(context, "a"))]
    assert_equal(found, [("c", 3), ("d", 1)])


@servers(*EVERY_SOURCE)
def test_changes_reach_a_running_leat(context):
    """And a stop in between loses nothing."""
    sink = {"commit_every": "50ms", "roll": {"every": "200ms"}}
    leat = first_run(context, "create table a (id int primary key)", sink=sink)
    expected = []
    for number in range(3):
        process = leat.start()
        for part in range(3):
            identity = 10 * number + part + 1
            context.server.sql(f"insert into a values ({identity})")
            expected.append(identity)
            wait_until(
                lambda: [row["id"] for row in fast_rows(context.lake, named(context, "a"))] == expected,
                what=lambda: f"row {identity}; leat said:\n{process.stderr[-2000:]}",
            )
        process.terminate().expect(DONE)
        context.server.sql(f"insert into a values ({10 * number + 10})")
        expected.append(10 * number + 10)
    leat.drain()
    assert_equal([row["id"] for _, row in events(context, named(context, "a"))], expected)


@servers(*EVERY_SOURCE)
@timeout(300)
def test_kill_9_under_load(context):
    random.seed(str(context.version))
    leat = first_run(
        context,
        "create table a (id int primary key, v varchar(100))",
        sink={"roll": {"rows": 5000, "every": "1s"}, "commit_every": "50ms"},
        retry={"first_delay": "50ms"},
    )
    rows = 24_000

    def kill(number):
        statements, last, end = [], number * rows, (number + 1) * rows
        while last < end:
            size = min(random.choice((1, 10, 100, 1000, 20000)), end - last)
            series = context.server.series(last + 1, last + size)
            statements.append(f"insert into a select g, concat('some value or other, which is row number ', g) from {series}")
            last += size
        workload = context.server.background(";\n".join(statements))
        hit = kill_in_the_middle(leat, Writing(context.lake))
        assert_equal(workload.wait(), 0, "exit status of the workload")
        return hit

    rounds = until_hits(kill, 5, most=15)
    leat.drain()
    expect_ids_once(context, "a", rounds * rows)


@servers(*EVERY_SOURCE)
@timeout(200)
def test_kill_9_in_the_snapshot(context):
    """A snapshot that was cut leaves nothing visible, and the next one has every row once."""
    random.seed(7)
    rows = 120_000
    context.server.sql("create table a (id int primary key, v varchar(100))")
    context.server.sql(f"insert into a select g, concat('some value or other, which is row number ', g) from {context.server.series(1, rows)}")
    leat = context.leat(sink={"roll": {"rows": 50000}}, retry={"first_delay": "50ms"})
    for _ in range(3):
        writing = Writing(context.lake)
        process = leat.start()
        writing.wait(process)
        process.kill9()
        assert_equal(data_files(context.lake), [], "visible files of a snapshot that is not whole")
    context.server.sql(f"insert into a values ({rows + 1}, 'later')")
    leat.drain()
    check_folder(context.lake)
    assert_equal(sorted(row["id"] for row in fast_rows(context.lake, named(context, "a"))), list(range(1, rows + 2)))


@servers(*EVERY_SOURCE)
@timeout(200)
def test_changes_while_the_snapshot_runs(context):
    """Events in their order give the table, whatever was written while its rows were read."""
    rows = 60_000
    make = f"create table a (id int primary key, v int){with_images(context, 'a')}"
    context.server.sql(make)
    context.server.sql(f"insert into a select g, 0 from {context.server.series(1, rows)}")
    random.seed(11)
    statements = []
    for number in range(1, 1500):
        key = random.randint(1, rows)
        statements.append(f"update a set v = {number} where id = {key}")
        statements.append(f"delete from a where id = {random.randint(1, rows)}")
        statements.append(f"insert into a values ({rows + number}, {number})")
    workload = context.server.background(";\n".join(statements))
    leat = context.leat()
    leat.drain()
    assert_equal(workload.wait(), 0, "exit status of the workload")
    leat.drain()
    table = {}
    for operation, row in events(context, named(context, "a")):
        there = row["id"] in table
        if operation == "d":
            assert there, f"deleted, but not there: {row}"
            del table[row["id"]]
        else:
            assert there == (operation == "u"), f"{operation} of a row that was{'' if there else ' not'} there: {row}"
            table[row["id"]] = row["v"]
    stored = {int(key): int(value) for key, value in context.server.rows("select id, v from a")}
    assert_equal(table, stored, "rows")


# ---- definitions that change -----------------------------------------------------------------------------------


@servers(*EVERY_SOURCE)
def test_columns_added_and_dropped_while_leat_is_down(context):
    """Each row has the columns that its table had when it was written, whatever the catalog says by now."""
    leat = first_run(context, "create table a (id int primary key, v varchar(20)); insert into a values (1, 'one')")
    context.server.sql("insert into a values (2, 'two')")
    context.server.sql("alter table a add w int")
    context.server.sql("insert into a values (3, 'three', 33)")
    context.server.sql("alter table a drop column v")
    context.server.sql("insert into a values (4, 44)")
    context.server.sql("alter table a add v int")
    context.server.sql("insert into a values (5, 55, 555)")
    leat.drain()
    expected = [
        ("r", {"id": 1, "v": "one"}),
        ("c", {"id": 2, "v": "two"}),
        ("c", {"id": 3, "v": "three", "w": 33}),
        ("c", {"id": 4, "w": 44}),
        ("c", {"id": 5, "w": 55, "v": 555}),
    ]
    assert_equal(events(context, named(context, "a")), expected)
    if isinstance(context.version, str):
        # PostgreSQL's log lacks what the catalog no longer knows of a column, which makes one version more.
        assert_equal(versions(context, named(context, "a")), ["v=1", "v=2", "v=3", "v=4"])


@servers(*EVERY_SOURCE)
def test_columns_added_and_dropped_under_a_running_leat(context):
    sink = {"commit_every": "50ms", "roll": {"every": "200ms"}}
    leat = first_run(context, "create table a (id int primary key, v varchar(20))", sink=sink)
    process = leat.start()

    def wait_for_rows(count):
        rows = lambda: sum(1 for _ in fast_rows(context.lake, named(context, "a")))  # noqa: E731
        wait_until(lambda: rows() == count, what=lambda: f"{count} rows; leat said:\n{process.stderr[-2000:]}")

    context.server.sql("insert into a values (1, 'one')")
    context.server.sql("alter table a add w int")
    context.server.sql("insert into a values (2, 'two', 22)")
    wait_for_rows(2)
    context.server.sql("alter table a drop column w")
    context.server.sql("insert into a values (3, 'three')")
    wait_for_rows(3)
    process.terminate().expect(DONE)
    leat.drain()
    expected = [{"id": 1, "v": "one"}, {"id": 2, "v": "two", "w": 22}, {"id": 3, "v": "three"}]
    assert_equal([row for _, row in events(context, named(context, "a"))], expected)
    assert_equal(versions(context, named(context, "a")), ["v=1", "v=2", "v=3"])


@servers(*EVERY_SOURCE)
def test_definition_changed_between_runs(context):
    leat = first_run(context, "create table a (id int primary key, v int); insert into a values (1, 10)")
    context.server.sql(retype(context, "a", "v", "bigint"))
    context.server.sql("insert into a values (2, 5000000000)")
    leat.drain()
    context.server.sql("alter table a rename column v to w")
    context.server.sql("insert into a values (3, 30)")
    leat.drain()
    leat.drain()
    assert_equal([row for _, row in events(context, named(context, "a"))], [{"id": 1, "v": 10}, {"id": 2, "v": 5000000000}, {"id": 3, "w": 30}])
    kinds = [
        [field["type"][1] for field in schema["fields"] if field.get("leat.name") in ("v", "w")][0]
        for schema in schemas(context.lake, named(context, "a"))
    ]
    assert_equal(kinds, ["int", "long", "long"])


@servers(*EVERY_SOURCE)
def test_definition_that_comes_back_after_a_kill(context):
    """A leat that was killed reads the same definitions again, and makes no new versions of them."""
    leat = first_run(context, "create table a (id int primary key)", sink={"commit_every": "10s"})
    context.server.sql("insert into a values (1)")
    context.server.sql("alter table a add v int")
    context.server.sql("insert into a values (2, 22)")
    for _ in range(3):
        writing = Writing(context.lake)
        process = leat.start()
        writing.wait_for_files(process, "v=2")
        process.kill9()
        assert_equal(len(data_files(context.lake)), 0, "files of what was not durable")
    leat.drain()
    assert_equal([row for _, row in events(context, named(context, "a"))], [{"id": 1}, {"id": 2, "v": 22}])
    assert_equal(versions(context, named(context, "a")), ["v=1", "v=2"])


@servers(*EVERY_SOURCE)
def test_comments_and_defaults_stand_in_the_schema(context):
    if isinstance(context.version, str):
        make = "create table a (id int primary key, v int not null default 7 comment 'how many', w varchar(9)) comment 'a table'"
    else:
        make = """create table a (id int primary key, v int not null default 7, w varchar(9)); comment on column a.v is 'how many';
                  comment on table a is 'a table'"""
    leat = first_run(context, f"{make}; insert into a values (1, 2, 'x')")
    context.server.sql("insert into a values (2, 3, 'y')")
    leat.drain()
    found = schemas(context.lake, named(context, "a"))
    assert_equal(found[0], found[-1], "schema by snapshot and by stream")
    fields = {field["leat.name"]: field for field in found[0]["fields"] if "leat.name" in field}
    assert_equal((fields["v"]["leat.comment"], fields["v"]["leat.default"], fields["v"]["leat.nullable"]), ("how many", "7", False))
    assert_equal((fields["w"].get("leat.comment"), fields["w"]["leat.nullable"]), (None, True))
    assert "a table" in json.dumps(found[0]), found[0]
