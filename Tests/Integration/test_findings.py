"""What is wrong is found by the daemon itself, told with a cure, and over once it is cured."""

import datetime
import os
import shutil
import signal
import unittest

from cluster_host import Cluster
from cluster_host import lacking as lacking_cluster
from daemon import Daemon, until
from database_host import DatabaseHost, lacking
from test_certificate_life import MARK, own
from test_client import Client
from test_database_state import server
from test_schedules import scheduled


def findings(rest, **filters):
    """Findings by their codes and objects."""
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    answer = rest.get(f"/health/findings?{query}")
    assert answer.status == 200, answer
    return {(finding["code"], finding["object"]): finding for finding in answer.json["items"]}


def cure(rest, finding):
    """Runs the job a finding names."""
    job = finding["job"]
    done = rest.job(job["type"], **job["parameters"])
    assert done["outcome"] == "ok", done


@unittest.skipIf(lacking(), lacking())
class OfDatabases(unittest.TestCase):
    def test_a_crash_is_a_finding_until_its_job_cures_it(self):
        down = ("database-down", "db:BASE")
        with DatabaseHost(environment={"CONFD_DATABASES_RESTART": "never"}) as daemon:
            rest = daemon.rest()
            daemon.create(rest)
            rest.ok("db_start", db_name="BASE")
            self.assertNotIn(down, findings(rest))
            after = rest.get("/events/page?after=now").json["next_after"]
            os.kill(server(daemon, "BASE"), signal.SIGKILL)
            until(lambda: down in findings(rest))
            found = findings(rest)[down]
            self.assertEqual((found["severity"], found["node"]), ("critical", 11), found)
            self.assertIn("its server crashed", found["cause"])
            told = rest.get("/health/summary").json
            self.assertEqual((told["verdict"], told["findings"][0]["finding_id"]), ("failing", "database-down:db:BASE"))
            events = rest.get(f"/events/page?after={after}&types=finding.raised").json["items"]
            self.assertIn("database-down:db:BASE", [event["finding_id"] for event in events])
            self.assertIn('confd_findings{code="database-down",severity="critical"} 1', rest.get("/metrics").body.decode())
            self.assertIn('confd_database_up{database="BASE"} 0', rest.get("/metrics").body.decode())
            done = Client(daemon).over_https()("status")
            self.assertEqual((done.returncode, done.stdout.split(":")[0]), (1, "failing"), done)
            self.assertIn("confd_client db_start db_name: BASE", done.stdout)
            # It begins when it began, whatever becomes of the daemon.
            daemon.kill()
            daemon.start()
            rest = daemon.rest()
            until(lambda: down in findings(rest))
            self.assertEqual(findings(rest)[down]["since"], found["since"])
            cure(rest, findings(rest)[down])
            until(lambda: down not in findings(rest))
            told = rest.get("/history?object=db:BASE&kind=finding_raised&kind=finding_cleared").json["items"]
            self.assertEqual([entry["kind"] for entry in told], ["finding_cleared", "finding_raised"])

    def test_one_that_does_not_start_and_one_whose_data_are_gone(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            daemon.create(rest)
            rest.ok("db_start", db_name="BASE")
            volume = rest.ok("db_info", db_name="BASE")["usage persistent"][0]["volume id"]
            rest.ok("db_stop", db_name="BASE")
            place, aside = daemon.root / "data/volumes" / volume, daemon.root / "aside"
            # Without its log of changes no server comes up.
            changes = next(place.rglob("pg_wal"))
            changes.rename(changes.with_name("pg_wal.aside"))
            self.assertNotEqual(rest.job("db_start", db_name="BASE")["outcome"], "ok")
            down = ("database-down", "db:BASE")
            until(lambda: down in findings(rest))
            self.assertIn("it did not start", findings(rest)[down]["cause"])
            changes.with_name("pg_wal.aside").rename(changes)
            cure(rest, findings(rest)[down])
            until(lambda: down not in findings(rest))
            rest.ok("db_stop", db_name="BASE")
            shutil.move(place, aside)
            until(lambda: ("volume-down", "volume:Heap") in findings(rest))
            shutil.move(aside, place)
            until(lambda: ("volume-down", "volume:Heap") not in findings(rest))


class OfTheDaemon(unittest.TestCase):
    def test_a_certificate_that_ends_in_six_days_is_critical_and_its_job_cures_it(self):
        daemon = Daemon(environment={"CONFD_CERTIFICATES_RENEW": "false"})
        self.addCleanup(daemon.__exit__)
        daemon.run("init")
        own(daemon, 6, "-addext", MARK)
        daemon.start()
        rest = daemon.rest()
        ending = ("certificate-ending", "certificate:11-tls")
        until(lambda: ending in findings(rest))
        found = findings(rest)[ending]
        self.assertEqual((found["severity"], found["job"]["type"]), ("critical", "cert_renew"), found)
        cure(rest, found)
        rest = daemon.rest()
        # It is looked at every 30 s.
        until(lambda: ending not in findings(rest), 60)

    def test_a_schedule_that_failed_and_words_on_it(self):
        failed = ("schedule-failed", "schedule:exa_db:each_minute")
        with scheduled() as daemon:
            rest = daemon.rest()
            until(lambda: failed in findings(rest), 90)
            found = findings(rest)[failed]
            self.assertIn("vault", found["cause"])
            self.assertEqual((found["severity"], found["job"]["type"]), ("warning", "db_backup_start"), found)
            path = f"/health/findings/{found['finding_id']}"
            word = {"reason": "the vault comes on Monday", "until": "2099-01-01T00:00:00Z"}
            self.assertEqual(rest.post(f"{path}/mute", word).status, 400, "at most a year")
            word["until"] = "2020-01-01T00:00:00Z"
            self.assertEqual(rest.post(f"{path}/mute", word).status, 400, "it lies in the past")
            word["until"] = soon()
            muted = rest.post(f"{path}/mute", word)
            self.assertEqual((muted.status, muted.json["silence"]["kind"]), (200, "muted"), muted)
            until(lambda: failed not in findings(rest))
            # The word outlives the daemon.
            daemon.kill()
            daemon.start()
            rest = daemon.rest()
            until(lambda: failed in findings(rest, muted="true"))
            self.assertNotIn(failed, findings(rest))
            self.assertEqual(rest.request("DELETE", f"{path}/silence").status, 204)
            until(lambda: failed in findings(rest))

    def test_a_license_that_ends_in_six_days_is_critical_until_there_is_another(self):
        ending = ("license-ending", "license:11-license")

        def text(days):
            end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
            return f"[License]\nlicense_id = 7\nexpiration_date = {end:%Y-%m-%d}\n"

        with Daemon() as daemon:
            rest = daemon.rest()
            rest.ok("license_upload", license=text(5))
            until(lambda: findings(daemon.rest()).get(ending, {}).get("severity") == "critical", 60)
            self.assertRegex(findings(daemon.rest())[ending]["cause"], "ends in [56] days")
            metric = 'confd_license_end_timestamp_seconds{license="11-license"}'
            self.assertIn(metric, daemon.rest().get("/metrics").body.decode())
            daemon.rest().ok("license_upload", license=text(500))
            until(lambda: ending not in findings(daemon.rest()), 60)

    def test_a_disk_is_judged_by_the_settings(self):
        with Daemon(environment={"CONFD_FINDINGS_DISK_WARNING": "1", "CONFD_FINDINGS_DISK_CRITICAL": "1"}) as daemon:
            rest = daemon.rest()
            until(lambda: any(code == "disk-filling" for code, _ in findings(rest, severity="critical")))
            self.assertEqual(rest.get("/health/summary").json["verdict"], "failing")


def soon():
    """A moment in an hour."""
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@unittest.skipIf(lacking_cluster(), lacking_cluster())
class OfNodes(unittest.TestCase):
    def test_one_node_knows_of_all_and_tells_who_is_away(self):
        # So full is each disk.
        with Cluster(CONFD_FINDINGS_DISK_WARNING="1") as cluster:
            first = cluster.found()
            second, _ = cluster.join(12)
            cluster.await_calm()

            def known(node):
                items = node.local("GET", "/health/findings").json["items"]
                return {(found["code"], found["object"].split("-")[0]) for found in items}

            disks = {("disk-filling", "disk:11"), ("disk-filling", "disk:12")}
            for node in (first, second):
                until(lambda: disks <= known(node))
            # What is said on one node every node knows.
            finding = next(one for one in first.local("GET", "/health/findings").json["items"] if one["node"] == 12)
            path = f"/health/findings/{finding['finding_id']}/acknowledge"
            word = {"reason": "It is small.", "until": soon()}
            master = cluster.master()
            self.assertEqual(master.local("POST", path, word).status, 200)

            def silences(node):
                items = node.local("GET", "/health/findings").json["items"]
                return [one.get("silence", {}).get("kind") for one in items if one["finding_id"] == finding["finding_id"]]

            for node in (first, second):
                until(lambda: silences(node) == ["acknowledged"])
            away = ("node-away", "node:12")
            second.lose()
            until(lambda: away in known(first), 60)
            until(lambda: ("disk-filling", "disk:12") not in known(first))
            second.start()
            until(lambda: away not in known(first), 60)


if __name__ == "__main__":
    unittest.main()
