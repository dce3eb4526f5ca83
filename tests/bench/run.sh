#!/bin/sh
# Benchmarks against a real server on this machine: prints ratios, and keeps a JSON of the run.
#
#     sh tests/bench/run.sh [postgres|mysql|kafka] [--rows N] [--rounds N] [--only PART] [--json FILE]
#
# Of PostgreSQL where nothing is said. PART is start, stream, snapshot or large; of mysql also wide; of kafka mariadb,
# postgres or latency. Every figure stands beside that of the server's own client in the same run, for machines are
# noisy: read the ratios.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root"
source=postgres
case ${1-} in
postgres | mysql | kafka)
    source=$1
    shift
    ;;
esac
sh tests/packages.sh build demo test
cmake --preset release >build-release.log 2>&1 || { cat build-release.log; exit 1; }
rm -f build-release.log
cmake --build --preset release --target leat bench_kafka_replay
exec /usr/bin/python3 "tests/bench/bench_$source.py" --leat "$root/build/release/leat" "$@"
