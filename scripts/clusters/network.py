"""Where the nodes of a cluster live: on addresses of the loopback, or each in a network namespace of its own.

A namespace has a link to one more, the hub, whose bridge joins them all and this machine. Everything is named by the folder of the
cluster, so that it is known again, and two checkouts do not meet.
"""

import hashlib
import ipaddress
import json
import os
import random
import shutil
import subprocess

# The part of a namespace's name that says whose it is; that of the link on this machine has 15 letters at most.
PREFIX = "confd-"
# The name of a node's link within its namespace.
OUTSIDE = "outside"


class NetworkFailure(Exception):
    """Why there is no such network, in a sentence."""


def ip(*words, inside=None):
    """What `ip` prints."""
    command = ["ip", *(["-n", inside] if inside else []), *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise NetworkFailure(f"'{' '.join(command)}': {done.stderr.strip() or done.returncode}")
    return done.stdout


class Loopback:
    """All nodes in the network of this machine, each on an address of its own."""

    kind = "loopback"
    length = 8

    def __init__(self, prefix="127.0.0"):
        self.prefix = prefix

    @property
    def record(self):
        return {"kind": self.kind, "prefix": self.prefix}

    def command(self, _number, words):
        return words

    def make(self, _numbers):
        pass

    def remove(self):
        pass


class Namespaces:
    """Each node in a namespace of its own, with a real address and a link that can be cut."""

    kind = "namespaces"
    length = 24

    def __init__(self, name, prefix):
        self.name, self.prefix = name, prefix

    @classmethod
    def of(cls, folder):
        """For a cluster in a folder, with addresses nothing on this machine has or knows a way to."""
        name = PREFIX + hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]
        return cls(name, free_prefix())

    @property
    def record(self):
        return {"kind": self.kind, "name": self.name, "prefix": self.prefix}

    @property
    def hub(self):
        return f"{self.name}-hub"

    def space(self, number):
        return f"{self.name}-n{number}"

    def command(self, number, words):
        """Only the network is another one there: files and mounts are those of this machine."""
        return ["nsenter", f"--net=/run/netns/{self.space(number)}", "--", *words]

    def make(self, numbers):
        """The hub, the way to it from this machine, and a namespace for each node; what is there already stays.

        Raises NetworkFailure, and leaves nothing of it then.
        """
        there = namespaces()
        try:
            if self.hub not in there:
                self.make_hub()
            for number in numbers:
                if self.space(number) not in there:
                    self.add(number)
        except NetworkFailure:
            self.remove()
            raise

    def make_hub(self):
        if is_taken(f"{self.prefix}.0/24"):
            raise NetworkFailure(f"{self.prefix}.0/24 is somebody else's on this machine by now")
        ip("netns", "add", self.hub)
        ip("link", "add", "hub", "type", "bridge", inside=self.hub)
        ip("link", "set", "hub", "up", inside=self.hub)
        # It goes with the namespace its other end is in.
        ip("link", "add", self.name, "type", "veth", "peer", "name", "host", "netns", self.hub)
        ip("link", "set", "host", "master", "hub", "up", inside=self.hub)
        ip("address", "add", f"{self.prefix}.1/24", "dev", self.name)
        ip("link", "set", self.name, "up")

    def add(self, number):
        space, link = self.space(number), f"n{number}"
        ip("netns", "add", space)
        ip("link", "add", link, "type", "veth", "peer", "name", OUTSIDE, "netns", space, inside=self.hub)
        ip("link", "set", link, "master", "hub", "up", inside=self.hub)
        ip("address", "add", f"{self.prefix}.{number}/24", "dev", OUTSIDE, inside=space)
        ip("link", "set", OUTSIDE, "up", inside=space)
        ip("link", "set", "lo", "up", inside=space)

    def cut(self, number):
        ip("link", "set", f"n{number}", "down", inside=self.hub)

    def heal(self, number):
        ip("link", "set", f"n{number}", "up", inside=self.hub)

    def remove(self):
        """Removes what this cluster's name stands on, and nothing else."""
        # By itself it would go a moment later than the namespace, in the way of the next one.
        if os.path.exists(f"/sys/class/net/{self.name}"):
            ip("link", "del", self.name)
        for space in namespaces():
            if space == self.hub or space.startswith(f"{self.name}-n"):
                ip("netns", "del", space)


def namespaces():
    """The names of all there are."""
    return [space["name"] for space in json.loads(ip("-json", "netns", "list") or "[]")]


def known_networks():
    """What this machine has addresses in, or knows a way to; the way to everything else does not count."""
    for link in json.loads(ip("-json", "-4", "address") or "[]"):
        for address in link.get("addr_info", ()):
            yield ipaddress.ip_interface(f"{address['local']}/{address['prefixlen']}").network
    for route in json.loads(ip("-json", "-4", "route", "show", "table", "all") or "[]"):
        if route["dst"] != "default":
            yield ipaddress.ip_network(route["dst"], strict=False)


def is_taken(network):
    wanted = ipaddress.ip_network(network)
    return any(wanted.overlaps(known) for known in known_networks())


def free_prefix():
    """The first three numbers of a network of 10.0.0.0/8 that is free here."""
    for _ in range(1000):
        prefix = f"10.{random.randrange(64, 250)}.{random.randrange(1, 255)}"
        if not is_taken(f"{prefix}.0/24"):
            return prefix
    raise NetworkFailure("no network of 10.0.0.0/8 is free on this machine")


def lacking():
    """Why there are no namespaces here, None where they can be tried."""
    if os.geteuid():
        return "only root can make namespaces"
    for program in ("ip", "nsenter"):
        if not shutil.which(program):
            return f"there is no '{program}' here"
    return None


def of_record(record):
    """The network a cluster was made with."""
    if isinstance(record, str):
        return Loopback(record)
    return Loopback(record["prefix"]) if record["kind"] == Loopback.kind else Namespaces(record["name"], record["prefix"])
