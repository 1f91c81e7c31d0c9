"""Runs rows one after the other, each in a process of its own, and ends all that it left."""

import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from .links import remove_leftovers
from .results import NOT_RUN, PASSED, SHORT

# prctl's name for: orphans among the descendants become this process's children.
PR_SET_CHILD_SUBREAPER = 36
# How a row says what it came to, by its exit code and its last line.
CODES = {0: PASSED, 1: SHORT, 69: NOT_RUN}
DID, CAME_TO = "did: ", "came to: "


def adopt_orphans():
    """From now on whatever a row leaves can be found: it is a child of this process."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def children(parent):
    """The processes whose parent it is, by number."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            text = (entry / "stat").read_text()
        except OSError:
            continue
        # The name stands in brackets, and may hold brackets and blanks itself.
        if int(text[text.rindex(")") + 1:].split()[1]) == parent:
            found.append(int(entry.name))
    return found


def end_children():
    """Ends all children, and theirs, which become children when these have ended; whether there were any that lived."""
    ended = set()
    while left := children(os.getpid()):
        for number in left:
            try:
                if os.waitpid(number, os.WNOHANG) == (0, 0):
                    ended.add(number)
                    os.kill(number, signal.SIGKILL)
            except (ChildProcessError, ProcessLookupError):
                pass
        time.sleep(0.02)
    return ended


def run_row(row, command, say, logs):
    """What it came to, in words and in a word: (result, text, seconds, what it did).

    What a row that falls short had to say, and its daemons, is kept in a folder for logs."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"confd-chaos-{os.getpid()}-"))
    # Accounts of databases and of etcd have to get at what lies there.
    folder.chmod(0o711)
    log = folder.with_name(folder.name + "_log")
    began, did, text = time.monotonic(), [], ""
    try:
        with open(log, "wb") as errors:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
                env=os.environ | {"TMPDIR": str(folder)})
        alarm = threading.Timer(row.limit, process.kill)
        alarm.start()
        try:
            for line in process.stdout:
                if line.startswith(DID):
                    did.append(line.removeprefix(DID).strip())
                    say(f"    {did[-1]}")
                elif line.startswith(CAME_TO):
                    text = line.removeprefix(CAME_TO).strip()
            code = process.wait()
        finally:
            alarm.cancel()
        took = time.monotonic() - began
        result = CODES.get(code, SHORT)
        if code not in CODES:
            text = f"was given up after {took:.0f} s" if took >= row.limit else f"its process ended with {code}"
        if result == SHORT:
            logs.mkdir(parents=True, exist_ok=True)
            kept = logs / f"{row.name}.log"
            shutil.copy(log, kept)
            print("".join(log.read_text(errors="replace").splitlines(True)[-12:]), file=sys.stderr)
            say(f"    what daemons said is in {kept}")
        return result, text, took, did
    finally:
        end_children()
        remove_leftovers()
        shutil.rmtree(folder, ignore_errors=True)
        log.unlink(missing_ok=True)
