"""The node that decides is lost, or held still."""

import signal
import time

from .base import Row, ShortFall, Tested

MASTERS = "test_cluster_masters.Masters"
KILLS = "test_cluster_command_kills.Commands"
DATABASES = "test_cluster_database_kills.Databases"


class Killed(Tested):
    name = "master-killed"
    happens = "The daemon of the node that decides is killed and started again at once; its etcd lives."
    holds = (
        "Connections are refused, then another node answers, or this one sends there by 302. Changes are taken again 3 s after "
        "the start at the latest, and nothing that was acknowledged is lost or there twice.")
    tests = (f"{MASTERS}.test_a_daemon_that_is_killed_and_started_again_is_replaced_at_once",)
    seconds = 20


class KilledForGood(Row):
    name = "master-killed-for-good"
    happens = "The daemon of the node that decides is killed and not started again; its etcd lives."
    holds = "The same, when its lease has ended: 13 s, and 5 s in which a client waits for an answer that does not come."
    seconds = 60

    def run(self, say):
        from . import scene
        from cluster_host import Writers
        with scene.cluster(say) as made:
            master = made.await_calm()
            with Writers(made) as writers:
                killed = time.monotonic()
                master.kill()
                say(f"killed the daemon of node {master.number}")
                took = scene.taken_again(writers, killed)
                scene.go_on(writers)
                master.start()
                say("started it")
            scene.nothing_was_lost(made, writers)
            return f"{took:.1f} s without changes, {len(writers.taken)} acknowledged, none lost"


class Lost(Tested):
    name = "master-lost"
    happens = "Daemon and etcd of the node that decides are killed at once, as when its machine is gone; it comes back."
    holds = (
        "The same: changes are taken again 13 s later, and what a client waits for an answer (5 s) behind that. The node comes "
        "back as a follower.")
    tests = (f"{MASTERS}.test_another_node_decides_when_one_is_lost_and_takes_it_back_as_a_follower",)
    seconds = 50


class NotIn(Row):
    name = "master-lost-before-the-entry"
    happens = "A change is asked for while no etcd answers, and the node that decides is lost with it, daemon and etcd."
    holds = (
        "The client runs out of time. It never happened, or is there once; the repeat with the same key is one job, which ends "
        "well, on every node.")
    seconds = 60
    KEY, BODY = "not-in", 8101

    def run(self, say):
        from . import scene
        with scene.cluster(say) as made:
            master = made.await_calm()
            for node in made.nodes:
                scene.etcd_of(node.root).signal(signal.SIGSTOP)
            say("held all etcds still")
            client = master.rest()
            client.connection.timeout = 0.5
            try:
                answer = client.post("/jobs", scene.change(self.BODY), Idempotency_Key=f'"{self.KEY}"')
                raise ShortFall(f"it was answered without any etcd: {answer}")
            except scene.BROKEN:
                say("asked for a change, without an answer")
            master.lose()
            for node in made.running:
                node.let_go()
            say(f"lost node {master.number}, and let the others go")
            heir = made.master()
            was_in = bool(scene.holds_key(heir, self.KEY))
            master.start()
            job = scene.ask_by_key(made, self.KEY, scene.change(self.BODY))
            scene.require(job["outcome"] == "ok", f"the repeat came to {job}")
            scene.are_equal(made)
            for node in made.nodes:
                found = scene.holds_key(node, self.KEY)
                scene.require(len(found) == 1, f"node {node.number} has {len(found)} jobs of one key")
            return "the entry was in all the same, once" if was_in else "it never happened; the repeat did it"


class InNotAnswered(Row):
    name = "master-lost-behind-the-entry"
    happens = "The node that decides is lost, daemon and etcd, as soon as another one has the change a client waits for."
    holds = "The client is not answered. The repeat with the same key is the very job the others had, and it ends well."
    seconds = 70

    def run(self, say):
        from . import scene
        with scene.cluster(say) as made:
            for attempt in range(5):
                master = made.await_calm()
                other = next(node for node in made.nodes if node is not master)
                key, body = f"in-{attempt}", scene.change(8200 + attempt)

                def ask():
                    client = master.rest()
                    client.connection.timeout = 20
                    return client.post("/jobs?wait=20s", body, Idempotency_Key=f'"{key}"')
                asking = scene.in_background(ask)
                scene.until(lambda: scene.holds_key(other, key), 20, pause=0)
                master.lose()
                seen = scene.holds_key(other, key)
                say(f"lost node {master.number} when node {other.number} had job {seen[0]}")
                error = asking.exception(30)
                if error is None:
                    # It was quicker than we were.
                    master.start()
                    continue
                scene.require(isinstance(error, scene.BROKEN), repr(error))
                made.master()
                master.start()
                job = scene.ask_by_key(made, key, body)
                scene.require(job["outcome"] == "ok", f"the repeat came to {job}")
                scene.require(int(job["job_id"].rsplit(".", 1)[1]) == seen[0], f"it was job {seen[0]}, and is {job['job_id']}")
                scene.are_equal(made)
                return f"job {job['job_id']} before and behind it"
            raise ShortFall("it was answered five times before the node could be lost")


class CommandsElsewhere(Tested):
    name = "master-lost-while-commands-run"
    happens = (
        "The node that decides, the node of the command, or both are killed at moments of a job that makes a volume elsewhere.")
    holds = (
        "Commands end on their node, once. The next one that decides adopts the job under its id, or takes it back: the volume is "
        "wholly there or wholly not.")
    tests = (f"{KILLS}.test_a_volume_of_another_node_is_made_or_not_whoever_is_killed_when",)
    seconds = 90


class CertificateElsewhere(Tested):
    name = "master-lost-while-nodes-are-given-a-certificate"
    happens = "The same at every moment of a job that gives all nodes a certificate."
    holds = "All nodes have the new certificate and its key, or all have the former ones."
    tests = (f"{KILLS}.test_a_certificate_is_that_of_all_nodes_or_of_none_whoever_is_killed_when",)
    is_long = True
    seconds = 600


class DatabasesElsewhere(Tested):
    name = "master-lost-while-a-database-is-made"
    happens = "The same while a database of another node is made."
    holds = "It is there, and runs, or nothing of it is; the job ends under its id."
    tests = (f"{DATABASES}.test_a_database_of_another_node_is_made_or_not_whoever_is_killed_when",)
    seconds = 40


class Decided(Row):
    name = "master-lost-before-acknowledgements"
    happens = "The node that decides is lost when a change is decided, and a node that is held still has not acknowledged it."
    holds = "The job goes on under its id: the next one that decides collects the acknowledgements, and it ends well."
    seconds = 70

    def run(self, say):
        from . import scene
        with scene.cluster(say) as made:
            master = made.await_calm()
            held, other = (node for node in made.nodes if node is not master)
            before = scene.head(other)
            held.hold(held.runs()[0])
            say(f"held node {held.number} still")
            try:
                job = scene.submit(master, 8301)
                scene.until(lambda: scene.head(other) > before, 20)
                master.lose()
                say(f"lost node {master.number} when revision {scene.head(other)} was decided")
            finally:
                held.let_go()
            made.master()
            record = made.master().rest().get(f"/jobs/{job}").json
            scene.require(record.get("outcome") != "error", f"it was given up: {record}")
            master.start()
            record = scene.await_job(made, job)
            scene.require(record["outcome"] == "ok", f"it came to {record}")
            scene.are_equal(made)
            return f"job {job} ended well"


class Held(Tested):
    name = "master-held"
    happens = "The daemon of the node that decides is held still for longer than its lease, as a machine that is paused, and wakes."
    holds = (
        "Others take changes as when it is lost. What it says first is 302 or 503; nothing it began is decided by it, and nothing "
        "that was acknowledged is lost.")
    tests = (f"{MASTERS}.test_a_master_that_was_held_still_decides_nothing_when_it_wakes",)
    is_long = True
    seconds = 60
