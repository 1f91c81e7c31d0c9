"""Users of each role with what is not theirs, in the short form of scripts/attacks; and that it would see what it looks for."""

import base64
import gzip
import io
import os
import pathlib
import shutil
import sys
import tarfile
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Attacks"))

import roles  # noqa: E402  (the path comes first)
import traces  # noqa: E402


@unittest.skipIf(os.geteuid() or not shutil.which("strace"), "root's daemon is watched by strace")
class Roles(unittest.TestCase):
    def test_nobody_reaches_beyond_their_role_on_any_face(self):
        faults, figures = roles.sweep()
        self.assertEqual(faults, [], figures)


class Traces(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def test_a_change_is_seen_unless_it_is_allowed(self):
        names = ("etc/EXAConf", "etc/key", "data/volumes/0/segment", "etc/link")
        for name in names[:3]:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text("before")
        (self.folder / "etc/link").symlink_to("key")
        before = traces.entries(self.folder)

        def strayed():
            told = traces.strayed(before, traces.entries(self.folder), ["etc", "etc/EXAConf"], ["data/volumes*"])
            return [line.split()[0] for line in told]
        for name in ("etc/EXAConf", "data/volumes/0/segment"):
            (self.folder / name).write_text("after")
        (self.folder / "data/volumes/0/segment").chmod(0o600)
        self.assertEqual(strayed(), [])
        (self.folder / "etc/EXAConf").chmod(0o666)
        (self.folder / "etc/key").unlink()
        (self.folder / "etc/new").write_text("")
        (self.folder / "etc/link").unlink()
        (self.folder / "etc/link").symlink_to("EXAConf")
        self.assertEqual(strayed(), ["etc/EXAConf", "etc/key", "etc/link", "etc/new"])

    def test_a_secret_is_seen_however_it_is_packed(self):
        root = self.folder / "root"
        for name in ("etc/ssl", "spool", "data"):
            (root / name).mkdir(parents=True)
        (self.folder / "place").mkdir()
        bait = traces.Bait(self.folder / "place", root)
        secret = bait.secret.encode()
        files = {"plain": b"a: " + secret, "packed": gzip.compress(secret)}
        for ahead in range(3):
            files[f"base64-{ahead}"] = base64.b64encode(b"x" * ahead + secret + b"y")
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w:gz") as archive:
            member = tarfile.TarInfo("a/file")
            member.size = len(secret)
            archive.addfile(member, io.BytesIO(secret))
        files["archive"] = content.getvalue()
        for name, text in files.items():
            (root / "data" / name).write_bytes(text)
        found = traces.holding(root, bait.forms(), {"etc/bait", "spool/bait", "etc/ssl/bait", "data/bait"})
        self.assertEqual(found, sorted(f"data/{name}" for name in files))

    def test_a_strange_program_is_seen(self):
        trace = self.folder / "trace"
        trace.write_text(
            '12 execve("/usr/bin/setpriv", ["setpriv"], 0x7f /* 3 vars */) = 0\n'
            '13 execve("/exa/data/bucketfs/b/run", ["run"], 0x7f /* 3 vars */ <unfinished ...>\n'
            '13 execve("/usr/bin/../../tmp/run", ["run"], 0x7f /* 3 vars */) = -1 EACCES (Permission denied)\n'
            '14 execve("/proc/self/exe", ["engine"], 0x7f /* 3 vars */) = 0\n'
            '15 execveat(7</tmp/evil>, "", ["evil"], 0x7f /* 3 vars */, AT_EMPTY_PATH) = 0\n')
        self.assertEqual(
            traces.foreign(traces.programs(trace), ["/opt/confd"]),
            ["/exa/data/bucketfs/b/run", "/usr/bin/../../tmp/run", "7</tmp/evil>"])


if __name__ == "__main__":
    unittest.main()
