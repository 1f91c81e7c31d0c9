"""What the daemon does by itself: backups that are due, and databases that start with it."""

import unittest

from daemon import Daemon, until
from database_host import DatabaseHost, lacking

SCHEDULE = """
[DB : exa_db]
    Port = 8563
    Nodes = 11
    AutoStart = False
    [[Backup : each_minute]]
        Enabled = True
        Volume = vault
        Level = 0
        Minute = *
        Hour = *
        Day = *
        Month = *
        Weekday = *
        Expire = 1w 3d
    [[Backup : never]]
        Enabled = False
        Volume = vault
        Level = 0
        Minute = *
"""


def submitted(daemon, **filters):
    """What the daemon asked of itself, oldest first."""
    words = "".join(f"&{name}={value}" for name, value in filters.items())
    return daemon.rest().get(f"/jobs?user=confd:schedule&sort=job_id&limit=200{words}").json["items"]


def scheduled():
    """A daemon, not started yet, with a schedule of each minute in its configuration."""
    daemon = Daemon()
    daemon.run("init")
    path = daemon.root / "etc/EXAConf"
    text = path.read_text()
    checksum = next(line for line in text.splitlines() if line.strip().startswith("Checksum"))
    path.write_text(text.replace(checksum, "    Checksum = COMMIT") + SCHEDULE)
    return daemon


class Schedule(unittest.TestCase):
    def test_a_daemon_that_is_tried_out_asks_for_nothing(self):
        daemon = scheduled()
        daemon.environment["CONFD_SCHEDULES_ENABLED"] = "false"
        with daemon:
            self.assertEqual(daemon.rest().job("db_list")["outcome"], "ok")
            daemon.stop()
            del daemon.environment["CONFD_SCHEDULES_ENABLED"]
            daemon.start()
            until(lambda: submitted(daemon), 30)
            first = daemon.rest().get("/jobs?sort=job_id&limit=1").json["items"][0]
            self.assertEqual(first["type"], "db_list", "it began with the setting")

    def test_a_backup_of_each_minute_is_made_once_whatever_is_killed(self):
        with scheduled() as daemon:
            until(lambda: len(submitted(daemon)) == 1, 30)
            # Cut off in the minute of the first job, and again before the next one.
            for _ in range(2):
                daemon.kill()
                daemon.start()
            until(lambda: len({job["reason"] + job["submitted_at"][:16] for job in submitted(daemon)}) >= 2, 90)
            daemon.kill()
            daemon.start()
            jobs = submitted(daemon)
            minutes = [job["submitted_at"][:16] for job in jobs]
            self.assertEqual(minutes, sorted(set(minutes)), "one job in each minute")
            for job in jobs:
                self.assertEqual((job["type"], job["reason"]), ("db_backup_start", "schedule/exa_db/each_minute"), job)
                self.assertEqual(job["params"], {
                    "db_name": "exa_db", "backup_volume_name": "vault", "level": 0, "expire": "1w 3d"})
                self.assertEqual(job["outcome"], "declined", job)
                self.assertIn("vault", job["result"]["result_desc"], "the reason can be read")


@unittest.skipIf(lacking(), lacking())
class Beginning(unittest.TestCase):
    def test_a_database_runs_again_after_a_restart_unless_somebody_stopped_it(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            port, password = daemon.create(rest)
            self.assertEqual(rest.job("db_start", db_name="BASE")["outcome"], "ok")
            # The daemon alone is killed: the database runs on, and nothing is asked.
            daemon.kill()
            daemon.start()
            self.assertEqual(daemon.sql(port, password, "select 1"), "1")
            # Both are gone, as after a reboot.
            daemon.kill()
            daemon.end_databases()
            until(lambda: "failed" in daemon.sql(port, password, "select 1"))
            daemon.start()
            until(lambda: daemon.sql(port, password, "select 1") == "1", 60)
            self.assertEqual([job["type"] for job in submitted(daemon)], ["db_start"])
            self.assertEqual(daemon.rest().job("db_stop", db_name="BASE")["outcome"], "ok")
            daemon.kill()
            daemon.start()
            until(lambda: daemon.rest().job("db_state", db_name="BASE")["outcome"] == "ok")
            self.assertEqual(len(submitted(daemon)), 1)
            self.assertIn("failed", daemon.sql(port, password, "select 1"))


if __name__ == "__main__":
    unittest.main()
