"""Secrets where nobody expects them: in addresses, start parameters, keys and texts of every job, by every interface."""

import gzip
import itertools
import json
import pathlib
import re
import sqlite3
import sys
import unittest

from daemon import PASSWORD
from role_host import Host

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Attacks"))

import roles  # noqa: E402  (the path comes first)
import traces  # noqa: E402
from faces import Faces  # noqa: E402

MARK = re.compile(rb"geheim\d{5}|AKIAGEHEIM\d{10}")
# What the configuration holds is in its file, in copies of that, in the revisions of the store and in what is made of it.
HOMES = re.compile(r"etc/EXAConf.*|spool/jobs/store\.sqlite.*|etc/remote_volumes/.*|etc/ssl/.*|spool/cluster/files/.*")


def form(number):
    """A text with a secret in it, of another form for each number."""
    mark = f"geheim{number:05d}"
    return (
        f"https://ann:{mark}@192.0.2.9/x", f"https://192.0.2.9/x?sv=1&X-Amz-Signature={mark}&se=2",
        f"-a=1 -ldapBindPassword={mark}", f"AKIAGEHEIM{number:010d} {mark}{'x' * 40}", f"ftp://192.0.2.9/?token={mark}",
        f"-----BEGIN PRIVATE KEY-----\n{mark}\n-----END PRIVATE KEY-----", f"see smb://ann:{mark}@192.0.2.9/x, then",
    )[number % 7]


def planted(parameter, usual, text):
    """Values for a parameter with a text in the place of each kind of value it takes."""
    if "str" in parameter["types"]:
        yield text
    if {"list", "tuple"} & set(parameter["types"]):
        yield [text]
    if "dict" in parameter["types"]:
        yield {"Vault": {"Note": text}}
        name = next(iter(usual or {}), "Note")
        yield (usual or {}) | {name: text}
        yield (usual or {}) | {text: "x"}


class Planted(unittest.TestCase):
    """A daemon that was given secrets by one administrator, and is looked at by another."""

    @classmethod
    def setUpClass(cls):
        cls.host = Host().start()
        cls.admin = cls.host.rest()
        for name, number in (("eve", 2100), ("jane", 2101)):
            cls.admin.ok("user_create", username=name, userid=number, group="exaadm", login_enabled=True,
                         password=PASSWORD)
        cls.numbers = itertools.count(1)

    @classmethod
    def tearDownClass(cls):
        cls.host.__exit__()

    @property
    def planter(self):
        """A connection that was idle for long is closed, so each time there is a new one."""
        return self.host.by("exaadm")

    def eve(self):
        return self.host.rest("eve", PASSWORD)

    def plant_in_jobs(self):
        """A secret in each parameter of each job, one that is marked secret aside; the number of calls."""
        calls, ways = 0, itertools.cycle(("typed", "plain", "xml", "json"))
        faces = Faces(self.host, "adm")
        for kind in self.admin.get("/job-types").json["items"]:
            name, usual = kind["name"], kind.get("example") or {}
            if not name.endswith(("_add", "_create")):
                usual = usual | {key: value for key, value in roles.PRESENT.items() if key in usual}
            for parameter in kind["parameters"]:
                if parameter["secret"]:
                    continue
                # What is looked at later has to stay: such a job is only tried, unless what it is about is the text.
                removes = name.endswith(("_delete", "_remove", "_reset")) and parameter["name"] not in roles.PRESENT
                for value in planted(parameter, usual.get(parameter["name"]), form(next(self.numbers))):
                    faces.submit(
                        next(ways), name, usual | {parameter["name"]: value}, dry_run=removes or name in roles.DRY,
                        revision=self.host.revision() if name in roles.WHOLE else None)
                    calls += 1
        return calls

    def plant_in_the_configuration(self):
        """An address, a key and start parameters, as a file of an earlier version may have them."""
        done = self.host.patch(self.planter, {
            "RemoteVolume : r0077": {
                "Type": "s3", "URL": form(7), "Username": "AKIAGEHEIM0000000077", "Owner": "500 : 500",
                "Options": "delegation_token=geheim00077,user=u", "Passwd": "Z2VoZWlt"},
            "DB : DB1": {"Params": "-a=1 -ldapBindPassword=geheim00078"}})
        self.assertEqual(done["outcome"], "ok", done)

    def plant_around_jobs(self):
        """Secrets in what is told beside the parameters: reasons, names, header fields."""
        text = form(9)
        job = self.planter.post(
            "/jobs?wait=60s", {"type": "db_info", "params": {"db_name": "DB1"}, "reason": f"see {text}"},
            User_Agent="x?token=geheim00009")
        self.assertEqual(job.json["outcome"], "ok", job)
        # Whoever asks for a job on purpose is told.
        self.assertIn("-ldapBindPassword=geheim00078", job.json["result"]["result_output"]["config"]["params"])
        rule = {"action": "pause", "match": {"type": ["affinity_*"]}, "owner": "password=geheim00010", "reason": text}
        self.assertEqual(self.planter.post("/queue/rules", rule).status, 201)
        waiting = self.planter.post("/jobs", {"type": "affinity_reset", "reason": text}).json["job_id"]
        self.planter.request("PATCH", f"/jobs/{waiting}", {"reason": f"-xToken=geheim00011 {text}"})
        self.planter.post(f"/jobs/{waiting}/cancel", {"reason": f"-xSecret=geheim00012 {text}"})
        self.assertEqual(self.planter.post("/tokens", {"name": "token=geheim00013"}).status, 201)
        self.assertEqual(self.planter.get("/databases/-xToken=geheim00014").status, 404)

    def pages(self, client, path):
        """The bodies of all pages of a list."""
        cursor = ""
        while True:
            answer = client.get(f"{path}?limit=1000{cursor}")
            self.assertEqual(answer.status, 200, (path, answer))
            yield answer.body
            if "next_cursor" not in answer.json:
                return
            cursor = f"&cursor={answer.json['next_cursor']}"

    def seen(self):
        """(where, bytes) of everything another administrator can look at."""
        eve = self.eve()
        for path in ("/jobs", "/history", "/audit", "/exaconf/revisions"):
            for body in self.pages(eve, path):
                yield path, body
        for path in ("/events/page?after=oldest&limit=1000", "/queue", "/queue/rules", "/databases", "/databases/DB1",
                     "/remote-volumes", "/remote-volumes/r0077", "/settings", "/exaconf", "/metrics"):
            answer = eve.get(path)
            self.assertEqual(answer.status, 200, (path, answer))
            yield path, answer.body
        yield "/tokens", self.planter.get("/tokens").body
        yield "/exaconf as text", eve.get("/exaconf", Accept="text/plain").body
        yield "/history/export", gzip.decompress(eve.get("/history/export").body)
        newest = self.host.revision()
        for number in range(max(1, newest - 40), newest + 1):
            path = f"/exaconf/revisions/{number}"
            yield path, eve.get(path, Accept="text/plain").body
            yield f"{path}/diff", eve.get(f"{path}/diff").body
            yield f"{path}/diff as text", eve.get(f"{path}/diff", Accept="text/x-diff").body
        rpc = self.host.rpc("eve", PASSWORD)
        for number, job in enumerate(json.loads(next(self.pages(eve, "/jobs")))["items"]):
            for path in (f"/jobs/{job['job_id']}", f"/jobs/{job['job_id']}/log", f"/jobs/{job['job_id']}/result"):
                yield f"{path} ({job['type']})", eve.get(path).body
            if number % 20 == 0:
                yield f"job_info {job['job_id']}", str(rpc.job_info(job["job_id"])).encode()
        made = eve.ok("debug_collect")[0]["path"]
        packed = (self.host.root / made.removeprefix("/exa/")).read_bytes()
        yield from (("debug archive", part) for part in traces.parts(packed))

    def kept(self):
        """(where, bytes) of everything a stopped daemon leaves, but for the homes of the configuration."""
        for path in self.host.root.rglob("*"):
            name = str(path.relative_to(self.host.root))
            if path.is_file() and path.stat().st_blocks and not HOMES.fullmatch(name):
                yield from ((name, part) for part in traces.parts(path.read_bytes()))
        database = sqlite3.connect(self.host.root / "spool/jobs/store.sqlite")
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in database.execute(f"SELECT * FROM {table}"):
                # The text of a revision is the last.
                yield table, str(row[:-1] if table == "revisions" else row).encode()
        database.close()

    def told(self, sources):
        """Where marks stand, each place once, with one of them."""
        found = {}
        for where, content in sources:
            if mark := MARK.search(content):
                found.setdefault(where, content[max(0, mark.start() - 60):mark.end() + 20])
        return found

    def test_they_are_shown_to_nobody_and_kept_nowhere(self):
        self.plant_in_the_configuration()
        self.assertGreater(self.plant_in_jobs(), 200)
        self.plant_in_the_configuration()
        self.plant_around_jobs()
        self.assertEqual(self.told(self.seen()), {})
        self.assertIn("-ldapBindPassword=geheim00078", self.host.configuration())
        self.assertEqual(self.host.stop(), 0)
        self.assertEqual(self.told(self.kept()), {})
        self.host.start()


class Masks(unittest.TestCase):
    """What is declined, and what comes back as it was shown."""

    @classmethod
    def setUpClass(cls):
        cls.host = Host().start()
        cls.adm = cls.host.by("exaadm")

    @classmethod
    def tearDownClass(cls):
        cls.host.__exit__()

    def test_an_address_with_a_secret_is_declined_and_the_answer_says_what_to_give(self):
        for url in ("ftp://ann:geheim00001@192.0.2.9/x", "ftp://192.0.2.9/x?X-Amz-Signature=geheim00001"):
            with self.subTest(url):
                answer = self.adm.post("/jobs?wait=60s", {"type": "remote_volume_add", "params": {
                    "url": url, "vol_type": "ftp", "username": "ann", "password": "p", "owner": [500, 500]}})
                self.assertEqual(answer.status, 400, answer)
                self.assertEqual(answer.json["errors"][0]["pointer"], "/params/url")
                self.assertIn("password", answer.json["detail"])
                self.assertNotIn(b"geheim00001", answer.body)
                told = self.host.rpc("adm", PASSWORD).job_exec("remote_volume_add", {"params": {
                    "url": url, "vol_type": "ftp", "username": "ann", "password": "p", "owner": [500, 500]}})
                self.assertEqual(told["result_code"], 105, told)
                self.assertNotIn("geheim00001", str(told))

    def test_what_comes_back_as_it_was_shown_stays_as_it_is(self):
        address, params = "ftp://ann:geheim00002@192.0.2.9/x", "-a=1 -ldapBindPassword=geheim00002"
        done = self.host.patch(self.adm, {
            "RemoteVolume : r0078": {"Type": "ftp", "URL": address, "Owner": "500 : 500"}, "DB : DB1": {"Params": params}})
        self.assertEqual(done["outcome"], "ok", done)
        before = self.host.configuration()
        shown = self.adm.get("/exaconf").json
        self.assertEqual(shown["RemoteVolume : r0078"]["URL"], "ftp://ann:***@192.0.2.9/x")
        self.assertEqual(shown["DB : DB1"]["Params"], "-a=1 -ldapBindPassword=***")
        for key in ("Revision", "Checksum", "ConfVersion"):
            del shown["Global"][key]
        self.assertEqual(self.host.patch(self.adm, shown)["outcome"], "ok")
        self.assertEqual(self.host.configuration(), before)
        other = self.host.patch(self.adm, {"DB : DB1": {"Params": "-b -ldapBindPassword=***"}})
        self.assertEqual(other["errors"][0]["pointer"], "/DB : DB1/Params", other)
        job = self.adm.job("db_configure", db_name="DB1", params="-b -ldapBindPassword=***")
        self.assertNotEqual(job["outcome"], "ok", job)
        self.assertEqual(self.host.configuration(), before)
        seen = self.adm.get("/exaconf", Accept="text/plain")
        token = re.search(r"AuthenticationToken = (\S+)", before)[1]
        put = self.host.rest(user=None, token=token).request(
            "PUT", "/exaconf?wait=60s", seen.body, {"Content-Type": "text/plain", "If-Match": seen.headers["etag"]})
        self.assertEqual(put.status, 400, put)
        self.assertIn("URL has a mask", put.json["detail"])
        self.assertEqual(self.host.configuration(), before)


if __name__ == "__main__":
    unittest.main()
