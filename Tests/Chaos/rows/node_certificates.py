"""Certificates of a node that change under load."""

import collections
import pathlib
import signal
import tempfile
import threading

from .base import ShortFall
from .repeated import Repeated


class Reloaded(Repeated):
    name = "node-certificates-reloaded"
    happens = (
        "The certificate of a node changes again and again under load: renewed by a job, or replaced in its files and read by a "
        "signal; clients open a connection for each request, or keep theirs.")
    holds = "No request fails, and each new certificate is shown to whoever connects then."
    seconds = 10
    is_short = True
    times = 20

    def run(self, say):
        import node
        from daemon import until
        from test_tls import Authority, fingerprint, served
        authority = Authority(pathlib.Path(tempfile.mkdtemp(prefix="confd-authority-")))
        say(f"{self.count} certificates, 6 clients")
        with node.Node() as daemon:
            daemon.start()
            over, answers, failures = threading.Event(), collections.Counter(), []

            def ask(keeps):
                try:
                    client = node.client(daemon)
                    while not over.is_set():
                        answers[client.get("/jobs?limit=1").status] += 1
                        if not keeps:
                            client.connection.close()
                except Exception as error:
                    failures.append(repr(error))

            threads = [threading.Thread(target=ask, args=(number % 2 == 0,), daemon=True) for number in range(6)]
            for thread in threads:
                thread.start()
            shown, files = {served(daemon)}, daemon.root / "etc/ssl"
            try:
                for number in range(self.count):
                    if number % 2:
                        certificate, key = authority.issue(f"number{number}")
                        (files / "ssl.key").write_text(key)
                        (files / "ssl.crt").write_text(certificate)
                        daemon.process.send_signal(signal.SIGHUP)
                        until(lambda: served(daemon) == fingerprint(certificate), 20)
                    else:
                        certificate, key = authority.issue(f"number{number}")
                        job = node.client(daemon).job("cert_update", cert=certificate, key=key)
                        if job["outcome"] != "ok" or served(daemon) != fingerprint(certificate):
                            raise ShortFall(f"certificate {number}: {job}")
                    shown.add(served(daemon))
            finally:
                over.set()
                for thread in threads:
                    thread.join(30)
        if failures or set(answers) != {200}:
            raise ShortFall(f"requests fail: {dict(answers)} {failures[:3]}")
        if len(shown) != self.count + 1:
            raise ShortFall(f"{len(shown) - 1} of {self.count} certificates were shown")
        return f"{self.count} certificates, {answers[200]} requests"
