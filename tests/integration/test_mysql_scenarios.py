"""The nasty things that applications of MariaDB and MySQL do, end to end: what lands in the files is what happened.
What every source has in common is in tests/conformance."""

import json

from lib.events import events, first_run, notes, operations, rebuild
from lib.files import check_folder, fast_rows, read_rows, schemas
from lib.testing import MYSQL_SERVERS, assert_equal, every_version, mysql_servers, own_server

MARIADB = ("mariadb-10.11", "mariadb-11.8")


def values(context, table, *columns):
    """(operation, values of these columns) of a table's events."""
    return [(operation, *(row[column] for column in columns)) for operation, row in events(context, f"test.{table}")]


def expect_stored(context, table, columns, numbers=("id",), key=("id",)):
    """The events, applied in their order, give what the server has."""
    found = rebuild(events(context, f"test.{table}"), key)
    expected = {}
    for stored in context.server.rows(f"select {', '.join(columns)} from {table}"):
        row = {name: int(value) if name in numbers and value is not None else value for name, value in zip(columns, stored)}
        expected[tuple(row[column] for column in key)] = row
    assert_equal(found, expected, table)


# ---- statements that do more than one thing --------------------------------------------------------------------


@mysql_servers("mysql-9.7")
def test_cascades_are_events(context):
    """M1: MySQL logs what a foreign key does to the child, before the parent's own change."""
    leat = first_run(
        context,
        """create table p (id int primary key);
           create table c (id int primary key, p int, foreign key (p) references p (id) on delete cascade on update cascade)""",
    )
    context.server.sql("insert into p values (1); insert into c values (10, 1); update p set id = 2; delete from p")
    leat.drain()
    assert_equal(values(context, "p", "id"), [("c", 1), ("d", 1), ("c", 2), ("d", 2)])
    assert_equal(values(context, "c", "id", "p"), [("c", 10, 1), ("u", 10, 2), ("d", 10, 2)])


@mysql_servers(*MARIADB)
def test_cascades_that_the_log_lacks_are_warned_of(context):
    """M1: MariaDB does not log what a foreign key does to the child; nobody shall learn of that too late."""
    leat = first_run(
        context,
        """create table p (id int primary key);
           create table c (id int primary key, p int, foreign key (p) references p (id) on delete cascade on update cascade)""",
    )
    context.server.sql("insert into p values (1); insert into c values (10, 1); update p set id = 2; delete from p")
    leat.drain()
    assert_equal(values(context, "p", "id"), [("c", 1), ("d", 1), ("c", 2), ("d", 2)])
    result = leat.run("check")
    said = (result.stdout + result.stderr).lower()
    assert "cascade" in said and "test.c" in said, said


@mysql_servers(*MYSQL_SERVERS)
def test_replace_and_on_duplicate_key(context):
    """M2: REPLACE may be an update, and may change the key."""
    leat = first_run(context, "create table a (id int primary key, u int unique, v int); insert into a values (1, 10, 0), (2, 20, 0)")
    context.server.sql("replace into a values (1, 10, 5)")
    context.server.sql("replace into a values (3, 10, 6)")
    context.server.sql("insert into a values (3, 10, 1) on duplicate key update v = v + 1")
    context.server.sql("insert into a values (9, 20, 1) on duplicate key update id = 99")
    context.server.sql("insert ignore into a values (3, 33, 1)")
    context.server.sql("replace into a values (99, 10, 7)")
    leat.drain()
    expect_stored(context, "a", ("id", "u", "v"), ("id", "u", "v"))
    found = values(context, "a", "id", "u", "v")
    after_replacing = found[found.index(("c", 3, 10, 6)) + 1 :]
    assert_equal(after_replacing[:3], [("u", 3, 10, 7), ("d", 2, 20, 0), ("c", 99, 20, 0)])


@mysql_servers(*MYSQL_SERVERS)
def test_statements_about_several_tables(context):
    """M3: rows go to the table of their number, however many maps stand before them."""
    leat = first_run(
        context,
        """create table x (id int primary key, v int); create table y (id int primary key, v int);
           create table k (id int primary key); create table k2 (id int primary key auto_increment, k int);
           create trigger t after insert on k for each row insert into k2 (k) values (new.id);
           insert into x values (1, 0), (2, 0); insert into y values (1, 0), (2, 0)""",
    )
    context.server.sql("update x join y using (id) set x.v = x.id * 10, y.v = y.id * 100; insert into k values (1), (2)")
    context.server.sql("delete x, y from x join y using (id) where id = 1")
    leat.drain()
    assert_equal(values(context, "x", "id", "v")[2:], [("u", 1, 10), ("u", 2, 20), ("d", 1, 10)])
    assert_equal(values(context, "y", "id", "v")[2:], [("u", 1, 100), ("u", 2, 200), ("d", 1, 100)])
    assert_equal(values(context, "k", "id"), [("c", 1), ("c", 2)])
    assert_equal(values(context, "k2", "id", "k"), [("c", 1, 1), ("c", 2, 2)])


@mysql_servers(*MYSQL_SERVERS)
def test_charset_and_labels_change_meaning(context):
    """M4: the same bytes, the same number, read as their own time read them."""
    leat = first_run(
        context,
        """create table ch (id int primary key, v varchar(20) character set latin1);
           create table en (id int primary key, e enum('a', 'b', 'c'), w int)""",
    )
    context.server.sql("insert into ch values (1, 'é')")
    context.server.sql("alter table ch convert to character set utf8mb4")
    context.server.sql("insert into ch values (2, 'é')")
    context.server.sql("insert into en values (1, 'a', 0)")
    context.server.sql("alter table en modify e enum('c', 'b', 'a')")
    context.server.sql("insert into en values (2, 'a', 0); update en set w = 1 where id = 1")
    leat.drain()
    assert_equal(values(context, "ch", "id", "v"), [("c", 1, "é"), ("c", 2, "é")])
    assert_equal(values(context, "en", "id", "e", "w"), [("c", 1, "a", 0), ("c", 2, "a", 0), ("u", 1, "a", 1)])
    labels = [[field.get("leat.enum") for field in schema["fields"] if field.get("leat.name") == "e"][0] for schema in schemas(context.lake, "test.en")]
    assert_equal(labels, [["a", "b", "c"], ["c", "b", "a"]])


@mysql_servers(*MYSQL_SERVERS)
def test_load_data(context):
    leat = first_run(context, "create table a (id int primary key, v varchar(20))")
    path = context.directory / "rows.txt"
    path.write_text("".join(f"{number}\tvalue {number}\n" for number in range(1, 1001)))
    context.server.sql(f"load data infile '{path}' into table a")
    leat.drain()
    expect_stored(context, "a", ("id", "v"))
    assert_equal(len(operations(context, "test.a")), 1000)


@mysql_servers(*MYSQL_SERVERS)
def test_create_table_as_select(context):
    """Definition and rows stand in one transaction."""
    leat = first_run(context, "create table a (id int primary key, v varchar(20)); insert into a values (1, 'x'), (2, 'y')")
    context.server.sql("create table b (primary key (id)) as select id, v, id * 10 as w from a")
    context.server.sql("insert into b values (3, 'z', 30)")
    leat.drain()
    assert_equal(values(context, "b", "id", "v", "w"), [("c", 1, "x", 10), ("c", 2, "y", 20), ("c", 3, "z", 30)])


# ---- transactions that are not what they seem ------------------------------------------------------------------


# MySQL refuses to mix tables with and without transactions where transactions have GTIDs.
WITHOUT_GTIDS = {"mysql-9.7": {"gtid-mode": "OFF", "enforce-gtid-consistency": "OFF"}}


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_rollback_to_a_savepoint_beside_a_table_without_transactions(context):
    """MariaDB logs the rows and then that they went."""
    context.new_server(settings=WITHOUT_GTIDS.get(context.version))
    leat = first_run(context, "create table a (id int primary key, v int); create table m (id int primary key) engine = MyISAM")
    context.server.sql(
        """begin; insert into a values (50, 0); savepoint `x y`; insert into a values (51, 0); insert into m values (1);
           update a set v = 9; rollback to savepoint `x y`; insert into a values (52, 0); commit"""
    )
    context.server.sql(
        """begin; insert into a values (60, 0); savepoint s1; insert into a values (61, 0); insert into m values (2); savepoint s2;
           insert into a values (62, 0); rollback to s2; insert into a values (63, 0); insert into m values (3); rollback to s1;
           insert into a values (64, 0); commit"""
    )
    leat.drain()
    expect_stored(context, "a", ("id", "v"), ("id", "v"))
    assert_equal([row["id"] for _, row in events(context, "test.a")], [50, 52, 60, 64])
    expect_stored(context, "m", ("id",))


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_rolled_back_beside_a_table_without_transactions(context):
    """What MyISAM and Aria have cannot be taken back, and stays."""
    context.new_server(settings=WITHOUT_GTIDS.get(context.version))
    leat = first_run(context, "create table a (id int primary key); create table m (id int primary key) engine = MyISAM")
    context.server.sql("begin; insert into a values (1); insert into m values (1); insert into a values (2); rollback")
    context.server.sql("begin; insert into m values (2); insert into a values (3); commit")
    context.server.sql("insert into m values (4), (5), (6)")
    leat.drain()
    expect_stored(context, "a", ("id",))
    expect_stored(context, "m", ("id",))


def prepare(context, xid, statements):
    """Leaves a transaction prepared, by a connection that then goes."""
    with context.server.session() as session:
        session.run(f"xa start {xid}; {statements}; xa end {xid}; xa prepare {xid}")


@mysql_servers(*MYSQL_SERVERS)
def test_prepared_transactions_are_told_of_when_they_commit(context):
    """Over restarts of leat, in whatever order they end, and not at all when they are rolled back."""
    leat = first_run(context, "create table a (id int primary key, v varchar(20))")
    context.server.sql("insert into a values (1, 'before')")
    prepare(context, "'one'", "insert into a values (10, 'one'); insert into a values (11, 'one')")
    prepare(context, "'two','branch',7", "insert into a values (20, 'two')")
    prepare(context, "'three'", "insert into a values (30, 'three')")
    leat.drain()
    assert_equal(values(context, "a", "id"), [("c", 1)])
    context.server.sql("insert into a values (2, 'between')")
    leat.drain()
    context.server.end_log_file()
    context.server.sql("xa commit 'two','branch',7")
    context.server.sql("insert into a values (3, 'between')")
    leat.drain()
    assert_equal(values(context, "a", "id"), [("c", 1), ("c", 2), ("c", 20), ("c", 3)])
    context.server.sql("xa rollback 'three'; xa commit 'one'")
    context.server.sql("insert into a values (4, 'after')")
    leat.drain()
    assert_equal([row["id"] for _, row in events(context, "test.a")], [1, 2, 20, 3, 10, 11, 4])
    expect_stored(context, "a", ("id", "v"))


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_prepared_transaction_over_a_server_restart(context):
    leat = first_run(context, "create table a (id int primary key, v varchar(20))")
    prepare(context, "'kept'", "insert into a select g, 'kept' from " + context.server.series(1, 5000))
    leat.drain()
    context.server.restart()
    context.server.sql("insert into a values (6000, 'between')")
    leat.drain()
    context.server.sql("xa commit 'kept'")
    leat.drain()
    assert_equal([row["id"] for _, row in events(context, "test.a")], [6000, *range(1, 5001)])


@mysql_servers(*MYSQL_SERVERS)
def test_prepared_transaction_with_a_definition_that_changes_meanwhile(context):
    """Its rows have the definition that they were written with. (The table itself is locked against changes: another.)"""
    leat = first_run(context, "create table a (id int primary key); create table b (id int primary key)")
    prepare(context, "'held'", "insert into a values (1)")
    context.server.sql("alter table b add v int; insert into b values (1, 2)")
    leat.drain()
    context.server.sql("xa commit 'held'")
    context.server.sql("alter table a add v int; insert into a values (2, 22)")
    leat.drain()
    assert_equal(events(context, "test.a"), [("c", {"id": 1}), ("c", {"id": 2, "v": 22})])


@mysql_servers(*MYSQL_SERVERS)
def test_prepared_and_committed_in_one_phase(context):
    leat = first_run(context, "create table a (id int primary key)")
    context.server.sql("xa start 'x'; insert into a values (1); xa end 'x'; xa commit 'x' one phase")
    leat.drain()
    assert_equal(values(context, "a", "id"), [("c", 1)])


@mysql_servers(*MYSQL_SERVERS)
def test_snapshot_does_not_lose_a_prepared_transaction(context):
    """What is prepared is in no snapshot, and its rows stand in the log before the snapshot's place."""
    context.server.sql("create table a (id int primary key)")
    prepare(context, "'early'", "insert into a values (1)")
    leat = context.leat(retry={"first_delay": "100ms", "longest_delay": "200ms", "give_up_after": "2s"})
    result = leat.run("run", "--until-current")
    assert result.code != 0, "a snapshot was taken although a prepared transaction is open"
    assert "early" in result.stderr or "early".encode().hex() in result.stderr.lower(), result.stderr
    context.server.sql("xa commit 'early'")
    leat.drain()
    assert_equal(values(context, "a", "id"), [("r", 1)])


@mysql_servers(*MARIADB)
def test_alter_in_two_phases(context):
    """The definition changes when the second phase is logged; a failed one changes nothing."""
    leat = first_run(context, "create table a (id int primary key, v int); insert into a values (1, 5), (2, 5)")
    context.server.sql("set binlog_alter_two_phase = 1; alter table a add w int; insert into a values (3, 5, 7)")
    try:
        context.server.sql("set binlog_alter_two_phase = 1; alter table a add unique (v), algorithm = copy")
        raise AssertionError("the server took a unique index over equal values")
    except Exception as error:  # the server's refusal
        assert "1062" in str(error), error
    context.server.sql("insert into a values (4, 5, 8)")
    leat.drain()
    assert_equal([row for _, row in events(context, "test.a")][2:], [{"id": 3, "v": 5, "w": 7}, {"id": 4, "v": 5, "w": 8}])


# ---- images that are not whole ---------------------------------------------------------------------------------


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_minimal_images(context):
    """What a row image leaves out is absent: neither null nor its default."""
    context.new_server(settings={"binlog-row-image": "MINIMAL"})
    leat = first_run(context, "create table a (id int primary key, v int default 7, w varchar(20) default 'w', t text)")
    context.server.sql("insert into a (id, t) values (1, null)")
    context.server.sql("update a set v = 8")
    context.server.sql("update a set id = 2")
    context.server.sql("update a set w = null")
    context.server.sql("delete from a")
    leat.drain()
    found, noted = events(context, "test.a"), notes(context, "test.a")
    absent = ("absent", None)
    assert_equal([operation for operation, _ in found], ["c", "u", "d", "c", "u", "d"])
    assert_equal([row["id"] for _, row in found], [1, 1, 1, 2, 2, 2])
    assert_equal((found[1][1]["v"], found[1][1]["t"]), (8, None))
    assert_equal(noted[1], {"w": absent, "t": absent})
    assert_equal(noted[3], {"v": absent, "w": absent, "t": absent})
    assert_equal(noted[4], {"v": absent, "t": absent})
    # A delete has the row as far as the source gives it: the key.
    assert_equal((noted[2], noted[5]), ({"v": absent, "w": absent, "t": absent},) * 2)
    # What an insert leaves out is the server's affair: a column is either said or noted.
    for column, stored in (("v", 7), ("w", "w")):
        assert noted[0].get(column) == absent or found[0][1][column] == stored, (found[0], noted[0])


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_images_without_blobs(context):
    context.new_server(settings={"binlog-row-image": "NOBLOB"})
    leat = first_run(context, "create table a (id int primary key, v int, t text, b blob)")
    context.server.sql("insert into a values (1, 1, 'text', 'blob'); update a set v = 2; update a set t = 'new'; delete from a")
    leat.drain()
    found, noted = events(context, "test.a"), notes(context, "test.a")
    absent = ("absent", None)
    assert_equal([operation for operation, _ in found], ["c", "u", "u", "d"])
    assert_equal((found[0][1], noted[0]), ({"id": 1, "v": 1, "t": "text", "b": b"blob"}, {}))
    assert_equal((found[1][1]["v"], noted[1]), (2, {"t": absent, "b": absent}))
    assert_equal((found[2][1]["t"], noted[2]), ("new", {"b": absent}))
    assert_equal((found[3][1]["v"], noted[3]), (2, {"t": absent, "b": absent}))


@mysql_servers(*MYSQL_SERVERS)
def test_a_session_may_have_images_of_its_own(context):
    """The global setting says nothing of an event."""
    leat = first_run(context, "create table a (id int primary key, v int, w int); insert into a values (1, 1, 1)")
    context.server.sql("set binlog_row_image = minimal; update a set v = 2; set binlog_row_image = full; update a set v = 3")
    leat.drain()
    assert_equal(notes(context, "test.a"), [{}, {"w": ("absent", None)}, {}])
    assert_equal([row["v"] for _, row in events(context, "test.a")], [1, 2, 3])


JSON_STEPS = [
    """json_set(j, '$.a', 5)""",
    """json_set(j, '$.b.c[1]', 'longer text than there was')""",
    """json_remove(j, '$.a')""",
    """json_replace(j, '$.b.c[0]', cast('{"x": [1, 2, {"y": null}]}' as json))""",
    """json_set(j, '$.b.c[0].x[2].z', 1.50, '$.new', true)""",
    """json_set(j, '$.d', cast('2024-02-29' as date))""",
    """json_array_append(j, '$.b.c', 3)""",
    """json_remove(json_set(j, '$.\"with space\"', 1), '$.b.c[1]')""",
    """json_set(j, '$.big', repeat('x', 70000))""",
    """json_set(j, '$.a', json_extract(j, '$.b'))""",
]


@mysql_servers("mysql-9.7")
@own_server
def test_partial_updates_of_json(context):
    """The log has only what changed in a document; the event has the document."""
    context.new_server(settings={"binlog-row-value-options": "PARTIAL_JSON"})
    document = """'{"a": 1, "b": {"c": [1, "x"]}, "long": "some text that makes the document large enough for diffs to be worth it"}'"""
    leat = first_run(context, f"create table a (id int primary key, j json, k json); insert into a values (1, {document}, {document})")
    expected = []
    for number, step in enumerate(JSON_STEPS):
        both = f", k = {step.replace('(j,', '(k,')}" if number % 2 else ""
        context.server.sql(f"update a set j = {step}{both}")
        expected += context.server.rows("select cast(j as char), cast(k as char) from a")
    leat.drain()
    found = [(row["j"], row["k"]) for _, row in events(context, "test.a")][1:]
    assert_equal(found, expected, "documents")


@mysql_servers("mysql-9.7")
@own_server
def test_partial_updates_of_json_without_the_document(context):
    """With minimal images there is nothing to apply the diffs to: the document is absent, never made up."""
    context.new_server(settings={"binlog-row-value-options": "PARTIAL_JSON", "binlog-row-image": "MINIMAL"})
    leat = first_run(context, """create table a (id int primary key, j json); insert into a values (1, '{"a": 1, "b": "0123456789012345678901234567890123456789"}')""")
    context.server.sql("update a set j = json_set(j, '$.a', 2)")
    leat.drain()
    ((_, first), (operation, row)) = events(context, "test.a")
    assert_equal((first["id"], operation, row["id"], row["j"]), (1, "u", 1, None))
    assert_equal(notes(context, "test.a")[1], {"j": ("absent", None)})


# ---- compressed logs -------------------------------------------------------------------------------------------

COMPRESSION = {
    "mysql-9.7": {"binlog-transaction-compression": "ON"},
    "mariadb-10.11": {"log-bin-compress": "ON", "log-bin-compress-min-len": "10"},
    "mariadb-11.8": {"log-bin-compress": "ON", "log-bin-compress-min-len": "10"},
}


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_compressed_log(context):
    server = context.new_server(settings=COMPRESSION[context.version])
    leat = first_run(context, "create table a (id int primary key, v varchar(200), w int)")
    server.sql(f"insert into a select g, repeat(concat('value ', g), 10), g from {server.series(1, 60000)}")
    server.sql("update a set w = w + 1 where id <= 1000; delete from a where id > 59000")
    server.sql("alter table a add a_column_with_a_long_name_that_makes_the_statement_long int default 5 comment 'compressed'")
    server.sql("update a set id = id + 100000 where id <= 10; begin; insert into a (id) values (-1); insert into a (id) values (-2); commit")
    leat.drain()
    rows = read_rows(context.lake, "test.a")
    found = {}
    for row in rows:
        if row["__op"] == "d":
            del found[row["id"]]
        else:
            found[row["id"]] = (row["v"], row["w"])
    stored = {int(key): (v, w and int(w)) for key, v, w in server.rows("select id, v, w from a")}
    assert_equal(found, stored, "rows")


@mysql_servers("mysql-9.7")
@own_server
def test_compressed_transaction_is_cut_and_taken_up_again(context):
    """leat is stopped inside of one, more than once; the rest follows without a gap."""
    server = context.new_server(settings=COMPRESSION["mysql-9.7"])
    leat = first_run(context, "create table a (id int primary key, v varchar(200))", sink={"commit_every": "10ms", "roll": {"rows": 10000}})
    server.sql(f"insert into a select g, repeat('v', 100) from {server.series(1, 200000)}")
    for _ in range(3):
        process = leat.start()
        process.signal(15) if process.running() else None
        process.wait()
    leat.drain()
    assert_equal([row["id"] for row in fast_rows(context.lake, "test.a")], list(range(1, 200001)), "ids")


# ---- columns and tables of special kinds -----------------------------------------------------------------------


@mysql_servers(*MYSQL_SERVERS)
@every_version
def test_generated_and_invisible_columns(context):
    """They are in the snapshot as they are in the log, but that MariaDB 11.8 logs generated ones of inserts alone: what is
    null for that says so."""
    leat = first_run(
        context,
        """create table a (id int primary key, v int, virtual_sum int as (id + v) virtual, stored_text varchar(20) as (concat('n', v)) stored,
                           hidden int default 4 invisible);
           insert into a (id, v) values (1, 10)""",
    )
    context.server.sql("insert into a (id, v, hidden) values (2, 20, 5); update a set v = v + 1; delete from a where id = 2")
    leat.drain()
    columns = ("id", "v", "virtual_sum", "stored_text", "hidden")
    logged = context.version != "mariadb-11.8"
    changed = [("u", 1, 11, 12, "n11", 4), ("u", 2, 21, 23, "n21", 5), ("d", 2, 21, 23, "n21", 5)]
    if not logged:
        changed = [(operation, key, value, None, None, hidden) for operation, key, value, _, _, hidden in changed]
    assert_equal(values(context, "a", *columns), [("r", 1, 10, 11, "n10", 4), ("c", 2, 20, 22, "n20", 5), *changed])
    left_out = {} if logged else {"virtual_sum": ("absent", None), "stored_text": ("absent", None)}
    assert_equal(notes(context, "test.a"), [{}, {}, left_out, left_out, left_out], "notes")
    findings = json.loads(leat.run("check", "--json").stdout)["findings"]
    found = [(finding["level"], finding["message"]) for finding in findings if finding["code"] == "generated_columns"]
    assert_equal([level for level, _ in found], [] if logged else ["warning"])
    assert all("virtual_sum, stored_text" in message for _, message in found), found
    found = schemas(context.lake, "test.a")
    assert_equal(found[0], found[-1], "schema by snapshot and by stream")


@mysql_servers("mysql-9.7")
@own_server
def test_primary_key_that_the_server_makes(context):
    context.new_server(settings={"sql-generate-invisible-primary-key": "ON"})
    leat = first_run(context, "create table a (v int); insert into a values (5), (5)")
    context.server.sql("insert into a values (5); delete from a limit 1")
    leat.drain()
    found = [(operation, int.from_bytes(row["my_row_id"], "big"), row["v"]) for operation, row in events(context, "test.a")]
    assert_equal(found, [("r", 1, 5), ("r", 2, 5), ("c", 3, 5), ("d", 1, 5)])


@mysql_servers("mysql-9.7")
@own_server
def test_primary_key_that_the_server_makes_and_hides(context):
    """Its catalog shows that only to those who ask for it; its log has it in any case."""
    context.new_server(settings={"sql-generate-invisible-primary-key": "ON", "show-gipk-in-create-table-and-information-schema": "OFF"})
    leat = first_run(context, "create table a (v int); insert into a values (5), (6)")
    context.server.sql("update a set v = 7 where v = 5; delete from a where v = 6")
    leat.drain()
    found = [(operation, int.from_bytes(row["my_row_id"], "big"), row["v"]) for operation, row in events(context, "test.a")]
    assert_equal(found, [("r", 1, 5), ("r", 2, 6), ("u", 1, 7), ("d", 2, 6)])


@mysql_servers(*MARIADB)
def test_sequences_and_views_are_no_tables(context):
    leat = first_run(
        context, "create table a (id int primary key); create sequence s; create view v as select * from a; insert into a values (nextval(s))"
    )
    context.server.sql("insert into a values (nextval(s)); create sequence s2; select nextval(s2); create or replace view v as select 1 as x")
    leat.drain()
    assert_equal(check_folder(context.lake), {"test.a": 2})


@mysql_servers(*MARIADB)
def test_system_versioned_table(context):
    """The rows that are current, as a reader of the table sees them; its history is the server's own affair."""
    leat = first_run(context, "create table a (id int primary key, v int) with system versioning; insert into a values (1, 10)")
    context.server.sql("update a set v = 11; insert into a values (2, 20); delete from a where id = 1; update a set v = 21")
    leat.drain()
    found = {key: row["v"] for key, row in rebuild(events(context, "test.a"), ("id",)).items()}
    assert_equal(found, {(2,): 21})


@mysql_servers(*MYSQL_SERVERS)
def test_partitions(context):
    leat = first_run(
        context,
        """create table p (id int primary key, v int) partition by range (id) (partition p0 values less than (100), partition p1 values less than (200));
           insert into p values (1, 1), (101, 1)""",
    )
    context.server.sql("insert into p values (2, 2); update p set id = 102 where id = 2; delete from p where id = 1")
    leat.drain()
    assert_equal(sorted(values(context, "p", "id")), sorted([("r", 1), ("r", 101), ("c", 2), ("d", 2), ("c", 102), ("d", 1)]))


@mysql_servers(*MYSQL_SERVERS)
def test_temporary_tables_are_of_no_interest(context):
    leat = first_run(context, "create table a (id int primary key)")
    context.server.sql(
        """create temporary table a (id int, x int); insert into a values (1, 1); alter table a add y int; drop temporary table a;
           create temporary table tmp as select 1 as one; insert into tmp values (2); insert into a values (7)"""
    )
    leat.drain()
    assert_equal(check_folder(context.lake), {"test.a": 1})


@mysql_servers(*MYSQL_SERVERS)
def test_every_database_but_the_servers_own(context):
    context.server.create_database("other one")
    context.server.sql("create table `other one`.b (id int primary key); create table a (id int primary key)")
    leat = context.leat(source={"tables": ["*.*"]})
    leat.drain()
    context.server.sql("insert into `other one`.b values (1); insert into a values (1); create user nobody; flush tables")
    leat.drain()
    counts = check_folder(context.lake)
    assert_equal(sorted(counts.values()), [1, 1])
    assert "test.a" in counts and any("other" in name for name in counts), counts


@mysql_servers(*MYSQL_SERVERS)
def test_keys_that_compare_without_case(context):
    """'A' to 'a' changes the key's bytes; a unique index of columns that are not null is a key where there is no other."""
    leat = first_run(
        context,
        """create table a (k varchar(10) primary key, v int); create table b (x int not null, y int, unique (x));
           create table n (x int, unique (x))""",
    )
    context.server.sql("insert into a values ('A', 1); update a set k = 'a'; insert into b values (1, 1); update b set x = 2")
    context.server.sql("insert into n values (1); update n set x = 2")
    leat.drain()
    assert_equal(values(context, "a", "k", "v"), [("c", "A", 1), ("d", "A", 1), ("c", "a", 1)])
    assert_equal(values(context, "b", "x", "y"), [("c", 1, 1), ("d", 1, 1), ("c", 2, 1)])
    assert_equal(values(context, "n", "x"), [("c", 1), ("u", 2)])


# ---- facts of an event -----------------------------------------------------------------------------------------


@mysql_servers(*MYSQL_SERVERS)
def test_source_facts(context):
    leat = first_run(context, "create table a (id int primary key)", sink={"envelope": "debezium"})
    context.server.sql("set timestamp = 1000000000; begin; insert into a values (1), (2); commit")
    if not context.server.is_mariadb:
        context.server.sql("set gtid_next = 'automatic:mytag'; insert into a values (3)")
    gtids = context.server.gtids()
    leat.drain()
    rows = read_rows(context.lake, "test.a")
    source = rows[0]["source"]
    assert_equal((source["connector"], source["db"], source["table"]), (context.server.family, "test", "a"))
    assert_equal(str(source["server_id"]), context.server.value("select @@server_id"))
    assert_equal([row["source"]["file"] for row in rows[:2]], ["binlog.000001"] * 2)
    assert source["pos"] > 4 and source["gtid"], source
    last = rows[-1]["source"]["gtid"]
    if context.server.is_mariadb:
        assert_equal(last, gtids)
    else:
        assert last.endswith(":mytag:1") and gtids.endswith("mytag:1"), (last, gtids)
    assert_equal(rows[0]["transaction"]["id"], source["gtid"])
    assert json.dumps(rows[0]["source"]["ts_ms"])
