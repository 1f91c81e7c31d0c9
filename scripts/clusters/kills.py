"""The node that decides is killed again and again, and faults come at random, while clients ask for jobs: nothing is lost by it."""

import collections
import http.client
import random
import signal
import statistics
import time

from checking import check
from failing import first_taken, know
from harm import inflict, kinds
from journals import Journals
from nodes import Failure, say
from recording import Client, History, Recording

BROKEN = (OSError, http.client.HTTPException)
CLIENTS = 8
# So long after the last fault all nodes are well, and so long after that what was asked for by then has ended.
LONGEST_UNREST = LONGEST_JOB = 120
# Revisions of each node that are compared in the end.
PAGE = 1000


class WorkingClient(Client):
    """Asks for work on the disks of nodes as well: volumes that are made, and removed some requests later."""

    PAUSE = 0.25
    # A node whose disk is broken does not know what became of a job.
    AGAIN = (*Client.AGAIN, 500)
    # One of so many requests makes a volume; it is removed by the one that many later.
    WORK, LATER = 16, 64

    def job(self, number):
        if number % self.WORK == 1:
            nodes = self.cluster.nodes
            return {"type": "st_volume_create", "params": {
                "name": f"kills{number}", "type": "data", "size": "16 MiB", "disk": "disk1", "redundancy": 1,
                "nodes": [nodes[number // self.WORK % len(nodes)].number]}}
        if number % self.WORK == 9:
            return {"type": "st_volume_delete", "params": {"vname": f"kills{number - 8 - self.LATER}"}}
        return super().job(number)


def kill_master(cluster, chance):
    """Kills the daemon that decides, or its etcd as well, and starts it again, at once or when another one decides."""
    master = cluster.node(cluster.await_calm(LONGEST_UNREST))
    others = [node for node in cluster.nodes if node is not master]
    know(others)
    is_machine, is_awaited = chance.random() < 0.5, chance.random() < 0.5
    time.sleep(chance.uniform(0, 2))
    began = time.monotonic()
    if is_machine:
        master.lose()
    else:
        master.daemon.signal(signal.SIGKILL)
        master.process.wait()
    if is_awaited:
        first_taken(others, began)
    else:
        time.sleep(chance.uniform(0, 3))
    master.await_ready(master.start(), 120)
    took = first_taken(cluster.nodes, began)
    return took, f"{master.name} killed{' with its etcd' if is_machine else ''}"


def revive(cluster):
    """Starts every daemon that is not there; their names."""
    gone = [node for node in cluster.nodes if not node.daemon or not node.daemon.is_there]
    begins = []
    for node in gone:
        if node.process:
            node.process.wait()
        begins.append((node, node.start()))
    for node, begin in begins:
        node.await_ready(begin, 120)
    return [node.name for node in gone]


def harm_one(cluster, known, chance):
    """One fault, or two; seconds until all is well again, and what it was."""
    harms = inflict(cluster, known, chance)
    what = " and ".join(map(str, harms))
    began = time.monotonic()
    try:
        gone = revive(cluster)
        cluster.await_calm(LONGEST_UNREST)
    except Failure as failure:
        raise Failure(f"{failure}, after {what}") from None
    expected = {harm.node.name for harm in harms if harm.kind in ("kill-daemon", "kill-both")}
    ended = [name for name in gone if name not in expected]
    return time.monotonic() - began, what + (f"; {', '.join(ended)} ended by itself" if ended else "")


def await_ended(cluster, seconds=LONGEST_JOB):
    """Waits until all that is asked for by now has ended; None, or what is stuck."""
    end, newest = time.monotonic() + seconds, None
    while True:
        try:
            master = cluster.node(cluster.await_calm(LONGEST_UNREST))
            if newest is None:
                newest = job_number(master.ask_locally("GET", "/jobs?limit=1").json["items"][0])
            oldest = master.ask_locally("GET", "/jobs?done=false&sort=job_id&limit=1").json["items"]
            if not oldest or job_number(oldest[0]) > newest:
                return None
            if time.monotonic() > end:
                job = oldest[0]
                return f"job {job['job_id']} ({job['type']}) is stuck: {job.get('waiting_for', job['stage'])}"
        except (*BROKEN, KeyError, IndexError) as error:
            if time.monotonic() > end:
                raise Failure(f"jobs cannot be listed: {error!r}") from None
        time.sleep(0.2)


def job_number(job):
    return int(job["job_id"].rsplit(".", 1)[1])


class Steps:
    """What is done so many times, each time with chances of its own, so that an interrupted run goes on with the same ones."""

    def __init__(self, cluster, measured, journals):
        self.cluster, self.measured, self.journals = cluster, measured, journals
        self.short = []

    def repeat(self, kind, count, once, is_timed):
        """`once` gets its chance and tells seconds and what it did; ends early when the cluster or a job is stuck."""
        times = self.measured.times[kind]
        while len(times) < count and not self.short:
            number = len(times) + 1
            try:
                took, what = once(random.Random(f"{self.measured.run['seed']}-{kind}-{number}"))
                if stuck := await_ended(self.cluster):
                    self.short.append(f"{stuck}, after {what}")
                self.journals.read(is_timed)
            except Failure as failure:
                self.short.append(f"{kind} {number}: {failure}")
                return
            self.measured.note(kind, took)
            say(f"{kind} {number} of {count}: {what}; {took:.2f} s")
        if times:
            say(f"{kind}: p50 {statistics.median(times):.2f} s, maximum {max(times):.2f} s ({len(times)} times)")


def contents(node):
    """What a node has as the content of each revision it knows."""
    answer = node.ask("GET", f"/exaconf/revisions?consistency=local&limit={PAGE}")
    return {item["revision"]: item["sha256"] for item in answer.json["items"]}


def differing(cluster):
    """Revisions that are not the same on all nodes."""
    found = collections.defaultdict(set)
    for node in cluster.nodes:
        for revision, content in contents(node).items():
            found[revision].add(content)
    return [f"revision {revision} has {len(some)} contents" for revision, some in sorted(found.items()) if len(some) > 1]


def kills(cluster, measured, checker):
    """What falls short."""
    run = measured.run
    known, reasons = kinds(cluster)
    for reason in reasons:
        say(reason)
    history = History(cluster.folder / "history")
    journals = Journals(cluster)
    steps = Steps(cluster, measured, journals)
    short = []
    try:
        with Recording(cluster, history, measured.entry, measured.revision, WorkingClient, CLIENTS) as recording:
            steps.repeat("killed", run["times"], lambda chance: kill_master(cluster, chance), is_timed=True)
            steps.repeat("faults", run["faults"], lambda chance: harm_one(cluster, known, chance), is_timed=False)
        journals.read(is_timed=False)
        short += steps.short + recording.faults
        if not steps.short and (stuck := await_ended(cluster)):
            short.append(stuck)
        say(f"{recording.taken} jobs were taken meanwhile, {journals.count} commands were looked at")
    finally:
        history.close()
    short += journals.judge(history.terms)
    passed, said = history.judge(checker)
    say(f"cluster-checker: {said}")
    if not passed:
        short.append(f"cluster-checker: {said}")
    # One that is not well answers in no time that is worth to wait.
    if not steps.short:
        short += differing(cluster)
        if not check(cluster):
            short.append("scripts/cluster check fails")
    return short
