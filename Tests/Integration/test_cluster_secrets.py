"""Secrets where nobody expects them, given to jobs of a cluster: no node keeps or shows them, nor does the log between them.

CONFD_LONG_TESTS=1 gives them to every job, and not only to those that act on other nodes.
"""

import concurrent.futures
import contextlib
import itertools
import json
import os
import re
import sqlite3
import unittest
import zlib

from cluster_host import Cluster, lacking
from cluster_traces import contents
from daemon import PASSWORD, SOURCE_TREE
from role_host import Host
from test_secrets import HOMES, MARK, form, planted

# test_secrets has the folder of these in the path.
import roles
from faces import Faces

IS_LONG = os.environ.get("CONFD_LONG_TESTS") == "1"
# What would end the cluster, or make it another one, is only tried.
DRY = roles.DRY | {
    "master_change", "node_add", "node_add_batch", "node_clone_batch", "node_ip_batch", "node_remove", "node_resume",
    "node_suspend"}
# About a node that does not decide, where a job is about one.
PRESENT = roles.PRESENT | {"nid": 12, "node": 12, "nodes": [12]}
THREADS = 4
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \|", re.MULTILINE)
AT_HOME = {"no node", "the node that decides"}
DEFLATED = 1


def acting_elsewhere():
    """Jobs with commands on nodes that do not decide."""
    text = (SOURCE_TREE / "docs/jobs-nodes.md").read_text()
    return {job for job, place in ROW.findall(text) if place.strip() not in AT_HOME}


def unpacked(value):
    """A value of the store as bytes, and what is packed in it."""
    content = value if isinstance(value, bytes) else str(value).encode()
    yield content
    if content[:1] == bytes([DEFLATED]):
        with contextlib.suppress(zlib.error):
            yield zlib.decompress(content[1:], -zlib.MAX_WBITS)


def marks(content):
    return {found.group() for found in MARK.finditer(content)}


def marks_of_line(line, configured):
    """Marks of a line of the log, but for those of a revision of the configuration, which has what that has."""
    try:
        record = json.loads(line)
    except ValueError:
        # The rest of a page that was given up.
        return marks(line) - configured
    return set() if "checksum" in record and ("text" in record or "edits" in record) else marks(line)


@unittest.skipIf(lacking(), lacking())
class Planted(unittest.TestCase):
    """Three nodes that were given secrets by one administrator, and are looked at by another."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster())
        cls.cluster.grow(12, 13)
        cls.master = cls.cluster.await_calm()
        admin = cls.master.rest()
        for name, number in (("adm", 2100), ("eve", 2101), ("jane", 2102)):
            admin.ok("user_create", username=name, userid=number, group="exaadm", login_enabled=True,
                     password=PASSWORD)
        # Those of words that are planted by hand come first.
        cls.numbers = itertools.count(100)

    # Planting

    def calls(self, kinds):
        """A secret in each parameter of each of these jobs: way, job, parameters, and whether it is only tried."""
        ways = itertools.cycle(("typed", "plain", "xml", "json"))
        for kind in kinds:
            name, usual = kind["name"], kind.get("example") or {}
            if not name.endswith(("_add", "_create")):
                usual = usual | {key: value for key, value in PRESENT.items() if key in usual}
            for parameter in kind["parameters"]:
                # What is looked at later has to stay: such a job is only tried, unless what it is about is the text.
                removes = name.endswith(("_delete", "_remove", "_reset")) and parameter["name"] not in PRESENT
                for value in planted(parameter, usual.get(parameter["name"]), form(next(self.numbers))):
                    yield next(ways), name, usual | {parameter["name"]: value}, removes or name in DRY

    def plant_in_jobs(self):
        """The number of calls."""
        elsewhere = acting_elsewhere()
        self.assertGreater(len(elsewhere), 30)
        listed = self.master.rest().get("/job-types").json["items"]
        calls = list(self.calls([kind for kind in listed if IS_LONG or kind["name"] in elsewhere]))

        def send(part):
            faces = Faces(self.master, "adm")
            for way, name, params, is_tried in part:
                faces.submit(
                    way, name, params, dry_run=is_tried, revision=Host.revision(self.master) if name in roles.WHOLE else None)
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(send, (calls[number::THREADS] for number in range(THREADS))))
        return len(calls)

    def plant_in_the_configuration(self):
        """An address and start parameters, as a file of an earlier version may have them."""
        done = Host.patch(self.master, self.master.rest("adm", PASSWORD), {
            "RemoteVolume : r0077": {
                "Type": "s3", "URL": form(7), "Username": "AKIAGEHEIM0000000077", "Owner": "500 : 500",
                "Options": "delegation_token=geheim00077,user=u", "Passwd": "Z2VoZWlt"},
            "DB : DB1": {"Params": "-a=1 -ldapBindPassword=geheim00078"}})
        self.assertEqual(done["outcome"], "ok", done)

    def plant_around_jobs(self):
        """Secrets in what is told beside the parameters, to every node."""
        text, self.master = form(9), self.cluster.await_calm()
        for node in self.cluster.nodes:
            client = node.rest("adm", PASSWORD)
            answer = client.post(
                "/jobs?wait=60s", {"type": "db_info", "params": {"db_name": "DB1"}, "reason": f"see {text}"},
                User_Agent="x?token=geheim00009")
            # Another one would have to be asked.
            self.assertEqual(answer.status, 200 if node is self.master else 302, answer)
            self.assertIn(client.get("/databases/-xToken=geheim00014").status, (302, 404))
        self.assertEqual(self.master.rest("adm", PASSWORD).post("/tokens", {"name": "token=geheim00013"}).status, 201)

    # Looking

    def answer(self, client, path, **headers):
        """What a node answers by itself; of one that has another one answer, what it says then."""
        answer = client.get(path, **headers)
        if answer.status == 302:
            answer = client.get(f"{path}{'&' if '?' in path else '?'}consistency=local", **headers)
        return answer

    def look(self, client, path, **headers):
        """The same where there is something to see."""
        answer = self.answer(client, path, **headers)
        self.assertIn(answer.status, (200, 302), (path, answer))
        return answer

    def pages(self, client, path):
        cursor = ""
        while True:
            answer = self.look(client, f"{path}?limit=1000{cursor}")
            yield answer.body
            if answer.status != 200 or "next_cursor" not in answer.json:
                return
            cursor = f"&cursor={answer.json['next_cursor']}"

    def seen(self, node):
        """(where, bytes) of what another administrator can look at by a node."""
        eve = node.rest("eve", PASSWORD)
        for path in ("/jobs", "/history", "/audit", "/exaconf/revisions"):
            for body in self.pages(eve, path):
                yield path, body
        for path in ("/events/page?after=oldest&limit=1000", "/queue", "/databases", "/databases/DB1", "/remote-volumes",
                     "/remote-volumes/r0077", "/settings", "/exaconf", "/metrics", "/cluster"):
            yield path, self.look(eve, path).body
        yield "/exaconf as text", self.look(eve, "/exaconf", Accept="text/plain").body
        newest = Host.revision(node)
        for number in range(max(1, newest - 20), newest + 1):
            path = f"/exaconf/revisions/{number}"
            yield path, self.answer(eve, path, Accept="text/plain").body
            yield f"{path}/diff", self.answer(eve, f"{path}/diff").body
        listed = self.look(eve, "/jobs?limit=1000")
        jobs = listed.json["items"] if listed.status == 200 else []
        # Others tell what they have from who decides.
        for job in jobs if IS_LONG or node is self.master else jobs[::10]:
            for path in (f"/jobs/{job['job_id']}", f"/jobs/{job['job_id']}/log", f"/jobs/{job['job_id']}/result"):
                yield f"{path} ({job['type']})", self.answer(eve, path).body

    def rows(self, node):
        """(table, row, text of a revision or nothing) of the store of a node."""
        place = node.root / "spool/jobs/store.sqlite"
        with contextlib.closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True, timeout=10)) as store:
            for (table,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in store.execute(f"SELECT * FROM {table}"):
                    # The text of a revision is the last.
                    yield (table, row[:-1], row[-1:]) if table == "revisions" else (table, row, ())

    def configured(self, node):
        """Marks that are in the configuration by its format, in any of its revisions."""
        found = set()
        for _, _, texts in self.rows(node):
            for text in texts:
                for content in unpacked(text):
                    found |= marks(content)
        return found

    def kept(self, node, configured):
        """(where, bytes) of what a node keeps, but for the homes of the configuration; of the log, what is no revision."""
        for table, row, _ in self.rows(node):
            for value in row:
                yield from ((f"store: {table}", content) for content in unpacked(value))
        for name, content in contents(node.root):
            if HOMES.fullmatch(name):
                continue
            if not name.startswith(f"etcd{os.sep}"):
                yield name, content
            elif content.startswith(b"{"):
                for line in content.split(b"\n"):
                    if MARK.search(line):
                        yield from ((name, mark) for mark in marks_of_line(line, configured))
            else:
                # Pages of the log, in which a short entry can stand as it is.
                yield from ((name, mark) for mark in marks(content) - configured)

    def told(self, sources):
        """Where marks stand, each place once, with one of them."""
        found = {}
        for where, content in sources:
            if mark := MARK.search(content):
                found.setdefault(where, content[max(0, mark.start() - 60):mark.end() + 20])
        return found

    def test_no_node_shows_or_keeps_them_nor_does_the_log(self):
        self.plant_in_the_configuration()
        self.assertGreater(self.plant_in_jobs(), 60)
        self.plant_in_the_configuration()
        self.plant_around_jobs()
        master = self.master.rest("eve", PASSWORD)
        told = [("debug_collect", str(master.job("debug_collect")).encode())]
        self.assertEqual(self.told(told), {})
        self.master = self.cluster.await_calm()
        self.cluster.await_equal_files()
        for node in self.cluster.nodes:
            with self.subTest(node.number):
                self.assertEqual(self.told(self.seen(node)), {})
                # Where secrets of the configuration have to be they are found.
                configured = self.configured(node)
                self.assertIn(b"geheim00078", configured)
                self.assertIn("-ldapBindPassword=geheim00078", node.configuration())
                self.assertEqual(self.told(self.kept(node, configured)), {})


if __name__ == "__main__":
    unittest.main()
