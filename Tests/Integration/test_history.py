"""The audit log and the history of a real daemon."""

import gzip
import json
import re
import sqlite3
import unittest

from daemon import Daemon, until


class History(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()
        self.addCleanup(self.daemon.__exit__)
        self.client = self.daemon.rest()

    def walk(self, path):
        items, join = [], "&" if "?" in path else "?"
        cursor = ""
        while True:
            page = self.client.get(f"{path}{join}limit=7{cursor}").json
            items += page["items"]
            if "next_cursor" not in page:
                return items
            cursor = f"&cursor={page['next_cursor']}"

    def test_everything_stands_in_the_order_of_time(self):
        self.client.job("group_create", groupname="pilots", groupid=5001)
        self.client.job("group_delete", groupname="pilots")
        self.daemon.rest("admin", "wrong").get("/jobs")
        items = self.walk("/history")
        times = [item["time"] for item in items]
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertTrue({"job", "revision", "login", "refusal", "configuration"} <= {item["kind"] for item in items})
        found = self.walk("/history?object=group:pilots")
        self.assertEqual([item["type"] for item in found if item["kind"] == "job"], ["group_delete", "group_create"])
        self.assertEqual(len([item for item in found if item["kind"] == "revision"]), 2)
        begin = next(item["time"] for item in items if item.get("type") == "group_delete")
        later = self.walk(f"/history?since={begin}")
        self.assertTrue(all(item["time"] >= begin for item in later))
        self.assertNotIn("group_create", {item.get("type") for item in later})

    def test_the_export_is_one_file_and_holds_what_the_list_shows(self):
        for number in range(30):
            self.client.job("group_create", groupname=f"group{number}", groupid=6000 + number)
        answer = self.client.get("/history/export")
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "application/gzip"))
        self.assertRegex(answer.headers["content-disposition"], r'filename="confd-history-11-[0-9-]{10}\.ndjson\.gz"')
        title, *entries = map(json.loads, gzip.decompress(answer.body).splitlines())
        self.assertEqual((title["format"], title["version"], title["node"]), ("confd-history", 1, 11))
        jobs = [entry["type"] for entry in entries if entry["kind"] == "job"]
        self.assertEqual(jobs.count("group_create"), 30)
        some = self.client.get("/history/export?object=group:group7")
        lines = gzip.decompress(some.body).splitlines()
        self.assertEqual({json.loads(line)["kind"] for line in lines[1:]}, {"job", "revision"})

    def test_a_record_says_who_what_and_how(self):
        trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        body = {"type": "group_create", "params": {"groupname": "pilots", "groupid": 5001}, "reason": "INC-42"}
        taken = self.client.post("/jobs?wait=60s", body, traceparent=trace, User_Agent="story/1.0")
        self.assertEqual(taken.headers["traceparent"], trace)
        record = self.client.get("/audit?event=job").json["items"][0]
        expected = {
            "event": "job", "user": "admin", "client_addr": "127.0.0.1", "auth": "password", "interface": "rest",
            "trace_id": trace[3:35], "user_agent": "story/1.0", "method": "POST", "path": "/jobs",
            "type": "group_create", "objects": ["group:pilots"], "reason": "INC-42", "job_id": taken.json["job_id"],
            "request_id": taken.headers["confd-request-id"]}
        self.assertEqual({name: record.get(name) for name in expected}, expected)
        self.assertIn("exaadm", record["roles"])
        self.assertRegex(record["tls"], r"^TLSv1\.[23]$")
        for name in ("hash", "prev_hash"):
            self.assertRegex(record[name], "^[0-9a-f]{64}$")
        self.assertEqual(taken.json["request"]["trace_id"], trace[3:35])
        ignored = self.client.get("/livez", traceparent="00-nonsense")
        self.assertNotIn("traceparent", ignored.headers)

    def test_each_record_carries_the_hash_of_the_one_before(self):
        self.client.job("group_create", groupname="pilots", groupid=5001)
        records = self.walk("/audit")
        self.assertEqual([r["seq"] for r in records], list(range(len(records), 0, -1)))
        for newer, older in zip(records, records[1:]):
            self.assertEqual(newer["prev_hash"], older["hash"])
        self.assertEqual(records[-1]["prev_hash"], "0" * 64)

    def test_an_edit_by_hand_is_audited(self):
        path = self.daemon.root / "etc/EXAConf"
        text = re.sub(r"(?m)^(\s*)Checksum = .*$", r"\1Checksum = COMMIT", self.daemon.configuration())
        path.write_text(re.sub(r"(?m)^(\s*)ClusterName = .*$", r"\1ClusterName = renamed", text))
        until(lambda: any("by hand" in r.get("detail", "") for r in
                          self.client.get("/audit?event=configuration").json["items"]))

    def test_asking_a_job_to_stop_is_audited(self):
        job = self.client.job("group_list")["job_id"]
        self.client.post(f"/jobs/{job}/cancel", {"reason": "late"})
        record = self.client.get("/audit?event=cancel").json["items"][0]
        self.assertEqual((record["job_id"], record["reason"], record["detail"]), (job, "late", "job-not-cancellable"))

    def test_an_altered_record_is_found_by_check(self):
        self.client.job("group_create", groupname="pilots", groupid=5001)
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(self.daemon.run("check").returncode, 0)
        with sqlite3.connect(self.daemon.root / "spool/jobs/store.sqlite") as store:
            place, = store.execute("SELECT min(seq) FROM audit WHERE CAST(event AS TEXT) LIKE '%admin%'").fetchone()
            store.execute("UPDATE audit SET event = replace(event, 'admin', 'nobody') WHERE seq = ?", (place,))
        done = self.daemon.run("check", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f"Audit log: record {place} ", done.stderr)


if __name__ == "__main__":
    unittest.main()
