"""Disks of a node without room."""

import ctypes
import os
import subprocess
import time

from .base import NotRun, ShortFall, Tested
from .node_disk import Errors
from .repeated import Repeated

CLONE_NEWNS = 0x0002_0000


def own_mounts():
    """From now on what this process mounts is seen by itself and its children alone, and ends with them."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        raise NotRun(f"mount namespaces are not allowed here: {os.strerror(ctypes.get_errno())}")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


class Full(Repeated):
    name = "node-full-disk"
    happens = "The disk of a node becomes full to the last byte under load, and has room again, many times."
    holds = (
        "Looks are answered within 5 s, changes are taken or refused with 507; `/readyz` is 503 and says `out-of-space`, and 200 "
        "again with room. Each job that was acknowledged has its end, no revision has two contents, EXAConf is whole.")
    seconds = 60
    times = 20

    def run(self, say):
        import full_disk
        import node
        from daemon import until
        if reason := full_disk.lacking():
            raise NotRun(reason)
        own_mounts()

        class Small(node.Node, full_disk.SmallDisk):
            pass

        say(f"full {self.count} times: a file system of {full_disk.SIZE}")
        slowest = 0
        # Ended jobs leave the store for archives on the same disk, so few are kept.
        with Small(environment={"CONFD_HISTORY_KEEP_JOBS": "0"}) as daemon:
            daemon.start()
            told, since = node.Told(), 1
            for number in range(self.count):
                before = set(told.jobs)
                load = node.Load(daemon, told, clients=2)
                filler = full_disk.Filler(daemon)
                filler.start()
                try:
                    until(filler.is_full)
                    stranger, rest = daemon.rest(user=None), node.client(daemon)
                    until(lambda: stranger.get("/readyz").status == 503)
                    for _ in range(3):
                        begin = time.monotonic()
                        answer = rest.post("/jobs", {"type": "node_list", "params": {}})
                        slowest = max(slowest, time.monotonic() - begin)
                        if answer.status != 200:
                            raise ShortFall(f"time {number}: a look is answered {answer}")
                finally:
                    # What was taken, and cannot be gone on with, waits for room.
                    load.over.set()
                    filler.make_room()
                    load.end()
                until(lambda: daemon.rest(user=None).get("/readyz").status == 200, 60)
                if load.failures:
                    raise ShortFall(f"time {number}: {load.failures[0]}")
                Errors.hold(node, daemon, told, set(told.jobs) - before, since, f"time {number}")
                since = max(told.revisions) - 1
                if number % 10 == 9:
                    daemon.kill()
                    daemon.start()
            Errors.hold(node, daemon, told, None, 0, "at the end")
        if slowest > 5:
            raise ShortFall(f"a look took {slowest:.1f} s")
        return f"{self.count} times full, {len(told.jobs)} jobs, refused: {dict(told.refused)}, slowest look {slowest:.2f} s"


class FullAudit(Tested):
    name = "node-full-audit"
    happens = "Nothing is free on the disk of a node until the last part of the reserve, which is the audit log's, is used up."
    holds = (
        "Administrators' jobs are refused with 507, looks and logins are answered; events that cannot be kept are counted, and are "
        "one record of the log once there is room. The chain of records is whole.")
    seconds = 45
    tests = (
        "test_calls.FullDisk.test_without_room_the_reserve_is_administrators_and_its_last_part_the_audit_logs",
        "test_full_disk.Logins.test_each_is_answered_and_none_goes_uncounted")


class LittleRoom(Tested):
    name = "node-little-room"
    happens = "Little is free on the disk of a node."
    holds = "Looks are answered and not recorded, administrators go on, others are refused with 507 and told why."
    seconds = 10
    tests = (
        "test_calls.FullDisk.test_with_little_room_looks_are_answered_and_administrators_go_on",
        "test_calls.FullDisk.test_a_full_disk_is_told_as_such")
