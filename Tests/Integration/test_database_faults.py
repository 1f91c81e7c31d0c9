"""What becomes of databases whose files, servers or ports are not as they should be: a table of what is right, and its run.

    python3 -B test_database_faults.py          prints the table, PASS or what falls short, exit code 0 or 1

Over all of it: never a new database, never a signal to somebody else's process, never `ok` without a server that answers.
"""

import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import unittest

from daemon import free_port, until
from database_host import DatabaseHost, lacking

CALLS = ("db_state", "db_info", "db_stop", "db_start", "automatic start", "db_delete")

# What is right, by fault: how the database is told, what a start by hand or by the daemon comes to. `starts`: it serves its
# rows. Other words: it does not start, and the reason has the word. A stop finds nothing to stop and is ok; a delete is ok.
TABLE = {
    "pid of nobody": ("setup", "starts"),
    "pid of another process": ("setup", "starts"),
    "pid of another server": ("setup", "starts"),
    "empty pid file": ("setup", "starts or says: empty"),
    "data moved away": ("setup", "not in volume"),
    "volume moved away": ("setup", "not in volume"),
    "data emptied": ("setup", "not in volume"),
    "pg_control damaged": ("setup", "pg_control"),
    "port taken": ("setup", "port"),
    # The last one starts: its job tells that those of the others have been asked for.
    "killed server": ("setup", "starts"),
}


class Victim:
    """One database with two rows, in a volume of its own."""

    def __init__(self, host, rest, number):
        self.host, self.name, self.volume = host, f"V{number}", f"Vol{number}"
        self.port, self.password = host.create(rest, self.name, self.volume)
        self.place = pathlib.Path(host.root, "data/volumes", str(rest.ok("st_volume_info", vname=self.volume)["id"]))
        rest.ok("db_start", db_name=self.name)
        self.ask("create table kept (n int); insert into kept values (1), (2)")
        self.folder = pathlib.Path(glob.glob(f"{self.place}/*/postgresql")[0])
        rest.ok("db_stop", db_name=self.name)
        self.safe = pathlib.Path(host.root, "safe", self.name)
        self.aside = pathlib.Path(host.root, "aside", self.name)
        self.copy(self.place, self.safe)
        self.taker = None

    @staticmethod
    def copy(source, target):
        target.parent.mkdir(exist_ok=True)
        subprocess.run(["cp", "-a", source, target], check=True)

    def ask(self, text):
        return self.host.sql(self.port, self.password, text, self.name)

    def serves(self):
        return self.ask("select count(*) from kept") == "2"

    def server(self):
        """The process that serves this folder, by what the system says; 0 for none."""
        for line in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = line.read_bytes().split(b"\0")
                if words[0].endswith(b"/postgres") and str(self.folder).encode() in words:
                    state = (line.parent / "stat").read_text().rsplit(")", 1)[1].split()[0]
                    if state != "Z":
                        return int(line.parent.name)
            except OSError:
                continue
        return 0

    def kill(self):
        if number := self.server():
            # All of its processes, as a loss of power ends them.
            os.kill(number, signal.SIGKILL)
            until(lambda: not self.server() and not self.serves())

    def mend(self):
        """As it was before any fault: stopped, with its rows."""
        if self.taker:
            self.taker.close()
            self.taker = None
        self.kill()
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.rmtree(self.aside, ignore_errors=True)
        self.copy(self.safe, self.place)

    def leave_pid(self, number):
        """The file a server leaves that lost its power; only the process has another number, or none."""
        uid, gid = (lambda user: (user.pw_uid, user.pw_gid))(pwd.getpwnam("postgres"))
        lines = [number, self.folder, 1790000000, self.port, f"{self.host.root}/spool/databases/{self.name}", "*",
                 "  5432001         7", "ready   "]
        file = self.folder / "postmaster.pid"
        file.write_text("".join(f"{line}\n" for line in lines) if number else "")
        os.chown(file, uid, gid)
        file.chmod(0o600)

    def identity(self):
        """What tells one database from a new one: the number PostgreSQL gave it; None where there are no data."""
        file = self.folder / "global/pg_control"
        return file.read_bytes()[:8] if file.exists() else None

    def harm(self, fault, table):
        """Brings a fault about; the database does not run but where the fault says so."""
        if fault == "pid of nobody":
            self.leave_pid(4194303)
        elif fault == "pid of another process":
            self.leave_pid(table.bystander.pid)
        elif fault == "pid of another server":
            self.leave_pid(table.other.server())
        elif fault == "empty pid file":
            self.leave_pid(0)
        elif fault == "data moved away":
            self.aside.parent.mkdir(exist_ok=True)
            self.folder.parent.rename(self.aside)
        elif fault == "volume moved away":
            self.aside.parent.mkdir(exist_ok=True)
            self.place.rename(self.aside)
        elif fault == "data emptied":
            shutil.rmtree(self.folder.parent)
            self.folder.parent.mkdir()
        elif fault == "pg_control damaged":
            os.truncate(self.folder / "global/pg_control", 0)
        elif fault == "port taken":
            self.taker = socket.socket()
            self.taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.taker.bind(("127.0.0.1", self.port))
            self.taker.listen()


class Table:
    """Runs the calls under each fault and notes what falls short."""

    def __init__(self, host):
        self.host, self.rest = host, host.rest()
        self.bystander = subprocess.Popen(["setpriv", "--reuid", "postgres", "--clear-groups", "sleep", "3600"])
        self.other = Victim(host, self.rest, 0)
        self.rest.ok("db_start", db_name=self.other.name)
        self.victims = {fault: Victim(host, self.rest, n) for n, fault in enumerate(TABLE, 1)}
        self.told, self.short = {}, []

    def close(self):
        self.bystander.kill()
        self.bystander.wait()

    def harm(self, fault):
        victim = self.victims[fault]
        victim.mend()
        if fault == "killed server":
            self.rest.ok("db_start", db_name=victim.name)
            os.kill(victim.server(), signal.SIGKILL)
        victim.harm(fault, self)
        return victim

    def note(self, fault, call, told, right):
        """Writes down what was told; `right` is whether it is as the table says."""
        victim = self.victims[fault]
        wrongs = [] if right else ["told"]
        if self.bystander.poll() is not None or not self.other.serves():
            wrongs.append("signal to another process")
        whole = (victim.safe / victim.folder.relative_to(victim.place) / "global/pg_control").read_bytes()[:8]
        if fault != "pg_control damaged" and victim.identity() not in (None, whole):
            wrongs.append("new database")
        if fault in ("data moved away", "volume moved away", "data emptied") and victim.identity():
            wrongs.append("new database")
        self.told[fault, call] = told
        if wrongs:
            self.short.append(f"{fault}, {call}: {', '.join(wrongs)}: {told}")

    def run(self):
        for fault, (state, start) in TABLE.items():
            for call in ("db_state", "db_info", "db_stop", "db_start"):
                victim = self.harm(fault)
                job = self.rest.job(call, wait=240, db_name=victim.name)
                text = (job.get("result") or {}).get("result_desc") or ""
                output = (job.get("result") or {}).get("result_output")
                if call == "db_state":
                    self.note(fault, call, output or text, output == state)
                elif call == "db_info":
                    told = output or {}
                    known = fault not in ("data moved away", "volume moved away", "data emptied") or (
                        "not in volume" in told.get("info", ""))
                    self.note(fault, call, f"{told.get('state')}, {told.get('connectible')}, {told.get('info')} {text}",
                              (told.get("state"), told.get("connectible")) == (state, "No") and known)
                elif call == "db_stop":
                    self.note(fault, call, f"{job['outcome']} {text}", job.get("outcome") == "ok" and not victim.server())
                else:
                    self.note(fault, call, f"{job['outcome']} {text}", self.is_right(victim, start, job))
        self.start_by_itself()
        for fault in TABLE:
            victim = self.harm(fault)
            job = self.rest.job("db_delete", wait=120, db_name=victim.name)
            gone = f"[DB : {victim.name}]" not in self.host.configuration()
            self.note(fault, "db_delete", f"{job['outcome']} {job['result'].get('result_desc') or ''}",
                      job.get("outcome") == "ok" and gone and not victim.server())

    def is_right(self, victim, start, job):
        """Whether a start came to what the table says."""
        if job.get("outcome") == "ok":
            return start.startswith("starts") and victim.serves()
        word = start.rsplit(": ")[-1]
        reason = ((job.get("result") or {}).get("result_desc") or "").lower()
        return start != "starts" and word in reason and not victim.server()

    def start_by_itself(self):
        """All faults at once, while the daemon is away; the last that was done by hand was to start."""
        for fault, victim in self.victims.items():
            victim.mend()
            self.rest.ok("db_start", db_name=victim.name)
        self.host.stop()
        for fault, victim in self.victims.items():
            victim.kill()
            victim.harm(fault, self)
        self.host.start()
        self.rest = self.host.rest()
        jobs = lambda query: self.rest.get(f"/jobs?user=confd:schedule&type=db_start&limit=100{query}").json["items"]
        last = list(self.victims.values())[-1].name
        until(lambda: any(job["params"]["db_name"] == last for job in jobs("")), 120)
        until(lambda: not jobs("&done=false"), 240)
        asked = {job["params"]["db_name"]: job for job in jobs("")}
        for fault, victim in self.victims.items():
            job, (_, start) = asked.get(victim.name), TABLE[fault]
            if job:
                job = self.rest.get(f"/jobs/{job['job_id']}").json
                told = f"{job['outcome']} {job['result'].get('result_desc') or ''}"
                self.note(fault, "automatic start", told, self.is_right(victim, start, job))
            else:
                self.note(fault, "automatic start", "not tried", not start.startswith("starts") and not victim.server())

    def text(self):
        lines = [f"{'':24}{'':17}told"]
        for (fault, call), told in sorted(self.told.items(), key=lambda item: (
                list(TABLE).index(item[0][0]), CALLS.index(item[0][1]))):
            lines.append(f"{fault:24}{call:17}{' '.join(str(told).split())[:150]}")
        return "\n".join(lines + (["SHORT " + line for line in self.short] or ["PASS"]))


@unittest.skipIf(lacking(), lacking())
class DatabaseFaults(unittest.TestCase):
    def test_no_fault_makes_a_new_database_a_signal_to_others_or_an_ok_without_a_server(self):
        with DatabaseHost() as host:
            # What is told of a fault is looked at before anything is done about it.
            host.environment["CONFD_DATABASES_RESTART"] = "never"
            host.stop()
            host.start()
            table = Table(host)
            try:
                table.run()
            finally:
                table.close()
            print(table.text(), file=sys.stderr)
            self.assertFalse(table.short)


if __name__ == "__main__":
    unittest.main()
