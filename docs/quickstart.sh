#!/bin/sh
# From a fresh Debian 12 to changes arriving as Avro files: installs what is missing, builds leat, runs its demo.
#
#   sh docs/quickstart.sh [ARGUMENTS OF leat demo]
#
#   sh docs/quickstart.sh                     with a PostgreSQL
#   sh docs/quickstart.sh --source mariadb    with a MariaDB
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
where_it_was_started=$(pwd)

say() {
    printf '\033[1m%s\033[0m\n' "$*"
}
[ -t 1 ] || say() { echo "$*"; }

# The demo's database is what has to be installed, and nothing of the other one.
database=PostgreSQL
purpose=demo
before=
for argument in "$@"; do
    case $before$argument in
    --source=mariadb | --source\ mariadb)
        database=MariaDB
        purpose=mysql
        ;;
    esac
    before=
    [ "$argument" != --source ] || before='--source '
done

say "1/3  Packages: a C compiler, the libraries, and a $database for the demo"
sh "$root/tests/packages.sh" build "$purpose"

say "2/3  Building build/release/leat"
cd "$root"
mkdir -p build
log=build/quickstart.log
if ! { cmake --preset release && cmake --build build/release --target leat; } >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "quickstart.sh: the build failed; all of its output is in $root/$log" >&2
    exit 1
fi

say "3/3  leat demo"
cd "$where_it_was_started"
exec "$root/build/release/leat" demo "$@"
