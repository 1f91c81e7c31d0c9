"""A database from its creation to its end, with the engine that ships with the daemon and a real PostgreSQL."""

import glob
import socket
import subprocess
import unittest

from daemon import Daemon, free_port, until
from database_host import DatabaseHost, lacking


@unittest.skipIf(lacking(), lacking())
class DatabaseLife(unittest.TestCase):
    def test_a_database_is_created_started_used_stopped_and_removed(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            port, password = daemon.create(rest)
            self.assertEqual(rest.job("db_state", db_name="BASE")["result"]["result_output"], "setup")
            started = rest.job("db_start", db_name="BASE")
            self.assertEqual((started["outcome"], started["result"].get("result_output")), ("ok", None), started)
            self.assertEqual(daemon.sql(port, password, "select 6 * 7"), "42")
            self.assertIn("failed", daemon.sql(port, "guessed", "select 1"))
            info = rest.job("db_info", db_name="BASE")["result"]["result_output"]
            self.assertEqual((info["state"], info["connectible"]), ("running", "Yes"))
            self.assertRegex(info["connection string"], rf"^[0-9.]+:{port}$")
            self.assertEqual(info["usage persistent"][0]["host"], "n11")
            self.assertEqual(info["usage persistent"][0]["size"], "1 GiB")
            self.assertRegex(info["usage persistent"][0]["used"], r"^\d+(\.\d+)? MiB$")
            refused = rest.job("db_delete", db_name="BASE")
            self.assertEqual((refused["outcome"], refused["error_code"]), ("declined", "object-busy"), refused)
            self.assertEqual(rest.job("db_stop", db_name="BASE")["outcome"], "ok")
            self.assertEqual(rest.job("db_state", db_name="BASE")["result"]["result_output"], "setup")
            self.assertEqual(rest.job("db_delete", db_name="BASE")["outcome"], "ok")
            self.assertNotIn("[DB : BASE]", daemon.configuration())
            self.assertFalse(glob.glob(f"{daemon.root}/data/volumes/*/data/postgresql"))

    def test_a_password_is_told_once_and_kept_nowhere(self):
        with DatabaseHost() as daemon:
            _, password = daemon.create(daemon.rest())
            daemon.stop()
            self.assertEqual(
                subprocess.run(["grep", "-rlF", password, daemon.root], capture_output=True, text=True).stdout, "")

    def test_a_database_that_was_only_configured_is_made_at_its_first_start(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            port = free_port()
            self.assertEqual(rest.job("db_configure", db_name="DB1", port=port)["outcome"], "ok")
            job = rest.job("db_start", db_name="DB1")
            self.assertEqual(job["outcome"], "ok", job)
            told = job["result"]["result_output"]
            self.assertEqual(told["user"], "sys")
            self.assertEqual(daemon.sql(port, told["password"], "select 1", "DB1"), "1")

    def test_settings_the_engine_does_not_take_are_declined_before_anything_changes(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            before = daemon.configuration()
            job = rest.job("db_configure", db_name="DB1", params="-work_mem=8MB -nonsense=1")
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "unsupported-here"), job)
            self.assertIn("-nonsense", job["result"]["result_desc"])
            self.assertEqual(daemon.configuration(), before)
            self.assertEqual(rest.job("db_configure", db_name="DB1", params_add="-work_mem=8MB")["outcome"], "ok")
            self.assertIn("Params = -work_mem=8MB", daemon.configuration())

    def test_a_taken_port_is_named_and_leaves_the_database_stopped(self):
        with DatabaseHost() as daemon, socket.socket() as taker:
            rest = daemon.rest()
            port, _ = daemon.create(rest)
            taker.bind(("127.0.0.1", port))
            taker.listen()
            job = rest.job("db_start", db_name="BASE")
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "object-busy"), job)
            self.assertIn(str(port), job["result"]["result_desc"])
            self.assertEqual(rest.job("db_state", db_name="BASE")["result"]["result_output"], "setup")

    def test_a_volume_serves_one_running_database(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            daemon.create(rest)
            daemon.create(rest, "SECOND", "Other")
            rest.ok("db_configure", db_name="SECOND", data_volume_name="Heap")
            self.assertEqual(rest.job("db_start", db_name="BASE")["outcome"], "ok")
            job = rest.job("db_start", db_name="SECOND")
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "object-busy"), job)
            self.assertIn("BASE", job["result"]["result_desc"])

    def test_a_volume_stays_within_the_quota_of_its_database(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            daemon.create(rest, volume_quota=1)
            larger = rest.job("st_volume_enlarge", vname="Heap", blocks_per_node=256)
            self.assertEqual((larger["outcome"], larger["error_code"]), ("declined", "out-of-space"), larger)
            self.assertIn("quota of 1 GiB of database BASE", larger["result"]["result_desc"])
            refused = rest.job("db_configure", db_name="BASE", volume_quota="512 MiB")
            self.assertEqual((refused["outcome"], refused["error_code"]), ("declined", "parameter-invalid"), refused)
            self.assertEqual(rest.job("db_configure", db_name="BASE", volume_quota="2 GiB")["outcome"], "ok")
            self.assertEqual(rest.job("st_volume_enlarge", vname="Heap", blocks_per_node=256)["outcome"], "ok")
            self.assertEqual(rest.job("db_info", db_name="BASE")["result"]["result_output"]["quota"], 2)

    def test_a_killed_daemon_finds_each_database_in_one_of_two_clean_states(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            volumes = [daemon.create_volume(rest, f"Heap{number}") for number in range(4)]
            for number, volume in enumerate(volumes):
                data = f"{daemon.root}/data/volumes/{volume}/data/postgresql*"
                params = daemon.database(f"K{number}", f"Heap{number}", free_port())
                rest.post("/jobs", {"type": "db_create", "params": params})
                if number:
                    until(lambda: glob.glob(f"{data}/PG_VERSION"), pause=0)
                daemon.kill()
                daemon.start()
                rest = daemon.rest()
                until(lambda: not rest.get("/jobs?done=false").json["items"], 60)
                job = rest.get("/jobs?type=db_create&limit=1").json["items"][0]
                files = glob.glob(data)
                self.assertEqual(f"[DB : K{number}]" in daemon.configuration(), job["outcome"] == "ok", job)
                self.assertEqual(bool(files), job["outcome"] == "ok", job)


class WithoutEngine(unittest.TestCase):
    def test_without_an_engine_jobs_say_what_is_missing(self):
        with Daemon(environment={"CONFD_ENGINE_PATH": "/nowhere/engine"}) as daemon:
            rest = daemon.rest()
            job = rest.job("db_start", db_name="DB1")
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "unsupported-here"), job)
            self.assertIn("/nowhere/engine", job["result"]["result_desc"])
            self.assertEqual(rest.job("db_state", db_name="DB1")["result"]["result_output"], "setup")


if __name__ == "__main__":
    unittest.main()
