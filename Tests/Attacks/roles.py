"""A user of each role gives every job what is not theirs to give, on every face: nothing outside the role's own kinds of
places changes, no secret of root's is told, no program of theirs is run, and nobody has more rights than before.
"""

import concurrent.futures
import itertools
import json
import os
import pathlib
import queue
import subprocess
import tempfile

import traces
from daemon import PROGRAM, until
from database_host import DatabaseHost
from faces import Faces
from role_host import Host
from values import attacks, patches

# Jobs that end the daemon, or wait for other nodes: only tried.
DRY = {"nodes_terminate", "node_wait_offline", "node_wait_ready"}
# Jobs that need the revision they are for.
WHOLE = {"exaconf_patch", "exaconf_replace", "exaconf_rollback"}
# What the daemon writes whatever is asked of it.
OWN = ["spool", "spool/jobs", "spool/jobs/*", "etc", "etc/EXAConf", "etc/EXAConf.*", "etc/bucketfs*.cfg", "run", "run/*",
       "daemon.log", "data", "data/databases.json", "logs", "logs/databases", "etc/plugins.json", "etc/monitoring.digest"]
# What jobs of a role are for.
KINDS = {
    "exausers": [],
    "exabfsadm": ["data/bucketfs*"],
    "exastoradm": ["data/volumes*", "data/storage*", "data/archives*", "etc/remote_volumes*"],
    "exadbadm": ["data/volumes*", "data/storage*", "data/archives*", "etc/ssl", "etc/ssl/ssl.*", "etc/ssl/last-loaded.pem",
                 "etc/ssl/request-*.key", "etc/keytabs*", "spool/databases*", "spool/backups*", "spool/debug*", "spool/logs*", "logs/*", "engine*"],
}
KINDS["exaadm"] = [*itertools.chain(*KINDS.values()), "etc/license*"]
THREADS = 4
# What an answer says that nobody foresaw: REST and JSON, XML-RPC.
INTERNAL = (b'"code":"internal"', b"InternalError", b"-32603")
# Values for each parameter of a job a role may run, in the short form.
SHORT = 1
# What examples name, as it is in a cluster made anew.
PRESENT = {
    "db_name": "DB1", "vname": "DataVolume1", "vid": 0, "bucketfs_name": "bfsdefault", "bucket_name": "default",
    "remote_volume_name": "Store", "username": "jane", "groupname": "pilots", "plugin_name": "P1", "nid": 11, "node": 11,
    "nodes": [11], "devname": "dev.1", "disk": "disk1", "volume_name": "DataVolume1", "backup_volume_name": "Store"}


class AttackedHost(Host, DatabaseHost):
    """A daemon whose attempts to run programs are written down."""

    def __init__(self, folder):
        super().__init__()
        self.trace = pathlib.Path(folder, "trace")
        self.strace = ("strace", "-f", "-qq", "-y", "-e", "trace=execve,execveat", "-e", "signal=none", "-o", self.trace)
        if not os.environ.get("CONFD_INSTALLED"):
            # As a grandchild, so that the process is the daemon's own.
            self.tracer = (*self.strace, "-D", "--seccomp-bpf")

    def await_ready(self, deadline=60):
        super().await_ready(deadline)
        if not self.tracer:
            self.watcher = subprocess.Popen([*self.strace, "-p", str(self.process.pid)])
            until(self.trace.exists)


def is_return(call):
    """Whether a call leads to the revision that has no user of any role yet, which is for exaadm to ask: none is above."""
    face, job, params = call
    return job == "exaconf_rollback" and params.get("to") == 1


def is_above(one):
    """Whether a user, as `Sweep.users` has one, is one of root's."""
    return one[0] == "0" or bool({one[1], *(one[2] or "").replace(",", " ").split()} & {"root", "0"})


class Sweep:
    """`faults` is what falls short, a line each; `calls` counts what was tried."""

    def __init__(self, host, bait, is_long):
        self.host, self.bait, self.is_long = host, bait, is_long
        self.faults, self.calls, self.answered = [], 0, 0
        self.make_things()
        self.start, self.whole = host.revision(), self.configuration()
        self.people, self.groups = self.users()
        listed = self.root.get("/job-types").json["items"]
        self.types = sorted(listed, key=lambda kind: kind["name"])
        self.forms = bait.forms()
        # Of those, root alone is told.
        document = host.configuration()
        token = next(line.split("=")[1].strip() for line in document.split("\n") if "AuthenticationToken =" in line)
        self.told = self.forms | {token.encode()} | {
            line.encode() for line in (host.root / "etc/ssl/ssl.key").read_text().split("\n")[1:4]}

    @property
    def root(self):
        """Whom nobody attacks; a connection that was idle for long is closed, so each request has its own."""
        return self.host.rest()

    def make_things(self):
        """Something of each kind that attacks can be about."""
        self.root.ok("group_create", groupname="pilots", groupid=3001)
        self.root.ok("user_create", username="jane", userid=3001, group="pilots", login_enabled=True, password="jane's own")
        self.root.ok("remote_volume_add", vol_type="file", url="file:///exa/data/archives/store", remote_volume_name="Store",
                     owner=[2001, 500])
        stock = self.host.root / "plugins/P1"
        stock.parent.mkdir(mode=0o700, exist_ok=True)
        stock.write_text("#!/bin/sh\n")
        self.root.ok("plugin_add", plugin_name="P1")

    def configuration(self):
        """All of it, but for what every revision has of its own."""
        answer = self.root.get("/exaconf")
        assert answer.status == 200, answer
        sections = answer.json.get("configuration", answer.json)
        return sections | {"Global": {
            name: value for name, value in sections["Global"].items() if name not in ("Revision", "Checksum")}}

    def run(self, roles=Host.roles):
        outside = traces.entries(self.bait.folder)
        rights = self.rights()
        for role in roles:
            self.attack(role)
        if self.rights() != rights:
            self.faults.append(f"rights were {rights} and are {self.rights()}")
        if traces.entries(self.bait.folder) != outside:
            self.faults.append(f"the bait was {outside} and is {traces.entries(self.bait.folder)}")
        if ran := self.bait.ran.read_text():
            self.faults.append(f"the program was run: {ran[:300]}")
        homes = {"etc/bait", "spool/bait", "data/bait", "etc/ssl/bait"}
        if found := traces.holding(self.host.root, self.forms, homes):
            self.faults.append(f"the secret stands in {found}")
        ran = traces.programs(self.host.trace)
        if strange := traces.foreign(ran, [PROGRAM.parent, self.host.root / "engine"]):
            self.faults.append(f"programs were run: {strange}")
        if str(PROGRAM) not in ran:
            # It is what checks a password.
            self.faults.append(f"what was run was not seen: {sorted(ran)}")

    def attack(self, role):
        before = traces.entries(self.host.root)
        for batch in self.batches(role):
            work = queue.SimpleQueue()
            for call in batch:
                work.put(call)
            self.work_off(role, work)
            self.look_at_users(role, any(map(is_return, batch)))
            self.bring_back()
        after = traces.entries(self.host.root)
        self.faults += [f"{role}: {text}" for text in traces.strayed(before, after, OWN, KINDS[role])]

    def batches(self, role):
        """Calls of a role, in the long form those of one kind of job at a time: face, job and parameters."""
        turn = itertools.count()
        each = [list(self.calls_of(role, kind, turn)) for kind in self.types]
        # After a return nobody has a login for more.
        return [sorted(batch, key=is_return) for batch in (each if self.is_long else [itertools.chain(*each)])]

    def calls_of(self, role, kind, turn):
        job, usual = kind["name"], self.usual(kind)
        is_let = role in kind["allowed_groups"] or "_owner" in kind["allowed_users"]
        for number, parameter in enumerate(kind["parameters"]):
            name = parameter["name"]
            values = attacks(parameter, usual.get(name), str(self.host.root), str(self.bait.folder))
            if not values or not (is_let or self.is_long or number == 0):
                continue
            if not (is_let and self.is_long):
                # Others each time, so that all have their turn over the jobs.
                values = [values[next(turn) * 7 % len(values)] for _ in range(SHORT if is_let else 1)]
            if job == "exaconf_patch" and is_let:
                values += patches(str(self.bait.folder))
            for value in values:
                yield Faces.names[next(turn) % len(Faces.names)], job, usual | {name: value}

    def usual(self, kind):
        """The parameters of the example, about things that are there."""
        found = kind.get("example") or {}
        if kind["name"].endswith(("_add", "_create")):
            return found
        return found | {name: value for name, value in PRESENT.items() if name in found}

    def work_off(self, role, work):
        faults = []

        def send():
            faces = Faces(self.host, role[3:])
            while not work.empty():
                try:
                    face, job, params = work.get_nowait()
                except queue.Empty:
                    return
                answer = faces.submit(face, job, params, dry_run=job in DRY, revision=self.host.revision() if job in WHOLE else None)
                self.calls += 1
                if answer is None:
                    continue
                self.answered += 1
                if any(form in answer for form in self.told):
                    faults.append(f"{role}: {job} {json.dumps(params)[:200]} by {face} tells a secret")
                if any(word in answer for word in INTERNAL):
                    faults.append(f"{role}: {job} {json.dumps(params)[:200]} by {face} is an internal error")
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            for done in [pool.submit(send) for _ in range(THREADS)]:
                done.result()
        self.faults += faults

    def users(self):
        """Id, groups, login and password of every user, and the ids of groups."""
        sections = self.configuration()
        people = {name: tuple(one.get(key) for key in ("ID", "Group", "AdditionalGroups", "LoginEnabled", "Passwd"))
                  for name, one in sections["Users"].items()}
        return people, {name: one.get("ID") for name, one in sections["Groups"].items()}

    def look_at_users(self, role, returned):
        people, groups = self.users()
        for name, one in people.items():
            if role == "exaadm" and name not in self.people.keys() - {"jane"}:
                # Theirs to make and to change, within what they have themselves.
                if is_above(one):
                    self.faults.append(f"{role} made {name} {one}")
            elif one != self.people.get(name):
                self.faults.append(f"{role} made {name}, who was {self.people.get(name)}, {one}")
        theirs = set()
        if role == "exaadm":
            theirs = {name for name, one in self.people.items() if name == "jane" or returned and not is_above(one)}
        if gone := self.people.keys() - people.keys() - theirs:
            self.faults.append(f"{role} removed {sorted(gone)}")
        for name, number in groups.items():
            if number != self.groups.get(name, "made") and (role != "exaadm" or number == "0"):
                self.faults.append(f"{role} made group {name} {number}")

    def bring_back(self):
        if self.configuration() != self.whole:
            done = self.host.roll_back(self.root, self.start)
            if done.get("outcome") != "ok" or self.configuration() != self.whole:
                self.faults.append(f"the configuration does not come back: {done}")

    def rights(self):
        """What each user is let do: one job of each set of rights, and what is for administrators."""
        samples = {}
        for kind in self.types:
            samples.setdefault((*kind["allowed_users"], *kind["allowed_groups"]), kind["name"])
        found = {}
        for role in self.host.roles:
            rest = self.host.by(role)
            may = []
            for job in samples.values():
                answer = rest.post("/jobs/dry-run", {"type": job, "params": {}})
                if answer.json.get("code") != "permission-denied":
                    may.append(job)
            found[role] = sorted(may), [rest.get(path).status for path in ("/exaconf", "/audit", "/queue", "/users")]
        return found


def sweep(is_long=False, roles=Host.roles):
    """Attacks a daemon of its own: what falls short, and a line of figures."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as place:
        with AttackedHost(folder) as host:
            bait = traces.Bait(place, host.root)
            attack = Sweep(host, bait, is_long)
            attack.run(roles)
            until(lambda: host.rest().get("/readyz").status == 200)
            if code := host.stop():
                attack.faults.append(f"the daemon ended with {code}")
        return attack.faults, f"{attack.calls} calls of {len(attack.types)} jobs by {len(roles)} roles"
