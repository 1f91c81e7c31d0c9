"""Stores of backups elsewhere: their folders are made, their addresses are URLs, and a login that is missing is named."""

import pathlib
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import unittest

from daemon import Daemon, free_port, until
from database_host import lacking
from test_backup import BackupHost


class Server:
    """A store that rclone serves out of a folder."""

    def __init__(self, kind, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="store-")
        self.path = pathlib.Path(self.folder.name)
        self.path.chmod(0o755)
        self.port = free_port()
        self.process = subprocess.Popen(
            ["rclone", "serve", kind, self.path, "--config", "/dev/null", "--addr", f"127.0.0.1:{self.port}", *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        until(self.answers)
        return self

    def answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()


@unittest.skipIf(lacking(), lacking())
class Stores(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = BackupHost()
        cls.daemon.__enter__()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.rest = cls.daemon.rest()
        cls.daemon.prepare(cls.rest)

    def back_up(self, kind, url, folder, **login):
        """Adds a volume, and makes a backup there that lies in the folder and is listed."""
        ok = lambda job, **params: self.daemon.ok(self.rest, job, **params)
        ok("remote_volume_add", vol_type=kind, url=url, remote_volume_name="there", owner=[0, 0], **login)
        try:
            job = self.rest.job("db_backup_start", wait=120, db_name="BASE", backup_volume_name="there", level=0)
            self.assertEqual(job["outcome"], "ok", job)
            self.assertTrue(list(folder.rglob("metadata.json")), folder)
            self.assertEqual(ok("remote_volume_state", remote_volume_name="there"), ["Online"])
            (backup,) = [found for found in ok("db_backup_list", db_name="BASE") if found["volume"] == "there"]
            ok("db_backups_delete", db_name="BASE", backup_list=[backup["id"]])
            self.assertEqual(list(folder.rglob("metadata.json")), [])
        finally:
            ok("remote_volume_remove", remote_volume_name="there")

    def test_folders_of_webdav_are_made(self):
        for base in ([], ["--baseurl", "/remote.php/dav"]):
            with Server("webdav", *base) as server:
                (server.path / "exists").mkdir()
                root = f"http://127.0.0.1:{server.port}{base[1] if base else ''}"
                for path in ("new", "exists/new", "some/way/down/"):
                    with self.subTest(base=base, path=path):
                        self.back_up("webdav", f"{root}/{path}", server.path / path)

    def test_an_address_is_a_url_for_every_kind(self):
        name, written = "a b/gr\u00fcn%", "a%20b/gr%C3%BCn%25"
        login = {"username": "gus", "password": "a secret"}
        options = ["--user", "gus", "--pass", "a secret"]
        for kind, scheme in (("webdav", "http"), ("sftp", "sftp")):
            with self.subTest(kind), Server(kind, *options) as server:
                self.back_up(kind, f"{scheme}://127.0.0.1:{server.port}/{written}", server.path / name, **login)
        with self.subTest("file"):
            self.back_up("file", "file:///exa/data/archives/a%20b", self.daemon.root / "data/archives/a b")


class Greeter(socketserver.StreamRequestHandler):
    """As much of an FTP server as a login needs; what it is told is kept."""

    said = []

    def handle(self):
        self.answer("220 here")
        for line in self.rfile:
            self.said.append(line.decode().strip())
            word = line.split()[0].upper()
            self.answer({b"USER": "331 and", b"PASS": "230 in", b"QUIT": "221 bye"}.get(word, "502 no"))

    def answer(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class Addresses(unittest.TestCase):
    def test_stores_that_can_never_be_reached_are_refused_by_parameter(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            for kind, url, login, pointer in (
                    ("ftp", "s3://x/y", {}, "url"), ("s3", "ftp://x/y", {}, "url"), ("webdav", "ftp://x/y", {}, "url"),
                    ("file", "http://x/y", {}, "url"), ("ftp", "x/y", {}, "url"), ("ftp", "ftp:///y", {}, "url"),
                    ("ftp", "ftp://x/%zz", {}, "url"), ("ftp", "ftp://x:99999/", {}, "url"),
                    ("sftp", "sftp://x/", {}, "username"), ("sftp", "sftp://x/", {"username": "u"}, "password"),
                    ("smb", "smb://x/y", {"password": "p"}, "username"), ("ftp", "ftp://x/", {"username": "u"}, "password"),
                    ("ftp", "ftp://x/", {"password": "p"}, "username"), ("s3", "s3://x", {"username": "u"}, "password"),
                    ("azure", "https://a.blob.core.windows.net/c", {"username": "a"}, "password")):
                params = {"vol_type": kind, "url": url, "owner": [500, 500], **login}
                for path in ("/jobs/dry-run", "/jobs?wait=60s"):
                    with self.subTest(kind=kind, url=url, login=login, path=path):
                        told = rest.post(path, {"type": "remote_volume_add", "params": params}).json
                        errors = told.get("errors") or (told.get("error_details") or {}).get("errors")
                        self.assertTrue(errors, told)
                        self.assertEqual(errors[0]["pointer"], f"/params/{pointer}", told)
                        self.assertIn(f"'{pointer}'", str(errors))
            # As published, and as they may be.
            for kind, url, login in (
                    ("ftp", "ftp://ftpserver:12345/optional-directory/", {}), ("s3", "https://b.s3.amazonaws.com", {}),
                    ("webdav", "https://[::1]:8443/x", {}), ("ftp", "ftp://x/", {"username": "anonymous"})):
                self.assertEqual(rest.job("remote_volume_add", vol_type=kind, url=url, owner=[500, 500], **login)["outcome"], "ok")

    @unittest.skipUnless(shutil.which("rclone"), "rclone is not installed")
    def test_a_folder_of_this_machine_has_the_name_its_url_stands_for(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            rest.ok("remote_volume_add", vol_type="file", url="file:///exa/data/archives/a%20b%25",
                    remote_volume_name="here", owner=[500, 500])
            rest.ok("remote_volume_state", remote_volume_name="here")
            self.assertEqual([path.name for path in (daemon.root / "data/archives").iterdir()], ["a b%"])

    @unittest.skipUnless(shutil.which("rclone"), "rclone is not installed")
    def test_ftp_is_anonymous_without_a_password(self):
        with Daemon() as daemon, socketserver.ThreadingTCPServer(("127.0.0.1", 0), Greeter) as server:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
            rest = daemon.rest()
            for number, login in enumerate(({}, {"username": "anonymous"}, {"username": "ftp"})):
                Greeter.said.clear()
                rest.ok("remote_volume_add", vol_type="ftp", url=f"ftp://127.0.0.1:{server.server_address[1]}/free",
                        remote_volume_name=f"free{number}", owner=[500, 500], **login)
                rest.ok("remote_volume_state", remote_volume_name=f"free{number}")
                self.assertEqual(Greeter.said[:2], [f"USER {login.get('username', 'anonymous')}", "PASS anonymous@"])
            server.shutdown()


if __name__ == "__main__":
    unittest.main()
