"""Ended jobs that leave the store of a real daemon for its archive."""

import gzip
import json
import unittest
import xmlrpc.client

from daemon import Daemon, until


class Retention(unittest.TestCase):
    def start(self, **settings):
        environment = {f"CONFD_HISTORY_{name.upper()}": str(value) for name, value in settings.items()}
        daemon = Daemon(environment=environment).start()
        self.addCleanup(daemon.__exit__)
        return daemon

    def restart(self, daemon, **settings):
        daemon.stop()
        daemon.environment |= {f"CONFD_HISTORY_{name.upper()}": str(value) for name, value in settings.items()}
        daemon.start()
        return daemon.rest()

    def numbers(self, client):
        return [int(job["job_id"].split(".")[1]) for job in client.get("/jobs?limit=1000&sort=job_id").json["items"]]

    def test_an_old_job_is_told_to_be_in_the_archive_and_printed_from_there(self):
        daemon = self.start(keep_seconds=1)
        client = daemon.rest()
        old = client.job("group_create", groupname="pilots", groupid=5001)["job_id"]
        before = client.get("/exaconf/revisions").json["items"]

        def is_gone():
            # The last job to end always stays.
            client.job("db_list")
            return client.get(f"/jobs/{old}").status == 410
        until(is_gone)
        problem = client.get(f"/jobs/{old}").json
        self.assertEqual((problem["code"], problem["result"]["result_code"]), ("job-expired", 106))
        self.assertRegex(problem["archive"], r"^jobs-\d{4}-\d{2}\.ndjson\.gz$")
        self.assertIn(problem["archive"], problem["detail"])
        self.assertIn("archived_at", problem)
        for method, path in (
                ("GET", f"/jobs/{old}/log"), ("GET", f"/jobs/{old}/result"), ("GET", f"/jobs/{old}/events"),
                ("GET", f"/jobs/{old}?wait=1s"), ("POST", f"/jobs/{old}/cancel"), ("POST", f"/jobs/{old}/retry"),
                ("PATCH", f"/jobs/{old}")):
            answer = client.request(method, path, {} if method != "GET" else None)
            self.assertEqual((answer.status, answer.json["code"]), (410, "job-expired"), (method, path))
        self.assertNotIn(old, [job["job_id"] for job in client.get("/jobs?limit=1000").json["items"]])
        self.assertNotIn(old, [item.get("job_id") for item in client.get("/history?limit=1000").json["items"]
                               if item["kind"] == "job"])
        self.assertEqual(client.get("/exaconf/revisions").json["items"], before)

        printed = daemon.run("job-file", old).stdout
        for text in (f"ID         = {old}", "Type       = group_create", "committed = 20", "[Result]", "5001"):
            self.assertIn(text, printed)
        title, *lines = map(json.loads, gzip.decompress(
            (daemon.root / "spool/jobs/archive" / problem["archive"]).read_bytes()).splitlines())
        self.assertEqual((title["format"], title["version"]), ("confd-jobs", 1))
        self.assertIn(old, [line["job_id"] for line in lines])

    def test_remote_methods_answer_that_there_is_no_such_job(self):
        daemon = self.start(keep_jobs=1, keep_seconds=0)
        client, rpc = daemon.rest(), daemon.rpc()
        old = client.job("db_list")["job_id"]
        client.job("db_list")
        client = self.restart(daemon)
        until(lambda: client.get(f"/jobs/{old}").status == 410)
        for call in (rpc.job_finished, rpc.job_wait, rpc.job_info):
            with self.assertRaises(xmlrpc.client.Fault) as caught:
                call(old)
            self.assertIn("archive", caught.exception.faultString)
        result = rpc.job_result(old)
        self.assertEqual((result["result_code"], result["result_name"]), (106, "JobNotFound"))

    def test_who_could_not_see_the_job_does_not_learn_that_it_was(self):
        daemon = self.start(keep_jobs=1, keep_seconds=0)
        client = daemon.rest()
        client.job("user_create", username="eve", userid=3001, group="exausers", login_enabled=True, password="eve-is-me")
        old = client.job("db_list")["job_id"]
        client.job("db_list")
        client = self.restart(daemon)
        until(lambda: client.get(f"/jobs/{old}").status == 410)
        answer = daemon.rest("eve", "eve-is-me").get(f"/jobs/{old}")
        self.assertEqual((answer.status, answer.json["code"]), (404, "job-not-found"))

    def test_numbers_are_never_given_out_again(self):
        daemon = self.start(keep_jobs=1, keep_seconds=0)
        seen = set()
        for way in (daemon.stop, daemon.kill, daemon.kill):
            client = daemon.rest()
            for _ in range(20):
                job = client.job("db_list")["job_id"]
                self.assertNotIn(job, seen)
                seen.add(job)
            way()
            daemon.start()
            client = daemon.rest()
            until(lambda: len(self.numbers(client)) <= 2)
        for job in sorted(seen)[:5]:
            self.assertIn(f"= {job}\n", daemon.run("job-file", job).stdout)

    def test_kills_at_any_moment_lose_no_job(self):
        daemon = self.start(keep_jobs=2, keep_seconds=1)
        jobs = set()
        for _ in range(6):
            client = daemon.rest()
            for _ in range(30):
                jobs.add(client.job("db_list")["job_id"])
            daemon.kill()
            daemon.start()
        client = daemon.rest()
        until(lambda: len(self.numbers(client)) <= 3)
        archived = []
        for path in (daemon.root / "spool/jobs/archive").iterdir():
            _, *lines = map(json.loads, gzip.decompress(path.read_bytes()).splitlines())
            archived += [line["job_id"] for line in lines]
        kept = {f"11.{number}" for number in self.numbers(client)}
        self.assertEqual(len(archived), len(set(archived)))
        self.assertLessEqual(jobs, set(archived) | kept)
        self.assertFalse(set(archived) & kept)

    def test_a_key_stands_for_its_job_whatever_the_settings_say(self):
        daemon = self.start(keep_jobs=1, keep_seconds=0)
        client = daemon.rest()
        body = {"type": "db_list", "params": {}}
        keyed = client.post("/jobs?wait=60s", body, Idempotency_Key='"k1"').json["job_id"]
        plain = client.job("db_list")["job_id"]
        client.job("db_list")
        client = self.restart(daemon)
        until(lambda: client.get(f"/jobs/{plain}").status == 410)
        again = client.post("/jobs?wait=60s", body, Idempotency_Key='"k1"')
        self.assertEqual((again.json["job_id"], again.headers["idempotency-replayed"]), (keyed, "true"))

    def test_a_faulty_setting_stops_the_start(self):
        daemon = Daemon(environment={"CONFD_HISTORY_KEEP_JOBS": "-1"})
        self.addCleanup(daemon.__exit__)
        done = daemon.run("check", check=False)
        self.assertEqual(done.returncode, 78)
        self.assertIn("history.keep_jobs", done.stderr)


if __name__ == "__main__":
    unittest.main()
