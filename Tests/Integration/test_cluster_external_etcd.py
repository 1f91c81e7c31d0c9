"""A cluster whose log is in an etcd of somebody else: it is found, used, and left as it is."""

import http.client
import json
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import unittest

from cluster_host import BROKEN, ETCD, Cluster, lacking, well
from daemon import free_port, until

NEEDED = lacking() or (None if shutil.which("openssl") else "openssl is not installed")
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class ForeignEtcd:
    """An etcd of one member with certificates of its own."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="confd-foreign-etcd-"))
        self.credentials = self.folder / "credentials"
        self.credentials.mkdir(mode=0o700)
        self.make_certificates()
        self.port, peers = free_port(), f"http://127.0.0.1:{free_port()}"
        clients = f"https://127.0.0.1:{self.port}"
        self.log = open(self.folder / "etcd.log", "ab")
        self.process = subprocess.Popen(
            [ETCD, "--name=foreign", f"--data-dir={self.folder}/data", f"--listen-client-urls={clients}",
             f"--advertise-client-urls={clients}", f"--listen-peer-urls={peers}",
             f"--initial-advertise-peer-urls={peers}", f"--initial-cluster=foreign={peers}", "--client-cert-auth",
             f"--trusted-ca-file={self.credentials}/authority.pem", f"--cert-file={self.folder}/server.pem",
             f"--key-file={self.folder}/server.key", "--experimental-watch-progress-notify-interval=2s"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        until(self.answers, 30)

    def make_certificates(self):
        authority, key = self.credentials / "authority.pem", self.folder / "authority.key"
        self.openssl("req", "-x509", *CURVE, "-keyout", key, "-out", authority, "-days", "2", "-subj", "/CN=foreign")
        extensions = self.folder / "extensions"
        extensions.write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n")
        for folder, name in ((self.folder, "server"), (self.credentials, "client")):
            request = self.folder / f"{name}.csr"
            self.openssl("req", "-new", *CURVE, "-keyout", folder / f"{name}.key", "-out", request, "-subj", f"/CN={name}")
            self.openssl(
                "x509", "-req", "-in", request, "-CA", authority, "-CAkey", key, "-CAcreateserial", "-days", "2",
                "-extfile", extensions, "-out", folder / f"{name}.pem")

    @staticmethod
    def openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)

    def ask(self, path, question):
        context = ssl._create_unverified_context()
        context.load_cert_chain(self.credentials / "client.pem", self.credentials / "client.key")
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=10)
        try:
            connection.request("POST", path, json.dumps(question))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def answers(self):
        try:
            return "leader" in self.ask("/v3/maintenance/status", {})
        except BROKEN:
            return False

    @property
    def members(self):
        return self.ask("/v3/cluster/member/list", {})["members"]

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class ClusterOverIt(Cluster):
    """Nodes that have no votes, as none of them has an etcd."""

    def __init__(self, etcd):
        super().__init__(
            CONFD_CLUSTER_ETCD_ENDPOINTS=f"127.0.0.1:{etcd.port}", CONFD_CLUSTER_ETCD_CREDENTIALS=str(etcd.credentials))

    def votes(self):
        return 0


@unittest.skipIf(NEEDED, NEEDED)
class OverAForeignEtcd(unittest.TestCase):
    def setUp(self):
        self.etcd = ForeignEtcd()
        self.addCleanup(self.etcd.end)
        self.cluster = ClusterOverIt(self.etcd)
        self.addCleanup(self.cluster.__exit__)

    def test_nodes_come_and_go_and_decide_and_its_members_stay(self):
        members = self.etcd.members
        first = self.cluster.found()
        second = self.cluster.machine(12)
        said, token = self.cluster.invite(second.address, number=12)
        self.assertRegex(
            said, rf"node 11 is a cluster of its own now: cl4, external etcd 3\.\S+ on 127\.0\.0\.1:{self.etcd.port}, nodes on ")
        lines = second.start_joining(token)
        self.assertEqual(lines[-1], "2 nodes over an external etcd. Any one of them can be away.")
        self.cluster.take(second)
        self.cluster.await_calm()
        self.cluster.change(9001)
        self.assertEqual(first.view()["sentence"], "2 nodes over an external etcd, all well")

        self.who_does_not_name_it_is_refused()

        # Either node can go, and the other one lets others in.
        lost = self.cluster.master()
        heir = next(node for node in self.cluster.nodes if node is not lost)
        lost.lose()
        until(lambda: (heir.view() or {}).get("master", {}).get("node") == heir.number, 60)
        heir.rest().ok("node_suspend", nid=[lost.number])
        self.cluster.change(9002, heir)
        third = self.cluster.machine(13)
        _, token = self.cluster.invite(third.address, by=heir, number=13)
        third.start_joining(token)
        self.cluster.take(third)
        lost.start()
        until(lambda: {node.number for node in self.cluster.nodes} <= well(heir.view()) | {lost.number}, 30)
        until(lambda: any(
            member["node"] == lost.number and member["present"] for member in (heir.view() or {}).get("members", ())), 30)
        heir.rest().ok("node_resume", nid=[lost.number])
        self.cluster.await_calm()
        self.cluster.change(9003)
        self.cluster.await_equal_files()

        master = self.cluster.master()
        gone = next(node for node in self.cluster.nodes if node is not master)
        self.assertIn(f"node {gone.number} was removed", master.run("cluster", "remove", str(gone.number)).stdout)
        self.cluster.nodes.remove(gone)
        self.cluster.machines.append(gone)
        self.cluster.await_calm()
        self.assertEqual(self.etcd.members, members)
        for node in [*self.cluster.nodes, gone]:
            self.assertFalse((node.root / "etcd").exists(), node.number)

    def who_does_not_name_it_is_refused(self):
        machine = self.cluster.machine(14)
        _, token = self.cluster.invite(machine.address, number=14)
        del machine.environment["CONFD_CLUSTER_ETCD_ENDPOINTS"]
        done = machine.join_by_command(token)
        self.assertEqual(done.returncode, 65, done)
        self.assertIn("The log of the cluster is in an external etcd: name it here", done.stderr)
        # A node that does not name it any more starts no other log.
        node = self.cluster.followers()[0]
        self.assertEqual(node.stop(), 0)
        endpoints = node.environment.pop("CONFD_CLUSTER_ETCD_ENDPOINTS")
        node.launch()
        self.assertNotEqual(node.process.wait(60), 0)
        self.assertIn("The log of the cluster is in an external etcd: name it here", node.said())
        node.environment["CONFD_CLUSTER_ETCD_ENDPOINTS"] = endpoints
        node.start()
        self.cluster.await_calm()


if __name__ == "__main__":
    unittest.main()
