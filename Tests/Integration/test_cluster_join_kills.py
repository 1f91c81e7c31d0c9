"""Joins in which somebody is killed: each leaves a member or nothing, and the same command goes on.

A few moments are tried; CONFD_LONG_TESTS=1 kills each party at each step, in a join of its own.
"""

import itertools
import os
import re
import signal
import threading
import time
import unittest

from cluster_host import Cluster, etcd_of, lacking
from daemon import until

IS_LONG = os.environ.get("CONFD_LONG_TESTS") == "1"
# What a change sets, each time something else.
VALUES = itertools.count(7001)


def await_line(node, pattern, begin, deadline=90):
    """Waits until the daemon has said a line of its join; it is about the moment, so it looks as often as it can."""
    end = time.monotonic() + deadline
    while not re.search(pattern, node.said(begin), re.MULTILINE):
        if not node.is_running or time.monotonic() > end:
            raise AssertionError(f"node {node.number} does not say '{pattern}': {node.log_text()}")
        time.sleep(0.001)


class Joining(unittest.TestCase):
    def setUp(self):
        self.cluster = self.enterContext(Cluster())
        self.first = self.cluster.found()

    def launch(self, number):
        """A machine that joins from now on, and where its log begins."""
        machine = self.cluster.machine(number)
        _, token = self.cluster.invite(machine.address, number=number)
        machine.arguments = ["--join", token]
        begin = machine.log_size()
        machine.launch()
        return machine, begin

    def assert_it_is_a_node(self, machine):
        """It is one like any other: nobody waits, votes are given, and a change reaches all of them."""
        self.cluster.take(machine)
        self.cluster.await_calm()
        self.cluster.change(next(VALUES))
        self.cluster.await_equal_files()
        self.assertFalse((machine.root / "etc/cluster/joining.json").exists())

    def assert_it_leaves(self, machine):
        machine.run("cluster", "leave")
        until(lambda: not machine.is_running, 40)
        self.cluster.nodes.remove(machine)
        self.cluster.machines.append(machine)
        self.cluster.await_calm()


@unittest.skipIf(lacking(), lacking())
class KilledOnTheWay(Joining):
    """One story, from a node alone to three."""

    def test_whoever_is_killed_the_join_goes_on(self):
        self.the_first_node_is_killed_while_it_makes_a_cluster_of_itself()
        self.a_newcomer_is_killed_at_each_step()
        self.who_decides_and_an_etcd_are_killed_meanwhile()

    def the_first_node_is_killed_while_it_makes_a_cluster_of_itself(self):
        done = []
        invitation = threading.Thread(
            target=lambda: done.append(
                self.first.run("cluster", "invite", self.cluster.address(12), "--node", "12", check=False)))
        invitation.start()
        until(lambda: etcd_of(self.first.root), 30, pause=0.001)
        self.first.kill()
        invitation.join(60)
        self.assertNotEqual(done[0].returncode, 0, done)
        self.first.start()
        self.cluster.change(next(VALUES), self.first)

    def a_newcomer_is_killed_at_each_step(self):
        machine, begin = self.launch(12)
        for step in range(1, 7):
            await_line(machine, rf"^\[{step}/6\] ", begin)
            machine.kill()
            # Without a word of the invitation: what was begun is gone on with.
            machine.arguments = []
            begin = machine.log_size()
            if step < 6:
                machine.launch()
        machine.start_joining()
        self.assert_it_is_a_node(machine)

    def who_decides_and_an_etcd_are_killed_meanwhile(self):
        machine, begin = self.launch(13)
        for pattern in (r"^\[1/7\] ", r"etcd: node 12 joined"):
            master = self.cluster.master()
            await_line(machine, pattern, begin)
            master.kill()
            master.start()
        until(lambda: etcd_of(machine.root), 90, pause=0.001)
        etcd_of(machine.root).signal(signal.SIGKILL)
        await_line(machine, r"^\[7/7\] ", begin, 150)
        machine.arguments = []
        machine.await_ready()
        machine.follow()
        self.assert_it_is_a_node(machine)


@unittest.skipIf(lacking(), lacking())
@unittest.skipUnless(IS_LONG, "CONFD_LONG_TESTS is not set")
class KilledAtEachStep(Joining):
    """The third node joins, leaves, and joins again, each time with another kill; its root is another one each time."""

    POINTS = [rf"^\[{step}/7\] " for step in range(1, 8)] + [r"etcd: node 12 joined", r"etcd: node 13 joined"]

    def setUp(self):
        super().setUp()
        self.cluster.join(12)

    def assert_joined_and_gone(self, machine):
        machine.arguments = []
        self.assert_it_is_a_node(machine)
        self.assert_it_leaves(machine)

    def test_the_newcomer_is_killed(self):
        for pattern, kill in itertools.product(self.POINTS, ("kill", "lose")):
            with self.subTest(pattern=pattern, kill=kill):
                machine, begin = self.launch(13)
                await_line(machine, pattern, begin)
                getattr(machine, kill)()
                # A container is started with the same words.
                machine.start_joining()
                self.assert_joined_and_gone(machine)

    def test_who_decides_is_killed(self):
        for pattern, kill in itertools.product(self.POINTS, ("kill", "lose")):
            with self.subTest(pattern=pattern, kill=kill):
                master = self.cluster.master()
                machine, begin = self.launch(13)
                await_line(machine, pattern, begin)
                getattr(master, kill)()
                master.start()
                machine.await_ready(150)
                machine.follow(150)
                self.assert_joined_and_gone(machine)

    def test_the_etcd_of_the_newcomer_is_killed(self):
        machine, _ = self.launch(13)
        until(lambda: etcd_of(machine.root), 90, pause=0.001)
        for _ in range(3):
            run = etcd_of(machine.root)
            if run:
                run.signal(signal.SIGKILL)
            until(lambda: (now := etcd_of(machine.root)) and now.is_there, 60, pause=0.01)
        machine.await_ready(90)
        machine.follow(150)
        self.assert_joined_and_gone(machine)


if __name__ == "__main__":
    unittest.main()
