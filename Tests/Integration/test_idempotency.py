"""One key, one job: whatever a client, the network or the power does."""

import json
import threading
import time
import unittest

from daemon import Daemon


class Keys(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon()
        self.addCleanup(self.daemon.__exit__)
        self.daemon.start()

    def send(self, client, key, name="one", number=4001, path="/jobs?wait=60s"):
        """A request as bindings send it: repeated when the answer says that it can succeed later."""
        body = {"type": "group_create", "params": {"groupname": name, "groupid": number}}
        while True:
            answer = client.post(path, body, Idempotency_Key=f'"{key}"')
            if answer.status not in (409, 429):
                return answer
            if answer.status == 409:
                self.assertEqual(answer.json["code"], "idempotency-key-in-use", answer)
            time.sleep(float(answer.headers["retry-after"]))

    def test_a_hundred_at_once_and_again_after_a_crash_make_one_job(self):
        answers = []

        def submit():
            answers.append(self.send(self.daemon.rest(), "8e03978e-40d5-43dd-bc93-6894a57f9324"))

        clients = [threading.Thread(target=submit) for _ in range(100)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        self.assertEqual({answer.status for answer in answers}, {200}, answers[:3])
        job, = {answer.json["job_id"] for answer in answers}
        first = [answer for answer in answers if "idempotency-replayed" not in answer.headers]
        self.assertEqual(len(first), 1)
        self.assertEqual({json.dumps(answer.json["result"], sort_keys=True) for answer in answers}.__len__(), 1)

        self.daemon.kill()
        self.daemon.start()
        client = self.daemon.rest()
        again = self.send(client, "8e03978e-40d5-43dd-bc93-6894a57f9324")
        self.assertEqual((again.status, again.json["job_id"], again.json["outcome"]), (200, job, "ok"))
        self.assertEqual(again.headers["idempotency-replayed"], "true")
        jobs = client.get("/jobs?type=group_create").json["items"]
        self.assertEqual([item["job_id"] for item in jobs], [job])

    def test_another_content_is_refused_also_at_the_same_moment(self):
        answers = []

        def submit(number):
            answers.append(self.send(self.daemon.rest(), "k", f"g{number}", 4001 + number))

        clients = [threading.Thread(target=submit, args=(number,)) for number in range(20)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        self.assertEqual(sorted(answer.status for answer in answers), [200] + [422] * 19)
        refused = [answer.json["code"] for answer in answers if answer.status == 422]
        self.assertEqual(set(refused), {"idempotency-key-reused"})
        self.assertEqual(len(self.daemon.rest().get("/jobs?type=group_create").json["items"]), 1)

    def test_a_key_counts_for_one_user_and_one_path(self):
        client = self.daemon.rest()
        first = self.send(client, "k")
        typed = client.post(
            "/job-types/group_create/jobs?wait=60s", {"params": {"groupname": "two", "groupid": 4002}},
            Idempotency_Key='"k"')
        self.assertEqual((typed.status, typed.json["outcome"]), (200, "ok"), typed)
        self.assertNotEqual(typed.json["job_id"], first.json["job_id"])
        self.assertEqual(self.send(client, "k").headers["idempotency-replayed"], "true")

    def test_refused_requests_and_dry_runs_use_no_key_up(self):
        client = self.daemon.rest()
        wrong = client.post("/jobs", {"type": "group_create", "params": {}}, Idempotency_Key='"k"')
        self.assertEqual(wrong.status, 400)
        body = {"type": "group_create", "params": {"groupname": "x", "groupid": 4009}, "dry_run": True}
        self.assertEqual(client.post("/jobs", body, Idempotency_Key='"k"').json["dry_run"], True)
        self.assertEqual(self.send(client, "k").json["outcome"], "ok")

    def test_a_key_is_a_short_text_with_or_without_quotes(self):
        client = self.daemon.rest()
        body = {"type": "group_create", "params": {"groupname": "one", "groupid": 4001}}
        first = client.post("/jobs?wait=60s", body, Idempotency_Key="plain").json["job_id"]
        self.assertEqual(client.post("/jobs?wait=60s", body, Idempotency_Key='"plain"').json["job_id"], first)
        for key in ('""', "x" * 129, "with\ttab", '"open', 'open"'):
            answer = client.post("/jobs", body, Idempotency_Key=key)
            self.assertEqual((answer.status, answer.json["errors"][0]["header"]), (400, "Idempotency-Key"), answer)


if __name__ == "__main__":
    unittest.main()
