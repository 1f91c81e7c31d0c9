"""Each fault is told as the first thing that is wrong, in every place, within a minute, and is over within a minute of its cure."""

import contextlib
import ctypes
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import unittest

import full_disk
from daemon import Daemon, free_port, until
from database_host import lacking
from findings_table import Receiver, Remote, Table, job, settings
from moved_clock import COMPILER, MovedClock
from test_backup import BackupHost
from test_certificate_life import MARK, own
from test_database_state import server
from test_schedules import submitted
from test_tls import edit

CLONE_NEWNS = 0x0002_0000
HOUR = 3600


class Rows(unittest.TestCase):
    def setUp(self):
        self.hook = Receiver()
        self.addCleanup(self.hook.close)
        self.table = Table()

    def begin(self, daemon):
        """Starts a daemon that tells the webhook."""
        daemon.environment |= settings(self.hook.port) | daemon.environment
        self.addCleanup(daemon.__exit__)
        self.daemon = daemon.start()
        return daemon.rest()

    def ok(self, kind, /, **params):
        """Runs a job that has to succeed, by a connection of its own: one that waited during a row would be closed."""
        return self.daemon.rest().ok(kind, **params)

    def row(self, fault, finding_id, cause, cure):
        self.table.row(fault, Remote(self.daemon), self.hook, finding_id, cause, cure)


@unittest.skipIf(lacking(), lacking())
class OfDatabases(Rows):
    def test_a_database_its_volume_and_its_backups(self):
        rest = self.begin(BackupHost(environment={"CONFD_DATABASES_RESTART": "never"}))
        daemon = self.daemon
        daemon.prepare(rest)
        run = job(daemon)
        self.row("database killed", "database-down:db:BASE",
                 lambda: os.kill(server(daemon, "BASE"), signal.SIGKILL), run)
        volume = self.ok("db_info", db_name="BASE")["usage persistent"][0]["volume id"]
        place, aside = daemon.root / "data/volumes" / volume, daemon.root / "aside"
        self.ok("db_stop", db_name="BASE")
        changes = next(place.rglob("pg_wal"))
        kept = changes.with_name("pg_wal.aside")

        def spoil():
            changes.rename(kept)
            self.assertNotEqual(daemon.rest().job("db_start", db_name="BASE")["outcome"], "ok")

        def mend(finding):
            # What the log of the database says is missing.
            kept.rename(changes)
            return "folder back, " + run(finding)

        self.row("database does not start", "database-down:db:BASE", spoil, mend)
        self.backups(run)
        self.ok("db_stop", db_name="BASE")

        def bring_back(_):
            shutil.move(aside, place)
            return "folder back"

        self.row("data of a volume missing", "volume-down:volume:Heap", lambda: shutil.move(place, aside), bring_back)
        self.ports()
        self.schedule(run)
        self.table.require()

    def backups(self, run):
        """A drill of a damaged backup, which is then put back."""
        self.ok("db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
        (backup,) = self.ok("db_backup_list", db_name="BASE")
        packed = max(self.daemon.archived(), key=lambda file: file.stat().st_size)
        whole = packed.read_bytes()

        def damage():
            packed.write_bytes(whole[:len(whole) // 2])
            drill = self.daemon.rest().job("db_backup_drill", db_name="BASE", backup_id=backup["id"])
            self.assertEqual(drill["outcome"], "failed", drill)

        def mend(finding):
            packed.write_bytes(whole)
            return "file back, " + run(finding)

        self.row("drill failed", "drill-failed:db:BASE", damage, mend)

    def ports(self):
        """Two databases with one port, which only an edit by hand can give them."""
        self.daemon.create_volume(self.daemon.rest(), "Second")
        first, second, third = self.daemon.sql_port, free_port(), free_port()
        self.ok("db_create", **self.daemon.database("OTHER", "Second", second))

        def edit_ports():
            edit(self.daemon, f"Port = {second}", f"Port = {first}")
            # An edit is taken in before the next job.
            self.ok("group_create", groupname="later", groupid=5001)

        def give_another(_):
            self.ok("db_configure", db_name="OTHER", port=third)
            return "db_configure"

        self.row("port two services want", f"port-contested:port:11-{first}", edit_ports, give_another)

    def schedule(self, run):
        """A schedule of each minute, of a database that does not run."""
        def fail():
            self.ok("db_backup_add_schedule", db_name="BASE", backup_name="often", backup_volume_name="Vault", level=0,
                    minute="*", hour="*", enabled=True)
            until(lambda: any(one.get("outcome") for one in submitted(self.daemon, type="db_backup_start")), 90)

        def mend(finding):
            self.ok("db_start", db_name="BASE")
            return "db_start, " + run(finding)

        self.row("schedule failed", "schedule-failed:schedule:BASE:often", fail, mend)

    @unittest.skipIf(not COMPILER, "no C compiler")
    def test_no_backup_for_27_hours(self):
        folder = tempfile.mkdtemp(prefix="confd-clock-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        os.chmod(folder, 0o755)
        clock = MovedClock(folder)
        rest = self.begin(BackupHost(environment=clock.variables))
        self.daemon.prepare(rest)
        self.ok("db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)

        def back_up(_):
            self.ok("db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0)
            return "db_backup_start"

        self.row("no backup for 27 h", "backup-overdue:db:BASE", lambda: clock.move(27 * HOUR), back_up)
        self.table.require()


class OfTheDaemon(Rows):
    def test_a_certificate_and_the_audit_log(self):
        daemon = Daemon(environment={"CONFD_CERTIFICATES_RENEW": "false"})
        daemon.run("init")
        own(daemon, 6, "-addext", MARK)
        self.daemon = daemon
        self.row("certificate with 6 days", "certificate-ending:certificate:11-tls", lambda: self.begin(daemon), job(daemon))
        for number in range(3):
            self.ok("group_create", groupname=f"g{number}", groupid=5000 + number)
        store, taken = daemon.root / "spool/jobs/store.sqlite", []

        def cut():
            with contextlib.closing(sqlite3.connect(store, timeout=20)) as file:
                newest = file.execute("SELECT max(seq) FROM audit").fetchone()[0]
                taken.append(file.execute(
                    "SELECT seq, event, prev_hash, hash FROM audit WHERE seq = ?", [newest - 1]).fetchone())
                file.execute("DELETE FROM audit WHERE seq = ?", [newest - 1])
                file.commit()

        def put_back(finding):
            self.assertIn("store.sqlite: record", finding["cause"])
            with contextlib.closing(sqlite3.connect(store, timeout=20)) as file:
                file.execute("INSERT INTO audit (seq, event, prev_hash, hash) VALUES (?, ?, ?, ?)", taken[0])
                file.commit()
            self.assertEqual(daemon.run("audit", "verify").stdout[:4], "PASS")
            return "record back from a copy"

        self.row("audit log cut", "audit-damaged:audit:11-audit", cut, put_back)
        self.table.require()


class Disk(full_disk.SmallDisk):
    """A disk of 128 MiB: with less than 32 MiB free it is full, so that what is told beforehand is told from a lower share on."""

    def new_root(self):
        root = Daemon.new_root(self)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128m,mode=711", "small", root], check=True)
        self.logs = type(root)(tempfile.mkdtemp(prefix="confd-log-"))
        (root / "daemon.log").symlink_to(self.logs / "daemon.log")
        return root

    def fill(self, percent):
        """Fills it until so much of it is used."""
        system = os.statvfs(self.root)
        used = (system.f_blocks - system.f_bfree) * system.f_frsize
        with open(self.root / "filler", "ab") as file:
            file.write(bytes(system.f_blocks * system.f_frsize * percent // 100 - used))

    def empty(self, _):
        (self.root / "filler").unlink()
        return "file removed"


@unittest.skipIf(full_disk.lacking(), full_disk.lacking())
class OfADisk(Rows):
    def test_a_disk_that_fills_and_one_that_is_full(self):
        # What is mounted ends with this process.
        libc = ctypes.CDLL(None, use_errno=True)
        self.assertEqual(libc.unshare(CLONE_NEWNS), 0, os.strerror(ctypes.get_errno()))
        subprocess.run(["mount", "--make-rprivate", "/"], check=True)
        self.begin(Disk(environment={"CONFD_FINDINGS_DISK_WARNING": "60", "CONFD_FINDINGS_DISK_CRITICAL": "68"}))
        disk = self.daemon
        self.row("disk at its critical share", "disk-filling:disk:11-store", lambda: disk.fill(71), disk.empty)
        self.row("disk full", "disk-full:disk:11-store", lambda: disk.fill(96), disk.empty)
        self.table.require()


if __name__ == "__main__":
    unittest.main()
