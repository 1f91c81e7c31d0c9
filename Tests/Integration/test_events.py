"""Events: streams, pages, waits for a change, and callbacks, with a real daemon and real connections."""

import base64
import http.client
import http.server
import json
import pathlib
import re
import socket
import ssl
import threading
import unittest
import xmlrpc.client
import xmlrpc.server

from daemon import PASSWORD, Daemon, unverified, until


class Stream:
    """One event stream; `rcvbuf` makes the client's buffer small, so that a reader who stalls is felt soon."""

    def __init__(self, daemon, path="/events", user="admin", rcvbuf=None, timeout=60, **headers):
        raw = socket.socket()
        if rcvbuf:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        raw.settimeout(timeout)
        raw.connect(("127.0.0.1", daemon.port))
        self.socket = unverified().wrap_socket(raw)
        pair = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
        fields = {"Host": "n11", "Authorization": f"Basic {pair}", "Accept": "text/event-stream"}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.socket.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        self.buffer = b""
        self.body = b""
        self.last = None
        self.status = None

    def begin(self):
        """Reads the answer's header."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.fill():
                raise AssertionError(f"no answer: {self.buffer!r}")
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        self.status = int(head.split()[1])
        self.headers = {k.lower(): v.strip() for k, _, v in
                        (line.partition(":") for line in head.decode().split("\r\n")[1:])}
        return self

    def fill(self):
        try:
            data = self.socket.recv(65536)
        except (ssl.SSLEOFError, ConnectionError):
            return False
        self.buffer += data
        return bool(data)

    def chunk(self):
        """The next piece of a chunked body, None at its end."""
        while b"\r\n" not in self.buffer:
            if not self.fill():
                return None
        size, rest = self.buffer.split(b"\r\n", 1)
        length = int(size, 16)
        while len(rest) < length + 2:
            if not self.fill():
                return None
            rest = self.buffer.split(b"\r\n", 1)[1]
        self.buffer = rest[length + 2:]
        return rest[:length] or None

    def events(self):
        """Each event as (name, data); comments and the like are left out."""
        while True:
            while b"\n\n" not in self.body:
                piece = self.chunk()
                if piece is None:
                    return
                self.body += piece
            block, self.body = self.body.split(b"\n\n", 1)
            fields = dict(line.split(": ", 1) for line in block.decode().split("\n") if not line.startswith(":"))
            if "id" in fields:
                self.last = fields["id"]
            if "event" in fields:
                yield fields["event"], json.loads(fields["data"])

    def cut(self):
        """Ends the connection without a word."""
        self.socket.close()


class Listener:
    """An XML-RPC server of a client, that keeps what it is told."""

    def __init__(self, context=None):
        self.told = []
        self.server = xmlrpc.server.SimpleXMLRPCServer(("127.0.0.1", 0), logRequests=False, allow_none=True)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.server.register_function(self.confd_event)
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def confd_event(self, event):
        self.told.append(event)
        return True

    def ended(self):
        return [event["job_id"] for event in self.told if event["type"] == "job.ended"]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def submit(client, count, kind="node_list"):
    return [client.job(kind)["job_id"] for _ in range(count)]


def memory(daemon):
    """Resident bytes."""
    status = pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


class StreamTest(unittest.TestCase):
    def test_a_reader_cut_fifty_times_sees_every_event_once_in_order(self):
        with Daemon() as daemon:
            begin = daemon.rest().get("/events/page?after=now").json["next_after"]
            jobs = []
            work = threading.Thread(target=lambda: jobs.extend(submit(daemon.rest(), 120)))
            work.start()
            numbers, ended, last, cuts = [], [], begin, 0
            while cuts < 50 or work.is_alive() or set(jobs) - set(ended):
                stream = Stream(daemon, Last_Event_ID=last).begin()
                self.assertEqual(stream.status, 200)
                for taken, (name, data) in enumerate(stream.events()):
                    self.assertNotIn(name, ("reset", "problem"), data)
                    self.assertEqual(name, data["type"])
                    numbers.append(data["seq"])
                    last = stream.last
                    if name == "job.ended":
                        ended.append(data["job_id"])
                    if cuts < 50 and taken >= 7:
                        break
                    if cuts >= 50 and not work.is_alive() and not set(jobs) - set(ended):
                        break
                stream.cut()
                cuts += 1
            work.join()
            first = int(begin.split(".")[1]) + 1
            self.assertEqual(numbers, list(range(first, first + len(numbers))))
            self.assertEqual(sorted(ended), sorted(jobs))

    def test_a_reader_who_stalls_is_reset_and_goes_on(self):
        with Daemon() as daemon:
            stalled = Stream(daemon, rcvbuf=4096).begin()
            client = daemon.rest()
            submit(client, 500)
            names, resets = [], []
            for name, data in stalled.events():
                names.append(name)
                if name == "reset":
                    resets.append(data)
                    break
            self.assertEqual([data["reason"] for data in resets], ["slow"])
            self.assertEqual(resets[0]["resume_at"], stalled.last)
            job = client.job("node_list")["job_id"]
            self.assertEqual(next(stalled.events())[1]["job_id"], job)

    def test_five_hundred_stalled_readers_cost_the_others_nothing(self):
        with Daemon(environment={"CONFD_HTTP_STREAMS_PER_USER": "600"}) as daemon:
            client = daemon.rest()
            client.job("node_list")
            stalled = [Stream(daemon, rcvbuf=2048) for _ in range(500)]
            for stream in stalled:
                self.assertEqual(stream.begin().status, 200)
            before = memory(daemon)
            reader = Stream(daemon).begin()
            jobs = submit(client, 200)
            ended = []
            for name, data in reader.events():
                self.assertNotEqual(name, "reset")
                if name == "job.ended":
                    ended.append(data["job_id"])
                    if len(ended) == len(jobs):
                        break
            self.assertEqual(ended, jobs)
            # 200 jobs make some 200 KB of events; 500 copies of them would be 100 MB.
            self.assertLess(memory(daemon) - before, 64 * 1024 * 1024)
            for stream in stalled:
                stream.cut()

    def test_a_user_has_twenty_streams_and_a_closed_one_counts_no_more(self):
        with Daemon() as daemon:
            streams = [Stream(daemon).begin() for _ in range(20)]
            self.assertEqual({stream.status for stream in streams}, {200})
            refused = Stream(daemon).begin()
            self.assertEqual(refused.status, 429)
            self.assertIn("retry-after", refused.headers)
            streams.pop().cut()

            def opens():
                streams.append(Stream(daemon).begin())
                return streams[-1].status == 200
            until(opens, 10)
            for stream in streams:
                stream.cut()

    def test_streams_end_at_once_when_the_daemon_stops(self):
        with Daemon() as daemon:
            streams = [Stream(daemon).begin() for _ in range(5)]
            self.assertEqual(daemon.stop(), 0)
            for stream in streams:
                self.assertFalse([name for name, _ in stream.events() if name == "problem"])

    def test_a_stream_begun_before_a_restart_is_reset(self):
        with Daemon() as daemon:
            last = daemon.rest().get("/events/page?after=now").json["next_after"]
            daemon.stop()
            daemon.start()
            stream = Stream(daemon, Last_Event_ID=last).begin()
            name, data = next(stream.events())
            self.assertEqual((name, data["reason"]), ("reset", "epoch"))

    def test_the_stream_of_a_job_ends_with_it(self):
        with Daemon() as daemon:
            client = daemon.rest()
            job = client.post("/jobs", {"type": "group_create", "params": {"groupname": "g1", "groupid": 4001}}).json
            path = f"/jobs/{job['job_id']}/events"
            stream = Stream(daemon, path).begin()
            names = []
            if stream.status == 200:
                names = [name for name, _ in stream.events()]
                self.assertEqual(names[-2:], ["job.ended", "end"])
            else:
                self.assertEqual(stream.status, 204)
            story = [name for name, _ in Stream(daemon, path + "?last_event_id=oldest").begin().events()]
            self.assertEqual(story[-2:], ["job.ended", "end"])
            self.assertEqual(client.get(path, Last_Event_ID=stream.last or "").status, 204)


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.addClassCleanup(cls.daemon.__exit__)

    def test_a_page_waits_for_what_happens(self):
        client = self.daemon.rest()
        now = client.get("/events/page?after=now").json["next_after"]
        found = []
        waiter = threading.Thread(target=lambda: found.append(
            self.daemon.rest().get(f"/events/page?after={now}&types=job.ended&wait=60s").json))
        waiter.start()
        job = client.job("node_list")["job_id"]
        waiter.join(60)
        self.assertEqual([event["job_id"] for event in found[0]["items"]], [job])

    def test_lines_carry_the_same(self):
        client = self.daemon.rest()
        job = client.job("node_list")["job_id"]
        answer = client.get(f"/jobs/{job}/events?last_event_id=oldest", Accept="application/x-ndjson")
        self.assertEqual(answer.headers["content-type"], "application/x-ndjson")
        lines = [json.loads(line) for line in answer.body.splitlines() if line]
        page = client.get(f"/events/page?job_id={job}").json["items"]
        self.assertEqual(lines[:-1], page)
        self.assertEqual(lines[-1]["event"], "end")

    def test_the_configuration_is_watched(self):
        client = self.daemon.rest()
        tag = client.get("/exaconf").headers["etag"]
        found = []
        waiter = threading.Thread(target=lambda: found.append(
            self.daemon.rest().get("/exaconf?wait=60s", If_None_Match=tag)))
        waiter.start()
        job = client.job("group_create", groupname="watched", groupid=4001)
        waiter.join(60)
        self.assertEqual(found[0].status, 200)
        self.assertGreaterEqual(int(found[0].headers["confd-revision"]), job["revision"])
        tag = client.get("/exaconf").headers["etag"]
        self.assertEqual(client.get("/exaconf?wait=1s", If_None_Match=tag).status, 304)


class CallbackTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.addClassCleanup(cls.daemon.__exit__)

    def listener(self, context=None):
        listener = Listener(context)
        self.addCleanup(listener.close)
        return listener

    def test_a_subscriber_is_called_with_every_event_in_order(self):
        listener = self.listener()
        confd = self.daemon.rpc()
        self.assertIs(confd.subscribe(listener.url), True)
        jobs = submit(self.daemon.rest(), 5)
        until(lambda: set(jobs) <= set(listener.ended()))
        numbers = [event["seq"] for event in listener.told]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
        self.assertIs(confd.unsubscribe(listener.url), True)
        self.assertIs(confd.unsubscribe(listener.url), False)

    def test_options_choose_what_is_told(self):
        listener = self.listener()
        confd = self.daemon.rpc()
        confd.subscribe(listener.url, {"types": ["job.ended"]})
        jobs = submit(self.daemon.rest(), 3)
        until(lambda: listener.ended() == jobs)
        self.assertEqual({event["type"] for event in listener.told}, {"job.ended"})
        confd.unsubscribe(listener.url)
        with self.assertRaises(xmlrpc.client.Fault) as refused:
            confd.subscribe(listener.url, {"types": ["nonsense"]})
        self.assertEqual(refused.exception.faultCode, 105)

    def test_a_listener_can_be_called_by_https(self):
        folder = self.daemon.root / "etc/ssl"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "ssl.crt", folder / "ssl.key")
        listener = self.listener(context)
        confd = self.daemon.rpc()
        confd.subscribe(listener.url, {"types": ["job.ended"]})
        jobs = submit(self.daemon.rest(), 1)
        until(lambda: listener.ended() == jobs)
        confd.unsubscribe(listener.url)

    def test_dead_and_slow_listeners_harm_nobody(self):
        confd, client = self.daemon.rpc(), self.daemon.rest()
        with socket.create_server(("127.0.0.1", 0)) as mute:
            closed = socket.create_server(("127.0.0.1", 0))
            dead = f"http://127.0.0.1:{closed.getsockname()[1]}/"
            closed.close()
            silent = f"http://127.0.0.1:{mute.getsockname()[1]}/"
            listener = self.listener()
            for url in (dead, silent, listener.url):
                confd.subscribe(url, {"types": ["job.ended"]})
            jobs = submit(client, 20)
            until(lambda: listener.ended() == jobs)
            for url in (silent, listener.url):
                self.assertIs(confd.unsubscribe(url), True)
            # Five calls with pauses of 1, 2, 4 and 8 s, and it is forgotten.
            until(lambda: "callbacks ended" in self.daemon.log_text(), 60)
            self.assertIs(confd.unsubscribe(dead), False)

    def test_nobody_but_the_caller_is_called(self):
        confd = self.daemon.rpc()
        for url in ("http://192.0.2.7:8080/", "http://example.com/", "http://127.0.0.2:80/", "file:///etc/passwd",
                    "http://127.0.0.1@192.0.2.7/", "http://127.0.0.1:22/", "x"):
            with self.subTest(url), self.assertRaises(xmlrpc.client.Fault) as refused:
                confd.subscribe(url)
            self.assertEqual(refused.exception.faultCode, 105)

    def test_a_listener_sends_nobody_elsewhere(self):
        called = {"here": 0, "there": 0}

        class Sender(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                called["here"] += 1
                self.send_response(307)
                self.send_header("Location", f"http://127.0.0.1:{servers[1].server_port}/")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Target(Sender):
            def do_POST(self):
                called["there"] += 1

            do_GET = do_POST

        servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) for kind in (Sender, Target)]
        for server in servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.addCleanup(server.server_close)
            self.addCleanup(server.shutdown)
        confd = self.daemon.rpc()
        url = f"http://127.0.0.1:{servers[0].server_port}/"
        confd.subscribe(url, {"types": ["job.ended"]})
        submit(self.daemon.rest(), 1)
        until(lambda: called["here"] >= 2)
        self.assertEqual(called["there"], 0)
        confd.unsubscribe(url)

    def test_who_asks_over_the_local_socket_is_called_on_this_machine(self):
        listener = self.listener()
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        self.addCleanup(connection.close)
        connection.sock.connect(str(self.daemon.root / "run/confd.sock"))
        body = xmlrpc.client.dumps((listener.url, {"types": ["job.ended"]}), "subscribe")
        connection.request("POST", "/RPC2", body, {"Content-Type": "text/xml"})
        self.assertEqual(xmlrpc.client.loads(connection.getresponse().read())[0], (True,))
        jobs = submit(self.daemon.rest(), 1)
        until(lambda: listener.ended() == jobs)

    def test_a_user_has_five_subscriptions(self):
        confd = self.daemon.rpc()
        urls = [f"http://127.0.0.1:1024/{number}" for number in range(6)]
        for url in urls[:5]:
            confd.subscribe(url, {"types": ["master.*"]})
        with self.assertRaises(xmlrpc.client.Fault):
            confd.subscribe(urls[5])
        self.assertIs(confd.subscribe(urls[0]), True)
        self.assertEqual([confd.unsubscribe(url) for url in urls], [True] * 5 + [False])


if __name__ == "__main__":
    unittest.main()
