"""The queue: priorities, times, dependencies, batches, rules and lists, and that they survive a daemon that is killed."""

import datetime
import itertools
import unittest
from concurrent.futures import ThreadPoolExecutor

from daemon import Daemon, until


class Queue(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon()
        self.addCleanup(self.daemon.__exit__)
        self.daemon.start()
        self.client = self.daemon.rest()
        self.numbers = itertools.count(4000)

    def group(self, **members):
        number = next(self.numbers)
        return {"type": "group_create", "params": {"groupid": number, "groupname": f"g{number}"}} | members

    def rule(self, action="pause", **members):
        answer = self.client.post("/queue/rules", {"action": action} | members)
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(answer.headers["location"], f"/queue/rules/{answer.json['rule_id']}")
        return answer.json

    def remove(self, rule):
        answer = self.client.request("DELETE", f"/queue/rules/{rule['rule_id']}")
        self.assertEqual(answer.status, 204, answer)

    def submit(self, **members):
        answer = self.client.post("/jobs", self.group(**members))
        self.assertEqual(answer.status, 202, answer)
        return answer.json

    def job(self, identifier, wait=0):
        return self.client.get(f"/jobs/{identifier}" + (f"?wait={wait}s" if wait else "")).json

    def test_everything_that_waits_survives_a_kill(self):
        rule = self.rule(match={"type": ["group_*"], "mode": "modify"}, owner="ops", reason="Storage is being moved.")
        low = self.submit(priority="low")
        normal = self.submit()
        high = self.submit(priority="high", reason="urgent")
        after = self.submit(depends_on=[low["job_id"], normal["job_id"]])
        short = self.submit(timeout_s=2.5)
        orphan = self.submit(depends_on=[short["job_id"]])
        self.assertEqual(low["waiting_for"][0]["kind"], "drain")
        self.assertEqual(low["waiting_for"][0]["name"], rule["rule_id"])
        self.assertIn("since", low["waiting_for"][0])
        changed = self.client.request("PATCH", f"/jobs/{low['job_id']}", {"priority": "high", "reason": "sooner"})
        self.assertEqual((changed.status, changed.json["priority"], changed.json["reason"]), (200, "high", "sooner"))

        self.daemon.kill()
        self.daemon.start()
        self.client = self.daemon.rest()
        self.assertEqual(self.client.get("/queue/rules").json["items"], [rule])
        kept = self.job(low["job_id"])
        self.assertEqual((kept["priority"], kept["reason"], kept["waiting_for"][0]["kind"]), ("high", "sooner", "drain"))
        self.assertEqual({o["holder"] for o in self.job(after["job_id"])["waiting_for"]},
                         {low["job_id"], normal["job_id"]})
        late = self.job(short["job_id"], wait=20)
        self.assertEqual((late["outcome"], late["error_code"], late["result"]["result_code"]),
                         ("timed_out", "job-timed-out", 107))
        self.assertEqual(late["timeout_s"], 2.5)
        declined = self.job(orphan["job_id"], wait=20)
        self.assertEqual((declined["outcome"], declined["error_code"]), ("declined", "dependency-failed"))
        self.assertIn(short["job_id"], declined["result"]["result_desc"])
        self.assertEqual(declined["error_details"]["dependency"], short["job_id"])

        queue = self.client.get("/queue").json
        self.assertEqual((queue["open"], queue["queued"], queue["stages"]), (4, 4, {"submitted": 4}))
        self.assertEqual(queue["waiting_for"], {"drain": 3, "dependency": 1})
        self.assertGreater(queue["oldest_age_s"], 0)
        self.assertEqual(queue["rules"], [rule])
        self.remove(rule)
        ended = [self.job(job["job_id"], wait=30) for job in (high, low, normal, after)]
        self.assertEqual([job["outcome"] for job in ended], ["ok"] * 4)
        revisions = {job["job_id"]: job["revision"] for job in ended}
        order = sorted(revisions, key=revisions.get)
        self.assertEqual(order, [low["job_id"], high["job_id"], normal["job_id"], after["job_id"]])

    def test_waits_are_answered_when_the_daemon_stops(self):
        self.rule()
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(self.daemon.rest().post, "/jobs?wait=300s", self.group())
            until(lambda: self.client.get("/queue").json["open"] == 1)
            self.assertEqual(self.daemon.stop(), 0)
            answer = waiting.result()
        self.assertEqual((answer.status, answer.json["stage"], answer.json["done"]), (202, "submitted", False), answer)
        self.daemon.start()
        self.client = self.daemon.rest()
        self.assertEqual(self.job(answer.json["job_id"])["waiting_for"][0]["kind"], "drain")

    def test_a_batch_is_taken_whole_or_not_at_all(self):
        before = self.client.get("/jobs?count=true&limit=1").json["total"]
        wrong = self.group()
        wrong["params"]["groupid"] = "x"
        answer = self.client.post("/jobs/batch", {"jobs": [self.group(), wrong, {"type": "nonsense"}], "atomic": True})
        self.assertEqual(answer.status, 400, answer)
        self.assertEqual([e["pointer"] for e in answer.json["errors"]], ["/jobs/1/params/groupid", "/jobs/2/type"])
        self.assertEqual(self.client.get("/jobs?count=true&limit=1").json["total"], before)
        for body, pointer in (
                ({"jobs": []}, "/jobs"), ({"jobs": [self.group()] * 101}, "/jobs"), ({}, "/jobs"),
                ({"jobs": [self.group()], "atomic": False}, "/atomic"),
                ({"jobs": [self.group(dry_run=True)]}, "/jobs/0/dry_run"),
                ({"jobs": [self.group(), self.group(what=1)]}, "/jobs/1/what"),
                ({"jobs": [self.group(priority="top")]}, "/jobs/0/priority"),
                ({"jobs": [self.group(depends_on=["11.999999"])]}, "/jobs/0/depends_on/0")):
            answer = self.client.post("/jobs/batch", body)
            self.assertEqual((answer.status, answer.json["errors"][0]["pointer"]), (400, pointer), answer)

        jobs = [self.group() for _ in range(100)]
        answer = self.client.post("/jobs/batch", {"jobs": jobs}, Idempotency_Key='"b1"')
        self.assertEqual(answer.status, 202, answer)
        self.assertEqual([job["params"] for job in answer.json["items"]], [job["params"] for job in jobs])
        self.daemon.kill()
        self.daemon.start()
        self.client = self.daemon.rest()
        again = self.client.post("/jobs/batch", {"jobs": jobs}, Idempotency_Key='"b1"')
        self.assertEqual(again.json["job_ids"], answer.json["job_ids"])
        self.assertEqual(again.headers["idempotency-replayed"], "true")
        for identifier in answer.json["job_ids"]:
            self.assertEqual(self.job(identifier, wait=60)["outcome"], "ok")
        other = self.client.post("/jobs/batch", {"jobs": jobs[:1]}, Idempotency_Key='"b1"')
        self.assertEqual((other.status, other.json["code"]), (422, "idempotency-key-reused"))

    def test_rules_refuse_limit_except_and_end(self):
        refusing = self.rule("reject", match={"type": ["group_*"]}, reason="Moving.")
        refused = self.client.post("/jobs", self.group())
        self.assertEqual((refused.status, refused.json["code"], refused.json["rule_id"]),
                         (503, "draining", refusing["rule_id"]))
        self.assertIn("retry-after", refused.headers)
        self.assertIn("Moving.", refused.json["detail"])
        read = self.client.job("group_list")
        self.assertEqual(read["outcome"], "ok", "reads are never blocked")
        exception = self.rule("accept", match={"user": ["admin"]}, order=1)
        self.assertEqual([r["rule_id"] for r in self.client.get("/queue/rules").json["items"]],
                         [exception["rule_id"], refusing["rule_id"]])
        self.assertEqual(self.client.post("/jobs?wait=20s", self.group()).json["outcome"], "ok")
        self.remove(exception)
        self.remove(refusing)
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)
        self.rule("pause", expires_at=end.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
        job = self.submit()
        self.assertEqual(job["waiting_for"][0]["kind"], "drain")
        self.assertEqual(self.job(job["job_id"], wait=20)["outcome"], "ok")
        self.assertEqual(self.client.get("/queue/rules").json["items"], [])

    def test_faulty_rules_are_refused_with_every_fault(self):
        limits = [None, 0, -1, 0.5, 1.5, 100_001, 10**9, 1e9, 10**30, "2", "", True, [1], {}]
        for body, pointers in (
                *(({"action": "limit", "limit": limit}, ["/limit"]) for limit in limits),
                ({}, ["/action"]), ({"action": "stop"}, ["/action"]), ({"action": "limit"}, ["/limit"]),
                ({"action": "pause", "limit": 2}, ["/limit"]), ({"action": "pause", "order": 1001}, ["/order"]),
                ({"action": "pause", "match": {"type": "db_*", "mode": "x", "after_job": "1", "who": 1}},
                 ["/match/after_job", "/match/mode", "/match/type", "/match/who"]),
                ({"action": "pause", "expires_at": "soon"}, ["/expires_at"]),
                ({"action": "pause", "expires_at": "2001-01-01T00:00:00Z"}, ["/expires_at"]),
                ({"action": "pause", "what": 1}, ["/what"])):
            answer = self.client.post("/queue/rules", body)
            self.assertEqual(answer.status, 400, answer)
            self.assertEqual(sorted(e["pointer"] for e in answer.json["errors"]), pointers)
        for identifier in ("r999999", "nonsense"):
            answer = self.client.request("DELETE", f"/queue/rules/{identifier}")
            self.assertEqual((answer.status, answer.json["code"]), (404, "rule-not-found"))

    def test_a_job_is_done_again(self):
        first = self.client.post("/jobs?wait=20s", self.group(reason="INC-1")).json
        again = self.client.post(f"/jobs/{first['job_id']}/retry?wait=20s", None)
        self.assertEqual(again.status, 200, again)
        self.assertEqual((again.json["retry_of"], again.json["outcome"], again.json["reason"]),
                         (first["job_id"], "declined", "INC-1"))
        self.assertEqual(again.json["warnings"][0]["code"], "retry-of-success")
        user = self.client.job("user_create", username="u1", userid=3001, group="exausers", login_enabled=True,
                               password="some word")
        refused = self.client.post(f"/jobs/{user['job_id']}/retry", {})
        self.assertEqual((refused.status, refused.json["code"]), (409, "job-not-repeatable"))

    def test_what_has_begun_cannot_be_changed(self):
        done = self.client.post("/jobs?wait=20s", self.group()).json
        answer = self.client.request("PATCH", f"/jobs/{done['job_id']}", {"priority": "low"})
        self.assertEqual((answer.status, answer.json["code"]), (409, "job-not-queued"))
        rule = self.rule(match={"type": ["group_*"]})
        job = self.submit(timeout_s=600, reason="why")
        for body, pointer in (({"priority": "x"}, "/priority"), ({"timeout_s": -1}, "/timeout_s"), ({"a": 1}, "/a")):
            answer = self.client.request("PATCH", f"/jobs/{job['job_id']}", body)
            self.assertEqual((answer.status, answer.json["errors"][0]["pointer"]), (400, pointer), answer)
        plain = self.client.request("PATCH", f"/jobs/{job['job_id']}", {"timeout_s": None, "reason": None}).json
        self.assertTrue("timeout_s" not in plain and "reason" not in plain)
        made = self.client.job("user_create", username="dora", userid=3002, group="exaadm", login_enabled=True,
                               password="doras word")
        self.assertEqual(made["outcome"], "ok", made)
        dora = self.daemon.rest("dora", "doras word")
        hers = dora.post("/jobs", self.group()).json
        forced = dora.post(f"/jobs/{hers['job_id']}/cancel", {"force": True})
        self.assertEqual((forced.status, forced.json["code"]), (403, "permission-denied"))
        self.assertEqual(dora.request("DELETE", f"/queue/rules/{rule['rule_id']}").status, 403)
        cancelled = self.client.post(f"/jobs/{job['job_id']}/cancel", {"reason": "no"})
        self.assertEqual((cancelled.status, cancelled.json["outcome"]), (200, "cancelled"))
        self.remove(rule)

    def test_lists_are_filtered_sorted_searched_and_trimmed(self):
        for _ in range(5):
            self.client.post("/jobs?wait=20s", self.group(reason="Needle 100%_x"))
        self.client.job("group_list")
        found = self.client.get("/jobs?q=needle%20100%25_X&count=true&fields=job_id,type").json
        self.assertEqual((found["total"], len(found["items"])), (5, 5))
        self.assertEqual(set(found["items"][0]), {"job_id", "type"})
        self.assertEqual(self.client.get("/jobs?q=needle%20100%25ax").json["items"], [])
        others = self.client.get("/jobs?type_not=group_create&fields=type").json["items"]
        self.assertTrue(others and all(job["type"] != "group_create" for job in others))
        types = [job["type"] for job in self.client.get("/jobs?sort=type&fields=type").json["items"]]
        self.assertEqual(types, sorted(types))
        ends = [job["ended_at"] for job in self.client.get("/jobs?sort=ended_at").json["items"]]
        self.assertEqual(ends, sorted(ends))
        numbers = [int(job["job_id"].split(".")[1]) for job in self.client.get("/jobs?sort=submitted_at").json["items"]]
        self.assertEqual(numbers, sorted(numbers))
        for query in ("fields=nonsense", "sort=colour", "stage_not=x", "count=maybe"):
            self.assertEqual(self.client.get(f"/jobs?{query}").status, 400, query)

    def test_a_walk_shows_each_job_once_whatever_comes_meanwhile(self):
        rule = self.rule()
        jobs = [self.submit()["job_id"] for _ in range(20)]
        for query in ("done=false", "sort=-ended_at", "sort=ended_at", "type=group_create", "outcome_not=ok"):
            seen, cursor = [], ""
            while True:
                page = self.client.get(f"/jobs?{query}&limit=7{cursor}").json
                seen += [job["job_id"] for job in page["items"]]
                jobs.append(self.submit()["job_id"])
                self.client.post(f"/jobs/{jobs.pop(0)}/cancel", {})
                if "next_cursor" not in page:
                    break
                cursor = f"&cursor={page['next_cursor']}"
            self.assertEqual(len(seen), len(set(seen)), query)
            self.assertGreaterEqual(len(seen), 20, query)
        mismatch = self.client.get(f"/jobs?done=true{cursor}")
        self.assertEqual((mismatch.status, mismatch.json["code"]), (400, "cursor-mismatch"))
        self.remove(rule)

    def test_the_remote_faces_take_the_same_keywords(self):
        rpc = self.daemon.rpc()
        rule = self.rule()
        first = rpc.job_start("group_create", {"params": self.group()["params"], "priority": "high", "timeout_s": 600})
        second = rpc.job_start("group_create", {"params": self.group()["params"], "depends_on": [first]})
        late = rpc.job_exec("group_create", {"params": self.group()["params"], "timeout_s": 0.5})
        self.assertEqual((late["result_code"], late["result_name"]), (107, "Timeout"))
        self.assertEqual(self.job(first)["priority"], "high")
        self.remove(rule)
        self.assertTrue(rpc.job_wait(second))
        self.assertEqual(rpc.job_result(second)["result_code"], 0)
        wrong = rpc.job_exec("group_create", {"params": self.group()["params"], "depends_on": ["11.999999"]})
        self.assertEqual(wrong["result_code"], 105)


if __name__ == "__main__":
    unittest.main()
