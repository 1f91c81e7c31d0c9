"""Processes by number and start: a number alone can be another process's by now."""

import os
import pathlib
import signal
import time


def started(number):
    """Clock ticks from the start of the machine to that of a process; None for none, or one that has ended."""
    try:
        text = pathlib.Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return None
    # The name stands in brackets, and may hold brackets and blanks itself.
    members = text[text.rindex(")") + 1:].split()
    return None if members[0] in "ZXx" else int(members[19])


class Run:
    """One process, as a pid file names it: its number and when it began."""

    def __init__(self, number, ticks):
        self.number, self.ticks = number, ticks

    @classmethod
    def of(cls, number):
        return cls(number, started(number))

    @classmethod
    def read(cls, path):
        """What a pid file says; None without one, or when it says nothing."""
        try:
            number, ticks = map(int, pathlib.Path(path).read_text().split())
        except (OSError, ValueError):
            return None
        return cls(number, ticks) if number > 1 else None

    def write(self, path):
        new = pathlib.Path(f"{path}.new")
        new.write_text(f"{self.number} {self.ticks}\n")
        new.rename(path)

    @property
    def is_there(self):
        return self.ticks is not None and started(self.number) == self.ticks

    def signal(self, number):
        if self.is_there:
            try:
                os.kill(self.number, number)
            except ProcessLookupError:
                pass

    def wait(self, seconds):
        """Whether it has ended within so long."""
        end = time.monotonic() + seconds
        while self.is_there:
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def ask_to_end(self):
        self.signal(signal.SIGTERM)
        # One that is held still hears nothing.
        self.signal(signal.SIGCONT)

    def await_end(self, seconds):
        """Waits for one that was asked, and kills it when it does not end; whether it ended by itself."""
        if self.wait(seconds):
            return True
        self.signal(signal.SIGKILL)
        self.wait(10)
        return False


def etcd_of(root):
    """The etcd of an installation, if its daemon has started one."""
    return Run.read(pathlib.Path(root) / "etcd/etcd.pid")


def end_etcd(root):
    """Ends the etcd of an installation whose daemon has ended; without one nothing is done."""
    if run := etcd_of(root):
        run.ask_to_end()
        run.await_end(15)
