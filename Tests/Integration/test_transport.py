"""Manners of the transport: limits, compression, other origins; by raw sockets where a library would be too polite."""

import gzip
import json
import re
import socket
import time
import unittest

from daemon import PASSWORD, Daemon, unverified

SECURITY = ("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy",
            "cross-origin-opener-policy", "cross-origin-resource-policy", "cache-control", "confd-request-id", "date")
PAGE = "https://admin.example.com"


class Transport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def exchange(self, *parts, pause=0, secure=True):
        """Sends bytes and returns status, header fields and body of the answer, read to the end of the connection."""
        plain = socket.create_connection(("127.0.0.1", self.daemon.port), timeout=60)
        with unverified().wrap_socket(plain) if secure else plain as connection:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
            answer = b""
            try:
                while chunk := connection.recv(65536):
                    answer += chunk
            except OSError:
                pass
        head, _, body = answer.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        fields = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines)}
        return int(first.split()[1]), fields, body

    def problem(self, status, code, *parts, secure=True):
        found, fields, body = self.exchange(*parts, secure=secure)
        self.assertEqual((found, fields.get("content-type")), (status, "application/problem+json"), (fields, body))
        for name in SECURITY:
            self.assertIn(name, fields, code)
        self.assertEqual("strict-transport-security" in fields, secure)
        self.assertNotRegex(fields.get("server", ""), "[0-9]")
        problem = json.loads(body)
        self.assertEqual((problem["code"], problem["status"]), (code, status))
        self.assertEqual(problem["request_id"], fields["confd-request-id"])
        self.assertEqual(self.daemon.rest(user=None).get(problem["type"]).status, 200)
        return fields

    def test_plain_http_on_the_port_is_a_problem_that_says_so(self):
        self.problem(400, "plain-text-on-tls-port", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", secure=False)

    def test_an_address_that_is_too_long_is_414(self):
        for length in (8 * 1024 + 1, 12_000):
            request = b"GET /jobs?q=" + b"x" * length + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            self.problem(414, "uri-too-long", request)
        client = self.daemon.rest()
        head = client.request("HEAD", "/jobs?user=" + "x" * 9000)
        self.assertEqual((head.status, head.body), (414, b""))
        self.assertEqual(client.get("/jobs?user=" + "x" * 8000).status, 200)

    def test_header_fields_that_are_too_large_are_431(self):
        self.problem(
            431, "headers-too-large", b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 17_000 + b"\r\n\r\n")
        self.assertEqual(self.daemon.rest().get("/livez", X_Long="x" * 15_000).status, 200)

    def test_what_is_no_http_is_400(self):
        for request in (b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX A: b\r\n\r\n",
                        b"POST /jobs HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n"):
            self.problem(400, "request-malformed", request)

    def test_a_header_that_does_not_end_is_408(self):
        begin = time.monotonic()
        self.problem(408, "header-timeout", b"GET /livez HTTP/1.1\r\nHost: x\r\nX-A: ")
        self.assertTrue(8 < time.monotonic() - begin < 20)

    def test_a_body_that_is_too_large_is_413(self):
        answer = self.daemon.rest().request(
            "POST", "/jobs", b" " * (1024 * 1024 + 1), {"Content-Type": "application/json"})
        self.assertEqual((answer.status, answer.json["code"]), (413, "body-too-large"))

    def test_a_body_that_is_too_deep_is_400(self):
        for depth, status in ((31, "body-invalid"), (40, "body-malformed"), (100_000, "body-malformed")):
            body = b'{"type":"db_list","params":{"x":' + b"[" * (depth - 2) + b"]" * (depth - 2) + b"}}"
            answer = self.daemon.rest().request("POST", "/jobs", body, {"Content-Type": "application/json"})
            self.assertEqual(answer.status, 400)
            if depth != 31:
                self.assertEqual(answer.json["code"], status)
            else:
                self.assertNotEqual(answer.json["code"], "body-malformed")

    def test_no_answer_tells_a_version(self):
        for path in ("/livez", "/jobs", "/nothing"):
            self.assertNotRegex(self.daemon.rest().get(path).headers.get("server", ""), "[0-9]")


class Compression(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def test_a_long_text_is_compressed_for_who_asks(self):
        client = self.daemon.rest()
        plain = client.get("/exaconf", Accept="text/plain")
        packed = client.get("/exaconf", Accept="text/plain", Accept_Encoding="deflate, gzip;q=0.9")
        self.assertNotIn("content-encoding", plain.headers)
        self.assertEqual(packed.headers["content-encoding"], "gzip")
        self.assertEqual(gzip.decompress(packed.body), plain.body)
        for answer in (plain, packed):
            self.assertIn("Accept-Encoding", answer.headers["vary"])
        self.assertNotEqual(packed.headers["etag"], plain.headers["etag"])
        for refusing in ("identity", "gzip;q=0", "br"):
            self.assertNotIn("content-encoding", client.get("/exaconf", Accept_Encoding=refusing).headers)

    def test_both_forms_are_validated_by_their_own_tags(self):
        client = self.daemon.rest()
        for coding in ("identity", "gzip"):
            first = client.get("/exaconf", Accept_Encoding=coding)
            again = client.get("/exaconf", Accept_Encoding=coding, If_None_Match=first.headers["etag"])
            self.assertEqual((again.status, again.body, again.headers["etag"]), (304, b"", first.headers["etag"]))
            head = client.request("HEAD", "/exaconf", headers={"Accept-Encoding": coding})
            self.assertEqual((head.status, head.headers["etag"]), (200, first.headers["etag"]))

    def test_xml_rpc_stays_readable(self):
        self.assertIn("group_list", self.daemon.rpc().job_list())
        with_gzip = self.daemon.rest().request(
            "POST", "/RPC2", b"<methodCall><methodName>job_list</methodName></methodCall>",
            {"Content-Type": "text/xml", "Accept-Encoding": "gzip"})
        self.assertIn(b"<methodResponse>", gzip.decompress(with_gzip.body))

    def test_short_answers_and_probes_stay_as_they_are(self):
        answer = self.daemon.rest().get("/livez", Accept_Encoding="gzip")
        self.assertEqual((answer.body, answer.headers.get("content-encoding")), (b"ok\n", None))


class Origins(unittest.TestCase):
    ASK = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}

    def cors(self, answer):
        return {name for name in answer.headers if name.startswith("access-control-")}

    def test_by_default_no_origin_is_let_in(self):
        with Daemon() as daemon:
            client = daemon.rest()
            self.assertEqual(self.cors(client.request("OPTIONS", "/jobs", headers=self.ASK)), set())
            self.assertEqual(self.cors(client.get("/jobs", Origin=PAGE)), set())

    def test_a_listed_origin_is_let_in_and_no_other(self):
        with Daemon(environment={"CONFD_HTTP_ALLOWED_ORIGINS": f"{PAGE} https://other.example.com:8443"}) as daemon:
            client = daemon.rest()
            preflight = client.request("OPTIONS", "/jobs", headers=self.ASK)
            self.assertEqual((preflight.status, preflight.body), (204, b""))
            self.assertEqual(preflight.headers["access-control-max-age"], "600")
            self.assertEqual(preflight.headers["access-control-allow-origin"], PAGE)
            self.assertNotIn("set-cookie", preflight.headers)
            answer = client.get("/jobs", Origin=PAGE)
            self.assertEqual(answer.headers["access-control-allow-origin"], PAGE)
            self.assertTrue({"Location", "Retry-After", "ETag", "Link"} <= set(
                re.split(", ", answer.headers["access-control-expose-headers"])))
            for origin in (f"{PAGE}.evil.test", "https://other.example.com", "null"):
                for answer in (client.get("/jobs", Origin=origin),
                               client.request("OPTIONS", "/jobs", headers=self.ASK | {"Origin": origin})):
                    self.assertEqual(self.cors(answer), set())
                    self.assertIn("Origin", answer.headers["vary"])

    def test_a_wildcard_or_a_path_stops_the_start(self):
        for origins in ("*", "https://*.example.com", "https://admin.example.com/", "admin.example.com"):
            daemon = Daemon(environment={"CONFD_HTTP_ALLOWED_ORIGINS": origins})
            self.addCleanup(daemon.__exit__)
            done = daemon.run("settings", check=False)
            self.assertEqual(done.returncode, 78, (origins, done.stdout))
            self.assertIn("http.allowed_origins", done.stderr)


if __name__ == "__main__":
    unittest.main()
