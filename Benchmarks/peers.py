"""The daemon and nginx, each with a folder of its own, and the load generator."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).resolve().parent
PASSWORD = "benchmark of the day"
TICKS = os.sysconf("SC_CLK_TCK")


class Service:
    """A program that is stopped by its process id when the measurement ends."""

    process = None

    def __init__(self, name):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-benchmark-"))

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def cpu_seconds(self):
        """What the program and its children have used so far."""
        pids = [self.process.pid]
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        pids += [int(pid) for pid in children.read_text().split()]
        fields = [pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() for pid in pids]
        return sum(int(field[11]) + int(field[12]) for field in fields) / TICKS


class Daemon(Service):
    def __init__(self, program):
        super().__init__("confd")
        self.program = program

    def start(self):
        """Starts the daemon; `seconds` is what it took until it served."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CONFD_")}
        environment["CONFD_ADMIN_PASSWORD"] = PASSWORD
        # Measured is what the daemon can do, not what it lets one user do.
        for limit in ("REQUESTS_PER_SECOND", "SUBMISSIONS_PER_SECOND", "ADDRESS_PER_SECOND", "WAITS"):
            environment[f"CONFD_LIMITS_{limit}"] = "0"
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


class Nginx(Service):
    """Serves one file of a given content over TLS with the daemon's certificate."""

    def __init__(self, content, certificate, key):
        super().__init__("nginx")
        (self.folder / "job.json").write_bytes(content)
        self.folder.chmod(0o755)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        self.url = f"https://127.0.0.1:{port}"
        user = "user root;" if os.getuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(f"""
            {user} daemon off; worker_processes 2; pid {self.folder}/pid; error_log {self.folder}/error.log;
            events {{ worker_connections 1024; }}
            http {{
                access_log off; sendfile on; keepalive_requests 100000000; open_file_cache max=10;
                types {{ application/json json; }}
                client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
                fastcgi_temp_path {self.folder}/fastcgi; uwsgi_temp_path {self.folder}/uwsgi;
                scgi_temp_path {self.folder}/scgi;
                server {{
                    listen 127.0.0.1:{port} ssl;
                    ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.3;
                    root {self.folder};
                }}
            }}""")

    def start(self):
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        self.process = subprocess.Popen(
            [program, "-e", self.folder / "error.log", "-c", self.folder / "nginx.conf"], stdin=subprocess.DEVNULL)
        address = self.url.rsplit(":", 1)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", int(address[1])), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"nginx did not start:\n{(self.folder / 'error.log').read_text()}")


class SimpleServer(Service):
    """Python's own XML-RPC server, with the daemon's certificate."""

    def __init__(self, certificate, key):
        super().__init__("simple")
        self.files = certificate, key

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-B", FOLDER / "simple_server.py", *self.files], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().split()[1]
        return self


class Load:
    """What wrk found out in one run."""

    def __init__(self, service, path, clients, seconds, headers=(), script=None, argument=None):
        command = ["wrk", "-t", str(min(2, clients)), "-c", str(clients), "-d", f"{seconds}s", "--latency"]
        command += ["--timeout", "30s"]
        for header in headers:
            command += ["-H", header]
        if script:
            command += ["-s", str(FOLDER / script)]
        command += [service.url + path]
        if argument:
            command += ["--", str(argument)]
        before = service.cpu_seconds()
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        used = service.cpu_seconds() - before
        faults = re.search(r"Non-2xx or 3xx responses: .*|Socket errors: .*", text)
        if faults:
            raise SystemExit(f"{path}: {faults.group(0)}")
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
        self.p50 = self.milliseconds(text, "50%")
        self.p99 = self.milliseconds(text, "99%")
        count = int(re.search(r"(\d+) requests in", text).group(1))
        self.cpu = used / max(count, 1) * 1e6

    @staticmethod
    def milliseconds(text, name):
        number, unit = re.search(rf"{name}\s+([\d.]+)(us|ms|s|m)\b", text).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]
