"""How long a cluster takes no jobs when the node that decides is lost, and when it hands over, and that nothing is lost by it."""

import concurrent.futures
import http.client
import json
import statistics
import threading
import time

from entries import EtcdClient
from nodes import Failure, say
from recording import History, Recording

# What a loss may take beyond the lease, and what handing over may take.
BEYOND_LEASE = 3.0
HAND_OVER = 0.5
USUAL_LEASE = 10


def is_taken(node, timeout=2):
    """Whether a node takes a job itself now."""
    try:
        return node.ask("POST", "/jobs", {"type": "node_list"}, timeout).status in (200, 202)
    except (OSError, http.client.HTTPException):
        return False


def know(nodes):
    """Has nodes know the password by the next request: to look at it takes long, and is no part of what is measured."""
    for node in nodes:
        node.ask("GET", "/exaconf?consistency=local")


def first_taken(nodes, began, seconds=60):
    """Seconds from a moment until one of the nodes takes a job; each is asked by itself, so that none waits for another."""
    is_over = threading.Event()

    def of(node):
        while not is_over.wait(0.01) and time.monotonic() - began < seconds:
            if is_taken(node):
                took = time.monotonic() - began
                is_over.set()
                return took
        return None

    with concurrent.futures.ThreadPoolExecutor(len(nodes)) as pool:
        times = [took for took in pool.map(of, nodes) if took is not None]
    if not times:
        raise Failure(f"nobody takes a job {seconds} s after")
    return min(times)


def lose_master(cluster):
    """Seconds without anybody who takes jobs, after the node that decides was lost; it is back on return."""
    lost = cluster.node(cluster.await_calm())
    others = [node for node in cluster.nodes if node is not lost]
    know(others)
    began = time.monotonic()
    lost.lose()
    took = first_taken(others, began)
    lost.await_ready(lost.start())
    return took


def hand_over(cluster):
    """Seconds from asking for another master until that one takes jobs."""
    master = cluster.await_calm()
    numbers = [node.number for node in cluster.nodes]
    heir = cluster.node(numbers[(numbers.index(master) + 1) % len(numbers)])
    know([heir])
    began = time.monotonic()
    answer = cluster.node(master).ask("POST", "/jobs", {"type": "master_change", "params": {"nids": [heir.number]}})
    if answer.status not in (200, 202):
        raise Failure(f"master_change: {answer}")
    took = first_taken([heir], began)
    job = heir.ask("GET", f"/jobs/{answer.json['job_id']}?wait=30s").json
    if job.get("outcome") != "ok":
        raise Failure(f"master_change: {job}")
    return took


class Measured:
    """What was measured so far, in a file beside the nodes, so that an interrupted run goes on."""

    def __init__(self, path, run, kinds):
        self.path, self.run = path, run
        self.times = {kind: [] for kind in kinds}
        self.entry = self.revision = None

    @classmethod
    def known(cls, path, run):
        """What an earlier run of the same commit and numbers has; None when there is none."""
        try:
            kept = json.loads(path.read_text())
        except (OSError, ValueError):
            return None
        if kept["run"] != run or run["commit"].endswith("+") or kept["entry"] is None:
            return None
        self = cls(path, run, ())
        self.times, self.entry, self.revision = kept["times"], kept["entry"], kept["revision"]
        return self

    def begin(self, cluster):
        """From where on the log is judged."""
        master = cluster.node(cluster.await_calm())
        self.revision = master.ask("GET", "/exaconf/revisions?limit=1").json["items"][0]["revision"]
        client = EtcdClient(master)
        self.entry = client.newest()
        client.close()
        self.keep()

    def note(self, name, seconds):
        self.times[name].append(seconds)
        self.keep()

    def keep(self):
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(
            {"run": self.run, "times": self.times, "entry": self.entry, "revision": self.revision}) + "\n")
        new.rename(self.path)


def measure(measured, kind, name, count, limit, once):
    """Does something until it was done so many times, and prints how long it took; what falls short, None when nothing does."""
    times = measured.times[kind]
    while len(times) < count:
        measured.note(kind, once())
        say(f"{name} {len(times)} of {count}: {times[-1]:.2f} s")
    if not times:
        return None
    longest = max(times)
    say(f"{name}: p50 {statistics.median(times):.2f} s, maximum {longest:.2f} s ({len(times)} times, at most {limit:g} s)")
    return f"{name} took {longest:.2f} s, not {limit:g} s" if longest > limit else None


def failover(cluster, measured, checker):
    """What falls short: times, and what clients were told and is not in the log."""
    run = measured.run
    history = History(cluster.folder / "history")
    try:
        with Recording(cluster, history, measured.entry, measured.revision) as recording:
            short = [
                measure(measured, "lost", "node lost", run["times"], run["lease"] + BEYOND_LEASE, lambda: lose_master(cluster)),
                measure(measured, "changed", "master_change", run["changes"], HAND_OVER, lambda: hand_over(cluster))]
            master = cluster.node(cluster.await_calm())
        say(f"{recording.taken} jobs were taken meanwhile")
        short += recording.faults
    finally:
        history.close()
    passed, said = history.judge(checker)
    say(f"cluster-checker: {said}")
    master.run("cluster", "check")
    return [text for text in [*short, None if passed else f"cluster-checker: {said}"] if text]
