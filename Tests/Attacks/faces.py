"""The ways to submit a job: typed and plain REST, XML-RPC, JSON, and REST over the local socket."""

import base64
import http.client
import json
import socket
import xmlrpc.client

from daemon import PASSWORD, unverified

PATIENCE = 25


class LocalConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=120)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Faces:
    """The connections of one user; what `submit` answers is the body, as bytes."""

    names = ("typed", "plain", "xml", "json", "socket")

    def __init__(self, host, user):
        self.net = http.client.HTTPSConnection(host.address, host.port, context=unverified(), timeout=120)
        self.local = LocalConnection(host.root / "run/confd.sock")
        login = "Basic " + base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
        self.login, self.peer = {"Authorization": login}, {"Confd-User": user}

    def submit(self, face, job, params, dry_run=False, revision=None):
        """Submits a job and waits for its end; None for what cannot be written in the form of this face."""
        plain = {"params": params, "timeout_s": PATIENCE} | ({"dry_run": True} if dry_run else {})
        if revision is not None:
            plain["base_revision"] = revision
        keywords = {"params": params} | ({"dry_run": True} if dry_run else {})
        wait = f"?wait={PATIENCE + 5}s"
        if face == "typed":
            return self.ask(self.net, f"/job-types/{job}/jobs{wait}", plain, self.login)
        if face == "plain":
            return self.ask(self.net, f"/jobs{wait}", plain | {"type": job}, self.login)
        if face == "socket":
            return self.ask(self.local, f"/jobs{wait}", plain | {"type": job}, self.peer)
        if face == "json":
            return self.ask(self.net, "/jrpc", {"method": "job_exec", "job": job, "params": keywords}, self.login)
        try:
            body = xmlrpc.client.dumps((job, keywords), "job_exec", allow_none=True)
        except OverflowError:
            return None
        return self.send(self.net, "/RPC2", body.encode(), self.login | {"Content-Type": "text/xml"})

    def ask(self, connection, path, body, headers):
        return self.send(connection, path, json.dumps(body).encode(), headers | {"Content-Type": "application/json"})

    def send(self, connection, path, body, headers):
        for attempt in (1, 2):
            try:
                connection.request("POST", path, body, headers)
                return connection.getresponse().read()
            except (http.client.HTTPException, OSError):
                # One that was idle for too long is closed; another is opened once.
                connection.close()
                if attempt == 2:
                    raise
