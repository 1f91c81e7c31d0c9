"""Lets tests of jobs work on a node that does not decide: theirs is node 11, which has all objects, and node 19 decides.

What a test asks goes to node 19; what it looks at, stops and kills is node 11. scripts/jobs-elsewhere runs tests that way.
"""

import concurrent.futures
import os
import unittest

from daemon import PASSWORD, Daemon, RestClient, free_port, until

OTHER = 19
# What tests say that is so for a node alone, with what is so here.
OTHERWISE = {
    "test_other_nodes_that_have_not_joined_are_named": "it counts the nodes",
    "test_what_cannot_be_done_on_one_node_is_declined_with_a_reason": "more can be done with two",
}

plain = {name: getattr(Daemon, name) for name in ("start", "rest", "rpc", "__exit__")}


class Beside:
    """The node that decides, beside that of the test."""

    def __init__(self, daemon):
        # It uses daemons itself.
        import cluster_host
        self.daemon, self.cluster = daemon, cluster_host.Cluster(**daemon.environment)
        daemon.number, daemon.address, daemon.port = 11, self.cluster.address(11), free_port()
        ports = zip(cluster_host.PORTS, self.cluster.ports)
        daemon.environment |= {f"CONFD_CLUSTER_PORTS_{name}": str(port) for name, port in ports} | {
            "CONFD_CLUSTER_ADDRESS": daemon.address, "CONFD_CLUSTER_ETCD": cluster_host.ETCD,
            "CONFD_HTTP_PORT": str(daemon.port)}
        if os.geteuid() == 0:
            daemon.environment["CONFD_CLUSTER_ETCD_USER"] = cluster_host.etcd_account()
        daemon.run("init", "--node-address", f"{daemon.address}/24", "--port", str(daemon.port))
        self.machine, self.end_etcd = None, cluster_host.end_etcd
        self.cluster.nodes.append(daemon)

    def settle(self):
        """Has the other node there, and decide."""
        if self.machine is None:
            self.machine = self.cluster.machine(OTHER)
            _, token = self.cluster.invite(self.machine.address, by=self.daemon, number=OTHER)
            self.machine.start_joining(token)
            self.cluster.take(self.machine)
        if self.cluster.await_calm() is self.machine:
            return
        client = plain["rest"](self.daemon)
        answer = client.post("/jobs", {"type": "master_change", "params": {"nids": [OTHER]}})
        assert answer.status in (200, 202), answer
        until(lambda: self.cluster.await_calm() is self.machine, 60)

    def end(self):
        if self.machine is not None:
            self.machine.__exit__()


def start(daemon, deadline=60):
    if is_of_a_cluster(daemon):
        return plain["start"](daemon, deadline)
    if not hasattr(daemon, "beside"):
        if (daemon.root / "etc/EXAConf").exists():
            raise unittest.SkipTest("it has a configuration of its own")
        daemon.beside = Beside(daemon)
    plain["start"](daemon, deadline)
    daemon.beside.settle()
    return daemon


def leave(daemon, *caught):
    beside = getattr(daemon, "beside", None)
    if beside is None:
        return plain["__exit__"](daemon, *caught)
    # Side by side: whoever is left alone by the other looks for it until its time is over.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ends = [pool.submit(daemon.stop), pool.submit(beside.end)]
    try:
        for end in ends:
            end.result()
    finally:
        beside.end_etcd(daemon.root)
        plain["__exit__"](daemon, *caught)


def decider(daemon):
    """The daemon that decides."""
    return daemon if is_of_a_cluster(daemon) or not hasattr(daemon, "beside") else daemon.beside.machine


def rest(daemon, user="admin", password=PASSWORD, token=None, source=None, context=None):
    node = decider(daemon)
    return RestClient(node.port, user, password, token, source, context, node.address)


def rpc(daemon, user="admin", password=PASSWORD, path="", headers=()):
    return plain["rpc"](decider(daemon), user, password, path, headers)


def is_of_a_cluster(daemon):
    return hasattr(daemon, "cluster")


def take_over():
    """Makes daemons of tests nodes that do not decide."""
    from cluster_host import Node
    for name in ("is_running", "runs", "local", "view", "place"):
        setattr(Daemon, name, Node.__dict__[name])
    Daemon.start, Daemon.rest, Daemon.rpc, Daemon.__exit__ = start, rest, rpc, leave
    Daemon.decider, Daemon.members = property(decider), 2


def suite(names):
    """The tests of some files, without what is otherwise here."""
    loader, chosen = unittest.defaultTestLoader, unittest.TestSuite()

    def gather(tests):
        for test in tests:
            if isinstance(test, unittest.TestSuite):
                gather(test)
            elif getattr(test, "_testMethodName", "") not in OTHERWISE:
                chosen.addTest(test)
    gather(loader.loadTestsFromNames([f"test_{name}" for name in names]))
    return chosen
