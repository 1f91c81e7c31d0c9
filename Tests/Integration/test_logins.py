"""Who may log in is what the revision in force says, whatever has become of the file; `confd reset-password`."""

import itertools
import os
import pty
import re
import subprocess
import unittest
import xmlrpc.client

from daemon import PASSWORD, PROGRAM, Daemon, until

EVERY_LOGIN_IS_CHECKED = {"CONFD_ACCESS_CACHE_SECONDS": "0"}
NOT_CHANGED = "Integrity check failed!"


def user(daemon, name, number, password, client=None):
    (client or daemon.rest()).ok(
        "user_create", username=name, userid=number, group="exaadm", login_enabled=True, password=password)


STRANGERS = (f"127.1.{number // 250}.{number % 250 + 1}" for number in itertools.count())


def status(daemon, name, password):
    return daemon.rest(name, password).get("/jobs").status


def refusal(daemon, name, password):
    """The same from an address nobody failed from before, so that no lock comes in between."""
    return daemon.rest(name, password, source=next(STRANGERS)).get("/jobs").status


def swapped(text, name, line, by):
    """The text of a file in which one line of a user's section is another."""
    head, section = text.split(f"[[{name}]]", 1)
    return head + f"[[{name}]]" + re.sub(line, by, section, count=1)


class Logins(unittest.TestCase):
    """One daemon, and one damage of its file after the other."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(environment=EVERY_LOGIN_IS_CHECKED).start()
        user(cls.daemon, "ada", 2001, "adas word")
        user(cls.daemon, "eve", 2002, "eves word")
        cls.path = cls.daemon.root / "etc/EXAConf"
        cls.good = cls.daemon.configuration()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def tearDown(self):
        """The old text is in force all the time, so it only has to be there again."""
        if os.path.isdir(self.path):
            self.path.rmdir()
        self.path.unlink(missing_ok=True)
        self.path.write_text(self.good)
        until(lambda: self.readiness().startswith("revision"))

    def readiness(self):
        lines = self.daemon.rest(user=None).get("/readyz?verbose").body.decode().splitlines()
        return next(line for line in lines if "configuration" in line).split("configuration", 1)[1].strip(" :,ok+-")

    def everybody_comes_in(self, newcomer=None):
        daemon = self.daemon
        for name, word in (("admin", PASSWORD), ("ada", "adas word"), ("eve", "eves word")):
            self.assertEqual(status(daemon, name, word), 200, name)
            self.assertEqual(daemon.rpc(name, word).job_exec("db_list")["result_code"], 0, name)
            body = {"jsonrpc": "2.0", "id": 1, "method": "job_exec", "params": ["db_list", {}]}
            answer = daemon.rest(name, word).post("/jrpc", body)
            self.assertEqual((answer.status, answer.json["result"]["result_code"]), (200, 0), answer)
        self.assertEqual(refusal(daemon, "ada", "another word"), 401)

    def reads_are_answered(self):
        client = self.daemon.rest()
        for path in ("/exaconf", "/exaconf/revisions", "/jobs", "/users", "/nodes", "/databases", "/volumes"):
            self.assertEqual(client.get(path).status, 200, path)

    def damage(self, content):
        self.path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def changes_are_declined(self, text=None):
        answer = self.daemon.rest().post(
            "/jobs?wait=60s", {"type": "group_create", "params": {"groupid": 4000, "groupname": "g"}})
        self.assertEqual(answer.json.get("error_code"), "config-modified-outside", answer)
        if text:
            self.assertIn(text, answer.body.decode())

    def hold(self, content, says=None):
        """Damages the file and looks: at once, after a signal, and once the daemon has noticed."""
        self.damage(content)
        self.everybody_comes_in()
        self.changes_are_declined(says)
        self.daemon.process.send_signal(1)
        self.everybody_comes_in()
        self.reads_are_answered()
        kept = content if isinstance(content, bytes) else content.encode()
        self.assertEqual(self.path.read_bytes(), kept, "the file is left as it is")

    def test_a_line_that_is_none(self):
        self.hold(self.good + "this is no line\n")

    def test_a_doubled_key(self):
        self.hold(self.good.replace("[Global]\n", "[Global]\n    Timezone = UTC\n", 1))

    def test_a_file_that_is_no_utf_8(self):
        self.hold(b"# caf\xe9\n" + self.good.encode())

    def test_the_first_bytes(self):
        self.hold(self.good[:300])

    def test_the_first_half(self):
        self.hold(self.good[:len(self.good) // 2])

    def test_an_empty_file(self):
        self.hold(b"")

    def test_zeros(self):
        self.hold(bytes(len(self.good)))

    def test_a_password_that_was_swapped(self):
        other = re.search(r"\[\[eve\]\].*?Passwd = (\S+)", self.good, re.S)[1]
        self.hold(swapped(self.good, "ada", r"Passwd = .*", f"Passwd = {other}"), NOT_CHANGED)
        self.assertEqual(refusal(self.daemon, "ada", "eves word"), 401)

    def test_a_login_that_was_switched_off(self):
        self.hold(swapped(self.good, "ada", r"LoginEnabled = .*", "LoginEnabled = False"), NOT_CHANGED)

    def test_groups_that_were_given(self):
        self.hold(swapped(self.good, "ada", r"Group = .*", "Group = root"), NOT_CHANGED)
        self.assertEqual(self.daemon.rest("ada", "adas word").get("/exaconf").json["Global"]["AuthenticationToken"], "***")

    def test_a_user_who_was_taken_out(self):
        self.hold(re.sub(r"    \[\[ada\]\]\n(        .*\n)+", "", self.good), NOT_CHANGED)

    def test_a_user_who_was_put_in(self):
        section = re.search(r"    \[\[ada\]\]\n(        .*\n)+", self.good)[0]
        self.hold(self.good.replace(
            section, section + section.replace("ada", "mal").replace("2001", "2666")), NOT_CHANGED)
        self.assertEqual(refusal(self.daemon, "mal", "adas word"), 401)

    def test_a_folder_in_its_place(self):
        self.path.unlink()
        self.path.mkdir()
        self.everybody_comes_in()
        self.changes_are_declined()
        self.everybody_comes_in()
        self.reads_are_answered()

    def test_a_file_that_is_gone_is_written_again(self):
        self.path.unlink()
        self.everybody_comes_in()
        until(lambda: self.path.exists() and self.path.read_text() == self.good)
        self.everybody_comes_in()


class Changes(unittest.TestCase):
    def test_a_change_counts_when_it_is_answered(self):
        with Daemon(environment=EVERY_LOGIN_IS_CHECKED) as daemon:
            admin = daemon.rest()
            for round in range(5):
                user(daemon, "ada", 2001, f"word {round}", admin)
                self.assertEqual(status(daemon, "ada", f"word {round}"), 200)
                admin.ok("user_passwd", username="ada", password=f"next {round}")
                self.assertEqual(refusal(daemon, "ada", f"word {round}"), 401)
                self.assertEqual(status(daemon, "ada", f"next {round}"), 200)
                admin.ok("user_delete", username="ada")
                self.assertEqual(refusal(daemon, "ada", f"next {round}"), 401)

    def test_a_remembered_password_ends_with_the_change(self):
        with Daemon() as daemon:
            admin = daemon.rest()
            user(daemon, "ada", 2001, "one word", admin)
            self.assertEqual(status(daemon, "ada", "one word"), 200)
            admin.ok("user_modify", username="ada", login_enabled=False)
            self.assertEqual(refusal(daemon, "ada", "one word"), 401)

    def test_two_daemons_of_one_machine_have_users_of_their_own(self):
        with Daemon(environment=EVERY_LOGIN_IS_CHECKED) as one, Daemon(environment=EVERY_LOGIN_IS_CHECKED) as other:
            user(one, "ada", 2001, "adas word")
            self.assertEqual((status(one, "ada", "adas word"), refusal(other, "ada", "adas word")), (200, 401))


class Starts(unittest.TestCase):
    """A file that cannot be used keeps nobody out at a start either, as long as a revision was decided."""

    def start_with(self, spoil):
        daemon = Daemon(environment=EVERY_LOGIN_IS_CHECKED)
        self.addCleanup(daemon.__exit__)
        daemon.start()
        user(daemon, "ada", 2001, "adas word")
        self.assertEqual(daemon.stop(), 0)
        path = daemon.root / "etc/EXAConf"
        spoilt = spoil(path.read_text())
        spoilt = spoilt if isinstance(spoilt, bytes) else spoilt.encode()
        path.write_bytes(spoilt)
        daemon.start()
        self.assertEqual(status(daemon, "ada", "adas word"), 200)
        self.assertEqual(daemon.rest().get("/exaconf").status, 200)
        answer = daemon.rest().post(
            "/jobs?wait=60s", {"type": "group_create", "params": {"groupid": 4000, "groupname": "g"}})
        self.assertEqual(answer.json.get("error_code"), "config-modified-outside", answer)
        self.assertEqual(path.read_bytes(), spoilt)
        self.assertNotEqual(daemon.run("check", check=False).returncode, 0)
        # The way out that the guide names: away with the file.
        path.rename(path.with_name("EXAConf.mine"))
        until(lambda: path.exists())
        until(lambda: daemon.rest().job("group_create", groupid=4000, groupname="g").get("outcome") == "ok")
        return daemon

    def test_a_start_with_a_line_that_is_none(self):
        self.start_with(lambda text: text + "this is no line\n")

    def test_a_start_with_an_empty_file(self):
        self.start_with(lambda text: b"")

    def test_a_start_with_half_a_file(self):
        self.start_with(lambda text: text[:len(text) // 2])

    def test_a_start_with_an_edit_that_is_not_marked(self):
        daemon = self.start_with(lambda text: swapped(text, "ada", r"LoginEnabled = .*", "LoginEnabled = False"))
        self.assertEqual(status(daemon, "ada", "adas word"), 200)


class Resets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A reset that is held begins: it waits for a minute, in which the others are made."""
        cls.holding = Daemon().start()
        cls.addClassCleanup(cls.holding.__exit__)
        rule = cls.holding.rest().post("/queue/rules", {"action": "pause", "reason": "looking around"})
        assert rule.status == 201, rule
        cls.held = subprocess.Popen(
            [PROGRAM, "reset-password", "--root", cls.holding.root, "admin"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=cls.holding.variables())
        cls.addClassCleanup(cls.held.kill)
        cls.held.stdin.write("found again\n")
        cls.held.stdin.close()
        cls.held.stdin = None

    def reset(self, daemon, name, password, **options):
        return subprocess.run(
            [PROGRAM, "reset-password", "--root", daemon.root, name], input=password, text=True, capture_output=True,
            env=daemon.variables() | options, timeout=120)

    def look(self, daemon, reason):
        """The newest revision, which the reset made."""
        newest = daemon.rest("admin", "found again").get("/exaconf/revisions").json["items"][0]
        self.assertIn("confd reset-password", newest["reason"])
        self.assertEqual(newest["user"], "root")
        audit = daemon.rest("admin", "found again").get("/audit?limit=50").json["items"]
        self.assertTrue([item for item in audit if reason in str(item)], audit)
        self.assertIn("ok:", daemon.run("check").stdout)

    def test_while_the_daemon_runs(self):
        with Daemon() as daemon:
            done = self.reset(daemon, "admin", "found again\n")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual((refusal(daemon, "admin", PASSWORD), status(daemon, "admin", "found again")), (401, 200))
            self.look(daemon, "user_passwd")
            self.assertNotIn("found again", done.stdout + done.stderr + daemon.log_text())

    def test_a_lock_ends_with_the_password_that_was_guessed_at(self):
        with Daemon() as daemon:
            user(daemon, "ada", 2001, "adas word")
            source = next(STRANGERS)
            for name in ("ada", "admin"):
                for _ in range(5):
                    self.assertEqual(daemon.rest(name, "wrong", source=source).get("/jobs").status, 401)
                right = {"ada": "adas word", "admin": PASSWORD}[name]
                self.assertEqual(daemon.rest(name, right, source=source).get("/jobs").status, 401)
            daemon.rest().ok("user_passwd", username="ada", password="another word")
            self.assertEqual(daemon.rest("ada", "another word", source=source).get("/jobs").status, 200)
            self.assertEqual(daemon.rest("admin", PASSWORD, source=source).get("/jobs").status, 401)
            self.assertEqual(self.reset(daemon, "admin", "found again\n").returncode, 0)
            self.assertEqual(daemon.rest("admin", "found again", source=source).get("/jobs").status, 200)

    def test_what_holds_the_queue_is_told(self):
        _, told = self.held.communicate(timeout=120)
        self.assertEqual(self.held.returncode, 75, told)
        self.assertIn("something holds the queue", told)

    @unittest.skipUnless(os.geteuid() == 0, "another account needs root")
    def test_another_account_is_refused(self):
        with Daemon() as daemon:
            done = subprocess.run(
                ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", PROGRAM, "reset-password", "--root",
                 daemon.root, "admin"], input="found again\n", text=True, capture_output=True, env=daemon.variables(),
                timeout=120)
            self.assertEqual(done.returncode, 77, done)
            self.assertEqual(status(daemon, "admin", PASSWORD), 200)

    def test_while_no_daemon_runs(self):
        with Daemon() as daemon:
            token = daemon.rest().post("/tokens", {"name": "t"}).json["secret"]
            self.assertEqual(daemon.rest(token=token).get("/jobs").status, 200)
            daemon.stop()
            done = self.reset(daemon, "admin", "found again")
            self.assertEqual(done.returncode, 0, done.stderr)
            daemon.start()
            self.assertEqual((refusal(daemon, "admin", PASSWORD), status(daemon, "admin", "found again")), (401, 200))
            self.assertEqual(daemon.rest(token=token).get("/jobs").status, 401)
            self.look(daemon, "confd reset-password admin")

    def test_while_no_daemon_runs_and_the_file_is_broken(self):
        with Daemon() as daemon:
            daemon.stop()
            path = daemon.root / "etc/EXAConf"
            path.write_text("no line\n")
            self.assertEqual(self.reset(daemon, "admin", "found again\n").returncode, 0)
            self.assertEqual(path.read_text(), "no line\n")
            daemon.start()
            self.assertEqual(status(daemon, "admin", "found again"), 200)

    def test_every_refusal_has_its_code(self):
        with Daemon() as daemon:
            self.assertEqual(self.reset(daemon, "nobody_here", "x y z\n").returncode, 67)
            self.assertEqual(self.reset(daemon, "admin", "").returncode, 65)
            self.assertEqual(self.reset(daemon, "admin", "a\tb\n").returncode, 65)
            daemon.stop()
            self.assertEqual(self.reset(daemon, "nobody_here", "x y z\n").returncode, 67)
            path = daemon.root / "etc/EXAConf"
            path.write_text(re.sub(r"Checksum = .*", "Checksum = COMMIT", path.read_text()).replace(
                "Timezone = Europe/Berlin", "Timezone = UTC"))
            self.assertEqual(self.reset(daemon, "admin", "found again\n").returncode, 65)
            daemon.start()
            self.assertEqual(status(daemon, "admin", PASSWORD), 200)
        with Daemon(environment={"CONFD_HTTP_SOCKET": "none"}) as daemon:
            self.assertEqual(self.reset(daemon, "admin", "found again\n").returncode, 69)

    def test_a_person_is_asked_twice(self):
        with Daemon() as daemon:
            for answers, code in (("found again\nfound again\n", 0), ("one\nother\n", 65)):
                master, slave = pty.openpty()
                process = subprocess.Popen(
                    [PROGRAM, "reset-password", "--root", daemon.root, "admin"], stdin=slave, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, env=daemon.variables(), text=True)
                os.close(slave)
                self.assertEqual(process.stderr.read(14), "New password: ")
                first, second = answers.splitlines(keepends=True)
                os.write(master, first.encode())
                self.assertEqual(process.stderr.read(17), "\nThe same again: ")
                os.write(master, second.encode())
                process.communicate(timeout=120)
                self.assertEqual(process.returncode, code)
                try:
                    shown = os.read(master, 1000)
                except OSError:
                    # Nobody wrote anything before the program ended.
                    shown = b""
                self.assertNotIn(b"found", shown, "what is typed is not shown")
                os.close(master)
            self.assertEqual(status(daemon, "admin", "found again"), 200)


if __name__ == "__main__":
    unittest.main()
