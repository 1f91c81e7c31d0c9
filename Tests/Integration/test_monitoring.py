"""The dashboard and the alarms of monitoring/: every metric in them is one of a real daemon, and a real Prometheus takes them."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import urllib.parse
import urllib.request

from daemon import PASSWORD, Daemon, free_port, until

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "monitoring"
METRIC = re.compile(r"\bconfd_[a-z0-9_]+")


def dashboard_queries():
    board = json.loads((FOLDER / "grafana-dashboard.json").read_text())
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def alarms():
    """Names and queries, as the file has them; each is one line."""
    text = (FOLDER / "alerts.yml").read_text()
    names = re.findall(r"^ +- alert: (\w+)$", text, re.MULTILINE)
    queries = re.findall(r"^ +expr: (.+)$", text, re.MULTILINE)
    assert len(names) == len(queries) == len(set(names)), names
    return dict(zip(names, queries))


class Monitoring(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.addClassCleanup(cls.daemon.__exit__)

    def test_every_metric_that_is_named_is_told(self):
        text = self.daemon.rest().get("/metrics").body.decode()
        told = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
        told |= {f"{name}_{end}" for name in told for end in ("bucket", "sum", "count")}
        for source, queries in (("alerts.yml", alarms().values()), ("dashboard", dashboard_queries())):
            named = {name for query in queries for name in METRIC.findall(query)}
            self.assertGreater(len(named), 10, source)
            self.assertEqual(named - told, set(), source)

    def test_objects_have_metrics_by_name(self):
        rest = self.daemon.rest()
        rest.ok("st_volume_create", name="Heap", type="data", size="1 GiB", disk="disk1", nodes=[11], redundancy=1)
        until(lambda: 'confd_volume_up{volume="Heap"} 1' in rest.get("/metrics").body.decode())
        text = rest.get("/metrics").body.decode()
        for line in (f'confd_volume_size_bytes{{volume="Heap"}} {1 << 30}', 'confd_volume_redundancy{volume="Heap"} 1',
                     "confd_objects_left_out 0", "confd_notifications_waiting 0"):
            self.assertIn(f"\n{line}\n", text)
        disks = dict(re.findall(r'^confd_disk_(size|used|free)_bytes\{disk="11-store"\} (\d+)$', text, re.MULTILINE))
        self.assertEqual(int(disks["size"]) - int(disks["used"]), int(disks["free"]))

    @unittest.skipUnless(shutil.which("promtool"), "no promtool (apt-get install prometheus)")
    def test_promtool_takes_them(self):
        with tempfile.TemporaryDirectory() as folder:
            queries = [f"  - {{record: panel_{i}, expr: {json.dumps(q)}}}" for i, q in enumerate(dashboard_queries())]
            rules = pathlib.Path(folder, "dashboard.yml")
            rules.write_text("groups: [{name: dashboard, rules: [\n" + ",\n".join(q.strip(" -") for q in queries) + "\n]}]\n")
            for file in (FOLDER / "alerts.yml", rules):
                done = subprocess.run(["promtool", "check", "rules", file], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @unittest.skipUnless(shutil.which("prometheus"), "no Prometheus (apt-get install prometheus)")
    def test_a_prometheus_scrapes_the_daemon_and_works_with_the_alarms(self):
        with tempfile.TemporaryDirectory() as folder:
            port, root = free_port(), pathlib.Path(folder)
            (root / "password").write_text(PASSWORD)
            (root / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: ["{FOLDER}/alerts.yml"]
scrape_configs:
  - job_name: confd
    scheme: https
    basic_auth: {{username: admin, password_file: {root}/password}}
    tls_config: {{insecure_skip_verify: true}}
    static_configs: [{{targets: ["127.0.0.1:{self.daemon.port}"]}}]
""")
            with open(root / "log", "wb") as log:
                server = subprocess.Popen(
                    ["prometheus", f"--config.file={root}/prometheus.yml", f"--storage.tsdb.path={root}/data",
                     f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
            try:
                self.check(port)
            finally:
                server.terminate()
                server.wait(30)

    def check(self, port):
        def ask(path, **query):
            url = f"http://127.0.0.1:{port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    return json.load(answer)["data"]
            except OSError:
                return None

        def value(query):
            told = (ask("query", query=query) or {"result": []})["result"]
            return float(told[0]["value"][1]) if told else None

        until(lambda: value('up{job="confd"}') == 1, deadline=60)
        until(lambda: value("confd_is_master") == 1)
        for query in dashboard_queries():
            self.assertIsNotNone(ask("query", query=query), query)

        def rules():
            return [rule for group in (ask("rules") or {"groups": []})["groups"] for rule in group["rules"]]

        until(lambda: rules() and all(rule["health"] == "ok" for rule in rules()))
        self.assertEqual({rule["name"] for rule in rules()}, set(alarms()))


if __name__ == "__main__":
    unittest.main()
