"""Runs the tests of the status page in a browser and closes with a line that counts them.

Usage: run.py [NAME | --ci]        NAME: only test_NAME.py; --ci: the short form, on a short history
"""

import os
import pathlib
import sys
import unittest

FOLDER = pathlib.Path(__file__).parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent / "Integration")]

# Logging in by every way, a job from its form to the way back, live updates, what cannot be read, and every view as axe
# sees it.
SHORT = [
    "test_conversation", "test_page.LoginTest", "test_page.JobTest", "test_page.AccessibilityTest", "test_reading.Login",
    "test_reading.Reading.test_a_list_that_fails_is_no_all_clear",
    "test_reading.Queue.test_a_limit_without_a_number_is_not_made",
]


def suite(name=None):
    loader = unittest.defaultTestLoader
    if name == "--ci":
        os.environ["CONFD_BROWSER_SHORT"] = "yes"
        return loader.loadTestsFromNames(SHORT)
    return loader.discover(str(FOLDER), pattern=f"test_{name or '*'}.py")


def main():
    result = unittest.TextTestRunner(verbosity=2).run(suite(*sys.argv[1:2]))
    failed = len({getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors})
    passed = result.testsRun - failed - len(result.skipped)
    print(f"browser: {passed} passed, {failed} failed, {len(result.skipped)} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
