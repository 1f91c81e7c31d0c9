"""Stores of backups elsewhere: their folders are made, their addresses are URLs, and a login that is missing is named."""

import http.server
import pathlib
import re
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import unittest

from daemon import Daemon, free_port, until
from database_host import LOCAL_STORES, lacking
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
            self.assertEqual(ok("remote_volume_state", remote_volume_name="there"), ["Online"] * self.daemon.members)
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


class Gossip(Greeter):
    """One that says in its answers what is not for whoever makes volumes."""

    def answer(self, text):
        super().answer(f"{text[:3]} INTERNAL-SECRET")


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
                    ("webdav", "https://[2001:db8::1]:8443/x", {}), ("ftp", "ftp://x/", {"username": "anonymous"})):
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
        with Daemon(environment=LOCAL_STORES) as daemon, socketserver.ThreadingTCPServer(("127.0.0.1", 0), Greeter) as server:
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


class Teapot(http.server.BaseHTTPRequestHandler):
    """A service of the machine that tells whoever asks."""

    def answer(self):
        self.server.asked.append(self.path)
        self.send_response(418)
        self.end_headers()
        self.wfile.write(b"INTERNAL-SECRET-BODY token=abc123")

    do_GET = do_PUT = do_POST = do_HEAD = do_PROPFIND = do_MKCOL = do_OPTIONS = answer

    def log_message(self, *_):
        pass


class Bystander(Teapot):
    """One that keeps what it is sent as well."""

    def answer(self):
        size = int(self.headers.get("Content-Length") or 0)
        self.server.sent.append((self.headers.get("Authorization"), self.rfile.read(size)))
        super().answer()

    do_GET = do_PUT = do_POST = do_HEAD = do_PROPFIND = do_MKCOL = do_OPTIONS = do_DELETE = do_MOVE = answer


class Pointer(Teapot):
    """A store that sends whoever asks on to somebody else."""

    def answer(self):
        size = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(size)
        self.server.asked.append(self.headers.get("Authorization"))
        self.send_response(self.server.status)
        self.send_header("Location", self.server.aim)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PUT = do_POST = do_HEAD = do_PROPFIND = do_MKCOL = do_OPTIONS = do_DELETE = do_MOVE = answer


class Local(unittest.TestCase):
    """Services of the node and its link are no stores, unless the operator says so."""

    def teapot(self, kind=Teapot):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind)
        server.asked, server.sent = [], []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def add(self, rest, url, kind="webdav", name="away", **login):
        return rest.job("remote_volume_add", vol_type=kind, url=url, remote_volume_name=name, owner=[500, 500], **login)

    def test_addresses_of_the_node_are_declined_with_the_line_that_lets_them(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            login = {"username": "u", "password": "p"}
            own = re.search(r"(?m)^ *PrivateNet = ([0-9.]+)", daemon.configuration())[1]
            for kind, url, address, params in (
                    ("webdav", "http://127.0.0.1:1/latest/meta-data/", "127.0.0.1", {}),
                    ("webdav", "http://localhost:1/", "127.0.0.1", {}), ("ftp", "ftp://127.9.9.9/x", "127.9.9.9", {}),
                    ("s3", "https://[::1]:9000/bucket", "::1", {}), ("s3", "http://0.0.0.0/bucket", "0.0.0.0", {}),
                    ("sftp", "sftp://169.254.169.254/x", "169.254.169.254", login),
                    ("smb", "smb://[fe80::1]/share/x", "fe80::1", login), ("ftp", f"ftp://{own}/x", own, {}),
                    ("webdav", "http://[64:ff9b::7f00:1]/x", "64:ff9b::7f00:1", {}),
                    ("webdav", "http://[::ffff:169.254.169.254]/x", "::ffff:169.254.169.254", {}),
                    # A name for everybody but the system, which takes it for an address.
                    ("ftp", "ftp://127.1/x", "127.0.0.1", {}), ("sftp", "sftp://127.1:1/x", "127.0.0.1", login)):
                for path in ("/jobs/dry-run", "/jobs?wait=60s"):
                    with self.subTest(url=url, path=path):
                        told = rest.post(path, {"type": "remote_volume_add", "params": {
                            "vol_type": kind, "url": url, "owner": [500, 500], **params}}).json
                        self.assertIn(f"archives.local_addresses: {address}", str(told))
            for url in ("http://192.0.2.7/x", "http://10.1.2.3/x"):
                self.assertEqual(self.add(rest, url, name=f"far{len(url)}")["outcome"], "ok")

    @unittest.skipUnless(shutil.which("rclone"), "rclone is not installed")
    def test_a_volume_that_leads_to_the_node_is_not_used(self):
        teapot = self.teapot()
        with Daemon() as daemon:
            rest = daemon.rest()
            # As one of before, whose name leads here now.
            self.add(rest, "http://192.0.2.7/x")
            daemon.stop()
            path = daemon.root / "etc/EXAConf"
            text = path.read_text().replace("http://192.0.2.7/x", f"http://localhost:{teapot.server_port}/x")
            path.write_text(re.sub(r"Checksum = .*", "Checksum = COMMIT", text))
            daemon.start()
            job = daemon.rest().job("remote_volume_state", remote_volume_name="away")
            self.assertIn("archives.local_addresses: 127.0.0.1", str(job))
            self.assertEqual(teapot.asked, [])

    @unittest.skipUnless(shutil.which("rclone"), "rclone is not installed")
    def test_what_a_stranger_answers_is_not_told(self):
        teapot = self.teapot()
        with Daemon(environment=LOCAL_STORES) as daemon:
            rest = daemon.rest()
            self.assertEqual(self.add(rest, f"http://127.0.0.1:{teapot.server_port}/x")["outcome"], "ok")
            self.assertEqual(rest.ok("remote_volume_state", remote_volume_name="away"), ["Connection problem"])
            job = rest.job("debug_collect", wait=120, outfile="remote:away,debug.tar.gz")
            self.assertNotEqual(job["outcome"], "ok", job)
            self.assertTrue(teapot.asked)
            self.assertIn("418", str(job))
            for place in (rest.get(f"/jobs/{job['job_id']}").body.decode(), daemon.log_text()):
                self.assertNotIn("INTERNAL-SECRET", place)

    @unittest.skipUnless(shutil.which("rclone"), "rclone is not installed")
    def test_what_follows_a_redirect_has_no_login_and_no_content_and_tells_nothing(self):
        bystander, pointer = self.teapot(Bystander), self.teapot(Pointer)
        pointer.aim = f"http://127.0.0.1:{bystander.server_port}/latest/meta-data/"
        with Daemon(environment=LOCAL_STORES) as daemon:
            rest = daemon.rest()
            added = self.add(rest, f"http://127.0.0.1:{pointer.server_port}/x", username="gus", password="a word")
            self.assertEqual(added["outcome"], "ok", added)
            for pointer.status in (302, 307):
                with self.subTest(pointer.status):
                    pointer.asked.clear()
                    bystander.sent.clear()
                    rest.job("remote_volume_state", remote_volume_name="away")
                    job = rest.job("debug_collect", wait=120, outfile="remote:away,debug.tar.gz")
                    self.assertNotEqual(job["outcome"], "ok", job)
                    # The store knows the login, and whom it sends on to gets neither that nor what is written.
                    self.assertIn("Basic Z3VzOmEgd29yZA==", pointer.asked)
                    # Whether a request with content is sent on is rclone's to say; one without is.
                    self.assertTrue(bystander.sent or pointer.status == 307)
                    self.assertLessEqual({login for login, _ in bystander.sent}, {None})
                    self.assertFalse(any(b"a word" in body or len(body) > 1000 for _, body in bystander.sent))
                    for place in (rest.get(f"/jobs/{job['job_id']}").body.decode(), daemon.log_text()):
                        self.assertNotIn("INTERNAL-SECRET", place)

    @unittest.skipUnless(shutil.which("rclone"), "rclone is not installed")
    def test_what_a_stranger_says_by_ftp_is_not_told_either(self):
        with Daemon(environment=LOCAL_STORES) as daemon, socketserver.ThreadingTCPServer(("127.0.0.1", 0), Gossip) as server:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
            rest = daemon.rest()
            added = self.add(rest, f"ftp://127.0.0.1:{server.server_address[1]}/x", kind="ftp")
            self.assertEqual(added["outcome"], "ok", added)
            self.assertEqual([warning["code"] for warning in added["warnings"]], ["archive-not-safe"])
            job = rest.job("debug_collect", wait=120, outfile="remote:away,debug.tar.gz")
            self.assertNotEqual(job["outcome"], "ok", job)
            for place in (rest.get(f"/jobs/{job['job_id']}").body.decode(), daemon.log_text()):
                self.assertNotIn("INTERNAL-SECRET", place)
            checked = daemon.run("check", check=False)
            self.assertIn("[RemoteVolume : away] URL: It goes over the network in clear", checked.stdout + checked.stderr)
            server.shutdown()


if __name__ == "__main__":
    unittest.main()
