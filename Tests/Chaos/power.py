"""What a loss of power leaves of a tree: from the record of each step that made it, see disk.c.

A file keeps what was flushed; a name that was made is there when its file or its folder was flushed, one that was exchanged or removed
when its folder was. What was not flushed is lost, or there in part, as a disk likes it.
"""

import dataclasses
import os
import pathlib
import struct

FORM = struct.Struct("<c3xIIIQq")
SECTOR = 512
# A file that is made longer than this at once has a hole there, and nothing is written into it.
LARGEST = 16 << 20
# What is no part of what is kept: made anew at each start, or without content.
IGNORED = (".reserve", "-shm", ".sock", "daemon.log", "storage/dev.1")
WAYS = ("least", "torn", "scattered", "all")


@dataclasses.dataclass
class Step:
    kind: str
    path: str
    other: str
    data: bytes
    inode: int
    offset: int
    # Where its entry begins in the record.
    place: int


def steps(trace, root):
    """All steps of a record, with paths below the root; marks of ours are of kind A."""
    found, place, root = [], 0, f"{root}/"
    with open(trace, "rb") as file:
        content = file.read()
    while place + FORM.size <= len(content):
        kind, first, second, length, inode, offset = FORM.unpack_from(content, place)
        parts, at = [], place + FORM.size
        for size in (first, second, length):
            parts.append(content[at:at + size])
            at += size
        path, other = (os.path.normpath(os.fsdecode(part)).removeprefix(root) if part else "" for part in parts[:2])
        found.append(Step(kind.decode(), path, other, parts[2], inode, offset, place))
        place = at
    return found


def mark(trace, text):
    """Puts a word of ours between the steps."""
    data = text.encode()
    file = os.open(trace, os.O_WRONLY | os.O_APPEND)
    os.write(file, FORM.pack(b"A", 0, 0, len(data), 0, 0) + data)
    os.close(file)


class File:
    """One file: what programs read, what is on the disk, and the steps between them."""

    def __init__(self, content=b""):
        self.now = bytearray(content)
        self.flushed = bytes(content)
        self.pending = []
        # The name it was made under, until that is on the disk.
        self.new_name = None
        # How long it is with its hole.
        self.length = 0

    def apply(self, step):
        if step.kind == "T" and step.offset > LARGEST:
            self.length = step.offset
            return
        change(self.now, step)
        self.pending.append(step)

    def flush(self):
        self.flushed = bytes(self.now)
        self.pending = []

    def left(self, way, chance):
        """Its content after the loss."""
        if way == "least":
            return self.flushed
        if way == "all" or not self.pending:
            return bytes(self.now)
        content = bytearray(self.flushed)
        if way == "torn":
            for step in self.pending[:-1]:
                change(content, step)
            change(content, self.pending[-1], len(self.pending[-1].data) // 2)
            return bytes(content)
        for step in self.pending:
            if step.kind != "W":
                if chance.random() < 0.5:
                    change(content, step)
                continue
            # Sectors arrive in any order, each whole.
            end = step.offset + len(step.data)
            for begin in range(step.offset - step.offset % SECTOR, end, SECTOR):
                if chance.random() < 0.5:
                    low, high = max(begin, step.offset), min(begin + SECTOR, end)
                    put(content, low, step.data[low - step.offset:high - step.offset])
        return bytes(content)


def change(content, step, most=None):
    if step.kind == "T":
        del content[step.offset:]
        content.extend(bytes(step.offset - len(content)))
    else:
        put(content, step.offset, step.data[:most])


def put(content, offset, data):
    content.extend(bytes(max(0, offset - len(content))))
    content[offset:offset + len(data)] = data


def is_ignored(path):
    return path.endswith(IGNORED)


def rights(root):
    """Rights and owners of all that lies in a tree."""
    found = {}
    for path in [pathlib.Path(root), *pathlib.Path(root).rglob("*")]:
        status = path.lstat()
        found[str(path.relative_to(root))] = (status.st_mode & 0o7777, status.st_uid, status.st_gid)
    return found


class Tree:
    """A tree that begins empty."""

    def __init__(self):
        self.files = {}
        self.folders = set()
        # Names as programs see them, names on the disk, and those steps on names that are not there yet.
        self.names, self.flushed, self.pending = {}, {}, []

    def apply(self, step):
        if is_ignored(step.path):
            return
        match step.kind:
            case "C":
                file = self.files[step.inode] = self.names[step.path] = File()
                file.new_name = step.path
                self.pending.append((step, file))
            case "W" | "T":
                self._file(step).apply(step)
            case "F":
                self._flush(step)
            case "R" | "L" | "U":
                file = self.names.get(step.path)
                self._rename(self.names, step, file)
                self.pending.append((step, file))
            case "M":
                self.folders.add(step.path)

    def _file(self, step):
        # One that was opened in a way we do not see.
        if step.inode not in self.files:
            self.files[step.inode] = self.names[step.path] = self.flushed[step.path] = File()
        return self.files[step.inode]

    def _rename(self, names, step, file):
        if step.kind != "L":
            names.pop(step.path, None)
        if step.kind == "U":
            self.folders.discard(step.path)
        elif file and not is_ignored(step.other):
            names[step.other] = file

    def _flush(self, step):
        if step.path in self.folders or not step.path:
            self._flush_names(lambda path: os.path.dirname(path) == step.path)
        elif not step.path.startswith("/"):
            file = self._file(step)
            file.flush()
            if file.new_name:
                # Whoever flushes a new file has its name on the disk as well.
                self._flush_names(lambda path: path == file.new_name, only_new=True)

    def _flush_names(self, is_meant, only_new=False):
        left = []
        for step, file in self.pending:
            if not is_meant(step.other or step.path) or (only_new and step.kind != "C"):
                left.append((step, file))
            elif step.kind != "C":
                self._rename(self.flushed, step, file)
            elif file.new_name:
                self.flushed[step.path] = file
                file.new_name = None
        self.pending = left

    def leave(self, target, way, chance, rights):
        """Writes what is left to a folder, with rights and owners as they are told by name."""
        names = self.flushed if way == "least" or (way == "scattered" and chance.random() < 0.5) else self.names
        for folder in sorted(self.folders):
            os.makedirs(target / folder, exist_ok=True)
        for name, file in names.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(file.left(way, chance))
            if file.length:
                os.truncate(target / name, file.length)
        for path in [target, *target.rglob("*")]:
            mode, owner, group = rights.get(str(path.relative_to(target)), (0o700 if path.is_dir() else 0o600, 0, 0))
            os.chown(path, owner, group)
            path.chmod(mode)
