"""Machines whose clock can be moved and whose disk can be full, broken or slow, for the programs of a node alone."""

import errno
import pathlib
import shutil
import struct
import subprocess

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
SOURCE = pathlib.Path(__file__).with_name("machine.c")


class Machines:
    """One for each node, with a file below a folder that says what is wrong with it; at first nothing is."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.library = self.folder / "machine.so"
        subprocess.run(
            [COMPILER, "-shared", "-fPIC", "-O1", "-o", self.library, SOURCE, "-ldl"], check=True, capture_output=True)
        self.library.chmod(0o755)

    def file(self, number):
        return self.folder / f"machine-{number}"

    def variables(self, number):
        """What the programs of a node need in their environment."""
        if not self.file(number).exists():
            self.heal(number)
        return {"LD_PRELOAD": str(self.library), "FAULTY_MACHINE": str(self.file(number))}

    def change(self, number, clock=0, write_error=0, flush_error=0, flush_milliseconds=0):
        """From now on, also for programs that run: they look at the same file."""
        path = self.file(number)
        with open(path, "r+b" if path.exists() else "wb") as file:
            file.write(struct.pack("4q", clock, write_error, flush_error, flush_milliseconds))
        path.chmod(0o644)

    def heal(self, number):
        self.change(number)

    def move_clock(self, number, seconds):
        self.change(number, clock=seconds)

    def fill_disk(self, number):
        self.change(number, write_error=errno.ENOSPC)

    def break_disk(self, number):
        """Whether something is on the disk is not known any more."""
        self.change(number, flush_error=errno.EIO)

    def slow_disk(self, number, milliseconds):
        self.change(number, flush_milliseconds=milliseconds)
