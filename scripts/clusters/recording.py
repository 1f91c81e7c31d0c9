"""What clients of a cluster ask and are told, and what its log has of that: a history as cluster-checker judges it."""

import base64
import http.client
import itertools
import json
import re
import subprocess
import threading
import time
import urllib.parse

from asking import UNCHECKED
from entries import EtcdClient, records

BROKEN = (OSError, http.client.HTTPException)
# How our own keys are told from others in the log.
KEY = re.compile(r"recorded-(\d+)$")


class History:
    """Events as lines of JSON in a file, to which a later run adds its own."""

    def __init__(self, path):
        self.path, self.lock = path, threading.Lock()
        self.index = self.request = self.revision = 0
        self.jobs = set()
        # Pairs of generation and epoch.
        self.terms = set()
        if path.exists():
            self._read()
        self.file = path.open("a")

    def _read(self):
        text = self.path.read_text()
        # A last line without its end was being written when an earlier run ended.
        whole = text[:text.rfind("\n") + 1]
        if whole != text:
            self.path.write_text(whole)
        for line in whole.splitlines():
            ((name, body),) = json.loads(line).items()
            if name == "stored":
                self.index = body["index"]
                self.terms.add((body["generation"], body["epoch"]))
                self.remember(body["facts"])
            elif name == "asked":
                self.request = max(self.request, body["request"])

    def remember(self, facts):
        """Which jobs and revisions have been told of."""
        self.jobs |= {fact["job"] for fact in facts if "job" in fact}
        self.revision = max([self.revision, *(fact["revision"] for fact in facts if "revision" in fact)])

    def note(self, *events):
        """Adds events, each a pair of its name and its content, together."""
        with self.lock:
            self.file.write("".join(json.dumps({name: body}) + "\n" for name, body in events))
            self.file.flush()

    def close(self):
        self.file.close()

    def judge(self, checker):
        """Whether the checker finds no promise broken, and what it says."""
        done = subprocess.run([str(checker), str(self.path)], capture_output=True, text=True)
        return done.returncode == 0, (done.stdout + done.stderr).strip() or f"cluster-checker exited with {done.returncode}"


def now():
    return int(time.time() * 1000)


class LogReader(threading.Thread):
    """Reads what comes to the log, from whichever node answers, before it is trimmed.

    Indexes and revisions are counted from where the history begins, as the checker counts.
    """

    PAUSE = 0.5

    def __init__(self, cluster, history, entry, revision):
        super().__init__(daemon=True)
        self.cluster, self.history = cluster, history
        self.entry, self.revision = entry, revision
        self.ends = threading.Event()
        self.fault = None

    def run(self):
        nodes = itertools.cycle(self.cluster.nodes)
        while not self.ends.wait(self.PAUSE) and not self.fault:
            try:
                self.read(next(nodes))
            except BROKEN:
                continue
            except Exception as error:
                self.fault = f"the log cannot be read: {error!r}"

    def read(self, node):
        """Adds all that one node's etcd has by now."""
        client, pieces = EtcdClient(node, 5), []
        try:
            for entry in client.entries(self.entry + self.history.index + 1):
                pieces.append(entry)
                if not entry.has_more:
                    self.take(pieces)
                    pieces = []
        finally:
            client.close()

    def take(self, pieces):
        """A batch, in one or several entries; what a writer left unfinished stands before it and says nothing."""
        begin = max(place for place, piece in enumerate(pieces) if piece.header["piece"] == 0)
        said = list(self.facts(b"".join(piece.payload for piece in pieces[begin:])))
        self.history.note(*(("stored", {
            "generation": piece.header["generation"], "index": piece.index - self.entry, "epoch": piece.header["epoch"],
            "content": piece.content, "more": piece is not pieces[-1], "facts": said if piece is pieces[-1] else []})
            for piece in pieces))
        self.history.index = pieces[-1].index - self.entry
        self.history.terms.add((pieces[-1].header["generation"], pieces[-1].header["epoch"]))
        self.history.remember(said)

    def facts(self, payload):
        """What a batch says for the first time: jobs and revisions that were not there before."""
        jobs, texts = set(), {}
        for record in records(payload):
            if record["kind"] == "job":
                number, own = int(record["id"].rsplit(".", 1)[1]), KEY.search(record.get("key", ""))
                if number in jobs or number in self.history.jobs or not (own or record["stage"] == "submitted"):
                    continue
                jobs.add(number)
                yield {"job": number} | ({"request": int(own[1]), "key": own[0]} if own else {})
            elif record["kind"] == "revision":
                number = record["number"] - self.revision
                # Told again with who has it, it is no new one.
                if texts.get(number, record["sha256"]) == record["sha256"] and (
                        number in texts or number <= self.history.revision):
                    continue
                texts[number] = record["sha256"]
                yield {"revision": number, "on": number - 1}

    def stop(self):
        """Ends with all there is by now, read from a node that answers."""
        self.ends.set()
        self.join()
        for node in self.cluster.nodes if not self.fault else ():
            try:
                return self.read(node)
            except BROKEN:
                continue


class Client(threading.Thread):
    """Asks for one job after the other, each with a key of its own; what got no answer is asked again, of whoever decides."""

    PATIENCE = 5
    # A quarter of the jobs are changes.
    CHANGES = 4
    PAUSE = 0.1
    # Answers after which the same is asked for again, of another node.
    AGAIN = (409, 429, 503, 504, 507)

    def __init__(self, cluster, history, numbers):
        super().__init__(daemon=True)
        self.cluster, self.history, self.numbers = cluster, history, numbers
        self.ends = threading.Event()
        self.taken = 0
        self.fault = None
        login = base64.b64encode(f"admin:{cluster.password}".encode()).decode()
        self.headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
        self.nodes = itertools.cycle(cluster.nodes)
        self.use(next(self.nodes))

    def use(self, node):
        self.connection = http.client.HTTPSConnection(*node.place, context=UNCHECKED, timeout=self.PATIENCE)

    def run(self):
        try:
            while not self.ends.wait(self.PAUSE):
                self.request(next(self.numbers))
        except Exception as error:
            self.fault = f"a client failed: {error!r}"
        finally:
            self.connection.close()

    def job(self, number):
        """What is asked for by a request."""
        return {"type": "node_list"} if number % self.CHANGES else {
            "type": "general_settings", "params": {"changes": {"Global": {"StorageMaxConnections": 100_000 + number}}}}

    def request(self, number):
        key = f"recorded-{number}"
        self.history.note(("asked", {"request": number, "at": now(), "key": key}))
        body = json.dumps(self.job(number))
        while not self.ends.is_set():
            try:
                self.connection.request("POST", "/jobs", body, self.headers | {"Idempotency-Key": f'"{key}"'})
                response = self.connection.getresponse()
                text = response.read()
            except BROKEN:
                self.turn(next(self.nodes))
                continue
            if response.status in (200, 202):
                job = json.loads(text)["job_id"]
                self.history.note(("answered", {
                    "request": number, "at": now(), "as": "taken", "job": int(job.rsplit(".", 1)[1])}))
                self.taken += 1
                return
            if response.status in (302, 307):
                place = urllib.parse.urlsplit(response.headers["Location"]).netloc
                self.turn(next(node for node in self.cluster.nodes if f"{node.address}:{node.place[1]}" == place))
            elif response.status in self.AGAIN:
                self.turn(next(self.nodes))
            else:
                raise AssertionError(f"job {key}: {response.status} {text[:300].decode(errors='replace')}")

    def turn(self, node):
        self.connection.close()
        self.use(node)
        self.ends.wait(0.05)


class Recording:
    """Clients that ask meanwhile, and what becomes of that; `with` begins and ends it."""

    def __init__(self, cluster, history, entry, revision, client=Client, count=2):
        numbers = itertools.count(history.request + 1)
        self.reader = LogReader(cluster, history, entry, revision)
        self.clients = [client(cluster, history, numbers) for _ in range(count)]

    def __enter__(self):
        for thread in (self.reader, *self.clients):
            thread.start()
        return self

    def __exit__(self, *_):
        for client in self.clients:
            client.ends.set()
        for client in self.clients:
            client.join()
        self.reader.stop()

    @property
    def faults(self):
        return [thread.fault for thread in (self.reader, *self.clients) if thread.fault]

    @property
    def taken(self):
        return sum(client.taken for client in self.clients)
