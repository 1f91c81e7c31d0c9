"""A database from its creation to its end, with the engine that ships with the daemon and a real PostgreSQL."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import unittest

from daemon import Daemon, PROGRAM, until

ENGINE = PROGRAM.parent / "confd-engine-postgresql"


def lacking():
    """What this machine lacks for a real database, or None."""
    if not glob.glob("/usr/lib/postgresql/*/bin/postgres"):
        return "no PostgreSQL (apt-get install postgresql)"
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        return "no user postgres"
    return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class DatabaseHost(Daemon):
    """A daemon whose databases can run: the engine's user may pass through its root, and through that of the program."""

    def __init__(self):
        super().__init__()
        self.root.chmod(0o711)
        # A build folder is often closed to other users: the engine is called at a place they can reach.
        engine = self.root / "engine"
        shutil.copy(ENGINE, engine)
        engine.chmod(0o755)
        self.environment["CONFD_ENGINE_PATH"] = str(engine)

    def __exit__(self, *caught):
        self.end_databases()
        super().__exit__(*caught)

    def end_databases(self):
        """Ends database servers below this root: they outlive the daemon on purpose."""
        for file in glob.glob(f"{self.root}/data/volumes/*/*/postgresql/postmaster.pid"):
            with open(file) as lines:
                # A negative number is a server that makes its database, and ends by itself.
                number = int(lines.readline())
            try:
                if number > 0 and str(self.root).encode() in open(f"/proc/{number}/cmdline", "rb").read():
                    os.kill(number, 3)
            except OSError:
                pass

    def sql(self, port, password, text, database="BASE"):
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", str(port), "-U", "sys", "-d", database, "-c", text],
            env=os.environ | {"PGPASSWORD": password, "PGCONNECT_TIMEOUT": "10"}, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else f"failed: {done.stderr}"

    def create(self, rest, name="BASE", volume="Heap", **further):
        """Makes a volume and a database in it; returns its port and password."""
        made = rest.job("st_volume_create", name=volume, type="data", size="1 GiB", disk="disk1", nodes=[11], redundancy=1)
        assert made["outcome"] == "ok", made
        port = free_port()
        job = rest.job(
            "db_create", db_name=name, data_volume_name=volume, mem_size="256 MiB", nodes=[11], num_active_nodes=1,
            version="8.29.6", port=port, **further)
        assert job["outcome"] == "ok", job
        return port, job["result"]["result_output"]["password"]


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
            self.assertFalse(glob.glob(f"{daemon.root}/data/volumes/*/BASE/postgresql"))

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
            second = rest.job(
                "db_create", db_name="SECOND", data_volume_name="Heap", mem_size="256 MiB", nodes=[11],
                num_active_nodes=1, version="8.29.6", port=free_port())
            self.assertEqual(second["outcome"], "ok", second)
            self.assertEqual(rest.job("db_start", db_name="BASE")["outcome"], "ok")
            job = rest.job("db_start", db_name="SECOND")
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "object-busy"), job)
            self.assertIn("BASE", job["result"]["result_desc"])

    def test_a_killed_daemon_finds_each_database_in_one_of_two_clean_states(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            made = rest.job(
                "st_volume_create", name="Heap", type="data", size="1 GiB", disk="disk1", nodes=[11], redundancy=1)
            self.assertEqual(made["outcome"], "ok", made)
            for number in range(4):
                rest.post("/jobs", {"type": "db_create", "params": {
                    "db_name": f"K{number}", "data_volume_name": "Heap", "mem_size": "256 MiB", "nodes": [11],
                    "num_active_nodes": 1, "version": "8.29.6", "port": free_port()}})
                if number:
                    until(lambda: glob.glob(f"{daemon.root}/data/volumes/*/K{number}/postgresql*/PG_VERSION"))
                daemon.kill()
                daemon.start()
                rest = daemon.rest()
                until(lambda: not rest.get("/jobs?done=false").json["items"], 60)
                job = rest.get("/jobs?type=db_create&limit=1").json["items"][0]
                files = glob.glob(f"{daemon.root}/data/volumes/*/K{number}/postgresql*")
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
