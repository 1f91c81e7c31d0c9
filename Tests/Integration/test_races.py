"""Root removes and copies trees of other accounts while they swap folders for links to a folder of root's: nothing there
changes. CONFD_LONG_TESTS=1 tries each twenty times.
"""

import contextlib
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile
import unittest

from daemon import free_port, until
from database_host import lacking
from role_host import Host
from test_backup import BackupHost

ATTEMPTS = 20 if os.environ.get("CONFD_LONG_TESTS") else 2
# Run as the account: fills folders as soon as they are there, a few times, then exchanges folders and links in them.
SWAP = """
import ctypes, os, sys
exchange = ctypes.CDLL(None).renameat2
outside, *folders = sys.argv[1:]
fills = dict.fromkeys(folders, 3)
def fill(folder):
    for number in range(100):
        os.makedirs(f"{folder}/d{number}/inner", exist_ok=True)
        os.symlink(outside, f"{folder}/l{number}")
while True:
    for folder in folders:
        if fills[folder] and not os.path.lexists(f"{folder}/l0") and os.path.isdir(folder):
            fills[folder] -= 1
            try:
                fill(folder)
            except OSError:
                pass
            print("filled", flush=True)
        for number in range(100):
            exchange(-100, f"{folder}/d{number}".encode(), -100, f"{folder}/l{number}".encode(), 2)
"""


def contents(folder):
    return {str(path): (path.lstat().st_uid, path.lstat().st_mode, path.is_file() and path.read_text())
            for path in [pathlib.Path(folder), *pathlib.Path(folder).rglob("*")]}


class Races(unittest.TestCase):
    def setUp(self):
        self.outside = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.outside)
        for number in range(50):
            folder = pathlib.Path(self.outside, f"folder{number}/inner")
            folder.mkdir(parents=True)
            (folder / "file").write_text("root's")
        self.before = contents(self.outside)

    @contextlib.contextmanager
    def swapping(self, account, *folders):
        """While somebody swaps what lies in these folders; begins when the first is full, unless none is there yet."""
        user = str(account)
        process = subprocess.Popen(
            ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", sys.executable, "-c", SWAP, self.outside,
             *map(str, folders)],
            stdout=subprocess.PIPE, text=True, cwd="/")
        try:
            if any(map(os.path.isdir, folders)):
                self.assertEqual(process.stdout.readline(), "filled\n")
            yield process
        finally:
            process.kill()
            said, _ = process.communicate()
            self.said = said
        self.assertEqual(contents(self.outside), self.before)


@unittest.skipIf(os.geteuid(), "links of other accounts are in root's way only")
class FileServices(Races):
    ACCOUNT = 2001

    def setUp(self):
        super().setUp()
        self.host = Host().start()
        self.addCleanup(self.host.__exit__)
        self.admin = self.host.rest()
        self.admin.ok("bucketfs_add", bucketfs_name="s", http_port=free_port(), https_port=0, owner=[self.ACCOUNT, 500])
        self.bucket = self.host.root / "data/bucketfs/s/b"

    def add_bucket(self):
        self.admin.ok("bucket_add", bucketfs_name="s", bucket_name="b", public=False)
        until(lambda: (self.bucket / ".bucketfs/uploads").is_dir())

    def test_a_bucket_is_removed(self):
        for _ in range(ATTEMPTS):
            self.add_bucket()
            with self.swapping(self.ACCOUNT, self.bucket, self.bucket / ".bucketfs/uploads"):
                self.admin.ok("bucket_delete", bucketfs_name="s", bucket_name="b")
                until(lambda: "bucket removed" in self.host.log_text())
            shutil.rmtree(self.bucket, ignore_errors=True)
            (self.host.root / "daemon.log").write_text("")

    def test_a_plugin_comes_and_goes(self):
        stock = self.host.root / "plugins/P1/inner"
        stock.mkdir(parents=True)
        (stock / "run").write_text("x")
        self.add_bucket()
        removed = 0
        for _ in range(ATTEMPTS):
            done = self.admin.job("plugin_add", plugin_name="P1", bucketfs_name="s", bucket_name="b")
            self.assertEqual(done["outcome"], "ok", done)
            with self.swapping(self.ACCOUNT, self.bucket / "plugins/P1", self.bucket / "plugins"):
                # A folder that is a link just then is refused, which is well.
                done = self.admin.job("plugin_remove", plugin_name="P1")
                removed += done["outcome"] == "ok"
            if done["outcome"] != "ok":
                shutil.rmtree(self.bucket / "plugins")
                self.admin.ok("plugin_remove", plugin_name="P1")
            shutil.rmtree(self.bucket / "plugins", ignore_errors=True)


@unittest.skipIf(lacking() or os.geteuid(), lacking() or "links of other accounts are in root's way only")
class Databases(Races):
    def setUp(self):
        super().setUp()
        self.account = pwd.getpwnam("postgres").pw_uid
        self.host = BackupHost().start()
        self.addCleanup(self.host.__exit__)
        self.admin = self.host.rest()

    def folder(self, volume):
        return self.host.root / f"data/volumes/{volume}"

    def test_a_volume_is_removed_with_what_databases_left_there(self):
        for attempt in range(ATTEMPTS):
            volume = int(self.host.create_volume(self.admin, f"Race{attempt}"))
            self.host.create_in(self.admin, f"Race{attempt}", f"RACE{attempt}")
            data = next(path.parent for path in self.folder(volume).glob("*/postgresql"))
            self.admin.ok("db_delete", db_name=f"RACE{attempt}")
            # What the account of databases left behind, in a folder that is its own.
            data.mkdir(exist_ok=True)
            os.chown(data, self.account, self.account)
            with self.swapping(self.account, data):
                self.admin.ok("st_volume_delete", vname=f"Race{attempt}")
                until(lambda: not (self.folder(volume) / "segment.0").exists())

    def test_a_backup_passes(self):
        self.host.prepare(self.admin)
        raced = 0
        for _ in range(ATTEMPTS):
            last = self.admin.job("db_list")["job_id"]
            node, number = last.split(".")
            # Its id and steps can be known: this is what the next ones are called.
            steps = [f"{node}.{int(number) + ahead}-{step}" for ahead in (1, 2) for step in (0, 1, 2)]
            # The first version had them elsewhere.
            passages = [self.host.root / "spool" / place for step in steps for place in (f"databases/.{step}", f"backups/{step}")]
            with self.swapping(self.account, *passages):
                # A passage that is full of something else may end the backup.
                self.admin.job("db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
                until(lambda: not self.host.spooled())
            raced += "filled" in self.said
        self.assertEqual(raced, ATTEMPTS, "the folders were found in time")


if __name__ == "__main__":
    unittest.main()
