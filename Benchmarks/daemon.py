"""The daemon, as it is installed: with the settings it has by itself."""

import base64
import json
import os
import pathlib
import re
import ssl
import subprocess
import time
import urllib.request

from service import Service

PASSWORD = "benchmark of the day"
CONTEXT = ssl._create_unverified_context()


def basic(user="admin", password=PASSWORD):
    return "Authorization: Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Daemon(Service):
    def __init__(self, program, settings=None):
        super().__init__("confd")
        self.program, self.settings = program, settings or {}

    def start(self):
        """Starts the daemon; `seconds` is what it took until it served."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CONFD_")}
        environment |= {"CONFD_ADMIN_PASSWORD": PASSWORD} | self.settings
        begin = time.monotonic()
        with open(self.folder / "daemon.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--root", self.folder, "--bind", "127.0.0.1", "--port", "0"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=environment, text=True)
        line = self.process.stdout.readline()
        self.seconds = time.monotonic() - begin
        if not line.startswith("ready "):
            raise SystemExit(f"the daemon did not start:\n{(self.folder / 'daemon.log').read_text()[-4000:]}")
        self.url = line.split()[1]
        return self

    def memory(self):
        """Resident memory in MiB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    @property
    def certificate(self):
        """The files of certificate and key in use."""
        text = (self.folder / "etc/EXAConf").read_text()
        paths = (re.search(rf"^\s*{name} = /exa/(\S+)", text, re.M).group(1) for name in ("Cert", "CertKey"))
        return [self.folder / path for path in paths]

    def ask(self, path, body=None):
        return json.loads(self.content(path, body))

    def content(self, path, body=None):
        name, value = basic().split(": ")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {name: value, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, context=CONTEXT, timeout=60) as answer:
            return answer.read()

    def run(self, name, **parameters):
        """Runs a job to its end."""
        job = self.ask("/jobs?wait=60s", {"type": name, "params": parameters})
        if job["outcome"] != "ok":
            raise SystemExit(f"{name}: {job}")
        return job

    def revision(self):
        return self.ask("/exaconf/revisions?limit=1")["items"][0]["revision"]
