"""A tree of a former version opens and goes on: jobs, logins, rules, history, files, and a real database.

The tree is fixtures/former.tar.xz; former_tree.py says what is in it, and makes it again. With CONFD_LONG_TESTS=1 its
store has millions of jobs.
"""

import contextlib
import json
import os
import socket
import sqlite3
import subprocess
import unittest

from daemon import Daemon, until
from database_host import DatabaseHost, lacking
from former_store import JOBS, LIMIT, Opening, unpack
from former_tree import KEEPING, PASSWORD

IS_LONG = os.environ.get("CONFD_LONG_TESTS") == "1"


class Upgrade(unittest.TestCase):
    def open(self, daemon=None):
        """The tree with this version's daemon on it; its facts are in `self.facts`."""
        self.daemon = daemon or Daemon()
        self.addCleanup(self.daemon.__exit__)
        self.facts = unpack(self.daemon.root)
        self.daemon.environment |= KEEPING
        self.daemon.start()
        self.rest = self.daemon.rest()

    def end_of(self, job):
        answer = self.rest.get(f"/jobs/{self.facts[job]}?wait=60s")
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(answer.json["done"], answer)
        return answer.json

    def test_open_jobs_wait_for_what_they_waited_for_and_end(self):
        self.open()
        held = self.rest.get(f"/jobs/{self.facts['held']}").json
        self.assertEqual((held["stage"], held["waiting_for"][0]["name"]), ("submitted", self.facts["rules"]["pause"]), held)
        self.assertEqual((held["user"], held["reason"]), ("admin", "held"))
        behind = self.rest.get(f"/jobs/{self.facts['behind']}").json
        self.assertEqual((behind["depends_on"], behind["priority"]), ([self.facts["held"]], "high"))
        self.assertEqual(self.rest.request("DELETE", f"/queue/rules/{self.facts['rules']['pause']}").status, 204)
        for job, group in (("held", "later"), ("behind", "last")):
            self.assertEqual(self.end_of(job)["outcome"], "ok")
            self.assertIn(group, self.rest.ok("group_list"))

    def test_a_job_that_was_cut_off_says_so_and_can_be_done_again(self):
        self.open()
        (self.daemon.root / "jobs.d/slow_thing/go").touch()
        job = self.end_of("running")
        self.assertEqual(job["outcome"], "failed", job)
        self.assertIn("taken back. Submit it again.", job["result"]["result_desc"])
        again = self.rest.job("slow_thing")
        self.assertEqual(again["result"]["result_output"], {"went": "on"}, again)

    def test_rules_hold_what_they_held(self):
        self.open()
        rules = {rule["rule_id"]: rule for rule in self.rest.get("/queue/rules").json["items"]}
        told = {name: (rules[number]["action"], rules[number].get("limit"), rules[number]["match"]["type"])
                for name, number in self.facts["rules"].items()}
        self.assertEqual(told, {
            "pause": ("pause", None, ["group_create"]), "none at a time": ("pause", None, ["license_*"]),
            "two at a time": ("limit", 2, ["user_modify"])})

    def test_passwords_sessions_and_tokens_let_in_whom_they_let_in(self):
        self.open()
        for client in (self.rest, self.daemon.rest("jane", PASSWORD)):
            self.assertEqual(client.get("/users").status, 200)
        self.assertEqual(self.daemon.rest("ron", PASSWORD).get("/jobs").status, 401)
        for kind in ("session", "token"):
            answer = self.daemon.rest(token=self.facts[kind]).get("/users")
            self.assertEqual(answer.status, 200, (kind, answer))
        self.assertEqual(
            [item["user"] for item in self.daemon.rest(token=self.facts["session"]).get("/sessions").json["items"]], ["jane"])

    def test_history_revisions_archive_and_audit_are_whole(self):
        self.open()
        jobs = {job["job_id"] for job in self.rest.get("/jobs?done=true&limit=1000").json["items"]}
        self.assertLessEqual(set(self.facts["ended"]), jobs)
        for job in self.facts["ended"][:5]:
            self.assertEqual(self.rest.get(f"/jobs/{job}").json["job_id"], job)
        gone = self.rest.get(f"/jobs/{self.facts['archived']}")
        self.assertEqual((gone.status, gone.json["code"]), (410, "job-expired"))
        self.assertIn("pilots", self.daemon.run("job-file", self.facts["archived"]).stdout)
        revisions = [item["revision"] for item in self.rest.get("/exaconf/revisions?limit=1000").json["items"]]
        self.assertLessEqual(set(self.facts["revisions"]), set(revisions))
        self.assertIn("jane", json.dumps(self.rest.get("/history?limit=1000").json))
        records = self.rest.get("/audit?limit=1000").json["items"]
        chain = sorted(records, key=lambda record: record["seq"])
        self.assertEqual([record["prev_hash"] for record in chain[1:]], [record["hash"] for record in chain[:-1]])
        # One of the former rules holds it: only its number is wanted.
        made = self.rest.job("group_create", wait=0, groupname="fresh", groupid=5009)
        self.assertGreater(int(made["job_id"].split(".")[1]), int(self.facts["running"].split(".")[1]))

    def test_the_file_in_the_bucket_is_served(self):
        self.open()
        url = f"http://127.0.0.1:{self.facts['bucket_port']}/open/this.py"
        until(lambda: subprocess.run(["curl", "-sf", url], capture_output=True).returncode == 0)
        self.assertIn(b"FormerTree", subprocess.run(["curl", "-sf", url], capture_output=True).stdout)

    def test_nothing_is_found_wrong_with_it(self):
        self.open()
        self.daemon.stop()
        checked = self.daemon.run("check", check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    @unittest.skipIf(lacking(), lacking())
    def test_the_database_has_its_rows_and_its_data_lie_where_they_lie_now(self):
        self.open(DatabaseHost())
        base = self.facts["database"]
        volume = self.daemon.root / "data/volumes" / base["volume"]
        self.assertEqual(self.rest.ok("db_state", db_name=base["name"]), "setup")
        # The port is that of the former tree: a test that runs beside this one may have been given the same.
        until(lambda: is_free(base["port"]), deadline=300)
        self.assertIsNone(self.rest.ok("db_start", db_name=base["name"]))
        count = self.daemon.sql(base["port"], base["password"], "select count(*) from kept", base["name"])
        self.assertEqual(count, "1000")
        self.assertFalse((volume / base["name"]).exists())
        self.assertTrue((volume / "data/postgresql/PG_VERSION").exists())
        self.rest.ok("db_stop", db_name=base["name"])
        self.assertIsNone(self.rest.ok("db_start", db_name=base["name"]))


class LargeStore(unittest.TestCase):
    def test_ended_jobs_of_years_and_open_ones_of_every_stage_are_all_there(self):
        with Opening(JOBS if IS_LONG else 20_000) as opening:
            self.assertLessEqual(opening.seconds, LIMIT)
            self.assertEqual(opening.faults(), [])


class NewerStore(unittest.TestCase):
    """A store that a later version has opened: nothing of it is touched."""

    def test_it_is_refused_with_a_sentence_that_names_the_cure(self):
        with Daemon() as daemon:
            daemon.stop()
            path = daemon.root / "spool/jobs/store.sqlite"
            with contextlib.closing(sqlite3.connect(path)) as store, store:
                store.execute("INSERT INTO grdb_migrations VALUES ('99 of a later version')")
            kept = contents(path)
            for words in ["serve", "--port", "0"], ["check"], ["job-file", "11.1"]:
                done = daemon.run(*words, check=False)
                self.assertNotEqual(done.returncode, 0, words)
                self.assertIn(f"the store {path} was written by a newer version of confd", done.stdout + done.stderr, words)
                self.assertIn("install that version again, or put back the backup", done.stdout + done.stderr, words)
            self.assertEqual(contents(path), kept)


def contents(path):
    """All that is in a store, as statements that make it."""
    with contextlib.closing(sqlite3.connect(path)) as store:
        return list(store.iterdump())


def is_free(port):
    """Whether nobody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


if __name__ == "__main__":
    unittest.main()
