"""A node that is away and one that is behind: told in every place within a minute, and over within a minute of the cure."""

import os
import shutil
import tempfile
import unittest

from cluster_host import BROKEN, Cluster, lacking
from daemon import until
from findings_table import Local, Receiver, Table, settings
from moved_clock import COMPILER, MovedClock

# How long node 12 takes for each flush of its disk, in milliseconds.
SLOW = 10_000


@unittest.skipIf(lacking(), lacking())
@unittest.skipIf(not COMPILER, "no C compiler")
class OfNodes(unittest.TestCase):
    def test_a_node_that_is_away_and_one_that_is_behind(self):
        folder = tempfile.mkdtemp(prefix="confd-disk-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        os.chmod(folder, 0o755)
        clock = MovedClock(folder)
        hook, table = Receiver(), Table()
        self.addCleanup(hook.close)
        with Cluster(CONFD_FINDINGS_LAG_SECONDS="3", **settings(hook.port)) as cluster:
            first = cluster.found()
            machine = cluster.machine(12)
            machine.environment |= clock.variables
            _, token = cluster.invite(machine.address, number=12)
            machine.start_joining(token)
            cluster.take(machine)
            cluster.await_calm()
            looked = Local(first, first.local)
            # Certificates between nodes are looked after like that clients see.
            ends = 'confd_certificate_end_timestamp_seconds{certificate="%s"}'
            for name in ("11-tls", "11-peer", "11-authority", "12-peer"):
                until(lambda name=name: ends % name in looked.look("/metrics").body.decode(), 60)

            def bring_back(_):
                machine.start()
                return "daemon started"

            table.row("node away", looked, hook, "node-away:node:12", machine.lose, bring_back)
            cluster.await_calm()

            def slow_down():
                clock.machines.slow_disk(clock.NUMBER, SLOW)
                # Nobody waits for them: they wait for the node.
                for number in range(8):
                    self.ask(first, {"type": "general_settings", "params": {
                        "changes": {"Global": {"StorageMaxConnections": 5000 + number}}}})

            def speed_up(_):
                clock.machines.heal(clock.NUMBER)
                return "disk made quick"

            try:
                table.row("node behind", looked, hook, "node-behind:node:12", slow_down, speed_up)
            finally:
                clock.machines.heal(clock.NUMBER)
        table.require()

    def ask(self, node, job):
        try:
            answer = node.local("POST", "/jobs", job)
        except BROKEN as error:
            self.fail(f"the master does not take a job: {error}")
        self.assertIn(answer.status, (200, 201, 202), answer)


if __name__ == "__main__":
    unittest.main()
