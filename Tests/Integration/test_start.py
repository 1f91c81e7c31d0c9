"""Starting and stopping: a fresh root, a second start, a broken file, settings."""

import os
import time
import unittest

from daemon import PASSWORD, PROGRAM, Daemon


class Start(unittest.TestCase):
    def test_an_empty_root_becomes_a_serving_cluster_and_starts_again_fast(self):
        with Daemon() as daemon:
            self.assertEqual(daemon.rpc().job_exec("db_list")["result_output"], ["DB1"])
            self.assertEqual(oct(os.stat(daemon.root / "etc/EXAConf").st_mode & 0o777), "0o600")
            self.assertEqual(daemon.stop(), 0)
            begin = time.monotonic()
            daemon.start()
            self.assertLess(time.monotonic() - begin, 10)
            self.assertEqual(daemon.rpc().job_exec("db_list")["result_code"], 0)

    def test_a_broken_file_stops_the_start_names_line_and_cure_and_stays_as_it_is(self):
        broken = b"[Global]\n    Revision = 1\n    Checksum = NONE\n    this is no pair\n"
        daemon = Daemon(configuration=broken)
        with self.assertRaises(AssertionError):
            with daemon:
                pass
        self.assertEqual(daemon.process.returncode, 65)

    def test_the_text_of_a_broken_start(self):
        broken = b"[Global]\n    Revision = 1\n    Checksum = NONE\n    this is no pair\n"
        daemon = Daemon(configuration=broken)
        daemon.launch()
        self.assertEqual(daemon.process.wait(30), 65)
        self.assertIn("line 4", daemon.log_text())
        self.assertEqual((daemon.root / "etc/EXAConf").read_bytes(), broken)
        daemon.__exit__()

    def test_an_unknown_setting_stops_the_start_and_is_named(self):
        daemon = Daemon()
        (daemon.root / "etc").mkdir()
        (daemon.root / "etc/confd.yaml").write_text("http:\n  prot: 1\n")
        daemon.launch()
        self.assertEqual(daemon.process.wait(30), 78)
        self.assertIn("http.prot", daemon.log_text())
        daemon.__exit__()

    def test_a_port_in_use_is_told_as_such(self):
        with Daemon() as first:
            second = Daemon(arguments=["--port", str(first.port)])
            second.port = first.port
            second.arguments = []
            second.launch()
            self.assertEqual(second.process.wait(30), 69)
            self.assertIn("Is another daemon running?", second.log_text())
            second.__exit__()

    def test_a_second_daemon_on_the_same_root_is_refused(self):
        with Daemon() as first:
            second = Daemon()
            second.root, root = first.root, second.root
            second.launch()
            self.assertEqual(second.process.wait(30), 69)
            self.assertIn("runs on", first.log_text())
            os.rmdir(root)

    def test_a_lost_file_is_restored_from_the_history(self):
        with Daemon() as daemon:
            daemon.rest().job("group_create", groupid=4000, groupname="g")
            before, uuid = daemon.configuration(), (daemon.root / "etc/node_uuid").read_text()
            daemon.stop()
            (daemon.root / "etc/EXAConf").unlink()
            daemon.start()
            self.assertEqual(daemon.configuration(), before)
            self.assertEqual((daemon.root / "etc/node_uuid").read_text(), uuid)

    def test_check_finds_nothing_on_a_fresh_root_and_names_what_is_wrong(self):
        with Daemon() as daemon:
            self.assertIn("ok:", daemon.run("check").stdout)
            (daemon.root / "etc/ssl/ssl.key").write_text("nonsense")
            done = daemon.run("check", check=False)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("TLS", done.stderr)

    def test_an_edit_by_hand_is_refused_unless_it_is_marked(self):
        with Daemon() as daemon:
            good = daemon.configuration()
            path = daemon.root / "etc/EXAConf"
            path.write_text(good.replace("Timezone = Europe/Berlin", "Timezone = UTC"))
            admin = daemon.rpc()
            refused = admin.job_exec("group_create", {"params": {"groupid": 4000, "groupname": "g"}})
            self.assertIn("Integrity check failed!", refused["result_desc"])
            self.assertEqual(admin.job_exec("db_list")["result_code"], 0)
            lines = ["    Checksum = COMMIT" if "Checksum = " in line else line for line in path.read_text().splitlines()]
            path.write_text("\n".join(lines) + "\n")
            done = admin.job_exec("group_create", {"params": {"groupid": 4000, "groupname": "g"}})
            self.assertEqual(done["result_code"], 0, done)
            self.assertIn("Timezone = UTC", daemon.configuration())
            revisions = daemon.rest().get("/exaconf/revisions").json["items"]
            self.assertIn("edited by hand, marked COMMIT", [r.get("reason") for r in revisions])


if __name__ == "__main__":
    unittest.main()
