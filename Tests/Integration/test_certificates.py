"""What is checked of a certificate is what is loaded: job, `confd check`, signal and start agree on every kind of file.

Also: private keys in fields that are no secret, and the identity that is kept for a start with unusable files.
"""

import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

from daemon import Daemon, until
from test_tls import Authority, edit, fingerprint, served

BOM = b"\xef\xbb\xbf"


def detail(daemon):
    """What the daemon says of its certificate."""
    lines = daemon.rest().get("/readyz?verbose").body.decode().splitlines()
    return next(line for line in lines if line.startswith(("[+] tls: ", "[!] tls: ")))


class Kinds:
    """Certificates, keys and files of every kind, made with openssl."""

    def __init__(self, folder):
        self.authority = Authority(folder, "Root")
        self.middle = self.below(self.authority, "Middle")
        self.leaf, self.key = (text.encode() for text in self.middle.issue("leaf"))
        self.chain = self.leaf + self.middle.certificate.encode()
        self.other_key = self.authority.issue("other")[1].encode()
        self.folder = pathlib.Path(folder)

    @staticmethod
    def below(authority, name):
        """An authority that another one has issued."""
        one = Authority(authority.folder, name)
        request, extensions = one.path(name, "csr"), one.path(name, "ext")
        extensions.write_text("basicConstraints=critical,CA:TRUE\n")
        Authority.openssl("req", "-new", "-key", one.path(name, "key"), "-subj", f"/CN={name}", "-out", request)
        Authority.openssl(
            "x509", "-req", "-in", request, "-CA", authority.path(authority.name, "crt"), "-CAkey",
            authority.path(authority.name, "key"), "-set_serial", "77", "-days", "30", "-extfile", extensions, "-out",
            one.path(name, "crt"))
        one.certificate = one.path(name, "crt").read_text()
        return one

    def run(self, data, *words):
        return subprocess.run(["openssl", *words], input=data, check=True, capture_output=True).stdout

    def self_signed(self, *key):
        """A certificate of its own with a key made by these words of `openssl genpkey`."""
        private = self.run(b"", "genpkey", *key)
        path = self.folder / "own.key"
        path.write_bytes(private)
        certificate = self.run(
            b"", "req", "-x509", "-key", path, "-days", "30", "-subj", "/CN=own", "-addext",
            "subjectAltName=IP:127.0.0.1")
        return certificate, private

    def not_yet_valid(self):
        """A certificate of later years."""
        return self.of_dates("late", "20400101000000Z", "20410101000000Z")

    def of_dates(self, called, start, end):
        """A certificate from one date to another; `openssl ca` alone takes a beginning."""
        place = self.folder / f"ca-{called}"
        place.mkdir()
        (place / "index").write_text("")
        (place / "serial").write_text("4001\n")
        (place / "config").write_text(
            f"[ca]\ndefault_ca=d\n[d]\ndatabase={place}/index\nserial={place}/serial\nnew_certs_dir={place}\n"
            "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n")
        name = self.authority.name
        private = self.authority.path(called, "key")
        request = self.authority.path(called, "csr")
        Authority.openssl("req", *self.authority.new_key(called), "-subj", f"/CN={called}", "-out", request)
        out = place / f"{called}.crt"
        Authority.openssl(
            "ca", "-batch", "-notext", "-config", place / "config", "-cert", self.authority.path(name, "crt"),
            "-keyfile", self.authority.path(name, "key"), "-startdate", start, "-enddate", end, "-in",
            request, "-out", out)
        return out.read_bytes(), private.read_bytes()

    def rows(self):
        """Name, certificate file, key file, and whether they can be used: None, or the faulty parameter."""
        chain, key, leaf = self.chain, self.key, self.leaf
        middle = self.middle.certificate.encode()
        expired, expired_key = (text.encode() for text in self.authority.issue("expired", days=-1))
        late, late_key = self.not_yet_valid()
        rsa, rsa_key = self.self_signed("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        weak, weak_key = self.self_signed("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
        edwards, edwards_key = self.self_signed("-algorithm", "ED25519")
        p384, p384_key = self.self_signed("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")
        p521, p521_key = self.self_signed("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521")
        k256, k256_key = self.self_signed("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1")
        e448, e448_key = self.self_signed("-algorithm", "ED448")
        pss, pss_key = self.self_signed("-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048")
        sec1 = self.run(key, "ec")
        pkcs1 = self.run(rsa_key, "rsa", "-traditional")
        encrypted = self.run(key, "pkcs8", "-topk8", "-passout", "pass:secret")
        legacy_encrypted = self.run(key, "ec", "-aes128", "-passout", "pass:secret")
        parameters = self.run(b"", "ecparam", "-name", "prime256v1")
        big = b"# padding\n" * 210_000
        return [
            ("chain", chain, key, None),
            ("leaf alone", leaf, key, None),
            ("byte order mark in the certificate", BOM + chain, key, None),
            ("byte order mark in the key", chain, BOM + key, None),
            ("byte order mark in both, CRLF", BOM + chain.replace(b"\n", b"\r\n"), BOM + key.replace(b"\n", b"\r\n"), None),
            ("text before, between and behind", b"subject=x\n" + leaf + b"issuer=y\n" + middle + b"bye\n", key, None),
            ("text before the key", chain, b"Bag Attributes\n  friendlyName: x\n" + key, None),
            ("no line end", chain.rstrip(), key.rstrip(), None),
            ("comment in Latin-1", b"# Gr\xfc\xdfe\n" + chain, b"# Schl\xfcssel\n" + key, None),
            ("key in SEC1", chain, sec1, None),
            ("key in SEC1 behind its parameters", chain, parameters + sec1, None),
            ("key in PKCS #1", rsa, pkcs1, None),
            ("key in PKCS #8", rsa, rsa_key, None),
            ("several keys, the right one first", chain, key + self.other_key, None),
            ("certificate in the key file too", chain, key + chain, None),
            ("Ed25519", edwards, edwards_key, None),
            ("P-384", p384, p384_key, None),
            ("P-521", p521, p521_key, None),
            ("several keys, the wrong one first", chain, self.other_key + key, "key"),
            ("key of another pair", chain, self.other_key, "key"),
            ("encrypted key", chain, encrypted, "key"),
            ("encrypted key of the old form", chain, legacy_encrypted, "key"),
            ("DER certificate", self.run(leaf, "x509", "-outform", "der"), key, "cert"),
            ("DER key", chain, self.run(key, "pkey", "-outform", "der"), "key"),
            ("empty certificate", b"", key, "cert"),
            ("empty key", chain, b"", "key"),
            ("blank certificate", b"\n \n", key, "cert"),
            ("2 MB certificate", chain + big, key, "too large"),
            ("2 MB key", chain, key + big, "too large"),
            ("cut off", chain[:-40], key, "cert"),
            ("damaged second certificate", leaf + middle.replace(b"MII", b"AAA", 1), key, "cert"),
            ("another block that is no certificate", leaf + b"-----BEGIN CERTIFICATE-----\nAAAA\n"
             b"-----END CERTIFICATE-----\n", key, "cert"),
            ("wrong order", middle + leaf, key, "key"),
            ("wrong order above the leaf", leaf + self.authority.certificate.encode() + middle, key, "cert"),
            ("certificate twice", leaf + leaf + middle, key, "cert"),
            ("expired", expired, expired_key, "cert"),
            ("not yet valid", late, late_key, "cert"),
            ("RSA of 1024 bits", weak, weak_key, "cert"),
            ("secp256k1", k256, k256_key, "cert|key"),
            ("Ed448", e448, e448_key, "cert|key"),
            ("RSA-PSS", pss, pss_key, "cert|key"),
            ("key among the certificates", key + chain, key, "cert"),
            ("encrypted key among the certificates", encrypted + chain, key, "cert"),
        ]


class EveryReaderAgrees(unittest.TestCase):
    """Each row goes through the job, the files with a signal, `confd check`, and a start."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="confd-certificates-")
        cls.kinds = Kinds(cls.folder)
        cls.daemon = Daemon().start()
        cls.files = cls.daemon.root / "etc/ssl"
        cls.good = cls.kinds.self_signed("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
        shutil.rmtree(cls.folder)

    def put(self, certificate, key):
        (self.files / "ssl.crt").write_bytes(certificate)
        (self.files / "ssl.key").write_bytes(key)

    def refusals(self):
        return (self.daemon.root / "daemon.log").read_text(errors="replace").count("The former identity goes on")

    def load(self, certificate, key):
        """Puts files in place, sends the signal, and says whether they were loaded."""
        before, shown = self.refusals(), served(self.daemon)
        self.put(certificate, key)
        self.daemon.process.send_signal(signal.SIGHUP)
        until(lambda: self.refusals() > before or served(self.daemon) != shown)
        return served(self.daemon) != shown

    def settle(self):
        """Good files, loaded, so that each row begins with the same."""
        if served(self.daemon) != fingerprint(self.good[0].decode()):
            self.assertTrue(self.load(*self.good))

    def submitted(self, certificate, key):
        """The parameter the job refuses, or None when it succeeds; bytes that no JSON can hold are not submitted."""
        answer = self.daemon.rest().post("/jobs?wait=60s", {
            "type": "cert_update", "params": {"cert": certificate.decode(), "key": key.decode()}})
        body = answer.json
        if body.get("outcome") == "ok":
            return None
        if answer.status == 413:
            return "too large"
        errors = body.get("errors") or body["error_details"]["errors"]
        return errors[0]["pointer"].removeprefix("/params/")

    def test_a_file_is_refused_by_all_or_loaded_by_all(self):
        for name, certificate, key, fault in self.kinds.rows():
            with self.subTest(name):
                self.settle()
                leaf = None
                try:
                    verdict = self.submitted(certificate, key)
                except UnicodeDecodeError:
                    verdict = fault
                if fault is None:
                    self.assertIsNone(verdict)
                    leaf = fingerprint(certificate[certificate.index(b"-----BEGIN"):].split(b"END CERT")[0].decode()
                                       + "END CERTIFICATE-----\n")
                else:
                    self.assertIn(verdict, fault.split("|"))
                    self.assertEqual(served(self.daemon), fingerprint(self.good[0].decode()))
                self.settle()
                self.assertEqual(self.load(certificate, key), fault is None)
                check = self.daemon.run("check", check=False)
                self.assertEqual("TLS: " in check.stderr, fault is not None, check.stderr)
                self.daemon.stop()
                self.daemon.start()
                shown = served(self.daemon)
                self.assertEqual(shown, leaf or fingerprint(self.good[0].decode()))
                self.assertEqual("certificate until" in detail(self.daemon), fault is None, detail(self.daemon))

    def test_what_the_authority_of_clients_is_read_by_is_what_checks_it(self):
        chain, key = self.kinds.chain.decode(), self.kinds.key.decode()
        client = self.daemon.rest()
        root = self.kinds.authority.certificate
        for authority, place in (("\ufeff" + root, None), ("text\n" + root, None), ("nonsense", "ca"), ("", "ca"),
                                 (root[:-60], "ca"), (root + self.kinds.self_signed("-algorithm", "ED448")[0].decode(), None),
                                 (chain, None)):
            with self.subTest(authority[:20]):
                job = client.job("cert_update", cert=chain, key=key, ca=authority)
                if place is None:
                    self.assertEqual(job["outcome"], "ok", job)
                else:
                    self.assertEqual(job["error_details"]["errors"][0]["pointer"], f"/params/{place}")


class KeysWhereNoneIsExpected(unittest.TestCase):
    """Nothing of a key is stored, shown or logged that came in a field for other things."""

    MARK = "c2VjcmV0LW1hdGVyaWFs"
    KINDS = ("PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY")

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="confd-keys-")
        cls.certificate, cls.key = Authority(cls.folder).issue("leaf")
        cls.daemon = Daemon().start()
        cls.client = cls.daemon.rest()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
        shutil.rmtree(cls.folder)

    def armour(self, kind="PRIVATE KEY"):
        return f"-----BEGIN {kind}-----\n{self.MARK}\n-----END {kind}-----\n"

    def assertNowhere(self, mark=None):
        """No file below the root holds it, the log included."""
        mark = (mark or self.MARK).encode()
        # Devices and volumes are sparse and as large as they say.
        files = [path for path in self.daemon.root.rglob("*") if path.is_file() and path.stat().st_size < 64 << 20]
        holders = [path for path in files if mark in path.read_bytes()]
        self.assertEqual(holders, [])
        for path in ("/jobs?limit=100", "/history?limit=100", "/audit?limit=100"):
            self.assertNotIn(mark, self.client.get(path).body)

    def refused(self, place, body, path="/jobs?wait=60s"):
        answer = self.client.post(path, body)
        self.assertIn(answer.status, (400, 422), answer)
        self.assertEqual([error["pointer"] for error in answer.json["errors"]], [place], answer)
        self.assertNotIn(self.MARK.encode(), answer.body)

    def test_a_key_beside_the_certificate_is_refused_before_anything_is_stored(self):
        middle = self.key.splitlines()[1]
        for cert, key in ((self.key + self.certificate, self.key),
                          (self.certificate + self.key, self.certificate + self.key)):
            answer = self.client.post(
                "/jobs?wait=60s", {"type": "cert_update", "params": {"cert": cert, "key": key}})
            self.assertEqual([error["pointer"] for error in answer.json["errors"]], ["/params/cert"], answer)
            self.assertNowhere(middle)
            with self.assertRaises(AssertionError):
                self.client.job("cert_update", cert=cert, key=key)

    def test_every_kind_of_key_is_refused_in_every_text(self):
        for kind in self.KINDS:
            key = self.armour(kind)
            for name, params, place in (
                    ("cert_update", {"cert": self.certificate, "key": "x", "ca": key}, "/params/ca"),
                    ("cert_update", {"cert": key, "key": "x"}, "/params/cert"),
                    ("license_upload", {"license": key}, "/params/license"),
                    ("group_create", {"groupid": 4010, "groupname": key}, "/params/groupname"),
                    ("node_add_batch", {"nodes": [{"private_ip": "10.10.10.99", "name": key}]}, "/params/nodes/0/name"),
                    ("db_list", {"no_such_parameter": key}, "/params/no_such_parameter"),
                    ("db_list", {key: 1}, "/params")):
                with self.subTest(kind, name=name, place=place):
                    self.refused(place, {"type": name, "params": params})
        self.assertNowhere()

    def test_reasons_and_rules_hold_none(self):
        key = self.armour()
        self.refused("/reason", {"type": "db_list", "reason": f"because {key}"})
        self.refused("/reason", {"type": "db_list", "reason": key}, "/jobs/dry-run")
        self.refused("/reason", {"action": "pause", "reason": key}, "/queue/rules")
        self.assertNowhere()

    def test_remote_methods_are_refused_alike(self):
        key = self.armour()
        for keywords in ({"params": {"cert": key, "key": "x"}}, {"params": {"cert": "x", "key": "x"}, "intent": key}):
            result = self.daemon.rpc().job_exec("cert_update", keywords)
            self.assertEqual(result["result_code"], 105, result)
            self.assertNotIn(self.MARK, str(result))
            answer = self.client.post("/jrpc", {
                "jsonrpc": "2.0", "id": 1, "method": "job_exec", "params": ["cert_update", keywords]})
            self.assertNotIn(self.MARK.encode(), answer.body)
        batch = self.client.post("/jobs/batch", {"jobs": [{"type": "db_list"}, {"type": "db_list", "reason": key}]})
        self.assertEqual(batch.json["errors"][0]["pointer"], "/jobs/1/reason", batch)
        self.assertNowhere()

    def test_a_secret_may_hold_one(self):
        job = self.client.job("cert_update", cert=self.certificate, key=self.key)
        self.assertEqual(job["outcome"], "ok", job)


class AnEncryptedKey(unittest.TestCase):
    def test_the_advice_can_be_followed(self):
        with tempfile.TemporaryDirectory() as folder, Daemon() as daemon:
            certificate, key = Authority(folder).issue("leaf")
            closed, opened = pathlib.Path(folder) / "closed", pathlib.Path(folder) / "opened"
            subprocess.run(["openssl", "pkcs8", "-topk8", "-passout", "pass:secret", "-out", closed], input=key.encode(),
                           check=True, capture_output=True)
            client = daemon.rest()
            told = client.job("cert_update", cert=certificate, key=closed.read_text())["result"]["result_desc"]
            self.assertNotIn("passphrase along", told)
            words = told[told.index("openssl "):].split(" (")[0].rstrip(".").replace("FILE.clear", str(opened)).replace(
                "FILE", str(closed)).split()
            subprocess.run([*words, "-passin", "pass:secret"], check=True, capture_output=True)
            self.assertEqual(client.job("cert_update", cert=certificate, key=opened.read_text())["outcome"], "ok")


class AStartWithUnusableFiles(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="confd-kept-")
        self.authority = Authority(self.folder)
        self.daemon = Daemon().start()
        self.files = self.daemon.root / "etc/ssl"

    def tearDown(self):
        self.daemon.__exit__()
        shutil.rmtree(self.folder)

    def test_the_identity_that_was_used_last_serves_and_that_is_said(self):
        certificate, key = self.authority.issue("good")
        self.assertEqual(self.daemon.rest().job("cert_update", cert=certificate, key=key)["outcome"], "ok")
        until(lambda: served(self.daemon) == fingerprint(certificate))
        self.assertEqual((self.files / "last-loaded.pem").stat().st_mode & 0o777, 0o600)
        self.daemon.stop()
        for damage in (lambda: (self.files / "ssl.crt").write_text("nonsense"),
                       lambda: (self.files / "ssl.crt").unlink(),
                       lambda: (self.files / "ssl.key").write_text("nonsense")):
            damage()
            self.daemon.start()
            self.assertEqual(served(self.daemon), fingerprint(certificate))
            self.assertIn("The former identity goes on.", detail(self.daemon))
            self.assertIn("last-loaded.pem", self.daemon.log_text())
            check = self.daemon.run("check", check=False)
            self.assertEqual(check.returncode, 65)
            self.assertIn("last-loaded.pem", check.stderr)
            self.assertEqual(self.daemon.rest().get("/readyz").status, 200)
            self.daemon.stop()

    def test_without_any_it_says_which_file_and_ends(self):
        self.daemon.stop()
        (self.files / "ssl.crt").write_text("nonsense")
        for path in self.files.glob("last-loaded*"):
            path.unlink()
        self.daemon.launch()
        self.assertEqual(self.daemon.process.wait(60), 65)
        self.assertIn(str(self.files / "ssl.crt"), self.daemon.log_text())
        self.assertIn("makes new ones", self.daemon.log_text())

    def test_dates_before_1970_are_told_as_they_are(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = Kinds(folder).of_dates("old", "19600229123015Z", "20400101000000Z")
        job = self.daemon.rest().job("cert_update", cert=certificate.decode(), key=key.decode())
        self.assertEqual(job["outcome"], "ok", job)
        until(lambda: served(self.daemon) == fingerprint(certificate.decode()))
        told = self.daemon.rest().get("/certificate").json
        self.assertEqual(
            (told["not_before"], told["not_after"]), ("1960-02-29T12:30:15.000Z", "2040-01-01T00:00:00.000Z"))

    def test_an_expired_certificate_of_before_still_serves(self):
        self.daemon.stop()
        certificate, key = self.authority.issue("expired", days=-1)
        (self.files / "ssl.crt").write_text(certificate)
        (self.files / "ssl.key").write_text(key)
        for path in self.files.glob("last-loaded*"):
            path.unlink()
        self.daemon.start()
        self.assertEqual(served(self.daemon), fingerprint(certificate))
        self.assertIn("expired", detail(self.daemon))
        good, good_key = self.authority.issue("renewed")
        self.assertEqual(self.daemon.rest().job("cert_update", cert=good, key=good_key)["outcome"], "ok")
        until(lambda: served(self.daemon) == fingerprint(good))
        self.assertIn("certificate until", detail(self.daemon))

    def test_a_key_somebody_put_there_is_never_replaced(self):
        self.daemon.stop()
        key = self.authority.issue("theirs")[1]
        (self.files / "ssl.crt").unlink()
        (self.files / "ssl.key").write_text(key)
        self.daemon.start()
        self.assertEqual((self.files / "ssl.key").read_text(), key)

    def test_demanded_client_certificates_without_an_authority_do_not_end_the_daemon(self):
        client = self.daemon.rest()
        edit(self.daemon, "CertVerify = none", "CertVerify = optional")
        self.assertEqual(client.job("group_create", groupid=4020, groupname="g")["outcome"], "ok")
        self.daemon.stop()
        self.daemon.start()
        self.assertEqual(self.daemon.rest().get("/jobs").status, 200)
        self.assertIn("CertAuth", detail(self.daemon))

    def test_a_word_that_is_no_policy_is_refused_where_it_is_given(self):
        answer = self.daemon.rest().request(
            "PATCH", "/exaconf?wait=60s", b'{"SSL": {"CertVerify": "perhaps"}}',
            {"Content-Type": "application/merge-patch+json", "If-Match": "*"})
        self.assertGreaterEqual(answer.status, 400, answer)
        self.assertIn(b"CertVerify", answer.body)
        self.assertNotIn("perhaps", self.daemon.configuration())


if __name__ == "__main__":
    unittest.main()
