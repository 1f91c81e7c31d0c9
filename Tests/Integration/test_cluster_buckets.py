"""Files of buckets on three nodes: put on one, read on the others at once; removed; and brought to a node that was away.

CONFD_LONG_TESTS=1 has 1,000 files stored while a node is away, and not 100.
"""

import concurrent.futures
import hashlib
import http.client
import io
import os
import subprocess
import tarfile
import unittest

from cluster_host import Cluster, lacking, well
from daemon import Answer, free_port, until
from test_bucketfs import READ, READER, SERVICE, WRITE, WRITER

AWAY = 1_000 if os.environ.get("CONFD_LONG_TESTS") == "1" else 100
BUCKET = "default"

# The public client against each node: what one took is read on all, and what one removed is gone on all.
CLIENT_SCRIPT = """
import sys
from exasol.bucketfs import Service, as_bytes
from exasol.bucketfs._error import BucketFsError

name, read, write, *urls = sys.argv[1:]
buckets = [
    Service(url, {"default": {"username": "w", "password": write}}, verify=False, service_name=name)["default"]
    for url in urls]
for number, taking in enumerate(buckets):
    path, content = f"client/from{number}", bytes([number]) * 300000
    taking.upload(path, content)
    for bucket in buckets:
        assert path in set(bucket.files), (number, set(bucket.files))
        assert as_bytes(bucket.download(path)) == content, number
for number, removing in enumerate(buckets):
    path = f"client/from{(number + 1) % len(buckets)}"
    removing.delete(path)
    for bucket in buckets:
        assert path not in set(bucket.files), number
        try:
            as_bytes(bucket.download(path))
            raise SystemExit(f"{path} is there still")
        except BucketFsError:
            pass
"""


def accepts(address, port):
    """Whether there is somebody to ask at a port."""
    try:
        connection = http.client.HTTPConnection(address, port, timeout=5)
        try:
            connection.connect()
        finally:
            connection.close()
    except OSError:
        return False
    return True


@unittest.skipIf(lacking(), lacking())
class Buckets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster())
        cls.form()

    @classmethod
    def form(cls):
        """A node alone that has files already founds the cluster; two others join."""
        cls.port = free_port()
        first = cls.cluster.found()
        cls.job(first, "bucketfs_add", bucketfs_name=SERVICE, http_port=cls.port, https_port=0, owner=[500, 500])
        cls.job(
            first, "bucket_add", bucketfs_name=SERVICE, bucket_name=BUCKET, public=False, read_password=READ,
            write_password=WRITE)
        until(lambda: accepts(first.address, cls.port))
        for number in range(30):
            answer = cls.request(first, "PUT", f"before/file{number}", WRITER, f"before {number}".encode())
            assert answer.status == 200, answer
        for number in (12, 13):
            cls.cluster.join(number)
        for node in cls.cluster.nodes:
            until(lambda node=node: accepts(node.address, cls.port))
        # Once all that was there before is listed, every node has the same list.
        until(lambda: all(len(cls.lines(node)) >= 30 for node in cls.cluster.nodes), 60)

    def setUp(self):
        self.master = self.cluster.await_calm()
        self.nodes = self.cluster.nodes

    @staticmethod
    def job(node, kind, **params):
        job = node.rest().job(kind, **params)
        assert job["outcome"] == "ok", job

    @classmethod
    def request(cls, node, method, path, headers, body=None):
        connection = http.client.HTTPConnection(node.address, cls.port, timeout=60)
        try:
            connection.request(method, f"/{BUCKET}/{path}" if path else f"/{BUCKET}", body, headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    @classmethod
    def lines(cls, node):
        answer = cls.request(node, "GET", "", READER)
        assert answer.status == 200, answer
        return answer.body.decode().splitlines()

    def put(self, node, path, body, **headers):
        answer = self.request(node, "PUT", path, WRITER | headers, body)
        self.assertEqual((answer.status, answer.body), (200, b""), (node.number, path, answer))

    def folder(self, node):
        return node.root / "data/bucketfs" / SERVICE / BUCKET

    def digests(self, node):
        """What lies in the folder of the bucket on a node, by path."""
        folder, found = self.folder(node), {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if name.parts[0] == ".bucketfs" or path.is_symlink():
                continue
            try:
                if path.is_file():
                    found[str(name)] = hashlib.sha256(path.read_bytes()).hexdigest()
            except FileNotFoundError:
                pass  # It was removed meanwhile.
        return found

    def assert_equal_content(self, wanted=None, deadline=60):
        """Waits until all nodes have the same files on their disks, and those that are given among them."""
        def is_equal():
            found = [self.digests(node) for node in self.nodes]
            return all(one == found[0] for one in found) and set(wanted or {}) <= set(found[0])
        until(is_equal, deadline)

    def test_what_was_there_before_is_on_all_nodes(self):
        for node in self.nodes:
            for number in (0, 29):
                answer = self.request(node, "GET", f"before/file{number}", READER)
                self.assertEqual((answer.status, answer.body), (200, f"before {number}".encode()), node.number)

    def test_what_one_node_took_is_read_on_the_others_at_once(self):
        for turn in range(5):
            for taking in self.nodes:
                path, body = f"at-once/from{taking.number}", os.urandom(100_000 + turn)
                self.put(taking, path, body)
                answers = [self.request(node, "GET", path, READER) for node in self.nodes]
                self.assertEqual([(answer.status, answer.body) for answer in answers], [(200, body)] * 3)
                self.assertEqual(len({answer.headers["etag"] for answer in answers}), 1, answers)
                self.assertEqual(len({answer.headers["last-modified"] for answer in answers}), 1, answers)
                for node in self.nodes:
                    self.assertIn(path, self.lines(node))

    def test_a_large_file_goes_as_well(self):
        body = os.urandom(30_000_000)
        self.put(self.nodes[2], "large", body)
        for node in self.nodes:
            answer = self.request(node, "GET", "large", READER)
            self.assertEqual(hashlib.sha256(answer.body).digest(), hashlib.sha256(body).digest(), node.number)
        self.assert_equal_content()

    def test_what_one_node_removed_is_gone_on_all_at_once(self):
        for removing in self.nodes:
            path = f"removed/by{removing.number}"
            self.put(self.nodes[0], path, b"x")
            self.assertEqual(self.request(removing, "DELETE", path, WRITER).status, 200)
            for node in self.nodes:
                self.assertEqual(self.request(node, "GET", path, READER).status, 404, node.number)
                self.assertEqual(self.request(node, "DELETE", path, WRITER).status, 404, node.number)
                self.assertNotIn(path, self.lines(node))
        until(lambda: not any((self.folder(node) / "removed").exists() for node in self.nodes))

    def test_conditions_hold_across_nodes(self):
        def put(node):
            return self.request(node, "PUT", "once", WRITER | {"If-None-Match": "*"}, b"%d" % node.number).status
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            statuses = sorted(pool.map(put, self.nodes))
        self.assertEqual(statuses, [200, 412, 412])
        tag = self.request(self.nodes[1], "GET", "once", READER).headers["etag"]
        self.put(self.nodes[2], "once", b"next", **{"If-Match": tag})
        self.assertEqual(self.request(self.nodes[0], "PUT", "once", WRITER | {"If-Match": tag}, b"x").status, 412)
        self.assertEqual(self.request(self.nodes[0], "GET", "once", READER).body, b"next")
        # A file and a folder of one name cannot be, whichever node is asked.
        self.assertEqual(self.request(self.nodes[1], "PUT", "once/more", WRITER, b"x").status, 409)

    def test_archives_are_unpacked_on_every_node(self):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            member = tarfile.TarInfo("inside")
            member.size = 4
            archive.addfile(member, io.BytesIO(b"text"))
        self.put(self.nodes[1], "packed.tar.gz", packed.getvalue())
        for node in self.nodes:
            until(lambda node=node: (self.folder(node) / "packed/inside").exists())
            self.assertEqual((self.folder(node) / "packed/inside").read_bytes(), b"text")
        self.assertEqual(self.request(self.nodes[2], "DELETE", "packed.tar.gz", WRITER).status, 200)
        for node in self.nodes:
            until(lambda node=node: not (self.folder(node) / "packed").exists())

    def test_a_node_that_was_away_comes_to_the_same_files(self):
        away = next(node for node in self.nodes if node is not self.master)
        others = [node for node in self.nodes if node is not away]
        for number in range(10):
            self.put(self.nodes[number % 3], f"away/old{number}", b"old")
        self.put(others[0], "away/changes", b"before")
        self.assert_equal_content({"away/old9", "away/changes"})
        away.lose()
        until(lambda: all(away.number not in well(node.view()) for node in others), 60)

        def put(number):
            self.put(others[number % 2], f"away/new/file{number}", f"{number}".encode() * 100)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(put, range(AWAY)))
        for number in range(10):
            self.assertEqual(self.request(others[number % 2], "DELETE", f"away/old{number}", WRITER).status, 200)
        self.put(others[1], "away/changes", b"behind")
        away.start()
        until(lambda: accepts(away.address, self.port))
        self.cluster.await_calm()
        # What is not here yet is fetched for whoever reads it.
        until(lambda: self.request(away, "GET", "away/changes", READER).body == b"behind")
        self.assert_equal_content({"away/changes", f"away/new/file{AWAY - 1}"}, 120)
        self.assertFalse([path for path in self.digests(away) if path.startswith("away/old")])
        self.assertEqual(self.lines(away), self.lines(others[0]))

        def is_settled():
            checks = away.local("GET", "/readyz?verbose").body.decode()
            return "files to come" not in checks and "cannot be had" not in checks
        until(is_settled)
        done = self.cluster.master().run("cluster", "check", check=False)
        self.assertEqual((done.returncode, done.stdout[:5]), (0, "PASS:"), done)

    def test_a_bucket_that_is_removed_and_made_anew_is_empty_everywhere(self):
        master = self.cluster.master()
        add = {"bucketfs_name": SERVICE, "bucket_name": "again", "read_password": READ, "write_password": WRITE}
        self.job(master, "bucket_add", public=False, **add)

        def ask(node, method, headers, body=None):
            connection = http.client.HTTPConnection(node.address, self.port, timeout=60)
            try:
                connection.request(method, "/again/file", body, headers)
                return Answer(connection.getresponse())
            finally:
                connection.close()
        self.assertEqual(ask(self.nodes[0], "PUT", WRITER, b"x").status, 200)
        self.assertEqual([ask(node, "GET", READER).status for node in self.nodes], [200] * 3)
        self.job(master, "bucket_delete", bucketfs_name=SERVICE, bucket_name="again")
        self.job(master, "bucket_add", public=False, **add)
        for node in self.nodes:
            until(lambda node=node: ask(node, "GET", READER).status == 404)
        self.assertEqual(ask(self.nodes[2], "PUT", WRITER, b"y").status, 200)
        self.assertEqual([ask(node, "GET", READER).body for node in self.nodes], [b"y"] * 3)

    @unittest.skipUnless(
        os.environ.get("CONFD_BUCKETFS_CLIENT"), "no environment with the client exasol-bucketfs is named")
    def test_the_python_client_works_against_each_node(self):
        urls = [f"http://{node.address}:{self.port}" for node in self.nodes]
        done = subprocess.run(
            [os.environ["CONFD_BUCKETFS_CLIENT"], "-W", "ignore", "-c", CLIENT_SCRIPT, SERVICE, READ, WRITE, *urls],
            capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
