#!/usr/bin/python3
"""Runs tests/unit/mysql_ddl_corpus.sql on a server, and records what it logged and what its catalog then said.

    tests/unit/mysql_ddl_record.py SERVER        mariadb-10.11, mariadb-11.8, mysql-9.7

writes tests/unit/mysql_ddl_recorded_SERVER.txt, which test_mysql_ddl_corpus.c replays. Statements that the server
refuses are printed, and are not recorded.
"""

import struct
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))
from lib.mysql_client import Connection, SqlError  # noqa: E402
from lib.mysql_server import MysqlServer  # noqa: E402

DATABASES = ("lab", "lab2")
CHARSETS = ("binary", "ascii", "latin1", "utf8mb3", "utf8mb4", "ucs2", "utf16")
COLLATIONS = ("_bin", "_unicode_ci", "_general_ci", "_0900_ai_ci", "_uca1400_ai_ci", "_uca1400_as_ci", "_uca1400_as_cs")
KINDS = {"BASE TABLE": "base", "SYSTEM VERSIONED": "versioned", "SEQUENCE": "sequence"}
BYTES = ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "enum", "set")
QUERY_EVENT, DUMP, NON_BLOCKING = 2, b"\x12", 1
HEADER_SIZE, CHECKSUM_SIZE = 19, 4


def escape(text):
    for plain, escaped in (("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        text = text.replace(plain, escaped)
    return text


def optional(text):
    """A text that may be empty; empty or none are the same where `text` is a comment."""
    return "-" if text is None else "=" + escape(text)


def literal(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


# -- the log --


def explicit_timestamps(variables, is_mariadb):
    """What the status variables of a QUERY event say of explicit_defaults_for_timestamp."""
    fixed = {0: 4, 1: 8, 3: 4, 4: 6, 7: 2, 8: 2, 9: 8, 10: 4, 13: 3, 14: 1, 16: 1, 17: 8, 18: 2, 19: 1, 20: 1}
    at = 0
    while at < len(variables):
        code = variables[at]
        at += 1
        if is_mariadb and code == 0:
            return "on" if struct.unpack_from("<I", variables, at)[0] & 1 << 24 else "off"
        if not is_mariadb and code == 16:
            return "on" if variables[at] else "off"
        if code == 12:
            count, at = variables[at], at + 1
            for _ in range(count if count != 254 else 0):
                at = variables.index(0, at) + 1
        elif code in (2, 5, 6):
            at += variables[at] + (2 if code == 2 else 1)
        elif code in fixed:
            at += fixed[code]
        else:
            break
    return "-"


def sql_mode(variables):
    """Flags come first, the mode second."""
    return struct.unpack_from("<Q", variables, 6)[0] if variables[:1] == b"\0" and variables[5:6] == b"\1" else 0


def logged_queries(server, place):
    """(database, mode, explicit timestamps, text) of the QUERY events behind `place`."""
    file, offset = place
    with server.session(None) as session:
        session.run("set @master_binlog_checksum='CRC32', @source_binlog_checksum='CRC32', @mariadb_slave_capability=4")
        session.sequence = 0
        session.write_packet(DUMP + struct.pack("<IHI", offset, NON_BLOCKING, 4711) + file.encode())
        while True:
            packet = session.read_packet()
            if packet[0] == 0xFE and len(packet) < 9:
                return
            event = packet[1:]
            if event[4] == QUERY_EVENT:
                yield read_query(event[HEADER_SIZE:-CHECKSUM_SIZE], server.is_mariadb)


def read_query(body, is_mariadb):
    database_size, _, variables_size = struct.unpack_from("<BHH", body, 8)
    variables = body[13 : 13 + variables_size]
    database = body[13 + variables_size : 13 + variables_size + database_size]
    text = body[13 + variables_size + database_size + 1 :]
    return database.decode(), sql_mode(variables), explicit_timestamps(variables, is_mariadb), text.decode()


# -- the catalog --


class Catalog:
    """What information_schema says of the tables, as lines of the recording."""

    def __init__(self, server):
        self.server = server

    def tables(self):
        """{(database, name): lines}"""
        names = ", ".join(literal(name) for name in DATABASES)
        rows = self.server.rows(
            "select table_schema, table_name, table_type, engine, table_collation, table_comment"
            f" from information_schema.tables where table_schema in ({names}) order by 1, 2",
            None,
        )
        return {row[:2]: self.describe(*row) for row in rows if row[2] in KINDS}

    def describe(self, database, name, kind, engine, collation, comment):
        kind = KINDS[kind]
        head = ("table", database, escape(name), kind, collation, engine or "-", optional(comment or None))
        where = f"table_schema = {literal(database)} and table_name = {literal(name)}"
        return ["\t".join(head), *self.columns(where, kind), *self.indexes(where)]

    def columns(self, where, kind):
        rows = self.server.rows(
            "select column_name, data_type, column_type, is_nullable, collation_name, column_default, extra,"
            f" column_comment, generation_expression from information_schema.columns where {where}"
            " order by ordinal_position",
            None,
        )
        lines = [self.column(kind, *row) for row in rows]
        if kind == "versioned" and not any(row[8] == "ROW END" for row in rows):
            # Rows have them, the catalog does not show them.
            lines += [f"column\t{name}\ttimestamp(6)\tig\t-\t-\t-" for name in ("row_start", "row_end")]
        return lines

    def column(self, kind, name, data_type, type_text, nullable, collation, default, extra, comment, expression):
        flags = ("n" if nullable == "YES" else "") + ("i" if "INVISIBLE" in extra else "") + ("g" if expression else "")
        if collation is None and data_type in BYTES:
            collation = "binary"
        if self.server.is_mariadb and default == "NULL":
            default = None
        if kind == "sequence":
            comment = ""
        texts = (escape(name), escape(type_text), flags or "-", collation or "-")
        return "\t".join(("column", *texts, optional(default), optional(comment or None)))

    def indexes(self, where):
        parts = {}
        for name, column in self.server.rows(
            f"select index_name, column_name from information_schema.statistics where non_unique = 0 and {where}"
            " order by index_name <> 'PRIMARY', cast(index_name as binary), seq_in_index",
            None,
        ):
            parts.setdefault(name, []).append(column)
        for name, columns in parts.items():
            names = [escape(column) for column in columns if column is not None]
            yield "\t".join(("index", escape(name), "expression" if None in columns else "-", *names))

    def collations(self):
        table = "collations"
        name = "collation_name"
        if self.server.is_mariadb:
            table, name = "collation_character_set_applicability", "full_collation_name"
        longest = dict(self.server.rows("select character_set_name, maxlen from information_schema.character_sets", None))
        for number, name, charset, default in self.server.rows(
            f"select id, {name}, character_set_name, is_default from information_schema.{table}", None
        ):
            wanted = default == "Yes" or name.endswith(COLLATIONS)
            if charset in CHARSETS and wanted:
                mark = "default" if default == "Yes" else "-"
                yield "\t".join(("collation", number, name, charset, longest[charset], mark))

    def databases(self):
        names = ", ".join(literal(name) for name in DATABASES)
        return dict(
            self.server.rows(
                "select schema_name, default_collation_name from information_schema.schemata"
                f" where schema_name in ({names})",
                None,
            )
        )


# -- the corpus --


def read_corpus():
    """[{name, only, since, statements: [(is setup, text)]}]"""
    cases, lines, setup = [], [], False
    for line in (HERE / "mysql_ddl_corpus.sql").read_text(encoding="utf-8").splitlines():
        if not lines and line.startswith("-- "):
            word, _, rest = line[3:].partition(" ")
            if word == "case":
                cases.append({"name": rest, "only": None, "since": 0, "statements": []})
            elif word == "only" and cases:
                cases[-1]["only"] = rest
            elif word == "since" and cases:
                cases[-1]["since"] = int(rest)
            setup |= word == "setup"
        elif line == ";;":
            cases[-1]["statements"].append((setup, "\n".join(lines)))
            lines, setup = [], False
        elif lines or line:
            lines.append(line)
    return cases


class Recorder:
    def __init__(self, server):
        self.server = server
        self.catalog = Catalog(server)
        numbers = server.value("select version()", None).split("-")[0].split(".")
        self.version = int(numbers[0]) * 10000 + int(numbers[1]) * 100 + int(numbers[2])
        self.lines = [f"server\t{server.family}\t{self.version}", *self.catalog.collations()]
        self.tables = {}
        self.databases = {}

    def note_databases(self):
        found = self.catalog.databases()
        for name, collation in found.items():
            if self.databases.get(name) != collation:
                self.lines.append(f"database\t{name}\t{collation}")
        self.databases = found

    def note_tables(self):
        found = self.catalog.tables()
        self.lines += [f"gone\t{name[0]}\t{escape(name[1])}" for name in self.tables if name not in found]
        for name, lines in found.items():
            if self.tables.get(name) != lines:
                self.lines += lines
        self.tables = found

    def record(self, session, text):
        place = self.server.position()
        try:
            session.run(text)
        except SqlError as refusal:
            print(f"{self.server.name}: {refusal}\n    {text}")
            return
        for database, mode, explicit, logged in logged_queries(self.server, place):
            if logged not in ("BEGIN", "COMMIT"):
                self.lines.append(f"statement\t{database or '-'}\t{mode:x}\t{explicit}\t{escape(logged)}")
        self.note_tables()
        self.note_databases()

    def run_case(self, case):
        self.server.sql("drop database if exists lab; drop database if exists lab2", None)
        self.server.sql("create database lab character set utf8mb4", None)
        self.lines.append(f"case\t{case['name']}")
        self.tables = {}
        self.note_databases()
        with Connection(self.server.directory / "server.sock", "lab") as session:
            for setup, text in case["statements"]:
                if setup:
                    session.run(text)
                else:
                    self.record(session, text)

    def run(self):
        for case in read_corpus():
            if case["only"] in (None, self.server.family) and self.version >= case["since"]:
                self.run_case(case)
        return "\n".join(self.lines) + "\n"


def main():
    name = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        server = MysqlServer(name, folder).start()
        try:
            text = Recorder(server).run()
        finally:
            server.stop()
    path = HERE / f"mysql_ddl_recorded_{name.replace('-', '_').replace('.', '_')}.txt"
    path.write_text(text, encoding="utf-8")


main()
