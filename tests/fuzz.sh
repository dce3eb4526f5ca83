#!/bin/sh
# Builds the fuzzers and runs each of them for a short time, from its seeds and from what earlier runs found.
#
#   sh tests/fuzz.sh [PART-OF-A-NAME]
#
# LEAT_FUZZ_SECONDS (default 10): the time for each, which runs all of its seeds in any case. Seeds lie in tests/fuzz/corpus/NAME for fuzz_NAME; what is found
# in build/fuzz/corpus/NAME, and an input that breaks something in build/fuzz/broken. The last line is
# `N passed, N failed, N skipped`.
set -u
script=$0
root=$(cd "$(dirname "$script")/.." && pwd) || exit 1
cd "$root" || exit 1
seconds=${LEAT_FUZZ_SECONDS:-10}

run_one() {
    name=$1
    grown=build/fuzz/corpus/${name#fuzz_}
    seeds=tests/fuzz/corpus/${name#fuzz_}
    log=build/fuzz/$name.log
    mkdir -p "$grown" build/fuzz/broken
    set -- "$grown"
    [ ! -d "$seeds" ] || set -- "$grown" "$seeds"
    if "build/fuzz/$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/broken/$name-" "$@" >"$log" 2>&1; then
        echo "ok $name ($(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s)"
    else
        echo "FAILED $name: see $log"
        tail -n 40 "$log" | sed 's/^/    /'
    fi
}

if [ "${1-}" = --one ]; then
    run_one "$2"
    exit 0
fi

names=$(for source in tests/fuzz/fuzz_*.c; do
    [ -f "$source" ] && basename "$source" .c
done | grep -F -- "${1-}")
if [ -z "$names" ]; then
    echo "0 passed, 0 failed, 0 skipped"
    exit 0
fi
if ! command -v clang-14 >/dev/null 2>&1; then
    echo "skipped: the fuzzers need clang-14, which is not installed"
    echo "0 passed, 0 failed, $(echo "$names" | wc -l) skipped"
    exit 0
fi
log=build/fuzz-build.log
mkdir -p build
if ! { cmake --preset fuzz && cmake --build build/fuzz --target $names; } >"$log" 2>&1; then
    tail -n 40 "$log"
    echo "FAILED build of the fuzzers: see $log"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi
echo "$names" | xargs -P "$(nproc)" -I '{}' sh "$script" --one '{}' | tee build/fuzz/results.txt
passed=$(grep -c '^ok ' build/fuzz/results.txt)
failed=$(($(echo "$names" | wc -l) - passed))
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
