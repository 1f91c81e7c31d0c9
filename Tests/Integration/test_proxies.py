"""Behind a proxy that is trusted, everything goes by the address a request comes from, and not by the proxy's."""

import http.client
import http.server
import threading
import unittest

from daemon import PASSWORD, Daemon, unverified
from test_bucketfs import READER, WRITER, Files, login

PROXY = "127.0.0.9"
TRUSTING = {"CONFD_HTTP_TRUSTED_PROXIES": f"10.0.0.0/8 {PROXY}"}


class Proxy:
    """A small proxy, as nginx is with $proxy_add_x_forwarded_for: it adds whom it sees behind what it was told."""

    def __init__(self, daemon):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                told = self.headers.get("X-Forwarded-For")
                del self.headers["X-Forwarded-For"], self.headers["Host"]
                fields = dict(self.headers) | {
                    "Host": f"127.0.0.1:{daemon.port}",
                    "X-Forwarded-For": ", ".join(filter(None, [told, self.client_address[0]]))}
                behind = http.client.HTTPSConnection(
                    "127.0.0.1", daemon.port, context=unverified(), timeout=60, source_address=(PROXY, 0))
                behind.request("GET", self.path, headers=fields)
                answer = behind.getresponse()
                body = answer.read()
                behind.close()
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def get(self, path, source, user="admin", password=PASSWORD, **fields):
        """The status of an answer to a client that comes from `source`."""
        client = http.client.HTTPConnection(*self.server.server_address, timeout=60, source_address=(source, 0))
        client.request("GET", path, headers=login(user, password) | {
            name.replace("_", "-"): value for name, value in fields.items()})
        try:
            return client.getresponse().status
        finally:
            client.close()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Proxies(unittest.TestCase):
    def start(self, **arguments):
        daemon = Daemon(**arguments)
        self.addCleanup(daemon.__exit__)
        daemon.start()
        proxy = Proxy(daemon)
        self.addCleanup(proxy.close)
        return daemon, proxy

    def locked(self, daemon):
        return [(lock.get("user"), lock["client_addr"])
                for lock in daemon.rest(source="127.0.5.9").get("/lockouts").json["items"]]

    def test_limits_locks_and_records_go_by_the_caller(self):
        daemon, proxy = self.start(environment=TRUSTING)
        told = [proxy.get("/jobs", "127.0.5.1", password="wrong") for _ in range(5)]
        self.assertEqual(told, [401] * 5)
        self.assertEqual(self.locked(daemon), [("admin", "127.0.5.1")])
        self.assertEqual(proxy.get("/jobs", "127.0.5.1"), 401)
        self.assertEqual(proxy.get("/jobs", "127.0.5.2"), 200, "another caller behind the same proxy")
        for forged in ({"X_Forwarded_For": "127.0.5.3"}, {"Forwarded": "for=127.0.5.3"}):
            self.assertNotEqual(proxy.get("/jobs", "127.0.5.1", password="wrong", **forged), 200)
        self.assertEqual([lock for lock in self.locked(daemon) if lock[1] == "127.0.5.3"], [], "the caller's own word")
        events = daemon.rest(source="127.0.5.9").get("/audit?limit=50").json["items"]
        seen = {event.get("client_addr") for event in events}
        self.assertLessEqual({"127.0.5.1", "127.0.5.2"}, seen)
        self.assertNotIn("127.0.5.3", seen)

    def test_fields_of_who_is_no_proxy_are_not_looked_at(self):
        for environment in ({}, TRUSTING):
            daemon, _ = self.start(environment=environment)
            client = daemon.rest("admin", "wrong", source="127.0.5.4")
            for number in range(5):
                self.assertEqual(client.get("/jobs", X_Forwarded_For=f"9.9.9.{number}").status, 401)
            self.assertEqual(self.locked(daemon), [("admin", "127.0.5.4")])

    def test_root_behind_a_proxy_is_locked_wherever_it_stands(self):
        daemon, proxy = self.start(environment=dict(TRUSTING), users={"root": "right word", "admin": PASSWORD})
        told = [proxy.get("/jobs", "127.0.0.1", "root", "wrong") for _ in range(5)]
        self.assertEqual(told, [401] * 5)
        self.assertEqual(self.locked(daemon), [("root", "127.0.0.1")])
        self.assertEqual(proxy.get("/jobs", "127.0.0.1", "root", "right word"), 401)
        self.assertEqual(proxy.get("/jobs", "127.0.5.5", "root", "right word"), 200)

    def test_who_cannot_be_told_apart_is_the_proxy(self):
        daemon, _ = self.start(environment=TRUSTING)
        client = daemon.rest("admin", "wrong", source=PROXY)
        for field in ({}, {"X_Forwarded_For": "unknown"}, {"Forwarded": "for=\"9.9.9.9"}, {"Forwarded": "for=_hidden"},
                      {"Forwarded": "for=9.9.9.9", "X_Forwarded_For": "9.9.9.8"}):
            self.assertEqual(client.get("/jobs", **field).status, 401)
        self.assertEqual(self.locked(daemon), [("admin", PROXY)])

    def test_nobody_on_this_machine_is_called_for_somebody_behind_a_proxy(self):
        daemon, _ = self.start(environment=TRUSTING)
        for field in ([], [("X-Forwarded-For", "127.0.0.1")]):
            rpc = daemon.rpc(headers=field)
            with self.assertRaisesRegex(Exception, "behind proxies"):
                rpc.subscribe("http://127.0.0.1:8080/")

    def test_connections_of_a_proxy_are_not_held_to_the_share_of_one_address(self):
        daemon, _ = self.start(environment=TRUSTING | {"CONFD_HTTP_MAX_CONNECTIONS": "40"})
        clients = [daemon.rest(source=PROXY) for _ in range(15)]
        for client in clients:
            self.assertEqual(client.get("/jobs", X_Forwarded_For="9.9.9.9").status, 200)
        others = [daemon.rest(source="127.0.5.6") for _ in range(10)]
        for client in others:
            self.assertEqual(client.get("/jobs").status, 200)
        with self.assertRaises((http.client.HTTPException, OSError)):
            daemon.rest(source="127.0.5.6").get("/jobs")


class FileServices(unittest.TestCase):
    def test_guesses_at_buckets_go_by_the_caller(self):
        files = Files(environment=TRUSTING)
        self.addCleanup(files.close)
        files.put("/closed/file", b"text")

        def get(caller, headers):
            return files.request("GET", "/closed/file", headers | {"X-Forwarded-For": caller}, source=PROXY).status
        self.assertEqual([get("9.9.9.9", login("r", "wrong")) for _ in range(6)], [403] * 5 + [429])
        self.assertEqual((get("9.9.9.9", READER), get("9.9.9.8", READER)), (429, 200))
        self.assertEqual(get("9.9.9.9", WRITER), 200, "a password of its own")


if __name__ == "__main__":
    unittest.main()
