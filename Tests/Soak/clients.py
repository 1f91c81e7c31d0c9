"""Clients that ask for one thing each, again and again at their own pace, and note how long each answer took."""

import datetime
import http.client
import itertools
import json
import random
import threading
import time
import xmlrpc.client

from daemon import PASSWORD
from load import root_token
from samples import Histogram

BROKEN = (OSError, http.client.HTTPException)
# What a node says that does not decide, or not now: the same is asked for again, by its key.
ELSEWHERE = (302, 307, 409, 429, 503, 504)
PATIENCE = 60
MOST_FAULTS = 100


class Notes:
    """What all clients saw: times of the current stretch by kind, faults, and what was acknowledged."""

    def __init__(self, acknowledged):
        self.lock, self.acknowledged = threading.Lock(), acknowledged
        self.times, self.seen = {}, set()
        self.faults, self.repeated = [], 0
        self.numbers = itertools.count(1)
        self.revision = 0

    def took(self, kind, seconds):
        with self.lock:
            self.seen.add(kind)
            self.times.setdefault(kind, Histogram()).add(seconds)

    def fault(self, text):
        with self.lock:
            # A daemon that is gone fails at everything: the first ones tell why.
            if len(self.faults) < MOST_FAULTS:
                self.faults.append(text)

    def drain(self):
        """The times since the last call, by kind."""
        with self.lock:
            times, self.times = self.times, {}
        return times

    def decided(self, revision):
        with self.lock:
            self.revision = max(self.revision, revision)


class Client(threading.Thread):
    """One connection, kept while it is answered. `ask` is what a client does; it raises AssertionError for a wrong answer."""

    kind = None
    # Seconds from the beginning of one request to that of the next one, when it is answered in time.
    pace = 1.0

    def __init__(self, cluster, notes):
        super().__init__(daemon=True, name=self.kind)
        self.cluster, self.notes, self.random = cluster, notes, random.Random(self.kind)
        self.ends = threading.Event()
        self.nodes = itertools.cycle(cluster.nodes)
        self.clients = {}

    def run(self):
        while not self.ends.wait(self.pace * self.random.uniform(0.5, 1.5)):
            try:
                self.ask()
            except (*BROKEN, AssertionError, KeyError, ValueError, xmlrpc.client.Error) as error:
                if not self.ends.is_set():
                    self.notes.fault(f"{self.kind}: {error!r}"[:500])

    def ask(self):
        raise NotImplementedError

    def to(self, node):
        """A client of a node by root's token, so that no password is looked at; it stays connected."""
        if node not in self.clients:
            self.clients[node] = node.rest(user=None, token=root_token(node))
            self.clients[node].connection.timeout = PATIENCE
        return self.clients[node]

    def timed(self, once, kind=None):
        begin = time.monotonic()
        answer = once()
        self.notes.took(kind or self.kind, time.monotonic() - begin)
        return answer

    def read(self, node, path):
        """An answer of a node, which has to be one; what another node has to answer now is asked of that one."""
        end = time.monotonic() + PATIENCE
        while True:
            begin = time.monotonic()
            answer = self.to(node).get(path)
            if answer.status == 200:
                self.notes.took(self.kind, time.monotonic() - begin)
                return answer
            if answer.status not in ELSEWHERE or time.monotonic() > end:
                raise AssertionError(f"GET {path} of n{node.number}: {answer}")
            node = self.again()

    def again(self):
        """The node that decides by now."""
        self.notes.repeated += 1
        self.cluster.decider = self.cluster.master()
        return self.cluster.decider

    def job(self, kind, **params):
        """Has the node that decides run a job to its end, asks again by its key when that is another one, and notes the end."""
        key, end = f"soak-{next(self.notes.numbers)}", time.monotonic() + PATIENCE
        while True:
            begin = time.monotonic()
            try:
                answer = self.to(self.cluster.decider).post(
                    "/jobs?wait=60s", {"type": kind, "params": params}, Idempotency_Key=f'"{key}"')
                if answer.status in (200, 202):
                    break
                broken = f"{kind}: {answer}"
                if answer.status not in ELSEWHERE:
                    raise AssertionError(broken)
            except BROKEN as error:
                broken = f"{kind}: {error!r}"
            if time.monotonic() > end:
                raise AssertionError(broken)
            self.again()
        self.notes.took(self.kind, time.monotonic() - begin)
        job = answer.json
        assert job.get("outcome") == "ok", job
        self.notes.acknowledged.job(job["job_id"], job.get("revision"))
        self.notes.decided(job.get("revision", 0))
        return job


class Change(Client):
    kind, pace = "change", 0.5

    def ask(self):
        value = 1000 + next(self.notes.numbers)
        job = self.job("general_settings", changes={"Global": {"StorageMaxConnections": value}})
        self.notes.acknowledged.setting(job["revision"], value)


class Look(Client):
    """A job that only reads."""

    kind, pace = "look", 0.25

    def ask(self):
        self.job("node_list")


class Command(Client):
    """Work on the disk of a node, and what takes it back."""

    kind, pace = "command", 5

    def ask(self):
        name, node = f"soak{next(self.notes.numbers)}", next(self.nodes)
        self.job("st_volume_create", name=name, type="data", size="16 MiB", disk="disk1", nodes=[node.number], redundancy=1)
        self.job("st_volume_delete", vname=name)


class RemoteCall(Client):
    """XML-RPC, as scripts use it: a call that looks, and one that changes something."""

    kind, pace = "xml-rpc", 0.5

    def ask(self):
        node = self.cluster.decider
        value = 1000 + next(self.notes.numbers)
        name, params = self.random.choice((
            ("db_list", {}), ("general_settings", {"changes": {"Global": {"StorageConnectionThreads": value}}})))
        body = xmlrpc.client.dumps((name, {"params": params}), "job_exec", allow_none=True).encode()
        answer = self.timed(lambda: self.to(node).request("POST", "/", body, {"Content-Type": "text/xml"}))
        if answer.status in ELSEWHERE:
            self.again()
            return
        assert answer.status == 200, answer
        result = xmlrpc.client.loads(answer.body)[0][0]
        assert result["result_code"] == 0, result
        self.notes.acknowledged.job(result["result_jobid"], result.get("result_revision"))
        self.notes.decided(result.get("result_revision", 0))


class Read(Client):
    kind, pace = "read", 0.25

    def ask(self):
        self.read(next(self.nodes), "/exaconf?consistency=local")


class ReadAtRevision(Client):
    """Any node is asked for what was acknowledged last, and never shows what is older."""

    kind, pace = "read-min-revision", 0.5

    def ask(self):
        wanted = self.notes.revision
        answer = self.read(next(self.nodes), f"/exaconf?consistency=local&min_revision={wanted}&wait=30s")
        assert int(answer.headers["confd-revision"]) >= wanted, (wanted, answer.headers)


class List(Client):
    kind = "list"

    def ask(self):
        self.read(self.cluster.decider, self.random.choice((
            "/jobs?limit=100", "/jobs?limit=20&type=general_settings", "/exaconf/revisions?limit=50")))


class History(Client):
    kind, pace = "history", 2

    def ask(self):
        self.read(self.cluster.decider, "/history?limit=50")


class Login(Client):
    """A password that is looked at by PAM, for a session that ends again."""

    kind, pace = "login", 2

    def ask(self):
        node = self.cluster.decider
        client = node.rest(user=None)
        try:
            opened = self.timed(lambda: client.post("/sessions", {"user": "admin", "password": PASSWORD}))
            if opened.status in ELSEWHERE:
                self.again()
                return
            assert opened.status == 201, opened
            client.headers["Authorization"] = f"Bearer {opened.json['token']}"
            ended = client.request("DELETE", "/sessions/current")
            assert ended.status == 204, ended
        finally:
            client.connection.close()


class Events(Client):
    """A stream of each node in turn, for a minute: how long after it happened an event is here."""

    kind, pace = "event", 1
    LENGTH = 60

    def ask(self):
        node = next(self.nodes)
        client = node.rest(user=None, token=root_token(node))
        # A sign of life comes every 15 s.
        client.connection.timeout = 45
        end = time.monotonic() + self.LENGTH
        try:
            client.connection.request("GET", "/events?types=config.revision", headers=client.headers | {
                "Accept": "application/x-ndjson"})
            stream = client.connection.getresponse()
            assert stream.status == 200, stream.status
            while time.monotonic() < end and not self.ends.is_set():
                line = stream.readline()
                assert line, f"the stream of n{node.number} has ended"
                if b'"type"' in line:
                    self.take(json.loads(line))
        finally:
            client.connection.close()

    def take(self, event):
        happened = datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp()
        # Both clocks are this machine's, but for what is cut off behind the millisecond.
        self.notes.took(self.kind, max(0.0, time.time() - happened))
