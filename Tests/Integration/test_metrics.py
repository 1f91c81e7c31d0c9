"""Numbers and probes of a real daemon, as a scraper and an orchestrator see them."""

import os
import re
import shutil
import subprocess
import time
import unittest

from daemon import PASSWORD, Daemon

LINE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (\S+)$')


def read(text):
    """Samples by name and labels; fails on whatever the format does not allow."""
    kinds, samples, helped = {}, {}, set()
    family = None
    for line in text.splitlines():
        if line == "# EOF":
            continue
        if line.startswith("# "):
            word, name, rest = line[2:].split(" ", 2)
            assert word in ("HELP", "TYPE", "UNIT"), line
            if word == "HELP":
                assert name not in helped, f"twice: {name}"
                helped.add(name)
            if word == "TYPE":
                kinds[name] = rest
                family = name
            continue
        match = LINE.match(line)
        assert match, line
        name, labels, value = match.groups()
        base = re.sub("_total$", "", family)
        assert name.startswith(base), f"{name} stands below {family}"
        key = (name, tuple(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or "")))
        assert key not in samples, f"twice: {line}"
        samples[key] = float(value)
    return kinds, samples


def value(samples, name, **labels):
    found = [v for (n, ls), v in samples.items() if n == name and labels.items() <= dict(ls).items()]
    return sum(found) if found else None


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.client = cls.daemon.rest()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def scrape(self, **headers):
        answer = self.client.get("/metrics", **headers)
        self.assertEqual(answer.status, 200, answer)
        return answer, *read(answer.body.decode())

    def test_a_scraper_needs_a_login(self):
        self.assertEqual(self.daemon.rest(user=None).get("/metrics").status, 401)

    def test_the_setting_opens_it_for_everybody(self):
        with Daemon(environment={"CONFD_METRICS_OPEN": "true"}) as daemon:
            self.assertEqual(daemon.rest(user=None).get("/metrics").status, 200)

    def test_both_forms_are_well_made(self):
        answer, kinds, samples = self.scrape()
        self.assertTrue(answer.headers["content-type"].startswith("text/plain; version=0.0.4"))
        self.assertTrue({"counter", "gauge", "histogram"} <= set(kinds.values()))
        for (name, labels), number in samples.items():
            if name.endswith("_bucket") and dict(labels)["le"] == "+Inf":
                others = dict(labels)
                del others["le"]
                self.assertEqual(number, value(samples, name.replace("_bucket", "_count"), **others), name)
        answer, kinds, _ = self.scrape(Accept="application/openmetrics-text; version=1.0.0")
        self.assertTrue(answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0"))
        self.assertTrue(answer.body.endswith(b"# EOF\n"))
        self.assertEqual(kinds["confd_http_requests"], "counter")

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_the_linter_of_prometheus_has_nothing_to_say(self):
        self.client.job("db_list")
        text = self.client.get("/metrics").body
        done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))

    def test_what_happens_is_counted(self):
        _, _, before = self.scrape()
        self.assertEqual(self.client.job("group_create", groupname="pilots", groupid=5001)["outcome"], "ok")
        self.client.job("db_list")
        self.daemon.rpc().job_exec("group_list", {})
        self.assertEqual(self.client.get("/jobs/11.999999").status, 404)
        self.assertEqual(self.daemon.rest("admin", "wrong").get("/jobs").status, 401)
        _, _, after = self.scrape()

        def grew(name, **labels):
            return (value(after, name, **labels) or 0) - (value(before, name, **labels) or 0)
        self.assertEqual(grew("confd_jobs_ended_total", type="group_create", outcome="ok"), 1)
        self.assertEqual(grew("confd_jobs_ended_total", type="group_list", outcome="ok"), 1)
        self.assertEqual(grew("confd_http_requests_total", route="/jobs/{job_id}", status="4xx"), 1)
        self.assertEqual(grew("confd_http_requests_total", interface="xmlrpc", status="2xx"), 1)
        self.assertEqual(grew("confd_revision"), 1)
        self.assertEqual(value(after, "confd_node_acked_revision", node="11"), value(after, "confd_revision"))
        self.assertEqual(grew("confd_revision_sync_seconds_count", result="ok"), 1)
        self.assertGreaterEqual(grew("confd_store_commit_seconds_count"), 3)
        self.assertGreater(value(after, "confd_store_commit_seconds_sum"), 0)
        self.assertEqual(grew("confd_password_check_seconds_count", verdict="refused"), 1)
        self.assertGreater(grew("confd_login_cache_hits_total"), 0)
        self.assertGreaterEqual(grew("confd_audit_events_total", event="refusal"), 1)
        self.assertGreater(value(after, "confd_job_duration_seconds_count", mode="modify"), 0)
        self.assertGreater(value(after, "confd_certificate_expiry_timestamp_seconds"), time.time() + 86400)
        self.assertEqual(value(after, "confd_build_info"), 1)
        self.assertAlmostEqual(value(after, "process_start_time_seconds"), time.time(), delta=600)
        for name in ("process_open_fds", "process_resident_memory_bytes", "process_cpu_seconds_total"):
            self.assertGreater(value(after, name), 0, name)

    def test_what_is_bounded_is_told_with_its_bound(self):
        _, kinds, samples = self.scrape()
        disk = os.statvfs(self.daemon.root / "spool/jobs")
        self.assertAlmostEqual(
            value(samples, "confd_store_free_bytes"), disk.f_bavail * disk.f_frsize, delta=disk.f_blocks * disk.f_frsize / 50)
        total = disk.f_blocks * disk.f_frsize
        self.assertEqual(value(samples, "confd_store_low_bytes"), max(total // 50, min(256 << 20, total // 4)))
        self.assertEqual(value(samples, "confd_store_reserve_bytes"), min(64 << 20, total // 16))
        self.assertEqual(
            value(samples, "confd_store_reserved_bytes"), (self.daemon.root / "spool/jobs/store.reserve").stat().st_size)
        self.assertEqual(value(samples, "confd_history_limit_bytes"), min(total // 10, 20_000_000_000))
        self.assertGreater(value(samples, "confd_history_bytes"), 4096)
        self.assertEqual(value(samples, "confd_history_spent_users"), 0)
        before = value(samples, "confd_history_largest_share_bytes")
        self.client.job("db_list")
        _, _, samples = self.scrape()
        self.assertGreaterEqual(value(samples, "confd_history_largest_share_bytes"), before + 500)
        self.assertEqual(value(samples, "confd_body_memory_limit_bytes"), 256 << 20)
        self.assertEqual(value(samples, "confd_body_memory_bytes"), 0)
        self.assertEqual(value(samples, "confd_body_memory_waiting_requests"), 0)
        self.assertEqual(value(samples, "confd_audit_unrecorded_total"), 0)
        self.assertEqual(kinds["confd_audit_folded_total"], "counter")

    def test_no_label_names_a_user_a_path_or_a_job(self):
        job = self.client.job("db_list")["job_id"]
        self.client.get(f"/jobs/{job}")
        self.client.get("/no/such/path")
        text = self.client.get("/metrics").body.decode()
        for secret in ("admin", PASSWORD, job, "such", "127.0.0.1"):
            self.assertNotIn(f'"{secret}', text)
            self.assertNotIn(f'{secret}"', text)


class Health(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def test_probes_answer_text_without_login(self):
        client = self.daemon.rest(user=None)
        for path in ("/livez", "/readyz", "/startupz"):
            answer = client.get(path)
            self.assertEqual((answer.status, answer.body), (200, b"ok\n"), path)
            self.assertTrue(answer.headers["content-type"].startswith("text/plain"))
            head = client.request("HEAD", path)
            self.assertEqual((head.status, head.body), (200, b""))

    def test_each_check_is_listed_with_reason_and_age(self):
        client = self.daemon.rest(user=None)
        text = client.get("/readyz?verbose").body.decode()
        for name in (
                "configuration: revision", "store: ", r"space: \d+ MiB free, low below \d+ MiB", r"history: \d+ MiB of \d+ MiB",
                "audit_records: every event is kept", "looks: every one is recorded", "bodies: no request waits for memory"):
            self.assertRegex(text, rf"(?m)^\[\+\] {name}.* \([0-9.]+ s ago\)$")
        self.assertRegex(client.get("/livez?verbose").body.decode(), r"\[\+\] event_loops: ")
        self.assertRegex(client.get("/startupz?verbose").body.decode(), r"\[\+\] configuration: revision \d+")


if __name__ == "__main__":
    unittest.main()
