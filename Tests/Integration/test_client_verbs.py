"""The words of confd_client beyond jobs, each against a real daemon: what they print and how they end."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import unittest

from daemon import PASSWORD, until
from test_client import CLIENT, Case, Client


class Queue(Case):
    """Jobs that wait, the rule that holds them, and their end."""

    def hold(self):
        """Has jobs of groups wait; answers the id of the rule."""
        made = self.client("rules", "add", "pause", "type:", "group_*", "until:", "1h", "--reason", "new disks")
        self.assertEqual((made.returncode, made.stderr), (0, ""), made)
        self.assertRegex(made.stdout, r"\Ar\d+\n\Z")
        rule = made.stdout.strip()
        self.addCleanup(self.client, "rules", "remove", rule)
        return rule

    def create(self, name, number, *options):
        """Submits a job that makes a group; answers its id."""
        made = self.client("group_create", "groupname:", name, "groupid:", str(number), "-S", *options)
        self.assertEqual((made.returncode, made.stderr), (0, ""), made)
        return made.stdout.strip()

    def test_a_job_that_waits_is_seen_waited_for_and_done_again(self):
        rule = self.hold()
        rules = self.client("rules")
        self.assertRegex(rules.stdout, r"\ARULE_ID +ACTION +EXPIRES_AT +USER +JOBS +REASON\n")
        self.assertRegex(
            rules.stdout, rf"(?m)^{rule} +pause +\d{{4}}-\d\d-\d\dT\S+Z +\w+ +type group_\* +new disks$")
        self.fails(self.client("rules", "ad"), 2, "did you mean 'add'?")
        self.fails(self.client("rules", "add", "pause", "tpye:", "x"), 2, "Did you mean 'type:'?")

        options = ("--reason", "why", "--priority", "high", "--idempotency-key", "group of the test")
        job = self.create("held", 4811, *options)
        self.assertEqual(self.create("held", 4811, *options), job)
        later = self.create("later", 4812, "--depends-on", job, "--timeout", "1h")
        told = self.daemon.rest().get(f"/jobs/{later}").json
        self.assertEqual((told["depends_on"], told["timeout_s"]), ([job], 3600))
        self.assertEqual(self.daemon.rest().get(f"/jobs/{job}").json["priority"], "high")

        line = rf"(?m)^{re.escape(job)} +group_create +\w+ +waiting +\d{{4}}-\S+Z +- +drain {rule}; why$"
        until(lambda: re.search(line, self.client("jobs", "state:", "waiting").stdout))
        self.assertIn(job, self.client("jobs", "state:", "open", "-o", "jsonpath=[*].job_id").stdout.split())
        chosen = self.client("jobs", "type:", "group_*", "since:", "1h", "-o", "table=job_id,state,params.groupname")
        self.assertRegex(chosen.stdout, r"\AJOB_ID +STATE +PARAMS.GROUPNAME\n")
        self.assertRegex(chosen.stdout, rf"(?m)^{re.escape(job)} +waiting +held$")
        self.check(self.client("jobs", "user:", "nobody", "-o", "jsonpath=[*].job_id"))
        self.check(
            self.client("jobs", "user:", "nobody"), "JOB_ID  TYPE  USER  STATE  SUBMITTED_AT  TOOK  NOTE\n")
        self.fails(self.client("jobs", "state:", "wating"), 2, "did you mean 'waiting'?")
        self.fails(self.client("jobs", "since:", "soon"), 2, "'soon' is no time")

        queue = self.client("queue")
        self.assertEqual((queue.returncode, queue.stderr), (0, ""), queue)
        self.assertRegex(queue.stdout, r"\A\d+ open: .*\d+ waits?.*\.\nJOB_ID ")
        self.assertRegex(queue.stdout, line)
        self.assertRegex(queue.stdout, rf"(?m)^{rule} +pause ")
        members = json.loads(self.client("queue", "-j").stdout)
        self.assertIn(job, [entry["job_id"] for entry in members["jobs"]])
        self.assertIn(rule, [entry["rule_id"] for entry in members["rules"]])
        top = self.client("top")
        self.assertRegex(top.stdout, r"\A\d+ open: [^;\n]*\.\nJOB_ID ")
        self.assertIn(job, top.stdout)
        self.fails(self.client("wait", job, "--timeout", "1s"), 3, f"Job {job} has not ended in time", f"drain {rule}")

        self.check(self.client("rules", "remove", rule), "OK\n")
        self.check(self.client("wait", job, later), f"{job} group_create ok\n{later} group_create ok\n")
        ended = json.loads(self.client("wait", job, "-j").stdout)
        self.assertEqual([entry["outcome"] for entry in ended], ["ok"])

        again = self.client("retry", job, "--reason", "once more")
        self.fails(again, 1, "already exists")
        failed = self.client("jobs", "text:", "once more", "-o", "jsonpath=[0].job_id").stdout.strip()
        seen = self.client("wait", failed, job)
        self.assertEqual((seen.returncode, seen.stdout), (1, seen.stdout))
        self.assertRegex(seen.stdout, rf"\A{re.escape(failed)} group_create \w+\n{re.escape(job)} group_create ok\n\Z")
        self.assertTrue(seen.stderr.startswith(f"Job {failed}: "), seen)
        look = self.client("bucketfs_list", "-S").stdout.strip()
        self.check(self.client("wait", look), f"{look} bucketfs_list ok\n")
        self.check(self.client("retry", look), "- bfsdefault\n")
        self.fails(self.client("wait"), 2, "needs ids of jobs")
        self.fails(self.client("wait", "11.999999"), 1, "no job 11.999999")

    def test_a_terminal_gets_colours_and_what_fits_and_a_pipe_does_not(self):
        job = self.client("bucketfs_list", "-S").stdout.strip()
        self.check(self.client("wait", job), f"{job} bucketfs_list ok\n")
        shown = self.on_terminal("jobs", "type:", "bucketfs_list")
        self.assertTrue(shown.startswith("\x1b[1mJOB_ID\x1b[0m"), shown)
        self.assertIn("\x1b[32mok\x1b[0m", shown)
        self.assertIn("just now", shown)
        plain = self.on_terminal("jobs", "type:", "bucketfs_list", NO_COLOR="1")
        self.assertTrue(plain.startswith("JOB_ID "), plain)
        self.assertNotIn("\x1b", plain)
        self.assertTrue(all(len(line) <= 70 for line in plain.splitlines()), plain)
        self.assertNotIn("\x1b", self.client("jobs").stdout)
        plan = self.on_terminal("-d", "group_create", "groupname:", "dry", "groupid:", "4813")
        self.assertRegex(plan, r"\r?\n  \x1b\[32m\+    \[\[dry\]\]\x1b\[0m\r?\n")

    def on_terminal(self, *words, **variables):
        """What the client writes to a terminal of 70 columns."""
        master, terminal = pty.openpty()
        with open(master, "rb", buffering=0) as reader:
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 200, 70, 0, 0))
            process = subprocess.Popen(
                [CLIENT, *words], stdin=subprocess.DEVNULL, stdout=terminal, stderr=subprocess.PIPE, text=False,
                env=self.client.environment | {"TERM": "xterm"} | variables)
            os.close(terminal)
            written = b""
            try:
                while part := reader.read(4096):
                    written += part
            except OSError:
                # The terminal is gone with the last process that had it open.
                pass
            errors = process.communicate(timeout=60)[1]
        self.assertEqual((process.returncode, errors), (0, b""))
        return written.decode().replace("\r\n", "\n")


class Administration(Case):
    def test_a_token_is_made_shown_and_ended(self):
        admin = Client(self.daemon).over_https()
        made = admin("tokens", "add", "ci", "expires:", "90d")
        self.assertEqual(made.returncode, 0, made)
        self.assertRegex(made.stdout, r"\Aconfd_token_\S+\n\Z")
        token = re.fullmatch(r"Token (\S+) of admin; its secret is shown this once\.\n", made.stderr)[1]
        by_token = Client(self.daemon).over_https(CONFD_CLIENT_TOKEN=made.stdout.strip())
        for name in ("USER", "PASSWORD"):
            by_token.environment.pop(f"CONFD_CLIENT_{name}")
        self.check(by_token("bucketfs_list"), "- bfsdefault\n")
        listed = admin("tokens")
        self.assertRegex(listed.stdout, r"\ATOKEN_ID +NAME +USER +ROLES +CREATED_AT +LAST_USED_AT +EXPIRES_AT\n")
        self.assertRegex(listed.stdout, rf"(?m)^{token} +ci +admin ")
        self.assertNotIn("confd_token_", listed.stdout)
        self.fails(admin("tokens", "add"), 2, "needs a name")
        self.check(admin("tokens", "remove", token), "OK\n")
        self.assertNotIn(token, admin("tokens").stdout)

    def test_a_lock_after_failed_logins_is_lifted(self):
        self.daemon.rest().ok(
            "user_create", username="jane", userid=1100, group="exausers", login_enabled=True, password="first secret")
        for number in range(5):
            refused = self.daemon.rest("jane", f"wrong {number}", source="127.0.9.1").get("/jobs")
            self.assertEqual(refused.status, 401, refused)
        locks = self.client("lockouts")
        self.assertRegex(locks.stdout, r"\ALOCKOUT_ID +USER +CLIENT_ADDR +REMAINING\n")
        found = re.search(r"(?m)^(\S+) +jane +127\.0\.9\.1 +\d+ \S+", locks.stdout)
        self.assertTrue(found, locks)
        self.check(self.client("lockouts", "remove", found[1]), "OK\n")
        self.assertNotIn("jane", self.client("lockouts").stdout)

    def test_backups_findings_and_the_level_are_told(self):
        self.check(self.client("backups"), "BACKUP_ID  LEVEL  CREATED_AT  SIZE  STATE  EXPIRES_AT\n")
        self.check(self.client("backups", "database:", "NONE", "-j"), "[]\n")
        self.fails(self.client("backups", "databse:", "X"), 2, "Did you mean 'database:'?")
        found = self.client("findings")
        self.assertEqual((found.returncode, found.stderr), (0, ""), found)
        self.assertRegex(found.stdout, r"\AFINDING_ID +SEVERITY +SINCE +KNOWN +CAUSE\n")
        items = json.loads(self.client("findings", "-j").stdout)
        self.fails(self.client("findings", "mute", "x:db:Y"), 2, "Say why and until when")
        for word in "mute", "acknowledge":
            unknown = self.client("findings", word, "none:db:NONE", "until:", "1h", "--reason", "test")
            self.assertEqual((unknown.returncode, unknown.stdout), (1, ""), unknown)
        for item in items[:1]:
            name = item["finding_id"]
            self.check(self.client("findings", "acknowledge", name, "until:", "1h", "--reason", "known"), "OK\n")
            until(lambda: "acknowledged by " in self.client("findings").stdout)
            self.check(self.client("findings", "mute", name, "until:", "1h", "--reason", "known"), "OK\n")
            until(lambda: "muted by " in self.client("findings", "muted:", "true").stdout)
            self.check(self.client("findings", "unmute", name), "OK\n")
        level = self.client("cluster_level")
        self.assertRegex(level.stdout, r"\Alevel \d+ is in force.*\nNODE +VERSION +LEVELS +LACK\n11 ")
        self.fails(self.client("cluster_level", "raise"), 1, "There is no level to raise: level")
        self.fails(self.client("cluster_level", "lower"), 2, "'raise' alone")

    def test_an_object_has_an_address_on_the_page(self):
        for words, place in (
                ([], ""), (["11.4"], "#/jobs/11.4"), (["db:SALES"], "#/history?span=&object=db%3ASALES")):
            opened = self.client("open", *words)
            self.assertRegex(opened.stdout, rf"\Ahttps://[^/\s]+/{re.escape(place)}\n\Z")
        self.fails(self.client("open", "SALES"), 2, "'SALES' is no object")

    def test_history_takes_times_as_people_say_them(self):
        self.client("bucketfs_list")
        self.assertIn("bucketfs_list", self.client("history", "since:", "1h", "kind:", "job").stdout)
        self.assertEqual(self.client("history", "since:", "yesterday").returncode, 0)
        none = self.client("history", "object:", "SALES")
        self.assertEqual((none.returncode, none.stdout.count("\n")), (0, 1), none)
        self.assertIn("object: db:SALES", none.stderr)
        self.fails(self.client("history", "limit:", "3"), 2, "-n NUMBER")

    def test_contexts_are_clusters_by_name(self):
        path = self.daemon.root / "contexts"
        path.write_text(
            "contexts:\n"
            f"  here: {{host: 'localhost:{self.daemon.port}', user: admin, password: '{PASSWORD}', "
            f"cacert: {self.daemon.root}/etc/ssl/ssl.crt}}\n"
            "  away: {host: n11.invalid, token: nobodys-token}\n")
        path.chmod(0o600)
        bare = Client(self.daemon, CONFD_CLIENT_CREDENTIALS=str(path))
        listed = bare("contexts", "--context", "here")
        self.check(
            listed, "NAME  HOST             USER   LOGIN     USED\n"
            "away  n11.invalid      -      token     -\n"
            f"here  localhost:{self.daemon.port}  admin  password  yes\n")
        self.check(bare("bucketfs_list", "--context", "here"), "- bfsdefault\n")
        self.fails(bare("bucketfs_list", "--context", "heer"), 2, "did you mean 'here'?")
        self.fails(bare("bucketfs_list", "--context", "here", "--host", "n12"), 2, "--host")
        bare.environment["CONFD_CLIENT_CONTEXT"] = "away"
        self.fails(bare("bucketfs_list"), 5, "n11.invalid")

    def test_words_explain_and_complete_themselves(self):
        shown = self.client("help", "wait")
        self.assertTrue(shown.stdout.startswith("Usage: confd_client wait ID... [--timeout TIME]\n"), shown)
        for words, expected in (
                (("jobs", "st"), ["state:"]), (("jobs", "state:", "wai"), ["waiting"]),
                (("rules", ""), ["add", "list", "remove"]), (("rules", "add", "p"), ["pause"]),
                (("rules", "add", "pause", "mo"), ["mode:"]), (("findings", "m"), ["mute", "muted:"]),
                (("--priority", ""), ["high", "low", "normal"]), (("-o", "table"), ["table", "table="]),
                (("help", "lockou"), ["lockouts"])):
            with self.subTest(words=words):
                done = self.client("__complete", *words)
                self.assertEqual((done.stdout.split(), done.stderr, done.returncode), (expected, "", 0))


if __name__ == "__main__":
    unittest.main()
