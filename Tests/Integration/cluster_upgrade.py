"""Updates a cluster of three node by node, from a former version to the one that is built, while clients write.

Followers go first, and the node that decides hands over and goes last, as docs/cluster.md has it. Both versions are in one
cluster meanwhile, and each decides for a while.

Usage: CONFD_PROGRAM=PATH/confd CONFD_FORMER_PROGRAM=PATH/confd cluster_upgrade.py
A line for each thing, then PASS or what falls short.
"""

import os
import pathlib
import sys
import time

from cluster_host import BROKEN, Cluster, Writers, lacking
from daemon import PROGRAM, until

FORMER = pathlib.Path(os.environ.get("CONFD_FORMER_PROGRAM", PROGRAM)).resolve()
# What this version writes that the former one does not know.
NEXT = 2


class Upgrade:
    """The nodes of a cluster, and what was found wrong on the way."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.faults = []
        self.began = time.monotonic()

    def say(self, what, text):
        print(f"{what:<10} {text} ({time.monotonic() - self.began:.0f} s)", flush=True)

    def expect(self, condition, text):
        if not condition:
            self.faults.append(text)
            self.say("SHORT", text)

    def known(self, node):
        """The levels each node knows, as one of them sees it."""
        return {member["node"]: member.get("levels") for member in (node.view() or {}).get("members", ())}

    def restart(self, node, program):
        """Has a node go on with another program; the others change things meanwhile."""
        code = node.stop()
        self.expect(code == 0, f"node {node.number} ended with {code}")
        node.program = program
        node.start(90)

    def update(self, node, writers):
        began = time.monotonic()
        self.restart(node, PROGRAM)
        master = self.cluster.await_calm(90)
        told = self.known(master).get(node.number)
        self.expect(told == [1, NEXT], f"node {node.number} knows levels {told}")
        gap = writers.first_taken_after(began)
        self.cluster.change(10_000 + node.number)
        self.say("updated", f"node {node.number}, while node {master.number} decides; a change came after {gap:.1f} s")

    def hand_over(self, master, heir):
        """Has another node decide; the answer may come from a node that decides no more."""
        try:
            master.rest().post("/jobs", {"type": "master_change", "params": {"nids": [heir.number]}})
        except BROKEN:
            pass
        until(lambda: (heir.view() or {}).get("master", {}).get("node") == heir.number, 30)
        found = self.cluster.await_calm()
        self.expect(found is heir, f"node {found.number} decides in place of node {heir.number}")
        self.say("handed", f"node {heir.number} decides")

    def run(self):
        self.cluster.grow(12, 13)
        first = self.cluster.await_calm()
        self.say("made", f"three nodes of the former version, node {first.number} decides")
        with Writers(self.cluster, 2) as writers:
            followers = self.cluster.followers()
            for node in followers:
                self.update(node, writers)
            self.hand_over(first, followers[0])
            self.wait_for_the_last(followers[0], first)
            self.expect(writers.first_taken_after(time.monotonic()) < 10, "a master of this version decides nothing")
            self.update(first, writers)
            self.raise_level(self.cluster.master())
            self.expect(writers.first_taken_after(time.monotonic()) < 10, "nothing is decided at the next level")
        self.faults += writers.faults + [f"lost: {lost}" for lost in writers.lost()]
        self.say("written", f"{len(writers.taken)} changes were acknowledged meanwhile")
        self.go_back(self.cluster.master(), self.cluster.followers()[0])
        master = self.cluster.await_calm(90)
        self.cluster.await_equal_files()
        compared = master.run("cluster", "check", check=False)
        self.expect(compared.returncode == 0, f"nodes are not alike: {compared.stdout}{compared.stderr}")

    def wait_for_the_last(self, master, last):
        """As long as one node is of the former version nothing may be in the log that it does not know."""
        done = master.run("cluster", "level", "raise", check=False)
        self.expect(
            done.returncode != 0 and f"node {last.number} knows level 1" in done.stderr,
            f"the level was raised with a node of the former version: {done.stdout}{done.stderr}")
        self.say("declined", done.stderr.strip())

    def raise_level(self, master):
        known = set(map(tuple, filter(None, self.known(master).values())))
        self.expect(known == {(1, NEXT)} and len(self.known(master)) == 3, f"not all nodes are of this version: {known}")
        self.say("level", master.run("cluster", "level").stdout.splitlines()[0])
        done = master.run("cluster", "level", "raise", check=False)
        self.expect(done.stdout == f"level {NEXT} is in force\n", f"the level was not raised: {done.stdout}{done.stderr}")
        until(lambda: all((node.view() or {}).get("level") == NEXT for node in self.cluster.nodes))
        self.say("raised", done.stdout.strip())

    def go_back(self, master, node):
        """A node of the former version takes in nothing more, and goes on when it is updated again."""
        node.stop()
        node.program = FORMER
        try:
            node.start(60)
        except AssertionError as error:
            # Its store has had steps since.
            self.expect("newer version" in str(error), f"the former version does not start: {error}")
            self.say("refused", "the former version does not start on the store of this one")
        else:
            # It waits for the node, and ends when that is updated.
            job = master.rest().post("/jobs", {"type": "general_settings", "params": {
                "changes": {"Global": {"StorageMaxConnections": 20_000}}}}).json["job_id"]
            words = f"node {node.number} does not know level {NEXT} of the log"
            until(lambda: words in (master.view() or {}).get("sentence", ""), 60)
            self.say("stopped", master.view()["sentence"])
            node.stop()
            self.back(node)
            ended = self.cluster.master().rest().get(f"/jobs/{job}?wait=60s").json
            self.expect(ended.get("outcome") == "ok", f"what waited for the node has not ended well: {ended}")
            return
        self.back(node)

    def back(self, node):
        node.program = PROGRAM
        node.start(90)
        self.cluster.await_calm(90)


def main():
    if reason := lacking():
        print(f"cannot be tried here: {reason}")
        sys.exit(69)
    with Cluster() as cluster:
        cluster.program = FORMER
        upgrade = Upgrade(cluster)
        upgrade.run()
    for fault in upgrade.faults:
        print(f"SHORT      {fault}")
    print("PASS" if not upgrade.faults else f"SHORT      {len(upgrade.faults)} of it is not as it has to be")
    sys.exit(1 if upgrade.faults else 0)


if __name__ == "__main__":
    main()
