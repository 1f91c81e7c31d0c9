"""Volumes over several nodes, and a database on a node that does not decide: what is made there, and that it outlives the one
that decides."""

import os
import signal
import socket
import subprocess
import unittest

from cluster_host import Cluster, lacking
from daemon import free_port, until
from database_host import LOCAL_STORES, DatabaseHost
from database_host import lacking as lacking_of_databases
from s3 import S3

MIB = 1 << 20
ROWS = "select count(*) || ' ' || md5(string_agg(i || m, ',' order by i)) from t"
LACKING = lacking() or lacking_of_databases()


@unittest.skipIf(LACKING, LACKING)
class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster(**LOCAL_STORES))
        cls.addClassCleanup(cls.end_databases)
        cls.cluster.grow(12, 13)

    @classmethod
    def end_databases(cls):
        for node in cls.cluster.nodes:
            DatabaseHost.end_databases(node)

    def setUp(self):
        self.master = self.cluster.await_calm()
        if self.master.number != 11:
            self.master.rest().post("/jobs", {"type": "master_change", "params": {"nids": [11]}})
            until(lambda: self.cluster.await_calm().number == 11, 60)
            self.master = self.cluster.node(11)
        self.rest = self.master.rest()

    def segments(self, volume):
        """Sizes of the segments of a volume, by node and name."""
        return {
            node.number: {path.name: path.stat().st_size for path in (node.root / f"data/volumes/{volume}").glob("segment.*")}
            for node in self.cluster.nodes}

    def refused(self, words, kind, /, **params):
        job = self.rest.job(kind, **params)
        self.assertNotEqual(job["outcome"], "ok", job)
        self.assertIn(words, job["result"]["result_desc"])
        return job

    def new_volume(self, name, nodes, **further):
        given = {"type": "data", "size": "768 MiB", "disk": "disk1", "redundancy": 1} | further
        return self.rest.ok("st_volume_create", name=name, nodes=nodes, **given)["vid"]

    def test_a_volume_has_its_part_on_each_node_or_on_none(self):
        volume = self.new_volume("Wide", [11, 12, 13])
        part = 256 * MIB
        self.assertEqual(
            self.segments(volume), {11: {"segment.0": part}, 12: {"segment.1": part}, 13: {"segment.2": part}})
        info = self.rest.ok("st_volume_info", vname="Wide")
        self.assertEqual((info["state"], info["volume_nodes"]), ("ONLINE", [11, 12, 13]))
        self.assertEqual([segment["phys_nid"] for segment in info["segments"]], [11, 12, 13])
        self.rest.ok("st_volume_lock", vname="Wide")
        self.assertEqual(self.rest.ok("st_volume_info", vname="Wide")["state"], "LOCKED")
        self.rest.ok("st_volume_unlock", vname="Wide")
        self.rest.ok("st_volume_enlarge", vname="Wide", blocks_per_node=64)
        self.assertEqual({size for parts in self.segments(volume).values() for size in parts.values()}, {part + 64 * 4096})
        # One node of three cannot: what the others did is taken back.
        foreign = self.cluster.node(13).root / f"data/volumes/{volume + 1}"
        foreign.mkdir()
        (foreign / "somebody's").write_text("not ours")
        try:
            self.refused(
                "holds content of something else", "st_volume_create", name="Broken", type="data", size="768 MiB",
                disk="disk1", nodes=[11, 12, 13], redundancy=1)
            self.assertNotIn("Broken", self.master.configuration())
            for number in (11, 12):
                folder = self.cluster.node(number).root / f"data/volumes/{volume + 1}"
                until(lambda: not folder.exists())
            self.assertEqual((foreign / "somebody's").read_text(), "not ours")
        finally:
            (foreign / "somebody's").unlink()
            foreign.rmdir()
        self.rest.ok("st_volume_delete", vname="Wide")
        until(lambda: not any(self.segments(volume).values()))

    def sql(self, text):
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-h", self.home.address, "-p", str(self.port), "-U", "sys", "-d", "BASE", "-c",
             text],
            env=os.environ | {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "10"}, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def crash(self, volume):
        """Kills the server of the database, whose node does not decide."""
        with open(self.home.root / f"data/volumes/{volume}/data/postgresql/postmaster.pid") as lines:
            os.kill(int(lines.readline()), signal.SIGKILL)

    def test_rows_come_back_although_the_node_that_decided_was_lost(self):
        self.home, self.port = self.cluster.node(12), free_port()
        volume = self.new_volume("Spread", [11, 12, 13])
        self.new_volume("Vault", [11], type="archive")
        self.new_volume("Away", [11])
        created = {
            "db_name": "BASE", "mem_size": "256 MiB", "num_active_nodes": 1, "version": "8.29.6", "port": self.port}
        self.refused(
            "lies on node 11, and database BASE on node 12", "db_create", data_volume_name="Away", nodes=[12], **created)
        with socket.socket() as taker:
            taker.bind((self.home.address, self.port))
            taker.listen()
            self.refused(
                f"Port {self.port} is taken by", "db_create", data_volume_name="Spread", nodes=[12], **created)
        self.password = self.rest.ok("db_create", data_volume_name="Spread", nodes=[12], **created)["password"]
        self.rest.ok("db_start", db_name="BASE")
        # It is there and nowhere else, and whoever asks is sent there.
        self.assertEqual(
            [node.number for node in self.cluster.nodes if (node.root / f"data/volumes/{volume}/data").exists()], [12])
        info = self.rest.ok("db_info", db_name="BASE")
        self.assertEqual(
            (info["state"], info["connection string"], info["nodes"]["active"]),
            ("running", f"{self.home.address}:{self.port}", ["n12"]))
        self.sql("create table t as select i, md5(i::text) as m from generate_series(1, 20000) i")
        before = self.sql(ROWS)
        self.crash(volume)
        until(lambda: self.restarts() == 1, 60)
        until(lambda: self.rest.ok("db_state", db_name="BASE") == "running", 60)
        self.assertEqual(self.sql(ROWS), before)

        with S3(free_port()) as s3:
            self.rest.ok(
                "remote_volume_add", vol_type="s3", url=s3.url, username=s3.key, password=s3.secret,
                remote_volume_name="Cloud", owner=[0, 0])
            self.assertEqual(self.rest.ok("remote_volume_state", remote_volume_name="Cloud"), ["Online"] * 3)
            self.refused(
                "archive volume Vault lies on node 11", "db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
            self.rest.ok("db_backup_start", db_name="BASE", backup_volume_name="Cloud", level=0)
            self.sql("delete from t where i % 2 = 0")
            self.assertNotEqual(self.sql(ROWS), before)

            self.master.lose()
            lost, self.master = self.master, self.cluster.master()
            self.assertIsNot(self.master, lost)
            self.rest = self.master.rest()
            until(lambda: f"node {lost.number} is away" in (self.master.view() or {}).get("sentence", ""), 30)
            # The database has nothing to do with who decides; of the volume a part is missing, and that is told.
            self.assertTrue(self.sql(ROWS).startswith("10000 "))
            self.assertEqual(self.rest.ok("db_state", db_name="BASE"), "running")
            volume_info = self.rest.ok("st_volume_info", vname="Spread")
            self.assertEqual(
                (volume_info["state"], volume_info["unlock_conditions"]), ("LOCKED", [f"node {lost.number} is offline"]))
            self.refused(f"Storage of node {lost.number}", "st_volume_enlarge", vname="Spread", blocks_per_node=64)
            (backup,) = self.rest.ok("db_backup_list", db_name="BASE")
            self.assertEqual(backup["volume"], "Cloud")
            self.rest.ok("db_stop", db_name="BASE")
            self.rest.ok("db_restore", db_name="BASE", backup_id=backup["id"], restore_type="blocking")
            self.rest.ok("db_start", db_name="BASE")
            self.assertEqual(self.sql(ROWS), before)
        lost.start()
        self.master = self.cluster.await_calm()
        self.assertEqual(self.master.rest().ok("st_volume_info", vname="Spread")["state"], "ONLINE")

    def restarts(self):
        jobs = self.rest.get("/jobs?user=confd:schedule&type=db_start").json["items"]
        return len([job for job in jobs if job.get("reason") == "restart after a crash"])


if __name__ == "__main__":
    unittest.main()
