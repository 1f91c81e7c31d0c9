"""Many clients at once, and a witness who notes what each of them was told."""

import base64
import http.client
import itertools
import json
import random
import re
import ssl
import threading
import time
import xmlrpc.client

from daemon import PASSWORD, unverified

LICENSE = "[Contract]\ncompany_name = Load {number}\nlicense_id = {number}\n[Limits]\nmax_db_mem_size_in_gb = 64\n"


def root_token(daemon):
    """The token that acts as root, as it stands in the configuration file."""
    return re.search(r"AuthenticationToken = (\S+)", daemon.configuration()).group(1)


class Witness:
    """What clients were told: ids, results and what went wrong. Used by all of them at once."""

    def __init__(self):
        self.lock = threading.Lock()
        self.told = {}
        self.faults = []
        self.answers = 0
        self.numbers = itertools.count(1)
        # From here on broken connections are expected: the daemon is about to be killed.
        self.is_over = False

    def job(self, identity, result=None):
        """Notes an id; `result` is what was told of its end, as members of the REST representation."""
        with self.lock:
            self.answers += 1
            if result is not None or identity not in self.told:
                self.told[identity] = result

    def answered(self):
        with self.lock:
            self.answers += 1

    def fault(self, text):
        with self.lock:
            self.faults.append(text)

    def some_job(self, rng):
        with self.lock:
            return rng.choice(list(self.told)) if self.told else None


class Unexpected(Exception):
    pass


class LoadClient(threading.Thread):
    """One keep-alive connection that sends one request after the other until it is told to stop."""

    def __init__(self, daemon, headers, witness, seed, weights):
        super().__init__(daemon=True)
        self.place, self.headers, self.witness = (daemon.address, daemon.port), headers, witness
        self.random = random.Random(seed)
        self.kinds, self.weights = list(weights), list(weights.values())
        self.ends = threading.Event()
        self.connection = None

    def run(self):
        try:
            self.connection = http.client.HTTPSConnection(*self.place, context=CONTEXT, timeout=120)
            while not self.ends.is_set():
                kind = self.random.choices(self.kinds, self.weights)[0]
                getattr(self, kind)()
        except Unexpected as fault:
            self.witness.fault(str(fault))
        except (OSError, http.client.HTTPException, ssl.SSLError) as fault:
            if not self.witness.is_over:
                self.witness.fault(f"connection: {fault!r}")
        finally:
            if self.connection:
                self.connection.close()

    def send(self, method, path, body=None, kind=None):
        headers = self.headers | ({"Content-Type": kind} if kind else {})
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def rest(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        status, answer = self.send(method, path, data, data and "application/json")
        if status not in (200, 202):
            if self.witness.is_over and status == 503:
                raise ConnectionError("the daemon is going down")
            raise Unexpected(f"{method} {path} {body}: {status} {answer[:400]!r}")
        return json.loads(answer)

    def call(self, method, *arguments):
        body = xmlrpc.client.dumps(arguments, method, allow_none=True).encode()
        status, answer = self.send("POST", "/", body, "text/xml")
        if status != 200:
            raise Unexpected(f"{method}{arguments}: {status} {answer[:400]!r}")
        try:
            return xmlrpc.client.loads(answer)[0][0]
        except xmlrpc.client.Fault as fault:
            raise Unexpected(f"{method}{arguments}: {fault}") from None

    def submit(self, job, params, wait):
        path = "/jobs?wait=100s" if wait else "/jobs"
        record = self.rest("POST", path, {"type": job, "params": params})
        if wait and not record["done"]:
            raise Unexpected(f"{job} has not ended within its wait: {record}")
        self.note(record)

    def note(self, record):
        if record["done"] and record["outcome"] != "ok":
            raise Unexpected(f"a job did not end well: {record}")
        self.witness.job(record["job_id"], ended(record))

    def run_job(self, job, params):
        result = self.call("job_exec", job, {"params": params})
        if result["result_code"] != 0:
            raise Unexpected(f"{job}: {result}")
        told = {"outcome": "ok"}
        if "result_revision" in result:
            told["revision"] = result["result_revision"]
        self.witness.job(result["result_jobid"], told)

    # What a client may do. A setting gets a value it never had, so each change makes a revision.

    def change(self):
        return {"changes": {"Global": {"StorageMaxConnections": 1000 + next(self.witness.numbers)}}}

    def group(self):
        number = next(self.witness.numbers)
        return {"groupid": 5000 + number, "groupname": f"load{number}"}

    def license(self):
        return {"license": LICENSE.format(number=next(self.witness.numbers))}

    def rpc_read(self):
        self.run_job("db_list", {})

    def rpc_change(self):
        self.run_job("general_settings", self.change())

    def rpc_start(self):
        self.witness.job(self.call("job_start", "general_settings", {"params": self.change()}))

    def rpc_group(self):
        self.witness.job(self.call("job_start", "group_create", {"params": self.group()}))

    def rest_group(self):
        self.submit("group_create", self.group(), wait=False)

    def rpc_license(self):
        self.witness.job(self.call("job_start", "license_upload", {"params": self.license()}))

    def rest_read(self):
        self.submit("node_list", {}, wait=True)

    def rest_change(self):
        self.submit("general_settings", self.change(), wait=True)

    def rest_start(self):
        self.submit("general_settings", self.change(), wait=False)

    def rest_license(self):
        self.submit("license_upload", self.license(), wait=self.random.random() < 0.5)

    def rest_command(self):
        self.submit("license_info", {}, wait=True)

    def get_job(self):
        identity = self.witness.some_job(self.random)
        if identity:
            self.rest("GET", f"/jobs/{identity}")
        self.witness.answered()

    def get_revisions(self):
        self.rest("GET", "/exaconf/revisions?limit=3")
        self.witness.answered()


MIXED = {
    "rpc_read": 5, "rest_read": 4, "get_job": 6, "get_revisions": 1, "rpc_change": 3, "rest_change": 3, "rpc_start": 2,
    "rest_start": 2, "rpc_license": 0.3, "rest_license": 0.3, "rest_command": 0.5,
}
# Many jobs that have not ended when the daemon dies, among them such that are in the middle of a command.
OPEN_JOBS = {
    "rpc_read": 2, "rest_read": 2, "get_job": 2, "rpc_change": 2, "rest_change": 2, "rpc_start": 2, "rest_start": 2,
    "rpc_group": 3, "rest_group": 3, "rpc_license": 3, "rest_license": 3, "rest_command": 1,
}
CONTEXT = unverified()


def ended(record):
    """Of a job's representation what must never change again; None while it has not ended."""
    if not record["done"]:
        return None
    return {name: record[name] for name in ("stage", "outcome", "revision", "result", "ended_at") if name in record}


class Crowd:
    """Clients at work on one daemon; one in eight logs in with a password, the others carry root's token."""

    def __init__(self, daemon, witness, seed, weights, count=64):
        token = {"Authorization": f"Bearer {root_token(daemon)}"}
        password = {"Authorization": "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()}
        self.clients = [
            LoadClient(daemon, password if index % 8 == 0 else token, witness, f"{seed}-{index}", weights)
            for index in range(count)
        ]

    def start(self):
        for client in self.clients:
            client.start()

    def stop(self, deadline=120):
        for client in self.clients:
            client.ends.set()
        self.join(deadline)

    def join(self, deadline=120):
        end = time.monotonic() + deadline
        for client in self.clients:
            client.join(max(0, end - time.monotonic()))
        left = sum(client.is_alive() for client in self.clients)
        if left:
            raise AssertionError(f"{left} clients got no answer within {deadline} s")
