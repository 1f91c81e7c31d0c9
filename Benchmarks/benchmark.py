"""Measures the daemon beside nginx, in rounds that take turns, and prints the medians as a table."""

import argparse
import base64
import json
import os
import pathlib
import platform
import ssl
import statistics
import sys
import time
import urllib.request
import xmlrpc.client

import mixed
from peers import PASSWORD, Daemon, Load, Nginx, SimpleServer

CONTEXT = ssl._create_unverified_context()
BASIC = "Authorization: Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
JSON = "Content-Type: application/json"


class Bench:
    def __init__(self, daemon, nginx, python, job, seconds):
        self.daemon, self.nginx, self.python, self.job, self.seconds = daemon, nginx, python, job, seconds
        self.db_list = self.body("db_list.xml", xmlrpc.client.dumps(("db_list",), "job_exec").encode())
        self.submission = self.body("submission.json", b'{"type":"db_list"}')

    def body(self, name, content):
        path = self.daemon.folder / name
        path.write_bytes(content)
        return path

    def cases(self):
        """Name, clients, and the run; nginx stands before what is compared with it."""
        for clients in (1, 64):
            yield "nginx, static file", clients, lambda: self.load(self.nginx, "/job.json", clients)
            yield "GET /jobs/{id}", clients, lambda: self.load(self.daemon, f"/jobs/{self.job}", clients, [BASIC])
            yield "Python SimpleXMLRPCServer, a constant", clients, lambda: self.load(
                self.python, "/", clients, ["Content-Type: text/xml"], "post.lua", self.db_list)
            yield "XML-RPC job_exec('db_list')", clients, lambda: self.load(
                self.daemon, "/", clients, [BASIC, "Content-Type: text/xml"], "post.lua", self.db_list)
            yield "POST /jobs db_list", clients, lambda: self.load(
                self.daemon, "/jobs", clients, [BASIC, JSON], "post.lua", self.submission)
            yield "POST /jobs general_settings, committed", clients, lambda: self.changes(clients)

    def load(self, service, path, clients, headers=(), script=None, argument=None):
        return Load(service, path, clients, self.seconds, headers, script, argument)

    def changes(self, clients):
        before = self.revision()
        load = self.load(self.daemon, "/jobs?wait=30s", clients, [BASIC, JSON], "change.lua")
        made = self.revision() - before
        # A few more may be made than wrk counts: those whose answers came after its end.
        if made < load.rate * self.seconds * 0.95:
            raise SystemExit(f"{load.rate * self.seconds:.0f} changes were answered, but {made} revisions were made")
        return load

    def revision(self):
        return ask(self.daemon, "/exaconf/revisions?limit=1")["items"][0]["revision"]


def ask(daemon, path, body=None):
    name, value = BASIC.split(": ")
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(daemon.url + path, data, {name: value, "Content-Type": "application/json"})
    with urllib.request.urlopen(request, context=CONTEXT, timeout=60) as answer:
        return json.loads(answer.read())


def idle_share(seconds=2):
    """The share of this machine's processors that nobody used for a while."""
    def look():
        fields = [int(field) for field in open("/proc/stat").readline().split()[1:9]]
        return fields[3] + fields[4], sum(fields)
    idle, total = look()
    time.sleep(seconds)
    later, whole = look()
    return (later - idle) / max(whole - total, 1)


def flush_time(folder, count=100):
    """The median time in ms this disk takes to make 4 KiB durable: what every change waits for several times."""
    times = []
    with open(folder / "flush", "wb", buffering=0) as file:
        for _ in range(count):
            file.write(bytes(4096))
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1000


def median(loads, name):
    return statistics.median(getattr(load, name) for load in loads)


def report(results):
    print("| what | clients | requests/s | of nginx | p50 ms | p99 ms | server CPU µs/request |")
    print("|---|---|---|---|---|---|---|")
    for (name, clients), loads in results.items():
        rate = median(loads, "rate")
        ratio = rate / median(results["nginx, static file", clients], "rate")
        print(
            f"| {name} | {clients} | {rate:,.0f} | {ratio:.2f} | {median(loads, 'p50'):.2f} | "
            f"{median(loads, 'p99'):.2f} | {median(loads, 'cpu'):.0f} |")


def measure_mixed(program, jobs):
    with Daemon(program) as daemon:
        mixed.report(daemon, jobs)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=4)
    arguments.add_argument("--only", help="run only cases with this in their name, and nginx")
    arguments.add_argument("--jobs", type=int, default=1000, help="how many mixed jobs are run on each way; 0 for none")
    options = arguments.parse_args()
    idle = idle_share()
    begin_load = os.getloadavg()[0]
    with Daemon(pathlib.Path(os.environ["CONFD_PROGRAM"])) as daemon:
        starts = []
        for _ in range(options.rounds):
            daemon.stop()
            starts.append(daemon.start().seconds)
        time.sleep(3)
        memory = daemon.memory()
        flushes = [flush_time(daemon.folder)]
        job = ask(daemon, "/jobs?wait=30s", {"type": "node_list"})
        name, value = BASIC.split(": ")
        request = urllib.request.Request(f"{daemon.url}/jobs/{job['job_id']}", headers={name: value})
        content = urllib.request.urlopen(request, context=CONTEXT).read()
        with Nginx(content, *daemon.certificate) as nginx, SimpleServer(*daemon.certificate) as python:
            bench = Bench(daemon, nginx, python, job["job_id"], options.seconds)
            results = {}
            for number in range(options.rounds):
                flushes.append(flush_time(daemon.folder))
                for name, clients, run in bench.cases():
                    if options.only and options.only not in name and not name.startswith("nginx"):
                        continue
                    print(f"round {number + 1}: {name}, {clients} clients", file=sys.stderr)
                    results.setdefault((name, clients), []).append(run())
            after = daemon.memory()
            head = bench.revision()
    print(f"{os.cpu_count()} processors ({platform.machine()}), {idle:.0%} of them idle before the run, load "
          f"{begin_load:.1f} before and {os.getloadavg()[0]:.1f} after; {options.rounds} rounds of {options.seconds} s, "
          f"medians; body of {len(content)} bytes; load generator on the same processors.\n")
    report(results)
    print(f"\nstart to ready: {statistics.median(starts) * 1000:.0f} ms; memory idle: {memory:.1f} MiB, after the load "
          f"({head} revisions): {after:.1f} MiB; one flush of this disk (fdatasync of 4 KiB): "
          f"{statistics.median(flushes):.2f} ms")
    if options.jobs:
        measure_mixed(pathlib.Path(os.environ["CONFD_PROGRAM"]), options.jobs)


if __name__ == "__main__":
    main()
