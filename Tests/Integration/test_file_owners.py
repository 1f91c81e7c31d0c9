"""File services work as the account they belong to: neither more nor less than that account can do is done."""

import io
import os
import pathlib
import re
import shutil
import signal
import tarfile
import unittest

from daemon import until
from test_bucketfs import READER, SERVICE, Files, tar

OWNER, NEXT = 500, 61_501
# CAP_CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID: what would get root to files of others.
RIGHTS_TO_FILES = 0b11111


def status(folder):
    """The fields of a process or thread; None when it has ended."""
    try:
        lines = (pathlib.Path(folder) / "status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return {name: value.split() for name, _, value in (line.partition(":") for line in lines)}


def confined(process):
    return (status(f"/proc/{process}") or {}).get("Seccomp") == ["2"]


def large():
    """An archive that takes a while."""
    buffer, piece = io.BytesIO(), os.urandom(1 << 20)
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number in range(150):
            info = tarfile.TarInfo(f"{number}")
            info.size = len(piece)
            archive.addfile(info, io.BytesIO(piece))
    return buffer.getvalue()


def owners(folder):
    """The users that something below a folder belongs to, with the folder."""
    return {path.lstat().st_uid for path in [folder, *folder.rglob("*")]}


@unittest.skipIf(os.geteuid(), "only root can work as others")
class Owners(unittest.TestCase):
    def setUp(self):
        self.files = Files()
        self.addCleanup(self.files.close)
        self.bucket = self.files.folder("open")

    def test_files_of_root_are_neither_served_nor_changed(self):
        files, bucket = self.files, self.bucket
        self.assertEqual(files.put("/open/own", b"own").status, 200)
        outside = files.daemon.root / "outside"
        outside.write_bytes(b"secret")
        (bucket / "closed").mkdir(0o700)
        for path in (bucket / "placed", bucket / "closed/inner"):
            path.write_bytes(b"secret")
        for path in (outside, bucket / "placed", bucket / "closed/inner"):
            path.chmod(0o600)
        os.link(outside, bucket / "hard")
        os.symlink(outside, bucket / "soft")
        (bucket / "readable").write_bytes(b"for all")
        (bucket / "readable").chmod(0o644)
        for name, read, change in (
                ("placed", 403, 403), ("hard", 403, 403), ("soft", 404, 409), ("closed/inner", 403, 403),
                ("closed/new", 403, 403), ("readable", 200, 403)):
            with self.subTest(name=name):
                self.assertEqual(files.get(f"/open/{name}").status, read)
                self.assertEqual(files.request("HEAD", f"/open/{name}", READER).status, read)
                self.assertEqual(files.put(f"/open/{name}", b"changed").status, change)
                self.assertEqual(files.delete(f"/open/{name}").status, 404 if name == "soft" else change)
        for path in (outside, bucket / "placed", bucket / "closed/inner", bucket / "hard"):
            self.assertEqual((path.read_bytes(), path.stat().st_uid), (b"secret", 0))
        self.assertEqual((bucket / "readable").read_bytes(), b"for all")
        # What the owner has is served as ever, and a folder of root's keeps nobody from the list.
        self.assertEqual(files.get("/open/own").body, b"own")
        self.assertIn("own", files.lines("/open"))
        self.assertNotIn("closed/inner", files.lines("/open"))
        self.assertIn("Permission denied", files.daemon.log_text())

    def test_an_archive_of_root_is_not_unpacked(self):
        files, bucket = self.files, self.bucket
        (bucket / "roots.tar.gz").write_bytes(tar(("file", b"secret")))
        (bucket / "roots.tar.gz").chmod(0o600)
        files.daemon.stop()
        files.daemon.start()
        files.await_port(files.http)
        files.put("/open/own.tar.gz", tar(("file", b"own")))
        until(lambda: (bucket / "own/file").exists())
        self.assertFalse(os.path.lexists(bucket / "roots"))

    def test_the_threads_of_an_owner_have_its_ids_and_all_others_roots(self):
        files = self.files
        for number in range(50):
            files.put(f"/open/{number}.tar.gz", tar(("file", b"text")))
            files.get(f"/open/{number}.tar.gz")
            files.lines("/open")
        until(lambda: (self.bucket / "49/file").exists())
        files.add_bucket("third")
        tasks = pathlib.Path(f"/proc/{files.daemon.process.pid}/task")
        main = status(tasks / str(files.daemon.process.pid))
        threads = [found for found in map(status, tasks.iterdir()) if found]
        theirs = [found for found in threads if found["Uid"][3] == str(OWNER)]
        self.assertTrue(theirs)
        for found in theirs:
            # Real, effective and saved stay root's: the account can neither signal nor trace the daemon.
            self.assertEqual(found["Uid"], ["0", "0", "0", str(OWNER)])
            self.assertEqual((found["Gid"][3], found["Groups"]), (str(OWNER), []))
            self.assertEqual(int(found["CapEff"][0], 16) & RIGHTS_TO_FILES, 0)
            self.assertEqual(int(found["CapPrm"][0], 16) & RIGHTS_TO_FILES, 0)
        for found in threads:
            if found not in theirs:
                self.assertEqual((found["Uid"], found["CapEff"]), (main["Uid"], main["CapEff"]), found["Name"])
        self.assertEqual((files.daemon.root / "etc/EXAConf").stat().st_uid, 0)

    def test_what_is_stored_belongs_to_the_owner(self):
        files = self.files
        files.put("/open/a/b/file", b"text")
        files.put("/open/packed.tar.gz", tar(("deep/file", b"text"), ("run", b"text", 0o755)))
        until(lambda: (self.bucket / "packed/run").exists())
        self.assertEqual(owners(self.bucket), {OWNER})
        self.assertEqual({path.lstat().st_gid for path in self.bucket.rglob("*")}, {OWNER})

    def unpacking(self):
        """The process that unpacks an archive, stopped once it has given up what it does not need."""
        tasks, found = pathlib.Path(f"/proc/{self.files.daemon.process.pid}/task"), []

        def caught():
            for children in tasks.glob("*/children"):
                found.extend(child for child in children.read_text().split() if confined(child))
            return found

        until(caught)
        os.kill(int(found[0]), signal.SIGSTOP)
        return int(found[0])

    def test_an_archive_is_unpacked_by_a_process_of_the_owner(self):
        self.files.put("/open/large.tar", large())
        process = self.unpacking()
        place = pathlib.Path(f"/proc/{process}")
        found = status(place)
        for ids in ("Uid", "Gid"):
            self.assertEqual(found[ids], [str(OWNER)] * 4)
        self.assertEqual(found["Groups"], [])
        for rights in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(int(found[rights][0], 16), 0)
        self.assertEqual(found["NoNewPrivs"], ["1"])
        self.assertEqual((place / "environ").read_bytes(), b"")
        self.assertTrue((place / "cmdline").read_bytes().startswith(b"confd\0unpack\0.tar\0"))
        bucket = self.bucket.resolve()
        opened = {int(name): os.readlink(place / "fd" / name) for name in os.listdir(place / "fd")}
        self.assertEqual(opened.pop(0), f"{bucket}/large.tar")
        self.assertRegex(opened.pop(1), "^pipe:")
        self.assertEqual(opened.pop(2), "/dev/null")
        work = os.readlink(place / "cwd")
        self.assertRegex(work, f"^{re.escape(str(bucket))}/.bucketfs/unpacked/.*\\.new$")
        self.assertEqual([way for way in opened.values() if way != work and not way.startswith(work + "/")], [])
        os.kill(process, signal.SIGCONT)
        until(lambda: (self.bucket / "large/149").exists())
        until(lambda: not place.exists())

    def test_an_archive_nobody_waits_for_is_not_unpacked_further(self):
        files, shelf = self.files, self.bucket / ".bucketfs/unpacked"
        archive = large()
        files.put("/open/large.tar", archive)
        process = self.unpacking()
        self.assertEqual(files.delete("/open/large.tar").status, 200)
        until(lambda: not pathlib.Path(f"/proc/{process}").exists())
        until(lambda: not os.listdir(shelf))
        files.put("/open/large.tar", archive)
        process = self.unpacking()
        files.put("/open/large.tar", tar(("other", b"text"), mode="w"))
        until(lambda: (self.bucket / "large/other").exists())
        self.assertFalse(pathlib.Path(f"/proc/{process}").exists())
        # The daemon ends, asked or not.
        for end in (lambda: self.assertEqual(files.daemon.stop(), 0), files.daemon.kill):
            files.put("/open/large.tar", archive)
            process = self.unpacking()
            end()
            try:
                os.kill(process, signal.SIGCONT)
            except ProcessLookupError:
                pass
            until(lambda: (status(f"/proc/{process}") or {}).get("State", ["Z"])[0] == "Z")
            self.assertFalse((self.bucket / "large/149").exists())
            files.daemon.start()
            files.await_port(files.http)
            until(lambda: (self.bucket / "large/149").exists())
            files.delete("/open/large.tar")
            until(lambda: not os.listdir(shelf))

    def test_files_follow_a_changed_owner(self):
        files, bucket = self.files, self.bucket
        files.put("/open/a/file", b"text")
        files.put("/closed/file", b"text")
        files.put("/open/packed.tar.gz", tar(("file", b"text")))
        until(lambda: (bucket / "packed/file").exists())
        (bucket / "placed").write_bytes(b"secret")
        (bucket / "placed").chmod(0o600)
        files.job("user_create", username="next", userid=NEXT, group="exausers", login_enabled=False, password="not used")
        files.job("bucketfs_modify", bucketfs_name=SERVICE, owner=[NEXT, OWNER])
        self.await_owner(NEXT)
        self.assertEqual(files.put("/open/new", b"text").status, 200)
        # The same by an edit while the daemon is down.
        files.daemon.stop()
        path = files.daemon.root / "etc/EXAConf"
        changed = re.sub(rf"(?m)^(\s*Owner = ){NEXT} : {OWNER}$", rf"\g<1>{OWNER} : {OWNER}", path.read_text())
        path.write_text(re.sub(r"(?m)^(\s*Checksum = ).*$", r"\g<1>COMMIT", changed))
        files.daemon.start()
        files.await_port(files.http)
        self.await_owner(OWNER)
        self.assertEqual((bucket / "new").stat().st_uid, OWNER)

    def await_owner(self, owner):
        files, bucket = self.files, self.bucket
        until(lambda: bucket.parent.stat().st_uid == owner)
        (bucket / "placed").rename(files.daemon.root / "placed")
        self.assertEqual(owners(bucket.parent), {owner})
        (files.daemon.root / "placed").rename(bucket / "placed")
        self.assertEqual((bucket / "placed").stat().st_uid, 0)
        self.assertEqual(files.get("/open/placed").status, 403)
        for target in ("/open/a/file", "/closed/file"):
            self.assertEqual(files.get(target).body, b"text")

    def test_a_tree_of_roots_goes_to_the_owner(self):
        files, bucket = self.files, self.bucket
        files.put("/open/a/file", b"text")
        files.daemon.stop()
        service = bucket.parent
        for path in [service, *service.rglob("*")]:
            os.chown(path, 0, 0, follow_symlinks=False)
        outside = files.daemon.root / "outside"
        outside.write_bytes(b"secret")
        outside.chmod(0o600)
        os.link(outside, bucket / "hard")
        files.daemon.start()
        files.await_port(files.http)
        until(lambda: (bucket / "a/file").stat().st_uid == OWNER)
        self.assertEqual(files.get("/open/a/file").body, b"text")
        self.assertEqual(files.put("/open/a/file", b"changed").status, 200)
        self.assertEqual((outside.stat().st_uid, files.get("/open/hard").status), (0, 403))
        self.assertIn("1 files of bfs1", files.daemon.log_text())

    def test_a_bucket_of_somebody_else_is_told_and_left_alone(self):
        files, bucket = self.files, self.bucket
        files.put("/open/file", b"text")
        files.put("/closed/file", b"text")
        files.daemon.stop()
        for path in [bucket, *bucket.rglob("*")]:
            os.chown(path, 4711, 4711, follow_symlinks=False)
        files.daemon.start()
        files.await_port(files.http)
        until(lambda: "bucket open of bfs1 cannot be used" in files.daemon.rest().get("/readyz?verbose").body.decode())
        for answer in (files.get("/open/file"), files.put("/open/file", b"changed"), files.get("/open")):
            self.assertEqual(answer.status, 503, answer)
        self.assertEqual(owners(bucket), {4711})
        self.assertEqual(files.get("/closed/file").body, b"text")
        shutil.rmtree(bucket)


if __name__ == "__main__":
    unittest.main()
