"""Clusters that lost most of their votes, are given another etcd, or come from a backup."""

import json
import pathlib
import re
import shutil
import stat
import tarfile
import tempfile
import unittest

from cluster_host import Cluster, Node, decides, lacking, well
from daemon import until


@unittest.skipIf(lacking(), lacking())
class Recovery(unittest.TestCase):
    """One story of a cluster of three."""

    def setUp(self):
        self.cluster = self.enterContext(Cluster())
        self.cluster.grow(12, 13)
        self.first, self.second, self.third = (self.cluster.node(number) for number in (11, 12, 13))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="confd-backup-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def test_a_cluster_goes_on_from_one_node(self):
        self.jobs = [self.cluster.change(8000)]
        self.cluster.await_calm()
        self.cluster.await_equal_files()
        self.nothing_is_begun_while_votes_are_there()
        self.most_votes_are_lost_and_one_node_goes_on()
        self.one_that_was_lost_comes_back_and_follows()
        self.a_cluster_that_is_well_gets_another_etcd()
        self.a_backup_becomes_an_installation_of_its_own()
        self.a_backup_of_a_node_goes_on_as_the_cluster()

    def name(self, node):
        return re.search(r"(?m)^\s*ClusterName\s*=\s*(\S+)", node.configuration())[1]

    def recover(self, node, *words, code=0):
        done = node.run("cluster", "recover", *words, check=False)
        self.assertEqual(done.returncode, code, done)
        return done.stdout + done.stderr

    def generation(self, node):
        return json.loads((node.root / "etc/cluster/member.json").read_text())["generation"]

    def assert_jobs_are_there(self, node):
        """What was acknowledged is there, with what it came to, as soon as the node knows that it has everything."""
        until(lambda: node.local("GET", f"/jobs/{self.jobs[0]['job_id']}?consistency=local").status != 503, 60)
        if (node.root / "etc/cluster/member.json").exists():
            until(lambda: node.number in well(node.view()), 60)
        for job in self.jobs:
            answer = node.local("GET", f"/jobs/{job['job_id']}?consistency=local")
            self.assertEqual((answer.status, answer.json.get("outcome")), (200, "ok"), answer)

    def nothing_is_begun_while_votes_are_there(self):
        said = self.recover(self.first, "--yes", "x", code=69)
        self.assertIn("stop it first", said)
        node = self.cluster.followers()[0]
        self.assertEqual(node.stop(), 0)
        said = self.recover(node, "--yes", self.name(node), code=69)
        self.assertIn("More than half of the votes are there", said)
        self.assertEqual(self.generation(node), 1)
        node.start()
        self.cluster.await_calm()

    def most_votes_are_lost_and_one_node_goes_on(self):
        self.second.lose()
        self.third.lose()
        self.cluster.nodes.remove(self.third)
        shutil.rmtree(self.third.root)
        # Its etcd runs on, which the command ends.
        self.first.kill()
        said = self.recover(self.first, "--yes", "another", code=64)
        self.assertIn("nothing was changed", said)
        self.assertEqual(self.generation(self.first), 1)
        said = self.recover(self.first, "--yes", self.name(self.first))
        self.assertRegex(said, r"(?m)^node 11, this one: entry \d+, revision \d+ of ")
        self.assertRegex(said, r"(?m)^node 13: does not answer$")
        self.assertRegex(said, r"(?m)^lost: nothing known; what only nodes 12 and 13 may have$")
        self.assertRegex(said, r"(?m)^generation 2 of \S+ begins on node 11, behind entry \d+$")
        self.assertTrue((self.first.root / "spool/cluster/aside/etcd.generation-1").is_dir())
        self.first.start()
        self.assert_jobs_are_there(self.first)
        job = self.cluster.change(8001)
        self.assertNotIn(job["job_id"], [former["job_id"] for former in self.jobs])
        self.jobs.append(job)

    def one_that_was_lost_comes_back_and_follows(self):
        self.second.start()
        until(lambda: self.generation(self.second) == 2, 60)

        def is_back():
            view = self.first.view() or {}
            return any(
                member["node"] == 12 and member["present"] and member["ready"] for member in view.get("members", ()))
        until(is_back, 60)
        self.first.rest().ok("node_resume", nid=12)
        self.first.run("cluster", "remove", "13")
        self.cluster.await_calm()
        until((self.second.root / "spool/cluster/aside/etcd.generation-1").is_dir, 30)
        self.jobs.append(self.cluster.change(8002))
        self.cluster.await_equal_files()
        for node in self.cluster.nodes:
            self.assert_jobs_are_there(node)

    def a_cluster_that_is_well_gets_another_etcd(self):
        self.jobs.append(self.cluster.change(8003, self.first))
        self.assertEqual(self.second.stop(), 0)
        said = self.recover(self.second, "--new-etcd", "--yes", self.name(self.second))
        self.assertRegex(said, r"(?m)^generation 3 of \S+ begins on node 12, behind entry \d+$")
        self.second.start()
        until(lambda: self.generation(self.first) == 3, 60)
        self.cluster.await_calm()
        # The vote is where the new etcd was begun.
        self.assertFalse(json.loads((self.first.root / "etc/cluster/member.json").read_text())["voter"])
        self.jobs.append(self.cluster.change(8004))
        self.cluster.await_equal_files()
        for node in self.cluster.nodes:
            self.assert_jobs_are_there(node)

    def a_backup_becomes_an_installation_of_its_own(self):
        self.file = self.folder / "node.tar"
        self.second.run("cluster", "backup", str(self.file))
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        with tarfile.open(self.file) as archive:
            names = archive.getnames()
        self.assertLessEqual({"spool/jobs/store.sqlite", "etc/EXAConf", "etc/cluster/member.json"}, set(names))
        self.assertEqual(names[-1], "SHA256SUMS")
        alone = self.restored(12, "--alone")
        alone.start()
        self.assert_jobs_are_there(alone)
        self.assertFalse((alone.root / "etc/cluster/member.json").exists())
        self.assertNotRegex(alone.configuration(), r"\[Node ?: ?11\]")
        self.cluster.change(8005, alone)
        self.assertEqual(alone.stop(), 0)

    def a_backup_of_a_node_goes_on_as_the_cluster(self):
        for node in self.cluster.nodes:
            self.assertEqual(node.stop(), 0)
        restored = self.restored(12)
        said = self.recover(restored, "--yes", self.name(restored), "--job", "5000")
        self.assertRegex(said, r"(?m)^generation 4 of \S+ begins on node 12, behind entry \d+$")
        restored.start()
        self.assert_jobs_are_there(restored)
        until(lambda: decides(restored.view(), restored), 60)
        job = self.cluster.change(8006, restored)
        # Numbers are above what the operator knows of.
        self.assertGreater(int(job["job_id"].rsplit(".", 1)[1]), 5000)

    def restored(self, number, *words):
        """A machine with the backup, which has the address of the node."""
        machine = Node(self.cluster, number)
        self.cluster.machines.append(machine)
        machine.run("cluster", "restore", str(self.file), *words)
        return machine


if __name__ == "__main__":
    unittest.main()
