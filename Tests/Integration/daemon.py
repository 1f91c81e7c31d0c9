"""A real daemon on a port of its own, and clients for it."""

import base64
import glob
import http.client
import json
import os
import pathlib
import queue
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import xmlrpc.client

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("CONFD_PROGRAM", REPOSITORY / ".build/debug/confd")).resolve()
# Whose scripts, pages and documents are tried: those of another commit, when its program is.
SOURCE_TREE = pathlib.Path(os.environ.get("CONFD_CHECKOUT", REPOSITORY))
PASSWORD = "correct horse"
# Another one in each process, whatever a test makes of its own.
CHANCE = random.SystemRandom()
# Tests without a login ask faster than strangers may; those of that limit set their own.
STRANGERS = {"CONFD_LIMITS_ADDRESS_PER_SECOND": "0"}


def shared_folder():
    """The folder with public samples, or None: tests on them are extra cases."""
    folder = pathlib.Path(os.environ.get("CONFD_SHARED", REPOSITORY.parent / "shared"))
    return folder if (folder / "reference").is_dir() else None


def pam_matrix():
    """The PAM module that knows fixed users, or None where libpam-wrapper is not installed."""
    found = glob.glob("/usr/lib/*/pam_wrapper/pam_matrix.so") + glob.glob("/usr/lib/pam_wrapper/pam_matrix.so")
    return found[0] if found else None


def unverified():
    context = ssl._create_unverified_context()
    return context


class Daemon:
    """One daemon with a root of its own; `with` stops it and removes the root.

    `users` are known to PAM with these passwords (None: PAM refuses the account). Without `users` the generated PAM file
    is used, that is the users of EXAConf; the fresh cluster's administrator is admin with PASSWORD.
    """

    # What is run: another one than the one that is tried, such as that of a former version.
    program = PROGRAM
    # What the program is started by, if not by us.
    tracer = ()
    # Where it and its commands run: words in front of them, such as those that enter a network namespace.
    inside = ()
    # Where it listens.
    address = "127.0.0.1"
    # How many nodes there are, see elsewhere.py.
    members = 1

    def __init__(self, configuration=None, users=None, environment=None, arguments=()):
        self.root = self.new_root()
        self.environment = dict(environment or {})
        self.arguments = list(arguments)
        self.process = None
        self.port = None
        if configuration is not None:
            (self.root / "etc").mkdir(exist_ok=True)
            path = self.root / "etc/EXAConf"
            path.write_bytes(configuration if isinstance(configuration, bytes) else configuration.encode())
            path.chmod(0o600)
        if users is not None:
            self.write_pam(users)

    def new_root(self):
        return pathlib.Path(tempfile.mkdtemp(prefix="confd-test-"))

    def write_pam(self, users):
        folder = self.root / "pam"
        folder.mkdir(exist_ok=True)
        passdb = folder / "passdb"
        passdb.write_text("".join(f"{name}:{password}:confd\n" for name, password in users.items() if password))
        passdb.chmod(0o600)
        module = pam_matrix()
        (folder / "confd").write_text(
            f"auth required {module} passdb={passdb}\naccount required {module} passdb={passdb}\n")
        self.environment["CONFD_PAM_DIRECTORY"] = str(folder)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self, deadline=60):
        """Starts the daemon and waits for its ready line; the port stays the same from start to start."""
        self.launch()
        self.await_ready(deadline)
        return self

    def variables(self):
        """The environment of the program: ours, without settings for this test run, and with those of this daemon."""
        ours = {k: v for k, v in os.environ.items() if not k.startswith("CONFD_")}
        return ours | {"CONFD_ADMIN_PASSWORD": PASSWORD, "CONFD_ACCESS_FAILURE_MILLISECONDS": "50"} | STRANGERS | (
            self.environment)

    def launch(self):
        self.log = open(self.root / "daemon.log", "ab")
        self.process = subprocess.Popen(
            [*self.inside, *self.tracer, self.program, "serve", "--root", self.root, "--bind", self.address,
             "--port", str(self.port or 0)] + self.arguments,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, env=self.variables(),
            text=True)

    def await_ready(self, deadline=60):
        lines = queue.Queue()
        threading.Thread(target=lambda: lines.put(self.process.stdout.readline()), daemon=True).start()
        try:
            line = lines.get(timeout=deadline)
        except queue.Empty:
            raise AssertionError(f"no ready line within {deadline} s; log:\n{self.log_text()}") from None
        if not line.startswith("ready https://"):
            raise AssertionError(f"not ready (exit {self.process.wait(10)}); log:\n{self.log_text()}")
        self.url = line.split()[1]
        self.port = int(self.url.rsplit(":", 1)[1])

    def stop(self, deadline=40):
        """Asks the daemon to stop and returns its exit code."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(deadline)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"the daemon did not stop within {deadline} s; log:\n{self.log_text()}") from None
        return self.process.returncode if self.process else None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def log_text(self):
        return (self.root / "daemon.log").read_text(errors="replace")[-8000:]

    def configuration(self):
        return (self.root / "etc/EXAConf").read_text()

    def run(self, *words, check=True):
        """Runs a command of the program on this root and returns it with its output."""
        done = subprocess.run(
            [*self.inside, self.program, *words, "--root", self.root], capture_output=True, text=True, stdin=subprocess.DEVNULL,
            env=self.variables())
        if check and done.returncode:
            raise AssertionError(f"{words} exited with {done.returncode}: {done.stderr}")
        return done

    @property
    def decider(self):
        """The daemon that decides: this one."""
        return self

    def rpc(self, user="admin", password=PASSWORD, path="", headers=()):
        """Python's own XML-RPC client, used as scripts use it."""
        quoted = xmlrpc.client.urllib.parse.quote
        return xmlrpc.client.ServerProxy(
            f"https://{quoted(user, safe='')}:{quoted(password, safe='')}@{self.address}:{self.port}{path}",
            context=unverified(), allow_none=True, headers=headers)

    def rest(self, user="admin", password=PASSWORD, token=None, source=None, context=None):
        """A client of the REST API; `source` is the address it comes from, such as 127.0.0.2."""
        return RestClient(self.port, user, password, token, source, context, self.address)


if os.environ.get("CONFD_INSTALLED"):
    sys.path.append(str(REPOSITORY / "Tests/Attacks"))
    import installed
    installed.take_over(Daemon)


class Answer:
    """An HTTP answer: status, headers (by lower-case name), body, and the body read as JSON.

    `fields` are the headers in their order, with those that stand more than once.
    """

    def __init__(self, response):
        self.status = response.status
        self.fields = response.getheaders()
        self.headers = {k.lower(): v for k, v in self.fields}
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:500]!r}>"


class RestClient:
    """One keep-alive connection; reconnects when it was closed."""

    def __init__(self, port, user=None, password=None, token=None, source=None, context=None, address="127.0.0.1"):
        self.connection = http.client.HTTPSConnection(
            address, port, context=context or unverified(), timeout=330,
            source_address=(source, 0) if source else None)
        self.headers = {}
        if token is not None:
            self.headers["Authorization"] = f"Bearer {token}"
        elif user is not None:
            pair = base64.b64encode(f"{user}:{password}".encode()).decode()
            self.headers["Authorization"] = f"Basic {pair}"

    def request(self, method, path, body=None, headers=None):
        headers = self.headers | (headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        try:
            self.connection.request(method, path, body, headers)
            return Answer(self.connection.getresponse())
        except (http.client.HTTPException, OSError):
            self.connection.close()
            raise

    def get(self, path, **headers):
        return self.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, path, body, **headers):
        return self.request("POST", path, body, {k.replace("_", "-"): v for k, v in headers.items()})

    def job(self, kind, wait=60, **params):
        """Submits a job, waits for its end and returns it."""
        answer = self.post(f"/jobs?wait={wait}s", {"type": kind, "params": params})
        if answer.status not in (200, 202):
            raise AssertionError(f"{kind}: {answer}")
        return answer.json

    def ok(self, kind, /, **params):
        """Runs a job that has to succeed, and returns its output."""
        job = self.job(kind, **params)
        assert job["outcome"] == "ok", job
        return job["result"].get("result_output")


ports_given = set()


def free_port():
    """A port that nobody listens on, and that no call before was given.

    It is below those the system gives to connections: until a server listens there, some time later, one of the many
    that other tests open at the same time could have it.
    """
    while True:
        port = CHANCE.randrange(21_000, 32_000)
        if port in ports_given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports_given.add(port)
        return port


def until(condition, deadline=30, pause=0.05):
    """Asks again and again until a condition holds.

    The pauses grow with the time that has passed, up to `pause`: whoever asks without any takes the processors from the
    daemon. What may hold for a moment only is asked with `pause=0`.
    """
    begin = time.monotonic()
    while not condition():
        passed = time.monotonic() - begin
        if passed > deadline:
            raise AssertionError(f"it did not come true within {deadline} s")
        time.sleep(min(pause, passed / 10))
