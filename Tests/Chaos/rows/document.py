"""The document of the rows: docs/faults.md."""

import re

from .results import NOT_RUN, PASSED

INTRODUCTION = """\
# Faults, and what becomes of them

<!-- Written by scripts/chaos faults --document; a change belongs into Tests/Chaos/rows. -->

`scripts/chaos faults ROW` has the fault of a row happen to real daemons, and to their etcds, on one machine, says what it did and
prints PASS or what falls short. Without names it runs every row that has not passed with this commit; `--ci` those marked `ci`,
which are run for every change; `--list` names them. Some need root, for networks and file systems of their own. What cannot be
tried is not run, with the reason; it never counts as passed. Rows marked `long` take more than two minutes.

What lasts for hours and comes at random is `scripts/chaos log`. How the parts of a cluster behave is in
[cluster.md](cluster.md), what is promised in [guarantees.md](guarantees.md).
"""
HEAD = "| Row | What happens | What the client sees, and what has to hold | Last result |\n|---|---|---|---|\n"
RESULT = re.compile(r"(?m)^(\| `([a-z0-9-]+)`.*\|) ([^|]*) \|$")
NEVER = "never run"


def text(groups, results):
    """The document of groups of rows, (title, rows), with the result of each by its name."""
    parts = [INTRODUCTION]
    for title, rows in groups:
        parts.append(f"\n## {title}\n\n{HEAD}" + "".join(line(row, results.get(row.name, NEVER)) for row in rows))
    return "".join(parts)


def line(row, result):
    marks = [word for word, holds in (("ci", row.is_short), ("long", row.seconds > 120)) if holds]
    name = " ".join([f"`{row.name}`", *([f"({', '.join(marks)})"] if marks else [])])
    return f"| {name} | {cell(row.happens)} | {cell(row.holds)} | {cell(result)} |\n"


def cell(words):
    return " ".join(words.split()).replace("|", "/")


def in_words(result):
    """A result, with the commit it is of."""
    what = {PASSED: "PASS", NOT_RUN: "not run"}.get(result["result"], "falls short")
    if result["text"] and (result["result"] != PASSED or len(result["text"]) < 200):
        what += f": {shortened(result['text'])}"
    return f"{what} ({result['seconds']:.0f} s, {result['commit']}, {result['at'][:10]})"


def shortened(words, most=240):
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0] + " …"


def results_in(document):
    """The results a document has, by row."""
    return {name: result for _, name, result in RESULT.findall(document)}


def without_results(document):
    return RESULT.sub(r"\1 |", document)
