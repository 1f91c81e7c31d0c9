"""Has the faults of the table happen to real daemons, one row after the other. See scripts/chaos."""

import argparse
import os
import pathlib
import signal
import sys

OWN = pathlib.Path(__file__).resolve().parent
REPOSITORY = OWN.parents[1]
# Modules of the tests come first: some of this folder have the same names.
sys.path[:] = [place for place in sys.path if pathlib.Path(place or ".").resolve() != OWN] + [
    str(REPOSITORY / "Tests/Integration"), str(REPOSITORY / "scripts/clusters"), str(OWN)]

from rows import ROWS, clusters, document, one, one_node, repeated, running  # noqa: E402  (the path comes first)
from rows.results import NOT_RUN, PASSED, Results, newest  # noqa: E402

GROUPS = (("Clusters", clusters.ROWS), ("One node", one_node.ROWS))
DOCUMENT = REPOSITORY / "docs/faults.md"
# What the rows that are run for every change may take together, in seconds.
SHORT_TIME = 120


def say(text):
    print(text, flush=True)


def faults_of_table():
    """What is wrong with the table itself."""
    names = [row.name for row in ROWS]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two rows are called '{name}'"
    for row in ROWS:
        if not (row.name and row.happens and row.holds):
            yield f"row '{row.name}' ({type(row).__name__}) needs a name, what happens, and what holds"
    if (total := sum(row.seconds for row in ROWS if row.is_short)) > SHORT_TIME:
        yield f"the rows of --ci take {total} s; {SHORT_TIME} s is the most"


def write_document(folder):
    former = document.results_in(DOCUMENT.read_text()) if DOCUMENT.exists() else {}
    found = {name: document.in_words(result) for name, result in newest(folder).items()}
    DOCUMENT.write_text(document.text(GROUPS, former | found))


def run_rows(rows, results, named):
    """Whether none of them fell short."""
    counts, known = {}, {}
    for row in rows:
        if not named and results.has_passed(row.name):
            say(f"{row.name}: PASS, with this commit already")
            counts[PASSED] = counts.get(PASSED, 0) + 1
            continue
        say(f"{row.name}: {row.happens}")
        command = [sys.executable, "-B", str(pathlib.Path(__file__)), "--one", row.name]
        # What several rows stand on is run once.
        tests = getattr(row, "tests", None)
        outcome = known.get(tests) or running.run_row(row, command, say, results.path.parent)
        if tests:
            known[tests] = outcome
        result, text, seconds, did = outcome
        say(f"    has to hold: {row.holds}")
        say(f"{row.name}: {result}{f': {text}' if text else ''} ({seconds:.0f} s)")
        results.keep(row.name, result, text, seconds, did)
        counts[result] = counts.get(result, 0) + 1
    short = sum(count for result, count in counts.items() if result not in (PASSED, NOT_RUN))
    told = ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))
    say(f"faults of {results.commit}: {told or 'no rows'}")
    return not short


def positive(word):
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError("it is a whole number above 0")
    return int(word)


def end(*_):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(description=__doc__, prog="scripts/chaos faults")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="only these, whether they have passed with this commit or not")
    parser.add_argument("--list", action="store_true", help="name the rows, and what happens in each")
    parser.add_argument("--ci", action="store_true", help="those that are run for every change: 2 minutes")
    parser.add_argument("--times", type=positive, help="how often a fault happens in rows that have it again and again")
    parser.add_argument("--document", action="store_true", help="write docs/faults.md, with the last results that are known")
    parser.add_argument("--lines", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--tests", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--results", type=pathlib.Path, default=REPOSITORY / ".build/chaos", help=argparse.SUPPRESS)
    parser.add_argument("--commit", default="unknown+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.times:
        os.environ[repeated.VARIABLE] = str(options.times)
    if wrong := list(faults_of_table()):
        parser.error("; ".join(wrong))
    known = {row.name: row for row in ROWS}
    for name in [*options.rows, *([options.one] if options.one else [])]:
        if name not in known:
            parser.error(f"there is no row '{name}'; --list names them")
    if options.one:
        return one.run(known[options.one])
    if options.list:
        for row in ROWS:
            say(f"{row.name}{' (ci)' if row.is_short else ''}, {row.seconds} s: {row.happens}")
        return 0
    if options.lines:
        say(document.without_results(document.text(GROUPS, {})).rstrip("\n"))
        return 0
    if options.tests:
        for row in ROWS:
            for test in getattr(row, "tests", ()):
                say(f"{row.name} {test}")
        return 0
    if options.document:
        write_document(options.results)
        return 0
    rows = [known[name] for name in options.rows] or [row for row in ROWS if row.is_short or not options.ci]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    running.adopt_orphans()
    try:
        return 0 if run_rows(rows, Results(options.results, options.commit), bool(options.rows)) else 1
    except KeyboardInterrupt:
        print("chaos: it was interrupted; everything was ended", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
