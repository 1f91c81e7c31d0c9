"""What a job made counts when the job has ended: logins, buckets and certificates, and each part says how it stands.
CONFD_LONG_TESTS=1 tries each a thousand times.
"""

import http.client
import os
import pathlib
import re
import shutil
import tempfile
import unittest

from daemon import Answer, Daemon, free_port, until
from test_bucketfs import WRITE, WRITER
from test_logins import refusal, status
from test_tls import Authority, fingerprint, served

TIMES = 1000 if os.environ.get("CONFD_LONG_TESTS") == "1" else 20
NAMES = [
    "cluster", "tls", "logins", "bucketfs", "derived_files", "storage", "plugins", "buckets", "monitoring",
    "schedules", "findings", "jobs", "audit"]
LINE = re.compile(r"^\[([+!-])\] (\w+): (.*) \([0-9.]+ s ago\)$")


def lines(daemon):
    """Mark and detail of each check, by its name."""
    client = daemon.rest(user=None)
    answer = client.get("/readyz?verbose")
    client.connection.close()
    found = map(LINE.match, answer.body.decode().splitlines()[1:])
    return answer.status, {match[2]: (match[1], match[3]) for match in found}


class Acknowledged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="confd-reconcile-")
        cls.daemon = Daemon().start()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
        shutil.rmtree(cls.folder)

    def setUp(self):
        # A thousand rounds of another test are longer than a connection may rest.
        self.rest = self.daemon.rest()

    def test_a_user_who_was_created_logs_in(self):
        for number in range(TIMES):
            name, word = f"user{number}", f"word of {number}"
            self.rest.ok(
                "user_create", username=name, userid=2000, group="exausers", login_enabled=True, password=word,
                encode_passwd=True)
            self.assertEqual(status(self.daemon, name, word), 200, name)
            self.rest.ok("user_delete", username=name)
            self.assertEqual(refusal(self.daemon, name, word), 401, name)

    def test_a_password_that_was_changed_logs_in(self):
        self.rest.ok(
            "user_create", username="often", userid=1999, group="exausers", login_enabled=True, password="first",
            encode_passwd=True)
        former = "first"
        for number in range(TIMES):
            self.assertEqual(status(self.daemon, "often", former), 200, number)
            word = f"word {number}"
            self.rest.ok("user_passwd", username="often", password=word, encode_passwd=True)
            self.assertEqual(status(self.daemon, "often", word), 200, number)
            self.assertEqual(refusal(self.daemon, "often", former), 401, number)
            former = word

    def test_a_bucket_that_was_added_takes_files(self):
        for number in range(TIMES):
            port = free_port()
            service = f"service{number}"
            self.rest.ok("bucketfs_add", bucketfs_name=service, http_port=port, https_port=0, owner=[500, 500])
            self.add_bucket(service, "first")
            self.assertEqual(self.put(port, "/first/x").status, 200, number)
            for bucket in ("second", "third"):
                self.add_bucket(service, bucket)
                self.assertEqual(self.put(port, f"/{bucket}/x").status, 200, (number, bucket))
            self.rest.ok("bucketfs_delete", bucketfs_name=service)
            with self.assertRaises(OSError):
                self.put(port, "/first/x")

    def add_bucket(self, service, name):
        self.rest.ok(
            "bucket_add", bucketfs_name=service, bucket_name=name, public=True, read_password=WRITE,
            write_password=WRITE)

    def put(self, port, target):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("PUT", target, b"text", WRITER)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def test_a_certificate_that_was_updated_is_shown(self):
        authority = Authority(self.folder)
        pairs = [authority.issue(name) for name in ("one", "other")]
        for number in range(TIMES):
            certificate, key = pairs[number % 2]
            self.daemon.rest().ok("cert_update", cert=certificate, key=key)
            self.assertEqual(served(self.daemon), fingerprint(certificate), number)


class Standing(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()
        self.addCleanup(self.daemon.__exit__)
        self.rest = self.daemon.rest()
        # Its port is one and the same for every daemon of this machine.
        self.rest.ok("bucketfs_modify", bucketfs_name="bfsdefault", http_port=0, https_port=0)

    def test_each_has_a_line_and_metrics(self):
        code, found = lines(self.daemon)
        self.assertEqual(code, 200)
        for name in NAMES:
            self.assertIn(name, found)
            self.assertRegex(found[name][1], r"^(revision \d+|no revision yet)", name)
        self.rest.ok("bucketfs_add", bucketfs_name="bfs1", http_port=free_port(), https_port=0, owner=[500, 500])
        revision = lines(self.daemon)[1]["configuration"][1].split()[-1]
        # Those behind the acknowledgement come in their own time.
        until(lambda: all(f"revision {revision}" in lines(self.daemon)[1][name][1] for name in NAMES))
        self.assertIn("certificate until", lines(self.daemon)[1]["tls"][1])
        text = self.rest.get("/metrics").body.decode()
        for name in NAMES:
            self.assertIn(f'confd_reconciler_revision{{reconciler="{name}"}} {revision}\n', text)
            self.assertIn(f'confd_reconciler_failing{{reconciler="{name}"}} 0\n', text)
            self.assertRegex(text, rf'confd_reconciler_failures_total\{{reconciler="{name}"\}} \d')

    def test_one_that_fails_is_shown_holds_no_job_up_and_is_tried_again(self):
        certificate = self.daemon.root / "etc/ssl/ssl.crt"
        good = certificate.read_bytes()
        shown = served(self.daemon)
        certificate.write_text("no certificate")
        job = self.rest.job("group_create", groupname="more", groupid=2000)
        self.assertEqual(job["outcome"], "ok", job)
        code, found = lines(self.daemon)
        self.assertEqual(code, 200)
        mark, detail = found["tls"]
        self.assertEqual(mark, "!")
        self.assertRegex(
            detail, rf"{re.escape(str(certificate))}.* The former identity goes on\. \(revision \d+, since 20.*Z\)$")
        self.assertEqual([name for name in NAMES if found[name][0] == "!"], ["tls"])
        for path in ("/readyz", "/livez", "/metrics", "/exaconf", "/certificate"):
            self.assertEqual(self.rest.get(path).status, 200, path)
        self.assertEqual(served(self.daemon), shown)
        text = self.rest.get("/metrics").body.decode()
        self.assertIn('confd_reconciler_failing{reconciler="tls"} 1\n', text)
        self.assertRegex(text, r'confd_reconciler_failures_total\{reconciler="tls"\} [1-9]')
        # The same finding where the operator looks for problems.
        told = self.daemon.run("check", check=False)
        self.assertRegex(told.stdout, r"(?m)^note: the daemon: tls: .*The former identity goes on")
        # Nobody has to tell when the file is good again.
        certificate.write_bytes(good)
        until(lambda: lines(self.daemon)[1]["tls"][0] == "+")
        self.assertNotIn("the daemon: tls", self.daemon.run("check").stdout)
        self.assertIn("configuration followed again", self.daemon.log_text())

    def test_files_that_databases_read_are_made_good_again(self):
        folder = self.daemon.root / "etc/bucketfs.cfg"
        folder.unlink()
        folder.mkdir()
        self.rest.ok("bucketfs_add", bucketfs_name="bfs1", http_port=free_port(), https_port=0, owner=[500, 500])
        self.assertEqual(lines(self.daemon)[1]["derived_files"][0], "!")
        self.assertEqual(self.rest.job("group_create", groupname="more", groupid=2000)["outcome"], "ok")
        folder.rmdir()
        until(lambda: folder.is_file() and "bfs1" in folder.read_text())
        until(lambda: lines(self.daemon)[1]["derived_files"][0] == "+")

    def test_what_failed_while_the_daemon_was_away_is_told_by_the_next_one(self):
        self.daemon.stop()
        path = pathlib.Path(self.daemon.root / "etc/ssl/ssl.key")
        good = path.read_bytes()
        path.write_text("no key")
        self.daemon.start()
        self.assertEqual(lines(self.daemon)[1]["tls"][0], "!")
        path.write_bytes(good)
        until(lambda: lines(self.daemon)[1]["tls"][0] == "+")


if __name__ == "__main__":
    unittest.main()
