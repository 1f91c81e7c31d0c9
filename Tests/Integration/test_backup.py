"""Backups of a real PostgreSQL: into an archive volume of this machine and into an S3 server, and back."""

import base64
import datetime
import os
import pathlib
import pwd
import re
import signal
import socket
import subprocess
import threading
import unittest
import zoneinfo

from daemon import free_port, until
from database_host import LOCAL_STORES, DatabaseHost, lacking
from s3 import S3

SHAPE = {
    "bid": int, "comment": str, "dependencies": str, "expire": str, "expire_alterable": str, "expired": bool, "id": str,
    "last_item": bool, "level": int, "path": str, "system": str, "timestamp": str, "ts": str, "usable": bool,
    "usage": str, "volume": str, "created_at": str, "expires_at": str}
PROGRESS = {
    "Comment": str, "Files": list, "Level": int, "Name": str, "Progress": int, "Type": str, "Volume ID": int}
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKKlDWirlNz7qV1gsBs21zZVcnLzK/DJ9O0F9cBTgEU0"
SUM = "select count(*) || ' ' || md5(string_agg(i || m, ',' order by i)) from t"


def processes(root):
    """Command lines, and environments, of processes that work on backups below a root."""
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            variables = (folder / "environ").read_bytes().split(b"\0")
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if any(v.startswith(f"CONFD_STEP={root} ".encode()) for v in variables):
            found.append((int(folder.name), words))
    return found


class BackupHost(DatabaseHost):
    """A daemon with a database of some rows, and a local archive volume."""

    def __init__(self, environment=None):
        super().__init__(environment=LOCAL_STORES | (environment or {}))

    def create(self, rest, *further, **params):
        self.sql_port, self.password = super().create(rest, *further, **params)
        return self.sql_port, self.password

    def prepare(self, rest, size="1 GiB"):
        """Starts a database of 5000 rows and makes the archive volume Vault; returns what the rows come to."""
        self.create(rest)
        self.create_volume(rest, "Vault", type="archive", size=size)
        self.ok(rest, "db_start", db_name="BASE")
        self.said("create table t as select i, md5(i::text) as m from generate_series(1, 5000) i")
        return self.checksum()

    def ok(self, rest, kind, /, **params):
        """Runs a job that has to succeed, and returns its output."""
        job = rest.job(kind, **params)
        assert job["outcome"] == "ok", job
        return job["result"].get("result_output")

    def said(self, text):
        answer = self.sql(self.sql_port, self.password, text)
        assert not answer.startswith("failed"), answer
        return answer

    def checksum(self):
        return self.said(SUM)

    def archived(self):
        """Files in the local archive volumes, without what the storage keeps there."""
        return sorted(file for file in self.root.glob("data/volumes/*/BASE/id_*/**/*") if file.is_file())

    def working(self):
        """Processes of backups and restores; those that only look may be of jobs the daemon asks for itself."""
        return [found for found in processes(self.root) if not re.search("rclone (cat|lsf) ", found[1])]

    def fill(self, megabytes):
        """Rows that cannot be compressed, so that a backup takes a while."""
        self.said(
            "create table bulk as select string_agg(md5(random()::text || k || i), '') as t "
            f"from generate_series(1, {megabytes * 32}) i, generate_series(1, 1024) k group by i")

    def spooled(self):
        return sorted([*self.root.glob("spool/backups/*"), *self.root.glob("spool/databases/.[0-9]*")])


@unittest.skipIf(lacking(), lacking())
class LocalBackup(unittest.TestCase):
    def test_a_database_is_put_back_to_what_it_was_when_the_backup_was_made(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            before = daemon.prepare(rest)
            self.assertIsNone(daemon.ok(
                rest, "db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0, expire="1w"))
            (backup,) = daemon.ok(rest, "db_backup_list", db_name="BASE")
            self.check_shape(backup)
            daemon.said("delete from t where i % 2 = 0")
            self.assertNotEqual(daemon.checksum(), before)
            running = rest.job("db_restore", db_name="BASE", backup_id=backup["id"], restore_type="blocking")
            self.assertEqual((running["outcome"], running["error_code"]), ("declined", "object-busy"), running)
            daemon.ok(rest, "db_stop", db_name="BASE")
            self.assertIsNone(daemon.ok(
                rest, "db_restore", db_name="BASE", backup_id=backup["id"], restore_type="blocking"))
            daemon.ok(rest, "db_start", db_name="BASE")
            self.assertEqual(daemon.checksum(), before)
            self.assertEqual(daemon.spooled(), [])

    def test_a_backup_of_one_database_becomes_another_one_under_its_own_name(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            before = daemon.prepare(rest)
            daemon.said('create database "TAKEN"')
            daemon.ok(rest, "db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
            (backup,) = daemon.ok(rest, "db_backup_list", db_name="BASE")
            for name, outcome in (("OTHER", "ok"), ("TAKEN", "declined")):
                with self.subTest(name):
                    port, own = DatabaseHost.create(daemon, rest, name=name, volume=f"Heap{name}")
                    job = rest.job("db_restore", db_name=name, backup_id=backup["id"], restore_type="blocking")
                    self.assertEqual(job["outcome"], outcome, job)
                    daemon.ok(rest, "db_start", db_name=name)
                    if outcome == "ok":
                        said = daemon.sql(port, daemon.password, SUM, database=name)
                        self.assertEqual(said, before)
                        self.assertIn("failed", daemon.sql(port, daemon.password, "select 1", database="BASE"))
                        self.assertEqual(daemon.ok(rest, "db_info", db_name=name)["connectible"], "Yes")
                        # A backup of it knows it by the name it has now.
                        daemon.ok(rest, "db_backup_start", db_name=name, backup_volume_name="Vault", level=0)
                    else:
                        self.assertIn("TAKEN", job["result"]["result_desc"])
                        self.assertEqual(daemon.sql(port, own, "select 1", database=name), "1")
                    daemon.ok(rest, "db_stop", db_name=name)
            (copy,) = daemon.ok(rest, "db_backup_list", db_name="OTHER")
            daemon.ok(rest, "db_stop", db_name="BASE")
            daemon.ok(rest, "db_restore", db_name="BASE", backup_id=copy["id"], restore_type="blocking")
            daemon.ok(rest, "db_start", db_name="BASE")
            self.assertEqual(daemon.checksum(), before)

    def check_shape(self, backup):
        self.assertEqual({name: type(value) for name, value in backup.items()}, SHAPE)
        self.assertRegex(backup["path"], r"^BASE/id_\d+/level_0/node_0/backup_\d{12}$")
        volume, path, system = backup["id"].split(" ")
        self.assertEqual((path, system), (backup["path"], "BASE"))
        self.assertEqual(backup["expire_alterable"], f"{volume} BASE/id_{backup['bid']}/level_0")
        self.assertEqual(re.sub(r"\D", "", backup["timestamp"]), backup["ts"])
        self.assertRegex(backup["timestamp"], r"^\d{4}-\d\d-\d\d \d\d:\d\d$")
        self.assertRegex(backup["expire"], r"^\d{4}-\d\d-\d\d \d\d:\d\d$")
        self.assertRegex(backup["usage"], r"^0\.0\d\d GiB$")
        self.assertEqual(
            {name: backup[name] for name in (
                "comment", "dependencies", "expired", "last_item", "level", "system", "usable", "volume")},
            {"comment": "", "dependencies": "-", "expired": False, "last_item": True, "level": 0, "system": "BASE",
             "usable": True, "volume": "Vault"})

    def test_a_backup_expires_and_is_deleted_by_its_id_alone(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            daemon.prepare(rest)
            for _ in range(2):
                daemon.ok(rest, "db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
            newer, older = daemon.ok(rest, "db_backup_list", db_name="BASE")
            self.assertEqual((newer["expire"], newer["expired"]), ("", False))
            self.assertNotIn("expires_at", newer)
            volume, files = older["expire_alterable"].split(" ")
            daemon.ok(
                rest, "db_backup_change_expiration", backup_volume_id=int(volume), backup_files=files,
                expire_time="2020-02-03 04:05:06")
            newer, older = daemon.ok(rest, "db_backup_list", db_name="BASE")
            self.assertEqual((older["expire"], older["expired"]), ("2020-02-03 04:05", True))
            self.assertEqual(older["expires_at"], "2020-02-03T03:05:06.000Z")
            self.assertEqual(newer["expired"], False)
            missing = rest.job(
                "db_backup_change_expiration", backup_volume_id=int(volume), backup_files="BASE/id_999/level_0",
                expire_time=" ")
            self.assertEqual((missing["outcome"], missing["error_code"]), ("declined", "object-missing"), missing)
            daemon.ok(rest, "db_backups_delete", db_name="BASE", backup_list=[older["id"]])
            self.assertEqual(daemon.ok(rest, "db_backup_list", db_name="BASE"), [newer])
            self.assertFalse(any(older["path"] in str(file) for file in daemon.archived()))

    def test_times_are_those_of_the_cluster_whatever_the_machine_has(self):
        zones = ("Europe/Berlin", "Asia/Tokyo", "America/St_Johns", "UTC")
        with BackupHost(environment={"TZ": "Pacific/Auckland"}) as daemon:
            rest = daemon.rest()
            daemon.prepare(rest)
            daemon.ok(rest, "db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0, expire="1w")
            for zone in zones:
                answer = rest.request("PATCH", "/exaconf?wait=60s", {"Global": {"Timezone": zone}}, {
                    "Content-Type": "application/merge-patch+json", "If-Match": rest.get("/exaconf").headers["etag"]})
                self.assertIn(answer.status, (200, 202), answer)
                (backup,) = daemon.ok(rest, "db_backup_list", db_name="BASE")
                for legacy, typed in (("timestamp", "created_at"), ("expire", "expires_at")):
                    moment = datetime.datetime.fromisoformat(backup[typed].replace("Z", "+00:00"))
                    local = moment.astimezone(zoneinfo.ZoneInfo(zone))
                    self.assertEqual(backup[legacy], local.strftime("%Y-%m-%d %H:%M"), zone)
                self.assertEqual(backup["ts"], re.sub(r"\D", "", backup["timestamp"]))
                node = rest.ok("node_info", nid=11)
                moment = datetime.datetime.fromisoformat(node["booted_at"].replace("Z", "+00:00"))
                local = moment.astimezone(zoneinfo.ZoneInfo(zone))
                self.assertEqual(node["booted"], local.replace(tzinfo=None).ctime())
                self.assertEqual(rest.ok("node_state")["booted"]["11"], node["booted"])
                # What is told can be given back.
                daemon.ok(
                    rest, "db_backup_change_expiration", backup_volume_name="Vault",
                    backup_files=backup["expire_alterable"].split(" ")[1], expire_time=backup["expire"] + ":00")
                self.assertEqual(daemon.ok(rest, "db_backup_list", db_name="BASE")[0]["expire"], backup["expire"])

    def test_what_cannot_be_done_is_declined_and_leaves_nothing_behind(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            daemon.prepare(rest, size="4 MiB")
            start = {"db_name": "BASE", "backup_volume_name": "Vault", "level": 0}
            cases = [
                ("db_backup_start", start, "out-of-space", "Vault"),
                ("db_backup_start", start | {"level": 1}, "unsupported-here", "level 0"),
                ("db_backup_start", start | {"backup_volume_name": "Nowhere"}, "object-missing", "Nowhere"),
                ("db_backup_start", start | {"backup_volume_name": "Heap"}, "parameter-invalid", "Heap"),
                ("db_backup_abort", {"db_name": "BASE"}, "object-missing", "No backup"),
                ("db_restore", {"db_name": "BASE", "restore_type": "blocking", "backup_id": "nonsense"},
                 "parameter-invalid", "backup_id"),
                ("db_restore", {"db_name": "BASE", "restore_type": "blocking", "backup_id": "77 BASE/a/b/c/d BASE"},
                 "object-missing", "77"),
            ]
            for kind, params, code, word in cases:
                with self.subTest(kind, code=code):
                    job = rest.job(kind, **params)
                    self.assertEqual((job["outcome"], job["error_code"]), ("declined", code), job)
                    self.assertIn(word, job["result"]["result_desc"])
            daemon.ok(rest, "db_stop", db_name="BASE")
            stopped = rest.job("db_backup_start", **start)
            self.assertEqual((stopped["outcome"], stopped["error_code"]), ("declined", "object-busy"), stopped)
            volume = daemon.ok(rest, "st_volume_info", vname="Vault")["id"]
            absent = rest.job(
                "db_restore", db_name="BASE", restore_type="blocking",
                backup_id=f"{volume} BASE/id_1/level_0/node_0/backup_1 BASE")
            self.assertEqual((absent["outcome"], absent["error_code"]), ("declined", "object-missing"), absent)
            self.assertEqual((daemon.archived(), daemon.spooled(), daemon.working()), ([], [], []))

    @unittest.skipIf(os.geteuid(), "mounts a small file system, which root alone may")
    def test_too_little_space_for_the_copy_is_declined_before_the_database_is_read(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            spool = daemon.root / "spool/databases"
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g,mode=711", "small", spool], check=True)
            try:
                before = daemon.prepare(rest)
                daemon.ok(rest, "db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
                subprocess.run(["mount", "-o", "remount,size=2m", spool], check=True)
                job = rest.job("db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
                self.assertEqual((job["outcome"], job["error_code"]), ("declined", "out-of-space"), job)
                self.assertEqual(daemon.spooled(), [])
                self.assertEqual(len(daemon.ok(rest, "db_backup_list", db_name="BASE")), 1)
                self.assertEqual(daemon.checksum(), before)
                rest.ok("db_stop", db_name="BASE")
            finally:
                subprocess.run(["umount", "--lazy", spool], check=True)

    def test_a_damaged_backup_is_refused_and_the_database_stays_what_it_was(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            daemon.prepare(rest)
            for name in ("base.tar.gz", "backup_manifest"):
                daemon.ok(rest, "db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
                backup = daemon.ok(rest, "db_backup_list", db_name="BASE")[0]
                (file,) = [f for f in daemon.archived() if f.name == name and backup["path"] in str(f)]
                content = bytearray(file.read_bytes())
                content[len(content) // 2] ^= 0x55
                file.write_bytes(content)
                daemon.said("delete from t where i % 2 = 0")
                now = daemon.checksum()
                daemon.ok(rest, "db_stop", db_name="BASE")
                job = rest.job("db_restore", db_name="BASE", backup_id=backup["id"], restore_type="blocking")
                self.assertEqual((job["outcome"], job["error_code"]), ("failed", "job-failed"), job)
                self.assertIn("damaged", job["result"]["result_desc"])
                self.assertEqual(
                    [f.name for f in daemon.root.glob("data/volumes/*/data/*") if not f.name.startswith(".")],
                    ["postgresql"])
                self.assertEqual(daemon.spooled(), [])
                daemon.ok(rest, "db_start", db_name="BASE")
                self.assertEqual(daemon.checksum(), now)

    def test_what_was_never_completed_is_swept_away(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            daemon.prepare(rest)
            daemon.ok(rest, "db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
            (whole,) = daemon.ok(rest, "db_backup_list", db_name="BASE")
            (file,) = [f for f in daemon.archived() if f.name == "metadata.json"]
            made = file.parents[3]
            part = made.with_name("id_99")
            subprocess.run(["cp", "-a", made, part], check=True)
            (part / file.relative_to(made)).unlink()
            volume = whole["id"].split()[0]
            path = whole["path"].replace(made.name, "id_99")
            self.assertEqual(daemon.ok(rest, "db_backup_delete_unusable", db_name="BASE"), [f"{volume} {path} BASE"])
            self.assertEqual([f for f in part.rglob("*") if f.is_file()], [])
            self.assertEqual(daemon.ok(rest, "db_backup_list", db_name="BASE"), [whole])


@unittest.skipIf(lacking(), lacking())
class Interrupted(unittest.TestCase):
    def start(self, daemon, rest):
        """Submits a backup that takes a while; returns its path."""
        daemon.fill(64)
        return rest.post("/jobs", {"type": "db_backup_start", "params": {
            "db_name": "BASE", "backup_volume_name": "Vault", "level": 0}}).headers["location"]

    def test_a_running_backup_shows_how_far_it_is_holds_up_the_next_and_can_be_aborted(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            daemon.prepare(rest)
            self.assertEqual(daemon.ok(rest, "db_backup_progress", db_name="BASE"), {})
            first = self.start(daemon, rest)
            seen = []

            def progresses():
                told = daemon.ok(rest, "db_backup_progress", db_name="BASE")
                seen.append(told)
                return told.get("Progress", 0) > 0
            until(progresses, 60, pause=0)
            told = seen[-1]
            self.assertEqual({name: type(value) for name, value in told.items()}, PROGRESS)
            self.assertEqual((told["Type"], told["Name"], told["Level"]), ("Backup", "BASE", 0))
            second = rest.post("/jobs", {"type": "db_stop", "params": {"db_name": "BASE"}}).headers["location"]
            waiting = rest.get(second).json
            self.assertIn(first.rsplit("/", 1)[1], str(waiting["waiting_for"]), waiting)
            daemon.ok(rest, "db_backup_abort", db_name="BASE")
            job = rest.get(f"{first}?wait=30s").json
            self.assertEqual((job["outcome"], job["error_code"]), ("failed", "job-failed"), job)
            self.assertIn("aborted", job["result"]["result_desc"])
            self.assertEqual(rest.get(f"{second}?wait=30s").json["outcome"], "ok")
            self.assertEqual((daemon.archived(), daemon.spooled(), daemon.working()), ([], [], []))

    def test_an_engine_that_dies_in_the_middle_fails_the_job_and_leaves_nothing_behind(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            before = daemon.prepare(rest)
            path = self.start(daemon, rest)
            until(lambda: any("pg_basebackup" in words for _, words in daemon.working()), pause=0)
            for number, words in daemon.working():
                if "pg_basebackup" in words:
                    os.kill(number, signal.SIGKILL)
            job = rest.get(f"{path}?wait=30s").json
            self.assertEqual((job["outcome"], job["error_code"]), ("failed", "job-failed"), job)
            self.assertIn("pg_basebackup", job["result"]["result_desc"])
            self.assertEqual((daemon.archived(), daemon.spooled(), daemon.working()), ([], [], []))
            self.assertEqual(daemon.checksum(), before)

    def kill(self, daemon, rest, reached):
        """Ends the daemon by kill -9 as soon as a condition holds, and starts it again.

        What is over in no time may not be seen at all: then it is killed when the job has ended.
        """
        until(lambda: reached() or not rest.get("/jobs?done=false").json["items"], 120, pause=0)
        daemon.kill()
        daemon.start()
        rest = daemon.rest()
        until(lambda: not rest.get("/jobs?done=false").json["items"], 120)
        return rest

    def test_kill_9_at_any_moment_of_a_backup_ends_in_one_whole_backup_or_none(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            before = daemon.prepare(rest)
            daemon.fill(32)
            moments = {
                "accepted": lambda: True,
                "copying": lambda: any("pg_basebackup" in words for _, words in daemon.working()),
                "copied": lambda: any("rclone copy" in words for _, words in daemon.working()),
                "storing": lambda: daemon.archived(),
                "described": lambda: any(f.name == "metadata.json" for f in daemon.archived()),
            }
            for moment, reached in moments.items():
                with self.subTest(moment):
                    rest.post("/jobs", {"type": "db_backup_start", "params": {
                        "db_name": "BASE", "backup_volume_name": "Vault", "level": 0}})
                    rest = self.kill(daemon, rest, reached)
                    job = rest.get("/jobs?type=db_backup_start&limit=1").json["items"][0]
                    backups = daemon.ok(rest, "db_backup_list", db_name="BASE")
                    self.assertEqual(len(backups), 1 if job["outcome"] == "ok" else 0, job)
                    self.assertEqual({str(f.parent)[-len(b["path"]):] for f in daemon.archived() for b in backups},
                                     {b["path"] for b in backups})
                    self.assertEqual((daemon.spooled(), daemon.working()), ([], []), moment)
                    self.assertEqual(daemon.checksum(), before)
                    daemon.ok(rest, "db_backups_delete", db_name="BASE", backup_list=[b["id"] for b in backups])
                    self.assertEqual(daemon.archived(), [])

    def test_kill_9_at_any_moment_of_a_restore_ends_in_the_old_database_or_the_restored_one(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            old = daemon.prepare(rest)
            daemon.fill(32)
            daemon.ok(rest, "db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
            (backup,) = daemon.ok(rest, "db_backup_list", db_name="BASE")
            moments = {
                "accepted": lambda: True,
                "fetching": lambda: any("rclone copy" in words for _, words in daemon.working()),
                "unpacking": lambda: any("/bin/tar" in words for _, words in daemon.working()),
                "verifying": lambda: any("pg_verifybackup" in words for _, words in daemon.working()),
                "replacing": lambda: list(daemon.root.glob("data/volumes/*/data/postgresql.replaced")),
            }
            for moment, reached in moments.items():
                with self.subTest(moment):
                    daemon.said("insert into t select max(i) + 1, 'x' from t")
                    new = daemon.checksum()
                    daemon.ok(rest, "db_stop", db_name="BASE")
                    rest.post("/jobs", {"type": "db_restore", "params": {
                        "db_name": "BASE", "backup_id": backup["id"], "restore_type": "blocking"}})
                    rest = self.kill(daemon, rest, reached)
                    job = rest.get("/jobs?type=db_restore&limit=1").json["items"][0]
                    self.assertEqual((daemon.spooled(), daemon.working()), ([], []), moment)
                    self.assertEqual(
                        [f.name for f in daemon.root.glob("data/volumes/*/data/*") if not f.name.startswith(".")],
                        ["postgresql"])
                    daemon.ok(rest, "db_start", db_name="BASE")
                    self.assertEqual(daemon.checksum(), old if job["outcome"] == "ok" else new, job)

    def test_kill_9_while_a_restored_database_gets_its_name_ends_in_the_whole_one(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            before = daemon.prepare(rest)
            daemon.ok(rest, "db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
            (backup,) = daemon.ok(rest, "db_backup_list", db_name="BASE")
            port, _ = DatabaseHost.create(daemon, rest, name="OTHER", volume="HeapOTHER")
            rest.post("/jobs", {"type": "db_restore", "params": {
                "db_name": "OTHER", "backup_id": backup["id"], "restore_type": "blocking"}})
            rest = self.kill(daemon, rest, lambda: any("postgres --single" in words for _, words in daemon.working()))
            job = rest.get("/jobs?type=db_restore&limit=1").json["items"][0]
            self.assertEqual(job["outcome"], "ok", job)
            self.assertEqual((daemon.spooled(), daemon.working()), ([], []))
            daemon.ok(rest, "db_start", db_name="OTHER")
            self.assertEqual(daemon.sql(port, daemon.password, SUM, database="OTHER"), before)


@unittest.skipIf(lacking(), lacking())
class RemoteVolumes(unittest.TestCase):
    def add(self, daemon, rest, name, kind, url, **params):
        daemon.ok(rest, "remote_volume_add", vol_type=kind, url=url, remote_volume_name=name, owner=[0, 0], **params)

    def test_what_is_wrong_with_a_store_is_told_by_its_kind(self):
        with BackupHost() as daemon, S3(free_port()) as s3:
            rest = daemon.rest()
            daemon.prepare(rest)
            nowhere = f"127.0.0.1:{free_port()}"
            # Like a key of Azure: base64 of bytes that are no text.
            key = base64.b64encode(bytes(range(255, 191, -1))).decode()
            self.add(daemon, rest, "Stranger", "s3", s3.url, username=s3.key, password="not the secret key")
            self.add(daemon, rest, "NoBucket", "s3", f"{s3.origin}/absent/x", username=s3.key, password=s3.secret)
            for kind, url in (
                    ("s3", f"http://{nowhere}/bucket"), ("ftp", f"ftp://{nowhere}/x"), ("sftp", f"sftp://{nowhere}/x"),
                    ("smb", f"smb://{nowhere}/share/x"), ("webdav", f"http://{nowhere}/x"),
                    ("azure", "https://acc.blob.core.invalid/container"), ("gs", "gs://bucket/x"),
                    ("webhdfs", f"http://{nowhere}/x")):
                known = {"host_key": HOST_KEY} if kind == "sftp" else {}
                self.add(daemon, rest, kind, kind, url, username="acc", password=key, **known)
            codes = {name: "archive-unreachable" for name in ("NoBucket", "s3", "ftp", "sftp", "smb", "webdav", "azure")}
            codes |= {"Stranger": "archive-denied", "gs": "archive-denied", "webhdfs": "unsupported-here"}
            for name, code in codes.items():
                with self.subTest(name):
                    job = rest.job("db_backup_start", wait=120, db_name="BASE", backup_volume_name=name, level=0)
                    self.assertEqual((job["outcome"], job["error_code"]), ("declined", code), job)
                    self.assertNotIn(key, str(job))
                    if code != "unsupported-here":
                        self.assertIn(f"Archive volume {name} ", job["result"]["result_desc"])
                        self.assertEqual(
                            daemon.ok(rest, "remote_volume_state", remote_volume_name=name), ["Connection problem"])
            daemon.ok(rest, "db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
            listed = daemon.ok(rest, "db_backup_list", wait=300, db_name="BASE")
            self.assertEqual([b["volume"] for b in listed], ["Vault"])
            self.assertEqual((daemon.spooled(), daemon.working()), ([], []))

    def test_the_keys_of_a_store_are_seen_nowhere(self):
        with BackupHost() as daemon, S3(free_port()) as s3:
            rest = daemon.rest()
            daemon.prepare(rest)
            self.add(daemon, rest, "Cloud", "s3", s3.url, username=s3.key, password=s3.secret)
            lines, owners = set(), set()
            done = threading.Event()

            def watch():
                while not done.wait(0.01):
                    for file in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                        try:
                            lines.add(file.read_bytes())
                            variables = (file.parent / "environ").read_bytes()
                            if s3.secret.encode() in variables and b"CONFD_STEP=" in variables:
                                owners.add((file.parent / "environ").stat().st_uid)
                        except OSError:
                            pass
            watcher = threading.Thread(target=watch)
            watcher.start()
            try:
                daemon.ok(rest, "db_backup_start", db_name="BASE", backup_volume_name="Cloud", level=0)
                (backup,) = daemon.ok(rest, "db_backup_list", db_name="BASE")
                daemon.ok(rest, "db_stop", db_name="BASE")
                daemon.ok(rest, "db_restore", db_name="BASE", backup_id=backup["id"], restore_type="blocking")
            finally:
                done.set()
                watcher.join()
            self.assertTrue(any(b"rclone" in line for line in lines))
            self.assertTrue(owners)
            if os.geteuid() == 0:
                # Root's is what becomes the other; the engine's account, and so a database, sees neither.
                self.assertEqual(owners - {0}, {pwd.getpwnam("backup").pw_uid})
            for secret in (s3.secret, daemon.password):
                self.assertFalse([line for line in lines if secret.encode() in line])
            # Devices and segments are holes of many gigabytes, which nothing here has written to.
            daemon.stop()
            grep = ["grep", "-rlaF", "--exclude=dev.*", "--exclude=segment.*"]
            found = subprocess.run(grep + [s3.secret, daemon.root], capture_output=True, text=True)
            self.assertEqual((found.returncode, found.stdout), (1, ""), found.stderr)
            # EXAConf has the key encoded: that, its revisions and the file for databases are for the owner alone.
            encoded = base64.b64encode(s3.secret.encode()).decode().rstrip("=")
            found = subprocess.run(grep + [encoded, daemon.root], capture_output=True, text=True).stdout.split()
            self.assertIn(str(daemon.root / "etc/EXAConf"), found)
            for file in map(pathlib.Path, found):
                self.assertIn(file.parent.relative_to(daemon.root).as_posix(), ("etc", "etc/remote_volumes", "spool/jobs"))
                self.assertEqual(file.stat().st_mode & 0o077, 0, file)


if __name__ == "__main__":
    unittest.main()
