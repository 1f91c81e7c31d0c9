"""The keys of an SFTP store's host: kept when the volume is made, shown, and refused when they are others."""

import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import unittest

from daemon import Daemon, free_port, until
from database_host import LOCAL_STORES

SERVER = "/usr/sbin/dropbear"
KINDS = ("ed25519", "ecdsa", "rsa")
# Other accounts are told nothing of whether their password was wrong.
ACCOUNT = pwd.getpwuid(os.geteuid()).pw_name


class Host:
    """An SSH server as an ordinary process with keys of its own, where nobody can log in."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="host-")
        self.path = pathlib.Path(self.folder.name)
        self.port = free_port()
        self.url = f"sftp://127.0.0.1:{self.port}/x"
        self.process = None

    def __enter__(self):
        self.new_keys()
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()

    def new_keys(self):
        """Begins anew as another host at the same address."""
        self.stop()
        for kind in KINDS:
            (self.path / kind).unlink(missing_ok=True)
            made = subprocess.run(
                ["dropbearkey", "-t", kind, "-f", self.path / kind], check=True, capture_output=True, text=True).stdout
            key = next(line for line in made.splitlines() if line.startswith(("ssh-", "ecdsa-")))
            (self.path / f"{kind}.pub").write_text(key + "\n")
        keys = [word for kind in KINDS for word in ("-r", self.path / kind)]
        with open(self.path / "log", "wb") as log:
            self.process = subprocess.Popen(
                [SERVER, "-F", "-E", *keys, "-p", f"127.0.0.1:{self.port}", "-P", self.path / "pid"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(self.answers)

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()

    def answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def public(self, *kinds):
        return "".join((self.path / f"{kind}.pub").read_text() for kind in kinds or KINDS)

    def fingerprints(self, *kinds):
        return [subprocess.run(["ssh-keygen", "-l", "-f", self.path / f"{kind}.pub"], check=True, capture_output=True,
                               text=True).stdout.split()[1] for kind in kinds or KINDS]

    def was_told_a_password(self):
        log = (self.path / "log").read_text(errors="replace")
        return "Bad password attempt" in log or "is locked" in log


@unittest.skipUnless(os.path.exists(SERVER), "no dropbear (apt-get install dropbear-bin)")
@unittest.skipUnless(shutil.which("rclone") and shutil.which("ssh-keyscan"), "no rclone or no ssh-keyscan")
class HostKeys(unittest.TestCase):
    def setUp(self):
        self.host = Host().__enter__()
        self.addCleanup(self.host.__exit__)
        self.daemon = Daemon(environment=LOCAL_STORES).__enter__()
        self.addCleanup(self.daemon.__exit__)
        self.rest = self.daemon.rest()

    def add(self, **further):
        return self.rest.job(
            "remote_volume_add", vol_type="sftp", url=self.host.url, remote_volume_name="far", owner=[500, 500],
            **{"username": ACCOUNT, "password": "a secret"} | further)

    def info(self):
        return self.rest.ok("remote_volume_info", remote_volume_name="far")

    def assert_reached(self):
        """The host proved who it is: the password is sent, and is no good there."""
        job = self.rest.job("debug_collect", wait=120, outfile="remote:far,a.tar.gz")
        self.assertEqual((job["outcome"], job["error_code"]), ("declined", "archive-denied"), job)
        self.assertTrue(self.host.was_told_a_password())
        self.assertEqual(self.rest.ok("remote_volume_state", remote_volume_name="far"), ["Connection problem"])

    def assert_refused(self, *words):
        """The host is told nothing, and whoever asks is told why, in every way."""
        for kind, params in (("debug_collect", {"outfile": "remote:far,a.tar.gz"}),
                             ("remote_volume_state", {"remote_volume_name": "far"})):
            job = self.rest.job(kind, wait=120, **params)
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "archive-host-key"), job)
            for word in words:
                self.assertIn(word, job["result"]["result_desc"])
        self.assertFalse(self.host.was_told_a_password())
        self.assertEqual([f for f in os.listdir(self.daemon.root / "spool/databases") if f.startswith(".")], [])
        return job["result"]["result_desc"]

    def test_keys_are_kept_when_the_volume_is_made(self):
        self.assertEqual(self.add()["outcome"], "ok")
        self.assertFalse(self.host.was_told_a_password())
        self.assertEqual(self.info()["host_key_fingerprints"], self.host.fingerprints())
        self.assertEqual(
            [line.split()[:2] for line in self.info()["host_key"].splitlines()],
            [line.split()[:2] for line in self.host.public().splitlines()])
        shown = self.rest.get("/remote-volumes/far").json
        self.assertEqual(shown["host_key_fingerprints"], self.host.fingerprints())
        self.assert_reached()
        self.daemon.stop()
        self.daemon.start()
        self.rest = self.daemon.rest()
        self.assertEqual(self.info()["host_key_fingerprints"], self.host.fingerprints())

    def test_another_host_is_told_no_password(self):
        self.add()
        former = self.host.fingerprints()
        self.host.new_keys()
        told = self.assert_refused(*former, *self.host.fingerprints(), "another key than the one that is kept")
        wrong = self.rest.job("remote_volume_set_host_key", remote_volume_name="far", host_key=former[0])
        self.assertEqual((wrong["outcome"], wrong["error_code"]), ("declined", "archive-host-key"), wrong)
        self.assertEqual(self.info()["host_key_fingerprints"], former)
        # As the message has it.
        new = re.search(r"remote_volume_name: far host_key: (\S+)$", told)[1]
        self.assertEqual(self.rest.ok("remote_volume_set_host_key", remote_volume_name="far", host_key=new),
                         self.host.fingerprints())
        self.assert_reached()

    def test_keys_are_renewed_as_a_whole(self):
        self.add()
        self.host.new_keys()
        answer = self.rest.request("PATCH", "/remote-volumes/far?wait=60s", {"host_key": self.host.public()})
        self.assertEqual(answer.json["outcome"], "ok", answer)
        self.assertEqual(self.info()["host_key_fingerprints"], self.host.fingerprints())
        self.assert_reached()

    def test_a_volume_of_before_is_not_reached_until_somebody_says_who_its_host_is(self):
        self.add()
        self.daemon.stop()
        path = self.daemon.root / "etc/EXAConf"
        text = re.sub(r"(?m)^ *HostKey = .*\n", "", path.read_text())
        path.write_text(re.sub(r"Checksum = .*", "Checksum = COMMIT", text))
        self.daemon.start()
        self.rest = self.daemon.rest()
        self.assertNotIn("host_key", self.info())
        self.assert_refused("no key of 127.0.0.1 is kept", *self.host.fingerprints())
        checked = self.daemon.run("check", check=False)
        self.assertIn("remote_volume_set_host_key remote_volume_name: far", checked.stdout + checked.stderr)
        until(lambda: "part of EXAConf needs attention" in self.daemon.log_text())
        self.rest.ok("remote_volume_set_host_key", remote_volume_name="far", host_key=" ".join(self.host.fingerprints()))
        self.assert_reached()

    def test_a_key_that_is_given_is_the_only_one(self):
        with Host() as other:
            self.assertEqual(self.add(host_key=other.public())["outcome"], "ok")
            self.assert_refused(*other.fingerprints(), *self.host.fingerprints())
            self.rest.ok("remote_volume_remove", remote_volume_name="far")
            job = self.add(host_key=other.fingerprints("ed25519")[0])
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "archive-host-key"), job)
        self.assertEqual(self.rest.ok("remote_volume_list"), [])
        # rclone is shown another kind: it says so, and that the host is the right one.
        self.assertEqual(self.add(host_key=self.host.public("rsa"))["outcome"], "ok")
        job = self.rest.job("debug_collect", wait=120, outfile="remote:far,a.tar.gz")
        if job["error_code"] != "archive-denied":
            self.assert_refused("of another kind than those that are kept", *self.host.fingerprints())

    def test_a_host_that_shows_no_key_is_no_volume(self):
        self.host.stop()
        job = self.add()
        self.assertEqual((job["outcome"], job["error_code"]), ("declined", "archive-unreachable"), job)
        dry = self.rest.post("/jobs/dry-run", {"type": "remote_volume_add", "params": {
            "vol_type": "sftp", "url": self.host.url, "owner": [500, 500], "username": ACCOUNT, "password": "p"}})
        self.assertIn("archive-unreachable", dry.body.decode())
        self.assertEqual(self.rest.ok("remote_volume_list"), [])
        self.assertEqual(self.add(host_key=self.host.public())["outcome"], "ok")


if __name__ == "__main__":
    unittest.main()
