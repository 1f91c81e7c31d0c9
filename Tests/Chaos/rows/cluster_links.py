"""Nodes that are cut off, whole or one way. Each node has a network namespace of its own, and a link that is taken down."""

import time

from .base import Row, Tested


class OnLinks(Row):
    """Three nodes in namespaces, with clients on this machine, which reach every node whose link is up."""

    seconds = 90

    def run(self, say):
        from . import scene
        with scene.cluster(say, linked=True) as made:
            return self.live(made, say)


def deciders(made):
    """The nodes that say, at about the same time, that they decide."""
    from cluster_host import decides
    return [node.number for node in made.nodes if decides(node.view(), node)]


class MasterCutOff(OnLinks):
    name = "master-cut-off"
    happens = "The link of the node that decides is taken down for 30 s, with the smaller part of the votes behind it."
    holds = (
        "Behind the cut it answers 503 by 12 s later, and others decide by 15 s; a client that waits 5 s for an answer has its "
        "change taken by 23 s. It comes back as a follower, and nothing that was acknowledged is lost.")
    seconds = 50
    is_short = True

    def live(self, made, say):
        from . import scene
        from cluster_host import Writers
        master = made.await_calm()
        with Writers(made) as writers:
            began = time.monotonic()
            made.cut(master)
            say(f"cut node {master.number} off")

            def refuses():
                status, code, _ = scene.refusal(master)
                return status == 503 and code in ("no-quorum", "no-master", "behind")
            # The one that is asked before the fence has its answer behind it.
            scene.until(refuses, 40, pause=0.2)
            fenced = time.monotonic() - began
            heir = made.master()
            elected = time.monotonic() - began
            scene.require(heir is not master, "it decides behind the cut")
            # A client may ask the one behind the cut once more while nobody decides.
            took = scene.taken_again(writers, began, scene.LOSS + 2 * scene.PATIENCE)
            scene.until(lambda: time.monotonic() - began > 30, 40)
            made.heal(master.number)
            say("its link is up again")
            made.await_calm(90)
            scene.go_on(writers)
        scene.nothing_was_lost(made, writers)
        scene.within(fenced, 12, "refusing behind the cut")
        scene.within(elected, scene.LOSS + 2, "the election")
        return f"503 behind the cut after {fenced:.1f} s, another one decides after {elected:.1f} s, changes after {took:.1f} s"


class OneWay(OnLinks):
    """What the others send to the one that decides is lost, or what it sends to them; clients reach all of them."""

    LASTS, MOST = 40, 30

    def lose(self, made, master, other):
        raise NotImplementedError

    def live(self, made, say):
        from . import scene
        from cluster_host import Writers
        master = made.await_calm()
        others = [node for node in made.nodes if node is not master]
        at_once = 0
        with Writers(made) as writers:
            began = time.monotonic()
            for other in others:
                self.lose(made, master, other)
            say(f"{self.name} of node {master.number}, for {self.LASTS} s")
            while time.monotonic() - began < self.LASTS:
                at_once = max(at_once, len(deciders(made)))
                time.sleep(0.2)
            made.heal(master.number)
            say("all packets arrive again")
            made.await_calm(120)
            scene.go_on(writers)
            pause = scene.longest_pause(writers, began)
        scene.nothing_was_lost(made, writers)
        scene.require(at_once < 2, f"{at_once} nodes said at once that they decide")
        scene.within(pause, self.MOST, "the longest time without changes")
        return f"{pause:.1f} s without changes at most"


class OneWayOut(OneWay):
    name = "master-one-way-out"
    happens = "What the node that decides sends to the others is lost for 40 s; what they send arrives, and clients reach it."
    holds = (
        "As if it were cut off: never do two nodes say that they decide, changes are taken again by 30 s later, and nothing that "
        "was acknowledged is lost.")

    def lose(self, made, master, other):
        made.lose_packets(master, other)


class OneWayIn(OneWay):
    name = "master-one-way-in"
    happens = "What the others send to the node that decides is lost for 40 s; what it sends arrives, and clients reach it."
    holds = "The same."

    def lose(self, made, master, other):
        made.lose_packets(other, master)


class NodeCutOff(OnLinks):
    name = "node-cut-off"
    happens = "The link of a node that does not decide is taken down for 20 s; it has a vote."
    holds = (
        "Changes are taken without a pause; the job waits for that node, and says so. Behind the cut reads are answered for 10 "
        "s and are `behind` then. Once the link is up the job ends, and the node has the change.")

    def live(self, made, say):
        from . import scene
        master = made.await_calm()
        node = next(node for node in made.nodes if node is not master)
        began = time.monotonic()
        made.cut(node)
        say(f"cut node {node.number} off")
        job = scene.submit(master, 8401)
        taken = time.monotonic() - began
        behind = {}

        def is_behind():
            answer = node.local("GET", "/exaconf?consistency=local")
            behind.update(status=answer.status, body=answer.body.decode())
            return answer.status == 503
        scene.until(is_behind, 30, pause=0.2)
        silence = time.monotonic() - began
        scene.require('"behind"' in behind["body"], f"behind the cut a read is {behind}")
        scene.until(lambda: node.number not in scene.well(master.view()), 20)
        record = master.rest().get(f"/jobs/{job}").json
        waits = record.get("outcome") is None and str(node.number) in str(record.get("waiting_for"))
        scene.require(waits, f"the job does not say whom it waits for: {record}")
        say(f"the job waits: {record.get('waiting_for')}")
        scene.until(lambda: time.monotonic() - began > 20, 30)
        made.heal(node.number)
        record = scene.await_job(made, job)
        scene.require(record["outcome"] == "ok", f"it came to {record}")
        scene.are_equal(made)
        scene.within(taken, 5, "taking a change")
        scene.within(silence, scene.SILENCE + 3, "reads behind the cut")
        return f"a change taken in {taken:.1f} s, `behind` after {silence:.1f} s"


class NodeHangs(Tested):
    name = "node-hangs-with-a-command"
    happens = "A node hangs, or is lost, while a job has a command on it."
    holds = (
        "The job fails 20 s later and is taken back on the nodes that are there; what is owed to that one is done when it returns, "
        "before it is ready, also by another node that decides by then.")
    tests = (
        "test_cluster_command_kills.Commands.test_a_node_that_was_lost_has_what_is_owed_to_it_before_it_is_ready",
        "test_cluster_command_kills.Commands.test_the_next_master_hands_over_what_the_former_one_kept")
    is_long = True
    seconds = 130


class NodeHeld(Tested):
    name = "node-held"
    happens = "The daemon of a node that does not decide is held still for longer than its lease, and wakes."
    holds = "It answers no read with what is older than 10 s: 503 `behind`, or the newest."
    tests = ("test_cluster_masters.Masters.test_a_node_that_was_held_still_tells_nothing_old",)
    seconds = 60
