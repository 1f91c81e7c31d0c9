"""TLS: nothing without it, new certificates for new connections, clients' certificates."""

import hashlib
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

from daemon import Daemon, unverified

NAMES = "subjectAltName=IP:127.0.0.1,DNS:localhost"


class Authority:
    """A certificate authority made with openssl; issues pairs of certificate and key, as PEM text."""

    def __init__(self, folder, name="Test CA", is_authority=True):
        self.folder = pathlib.Path(folder)
        self.name = name.replace(" ", "-")
        kind = "critical,CA:TRUE" if is_authority else "critical,CA:FALSE"
        self.openssl(
            "req", "-x509", *self.new_key(self.name), "-days", "30", "-subj", f"/CN={name}", "-out",
            self.path(self.name, "crt"), "-addext", f"basicConstraints={kind}")
        self.certificate = self.path(self.name, "crt").read_text()

    def issue(self, name, usage="serverAuth", days=30):
        request, certificate = self.path(name, "csr"), self.path(name, "crt")
        extensions = self.path(name, "ext")
        extensions.write_text(f"{NAMES}\nextendedKeyUsage={usage}\nbasicConstraints=critical,CA:FALSE\n")
        self.openssl("req", *self.new_key(name), "-subj", f"/CN={name}", "-out", request)
        self.openssl(
            "x509", "-req", "-in", request, "-CA", self.path(self.name, "crt"), "-CAkey", self.path(self.name, "key"),
            "-set_serial", str(time.time_ns()), "-days", str(days), "-extfile", extensions, "-out", certificate)
        return certificate.read_text(), self.path(name, "key").read_text()

    def path(self, name, kind):
        return self.folder / f"{name}.{kind}"

    def new_key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.path(name, "key")]

    @staticmethod
    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True)


def fingerprint(pem):
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def served(daemon):
    """The fingerprint of the certificate a new connection is shown."""
    with socket.create_connection((daemon.address, daemon.port), timeout=20) as plain:
        with unverified().wrap_socket(plain) as connection:
            return hashlib.sha256(connection.getpeercert(binary_form=True)).hexdigest()


def digests(folder):
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*")) if path.is_file()}


def edit(daemon, old, new):
    """Edits EXAConf by hand, marked as to be adopted."""
    path = daemon.root / "etc/EXAConf"
    text = path.read_text()
    assert old in text, old
    lines = ["    Checksum = COMMIT" if line.startswith("    Checksum = ") else line
             for line in text.replace(old, new).splitlines()]
    path.write_text("\n".join(lines) + "\n")


class Transport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def plain(self, request):
        with socket.create_connection(("127.0.0.1", self.daemon.port), timeout=20) as connection:
            connection.sendall(request)
            answer = b""
            while chunk := connection.recv(4096):
                answer += chunk
            return answer

    def test_plain_http_is_told_to_use_https_and_closed(self):
        for request in (
                b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n", b"POST /RPC2 HTTP/1.0\r\n\r\n",
                b"nonsense\r\n", b"\0"):
            head, _, body = self.plain(request).partition(b"\r\n\r\n")
            self.assertTrue(head.startswith(b"HTTP/1.1 400 Bad Request\r\n"), head)
            self.assertIn(b"connection: close", head.lower())
            self.assertIn(b"https://", body)
        self.assertEqual(self.daemon.rest().get("/livez").status, 200)

    def test_tls_1_2_and_1_3_are_spoken_and_older_versions_are_not(self):
        for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
            context = unverified()
            context.minimum_version = context.maximum_version = version
            client = self.daemon.rest(context=context)
            self.assertEqual(client.get("/livez").status, 200)
            self.assertEqual(client.connection.sock.version(), name)
        for option in ("TLSv1_1", "TLSv1"):
            context = unverified()
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = getattr(ssl.TLSVersion, option)
            with self.assertRaisesRegex(ssl.SSLError, "(?i)alert protocol.version", msg=option):
                self.daemon.rest(context=context).get("/livez")

    @unittest.skipUnless(shutil.which("curl"), "curl is not installed")
    def test_http_2_is_agreed_on(self):
        for option, version in (("--http2", "2"), ("--http1.1", "1.1")):
            done = subprocess.run(
                ["curl", "-sk", option, "-o", "/dev/null", "-w", "%{http_version} %{http_code}",
                 f"{self.daemon.url}/livez"], capture_output=True, text=True, timeout=30)
            self.assertEqual(done.stdout, f"{version} 200")

    def test_many_requests_share_an_http_2_connection(self):
        addresses = [f"{self.daemon.url}/readyz"] * 20
        done = subprocess.run(
            ["curl", "-sk", "--http2", "--parallel", "-w", "%{num_connects} %{http_code}\n", *addresses],
            capture_output=True, text=True, timeout=30)
        answers = [line for line in done.stdout.splitlines() if line.endswith(" 200")]
        self.assertEqual(len(answers), 20, done.stdout)
        self.assertLessEqual(sum(int(line.split()[0]) for line in answers), 2)


class Certificates(unittest.TestCase):
    next_group = 4001

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="confd-tls-")
        self.authority = Authority(self.folder)
        self.daemon = Daemon().start()

    def tearDown(self):
        self.daemon.__exit__()
        shutil.rmtree(self.folder)

    def await_served(self, expected):
        deadline = time.monotonic() + 10
        while served(self.daemon) != expected and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(served(self.daemon), expected)

    def test_a_new_certificate_counts_for_new_connections_and_drops_no_old_one(self):
        certificate, key = self.authority.issue("first")
        busy = self.daemon.rest()
        self.assertEqual(busy.get("/livez").status, 200)
        busy.connection.auto_open = 0
        old_socket, old = busy.connection.sock, served(self.daemon)
        statuses, stop = [], threading.Event()

        def ask():
            while not stop.is_set():
                statuses.append(busy.get("/jobs").status)
        worker = threading.Thread(target=ask)
        worker.start()
        try:
            client = self.daemon.rest()
            job = client.job("cert_update", cert=certificate, key=key, ca=self.authority.certificate)
            self.assertEqual(job["outcome"], "ok", job)
            self.assertEqual(job["params"]["key"], "***")
            self.assertNotIn("PRIVATE KEY", str(job))
            before = len(statuses)
            self.await_served(fingerprint(certificate))
        finally:
            stop.set()
            worker.join()
        self.assertNotEqual(old, fingerprint(certificate))
        self.assertGreater(len(statuses), before)
        self.assertEqual(set(statuses), {200})
        self.assertIs(busy.connection.sock, old_socket)
        self.assertEqual(client.get("/livez").status, 200)

        context = ssl.create_default_context(cadata=self.authority.certificate)
        self.assertEqual(self.daemon.rest(context=context).get("/livez").status, 200)
        files = self.daemon.root / "etc/ssl"
        self.assertEqual((files / "ssl.crt").read_text(), certificate)
        self.assertEqual((files / "ssl.ca").read_text(), self.authority.certificate)
        self.assertEqual((files / "ssl.key").stat().st_mode & 0o777, 0o600)
        self.daemon.stop()
        self.daemon.start()
        self.assertEqual(served(self.daemon), fingerprint(certificate))

    def test_what_cannot_be_used_is_refused_and_nothing_changes(self):
        certificate, key = self.authority.issue("good")
        other_certificate, other_key = self.authority.issue("other")
        expired, expired_key = self.authority.issue("expired", days=-1)
        client_only, client_key = self.authority.issue("client", usage="clientAuth")
        no_authority = Authority(self.folder, "No CA", is_authority=False).certificate
        stranger = Authority(self.folder, "Stranger").certificate
        garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        client = self.daemon.rest()
        self.assertEqual(client.job("group_create", groupid=4000, groupname="before")["outcome"], "ok")
        before, shown = digests(self.daemon.root / "etc"), served(self.daemon)
        for parameters, place, text in (
                ({"cert": certificate, "key": other_key}, "key", "does not belong"),
                ({"cert": expired, "key": expired_key}, "cert", "expired on"),
                ({"cert": client_only, "key": client_key}, "cert", "serverAuth"),
                ({"cert": garbage, "key": key}, "cert", "ertificate"),
                ({"cert": "nonsense", "key": key}, "cert", "ertificate"),
                ({"cert": certificate, "key": "nonsense"}, "key", "key"),
                ({"cert": certificate + stranger, "key": key}, "cert", "not issued by"),
                ({"cert": certificate, "key": key, "ca": no_authority}, "ca", "no certificate of an authority"),
                ({"cert": certificate, "key": key, "ca": stranger}, "cert", "does not lead to"),
                ({"cert": certificate, "key": key, "ca": "nonsense"}, "cert", "ertificate")):
            with self.subTest(text=text, place=place):
                job = client.job("cert_update", **parameters)
                self.assertEqual((job["outcome"], job["error_code"]), ("declined", "parameter-invalid"), job)
                self.assertEqual(job["result"]["result_code"], 105)
                self.assertIn(text, job["result"]["result_desc"])
                self.assertNotIn("PRIVATE KEY", str(job))
                self.assertNotIn("revision", job)
                self.assertNotIn("commands", job)
                self.assertEqual(digests(self.daemon.root / "etc"), before)
                self.assertEqual(served(self.daemon), shown)

    def connect(self, pair=None, **login):
        """The status a new client gets that shows a certificate, or none, beside a login or without one."""
        context = unverified()
        if pair:
            path = pathlib.Path(self.folder) / "shown.pem"
            path.write_text(pair[0] + pair[1])
            context.load_cert_chain(path)
        return self.daemon.rest(context=context, **login).get("/jobs").status

    def verify(self, client, old, new):
        edit(self.daemon, f"CertVerify = {old}", f"CertVerify = {new}")
        # The next job that changes something adopts the edit.
        job = client.job("group_create", groupid=self.next_group, groupname=f"g{self.next_group}")
        self.next_group += 1
        self.assertEqual(job["outcome"], "ok", job)
        self.assertIn(f"CertVerify = {new}", self.daemon.configuration())

    def test_certificates_of_clients_are_asked_for_without_a_restart(self):
        (self.daemon.root / "etc/ssl/ssl.ca").write_text(self.authority.certificate)
        ours = self.authority.issue("ours", usage="clientAuth")
        theirs = Authority(self.folder, "Stranger").issue("theirs", usage="clientAuth")
        client = self.daemon.rest()
        self.assertEqual(client.get("/livez").status, 200)
        self.assertEqual((self.connect(), self.connect(ours), self.connect(theirs)), (200, 200, 200))

        self.verify(client, "none", "required")
        with self.assertRaises(OSError):
            self.connect()
        with self.assertRaises(OSError):
            self.connect(theirs)
        self.assertEqual(self.connect(ours), 200)
        self.assertEqual(client.get("/livez").status, 200)

        self.verify(client, "required", "optional")
        self.assertEqual((self.connect(), self.connect(ours)), (200, 200))
        with self.assertRaises(OSError):
            self.connect(theirs)

        # The common name is the user, when there is no other login.
        admin = self.authority.issue("admin", usage="clientAuth")
        self.assertEqual((self.connect(admin, user=None), self.connect(ours, user=None)), (200, 401))
        self.assertEqual(self.connect(admin, password="wrong"), 401)

        self.verify(client, "optional", "none")
        self.assertEqual((self.connect(), self.connect(theirs)), (200, 200))
        self.assertEqual(self.connect(admin, user=None), 401)

    def test_required_certificates_without_an_authority_leave_everything_as_it_was(self):
        client = self.daemon.rest()
        self.verify(client, "none", "required")
        self.assertEqual(self.connect(), 200)
        self.assertIn("The former identity goes on", self.daemon.log_text())

    def test_a_signal_reads_replaced_files_and_refuses_what_cannot_be_used(self):
        certificate, key = self.authority.issue("replaced")
        files = self.daemon.root / "etc/ssl"
        # A restart makes no revision, and what a signal does depends on none.
        self.daemon.stop()
        self.daemon.start()
        busy = self.daemon.rest()
        self.assertEqual(busy.get("/livez").status, 200)
        busy.connection.auto_open = 0
        (files / "ssl.crt").write_text(certificate)
        (files / "ssl.key").write_text(key)
        self.assertNotEqual(served(self.daemon), fingerprint(certificate))
        self.daemon.process.send_signal(signal.SIGHUP)
        self.await_served(fingerprint(certificate))
        shown = self.daemon.rest().get("/certificate").json
        self.assertEqual(shown["fingerprint"], fingerprint(certificate))
        self.assertEqual(ssl.PEM_cert_to_DER_cert(shown["pem"]), ssl.PEM_cert_to_DER_cert(certificate))
        self.assertIn("replaced", shown["subject"])
        self.assertEqual(busy.get("/livez").status, 200)

        (files / "ssl.key").write_text("nonsense")
        self.daemon.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while "The former identity goes on" not in self.daemon.log_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertIn("The former identity goes on", self.daemon.log_text())
        self.assertEqual(served(self.daemon), fingerprint(certificate))
        self.assertIsNone(self.daemon.process.poll())


if __name__ == "__main__":
    unittest.main()
