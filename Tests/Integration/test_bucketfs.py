"""File services: files go up and down over HTTP and HTTPS, and nothing else gets in or out."""

import base64
import concurrent.futures
import hashlib
import http.client
import io
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import tarfile
import tempfile
import time
import unittest
import urllib.error
import urllib.request
import zipfile
import zlib
from email.utils import formatdate

from daemon import Answer, Daemon, free_port, unverified, until

READ, WRITE = "read secret", "write secret"
SERVICE = "bfs1"


def login(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


READER, WRITER = login("r", READ), login("w", WRITE)


class Files:
    """A daemon with one service; its buckets are `open` (public) and `closed`."""

    def __init__(self, port=None, environment=None):
        self.daemon = Daemon(environment=environment)
        self.daemon.port = port
        self.daemon.start()
        self.rest = self.daemon.rest()
        self.http, self.https = free_port(), free_port()
        self.job("bucketfs_add", bucketfs_name=SERVICE, http_port=self.http, https_port=self.https, owner=[500, 500])
        for name, public in (("open", True), ("closed", False)):
            self.add_bucket(name, public)
        self.await_port(self.http)
        self.await_port(self.https)

    def add_bucket(self, name, public=False):
        self.job(
            "bucket_add", bucketfs_name=SERVICE, bucket_name=name, public=public, read_password=READ,
            write_password=WRITE)

    def job(self, kind, **params):
        job = self.rest.job(kind, **params)
        assert job["result"]["result_code"] == 0, job
        return job

    def folder(self, bucket):
        return self.daemon.root / "data/bucketfs" / SERVICE / bucket

    def await_port(self, port, is_open=True):
        until(lambda: accepts(port) == is_open)

    def request(self, method, target, headers=None, body=None, port=None, source=None):
        """`source` is the address it comes from, such as 127.0.0.2."""
        port = port or self.http
        source = (source, 0) if source else None
        if port == self.https:
            connection = http.client.HTTPSConnection(
                "127.0.0.1", port, context=unverified(), timeout=60, source_address=source)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=source)
        try:
            # putrequest leaves the target as it is.
            connection.request(method, target, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def put(self, target, body, headers=WRITER):
        return self.request("PUT", target, headers, body)

    def get(self, target, headers=READER):
        return self.request("GET", target, headers)

    def delete(self, target, headers=WRITER):
        return self.request("DELETE", target, headers)

    def lines(self, target, headers=READER):
        answer = self.get(target, headers)
        assert answer.status == 200, answer
        return answer.body.decode().splitlines()

    def close(self):
        self.daemon.__exit__()


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def memory(process, field):
    """VmRSS or VmHWM of a process in bytes."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise AssertionError(field)


class Case(unittest.TestCase):
    """Tests that share one daemon and its service."""

    @classmethod
    def setUpClass(cls):
        cls.files = Files()
        cls.addClassCleanup(cls.files.close)


class BucketFS(Case):
    def assert_done(self, answer):
        """What clients in the field take for success, and nothing else."""
        self.assertEqual((answer.status, answer.body, answer.headers["content-length"]), (200, b"", "0"), answer)

    def test_files_go_up_are_listed_come_down_and_go(self):
        files = self.files
        for target, body in (("a/b/one.txt", b"one"), ("a/b/one.txt", b"another"), ("empty", b""), ("a/caf%C3%A9%20%25", b"text")):
            self.assert_done(files.put(f"/open/{target}", body))
        self.assertEqual(set(files.lines("/open")), {"empty", "a/b/one.txt", "a/café %"})
        self.assertEqual(files.lines("/open/"), files.lines("/open"))
        answer = files.get("/open/a/b/one.txt")
        self.assertEqual((answer.status, answer.body), (200, b"another"))
        self.assertEqual(answer.headers["content-length"], "7")
        self.assertTrue(answer.headers["last-modified"].endswith(" GMT"))
        self.assertEqual(answer.headers["content-type"], "application/octet-stream")
        self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
        head = files.request("HEAD", "/open/a/b/one.txt")
        self.assertEqual((head.status, head.headers["content-length"], head.body), (200, "7", b""))
        stored = files.folder("open") / "a/b/one.txt"
        self.assertEqual((stored.read_bytes(), stored.stat().st_mode & 0o777), (b"another", 0o600))
        if os.geteuid() == 0:
            self.assertEqual((stored.stat().st_uid, stored.stat().st_gid), (500, 500))
        for name in ("a/b/one.txt", "empty", "a/caf%C3%A9%20%25"):
            self.assert_done(files.delete(f"/open/{name}"))
        self.assertEqual(files.delete("/open/empty").status, 404)
        self.assertEqual(files.get("/open/empty").status, 404)
        self.assertEqual(files.lines("/open"), [])
        self.assertFalse((files.folder("open") / "a").exists())

    def test_the_service_lists_its_buckets_to_everybody(self):
        for port in (self.files.http, self.files.https):
            answer = self.files.request("GET", "/", port=port)
            self.assertEqual((answer.status, answer.body), (200, b"open\nclosed\n"))

    def test_parts_of_a_file(self):
        files = self.files
        files.put("/open/digits", b"0123456789")
        tag = files.get("/open/digits").headers["etag"]
        for given, expected in (
                ("bytes=2-4", (206, b"234", "bytes 2-4/10")), ("bytes=7-", (206, b"789", "bytes 7-9/10")),
                ("bytes=-1", (206, b"9", "bytes 9-9/10")), ("bytes=10-", (416, None, "bytes */10")),
                ("bytes=0-1,4-5", (200, b"0123456789", None))):
            answer = files.get("/open/digits", {"Range": given})
            body = answer.body if answer.status != 416 else None
            self.assertEqual((answer.status, body, answer.headers.get("content-range")), expected, given)
        unchanged = files.get("/open/digits", {"If-None-Match": tag})
        self.assertEqual((unchanged.status, unchanged.body), (304, b""))
        self.assertEqual(files.get("/open/digits", {"Range": "bytes=0-0", "If-Range": tag}).status, 206)
        files.put("/open/digits", b"9876543210")
        stale = files.get("/open/digits", {"Range": "bytes=0-0", "If-Range": tag})
        self.assertEqual((stale.status, stale.body), (200, b"9876543210"))

    def test_changes_happen_under_their_conditions(self):
        files, target = self.files, "/open/conditions/file"
        earlier, later = "Sun, 06 Nov 1994 08:49:37 GMT", formatdate(time.time() + 86_400, usegmt=True)
        new = {"If-None-Match": "*"}
        self.assertEqual(files.put(target, b"none yet", WRITER | {"If-Match": "*"}).status, 412)
        self.assertEqual(files.get(target).status, 404)
        self.assertEqual(files.put(target, b"first", WRITER | new).status, 200)
        tag, modified = self.version(target)
        refused = [
            new, {"If-Match": '"other"'}, {"If-Match": "W/" + tag}, {"If-Match": '"a", "b"'}, {"If-Match": tag.strip('"')},
            {"If-None-Match": tag}, {"If-None-Match": f'"a", W/{tag}'}, {"If-Unmodified-Since": earlier},
            {"If-Unmodified-Since": "Sunday, 06-Nov-94 08:49:37 GMT"}, {"If-Unmodified-Since": "Sun Nov  6 08:49:37 1994"},
            {"If-Match": '"other"', "If-Unmodified-Since": later}, {"If-Match": tag, "If-None-Match": "*"}]
        for method, given in [(method, given) for method in ("PUT", "DELETE") for given in refused]:
            answer = files.request(method, target, WRITER | given, b"changed" if method == "PUT" else None)
            self.assertEqual(answer.status, 412, (method, given))
            self.assertEqual(files.get(target).body, b"first", (method, given))
        # A tag decides before a date; what is no date says nothing, and so does a date for one who changes.
        for given in (
                {"If-Match": tag, "If-Unmodified-Since": earlier}, {"If-Match": "*"}, {"If-None-Match": '"other"'},
                {"If-Unmodified-Since": later}, {"If-Unmodified-Since": "Mon, 30 Feb 2026 00:00:00 GMT"},
                {"If-Unmodified-Since": "yesterday"}, {"If-Modified-Since": later}):
            given = {name: self.version(target)[0] if value == tag else value for name, value in given.items()}
            self.assertEqual(files.put(target, b"again", WRITER | given).status, 200, given)
        tag, modified = self.version(target)
        for given, status in (
                ({"If-Modified-Since": modified}, 304), ({"If-Modified-Since": later}, 304),
                ({"If-Modified-Since": earlier}, 200), ({"If-Modified-Since": later, "If-None-Match": '"other"'}, 200),
                ({"If-None-Match": f'"other", {tag}'}, 304), ({"If-None-Match": "W/" + tag}, 304),
                ({"If-None-Match": "*"}, 304), ({"If-Match": '"other"'}, 412), ({"If-Match": '"other", ' + tag}, 200),
                ({"If-Unmodified-Since": earlier}, 412), ({"If-Unmodified-Since": modified}, 200),
                ({"If-Match": tag, "If-None-Match": tag}, 304), ({"If-Match": '"other"', "If-None-Match": tag}, 412)):
            for method in ("GET", "HEAD"):
                answer = files.request(method, target, given)
                self.assertEqual(answer.status, status, (method, given))
                if status != 412:
                    self.assertEqual(answer.headers["etag"], tag, (method, given))
        self.assertEqual(files.delete("/open/conditions/none", WRITER | {"If-Match": "*"}).status, 404)
        self.assertEqual(files.delete(target, WRITER | {"If-Match": tag}).status, 200)
        self.assertEqual(files.get(target).status, 404)

    def version(self, target):
        headers = self.files.request("HEAD", target).headers
        return headers["etag"], headers["last-modified"]

    def test_of_changes_with_one_condition_one_is_made(self):
        files, target = self.files, "/open/race"
        for round in range(10):
            condition = {"If-Match": self.version(target)[0]} if round else {"If-None-Match": "*"}
            bodies = [f"{round} {number}".encode() * 10_000 for number in range(8)]
            with concurrent.futures.ThreadPoolExecutor(len(bodies)) as threads:
                answers = list(threads.map(lambda body: files.put(target, body, WRITER | condition).status, bodies))
            self.assertEqual(sorted(answers), [200] + [412] * 7, round)
            self.assertEqual(files.get(target).body, bodies[answers.index(200)])
        tag = self.version(target)[0]
        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: files.delete(target, WRITER | {"If-Match": tag}).status, range(8)))
        self.assertEqual(sorted(answers), [200] + [404] * 7)

    def test_a_failed_condition_is_told_before_the_body_is_sent(self):
        self.files.put("/open/early", b"text")
        with socket.create_connection(("127.0.0.1", self.files.http), timeout=30) as connection:
            head = ("PUT /open/early HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nExpect: 100-continue\r\nIf-None-Match: *\r\n"
                    f"Authorization: {WRITER['Authorization']}\r\n\r\n")
            connection.sendall(head.encode())
            self.assertTrue(connection.recv(4096).startswith(b"HTTP/1.1 412 "))
        self.assertEqual(self.files.get("/open/early").body, b"text")
        self.files.delete("/open/early")

    def test_passwords(self):
        files = self.files
        files.put("/closed/file", b"text")
        files.put("/open/file", b"text")
        none = [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic %%%"}]
        wrong = [login("r", "wrong"), login("w", READ), login("r", WRITE), login("root", WRITE), login("w", "")]
        requests = (
            ("GET", "/closed"), ("GET", "/closed/file"), ("HEAD", "/closed/file"), ("GET", "/closed/none"),
            ("PUT", "/closed/file"), ("PUT", "/open/file"), ("DELETE", "/open/file"), ("DELETE", "/closed/file"),
            ("DELETE", "/closed/none"))
        for number, headers in enumerate(none + wrong):
            for place, (method, target) in enumerate(requests):
                # Each from another address, or it would be locked.
                answer = files.request(
                    method, target, headers, b"changed" if method == "PUT" else None,
                    source=f"127.0.{number + 30}.{place + 1}")
                self.assertEqual(answer.status, 401 if headers in none else 403, (method, target, headers))
                asked = answer.headers.get("www-authenticate", "")
                self.assertEqual(asked.startswith("Basic realm="), headers in none, (method, target, headers))
        wrong += none
        for headers in wrong + [READER, WRITER]:
            self.assertEqual(files.get("/open/file", headers).body, b"text")
        for headers in (READER, WRITER):
            self.assertEqual(files.get("/closed/file", headers).body, b"text")
            self.assertIn("file", files.lines("/closed", headers))
        self.assertEqual(files.put("/closed/file", b"changed", READER).status, 403)
        self.assertEqual(files.delete("/open/file", READER).status, 403)
        self.assertEqual(files.get("/nobucket", {}).status, 404)
        log = files.daemon.log_text()
        for secret in (READ, WRITE, base64.b64encode(WRITE.encode()).decode(), "wrong"):
            self.assertNotIn(secret, log)

    def test_wrong_passwords_lock_as_those_of_logins_do(self):
        files = self.files
        files.put("/closed/file", b"text")

        def get(headers, source="127.0.60.1", target="/closed/file"):
            return files.request("GET", target, headers, source=source)
        self.assertEqual([get(login("w", "wrong")).status for _ in range(5)], [403] * 5)
        for headers in (login("w", "wrong"), WRITER):
            answer = get(headers)
            self.assertEqual(answer.status, 429, answer)
            self.assertLessEqual(int(answer.headers["retry-after"]), 900)
        self.assertEqual(get(READER).status, 200, "the other password")
        self.assertEqual(get(WRITER, "127.0.60.2").status, 200, "another address")
        self.assertEqual(get({}, target="/open").status, 200)
        locks = files.rest.get("/lockouts").json["items"]
        self.assertEqual([(lock["user"], lock["client_addr"]) for lock in locks],
                         [(f"bucket {SERVICE}/closed w", "127.0.60.1")])
        events = [event for event in files.rest.get("/audit?limit=50").json["items"]
                  if event.get("client_addr") == "127.0.60.1"]
        self.assertEqual({event["event"] for event in events}, {"refusal", "lockout"}, events)
        self.assertLessEqual(len(events), 3, "those of one cause are one record a minute")
        self.assertEqual(files.rest.request("DELETE", f"/lockouts/{locks[0]['lockout_id']}").status, 204)
        self.assertEqual(get(WRITER).status, 200)
        self.assertEqual(files.rest.get("/lockouts").json["items"], [])

    def test_twenty_wrong_passwords_are_slowed_and_lock_the_address(self):
        files = self.files
        files.put("/closed/file", b"text")

        def get(headers):
            return files.request("GET", "/closed/file", headers, source="127.0.60.3").status
        self.assertEqual(get(READER), 200)
        begin, guesses = time.monotonic(), [login(f"user{number}", "wrong") for number in range(24)]
        with concurrent.futures.ThreadPoolExecutor(len(guesses)) as threads:
            told = list(threads.map(get, guesses))
        self.assertEqual((told.count(403), told.count(429)), (20, 4), told)
        self.assertGreater(time.monotonic() - begin, 10, "five at once, then one a second")
        self.assertEqual(get(WRITER), 429)
        self.assertEqual(get(READER), 200, "who was right before is not among them")
        lock = files.rest.get("/lockouts").json["items"][0]
        self.assertNotIn("user", lock)
        files.rest.request("DELETE", f"/lockouts/{lock['lockout_id']}")

    def test_a_new_password_ends_locks(self):
        files = self.files
        files.add_bucket("fresh")

        def get(headers):
            return files.request("GET", "/fresh", headers, source="127.0.60.4").status
        self.assertEqual([get(login("r", "wrong")) for _ in range(6)], [403] * 5 + [429])
        files.job("bucket_modify", bucketfs_name=SERVICE, bucket_name="fresh", public=False,
                  read_password="another secret")
        self.assertEqual(get(login("r", "another secret")), 200)
        files.job("bucket_delete", bucketfs_name=SERVICE, bucket_name="fresh")

    def test_plain_http_is_a_finding(self):
        told = self.files.daemon.run("check").stdout
        self.assertRegex(told, rf"(?m)^note: EXAConf: \[BucketFS : {SERVICE}\] HttpPort: It serves plain HTTP")
        self.assertIn("part of EXAConf is not safe", (self.files.daemon.root / "daemon.log").read_text())

    def test_nothing_leads_out_of_a_bucket(self):
        files = self.files
        outside = files.daemon.root / "outside"
        outside.mkdir()
        (outside / "secret").write_text("secret")
        files.put("/open/inside", b"text")
        (files.folder("open") / "link").symlink_to(outside)
        (files.folder("open") / "filelink").symlink_to(outside / "secret")
        os.mkfifo(files.folder("open") / "pipe")
        before = sorted(str(path) for path in files.daemon.root.rglob("*") if "/spool/" not in str(path))
        for target in (
                "/open/../closed/x", "/open/..%2fclosed%2fx", "/open/%2e%2e/closed/x", "/open/%2E%2E%2Fx", "/../etc/EXAConf",
                "/%2e%2e/etc/EXAConf", "/open/a%00b", "/open/a/../b", "/open//etc/passwd", "/open/%2fetc%2fpasswd",
                "/open/./x", "/open/x/", "/open/a%0ab", "/open/%c0%ae%c0%ae/x", "/open/%ff", "/open/%zz",
                "/open/.bucketfs/uploads/x", "/open/x/.bucketfs/y", "/open/" + "x" * 256, "/open/" + "x/" * 70 + "y",
                "/..", "/."):
            for method in ("GET", "PUT", "DELETE"):
                answer = files.request(method, target, WRITER, b"bad" if method == "PUT" else None)
                self.assertEqual(answer.status, 400, (method, target))
                self.assertTrue(answer.body.startswith(b"The name cannot be used: "), answer)
        for target, put in (("/open/link/secret", 409), ("/open/link/new", 409), ("/open/link", 409),
                            ("/open/filelink", 409), ("/open/inside/x", 409)):
            self.assertEqual(files.get(target).status, 404, target)
            self.assertEqual(files.delete(target).status, 404, target)
            self.assertEqual(files.put(target, b"bad").status, put, target)
        self.assertEqual(files.get("/open/pipe").status, 404)
        self.assertEqual(files.get("/open/" + "x" * 9000).status, 414)
        self.assertFalse({"link", "filelink", "pipe", "link/secret"} & set(files.lines("/open")))
        self.assertEqual((outside / "secret").read_text(), "secret")
        self.assertEqual(
            sorted(str(path) for path in files.daemon.root.rglob("*") if "/spool/" not in str(path)), before)

    def test_other_requests_are_refused(self):
        files = self.files
        for method, target, allowed in (
                ("POST", "/open/x", "GET, HEAD, PUT, DELETE"), ("PUT", "/open", "GET, HEAD"), ("DELETE", "/open", "GET, HEAD"),
                ("PUT", "/", "GET, HEAD"), ("OPTIONS", "/open/x", "GET, HEAD, PUT, DELETE")):
            answer = files.request(method, target, WRITER)
            self.assertEqual((answer.status, answer.headers["allow"]), (405, allowed), (method, target))
        self.assertEqual(files.get("/open", {"X-Long": "x" * 20_000}).status, 400)

    def test_what_does_not_fit_is_refused_before_it_is_sent(self):
        free = shutil.disk_usage(self.files.daemon.root).free
        for length, status in ((1 << 41, 413), (min(free + (1 << 30), 1 << 40), 507), (1 << 62, 413)):
            with socket.create_connection(("127.0.0.1", self.files.http), timeout=30) as connection:
                head = (f"PUT /open/huge HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n"
                        f"Authorization: {WRITER['Authorization']}\r\n\r\n")
                connection.sendall(head.encode())
                self.assertTrue(connection.recv(4096).startswith(f"HTTP/1.1 {status} ".encode()), length)
        self.assertNotIn("huge", self.files.lines("/open"))
        self.assertEqual(self.uploads("open"), [])

    def uploads(self, bucket):
        return os.listdir(self.files.folder(bucket) / ".bucketfs/uploads")

    def test_an_upload_that_breaks_off_leaves_nothing(self):
        for framing in ("Content-Length: 100000", "Transfer-Encoding: chunked"):
            with socket.create_connection(("127.0.0.1", self.files.http), timeout=30) as connection:
                connection.sendall(
                    (f"PUT /open/broken HTTP/1.1\r\nHost: x\r\n{framing}\r\n"
                     f"Authorization: {WRITER['Authorization']}\r\n\r\n").encode())
                connection.sendall(b"a\r\n0123456789\r\n")
                until(lambda: self.uploads("open"))
                self.assertNotIn("broken", self.files.lines("/open"))
            until(lambda: not self.uploads("open"))
            self.assertNotIn("broken", self.files.lines("/open"))

    @unittest.skipUnless(shutil.which("curl"), "curl is not installed")
    def test_large_files_are_streamed(self):
        size, process = 300 << 20, self.files.daemon.process
        with tempfile.TemporaryDirectory() as folder:
            source, target = pathlib.Path(folder) / "source", pathlib.Path(folder) / "target"
            with open(source, "wb") as file:
                block = os.urandom(1 << 20)
                for number in range(size >> 20):
                    file.write(number.to_bytes(8, "big") + block[8:])
            before = memory(process, "VmHWM")
            for port, scheme, options in (
                    (self.files.http, "http", ["-H", "Transfer-Encoding: chunked"]), (self.files.https, "https", [])):
                url = f"{scheme}://127.0.0.1:{port}/closed/large"
                self.curl("-T", source, "-u", f"w:{WRITE}", *options, url)
                self.curl("-o", target, "-u", f"r:{READ}", url)
                self.assertEqual(digest(target), digest(source))
            self.assertLess(memory(process, "VmHWM") - before, 64 << 20)
            self.files.delete("/closed/large")

    @staticmethod
    def curl(*words):
        done = subprocess.run(["curl", "-skf", "--show-error", *words], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done

    def test_urllib_reads_and_writes(self):
        url = f"https://127.0.0.1:{self.files.https}/open/by-urllib"
        put = urllib.request.Request(url, b"text", WRITER, method="PUT")
        with urllib.request.urlopen(put, context=unverified(), timeout=30) as answer:
            self.assertEqual(answer.status, 200)
        with urllib.request.urlopen(url, context=unverified(), timeout=30) as answer:
            self.assertEqual(answer.read(), b"text")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), context=unverified(), timeout=30)
        self.assertEqual(caught.exception.code, 401)
        caught.exception.close()


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tar(*members, mode="w:gz", **options):
    """A tar archive; a member is a name with its content, or a TarInfo."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, **options) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                info.mode = member[2] if len(member) > 2 else 0o644
                archive.addfile(info, io.BytesIO(member[1]))
    return buffer.getvalue()


def special(name, kind, target="", **fields):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    for key, value in fields.items():
        setattr(info, key, value)
    return info


def zipped(*members, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def wide(archive):
    """A zip archive in the 64-bit form."""
    end = archive.rindex(b"PK\x05\x06")
    count, length, offset = (int.from_bytes(archive[end + at:end + at + size], "little") for at, size in ((10, 2), (12, 4), (16, 4)))
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, length, offset)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    return archive[:end] + record + locator + archive[end:end + 10] + b"\xff" * 10 + archive[end + 20:]


def named(name, system, extra=b""):
    """A zip archive with one file, whose name has these bytes and no word about what they are."""
    info = zipfile.ZipInfo("x" * len(name))
    info.create_system, info.extra = system, extra
    data = zipped((info, b"text"))
    assert data.count(b"x" * len(name)) == 2
    return data.replace(b"x" * len(name), name)


def zip_link(name, target):
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info, target


# What a user of the Python package writes.
CLIENT_SCRIPT = """
import io, sys
from exasol.bucketfs import MappedBucket, Service, as_string, as_bytes
from exasol.bucketfs._error import BucketFsError
import exasol.bucketfs as bfs

url, read, write, name = sys.argv[1:]
credentials = {bucket: {"username": "w", "password": write} for bucket in ("open", "closed")}
service = Service(url, credentials, verify=False, service_name=name)
assert sorted(service) == ["closed", "open"], list(service)
bucket = service["closed"]
bucket.upload("client/text.txt", b"some text")
bucket.upload("client/stream", io.BytesIO(bytes(1000000)))
bucket.upload("client/parts", iter([b"one ", b"two"]))
assert {"client/text.txt", "client/stream", "client/parts"} <= set(bucket.files), set(bucket)
assert as_string(bucket.download("client/text.txt")) == "some text"
assert as_bytes(bucket.download("client/stream")) == bytes(1000000)
mapped = MappedBucket(bucket)
mapped["client/mapped"] = b"mapped"
assert as_string(mapped["client/parts"]) == "one two"
del mapped["client/mapped"]
assert "client/mapped" not in set(bucket)
assert Service(url, {"closed": {"username": "r", "password": read}}, verify=False)["closed"].files
for wrong in ({}, {"closed": {"username": "w", "password": read}}):
    try:
        Service(url, wrong, verify=False)["closed"].upload("client/wrong", b"x")
        raise SystemExit("a wrong password was taken")
    except BucketFsError:
        pass
path = bfs.path.build_path(
    backend=bfs.path.StorageBackend.onprem, url=url, username="w", password=write, bucket_name="closed",
    service_name=name, verify=False)
place = path / "client" / "nested" / "pkg.tar.gz"
place.write(b"no archive")
assert place.exists() and place.is_file() and (path / "client").is_dir()
assert place.as_udf_path() == f"/buckets/{name}/closed/client/nested/pkg", place.as_udf_path()
assert sorted(entry.name for entry in (path / "client").iterdir()) == ["nested", "parts", "stream", "text.txt"]
(path / "client").rmdir(recursive=True)
assert not set(bucket), set(bucket)
"""


@unittest.skipUnless(os.environ.get("CONFD_BUCKETFS_CLIENT"), "no environment with the client exasol-bucketfs is named")
class Client(unittest.TestCase):
    def test_the_python_client_works_unchanged(self):
        files = Files()
        self.addCleanup(files.close)
        for url in (f"http://127.0.0.1:{files.http}", f"https://127.0.0.1:{files.https}"):
            done = subprocess.run(
                [os.environ["CONFD_BUCKETFS_CLIENT"], "-W", "ignore", "-c", CLIENT_SCRIPT, url, READ, WRITE, SERVICE],
                capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)


class Archives(Case):
    def put(self, name, content):
        self.assertLess(self.files.put(f"/open/{name}", content).status, 300)

    def seen(self, name):
        """What a reader on the node sees of an archive's content."""
        folder = self.files.folder("open") / name
        try:
            return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        except FileNotFoundError:
            return None  # It was replaced while it was read.

    def log(self):
        return (self.files.daemon.root / "daemon.log").read_text()

    def test_archives_are_seen_unpacked_beside_them(self):
        long = "deep/" * 30 + "x" * 120
        content = {"bin/tool": b"#!/bin/sh\n", "lib/data": os.urandom(3_000_000), "empty": b"", long: b"long", "caf\u00e9": b"c"}
        packed = {
            "plain.tar": tar(*content.items(), mode="w", format=tarfile.GNU_FORMAT),
            "a/pax.tar.gz": tar(*content.items(), format=tarfile.PAX_FORMAT),
            "a/b/short.tgz": tar(*content.items()), "deflated.zip": zipped(*content.items()),
            "a/stored.zip": zipped(*content.items(), compression=zipfile.ZIP_STORED)}
        for name, data in packed.items():
            self.put(name, data)
        for name, data in packed.items():
            place = name.removesuffix(".gz").rsplit(".", 1)[0]
            until(lambda: (self.files.folder("open") / place).exists())
            self.assertEqual(self.seen(place), content, name)
            self.assertIn(name, self.files.lines("/open"))
            self.assertEqual(self.files.get(f"/open/{name}").body, data)
            self.assertEqual(self.files.get(f"/open/{place}/empty").status, 404)
            self.assertEqual(self.files.put(f"/open/{place}/new", b"x").status, 409)
        self.assertFalse([line for line in self.files.lines("/open") if "lib/data" in line])
        for name in packed:
            self.assertEqual(self.files.delete(f"/open/{name}").status, 200)
        until(lambda: not [path for path in self.files.folder("open").iterdir() if path.name in ("a", "plain", "deflated")])
        until(lambda: not os.listdir(self.files.folder("open") / ".bucketfs/unpacked"))

    def test_an_archive_that_changes_is_unpacked_anew(self):
        self.put("new.tar.gz", tar(("one", b"1"), ("run", b"x", 0o755)))
        until(lambda: self.seen("new") == {"one": b"1", "run": b"x"})
        run = self.files.folder("open") / "new/run"
        self.assertEqual(run.stat().st_mode & 0o7777, 0o700)
        if os.geteuid() == 0:
            self.assertEqual((run.stat().st_uid, run.stat().st_gid), (500, 500))
        self.put("new.tar.gz", tar(("two", b"2")))
        until(lambda: self.seen("new") == {"two": b"2"})
        # The first one of a name is shown, the next one when that goes.
        self.put("new.zip", zipped(("three", b"3")))
        self.files.delete("/open/new.tar.gz")
        until(lambda: self.seen("new") == {"three": b"3"})
        self.put("new.zip", b"no zip at all")
        until(lambda: not (self.files.folder("open") / "new").exists())
        self.files.delete("/open/new.zip")

    def await_refusal(self, place, cause):
        """The log says why a place shows nothing, and there is nothing."""
        def told():
            return [line for line in self.log().splitlines() if "not shown unpacked" in line and f"place={place} " in line + " "]

        until(told)
        self.assertIn(cause, told()[-1])
        self.assertFalse(os.path.lexists(self.files.folder("open") / place))
        self.assertEqual(os.listdir(self.files.folder("open") / ".bucketfs/unpacked"), [])

    def test_what_grows_a_hundredfold_stays_packed(self):
        zeros = bytes(101_000_000)
        for name, packed in (("bomb.tar.gz", tar(("zeros", zeros))), ("bomb.zip", zipped(("zeros", zeros)))):
            place = "bombs/" + name.replace(".", "-")
            self.put(f"{place}{name[4:]}", packed)
            self.await_refusal(place, "100 times")
            self.assertEqual(self.files.get(f"/open/{place}{name[4:]}").body, packed)
            self.files.delete(f"/open/{place}{name[4:]}")
        # The same content behind bytes that do not shrink, and as much as may always be.
        self.put("dense.tar.gz", tar(("zeros", zeros), ("noise", os.urandom(1_100_000))))
        self.put("small.tar.gz", tar(("zeros", zeros[:90_000_000])))
        for place in ("dense", "small"):
            until(lambda: (self.files.folder("open") / place / "zeros").exists())
            self.files.delete(f"/open/{place}.tar.gz")
            until(lambda: not os.path.lexists(self.files.folder("open") / place))

    def test_a_zip_behind_other_bytes_is_read(self):
        content = {"a/one": b"one", "two": os.urandom(100_000)}
        plain, program = zipped(*content.items()), b"#!/bin/sh\n" + b"# unpacks itself\n" * 300
        adjusted = io.BytesIO(program)
        with zipfile.ZipFile(adjusted, "a") as archive:
            for name, data in content.items():
                archive.writestr(name, data)
        commented = bytearray(plain + b"PK\x05\x06 is what it ends with")
        commented[len(plain) - 2:len(plain)] = (len(commented) - len(plain)).to_bytes(2, "little")
        for place, data in (
                ("six", b"prefix" + plain), ("program", program + plain), ("adjusted", adjusted.getvalue()),
                ("wide", b"prefix" + wide(plain)), ("commented", bytes(commented)), ("trailing", plain + b"more")):
            self.put(f"sfx/{place}.zip", data)
            until(lambda: (self.files.folder("open") / "sfx" / place).exists())
            self.assertEqual(self.seen(f"sfx/{place}"), content, place)
            self.files.delete(f"/open/sfx/{place}.zip")
        until(lambda: not os.listdir(self.files.folder("open") / ".bucketfs/unpacked"))

    def test_files_of_a_zip_that_end_in_a_long_run_are_whole(self):
        # A file is read 256 KiB at a time; the last byte of what is packed here stands for more than is left of one of them.
        content = {str(size): bytes(size) for size in (262_170, 262_200, 262_380, 524_300, 524_500)}
        self.put("runs.zip", zipped(*content.items()))
        until(lambda: (self.files.folder("open") / "runs").exists())
        self.assertEqual(self.seen("runs"), content)
        self.files.delete("/open/runs.zip")

    def test_names_of_a_zip_are_of_code_page_437_or_as_it_says(self):
        field = b"gr\x81n.txt"
        unicode = b"\x01" + zlib.crc32(field).to_bytes(4, "little") + "gr\u00fcn \u20ac.txt".encode()
        for place, data, names in (
                ("dos", named(field, system=0), {"gr\u00fcn.txt"}), ("unix", named(field, system=3), {"gr\u00fcn.txt"}),
                *((f"part{first}", named(bytes(range(first, first + 32)), system=0),
                   {bytes(range(first, first + 32)).decode("cp437")}) for first in range(0x80, 0x100, 32)),
                ("mac", named("gr\u00fcn.txt".encode(), system=3), {"gr\u00fcn.txt"}),
                ("field", named(field, 0, (0x7075).to_bytes(2, "little") + len(unicode).to_bytes(2, "little") + unicode),
                 {"gr\u00fcn \u20ac.txt"}),
                ("folders", named(b"a\\b\\c", system=0), {"a/b/c"})):
            self.put(f"names/{place}.zip", data)
            until(lambda: (self.files.folder("open") / "names" / place).exists())
            self.assertEqual(set(self.seen(f"names/{place}")), names, place)
            self.files.delete(f"/open/names/{place}.zip")
        self.put("names/up.zip", named(b"..\\..\\evil", system=0))
        self.await_refusal("names/up", "..")
        self.files.delete("/open/names/up.zip")

    def test_what_cannot_be_read_is_no_empty_folder(self):
        plain = zipped(("one", b"1" * 1000), ("two", b"2" * 1000))
        end = plain.rindex(b"PK\x05\x06")
        counted = plain[:end + 10] + (3).to_bytes(2, "little") + plain[end + 12:]
        nothing = plain[:end + 12] + bytes(8) + plain[end + 20:]
        second = plain.rindex(b"PK\x01\x02")
        broken = plain[:second] + b"XX" + plain[second + 2:]
        spanned = plain[:end + 4] + b"\x01" + plain[end + 5:]
        one = tar(("one", b"1"), mode="w")
        unreadable = {
            "counted.zip": counted, "nothing.zip": nothing, "broken.zip": broken, "spanned.zip": spanned, "beheaded.zip": plain[10:],
            "empty.tar": b"", "behind.tar": bytes(512) + one, "lone.tar": one[:1024] + bytes(512) + one}
        for name, data in unreadable.items():
            place = "unreadable/" + name.rsplit(".", 1)[0]
            self.put(f"unreadable/{name}", data)
            self.await_refusal(place, "it cannot be read: ")
            self.files.delete(f"/open/unreadable/{name}")
        # What has nothing in it, and says so, is an empty folder.
        for name, data in (("unreadable/none.zip", zipped()), ("unreadable/none-too.tar", tar(mode="w"))):
            self.put(name, data)
            until(lambda: self.seen(name.rsplit(".", 1)[0]) == {})
            self.files.delete(f"/open/{name}")

    def test_links_stay_inside(self):
        self.put("links.tar.gz", tar(
            ("etc/real", b"real"), special("etc/same", tarfile.SYMTYPE, "real"),
            special("bin/up", tarfile.SYMTYPE, "../etc/real"), special("bin/absolute", tarfile.SYMTYPE, "/etc/real"),
            special("hard", tarfile.LNKTYPE, "etc/real")))
        names = ("etc/real", "etc/same", "bin/up", "bin/absolute", "hard")
        until(lambda: self.seen("links") == {name: b"real" for name in names})
        self.assertEqual(os.readlink(self.files.folder("open") / "links/bin/absolute"), "../etc/real")
        self.files.delete("/open/links.tar.gz")

    def test_malicious_and_damaged_archives_are_not_unpacked(self):
        outside = self.files.daemon.root / "target"
        outside.mkdir()
        lying = bytearray(zipped(("big", bytes(100_000))))
        at = lying.rindex(b"PK\x01\x02") + 24
        lying[at:at + 4] = (10).to_bytes(4, "little")
        sparse = special("huge", tarfile.REGTYPE, size=1 << 40)
        good = tar(("file", os.urandom(100_000)))
        archives = {
            "up.tar": tar(("../../evil", b"x"), mode="w"), "inner-up.tar.gz": tar(("a/../../../evil", b"x")),
            "absolute.tar.gz": tar((f"{outside}/evil", b"x")), "upzip.zip": zipped(("../evil", b"x")),
            "absolutezip.zip": zipped(("/tmp/evil", b"x")),
            "through.tar.gz": tar(special("way", tarfile.SYMTYPE, "."), special("way/../..", tarfile.SYMTYPE, "x")),
            "linkout.tar.gz": tar(special("a/out", tarfile.SYMTYPE, "../../..")),
            "linkdots.tar.gz": tar(special("s", tarfile.SYMTYPE, "."), special("t", tarfile.SYMTYPE, "s/s/../..")),
            "linkfile.tar.gz": tar(special("way", tarfile.SYMTYPE, "sub"), ("way/evil", b"x")),
            "hardout.tar.gz": tar(special("h", tarfile.LNKTYPE, "../../../../etc/EXAConf")),
            "hardlink.tar.gz": tar(special("s", tarfile.SYMTYPE, "x"), special("h", tarfile.LNKTYPE, "s")),
            "device.tar.gz": tar(special("null", tarfile.CHRTYPE, devmajor=1, devminor=3)),
            "pipe.tar.gz": tar(special("pipe", tarfile.FIFOTYPE)), "ziplink.zip": zipped(zip_link("l", "../../../etc")),
            "lying.zip": bytes(lying), "huge.tar": sparse.tobuf() + b"x", "cut.tar.gz": good[:-5000],
            "paxsize.tar.gz": tar(special("folder/", tarfile.REGTYPE, pax_headers={"size": str((1 << 63) - 1)})),
            "cut.zip": zipped(("file", os.urandom(1000)))[:-30], "noise.tar.gz": os.urandom(5000),
            "noise.zip": os.urandom(5000), "empty.zip": b"", "huge2.tar.gz": tar(sparse)}
        for name, data in archives.items():
            self.put(f"bad/{name}", data)
        for name in archives:
            place = "bad/" + name.removesuffix(".gz").rsplit(".", 1)[0]
            until(lambda: f"place={place} " in self.log() or f"place={place}\n" in self.log())
            self.assertFalse(os.path.lexists(self.files.folder("open") / place), name)
        self.assertEqual(os.listdir(self.files.folder("open") / ".bucketfs/unpacked"), [])
        self.assertEqual(list(outside.iterdir()), [])
        self.assertFalse([path for path in self.files.daemon.root.rglob("*evil*")])
        self.assertFalse(os.path.exists("/tmp/evil"))
        self.assertEqual(len(self.files.lines("/open")), len(archives))
        for name in archives:
            self.files.delete(f"/open/bad/{name}")


@unittest.skipIf(os.geteuid(), "mounts a small file system, which root alone may")
class Space(unittest.TestCase):
    def test_what_archives_unpack_leaves_the_reserve_free(self):
        files = Files()
        self.addCleanup(files.close)
        place = files.daemon.root / "data/bucketfs"
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120m,mode=711", "small", place], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", place], check=True)
        archives = {
            "one.tar.gz": tar(("zeros", bytes(90_000_000))), "one.zip": zipped(("zeros", bytes(90_000_000))),
            "many.tar.gz": tar(*((f"zeros-{number}", bytes(1_000_000)) for number in range(90))),
            "small.tar.gz": tar(*((f"{number}", b"x") for number in range(20_000)))}
        for name, data in archives.items():
            bucket, free = files.folder("open"), []
            self.assertLess(files.put(f"/open/reserve-{name}", data).status, 300)
            shown = bucket / ("reserve-" + name.split(".")[0])
            refused = f"place={shown.name} "

            def settled():
                free.append(shutil.disk_usage(place).free)
                return shown.exists() or refused in (files.daemon.root / "daemon.log").read_text()

            until(settled)
            self.assertFalse(shown.exists(), name)
            self.assertGreaterEqual(min(free), 64 << 20, name)
            until(lambda: not os.listdir(bucket / ".bucketfs/unpacked"))
            log = (files.daemon.root / "daemon.log").read_text()
            line = [line for line in log.splitlines() if refused in line + " "][-1]
            self.assertIn("would not leave 64 MiB", line)
            self.assertEqual(files.get(f"/open/reserve-{name}").body, data)
            files.delete(f"/open/reserve-{name}")
        # There is room for what fits.
        files.put("/open/fits.tar.gz", tar(("noise", os.urandom(10_000_000))))
        until(lambda: (files.folder("open") / "fits/noise").exists())


class Ports(unittest.TestCase):
    def test_ports_that_somebody_has_are_refused(self):
        own = free_port()
        files = Files(own)
        self.addCleanup(files.close)
        rest = files.rest
        other = free_port()
        for kind, name, ports, pointer, holder in (
                ("bucketfs_add", "bfs2", (other, other), "http_port", "its other protocol"),
                ("bucketfs_add", "bfs2", (0, files.https), "https_port", f"file service {SERVICE}"),
                ("bucketfs_add", "bfs2", (files.http, 0), "http_port", f"file service {SERVICE}"),
                ("bucketfs_add", "bfs2", (0, own), "https_port", "this daemon"),
                ("bucketfs_modify", SERVICE, (own, None), "http_port", "this daemon"),
                ("bucketfs_modify", SERVICE, (files.https, None), "http_port", "its other protocol")):
            params = {"bucketfs_name": name, "owner": [500, 500]}
            params |= {key: port for key, port in zip(("http_port", "https_port"), ports) if port is not None}
            for path in ("/jobs/dry-run", "/jobs?wait=60s"):
                with self.subTest(kind=kind, ports=ports, path=path):
                    told = rest.post(path, {"type": kind, "params": params}).json
                    errors = told.get("errors") or told["error_details"]["errors"]
                    self.assertEqual(errors[0]["pointer"], f"/params/{pointer}", told)
                    self.assertIn(f"is taken by {holder}", str(errors), told)
        # Its own ports are free to a service.
        files.job("bucketfs_modify", bucketfs_name=SERVICE, http_port=files.https, https_port=files.http)
        files.job("bucketfs_modify", bucketfs_name=SERVICE, http_port=files.https, https_port=files.http)


class Changes(unittest.TestCase):
    def setUp(self):
        self.files = Files()
        self.addCleanup(self.files.close)

    def test_ports_and_passwords_follow_the_configuration(self):
        files = self.files
        former, files.http = files.http, free_port()
        kept = http.client.HTTPSConnection("127.0.0.1", files.https, context=unverified(), timeout=30)
        kept.request("GET", "/")
        self.assertEqual(kept.getresponse().read(), b"open\nclosed\n")
        socket_before = kept.sock
        files.job("bucketfs_modify", bucketfs_name=SERVICE, http_port=files.http)
        files.await_port(files.http)
        files.await_port(former, is_open=False)
        self.assertEqual(files.put("/open/x", b"text").status, 200)
        files.job("bucket_modify", bucketfs_name=SERVICE, bucket_name="open", public=False, write_password="other one")
        self.assertEqual(files.put("/open/x", b"text").status, 403)
        self.assertEqual(files.put("/open/x", b"text", login("w", "other one")).status, 200)
        self.assertEqual(files.get("/open/x", {}).status, 401)
        kept.request("GET", "/")
        self.assertEqual(kept.getresponse().status, 200)
        self.assertIs(kept.sock, socket_before)
        files.job("bucketfs_modify", bucketfs_name=SERVICE, http_port=0)
        files.await_port(files.http, is_open=False)
        self.assertTrue(accepts(files.https))

    def test_a_port_that_becomes_free_is_opened_without_a_revision(self):
        files = self.files
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            files.job("bucketfs_modify", bucketfs_name=SERVICE, http_port=port)
            line = f"HTTP port {port} of {SERVICE}: another program has it"
            until(lambda: line in files.rest.get("/readyz?verbose").body.decode())
            self.assertIn("[!] bucketfs: ", files.rest.get("/readyz?verbose").body.decode())
            self.assertEqual(files.rest.get("/readyz").status, 200)
            log = files.daemon.log_text()
            self.assertIn(f"cause={line}", log)
            self.assertNotIn("errno", log)
        files.http = port
        until(lambda: accepts(port) and files.request("GET", "/").body == b"open\nclosed\n")
        self.assertNotIn(f"HTTP port {port}", files.rest.get("/readyz?verbose").body.decode())
        # Once; what is found of it is told beside it.
        told = [text for text in files.daemon.log_text().splitlines() if line in text and "reconciler=bucketfs" in text]
        self.assertEqual(len(told), 1, told)

    def test_a_port_that_is_taken_is_told_and_tried_again(self):
        files = self.files
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            files.job("bucketfs_modify", bucketfs_name=SERVICE, http_port=port)
            until(lambda: "configuration not followed" in files.daemon.log_text())
            self.assertIn(f"HTTP port {port} of {SERVICE}", files.rest.get("/readyz?verbose").body.decode())
            self.assertEqual(files.rest.get("/readyz").status, 200)
            self.assertTrue(accepts(files.https))
        files.add_bucket("third")
        files.http = port
        until(lambda: accepts(port) and files.request("GET", "/").body == b"open\nclosed\nthird\n")

    def test_a_kill_in_the_middle_of_an_upload_leaves_nothing(self):
        files = self.files
        uploads = files.folder("open") / ".bucketfs/uploads"
        files.put("/open/whole", b"text")
        with socket.create_connection(("127.0.0.1", files.http), timeout=30) as connection:
            connection.sendall((
                "PUT /open/half HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n"
                f"Authorization: {WRITER['Authorization']}\r\n\r\n").encode() + bytes(3_000_000))
            until(lambda: any(path.stat().st_size for path in uploads.iterdir()))
            files.daemon.kill()
        self.assertEqual(len(list(uploads.iterdir())), 1)
        files.daemon.start()
        files.await_port(files.http)
        until(lambda: not list(uploads.iterdir()))
        self.assertEqual(files.lines("/open"), ["whole"])
        self.assertEqual(files.get("/open/whole").body, b"text")

    def test_what_is_deleted_takes_its_content_along_and_nothing_else_does(self):
        files = self.files
        for bucket in ("open", "closed"):
            files.put(f"/{bucket}/a/file", b"text")
        files.put("/open/packed.tar.gz", tar(("file", b"text")))
        until(lambda: (files.folder("open") / "packed/file").exists())
        foreign = files.folder("foreign")
        foreign.mkdir()
        files.job("bucket_delete", bucketfs_name=SERVICE, bucket_name="open")
        self.assertEqual(files.get("/open/a/file").status, 404)
        until(lambda: not files.folder("open").exists())
        self.assertEqual(files.get("/closed/a/file").body, b"text")
        self.assertTrue(foreign.is_dir())
        files.job("bucketfs_delete", bucketfs_name=SERVICE)
        files.await_port(files.http, is_open=False)
        until(lambda: not files.folder("closed").exists())
        self.assertTrue(foreign.is_dir())

    def test_archives_are_seen_again_after_a_restart(self):
        files = self.files
        files.put("/open/a.tar.gz", tar(("file", b"text")))
        place = files.folder("open") / "a"
        until(lambda: (place / "file").exists())
        files.daemon.kill()
        # As if it had been killed before the archive was unpacked.
        shutil.rmtree(place.resolve())
        place.unlink()
        files.daemon.start()
        until(lambda: (place / "file").exists())
        self.assertEqual((place / "file").read_bytes(), b"text")


if __name__ == "__main__":
    unittest.main()
