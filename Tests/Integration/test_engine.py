"""The engine that ships with the daemon keeps its contract, and what does not keep it is found out."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from daemon import REPOSITORY
from database_host import ENGINE, lacking

SCRIPT = REPOSITORY / "scripts/engine-conformance"
# Each keeps the contract but for one thing, which is found before a database is needed.
BROKEN = {
    "describe: it lacks 'version'": """echo '{"contract": 1, "name": "A", "abilities": {}}'""",
    "answers no JSON": "echo hello",
    "exit code 0 with": """echo '{"error": {"code": "failed", "message": "no"}}'""",
    "needs exit code 2, not 1": """echo '{"error": {"code": "invalid", "message": "no"}}'; exit 1""",
    "holds its pipes open": "sleep 30 & echo '{}'",
    "above 100": """echo '{"progress": {"percent": 101}}' >&2
        echo '{"error": {"code": "failed", "message": "no"}}'; exit 1"""}


class Conformance(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="confd-engine-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.folder.chmod(0o755)
        self.engine = self.folder / "engine"

    def run_script(self):
        self.engine.chmod(0o755)
        return subprocess.run(
            [sys.executable, "-B", SCRIPT, self.engine, "--short", "--folder", self.folder], capture_output=True,
            text=True)

    @unittest.skipIf(lacking(), lacking())
    def test_the_engine_that_ships_with_the_daemon_keeps_the_contract(self):
        shutil.copy(ENGINE, self.engine)
        done = self.run_script()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"engine-conformance: (\d+) of \1 cases kept")
        self.assertEqual(list(self.folder.iterdir()), [self.engine])

    @unittest.skipIf(lacking(), lacking())
    def test_engines_that_do_not_keep_it_are_found_out(self):
        for expected, text in BROKEN.items():
            with self.subTest(expected):
                self.engine.write_text(f"#!/bin/sh\n{text}\n")
                done = self.run_script()
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.assertIn("BREACH: describe", done.stdout)
                self.assertIn(expected, done.stdout)


if __name__ == "__main__":
    unittest.main()
