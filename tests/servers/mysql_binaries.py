"""Where the programs of each MariaDB and MySQL come from: Debian 12's packages, or those of another Debian release,
unpacked into a folder of the cache and run by that folder's own dynamic loader. That needs no root and installs
nothing.

Everything here raises Unavailable, with the reason, when this machine cannot have what was asked for, and ServerError
when it has it and it does not run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from common import ServerError, Unavailable, cache_directory, install_packages, last_line, locked_cache

# Where the package comes from: None is what is installed here, of Debian 12.
RELEASES = {"mariadb-10.11": None, "mariadb-11.8": "trixie", "mysql-9.7": "sid"}
PACKAGES = {"mariadb": "mariadb-server-core", "mysql": "mysql-server-core"}
PROGRAMS = {"mariadb": "mariadbd", "mysql": "mysqld"}
MACHINES = {
    "x86_64": ("lib64/ld-linux-x86-64.so.2", "x86_64-linux-gnu"),
    "aarch64": ("lib/ld-linux-aarch64.so.1", "aarch64-linux-gnu"),
}
# The names of MariaDB's files of SQL, in which mysql_ or mariadb_ stands, after the release.
SYSTEM_TABLES = ["system_tables", "performance_tables", "system_tables_data"]


class Installation:
    """One version's programs, under `root`."""

    def __init__(self, name, root):
        self.name = name
        self.family, _, self.version = name.partition("-")
        self.root = root
        share = root / "usr" / "share"
        self.share = next((path for path in (share / "mariadb", share / "mysql") if (path / "charsets").is_dir()), share)
        self.program = root / "usr" / "sbin" / PROGRAMS[self.family]

    def command(self):
        """The server's program, as a list of words."""
        if self.root == Path("/"):
            return [str(self.program)]
        loader, triplet = MACHINES[os.uname().machine]
        libraries = f"{self.root}/usr/lib/{triplet}"
        return [str(self.root / loader), "--library-path", libraries, str(self.program)]

    def places(self):
        """The settings that name where its files are."""
        return {
            "basedir": self.root / "usr",
            "lc-messages-dir": self.share,
            "character-sets-dir": self.share / "charsets",
            "plugin-dir": self.root / "usr" / "lib" / "mysql" / "plugin",
        }

    def full_version(self):
        """As in 10.11.19, or None where the program is not there or does not run."""
        if not self.program.exists():
            return None
        run = subprocess.run([*self.command(), "--no-defaults", "--version"], capture_output=True, text=True, check=False)
        _, _, rest = run.stdout.partition("  Ver ")
        return rest.split("-")[0].split()[0] if rest.strip() else None


def provide(name):
    """The Installation of "mariadb-10.11" and the like. Raises Unavailable."""
    if name not in RELEASES:
        raise Unavailable(f"{name} is not among the servers these tests know: {', '.join(RELEASES)}")
    release = RELEASES[name]
    if release is None:
        return checked(provide_installed(name))
    installation = Installation(name, cache_directory() / name)
    if not installation.program.exists():
        package = PACKAGES[installation.family]
        unpack([package], release, installation.root, name)
        installation = Installation(name, installation.root)
    return checked(installation)


def provide_installed(name):
    installation = Installation(name, Path("/"))
    if not installation.program.exists():
        install_packages("mysql", name)
        installation = Installation(name, Path("/"))
    return installation


def checked(installation):
    found = installation.full_version()
    if found is None:
        raise ServerError(f"{installation.program} does not run here")
    if not found.startswith(installation.version + "."):
        raise Unavailable(f"{installation.name} cannot be had: Debian's package has the version {found} meanwhile")
    return installation


# ---- packages of another release -------------------------------------------------------------------------------


def unpack(packages, release, target, what):
    """Leaves the files of packages, and of all they depend on, in `target`: whole, or not at all."""
    if os.uname().machine not in MACHINES:
        raise Unavailable(f"{what} comes from Debian, and these tests do not know its packages for {os.uname().machine}")
    for program in ("apt-get", "dpkg-deb"):
        if shutil.which(program) is None:
            raise Unavailable(f"{what} comes as Debian's packages, and {program} is not in PATH")
    with locked_cache(what, f"lock-{what}") as cache:
        if target.exists():
            return
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            scratch = Path(scratch)
            fetch(packages, release, scratch, what)
            tree = scratch / "tree"
            make_tree(tree)
            for package in sorted((scratch / "archives").glob("*.deb")):
                run_tool(["dpkg-deb", "-x", package, tree], what)
            tree.chmod(0o755)
            tree.rename(target)


def make_tree(tree):
    """Debian's own links of a merged /usr, which some packages still count on."""
    tree.mkdir()
    for name in ("bin", "sbin", "lib", "lib64"):
        (tree / "usr" / name).mkdir(parents=True)
        (tree / name).symlink_to(f"usr/{name}")


def fetch(packages, release, scratch, what):
    """Downloads packages with all they depend on, by an apt that knows of nothing installed."""
    for name in ("lists/partial", "archives/partial", "preferences"):
        (scratch / name).mkdir(parents=True)
    (scratch / "status").touch()
    source = f"deb [signed-by={keyring()}] {mirror(what)} {release} main\n"
    (scratch / "sources.list").write_text(source, encoding="utf-8")
    options = {
        "Dir::State": scratch,
        "Dir::State::status": scratch / "status",
        "Dir::State::lists": scratch / "lists",
        "Dir::Cache": scratch,
        "Dir::Cache::archives": scratch / "archives",
        "Dir::Etc::sourcelist": scratch / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": scratch / "preferences",
        "APT::Sandbox::User": "",
        "APT::Install-Recommends": "false",
        "Acquire::Languages": "none",
        # A mirror that stands still, as those of a sealed test machine, is still the right one.
        "Acquire::Check-Valid-Until": "false",
        "Acquire::Retries": "2",
    }
    command = ["apt-get", "-q", "-y", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]
    run_tool([*command, "update", "--error-on=any"], what)
    run_tool([*command, "install", "--download-only", *packages], what)


def keyring():
    return Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def mirror(what):
    """The Debian mirror that this machine itself uses."""
    command = ["apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages"]
    for line in run_tool(command, what).splitlines():
        label, _, address = line.partition(" ")
        if label == "Debian" and keyring().exists():
            return address
    raise Unavailable(f"{what} comes as Debian's packages, and this machine's apt knows no Debian mirror")


def run_tool(command, what, folder=None):
    words = [str(word) for word in command]
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run = subprocess.run(
            words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, timeout=600
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{what} cannot be had: {words[0]} did not end within 600 seconds") from error
    if run.returncode != 0:
        raise Unavailable(f"{what} cannot be had: {words[0]} says: {last_line(run.stderr)}")
    return run.stdout


# ---- data folders ----------------------------------------------------------------------------------------------


def as_present_user():
    """The servers refuse to run as root unless they are told to."""
    return {"user": "root"} if os.geteuid() == 0 else {}


def option_words(options):
    return [f"--{name}={value}" for name, value in options.items()]


def data_template(installation):
    """A folder as the server makes it at first, to be copied: making one takes seconds."""
    name = f"{installation.name}-data-{installation.full_version()}"
    target = cache_directory() / name
    if target.exists():
        return target
    with locked_cache(installation.name, f"lock-{installation.name}") as cache:
        if target.exists():
            return target
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            data = Path(scratch) / "data"
            if installation.family == "mysql":
                initialize_mysql(installation, data)
            else:
                initialize_mariadb(installation, data)
            data.rename(target)
    return target


def initialize_mysql(installation, data):
    options = {"datadir": data, **as_present_user(), **installation.places(), "innodb-redo-log-capacity": "16M"}
    command = [*installation.command(), "--no-defaults", "--initialize-insecure", "--disable-log-bin"]
    run_initialization(installation, command + option_words(options), None)
    # Each server gets a uuid of its own at its first start.
    (data / "auto.cnf").unlink()


def initialize_mariadb(installation, data):
    """What mariadb-install-db does, without the help texts and the stored routines."""
    (data / "mysql").mkdir(parents=True)
    data.chmod(0o700)
    options = {"datadir": data, **as_present_user(), **installation.places(), "max-allowed-packet": "8M", "innodb-log-file-size": "8M"}
    command = [*installation.command(), "--no-defaults", "--bootstrap", "--disable-log-bin"]
    run_initialization(installation, command + option_words(options), mariadb_system_tables(installation))


def mariadb_system_tables(installation):
    prefix = "mariadb" if (installation.share / "mariadb_system_tables.sql").exists() else "mysql"
    files = [installation.share / f"{prefix}_{name}.sql" for name in SYSTEM_TABLES]
    texts = [path.read_text(encoding="utf-8") for path in files]
    return "create database if not exists mysql;\nuse mysql;\nset @auth_root_socket = null;\n" + "\n".join(texts)


def run_initialization(installation, command, statements):
    run = subprocess.run(command, input=statements, capture_output=True, text=True, check=False)
    if run.returncode != 0 or "ERROR" in run.stderr:
        print(run.stderr, file=sys.stderr)
        raise ServerError(f"{installation.name} cannot make its first data folder: {last_line(run.stderr)}")


def client():
    """The client that serves for servers of all kinds: Debian 12's mariadb."""
    program = Path("/usr/bin/mariadb")
    if not program.exists():
        install_packages("mysql", "the mariadb client")
    return program


def binlog_client():
    """mariadb-binlog: installed, or of Debian 12's package unpacked into the cache, whose other parts nobody needs."""
    installed = shutil.which("mariadb-binlog")
    if installed:
        return Path(installed)
    name = "mariadb-client-10.11"
    target = cache_directory() / name
    if not target.exists():
        with locked_cache(name, f"lock-{name}") as cache, tempfile.TemporaryDirectory(dir=cache) as scratch:
            run_tool(["apt-get", "-q", "-o", "APT::Sandbox::User=", "download", "mariadb-client"], name, scratch)
            (package,) = Path(scratch).glob("*.deb")
            run_tool(["dpkg-deb", "-x", package, f"{scratch}/tree"], name)
            if not target.exists():
                Path(scratch, "tree").rename(target)
    return target / "usr" / "bin" / "mariadb-binlog"
