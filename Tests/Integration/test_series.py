"""Figures of a real daemon over time, and its history in equal parts."""

import datetime
import os
import unittest

from daemon import Daemon, until

CPU = "node:11:cpu_ratio"


def moment(seconds):
    """A time so many seconds from now, as queries take it."""
    time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def ids(client):
    return {item["id"] for item in client.get("/series").json["items"]}


class Series(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()
        self.addCleanup(self.daemon.__exit__)
        self.client = self.daemon.rest()
        self.path = self.daemon.root / "spool/jobs/series"

    def points(self, name, **query):
        words = "&".join(f"{key}={value}" for key, value in query.items())
        answer = self.client.get(f"/series/{name}?{words}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def test_a_node_keeps_figures_over_restarts_and_never_falls_over_its_file(self):
        self.client.job("group_create", groupname="pilots", groupid=5001)
        wanted = {CPU, "node:11:memory_used_bytes", "node:11:queue_depth", "disk:11-store:used_bytes"}
        until(lambda: wanted <= ids(self.client))
        self.assertIn("node:11:job_duration_p95_s", ids(self.client))
        told = self.points(CPU, **{"from": moment(-600), "to": moment(60)})
        self.assertEqual((told["unit"], told["node"], told["step_s"]), ("ratio", 11, 60))
        self.assertGreaterEqual(len(told["points"]), 1)
        for number, least, mean, most in told["points"]:
            self.assertTrue(0 <= number <= 11 and 0 <= least <= mean <= most <= 1, told)
        used = self.points("node:11:memory_used_bytes")["points"][-1][2]
        size = self.points("node:11:memory_size_bytes")["points"][-1][2]
        self.assertTrue(0 < used < size)
        # A day in steps that fit a screen, and a month in quarters of an hour or more.
        self.assertEqual(self.points(CPU)["step_s"], 300)
        self.assertGreaterEqual(self.points(CPU, **{"from": moment(-30 * 86400)})["step_s"], 900)
        self.assertEqual(self.client.get(f"/series/{CPU}?from={moment(-86400)}&step=60").status, 400)
        self.assertEqual(self.client.get("/series/node:12:cpu_ratio").status, 404)
        self.assertEqual(self.daemon.rest(user=None).get("/series").status, 401)

        # An orderly end keeps what was measured; the end itself is a gap, and the start a mark.
        former = self.points(CPU, **{"from": told["from"], "to": told["to"]})["points"]
        self.assertFalse(self.path.exists())
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)
        self.daemon.start()
        self.client = self.daemon.rest()
        until(lambda: CPU in ids(self.client))
        again = {point[0]: point for point in self.points(CPU, **{"from": told["from"], "to": told["to"]})["points"]}
        # The last minute may have been measured anew.
        self.assertTrue({point[0] for point in former} <= set(again))
        self.assertEqual([again[point[0]] for point in former[:-1]], former[:-1])
        marks = self.client.get("/history/buckets").json["marks"]
        self.assertIn("restart", {mark["kind"] for mark in marks})

        # What a crash or a disk made of the file: it begins anew.
        self.daemon.kill()
        size = self.path.stat().st_size
        os.truncate(self.path, size - 7)
        self.daemon.start()
        self.client = self.daemon.rest()
        until(lambda: "figures over time" in self.daemon.log_text())
        self.assertEqual((self.path.parent / "series.unusable").stat().st_size, size - 7)
        until(lambda: CPU in ids(self.client))
        self.assertEqual(self.daemon.stop(), 0)
        self.assertGreater(self.path.stat().st_size, 0)


class Buckets(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()
        self.addCleanup(self.daemon.__exit__)
        self.client = self.daemon.rest()

    def test_the_history_is_counted_in_the_span_that_was_asked_for(self):
        begin, end = moment(-3600), moment(3600)
        for number in range(5):
            self.client.ok("group_create", groupname=f"group{number}", groupid=6000 + number)
        self.assertNotEqual(self.client.job("group_create", groupname="group0", groupid=6000)["outcome"], "ok")
        self.daemon.rest("admin", "wrong").get("/jobs")
        query = f"/history/buckets?from={begin}&to={end}"
        told = self.client.get(query).json
        self.assertEqual((told["from"][:19], told["to"][:19]), (begin[:19], end[:19]))
        self.assertEqual((told["step_s"], len(told["items"]), told["archived"]), (60, 120, False))
        starts = [item["at"] for item in told["items"]]
        self.assertEqual((starts[0], starts), (told["from"], sorted(starts)))
        total = self.client.get(f"{query}&step=7200").json["items"]
        self.assertEqual(len(total), 1)
        for name in ("jobs", "failed", "open"):
            self.assertEqual(sum(item[name] for item in told["items"]), total[0][name], name)
        found = total[0]
        self.assertEqual(found["jobs"], sum(found["outcomes"].values()) + found["open"])
        self.assertGreaterEqual(found["outcomes"]["ok"], 5)
        self.assertGreaterEqual(found["kinds"]["revision"], 5)
        self.assertEqual(found["kinds"]["job"], found["jobs"])
        self.assertGreaterEqual(found["kinds"]["refusal"], 1)
        self.assertTrue(0 <= found["duration_p50_s"] <= found["duration_p95_s"])
        # As many as the history has.
        page = self.client.get(f"/history?since={begin}&kind=job&limit=1000").json
        self.assertEqual(len(page["items"]), self.client.get(f"{query}&step=7200").json["items"][0]["jobs"])
        revisions = [mark["text"] for mark in told["marks"] if mark["kind"] == "revision"]
        self.assertGreaterEqual(len(revisions), 5)
        self.assertTrue(any(text.endswith("by admin.") for text in revisions), revisions)

    def test_what_cannot_be_counted_is_refused(self):
        for query in (
                f"from={moment(-3600)}&to={moment(0)}&step=1s", f"from={moment(0)}&to={moment(-3600)}", "step=0", "by=weather",
                "from=yesterday"):
            answer = self.client.get(f"/history/buckets?{query}")
            self.assertEqual((answer.status, answer.json["code"]), (400, "query-invalid"), query)
        plain = self.client.get("/history/buckets?by=outcome").json["items"]
        self.assertTrue(all("outcomes" in item and "kinds" not in item for item in plain))
        both = self.client.get("/history/buckets?by=kind,outcome").json["items"]
        self.assertTrue(all("outcomes" in item and "kinds" in item for item in both))

    def test_an_empty_span_is_shown_whole(self):
        told = self.client.get("/history/buckets?from=2001-01-01T00:00:00Z&to=2001-01-31T00:00:00Z").json
        self.assertEqual((told["step_s"], len(told["items"])), (14400, 180))
        self.assertFalse(any(item["jobs"] for item in told["items"]))
        self.assertEqual(told["marks"], [])


if __name__ == "__main__":
    unittest.main()
