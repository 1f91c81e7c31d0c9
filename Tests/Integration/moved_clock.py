"""A clock of the machine that is another one for some programs: what they are told is moved."""

import sys

from daemon import REPOSITORY

sys.path.append(str(REPOSITORY / "scripts/clusters"))

from machine import COMPILER, Machines  # noqa: E402  (the path comes first)


class MovedClock:
    """The clock of programs that have `variables` in their environment; it is right until it is moved."""

    NUMBER = 0

    def __init__(self, folder):
        self.machines = Machines(folder)

    @property
    def variables(self):
        return self.machines.variables(self.NUMBER)

    def move(self, seconds):
        """From now on, also for programs that run."""
        self.machines.move_clock(self.NUMBER, seconds)


__all__ = ["COMPILER", "MovedClock"]
