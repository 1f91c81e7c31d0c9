"""A daemon on a disk that fails on demand, and what its clients were told, which has to stay true.

Imported by rows only, within their run: it needs the modules of Tests/Integration.
"""

import collections
import hashlib
import itertools
import subprocess
import threading
import time

from daemon import Daemon
from load import LICENSE, ended, root_token

# Answers to a job that is not taken: the client knows that nothing was done, or that it has to ask again.
REFUSALS = {503, 504, 507}
CERTAINTY = 60


class Node(Daemon):
    """A daemon whose disk is told to fail; commands that are run beside it have the disk as it is. `with` does not start it."""

    disk = None

    def __enter__(self):
        return self

    def launch(self):
        former = self.environment
        try:
            if self.disk:
                self.environment = former | self.disk.variables(self.root)
            super().launch()
        finally:
            self.environment = former

    def ended_with(self, seconds):
        """Its exit code, or None while it runs."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def last_line(self):
        lines = [line for line in self.log_text().splitlines() if line.strip()]
        return lines[-1] if lines else ""


def client(daemon):
    """Root's, by the token of the configuration file: no password is checked, which takes its time."""
    return daemon.rest(token=root_token(daemon))


class Told:
    """What clients of a node were told; used by several at once."""

    def __init__(self):
        self.lock = threading.Lock()
        self.jobs = {}
        # Digest of the text of each revision.
        self.revisions = {}
        self.refused = collections.Counter()
        self.odd = []
        self.numbers = itertools.count(1)

    def submit(self, rest, kind, wait=60, **params):
        """What the job came to, or None where it was refused."""
        answer = rest.post(f"/jobs?wait={wait}s" if wait else "/jobs", {"type": kind, "params": params})
        if answer.status not in (200, 202):
            with self.lock:
                code = answer.json.get("code") if answer.body[:1] == b"{" else "?"
                self.refused[f"{answer.status} {code}"] += 1
                if answer.status not in REFUSALS:
                    self.odd.append(f"{kind} is answered {answer}")
            return None
        self.note(answer.json)
        return answer.json

    def note(self, record):
        with self.lock:
            if record.get("job_id") and (record["done"] or record["job_id"] not in self.jobs):
                self.jobs[record["job_id"]] = ended(record)

    # One of each kind of what is written.

    def group(self, rest, wait=60):
        number = next(self.numbers)
        return self.submit(rest, "group_create", wait, groupid=5000 + number, groupname=f"chaos{number}")

    def setting(self, rest, wait=60):
        number = next(self.numbers)
        return self.submit(rest, "general_settings", wait, changes={"Global": {"StorageMaxConnections": 1000 + number}})

    def license(self, rest, wait=60):
        return self.submit(rest, "license_upload", wait, license=LICENSE.format(number=next(self.numbers)))

    def look(self, rest, wait=60):
        return self.submit(rest, "node_list", wait)

    def user(self, rest, wait=60):
        number = next(self.numbers)
        return self.submit(
            rest, "user_create", wait, username=f"chaos{number}", userid=6000 + number, group="exausers", login_enabled=True,
            password=f"of {number}, and a long one")

    def certificate(self, rest, wait=60):
        return self.submit(rest, "cert_renew", wait)

    def volume(self, rest, wait=60):
        return self.submit(
            rest, "st_volume_create", wait, name=f"Vol{next(self.numbers)}", type="data", size="1 GiB", disk="disk1", nodes=[11],
            redundancy=1)

    def mixture(self, rest):
        """One of each kind, waited for or not."""
        for make, wait in ((self.setting, 60), (self.group, 0), (self.group, 60), (self.license, 60), (self.look, 60),
                           (self.user, 60), (self.setting, 0), (self.volume, 60), (self.certificate, 60), (self.setting, 60)):
            make(rest, wait)
            yield


def settle(daemon, told, seconds=CERTAINTY):
    """All told jobs as they are when they and all others have ended; what is wrong with them."""
    rest, end, records, wrong = client(daemon), time.monotonic() + seconds, {}, []
    for identity in list(told):
        answer = rest.get(f"/jobs/{identity}?wait={max(1, int(end - time.monotonic()))}s")
        if answer.status != 200:
            wrong.append(f"job {identity}, which was acknowledged, is answered {answer.status}")
        elif not answer.json["done"]:
            wrong.append(f"job {identity} ({answer.json['type']}) is stuck as {answer.json['stage']}")
        else:
            records[identity] = answer.json
    while not wrong and (left := rest.get("/jobs?done=false&limit=1").json["items"]):
        rest.get(f"/jobs/{left[0]['job_id']}?wait=5s")
        if time.monotonic() > end:
            wrong.append(f"job {left[0]['job_id']} ({left[0]['type']}) is stuck as {left[0]['stage']}")
    rest.connection.close()
    return records, wrong


def pages(rest, path):
    while path:
        page = rest.get(path)
        if page.status != 200:
            raise AssertionError(f"{path} is answered {page}")
        yield from page.json["items"]
        cursor = page.json.get("next_cursor")
        path = cursor and f"{path.split('&cursor=')[0]}&cursor={cursor}"


def digest(text):
    return hashlib.sha256(text).hexdigest()


def note_revisions(daemon, told, since=0):
    """Takes down the text of each revision from `since` on that is told of now; what is wrong with those told before."""
    rest, wrong, numbers = client(daemon), [], []
    for item in pages(rest, "/exaconf/revisions?limit=200"):
        if (number := item["revision"]) < since:
            break
        numbers.append(number)
        text = rest.get(f"/exaconf/revisions/{number}", Accept="text/plain")
        if text.status != 200:
            wrong.append(f"revision {number} is answered {text.status}")
        elif told.revisions.setdefault(number, digest(text.body)) != digest(text.body):
            wrong.append(f"revision {number} has another content than was told before")
    if numbers != list(range(numbers[0], numbers[0] - len(numbers), -1)):
        wrong.append(f"revisions are not one after the other: {numbers}")
    wrong += [f"revision {number}, which was told, is lost" for number in told.revisions if number >= since and number not in numbers]
    rest.connection.close()
    return wrong


def file_faults(daemon):
    """Whether EXAConf is whole, and the newest revision."""
    rest = client(daemon)
    head = next(pages(rest, "/exaconf/revisions?limit=1"))["revision"]
    text = rest.get(f"/exaconf/revisions/{head}", Accept="text/plain").body
    lying = (daemon.root / "etc/EXAConf").read_bytes()
    rest.connection.close()
    if lying != text:
        yield f"EXAConf is not revision {head}"
    checked = daemon.run("check", check=False)
    if "ok:" not in checked.stdout:
        yield f"confd check: {checked.stderr.strip()[:500]}"


def audit_faults(daemon):
    verified = daemon.run("audit", "verify", check=False)
    if not verified.stdout.startswith("PASS"):
        yield f"the audit log: {(verified.stdout + verified.stderr).strip()[:500]}"


def differences(told, records):
    """Jobs whose end was told, and is another one now."""
    for identity, result in told.items():
        record = records.get(identity)
        if result is not None and record and any(record.get(name) != value for name, value in result.items()):
            now = {name: record.get(name) for name in result}
            yield f"job {identity} was told as {result} and is {now}"


def revisions_of_jobs(records):
    given = {}
    for identity, record in records.items():
        if record.get("revision") is not None and (other := given.setdefault(record["revision"], identity)) != identity:
            yield f"revision {record['revision']} was given to jobs {other} and {identity}"
        if record["outcome"] == "ok" and record["mode"] == "modify" and record["stage"] != "committed":
            yield f"job {identity} is ok and {record['stage']}"


def judge(daemon, told, jobs=None, since=0):
    """All that is wrong with a node that runs, against what its clients were told: of some jobs, or of all; of revisions from
    `since` on."""
    jobs = {identity: told.jobs[identity] for identity in (told.jobs if jobs is None else jobs)}
    records, wrong = settle(daemon, jobs)
    wrong += differences(jobs, records)
    wrong += revisions_of_jobs(records)
    wrong += note_revisions(daemon, told, since)
    wrong += file_faults(daemon)
    wrong += audit_faults(daemon)
    wrong += told.odd
    for record in records.values():
        told.note(record)
    return wrong


class Load:
    """Clients who ask for one of each kind of what is written, again and again, until they are told to end."""

    def __init__(self, daemon, told, clients=3):
        self.over = threading.Event()
        self.failures = []
        self.threads = [threading.Thread(target=self.ask, args=(daemon, told), daemon=True) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def ask(self, daemon, told):
        try:
            rest = client(daemon)
            while not self.over.is_set():
                for _ in told.mixture(rest):
                    if self.over.is_set():
                        break
        except Exception as error:
            # A connection that breaks is for whoever knows whether the daemon was to live.
            self.failures.append(f"{error!r}")

    def end(self, seconds=90):
        self.over.set()
        end = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0, end - time.monotonic()))
        if any(thread.is_alive() for thread in self.threads):
            self.failures.append(f"a request was not answered within {seconds} s")
