"""Runs the tests against real daemons and closes with a line that counts them.

Usage: run.py [NAME]        the tests of test_NAME.py alone; otherwise every file in a process of its own, some at a time
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time
import unittest

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER))

COUNTS = re.compile(r"^integration: (\d+) passed, (\d+) failed, (\d+) skipped$", re.MULTILINE)

# What takes longest begins first, so that nothing is left to wait for at the end. The last line of a run says what does.
LONGEST = [
    "cluster_masters", "cluster_joining", "cluster_storage", "cluster_absence", "cluster_return", "cluster_join_kills",
    "cluster_buckets", "cluster_database_kills", "cluster_secrets", "cluster_votes", "cluster_recovery", "cluster_command_kills",
    "cluster_history", "findings_table", "findings", "findings_cluster", "cluster_external_etcd", "cluster", "cluster_upgrade", "cluster_witness", "backup", "logins",
    "database_state", "refusals", "cluster_script", "streams", "bucketfs", "engine", "events", "bodies", "client", "at_once",
    "attacks", "story", "audit", "access", "jobs", "accounts", "upgrade", "schedules", "load", "legacy"]
# A file waits for more than half of its time: for pauses of the daemon, limits of time, and the disk.
LANES = 2 * min(4, os.cpu_count() or 1)


def run(name):
    suite = unittest.defaultTestLoader.discover(str(FOLDER), pattern=f"test_{name}.py")
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    # A test with several failing parts counts once.
    failed = len({getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors})
    passed = result.testsRun - failed - len(result.skipped)
    return passed, failed, len(result.skipped)


def run_apart(name):
    """Counts and seconds of one file, whose output is printed as a whole when it has ended."""
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-B", __file__, name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    seconds = time.monotonic() - begin
    print(f"--- {name}, {seconds:.0f} s\n{done.stdout}", flush=True)
    found = COUNTS.search(done.stdout)
    # A process that did not come to its end has failed, whatever it had counted.
    return tuple(map(int, found.groups())) if found else (0, 1, 0), seconds


def run_all():
    names = [path.stem.removeprefix("test_") for path in FOLDER.glob("test_*.py")]
    names.sort(key=lambda name: (LONGEST.index(name) if name in LONGEST else len(LONGEST), name))
    with concurrent.futures.ThreadPoolExecutor(LANES) as pool:
        counts, seconds = zip(*pool.map(run_apart, names))
    took = sorted(zip(seconds, names), reverse=True)
    print("longest: " + ", ".join(f"{name} {passed:.0f} s" for passed, name in took[:20]))
    return tuple(map(sum, zip(*counts)))


def main():
    passed, failed, skipped = run(sys.argv[1]) if len(sys.argv) > 1 else run_all()
    print(f"integration: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
