"""What a queued job may still do when it begins, and what is believed of a job that is found in the store."""

import contextlib
import json
import pathlib
import sqlite3
import unittest

from daemon import PASSWORD, Daemon, until


class WhenAJobBegins(unittest.TestCase):
    """A job waits while something happens to its user."""

    def end(self, change, by_token=False):
        """The end of a job of nina's that was held by a rule while the change was made."""
        with Daemon() as daemon:
            admin = daemon.rest()
            admin.ok("user_create", username="nina", userid=2001, group="exaadm", login_enabled=True, password=PASSWORD)
            rule = admin.post("/queue/rules", {"action": "pause", "match": {"user": ["nina"]}}).json["rule_id"]
            nina = daemon.rest("nina", PASSWORD)
            if by_token:
                made = nina.post("/tokens", {"name": "narrow", "roles": ["exaadm"]})
                nina = daemon.rest(token=made.json["secret"])
            job = nina.post("/jobs", {"type": "group_create", "params": {"groupname": "team", "groupid": 5001}}).json
            change(admin)
            admin.request("DELETE", f"/queue/rules/{rule}")
            until(lambda: admin.get(f"/jobs/{job['job_id']}").json["done"])
            return admin.get(f"/jobs/{job['job_id']}").json

    def assertDeclined(self, job, words):
        self.assertEqual((job["outcome"], job.get("error_code")), ("declined", "permission-denied"), job)
        self.assertIn(words, job["result"]["result_desc"])

    def test_whoever_kept_the_right_has_it_done(self):
        self.assertEqual(self.end(lambda admin: admin.ok("user_modify", username="nina", group="exaadm"))["outcome"], "ok")

    def test_whoever_lost_the_group_has_it_declined(self):
        job = self.end(lambda admin: admin.ok("user_modify", username="nina", group="exausers"))
        self.assertDeclined(job, "User 'nina' may not run group_create")

    def test_whoever_may_not_log_in_has_it_declined(self):
        job = self.end(lambda admin: admin.ok("user_modify", username="nina", login_enabled=False))
        self.assertDeclined(job, "may not log in any more")

    def test_whoever_was_removed_has_it_declined_whatever_they_came_with(self):
        job = self.end(lambda admin: admin.ok("user_delete", username="nina"), by_token=True)
        self.assertDeclined(job, "is not there any more")


PLUGIN = """#!/bin/sh
echo "$1" >> "{marks}/{name}"
if [ "$1" = run ]; then
    touch "{marks}/{name}.runs"
    exec sleep 300
fi
echo null
"""


class WhatTheStoreSays(unittest.TestCase):
    def plugin(self, daemon, name, marks):
        folder = daemon.root / "jobs.d" / name
        folder.mkdir(parents=True, mode=0o755)
        (folder / "job.yaml").write_text("summary: Leaves a mark.\nundo: true\nallowed_groups: [exaadm]\n")
        (folder / "run").write_text(PLUGIN.format(marks=marks, name=name))
        (folder / "run").chmod(0o755)

    def test_nothing_is_run_that_the_definition_of_the_job_does_not_name(self):
        with Daemon() as daemon:
            marks = daemon.root / "marks"
            marks.mkdir()
            for name in ("one", "other"):
                self.plugin(daemon, name, marks)
            daemon.stop()
            daemon.start()
            number = self.cut_off(daemon, marks)
            self.change(daemon, number, {"name": "other", "executable": "../other/run"}, None)
            daemon.start()
            job = self.ended(daemon, number)
            self.assertEqual(job["outcome"], "failed", job)
            # It is taken back by its own program, whatever the stored command says.
            self.assertEqual((marks / "one").read_text().split(), ["run", "undo"])
            self.assertFalse((marks / "other").exists())
            (marks / "one.runs").unlink()
            number = self.cut_off(daemon, marks)
            self.change(daemon, number, {"name": "other"}, "job.run")
            daemon.start()
            self.assertIn("Taking back 'job.check' failed", self.ended(daemon, number)["result"]["result_desc"])
            self.assertFalse((marks / "other").exists())

    def cut_off(self, daemon, marks):
        job = daemon.rest().post("/jobs", {"type": "one"}).json["job_id"]
        until(lambda: (marks / "one.runs").exists())
        daemon.kill()
        return job

    def change(self, daemon, job, arguments, undo):
        with contextlib.closing(sqlite3.connect(daemon.root / "spool/jobs/store.sqlite")) as store, store:
            number = int(job.split(".")[1])
            record = json.loads(store.execute("SELECT record FROM jobs WHERE number = ?", [number]).fetchone()[0])
            for command in record["commands"]:
                command["arguments"] |= arguments
                if undo and command.get("undo"):
                    command["undo"] = undo
            store.execute("UPDATE jobs SET record = ? WHERE number = ?", [json.dumps(record).encode(), number])

    def ended(self, daemon, job):
        rest = daemon.rest()
        until(lambda: rest.get(f"/jobs/{job}").json["done"])
        return rest.get(f"/jobs/{job}").json


if __name__ == "__main__":
    unittest.main()
