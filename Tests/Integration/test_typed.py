"""Typed resources: how the cluster is, in forms programs can rely on, known before anybody asks."""

import re
import time
import unittest

from daemon import until
from database_host import DatabaseHost, lacking
from described import Comparison

PATHS = ("/nodes", "/databases", "/volumes", "/disks", "/backups", "/schedules", "/bucketfs", "/users")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")
GIB = 1 << 30


@unittest.skipIf(lacking(), lacking())
class Typed(unittest.TestCase):
    """A daemon with a database of PostgreSQL; each answer is compared with the document."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = DatabaseHost().start()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.client = cls.daemon.rest()
        cls.comparison = Comparison(cls.daemon.rest(None).get("/openapi.json").json)
        cls.daemon.create_volume(cls.client, "Vault", type="archive")
        cls.port, cls.password = cls.daemon.create(cls.client)
        cls.client.ok(
            "db_backup_add_schedule", db_name="BASE", backup_name="nightly", backup_volume_name="Vault", level=0, hour="3",
            expire="1w", enabled=True)

    def setUp(self):
        self.addCleanup(lambda: self.assertEqual(self.comparison.found, {}))

    def get(self, path, status=200):
        answer = self.client.get(path)
        self.comparison.answer("GET", path, answer)
        self.assertEqual(answer.status, status, (path, answer))
        return answer.json

    def wait_for(self, path, **members):
        """The thing, as soon as these members have these values."""
        until(lambda: {name: self.get(path).get(name) for name in members} == members, 60, pause=0.2)
        return self.get(path)

    def test_every_list_and_every_item(self):
        for path in PATHS:
            items = self.get(path)["items"]
            for item in items:
                name = item["id"] if path in ("/nodes", "/disks", "/backups", "/schedules") else item["name"]
                with self.subTest(path=path, name=name):
                    one = self.get(f"{path}/{name}")
                    # Time passes between the two.
                    self.assertEqual(one.keys() - {"since", "reason"}, item.keys() - {"since", "reason"})
            self.get(f"{path}/nothing", 404)
            page = self.get(f"{path}?limit=1&count=true")
            self.assertEqual((len(page["items"]), page["total"]), (min(1, len(items)), len(items)))

    def test_a_volume_tells_size_state_and_redundancy(self):
        volume = self.wait_for("/volumes/Heap", state="online")
        self.assertEqual((volume["size_bytes"], volume["redundancy"], volume["type"]), (GIB, 1, "data"))
        self.assertEqual((volume["nodes"], volume["databases"], volume["disk"]), ([11], ["BASE"], "disk1"))
        self.assertEqual([(part["node"], part["size_bytes"]) for part in volume["segments"]], [(11, GIB)])
        self.client.ok("st_volume_lock", vname="Vault")
        locked = self.wait_for("/volumes/Vault", state="locked")
        self.assertEqual(locked["reason"], "somebody has locked it")
        self.client.ok("st_volume_unlock", vname="Vault")
        self.wait_for("/volumes/Vault", state="online")
        self.assertIn("Vault", [one["name"] for one in self.get("/volumes?type=archive")["items"]])

    def test_disks_tell_their_room(self):
        until(lambda: self.get("/disks/11-disk1")["state"] in ("free", "allocated"), 60, pause=0.2)
        disk = self.get("/disks/11-disk1")
        self.assertEqual(disk["size_bytes"], disk["allocated_bytes"] + disk["free_bytes"])
        self.assertGreaterEqual(disk["allocated_bytes"], 2 * GIB)
        self.assertLessEqual({"Heap", "Vault"}, set(disk["volumes"]))
        until(lambda: any("used_bytes" in one for one in self.get("/disks?node=11")["items"]))

    def test_a_database_that_is_started_is_told_to_run(self):
        database = self.wait_for("/databases/BASE", state="stopped")
        self.assertEqual(
            (database["port"], database["memory_bytes"], database["data_volume"], database["active_nodes"]),
            (self.port, 256 << 20, "Heap", [11]))
        started = self.client.post("/databases/BASE/start?wait=60s", {})
        self.assertEqual(started.json["outcome"], "ok", started)
        running = self.wait_for("/databases/BASE", state="running", wanted="running")
        self.assertRegex(running["since"], TIME)
        self.assertEqual(self.daemon.sql(self.port, self.password, "select 1"), "1")
        self.assertEqual([one["name"] for one in self.get("/databases?state=running")["items"]], ["BASE"])
        self.back_up()
        self.client.ok("db_stop", db_name="BASE")
        self.wait_for("/databases/BASE", state="stopped", wanted="stopped")

    def back_up(self):
        """A backup is among those of all databases once its job has ended."""
        self.client.ok("db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0, expire="1w")
        until(lambda: self.get("/backups?database=BASE")["items"], 60)
        page = self.get("/backups?database=BASE")
        (backup,) = page["items"]
        self.assertRegex(page["looked_at"], TIME)
        self.assertEqual((backup["volume"], backup["usable"], backup["expired"]), ("Vault", True, False))
        self.assertGreater(backup["size_bytes"], 0)
        self.assertRegex(backup["created_at"], TIME)
        listed = self.client.ok("db_backup_list", db_name="BASE")
        self.assertEqual([one["id"] for one in listed], [backup["reference"]])
        self.assertEqual(self.get("/databases/BASE")["newest_backup_at"], backup["created_at"])

    def test_a_schedule_tells_when_it_is_due(self):
        schedule = self.get("/schedules/BASE:backup:nightly")
        self.assertEqual((schedule["cron"], schedule["keep_s"], schedule["enabled"]), ("0 3 * * *", 7 * 86_400, True))
        self.assertRegex(schedule["next_at"], TIME)
        self.wait_for("/schedules/BASE:backup:nightly", state="never-ran")

    def test_nothing_holds_a_read(self):
        rule = self.client.post("/queue/rules", {"action": "pause"})
        self.assertEqual(rule.status, 201, rule)
        self.addCleanup(self.client.request, "DELETE", f"/queue/rules/{rule.json['rule_id']}")
        for path in (*PATHS, "/databases/BASE", "/volumes/Heap", "/nodes/11"):
            begun = time.monotonic()
            self.get(path)
            self.assertLess(time.monotonic() - begun, 2, path)

    def test_what_has_not_changed_is_not_sent_again(self):
        tag = self.client.get("/users").headers["etag"]
        self.assertEqual(self.client.get("/users", If_None_Match=tag).status, 304)


if __name__ == "__main__":
    unittest.main()
