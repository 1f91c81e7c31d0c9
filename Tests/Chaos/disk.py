"""A disk that fails on demand, for one daemon: the library of disk.c, what it is told, and what it has seen."""

import errno
import pathlib
import shutil
import struct
import subprocess

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
WRITES, FLUSHES, NAMES = 1, 2, 4
ACTIONS = {"nothing": 0, "fail": 1, "tear and fail": 2, "kill": 3, "tear and kill": 4, "delay": 5}
FORM = struct.Struct("8q64s")
FOR_EVER = 1 << 60


def lacking():
    """Why no disk can be made to fail here, or None."""
    return None if COMPILER else "there is no C compiler (apt-get install gcc)"


class Disk:
    """What a daemon sees of the disk below its root. It is right until it is told to fail."""

    def __init__(self, folder, has_trace=False):
        self.folder = pathlib.Path(folder)
        self.library, self.control = self.folder / "disk.so", self.folder / "control"
        self.trace = self.folder / "trace" if has_trace else None
        self.heal()
        subprocess.run(
            [COMPILER, "-shared", "-fPIC", "-O1", "-o", self.library, pathlib.Path(__file__).with_name("disk.c"), "-ldl"],
            check=True, capture_output=True)

    def variables(self, root):
        """What the daemon of this root has in its environment."""
        return {"LD_PRELOAD": str(self.library), "CHAOS_CONTROL": str(self.control), "CHAOS_FOLDER": str(root)} | (
            {"CHAOS_TRACE": str(self.trace)} if self.trace else {})

    def _write(self, *fields):
        # In place: the daemon has the file mapped.
        with open(self.control, "r+b" if self.control.exists() else "wb") as file:
            file.write(FORM.pack(*fields))

    def _read(self):
        return FORM.unpack(self.control.read_bytes())

    def heal(self):
        self._write(0, WRITES | FLUSHES | NAMES, 0, 0, 0, 0, 0, 0, b"")

    def fail(self, action="fail", kinds=WRITES | FLUSHES, first=1, count=FOR_EVER, code=errno.EIO, milliseconds=0, part=""):
        """From now on; the first step that is hit is counted from here, on paths that have `part` in them."""
        self._write(0, kinds, 0, 0, 0, 0, 0, 0, part.encode())
        self._write(ACTIONS[action], kinds, first, count, code, milliseconds, 0, 0, part.encode())

    @property
    def seen(self):
        """Steps since it was told something."""
        return self._read()[6]

    @property
    def hits(self):
        """How many of them were hit."""
        return self._read()[7]
