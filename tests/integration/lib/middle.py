"""For tests that cut a leat in the middle of its work: they ask where it stands, and leave nothing to the clock.

    writing = Writing(context.lake)
    process = leat.start()
    writing.wait(process)
    with process.held():
        assert is_behind(leat)
        process.kill9()
"""

import json
import random
import time

from lib.leat import DONE
from lib.testing import Failure, wait_until
from lib.topics import Ends


class Writing:
    """What is written into a folder from now on and cannot be seen there yet. Files that an earlier run left, which the
    next one removes, are known by their age: their inodes come again."""

    def __init__(self, lake):
        self.lake = lake
        self.newest = max((status.st_mtime_ns for _, status in self._unfinished()), default=0)

    def _unfinished(self):
        """(path, status) of the files that are not finished."""
        for path in self.lake.rglob(".*") if self.lake.exists() else []:
            try:
                yield path, path.stat()
            except FileNotFoundError:
                continue  # finished meanwhile

    def written(self):
        """{path: bytes} of those that were written to meanwhile."""
        return {path: status.st_size for path, status in self._unfinished() if status.st_mtime_ns > self.newest}

    def amount(self):
        return sum(self.written().values())

    def wait(self, process, timeout=60):
        wait_for_more(self.amount, process, timeout)

    def wait_for_files(self, process, folder, timeout=60):
        """Until something is being written into a folder of this name."""
        wait_for_more(lambda: sum(folder in path.parts for path in self.written()), process, timeout)


class Telling:
    """What comes into a topic from now on, committed or not."""

    def __init__(self, kafka, topic):
        self.ends = Ends(kafka, topic)
        self.before = self.ends.total()

    def amount(self):
        return self.ends.total() - self.before

    def wait(self, process, timeout=60):
        wait_for_more(self.amount, process, timeout)


def wait_for_more(amount, process, timeout):
    def begun():
        return amount() > 0 or not process.running()

    wait_until(begun, timeout, what=lambda: f"leat to write something; it said:\n{process.stderr[-3000:]}", interval=0.002)
    if not process.running():
        raise Failure(f"leat ended before it wrote anything:\n{process.stderr[-3000:]}")


def is_behind(leat):
    """Whether the server has more than what leat says to be durable."""
    report = json.loads(leat.run("status", "--json").expect(DONE).stdout)
    return report["lag"]["bytes"] > 0


def kill_in_the_middle(leat, watch, longest_wait=0.3):
    """A run of leat that is killed at some moment after it began to write. Whether that was in the middle: whether there
    was more to come, by what leat itself says."""
    process = leat.start()
    watch.wait(process)
    # Any moment will do; whether it is one in the middle is asked afterwards.
    time.sleep(random.uniform(0, longest_wait))
    with process.held():
        behind = is_behind(leat)
        process.kill9()
    return behind


def until_hits(rounds, count, most):
    """Calls rounds(number) until so many of them said that they hit the middle. Returns how many it took."""
    hits = 0
    for number in range(most):
        hits += bool(rounds(number))
        if hits == count:
            return number + 1
    raise Failure(f"only {hits} of {most} kills hit a leat in the middle; {count} were wanted")
