"""Nodes that were away for long, were put back to what they were, or have what the cluster has not."""

import base64
import concurrent.futures
import contextlib
import hashlib
import http.client
import json
import os
import shutil
import sqlite3
import ssl
import subprocess
import tempfile
import time
import unittest

from cluster_host import Cluster, end_etcd, lacking, well
from daemon import until
from test_samples import LICENSE_TEXT
from test_tls import Authority

JOBS = 20_000 if os.environ.get("CONFD_LONG_TESTS") else 300
# Looks among the jobs: one in so many.
LOOKS = 8
# Seconds from the start of a daemon until its node takes part.
SOON = 10
# Kilobytes.
MEMORY = 150 * 1024


def rows(node, query):
    """What the store of a node says; nothing while it cannot be read."""
    try:
        with contextlib.closing(sqlite3.connect(node.root / "spool/jobs/store.sqlite", timeout=1)) as store:
            return store.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []


def missing(node):
    """How many ends and revisions a node lacks, as its store says."""
    return sum(below - floor - 1 for floor, below in rows(
        node, "SELECT floor, below FROM past_ranges WHERE section IN ('jobs', 'revisions')"))


def peak(node):
    """The most memory its daemon has had, in kilobytes."""
    with open(f"/proc/{node.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def copy(source, target):
    """As a snapshot of the machine has it."""
    subprocess.run(["cp", "-a", source, target], check=True)


def ask_etcd(cluster, node, path, body):
    """An answer of the etcd of a node."""
    own = node.root / "etc/cluster"
    context = ssl._create_unverified_context()
    context.load_cert_chain(own / "node.pem", own / "node.key")
    connection = http.client.HTTPSConnection(node.address, cluster.ports[0], context=context, timeout=10)
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return json.loads(text)
    finally:
        connection.close()


def shorten_log(cluster, node):
    """Leaves the newest entry alone, as when the log had become too long."""
    member = json.loads((node.root / "etc/cluster/member.json").read_text())
    first = f"/confd/{member['cluster']}/{member['generation']}/log/"

    def coded(key):
        return base64.b64encode(key.encode()).decode()
    newest = ask_etcd(cluster, node, "/v3/kv/range", {
        "key": coded(first), "range_end": coded(first[:-1] + "0"), "limit": "1", "sort_order": "DESCEND",
        "sort_target": "KEY", "keys_only": True})["kvs"][0]["key"]
    gone = ask_etcd(cluster, node, "/v3/kv/deleterange", {"key": coded(first), "range_end": newest})
    assert int(gone["deleted"]) > 0, gone


def files(node):
    """Digests of what belongs to revisions."""
    places = [node.root / "etc/ssl/ssl.crt", node.root / "etc/ssl/ssl.key", *(node.root / "etc").glob("license*")]
    return {
        str(path.relative_to(node.root)): hashlib.sha256(path.read_bytes()).hexdigest()
        # What a job would put back lies where it ran.
        for path in places if path.is_file() and path.suffix != ".job"}


class TwoNodes(unittest.TestCase):
    """One with the vote, and a copy."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster(**cls.settings))
        cls.cluster.grow(12)
        cls.first, cls.second = (cls.cluster.node(number) for number in (11, 12))

    def assert_equal_nodes(self):
        """Both have the same, by their own word and by what lies in their stores."""
        done = self.first.run("cluster", "check", check=False)
        self.assertEqual((done.returncode, done.stdout[:5]), (0, "PASS:"), done)
        compared = self.first.local("GET", "/cluster/comparison", timeout=60)
        self.assertEqual((compared.status, compared.json["equal"]), (200, True), compared)
        for query in (
                "SELECT number, sha256 FROM revisions ORDER BY number", "SELECT number, node FROM archived_jobs ORDER BY number",
                "SELECT number, stage, outcome, revision FROM jobs ORDER BY number",
                "SELECT number, ended FROM job_index WHERE ended IS NOT NULL ORDER BY number",
                "SELECT revision, node, state, at FROM acknowledgements ORDER BY revision, node"):
            until(lambda: rows(self.first, query) == rows(self.second, query), 20)
        self.assertTrue(rows(self.second, "SELECT 1 FROM revisions"))


# Writes down what it is told, below the folder of its node.
EXPORTER = """#!/usr/bin/python3 -I
import json, os, sys
run = json.load(sys.stdin)["paths"]["run"]
os.makedirs(run, exist_ok=True)
with open(run + "/told", "a") as told:
    told.write(sys.argv[1] + "\\n")
print("{}")
"""


@unittest.skipIf(lacking(), lacking())
class Absence(TwoNodes):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="confd-exporter-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        os.chmod(cls.folder, 0o755)
        exporter = os.path.join(cls.folder, "exporter")
        with open(exporter, "w") as file:
            file.write(EXPORTER)
        os.chmod(exporter, 0o755)
        cls.settings = {"CONFD_MONITORING_PATH": exporter}
        super().setUpClass()

    def setUp(self):
        self.assertIs(self.cluster.await_calm(), self.first)
        until(lambda: not rows(self.second, "SELECT 1 FROM past_ranges"), 60)

    def work(self, count):
        """So many jobs, most of which change something."""
        def one(number):
            client = self.first.rest()
            try:
                if number % LOOKS == 0:
                    job = client.job("node_list")
                else:
                    job = client.job(
                        "general_settings", changes={"Global": {"StorageMaxConnections": 30_000 + number % 10_000}})
                return job["outcome"]
            finally:
                client.connection.close()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            self.assertEqual(set(pool.map(one, range(count))), {"ok"})

    def test_a_node_away_during_many_jobs_takes_part_before_it_has_the_past(self):
        # Nobody waits for it meanwhile.
        self.first.rest().ok("node_suspend", nid=12)
        self.assertEqual(self.second.stop(), 0)
        self.work(JOBS)
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = Authority(folder).issue("nodes")
        self.first.rest().ok("cert_update", cert=certificate, key=key)
        self.first.rest().ok("license_upload", license=LICENSE_TEXT)
        shorten_log(self.cluster, self.first)
        self.assertEqual(missing(self.second), 0)

        # It has all it needs soon, and is killed while the rest comes.
        began = time.monotonic()
        self.second.launch()
        seen = []

        def is_on_its_way():
            left = missing(self.second)
            if left and left not in seen:
                seen.append(left)
            return len(seen) > 1
        until(is_on_its_way, 60, pause=0)
        memory = peak(self.second)
        self.second.kill()
        caught_up, left = time.monotonic() - began, missing(self.second)
        self.assertGreater(left, 0, seen)
        self.assertLess(left, seen[0])
        self.assertLess(caught_up, SOON)

        # It goes on where it was.
        began = time.monotonic()
        self.second.start()
        until(lambda: self.second.rest(user=None).get("/readyz").status == 200, 60)
        until(lambda: any(
            member["node"] == 12 and member["present"] and member["ready"]
            for member in (self.first.view() or {}).get("members", ())), 60)
        ready = time.monotonic() - began
        self.assertLess(ready, SOON)
        self.assertLessEqual(missing(self.second), left)
        self.assertEqual(files(self.second), files(self.first))
        self.assertGreaterEqual(len(files(self.second)), 3)
        self.first.rest().ok("node_resume", nid=12)

        def has_the_past():
            members = (self.second.view() or {}).get("members", ())
            own = next((member for member in members if member["node"] == 12), {"missing_past": None})
            return "missing_past" not in own and not rows(self.second, "SELECT 1 FROM past_ranges")
        until(has_the_past, 60 + JOBS / 50)
        self.assertIs(self.cluster.await_calm(), self.first)
        self.cluster.await_equal_files()
        self.assert_equal_nodes()
        memory = max(memory, peak(self.second))
        times = f"followed after {caught_up:.1f} s, ready after {ready:.1f} s"
        print(f" {JOBS} jobs, {times}, {memory / 1024:.0f} MB ", end="", flush=True)
        self.assertLess(memory, MEMORY)

    def told(self, node):
        """What the monitoring exporter of a node was told."""
        path = node.root / "spool/monitoring/told"
        return path.read_text().split() if path.exists() else []

    @contextlib.contextmanager
    def absence(self):
        """The second node is away meanwhile, and nobody waits for it."""
        self.first.rest().ok("node_suspend", nid=12)
        self.assertEqual(self.second.stop(), 0)
        until(lambda: not any(
            member["node"] == 12 and member["present"] for member in (self.first.view() or {}).get("members", ())), 30)
        yield
        self.second.start()
        self.first.rest().ok("node_resume", nid=12)
        self.cluster.await_calm()

    def test_plugins_and_monitoring_are_those_of_the_others_after_an_absence(self):
        for node in self.cluster.nodes:
            node.stock("p1", "p2")
        self.first.stock("p3")
        rest = self.first.rest()
        rest.ok("plugin_add", plugin_name="p1")
        for node in self.cluster.nodes:
            self.assertEqual(node.plugins(), {"p1": "content of p1"})
        with self.absence():
            rest.ok("plugin_remove", plugin_name="p1")
            for name in ("p2", "p3"):
                rest.ok("plugin_add", plugin_name=name)
            rest.ok("monitoring_start", broker="b:1", cluster_id="c", sasl_user="u", sasl_password="quite secret")
        until(lambda: self.second.plugins() == {"p2": "content of p2"}, 30)
        until(lambda: self.told(self.second) == ["start"], 30)
        self.assertEqual(self.told(self.first), ["start"])
        # What it lacks is told, and comes when it is there.
        until(lambda: "[!] plugins: 1 plugins are not in their buckets" in self.second.rest(user=None).get(
            "/readyz?verbose").body.decode(), 30)
        self.second.stock("p3")
        until(lambda: self.second.plugins() == self.first.plugins(), 90)
        self.assertEqual(set(self.first.plugins()), {"p2", "p3"})
        with self.absence():
            self.first.rest().ok("monitoring_stop")
            for name in ("p2", "p3"):
                self.first.rest().ok("plugin_remove", plugin_name=name)
        until(lambda: not self.second.plugins(), 30)
        until(lambda: self.told(self.second) == ["start", "stop"], 30)
        self.assertEqual(self.told(self.first), ["start", "stop"])

    def test_a_node_put_back_to_what_it_was_comes_to_what_the_others_have(self):
        self.assertEqual(self.second.stop(), 0)
        with tempfile.TemporaryDirectory() as folder:
            copy(self.second.root, f"{folder}/root")
            self.second.start()
            self.cluster.await_calm()
            for number in range(5):
                self.cluster.change(20_000 + number)
            self.assertEqual(self.second.stop(), 0)
            shutil.rmtree(self.second.root)
            copy(f"{folder}/root", self.second.root)
        self.assertNotIn("StorageMaxConnections = 20004\n", self.second.configuration())
        self.second.start()
        self.cluster.await_calm()
        self.assertIn(b"StorageMaxConnections = 20004\n", self.cluster.await_equal_files())
        until(lambda: not rows(self.second, "SELECT 1 FROM past_ranges"), 60)
        self.assert_equal_nodes()


@unittest.skipIf(lacking(), lacking())
class Quarantine(TwoNodes):
    def put_back(self, folder):
        """The one with the vote, with its etcd, is what it was."""
        self.assertEqual(self.first.stop(), 0)
        end_etcd(self.first.root)
        shutil.rmtree(self.first.root)
        copy(f"{folder}/root", self.first.root)
        self.first.start()

    def test_a_node_that_has_what_the_cluster_has_not_says_so_and_takes_part_in_nothing(self):
        self.cluster.await_calm()
        self.assertEqual(self.first.stop(), 0)
        end_etcd(self.first.root)
        with tempfile.TemporaryDirectory() as folder:
            copy(self.first.root, f"{folder}/root")
            self.first.start()
            self.cluster.await_calm()
            # More than what becomes of the first one when it begins anew.
            for number in range(12):
                self.cluster.change(50_000 + number)
            self.assertIn("StorageMaxConnections = 50011\n", self.second.configuration())
            self.put_back(folder)

        until(lambda: "quarantine" in (self.second.view() or {}), 60)
        self.assert_quarantine()
        # The others know it as well, and nothing of it has come to them.
        until(lambda: any(
            member["node"] == 12 and "quarantine" in member for member in (self.first.view() or {}).get("members", ())), 30)
        self.assertNotIn(12, well(self.first.view()))
        self.assertNotRegex(self.first.configuration(), r"StorageMaxConnections = 500\d\d\n")
        self.assertIn("StorageMaxConnections = 50011\n", self.second.configuration())

        # It is so after a restart, too.
        self.assertEqual(self.second.stop(), 0)
        self.second.start()
        until(lambda: "quarantine" in (self.second.view() or {}), 60)
        self.assert_quarantine()

        # The way out.
        done = self.second.run("cluster", "leave")
        self.assertTrue(done.stdout.strip(), done)
        until(lambda: not self.second.is_running, 60)
        until(lambda: [member["node"] for member in (self.first.view() or {}).get("members", ())] == [11], 30)

    def assert_quarantine(self):
        view = self.second.view()
        self.assertTrue(view["sentence"].startswith("node 12 is in quarantine: "), view)
        self.assertIn("confd cluster leave", view["sentence"])
        self.assertEqual((view["is_well"], view["node"]), (False, 12), view)
        self.assertNotEqual(view.get("master", {}).get("node"), 12)
        self.assertEqual(self.second.run("cluster", "status").stdout.splitlines()[0], view["sentence"])
        checks = self.second.rest(user=None).get("/readyz?verbose")
        self.assertEqual(checks.status, 503, checks)
        self.assertIn("[-] log: is in quarantine", checks.body.decode())
        refused = self.second.rest().get("/exaconf?consistency=local")
        self.assertEqual((refused.status, refused.json["code"]), (503, "behind"), refused)
        self.assertIn("quarantine", refused.body.decode())


if __name__ == "__main__":
    unittest.main()
