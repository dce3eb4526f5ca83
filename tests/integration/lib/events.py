"""What tests look at in a lake: operations and rows, notes, versions."""

from lib.files import check_order, data_files, read_rows


def first_run(context, sql, **changes):
    """Makes tables, and a pipeline that has done its first start: everything after comes by the stream."""
    context.server.sql(sql)
    leat = context.leat(**changes)
    leat.drain()
    return leat


def without_ours(row):
    return {name: value for name, value in row.items() if not name.startswith("__")}


def events(context, table):
    """(operation, row) of a table's events in log order, without our own fields; order is checked on the way."""
    rows = read_rows(context.lake, table)
    check_order(rows)
    return [(row["__op"], without_ours(row)) for row in rows]


def operations(context, table):
    return [operation for operation, _ in events(context, table)]


def notes(context, table):
    """For each event, {column: (what, text)}."""
    return [
        {note["column"]: (note["what"], note["text"]) for note in row["__notes"] or []}
        for row in read_rows(context.lake, table)
    ]


def versions(context, table):
    """The numbers of the table's versions that have files."""
    return sorted({path.relative_to(context.lake).parts[1] for path in data_files(context.lake, table)})


def rebuild(found, key):
    """What events make of an empty table, by key. Strict: nothing is made that is there, or changed that is not."""
    table = {}
    for operation, row in found:
        identity = tuple(row[column] for column in key)
        if operation == "t":
            table.clear()
        elif operation == "d":
            assert identity in table, f"deleted, but not there: {row}"
            del table[identity]
        else:
            there = identity in table
            assert there == (operation == "u"), f"{operation} of a row that was{'' if there else ' not'} there: {row}"
            table[identity] = row
    return table
