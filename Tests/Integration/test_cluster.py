"""Three nodes: how they became a cluster under load, and what each of them answers.

CONFD_LONG_TESTS=1 reads 10,000 changes right after they were made, and not 300.
"""

import base64
import concurrent.futures
import hashlib
import http.client
import json
import os
import pathlib
import re
import ssl
import tempfile
import time
import unittest
import urllib.parse
import xmlrpc.client

from cluster_host import PASSWORD, Cluster, lacking
from cluster_traces import traces
from daemon import until
from load import MIXED, Crowd, Witness, ended
from test_sessions import login
from test_tls import Authority, served

import legacy  # of scripts/clusters, where cluster_host has looked for it

READS = 10_000 if os.environ.get("CONFD_LONG_TESTS") == "1" else 150
# Without the jobs that need a license.
WEIGHTS = {kind: weight for kind, weight in MIXED.items() if "license" not in kind and kind != "rest_command"}


@unittest.skipIf(lacking(), lacking())
class Three(unittest.TestCase):
    """One cluster: a node that is asked for a lot founds it meanwhile, and two others join."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster())
        cls.form()

    @classmethod
    def form(cls):
        cls.first = cls.cluster.found()
        cls.witness, cls.said = Witness(), {}
        crowd = Crowd(cls.first, cls.witness, "founding", WEIGHTS, count=16)
        crowd.start()
        until(lambda: cls.witness.answers > 50)
        machine = cls.cluster.machine(12)
        cls.invitation, token = cls.cluster.invite(machine.address, by=cls.first)
        answered = cls.witness.answers
        until(lambda: cls.witness.answers > answered + 50)
        crowd.stop()
        cls.said[12] = machine.start_joining(token)
        cls.cluster.take(machine)
        cls.cluster.await_calm()
        _, cls.said[13] = cls.cluster.join(13)

    def setUp(self):
        self.master = self.cluster.await_calm()
        self.followers = [node for node in self.cluster.nodes if node is not self.master]

    # How it came about

    def test_no_job_was_lost_when_one_node_became_a_cluster(self):
        self.assertEqual(self.witness.faults, [])
        client, lost = self.master.rest(), []
        for job, told in self.witness.told.items():
            answer = client.get(f"/jobs/{job}?wait=30s")
            record = answer.json if answer.status == 200 else {}
            kept = ended(record) if record.get("done") else None
            if not kept or kept["outcome"] != "ok" or told and not told.items() <= kept.items():
                lost.append((job, told, answer))
        self.assertEqual(lost, [])
        revisions = [r["revision"] for r in client.get("/exaconf/revisions?limit=1000").json["items"]]
        self.assertEqual(revisions, list(range(revisions[0], revisions[0] - len(revisions), -1)))

    def test_the_first_invitation_says_what_it_made(self):
        peer = self.cluster.ports[2]
        first, second, third, fourth = self.invitation.splitlines()
        self.assertRegex(
            first, rf"^node 11 is a cluster of its own now: cl4, etcd 3\.\S+ on {self.first.address}:\S+, "
            rf"nodes on {peer}$")
        self.assertRegex(
            second, rf"^node 12 \(n12, {self.cluster.address(12)}/24\) was added by job 11\.\d+, suspended until it has "
            "joined$")
        self.assertEqual(third, "On the new machine, within 1 hour, once:")
        self.assertRegex(fourth, r"^    confd cluster join confd1\.12\.[a-z2-7]+\.[a-z2-7]+\.[a-z2-7]+$")

    def assert_said(self, number, patterns):
        """The lines are there, in this order."""
        lines = iter(self.said[number])
        for pattern in patterns:
            self.assertTrue(any(re.fullmatch(pattern, line) for line in lines), (pattern, self.said[number]))

    def test_the_way_in_is_told_step_by_step(self):
        place = rf"{self.first.address}:{self.cluster.ports[2]}"
        took = r" +\d+\.\d s"
        self.assert_said(12, [
            rf"cluster    cl4, asked at {place}; its authority is the one in the token",
            rf"node       12, n12, {self.cluster.address(12)}/24",
            r"\[1/6\] certificate +valid to \d{4}-\d\d-\d\d, renewed by itself",
            rf"\[2/6\] state: revision \d+, \d+ open jobs?{took}", rf"\[3/6\] files: \d+{took}",
            rf"\[4/6\] daemon started +ready https://{self.cluster.node(12).place}",
            rf"\[5/6\] log followed to entry [\d,]+{took}", r"\[6/6\] node 12 is ready; job 11\.\d+ resumed it.*",
            r"2 nodes, 1 vote \(node 11\)\. Node 12 is a standby: it can go at any time\. While node 11 is away nothing can be "
            r"changed; a third node ends that\."])
        self.assert_said(13, [
            r"\[4/7\] daemon started .*", rf".*etcd: node 12 joined{took}", rf".*etcd: node 13 joined{took}",
            r"\[7/7\] node 13 is ready; .*", r"3 nodes, 3 votes\. Any one of them can be away\."])

    def test_all_three_have_the_same_file_and_have_acknowledged_it(self):
        revision = self.cluster.change(2001)["revision"]
        text = self.cluster.await_equal_files()
        self.assertIn(f"Revision = {revision}\n".encode(), text)

        def states():
            answer = self.master.rest().get(f"/exaconf/revisions/{revision}").json
            return {word["node"]: word["state"] for word in answer["acks"]}
        until(lambda: states() == dict.fromkeys((11, 12, 13), "acknowledged"), 10)

    def test_the_commands_tell_the_same_on_every_node(self):
        for node in self.cluster.nodes:
            lines = node.run("cluster", "status").stdout.splitlines()
            self.assertEqual(lines[0], "3 nodes, 3 votes, all well")
            rows = [line.split() for line in lines[2:]]
            self.assertEqual([row[0] for row in rows], ["11", "12", "13"], lines)
            self.assertEqual([row[2] for row in rows].count("master"), 1)
            self.assertTrue(all("ready" in row for row in rows), lines)
            self.assertEqual(json.loads(node.run("cluster", "status", "--json").stdout)["node"], node.number)
        done = self.master.run("cluster", "check", check=False)
        self.assertEqual(done.returncode, 0, done)
        self.assertRegex(done.stdout, r"^PASS: nodes 11, 12, 13 have the same at entry \d+\n$")
        elsewhere = self.followers[0].run("cluster", "invite", self.cluster.address(19), check=False)
        self.assertEqual(elsewhere.returncode, 69, elsewhere)
        self.assertIn("Another node decides", elsewhere.stderr)

    # Who answers what

    def test_followers_send_calls_and_changes_to_the_master(self):
        for node in self.followers:
            with self.assertRaises(xmlrpc.client.ProtocolError) as caught:
                node.rpc().job_exec("node_list")
            self.assertEqual(caught.exception.errcode, 302)
            location = urllib.parse.urlsplit(caught.exception.headers["Location"])
            self.assertEqual(location.netloc, self.master.place)
            result, place = legacy.followed(node.place, "admin", PASSWORD, "job_exec", "node_list")
            self.assertEqual((place, result["result_code"]), (self.master.place, 0), result)
            self.assertEqual(set(result["result_output"]), {"11", "12", "13"})
            client = node.rest()
            for method, path, body in (
                    ("POST", "/jobs?wait=1s", {"type": "node_list"}), ("POST", "/jobs/11.1/cancel", {}), ("GET", "/jobs", None),
                    ("POST", "/sessions", {"user": "admin", "password": PASSWORD})):
                answer = client.request(method, path, body)
                self.assertEqual((answer.status, answer.json["code"]), (302, "not-master"), answer)
                target = urllib.parse.urlsplit(answer.headers["location"])
                self.assertEqual((target.netloc, target.path), (self.master.place, path.split("?")[0]))
                self.assertEqual(answer.headers["confd-master"], self.master.place)
            kept = client.request("POST", "/jobs?wait=1s", {"type": "node_list"}, {"Prefer": "redirect=307"})
            self.assertEqual((kept.status, kept.headers["location"]), (307, f"https://{self.master.place}/jobs?wait=1s"))
            # The mark of a method that got lost on the way is understood there.
            lost = self.master.rest().get(urllib.parse.urlsplit(answer.headers["location"])._replace(
                scheme="", netloc="").geturl())
            self.assertEqual((lost.status, lost.json["code"]), (409, "redirect-lost-method"), lost)

    def test_every_node_names_the_master_and_all_members(self):
        for node in self.cluster.nodes:
            stranger, client = node.rest(user=None), node.rest()
            self.assertEqual(stranger.get("/master").body.decode(), self.master.address)
            self.assertEqual(stranger.get("/master?info_type=name").body.decode(), f"n{self.master.number}")
            self.assertEqual(stranger.get("/master?info_type=url").body.decode(), f"https://{self.master.place}")
            found = stranger.get("/is_master")
            wanted = (200, b"true") if node is self.master else (503, b"false")
            self.assertEqual((found.status, found.body), wanted)
            view = client.get("/cluster").json
            self.assertEqual((view["node"], view["is_well"]), (node.number, True), view)
            self.assertEqual(view["sentence"], "3 nodes, 3 votes, all well")
            self.assertEqual(view["master"]["url"], f"https://{self.master.place}")
            self.assertEqual(
                {member["node"]: member["url"] for member in view["members"]},
                {other.number: f"https://{other.place}" for other in self.cluster.nodes})
            self.assertEqual([member["vote"] for member in view["members"]], [True] * 3)
            checks = stranger.get("/readyz?verbose")
            self.assertEqual(checks.status, 200, checks)
            self.assertIn("[+] log", checks.body.decode())

    def test_a_read_that_names_its_revision_is_never_older(self):
        writer, readers = self.master.rest(), [node.rest() for node in self.cluster.nodes]
        waited = []

        def read(reader, revision, value):
            begin = time.monotonic()
            answer = reader.get(f"/exaconf?consistency=local&min_revision={revision}&wait=10s")
            waited.append(time.monotonic() - begin)
            self.assertEqual(answer.status, 200, answer)
            self.assertGreaterEqual(int(answer.headers["confd-revision"]), revision)
            self.assertEqual(answer.json["Global"]["StorageMaxConnections"], str(value))
            self.assertLess(int(answer.headers["confd-data-age-ms"]), 10_000)

        with concurrent.futures.ThreadPoolExecutor(len(readers)) as pool:
            for value in range(10_000, 10_000 + READS):
                job = writer.job("general_settings", changes={"Global": {"StorageMaxConnections": value}})
                self.assertEqual(job["outcome"], "ok", job)
                # Of every node at once, right after the change.
                for done in [pool.submit(read, reader, job["revision"], value) for reader in readers]:
                    done.result()
        revision = job["revision"]
        print(f" {len(waited)} reads, at most {max(waited):.2f} s ", end="", flush=True)
        far = self.followers[0].rest().get(f"/exaconf?consistency=local&min_revision={revision + 1000}&wait=1s")
        self.assertEqual((far.status, far.json["code"]), (503, "behind"), far)

    # Who is let in

    def status_at(self, node, **login):
        answer = node.rest(**login).get("/jobs?limit=1&consistency=local")
        return answer.status

    def test_logins_of_the_master_hold_on_every_node(self):
        opened = login(self.master)
        self.assertEqual(opened.status, 201, opened)
        made = self.master.rest().post("/tokens", {"name": "everywhere"})
        self.assertEqual(made.status, 201, made)
        logins = {"session": opened.json["token"], "token": made.json["secret"]}
        for node in self.cluster.nodes:
            for kind, token in logins.items():
                until(lambda: self.status_at(node, user=None, token=token) == 200, 5)
            self.assertEqual(self.status_at(node), 200)
            self.assertEqual(self.status_at(node, password="another"), 401)
        ended_ = self.master.rest(token=logins["session"]).request("DELETE", "/sessions/current")
        self.assertEqual(ended_.status, 204, ended_)
        for node in self.cluster.nodes:
            until(lambda: self.status_at(node, user=None, token=logins["session"]) == 401, 1)

    def test_a_removed_user_is_refused_on_every_node_within_a_second(self):
        admin = self.master.rest()
        for round_ in range(3):
            name = f"ann{round_}"
            admin.ok("user_create", username=name, userid=3000 + round_, group="exaadm", login_enabled=True, password="anns")
            until(lambda: all(self.status_at(node, user=name, password="anns") == 200 for node in self.cluster.nodes))
            opened = login(self.master, name, "anns")
            token = self.master.rest(token=opened.json["token"]).post("/tokens", {"name": "hers"}).json["secret"]
            logins = [
                {"user": name, "password": "anns"}, {"user": None, "token": opened.json["token"]},
                {"user": None, "token": token}]
            tried = [(node, one) for node in self.cluster.nodes for one in logins]
            until(lambda: all(self.status_at(node, **one) == 200 for node, one in tried), 5)
            admin.ok("user_delete", username=name)
            removed = time.monotonic()

            def refusal(node, one):
                until(lambda: self.status_at(node, **one) == 401, 10, pause=0.02)
                return time.monotonic() - removed
            with concurrent.futures.ThreadPoolExecutor(len(tried)) as pool:
                times = list(pool.map(lambda pair: refusal(*pair), tried))
            # The refusal itself takes 50 ms.
            self.assertLess(max(times), 1.0 + 0.3, times)

    # Edits by hand

    def edit(self, node, marked, old, new):
        """Puts an edited file in the place of a node's."""
        path = node.root / "etc/EXAConf"
        text = re.sub(old, new, path.read_text())
        if marked:
            text = re.sub(r"(?m)^(\s*Checksum = ).*$", r"\g<1>COMMIT", text)
        fresh = path.with_name("edit.new")
        fresh.write_text(text)
        fresh.chmod(0o600)
        fresh.rename(path)

    def test_an_edit_that_is_meant_becomes_a_revision_from_any_node(self):
        for number, node in enumerate(self.cluster.nodes):
            self.cluster.await_equal_files()
            self.edit(node, True, r"IssueTracker = .*", f"IssueTracker = tracker{number}")
            path = node.root / "etc/EXAConf"
            until(lambda: "Checksum = COMMIT" not in path.read_text(), 20)
            text = self.cluster.await_equal_files().decode()
            self.assertIn(f"IssueTracker = tracker{number}\n", text)
            revision = int(re.search(r"Revision = (\d+)", text)[1])
            found = self.cluster.master().rest().get(f"/exaconf/revisions/{revision}").json
            wanted = "edited by hand, marked COMMIT" if node is self.master else (
                f"edited by hand on node {node.number}, marked COMMIT")
            self.assertEqual(found["reason"], wanted, found)

    def test_an_edit_nobody_spoke_of_is_shown_kept_and_replaced(self):
        node = self.followers[0]
        self.cluster.await_equal_files()
        before = self.cluster.master().rest().get("/exaconf/revisions?limit=1").json["items"][0]["revision"]
        self.edit(node, False, r"Timezone = .*", "Timezone = Asia/Nowhere")

        def refuses():
            metrics = node.rest().get("/metrics").body.decode()
            return re.search(r"(?m)^confd_configuration_refuses_changes (\d)", metrics)[1] == "1"
        until(refuses, 15)
        # It holds nobody up, and goes with the next change.
        revision = self.cluster.change(2002)["revision"]
        self.assertEqual(revision, before + 1)
        self.assertNotIn(b"Asia/Nowhere", self.cluster.await_equal_files())
        until(lambda: not refuses(), 15)
        kept = [path.read_text() for path in (node.root / "etc").glob("EXAConf.edited.*")]
        self.assertTrue(any("Asia/Nowhere" in text for text in kept), kept)

    # What is kept where

    def test_secrets_of_jobs_are_in_no_file_but_those_that_have_to_hold_them(self):
        admin = self.master.rest()
        admin.ok("user_create", username="zoe", userid=3500, group="exausers", login_enabled=True, password="geheim-of-zoe")
        admin.ok("group_create", groupname="nogeheim", groupid=3501)
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = Authority(folder).issue("nodes")
        admin.ok("cert_update", cert=certificate, key=key)
        shown = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest()
        for node in self.cluster.nodes:
            until(lambda: served(node) == shown, 15)
        marks = {"password": b"geheim-of-zoe", "key": key.splitlines()[1].encode(), "name": b"nogeheim"}
        for node in self.cluster.nodes:
            found = traces(node.root, marks)
            self.assertEqual(found["password"], set(), node.number)
            homes = re.compile(r"etc/ssl/.*|spool/cluster/files/.*")
            self.assertEqual({name for name in found["key"] if not homes.fullmatch(name)}, set(), node.number)
            self.assertIn("etc/ssl/ssl.key", found["key"])
            # What is no secret is found where secrets were looked for: in the store, and in the log that etcd keeps.
            self.assertTrue(any(name.startswith("spool/jobs/") for name in found["name"]), found["name"])
            self.assertTrue(any(name.startswith("etcd/data/") for name in found["name"]), found["name"])
            for name in found["key"] - {"etc/ssl/ssl.crt"}:
                self.assertEqual((node.root / name).stat().st_mode & 0o077, 0, name)

    # Who may ask as a node

    def ask_peer(self, node, route, certificate=None):
        """What the port for nodes answers; None when it ends the connection."""
        context = ssl._create_unverified_context()
        if certificate:
            context.load_cert_chain(*certificate)
        connection = http.client.HTTPSConnection(
            node.address, self.cluster.ports[2], context=context, timeout=10)
        try:
            connection.request("POST", f"/peer/{route}", b"{}", {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())["fault"]["code"]
        except (ssl.SSLError, ConnectionError):
            return None
        finally:
            connection.close()

    def test_the_port_for_nodes_answers_nodes_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            strangers = Authority(folder, "Strangers")
            strangers.issue("node", "clientAuth")
            foreign = strangers.path("node", "crt"), strangers.path("node", "key")
            for node in self.cluster.nodes:
                for route in ("state", "commands", "vote", "history", "no-such-route"):
                    self.assertEqual(self.ask_peer(node, route), (401, "stranger"), route)
                    self.assertIn(self.ask_peer(node, route, foreign), (None, (401, "stranger")), route)
                # One of the cluster, which shows that the others were refused for what they are.
                own = pathlib.Path(self.master.root / "etc/cluster")
                known = self.ask_peer(node, "no-such-route", (own / "node.pem", own / "node.key"))
                self.assertEqual(known, (404, "unknown-route"))

    def test_etcd_answers_nodes_alone(self):
        for node in self.cluster.nodes:
            for port in self.cluster.ports[:2]:
                connection = http.client.HTTPSConnection(
                    node.address, port, context=ssl._create_unverified_context(), timeout=10)
                with self.assertRaises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
                    connection.request("POST", "/v3/kv/range", json.dumps({"key": base64.b64encode(b"/").decode()}))
                    connection.getresponse()
                connection.close()


if __name__ == "__main__":
    unittest.main()
