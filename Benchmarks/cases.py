"""What is measured: one run of a case is one load on one program."""

import contextlib
import socket
import xmlrpc.client

from daemon import CONTEXT, basic
from load import H2load, Wrk

JSON = "Content-Type: application/json"
XML = "Content-Type: text/xml"
CLOSE = "Connection: close"


class Cases:
    """The cases of one daemon; those of its peers are the same for all daemons of a run."""

    def __init__(self, daemon, seconds):
        self.daemon, self.seconds = daemon, seconds
        self.job = daemon.ask("/jobs?wait=30s", {"type": "node_list"})["job_id"]
        self.content = daemon.content(f"/jobs/{self.job}")
        self.call = self.body("db_list.xml", xmlrpc.client.dumps(("db_list",), "job_exec").encode())
        self.submission = self.body("submission.json", b'{"type":"db_list"}')

    def body(self, name, content):
        path = self.daemon.folder / name
        path.write_bytes(content)
        return path

    def all(self):
        """Name, clients, and the run."""
        yield from self.by(1)
        yield from self.by(64)
        yield "GET /jobs/{id}, HTTP/2", 64, lambda: H2load(
            self.daemon, f"/jobs/{self.job}", 64, seconds=self.seconds, headers=[basic()])
        yield "GET /jobs/{id}, new connections", 64, lambda: self.wrk(f"/jobs/{self.job}", 64, [basic(), CLOSE])

    def by(self, clients):
        yield "GET /jobs/{id}", clients, lambda: self.wrk(f"/jobs/{self.job}", clients, [basic()])
        yield "XML-RPC job_exec('db_list')", clients, lambda: self.wrk(
            "/", clients, [basic(), XML], "post.lua", self.call)
        yield "POST /jobs db_list", clients, lambda: self.wrk(
            "/jobs", clients, [basic(), JSON], "post.lua", self.submission)
        yield "POST /jobs general_settings, committed", clients, lambda: self.changes(clients)

    def wrk(self, path, clients, headers, script=None, argument=None):
        return Wrk(self.daemon, path, clients, self.seconds, headers, script, argument)

    def changes(self, clients):
        before = self.daemon.revision()
        load = self.wrk("/jobs?wait=30s", clients, [basic(), JSON], "change.lua")
        made = self.daemon.revision() - before
        # A few more may be made than wrk counts: those whose answers came after its end.
        if made < load.count * 0.95:
            raise SystemExit(f"{load.count} changes were answered, but {made} revisions were made")
        return load

    def memory_of_a_connection(self, count=500):
        """KiB that each of many idle TLS connections costs, each after one request."""
        host, port = self.daemon.url.split("//")[1].split(":")
        before = self.daemon.memory()
        with contextlib.ExitStack() as stack:
            for _ in range(count):
                connection = CONTEXT.wrap_socket(socket.create_connection((host, int(port))))
                stack.enter_context(connection)
                connection.sendall(b"GET /livez HTTP/1.1\r\nHost: benchmark\r\n\r\n")
                connection.recv(4096)
            return (self.daemon.memory() - before) * 1024 / count


class PeerCases:
    """What others do in the same time."""

    def __init__(self, nginx, python, etcd, supervisord, cases):
        self.nginx, self.python, self.etcd, self.supervisord = nginx, python, etcd, supervisord
        self.seconds, self.call = cases.seconds, cases.call
        # The put is as long as what the daemon keeps of one job, about 700 bytes.
        self.put = cases.body("put.json", b'{"key":"am9icy8xMS4x","value":"' + b"QUJD" * 240 + b'"}')
        self.state = cases.body("state.xml", xmlrpc.client.dumps((), "supervisor.getState").encode())

    def all(self):
        yield from self.by(1)
        yield from self.by(64)
        yield "nginx, static file, HTTP/2", 64, lambda: H2load(self.nginx, "/job.json", 64, seconds=self.seconds)
        yield "nginx, static file, new connections", 64, lambda: self.wrk(self.nginx, "/job.json", 64, [CLOSE])

    def by(self, clients):
        yield "nginx, static file", clients, lambda: self.wrk(self.nginx, "/job.json", clients)
        yield "Python SimpleXMLRPCServer, a constant", clients, lambda: self.wrk(
            self.python, "/", clients, [XML], "post.lua", self.call)
        yield "etcd, put", clients, lambda: self.wrk(self.etcd, "/v3/kv/put", clients, [JSON], "post.lua", self.put)
        yield "supervisord, getState without TLS", clients, lambda: self.wrk(
            self.supervisord, "/RPC2", clients, [XML], "post.lua", self.state)

    def wrk(self, service, path, clients, headers=(), script=None, argument=None):
        return Wrk(service, path, clients, self.seconds, headers, script, argument)
