"""Whatever is sent: a clear refusal, no change, no crash."""

import hashlib
import json
import re
import socket
import threading
import time
import unittest
import xmlrpc.client

from daemon import Daemon, unverified

# What only shows where a daemon tells of its own inside.
INSIDE = ("Fatal error", ".swift:", "stack dump", "Swift.", "NIOCore", "Optional(", "CodingKeys", "Crash:")
MEMORY_LIMIT_KIB = 150 * 1024
DEEP = 10_000


def call(name, *arguments):
    return xmlrpc.client.dumps(arguments, name).encode()


def parameters(value):
    return f"<methodCall><methodName>job_exec</methodName><params>{value}</params></methodCall>".encode()


class BadInput(unittest.TestCase):
    """One daemon for all tests; after each of them it is as it was before."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        client = cls.daemon.rest()
        cls.make(client, "node_add", priv_net="10.10.10.12/24", nid=12, offline=True)
        cls.let_volume_use_node_12()
        cls.make(client, "group_create", groupid=4000, groupname="taken")
        cls.make(client, "user_create", username="nina", userid=4001, group="exausers", login_enabled=True,
                 password="ninas password")
        cls.make(client, "remote_volume_add", remote_volume_name="away", url="ftp://h/x", vol_type="ftp", owner=[0, 0])

    @staticmethod
    def make(client, kind, **params):
        job = client.job(kind, **params)
        assert job["outcome"] == "ok", job

    @classmethod
    def let_volume_use_node_12(cls):
        """By hand; the next change adopts it."""
        path = cls.daemon.root / "etc/EXAConf"
        text, count = re.subn(
            r"(\[EXAVolume : DataVolume1\][^\[]*?    Nodes = )11\n", r"\g<1>11, 12\n", path.read_text())
        assert count == 1
        path.write_text(re.sub("    Checksum = .*", "    Checksum = COMMIT", text))

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def setUp(self):
        self.statuses, self.texts = [], []
        self.before = self.state()

    def tearDown(self):
        self.assertIsNone(self.daemon.process.poll(), self.daemon.log_text())
        self.assertEqual(self.state(), self.before)
        self.assertNotIn(500, self.statuses)
        for text in self.texts + [self.daemon.log_text()]:
            for word in INSIDE:
                self.assertNotIn(word, text)
        self.assertLess(self.memory_peak(), MEMORY_LIMIT_KIB)

    def state(self):
        """Revision and file."""
        answer = self.daemon.rest().get("/exaconf")
        files = [hashlib.sha256(path.read_bytes()).hexdigest()
                 for path in sorted((self.daemon.root / "etc").rglob("*")) if path.is_file()]
        return answer.headers["confd-revision"], files

    def memory_peak(self):
        """The most memory the daemon ever had, in KiB."""
        with open(f"/proc/{self.daemon.process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))

    def send(self, body, path="/jobs", method="POST", kind="application/json", user="admin"):
        words = {"user": "nina", "password": "ninas password"} if user == "nina" else {}
        headers = {"Content-Type": kind} if body is not None else {}
        answer = self.daemon.rest(**words).request(method, path, body, headers)
        self.statuses.append(answer.status)
        self.texts.append(answer.body.decode(errors="replace"))
        return answer

    def refused(self, status, code, body, **words):
        answer = self.send(body, **words)
        self.assertEqual((answer.status, answer.json["code"]), (status, code), answer)
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        for member in ("type", "title", "detail", "request_id", "instance", "retryable"):
            self.assertIn(member, answer.json)
        return answer.json

    def rpc(self, body):
        """The value or fault that answers an XML-RPC body; always a well-formed answer of status 200."""
        answer = self.send(body, path="/RPC2", kind="text/xml")
        self.assertEqual(answer.status, 200, answer)
        try:
            return xmlrpc.client.loads(answer.body)[0][0]
        except xmlrpc.client.Fault as fault:
            return fault

    def exec(self, kind, params):
        return self.rpc(call("job_exec", kind, {"params": params}))

    # Jobs and their parameters

    def test_an_unknown_job(self):
        for name in ("no_such_job", "", "db_list ", "DB_LIST", "../db_list", "db_list\0x", "x" * 5000, "größe"):
            problem = self.refused(404, "job-type-unknown", {"type": name})
            self.assertLess(len(problem["detail"]), 300)
            if "\0" not in name:
                result = self.exec(name, {})
                self.assertEqual((result["result_code"], result["result_name"]), (101, "UnknownJob"))
        self.assertEqual(self.send(None, "/job-types/no_such_job", "GET").status, 404)
        self.assertEqual(self.send({}, "/job-types/no_such_job/jobs").status, 404)

    def test_all_faults_of_the_parameters_are_told_at_once(self):
        wrong = {"username": 7, "userid": "x", "group": True, "login_enabled": "yes", "pasword": "p", "colour": "red"}
        problem = self.refused(400, "parameter-unknown", {"type": "user_create", "params": wrong})
        faults = {(fault["pointer"], fault["code"]) for fault in problem["errors"]}
        for pointer, code in (
                ("username", "invalid"), ("userid", "invalid"), ("login_enabled", "invalid"), ("group", "invalid"),
                ("password", "missing"), ("pasword", "unknown"), ("colour", "unknown")):
            self.assertIn((f"/params/{pointer}", f"parameter-{code}"), faults)
        result = self.exec("user_create", wrong)
        self.assertIn(result["result_code"], (103, 104, 105))
        for name in list(wrong) + ["password"]:
            self.assertIn(f"'{name}'", result["result_desc"])
        self.assertEqual(self.exec("db_info", {})["result_code"], 103)
        self.assertEqual(self.exec("db_list", {"x": 1})["result_code"], 104)
        self.assertEqual(self.exec("db_info", {"db_name": 1})["result_code"], 105)

    def test_faults_of_the_request_itself(self):
        problem = self.refused(400, "body-invalid", {"params": [], "dry_run": "yes", "extra": 1, "reason": 7})
        self.assertEqual(
            {fault["pointer"] for fault in problem["errors"]}, {"/type", "/params", "/dry_run", "/extra", "/reason"})
        for keywords in ({"parms": {}}, {"params": []}, {"dry_run": "yes"}, {"volatile": 1}):
            self.assertIn(self.rpc(call("job_exec", "db_list", keywords))["result_code"], (104, 105), keywords)
        for arguments in ((), (5,), ("db_list", 5), ("db_list", {}, {})):
            fault = self.rpc(call("job_exec", *arguments))
            self.assertIsInstance(fault, xmlrpc.client.Fault)
            self.assertEqual(fault.faultCode, -32602, arguments)
        self.assertEqual(self.rpc(call("no_such_method")).faultCode, -32601)

    def test_substitutes_given_both_ways(self):
        problem = self.refused(400, "parameter-invalid", {
            "type": "user_info", "params": {"username": "root", "userid": 0}})
        self.assertIn("one of them", problem["detail"])
        self.assertEqual(self.exec("user_info", {"username": "root", "userid": 0})["result_code"], 105)
        self.assertEqual(self.exec("user_info", {})["result_code"], 103)

    def test_a_forbidden_user_learns_nothing_of_the_parameters(self):
        body = {"type": "group_create", "params": {"groupid": "x"}}
        problem = self.refused(403, "permission-denied", body, user="nina")
        self.assertNotIn("errors", problem)

    def test_texts_the_configuration_cannot_hold(self):
        for text in ("a#b", "a\nb", "a\r\nRevision = 99", "a\tb", "a\x07b", "größe", "名前", " a", "a ", "'a", "a\u2028b",
                     "a\x7fb", "", "[x]", "]]", "a = b", "\u202ex"):
            for kind, params, parameter in (
                    ("group_create", {"groupid": 4100, "groupname": text}, "groupname"),
                    ("user_modify", {"username": "nina", "authorized_keys": [text]}, "authorized_keys"),
                    ("remote_volume_add", {"url": "ftp://h/x", "vol_type": "ftp", "owner": [0, 0], "labels": [text]},
                     "labels"),
                    ("node_add", {"priv_net": "10.10.10.13/24", "name": text}, "name")):
                # A label or a key may hold brackets and equals signs: only what would break the file is refused.
                if parameter != "groupname" and text in ("", "[x]", "]]", "a = b"):
                    continue
                with self.subTest(text=text, kind=kind):
                    answer = self.send({"type": kind, "params": params}, "/jobs?wait=60s")
                    if isinstance(params[parameter], list):
                        self.assertEqual(answer.status, 400, answer)
                        self.assertEqual(answer.json["code"], "parameter-invalid", answer)
                        self.assertEqual([fault["pointer"] for fault in answer.json["errors"]], [f"/params/{parameter}/0"])
                        continue
                    self.assertEqual(answer.status, 200, answer)
                    job = answer.json
                    self.assertEqual((job["outcome"], job.get("error_code")), ("declined", "parameter-invalid"), job)
                    self.assertIn(parameter, job["result"]["result_desc"])

    def test_what_is_there_already_and_what_is_not(self):
        for kind, params, code in (
                ("group_create", {"groupid": 4100, "groupname": "taken"}, "object-exists"),
                ("group_create", {"groupid": 4000, "groupname": "other"}, "object-exists"),
                ("user_create", {"username": "nina", "userid": 4100, "group": "exausers", "login_enabled": True,
                                 "password": "x"}, "object-exists"),
                ("user_create", {"username": "other", "userid": 4001, "group": "exausers", "login_enabled": True,
                                 "password": "x"}, "object-exists"),
                ("remote_volume_add", {"remote_volume_name": "away", "url": "ftp://h/x", "vol_type": "ftp",
                                       "owner": [0, 0]}, "object-exists"),
                ("bucket_add", {"bucketfs_name": "bfsdefault", "bucket_name": "default", "public": True},
                 "object-exists"),
                ("group_delete", {"groupname": "nothing"}, "object-missing"),
                ("user_passwd", {"username": "nobody", "password": "x"}, "object-missing"),
                ("node_remove", {"nid": [99]}, "object-missing"),
                ("node_remove", {"nid": [11]}, "object-busy"),
                ("node_remove", {"nid": [12]}, "object-busy")):
            with self.subTest(kind=kind, params=params):
                answer = self.send({"type": kind, "params": params}, "/jobs?wait=60s")
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual((answer.json["outcome"], answer.json["error_code"]), ("declined", code), answer.json)
                self.assertNotIn("revision", answer.json)
                result = self.exec(kind, params)
                self.assertEqual((result["result_code"], result["result_name"]), (1, "Exception"), result)
        self.assertIn("DataVolume1", self.exec("node_remove", {"nid": [12]})["result_desc"])

    # Bodies

    def test_malformed_json(self):
        for body in (b"", b"{", b"nonsense", b"{}{}", b'{"type":"db_list",}', b"[1,2", b'"\xff"',
                     b'{"type":"\xc3\x28"}', b'{"type":"db_list","type":"node_list"}', b'{"type":"\\ud800"}', b"\x00", b"\xff\xfe{\x00}\x00",
                     b"nul", b"1e999999", b'{"type":NaN}', b"'x'", b'{"type":"a\nb"}'):
            with self.subTest(body=body):
                answer = self.send(body)
                self.assertEqual(answer.status, 400, answer)
                self.assertIn(answer.json["code"], ("body-malformed", "body-invalid"))
        for body in (b"[]", b"null", b'"db_list"', b"7", b'{"type":7}',
                     b'{"type":"db_info","params":{"db_name":1e400}}',
                     b'{"type":"db_info","params":{"db_name":99999999999999999999999999}}'):
            self.assertEqual(self.send(body).status, 400, body)
        self.refused(415, "unsupported-media-type", b"{}", kind="text/plain")

    def test_malformed_xml(self):
        for body in (b"", b"nonsense", b"<methodCall>", b"<methodCall></a>", b"\xff\xfe", b"<?xml version='1.0'?>",
                     b"<methodCall><methodName>job_list\xff</methodName></methodCall>",
                     b"<?xml version='1.0' encoding='UTF-16'?><methodCall/>", call("job_list") + b"trailing",
                     b"<methodCall><methodName>&undefined;</methodName></methodCall>",
                     parameters("<param><value><int>7</string></value></param>")):
            fault = self.rpc(body)
            self.assertIsInstance(fault, xmlrpc.client.Fault, body)
            self.assertEqual(fault.faultCode, -32700, (body, fault))
        for body in (b"<methodCall/>", b"<html/>", b"<methodResponse/>", parameters("<param/>"),
                     parameters("<param><value><int>x</int></value></param>"),
                     parameters("<param><value><int>99999999999999999999</int></value></param>"),
                     parameters("<param><value><boolean>7</boolean></value></param>"),
                     parameters("<param><value><base64>***</base64></value></param>"),
                     parameters("<param><value><dateTime.iso8601>yesterday</dateTime.iso8601></value></param>"),
                     parameters("<param><value><money>7</money></value></param>")):
            fault = self.rpc(body)
            self.assertIsInstance(fault, xmlrpc.client.Fault, body)
            self.assertIn(fault.faultCode, (-32600, -32602), (body, fault))

    def test_entities_are_not_resolved(self):
        bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
        for kind, name in (
                (f' [<!ENTITY e0 "lol">{bomb}]', "&e11;"), (' [<!ENTITY f SYSTEM "file:///etc/passwd">]', "&f;"),
                (' SYSTEM "http://127.0.0.1:1/x.dtd"', "job_list"), ("", "job_list")):
            document = f"<!DOCTYPE x{kind}><methodCall><methodName>{name}</methodName></methodCall>"
            begin = time.monotonic()
            fault = self.rpc(document.encode())
            self.assertIsInstance(fault, xmlrpc.client.Fault)
            self.assertIn(fault.faultCode, (-32700, -32600))
            self.assertNotIn("root:", fault.faultString)
            self.assertLess(time.monotonic() - begin, 5)

    def test_values_nested_ten_thousand_deep(self):
        for opening, closing in (
                ("<value><array><data>", "</data></array></value>"),
                ("<value><struct><member><name>a</name>", "</member></struct></value>"), ("<x>", "</x>")):
            for depth in (DEEP, 100):
                fault = self.rpc(parameters(f"<param>{opening * depth}{closing * depth}</param>"))
                self.assertIsInstance(fault, xmlrpc.client.Fault)
                self.assertIn(fault.faultCode, (-32700, -32600), fault)
        self.assertIsInstance(self.rpc(parameters("<param>" * DEEP)), xmlrpc.client.Fault)
        for opening, closing in (("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")):
            for rest in (closing * DEEP, ""):
                answer = self.send(f'{{"type":"db_list","params":{opening * DEEP}1{rest}}}'.encode())
                self.assertEqual((answer.status, answer.json["code"]), (400, "body-malformed"), answer)

    def test_a_hundred_megabytes(self):
        for path, kind in (
                ("/jobs", "application/json"), ("/RPC2", "text/xml"), ("/jobs/11.1/cancel", "application/json")):
            for is_chunked in (False, True):
                for login in (True, False):
                    with self.subTest(path=path, chunked=is_chunked, login=login):
                        answer = self.flood(path, kind, is_chunked, login)
                        allowed = (b"HTTP/1.1 413", b"") if login else (b"HTTP/1.1 413", b"HTTP/1.1 401", b"")
                        self.assertIn(answer[:12], allowed)
        # A large body that is refused by its announced length is answered before it is sent.
        answer = self.flood("/jobs", "application/json", False, True, pieces=0)
        self.assertEqual(answer[:12], b"HTTP/1.1 413")

    def flood(self, path, kind, is_chunked, login, pieces=1600):
        """Sends up to 100 MiB in pieces; returns what was answered, nothing when the connection was cut."""
        fields = self.daemon.rest().headers if login else {}
        size = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {100 << 20}"
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n{size}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n"
        piece = b'["' + b"x" * 65532 + b'"'
        if is_chunked:
            piece = b"%x\r\n" % len(piece) + piece + b"\r\n"
        with self.connection() as connection:
            try:
                connection.sendall(head.encode())
                for _ in range(pieces):
                    connection.sendall(piece)
            except OSError:
                pass
            try:
                return connection.recv(65536)
            except OSError:
                return b""

    def connection(self):
        plain = socket.create_connection(("127.0.0.1", self.daemon.port), timeout=30)
        return unverified().wrap_socket(plain)

    def test_clients_that_stall_are_given_up(self):
        def plain_silence():
            return socket.create_connection(("127.0.0.1", self.daemon.port), timeout=30)

        def one_byte_of_tls():
            connection = plain_silence()
            connection.sendall(b"\x16")
            return connection

        def one_byte():
            connection = self.connection()
            connection.sendall(b"G")
            return connection

        def endless_header():
            connection = self.connection()
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\nX-A: ")
            return connection

        taken = {}

        def stall(kind):
            begin = time.monotonic()
            with kind() as connection:
                try:
                    while connection.recv(4096):
                        pass
                except TimeoutError:
                    return
                except OSError:
                    pass
            taken[kind.__name__] = time.monotonic() - begin
        kinds = (plain_silence, one_byte_of_tls, one_byte, endless_header)
        threads = [threading.Thread(target=stall, args=[kind]) for kind in kinds]
        for thread in threads:
            thread.start()
        # Meanwhile others are served.
        self.assertEqual(self.daemon.rest().get("/livez").status, 200)
        for thread in threads:
            thread.join()
        self.assertEqual(set(taken), {kind.__name__ for kind in kinds})
        for kind, seconds in taken.items():
            self.assertTrue(8 < seconds < 25, (kind, seconds))

    # Paths, methods, queries, headers

    def test_wrong_paths(self):
        for path in ("/cluster1", "/jobs/", "//jobs", "/jobs/11.1/nothing", "/JOBS", "/api/v1/jobs", "/%00",
                     "/..%2fetc", "/../../etc/passwd", "/jobs/%2e%2e", "/exaconf/revisions/0", "/exaconf/revisions/-1",
                     "/exaconf/revisions/99999999999999999999", "/jobs/11", "/jobs/11.x",
                     "/jobs/11.99999999999999999999",
                     "/jobs/%ff", "/problems/nothing"):
            answer = self.send(None, path, "GET")
            self.assertIn(answer.status, (400, 404), (path, answer))
        answer = self.send(call("job_list"), "/cluster1", kind="text/xml")
        self.assertEqual(answer.status, 404)
        self.assertIn("XML-RPC", answer.json["detail"])

    def test_wrong_methods(self):
        for method, path, allowed in (
                ("PUT", "/jobs", "GET, HEAD, POST"), ("DELETE", "/jobs/11.1", "GET, HEAD, PATCH"),
                ("GET", "/RPC2", "POST"), ("POST", "/livez", "GET, HEAD"), ("DELETE", "/exaconf", "GET, HEAD, PATCH, PUT"),
                ("GET", "/jobs/11.1/cancel", "POST"), ("OPTIONS", "/jobs", "GET, HEAD, POST")):
            answer = self.send(None, path, method)
            self.assertEqual((answer.status, answer.headers.get("allow")), (405, allowed), (method, path, answer))

    def test_unknown_and_faulty_query_parameters(self):
        for path, names in (
                ("/jobs?colour=red&limit=0", {"colour", "limit"}), ("/jobs?limit=1001", {"limit"}),
                ("/jobs?limit=x&done=maybe&stage=later&outcome=good", {"limit", "done", "stage", "outcome"}),
                ("/jobs?submitted_after=yesterday", {"submitted_after"}), ("/jobs?limit=1&limit=2", {"limit"}),
                ("/jobs/11.1?wait=-1", {"wait"}), ("/exaconf?x=1", {"x"}), ("/jobs?mode=%ff", {"mode=%ff"}),
                ("/jobs?limit=99999999999999999999", {"limit"}), ("/master?info_type=colour", {"info_type"})):
            problem = self.refused(400, "query-invalid", None, path=path, method="GET")
            self.assertEqual({fault["parameter"] for fault in problem["errors"]}, names, path)
        self.refused(400, "cursor-invalid", None, path="/jobs?cursor=xyz", method="GET")

    def test_headers_and_addresses_that_are_too_long(self):
        client = self.daemon.rest()
        self.assertEqual(client.get("/jobs?user=" + "x" * 9000).status, 414)
        self.assertEqual(self.daemon.rest().get("/jobs", X_Long="x" * 20_000).status, 431)
        self.assertEqual(self.daemon.rest().get("/jobs", Accept="image/png").status, 406)
        self.assertEqual(self.daemon.rest().post("/jobs", {"type": "db_list"}, Idempotency_Key="x" * 200).status, 400)
        for request in (b"GET / HTTP/9.9\r\n\r\n", b"GET\r\n\r\n", b"\r\n\r\n\r\nnonsense\r\n\r\n",
                        b"POST /jobs HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
                        b"POST /jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                        b"POST /jobs HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                        b"GET /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
                        b"GET /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                        b"GET / HTTP/1.1\r\nHost: x\r\nX A: b\r\n\r\n"):
            with self.connection() as connection:
                connection.sendall(request)
                try:
                    answer = connection.recv(4096)
                except OSError:
                    answer = b""
            self.assertTrue(answer == b"" or answer.split()[1][:1] == b"4", (request, answer))


if __name__ == "__main__":
    unittest.main()
