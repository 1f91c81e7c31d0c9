"""How far jobs of a real daemon are while their commands run."""

import os
import shutil
import unittest

from daemon import until
from database_host import ENGINE, DatabaseHost, lacking

# Stands before the real engine: a start says how far it is, and goes on once somebody wrote into the pipe.
SLOW_ENGINE = """#!/bin/sh
if [ "$1" = start ] && [ -e {root}/gate ]; then
    echo 'a word for people' >&2
    echo '{{"progress": {{"percent": 40, "text": "warming up"}}}}' >&2
    read go < {root}/gate
fi
exec {root}/engine "$@"
"""


@unittest.skipIf(lacking(), lacking())
class Progress(unittest.TestCase):
    def setUp(self):
        self.daemon = DatabaseHost()
        slow = self.daemon.root / "slow-engine"
        slow.write_text(SLOW_ENGINE.format(root=self.daemon.root))
        slow.chmod(0o755)
        shutil.copy(ENGINE, self.daemon.root / "engine")
        self.daemon.environment["CONFD_ENGINE_PATH"] = str(slow)
        self.daemon.start()
        self.addCleanup(self.daemon.__exit__)
        self.client = self.daemon.rest()

    def told(self, job):
        """What readers of events were told of a job's progress."""
        page = self.client.get(f"/events/page?job_id={job}&types=job.progress").json
        return [event["progress"] for event in page["items"]]

    def test_what_an_engine_says_is_the_progress_of_its_job_until_it_ends(self):
        self.daemon.create(self.client)
        self.client.ok("db_stop", db_name="BASE")
        gate = self.daemon.root / "gate"
        os.mkfifo(gate)
        gate.chmod(0o666)
        job = self.client.post("/jobs", {"type": "db_start", "params": {"db_name": "BASE"}}).json["job_id"]
        expected = {"percent": 40, "text": "warming up"}
        until(lambda: self.client.get(f"/jobs/{job}").json.get("progress") == expected)
        self.assertEqual(self.daemon.rpc().job_info(job)["progress"], expected)
        self.assertEqual(self.told(job), [expected])
        said = [line["text"] for line in self.client.get(f"/jobs/{job}/log").json["lines"]]
        self.assertIn("a word for people", said)
        gate.write_text("go\n")
        ended = self.client.get(f"/jobs/{job}?wait=60s").json
        self.assertEqual(ended["outcome"], "ok", ended)
        self.assertNotIn("progress", ended)

    def test_a_real_engine_says_how_far_it_is(self):
        self.daemon.create(self.client)
        job = self.client.get("/jobs?type=db_create").json["items"][0]["job_id"]
        told = self.told(job)
        self.assertTrue(told)
        self.assertTrue(all(0 <= progress.get("percent", 0) <= 100 and progress["text"] for progress in told), told)

    def test_a_job_without_commands_has_no_progress(self):
        job = self.client.job("group_create", groupname="pilots", groupid=5001)
        self.assertEqual(self.told(job["job_id"]), [])
        self.assertNotIn("progress", job)


if __name__ == "__main__":
    unittest.main()
