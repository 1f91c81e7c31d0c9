"""What one asks on any node tells of all nodes: refused logins, the history, logs and debug archives."""

import gzip
import hashlib
import itertools
import json
import tarfile
import time
import unittest

from cluster_host import Cluster, lacking
from daemon import PASSWORD, until

# How long other nodes are waited for, and what a busy machine adds.
PATIENCE, MARGIN = 5, 5


@unittest.skipIf(lacking(), lacking())
class ClusterHistory(unittest.TestCase):
    EVERYBODY = {"eve11": 11, "eve12": 12, "eve13": 13}

    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster())
        cls.cluster.grow(12, 13)
        for node in cls.cluster.nodes:
            answer = node.rest(f"eve{node.number}", "a guess").get("/jobs?limit=1&consistency=local")
            assert answer.status == 401, answer

    def setUp(self):
        self.master = self.cluster.await_calm()
        self.followers = [node for node in self.cluster.nodes if node is not self.master]

    def ask(self, node, path):
        answer = node.rest().get(path)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def users(self, items):
        """Whose logins were refused where."""
        return {item["user"]: item["node"] for item in items if item.get("user", "").startswith("eve")}

    def test_one_question_on_any_node_tells_the_refused_logins_of_all(self):
        for node in self.cluster.nodes:
            for path in (
                    "/history?kind=refusal&limit=100&consistency=local", "/audit?event=refusal&limit=100"):
                page = self.ask(node, path)
                self.assertEqual(self.users(page["items"]), self.EVERYBODY, path)
                self.assertNotIn("missing", page)
                times = [item["time"] for item in page["items"]]
                self.assertEqual(times, sorted(times, reverse=True))
        # An entry of the whole cluster is of no one node.
        jobs = self.ask(self.master, "/history?kind=job&limit=5")["items"]
        self.assertTrue(all("node" not in item for item in jobs), jobs)

    def test_pages_go_on_where_they_ended_on_every_node(self):
        found, cursor = [], ""
        for node in itertools.islice(itertools.cycle(self.cluster.nodes), 100):
            page = self.ask(node, f"/audit?event=refusal&limit=1{cursor}")
            found += page["items"]
            if "next_cursor" not in page:
                break
            cursor = f"&cursor={page['next_cursor']}"
        else:
            self.fail(f"there is no end: {found}")
        places = [(item["node"], item["seq"]) for item in found]
        self.assertEqual(len(places), len(set(places)))
        self.assertEqual(self.users(found), self.EVERYBODY)
        times = [item["time"] for item in found]
        self.assertEqual(times, sorted(times, reverse=True))

    def test_the_chain_of_each_node_can_be_followed_from_elsewhere(self):
        for node in (11, 12, 13):
            records = self.ask(self.followers[0], f"/audit?node={node}&limit=50")["items"]
            self.assertEqual({record["node"] for record in records}, {node})
            for newer, older in zip(records, records[1:]):
                self.assertEqual((newer["prev_hash"], newer["seq"]), (older["hash"], older["seq"] + 1))

    def test_the_export_has_the_records_of_all_nodes(self):
        answer = self.master.rest().get("/history/export?kind=refusal")
        self.assertEqual(answer.status, 200)
        title, *entries = map(json.loads, gzip.decompress(answer.body).splitlines())
        self.assertEqual(title["node"], self.master.number)
        self.assertEqual(self.users(entries), self.EVERYBODY)

    def test_logs_and_archives_are_those_of_three_nodes(self):
        rest = self.master.rest()
        events = rest.ok("log_collect", services=["ConfD"], default_interval="30m")
        self.assertEqual({event["node"] for event in events}, {11, 12, 13})
        self.assertFalse([event["text"] for event in events if "are not among these" in event["text"]])
        times = [event["time"] for event in events]
        self.assertEqual(times, sorted(times))
        made = rest.ok("debug_collect")
        self.assertEqual([archive["node"] for archive in made], [self.master.number] + sorted(
            node.number for node in self.followers))
        for archive in made:
            node = self.cluster.node(archive["node"])
            path = node.root / archive["path"].removeprefix("/exa/")
            self.assertEqual((path.stat().st_mode & 0o777, path.stat().st_size), (0o600, archive["bytes"]))
            with tarfile.open(path) as files:
                names = {member.name.removeprefix("./"): member for member in files if member.isfile()}
                told = files.extractfile(names["audit.json"]).read()
                self.assertIn(f"eve{node.number}".encode(), told)
                for member in names.values():
                    self.assertNotIn(PASSWORD.encode(), files.extractfile(member).read(), member.name)

    def test_a_long_answer_stays_on_its_node_and_is_had_through_every_node(self):
        holder, other = self.followers
        folder = holder.root / "logs/databases/LONG"
        folder.mkdir(parents=True)
        (folder / "postgresql.log").write_text("".join(
            f"2019-01-04 13:13:30 UTC [1] LOG:  {number:05} {'x' * 400}\n" for number in range(2200)))
        rest = self.master.rest()
        job = rest.job(
            "log_collect", services=["DWAd"], nodes=[holder.number], start_time="2019-01-04 13:13:00",
            stop_time="2019-01-04 13:15:00")
        self.assertEqual(job["outcome"], "ok", job)
        stored, path = job["commands"][0]["stored_answer"], f"/jobs/{job['job_id']}/answers/0"
        self.assertNotIn("output", job["commands"][0])
        self.assertGreater(stored["bytes"], 1 << 20)
        self.assertEqual(job["links"]["answers"], [path])
        told = rest.get(f"/jobs/{job['job_id']}/result").json
        self.assertEqual(told["answers"], [stored | {"node": holder.number, "path": path}])
        for output in (
                told["result_output"], self.master.rpc().job_result(job["job_id"])["result_output"]):
            self.assertIn(path, output)
            self.assertIn(f"node {holder.number}", output)
        for node in self.cluster.nodes:
            local = node.rest()
            until(lambda: local.get(f"/jobs/{job['job_id']}?consistency=local").json.get("done"))
            answer = local.get(f"{path}?consistency=local", Accept_Encoding="gzip")
            self.assertEqual((answer.status, len(answer.body)), (200, stored["bytes"]), node.number)
            self.assertEqual(hashlib.sha256(answer.body).hexdigest(), stored["sha256"])
            events = json.loads(answer.body)
            self.assertEqual(sorted(int(event["text"].split()[5]) for event in events), list(range(2200)))
            places = list((node.root / "spool/cluster/answers").glob("*"))
            self.assertEqual(len(places), 1 if node is holder else 0, places)
            if node is holder:
                self.assertEqual(places[0].stat().st_mode & 0o777, 0o600)
        # A node that is away has it still, one that has removed it has not.
        holder.hold(holder.runs()[0])
        try:
            until(lambda: not next(
                member for member in self.ask(self.master, "/cluster")["members"] if member["node"] == holder.number)["present"])
            answer = rest.get(path)
            self.assertEqual((answer.status, answer.json["code"]), (503, "answer-unavailable"), answer)
            self.assertIn("retry-after", answer.headers)
        finally:
            holder.let_go()
        self.cluster.await_calm()
        until(lambda: self.master.rest().get(path).status == 200)
        next((holder.root / "spool/cluster/answers").iterdir()).unlink()
        answer = other.rest().get(f"{path}?consistency=local")
        self.assertEqual((answer.status, answer.json["code"]), (410, "answer-gone"), answer)

    def test_a_node_that_gives_no_answer_is_named_in_time_and_told_of_later(self):
        lost = self.followers[-1]
        others = {user: node for user, node in self.EVERYBODY.items() if node != lost.number}
        rest = self.master.rest()
        lost.hold(lost.runs()[0])
        try:
            begin = time.monotonic()
            page = rest.get("/history?kind=refusal&limit=100").json
            took = time.monotonic() - begin
            self.assertLess(took, PATIENCE + MARGIN)
            self.assertEqual([missing["node"] for missing in page["missing"]], [lost.number])
            self.assertTrue(page["missing"][0]["reason"])
            self.assertEqual(self.users(page["items"]), others)
            begin = time.monotonic()
            events = rest.ok("log_collect", services=["ConfD"])
            self.assertLess(time.monotonic() - begin, PATIENCE + 2 * MARGIN)
            gaps = [event for event in events if event["node"] == lost.number]
            self.assertEqual([(gap["priority"], gap["service"]) for gap in gaps], [("ERR", "ConfD")], gaps)
            self.assertIn(f"The logs of node {lost.number} are not among these", gaps[0]["text"])

            # Once it is known to be away nobody waits for it.
            def is_away():
                told = rest.get("/audit?event=refusal&limit=100").json
                return told.get("missing") == [{"node": lost.number, "reason": "it is away"}]
            until(is_away, 30)
            begin = time.monotonic()
            self.assertTrue(is_away())
            self.assertLess(time.monotonic() - begin, PATIENCE)
            made = rest.ok("debug_collect", debug_info=["Coredumps"])
            self.assertEqual(made[-1], {"node": lost.number, "reason": "It is away."})
            # What is asked of the others alone lacks nothing.
            page = rest.get(f"/audit?event=refusal&node={self.master.number}").json
            self.assertNotIn("missing", page)
        finally:
            lost.let_go()
        self.cluster.await_calm()
        page = self.ask(self.master, "/history?kind=refusal&limit=100")
        self.assertNotIn("missing", page)
        self.assertEqual(self.users(page["items"]), self.EVERYBODY)


if __name__ == "__main__":
    unittest.main()
