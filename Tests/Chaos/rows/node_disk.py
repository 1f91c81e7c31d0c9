"""Disks of a node that fail, tear what is written, or are slow."""

import errno
import os
import random
import tempfile
import time

from .base import NotRun, Row, ShortFall
from .repeated import Repeated


def chances():
    seed = int(os.environ.get("CONFD_TEST_SEED", random.randrange(1 << 32)))
    return seed, random.Random(seed)


def faulty_disk():
    import disk
    if reason := disk.lacking():
        raise NotRun(reason)
    return disk.Disk(tempfile.mkdtemp(prefix="confd-disk-"))


class Errors(Repeated):
    name = "node-disk-errors"
    happens = (
        "Writes and flushes below the root of a node fail with EIO or ENOSPC, at a random moment under load: once, a few times, or "
        "for as long as the load lasts; of the store, of EXAConf, or of everything.")
    holds = (
        "Each request is answered with its job, or refused with 503, 504 or 507; or the daemon "
        "ends with 74 and a line that says why, and starts again. Once the disk is well, and after `kill -9`, each job that was acknowledged has its end, no "
        "revision has two contents, EXAConf is whole, and nothing is stuck.")
    seconds = 40
    times = 15

    def run(self, say):
        import disk as parts
        import node
        seed, chance = chances()
        say(f"{self.count} faults of the disk; seed {seed} (CONFD_TEST_SEED)")
        ended = hits = 0
        with node.Node() as daemon:
            daemon.disk = faulty_disk()
            daemon.start()
            told, since = node.Told(), 1
            for number in range(self.count):
                before = set(told.jobs)
                load = node.Load(daemon, told)
                time.sleep(chance.uniform(0.05, 0.3))
                fault = {
                    "action": chance.choice(["fail", "tear and fail"]),
                    "kinds": chance.choice([parts.WRITES, parts.FLUSHES, parts.WRITES | parts.FLUSHES, parts.NAMES]),
                    "first": chance.randint(1, 30), "count": chance.choice([1, 3, parts.FOR_EVER]),
                    "code": chance.choice([errno.EIO, errno.ENOSPC]), "part": chance.choice(["store.sqlite", "EXAConf", ""])}
                daemon.disk.fail(**fault)
                time.sleep(chance.uniform(0.2, 1))
                hits += daemon.disk.hits > 0
                daemon.disk.heal()
                code = daemon.ended_with(0.5)
                load.end()
                what = f"fault {number} {fault}, seed {seed}"
                if code is None and load.failures:
                    raise ShortFall(f"{what}: {load.failures[0]}")
                if code is not None:
                    ended += 1
                    if code != 74 or "confd: " not in daemon.last_line():
                        raise ShortFall(f"{what}: it ended with {code}: {daemon.last_line()}")
                    daemon.start()
                self.hold(node, daemon, told, set(told.jobs) - before, since, what)
                daemon.kill()
                daemon.start()
                self.hold(node, daemon, told, set(told.jobs) - before, since, f"killed after {what}")
                since = max(told.revisions) - 1
            self.hold(node, daemon, told, None, 0, f"at the end, seed {seed}")
        return f"{hits} were met, {ended} ended the daemon, {len(told.jobs)} jobs, refused: {dict(told.refused)}"

    @staticmethod
    def hold(node, daemon, told, jobs, since, what):
        if wrong := node.judge(daemon, told, jobs, since):
            raise ShortFall(f"{what}: " + "; ".join(wrong[:5]))


class Torn(Repeated):
    name = "node-torn-writes"
    happens = "A node is killed at a random write, flush or rename under load, with half of the write done."
    holds = (
        "Connections are refused until it is started again. It starts; each job that was acknowledged is there with its end, no "
        "revision has two contents, EXAConf is whole, and nothing is stuck.")
    seconds = 25
    times = 15

    def run(self, say):
        import node
        seed, chance = chances()
        say(f"killed at {self.count} steps, half of a write done; seed {seed} (CONFD_TEST_SEED)")
        with node.Node() as daemon:
            daemon.disk = faulty_disk()
            daemon.start()
            told, since = node.Told(), 1
            for number in range(self.count):
                before = set(told.jobs)
                part = chance.choice(["store.sqlite", "EXAConf", "ssl", ""])
                first = chance.randint(1, 10 if part in ("EXAConf", "ssl") else 120)
                daemon.disk.fail("tear and kill", kinds=7, first=first, part=part)
                load = node.Load(daemon, told)
                code = daemon.ended_with(30)
                load.end()
                daemon.disk.heal()
                what = f"killed at step {first} on '{part}', number {number}, seed {seed}"
                if code is None:
                    raise ShortFall(f"{what}: it lives")
                daemon.start()
                Errors.hold(node, daemon, told, set(told.jobs) - before, since, what)
                since = max(told.revisions) - 1
            Errors.hold(node, daemon, told, None, 0, f"at the end, seed {seed}")
        return f"{self.count} kills, {len(told.jobs)} jobs, {max(told.revisions)} revisions"


class Slow(Row):
    name = "node-slow-disk"
    happens = "Each flush of a node takes half a second for 20 s while clients look and change."
    holds = "Nothing is refused or fails: looks are answered within 5 s, changes end well, and `/livez` says that it lives."
    seconds = 30

    def run(self, say):
        import node
        with node.Node() as daemon:
            daemon.disk = faulty_disk()
            daemon.start()
            told = node.Told()
            daemon.disk.fail("delay", kinds=2, milliseconds=500)
            say("each flush takes 500 ms")
            load = node.Load(daemon, told)
            rest, stranger, slowest, end = node.client(daemon), daemon.rest(user=None), 0, time.monotonic() + 20
            while time.monotonic() < end:
                for ask in (lambda: rest.get("/jobs?limit=5"), lambda: stranger.get("/livez"),
                            lambda: rest.post("/jobs?wait=30s", {"type": "node_list", "params": {}})):
                    begin = time.monotonic()
                    answer = ask()
                    slowest = max(slowest, time.monotonic() - begin)
                    if answer.status != 200:
                        raise ShortFall(f"a look is answered {answer}")
                time.sleep(0.1)
            load.end(120)
            daemon.disk.heal()
            if load.failures:
                raise ShortFall(load.failures[0])
            if told.refused:
                raise ShortFall(f"refused: {dict(told.refused)}")
            failed = [identity for identity, result in told.jobs.items() if result and result["outcome"] != "ok"]
            if failed:
                raise ShortFall(f"jobs {failed} did not end well")
            Errors.hold(node, daemon, told, None, 0, "a slow disk")
        if slowest > 5:
            raise ShortFall(f"a look took {slowest:.1f} s")
        return f"slowest look {slowest:.2f} s, {len(told.jobs)} jobs"
