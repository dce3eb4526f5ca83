"""What runs on a Java virtual machine: the machine itself, jars by Maven, and options for many small ones at once.

Everything here raises Unavailable, with the reason, when this machine cannot have what was asked for.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from common import Unavailable, cache_directory, install_packages, last_line, locked_cache

DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
OLDEST_JAVA = 11

# Servers of tests start often and work little: one compiler that starts at once, and one thread that collects.
SMALL = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xss512k", "-Djava.net.preferIPv4Stack=true"]


def java():
    """The java program. Installs Debian's where there is none."""
    if shutil.which("java") is None or shutil.which("mvn") is None:
        install_packages("kafka", "Java and Maven, which Kafka and its registry need,")
    program = shutil.which("java")
    if program is None:
        raise Unavailable("there is no java in PATH")
    run = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    version = run.stderr.partition('version "')[2].partition('"')[0]
    if not version.split(".")[0].isdigit() or int(version.split(".")[0]) < OLDEST_JAVA:
        raise Unavailable(f"{program} is of version {version or 'unknown'}; {OLDEST_JAVA} or later is needed")
    return program


def provide_jars(name, artifacts):
    """A folder of the cache with the jars of these artifacts ("group:name:version") and of all they depend on."""
    return provide_folder(name, lambda target: copy_dependencies(artifacts, target, name))


def provide_archive(name, artifact):
    """A folder of the cache with what a .tar.gz among Maven's artifacts ("group:name:version:tar.gz:all") holds."""
    return provide_folder(name, lambda target: unpack_archive(artifact, target, name))


def provide_folder(name, fill):
    """A folder of the cache: whole, or not there at all."""
    java()
    target = cache_directory() / name
    if target.exists():
        return target
    with locked_cache(name, f"lock-{name}") as cache, tempfile.TemporaryDirectory(dir=cache) as scratch:
        if not target.exists():
            made = Path(scratch) / "made"
            made.mkdir()
            fill(made)
            made.chmod(0o755)
            made.rename(target)
    return target


def copy_dependencies(artifacts, target, what):
    with tempfile.TemporaryDirectory() as project:
        Path(project, "pom.xml").write_text(project_of(artifacts), encoding="utf-8")
        goal = f"{DEPENDENCY_PLUGIN}:copy-dependencies"
        run_maven([goal, f"-DoutputDirectory={target}", "-DincludeScope=runtime"], project, what)


def project_of(artifacts):
    dependencies = ""
    for artifact in artifacts:
        group, name, version = artifact.split(":")
        parts = f"<groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version>"
        dependencies += f"<dependency>{parts}</dependency>"
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>leat</groupId><artifactId>tests</artifactId><version>1</version>"
        f"<dependencies>{dependencies}</dependencies></project>"
    )


def unpack_archive(artifact, target, what):
    with tempfile.TemporaryDirectory() as folder:
        goal = f"{DEPENDENCY_PLUGIN}:copy"
        run_maven([goal, f"-Dartifact={artifact}", f"-DoutputDirectory={folder}"], folder, what)
        (archive,) = Path(folder).glob("*.tar.gz")
        subprocess.run(["tar", "-xzf", archive, "-C", target], check=True, stdin=subprocess.DEVNULL)


def run_maven(words, folder, what):
    if shutil.which("mvn") is None:
        raise Unavailable(f"{what} comes by Maven, and mvn is not in PATH")
    command = ["mvn", "-q", "-B", *words]
    environment = {**os.environ, "LC_ALL": "C", "MAVEN_OPTS": "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"}
    try:
        run = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, timeout=900
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{what} cannot be had: Maven did not end within 900 seconds") from error
    if run.returncode != 0:
        reasons = [line for line in run.stdout.splitlines() if line.startswith("[ERROR]")]
        raise Unavailable(f"{what} cannot be had: Maven says: {reasons[0] if reasons else last_line(run.stderr)}")


def environment():
    """What a server in Java gets to see of ours."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "TZ": "UTC", "HOME": "/"}
