"""Runs the tests that Tests/faults.json names and says of each fault whether they pass, or whether they fail as they
should on a build that has the faults.

Usage: faults.py [--fail] [ID...]
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import queue
import signal
import subprocess
import sys
import threading
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent
BROWSER = "browser:"
# Seconds a test may take; one that is stopped there has failed.
PATIENCE = 420


class Telling(unittest.TestResult):
    """Tells each test's begin and end as a line of JSON on the standard output."""

    def tell(self, test, outcome):
        print(json.dumps([getattr(test, "test_case", test).id(), outcome]), file=sys.__stdout__, flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.tell(test, "began")

    def stopTest(self, test):
        self.tell(test, "ended")

    def addSuccess(self, test):
        self.tell(test, "passed")

    def addSkip(self, test, reason):
        self.tell(test, f"skipped: {reason}")

    def addFailure(self, test, error):
        self.tell(test, "failed")

    def addSubTest(self, test, part, error):
        if error:
            self.tell(part, "failed")

    addError = addExpectedFailure = addFailure


def run_here(names):
    """Runs tests in this process, as the child of `outcomes`."""
    sys.path[:0] = [str(FOLDER / "Browser"), str(FOLDER / "Integration")]
    unittest.defaultTestLoader.loadTestsFromNames(names).run(Telling())


def outcomes(names):
    """Outcome of each of these tests of one module; a test that hangs has failed, and the ones behind it are run again."""
    found, left = {}, list(names)
    while left:
        child = subprocess.Popen(
            [sys.executable, "-B", __file__, "--here", *left], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, start_new_session=True)
        lines = queue.Queue()
        threading.Thread(target=lambda: [*map(lines.put, child.stdout), lines.put(None)], daemon=True).start()
        current = None
        try:
            while line := lines.get(timeout=PATIENCE):
                if not line.startswith('["'):
                    continue
                test, outcome = json.loads(line)
                if outcome in ("began", "ended"):
                    current = test if outcome == "began" else None
                elif found.get(test) != "failed":
                    found[test] = outcome
        except queue.Empty:
            if current:
                found[current] = "failed"
        stop(child)
        remaining = [name for name in left if name not in found]
        # What could not even begin does not begin the next time.
        left = remaining if current and len(remaining) < len(left) else []
    return {name: found.get(name, "did not run") for name in names}


def stop(child):
    """Ends a child with the daemons it started."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()
    child.stdout.close()


def run(tests, at_once=2):
    """Outcome of each test, so many modules at a time; those of the browser are named with its prefix."""
    modules = collections.defaultdict(list)
    for test in tests:
        modules[test.split(".")[0]].append(test)

    def of(module):
        named = {test.removeprefix(BROWSER): test for test in modules[module]}
        return {named[test]: outcome for test, outcome in outcomes(list(named)).items()}
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        return {test: outcome for part in pool.map(of, sorted(modules)) for test, outcome in part.items()}


def verdict(tests, told, should_fail):
    """What falls short of a fault's tests, or None. On a build with the fault one of them has to fail."""
    odd = [f"{test} {told[test]}" for test in tests if told[test] not in ("passed", "failed")]
    if should_fail and not any(told[test] == "failed" for test in tests):
        odd += [f"{test} passes there" for test in tests if told[test] == "passed"]
    elif should_fail:
        odd = []
    else:
        odd += [f"{test} failed" for test in tests if told[test] == "failed"]
    return "; ".join(odd) or None


def main(words):
    if words[:1] == ["--here"]:
        return run_here(words[1:])
    should_fail = words[:1] == ["--fail"]
    wanted = words[1:] if should_fail else words
    listed = json.loads((FOLDER / "faults.json").read_text())
    unknown = [name for name in wanted if name not in listed]
    if unknown:
        print(f"faults: there is no fault '{unknown[0]}' in Tests/faults.json", file=sys.stderr)
        return 64
    chosen = {name: listed[name]["tests"] for name in wanted or listed if listed[name].get("tests")}
    told = run(dict.fromkeys(test for tests in chosen.values() for test in tests))
    short = 0
    for name, tests in chosen.items():
        fault = verdict(tests, told, should_fail)
        short += fault is not None
        print(f"{name}: {fault or ('fails there' if should_fail else 'cured')}")
    waiting = len(wanted or listed) - len(chosen)
    print(f"faults: {'PASS' if chosen and not short else f'{short} fall short'}, {len(chosen)} tried, {waiting} without a test")
    return 1 if short or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
