"""Resources by name: what is listed, shown, created, changed and removed through them, and who may."""

import shutil
import tempfile
import unittest

from daemon import PASSWORD, Daemon
from test_openapi import Document, jsonschema
from test_tls import Authority

LICENSE = "<license><company_name>ACME</company_name><max_db_mem_size_in_gb>64</max_db_mem_size_in_gb></license>"
VIEWS = ("remote-volumes", "object-volumes", "groups", "settings")


@unittest.skipUnless(jsonschema, "jsonschema is not installed")
class ViewTest(unittest.TestCase):
    """Each answer is compared with the document the daemon serves."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.document = Document(cls.daemon.rest(None).get("/openapi.json").json)
        user = {"username": "gus", "userid": 2001, "group": "exausers", "login_enabled": True, "password": "gus's word"}
        answer = cls.daemon.rest().post("/users?wait=60s", user)
        assert answer.status == 200 and answer.json["outcome"] == "ok", answer

    def ask(self, method, path, body=None, expect=200, user="admin", password=PASSWORD, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.daemon.rest(user, password).request(method, path, body, headers)
        self.document.check(method, path, answer)
        self.assertEqual(answer.status, expect, (method, path, answer))
        return answer

    def names(self, path, label="name"):
        return [item[label] for item in self.ask("GET", path).json["items"]]

    def do(self, method, path, body=None, expect=200):
        """Makes a change, waits for its end, and returns the job."""
        answer = self.ask(method, f"{path}{'&' if '?' in path else '?'}wait=60s", body, expect)
        if expect == 200:
            self.assertEqual(answer.json["outcome"], "ok", answer)
        return answer.json

    # Each view

    def test_every_view_is_listed_and_every_item_shown(self):
        for view in VIEWS:
            for name in self.names(f"/{view}"):
                with self.subTest(view=view, item=name):
                    item = self.ask("GET", f"/{view}/{name.replace(' ', '%20')}").json
                    self.assertEqual(item["name"], name)

    def test_nodes(self):
        self.assertEqual(self.names("/nodes", "id"), [11])
        self.assertTrue(self.ask("GET", "/nodes/11").json["is_master"])
        body = {"priv_net": "10.10.10.12/24", "nid": 12}
        job = self.do("POST", "/nodes", body)
        self.assertEqual((job["type"], job["params"], job["result"]["result_output"]), ("node_add", body, 12))
        self.assertEqual(self.ask("GET", "/nodes/12").json["state"], "suspended")
        self.do("POST", "/nodes/12/resume", {})
        self.assertEqual(self.ask("GET", "/nodes/12").json["state"], "offline")
        self.do("POST", "/nodes/12/suspend")
        self.assertEqual(self.do("DELETE", "/nodes/12", expect=409)["code"], "object-busy")
        self.do("POST", "/nodes/12/resume")
        self.do("DELETE", "/nodes/12?force=true")
        self.ask("GET", "/nodes/12", expect=404)

    def test_users_and_groups(self):
        self.do("POST", "/groups", {"groupname": "team", "groupid": 3000})
        self.assertEqual(self.ask("GET", "/groups/team").json, {"name": "team", "id": 3000})
        body = {"username": "ann", "userid": 3001, "group": "team", "login_enabled": True, "password": "ann's word"}
        self.do("POST", "/users", body)
        again = self.do("POST", "/users", body, expect=409)
        self.assertEqual(again["code"], "object-exists")
        self.assertEqual(self.ask("GET", f"/jobs/{again['job_id']}").json["outcome"], "declined")
        self.do("PATCH", "/users/ann", {"additional_groups": ["exausers"]})
        self.assertEqual(self.ask("GET", "/users/ann").json["additional_groups"], ["exausers"])
        self.do("POST", "/users/ann/set-password", {"password": "another word"})
        self.ask("GET", "/databases", user="ann", password="another word")
        self.assertEqual(self.do("DELETE", "/groups/team", expect=409)["code"], "object-busy")
        self.do("DELETE", "/users/ann")
        self.do("DELETE", "/groups/team")
        self.assertNotIn("ann", self.names("/users"))

    def test_databases_and_their_schedules(self):
        name, = self.names("/databases")
        self.assertEqual(self.ask("GET", f"/databases/{name}").json["name"], name)
        self.assertIsInstance(self.ask("GET", f"/databases/{name}/state").json["state"], str)
        self.do("POST", "/remote-volumes", {
            "remote_volume_name": "tapes", "url": "ftp://host/x", "vol_type": "ftp", "owner": [0, 0]})
        path = f"/databases/{name}/backup-schedules"
        self.do("POST", path, {"backup_name": "nightly", "backup_volume_name": "tapes", "level": 0, "enabled": True})
        self.assertEqual(self.names(path), ["nightly"])
        self.do("PATCH", f"{path}/nightly", {"enabled": False, "hour": 3})
        schedule = self.ask("GET", f"{path}/nightly").json
        self.assertEqual((schedule["enabled"], schedule["hour"], schedule["volume"]), (False, "3", "tapes"))
        self.do("DELETE", f"{path}/nightly")
        self.assertEqual(self.names(path), [])
        self.do("DELETE", "/remote-volumes/tapes")

    def test_volumes_outside(self):
        self.do("POST", "/remote-volumes", {
            "remote_volume_name": "away", "url": "ftp://host/x", "vol_type": "ftp", "owner": [0, 0],
            "username": "u", "password": "a secret"})
        for path in ("/remote-volumes", "/remote-volumes/away"):
            answer = self.ask("GET", path)
            self.assertNotIn(b"a secret", answer.body)
            self.assertIn(b'"password":"***"', answer.body)
        self.do("DELETE", "/remote-volumes/away")
        self.do("POST", "/object-volumes", {
            "name": "cloud", "vol_type": "s3", "bucket": "b", "region": "eu-central-1", "credentials": "IAM"})
        self.assertEqual(self.names("/object-volumes"), ["cloud"])
        self.do("DELETE", "/object-volumes/cloud")
        self.ask("GET", "/object-volumes/cloud", expect=404)

    def test_bucketfs_and_buckets(self):
        self.do("POST", "/bucketfs", {"bucketfs_name": "bfs2", "http_port": 0, "https_port": 2590, "owner": [500, 500]})
        self.do("PATCH", "/bucketfs/bfs2", {"https_port": 2591})
        self.assertEqual(self.ask("GET", "/bucketfs/bfs2").json["https_port"], 2591)
        path = "/bucketfs/bfs2/buckets"
        self.do("POST", path, {"bucket_name": "models", "public": False})
        self.assertEqual(self.names(path), ["models"])
        self.do("PATCH", f"{path}/models", {"public": True})
        bucket = self.ask("GET", f"{path}/models").json
        self.assertEqual((bucket["public"], bucket["read_passwd"]), (True, "***"))
        self.do("DELETE", f"{path}/models")
        self.ask("GET", f"{path}/models", expect=404)
        self.do("DELETE", "/bucketfs/bfs2")
        self.ask("GET", path, expect=404)

    def test_settings_license_and_certificate(self):
        self.do("PATCH", "/settings", {"changes": {"Global": {"NameServers": "192.0.2.53"}}})
        self.assertEqual(self.ask("GET", "/settings/Global").json["NameServers"], "192.0.2.53")
        self.ask("GET", "/license", expect=404)
        self.do("PUT", "/license", {"license": LICENSE})
        self.assertEqual(self.ask("GET", "/license").json["Contract"]["company_name"], "ACME")
        self.assertTrue(self.ask("GET", "/license/check").json["valid"])
        self.assertEqual(self.ask("GET", "/license/text").json, {"text": LICENSE})
        folder = tempfile.mkdtemp(prefix="confd-views-")
        self.addCleanup(shutil.rmtree, folder)
        certificate, key = Authority(folder).issue("server")
        job = self.do("PUT", "/certificate", {"cert": certificate, "key": key})
        self.assertNotIn(key, str(job))

    # What holds for all of them

    def test_who_may_not_is_refused_and_unknown_names_are_not_found(self):
        gus = {"user": "gus", "password": "gus's word"}
        self.ask("GET", "/databases", **gus)
        for method, path in (("GET", "/nodes"), ("GET", "/users/admin"), ("GET", "/license"), ("GET", "/settings"),
                             ("DELETE", "/users/admin"), ("POST", "/nodes/11/suspend"), ("DELETE", "/bucketfs/x")):
            refused = self.ask(method, path, expect=403, **gus).json
            self.assertEqual(refused["code"], "permission-denied")
            self.assertIn("exaadm", refused["allowed_groups"])
        for view in (*VIEWS, "nodes", "databases", "volumes", "disks", "bucketfs", "users"):
            self.assertEqual(self.ask("GET", f"/{view}/nothing", expect=404).json["code"], "object-missing")
        for path in ("/nodes/99", "/users/nobody", "/bucketfs/bfs9/buckets/x", "/remote-volumes/nowhere"):
            self.assertEqual(self.do("DELETE", path, expect=404)["code"], "object-missing")

    def test_looking_leaves_no_history_and_a_change_does(self):
        before = self.ask("GET", "/jobs?limit=1").json["items"][0]["job_id"]
        for view in VIEWS:
            self.ask("GET", f"/{view}")
        self.assertEqual(self.ask("GET", "/jobs?limit=1").json["items"][0]["job_id"], before)
        body = {"groupname": "traced", "groupid": 3100}
        taken = self.ask("POST", "/groups?reason=INC-42", body, expect=202, Idempotency_Key="traced")
        job = self.ask("GET", taken.headers["location"] + "?wait=60s").json
        self.assertEqual((job["outcome"], job["reason"], job["request"]["path"]), ("ok", "INC-42", "/groups"))
        again = self.ask("POST", "/groups?wait=60s", body, Idempotency_Key="traced")
        self.assertEqual((again.json["job_id"], again.headers["idempotency-replayed"]), (job["job_id"], "true"))

    def test_faults_point_at_members_and_nothing_is_done(self):
        answer = self.ask("POST", "/users", {"username": "x", "userid": "y", "nonsense": 1}, expect=400).json
        pointers = {fault["pointer"] for fault in answer["errors"]}
        self.assertEqual(pointers, {"/userid", "/nonsense", "/group", "/login_enabled", "/password"})
        self.assertEqual(
            [fault["pointer"] for fault in self.ask("PATCH", "/users/gus", {"username": "x"}, expect=400).json["errors"]],
            ["/username"])

    def test_a_dry_run_tells_what_would_be(self):
        answer = self.daemon.rest().post("/groups?dry_run=true", {"groupname": "planned", "groupid": 3200})
        self.assertIsNone(self.document.fault(answer.json, {"$ref": "#/components/schemas/JobDryRun"}))
        self.assertIn("planned", answer.json["diff"])
        self.ask("GET", "/groups/planned", expect=404)

    def test_what_was_not_changed_is_not_sent_again(self):
        tag = self.ask("GET", "/nodes").headers["etag"]
        self.ask("GET", "/nodes", expect=304, If_None_Match=tag)


if __name__ == "__main__":
    unittest.main()
