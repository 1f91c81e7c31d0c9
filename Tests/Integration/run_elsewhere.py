"""Runs the tests of jobs on a node that does not decide, and says PASS or what falls short; see scripts/jobs-elsewhere."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import elsewhere  # noqa: E402  (the path comes first)

# Those whose jobs act on nodes.
NAMES = ["storage", "database", "database_state", "backup", "stores", "story", "jobs"]


def main():
    elsewhere.take_over()
    names = sys.argv[1:] or NAMES
    unknown = [name for name in names if not (pathlib.Path(__file__).parent / f"test_{name}.py").exists()]
    if unknown:
        print(f"jobs-elsewhere: there is no test_{unknown[0]}.py", file=sys.stderr)
        return 64
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2).run(elsewhere.suite(names))
    failed = sorted({getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors})
    passed = result.testsRun - len(failed) - len(result.skipped)
    for name, reason in elsewhere.OTHERWISE.items():
        print(f"left out: {name}: {reason}")
    for test, reason in result.skipped:
        print(f"left out: {test.id()}: {reason}")
    for name in failed:
        print(f"falls short: {name}")
    if failed or not passed:
        return 1
    print(f"PASS: {passed} tests of jobs, each with its objects on another node than the one that decides")
    return 0


if __name__ == "__main__":
    sys.exit(main())
