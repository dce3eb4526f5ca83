"""Definitions that change: read from the log where it tells them, from the statements where it does not."""

from lib.events import events, first_run, versions
from lib.files import check_folder, schemas
from lib.leat import DONE, OPERATOR
from lib.testing import MYSQL_SERVERS, assert_equal, mysql_servers, own_server

MARIADB = ("mariadb-10.11", "mariadb-11.8")

# Each statement, then a row in the table as it is by then.
CHANGES = [
    ("alter table a add column n int unsigned after id", "insert into a (id, n, v) values ({0}, 4294967295, 'x')"),
    ("alter table a modify n bigint unsigned not null default 5", "insert into a (id, n) values ({0}, 18446744073709551615)"),
    ("alter table a add e enum('a', 'b', 'é') character set latin1 first", "insert into a (id, e) values ({0}, 'é')"),
    ("alter table a modify e enum('é', 'b', 'a') character set latin1 after v, add s set('x', 'y')", "insert into a (id, e, s) values ({0}, 'a', 'y,x')"),
    ("alter table a change v `text of it` varchar(300) character set cp1251", "insert into a (id, `text of it`) values ({0}, 'ещё')"),
    ("alter table a rename column `text of it` to v, drop column n", "insert into a (id, v) values ({0}, 'ещё')"),
    ("update a set e = null; alter table a convert to character set utf8mb4", "insert into a (id, v, e) values ({0}, '🎉', 'b')"),
    ("alter table a add d decimal(12,3) default 1.5, add t datetime(3), add index (d), add unique u (t)", "insert into a (id, t) values ({0}, '2024-02-29 12:34:56.789')"),
    ("drop index u on a", "insert into a (id, d) values ({0}, -7.125)"),
    ("alter table a rename to a_old", "insert into a_old (id) values ({0})"),
    ("rename table a_old to a", "insert into a (id) values ({0})"),
    ("set sql_mode = ''; alter table a drop primary key, add primary key (id, v), modify v varchar(40) character set latin1 not null", "insert into a (id, v) values ({0}, 'ñ')"),
    ("alter table a add (x1 tinyint, x2 time(6)), alter column d set default 2, comment 'changed'", "insert into a (id, v, x1, x2) values ({0}, '', -1, '-00:00:00.000001')"),
    ("alter table a order by id", "insert into a (id, v) values ({0}, 'o')"),
    ("/* first */ alter /*!50000 table */ a drop column x1 -- and no more", "insert into a (id, v) values ({0}, 'p')"),
]


def avro_of(kind, text):
    """What the server prints, as our reader gives it; enough for the types above."""
    if text is None:
        return None
    base = kind.split("(")[0].split()[0]
    if kind.startswith("bigint") and "unsigned" in kind:
        number = int(text)
        return number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)
    if base in ("int", "tinyint"):
        return int(text)
    if base == "decimal":
        number = int(text.replace(".", ""))
        return number.to_bytes((number if number >= 0 else ~number).bit_length() // 8 + 1, "big", signed=True)
    if base == "set":
        return text.split(",") if text else []
    return text


def stored_row(server, table, identity):
    """A row as it is now, column by column, times as microseconds."""
    columns = server.rows(
        f"select column_name, column_type from information_schema.columns where table_schema = 'test' and table_name = '{table}' order by ordinal_position"
    )
    row = {}
    for name, kind in columns:
        expression = f"`{name}`"
        if kind.startswith("datetime"):
            expression = f"timestampdiff(microsecond, '1970-01-01', {expression})"
        if kind.startswith("time("):
            expression = f"if(left({expression}, 1) = '-', -1, 1) * microsecond({expression})"
        text = server.value(f"select {expression} from {table} where id = {identity}")
        row[name.replace(" ", "_")] = int(text) if text is not None and kind.startswith(("datetime", "time(")) else avro_of(kind, text)
    return row


def change_step_by_step(context, after_each=lambda: None):
    """Makes every change, with a row after each. Returns, for each table's name, the rows as they were stored."""
    stored = {"a": [], "a_old": []}
    for number, (change, insert) in enumerate(CHANGES):
        context.server.sql(change)
        context.server.sql("set sql_mode = ''; " + insert.format(number))
        table = "a_old" if "into a_old" in insert else "a"
        stored[table].append(stored_row(context.server, table, number))
        after_each()
    return stored


def expect_rows(context, stored):
    for table, rows in stored.items():
        found = [row for operation, row in events(context, f"test.{table}") if operation == "c"]
        assert_equal(found, rows, f"rows of {table}")


def first_run_with(context, metadata):
    context.new_server(settings={"binlog-row-metadata": metadata})
    return first_run(context, "create table a (id int primary key, v varchar(20) character set latin1)", source={"tables": ["test.a*"]})


def check_changes_while_down(context, metadata):
    leat = first_run_with(context, metadata)
    stored = change_step_by_step(context)
    leat.drain()
    expect_rows(context, stored)


def check_changes_between_runs(context, metadata):
    leat = first_run_with(context, metadata)
    stored = change_step_by_step(context, leat.drain)
    expect_rows(context, stored)


def check_changes_under_a_running_leat(context, metadata):
    """The statements have all been run when the log of the first is read, or not: it must not matter."""
    leat = first_run_with(context, metadata)
    process = leat.start()
    stored = change_step_by_step(context)
    process.terminate().expect(DONE)
    leat.drain()
    expect_rows(context, stored)


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_changes_while_down_with_names_in_the_log(context):
    check_changes_while_down(context, "FULL")


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_changes_while_down_with_types_in_the_log(context):
    check_changes_while_down(context, "MINIMAL")


@mysql_servers(*MARIADB)
@own_server
def test_changes_while_down_with_little_in_the_log(context):
    check_changes_while_down(context, "NO_LOG")


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_changes_between_runs_with_types_in_the_log(context):
    check_changes_between_runs(context, "MINIMAL")


@mysql_servers(*MARIADB)
@own_server
def test_changes_between_runs_with_little_in_the_log(context):
    check_changes_between_runs(context, "NO_LOG")


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_changes_under_a_running_leat_with_names_in_the_log(context):
    check_changes_under_a_running_leat(context, "FULL")


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_changes_under_a_running_leat_with_types_in_the_log(context):
    check_changes_under_a_running_leat(context, "MINIMAL")


# ---- names that change hands -----------------------------------------------------------------------------------


def check_swap(context, metadata):
    context.new_server(settings={"binlog-row-metadata": metadata})
    leat = first_run(context, "create table a (id int primary key, v int unsigned); create table a_new (id int primary key, w varchar(9), v int)")
    context.server.sql("insert into a values (1, 4294967295)")
    context.server.sql("rename table a to a_old, a_new to a")
    context.server.sql("insert into a values (2, 'w', -1); insert into a_old values (3, 4294967295)")
    leat.drain()
    assert_equal(events(context, "test.a"), [("c", {"id": 1, "v": 4294967295}), ("c", {"id": 2, "w": "w", "v": -1})])
    assert_equal(events(context, "test.a_old"), [("c", {"id": 3, "v": 4294967295})])


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_rename_swap_with_names_in_the_log(context):
    check_swap(context, "FULL")


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_rename_swap_with_types_in_the_log(context):
    check_swap(context, "MINIMAL")


def check_tables_that_come_and_go(context, metadata):
    context.new_server(settings={"binlog-row-metadata": metadata})
    leat = first_run(context, "create table a (id int primary key, v int unsigned)")
    context.server.sql("insert into a values (1, 4000000000)")
    context.server.sql("create table b like a; insert into b values (1, 4000000001)")
    context.server.sql("drop table a; create table if not exists b (x int); create table a (id int primary key, v int); insert into a values (2, -2)")
    context.server.sql("drop table if exists a, b, nosuch; create table b (id int primary key, t text character set latin1); insert into b values (2, 'é')")
    context.server.sql("create table c (id int primary key) as select 5 as id, cast(7 as unsigned) as n; insert into c values (6, 8)")
    leat.drain()
    assert_equal([row for _, row in events(context, "test.a")], [{"id": 1, "v": 4000000000}, {"id": 2, "v": -2}])
    assert_equal([row for _, row in events(context, "test.b")], [{"id": 1, "v": 4000000001}, {"id": 2, "t": "é"}])
    assert_equal([row["id"] for _, row in events(context, "test.c")], [5, 6])
    leat.drain()


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_tables_that_come_and_go_with_names_in_the_log(context):
    check_tables_that_come_and_go(context, "FULL")


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_tables_that_come_and_go_with_types_in_the_log(context):
    check_tables_that_come_and_go(context, "MINIMAL")


@mysql_servers(*MARIADB)
@own_server
def test_create_or_replace(context):
    context.new_server(settings={"binlog-row-metadata": "NO_LOG"})
    leat = first_run(context, "create table a (id int primary key, v int)")
    context.server.sql("insert into a values (1, 1); create or replace table a (id int primary key, t varchar(9)); insert into a values (2, 't')")
    context.server.sql("create or replace table a (id int primary key) as select 3 as id, 'x' as c")
    leat.drain()
    assert_equal([row for _, row in events(context, "test.a")], [{"id": 1, "v": 1}, {"id": 2, "t": "t"}, {"id": 3, "c": "x"}])


@mysql_servers(*MYSQL_SERVERS)
def test_database_that_goes_and_comes_back(context):
    context.server.create_database("other")
    context.server.sql("create table other.a (id int primary key, v int); insert into other.a values (1, 1)")
    leat = context.leat(source={"tables": ["other.*"]})
    leat.drain()
    context.server.sql("drop database other; create database other; create table other.a (id int primary key, t text); insert into other.a values (1, 't')")
    leat.drain()
    assert_equal([row for _, row in events(context, "other.a")], [{"id": 1, "v": 1}, {"id": 1, "t": "t"}])


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_charset_that_a_table_has_of_its_database(context):
    """It stands in no statement about the table, nor is it the server's; and it may change."""
    context.new_server(settings={"binlog-row-metadata": "MINIMAL"})
    context.server.sql("create database cyrillic character set cp1251; create table cyrillic.a (id int primary key)")
    leat = context.leat(source={"tables": ["cyrillic.*"]})
    leat.drain()
    context.server.sql("create table b (id int primary key, v varchar(9)); insert into b values (1, 'ещё')", database="cyrillic")
    context.server.sql("create table cyrillic.c (id int primary key, v varchar(9)); insert into cyrillic.c values (1, 'ещё')")
    context.server.sql("alter table cyrillic.a add v varchar(9); insert into cyrillic.a values (1, 'ещё')")
    context.server.sql("alter database cyrillic character set greek; create table cyrillic.d (id int primary key, v varchar(9)); insert into cyrillic.d values (1, 'ώρα')")
    # The catalog, which could be asked, no longer knows.
    context.server.sql("alter table cyrillic.a drop v; drop table cyrillic.b; drop table cyrillic.c; drop table cyrillic.d")
    leat.drain()
    found = {table: [row["v"] for _, row in events(context, f"cyrillic.{table}")] for table in "abcd"}
    assert_equal(found, {"a": ["ещё"], "b": ["ещё"], "c": ["ещё"], "d": ["ώρα"]})


# ---- rows that go without a row in the log ---------------------------------------------------------------------


@mysql_servers(*MYSQL_SERVERS)
def test_partitions_dropped_are_told_of(context):
    """Rows went that no event tells of: a warning says so, and the stream goes on."""
    leat = first_run(
        context,
        """create table p (id int primary key) partition by range (id) (partition p0 values less than (100), partition p1 values less than (200));
           insert into p values (1), (101)""",
    )
    context.server.sql("alter table p truncate partition p0; alter table p drop partition p0; insert into p values (150)")
    result = leat.drain()
    assert_equal([row["id"] for _, row in events(context, "test.p")], [1, 101, 150])
    assert "partition" in result.stderr.lower() and "test.p" in result.stderr, result.stderr


# ---- statements that leat does not see, or must not repeat -----------------------------------------------------


@mysql_servers(*MYSQL_SERVERS)
def test_definition_changed_behind_the_log(context):
    """sql_log_bin = 0 hides a statement; the rows that follow tell what it did."""
    leat = first_run(context, "create table a (id int primary key, v int unsigned)")
    context.server.sql("set sql_log_bin = 0; alter table a add w varchar(9), modify v int; set sql_log_bin = 1; insert into a values (1, -1, 'w')")
    leat.drain()
    assert_equal([row for _, row in events(context, "test.a")], [{"id": 1, "v": -1, "w": "w"}])


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_definition_changed_behind_a_log_without_names(context):
    """Where the rows do not tell enough, the catalog is asked; where that has moved on as well, a person is."""
    context.new_server(settings={"binlog-row-metadata": "MINIMAL"})
    leat = first_run(context, "create table a (id int primary key, v int)")
    context.server.sql("set sql_log_bin = 0; alter table a add w varchar(9); set sql_log_bin = 1; insert into a values (1, -1, 'w')")
    leat.drain()
    assert_equal([row for _, row in events(context, "test.a")], [{"id": 1, "v": -1, "w": "w"}])
    context.server.sql("set sql_log_bin = 0; alter table a drop w, drop v, add x bigint, add y date; set sql_log_bin = 1; insert into a values (2, 5, '2024-01-01')")
    context.server.sql("set sql_log_bin = 0; alter table a drop x")
    result = leat.run("run", "--until-current").expect(OPERATOR)
    assert "test.a" in result.stderr, result.stderr


@mysql_servers(*MYSQL_SERVERS)
def test_passwords_in_the_log_stay_there(context):
    """Account statements stand in the log, some with their clear text. leat repeats none of it."""
    leat = first_run(context, "create table a (id int primary key)")
    context.server.sql("create user someone identified by 'hush-hush-1'; alter user someone identified by 'hush-hush-2'; grant select on test.* to someone")
    context.server.sql("set password for someone = " + ("password('hush-hush-3')" if context.server.is_mariadb else "'hush-hush-3'"))
    context.server.sql("alter table a add v int; insert into a values (1, 1); drop user someone")
    result = leat.run("run", "--until-current", "--log-level", "debug").expect(DONE)
    written = result.stdout + result.stderr + "".join(path.read_text(errors="replace") for path in context.lake.rglob("*") if path.is_file())
    assert "hush" not in written, "a password was repeated"
    assert_equal(check_folder(context.lake), {"test.a": 1})


@mysql_servers(*MYSQL_SERVERS)
def test_statements_about_other_things_change_nothing(context):
    leat = first_run(context, "create table a (id int primary key, v varchar(99)); insert into a values (1, 'x')")
    context.server.sql(
        """create view w as select * from a; create procedure p() select 'alter table a drop v'; create function f() returns int deterministic return 1;
           create event e on schedule every 1 day disable do delete from a; analyze table a; optimize table a; flush tables; create index i on a (v);
           alter table a add constraint k check (id > 0); alter table a engine = InnoDB; alter database test comment 'x'"""
        if context.server.is_mariadb
        else """create view w as select * from a; create procedure p() select 'alter table a drop v'; create function f() returns int deterministic return 1;
           create event e on schedule every 1 day disable do delete from a; analyze table a; optimize table a; flush tables; create index i on a (v);
           alter table a add constraint k check (id > 0); alter table a engine = InnoDB; alter database test default character set utf8mb4"""
    )
    context.server.sql("insert into a values (2, 'y')")
    leat.drain()
    assert_equal([row for _, row in events(context, "test.a")], [{"id": 1, "v": "x"}, {"id": 2, "v": "y"}])
    assert_equal(versions(context, "test.a"), ["v=1"])


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_names_in_all_ways_of_writing_them(context):
    context.new_server(settings={"binlog-row-metadata": "MINIMAL", "sql-mode": "ANSI_QUOTES"})
    leat = first_run(context, """create table "tick`""s" (id int primary key, "col ""umn" int)""", source={"tables": ["test.*"]})
    context.server.sql("""alter table `tick``"s` change `col "umn` "neu ``e" bigint""")
    context.server.sql("""insert into "tick`""s" values (1, 5000000000)""")
    context.server.sql("""alter table test . "tick`""s" add `select` int, add test int""")
    context.server.sql("""insert into test."tick`""s" values (2, 2, 3, 4)""")
    leat.drain()
    ((place, count),) = check_folder(context.lake).items()
    assert_equal(count, 2)
    originals = [[field["leat.name"] for field in schema["fields"] if "leat.name" in field] for schema in schemas(context.lake, place)]
    assert_equal(originals, [["id", "neu ``e"], ["id", "neu ``e", "select", "test"]])
