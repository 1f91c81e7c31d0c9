"""Logins while the disk is full to the last byte, for some seconds; scripts/full-disk does the same for longer."""

import pathlib
import subprocess
import sys
import unittest

from full_disk import lacking


@unittest.skipIf(lacking(), lacking())
class Logins(unittest.TestCase):
    def test_each_is_answered_and_none_goes_uncounted(self):
        program = pathlib.Path(__file__).with_name("full_disk.py")
        done = subprocess.run([sys.executable, "-B", program, "15"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1:]), (0, ["PASS"]), done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
