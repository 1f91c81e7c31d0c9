"""Faults of one node at random: of its network, its processes, its disk and its clock."""

import math
import shutil
import signal
import subprocess
import time

from network import Namespaces, NetworkFailure
from nodes import say
from processes import etcd_of

LONGEST = 20
# Both ways; keys of requests are remembered for a day.
LONGEST_CLOCK = 6 * 3600
LINK = ("cut", "lame-link")
MACHINE = ("full-disk", "broken-disk", "slow-disk", "clock")
PROCESS = ("hold-daemon", "hold-etcd", "hold-both", "kill-daemon", "kill-etcd", "kill-both")


def traffic(network, number, *words):
    """Changes how a node's link carries packets, both ways but for what it sends itself."""
    command = ["tc", "-n", network.hub, "qdisc", *words[:1], "dev", f"n{number}", "root", *words[1:]]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise NetworkFailure(f"'{' '.join(command)}': {done.stderr.strip()}")


def kinds(cluster):
    """Those that can be made on this machine, and why others cannot."""
    found, reasons = list(PROCESS), []
    if cluster.network.kind == Namespaces.kind:
        found.append("cut")
        try:
            number = cluster.nodes[0].number
            if not shutil.which("tc"):
                raise NetworkFailure("there is no 'tc' here")
            traffic(cluster.network, number, "add", "netem", "delay", "1ms")
            traffic(cluster.network, number, "del")
            found.append("lame-link")
        except NetworkFailure as failure:
            reasons.append(f"links are not made lame: {failure}")
    else:
        reasons.append("links are not cut: the nodes are on the loopback")
    if cluster.machines:
        found += MACHINE
    else:
        reasons.append("disks and clocks are let be: there is no C compiler here")
    return sorted(found), reasons


class Harm:
    """One fault of one node, chosen by chance; it lasts until it is ended."""

    def __init__(self, cluster, node, kind, chance):
        self.cluster, self.node, self.kind = cluster, node, kind
        # Most are short, so that there are many.
        self.seconds = 1 + (LONGEST - 1) * chance.random() ** 2
        self.clock = int(chance.choice((-1, 1)) * math.exp(chance.uniform(0, math.log(LONGEST_CLOCK))))
        self.delay, self.loss = chance.randrange(20, 500), chance.randrange(1, 40)

    def __str__(self):
        more = {
            "clock": f" by {self.clock:+d} s", "lame-link": f" by {self.delay} ms and {self.loss} %",
            "slow-disk": f" by {self.delay} ms"}
        return f"{self.kind} of {self.node.name}{more.get(self.kind, '')} for {self.seconds:.1f} s"

    @property
    def runs(self):
        """The processes it is about."""
        daemon, etcd = self.node.daemon, etcd_of(self.node.root)
        chosen = {"daemon": [daemon], "etcd": [etcd], "both": [daemon, etcd]}[self.kind.split("-")[1]]
        return [run for run in chosen if run]

    def begin(self):
        network, machines, number = self.cluster.network, self.cluster.machines, self.node.number
        match self.kind:
            case "cut":
                network.cut(number)
            case "lame-link":
                traffic(network, number, "add", "netem", "delay", f"{self.delay}ms", "loss", f"{self.loss}%")
            case "full-disk":
                machines.fill_disk(number)
            case "broken-disk":
                machines.break_disk(number)
            case "slow-disk":
                machines.slow_disk(number, self.delay)
            case "clock":
                machines.move_clock(number, self.clock)
            case kind:
                for run in self.runs:
                    run.signal(signal.SIGSTOP if kind.startswith("hold") else signal.SIGKILL)

    def end(self):
        """All is as it was; a daemon that is not there is started by whoever asked for the fault."""
        match self.kind:
            case "cut":
                self.cluster.network.heal(self.node.number)
            case "lame-link":
                traffic(self.cluster.network, self.node.number, "del")
            case kind if kind in MACHINE:
                self.cluster.machines.heal(self.node.number)
            case kind if kind.startswith("hold"):
                for run in self.runs:
                    run.signal(signal.SIGCONT)


def inflict(cluster, known, chance):
    """Of a cluster that is well: one fault, or two of different nodes side by side, from their beginning to their end.

    Returns what they were.
    """
    victims = chance.sample(cluster.nodes, chance.choice((1, 1, 2)))
    # The one that decides has most to do with it.
    master = cluster.node(cluster.await_calm())
    if master not in victims and chance.random() < 0.5:
        victims[0] = master
    harms = [Harm(cluster, node, chance.choice(known), chance) for node in victims]
    say(f"now {' and '.join(map(str, harms))}")
    begun = []
    try:
        for harm in harms:
            begun.append(harm)
            harm.begin()
        began = time.monotonic()
        for harm in sorted(harms, key=lambda harm: harm.seconds):
            time.sleep(max(0.0, began + harm.seconds - time.monotonic()))
            harm.end()
            begun.remove(harm)
    finally:
        for harm in begun:
            harm.end()
    return harms
