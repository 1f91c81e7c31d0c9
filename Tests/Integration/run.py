"""Runs the tests against real daemons and closes with a line that counts them.

Usage: run.py [NAME]        the tests of test_NAME.py alone; otherwise every file in a process of its own, two at a time
"""

import concurrent.futures
import pathlib
import re
import subprocess
import sys
import unittest

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER))

COUNTS = re.compile(r"^integration: (\d+) passed, (\d+) failed, (\d+) skipped$", re.MULTILINE)

# What takes longest begins first, so that nothing is left to wait for at the end.
LONGEST = ["backup", "engine", "client", "load", "upgrade", "streams", "story", "schedules", "legacy", "jobs", "events"]


def run(name):
    suite = unittest.defaultTestLoader.discover(str(FOLDER), pattern=f"test_{name}.py")
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    # A test with several failing parts counts once.
    failed = len({getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors})
    passed = result.testsRun - failed - len(result.skipped)
    return passed, failed, len(result.skipped)


def run_apart(name):
    """The counts of one file, whose output is printed as a whole when it has ended."""
    done = subprocess.run(
        [sys.executable, "-B", __file__, name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(f"--- {name}\n{done.stdout}", flush=True)
    found = COUNTS.search(done.stdout)
    # A process that did not come to its end has failed, whatever it had counted.
    return tuple(map(int, found.groups())) if found else (0, 1, 0)


def run_all():
    names = [path.stem.removeprefix("test_") for path in FOLDER.glob("test_*.py")]
    names.sort(key=lambda name: (LONGEST.index(name) if name in LONGEST else len(LONGEST), name))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return tuple(map(sum, zip(*pool.map(run_apart, names))))


def main():
    passed, failed, skipped = run(sys.argv[1]) if len(sys.argv) > 1 else run_all()
    print(f"integration: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
