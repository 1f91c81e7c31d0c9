"""Two nodes and a witness: a machine with a vote and nothing else."""

import http.client
import json
import re
import ssl
import unittest

from cluster_host import TOKEN, Cluster, decides, lacking
from daemon import until
from processes import etcd_of

WITNESS = 1_000_000


@unittest.skipIf(lacking(), lacking())
class TwoNodesAndAWitness(unittest.TestCase):
    """One story: the witness comes, the node that decides is lost, and the witness goes, twice."""

    def setUp(self):
        self.cluster = self.enterContext(Cluster())
        self.cluster.grow(12)
        self.machine = self.cluster.machine(21)

    def test_two_nodes_and_a_witness(self):
        self.a_machine_becomes_the_witness()
        self.it_has_nothing_but_its_etcd()
        self.what_cannot_be_is_refused()
        self.it_may_be_away_and_comes_back()
        self.the_node_that_decides_is_lost_and_the_other_one_goes_on()
        self.the_witness_is_removed_and_refused_afterwards()
        self.it_comes_back_by_an_invitation_and_leaves()

    # What is seen

    def invite(self, node, *words):
        said = node.run("cluster", "invite", self.machine.address, "--witness", *words).stdout
        self.assertIn(f"{self.machine.address} is to be the witness", said)
        return TOKEN.search(said)[1]

    def await_witness(self, *nodes, vote=True, votes=3):
        """Waits until these nodes see it there, with its vote or without, and so many votes in all."""
        def is_seen(node):
            view = node.view() or {}
            seen, quorum = view.get("witness", {}), view.get("quorum", {})
            return (seen.get("present"), seen.get("vote"), quorum.get("votes")) == (True, vote, votes)
        for node in nodes:
            until(lambda node=node: is_seen(node), 60)

    def start(self, *arguments):
        self.machine.arguments = list(arguments)
        self.machine.launch()
        self.assertRegex(self.machine.process.stdout.readline(), r"^ready \S+:\d+, a witness$")

    def is_admitted(self, node):
        """Whether the etcd of a node lets in whoever has the certificate of the witness."""
        folder = self.machine.root / "etc/cluster"
        context = ssl._create_unverified_context()
        context.load_cert_chain(folder / "node.pem", folder / "node.key")
        connection = http.client.HTTPSConnection(node.address, self.cluster.ports[0], timeout=5, context=context)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    # The story

    def a_machine_becomes_the_witness(self):
        first = self.cluster.master()
        begin = json.loads((self.cluster.node(12).root / "etc/cluster/member.json").read_text())
        self.assertFalse(begin["voter"])
        self.start("--join", self.invite(first))
        self.await_witness(*self.cluster.nodes)
        self.cluster.has_witness = True
        self.cluster.await_calm()
        said = first.run("cluster", "status").stdout
        self.assertIn("2 nodes and a witness, 3 votes, all well", said)
        self.assertRegex(said, rf"(?m)^witness +{re.escape(self.machine.address)} +witness +yes ")
        said = self.machine.run("cluster", "status").stdout
        self.assertEqual(said, "the witness runs; 3 votes, one is its own\n")
        # It is no node of the configuration, and the change that follows waits for nodes alone.
        self.assertNotIn(self.machine.address, first.configuration())
        self.cluster.change(7000)
        self.cluster.await_equal_files()

    def it_has_nothing_but_its_etcd(self):
        secrets = re.findall(r"Passwd\s*=\s*(\S+)", self.cluster.node(11).configuration())
        self.assertTrue(secrets)
        root, found = self.machine.root, set()
        for path in root.rglob("*"):
            place = str(path.relative_to(root))
            if place.startswith("etcd/") or not path.is_file():
                continue
            found.add(place)
            content = path.read_bytes()
            self.assertFalse([secret for secret in secrets if secret.encode() in content], place)
        self.assertFalse([place for place in found if "sqlite" in place or "EXAConf" in place], found)
        self.assertNotIn("etc/cluster/authority.key", found)
        self.assertIn("etc/cluster/member.json", found)
        self.assertIsNotNone(etcd_of(root))

    def what_cannot_be_is_refused(self):
        master = self.cluster.master()
        for body, status, text in [
                ({"address": self.cluster.address(22), "witness": True}, 409, "has a witness already"),
                ({"node_id": 22, "witness": True}, 400, "neither a number nor a name"),
                ({"address": self.cluster.address(22), "witness": "yes"}, 400, "true or false")]:
            answer = master.local("POST", "/cluster/invitations", body)
            self.assertEqual(answer.status, status, answer)
            self.assertIn(text, json.dumps(answer.json))
        done = master.run("cluster", "vote", "move", "witness", "--from", "12", check=False)
        self.assertIn("has a vote already", done.stderr)
        # It is no node: nothing can be asked of it.
        said = master.local("GET", f"/nodes/{WITNESS}")
        self.assertEqual(said.status, 404, said)

    def it_may_be_away_and_comes_back(self):
        self.assertEqual(self.machine.stop(), 0)
        for node in self.cluster.nodes:
            until(lambda node=node: (node.view() or {}).get("witness", {}).get("present") is False, 30)
        self.assertIn("the witness is away", self.cluster.master().view()["sentence"])
        self.cluster.change(7001)
        # Its daemon is killed, its etcd goes on, and the next daemon takes that over.
        self.start()
        self.await_witness(*self.cluster.nodes)
        until(lambda: etcd_of(self.machine.root) is not None, 30)
        run = etcd_of(self.machine.root)
        self.machine.kill()
        self.start()
        self.await_witness(*self.cluster.nodes)
        self.assertTrue(run.is_there)
        self.cluster.await_calm()

    def the_node_that_decides_is_lost_and_the_other_one_goes_on(self):
        lost = self.cluster.await_calm()
        other = next(node for node in self.cluster.nodes if node is not lost)
        lost.lose()
        until(lambda: decides(other.view(), other), 60)
        client = other.rest()
        taken = client.post(
            "/jobs", {"type": "general_settings", "params": {"changes": {"Global": {"StorageMaxConnections": 7002}}}})
        self.assertIn(taken.status, (200, 202), taken)
        # It is decided, and waits for nobody once the lost node is suspended.
        client.ok("node_suspend", nid=lost.number)
        number = taken.json["job_id"]
        # It is asked for where it is decided: that may have become another node.
        seen = []

        def is_over():
            seen[:] = [self.cluster.master().local("GET", f"/jobs/{number}")]
            return seen[0].json.get("done", False)
        until(is_over, 60)
        self.assertEqual(seen[0].json["outcome"], "ok", (seen, other.view()))
        self.assertIn("7002", other.configuration())
        self.await_witness(other)
        lost.start()
        until(lambda: any(
            member["node"] == lost.number and member["present"] and member["ready"]
            for member in (other.view() or {}).get("members", ())), 60)
        self.cluster.master().rest().ok("node_resume", nid=lost.number)
        self.cluster.await_calm()
        self.cluster.await_equal_files()

    def the_witness_is_removed_and_refused_afterwards(self):
        master = self.cluster.master()
        self.assertTrue(self.is_admitted(master))
        said = master.run("cluster", "remove", "witness").stdout
        self.assertIn("the witness was removed", said)
        self.assertEqual(self.machine.process.wait(60), 65)
        self.assertIn("the witness was removed on ", self.machine.log_text())
        run = etcd_of(self.machine.root)
        self.assertTrue(run is None or run.wait(30))
        self.cluster.has_witness = False
        self.cluster.await_calm()
        self.assertNotIn("witness", master.view())
        voter = next(node for node in self.cluster.nodes if etcd_of(node.root) and etcd_of(node.root).is_there)
        until(lambda: not self.is_admitted(voter), 30)
        # It begins again, is told the same, and ends.
        self.machine.launch()
        self.assertEqual(self.machine.process.wait(60), 65)
        self.cluster.change(7003)

    def it_comes_back_by_an_invitation_and_leaves(self):
        master = self.cluster.master()
        token = self.invite(master)
        done = self.machine.join_by_command(token)
        self.assertEqual(done.returncode, 75, done)
        self.assertIn("This machine is the witness now", done.stderr)
        self.start()
        self.await_witness(*self.cluster.nodes)
        said = self.machine.run("cluster", "leave").stdout
        self.assertIn("this machine has nothing of the cluster any more", said)
        self.assertEqual(self.machine.process.wait(30), 0)
        self.assertFalse((self.machine.root / "etc/cluster/member.json").exists())
        self.assertFalse((self.machine.root / "etcd").exists())
        self.cluster.await_calm()
        self.cluster.change(7004)
