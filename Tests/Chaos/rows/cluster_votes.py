"""Votes are gone, for a while or for good."""

import time
import urllib.request

from .base import Row, Tested

STORY = ("test_cluster_recovery.Recovery.test_a_cluster_goes_on_from_one_node",)


class MajorityHeld(Tested):
    name = "majority-held"
    happens = "Two of three nodes are held still, and wake."
    holds = (
        "The one that is left answers reads for 10 s and is `behind` then; changes are 503 `no-quorum` or `no-master`, and nothing "
        "is changed. When the others wake all goes on.")
    tests = ("test_cluster_masters.Masters.test_a_node_without_the_others_tells_nothing_and_changes_nothing",)
    seconds = 70


class MajorityGone(Row):
    name = "majority-gone"
    happens = "Two of three nodes are lost, daemon and etcd, and come back 20 s later."
    holds = (
        "Changes are 503 `no-quorum` with the votes and `confd cluster recover` in its text. "
        "Files of buckets are read all the time. When they are back changes go on, and nothing that was acknowledged is lost.")
    seconds = 80

    def run(self, say):
        from . import scene
        from cluster_host import Writers
        from daemon import free_port
        with scene.cluster(say) as made:
            master, port = made.await_calm(), free_port()
            master.rest().ok("bucketfs_add", bucketfs_name="files", http_port=port, https_port=0, owner=[500, 500])
            master.rest().ok("bucket_add", bucketfs_name="files", bucket_name="all", public=True, read_password="r",
                             write_password="w")
            left = next(node for node in made.nodes if node is not master)
            place = f"http://{left.address}:{port}/all/kept"
            scene.until(lambda: put(place), 30)
            with Writers(made) as writers:
                gone = [node for node in made.nodes if node is not left]
                for node in gone:
                    node.lose()
                began = time.monotonic()
                say(f"lost nodes {gone[0].number} and {gone[1].number}")
                refused = []

                def is_refused():
                    refused[:] = scene.refusal(left)
                    return refused[:2] == [503, "no-quorum"]
                scene.until(is_refused, 40, pause=0.2)
                sentence = left.view()["sentence"]
                say(f"{refused[2][:300]}")
                say(sentence)
                scene.require("votes" in refused[2], f"the refusal says nothing of votes: {refused[2]}")
                while time.monotonic() - began < 20:
                    with urllib.request.urlopen(place, timeout=10) as answer:
                        scene.require(answer.read() == b"kept", "another file is read")
                    time.sleep(0.5)
                scene.require("confd cluster recover" in refused[2], f"the refusal does not name the way out: {refused[2]}")
                for node in gone:
                    node.launch()
                for node in gone:
                    node.await_ready()
                say("started them again")
                made.await_calm(90)
                scene.go_on(writers)
            scene.nothing_was_lost(made, writers)
            return sentence


def put(place):
    """Whether a file could be stored there."""
    import base64
    login = base64.b64encode(b"w:w").decode()
    request = urllib.request.Request(place, b"kept", {"Authorization": f"Basic {login}"}, method="PUT")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status == 200
    except OSError:
        return False


class CopyLost(Row):
    name = "two-nodes-the-copy-lost"
    happens = "Of two nodes the one without the vote is lost, and comes back."
    holds = (
        "Changes are taken without a pause. They wait for its acknowledgement until `node_suspend`, and end then; once it is back "
        "and resumed it has all of them.")
    seconds = 15

    def run(self, say):
        from . import scene
        with scene.cluster(say, others=(12,)) as made:
            first, second = made.nodes
            made.await_calm()
            second.lose()
            say("lost node 12")
            began = time.monotonic()
            jobs = [scene.submit(first, 8501 + number) for number in range(3)]
            took = time.monotonic() - began
            scene.until(lambda: first.rest().get(f"/jobs/{jobs[-1]}").json.get("revision"), 20)
            record = first.rest().get(f"/jobs/{jobs[-1]}").json
            scene.require(record.get("outcome") is None, f"it did not wait: {record}")
            say(f"three changes are decided, and wait at {record['stage']}")
            first.rest().ok("node_suspend", nid=12)
            for job in jobs:
                record = scene.await_job(made, job)
                scene.require(record["outcome"] == "ok", f"it came to {record}")
            say("suspended it: they have ended")
            second.start()
            first.rest().ok("node_resume", nid=12)
            scene.are_equal(made)
            scene.within(took, 5, "taking three changes")
            return f"three changes in {took:.1f} s"


class VoteLost(Row):
    name = "two-nodes-the-vote-lost"
    happens = "Of two nodes the one with the vote is lost, and comes back."
    holds = (
        "Until then the other one changes nothing: 503 `no-quorum`, and its sentence says what to do. Then changes go on, and "
        "nothing that was acknowledged is lost.")
    seconds = 60

    def run(self, say):
        from . import scene
        from cluster_host import Writers
        with scene.cluster(say, others=(12,)) as made:
            first, second = made.nodes
            made.await_calm()
            with Writers(made) as writers:
                first.lose()
                say("lost node 11")
                refused = []

                def is_refused():
                    refused[:] = scene.refusal(second)
                    return refused[:2] == [503, "no-quorum"]
                scene.until(is_refused, 40, pause=0.2)
                sentence = second.view()["sentence"]
                say(sentence)
                scene.require(not second.view().get("is_well"), "it says that all is well")
                first.start()
                say("started it again")
                made.await_calm()
                scene.go_on(writers)
            scene.nothing_was_lost(made, writers)
            return sentence


class Recovered(Tested):
    name = "majority-lost-and-recovered"
    happens = "Two of three nodes are lost for good, one with its disk; `confd cluster recover` goes on from the third."
    holds = (
        "It is declined while the votes are there. What was acknowledged and this node had is there, numbers go on above it, a "
        "node that comes back follows, and votes are given again.")
    tests = STORY
    seconds = 90


class Restored(Tested):
    name = "backup-restored-elsewhere"
    happens = "A backup of one node is restored on another machine: alone, and to go on as the cluster, of which no node is left."
    holds = "Jobs and revisions are those of the backup, and numbers go on above what the operator knows of."
    tests = STORY
    seconds = 90


class NewEtcd(Tested):
    name = "etcd-made-anew"
    happens = "A cluster that is well is given a new etcd, by `confd cluster recover --new-etcd`."
    holds = "Changes wait meanwhile; nothing is lost, nobody is suspended, and all nodes follow the new one."
    tests = STORY
    seconds = 90
