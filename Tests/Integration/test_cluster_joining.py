"""Machines that may not become nodes, and nodes that come and go: what is said, and that nothing else is changed."""

import base64
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import tempfile
import unittest

from cluster_host import Cluster, files, lacking, well
from daemon import until
from moved_clock import COMPILER, MovedClock

# Of a machine that only looked: its own key, which it always asks with.
KEY = ("etc/cluster/node.key",)


class Token:
    """The text of an invitation, taken apart."""

    def __init__(self, text):
        self.form, self.node, self.secret, self.authority, self.places = text.split(".")

    def changed(self, **parts):
        """One with other parts that is spelled right."""
        self.__dict__.update(parts)
        return self

    @staticmethod
    def packed(data):
        return base64.b32encode(data).decode().rstrip("=").lower()

    @staticmethod
    def bytes(text):
        return base64.b32decode(text.upper() + "=" * (-len(text) % 8))

    @property
    def text(self):
        head = f"{self.form}.{self.node}.{self.secret}.{self.authority}."
        places = self.bytes(self.places)[:-3]
        return head + self.packed(places + hashlib.sha256(head.encode() + places).digest()[:3])


@unittest.skipIf(lacking(), lacking())
class Refused(unittest.TestCase):
    """A cluster of one, whose clock can be moved where there is a compiler, and machines it does not take."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="confd-clock-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        os.chmod(cls.folder, 0o755)
        cls.clock = MovedClock(cls.folder) if COMPILER else None
        cls.cluster = cls.enterClassContext(Cluster(**(cls.clock.variables if cls.clock else {})))
        cls.master = cls.cluster.found()
        # Some revisions and jobs, so that a root can be behind it.
        for number in range(5):
            cls.cluster.change(4000 + number, cls.master)
        cls.invite(12)
        until(lambda: 11 in well(cls.master.view()), 30)

    @classmethod
    def invite(cls, number):
        """A machine with the address of a new node, and its token."""
        machine = cls.cluster.machine(number)
        _, token = cls.cluster.invite(machine.address, by=cls.master, number=number)
        return machine, token

    def machine(self, **environment):
        """An empty machine that was not invited, with the address of nobody."""
        machine = self.cluster.machine(29)
        machine.environment |= environment
        return machine

    def kept(self):
        """What the cluster is."""
        view = self.master.local("GET", "/cluster").json
        members = [(member["node"], member["role"], member["present"]) for member in view["members"]]
        invitations = self.master.local("GET", "/cluster/invitations").json["items"]
        etc = {name: file for name, file in files(self.master.root).items() if name.startswith("etc/")}
        return members, view["revision"], invitations, etc

    def assert_refused(self, machine, token, code, text, *words):
        """It is said with this code, and is as it was before on both sides."""
        before = files(machine.root, KEY), self.kept()
        done = machine.join_by_command(token, *words)
        self.assertEqual(done.returncode, code, done)
        self.assertRegex(done.stderr, rf"^confd: {text}\n$")
        self.assertEqual((files(machine.root, KEY), self.kept()), before)

    # The token

    def test_what_is_no_invitation(self):
        machine, token = self.machine(), self.invite(13)[1]
        other = "b" if token[20] != "b" else "c"
        for text, said in (
                ("hello", r"This is no invitation: it begins with confd1\. and is printed by confd cluster invite"),
                (token[:-1], r"The invitation is mistyped or not whole: copy it from its first letter to its last"),
                (token[:20] + other + token[21:],
                 r"The invitation is mistyped or not whole: copy it from its first letter to its last"),
                ("confd7" + token[6:], r"The invitation is of the form confd7, which this version does not know")):
            self.assert_refused(machine, text, 77, said)

    def test_who_guesses_is_told_nothing_and_waits(self):
        machine, token = self.invite(14)
        said = set()
        for attempt in range(5):
            guess = Token(token).changed(secret=Token.packed(os.urandom(16)))
            if attempt == 2:
                # Whether the node was invited at all is not told.
                guess.changed(node="99")
            done = machine.join_by_command(guess.text)
            self.assertEqual(done.returncode, 77, done)
            said.add(re.sub(r"\d+", "N", done.stderr))
        self.assertEqual(said, {
            "confd: The cluster has no such invitation for node N: it was withdrawn, or another took its place. Ask for "
            "another: confd cluster invite ADDRESS\n",
            "confd: Too many attempts failed; the next one may be made in N s.\n"})
        self.assertEqual(set(files(machine.root, KEY)), set())
        # Whoever has a right one is heard again soon, and then nothing is held against the address.
        elsewhere = self.machine()
        until(lambda: elsewhere.join_by_command(token).returncode == 65, 30, pause=0.3)

    def test_an_invitation_that_was_taken_back_or_replaced(self):
        machine, token = self.invite(15)
        _, later = self.cluster.invite(15, by=self.master)
        said = (r"The cluster has no such invitation for node 15: it was withdrawn, or another took its place\. Ask for "
                r"another: confd cluster invite ADDRESS")
        self.assert_refused(machine, token, 77, said)
        self.assertEqual(self.master.local("DELETE", "/cluster/invitations/15").status, 204)
        self.assert_refused(machine, later, 77, said)
        # A right one takes away what was counted.
        self.assertEqual(self.machine().join_by_command(self.invite(24)[1]).returncode, 65)

    @unittest.skipUnless(COMPILER, "no C compiler, by which a clock is moved")
    def test_an_invitation_whose_hour_is_over(self):
        machine, token = self.invite(16)
        self.clock.move(3700)
        self.addCleanup(self.clock.move, 0)
        self.assert_refused(
            machine, token, 77,
            rf"The invitation for node 16 ended on \d{{4}}-\d\d-\d\d \d\d:\d\d\. Ask for another: confd cluster invite "
            rf"{re.escape(machine.address)}")

    # The cluster

    def test_another_cluster_answers(self):
        machine, token = self.invite(17)
        foreign = Token(token).changed(authority=Token.packed(os.urandom(32))).text
        place = re.escape(f"{self.master.address}:{self.cluster.ports[2]}")
        self.assert_refused(machine, foreign, 76, f"{place} belongs to another authority than the token names")

    def ask(self, question):
        """What the cluster answers to somebody without a certificate."""
        connection = http.client.HTTPSConnection(
            self.master.address, self.cluster.ports[2], context=ssl._create_unverified_context(), timeout=20)
        try:
            connection.request("POST", "/peer/join", json.dumps(question), {"Content-Type": "application/json"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def test_versions_that_do_not_go_together(self):
        machine, token = self.invite(18)
        parts = Token(token)
        question = {
            "node": 18, "secret": Token.bytes(parts.secret).hex(), "key": "0" * 64, "port": 20003, "step": "look",
            "version": {"version": "99.1", "levels": [98, 99]}, "addresses": [machine.address]}
        # Others have guessed from this address, which makes it wait.
        answers = []
        until(lambda: answers.append(self.ask(question)) or "refusal" in answers[-1], 60, pause=1)
        refusal = answers[-1]["refusal"]
        self.assertEqual((refusal["kind"], refusal["node"]["node"], refusal["own"]["levels"]), ("versions", 11, [98, 99]))

    @unittest.skipUnless(COMPILER, "no C compiler, by which a clock is moved")
    def test_clocks_that_are_far_apart(self):
        machine, token = self.invite(19)
        apart = pathlib.Path(self.folder, "apart")
        apart.mkdir(exist_ok=True)
        clock = MovedClock(apart)
        machine.environment |= clock.variables
        for seconds in (30, -30):
            clock.move(seconds)
            self.assert_refused(
                machine, token, 75, r"The clocks of node 11 and of this machine are (29|30|31) s apart, and certificates "
                r"bear 5 s: have both follow a time server \(timedatectl set-ntp true\)")

    # The machine

    def test_the_machine_has_another_address(self):
        machine, (invited, token) = self.machine(), self.invite(20)
        self.assert_refused(
            machine, token, 65,
            rf"the invitation is for {re.escape(invited.address)}, this machine has .*{re.escape(machine.address)}.*")

    def test_there_is_no_etcd(self):
        machine, token = self.invite(21)
        machine.environment["CONFD_CLUSTER_ETCD"] = "/nowhere/etcd"
        self.assert_refused(
            machine, token, 69, r"etcd is not installed: apt-get install etcd-server, then systemctl disable --now etcd "
            r"\(the daemon runs its own\)")

    def test_ports_that_somebody_has(self):
        machine, token = self.invite(22)
        for name, port in zip(("etcd_client", "etcd_peer", "peer"), self.cluster.ports):
            with socket.socket() as taken:
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                taken.bind((machine.address, port))
                taken.listen()
                self.assert_refused(
                    machine, token, 69, rf"port {port} of {re.escape(machine.address)} is taken by another program: end "
                    rf"that, or choose another port with the setting cluster\.ports\.{name}")

    def test_there_is_an_installation(self):
        machine, token = self.invite(23)
        machine.start()
        machine.rest().ok("node_list")
        done = machine.join_by_command(token)
        self.assertEqual((done.returncode, done.stderr), (
            69, f"confd: A daemon runs on {machine.root}: stop it first (systemctl stop confd)\n"))
        machine.stop()
        (machine.root / "data/volumes/v7").mkdir(parents=True)
        (machine.root / "data/volumes/v7/content").write_bytes(b"x" * 8192)
        self.assert_refused(
            machine, token, 73, r"There is an installation here: revision 1, \d+ jobs, volumes v7\. Join keeps volumes and "
            r"databases only with --replace, which moves EXAConf and history to " + re.escape(f"{machine.root}/etc/before-join"))
        # A newer configuration than that of the cluster is replaced by no means.
        newest = self.kept()[1]
        machine.start()
        for number in range(newest + 1):
            self.cluster.change(5000 + number, machine)
        machine.stop()
        said = (rf"There is an installation here with revision \d+, and the cluster has revision {newest}: the higher one is "
                r"never replaced\. Use an empty --root, or move this one away first")
        self.assert_refused(machine, token, 73, said)
        self.assert_refused(machine, token, 73, said, "--replace")


@unittest.skipIf(lacking(), lacking())
class ComingAndGoing(unittest.TestCase):
    """One story: nodes join by both ways, from used machines, at a master that is new; and leave again."""

    def setUp(self):
        self.cluster = self.enterContext(Cluster())
        self.first = self.cluster.found()

    def test_nodes_join_and_leave(self):
        self.one_joins_by_the_command_and_is_killed_on_its_way()
        self.its_token_is_of_no_more_use()
        self.one_joins_from_an_installation()
        self.one_joins_at_another_master_than_it_was_invited_by()
        self.one_without_a_vote_leaves()
        self.one_with_a_vote_leaves()
        self.the_last_vote_cannot_leave()
        self.one_that_is_gone_is_removed_and_does_not_come_back()

    def one_joins_by_the_command_and_is_killed_on_its_way(self):
        self.machine = self.cluster.machine(12)
        _, self.token = self.cluster.invite(self.machine.address)
        for _ in range(2):
            # Nobody but systemd starts a daemon for it; asked again it goes on where it was.
            done = self.machine.join_by_command(self.token)
            self.assertEqual(done.returncode, 75, done)
            self.assertIn("This machine is a member now", done.stderr)
        self.machine.launch()
        until(lambda: (self.machine.root / "spool/jobs/store.sqlite").exists(), 30, pause=0)
        self.machine.kill()
        self.machine.start_joining()
        self.cluster.take(self.machine)
        self.cluster.await_calm()

    def its_token_is_of_no_more_use(self):
        thief = self.cluster.machine(12, self.cluster.address(25))
        for _ in range(2):
            done = thief.join_by_command(self.token)
            self.assertEqual(done.returncode, 77, done)
            self.assertRegex(
                done.stderr, r"^confd: The invitation for node 12 was used on \d{4}-\d\d-\d\d \d\d:\d\d from [\d.]+\. Ask for "
                rf"another: confd cluster invite {re.escape(self.cluster.address(12))}\n$")
        self.assertEqual(set(files(thief.root, KEY)), set())

    def one_joins_from_an_installation(self):
        machine = self.cluster.machine(13)
        machine.start()
        machine.rest().ok("node_list")
        machine.stop()
        before = machine.configuration()
        for node in (*self.cluster.nodes, machine):
            node.stock("p1")
        self.cluster.master().rest().ok("plugin_add", plugin_name="p1")
        self.cluster.change(6001)
        _, token = self.cluster.invite(machine.address)
        self.assertEqual(machine.join_by_command(token).returncode, 73)
        self.assertEqual(machine.join_by_command(token, "--replace").returncode, 75)
        self.assertEqual((machine.root / "etc/before-join/EXAConf").read_text(), before)
        self.assertTrue((machine.root / "etc/before-join/jobs/store.sqlite").exists())
        machine.start_joining()
        self.cluster.take(machine)
        self.cluster.await_calm()
        self.cluster.await_equal_files()
        # What was added before it came.
        until(lambda: machine.plugins() == {"p1": "content of p1"}, 60)

    def one_joins_at_another_master_than_it_was_invited_by(self):
        machine = self.cluster.machine(14)
        _, token = self.cluster.invite(machine.address)
        master = self.cluster.master()
        self.assertEqual(master.stop(), 0)
        lines = machine.start_joining(token)
        self.assertTrue(any("is ready" in line for line in lines), lines)
        self.cluster.take(machine)
        master.start()
        self.cluster.await_calm()
        self.cluster.await_equal_files()

    def assert_left(self, node, sentence):
        """It has left, and is an installation of one node."""
        done = node.run("cluster", "leave")
        self.assertTrue(done.stdout.strip(), done)
        until(lambda: not node.is_running, 40)
        self.cluster.nodes.remove(node)
        self.cluster.machines.append(node)
        self.cluster.await_calm()
        # Who takes part is looked at a moment after what was applied.
        until(lambda: re.search(sentence, self.cluster.nodes[0].view()["sentence"]), 20)
        self.assertFalse((node.root / "etc/cluster/member.json").exists())
        node.arguments = []
        node.start()
        view = node.view()
        self.assertEqual((view["sentence"], len(view["members"])), ("1 node, alone", 1), view)
        self.cluster.change(6100 + node.number, node)
        self.assertEqual(node.stop(), 0)
        # What it changes by itself is its own.
        self.assertNotIn(f"StorageMaxConnections = {6100 + node.number}", self.cluster.nodes[0].configuration())

    def one_without_a_vote_leaves(self):
        self.assert_left(self.cluster.node(14), "^3 nodes, 3 votes, all well$")

    def one_with_a_vote_leaves(self):
        # Whoever decides hands over first.
        self.assert_left(self.cluster.master(), r"^2 nodes, 1 vote \(node 1[1-4]\), all well$")
        self.voter = next(
            member["node"] for member in self.cluster.nodes[0].view()["members"] if member["vote"])

    def the_last_vote_cannot_leave(self):
        node, before = self.cluster.node(self.voter), self.cluster.await_equal_files()
        done = node.run("cluster", "leave", check=False)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(f"Node {self.voter} has the last vote: nothing could be changed without it.", done.stderr)
        self.cluster.await_calm()
        self.assertEqual(self.cluster.await_equal_files(), before)

    def one_that_is_gone_is_removed_and_does_not_come_back(self):
        standby = next(node for node in self.cluster.nodes if node.number != self.voter)
        standby.lose()
        done = self.cluster.node(self.voter).run("cluster", "remove", str(standby.number))
        self.assertIn(f"node {standby.number} was removed", done.stdout)
        self.cluster.nodes.remove(standby)
        self.cluster.machines.append(standby)
        self.cluster.await_calm()
        standby.launch()
        self.assertNotEqual(standby.process.wait(60), 0)
        self.assertRegex(
            standby.said(), rf"node {standby.number} was removed on \d{{4}}-\d\d-\d\d \d\d:\d\d.*; to bring it back: "
            r"invite and join")
        # Nor by what it was invited with.
        if standby.number == 12:
            again = self.cluster.machine(12)
            self.assertEqual(again.join_by_command(self.token).returncode, 77)


if __name__ == "__main__":
    unittest.main()
