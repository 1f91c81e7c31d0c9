"""`scripts/cluster`, from a checkout of its own: nodes are made, checked, cut off, and leave nothing behind."""

import fcntl
import json
import os
import pathlib
import re
import unittest

from cluster_host import lacking
from daemon import until
from test_first_hour import Checkout

import network  # of scripts/clusters, where cluster_host has looked for it

# The addresses and ports of the script are those of the machine: of several runs of tests here one uses them at a time.
LOCK = pathlib.Path("/tmp/confd-cluster-script.lock")


def processes(folder):
    """The command lines that name something below a folder."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = pathlib.Path(f"/proc/{number}/cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in line and int(number) != os.getpid():
            found.append(line.replace(b"\0", b" "))
    return found


@unittest.skipIf(lacking(), lacking())
class Script(unittest.TestCase):
    def setUp(self):
        lock = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        self.addCleanup(os.close, lock)
        fcntl.flock(lock, fcntl.LOCK_EX)

    def test_up_check_and_down(self):
        with Checkout() as checkout:
            try:
                self.up(checkout)
                self.check(checkout)
            finally:
                down = checkout.shell("scripts/cluster down")
            self.assertEqual(down.returncode, 0, down.stdout)
            self.assertFalse(os.path.lexists(checkout.folder / "exa-cluster"))
            self.assertEqual(processes(checkout.folder), [])
            again = checkout.shell("scripts/cluster check || echo status $?")
            self.assertRegex(again.stdout, r"there is no exa-cluster; scripts/cluster up makes it\nstatus 1\n$")

    @unittest.skipIf(network.lacking(), network.lacking())
    def test_nodes_in_namespaces_can_be_cut_off(self):
        before = set(network.namespaces())
        with Checkout() as checkout:
            try:
                done = checkout.shell("scripts/cluster up")
                self.assertEqual(done.returncode, 0, done.stdout)
                self.assertRegex(done.stdout, r"(?m)^inside    ip netns exec confd-[0-9a-f]{8}-n11 curl -sk https://10\.")
                made = set(network.namespaces()) - before
                self.assertEqual(sorted(name.rsplit("-", 1)[1] for name in made), ["hub", "n11", "n12", "n13"])
                self.cut_and_heal(checkout)
            finally:
                down = checkout.shell("scripts/cluster down")
            self.assertEqual(down.returncode, 0, down.stdout)
            self.assertEqual(processes(checkout.folder), [])
        self.assertEqual(set(network.namespaces()), before)

    def cut_and_heal(self, checkout):
        def status():
            done = checkout.shell(".build/debug/confd cluster status --json --root exa-cluster/n11")
            return json.loads(done.stdout) if done.returncode == 0 else {"sentence": ""}
        inside = checkout.shell(
            f"ip netns exec {network.Namespaces.of(checkout.folder / 'exa-cluster').space(12)} "
            f"curl -sk {status()['members'][0]['url']}/master")
        self.assertRegex(inside.stdout, r"^10\.\d+\.\d+\.11$")
        cut = checkout.shell("scripts/cluster cut 13")
        self.assertRegex(cut.stdout, r"^n13 is cut off from all others")
        until(lambda: status()["sentence"].startswith("node 13 is away"), 60, pause=0.5)
        healed = checkout.shell("scripts/cluster heal 13")
        self.assertRegex(healed.stdout, r"^n13 can be reached again")
        until(lambda: status()["sentence"] == "3 nodes, 3 votes, all well", 60, pause=0.5)
        nobody = checkout.shell("scripts/cluster cut 19 || echo status $?")
        self.assertRegex(nobody.stdout, r"there is no node 19, only 11, 12, 13\nstatus 1\n$")

    def up(self, checkout):
        done = checkout.shell("scripts/cluster up --nodes 3 --loopback")
        self.assertEqual(done.returncode, 0, done.stdout)
        for pattern in (
                r"(?m)^n11# confd init --node-address 127\.0\.0\.11/8 --port 20003$",
                r"(?m)^n11# confd cluster invite 127\.0\.0\.13$", r"(?m)^\[1/\d\] certificate +valid to",
                r"(?m)^3 nodes, 3 votes\. Any one of them can be away\.$", r"(?m)^3 nodes, 3 votes, all well$",
                r"(?m)^n13  https://127\.0\.0\.13:20003  exa-cluster/n13$",
                r"(?m)^log in    user 'admin', password in exa-cluster/admin\.password$",
                r"(?m)^status    \.build/debug/confd cluster status --root exa-cluster/n11$"):
            self.assertRegex(done.stdout, pattern)
        self.assertEqual((checkout.folder / "exa-cluster/admin.password").stat().st_mode & 0o077, 0)
        told = checkout.shell(".build/debug/confd cluster status --root exa-cluster/n13")
        self.assertRegex(told.stdout, r"^3 nodes, 3 votes, all well\n")
        again = checkout.shell("scripts/cluster up || echo status $?")
        self.assertRegex(again.stdout, r"exa-cluster runs already \(n11, n12, n13\); scripts/cluster down ends it\nstatus 1\n$")

    def check(self, checkout):
        done = checkout.shell("scripts/cluster check")
        self.assertEqual(done.returncode, 0, done.stdout)
        lines = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
        self.assertTrue(all(line.startswith("PASS: ") for line in lines), done.stdout)
        self.assertEqual(sum("follows redirects by hand" in line for line in lines), 3)
        self.assertEqual(len(re.findall(r"(?m)^ +n1[123]: acknowledged .*, -?\d+ ms after it was decided$", done.stdout)), 3)
        text = (checkout.folder / "exa-cluster/n12/etc/EXAConf").read_bytes()
        self.assertEqual(text, (checkout.folder / "exa-cluster/n11/etc/EXAConf").read_bytes())


if __name__ == "__main__":
    unittest.main()
