"""Nodes that come, go, and come back; their clocks, and their versions."""

import pathlib
import subprocess
import tempfile
import time

from .base import REPOSITORY, NotRun, Row, ShortFall, Tested

ABSENCE = "test_cluster_absence"


class BackAfterAbsence(Tested):
    name = "node-back-after-absence"
    happens = "A node is away while the others do hundreds of jobs, and what it misses is no longer in the log."
    holds = "It has state, files and plugins 10 s later, acknowledges, and is ready; the past follows. Its waiting jobs end."
    tests = (
        f"{ABSENCE}.Absence.test_a_node_away_during_many_jobs_takes_part_before_it_has_the_past",
        f"{ABSENCE}.Absence.test_plugins_and_monitoring_are_those_of_the_others_after_an_absence")
    seconds = 110


class PutBack(Tested):
    name = "copy-put-back"
    happens = "A node without a vote is put back to what it was five changes ago."
    holds = "It comes to what the others have, by their own comparison and by what lies in their stores."
    tests = (f"{ABSENCE}.Absence.test_a_node_put_back_to_what_it_was_comes_to_what_the_others_have",)
    seconds = 60


class LogPutBack(Tested):
    name = "log-put-back"
    happens = "The node with the only vote is put back with its etcd, so that another one has what the cluster has not."
    holds = (
        "That one says that it is in quarantine, answers reads 503 `behind`, does not become master, also behind a restart, and "
        "nothing of it gets to others. `confd cluster leave` is the way out.")
    tests = (f"{ABSENCE}.Quarantine.test_a_node_that_has_what_the_cluster_has_not_says_so_and_takes_part_in_nothing",)
    seconds = 70


class Removed(Tested):
    name = "removed-node-starts"
    happens = "A node that was removed starts again; one starts without its file; one never came."
    holds = "It ends with 65 and says that it was removed, when, by which job, and how it comes back; it does, on its old root."
    tests = ("test_cluster_return.Returning.test_half_members_are_in_nobodys_way_and_nodes_come_back",)
    seconds = 90


class KilledJoining(Tested):
    name = "killed-while-joining"
    happens = "Somebody is killed at each step of a join: the machine that joins, the one that decides, an etcd."
    holds = "It is a member or nothing, and the same command goes on."
    tests = (
        "test_cluster_join_kills.KilledOnTheWay.test_whoever_is_killed_the_join_goes_on",
        "test_cluster_join_kills.KilledAtEachStep.test_the_newcomer_is_killed",
        "test_cluster_join_kills.KilledAtEachStep.test_who_decides_is_killed",
        "test_cluster_join_kills.KilledAtEachStep.test_the_etcd_of_the_newcomer_is_killed")
    is_long = True
    seconds = 300


class JoinTogether(Row):
    name = "joins-at-once"
    happens = "Two machines join one node at the same time."
    holds = "Both become nodes; the later one waits for the other and says so. Three votes are given, and all have the same."
    seconds = 60

    def run(self, say):
        from . import scene
        with scene.cluster(say, others=()) as made:
            machines = [made.machine(number) for number in (12, 13)]
            tokens = [made.invite(machine.address, number=machine.number)[1] for machine in machines]
            joins = [scene.in_background(machine.start_joining, token) for machine, token in zip(machines, tokens)]
            for machine, join in zip(machines, joins):
                say(f"node {machine.number}: {join.result(150)[-1]}")
            for machine in machines:
                made.take(machine)
            made.await_calm(90)
            made.change(8701)
            scene.are_equal(made)
            return "both are nodes"


class OnePrefix(Row):
    name = "two-clusters-in-one-etcd"
    happens = "Two clusters are given the same etcd of somebody else."
    holds = "Each has keys of its own below its UUID, takes its own changes, and sees nothing of the other one."
    seconds = 80

    def run(self, say):
        import base64
        import shutil
        from cluster_host import lacking
        from test_cluster_external_etcd import ClusterOverIt, ForeignEtcd
        from . import scene
        if reason := lacking() or (None if shutil.which("openssl") else "openssl is not installed"):
            raise NotRun(reason)
        etcd = ForeignEtcd()
        try:
            with ClusterOverIt(etcd) as one, ClusterOverIt(etcd) as other:
                for made in (one, other):
                    made.grow(12)
                    made.await_calm()
                say("made two clusters of two nodes")
                for turn in range(5):
                    one.change(8800 + turn)
                    other.change(8900 + turn)
                for made, wanted, never in ((one, b"= 8804\n", b"= 89"), (other, b"= 8904\n", b"= 88")):
                    file = made.await_equal_files()
                    scene.require(wanted in file and never not in file, f"in a file {wanted} is missing, or {never} is there")
                    scene.are_equal(made)
                first, last = (base64.b64encode(key).decode() for key in (b"/confd/", b"/confd0"))
                keys = etcd.ask("/v3/kv/range", {"key": first, "range_end": last, "keys_only": True})["kvs"]
                names = {base64.b64decode(found["key"]).split(b"/")[2] for found in keys}
                scene.require(len(names) == 2, f"keys lie below {names}")
                return f"{len(keys)} keys below two names"
        finally:
            etcd.end()


class ClockJumps(Row):
    name = "clock-jumps"
    happens = "The clock of the node that decides goes an hour forward and back, then that of another one a day forward and back."
    holds = "The same node decides, changes are taken without a pause of more than 5 s, and nothing that was acknowledged is lost."
    seconds = 80

    def run(self, say):
        from . import scene
        from cluster_host import Writers
        from moved_clock import COMPILER, MovedClock
        if not COMPILER:
            raise NotRun("there is no compiler, by which the clock of one program is moved")
        with scene.cluster(say) as made, tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder).chmod(0o755)
            clocks = {}
            for node in made.nodes:
                own = pathlib.Path(folder) / str(node.number)
                own.mkdir()
                clocks[node] = MovedClock(own)
                node.environment |= clocks[node].variables
                scene.require(node.stop() == 0, "it did not stop in order")
                node.start()
                made.await_calm()
            master = made.await_calm()
            other = next(node for node in made.nodes if node is not master)
            with Writers(made) as writers:
                began = time.monotonic()
                for node, seconds in ((master, 3600), (master, 0), (other, 86_400), (other, 0), (master, -3600), (master, 0)):
                    clocks[node].move(seconds)
                    say(f"the clock of node {node.number} is {seconds:+} s off")
                    moved = time.monotonic()
                    # Longer than a lease.
                    scene.until(lambda: time.monotonic() - moved > 12, 20)
                    scene.require(made.await_calm() is master, "another node decides")
                pause = scene.longest_pause(writers, began)
            scene.nothing_was_lost(made, writers)
            scene.within(pause, 5, "the longest time without changes")
            return f"changes paused for {pause:.1f} s at most"


class TwoVersions(Row):
    name = "daemons-of-two-versions"
    happens = "A cluster of the former version is brought to this one, node by node: `scripts/upgrade cluster`."
    holds = "It takes changes meanwhile, nothing is lost, and the level of the log goes up when all nodes know it."
    seconds = 200

    def run(self, say):
        script = REPOSITORY / "scripts/upgrade"
        if "upgrade cluster" not in script.read_text():
            raise NotRun("scripts/upgrade has no clusters")
        done = subprocess.run([script, "cluster"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        lines = done.stdout.splitlines()
        for line in lines[-20:]:
            say(line)
        if done.returncode == 69:
            raise NotRun(done.stderr.strip() or "something is missing for it")
        if done.returncode:
            raise ShortFall((done.stderr.strip().splitlines() or lines or ["it came to no end"])[-1])
        return lines[-1] if lines else None
