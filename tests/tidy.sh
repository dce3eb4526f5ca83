#!/bin/sh
# Runs clang-tidy over the source, every file of it. What was clean before and has not changed since, headers included,
# is not looked at again.
#
#   sh tests/tidy.sh [PART-OF-A-PATH]
#
# Needs the asan build's compile_commands.json. The last line is `N passed, N failed, N skipped`, all files together
# being one test.
set -u
script=$0
root=$(cd "$(dirname "$script")/.." && pwd) || exit 1
cd "$root" || exit 1
database=build/asan
clean=build/tidy

# What clang-tidy's verdict on a file hangs on: the file with all it includes, comments too (NOLINT), and the checks.
# Nothing where that cannot be had.
fingerprint() {
    flags="-D_GNU_SOURCE -DLEAT_VERSION=\"\" -Iinclude -iquote src -Iconnectors $(pkg-config --cflags libpq libmariadb)"
    text=$clean/text.$$
    if clang-14 -std=c17 -E -C -P $flags "$1" >"$text" 2>/dev/null; then
        cat .clang-tidy "$text" | sha256sum | cut -d' ' -f1
    fi
    rm -f "$text"
}

# One file; status 0 clean, 1 not.
check_one() {
    stamp=$clean/$(fingerprint "$1")
    [ ! -f "$stamp" ] || return 0
    [ "$stamp" != "$clean/" ] || stamp=/dev/null
    # The compilation database is gcc's; clang need not know each of its warnings.
    if output=$(clang-tidy-14 --quiet -p "$database" --extra-arg=-Wno-unknown-warning-option "$1" 2>/dev/null); then
        : >"$stamp"
    else
        echo "$output"
        return 1
    fi
}

if [ "${1-}" = --one ]; then
    # Each file leaves one letter in the tally. A failure here must not keep xargs from going on.
    if check_one "$2"; then
        echo c >>"$clean/tally"
    else
        echo "FAILED clang-tidy: $2"
        echo f >>"$clean/tally"
    fi
    exit 0
fi

if ! command -v clang-tidy-14 >/dev/null 2>&1; then
    echo "skipped clang-tidy: clang-tidy-14 is not installed"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
if [ ! -f "$database/compile_commands.json" ]; then
    echo "FAILED clang-tidy: $database/compile_commands.json is missing; build with: cmake --preset asan"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi
mkdir -p "$clean"
: >"$clean/tally"
# Only what this build compiles: of the client libraries for MySQL one is there.
sed -n 's|^ *"file": "'"$root"'/\(.*\.c\)".*|\1|p' "$database/compile_commands.json" |
    grep -E '^(src|connectors)/' | grep -F -- "${1-}" | sort -u >"$clean/files"
xargs -P "$(nproc)" -I '{}' sh "$script" --one '{}' <"$clean/files" 2>&1
files=$(grep -c . "$clean/files")
clean_files=$(grep -c c "$clean/tally")
unclean_files=$(grep -c f "$clean/tally")
echo "clang-tidy: $clean_files of $files files clean, $unclean_files not"
# A file without a verdict is one that was not looked at.
if [ "$files" -gt 0 ] && [ "$clean_files" = "$files" ]; then
    echo "1 passed, 0 failed, 0 skipped"
else
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi
