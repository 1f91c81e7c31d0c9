"""The level of the log in a cluster of one version: it is shown, and there is no other one to be had.

How a cluster is updated from a former version is tried by scripts/upgrade cluster, which needs that version.
"""

import unittest

from cluster_host import Cluster, lacking
from daemon import until


@unittest.skipIf(lacking(), lacking())
class Levels(unittest.TestCase):
    """A cluster of two that was made by this version."""

    def test_the_newest_level_is_in_force_and_nobody_leaves_it(self):
        with Cluster() as cluster:
            first = cluster.found()
            # Alone it tells the level of the cluster it would begin.
            alone = first.local("GET", "/cluster/level")
            self.assertEqual((alone.status, [told["node"] for told in alone.json["members"]]), (200, [11]), alone)
            cluster.join(12)
            second = cluster.node(12)
            told = first.local("GET", "/cluster/level")
            self.assertEqual(told.status, 200, told)
            level = told.json["level"]
            self.assertEqual(level, alone.json["level"])
            self.assertNotIn("next", told.json)
            self.assertEqual([member["levels"] for member in told.json["members"]], [[level - 1, level]] * 2, told)
            for node in (first, second):
                until(lambda node=node: node.view().get("level") == level)
                lines = node.run("cluster", "level").stdout.splitlines()
                self.assertEqual(lines[0], f"level {level} is in force, and no member knows a higher one")
                self.assertEqual(len(lines), 3, lines)
                self.assertIn(f"knows levels {level - 1} to {level}", lines[1])
                self.assertIn(f"({level - 1}-{level})", node.run("cluster", "status").stdout)
            self.what_cannot_be_is_refused(first, level)
            # It is raised where it is decided.
            done = second.run("cluster", "level", "raise", check=False)
            self.assertNotEqual(done.returncode, 0, done)
            self.assertIn("Another node decides", done.stderr)
            self.assertEqual(second.local("POST", "/cluster/level", {"level": level}).status, 302)

    def what_cannot_be_is_refused(self, master, level):
        done = master.run("cluster", "level", "raise", check=False)
        self.assertNotEqual(done.returncode, 0, done)
        self.assertIn(f"No member knows level {level + 1}", done.stderr)
        again = master.local("POST", "/cluster/level", {"level": level})
        self.assertEqual((again.status, again.json["texts"]), (200, [f"level {level} is in force already"]), again)
        # No way leads back from it: who asked for it is written down.
        (noted,) = master.local("GET", "/audit?event=level_raised").json["items"]
        self.assertEqual(noted["detail"], f"level {level} is in force already", noted)
        self.assertTrue(noted["user"], noted)
        for body, code, refusal in [
            ({"level": level + 1}, "unsupported-here", "unknown-level"), ({"level": level + 2}, "parameter-invalid", "too-far"),
            ({"level": level - 1}, "parameter-invalid", "goes-back"),
        ]:
            answer = master.local("POST", "/cluster/level", body)
            self.assertEqual((answer.json["code"], answer.json["refusal"]), (code, refusal), answer)
        for body in ({}, {"level": 0}, {"level": "2"}):
            self.assertEqual(master.local("POST", "/cluster/level", body).status, 400, body)


if __name__ == "__main__":
    unittest.main()
