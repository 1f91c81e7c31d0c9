"""Who is told what: a webhook with its signature, again after it was away, mail by a program, and what is not told."""

import email
import email.policy
import hashlib
import hmac
import http.server
import json
import pathlib
import ssl
import tempfile
import threading
import unittest

from daemon import Daemon, free_port, until
from test_tls import Authority

KEY = b"known to both"


class Receiver:
    """A webhook of this machine: keeps what it is sent, answers with `status`."""

    def __init__(self, port=0, context=None):
        self.taken, self.status = [], 204
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.taken.append((dict(self.headers), body, receiver.status))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        if context:
            # Not before somebody reads: one who does not believe the certificate holds up nobody else.
            self.server.handle_error = lambda *_: None
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def notices(self):
        """What it has taken, in order."""
        return [json.loads(body) for _, body, status in self.taken if status < 300]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Notifications(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="confd-notices-"))
        self.addCleanup(lambda: [path.unlink() for path in self.folder.iterdir()] and self.folder.rmdir())
        (self.folder / "hook.key").write_bytes(KEY + b"\n")

    def daemon(self, targets, rules, **further):
        daemon = Daemon(environment={
            "CONFD_NOTIFICATIONS_TARGETS": targets, "CONFD_NOTIFICATIONS_RULES": rules,
            "CONFD_NOTIFICATIONS_SECRETS": str(self.folder),
            "CONFD_NOTIFICATIONS_LOCAL_ADDRESSES": "127.0.0.1"} | further)
        self.addCleanup(daemon.__exit__)
        return daemon.start()

    def receiver(self, port=0, context=None):
        receiver = Receiver(port, context)
        self.addCleanup(receiver.close)
        return receiver

    def test_a_webhook_is_told_and_can_check_who_told_it(self):
        hook = self.receiver()
        daemon = self.daemon(f"hook=http://127.0.0.1:{hook.port}/x", "hook:critical")
        rest = daemon.rest()
        self.assertEqual(rest.job("notification_test", target="hook")["outcome"], "ok")
        # What is found of this installation meanwhile may be told beside it.
        headers, body, _ = next(taken for taken in hook.taken if b'"topic":"test"' in taken[1])
        time, code = (part.split("=")[1] for part in headers["Confd-Signature"].split(","))
        self.assertEqual(code, hmac.new(KEY, f"{time}.".encode() + body, hashlib.sha256).hexdigest())
        told = json.loads(body)
        self.assertEqual((told["topic"], told["event"], told["severity"]), ("test", "test", "notice"))
        unknown = rest.job("notification_test", target="other")
        self.assertEqual((unknown["outcome"], unknown["error_code"]), ("declined", "object-missing"), unknown)
        (target,) = rest.ok("notification_list")
        self.assertEqual((target["name"], target["way"], target["lost"]), ("hook", "webhook", 0))
        self.assertNotIn(KEY.decode(), daemon.log_text())

    def test_a_license_that_is_missing_is_told_once_also_when_the_hook_was_away(self):
        port = free_port()
        daemon = self.daemon(f"hook=http://127.0.0.1:{port}/x", "hook:notice:finding.*")
        rest = daemon.rest()
        # An installation that was just made names a license and has none: a finding.
        found = lambda: [f["finding_id"] for f in rest.get("/health/findings").json["items"]]
        until(lambda: any(name.startswith("license-ending:") for name in found()))
        until(lambda: rest.ok("notification_list")[0].get("fault"))
        self.assertGreater(rest.ok("notification_list")[0]["waiting"], 0)
        daemon.stop()
        hook = self.receiver(port)
        daemon.start()
        until(lambda: any(n["topic"] == "finding.license-ending" for n in hook.notices), deadline=60)
        until(lambda: daemon.rest().ok("notification_list")[0]["waiting"] == 0)
        ids = [n["id"] for n in hook.notices if n["event"] == "raised"]
        self.assertEqual(len(ids), len(set(ids)), ids)

    def test_a_webhook_whose_certificate_a_private_authority_signed(self):
        folder = tempfile.TemporaryDirectory(prefix="confd-authorities-")
        self.addCleanup(folder.cleanup)
        ours, other = Authority(folder.name, "Our CA"), Authority(folder.name, "Other CA")
        certificate, key = ours.issue("hook")
        pair = pathlib.Path(folder.name, "hook.pem")
        pair.write_text(certificate + key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair)
        hook = self.receiver(context=context)
        trust = self.folder / "hook.pem"
        daemon = self.daemon(f"hook=https://127.0.0.1:{hook.port}/x", "hook:critical")

        def trial():
            done = daemon.rest().job("notification_test", target="hook")
            return done["outcome"], (done.get("result") or {}).get("result_desc", "")

        # The system does not know the authority, and another one did not sign it.
        for authority in (None, other):
            if authority:
                trust.write_text(authority.certificate)
            outcome, text = trial()
            self.assertEqual(outcome, "failed", text)
            self.assertIn("certificate", text)
        self.assertEqual(hook.taken, [])
        trust.write_text(ours.certificate)
        self.assertEqual(trial()[0], "ok")
        (told,) = [notice for notice in hook.notices if notice["topic"] == "test"]
        self.assertEqual(told["event"], "test")
        # Files are read for each notice, and not when others can change them.
        trust.chmod(0o666)
        outcome, text = trial()
        self.assertEqual(outcome, "failed", text)

    def test_what_refuses_for_good_is_a_finding(self):
        hook = self.receiver()
        hook.status = 410
        daemon = self.daemon(f"hook=http://127.0.0.1:{hook.port}/x", "hook:notice")
        rest = daemon.rest()
        found = lambda: [f["code"] for f in rest.get("/health/findings").json["items"]]
        until(lambda: "notification-failing" in found(), deadline=60)
        tried = rest.job("notification_test", target="hook")
        self.assertEqual(tried["outcome"], "failed")
        self.assertIn("status 410", tried["result"]["result_desc"])

    def test_addresses_of_this_machine_have_to_be_listed(self):
        hook = self.receiver()
        daemon = self.daemon(
            f"hook=http://localhost:{hook.port}/x", "hook:critical", CONFD_NOTIFICATIONS_LOCAL_ADDRESSES="")
        tried = daemon.rest().job("notification_test", target="hook")
        self.assertEqual(tried["outcome"], "failed")
        self.assertIn("notifications.local_addresses", tried["result"]["result_desc"])
        self.assertEqual(hook.taken, [])

    def test_mail_is_handed_to_a_program(self):
        program, mail = self.folder / "sendmail", self.folder / "mail"
        program.write_text(f'#!/bin/sh\necho "$@" >{mail}.words\ncat >{mail}\n')
        program.chmod(0o755)
        daemon = self.daemon(
            "ops=mailto:ops@example.com", "ops:critical", CONFD_NOTIFICATIONS_MAIL_PROGRAM=str(program),
            CONFD_NOTIFICATIONS_MAIL_FROM="confd@example.com")
        self.assertEqual(daemon.rest().job("notification_test", target="ops")["outcome"], "ok")
        self.assertEqual((self.folder / "mail.words").read_text().split(), ["-f", "confd@example.com", "-i", "--", "ops@example.com"])
        told = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
        self.assertEqual((told["To"], told["Auto-Submitted"]), ("ops@example.com", "auto-generated"))
        self.assertIn("TEST", told["Subject"])
        self.assertIn("Somebody tries whether notices arrive.", told.get_content())

    def test_settings_that_do_not_fit_stop_the_start(self):
        for targets, rules in (("a=https://x/ a=https://y/", ""), ("a=https://x/", "b:warning"), ("a=ftp://x/", "")):
            daemon = Daemon(environment={"CONFD_NOTIFICATIONS_TARGETS": targets, "CONFD_NOTIFICATIONS_RULES": rules})
            self.addCleanup(daemon.__exit__)
            daemon.launch()
            self.assertEqual(daemon.process.wait(30), 78)
            self.assertIn("notifications.", daemon.log_text())


if __name__ == "__main__":
    unittest.main()
