"""Where texts stand in the files of an installation, also within what is packed there."""

import os
import pathlib
import re
import stat
import sys
import zlib

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Attacks"))

import traces as attacks  # noqa: E402  (the path comes first)

# A key of the log, as etcd's files have it; the value follows within some bytes, packed by our own form.
ENTRY = re.compile(rb"/log/\d{16}")
DEFLATED = 1
LARGEST = 4 << 20
# How far behind its key a value begins: numbers of at most ten bytes each stand between.
BETWEEN = 64


def entries(content):
    """The entries of the log that stand in a file of etcd's, unpacked."""
    for found in ENTRY.finditer(content):
        for at in range(found.end(), min(found.end() + BETWEEN, len(content))):
            if content[at] != DEFLATED:
                continue
            try:
                plain = zlib.decompressobj(-zlib.MAX_WBITS).decompress(content[at + 1:at + 1 + LARGEST], LARGEST)
            except zlib.error:
                continue
            if plain.startswith(b"{"):
                yield plain
                break


def contents(root):
    """Path and bytes of every file, and of what is packed in it."""
    for path in sorted(pathlib.Path(root).rglob("*")):
        name = str(path.relative_to(root))
        try:
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode) or not status.st_blocks:
                continue
            content = path.read_bytes()
        except OSError:
            # A running daemon replaces and removes files.
            continue
        yield from ((name, part) for part in attacks.parts(content))
        if name.startswith(f"etcd{os.sep}data{os.sep}"):
            yield from ((name, plain) for plain in entries(content))


def traces(root, marks):
    """By the name of each mark, the files that have it."""
    found = {name: set() for name in marks}
    for path, content in contents(root):
        for name, mark in marks.items():
            if mark in content:
                found[name].add(path)
    return found
