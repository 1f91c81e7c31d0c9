"""The vote of two nodes goes from one to the other by a word, while clients write."""

import time
import unittest

from cluster_host import Cluster, Writers, lacking
from daemon import until
from processes import etcd_of


def voters(node):
    """The nodes that have a vote, as one of them sees it."""
    return [member["node"] for member in (node.view() or {}).get("members", ()) if member["vote"]]


@unittest.skipIf(lacking(), lacking())
class MovedVotes(unittest.TestCase):
    """One story of a cluster of two."""

    def test_a_vote_moves_there_and_back_and_nothing_is_lost(self):
        with Cluster() as cluster:
            cluster.grow(12)
            self.cluster, self.first, self.second = cluster, cluster.node(11), cluster.node(12)
            self.assertEqual(cluster.master(), self.first)
            self.what_cannot_be_is_refused()
            with Writers(cluster, 2) as writers:
                self.move(self.first, 12, 11)
                self.assertGreater(writers.first_taken_after(time.monotonic(), 20), 0)
                # Back, where the data of a former life lie.
                said = self.first.local("POST", "/cluster/vote", {"node_id": 11})
                self.assertEqual((said.status, said.json["texts"][0]), (200, "node 11 has the vote of node 12"), said)
                self.assert_votes(11, self.second)
                self.assertGreater(writers.first_taken_after(time.monotonic(), 20), 0)
            self.assertEqual((writers.faults, writers.lost()), ([], []))
            cluster.await_calm()
            cluster.change(9000)
            cluster.await_equal_files()

    def what_cannot_be_is_refused(self):
        for body, status, code in [
            ({"node_id": 11}, 409, "object-exists"), ({"node_id": 19}, 404, "object-missing"),
            ({"node_id": 12, "from": 12}, 400, None), ({"node_id": 12, "from": 19}, 404, "object-missing"), ({}, 400, None),
        ]:
            answer = self.first.local("POST", "/cluster/vote", body)
            self.assertEqual(answer.status, status, answer)
            if code:
                self.assertEqual(answer.json["code"], code, answer)
        done = self.first.run("cluster", "vote", "move", "11", check=False)
        self.assertNotEqual(done.returncode, 0, done)
        self.assertIn("Node 11 has a vote already", done.stderr)

    def move(self, master, node, former):
        begin = time.monotonic()
        said = master.run("cluster", "vote", "move", str(node)).stdout
        self.assertLess(time.monotonic() - begin, 20)
        self.assertIn(f"node {node} has the vote of node {former}", said)
        self.assertIn(f"node {former} decides still", said)
        self.assertIn(f"2 nodes, 1 vote (node {node})", said)
        self.assert_votes(node, self.cluster.node(former))

    def assert_votes(self, node, former):
        """One has the vote, on every node's word, and the etcd of the other one has ended."""
        for place in self.cluster.nodes:
            until(lambda place=place: voters(place) == [node], 20)
        until(lambda: etcd_of(former.root) is None, 20)
        self.assertIsNotNone(etcd_of(self.cluster.node(node).root))
