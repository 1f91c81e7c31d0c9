"""An engine, called as the daemon calls it, with everything it says and all that can be seen of it kept."""

import json
import os
import pathlib
import pwd
import queue
import signal
import subprocess
import threading
import time

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Breach(Exception):
    """The engine does not keep the contract."""


class Call:
    """One verb that runs, or has run."""

    def __init__(self, command, verb, content, environment):
        self.verb = verb
        # A session of its own, so that what it starts can be ended with it.
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/", env=environment,
            start_new_session=True)
        self.lines, self.told, self.output = [], queue.Queue(), b""
        self.readers = [threading.Thread(target=work, daemon=True) for work in (self._read, self._listen)]
        for reader in self.readers:
            reader.start()
        try:
            self.process.stdin.write(content)
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    def _read(self):
        self.output = self.process.stdout.read()

    def _listen(self):
        for line in self.process.stderr:
            self.lines.append(line.decode(errors="replace").rstrip("\n"))
            self.told.put(self.lines[-1])

    def await_progress(self, seconds=60):
        """Returns when it has told of progress, or has ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.told.get(timeout=0.02).startswith("{"):
                    return
            except queue.Empty:
                pass

    def signal(self, number):
        """Sends a signal to it and to all it started in its session."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def end(self, seconds=300):
        """Waits for its end, and until nobody holds its pipes any more; returns its exit code."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            raise Breach(f"{self.verb} did not end within {seconds} s") from None
        for reader in self.readers:
            reader.join(10)
            if reader.is_alive():
                self.signal(signal.SIGKILL)
                raise Breach(f"{self.verb} ended, but something it started holds its pipes open")
        return code

    def progress(self):
        """The lines of standard error that are JSON."""
        return [json.loads(line) for line in self.lines if line.startswith("{")]


class Watch:
    """Looks at the command lines and environments of all processes for a text that must not be there."""

    def __init__(self, secret):
        self.secret, self.found, self.is_over = secret.encode(), set(), threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()

    def _look(self):
        while not self.is_over.wait(0.005):
            for folder in os.listdir("/proc"):
                for name in ("cmdline", "environ") if folder.isdigit() else ():
                    try:
                        with open(f"/proc/{folder}/{name}", "rb") as file:
                            if self.secret in file.read():
                                self.found.add(name)
                    except OSError:
                        pass


class Engine:
    """An executable and whom it runs as."""

    def __init__(self, path, user, schemas):
        self.path, self.schemas = os.path.realpath(path), schemas
        self.account = pwd.getpwnam(user) if os.geteuid() == 0 else None
        self.command = [self.path]
        if self.account:
            self.command = [
                "setpriv", "--reuid", str(self.account.pw_uid), "--regid", str(self.account.pw_gid), "--init-groups",
                "--no-new-privs", "--", self.path]

    def folder(self, path):
        """Makes a directory that belongs to the engine's user."""
        path = pathlib.Path(path)
        path.mkdir(parents=True)
        path.chmod(0o700)
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        return str(path)

    def own(self, path):
        """Gives a file that was written here to the engine's user."""
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def bystander(self):
        """A process of the engine's user that is nobody's server."""
        return subprocess.Popen([*self.command[:-1], "sleep", "900"])

    def begin(self, verb, request=b"", step=None):
        """Calls a verb and returns at once; the request is a value, or bytes that are sent as they are."""
        content = request if isinstance(request, bytes) else json.dumps(request).encode()
        variables = {"PATH": PATH} | ({"CONFD_STEP": step} if step else {})
        return Call(self.command + ([verb] if verb is not None else []), verb, content, variables)

    def judge(self, call):
        """The code and answer of a call that was left to itself, both as the contract has them."""
        code = call.end()
        text = call.output.decode(errors="replace")
        try:
            answer = json.loads(text)
        except ValueError:
            raise Breach(f"{call.verb} answers no JSON, but {text[:200]!r} (exit code {code})") from None
        is_error = isinstance(answer, dict) and "error" in answer
        place = ("common.schema.json", "error") if is_error else (f"{call.verb}.schema.json", "answer")
        if is_error != (code != 0) or code not in (0, 1, 2, 3):
            raise Breach(f"{call.verb}: exit code {code} with {text[:200].strip()}")
        found = self.schemas.faults(answer, *place)
        for line in call.progress():
            found += self.schemas.faults(line, "common.schema.json", "progress")
        if found:
            raise Breach(f"{call.verb}: {found[0]}")
        if is_error:
            expected = {"invalid": 2, "unknown-verb": 2, "unsupported": 3}.get(answer["error"]["code"], 1)
            if code != expected:
                raise Breach(f"{call.verb}: error {answer['error']['code']} needs exit code {expected}, not {code}")
        return code, answer

    def ask(self, verb, request=b"", step=None):
        """Calls a verb to its end: its answer, or the code of its error as text."""
        _, answer = self.judge(self.begin(verb, request, step))
        return answer["error"]["code"] if "error" in answer else answer
