"""The nasty things that PostgreSQL applications do, end to end: what lands in the files is what happened. What every
source has in common is in tests/conformance."""

import json

from lib.events import events, first_run, notes
from lib.files import check_folder, data_files, read_rows, schemas
from lib.leat import DONE
from lib.testing import assert_equal, own_server, postgres_majors, wait_until

ALL_MAJORS = (14, 15, 16, 17, 18)


@postgres_majors(*ALL_MAJORS)
def test_alter_in_mid_transaction_gives_three_versions(context):
    """PG1: the column c of int and the column c of text are not the same."""
    leat = first_run(context, "create table a (id int primary key, v text)")
    context.server.sql(
        """begin; insert into a values (1, 'x'); alter table a add c int default 7; update a set v = 'z';
           alter table a drop c; alter table a add c text; insert into a values (2, 'q', 'c2');
           alter table a rename to b; insert into b values (3, 'q', 'c3'); commit"""
    )
    leat.drain()
    assert_equal(
        events(context, "public.a"),
        [("c", {"id": 1, "v": "x"}), ("u", {"id": 1, "v": "z", "c": 7}), ("c", {"id": 2, "v": "q", "c": "c2"})],
    )
    assert_equal(events(context, "public.b"), [("c", {"id": 3, "v": "q", "c": "c3"})])
    versions = sorted({path.relative_to(context.lake).parts[1] for path in data_files(context.lake, "public.a")})
    assert_equal(versions, ["v=1", "v=2", "v=3"])


def test_rename_swap(context):
    """PG2: names change hands; the rows follow the names."""
    leat = first_run(
        context,
        "create table a (id int primary key, v text); create table a_new (id int primary key, v text, w int)",
        source={"tables": ["public.a*"]},
    )
    context.server.sql(
        """begin; alter table a rename to a_old; alter table a_new rename to a; commit;
           insert into a values (2, 'n', 1); insert into a_old values (3, 'o')"""
    )
    leat.drain()
    assert_equal(events(context, "public.a"), [("c", {"id": 2, "v": "n", "w": 1})])
    assert_equal(events(context, "public.a_old"), [("c", {"id": 3, "v": "o"})])


@postgres_majors(*ALL_MAJORS)
def test_toasted_key_unchanged(context):
    """PG3: an old key in the log does not prove that the key changed."""
    leat = first_run(
        context,
        """create table a (id text primary key, v int); alter table a alter column id set storage external""",
    )
    context.server.sql(
        """insert into a values (repeat('k', 2500), 1); update a set v = 2; update a set id = repeat('z', 2500)"""
    )
    leat.drain()
    assert_equal(
        events(context, "public.a"),
        [
            ("c", {"id": "k" * 2500, "v": 1}),
            ("u", {"id": "k" * 2500, "v": 2}),
            ("d", {"id": "k" * 2500, "v": None}),
            ("c", {"id": "z" * 2500, "v": 2}),
        ],
    )


@postgres_majors(*ALL_MAJORS)
def test_toasted_value_unchanged(context):
    """PG4: unchanged is neither null nor lost; with the full old row it is the value."""
    make = """create table {0} (id int primary key, v int, b text); alter table {0} alter b set storage external;"""
    leat = first_run(
        context, make.format("a") + make.format("f") + "alter table f replica identity full"
    )
    for table in ("a", "f"):
        context.server.sql(
            f"""insert into {table} values (1, 1, repeat('b', 5000)); update {table} set v = 2;
                update {table} set id = 2; update {table} set b = null; delete from {table}"""
        )
    leat.drain()
    big = "b" * 5000
    assert_equal(
        events(context, "public.a"),
        [
            ("c", {"id": 1, "v": 1, "b": big}),
            ("u", {"id": 1, "v": 2, "b": None}),
            ("d", {"id": 1, "v": None, "b": None}),
            ("c", {"id": 2, "v": 2, "b": None}),
            ("u", {"id": 2, "v": 2, "b": None}),
            ("d", {"id": 2, "v": None, "b": None}),
        ],
    )
    unchanged = {"b": ("unchanged", None)}
    assert_equal(notes(context, "public.a"), [{}, unchanged, {}, unchanged, {}, {}])
    assert_equal(
        events(context, "public.f"),
        [
            ("c", {"id": 1, "v": 1, "b": big}),
            ("u", {"id": 1, "v": 2, "b": big}),
            ("d", {"id": 1, "v": 2, "b": big}),
            ("c", {"id": 2, "v": 2, "b": big}),
            ("u", {"id": 2, "v": 2, "b": None}),
            ("d", {"id": 2, "v": 2, "b": None}),
        ],
    )
    assert_equal(notes(context, "public.f"), [{}] * 6)


@postgres_majors(*ALL_MAJORS)
@own_server
def test_subtransaction_abort_with_ddl(context):
    """PG5: what was rolled back never happened, nor did its column."""
    context.new_server(settings={"logical_decoding_work_mem": "64kB"})
    leat = first_run(context, "create table a (id int primary key, v text)")
    context.server.sql(
        """begin; insert into a select g, 'one' from generate_series(1, 3000) g; savepoint s1;
           alter table a add c int; insert into a select g, 'two', 1 from generate_series(3001, 6000) g;
           rollback to s1; insert into a select g, 'three' from generate_series(6001, 9000) g; commit"""
    )
    leat.drain()
    found = events(context, "public.a")
    expected = [("c", {"id": g, "v": "one"}) for g in range(1, 3001)]
    expected += [("c", {"id": g, "v": "three"}) for g in range(6001, 9001)]
    assert_equal(found, expected)


@postgres_majors(*ALL_MAJORS)
def test_truncate_names_each_table(context):
    """PG7."""
    leat = first_run(
        context,
        """create table a (id int primary key); create table b (id int primary key, a int references a);
           insert into a values (1); insert into b values (1, 1)""",
    )
    context.server.sql("truncate a restart identity cascade; insert into a values (2)")
    leat.drain()
    assert_equal([operation for operation, _ in events(context, "public.a")], ["r", "t", "c"])
    assert_equal([operation for operation, _ in events(context, "public.b")], ["r", "t"])


@postgres_majors(*ALL_MAJORS)
def test_idle_database_beside_a_busy_one_lets_go_of_its_log(context):
    """What others write must not pile up behind our slot."""
    leat = first_run(context, "create table a (id int primary key)", source={"heartbeat_every": "200ms"})
    context.server.sql("create table noise (id int, t text)", database="template1")
    process = leat.start()
    before = context.server.value("select confirmed_flush_lsn from pg_replication_slots")
    context.server.sql("insert into noise select g, 'x' from generate_series(1, 20000) g", database="template1")
    end = context.server.value("select pg_current_wal_lsn()")
    wait_until(
        lambda: context.server.value(f"select confirmed_flush_lsn >= '{end}' from pg_replication_slots") == "t",
        what=f"the slot to pass {end} (it stood at {before})",
    )
    process.terminate().expect(DONE)
    leat.drain()  # and the state file agrees with the slot about it


def test_full_identity_takes_its_key_from_the_catalog(context):
    """Under FULL every column is flagged as key in the stream; a changed non-key column is no key change."""
    leat = first_run(context, "create table a (id int primary key, v int); alter table a replica identity full")
    context.server.sql("insert into a values (1, 1); update a set v = 2; update a set id = 3")
    leat.drain()
    assert_equal([operation for operation, _ in events(context, "public.a")], ["c", "u", "d", "c"])


def test_names_that_avro_and_file_systems_forbid(context):
    context.server.sql(
        """create schema "my.schema"; create table "my.schema"."a/b ü" ("1st col" int primary key, "a-b" text, "a_b" text,
           "__op" text); insert into "my.schema"."a/b ü" values (1, 'dash', 'under', 'mine')"""
    )
    context.leat(source={"tables": ["my.schema.*"]}).drain()
    (path,) = [path for path in context.lake.rglob("*.avro")]
    (schema,) = [json.loads(json.dumps(found)) for found in schemas(context.lake, path.relative_to(context.lake).parts[0])]
    originals = [field["leat.name"] for field in schema["fields"] if "leat.name" in field]
    assert_equal(originals, ["1st col", "a-b", "a_b", "__op"])
    (row,) = read_rows(context.lake, path.relative_to(context.lake).parts[0])
    by_original = {field["leat.name"]: row[field["name"]] for field in schema["fields"] if "leat.name" in field}
    assert_equal(by_original, {"1st col": 1, "a-b": "dash", "a_b": "under", "__op": "mine"})


def test_one_publication_for_exactly_the_captured_tables(context):
    first_run(context, "create table a (id int primary key); create table b (id int primary key)", source={"tables": ["public.a"]})
    published = context.server.rows("select schemaname || '.' || tablename from pg_publication_tables")
    assert_equal(published, [("public.a",)])


@postgres_majors(14, 18)
def test_partitions(context):
    """A row is the same event whichever partition it is in, by snapshot and by stream."""
    leat = first_run(
        context,
        """create table p (id int primary key, v text) partition by range (id);
           create table p1 partition of p for values from (0) to (100);
           create table p2 partition of p for values from (100) to (200);
           insert into p values (1, 'one'), (101, 'two')""",
    )
    context.server.sql("insert into p values (2, 'three'); update p set id = 102 where id = 2; delete from p where id = 1")
    leat.drain()
    rows = [
        (operation, row["id"]) for table in check_folder(context.lake) for operation, row in events(context, table)
    ]
    assert_equal(sorted(rows), sorted([("r", 1), ("r", 101), ("c", 2), ("d", 2), ("c", 102), ("d", 1)]))


def test_debezium_envelope(context):
    leat = first_run(
        context,
        "create table a (id int primary key, v text); alter table a replica identity full; insert into a values (1, 'x')",
        sink={"envelope": "debezium"},
    )
    context.server.sql("begin; update a set v = 'y'; delete from a; commit")
    leat.drain()
    rows = read_rows(context.lake, "public.a")
    assert_equal([row["op"] for row in rows], ["r", "u", "d"])
    assert_equal([row["before"] for row in rows], [None, {"id": 1, "v": "x"}, {"id": 1, "v": "y"}])
    assert_equal([row["after"] for row in rows], [{"id": 1, "v": "x"}, {"id": 1, "v": "y"}, None])
    source = rows[1]["source"]
    assert_equal((source["connector"], source["db"], source["schema"], source["table"]), ("postgresql", "postgres", "public", "a"))
    assert_equal([row["transaction"] and row["transaction"]["total_order"] for row in rows[1:]], [1, 2])


def test_logical_messages(context):
    """In their place in a transaction; outside one, whatever becomes of the transaction around them."""
    leat = first_run(context, "create table a (id int primary key)", source={"messages": True})
    context.server.sql(
        """begin; insert into a values (1); select pg_logical_emit_message(true, 'app', 'inside'); rollback;
           select pg_logical_emit_message(false, 'app', 'alone');
           begin; select pg_logical_emit_message(true, 'app', 'kept'); insert into a values (2); commit"""
    )
    leat.drain()
    rows = events(context, "leat.message")
    assert_equal(
        [(row["prefix"], bytes(row["content"]), row["transactional"]) for _, row in rows],
        [("app", b"alone", False), ("app", b"kept", True)],
    )
    leat.drain()
    assert_equal(len(events(context, "leat.message")), 2)
