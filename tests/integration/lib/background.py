"""Statements that a server works through while a test goes on."""

import threading

from lib.testing import Failure


class Background(threading.Thread):
    """Works through statements on a connection of its own. A server that goes away ends it."""

    def __init__(self, session, statements):
        super().__init__(daemon=True)
        self.session = session
        self.statements = statements
        self.error = None
        self.start()

    def run(self):
        try:
            for statement in self.statements:
                self.session.run(statement)
        except (Failure, OSError) as error:
            self.error = error
        finally:
            self.session.close()

    def wait(self, timeout=120):
        """0 when all went well, as of a process; 1 when the server refused something."""
        self.join(timeout)
        if self.is_alive():
            raise TimeoutError(f"the statements in the background were not done after {timeout} s")
        return 1 if self.error else 0
