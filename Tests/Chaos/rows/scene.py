"""Clusters of real daemons for rows, and what is asked of all of them. Imported by rows within `run` only."""

import concurrent.futures
import contextlib
import os
import sqlite3
import sys
import time

import network
from cluster_host import BROKEN, Cluster, Node, Writer, etcd_of, lacking, well
from daemon import until
from test_cluster_absence import ask_etcd

from .base import NotRun, ShortFall
from .links import PREFIX

# Seconds of a lease and a change of etcd's leader, and how long a client waits for an answer before it asks somebody else.
LOSS, PATIENCE = 13, Writer.PATIENCE
# Behind it nodes do not tell what may be wrong by now.
SILENCE = 10


class LinkedNode(Node):
    """A node in a network namespace of its own."""

    @property
    def inside(self):
        return self.cluster.links.command(self.number, [])


class LinkedCluster(Cluster):
    """One whose nodes have links that can be cut: both ways, or one way."""

    node_type = LinkedNode
    NUMBERS = (11, 12, 13)

    def __init__(self, **settings):
        super().__init__(**settings)
        self.links = network.Namespaces(f"{PREFIX}{os.getpid()}", network.free_prefix())

    def __enter__(self):
        try:
            self.links.make(self.NUMBERS)
        except network.NetworkFailure as failure:
            raise NotRun(f"there are no network namespaces here: {failure}") from None
        return super().__enter__()

    def __exit__(self, *error):
        try:
            for number in self.NUMBERS:
                self.heal(number)
            super().__exit__(*error)
        finally:
            self.links.remove()

    def address(self, number):
        return f"{self.links.prefix}.{number}"

    def cut(self, node):
        self.links.cut(node.number)

    def lose_packets(self, source, target):
        """What one node sends to another one is lost from now on, and nobody is told; the other way it arrives."""
        # To a machine that is not there, over the bridge they share.
        network.ip("neigh", "replace", target.address, "lladdr", "02:00:00:00:00:01", "nud", "permanent",
                   "dev", network.OUTSIDE, inside=self.links.space(source.number))

    def heal(self, number):
        """All that was cut from and to a node is as it was."""
        self.links.heal(number)
        for source, target in ((number, other) for other in self.NUMBERS if other != number):
            for one, another in ((source, target), (target, source)):
                with contextlib.suppress(network.NetworkFailure):
                    network.ip("neigh", "del", self.address(another), "dev", network.OUTSIDE, inside=self.links.space(one))


@contextlib.contextmanager
def cluster(say, others=(12, 13), linked=False, etcd=None, **settings):
    """A first node and these others, all well; `etcd` is another program than that of this machine.

    What their daemons said is shown when it falls short."""
    if reason := lacking() or (network.lacking() if linked else None):
        raise NotRun(reason)
    with (LinkedCluster if linked else Cluster)(**settings) as made:
        if etcd:
            made.node_type = type("Node", (made.node_type,), {"etcd": etcd})
        try:
            made.grow(*others)
            made.await_calm()
            say(f"made a cluster of {1 + len(others)} nodes" + (", each in a network namespace" if linked else ""))
            yield made
        except Exception:
            for node in [*made.nodes, *made.machines]:
                print(f"--- node {node.number}: {node.view()}\n{node.log_text()}", file=sys.stderr)
            raise


# Asking

def change(number):
    """A job that changes the configuration."""
    return {"type": "general_settings", "params": {"changes": {"Global": {"StorageMaxConnections": number}}}}


def refusal(node, body=None):
    """(status, code, text) of a change asked for over the local socket of a node."""
    answer = node.local("POST", "/jobs", body or change(7), timeout=40)
    return answer.status, answer.json.get("code"), answer.body.decode()


def holds_key(node, key):
    """The numbers of the jobs with a key, by the store of a node: there it stands behind what was asked for."""
    place = node.root / "spool/jobs/store.sqlite"
    with contextlib.closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True, timeout=10)) as store:
        return [number for number, in store.execute("SELECT number FROM jobs WHERE idempotency_key = ?", (f"/jobs {key}",))]


def head(node):
    """The newest revision a node has, by its store."""
    place = node.root / "spool/jobs/store.sqlite"
    with contextlib.closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True, timeout=10)) as store:
        return store.execute("SELECT max(number) FROM revisions").fetchone()[0]


def etcd_leader(made):
    """The node whose etcd leads the others."""
    found = []

    def is_known():
        found.clear()
        for node in made.running:
            with contextlib.suppress(*BROKEN, AssertionError):
                status = ask_etcd(made, node, "/v3/maintenance/status", {})
                if status.get("leader") == status["header"]["member_id"]:
                    found.append(node)
        return len(found) == 1
    until(is_known, 20)
    return found[0]


def ask_by_key(made, key, body, deadline=90):
    """The job of a key when it has ended, asked for again and again where it is decided."""
    found = {}

    def has_ended():
        try:
            answer = made.master().rest().post("/jobs?wait=20s", body, Idempotency_Key=f'"{key}"')
        except BROKEN:
            return False
        if answer.status in (200, 202):
            found.update(answer.json)
        return found.get("outcome") is not None
    until(has_ended, deadline)
    return found


def await_job(made, job, deadline=90):
    """The record of a job when it has ended, asked for where it is decided."""
    found = {}

    def has_ended():
        try:
            answer = made.master().rest().get(f"/jobs/{job}?wait=20s")
        except BROKEN:
            return False
        if answer.status == 200:
            found.update(answer.json)
        return found.get("outcome") is not None
    until(has_ended, deadline)
    return found


def submit(node, number):
    """The id of a change that was taken."""
    answer = node.rest().post("/jobs", change(number))
    require(answer.status in (200, 202), f"a change was answered {answer}")
    return answer.json["job_id"]


def in_background(work, *arguments):
    """A future, whose thread is not waited for when this process ends."""
    pool = concurrent.futures.ThreadPoolExecutor(1)
    future = pool.submit(work, *arguments)
    pool.shutdown(wait=False)
    return future


# Judging

def require(holds, otherwise):
    if not holds:
        raise ShortFall(otherwise)


def within(seconds, most, what):
    require(seconds <= most, f"{what} took {seconds:.1f} s; {most} s is the most")


def taken_again(writers, since, most=LOSS + PATIENCE):
    """Seconds from a moment until changes were taken again: not those whose answers were on their way then."""
    took = writers.first_taken_after(since + 0.5, most + 30) + 0.5
    within(took, most, "taking changes again")
    return took


def longest_pause(writers, since):
    """The longest time between two changes that were taken one after the other, in seconds."""
    times = sorted(at for _, at in writers.taken.values() if at > since)
    return max((later - earlier for earlier, later in zip([since, *times], times)), default=time.monotonic() - since)


def go_on(writers, count=20, deadline=60):
    """Waits until so many more changes are taken."""
    before = len(writers.taken)
    until(lambda: len(writers.taken) >= before + count or writers.faults, deadline)


def nothing_was_lost(made, writers):
    """What was acknowledged is there, once, and all nodes have the same, by their own comparison."""
    made.await_calm(90)
    require(not writers.faults, f"{len(writers.faults)} clients gave up: {''.join(writers.faults[:1])}")
    lost = writers.lost()
    require(not lost, f"of {len(writers.taken)} that were acknowledged these are not there as they should be: {lost}")
    are_equal(made)


def are_equal(made):
    """All nodes have the same."""
    made.await_calm(90)
    made.await_equal_files()
    done = made.master().run("cluster", "check", check=False)
    require(done.returncode == 0 and done.stdout.startswith("PASS:"), f"confd cluster check: {done.stdout}{done.stderr}")


__all__ = [
    "BROKEN", "LOSS", "PATIENCE", "SILENCE", "are_equal", "ask_by_key", "ask_etcd", "await_job", "change", "cluster",
    "etcd_leader", "etcd_of", "go_on", "head", "holds_key", "in_background", "longest_pause", "nothing_was_lost", "refusal",
    "require", "submit", "taken_again", "until", "well", "within"]
