"""A user with everything a login can have begun, to see what is left of each a second after the user was changed."""

import concurrent.futures
import http.client
import json
import pwd
import socket
import subprocess
import sys
import threading
import time
import xmlrpc.client

from daemon import unverified, until
from test_events import Listener
from test_sessions import login
from test_streams import follow

# An account of the machine that has no password and is in no group of the cluster.
ACCOUNT = "games"
# In seconds.
PROMISE = 1

# Connects as an account for whoever holds the other end, and hands the connection over.
CONNECTOR = """
import os, pwd, socket, sys
account, ours = pwd.getpwnam(sys.argv[1]), socket.socket(fileno=int(sys.argv[3]))
os.chdir(sys.argv[2])
os.setgroups([])
os.setgid(account.pw_gid)
os.setuid(account.pw_uid)
while ours.recv(1):
    with socket.socket(socket.AF_UNIX) as made:
        made.connect("confd.sock")
        socket.send_fds(ours, [b"."], [made.fileno()])
"""


class Peer:
    """Requests over the local socket by ACCOUNT, each on a connection of its own."""

    def __init__(self, daemon):
        self.ours, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [sys.executable, "-c", CONNECTOR, ACCOUNT, daemon.root / "run", str(theirs.fileno())],
            pass_fds=[theirs.fileno()])
        theirs.close()
        self.lock = threading.Lock()

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection("localhost", timeout=60)
        with self.lock:
            self.ours.send(b".")
            connection.sock = socket.socket(fileno=socket.recv_fds(self.ours, 1, 1)[1][0])
        connection.request(
            method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def close(self):
        self.ours.close()
        self.process.wait(30)


class Stream:
    """What a stream of ends of jobs has told so far."""

    def __init__(self, client):
        self.told, self.is_over = [], False
        lines = follow(client, "/events?types=job.ended")
        threading.Thread(target=self.read, args=(lines,), daemon=True).start()

    def read(self, lines):
        try:
            for line in lines:
                if line == "event: problem":
                    break
                if line.startswith("data: "):
                    self.told.append(json.loads(line[6:]))
        except (OSError, http.client.HTTPException, ValueError):
            pass
        self.is_over = True


class Wait(threading.Thread):
    """A request that waits for the end of a job."""

    def __init__(self, client, method, path, body=None, headers=None):
        super().__init__(daemon=True)
        self.client, self.request, self.status = client, (method, path, body, headers), None
        self.start()

    def run(self):
        self.status = self.client.request(*self.request).status


class Row:
    """A user with everything a login can have begun, and one change."""

    def __init__(self, table, number, change):
        self.daemon, self.admin, self.peer = table.daemon, table.admin, table.peer
        self.change, self.name, self.id = change, f"ada{number}", 2001 + number
        self.number = number
        # Storage is no reason to know of jobs of others.
        self.begins_with = "exastoradm" if change == "group added" else "exaadm"
        self.make(self.name, self.id, "adas word")
        if self.peer:
            self.make(ACCOUNT, pwd.getpwnam(ACCOUNT).pw_uid, "games word")
        self.hold()
        self.log_in()
        self.begin()

    def make(self, name, number, password):
        self.admin.ok(
            "user_create", username=name, userid=number, group="exausers", additional_groups=[self.begins_with],
            login_enabled=True, password=password)

    def by_password(self, place):
        """From an address nobody came from before."""
        return self.daemon.rest(self.name, "adas word", source=f"127.0.{self.number + 20}.{place}")

    def hold(self):
        """Has two jobs wait: one of the user's and one that the user may know of by a role alone."""
        rule = {"action": "pause", "match": {"type": ["group_create", "st_volume_lock"]}}
        self.rule = self.admin.post("/queue/rules", rule).json["rule_id"]
        self.foreign = self.submit(self.admin, "group_create", groupname=f"a{self.number}", groupid=5001 + self.number)

    @property
    def kind(self):
        """The type of the user's own jobs."""
        return "group_create" if self.begins_with == "exaadm" else "st_volume_lock"

    def parameters(self, letter):
        """Of one of the user's own jobs."""
        if self.kind == "st_volume_lock":
            return {"vname": "DataVolume1"}
        return {"groupname": f"{letter}{self.number}", "groupid": 5001 + 100 * "abcd".index(letter) + self.number}

    def job(self, letter):
        return {"type": self.kind, "params": self.parameters(letter)}

    def call(self, letter):
        """The body of a remote call that runs such a job and waits for its end."""
        return xmlrpc.client.dumps((self.kind, {"params": self.parameters(letter)}), "job_exec").encode()

    def submit(self, client, kind, **params):
        answer = client.post("/jobs", {"type": kind, "params": params})
        assert answer.status == 202, answer
        return answer.json["job_id"]

    def log_in(self):
        self.password = self.by_password(1)
        assert self.password.get("/jobs").status == 200
        self.cookies = [login(self.daemon, self.name, "adas word", cookie=True) for _ in range(2)]
        made = [self.password.post("/tokens", {"name": f"t{place}"} | limit)
                for place, limit in enumerate(({}, {"roles": [self.begins_with]}, {}))]
        self.tokens = [answer.json["secret"] for answer in made]
        self.waiting_token = made[2].json["token_id"]
        assert self.password.get("/sessions").status == 200, "it is remembered"

    def page(self, number):
        """What a browser sends for a session."""
        opened = self.cookies[number]
        return {"Cookie": opened.headers["set-cookie"].split(";")[0], "Confd-CSRF": opened.json["csrf_token"],
                "Origin": f"https://127.0.0.1:{self.daemon.port}"}

    def begin(self):
        self.own = self.submit(self.password, self.kind, **self.parameters("b"))
        token = self.daemon.rest(token=self.tokens[0])
        self.streams = {"token": Stream(token), "password": Stream(self.by_password(2))}
        self.listeners = {"token": Listener(), "password": Listener()}
        for listener, headers, login in (
                (self.listeners["token"], [("Authorization", f"Bearer {self.tokens[0]}")], ""),
                (self.listeners["password"], [], f"{self.name}:adas%20word@")):
            with xmlrpc.client.ServerProxy(
                    f"https://{login}127.0.0.1:{self.daemon.port}", context=unverified(), headers=headers) as rpc:
                rpc.subscribe(listener.url, {"types": ["job.ended"]})
        path = f"/jobs/{self.foreign if self.begins_with == 'exaadm' else self.own}?wait=60s"
        waiter, token = self.by_password(3), lambda: self.daemon.rest(token=self.tokens[2])
        self.waits = {
            "wait by token": Wait(token(), "GET", path), "wait by password": Wait(waiter, "GET", path),
            "submission by token": Wait(token(), "POST", "/jobs?wait=60s", self.job("c")),
            "call by token": Wait(token(), "POST", "/RPC2", self.call("d"), {"Content-Type": "text/xml"})}
        until(lambda: len(self.admin.get(f"/jobs?user={self.name}&type={self.kind}").json["items"]) == 3)
        # They are noted when they were let in.
        until(lambda: "last_used_at" in next(
            item for item in self.password.get("/tokens").json["items"] if item["token_id"] == self.waiting_token))
        until(lambda: any(
            item.get("client_addr") == waiter.connection.source_address[0]
            for item in self.admin.get("/audit?event=login&limit=50").json["items"]))

    # What is changed

    def act(self):
        if self.peer:
            self.act_on(ACCOUNT, self.peer_job, pwd.getpwnam(ACCOUNT).pw_uid)
        self.act_on(self.name, self.page_job, self.id)

    def act_on(self, name, own_job, number):
        match self.change:
            case "own password": own_job(name, "another word")
            case "reset": self.admin.ok("user_passwd", username=name, password="another word")
            case "disabled": self.admin.ok("user_modify", username=name, login_enabled=False)
            case "removed": self.admin.ok("user_delete", username=name)
            case "made anew":
                self.admin.ok("user_delete", username=name)
                self.make(name, number, "another word")
            case "group lost": self.admin.ok("user_modify", username=name, additional_groups=[])
            case "group added": self.admin.ok("user_modify", username=name, additional_groups=[self.begins_with, "exaadm"])

    def peer_job(self, name, password):
        status = self.peer.request(
            "POST", "/jobs?wait=60s", {"type": "user_passwd", "params": {"username": name, "password": password}})
        assert status == 200, status

    def page_job(self, name, password):
        answer = self.daemon.rest(user=None).request(
            "POST", "/jobs?wait=60s", {"type": "user_passwd", "params": {"username": name, "password": password}},
            self.page(0))
        assert answer.status == 200 and answer.json["outcome"] == "ok", answer

    # What is found

    def looks(self):
        """How to look at each part that can be looked at by now."""
        def rights(answer):
            status = answer if isinstance(answer, int) else answer.status
            return {200: "all", 403: "own", 401: "ended"}.get(status, str(status))

        def shown(client, headers=None):
            return lambda: rights(client.request("GET", "/exaconf", headers=headers))
        looks = {
            "session of the change": shown(self.daemon.rest(user=None), self.page(0)),
            "other session": shown(self.daemon.rest(user=None), self.page(1)),
            "token": shown(self.daemon.rest(token=self.tokens[0])),
            "token for a role": shown(self.daemon.rest(token=self.tokens[1])),
            "password in the cache": shown(self.password),
        }
        if self.peer:
            looks["local socket"] = lambda: rights(self.peer.request("GET", "/exaconf"))
        for login in ("token", "password"):
            looks[f"stream by {login}"] = lambda login=login: "ended" if self.streams[login].is_over else "goes on"
            looks[f"callback by {login}"] = lambda login=login: (
                "ended" if self.has_ended(self.listeners[login]) else "goes on")
        for name, wait in self.waits.items():
            looks[name] = lambda wait=wait: self.told(wait)
        return looks

    def told(self, wait):
        return {None: "goes on", 200: "answered", 401: "ended", 403: "refused", 404: "refused"}.get(
            wait.status, str(wait.status))

    def has_ended(self, listener):
        log = (self.daemon.root / "daemon.log").read_text(errors="replace")
        return any("callbacks ended" in line and listener.url in line for line in log.splitlines())

    def settle(self, expected):
        """What each part is after a second: what has to end is asked again and again, the rest when the second is over."""
        deadline = time.monotonic() + PROMISE
        looks, found, pause = self.looks(), {}, threading.Event()
        with concurrent.futures.ThreadPoolExecutor(len(looks)) as pool:
            def ask(name):
                while True:
                    last = time.monotonic() >= deadline
                    found[name] = looks[name]()
                    if last or found[name] == expected[name]:
                        return
                    pause.wait(0.02)
            ends = [name for name in looks if expected[name] in ("ended", "own", "refused")]
            list(pool.map(ask, ends))
            pause.wait(max(0, deadline - time.monotonic()))
            rest = [name for name in looks if name not in ends or found[name] == expected[name]]
            found.update(zip(rest, pool.map(lambda name: looks[name](), rest)))
        return found

    def go_on(self, found):
        """Lets the queue go on and has everybody told of something, and adds what that shows."""
        self.admin.request("DELETE", f"/queue/rules/{self.rule}")
        until(lambda: self.admin.get(f"/jobs/{self.own}").json["done"])
        found["queued job"] = {"ok": "done"}.get(
            outcome := self.admin.get(f"/jobs/{self.own}").json["outcome"], outcome)
        foreign, own = self.admin.job("node_list")["job_id"], None
        alive = self.daemon.rest(token=self.tokens[0])
        if alive.get("/jobs").status == 200:
            own = alive.job("db_list")["job_id"]
        for kind, sources in (("stream", self.streams), ("callback", self.listeners)):
            for login, source in sources.items():
                if found[f"{kind} by {login}"] != "ended":
                    found[f"{kind} by {login}"] = self.reach(source, foreign, own)
        for name, wait in self.waits.items():
            if found[name] == "goes on":
                wait.join(90)
                late = self.told(wait)
                found[name] = f"{late} when the job had ended" if late in ("ended", "refused") else late

    def reach(self, source, foreign, own):
        """Of whose jobs is told, when there was one of somebody else and then one of the user's."""
        end = time.monotonic() + 5
        while True:
            jobs = {event.get("job_id") for event in list(source.told)}
            if own in jobs or time.monotonic() > end:
                return "all" if foreign in jobs else "own" if own in jobs else "told of nothing"
            threading.Event().wait(0.02)

    def end(self):
        for listener in self.listeners.values():
            listener.close()
        for name in (self.name, ACCOUNT):
            self.admin.job("user_delete", username=name)
