"""Every type of docs/types.md, by snapshot and by stream, on every server: what is common to all sources.

Each case says how the server itself expresses the value (an SQL expression over the column c, which the server
prints), and how to write the Avro value the same way. No expected value is computed by leat or written down by hand.
"""

import json
import struct

from lib.files import check_folder, read_rows, schemas
from lib.testing import Failure, assert_equal


class Case:
    """One type: SQL name, literals, the server's expression of a value, and Avro's."""

    def __init__(self, sql, literals, expression=None, text=str, unrepresentable=(), avro=None, setup="", parse=None,
                 only=None):
        self.sql = sql
        self.literals = literals
        self.expression = expression  # None: the source's usual one
        self.text = text  # of the Avro value, as the expression prints it
        self.unrepresentable = unrepresentable  # literals that Avro cannot hold: null, and a note with the text
        self.avro = avro  # what the schema must say: (type, logicalType)
        self.setup = setup
        self.parse = parse  # of what the server prints, where its text is not the only one of the value
        self.only = only  # tells of a server whether it has this type; None: all do


class Dialect:
    """What differs between sources."""

    folder = ""  # the first part of a table's name: "public"
    settings = ""  # statements before reading, so that what the server prints is what leat is told
    expression = ""  # of a value, where a case has none
    printed = ""  # of the text that a note has
    full_images = False  # whether the log has all columns of a row that goes

    def literal(self, case, literal):
        return literal

    def fill_settings(self):
        """Statements before the inserts."""
        return ""


# ---- texts of Avro values --------------------------------------------------------------------------------------


def decimal(scale):
    def text(value):
        number = int.from_bytes(value, "big", signed=True)
        digits = str(abs(number)).rjust(scale + 1, "0")
        fraction = "." + digits[-scale:] if scale else ""
        return ("-" if number < 0 else "") + (digits[:-scale] if scale else digits) + fraction

    return text


def hexadecimal(value):
    return value.hex()


def float_bits(value):
    return struct.pack(">d", value).hex()


def float4_bits(value):
    return struct.pack(">f", value).hex()


# ---- tables ----------------------------------------------------------------------------------------------------


def make_table(server, name, case):
    server.sql(f"{case.setup + ';' if case.setup else ''} create table t_{name} (id int primary key, c {case.sql})")


def fill(server, dialect, name, case, first):
    """One row a literal, then a null. Returns their number."""
    literals = [dialect.literal(case, literal) for literal in (*case.literals, *case.unrepresentable, "null")]
    values = ", ".join(f"({first + index}, {literal})" for index, literal in enumerate(literals))
    server.sql(f"{dialect.fill_settings()} insert into t_{name} values {values}")
    return len(literals)


# ---- comparing -------------------------------------------------------------------------------------------------


def same(found, expected):
    """Texts are equal, or JSON of equal content (spaces and key order are the printer's)."""
    if found == expected:
        return True
    try:
        return json.loads(found) == json.loads(expected)
    except (TypeError, ValueError):
        return False


class Expectation:
    """What the server has in one table: its own text of each value, and that for notes."""

    def __init__(self, server, dialect, name, case):
        self.name = name
        self.case = case
        self.size = len(case.literals) + len(case.unrepresentable) + 1
        fine = f"mod(id - 1, {self.size}) < {len(case.literals)}"
        expression = case.expression or dialect.expression
        rows = server.rows(f"{dialect.settings} select id, {expression} from t_{name} where {fine}")
        self.values = {int(key): case.parse(text) if case.parse else text for key, text in rows}
        self.printed = {}
        if case.unrepresentable:
            rows = server.rows(f"{dialect.settings} select id, {dialect.printed} from t_{name} where c is not null")
            self.printed = {int(key): text for key, text in rows}

    def check(self, row, exact):
        identity = abs(row["id"])
        where = f"{self.name}, row {identity} ({row['__op']})"
        noted = {note["column"]: (note["what"], note["text"]) for note in row["__notes"] or []}
        if (identity - 1) % self.size >= len(self.case.literals):
            assert_equal(row["c"], None, where)
            text = self.printed.get(identity)
            assert_equal(noted, {"c": ("unrepresentable", text)} if text is not None else {}, f"notes of {where}")
            return
        assert_equal(noted, {}, f"notes of {where}")
        if row["c"] is None:
            raise Failure(f"{where}: found null, the server has {self.values[identity][:200]}")
        found, expected = self.case.text(row["c"]), self.values[identity]
        if found != expected and (exact or not same(found, expected)):
            raise Failure(f"{where}: found {found[:200]}, the server has {expected[:200]}")


def check_schema(name, case, schema):
    (field,) = [field for field in schema["fields"] if field.get("leat.name") == "c"]
    kind = field["type"][1]
    found = (kind, None) if isinstance(kind, str) else (kind["type"], kind.get("logicalType"))
    assert_equal(found, case.avro, f"Avro type of {name}")


def check_table(context, dialect, expectation, operations):
    name, table = expectation.name, f"{dialect.folder}.t_{expectation.name}"
    rows = read_rows(context.lake, table)
    assert_equal([row["__op"] for row in rows], operations, f"operations of {name}")
    for row in rows:
        expectation.check(row, dialect.full_images)
    found = schemas(context.lake, table)
    if any(schema != found[0] for schema in found):
        raise Failure(f"{name}: snapshot and stream have different schemas")
    check_schema(name, expectation.case, found[0])


def check_all(checks):
    """Runs every check, so that one run tells of everything that is wrong."""
    failures = []
    for check in checks:
        try:
            check()
        except Failure as failure:
            failures.append(str(failure))
    if failures:
        raise Failure(f"{len(failures)} types are wrong:\n" + "\n".join(failures))


# ---- the test --------------------------------------------------------------------------------------------------


def check_every_type(context, dialect, cases):
    """Each value once by the snapshot, once by an insert, and where the log has all of a row that goes, twice more
    by a change of its key."""
    server = context.server
    counts = {}
    for name, case in cases.items():
        make_table(server, name, case)
        counts[name] = fill(server, dialect, name, case, 1)
    leat = context.leat()
    leat.drain()
    for name, case in cases.items():
        fill(server, dialect, name, case, counts[name] + 1)
    expectations = [Expectation(server, dialect, name, case) for name, case in cases.items()]
    if dialect.full_images:
        for name in cases:
            server.sql(f"update t_{name} set id = -id where id > {counts[name]} order by id")
    leat.drain()

    def operations(name):
        moved = ["d", "c"] * counts[name] if dialect.full_images else []
        return ["r"] * counts[name] + ["c"] * counts[name] + moved

    totals = {f"{dialect.folder}.t_{name}": len(operations(name)) for name in cases}
    assert_equal(check_folder(context.lake), totals)
    check_all(
        lambda expectation=expectation: check_table(context, dialect, expectation, operations(expectation.name))
        for expectation in expectations
    )
