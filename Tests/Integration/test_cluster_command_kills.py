"""Commands on other nodes when the one that decides, their node, or both are killed at any moment; what is owed to a lost node.

CONFD_LONG_TESTS=1 tries every moment with everybody, and not a few of them.
"""

import itertools
import tempfile
import unittest

from cluster_host import Cluster, lacking, well
from cluster_kills import IS_LONG, MOMENTS, VICTIMS, Killing
from daemon import until
from test_tls import Authority

FEW = {("begun", "both"), ("told", "master")}
# A lease, and as long as a node is waited for.
LOSS = 45
SIZE = 64 << 20


@unittest.skipIf(lacking(), lacking())
class Commands(Killing, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster())
        cls.cluster.grow(12, 13)

    def setUp(self):
        self.choose()

    def choose(self):
        self.master = self.cluster.await_calm(90)
        self.node = next(node for node in self.cluster.nodes if node is not self.master)

    def volumes(self, node):
        folder = node.root / "data/volumes"
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    def is_configured(self, name):
        return f"[EXAVolume : {name}]" in self.master.configuration()

    # Volumes

    def make_through(self, moment, who):
        """Makes a volume on another node meanwhile; it is wholly there or wholly not."""
        self.choose()
        node, master, name = self.node, self.master, f"vault{next(self.names)}"
        before, known = self.volumes(node), self.journal(node)

        def new():
            return [command for command in self.journal(node) - known if not command[1]]

        def segments():
            return [path for volume in self.volumes(node) - before
                    for path in (node.root / "data/volumes" / volume).glob("segment.*")]
        reached = {
            "begun": new,
            "acting": lambda: self.volumes(node) - before,
            "ended": lambda: any(path.stat().st_size == SIZE for path in segments()),
            "told": lambda: any(has_ended for _, _, has_ended in new()),
            "recorded": lambda: f"[EXAVolume : {name}]" in master.configuration()}[moment]
        job = self.outcome_through(
            reached, self.victims(who), "st_volume_create", name=name, type="data", size="64 MiB", disk="disk1",
            nodes=[node.number], redundancy=1)
        is_made = job["outcome"] == "ok"
        self.assertEqual(self.is_configured(name), is_made, job)
        until(lambda: bool(self.volumes(node) - before) == is_made, 30)
        self.assert_one_at_a_time(node)
        if is_made:
            self.assertEqual([path.stat().st_size for path in segments()], [SIZE], job)
            self.assertEqual(self.master.rest().job("st_volume_delete", vname=name)["outcome"], "ok")
            until(lambda: self.volumes(node) == before, 30)

    def test_a_volume_of_another_node_is_made_or_not_whoever_is_killed_when(self):
        for moment, who in itertools.product(MOMENTS, VICTIMS):
            if IS_LONG or (moment, who) in FEW:
                with self.subTest(moment, who=who):
                    self.make_through(moment, who)
        self.cluster.await_equal_files()

    # Certificates

    def update_through(self, moment, who, folder):
        """All nodes have the new certificate and its key, or all have the former ones."""
        self.choose()
        node, known = self.node, self.journal(self.node)

        def pair(of):
            return tuple((of.root / "etc/ssl" / name).read_text() for name in ("ssl.crt", "ssl.key"))
        former = pair(node)
        certificate, key = Authority(folder).issue("nodes")

        def new():
            return [command for command in self.journal(node) - known if not command[1]]
        reached = {
            "begun": new, "acting": lambda: pair(node) != former, "ended": lambda: pair(node)[1] != former[1],
            "told": lambda: any(has_ended for _, _, has_ended in new()),
            "recorded": lambda: pair(self.master)[0] != former[0]}[moment]
        job = self.outcome_through(reached, self.victims(who), "cert_update", cert=certificate, key=key)

        def is_clean():
            pairs = {pair(node) for node in self.cluster.nodes}
            return len(pairs) == 1 and (pairs == {former}) == (job["outcome"] != "ok")
        until(is_clean, 60)
        self.assert_one_at_a_time(node)

    @unittest.skipUnless(IS_LONG, "CONFD_LONG_TESTS=1 tries it")
    def test_a_certificate_is_that_of_all_nodes_or_of_none_whoever_is_killed_when(self):
        for moment, who in itertools.product(MOMENTS, VICTIMS):
            with self.subTest(moment, who=who), tempfile.TemporaryDirectory() as folder:
                self.update_through(moment, who, folder)

    # Nodes that are lost

    def lose_one(self):
        """A job whose command is on a node that hangs: it fails, and its undo is kept."""
        before = self.volumes(self.node)
        self.addCleanup(self.node.let_go)
        # What never left the master needs no undo: its connections to the node are its own affair, so it is tried again.
        for _ in range(5):
            name = f"vault{next(self.names)}"
            params = {
                "name": name, "type": "data", "size": "64 MiB", "disk": "disk1", "nodes": [self.node.number],
                "redundancy": 1}
            # By a connection that is there already: what was sent to the node may have begun.
            self.master.rest().ok("st_volume_create", **params)
            self.master.rest().ok("st_volume_delete", vname=name)
            until(lambda: self.volumes(self.node) == before, 30)
            self.node.hold(self.node.runs()[0])
            job = self.master.rest().post("/jobs", {"type": "st_volume_create", "params": params}).json["job_id"]
            client, found = self.master.rest(), {}

            def has_ended():
                found.update(client.get(f"/jobs/{job}").json)
                return found.get("outcome") is not None
            until(has_ended, 2 * LOSS)
            self.assertEqual(found["outcome"], "failed", found)
            self.assertFalse(self.is_configured(name))
            if "taken_back_later" in found.get("error_details", {}):
                break
            self.node.let_go()
            until(lambda: self.node.number in well(self.master.view()), 60)
        self.assertEqual(found["error_details"]["taken_back_later"], [self.node.number], found)
        self.assertEqual([warning["code"] for warning in found["warnings"]], ["taken-back-later"])
        return job, before

    def taken_back(self, master):
        return [event["detail"] for event in master.rest().get("/audit?limit=200").json["items"]
                if event["event"] == "taken_back"]

    def test_a_node_that_was_lost_has_what_is_owed_to_it_before_it_is_ready(self):
        job, before = self.lose_one()
        told = len(self.taken_back(self.master))
        # It goes on where it stood, with the request in its socket.
        self.node.let_go()
        until(lambda: self.node.number in well(self.master.view()), 60)
        self.assertEqual(self.taken_back(self.master)[:1], ["done"])
        self.assertEqual(len(self.taken_back(self.master)), told + 1)
        self.assertEqual(self.volumes(self.node), before)
        number = int(job.split(".")[1])
        self.assertIn((number, 1, 1), self.journal(self.node))
        self.cluster.await_calm(90)
        done = self.cluster.master().run("cluster", "check", check=False)
        self.assertEqual((done.returncode, done.stdout[:5]), (0, "PASS:"), done)

    def test_the_next_master_hands_over_what_the_former_one_kept(self):
        if not IS_LONG:
            self.skipTest("CONFD_LONG_TESTS=1 tries it")
        _, before = self.lose_one()
        self.node.lose()
        # A node that hangs has no vote less: its etcd is there again before the master goes.
        self.master.kill()
        self.node.start()
        heir = self.cluster.master(90)
        self.master.start()
        until(lambda: self.node.number in well(heir.view()), 60)
        self.assertEqual(self.volumes(self.node), before)
        self.cluster.await_calm(90)


if __name__ == "__main__":
    unittest.main()
