"""Everything the daemon answers is described: each member of each answer, and of what each job answers."""

import unittest

from database_host import lacking
from everything import Everything

NODE, ENGINE = "it needs a second node that has joined", "PostgreSQL runs on one node and makes no snapshots"
FINDING = "something has to be wrong: test_findings"
MEMBERS = "it needs a cluster of nodes: test_cluster_joining"
# Operations no success can be shown of here, and jobs that cannot answer what they are there for.
EXCUSED = {
    "appendVolumeNode": NODE, "decreaseVolumeRedundancy": NODE, "increaseVolumeRedundancy": NODE,
    "moveVolumeNode": NODE, "createSnapshot": ENGINE, "deleteSnapshots": ENGINE, "enlargeDatabase": ENGINE,
    "resumeDatabaseNodes": ENGINE, "suspendDatabaseNodes": ENGINE,
    "continueSession": "a login goes on only where PAM asks for more: test_sessions",
    "submitTypedJob": "each kind of job has an operation of its own",
    "createInvitation": MEMBERS, "deleteInvitation": MEMBERS, "leaveCluster": MEMBERS, "removeMember": MEMBERS,
    "moveVote": MEMBERS, "raiseLevel": MEMBERS,
    "muteFinding": FINDING, "acknowledgeFinding": FINDING, "unsilenceFinding": FINDING,
    "startStNodeGetLinkSpeed ok": "virtual links tell no speed",
}


@unittest.skipIf(lacking(), lacking())
class Described(unittest.TestCase):
    maxDiff = None

    def test_every_member_of_every_answer_is_described(self):
        with Everything() as daemon:
            daemon.make()
            daemon.read()
            daemon.use()
            daemon.run_jobs()
            daemon.remove()
            daemon.try_examples()
            seen = daemon.comparison
        print(f"\ncompared: {seen.coverage()}")
        self.assertEqual([f"{fault} ({request})" for fault, request in seen.found.items()], [])
        self.assertEqual(sorted(seen.wanted() - seen.served), sorted(EXCUSED))

    def test_the_comparison_bites(self):
        with Everything() as daemon:
            answer = daemon.ask("GET", "/groups/exaadm")
            self.assertEqual(daemon.comparison.found, {})
            schemas = daemon.comparison.document["components"]["schemas"]
            schemas["Group"]["properties"]["id"] = {"type": "string"}
            schemas["Group"]["required"].append("more")
            del schemas["Group"]["properties"]["name"]
            faults = set(daemon.comparison.faults(answer.json, {"$ref": "#/components/schemas/Group"}, ""))
            number = answer.json["id"]
            self.assertEqual(faults, {
                f"Group.id is {number}, no string", "Group.more is missing", "Group.name is not described"})


if __name__ == "__main__":
    unittest.main()
