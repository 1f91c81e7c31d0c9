"""What a row of the table of faults is."""

import json
import os
import pathlib
import subprocess
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
TESTS = REPOSITORY / "Tests/Integration"


class ShortFall(Exception):
    """What is not as the row says it has to be; an AssertionError counts as well."""


class NotRun(Exception):
    """Why this machine cannot have the fault: nothing is known then."""


class Row:
    """One fault, and what has to hold while it lasts and behind it.

    A row runs in a process of its own, whose temporary folder is removed and whose processes are ended when it is over,
    however it ended. Modules of Tests/Integration and scripts/clusters can be imported within `run`; outside of it
    they cannot: the table is also read where there is no daemon.
    """

    # As it is typed: small letters, digits, and dashes.
    name = ""
    # What happens, and what the client sees and is asserted: for the document, in a sentence or two each, without "|".
    happens = ""
    holds = ""
    # About how long it takes. It is given up behind `limit`.
    seconds = 60
    # Whether it is one of the few that are run for every change: all of those together take 2 minutes at most.
    is_short = False

    @property
    def limit(self):
        return 120 + 4 * self.seconds

    def run(self, say):
        """Has the fault happen. `say` is told each thing that is done, in a few words.

        Returns what was measured, in a few words, or nothing. Raises ShortFall, AssertionError or NotRun.
        """
        raise NotImplementedError


class Tested(Row):
    """A fault that tests of the running daemon have happen: their names, as unittest has them, below Tests/Integration."""

    tests = ()
    # Tests that are only tried when CONFD_LONG_TESTS=1 says so.
    is_long = False

    def run(self, say):
        for test in self.tests:
            say(f"test {test}")
        variables = os.environ | ({"CONFD_LONG_TESTS": "1"} if self.is_long else {})
        done = subprocess.run(
            [sys.executable, "-B", pathlib.Path(__file__).with_name("tests.py"), *self.tests], cwd=TESTS, env=variables,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=sys.stderr, text=True)
        try:
            found = json.loads(done.stdout.splitlines()[-1])
        except (ValueError, IndexError):
            raise ShortFall(f"the tests came to no end ({done.returncode})") from None
        if found["failed"]:
            raise ShortFall("; ".join(found["failed"]))
        if found["skipped"]:
            raise NotRun("; ".join(sorted(set(found["skipped"]))))
        if found["run"] < len(self.tests):
            raise ShortFall(f"{found['run']} of {len(self.tests)} tests were run")
        # What they measured.
        return " ".join(" ".join(done.stdout.splitlines()[:-1]).split())[:200]
