"""`scripts/cluster`, from a checkout of its own: three nodes are made, checked, and leave nothing behind."""

import fcntl
import os
import pathlib
import re
import unittest

from cluster_host import lacking
from test_first_hour import Checkout

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

    def up(self, checkout):
        done = checkout.shell("scripts/cluster up --nodes 3")
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
