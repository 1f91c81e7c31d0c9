"""Runs tests by their names, and closes with a line of JSON: how many were run, what failed, and why some were skipped."""

import json
import os
import sys
import unittest


def last_line(text):
    return text.strip().splitlines()[-1][:500]


def main(names):
    sys.path.insert(0, os.getcwd())
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    failed = [f"{test.id()}: {last_line(trace)}" for test, trace in result.failures + result.errors]
    failed += [f"{test.id()}: it passed, and is expected to fail" for test in result.unexpectedSuccesses]
    # Tests that measure print it without an end of the line.
    print("\n" + json.dumps({
        "run": result.testsRun - len(result.skipped), "failed": failed, "skipped": [reason for _, reason in result.skipped]}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
