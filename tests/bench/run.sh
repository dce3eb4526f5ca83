#!/bin/sh
# Benchmarks against a real PostgreSQL on this machine: prints ratios, and keeps a JSON of the run.
#
#     sh tests/bench/run.sh [--rows N] [--rounds N] [--only stream|snapshot|large|start] [--json FILE]
#
# Every figure stands beside that of PostgreSQL's own client in the same run, for machines are noisy: read the ratios.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root"
sh tests/packages.sh build run test
cmake --preset release >build-release.log 2>&1 || { cat build-release.log; exit 1; }
rm -f build-release.log
cmake --build --preset release --target leat
exec /usr/bin/python3 tests/bench/bench_postgres.py --leat "$root/build/release/leat" "$@"
