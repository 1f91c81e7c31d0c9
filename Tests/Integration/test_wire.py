"""Bytes as clients send them: encodings, codings, numbers, dates, fields of the header, pages of other sites."""

import base64
import gzip
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import unittest
import xmlrpc.client
import zlib

from daemon import PASSWORD, PROGRAM, Daemon, unverified, until
from test_tls import edit

BASIC = "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
CALL = "<methodCall><methodName>job_exec</methodName><params>{}</params></methodCall>"


def call(job, **params):
    """The document of a job_exec, as text without a declaration."""
    text = xmlrpc.client.dumps((job, {"params": params}), "job_exec")
    return text[text.index("<methodCall>"):]


def plain_environment(**more):
    """The environment without names that mean something to the programs."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CONFD_")} | more


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.client = cls.daemon.rest()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def rpc(self, body, **headers):
        fields = {"Content-Type": "text/xml"} | {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.request("POST", "/RPC2", body, fields)
        self.assertEqual(answer.status, 200, answer)
        try:
            return xmlrpc.client.loads(answer.body)[0][0]
        except xmlrpc.client.Fault as fault:
            return fault

    def raw(self, head, body=b""):
        """The answer to bytes on a connection of their own."""
        with socket.create_connection(("127.0.0.1", self.daemon.port), timeout=30) as plain:
            with unverified().wrap_socket(plain) as connection:
                connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n" + body)
                answer = b""
                while chunk := connection.recv(65536):
                    answer += chunk
        return answer.decode(errors="replace")


class Encodings(Case):
    def test_xml_is_read_in_its_declared_encoding(self):
        document = call("db_list")
        for declared, encoding in (
                ("iso-8859-1", "latin-1"), ("ISO-8859-1", "latin-1"), ("us-ascii", "ascii"), ("utf-8", "utf-8"),
                ("UTF-16", "utf-16"), (None, "utf-16"), (None, "utf-8-sig"), ("UTF-8", "utf-8-sig")):
            text = (f'<?xml version="1.0" encoding="{declared}"?>' if declared else "") + document
            with self.subTest(declared, encoding=encoding):
                answer = self.rpc(text.encode(encoding))
                self.assertNotIsInstance(answer, xmlrpc.client.Fault, answer)
                self.assertEqual(answer["result_name"], "OK")

    def test_letters_beyond_ascii_arrive_as_they_were_meant(self):
        for number, (declared, encoding) in enumerate(
                (("iso-8859-1", "latin-1"), ("utf-16", "utf-16"), ("utf-8", "utf-8"))):
            text = f"<?xml version='1.0' encoding='{declared}'?>" + call(
                "user_create", username=f"u{number}", userid=5000 + number, group="exausers", password="grün-1",
                encode_passwd=True, login_enabled=True)
            self.assertEqual(self.rpc(text.encode(encoding))["result_name"], "OK")
            self.assertEqual(self.daemon.rest(f"u{number}", "grün-1").get("/jobs").status, 200)

    def test_the_transport_may_say_the_encoding(self):
        fault = self.rpc(call("user_info", username="grün").encode("latin-1"))
        self.assertEqual(fault.faultCode, -32700)
        answer = self.rpc(call("user_info", username="grün").encode("latin-1"), Content_Type="text/xml; charset=ISO-8859-1")
        self.assertNotIsInstance(answer, xmlrpc.client.Fault, answer)

    def test_other_encodings_are_named_as_such(self):
        fault = self.rpc(b"<?xml version='1.0' encoding='x-klingon'?>" + call("db_list").encode())
        self.assertEqual(fault.faultCode, -32700)
        self.assertIn("x-klingon", fault.faultString)
        self.assertIn("ISO-8859-1", fault.faultString)

    def test_a_byte_order_mark_is_skipped_everywhere(self):
        mark = b"\xef\xbb\xbf"
        body = mark + json.dumps({"type": "db_list"}).encode()
        self.assertEqual(self.client.request("POST", "/jobs?wait=20s", body, {"Content-Type": "application/json"}).status, 200)
        body = mark + json.dumps({"jsonrpc": "2.0", "id": 7, "method": "db_list"}).encode()
        self.assertEqual(self.client.request("POST", "/jrpc", body).json["id"], 7)
        body = mark + json.dumps([{"jsonrpc": "2.0", "id": 8, "method": "db_list"}]).encode()
        self.assertEqual(self.client.request("POST", "/jrpc", body).json[0]["id"], 8)
        body = mark + json.dumps({"method": "job_exec", "params": ["db_list"]}).encode()
        self.assertEqual(self.client.request("POST", "/rest", body).status, 200)
        body = mark + json.dumps({"name": "script"}).encode()
        self.assertEqual(self.client.request("POST", "/tokens", body, {"Content-Type": "application/json"}).status, 201)
        patch = mark + json.dumps({"Logging": {"DefaultAuditLevel": "1"}}).encode()
        answer = self.client.request("PATCH", "/exaconf?dry_run=true", patch, {
            "Content-Type": "application/merge-patch+json", "If-Match": "*"})
        self.assertNotIn(b"not usable JSON", answer.body)

    def test_the_command_line_skips_it_too(self):
        for option in ("-A", "-a"):
            done = subprocess.run(
                [PROGRAM.parent / "confd_client", "-c", "user_info", option, "\ufeff" + '{"username": "admin"}'],
                capture_output=True, text=True, env=plain_environment(
                    CONFD_SOCKET=str(self.daemon.root / "run/confd.sock"), CONFD_CLIENT_USER="admin",
                    CONFD_CLIENT_PASSWORD=PASSWORD))
            self.assertEqual(done.returncode, 0, done)


class Codings(Case):
    def test_gzip_is_read_on_every_interface(self):
        json_type = {"Content-Type": "application/json"}
        packed = {"Content-Encoding": "gzip"}
        self.assertEqual(self.rpc(gzip.compress(call("db_list").encode()), Content_Encoding="gzip")["result_name"], "OK")
        body = gzip.compress(json.dumps({"type": "db_list"}).encode())
        self.assertEqual(self.client.request("POST", "/jobs?wait=20s", body, json_type | packed).status, 200)
        body = gzip.compress(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "db_list"}).encode())
        self.assertIn("result", self.client.request("POST", "/jrpc", body, packed).json)

    def test_python_packs_long_calls(self):
        class Transport(xmlrpc.client.SafeTransport):
            encode_threshold = 10
        server = xmlrpc.client.ServerProxy(
            f"https://admin:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.daemon.port}",
            transport=Transport(context=unverified()))
        self.assertEqual(server.job_exec("db_list", {"params": {}})["result_name"], "OK")

    def test_other_codings_are_named_and_refused(self):
        for coding, pack in (("deflate", zlib.compress), ("br", bytes), ("gzip, gzip", bytes), ("zstd", bytes)):
            for path in ("/RPC2", "/jrpc", "/jobs", "/exaconf"):
                with self.subTest(coding, path=path):
                    method = "PATCH" if path == "/exaconf" else "POST"
                    kind = "application/merge-patch+json" if path == "/exaconf" else "application/json"
                    answer = self.client.request(method, path, pack(b"{}"), {
                        "Content-Encoding": coding, "Content-Type": kind, "If-Match": "*"})
                    self.assertEqual(answer.status, 415, answer)
                    self.assertIn(coding.encode(), answer.body)
                    self.assertIn("gzip", answer.headers["accept-encoding"])

    def test_limits_count_what_was_packed(self):
        bomb = gzip.compress(b" " * (64 << 20))
        for path in ("/RPC2", "/jrpc", "/jobs"):
            answer = self.client.request("POST", path, bomb, {"Content-Encoding": "gzip", "Content-Type": "application/json"})
            self.assertEqual(answer.status, 413, answer)

    def test_damaged_ones_are_refused(self):
        for body in (b"", b"nonsense", gzip.compress(b"{}")[:-9], b"\x1f\x8b"):
            answer = self.client.request("POST", "/jrpc", body, {"Content-Encoding": "gzip"})
            self.assertEqual(answer.status, 400, (body, answer))


class Numbers(Case):
    def test_whole_numbers_are_whole_however_they_are_written(self):
        for number, text in enumerate(("700.0", "7.01e2", "702.00", "7030e-1")):
            body = '{"type": "group_create", "params": {"groupid": %s, "groupname": "g%d"}}' % (text, number)
            answer = self.client.request("POST", "/jobs?wait=20s", body.encode(), {"Content-Type": "application/json"})
            self.assertEqual(answer.json.get("outcome"), "ok", answer)
        answer = self.client.request(
            "POST", "/jobs", b'{"type": "group_create", "params": {"groupid": 700.5, "groupname": "x"}}',
            {"Content-Type": "application/json"})
        self.assertEqual(answer.json["errors"][0]["pointer"], "/params/groupid")

    def test_ids_come_back_as_they_came(self):
        for text in ("123456789012345678901234567890", "1.0", "1e3", "-0", "0.1", '"\\u0041"', '"x"', "7", "null"):
            one = '{"jsonrpc":"2.0","method":"db_list","id":%s}' % text
            answer = self.client.request("POST", "/jrpc", one.encode()).body.decode()
            self.assertIn(f'"id":{text}', answer)
            self.assertIn('"result"', answer)
            answer = self.client.request("POST", "/jrpc", f'[{one},{{"id":5,"method":1,"jsonrpc":"2.0"}}]'.encode())
            self.assertIn(f'"id":{text}', answer.body.decode())
            self.assertEqual(answer.json[1]["id"], 5)
        answer = self.client.request("POST", "/jrpc", b'{"jsonrpc":"2.0","method":"nosuch","id":1.50,"params":{"id":2}}')
        self.assertIn('"id":1.50', answer.body.decode())

    def test_dates_that_do_not_exist_are_refused(self):
        for moment in ("2027-02-30T00:00:00Z", "2027-02-29T00:00:00Z", "2027-04-31T10:00:00Z", "2027-13-01T00:00:00Z",
                       "2027-00-10T00:00:00Z", "2027-01-00T00:00:00Z", "2027-01-01T24:00:00Z", "2027-01-01T10:60:00Z",
                       "2027-01-01T10:00:61Z", "2027-02-30T00:00:00+02:00", "2027-02-30T00:00:00.5Z"):
            with self.subTest(moment):
                answer = self.client.post("/queue/rules", {"action": "pause", "expires_at": moment})
                self.assertEqual(answer.status, 400, answer)
                quoted = moment.replace("+", "%2B")
                for path in (f"/history?since={quoted}", f"/jobs?submitted_after={quoted}", f"/audit?since={quoted}"):
                    self.assertEqual(self.client.get(path).status, 400, path)
        answer = self.client.post("/queue/rules", {
            "action": "pause", "match": {"user": ["nobody"]}, "expires_at": "2096-02-29T23:59:59Z"})
        self.assertEqual(answer.status, 201, answer)


class Fields(Case):
    def test_a_host_stands_once(self):
        for head in ("GET /livez HTTP/1.1\nConnection: close\n",
                     "GET /livez HTTP/1.1\nHost: a\nHost: b\nConnection: close\n",
                     "GET /livez HTTP/1.1\nHost: a\nHost: a\nConnection: close\n",
                     "GET /livez HTTP/1.0\nHost: a\nHost: b\n",
                     f"POST /RPC2 HTTP/1.1\nAuthorization: {BASIC}\nContent-Length: 0\nConnection: close\n"):
            with self.subTest(head):
                answer = self.raw(head)
                self.assertTrue(answer.startswith("HTTP/1.1 400 "), answer)
                self.assertIn("Host", answer)
        for head in ("GET /livez HTTP/1.0\n", "GET /livez HTTP/1.0\nConnection: close\n", "GET /livez HTTP/1.1\nHost: a\nConnection: close\n"):
            self.assertIn(" 200 ", self.raw(head)[:20])

    def test_a_login_stands_once(self):
        other = "Basic " + base64.b64encode(b"admin:wrong").decode()
        for first, second in ((BASIC, other), (other, BASIC), (BASIC, BASIC)):
            answer = self.raw(
                f"GET /jobs HTTP/1.1\nHost: a\nAuthorization: {first}\nAuthorization: {second}\nConnection: close\n")
            self.assertTrue(answer.startswith("HTTP/1.1 400 "), answer)

    def test_http_2_is_held_to_the_same(self):
        done = subprocess.run(
            ["curl", "-sk", "--http2", "-o", "/dev/null", "-w", "%{http_code}", "-H", f"Authorization: {BASIC}", "-H",
             f"authorization: {BASIC}", f"{self.daemon.url}/jobs"], capture_output=True, text=True, timeout=30)
        self.assertEqual(done.stdout, "400")

    def test_pages_of_other_sites_change_nothing(self):
        own = f"https://127.0.0.1:{self.daemon.port}"
        body = call("group_create", groupid=5100, groupname="evil").encode()
        rest = json.dumps({"type": "group_create", "params": {"groupid": 5100, "groupname": "evil"}}).encode()
        for origin in ("https://evil.example", "null", "http://127.0.0.1", own + "0", own.replace("https", "http")):
            for path, content in (("/RPC2", body), ("/", body), ("/jrpc", rest), ("/rest", rest), ("/jobs", rest)):
                with self.subTest(origin, path=path):
                    answer = self.client.request("POST", path, content, {
                        "Origin": origin, "Content-Type": "application/json" if path == "/jobs" else "text/plain"})
                    self.assertEqual(answer.status, 403, answer)
                    self.assertIn(b"cross-site", answer.body)
        self.assertNotIn("evil", self.daemon.configuration())
        answer = self.client.request("POST", "/RPC2", call("db_list").encode(), {"Origin": own, "Content-Type": "text/xml"})
        self.assertEqual(answer.status, 200)

    def test_half_a_header_of_http_2_ends_as_soon_as_one_of_http_1(self):
        context = unverified()
        context.set_alpn_protocols(["h2"])
        preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
        with socket.create_connection(("127.0.0.1", self.daemon.port), timeout=40) as plain:
            with context.wrap_socket(plain) as connection:
                # A header block without its end; HPACK 0x82 is ":method: GET".
                connection.sendall(preface + bytes([0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82]))
                answer = b""
                while chunk := connection.recv(65536):
                    answer += chunk
        # GOAWAY is frame 7; the connection was ended, not left open.
        self.assertIn(7, [frame[0] for frame in frames(answer)])


def frames(data):
    """Type and length of each frame."""
    found = []
    while len(data) >= 9:
        length = int.from_bytes(data[:3], "big")
        found.append((data[3], length))
        data = data[9 + length:]
    return found


class Names(Case):
    def test_names_that_begin_with_a_dot_are_refused_at_submission(self):
        for name in (".", "..", "...", ".bucketfs", ".hidden"):
            for kind, params, place in (
                    ("bucket_add", {"bucketfs_name": "bfsdefault", "bucket_name": name, "public": True}, "bucket_name"),
                    ("bucketfs_add", {"bucketfs_name": name, "http_port": 0, "https_port": 2599, "owner": [500, 500]},
                     "bucketfs_name"),
                    ("group_create", {"groupid": 5200, "groupname": name}, "groupname"),
                    ("user_create", {"username": name, "userid": 5200, "group": "exausers", "password": "x",
                                     "login_enabled": True}, "username"),
                    ("remote_volume_add", {"remote_volume_name": name, "vol_type": "s3", "url": "https://x.example",
                                           "owner": [500, 500]}, "remote_volume_name"),
                    ("node_add", {"priv_net": "10.10.10.99/24", "name": name}, "name")):
                with self.subTest(name, kind=kind):
                    told = self.client.post("/jobs/dry-run", {"type": kind, "params": params}).json
                    errors = told.get("errors") or told["error_details"]["errors"]
                    self.assertEqual(errors[0]["pointer"], f"/params/{place}", told)


class Pointers(Case):
    BAD = {
        "str": ["my node", "..", "x" * 300, "a,b", "10.10.10.999/24"], "int": [-1, 10**15, 3], "bool": [],
        "list": [["my thing"], [{"no": 1}], [-1], []], "tuple": [["my thing"], [-1]], "dict": [{"no": 1}, {}]}

    def pointers(self, kind, params):
        """What a dry run finds at fault; one of a pair that is too many, or missing, is not a value that is wrong."""
        body = self.client.post("/jobs/dry-run", {"type": kind, "params": params}).json
        errors = body.get("errors") or body.get("error_details", {}).get("errors", [])
        return {error["pointer"] for error in errors
                if "stands for" not in error["detail"] and error["code"] != "parameter-missing"}

    def test_the_name_of_a_node_is_its_own_fault(self):
        for kind, params, place in (
                ("node_add", {"priv_net": "10.10.10.99/24", "name": "my node"}, "name"),
                ("node_add_batch", {"nodes": [{"private_ip": "10.10.10.99", "name": "my node"}]}, "nodes/0/name"),
                ("st_volume_create", {"disk": "default", "name": "v", "nodes": [11], "redundancy": 1, "size": "1 GiB",
                                      "type": "data", "ftp_port": 2021}, "ftp_port")):
            job = self.client.job(kind, **params)
            self.assertEqual([error["pointer"] for error in job["error_details"]["errors"]], [f"/params/{place}"], job)

    def test_a_fault_points_at_the_parameter_that_is_wrong(self):
        for listed in self.client.get("/job-types").json["items"]:
            job = self.client.get(f"/job-types/{listed['name']}").json
            example = job.get("example", {})
            known = self.pointers(job["name"], example)
            for parameter in job["parameters"]:
                for kind in parameter["types"]:
                    for bad in self.BAD[kind]:
                        found = self.pointers(job["name"], example | {parameter["name"]: bad}) - known
                        for pointer in found:
                            self.assertEqual(pointer.split("/")[2], parameter["name"], (job["name"], bad))


class Settings(unittest.TestCase):
    def read(self, content):
        with tempfile.TemporaryDirectory() as root:
            path = pathlib.Path(root) / "etc"
            path.mkdir()
            (path / "confd.yaml").write_bytes(content)
            return subprocess.run(
                [PROGRAM, "settings", "--root", root], capture_output=True, text=True, env=plain_environment())

    def test_a_file_that_says_nothing_sets_nothing(self):
        for content in (b"", b"\n", b"# only comments\n", b"---\n", b"--- # x\n", b"---\n# x\n", b"\xef\xbb\xbf", b"null\n", b"~\n",
                        b"http:\n", b"http:\n  # port: 1\nlog:\n", b"http: {}\n", b"http: ~\n", b"http:\n  port:\n", b"{}\n"):
            with self.subTest(content):
                done = self.read(content)
                self.assertEqual((done.returncode, done.stderr), (0, ""), done)

    def test_what_a_file_sets_is_still_read_and_held_to_its_type(self):
        done = self.read(b"\xef\xbb\xbfhttp:\n  port: 20999\n  bind: '127.0.0.9'\nlog: {format: json}\n")
        for word in ("20999", "127.0.0.9"):
            self.assertIn(word, done.stdout)
        for content in (b"http: {port: many}\n", b"http: [1]\n", b"http:\n  port: [1]\n", b"nosuch: 1\n", b"text\n", b"- a\n",
                        b"http: {port: 1\n"):
            with self.subTest(content):
                self.assertEqual(self.read(content).returncode, 78)


class Checksums(unittest.TestCase):
    def test_the_word_counts_in_quotes_too(self):
        with Daemon() as daemon:
            client = daemon.rest()
            path = daemon.root / "etc/EXAConf"
            for number, word in enumerate(('"COMMIT"', "'COMMIT'", '"commit"')):
                edit(daemon, "CertVerify = none", "CertVerify = none")
                path.write_text(path.read_text().replace("Checksum = COMMIT", f"Checksum = {word}"))
                job = client.job("group_create", groupid=5300 + number, groupname=f"q{number}")
                self.assertEqual(job["outcome"], "ok", job)


if __name__ == "__main__":
    unittest.main()
