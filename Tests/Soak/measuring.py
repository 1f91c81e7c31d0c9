"""What a process has and has used, as the kernel tells it."""

import os
import pathlib
import re

TICKS = os.sysconf("SC_CLK_TCK")


def process(number):
    """Memory in bytes (`rss` with pages of files, `own` without), descriptors, threads, and seconds of a processor so far.

    Raises OSError for a process that is gone.
    """
    folder = pathlib.Path(f"/proc/{number}")
    status = folder.joinpath("status").read_text()

    def figure(name):
        found = re.search(rf"^{name}:\s+(\d+)", status, re.M)
        # One that has ended and was not waited for has no memory.
        if not found:
            raise ProcessLookupError(f"process {number} has ended")
        return int(found[1])
    members = folder.joinpath("stat").read_text().rsplit(")", 1)[1].split()
    return {
        "rss": figure("VmRSS") * 1024, "own": figure("RssAnon") * 1024, "descriptors": len(os.listdir(folder / "fd")),
        "threads": figure("Threads"), "cpu": (int(members[11]) + int(members[12])) / TICKS}


def disk(folder, leaving=()):
    """Bytes the files below a folder take, but for those below some of its own folders."""
    total = 0
    for place, folders, files in os.walk(folder):
        if place == str(folder):
            folders[:] = [name for name in folders if name not in leaving]
        for name in files:
            try:
                total += os.lstat(os.path.join(place, name)).st_blocks * 512
            except OSError:
                # A running program removes files.
                continue
    return total
