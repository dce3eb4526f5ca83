"""The types of MariaDB and MySQL for types_engine.py."""

import struct

from types_engine import Case, Dialect, decimal, float4_bits, float_bits, hexadecimal

# Without the sign, for the functions of a time's parts give it to none of them.
TIME_MICROS = "if(left(c, 1) = '-', -1, 1) * ((hour(c) * 3600 + minute(c) * 60 + second(c)) * 1000000 + microsecond(c))"
MICROS = "timestampdiff(microsecond, '1970-01-01', c)"
DAYS = "datediff(c, '1970-01-01')"
# As it is stored: four bytes of SRID, least significant first, then the WKB.
GEOMETRY = "lower(hex(c))"
HEX = "lower(hex(c))"


def mysql(server):
    return not server.is_mariadb


def mariadb(server):
    return server.is_mariadb


def mariadb_since(*version):
    return lambda server: server.is_mariadb and server.version >= version


def boolean(value):
    return "1" if value else "0"


def as_float(text):
    return float_bits(float(text))


def as_float4(text):
    return float4_bits(float(text))


def joined(value):
    return ",".join(value)


def geometry(value):
    return struct.pack("<I", value["srid"] or 0).hex() + value["wkb"].hex()


def floats(value):
    return struct.pack(f"<{len(value)}f", *value).hex()


def charset(name, literals, only=None, sql="varchar(200)"):
    """Text of one charset. The server gives it to our client as UTF-8; in the log it is in the column's own."""
    return Case(f"{sql} character set {name}", literals, avro=("string", None), only=only)


def integer(sql, low, high, kind="int"):
    return Case(sql, ["0", "1", str(low), str(high)], "cast(c as char)", avro=(kind, None))


def exact(sql, precision, scale, *literals):
    largest = "9" * (precision - scale) + ("." + "9" * scale if scale else "")
    smallest = "0." + "1".rjust(scale, "0") if scale else "1"
    signed = ["0", smallest, largest]
    if "unsigned" not in sql:
        signed += ["-" + smallest, "-" + largest]
    return Case(sql, [*signed, *literals], "cast(c as char)", decimal(scale), avro=("bytes", "decimal"))


def times(digits):
    fraction = "." + "9" * digits if digits else ""
    least = "." + "1".rjust(digits, "0") if digits else ":01"
    texts = ["00:00:00", "23:59:59" + fraction, "838:59:58" + fraction, "-838:59:58" + fraction, "838:59:59", "-838:59:59"]
    texts += ["-00:00:01", "-01:00:00", "-00:00:00" + least, "-00:00:59" + fraction, "-12:34:56" + fraction, "12:00:00" + least]
    texts = [text for text in texts if text.count(":") == 2]
    return Case(f"time({digits})", [f"'{text}'" for text in texts], TIME_MICROS, avro=("long", None))


def datetimes(digits):
    fraction = "." + "9" * digits if digits else ""
    least = "." + "1".rjust(digits, "0") if digits else ""
    texts = ["1970-01-01 00:00:00", "2024-02-29 23:59:59" + fraction, "9999-12-31 23:59:59" + fraction, "0001-01-01 00:00:00" + least]
    texts += ["1969-12-31 23:59:59" + fraction, "1000-01-01 00:00:00", "2024-03-10 02:30:00" + least]
    return Case(f"datetime({digits})", [f"'{text}'" for text in texts], MICROS, avro=("long", "local-timestamp-micros"),
                unrepresentable=["'0000-00-00 00:00:00'", "'2024-00-10 11:12:13" + fraction + "'", "'2024-05-00 00:00:00'"])


def timestamps(digits):
    fraction = "." + "9" * digits if digits else ""
    least = "." + "1".rjust(digits, "0") if digits else ""
    texts = ["1970-01-01 00:00:01" + least, "2024-02-29 23:59:59" + fraction, "2038-01-19 03:14:07" + fraction, "2024-03-10 07:30:00" + least]
    return Case(f"timestamp({digits}) null", [f"'{text}'" for text in texts], MICROS, avro=("long", "timestamp-micros"),
                unrepresentable=["'0000-00-00 00:00:00'"])


NUMBERS = {
    "tinyint": integer("tinyint", -128, 127),
    "tinyint_unsigned": integer("tinyint unsigned", 0, 255),
    "tinyint1": integer("tinyint(1)", -128, 127),
    "smallint": integer("smallint", -32768, 32767),
    "smallint_unsigned": integer("smallint unsigned", 0, 65535),
    "mediumint": integer("mediumint", -8388608, 8388607),
    "mediumint_unsigned": integer("mediumint unsigned", 0, 16777215),
    "int": integer("int", -2147483648, 2147483647),
    "int_unsigned": integer("int unsigned", 0, 4294967295, "long"),
    "int_zerofill": Case("int(7) zerofill", ["0", "42", "4294967295"], "c + 0", avro=("long", None)),
    "bigint": integer("bigint", -(1 << 63), (1 << 63) - 1, "long"),
    "bigint_unsigned": Case("bigint unsigned", ["0", "1", "9223372036854775807", "9223372036854775808", "18446744073709551615"],
                            "cast(c as char)", decimal(0), avro=("bytes", "decimal")),
    # A product with 1e0 is a double, which the server prints so that it reads back the same; 0 + c loses a -0.
    "float": Case("float", ["0", "-0e0", "1.5", "3.4028234e38", "-3.4028234e38", "1.17549435e-38", "1e-40", "0.1", "16777217", "0.3e-5"],
                  "c * 1e0", float4_bits, parse=as_float4, avro=("float", None)),
    "float_digits": Case("float(7,3)", ["0.125", "-1234.567", "9999.999"], "c * 1e0", float4_bits, parse=as_float4, avro=("float", None)),
    "double": Case("double", ["0", "-0e0", "0.1", "0.1e0 + 0.2e0", "1.7976931348623157e308", "-1.7976931348623157e308", "2.2250738585072014e-308",
                              "5e-324", "123456789012345.678e0", "1e22", "1e23", "9007199254740993"],
                   "c", float_bits, parse=as_float, avro=("double", None)),
    "double_digits": Case("double(12,4)", ["0.1250", "-12345678.9012"], "c", float_bits, parse=as_float, avro=("double", None)),
    "decimal_10_2": exact("decimal(10,2)", 10, 2, "12345678.90", "-12345678.90", "-0.00", "1.28", "-1.28", "-1.29"),
    "decimal_65_30": exact("decimal(65,30)", 65, 30, "1234567890123456789012345678901234.123456789012345678901234567891"),
    "decimal_65_0": exact("decimal(65,0)", 65, 0),
    "decimal_4_4": exact("decimal(4,4)", 4, 4, "0.1234"),
    "decimal_38_30": exact("decimal(38,30)", 38, 30),
    "decimal_1": exact("decimal(1,0)", 1, 0),
    "decimal_9_9": exact("decimal(9,9)", 9, 9),
    "decimal_19_9": exact("decimal(19,9)", 19, 9, "1000000000.000000001", "-1000000000.000000001"),
    "decimal_unsigned": exact("decimal(14,4) unsigned", 14, 4),
    "year": Case("year", ["0", "1901", "2155", "2024"], "c + 0", avro=("int", None)),
    "bit1": Case("bit(1)", ["b'0'", "b'1'"], "c + 0", boolean, avro=("boolean", None)),
    **{
        f"bit{width}": Case(f"bit({width})", ["b'0'", "b'1'", f"b'{'1' * width}'", f"b'{'10' * (width // 2)}'"],
                            f"lpad(bin(c), {width}, '0')", avro=("string", None))
        for width in (2, 7, 8, 9, 24, 63, 64)
    },
}

TIMES = {
    "date": Case("date", ["'1970-01-01'", "'2024-02-29'", "'1969-12-31'", "'0001-01-01'", "'9999-12-31'", "'1582-10-10'", "'1900-02-28'"],
                 DAYS, avro=("int", "date"),
                 unrepresentable=["'0000-00-00'", "'2024-00-00'", "'2024-02-00'", "'2024-00-01'", "'2024-02-31'", "'2023-02-29'"]),
    **{f"time{digits}": times(digits) for digits in range(7)},
    **{f"datetime{digits}": datetimes(digits) for digits in range(7)},
    **{f"timestamp{digits}": timestamps(digits) for digits in range(7)},
    "timestamp_late": Case("timestamp(6) null", ["'2038-01-19 03:14:08'", "'2106-02-07 06:28:15.999999'"], MICROS,
                           avro=("long", "timestamp-micros"), only=mariadb_since(11, 5)),
}

EVERY_BYTE = "'" + "".join(f"{byte:02x}" for byte in range(0x20, 0x100)) + "'"
LATIN = ["''", "'päivää'", "'a\\tb\\n\\\\'", "'naïve   '", "'\\0nul'"]
WIDE = [*LATIN, "'日本語'", "repeat('ж', 150)"]

TEXTS = {
    "char": Case("char(5)", ["'ab'", "'abcde'", "''", "'a  '"], avro=("string", None)),
    "char_wide": Case("char(255) character set utf8mb4", ["'ab'", "repeat('🎉', 255)", "''", "repeat('x', 255)"], avro=("string", None)),
    "char_64": Case("char(64) character set utf8mb4", ["'ab'", "repeat('🎉', 64)"], avro=("string", None)),
    "varchar": Case("varchar(20)", ["''", "'päivää'", "'blanks stay  '", "'a\\tb\\r\\n\\\\'", "'\\0'", "'NULL'"], avro=("string", None)),
    "varchar_300": Case("varchar(300)", ["''", "repeat('ü', 300)"], avro=("string", None)),
    "varchar_ci": Case("varchar(63) character set utf8mb4", ["'a'", "repeat('🎉', 63)"], avro=("string", None)),
    "tinytext": Case("tinytext", ["''", "repeat('x', 255)"], avro=("string", None)),
    "text": Case("text", ["''", "repeat('x', 65535)", "'日本語 🎉'"], avro=("string", None)),
    "mediumtext": Case("mediumtext", ["''", "repeat('äx', 100000)"], avro=("string", None)),
    "longtext": Case("longtext", ["''", "repeat('äx', 300000)"], avro=("string", None)),
    "utf8mb3": charset("utf8mb3", [*WIDE, "'ﾃｽﾄ'"]),
    "latin1": charset("latin1", [*LATIN, "'€ “quoted” œ'"]),
    "latin1_every": Case("varchar(255) character set latin1", [f"convert(x{EVERY_BYTE} using latin1)"], avro=("string", None)),
    "latin1_char": charset("latin1", ["'é'", "repeat('é', 100)"], sql="char(100)"),
    "latin1_text": charset("latin1", ["'é'", "repeat('é', 10000)"], sql="text"),
    "latin2": charset("latin2", ["'zażółć gęślą jaźń'"]),
    "latin5": charset("latin5", ["'ığüşöç'"]),
    "latin7": charset("latin7", ["'ąčęėįšųūž'"]),
    "cp1251": charset("cp1251", ["'Съешь ещё этих мягких французских булок'", "'№ — €'"]),
    "cp1250": charset("cp1250", ["'příliš žluťoučký kůň'"]),
    "cp1256": charset("cp1256", ["'السلام'"]),
    "cp1257": charset("cp1257", ["'ąčęėįšųūž'"]),
    "cp850": charset("cp850", ["'éàüß░'"]),
    "cp852": charset("cp852", ["'čšž'"]),
    "cp866": charset("cp866", ["'Привет ░'"]),
    "koi8r": charset("koi8r", ["'Привет'"]),
    "koi8u": charset("koi8u", ["'Привіт'"]),
    "greek": charset("greek", ["'Γειά σου'"]),
    "hebrew": charset("hebrew", ["'שלום'"]),
    "tis620": charset("tis620", ["'สวัสดี'"]),
    "ascii": charset("ascii", ["'plain'", "''"]),
    "macroman": charset("macroman", ["'éàü†'"]),
    "hp8": charset("hp8", ["'éàü'"]),
    "swe7": charset("swe7", ["'åäö'"]),
    "dec8": charset("dec8", ["'éàü'"]),
    "armscii8": charset("armscii8", ["'Բարեւ'"]),
    "gbk": charset("gbk", ["'中文字符'", "'誠 a\\\\'"]),
    "gb2312": charset("gb2312", ["'中文字符'"]),
    "gb18030": charset("gb18030", ["'中文字符 🎉'"], only=mysql),
    "big5": charset("big5", ["'繁體中文'", "'許功蓋'"]),
    "sjis": charset("sjis", ["'表示ソフト'", "'ｱｲｳ'"]),
    "cp932": charset("cp932", ["'①㈱表示～'", "'ｱｲｳ'"]),
    "ujis": charset("ujis", ["'日本語ｱｲｳ'", "'纊'"]),
    "eucjpms": charset("eucjpms", ["'日本語①～'"]),
    "euckr": charset("euckr", ["'한국어'"]),
    "ucs2": charset("ucs2", WIDE),
    "utf16": charset("utf16", [*WIDE, "'🎉'"]),
    "utf16le": charset("utf16le", [*WIDE, "'🎉'"]),
    "utf32": charset("utf32", [*WIDE, "'🎉'"]),
    "utf16_char": charset("utf16", ["'日本 🎉'", "'a  '"], sql="char(20)"),
    "ucs2_text": charset("ucs2", ["'日本'", "repeat('ж', 20000)"], sql="text"),
    "collated": Case("varchar(20) character set utf8mb4 collate utf8mb4_bin", ["'Ä🎉'"], avro=("string", None)),
}

BYTES = {
    "binary": Case("binary(8)", ["'ab'", "''", "x'0001000000000000'", "x'ffffffffffffffff'", "x'2020'"], HEX, hexadecimal, avro=("bytes", None)),
    "binary_255": Case("binary(255)", ["'ab'", "x'00'", "repeat(x'fe', 255)"], HEX, hexadecimal, avro=("bytes", None)),
    "varbinary": Case("varbinary(20)", ["''", "x'00ff5c4100'", "x'00'"], HEX, hexadecimal, avro=("bytes", None)),
    "varbinary_1000": Case("varbinary(1000)", ["''", "repeat(x'00ff', 500)"], HEX, hexadecimal, avro=("bytes", None)),
    "tinyblob": Case("tinyblob", ["''", "repeat(x'ab', 255)"], HEX, hexadecimal, avro=("bytes", None)),
    "blob": Case("blob", ["''", "repeat(x'00', 65535)"], HEX, hexadecimal, avro=("bytes", None)),
    "mediumblob": Case("mediumblob", ["x'80'", "repeat(x'81', 70000)"], HEX, hexadecimal, avro=("bytes", None)),
    "longblob": Case("longblob", ["x'80'", "repeat(x'82', 300000)"], HEX, hexadecimal, avro=("bytes", None)),
}

MANY = [f"label {number}" for number in range(300)]
MEMBERS = [f"m{number}" for number in range(64)]


def quoted(labels):
    return ", ".join(f"'{label}'" for label in labels)


LABELS = {
    "enum": Case("enum('sad', 'o k', 'it''s', 'a,b', 'ä')", ["'sad'", "'o k'", "'it''s'", "'a,b'", "'ä'", "0"], avro=("string", None)),
    "enum_empty": Case("enum('', 'x')", ["''", "'x'", "0"], avro=("string", None)),
    "enum_latin1": Case("enum('é', 'ñ') character set latin1", ["'é'", "'ñ'"], avro=("string", None)),
    "enum_many": Case(f"enum({quoted(MANY)})", ["'label 0'", "'label 255'", "'label 256'", "'label 299'"], avro=("string", None)),
    "set": Case("set('a', 'b c', 'ö')", ["''", "'a'", "'ö,a'", "'a,b c,ö'"], text=joined, avro=("array", None)),
    "set_cp1251": Case("set('да', 'нет') character set cp1251", ["''", "'да,нет'"], text=joined, avro=("array", None)),
    **{
        f"set_{size}": Case(f"set({quoted(MEMBERS[:size])})", ["''", "'m0'", f"'m{size - 1}'", f"'{','.join(MEMBERS[:size])}'"],
                            text=joined, avro=("array", None))
        for size in (8, 9, 17, 25, 33, 64)
    },
}

JSON_OPAQUES = """json_object('decimal', cast('-123456789012345678901234567890.000100' as decimal(40,6)), 'small', 1.50,
    'date', date '2024-02-29', 'time', cast('-12:34:56.123456' as time(6)), 'datetime', timestamp '2024-02-29 23:59:59.000001',
    'long time', cast('838:59:59' as time), 'binary', x'00ff', 'bits', b'101', 'blob', cast(repeat('b', 300) as binary),
    'year', cast(2024 as year))"""
JSONS = {
    "json": Case("json", ["'null'", "'true'", "'false'", "'{}'", "'[]'", "'\"\"'", "'0'", "'-1'", "'32767'", "'32768'", "'-32768'", "'-32769'",
                          "'2147483648'", "'9223372036854775807'", "'-9223372036854775808'", "'18446744073709551615'", "'18446744073709551616'",
                          "'1.5'", "'-0.0'", "'1e100'", "'5e-324'", "'0.1'", "'1e15'", "'1e16'", "'123456789.123456789'", "'1.0'", "'100000000000000000000'",
                          """'{"b": 1, "a": [1.50, null, true, "x"], "aa": {"z": {}}, "": 0, "B": []}'""",
                          """'["tab\\\\t", "quote\\\\"", "back\\\\\\\\slash", "nul\\\\u0000", "\\\\u001f", "é", "日本語 🎉", "/", "\\\\u007f"]'""",
                          "cast(concat('[', repeat('\"0123456789abcdef\", ', 9000), '1]') as json)",
                          "cast(concat('{\"k\": \"', repeat('x', 70000), '\"}') as json)",
                          "json_array(1, 65536, -70000, repeat('y', 65536), null, true)",
                          "cast(concat(repeat('[', 100), repeat(']', 100)) as json)",
                          JSON_OPAQUES, "json_array(st_geomfromtext('POINT(1 2)'))"],
                 "cast(c as char)", avro=("string", None), only=mysql),
    "json_text": Case("json", ["""'{"b": 1,  "a": [1.50, null]}'""", "'[]'"], avro=("string", None), only=mariadb),
}

SHAPES = {
    "point": ["POINT(1.5 -2.25)", "POINT(0.1 1e300)"],
    "linestring": ["LINESTRING(0 0, 1 1, 2 0.5)"],
    "polygon": ["POLYGON((0 0, 10 0, 10 10, 0 10, 0 0), (1 1, 2 1, 2 2, 1 1))"],
    "multipoint": ["MULTIPOINT(0 0, 1 1)"],
    "multilinestring": ["MULTILINESTRING((0 0, 1 1), (2 2, 3 3))"],
    "multipolygon": ["MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)))"],
    "geometrycollection": ["GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(0 0, 1 1))"],
    "geometry": ["POINT(1 2)", "LINESTRING(0 0, 1 1)"],
}
SPATIAL = {
    **{
        f"g_{name}": Case(name, [f"st_geomfromtext('{text}')" for text in texts], GEOMETRY, geometry, avro=("record", None))
        for name, texts in SHAPES.items()
    },
    "g_srid": Case("geometry", ["st_geomfromtext('POINT(1 2)', 4326)", "st_geomfromtext('POINT(3 4)', 3857)"], GEOMETRY, geometry,
                   avro=("record", None)),
    "g_point_srid": Case("point srid 4326", ["st_geomfromtext('POINT(1 2)', 4326)"], GEOMETRY, geometry, avro=("record", None), only=mysql),
    "vector": Case("vector(3)", ["string_to_vector('[1,-2.5,3e10]')", "string_to_vector('[0,0.1,1e-30]')"], HEX, floats, avro=("array", None), only=mysql),
    "vector_long": Case("vector(2048)", [f"string_to_vector('[{','.join(str(n) for n in range(1000))}]')"], HEX, floats, avro=("array", None), only=mysql),
    "vector_maria": Case("vector(3)", ["vec_fromtext('[1,-2.5,3e10]')", "vec_fromtext('[0,0.1,1e-30]')"], HEX, floats, avro=("array", None),
                         only=mariadb_since(11, 7)),
    "vector_maria_long": Case("vector(100)", [f"vec_fromtext('[{','.join(str(n) for n in range(100))}]')"], HEX, floats, avro=("array", None),
                              only=mariadb_since(11, 7)),
}

LONG = "repeat('compressed well ', 100)"
OF_MARIADB = {
    "uuid": Case("uuid", ["'00000000-0000-0000-0000-000000000000'", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "'123e4567-e89b-12d3-a456-426655440000'"],
                 avro=("string", "uuid"), only=mariadb),
    "inet6": Case("inet6", ["'::'", "'::1'", "'2001:db8::ff00:42:8329'", "'::ffff:192.0.2.128'", "'fe80::'", "'1:2:3:4:5:6:7:8'", "'1:0:0:2::3'"],
                  avro=("string", None), only=mariadb),
    "inet4": Case("inet4", ["'0.0.0.0'", "'10.0.0.1'", "'255.255.255.255'", "'1.2.0.0'"], avro=("string", None), only=mariadb),
    "varchar_compressed": Case("varchar(5000) compressed", ["''", "'short'", LONG, "'ä'"], avro=("string", None), only=mariadb),
    "latin1_compressed": Case("varchar(5000) compressed character set latin1", ["'é'", "repeat('é', 3000)"], avro=("string", None), only=mariadb),
    "varchar_255_compressed": Case("varchar(60) compressed", ["''", "repeat('x', 60)"], avro=("string", None), only=mariadb),
    "text_compressed": Case("text compressed", ["''", "'short'", LONG], avro=("string", None), only=mariadb),
    "longtext_compressed": Case("longtext compressed", ["repeat('äx', 200000)"], avro=("string", None), only=mariadb),
    "varbinary_compressed": Case("varbinary(5000) compressed", ["''", "x'00'", f"cast({LONG} as binary)"], HEX, hexadecimal, avro=("bytes", None), only=mariadb),
    "blob_compressed": Case("blob compressed", ["''", "x'00ff'", f"cast({LONG} as binary)"], HEX, hexadecimal, avro=("bytes", None), only=mariadb),
}

CASES = {**NUMBERS, **TIMES, **TEXTS, **BYTES, **LABELS, **JSONS, **SPATIAL, **OF_MARIADB}


class Mysql(Dialect):
    folder = "test"
    settings = "set time_zone = '+00:00', sql_mode = '';"
    expression = "c"
    printed = "cast(c as char)"
    full_images = True

    def fill_settings(self):
        # Zero dates, days that no month has, and labels that an enum lacks.
        return "set time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES';"


def available_cases(server):
    return {name: case for name, case in CASES.items() if case.only is None or case.only(server)}
