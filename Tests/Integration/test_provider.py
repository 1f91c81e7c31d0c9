"""Jobs that other executables do, archives of what happened, and jobs on the cluster as a whole."""

import json
import os
import signal
import tarfile
import unittest

from daemon import Daemon, PASSWORD

PROVIDER = """#!/bin/sh
# Answers what it was asked, keeps every request, and cannot do everything.
request=$(cat)
printf '%s\\n' "$request" >> "{root}/requests"
case "$1" in
infra_db_stop) echo '{{"error": {{"code": "unsupported", "message": "This cloud never stops."}}}}'; exit 3 ;;
infra_db_start) echo 'quota used up' >&2; exit 4 ;;
*) printf '{{"verb": "%s", "request": %s}}' "$1" "$request" ;;
esac
"""

EXPORTER = """#!/bin/sh
# Runs as long as it is not stopped, beyond the daemon that started it.
case "$1" in
start)
    cat > "{root}/exporter.request"
    setsid sleep 300 < /dev/null > /dev/null 2>&1 &
    echo $! > "{root}/exporter.pid"
    echo '{{}}' ;;
stop)
    cat > /dev/null
    kill "$(cat "{root}/exporter.pid")"
    rm "{root}/exporter.pid"
    echo '{{}}' ;;
esac
"""


class Host(Daemon):
    """A daemon with a provider and an exporter of its own."""

    def __init__(self):
        super().__init__()
        for name, setting, text in [
                ("provider", "CONFD_PROVIDER_PATH", PROVIDER), ("exporter", "CONFD_MONITORING_PATH", EXPORTER)]:
            path = self.root / name
            path.write_text(text.format(root=self.root))
            path.chmod(0o755)
            self.environment[setting] = str(path)

    def requests(self):
        return [json.loads(line) for line in (self.root / "requests").read_text().splitlines()]

    def __exit__(self, *caught):
        try:
            os.kill(int((self.root / "exporter.pid").read_text()), signal.SIGKILL)
        except (OSError, ValueError):
            pass
        super().__exit__(*caught)


def output(job):
    return job["result"].get("result_output")


class ProviderTest(unittest.TestCase):
    def test_without_a_provider_jobs_are_declined_and_the_setting_is_named(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            for kind, params in [
                    ("infra_overview_get", {}), ("infra_db_start", {"db_name": "DB1"}),
                    ("infra_instances_add", {"nid": 11, "num_nodes": 1}), ("saas_accounts_list", {})]:
                with self.subTest(kind):
                    job = rest.job(kind, **params)
                    self.assertEqual((job["outcome"], job["error_code"]), ("declined", "unsupported-here"), job)
                    self.assertIn("'provider.path'", job["result"]["result_desc"])
            job = rest.job(
                "monitoring_start", broker="b:1", cluster_id="c", sasl_user="u", sasl_password="never kept")
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "unsupported-here"), job)
            self.assertIn("'monitoring.path'", job["result"]["result_desc"])
            self.assertNotIn("[Monitoring]", daemon.configuration())

    def test_a_provider_is_asked_with_facts_and_its_answer_is_the_result(self):
        with Host() as daemon:
            rest = daemon.rest()
            job = rest.job("infra_instances_start", nids=[11])
            self.assertEqual((job["outcome"], job["stage"]), ("ok", "finished"), job)
            told = output(job)["request"]
            self.assertEqual(
                (told["contract"], told["verb"], told["parameters"]), (1, "infra_instances_start", {"nids": [11]}))
            self.assertEqual(told["job"], job["id"] if "id" in job else job["job_id"])
            self.assertEqual([node["id"] for node in told["cluster"]["nodes"]], [11])
            added = rest.job("infra_instances_add", nid=11, num_nodes=2)
            self.assertEqual((added["outcome"], added["stage"]), ("ok", "committed"), added)
            self.assertEqual(output(added)["request"]["parameters"]["timeout"], 1800)
            kept = json.dumps(daemon.requests())
            for line in daemon.configuration().splitlines():
                key, _, value = line.partition(" = ")
                if "Passw" in key or "Token" in key:
                    self.assertFalse(value and value in kept, key)

    def test_what_a_provider_cannot_do_declines_and_what_goes_wrong_fails(self):
        with Host() as daemon:
            rest = daemon.rest()
            job = rest.job("infra_db_stop", db_name="DB1")
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "unsupported-here"), job)
            self.assertIn("This cloud never stops.", job["result"]["result_desc"])
            job = rest.job("infra_db_start", db_name="DB1")
            self.assertEqual((job["outcome"], job["error_code"]), ("failed", "job-failed"), job)
            self.assertIn("quota used up", job["result"]["result_desc"])

    def test_monitoring_runs_from_start_to_stop_and_its_password_is_shown_to_nobody(self):
        with Host() as daemon:
            rest = daemon.rest()
            job = rest.job(
                "monitoring_start", broker="b.example.com:9090", cluster_id="c7", sasl_user="u",
                sasl_password="quite secret")
            self.assertEqual((job["outcome"], job["stage"]), ("ok", "committed"), job)
            self.assertIn("[Monitoring]", daemon.configuration())
            request = json.loads((daemon.root / "exporter.request").read_text())
            self.assertEqual(request["secrets"], {"sasl_password": "quite secret"})
            process = int((daemon.root / "exporter.pid").read_text())
            os.kill(process, 0)
            self.assertNotIn("quite secret", json.dumps(rest.get("/jobs").json))
            job = rest.job("monitoring_stop")
            self.assertEqual(job["outcome"], "ok", job)
            self.assertNotIn("[Monitoring]", daemon.configuration())
            self.assertFalse((daemon.root / "exporter.pid").exists())


class ArchiveTest(unittest.TestCase):
    def test_an_archive_has_what_helps_and_no_secret(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            rest.job("user_create", username="sue", userid=700, group="exausers", login_enabled=True,
                     password="very secret indeed")
            logs = daemon.root / "logs/databases/DB1"
            logs.mkdir(parents=True)
            (logs / "postgresql.log").write_text(
                "2026-01-02 03:04:05 UTC [7] LOG:  ALTER USER sys PASSWORD 'never told'\n")
            job = rest.job("debug_collect")
            self.assertEqual(job["outcome"], "ok", job)
            [made] = output(job)
            self.assertEqual(made["node"], 11)
            path = daemon.root / made["path"].removeprefix("/exa/")
            self.assertEqual((path.stat().st_mode & 0o777, path.stat().st_size), (0o600, made["bytes"]))
            self.assertEqual([entry.name for entry in path.parent.iterdir()], [path.name])
            with tarfile.open(path) as archive:
                files = {
                    member.name.removeprefix("./"): archive.extractfile(member).read()
                    for member in archive if member.isfile()}
            for name in ["EXAConf", "jobs.json", "revisions.json", "audit.json", "facts/uname.txt", "facts/df.txt",
                         "facts/meminfo.txt", "facts/processes.txt", "coredumps.json",
                         "logs/DWAd/DB1/postgresql.log", "logs/ConfD/daemon.log"]:
                self.assertTrue(files.get(name), (name, sorted(files)))
            self.assertIn("user_create", {job["type"] for job in json.loads(files["jobs.json"])})
            self.assertIn(str(daemon.root).encode(), files["facts/processes.txt"])
            self.assertIn(b"PASSWORD ***", files["logs/DWAd/DB1/postgresql.log"])
            secrets = [b"very secret indeed", b"never told", PASSWORD.encode()]
            for line in daemon.configuration().splitlines():
                key, _, value = line.partition(" = ")
                if any(word in key for word in ("Passw", "Token", "SyncKey")) and value:
                    secrets.append(value.encode())
            self.assertGreater(len(secrets), 5)
            for name, content in files.items():
                for secret in secrets:
                    self.assertNotIn(secret, content, name)
            again = rest.job("debug_collect", outfile=made["path"])
            self.assertEqual((again["outcome"], again["error_code"]), ("declined", "object-exists"), again)

    def test_logs_are_told_from_where_a_reader_stopped(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            job = rest.job("log_collect", services=["ConfD", "DWAd", "HealthD"], default_interval="1h")
            self.assertEqual(job["outcome"], "ok", job)
            self.assertIsInstance(output(job), list)
            logs = daemon.root / "logs"
            (logs / "databases/DB1").mkdir(parents=True)
            log = logs / "databases/DB1/postgresql.log"
            log.write_text("2019-01-04 13:13:30 UTC [1] ERROR:  one\n2019-01-04 13:14:30 UTC [1] LOG:  two\n")

            def ask(stop, **further):
                job = rest.job(
                    "log_collect", services=["DWAd"], start_time="2019-01-04 13:13:00", stop_time=stop, **further)
                self.assertEqual(job["outcome"], "ok", job)
                return [(event["node"], event["priority"], event["text"][-3:]) for event in output(job)]
            self.assertEqual(ask("2019-01-04 13:15:00"), [(11, "ERR", "one"), (11, "INFO", "two")])
            self.assertEqual(ask("2019-01-04 13:15:00", error_level="ERR"), [(11, "ERR", "one")])
            self.assertEqual(ask("2019-01-04 13:14:00", tag="reader"), [(11, "ERR", "one")])
            self.assertEqual(ask("2019-01-04 13:15:00", tag="reader"), [(11, "INFO", "two")])
            job = rest.job("log_collect", services=["HealthD"])
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "unsupported-here"), job)


class ClusterTest(unittest.TestCase):
    def test_what_needs_other_nodes_is_declined_and_what_this_one_can_tell_is_told(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            self.assertEqual(output(rest.job("conn_get_remote_nid")), 11)
            self.assertEqual(output(rest.job("node_wait_ready", nids=[11])), [11])
            self.assertEqual(output(rest.job("master_change", nids=[11])), 11)
            self.assertEqual(output(rest.job("node_clone_batch", nid=11, num_nodes=2)), [12, 13])
            self.assertEqual(output(rest.job("node_wait_offline", nids=[12, 13])), [12, 13])
            for kind, params, code in [
                    ("node_wait_ready", {"nids": [12]}, "unsupported-here"),
                    ("node_wait_offline", {"nids": [11]}, "unsupported-here"),
                    ("master_change", {"nids": [11, 12]}, "unsupported-here"),
                    ("nodes_terminate", {"nids": [11]}, "object-busy"),
                    ("nodes_terminate", {"nids": [12]}, "object-busy")]:
                with self.subTest(kind):
                    job = rest.job(kind, **params)
                    self.assertEqual((job["outcome"], job["error_code"]), ("declined", code), job)

    def test_a_plugin_goes_from_the_stock_into_a_bucket_and_out_again(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            job = rest.job("plugin_add", plugin_name="p1")
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "object-missing"), job)
            self.assertNotIn("[Plugin", daemon.configuration())
            (daemon.root / "plugins").mkdir()
            (daemon.root / "plugins/p1").write_text("content")
            self.assertEqual(rest.job("plugin_add", plugin_name="p1")["outcome"], "ok")
            self.assertIn("[Plugin: p1]", daemon.configuration())
            self.assertEqual(output(rest.job("plugin_list")), ["p1"])
            [copy] = daemon.root.glob("data/bucketfs/**/plugins/p1")
            self.assertEqual(copy.read_text(), "content")
            self.assertEqual(rest.job("plugin_remove", plugin_name="p1")["outcome"], "ok")
            self.assertFalse(copy.exists())
            self.assertNotIn("[Plugin", daemon.configuration())


if __name__ == "__main__":
    unittest.main()
