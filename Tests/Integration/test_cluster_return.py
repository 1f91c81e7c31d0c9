"""Members that never came, and nodes that were removed and come back with what they had."""

import re
import shutil
import unittest

from cluster_host import Cluster, lacking


@unittest.skipIf(lacking(), lacking())
class Returning(unittest.TestCase):
    """One story of a cluster whose first node stays what it is."""

    def setUp(self):
        self.cluster = self.enterContext(Cluster())
        self.first = self.cluster.found()

    def test_half_members_are_in_nobodys_way_and_nodes_come_back(self):
        self.one_that_was_invited_and_never_came_is_removed()
        self.one_that_lost_its_root_is_invited_again_once_it_was_removed()
        self.one_that_was_removed_on_its_way_joins_by_another_invitation()
        self.a_member_is_not_taken_in_again()
        self.a_store_without_its_file_starts_nothing()
        self.one_that_was_removed_comes_back_with_its_old_root()

    def become_a_member(self, machine):
        """It has its certificate and no daemon; its token."""
        _, token = self.cluster.invite(machine.address, number=machine.number)
        done = machine.join_by_command(token)
        self.assertEqual(done.returncode, 75, done)
        return token

    def remove(self, number):
        said = self.first.run("cluster", "remove", str(number)).stdout
        self.assertIn(f"node {number} was removed", said)

    def become_a_node(self, machine):
        machine.start_joining()
        self.cluster.take(machine)
        self.cluster.await_calm()
        self.cluster.change(8000 + machine.number)
        self.cluster.await_equal_files()

    def assert_ends(self, machine, text):
        """Its daemon does not start, and says why."""
        begin = machine.log_size()
        machine.launch()
        self.assertEqual(machine.process.wait(60), 65, machine.log_text())
        self.assertRegex(machine.said(begin), text)

    def one_that_was_invited_and_never_came_is_removed(self):
        self.cluster.invite(self.cluster.address(19), number=19)
        self.assertRegex(self.first.configuration(), r"\[Node ?: ?19\]")
        self.remove(19)
        self.assertNotRegex(self.first.configuration(), r"\[Node ?: ?19\]")

    def one_that_lost_its_root_is_invited_again_once_it_was_removed(self):
        machine = self.cluster.machine(12)
        token = self.become_a_member(machine)
        for path in machine.root.iterdir():
            if path.name != "daemon.log":
                shutil.rmtree(path)
        # Nobody waits for it.
        self.cluster.change(8001, self.first)
        done = machine.join_by_command(token)
        self.assertEqual(done.returncode, 77, done)
        self.assertIn("was used on", done.stderr)
        done = self.first.run("cluster", "invite", machine.address, check=False)
        self.assertNotEqual(done.returncode, 0, done)
        self.assertIn("Node 12 is a member already.", done.stderr)
        self.assertIn("confd cluster remove 12", done.stderr)
        self.remove(12)
        self.become_a_member(machine)
        self.become_a_node(machine)

    def one_that_was_removed_on_its_way_joins_by_another_invitation(self):
        machine = self.cluster.machine(13)
        self.become_a_member(machine)
        self.remove(13)
        self.assert_ends(machine, r"node 13 was removed on .*; to bring it back: invite and join")
        self.become_a_member(machine)
        self.assertTrue((machine.root / "etc/before-join/member.json").exists())
        self.become_a_node(machine)

    def a_member_is_not_taken_in_again(self):
        node = self.cluster.node(13)
        address = self.cluster.address(18)
        _, token = self.cluster.invite(address, by=self.first, number=18)
        self.assertEqual(node.stop(), 0)
        usual = node.environment["CONFD_CLUSTER_ADDRESS"]
        node.environment["CONFD_CLUSTER_ADDRESS"] = address
        done = node.join_by_command(token)
        node.environment["CONFD_CLUSTER_ADDRESS"] = usual
        self.assertEqual(done.returncode, 65, done)
        self.assertRegex(done.stderr, r"This machine is node 13 of this cluster, which has it as a member: start it")
        node.start()
        self.cluster.await_calm()
        self.remove(18)

    def a_store_without_its_file_starts_nothing(self):
        node = self.cluster.node(13)
        self.assertEqual(node.stop(), 0)
        file, kept = node.root / "etc/cluster/member.json", node.root / "member.json"
        file.rename(kept)
        self.assert_ends(node, r"member\.json is missing.*confd cluster join TOKEN --replace")
        kept.rename(file)
        node.start()
        self.cluster.await_calm()

    def one_that_was_removed_comes_back_with_its_old_root(self):
        node = self.cluster.node(13)
        self.cluster.change(8100)
        self.remove(13)
        self.cluster.nodes.remove(node)
        self.cluster.machines.append(node)
        self.assertNotEqual(node.process.wait(60), 0, node.log_text())
        # The second vote is taken back, so that their number stays odd.
        self.cluster.await_calm()
        self.cluster.change(8101)
        self.assert_ends(
            node, r"node 13 was removed on \d{4}-\d\d-\d\d \d\d:\d\d by job [\d.]+; to bring it back: invite and join")
        _, token = self.cluster.invite(node.address, number=13)
        done = node.join_by_command(token)
        self.assertEqual(done.returncode, 75, done)
        # The first folder has what the member had that never came.
        aside = node.root / "etc/before-join-2"
        self.assertRegex(done.stdout, rf"(?m)^before     what this machine had is in {re.escape(str(aside))}; volumes stay")
        self.assertLessEqual({"EXAConf", "jobs", "member.json"}, {path.name for path in aside.iterdir()})
        # With it the vote that was taken back is given again.
        self.become_a_node(node)


if __name__ == "__main__":
    unittest.main()
