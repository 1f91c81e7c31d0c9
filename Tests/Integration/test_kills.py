"""What `scripts/cluster kills` has beside a cluster: machines with faults, and journals of commands that are looked at."""

import collections
import contextlib
import errno
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import types
import unittest

from daemon import REPOSITORY

sys.path.append(str(REPOSITORY / "scripts/clusters"))

import harm  # noqa: E402  (the path comes first)
from failing import Measured  # noqa: E402
from journals import Journals  # noqa: E402
from machine import COMPILER, Machines  # noqa: E402
from network import Loopback  # noqa: E402

# Says its time, and what became of a write to a file, a write to a pipe, and a flush.
PROGRAM = """
import json, os, sys, time
def tried(once):
    try:
        once()
        return 0
    except OSError as error:
        return error.errno
file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
inner, outer = os.pipe()
begin = time.monotonic()
found = [tried(lambda: os.write(file, b"a")), tried(lambda: os.pwrite(file, b"a", 0)), tried(lambda: os.write(outer, b"a")),
         tried(lambda: os.fsync(file)), tried(lambda: os.fdatasync(file))]
os.write(1, json.dumps((time.time(), found, time.monotonic() - begin)).encode())
"""


@unittest.skipUnless(COMPILER, "there is no C compiler")
class FaultyMachines(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.machines = Machines(self.folder)

    def tell(self, number=11):
        """Seconds its clock is off, what became of each attempt, and how long all took."""
        done = subprocess.run(
            [sys.executable, "-I", "-c", PROGRAM, self.folder / "file"], env=self.machines.variables(number),
            stdout=subprocess.PIPE, text=True, check=True)
        moment, found, took = json.loads(done.stdout)
        return moment - time.time(), found, took

    def test_nothing_is_wrong_at_first_and_after_it_was_healed(self):
        self.machines.fill_disk(11)
        self.machines.heal(11)
        for number in (11, 12):
            off, found, _ = self.tell(number)
            self.assertLess(abs(off), 10)
            self.assertEqual(found, [0] * 5)

    def test_a_full_disk_takes_no_byte_of_a_file(self):
        self.machines.fill_disk(11)
        self.assertEqual(self.tell()[1], [errno.ENOSPC, errno.ENOSPC, 0, 0, 0])
        self.assertEqual(self.tell(12)[1], [0] * 5)

    def test_a_broken_disk_does_not_flush(self):
        self.machines.break_disk(11)
        self.assertEqual(self.tell()[1], [0, 0, 0, errno.EIO, errno.EIO])

    def test_a_slow_disk_flushes_late(self):
        self.machines.slow_disk(11, 100)
        _, found, took = self.tell()
        self.assertEqual(found, [0] * 5)
        self.assertGreaterEqual(took, 0.2)

    def test_a_clock_is_moved_both_ways(self):
        for seconds in (3600, -7200):
            self.machines.move_clock(11, seconds)
            self.assertLess(abs(self.tell()[0] - seconds), 10)


class CommandJournals(unittest.TestCase):
    """Nodes are folders with the table of the store that is looked at."""

    TABLE = """CREATE TABLE node_commands (place INTEGER PRIMARY KEY, job_node INTEGER, job INTEGER, step INTEGER, is_undo INTEGER,
        generation INTEGER, epoch INTEGER, begun_at INTEGER, ended_at INTEGER)"""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        (root / "spool/jobs").mkdir(parents=True)
        self.path = root / "spool/jobs/store.sqlite"
        self.execute(self.TABLE)
        self.journals = Journals(types.SimpleNamespace(nodes=[types.SimpleNamespace(name="n12", number=12, root=root)]))

    def execute(self, *words):
        with contextlib.closing(sqlite3.connect(self.path)) as store:
            store.execute(*words)
            store.commit()

    def begin(self, job, epoch, begun=0, ended=None, is_undo=0):
        self.execute(
            "INSERT INTO node_commands (job_node, job, step, is_undo, generation, epoch, begun_at, ended_at) "
            "VALUES (11, ?, 1, ?, 1, ?, ?, ?)", (job, is_undo, epoch, begun, ended))

    def test_commands_of_terms_in_their_order_are_well(self):
        for job, epoch in ((1, 5), (2, 5), (3, 9)):
            self.begin(job, epoch)
            self.journals.read(is_timed=True)
        self.assertEqual(self.journals.judge({(1, 5), (1, 9)}), [])
        self.assertEqual(self.journals.count, 3)

    def test_a_command_of_a_term_that_is_over_is_found(self):
        self.begin(1, 9)
        self.journals.read(is_timed=True)
        self.begin(2, 5)
        self.journals.read(is_timed=True)
        (fault,) = self.journals.judge({(1, 5), (1, 9)})
        self.assertEqual(fault, "n12 began a command (job 2, step 1) of term (1, 5) after one of term (1, 9)")

    def test_a_command_of_a_term_nobody_won_is_found(self):
        self.begin(1, 7)
        self.journals.read(is_timed=True)
        self.assertEqual(self.journals.judge({(1, 5), (1, 9)}), ["commands of term (1, 7), in which the log has nothing"])
        # Those of before the log was looked at are not known.
        self.assertEqual(self.journals.judge({(1, 9)}), [])

    def test_a_journal_that_cannot_be_read_is_read_the_next_time_or_said(self):
        self.begin(1, 5)
        away = self.path.with_suffix(".away")
        self.path.rename(away)
        self.journals.read(is_timed=True)
        self.assertEqual(self.journals.judge(set()), ["the journal of n12 cannot be read: unable to open database file"])
        away.rename(self.path)
        self.journals.read(is_timed=True)
        self.assertEqual((self.journals.judge(set()), self.journals.count), ([], 1))

    def test_what_takes_back_a_command_that_runs_is_found(self):
        self.begin(1, 5, begun=10, ended=20)
        self.begin(1, 5, begun=30, ended=40, is_undo=1)
        self.journals.read(is_timed=True)
        self.assertEqual(self.journals.faults, [])
        self.begin(2, 5, begun=50, ended=70)
        self.begin(2, 5, begun=60, ended=80, is_undo=1)
        self.begin(3, 5, begun=50)
        self.begin(3, 5, begun=60, is_undo=1)
        self.journals.read(is_timed=True)
        self.assertEqual(self.journals.faults, [f"n12 took back step 1 of job {job} while it ran" for job in (2, 3)])


class Resumption(unittest.TestCase):
    """An interrupted run goes on; one of another commit, of files that are not committed, or with other numbers begins anew."""

    def kept(self, run, of):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "measured.json"
            self.assertIsNone(Measured.known(path, of))
            measured = Measured(path, run, ("killed", "faults"))
            measured.entry, measured.revision = 7, 3
            measured.note("killed", 1.5)
            return Measured.known(path, of)

    def test_what_was_done_is_known_again(self):
        run = {"commit": "abc", "times": 200, "faults": 200, "lease": 10, "seed": "abc"}
        known = self.kept(run, run)
        self.assertEqual(known.times, {"killed": [1.5], "faults": []})
        self.assertEqual((known.entry, known.revision), (7, 3))
        self.assertIsNone(self.kept(run, run | {"seed": "other"}))
        self.assertIsNone(self.kept(run, run | {"commit": "def"}))
        self.assertIsNone(self.kept(run | {"commit": "abc+"}, run | {"commit": "abc+"}))


class Harms(unittest.TestCase):
    def test_chances_of_a_seed_are_the_same_again(self):
        def told(seed):
            chance = random.Random(seed)
            nodes = [types.SimpleNamespace(name=f"n{number}", number=number) for number in (11, 12, 13)]
            return [str(harm.Harm(None, chance.choice(nodes), chance.choice(harm.PROCESS + harm.MACHINE + harm.LINK), chance))
                    for _ in range(200)]
        self.assertEqual(told("a"), told("a"))
        self.assertNotEqual(told("a"), told("b"))
        kinds = collections.Counter(text.split()[0] for text in told("a"))
        self.assertEqual(set(kinds), set(harm.PROCESS + harm.MACHINE + harm.LINK))

    def test_what_cannot_be_done_here_is_said(self):
        known, reasons = harm.kinds(types.SimpleNamespace(network=Loopback(), machines=None))
        self.assertEqual(known, sorted(harm.PROCESS))
        self.assertEqual(len(reasons), 2)


if __name__ == "__main__":
    unittest.main()
