"""Databases of a node that does not decide are made, backed up and restored while nodes are killed: all of it or nothing, once.

CONFD_LONG_TESTS=1 tries every moment with everybody, and not one of them.
"""

import itertools
import os
import pathlib
import shutil
import tempfile
import unittest

from cluster_host import Cluster, lacking
from cluster_kills import IS_LONG, MOMENTS, VICTIMS, Killing
from daemon import free_port, until
from database_host import ENGINE, LOCAL_STORES, DatabaseHost
from database_host import lacking as lacking_of_databases
from test_backup import SUM, processes

LACKING = lacking() or lacking_of_databases()
FEW = {("acting", "both")}
# In front of the engine: it writes down what changes something before it is begun, with nothing of what is secret.
TRACING = """#!/usr/bin/python3 -I
import json, os, sys
request, verb = sys.stdin.buffer.read(), sys.argv[1]
if verb in ("create", "delete", "reset", "backup", "restore"):
    name = json.loads(request)["database"]["name"]
    step = (os.environ.get("CONFD_STEP") or "- - -").split()[1]
    with open({trace!r}, "a") as trace:
        trace.write(f"{{verb}} {{name}} {{step}} {{os.getpid()}}\\n")
reading, writing = os.pipe()
os.write(writing, request)
os.close(writing)
os.dup2(reading, 0)
os.execv({engine!r}, [{engine!r}, *sys.argv[1:]])
"""


class TracedEngine:
    """The engine that ships with the daemon, and what it was told to change."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="confd-engine-"))
        self.folder.chmod(0o755)
        # A build folder is often closed to other users.
        engine, self.path, self.trace = (self.folder / name for name in ("engine", "traced", "trace"))
        shutil.copy(ENGINE, engine)
        self.trace.touch()
        self.trace.chmod(0o666)
        self.path.write_text(TRACING.format(trace=str(self.trace), engine=str(engine)))
        for program in (engine, self.path):
            program.chmod(0o755)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def calls(self, verb, name):
        """Step and process of each call, the oldest first."""
        lines = [line.split() for line in self.trace.read_text().splitlines()]
        return [(words[2], int(words[3])) for words in lines if words[:2] == [verb, name]]

    def verbs(self, name):
        return [line.split()[0] for line in self.trace.read_text().splitlines() if line.split()[1] == name]

    def has_ended(self, verb, name, known=0):
        """Whether there was a call after those that are known, and all of them are over."""
        calls = self.calls(verb, name)[known:]
        return bool(calls) and not any(os.path.exists(f"/proc/{process}") for _, process in calls)


@unittest.skipIf(LACKING, LACKING)
class Databases(Killing, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.engine = TracedEngine()
        cls.addClassCleanup(cls.engine.remove)
        cls.cluster = cls.enterClassContext(Cluster(**LOCAL_STORES, CONFD_ENGINE_PATH=str(cls.engine.path)))
        cls.addClassCleanup(cls.end_databases)
        cls.cluster.grow(12, 13)

    @classmethod
    def end_databases(cls):
        for node in cls.cluster.nodes:
            DatabaseHost.end_databases(node)

    def choose(self):
        """Has another node decide than that of the databases, which stays the same."""
        self.node, self.master = self.cluster.node(12), self.cluster.await_calm(90)
        if self.master is self.node:
            self.master.rest().post("/jobs", {"type": "master_change", "params": {"nids": [11]}})
            until(lambda: self.cluster.await_calm(90) is not self.node, 60)
            self.master = self.cluster.await_calm(90)
        self.rest = self.master.rest()

    def commands(self, action):
        """Commands of a kind in the journal of the node: job, and whether it has ended."""
        return set(self.rows(
            self.node, f"SELECT job, ended_at IS NOT NULL FROM node_commands WHERE action = '{action}' AND NOT is_undo"))

    def new_volume(self, name, kind="data"):
        return self.rest.ok(
            "st_volume_create", name=name, type=kind, size="768 MiB", disk="disk1", nodes=[12], redundancy=1)["vid"]

    def create(self, name, volume, port):
        return {
            "db_name": name, "data_volume_name": volume, "mem_size": "256 MiB", "nodes": [12], "num_active_nodes": 1,
            "version": "8.29.6", "port": port}

    def newest_has_ended(self, kind, known):
        """Whether a job of a kind has ended that was not known."""
        jobs = self.master.local("GET", f"/jobs?type={kind}&limit=1", timeout=5).json["items"]
        return bool(jobs) and jobs[0]["job_id"] not in known and jobs[0].get("outcome") is not None

    def known_jobs(self, kind):
        return {job["job_id"] for job in self.rest.get(f"/jobs?type={kind}&limit=1000").json["items"]}

    # Making

    def make_through(self, moment, who):
        self.choose()
        number = next(self.names)
        name, heap, port = f"D{number}", f"Heap{number}", free_port()
        data = self.node.root / f"data/volumes/{self.new_volume(heap)}/data"
        known = self.commands("database.create")
        master = self.master

        def new():
            return self.commands("database.create") - known
        reached = {
            "begun": new,
            "acting": lambda: self.engine.calls("create", name),
            "ended": lambda: self.engine.has_ended("create", name),
            "told": lambda: any(has_ended for _, has_ended in new()),
            "recorded": lambda: f"[DB : {name}]" in master.configuration()}[moment]
        job = self.outcome_through(reached, self.victims(who), "db_create", **self.create(name, heap, port))
        self.choose()
        is_made = job["outcome"] == "ok"
        self.assertEqual(f"[DB : {name}]" in self.master.configuration(), is_made, job)
        # Once, and not again after it was taken back.
        verbs = self.engine.verbs(name)
        self.assertLessEqual(verbs.count("create"), 1, (job, verbs))
        self.assertNotIn("create", verbs[verbs.index("delete"):] if "delete" in verbs else [], (job, verbs))
        self.assertTrue(not is_made or verbs == ["create"], (job, verbs))
        self.assert_one_at_a_time(self.node)
        if not is_made:
            until(lambda: not (data / "postgresql").exists(), 30)
            # Nothing is in the way of the next one.
            self.rest.ok("db_create", **self.create(name, heap, port))
        self.rest.ok("db_start", db_name=name)
        self.assertEqual(self.rest.ok("db_state", db_name=name), "running")
        self.rest.ok("db_stop", db_name=name)
        self.rest.ok("db_delete", db_name=name)
        self.rest.ok("st_volume_delete", vname=heap)

    def test_a_database_of_another_node_is_made_or_not_whoever_is_killed_when(self):
        for moment, who in itertools.product(MOMENTS, VICTIMS):
            if IS_LONG or (moment, who) in FEW:
                with self.subTest(moment, who=who):
                    self.make_through(moment, who)

    # Backups

    def prepare(self):
        """A database of some rows on the node, and an archive volume beside it."""
        self.choose()
        number = next(self.names)
        self.name, self.vault, self.port = f"B{number}", f"Vault{number}", free_port()
        self.new_volume(f"Rows{number}")
        self.new_volume(self.vault, "archive")
        self.password = self.rest.ok("db_create", **self.create(self.name, f"Rows{number}", self.port))["password"]
        self.rest.ok("db_start", db_name=self.name)
        self.said("create table t as select i, md5(i::text) as m from generate_series(1, 5000) i")
        # So that a backup takes a while.
        self.said(
            "create table bulk as select string_agg(md5(random()::text || k || i), '') as t "
            "from generate_series(1, 512) i, generate_series(1, 1024) k group by i")

    def said(self, text):
        answer = DatabaseHost.sql(self.node, self.port, self.password, text, self.name)
        self.assertFalse(answer.startswith("failed"), answer)
        return answer

    def end(self):
        self.choose()
        if self.rest.ok("db_state", db_name=self.name) == "running":
            self.rest.ok("db_stop", db_name=self.name)

    def archived(self):
        found = self.node.root.glob(f"data/volumes/*/{self.name}/id_*/**/*")
        return sorted(path for path in found if path.is_file())

    def assert_tidy(self):
        """Nothing of a backup or restore is on its way, or was left on the way."""
        root = self.node.root
        left = [*root.glob("spool/backups/*"), *root.glob("spool/databases/.[0-9]*")]
        # Those that only look may be of jobs a daemon asks for itself.
        working = [words for _, words in processes(root) if "rclone cat" not in words and "rclone lsf" not in words]
        self.assertEqual((left, working), ([], []))

    def assert_runs(self, verb, known, who, is_done):
        """Once where the node lived on; where it was killed what was cut off begins anew, and no more than that."""
        calls = self.engine.calls(verb, self.name)[known:]
        self.assertLessEqual(len(calls), 1 if who == "master" else 2, calls)
        self.assertTrue(calls or not is_done)
        self.assertLessEqual(len({step for step, _ in calls}), 1, calls)

    def back_up_through(self, moment, who):
        self.choose()
        before, known = self.commands("database.backup"), len(self.engine.calls("backup", self.name))
        jobs = self.known_jobs("db_backup_start")

        def new():
            return self.commands("database.backup") - before
        reached = {
            "begun": new,
            "acting": lambda: self.engine.calls("backup", self.name)[known:],
            "ended": lambda: any(path.name == "metadata.json" for path in self.archived()),
            "told": lambda: any(has_ended for _, has_ended in new()),
            "recorded": lambda: self.newest_has_ended("db_backup_start", jobs)}[moment]
        job = self.outcome_through(
            reached, self.victims(who), "db_backup_start", db_name=self.name, backup_volume_name=self.vault, level=0)
        self.choose()
        is_done = job["outcome"] == "ok"
        self.assert_runs("backup", known, who, is_done)
        self.assert_one_at_a_time(self.node)
        backups = self.rest.ok("db_backup_list", db_name=self.name)
        self.assertEqual([backup["usable"] for backup in backups], [True] if is_done else [], job)
        self.assertTrue(
            all(any(backup["path"] in str(path) for backup in backups) for path in self.archived()), self.archived())
        self.assert_tidy()
        self.rest.ok("db_backups_delete", db_name=self.name, backup_list=[backup["id"] for backup in backups])
        self.assertEqual(self.archived(), [])

    @unittest.skipUnless(IS_LONG, "CONFD_LONG_TESTS=1 tries it")
    def test_a_backup_on_another_node_is_whole_or_not_there_whoever_is_killed_when(self):
        self.prepare()
        for moment, who in itertools.product(MOMENTS, VICTIMS):
            with self.subTest(moment, who=who):
                self.back_up_through(moment, who)
        self.end()

    # Restoring

    def restore_through(self, moment, who, backup, old):
        self.choose()
        self.said("insert into t select max(i) + 1, 'x' from t")
        new_rows = self.said(SUM)
        self.assertNotEqual(new_rows, old)
        self.rest.ok("db_stop", db_name=self.name)
        before, known = self.commands("database.restore"), len(self.engine.calls("restore", self.name))
        jobs = self.known_jobs("db_restore")

        def new():
            return self.commands("database.restore") - before
        reached = {
            "begun": new,
            "acting": lambda: self.engine.calls("restore", self.name)[known:],
            "ended": lambda: self.engine.has_ended("restore", self.name, known),
            "told": lambda: any(has_ended for _, has_ended in new()),
            "recorded": lambda: self.newest_has_ended("db_restore", jobs)}[moment]
        job = self.outcome_through(
            reached, self.victims(who), "db_restore", db_name=self.name, backup_id=backup, restore_type="blocking")
        self.choose()
        is_done = job["outcome"] == "ok"
        self.assert_runs("restore", known, who, is_done)
        self.assert_one_at_a_time(self.node)
        self.assert_tidy()
        self.rest.ok("db_start", db_name=self.name)
        self.assertEqual(self.said(SUM), old if is_done else new_rows, job)

    @unittest.skipUnless(IS_LONG, "CONFD_LONG_TESTS=1 tries it")
    def test_a_restore_on_another_node_is_done_or_not_whoever_is_killed_when(self):
        self.prepare()
        old = self.said(SUM)
        self.rest.ok("db_backup_start", db_name=self.name, backup_volume_name=self.vault, level=0)
        (backup,) = self.rest.ok("db_backup_list", db_name=self.name)
        for moment, who in itertools.product(MOMENTS, VICTIMS):
            with self.subTest(moment, who=who):
                self.restore_through(moment, who, backup["id"], old)
        self.end()


if __name__ == "__main__":
    unittest.main()
