#!/bin/sh
# From a fresh Debian 12 to changes arriving as Avro files: installs what is missing, builds leat, runs its demo.
#
#   sh docs/quickstart.sh [ARGUMENTS OF leat demo]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
where_it_was_started=$(pwd)

say() {
    printf '\033[1m%s\033[0m\n' "$*"
}
[ -t 1 ] || say() { echo "$*"; }

say "1/3  Packages: a C compiler, the libraries, and a PostgreSQL for the demo"
sh "$root/tests/packages.sh" build demo

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
