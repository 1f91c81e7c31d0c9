"""`scripts/soak` judges what was measured: each leak that is planted is found, and a steady run passes, however it ended."""

import json
import pathlib
import random
import sys
import tempfile
import unittest
import xml.etree.ElementTree

from daemon import REPOSITORY

sys.path += [str(REPOSITORY / "Tests/Soak"), str(REPOSITORY / "scripts/clusters")]

import measuring  # noqa: E402  (the paths come first)
from judging import judge, slope  # noqa: E402
from picture import draw  # noqa: E402
from samples import Histogram, Measured, Recorder  # noqa: E402

MINUTES = 60


def steady(_):
    return 0


class Run:
    """A run of an hour that never was; each figure is steady unless something is planted, a function of its minutes."""

    def __init__(self, minutes=MINUTES, is_short=False, **planted):
        self.planted, self.chance = planted, random.Random(7)
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name) / "run.samples"
        self.recorder = Recorder(
            self.path, {"commit": "abc", "nodes": 1, "minutes": minutes, "is_short": is_short})
        for at in range(10, minutes * 60 + 1, 10):
            self.sample(at)

    def more(self, name, at):
        return self.planted.get(name, steady)(at / 60)

    def sample(self, at):
        self.recorder.add("sample", {
            "at": at, "node": 11, "process": "daemon", "number": 4711 + self.more("number", at),
            "rss": int(80e6 + self.more("files", at)), "own": int(50e6 + self.chance.uniform(-3e5, 3e5) + self.more("own", at)),
            "descriptors": 40 + self.chance.randrange(3) + self.more("descriptors", at),
            "threads": 20 + self.more("threads", at), "cpu": at / 100, "disk": 100_000_000})
        histogram = Histogram()
        for _ in range(20):
            histogram.add((0.010 + self.chance.uniform(0, 0.002)) * (1 + self.more("slower", at)))
        self.recorder.add("times", {"at": at, "kinds": {"change": histogram.counts}})

    def end(self, lost=0, missing=(), faults=()):
        """As a run ends that was not interrupted."""
        self.recorder.add("end", {
            "promises": [{"what": "jobs that were acknowledged", "count": 100, "lost": lost, "which": []}],
            "missing": list(missing), "faults": list(faults), "repeated": 0})
        return self

    def measured(self):
        self.recorder.close()
        try:
            return Measured.read(self.path)
        finally:
            self.folder.cleanup()

    def short(self):
        """What falls short."""
        return judge(self.measured())[0].short


class Judging(unittest.TestCase):
    def test_a_steady_run_passes(self):
        table, said = judge(Run().end().measured())
        self.assertEqual(table.short, [])
        self.assertIn("what came after the first 15 min of 60", said)
        self.assertTrue(any("n11 daemon: memory" in line and line.endswith("PASS") for line in table.lines()))

    def test_what_happens_while_it_warms_up_does_not_count(self):
        self.assertEqual(Run(own=lambda minutes: min(minutes, 14) * 5e6).end().short(), [])

    def test_memory_that_grows_is_found(self):
        (short,) = Run(own=lambda minutes: minutes / 60 * 3e6).end().short()
        self.assertRegex(short, r"n11 daemon: memory of its own .* is \+(2\.[5-9]|3\.\d) MB/h, not ≤ 2 MB/h")
        self.assertEqual(Run(own=lambda minutes: minutes / 60 * 1e6).end().short(), [])

    def test_pages_of_files_hide_nothing(self):
        planted = {"own": lambda minutes: minutes / 60 * 3e6, "files": lambda minutes: -2e7 if minutes > 40 else 0}
        self.assertEqual(len(Run(**planted).end().short()), 1)
        self.assertEqual(Run(files=lambda minutes: 2e7 if minutes > 40 else 0).end().short(), [])

    def test_descriptors_and_threads_that_grow_or_go_are_found(self):
        for member, gone in (("descriptors", -1), ("descriptors", 1), ("threads", 1)):
            with self.subTest(member, gone=gone):
                (short,) = Run(**{member: lambda minutes: int(gone * minutes / 5)}).end().short()
                self.assertIn(f"n11 daemon: {member}", short)

    def test_answers_that_become_slower_are_found(self):
        (short,) = Run(slower=lambda minutes: minutes / 60).end().short()
        self.assertRegex(short, r"change .*: last quarter over the first is 1\.[3-6]\d, not ≤ 1\.2")
        self.assertEqual(Run(slower=lambda minutes: minutes / 600).end().short(), [])

    def test_a_process_that_was_another_one_by_the_end_is_found(self):
        (short,) = Run(number=lambda minutes: minutes > 30).end().short()
        self.assertEqual(short, "n11 daemon: processes is 2, not 1")

    def test_what_is_lost_missing_or_wrong_is_found(self):
        short = Run().end(lost=2, missing=["event"], faults=["read: 500"]).short()
        self.assertEqual(short, [
            "jobs that were acknowledged is 2 of 100 lost, not 0 lost", "event is never came, not at least once",
            "requests without the answer they should have is 1, not 0"])

    def test_the_short_form_does_not_judge_what_it_cannot(self):
        run = Run(minutes=1, is_short=True, own=lambda minutes: minutes * 1e7)
        self.assertEqual(run.end().short(), [])
        self.assertEqual(len(Run(minutes=1, is_short=True).end(lost=1).short()), 1)

    def test_a_run_of_few_minutes_says_what_is_judged(self):
        _, said = judge(Run(minutes=8).end().measured())
        self.assertIn("8 min are few: judged is what came after the first quarter", said)

    def test_a_slope_is_that_of_the_line(self):
        self.assertEqual(slope([]), 0)
        self.assertEqual(slope([(1, 5)]), 0)
        self.assertAlmostEqual(slope([(0, 1), (1, 3), (2, 5)]), 2)


class Samples(unittest.TestCase):
    def test_a_run_that_was_interrupted_is_read_as_far_as_it_came(self):
        run = Run(minutes=20)
        run.recorder.file.write('{"sample": {"at": 1300, "no')
        measured = run.measured()
        self.assertEqual((measured.seconds, measured.end), (1200, None))
        self.assertIn("what was acknowledged is not looked at: it was interrupted, not all there", judge(measured)[0].short)

    def test_the_last_run_of_a_file_counts(self):
        run = Run(minutes=2)
        run.recorder.add("run", {"commit": "def", "nodes": 1, "minutes": 1, "is_short": False})
        run.sample(10)
        measured = run.measured()
        self.assertEqual((measured.run["commit"], len(measured.samples)), ("def", 1))

    def test_a_file_without_a_run_is_refused(self):
        with tempfile.NamedTemporaryFile("w+") as file:
            with self.assertRaises(ValueError):
                Measured.read(pathlib.Path(file.name))

    def test_times_are_told_apart_by_a_fiftieth(self):
        histogram = Histogram()
        for number in range(1, 1001):
            histogram.add(number / 1000)
        self.assertEqual(histogram.total, 1000)
        self.assertTrue(990 <= histogram.quantile(0.99) <= 990 * 1.03, histogram.quantile(0.99))
        self.assertTrue(500 <= histogram.quantile(0.5) <= 500 * 1.03)
        self.assertIsNone(Histogram().quantile(0.5))
        again = Histogram(json.loads(json.dumps(histogram.counts)))
        self.assertEqual(again.quantile(0.99), histogram.quantile(0.99))

    def test_a_process_is_measured(self):
        figures = measuring.process("self")
        self.assertGreater(figures["rss"], figures["own"])
        self.assertGreater(min(figures["own"], figures["descriptors"], figures["threads"]), 0)
        with tempfile.TemporaryDirectory() as folder:
            for name in ("kept", "left"):
                (pathlib.Path(folder) / name).mkdir()
                (pathlib.Path(folder) / name / "file").write_bytes(b"x" * 100_000)
            self.assertLess(measuring.disk(folder, leaving=("left",)), measuring.disk(folder))

    def test_a_picture_is_well_formed_and_has_colours_for_light_and_dark(self):
        text = draw(Run(minutes=20).measured())
        picture = xml.etree.ElementTree.fromstring(text)
        self.assertEqual(picture.tag, "{http://www.w3.org/2000/svg}svg")
        self.assertIn("prefers-color-scheme:dark", text)
        names = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
        for name in (
                "Memory, resident in MB", "Memory of its own in MB", "Descriptors", "Threads", "Disk in MB",
                "Answers, p99 in ms", "n11 daemon", "change"):
            self.assertIn(name, names)


if __name__ == "__main__":
    unittest.main()
