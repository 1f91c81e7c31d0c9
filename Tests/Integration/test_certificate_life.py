"""What becomes of certificates: the daemon's own are renewed, authorities sign requests, and clients are taken back."""

import http.client
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import xmlrpc.client

from daemon import Daemon, until, unverified
from test_reconcile import lines
from test_tls import NAMES, Authority, edit, fingerprint, served

MARK = "nsComment=Made and renewed by confd"


def openssl(*words, text=None):
    """What openssl prints."""
    return subprocess.run(["openssl", *words], input=text, check=True, capture_output=True, text=True).stdout


def own(daemon, days, *further):
    """Puts a self-signed certificate in place that ends soon."""
    files = daemon.root / "etc/ssl"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            files / "ssl.key", "-out", files / "ssl.crt", "-days", str(days), "-subj", "/CN=former", "-addext",
            f"{NAMES},DNS:n11.example", "-addext", "basicConstraints=critical,CA:FALSE", *further)
    (files / "ssl.key").chmod(0o600)
    return (files / "ssl.crt").read_text()


def renewals(daemon):
    return daemon.rest().get("/jobs?type=cert_renew&user=confd:schedule").json["items"]


class Renewal(unittest.TestCase):
    def daemon(self, days, *further):
        """A daemon that is not started yet, and its certificate."""
        daemon = Daemon()
        self.addCleanup(daemon.__exit__)
        daemon.run("init")
        return daemon, own(daemon, days, *further)

    def test_a_certificate_of_its_own_is_renewed_in_time_and_once(self):
        daemon, former = self.daemon(10, "-addext", MARK)
        daemon.start()
        until(lambda: [job.get("outcome") for job in renewals(daemon)] == ["ok"])
        certificate = (daemon.root / "etc/ssl/ssl.crt").read_text()
        self.assertNotEqual(certificate, former)
        self.assertEqual(served(daemon), fingerprint(certificate))
        job = renewals(daemon)[0]
        self.assertEqual(job["reason"], "the certificate ends")
        self.assertEqual(job["result"]["result_output"], fingerprint(certificate))
        text = openssl("x509", "-noout", "-text", text=certificate)
        for words in ("Subject: CN = former", "IP Address:127.0.0.1, DNS:localhost, DNS:n11.example", "prime256v1",
                      "Made and renewed by confd"):
            self.assertIn(words, text)
        openssl("x509", "-noout", "-checkend", str(3640 * 86400), text=certificate)
        self.assertEqual((daemon.root / "etc/ssl/ssl.key").stat().st_mode & 0o777, 0o600)
        self.assertEqual(lines(daemon)[1]["tls"][0], "+")
        daemon.stop()
        daemon.start()
        self.assertEqual(daemon.rest().job("node_list")["outcome"], "ok")
        self.assertEqual(len(renewals(daemon)), 1)
        self.assertEqual(served(daemon), fingerprint(certificate))

    def test_no_request_fails_while_the_certificate_changes(self):
        with Daemon() as daemon:
            before, statuses, stop = served(daemon), [], threading.Event()

            def ask():
                while not stop.is_set():
                    client = daemon.rest()
                    statuses.append(client.get("/jobs").status)
                    client.connection.close()
            workers = [threading.Thread(target=ask) for _ in range(3)]
            for worker in workers:
                worker.start()
            try:
                shown = {before}
                for _ in range(5):
                    self.assertEqual(daemon.rest().job("cert_renew")["outcome"], "ok")
                    shown.add(served(daemon))
            finally:
                stop.set()
                for worker in workers:
                    worker.join()
            self.assertEqual(len(shown), 6)
            self.assertEqual(set(statuses), {200})

    def test_what_others_made_is_not_renewed_and_its_end_is_told(self):
        daemon, former = self.daemon(10)
        daemon.start()
        mark, detail = lines(daemon)[1]["tls"]
        self.assertEqual(mark, "!")
        self.assertRegex(detail, "certificate until 20.*; it ends in 9 days; bring a new one: confd_client cert_update")
        told = daemon.run("check").stdout
        self.assertRegex(told, r"(?m)^note: the daemon: tls: .*it ends in 9 days")
        job = daemon.rest().job("cert_renew")
        self.assertEqual((job["outcome"], job["error_code"]), ("declined", "object-missing"), job)
        self.assertEqual(served(daemon), fingerprint(former))
        self.assertEqual(renewals(daemon), [])
        daemon.stop()
        self.assertRegex(daemon.run("check").stdout, r"(?m)^note: The certificate .*it ends in 9 days")

    def test_a_setting_leaves_it_to_the_operator(self):
        daemon, former = self.daemon(6, "-addext", MARK)
        daemon.environment["CONFD_CERTIFICATES_RENEW"] = "false"
        daemon.start()
        self.assertEqual(daemon.rest().job("node_list")["outcome"], "ok")
        self.assertRegex(lines(daemon)[1]["tls"][1], "it ends in 5 days, and clients refuse it then")
        self.assertEqual(renewals(daemon), [])
        self.assertEqual(served(daemon), fingerprint(former))


class Requests(unittest.TestCase):
    """The key stays on the node, and an authority signs what the node asks for."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="confd-requests-"))
        cls.authority = Authority(cls.folder)
        cls.daemon = Daemon().start()
        cls.client = cls.daemon.rest()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
        shutil.rmtree(cls.folder)

    def request(self, **params):
        answer = self.client.post("/certificate/request?wait=60s", {"common_name": "n11.example", **params})
        self.assertEqual((answer.status, answer.json["outcome"]), (200, "ok"), answer)
        self.assertNotIn(b"PRIVATE KEY", answer.body)
        return answer.json["result"]["result_output"]

    def sign(self, request, days=30, usage=None, authority=None):
        """The certificate an authority makes of a request, as it was asked for or for another use."""
        authority = authority or self.authority
        (self.folder / "asked.csr").write_text(request)
        further = ["-copy_extensions", "copy"]
        if usage:
            (self.folder / "asked.ext").write_text(f"{NAMES}\nextendedKeyUsage={usage}\n")
            further = ["-extfile", self.folder / "asked.ext"]
        openssl("x509", "-req", "-in", self.folder / "asked.csr", "-CA", authority.path(authority.name, "crt"), "-CAkey",
                authority.path(authority.name, "key"), "-set_serial", str(time.time_ns()), "-days", str(days),
                "-out", self.folder / "asked.crt", *further)
        return (self.folder / "asked.crt").read_text()

    def waiting(self):
        return sorted((self.daemon.root / "etc/ssl").glob("request-*.key"))

    def forget(self):
        for path in self.waiting():
            path.unlink()

    def test_the_answer_to_a_request_is_installed_with_the_key_that_waits(self):
        self.forget()
        for kind, words in (("ec-p256", "prime256v1"), ("ec-p384", "secp384r1"), ("rsa-3072", "(3072 bit)")):
            with self.subTest(kind):
                request = self.request(dns_names=["n11.example", "localhost"], addresses=["127.0.0.1"], key_type=kind)
                text = openssl("req", "-noout", "-text", "-verify", text=request)
                for part in ("Subject: CN = n11.example", "DNS:n11.example, DNS:localhost, IP Address:127.0.0.1", words,
                             "TLS Web Server Authentication"):
                    self.assertIn(part, text)
                self.assertEqual([path.stat().st_mode & 0o777 for path in self.waiting()], [0o600])
                private = self.waiting()[0].read_text()
                certificate = self.sign(request)
                answer = self.client.request("PUT", "/certificate?wait=60s", {
                    "cert": certificate + self.authority.certificate, "ca": self.authority.certificate,
                    "requested": True})
                self.assertEqual(answer.json["outcome"], "ok", answer)
                self.assertNotIn(b"PRIVATE KEY", answer.body)
                self.assertEqual(served(self.daemon), fingerprint(certificate))
                self.assertEqual((self.daemon.root / "etc/ssl/ssl.key").read_text(), private)
                self.assertEqual(self.waiting(), [])
                context = ssl.create_default_context(cadata=self.authority.certificate)
                self.assertEqual(self.daemon.rest(context=context).get("/livez").status, 200)

    def test_what_does_not_fit_is_declined_with_its_reason(self):
        self.forget()
        shown = served(self.daemon)
        other, _ = self.authority.issue("other")
        job = self.client.job("cert_update", cert=other, requested=True)
        self.assertEqual((job["outcome"], job["error_code"]), ("declined", "object-missing"), job)
        request = self.request()
        good = self.sign(request)
        for name, chain, words in (
                ("of another key", other, "None of the keys that wait"),
                ("expired", self.sign(request, days=-1), "expired on"),
                ("for clients", self.sign(request, usage="clientAuth"), "serverAuth"),
                ("in the wrong order", self.authority.certificate + good, "was not issued by the next")):
            with self.subTest(name):
                job = self.client.job("cert_update", cert=chain, requested=True)
                self.assertEqual((job["outcome"], job["error_code"]), ("declined", "parameter-invalid"), job)
                self.assertIn(words, job["result"]["result_desc"])
                self.assertEqual(job["error_details"]["errors"][0]["pointer"], "/params/cert")
                self.assertEqual(served(self.daemon), shown)
                self.assertEqual(len(self.waiting()), 1)
        self.assertEqual(self.client.job("cert_update", cert=good, requested=True)["outcome"], "ok")
        self.assertEqual(served(self.daemon), fingerprint(good))

    def test_a_key_survives_a_restart_and_is_found_among_others(self):
        self.forget()
        requests = [self.request() for _ in range(3)]
        self.daemon.stop()
        self.daemon.start()
        type(self).client = self.daemon.rest()
        certificate = self.sign(requests[1])
        self.assertEqual(self.client.job("cert_update", cert=certificate, requested=True)["outcome"], "ok")
        self.assertEqual(served(self.daemon), fingerprint(certificate))
        self.assertEqual(len(self.waiting()), 2)


class Revoker(Authority):
    """An authority that takes certificates back."""

    def __init__(self, folder, name="Clients"):
        super().__init__(folder, name)
        self.path(self.name, "index").write_text("")
        self.path(self.name, "conf").write_text(
            f"[ca]\ndefault_ca=d\n[d]\ndatabase={self.path(self.name, 'index')}\ndefault_md=sha256\n")

    def call(self, *words):
        openssl("ca", "-config", self.path(self.name, "conf"), "-cert", self.path(self.name, "crt"), "-keyfile",
                self.path(self.name, "key"), *words)

    def revoke(self, name):
        self.call("-revoke", self.path(name, "crt"))

    def list(self, *dates):
        """The list as it is now, PEM text."""
        out = self.path(self.name, "crl")
        self.call("-gencrl", *(dates or ("-crldays", "2")), "-out", out)
        return out.read_text()


class Revocations(unittest.TestCase):
    OLD = ("-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20200102000000Z")

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="confd-revocations-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.authority = Revoker(self.folder)
        self.pairs = {"admin": self.authority.issue("admin", usage="clientAuth")}
        self.file = self.folder / "revocations.pem"
        self.daemon = Daemon(environment={"CONFD_ACCESS_CERTIFICATE_REVOCATIONS": str(self.file)})
        self.addCleanup(self.daemon.__exit__)

    def start(self, revocations, verify="optional"):
        self.put(revocations)
        self.daemon.run("init")
        (self.daemon.root / "etc/ssl/ssl.ca").write_text(self.authority.certificate)
        edit(self.daemon, "CertVerify = none", f"CertVerify = {verify}")
        self.daemon.start()

    def put(self, revocations):
        """Replaces the file as whoever fetches lists does."""
        new = self.folder / "new.pem"
        new.write_text(revocations)
        new.chmod(0o600)
        new.rename(self.file)

    def context(self, name="admin"):
        shown = self.folder / f"{name}.pem"
        shown.write_text("".join(self.pairs[name]))
        context = unverified()
        context.load_cert_chain(shown)
        return context

    def client(self, name="admin"):
        return self.daemon.rest(user=None, context=self.context(name))

    def status(self, client):
        """The status of an answer, or None when the connection was not taken."""
        try:
            return client.get("/jobs").status
        except (OSError, http.client.HTTPException):
            return None

    def detail(self):
        return lines(self.daemon)[1]["tls"]

    def test_all_of_a_certificate_ends_when_it_is_taken_back(self):
        self.pairs["other"] = self.authority.issue("admin", usage="clientAuth")
        # `issue` names its files by the user; the first certificate is the one that is taken back.
        first = self.authority.path("first", "crt")
        first.write_text(self.pairs["admin"][0])
        self.start(self.authority.list())
        busy, other = self.client(), self.client("other")
        self.assertEqual((self.status(busy), self.status(other)), (200, 200))
        token = busy.post("/tokens", {"name": "t"}).json["secret"]
        proxy = xmlrpc.client.ServerProxy(self.daemon.url, context=self.context())
        session = proxy.user_login()
        stream = http.client.HTTPSConnection("127.0.0.1", self.daemon.port, context=self.context(), timeout=60)
        stream.request("GET", "/events", headers={"Accept": "text/event-stream"})
        events = stream.getresponse()
        self.assertEqual(events.status, 200)
        for secret in (token, session):
            self.assertEqual(self.daemon.rest(token=secret).get("/jobs").status, 200)

        self.authority.revoke("first")
        self.put(self.authority.list())
        self.daemon.run("reload")
        self.assertIsNone(self.status(self.client()))
        self.assertIsNone(self.status(busy), "the connection is closed, and a new one is not taken")
        for secret in (token, session):
            self.assertEqual(self.daemon.rest(token=secret).get("/jobs").status, 401)
        # It is told its end, and nothing more comes.
        events.read()
        self.assertEqual((self.status(other), self.status(self.client("other"))), (200, 200))
        self.assertEqual(self.daemon.rest().get("/jobs").status, 200)
        self.assertEqual(self.detail()[0], "+")
        self.assertIn("the certificate was revoked", self.daemon.log_text())

        self.daemon.stop()
        self.daemon.start()
        self.assertIsNone(self.status(self.client()))
        self.assertEqual(self.daemon.rest(token=session).get("/jobs").status, 401)

    def test_open_connections_end_with_the_authority_of_their_certificates(self):
        self.start(self.authority.list())
        idle, waiting = self.client(), self.client()
        self.assertEqual((self.status(idle), self.status(waiting)), (200, 200))
        rule = self.daemon.rest().post("/queue/rules", {"action": "pause", "match": {"type": ["group_create"]}})
        self.assertIn("rule_id", rule.json)
        job = {"type": "group_create", "params": {"groupname": "late", "groupid": 5999}}
        answers = []

        def ask():
            try:
                answers.append(waiting.post("/jobs?wait=60s", job).status)
            except (OSError, http.client.HTTPException):
                answers.append(None)
        asking = threading.Thread(target=ask)
        asking.start()
        until(lambda: self.daemon.rest().get("/jobs?type=group_create").json["items"])
        stranger = Revoker(self.folder, "Stranger")
        (self.daemon.root / "etc/ssl/ssl.ca").write_text(stranger.certificate)
        self.put(stranger.list())
        self.daemon.run("reload")
        # What is under way has a second.
        asking.join(5)
        self.assertIn(answers, ([401], [None]))
        idle.connection.sock.settimeout(5)
        self.assertEqual(idle.connection.sock.recv(1), b"")
        self.assertIn("connection ends with its certificate", self.daemon.log_text())
        self.assertEqual(self.daemon.rest().get("/jobs").status, 200)

    def test_a_list_that_was_replaced_counts_without_a_signal(self):
        self.start(self.authority.list(), verify="required")
        self.assertEqual(self.status(self.daemon.rest(context=self.context())), 200)
        self.authority.revoke("admin")
        self.put(self.authority.list())
        until(lambda: self.status(self.daemon.rest(context=self.context())) is None)

    def test_without_a_list_that_holds_nobody_is_believed(self):
        self.start(self.authority.list(*self.OLD))
        self.assertIsNone(self.status(self.client()))
        mark, detail = self.detail()
        self.assertEqual(mark, "!")
        self.assertIn("the revocation list of CN=Clients ended on 2020-01-02T00:00:00Z", detail)
        self.assertEqual(self.daemon.rest().get("/jobs").status, 200)
        self.put(self.authority.list())
        self.daemon.run("reload")
        self.assertEqual((self.status(self.client()), self.detail()[0]), (200, "+"))

        stranger = Revoker(self.folder, "Stranger")
        self.put(stranger.list())
        self.daemon.run("reload")
        self.assertIsNone(self.status(self.client()))
        self.assertIn("no authority of CertAuth signed it", self.detail()[1])
        self.assertIn("there is no revocation list of CN=Clients", self.detail()[1])

    def test_a_file_that_cannot_be_used_changes_nothing_and_lets_nobody_in_at_a_start(self):
        self.start(self.authority.list())
        self.assertEqual(self.status(self.client()), 200)
        for name, spoil, words in (
                ("damaged", lambda: self.put(self.authority.list()[:-40]), "damaged or cut off"),
                ("open to others", lambda: self.file.chmod(0o666), "can be changed by others"),
                ("gone", self.file.unlink, "cannot be used")):
            with self.subTest(name):
                spoil()
                self.daemon.run("reload")
                self.assertEqual(self.status(self.client()), 200)
                mark, detail = self.detail()
                self.assertEqual(mark, "!")
                self.assertIn("'access.certificate_revocations'", detail)
                self.assertIn(words, detail)
                self.assertIn("The former identity goes on", detail)
                self.assertIn(words, self.daemon.run("check", check=False).stderr)
                self.daemon.stop()
                self.daemon.start()
                self.assertNotEqual(self.status(self.client()), 200)
                self.assertEqual(self.daemon.rest().get("/jobs").status, 200)
                self.put(self.authority.list())
                self.daemon.run("reload")
                self.assertEqual((self.status(self.client()), self.detail()[0]), (200, "+"))


if __name__ == "__main__":
    unittest.main()
