"""Logins, wrong and right, while the disk of a daemon is full to the last byte: each is answered, and none goes uncounted.

Usage: full_disk.py [SECONDS]      600 unless said otherwise; needs root, for a file system in a mount namespace of its own
"""

import collections
import http.client
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon import PASSWORD, Daemon, until  # noqa: E402

# Every login is checked and is an event of the audit log.
SETTINGS = {"CONFD_ACCESS_CACHE_SECONDS": "0"}
SIZE = "64m"
MOST_SECONDS = 5
# Events by which refused logins are written down; what is counted beyond the budget of the log may be of any of them.
REFUSALS = ("refusal", "unavailable", "challenge", "lockout")


def lacking():
    """Why there can be no file system of one's own here, or None."""
    if os.geteuid():
        return "only root makes a file system"
    tried = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True)
    return "mount namespaces are not allowed here" if tried.returncode else None


def enter_namespace():
    """Goes on in a mount namespace of its own, unless this process has one: what is mounted ends with it."""
    if os.readlink("/proc/self/ns/mnt") == os.readlink(f"/proc/{os.getppid()}/ns/mnt"):
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, "-B", *sys.argv])


class SmallDisk(Daemon):
    """A daemon whose whole tree lies on a small file system; its log lies elsewhere."""

    def new_root(self):
        root = super().new_root()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=711", "small", root], check=True)
        self.logs = pathlib.Path(tempfile.mkdtemp(prefix="confd-log-"))
        (root / "daemon.log").symlink_to(self.logs / "daemon.log")
        return root

    def __exit__(self, *_):
        self.stop()
        subprocess.run(["umount", "--lazy", self.root], check=True)
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.rmtree(self.logs, ignore_errors=True)

    def free(self):
        """Bytes anybody may still write."""
        system = os.statvfs(self.root)
        return system.f_bavail * system.f_frsize


class Filler(threading.Thread):
    """Takes every byte that becomes free."""

    def __init__(self, daemon):
        super().__init__()
        self.daemon_root, self.free = daemon.root, daemon.free
        self.path = daemon.root / "filler"
        self.over = threading.Event()
        self.looks = collections.Counter()

    def run(self):
        with open(self.path, "ab", buffering=0) as file:
            while not self.over.wait(0.02):
                self.looks["full" if self.free() == 0 else "room"] += 1
                for size in (1 << 16, 4096):
                    try:
                        while file.write(bytes(size)):
                            pass
                    except OSError:
                        continue

    def is_full(self):
        return self.looks["full"] > 0

    def make_room(self):
        self.over.set()
        self.join()
        self.path.unlink()


class Caller(threading.Thread):
    """Asks again and again until it is told to end; keeps what it was answered."""

    def __init__(self, daemon, over):
        super().__init__()
        self.server, self.over = daemon, over
        self.answers = collections.Counter()
        self.failures = []

    def ask(self, client, method, path, body=None):
        client.connection.timeout = 60
        begin = time.monotonic()
        try:
            answer = client.request(method, path, body)
        except (http.client.HTTPException, OSError) as error:
            self.failures.append(f"{method} {path} was not answered: {error!r}")
            return None
        self.took = time.monotonic() - begin
        return answer


class Stranger(Caller):
    """Guesses at a password, from one address for ever or from another one after each 20 guesses."""

    def __init__(self, daemon, over, number, moves):
        super().__init__(daemon, over)
        self.number, self.moves = number, moves

    def run(self):
        guesses = 0
        while not self.over.wait(0.02):
            if guesses % 20 == 0:
                place = guesses // 20 if self.moves else 0
                client = self.server.rest(
                    f"user{self.number}", "guess", source=f"127.{self.number + 100}.{place // 250}.{place % 250 + 1}")
            guesses += 1
            answer = self.ask(client, "GET", "/jobs")
            if answer:
                self.answers[answer.status] += 1


class User(Caller):
    """Looks, by a token or with a login by the right password each time."""

    LOOKS = (("POST", "/jobs", {"type": "db_list", "params": {}}), ("GET", "/jobs", None), ("GET", "/livez", None),
             # Not ready is what it has to be: that it says so is its answer.
             ("GET", "/readyz?verbose", None))

    def __init__(self, daemon, over, **shown):
        super().__init__(daemon, over)
        self.shown = shown
        self.logins = 0
        self.slowest = 0

    def run(self):
        while not self.over.wait(0.02):
            self.look()

    def look(self):
        client, stranger = self.server.rest(**self.shown), self.server.rest(user=None)
        for method, path, body in self.LOOKS:
            has_login = path == "/jobs"
            answer = self.ask(client if has_login else stranger, method, path, body)
            if not answer:
                continue
            self.logins += has_login and "password" in self.shown
            self.answers[f"{method} {path}", answer.status] += 1
            self.slowest = max(self.slowest, self.took)
            if answer.status != (503 if path.startswith("/readyz") else 200):
                self.failures.append(f"{method} {path} was answered {answer}")
            elif path.startswith("/readyz") and b"out-of-space" not in answer.body:
                self.failures.append(f"/readyz does not say what is short: {answer}")
            elif body and answer.json.get("outcome") != "ok":
                self.failures.append(f"db_list ended as {answer}")
            if self.took > MOST_SECONDS:
                self.failures.append(f"{method} {path} took {self.took:.1f} s")
        client.connection.close()
        stranger.connection.close()


def records(daemon, behind=0):
    """Every record of the audit log behind a number, oldest first, with its number."""
    with sqlite3.connect(f"file:{daemon.root}/spool/jobs/store.sqlite?mode=ro", uri=True) as store:
        rows = store.execute("SELECT seq, event FROM audit WHERE seq > ? ORDER BY seq", [behind])
        return [(row[0], json.loads(row[1])) for row in rows]


def metered(client, kind):
    """How many events of a kind the daemon knows of."""
    text = client.get("/metrics").body.decode()
    found = re.search(rf'^confd_audit_events_total{{event="{kind}"}} (\d+)', text, re.MULTILINE)
    return int(found[1]) if found else 0


class Count:
    """What a log says of events: by records of their own and folded ones, and as those that could not be kept."""

    def __init__(self, entries):
        self.recorded, self.missed, self.gaps, self.missed_in_all = collections.Counter(), collections.Counter(), [], 0
        for _, event in entries:
            fields = event.get("fields", {})
            if event["event"] != "unrecorded":
                self.recorded[event["event"]] += int(fields.get("count", 1))
                continue
            self.gaps.append(event)
            self.missed_in_all += int(fields["count"])
            self.missed.update({kind: int(count) for kind, count in fields.items() if kind not in ("count", "seconds")})

    def of(self, kinds):
        """How many events of some kinds are recorded, and how many are counted as missed."""
        return sum(self.recorded[kind] for kind in kinds), sum(self.missed[kind] for kind in kinds)


def spoil(daemon, token, seconds):
    """Has strangers and users ask for some seconds while nothing is free; the callers, and the filler."""
    over = threading.Event()
    filler = Filler(daemon)
    filler.start()
    until(filler.is_full)
    strangers = [Stranger(daemon, over, number, moves=number % 2 == 1) for number in range(8)]
    users = [User(daemon, over, user="admin", password=PASSWORD),
             User(daemon, over, user="vera", password="veras word"), User(daemon, over, token=token)]
    until(lambda: daemon.rest(user=None).get("/readyz").status == 503)
    for caller in strangers + users:
        caller.start()
    over.wait(seconds)
    over.set()
    for caller in strangers + users:
        caller.join()
    return strangers, users, filler


def measure(seconds):
    """What falls short, and the figures in lines."""
    with SmallDisk(environment=SETTINGS) as daemon:
        admin = daemon.rest()
        admin.ok("user_create", username="vera", userid=2001, group="exausers", login_enabled=True, password="veras word")
        token = daemon.rest("vera", "veras word").post("/tokens", {"name": "looks"}).json["secret"]
        begin = records(daemon)[-1][0]
        strangers, users, filler = spoil(daemon, token, seconds)
        last_free = daemon.free()
        before = Count(records(daemon, begin))
        filler.make_room()
        until(lambda: daemon.rest(user=None).get("/readyz").status == 200, 60)
        logins = sum(user.logins for user in users) + 2
        # The connection of before has been idle for too long.
        admin = daemon.rest()
        change = admin.job("group_create", groupname="later", groupid=4001)
        lockouts = metered(admin, "lockout")
        code = daemon.stop()
        entries = records(daemon, begin)
        after = Count(entries)
        refused = collections.Counter()
        for stranger in strangers:
            refused.update(stranger.answers)
        looks = collections.Counter()
        for user in users:
            looks.update(user.answers)
        failures = [failure for caller in strangers + users for failure in caller.failures]
        slowest = max(user.slowest for user in users)
        caused = {"refused": sum(refused.values()) + lockouts, "right": logins}
        told = {"refused": after.of(REFUSALS), "right": after.of(["login"])}
        others = sum(count for kind, count in after.missed.items() if kind not in (*REFUSALS, "login"))
        in_all = sum(recorded for recorded, _ in told.values()) + after.missed_in_all - others
        figures = [
            f"{seconds} s, nothing free at {filler.looks['full']} of {sum(filler.looks.values())} looks at the disk",
            f"refused logins: {dict(sorted(refused.items()))}, {lockouts} locks; looks: "
            + ", ".join(f"{name} {status}: {count}" for (name, status), count in sorted(looks.items()))
            + f", slowest {slowest:.2f} s",
            *(f"{name} logins: {caused[name]} caused, {told[name][0]} recorded, {told[name][1]} counted" for name in caused),
            f"in all: {sum(caused.values())} caused, {in_all} recorded or counted, {after.missed_in_all} of them in "
            f"{len(after.gaps)} records of what was missed; {sum(before.recorded.values())} recorded while nothing was free"]
        short = sorted(set(failures))[:20]
        if last_free or not filler.looks["full"]:
            short.append(f"{last_free} bytes were free at the end")
        if not after.missed_in_all:
            short.append("every event could be kept: nothing was tried")
        for name in caused:
            if sum(told[name]) != caused[name]:
                short.append(f"{name} logins: {sum(told[name])} recorded or counted of {caused[name]}")
        if in_all != sum(caused.values()):
            short.append(f"in all {in_all} recorded or counted of {sum(caused.values())}")
        if change["outcome"] != "ok":
            short.append(f"the change after there was room ended as {change}")
        kinds = [event["event"] for _, event in entries]
        if "job" not in kinds or "unrecorded" in kinds and kinds.index("unrecorded") > kinds.index("job"):
            short.append(f"the change is not written down behind what was missed: {kinds[-20:]}")
        if code:
            short.append(f"the daemon ended with {code}")
        verified = daemon.run("audit", "verify", check=False)
        if not verified.stdout.startswith("PASS"):
            short.append(f"the chain: {verified.stdout or verified.stderr}")
        return short, figures


def main():
    if reason := lacking():
        print(f"full_disk: {reason}", file=sys.stderr)
        return 69
    enter_namespace()
    short, figures = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 600)
    print("\n".join(figures), flush=True)
    print("\n".join(f"FAIL: {text}" for text in short) or "PASS")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
