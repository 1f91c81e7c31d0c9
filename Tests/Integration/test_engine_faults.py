"""Which server is a database's, whose data a volume holds, and what the engine says when it cannot."""

import glob
import os
import pathlib
import signal
import time
import unittest

from daemon import until
from database_host import lacking
from engine_host import EngineHost, adopt_orphans


@unittest.skipIf(lacking(), lacking())
class Liveness(unittest.TestCase):
    def test_numbers_in_files_say_nothing_about_servers(self):
        with EngineHost() as host:
            host.running()
            lock = host.directory / "postmaster.pid"
            former = lock.read_text()
            (socket,) = host.folder.glob("run-DB1/.s.PGSQL.*.lock")
            socket_lock = socket.read_text()
            host.ok("stop")
            bystander = host.bystander()
            other = EngineHost()
            self.addCleanup(other.__exit__)
            other.running("OTHER")
            server = int((other.directory / "postmaster.pid").read_text().splitlines()[0])
            numbers = [bystander.pid, os.getpid(), 1, server, 2 ** 22 - 1, -bystander.pid]
            texts = ["\n".join([str(number), *former.splitlines()[1:]]) + "\n" for number in numbers]
            for text in [*texts, "", "\n", "no number\n", "99999999999999999999\n", "\0" * 40]:
                with self.subTest(text=text[:30]):
                    host.write(lock, text)
                    host.write(socket, text if text not in texts else text.splitlines()[0] + "\n" + "\n".join(
                        socket_lock.splitlines()[1:]) + "\n")
                    self.assertEqual(host.ok("state")["state"], "stopped")
                    info = host.ok("info")
                    self.assertEqual((info["state"], info["connectible"]), ("stopped", False))
                    self.assertEqual(host.ok("stop"), {"already": True})
                    self.assertFalse(host.ok("start")["already"])
                    self.assertEqual(host.sql("select 6 * 7"), "42")
                    host.ok("stop", force=True)
                    self.assertIsNone(bystander.poll(), "a process of somebody else was ended")
            self.assertEqual(other.sql("select 1", "OTHER"), "1", "another database's server was ended")

    def test_a_number_in_the_file_of_a_running_server_ends_nobody_else(self):
        with EngineHost() as host:
            host.running()
            lock, bystander = host.directory / "postmaster.pid", host.bystander()
            host.write(lock, "\n".join([str(bystander.pid), *lock.read_text().splitlines()[1:]]) + "\n")
            self.assertFalse(host.ok("stop")["already"])
            self.assertIsNone(bystander.poll(), "a process of somebody else was ended")
            self.assertIsNone(host.sql("select 1"))

    def test_a_killed_server_is_stopped_at_once_though_nobody_has_waited_for_it(self):
        adopt_orphans()
        with EngineHost() as host:
            host.running()
            number = int((host.directory / "postmaster.pid").read_text().splitlines()[0])
            os.kill(number, signal.SIGKILL)
            state, info = host.ok("state"), host.ok("info")
            self.assertEqual((state["state"], state["connectible"]), ("stopped", False))
            self.assertEqual((info["state"], info["connectible"]), ("stopped", False))
            self.assertFalse(state["ended"]["clean"])
            self.assertIn("killed", state["ended"]["cause"])
            self.assertFalse(host.ok("start")["already"])
            self.assertEqual(host.sql("select 1"), "1")

    def test_a_server_is_told_by_its_number_and_start_and_its_end_by_its_own_words(self):
        with EngineHost() as host:
            host.ok("create")
            process = host.ok("start")["process"]
            self.assertEqual(process, host.ok("state")["process"])
            self.assertEqual(process, host.ok("info")["process"])
            self.assertIn(b"postgres", pathlib.Path(f"/proc/{process['id']}/cmdline").read_bytes())
            for force, clean, cause in ((False, True, "fast shutdown"), (True, False, "immediate shutdown")):
                host.ok("start")
                host.ok("stop", force=force)
                ended = host.ok("state")["ended"]
                self.assertEqual(ended["clean"], clean, ended)
                self.assertIn(cause, ended["cause"])


@unittest.skipIf(lacking(), lacking())
class WhoseData(unittest.TestCase):
    def test_whoever_is_started_on_a_volume_has_its_data(self):
        with EngineHost() as host:
            host.running("PROD")
            host.sql("create table t as select 42 as n", "PROD")
            for name, other in (("PROD_DR", "PROD"), ("PROD", "PROD_DR"), ("PROD_DR", "PROD")):
                code, message = host.refusal("start", name)
                self.assertEqual(code, "in-use")
                self.assertIn(f"database {other} ", message)
                self.assertEqual(host.ok("state", name)["state"], "stopped")
                self.assertEqual(host.ok("stop", name), {"already": True})
                self.assertEqual(host.ok("state", other)["state"], "running")
                host.ok("stop", other)
                host.ok("start", name)
                self.assertEqual(host.sql("select n from t", name), "42")
                self.assertEqual(host.ok("state", name)["owner"]["name"], name)
            host.ok("stop", "PROD_DR")
            for verb, options in (("create", {}), ("create", {"replace": True}), ("reset", {})):
                self.assertEqual(host.refusal(verb, "PROD", **options)[0], "state")
            host.ok("delete", "PROD")
            host.ok("start", "PROD_DR")
            self.assertEqual(host.sql("select n from t", "PROD_DR"), "42")

    def test_data_that_are_missing_or_damaged_are_named_and_nothing_is_made(self):
        with EngineHost() as host:
            host.ok("create")
            away = host.folder / "away"
            host.directory.rename(away)
            for prepare, code, words in (
                    (lambda: None, "data-missing", "DB1"),
                    (lambda: host.own_folder("volume/data/postgresql"), "data-missing", "DB1"),
                    (lambda: host.write(host.directory / "some-file", ""), "data-damaged", "PG_VERSION")):
                prepare()
                before = sorted(host.data.rglob("*"))
                refused, message = host.refusal("start")
                self.assertEqual(refused, code)
                self.assertIn(words, message)
                self.assertEqual(sorted(host.data.rglob("*")), before)
                self.assertEqual(host.ok("state")["state"], "stopped")
            (host.directory / "some-file").unlink()
            host.directory.rmdir()
            away.rename(host.directory)
            control = host.directory / "global/pg_control"
            content = control.read_bytes()
            for damaged in (b"", content[:100], bytes([content[0] ^ 1]) + content[1:], None):
                if damaged is None:
                    control.unlink()
                else:
                    control.write_bytes(damaged)
                refused, message = host.refusal("start")
                self.assertEqual(refused, "data-damaged")
                self.assertIn("pg_control" if damaged != bytes([content[0] ^ 1]) + content[1:] else "CRC", message)
                self.assertEqual(host.ok("state")["created"], True)
            control.write_bytes(content)
            host.own(control)
            control.chmod(0o600)
            host.ok("start")
            self.assertEqual(host.sql("select 1"), "1")

    def test_folders_of_before_are_taken_over_when_they_are_stopped(self):
        with EngineHost() as host:
            old = host.own_folder("volume/OLD")
            host.running("OLD", data=old)
            host.sql("create table t as select 7 as n", "OLD")
            (old / "postgresql/confd.mark").unlink()
            host.former = {"OLD": old}
            self.assertEqual(host.ok("state", "OLD")["state"], "running")
            self.assertTrue(host.ok("start", "OLD")["already"])
            self.assertEqual(host.refusal("start", "NEW")[0], "in-use")
            host.ok("stop", "OLD")
            self.assertEqual(host.refusal("create", "NEW")[0], "state")
            host.ok("start", "NEW")
            self.assertEqual(host.sql("select n from t", "NEW"), "7")
            self.assertEqual((host.directory.exists(), old.exists()), (True, False))

    def test_two_folders_of_before_stay_two_databases(self):
        with EngineHost() as host:
            for name in ("ONE", "TWO"):
                host.former[name] = host.own_folder(f"volume/{name}")
            for number, name in enumerate(("ONE", "TWO")):
                kept, host.former = host.former, {}
                host.running(name, data=kept[name])
                host.sql(f"create table t as select {number} as n", name)
                host.ok("stop", name, data=kept[name])
                (kept[name] / "postgresql/confd.mark").unlink()
                host.former = kept
            for number, name in enumerate(("ONE", "TWO", "ONE")):
                host.ok("start", name)
                self.assertEqual(host.sql("select n from t", name), str(number % 2))
                self.assertEqual(host.refusal("start", "TWO" if name == "ONE" else "ONE")[0], "in-use")
                host.ok("stop", name)
            self.assertEqual(host.refusal("start", "THREE")[0], "data-missing")

    def test_an_empty_database_takes_the_place_of_its_own_data_alone(self):
        with EngineHost() as host:
            host.running()
            host.sql("create table t as select 1 as n")
            self.assertEqual(host.refusal("create", replace=True)[0], "state")
            host.ok("stop")
            self.assertEqual(host.refusal("create")[0], "state")
            bad = host.request(replace=True) | {"secrets": {"password_hash": "no verifier"}}
            self.assertEqual(host.call("create", bad)["error"]["code"], "unsupported")
            host.ok("start")
            self.assertEqual(host.sql("select n from t"), "1", "a failed create has cost the data")
            host.ok("stop")
            host.ok("create", replace=True)
            host.ok("start")
            self.assertIsNone(host.sql("select n from t"))


@unittest.skipIf(lacking(), lacking())
class Reasons(unittest.TestCase):
    def failure(self, host, **further):
        return host.refusal("start", **further)[1]

    def test_a_start_that_fails_says_why_in_the_words_of_the_server(self):
        with EngineHost() as host:
            host.ok("create")
            host.write(host.directory / "postmaster.pid", "")
            host.ok("start")
            host.ok("stop")
            control = host.directory / "global/pg_control"
            content = control.read_bytes()
            control.write_bytes(b"")
            self.assertIn("pg_control", self.failure(host))
            control.write_bytes(content)
            if os.geteuid() == 0:
                self.assertIn("ermission denied", self.failure(host, database={"port": 443}))
            host.directory.chmod(0o755)
            self.assertIn("invalid permissions", self.failure(host))
            host.directory.chmod(0o700)
            wal = host.directory / "pg_wal"
            wal.rename(host.folder / "wal")
            self.assertIn("pg_wal", self.failure(host))
            (host.folder / "wal").rename(wal)
            self.assertRegex(
                self.failure(host, database={"memory_bytes": 1 << 44}), "annot allocate memory|invalid value")
            host.ok("start")

    def test_a_socket_that_cannot_be_is_refused_before_anything_is_made(self):
        with EngineHost() as host:
            for verb in ("check", "create"):
                request = host.request("D" * 57)
                request["paths"]["run"] = str(host.own_folder("r" * 90))
                error = host.call(verb, request)["error"]
                self.assertEqual(error["code"], "invalid")
                self.assertIn("too long", error["message"])
            self.assertEqual(list(host.data.iterdir()), [])


@unittest.skipIf(lacking(), lacking())
class Settings(unittest.TestCase):
    def test_logs_are_bounded_in_size_and_number(self):
        with EngineHost() as host:
            host.ok("create")
            host.ok("start", auditing=True)
            statement = f"select length('{'x' * 900_000}');\n"
            self.assertIsNotNone(host.sql(statement * 30))
            # A file is named by the second it was begun in: one that is full in its first goes on.
            begun = max(os.path.getmtime(path) for path in glob.glob(f"{host.logs()}/postgresql*"))
            until(lambda: time.time() >= begun + 1, 5)
            self.assertIsNotNone(host.sql(statement * 15))
            # The server hands lines to the process that writes them, and does not wait for it.
            until(lambda: sum(self.sizes(host)) > 38 << 20, 20)
            self.assertLess(max(self.sizes(host)), 34 << 20)
            # More than is kept, without a word to the engine.
            self.fill(host)
            self.assertIsNotNone(host.sql(statement * 45))
            until(lambda: self.is_bounded(host), 20)
            host.ok("stop")
            self.fill(host)
            host.ok("state")
            self.assertTrue(self.is_bounded(host))

    def sizes(self, host):
        return [os.path.getsize(path) for path in glob.glob(f"{host.logs()}/*")]

    def fill(self, host):
        for number in range(15):
            path = host.logs() / f"postgresql-2020-01-{number + 1:02}T00-00-00.log"
            host.write(path, "")
            os.truncate(path, 32 << 20)
            os.utime(path, (number, number))

    def is_bounded(self, host):
        files = [path for path in host.logs().iterdir() if path.name.startswith("postgresql")]
        return len(files) <= 10 and sum(path.stat().st_size for path in files) <= 10 * 34 << 20

    def test_only_settings_for_tuning_are_taken_and_their_values_are_looked_at(self):
        with EngineHost() as host:
            for name in ("log_statement=none", "shared_preload_libraries=x", "archive_command=id", "ssl_key_file=/x",
                         "wal_level=minimal", "lc_messages=de_DE", "unix_socket_group=root", "plpgsql.x=1", "no_such=1",
                         "jit_provider=../../tmp/x"):
                code, message = host.refusal("check", database={"params": [f"-{name}"]})
                self.assertEqual(code, "unsupported", message)
                self.assertIn(name.split("=")[0], message)
            for value in ("work_mem=8XB", "max_connections=0", "max_connections=abc", "jit=maybe"):
                code, message = host.refusal("check", database={"params": [f"-{value}"]})
                self.assertEqual(code, "invalid", message)
                self.assertIn(value.split("=")[0], message)
            params = {"params": ["-search_path=a\\b'", "-TimeZone=Europe/Berlin", "-work_mem=9MB"]}
            host.running(database=params)
            self.assertEqual(host.sql("show search_path; show timezone; show work_mem").splitlines(),
                             ["a\\b'", "Europe/Berlin", "9MB"])

    def test_settings_a_server_cannot_start_with_together_are_refused_before(self):
        with EngineHost() as host:
            for params, word in (
                    (["-max_connections=2"], "superuser_reserved_connections"),
                    (["-superuser_reserved_connections=100"], "max_connections"),
                    (["-min_wal_size=5MB"], "min_wal_size"), (["-max_wal_size=2MB"], "max_wal_size"),
                    (["-shared_buffers=6TB"], "shared memory"), (["-max_locks_per_transaction=100000000"], "shared memory"),
                    (["-work_mem=9MB", "-min_wal_size=31MB"], "min_wal_size")):
                code, message = host.refusal("check", database={"params": params})
                self.assertEqual(code, "invalid", (params, message))
                self.assertIn(word, message)
            self.assertEqual(glob.glob("/tmp/confd-trial-*"), [])
            # What is just enough is taken, and starts.
            host.running(database={"params": ["-max_connections=4", "-min_wal_size=32MB", "-shared_buffers=16MB"]})
            self.assertEqual(host.sql("show max_connections"), "4")

    def test_the_user_of_a_database_owns_it_and_is_no_superuser(self):
        with EngineHost() as host:
            host.running()
            rights = "select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = 'sys'"
            self.assertEqual(host.sql(rights), "f|t|t")
            self.assertIsNone(host.sql("copy (select 1) to program 'true'"))
            self.assertIsNotNone(host.sql("create schema s; create role r; create database d"))
        with EngineHost() as host:
            host.running(database={"sys_superuser": True})
            self.assertEqual(host.sql(rights), "t|f|f")


if __name__ == "__main__":
    unittest.main()
