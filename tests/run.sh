#!/bin/sh
# Builds leat with sanitizers and runs every test.
#
#   sh tests/run.sh [--quick] [PART-OF-A-NAME]
#
#   --quick           the unit tests alone
#   PART-OF-A-NAME    only the tests whose names hold this; nothing of architecture, style and the like
#
# The last line is `N passed, N failed, N skipped`; the exit status is 0 when none failed. Everything that was printed
# is kept in build/test-logs. Environment: LEAT_FUZZ_SECONDS (20, for each fuzzer), LEAT_EVERY_VERSION (every test with
# every version of its servers; takes an hour), LEAT_TEST_CACHE (see tests/servers/postgres.py).
set -u
script=$(cd "$(dirname "$0")" && pwd)/$(basename "$0") || exit 1
root=${script%/tests/*}
cd "$root" || exit 1
logs=build/test-logs
mkdir -p "$logs"
export PYTHONDONTWRITEBYTECODE=1
# Messages of compilers and tools in one language and one encoding, whoever runs this.
export LC_ALL=C.UTF-8
python=/usr/bin/python3

# ---- stages: each runs as `run.sh --stage NAME FILTER` in a process group of its own and ends in a line of counts ----

counts() {
    echo "$1 passed, $2 failed, $3 skipped"
    [ "$2" = 0 ]
}

# build PRESET [TARGET...]: silent unless it fails.
build() {
    preset=$1
    shift
    log=$logs/build-$preset.log
    if { cmake --preset "$preset" && cmake --build "build/$preset" ${1:+--target "$@"}; } >"$log" 2>&1; then
        return 0
    fi
    grep -aE 'error:|Error|FAILED|undefined reference' "$log" | head -n 40
    echo "FAILED build $preset: see $log"
    return 1
}

# Sanitizers cannot map their shadow everywhere on kernels that spread addresses far. Containers may forbid asking.
settle_addresses() {
    if setarch "$(uname -m)" -R true 2>/dev/null; then
        settled="setarch $(uname -m) -R"
    else
        settled=
    fi
}

# run_ctest PRESET ARGUMENTS...: counts ctest's tests, and cmocka's skipped ones inside of those that passed.
run_ctest() {
    folder=build/$1
    output=$logs/ctest-$1.txt
    shift
    settle_addresses
    TSAN_OPTIONS=halt_on_error=1 UBSAN_OPTIONS=print_stacktrace=1 $settled \
        ctest --test-dir "$folder" -j "$(nproc)" --timeout 300 --output-on-failure --no-tests=error "$@" 2>&1 |
        tee "$output"
    set -- $(awk '
        FNR == NR && /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
            if (/   Passed +[0-9.]+ sec/) passed++
            else if (/\*\*\*Skipped|\*\*\*Not Run \(Disabled\)/) skipped++
            else failed++
        }
        FNR != NR && /\[ +SKIPPED +\] [0-9]+ test\(s\)/ {
            sub(/.*SKIPPED *\] */, "")
            skipped += $1
        }
        END { print passed + 0, failed + 0, skipped + 0 }' "$output" "$folder/Testing/Temporary/LastTest.log")
    counts "$@"
}

cmocka_is_there() {
    pkg-config --exists cmocka && return 0
    echo "skipped: the unit tests need libcmocka-dev, which is not installed"
    counts 0 0 1
    return 1
}

stage_unit() {
    build asan || { counts 0 1 0; return; }
    cmocka_is_there || return 0
    [ -z "$1" ] || ctest --test-dir build/asan -N -R "$1" | grep -q 'Test *#' || { counts 0 0 0; return; }
    run_ctest asan ${1:+-R "$1"}
}

# The unit tests that start threads, once more with the thread sanitizer.
stage_threads() {
    cmocka_is_there || return 0
    # The label stands in the build files, so they must be there before it can be asked for.
    cmake --preset tsan >"$logs/configure-tsan.log" 2>&1 || { cat "$logs/configure-tsan.log"; counts 0 1 0; return; }
    names=$(ctest --test-dir build/tsan -N -L '^threads$' ${1:+-R "$1"} | sed -n 's/^ *Test *#[0-9]*: //p')
    [ -n "$names" ] || { counts 0 0 0; return; }
    build tsan $names || { counts 0 1 0; return; }
    run_ctest tsan -L '^threads$' ${1:+-R "$1"}
}

stage_release() {
    build release || { counts 0 1 0; return; }
    echo "ok build release"
    counts 1 0 0
}

stage_fuzz() {
    settle_addresses
    $settled sh tests/fuzz.sh "$1"
}

stage_architecture() {
    sh tests/architecture.sh
}

stage_tidy() {
    sh tests/tidy.sh
}

python_is_there() {
    for module in avro snappy zstandard; do
        if ! $python -c "import $module" 2>/dev/null; then
            echo "skipped: $1 need Debian's python3-$module, which is not installed"
            counts 0 0 1
            return 1
        fi
    done
}

stage_harness() {
    python_is_there "the tests of the test harness" || return 0
    $python tests/integration/lib/selftest.py
}

stage_integration() {
    python_is_there "the integration tests" || return 0
    settle_addresses
    # Those of memory and of much data run the release build. An earlier build's leat is never what is tested.
    for preset in asan release; do
        build "$preset" leat || { counts 0 1 0; return; }
    done
    LEAT_BINARY=$root/build/asan/leat LEAT_RELEASE_BINARY=$root/build/release/leat $settled \
        $python tests/integration/lib/runner.py ${LEAT_EVERY_VERSION:+--every-version} ${1:+"$1"}
}

if [ "${1-}" = --stage ]; then
    "stage_$2" "${3-}"
    exit
fi

# ---- the run -----------------------------------------------------------------------------------------------------

passed=0
failed=0
skipped=0
stage_group=
counts_pattern='^[0-9][0-9]* passed, [0-9][0-9]* failed, [0-9][0-9]* skipped$'

# However we are told to end, the stage ends first, with all that it started.
give_up() {
    if [ -n "$stage_group" ]; then
        kill -s TERM -- "-$stage_group" 2>/dev/null
        wait "$stage_group"
    fi
    echo "interrupted"
    exit 130
}
trap give_up INT TERM HUP

# stage NAME TITLE: runs it, shows what it prints, and adds its counts to ours. A stage that ends without counts, or
# badly without a failure among them, has failed once.
stage() {
    log=$logs/$1.log
    started=$(date +%s)
    echo "== $2"
    : >"$log"
    setsid sh "$script" --stage "$1" "$filter" >"$log" 2>&1 </dev/null &
    stage_group=$!
    tail -n +1 -s 0.2 -f --pid="$stage_group" "$log" | sed -u "/$counts_pattern/d" &
    display=$!
    wait "$stage_group"
    status=$?
    stage_group=
    wait "$display"
    said=$(grep -a "$counts_pattern" "$log" | tail -n 1)
    set -- "$1" $(echo "$said" | tr -dc '0-9 ')
    if [ $# != 4 ] || { [ "$status" != 0 ] && [ "$3" = 0 ]; }; then
        echo "FAILED $1: ended with status $status; see $log"
        set -- "$1" "${2:-0}" 1 "${4:-0}"
    fi
    passed=$((passed + $2))
    failed=$((failed + $3))
    skipped=$((skipped + $4))
    echo "-- $1: $2 ok, $3 not, $4 skipped, in $(($(date +%s) - started)) s"
}

quick=
filter=
for argument in "$@"; do
    case $argument in
    --quick) quick=yes ;;
    -*)
        sed -n '2,/^set/s/^# \{0,1\}//p' "$script" >&2
        exit 2
        ;;
    *) filter=$argument ;;
    esac
done

begun=$(date +%s)
sh tests/packages.sh build || exit 1
# Without these the stages that need them say so, and count as skipped.
sh tests/packages.sh test || echo "some packages for tests cannot be installed; what needs them is skipped"

stage unit "unit tests, with address and undefined-behaviour sanitizers"
if [ -z "$quick" ]; then
    stage threads "unit tests that start threads, with the thread sanitizer"
    if [ -z "$filter" ]; then
        stage release "release build"
        stage architecture "architecture and style"
        stage tidy "clang-tidy"
        stage harness "the test harness itself"
    fi
    stage fuzz "fuzzers"
    stage integration "integration tests against real servers"
fi
echo "== all: $(($(date +%s) - begun)) s"
counts "$passed" "$failed" "$skipped"
