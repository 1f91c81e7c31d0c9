"""Jobs on an installation of one node: what the table of docs/jobs.md says of them holds."""

import base64
import json
import unittest

from daemon import REPOSITORY, Daemon
from database_host import DatabaseHost, lacking
from test_backup import BackupHost
from test_provider import Host, output

TABLE = json.loads((REPOSITORY / "docs/jobs.json").read_text())
PROVIDED = [job for reason in TABLE["declines"] if "provider.path" in reason["because"] for job in reason["jobs"]]
# Where the example of a job names what a fresh cluster has not.
PRESENT = {"exa_db": "DB1", "main": "DB1", "n12": "n11"}


def example(daemon, name):
    """The documented parameters of a job, with objects of a fresh cluster."""
    parameters = daemon.rest().get(f"/job-types/{name}").json["example"]
    parameters = {key: PRESENT.get(value, value) if type(value) is str else value for key, value in parameters.items()}
    for key, values in {"nids": [11], "node_list": ["n11"]}.items():
        if key in parameters:
            parameters[key] = values
    return parameters


class OneNode(unittest.TestCase):
    def test_what_cannot_be_done_on_one_node_is_declined_with_a_reason(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            added = rest.job("node_add", priv_net="10.10.10.12/24", nid=12, name="n12")
            self.assertEqual(added["outcome"], "ok", added)
            before = daemon.configuration()
            for reason in TABLE["declines"]:
                for name in reason["jobs"]:
                    with self.subTest(name):
                        job = rest.job(name, **example(daemon, name))
                        self.assertEqual(job["outcome"], "declined", job)
                        self.assertGreater(len(job["result"]["result_desc"].split()), 5, job)
            self.assertEqual(daemon.configuration(), before)

    def test_a_provider_does_every_job_that_is_handed_to_it(self):
        with Host() as daemon:
            rest = daemon.rest()
            for name in PROVIDED:
                # These two the provider of the tests cannot do.
                if name in ("infra_db_start", "infra_db_stop"):
                    continue
                with self.subTest(name):
                    given = example(daemon, name)
                    job = rest.job(name, **given)
                    self.assertEqual(job["outcome"], "ok", job)
                    told = output(job)
                    self.assertEqual((told["verb"], told["request"]["verb"]), (name, name))
                    self.assertLessEqual(given.items(), told["request"]["parameters"].items())

    def test_there_are_no_snapshots_to_list(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            self.assertEqual(output(rest.job("db_snapshot_backup_list", db_name="DB1")), [])
            job = rest.job("db_snapshot_backup_list", db_name="nobody")
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "object-missing"), job)

    def test_the_marks_of_a_device_are_changed_and_cleared(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            device = {"devname": "/exa/data/storage/dev.1", "node": 11}
            ledger = daemon.root / "data/storage/.ledger.json"

            def told(name):
                return output(rest.job("st_device_info", devname=device["devname"], node_id=11))[name]
            for value in (True, False):
                self.assertEqual(rest.job("st_device_modify", **device, read_only=value)["outcome"], "ok")
                self.assertIs(told("read_only"), value)
            daemon.stop()
            kept = json.loads(ledger.read_text())
            kept["devices"]["dev.1"]["errors"] = 3
            ledger.write_text(json.dumps(kept))
            daemon.start()
            rest = daemon.rest()
            self.assertEqual(told("errors"), 3)
            self.assertEqual(rest.job("st_device_clear_errors", **device)["outcome"], "ok")
            self.assertEqual(told("errors"), 0)


@unittest.skipIf(lacking(), lacking())
class Databases(unittest.TestCase):
    def test_a_database_that_is_reset_is_empty(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            daemon.create(rest)
            daemon.ok(rest, "db_start", db_name="BASE")
            daemon.said("create table t as select 1")
            running = rest.job("db_reset", db_name="BASE")
            self.assertEqual((running["outcome"], running["error_code"]), ("declined", "object-busy"), running)
            daemon.ok(rest, "db_stop", db_name="BASE")
            told = daemon.ok(rest, "db_reset", db_name="BASE")
            self.assertEqual(told["user"], "sys")
            daemon.ok(rest, "db_start", db_name="BASE")
            former = daemon.sql(daemon.sql_port, daemon.password, "select 1")
            self.assertIn("failed", former)
            daemon.password = told["password"]
            self.assertEqual(daemon.said("select count(*) from pg_tables where tablename = 't'"), "0")

    def test_nodes_are_held_in_reserve_for_a_database(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            daemon.ok(rest, "node_add", priv_net="10.10.10.12/24", nid=12, name="n12")
            daemon.ok(rest, "db_add_reserve_nodes", db_name="DB1", node_list=[12])
            self.assertRegex(daemon.configuration(), r"(?m)^    Nodes = 11, ?12$")
            self.assertEqual(daemon.ok(rest, "db_info", db_name="DB1")["nodes"]["reserve"], ["n12"])
            more = rest.job("db_enlarge", db_name="DB1", num_new_nodes=1)
            self.assertEqual((more["outcome"], more["error_code"]), ("declined", "unsupported-here"), more)
            active = rest.job("db_remove_reserve_nodes", db_name="DB1", node_list=[11])
            self.assertEqual((active["outcome"], active["error_code"]), ("declined", "object-missing"), active)
            daemon.ok(rest, "db_remove_reserve_nodes", db_name="DB1", node_list=[12])
            self.assertEqual(daemon.ok(rest, "db_info", db_name="DB1")["nodes"]["reserve"], [])

    def test_a_keytab_is_kept_for_the_database_alone(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            keytab = b"\x05\x02\x00\x00\x00secret key"
            daemon.ok(rest, "db_configure_kerberos", db_name="DB1", keytab=base64.b64encode(keytab).decode())
            file = daemon.root / "etc/keytabs/DB1.keytab"
            self.assertEqual((file.read_bytes(), file.stat().st_mode & 0o077), (keytab, 0))
            before = daemon.configuration()
            job = rest.job("db_configure_kerberos", db_name="DB1", keytab="AAAA", realm="EXAMPLE.COM")
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "unsupported-here"), job)
            self.assertEqual((file.read_bytes(), daemon.configuration()), (keytab, before))


class VolumeSettings(unittest.TestCase):
    def test_what_the_configuration_keeps_of_a_volume_stands_there(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            daemon.create_volume(rest, "Vault", type="archive", size="64 MiB")
            rest.ok("st_volume_set_ports", vname="Vault", ftp_port=2121)
            self.assertIn("    FtpPort = 2121", daemon.configuration())
            rest.ok("st_volume_set_ports", vname="Vault", ftp_port=0)
            self.assertNotIn("FtpPort", daemon.configuration())
            for level in (1, 0):
                rest.ok("st_volume_set_forced_red_level", vname="Vault", force_red_level=level)
                kept = json.loads((daemon.root / "data/storage/.ledger.json").read_text())
                self.assertEqual(kept["volumes"]["Vault"]["forcedLevel"], level)


if __name__ == "__main__":
    unittest.main()
