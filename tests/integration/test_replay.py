"""The events of a table, applied in their order, give the table: whatever was written while the snapshot ran."""

import collections

from lib.files import check_folder, check_order, read_rows
from lib.leat import DONE
from lib.middle import Writing, kill_in_the_middle
from lib.testing import assert_equal, postgres_majors, timeout, wait_until

WRITERS = 3

TABLES = """
create schema control;
create table control.enough ();
create table keyed (id int primary key, v text, n int);
create table pair (a text, b int, v text, big text, primary key (b, a));
alter table pair alter big set storage external;
create table indexed (id int not null, code text not null, v int);
create unique index indexed_code on indexed (code);
alter table indexed replica identity using index indexed_code;
create table keyless (v int, w text);
alter table keyless replica identity full;
create table split (id int primary key, v text) partition by hash (id);
create table split0 partition of split for values with (modulus 2, remainder 0);
create table split1 partition of split for values with (modulus 2, remainder 1);
insert into keyed select g, 'at first', 0 from generate_series(1, 6000) g;
insert into pair select 'k' || g % 7, g, 'at first', repeat('b', 3000) from generate_series(1, 600) g;
insert into indexed select g, 'code ' || g, 0 from generate_series(1, 6000) g;
insert into keyless select g, 'at first' from generate_series(1, 600) g;
insert into split select g, 'at first' from generate_series(1, 6000) g;
"""

# Each writer has keys of its own (by remainder), so that writers do not wait for each other for ever. Some of what
# is done is rolled back. It ends when control.enough has a row.
WORKLOAD = """
do $$
declare
  k int;
begin
  perform setseed({writer} / 10.0);
  for i in 1 .. 40000 loop
    exit when exists (select from control.enough);
    for j in 1 .. 1 + floor(random() * 4)::int loop
      k := {writer} + {writers} * floor(random() * 3000)::int;
      case floor(random() * 14)::int
        when 0 then insert into keyed values (k, 'new ' || i, i) on conflict (id) do update set v = 'again ' || i;
        when 1 then update keyed set n = n + 1, v = null where id = k;
        when 2 then delete from keyed where id = k;
        when 3 then update keyed set id = k + 9000 * (5 * i + j) where id = k;
        when 4 then insert into pair values ('k' || k % 7, k % 600, 'new ' || i, repeat('n', 2500)) on conflict do nothing;
        when 5 then update pair set v = 'changed ' || i where b = k % 600 and b % {writers} = {writer};
        when 6 then delete from pair where b = k % 600 and b % {writers} = {writer} and random() < 0.5;
        when 7 then insert into indexed values (k, 'code ' || k, i) on conflict (code) do update set v = excluded.v;
        when 8 then update indexed set code = 'moved ' || 5 * i + j || ' ' || code where id = k and code not like 'moved%';
        when 9 then delete from indexed where id = k;
        when 10 then insert into keyless values (k % 50, 'new');
        when 11 then delete from keyless where ctid = (select min(ctid) from keyless where v % {writers} = {writer});
        when 12 then insert into split values (k, 'new ' || i) on conflict (id) do update set v = 'again ' || i;
        else update split set id = k + 9000 * (5 * i + j) where id = k;
      end case;
    end loop;
    if random() < 0.1 then rollback; else commit; end if;
  end loop;
end $$;
"""


def images(row):
    return {name: value for name, value in row.items() if not name.startswith("__")}


def unchanged(row):
    return {note["column"] for note in row["__notes"] or [] if note["what"] == "unchanged"}


def rebuild(rows, key):
    """What the events make of an empty table. Strict: nothing is inserted that is there, or changed that is not."""
    table = {}
    for row in rows:
        image = images(row)
        identity = tuple(image[column] for column in key)
        operation = row["__op"]
        if operation == "t":
            table.clear()
        elif operation == "d":
            assert identity in table, f"deleted, but not there: {row}"
            del table[identity]
        elif operation == "u":
            assert identity in table, f"updated, but not there: {row}"
            for column in unchanged(row):
                image[column] = table[identity][column]
            table[identity] = image
        else:
            assert identity not in table, f"made, but there already: {row}"
            # A row whose key changed is made anew, and may hold values that did not change with it.
            table[identity] = {**image, "unknown": True} if unchanged(row) else image
    return table


def rebuild_keyless(rows):
    """The same for a table whose rows have nothing but their values."""
    table = collections.Counter()
    for row in rows:
        image = tuple(images(row).values())
        assert row["__op"] in ("r", "c", "d"), row
        table[image] += -1 if row["__op"] == "d" else 1
        assert table[image] >= 0, f"deleted, but not there: {row}"
    return +table


def as_dicts(context, query, columns, numbers):
    return [
        {column: int(value) if column in numbers and value is not None else value for column, value in zip(columns, row)}
        for row in context.server.rows(query)
    ]


def compare(context, table, columns, numbers, key):
    rows = read_rows(context.lake, f"public.{table}")
    check_order(rows)
    found = rebuild(rows, key)
    stored = as_dicts(context, f"select {', '.join(columns)} from {table}", columns, numbers)
    expected = {tuple(row[column] for column in key): row for row in stored}
    assert_equal(sorted(found), sorted(expected), f"keys of {table}")
    for identity, row in expected.items():
        assert_equal(found[identity], row, f"{table} {identity}")


def compare_all(context):
    check_folder(context.lake)
    compare(context, "keyed", ["id", "v", "n"], {"id", "n"}, ["id"])
    compare(context, "pair", ["a", "b", "v", "big"], {"b"}, ["b", "a"])
    compare(context, "indexed", ["id", "code", "v"], {"id", "v"}, ["code"])
    compare(context, "split", ["id", "v"], {"id"}, ["id"])
    rows = read_rows(context.lake, "public.keyless")
    check_order(rows)
    expected = collections.Counter((int(v), w) for v, w in context.server.rows("select v, w from keyless"))
    assert_equal(rebuild_keyless(rows), expected, "rows of keyless")


def write(context):
    return [
        context.server.background(WORKLOAD.format(writer=writer, writers=WRITERS)) for writer in range(WRITERS)
    ]


def finish(context, writers):
    context.server.sql("insert into control.enough default values")
    for writer in writers:
        assert_equal(writer.wait(), 0, "exit status of a writer")
    return context.server.value("select pg_current_wal_lsn()")


def wait_for_slot(context, end):
    wait_until(
        lambda: context.server.value(f"select confirmed_flush_lsn >= '{end}' from pg_replication_slots") == "t",
        timeout=90,
        what=f"the slot to pass {end}",
    )


@timeout(300)
@postgres_majors(15, 18)
def test_replayed_events_rebuild_the_table(context):
    context.server.sql(TABLES)
    leat = context.leat(
        source={"tables": ["public.*"], "snapshot_workers": 3},
        sink={"commit_every": "50ms", "roll": {"rows": 5000, "every": "1s"}},
        retry={"first_delay": "50ms"},
    )
    writers = write(context)
    process = leat.start()
    wait_until(lambda: process.running() and list(context.lake.rglob("*.avro")), what="the snapshot", timeout=90)
    process.terminate().expect(DONE)
    kill_in_the_middle(leat, Writing(context.lake))
    writing = Writing(context.lake)
    process = leat.start()
    writing.wait(process)
    end = finish(context, writers)
    wait_for_slot(context, end)
    process.terminate().expect(DONE)
    compare_all(context)


@timeout(300)
def test_until_current_again_and_again_under_load(context):
    """Each run ends although writing goes on, with all that was committed before it began; together they are exact."""
    context.server.sql(TABLES)
    leat = context.leat(sink={"roll": {"rows": 5000}}, retry={"first_delay": "50ms"})
    writers = write(context)
    for number in range(10):
        context.server.sql(f"insert into keyed values ({-1 - number}, 'mark', 0)")
        leat.drain()
        marks = [row["id"] for row in read_rows(context.lake, "public.keyed") if row["id"] < 0]
        assert_equal(sorted(marks, reverse=True), [-1 - earlier for earlier in range(number + 1)], "marks")
    finish(context, writers)
    leat.drain()
    compare_all(context)
