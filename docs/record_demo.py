#!/usr/bin/python3
"""Draws docs/demo.svg from a run of `leat demo`: python3 docs/record_demo.py build/release/leat > docs/demo.svg

Long runs of like lines are cut, so that the beginning, the altered table and the summary fit on one picture.
"""

import html
import re
import subprocess
import sys

COLUMNS, LINE_HEIGHT, CHARACTER_WIDTH, MARGIN = 126, 17, 7.8, 14
CLASSES = [
    (re.compile(r"^  \d\d:\d\d:\d\d\.\d+  insert"), "insert"),
    (re.compile(r"^  \d\d:\d\d:\d\d\.\d+  update"), "update"),
    (re.compile(r"^  \d\d:\d\d:\d\d\.\d+  delete"), "delete"),
    (re.compile(r"^  \d\d:\d\d:\d\d\.\d+  row"), "row"),
    (re.compile(r"is at version|somebody ran"), "version"),
]
EVENT = re.compile(r"^  \d\d:\d\d:\d\d\.\d+  ")


def shortened(lines, longest=7):
    """Of each run of event lines, the first few and a line that stands for the rest."""
    kept, run = [], 0
    for line in lines:
        run = run + 1 if EVENT.match(line) else 0
        if run <= longest:
            kept.append(line)
        elif run == longest + 1:
            kept.append("  …")
    return kept


def kind(line):
    return next((name for pattern, name in CLASSES if pattern.search(line)), "plain")


def drawn(lines):
    height = 2 * MARGIN + LINE_HEIGHT * (len(lines) + 1)
    width = 2 * MARGIN + COLUMNS * CHARACTER_WIDTH
    yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" role="img">'
    yield "<title>leat demo: existing rows, changes as they are committed, an altered table, and a summary</title>"
    yield """<style>
text { font: 13px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; white-space: pre; fill: #d7dbe0 }
.prompt { fill: #ffffff; font-weight: bold } .insert { fill: #8fd694 } .update { fill: #8ab8ff } .delete { fill: #ff9a8d }
.row { fill: #9aa4ae } .version { fill: #ffd479; font-weight: bold }
</style>"""
    yield f'<rect width="100%" height="100%" rx="8" fill="#15191e"/>'
    for number, line in enumerate(["$ leat demo", *lines]):
        name = "prompt" if number == 0 else kind(line)
        text = line if len(line) <= COLUMNS else line[: COLUMNS - 1] + "…"
        y = MARGIN + LINE_HEIGHT * (number + 1) - 4
        yield f'<text x="{MARGIN}" y="{y}" class="{name}" xml:space="preserve">{html.escape(text)}</text>'
    yield "</svg>"


def main():
    run = subprocess.run([sys.argv[1], "demo", "--seconds", "4"], capture_output=True, text=True, check=True)
    text = run.stdout.replace(sys.argv[1], "leat")
    print("\n".join(drawn(shortened(text.splitlines()))))


main()
