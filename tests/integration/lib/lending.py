"""What servers that are lent to a test have in common: it may not end them, and of their log it sees its own part."""

from lib.testing import Failure


class Lent:
    """A server, which need not be lent."""

    lent = False
    log_begin = 0

    def lend(self):
        """From now on it is lent to the present test."""
        self.lent = True
        log = self.directory / "server.log"
        self.log_begin = log.stat().st_size if log.exists() else 0

    def refuse_if_lent(self, done):
        if self.lent:
            raise Failure(f"a server that is shared with other tests cannot be {done}; mark the test with own_server or own_kafka")

    def log_since_lent(self, path):
        with open(path, "rb") as log:
            log.seek(self.log_begin)
            return log.read().decode("utf-8", errors="replace")
