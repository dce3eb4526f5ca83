"""PostgreSQL's types for types_engine.py."""

import json

from types_engine import Case, Dialect, decimal, float4_bits, float_bits, hexadecimal

MICROS = "(extract(epoch from c) * 1000000)::numeric::bigint"
# extract(epoch) of a timestamp far away has lost its last digits; days and time of day are exact.
TIMESTAMP_MICROS = "(c::date - date '1970-01-01')::bigint * 86400000000 + (extract(epoch from c::time) * 1000000)::bigint"
# A double's bits as the server sends them: exact, no decimal in between.
FLOAT_BITS = "encode(float8send(c), 'hex')"


def boolean(value):
    return "t" if value else "f"


POINTS = "json_build_object('x', encode(float8send(c[0]), 'hex'), 'y', encode(float8send(c[1]), 'hex'))::jsonb::text"

CASES = {
    "boolean": Case("boolean", ["true", "false"], text=boolean, expression="c", avro=("boolean", None)),
    "bit1": Case("bit(1)", ["B'1'", "B'0'"], text=lambda v: "1" if v else "0", avro=("boolean", None)),
    "smallint": Case("smallint", ["0", "-32768", "32767"], avro=("int", None)),
    "integer": Case("integer", ["0", "-2147483648", "2147483647"], avro=("int", None)),
    "bigint": Case("bigint", ["0", "'-9223372036854775808'", "9223372036854775807"], avro=("long", None)),
    "oid": Case("oid", ["0", "4294967295"], avro=("long", None)),
    "xid8": Case("xid8", ["'0'", "'9223372036854775807'"], unrepresentable=["'18446744073709551615'"], avro=("long", None)),
    "real": Case("real", ["0", "'-0'", "1.5", "3.4028235e38", "1e-45", "0.1", "'NaN'", "'Infinity'", "'-Infinity'"],
                 "encode(float4send(c), 'hex')", float4_bits, avro=("float", None)),
    "double": Case("double precision", ["0", "'-0'", "0.1", "0.1::float8 + 0.2::float8", "1.7976931348623157e308", "5e-324",
                                        "123456789012345.678", "'NaN'", "'Infinity'", "'-Infinity'", "1e22", "1e23"],
                   FLOAT_BITS, float_bits, avro=("double", None)),
    "numeric_scaled": Case("numeric(30,5)", ["0", "-0.00001", "1234567890123456789012345.67891", "-9999999999999999999999999.99999"],
                           text=decimal(5), unrepresentable=["'NaN'"], avro=("bytes", "decimal")),
    "numeric_whole": Case("numeric(5)", ["0", "-99999", "99999", "128", "-128", "-129"], text=decimal(0), avro=("bytes", "decimal")),
    "numeric": Case("numeric", ["0", "1.500", "-123456789012345678901234567890.000100", "'NaN'"], avro=("string", None)),
    "money": Case("money", ["12.50", "-92233720368547758.08"], avro=("string", None)),
    "char": Case("char(5)", ["'ab'", "'abcde'", "''"], "rpad(c::text, 5)", avro=("string", None)),
    "varchar": Case("varchar(20)", ["''", "'päivää'", "'a\tb'", "E'line\\nbreak\\\\n'"], avro=("string", None)),
    "text": Case("text", ["''", "repeat('x', 100000)", "E'\\\\N'", "E'tab\\there\\\\'", "'日本語 🎉'", "E'\\x01\\x7f'"], avro=("string", None)),
    "name": Case("name", ["'someone'"], avro=("string", None)),
    "one_char": Case('"char"', ["'a'", "''"], avro=("string", None)),
    "bytea": Case("bytea", ["''", "'\\x00ff5c41'", "decode(repeat('ab', 3000), 'hex')"], "encode(c, 'hex')", hexadecimal, avro=("bytes", None)),
    "uuid": Case("uuid", ["'00000000-0000-0000-0000-000000000000'", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"], avro=("string", "uuid")),
    "json": Case("json", ["""'{"b": 1, "a": [1.50, null],  "b": 2}'"""], avro=("string", None)),
    "jsonb": Case("jsonb", ["""'{"b": 12345678901234567890.50, "a": [1, null, "\\u00e9"]}'"""], avro=("string", None)),
    "xml": Case("xml", ["'<a b=\"1\">text</a>'"], avro=("string", None)),
    "date": Case("date", ["'1970-01-01'", "'2024-02-29'", "'1969-12-31'", "'0001-01-01'", "'4713-01-01 BC'", "'5874897-12-31'", "'0044-03-15 BC'"],
                 "c - date '1970-01-01'", unrepresentable=["'infinity'", "'-infinity'"], avro=("int", "date")),
    "time": Case("time", ["'00:00'", "'24:00:00'", "'23:59:59.999999'", "'12:34:56.7'"], MICROS, avro=("long", "time-micros")),
    "time3": Case("time(3)", ["'12:34:56.789'"], MICROS, avro=("long", "time-micros")),
    "timetz": Case("timetz", ["'12:34:56+05:30'", "'23:59:59.5-08'"], avro=("string", None)),
    "timestamp": Case("timestamp", ["'1970-01-01 00:00:00'", "'2024-02-29 23:59:59.999999'", "'1969-12-31 23:59:59.5'", "'4713-01-02 00:00:00 BC'",
                                    "'294247-01-10 04:00:54.775807'", "'0001-01-01 00:00:00.000001'"],
                      # PostgreSQL counts from 2000 and so goes thirty years beyond what a long holds from 1970.
                      TIMESTAMP_MICROS, unrepresentable=["'infinity'", "'-infinity'", "'294247-01-10 04:00:54.775808'", "'294276-12-31 23:59:59.999999'"], avro=("long", "local-timestamp-micros")),
    "timestamptz": Case("timestamptz", ["'1970-01-01 00:00:00+00'", "'2024-03-10 08:00:00.123456 America/New_York'", "'1850-01-01 00:00:00 Europe/Amsterdam'",
                                        "'0044-03-15 12:00:00+00 BC'"],
                        TIMESTAMP_MICROS, unrepresentable=["'infinity'", "'-infinity'"], avro=("long", "timestamp-micros")),
    "interval": Case("interval", ["'0'", "'1 year 2 mons -3 days 04:05:06.7'", "'-1 mon +1 day -00:00:00.000001'"], avro=("string", None)),
    "bits": Case("bit(10)", ["B'1100000001'"], avro=("string", None)),
    "varbit": Case("varbit", ["B''", "B'101'"], avro=("string", None)),
    "enum": Case("mood", ["'sad'", "'o k'"], setup="create type mood as enum ('sad', 'o k', 'happy')", avro=("string", None)),
    "domain": Case("cents", ["12.34", "-0.01"], text=decimal(2), avro=("bytes", "decimal"),
                   setup="create domain money_amount as numeric(12,2); create domain cents as money_amount check (value < 1000000)"),
    "integers": Case("integer[]", ["'{}'", "'{1,NULL,-3}'", "'{1,2,3}'"], "to_jsonb(c)::text", lambda v: json.dumps(v),
                     unrepresentable=["'{{1,2},{3,4}}'", "'[0:1]={7,8}'"], avro=("array", None)),
    "texts": Case("text[]", ["""'{"",NULL,"NULL","a,b","q\\"uote","back\\\\slash","{brace}"," space "}'"""], "to_jsonb(c)::text",
                  lambda v: json.dumps(v, ensure_ascii=False), avro=("array", None)),
    "numerics": Case("numeric(10,2)[]", ["'{1.50,NULL,-0.01}'"], "array_to_string(c, ',', 'NULL')",
                     lambda v: ",".join("NULL" if item is None else decimal(2)(item) for item in v), avro=("array", None)),
    "timestamps": Case("timestamptz[]", ["array['2024-03-10 08:00:00.123456+00'::timestamptz, null]"],
                       "(select jsonb_agg((extract(epoch from i) * 1000000)::bigint) from unnest(c) i)::text", lambda v: json.dumps(v), avro=("array", None)),
    "bytes_array": Case("bytea[]", ["array['\\x00ff'::bytea, null]"], "(select jsonb_agg(encode(i, 'hex')) from unnest(c) i)::text",
                        lambda v: json.dumps([item and item.hex() for item in v]), avro=("array", None)),
    "moods": Case("mood2[]", ["'{sad,NULL,\"o k\"}'"], "to_jsonb(c)::text", lambda v: json.dumps(v), setup="create type mood2 as enum ('sad', 'o k')", avro=("array", None)),
    "boxes": Case("box[]", ["'{(1,1),(0,0);(3,3),(2,2)}'"], "(select jsonb_agg(i::text) from unnest(c) i)::text", lambda v: json.dumps(v), avro=("array", None)),
    "hstore": Case("hstore", ["''", "'a=>1, b=>NULL, \"q\\\"k\"=>\"v, =>\"'"], "hstore_to_jsonb(c)::text", lambda v: json.dumps(v, sort_keys=True, ensure_ascii=False),
                   setup="create extension hstore", avro=("map", None)),
    "composite": Case("item", ["row(1, 'a \"q\", (b)', null)", "row(null, '', 2.50)"],
                      "jsonb_build_object('id', (c).id, 'label', (c).label, 'price', ((c).price * 100)::int)::text",
                      lambda v: json.dumps({"id": v["id"], "label": v["label"], "price": v["price"] and int.from_bytes(v["price"], "big", signed=True)}),
                      setup="create type item as (id int, label text, price numeric(6,2))", avro=("record", None)),
    "composites": Case("item2[]", ["array[row(1, 'a,\"b\"\\')::item2, null]"], "to_jsonb(c)::text", lambda v: json.dumps(v, ensure_ascii=False),
                       setup="create type item2 as (id int, label text)", avro=("array", None)),
    "point": Case("point", ["'(1.5,-2.25)'", "'(0.1,1e300)'"], POINTS,
                  lambda v: json.dumps({name: float_bits(v[name]) for name in ("x", "y")}), avro=("record", None)),
    "int4range": Case("int4range", ["'[1,5]'", "'empty'", "'(,5]'"], avro=("string", None)),
    "tstzrange": Case("tstzrange", ["'[2024-01-01 00:00:00+00,2024-02-01 00:00:00+00)'"], avro=("string", None)),
    "multirange": Case("int4multirange", ["'{[1,3),[5,9)}'"], avro=("string", None)),
    "inet": Case("inet", ["'10.0.0.1'", "'10.0.0.0/8'", "'::1'"], "case when c::text like '%/32' or c::text like '%/128' then host(c) else c::text end", avro=("string", None)),
    "cidr": Case("cidr", ["'10.0.0.0/8'"], avro=("string", None)),
    "macaddr": Case("macaddr", ["'08:00:2b:01:02:03'"], avro=("string", None)),
    "tsvector": Case("tsvector", ["to_tsvector('english', 'the quick brown fox')"], avro=("string", None)),
    "pg_lsn": Case("pg_lsn", ["'16/B374D848'"], avro=("string", None)),
    "citext": Case("citext", ["'MiXed'"], setup="create extension citext", avro=("string", None)),
}


class Postgres(Dialect):
    folder = "public"
    settings = """set datestyle = 'ISO, YMD'; set intervalstyle = iso_8601; set extra_float_digits = 3; set timezone = 'UTC';
                  set bytea_output = hex; set lc_monetary = 'C'; """
    expression = "c::text"
    printed = "c::text"

    def literal(self, case, literal):
        return f"({literal})::{case.sql}"


def available_cases(server):
    """Contrib is not in every build of the server: what it lacks is left out, by name of the extension."""
    extensions = {name for (name,) in server.rows("select name from pg_available_extensions")}
    return {
        name: case
        for name, case in CASES.items()
        if not case.setup.startswith("create extension") or case.setup.split()[-1] in extensions
    }


def disturb(server):
    """Settings of the database must not show in what we read."""
    server.sql("""alter database postgres set datestyle = 'German, DMY'; alter database postgres set intervalstyle = 'postgres';
                  alter database postgres set timezone = 'America/New_York'; alter database postgres set extra_float_digits = 0;
                  alter database postgres set bytea_output = 'escape'""")
