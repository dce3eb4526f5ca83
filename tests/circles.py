#!/usr/bin/env python3
"""Finds circles of functions: files, or rooms, that call each other all the way round.

    /usr/bin/python3 tests/circles.py [BUILD-FOLDER]     default: build/release

Asks the objects (nm) who defines and who uses a name, so that a circle cannot hide behind a header. Rooms must have
none. Files of one room must have none but those of ALLOWED. Prints a line for each circle with the names that close it,
and nothing when there are none; status 1 when the objects are not there.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]

# Circles of files that are right as they are: the files, and why. An entry that is no circle any more is named too.
ALLOWED = {}


def object_files(build):
    """The objects of the library by source: those of the present build only, not what an older one left behind."""
    commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    objects = {}
    for command in commands:
        output = re.search(r" -o (\S+)", command["command"]).group(1)
        if output.startswith("CMakeFiles/libleat.dir/"):
            source = pathlib.Path(command["file"]).relative_to(build.resolve().parents[1])
            objects[str(source)] = build / output
    return objects


def names_of(objects):
    """For each source the names that it defines for others, and those that it needs of others."""
    defined, needed = {}, {}
    for source, path in objects.items():
        listing = subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout
        for line in listing.splitlines():
            kind, name = line.split()[-2:]
            if kind == "U":
                needed.setdefault(source, set()).add(name)
            elif kind.isupper():
                defined[name] = source
    return defined, needed


def arrows_between(defined, needed, group):
    """Who uses whom, and by which name: {user: {used: name}}."""
    arrows = collections.defaultdict(dict)
    for source, names in needed.items():
        for name in sorted(names):
            target = defined.get(name)
            if target is not None and group(target) != group(source):
                arrows[group(source)].setdefault(group(target), name)
    return arrows


def circles_in(arrows):
    """The strongly connected components of more than one (Tarjan, without recursion)."""
    index, low, on_stack, stack, found = {}, {}, set(), [], []

    def enter(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        return node, iter(sorted(arrows.get(node, ())))

    for start in sorted(arrows):
        if start in index:
            continue
        work = [enter(start)]
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in index:
                    work.append(enter(target))
                    break
                if target in on_stack:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    circle = []
                    while True:
                        circle.append(stack.pop())
                        on_stack.discard(circle[-1])
                        if circle[-1] == node:
                            break
                    if len(circle) > 1:
                        found.append(frozenset(circle))
    return found


def describe(circle, arrows):
    calls = [f"{a} -> {b} ({arrows[a][b]})" for a in sorted(circle) for b in sorted(arrows[a]) if b in circle]
    return "circle: " + "; ".join(calls)


def room_of(source):
    return str(pathlib.PurePath(source).parent)


def main():
    build = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "release"
    if not (build / "compile_commands.json").exists():
        print(f"{build} is not built")
        return 1
    objects = {source: path for source, path in object_files(build).items() if path.exists()}
    defined, needed = names_of(objects)
    of_files = arrows_between(defined, needed, lambda source: source)
    of_rooms = arrows_between(defined, needed, room_of)
    circles = circles_in(of_files)
    for circle in circles_in(of_rooms):
        print("rooms, " + describe(circle, of_rooms))
    for circle in circles:
        if circle not in ALLOWED:
            print(describe(circle, of_files))
    for circle in ALLOWED:
        if circle not in circles:
            print("no circle any more, take it out of tests/circles.py: " + ", ".join(sorted(circle)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
