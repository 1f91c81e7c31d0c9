"""Makes the tree of one node as a former version of the daemon left it: packed, with what a test has to know of it.

It has users, a volume with a database that was started and stopped, a bucket with a file, ended jobs, one of them in the
archive, jobs that are held, one that ran when the daemon was killed, rules, a session, a token, revisions and an audit log.

Usage: CONFD_PROGRAM=PATH/confd former_tree.py FILE.tar.xz        as root, where PostgreSQL is installed
"""

import contextlib
import glob
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys

from daemon import until
from database_host import DatabaseHost, free_port

FACTS = "facts.json"
# What a test needs no second time: keys and certificates are made at the start where there are none.
LEFT_OUT = ("etc/ssl", "engine", "daemon.log", "run/confd.sock")
# The tree can be opened for years: its ended jobs stay, and its session does.
KEEPING = {"CONFD_HISTORY_KEEP_SECONDS": "0"}
FAR = 4_000_000_000_000
PASSWORD = "jane's own"
SLOW = """#!/bin/sh
cat >/dev/null
until [ -e "$(dirname "$0")/go" ]; do :; done
echo '{"went": "on"}'
"""


class FormerTree:
    """A daemon of the former version while its tree is made."""

    def __init__(self):
        self.host = DatabaseHost()
        # The first version paced who is logged in, unless it was told not to.
        self.host.environment |= KEEPING | {
            "CONFD_LIMITS_REQUESTS_PER_SECOND": "0", "CONFD_LIMITS_SUBMISSIONS_PER_SECOND": "0"}
        self.facts = {}

    def make(self, file):
        with self.host as daemon:
            self.rest = daemon.rest()
            self.archive_a_job()
            self.configure()
            self.run_a_database()
            self.let_in()
            self.hold_jobs()
            self.facts["revisions"] = [item["revision"] for item in self.items("/exaconf/revisions")]
            self.facts["ended"] = [job["job_id"] for job in self.items("/jobs?done=true")]
            self.kill_while_a_job_runs()
            self.pack(file)

    def items(self, path):
        return self.rest.get(f"{path}{'&' if '?' in path else '?'}limit=1000").json["items"]

    def again(self, **environment):
        self.host.stop()
        self.host.environment |= environment
        self.host.start()
        self.rest = self.host.rest()

    def archive_a_job(self):
        old = self.rest.job("group_create", groupname="pilots", groupid=5001)["job_id"]
        self.again(CONFD_HISTORY_KEEP_SECONDS="1")

        def is_gone():
            self.rest.job("db_list")
            return self.rest.get(f"/jobs/{old}").status == 410
        until(is_gone)
        self.facts["archived"] = old
        self.again(**KEEPING)

    def configure(self):
        self.rest.ok(
            "user_create", username="jane", userid=2001, group="exaadm", login_enabled=True, password=PASSWORD)
        self.rest.ok("user_create", username="ron", userid=2002, group="exausers", login_enabled=False, password=PASSWORD)
        port = free_port()
        self.rest.ok("bucketfs_add", bucketfs_name="bfs1", http_port=port, https_port=0, owner=[500, 500])
        self.rest.ok(
            "bucket_add", bucketfs_name="bfs1", bucket_name="open", public=True, read_password="read secret",
            write_password="write secret")
        until(lambda: subprocess.run(
            ["curl", "-sf", "-u", "w:write secret", "-T", __file__, f"http://127.0.0.1:{port}/open/this.py"],
            capture_output=True).returncode == 0)
        self.facts["bucket_port"] = port
        folder = self.host.root / "jobs.d/slow_thing"
        folder.mkdir(parents=True, mode=0o755)
        (folder / "job.yaml").write_text("summary: Waits for a file beside it.\nmode: read\n")
        (folder / "run").write_text(SLOW)
        (folder / "run").chmod(0o755)
        self.host.process.send_signal(signal.SIGHUP)
        until(lambda: self.rest.get("/job-types/slow_thing").status == 200)

    def run_a_database(self):
        port, password = self.host.create(self.rest)
        self.rest.ok("db_start", db_name="BASE")
        self.host.sql(port, password, "create table kept as select generate_series(1, 1000) as number")
        self.facts["database"] = {"name": "BASE", "port": port, "password": password}
        self.rest.ok("db_stop", db_name="BASE")
        self.facts["database"]["volume"] = next(
            path.split("/")[-2] for path in glob.glob(f"{self.host.root}/data/volumes/*/BASE"))

    def let_in(self):
        jane = self.host.rest("jane", PASSWORD)
        session = jane.post("/sessions", {}).json
        token = jane.post("/tokens", {"name": "nightly"}).json
        self.facts |= {"session": session["token"], "token": token["secret"]}
        self.host.rest("jane", "no such password").get("/jobs")

    def hold_jobs(self):
        def rule(**members):
            answer = self.rest.post("/queue/rules", members)
            assert answer.status == 201, answer
            return answer.json["rule_id"]
        self.facts["rules"] = {
            "pause": rule(action="pause", match={"type": ["group_create"]}, reason="before the upgrade"),
            "none at a time": rule(action="limit", limit=0, match={"type": ["license_*"]}),
            "two at a time": rule(action="limit", limit=2, match={"type": ["user_modify"]}),
        }
        held = self.rest.post(
            "/jobs", {"type": "group_create", "params": {"groupname": "later", "groupid": 5002}, "reason": "held"}).json
        behind = self.rest.post("/jobs", {
            "type": "group_create", "params": {"groupname": "last", "groupid": 5003}, "depends_on": [held["job_id"]],
            "priority": "high"}).json
        self.facts |= {"held": held["job_id"], "behind": behind["job_id"]}

    def kill_while_a_job_runs(self):
        job = self.rest.post("/jobs", {"type": "slow_thing"}).json["job_id"]
        until(lambda: self.rest.get(f"/jobs/{job}").json["stage"] == "executed")
        self.facts["running"] = job
        self.host.kill()
        script = str(self.host.root / "jobs.d/slow_thing/run").encode()
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                if script in open(path, "rb").read():
                    os.kill(int(path.split("/")[2]), signal.SIGKILL)
            except OSError:
                pass

    def pack(self, file):
        """Packs the tree of the daemon, which does not run any more."""
        root = self.host.root
        with contextlib.closing(sqlite3.connect(root / "spool/jobs/store.sqlite")) as store, store:
            store.execute("UPDATE sessions SET expires_at = ?, last_used_at = ?", (FAR, FAR))
        (root / FACTS).write_text(json.dumps(self.facts, indent=1))
        for name in LEFT_OUT:
            place = root / name
            shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
        # A device of storage is a file of many gigabytes that holds nothing.
        subprocess.run(
            ["tar", "--create", "--sparse", "--use-compress-program", "xz -9e", "--file", os.path.abspath(file), "--sort=name",
             "--directory", root, "."], check=True)


if __name__ == "__main__":
    FormerTree().make(sys.argv[1])
