"""The REST face: a job's whole story, lists, the configuration and its history."""

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
import threading
import unittest
import xmlrpc.client

from daemon import PASSWORD, Daemon, until
from test_tls import Authority

STAGES = ("submitted", "scheduled", "executed", "finished", "committed")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
LICENSE = "<license><company_name>{}</company_name><max_db_mem_size_in_gb>64</max_db_mem_size_in_gb></license>"


class Resources(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.numbers = iter(range(4000, 9000))
        job = cls.daemon.rest().job(
            "user_create", username="dora", userid=2001, group="exadbadm", login_enabled=True, password="doras word")
        assert job["outcome"] == "ok", job

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def setUp(self):
        self.client = self.daemon.rest()

    def dora(self):
        return self.daemon.rest("dora", "doras word")

    def group(self):
        number = next(self.numbers)
        return {"type": "group_create", "params": {"groupid": number, "groupname": f"g{number}"}}

    def revision(self):
        return int(self.client.get("/exaconf").headers["confd-revision"])

    # A job's story

    def test_a_modify_job_tells_its_whole_story(self):
        folder = tempfile.mkdtemp(prefix="confd-rest-")
        self.addCleanup(shutil.rmtree, folder)
        certificate, key = Authority(folder).issue("server")
        base = self.revision()
        for kind, params, action in (
                ("license_upload", {"license": LICENSE.format("ACME")}, "license.install"),
                ("cert_update", {"cert": certificate, "key": key}, "certificate.install")):
            body = {"type": kind, "params": params, "reason": "INC-42"}
            answer = self.client.post("/jobs?wait=60s", body, User_Agent="story/1.0")
            self.assertEqual(answer.status, 200, answer)
            job = self.client.get(answer.headers["location"]).json
            self.assertEqual(job, answer.json)

            times = [job[f"{stage}_at"] for stage in STAGES]
            self.assertTrue(all(TIME.fullmatch(time) for time in times), times)
            self.assertEqual(times, sorted(times))
            self.assertEqual(
                (job["stage"], job["outcome"], job["done"], job["mode"]), ("committed", "ok", True, "modify"))
            self.assertEqual((job["user"], job["reason"]), ("admin", "INC-42"))
            self.assertEqual((job["base_revision"], job["revision"]), (base, base + 1))
            self.assertEqual(job["result"]["result_revision"], base + 1)
            request = job["request"]
            self.assertEqual(
                (request["interface"], request["client_addr"], request["method"], request["path"],
                 request["user_agent"], request["waits"]), ("rest", "127.0.0.1", "POST", "/jobs", "story/1.0", True))
            self.assertEqual(request["request_id"], answer.headers["confd-request-id"])
            command, = job["commands"]
            self.assertEqual((command["action"], command["node"], command["exit_code"]), (action, 11, 0))
            self.assertTrue(command["undo"])
            self.assertTrue(times[2] <= command["started_at"] <= command["ended_at"] <= times[3], command)
            acknowledged, = job["sync"]
            self.assertEqual((acknowledged["node"], acknowledged["state"]), (11, "acknowledged"))
            self.assertTrue(times[3] <= acknowledged["acked_at"] <= times[4], acknowledged)
            self.assertNotIn("waiting_for", job)
            base += 1
        self.assertEqual((job["params"]["key"], command["arguments"]["key"]), ("***", "***"))
        for path in job["links"].values():
            if not path.endswith(("cancel", "retry")):
                self.assertEqual(self.client.get(path).status, 200, path)

    def test_a_read_job_shows_what_its_command_said(self):
        text = LICENSE.format("Reader")
        self.assertEqual(self.client.job("license_upload", license=text)["outcome"], "ok")
        job = self.client.job("license_download")
        self.assertEqual((job["stage"], job["result"]["result_output"]), ("finished", text))
        self.assertNotIn("revision", job)
        command, = job["commands"]
        self.assertEqual((command["action"], command["output"]["text"]), ("license.read", text))
        log = self.client.get(f"/jobs/{job['job_id']}/log").json
        self.assertEqual((log["complete"], log["next_after"], len(log["lines"])), (True, 1, 1))
        line, = log["lines"]
        self.assertEqual((line["n"], line["command"], line["stream"]), (1, 0, "stdout"))
        self.assertIn("Reader", line["text"])
        rest = self.client.get(f"/jobs/{job['job_id']}/log?after=1&limit=5").json
        self.assertEqual((rest["lines"], rest["complete"]), ([], True))

    def test_the_job_file_says_the_same_in_sections(self):
        jobs = [
            self.client.job("license_upload", license=LICENSE.format("File")), self.client.job("license_download"),
            self.client.job("group_create", groupid=4000, groupname="a#b"),
            self.client.job("user_passwd", username="dora", password="doras word")]
        # A store that is in use can be read beside the daemon.
        for job in jobs:
            file = sections(self.daemon.run("job-file", job["job_id"]).stdout)
            self.assertEqual(file["Job"]["ID"], job["job_id"])
            self.assertEqual(file["Job"]["Type"], job["type"])
            self.assertEqual(file["Job"]["Mode"], job["mode"])
            self.assertEqual(file["Job"]["Stage"], job["stage"])
            self.assertEqual(file["Job"]["Outcome"], job["outcome"])
            self.assertEqual(file["Job"]["User"], "admin")
            self.assertEqual(json.loads(file["Job"]["Parameters"]), job["params"])
            self.assertEqual(file["Request"]["Dialect"], "rest")
            self.assertEqual(file["Request"]["Line"], "POST /jobs")
            self.assertEqual(file["Request"]["RequestID"], job["request"]["request_id"])
            self.assertEqual(json.loads(file["Request"]["Body"]), {"type": job["type"], "params": job["params"]})
            self.assertEqual(file["Scheduling"]["Mode"], "synchronous")
            self.assertEqual(file["Scheduling"].get("Revision"), text_of(job.get("revision")))
            self.assertEqual(file["Scheduling"].get("BaseRevision"), text_of(job.get("base_revision")))
            self.assertEqual(file["Stages"], {
                stage: job[f"{stage}_at"] for stage in STAGES if f"{stage}_at" in job})
            result = job["result"]
            self.assertEqual(file["Result"]["Code"], str(result["result_code"]))
            self.assertEqual(file["Result"]["Name"], result["result_name"])
            self.assertEqual(file["Result"]["Description"], result["result_desc"])
            self.assertEqual(file["Result"]["Ended"], job["ended_at"])
            if "result_output" in result:
                self.assertEqual(json.loads(file["Result"]["Output"]), result["result_output"])
            for number, command in enumerate(job.get("commands", []), 1):
                section = file[f"Command {number} : {command['action']}"]
                self.assertEqual(section["Node"], str(command["node"]))
                self.assertEqual(section["ExitCode"], str(command["exit_code"]))
                self.assertEqual(
                    (section["Started"], section["Ended"]), (command["started_at"], command["ended_at"]))
                self.assertEqual(json.loads(section["Arguments"]), command["arguments"])
                if "output" in command:
                    self.assertEqual(json.loads(section["Output"]), command["output"])
            for word in job.get("sync", []):
                self.assertEqual(file["Result"][f"Node {word['node']}"], f"{word['state']} {word['acked_at']}")
        self.assertNotEqual(self.daemon.run("job-file", "11.99999", check=False).returncode, 0)
        self.assertNotEqual(self.daemon.run("job-file", "nonsense", check=False).returncode, 0)

    # Submitting

    def test_a_job_is_taken_at_once_or_waited_for(self):
        answer = self.client.post("/jobs", self.group())
        self.assertEqual(answer.status, 202, answer)
        self.assertEqual(answer.headers["location"], f"/jobs/{answer.json['job_id']}")
        self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)
        self.assertEqual(answer.json["done"], False)
        ended = self.client.get(answer.headers["location"] + "?wait=60s")
        self.assertEqual((ended.status, ended.json["done"], ended.json["outcome"]), (200, True, "ok"))
        self.assertNotIn("retry-after", ended.headers)

        answer = self.client.post("/jobs?wait=60s", self.group())
        self.assertEqual((answer.status, answer.json["outcome"]), (200, "ok"))
        self.assertNotIn("preference-applied", answer.headers)
        answer = self.client.post("/jobs", self.group(), Prefer="wait=60")
        self.assertEqual((answer.status, answer.json["outcome"]), (200, "ok"))
        self.assertEqual(answer.headers["preference-applied"], "wait=60")
        answer = self.client.post("/jobs", self.group(), Prefer="respond-async, wait=9999")
        self.assertEqual(answer.headers["preference-applied"], "wait=300")
        answer = self.client.post("/job-types/group_create/jobs?wait=60s", {"params": self.group()["params"]})
        self.assertEqual((answer.status, answer.json["outcome"], answer.json["type"]), (200, "ok", "group_create"))
        # One that failed is a success of HTTP, too.
        answer = self.client.post("/jobs?wait=60s", {"type": "group_delete", "params": {"groupname": "none"}})
        self.assertEqual((answer.status, answer.json["outcome"]), (200, "declined"))

    def test_a_dry_run_shows_the_change_and_makes_none(self):
        body = self.group() | {"dry_run": True}
        revision, text = self.revision(), self.daemon.configuration()
        newest = self.client.get("/jobs?limit=1").json["items"][0]["job_id"]
        answer = self.client.post("/jobs?wait=9s", body)
        self.assertEqual(answer.status, 200, answer)
        run = answer.json
        self.assertEqual((run["dry_run"], run["outcome"], run["next_revision"]), (True, "ok", revision + 1))
        added = [line for line in run["diff"].splitlines() if line.startswith("+    ") and "Checksum" not in line]
        self.assertIn(f"+    [[{body['params']['groupname']}]]", added)
        self.assertNotIn("job_id", run)
        license = self.client.post(
            "/jobs", {"type": "license_upload", "params": {"license": LICENSE.format("Dry")}, "dry_run": True}).json
        self.assertEqual([command["action"] for command in license["commands"]], ["license.install"])
        taken = self.client.post("/jobs", {"type": "group_create", "dry_run": True, "params": {
            "groupid": 4999999, "groupname": "exaadm"}}).json
        self.assertEqual((taken["outcome"], taken["error_code"]), ("declined", "object-exists"))
        secret = self.client.post("/jobs", {"type": "user_passwd", "dry_run": True, "params": {
            "username": "dora", "password": "a dry word"}})
        self.assertNotIn("a dry word", secret.body.decode())
        self.assertEqual(self.client.post("/jobs", {"type": "db_info", "dry_run": True}).status, 400)
        self.assertEqual(self.dora().post("/jobs", body).status, 403)
        self.assertEqual((self.revision(), self.daemon.configuration()), (revision, text))
        self.assertEqual(self.client.get("/jobs?limit=1").json["items"][0]["job_id"], newest)

    def test_a_key_makes_repeating_safe(self):
        body = self.group()
        first = self.client.post("/jobs?wait=60s", body, Idempotency_Key="order-1")
        self.assertNotIn("idempotency-replayed", first.headers)
        again = self.client.post("/jobs?wait=60s", body, Idempotency_Key="order-1")
        self.assertEqual((again.status, again.headers["idempotency-replayed"]), (200, "true"))
        self.assertEqual(again.json, first.json)
        self.assertEqual(first.json["request"]["idempotency_key"], "order-1")
        # A key belongs to the path it was sent to; remote methods have one scope at all their addresses.
        words = {"params": body["params"], "idempotency_key": "order-1"}
        calls = [self.daemon.rpc(path=path).job_exec(body["type"], words) for path in ("", "/RPC2")]
        self.assertEqual(calls[0]["result_jobid"], calls[1]["result_jobid"])
        self.assertNotEqual(calls[0]["result_jobid"], first.json["job_id"])
        other = self.client.post("/jobs?wait=60s", self.group(), Idempotency_Key="order-1")
        self.assertEqual((other.status, other.json["code"]), (422, "idempotency-key-reused"))
        self.assertIn(first.json["job_id"], other.json["detail"])
        foreign = self.dora().post("/jobs?wait=60s", {"type": "db_list"}, Idempotency_Key="order-1")
        self.assertEqual(foreign.status, 200)
        self.daemon.stop()
        self.daemon.start()
        again = self.daemon.rest().post("/jobs?wait=60s", body, Idempotency_Key="order-1")
        self.assertEqual(again.json["job_id"], first.json["job_id"])

    def test_one_key_at_the_same_time_makes_one_job(self):
        body, answers = self.group(), []

        def submit():
            answers.append(self.daemon.rest().post("/jobs?wait=60s", body, Idempotency_Key="race"))
        threads = [threading.Thread(target=submit) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({answer.status for answer in answers}, {200})
        self.assertEqual(len({answer.json["job_id"] for answer in answers}), 1)

    # Jobs that have not ended

    def test_an_open_job_has_no_result_and_can_be_cancelled(self):
        obstacle = self.daemon.root / "etc/.EXAConf.new/obstacle"
        obstacle.mkdir(parents=True)
        decided, queued = self.group(), self.group()
        first = self.client.post("/jobs", decided).json["job_id"]
        # The file cannot be written, so the change stays between its decision and the nodes.
        until(lambda: self.client.get(f"/jobs/{first}").json["stage"] == "finished")
        self.assertEqual(self.client.post(f"/jobs/{first}/cancel", {}).status, 409)

        second = self.client.post("/jobs", queued).json
        self.assertEqual(
            [{key: what[key] for key in ("kind", "name", "holder")} for what in second["waiting_for"]],
            [{"kind": "lock", "name": "conf", "holder": first}])
        for job in (first, second["job_id"]):
            early = self.client.get(f"/jobs/{job}/result")
            self.assertEqual((early.status, early.json["result_code"], early.json["result_name"]),
                             (202, 5, "JobNotFinished"))
            self.assertGreaterEqual(int(early.headers["retry-after"]), 1)
        cancelled = self.client.post(f"/jobs/{second['job_id']}/cancel", {"reason": "no longer wanted"})
        self.assertEqual((cancelled.status, cancelled.json["outcome"], cancelled.json["cancel_state"]),
                         (200, "cancelled", "honoured"))

        obstacle.rmdir()
        obstacle.parent.rmdir()
        done = self.client.get(f"/jobs/{first}?wait=60s").json
        self.assertEqual((done["stage"], done["outcome"]), ("committed", "ok"))
        self.assertIn(f"[[{decided['params']['groupname']}]]", self.daemon.configuration())
        self.assertNotIn(f"[[{queued['params']['groupname']}]]", self.daemon.configuration())

    def test_a_cancel_races_the_job_and_the_answer_is_true(self):
        answers = []

        def submit_and_cancel():
            client = self.daemon.rest()
            for _ in range(25):
                body = self.group()
                job = client.post("/jobs", body).json["job_id"]
                result = client.get(f"/jobs/{job}/result")
                cancel = client.post(f"/jobs/{job}/cancel", {"reason": "no longer wanted"})
                answers.append((job, body["params"]["groupname"], result, cancel))
        threads = [threading.Thread(target=submit_and_cancel) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({result.status for _, _, result, _ in answers} | {202}, {200, 202})
        for job, name, _, cancel in answers:
            end = self.client.get(f"/jobs/{job}?wait=60s").json
            self.assertTrue(end["done"])
            result = self.client.get(f"/jobs/{job}/result").json
            group = f"[[{name}]]"
            if end["outcome"] == "cancelled":
                self.assertIn(cancel.status, (200, 202))
                self.assertEqual((end["cancel_state"], result["result_code"]), ("honoured", 108))
                self.assertNotIn("revision", end)
                self.assertNotIn(group, self.daemon.configuration())
            else:
                self.assertEqual((end["outcome"], result["result_code"]), ("ok", 0), end)
                self.assertIn(cancel.status, (202, 409))
                self.assertIn(group, self.daemon.configuration())

    def test_what_cannot_be_cancelled(self):
        job = self.client.job("db_list")["job_id"]
        for path, status, code in (
                (f"/jobs/{job}/cancel", 409, "job-not-cancellable"), ("/jobs/11.999999/cancel", 404, "job-not-found"),
                ("/jobs/nonsense/cancel", 404, "job-not-found")):
            answer = self.client.post(path, {})
            self.assertEqual((answer.status, answer.json["code"]), (status, code))
            self.assertEqual(answer.json["instance"], path)
        for path in ("/jobs/11.999999", "/jobs/11.999999/result", "/jobs/11.999999/log"):
            answer = self.client.get(path)
            self.assertEqual((answer.status, answer.json["code"]), (404, "job-not-found"))
        self.assertEqual(self.client.post(f"/jobs/{job}/cancel", {"why": 1}).status, 400)

    # Lists

    def walk(self, path):
        """All items of a list, page by page along its links."""
        items, pages = [], 0
        while path:
            answer = self.client.get(path)
            self.assertEqual(answer.status, 200, answer)
            items += answer.json["items"]
            pages += 1
            links = dict(reversed(re.fullmatch(r'<([^>]*)>; rel="(\w+)"', link).groups())
                         for link in answer.headers["link"].split(", "))
            self.assertEqual("next" in links, "next_cursor" in answer.json)
            path = links.get("next")
        return items, pages

    def test_a_walk_through_the_list_sees_each_job_once(self):
        expected = []
        for number in range(23):
            expected.append(self.client.job("db_list")["job_id"])
            if number % 3 == 0:
                self.dora().job("db_list")
                self.client.job("node_list")
        filters = "type=db_list&user=admin&outcome=ok&done=true&mode=read"
        items, pages = self.walk(f"/jobs?{filters}&limit=4")
        ids = [item["job_id"] for item in items]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(ids[:23], expected[::-1])
        self.assertGreaterEqual(pages, 6)
        self.assertEqual(
            {(item["type"], item["user"], item["outcome"]) for item in items}, {("db_list", "admin", "ok")})
        self.assertEqual(items[0], self.client.get(f"/jobs/{ids[0]}").json)

        first = self.client.get(f"/jobs?{filters}&limit=4").json
        newer = self.client.job("db_list")["job_id"]
        second = self.client.get(f"/jobs?{filters}&limit=4&cursor={first['next_cursor']}").json
        self.assertEqual([item["job_id"] for item in second["items"]], ids[4:8])
        self.assertEqual(self.client.get(f"/jobs?{filters}&limit=1").json["items"][0]["job_id"], newer)
        other = self.client.get(f"/jobs?type=node_list&cursor={first['next_cursor']}")
        self.assertEqual((other.status, other.json["code"]), (400, "cursor-mismatch"))

    def test_filters_of_the_list(self):
        first = self.client.job("db_list")
        self.client.post("/jobs?wait=9s", {"type": "group_delete", "params": {"groupname": "none"}})
        last = self.client.job("node_list")

        def ids(query):
            return [item["job_id"] for item in self.walk(f"/jobs?limit=1000&{query}")[0]]
        self.assertIn(first["job_id"], ids("type=db_*"))
        self.assertNotIn(last["job_id"], ids("type=db_*"))
        self.assertTrue({first["job_id"], last["job_id"]} <= set(ids("type=db_list&type=node_list")))
        self.assertNotIn(first["job_id"], ids("outcome=declined"))
        self.assertNotIn(first["job_id"], ids("mode=modify"))
        self.assertEqual(ids("done=false"), [])
        self.assertNotIn(first["job_id"], ids("stage=committed"))
        self.assertNotIn(first["job_id"], ids(f"submitted_after={last['submitted_at']}"))
        self.assertIn(first["job_id"], ids(f"submitted_before={last['submitted_at']}"))
        self.assertEqual(ids("user=nobody"), [])

    # Job types

    def test_job_types_say_all_a_form_needs(self):
        answer = self.client.get("/job-types")
        types = answer.json["items"]
        names = [entry["name"] for entry in types]
        self.assertEqual(names, sorted(set(names)))
        self.assertEqual(names, self.daemon.rpc().job_list())
        for entry in types:
            one = self.client.get(entry["links"]["self"])
            self.assertEqual((one.status, one.json), (200, entry))
            self.assertTrue(entry["summary"] and entry["description"] and entry["mode"] in ("read", "modify"))
            self.assertEqual(set(entry["example"]) - {parameter["name"] for parameter in entry["parameters"]}, set())
        create = next(entry for entry in types if entry["name"] == "user_create")
        facts = {parameter["name"]: parameter for parameter in create["parameters"]}
        self.assertTrue(facts["password"]["secret"] and facts["password"]["mandatory"])
        self.assertEqual(facts["userid"]["types"], ["int"])
        unchanged = self.client.get("/job-types", If_None_Match=answer.headers["etag"])
        self.assertEqual((unchanged.status, unchanged.body), (304, b""))
        missing = self.client.get("/job-types/no_such")
        self.assertEqual((missing.status, missing.json["code"]), (404, "job-type-unknown"))

    # The configuration

    def test_the_configuration_as_file_and_as_json(self):
        text = self.client.get("/exaconf", Accept="text/plain")
        self.assertEqual(text.body.decode(), self.daemon.configuration())
        self.assertTrue(text.headers["content-type"].startswith("text/plain"))
        answer = self.client.get("/exaconf")
        self.assertEqual(answer.json["Global"]["ClusterName"], "cl4")
        self.assertEqual(answer.json["Global"]["Revision"], answer.headers["confd-revision"])
        self.assertIn("Disk : disk1", answer.json["Node : 11"])
        self.assertIn("last-modified", answer.headers)
        self.assertEqual(self.client.get("/exaconf", Accept="image/png").status, 406)
        head = self.client.request("HEAD", "/exaconf")
        self.assertEqual((head.status, head.body, head.headers["etag"]), (200, b"", answer.headers["etag"]))

        unchanged = self.client.get("/exaconf", If_None_Match=answer.headers["etag"])
        self.assertEqual((unchanged.status, unchanged.body), (304, b""))
        self.assertEqual(unchanged.headers["etag"], answer.headers["etag"])
        self.client.job(**{"kind": "group_create"} | self.group()["params"])
        changed = self.client.get("/exaconf", If_None_Match=answer.headers["etag"])
        self.assertEqual(changed.status, 200)
        self.assertNotEqual(changed.headers["etag"], answer.headers["etag"])

    def test_secrets_are_hidden_below_root(self):
        full = self.client.get("/exaconf")
        shown = self.dora().get("/exaconf")
        self.assertEqual(shown.status, 200)
        self.assertEqual(shown.headers["etag"], full.headers["etag"])
        text = self.dora().get("/exaconf", Accept="text/plain").body.decode()
        bucket = full.json["BucketFS : bfsdefault"]
        secrets = [full.json["Global"]["AuthenticationToken"], full.json["Users"]["admin"]["Passwd"],
                   bucket["SyncKey"], bucket["Bucket : default"]["ReadPasswd"],
                   bucket["Bucket : default"]["WritePasswd"]]
        revision = full.headers["confd-revision"]
        bodies = [shown.body.decode(), text]
        for path in (f"/exaconf/revisions/{revision}", f"/exaconf/revisions/{revision}/diff?against=1",
                     "/exaconf/revisions/1/diff"):
            for kind in ("application/json", "text/plain", "text/x-diff"):
                answer = self.dora().get(path, Accept=kind)
                self.assertIn(answer.status, (200, 406))
                bodies.append(answer.body.decode())
        for secret in secrets:
            self.assertGreater(len(secret), 20)
            for body in bodies:
                self.assertNotIn(secret, body)
        self.assertEqual(shown.json["Global"]["AuthenticationToken"], "***")
        self.assertEqual(shown.json["Global"]["ClusterName"], "cl4")

    def test_every_revision_is_kept_with_its_story(self):
        before = self.daemon.configuration()
        body = self.group() | {"reason": "for the records"}
        job = self.client.post("/jobs?wait=60s", body).json
        number = job["revision"]
        items, _ = self.walk("/exaconf/revisions?limit=2")
        self.assertEqual([item["revision"] for item in items], list(range(number, 0, -1)))
        newest = items[0]
        self.assertEqual((newest["job_id"], newest["user"]), (job["job_id"], "admin"))
        self.assertEqual(newest.get("reason"), "for the records")
        self.assertEqual([(word["node"], word["state"]) for word in newest["acks"]], [(11, "acknowledged")])
        self.assertTrue(TIME.fullmatch(newest["time"]))
        self.assertEqual(self.client.get(f"/exaconf/revisions/{number}").json, newest)
        now = self.daemon.configuration()
        text = self.client.get(f"/exaconf/revisions/{number}", Accept="text/plain").body
        self.assertEqual(text.decode(), now)
        self.assertEqual(hashlib.sha256(text).hexdigest(), newest["sha256"])
        self.assertIn(f"Checksum = {newest['checksum']}", now)
        self.assertEqual(
            self.client.get(f"/exaconf/revisions/{number - 1}", Accept="text/plain").body.decode(), before)

        difference = self.client.get(f"/exaconf/revisions/{number}/diff").json
        self.assertEqual((difference["revision"], difference["against"]), (number, number - 1))
        unified = self.client.get(f"/exaconf/revisions/{number}/diff", Accept="text/x-diff")
        self.assertEqual(unified.body.decode(), difference["unified"])
        self.assertIn(f"+    [[{body['params']['groupname']}]]\n", difference["unified"])
        self.assertEqual(patched(before, difference["unified"]), now)
        change = [change for change in difference["changes"] if body["params"]["groupname"] in change["section"]]
        self.assertEqual([(one["section"], one.get("key"), one.get("new")) for one in change if one.get("key")], [
            (["Groups", body["params"]["groupname"]], "ID", str(body["params"]["groupid"]))])
        far = self.client.get(f"/exaconf/revisions/{number}/diff?against=1").json
        first = self.client.get("/exaconf/revisions/1", Accept="text/plain").body.decode()
        self.assertEqual(patched(first, far["unified"]), now)
        for path in (f"/exaconf/revisions/{number + 1000}", f"/exaconf/revisions/{number}/diff?against=99999",
                     "/exaconf/revisions/x"):
            answer = self.client.get(path)
            self.assertEqual((answer.status, answer.json["code"]), (404, "revision-not-found"), path)

    # Everything else

    def test_health_and_master_need_no_login(self):
        client = self.daemon.rest(user=None)
        self.assertEqual((client.get("/livez").status, client.get("/livez").body), (200, b"ok\n"))
        self.assertEqual(client.get("/readyz").body, b"ok\n")
        self.assertIn(b"[+] store", client.get("/readyz?verbose").body)
        master = client.get("/master")
        self.assertEqual((master.status, master.body.decode()), (200, "10.10.10.11"))
        self.assertEqual(client.get("/master?info_type=name").body, b"n11")
        self.assertEqual((client.get("/is_master").status, client.get("/is_master").body), (200, b"true"))

    def test_the_index_leads_everywhere(self):
        links = self.client.get("/", Accept="application/json").json["links"]
        for name, path in links.items():
            # A stream has no end: it is asked for as a page.
            headers = {"Accept": "application/json"} if name == "events" else {}
            status = self.client.get(path, **headers).status
            # Calls are posted, nobody is in a session here, and a cluster has a license once another test gave it one.
            expected = {405} if name.endswith("_rpc") else {404} if path.startswith("/sessions/") else {200}
            if path.startswith("/license"):
                expected = {200, 404}
            self.assertIn(status, expected, path)
        document = self.client.get("/openapi.json").json["paths"]
        looked_at = {path for path, operations in document.items() if "get" in operations and "{" not in path}
        self.assertEqual(looked_at - set(links.values()) - {"/"}, set())
        self.assertLess({"/databases", "/nodes", "/volumes", "/users", "/history", "/queue", "/audit", "/sessions", "/tokens",
                         "/metrics", "/exaconf", "/bucketfs"}, set(links.values()))

    def test_every_problem_has_a_page(self):
        problems = self.client.get("/problems").json["items"]
        self.assertGreater(len(problems), 30)
        for problem in problems:
            page = self.daemon.rest(user=None).get(f"/problems/{problem['code']}")
            self.assertEqual(page.status, 200)
            for word in (problem["title"], "Cause", "Cure", str(problem["status"])):
                self.assertIn(word, page.body.decode())
            self.assertTrue(problem["cause"] and problem["cure"], problem)
            self.assertIn(problem["cure"], page.body.decode())
            self.assertEqual(self.client.get(f"/problems/{problem['code']}", Accept="application/json").json, problem)
        self.assertEqual(self.client.get("/problems/internal", Accept="image/png").status, 406)
        wrong = self.client.get("/jobs/11.999999").json
        self.assertEqual(self.client.get(wrong["type"]).status, 200)
        self.assertEqual((wrong["status"], wrong["retryable"]), (404, False))
        self.assertEqual(self.client.get("/problems/no-such").status, 404)

    def test_every_json_answer_can_be_set_in_lines(self):
        links = self.client.get("/", Accept="application/json").json["links"]
        paths = [path for path in links.values() if "{" not in path and path not in ("/events", "/metrics")]
        paths += ["/jobs/11.999999", "/nothing", "/nodes/11", "/problems/internal", "/jobs?limit=1", "/jobs?no_such=1"]
        asked = 0
        for path in paths:
            plain = self.client.get(path, Accept="application/json")
            if not plain.headers.get("content-type", "").split(";")[0].endswith("json"):
                continue
            asked += 1
            self.assertTrue(plain.body.endswith(b"\n"), path)
            pretty = self.client.get(f"{path}{'&' if '?' in path else '?'}pretty", Accept="application/json")
            self.assertEqual((pretty.status, pretty.headers["content-type"]), (plain.status, plain.headers["content-type"]))
            lines = pretty.body.decode().split("\n")
            self.assertEqual((lines[0], lines[-2:]), ("{", ["}", ""]), path)
            self.assertEqual(pretty.json.keys() - {"request_id"}, plain.json.keys() - {"request_id"}, path)
            self.assertEqual(len(pretty.body), int(pretty.headers["content-length"]))
        self.assertGreater(asked, 20)
        made = self.client.post("/jobs?wait=60s&pretty", {"type": "node_list"})
        self.assertTrue(made.body.startswith(b'{\n  "'), made.body[:80])
        # The pages of a list go together, however they are set.
        page = self.client.get("/jobs?limit=1&pretty").json
        self.assertEqual(self.client.get(f"/jobs?limit=1&cursor={page['next_cursor']}").status, 200)
        self.assertEqual(self.client.get("/jobs?pretty=perhaps").status, 400)

    def test_every_answer_carries_the_headers_of_the_house(self):
        for answer in (self.client.get("/livez"), self.client.get("/jobs/11.999999"), self.client.get("/jobs"),
                       self.daemon.rest(user=None).get("/jobs"), self.client.get("/nothing")):
            for name in ("confd-request-id", "confd-node", "date", "x-content-type-options",
                         "content-security-policy", "cache-control"):
                self.assertIn(name, answer.headers, answer)
        ids = {self.client.get("/livez").headers["confd-request-id"] for _ in range(50)}
        self.assertEqual(len(ids), 50)

    @unittest.skipUnless(shutil.which("curl"), "curl is not installed")
    def test_the_same_over_http_2(self):
        def curl(path, *words):
            done = subprocess.run(
                ["curl", "-sk", "--http2", "-u", f"admin:{PASSWORD}", "-w", "\n%{http_version} %{http_code}", *words,
                 f"{self.daemon.url}{path}"], capture_output=True, text=True, timeout=60)
            body, _, end = done.stdout.rpartition("\n")
            version, status = end.split()
            self.assertEqual(version, "2")
            return int(status), body
        status, body = curl("/jobs?wait=60s", "-H", "Content-Type: application/json", "-d", json.dumps(self.group()))
        self.assertEqual((status, json.loads(body)["outcome"]), (200, "ok"))
        job = json.loads(body)["job_id"]
        status, body = curl(f"/jobs/{job}")
        self.assertEqual((status, json.loads(body)), (200, self.client.get(f"/jobs/{job}").json))
        call = xmlrpc.client.dumps(("db_list",), "job_exec")
        status, body = curl("/RPC2", "-H", "Content-Type: text/xml", "-d", call)
        self.assertEqual((status, xmlrpc.client.loads(body)[0][0]["result_output"]), (200, ["DB1"]))
        self.assertEqual(curl("/nothing")[0], 404)


def text_of(value):
    return None if value is None else str(value)


def sections(text):
    """A job file's sections, each with its values by name."""
    result, current = {}, None
    for line in text.splitlines():
        if line.startswith("[") and line.endswith("]"):
            current = result.setdefault(line[1:-1], {})
        elif match := re.fullmatch(r"    (\S.*?) *= (.*)", line):
            current[match[1]] = match[2]
    return result


def patched(text, difference):
    """What `patch` makes of a text and a unified difference."""
    with tempfile.NamedTemporaryFile("w+") as file:
        file.write(text)
        file.flush()
        subprocess.run(["patch", "-s", file.name], input=difference, text=True, check=True, capture_output=True)
        with open(file.name) as result:
            return result.read()


if __name__ == "__main__":
    unittest.main()
