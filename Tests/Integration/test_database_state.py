"""What is wanted of a database and what it is: crashes that are told, wishes that outlive the daemon, ports and volumes that are
known before anything is made, and databases of nodes that cannot be reached."""

import os
import pathlib
import re
import shutil
import signal
import socket
import unittest

from daemon import Daemon, free_port, until
from database_host import LOCAL_STORES, DatabaseHost, lacking


def server(daemon, name):
    """The process that serves a database of this daemon, by what the system says; 0 for none."""
    volume = daemon.rest().ok("db_info", db_name=name)["usage persistent"][0]["volume id"]
    place = f"{daemon.root}/data/volumes/{volume}/"
    for file in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().split(b"\0")
            if words[0].endswith(b"/postgres") and any(word.startswith(place.encode()) for word in words):
                return int(file.parent.name)
        except OSError:
            continue
    return 0


def ends(rest, name):
    """What the history says of unasked ends of a database, newest first."""
    kinds = "kind=database_crashed&kind=database_ended"
    return rest.get(f"/history?object=db:{name}&{kinds}").json.get("items")


@unittest.skipIf(lacking(), lacking())
class DatabaseEnds(unittest.TestCase):
    def test_a_crash_is_an_event_with_time_and_cause_and_is_told_of_the_database(self):
        with DatabaseHost() as daemon:
            daemon.environment["CONFD_DATABASES_RESTART"] = "never"
            daemon.stop()
            daemon.start()
            rest = daemon.rest()
            port, password = daemon.create(rest)
            told = rest.ok("db_info", db_name="BASE")
            self.assertEqual((told["state"], told.get("wanted")), ("setup", "stopped"))
            self.assertNotIn("ended", told)
            rest.ok("db_start", db_name="BASE")
            told = rest.ok("db_info", db_name="BASE")
            self.assertEqual((told["state"], told.get("wanted")), ("running", "running"))
            self.assertRegex(told["since"], r"^\d{4}-\d\d-\d\dT")
            after = rest.get("/events/page?after=now").json["next_after"]
            os.kill(server(daemon, "BASE"), signal.SIGKILL)
            # Nobody looks at the database: the daemon notices by itself.
            until(lambda: ends(rest, "BASE"))
            (entry,) = ends(rest, "BASE")
            self.assertEqual((entry["kind"], entry["objects"]), ("database_crashed", ["db:BASE"]), entry)
            events = rest.get(f"/events/page?after={after}&types=database.crashed").json["items"]
            self.assertEqual([event["db_name"] for event in events], ["BASE"])
            told = rest.ok("db_info", db_name="BASE")
            self.assertEqual((told["state"], told["connectible"], told["wanted"]), ("setup", "No", "running"))
            self.assertEqual(told["ended"]["clean"], False)
            self.assertRegex(told["ended"]["at"], r"^\d{4}-\d\d-\d\dT")
            self.assertEqual(told["since"], told["ended"]["at"])
            rest.ok("db_start", db_name="BASE")
            self.assertEqual(daemon.sql(port, password, "select 1"), "1")
            self.assertNotIn("ended", rest.ok("db_info", db_name="BASE"))
            rest.ok("db_stop", db_name="BASE")
            told = rest.ok("db_info", db_name="BASE")
            self.assertEqual((told["state"], told.get("wanted")), ("setup", "stopped"))
            self.assertEqual(len(ends(rest, "BASE")), 1)

    def test_a_shutdown_nobody_asked_for_has_another_name(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            daemon.create(rest)
            rest.ok("db_start", db_name="BASE")
            os.kill(server(daemon, "BASE"), signal.SIGINT)
            until(lambda: ends(rest, "BASE"))
            self.assertEqual([entry["kind"] for entry in ends(rest, "BASE")], ["database_ended"])
            self.assertEqual(rest.ok("db_info", db_name="BASE")["ended"]["clean"], True)

    def test_a_crash_while_the_daemon_was_away_is_told_at_its_start_and_wishes_outlive_it(self):
        with DatabaseHost() as daemon:
            daemon.environment["CONFD_SCHEDULES_ENABLED"] = "false"
            daemon.stop()
            daemon.start()
            rest = daemon.rest()
            daemon.create(rest)
            rest.ok("db_start", db_name="BASE")
            number = server(daemon, "BASE")
            daemon.kill()
            os.kill(number, signal.SIGKILL)
            daemon.start()
            rest = daemon.rest()
            until(lambda: ends(rest, "BASE"))
            self.assertEqual([entry["kind"] for entry in ends(rest, "BASE")], ["database_crashed"])
            self.assertEqual(rest.ok("db_info", db_name="BASE")["wanted"], "running")
            # It is told once, whatever becomes of the daemon.
            daemon.kill()
            daemon.start()
            rest = daemon.rest()
            rest.ok("db_start", db_name="BASE")
            # One that went on while the daemon was away is watched again.
            daemon.kill()
            daemon.start()
            rest = daemon.rest()
            rest.ok("db_info", db_name="BASE")
            os.kill(server(daemon, "BASE"), signal.SIGKILL)
            until(lambda: len(ends(rest, "BASE")) == 2)

    def test_data_that_are_gone_are_missing_whatever_the_ledger_says(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            port, password = daemon.create(rest)
            rest.ok("db_start", db_name="BASE")
            daemon.sql(port, password, "create table kept (n int)")
            volume = rest.ok("db_info", db_name="BASE")["usage persistent"][0]["volume id"]
            rest.ok("db_stop", db_name="BASE")
            place, aside = daemon.root / "data/volumes" / volume, daemon.root / "aside"
            place.rename(aside)
            for _ in range(2):
                job = rest.job("db_start", db_name="BASE")
                self.assertEqual((job["outcome"], job.get("error_code")), ("declined", "object-missing"), job)
                self.assertIn("The data of BASE are not in volume Heap", job["result"]["result_desc"])
                self.assertIn("not in volume Heap", rest.ok("db_info", db_name="BASE")["info"])
                daemon.stop()
                (daemon.root / "data/databases.json").unlink(missing_ok=True)
                daemon.start()
                rest = daemon.rest()
            shutil.rmtree(place, ignore_errors=True)
            aside.rename(place)
            rest.ok("db_start", db_name="BASE")
            self.assertEqual(daemon.sql(port, password, "select count(*) from kept"), "0")


@unittest.skipIf(lacking(), lacking())
class DatabaseRestarts(unittest.TestCase):
    def starts(self, rest):
        """The jobs that started the database again."""
        jobs = rest.get("/jobs?user=confd:schedule&type=db_start").json["items"]
        return [job for job in jobs if job.get("reason") == "restart after a crash"]

    def crash(self, daemon):
        os.kill(server(daemon, "BASE"), signal.SIGKILL)

    def test_one_that_crashes_is_started_again_three_times_and_then_left_to_an_administrator(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            port, password = daemon.create(rest)
            rest.ok("db_start", db_name="BASE")
            daemon.sql(port, password, "create table kept as select 1 as n")
            for count in (1, 2, 3):
                self.crash(daemon)
                until(lambda: len(self.starts(rest)) == count, 60)
                until(lambda: rest.ok("db_info", db_name="BASE")["state"] == "running")
                self.assertEqual(daemon.sql(port, password, "select count(*) from kept"), "1")
            self.crash(daemon)
            until(lambda: rest.get("/history?object=db:BASE&kind=database_given_up").json["items"])
            (entry,) = rest.get("/history?object=db:BASE&kind=database_given_up").json["items"]
            self.assertIn("it was started 3 times", entry["detail"])
            self.assertEqual(rest.ok("db_info", db_name="BASE")["state"], "setup")
            # A daemon that starts later does not begin anew.
            rest.ok("db_configure", db_name="BASE", auto_start=False)
            daemon.stop()
            daemon.start()
            rest = daemon.rest()
            until(lambda: len(rest.get("/history?object=db:BASE&kind=database_given_up").json["items"]) == 2)
            self.assertEqual(len(self.starts(rest)), 3)
            rest.ok("db_start", db_name="BASE")

    def test_neither_a_shutdown_nor_a_stop_that_waits_is_answered_by_a_start(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            daemon.create(rest)
            rest.ok("db_start", db_name="BASE")
            os.kill(server(daemon, "BASE"), signal.SIGINT)
            until(lambda: ends(rest, "BASE"))
            rest.ok("db_start", db_name="BASE")
            rule = rest.post("/queue/rules", {"action": "pause", "match": {"type": ["db_st*"]}}).json["rule_id"]
            stop = rest.post("/jobs", {"type": "db_stop", "params": {"db_name": "BASE"}}).json["job_id"]
            self.crash(daemon)
            until(lambda: len(ends(rest, "BASE")) == 2)
            rest.request("DELETE", f"/queue/rules/{rule}")
            until(lambda: rest.get(f"/jobs/{stop}").json["done"])
            rest.ok("db_start", db_name="BASE")
            self.crash(daemon)
            until(lambda: len(self.starts(rest)) == 1)
            until(lambda: rest.ok("db_info", db_name="BASE")["state"] == "running")


@unittest.skipIf(lacking(), lacking())
class TwoCentres(unittest.TestCase):
    """The published way to open the data of one database in another centre, by another database."""

    def test_the_data_are_opened_both_ways_and_never_replaced(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            port, password = daemon.create(rest, "PROD", "data_vol")
            rest.ok("db_start", db_name="PROD")
            daemon.sql(port, password, "create table kept (n int); insert into kept values (1), (2)", "PROD")
            other, _ = daemon.create(rest, "PROD_DR", "throw_away")
            rest.ok("db_configure", db_name="PROD_DR", create_new_db=False)
            rest.ok("db_configure", db_name="PROD_DR", data_volume_name="data_vol")
            rest.ok("st_volume_delete", vname="throw_away")
            # While PROD runs, its volume is taken.
            job = rest.job("db_start", db_name="PROD_DR")
            self.assertEqual((job["outcome"], job.get("error_code")), ("declined", "object-busy"), job)
            self.assertIn("PROD", job["result"]["result_desc"])
            rows = lambda port, name: daemon.sql(port, password, "select count(*) from kept", name)
            rest.ok("db_stop", db_name="PROD")
            self.assertIsNone(rest.ok("db_start", db_name="PROD_DR"))
            self.assertEqual(rows(other, "PROD_DR"), "2")
            self.assertEqual(rest.ok("db_state", db_name="PROD"), "setup")
            rest.ok("db_stop", db_name="PROD_DR")
            self.assertIsNone(rest.ok("db_start", db_name="PROD"))
            self.assertEqual(rows(port, "PROD"), "2")
            rest.ok("db_stop", db_name="PROD")
            # Two at once: one of them has the volume, the other one is told who.
            jobs = [rest.post("/jobs", {"type": "db_start", "params": {"db_name": name}}).json["job_id"]
                    for name in ("PROD", "PROD_DR")]
            ended = [rest.get(f"/jobs/{job}?wait=60s").json for job in jobs]
            self.assertEqual(sorted(job["outcome"] for job in ended), ["declined", "ok"], ended)
            (winner,) = [job["params"]["db_name"] for job in ended if job["outcome"] == "ok"]
            (loser,) = [job for job in ended if job["outcome"] != "ok"]
            self.assertIn(winner, loser["result"]["result_desc"])
            self.assertEqual(rows(port if winner == "PROD" else other, winner), "2")
            # The one that does not run can be removed; what lies in the volume is the other one's.
            rest.ok("db_delete", db_name=loser["params"]["db_name"])
            self.assertEqual(rows(port if winner == "PROD" else other, winner), "2")

    def test_an_empty_database_is_made_where_somebody_asks_for_one(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            port, password = daemon.create(rest)
            rest.ok("db_start", db_name="BASE")
            daemon.sql(port, password, "create table kept (n int)")
            rest.ok("db_stop", db_name="BASE")
            rest.ok("db_configure", db_name="BASE", create_new_db=True)
            told = rest.ok("db_start", db_name="BASE")
            self.assertEqual(told["user"], "sys")
            self.assertIn("failed", daemon.sql(port, told["password"], "select * from kept"))
            daemon.sql(port, told["password"], "create table next (n int)")
            rest.ok("db_stop", db_name="BASE")
            # The wish is fulfilled once.
            self.assertIsNone(rest.ok("db_start", db_name="BASE"))
            self.assertEqual(daemon.sql(port, told["password"], "select count(*) from next"), "0")


@unittest.skipIf(lacking(), lacking())
class KnownBefore(unittest.TestCase):
    """What a dry run and a job find out before anything is made: the same, in both."""

    def dry(self, rest, kind, **params):
        answer = rest.post("/jobs/dry-run", {"type": kind, "params": params})
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def both(self, rest, code, word, kind, **params):
        dry, job = self.dry(rest, kind, **params), rest.job(kind, **params)
        self.assertEqual((dry["outcome"], dry.get("error_code")), ("declined", code), dry)
        self.assertIn(word, str(dry["result"]))
        self.assertEqual((job["outcome"], job.get("error_code")), ("declined", code), job)
        self.assertIn(word, job["result"]["result_desc"])

    def test_ports_and_volumes_that_are_taken_are_known_before(self):
        with DatabaseHost() as daemon, socket.socket() as taker:
            rest = daemon.rest()
            daemon.create_volume(rest)
            taker.bind(("127.0.0.1", 0))
            taker.listen()
            params = daemon.database("BASE", "Heap", free_port())
            self.both(rest, "object-busy", "DB1", "db_create", **params | {"data_volume_name": "DataVolume1"})
            self.both(rest, "object-busy", "database DB1", "db_create", **params | {"port": 8563})
            self.both(rest, "object-busy", "python", "db_create", **params | {"port": taker.getsockname()[1]})
            services = re.search(r"HttpsPort = (\d+)", daemon.configuration())
            self.both(rest, "object-busy", "bfsdefault", "db_create", **params | {"port": int(services[1])})
            self.both(rest, "object-busy", str(daemon.port), "db_create", **params | {"port": daemon.port})
            del params["port"]
            rest.ok("db_create", **params)
            chosen = rest.ok("db_info", db_name="BASE")["config"]["port"]
            self.assertNotEqual(chosen, 8563)
            self.both(rest, "object-busy", "database BASE", "db_configure", db_name="DB1", port=chosen)

    def test_a_dry_run_answers_what_the_job_would(self):
        with DatabaseHost(environment=LOCAL_STORES) as daemon, socket.socket() as taker:
            rest = daemon.rest()
            port, _ = daemon.create(rest)
            self.both(rest, "parameter-invalid", "500 TiB", "st_volume_create", name="Huge", type="data", size="500 TiB",
                      disk="disk1", nodes=[11], redundancy=1)
            self.both(rest, "parameter-invalid", "reserved", "db_configure", db_name="BASE", params="-max_connections=2")
            self.both(rest, "unsupported-here", "nosuch", "db_configure", db_name="BASE", params="-nosuch=1")
            taker.bind(("127.0.0.1", port))
            taker.listen()
            self.both(rest, "object-busy", str(port), "db_start", db_name="BASE")
            taker.close()
            rest.ok("remote_volume_add", remote_volume_name="away", vol_type="ftp", url="ftp://127.0.0.1:1/x",
                    username="u", password="p", owner=[0, 0])
            rest.ok("db_start", db_name="BASE")
            self.both(rest, "archive-unreachable", "", "db_backup_start", db_name="BASE", backup_volume_name="away",
                      level=0)
            self.both(rest, "object-busy", "stop it", "db_delete", db_name="BASE")
            self.assertEqual(self.dry(rest, "db_start", db_name="BASE")["outcome"], "ok")
            volume = rest.ok("remote_volume_info", remote_volume_name="away").get("vid", 10000)
            self.both(rest, "object-busy", "stop it", "db_restore", db_name="BASE", restore_type="blocking",
                      backup_id=f"{volume} BASE/id_1/level_0/node_0/backup_202504171456 BASE")
            self.assertEqual(rest.get("/jobs?type=db_start").json["items"][0]["outcome"], "ok")


class AwayNode(unittest.TestCase):
    def test_a_database_of_a_node_that_cannot_be_reached_is_told_as_it_is_configured(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            rest.ok("node_add", nid=12, priv_net="10.10.10.12/24", name="n12")
            rest.ok("db_add_reserve_nodes", db_name="DB1", node_list=[12])
            text = daemon.configuration().replace("Nodes = 11,12", "Nodes = 12,11")
            self.assertIn("Nodes = 12,11", text)
            path = daemon.root / "etc/EXAConf"
            path.write_text(re.sub(r"Checksum = \w+", "Checksum = COMMIT", text))
            until(lambda: "Nodes = 12,11" in rest.get("/exaconf", Accept="text/plain").body.decode())
            told = rest.ok("db_info", db_name="DB1")
            self.assertEqual(told.get("state"), "unknown", told)
            self.assertIn("Node 12", told["reason"])
            self.assertEqual(told["config"]["nodes"], [12, 11])
            self.assertEqual(rest.ok("db_state", db_name="DB1"), "unknown")
            self.assertEqual(rest.ok("db_info", db_name="DB1")["state"], "unknown")
            self.assertEqual(rest.ok("db_backup_list", db_name="DB1"), [])
            rest.ok("db_configure", db_name="DB1", mem_size="3 GiB")
            self.assertEqual(rest.ok("db_info", db_name="DB1")["config"]["mem_size"], 3072)
            job = rest.job("db_start", db_name="DB1")
            self.assertNotEqual(job["outcome"], "ok")
            self.assertIn("Node 12", job["result"]["result_desc"])


if __name__ == "__main__":
    unittest.main()
