#!/bin/sh
# Holds the source to the house's plan: who may include whom, what may not be called, and the like.
#
#   sh tests/architecture.sh [ROOT]      ROOT: another tree than this one, for the test of this script
#
# Prints a line for each rule, with what breaks it; the last line is `N passed, N failed, N skipped`.
set -u
root=${1:-$(dirname "$0")/..}
cd "$root" || exit 1
passed=0
failed=0
skipped=0

# rule NAME BREACHES: the rule holds when there is no breach.
rule() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
        echo "ok architecture: $1"
    else
        failed=$((failed + 1))
        echo "FAILED architecture: $1"
        echo "$2" | sed 's/^/    /'
    fi
}

skip() {
    skipped=$((skipped + 1))
    echo "skipped architecture: $1: $2"
}

sources() {
    find "$@" -name '*.[ch]' 2>/dev/null | sort
}

# The rooms of src/ and the rooms that each may include; include/leat (the contracts) and its own are open to all.
allowed_rooms() {
    case $1 in
    base) echo ;;
    contract) echo base ;;
    config) echo base avro ;;
    avro) echo base ;;
    state) echo base ;;
    history) echo base avro state ;;
    sink) echo base avro state history ;;
    trigger) echo base state ;;
    pipeline) echo base config avro history sink state trigger ;;
    serve) echo base config pipeline ;;
    cli) echo base config avro history sink state trigger pipeline serve ;;
    *) return 1 ;;
    esac
}

# Prints FILE:LINE: ROOM for each #include "ROOM/..." of the given files. A header named without its room is printed
# as room ".": every include says where it leads.
included_rooms() {
    [ $# -gt 0 ] || return 0
    awk '/^[ \t]*#[ \t]*include[ \t]*"/ {
        split($0, part, "\"")
        room = part[2]
        if (!sub("/.*", "", room)) room = "."
        print FILENAME ":" FNR ": " room " " part[2]
    }' "$@"
}

# outside "ROOM ROOM..." FILE...: includes that lead anywhere else.
outside() {
    open=" $1 "
    shift
    included_rooms "$@" | while read -r place room header; do
        case $open in
        *" $room "*) ;;
        *) echo "$place includes \"$header\"" ;;
        esac
    done
}

breaches_of_rooms() {
    for folder in src/*/; do
        room=$(basename "$folder")
        if ! open=$(allowed_rooms "$room"); then
            echo "src/$room: tests/architecture.sh does not know this room"
            continue
        fi
        # The pipeline is where a connector is chosen, by its front door; which door is the next rule's business.
        [ "$room" = pipeline ] && open="$open $(connector_names | tr '\n' ' ')"
        outside "leat $open $room" $(sources "$folder")
    done
    [ ! -d include ] || outside "leat base" $(sources include)
}

connector_names() {
    for folder in connectors/*/; do
        [ -d "$folder" ] && basename "$folder"
    done
}

breaches_of_connectors() {
    for name in $(connector_names); do
        outside "leat base $name" $(sources "connectors/$name")
        # Only the front door, NAME/NAME.h, leads into a connector, and never from a sink.
        included_rooms $(sources src include) | awk -v name="$name" '$2 == name && $3 != name "/" name ".h" {
            print $1 " includes \"" $3 "\", an inner header of the connector"
        }'
    done
}

# calls "NAME|NAME..." FILE...: lines that call one of these functions, comment lines aside.
calls() {
    names=$1
    shift
    [ $# -gt 0 ] || return 0
    grep -nHE "(^|[^A-Za-z0-9_])($names)[ ]*\(" "$@" | grep -vE '^[^:]*:[0-9]*:[ \t]*(\*|/\*|//)'
}

breaches_of_sql() {
    grep -nHE '#[ \t]*include[ \t]*<sqlite3\.h>|sqlite3_[a-z]+' $(sources src include connectors) | grep -v '^src/state/'
}

banned='sprintf|vsprintf|strcpy|stpcpy|strcat|strncpy|strncat|gets|atoi|atol|atoll|atof|strtok|scanf|sscanf|fscanf'
banned="$banned|alloca|tmpnam|mktemp|rand|system|asctime|ctime|gmtime|localtime"
breaches_of_functions() {
    calls "$banned" $(sources src include connectors)
}

# base/memory.h is the one way to memory: it never gives NULL, and its failure is handled in one place.
breaches_of_memory() {
    calls 'malloc|calloc|realloc|reallocarray|strdup|strndup|asprintf|vasprintf' $(sources src include connectors) |
        grep -v '^src/base/memory\.c:'
}

breaches_of_length() {
    for file in $(sources src include connectors tests); do
        lines=$(wc -l <"$file")
        [ "$lines" -lt 800 ] || echo "$file has $lines lines; the house's limit is 799"
    done
}

breaches_of_completeness() {
    grep -rnE --include='*.[ch]' --include='*.py' --include='*.sh' \
        '(^|[^A-Za-z])(T[O]DO|F[I]XME|X[X]X)([^A-Za-z]|$)' src include connectors tests docs 2>/dev/null
}

# Each header compiles as the first thing in a file; the public one as C++ too.
breaches_of_headers() {
    flags="-D_GNU_SOURCE -DLEAT_VERSION=\"\" -Iinclude -Isrc -Iconnectors"
    flags="$flags $(pkg-config --cflags libpq libmariadb yaml-0.1 sqlite3 avro-c libdeflate libzstd jansson libcrypto rdkafka libcurl 2>/dev/null)"
    for header in $(sources src include connectors | grep '\.h$'); do
        cc -std=c17 -Wall -Wextra -Werror -fsyntax-only $flags -include "$header" -x c /dev/null 2>&1
    done
    [ ! -f include/leat/leat.h ] ||
        c++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only -include include/leat/leat.h -x c++ /dev/null 2>&1
}

breaches_of_format() {
    clang-format-14 --dry-run -Werror $(sources src include connectors tests) 2>&1 | grep 'error:'
}

# Objects in .data, .bss or the thread-local sections can be written to; constants are in others (.rodata,
# .data.rel.ro). A signal handler has nothing but a global to leave its word in.
breaches_of_globals() {
    objdump -t build/release/libleat.a 2>/dev/null | awk '
        /file format/ { member = $1; sub(":$", "", member) }
        $NF !~ /^\./ && / \.(data|bss|tdata|tbss)(\.[A-Za-z0-9_.]*)?\t/ && !/ \.data\.rel\.ro/ && member !~ /^signals\.c/ {
            print member ": " $NF " is a mutable global"
        }'
}

rule "src/ includes only downwards (cli, pipeline, {history, avro, sink, state}, base)" "$(breaches_of_rooms)"
rule "connectors include leat/ and base/ alone, and have one front door" "$(breaches_of_connectors)"
rule "SQLite is known in src/state alone" "$(breaches_of_sql)"
rule "functions without bounds or with hidden state are not called" "$(breaches_of_functions)"
rule "memory comes from base/memory.h alone" "$(breaches_of_memory)"
rule "files are shorter than 800 lines" "$(breaches_of_length)"
rule "nothing is left to do later" "$(breaches_of_completeness)"
rule "headers are self-contained" "$(breaches_of_headers)"
if command -v clang-format-14 >/dev/null 2>&1; then
    rule "the code is formatted by .clang-format" "$(breaches_of_format)"
else
    skip "the code is formatted by .clang-format" "clang-format-14 is not installed"
fi
if [ -f build/release/libleat.a ]; then
    rule "there are no mutable globals" "$(breaches_of_globals)"
else
    skip "there are no mutable globals" "build/release/libleat.a is not built"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
