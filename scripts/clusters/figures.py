"""What a change costs in a cluster of three, beside its own etcd and beside a node alone, measured in one run."""

import base64
import http.client
import itertools
import json
import os
import pathlib
import re
import statistics
import subprocess
import time

from asking import UNCHECKED
from entries import EtcdClient
from nodes import Failure, say
from processes import etcd_of

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "Benchmarks"
CLIENTS = 64
ROUNDS = 3
# A change takes as long as so many puts at most; it is hoped to be fewer.
MOST_PUTS, HOPED_PUTS = 9, 7
LEAST_RATIO = 0.6
# What a node of a cluster has beyond the daemon of a node alone, in MB.
MOST_MEMORY = 90
# As large as what members put when they are measured by themselves.
PUT_SIZE = 256
# No key of the log, so that no node is told of it.
PUT_KEY = "/figures/put"


class Administrator:
    """One connection to a node that is kept."""

    def __init__(self, node, cluster):
        self.connection = http.client.HTTPSConnection(*node.place, context=UNCHECKED, timeout=60)
        self.login = "Basic " + base64.b64encode(f"admin:{cluster.password}".encode()).decode()
        self.values = itertools.count(int(time.time()) % 1_000_000 * 1000)

    def ask(self, method, path, body=None):
        headers = {"Authorization": self.login, "Content-Type": "application/json"}
        self.connection.request(method, path, body and json.dumps(body), headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise Failure(f"{method} {path}: {response.status} {text[:300].decode(errors='replace')}")
        return json.loads(text)

    def change(self):
        """Makes a revision, and returns when every node has it."""
        job = self.ask("POST", "/jobs?wait=30s", {"type": "general_settings", "params": {
            "changes": {"Global": {"StorageMaxConnections": next(self.values)}}}})
        if job.get("outcome") != "ok":
            raise Failure(f"a change failed: {job}")

    def revision(self):
        return self.ask("GET", "/exaconf/revisions?limit=1")["items"][0]["revision"]

    def close(self):
        self.connection.close()


class Table:
    """Rows of what was measured, each with PASS or what falls short."""

    def __init__(self):
        self.rows, self.short = [], []

    def add(self, what, text, goal=None, holds=True):
        """A row; without a goal it is told and not judged."""
        self.rows.append((what, text, goal or "", "" if goal is None else "PASS" if holds else text))
        if not holds:
            self.short.append(f"{what} is {text}, not {goal}")

    def lines(self):
        rows = [("what", "measured", "goal", "verdict"), *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]

    def show(self):
        for line in self.lines():
            say(line)


def milliseconds(once):
    begin = time.monotonic()
    once()
    return (time.monotonic() - begin) * 1000


def one_client(table, cluster, master, seconds):
    """Changes of one client, with a put of the same node's etcd before each."""
    admin, etcd = Administrator(master, cluster), EtcdClient(master)
    value = os.urandom(PUT_SIZE)
    try:
        for _ in range(10):
            etcd.put(PUT_KEY, value)
            admin.change()
        first, puts, changes = etcd.newest() + 1, [], []
        end = time.monotonic() + 3 * seconds
        while time.monotonic() < end:
            puts.append(milliseconds(lambda: etcd.put(PUT_KEY, value)))
            changes.append(milliseconds(admin.change))
        entries = list(etcd.entries(first))
        etcd.delete(PUT_KEY)
    finally:
        admin.close()
        etcd.close()
    put, change = statistics.median(puts), statistics.median(changes)
    table.add(f"etcd's own put of {PUT_SIZE} B, p50 of {len(puts)}", f"{put:.1f} ms")
    table.add("a change on three nodes, one client, p50", f"{change:.1f} ms")
    table.add(
        f"puts that takes (hoped: {HOPED_PUTS})", f"{change / put:.1f}", f"≤ {MOST_PUTS}", change / put <= MOST_PUTS)
    # An entry that holds several changes is counted once, and one without any as well.
    table.add("entries in the log of a change", f"{len(entries) / len(changes):.1f}")
    table.add("bytes in the log of a change", f"{sum(entry.size for entry in entries) / len(changes):,.0f}")


def load(cluster, node, seconds):
    """Changes a second by many clients of one node, each committed on every node of its cluster."""
    admin = Administrator(node, cluster)
    before = admin.revision()
    login = base64.b64encode(f"admin:{cluster.password}".encode()).decode()
    done = subprocess.run(
        ["wrk", "-t", "2", "-c", str(CLIENTS), "-d", f"{seconds}s", "--timeout", "30s", "-s", SCRIPTS / "change.lua",
         "-H", f"Authorization: Basic {login}", "-H", "Content-Type: application/json", f"{node.url}/jobs?wait=30s"],
        capture_output=True, text=True)
    count, rate = re.search(r"(\d+) requests in", done.stdout), re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if done.returncode or not count or not rate or "Non-2xx" in done.stdout:
        raise Failure(f"the load on {node.name} failed: {done.stdout}{done.stderr}")
    made = admin.revision() - before
    admin.close()
    if made < int(count[1]) * 0.95:
        raise Failure(f"{node.name}: {count[1]} changes were answered, but {made} revisions were made")
    return float(rate[1])


def many_clients(table, cluster, alone, seconds):
    """The same load on three nodes and on one, in turns."""
    rates = []
    for number in range(ROUNDS):
        master = cluster.node(cluster.await_calm())
        rates.append((load(cluster, master, seconds), load(alone, alone.nodes[0], seconds)))
        say(f"{CLIENTS} clients, {number + 1} of {ROUNDS}: {rates[-1][0]:,.0f} changes/s on three nodes, "
            f"{rates[-1][1]:,.0f} on one")
    ratio = statistics.median(three / one for three, one in rates)
    table.add(f"changes/s of {CLIENTS} clients, three nodes", f"{statistics.median(three for three, _ in rates):,.0f}")
    table.add(f"changes/s of {CLIENTS} clients, a node alone", f"{statistics.median(one for _, one in rates):,.0f}")
    table.add("three nodes over one", f"{ratio:.2f}", f"≥ {LEAST_RATIO}", ratio >= LEAST_RATIO)


def resident(run):
    """Megabytes of a process that lie in memory."""
    status = pathlib.Path(f"/proc/{run.number}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024 / 1e6


def memory(table, cluster, alone):
    """What each node has in memory, after the same loads as the one alone."""
    base = resident(alone.nodes[0].daemon)
    table.add("memory of the daemon of a node alone", f"{base:.0f} MB")
    for node in cluster.nodes:
        daemon, etcd = resident(node.daemon), resident(etcd_of(node.root))
        beyond = daemon + etcd - base
        table.add(
            f"{node.name} beyond that (daemon {daemon:.0f}, etcd {etcd:.0f})", f"{beyond:.0f} MB", f"≤ {MOST_MEMORY} MB",
            beyond <= MOST_MEMORY)


def figures(cluster, alone, seconds):
    """Prints the table of all that was measured; what falls short."""
    table = Table()
    one_client(table, cluster, cluster.node(cluster.await_calm()), seconds)
    many_clients(table, cluster, alone, seconds)
    memory(table, cluster, alone)
    say("")
    table.show()
    return table.short
