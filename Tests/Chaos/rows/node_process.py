"""Processes of a node that are killed, held still, or get no memory."""

import collections
import os
import resource
import signal
import threading
import time

from .base import NotRun, Row, ShortFall
from .node_disk import Errors, chances
from .repeated import Repeated


class Killed(Repeated):
    name = "node-killed"
    happens = (
        "A node with a running PostgreSQL database, a backup of each minute and clients who change all the time is killed by "
        "`kill -9` again and again, also while it starts, while databases are started, stopped and backed up.")
    holds = (
        "Connections are refused until it is back, within 30 s. Each job that was acknowledged has its end, no revision has two "
        "contents, EXAConf is whole, nothing is stuck; the schedule asks once in a minute; one server serves the database, with "
        "all rows it said it has.")
    seconds = 50
    times = 20

    def run(self, say):
        import database_host
        import node
        if reason := database_host.lacking():
            raise NotRun(reason)

        class Host(node.Node, database_host.DatabaseHost):
            pass

        seed, chance = chances()
        say(f"{self.count} kills; seed {seed} (CONFD_TEST_SEED)")
        with Host(environment=dict(database_host.LOCAL_STORES)) as daemon:
            daemon.start()
            told, since = node.Told(), 1
            rest = node.client(daemon)
            port, password = daemon.create(rest)
            daemon.create_volume(rest, "Vault", type="archive")
            rest.ok("db_start", db_name="BASE")
            rest.ok("db_backup_add_schedule", db_name="BASE", backup_name="each", backup_volume_name="Vault", level=0, minute="*",
                    enabled=True, expire="1w")
            rows = Rows(daemon, port, password)
            for number in range(self.count):
                before = set(told.jobs)
                load = node.Load(daemon, told, clients=2)
                database = threading.Thread(target=turn, args=(node, daemon, told, chance.random()), daemon=True)
                database.start()
                rows.add()
                time.sleep(chance.choice((0.05, 0.3, 1)) * chance.random() + 0.01)
                daemon.kill()
                load.end()
                database.join(90)
                if chance.random() < 0.3:
                    daemon.launch()
                    time.sleep(chance.random() * 0.5)
                    daemon.kill()
                    daemon.process.stdout.close()
                daemon.start(30)
                Errors.hold(node, daemon, told, set(told.jobs) - before, since, f"kill {number}, seed {seed}")
                since = max(told.revisions) - 1
            rest = node.client(daemon)
            told.submit(rest, "db_start", 120, db_name="BASE")
            found = rows.found()
            if found is None or not rows.known <= found:
                raise ShortFall(f"rows {sorted(rows.known - (found or set()))[:5]} of {len(rows.known)} are lost")
            self.look_at_schedule(node, daemon)
            Errors.hold(node, daemon, told, None, 0, f"at the end, seed {seed}")
            ends = collections.Counter(result["outcome"] for result in told.jobs.values() if result)
            backups = len(list(node.pages(rest, "/jobs?user=confd:schedule&type=db_backup_start&limit=200")))
        return f"{self.count} kills, {len(told.jobs)} jobs ({dict(ends)}), {backups} backups, {len(rows.known)} rows"

    @staticmethod
    def look_at_schedule(node, daemon):
        asked = collections.Counter(
            job["submitted_at"][:16]
            for job in node.pages(node.client(daemon), "/jobs?user=confd:schedule&type=db_backup_start&limit=200"))
        if twice := [minute for minute, count in asked.items() if count > 1]:
            raise ShortFall(f"the schedule asked twice in {twice}")


def turn(node, daemon, told, chance):
    """Starts or stops the database, or backs it up, while the daemon is about to be killed."""
    try:
        rest = node.client(daemon)
        kind = "db_stop" if chance < 0.25 else "db_start" if chance < 0.75 else "db_backup_start"
        further = {"backup_volume_name": "Vault", "level": 0} if kind == "db_backup_start" else {}
        told.submit(rest, kind, 60, db_name="BASE", **further)
    except Exception:
        # Its answer went with the daemon; the job, if it was taken, is among those that have to end.
        pass


class Rows:
    """A table of one column in the database: what was committed stays."""

    def __init__(self, daemon, port, password):
        self.sql = lambda text: daemon.sql(port, password, text)
        self.known, self.next = set(), 0
        self.sql("create table kept (n int primary key)")

    def add(self):
        """One more, if the database serves now."""
        self.next += 1
        if self.sql(f"insert into kept values ({self.next}) returning n").split("\n")[0] == str(self.next):
            self.known.add(self.next)

    def found(self):
        text = self.sql("select n from kept")
        return None if text.startswith("failed") else {int(line) for line in text.split()}


class HeldStill(Row):
    name = "node-held-still"
    happens = "The daemon of a node is held still (SIGSTOP) for 8 s under load, twice, and goes on."
    holds = (
        "Requests wait and are answered when it goes on; none is lost or done twice; the same process goes on, and jobs of before "
        "and of meanwhile end.")
    seconds = 25

    def run(self, say):
        import node
        with node.Node() as daemon:
            daemon.start()
            told = node.Told()
            load = node.Load(daemon, told)
            for _ in range(2):
                time.sleep(1)
                os.kill(daemon.process.pid, signal.SIGSTOP)
                try:
                    say("held still for 8 s")
                    time.sleep(8)
                finally:
                    os.kill(daemon.process.pid, signal.SIGCONT)
            time.sleep(1)
            load.end()
            if load.failures:
                raise ShortFall(load.failures[0])
            if told.refused:
                raise ShortFall(f"refused: {dict(told.refused)}")
            Errors.hold(node, daemon, told, None, 0, "held still")
            if (code := daemon.stop()) != 0:
                raise ShortFall(f"it ended with {code}")
        return f"{len(told.jobs)} jobs"


def memory(process):
    """Bytes it may write that are its own."""
    with open(f"/proc/{process}/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmData:"))


class OutOfMemory(Repeated):
    name = "node-out-of-memory"
    happens = (
        "The machine has no memory left for the daemon: the system refuses it what it asks for from one moment on (RLIMIT_DATA), under "
        "load with large bodies, or kills it then, as the system's killer does.")
    holds = (
        "It goes on, or ends and can be started again. Then each job that was acknowledged has its end, no revision has two contents, "
        "EXAConf is whole, and nothing is stuck.")
    seconds = 25
    times = 6

    def run(self, say):
        import node
        _, chance = chances()
        say(f"{self.count} times no memory, or killed for it")
        ended = collections.Counter()
        with node.Node() as daemon:
            daemon.start()
            told, since = node.Told(), 1
            for number in range(self.count):
                before = set(told.jobs)
                load = node.Load(daemon, told)
                bodies = [threading.Thread(target=self.send, args=(node, daemon), daemon=True) for _ in range(4)]
                for thread in bodies:
                    thread.start()
                time.sleep(chance.uniform(0.2, 0.6))
                if number % 2:
                    daemon.kill()
                else:
                    # What it has now, and no more.
                    has = memory(daemon.process.pid)
                    resource.prlimit(daemon.process.pid, resource.RLIMIT_DATA, (has, has))
                code = daemon.ended_with(4)
                ended["went on" if code is None else f"signal {-code}" if code < 0 else f"exit {code}"] += 1
                if code is None:
                    daemon.kill()
                load.end()
                for thread in bodies:
                    thread.join(30)
                daemon.start()
                Errors.hold(node, daemon, told, set(told.jobs) - before, since, f"time {number}")
                since = max(told.revisions) - 1
            Errors.hold(node, daemon, told, None, 0, "at the end")
        return f"{dict(ended)}, {len(told.jobs)} jobs"

    @staticmethod
    def send(node, daemon):
        """Bodies of some megabytes that are no job."""
        try:
            rest = node.client(daemon)
            for _ in range(20):
                rest.post("/jobs", {"type": "license_upload", "params": {"license": "x" * 4_000_000}})
        except Exception:
            # It ended, as it was meant to.
            pass
