#!/bin/sh
# Holds the source to the house's plan: who may include whom, what may not be called, and the like.
#
#   sh tests/architecture.sh [ROOT]      ROOT: another tree than this one, for the test of this script
#
# Prints a line for each rule, with what breaks it; the last line is `N passed, N failed, N skipped`.
set -u
house=$(cd "$(dirname "$0")" && pwd) || exit 1
root=${1:-$house/..}
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
    contract | terminal | avro | state) echo base ;;
    event | registry) echo base avro ;;
    config) echo base avro event registry sink ;;
    history) echo base avro event state ;;
    sink) echo base terminal avro event registry state history ;;
    trigger) echo base avro state history ;;
    reader) echo base avro event registry sink ;;
    pipeline) echo base config avro event registry history sink state trigger ;;
    serve) echo base config pipeline ;;
    demo) echo base terminal config avro event registry state sink reader ;;
    cli) echo base terminal config avro event registry history sink state trigger reader pipeline serve demo ;;
    *) return 1 ;;
    esac
}

# The floor that a room of a connector stands on: it may include what is on floors below its own, and itself. What lies
# in the connector's folder itself ("source") stands above all of them; connectors/common lies below them all.
floor_of() {
    case $1 in
    mysql/gtid | mysql/value) echo 1 ;;
    mysql/binlog | mysql/server) echo 2 ;;
    mysql/charset | mysql/setup | mysql/dump) echo 3 ;;
    mysql/definition) echo 4 ;;
    mysql/types | mysql/ddl | mysql/catalog) echo 5 ;;
    mysql/follow | mysql/check) echo 6 ;;
    mysql/stream) echo 7 ;;
    mysql/snapshot) echo 8 ;;
    postgres/server | postgres/types) echo 1 ;;
    postgres/catalog) echo 2 ;;
    postgres/wire) echo 3 ;;
    postgres/objects) echo 4 ;;
    postgres/check | postgres/stream) echo 5 ;;
    postgres/setup | postgres/snapshot) echo 6 ;;
    */*) return 1 ;;
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
        outside "leat base common $name" $(sources "connectors/$name")
        # Only the front door, NAME/source.h, leads into a connector, and only the list of sources goes through it.
        included_rooms $(sources src include) $(find connectors -maxdepth 1 -name '*.[ch]') | awk -v name="$name" \
            '$2 == name && $3 != name "/source.h" {
            print $1 " includes \"" $3 "\", an inner header of the connector"
        }'
    done
}

breaches_of_floors() {
    for folder in connectors/*/*/; do
        [ -d "$folder" ] || continue
        room=${folder#connectors/}
        room=${room%/}
        name=${room%%/*}
        if ! mine=$(floor_of "$room"); then
            echo "$folder: tests/architecture.sh does not know this room"
            continue
        fi
        included_rooms $(sources "$folder") | awk -v name="$name" '$2 == name { print $1, $3 }' |
            while read -r place header; do
                other=${header%/*}
                [ "$other" = "$room" ] && continue
                theirs=$(floor_of "$other") || theirs=99
                [ "$theirs" -lt "$mine" ] || echo "$place includes \"$header\", which is not below $room"
            done
    done
}

# Sinks do not know each other.
breaches_of_sinks() {
    for folder in src/sink/*/; do
        [ -d "$folder" ] || continue
        name=$(basename "$folder")
        included_rooms $(sources "$folder") | awk -v name="$name" '
            $2 == "sink" && $3 ~ /^sink\/.*\// && index($3, "sink/" name "/") != 1 {
                print $1 " includes \"" $3 "\", of another sink"
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

# An error's message is for people, and cut where it is long: a program decides by its status and its code.
search='strstr|strcasestr|strn?cmp|strn?casecmp|strr?chr|strc?spn|strpbrk|memmem|memr?chr|memcmp|fnmatch|regexec'
breaches_of_messages() {
    calls "$search" $(sources src include connectors) | sed 's/"[^"]*"/""/g' |
        grep -E "($search)[ ]*\(.*(->|\.)(message|mend)([^A-Za-z0-9_]|$)"
}

# base/list.h is the one way in which a list grows: by doubling, never by one element at a time.
breaches_of_lists() {
    grep -nHE 'apacity.*(\* 2[^0-9]|2 \* |\*= 2)|leat_(re)?allocate(_array)?\(.*[Cc]ount \+ 1\) \* sizeof' \
        $(sources src include connectors) | grep -E 'apacity[^=]*=[^=]|allocate' | grep -v '^src/base/'
}

breaches_of_length() {
    for file in $(sources src include connectors) $(sources tests); do
        lines=$(wc -l <"$file")
        case $file in tests/*) most=800 ;; *) most=600 ;; esac
        [ "$lines" -le "$most" ] || echo "$file has $lines lines; the house's limit is $most"
    done
}

breaches_of_crowds() {
    for folder in $(find src connectors include -type d); do
        files=$(find "$folder" -maxdepth 1 -name '*.[ch]' | wc -l)
        [ "$files" -le 45 ] || echo "$folder has $files files; the house's limit is 45"
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
        c++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only -Iinclude -include include/leat/leat.h -x c++ /dev/null 2>&1
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

# What pages for developers name in the tree, between back quotes.
breaches_of_pages() {
    for page in docs/design.md docs/developing.md; do
        [ -f "$page" ] || continue
        grep -oE '`(src|connectors|tests|include|schemas|docs)/[A-Za-z0-9_./-]*`' "$page" | tr -d '`' | sort -u | while read -r path; do
            [ -e "$path" ] || echo "$page names $path, which is not there"
        done
    done
}

rule "rooms of src/ include only what is below them" "$(breaches_of_rooms)"
rule "connectors include leat/, base/ and common/ alone, and have one front door, NAME/source.h" "$(breaches_of_connectors)"
rule "rooms of a connector include what is on floors below" "$(breaches_of_floors)"
rule "a sink does not know another" "$(breaches_of_sinks)"
rule "SQLite is known in src/state alone" "$(breaches_of_sql)"
rule "functions without bounds or with hidden state are not called" "$(breaches_of_functions)"
rule "memory comes from base/memory.h alone" "$(breaches_of_memory)"
rule "nobody searches in the message of an error" "$(breaches_of_messages)"
rule "lists grow in base/ alone" "$(breaches_of_lists)"
rule "files have at most 600 lines" "$(breaches_of_length)"
rule "no folder has more than 45 files" "$(breaches_of_crowds)"
rule "nothing is left to do later" "$(breaches_of_completeness)"
rule "files that pages for developers name are there" "$(breaches_of_pages)"
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
if [ -f build/release/compile_commands.json ]; then
    rule "there are no circles of functions" "$(/usr/bin/python3 "$house/circles.py" build/release 2>&1)"
else
    skip "there are no circles of functions" "build/release is not built"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
