"""The etcds of a cluster: killed, stopped, short of room, without their folder, put back, or of another version."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from .base import REPOSITORY, NotRun, Row, ShortFall

OTHER = "CONFD_OTHER_ETCD"


class LeaderEnds(Row):
    """The etcd that leads ends, and its daemon starts it again."""

    SIGNAL, MOST = signal.SIGKILL, 6
    seconds = 60

    def run(self, say):
        from . import scene
        from cluster_host import Writers
        with scene.cluster(say) as made:
            made.await_calm()
            with Writers(made) as writers:
                pauses = []
                for turn in range(3):
                    master = made.await_calm()
                    leader = scene.etcd_leader(made)
                    former = scene.etcd_of(leader.root)
                    began = time.monotonic()
                    former.signal(self.SIGNAL)
                    say(f"{self.SIGNAL.name} to the etcd of node {leader.number}, which leads; node {master.number} decides")
                    scene.until(lambda: not former.is_there, 20)
                    scene.until(lambda: (new := scene.etcd_of(leader.root)) and new.is_there and new.number != former.number, 40)
                    scene.require(made.await_calm() is master, "another node decides")
                    scene.go_on(writers)
                    pauses.append(scene.longest_pause(writers, began))
            scene.nothing_was_lost(made, writers)
            scene.within(max(pauses), self.MOST, "the longest time without changes")
            return "changes paused for " + ", ".join(f"{pause:.1f}" for pause in pauses) + " s"


class LeaderKilled(LeaderEnds):
    name = "etcd-leader-killed"
    happens = "The etcd that leads is killed, three times; its daemon starts it again."
    holds = (
        "Changes pause for 1.5 s, 6 s at most on a machine that is busy. The same node decides, and nothing that was "
        "acknowledged is lost.")
    seconds = 35


class LeaderStopped(LeaderEnds):
    name = "etcd-leader-stopped"
    happens = "The etcd that leads is stopped in order, three times; its daemon starts it again."
    holds = "The same."
    SIGNAL = signal.SIGTERM


class LateRequests(Row):
    name = "etcd-held-with-requests"
    happens = (
        "For a minute members and etcds are held still with requests in their sockets, killed, and cut off: `scripts/chaos log`, "
        "whose members write to the log as fast as they can.")
    holds = (
        "What lands later is the same entry at the same index, or nothing: no acknowledged change lost, none reported failed "
        "that was taken, no gap, no duplicate, by a checker of what all have seen.")
    seconds = 90

    def run(self, say):
        programs = pathlib.Path(os.environ.get("CONFD_PROGRAM", REPOSITORY / ".build/debug/confd")).resolve().parent
        for program in ("chaos-member", "cluster-checker"):
            if not (programs / program).exists():
                raise NotRun(f"{program} is not built")
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-B", REPOSITORY / "Tests/Chaos/run.py", "--minutes", "1", "--programs", programs,
                 "--results", folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=sys.stderr, text=True)
        lines = done.stdout.splitlines() or ["it came to no end"]
        for line in lines:
            say(line)
        if done.returncode:
            raise ShortFall(lines[-1])
        return next((line for line in lines if line.startswith("acknowledged")), None)


class Alarm(Row):
    name = "etcd-quota-alarm"
    happens = (
        "etcd raises the alarm that it has no room (NOSPACE) on a node, and refuses writes from then on. It is raised by hand.")
    holds = (
        "A daemon makes room and takes the alarm back, and changes go on by 40 s later: 503 or 507 `out-of-space` meanwhile. "
        "Nothing that was acknowledged is lost.")
    seconds = 20
    is_short = True
    MOST = 40

    def run(self, say):
        from . import scene
        from cluster_host import Writer, Writers
        # Who is told that there is no room asks again.
        Writer.AGAIN = (*Writer.AGAIN, 507)
        with scene.cluster(say) as made:
            node = made.await_calm()
            with Writers(made) as writers:
                member = scene.ask_etcd(made, node, "/v3/maintenance/status", {})["header"]["member_id"]
                began = time.monotonic()
                scene.ask_etcd(
                    made, node, "/v3/maintenance/alarm", {"action": "ACTIVATE", "memberID": member, "alarm": "NOSPACE"})
                say(f"raised the alarm for the etcd of node {node.number}")

                def alarms():
                    return scene.ask_etcd(made, node, "/v3/maintenance/alarm", {"action": "GET"}).get("alarms", [])
                scene.until(lambda: not alarms(), 90, pause=0.2)
                gone = time.monotonic() - began
                say(f"it was taken back after {gone:.1f} s")
                scene.go_on(writers)
                made.await_calm(90)
                pause = scene.longest_pause(writers, began)
            scene.nothing_was_lost(made, writers)
            scene.within(pause, self.MOST, "the longest time without changes")
            return f"the alarm was there for {gone:.1f} s, changes paused for {pause:.1f} s"


class FolderLost(Row):
    name = "etcd-folder-lost"
    happens = "A node with a vote is lost, and comes back without the data of its etcd."
    holds = (
        "The node says so and is a new member of etcd by itself, with a vote, by 90 s later; changes are taken all the time, "
        "and nothing that was acknowledged is lost.")
    seconds = 80

    def run(self, say):
        from . import scene
        from cluster_host import Writers
        with scene.cluster(say) as made:
            master = made.await_calm()
            node = next(node for node in made.nodes if node is not master)
            with Writers(made) as writers:
                node.lose()
                shutil.rmtree(node.root / "etcd/data")
                say(f"lost node {node.number}, and the data of its etcd")
                began = time.monotonic()
                node.start()
                made.await_calm(90)
                took = time.monotonic() - began
                scene.go_on(writers)
                pause = scene.longest_pause(writers, began)
            scene.nothing_was_lost(made, writers)
            return f"a vote again after {took:.1f} s, changes paused for {pause:.1f} s"


class Snapshot(Row):
    name = "voter-put-back"
    happens = "The machine of a node with a vote is put back to a snapshot: tree and etcd, 12 changes older than the others."
    holds = (
        "It decides nothing, answers no read as if it knew, and comes to what the others have, or says that it is in quarantine. "
        "Nothing that was acknowledged is lost.")
    seconds = 80

    def run(self, say):
        from . import scene
        from cluster_host import end_etcd
        from test_cluster_absence import copy
        with scene.cluster(say) as made, tempfile.TemporaryDirectory() as folder:
            master = made.await_calm()
            node = next(node for node in made.nodes if node is not master)

            def stop():
                if node.stop() != 0:
                    raise ShortFall("it did not stop in order")
                end_etcd(node.root)
            stop()
            copy(node.root, f"{folder}/root")
            node.start()
            made.await_calm()
            for number in range(12):
                made.change(8600 + number)
            stop()
            shutil.rmtree(node.root)
            copy(f"{folder}/root", node.root)
            say(f"put node {node.number} back by 12 changes")
            node.start()
            quarantine = []

            def is_settled():
                view = node.view() or {}
                quarantine[:] = [view["quarantine"]] if "quarantine" in view else []
                return quarantine or node.number in scene.well(made.master().view())
            scene.until(is_settled, 90)
            if quarantine:
                scene.require(node.rest().get("/exaconf?consistency=local").status == 503, "it answers reads in quarantine")
                return f"in quarantine: {quarantine[0]}"
            made.change(8650)
            scene.are_equal(made)
            return "it has what the others have"


class OtherVersion(Row):
    name = "etcd-of-another-version"
    happens = (
        "The program of etcd becomes one of another minor version on every node, and `confd cluster recover --new-etcd` is "
        "used.")
    holds = "Changes wait until the daemon of the node it is begun on is started; nothing is lost, and all nodes follow."
    seconds = 90

    def run(self, say):
        from . import scene
        from cluster_host import ETCD, Writers
        other = os.environ.get(OTHER)
        if not other:
            raise NotRun(f"there is one version of etcd on this machine; {OTHER} names the program of another one")
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder).chmod(0o755)
            program = pathlib.Path(folder) / "etcd"
            program.symlink_to(ETCD)
            with scene.cluster(say, others=(12,), etcd=str(program)) as made, Writers(made) as writers:
                node = made.await_calm()
                was = version(made, node)
                program.unlink()
                program.symlink_to(other)
                if node.stop() != 0:
                    raise ShortFall("it did not stop in order")
                name = re.search(r"(?m)^\s*ClusterName\s*=\s*(\S+)", node.configuration())[1]
                say(node.run("cluster", "recover", "--new-etcd", "--yes", name).stdout)
                node.start()
                made.await_calm(120)
                now = version(made, node)
                scene.require(now.split(".")[:2] != was.split(".")[:2], f"etcd was {was}, and is {now}")
                scene.go_on(writers)
                writers.__exit__()
                scene.nothing_was_lost(made, writers)
                return f"from {was} to {now}"


def version(made, node):
    from . import scene
    return scene.ask_etcd(made, node, "/v3/maintenance/status", {})["version"]
