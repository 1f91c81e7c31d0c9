"""Accounts of a machine follow EXAConf: the real programs act on a copy of /etc, in a mount namespace of the daemon."""

import os
import pathlib
import re
import signal
import subprocess
import unittest

from daemon import Daemon, PROGRAM, until

PROGRAMS = [f"/usr/sbin/{name}" for name in ("useradd", "usermod", "userdel", "groupadd", "chpasswd")]


def lacking():
    """What this machine lacks to have accounts made in a namespace, or None."""
    if os.geteuid():
        return "needs root"
    if missing := [path for path in PROGRAMS if not os.access(path, os.X_OK)]:
        return f"no {missing[0]} (apt-get install passwd)"
    if subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode:
        return "mount namespaces are not allowed here"
    return None


class Machine(Daemon):
    """A daemon that sees a copy of /etc and an empty /home: whatever it does to accounts stays below its root."""

    def __init__(self, manages=True):
        super().__init__(environment={"CONFD_ACCOUNTS_MANAGE": "true"} if manages else {})
        self.machine = self.root / "machine"
        (self.machine / "home").mkdir(parents=True)
        subprocess.run(["cp", "-a", "/etc", self.machine], check=True)
        self.further = ""
        self.mounts = [(self.machine / "etc", "/etc"), (self.machine / "home", "/home")]

    def launch(self):
        binds = " && ".join(f"mount --bind '{source}' {target}" for source, target in self.mounts)
        self.log = open(self.root / "daemon.log", "ab")
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", f'{binds}{self.further} && exec "$@"', "sh", PROGRAM, "serve",
             "--root", self.root, "--bind", "127.0.0.1", "--port", str(self.port or 0)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, env=self.variables(), text=True)

    def account(self, name, file="passwd"):
        """The fields of an account in a file of the machine, or None."""
        lines = (self.machine / "etc" / file).read_text().splitlines()
        return next((line.split(":") for line in lines if line.split(":")[0] == name), None)

    def members(self, group):
        return set(filter(None, self.account(group, "group")[3].split(",")))

    def keys(self, name):
        path = self.root / "etc/authorized_keys" / name
        return path.read_text() if path.exists() else None

    def stored_hash(self, name):
        text = self.configuration()
        return re.search(rf"\[\[{name}\]\][^\[]*?Passwd = (\S+)", text).group(1)

    def edit(self, change):
        """Changes EXAConf by hand while the daemon is down."""
        path = self.root / "etc/EXAConf"
        text = change(path.read_text())
        path.write_text(re.sub(r"Checksum = \S+", "Checksum = COMMIT", text))

    def hold(self, program):
        """Makes a program of the machine wait while the file `holding` is there, and tell that it was called."""
        real = self.root / f"{program}.real"
        subprocess.run(["cp", "-a", f"/usr/sbin/{program}", real], check=True)
        wrapper = self.root / program
        self.called = self.root / "called"
        self.holding = self.root / "holding"
        wrapper.write_text(
            f"#!/bin/sh\necho $$ > {self.called}\nwhile [ -e {self.holding} ]; do sleep 0.05; done\nexec {real} \"$@\"\n")
        wrapper.chmod(0o755)
        self.mounts.append((wrapper, f"/usr/sbin/{program}"))

    def release(self, runs):
        """Lets the program that is held run to its end, or ends it."""
        number = int(self.called.read_text())
        if not runs:
            os.kill(number, signal.SIGKILL)
        self.holding.unlink()
        until(lambda: not pathlib.Path(f"/proc/{number}").exists() or "Z" in (
            pathlib.Path(f"/proc/{number}/stat").read_text().split()[2]))


def user(name="alice", number=3001, **further):
    return {"username": name, "userid": number, "group": "exausers", "login_enabled": True, "password": "open sesame"} | further


@unittest.skipIf(lacking(), lacking())
class Accounts(unittest.TestCase):
    def setUp(self):
        self.own = pathlib.Path("/etc/passwd").read_bytes(), pathlib.Path("/etc/shadow").read_bytes()

    def tearDown(self):
        self.assertEqual((pathlib.Path("/etc/passwd").read_bytes(), pathlib.Path("/etc/shadow").read_bytes()), self.own)

    def ok(self, rest, kind, /, **params):
        job = rest.job(kind, **params)
        self.assertEqual(job["outcome"], "ok", job)
        return job

    def test_jobs_make_change_and_remove_accounts(self):
        with Machine() as machine:
            rest = machine.rest()
            self.ok(rest, "group_create", groupname="watchers", groupid=3100)
            self.assertEqual(machine.account("watchers", "group")[2], "3100")
            made = self.ok(rest, "user_create", **user(
                additional_groups=["watchers", "exaadm"], authorized_keys=["ssh-ed25519 AAAA alice@lab"]))
            self.assertEqual([c["action"] for c in made["commands"]], ["accounts.check"])
            self.assertNotIn("sesame", machine.log_text())
            group = machine.account("exausers", "group")[2]
            name, _, number, main, comment, home, shell = machine.account("alice")
            self.assertEqual((number, main, comment, home), ("3001", group, "confd", "/home/alice"))
            self.assertNotIn("nologin", shell)
            self.assertEqual((machine.machine / "home/alice").stat().st_mode & 0o777, 0o700)
            self.assertEqual(machine.account("alice", "shadow")[1], machine.stored_hash("alice"))
            self.assertEqual(machine.account("alice", "shadow")[7], "")
            self.assertEqual((machine.members("watchers"), machine.keys("alice")), ({"alice"}, "ssh-ed25519 AAAA alice@lab\n"))
            self.assertIn("alice", machine.members("exaadm"))
            # PAM asks the system's accounts first: the new one logs in.
            self.assertEqual(machine.rest("alice", "open sesame").get("/jobs").status, 200)

            self.ok(rest, "user_passwd", username="alice", password="another one")
            self.assertEqual(machine.account("alice", "shadow")[1], machine.stored_hash("alice"))
            self.ok(rest, "user_modify", username="alice", login_enabled=False, additional_groups=[])
            self.assertEqual(machine.account("alice", "shadow")[1::6], ["!", "1"])
            self.assertTrue(machine.account("alice")[6].endswith("nologin"))
            self.assertEqual((machine.members("watchers"), machine.keys("alice")), (set(), None))
            self.assertEqual(machine.rest("alice", "another one").get("/jobs").status, 401)

            self.ok(rest, "user_delete", username="alice")
            self.ok(rest, "group_delete", groupname="watchers")
            self.assertIsNone(machine.account("alice"))
            self.assertIsNone(machine.account("alice", "shadow"))
            self.assertIsNone(machine.account("watchers", "group"))
            self.assertTrue((machine.machine / "home/alice").is_dir(), "what people left in their homes stays")

    def test_accounts_of_others_are_never_touched(self):
        with Machine() as machine:
            rest = machine.rest()
            files = ("passwd", "shadow", "group")
            before = {file: (machine.machine / "etc" / file).read_text() for file in files}
            revision = machine.configuration()
            taken = machine.account("nobody")[2]
            for params, code, word in (
                    (user("daemon"), "object-exists", "was not made by confd"),
                    (user(number=int(taken)), "object-exists", "nobody"),
                    (user("Alice"), "parameter-invalid", "begin the name"),
                    (user(number=42), "parameter-invalid", "ids begin at 100")):
                with self.subTest(params["username"], id=params["userid"]):
                    job = rest.job("user_create", **params)
                    self.assertEqual((job["outcome"], job["error_code"]), ("declined", code), job)
                    self.assertIn(word, job["result"]["result_desc"])
            job = rest.job("group_create", groupname="staff", groupid=3100)
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "object-exists"), job)
            self.assertEqual(machine.configuration(), revision)
            self.assertEqual({file: (machine.machine / "etc" / file).read_text() for file in files}, before)
            self.assertEqual(machine.account("root", "shadow"), before["shadow"].splitlines()[0].split(":"))

    def test_a_node_that_was_down_follows_when_it_comes_back(self):
        with Machine() as machine:
            rest = machine.rest()
            self.ok(rest, "user_create", **user())
            self.ok(rest, "user_create", **user("bob", 3002))
            machine.stop()
            machine.edit(lambda text: re.sub(r"    \[\[bob\]\]\n(?:        .*\n)+", "", text).replace(
                "ID = 3001", "ID = 3009"))
            machine.start()
            self.assertEqual((machine.account("alice")[2], machine.account("bob")), ("3009", None))
            # Without an edit, too: somebody took the account away, and changed a password.
            machine.stop()
            shadow = machine.machine / "etc/shadow"
            shadow.write_text(shadow.read_text().replace(machine.stored_hash("alice"), "$6$other$other"))
            machine.start()
            self.assertEqual(machine.account("alice", "shadow")[1], machine.stored_hash("alice"))

    def test_kill_9_in_the_middle_ends_in_the_whole_account(self):
        for runs in (False, True):
            with self.subTest("the program went on" if runs else "the program ended with the daemon"), Machine() as machine:
                machine.stop()
                machine.hold("useradd")
                machine.start()
                machine.called.unlink(missing_ok=True)
                machine.holding.touch()
                rest = machine.rest()
                path = rest.post("/jobs", {"type": "user_create", "params": user()}).headers["location"]
                until(lambda: machine.called.exists() and machine.called.read_text())
                machine.kill()
                machine.release(runs)
                self.assertEqual(machine.account("alice") is not None, runs)
                machine.start()
                self.assertEqual(machine.account("alice", "shadow")[1], machine.stored_hash("alice"))
                self.assertEqual(machine.rest().get(f"{path}?wait=30s").json["outcome"], "ok")
                self.ok(machine.rest(), "user_delete", username="alice")
                self.assertIsNone(machine.account("alice"))

    def test_a_daemon_that_may_not_write_to_etc_does_not_start_and_says_why(self):
        with Machine() as machine:
            machine.stop()
            machine.further = " && mount -o remount,bind,ro /etc"
            machine.launch()
            self.assertEqual(machine.process.wait(30), 78)
            self.assertIn("ReadWritePaths=/etc /home", machine.log_text())

    def test_without_the_setting_no_account_is_touched(self):
        with Machine(manages=False) as machine:
            before = (machine.machine / "etc/passwd").read_text()
            made = self.ok(machine.rest(), "user_create", **user("daemon"))
            self.assertNotIn("commands", made)
            self.assertEqual((machine.machine / "etc/passwd").read_text(), before)
            self.assertFalse((machine.root / "etc/accounts.json").exists())


if __name__ == "__main__":
    unittest.main()
