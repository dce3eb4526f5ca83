"""Columns that a server keeps for itself, and logs with the rest."""

from lib.files import read_rows
from lib.testing import assert_equal, mysql_servers, own_server


def rows_of(lake, table):
    return [
        (row["__op"], {name: value for name, value in row.items() if not name.startswith("__")})
        for row in read_rows(lake, table)
    ]


@mysql_servers("mariadb-10.11", "mariadb-11.8")
@own_server
def test_hashes_of_long_unique_indexes(context):
    """MariaDB's log has DB_ROW_HASH_n behind the columns, its catalog has not."""
    for metadata in ("FULL", "MINIMAL", "NO_LOG"):
        table = f"t_{metadata.lower()}"
        context.server.sql(
            f"""set global binlog_row_metadata = '{metadata}';
                create table {table} (id int primary key, t text, v varchar(1000) character set utf8mb4, unique (t),
                    unique (v, t));
                insert into {table} values (1, 'a', 'x')"""
        )
        lake = context.directory / table
        leat = context.leat(source={"tables": [f"test.{table}"]}, sink={"path": lake}, state=context.directory / f"{table}.db")
        leat.drain()
        context.server.sql(
            f"""insert into {table} values (2, 'b', null);
                update {table} set v = 'y' where id = 1;
                delete from {table} where id = 2;
                alter table {table} add column n int after id;
                insert into {table} (id, t) values (3, 'c')"""
        )
        leat.drain()
        assert_equal(
            rows_of(lake, f"test.{table}"),
            [
                ("r", {"id": 1, "t": "a", "v": "x"}),
                ("c", {"id": 2, "t": "b", "v": None}),
                ("u", {"id": 1, "t": "a", "v": "y"}),
                ("d", {"id": 2, "t": "b", "v": None}),
                ("c", {"id": 3, "n": None, "t": "c", "v": None}),
            ],
            f"rows with binlog_row_metadata = {metadata}",
        )


@mysql_servers("mysql-9.7")
def test_indexes_over_expressions(context):
    """MySQL keeps a column for each expression of an index, and logs none of them."""
    context.server.sql("create table a (id int primary key, t varchar(20), unique ((lower(t))), index ((id + 1)))")
    context.server.sql("insert into a values (1, 'A')")
    leat = context.leat()
    leat.drain()
    context.server.sql("insert into a values (2, 'B'); update a set t = 'C' where id = 1")
    leat.drain()
    assert_equal(
        rows_of(context.lake, "test.a"),
        [("r", {"id": 1, "t": "A"}), ("c", {"id": 2, "t": "B"}), ("u", {"id": 1, "t": "C"})],
    )
