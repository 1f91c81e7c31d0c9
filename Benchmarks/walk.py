"""Follows changes of the configuration through the daemon: how often they change the thread, and how often they wait for the disk.

A client sends one change after the other on one connection and waits for each to be committed. The kernel tells, by its own
trace, each time one thread of the daemon wakes another one, and each time one of them has a file flushed.
"""

import collections
import http.client
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.parse

from daemon import CONTEXT, Daemon, basic

COUNT = 300
EVENTS = ("sched:sched_waking", "syscalls:sys_enter_fsync", "syscalls:sys_enter_fdatasync")
# What a change may take, as docs/benchmarks.md says.
MOST_HOPS, MOST_FLUSHES = 8, 3


def change(connection, headers, number):
    """One change that is committed when it is answered."""
    body = {"type": "general_settings", "params": {"changes": {"Global": {"StorageMaxConnections": 1000 + number}}}}
    connection.request("POST", "/jobs?wait=60s", json.dumps(body), headers)
    answer = connection.getresponse()
    job = json.loads(answer.read())
    if job.get("outcome") != "ok":
        raise SystemExit(f"a change was not committed: {job}")


def trace(process, work):
    """Does work, and returns what the threads of a process did meanwhile: thread, event and its fields."""
    with tempfile.TemporaryDirectory(prefix="confd-walk-") as folder:
        file = os.path.join(folder, "trace")
        (ordered, order), (answer, answered) = os.pipe(), os.pipe()
        recorder = subprocess.Popen(
            ["perf", "record", "--quiet", "-e", ",".join(EVENTS), "-p", str(process), "-o", file, "--delay=-1",
             "--control", f"fd:{ordered},{answered}"],
            pass_fds=(ordered, answered), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for end in (ordered, answered):
            os.close(end)
        # What is done before the trace has begun would be missing in it.
        os.write(order, b"enable\n")
        if os.read(answer, 16):
            work()
            os.write(order, b"stop\n")
        problem = recorder.stderr.read().decode()
        for end in (order, answer):
            os.close(end)
        if recorder.wait() != 0:
            raise SystemExit(f"the kernel's trace cannot be read, which takes root: {problem.strip()[-300:]}")
        text = subprocess.run(
            ["perf", "script", "-i", file, "-F", "comm,tid,event,trace"], check=True, capture_output=True, text=True).stdout
    line = re.compile(r"^\s*(.+?)\s+(\d+)\s+(?:sched|syscalls):(\w+):\s*(.*)$")
    return [found.groups() for found in map(line.match, text.splitlines()) if found]


def count(events, threads):
    """Wakes between threads of the daemon by their names, and flushes."""
    wakes, flushes = collections.Counter(), 0
    for name, _, event, fields in events:
        if event != "sched_waking":
            flushes += 1
            continue
        woken = re.search(r"comm=(.+?) pid=(\d+)", fields)
        if woken and woken.group(2) in threads:
            wakes[f"{name} → {woken.group(1)}"] += 1
    return wakes, flushes


def walk(program):
    """Prints the walk of a change; returns what falls short."""
    if not shutil.which("perf"):
        raise SystemExit("perf is not installed: apt-get install linux-perf")
    with Daemon(program) as daemon:
        address = urllib.parse.urlsplit(daemon.url)
        connection = http.client.HTTPSConnection(address.hostname, address.port, context=CONTEXT, timeout=60)
        name, value = basic().split(": ")
        headers = {name: value, "Content-Type": "application/json"}
        for number in range(50):
            change(connection, headers, COUNT + number)

        def work():
            for number in range(COUNT):
                change(connection, headers, number)

        events = trace(daemon.process.pid, work)
        threads = set(os.listdir(f"/proc/{daemon.process.pid}/task"))
    wakes, flushes = count(events, threads)
    print("| from one thread to another | times in a change |\n|---|---|")
    for pair, times in wakes.most_common():
        if times * 20 >= COUNT:
            print(f"| {pair} | {times / COUNT:.2f} |")
    hops, flushes = wakes.total() / COUNT, flushes / COUNT
    print(f"\nIn a change: {hops:.1f} changes of thread (at most {MOST_HOPS}), {flushes:.2f} flushes (at most {MOST_FLUSHES}).")
    short = [f"changes of thread: {hops:.1f}"] * (hops > MOST_HOPS) + [f"flushes: {flushes:.2f}"] * (flushes > MOST_FLUSHES + 0.05)
    print("; ".join(["short"] + short) if short else "PASS")
    return short
