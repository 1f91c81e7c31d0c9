"""A program that is measured, in a folder of its own, and what it has used so far."""

import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import os

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


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

    def launch(self, command, **options):
        """Starts a program whose output goes to a file of the folder."""
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, **options)

    def await_port(self, port):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{type(self).__name__} did not start:\n{(self.folder / 'log').read_text()[-4000:]}")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def used(self):
        """CPU seconds, voluntary and involuntary context switches of the program and its children so far."""
        cpu = voluntary = involuntary = 0
        for pid in self.pids():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            cpu += (int(fields[11]) + int(fields[12])) / TICKS
            for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
                try:
                    switches = dict(line.split(":", 1) for line in status.read_text().splitlines())
                except OSError:
                    continue  # the thread has ended
                voluntary += int(switches["voluntary_ctxt_switches"])
                involuntary += int(switches["nonvoluntary_ctxt_switches"])
        return cpu, voluntary, involuntary

    def pids(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid] + [int(pid) for pid in children.read_text().split()]
