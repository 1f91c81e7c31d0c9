"""Work on a node and a database that was told beforehand: nothing is started there by itself until it is over."""

import os
import signal
import unittest

from daemon import until
from database_host import DatabaseHost, lacking
from test_database_state import ends, server


@unittest.skipIf(lacking(), lacking())
class Maintained(unittest.TestCase):
    def test_nothing_is_started_by_itself_until_it_is_over(self):
        with DatabaseHost() as daemon:
            rest = daemon.rest()
            port, password = daemon.create(rest)
            rest.ok("db_start", db_name="BASE")
            until_when = rest.ok("maintenance_start", nid=11, reason="new disks")
            self.assertRegex(until_when, r"^\d{4}-\d\d-\d\dT")
            rest.ok("maintenance_start", db_name="BASE", reason="new disks", duration=600)
            self.assert_told(rest, ["node 11", "database BASE"])
            os.kill(server(daemon, "BASE"), signal.SIGKILL)
            until(lambda: ends(rest, "BASE"))
            # It is told as what it is, and not as an alarm.
            (entry,) = ends(rest, "BASE")
            self.assertIn("maintenance until", str(entry))
            # Of one of two there is enough, and a restart of the daemon changes nothing.
            rest.ok("maintenance_end", nid=11)
            daemon.stop()
            daemon.start()
            rest = daemon.rest()
            self.assert_told(rest, ["database BASE"])
            told = rest.ok("db_info", db_name="BASE")
            self.assertEqual((told["state"], told["wanted"]), ("setup", "running"), told)
            self.assertEqual(self.restarts(rest), [])
            # What is asked for is done.
            rest.ok("db_start", db_name="BASE")
            self.assertEqual(daemon.sql(port, password, "select 1"), "1")
            os.kill(server(daemon, "BASE"), signal.SIGKILL)
            until(lambda: len(ends(rest, "BASE")) == 2)
            self.assertEqual(self.restarts(rest), [])
            rest.ok("maintenance_end", db_name="BASE")
            self.assertNotIn("maintenance", rest.get("/cluster").json)
            # Now it is started again.
            until(lambda: self.restarts(rest), 30)
            until(lambda: daemon.sql(port, password, "select 1") == "1", 30)

    def restarts(self, rest):
        """Jobs by which a crashed database was started again."""
        return [job["job_id"] for job in rest.get("/jobs?user=confd:schedule&type=db_start").json["items"]]

    def assert_told(self, rest, subjects):
        """Every place that shows it has these and no others."""
        cluster = rest.get("/cluster").json
        found = [next(f"{kind} {name}" for kind, name in one["subject"].items()) for one in cluster["maintenance"]]
        self.assertEqual(found, subjects)
        self.assertEqual({one["reason"] for one in cluster["maintenance"]}, {"new disks"})
        self.assertIn(f"maintenance of {' and '.join(subjects)} until", cluster["sentence"])
        rules = rest.get("/queue").json["rules"]
        self.assertEqual([rule["action"] for rule in rules], ["maintenance"] * len(subjects), rules)
        # What checks found is told for some seconds.
        until(lambda: f"{subjects[0]}: maintenance until".encode() in rest.get("/readyz?verbose").body, 30)
        self.assertEqual(rest.get("/readyz?verbose").status, 200)
