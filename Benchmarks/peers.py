"""Programs others use, beside which the daemon is measured."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from service import Service, free_port

FOLDER = pathlib.Path(__file__).resolve().parent
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"


class Nginx(Service):
    """Serves one file of a given content over TLS with the daemon's certificate: the ceiling."""

    def __init__(self, content, certificate, key):
        super().__init__("nginx")
        (self.folder / "job.json").write_bytes(content)
        self.folder.chmod(0o755)
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
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
                    listen 127.0.0.1:{self.port} ssl http2;
                    ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.3;
                    root {self.folder};
                }}
            }}""")

    def start(self):
        program = shutil.which("nginx", path=PATH)
        self.launch([program, "-e", self.folder / "error.log", "-c", self.folder / "nginx.conf"])
        return self.await_port(self.port)


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


class Etcd(Service):
    """One etcd on the same disk, with the daemon's certificate; asked by its JSON gateway."""

    def __init__(self, certificate, key):
        super().__init__("etcd")
        self.files = certificate, key
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"

    def start(self):
        certificate, key = self.files
        peer = f"http://127.0.0.1:{free_port()}"
        self.launch([
            shutil.which("etcd", path=PATH), "--name", "one", "--data-dir", self.folder / "data",
            "--cert-file", certificate, "--key-file", key, "--listen-client-urls", self.url,
            "--advertise-client-urls", self.url, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", f"one={peer}", "--log-level", "error", "--logger", "zap"])
        return self.await_port(self.port)


class Supervisord(Service):
    """The process supervisor's XML-RPC, without TLS, which it has not."""

    def __init__(self):
        super().__init__("supervisord")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (self.folder / "supervisord.conf").write_text(f"""
[inet_http_server]
port = 127.0.0.1:{self.port}
[supervisord]
nodaemon = true
minfds = 1024
logfile = {self.folder}/supervisord.log
pidfile = {self.folder}/pid
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
""")

    def start(self):
        self.launch([shutil.which("supervisord", path=PATH), "-c", self.folder / "supervisord.conf"])
        return self.await_port(self.port)


def versions():
    """What the peers and the load generators are, by name."""
    found = {}
    for name, command, pattern in [
        ("nginx", ["nginx", "-v"], r"nginx/(\S+)"), ("etcd", ["etcd", "--version"], r"etcd Version: (\S+)"),
        ("supervisord", ["supervisord", "--version"], r"(\S+)"), ("wrk", ["wrk", "--version"], r"wrk \w+/(\S+)"),
        ("h2load", ["h2load", "--version"], r"nghttp2/(\S+)"),
    ]:
        program = shutil.which(command[0], path=PATH)
        done = subprocess.run([program, *command[1:]], capture_output=True, text=True)
        found[name] = re.search(pattern, done.stdout + done.stderr)[1]
    return found | {"python": sys.version.split()[0]}
