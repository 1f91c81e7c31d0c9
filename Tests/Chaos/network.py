"""Where each etcd and the member beside it live: network namespaces joined by a bridge, or loopback."""

import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

PREFIX = "confd-chaos-"


def ip(*words, inside=None):
    command = ["ip", *(["-n", inside] if inside else []), *words]
    subprocess.run(command, check=True, capture_output=True, text=True)


class Loopback:
    """All on one address; a pair is cut off by holding it still."""

    name = "loopback"

    def __init__(self):
        self._held = []
        self._ports = {}

    def address(self, _pair):
        return "127.0.0.1"

    def port(self, pair, name):
        if (pair, name) not in self._ports:
            held = socket.socket()
            held.bind(("127.0.0.1", 0))
            # Held until all are found, so that no two are the same.
            self._held.append(held)
            self._ports[pair, name] = held.getsockname()[1]
        return self._ports[pair, name]

    def free(self):
        for held in self._held:
            held.close()
        self._held = []

    def command(self, _pair, _name, words):
        return words

    def close(self):
        self.free()


class Namespaces:
    """Each etcd and each member has an address of its own, and a link that can be taken down."""

    name = "namespaces"

    def __init__(self, pairs):
        self._root = f"{PREFIX}{os.getpid()}"
        self._made = []
        hub = self._add("hub")
        ip("link", "add", "hub", "type", "bridge", inside=hub)
        ip("link", "set", "hub", "up", inside=hub)
        for pair in pairs:
            for name, address in (("etcd", self.address(pair)), ("member", f"10.77.0.{100 + pair}")):
                link = f"{name}{pair}"
                space = self._add(link)
                ip("link", "add", link, "type", "veth", "peer", "name", "outside", "netns", space, inside=hub)
                ip("link", "set", link, "master", "hub", "up", inside=hub)
                ip("address", "add", f"{address}/24", "dev", "outside", inside=space)
                ip("link", "set", "outside", "up", inside=space)
                ip("link", "set", "lo", "up", inside=space)

    def _add(self, name):
        space = f"{self._root}-{name}"
        ip("netns", "add", space)
        self._made.append(space)
        return space

    def address(self, pair):
        return f"10.77.0.{pair}"

    def port(self, _pair, name):
        return {"clients": 2379, "peers": 2380}[name]

    def free(self):
        pass

    def command(self, pair, name, words):
        return ["ip", "netns", "exec", f"{self._root}-{name}{pair}", *words]

    def cut(self, pair, *names):
        for name in names:
            ip("link", "set", f"{name}{pair}", "down", inside=f"{self._root}-hub")

    def join(self, pair, *names):
        for name in names:
            ip("link", "set", f"{name}{pair}", "up", inside=f"{self._root}-hub")

    def close(self):
        for space in self._made:
            with contextlib.suppress(subprocess.CalledProcessError):
                ip("netns", "del", space)
        self._made = []


def remove_leftovers():
    """Removes the namespaces and folders of runs that were killed."""
    for folder in (pathlib.Path("/run/netns"), pathlib.Path(tempfile.gettempdir())):
        for left in folder.iterdir() if folder.is_dir() else ():
            match = re.fullmatch(re.escape(PREFIX) + r"(\d+)-\w+", left.name)
            if not match or pathlib.Path(f"/proc/{match[1]}").exists():
                continue
            if folder.name == "netns":
                with contextlib.suppress(subprocess.CalledProcessError, FileNotFoundError):
                    ip("netns", "del", left.name)
            else:
                shutil.rmtree(left, ignore_errors=True)


def network(kind, pairs):
    """The network of a kind; `auto` takes namespaces where they can be made."""
    remove_leftovers()
    if kind != "loopback":
        made = Namespaces.__new__(Namespaces)
        try:
            made.__init__(pairs)
            return made
        except (OSError, subprocess.CalledProcessError) as error:
            if hasattr(made, "_made"):
                made.close()
            if kind == "namespaces":
                raise SystemExit(f"chaos: namespaces cannot be made here: {error}")
    return Loopback()
