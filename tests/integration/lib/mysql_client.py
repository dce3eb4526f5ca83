"""A small client of the MySQL protocol, for servers of tests: exact values, and connections that stay open.

The mariadb client prints a null as it prints the word NULL, and a control character as it is; this one tells them
apart. It knows the Unix socket, accounts without a password, and the text protocol: what tests need, no more.
"""

import select
import socket
import struct

from lib.testing import Failure

MULTI_STATEMENTS = 0x10000
CAPABILITIES = 0x1 | 0x4 | 0x200 | 0x2000 | 0x8000 | MULTI_STATEMENTS | 0x20000 | 0x80000
CONNECT_WITH_DATABASE = 0x8
MORE_RESULTS = 0x0008
UTF8MB4 = 45
LARGEST_PACKET = 0xFFFFFF


class SqlError(Failure):
    """The server refused; the text is its own. `number` is its error number."""

    def __init__(self, number, text):
        super().__init__(f"{number}: {text}")
        self.number = number


class Connection:
    """One connection. run() gives the rows of the last statement that has any."""

    def __init__(self, path, database=None, user="root"):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.pending = b""
        self.sequence = 0
        try:
            self.log_in(user, database)
        except BaseException:
            self.socket.close()
            raise

    # -- packets --

    def receive(self, size):
        parts = []
        if self.pending:
            parts.append(self.pending[:size])
            self.pending = self.pending[size:]
            size -= len(parts[0])
        while size:
            part = self.socket.recv(max(size, 65536))
            if not part:
                raise SqlError(2013, "the server closed the connection")
            parts.append(part[:size])
            self.pending = part[size:]
            size -= len(parts[-1])
        return b"".join(parts)

    def read_packet(self):
        whole = b""
        while True:
            header = self.receive(4)
            size = int.from_bytes(header[:3], "little")
            self.sequence = (header[3] + 1) & 0xFF
            whole += self.receive(size)
            if size < LARGEST_PACKET:
                break
        if whole[:1] == b"\xff":
            number = int.from_bytes(whole[1:3], "little")
            text = whole[9:] if whole[3:4] == b"#" else whole[3:]
            raise SqlError(number, text.decode("utf-8", "replace"))
        return whole

    def write_packet(self, payload):
        while True:
            part, payload = payload[:LARGEST_PACKET], payload[LARGEST_PACKET:]
            self.socket.sendall(struct.pack("<I", len(part))[:3] + bytes([self.sequence]) + part)
            self.sequence = (self.sequence + 1) & 0xFF
            if len(part) < LARGEST_PACKET:
                return

    # -- the beginning --

    def log_in(self, user, database):
        self.read_packet()
        capabilities = CAPABILITIES | (CONNECT_WITH_DATABASE if database else 0)
        reply = struct.pack("<IIB23x", capabilities, 1 << 30, UTF8MB4) + user.encode() + b"\0\0"
        if database:
            reply += database.encode() + b"\0"
        self.write_packet(reply + b"mysql_native_password\0")
        answer = self.read_packet()
        while answer[:1] != b"\x00":
            # Another plugin is asked for, or has more to say: an empty password is no bytes with every one of them.
            if answer[:1] == b"\xfe":
                self.write_packet(b"")
            answer = self.read_packet()

    # -- statements --

    def send(self, statements):
        """Sends statements without waiting for them; answer() waits."""
        self.sequence = 0
        text = statements if isinstance(statements, bytes) else statements.encode("utf-8")
        self.write_packet(b"\x03" + text)

    def answers(self):
        """The results of all that was sent last: a list of rows, each a tuple of bytes or None; None for no rows."""
        results = []
        while True:
            rows, status = self.read_result()
            results.append(rows)
            if not status & MORE_RESULTS:
                return results

    def answer(self):
        """The rows of the last statement that had any, as text."""
        with_rows = [rows for rows in self.answers() if rows is not None]
        return [tuple(as_text(value) for value in row) for row in (with_rows[-1] if with_rows else [])]

    def run(self, statements):
        self.send(statements)
        return self.answer()

    def value(self, query):
        ((found,),) = self.run(query)
        return found

    def is_answered(self):
        """Whether the server has said something since send()."""
        return bool(self.pending) or bool(select.select([self.socket], [], [], 0)[0])

    def read_result(self):
        first = self.read_packet()
        if first[0] == 0x00:
            _, at = read_length(first, 1)
            _, at = read_length(first, at)
            return None, int.from_bytes(first[at : at + 2], "little")
        count, _ = read_length(first, 0)
        for _ in range(count):
            self.read_packet()
        self.read_packet()
        rows = []
        while True:
            packet = self.read_packet()
            if packet[0] == 0xFE and len(packet) < 9:
                return rows, int.from_bytes(packet[3:5], "little")
            rows.append(read_row(packet, count))

    # -- the end --

    def close(self):
        """Ends the connection; an open transaction is rolled back."""
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def read_length(data, at):
    first = data[at]
    if first < 0xFB:
        return first, at + 1
    size = {0xFC: 2, 0xFD: 3, 0xFE: 8}[first]
    return int.from_bytes(data[at + 1 : at + 1 + size], "little"), at + 1 + size


def read_row(packet, count):
    row, at = [], 0
    for _ in range(count):
        if packet[at] == 0xFB:
            row.append(None)
            at += 1
            continue
        size, at = read_length(packet, at)
        row.append(packet[at : at + size])
        at += size
    return tuple(row)


def as_text(value):
    return None if value is None else value.decode("utf-8", "surrogateescape")
