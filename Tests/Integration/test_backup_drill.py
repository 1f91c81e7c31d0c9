"""Drills: a backup of a real PostgreSQL is restored beside its database, started, asked and removed again."""

import os
import pathlib
import unittest

from daemon import until
from database_host import lacking
from test_backup import BackupHost, SUM


def left(daemon):
    """What is left of drills: folders, and servers that work in them."""
    patterns = ("data/volumes/1??????", "spool/databases/*.drill", "logs/databases/*.drill")
    found = [str(path) for pattern in patterns for path in daemon.root.glob(pattern)]
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            place = os.readlink(process / "cwd")
        except OSError:
            continue
        if place.startswith(f"{daemon.root}/data/volumes/1") and len(place.split("/data/volumes/")[1].split("/")[0]) == 7:
            found.append(place)
    return found + [str(path) for path in daemon.spooled()]


def findings(rest):
    return {found["finding_id"]: found for found in rest.get("/health/findings").json["items"]}


@unittest.skipIf(lacking(), lacking())
class Drills(unittest.TestCase):
    def test_a_backup_is_tried_beside_the_running_database_and_nothing_stays(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            before = daemon.prepare(rest)
            none = rest.job("db_backup_drill", db_name="BASE")
            self.assertEqual((none["outcome"], none["error_code"]), ("declined", "object-missing"), none)
            daemon.ok(rest, "db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
            (backup,) = daemon.ok(rest, "db_backup_list", db_name="BASE")
            told = daemon.ok(rest, "db_backup_drill", db_name="BASE")
            self.assertEqual((told["backup_id"], told["volume"]), (backup["id"], "Vault"))
            self.assertEqual(told["created_at"], backup["created_at"])
            self.assertGreater(told["bytes"], 1_000_000)
            self.assertEqual(left(daemon), [])
            self.assertEqual(daemon.said(SUM), before)
            until(lambda: any("drill" in item for item in rest.get("/health/backups").json["items"]))
            (item,) = [item for item in rest.get("/health/backups").json["items"] if item["db_name"] == "BASE"]
            self.assertEqual((item["db_name"], item["drill"]["state"], item["is_overdue"]), ("BASE", "worked", False))
            self.check_that_a_damaged_one_is_found(daemon, rest, backup)

    def check_that_a_damaged_one_is_found(self, daemon, rest, backup):
        packed = max(daemon.archived(), key=lambda file: file.stat().st_size)
        whole = packed.read_bytes()
        packed.write_bytes(whole[:len(whole) // 2])
        job = rest.job("db_backup_drill", db_name="BASE", backup_id=backup["id"])
        self.assertEqual(job["outcome"], "failed", job)
        self.assertEqual(left(daemon), [])
        self.assertEqual(daemon.said("select 1"), "1")
        until(lambda: "drill-failed:db:BASE" in findings(rest))
        found = findings(rest)["drill-failed:db:BASE"]
        self.assertEqual((found["severity"], found["job"]["type"]), ("critical", "db_backup_drill"))
        self.assertIn(job["job_id"], found["cause"])
        packed.write_bytes(whole)
        daemon.ok(rest, "db_backup_drill", db_name="BASE")
        until(lambda: "drill-failed:db:BASE" not in findings(rest))


if __name__ == "__main__":
    unittest.main()
