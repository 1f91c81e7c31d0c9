"""The life of a database, told once from the first volume to the rows that came back."""

import unittest

from daemon import free_port
from database_host import lacking
from s3 import S3
from test_backup import BackupHost

ROWS = "select count(*) || ' ' || md5(string_agg(i || m, ',' order by i)) from t"
INFO = {
    "connectible", "connection string", "info", "name", "nodes", "operation", "persistent volume", "quota", "since",
    "state", "temporary volume", "usage persistent", "usage temporary", "wanted", "config"}


@unittest.skipIf(lacking(), lacking())
class Story(unittest.TestCase):
    def test_rows_survive_the_loss_of_database_and_volume_by_a_backup_in_s3_and_one_in_a_folder(self):
        with BackupHost() as daemon, S3(free_port()) as s3:
            rest = daemon.rest()
            port, password = daemon.create(rest)
            daemon.ok(
                rest, "remote_volume_add", vol_type="s3", url=s3.url, username=s3.key, password=s3.secret,
                remote_volume_name="Cloud", owner=[0, 0])
            daemon.ok(
                rest, "remote_volume_add", vol_type="file", url="file:///exa/data/archives/elsewhere", remote_volume_name="Folder",
                owner=[0, 0])
            for name in ("Cloud", "Folder"):
                self.assertEqual(
                    daemon.ok(rest, "remote_volume_state", remote_volume_name=name), ["Online"] * daemon.members)
            daemon.ok(rest, "db_start", db_name="BASE")
            daemon.said("create table t as select i, md5(i::text) as m from generate_series(1, 100000) i")
            before = daemon.said(ROWS)
            self.assertTrue(before.startswith("100000 "), before)
            self.check_info(daemon, rest, port)
            for name in ("Cloud", "Folder"):
                daemon.ok(rest, "db_backup_start", db_name="BASE", backup_volume_name=name, level=0)
            backups = {b["volume"]: b["id"] for b in daemon.ok(rest, "db_backup_list", db_name="BASE")}
            self.assertEqual(sorted(backups), ["Cloud", "Folder"])
            for name in ("Cloud", "Folder"):
                with self.subTest(name):
                    daemon.ok(rest, "db_stop", db_name="BASE")
                    daemon.ok(rest, "db_delete", db_name="BASE")
                    daemon.ok(rest, "st_volume_delete", vname="Heap")
                    self.assertEqual(list(daemon.root.glob("data/volumes/*/data/postgresql")), [])
                    # The backup brings the password with it that the database had then.
                    daemon.create(rest)
                    daemon.password = password
                    daemon.ok(rest, "db_restore", db_name="BASE", backup_id=backups[name], restore_type="blocking")
                    daemon.ok(rest, "db_start", db_name="BASE")
                    self.assertEqual(daemon.said(ROWS), before)

    def check_info(self, daemon, rest, port):
        """The documented keys, and sizes that are those of the files."""
        info = daemon.ok(rest, "db_info", db_name="BASE")
        self.assertEqual(set(info), INFO)
        self.assertEqual((info["state"], info["connectible"]), ("running", "Yes"))
        self.assertTrue(info["connection string"].endswith(f":{port}"), info)
        (usage,) = info["usage persistent"]
        number, unit = usage["used"].split()
        told = float(number) * {"MiB": 1 << 20, "GiB": 1 << 30}[unit]
        (data,) = daemon.root.glob("data/volumes/*/data/postgresql")
        there = sum(file.stat().st_size for file in data.rglob("*") if file.is_file())
        self.assertLess(abs(told - there), 0.25 * there, (usage, there))


if __name__ == "__main__":
    unittest.main()
