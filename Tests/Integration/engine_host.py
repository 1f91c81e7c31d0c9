"""The engine that ships with the daemon, called as the daemon calls it, with one data volume."""

import ctypes
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile

from daemon import free_port
from database_host import ENGINE

ACCOUNT = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
AS_ENGINE = [
    "setpriv", "--reuid", str(ACCOUNT.pw_uid), "--regid", str(ACCOUNT.pw_gid), "--init-groups", "--"] if ACCOUNT else []
PASSWORD = "known to the test"


class EngineHost:
    """A folder with a volume, sockets and logs; what is started in it ends with it."""

    def __init__(self):
        # Sockets have short names.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="engine-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.volume = self.own_folder("volume")
        self.data = self.own_folder("volume/data")
        self.former, self.bystanders, self.ports = {}, [], {}
        # A build folder is often closed to other users.
        self.engine = self.folder / "engine"
        shutil.copy(ENGINE, self.engine)
        self.engine.chmod(0o755)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.bystanders:
            process.kill()
            process.wait()
        for folder in os.listdir("/proc"):
            if folder.isdigit():
                try:
                    if str(self.folder).encode() in pathlib.Path(f"/proc/{folder}/cmdline").read_bytes():
                        os.kill(int(folder), signal.SIGQUIT)
                except OSError:
                    pass
        shutil.rmtree(self.folder, ignore_errors=True)

    def own_folder(self, name):
        """A folder of the engine's user."""
        path = self.folder / name
        path.mkdir(exist_ok=True)
        path.chmod(0o700)
        self.own(path)
        return path

    def own(self, path):
        if ACCOUNT:
            os.chown(path, ACCOUNT.pw_uid, ACCOUNT.pw_gid)

    @property
    def directory(self):
        """That of the instance."""
        return self.data / "postgresql"

    def logs(self, name="DB1"):
        return self.folder / f"logs-{name}"

    def port(self, name="DB1"):
        return self.ports.setdefault(name, free_port())

    def request(self, name="DB1", database=None, data=None, **options):
        return {
            "contract": 1, "options": options, "secrets": {"password": PASSWORD},
            "database": {
                "name": name, "id": f"id of {name}", "port": self.port(name), "addresses": ["127.0.0.1"], "params": [],
                "active_nodes": 1} | (database or {}),
            "paths": {
                "data": str(data or self.data), "former": {key: str(path) for key, path in self.former.items()},
                "run": str(self.own_folder(f"run-{name}")), "logs": str(self.own_folder(f"logs-{name}"))}}

    def call(self, verb, request):
        """The answer, an error with its code and message among them."""
        done = subprocess.run(
            [*AS_ENGINE, str(self.engine), verb], input=json.dumps(request), capture_output=True, text=True, cwd="/",
            env={"PATH": os.environ["PATH"]}, timeout=200)
        return json.loads(done.stdout)

    def ask(self, verb, name="DB1", **further):
        return self.call(verb, self.request(name, **further))

    def ok(self, verb, name="DB1", **further):
        answer = self.ask(verb, name, **further)
        if "error" in answer:
            raise AssertionError(f"{verb} of {name}: {answer}")
        return answer

    def refusal(self, verb, name="DB1", **further):
        """Code and message of the error that is expected."""
        answer = self.ask(verb, name, **further)
        if "error" not in answer:
            raise AssertionError(f"{verb} of {name} answers {answer}")
        return answer["error"]["code"], answer["error"]["message"]

    def running(self, name="DB1", **further):
        """A database that was made and serves clients."""
        self.ok("create", name, **further)
        self.ok("start", name, **further)

    def bystander(self):
        """A process of the engine's user that has nothing to do with any database."""
        self.bystanders.append(subprocess.Popen([*AS_ENGINE, "sleep", "900"]))
        return self.bystanders[-1]

    def sql(self, text, name="DB1", database=None):
        """What the user sys gets, or None where that is an error."""
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port(name)),
             "-U", "sys", "-d", database or name, "-f", "-"], input=text,
            env=os.environ | {"PGPASSWORD": PASSWORD, "PGCONNECT_TIMEOUT": "10"}, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else None

    def write(self, path, text):
        path.write_text(text)
        self.own(path)


def adopt_orphans():
    """What loses its parent becomes a child of this process, which does not wait for it: it stays a zombie."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
