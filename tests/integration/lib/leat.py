"""The program under test, run as its users run it."""

import contextlib
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from lib.testing import Failure

# Exit statuses of the program.
DONE, FAILED, USAGE, OPERATOR = 0, 1, 2, 3

# A sanitizer's finding must never pass for one of the statuses above.
SANITIZER_STATUS = 99
SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": f"exitcode={SANITIZER_STATUS}:detect_leaks=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": f"exitcode={SANITIZER_STATUS}:halt_on_error=1:print_stacktrace=1",
    "TSAN_OPTIONS": f"exitcode={SANITIZER_STATUS}:halt_on_error=1",
}
SANITIZER_REPORT = re.compile(r"(ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|: runtime error: ).*")


class Result:
    """How a finished process ended. `code` is negative for a signal; `peak_memory` is in bytes."""

    def __init__(self, code, stdout, stderr, seconds, usage):
        self.code = code
        self.stdout = stdout
        self.stderr = stderr
        self.seconds = seconds
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.peak_memory = usage.ru_maxrss * 1024

    def expect(self, code):
        """Fails, with what was printed, when the exit status is another one. Returns the result itself."""
        if self.code != code:
            printed = f"{self.stderr[-3000:]}\n{self.stdout[-1000:]}".strip()
            raise Failure(f"leat ended with {self.code} where {code} was expected; it printed:\n{printed}")
        return self

    def json_lines(self):
        return [json.loads(line) for line in self.stdout.splitlines() if line]


class Process:
    """One run of a program, its output kept in files beside its configuration."""

    def __init__(self, command, directory, name, environment=None):
        self.stdout_path = directory / f"{name}.stdout"
        self.stderr_path = directory / f"{name}.stderr"
        self.started = time.monotonic()
        self.result = None
        with open(self.stdout_path, "wb") as stdout, open(self.stderr_path, "wb") as stderr:
            self.child = subprocess.Popen(
                [str(word) for word in command],
                cwd=directory,
                env={**os.environ, **SANITIZER_OPTIONS, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
            )

    @property
    def pid(self):
        return self.child.pid

    @property
    def stdout(self):
        return self.stdout_path.read_text(encoding="utf-8", errors="replace")

    @property
    def stderr(self):
        return self.stderr_path.read_text(encoding="utf-8", errors="replace")

    def running(self):
        return not self.reap(os.WNOHANG)

    def signal(self, number):
        if self.running():
            os.kill(self.pid, number)

    def wait(self, timeout=120):
        """The Result, once the process has ended. Fails (and kills it) when it has not in time."""
        until = time.monotonic() + timeout
        while self.running():
            if time.monotonic() > until:
                self.signal(signal.SIGKILL)
                self.reap(0)
                raise Failure(f"leat did not end within {timeout} s; the end of its log:\n{self.stderr[-3000:]}")
            time.sleep(0.005)
        return self.result

    def terminate(self, timeout=60):
        self.signal(signal.SIGTERM)
        return self.wait(timeout)

    def interrupt(self, timeout=60):
        self.signal(signal.SIGINT)
        return self.wait(timeout)

    def kill9(self):
        self.signal(signal.SIGKILL)
        return self.wait()

    @contextlib.contextmanager
    def held(self):
        """Stands still (SIGSTOP) meanwhile, so that what is found about it stays true."""
        self.signal(signal.SIGSTOP)
        try:
            while self.running() and not self.stands_still():
                time.sleep(0.001)
            yield
        finally:
            self.signal(signal.SIGCONT)

    def stands_still(self):
        """Whether every thread is stopped."""
        tasks = list(Path(f"/proc/{self.pid}/task").glob("*/stat"))
        return all(path.read_text(encoding="utf-8").rpartition(")")[2].split()[0] in "TZ" for path in tasks)

    def memory(self, field="VmRSS"):
        """Bytes of memory of the running process; VmHWM is the most it ever had."""
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
        raise Failure(f"process {self.pid} has no {field}: it has ended")

    def reap(self, options):
        """True once the process has ended. wait4() is the one call that also tells what it used."""
        if self.result is None:
            pid, status, usage = os.wait4(self.pid, options)
            if pid == self.pid:
                code = os.waitstatus_to_exitcode(status)
                self.child.returncode = code
                self.result = Result(code, self.stdout, self.stderr, time.monotonic() - self.started, usage)
        return self.result is not None


class Leat:
    """A binary with one configuration. Each run's output is kept under a number of its own."""

    def __init__(self, binary, directory, config, name="leat"):
        self.binary = Path(binary)
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.config_path = self.directory / f"{name}.yaml"
        self.processes = []
        self.configure(config)

    def configure(self, config):
        """config: a dict, or the text of the file."""
        self.config = config
        text = config if isinstance(config, str) else to_yaml(config)
        self.config_path.write_text(text, encoding="utf-8")

    def command(self, *words, environment=None):
        """Starts leat with exactly these words."""
        name = f"{self.name}-{len(self.processes) + 1}"
        process = Process([self.binary, *words], self.directory, name, environment)
        self.processes.append(process)
        return process

    def start(self, command="run", *arguments, environment=None):
        """Starts `leat COMMAND CONFIG ARGUMENTS...` and returns the Process."""
        return self.command(command, self.config_path, *arguments, environment=environment)

    def run(self, command="run", *arguments, timeout=120, environment=None):
        """The same, to its end: returns the Result."""
        return self.start(command, *arguments, environment=environment).wait(timeout)

    def drain(self, timeout=120, environment=None):
        """`leat run CONFIG --until-current`, which must succeed. Returns the Result."""
        return self.run("run", "--until-current", timeout=timeout, environment=environment).expect(DONE)

    def cat(self, *paths, timeout=120):
        """`leat cat FILE...`: the events as a list of what its JSON lines hold."""
        return self.command("cat", *paths).wait(timeout).expect(DONE).json_lines()

    def close(self):
        """Kills what still runs, and fails when a sanitizer found something in any of the runs."""
        for process in self.processes:
            process.kill9()
        for process in self.processes:
            found = SANITIZER_REPORT.search(process.stderr)
            if found or process.result.code == SANITIZER_STATUS:
                line = found.group(0) if found else "a sanitizer ended it"
                raise Failure(f"{line}\nsee {process.stderr_path.name}:\n{process.stderr[-4000:]}")


def to_yaml(value, indent=""):
    """A dict as the block style that people write. Strings are written as JSON strings, which YAML reads too."""
    lines = []
    for key, item in value.items():
        if isinstance(item, dict) and item:
            lines.append(f"{indent}{key}:\n{to_yaml(item, indent + '  ')}")
        elif isinstance(item, Path):
            lines.append(f"{indent}{key}: {json.dumps(str(item))}\n")
        else:
            # Lists and what they hold are flow style.
            lines.append(f"{indent}{key}: {json.dumps(item, default=str)}\n")
    return "".join(lines)
