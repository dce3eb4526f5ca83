"""A strict reader of Avro object container files, independent of leat and much faster than python-avro.

It accepts only what the Avro 1.11 specification ("Object Container Files", "Binary Encoding") allows, and says what is
wrong and where. Logical types are not applied: a date is its int, a decimal its bytes.
"""

import json
import struct
import zlib

MAGIC = b"Obj\x01"
SYNC_SIZE = 16


class Malformed(Exception):
    """The file is not a whole, valid container; the text says where it is not."""


class Container:
    """One file. Give its path; `schema` is the parsed writer's schema, `codec` its name, `metadata` bytes by name."""

    def __init__(self, path):
        self.path = path
        self.data = path.read_bytes()
        if self.data[:4] != MAGIC:
            raise Malformed(f"{path}: does not start with Obj 1")
        try:
            self.metadata, at = read_metadata(self.data, 4)
        except (Malformed, IndexError) as error:
            raise Malformed(f"{path}: header: {error}") from error
        self.sync = self.data[at : at + SYNC_SIZE]
        if len(self.sync) != SYNC_SIZE:
            raise Malformed(f"{path}: ends inside its header")
        self.first_block = at + SYNC_SIZE
        self.codec = self.metadata.get("avro.codec", b"null").decode()
        self.schema = json.loads(self.metadata["avro.schema"])

    def blocks(self):
        """(number of records, uncompressed bytes) of each block; the whole file is walked, to its last byte."""
        data, at = self.data, self.first_block
        while at < len(data):
            start = at
            try:
                count, at = read_long(data, at)
                size, at = read_long(data, at)
            except (Malformed, IndexError) as error:
                raise Malformed(f"{self.path}: block at byte {start}: {error}") from error
            end = at + size
            if count <= 0 or size < 0 or end + SYNC_SIZE > len(data):
                raise Malformed(f"{self.path}: block at byte {start}: {count} records in {size} bytes do not fit")
            if data[end : end + SYNC_SIZE] != self.sync:
                raise Malformed(f"{self.path}: block at byte {start}: another sync marker than the header's")
            yield count, self.decompress(data[at:end], start)
            at = end + SYNC_SIZE

    def decompress(self, data, start):
        try:
            return DECOMPRESSORS[self.codec](data)
        except KeyError as error:
            raise Malformed(f"{self.path}: the codec {self.codec} is none this reader knows") from error
        except Exception as error:
            raise Malformed(f"{self.path}: block at byte {start}: {error}") from error

    def count(self):
        """The number of records, after walking and decompressing every block."""
        return sum(count for count, _ in self.blocks())

    def records(self):
        """Every record as a dict, after decoding all of its bytes."""
        read = reader_for(self.schema, {})
        for number, (count, data) in enumerate(self.blocks()):
            at = 0
            try:
                for _ in range(count):
                    record, at = read(data, at)
                    yield record
            except (IndexError, struct.error) as error:
                raise Malformed(f"{self.path}: block {number}: a record goes beyond its end") from error
            except (Malformed, UnicodeDecodeError) as error:
                raise Malformed(f"{self.path}: block {number}, byte {at}: {error}") from error
            if at != len(data):
                raise Malformed(f"{self.path}: block {number}: {len(data) - at} bytes after its last record")


# ---- codecs ----------------------------------------------------------------------------------------------------


def inflate(data):
    decompressor = zlib.decompressobj(-15)
    plain = decompressor.decompress(data)
    if not decompressor.eof or decompressor.unused_data:
        raise Malformed("the deflate stream does not end where the block ends")
    return plain


def unsnap(data):
    import snappy

    plain = snappy.decompress(data[:-4])
    if zlib.crc32(plain) != int.from_bytes(data[-4:], "big"):
        raise Malformed("the checksum after the snappy data is wrong")
    return plain


def unzstandard(data):
    import zstandard

    decompressor = zstandard.ZstdDecompressor().decompressobj()
    plain = decompressor.decompress(data)
    if decompressor.unused_data:
        raise Malformed("there are bytes after the zstandard frame")
    return plain


DECOMPRESSORS = {"null": bytes, "deflate": inflate, "snappy": unsnap, "zstandard": unzstandard}


# ---- values ----------------------------------------------------------------------------------------------------
# Each read function takes the bytes and where to start, and gives the value and where it ended.


def read_long(data, at):
    byte = data[at]
    at += 1
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at
    value, shift = byte & 0x7F, 7
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
    if value >= 1 << 64:
        raise Malformed("a number has more than 64 bits")
    return (value >> 1) ^ -(value & 1), at


def read_int(data, at):
    value, at = read_long(data, at)
    if not -(1 << 31) <= value < 1 << 31:
        raise Malformed(f"{value} is no int")
    return value, at


def read_bytes(data, at):
    size, at = read_long(data, at)
    if size < 0 or at + size > len(data):
        raise Malformed(f"a value of {size} bytes does not fit")
    return data[at : at + size], at + size


def read_string(data, at):
    value, at = read_bytes(data, at)
    return value.decode("utf-8"), at


def read_boolean(data, at):
    if data[at] > 1:
        raise Malformed(f"{data[at]} is no boolean")
    return data[at] == 1, at + 1


def read_null(_, at):
    return None, at


def read_float(data, at):
    return struct.unpack_from("<f", data, at)[0], at + 4


def read_double(data, at):
    return struct.unpack_from("<d", data, at)[0], at + 8


PRIMITIVES = {
    "null": read_null,
    "boolean": read_boolean,
    "int": read_int,
    "long": read_long,
    "float": read_float,
    "double": read_double,
    "bytes": read_bytes,
    "string": read_string,
}


def read_metadata(data, at):
    """The header's map of bytes."""
    return map_reader(read_bytes)(data, at)


def reader_for(schema, named, namespace=""):
    """The read function of a schema; `named` collects those of named types."""
    if isinstance(schema, list):
        return union_reader([reader_for(branch, named, namespace) for branch in schema])
    if isinstance(schema, str):
        if schema in PRIMITIVES:
            return PRIMITIVES[schema]
        # A name may be used inside its own definition, when its reader is still being made.
        name = full_name(schema, namespace)
        return lambda data, at: named[name](data, at)
    kind = schema["type"]
    if kind == "array":
        return array_reader(reader_for(schema["items"], named, namespace))
    if kind == "map":
        return map_reader(reader_for(schema["values"], named, namespace))
    if kind in ("record", "error", "enum", "fixed"):
        return named_reader(schema, named, namespace)
    return reader_for(kind, named, namespace)


def full_name(name, namespace):
    return name if "." in name or not namespace else f"{namespace}.{name}"


def named_reader(schema, named, namespace):
    name = full_name(schema["name"], schema.get("namespace", namespace))
    inner = name.rpartition(".")[0]
    if schema["type"] == "enum":
        read = enum_reader(schema["symbols"])
    elif schema["type"] == "fixed":
        read = fixed_reader(schema["size"])
    else:
        fields = [(field["name"], reader_for(field["type"], named, inner)) for field in schema["fields"]]
        read = record_reader(fields)
    named[name] = read
    return read


def record_reader(fields):
    def read(data, at):
        record = {}
        for name, read_field in fields:
            record[name], at = read_field(data, at)
        return record, at

    return read


def union_reader(branches):
    def read(data, at):
        index, at = read_long(data, at)
        if not 0 <= index < len(branches):
            raise Malformed(f"branch {index} of a union of {len(branches)}")
        return branches[index](data, at)

    return read


def enum_reader(symbols):
    def read(data, at):
        index, at = read_long(data, at)
        if not 0 <= index < len(symbols):
            raise Malformed(f"symbol {index} of an enum of {len(symbols)}")
        return symbols[index], at

    return read


def fixed_reader(size):
    def read(data, at):
        if at + size > len(data):
            raise Malformed(f"a fixed of {size} bytes does not fit")
        return data[at : at + size], at + size

    return read


def read_items(data, at, read_item, add):
    """The blocks of an array or map: a count (negative: a size follows) and items, until a count of zero."""
    while True:
        count, at = read_long(data, at)
        if count == 0:
            return at
        end = None
        if count < 0:
            size, at = read_long(data, at)
            count, end = -count, at + size
        for _ in range(count):
            item, at = read_item(data, at)
            add(item)
        if end is not None and at != end:
            raise Malformed("a block of items has another size than it says")


def array_reader(read_item):
    def read(data, at):
        items = []
        return items, read_items(data, at, read_item, items.append)

    return read


def map_reader(read_value):
    def read_entry(data, at):
        key, at = read_string(data, at)
        value, at = read_value(data, at)
        return (key, value), at

    def read(data, at):
        entries = []
        at = read_items(data, at, read_entry, entries.append)
        return dict(entries), at

    return read
