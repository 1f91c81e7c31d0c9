"""Whoever only reads is answered at once, by every GET and by the jobs published scripts look with: whatever is paused,
whatever is held by others, and with nodes and stores that give no answer."""

import re
import socket
import time
import unittest

from daemon import until
from database_host import lacking
from everything import Everything

# Seconds, of what the daemon knows by itself and of what it asks nodes, engines and stores for.
KNOWN, ASKED = 1, 6
ASKING = {
    "getDatabaseState", "listBackups", "getBackupsProgress", "listBackupSchedules", "getBackupSchedule",
    "getRemoteVolumeState", "getLicense", "getLicenseCheck", "getLicenseText", "db_info",
    "db_state", "st_volume_list"}
JOBS = {
    "db_list": {}, "db_state": {"db_name": "BASE"}, "db_info": {"db_name": "BASE"}, "node_list": {}, "node_state": {},
    "st_volume_list": {}}


@unittest.skipIf(lacking(), lacking())
class AtOnce(unittest.TestCase):
    def test_every_get_answers_with_its_items_whatever_is_on_its_way(self):
        with Everything() as self.daemon:
            self.daemon.make()
            others = ("/sessions/current", "/license/text")
            self.paths = [(name, path) for name, path in self.daemon.gets() if path not in others]
            self.client = self.daemon.client
            # What is made once, such as the document itself, is made here.
            self.before = {path: number_of_items(self.client.get(path)) for _, path in self.paths}
            # What is wrong may be over meanwhile.
            self.before["/health/findings"] = 0
            rule = self.client.post("/queue/rules", {"action": "pause"}).json["rule_id"]
            self.walk()
            self.client.request("DELETE", f"/queue/rules/{rule}")
            holder = self.client.post("/job-types/hold_all/jobs", {}).json["job_id"]
            until(lambda: self.client.get(f"/jobs/{holder}").json["stage"] == "executed")
            self.walk()
            (self.daemon.root / "go").touch()
            self.client.get(f"/jobs/{holder}?wait=60s")
            with socket.socket() as mute:
                mute.bind(("127.0.0.1", 0))
                mute.listen(64)
                self.lose_first_node(f"ftp://127.0.0.1:{mute.getsockname()[1]}/b")
                self.walk()

    def lose_first_node(self, url):
        """Makes a node that is not there the first one, of the cluster and of the database; and a store that says nothing."""
        self.daemon.run_job("remote_volume_add", vol_type="ftp", url=url, remote_volume_name="mute", owner=[500, 500])
        self.daemon.run_job("node_add", priv_net="10.10.10.15/24", nid=15)
        self.daemon.run_job("node_resume", nid=15)
        self.daemon.run_job("db_add_reserve_nodes", db_name="BASE", node_list=[15])
        text = self.daemon.configuration()
        section = re.search(r"(?ms)^\[Node ?: ?15\]\n(?:.*?)(?=^\[)", text)[0]
        text = re.sub(r"(?m)^(?=\[Node ?: ?11\])", lambda _: section, text.replace(section, ""))
        text = re.sub(r"(?m)^( *Nodes = )11, ?15$", r"\g<1>15,11", text)
        self.assertRegex(text, r"(?m)^ *Nodes = 15,11$")
        path = self.daemon.root / "etc/EXAConf"
        path.write_text(re.sub(r"Checksum = \w+", "Checksum = COMMIT", text))
        until(lambda: b"Nodes = 15,11" in self.client.get("/exaconf", Accept="text/plain").body)
        self.paths.append(("getRemoteVolumeState", "/remote-volumes/mute/state"))

    def walk(self):
        for name, path in self.paths:
            answer = self.timed(name, lambda: self.client.get(path))
            self.assertEqual(answer.status, 200, (path, answer))
            self.assertGreaterEqual(number_of_items(answer), self.before.get(path, 0), path)
        with self.daemon.rpc() as rpc:
            for job, params in JOBS.items():
                result = self.timed(job, lambda: rpc.job_exec(job, {"params": params}))
                self.assertEqual(result["result_code"], 0, (job, result))
                self.assertTrue(result["result_output"], job)

    def timed(self, name, ask):
        """The answer, which has to come in time; a second question tells what is held from a busy machine."""
        limit = ASKED if name in ASKING else KNOWN
        for _ in range(2):
            begun = time.monotonic()
            answer = ask()
            taken = time.monotonic() - begun
            if taken < limit:
                return answer
        raise AssertionError(f"{name} took {taken:.1f} s, more than {limit} s: {answer}")


def number_of_items(answer):
    is_json = answer.headers["content-type"] == "application/json"
    return len(answer.json["items"]) if is_json and "items" in answer.json else 0


if __name__ == "__main__":
    unittest.main()
