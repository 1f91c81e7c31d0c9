"""Clusters of real daemons: each node has an address of the loopback, and each cluster addresses and ports of its own."""

import concurrent.futures
import http.client
import itertools
import os
import pathlib
import pwd
import re
import shutil
import signal
import sys
import threading
import time
import urllib.parse

from daemon import PASSWORD, REPOSITORY, Daemon, free_port, until

sys.path.append(str(REPOSITORY / "scripts/clusters"))

from asking import ask_locally  # noqa: E402  (the path comes first)
from processes import Run, end_etcd, etcd_of  # noqa: E402

ETCD = shutil.which("etcd")
TOKEN = re.compile(r"confd cluster join (\S+)")
BROKEN = (OSError, http.client.HTTPException)
PORTS = ("ETCD_CLIENT", "ETCD_PEER", "PEER")
# Clusters of this process, which have different addresses.
CLUSTERS = itertools.count()


def lacking():
    """Why there can be no cluster on this machine, or None."""
    if not ETCD:
        return "etcd is not installed (apt-get install etcd-server)"
    if os.geteuid() == 0 and not etcd_account():
        return "there is no account for etcd"
    return "the installed package is one node" if os.environ.get("CONFD_INSTALLED") else None


def etcd_account():
    """Whom etcd runs as where the daemon is root."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("confd-etcd", "etcd") if name in names), None)


class Node(Daemon):
    """The daemon of one node; without its root being filled, a machine that may become one."""

    # The program of its etcd.
    etcd = ETCD

    def __init__(self, cluster, number, address=None):
        settings = {
            f"CONFD_CLUSTER_PORTS_{name}": str(port) for name, port in zip(PORTS, cluster.ports)}
        super().__init__(environment=settings | cluster.settings)
        self.cluster, self.number, self.program = cluster, number, cluster.program
        self.address, self.port = address or cluster.address(number), free_port()
        self.environment |= {
            "CONFD_CLUSTER_ADDRESS": self.address, "CONFD_CLUSTER_ETCD": self.etcd, "CONFD_HTTP_PORT": str(self.port)}
        if os.geteuid() == 0:
            self.environment["CONFD_CLUSTER_ETCD_USER"] = etcd_account()

    def __exit__(self, *_):
        try:
            if self.is_running:
                self.let_go()
                self.stop()
        finally:
            end_etcd(self.root)
            shutil.rmtree(self.root, ignore_errors=True)

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    @property
    def place(self):
        """As it stands in an address."""
        return f"{self.address}:{self.port}"

    def stock(self, *names):
        """Has these plugins in its stock."""
        folder = self.root / "plugins"
        folder.mkdir(mode=0o700, exist_ok=True)
        for name in names:
            (folder / name).write_text(f"content of {name}")

    def plugins(self):
        """Names and contents of the plugins in its buckets."""
        found = self.root.glob("data/bucketfs/**/plugins/*")
        return {path.name: path.read_text() for path in found if path.is_file() and not path.name.startswith(".")}

    def runs(self):
        """Its processes: the daemon, and its etcd when there is one."""
        return [run for run in (Run.of(self.process.pid), etcd_of(self.root)) if run]

    def hold(self, *runs):
        """Holds its processes still, or those that are given."""
        for run in runs or self.runs():
            run.signal(signal.SIGSTOP)

    def let_go(self):
        for run in self.runs():
            run.signal(signal.SIGCONT)

    def lose(self):
        """Kills daemon and etcd at once, as when the machine is gone."""
        for run in self.runs():
            run.signal(signal.SIGKILL)
        self.process.wait()

    def local(self, method, path, body=None, timeout=30):
        """An answer over the local socket, where nobody has to log in."""
        return ask_locally(self.root / "run/confd.sock", method, path, body, timeout)

    def view(self):
        """What it says of the cluster; None when it does not answer."""
        try:
            answer = self.local("GET", "/cluster", timeout=5)
        except BROKEN:
            return None
        return answer.json if answer.status == 200 else None

    def join_by_command(self, token, *words):
        """`confd cluster join`, with its exit code and output."""
        return self.run("cluster", "join", token, *words, check=False)

    def start_joining(self, token=None):
        """Starts the daemon, which joins, or goes on with it; what it said on its way when it is a node like any other."""
        if token:
            self.arguments = ["--join", token]
        begin = self.log_size()
        self.start(90)
        return self.said(begin).splitlines() + self.follow()

    def follow(self, deadline=90):
        """What it says from its start on until it is a node like any other, and the sentence at the end."""
        lines, end = [], time.monotonic() + deadline
        while time.monotonic() < end:
            answer = self.local("GET", f"/cluster/joining?from={len(lines)}")
            if answer.status == 200:
                lines += answer.json["lines"]
                sentence = answer.json.get("sentence", "")
                if "not on its way" in sentence:
                    if self.number in well(self.view()):
                        return lines
                elif answer.json["done"]:
                    assert "refusal" not in answer.json, answer
                    return [*lines, sentence]
            time.sleep(0.02)
        raise AssertionError(f"node {self.number} does not become one: {lines}\n{self.log_text()}")

    def log_size(self):
        path = self.root / "daemon.log"
        return path.stat().st_size if path.exists() else 0

    def said(self, begin=0):
        with open(self.root / "daemon.log", "rb") as log:
            log.seek(begin)
            return log.read().decode(errors="replace")


def decides(view, node):
    """Whether a view of the cluster says that this node decides, and that nothing is in its way."""
    return view is not None and view.get("master", {}).get("node", node.number) == node.number and "reason" not in view


def well(view):
    """The nodes that are there, ready and waited for, as one node sees them."""
    return {
        member["node"] for member in (view or {}).get("members", ())
        if member["present"] and member["ready"] and not member["suspended"]}


class Cluster:
    """Nodes that find each other; `with` ends them and removes what they left."""

    # What its nodes run.
    program = Node.program
    node_type = Node

    def __init__(self, **settings):
        self.settings = settings
        number, process = next(CLUSTERS), os.getpid()
        self.network = f"127.{64 + process // 256 % 128}.{process % 256}"
        # The last part of an address tells clusters of one process apart.
        self.offset = number % 8 * 30
        self.ports = [free_port() for _ in PORTS]
        self.nodes, self.machines = [], []
        # Whether a machine beside the nodes has a vote.
        self.has_witness = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        everything = [*self.machines, *self.nodes]
        if not everything:
            return
        # Side by side: whoever is left alone by others looks for them until its time is over.
        with concurrent.futures.ThreadPoolExecutor(len(everything)) as pool:
            ends = [(node, pool.submit(node.__exit__)) for node in everything]
        failures = [f"node {node.number}: {end.exception()}" for node, end in ends if end.exception()]
        if failures:
            raise AssertionError("; ".join(failures))

    def address(self, number):
        return f"{self.network}.{self.offset + number}"

    def node(self, number):
        return next(node for node in self.nodes if node.number == number)

    # Making it

    def found(self):
        """The first node, by itself."""
        node = self.node_type(self, 11)
        self.nodes.append(node)
        node.run("init", "--node-address", f"{node.address}/24", "--port", str(node.port))
        return node.start()

    def machine(self, number, address=None):
        """A machine that has nothing yet."""
        machine = self.node_type(self, number, address)
        self.machines.append(machine)
        return machine

    def invite(self, machine, by=None, number=None):
        """What `confd cluster invite` prints, and the token in it."""
        words = ["--node", str(number)] if number else []
        text = (by or self.master()).run("cluster", "invite", str(machine), *words).stdout
        return text, TOKEN.search(text)[1]

    def join(self, number):
        """Has a new machine become a node, and returns it with what it said."""
        machine = self.machine(number)
        _, token = self.invite(machine.address, number=number)
        lines = machine.start_joining(token)
        self.take(machine)
        self.await_calm()
        return machine, lines

    def take(self, machine):
        """Counts a machine among the nodes."""
        self.machines.remove(machine)
        self.nodes.append(machine)

    def grow(self, *numbers):
        """A first node and these others."""
        self.found()
        for number in numbers:
            self.join(number)
        return self

    # Looking at it

    @property
    def running(self):
        return [node for node in self.nodes if node.is_running]

    def master(self, deadline=60):
        """The node that decides and says so itself."""
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            for node in self.running:
                if decides(node.view(), node):
                    return node
            time.sleep(0.02)
        raise AssertionError(f"nobody decides: {[node.view() for node in self.running]}")

    def followers(self):
        master = self.master()
        return [node for node in self.running if node is not master]

    def votes(self):
        members = len(self.nodes) + self.has_witness
        return 1 if members < 3 else 3 if members < 5 else 5

    def await_calm(self, deadline=60):
        """Waits until every node sees all of them ready, all votes, and one and the same master, which is returned."""
        found = []

        def is_calm():
            found[:] = [node.view() or {} for node in self.nodes]
            wanted = {node.number for node in self.nodes}
            return all(
                well(view) == wanted and "reason" not in view and "master" in view
                and view["quorum"]["votes"] == view["quorum"]["votes_present"] == self.votes() for view in found
            ) and len({view["master"]["node"] for view in found}) == 1

        try:
            until(is_calm, deadline)
        except AssertionError:
            raise AssertionError(f"the cluster is not well: {found}\n{self.nodes[0].log_text()}") from None
        return self.node(found[0]["master"]["node"])

    def await_equal_files(self, deadline=30):
        """Waits until EXAConf is the same on every node that runs, and returns its bytes."""
        def files():
            return {(node.root / "etc/EXAConf").read_bytes() for node in self.running}
        until(lambda: len(files()) == 1, deadline)
        return files().pop()

    def change(self, value, node=None, deadline=60):
        """Changes a setting where it is decided; the job, which has ended well."""
        job = (node or self.master()).rest().job(
            "general_settings", deadline, changes={"Global": {"StorageMaxConnections": value}})
        assert job["outcome"] == "ok", job
        return job


class Writer(threading.Thread):
    """Makes one change after the other, each with a key of its own; what got no answer is sent again, to whoever decides."""

    PATIENCE = 5
    # With these it asks again, and somebody else.
    AGAIN = (409, 429, 503, 504)
    numbers = itertools.count(1)

    def __init__(self, cluster):
        super().__init__(daemon=True)
        self.cluster = cluster
        self.ends = threading.Event()
        # By key: the job that was acknowledged, and when.
        self.taken = {}
        self.faults = []

    def run(self):
        while not self.ends.is_set():
            number = next(self.numbers)
            try:
                self.write(f"writer-{os.getpid()}-{number}", number)
            except Exception as error:
                self.faults.append(repr(error))
                return

    def write(self, key, number):
        nodes = itertools.cycle(self.cluster.nodes)
        node = next(nodes)
        while not self.ends.is_set():
            client = node.rest()
            client.connection.timeout = self.PATIENCE
            try:
                answer = client.post(
                    "/jobs", {"type": "general_settings", "params": {
                        "changes": {"Global": {"StorageMaxConnections": 100_000 + number}}}},
                    Idempotency_Key=f'"{key}"')
            except BROKEN:
                node = next(nodes)
                continue
            finally:
                client.connection.close()
            if answer.status in (200, 202):
                self.taken[key] = (answer.json["job_id"], time.monotonic())
                return
            if answer.status == 302:
                place = urllib.parse.urlsplit(answer.headers["location"]).netloc
                node = next(other for other in self.cluster.nodes if other.place == place)
            elif answer.status in self.AGAIN:
                node = next(nodes)
            else:
                raise AssertionError(f"{key}: {answer}")
            self.ends.wait(0.02)


class Writers:
    """Several of them; `with` has them write meanwhile."""

    def __init__(self, cluster, count=4):
        self.cluster, self.writers = cluster, [Writer(cluster) for _ in range(count)]

    def __enter__(self):
        for writer in self.writers:
            writer.start()
        until(lambda: all(writer.taken or writer.faults for writer in self.writers))
        return self

    def __exit__(self, *_):
        for writer in self.writers:
            writer.ends.set()
        for writer in self.writers:
            writer.join(60)

    @property
    def taken(self):
        return {key: job for writer in self.writers for key, job in list(writer.taken.items())}

    @property
    def faults(self):
        return [fault for writer in self.writers for fault in writer.faults]

    def first_taken_after(self, moment, deadline=60):
        """Seconds from a moment until something that was asked for is taken again."""
        def later():
            return [at - moment for _, at in self.taken.values() if at > moment]
        until(later, deadline, pause=0.01)
        return min(later())

    def lost(self):
        """What was acknowledged and is not there, did not end well, or is another job by its key."""
        client, found = self.cluster.master().rest(), []
        for key, (job, _) in self.taken.items():
            answer = client.get(f"/jobs/{job}?wait=30s")
            if answer.status != 200 or answer.json.get("outcome") != "ok":
                found.append((key, job, answer))
            elif answer.json.get("idempotency_key") not in (None, key):
                found.append((key, job, answer.json["idempotency_key"]))
        jobs = [job for job, _ in self.taken.values()]
        return found + [("one job for two keys", job) for job in set(jobs) if jobs.count(job) > 1]


def files(root, leaving=()):
    """Mode and content of every file below a root, but for what a running daemon or a look changes."""
    skipped = re.compile("|".join([
        r".*-(?:shm|wal)", "daemon.log", "logs/.*", "run/.*", "spool/jobs/lock", "etcd/.*", *leaving]))
    found = {}
    for path in sorted(pathlib.Path(root).rglob("*")):
        name = str(path.relative_to(root))
        if path.is_file() and not path.is_symlink() and not skipped.fullmatch(name):
            # Room that is kept for bad days, and content of volumes, is larger than memory.
            content = path.read_bytes() if path.stat().st_size < 1 << 24 else path.stat().st_size
            found[name] = (path.stat().st_mode, content)
    return found


__all__ = [
    "BROKEN", "ETCD", "PASSWORD", "Cluster", "Node", "Writer", "Writers", "files", "lacking", "well"]
