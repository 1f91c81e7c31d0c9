"""Lets tests use the service of the installed package as their daemon: one at a time, in /exa, which each finds empty.

For a machine that is there for nothing else: scripts/boot-test makes one.
"""

import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import time

ROOT = pathlib.Path("/exa")
UNIT = "confd.service"
DROP_IN = pathlib.Path(f"/run/systemd/system/{UNIT}.d/test.conf")
READY = pathlib.Path("/run/confd-test.ready")


def systemctl(*words, check=True):
    done = subprocess.run(["systemctl", *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if check and done.returncode:
        raise AssertionError(f"systemctl {' '.join(words)}: {done.stderr}")
    return done.stdout.strip()


class Service:
    """What tests ask of the process of their daemon, answered by systemd."""

    @property
    def pid(self):
        return int(systemctl("show", "--value", "--property", "MainPID", UNIT))

    @property
    def returncode(self):
        return self.poll()

    def poll(self):
        if systemctl("is-active", UNIT, check=False) in ("active", "activating", "deactivating", "reloading"):
            return None
        return int(systemctl("show", "--value", "--property", "ExecMainStatus", UNIT))

    def wait(self, deadline=40):
        end = time.monotonic() + deadline
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(UNIT, deadline)
            time.sleep(0.05)
        return code

    def send_signal(self, number):
        systemctl("kill", "--kill-whom=main", f"--signal={signal.Signals(number).name}", UNIT)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def unit(program, arguments, variables):
    """What the service is started with in a test; everything else is as the package has it."""
    lines = [
        "[Unit]", "StartLimitIntervalSec=0", "[Service]", "Restart=no", f"StandardOutput=truncate:{READY}",
        f"StandardError=append:{ROOT}/daemon.log", "ExecStart=",
        "ExecStart=" + " ".join(shlex.quote(str(word)) for word in [program, "serve", "--root", ROOT, *arguments])]
    lines += [f'Environment="{name}={value}"' for name, value in variables.items() if name.startswith("CONFD_")]
    return "\n".join(lines) + "\n"


def new_root(daemon):
    """The place of every daemon, empty."""
    systemctl("stop", UNIT, check=False)
    for path in ROOT.iterdir() if ROOT.is_dir() else ():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    (ROOT / "etc").mkdir(parents=True)
    (ROOT / "etc/confd.yaml").symlink_to("/etc/confd.yaml")
    return ROOT


def launch(daemon):
    systemctl("stop", UNIT, check=False)
    DROP_IN.parent.mkdir(parents=True, exist_ok=True)
    DROP_IN.write_text(unit(
        os.environ["CONFD_PROGRAM"], ["--bind", "127.0.0.1", "--port", daemon.port or 0, *daemon.arguments],
        daemon.variables()))
    READY.unlink(missing_ok=True)
    systemctl("daemon-reload")
    systemctl("start", UNIT, check=False)
    daemon.process = Service()


def await_ready(daemon, deadline=60):
    end = time.monotonic() + deadline
    while not (line := READY.read_text() if READY.exists() else "").startswith("ready https://"):
        code = daemon.process.poll()
        if code is not None or time.monotonic() > end:
            raise AssertionError(f"not ready (exit {code}); log:\n{daemon.log_text()}")
        time.sleep(0.05)
    daemon.url = line.split()[1]
    daemon.port = int(daemon.url.rsplit(":", 1)[1])


def take_over(daemon):
    """Makes a class of daemons be the service."""
    daemon.new_root, daemon.launch, daemon.await_ready = new_root, launch, await_ready
