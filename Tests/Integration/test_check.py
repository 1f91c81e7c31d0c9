"""`confd check`: what keeps databases, jobs and file services from what they need, each with its cure."""

import os
import pathlib
import shutil
import socket
import tempfile
import unittest

import tree
from daemon import PASSWORD, PROGRAM, Daemon, free_port, until
from database_host import DatabaseHost, lacking


class Tree(unittest.TestCase):
    """The folders of an installation."""

    def test_modes_do_not_depend_on_the_mask(self):
        for mask in (0o000, 0o077):
            with self.subTest(f"{mask:03o}"):
                before = os.umask(mask)
                try:
                    with Daemon() as daemon:
                        daemon.rest().ok("st_volume_create", name="Heap", type="data", size="1 GiB", disk="disk1",
                                         nodes=[11], redundancy=1)
                        (daemon.root / "daemon.log").chmod(0o600)
                        self.assertEqual(tree.faults(daemon.root), [])
                finally:
                    os.umask(before)

    def test_a_tree_of_before_gets_them_at_the_start_which_says_so(self):
        with Daemon() as daemon:
            daemon.stop()
            os.chmod(daemon.root, 0o700)
            for folder in ("etc", "data", "logs", "spool", "run", "data/storage"):
                os.chmod(daemon.root / folder, 0o755)
            os.chmod(daemon.root / "etc/node_uuid", 0o644)
            daemon.start()
            (daemon.root / "daemon.log").chmod(0o600)
            self.assertEqual(tree.faults(daemon.root), [])
            self.assertIn("modes set", daemon.log_text())

    @unittest.skipIf(os.geteuid(), "not root")
    def test_the_group_of_the_socket_passes_to_it_and_no_further(self):
        with Daemon(environment={"CONFD_HTTP_SOCKET_GROUP": "nogroup"}) as daemon:
            run = os.stat(daemon.root / "run")
            self.assertEqual((oct(run.st_mode & 0o777), run.st_gid), ("0o710", 65_534))
            self.assertEqual(oct(os.stat(daemon.root / "run/confd.sock").st_mode & 0o777), "0o660")


class Pages(unittest.TestCase):
    def test_the_status_page_is_found_wherever_the_daemon_is_started(self):
        before = os.getcwd()
        os.chdir("/")
        try:
            with Daemon() as daemon:
                answer = daemon.rest().get("/", Accept="text/html")
                self.assertEqual((answer.status, answer.headers["content-type"][:9]), (200, "text/html"))
        finally:
            os.chdir(before)

    def test_a_daemon_without_pages_says_so_at_its_start(self):
        with tempfile.TemporaryDirectory() as empty, Daemon(environment={"CONFD_HTTP_PAGES": empty}) as daemon:
            lines = [line for line in daemon.log_text().splitlines() if "no status page" in line]
            self.assertEqual(len(lines), 1)
            self.assertIn(empty, lines[0])
            self.assertIn("no status page", daemon.run("check").stdout)


class Logins(unittest.TestCase):
    """What check says of a PAM file is what logins get from it."""
    FILES = (
        ("no rules", "this is no line\n", "it has no rule that can be used"),
        ("empty", "", "it has no rule that can be used"),
        ("no module", "auth required pam_nosuch.so\naccount required pam_permit.so\n", "a module of it cannot be used"),
        ("everybody", "auth required pam_permit.so\naccount required pam_permit.so\n", "it lets in whoever comes"),
        ("nobody", "auth required pam_deny.so\naccount required pam_deny.so\n", None))

    def test_a_file_that_checks_nobody_is_a_problem(self):
        with tempfile.TemporaryDirectory() as folder, Daemon(environment={"CONFD_PAM_DIRECTORY": folder}) as daemon:
            for name, text, problem in self.FILES:
                with self.subTest(name):
                    pathlib.Path(folder, "confd").write_text(text)
                    done = daemon.run("check", check=False)
                    told = done.stdout + done.stderr
                    if problem:
                        self.assertEqual(done.returncode, 65, told)
                        self.assertIn(problem, told)
                    else:
                        self.assertNotIn("PAM", done.stderr)
                        self.assertEqual(done.returncode, 0, told)

    def test_the_file_the_daemon_writes_is_none(self):
        with Daemon() as daemon:
            self.assertEqual(daemon.run("check", check=False).returncode, 0)


class Answers(unittest.TestCase):
    def test_every_json_answer_ends_its_line(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            job = rest.job("node_list")["job_id"]
            for path in ("/jobs", f"/jobs/{job}", f"/jobs/{job}/result", "/job-types", "/problems", "/exaconf", "/nodes",
                         "/queue", "/exaconf/revisions", "/history", "/absent", "/jobs/11.999", "/openapi.json"):
                answer = rest.get(path)
                with self.subTest(path):
                    self.assertIn("json", answer.headers["content-type"])
                    self.assertTrue(answer.body.endswith(b"\n") and not answer.body.endswith(b"\n\n"))
                    self.assertEqual(int(answer.headers["content-length"]), len(answer.body))
                    if tag := answer.headers.get("etag"):
                        self.assertEqual(rest.get(path, If_None_Match=tag).status, 304)
            refused = daemon.rest(None).get("/jobs")
            self.assertEqual((refused.status, refused.body[-1:]), (401, b"\n"))


@unittest.skipIf(os.geteuid(), "not root")
@unittest.skipIf(lacking(), lacking())
class Reach(unittest.TestCase):
    """A root that the account of databases cannot get to."""

    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="confd-home-"))
        self.addCleanup(shutil.rmtree, self.home)

    def test_the_folder_in_the_way_is_named_by_start_check_and_job(self):
        daemon = DatabaseHost()
        os.rmdir(daemon.root)
        daemon.root = self.home / "exa"
        daemon.root.mkdir()
        told = f"{self.home} (mode 0700, of root) cannot be entered by postgres"
        with daemon:
            self.assertIn(told, daemon.log_text())
            self.assertIn(told, daemon.run("check").stdout)
            rest = daemon.rest()
            daemon.create_volume(rest)
            job = rest.job("db_create", **daemon.database("BASE", "Heap", free_port()))
            self.assertNotEqual(job["outcome"], "ok")
            self.assertIn(told, job["result"]["result_desc"])
            self.assertEqual(rest.ok("db_list"), ["DB1"])

    def test_an_engine_its_account_cannot_get_to_runs_all_the_same(self):
        engine = self.home / "confd-engine-postgresql"
        shutil.copy(PROGRAM.parent / engine.name, engine)
        with DatabaseHost() as daemon:
            daemon.stop()
            daemon.environment["CONFD_ENGINE_PATH"] = str(engine)
            daemon.start()
            rest = daemon.rest()
            port, password = daemon.create(rest)
            rest.ok("db_start", db_name="BASE")
            self.assertEqual(daemon.sql(port, password, "select 1"), "1")
            (daemon.root / "daemon.log").chmod(0o600)
            self.assertEqual(tree.faults(daemon.root), [])

    def test_a_database_is_made_in_a_root_that_was_closed(self):
        with DatabaseHost() as daemon:
            port, password = daemon.create(daemon.rest())
            daemon.rest().ok("db_start", db_name="BASE")
            self.assertEqual(daemon.sql(port, password, "select 1"), "1")

    def test_a_job_of_jobs_d_whose_account_cannot_get_to_it_is_declined_and_told(self):
        with Daemon() as daemon:
            folder = daemon.root / "jobs.d/hello"
            folder.mkdir(parents=True)
            (folder / "job.yaml").write_text("summary: Says hello.\nuser: nobody\nallowed_groups: [exaadm]\n")
            (folder / "run").write_text("#!/bin/sh\necho '\"hello\"'\n")
            (folder / "run").chmod(0o755)
            daemon.run("reload")
            self.assertEqual(daemon.rest().ok("hello"), "hello")
            (daemon.root / "jobs.d").chmod(0o700)
            told = f"{daemon.root}/jobs.d (mode 0700, of root) cannot be entered by nobody"
            self.assertIn(told, daemon.rest().job("hello")["result"]["result_desc"])
            self.assertIn(told, daemon.run("check").stdout)


@unittest.skipIf(os.geteuid(), "not root")
@unittest.skipIf(lacking(), lacking())
class Databases(unittest.TestCase):
    def test_ports_and_databases_are_looked_at(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            port, _ = daemon.create(rest)
            rest.ok("db_start", db_name="BASE")
            self.assertNotIn("BASE", daemon.run("check").stdout)
            taken = free_port()
            rest.ok("db_configure", db_name="DB1", port=taken)
            with socket.socket() as other:
                other.bind(("127.0.0.1", taken))
                other.listen()
                told = daemon.run("check").stdout
                self.assertRegex(told, rf"Port {taken} of database DB1 is taken by python3? \(process {os.getpid()}\)")
            rest.ok("db_stop", db_name="BASE")
            # The jobs of file services decline a port that somebody else wants; a patch takes what it is given.
            changed = rest.request("PATCH", "/exaconf", {"BucketFS : bfsdefault": {"HttpsPort": str(port)}},
                                   {"If-Match": "*"})
            self.assertLess(changed.status, 300, changed)
            self.assertRegex(
                daemon.run("check").stdout,
                f"Port {port} is wanted by .*bfsdefault.* and .*BASE|Port {port} is wanted by .*BASE.* and .*bfsdefault")

    def test_a_server_that_is_gone_and_data_that_are_gone_are_told_with_the_cure(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            daemon.create(rest)
            rest.ok("db_start", db_name="BASE")
            daemon.stop()
            daemon.end_databases()
            until(lambda: "Database BASE is wanted running and does not run" in daemon.run("check").stdout)
            (moved,) = (path for path in (daemon.root / "data/volumes").glob("*/data"))
            moved.rename(daemon.root / "elsewhere")
            self.assertIn("The data of database BASE are missing", daemon.run("check").stdout)


if __name__ == "__main__":
    unittest.main()
