"""The nodes of a cluster on this machine: their trees, settings and daemons. Every process has a pid file and is ended by it."""

import http.client
import json
import os
import pathlib
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time

from asking import ask_locally, ask_securely
from network import Loopback, of_record
from processes import Run, end_etcd, etcd_of

FIRST = 11
PORT = 20003
# With these from `confd cluster invite`, what `confd serve --join` needs.
TOKEN = re.compile(r"confd cluster join (\S+)")
# The longest path of a socket.
LONGEST_SOCKET = 107


class Failure(Exception):
    """Why it did not work, in a sentence for whoever ran the script."""


def say(text):
    print(text, flush=True)


def etcd_account():
    """Whom etcd runs as where the daemon is root: the package's account, or that of Debian's etcd."""
    for name in ("confd-etcd", "etcd"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            pass
    raise Failure("there is no account for etcd, neither confd-etcd nor etcd")


class Node:
    """One node: a tree, an address of its own, and the daemon on it."""

    def __init__(self, cluster, number):
        self.cluster, self.number = cluster, number
        self.name, self.address = f"n{number}", f"{cluster.network.prefix}.{number}"
        self.root = cluster.folder / self.name
        self.log, self.pid_file = self.root / "daemon.log", self.root / "daemon.pid"
        self.process = None

    @property
    def place(self):
        return self.address, PORT

    @property
    def url(self):
        return f"https://{self.address}:{PORT}"

    @property
    def socket(self):
        return self.root / "run/confd.sock"

    def prepare(self, lease):
        """Makes the tree with its settings."""
        if len(os.fsencode(self.socket)) > LONGEST_SOCKET:
            raise Failure(f"{self.socket} is too long for a socket: use a checkout with a shorter path")
        for folder, mode in ((self.root, 0o711), (self.root / "etc", 0o700)):
            folder.mkdir()
            folder.chmod(mode)
        lines = ["http:", f"  bind: {self.address}", f"  port: {PORT}", "cluster:", f"  address: {self.address}"]
        if lease:
            lines.append(f"  lease: {lease}")
        if os.geteuid() == 0:
            lines.append(f"  etcd_user: {etcd_account()}")
        path = self.root / "etc/confd.yaml"
        path.write_text("\n".join(lines) + "\n")
        path.chmod(0o600)

    def command(self, *words):
        """The daemon's program with these words, in the network of the node."""
        return self.cluster.network.command(self.number, [self.cluster.program, *words, "--root", self.root])

    def run(self, *words, variables=None):
        """What a command of the daemon's program prints, which is shown as it was typed."""
        say(f"{self.name}# confd {' '.join(words)}")
        done = subprocess.run(
            self.command(*words), env=self.cluster.variables() | (variables or {}),
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        print(done.stdout + done.stderr, end="", flush=True)
        if done.returncode:
            raise Failure(f"confd {words[0]} of {self.name} exited with {done.returncode}")
        return done.stdout

    def variables(self):
        """The environment of the daemon."""
        machines = self.cluster.machines
        return self.cluster.variables() | (machines.variables(self.number) if machines else {})

    def start(self, *words):
        """Starts the daemon, which inherits nothing and outlives this program."""
        begin = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command("serve", *words), cwd="/", env=self.variables(),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        Run.of(self.process.pid).write(self.pid_file)
        return begin

    def await_ready(self, begin, seconds=60, tell=lambda line: None):
        """Waits for the ready line behind a place in the log; `tell` is given what a join says before it."""
        end, told = time.monotonic() + seconds, 0
        while True:
            with open(self.log, "rb") as log:
                log.seek(begin)
                lines = log.read().decode(errors="replace").split("\n")[:-1]
            for line in lines[told:]:
                if re.match(r"cluster    |node       |\[\d/\d\] ", line):
                    tell(line)
            told = len(lines)
            if any(line.startswith("ready https://") for line in lines):
                return
            if self.process and self.process.poll() is not None:
                raise Failure(f"{self.name} ended with {self.process.returncode}:\n" + "\n".join(lines[-10:]))
            if time.monotonic() > end:
                raise Failure(f"{self.name} is not ready after {seconds} s:\n" + "\n".join(lines[-10:]))
            time.sleep(0.05)

    def ask(self, method, target, body=None, timeout=60):
        return ask_securely(self.place, self.cluster.password, method, target, body, timeout)

    def ask_locally(self, method, target, body=None, timeout=60):
        return ask_locally(self.socket, method, target, body, timeout)

    @property
    def daemon(self):
        """The daemon's process; None when none was started."""
        return Run.read(self.pid_file)

    def lose(self):
        """Kills daemon and etcd at once, as when the machine is gone."""
        for run in (self.daemon, etcd_of(self.root)):
            if run:
                run.signal(signal.SIGKILL)
        if self.process:
            self.process.wait()


class Cluster:
    """All nodes below one folder, which `cluster.json` in it describes."""

    def __init__(self, folder, program=None):
        self.link = pathlib.Path(folder)
        self.folder = self.link.resolve()
        self.record = self.folder / "cluster.json"
        self.network, self.nodes, self.is_whole = Loopback(), [], False
        # Where daemons have machines with faults, see machine.py.
        self.machines = None
        if self.record.exists():
            known = json.loads(self.record.read_text())
            self.network, self.is_whole = of_record(known["network"]), known["whole"]
            program = program or known["program"]
            self.nodes = [Node(self, number) for number in known["nodes"]]
        self.program = str(pathlib.Path(program).resolve()) if program else None
        self.password_file = self.folder / "admin.password"

    @property
    def password(self):
        return self.password_file.read_text().strip()

    def variables(self):
        """The environment of programs: that of this one, without settings of the daemon."""
        return {name: value for name, value in os.environ.items() if not name.startswith("CONFD_")}

    def node(self, number):
        return next(node for node in self.nodes if node.number == number)

    # Making it

    def make(self, count, lease=None):
        """From one node to so many, by the commands anybody would type."""
        # Before there is a node: what is written down is removed by `down`.
        self.note()
        self.network.remove()
        self.network.make(range(FIRST, FIRST + count))
        umask = os.umask(0o077)
        try:
            self.password_file.write_text(secrets.token_urlsafe(18) + "\n")
            for number in range(FIRST, FIRST + count):
                self.add(number, lease)
                if number > FIRST:
                    self.invite(self.nodes[-1])
                else:
                    self.begin(self.nodes[-1])
        finally:
            os.umask(umask)
        self.await_calm()
        self.is_whole = True
        self.note()

    def add(self, number, lease):
        node = Node(self, number)
        node.prepare(lease)
        # What is written down is ended by `down`, however far this comes.
        self.nodes.append(node)
        self.note()

    def note(self):
        """Writes down what there is."""
        self.record.write_text(json.dumps({
            "network": self.network.record, "program": self.program, "nodes": [node.number for node in self.nodes],
            "whole": self.is_whole}))

    def begin(self, node):
        node.run(
            "init", "--node-address", f"{node.address}/{self.network.length}", "--port", str(PORT),
            variables={"CONFD_ADMIN_PASSWORD": self.password})
        say(f"{node.name}# confd serve &")
        node.await_ready(node.start())
        say(f"ready {node.url}")

    def invite(self, node):
        token = TOKEN.search(self.nodes[0].run("cluster", "invite", node.address))
        if not token:
            raise Failure("'confd cluster invite' printed no token")
        say(f"{node.name}# confd serve --join TOKEN &")
        node.await_ready(node.start("--join", token[1]), 120, say)
        self.follow(node)

    def follow(self, node, seconds=120):
        """Prints what a node says on its way, until it is one like any other."""
        end, shown = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            answer = node.ask_locally("GET", f"/cluster/joining?from={shown}")
            if answer.status == 200:
                for line in answer.json["lines"]:
                    say(line)
                shown += len(answer.json["lines"])
                if refusal := answer.json.get("refusal"):
                    raise Failure(refusal)
                if answer.json["done"]:
                    say(answer.json.get("sentence", ""))
                    return
            elif self.is_well(node.number):
                return
            time.sleep(0.1)
        raise Failure(f"{node.name} is no node like any other after {seconds} s")

    # Looking at it

    def view(self, node):
        """What a node says of the cluster; None where it does not answer."""
        try:
            answer = node.ask_locally("GET", "/cluster", timeout=5)
        except (OSError, http.client.HTTPException):
            return None
        return answer.json if answer.status == 200 else None

    def is_well(self, *numbers):
        """Whether the first node that answers has these nodes among those that are there, ready and waited for."""
        view = next(filter(None, map(self.view, self.nodes)), None)
        well = {
            member["node"] for member in (view or {}).get("members", ())
            if member["present"] and member["ready"] and not member["suspended"]}
        return well.issuperset(numbers)

    def votes(self):
        """How many votes a cluster of so many nodes has."""
        return 1 if len(self.nodes) < 3 else 3 if len(self.nodes) < 5 else 5

    def await_calm(self, seconds=90):
        """Waits until every node sees all of them ready, all votes, and one master."""
        end = time.monotonic() + seconds
        while True:
            views = [self.view(node) for node in self.nodes]
            if all(map(self.is_calm, views)) and len({view["master"]["node"] for view in views}) == 1:
                return views[0]["master"]["node"]
            if time.monotonic() > end:
                said = [view["sentence"] if view else "no answer" for view in views]
                raise Failure(f"the cluster is not well after {seconds} s: {'; '.join(said)}")
            time.sleep(0.05)

    def is_calm(self, view):
        if not view or "master" not in view or "reason" in view:
            return False
        members = view["members"]
        return (
            len(members) == len(self.nodes)
            and all(member["present"] and member["ready"] and not member["suspended"] for member in members)
            and (len(members) == 1 or view["quorum"]["votes"] == view["quorum"]["votes_present"] == self.votes()))

    # Ending it

    def start(self):
        """Starts the daemons of a cluster that was kept."""
        if not self.is_whole:
            raise Failure(f"{self.link} was not made to its end; scripts/cluster down removes it")
        running = [node.name for node in self.nodes if node.daemon and node.daemon.is_there]
        if running:
            raise Failure(f"{self.link} runs already ({', '.join(running)}); scripts/cluster down ends it")
        self.network.make(node.number for node in self.nodes)
        begins = [(node, node.start()) for node in self.nodes]
        for node, begin in begins:
            node.await_ready(begin)
        self.await_calm()

    def end(self):
        """Ends all daemons, then what is left of their etcds; who did not end by itself."""
        runs = [(node, node.daemon) for node in self.nodes if node.daemon]
        # All at once: the last one would look for the others.
        for _, run in runs:
            run.ask_to_end()
        killed = [node.name for node, run in runs if not run.await_end(40)]
        for node in self.nodes:
            node.pid_file.unlink(missing_ok=True)
            if node.process:
                node.process.poll()
            end_etcd(node.root)
        self.network.remove()
        return killed

    def remove(self):
        """Removes the folder, and the link where it lies elsewhere."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.link.is_symlink():
            self.link.unlink()
            try:
                self.folder.parent.rmdir()
            except OSError:
                pass


def complain(text):
    print(f"cluster: {text}", file=sys.stderr)
