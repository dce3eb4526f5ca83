"""Readers of the file sink's folder that know nothing of leat but its documented layout:

    <lake>/<schema>.<table>/v=<version>/dt=<YYYY-MM-DD>/<first position>-<last position>.avro
"""

import json
import re

from lib.container import Container
from lib.testing import Failure

PARTITION = re.compile(r"v=\d+/dt=\d{4}-\d\d-\d\d")


def data_files(lake, table=None):
    """The .avro files of a table ("public.orders"), or of all tables, in the order of their names: log order."""
    folders = [lake / table] if table else tables(lake)
    found = [path for folder in folders for path in folder.rglob("*.avro") if not path.name.startswith(".")]
    return sorted(found, key=lambda path: (path.relative_to(lake).parts[0], path.name, str(path)))


def tables(lake):
    """The folders of the tables."""
    if not lake.is_dir():
        return []
    return sorted(path for path in lake.iterdir() if path.is_dir() and not path.name.startswith(("_", ".")))


def hidden_files(lake):
    """What a running or crashed leat has not finished."""
    return sorted(path for path in lake.rglob(".*"))


def check_folder(lake):
    """Every file is whole, in its right place, and no half-made one is left. Returns the number of records of each
    table. For a leat that has ended properly."""
    if hidden_files(lake):
        raise Failure(f"hidden files are left: {', '.join(map(str, hidden_files(lake)))}")
    counts = {}
    for path in data_files(lake):
        table, *partition = path.relative_to(lake).parts[:-1]
        if not PARTITION.fullmatch("/".join(partition)):
            raise Failure(f"{path} is not under v=<version>/dt=<date>")
        counts[table] = counts.get(table, 0) + Container(path).count()
    return counts


def count_rows(lake, table):
    """The number of records, from the containers' blocks: fast, and strict about the blocks."""
    return sum(Container(path).count() for path in data_files(lake, table))


def fast_rows(lake, table):
    """Every record as a dict, values as Avro holds them, by our own strict reader. For many rows."""
    for path in data_files(lake, table):
        yield from Container(path).records()


def read_rows(lake, table, logical=False):
    """Every record as a dict, by python-avro, in file-name and record order.

    Values are as Avro holds them; with `logical`, as python-avro turns them into dates, Decimals and so on (which
    fails for what Python's own types cannot hold, such as the year 10000).
    """
    return [row for path in data_files(lake, table) for row in read_file(path, logical)]


def read_file(path, logical=False):
    from avro.datafile import DataFileReader
    from avro.io import DatumReader
    from avro.schema import parse

    with open(path, "rb") as stream, DataFileReader(stream, DatumReader()) as reader:
        if not logical:
            plain = parse(json.dumps(without_logical_types(Container(path).schema)))
            reader.datum_reader.writers_schema = reader.datum_reader.readers_schema = plain
        return list(reader)


def without_logical_types(schema):
    if isinstance(schema, list):
        return [without_logical_types(branch) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    nested = ("type", "items", "values")
    plain = {key: without_logical_types(item) if key in nested else item for key, item in schema.items()}
    plain.pop("logicalType", None)
    if "fields" in plain:
        plain["fields"] = [without_logical_types(field) for field in plain["fields"]]
    return plain


def schemas(lake, table):
    """The writer's schema of each data file, in file-name order."""
    return [Container(path).schema for path in data_files(lake, table)]


def check_order(rows):
    """__seq grows from each row to the next: log order, and no event twice. Takes any iterable; returns the count."""
    last, count = "", 0
    for row in rows:
        if row["__seq"] <= last:
            raise Failure(f"row {count}: __seq {row['__seq']} does not follow {last}: {row}")
        last = row["__seq"]
        count += 1
    return count
