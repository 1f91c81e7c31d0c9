"""The document of faults has the rows of the table of faults, and the tests that rows name exist. Results may be older ones."""

import os
import re
import subprocess
import sys

import faults
import source

DOCUMENT, TABLE = "docs/faults.md", "Tests/Chaos/table.py"
RESULT = re.compile(r"(?m)^(\| `[a-z0-9-]+`.*\|) [^|]* \|$")


def failures(root):
    """None where there is no table."""
    if not os.path.exists(os.path.join(root, TABLE)):
        return []
    try:
        wanted, named = printed(root, "--lines"), printed(root, "--tests")
    except RuntimeError as error:
        return [f"{TABLE}: {error}"]
    known = faults.tests(root)
    found = [
        f"{TABLE}: row '{row}' names a test that does not exist: {test}"
        for row, test in (line.split() for line in named.splitlines()) if test not in known]
    text = source.read(root, DOCUMENT) if os.path.exists(os.path.join(root, DOCUMENT)) else ""
    if RESULT.sub(r"\1 |", text) != wanted:
        found.append(f"{DOCUMENT}: has other rows than the table; write it by scripts/chaos faults --document")
    return found


def printed(root, option):
    """What the table prints of itself, with no results in it."""
    run = subprocess.run([sys.executable, "-B", os.path.join(root, TABLE), option], capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError((run.stderr.strip().splitlines() or ["failed"])[-1])
    return run.stdout
