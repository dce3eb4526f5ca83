"""What the scripts for all kinds of servers share: the cache, packages, ports, processes, certificates."""

import contextlib
import ctypes
import fcntl
import os
import random
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

SKIPPED = 77
PACKAGES_SCRIPT = Path(__file__).resolve().parent.parent / "packages.sh"


class Unavailable(Exception):
    """This machine cannot have what was asked for; the text says why."""


class ServerError(Exception):
    """A server did not do what it was told; the text says which and shows the end of its log."""


# ---- what is kept between runs ---------------------------------------------------------------------------------


def cache_directory():
    override = os.environ.get("LEAT_TEST_CACHE")
    if override:
        return Path(override).absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/leat-tests")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "leat-tests"


@contextlib.contextmanager
def locked_cache(what, name="lock"):
    """The cache's folder, while nobody else adds what this lock stands for. `what` is for whom, in the reason."""
    folder = cache_directory()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / name, "w", encoding="utf-8")
    except OSError as error:
        raise Unavailable(f"the cache for {what} cannot be written: {error}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def install_packages(purpose, what):
    run = subprocess.run(
        ["/bin/sh", PACKAGES_SCRIPT, purpose],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        stderr=subprocess.PIPE,
        text=True,
    )
    if run.returncode != 0:
        raise Unavailable(f"{what} is not installed and cannot be: {last_line(run.stderr)}")


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no reason was given"


# ---- a server's folder -----------------------------------------------------------------------------------------


def free_port():
    """A port below those the kernel gives to outgoing connections, so that it stays free between two starts.

    A test may have seeded the common generator, and another test beside it with the same number.
    """
    generator = random.SystemRandom()
    while True:
        port = generator.randint(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def free_ports(count):
    """So many, all different."""
    ports = set()
    while len(ports) < count:
        ports.add(free_port())
    return list(ports)


def log_end(directory, lines=20):
    try:
        text = (Path(directory) / "server.log").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def make_certificate(certificate, key):
    """A certificate for 127.0.0.1 and localhost, signed by itself."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    key.chmod(0o600)
    certificate.chmod(0o644)


def parse_settings(words):
    settings = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise ServerError(f"'{word}' is no setting; settings are given as NAME=VALUE")
        settings[name] = value
    return settings


# ---- processes -------------------------------------------------------------------------------------------------


def works_in(pid, data):
    """Whether a process is a server's: all of its processes have its data folder as their working folder."""
    try:
        return os.readlink(f"/proc/{pid}/cwd") == str(data)
    except OSError:
        # Gone, a zombie, or not ours to look at.
        return False


def processes_of(data):
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and works_in(int(name), data)]


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def wait_for_end(data, timeout):
    """A killed server's children end by themselves a little later; until then it cannot be started again."""
    until = time.monotonic() + timeout
    while processes_of(data):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def end_processes(directory, pid, number, timeout):
    """Sends a signal to the server's main process and waits until its last one has gone; kills what does not go."""
    data = Path(directory).resolve() / "data"
    if pid is not None:
        send(pid, number)
    if wait_for_end(data, timeout):
        return
    for process in processes_of(data):
        send(process, signal.SIGKILL)
    wait_for_end(data, 10)
    if number != signal.SIGKILL:
        raise ServerError(f"the server in {directory} did not stop within {timeout} s and was killed")


def start_guard(script, directory, owner):
    """Starts `SCRIPT guard DIRECTORY OWNER` in a session of its own."""
    return subprocess.Popen(
        [sys.executable, script, "guard", str(directory), str(owner or 0)],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def guard_server(command, log, owner, death_signal, **options):
    """The server's parent. It ends with the server, and stops the server when the owner (0: nobody) has ended.

    However the owner ends, kill -9 included, no server stays behind; nor when even the guard is killed.
    """
    server = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(death_signal),
        **options,
    )
    watched = select.poll()
    watched.register(os.pidfd_open(server.pid), select.POLLIN)
    if owner:
        try:
            watched.register(os.pidfd_open(owner), select.POLLIN)
        except ProcessLookupError:
            server.send_signal(death_signal)
    watched.poll()
    if server.poll() is None:
        server.send_signal(death_signal)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
    return 0 if server.wait() == 0 else 1


def die_with_parent(death_signal):
    set_parent_death_signal = 1
    ctypes.CDLL(None, use_errno=True).prctl(set_parent_death_signal, int(death_signal))


# ---- command lines ---------------------------------------------------------------------------------------------


def run_script(script, parse_arguments, execute, guard):
    """What the script of a kind of server does when it is called. Returns its exit status: SKIPPED when the server cannot be
    had, 1 with a sentence when something went wrong, else what `execute` returns.

    `script guard DIR OWNER` is how start_guard() calls it.
    """
    if len(sys.argv) == 4 and sys.argv[1] == "guard":
        return guard(Path(sys.argv[2]), int(sys.argv[3]))
    try:
        return execute(parse_arguments()) or 0
    except Unavailable as reason:
        print(reason)
        return SKIPPED
    except ServerError as error:
        print(f"{Path(script).name}: {error}", file=sys.stderr)
        return 1
