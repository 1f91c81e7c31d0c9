"""Jobs of a working day one after the other: storage and configuration, over XML-RPC and over REST."""

import base64
import http.client
import json
import queue
import ssl
import statistics
import threading
import time
import urllib.parse
import xmlrpc.client

from daemon import PASSWORD


def round_of_jobs(number):
    """Ten jobs on objects of their own, which are gone afterwards; nine change the configuration or a volume."""
    group, user, remote, volume = (f"{kind}{number}" for kind in ("g", "u", "r", "v"))
    yield "group_create", {"groupname": group, "groupid": 10_000 + number}
    yield "user_create", {
        "username": user, "userid": 20_000 + number, "group": group, "login_enabled": False,
        "password": "$6$saltsalt$abc", "encode_passwd": False}
    yield "st_volume_create", {
        "name": volume, "type": "data", "size": "16 MiB", "disk": "disk1", "nodes": [11], "redundancy": 1}
    yield "st_volume_add_label", {"vname": volume, "label": "mixed"}
    yield "st_volume_info", {"vname": volume}
    yield "remote_volume_add", {
        "vol_type": "ftp", "url": "ftp://192.0.2.9/b/", "owner": [500, 500], "remote_volume_name": remote}
    yield "remote_volume_remove", {"remote_volume_name": remote}
    yield "st_volume_delete", {"vname": volume}
    yield "user_delete", {"username": user}
    yield "group_delete", {"groupname": group}


class XMLRPC:
    """Python's own client on one connection that stays."""

    def __init__(self, url):
        address = urllib.parse.urlsplit(url).netloc
        login = f"admin:{urllib.parse.quote(PASSWORD)}"
        self.server = xmlrpc.client.ServerProxy(f"https://{login}@{address}", context=ssl._create_unverified_context())

    def run(self, name, parameters):
        result = self.server.job_exec(name, {"params": parameters})
        if result["result_code"] != 0:
            raise SystemExit(f"{name}: {result}")


class REST:
    """One connection that stays; each job is waited for by its submission."""

    def __init__(self, url):
        self.connection = http.client.HTTPSConnection(
            urllib.parse.urlsplit(url).netloc, context=ssl._create_unverified_context(), timeout=60)
        login = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
        self.headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}

    def run(self, name, parameters):
        body = json.dumps({"type": name, "params": parameters})
        self.connection.request("POST", "/jobs?wait=30s", body, self.headers)
        answer = self.connection.getresponse()
        job = json.loads(answer.read())
        if answer.status != 200 or job["outcome"] != "ok":
            raise SystemExit(f"{name}: {answer.status} {job}")


def measure(make_client, clients, rounds, first):
    """Runs rounds of jobs; the whole time, and that of each job, in ms."""
    numbers, times, faults = queue.SimpleQueue(), [], []
    for number in range(first, first + rounds):
        numbers.put(number)

    def work():
        try:
            client = make_client()
            while True:
                for name, parameters in round_of_jobs(numbers.get_nowait()):
                    begin = time.perf_counter()
                    client.run(name, parameters)
                    times.append((time.perf_counter() - begin) * 1000)
        except queue.Empty:
            pass
        except BaseException as fault:
            faults.append(fault)
    threads = [threading.Thread(target=work) for _ in range(clients)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return (time.perf_counter() - begin) * 1000, times


def report(daemon, jobs):
    """Measures and prints a table."""
    rounds = max(16, jobs // 10)
    print("\n| mixed jobs | connections | jobs | whole time s | ms per job | p50 ms | p99 ms | server CPU ms/job |")
    print("|---|---|---|---|---|---|---|---|")
    for place, (way, client, clients) in enumerate([("XML-RPC", XMLRPC, 1), ("REST", REST, 1), ("REST", REST, 16)]):
        before = daemon.used()[0]
        whole, times = measure(lambda: client(daemon.url), clients, rounds, place * rounds)
        used = (daemon.used()[0] - before) * 1000 / len(times)
        print(
            f"| {way} | {clients} | {len(times):,} | {whole / 1000:.1f} | {whole / len(times):.2f} | "
            f"{statistics.median(times):.2f} | {statistics.quantiles(times, n=100)[98]:.2f} | {used:.1f} |")
