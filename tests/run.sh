#!/bin/sh
# Builds leat with sanitizers and runs every test.
#
#   sh tests/run.sh [--quick] [PART-OF-A-NAME]
#
#   --quick           the unit tests alone
#   PART-OF-A-NAME    only the tests whose names hold this, and only what they need is built; nothing of architecture,
#                     style and the like
#
# The last line is `N passed, N failed, N skipped`; the exit status is 0 when none failed, and 2 when no test has such a
# name. Everything that was printed is kept in build/test-logs. Environment: LEAT_FUZZ_SECONDS (10, for each fuzzer),
# LEAT_EVERY_VERSION (every test with every version of its servers; takes an hour), LEAT_TEST_CACHE (see
# tests/servers/postgres.py).
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

# ---- names of tests, found before anything is built -----------------------------------------------------------------

unit_names() {
    for source in tests/unit/test_*.c tests/conformance/test_*.c; do
        basename "$source" .c
    done | grep -F -- "$1"
}

fuzzer_names() {
    for source in tests/fuzz/fuzz_*.c; do
        basename "$source" .c
    done | grep -F -- "$1"
}

# Where there is no Python yet, nothing can be said.
has_integration_tests() {
    [ ! -x "$python" ] || $python tests/integration/lib/runner.py --list "$1" >/dev/null 2>&1
}

# stages_for PART-OF-A-NAME: those that have tests of such a name.
stages_for() {
    [ -z "$(unit_names "$1")" ] || echo unit threads
    [ -z "$(fuzzer_names "$1")" ] || echo fuzz
    has_integration_tests "$1" && echo integration
}

# ---- stages: each runs as `run.sh --stage NAME FILTER` in a process group of its own and ends in a line of counts ----

counts() {
    echo "$1 passed, $2 failed, $3 skipped"
    [ "$2" = 0 ]
}

# locked PRESET COMMAND...: stages run side by side, and of one build folder one at a time makes use.
locked() {
    lock=$logs/build-$1.lock
    shift
    flock "$lock" "$@"
}

# configure PRESET: so that the build folder knows its tests and its commands.
configure() {
    log=$logs/configure-$1.log
    locked "$1" cmake --preset "$1" >"$log" 2>&1 && return 0
    cat "$log"
    echo "FAILED to configure $1: see $log"
    return 1
}

# build PRESET [TARGET...]: silent unless it fails.
build() {
    configure "$1" || return 1
    preset=$1
    shift
    log=$logs/build-$preset.log
    locked "$preset" cmake --build "build/$preset" ${1:+--target "$@"} >"$log" 2>&1 && return 0
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

# run_ctest PRESET ARGUMENTS...: more at once than there are processors, as those of Kafka wait a lot. Counts ctest's tests, and cmocka's skipped ones inside of those that passed.
run_ctest() {
    folder=build/$1
    output=$logs/ctest-$1.txt
    shift
    settle_addresses
    TSAN_OPTIONS=halt_on_error=1 UBSAN_OPTIONS=print_stacktrace=1 $settled \
        ctest --test-dir "$folder" -j "$(($(nproc) * 2))" --timeout 300 --output-on-failure --no-tests=error "$@" 2>&1 |
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
    return 1
}

stage_unit() {
    cmocka_is_there || { counts 0 0 1; return; }
    # Names of files are names of targets. Without a filter everything is built, to see that it can be.
    names=$(unit_names "$1")
    [ -n "$1" ] || names=
    build asan $names || { counts 0 1 0; return; }
    run_ctest asan ${names:+-R "^($(echo $names | tr ' ' '|'))\$"}
}

# The unit tests that start threads, once more with the thread sanitizer.
stage_threads() {
    cmocka_is_there || { counts 0 0 1; return; }
    # The label stands in the build files, so they must be there before it can be asked for.
    configure tsan || { counts 0 1 0; return; }
    labelled=$(ctest --test-dir build/tsan -N -L '^threads$' | sed -n 's/^ *Test *#[0-9]*: //p')
    names=$(echo "$labelled" | grep -F -- "$1")
    [ -n "$names" ] || { counts 0 0 0; return; }
    build tsan $names || { counts 0 1 0; return; }
    run_ctest tsan -R "^($(echo $names | tr ' ' '|'))\$"
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
    configure asan || { counts 0 1 0; return; }
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

# Both connectors with real servers and the thread sanitizer: as far as it can follow, which is not into librdkafka.
stage_integration_threads() {
    python_is_there "the integration tests" || return 0
    settle_addresses
    build tsan leat || { counts 0 1 0; return; }
    LEAT_BINARY=$root/build/tsan/leat LEAT_RELEASE_BINARY= $settled \
        $python tests/integration/lib/runner.py --logs "$logs/integration-threads" test_threads.
}

if [ "${1-}" = --stage ]; then
    "stage_$2" "${3-}"
    exit
fi

# ---- the run -----------------------------------------------------------------------------------------------------

stage_group=
lane_group=
display=
counts_pattern='^[0-9][0-9]* passed, [0-9][0-9]* failed, [0-9][0-9]* skipped$'

# However we are told to end, what runs ends first, with all that it started.
give_up() {
    for group in $stage_group $lane_group; do
        kill -s TERM -- "-$group" 2>/dev/null
        wait "$group"
    done
    echo "interrupted"
    exit 130
}
trap give_up INT TERM HUP

title_of() {
    case $1 in
    unit) echo "unit tests, with address and undefined-behaviour sanitizers" ;;
    threads) echo "unit tests that start threads, with the thread sanitizer" ;;
    release) echo "release build" ;;
    architecture) echo "architecture and style" ;;
    tidy) echo "clang-tidy" ;;
    harness) echo "the test harness itself" ;;
    fuzz) echo "fuzzers" ;;
    integration) echo "integration tests against real servers" ;;
    integration_threads) echo "integration tests of threads, with the thread sanitizer" ;;
    esac
}

# stage NAME FILTER [quietly]: runs it, shows what it prints (at the end when quietly), and leaves its counts in a file. A
# stage that ends without counts, or badly without a failure among them, has failed once.
stage() {
    log=$logs/$1.log
    started=$(date +%s)
    [ -n "${3-}" ] || echo "== $(title_of "$1")"
    : >"$log"
    setsid sh "$script" --stage "$1" "$2" >"$log" 2>&1 </dev/null &
    stage_group=$!
    if [ -z "${3-}" ]; then
        tail -n +1 -s 0.2 -f --pid="$stage_group" "$log" | sed -u "/$counts_pattern/d" &
        display=$!
    fi
    wait "$stage_group"
    status=$?
    stage_group=
    if [ -z "${3-}" ]; then
        wait "$display"
    else
        # One write, between two lines of another stage.
        printf '%s\n%s\n' "== $(title_of "$1")" "$(sed "/$counts_pattern/d" "$log")"
    fi
    said=$(grep -a "$counts_pattern" "$log" | tail -n 1)
    set -- "$1" $(echo "$said" | tr -dc '0-9 ')
    if [ $# != 4 ] || { [ "$status" != 0 ] && [ "$3" = 0 ]; }; then
        echo "FAILED $1: ended with status $status; see $log"
        set -- "$1" "${2:-0}" 1 "${4:-0}"
    fi
    echo "$2 $3 $4" >"$logs/$1.counts"
    echo "-- $1: $2 ok, $3 not, $4 skipped, in $(($(date +%s) - started)) s"
}

# run.sh --lane FILTER STAGE...: stages one after the other, beside those that are shown while they run.
if [ "${1-}" = --lane ]; then
    filter=$2
    shift 2
    for name in "$@"; do
        stage "$name" "$filter" quietly
    done
    exit
fi

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

# What waits (for servers, for brokers) is shown as it runs; what needs processors runs beside it and gives way to it.
shown="unit integration"
beside="release threads architecture tidy fuzz harness integration_threads"
if [ -n "$filter" ]; then
    shown=$(stages_for "$filter")
    beside=
fi
if [ -n "$quick" ]; then
    shown=$(echo "$shown" | grep -ow unit)
    beside=
fi
if [ -z "$shown" ]; then
    echo "no test has $filter in its name"
    exit 2
fi

begun=$(date +%s)
sh tests/packages.sh build || exit 1
# Without these the stages that need them say so, and count as skipped.
sh tests/packages.sh test || echo "some packages for tests cannot be installed; what needs them is skipped"

for name in $shown $beside; do
    rm -f "$logs/$name.counts"
done
if [ -n "$beside" ]; then
    nice -n 10 setsid sh "$script" --lane "$filter" $beside </dev/null &
    lane_group=$!
fi
for name in $shown; do
    stage "$name" "$filter"
done
if [ -n "$lane_group" ]; then
    wait "$lane_group"
    lane_group=
fi
passed=0
failed=0
skipped=0
for name in $shown $beside; do
    if read -r some_passed some_failed some_skipped <"$logs/$name.counts"; then
        passed=$((passed + some_passed))
        failed=$((failed + some_failed))
        skipped=$((skipped + some_skipped))
    else
        echo "FAILED $name: it did not run to its end"
        failed=$((failed + 1))
    fi
done
echo "== all: $(($(date +%s) - begun)) s"
counts "$passed" "$failed" "$skipped"
