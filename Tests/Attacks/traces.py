"""What an attack leaves behind: changed files, told secrets, programs that were run."""

import base64
import fnmatch
import gzip
import hashlib
import io
import os
import pathlib
import re
import secrets
import stat
import tarfile

LARGE = 1 << 22


class Bait:
    """A folder of root's that nobody else can read: a secret, and a program that tells when somebody runs it.

    The secret lies in the installation, too, where no job has to look.
    """

    def __init__(self, folder, root):
        self.folder, self.root = pathlib.Path(folder), root
        self.secret = f"bait{secrets.token_hex(16)}"
        self.ran = self.folder / "ran"
        self.folder.chmod(0o711)
        self.ran.write_text("")
        self.ran.chmod(0o666)
        for path in [self.folder / "secret", *(root / name for name in ("etc/bait", "spool/bait", "data/bait", "etc/ssl/bait"))]:
            path.write_text(f"{self.secret}\n")
            path.chmod(0o600)
        program = self.folder / "program"
        program.write_text(f'#!/bin/sh\necho "$0 $*" >>{self.ran}\n')
        program.chmod(0o755)

    def forms(self):
        """The secret as it may be told: as it is, and within text of base64."""
        found = {self.secret.encode()}
        for before in (b"", b"a", b"ab"):
            whole = base64.b64encode(before + self.secret.encode())
            # What its neighbours have a part in is not looked for.
            found.add(whole[4:-4])
        return found


def entries(folder):
    """Owner, group, mode and content of everything below a folder, by path from there."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        try:
            found[str(path.relative_to(folder))] = entry(path)
        except FileNotFoundError:
            pass
    return found


def entry(path):
    status, content = path.lstat(), None
    if stat.S_ISREG(status.st_mode):
        # Devices and segments are large and have holes.
        content = hashlib.sha256(path.read_bytes()).hexdigest() if status.st_size < LARGE else status.st_size
    elif stat.S_ISLNK(status.st_mode):
        content = os.readlink(path)
    return status.st_uid, status.st_gid, oct(status.st_mode), content


def strayed(before, after, written, kinds):
    """Paths that were made, changed or removed and should not be, each with how.

    Those that match `written` may have other content, those that match `kinds` may change in every way.
    """
    told = []
    for path in sorted(before.keys() | after.keys()):
        was, now = before.get(path), after.get(path)
        if was == now or matches(path, kinds):
            continue
        # Owner, group and mode.
        if not matches(path, written) or (was and now and was[:3] != now[:3]):
            told.append(f"{path} was {was} and is {now}")
    return told


def matches(path, patterns):
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def holding(folder, forms, homes):
    """Files below a folder that hold one of these byte strings, packed ones included; `homes` may."""
    found = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        name = str(path.relative_to(folder))
        try:
            is_looked_at = path.is_file() and not path.is_symlink() and name not in homes and path.lstat().st_size < 1 << 26
            if is_looked_at and any(form in part for part in parts(path.read_bytes()) for form in forms):
                found.append(name)
        except FileNotFoundError:
            pass
    return found


def parts(content):
    """The bytes of a file, and what it has packed."""
    yield content
    if not content.startswith(b"\x1f\x8b"):
        return
    try:
        plain = gzip.decompress(content)
    except (OSError, EOFError):
        return
    yield plain
    try:
        with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
            for member in archive:
                if member.isfile():
                    yield from parts(archive.extractfile(member).read())
    except tarfile.TarError:
        pass


RAN = re.compile(r'\bexecve\("((?:[^"\\]|\\.)*)"|\bexecveat\((.*?),')


def programs(trace):
    """Paths of what somebody tried to run, by the lines of strace."""
    return {found[1] or found[2] for found in RAN.finditer(pathlib.Path(trace).read_text(errors="replace"))}


def foreign(paths, own):
    """Those programs that come neither from the system nor from one of our folders."""
    folders = ("/usr/", "/bin/", "/sbin/", "/lib/", *(f"{folder}/" for folder in own))
    # The engine begins itself once more.
    return sorted(path for path in paths - {"/proc/self/exe"} if not path.startswith(folders) or "/../" in path)
